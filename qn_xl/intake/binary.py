"""Reads .xls, .xlsb and .ods: values and merged ranges by python-calamine, the rest by a scan of the records."""

from __future__ import annotations

import io

from qn_xl.intake.grid import Grid, Unreadable, Workbook, clip_merged, rows_of


def read(data: bytes, kind: str) -> Workbook:
    """Return the workbook in `data`.

    Raises:
        Unreadable: file-damaged when calamine takes no sheet of it, file-encrypted.
    """
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    book = Workbook(kind)
    try:
        source = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [meta for meta in source.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        for meta in sheets:
            sheet = source.get_sheet_by_name(meta.name)
            grid = Grid(meta.name, meta.visible != SheetVisibleEnum.Visible)
            grid.rows = rows_of(sheet.to_python(skip_empty_area=False))
            ranges = sheet.merged_cell_ranges or []
            grid.merged = clip_merged([(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in ranges], grid)
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
