"""One item from the parts of the units that owe it: done when all are, overdue when any is."""

from __future__ import annotations

from collections.abc import Sequence

from qn_xl.model import DONE, Address, Class, Item, TaskReport, UnitResult
from qn_xl.rules.classify import CLASS_LABEL
from qn_xl.rules.results import Judged
from qn_xl.rules.targets import Target

_FIRST = (Class.OVERDUE, Class.IN_PROGRESS, Class.NO_DEADLINE, Class.RECURRING)


def joined(target: Target, judged: Sequence[Judged]) -> Item:
    """Return the counted item of the results of its units, in the order of its lead.

    A stopped part no longer keeps the others from being done; a unit that the list names as deciding alone
    gives the class whatever the others say.
    """
    if len(judged) == 1:
        return _single(target, judged[0])
    task = target.assigned
    results = [found.result for found in judged]
    deciding = [one for one in results if target.decides and one.unit == target.decides] or results
    cls = _class(deciding)
    late = [one.days_late for one in deciding if one.cls is cls and one.days_late is not None]
    finished = [one.completed_on for one in deciding if one.completed_on is not None]
    done = sum(one.cls in DONE for one in results)
    lead = next((found for found in judged if found.row is not None), judged[0])
    if len(deciding) == 1:
        lead = next(found for found in judged if found.result is deciding[0])
    row = lead.row.report if lead.row else None
    reported = [one for one in results if one.carried is None and not one.not_reported]
    carried = [one.carried for one in results if one.carried is not None]
    dues = [one.due for one in deciding if one.due is not None]
    return Item(
        id=target.id,
        plan=target.plan,
        kind=target.kind,
        number=target.number,
        task=target.task,
        group=target.group,
        units=tuple(one.unit for one in results if one.unit),
        lead_text=task.lead_text if task else (row.lead_text if row else ""),
        deadline_text=_deadline_text(target, row),
        due=max(dues, default=None),
        cls=cls,
        days_late=max(late, default=None),
        completed_on=max(finished) if cls in DONE and finished else None,
        status_text=_status(deciding, results, done),
        result=row.result if row else "",
        product=(row.product if row else "") or (task.product if task else ""),
        note=row.note if row else "",
        central=any(one.central for one in results),
        due_soon=any(one.due_soon for one in deciding),
        not_reported=all(one.not_reported for one in results),
        carried=max(carried) if carried and not reported else None,
        extension=any(one.extension for one in results),
        units_done=done,
        units_all=len([one for one in results if one.unit]),
        basis=_basis(deciding, results, done, cls),
        sources=_sources(results),
        decided=tuple(dict.fromkeys(key for one in results for key in one.decided)),
        measure=task.measure if task else "",
        baseline=task.baseline if task else None,
        target=task.target if task else None,
        actual=row.actual if row else None,
        lower_is_better=task.lower_is_better if task else False,
    )


def _single(target: Target, judged: Judged) -> Item:
    """Return the item of one unit: the common case, without anything to weigh."""
    one, task, row = judged.result, target.assigned, judged.row.report if judged.row else None
    return Item(
        id=target.id,
        plan=target.plan,
        kind=target.kind,
        number=target.number,
        task=target.task,
        group=target.group,
        units=(one.unit,) if one.unit else (),
        lead_text=task.lead_text if task else (row.lead_text if row else ""),
        deadline_text=_deadline_text(target, row),
        due=one.due,
        cls=one.cls,
        days_late=one.days_late,
        completed_on=one.completed_on,
        status_text=one.status_text,
        result=row.result if row else "",
        product=(row.product if row else "") or (task.product if task else ""),
        note=row.note if row else "",
        central=one.central,
        due_soon=one.due_soon,
        not_reported=one.not_reported,
        carried=one.carried,
        extension=one.extension,
        units_done=int(one.cls in DONE),
        units_all=int(bool(one.unit)),
        basis=one.basis,
        sources=(one.source,) if one.source else (),
        decided=one.decided,
        measure=task.measure if task else "",
        baseline=task.baseline if task else None,
        target=task.target if task else None,
        actual=row.actual if row else None,
        lower_is_better=task.lower_is_better if task else False,
    )


def _deadline_text(target: Target, row: TaskReport | None) -> str:
    if target.assigned is not None and target.assigned.deadline_text:
        return target.assigned.deadline_text
    return row.deadline.text if row else ""


def _class(results: Sequence[UnitResult]) -> Class:
    if len(results) == 1:
        return results[0].cls
    found = {one.cls for one in results} - {Class.STOPPED}
    if not found:
        return Class.STOPPED
    for cls in _FIRST:
        if cls in found:
            return cls
    for cls in (Class.DONE_LATE, Class.DONE_UNDATED):
        if cls in found:
            return cls
    return Class.DONE_ON_TIME


def _status(deciding: Sequence[UnitResult], results: Sequence[UnitResult], done: int) -> str:
    if len(results) == 1 or len(deciding) == 1:
        return deciding[0].status_text
    return f"{done}/{len(results)} đơn vị hoàn thành"


def _basis(deciding: Sequence[UnitResult], results: Sequence[UnitResult], done: int, cls: Class) -> str:
    first = deciding[0]
    if len(results) == 1:
        return first.basis
    count = f"{done}/{len(results)} đơn vị hoàn thành"
    if len(deciding) == 1:
        return f"Một đơn vị quyết định: {first.basis[:1].lower()}{first.basis[1:]} ({count})"
    told = next(one for one in deciding if one.cls is cls)
    return f"{count}; {CLASS_LABEL[cls].lower()}: {told.basis[:1].lower()}{told.basis[1:]}"


def _sources(results: Sequence[UnitResult]) -> tuple[Address, ...]:
    found = {one.source: None for one in results if one.source is not None and not one.not_reported}
    if not found:
        found = {one.source: None for one in results if one.source is not None}
    return tuple(found)
