from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from snapshots import AS_OF, PLANS, UNITS, article_snapshot, earlier_snapshot

from qn_xl.errors import UsageError
from qn_xl.functions import Functions, sentence_of
from qn_xl.functions_document import document_text, formula, show
from qn_xl.functions_registry import FUNCTION, REGISTRY, Function, Returns, answer
from qn_xl.functions_snapshot import FromHistory, Kept
from qn_xl.functions_values import QnError, QnNotAvailable, QnValueError, day_of, text_of
from qn_xl.history import History
from qn_xl.model import Class, Plan, Snapshot
from qn_xl.rules.figures import ALL, COUNTS, MEASURE, Figures, cube
from qn_xl.rules.text import fold
from qn_xl.rules.words import labels, words_table

EARLIER = date(2025, 6, 30)


@pytest.fixture(scope="module")
def functions() -> Functions:
    return Functions(article_snapshot(), Kept([article_snapshot(), earlier_snapshot()]))


def ask(functions: Functions, name: str, *args: object) -> object:
    return answer(functions, name, list(args))


# ---- every function: its documented examples


@pytest.mark.parametrize("function", REGISTRY, ids=lambda one: one.name)
def test_examples__on_the_published_figures__give_what_the_document_says(
    functions: Functions, function: Function
) -> None:
    assert function.examples
    for example in function.examples:
        assert show(answer(functions, function.name, example.args)) == example.result, formula(
            function.name, example.args
        )


def test_document__committed__is_the_generated_text() -> None:
    committed = Path(__file__).parents[1] / "docs" / "ham-qn.md"
    assert committed.read_text("utf-8") == document_text()


# ---- figures


@pytest.mark.parametrize(
    "plan", ["138", 138, 138.0, "138/KH-UBND", "KH 138", "kh 138", " 138 ", "Kế hoạch số 138/KH-UBND"]
)
def test_progress__ways_to_name_a_plan__are_all_33_of_71(functions: Functions, plan: object) -> None:
    assert ask(functions, "QN_PROGRESS", plan) == pytest.approx(33 / 71)


@pytest.mark.parametrize("plan", ["06", "6", 6, 6.0, "Đề án 06", "de an 06", "ĐỀ ÁN 06", "ĐA 06"])
def test_count__ways_to_name_de_an_06__are_all_133(functions: Functions, plan: object) -> None:
    assert ask(functions, "QN_COUNT", plan) == 133


@pytest.mark.parametrize("word", ["chậm tiến độ", "CHẬM TIẾN ĐỘ", "cham tien do", "quá hạn", "overdue", "Trễ hạn"])
def test_count__words_for_overdue__with_and_without_diacritics(functions: Functions, word: str) -> None:
    assert ask(functions, "QN_COUNT", "138", word) == 21


@pytest.mark.parametrize("unit", ["Sở Khoa học và Công nghệ", "so khoa hoc va cong nghe", "SKHCN", "Sở KH&CN"])
def test_count__ways_to_name_a_unit__count_its_own_rows(functions: Functions, unit: str) -> None:
    mine = [one for one in article_snapshot().unit_results if (one.unit, one.plan) == ("SKHCN", "138")]
    assert ask(functions, "QN_COUNT", "138", None, None, unit) == len(mine) > 0


def test_count__plan_with_several_kinds__means_nhiem_vu_unless_said(functions: Functions) -> None:
    assert ask(functions, "QN_COUNT", "157") == 44
    assert ask(functions, "QN_COUNT", "157", "", "chỉ tiêu") == 22
    assert ask(functions, "QN_COUNT", "157", "hoàn thành", "CHI TIEU") == 11
    assert ask(functions, "QN_COUNT", "157", None, "nhiệm vụ, dự án") == 16


def test_count__dang_thuc_hien__is_the_column_of_the_table_and_the_code_the_class_alone(functions: Functions) -> None:
    assert ask(functions, "QN_COUNT", "157", "đang thực hiện") == 16
    assert ask(functions, "QN_COUNT", "157", "in_progress") == 14


