"""From what the units sent to the counted items: the denominator, each unit's part, what is in doubt.

Design section 4 (Denominator, Several units, Several files of one unit). Pure: the same readings in any order,
or the same file twice, give the same items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qn_xl.model import (
    FileReading,
    Finding,
    Item,
    Period,
    Return,
    Severity,
    Snapshot,
    UnitResult,
)
from qn_xl.rules.carry import earlier_results
from qn_xl.rules.checks import text_days
from qn_xl.rules.counting import Counting
from qn_xl.rules.decide import Decisions, row_number
from qn_xl.rules.gather import gather
from qn_xl.rules.match import Matcher
from qn_xl.rules.results import Judge
from qn_xl.rules.returns import Sending, build_returns
from qn_xl.rules.senders import Sent, sent_files, several_files
from qn_xl.rules.since import gone, moved_deadlines
from qn_xl.rules.targets import Leads, Office
from qn_xl.rules.units import UnitIndex

OUTDATED = "Không dùng dòng này: nhiệm vụ được tính theo tệp “{newer}” của cùng đơn vị."


@dataclass(frozen=True, slots=True)
class Built:
    """What the rules made of a period's files. `listed`: plans whose denominator is the official list."""

    items: tuple[Item, ...]
    unit_results: tuple[UnitResult, ...]
    findings: tuple[Finding, ...]
    returns: tuple[Return, ...]
    listed: frozenset[str]

    @property
    def assigned(self) -> bool:
        """Tell whether every plan that has items is counted over its official list."""
        return all(item.plan in self.listed for item in self.items)


def build(
    readings: Iterable[FileReading],
    office: Office,
    *,
    period: Period,
    as_of: date,
    today: date,
    earlier: Snapshot | None = None,
    previous: Snapshot | None = None,
    units: UnitIndex | None = None,
    find_field: Callable[[str], str | None] = str.strip,
) -> Built:
    """Return the counted items of a period with everything that was found on the way.

    Args:
        today: the day on which a file that no run saw before counts as received.
        earlier: the last run of an EARLIER period, whose accepted results are carried; None at the start.
        previous: the last run of this period, which knows when a file was first seen.
        units: the index of the office's units, where the caller has one already.
        find_field: tells which field a header decision means, None when it means none.
    """
    index = units or UnitIndex(office.units)
    matcher = Matcher(office.assigned, office.units)
    decisions = Decisions(
        office.decisions,
        lambda text: next((unit.id for unit in office.units if unit.id == text.strip()), None) or index.find(text),
        lambda text: task.code if (task := matcher.by_code(text)) else None,
        find_field,
    )
    files = sorted(readings, key=lambda reading: (reading.file, reading.sha256))
    sent = sent_files(files, decisions, index)
    leads = Leads(index, office.units, as_of)
    unchanged = frozenset(one.unit for one in sent if one.unit and one.reading.no_change)
    gathered = gather(sent, office, leads, index, decisions, matcher, earlier, unchanged)
    judge = Judge(
        as_of,
        int(office.rules.get("near_due_days") or 7),
        {plan.id: plan for plan in office.plans},
        decisions,
        earlier_results(earlier),
        unchanged,
        text_days(one.tasks for one in sent),
    )
    work = Counting(judge, index, sent)
    items, unit_results = [], []
    for target in gathered.targets:
        item, results = work.count(target)
        items.append(item)
        unit_results += results
    findings = [
        *_of_reader(files, sent, work.outdated),
        *gathered.findings,
        *judge.findings,
        *judge.swap_findings(),
        *work.findings,
        *several_files(work.used, work.replaced, sent),
        *moved_deadlines(items, unit_results, office.assigned, (earlier, previous)),
        *gone(items, earlier, {plan.id: plan.active for plan in office.plans}),
    ]
    if decisions.keys:
        decisions.answer_beside(unit_results, findings)
    returns, about_returns = build_returns(
        Sending(sent, work.reported, findings), office.units, period, as_of, today, previous, decisions
    )
    findings = [*decisions.answered([*findings, *about_returns]), *decisions.findings()]
    return Built(tuple(items), tuple(unit_results), _ordered(findings), returns, gathered.listed)


def _of_reader(
    files: Sequence[FileReading], sent: Sequence[Sent], outdated: Mapping[tuple[str, str, int], str]
) -> list[Finding]:
    """Return the reader's findings, each with the unit it goes back to.

    Args:
        outdated: file, sheet and row that do not count → the file of the same unit that does.
    """
    sender: dict[tuple[str, str | None], str | None] = {}
    for one in sent:
        sender[one.reading.file, None] = one.unit
        for report in one.tasks:
            if report.sender:
                sender[report.file, report.sheet] = report.sender
    found = []
    for reading in files:
        for said in reading.findings:
            if said.unit is None:
                unit = sender.get((reading.file, said.where.sheet)) or sender.get((reading.file, None))
                said = replace(said, unit=unit) if unit else said
            where = said.where
            if outdated and (newer := outdated.get((where.file, where.sheet or "", row_number(where.cell)))):
                said = replace(said, severity=Severity.NOTE, action=OUTDATED.format(newer=newer))
            found.append(said)
    return found


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings by file, sheet, cell and code, every key once: a repeated one gets a number.

    Of findings about the same thing in several files the one that still matters keeps the plain key.
    """

    def place(one: Finding) -> tuple[str, str, int, str, str, str]:
        cell = one.where.cell or ""
        letters = cell.rstrip("0123456789")
        return (
            one.where.file, one.where.sheet or "", int(cell[len(letters) :] or 0), letters.rjust(3), one.code,
            one.key,
        )

    made = sorted(findings, key=place)
    count = Counter(one.key for one in made)
    weight = {severity: number for number, severity in enumerate(Severity)}
    again = [(weight[one.severity], at) for at, one in enumerate(made) if count[one.key] > 1]
    seen: Counter[str] = Counter()
    for _, at in sorted(again):
        one = made[at]
        seen[one.key] += 1
        if seen[one.key] > 1:
            made[at] = replace(one, key=f"{one.key}-{seen[one.key]}")
    return tuple(made)
