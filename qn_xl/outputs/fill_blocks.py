"""Where a table function fills a template: the range of an array formula, or a defined name qn_…"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from qn_xl.outputs.fill_book import Book
from qn_xl.outputs.fill_heights import Heights
from qn_xl.outputs.fill_values import Grid, Value
from qn_xl.outputs.formula_tokens import Area, area, tokens
from qn_xl.outputs.sheet_scan import Cell

MARK = "qn_"
BODY_MARK = "qn_than_"  # the table's own heading row is left out: the template has one
HEADED = ("QN_TABLE", "QN_TASKS")  # their first row holds the names of the columns


class Put(Protocol):
    """Writes one value into a cell, with a style of its own or the cell's."""

    def __call__(self, sheet: str, row: int, column: int, value: Value, style: str | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Region:
    place: Area
    body: bool = False  # without the heading row


def region_of(book: Book, sheet: str, cell: Cell) -> Region | None:
    """Return the region that the template marks for the formula in `cell`, None when it marks none.

    A defined name qn_… whose first cell holds the formula counts before the range of an array formula.
    """
    for name in book.names:
        if not name.name.casefold().startswith(MARK):
            continue
        place = area(tokens(name.text))
        if place and (place.sheet or "").casefold() == sheet.casefold() and (place.top, place.left) == cell.place:
            return Region(place, name.name.casefold().startswith(BODY_MARK))
    if cell.formula and cell.formula.kind == "array" and (place := area(tokens(cell.formula.ref))):
        return Region(place)
    return None


def fill(book: Book, put: Put, sheet: str, region: Region, function: str, table: Grid) -> str | None:
    """Write a table into a region and return what did not fit, in Vietnamese; None when all of it did.

    The region keeps its styles; a row without any takes those of the first row of the body. What the table does not
    reach is left blank.
    """
    headed = function in HEADED
    rows = table[1:] if headed and region.body else table
    place = region.place
    first_body = place.top + (1 if headed and not region.body else 0)
    height, width = place.bottom - place.top + 1, place.right - place.left + 1
    cells = book.sheets[sheet].cells
    pattern = [_style(cells.get((first_body, column))) for column in range(place.left, place.right + 1)]
    heights = Heights(book)
    for down in range(height):
        row = place.top + down
        texts: dict[int, tuple[str, str]] = {}
        own = [cells.get((row, column)) for column in range(place.left, place.right + 1)]
        bare = row > first_body and not any(_style(cell) for cell in own)
        for across in range(width):
            value = rows[down][across] if down < len(rows) and across < len(rows[down]) else None
            style = pattern[across] if bare and down < len(rows) else None
            if value is not None or own[across] is not None or style:
                put(sheet, row, place.left + across, value, style)
            if isinstance(value, str):
                texts[place.left + across] = value, style or _style(own[across])
        heights.fit(sheet, row, texts)
    wide = max((len(row) for row in rows), default=0)
    missing = []
    if len(rows) > height:
        missing.append(f"{len(rows) - height} dòng cuối")
    if wide > width:
        missing.append(f"{wide - width} cột cuối")
    return " và ".join(missing) or None


def _style(cell: Cell | None) -> str:
    return cell.style if cell and cell.style != "0" else ""
