"""Keys of the reader's findings: what a finding is about, not where it stands.

A decision, and what is left in a unit's second round, refer to a finding by its key. An inserted row, a moved column or
another file name of the same unit must not make it another one, so the key is made of the sender, the sheet, the
task's own words, the column's meaning and, where all are the same, the number of the occurrence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from qn_xl.intake.grid import Grid
from qn_xl.model import Fate, Finding, SheetReading, TaskReport
from qn_xl.rules.catalogue import key_of
from qn_xl.rules.text import fold, key

_CELL = re.compile(r"([A-Z]+)(\d+)")
_NUMBERS = re.compile(r"\d+")
_BY_NAME = frozenset({"unit-unknown"})  # one name means one unit, whoever writes it and wherever
_OF_FORM = "form-"  # a form says whose it is, whatever its file is called


def stable_keys(findings: Iterable[Finding], sheets: Sequence[SheetReading], grids: Sequence[Grid]) -> list[Finding]:
    """Return the findings of one file, in their order, each with a key of its own."""
    known = {sheet.name: _Sheet(sheet, grid) for sheet, grid in zip(sheets, grids, strict=True)}
    count: Counter[str] = Counter()
    made = []
    for one in findings:
        subject = _subject(one, known)
        about = f"{one.code}|{subject}"
        count[about] += 1
        number = f"|{count[about]}" if count[about] > 1 else ""
        made.append(replace(one, key=key_of(one.code, subject + number)))
    return made


def _subject(one: Finding, known: Mapping[str, _Sheet]) -> str:
    where = one.where
    if one.code in _BY_NAME:
        return key(one.seen)
    who = one.unit or where.file
    if where.sheet is None:
        return who if one.code.startswith(_OF_FORM) else where.file
    place = _CELL.fullmatch(where.cell or "")
    sheet = known.get(where.sheet)
    if place is None or sheet is None:
        return f"{who}|{key(where.sheet)}"
    words, role = sheet.about(place[1], int(place[2]), one.seen)
    return f"{who}|{key(where.sheet)}|{words}|{role}"


class _Sheet:
    """What stands at a cell of one sheet: the words of its row, the meaning of its column."""

    def __init__(self, sheet: SheetReading, grid: Grid) -> None:
        self._sheet, self._grid = sheet, grid

    @cached_property
    def _tasks(self) -> dict[int, TaskReport]:
        return {task.row: task for task in self._sheet.tasks}

    def about(self, column: str, row: int, seen: str) -> tuple[str, str]:
        task = self._tasks.get(row)
        if task is not None:
            return fold(task.task), _role(task.columns, column)
        if self._sheet.fates.get(row) == Fate.HEADER:
            return key(seen), ""
        return _NUMBERS.sub("#", fold(self._first_words(row))), _role(self._sheet.columns, column)

    def _first_words(self, row: int) -> str:
        at = row - self._grid.rows[0].number if self._grid.rows else -1
        values = self._grid.rows[at].values if 0 <= at < len(self._grid.rows) else []
        return next((value for value in values if isinstance(value, str) and value.strip()), "")


def _role(columns: Mapping[str, str], column: str) -> str:
    return next((name for name, letters in columns.items() if letters == column), column)
