"""The result of one item for one unit: from its row, from an earlier period, or from the deadline alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from qn_xl.model import (
    DONE,
    OPEN,
    AssignedTask,
    Class,
    Deadline,
    DeadlineKind,
    Finding,
    Kind,
    Plan,
    Status,
    TaskReport,
    UnitResult,
)
from qn_xl.rules import checks, statuses
from qn_xl.rules.carry import Earlier, stands
from qn_xl.rules.classify import Classed, classify
from qn_xl.rules.decide import Decisions
from qn_xl.rules.targets import Row, Target

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from qn_xl.records import record

NOTHING = Deadline(DeadlineKind.NONE)
NOT_SAID = Status()


@record(frozen=True, slots=True)
class Said:
    """What was said of the outcome: by a row, by an earlier period, or nothing."""

    status: Status = NOT_SAID
    completed: date | None = None
    percent: float | None = None
    actual: float | None = None


@dataclass(slots=True)
class Judged:
    """A unit's result beside the row and deadline it was worked out from."""

    result: UnitResult
    row: Row | None
    deadline: Deadline


class Judge:
    """Works out results at one cut-off; collects the findings about the rows it used."""

    def __init__(
        self,
        as_of: date,
        near_days: int,
        plans: Mapping[str, Plan],
        decisions: Decisions,
        earlier: Earlier,
        unchanged: frozenset[str],
        typed_days: Mapping[tuple[str, str], int],
    ) -> None:
        self.as_of, self.near_days, self.plans = as_of, near_days, plans
        self.decisions, self.earlier, self.unchanged = decisions, earlier, unchanged
        self.typed_days = typed_days
        self.findings: list[Finding] = []
        self._swaps: dict[tuple[str, str], list[tuple[TaskReport, checks.Swap, checks.About]]] = defaultdict(list)
        self._moves: dict[tuple[str, str], list[tuple[Class, Class]]] = defaultdict(list)
        self._known: dict[tuple[object, ...], Classed] = {}

    def classed(self, target: Target, deadline: Deadline, due: date | None, said: Said) -> Classed:
        """Return the class of what was said; rows that say the same are worked out once."""
        task, status = target.assigned, said.status
        if target.kind is Kind.TARGET:
            return self._classed(target.kind, deadline, due, said, task)
        facts = (
            deadline.kind, deadline.recurring_too, due, status.word, status.text, status.percent, status.completed_on,
            said.completed, said.percent,
        )  # fmt: skip
        known = self._known.get(facts)
        if known is None:
            known = self._known[facts] = self._classed(target.kind, deadline, due, said, None)
        return known

    def _classed(
        self, kind: Kind, deadline: Deadline, due: date | None, said: Said, task: AssignedTask | None
    ) -> Classed:
        return classify(
            deadline=deadline,
            due=due,
            status=said.status,
            completed_on=said.completed,
            kind=kind,
            as_of=self.as_of,
            percent=said.percent,
            target=task.target if task else None,
            actual=said.actual,
            lower_is_better=task.lower_is_better if task else False,
            measure=task.measure if task else "",
        )

    def of_row(self, target: Target, unit: str, row: Row, *, tell: bool) -> Judged:
        """Return the result that a row gives; its doubts are told once, with the first unit it speaks for."""
        report, task = row.report, target.assigned
        official = task is not None and task.deadline.kind is not DeadlineKind.NONE
        deadline = task.deadline if task is not None and official else report.deadline
        due = deadline.due
        facts = Said(report.status, report.completed_on, report.percent, report.actual)
        first = self.classed(target, deadline, due, facts)
        swaps = checks.swaps(report, task, self.plans.get(target.plan), self.typed_days, self.as_of)
        if tell:
            self._tell(target, unit, row, first, swaps)
        chosen: list[str] = []
        keys = row.about
        for swap in swaps:
            about = self._about(target, unit, row)
            if tell:
                place = report.file, report.sheet
                after = self.classed(target, deadline, *self._swapped(due, facts, swap, official))
                self._swaps[place].append((report, swap, about))
                self._moves[place].append((first.cls, after.cls))
            if self.decisions.keys:
                found = checks.swap_finding(report, swap, "", about)
                self.decisions.saw([found])
                taken = self.decisions.of("swap", (found.key, report.file), found.seen)
                keys = [*keys, found.key]
                if taken and taken.value:
                    chosen.append(taken.decision.key)
                    due, facts = self._swapped(due, facts, swap, official)
        if chosen:
            first = self.classed(target, deadline, due, facts)
        result = UnitResult(
            item=target.id,
            plan=target.plan,
            kind=target.kind,
            unit=unit,
            cls=first.cls,
            days_late=first.days_late,
            completed_on=first.completed_on,
            status_text=report.status.text,
            due=due,
            central=bool(
                (task and (task.central or task.deadline.central)) or report.status.central or report.deadline.central
            ),
            extension=bool(report.deadline.proposal or report.deadline.proposed),
            basis=first.basis,
            source=report.where(),
            decided=tuple(chosen),
            speaker=row.sender,
        )
        return Judged(self._finish(target, result, deadline, facts, keys), row, deadline)

    def _about(self, target: Target, unit: str, row: Row) -> checks.About:
        speaker = row.sender or unit or None
        return checks.About(f"{speaker or row.report.file}|{target.id}", speaker, target.label, target.plan)

    def _tell(
        self, target: Target, unit: str, row: Row, classed: Classed, swaps: Sequence[checks.Swap]
    ) -> None:
        """Add the findings about a row, and remember them as what decisions about the row may name."""
        report, task = row.report, target.assigned
        differs = task is not None and checks.deadline_differs(report.deadline, task.deadline)
        if not differs and not checks.doubtful(report, classed):
            return
        about = self._about(target, unit, row)
        said = checks.class_findings(report, classed, self.as_of, about)
        if task is not None and differs and not any(swap.field == "deadline" for swap in swaps):
            said.append(checks.differs_finding(report, task, about))
        self.findings += said
        if self.decisions.keys:
            self.decisions.saw(said)
            row.about += [one.key for one in said]

    def _swapped(
        self, due: date | None, facts: Said, swap: checks.Swap, official: bool
    ) -> tuple[date | None, Said]:
        if swap.field == "completed_on":
            return due, replace(facts, completed=swap.other)
        return (due if official else swap.other), facts

    def of_silence(self, target: Target, unit: str) -> Judged:
        """Return the result of a unit that did not report an item this period."""
        task = target.assigned
        deadline = task.deadline if task else NOTHING
        before = self.earlier.result(target.id, unit)
        due = deadline.due if deadline.kind is not DeadlineKind.NONE or before is None else before.due
        central = bool(task and (task.central or task.deadline.central))
        whole = unit in self.unchanged and before is not None and not before.not_reported
        if before is not None and (whole or stands(before)):
            facts = Said(statuses.read(before.status_text), before.completed_on)
            now = self.classed(target, deadline, due, facts)
            run = before.carried or self.earlier.run
            kept = stands(before) or (task is None and before.due is None)
            words = "Đơn vị báo không thay đổi, giữ kết quả" if unit in self.unchanged else "Giữ kết quả đã chốt"
            basis = f"{words} ở {self.earlier.said}: {before.basis[:1].lower()}{before.basis[1:]}"
            result = UnitResult(
                item=target.id,
                plan=target.plan,
                kind=target.kind,
                unit=unit,
                cls=before.cls if kept else now.cls,
                days_late=before.days_late if kept else now.days_late,
                completed_on=before.completed_on if kept else now.completed_on,
                status_text=before.status_text,
                due=due,
                central=central or before.central,
                carried=run,
                extension=before.extension,
                basis=basis if kept else f"{words} ở {self.earlier.said}; {now.basis[:1].lower()}{now.basis[1:]}",
                source=before.source if isinstance(before, UnitResult) else next(iter(before.sources), None),
                speaker=before.speaker if isinstance(before, UnitResult) else None,
            )
        else:
            facts = Said()
            now = self.classed(target, deadline, due, facts)
            result = UnitResult(
                item=target.id,
                plan=target.plan,
                kind=target.kind,
                unit=unit,
                cls=now.cls,
                days_late=now.days_late,
                completed_on=None,
                status_text="",
                due=due,
                central=central,
                not_reported=True,
                basis=f"Kỳ này chưa báo cáo; {now.basis[:1].lower()}{now.basis[1:]}",
                source=task.where if task else None,
            )
        return Judged(self._finish(target, result, deadline, facts, ()), None, deadline)

    def _finish(
        self, target: Target, result: UnitResult, deadline: Deadline, said: Said, keys: Sequence[str]
    ) -> UnitResult:
        """Apply the office's decisions about a result and work out the flag that follows from its class."""
        if self.decisions.keys:
            result = self._decided(target, result, deadline, said, keys)
        if result.due is not None and result.cls in OPEN:
            left = (result.due - self.as_of).days
            if 0 <= left <= self.near_days:
                return replace(result, due_soon=True)
        return result

    def _decided(
        self, target: Target, result: UnitResult, deadline: Deadline, said: Said, keys: Sequence[str]
    ) -> UnitResult:
        abouts = (*keys, f"{target.id}|{result.unit}", target.id)
        seen = result.status_text
        official = target.assigned.deadline_text if target.assigned else ""
        due = self.decisions.of("due", abouts, official or deadline.text)
        completed = self.decisions.of("completed", abouts, seen)
        chosen = self.decisions.of("class", abouts, seen)
        file = self.decisions.chose_file(keys, (result.source.file,)) if result.source else None
        taken = [one for one in (file, due, completed, chosen) if one is not None]
        if not taken:
            return result
        day = due.value if due else result.due
        done_on = completed.value if completed else said.completed
        assert day is None or isinstance(day, date)
        assert done_on is None or isinstance(done_on, date)
        now = self.classed(target, deadline, day, replace(said, completed=done_on))
        cls, days_late, finished = now.cls, now.days_late, now.completed_on
        if chosen:
            assert isinstance(chosen.value, Class)
            cls = chosen.value
            if cls is Class.DONE_UNDATED and now.cls in DONE:
                cls = now.cls
            days_late = now.days_late if cls is now.cls else None
            if cls is Class.OVERDUE and day is not None and day < self.as_of:
                days_late = (self.as_of - day).days
            finished = now.completed_on if cls in DONE else None
        words = " ".join(one.sentence for one in taken)
        return replace(
            result,
            cls=cls,
            days_late=days_late,
            completed_on=finished,
            due=day,
            basis=f"{words} {now.basis}" if not chosen else words,
            decided=(*result.decided, *(one.decision.key for one in taken)),
        )

    def swap_findings(self) -> list[Finding]:
        """Return the proposals to change day and month over, each with the effect on its whole column."""
        return [
            checks.swap_finding(report, swap, checks.effect_of(self._moves[place]), about)
            for place, found in self._swaps.items()
            for report, swap, about in found
        ]

