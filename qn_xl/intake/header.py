"""Find where a table starts: its header rows and the heading of each column.

A header is the first row that names a task column and at least one column that says something about the task, alone or
together with the row below it (a heading over two or three rows, merged or not).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from qn_xl.intake.grid import Grid
from qn_xl.intake.headings import LONGEST, NAMING, Meaning, meaning, stacked
from qn_xl.rules.text import clean, key

ABOUT = frozenset(
    {"lead_unit", "co_unit", "deadline", "completed_on", "status", "result", "product", "percent", "target"}
)
Extra = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Column:
    index: int  # 1 = column A
    texts: list[str]  # heading as written, top row first
    meaning: Meaning | None

    @property
    def heading(self) -> str:
        return " / ".join(self.texts)


@dataclass(slots=True)
class Header:
    top: int  # sheet row numbers
    bottom: int
    columns: list[Column]
    keys: dict[int, str] = field(default_factory=dict)  # column -> key of its lowest text, to know a repeated header


class Cells:
    """Read-only look at a grid by sheet row and column, merged ranges filled from their first cell."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.first = grid.rows[0].number if grid.rows else 1
        self.last = grid.rows[-1].number if grid.rows else 0
        self.width = max((len(row.values) for row in grid.rows), default=0)
        self.ranges = grid.merged

    def values(self, row: int) -> list[object]:
        at = row - self.first
        return self.grid.rows[at].values if 0 <= at < len(self.grid.rows) else []

    def value(self, row: int, column: int) -> object:
        values = self.values(row)
        return values[column - 1] if 0 < column <= len(values) else None

    def text(self, row: int, column: int) -> str:
        value = self.value(row, column)
        return clean(value) if isinstance(value, str) else ""

    def merge_at(self, row: int, column: int) -> tuple[int, int, int, int] | None:
        for box in self.ranges:
            if box[0] <= row <= box[2] and box[1] <= column <= box[3]:
                return box
        return None


def _hits(cells: Cells, row: int, extra: Extra) -> dict[int, Meaning]:
    found = {}
    for index, value in enumerate(cells.values(row), 1):
        if isinstance(value, str) and len(value) <= LONGEST and (read := meaning(value, extra)):
            found[index] = read
    return found


def _is_header(hits: dict[int, Meaning]) -> bool:
    fields = [name for read in hits.values() for name in read.fields]
    about = {index for index, read in hits.items() if ABOUT & set(read.fields)}
    if "task" in fields:
        return bool(about - {index for index, read in hits.items() if read.fields == ("task",)})
    return len(about) >= 3 and ("number" in fields or "code" in fields)


def _continues(cells: Cells, row: int, above: dict[int, Meaning], extra: Extra) -> bool:
    """True when `row` holds only sub-headings of the header row just above it (no merged ranges to tell)."""
    filled = {index for index, value in enumerate(cells.values(row), 1) if value not in (None, "")}
    if not filled or any(index in above and "task" in above[index].fields for index in filled):
        return False
    upper = cells.values(row - 1)
    under_blank = all(
        index > len(upper) or upper[index - 1] in (None, "") or index + 1 > len(upper) or upper[index] in (None, "")
        for index in filled
    )
    texts = [value for value in cells.values(row) if isinstance(value, str) and value.strip()]
    return (
        under_blank
        and len(texts) == len(filled)
        and all(len(text) <= 60 for text in texts)
        and bool(_hits(cells, row, extra))
    )


def _bounds(cells: Cells, row: int, hits: dict[int, Meaning], extra: Extra) -> tuple[int, int]:
    """Return first and last row of the header whose naming row is `row`."""
    top = bottom = row
    for r1, c1, r2, c2 in cells.ranges:
        if r1 <= row <= r2 and r2 - r1 <= 3 and r2 > r1 and any(c1 <= index <= c2 for index in hits):
            top, bottom = min(top, r1), max(bottom, r2)
    if top == row and row > cells.first:
        spans = [box for box in cells.ranges if box[0] == box[2] == row - 1 and box[3] > box[1]]
        texts = [text for index in range(1, cells.width + 1) if (text := cells.text(row - 1, index))]
        if len(spans) >= 1 and len(texts) >= 2 and all(len(text) <= 60 for text in texts):
            top = row - 1
    while bottom - top < 3 and _continues(cells, bottom + 1, hits, extra):
        bottom += 1
    return top, bottom


