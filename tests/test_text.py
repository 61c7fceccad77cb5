"""Text keys: equal for what means the same, idempotent, and never equal for different words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl.rules.text import clean, fold, has_marks, key, plain

VIETNAMESE = st.text(
    alphabet="aăâeêioôơuưyqhtnđĐÐðQHÀÁẢÃẠ\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b"
    " .,;:-–“”\n\r\u00a0\u200b\u00ad",
    max_size=40,
)
ANY = st.one_of(st.text(max_size=60), VIETNAMESE)


@settings(max_examples=100)
@given(ANY)
def test_keys_are_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert key(key(text)) == key(text)
    assert fold(fold(text)) == fold(text)
    assert key(clean(text)) == key(text)


@settings(max_examples=100)
@given(ANY)
def test_keys__composed_decomposed_and_upper_case_are_one(text: str) -> None:
    assert key(unicodedata.normalize("NFD", text)) == key(text)
    assert clean(unicodedata.normalize("NFD", text)) == clean(text)


@settings(max_examples=100)
@given(ANY)
def test_plain_keeps_every_position(text: str) -> None:
    assert len(plain(clean(text))) == len(clean(text))


@settings(max_examples=100)
@given(st.text(alphabet="abcdeghiklmnopqrstuvxyđăâêôơưáàảãạ 0123456789/", max_size=40))
def test_plain_and_fold_are_ascii__vietnamese_text(text: str) -> None:
    assert plain(clean(text)).isascii()
    assert fold(text).isascii()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà bình", "hòa bình"),
        ("Thuỷ sản", "Thủy sản"),
        ("khoẻ", "khỏe"),
        ("Uỷ ban nhân dân", "Ủy ban nhân dân"),
        ("UỶ BAN", "ỦY BAN"),
        ("hòan thành", "hoàn thành"),
        ("Xu\u00e2\u0301t", "Xuất"),  # half composed, as seen in real workbooks
        ("Tiê\u0323n", "Tiện"),
        ("Ðề án", "Đề án"),
        ("ðơn vị", "đơn vị"),
        ("Sở\u00a0Y\u200b tế", "Sở Y tế"),
        ("Sở\nY tế", "Sở Y tế"),
        ("KH – UBND", "KH - UBND"),
        ("KH — UBND", "KH - UBND"),
        ("“Chuyển đổi số”", '"Chuyển đổi số"'),
        ("Đã hoàn thành.", "đã hoàn thành"),
        ("Kết quả:", "kết quả"),
        ("Đang thực hiện…", "Đang thực hiện"),
        ("a_x000D_\nb", "a b"),
    ],
)
def test_key__same_words_written_differently(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoa", "hòa"),
        ("Hải Hòa", "Hiệp Hòa"),
        ("Quang Hanh", "Quảng Hà"),
        ("lần thứ 12", "lần thứ 13"),
        ("dừng", "đúng"),
    ],
)
def test_key__different_words_stay_apart(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize("word", ["quý", "quỳ", "quỹ", "quả", "thuế", "toàn", "khoảng", "huyện", "quyết"])
def test_key__tone_placement_without_a_choice_is_untouched(word: str) -> None:
    assert key(word) == word


def test_fold__strips_diacritics_and_the_bar_of_d() -> None:
    assert fold("Đề án 06: Định danh – Xác thực") == "de an 06: dinh danh - xac thuc"
    assert fold("HOÀ") == fold("hòa") == "hoa"


def test_clean__keeps_line_breaks_and_case() -> None:
    assert clean("  Các Sở,  ban, ngành \r\n \u00a0\r\n UBND xã ") == "Các Sở, ban, ngành\nUBND xã"
    assert clean("\u00a0\u200b ") == ""


def test_plain__cuts_from_the_original() -> None:
    shown = clean("Hạn là ngày 30 tháng 6")
    at = plain(shown).index("ngay")
    assert shown[at : at + 4] == "ngày"


def test_has_marks__text_typed_without_diacritics() -> None:
    assert has_marks("Đã hoàn thành")
    assert not has_marks("Da hoan thanh")
