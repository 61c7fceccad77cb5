"""What a file looks like once opened: sheets as grids of values, row 1 and column A first.

`open_workbook` is the one door; which reader serves a file is decided by its content, never by its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any


class Unreadable(Exception):
    """The file cannot be read at all; `code` is a finding of the catalogue, `seen` its value in Vietnamese."""

    def __init__(self, code: str, seen: str = "") -> None:
        self.code = code
        self.seen = seen
        super().__init__(code, seen)


@dataclass(slots=True)
class GridRow:
    """One physical row: `values[0]` is column A, None is a blank cell.

    Numbers are float (calamine) or int, dates are date or datetime, durations timedelta.
    """

    number: int
    values: list[object]


@dataclass(slots=True)
class Grid:
    """One sheet. Rows run from 1 to the last row that holds anything; all coordinates are 1-based."""

    name: str
    hidden: bool = False
    rows: list[GridRow] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, column, last row, column
    formats: dict[tuple[int, int], str] = field(default_factory=dict)  # number format code of date cells
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # "#REF!"
    uncached: set[tuple[int, int]] = field(default_factory=set)  # formulas without a stored value
    hidden_rows: set[int] = field(default_factory=set)
    fonts: set[str] = field(default_factory=set)  # font names used by text cells


@dataclass(slots=True)
class Workbook:
    """A file opened: `findings` are (code, sheet, cell, seen) about the file itself."""

    format: str
    grids: list[Grid] = field(default_factory=list)
    modified: datetime | None = None
    properties: dict[str, str] = field(default_factory=dict)  # custom document properties
    findings: list[tuple[str, str | None, str | None, str]] = field(default_factory=list)
    missing_sheets: list[str] = field(default_factory=list)


def rows_of(values: list[list[Any]]) -> list[GridRow]:
    """Return rows with blanks as None, trailing blank cells and rows cut off."""
    rows: list[GridRow] = []
    last = 0
    for number, line in enumerate(values, 1):
        cells: list[object] = [None if value == "" else value for value in line]
        while cells and cells[-1] is None:
            cells.pop()
        rows.append(GridRow(number, cells))
        if cells:
            last = number
    del rows[last:]
    return rows


def open_workbook(path: Path) -> Workbook:
    """Return the workbook at `path`, recognised by content.

    Raises:
        Unreadable: with the finding's code, when nothing of the file can be read.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        source = CalamineWorkbook.from_path(path)
    except CalamineError as error:
        raise Unreadable("file-damaged", str(error)) from error
    book = Workbook(path.suffix.lstrip(".").lower())
    for meta in source.sheets_metadata:
        sheet = source.get_sheet_by_name(meta.name)
        grid = Grid(meta.name, meta.visible != SheetVisibleEnum.Visible)
        grid.rows = rows_of(sheet.to_python(skip_empty_area=False))
        grid.merged = [
            (first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1)
            for first, last in sheet.merged_cell_ranges or ()
        ]
        book.grids.append(grid)
    return book
