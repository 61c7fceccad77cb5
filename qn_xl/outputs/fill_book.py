"""A template as its zip parts: read what formulas refer to, change a few parts, copy all the others unread."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import unescape
from pathlib import Path
from xml.sax.saxutils import escape

from qn_xl.errors import UsageError
from qn_xl.intake import limits
from qn_xl.intake.archive import Archive
from qn_xl.intake.grid import Unreadable
from qn_xl.intake.numberformats import is_date, to_date
from qn_xl.intake.package import open_package, relations, walk
from qn_xl.outputs.fill_values import Failure, Value
from qn_xl.outputs.formula_tokens import Area, area, tokens
from qn_xl.outputs.sheet_part import SheetPart
from qn_xl.outputs.sheet_scan import Cell
from qn_xl.outputs.sheet_text import plain_text, rich_runs

_NAME = re.compile(rb"<(?:[\w.-]+:)?definedName\b([^>]*)>([^<]*)</")
_SETTING = re.compile(rb"<((?:[\w.-]+:)?calcPr)\b([^>]*?)\s*/>")
_ITEM = re.compile(r"<((?:[\w.-]+:)?si)\b[^>]*?(?:/>|>(.*?)</\1>)", re.DOTALL)
_RUN_TEXT = re.compile(r"<t\b[^>]*>([^<]*)</t>")
_STRUCTURED = re.compile(r"(?P<table>[^\[\]!]*)\[(?P<inside>.*)\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name; `sheet` is the sheet it belongs to, None for the whole book."""

    name: str
    sheet: str | None
    text: str
    start: int  # of the text, in bytes of the workbook part
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    sheet: str
    place: Area
    columns: tuple[str, ...]
    headers: int
    totals: int


