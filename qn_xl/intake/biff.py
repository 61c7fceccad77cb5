"""The records of an .xls workbook stream: what calamine hides, and stray cells taken out before it sees them.

Sources: [MS-XLS] 2.4; BIFF5 differs in how it writes text. Read: error values, number formats of dates, hidden
rows, cell fonts. Not read: fonts of rich text runs, whether a formula's result is up to date.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from qn_xl.intake import limits
from qn_xl.intake.grid import Marks, Unreadable
from qn_xl.intake.numberformats import BUILTIN, is_date

ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_BOF, _EOF, _FILEPASS, _CODEPAGE = (0x0809, 0x000A, 0x002F, 0x0042)
_BOUNDSHEET, _FORMAT, _FONT, _XF = 0x0085, 0x041E, 0x0031, 0x00E0
_ROW, _NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA, _STRING = 0x0208, 0x0203, 0x027E, 0x00BD, 0x0205, 0x0006, 0x0207
_LABELSST, _LABEL, _RSTRING, _BLANK = 0x00FD, 0x0204, 0x00D6, 0x0201
_TEXTS = {_LABELSST, _LABEL, _RSTRING}
_CELLS = _TEXTS | {_NUMBER, _RK, _MULRK, _FORMULA, _BOOLERR}
_header = struct.Struct("<HH").unpack_from
_record = struct.Struct("<HHHHH").unpack_from  # of a cell: kind, length, row, column, style


@dataclass(slots=True)
class Sheet:
    """One worksheet: its marks, and its cells as (row, column, offset of the record in the stream)."""

    name: str
    marks: Marks = field(default_factory=Marks)
    cells: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Globals:
    old: bool = False  # BIFF5
    codec: str = "cp1252"
    sheets: list[tuple[int, str]] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=lambda: dict(BUILTIN))
    fonts: list[str] = field(default_factory=list)
    styles: list[tuple[int, int]] = field(default_factory=list)

    def dates(self) -> dict[int, str]:
        """Return style index to format code, for styles that show a date."""
        known = {code: text for code, text in self.codes.items() if is_date(text)}
        return {style: known[code] for style, (_, code) in enumerate(self.styles) if code in known}

    def font_of(self, style: int) -> str:
        if style >= len(self.styles):
            return ""
        font = self.styles[style][0]
        font -= font > 4  # there is no font number 4
        return self.fonts[font] if font < len(self.fonts) else ""


def scan(stream: bytes) -> list[Sheet]:
    """Return the worksheets of a Workbook or Book stream in their order.

    Raises:
        Unreadable: encrypted, or too many sheets or cells. A stream cut off gives what is there.
    """
    found = _globals(stream)
    if len(found.sheets) > limits.SHEETS:
        raise Unreadable("file-too-large", f"{len(found.sheets)} trang tính")
    dates = found.dates()
    return [_sheet(stream, offset, Sheet(name), found, dates) for offset, name in found.sheets]


def _globals(stream: bytes) -> _Globals:
    found = _Globals()
    position, end = 0, len(stream) - 4
    while position <= end:
        kind, length = _header(stream, position)
        body = position + 4
        position = body + length
        try:
            if kind == _BOF:
                found.old = struct.unpack_from("<H", stream, body)[0] < 0x0600
            elif kind == _FILEPASS:
                raise Unreadable("file-encrypted")
            elif kind == _CODEPAGE:
                page = struct.unpack_from("<H", stream, body)[0]
                found.codec = f"cp{page}" if page in range(1250, 1259) else "cp1252"
            elif kind == _BOUNDSHEET:
                offset, _, sheet_type = struct.unpack_from("<IBB", stream, body)
                if sheet_type == 0:
                    found.sheets.append((offset, _text(stream, body + 6, found, wide_length=False)))
            elif kind == _FORMAT:
                number = struct.unpack_from("<H", stream, body)[0]
                found.codes[number] = _text(stream, body + 2, found, wide_length=not found.old)
            elif kind == _FONT:
                found.fonts.append(_text(stream, body + 14, found, wide_length=False))
            elif kind == _XF:
                found.styles.append(struct.unpack_from("<HH", stream, body))
            elif kind == _EOF:
                break
        except (struct.error, IndexError, LookupError):
            continue
    return found


def _text(stream: bytes, at: int, found: _Globals, *, wide_length: bool) -> str:
    length = struct.unpack_from("<H", stream, at)[0] if wide_length else stream[at]
    at += 2 if wide_length else 1
    if found.old:
        return stream[at : at + length].decode(found.codec, "replace")
    if stream[at] & 1:
        return stream[at + 1 : at + 1 + 2 * length].decode("utf-16-le", "replace")
    return stream[at + 1 : at + 1 + length].decode("latin-1")


def _sheet(stream: bytes, position: int, sheet: Sheet, found: _Globals, dates: dict[int, str]) -> Sheet:
    marks, cells, styles = sheet.marks, sheet.cells, set()
    depth, end = 0, len(stream) - 10
    while position <= end:
        kind, length, row, column, style = _record(stream, position)
        if kind in _CELLS and depth == 1:
            if kind != _MULRK:
                cells.append((row + 1, column + 1, position))
            if kind in _TEXTS:
                styles.add(style)
            elif kind == _MULRK:
                for at in range(column, column + (length - 6) // 6):
                    cells.append((row + 1, at + 1, position))
                    own = stream[position + 8 + 6 * (at - column)] | stream[position + 9 + 6 * (at - column)] << 8
                    if own in dates:
                        marks.dates[row + 1, at + 1] = dates[own]
            elif kind == _BOOLERR:
                if stream[position + 11 : position + 12] == b"\x01":
                    marks.errors[row + 1, column + 1] = ERRORS.get(stream[position + 10], "#N/A")
            else:
                if style in dates:
                    marks.dates[row + 1, column + 1] = dates[style]
                result = stream[position + 10 : position + 18] if kind == _FORMULA else b""
                if result[6:] == b"\xff\xff" and result[0] == 2:
                    marks.errors[row + 1, column + 1] = ERRORS.get(stream[position + 12], "#N/A")
        elif kind == _ROW and depth == 1:
            if length >= 13 and stream[position + 16 : position + 17] and stream[position + 16] & 0x20:
                marks.hidden_rows.add(row + 1)
        elif kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        position += 4 + length
    marks.fonts = {found.font_of(style) for style in styles}
    return sheet


def erase(stream: bytearray, offsets: list[int]) -> list[int]:
    """Turn the cell records at `offsets` into records of blank cells; return the positions changed.

    The text result that follows a formula goes with it, or it would land in the cell before.
    """
    changed: list[int] = []
    for position in offsets:
        kind, length = _header(stream, position)
        _blank(stream, position, changed)
        while kind == _FORMULA and (position := position + 4 + length) + 4 <= len(stream):
            following, length = _header(stream, position)
            if following in (0x04BC, 0x0221, 0x0236):  # shared formula, array, data table
                continue
            if following == _STRING:
                _blank(stream, position, changed)
            break
    return changed


def _blank(stream: bytearray, position: int, changed: list[int]) -> None:
    struct.pack_into("<H", stream, position, _BLANK)
    changed += [position, position + 1]
