"""Where a table stands: what all its rows share, and what is found about them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from qn_xl.intake.grid import Grid
from qn_xl.intake.header import Cells
from qn_xl.intake.rows import Row
from qn_xl.model import Address, Deadline, Finding, Kind, Status

Say = Callable[..., None]  # (code, field, seen, **words): adds a finding at the row's cell of that field
Outcome = tuple[Status, date | None, float | None]


@dataclass(slots=True)
class Place:
    """Where a table stands and what the text around it says for all its rows."""

    file: str
    grid: Grid
    cells: Cells
    year: int | None
    plan: str | None
    plan_text: str
    kind: Kind | None
    unit: str | None  # named by the sheet
    sender: str | None  # named by the file
    findings: list[Finding] = field(default_factory=list)
    unknown_units: set[str] = field(default_factory=set)
    # what cells that left no doubt were understood as, for the next row that says the same
    deadlines: dict[tuple[object, ...], Deadline] = field(default_factory=dict)
    outcomes: dict[tuple[object, ...], Outcome] = field(default_factory=dict)

    def at(self, cell: str | None) -> Address:
        return Address(self.file, self.grid.name, cell)

    def number_format(self, row: Row, name: str, column: int) -> str | None:
        """Return the number format of the date cell that a row's field was read from."""
        moved = row.moved.get(name) if row.moved else None
        at = int(re.sub(r"\D", "", moved)) if moved else row.number
        return self.grid.formats.get((at, column))

    def is_bad(self, row: Row, column: int) -> bool:
        """Tell whether the cell holds an error or a formula without a stored value."""
        return (row.number, column) in self.grid.errors or (row.number, column) in self.grid.uncached