def test_count__kind_the_plan_lacks__is_0(functions: Functions) -> None:
    assert ask(functions, "QN_COUNT", "138", None, "chỉ tiêu") == 0


def test_rate__both_bases__are_named_shares(functions: Functions) -> None:
    assert ask(functions, "QN_RATE", "138", "đến hạn") == pytest.approx(33 / 54)
    assert ask(functions, "QN_RATE", "138", "tổng") == pytest.approx(33 / 71)


def test_rate__nothing_in_the_denominator__is_not_available(functions: Functions) -> None:
    with pytest.raises(QnNotAvailable, match="không có nhiệm vụ"):
        ask(functions, "QN_RATE", "157", "đến hạn", "dự án")


def test_late__mean_and_greatest__are_over_overdue_items(functions: Functions) -> None:
    days = [one.days_late for one in article_snapshot().items if one.plan == "138" and one.cls is Class.OVERDUE]
    assert ask(functions, "QN_LATE", "138") == len(days)
    assert ask(functions, "QN_LATE", "138", "trung bình") == pytest.approx(sum(days) / len(days))
    assert ask(functions, "QN_LATE", "138", "max") == max(days)
    with pytest.raises(QnNotAvailable):
        ask(functions, "QN_LATE", "02", "lớn nhất")


def test_figures__every_measure_word__agrees_with_the_cube(functions: Functions) -> None:
    look = Figures(article_snapshot().figures)
    for code, measure in MEASURE.items():
        assert ask(functions, "QN_PROGRESS", "138", measure.label) == look.get("138/KH-UBND", code)
        assert ask(functions, "QN_PROGRESS", "138", code) == look.get("138/KH-UBND", code)


# ---- other dates


@pytest.mark.parametrize("as_of", ["30/6/2025", "2025-06-30", EARLIER, datetime(2025, 6, 30), 45838, 45838.0])
def test_count__cut_off_of_another_run__is_answered_from_it(functions: Functions, as_of: object) -> None:
    assert ask(functions, "QN_COUNT", "138", "hoàn thành", None, None, as_of) == 6


def test_count__cut_off_shown__is_the_shown_run_even_when_another_has_the_same_date() -> None:
    shown = article_snapshot()
    other = replace(shown, run=9, figures=())
    assert answer(Functions(shown, Kept([shown, other])), "QN_COUNT", ["138", None, None, None, AS_OF]) == 71


def test_count__cut_off_without_a_run__is_not_available(functions: Functions) -> None:
    with pytest.raises(QnNotAvailable, match="31/3/2025"):
        ask(functions, "QN_COUNT", "138", None, None, None, "31/3/2025")


@pytest.mark.parametrize("as_of", ["hôm nay", "31/02/2025", True, 1e12])
def test_count__no_date__is_wrong_use(functions: Functions, as_of: object) -> None:
    with pytest.raises(QnValueError):
        ask(functions, "QN_COUNT", "138", None, None, None, as_of)


def test_change__two_snapshots__is_the_difference(functions: Functions) -> None:
    assert ask(functions, "QN_CHANGE", "138") == 27
    assert ask(functions, "QN_CHANGE", "138", "đang thực hiện", EARLIER, AS_OF) == 17 - 65
    assert ask(functions, "QN_CHANGE", "138", "hoàn thành", AS_OF, EARLIER) == -27


def test_change__nothing_earlier__is_not_available() -> None:
    with pytest.raises(QnNotAvailable, match="Chưa có số liệu trước"):
        answer(Functions(article_snapshot()), "QN_CHANGE", ["138"])


