from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snapshots import AS_OF, PLANS, article_snapshot

from qn_xl.model import Plan
from qn_xl.rules.figures import groups_json
from qn_xl.rules.plans import default_plans
from qn_xl.rules.sentences import citation, plan_name, sentence
from qn_xl.rules.wording import Rounding, date_line, date_text, number_text, percent_text

PLAN = {plan.id: plan for plan in PLANS}


def said(plan: str, as_of: date = AS_OF) -> str:
    return sentence(PLAN[plan], groups_json(article_snapshot().figures, PLAN[plan].symbol), as_of)


def group(**counts: int | str) -> dict[str, int | str]:
    names = ("done", "in_progress", "overdue", "recurring", "no_deadline", "stopped", "central")
    made: dict[str, int | str] = dict.fromkeys(names, 0) | {"kind": "Nhiệm vụ"} | counts
    parts = ("done", "in_progress", "overdue", "recurring", "no_deadline", "stopped")
    return {**made, "total": sum(int(made[name]) for name in parts)}


def test_sentence__138__is_the_article_s() -> None:
    assert said("138") == (
        "Thực hiện Kế hoạch số 138/KH-UBND ngày 21/5/2025 của UBND tỉnh về thực hiện nghị quyết của Bộ Chính trị,"
        " nghị quyết của Chính phủ, kế hoạch của Ban Thường vụ Tỉnh ủy về đột phá phát triển khoa học, công nghệ,"
        " đổi mới sáng tạo và chuyển đổi số quốc gia, tính đến ngày 30/9/2025, toàn tỉnh đã hoàn thành 33/71 nhiệm"
        " vụ; đang thực hiện 17/71 nhiệm vụ; chậm tiến độ 21/71 nhiệm vụ."
    )


def test_sentence__157_with_three_kinds__names_the_classes_the_article_left_out() -> None:
    text = said("157")
    assert text.endswith(
        "toàn tỉnh có 11/22 chỉ tiêu đã hoàn thành, duy trì thực hiện thường xuyên; 9/22 chỉ tiêu đang thực hiện;"
        " 2/22 chỉ tiêu chậm tiến độ; 14/44 nhiệm vụ đã hoàn thành, 16/44 nhiệm vụ đang thực hiện (trong đó 2 nhiệm"
        " vụ không xác định thời hạn), 8/44 nhiệm vụ chậm tiến độ, 5/44 nhiệm vụ thường xuyên, 1/44 nhiệm vụ tạm"
        " dừng; 16/16 nhiệm vụ, dự án đang thực hiện."
    )
    assert "Kế hoạch số 157/KH-UBND ngày 09/6/2025 của UBND tỉnh về sửa đổi" in text


def test_sentence__02__names_the_issuing_board() -> None:
    assert "Kế hoạch số 02-KH/BCĐ ngày 24/6/2025 của Ban Chỉ đạo" in said("02")
    assert said("02").endswith("toàn tỉnh đã hoàn thành 24/31 nhiệm vụ; đang thực hiện 7/31 nhiệm vụ.")


def test_sentence__06__puts_the_centre_in_brackets_and_names_recurring_tasks() -> None:
    assert said("06") == (
        "Triển khai Đề án 06, tính đến ngày 30/9/2025, toàn tỉnh đã hoàn thành 57/133 nhiệm vụ; đang thực hiện"
        " 43/133 nhiệm vụ có thời hạn (12 nhiệm vụ phụ thuộc tiến độ của Bộ, ngành Trung ương); duy trì triển khai"
        " 33/133 nhiệm vụ thường xuyên."
    )


@pytest.mark.parametrize(
    ("as_of", "place"), [(date(2026, 8, 31), "toàn tỉnh "), (date(2026, 9, 1), "toàn thành phố ")]
)
def test_sentence__around_the_day_the_province_became_a_city__names_the_right_one(as_of: date, place: str) -> None:
    text = said("138", as_of)
    assert place in text
    assert "của UBND tỉnh về" in text  # the issuer as it was when it issued


def test_sentence__central_items_beside_overdue_ones__are_not_claimed_to_be_under_way() -> None:
    text = sentence(PLAN["06"], [group(done=2, in_progress=3, overdue=4, central=5)], AS_OF)
    assert "đang thực hiện 3/9 nhiệm vụ;" in text
    apart = "; trong số nhiệm vụ chưa hoàn thành có 5 nhiệm vụ phụ thuộc tiến độ của Bộ, ngành Trung ương"
    assert text.endswith(f"{apart}.")
    among = sentence(PLAN["157"], [group(kind="Chỉ tiêu", done=1), group(done=2, overdue=4, central=5)], AS_OF)
    assert f"2/6 nhiệm vụ đã hoàn thành, 4/6 nhiệm vụ chậm tiến độ{apart}." in among


def test_sentence__no_items__says_so() -> None:
    assert sentence(PLAN["138"], [], AS_OF).endswith("chưa có nhiệm vụ nào được tổng hợp.")


def test_sentence__without_an_assigned_list__says_what_the_denominator_is() -> None:
    assert "chưa có danh mục nhiệm vụ giao" in sentence(PLAN["138"], [group(done=1)], AS_OF, assigned=False)


def test_sentence__targets_still_recurring__are_not_said_twice() -> None:
    text = sentence(PLAN["157"], [group(kind="Chỉ tiêu", done=1, recurring=2)], AS_OF)
    assert "1/3 chỉ tiêu đã hoàn thành; 2/3 chỉ tiêu thường xuyên" in text


