"""What an official appendix says of a target beyond a unit's report: unit of measure, baseline, value to reach."""

from __future__ import annotations

import re
from pathlib import Path

from qn_xl.intake.grid import Grid, Unreadable, open_workbook
from qn_xl.intake.ooxml import column_number
from qn_xl.model import FileReading, TaskReport
from qn_xl.rules.appendix import Target
from qn_xl.rules.text import clean

_COLUMNS = ("measure", "baseline", "target")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def read_targets(path: Path, reading: FileReading) -> dict[tuple[str, int], Target]:
    """Return (sheet, row) to what the columns of a target hold, for the rows of `reading` that have any of it."""
    if not any(set(_COLUMNS) & set(task.columns) for task in reading.tasks):
        return {}
    try:
        grids = {grid.name: grid for grid in open_workbook(path).grids}
    except Unreadable:  # the file changed since it was read
        return {}
    found = {}
    for task in reading.tasks:
        if task.sheet in grids and (target := _target(grids[task.sheet], task)) != Target():
            found[task.sheet, task.row] = target
    return found


def _target(grid: Grid, task: TaskReport) -> Target:
    values = grid.rows[task.row - 1].values if task.row <= len(grid.rows) else []

    def cell(name: str) -> object:
        place = column_number(task.columns[name]) if name in task.columns else 0
        return values[place - 1] if 0 < place <= len(values) else None

    measure = cell("measure")
    said = clean(measure) if isinstance(measure, str) else ""
    return Target(said, _number(cell("baseline")), _number(cell("target")))


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and (found := _NUMBER.fullmatch(value.strip().rstrip("%").strip())):
        return float(found[0].replace(",", "."))
    return None
