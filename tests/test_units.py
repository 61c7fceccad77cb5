"""Which unit a cell, a file name or a title means; look-alikes and former districts are never confused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl.model import Unit
from qn_xl.rules.text import fold, plain
from qn_xl.rules.units import UnitIndex, default_units

INDEX = UnitIndex(default_units())


def test_default_units__fourteen_departments_and_fifty_four_communes() -> None:
    units = default_units()
    assert len({unit.id for unit in units}) == len(units)
    assert all(unit.id.isascii() and unit.id == unit.id.upper() for unit in units)
    assert len(INDEX.expand("so-nganh")) == 14
    communes = INDEX.expand("xa-phuong")
    assert [sum(unit.startswith(kind) for unit in communes) for kind in ("P-", "X-", "DK-")] == [30, 22, 2]
    assert INDEX.name("P-BAI-CHAY") == "UBND phường Bãi Cháy"
    assert INDEX.name("DK-CO-TO") == "UBND đặc khu Cô Tô"


def test_default_units__every_name_and_alias_means_its_own_unit() -> None:
    for unit in default_units():
        for written in (unit.name, unit.id, unit.abbreviation, *unit.aliases, *unit.predecessors):
            assert not written or INDEX.find(written) == unit.id, written
            assert not written or INDEX.find(f" {written.upper()} ") == unit.id, written
        assert INDEX.find(plain(unit.name)) == unit.id


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Sở KH&CN", "SKHCN"),
        ("Sở KHCN", "SKHCN"),
        ("SKHCN", "SKHCN"),
        ("Sở Khoa học và Công nghệ\n", "SKHCN"),
        ("Sở Khoa học và Công nghệ tỉnh Quảng Ninh", "SKHCN"),
        ("Sở Thông tin và Truyền thông", "SKHCN"),
        ("Sở TT&TT", "SKHCN"),
        ("Sở Kế hoạch và Đầu tư", "STC"),
        ("Sở Lao động – Thương binh và Xã hội", "SNV"),
        ("Sở Giao thông vận tải", "SXD"),
        ("Sở Tài nguyên và Môi trường", "SNNMT"),
        ("Sở Công thương", "SCT"),
        ("Sở Văn hoá, Thể thao và Du lịch", "SVHTTDL"),
        ("Sở VH,TT&DL", "SVHTTDL"),
        ("Văn phòng UBND tỉnh", "VPUB"),
        ("VP UBND tỉnh", "VPUB"),
        ("Văn phòng Uỷ ban nhân dân tỉnh", "VPUB"),
        ("Văn phòng UBND thành phố", "VPUB"),  # the name from 1/9/2026
        ("Công an thành phố Quảng Ninh", "CAT"),
        ("Thanh tra thành phố", "TTT"),
        ("Thuế tỉnh", "THUE"),
        ("UBND phường Bãi Cháy", "P-BAI-CHAY"),
        ("Uỷ ban nhân dân phường Bãi Cháy", "P-BAI-CHAY"),
        ("phường Bãi Cháy", "P-BAI-CHAY"),
        ("UBND P. Bãi Cháy", "P-BAI-CHAY"),
        ("P.Bãi Cháy", "P-BAI-CHAY"),
        ("Bãi Cháy", "P-BAI-CHAY"),
        ("Chủ tịch UBND phường Hà Tu", "P-HA-TU"),
        ("UBND xã Hải Hoà", "X-HAI-HOA"),
        ("UBND phường Hiệp Hoà", "P-HIEP-HOA"),
        ("UBND phường Hạ Long", "P-HA-LONG"),
        ("phường Hòn Gai", "P-HONG-GAI"),
        ("Móng Cái 1", "P-MONG-CAI-1"),
        ("đặc khu Vân Đồn", "DK-VAN-DON"),
        ("UBND huyện Vân Đồn", "DK-VAN-DON"),
        ("so y te", "SYT"),
        # nothing is guessed
        ("Hạ Long", None),
        ("Cẩm Phả", None),
        ("UBND thành phố Hạ Long", None),
        ("UBND TP Hạ Long", None),
        ("UBND thành phố Cẩm Phả", None),
        ("UBND huyện Tiên Yên", None),
        ("phường Móng Cái", None),
        ("UBND phường Hải Hòa", None),
        ("UBND tỉnh", None),
        ("Sở Y tế Hà Nội", None),
        ("Sở Y tế tỉnh Bắc Ninh", None),
        ("Bộ Công an", None),
        ("cát", None),
        ("", None),
    ],
)
def test_find__one_name(text: str, unit: str | None) -> None:
    assert INDEX.find(text) == unit


READINGS: list[tuple[str, tuple[str, ...], str | None, tuple[str, ...]]] = [
    ("Sở Y tế:", ("SYT",), None, ()),
    ("Sở Khoa học và Công nghệ chủ trì tham mưu Kế hoạch và theo dõi thực hiện", ("SKHCN",), None, ()),
    ("Sở Khoa học và Công nghệ chủ trì cùng các Sở, ngành liên quan", ("SKHCN",), None, ()),
    ("Sở KH&CN chủ trì, phối hợp với Sở Nội vụ, Công an tỉnh", ("SKHCN",), None, ()),
    ("Chủ trì: Sở Tài chính; phối hợp: Sở Y tế", ("STC",), None, ()),
    ("Sở Y tế, Sở Nội vụ", ("SYT", "SNV"), None, ()),
    ("Sở Y tế và Sở Nội vụ", ("SYT", "SNV"), None, ()),
    ("Sở Y tế; Sở Nội vụ; Sở Y tế", ("SYT", "SNV"), None, ()),
    ("Sở Y tế. Sở Nội vụ", ("SYT", "SNV"), None, ()),
    ("Sở Y tế - Sở Nội vụ", ("SYT", "SNV"), None, ()),
    ("- Sở Y tế\n- Sở Nội vụ", ("SYT", "SNV"), None, ()),
    ("1. Sở Y tế 2. Sở Nội vụ", ("SYT", "SNV"), None, ()),
    ("SKHCN/STC", ("SKHCN", "STC"), None, ()),
    ("Sở Khoa học\nvà Công nghệ", ("SKHCN",), None, ()),
    ("Sở Văn hóa, Thể thao và Du lịch", ("SVHTTDL",), None, ()),
    ("Sở Văn hóa, Thể thao và Du lịch, Sở Tài chính và Sở Y tế", ("SVHTTDL", "STC", "SYT"), None, ()),
    ("Sở Nông nghiệp và Môi trường và Sở Y tế", ("SNNMT", "SYT"), None, ()),
    ("Sở Lao động - Thương binh và Xã hội", ("SNV",), None, ()),
    ("Các Sở: Tài chính, Nội vụ, Xây dựng", ("STC", "SNV", "SXD"), None, ()),
    ("UBND các phường: Bãi Cháy, Hà Lầm, Hạ Long", ("P-BAI-CHAY", "P-HA-LAM", "P-HA-LONG"), None, ()),
    ("UBND phường Móng Cái 1, phường Móng Cái 2", ("P-MONG-CAI-1", "P-MONG-CAI-2"), None, ()),
    ("UBND phường Móng Cái 1, 2 và 3", ("P-MONG-CAI-1", "P-MONG-CAI-2", "P-MONG-CAI-3"), None, ()),
    ("Sở Tài chính  Sở Nội vụ", ("STC", "SNV"), None, ()),
    ("Sở Văn hóa - Thể thao và Du lịch", ("SVHTTDL",), None, ()),
    ("Sở Y tế chủ trì; các sở, ngành phối hợp", ("SYT",), None, ()),
    ("UBND xã Hải Hòa, UBND phường Hiệp Hòa", ("X-HAI-HOA", "P-HIEP-HOA"), None, ()),
    ("Sở Y tế (Trung tâm Kiểm soát bệnh tật), Công an tỉnh", ("SYT", "CAT"), None, ()),
    # names and numbers of officers are dropped from the reading (made-up)
    ("Sở Công thương\nNguyễn Văn A 0900000000", ("SCT",), None, ()),
    ("Sở Y tế (đ/c Trần Thị B, SĐT 0900.000.000)", ("SYT",), None, ()),
    ("Sở Y tế - đồng chí Lê Văn C", ("SYT",), None, ()),
    # collective leads
    ("Các sở, ban, ngành", (), "so-nganh", ()),
    ("Các Sở, ban, ngành liên quan", (), "so-nganh", ()),
    ("Các sở, ngành", (), "so-nganh", ()),
    ("Các sở, ban, ngành, đoàn thể tỉnh", (), "so-nganh", ()),
    ("Giám đốc các sở, ban, ngành", (), "so-nganh", ()),
    ("UBND các xã, phường", (), "xa-phuong", ()),
    ("UBND các xã, phường, đặc khu", (), "xa-phuong", ()),
    ("UBND xã, phường", (), "xa-phuong", ()),
    ("Chủ tịch UBND xã, phường", (), "xa-phuong", ()),
    ("Chủ tịch UBND các xã, phường, đặc khu", (), "xa-phuong", ()),
    ("UBND cấp xã", (), "xa-phuong", ()),
    ("UBND các địa phương", (), "xa-phuong", ()),
    ("54 xã, phường, đặc khu", (), "xa-phuong", ()),
    ("Các đơn vị", (), "tat-ca", ()),
    ("Các cơ quan, đơn vị, địa phương", (), "tat-ca", ()),
    ("Thủ trưởng các cơ quan, đơn vị", (), "tat-ca", ()),
    ("Các sở, ban, ngành, địa phương", (), "tat-ca", ()),
    ("Các sở, ban, ngành; UBND các xã, phường, đặc khu", (), "tat-ca", ()),
    ("Các sở, ban, ngành và UBND các xã, phường, đặc khu", (), "tat-ca", ()),
    ("Các Sở, ban, ngành\n \n UBND xã, phường", (), "tat-ca", ()),
    ("Giám đốc, Thủ trưởng các Sở, ban, ngành; UBND xã, phường", (), "tat-ca", ()),
    ("Sở KH&CN; các sở, ban, ngành", ("SKHCN",), "so-nganh", ()),
    ("Sở KH&CN; các sở, ban, ngành liên quan", ("SKHCN",), None, ()),
    ("Sở KH&CN và các đơn vị liên quan", ("SKHCN",), None, ()),
    ("UBND các xã phường đặc khu", (), "xa-phuong", ()),
    ("Văn phòng UBND tỉnh và các sở, ban, ngành", ("VPUB",), "so-nganh", ()),
    # unknown
    ("Sở Y tế Bắc Ninh", (), None, ("Sở Y tế Bắc Ninh",)),
    ("Bộ Công an; Sở Y tế", ("SYT",), None, ("Bộ Công an",)),
    ("Tổ công tác", (), None, ("Tổ công tác",)),
    ("Sở Phát triển, Du lịch", (), None, ("Sở Phát triển, Du lịch",)),
    ("Thanh tra Sở Y tế", (), None, ("Thanh tra Sở Y tế",)),
    ("Công an các xã, phường", (), None, ("Công an các xã, phường",)),
    ("UBND các huyện, thị xã, thành phố", (), None, ("UBND các huyện, thị xã, thành phố",)),
    ("UBND thành phố Hạ Long", (), None, ("UBND thành phố Hạ Long",)),
    ("Tổng công ty A, Tập đoàn B", (), None, ("Tổng công ty A", "Tập đoàn B")),
    ("", (), None, ()),
    ("-", (), None, ()),
]


@pytest.mark.parametrize(("text", "units", "collective", "unknown"), READINGS, ids=[row[0] for row in READINGS])
def test_read__lead_cell(text: str, units: tuple[str, ...], collective: str | None, unknown: tuple[str, ...]) -> None:
    found = INDEX.read(text)
    assert (found.units, found.collective, found.unknown) == (units, collective, unknown)


def test_read__pieces_are_the_names_as_written() -> None:
    assert INDEX.read("- Sở  KH&CN;\n Bộ Công an.").pieces == ("Sở KH&CN", "Bộ Công an")
    assert INDEX.read("Các Sở, ban, ngành\n UBND xã, phường").pieces == ("Các Sở, ban, ngành", "UBND xã, phường")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("BC_SoKHCN_9thang_2025", "SKHCN"),
        ("bao-cao-so-khoa-hoc-va-cong-nghe", "SKHCN"),
        ("Sở KH&CN - Báo cáo tiến độ KH 138 (đính chính).xlsx", "SKHCN"),
        ("soyte.xlsx", "SYT"),
        ("stc_9thang.xlsx", "STC"),
        ("SoVHTTDL.xlsx", "SVHTTDL"),
        ("So Van hoa The thao Du lich", "SVHTTDL"),
        ("BIỂU TỔNG HỢP CỦA SỞ Y TẾ", "SYT"),
        ("SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH - BC", "SVHTTDL"),
        ("UBND P. Bãi Cháy", "P-BAI-CHAY"),
        ("UBND_xa_Ba_Che_BC", "X-BA-CHE"),
        ("PhuongBaiChay.xlsx", "P-BAI-CHAY"),
        ("phuong Ha Long", "P-HA-LONG"),
        ("UBND phường Móng Cái 1", "P-MONG-CAI-1"),
        ("bc_ha_lam.xlsx", "P-HA-LAM"),
        ("BC Hai Hoa", "X-HAI-HOA"),
        ("xa_Hiep_Hoa", "P-HIEP-HOA"),
        ("Quang Hanh", "P-QUANG-HANH"),
        ("QuangHa_bc", "X-QUANG-HA"),
        ("Trường Đại học Hạ Long", "DHHL"),
        ("CAT_DA06", "CAT"),
        ("Thue tinh.xlsx", "THUE"),
        ("Công an thành phố Quảng Ninh", "CAT"),
        ("Công an thành phố Hạ Long", None),
        # not a unit, or not only one
        ("cat giảm thủ tục", None),
        ("cat giam thu tuc.xlsx", None),
        ("Kế hoạch thanh tra năm 2025", None),
        ("an sinh xã hội", None),
        ("Thống nhất số liệu", None),
        ("Phu luc thong nhat", None),
        ("UBND TP Hạ Long", None),
        ("Mong Cai 11", None),
        ("SKHCN va STC", None),
        ("baocaosoyte", None),  # never inside another word
        ("Báo cáo 9 tháng", None),
        ("", None),
    ],
)
def test_find_in__file_name_or_title(text: str, unit: str | None) -> None:
    assert INDEX.find_in(text) == unit


def test_find_in__every_unit_by_its_name_typed_any_way() -> None:
    for unit in default_units():
        assert INDEX.find_in(f"Báo cáo 9T - {unit.name}.xlsx") == unit.id
        assert INDEX.find_in(f"bc_{fold(unit.name).replace(' ', '_')}_2025.xlsx") == unit.id


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("Sở Khoa học và Công ngệ", "SKHCN"),
        ("Sở Tài chín", "STC"),
        ("UBND phường Hồng Gay", "P-HONG-GAI"),
        ("UBND phường Hải Hòa", "X-HAI-HOA"),
        ("UBND thành phố Hạ Long", None),
        ("UBND huyện Tiên Yên", None),
        ("phường Móng Cái", None),
        ("phường Móng Cái 4", None),
        ("Sở Y tế Bắc Ninh", None),
        ("UBND phường Hạ Lang Sơn", None),
        ("Tổ công tác", None),
        ("", None),
    ],
)
def test_propose__similar_names_only(text: str, best: str | None) -> None:
    proposals = INDEX.propose(text)
    assert (proposals[0][0] if proposals else None) == best
    assert all(0 < score <= 100 for _, score in proposals)


def test_propose__look_alikes_are_not_offered_for_each_other() -> None:
    offered = {unit for unit, _ in INDEX.propose("UBND xã Hải Hòaa")}
    assert offered == {"X-HAI-HOA"}


def test_index__units_of_the_offices_own_register() -> None:
    units = (
        Unit("X-MOI", "UBND xã Mới", "xa-phuong"),
        Unit("QUY", "Quỹ Phát triển", "khac", aliases=("QPT",), expected=False, valid_to=date(2025, 6, 30)),
        Unit("SA", "Sở A", "so-nganh", aliases=("Sở Chung",)),
        Unit("SB", "Sở B", "so-nganh", aliases=("Sở Chung",)),
    )
    index = UnitIndex(units)
    assert index.find("Ủy ban nhân dân xã Mới") == "X-MOI"
    assert index.find("QPT") == "QUY"
    assert index.find("Sở Chung") is None  # two units claim it
    assert index.expand("tat-ca") == ("X-MOI", "SA", "SB")
    assert index.expand("so-nganh") == ("SA", "SB")
    later = UnitIndex([replace(units[0], valid_from=date(2025, 7, 1)), *units[1:]])
    assert later.expand("xa-phuong", as_of=date(2025, 6, 30)) == ()
    assert later.expand("xa-phuong", as_of=date(2025, 7, 1)) == ("X-MOI",)
    with pytest.raises(KeyError):
        index.name("NONE")


_PIECES = st.sampled_from(
    (
        *("Sở", "Y tế", "UBND", "phường", "xã", "các", "Bãi Cháy", "Hạ Long", "chủ trì", "phối hợp"),
        *("ban, ngành", "và", "1.", ",", ";", "\n", "-", "(", ")", ":", "/"),
    )
)


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=40), st.lists(_PIECES, max_size=9).map(" ".join)))
def test_read__any_text_never_fails(text: str) -> None:
    found = INDEX.read(text)
    assert len(set(found.units)) == len(found.units)
    assert set(found.unknown) <= set(found.pieces)
    INDEX.find_in(text)
    INDEX.propose(text)
