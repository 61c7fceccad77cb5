"""A sheet part of an .xlsx package read cell by cell, for parts that calamine cannot or must not take.

Used for a rectangle that would explode around a stray cell, for parts written in unusual ways (prefixes, cells
without addresses) and for packages that calamine refuses. Slower than calamine, and bounded by what is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite

from qn_xl.intake import limits
from qn_xl.intake.grid import Marks, Unreadable
from qn_xl.intake.numberformats import is_elapsed, to_date, to_elapsed
from qn_xl.intake.ooxml import column_number
from qn_xl.intake.package import Styles, walk

_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(slots=True)
class Strings:
    texts: list[str] = field(default_factory=list)
    fonts: list[set[str]] = field(default_factory=list)  # fonts of the runs of each text


def shared_strings(xml: bytes) -> Strings:
    """Return the shared strings of a package, phonetic guides left out."""
    strings = Strings()
    pieces: list[str] = []
    inside = phonetic = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside, phonetic
        if tag == "t":
            inside = not phonetic
        elif tag == "si":
            strings.fonts.append(set())
            pieces.clear()
        elif tag == "rPh":
            phonetic = True
        elif tag == "rFont" and strings.fonts:
            strings.fonts[-1].add(attributes.get("val", ""))

    def text(piece: str) -> None:
        if inside:
            pieces.append(piece)

    def end(tag: str) -> None:
        nonlocal inside, phonetic
        if tag == "t":
            inside = False
        elif tag == "rPh":
            phonetic = False
        elif tag == "si":
            strings.texts.append(plain("".join(pieces)))

    walk(xml, start, text, end)
    return strings


def plain(text: str) -> str:
    """Return text with the escapes of OOXML (_x000D_) resolved."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(_unescaped, text).replace("\r\n", "\n")


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)  # half a character is none


class SheetReader:
    """Reads one sheet part into `cells` (row -> column -> value) and `marks`.

    Raises:
        Unreadable: not well formed, unsafe, or more cells than the limits.
    """

    def __init__(
        self, xml: bytes | Iterable[bytes], styles: Styles, dates: dict[int, str], strings: Strings, epoch_1904: bool
    ) -> None:
        self.cells: dict[int, dict[int, object]] = {}
        self.marks = Marks()
        self.outside: list[tuple[int, int]] = []  # cells at addresses that no sheet has
        self._styles = styles
        self._dates = dates
        self._strings = strings
        self._epoch_1904 = epoch_1904
        self._row = self._column = 0
        self._count = 0
        self._type = "n"
        self._style = 0
        self._text: list[str] | None = None
        self._inline: list[str] = []
        self._value: str | None = None
        self._formula = self._phonetic = False
        walk(xml, self._start, self._characters, self._end)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._column += 1
            if "r" in attributes and (found := _ADDRESS.fullmatch(attributes["r"])):
                self._column, self._row = column_number(found[1]), int(found[2])
            self._type = attributes.get("t", "n")
            style = attributes.get("s", "0")
            self._style = int(style) if style.isdecimal() else 0
            self._value, self._formula = None, False
            if self._inline:
                self._inline = []
        elif tag == "v" or (tag == "t" and not self._phonetic):
            self._text = []
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1
            self._column = 0
            if attributes.get("hidden", "").lower() in ("1", "true"):
                self.marks.hidden_rows.add(self._row)
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "rFont":
            self.marks.fonts.add(attributes.get("val", ""))
        elif tag == "mergeCell":
            corners = _ADDRESS.findall(attributes.get("ref", ""))
            if len(corners) == 2:
                (first, top), (last, bottom) = corners
                self.marks.merged.append((int(top), column_number(first), int(bottom), column_number(last)))

    def _characters(self, piece: str) -> None:
        if self._text is not None:
            self._text.append(piece)

    def _end(self, tag: str) -> None:
        if tag == "v":
            self._value, self._text = "".join(self._text or ()), None
        elif tag == "t":
            self._inline += self._text or ()
            self._text = None
        elif tag == "c":
            self._keep()
        elif tag == "rPh":
            self._phonetic = False

    def _keep(self) -> None:
        spot = (self._row, self._column)
        if self._type == "inlineStr" and self._inline:
            self._value = "".join(self._inline)
        if self._value is None or (self._value == "" and self._type != "str"):
            if self._formula:
                self.marks.uncached.add(spot)
            return
        if not (0 < self._row <= limits.LAST_ROW and 0 < self._column <= limits.LAST_COLUMN):
            self.outside.append(spot)
            return
        value = self._convert(self._value, spot)
        if value is None or value == "":
            return
        self._count += 1
        if self._count > limits.LOOSE_CELLS:
            raise Unreadable("file-too-large", f"trang tính có hơn {limits.LOOSE_CELLS} ô")
        if self._style in self._dates:
            self.marks.dates[spot] = self._dates[self._style]
        if isinstance(value, str) and self._style < len(self._styles.fonts):
            self.marks.fonts.add(self._styles.fonts[self._style])
        self.cells.setdefault(self._row, {})[self._column] = value

    def _convert(self, raw: str, spot: tuple[int, int]) -> object:
        kind = self._type
        if kind == "s":
            index = int(raw) if raw.strip().isdecimal() else -1
            if not 0 <= index < len(self._strings.texts):
                self.marks.errors[spot] = "thiếu chuỗi dùng chung"
                return None
            self.marks.fonts |= self._strings.fonts[index]
            return self._strings.texts[index]
        if kind in ("str", "inlineStr"):
            return plain(raw)
        if kind == "b":
            return raw.strip().lower() in ("1", "true")
        if kind == "e":
            self.marks.errors[spot] = raw
            return None
        if kind == "d":
            return _iso(raw)
        try:
            number = float(raw)
        except ValueError:
            return raw
        if not isfinite(number):
            return raw
        if self._style in self._dates:
            return to_date(number, self._epoch_1904)
        if self._style < len(self._styles.formats) and is_elapsed(self._styles.formats[self._style]):
            return to_elapsed(number)
        return number


def _iso(raw: str) -> date | datetime | str:
    try:
        return date.fromisoformat(raw) if len(raw) == 10 else datetime.fromisoformat(raw).replace(tzinfo=None)
    except ValueError:
        return raw
