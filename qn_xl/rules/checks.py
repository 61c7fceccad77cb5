"""Doubts about one reported row: dates that look swapped, words against dates, a deadline that differs, …

Each is a finding for whoever sent the row; none changes a figure by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qn_xl.model import DONE, Address, AssignedTask, Class, Deadline, DeadlineKind, Finding, Plan, TaskReport
from qn_xl.rules.catalogue import finding
from qn_xl.rules.classify import CLASS_LABEL, COMPLETED_FUTURE, PERCENT_CONFLICT, Classed
from qn_xl.rules.deadlines import swapped
from qn_xl.rules.wording import date_text

_DAY_FIRST = re.compile(r"^\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*\d{2,4}\s*$")
_DOCUMENT = re.compile(r"\d+\s*/\s*(?:\d{4}\s*/\s*)?[A-ZĐ]{2,}|\bsố\s+\d+", re.IGNORECASE)
_DATED = (DeadlineKind.DATE, DeadlineKind.SEVERAL)
HORIZON = 10  # years after a plan's issue in which its dates lie


@dataclass(frozen=True, slots=True)
class About:
    """What every finding about a row carries."""

    subject: str
    unit: str | None
    label: str
    plan: str | None

    def say(self, code: str, where: Address, seen: str = "", *, proposed: str = "", **words: object) -> Finding:
        """Return the finding, its sentences filled with `words`."""
        return finding(
            code,
            where,
            seen,
            subject=self.subject,
            unit=self.unit,
            label=self.label,
            plan=self.plan,
            severity=None,
            proposed=proposed,
            **words,
        )


@dataclass(frozen=True, slots=True)
class Swap:
    """A date that may have been stored with day and month changed over."""

    field: str  # "deadline" or "completed_on"
    stored: date
    other: date
    evidence: str


def text_days(files: Iterable[Sequence[TaskReport]]) -> Counter[tuple[str, str]]:
    """Return file and sheet → how many deadlines were typed as text with a day above 12: day comes first there.

    Only files in which some date cell shows the month first are looked at.
    """
    found: Counter[tuple[str, str]] = Counter()
    for reports in files:
        if not any(report.deadline.swap for report in reports):
            continue
        for report in reports:
            deadline = report.deadline
            if deadline.real or deadline.month_only or deadline.due is None or deadline.due.day <= 12:
                continue
            typed = _DAY_FIRST.match(deadline.text)
            if typed and int(typed[1]) == deadline.due.day:
                found[report.file, report.sheet] += 1
    return found


def swaps(
    report: TaskReport,
    assigned: AssignedTask | None,
    plan: Plan | None,
    typed_days: Mapping[tuple[str, str], int],
    as_of: date,
) -> Sequence[Swap]:
    """Return the dates of a row that look swapped, with the evidence in words.

    Args:
        typed_days: `text_days` of the sheets in which a swap is to be expected.
    """
    deadline, done = report.deadline, report.completed_on
    official = assigned.deadline.due if assigned else None
    found = []
    stored = deadline.due
    if stored is not None and not deadline.month_only and stored != official:
        other, reasons = deadline.swap, []
        if other is not None:
            typed = typed_days.get((report.file, report.sheet), 0)
            if typed:
                reasons.append(f"{typed} ô cùng cột gõ chữ theo ngày/tháng với ngày lớn hơn 12")
            if _outside(stored, plan) and not _outside(other, plan):
                reasons.append("ngày đang ghi nằm ngoài thời gian của kế hoạch")
        if official is not None and swapped(stored) == official:
            reasons.append("ngày đảo khớp với danh mục nhiệm vụ giao")
            other = official
        if reasons and other is not None:
            if deadline.swap is not None:
                reasons.insert(0, "ô có định dạng tháng/ngày kiểu Mỹ")
            found.append(Swap("deadline", stored, other, "; ".join(reasons)))
    if done is not None and (done > as_of or _outside(done, plan)):
        other = swapped(done)
        if other is not None and other <= as_of and not _outside(other, plan):
            late = f"ngày đang ghi sau ngày chốt {date_text(as_of)}"
            reason = late if done > as_of else "ngày đang ghi trước ngày ban hành kế hoạch"
            found.append(Swap("completed_on", done, other, reason))
    return found


def _outside(day: date, plan: Plan | None) -> bool:
    if plan is None or plan.issued_on is None:
        return False
    return day < plan.issued_on or day.year > plan.issued_on.year + HORIZON


def swap_finding(report: TaskReport, swap: Swap, effect: str, about: About) -> Finding:
    named = About(f"{about.subject}|{swap.field}", about.unit, about.label, about.plan)
    return named.say(
        "date-swapped", report.where(swap.field), date_text(swap.stored), other=date_text(swap.other),
        evidence=swap.evidence, effect=effect, proposed="đảo",
    )


def effect_of(moves: Sequence[tuple[Class, Class]]) -> str:
    """Say what changing dates over would do to the figures: "sẽ làm 2 nhiệm vụ thành “Chậm tiến độ”"."""
    count = Counter(after for before, after in moves if before is not after)
    if not count:
        return "không nhiệm vụ nào đổi trạng thái"
    parts = [f"{count[cls]} nhiệm vụ thành “{CLASS_LABEL[cls]}”" for cls in Class if count[cls]]
    return "sẽ làm " + ", ".join(parts)


def deadline_differs(own: Deadline, official: Deadline) -> bool:
    """Tell whether the unit's deadline is not the official one.

    A month and a day inside it agree; so do wordings that resolve to the same day.
    """
    if official.kind is DeadlineKind.NONE or own.kind not in (*_DATED, DeadlineKind.RECURRING):
        return False
    if official.kind in _DATED and own.kind in _DATED:
        return not _same(own, official)
    return not (own.kind is official.kind or official.kind is DeadlineKind.UNREADABLE or _both_recur(own, official))


def differs_finding(report: TaskReport, assigned: AssignedTask, about: About) -> Finding:
    """Return the finding that the unit's deadline is not the official one."""
    official = _shown(assigned.deadline, assigned.deadline_text)
    return about.say("date-differs", report.where("deadline"), _shown(report.deadline), assigned=official)


