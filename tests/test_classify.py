"""The order of the classes, each with the facts that reach it, and what may never happen."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl.model import DONE, Class, Deadline, DeadlineKind, Kind, Status, StatusWord
from qn_xl.rules.classify import CLASS_LABEL, COMPLETED_FUTURE, PERCENT_CONFLICT, classify, reached

AS_OF = date(2025, 9, 30)
BEFORE, AFTER = date(2025, 6, 30), date(2025, 12, 31)
W = StatusWord


def given_(**facts):
    return facts


def run(
    word=W.NONE, *, due=None, completed=None, kind=Kind.TASK, deadline=None, text="", as_of=AS_OF,
    status=None, maintained=False, **more,
):  # fmt: skip
    if deadline is None and due is not None:
        deadline = Deadline(DeadlineKind.DATE, due=due)
    return classify(
        deadline=deadline, due=due, status=status or Status(word, text or word.value, maintained=maintained),
        completed_on=completed, kind=kind, as_of=as_of, **more,
    )  # fmt: skip


def recurring(due=None):
    return Deadline(DeadlineKind.RECURRING if due is None else DeadlineKind.DATE, due=due, recurring_too=True)


@pytest.mark.parametrize(
    ("facts", "cls", "days"),
    [
        (given_(word=W.STOPPED, due=BEFORE, completed=BEFORE), Class.STOPPED, None),
        (given_(word=W.STOPPED, deadline=recurring()), Class.STOPPED, None),
        (given_(word=W.STOP_PROPOSED, due=AFTER), Class.IN_PROGRESS, None),
        (given_(word=W.STOP_PROPOSED, due=BEFORE), Class.OVERDUE, 92),
        (given_(word=W.DONE, deadline=recurring(), completed=BEFORE), Class.RECURRING, None),
        (given_(word=W.RECURRING), Class.RECURRING, None),
        (given_(word=W.RECURRING, due=BEFORE), Class.OVERDUE, 92),
        (given_(deadline=recurring(AFTER), due=AFTER), Class.IN_PROGRESS, None),
        (given_(due=BEFORE, completed=BEFORE), Class.DONE_ON_TIME, None),
        (given_(due=BEFORE, completed=BEFORE + timedelta(1)), Class.DONE_LATE, 1),
        (given_(completed=BEFORE), Class.DONE_ON_TIME, None),
        (given_(word=W.DONE_LATE, completed=BEFORE), Class.DONE_LATE, None),
        (given_(word=W.IN_PROGRESS, due=AFTER, completed=AS_OF), Class.DONE_ON_TIME, None),
        (given_(word=W.DONE, due=BEFORE, completed=AFTER), Class.OVERDUE, 92),
        (given_(word=W.DONE, due=AFTER, completed=AFTER), Class.IN_PROGRESS, None),
        (given_(word=W.DONE, due=BEFORE), Class.DONE_UNDATED, None),
        (given_(word=W.DONE_ON_TIME, due=BEFORE), Class.DONE_ON_TIME, None),
        (given_(word=W.DONE_LATE, due=AFTER), Class.DONE_LATE, None),
        (given_(percent=1.0, due=BEFORE), Class.DONE_UNDATED, None),
        (given_(percent=1.0, word=W.STEP, due=BEFORE), Class.OVERDUE, 92),
        (given_(word=W.STEP, due=BEFORE), Class.OVERDUE, 92),
        (given_(word=W.IN_PROGRESS, due=AS_OF), Class.IN_PROGRESS, None),
        (given_(word=W.OVERDUE, due=AFTER), Class.IN_PROGRESS, None),
        (given_(word=W.UNKNOWN, due=AS_OF - timedelta(1)), Class.OVERDUE, 1),
        (given_(word=W.OVERDUE), Class.OVERDUE, None),
        (given_(word=W.IN_PROGRESS), Class.NO_DEADLINE, None),
        (given_(), Class.NO_DEADLINE, None),
    ],
)
def test_class__each_step_of_the_order(facts, cls, days):
    got = run(**facts)
    assert (got.cls, got.days_late) == (cls, days)
    assert got.basis and got.basis[0].isupper()


def test_class__date_in_the_words_stands_in_for_the_cell():
    status = Status(W.DONE, "hoàn thành ngày 12/8/2025", completed_on=date(2025, 8, 12))
    assert run(status=status, due=date(2025, 8, 12)).cls is Class.DONE_ON_TIME
    assert run(status=status, due=date(2025, 8, 12), completed=date(2025, 8, 13)).days_late == 1


TARGET = {"kind": Kind.TARGET}


@pytest.mark.parametrize(
    ("facts", "cls"),
    [
        (given_(target=90.0, actual=92.0, due=AFTER), Class.DONE_UNDATED),
        (given_(target=90.0, actual=92.0, due=AFTER, completed=BEFORE), Class.DONE_ON_TIME),
        (given_(target=90.0, actual=88.0, due=AFTER, word=W.DONE, completed=BEFORE), Class.IN_PROGRESS),
        (given_(target=90.0, actual=88.0, due=BEFORE), Class.OVERDUE),
        (given_(target=5.0, actual=4.0, lower_is_better=True), Class.DONE_UNDATED),
        (given_(target=5.0, actual=6.0, lower_is_better=True), Class.NO_DEADLINE),
        (given_(word=W.RECURRING, maintained=True), Class.DONE_UNDATED),
        (given_(word=W.DONE, maintained=True, deadline=recurring()), Class.DONE_UNDATED),
        (given_(word=W.RECURRING, maintained=True, target=90.0, actual=95.0), Class.DONE_UNDATED),
        (given_(word=W.IN_PROGRESS, due=AFTER), Class.IN_PROGRESS),
        (given_(word=W.IN_PROGRESS, deadline=recurring()), Class.RECURRING),
        (given_(word=W.STOPPED, target=90.0, actual=95.0), Class.STOPPED),
    ],
)
def test_class__target_by_its_numbers_then_its_words(facts, cls):
    assert run(**TARGET, **facts).cls is cls


def test_class__maintained_task_stays_recurring():
    assert run(W.RECURRING, maintained=True).cls is Class.RECURRING


@pytest.mark.parametrize(
    ("actual", "target", "lower", "measure", "expected"),
    [
        (None, 5.0, False, "", None),
        (5.0, None, False, "", None),
        (0.92, 90.0, False, "%", True),
        (0.85, 90.0, False, "%", False),
        (95.0, 1.0, False, "%", False),
        (0.9, 2.0, True, "%", True),
        (0.3, 0.1 + 0.2, False, "", True),
        (7.0, 5.0, True, "hạng", False),
    ],
)
def test_reached__scales_and_direction(actual, target, lower, measure, expected):
    assert reached(actual, target, lower_is_better=lower, measure=measure) is expected


@pytest.mark.parametrize(
    ("facts", "conflict"),
    [
        (given_(word=W.IN_PROGRESS, due=BEFORE), True),
        (given_(word=W.IN_PROGRESS, due=AFTER), False),
        (given_(word=W.NOT_STARTED, due=BEFORE), False),
        (given_(word=W.OVERDUE, due=AFTER), True),
        (given_(word=W.OVERDUE, due=BEFORE), False),
        (given_(word=W.DONE, deadline=recurring()), True),
        (given_(word=W.DONE_ON_TIME, due=BEFORE, completed=AS_OF), True),
        (given_(word=W.DONE_LATE, due=AFTER, completed=AS_OF), True),
        (given_(word=W.DONE, due=BEFORE, completed=AS_OF), False),
        (given_(word=W.IN_PROGRESS, due=AFTER, completed=AS_OF), True),
        (given_(word=W.DONE, due=AFTER, completed=AFTER), False),
        (given_(word=W.DONE, kind=Kind.TARGET, target=9.0, actual=1.0), True),
        (given_(word=W.STOPPED, due=BEFORE), False),
        (given_(word=W.RECURRING, due=AFTER), True),
        (given_(word=W.UNKNOWN, due=BEFORE), False),
    ],
)
def test_conflict__unit_word_against_the_dates(facts, conflict):
    got = run(text="lời của đơn vị", **facts)
    assert got.conflict == ("lời của đơn vị" if conflict else None)


def test_flags__completion_after_cut_off_and_percent_against_words():
    assert COMPLETED_FUTURE in run(W.DONE, due=AFTER, completed=AFTER).flags
    assert PERCENT_CONFLICT in run(W.DONE, due=AFTER, percent=0.6).flags
    assert PERCENT_CONFLICT in run(W.STEP, due=AFTER, percent=1.0).flags
    assert not run(W.DONE, due=AFTER, percent=1.0).flags
    assert not run(W.IN_PROGRESS, due=AFTER, percent=0.6).flags


def test_labels__every_class_has_its_words():
    assert set(CLASS_LABEL) == set(Class)


days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
maybe = st.none() | days


@given(
    word=st.sampled_from(list(StatusWord)),
    due=maybe,
    completed=maybe,
    percent=st.none() | st.floats(0, 1),
    kind=st.sampled_from(list(Kind)),
    deadline_kind=st.sampled_from(list(DeadlineKind)),
    maintained=st.booleans(),
    actual=st.none() | st.floats(0, 100),
    as_of=days,
    later=st.integers(0, 400),
)
@settings(max_examples=100, deadline=None)
def test_class__moving_the_cut_off_later_only_moves_forward(
    word, due, completed, percent, kind, deadline_kind, maintained, actual, as_of, later
):
    def at(day):
        return run(
            word, due=due, completed=completed, percent=percent, kind=kind, maintained=maintained,
            deadline=Deadline(deadline_kind, due=due), actual=actual, target=50.0, as_of=day,
        )  # fmt: skip

    first, second = at(as_of), at(as_of + timedelta(later))
    assert first.cls in Class
    if first.cls is Class.OVERDUE:
        assert second.cls is Class.OVERDUE or second.cls in DONE
        if second.cls is Class.OVERDUE and first.days_late is not None:
            assert second.days_late == first.days_late + later
    if first.cls in DONE or first.cls in (Class.STOPPED, Class.RECURRING, Class.NO_DEADLINE):
        waits = first.cls is Class.NO_DEADLINE or "completed-future" in first.flags
        assert second.cls is first.cls or (second.cls in DONE and waits)
    assert first.days_late is None or first.days_late > 0
    assert first.completed_on is None or first.completed_on <= as_of


def test_class__every_combination_has_a_class_and_late_items_had_a_due_date_or_said_so():
    for word, due, completed, kind, recur in product(
        StatusWord, (None, BEFORE, AS_OF, AFTER), (None, BEFORE, AS_OF, AFTER), Kind, (False, True)
    ):
        got = run(word, due=due, completed=completed, kind=kind, deadline=recurring(due) if recur else None)
        if got.cls is Class.OVERDUE:
            assert (due is not None and due < AS_OF) or word is W.OVERDUE
        if got.cls is Class.IN_PROGRESS:
            assert due is not None and due >= AS_OF
        if got.cls is Class.DONE_LATE:
            assert word is W.DONE_LATE or (completed is not None and due is not None and due < completed)