def _column_texts(cells: Cells, top: int, bottom: int, index: int) -> list[str]:
    texts: list[str] = []
    for row in range(top, bottom + 1):
        box = cells.merge_at(row, index)
        text = cells.text(box[0], box[1]) if box else cells.text(row, index)
        if not text and not box and row < bottom:  # an unmerged group heading reaches right over blank cells
            left = index - 1
            while left >= 1 and not cells.text(row, left):
                left -= 1
            if left >= 1 and cells.text(bottom, left) and cells.text(bottom, index):
                text = cells.text(row, left)
        if text and (not texts or key(texts[-1]) != key(text)):
            texts.append(text)
    return texts


def find_header(
    cells: Cells, start: int, extra: Extra = (), depth: int | None = 200, below: Header | None = None
) -> Header | None:
    """Return the first header at or below sheet row `start`, None when there is none within `depth` filled rows.

    `below`: a table already found above; then only a row that spells a heading out, and other headings, counts.
    """
    looked = 0
    kinds = {c.index for c in below.columns if c.meaning and c.meaning.fields == ("kind",)} if below else set()
    for row in range(max(start, cells.first), cells.last + 1):
        values = cells.values(row)
        if not any(value not in (None, "") for value in values):
            continue
        looked += 1
        if depth is not None and looked > depth:
            return None
        if below is not None and (not _names_a_column(values) or same_header(cells, row, below, False)):
            continue
        hits = _hits(cells, row, extra)
        if kinds:  # "Nhiệm vụ" under "Loại" is a value
            hits = {index: read for index, read in hits.items() if index not in kinds}
        if not hits:
            continue
        if not _is_header(hits):
            alone = sum(value not in (None, "") for value in values) < 2  # a title, whatever it says
            if alone or not any("task" in read.fields for read in hits.values()):
                continue
            both = {**hits, **_hits(cells, row + 1, extra)}
            if not (_is_header(both) and (_continues(cells, row + 1, hits, extra) or _merged_down(cells, row, hits))):
                continue
        return make_header(cells, row, hits, extra)
    return None


def _names_a_column(values: list[object]) -> bool:
    """A cheap look before the careful one: does the row begin with a usual heading of a number or task column?"""
    first = next((value for value in values if value not in (None, "")), None)
    return isinstance(first, str) and len(first) < 40 and first.strip().lower() in NAMING


def _merged_down(cells: Cells, row: int, hits: dict[int, Meaning]) -> bool:
    return any((box := cells.merge_at(row, index)) and box[2] > row for index in hits)


def make_header(cells: Cells, row: int, hits: dict[int, Meaning], extra: Extra) -> Header:
    top, bottom = _bounds(cells, row, hits, extra)
    columns = []
    keys = {}
    for index in range(1, cells.width + 1):
        texts = _column_texts(cells, top, bottom, index)
        if texts:
            columns.append(Column(index, texts, stacked(texts, extra)))
            keys[index] = key(texts[-1])
    return Header(top, bottom, columns, keys)


def same_header(cells: Cells, row: int, header: Header, after_header: bool) -> bool:
    """True when `row` repeats (a row of) the header, as on each printed page.

    `after_header`: the row above is already known as a header row, so one repeated sub-heading is enough.
    """
    equal = 0
    for index, value in enumerate(cells.values(row), 1):
        if value in (None, ""):
            continue
        if not isinstance(value, str) or len(value) > LONGEST:
            return False
        text = key(value)
        if text != header.keys.get(index) and all(text != key(other) for other in _texts_of(header, index)):
            return False
        equal += 1
    return equal >= (1 if after_header else 2)


def _texts_of(header: Header, index: int) -> list[str]:
    return next((column.texts for column in header.columns if column.index == index), [])


def is_numbering_row(values: list[object]) -> bool:
    """True for the row "(1) (2) (3) …" under a header: ascending column numbers, nothing else."""
    numbers: list[float] = []
    for value in values:
        if value in (None, ""):
            continue
        if isinstance(value, bool):
            return False
        if isinstance(value, (int, float)):
            number = float(value)
        elif isinstance(value, str):
            text = value.strip().strip("()[] ").split("=")[0]
            if len(text) == 1 and text.upper() in "ABCDEFG" and not numbers:
                numbers.append(0.0)
                continue
            if not text.isdigit():
                return False
            number = float(text)
        else:
            return False
        numbers.append(number)
    steps = [b - a for a, b in pairwise(numbers)]
    return len(numbers) >= 3 and numbers[0] <= 3 and all(0 < step <= 2 for step in steps)
