"""What the tasks had come to half a year into 2025, and what they come to at its end; 9 months are the master lists'.

Everything follows from the master lists, so that the periods agree: what 9 months show as done on a day up to
30/6/2025 was done then, nothing else was; what 9 months show as done stays done, but for what is told as reopened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from maker.catalog import CENTRAL_BY_UNIT_ONLY, Task
from maker.key import DONE, OPEN_CLASS, Desk, Report

REOPENED = {"NV138-012"}  # done at 9 months, found unfinished at the end of the year
MOVED = {"NV06-095": "31/12/2025"}  # its deadline stands in the unit's table alone, and moves there


@dataclass(frozen=True)
class Period:
    id: str
    name: str
    as_of: date
    month: str  # of the covering report
    title: str

    @property
    def under(self) -> str:
        return f"(Số liệu tính đến ngày {self.as_of.day}/{self.as_of.month}/{self.as_of.year})"


HALF = Period(
    "2025-6T",
    "6 tháng đầu năm 2025",
    date(2025, 6, 30),
    "7 năm 2025",
    "BÁO CÁO TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ 6 THÁNG ĐẦU NĂM 2025",
)
YEAR = Period(
    "2025",
    "Năm 2025",
    date(2025, 12, 31),
    "01 năm 2026",
    "BÁO CÁO TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ NĂM 2025",
)


def at_half(task: Task) -> Task:
    done = task.outcome == "H" and task.completed is not None and task.completed <= HALF.as_of
    made = replace(task, reported=True, kept_up=False, measure=list(task.measure))
    if task.outcome in "TK" or done:
        return made
    made.outcome, made.completed = open_outcome(task.due, HALF.as_of), None
    if task.measure:
        made.measure[4] = between(task.measure[1], task.measure[4], 0.55)
    return made


def at_year(task: Task) -> Task:
    i = int(task.code.rsplit("-", 1)[1])
    made = replace(task, reported=True, measure=list(task.measure))
    if task.code in MOVED:
        made.deadline = MOVED[task.code]
        made.due = YEAR.as_of
    if task.code in REOPENED:
        made.outcome, made.completed = open_outcome(task.due, YEAR.as_of), None
        return made
    if task.outcome in "HTKS" or (task.due and task.due > YEAR.as_of) or task.code in MOVED:
        return made
    if i % (3 if task.outcome == "C" else 4) == 0:
        made.outcome = open_outcome(task.due, YEAR.as_of)
        if task.measure:
            made.measure[4] = between(task.measure[4], task.measure[2], 0.5)
        return made
    made.outcome, made.completed = "H", finished(task, i)
    if task.measure:
        made.measure[4] = task.measure[2]
    return made


def open_outcome(due: date | None, as_of: date) -> str:
    return "K" if due is None else "C" if due < as_of else "Đ"


def finished(task: Task, i: int) -> date:
    """Return a day between 1/10 and 28/12/2025, in time where the deadline allows it and i is not a multiple of 6."""
    first, last = date(2025, 10, 1), date(2025, 12, 28)
    if task.outcome == "C" or task.due is None or task.due < first:
        return first + timedelta(days=i * 7 % 80)
    day = task.due + timedelta(days=3) if i % 6 == 0 else task.due - timedelta(days=i % 14)
    return min(max(day, first), last)


def between(low: str, high: str, part: float) -> str:
    """Return a value some part of the way, with one decimal at most; ranks are whole."""
    start, end = (float(text.replace(",", ".")) for text in (low, high))
    value = start + (end - start) * part
    whole = "," not in low + high and abs(end - start) < 10
    return f"{round(value) if whole else round(value, 1):g}".replace(".", ",")


def outcomes(
    desk: Desk, earlier: dict[str, dict[str, Report]], dues: dict[str, date | None]
) -> dict[str, tuple[Task, Report]]:
    """Return what every item comes to: reported, carried from the period before, or counted from its deadline.

    Args:
        earlier: code → unit → what counted in the period before.
        dues: deadlines that the list does not have, as last reported before.
    """
    return {code: (task, item(desk, task, earlier.get(code, {}), dues)) for code, task in desk.tasks.items()}


def item(desk: Desk, task: Task, earlier: dict[str, Report], dues: dict[str, date | None]) -> Report:
    own = desk.reports.get(task.code, {})
    owed = [task.decides] if task.decides else task.leads
    parts = [own.get(unit) or silent(desk, task, earlier.get(unit), dues) for unit in owed]
    where = next((own[unit].where for unit in owed if unit in own), ("", "", ""))
    if all(part.outcome == "H" for part in parts):
        found = max(parts, key=lambda one: DONE.index(one.cls))
    else:
        found = min(parts, key=lambda one: "CĐKTSH".index(one.outcome))
    if not any(unit in own for unit in owed) and task.code in CENTRAL_BY_UNIT_ONLY:
        task.central = False
    return Report("", found.outcome, found.cls, found.days_late, where)


def silent(desk: Desk, task: Task, before: Report | None, dues: dict[str, date | None]) -> Report:
    if before is not None and before.outcome in "HS":
        return before
    due = task.due if task.assigned_deadline else dues.get(task.code)
    task.due = due
    outcome = "T" if task.outcome == "T" else open_outcome(due, desk.as_of)
    days = (desk.as_of - due).days if outcome == "C" and due else None
    return Report("", outcome, OPEN_CLASS[outcome], days, ("", "", ""))
