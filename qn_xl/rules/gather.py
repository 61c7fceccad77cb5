"""From the rows of all files to the items they are about: the plan's official list, or what was reported."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from qn_xl.model import KIND_CODE, Address, AssignedTask, Finding, Kind, Snapshot, TaskReport
from qn_xl.rules.checks import About
from qn_xl.rules.decide import Decisions
from qn_xl.rules.match import Matcher, key_of, number_key
from qn_xl.rules.senders import Sent, left_blank, sender_of
from qn_xl.rules.targets import LIST, Leads, Office, Row, Target, label_of
from qn_xl.rules.text import key
from qn_xl.rules.units import UnitIndex

WHY = {"several": "Có nhiều nhiệm vụ cùng nội dung; ghi thêm số thứ tự hoặc đơn vị chủ trì."}


@dataclass(slots=True)
class Gathered:
    targets: list[Target]
    findings: list[Finding]
    listed: frozenset[str]  # plans that have an official list


class _Gather:
    def __init__(
        self, office: Office, leads: Leads, index: UnitIndex, decisions: Decisions, matcher: Matcher
    ) -> None:
        self.leads, self.index, self.decisions, self.matcher = leads, index, decisions, matcher
        self.active = {plan.id: plan for plan in office.plans if plan.active}
        self.units = {unit.id for unit in office.units}
        self.known = {plan.id: plan for plan in office.plans}
        self.only = next(iter(self.active)) if len(self.active) == 1 else None
        self.findings: list[Finding] = []
        self.named: dict[str, str] = {}
        self.targets: dict[str, Target] = {}
        for task in office.assigned:
            if task.plan in self.active:
                self._assign(task)
        self.owners = {target.id: target.owners for target in self.targets.values()}
        self.listed = frozenset(target.plan for target in self.targets.values())
        self.loose: dict[tuple[str, Kind, str], list[Row]] = defaultdict(list)

    def _assign(self, task: AssignedTask) -> None:
        owners, collective, unknown = self.leads.read(task.lead_text)
        decides = task.decides if not task.decides or task.decides in self.units else self.index.find(task.decides)
        if decides and decides not in owners:
            owners = (decides, *owners)
        if unknown or not owners:
            where = task.where or Address(LIST)
            about = About(f"{task.code}|lead", None, label_of(task.number, task.task), task.plan)
            if unknown:
                near = self.index.propose(unknown[0])
                hint = f"Có phải “{self.index.name(near[0][0])}”?" if near else ""
                self.findings.append(about.say("unit-unknown", where, "; ".join(unknown), proposal=hint))
            elif not task.lead_text.strip():
                self.findings.append(about.say("unit-missing", where))
        if task.code in self.targets:
            raise ValueError(f"code {task.code} twice in the assigned tasks")
        self.targets[task.code] = Target(
            task.code,
            task.plan,
            task.kind,
            task.number,
            task.task,
            task.group,
            owners,
            task,
            collective,
            decides or "",
        )

    def name_units(self, sent: Iterable[Sent]) -> None:
        """Take the decisions that say which unit an unknown name means."""
        if not self.decisions.keys:
            return
        for one in sent:
            for said in one.reading.findings:
                if said.code == "unit-unknown" and said.key in self.decisions.keys:
                    taken = self.decisions.of("unit", (said.key,), said.seen)
                    if taken:
                        self.named[key(said.seen)] = str(taken.value)

    def take(self, one: Sent) -> None:
        """Bring the rows of one file to their items."""
        left_out: dict[str, list[TaskReport]] = defaultdict(list)
        asked = self._asked_about(one)
        for report in one.tasks:
            plan = report.plan or one.reading.plan or self.only
            if plan is not None and plan not in self.active:
                left_out[plan].append(report)
                continue
            units = report.units
            if self.named:
                more = (self.named[key(text)] for text in report.lead_pieces if key(text) in self.named)
                units = tuple(dict.fromkeys((*units, *more)))
            keys = asked.get((report.sheet, report.row), []) if asked else []
            row = Row(report, sender_of(report, one), units, one.rank, keys)
            if plan is None or plan in self.listed:
                self._match(row, plan)
            else:
                self.loose[plan, report.kind or Kind.TASK, key_of(report)].append(row)
        for plan, reports in left_out.items():
            symbol = self.known[plan].symbol if plan in self.known else plan
            about = About(f"{one.reading.file}|{plan}", one.unit, "", plan)
            self.findings.append(about.say("plan-inactive", reports[0].where(), symbol, rows=len(reports)))

    def _asked_about(self, one: Sent) -> dict[tuple[str | None, int], list[str]]:
        """Return sheet and row → keys of the reader's findings there that the office has decided about."""
        found: dict[tuple[str | None, int], list[str]] = defaultdict(list)
        if self.decisions.keys:
            self.decisions.saw(one.reading.findings)
            for said in one.reading.findings:
                digits = said.where.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") if said.where.cell else ""
                if said.key in self.decisions.keys and digits.isdigit():
                    found[said.where.sheet, int(digits)].append(said.key)
        return found

    def _match(self, row: Row, plan: str | None) -> None:
        report = row.report
        match = self.matcher.match(report, plan, self.owners)
        task = match.task
        if task is None or match.how == "other":
            said = self._unmatched(row, plan, match.how, task)
            self.findings.append(said)
            if said.key in self.decisions.keys:
                self.decisions.saw([said])
                taken = self.decisions.of("task", (said.key,), said.seen)
                task = self.matcher.by_code(str(taken.value)) if taken else task
                row.about.append(said.key)
        if task is not None:
            self.targets[task.code].rows.append(row)

    def _unmatched(self, row: Row, plan: str | None, how: str, task: AssignedTask | None) -> Finding:
        report = row.report
        subject = f"{row.sender or report.file}|{plan or ''}|{number_key(report.number)}|{key_of(report)}"
        about = About(subject, row.sender, label_of(report.number, report.task), plan)
        if how == "other" and task is not None:
            taken = label_of(task.number, task.task)
            return about.say("task-code-differs", report.where(), report.code, taken=taken)
        if plan is None:
            return about.say("plan-unknown", report.where(), report.plan_text or report.task)
        near = self.matcher.propose(report, plan) if how == "none" else None
        proposal = f"Có phải “{near.task}” (mã {near.code})?" if near else WHY.get(how, "")
        code = near.code if near else ""
        return about.say("task-unmatched", report.where(), report.task, proposal=proposal, proposed=code)

    def reported(self) -> None:
        """Make items of the rows of plans without an official list: distinct by plan, kind, number and words."""
        for (plan, kind, text), rows in self.loose.items():
            if len(rows) == 1:
                self._add_reported(plan, kind, number_key(rows[0].report.number), text, rows)
                continue
            numbers = {number_key(row.report.number) for row in rows} - {""}
            parted: dict[str, list[Row]] = defaultdict(list)
            for row in rows:
                number = number_key(row.report.number)
                parted[number or (next(iter(numbers)) if len(numbers) == 1 else "")].append(row)
            for number, same in parted.items():
                self._add_reported(plan, kind, number, text, same)

    def bring_back(
        self, earlier: Snapshot | None, unchanged: AbstractSet[str], blank: AbstractSet[tuple[str, str]]
    ) -> None:
        """Add what was reported before and still stands open, in plans without an official list.

        Args:
            unchanged: units that report no change.
            blank: unit and item of the rows of returned forms that were left blank.
        """
        if earlier is None or not (unchanged or blank):
            return
        owing: dict[str, list[str]] = defaultdict(list)
        for result in earlier.unit_results:
            open_list = result.plan in self.active and result.plan not in self.listed
            if open_list and (result.unit in unchanged or (result.unit, result.item) in blank):
                owing[result.item].append(result.unit)
        for item in earlier.items:
            units = owing.get(item.id)
            if not units:
                continue
            target = self.targets.get(item.id)
            if target is None:
                target = Target(item.id, item.plan, item.kind, item.number, item.task, item.group, (), None)
                self.targets[item.id] = target
            target.owners = tuple(sorted({*target.owners, *units}))

    def tell_unlisted(self) -> None:
        """Say for each plan without an official list what its denominator is."""
        count = Counter(target.plan for target in self.targets.values() if target.assigned is None)
        for plan, items in sorted(count.items()):
            symbol = self.known[plan].symbol
            self.findings.append(About(plan, None, "", plan).say("plan-no-list", Address(LIST), symbol, items=items))

    def _add_reported(self, plan: str, kind: Kind, number: str, text: str, rows: list[Row]) -> None:
        digest = hashlib.sha1(f"{KIND_CODE[kind]}|{number}|{text}".encode(), usedforsecurity=False).hexdigest()
        owners: set[str] = set()
        collective = False
        for row in rows:
            owners.update(row.units)
            expanded = self.leads.expand(row.report.collective)
            if expanded:
                collective = True
                owners.update(expanded)
            elif not row.units and row.sender:
                owners.add(row.sender)
        last = rows[-1].report
        units = tuple(sorted(owners))
        made = Target(
            f"{plan}-{digest[:10]}", plan, kind, last.number, last.task, last.group, units, None, collective, rows=rows
        )
        self.targets[made.id] = made