counts = st.fixed_dictionaries(
    {name: st.integers(0, 50) for name in ("done", "in_progress", "overdue", "recurring", "no_deadline", "stopped")}
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["Chỉ tiêu", "Nhiệm vụ", "Nhiệm vụ, dự án"]), counts), max_size=3))
def test_sentence__any_counts__parts_add_up_to_their_denominators(drawn: list) -> None:
    groups = [group(kind=kind, **numbers) for kind, numbers in dict(drawn).items()]
    text = sentence(replace(PLAN["06"], symbol="Đề án"), groups, AS_OF)
    shares = re.findall(r"(\d+)/(\d+) (chỉ tiêu|nhiệm vụ, dự án|nhiệm vụ)", text)
    for one in groups:
        noun = str(one["kind"]).lower()
        mine = [(int(a), int(b)) for a, b, said_noun in shares if said_noun == noun]
        assert sum(a for a, _ in mine) == one["total"]
        assert {b for _, b in mine} <= {one["total"]}
        assert all(a > 0 for a, _ in mine)


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("138/KH-UBND", "Kế hoạch số 138/KH-UBND"),
        ("02-KH/BCĐ", "Kế hoạch số 02-KH/BCĐ"),
        ("2629/QĐ-TTg", "Quyết định số 2629/QĐ-TTg"),
        ("57-NQ/TW", "Nghị quyết số 57-NQ/TW"),
        ("Đề án 06", "Đề án 06"),
        ("9/2025", "Văn bản số 9/2025"),
    ],
)
def test_plan_name__symbol__says_the_kind_of_document(symbol: str, name: str) -> None:
    assert plan_name(Plan("x", symbol)) == name


def test_citation__title__stands_inside_the_sentence_with_a_small_letter_unless_it_is_a_name() -> None:
    assert citation(Plan("9", "9/KH-UBND", title="Rà soát dữ liệu")) == "Kế hoạch số 9/KH-UBND về rà soát dữ liệu"
    assert citation(Plan("9", "9/KH-UBND", title="Quảng Ninh số")) == "Kế hoạch số 9/KH-UBND về Quảng Ninh số"
    assert citation(Plan("9", "9/KH-UBND", title="UBND điện tử")) == "Kế hoạch số 9/KH-UBND về UBND điện tử"


def test_sentence__shipped_plans__are_cited_in_full() -> None:
    starts = [sentence(plan, [], AS_OF).split(", tính đến")[0] for plan in default_plans()]
    assert starts[0].startswith("Thực hiện Kế hoạch số 138/KH-UBND ngày 21/5/2025 của UBND tỉnh về thực hiện nghị")
    assert starts[1].startswith("Thực hiện Kế hoạch số 157/KH-UBND ngày 09/6/2025 của UBND tỉnh về sửa đổi, bổ sung")
    assert starts[2].endswith("của Ban Chỉ đạo phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số tỉnh")
    assert starts[3].startswith("Triển khai Đề án 06")


def test_citation__title_that_begins_with_about__does_not_say_it_twice() -> None:
    assert citation(Plan("9", "9/KH-UBND", title="Về việc rà soát.")) == "Kế hoạch số 9/KH-UBND về việc rà soát"


def test_percent_text__government_report__is_cut_and_the_rest_subtracted() -> None:
    assert percent_text(16051, 16274, 2, Rounding.CUT) == "98,62%"
    assert percent_text(16051, 16274, 2, Rounding.CUT, complement=True) == "1,38%"
    assert percent_text(16051, 16274, 2) == "98,63%"


@pytest.mark.parametrize(
    ("done", "base", "places", "text"),
    [(33, 71, 1, "46,5%"), (1, 8, 1, "12,5%"), (1, 16, 1, "6,3%"), (0, 5, 1, "0,0%"), (5, 5, 0, "100%"), (0, 0, 1, "")],
)
def test_percent_text__rounded__halves_go_up(done: int, base: int, places: int, text: str) -> None:
    assert percent_text(done, base, places) == text


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 3000), st.integers(1, 3000), st.sampled_from(Rounding))
def test_percent_text__share_alone__prints_as_its_counts_do(done: int, rest: int, rounding: Rounding) -> None:
    base = done + rest
    assert percent_text(done / base, rounding=rounding) == percent_text(done, base, rounding=rounding)


@pytest.mark.parametrize(("done", "base"), [(-1, 5), (6, 5)])
def test_percent_text__impossible_counts__are_refused(done: int, base: int) -> None:
    with pytest.raises(ValueError, match="of 5"):
        percent_text(done, base)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(0, 3), st.sampled_from(Rounding))
def test_percent_text__any_share__and_its_complement_add_up_to_100(
    done: int, rest: int, places: int, rounding: Rounding
) -> None:
    base = done + rest
    texts = [percent_text(done, base, places, rounding, complement=flag) for flag in (False, True)]
    steps = [int(text.rstrip("%").replace(",", "")) for text in texts]
    assert sum(steps) == 100 * 10**places


@pytest.mark.parametrize(
    ("day", "short", "line"),
    [
        (date(2025, 6, 9), "09/6/2025", "ngày 09 tháng 6 năm 2025"),
        (date(2026, 2, 27), "27/02/2026", "ngày 27 tháng 02 năm 2026"),
        (date(2025, 10, 1), "01/10/2025", "ngày 01 tháng 10 năm 2025"),
    ],
)
def test_date_text__decree_30__pads_days_and_the_first_two_months(day: date, short: str, line: str) -> None:
    assert date_text(day) == short
    assert date_line(day) == line


def test_number_text__thousands_and_decimals__are_vietnamese() -> None:
    assert number_text(16051) == "16.051"
    assert number_text(1234.56, 1) == "1.234,6"
