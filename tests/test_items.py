"""Items counted from hand-made reports: denominator, several units, several files, what was left from before."""

from datetime import date, datetime

from handmade import (
    AFTER,
    AS_OF,
    BEFORE,
    PLANS,
    RECURRING,
    assigned,
    built,
    codes,
    deadline,
    found,
    line,
    sent,
    snapshot,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl.model import Class, Deadline, DeadlineKind, Kind
from qn_xl.rules.figures import cube

A = assigned("1", "Xây dựng kế hoạch năm 2025")
B = assigned("2", "Ban hành quy chế phối hợp", due=BEFORE)


def item(made, code):
    return next(one for one in made.items if one.id == code)


def part(made, code, unit):
    return next(one for one in made.unit_results if (one.item, one.unit) == (code, unit))


def classes(made):
    return {one.id: one.cls for one in made.items}


# ---- denominator


def test_items__assigned_list_is_the_denominator_whatever_is_reported():
    made = built([sent("SYT", line("1", A.task, "Hoàn thành"), line("9", "Việc ngoài danh mục", "Hoàn thành"))], [A, B])
    assert classes(made) == {"138-1": Class.DONE_UNDATED, "138-2": Class.OVERDUE}
    assert found(made, "task-unmatched").unit == "SYT"
    assert item(made, "138-2").not_reported and "Kỳ này chưa báo cáo" in item(made, "138-2").basis
    assert made.assigned


def test_items__without_a_list_the_distinct_rows_are_counted_and_it_is_said():
    one = sent("SYT", line("1", "Việc một", "Hoàn thành"), line("2", "Việc hai"), line("3", "Việc hai"))
    two = sent("STC", line("1", "Việc một", "Hoàn thành"))
    made = built([one, two])
    assert sorted((one.number, one.task) for one in made.items) == [
        ("1", "Việc một"), ("2", "Việc hai"), ("3", "Việc hai"),
    ]  # fmt: skip
    assert not made.assigned
    assert found(made, "plan-no-list").plan == "138"
    shared = next(one for one in made.items if one.number == "1")
    assert shared.units == ("STC", "SYT") and (shared.units_done, shared.units_all) == (2, 2)


def test_items__kinds_of_one_plan_stay_apart():
    made = built([sent("SYT", line("1", "Tỷ lệ hồ sơ", kind=Kind.TARGET), line("1", "Tỷ lệ hồ sơ"))])
    assert sorted(one.kind for one in made.items) == [Kind.TARGET, Kind.TASK]


def test_items__rows_of_a_plan_no_longer_followed_are_left_out_and_told():
    made = built([sent("SYT", line("1", "Việc cũ", plan="99"))], [A])
    assert [one.id for one in made.items] == ["138-1"]
    assert found(made, "plan-inactive").seen == "99/KH-UBND"


def test_items__row_without_plan_found_in_a_list_or_told():
    made = built([sent("SYT", line("1", A.task, "Hoàn thành", plan=None), line("2", "Việc lạ", plan=None))], [A])
    assert item(made, "138-1").cls is Class.DONE_UNDATED
    assert found(made, "plan-unknown").where.cell == "B7"


def test_items__similar_words_are_proposed_and_not_counted():
    made = built([sent("SYT", line("1", "Xây dựng kế hoạch năm 2026", "Hoàn thành"))], [A])
    assert "Có phải" not in found(made, "task-unmatched").message
    made = built([sent("SYT", line("1", "Xây dụng kế hoạch năm 2025", "Hoàn thành"))], [A])
    assert "138-1" in found(made, "task-unmatched").message
    assert item(made, "138-1").not_reported


# ---- deadlines


def test_deadline__assigned_one_rules_and_a_different_one_is_told():
    made = built([sent("SYT", line("2", B.task, due=AFTER))], [B])
    assert item(made, "138-2").cls is Class.OVERDUE and item(made, "138-2").due == BEFORE
    said = found(made, "date-differs")
    assert said.where.cell == "D6" and said.unit == "SYT" and "30/6/2025" in said.message


def test_deadline__month_and_a_day_inside_it_agree():
    month = assigned("1", "Việc", due=Deadline(DeadlineKind.DATE, "Tháng 9/2025", AS_OF, month_only=True))
    assert "date-differs" not in codes(built([sent("SYT", line("1", "Việc", due=date(2025, 9, 15)))], [month]))
    assert "date-differs" in codes(built([sent("SYT", line("1", "Việc", due=date(2025, 8, 31)))], [month]))


def test_deadline__unit_s_own_only_when_the_list_has_none():
    free = assigned("1", "Việc", due=None)
    made = built([sent("SYT", line("1", "Việc", due=BEFORE))], [free])
    assert (item(made, "138-1").cls, item(made, "138-1").due) == (Class.OVERDUE, BEFORE)


def test_deadline__recurring_in_the_list_against_a_date_in_the_row():
    made = built([sent("SYT", line("1", "Việc", due=BEFORE))], [assigned("1", "Việc", due=RECURRING)])
    assert item(made, "138-1").cls is Class.RECURRING
    assert "Thường xuyên" in found(made, "date-differs").message


def test_flags__due_soon_central_and_extension():
    task = assigned("1", "Việc", due=date(2025, 10, 5), central=True)
    asked = deadline(date(2025, 10, 5), proposal="xin lùi đến 31/12/2025")
    made = built([sent("SYT", line("1", "Việc", due=asked))], [task, assigned("2", "Việc sau")])
    one, other = made.items
    assert one.due_soon and one.central and one.extension
    assert not (other.due_soon or other.central or other.extension)


# ---- several units


JOINT = assigned("3", "Việc chung", "Sở Y tế; Sở Tài chính", BEFORE)


def test_joint__done_only_when_every_unit_has_done_it():
    one = sent("SYT", line("1", "Việc chung", "Hoàn thành", date(2025, 6, 1), due=BEFORE))
    two = sent("STC", line("1", "Việc chung", "Hoàn thành", date(2025, 7, 3), due=BEFORE))
    made = built([one, two], [JOINT])
    whole = item(made, "138-3")
    assert (whole.cls, whole.days_late, whole.completed_on) == (Class.DONE_LATE, 3, date(2025, 7, 3))
    assert (whole.units_done, whole.units_all) == (2, 2)
    assert part(made, "138-3", "SYT").cls is Class.DONE_ON_TIME


def test_joint__overdue_when_one_unit_is_and_silent_unit_is_flagged():
    one = sent("SYT", line("1", "Việc chung", "Hoàn thành", due=BEFORE))
    made = built([one, sent("STC", line("5", A.task))], [JOINT, A])
    whole = item(made, "138-3")
    assert (whole.cls, whole.units_done, whole.units_all) == (Class.OVERDUE, 1, 2)
    assert not whole.not_reported and part(made, "138-3", "STC").not_reported
    assert found(made, "task-not-reported-by-unit").unit == "STC"


def test_joint__recurring_only_when_all_are_and_a_stopped_part_does_not_hold_it_back():
    task = assigned("1", "Việc chung", "Sở Y tế; Sở Tài chính", None)
    one, two = (sent(unit, line("1", "Việc chung", "Thường xuyên", due=None)) for unit in ("SYT", "STC"))
    under_way = sent("STC", line("1", "Việc chung", due=None))
    assert item(built([one, two], [task]), "138-1").cls is Class.RECURRING
    assert item(built([one, under_way], [task]), "138-1").cls is Class.NO_DEADLINE
    stopped = [sent("SYT", line("1", "Việc chung", "Tạm dừng")), sent("STC", line("1", "Việc chung", "Hoàn thành"))]
    assert item(built(stopped, [task]), "138-1").cls is Class.DONE_UNDATED


def test_joint__collective_lead_is_expanded_from_the_register():
    task = assigned("1", "Việc của xã", "UBND các xã, phường", BEFORE)
    made = built([sent("X-BA-CHE", line("1", "Việc của xã", "Hoàn thành"))], [task])
    assert set(item(made, "138-1").units) == {"P-HA-LONG", "P-HA-LAM", "X-BA-CHE"}
    assert (item(made, "138-1").units_done, item(made, "138-1").cls) == (1, Class.OVERDUE)


def test_joint__one_unit_may_decide_alone():
    task = assigned("1", "Việc của xã", "UBND các xã, phường", BEFORE, decides="P-HA-LONG")
    made = built([sent("P-HA-LONG", line("1", "Việc của xã", "Hoàn thành"))], [task])
    assert item(made, "138-1").cls is Class.DONE_UNDATED
    assert part(made, "138-1", "X-BA-CHE").cls is Class.OVERDUE


def test_other_unit__used_only_when_the_lead_is_silent():
    other = sent("STC", line("1", A.task, "Hoàn thành"))
    made = built([other], [A])
    assert item(made, "138-1").cls is Class.DONE_UNDATED and not item(made, "138-1").not_reported
    assert found(made, "row-other-unit").unit == "STC"
    made = built([other, sent("SYT", line("1", A.task))], [A])
    assert item(made, "138-1").cls is Class.IN_PROGRESS
    said = found(made, "units-disagree")
    assert "Sở Y tế" in said.message and "Sở Tài chính" in said.message


def test_other_unit__agreeing_row_is_no_contradiction():
    made = built([sent(unit, line("1", A.task, "Hoàn thành")) for unit in ("STC", "SYT")], [A])
    assert "units-disagree" not in codes(made)


def test_sheet_per_unit__sheet_or_lead_cell_decides_whose_row_it_is():
    sheets = (line("1", "Việc chung", "Hoàn thành", sender="SYT"), line("1", "Việc chung", sender="STC"))
    made = built([sent(None, *sheets, file="tong.xlsx")], [JOINT])
    assert part(made, "138-3", "SYT").cls is Class.DONE_UNDATED
    assert part(made, "138-3", "STC").cls is Class.OVERDUE
    blank = sent(None, line("1", "Việc chung", "Hoàn thành", units=("STC",)), file="tong.xlsx")
    made = built([blank], [JOINT])
    assert part(made, "138-3", "STC").cls is Class.DONE_UNDATED and part(made, "138-3", "SYT").not_reported


def test_item__whose_lead_nobody_knows_belongs_to_who_reports_it():
    task = assigned("1", "Việc", "Tổ công tác liên ngành")
    made = built([sent("SYT", line("1", "Việc", "Hoàn thành"))], [task])
    assert item(made, "138-1").units == ("SYT",) and item(made, "138-1").cls is Class.DONE_UNDATED
    assert found(made, "unit-unknown").where.sheet == "Nhiệm vụ giao"
    assert built([], [task]).unit_results == ()


# ---- several files, repeated rows


def test_files__later_version_replaces_row_by_row_and_the_rest_stays():
    first = sent("SYT", line("1", A.task), line("2", B.task, "Hoàn thành", due=BEFORE), file="SYT lan 1.xlsx")
    second = sent("SYT", line("1", A.task, "Hoàn thành"), file="SYT.xlsx", version=2)
    for readings in ([first, second], [second, first]):
        made = built(readings, [A, B])
        assert classes(made) == {"138-1": Class.DONE_UNDATED, "138-2": Class.DONE_UNDATED}
        said = found(made, "file-superseded")
        assert said.seen == "SYT.xlsx" and "(1 dòng)" in said.action
        (one,) = [one for one in made.returns if one.unit == "SYT"]
        assert len(one.files) == 2 and one.tasks == 2


def test_files__modified_property_then_name_order_equal_versions():
    old = sent("SYT", line("1", A.task, "Hoàn thành"), file="b.xlsx", modified=datetime(2025, 9, 1))
    new = sent("SYT", line("1", A.task), file="a.xlsx", modified=datetime(2025, 9, 2))
    assert item(built([old, new], [A]), "138-1").cls is Class.IN_PROGRESS


def test_files__one_for_each_plan_replace_nothing():
    other = assigned("1", "Việc khác", plan="157")
    one = sent("SYT", line("1", A.task), file="1.xlsx")
    two = sent("SYT", line("1", "Việc khác", plan="157"), file="2.xlsx")
    assert "file-superseded" not in codes(built([one, two], [A, other]))


def test_rows__identical_ones_keep_the_first_contradicting_ones_the_last():
    made = built([sent("SYT", line("1", A.task, "Hoàn thành"), line("1", A.task, "Hoàn thành"))], [A])
    assert item(made, "138-1").sources[0].cell == "B6"
    assert found(made, "row-duplicate").where.cell == "B7"
    made = built([sent("SYT", line("1", A.task, "Hoàn thành"), line("1", A.task))], [A])
    assert item(made, "138-1").cls is Class.IN_PROGRESS
    said = found(made, "row-contradiction")
    assert (said.where.cell, said.seen) == ("E7", "Đang thực hiện") and "Hoàn thành" in said.message


# ---- what an earlier period left


def earlier(*readings, tasks=(A, B)):
    return snapshot(built(readings, tasks, as_of=date(2025, 6, 30)), 4, "2025-6T", date(2025, 6, 30))


def test_carried__accepted_result_of_an_earlier_period_stands_when_nobody_reports():
    before = earlier(sent("SYT", line("1", A.task, "Hoàn thành", date(2025, 6, 20)), line("2", B.task)))
    made = built([], [A, B], earlier=before)
    one = item(made, "138-1")
    assert (one.cls, one.completed_on) == (Class.DONE_ON_TIME, date(2025, 6, 20))
    assert (one.carried, one.not_reported) == (4, False)
    assert "lần tổng hợp số 4" in one.basis and one.sources[0].file == "SYT.xlsx"
    assert (item(made, "138-2").cls, item(made, "138-2").carried) == (Class.OVERDUE, None)


def test_carried__new_report_replaces_it():
    before = earlier(sent("SYT", line("1", A.task, "Hoàn thành")))
    made = built([sent("SYT", line("1", A.task))], [A, B], earlier=before)
    assert item(made, "138-1").cls is Class.IN_PROGRESS and item(made, "138-1").carried is None


def test_carried__twice_names_the_run_it_came_from():
    before = earlier(sent("SYT", line("1", A.task, "Tạm dừng")))
    between = snapshot(built([], [A, B], earlier=before), 7, "2025-9T", AS_OF)
    made = built([], [A, B], earlier=between, as_of=date(2025, 12, 31))
    assert (item(made, "138-1").cls, item(made, "138-1").carried) == (Class.STOPPED, 4)


def test_carried__no_change_return_carries_the_whole_report():
    before = earlier(sent("SYT", line("1", A.task, "Hoàn thành"), line("2", B.task)))
    made = built([sent("SYT", no_change=True)], [A, B], earlier=before)
    assert [one.carried for one in made.items] == [4, 4]
    assert item(made, "138-2").cls is Class.OVERDUE and item(made, "138-2").days_late == 92
    assert "không thay đổi" in item(made, "138-2").basis
    assert not any(one.not_reported for one in made.items)


def test_carried__no_change_without_a_list_brings_the_unit_s_items_back():
    before = earlier(sent("SYT", line("1", "Việc một", "Hoàn thành"), line("2", "Việc hai")), tasks=())
    made = built([sent("SYT", no_change=True), sent("STC", line("1", "Việc ba"))], earlier=before)
    carried = {one.task: one.carried for one in made.items}
    assert carried == {"Việc ba": None, "Việc hai": 4, "Việc một": 4}


def test_silence__counted_from_the_deadline_and_told_once():
    made = built([], [JOINT, A])
    assert classes(made) == {"138-1": Class.IN_PROGRESS, "138-3": Class.OVERDUE}
    assert all(one.not_reported and one.carried is None for one in made.items)
    assert codes(made).count("task-not-reported") == 2 and "task-not-reported-by-unit" not in codes(made)


# ---- other detectives


def test_swap__american_cell_with_proof_is_proposed_with_its_effect_and_not_applied():
    free = assigned("1", "Việc", due=None)
    suspect = deadline(date(2025, 12, 8), swap=date(2025, 8, 12), real=True)
    typed = deadline(date(2025, 10, 30))
    rows = (line("1", "Việc", due=suspect), line("2", B.task, due=typed))
    made = built([sent("SYT", *rows)], [free, assigned("2", B.task, due=None)])
    assert item(made, "138-1").cls is Class.IN_PROGRESS
    said = found(made, "date-swapped")
    assert said.where.cell == "D6" and "1 ô cùng cột" in said.message
    assert "1 nhiệm vụ thành “Chậm tiến độ”" in said.action
    without = built([sent("SYT", rows[0])], [free])
    assert "date-swapped" not in codes(without)


def test_swap__stored_date_that_matches_the_list_only_when_swapped():
    task = assigned("1", "Việc", due=date(2025, 8, 12))
    made = built([sent("SYT", line("1", "Việc", due=date(2025, 12, 8)))], [task])
    assert "khớp với danh mục" in found(made, "date-swapped").message
    assert "date-differs" not in codes(made)


def test_swap__completion_after_the_cut_off_that_makes_sense_swapped():
    made = built([sent("SYT", line("1", A.task, "Hoàn thành", date(2025, 12, 8)))], [A])
    assert item(made, "138-1").cls is Class.IN_PROGRESS
    assert {"completed-future", "date-swapped"} <= set(codes(made))


def test_conflict__unit_s_word_against_the_dates_goes_back_to_it():
    made = built([sent("SYT", line("2", B.task, due=BEFORE))], [B])
    said = found(made, "status-conflict")
    assert (said.unit, said.plan, said.where.cell) == ("SYT", "138", "E6")
    assert said.label.startswith("2 Ban hành")


def test_findings__keys_are_unique_and_survive_moved_rows():
    rows = [line("1", A.task, due=BEFORE), line("2", B.task, due=BEFORE)]
    first = built([sent("SYT", *rows)], [A, B])
    moved = built([sent("SYT", line("9", "Dòng mới"), *rows)], [A, B])
    keys = [one.key for one in moved.findings]
    assert len(keys) == len(set(keys))
    assert {one.key for one in first.findings} <= set(keys)


# ---- order


STATUSES = ("Hoàn thành", "Đang thực hiện", "Chậm tiến độ", "Tạm dừng", "Thường xuyên", "")
rows = st.builds(
    line,
    st.sampled_from(["1", "2", ""]),
    st.sampled_from([A.task, B.task, "Việc chung", "Việc lạ"]),
    st.sampled_from(STATUSES),
    st.none() | st.sampled_from([BEFORE, AFTER]),
    due=st.sampled_from([BEFORE, AFTER, None]),
    plan=st.sampled_from(["138", "157", None]),
    units=st.sampled_from([(), ("SYT",), ("STC", "SYT")]),
)
senders = st.sampled_from(["SYT", "STC", "X-BA-CHE", None])
files = st.lists(st.tuples(senders, st.lists(rows, max_size=4), st.integers(0, 2)), max_size=5)


def figures(made):
    return cube(made.items, made.unit_results, PLANS)


@given(files, st.randoms())
@settings(max_examples=60, deadline=None)
def test_items__neither_order_nor_repetition_of_files_changes_anything(drawn, random):
    tasks = [A, B, assigned("3", "Việc chung", "Sở Y tế; Sở Tài chính")]
    readings = [
        sent(unit, *lines, file=f"{place}.xlsx", version=version) for place, (unit, lines, version) in enumerate(drawn)
    ]
    first = built(readings, tasks)
    assert len([one for one in first.items if one.plan == "138"]) == 3
    shuffled = list(readings)
    random.shuffle(shuffled)
    assert built(shuffled, tasks) == first
    copies = [
        sent(unit, *lines, file=f"{place}.xlsx copy", version=version)
        for place, (unit, lines, version) in enumerate(drawn)
    ]
    assert figures(built([*readings, *copies], tasks)) == figures(first)
