"""What the pictures show, from snapshots alone: the same counts as the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from qn_xl.model import KIND_CODE, Class, Figure, Kind, Snapshot
from qn_xl.outputs.labels import OFFICE_VIEW, unit_names
from qn_xl.outputs.sheet_summary import plan_lines
from qn_xl.rules import frames
from qn_xl.rules.figures import MEASURE, Figures
from qn_xl.rules.sentences import plan_name

MOST_UNITS = 20  # bars that fit on a slide; the rest are told in one line


@dataclass(frozen=True, slots=True)
class Bars:
    """Stacked bars: one label a bar, one name a part; values[part][bar]."""

    labels: tuple[str, ...]
    parts: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """One value a day and name, in percent; None where a day has none."""

    days: tuple[date, ...]
    names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]


class Run(Protocol):
    """A line of the list of runs (history.RunInfo)."""

    @property
    def run(self) -> int: ...
    @property
    def as_of(self) -> date: ...


def progress(snapshot: Snapshot) -> Bars:
    """Return the office's view of every plan and kind that has items; parts without any are left out."""
    figures = Figures(snapshot.figures)
    lines = [
        (line, KIND_CODE[line.kind])
        for line in plan_lines(snapshot, figures)
        if figures.get(line.plan.symbol, "total", KIND_CODE[line.kind])
    ]
    labels = []
    for line, group in lines:
        total = int(figures.get(line.plan.symbol, "total", group) or 0)
        labels.append(f"{plan_name(line.plan)}\n({total} {line.kind.value.lower()})")
    counted = {
        measure: tuple(int(figures.get(line.plan.symbol, measure, group) or 0) for line, group in lines)
        for measure in OFFICE_VIEW
    }
    shown = [measure for measure in OFFICE_VIEW if any(counted[measure])]
    return Bars(
        tuple(labels), tuple(MEASURE[measure].label for measure in shown), tuple(counted[measure] for measure in shown)
    )


def late_by_unit(snapshot: Snapshot) -> Bars:
    """Return the overdue tasks (kind Nhiệm vụ) of each unit that has any, the most first."""
    names = unit_names(snapshot.units)
    table = frames.by_unit(snapshot)
    tasks = table.xs("task", level="group") if "task" in table.index.get_level_values("group") else table.iloc[:0]
    late = {str(unit): count for unit, count in tasks[Class.OVERDUE.value].astype(int).to_dict().items() if count}
    order = {unit.id: place for place, unit in enumerate(snapshot.units)}
    ranked = sorted(late, key=lambda unit: (-late[unit], order.get(unit, len(order)), unit))
    shown, rest = ranked[:MOST_UNITS], ranked[MOST_UNITS:]
    note = ""
    if rest:
        note = f"Còn {len(rest)} đơn vị khác, mỗi đơn vị chậm nhiều nhất {late[rest[0]]} nhiệm vụ."
    joint = any(len(item.units) > 1 and item.cls is Class.OVERDUE for item in snapshot.items if item.kind is Kind.TASK)
    if joint:
        note = f"{note} Nhiệm vụ giao nhiều đơn vị đếm cho từng đơn vị.".strip()
    labels = tuple(names.get(unit, unit) for unit in shown)
    return Bars(labels, (MEASURE["overdue"].label,), (tuple(late[unit] for unit in shown),), note)


def ageing(snapshot: Snapshot) -> Bars:
    """Return the overdue tasks by days late, stacked by plan."""
    table = frames.ageing(snapshot)
    rows = zip(table.index, table.to_numpy(), strict=True)
    counts: dict[str, list[int]] = {str(plan): list(row) for plan, row in rows}
    plans = [plan for plan in snapshot.plans if sum(counts.get(plan.symbol, ()))]
    values = tuple(tuple(int(count) for count in counts[plan.symbol]) for plan in plans)
    late = [item for item in snapshot.items if item.cls is Class.OVERDUE and item.kind is Kind.TASK]
    unknown = sum(item.days_late is None for item in late)
    note = f"Không gồm {unknown} nhiệm vụ chậm không rõ ngày đến hạn." if unknown else ""
    ages = tuple(f"{age} ngày" for age in table.columns)
    return Bars(ages, tuple(plan_name(plan) for plan in plans), values, note)


def trend(snapshot: Snapshot, runs: Sequence[Run], figures_of: Callable[[int], Sequence[Figure]]) -> Lines:
    """Return the completion rate of each plan at every cut-off up to the snapshot's, by the last run of each.

    Args:
        runs: the list of runs. figures_of: the figures of a run.
    """
    last = {info.as_of: info.run for info in sorted(runs, key=lambda info: info.run) if info.run <= snapshot.run}
    days = sorted(day for day in last if day <= snapshot.as_of)
    cubes = [Figures(snapshot.figures if last[day] == snapshot.run else figures_of(last[day])) for day in days]
    names, values = [], []
    for plan in snapshot.plans:
        group = Figures(snapshot.figures).default_group(plan.symbol)
        rates = [cube.get(plan.symbol, "rate_total", group) for cube in cubes]
        if any(rate is not None for rate in rates):
            names.append(plan_name(plan))
            values.append(tuple(None if rate is None else 100 * rate for rate in rates))
    return Lines(tuple(days), tuple(names), tuple(values))
