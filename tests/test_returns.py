"""What each unit sent: one record a unit, whatever it sent, and when it counts as received."""

from dataclasses import replace
from datetime import date

import pytest
from handmade import AS_OF, PERIOD, TODAY, UNITS, assigned, built, codes, found, line, sent, snapshot

from qn_xl.model import Address, Decision, Received
from qn_xl.rules.catalogue import finding

A = assigned("1", "Việc của Sở Y tế")
DUE = replace(PERIOD, due=date(2025, 10, 5))


def given_back(made, unit="SYT"):
    return next(one for one in made.returns if one.unit == unit)


def bad(unit="SYT", file="hong.xlsx", code="file-damaged"):
    return sent(unit, file=file, readable=False, findings=[finding(code, Address(file), "thiếu phần")])


def test_returns__every_expected_unit_once_and_the_missing_ones_told():
    made = built([sent("SYT", line("1", A.task), file="1.xlsx"), sent("SYT", line("1", A.task), file="2.xlsx")], [A])
    assert [one.unit for one in made.returns] == [unit.id for unit in UNITS]
    assert given_back(made).files == ("1.xlsx", "2.xlsx") and given_back(made).tasks == 1
    assert given_back(made, "STC").received is Received.MISSING
    assert codes(made).count("unit-not-sent") == len(UNITS) - 1


@pytest.mark.parametrize(
    ("readings", "received"),
    [
        ([sent("SYT", line("1", A.task))], Received.RECEIVED),
        ([sent("SYT")], Received.EMPTY),
        ([sent("SYT", no_change=True)], Received.NO_CHANGE),
        ([bad()], Received.UNREADABLE),
        ([bad(), sent("SYT", line("1", A.task))], Received.RECEIVED),
        ([bad(code="file-locked-twin")], Received.MISSING),
        ([sent("SYT", own_report=True)], Received.MISSING),
    ],
)
def test_returns__by_what_was_sent(readings, received):
    assert given_back(built(readings, [A])).received is received


def test_returns__a_sheet_of_its_own_in_another_s_workbook_counts():
    book = sent("STC", line("1", A.task, sender="SYT"), line("2", "Việc khác", sender="X-BA-CHE"))
    made = built([book], [A])
    assert given_back(made).received is Received.RECEIVED
    assert given_back(made, "X-BA-CHE").received is Received.RECEIVED
    assert given_back(made, "STC").received is Received.MISSING


def test_returns__on_time_only_where_the_period_has_a_due_date():
    readings = [sent("SYT", line("1", A.task))]
    assert given_back(built(readings, [A], period=DUE)).received is Received.ON_TIME
    late = replace(PERIOD, due=date(2025, 10, 1))
    assert given_back(built(readings, [A], period=late)).received is Received.LATE
    assert given_back(built(readings, [A])).received_on == TODAY


def test_returns__first_run_that_saw_a_readable_file_gives_the_date():
    readings = [sent("SYT", line("1", A.task))]
    first = built(readings, [A], period=DUE)
    stamped = tuple(replace(one, received_on=date(2025, 9, 30)) for one in first.returns if one.files)
    seen = replace(first, returns=stamped)
    before = snapshot(seen, 1, PERIOD.id, AS_OF)
    assert given_back(built(readings, [A], period=DUE, previous=before)).received_on == date(2025, 9, 30)
    damaged = built([bad()], [A], period=DUE)
    before = snapshot(damaged, 1, PERIOD.id, AS_OF)
    assert given_back(built([bad(), *readings], [A], period=DUE, previous=before)).received_on == TODAY


def test_returns__decision_about_the_date():
    late = replace(PERIOD, due=date(2025, 10, 1))
    decided = Decision("SYT", "received", "30/9/2025", "dấu công văn đến")
    one = given_back(built([sent("SYT", line("1", A.task))], [A], decided, period=late))
    assert (one.received, one.received_on) == (Received.ON_TIME, date(2025, 9, 30))


def test_returns__count_the_unit_s_own_findings():
    readings = [sent("SYT", line("1", A.task, due=date(2025, 1, 1)), line("2", "Việc lạ")), bad("STC")]
    made = built(readings, [A])
    assert (given_back(made).errors, given_back(made).warnings) == (1, 1)
    assert given_back(made, "STC").errors == 1 and found(made, "file-damaged").unit == "STC"
