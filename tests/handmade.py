"""Reports, files and tables made by hand: a small office with three departments and three communes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from qn_xl.model import (
    Address,
    AssignedTask,
    Deadline,
    DeadlineKind,
    Decision,
    FileReading,
    Finding,
    Kind,
    Period,
    Plan,
    SheetReading,
    Snapshot,
    Status,
    StatusWord,
    TaskReport,
    Unit,
    Verdict,
)
from qn_xl.rules.items import Built, build

AS_OF = date(2025, 9, 30)
TODAY = date(2025, 10, 2)
BEFORE, AFTER = date(2025, 6, 30), date(2025, 12, 31)
PERIOD = Period("2025-9T", "9 tháng năm 2025", cut_off=AS_OF)
PLANS = (
    Plan("138", "138/KH-UBND", issued_on=date(2025, 5, 21), year=2025),
    Plan("157", "157/KH-UBND", issued_on=date(2025, 6, 9), year=2025),
    Plan("99", "99/KH-UBND", year=2024, active=False),
)
UNITS = (
    Unit("SYT", "Sở Y tế", "so-nganh", "SYT"),
    Unit("STC", "Sở Tài chính", "so-nganh", "STC"),
    Unit("SKHCN", "Sở Khoa học và Công nghệ", "so-nganh", "SKHCN"),
    Unit("P-HA-LONG", "Phường Hạ Long", "xa-phuong"),
    Unit("P-HA-LAM", "Phường Hà Lầm", "xa-phuong"),
    Unit("X-BA-CHE", "Xã Ba Chẽ", "xa-phuong"),
)
COLUMNS = {"number": "A", "task": "B", "lead_unit": "C", "deadline": "D", "status": "E", "completed_on": "F"}
W = StatusWord
WORDS = {
    "Hoàn thành": W.DONE, "Hoàn thành quá hạn": W.DONE_LATE, "Đang thực hiện": W.IN_PROGRESS,
    "Chậm tiến độ": W.OVERDUE, "Tạm dừng": W.STOPPED, "Thường xuyên": W.RECURRING, "Đã trình": W.STEP, "": W.NONE,
}  # fmt: skip


def deadline(due: date | None, text: str | None = None, **more: Any) -> Deadline:
    if due is None:
        return Deadline(DeadlineKind.NONE, text or "", **more)
    return Deadline(DeadlineKind.DATE, f"{due:%d/%m/%Y}" if text is None else text, due, **more)


RECURRING = Deadline(DeadlineKind.RECURRING, "Thường xuyên")


def assigned(
    number: str, task: str, lead: str = "Sở Y tế", due: date | Deadline | None = AFTER, plan: str = "138", **more: Any
) -> AssignedTask:
    known = due if isinstance(due, Deadline) else deadline(due)
    kind = more.pop("kind", Kind.TASK)
    return AssignedTask(
        more.pop("code", f"{plan}-{number}"), plan, kind, number, task, lead, known.text, known,
        where=Address("Progress.xlsm", "Nhiệm vụ giao", f"F{number}"), **more,
    )  # fmt: skip


@dataclass
class Line:
    """One row as a unit would fill it in."""

    number: str
    task: str
    status: str = "Đang thực hiện"
    completed: date | None = None
    due: date | Deadline | None = AFTER
    units: tuple[str, ...] = ()
    plan: str | None = "138"
    more: dict[str, Any] = field(default_factory=dict)


def line(number: str, task: str, status: str = "Đang thực hiện", completed: date | None = None, **more: Any) -> Line:
    own = {name: more.pop(name) for name in ("due", "units", "plan") if name in more}
    return Line(number, task, status, completed, **own, more=more)


def sent(
    unit: str | None, *lines: Line, file: str | None = None, version: int = 0, modified: datetime | None = None,
    findings: Iterable[Finding] = (), readable: bool = True, no_change: bool = False, sheet: str = "Sheet1",
    **more: Any,
) -> FileReading:  # fmt: skip
    """Return a file as it was read: one sheet, tasks from row 6 on."""
    file = file or f"{unit or 'khac'}.xlsx"
    tasks = tuple(
        TaskReport(
            file=file, sheet=sheet, row=6 + place, columns=COLUMNS, number=row.number, task=row.task, group="",
            plan=row.plan, plan_text="", kind=row.more.get("kind"), lead_text="",
            lead_pieces=row.more.get("pieces", ()),
            units=row.units, collective=row.more.get("collective"),
            deadline=row.due if isinstance(row.due, Deadline) else deadline(row.due),
            status=Status(WORDS[row.status], row.status), completed_on=row.completed, code=row.more.get("code", ""),
            actual=row.more.get("actual"), percent=row.more.get("percent"), sender=row.more.get("sender"),
        )
        for place, row in enumerate(lines)
    )  # fmt: skip
    sheets = (SheetReading(sheet, Verdict.TASKS, tasks=tasks, rows={"task": len(tasks)}),) if readable else ()
    return FileReading(
        file, f"sha-{file}", readable, "xlsx", 1000, modified, sheets, tuple(findings), unit, no_change=no_change,
        version=version, **more,
    )  # fmt: skip


@dataclass
class Office:
    assigned: tuple[AssignedTask, ...] = ()
    decisions: tuple[Decision, ...] = ()
    plans: tuple[Plan, ...] = PLANS
    units: tuple[Unit, ...] = UNITS
    rules: dict[str, str] = field(default_factory=lambda: {"near_due_days": "7"})


def built(
    readings: Iterable[FileReading],
    tasks: Iterable[AssignedTask] = (),
    *decisions: Decision,
    period: Period = PERIOD,
    as_of: date = AS_OF,
    earlier: Snapshot | None = None,
    previous: Snapshot | None = None,
) -> Built:
    office = Office(tuple(tasks), decisions)
    return build(
        readings, office, period=period, as_of=as_of, today=TODAY, earlier=earlier, previous=previous
    )  # fmt: skip


def snapshot(made: Built, run: int, period: str, as_of: date) -> Snapshot:
    return Snapshot(
        run, as_of, period, datetime(as_of.year, as_of.month, as_of.day, 8), "0", PLANS, UNITS, made.items,
        made.unit_results, made.findings, made.returns, (), {}, (), {}, {},
    )  # fmt: skip


def codes(made: Built) -> list[str]:
    return sorted(found.code for found in made.findings)


def found(made: Built, code: str) -> Finding:
    """Return the only finding with this code."""
    (one,) = [one for one in made.findings if one.code == code]
    return one
