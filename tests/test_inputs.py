"""The input sheets: what is written is what is read back, and it looks like a form to be filled in."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from qn_xl import layout
from qn_xl.errors import OutputLockedError, SettingsError
from qn_xl.excel import inputs
from qn_xl.model import Class
from qn_xl.reader_context import field_of
from qn_xl.rules.decide import COLUMN_WORD, class_of, swap_of
from qn_xl.tables import Tables, default_tables
from qn_xl.tables_read import read_tables
from tests.books import book_of, cell, full_tables
from tests.office import convert


def without_places(tables: Tables) -> Tables:
    return replace(
        tables,
        assigned=tuple(replace(one, where=None) for one in tables.assigned),
        decisions=tuple(replace(one, where=None) for one in tables.decisions),
    )


@pytest.mark.parametrize("tables", [default_tables(), full_tables()], ids=["default", "full"])
def test_inputs__read_back_as_written(tmp_path: Path, tables: Tables) -> None:
    assert without_places(read_tables(book_of(tmp_path, tables))) == tables


@pytest.mark.libreoffice
def test_inputs__read_back_after_libreoffice_saved_them(tmp_path: Path) -> None:
    saved = convert(book_of(tmp_path, full_tables()), "xlsx", tmp_path)
    assert without_places(read_tables(saved)) == full_tables()


def test_inputs__tell_where_each_task_and_decision_stands(tmp_path: Path) -> None:
    read = read_tables(book_of(tmp_path, full_tables()))
    assert [str(one.where) for one in read.assigned[:2]] == [
        "Progress.xlsx › Nhiệm vụ giao › F6",
        "Progress.xlsx › Nhiệm vụ giao › F7",
    ]
    assert str(read.decisions[1].where) == "Progress.xlsx › Xử lý › C7"


def test_inputs__codes_stay_text(tmp_path: Path) -> None:
    page = openpyxl.load_workbook(book_of(tmp_path, full_tables()))["Nhiệm vụ giao"]
    for row, number in enumerate(["1", "13.10", "3/4", "02"], 1):
        found = cell(page, "TT", row)
        assert (found.value, found.data_type, found.number_format) == (number, "s", "@")
    found = cell(page, "Nội dung", 3)
    assert (found.value, found.data_type) == ("=1+1 là nội dung, không phải công thức", "s")
    letters = cell(page, "Mã", 1).column_letter
    assert page.column_dimensions[letters].width == pytest.approx(12, abs=1)


def test_inputs__what_staff_type_below_a_table_stays_text(tmp_path: Path) -> None:
    with zipfile.ZipFile(book_of(tmp_path)) as package:
        part = package.read("xl/worksheets/sheet2.xml").decode()
        styles = package.read("xl/styles.xml").decode()
    first = re.search(r'<col min="1" max="1"[^>]* style="(\d+)"', part)
    assert first is not None
    looks = re.findall(r'<xf numFmtId="(\d+)"', styles.split("<cellXfs")[1])
    assert looks[int(first[1])] == "49", "49 is the built-in text format"
    assert 'scheme val="minor"/></font>' not in styles.split("<name", 2)[2], "Excel would show the theme's font"


def test_inputs__sheets_tables_and_code_names(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(book_of(tmp_path))
    assert set(book.sheetnames) == set(layout.code_names())
    assert len(set(layout.code_names().values())) == len(book.sheetnames)
    assert all(re.fullmatch(r"sh[A-Za-z]+", name) for name in layout.code_names().values())
    tables = {name: page.title for page in book for name in page.tables}
    assert tables == {
        "tblPlan": "Kế hoạch",
        "tblAssigned": "Nhiệm vụ giao",
        "tblUnit": "Đơn vị",
        "tblDecision": "Xử lý",
        "tblRule": "Quy tắc",
        "tblPeriod": "Cài đặt",
        "tblSetting": "Cài đặt",
    }
    for page in book:
        assert not page.merged_cells.ranges
        for table in page.tables.values():
            headers = [column.name for column in table.tableColumns]
            assert all(headers) and len(set(headers)) == len(headers)
    assert [page.title for page in book if page.sheet_state != "visible"] == [layout.LIST_SHEET]


def test_inputs__drop_downs_point_at_what_they_offer(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(book_of(tmp_path, full_tables()))
    for sheet in layout.sheets():
        for rule in book[sheet.title].data_validations.dataValidation:
            assert len(str(rule.sqref)) < 30, "a range, never an enumeration of cells"
            if rule.type != "list":
                continue
            assert len(rule.formula1) < 255, "Excel's limit"
            places = re.findall(r"'([^']+)'!(\$\w+\$\d+:\$\w+\$\d+)", rule.formula1)
            assert places
            for title, span in places:
                offered = [one.value for (one,) in book[title][span] if one.value is not None]
                assert offered, f"{sheet.title} {rule.sqref}"
    kinds = next(r for r in book["Nhiệm vụ giao"].data_validations.dataValidation if r.promptTitle == "Loại")
    title, span = kinds.formula1.replace("'", "").split("!")
    assert [one.value for (one,) in book[title][span]] == ["Chỉ tiêu", "Nhiệm vụ", "Nhiệm vụ, dự án"]


def test_inputs__value_of_a_decision_is_picked_by_its_kind(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(book_of(tmp_path, full_tables()))
    (rule,) = [one for one in book["Xử lý"].data_validations.dataValidation if str(one.sqref).startswith("C6")]
    kinds = re.findall(r"\$B6=\"([^\"]+)\",'([^']+)'!([$\w:]+)", rule.formula1)
    offered = {kind: [one.value for (one,) in book[title][span] if one.value] for kind, title, span in kinds}
    assert [field_of(word) for word in offered["tiêu đề"]] == list(COLUMN_WORD)
    assert [class_of(word) for word in offered["trạng thái"]] == list(Class)
    assert [swap_of(word) for word in offered["đảo ngày"]] == [True, False]
    assert "Sở Khoa học và Công nghệ" in offered["đơn vị"] and "NV-02" in offered["nhiệm vụ"]
    assert rule.formula1.endswith("$C6)))))") and not rule.showErrorMessage  # dates and files are written freely


def test_inputs__say_what_they_are_for_and_print_on_one_page_width(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(book_of(tmp_path))
    for sheet in layout.sheets():
        page = book[sheet.title]
        assert page["A1"].value == sheet.title.upper()
        assert page["A2"].value == sheet.about[0]
        assert page.freeze_panes == "A6"
        assert page.page_setup.orientation == "landscape"
        assert page.print_title_rows == "$5:$5"


def test_layout__every_column_is_a_field_and_every_list_exists() -> None:
    for sheet in layout.sheets():
        for table in sheet.tables:
            fields = [column.field for column in table.columns]
            assert len(set(fields)) == len(fields)
            for column in table.columns:
                assert not column.pick or column.pick in layout.lists()
                assert len(column.note) <= 255 and len(column.header) <= 32, "Excel's limits"
                if column.source:
                    name, field = column.source.split(".")
                    assert layout.table(name)[1].column(field)
                assert column.fill <= column.need


def test_create__what_does_not_read_back_leaves_the_old_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book_of(tmp_path)
    before = path.read_bytes()

    def fails(_: Path) -> Tables:
        raise SettingsError(["hỏng"])

    monkeypatch.setattr(inputs, "read_tables", fails)
    with pytest.raises(SettingsError):
        inputs.create_workbook(path, full_tables())
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["Progress.xlsx"]


def test_create__in_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(OutputLockedError):
        inputs.create_workbook(tmp_path / "Progress.xlsx", default_tables())
