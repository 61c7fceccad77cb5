"""What a file looks like once opened: sheets as grids of values, row 1 and column A first.

`open_workbook` is the one door; which reader serves a file is decided by its content, never by its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from qn_xl.intake import limits


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

    def keep_marked_cells(self) -> None:
        """Make room for error cells and formulas without a value at the end of the sheet or of a row."""
        for row, column in [*self.errors, *self.uncached]:
            if row > len(self.rows) + limits.ROW_GAP or column > limits.COLUMN_GAP:
                continue
            self.rows += [GridRow(number, []) for number in range(len(self.rows) + 1, row + 1)]
            values = self.rows[row - 1].values
            values += [None] * (column - len(values))


@dataclass(slots=True)
class Workbook:
    """A file opened: `findings` are (code, sheet, cell, seen) about the file itself."""

    format: str
    grids: list[Grid] = field(default_factory=list)
    modified: datetime | None = None
    properties: dict[str, str] = field(default_factory=dict)  # custom document properties
    findings: list[tuple[str, str | None, str | None, str]] = field(default_factory=list)
    missing_sheets: list[str] = field(default_factory=list)


def rows_of(values: Sequence[Sequence[Any]]) -> list[GridRow]:
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


def clip_merged(ranges: Sequence[tuple[int, int, int, int]], grid: Grid) -> list[tuple[int, int, int, int]]:
    """Return merged ranges cut to the used area; ranges that only an attacker could overlap so often are dropped."""
    last = len(grid.rows)
    width = max(max((len(row.values) for row in grid.rows), default=0), limits.MERGED_WIDTH)
    room = last * width
    kept: list[tuple[int, int, int, int]] = []
    for top, first, bottom, right in ranges[: limits.MERGED_RANGES]:
        bottom, right = min(bottom, last), min(right, width)
        area = (bottom - top + 1) * (right - first + 1)
        if top < 1 or first < 1 or bottom < top or right < first or area < 2:
            continue
        room -= area
        if room < 0:
            break
        kept.append((top, first, bottom, right))
    return kept


def a1(row: int, column: int) -> str:
    """Return the address of a cell, 1-based: (3, 28) is AB3."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def open_workbook(path: Path, data: bytes | None = None) -> Workbook:
    """Return the workbook at `path`, recognised by content; `data` are its bytes where the caller has them.

    Raises:
        Unreadable: with the finding's code, when nothing of the file can be read.
    """
    from qn_xl.intake import sniff

    if data is None:
        data = sniff.load(path)
    kind = sniff.recognise(data, path.name)
    book = _read(data, kind, path)
    if sniff.other_extension(kind, path.name):
        book.findings.append(("file-other-extension", None, None, sniff.LABEL[kind]))
    return book


def _read(data: bytes, kind: str, path: Path) -> Workbook:
    if kind in ("xlsx", "xlsm"):
        from qn_xl.intake import xlsx

        return xlsx.read(data, kind)
    from qn_xl.intake import binary

    return binary.read(data, kind)
