"""Puts values into the cells of a template by the format that each cell already has."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from math import floor

from qn_xl.outputs.fill_book import Book
from qn_xl.outputs.fill_values import Failure, Value, serial
from qn_xl.outputs.sheet_scan import Cell
from qn_xl.rules.wording import date_text

PLACES = 1  # decimals of a percentage, where the cell's format does not say
_PERCENT = re.compile(r"0(?:[.,](0+))?\s*%")


class CellWriter:
    """Writes into the sheets of a book. `cut`: rates are cut, not rounded (Quy tắc: Cách lấy tỷ lệ phần trăm)."""

    def __init__(self, book: Book, cut: bool) -> None:
        self._book, self._cut = book, cut

    def plain(self, value: Value) -> float | str | bool | None:
        if isinstance(value, Failure):
            return value.code
        if isinstance(value, date):
            return serial(value, self._book.epoch_1904)
        return value if isinstance(value, str | bool | float | int) else None

    def put(self, sheet: str, row: int, column: int, value: Value, style: str | None) -> None:
        part = self._book.sheets[sheet]
        if style is None:
            old = part.cells.get((row, column))
            style = old.style if old else ""
        if isinstance(value, Failure):
            part.put_error(row, column, value.code)
        elif isinstance(value, bool):
            part.put(row, column, b"<v>1</v>" if value else b"<v>0</v>", "b", style)
        elif isinstance(value, date):
            if self._book.is_date(self._book.format_of(style)):
                part.put_number(row, column, serial(value, self._book.epoch_1904), style)
            else:
                part.put_text(row, column, date_text(value), style)
        elif isinstance(value, int | float):
            part.put_number(row, column, value, style)
        elif isinstance(value, str) and value:
            part.put_text(row, column, value, style)
        else:
            part.put(row, column, b"", "", style)

    def places(self, cell: Cell) -> int:
        found = _PERCENT.search(self._book.format_of(cell.style))
        return len(found[1] or "") if found else PLACES

    def shortened(self, value: Value, places: int) -> Value:
        """Cut a rate to what is printed of it, where the office cuts (Quy tắc: Cách lấy tỷ lệ phần trăm)."""
        if not self._cut or not isinstance(value, float) or not 0 < value < 1:
            return value
        steps = 100 * 10**places
        cut: float = floor(Fraction(value).limit_denominator(1_000_000) * steps) / steps
        return cut
