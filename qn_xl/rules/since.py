"""What quietly changed since an earlier run: deadlines that moved, items that are gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qn_xl.model import Address, AssignedTask, DeadlineKind, Finding, Item, Snapshot, UnitResult
from qn_xl.rules.checks import About
from qn_xl.rules.classify import CLASS_LABEL
from qn_xl.rules.targets import LIST, label_of
from qn_xl.rules.wording import date_text


def moved_deadlines(
    items: Sequence[Item],
    results: Iterable[UnitResult],
    assigned: Iterable[AssignedTask],
    befores: Sequence[Snapshot | None],
) -> list[Finding]:
    """Return a finding for each deadline that is not what an earlier run had, and that no decision moved.

    A deadline of the official list is told once, to the office; a unit's own, to the unit.

    Args:
        befores: the runs to hold against, the weightiest first: that of an earlier period, that of this period.
    """
    official = {task.code: task for task in assigned if task.deadline.kind is not DeadlineKind.NONE}
    shown = {item.id: item for item in items}
    found = []
    told: set[str] = set()
    runs = [one for one in befores if one is not None]
    known = [{(one.item, one.unit): one for one in run.unit_results} for run in runs]
    for result in results:
        if result.due is None or result.not_reported or result.carried is not None or result.decided:
            continue
        for run, before in zip(runs, known, strict=True):
            old = before.get((result.item, result.unit))
            if old is None or old.due is None or old.decided or old.due == result.due:
                continue
            task = official.get(result.item)
            if task is not None and result.item in told:
                break
            told.add(result.item)
            item = shown[result.item]
            unit = None if task is not None else result.speaker or result.unit
            where = (task.where or Address(LIST)) if task is not None else result.source or Address(LIST)
            about = About(f"{unit or ''}|{item.id}", unit, label_of(item.number, item.task), item.plan)
            found.append(
                about.say(
                    "deadline-moved", where, date_text(result.due), before=date_text(old.due), run=run.run,
                    as_of=date_text(run.as_of), proposed=date_text(old.due),
                )
            )  # fmt: skip
            break
    return found


def gone(items: Iterable[Item], earlier: Snapshot | None, plans: Mapping[str, bool]) -> list[Finding]:
    """Return a finding for each item of the earlier period that is not counted any more.

    Args:
        plans: plan id → whether it is still followed.
    """
    if earlier is None:
        return []
    now = {(item.plan, item.kind, item.id) for item in items}
    found = []
    for item in earlier.items:
        if (item.plan, item.kind, item.id) in now or not plans.get(item.plan):
            continue
        unit = item.units[0] if len(item.units) == 1 else None
        about = About(f"{unit or ''}|{item.id}|gone", unit, label_of(item.number, item.task), item.plan)
        source = item.sources[0] if item.sources else None
        where = Address(LIST)
        if source:
            where = Address(f"don-vi/{earlier.period}/{source.file}", source.sheet, source.cell)
        done = "Không tính; tổng số nhiệm vụ của kế hoạch giảm."
        found.append(about.say("task-vanished", where, item.task, before=CLASS_LABEL[item.cls], done=done))
    return found
