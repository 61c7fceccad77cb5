"""What a file looks like once opened: sheets as grids of values, row 1 and column A first.

`open_workbook` is the one door; which reader serves a file is decided by its content, never by its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qn_xl.intake import limits


class Unreadable(Exception):
    """The file cannot be read at all; `code` is a finding of the catalogue, `seen` its value in Vietnamese."""

    def __init__(self, code: str, seen: str = "") -> None:
        self.code = code
        self.seen = seen
        super().__init__(code, seen)

# What an error cell shows; in text formats nothing else tells it.
ERROR_TEXTS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
Cells = dict[int, dict[int, Any]]  # row -> column -> value


@dataclass(slots=True)
class GridRow:
    """One physical row: `values[0]` is column A, None is a blank cell.

    Numbers are float (calamine) or int, dates are date or datetime, durations timedelta.
    """

    number: int
    values: list[object]


@dataclass(slots=True)
class Marks:
    """What a pass over a sheet finds besides values; coordinates are 1-based (row, column)."""

    dates: dict[tuple[int, int], str] = field(default_factory=dict)  # cells with a date format, value or not
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncached: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    fonts: set[str] = field(default_factory=set)


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

    def mark(self, marks: Marks) -> None:
        """Take over what `marks` say about the used area; error cells at its edge belong to it."""
        self.errors, self.uncached = marks.errors, marks.uncached
        rows = self.rows
        for row, column in [*self.errors, *self.uncached]:
            if row > len(rows) + limits.ROW_GAP or column > limits.COLUMN_GAP:
                continue
            rows += [GridRow(number, []) for number in range(len(rows) + 1, row + 1)]
            values = rows[row - 1].values
            values += [None] * (column - len(values))
            values[column - 1] = None
        last = len(rows)
        for (row, column), code in marks.dates.items():
            values = rows[row - 1].values if row <= last else []
            if column <= len(values) and isinstance(values[column - 1], date):
                self.formats[row, column] = code
        self.hidden_rows = {row for row in marks.hidden_rows if row <= last}
        self.fonts = {font for font in marks.fonts if font}
        self.merged = clip_merged(marks.merged, self)

    def fill(self, cells: Cells, marks: Marks) -> list[tuple[int, int]]:
        """Lay out cells read one by one; return those left out because a wide gap parts them from the rest."""
        self.rows, left = _lay_out(cells)
        self.mark(marks)
        return left


@dataclass(slots=True)
class Workbook:
    """A file opened.

    `findings` are (code, sheet, cell, seen) about the file and its sheets; sheets named in the file whose part is
    absent are only in `missing_sheets`. `modified` is the file's own property, without time zone.
    """

    format: str
    grids: list[Grid] = field(default_factory=list)
    modified: datetime | None = None
    properties: dict[str, str] = field(default_factory=dict)  # custom document properties
    findings: list[tuple[str, str | None, str | None, str]] = field(default_factory=list)
    missing_sheets: list[str] = field(default_factory=list)

    def report_far_cells(self, grid: Grid, cells: Sequence[tuple[int, int]]) -> None:
        """Add the finding about cells that were left out of `grid`, if there are any."""
        if cells:
            shown = ", ".join(a1(*cell) for cell in sorted(cells)[:3])
            rest = f" và {len(cells) - 3} ô khác" if len(cells) > 3 else ""
            self.findings.append(("sheet-far-cells", grid.name, a1(*min(cells)), shown + rest))


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


def _lay_out(cells: Cells) -> tuple[list[GridRow], list[tuple[int, int]]]:
    """Return rows from 1 on, and the cells left out because a wide gap parts them from the rest.

    A gap counts only when something follows it; of the parts that gaps make, the one with most cells stays.
    """
    rows = largest_part({row: len(line) for row, line in cells.items()}, limits.ROW_GAP)
    weights: dict[int, int] = {}
    for row in rows:
        for column in cells[row]:
            weights[column] = weights.get(column, 0) + 1
    columns = set(largest_part(weights, limits.COLUMN_GAP))
    kept, left = set(rows), []
    for row, line in cells.items():
        left += [(row, column) for column in line if row not in kept or column not in columns]
    grid: list[GridRow] = []
    for row in rows:
        line = {column: value for column, value in cells[row].items() if column in columns}
        if not line:
            continue
        grid += [GridRow(number, []) for number in range(len(grid) + 1, row)]
        values: list[object] = [None] * max(line)
        for column, value in line.items():
            values[column - 1] = value
        grid.append(GridRow(row, values))
    return grid, left


def text_errors(grid: Grid) -> None:
    """Mark the cells of a text format that show an error."""
    for row in grid.rows:
        for column, value in enumerate(row.values, 1):
            if isinstance(value, str) and value.startswith("#") and value.strip() in ERROR_TEXTS:
                grid.errors[row.number, column] = value.strip()
                row.values[column - 1] = None


def largest_part(weights: Mapping[int, int], gap: int) -> list[int]:
    """Return the heaviest of the parts into which gaps of more than `gap` cut row or column numbers."""
    parts: list[list[int]] = []
    previous = None
    for place in sorted(weights):
        if previous is None or place - previous > gap:
            parts.append([])
        parts[-1].append(place)
        previous = place
    return max(parts, key=lambda part: sum(weights[place] for place in part), default=[])


def far_cells(cells: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return those of a sheet's cells (row, column, anything) that wide gaps part from the rest, if that matters.

    Raises:
        Unreadable: even without them the rectangle around the cells is too large to build.
    """
    area, count = _rectangle(cells), len(cells)
    if count > limits.LOOSE_CELLS:
        raise Unreadable("file-too-large", f"trang tính có hơn {limits.LOOSE_CELLS} ô")
    if area <= limits.DENSE_CELLS and (area <= limits.SPARSE_FROM or area <= count * limits.SPARSE_RATIO):
        return []
    rows = set(largest_part(Counter(row for row, _, _ in cells), limits.ROW_GAP))
    columns = set(largest_part(Counter(column for row, column, _ in cells if row in rows), limits.COLUMN_GAP))
    kept = [cell for cell in cells if cell[0] in rows and cell[1] in columns]
    if _rectangle(kept) > limits.DENSE_CELLS:
        raise Unreadable("file-too-large", f"trang tính có {max(rows)} dòng × {max(columns)} cột")
    return [cell for cell in cells if cell[0] not in rows or cell[1] not in columns]


def _rectangle(cells: Sequence[tuple[int, int, int]]) -> int:
    return max((cell[0] for cell in cells), default=0) * max((cell[1] for cell in cells), default=0)


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
    from qn_xl.intake import sniff, tidy

    if data is None:
        data = sniff.load(path)
    kind = sniff.recognise(data, path.name)
    book = _read(data, kind, path.stem[:31])
    tidy.cut_long_texts(book)
    tidy.tidy_names(book)
    if sniff.other_extension(kind, path.name):
        book.findings.append(("file-other-extension", None, None, sniff.LABEL[kind]))
    return book


def _read(data: bytes, kind: str, name: str) -> Workbook:
    if kind in ("xlsx", "xlsm"):
        from qn_xl.intake import xlsx

        return xlsx.read(data, kind)
    if kind == "csv":
        from qn_xl.intake import textual

        return textual.read(data, name)
    if kind in ("html", "mhtml"):
        from qn_xl.intake import html

        return html.read(data, name, kind)
    if kind == "xml2003":
        from qn_xl.intake import xml2003

        return xml2003.read(data)
    if kind == "ods":
        from qn_xl.intake import opendocument

        return opendocument.read(data)
    from qn_xl.intake import binary

    return binary.read(data, kind)