def _both_recur(one: Deadline, other: Deadline) -> bool:
    return all(known.kind is DeadlineKind.RECURRING or known.recurring_too for known in (one, other))


def _same(one: Deadline, other: Deadline) -> bool:
    if one.due == other.due or one.due is None or other.due is None:
        return True
    month_only = one.month_only or other.month_only
    return month_only and (one.due.year, one.due.month) == (other.due.year, other.due.month)


def _shown(deadline: Deadline, text: str = "") -> str:
    text = text or deadline.text
    if deadline.due is None:
        return f"“{text}”"
    day = date_text(deadline.due)
    return day if not text or text == day else f"“{text}” ({day})"


def doubtful(report: TaskReport, classed: Classed) -> bool:
    """Tell whether `class_findings` has anything to say."""
    if classed.flags or classed.conflict is not None:
        return True
    return classed.cls in DONE and not _has_proof(report)


def class_findings(report: TaskReport, classed: Classed, as_of: date, about: About) -> list[Finding]:
    """Return what the class at the cut-off brings to light about the row's own words and dates."""
    found = []
    status = report.status.text
    seen_in = "status" if "status" in report.columns else "result" if "result" in report.columns else "task"
    if COMPLETED_FUTURE in classed.flags:
        completed = report.completed_on or report.status.completed_on
        assert completed is not None
        where = report.where("completed_on" if report.completed_on else seen_in)
        found.append(about.say("completed-future", where, date_text(completed), as_of=date_text(as_of)))
    if PERCENT_CONFLICT in classed.flags and classed.cls not in DONE:
        percent = report.percent if report.percent is not None else report.status.percent
        if percent is not None and percent >= 0.9995:  # less than 100 % beside "hoàn thành" is the reader's
            where = report.where("percent" if "percent" in report.columns else seen_in)
            found.append(about.say("percent-conflict", where, f"{percent:.0%}", status=status))
    if classed.conflict is not None:
        found.append(
            about.say("status-conflict", report.where(seen_in), status, computed=CLASS_LABEL[classed.cls])
        )
    if classed.cls in DONE and not _has_proof(report):
        column = "product" if "product" in report.columns else "result"
        found.append(about.say("done-no-product", report.where(column), status))
    return found


def _has_proof(report: TaskReport) -> bool:
    """Tell whether a done row names a product or document; a table that does not ask for one is not blamed."""
    if not {"product", "result"} & set(report.columns):
        return True
    if report.product.strip() or report.result.strip():
        return True
    return bool(_DOCUMENT.search(f"{report.note} {report.status.text}")) or report.actual is not None