@lru_cache(maxsize=65536)
def _sorted_by(number: str) -> str:
    return ".".join(part.rjust(6, "0") for part in number_key(number).split("."))


def gather(
    sent: Sequence[Sent],
    office: Office,
    leads: Leads,
    index: UnitIndex,
    decisions: Decisions,
    matcher: Matcher,
    earlier: Snapshot | None = None,
    unchanged: AbstractSet[str] = frozenset(),
) -> Gathered:
    """Return the items to count in the order plan, kind, list; rows that belong to none are findings.

    Args:
        earlier: the last run of an earlier period.
        unchanged: units whose report says "no change".
    """
    work = _Gather(office, leads, index, decisions, matcher)
    work.name_units(sent)
    for one in sent:
        work.take(one)
    work.reported()
    work.bring_back(earlier, unchanged, left_blank(sent))
    work.tell_unlisted()
    plans = {plan.id: place for place, plan in enumerate(office.plans)}
    kinds = {kind: place for place, kind in enumerate(Kind)}
    place = {task.code: number for number, task in enumerate(office.assigned)}

    def order(target: Target) -> tuple[int, int, int, str, str]:
        return plans[target.plan], kinds[target.kind], place.get(target.id, -1), _sorted_by(target.number), target.id

    return Gathered(sorted(work.targets.values(), key=order), work.findings, work.listed)
