"""TCVN3 and VNI: true pairs, both directions of doubt, and correct Unicode that must never be touched."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl.rules.legacy import Encoding, convert, detect, font_encoding

PAIRS: list[tuple[Encoding, str, str]] = [
    ("tcvn3", "Tæng hîp tiÕn ®é thùc hiÖn nhiÖm vô", "Tổng hợp tiến độ thực hiện nhiệm vụ"),
    ("tcvn3", "Uû ban nh©n d©n tØnh Qu¶ng Ninh", "Uỷ ban nhân dân tỉnh Quảng Ninh"),
    ("tcvn3", "Së N«ng nghiÖp vµ M«i tr\u00adêng", "Sở Nông nghiệp và Môi trường"),
    ("tcvn3", "§Ò ¸n 06: øng dông d÷ liÖu d©n c\u00ad", "Đề án 06: ứng dụng dữ liệu dân cư"),
    ("tcvn3", "§· hoµn thµnh", "Đã hoàn thành"),
    ("tcvn3", "Quý III n¨m 2025", "Quý III năm 2025"),
    ("vni", "Toång hôïp tieán ñoä thöïc hieän nhieäm vuï", "Tổng hợp tiến độ thực hiện nhiệm vụ"),
    ("vni", "UÛY BAN NHAÂN DAÂN TÆNH QUAÛNG NINH", "ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH"),
    ("vni", "Sôû Noâng nghieäp vaø Moâi tröôøng", "Sở Nông nghiệp và Môi trường"),
    ("vni", "Toaø aùn nhaân daân", "Toà án nhân dân"),  # o + aø, not oà + something
    ("vni", "Caàn khaån tröông, nghieâm tuùc, thaúng thaén", "Cần khẩn trương, nghiêm túc, thẳng thắn"),
    ("vni", "Ñaõ hoaøn thaønh; coù kyù hieäu, nghó ngôi, chò, mî", "Đã hoàn thành; có ký hiệu, nghĩ ngơi, chị, mỵ"),
]
UNICODE = [
    "Toà án nhân dân tối cao",
    "Toà nhà, hoà giải, khoá học, oà",
    "Kế hoạch số 138/KH-UBND ngày 21/5/2025 của Uỷ ban nhân dân tỉnh",
    "Sở Khoa học và Công nghệ chủ trì, phối hợp với các sở, ban, ngành",
    "Đã hoàn thành",
    "là, có, và, cá, ốc",
]


@pytest.mark.parametrize(("encoding", "stored", "shown"), PAIRS)
def test_convert__true_pairs(encoding: Encoding, stored: str, shown: str) -> None:
    assert convert(stored, encoding) == shown


@pytest.mark.parametrize(("encoding", "stored", "shown"), PAIRS)
def test_detect__by_font_and_text(encoding: Encoding, stored: str, shown: str) -> None:
    font = {"tcvn3": ".VnTime", "vni": "VNI-Times"}[encoding]
    assert detect([stored], [font, "Times New Roman"]) == encoding
    assert detect([shown], [font]) is None  # an old template whose text is Unicode


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_detect__by_text_alone(encoding: Encoding) -> None:
    assert detect([stored for own, stored, _ in PAIRS if own == encoding]) == encoding


@pytest.mark.parametrize("fonts", [[], [".VnTime"], ["VNI-Times"], [".VnTimeH", "VNI-Helve"]])
def test_detect__correct_unicode_is_never_legacy(fonts: list[str]) -> None:
    for text in UNICODE:
        assert detect([text], fonts) is None
    assert detect(UNICODE, fonts) is None


def test_detect__other_languages_and_too_little_evidence() -> None:
    assert detect(["Ünïcödé façade naïve", "señor mañana", "Größe"]) is None
    assert detect(["®", "±5 ©"]) is None
    assert detect(["plain ascii"], [".VnTime"]) is None
    assert detect([]) is None


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
@pytest.mark.parametrize("text", UNICODE)
def test_convert__unicode_among_legacy_cells_stays(text: str, encoding: Encoding) -> None:
    assert convert(text, encoding) == text


def test_convert__capitals_exist_only_through_the_font() -> None:
    assert convert("uû ban nh©n d©n", "tcvn3", font=".VnTimeH") == "UỶ BAN NHÂN DÂN"
    assert convert("uû ban nh©n d©n", "tcvn3", font=".VnTime") == "uỷ ban nhân dân"
    assert convert("bao cao", "tcvn3", font='".VnArialH"') == "BAO CAO"


@pytest.mark.parametrize(
    ("font", "encoding"),
    [
        (".VnTime", "tcvn3"),
        ('".VnArial"', "tcvn3"),
        ("VNI-Times", "vni"),
        ("'vni-helve'", "vni"),
        ("Times New Roman", None),
    ],
)
def test_font_encoding__quotes_and_case(font: str, encoding: str | None) -> None:
    assert font_encoding(font) == encoding


@settings(max_examples=100)
@given(st.text(alphabet="aeiouyôöđ àáâãäåæèéêëìíîïñòóõøùûü", max_size=20))
def test_convert__any_text_never_fails(text: str) -> None:
    for encoding in ("tcvn3", "vni"):
        convert(text, encoding)
        detect([text] * 5, [".VnTime"])
