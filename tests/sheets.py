"""Draw a sheet as text in a test: one line a row, cells between bars; the grid is what the file layer would give."""

from __future__ import annotations

import re
from datetime import date, datetime

from qn_xl.intake.context import ReadContext, default_context
from qn_xl.intake.grid import Grid, GridRow, Workbook
from qn_xl.intake.read import _understand
from qn_xl.model import FileReading, SheetReading

AS_OF = date(2025, 9, 30)
_DATE = re.compile(r"^@(\d{4})-(\d\d)-(\d\d)$")


def _value(text: str) -> object:
    text = text.strip().replace("\\n", "\n")
    if not text:
        return None
    if found := _DATE.match(text):  # @2025-09-30 is a real date cell
        return datetime(*map(int, found.groups()))
    if text.startswith("#="):  # #=13.1 is a number cell
        return float(text[2:])
    return text


def grid(
    text: str, name: str = "Sheet1", merged: list[tuple[int, int, int, int]] | None = None, **more: object
) -> Grid:
    """Return a grid; `|` separates cells, an empty line is a blank row, '=' joins lines of one cell as \\n."""
    rows = []
    for number, line in enumerate(text.strip("\n").rstrip().split("\n"), 1):
        line = line.strip()
        values = [_value(cell) for cell in line.strip("|").split("|")] if line else []
        while values and values[-1] is None:
            values.pop()
        rows.append(GridRow(number, values))
    return Grid(name, rows=rows, merged=merged or [], **more)  # type: ignore[arg-type]


def read(
    *grids: Grid, name: str = "bao-cao.xlsx", context: ReadContext | None = None, form: str = "xlsx"
) -> FileReading:
    book = Workbook(form, list(grids))
    return _understand(name, "0" * 64, 1, book, context or default_context(AS_OF))


def sheet(text: str, name: str = "bao-cao.xlsx", **more: object) -> SheetReading:
    return read(grid(text, **more), name=name).sheets[0]  # type: ignore[arg-type]


def codes(reading: FileReading) -> list[str]:
    return sorted(found.code for found in reading.findings)
