"""Which plan a number, a symbol or a title means."""

# ruff: noqa: E501  (tables of names)

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl.model import Plan
from qn_xl.rules.plans import PlanIndex, default_plans

INDEX = PlanIndex(default_plans())


def _id(plan: Plan | None) -> str | None:
    return plan.id if plan else None


def test_default_plans__symbols_and_dates_of_the_article() -> None:
    shown = [(plan.id, plan.symbol, plan.issued_on) for plan in default_plans()]
    assert shown == [
        ("138", "138/KH-UBND", date(2025, 5, 21)),
        ("157", "157/KH-UBND", date(2025, 6, 9)),
        ("02", "02-KH/BCĐ", date(2025, 6, 24)),
        ("06", "Đề án 06", None),
    ]
    assert INDEX.by_id("02").symbol == "02-KH/BCĐ"
    with pytest.raises(KeyError):
        INDEX.by_id("99")


@pytest.mark.parametrize(
    ("wanted", "plan"),
    [
        ("138", "138"), (138, "138"), (138.0, "138"), ("138/KH-UBND", "138"), ("138 / KH - UBND", "138"), ("138/KH", "138"), ("KH 138", "138"),
        ("KH138", "138"), ("KH-138", "138"), ("KH số 138", "138"), ("Kế hoạch 138", "138"), ("ke hoach so 138", "138"),
        ("Kế hoạch số 138/KH-UBND ngày 21/5/2025", "138"), ("Kế hoạch số 138/KH-UBND ngày 21/5/2025 của UBND tỉnh", "138"), ("kh_157", "157"),
        ("02", "02"), ("2", "02"), (2, "02"), ("KH 02", "02"), ("02-KH/BCĐ", "02"), ("02-KH/BCD", "02"), ("02-kh/bcđ ngày 24/6/2025", "02"),
        ("06", "06"), (6, "06"), (6.0, "06"), ("Đề án 06", "06"), ("ĐA06", "06"), ("ĐA 06", "06"), ("DA 06", "06"), ("de an 06", "06"),
        ("Đề án 06/CP", "06"), ("06/QĐ-TTg", "06"),
        ("1380", None), ("13.8", None), (13.8, None), ("138/QĐ-UBND", None), ("138/NQ-CP", None), ("KH 06", None), ("Đề án 138", None), ("99", None),
        ("Kế hoạch số 138/KH-UBND ngày 12/3/2024", None), ("", None), (None, None), (True, None), (float("inf"), None), (float("nan"), None),
    ],
)  # fmt: skip
def test_find__number_symbol_or_name(wanted: str | float | None, plan: str | None) -> None:
    assert _id(INDEX.find(wanted)) == plan


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("BC_138_SoYTe.xlsx", "138"), ("138.xlsx", "138"), ("Biểu tổng hợp KH 138", "138"), ("KH157", "157"), ("PL 02-KH-BCĐ", "02"),
        ("SKHCN_KH02_2025", "02"), ("Tiến độ Đề án 06 đến 30/9/2025", "06"), ("DeAn06_CAT", "06"), ("138_KH_UBND", "138"), ("06", "06"),
        ("Kế hoạch số 138/KH-UBND ngày 21/5/2025 thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024", "138"),
        ("BC thang 06-2025", None), ("Báo cáo ngày 02/6/2025", None), ("33/138 nhiệm vụ", None), ("138 nhiệm vụ", None), ("BC_9138", None),
        ("20250138", None), ("ngày 13/8/2025", None), ("138-2025.xlsx", None), ("Báo cáo số 138/BC-SKHCN", None), ("KH 138, KH 157", None),
        ("Kế hoạch 138 và 157/KH-UBND", None), ("kết quả 138%", None), ("138.157", None), ("", None),
    ],
)  # fmt: skip
def test_find_in__title_file_or_sheet_name(text: str, plan: str | None) -> None:
    assert _id(INDEX.find_in(text)) == plan


def test_find__a_short_number_needs_exactly_one_active_plan() -> None:
    first = Plan("138", "138/KH-UBND", issued_on=date(2025, 5, 21))
    second = Plan("138-2026", "138/KH-BCĐ", issued_on=date(2026, 2, 1))
    index = PlanIndex([first, second])
    assert index.find("KH 138") is None
    assert index.find("138") == first  # its very id
    assert _id(index.find("138/KH-BCĐ")) == "138-2026"
    assert _id(index.find("Kế hoạch 138 ngày 01/02/2026")) == "138-2026"
    index = PlanIndex([first, replace(second, active=False)])
    assert _id(index.find("KH 138")) == "138"


def test_find_in__the_offices_own_names() -> None:
    index = PlanIndex([Plan("PII", "Chỉ số PII", aliases=("đổi mới sáng tạo cấp địa phương",))])
    assert _id(index.find("chỉ số pii")) == "PII"
    assert _id(index.find_in("Biểu theo dõi đổi mới sáng tạo cấp địa phương năm 2025")) == "PII"


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=30), st.text(alphabet="0123456789 /-.KHkhĐA_", max_size=14)))
def test_find__any_text_never_fails(text: str) -> None:
    INDEX.find(text)
    INDEX.find_in(text)


@settings(max_examples=100)
@given(st.text(alphabet="0123456789", min_size=1, max_size=3), st.sampled_from("0123456789"))
def test_find__a_longer_number_is_another_number(more: str, digit: str) -> None:
    longer = "138" + digit + more
    assert INDEX.find(longer) is None
    assert INDEX.find_in(f"BC_{longer}.xlsx") is None
