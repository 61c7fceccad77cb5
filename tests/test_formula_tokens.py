"""Formulas cut into tokens: nothing lost, our calls found wherever they stand, references moved as Excel does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl.outputs.formula_tokens import (
    Area,
    area,
    calls,
    column_letters,
    column_number,
    join,
    lone_call,
    moved,
    own_name,
    tokens,
)

_PIECES = [
    '"a ""b"" c"', "'Tổng hợp ''1'''!$A$1", "[1]!QN_COUNT(", "QN_RATE(", "Progress.xlsm!QN_X(", ")", ",", "(",
    "{1,2;3}", "A1:B$5", "Bảng[[#This Row],[Kế hoạch (''a'')]]", "1.5E+3", "&", "<>", "-", " ", "\n",
    "#N/A", "TRUE", "%", '"', "'", "[", "]", "{", "}", "#", "$", "!", ":", "đ", "\u0301", "@", "LOG10(",
]  # fmt: skip
PIECES = st.sampled_from(_PIECES)
ARGUMENTS = ['"138"', '"a,b"', "A1", "'x,y'!B2", "{1,2}", "SUM(A1,B2)", "T[[#This Row],[a,b]]", "", " 138 "]
NOT_ALONE = ["-QN_AS_OF()", "QN_AS_OF()+1", '"a"', "QN_A()&QN_B()", "(QN_A())+(QN_B())", "A1", "", "(QN_AS_OF()"]


def texts(formula: str) -> list[str]:
    return [part.text for part in tokens(formula)]


@settings(max_examples=100)
@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=60))
def test_tokens__joined_again_are_the_formula(formula: str) -> None:
    parts = tokens(formula)
    assert join(parts) == formula
    assert all(part.text for part in parts)
    for call in calls(parts):
        assert 0 <= call.start <= call.end < len(parts)
        assert all(call.start < start <= end <= call.end + 1 for start, end in call.arguments)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(ARGUMENTS), min_size=1, max_size=5))
def test_calls__arguments_are_cut_at_their_own_commas(arguments: list[str]) -> None:
    parts = tokens(f'IFERROR(QN_COUNT({",".join(arguments)}),"QN_RATE(1)")')
    (call,) = calls(parts)
    said = [join(parts[start:end]) for start, end in call.arguments]
    assert said == arguments or (not "".join(arguments).strip() and said == [])


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("QN_COUNT", "QN_COUNT"),
        ("qn_count", "QN_COUNT"),
        ("[1]!QN_COUNT", "QN_COUNT"),
        ("Progress.xlsm!QN_COUNT", "QN_COUNT"),
        ("'C:\\Tiến độ\\[Progress.xlsm]x'!QN_COUNT", "QN_COUNT"),
        ("_xludf.QN_AS_OF", "QN_AS_OF"),
        ("_xlfn._xludf.QN_AS_OF", "QN_AS_OF"),
        ("MYQN_COUNT", None),
        ("QN", None),
        ("QN_1", None),
    ],
)
def test_own_name__with_the_book_it_lives_in_or_without(word: str, name: str | None) -> None:
    assert own_name(word) == name


def test_calls__a_name_inside_a_text_is_no_call() -> None:
    assert calls(tokens('"QN_COUNT(138)"&A1')) == []


def test_calls__nested_calls_belong_to_the_outer_one() -> None:
    parts = tokens('1+QN_STATUS(QN_DUE("Quý III/2025"),"x")+QN_AS_OF()')
    assert [call.name for call in calls(parts)] == ["QN_STATUS", "QN_AS_OF"]
    start, end = calls(parts)[0].arguments[0]
    assert [call.name for call in calls(parts, start, end)] == ["QN_DUE"]


@pytest.mark.parametrize("formula", ["QN_AS_OF()", " QN_AS_OF( ) ", "(QN_AS_OF())", "+QN_AS_OF()", '[1]!QN_COUNT("1")'])
def test_lone_call__nothing_else_in_the_formula(formula: str) -> None:
    assert lone_call(tokens(formula)) is not None


@pytest.mark.parametrize("formula", NOT_ALONE)
def test_lone_call__anything_else(formula: str) -> None:
    assert lone_call(tokens(formula)) is None


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("$B$5", Area(None, 5, 2, 5, 2)),
        ("'Tổng hợp'!B5:A1", Area("Tổng hợp", 1, 1, 5, 2)),
        ("B:B", Area(None, 1, 2, 1_048_576, 2)),
        ("$2:3", Area(None, 2, 1, 3, 16_384)),
        ("XFE1", None),
        ("A1048577", None),
        ("TênRiêng", None),
        ("1", None),
    ],
)
def test_area__references_and_what_only_looks_like_one(formula: str, found: Area | None) -> None:
    assert area(tokens(formula)) == found


@pytest.mark.parametrize(
    ("formula", "then"),
    [
        ("QN_COUNT($B5,C$4,D6)", "QN_COUNT($B7,D$4,E8)"),
        ("'Tổng hợp'!A1:$B$2", "'Tổng hợp'!B3:$B$2"),
        ('LOG10(A1)&"A1"', 'LOG10(B3)&"A1"'),
        ("A:A+1:1", "B:B+3:3"),
        ("138+Tên", "138+Tên"),
        ("T[[#This Row],[A1]]", "T[[#This Row],[A1]]"),
    ],
)
def test_moved__two_rows_down_and_a_column_to_the_right(formula: str, then: str) -> None:
    assert moved(formula, 2, 1) == then


def test_moved__off_the_sheet_is_a_broken_reference() -> None:
    assert moved("A1", -1, 0) == "#REF!"


@given(st.integers(1, 16_384))
def test_column_letters__and_back(number: int) -> None:
    assert column_number(column_letters(number)) == number


def test_texts__a_stored_formula_of_excel() -> None:
    assert texts('IFERROR(QN_RATE($B5,"đến hạn"),#N/A)') == [
        "IFERROR", "(", "QN_RATE", "(", "$B5", ",", '"đến hạn"', ")", ",", "#N/A", ")",
    ]  # fmt: skip
