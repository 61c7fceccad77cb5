"""Matching decides by code, number and words; likeness only proposes and never across what makes a difference."""

import pytest
from handmade import UNITS, assigned, line, sent

from qn_xl.rules.match import PROPOSALS, Matcher, differs_in_substance, number_key, task_key

AI = assigned("1", "Xây dựng Đề án ứng dụng trí tuệ nhân tạo lần thứ 12", code="138-01")
OWN = assigned("2", "Ban hành kế hoạch chuyển đổi số năm 2025")
TWIN = assigned("3", "Tổ chức tập huấn", "Sở Y tế")
TWIN_TOO = assigned("4", "Tổ chức tập huấn", "Sở Tài chính")
OTHER = assigned("1", "Bố trí vốn cho dự án chiếu sáng", plan="157")
ALL = [AI, OWN, TWIN, TWIN_TOO, OTHER]
LEADS = {TWIN.code: ("SYT",), TWIN_TOO.code: ("STC",)}


def match(number, task, plan="138", tasks=ALL, **more):
    (report,) = sent("SYT", line(number, task, **more)).tasks
    return Matcher(tasks, UNITS).match(report, plan, LEADS)


def propose(task, plan="138", tasks=ALL):
    (report,) = sent("SYT", line("", task)).tasks
    return Matcher(tasks, UNITS).propose(report, plan)


@pytest.mark.parametrize(
    ("number", "task", "how"),
    [
        ("2", "Ban hành kế hoạch chuyển đổi số năm 2025", "number"),
        ("7", "ban hành  Kế hoạch chuyển đổi số\nnăm 2025.", "text"),
        ("", "2. Ban hành kế hoạch chuyển đổi số năm 2025", "text"),
        ("", "- Ban hành kế hoạch chuyển đổi số năm 2025", "text"),
    ],
)
def test_match__same_words_written_otherwise(number, task, how):
    got = match(number, task)
    assert (got.task, got.how) == (OWN, how)


def test_match__code_wins_over_changed_words():
    got = match("", "Xây dựng đề án trí tuệ nhân tạo", code="138-01")
    assert (got.task, got.how) == (AI, "code")


def test_match__code_of_another_task_than_the_words():
    got = match("", OWN.task, code="138-01")
    assert (got.task, got.how) == (OWN, "other")


def test_match__code_of_another_plan_is_not_taken():
    assert match("", "việc gì đó", plan="157", code="138-01").task is None


def test_match__same_words_twice_told_apart_by_number_then_lead_unit():
    assert match("4", "Tổ chức tập huấn").task is TWIN_TOO
    assert match("", "Tổ chức tập huấn", units=("STC",)).task is TWIN_TOO
    assert match("", "Tổ chức tập huấn").how == "several"


def test_match__row_without_plan_only_when_unique_over_plans():
    assert match("1", OTHER.task, plan=None).task is OTHER
    copy = assigned("9", OTHER.task, plan="138")
    assert match("", OTHER.task, plan=None, tasks=[*ALL, copy]).how == "several"


def test_match__never_across_plans_when_the_row_names_one():
    assert match("1", OTHER.task, plan="138").task is None


def test_propose__a_slip_of_the_keyboard_inside_the_plan():
    assert propose("Ban hành kế hoach chuyển đổi số năm 2025") is OWN
    assert propose("Ban hành kế hoach chuyển đổi số năm 2025", plan="157") is None
    assert propose("Một việc hoàn toàn khác") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đại hội lần thứ 12", "Đại hội lần thứ 13"),
        ("Báo cáo quý III", "Báo cáo quý IV"),
        ("Nâng cấp trạm y tế phường Hạ Long", "Nâng cấp trạm y tế phường Hà Lầm"),
        ("nâng cấp trạm y tế phường hạ long", "nâng cấp trạm y tế phường hà lầm"),
        ("Nâng cấp trụ sở Sở Nội vụ", "Nâng cấp trụ sở Sở Ngoại vụ"),
    ],
)
def test_differs__digits_numerals_and_names(one, other):
    from qn_xl.rules.match import place_names

    assert differs_in_substance(one, other, place_names(UNITS))
    tasks = [assigned("1", one)]
    assert propose(other, tasks=tasks) is None


def test_differs__not_by_case_accents_of_keyboard_or_dashes():
    assert not differs_in_substance("Ban hành Kế hoạch – năm 2025", "ban hành kế hoạch - năm 2025")


def test_propose__a_hopeless_pile_costs_a_bounded_number_of_searches(monkeypatch):
    searched = []
    matcher = Matcher(ALL, UNITS)
    monkeypatch.setattr(matcher, "_closest", lambda *asked: searched.append(asked))
    for report in sent("SYT", *(line(str(n), f"Việc số {n}") for n in range(PROPOSALS + 50))).tasks:
        matcher.propose(report, "138")
        matcher.propose(report, "138")
    assert len(searched) == PROPOSALS


def test_keys__numbers_and_bullets():
    assert number_key("1.2.") == number_key("1.2") != number_key("1.20")
    assert task_key("13.10. Việc") == task_key("a) Việc") == task_key("việc")
    assert task_key("30/9/2025 nộp báo cáo") != task_key("nộp báo cáo")
