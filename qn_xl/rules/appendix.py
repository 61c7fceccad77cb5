"""A plan's official appendix merged into Nhiệm vụ giao: codes kept, differences told, nothing deleted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from qn_xl.model import AssignedTask, Deadline, Kind, Plan, TaskReport
from qn_xl.rules.match import Matcher, task_key
from qn_xl.rules.text import fold, key

PREFIX = {Kind.TASK: "NV", Kind.TARGET: "CT", Kind.PROJECT: "DA"}
# what an appendix may change of a task that is already there; a blank there changes nothing
FIELDS = {
    "number": "TT",
    "kind": "Loại",
    "group": "Nhóm",
    "task": "Nội dung",
    "lead_text": "Đơn vị chủ trì",
    "co_text": "Đơn vị phối hợp",
    "deadline_text": "Thời hạn",
    "product": "Sản phẩm",
    "measure": "Đơn vị tính",
    "baseline": "Ban đầu",
    "target": "Mục tiêu",
}
_CODE = re.compile(r"(.*?)(\d+)")


@dataclass(frozen=True, slots=True)
class Target:
    """What an appendix says of a Chỉ tiêu in columns of their own."""

    measure: str = ""
    baseline: float | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a task that reads otherwise in the appendix."""

    code: str
    field: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The list of one plan after its appendix has been read.

    `tasks` are in the order of the appendix, then `missing`: those of the present list that it lacks, kept.
    `doubtful` are rows that may mean a task of the list (code and words of that task beside the row).
    """

    plan: str
    tasks: tuple[AssignedTask, ...]
    same: int
    added: tuple[AssignedTask, ...]
    changes: tuple[Change, ...]
    missing: tuple[AssignedTask, ...]
    doubtful: tuple[tuple[AssignedTask, AssignedTask], ...]


def plans_of(reports: Iterable[TaskReport]) -> list[str]:
    """Return the ids of the plans that the rows name, the most frequent first."""
    named = Counter(report.plan for report in reports if report.plan is not None)
    return [plan for plan, _ in named.most_common()]


def merge(
    plan: Plan,
    reports: Sequence[TaskReport],
    assigned: Sequence[AssignedTask],
    targets: Mapping[tuple[str, int], Target] = MappingProxyType({}),
) -> Merged:
    """Return the plan's list with the rows of its appendix in it.

    A row is a task already there by code, by number and words, or by its words alone; each is taken once. Anything
    else is new and gets the next free code.

    Args:
        reports: the rows of this plan, in the order of the appendix.
        assigned: the whole of Nhiệm vụ giao. targets: by sheet and row.
    """
    own = [task for task in assigned if task.plan == plan.id]
    matcher = Matcher(own)
    codes = _Codes(plan, assigned)
    left = {id(task): task for task in own}
    tasks: list[AssignedTask] = []
    added: list[AssignedTask] = []
    changes: list[Change] = []
    doubtful: list[tuple[AssignedTask, AssignedTask]] = []
    same = 0
    for report in reports:
        target = targets.get((report.sheet, report.row), Target())
        found = matcher.match(report, plan.id, {}).task
        if found is not None and id(found) in left:
            del left[id(found)]
            merged, differs = _updated(found, report, target, codes)
            changes += differs
            same += not differs
        else:
            merged = _new(plan, report, target, codes)
            added.append(merged)
            if found is None and (like := matcher.propose(report, plan.id)) is not None:
                doubtful.append((merged, like))
        tasks.append(merged)
    missing = tuple(left.values())
    return Merged(plan.id, (*tasks, *missing), same, tuple(added), tuple(changes), missing, tuple(doubtful))


def placed(merged: Merged, assigned: Sequence[AssignedTask]) -> tuple[AssignedTask, ...]:
    """Return Nhiệm vụ giao with the plan's block replaced where it stood, or at the end."""
    at = next((place for place, task in enumerate(assigned) if task.plan == merged.plan), len(assigned))
    before = [task for task in assigned[:at] if task.plan != merged.plan]
    after = [task for task in assigned[at:] if task.plan != merged.plan]
    return (*before, *merged.tasks, *after)


def _updated(
    task: AssignedTask, report: TaskReport, target: Target, codes: _Codes
) -> tuple[AssignedTask, list[Change]]:
    """Return a task as the appendix has it, with what differs; its code and what only the office knows stay."""
    code = task.code or codes.next(report.kind or task.kind)
    values: dict[str, str | float | Deadline] = {}
    differs = []
    for name in FIELDS:
        now, was = _value(report, target, name), getattr(task, name)
        if now is None or now == "":
            continue
        bare = task_key if name in ("task", "group") else key  # "IV. Hạ tầng" is what stands beside IV
        if bare(_said(now)) != bare(_said(was)):
            differs.append(Change(code, name, _said(was), _said(now)))
            values[name] = now
    if "deadline_text" in values:
        values["deadline"] = report.deadline
    central = task.central or report.deadline.central
    return replace(task, code=code, central=central, **values), differs  # type: ignore[arg-type]


def _value(report: TaskReport, target: Target, name: str) -> str | float | None:
    if name == "deadline_text":
        return report.deadline.text
    value: str | float | None = getattr(target if name in Target.__slots__ else report, name)
    return value


def _said(value: str | float | None) -> str:
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    return "" if value is None else str(value)


def _new(plan: Plan, report: TaskReport, target: Target, codes: _Codes) -> AssignedTask:
    kind = report.kind or Kind.TASK
    return AssignedTask(
        code=codes.next(kind),
        plan=plan.id,
        kind=kind,
        number=report.number,
        task=report.task,
        lead_text=report.lead_text,
        deadline_text=report.deadline.text,
        deadline=report.deadline,
        group=report.group,
        co_text=report.co_text,
        product=report.product,
        central=report.deadline.central,
        measure=target.measure,
        baseline=target.baseline,
        target=target.target,
        note=report.note,
    )


class _Codes:
    """Gives codes that nothing in the list has, in the manner of those that the plan's tasks have."""

    def __init__(self, plan: Plan, assigned: Iterable[AssignedTask]) -> None:
        self._used = {key(task.code) for task in assigned}
        self._plan = re.sub(r"[^0-9a-z]+", "", fold(plan.id)).upper()
        self._manner: dict[Kind, tuple[str, int, int]] = {}
        for kind in Kind:
            found = [
                match for task in assigned
                if task.plan == plan.id and task.kind is kind and (match := _CODE.fullmatch(task.code))
            ]  # fmt: skip
            prefixes = Counter(match[1] for match in found)
            if prefixes:
                prefix = prefixes.most_common(1)[0][0]
                numbers = [match[2] for match in found if match[1] == prefix]
                self._manner[kind] = (prefix, max(map(int, numbers)), min(map(len, numbers)))

    def next(self, kind: Kind) -> str:
        prefix, last, width = self._manner.get(kind, (f"{PREFIX[kind]}{self._plan}-", 0, 3))
        while True:
            last += 1
            code = f"{prefix}{last:0{width}d}"
            if key(code) not in self._used:
                break
        self._manner[kind] = (prefix, last, width)
        self._used.add(key(code))
        return code
