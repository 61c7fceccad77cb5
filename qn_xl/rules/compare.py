"""What changed between two snapshots, item by item, so that figure before + changes = figure after.

An item has at most one change of class (`Move`); beside it its deadline may have moved and its units may have
said something else. The counts come from the table of moves alone and are held against both cubes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from qn_xl.model import DONE, KIND_CODE, Address, Class, Item, Kind, Received, Snapshot, UnitResult
from qn_xl.rules import statuses
from qn_xl.rules.classify import CLASS_LABEL
from qn_xl.rules.figures import MEMBERS, Figures
from qn_xl.rules.text import key
from qn_xl.rules.wording import date_text


class Move(StrEnum):
    """What happened to an item; one item may have several, but only one that changes its class."""

    ADDED = "added"
    VANISHED = "vanished"
    DONE = "done"
    REOPENED = "reopened"
    LATE = "late"
    RECURRING = "recurring"
    STOPPED = "stopped"
    OPEN = "open"  # not late any more, or not stopped, not recurring
    DONE_OTHERWISE = "done-otherwise"  # on time, late or undated: done before and after
    DEADLINE = "deadline"
    WORD = "word"
    UNITS = "units"


LABEL: Mapping[Move, str] = {
    Move.ADDED: "Nhiệm vụ mới",
    Move.VANISHED: "Không còn nhiệm vụ",
    Move.DONE: "Mới hoàn thành",
    Move.REOPENED: "Hoàn thành nay chưa hoàn thành",
    Move.LATE: "Mới chậm tiến độ",
    Move.RECURRING: "Chuyển thành thường xuyên",
    Move.STOPPED: "Tạm dừng",
    Move.OPEN: "Trở lại đang thực hiện",
    Move.DONE_OTHERWISE: "Hoàn thành, xếp loại khác",
    Move.DEADLINE: "Đổi thời hạn",
    Move.WORD: "Đơn vị báo khác kỳ trước",
    Move.UNITS: "Đổi đơn vị chủ trì",
}


@dataclass(frozen=True, slots=True)
class Side:
    """Which snapshot stands on one side."""

    run: int
    as_of: date
    period: str
    period_name: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one item. `before` and `after` are words for staff; `unit` is set where one unit is meant."""

    move: Move
    plan: str  # Plan.id
    kind: Kind
    item: str
    number: str
    task: str
    units: tuple[str, ...]
    before: str
    after: str
    unit: str | None = None
    source: Address | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """The items of one kind of one plan: (class before, class after) → how many; None where the item is not."""

    plan: str
    kind: Kind
    moves: Mapping[tuple[Class | None, Class | None], int]

    def before(self, classes: Iterable[Class] = tuple(Class)) -> int:
        wanted = set(classes)
        return sum(count for (old, _), count in self.moves.items() if old in wanted)

    def after(self, classes: Iterable[Class] = tuple(Class)) -> int:
        wanted = set(classes)
        return sum(count for (_, new), count in self.moves.items() if new in wanted)

    def gained(self, classes: Iterable[Class]) -> int:
        """Return how many items came into the classes from another class."""
        wanted = set(classes)
        return sum(n for (old, new), n in self.moves.items() if new in wanted and old not in wanted and old is not None)

    def lost(self, classes: Iterable[Class]) -> int:
        """Return how many items left the classes for another class."""
        wanted = set(classes)
        return sum(n for (old, new), n in self.moves.items() if old in wanted and new not in wanted and new is not None)

    def added(self, classes: Iterable[Class] = tuple(Class)) -> int:
        wanted = set(classes)
        return sum(n for (old, new), n in self.moves.items() if old is None and new in wanted)

    def vanished(self, classes: Iterable[Class] = tuple(Class)) -> int:
        wanted = set(classes)
        return sum(n for (old, new), n in self.moves.items() if new is None and old in wanted)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two snapshots side by side. `flows` are in the order of the later snapshot's plans and kinds."""

    earlier: Side
    later: Side
    flows: tuple[Flow, ...]
    changes: tuple[Change, ...]
    returns: Mapping[tuple[Received | None, Received | None], tuple[str, ...]]  # states before, after → units

    def count(self, move: Move, plan: str | None = None, kind: Kind | None = None) -> int:
        """Return how many changes of one sort there are, of a plan and kind when named."""
        return sum(
            one.move is move and plan in (None, one.plan) and kind in (None, one.kind) for one in self.changes
        )


