"""The report workbook: stored values against the snapshot's own items, live formulas against LibreOffice."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office import Seen, convert, recalculated, sheets
from openpyxl import load_workbook
from snapshots import AS_OF, PLANS, article_snapshot
from xlsxwriter import Workbook

from qn_xl.intake.context import ReadContext
from qn_xl.intake.read import read_file
from qn_xl.model import (
    DONE,
    OPEN,
    Address,
    Class,
    InputFile,
    Item,
    Kind,
    Plan,
    Received,
    Return,
    Severity,
    Snapshot,
    Unit,
    UnitResult,
)
from qn_xl.outputs import formulas
from qn_xl.outputs.book import Book
from qn_xl.outputs.links import copy_report
from qn_xl.outputs.list_rows import Link, plain
from qn_xl.outputs.measure import lines
from qn_xl.outputs.report import write_report
from qn_xl.outputs.worksheets import LINKS_IN_A_SHEET, Column, ListSheet, link_target
from qn_xl.rules import outcome
from qn_xl.rules.catalogue import finding
from qn_xl.rules.figures import cube

Cells = dict[str, Seen]


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return article_snapshot()


@pytest.fixture(scope="module")
def report(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "tong-hop.xlsx"
    write_report(path, snapshot)
    return path


@pytest.fixture(scope="module")
def small(snapshot: Snapshot) -> Snapshot:
    """Forty items, for what need not be the article."""
    items = snapshot.items[:40]
    known = {item.id for item in items}
    results = tuple(one for one in snapshot.unit_results if one.item in known)
    return with_items(snapshot, items, results)


@pytest.fixture(scope="module")
def read(report: Path) -> dict[str, Cells]:
    return sheets(report)


def with_items(snapshot: Snapshot, items: tuple[Item, ...], results: tuple[UnitResult, ...], **more: Any) -> Snapshot:
    plans = more.get("plans", snapshot.plans)
    return replace(snapshot, items=items, unit_results=results, figures=cube(items, results, plans), **more)


def table(cells: Cells) -> list[dict[str, Any]]:
    """Return the rows of a printed table as header to value: header rows begin with TT, the total row ends it."""
    rows: dict[int, dict[str, Any]] = {}
    for place, seen in cells.items():
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", place).groups()  # type: ignore[union-attr]
        rows.setdefault(int(number), {})[letters] = seen.value
    top = next(number for number, row in sorted(rows.items()) if row.get("A") == "TT")
    names = {**rows[top], **rows.get(top + 1, {})}
    found: list[dict[str, Any]] = []
    for number in sorted(rows):
        if number < top + 2 or "D" not in rows[number]:
            continue
        found.append({name: rows[number].get(letters) for letters, name in names.items()})
        if str(found[-1].get(names["B"]) or "").startswith("Tổng cộng"):
            break
    return found


def counted(records: Any, plan: str | None, kind: Kind, *classes: Class) -> int:
    return sum((plan is None or r.plan == plan) and r.kind is kind and r.cls in classes for r in records)


def test_summary__article__prints_what_was_published(read: dict[str, Cells]) -> None:
    rows = table(read["Tổng hợp"])
    seen = [
        [row[name] for name in ("Loại", "Tổng số", "Hoàn thành", "Đang thực hiện", "Chậm tiến độ", "Thường xuyên")]
        for row in rows
    ]
    assert seen[0] == ["Nhiệm vụ", 71, 33, 17, 21, 0]
    assert seen[1][:3] == ["Chỉ tiêu", 22, 11]
    assert seen[2][:3] == ["Nhiệm vụ", 44, 14]
    assert seen[3][:4] == ["Nhiệm vụ, dự án", 16, 0, 16]
    assert seen[4] == ["Nhiệm vụ", 31, 24, 7, 0, 0]
    assert seen[5] == ["Nhiệm vụ", 133, 57, 43, 0, 33]
    assert rows[5]["Trong đó phụ thuộc Bộ, ngành TW"] == 12
    assert rows[0]["Tỷ lệ hoàn thành (%)"] == 33 / 71
    assert [row["TT"] for row in rows] == [1, 2, None, None, 3, 4, ""]


def test_summary__every_column__counts_the_items(snapshot: Snapshot, tmp_path: Path) -> None:
    full = replace(snapshot, settings={**snapshot.settings, "summary_columns": "đầy đủ"})
    write_report(tmp_path / "r.xlsx", full)
    rows = table(sheets(tmp_path / "r.xlsx", "Tổng hợp")["Tổng hợp"])
    groups = [("138", Kind.TASK), ("157", Kind.TARGET), ("157", Kind.TASK), ("157", Kind.PROJECT), ("02", Kind.TASK)]
    groups += [("06", Kind.TASK), (None, Kind.TASK)]  # type: ignore[list-item]
    columns = {
        "Tổng số": tuple(Class),
        "Hoàn thành": DONE,
        "Trong đó: đúng hạn": (Class.DONE_ON_TIME,),
        "Trong đó: quá hạn": (Class.DONE_LATE,),
        "Trong đó: chưa rõ ngày": (Class.DONE_UNDATED,),
        "Đang thực hiện": (Class.IN_PROGRESS, Class.NO_DEADLINE),
        "Trong đó: không rõ thời hạn": (Class.NO_DEADLINE,),
        "Chậm tiến độ": (Class.OVERDUE,),
        "Thường xuyên": (Class.RECURRING,),
        "Tạm dừng": (Class.STOPPED,),
    }
    assert len(rows) == len(groups)
    for row, (plan, kind) in zip(rows, groups, strict=True):
        for name, classes in columns.items():
            assert row[name] == counted(full.items, plan, kind, *classes), (plan, kind, name)
        central = [i for i in full.items if (plan is None or i.plan == plan) and i.kind is kind and i.central]
        assert row["Trong đó phụ thuộc Bộ, ngành TW"] == sum(item.cls in OPEN for item in central)
        due = row["Hoàn thành"] + row["Chậm tiến độ"]
        assert row["Tỷ lệ trên số đến hạn (%)"] == (row["Hoàn thành"] / due if due else "-")
        mine = [i for i in full.items if (plan is None or i.plan == plan) and i.kind is kind]
        days = [i.days_late for i in mine if i.cls is Class.OVERDUE and i.days_late is not None]
        assert row["Số ngày chậm trung bình"] == (pytest.approx(sum(days) / len(days)) if days else "-")
        assert row["Số ngày chậm lớn nhất"] == (max(days) if days else "-")


def test_summary__parts__add_up_to_the_total(read: dict[str, Cells]) -> None:
    parts = ("Hoàn thành", "Đang thực hiện", "Chậm tiến độ", "Thường xuyên", "Tạm dừng")
    for name in ("Tổng hợp", "Theo đơn vị"):
        for row in table(read[name]):
            assert sum(row[part] for part in parts) == row["Tổng số"]


def test_summary__nothing_stopped__has_no_column_for_it(snapshot: Snapshot, tmp_path: Path) -> None:
    items = tuple(item for item in snapshot.items if item.cls is not Class.STOPPED)
    results = tuple(one for one in snapshot.unit_results if one.cls is not Class.STOPPED)
    write_report(tmp_path / "r.xlsx", with_items(snapshot, items, results))
    read = sheets(tmp_path / "r.xlsx")
    assert "Tạm dừng" not in table(read["Tổng hợp"])[0]
    assert "Tạm dừng" not in table(read["Theo đơn vị"])[0]


def test_units__every_unit__counts_what_it_owes(snapshot: Snapshot, read: dict[str, Cells]) -> None:
    rows = table(read["Theo đơn vị"])
    names = {unit.name: unit.id for unit in snapshot.units}
    seen: set[tuple[str, Kind]] = set()
    unit = ""
    for row in rows:
        if row["TT"] in ("I", "II", "III", ""):
            continue
        unit = names.get(row["Cơ quan, đơn vị"], unit)
        kind = Kind(row["Loại"])
        mine = [one for one in snapshot.unit_results if one.unit == unit and one.kind is kind]
        seen.add((unit, kind))
        assert row["Tổng số"] == len(mine)
        assert row["Hoàn thành"] == counted(mine, None, kind, *DONE)
        assert row["Đang thực hiện"] == counted(mine, None, kind, Class.IN_PROGRESS, Class.NO_DEADLINE)
        assert row["Chậm tiến độ"] == counted(mine, None, kind, Class.OVERDUE)
        assert row["Thường xuyên"] == counted(mine, None, kind, Class.RECURRING)
        assert row["Tạm dừng"] == counted(mine, None, kind, Class.STOPPED)
        assert row["Không rõ thời hạn"] == counted(mine, None, kind, Class.NO_DEADLINE)
        assert row["Phụ thuộc Bộ, ngành TW"] == sum(one.central and one.cls in OPEN for one in mine)
        days = [one.days_late for one in mine if one.cls is Class.OVERDUE and one.days_late is not None]
        assert row["Trung bình"] == (pytest.approx(sum(days) / len(days)) if days else "-")
        assert row["Nhiều nhất"] == (max(days) if days else "-")
    assert seen >= {(one.unit, one.kind) for one in snapshot.unit_results}
    assert {unit for unit, _ in seen} == {unit.id for unit in snapshot.units}
    assert rows[-1]["Tổng số"] == counted(snapshot.unit_results, None, Kind.TASK, *Class)


def test_units__nothing_owed_and_nothing_sent__expected_unit_is_shown(snapshot: Snapshot, tmp_path: Path) -> None:
    silent = Unit(id="X-MOI", name="Xã Mới", group="xa-phuong")
    old = Unit(id="X-CU", name="Xã Cũ", group="xa-phuong", expected=False)
    write_report(tmp_path / "r.xlsx", replace(snapshot, units=(*snapshot.units, silent, old)))
    read = sheets(tmp_path / "r.xlsx")
    rows = {row["Cơ quan, đơn vị"]: row for row in table(read["Theo đơn vị"])}
    assert rows["Xã Mới"]["Tổng số"] == 0
    assert rows["Xã Mới"]["Tỷ lệ hoàn thành (%)"] == "-"
    assert "Xã Cũ" not in rows
    assert "Xã Mới" in {seen.value for seen in read["Nộp báo cáo"].values()}


def test_government__same_items__in_its_four_classes(
    snapshot: Snapshot, read: dict[str, Cells], tmp_path: Path
) -> None:
    cells = read["Theo Chính phủ"]
    top = next(int(place[1:]) for place, seen in cells.items() if seen.value == "TT")
    values = [cells[f"{letter}{top + 2}"].value for letter in "DEFGHI"]
    mine = [item for item in snapshot.items if item.plan == "138"]
    expected = [
        counted(mine, "138", Kind.TASK, Class.DONE_ON_TIME, Class.DONE_UNDATED),
        counted(mine, "138", Kind.TASK, Class.DONE_LATE),
        counted(mine, "138", Kind.TASK, Class.IN_PROGRESS, Class.NO_DEADLINE, Class.RECURRING),
        counted(mine, "138", Kind.TASK, Class.OVERDUE),
        counted(mine, "138", Kind.TASK, Class.STOPPED),
    ]
    assert values == [len(mine), *expected]
    assert cells[f"D{top + 7}"].value == 133
    without = replace(snapshot, rules={**snapshot.rules, "government_recurring": "không"})
    write_report(tmp_path / "r.xlsx", without)
    assert sheets(tmp_path / "r.xlsx", "Theo Chính phủ")["Theo Chính phủ"][f"D{top + 7}"].value == 100
    off = replace(snapshot, settings={**snapshot.settings, "government_view": "không"})
    write_report(tmp_path / "off.xlsx", off)
    assert "Theo Chính phủ" not in sheets(tmp_path / "off.xlsx")


def test_details__one_row_an_item__denominator_and_source(snapshot: Snapshot, report: Path) -> None:
    book = load_workbook(report)
    sheet = book["Chi tiết"]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    headers, body = rows[0], rows[1:]
    assert sheet.tables["tblTask"].ref == f"A4:{sheet.cell(4, len(headers)).column_letter}{4 + len(snapshot.items)}"
    assert list(sheet.tables["tblTask"].column_names) == list(headers)
    assert [row[headers.index("Mã")] for row in body] == [item.id for item in snapshot.items]
    assert [row[headers.index("Hạn")] for row in body] == [
        datetime.combine(item.due, datetime.min.time()) if item.due else None for item in snapshot.items
    ]
    joint = [row[headers.index("Đơn vị xong")] for row in body]
    assert joint == [f"{i.units_done}/{i.units_all}" if i.units_all > 1 else None for i in snapshot.items]
    source = sheet.cell(5, headers.index("Tệp") + 1)
    assert source.hyperlink.target == "../../don-vi/2025-9T/VPUB/VPUB_bao%20cao%209%20thang.xlsx"
    assert source.hyperlink.location == "'KH 138'!C7"
    assert len(list(book["Chi tiết theo đơn vị"].iter_rows(min_row=5))) == len(snapshot.unit_results)
    decided = [row[headers.index("Quyết định xử lý")] for row in body if row[headers.index("Quyết định xử lý")]]
    assert decided == [snapshot.decisions[0].key]


def test_returns__title__tells_what_the_run_came_to(snapshot: Snapshot, tmp_path: Path) -> None:
    told = {}
    for findings in (snapshot.findings, ()):
        some = replace(snapshot, findings=findings)
        write_report(tmp_path / "r.xlsx", some)
        told[outcome.code_of(some)] = sheets(tmp_path / "r.xlsx", "Nộp báo cáo")["Nộp báo cáo"]["A2"].value
    assert list(told) == [20, 21]
    assert "xong, có vấn đề mức LỖI (mã 20)" in str(told[20]) and str(len(snapshot.inputs)) + " tệp, " in str(told[20])
    missing = sum(one.received is Received.MISSING for one in snapshot.returns)
    assert f"(mã 21); {len(snapshot.inputs)} tệp, 0 lỗi, {missing} đơn vị chưa gửi." in str(told[21])
    assert f"{snapshot.made_at:%H:%M} ngày {snapshot.made_at:%d/%m/%Y}" in str(told[21])


def test_returns__totals__never_pass_all_units(snapshot: Snapshot, tmp_path: Path) -> None:
    stranger = Return("LA", Received.ON_TIME, files=("a.xlsx", "b.xlsx"), tasks=3)
    extra = replace(snapshot, returns=(*snapshot.returns, stranger))
    write_report(tmp_path / "r.xlsx", extra)
    cells = sheets(tmp_path / "r.xlsx", "Nộp báo cáo")["Nộp báo cáo"]
    counts = {cells[f"A{row}"].value: cells[f"B{row}"].value for row in range(3, 12)}
    states = [Received.ON_TIME, Received.LATE, Received.MISSING, Received.UNREADABLE]
    words = ["Đúng hạn", "Muộn", "Chưa gửi", "Không đọc được"]
    assert [counts[word] for word in words] == [sum(r.received is s for r in snapshot.returns) for s in states]
    assert counts["Tổng số đơn vị phải báo cáo"] == len(snapshot.units)
    assert counts["Tỷ lệ đơn vị có báo cáo đọc được"] == 25 / 27
    assert "LA" in {seen.value for seen in cells.values()}


def test_findings__a_thousand__worst_first_and_counted(small: Snapshot, tmp_path: Path) -> None:
    many = tuple(
        finding(
            ("row-hidden", "file-encrypted", "done-no-product")[n % 3],
            Address("SYT/a.xlsx", "KH", f"C{n}"),
            str(n),
            unit="SYT" if n % 2 else None,
        )
        for n in range(1000)
    )
    write_report(tmp_path / "r.xlsx", replace(small, findings=many))
    cells = sheets(tmp_path / "r.xlsx", "Vấn đề")["Vấn đề"]
    levels = [cells[f"A{row}"].value for row in range(9, 1009)]
    order = ["■ Lỗi", "▲ Cảnh báo", "○ Ghi chú"]
    assert [order.index(str(level)) for level in levels] == sorted(order.index(str(level)) for level in levels)
    by_level = [sum(one.severity is severity for one in many) for severity in Severity]
    assert [cells[f"B{row}"].value for row in (3, 4, 5, 6)] == [*by_level, 1000]
    keys = {cells[f"M{row}"].value for row in range(9, 1009)}
    assert keys == {one.key for one in many}


FORMULAS = ["=1+1", "+84", "-5", "- đã trình", "@SUM(A1)", '=HYPERLINK("http://x","y")', "http://x.vn", "007", "1/2"]
HOSTILE = ["<r>x</r>", "_x0041_", "<&>\"'", "a\nb", "a\x01b", "lone \ud800", "\uffff", "x" * 40_000, "😀" * 20_000]


def test_text_of_units__looks_like_a_formula__stays_text(small: Snapshot, tmp_path: Path) -> None:
    odd = [
        replace(item, task=text, status_text=text, number=text, result=text, product="", lead_text=text, units=())
        for item, text in zip(small.items, FORMULAS, strict=False)
    ]
    bad = tuple(finding("cell-error", Address(text, text, "A1"), text, unit="SYT") for text in FORMULAS)
    made = with_items(small, (*odd, *small.items[len(odd) :]), small.unit_results, findings=bad)
    write_report(tmp_path / "r.xlsx", made)
    read = sheets(tmp_path / "r.xlsx")
    for name in ("Chi tiết", "Chi tiết theo đơn vị", "Vấn đề"):
        body = {place: seen for place, seen in read[name].items() if int(re.sub(r"\D", "", place)) > 8}
        assert not [place for place, seen in body.items() if seen.formula is not None]
    headers = {seen.value: place[:-1] for place, seen in read["Chi tiết"].items() if re.fullmatch("[A-Z]+4", place)}
    sheet = load_workbook(tmp_path / "r.xlsx")["Chi tiết"]
    for row, text in enumerate(FORMULAS, 5):
        for header in ("TT", "Nội dung", "Trạng thái đơn vị ghi", "Kết quả", "Đơn vị chủ trì"):
            seen = read["Chi tiết"][f"{headers[header]}{row}"]
            assert (seen.type, seen.value, seen.formula) == ("s", text, None)
        quoted = bool(sheet[f"{headers['Nội dung']}{row}"].quotePrefix)
        assert quoted is text.startswith(("=", "+", "-", "@"))
    shown = {seen.value for seen in read["Vấn đề"].values() if seen.type == "s"}
    assert shown >= set(FORMULAS)


def test_text_of_units__hostile__workbook_opens(small: Snapshot, tmp_path: Path) -> None:
    odd = [replace(item, task=text) for item, text in zip(small.items, HOSTILE, strict=False)]
    made = with_items(small, (*odd, *small.items[len(odd) :]), small.unit_results)
    write_report(tmp_path / "r.xlsx", made)
    cells = sheets(tmp_path / "r.xlsx", "Chi tiết")["Chi tiết"]
    for row, text in enumerate(HOSTILE, 5):
        seen = str(cells[f"F{row}"].value)
        assert 0 < len(seen.encode("utf-16-le")) // 2 <= 32_767
        if row < 9:
            assert seen.strip() == text
    load_workbook(tmp_path / "r.xlsx")


def test_empty_snapshot__every_sheet_stands(snapshot: Snapshot, tmp_path: Path) -> None:
    empty = replace(
        snapshot, plans=(), units=(), items=(), unit_results=(), findings=(), returns=(), inputs=(), figures=(),
        decisions=(), rows={}, settings={}, rules={}, period_name="",
    )  # fmt: skip
    write_report(tmp_path / "r.xlsx", empty)
    read = sheets(tmp_path / "r.xlsx")
    assert table(read["Tổng hợp"])[-1]["Tổng số"] == 0
    assert table(read["Theo đơn vị"])[-1]["Tổng số"] == 0
    assert load_workbook(tmp_path / "r.xlsx")["Chi tiết"].tables["tblTask"].ref == "A4:Z5"


def test_plan_without_items__is_said(snapshot: Snapshot, tmp_path: Path) -> None:
    new = Plan(id="200", symbol="200/KH-UBND", title="việc mới", issued_on=date(2025, 9, 1), issuer="UBND tỉnh")
    gone = replace(new, id="201", symbol="201/KH-UBND", active=False)
    made = with_items(snapshot, snapshot.items, snapshot.unit_results, plans=(*PLANS, new, gone))
    write_report(tmp_path / "r.xlsx", made)
    rows = table(sheets(tmp_path / "r.xlsx", "Tổng hợp")["Tổng hợp"])
    assert [row["TT"] for row in rows] == [1, 2, None, None, 3, 4, 5, ""]
    assert rows[6]["Kế hoạch, văn bản"] == "Kế hoạch số 200/KH-UBND ngày 01/9/2025 của UBND tỉnh về việc mới"
    assert (rows[6]["Tổng số"], rows[6]["Tỷ lệ hoàn thành (%)"], rows[6]["Ghi chú"]) == (0, "-", "Chưa có nhiệm vụ")


def test_denominator__no_assigned_list__is_said(small: Snapshot, tmp_path: Path) -> None:
    write_report(tmp_path / "r.xlsx", replace(small, assigned=False))
    read = sheets(tmp_path / "r.xlsx")
    for name in ("Tổng hợp", "Theo Chính phủ"):
        assert any("Chưa có danh mục giao" in str(seen.value) for seen in read[name].values())


@pytest.mark.parametrize(
    ("made", "heading", "expected"),
    [
        (datetime(2026, 8, 31, 23, 0), "", "ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH"),
        (datetime(2026, 9, 1, 0, 0), "", "ỦY BAN NHÂN DÂN THÀNH PHỐ QUẢNG NINH"),
        (datetime(2026, 9, 1, 0, 0), "UBND PHƯỜNG HẠ LONG", "UBND PHƯỜNG HẠ LONG"),
    ],
)
def test_heading__date_or_setting__decides(
    small: Snapshot, tmp_path: Path, made: datetime, heading: str, expected: str
) -> None:
    settings = {"heading_province": heading, "office_name": "VĂN PHÒNG"}
    write_report(tmp_path / "r.xlsx", replace(small, made_at=made, settings=settings))
    cells = sheets(tmp_path / "r.xlsx", "Tổng hợp")["Tổng hợp"]
    assert (cells["A1"].value, cells["A2"].value) == (expected, "VĂN PHÒNG")


def test_summary__provenance__stands_under_every_table(read: dict[str, Cells]) -> None:
    for name in ("Tổng hợp", "Theo đơn vị", "Theo Chính phủ"):
        text = "\n".join(str(seen.value) for seen in read[name].values())
        assert "chốt đến ngày 30 tháng 9 năm 2025" in text
        assert "lần tổng hợp số 2" in text
    notes = "\n".join(str(seen.value) for seen in read["Tổng hợp"].values())
    for words in ("Tổng số là số mục trong danh mục giao", "trước ngày 30/9/2025", "chỉ tính loại Nhiệm vụ", "81,5%"):
        assert words in notes


def test_rounding__cut__rate_keeps_one_decimal(snapshot: Snapshot, tmp_path: Path) -> None:
    write_report(tmp_path / "r.xlsx", replace(snapshot, rules={"rounding": "cắt"}))
    rows = table(sheets(tmp_path / "r.xlsx", "Tổng hợp")["Tổng hợp"])
    assert rows[0]["Tỷ lệ hoàn thành (%)"] == 0.464  # 33/71 = 46,478…


def test_page__official_appendix__is_set_up(report: Path) -> None:
    with zipfile.ZipFile(report) as package:
        part = package.read("xl/worksheets/sheet1.xml").decode()
        names = package.read("xl/workbook.xml").decode()
        core = package.read("docProps/core.xml").decode()
    assert 'paperSize="9"' in part and 'orientation="landscape"' in part
    assert 'differentFirst="1"' in part and "&amp;P" in part and "<firstHeader>" not in part
    margins = re.search(r'<pageMargins left="([\d.]+)" right="([\d.]+)" top="([\d.]+)" bottom="([\d.]+)"', part)
    assert margins and [round(float(inch) * 25.4) for inch in margins.groups()] == [20, 15, 20, 20]
    assert re.search(r"_xlnm.Print_Titles[^>]*>'Tổng hợp'!\$8:\$9<", names)
    assert "fullCalcOnLoad" not in names
    assert "2025-10-10T07:30:00Z" in core


def test_hidden_figures__tables_and_stamp(snapshot: Snapshot, report: Path) -> None:
    book = load_workbook(report)
    sheet = book["Số liệu"]
    assert sheet.sheet_state == "hidden"
    assert book.defined_names["qn_run"].attr_text == "'Số liệu'!$B$1"
    assert (sheet["B1"].value, sheet["B2"].value) == (2, datetime(2025, 9, 30))
    figures = [row[:5] for row in sheet.iter_rows(min_row=9, values_only=True) if row[0] is not None]
    assert [row[:4] for row in figures] == [(f.plan, f.group, f.unit, f.measure) for f in snapshot.figures]
    assert [row[4] for row in figures] == pytest.approx([f.value for f in snapshot.figures], rel=1e-15)
    assert sheet.tables["tblFigure"].ref == f"A8:E{8 + len(figures)}"
    words = {row[6:9] for row in sheet.iter_rows(min_row=9, values_only=True)}
    assert ("plan", "ke hoach 138", "138/KH-UBND") in words


def test_definitions__rows_read__are_all_accounted_for(snapshot: Snapshot, read: dict[str, Cells]) -> None:
    cells = read["Định nghĩa"]
    place = next(place for place, seen in cells.items() if seen.value == "Chênh lệch (phải bằng 0)")
    difference = cells["B" + place[1:]]
    assert difference.formula and difference.value == 0
    text = "\n".join(str(seen.value) for seen in cells.values())
    for words in (snapshot.decisions[0].key, "Biên bản làm việc số 12/BB-VP", snapshot.inputs[3].sha256[:12]):
        assert words in text


def test_same_snapshot__twice__same_bytes(snapshot: Snapshot, report: Path, tmp_path: Path) -> None:
    write_report(tmp_path / "again.xlsx", snapshot)
    assert (tmp_path / "again.xlsx").read_bytes() == report.read_bytes()


def test_own_report__in_the_inbox__is_known_as_ours(report: Path, snapshot: Snapshot) -> None:
    context = ReadContext(units=snapshot.units, plans=snapshot.plans, as_of=AS_OF)
    assert read_file("tong-hop.xlsx", report, context).own_report


def test_links__odd_names__lead_to_the_cell(small: Snapshot, tmp_path: Path) -> None:
    first, second, *others = small.items
    name = "Sở Y tế/báo cáo #2 100% [mới].xlsx"
    odd = replace(first, sources=(Address(name, "KH '138'", "D9"), Address("b.xlsx", "S", "A1")))
    comma = replace(second, sources=(Address("c.csv", "c", "B2"),))
    listed = InputFile("c.csv", "0" * 64, 1, "csv", None, True, {}, 1)
    made = with_items(small, (odd, comma, *others), small.unit_results, inputs=(*small.inputs, listed))
    write_report(tmp_path / "r.xlsx", made, inbox="../../don-vi/2025-9T")
    copy_report(
        tmp_path / "r.xlsx", tmp_path / "m.xlsx", inbox="../../don-vi/2025-9T", from_copy="../don-vi/2025-9T"
    )
    path = "Sở%20Y%20tế/báo%20cáo%20%232%20100%25%20%5Bmới%5D.xlsx"
    for file, folder in (("r.xlsx", "../../don-vi/2025-9T/"), ("m.xlsx", "../don-vi/2025-9T/")):
        sheet = load_workbook(tmp_path / file)["Chi tiết"]
        headers = [cell.value for cell in sheet[4]]
        cell, plain_file = (sheet.cell(row, headers.index("Tệp") + 1) for row in (5, 6))
        assert cell.value == f"{name} (và 1 nguồn khác)"
        assert cell.hyperlink.target == folder + path
        assert cell.hyperlink.location == "'KH ''138'''!D9"
        assert (plain_file.hyperlink.target, plain_file.hyperlink.location) == (f"{folder}c.csv", None)


def test_links__more_than_excel_opens__the_rest_is_text(tmp_path: Path) -> None:
    book = Workbook(str(tmp_path / "r.xlsx"))
    sheet: Any = book.add_worksheet("S", ListSheet)
    look = book.add_format()
    rows = ([Link("a", "a.xlsx")] for _ in range(LINKS_IN_A_SHEET + 5))
    made = sheet.write_list("tbl", 0, [Column("Tệp", 9)], rows, formats=[look], header=look, quoted=look, link=look)
    book.close()
    with zipfile.ZipFile(tmp_path / "r.xlsx") as package:
        part = package.read("xl/worksheets/sheet1.xml").decode()
        relations = package.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
    assert part.count("<hyperlink ") == LINKS_IN_A_SHEET
    assert relations.count("/hyperlink") == 1
    assert made.reference == f"'S'!$A$1:$A${LINKS_IN_A_SHEET + 6}"
    assert link_target("x", "a" * 3000) == ""


def test_links__inbox_on_another_drive__are_absolute() -> None:
    assert link_target("D:/don vi", "a.xlsx") == "file:///D:/don%20vi/a.xlsx"
    assert link_target("//may-chu/chung", "a.xlsx") == "file://may-chu/chung/a.xlsx"
    assert link_target("/srv/don-vi", "a.xlsx") == "file:///srv/don-vi/a.xlsx"
    assert link_target("../don-vi", "a.xlsx") == "../don-vi/a.xlsx"


def test_dates__before_excel_can__are_text(small: Snapshot, tmp_path: Path) -> None:
    first, *others = small.items
    odd = with_items(small, (replace(first, due=date(1900, 2, 5)), *others), small.unit_results)
    write_report(tmp_path / "r.xlsx", odd)
    assert sheets(tmp_path / "r.xlsx", "Chi tiết")["Chi tiết"]["I5"].value == "05/02/1900"


def test_criterion__signs_that_excel_reads__are_taken_literally() -> None:
    assert formulas.criterion("Kế hoạch *? ~") == '"Kế hoạch ~*~? ~~"'
    assert formulas.criterion('<"a">') == '"=<""a"">"'
    with pytest.raises(ValueError, match="too long"):
        formulas.criterion("x" * 256)


def test_lines__long_words_and_breaks__are_counted() -> None:
    assert lines("", 10) == 1
    assert lines("ngắn", 10) == 1
    assert lines("một hai ba bốn năm sáu bảy tám chín mười", 20) == 2
    assert lines("a\n\nb", 10) == 3
    assert lines("x" * 200, 10) > 15
    assert plain("<r>a</r>") != "<r>a</r>"


def same(one: Seen, two: Seen) -> bool:
    if isinstance(one.value, float) and isinstance(two.value, float):
        return one.value == pytest.approx(two.value, rel=1e-12, abs=1e-12)
    return (one.value or "") == (two.value or "")


@pytest.mark.libreoffice
def test_recalculation__stored_value_is_wrong__is_noticed(tmp_path: Path) -> None:
    book = Workbook(str(tmp_path / "wrong.xlsx"))
    book.add_worksheet("S").write_formula("A1", "=1+1", None, 3)
    book.close()
    assert sheets(tmp_path / "wrong.xlsx", "S")["S"]["A1"].value == 3
    assert sheets(recalculated(tmp_path / "wrong.xlsx", tmp_path))["S"]["A1"].value == 2


@pytest.mark.libreoffice
@pytest.mark.parametrize("variant", ["article", "full", "odd", "empty"])
def test_recalculation__hard__every_cell_as_python_computed(snapshot: Snapshot, tmp_path: Path, variant: str) -> None:
    made = snapshot
    if variant == "full":
        settings = {**snapshot.settings, "summary_columns": "đầy đủ"}
        made = replace(snapshot, settings=settings, rules={"rounding": "cắt", "government_recurring": "không"})
    elif variant == "odd":
        odd = Plan(id="9", symbol='9*/KH-"A"?~', title="=1+1")
        unit = replace(snapshot.units[0], name='Ban "Quản lý" *? ~ <1>')
        first, *others = snapshot.items
        items = (replace(first, plan="9"), *others)
        results = tuple(replace(r, plan="9") if r.item == first.id else r for r in snapshot.unit_results)
        units = (unit, *snapshot.units[1:])
        made = with_items(snapshot, items, results, plans=(*PLANS, odd), units=units)
    elif variant == "empty":
        made = with_items(snapshot, (), (), findings=(), returns=(), inputs=(), decisions=(), rows={})
    write_report(tmp_path / "r.xlsx", made)
    stored = sheets(tmp_path / "r.xlsx")
    fresh = sheets(recalculated(tmp_path / "r.xlsx", tmp_path))
    assert list(fresh) == list(stored)
    different = []
    formulas_seen = 0
    for name, cells in stored.items():
        assert not [place for place, seen in fresh[name].items() if seen.type == "e"], name
        for place, seen in cells.items():
            again = fresh[name].get(place, Seen("n", None, None))
            formulas_seen += seen.formula is not None
            if not same(seen, again):
                different.append((name, place, seen, again))
    assert not different
    assert formulas_seen > 60


@pytest.mark.libreoffice
def test_pdf__report__is_made(report: Path, tmp_path: Path) -> None:
    assert convert(report, "pdf", tmp_path).read_bytes().startswith(b"%PDF")


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    [" a", "a\n", "_x000D_", "<r>x</r>", "a&b", "a\tb", "\x1f", "Quyết định số 1"]
), min_size=1, max_size=8, unique=True))
def test_book__shared_strings_are_those_of_xlsxwriter(texts: list[str]) -> None:
    parts = []
    for kind in (Workbook, Book):
        stream = io.BytesIO()
        book = kind(stream)
        sheet = book.add_worksheet()
        for row, text in enumerate(texts):
            sheet.write_string(row, 0, text)
        book.close()
        with zipfile.ZipFile(stream) as package:
            found = [name for name in package.namelist() if name == "xl/sharedStrings.xml"]
            parts.append([package.read(name) for name in found])
    assert parts[0] == parts[1]
