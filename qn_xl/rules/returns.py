"""What each unit sent for the period: on time, late, empty, missing, unreadable, or "no change"."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from qn_xl.model import Address, Finding, Period, Received, Return, Severity, Snapshot, Unit
from qn_xl.rules.catalogue import finding
from qn_xl.rules.decide import Decisions
from qn_xl.rules.figures import rate
from qn_xl.rules.senders import Sent
from qn_xl.rules.wording import date_text


@dataclass(frozen=True, slots=True)
class Sending:
    """The files that were sent, the items each unit reported, and what was found so far."""

    sent: Sequence[Sent]
    reported: Mapping[str, AbstractSet[str]]
    findings: Sequence[Finding]


def build_returns(
    sending: Sending,
    units: Iterable[Unit],
    period: Period,
    as_of: date,
    today: date,
    previous: Snapshot | None,
    decisions: Decisions,
) -> tuple[tuple[Return, ...], list[Finding]]:
    """Return one record for each unit that is expected or sent something, and a finding for each that is missing.

    A unit counts once whatever number of files it sent. The date received is a decision's, else the day of
    the first run that saw a readable file of the unit; without a due date it is neither on time nor late.
    """
    on = min(as_of, period.ends or as_of)  # a period reported after its end is owed by the units of its time
    files: dict[str, list[Sent]] = defaultdict(list)
    for one in sending.sent:
        for speaker in sorted(one.speakers):
            files[speaker].append(one)
    missing = {
        unit.id: finding(
            "unit-not-sent", Address(f"don-vi/{period.id}"), unit.name, subject=f"{period.id}|{unit.id}", unit=unit.id
        )
        for unit in units
        if unit.id not in files and expected(unit, on)
    }
    decisions.saw(missing.values())
    count: Counter[tuple[str, Severity]] = Counter(
        (one.unit, one.severity) for one in decisions.answered([*sending.findings, *missing.values()]) if one.unit
    )
    before = _seen_before(previous)
    made = []
    for unit in units:
        if unit.id not in files and unit.id not in missing:
            continue
        sent = files.get(unit.id, [])
        received_on = None
        if sent:
            received_on = before.get(unit.id) or today
            taken = decisions.of("received", (unit.id, *(one.reading.file for one in sent)), date_text(received_on))
            if taken is not None and isinstance(taken.value, date):
                received_on = taken.value
        received, note = _received(unit.id, sent, received_on, period)
        made.append(
            Return(
                unit=unit.id,
                received=received,
                files=tuple(sorted(one.reading.file for one in sent)),
                tasks=len(sending.reported.get(unit.id, ())),
                errors=count[unit.id, Severity.ERROR],
                warnings=count[unit.id, Severity.WARNING],
                received_on=received_on,
                note=note,
            )
        )
    return tuple(made), list(missing.values())


def expected(unit: Unit, on: date) -> bool:
    """Tell whether a unit owes a report at a date: it must send, and exists then."""
    starts, ends = unit.valid_from or date.min, unit.valid_to or date.max
    return unit.expected and starts <= on <= ends


@dataclass(frozen=True, slots=True)
class Coverage:
    """How complete the reports are: `reported` of `units` that owe one, `tasks_reported` of the `tasks` they owe.

    `plan` is None over all plans. A unit and a task of a unit count once, so no share can pass 100 %.
    """

    plan: str | None
    units: int
    reported: int
    tasks: int
    tasks_reported: int

    @property
    def unit_rate(self) -> float | None:
        return rate(self.reported, self.units)

    @property
    def task_rate(self) -> float | None:
        return rate(self.tasks_reported, self.tasks)


def coverage(snapshot: Snapshot) -> tuple[Coverage, ...]:
    """Return the coverage of each plan that units which must report owe something, then that over all units.

    A unit has reported on a plan when it reported at least one of its tasks in this period, or "no change"; over
    all plans it has when something readable came from it.
    """
    must = {unit.id for unit in snapshot.units if expected(unit, snapshot.as_of)}
    nil = {one.unit for one in snapshot.returns if one.received is Received.NO_CHANGE}
    owed: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for result in snapshot.unit_results:
        if result.unit in must:
            said = not result.not_reported and (result.carried is None or result.unit in nil)
            owed[result.plan][result.unit].append(said)
    made = [
        _covered(plan.id, owed[plan.id].values(), len(owed[plan.id]))
        for plan in snapshot.plans
        if plan.id in owed
    ]
    sent = [one for one in snapshot.returns if one.unit in must]
    read = sum(one.received not in (Received.MISSING, Received.UNREADABLE) for one in sent)
    tasks = sum(one.tasks for one in made)
    made.append(Coverage(None, len(sent), read, tasks, sum(one.tasks_reported for one in made)))
    return tuple(made)


def _covered(plan: str, units: Iterable[Sequence[bool]], count: int) -> Coverage:
    said = list(units)
    tasks, reported = sum(map(len, said)), sum(map(sum, said))
    return Coverage(plan, count, sum(map(any, said)), tasks, reported)


def _seen_before(previous: Snapshot | None) -> dict[str, date]:
    """Return unit → when its report was first seen in this period; an unreadable file is no report yet."""
    if previous is None:
        return {}
    return {
        one.unit: one.received_on
        for one in previous.returns
        if one.received_on is not None and one.received is not Received.UNREADABLE
    }


def _received(
    unit: str, sent: Sequence[Sent], received_on: date | None, period: Period
) -> tuple[Received, str]:
    if not sent or received_on is None:
        return Received.MISSING, ""
    readable = [one for one in sent if one.reading.readable]
    bad = len(sent) - len(readable)
    note = f"{bad} tệp không đọc được" if bad else ""
    if not readable:
        return Received.UNREADABLE, note
    tasks = any((one.unit == unit and one.tasks) or _has_sheet(one, unit) for one in readable)
    if not tasks:
        nil = any(one.reading.no_change for one in readable)
        return (Received.NO_CHANGE if nil else Received.EMPTY), note
    if period.due is None:
        return Received.RECEIVED, note
    return (Received.ON_TIME if received_on <= period.due else Received.LATE), note


def _has_sheet(one: Sent, unit: str) -> bool:
    return any(report.sender == unit for report in one.tasks)