def test_from_history__runs_saved__answer_for_their_cut_off(tmp_path: Path) -> None:
    history = History(tmp_path / "lich-su.sqlite")
    history.save(earlier_snapshot())
    history.save(article_snapshot())
    kept = Functions(history.load(2), FromHistory(history))
    assert answer(kept, "QN_COUNT", ["138", "hoàn thành", None, None, EARLIER]) == 6
    assert answer(kept, "QN_CHANGE", ["138"]) == 27
    assert FromHistory(history).before(EARLIER) is None
    with pytest.raises(QnNotAvailable):
        answer(kept, "QN_COUNT", ["138", None, None, None, "31/12/2024"])


def test_as_of__shown__is_its_cut_off(functions: Functions) -> None:
    assert ask(functions, "QN_AS_OF") == AS_OF


# ---- lists and text


def test_tasks__class__lists_each_item_with_its_source(functions: Functions) -> None:
    table = ask(functions, "QN_TASKS", "138", "chậm tiến độ")
    assert isinstance(table, list)
    assert table[0][0] == "Kế hoạch"
    assert len(table) == 1 + 21
    assert {row[7] for row in table[1:]} == {"Chậm tiến độ"}
    assert re.fullmatch(r".+\.xlsx › KH 138 › C\d+", str(table[1][10]))
    assert isinstance(table[1][6], date)


def test_tasks__one_unit__lists_its_own_class_of_joint_items(functions: Functions) -> None:
    for word, wanted in (("hoàn thành", "done"), ("chậm tiến độ", "overdue"), (None, "total")):
        table = ask(functions, "QN_TASKS", "138", word, "Phường Hạ Long")
        assert len(table) - 1 == Figures(article_snapshot().figures).get("138/KH-UBND", wanted, "task", "P-HA-LONG")
    assert {row[4] for row in table[1:]} == {"Phường Hạ Long"}


def test_tasks__state_column__is_a_word_that_finds_the_same_tasks(functions: Functions) -> None:
    for row in ask(functions, "QN_TASKS", "157")[1:]:
        found = ask(functions, "QN_TASKS", "157", row[7])
        assert row in found and {other[7] for other in found[1:]} == {row[7]}


def test_tasks__nothing_found__is_a_table_with_its_heading_only(functions: Functions) -> None:
    assert len(ask(functions, "QN_TASKS", "02", "tạm dừng")) == 1


def test_tasks__without_a_plan__is_wrong_use(functions: Functions) -> None:
    with pytest.raises(QnValueError, match="kế hoạch"):
        ask(functions, "QN_TASKS", None)


def test_table__article__parts_add_up_in_each_row(functions: Functions) -> None:
    table = ask(functions, "QN_TABLE")
    assert [row[1] for row in table[1:]] == [
        "138/KH-UBND", "157/KH-UBND", "157/KH-UBND", "157/KH-UBND", "02-KH/BCĐ", "Đề án 06", "Tổng cộng",
    ]  # fmt: skip
    assert table[6][3:10] == [133, 57, 43, 0, 33, 0, 12]
    for row in table[1:]:
        assert sum(row[4:9]) == row[3]
        assert row[10] == pytest.approx(row[4] / row[3])
    assert table[-1][3] == 71 + 44 + 31 + 133


def test_table__plan_without_items__is_a_row_of_zeros() -> None:
    shown = replace(article_snapshot(), plans=(*PLANS, Plan("9", "9/KH-UBND")))
    table = answer(Functions(shown), "QN_TABLE", [])
    assert table[-2][1:5] == ["9/KH-UBND", "Nhiệm vụ", 0, 0]
    assert table[-2][-1] is None


def test_sentence__all_plans_at_once__is_wrong_use(functions: Functions) -> None:
    assert "33/71" in str(ask(functions, "QN_SENTENCE", "138"))
    assert "6/71" in str(ask(functions, "QN_SENTENCE", "138", EARLIER))
    with pytest.raises(QnValueError):
        ask(functions, "QN_SENTENCE", "tất cả")


def test_sentence_of__command_line__says_which_plans_there_are_when_it_is_unknown() -> None:
    assert "57/133" in sentence_of(article_snapshot(), "06")
    for wrong in ("999", "", "tất cả"):
        with pytest.raises(UsageError, match=r"Chưa ghi|138/KH-UBND"):
            sentence_of(article_snapshot(), wrong)


