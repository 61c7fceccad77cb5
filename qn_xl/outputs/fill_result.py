"""What came of filling a template: what stood where, what stands there now, what somebody has to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from qn_xl.outputs.fill_arithmetic import as_text
from qn_xl.outputs.fill_values import Failure, Value
from qn_xl.rules.wording import date_text


@dataclass(frozen=True, slots=True)
class Change:
    """One place of the template: what stood there and what stands there now. `how`: in one Vietnamese word or two."""

    sheet: str
    cell: str
    was: str
    now: str
    how: str


@dataclass(frozen=True, slots=True)
class Problem:
    sheet: str
    cell: str
    seen: str
    message: str


@dataclass(slots=True)
class Filled:
    """What came of a template. `recomputed` formulas have fresh stored values, `waiting` ones none until opened."""

    packed: bytes = b""
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    recomputed: int = 0
    waiting: int = 0

    def change(self, sheet: str, cell: str, was: str, now: str, how: str) -> None:
        self.changes.append(Change(sheet, cell, was, now, how))

    def problem(self, sheet: str, cell: str, seen: str, message: str) -> None:
        self.problems.append(Problem(sheet, cell, seen, message.rstrip(".") + "."))

    def document(self) -> dict[str, Any]:
        """Return the lists for --json."""
        return {
            "cells": [
                {"sheet": one.sheet, "cell": one.cell, "was": one.was, "now": one.now, "how": one.how}
                for one in self.changes
            ],
            "problems": [
                {"sheet": one.sheet, "cell": one.cell, "seen": one.seen, "message": one.message}
                for one in self.problems
            ],
            "recomputed": self.recomputed,
            "waiting": self.waiting,
        }


def shown(value: Value) -> str:
    """Return a value as the list of changes says it."""
    if isinstance(value, Failure):
        return value.code
    if isinstance(value, date):
        return date_text(value)
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.4f}".rstrip("0").replace(".", ",")
    return as_text(value)
