"""The office's decisions: each kind applied and printed, and told when stale, unused or not understood."""

from datetime import date

import pytest
from handmade import AFTER, BEFORE, assigned, built, codes, deadline, found, line, sent

from qn_xl.model import Address, Class, Decision, Severity
from qn_xl.rules.catalogue import finding
from qn_xl.rules.decide import class_of, date_of

A = assigned("1", "Xây dựng kế hoạch năm 2025", due=BEFORE)
ROW = sent("SYT", line("1", A.task, due=BEFORE))


def only(made):
    (one,) = made.items
    return one


def decide(about, kind, value, **more):
    return Decision(about, kind, value, more.pop("grounds", "Công văn 12/UBND"), **more)


def test_class__by_the_key_of_a_finding():
    key = found(built([ROW], [A]), "status-conflict").key
    made = built([ROW], [A], decide(key, "class", "Hoàn thành đúng hạn", source="Đang thực hiện"))
    assert only(made).cls is Class.DONE_ON_TIME and only(made).decided == (key,)
    assert made.unit_results[0].decided == (key,)
    assert "Công văn 12/UBND" in only(made).basis
    said = found(made, "status-conflict")
    assert said.severity is Severity.NOTE and "Hoàn thành đúng hạn" in said.action
    assert not {"decision-stale", "decision-unused", "decision-invalid"} & set(codes(made))


def test_class__by_the_item_or_the_item_of_one_unit():
    joint = assigned("1", A.task, "Sở Y tế; Sở Tài chính", BEFORE)
    assert only(built([ROW], [joint], decide("138-1", "class", "Hoàn thành"))).cls is Class.DONE_UNDATED
    made = built([ROW], [joint], decide("138-1|STC", "class", "Hoàn thành"))
    assert [one.cls for one in made.unit_results] == [Class.OVERDUE, Class.DONE_UNDATED]


def test_completed_and_due__dates_replace_those_of_the_row():
    made = built([ROW], [A], decide("138-1", "completed", "25/6/2025"))
    assert (only(made).cls, only(made).completed_on) == (Class.DONE_ON_TIME, date(2025, 6, 25))
    made = built([ROW], [A], decide("138-1", "due", "2025-12-31"))
    assert (only(made).cls, only(made).due) == (Class.IN_PROGRESS, AFTER)


def test_due__by_the_key_of_the_finding_that_the_deadline_differs():
    row = sent("SYT", line("1", A.task, due=AFTER))
    key = found(built([row], [A]), "date-differs").key
    assert only(built([row], [A], decide(key, "due", "31/12/2025"))).cls is Class.IN_PROGRESS


def test_task__unmatched_row_is_counted_for_the_task_named():
    row = sent("SYT", line("7", "Soạn bản kế hoạch của năm", "Hoàn thành"))
    key = found(built([row], [A]), "task-unmatched").key
    made = built([row], [A], decide(key, "task", "138-1"))
    assert only(made).cls is Class.DONE_UNDATED
    assert found(made, "task-unmatched").severity is Severity.NOTE


def test_unit__unknown_name_and_unknown_sender():
    said = finding("unit-unknown", Address("x.xlsx", "Sheet1", "C6"), "Sở Y Tê", proposal="")
    lost = finding("file-unit-unknown", Address("x.xlsx"))
    row = sent(None, line("1", A.task, "Hoàn thành", pieces=("Sở Y Tê",)), file="x.xlsx", findings=[said, lost])
    joint = assigned("1", A.task, "Sở Y tế; Sở Tài chính", BEFORE)
    made = built([row], [joint], decide(said.key, "unit", "Sở Y tế"))
    assert [one.cls for one in made.unit_results] == [Class.DONE_UNDATED, Class.OVERDUE]
    made = built([row], [joint], decide(lost.key, "unit", "STC"))
    assert [one.cls for one in made.unit_results] == [Class.OVERDUE, Class.DONE_UNDATED]
    assert next(one for one in made.returns if one.unit == "STC").files == ("x.xlsx",)


def test_swap__applied_only_when_decided():
    free = assigned("1", A.task, due=None)
    row = sent("SYT", line("1", A.task, due=deadline(date(2025, 12, 8), swap=date(2025, 8, 12))),
               line("2", "x", due=deadline(date(2025, 10, 30))))  # fmt: skip
    tasks = [free, assigned("2", "x", due=None)]
    key = found(built([row], tasks), "date-swapped").key
    for about in (key, "SYT.xlsx"):
        one = built([row], tasks, decide(about, "swap", "đảo")).items[0]
        assert (one.cls, one.due) == (Class.OVERDUE, date(2025, 8, 12))
    kept = built([row], tasks, decide(key, "swap", "không"))
    assert kept.items[0].cls is Class.IN_PROGRESS
    assert found(kept, "date-swapped").severity is Severity.NOTE


def test_file__names_the_one_with_the_last_word():
    old = sent("SYT", line("1", A.task, "Hoàn thành", due=BEFORE), file="a/lan 1.xlsx")
    new = sent("SYT", line("1", A.task, due=BEFORE), file="a/lan 2.xlsx", version=2)
    key = found(built([old, new], [A]), "file-superseded").key
    assert only(built([old, new], [A])).cls is Class.OVERDUE
    for about in (key, "SYT"):
        made = built([old, new], [A], decide(about, "file", "lan 1.xlsx"))
        assert only(made).cls is Class.DONE_UNDATED
        assert found(made, "file-superseded").seen == "a/lan 1.xlsx"


def test_source_changed__still_applied_and_told():
    key = found(built([ROW], [A]), "status-conflict").key
    made = built([ROW], [A], decide(key, "class", "Hoàn thành", source="Chậm tiến độ"))
    assert only(made).cls is Class.DONE_UNDATED
    assert "Đang thực hiện" in found(made, "decision-stale").message


def test_unused__told_and_kept():
    made = built([ROW], [A], decide("status-conflict:0000000000", "class", "Hoàn thành"))
    assert only(made).cls is Class.OVERDUE
    assert found(made, "decision-unused").severity is Severity.NOTE


@pytest.mark.parametrize(
    ("kind", "value"),
    [("class", "gần xong"), ("due", "sau này"), ("unit", "Sở Ma"), ("task", "999"), ("swap", "tùy"), ("lạ", "x")],
)
def test_invalid__told_as_an_error_and_not_applied(kind, value):
    made = built([ROW], [A], decide("138-1", kind, value))
    assert only(made).cls is Class.OVERDUE and only(made).decided == ()
    assert value in found(made, "decision-invalid").message


def test_values__as_staff_write_them():
    assert class_of("hoan thanh dung han") is class_of("done_on_time") is Class.DONE_ON_TIME
    assert class_of("Chậm tiến độ") is Class.OVERDUE
    assert date_of("5/9/2025") == date_of("2025-09-05") == date(2025, 9, 5)