def test_why__rate_of_a_unit__names_base_cut_off_run_and_sheet(functions: Functions) -> None:
    text = str(ask(functions, "QN_WHY", "138", None, "Sở Y tế"))
    look = Figures(article_snapshot().figures).counts("138/KH-UBND", "task", "SYT")
    assert f"{look['done']}/{look['total']} = " in text
    assert "Sở Y tế" in text and "30/9/2025" in text and "lần chạy 2" in text and "Chi tiết theo đơn vị" in text


def test_why__no_base__says_that_instead_of_an_error(functions: Functions) -> None:
    assert "mẫu số bằng 0" in str(ask(functions, "QN_WHY", "02", "số ngày chậm lớn nhất"))


def test_why__percentage_cut_by_the_office_s_rule__is_printed_so() -> None:
    shown = replace(article_snapshot(), rules={"rounding": "cắt"})
    assert "33/71 = 46,4%" in str(answer(Functions(shown), "QN_WHY", ["138"]))


def test_why__without_an_assigned_list__says_what_the_base_is() -> None:
    shown = replace(article_snapshot(), assigned=False)
    assert "các nhiệm vụ đơn vị báo cáo" in str(answer(Functions(shown), "QN_WHY", ["138"]))


# ---- one wording, one item


def test_due__wording_without_a_year__takes_the_cut_off_s_or_the_named_one(functions: Functions) -> None:
    assert ask(functions, "QN_DUE", "Tháng 11") == date(2025, 11, 30)
    assert ask(functions, "QN_DUE", "Tháng 11", 2027.0) == date(2027, 11, 30)
    assert ask(functions, "QN_DUE", datetime(2025, 8, 15)) == date(2025, 8, 15)


@pytest.mark.parametrize("wording", ["Thường xuyên", "Sau khi Chính phủ ban hành nghị định", "abc"])
def test_due__wording_without_a_date__is_not_available(functions: Functions, wording: str) -> None:
    with pytest.raises(QnNotAvailable, match="Thời hạn"):
        ask(functions, "QN_DUE", wording)


def test_due__impossible_year__is_wrong_use(functions: Functions) -> None:
    with pytest.raises(QnValueError, match="năm"):
        ask(functions, "QN_DUE", "Tháng 11", "năm nay")


@pytest.mark.parametrize(
    ("args", "label"),
    [
        (("30/9/2025", "Đang thực hiện"), "Đang thực hiện trong hạn"),
        (("29/9/2025", "Đang thực hiện"), "Chậm tiến độ"),
        (("29/9/2025", "Đang thực hiện", None, "29/9/2025"), "Đang thực hiện trong hạn"),
        (("30/9/2025", "Hoàn thành", date(2025, 9, 30)), "Hoàn thành đúng hạn"),
        (("30/9/2025", "Đã hoàn thành"), "Hoàn thành, chưa rõ ngày"),
        ((None, "Đang thực hiện"), "Không xác định thời hạn"),
    ],
)
def test_status__one_item__is_classed_as_the_consolidation_does(
    functions: Functions, args: tuple[object, ...], label: str
) -> None:
    assert ask(functions, "QN_STATUS", *args) == label


def test_status__completion_that_is_no_date__is_wrong_use(functions: Functions) -> None:
    with pytest.raises(QnValueError, match="ngày hoàn thành"):
        ask(functions, "QN_STATUS", "30/9/2025", "Hoàn thành", "rồi")


# ---- calling as a cell does


def test_answer__range_of_plans__is_answered_cell_by_cell(functions: Functions) -> None:
    grid = ask(functions, "QN_COUNT", [["138"], [157.0], [None], ["999"]])
    assert grid[:3] == [[71], [44], [None]]
    assert isinstance(grid[3][0], QnNotAvailable)
    assert grid[3][0].cell == "#N/A"


