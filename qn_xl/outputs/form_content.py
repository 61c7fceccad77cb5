"""What a unit's form asks about: its assigned tasks, with what was last accepted of each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from qn_xl.model import DONE, AssignedTask, Class, Item, Period, Snapshot, Unit, UnitResult
from qn_xl.outputs.labels import CLASS
from qn_xl.rules.returns import expected
from qn_xl.rules.targets import Leads
from qn_xl.rules.units import UnitIndex
from qn_xl.rules.wording import date_text
from qn_xl.tables import Tables

NO_DEADLINE = "Không có"


@dataclass(frozen=True, slots=True)
class FormRow:
    """One task of a form. `accepted` says what was last accepted of it, "" when nothing was."""

    code: str
    plan: str  # Plan.id
    symbol: str
    kind: str
    number: str
    task: str
    deadline: str
    accepted: str = ""
    done: bool = False
    measured: bool = False  # a target that is reached by a number
    target: str = ""


@dataclass(frozen=True, slots=True)
class UnitForm:
    unit: Unit
    period: Period
    rows: tuple[FormRow, ...]
    symbols: tuple[str, ...]  # of the plans that are followed
    accepted_from: str  # where `accepted` comes from, "" without an earlier run


def unit_forms(tables: Tables, period: Period, last: Snapshot | None, on: date) -> list[UnitForm]:
    """Return a form for each unit that owes a report or a task, in the order of the register.

    Args:
        last: the run whose results are shown as accepted; tasks of plans without an official list are its items.
        on: the day at which collective leads are expanded.
    """
    index = UnitIndex(tables.units)
    leads = Leads(index, tables.units, on)
    symbols = {plan.id: plan.symbol for plan in tables.plans if plan.active}
    results = {(one.item, one.unit): one for one in last.unit_results} if last else {}
    rows: dict[str, list[FormRow]] = defaultdict(list)
    for task in tables.assigned:
        if task.plan not in symbols:
            continue
        owners = dict.fromkeys(leads.read(task.lead_text)[0])
        if task.decides:
            owners[task.decides] = None
        for owner in owners:
            rows[owner].append(_assigned_row(task, symbols[task.plan], results.get((task.code, owner))))
    listed = {task.plan for task in tables.assigned}
    if last is not None:
        items = {item.id: item for item in last.items}
        for one in last.unit_results:
            if one.plan in symbols and one.plan not in listed:
                rows[one.unit].append(_reported_row(items[one.item], symbols[one.plan], one))
    said = f"kỳ {last.period_name or last.period}, chốt {date_text(last.as_of)}" if last else ""
    return [
        UnitForm(unit, period, tuple(rows.get(unit.id, ())), tuple(symbols.values()), said)
        for unit in tables.units
        if unit.id in rows or expected(unit, on)
    ]


def _assigned_row(task: AssignedTask, symbol: str, result: UnitResult | None) -> FormRow:
    target = "" if task.target is None else f"{task.target:g}".replace(".", ",")
    return FormRow(
        task.code,
        task.plan,
        symbol,
        task.kind.value,
        task.number,
        task.task,
        task.deadline_text or NO_DEADLINE,
        _accepted(result),
        result is not None and result.cls in DONE,
        task.target is not None,
        f"{target} {task.measure}".strip(),
    )


def _reported_row(item: Item, symbol: str, result: UnitResult) -> FormRow:
    recurring = CLASS[Class.RECURRING] if result.cls is Class.RECURRING else NO_DEADLINE
    deadline = date_text(result.due) if result.due else recurring  # the item's wording may be another unit's
    done = result.cls in DONE
    return FormRow(
        item.id, item.plan, symbol, item.kind.value, item.number, item.task, deadline, _accepted(result), done
    )


def _accepted(result: UnitResult | None) -> str:
    """Return the class last accepted, never words: they may be another unit's."""
    if result is None:
        return ""
    if result.not_reported:
        return "Chưa báo cáo"
    said = CLASS[result.cls]
    return f"{said}, {date_text(result.completed_on)}" if result.completed_on else said
