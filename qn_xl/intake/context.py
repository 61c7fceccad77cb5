"""What the reader has to know besides the file: units, plans, the cut-off's year, the office's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from qn_xl.model import Plan, Unit
from qn_xl.rules.plans import PlanIndex, default_plans
from qn_xl.rules.units import UnitIndex, default_units

Headings = tuple[tuple[str, str], ...]  # (heading key, field), the weightiest first


@dataclass(frozen=True, slots=True)
class Heading:
    """What the office decided about a column: heading key, field, and whose files it holds for ("": everybody's)."""

    key: str
    field: str
    unit: str = ""  # id, name or alias, as staff wrote it


@dataclass(frozen=True)
class ReadContext:
    """Sent once to every worker; the same context and file always give the same reading.

    `headers` are the office's decisions about columns; `words`: (folded word, StatusWord) added by it; `senders`:
    file, or key of the finding that its unit is unknown → Unit.id, as decided.
    """

    units: tuple[Unit, ...]
    plans: tuple[Plan, ...]
    as_of: date
    headers: tuple[Heading, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    period: str = ""  # id of the period being consolidated
    senders: tuple[tuple[str, str], ...] = ()

    @cached_property
    def unit_index(self) -> UnitIndex:
        return UnitIndex(self.units)

    @cached_property
    def plan_index(self) -> PlanIndex:
        return PlanIndex(self.plans)

    @cached_property
    def _headings(self) -> dict[str, Headings]:
        """Unit.id → its own choices, then those for all; "" → those for all."""
        known = {unit.id for unit in self.units}
        every = tuple((one.key, one.field) for one in self.headers if not one.unit)
        own: dict[str, list[tuple[str, str]]] = {}
        for one in self.headers:
            unit = one.unit if one.unit in known else self.unit_index.find(one.unit) if one.unit else None
            if unit:
                own.setdefault(unit, []).append((one.key, one.field))
        return {"": every} | {unit: (*chosen, *every) for unit, chosen in own.items()}

    def headings(self, unit: str | None) -> Headings:
        """Return the choices that hold for the files of a unit, its own before those for all units."""
        if not self.headers:
            return ()
        return self._headings.get(unit or "", self._headings[""])

    def decided_sender(self, *about: str) -> str | None:
        """Return the unit that the office named for a file, by the file's name or a finding's key."""
        return next((unit for name, unit in self.senders if name in about), None)

    @cached_property
    def _named(self) -> dict[str, str | None]:
        return {}

    def plan_named(self, text: str) -> str | None:
        """Return the id of the plan that a plan cell names; the same few texts fill a whole column."""
        if text not in self._named:
            plan = self.plan_index.find(text) or self.plan_index.find_in(text)
            self._named[text] = plan.id if plan else None
        return self._named[text]

    @cached_property
    def _found_in(self) -> dict[str, str | None]:
        return {}

    def plan_in(self, text: str) -> str | None:
        """Return the id of the plan named inside `text`, a heading that stands over many rows."""
        if text not in self._found_in:
            plan = self.plan_index.find_in(text)
            self._found_in[text] = plan.id if plan else None
        return self._found_in[text]

    @cached_property
    def extra_words(self) -> dict[str, str] | None:
        return dict(self.words) or None


def default_context(
    as_of: date, units: Sequence[Unit] | None = None, plans: Sequence[Plan] | None = None
) -> ReadContext:
    """Return the context of a reader without a workspace: the shipped register and plans."""
    return ReadContext(tuple(units or default_units()), tuple(plans or default_plans()), as_of)
