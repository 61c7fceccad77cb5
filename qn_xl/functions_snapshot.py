"""Snapshots as the worksheet functions read them: look-ups made once, words resolved, rows of their tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Protocol

from qn_xl.functions_values import QnNotAvailable, Scalar, text_of
from qn_xl.history import History
from qn_xl.model import KIND_CODE, Item, Snapshot, UnitResult
from qn_xl.rules.figures import ALL, MEASURE, Figures
from qn_xl.rules.plans import PlanIndex
from qn_xl.rules.text import fold
from qn_xl.rules.units import UnitIndex
from qn_xl.rules.words import labels, words_table

TASK_COLUMNS = (
    "Kế hoạch", "Loại", "Số", "Nhiệm vụ", "Đơn vị", "Thời hạn", "Ngày đến hạn", "Trạng thái", "Số ngày chậm",
    "Ngày hoàn thành", "Nguồn",
)  # fmt: skip
NAMED_UNITS = 5  # more of them are told as the plan does: "UBND các xã, phường"
SUMMARY_MEASURES = ("total", "done", "under_way", "overdue", "recurring", "stopped", "central")


class Snapshots(Protocol):
    """Where snapshots of other cut-off dates come from."""

    def at(self, as_of: date) -> Snapshot | None:
        """Return the last snapshot with exactly this cut-off."""

    def before(self, as_of: date) -> Snapshot | None:
        """Return the last snapshot of the nearest earlier cut-off."""


class Kept:
    """Snapshots held in memory."""

    def __init__(self, snapshots: Iterable[Snapshot] = ()) -> None:
        self._by_date = {one.as_of: one for one in sorted(snapshots, key=lambda one: one.run)}

    def at(self, as_of: date) -> Snapshot | None:
        return self._by_date.get(as_of)

    def before(self, as_of: date) -> Snapshot | None:
        earlier = [day for day in self._by_date if day < as_of]
        return self._by_date[max(earlier)] if earlier else None


class FromHistory:
    """Snapshots of a workspace's history, loaded when asked for."""

    def __init__(self, history: History) -> None:
        self._history = history

    def at(self, as_of: date) -> Snapshot | None:
        return self._history.latest(as_of=as_of)

    def before(self, as_of: date) -> Snapshot | None:
        earlier = [info.as_of for info in self._history.runs() if info.as_of < as_of]
        return self.at(max(earlier)) if earlier else None


class Shown:
    """A snapshot with its look-ups made once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.plans = {plan.symbol: plan for plan in snapshot.plans}

    @cached_property
    def figures(self) -> Figures:
        return Figures(self.snapshot.figures)

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        return labels(self.snapshot.plans, self.snapshot.units)

    @cached_property
    def _words(self) -> dict[tuple[str, str], str]:
        return {(row[0], row[1]): row[2] for row in words_table(self.snapshot.plans, self.snapshot.units)}

    @cached_property
    def _units(self) -> UnitIndex:
        return UnitIndex(self.snapshot.units)

    @cached_property
    def _plans(self) -> PlanIndex:
        return PlanIndex(self.snapshot.plans)

    def code(self, domain: str, word: Scalar) -> str:
        """Return the code of a word: through tblWord, then through the indexes that read unit files."""
        text = text_of(word)
        found = self._words.get((domain, fold(text)))
        if found is None and domain == "plan" and not text.isdigit():
            plan = self._plans.find(text)
            found = plan.symbol if plan else None
        if found is None and domain == "unit":
            found = self._units.find(text)
        if found is None:
            what = {"plan": "kế hoạch", "unit": "đơn vị", "group": "loại"}.get(domain, "từ")
            raise QnNotAvailable(f"Không có {what} “{text}”.")
        return found


def records(snapshot: Snapshot, unit: str) -> Iterable[tuple[Item, Item | UnitResult]]:
    """Give each item with the record whose class counts: its own, or one unit's."""
    if unit == ALL:
        return ((item, item) for item in snapshot.items)
    items = {item.id: item for item in snapshot.items}
    return ((items[one.item], one) for one in snapshot.unit_results if one.unit == unit)


def task_row(item: Item, record: Item | UnitResult, symbol: str, shown: Shown) -> list[Scalar]:
    if isinstance(record, UnitResult):
        units = shown.labels["unit"].get(record.unit, record.unit)
        sources = [record.source] if record.source else []
    else:
        units = "; ".join(shown.labels["unit"].get(unit, unit) for unit in item.units)
        if not units or (len(item.units) > NAMED_UNITS and item.lead_text):
            units = item.lead_text
        sources = list(item.sources)
    return [
        symbol,
        item.kind.value,
        item.number,
        item.task,
        units,
        item.deadline_text,
        record.due,
        MEASURE[record.cls.value].label,
        record.days_late,
        record.completed_on,
        "; ".join(str(source) for source in sources),
    ]


def summary_row(shown: Shown, plan: str, group: str) -> list[Scalar]:
    kind = next(kind for kind, code in KIND_CODE.items() if code == group)
    counts = shown.figures.counts(plan, group)
    return [kind.value, *(counts[code] for code in SUMMARY_MEASURES), shown.figures.get(plan, "rate_total", group)]