def test_answer__parallel_ranges__go_together_and_must_have_one_shape(functions: Functions) -> None:
    grid = ask(functions, "QN_STATUS", [["15/8/2025"], ["15/8/2025"]], [["Đang thực hiện"], ["Hoàn thành đúng hạn"]])
    assert grid == [["Chậm tiến độ"], ["Hoàn thành đúng hạn"]]
    with pytest.raises(QnValueError, match="kích thước"):
        ask(functions, "QN_STATUS", [["15/8/2025"], ["15/8/2025"]], [["Đang thực hiện"]] * 3)


def test_answer__one_cell_range_and_empty_cell__are_single_values(functions: Functions) -> None:
    assert ask(functions, "QN_COUNT", (("138",),), ((None,),)) == 71
    assert ask(functions, "QN_COUNT", None) is None
    assert ask(functions, "QN_COUNT", "  ") is None


def test_answer__range_where_one_cell_is_wanted__is_wrong_use(functions: Functions) -> None:
    with pytest.raises(QnValueError, match="một ô"):
        ask(functions, "QN_COUNT", "138", [["hoàn thành"], ["tổng"]])


@pytest.mark.parametrize("args", [(), ("138", None, None, None, None, "thừa")])
def test_answer__wrong_number_of_arguments__is_wrong_use(functions: Functions, args: tuple[object, ...]) -> None:
    with pytest.raises(QnValueError):
        ask(functions, "QN_COUNT", *args)


@pytest.mark.parametrize(
    "args", [("139",), ("138", "không rõ"), ("138", None, "loại lạ"), ("138", None, None, "Sở Không Có")]
)
def test_answer__unknown_plan_word_or_unit__is_not_available_with_the_reason(
    functions: Functions, args: tuple[object, ...]
) -> None:
    with pytest.raises(QnNotAvailable, match=str(args[-1])):
        ask(functions, "QN_COUNT", *args)


@pytest.mark.parametrize("function", REGISTRY, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "junk", [float("nan"), "", "=1+1", "|", "\u0000", 10**20, -1, date(1900, 1, 1), [[]], "x" * 5000]
)
def test_answer__junk_in_every_argument__is_an_answer_or_a_qn_error(
    functions: Functions, function: Function, junk: object
) -> None:
    for place in range(len(function.arguments)):
        args: list[object] = ["138"] * min(1, len(function.arguments)) + [None] * (len(function.arguments) - 1)
        args[place] = junk
        try:
            answer(functions, function.name, args)
        except QnError as error:
            assert str(error)


# ---- the registry and the words


RESERVED = re.findall(
    r"\w+",
    "access alias and any append as attribute base binary boolean byref byte byval call caller case cdate class close"
    " compare const currency date declare default dim do double each else elseif empty end enum eqv erase error event"
    " exit explicit false for friend function get global gosub goto if imp implements in input integer is let lib like"
    " line local long loop lset me mod name new next not nothing null object on open option optional or output"
    " paramarray preserve print private property public put random read redim rem resume return rset select set shared"
    " single static step stop string sub system text then time to true type typeof until variant wend while width"
    " with withevents write xor year month day",
)


@pytest.mark.parametrize("function", REGISTRY, ids=lambda one: one.name)
def test_registry__each_function__fits_vba_and_the_wizard(function: Function) -> None:
    names = [argument.name for argument in function.arguments]
    assert re.fullmatch(r"QN_[A-Z_]+", function.name)
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z][a-z_]*", name) and name not in RESERVED
    for text in (function.description, *(argument.help for argument in function.arguments)):
        assert 10 < len(text) <= 255 and text.endswith(".")
    required = [not argument.optional for argument in function.arguments]
    assert required == sorted(required, reverse=True)
    if function.look_up:
        assert names[0] == "plan" and names[2:] == ["group", "unit", "as_of"]
        assert function.look_up[1] in MEASURE
        assert function.returns is Returns.NUMBER


