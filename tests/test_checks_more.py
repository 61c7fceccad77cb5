"""Detectives: what a unit quietly changed, what its files and its own sums say against its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from handmade import (
    AFTER,
    AS_OF,
    PERIOD,
    PLANS,
    UNITS,
    Office,
    assigned,
    built,
    codes,
    found,
    line,
    sent,
    snapshot,
)

from qn_xl.intake.context import default_context
from qn_xl.intake.read import read_file
from qn_xl.model import Address, Class, Decision, Item, Kind, Period, Received, Severity
from qn_xl.rules.items import build
from qn_xl.rules.progress import Trend, progress
from qn_xl.rules.returns import coverage

A = assigned("1", "Ban hành quy chế phối hợp")
B = assigned("2", "Số hóa hồ sơ lưu trữ")
HALF = date(2025, 6, 30)
LATER = date(2026, 3, 31)


def before(*readings, tasks=(), run=1):  # type: ignore[no-untyped-def]
    return snapshot(built(readings, tasks, as_of=HALF), run, "2025-6T", HALF)


# ---- deadlines that moved


def test_deadline__the_unit_s_own_moved_since_the_earlier_period():
    earlier = before(sent("SYT", line("1", "Việc riêng", due=AFTER)))
    made = built([sent("SYT", line("1", "Việc riêng", due=LATER))], earlier=earlier)
    one = found(made, "deadline-moved")
    assert (one.unit, one.seen, one.where.cell) == ("SYT", "31/3/2026", "B6")
    assert "31/12/2025" in one.message and "số 1" in one.message


def test_deadline__as_it_was_says_nothing():
    earlier = before(sent("SYT", line("1", "Việc riêng")))
    assert "deadline-moved" not in codes(built([sent("SYT", line("1", "Việc riêng"))], earlier=earlier))


def test_deadline__of_the_official_list_is_told_once_to_the_office():
    task = assigned("1", "Việc chung", lead="Sở Y tế; Sở Tài chính")
    moved = replace(task, deadline=replace(task.deadline, due=LATER))
    rows = [sent("SYT", line("1", "Việc chung")), sent("STC", line("1", "Việc chung"))]
    made = built(rows, [moved], earlier=before(*rows, tasks=[task]))
    one = found(made, "deadline-moved")
    assert one.unit is None and one.where.file == "Progress.xlsm"


def test_deadline__moved_by_a_decision_is_not_quiet():
    earlier = before(sent("SYT", line("1", "Việc riêng")))
    item = earlier.items[0].id
    decided = Decision(f"{item}|SYT", "due", "31/3/2026", "Văn bản số 12/UBND")
    assert "deadline-moved" not in codes(built([sent("SYT", line("1", "Việc riêng"))], (), decided, earlier=earlier))


def test_deadline__against_an_earlier_run_of_the_same_period():
    rows = [sent("SYT", line("1", "Việc riêng", due=LATER))]
    previous = snapshot(built([sent("SYT", line("1", "Việc riêng"))]), 4, PERIOD.id, AS_OF)
    assert "số 4" in found(built(rows, previous=previous), "deadline-moved").message


# ---- tasks that are gone


def test_vanished__a_unit_leaves_out_what_it_reported_last_time():
    earlier = before(sent("SYT", line("1", A.task), line("2", B.task)), tasks=[A, B])
    made = built([sent("SYT", line("1", A.task))], [A, B], earlier=earlier)
    one = found(made, "task-vanished")
    assert (one.unit, one.seen) == ("SYT", B.task) and "Đang thực hiện" in one.message
    assert "task-not-reported" not in codes(made)


def test_vanished__a_unit_that_sent_nothing_left_nothing_out():
    earlier = before(sent("SYT", line("2", B.task)), tasks=[B])
    assert {"task-vanished"} & set(codes(built([], [B], earlier=earlier))) == set()


def test_vanished__what_was_done_may_be_left_out():
    earlier = before(sent("SYT", line("1", A.task), line("2", B.task, "Hoàn thành", HALF)), tasks=[A, B])
    assert "task-vanished" not in codes(built([sent("SYT", line("1", A.task))], [A, B], earlier=earlier))


def test_vanished__row_left_blank_in_a_form_is_not_reported_but_not_gone():
    earlier = before(sent("SYT", line("1", A.task), line("2", B.task)), tasks=[A, B])
    form = sent("SYT", line("1", A.task, code=A.code), form_codes=(A.code, B.code))
    made = built([form], [A, B], earlier=earlier)
    assert "task-vanished" not in codes(made)
    one = found(made, "task-not-reported")
    assert one.unit == "SYT" and "để trống" in one.action
    without = sent("SYT", line("1", A.task, code=A.code), form_codes=(A.code,))  # the row was taken out
    assert {"task-vanished"} <= set(codes(built([without], [A, B], earlier=earlier)))


def test_vanished__without_a_list_a_row_left_blank_in_a_form_keeps_its_place():
    rows = line("1", "Việc một"), line("2", "Việc hai"), line("3", "Việc ba", "Hoàn thành", HALF)
    earlier = before(sent("SYT", *rows))
    ids = {item.task: item.id for item in earlier.items}
    form = sent("SYT", line("1", "Việc một", code=ids["Việc một"]), form_codes=tuple(ids.values()))
    made = built([form], earlier=earlier)
    kept = {item.task: item for item in made.items}
    assert set(kept) == set(ids) and "task-vanished" not in codes(made)
    assert kept["Việc hai"].not_reported and kept["Việc hai"].due == AFTER and kept["Việc ba"].carried
    one = found(made, "task-not-reported")
    assert (one.unit, one.seen, one.where.file) == ("SYT", "Việc hai", "SYT.xlsx")


def test_vanished__without_a_list_the_denominator_shrinks_and_it_is_told():
    earlier = before(sent("SYT", line("1", "Việc một"), line("2", "Việc hai")))
    made = built([sent("SYT", line("1", "Việc một"))], earlier=earlier)
    one = found(made, "task-vanished")
    assert len(made.items) == 1 and one.where == Address("don-vi/2025-6T/SYT.xlsx", "Sheet1", "B7")
    assert "tổng số" in one.action


def test_vanished__of_a_plan_no_longer_followed_is_not_told():
    earlier = before(sent("SYT", line("1", "Việc một", plan="157")))
    office = Office(plans=(PLANS[0], replace(PLANS[1], active=False)))
    made = build([], office, period=PERIOD, as_of=AS_OF, today=AS_OF, earlier=earlier)
    assert "task-vanished" not in codes(made)


# ---- two files of one unit


def two(version=0):  # type: ignore[no-untyped-def]
    first = sent("SYT", line("1", A.task), file="a.xlsx", modified=datetime(2025, 10, 1))
    second = sent(
        "SYT", line("1", A.task, "Hoàn thành", AS_OF), file="b.xlsx", modified=datetime(2025, 10, 2), version=version
    )
    return built([second, first], [A])


def test_files__of_one_unit_that_disagree_are_told_and_the_later_counts():
    made = two()
    one = found(made, "files-disagree")
    assert (one.severity, one.where.file, made.items[0].cls) == (Severity.WARNING, "b.xlsx", Class.DONE_ON_TIME)
    assert "a.xlsx" in one.message and "Đang thực hiện" in one.message


def test_files__a_marked_correction_is_meant_to_disagree():
    assert found(two(version=2), "files-disagree").severity is Severity.NOTE


def test_files__that_say_the_same_are_not_told():
    rows = [sent("SYT", line("1", A.task, "Hoàn thành", AS_OF), file=name) for name in ("a.xlsx", "b.xlsx")]
    assert "files-disagree" not in codes(built(rows, [A]))


# ---- a file's own sums

HEAD = ("TT", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Thời hạn", "Trạng thái", "Ngày hoàn thành")
TASKS = (
    (1, "Xây dựng kế hoạch dữ liệu mở", "Sở Y tế", "30/6/2025", "Hoàn thành", "20/6/2025"),
    (2, "Ban hành quy chế phối hợp liên thông", "Sở Y tế", "31/12/2025", "Đang thực hiện", ""),
)


def read(path: Path, *rows: tuple[object, ...], merged: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Sheet1")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
        for place in merged:
            sheet.merge_range(place, "Đã hoàn thành")
    return read_file(path.name, path, default_context(AS_OF))


def told(reading, code):  # type: ignore[no-untyped-def]
    return [(one.where.cell, one.seen) for one in reading.findings if one.code == code]


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ("Sở đã hoàn thành 2/2 nhiệm vụ được giao", "hoàn thành 2/2"),
        ("Đến nay hoàn thành 1/3 nhiệm vụ.", "hoàn thành 1/3"),
        ("1/5 nhiệm vụ đã hoàn thành", "hoàn thành 1/5"),
        ("Sở đã hoàn thành 1/2 nhiệm vụ", None),
        ("Còn chưa hoàn thành 1/5 nhiệm vụ", None),
        ("Toàn tỉnh đã hoàn thành 33/71 nhiệm vụ", None),
        ("Đã hoàn thành 5/5 nhiệm vụ đến hạn", None),
        ("Hoàn thành 2/4 chỉ tiêu", None),
        ("Hoàn thành trước 30/9, gồm 2 nhiệm vụ", None),
    ],
)
def test_summary__words_above_the_table_against_its_rows(words, seen, tmp_path):
    reading = read(tmp_path / "Sở Y tế.xlsx", ("BÁO CÁO Kế hoạch 138/KH-UBND",), (words,), HEAD, *TASKS)
    assert told(reading, "summary-disagrees") == ([("A2", seen)] if seen else [])


def test_summary__below_the_table_is_read_too(tmp_path):
    end = ("Ghi chú: đã hoàn thành 2/2 nhiệm vụ",)
    reading = read(tmp_path / "Sở Y tế.xlsx", ("Kế hoạch 138/KH-UBND",), HEAD, *TASKS, (), end)
    assert told(reading, "summary-disagrees") == [("A6", "hoàn thành 2/2")]
    assert len(reading.tasks) == 2


FLAT = ("TT", "Kế hoạch", "Tổng số", "Hoàn thành", "Đúng tiến độ", "Chậm tiến độ", "Chưa triển khai", "Tỷ lệ (%)")


@pytest.mark.parametrize(
    ("values", "parts"),
    [
        ((47, 15, 18, 8, 5, 0.32), "15 + 18 + 8 + 5 = 46"),  # published in 2025 (domain.md 1.5)
        ((46, 15, 18, 8, 5, 0.32), None),
        ((71, 33, 17, 21, "", 0.46), None),
        (("47 (100%)", "15 (32%)", 18, 8, 5, ""), "15 + 18 + 8 + 5 = 46"),
        (("", 15, 18, 8, 5, ""), None),
    ],
)
def test_sums__a_published_total_that_does_not_add_up(values, parts, tmp_path):
    reading = read(tmp_path / "Sở Y tế.xlsx", ("BIỂU TỔNG HỢP",), FLAT, (1, "Nghị quyết 57", *values))
    said = [one for one in reading.findings if one.code == "sums-disagree"]
    assert [one.where.cell for one in said] == (["C3"] if parts else [])
    assert all(parts in one.message for one in said)


def test_sums__headings_over_two_rows(tmp_path):
    head = ("Tổng số nhiệm vụ", "Chưa hoàn thành", "", "Đã hoàn thành", "", "Nhiệm vụ bị hủy")
    parts = ("", "Trong hạn", "Quá hạn", "Đúng hạn", "Quá hạn", "")
    rows = ((56, 46, 5, 3, 2, 0), (56, 46, 5, 3, 3, 0))  # the first is the ministry's own: it adds up
    reading = read(tmp_path / "Sở Y tế.xlsx", ("TỔNG HỢP",), head, parts, *rows, merged=("D2:E2",))
    assert told(reading, "sums-disagree") == [("A5", "56")]


def test_sums__done_and_its_details_are_not_added_twice(tmp_path):
    head = ("TT", "Đơn vị", "Tổng số", "Đã hoàn thành", "Đúng hạn", "Quá hạn", "Đang thực hiện")
    reading = read(tmp_path / "Sở Y tế.xlsx", ("TỔNG HỢP",), head, (1, "Sở Y tế", 10, 6, 4, 2, 4))
    assert told(reading, "sums-disagree") == []


# ---- who must report, and how complete it is

COMMUNE = replace(UNITS[3], valid_from=date(2025, 7, 1))
ENDED = replace(UNITS[4], valid_to=date(2025, 9, 15))


@pytest.mark.parametrize(
    ("as_of", "ends", "missing"),
    [
        (date(2025, 6, 30), date(2025, 6, 30), {"P-HA-LAM"}),
        (date(2025, 8, 31), date(2025, 8, 31), {"P-HA-LONG", "P-HA-LAM"}),
        (date(2025, 9, 30), date(2025, 9, 30), {"P-HA-LONG"}),
        (date(2025, 10, 20), date(2025, 8, 31), {"P-HA-LONG", "P-HA-LAM"}),  # counted later: the period's own units
    ],
)
def test_register__units_of_the_period_are_expected(as_of, ends, missing):
    office = Office(units=(COMMUNE, ENDED))
    period = Period("k", "k", ends=ends)
    made = build([], office, period=period, as_of=as_of, today=as_of)
    assert {one.unit for one in made.returns if one.received is Received.MISSING} == missing


def test_coverage__units_and_tasks_count_once_so_that_no_rate_passes_one():
    task = assigned("3", "Việc chung", lead="Sở Y tế; Sở Tài chính")
    rows = [line("1", A.task), line("2", B.task)]
    files = [sent("SYT", *rows, file="1.xlsx"), sent("SYT", *rows, file="2.xlsx"), sent("SKHCN", rows[0])]
    made = built(files, [A, B, task])
    plan, total = coverage(replace(snapshot(made, 1, PERIOD.id, AS_OF), plans=PLANS))
    assert (plan.plan, plan.units, plan.reported, plan.tasks, plan.tasks_reported) == ("138", 2, 1, 4, 2)
    assert (total.plan, total.units, total.reported) == (None, len(UNITS), 2)
    assert all(rate is not None and rate <= 1 for one in (plan, total) for rate in (one.unit_rate, one.task_rate))


def test_coverage__a_nil_return_is_a_report():
    earlier = before(sent("SYT", line("1", A.task)), tasks=[A])
    made = built([sent("SYT", no_change=True)], [A], earlier=earlier)
    plan, _ = coverage(snapshot(made, 2, PERIOD.id, AS_OF))
    assert (plan.reported, plan.tasks_reported) == (1, 1)


# ---- targets over the periods


def target(baseline: float | None, aim: float | None, *, lower: bool = False, measure: str = "%") -> Item:
    return Item(
        "CT-1", "157", Kind.TARGET, "1", "Chỉ tiêu", "", (), "", "", None, Class.IN_PROGRESS, None, None, "",
        measure=measure, baseline=baseline, target=aim, lower_is_better=lower,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("item", "actuals", "reached", "share", "trend"),
    [
        (target(62, 80), (73.8, 83.5), True, 1.0, Trend.BETTER),
        (target(60, 80), (75, 70), False, 0.5, Trend.WORSE),
        (target(60, 80), (50,), False, 0.0, None),
        (target(9, 5, lower=True, measure="Hạng"), (8, 7), False, 0.5, Trend.BETTER),
        (target(9, 5, lower=True, measure="Hạng"), (4, 5), True, 1.0, Trend.WORSE),
        (target(9, 3, lower=True, measure="Hạng"), (4, None, 4), False, 5 / 6, Trend.SAME),
        (target(None, 80), (40,), False, 0.5, None),
        (target(None, 4, lower=True, measure="Hạng"), (8,), False, 0.5, None),
        (target(60, 90), (0.75,), False, 0.5, None),
        (target(60, None), (75,), None, None, None),
        (target(60, 80), (70, None), None, None, None),
    ],
)
def test_target__reached_share_and_trend(item, actuals, reached, share, trend):
    seen = progress(item, actuals)
    assert (seen.reached, seen.trend) == (reached, trend)
    assert seen.share == (None if share is None else pytest.approx(share))
