"""Reads .xls and .xlsb: values by python-calamine, what it hides by a scan of the records."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from qn_xl.intake import biff, xlsb
from qn_xl.intake.grid import Grid, Marks, Unreadable, Workbook, far_cells, rows_of


def read(data: bytes, kind: str) -> Workbook:
    """Return the workbook in `data`.

    Raises:
        Unreadable: file-damaged when calamine takes no sheet of it, file-encrypted, file-too-large.
    """
    if kind == "xls":
        return _xls(data)
    found = xlsb.scan(data)
    book = Workbook(kind, modified=found.modified, properties=found.properties)
    _values(found.data, book, found.marks)
    _report(book, found.far)
    return book


def _values(data: bytes, book: Workbook, marks: dict[str, Marks]) -> Workbook:
    kind = book.format
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        source = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for meta in source.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = source.get_sheet_by_name(meta.name)
            grid = Grid(meta.name, meta.visible != SheetVisibleEnum.Visible)
            grid.rows = rows_of(sheet.to_python(skip_empty_area=False))
            known = marks.get(meta.name, Marks())
            if kind == "xls":
                known.merged = [(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in sheet.merged_cell_ranges or ()]
            grid.mark(known)
            book.grids.append(grid)
    except PasswordError as error:
        raise Unreadable("file-encrypted") from error
    except MemoryError:
        raise
    except BaseException as error:  # a Rust panic is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise Unreadable("file-damaged", "cấu trúc bên trong không theo chuẩn") from error
    return book


def _xls(data: bytes) -> Workbook:
    import olefile

    book = Workbook("xls")
    try:
        ole = olefile.OleFileIO(io.BytesIO(data))
    except Exception:  # olefile raises many kinds on damage that calamine forgives
        return _values(data, book, {})
    with ole:
        name = "Workbook" if ole.exists("Workbook") else "Book"
        try:
            stream = ole.openstream(name).read()
        except Exception:
            return _values(data, book, {})
        book.modified = _modified(ole)
        sheets = biff.scan(stream)
        far = {sheet.name: far_cells(sheet.cells) for sheet in sheets}
        if offsets := [offset for cells in far.values() for _, _, offset in cells]:
            data = _erased(ole, name, data, stream, offsets)
    book = _values(data, book, {sheet.name: sheet.marks for sheet in sheets})
    _report(book, {name: [(row, column) for row, column, _ in cells] for name, cells in far.items()})
    return book


def _report(book: Workbook, far: dict[str, list[tuple[int, int]]]) -> None:
    for grid in book.grids:
        book.report_far_cells(grid, far.get(grid.name, []))


def _erased(ole: Any, name: str, data: bytes, stream: bytes, offsets: list[int]) -> bytes:
    """Return the file with the cell records at `offsets` of its stream made blank, in memory only."""
    entry = ole.direntries[ole._find(name)]
    if entry.size < ole.minisectorcutoff:
        raise Unreadable("file-too-large", "ô nằm rất xa bảng")
    edited = bytearray(stream)
    changed = biff.erase(edited, offsets)
    chain: list[int] = []
    sector = entry.isectStart
    while sector < len(ole.fat) and len(chain) * ole.sector_size < entry.size:
        chain.append(sector)
        sector = ole.fat[sector]
    copy = bytearray(data)
    for position in changed:
        copy[(chain[position // ole.sector_size] + 1) * ole.sector_size + position % ole.sector_size] = edited[position]
    return bytes(copy)


def _modified(ole: Any) -> datetime | None:
    try:
        moment = ole.get_metadata().last_saved_time
    except Exception:  # a damaged property stream is no reason not to read the sheets
        return None
    return moment if isinstance(moment, datetime) else None