def test_registry__design_section_6__has_its_twelve_functions() -> None:
    names = "PROGRESS COUNT RATE LATE TASKS TABLE SENTENCE WHY CHANGE DUE STATUS AS_OF"
    assert [name.removeprefix("QN_") for name in FUNCTION] == re.findall(r"\w+", names)


def test_words_table__sorted_folded_and_unique__for_a_binary_search() -> None:
    rows = words_table(PLANS, UNITS)
    keys = [f"{domain}|{word}" for domain, word, _ in rows]
    assert keys == sorted(keys, key=lambda key: key.encode("utf-16-be"))
    assert len(set(keys)) == len(keys)
    assert all(word == fold(word) and word for _, word, _ in rows)
    assert {row[2] for row in rows if row[0] == "class"} == set(COUNTS)
    for function in REGISTRY:
        for argument in function.arguments:
            domain = function.look_up[0] if function.look_up and argument.name != "group" else argument.name
            known = {word for found, word, _ in rows if found in (domain, "class", "measure")}
            assert {fold(word) for word in argument.words} <= known


def test_words_table__answering_through_it_alone__equals_python(functions: Functions) -> None:
    """What VBA does: words to codes in tblWord, then the key in tblFigure."""
    words = {(domain, word): code for domain, word, code in words_table(PLANS, UNITS)}
    values = {(f.plan, f.group, f.unit, f.measure): f.value for f in article_snapshot().figures}
    for function in REGISTRY:
        if function.look_up is None:
            continue
        domain, usual = function.look_up
        for plan, group, unit in (("KH 138", "nhiệm vụ", ""), ("157", "chỉ tiêu", "Sở Y tế"), ("06", "nhiệm vụ", "")):
            for word in ("", *(word for found, word in words if found == domain)):
                code = words[domain, fold(word)] if word else usual
                unit_id = words["unit", fold(unit)] if unit else ALL
                key = (words["plan", fold(plan)], words["group", fold(group)], unit_id, code)
                if key in values:
                    assert ask(functions, function.name, plan, word, group, unit) == values[key]


def test_words_table__two_plans_with_one_number__drops_the_number_but_not_the_symbol() -> None:
    rows = words_table([*PLANS, Plan("138-QD", "138/QĐ-UBND")], UNITS)
    words = {(domain, word) for domain, word, _ in rows}
    assert ("plan", "138") not in words
    assert {("plan", "138/kh-ubnd"), ("plan", "138/qd-ubnd")} <= words


def test_words_table__inactive_plan__leaves_its_number_to_the_active_one() -> None:
    rows = words_table([*PLANS, Plan("138-QD", "138/QĐ-UBND", active=False)], UNITS)
    assert ("plan", "138", "138/KH-UBND") in rows
    assert ("plan", "138/qd-ubnd", "138/QĐ-UBND") in rows


def test_count__number_that_two_plans_have__is_not_available() -> None:
    plans = (*PLANS, Plan("138-QD", "138/QĐ-UBND"))
    with pytest.raises(QnNotAvailable):
        answer(Functions(replace(article_snapshot(), plans=plans)), "QN_COUNT", ["138"])


def test_labels__every_code_of_the_cube__has_a_name() -> None:
    named = labels(PLANS, UNITS)
    for figure in article_snapshot().figures:
        assert named["plan"][figure.plan] and named["group"][figure.group]
        assert named["unit"][figure.unit] and named["measure"][figure.measure]


def test_functions__plan_with_targets_only__answers_for_them_by_default() -> None:
    shown = article_snapshot()
    items = tuple(item for item in shown.items if item.id.startswith("157-CT"))
    only: Snapshot = replace(shown, items=items, figures=cube(items, (), PLANS))
    assert answer(Functions(only), "QN_COUNT", ["157"]) == 22


def test_day_of_and_text_of__what_excel_sends__become_plain_values() -> None:
    assert day_of(45930) == AS_OF
    assert text_of(138.0) == "138"
    assert text_of(13.1) == "13.1"
    assert text_of(None) == ""