def side_name(side: Side) -> str:
    """Return how staff read one side of a comparison."""
    return f"{side.period_name or side.period}, chốt {date_text(side.as_of)}, lần tổng hợp số {side.run}"


def compare(earlier: Snapshot, later: Snapshot) -> Comparison:
    """Return what changed from `earlier` to `later`.

    Items are the same when their id, plan and kind are; an item left over on either side is also the same when
    plan, kind, number and words are (a plan that got its official list between the two).

    Raises:
        AssertionError: the moves do not lead from one cube to the other; a figure would be unexplained.
    """
    pairs = _pairs(earlier.items, later.items)
    moves: dict[tuple[str, Kind], Counter[tuple[Class | None, Class | None]]] = defaultdict(Counter)
    changes: list[Change] = []
    words = _Words(earlier, later)
    for old, new in pairs:
        shown = new or old
        assert shown is not None
        moves[shown.plan, shown.kind][old.cls if old else None, new.cls if new else None] += 1
        changes += _changes(old, new)
        if old is not None and new is not None:
            changes += words.of(old, new)
    flows = tuple(Flow(plan, kind, dict(counts)) for (plan, kind), counts in moves.items())
    place = {plan: number for number, plan in enumerate(dict.fromkeys(p.id for p in (*later.plans, *earlier.plans)))}
    kinds = {kind: number for number, kind in enumerate(Kind)}
    flows = tuple(sorted(flows, key=lambda one: (place[one.plan], kinds[one.kind])))
    _reconcile(flows, earlier, later)
    order = {move: number for number, move in enumerate(Move)}
    changes.sort(key=lambda one: (place[one.plan], kinds[one.kind], order[one.move]))
    return Comparison(_side(earlier), _side(later), flows, tuple(changes), _returns(earlier, later))


def _side(snapshot: Snapshot) -> Side:
    return Side(snapshot.run, snapshot.as_of, snapshot.period, snapshot.period_name, snapshot.made_at)


def _pairs(before: Iterable[Item], after: Iterable[Item]) -> list[tuple[Item | None, Item | None]]:
    """Return every item once, with its other side where it has one, in the order of `after`, then of `before`."""
    left = {(item.id, item.plan, item.kind): item for item in before}
    again: dict[int, Item | None] = {}
    fresh = []
    items = tuple(after)
    for place, item in enumerate(items):
        again[place] = left.pop((item.id, item.plan, item.kind), None)
        if again[place] is None:
            fresh.append(place)
    by_words: dict[tuple[str, Kind, str, str], list[Item]] = defaultdict(list)
    for item in left.values():
        by_words[_words_of(item)].append(item)
    wanted = Counter(_words_of(items[place]) for place in fresh)
    for place in fresh:
        same = by_words.get(_words_of(items[place]), [])
        if len(same) == 1 and wanted[_words_of(items[place])] == 1:
            again[place] = same[0]
            del left[same[0].id, same[0].plan, same[0].kind]
    pairs: list[tuple[Item | None, Item | None]] = [(again[place], item) for place, item in enumerate(items)]
    return pairs + [(item, None) for item in left.values()]


def _words_of(item: Item) -> tuple[str, Kind, str, str]:
    return item.plan, item.kind, key(item.number), key(item.task)


def _reconcile(flows: Iterable[Flow], earlier: Snapshot, later: Snapshot) -> None:
    known = {(flow.plan, flow.kind): flow for flow in flows}
    for snapshot, side in ((earlier, Flow.before), (later, Flow.after)):
        figures = Figures(snapshot.figures)
        for plan in snapshot.plans:
            for kind, group in KIND_CODE.items():
                flow = known.get((plan.id, kind)) or Flow(plan.id, kind, {})
                for measure, classes in MEMBERS.items():
                    figure = figures.get(plan.symbol, measure, group)
                    if side(flow, classes) != figure:
                        raise AssertionError(
                            f"run {snapshot.run}, {plan.symbol}, {kind}, {measure}: "
                            f"figure {figure}, changes lead to {side(flow, classes)}"
                        )


