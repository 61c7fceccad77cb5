"""The office's own workbook filled: values right, everything else byte for byte as it was."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from office import Seen, convert, recalculated, sheets
from snapshots import article_snapshot
from typer.testing import CliRunner

from qn_xl.cli import app
from qn_xl.commands.papers import asker
from qn_xl.errors import UsageError
from qn_xl.excel.inputs import create_workbook
from qn_xl.functions import Functions
from qn_xl.history import History
from qn_xl.model import Snapshot
from qn_xl.outputs import libreoffice
from qn_xl.outputs.fill import fill, write
from qn_xl.outputs.fill_result import Filled
from qn_xl.rules.figures import Figures
from qn_xl.tables import default_tables

SHEET = "Tổng hợp"


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return article_snapshot()


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "program", lambda: None)


def template(path: Path, build: Callable[[Any, Any], None]) -> Path:
    book = xlsxwriter.Workbook(path)
    book.set_calc_mode("auto", 191029)
    book.calc_on_load = False
    build(book, book.add_worksheet(SHEET))
    book.close()
    return path


def filled(path: Path, snapshot: Snapshot, **more: Any) -> tuple[Filled, dict[str, Seen]]:
    result = fill(path, snapshot, asker(Functions(snapshot)), **more)
    out = path.with_name(f"ket-qua{path.suffix}")
    write(result, out)
    return result, sheets(out)[SHEET]


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def changed_parts(before: Path, after: Path) -> set[str]:
    old, new = parts(before), parts(after)
    assert list(old) == [name for name in new if name in old]
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def repacked(path: Path, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> Path:
    kept = {name: change(name, content) for name, content in parts(path).items()} | (extra or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in kept.items():
            package.writestr(name, content)
    return path


def rich_template(path: Path) -> Path:
    """A template with a bit of everything that must survive."""

    def build(book: Any, page: Any) -> None:
        percent = book.add_format({"num_format": "0.0%", "bold": True})
        page.write_row("A4", ["Kế hoạch", "hoàn thành", "chậm tiến độ", "Tỷ lệ"])
        for row, plan in enumerate(("138", "157/KH-UBND", "02", "Đề án 06"), 5):
            page.write(f"A{row}", plan)
            page.write_formula(f"B{row}", f"=QN_COUNT($A{row},B$4)")
            page.write_formula(f"C{row}", f'=IFERROR(QN_COUNT($A{row},C$4),"-")')
            page.write_formula(f"D{row}", f"=QN_RATE($A{row})", percent)
        page.write_formula("B9", "=SUM(B5:B8)")
        page.write_formula("C9", "=B9+1000")
        page.write("F1", "giữ nguyên")
        page.data_validation("G1", {"validate": "list", "source": ["a", "b"]})
        page.conditional_format("D5:D8", {"type": "data_bar"})
        page.conditional_format("B5:B8", {"type": "cell", "criteria": ">", "value": 10, "format": percent})
        page.insert_textbox("H12", "Văn bản trong hình")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": f"='{SHEET}'!$B$5:$B$8"})
        page.insert_chart("F4", chart)
        page.set_header("&CBiểu 1")
        other = book.add_worksheet("Trang khác")
        other.write("A1", "không đổi")
        other.write_formula("A2", "=1+1", None, 2)

    return template(path, build)


def test_fill__counts_and_rates_are_those_of_the_snapshot(tmp_path: Path, snapshot: Snapshot, no_office: None) -> None:
    result, cells = filled(rich_template(tmp_path / "mau.xlsx"), snapshot)
    figures = Figures(snapshot.figures)
    for row, plan in enumerate(("138/KH-UBND", "157/KH-UBND", "02-KH/BCĐ", "Đề án 06"), 5):
        assert cells[f"B{row}"] == Seen("n", figures.get(plan, "done"), None)
        assert cells[f"C{row}"].formula == f'IFERROR({figures.get(plan, "overdue"):.0f},"-")'
        assert cells[f"D{row}"].value == pytest.approx(figures.get(plan, "rate_total"))
    assert result.problems == []
    assert {(one.cell, one.was, one.now) for one in result.changes} >= {
        ("B5", "=QN_COUNT($A5,B$4)", "33"),
        ("C5", '=IFERROR(QN_COUNT($A5,C$4),"-")', '=IFERROR(21,"-")'),
        ("D5", "=QN_RATE($A5)", "0,4648"),
    }


def test_fill__only_the_sheet_and_the_recalculation_mark_change(
    tmp_path: Path, snapshot: Snapshot, no_office: None
) -> None:
    path = rich_template(tmp_path / "mau.xlsx")
    filled(path, snapshot)
    out = path.with_name("ket-qua.xlsx")
    assert changed_parts(path, out) == {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    before, after = (parts(one)["xl/workbook.xml"].decode() for one in (path, out))
    assert after.replace(' fullCalcOnLoad="1"', "") == before.replace(' fullCalcOnLoad="1"', "")
    sheet_before, sheet_after = (parts(one)["xl/worksheets/sheet1.xml"].decode() for one in (path, out))
    tail = sheet_before[sheet_before.index("</sheetData>") :]
    assert sheet_after.endswith(tail)
    cell = re.compile(r'<c r="([B-D][5-9])".*?</c>')
    assert cell.sub("", sheet_after) == cell.sub("", sheet_before)


def test_fill__formulas_that_depend_on_it_lose_their_stored_value_without_libreoffice(
    tmp_path: Path, snapshot: Snapshot, no_office: None
) -> None:
    result, cells = filled(rich_template(tmp_path / "mau.xlsx"), snapshot)
    assert cells["B9"] == Seen("n", None, "SUM(B5:B8)")
    assert cells["C9"] == Seen("n", None, "B9+1000")
    assert (result.recomputed, result.waiting) == (0, 6)
    assert b'fullCalcOnLoad="1"' in parts(tmp_path / "ket-qua.xlsx")["xl/workbook.xml"]
    assert sheets(tmp_path / "ket-qua.xlsx")["Trang khác"]["A2"].value == 2


@pytest.mark.libreoffice
def test_fill__a_template_that_libreoffice_wrote_keeps_its_other_parts(tmp_path: Path, snapshot: Snapshot) -> None:
    path = convert(rich_template(tmp_path / "mau.xlsx"), "xlsx", tmp_path, recalculate=False)
    result, cells = filled(path, snapshot)
    out = path.with_name("ket-qua.xlsx")
    assert result.problems == []
    assert changed_parts(path, out) == {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    kept = parts(out)
    assert {"xl/charts/chart1.xml", "xl/drawings/drawing1.xml"} <= kept.keys()
    sheet = kept["xl/worksheets/sheet1.xml"].decode()
    assert "<dataValidation " in sheet and "dataBar" in sheet
    assert cells["B9"].value == 128 and cells["C9"].value == 1128
    assert cells["C5"] == Seen("n", 21, 'IFERROR(21,"-")')


@pytest.mark.libreoffice
def test_fill__stored_values_are_what_a_spreadsheet_computes(tmp_path: Path, snapshot: Snapshot) -> None:
    def build(book: Any, page: Any) -> None:
        page.write_formula("A1", '="Đạt "&TEXT([1]!QN_RATE("138"),"0.00%")&" của "&Progress.xlsm!QN_COUNT("138")')
        page.write_formula("A2", "=ROUND(QN_RATE(138)*100,1)")
        page.write_formula("A3", '=IFERROR(QN_COUNT("không có"),"-")')
        page.write_formula("A4", '=QN_SENTENCE("157")&"!"')
        page.write_formula("A5", '=SUM(QN_COUNT({"138","02"}))')
        page.write_formula("A6", '=5-QN_CHANGE("138","hoàn thành",QN_AS_OF(),QN_AS_OF())')
        page.write_formula("A7", "=TyLe")
        page.write_array_formula("B1:B2", '{=QN_COUNT({"138";"02"})*2}')
        book.define_name("TyLe", '=QN_RATE("138")')

    path = template(tmp_path / "mau.xlsx", build)
    result, cells = filled(path, snapshot)
    again = sheets(recalculated(tmp_path / "ket-qua.xlsx", tmp_path))[SHEET]
    for name, cell in cells.items():
        assert again[name].value == pytest.approx(cell.value), name
    assert cells["A1"].value == "Đạt 46.48% của 71"
    assert (cells["A2"].value, cells["A3"].value, cells["A5"].value, cells["A6"].value) == (46.5, "-", 102, 5)
    sentence = str(Functions(snapshot).sentence("157"))
    assert cells["A4"].value == sentence + "!"
    assert max(len(text) for text in re.findall(r'"([^"]*)"', str(cells["A4"].formula))) <= 255
    assert cells["A7"].value == pytest.approx(33 / 71)
    assert (cells["B1"].value, cells["B2"].value) == (142, 62)
    assert [problem.cell for problem in result.problems] == ["A3"]


def test_fill__a_formula_that_is_one_call_becomes_a_constant_of_its_type(
    tmp_path: Path, snapshot: Snapshot, no_office: None
) -> None:
    def build(book: Any, page: Any) -> None:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_formula("A1", "=QN_AS_OF()", day)
        page.write_formula("A2", "=QN_AS_OF()")
        page.write_formula("A3", '=QN_SENTENCE("138")')
        page.write_formula("A4", "=(QN_COUNT( 138 ))")
        page.write_formula("A5", "=QN_COUNT(Z99)")
        page.write_formula("A6", '=QN_DUE("Thường xuyên")')
        page.write_formula("A7", '=QN_STATUS(B7,"Đang thực hiện")')
        page.write_datetime("B7", datetime(2025, 8, 15), day)

    result, cells = filled(template(tmp_path / "mau.xlsx", build), snapshot)
    assert cells["A1"] == Seen("n", 45930, None)
    assert cells["A2"] == Seen("inlineStr", "30/9/2025", None)
    assert cells["A3"] == Seen("inlineStr", Functions(snapshot).sentence("138"), None)
    assert cells["A4"] == Seen("n", 71, None)
    assert "A5" not in cells
    assert cells["A6"] == Seen("e", "#N/A", None)
    assert cells["A7"].value == "Chậm tiến độ"
    assert [problem.cell for problem in result.problems] == ["A6"]


def test_fill__unknown_names_are_listed_by_cell(tmp_path: Path, snapshot: Snapshot, no_office: None) -> None:
    def build(book: Any, page: Any) -> None:
        page.write_formula("A1", '=QN_COUNT("999")')
        page.write_formula("A2", '=QN_COUNT("138","lạ")')
        page.write_formula("A3", "=QN_KHONG_CO(1)")
        page.write_formula("A4", '=QN_COUNT(VLOOKUP(1,B1:C5,2))')
        page.write("A5", "Có {{138.lạ}} và {{138.total}}")
        page.write_formula("A6", '=QN_RATE("138","đến hạn","chỉ tiêu")')

    result, cells = filled(template(tmp_path / "mau.xlsx", build), snapshot)
    assert [(one.cell, one.seen) for one in result.problems] == [
        ("A1", 'QN_COUNT("999")'),
        ("A2", 'QN_COUNT("138","lạ")'),
        ("A3", "QN_KHONG_CO(1)"),
        ("A4", "QN_COUNT(VLOOKUP(1,B1:C5,2))"),
        ("A5", "{{138.lạ}}"),
    ]
    assert [cells[f"A{row}"].value for row in (1, 3, 4)] == ["#N/A", "#NAME?", "#VALUE!"]
    assert cells["A5"].value == "Có {{138.lạ}} và 71"
    assert cells["A6"] == Seen("e", "#N/A", None)  # nothing to divide: an error value, but nobody's mistake


def test_fill__arguments_come_from_cells_names_and_tables(tmp_path: Path, snapshot: Snapshot, no_office: None) -> None:
    def build(book: Any, page: Any) -> None:
        page.add_table("A1:C3", {"name": "Bieu", "columns": [{"header": h} for h in ("Số", "Kế hoạch", "Hoàn thành")]})
        page.write_column("A2", [138, 2])
        page.write_formula("B2", '="KH "&A2')
        page.write_formula("B3", '="0"&A3')
        page.write_formula("C2", "=QN_COUNT(Bieu[[#This Row],[Kế hoạch]],'Danh mục'!$A$1)")
        page.write_formula("C3", "=QN_COUNT(Bieu[[#This Row],[Kế hoạch]],Lop)")
        page.write_formula("D2", '=QN_COUNT(TRIM(" 138 "),LEFT(Lop,10)&"",,,DATE(2025,9,30))')
        page.write_formula("D3", "=QN_COUNT(D4)")
        page.write_formula("D4", "=LOWER(B2)")
        book.add_worksheet("Danh mục").write("A1", "hoàn thành")
        book.define_name("Lop", "='Danh mục'!$A$1")

    result, cells = filled(template(tmp_path / "mau.xlsx", build), snapshot)
    assert result.problems == []
    assert [cells[name].value for name in ("C2", "C3", "D2", "D3")] == [33, 24, 33, 71]


def test_fill__shared_formulas_are_filled_one_by_one(tmp_path: Path, snapshot: Snapshot, no_office: None) -> None:
    def build(book: Any, page: Any) -> None:
        page.write_column("A1", ["138", "02", "06"])
        for row in (1, 2, 3):
            page.write_formula(f"B{row}", "=0")

    def share(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return content
        first = b'<f t="shared" ref="B1:B3" si="0">QN_COUNT($A1,"ho\xc3\xa0n th\xc3\xa0nh")</f>'
        text = content.replace(b"<f>0</f>", first, 1)
        return text.replace(b"<f>0</f>", b'<f t="shared" si="0"/>')

    path = repacked(template(tmp_path / "mau.xlsx", build), share)
    _, cells = filled(path, snapshot)
    assert [cells[f"B{row}"] for row in (1, 2, 3)] == [Seen("n", value, None) for value in (33, 24, 57)]


def test_fill__blocks_go_where_the_template_says(tmp_path: Path, snapshot: Snapshot, no_office: None) -> None:
    def build(book: Any, page: Any) -> None:
        bold = book.add_format({"bold": True})
        page.write_array_formula("A1:K10", "{=QN_TABLE()}", bold)
        page.write_formula("A20", '=QN_TASKS("138","chậm tiến độ")')
        page.write_formula("A50", '=QN_TASKS("138","chậm tiến độ")', bold)
        page.write_formula("A80", '=QN_TASKS("138","chậm tiến độ")')
        book.define_name("qn_than_cham", f"='{SHEET}'!$A$50:$D$70")
        book.define_name("qn_ngan", f"='{SHEET}'!$A$80:$K$84")

    path = template(tmp_path / "mau.xlsx", build)
    result, cells = filled(path, snapshot)
    table = Functions(snapshot).table()
    assert [cells[f"{column}2"].value for column in "ABCDE"] == table[1][:5]
    assert cells["K2"].value == pytest.approx(33 / 71)
    assert "A9" not in cells and all(cell.formula is None for cell in cells.values())
    tasks = Functions(snapshot).tasks("138", "chậm tiến độ")
    assert [cells[f"D{50 + row}"].value for row in range(21)] == [row[3] for row in tasks[1:]]
    assert cells["A20"].value == "Kế hoạch"
    assert [(one.cell, one.message.split(":")[0]) for one in result.problems] == [
        ("A20", "bảng 22 dòng, 11 cột nhưng mẫu chưa đánh dấu vùng"),
        ("A50", "vùng đánh dấu thiếu chỗ cho 7 cột cuối của bảng."),
        ("A80", "vùng đánh dấu thiếu chỗ cho 17 dòng cuối của bảng."),
    ]
    with zipfile.ZipFile(tmp_path / "ket-qua.xlsx") as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    styles = dict(re.findall(r'<c r="(A5\d)" s="(\d+)"', sheet))
    assert set(styles) == {f"A{row}" for row in range(50, 60)} and len(set(styles.values())) == 1
    rows = [int(row) for row in re.findall(r'<row r="(\d+)"', sheet)]
    assert rows == sorted(set(rows))


def test_fill__placeholders_in_rich_text_and_headers(tmp_path: Path, snapshot: Snapshot, no_office: None) -> None:
    def build(book: Any, page: Any) -> None:
        bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        page.write_rich_string("A1", "Đã ", bold, "{{138.do", "ne}}/{{138.tổng số}} & xong")
        page.write("A2", "{{138.hoàn thành}}")
        page.write("A3", "{{138.tỷ lệ hoàn thành}}")
        page.write("A4", "{{138.rate_total}}", percent)
        page.write("A5", "{{157.done.chỉ tiêu}} - {{tất cả.done}} - {{138.total@SYT}}")
        page.write("A6", "{{as_of}}; {{as_of.long}}; {{lần}}")
        page.write("A7", "{{câu.138}}")
        page.write("A8", "{{ KH 138 . Chậm tiến độ }}")
        page.set_header("&C&12{{138.done}} & {{period}}")
        page.set_footer("&L&P/&N {{không có}}")

    result, cells = filled(template(tmp_path / "mau.xlsx", build), snapshot)
    figures = Figures(snapshot.figures)
    assert cells["A1"].value == "Đã 33/71 & xong"
    assert cells["A2"] == Seen("n", 33, None)
    assert cells["A3"].value == "46,5%"
    assert cells["A4"].value == pytest.approx(33 / 71)
    owed = figures.get("138/KH-UBND", "total", unit="SYT")
    assert cells["A5"].value == f"11 - 128 - {owed:.0f}"
    assert cells["A6"].value == "30/9/2025; ngày 30 tháng 9 năm 2025; 2"
    assert cells["A7"].value == Functions(snapshot).sentence("138")
    assert cells["A8"].value == 21
    sheet = parts(tmp_path / "ket-qua.xlsx")["xl/worksheets/sheet1.xml"].decode()
    assert f"<oddHeader>&amp;C&amp;12 33 &amp; {snapshot.period_name}</oddHeader>" in sheet
    assert "<b/>" in sheet and "{{không có}}" in sheet
    assert [(one.cell, one.seen) for one in result.problems] == [("chân trang", "{{không có}}")]
    assert "xl/sharedStrings.xml" not in changed_parts(tmp_path / "mau.xlsx", tmp_path / "ket-qua.xlsx")


def test_fill__keeping_formulas_stores_values_beside_them(tmp_path: Path, snapshot: Snapshot, no_office: None) -> None:
    path = rich_template(tmp_path / "mau.xlsx")
    result, cells = filled(path, snapshot, keep_formulas=True)
    assert cells["B5"] == Seen("n", 33, "QN_COUNT($A5,B$4)")
    assert cells["C5"] == Seen("n", None, 'IFERROR(QN_COUNT($A5,C$4),"-")')
    assert changed_parts(path, tmp_path / "ket-qua.xlsx") == {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    assert result.problems == []


def test_fill__the_calculation_chain_forgets_what_became_constant(
    tmp_path: Path, snapshot: Snapshot, no_office: None
) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    form = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"

    def with_chain(path: Path, cells: str) -> Path:
        chain = f'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{cells}</calcChain>'

        def name_it(name: str, content: bytes) -> bytes:
            if name == "xl/_rels/workbook.xml.rels":
                added = f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/></Relationships>'
                return content.replace(b"</Relationships>", added.encode())
            if name == "[Content_Types].xml":
                added = f'<Override PartName="/xl/calcChain.xml" ContentType="{form}"/></Types>'
                return content.replace(b"</Types>", added.encode())
            return content

        return repacked(path, name_it, {"xl/calcChain.xml": chain.encode()})

    some = with_chain(rich_template(tmp_path / "mot.xlsx"), '<c r="B5" i="1"/><c r="C5"/><c r="B9"/><c r="A2" i="2"/>')
    filled(some, snapshot)
    chain = parts(tmp_path / "ket-qua.xlsx")["xl/calcChain.xml"].decode()
    assert re.findall(r"<c .*?/>", chain) == ['<c r="C5" i="1"/>', '<c r="B9" i="1"/>', '<c r="A2" i="2"/>']

    whole = with_chain(rich_template(tmp_path / "hai.xlsx"), '<c r="B5" i="1"/>')
    filled(whole, snapshot)
    left = parts(tmp_path / "ket-qua.xlsx")
    assert "xl/calcChain.xml" not in left
    assert b"calcChain" not in left["[Content_Types].xml"] + left["xl/_rels/workbook.xml.rels"]


def test_fill__prefixed_parts_and_macros_survive(tmp_path: Path, snapshot: Snapshot, no_office: None) -> None:
    def prefix(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return content
        content = re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", content)
        return content.replace(b'xmlns="http', b'xmlns:x="http', 1)

    def build(book: Any, page: Any) -> None:
        page.write("A1", "{{138.done}}/{{138.total}}")
        page.write_formula("A2", "=QN_COUNT(138)")
        page.write_array_formula("A4:B6", "{=QN_TABLE()}")

    plain = template(tmp_path / "goc.xlsx", build)
    path = plain.rename(tmp_path / "mau.xlsm")
    repacked(path, prefix, {"xl/vbaProject.bin": b"\xd0\xcf macro", "customUI/customUI14.xml": b"<customUI/>"})
    filled(path, snapshot)
    out = tmp_path / "ket-qua.xlsm"
    assert changed_parts(path, out) == {"xl/worksheets/sheet1.xml"}
    sheet = parts(out)["xl/worksheets/sheet1.xml"]
    assert b"<x:is><x:t xml:space=\"preserve\">33/71</x:t></x:is>" in sheet
    assert b'<x:c r="A2"><x:v>71</x:v></x:c>' in sheet
    assert b"<c " not in sheet and b"<f>" not in sheet


def test_fill__rates_are_cut_where_the_office_cuts(tmp_path: Path, snapshot: Snapshot, no_office: None) -> None:
    def build(book: Any, page: Any) -> None:
        page.write_formula("A1", "=QN_RATE(138)", book.add_format({"num_format": "0.0%"}))
        page.write_formula("A2", "=QN_RATE(138)", book.add_format({"num_format": "0.00%"}))
        page.write_formula("A3", "=1-QN_RATE(138)", book.add_format({"num_format": "0.0%"}))
        page.write("A4", "{{138.rate_total}}")
        page.write("A5", "{{definition}}")

    cut = replace(snapshot, rules={**snapshot.rules, "rounding": "cắt"})
    _, cells = filled(template(tmp_path / "mau.xlsx", build), cut)
    assert [cells[f"A{row}"].value for row in (1, 2, 4)] == [0.464, 0.4647, "46,4%"]
    assert cells["A3"].formula == "1-0.464"
    assert "cắt phần sau, không làm tròn lên" in str(cells["A5"].value)
    _, cells = filled(tmp_path / "mau.xlsx", snapshot)
    assert cells["A4"].value == "46,5%" and "làm tròn" in str(cells["A5"].value)


def test_fill__text_of_a_unit_is_never_a_formula(tmp_path: Path, snapshot: Snapshot, no_office: None) -> None:
    item = replace(next(one for one in snapshot.items if one.plan == "138"), task='=HYPERLINK("x")\x01 <b>&')
    hostile = replace(snapshot, items=(item,))
    path = template(tmp_path / "mau.xlsx", lambda _, page: page.write_array_formula("A1:K3", "{=QN_TASKS(138)}"))
    _, cells = filled(path, hostile)
    assert cells["D2"] == Seen("inlineStr", '=HYPERLINK("x")\x01 <b>&', None)


def test_fill__conditions_take_values_but_no_relative_references(
    tmp_path: Path, snapshot: Snapshot, no_office: None
) -> None:
    def build(book: Any, page: Any) -> None:
        bold = book.add_format({"bold": True})
        page.write("B1", "138")
        rule = {"type": "formula", "format": bold}
        page.conditional_format("A1:A5", rule | {"criteria": '=$A1<QN_COUNT("138")'})
        page.conditional_format("B1:B5", rule | {"criteria": "=$A1<QN_COUNT($B$1)"})
        page.conditional_format("C1:C5", rule | {"criteria": "=$A1<QN_COUNT(B1)"})

    result, _ = filled(template(tmp_path / "mau.xlsx", build), snapshot)
    sheet = parts(tmp_path / "ket-qua.xlsx")["xl/worksheets/sheet1.xml"].decode()
    assert sheet.count("<formula>$A1&lt;71</formula>") == 2 and "QN_COUNT(B1)" in sheet
    assert [one.cell for one in result.problems] == ["định dạng có điều kiện"]


def test_fill__the_heading_of_a_table_stays(tmp_path: Path, snapshot: Snapshot, no_office: None) -> None:
    def build(book: Any, page: Any) -> None:
        page.add_table("A1:A3", {"columns": [{"header": "Đến {{as_of}}"}]})
        page.write("A2", "{{as_of}}")

    result, cells = filled(template(tmp_path / "mau.xlsx", build), snapshot)
    assert cells["A1"].value == "Đến {{as_of}}" and cells["A2"].value == "30/9/2025"
    assert [one.cell for one in result.problems] == ["A1"]


def test_command__lists_what_changed_and_tells_unknown_names_by_its_exit_code(
    tmp_path: Path, snapshot: Snapshot, no_office: None
) -> None:
    folder = tmp_path / "TienDo"
    folder.mkdir()
    create_workbook(folder / "Progress.xlsx", default_tables())
    History(folder / "lich-su.sqlite").save(snapshot)
    path = template(tmp_path / "mau.xlsx", lambda _, page: page.write_formula("A1", '=QN_COUNT("138")'))
    out = tmp_path / "ra.xlsx"
    result = CliRunner().invoke(app, ["fill", str(path), "-o", str(out), str(folder), "--json"])
    document = json.loads(result.stdout)
    assert result.exit_code == 0 and document["run"] == snapshot.run
    assert document["cells"] == [
        {"sheet": SHEET, "cell": "A1", "was": '=QN_COUNT("138")', "now": "71", "how": "giá trị"}
    ]
    wrong = template(tmp_path / "sai.xlsx", lambda _, page: page.write_formula("A1", '=QN_COUNT("999")'))
    result = CliRunner().invoke(app, ["fill", str(wrong), "-o", str(out), str(folder)])
    assert result.exit_code == 20 and "LỖI" in result.stdout and f"{SHEET} › A1" in result.stdout
    result = CliRunner().invoke(app, ["fill", str(path), "-o", str(path), str(folder)])
    assert isinstance(result.exception, UsageError) and "trùng với mẫu" in str(result.exception)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 an old workbook"])
def test_fill__what_is_no_template_is_refused_in_one_sentence(
    tmp_path: Path, snapshot: Snapshot, content: bytes
) -> None:
    path = tmp_path / "mau.xlsx"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"mau\.xlsx"):
        fill(path, snapshot, asker(Functions(snapshot)))
