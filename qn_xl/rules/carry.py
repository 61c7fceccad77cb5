"""What an earlier period left: results that still stand when a unit says nothing, or says "no change"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qn_xl.model import DONE, Class, Item, Snapshot, UnitResult
from qn_xl.rules.wording import date_text


@dataclass(frozen=True, slots=True)
class Earlier:
    """Results of the last run of an earlier period. `by_unit` is keyed by item and unit, `by_item` by item."""

    run: int = 0
    said: str = ""  # how a basis names the run
    by_unit: Mapping[tuple[str, str], UnitResult] = field(default_factory=dict)
    by_item: Mapping[str, Item] = field(default_factory=dict)

    def result(self, item: str, unit: str) -> UnitResult | Item | None:
        """Return what was last accepted for an item of a unit ("" for an item that no unit owes)."""
        return self.by_unit.get((item, unit)) if unit else self.by_item.get(item)


def earlier_results(snapshot: Snapshot | None) -> Earlier:
    """Return the results of a snapshot of an EARLIER period; nothing is carried inside one period."""
    if snapshot is None:
        return Earlier()
    said = f"lần tổng hợp số {snapshot.run} (chốt {date_text(snapshot.as_of)})"
    return Earlier(
        snapshot.run,
        said,
        {(one.item, one.unit): one for one in snapshot.unit_results},
        {one.id: one for one in snapshot.items},
    )


def stands(result: UnitResult | Item | None) -> bool:
    """Tell whether an earlier result stands without a new report: done, or stopped."""
    return result is not None and (result.cls in DONE or result.cls is Class.STOPPED)