class Book:
    """The parts of a template.

    Raises:
        UsageError: not an .xlsx or .xlsm, damaged, encrypted or beyond the limits of the reader.
    """

    def __init__(self, path: Path) -> None:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(f"Không mở được mẫu “{path}”: {error.strerror}. Kiểm tra lại đường dẫn.") from error
        try:
            self._archive = Archive(data)
            self._package = open_package(self._archive)
        except Unreadable as error:
            raise UsageError(
                f"Mẫu “{path.name}” không phải tệp .xlsx, .xlsm đọc được ({error.seen or error.code}). "
                "Mở bằng Excel, bỏ mật khẩu nếu có, lưu lại dạng .xlsx rồi điền."
            ) from error
        self._data = data
        self.name = path.name
        self.epoch_1904 = self._package.epoch_1904
        self.main = next(part for kind, part in relations(self._archive, "").values() if kind == "officeDocument")
        self.changed: dict[str, bytes] = {}
        self.dropped: set[str] = set()
        self._sheet_parts = {sheet.name: sheet.part for sheet in self._package.sheets if sheet.part is not None}
        self.sheets = {title: SheetPart(self.read(part), title) for title, part in self._sheet_parts.items()}

    def read(self, part: str) -> bytes:
        return self._archive.read(part, limits.PART_BYTES)

    def has(self, part: str) -> bool:
        return part in self._archive

    def drop(self, part: str) -> None:
        """Take a part out of the package, with the relationship of the workbook and the type that name it."""
        leaf = posixpath.basename(part).encode()
        rels = posixpath.join(posixpath.dirname(self.main), "_rels", posixpath.basename(self.main) + ".rels")
        for name in (rels, "[Content_Types].xml"):
            xml = self.changed.get(name, self.read(name))
            pattern = rb"<(?:[\w.-]+:)?(?:Relationship|Override)\b[^>]*?" + re.escape(leaf) + rb"[^>]*?/>"
            self.changed[name] = re.sub(pattern, b"", xml)
        self.dropped.add(part)

    @staticmethod
    def is_date(code: str) -> bool:
        return is_date(code)

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        return relations(self._archive, part)

    @cached_property
    def names(self) -> list[Name]:
        xml = self.read(self.main)
        titles = [sheet.name for sheet in self._package.sheets]
        found = []
        for match in _NAME.finditer(xml):
            given = dict(re.findall(r'([\w:]+)\s*=\s*"([^"]*)"', match[1].decode()))
            local = given.get("localSheetId", "")
            sheet = titles[int(local)] if local.isdecimal() and int(local) < len(titles) else None
            found.append(Name(unescape(given.get("name", "")), sheet, unescape(match[2].decode()), *match.span(2)))
        return found

    def named(self, word: str, sheet: str) -> Name | None:
        """Return the name that a word on `sheet` means."""
        wanted = [name for name in self.names if name.name.casefold() == word.casefold()]
        own = [name for name in wanted if name.sheet == sheet]
        return next(iter(own or [name for name in wanted if name.sheet is None]), None)

    def put_names(self, changes: dict[Name, str], *, recalculate: bool) -> None:
        """Put new texts into defined names; `recalculate` makes the programs that open the file compute it anew."""
        xml, made, at = self.read(self.main), [], 0
        for name, text in sorted(changes.items(), key=lambda change: change[0].start):
            made += [xml[at : name.start], escape(text).encode()]
            at = name.end
        xml = b"".join([*made, xml[at:]])
        if recalculate:
            xml = _recalculated(xml)
        if xml != self.read(self.main):
            self.changed[self.main] = xml

    @cached_property
    def tables(self) -> dict[str, Table]:
        found: dict[str, Table] = {}
        for title, part in self._sheet_parts.items():
            for kind, target in self.relations(part).values():
                if kind == "table" and target in self._archive:
                    self._read_table(found, title, self.read(target))
        return found

    @staticmethod
    def _read_table(found: dict[str, Table], title: str, xml: bytes) -> None:
        columns: list[str] = []
        about: dict[str, str] = {}

        def start(tag: str, given: dict[str, str]) -> None:
            if tag == "table":
                about.update(given)
            elif tag == "tableColumn":
                columns.append(plain_text(given.get("name", "")))

        walk(xml, start)
        place = area(tokens(about.get("ref", "")))
        if place is not None:
            headers, totals = int(about.get("headerRowCount", "1")), int(about.get("totalsRowCount", "0"))
            for name in {about.get("displayName", ""), about.get("name", "")}:
                found[name.casefold()] = Table(title, place, tuple(columns), headers, totals)

    def structured(self, word: str, row: int) -> Area | None:
        """Return the cells that Table[[#This Row],[Column]] or Table[Column] means in a row; None for the rest."""
        match = _STRUCTURED.fullmatch(word)
        table = self.tables.get(match["table"].casefold()) if match else None
        if match is None or table is None:
            return None
        inside = match["inside"]
        parts = re.findall(r"\[((?:'.|[^\[\]'])*)\]", inside) or [inside]
        parts = [re.sub(r"'(.)", r"\1", part) for part in parts]
        marks = {part.casefold() for part in parts if part.startswith("#")}
        wanted = [part for part in parts if not part.startswith("#")]
        here = table.place
        top, bottom = here.top + table.headers, here.bottom - table.totals
        if "#this row" in marks:
            top = bottom = row
        elif marks - {"#data"}:
            return None
        left, right = here.left, here.right
        if wanted:
            known = [name.casefold() for name in table.columns]
            if any(name.casefold() not in known for name in wanted):
                return None
            places = sorted(known.index(name.casefold()) for name in wanted)
            left, right = here.left + places[0], here.left + places[-1]
        return Area(table.sheet, top, left, bottom, right)

    def heads_table(self, sheet: str, row: int, column: int) -> bool:
        """Say whether a cell names a column of an Excel table: its text must stay what the table part says."""
        return any(
            table.sheet == sheet
            and table.place.top <= row < table.place.top + table.headers
            and table.place.left <= column <= table.place.right
            for table in self.tables.values()
        )

    def format_of(self, style: str) -> str:
        """Return the number format code of a cell's style."""
        formats = self._package.styles.formats
        index = int(style) if style.isdecimal() else 0
        return formats[index] if index < len(formats) else "General"

    @cached_property
    def _items(self) -> list[str]:
        part = self._package.strings_part
        if part is None:
            return []
        return [rich_runs(match[0]) if match[2] else "" for match in _ITEM.finditer(self.read(part).decode("utf-8"))]

    def runs(self, cell: Cell) -> str:
        """Return the rich text of a text cell as runs in XML; "" when it holds no text."""
        if cell.kind == "s" and cell.value and int(cell.value) < len(self._items):
            return self._items[int(cell.value)]
        return rich_runs(cell.inline) if cell.kind == "inlineStr" else ""

    def stored(self, sheet: str, row: int, column: int, *, raw: bool = False) -> Value:
        """Return what a cell shows by the file: dates as dates unless `raw`; None when blank.

        Raises:
            KeyError: there is no such sheet.
        """
        cell = self.sheets[sheet].cells.get((row, column))
        if cell is None:
            return None
        if cell.kind in ("s", "inlineStr"):
            return "".join(plain_text(unescape(text)) for text in _RUN_TEXT.findall(self.runs(cell)))
        if cell.value is None:
            return None
        if cell.kind == "e":
            return Failure(cell.value)
        if cell.kind == "b":
            return cell.value.strip() in ("1", "true")
        if cell.kind in ("str", "d"):
            return date.fromisoformat(cell.value[:10]) if cell.kind == "d" else plain_text(cell.value)
        found = float(cell.value)
        if not raw and is_date(self.format_of(cell.style)):
            return to_date(found, self.epoch_1904)
        return found

    def take_sheets(self) -> None:
        """Take over the sheets as they have been changed so far."""
        for title, part in self._sheet_parts.items():
            if self.sheets[title].changed:
                self.changed[part] = self.sheets[title].patched()

    def packed(self) -> bytes:
        """Return the package with the changed parts in it; order, names and dates of the parts stay."""
        target = io.BytesIO()
        changed = {name.lower(): content for name, content in self.changed.items()}
        dropped = {name.lower() for name in self.dropped}
        with zipfile.ZipFile(io.BytesIO(self._data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.infolist():
                name = entry.filename.replace("\\", "/").lstrip("/").lower()
                if name in dropped:
                    continue
                content = changed.get(name)
                about = zipfile.ZipInfo(entry.filename, entry.date_time)
                about.compress_type, about.external_attr = entry.compress_type, entry.external_attr
                new.writestr(about, old.read(entry) if content is None else content)
        return target.getvalue()


def _recalculated(xml: bytes) -> bytes:
    match = _SETTING.search(xml)
    if match is None:
        prefix = re.search(rb"<([\w.-]+:)?workbook\b", xml)
        made = b"<" + ((prefix[1] if prefix else b"") or b"") + b'calcPr fullCalcOnLoad="1"/>'
        # the order of the elements is fixed: calcPr comes after definedNames and sheets
        before = (b"definedNames>", b"externalReferences>", b"functionGroups>", b"sheets>")
        after = max(xml.rfind(tag) for tag in before)
        at = xml.index(b">", after) + 1
        return xml[:at] + made + xml[at:]
    given = re.sub(rb"\s+fullCalcOnLoad\s*=\s*\"[^\"]*\"", b"", match[2])
    return xml[: match.start()] + b"<" + match[1] + given + b' fullCalcOnLoad="1"/>' + xml[match.end() :]
