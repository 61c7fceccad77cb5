"""What stands in the built workbook, and what macros switched off leave readable."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from office import recalculated, sheets
from snapshots import article_snapshot, earlier_snapshot

from qn_xl.errors import UsageError
from qn_xl.excel import chart_blocks, hidden, package, setup, sheet_examples, sources
from qn_xl.excel.build import MACRO_NOTE, build, code_names, workbook_bytes
from qn_xl.functions_registry import REGISTRY
from qn_xl.model import Kind
from qn_xl.outputs.report import Past, write_report
from qn_xl.outputs.sheet_summary import columns
from qn_xl.rules.text import fold
from qn_xl.tables import default_tables
from qn_xl.workspace import Workspace, read_tables

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "Progress.xlsm"
    build(article_snapshot(), default_tables(), path, "python.exe", [earlier_snapshot()], Past(earlier_snapshot()))
    return path


@pytest.fixture(scope="module")
def parts(built: Path) -> dict[str, str]:
    content = package.parts(built.read_bytes())
    return {name: data.decode("utf-8") for name, data in content.items() if name.endswith((".xml", ".rels"))}


def test_workbook__states__technical_sheets_are_very_hidden_and_nothing_is_calculated_on_load(
    parts: dict[str, str],
) -> None:
    book = parts["xl/workbook.xml"]
    states = dict(re.findall(r'<sheet name="([^"]+)" sheetId="\d+"(?: state="(\w+)")?', book))
    assert states["_qn_text"] == states["xlwings.conf"] == "veryHidden"
    assert states["Số liệu"] == states["Danh mục"] == "hidden"
    assert [name for name, state in states.items() if not state] == [
        "Tổng hợp", "Theo đơn vị", "Theo Chính phủ", "So với kỳ trước", "Chi tiết thay đổi", "Chỉ tiêu qua các kỳ",
        "Chi tiết", "Chi tiết theo đơn vị", "Vấn đề", "Xử lý (đề nghị)", "Nộp báo cáo", "Biểu đồ", "Ví dụ công thức",
        "Kế hoạch", "Nhiệm vụ giao", "Đơn vị", "Xử lý", "Quy tắc", "Cài đặt", "Định nghĩa",
    ]  # fmt: skip
    assert not any(name.endswith(".py") for name in states)
    assert 'calcId="191029"' in book
    assert "fullCalcOnLoad" not in book
    assert len(states) == len(code_names())


def test_workbook__names__none_is_a_function_s(parts: dict[str, str]) -> None:
    names = {name.upper() for name in re.findall(r'<definedName name="([^"]+)"', parts["xl/workbook.xml"])}
    assert "QN_RUN" in names
    assert not names & {"QN_AS_OF", "QN_PROGRESS", "QN_COUNT", "QN_RATE", "QN_LATE", "QN_DUE", "QN_STATUS"}


def test_summary__first_lines__say_how_to_enable_macros(built: Path) -> None:
    sheet = openpyxl.load_workbook(built, keep_vba=False)["Tổng hợp"]
    assert sheet["C1"].value == MACRO_NOTE
    assert len(MACRO_NOTE) < 255


def test_summary__rates__ask_the_function_and_fall_back_on_the_sheet(built: Path) -> None:
    sheet = openpyxl.load_workbook(built)["Tổng hợp"]
    place = [column.measure for column in columns(article_snapshot())].index("rate_total") + 1
    formulas = [str(row[place - 1].value) for row in sheet.iter_rows(min_row=10, max_row=16)]
    assert formulas[0].startswith('=IFERROR(QN_PROGRESS("138/KH-UBND",,"Nhiệm vụ"),IF(')
    assert formulas[1].startswith('=IFERROR(QN_PROGRESS("157/KH-UBND",,"Chỉ tiêu"),IF(')
    assert formulas[-1].startswith('=IFERROR(QN_PROGRESS("tất cả"),IF(')


def test_summary__rates_cut_by_the_office__are_the_sheet_s_own() -> None:
    cut = replace(article_snapshot(), rules={**article_snapshot().rules, "rounding": "cắt"})
    data = package.parts(workbook_bytes(cut, default_tables()))
    assert b"IFERROR(QN_PROGRESS" not in data["xl/worksheets/sheet1.xml"]


@pytest.mark.libreoffice
def test_workbook__recalculated_without_macros__shows_the_stored_figures(built: Path, tmp_path: Path) -> None:
    stored, fresh = sheets(built), sheets(recalculated(built, tmp_path))
    pages = ("Tổng hợp", "Theo đơn vị", "Theo Chính phủ", "So với kỳ trước", "Chỉ tiêu qua các kỳ", "Biểu đồ")
    for title in (*pages, "Nộp báo cáo", "Vấn đề"):
        for place, cell in stored[title].items():
            if cell.formula is None:
                continue
            now = fresh[title][place].value if place in fresh[title] else None
            if isinstance(cell.value, float) and now not in (None, ""):
                assert now == pytest.approx(cell.value), (title, place)
            else:
                assert (now or "") == (cell.value or ""), (title, place)


def test_charts__each__has_a_description_and_reads_the_numbers_below(parts: dict[str, str]) -> None:
    drawings = [text for name, text in sorted(parts.items()) if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name)]
    assert [len(re.findall(r'<xdr:cNvPr [^>]*descr="[^"]{20,}"', text)) for text in drawings] == [1, 3]
    charts = [text for name, text in sorted(parts.items()) if name.startswith("xl/charts/chart")]
    kinds = [re.findall(r"<c:(bar|line)Chart>", text) for text in charts]
    assert kinds == [["bar"], ["bar"], ["bar"], ["line"]]
    assert "'Chỉ tiêu qua các kỳ'!" in charts[0]
    assert all("'Biểu đồ'!" in text for text in charts[1:])


def values(path: Path, title: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path, data_only=True)[title].iter_rows(values_only=True))


@pytest.mark.parametrize("title", ["So với kỳ trước", "Chi tiết thay đổi", "Chỉ tiêu qua các kỳ", "Xử lý (đề nghị)"])
def test_comparison_and_targets__are_those_of_the_report(built: Path, tmp_path: Path, title: str) -> None:
    write_report(tmp_path / "r.xlsx", article_snapshot(), past=Past(earlier_snapshot()))
    assert values(built, title) == values(tmp_path / "r.xlsx", title)
    assert len(values(built, title)) > 5 or title.startswith("Xử lý")


def test_comparison_and_targets__with_nothing_to_show__are_there_but_hidden() -> None:
    snapshot = setup.empty_snapshot(default_tables())
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(snapshot, default_tables())))
    for title in ("So với kỳ trước", "Chi tiết thay đổi", "Chỉ tiêu qua các kỳ"):
        assert book[title].sheet_state == "hidden", title
    assert list(book["Chi tiết thay đổi"].tables) == ["tblChange"]


def test_charts__late_units__are_the_worst_in_order(built: Path) -> None:
    snapshot = article_snapshot()
    counts: dict[str, int] = {}
    for one in snapshot.unit_results:
        if one.cls == "overdue" and one.kind is Kind.TASK:
            counts[one.unit] = counts.get(one.unit, 0) + 1
    names = {unit.id: unit.name for unit in snapshot.units}
    order = [unit.id for unit in snapshot.units]
    worst = sorted(counts, key=lambda unit: (-counts[unit], order.index(unit)))[: chart_blocks.MOST_UNITS]
    sheet = openpyxl.load_workbook(built, data_only=True)["Biểu đồ"]
    start = next(row for row in range(1, 120) if str(sheet.cell(row, 1).value).startswith("12 đơn vị"))
    shown = [(sheet.cell(row, 1).value, sheet.cell(row, 2).value) for row in range(start + 2, start + 2 + len(worst))]
    assert shown == [(names[unit], counts[unit]) for unit in worst]


def test_charts__rows__only_plans_and_units_with_something_are_shown(built: Path) -> None:
    sheet = openpyxl.load_workbook(built, data_only=True)["Biểu đồ"]
    shown = [
        sheet.cell(row, 1).value
        for row in range(43, 43 + 3 * chart_blocks.MOST_PLANS)
        if not sheet.row_dimensions[row].hidden
    ]
    assert shown == [
        "138/KH-UBND", "157/KH-UBND (chỉ tiêu)", "157/KH-UBND", "157/KH-UBND (nhiệm vụ, dự án)", "02-KH/BCĐ",
        "Đề án 06",
    ]  # fmt: skip
    flags = [sheet.cell(row, chart_blocks.HIDDEN + 1).value for row in range(43, 43 + 3 * chart_blocks.MOST_PLANS)]
    assert flags == [int(not sheet.row_dimensions[row].hidden) for row in range(43, 43 + len(flags))]


def test_charts__a_followed_plan_without_items__has_a_line_of_zeros() -> None:
    tables = default_tables()
    own = replace(tables.plans[0], id="205", symbol="205/KH-UBND", aliases=())
    snapshot = replace(article_snapshot(), plans=(*tables.plans, own))
    data = workbook_bytes(snapshot, replace(tables, plans=(*tables.plans, own, replace(own, id="9", active=False))))
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Biểu đồ"]
    first = 43 + 3 * len(tables.plans)
    seen = [(sheet.cell(row, 1).value, sheet.row_dimensions[row].hidden) for row in range(first, first + 6)]
    assert [label for label, hidden in seen if not hidden] == ["205/KH-UBND"]
    assert [sheet.cell(first + 1, column).value for column in range(2, 7)] == [0] * 5


def test_government_page__switched_off__is_hidden_but_there() -> None:
    snapshot = article_snapshot()
    off = replace(snapshot, settings={**snapshot.settings, "government_view": "không"})
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(off, default_tables())), read_only=True)
    assert book["Theo Chính phủ"].sheet_state == "hidden"


@pytest.mark.parametrize("name", ["ỦY BAN NHÂN DÂN THÀNH PHỐ QUẢNG NINH", "UB", "A" * 120])
def test_summary__authority_s_name_of_any_length__leaves_room_for_the_note(name: str) -> None:
    snapshot = article_snapshot()
    other = replace(snapshot, settings={**snapshot.settings, "heading_province": name})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(other, default_tables())))["Tổng hợp"]
    values = [cell.value for cell in sheet[1]]
    assert values[0] == name
    assert MACRO_NOTE in values


def test_examples__every_result__is_what_it_should_be(built: Path) -> None:
    sheet = openpyxl.load_workbook(built, data_only=True)["Ví dụ công thức"]
    rows = [row for row in sheet.iter_rows(min_row=8, values_only=True) if row[0]]
    assert {row[0] for row in rows} == {function.name for function in REGISTRY}
    for row in rows:
        assert row[2] == pytest.approx(row[3]) if isinstance(row[2], float) else row[2] == row[3], row[1]
        assert row[4] == sheet_examples.RIGHT, row[1]
    assert sheet["B5"].value == "Mọi công thức đều đúng"


def test_texts__sorted_as_the_macros_search__and_folding_like_python(built: Path) -> None:
    sheet = openpyxl.load_workbook(built)["_qn_text"]
    keys = [row[0] for row in sheet.iter_rows(values_only=True)]
    assert keys == sorted(keys)
    table = dict(pair.split("=") for pair in hidden.fold_table().split(";"))
    for letter in "ÀẠỹĐđơƯ\u0301\u00a0–":
        assert table[str(ord(letter))] == fold(f"x{letter}y")[1:-1]


def test_settings__of_xlwings__as_its_module_reads_them(built: Path) -> None:
    sheet = openpyxl.load_workbook(built)["xlwings.conf"]
    read = {row[0]: row[1] for row in sheet.iter_rows(values_only=True)}
    assert read["INTERPRETER_WIN"] == "python.exe"
    assert (read["USE UDF SERVER"], read["ADD_WORKBOOK_TO_PYTHONPATH"]) == ("True", "false")
    assert read["UDF MODULES"] == "qn_xl.excel.udfs"


def test_build__interpreter_with_vietnamese__is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="dấu tiếng Việt"):
        build(article_snapshot(), default_tables(), tmp_path / "Progress.xlsm", r"C:\Người dùng\pythonw.exe")
    assert list(tmp_path.iterdir()) == []


def test_create__new_workspace__has_a_macro_workbook_that_reads_back(tmp_path: Path) -> None:
    book = setup.create(tmp_path / "Tiến độ", default_tables())
    assert book.name == "Progress.xlsm"
    assert Workspace(tmp_path / "Tiến độ").tables().sha256 == default_tables().sha256
    assert setup.own_sheets(book) == []
    setup.fill(book, article_snapshot(), default_tables())
    assert read_tables(book).sha256 == default_tables().sha256


def test_committed_workbook__is_in_step_with_its_sources() -> None:
    assert sources.check_workbook(CHECKOUT) == []


def test_check_workbook__another_ribbon__names_what_differs(tmp_path: Path) -> None:
    (tmp_path / "workbook" / "src").mkdir(parents=True)
    for path in (CHECKOUT / "workbook" / "src").iterdir():
        (tmp_path / "workbook" / "src" / path.name).write_bytes(path.read_bytes())
    ribbon = tmp_path / "workbook" / "src" / "customUI14.xml"
    ribbon.write_text(ribbon.read_text("utf-8").replace("Làm mới", "Lấy mới"), "utf-8")
    assert sources.check_workbook(tmp_path) == ["qn_xl/excel/customUI14.xml: khác nguồn", "Progress.xlsm: chưa có"]
