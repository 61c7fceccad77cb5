"""What is counted, the rows about it and the units that owe it: the records that the counting hands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from qn_xl.model import AssignedTask, Decision, Kind, Plan, TaskReport, Unit
from qn_xl.rules.units import UnitIndex

LIST = "Nhiệm vụ giao"


class Office(Protocol):
    """The office's tables as the rules need them (qn_xl.tables.Tables)."""

    @property
    def plans(self) -> Sequence[Plan]: ...
    @property
    def units(self) -> Sequence[Unit]: ...
    @property
    def assigned(self) -> Sequence[AssignedTask]: ...
    @property
    def decisions(self) -> Sequence[Decision]: ...
    @property
    def rules(self) -> Mapping[str, str]: ...


@dataclass(slots=True)
class Row:
    """A task row and who says it. `rank` is its file's; `about` the keys a decision may name it by."""

    report: TaskReport
    sender: str | None
    units: tuple[str, ...]
    rank: int
    about: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Target:
    """One thing to be counted, the units that owe it and the rows about it, the last word last."""

    id: str
    plan: str
    kind: Kind
    number: str
    task: str
    group: str
    owners: tuple[str, ...]
    assigned: AssignedTask | None
    collective: bool = False
    decides: str = ""  # the one owner whose part is the item's
    rows: list[Row] = field(default_factory=list)

    @property
    def label(self) -> str:
        return label_of(self.number, self.task)


def label_of(number: str, task: str) -> str:
    """Return the running number and the first words: what staff recognise a row by."""
    words = task.split()
    return " ".join([number, *words[:8]]).strip() + ("…" if len(words) > 8 else "")


class Leads:
    """Lead cells read into unit ids; collective leads are expanded to the units that exist at `as_of`."""

    def __init__(self, index: UnitIndex, units: Iterable[Unit], as_of: date) -> None:
        self._index = index
        self._valid = {
            unit.id
            for unit in units
            if (unit.valid_from is None or unit.valid_from <= as_of)
            and (unit.valid_to is None or unit.valid_to >= as_of)
        }
        self._seen: dict[str, tuple[tuple[str, ...], bool, tuple[str, ...]]] = {}

    def read(self, text: str) -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
        """Return the units, whether a collective wording named them, and the names not in the register."""
        if text not in self._seen:
            reading = self._index.read(text)
            expanded = self.expand(reading.collective)
            units = tuple(dict.fromkeys((*reading.units, *expanded)))
            self._seen[text] = (units, bool(expanded), reading.unknown)
        return self._seen[text]

    def expand(self, collective: str | None) -> tuple[str, ...]:
        if collective is None:
            return ()
        return tuple(unit for unit in self._index.expand(collective) if unit in self._valid)