def _changes(old: Item | None, new: Item | None) -> list[Change]:
    """Return the change of class, of deadline and of lead units of one item."""
    shown = new or old
    assert shown is not None
    found = []

    def add(move: Move, before: str, after: str) -> None:
        source = next(iter(shown.sources), None)
        found.append(
            Change(move, shown.plan, shown.kind, shown.id, shown.number, shown.task, shown.units, before, after,
                   source=source)
        )  # fmt: skip

    if old is None:
        add(Move.ADDED, "", _state(shown))
    elif new is None:
        add(Move.VANISHED, _state(shown), "")
    else:
        if old.cls is not new.cls:
            add(_move(old.cls, new.cls), _state(old), _state(new))
        if old.due != new.due:
            add(Move.DEADLINE, _deadline(old), _deadline(new))
        if set(old.units) != set(new.units):
            add(Move.UNITS, "; ".join(sorted(old.units)), "; ".join(sorted(new.units)))
    return found


def _move(old: Class, new: Class) -> Move:
    if new in DONE:
        return Move.DONE_OTHERWISE if old in DONE else Move.DONE
    if old in DONE:
        return Move.REOPENED
    if new is Class.OVERDUE:
        return Move.LATE
    if new is Class.RECURRING:
        return Move.RECURRING
    if new is Class.STOPPED:
        return Move.STOPPED
    return Move.OPEN


def _state(item: Item | UnitResult) -> str:
    words = CLASS_LABEL[item.cls]
    if item.cls in DONE and item.completed_on:
        return f"{words} ({date_text(item.completed_on)})"
    if item.cls is Class.OVERDUE and item.days_late:
        return f"{words} {item.days_late} ngày"
    return words


def _deadline(item: Item) -> str:
    return date_text(item.due) if item.due else item.deadline_text or "không có thời hạn"


class _Words:
    """What each unit said of an item, in both snapshots; only what it said itself in both periods is compared."""

    def __init__(self, earlier: Snapshot, later: Snapshot) -> None:
        self._before = _said(earlier.unit_results)
        self._after = _said(later.unit_results)

    def of(self, old: Item, new: Item) -> list[Change]:
        before, after = self._before.get((old.id, old.plan), {}), self._after.get((new.id, new.plan), {})
        found = []
        for unit in sorted(before.keys() & after.keys()):
            one, other = before[unit], after[unit]
            if not _contradicts(one, other):
                continue
            found.append(
                Change(Move.WORD, new.plan, new.kind, new.id, new.number, new.task, new.units, _said_as(one),
                       _said_as(other), unit=unit, source=other.source)
            )  # fmt: skip
        return found


def _said(results: Iterable[UnitResult]) -> dict[tuple[str, str], dict[str, UnitResult]]:
    found: dict[tuple[str, str], dict[str, UnitResult]] = defaultdict(dict)
    for one in results:
        if one.carried is None and not one.not_reported:
            found[one.item, one.plan][one.unit] = one
    return found


def _contradicts(one: UnitResult, other: UnitResult) -> bool:
    """Tell whether a unit took something back: a completion, its date, or the word for a state that stayed."""
    if one.cls in DONE:
        return other.cls not in DONE or bool(
            one.completed_on and other.completed_on and one.completed_on != other.completed_on
        )
    if one.cls is not other.cls or key(one.status_text) == key(other.status_text):
        return False
    return statuses.read(one.status_text).word is not statuses.read(other.status_text).word


def _said_as(one: UnitResult) -> str:
    words = one.status_text or "không ghi trạng thái"
    return f"{words}, {date_text(one.completed_on)}" if one.completed_on else words


def _returns(
    earlier: Snapshot, later: Snapshot
) -> dict[tuple[Received | None, Received | None], tuple[str, ...]]:
    before = {one.unit: one.received for one in earlier.returns}
    after = {one.unit: one.received for one in later.returns}
    found: dict[tuple[Received | None, Received | None], list[str]] = defaultdict(list)
    for unit in sorted(before.keys() | after.keys()):
        found[before.get(unit), after.get(unit)].append(unit)
    return {states: tuple(units) for states, units in found.items()}
