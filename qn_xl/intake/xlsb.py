"""The binary parts of an .xlsb package: what calamine hides, and how large a rectangle it would build.

Source: [MS-XLSB] 2.1.4 (records), 2.4. Not seen: fonts of rich text runs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from qn_xl.intake import limits
from qn_xl.intake.archive import Archive
from qn_xl.intake.biff import ERRORS
from qn_xl.intake.grid import Marks, Unreadable, far_cells
from qn_xl.intake.numberformats import BUILTIN, is_date
from qn_xl.intake.package import modified_of, properties_of, relations

_ROW, _ERROR, _RK, _REAL, _TEXT, _SHARED, _FORMULA_TEXT, _FORMULA_NUMBER, _FORMULA_ERROR = 0, 3, 2, 5, 6, 7, 8, 9, 11
_CELLS = range(2, 12)
_BLANK = 1
_MERGED, _SHEET, _FORMAT, _FONT, _STYLE, _STYLES, _STYLES_END = 176, 156, 44, 43, 47, 617, 618


@dataclass(slots=True)
class Styles:
    codes: dict[int, str] = field(default_factory=lambda: dict(BUILTIN))
    fonts: list[str] = field(default_factory=list)
    cells: list[tuple[int, int]] = field(default_factory=list)  # number format, font


@dataclass(slots=True)
class Scan:
    marks: dict[str, Marks] = field(default_factory=dict)  # by sheet name
    far: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # cells taken out, by sheet name
    data: bytes = b""  # the package that calamine may read
    modified: datetime | None = None
    properties: dict[str, str] = field(default_factory=dict)


def scan(data: bytes) -> Scan:
    """Return what the sheet parts show, and the package without the cells that lie far from their table.

    Raises:
        Unreadable: a sheet whose rectangle is too large, too many sheets, or a damaged package.
    """
    archive = Archive(data)
    main = next((name for name in archive.names() if name.rsplit("/", 1)[-1] == "workbook.bin"), "")
    if not main:
        raise Unreadable("file-damaged", "thiếu phần sổ làm việc")
    related = relations(archive, main)
    parts = {kind: part for kind, part in related.values() if part in archive}
    styles = _styles(archive.read(parts["styles"])) if "styles" in parts else Styles()
    found = Scan(data=data, modified=modified_of(archive), properties=properties_of(archive))
    edited: dict[str, bytes] = {}
    for kind, _, body in _records(archive.read(main)):
        if kind == _SHEET:
            identity, at = _string(body, 8)
            name, _ = _string(body, at)
            part = related.get(identity, ("", ""))[1]
            if part in archive:
                sheet = archive.read(part, limits.PART_BYTES)
                found.marks[name], far = _sheet(sheet, styles)
                if far:
                    found.far[name] = [(row, column) for row, column, _ in far]
                    edited[part] = _blanked(sheet, [offset for _, _, offset in far])
            if len(found.marks) > limits.SHEETS:
                raise Unreadable("file-too-large", f"hơn {limits.SHEETS} trang tính")
    if edited:
        found.data = archive.copy(edited)
    return found


def _blanked(sheet: bytes, offsets: list[int]) -> bytes:
    changed = bytearray(sheet)
    for offset in offsets:
        changed[offset] = _BLANK
    return bytes(changed)


def _styles(data: bytes) -> Styles:
    styles = Styles()
    inside = False
    for kind, _, body in _records(data):
        if kind == _FORMAT:
            styles.codes[struct.unpack_from("<H", body)[0]] = _string(body, 2)[0]
        elif kind == _FONT:
            styles.fonts.append(_string(body, 21)[0])
        elif kind in (_STYLES, _STYLES_END):
            inside = kind == _STYLES
        elif kind == _STYLE and inside:
            styles.cells.append(struct.unpack_from("<HH", body, 2))
    return styles


def _sheet(data: bytes, styles: Styles) -> tuple[Marks, list[tuple[int, int, int]]]:
    """Return the marks of a sheet part, and (row, column, offset) of cells far from the rest."""
    marks = Marks()
    dates = {at: code for at, (number, _) in enumerate(styles.cells) if is_date(code := styles.codes.get(number, ""))}
    texts: set[int] = set()
    cells: list[tuple[int, int, int]] = []
    row = 0
    for kind, offset, body in _records(data):
        if kind == _ROW and len(body) >= 12:
            row = int.from_bytes(body[:4], "little") + 1
            if body[11] & 0x10:
                marks.hidden_rows.add(row)
        elif kind in _CELLS and len(body) >= 8:
            column, style = int.from_bytes(body[:4], "little") + 1, int.from_bytes(body[4:7], "little")
            cells.append((row, column, offset))
            if kind in (_ERROR, _FORMULA_ERROR):
                marks.errors[row, column] = ERRORS.get(body[8] if len(body) > 8 else -1, "#N/A")
            elif kind in (_TEXT, _SHARED, _FORMULA_TEXT):
                texts.add(style)
            elif kind in (_RK, _REAL, _FORMULA_NUMBER) and style in dates:
                marks.dates[row, column] = dates[style]
        elif kind == _MERGED and len(body) >= 16:
            top, bottom, first, last = struct.unpack_from("<IIII", body)
            marks.merged.append((top + 1, first + 1, bottom + 1, last + 1))
    known = [styles.cells[style][1] for style in texts if style < len(styles.cells)]
    marks.fonts = {styles.fonts[font] for font in known if font < len(styles.fonts)}
    return marks, far_cells(cells)


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield kind, offset and body of each record."""
    position, end = 0, len(data)
    while position < end:
        start = position
        kind = data[position]
        position += 1
        if kind & 0x80 and position < end:
            kind = kind & 0x7F | (data[position] & 0x7F) << 7
            position += 1
        length = shift = 0
        while position < end and shift < 28:
            byte = data[position]
            position += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, start, data[position : position + length]
        position += length


def _string(body: bytes, at: int) -> tuple[str, int]:
    """Return a wide string and where the next field begins; a null string is empty."""
    length = int.from_bytes(body[at : at + 4], "little")
    if length == 0xFFFFFFFF:
        return "", at + 4
    return body[at + 4 : at + 4 + 2 * length].decode("utf-16-le", "replace"), at + 4 + 2 * length
