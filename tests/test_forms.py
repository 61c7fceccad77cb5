"""Forms: what a unit gets, what comes back filled, empty, sorted, pasted over or saved by something else."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from qn_xl.consolidate import rows_of
from qn_xl.errors import OutputLockedError, UsageError
from qn_xl.intake.context import ReadContext
from qn_xl.intake.read import read_file
from qn_xl.model import Class, FileReading, Kind, Received, Snapshot
from qn_xl.outputs import forms as module
from qn_xl.outputs.forms import HEADER, write_forms
from qn_xl.outputs.unit_files import LONGEST_PATH, path_in, slug, unit_names_on_disk
from qn_xl.rules.items import Built, build
from qn_xl.tables import Tables, default_tables, sealed
from tests.books import task
from tests.office import convert
from tests.snapshots import article_snapshot

AS_OF = date(2025, 9, 30)
PERIOD = "2025-9T"
TASKS = (
    task("1", "Xây dựng nền tảng dữ liệu dùng chung", "30/6/2025", code="A"),
    task("1.1", "Tổng hợp danh mục dữ liệu mở", "31/12/2025", code="A.1"),
    task("2", "=HYPERLINK(\"http://x\") là nội dung", "Quý III/2025", code="02"),
    task("3", "Họp giao ban", "Thường xuyên", code="NV-3", lead_text="Các sở, ban, ngành"),
    task("4", "Việc của Sở Y tế", "31/12/2025", code="NV-4", lead_text="Sở Y tế"),
    task(
        "1", "Thứ hạng chỉ số", "31/12/2025", code="CT-1", kind=Kind.TARGET, measure="hạng", target=9.5,
        lower_is_better=True,
    ),
)  # fmt: skip


def office(*tasks: Any) -> Tables:
    return sealed(replace(default_tables(), assigned=tasks or TASKS))


def form(folder: Path, unit: str = "SKHCN", tables: Tables | None = None, last: Snapshot | None = None) -> Path:
    (path,) = write_forms(folder, tables or office(), PERIOD, last, AS_OF, [unit])
    return path


def columns_of(page: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in page[HEADER + 1] if cell.value}


def fill(
    path: Path, answers: Mapping[str, Mapping[str, object]], *, tick: object = None, to: Path | None = None
) -> Path:
    """Write the answers (task code → heading → value) into the form, as a person would."""
    book = openpyxl.load_workbook(path)
    page = book["Nhiệm vụ"]
    columns = columns_of(page)
    rows = {page.cell(row, columns["Mã nhiệm vụ"]).value: row for row in range(HEADER + 2, page.max_row + 1)}
    for code, said in answers.items():
        for heading, value in said.items():
            page.cell(rows[code], columns[heading]).value = value
    if tick is not None:
        page["G4"] = tick
    book.save(to or path)
    return to or path


def read(path: Path, name: str | None = None, tables: Tables | None = None, period: str = PERIOD) -> FileReading:
    known = tables or office()
    return read_file(name or path.name, path, ReadContext(known.units, known.plans, AS_OF, period=period))


def counted(readings: Iterable[FileReading], tables: Tables | None = None, earlier: Snapshot | None = None) -> Built:
    known = tables or office()
    rows_of(readings)
    return build(
        readings, known, period=known.period(PERIOD), as_of=AS_OF, today=date(2025, 10, 1), earlier=earlier
    )


def codes(reading: FileReading) -> list[str]:
    return sorted(found.code for found in reading.findings)


def test_form__asks_a_unit_about_its_own_tasks_only(tmp_path: Path) -> None:
    page = openpyxl.load_workbook(form(tmp_path))["Nhiệm vụ"]
    columns = columns_of(page)
    shown = [page.cell(row, columns["Mã nhiệm vụ"]).value for row in range(HEADER + 2, HEADER + 8)]
    assert shown == ["A", "A.1", "02", "NV-3", "CT-1", None]
    texts = {str(cell.value) for row in page.iter_rows() for cell in row if cell.value}
    assert "Việc của Sở Y tế" not in texts
    assert page.cell(HEADER + 4, columns["TT"]).data_type == "s"
    risky = page.cell(HEADER + 4, columns["Nội dung nhiệm vụ"])
    assert (risky.data_type, risky.value) == ("s", '=HYPERLINK("http://x") là nội dung')


def test_form__all_units_that_owe_a_report_get_one(tmp_path: Path) -> None:
    made = write_forms(tmp_path, office(), PERIOD, None, AS_OF)
    expected = [unit for unit in office().units if unit.expected]
    assert len(made) == len(expected) == len({path.name.casefold() for path in made})
    assert all(path.name.isascii() for path in made)


def test_form__is_locked_but_for_the_cells_to_fill_in(tmp_path: Path) -> None:
    path = form(tmp_path)
    with zipfile.ZipFile(path) as package:
        assert 'locked="0"' in package.read("xl/styles.xml").decode().split("</cellStyleXfs>")[0]
        assert '<workbookProtection lockStructure="1"/>' in package.read("xl/workbook.xml").decode()
        assert not [name for name in package.namelist() if "vba" in name.lower()]
    page = openpyxl.load_workbook(path)["Nhiệm vụ"]
    columns = columns_of(page)
    assert page.protection.sheet and not page.protection.password
    for heading, column in columns.items():
        letters = get_column_letter(column)
        assert page.column_dimensions[letters].hidden == (heading in ("qn_xl", "Mã nhiệm vụ")), heading
    locked = {heading: page.cell(HEADER + 2, column).protection.locked for heading, column in columns.items()}
    asked = {"Trạng thái", "Ngày hoàn thành", "Tỷ lệ hoàn thành (%)", "Kết quả đạt được", "Sản phẩm, văn bản",
             "Khó khăn, kiến nghị"}  # fmt: skip
    assert {heading for heading, is_locked in locked.items() if not is_locked} == asked
    kinds = {str(rule.sqref).split(":")[0]: rule.type for rule in page.data_validations.dataValidation}
    letters = {heading: get_column_letter(column) for heading, column in columns.items()}
    assert kinds[f"{letters['Trạng thái']}7"] == "list"
    assert kinds[f"{letters['Ngày hoàn thành']}7"] == "date"
    assert kinds[f"{letters['Tỷ lệ hoàn thành (%)']}7"] == "decimal"
    assert (page.page_setup.orientation, str(page.page_setup.paperSize)) == ("landscape", "9")


def test_form__shows_what_was_last_accepted_and_no_words(tmp_path: Path) -> None:
    last = article_snapshot()
    item = next(one for one in last.unit_results if one.unit == "SKHCN" and one.completed_on)
    tables = office(task("1", "Việc đã báo cáo", "30/6/2025", code=item.item))
    page = openpyxl.load_workbook(form(tmp_path, tables=tables, last=last))["Nhiệm vụ"]
    said = page.cell(HEADER + 2, columns_of(page)["Kết quả đã ghi nhận"]).value
    assert said.startswith("Hoàn thành") and str(item.completed_on.year) in said  # type: ignore[union-attr]


def test_returned__filled_rows_are_reported_by_their_codes(tmp_path: Path) -> None:
    path = fill(
        form(tmp_path),
        {
            "A": {"Trạng thái": "Hoàn thành", "Ngày hoàn thành": datetime(2025, 6, 20), "Kết quả đạt được": "QĐ 12/QĐ"},
            "A.1": {"Trạng thái": "Đang thực hiện", "Tỷ lệ hoàn thành (%)": 0.6},
            "CT-1": {"Giá trị đạt được": 8},
        },
        to=tmp_path / "gửi lại.xlsx",
    )
    reading = read(path)
    assert reading.unit == "SKHCN"
    assert [(one.code, one.percent, one.actual) for one in reading.tasks] == [
        ("A", None, None), ("A.1", 0.6, None), ("CT-1", None, 8.0),
    ]  # fmt: skip
    assert reading.form["qn_xl_period"] == PERIOD
    assert codes(reading) == []
    made = counted([reading])
    classes = {one.item: one.cls for one in made.unit_results if one.unit == "SKHCN"}
    assert classes["A"] is Class.DONE_ON_TIME
    assert classes["A.1"] is Class.IN_PROGRESS
    assert classes["CT-1"] is Class.DONE_UNDATED
    assert {one.item for one in made.unit_results if one.unit == "SKHCN" and one.not_reported} == {"02", "NV-3"}


def test_returned__left_as_sent_counts_as_empty(tmp_path: Path) -> None:
    reading = read(form(tmp_path))
    assert (reading.tasks, reading.no_change, codes(reading)) == ((), False, ["form-empty"])
    made = counted([reading])
    assert next(one for one in made.returns if one.unit == "SKHCN").received is Received.EMPTY


@pytest.mark.parametrize("mark", ["x", "X", "✓", "Có"])
def test_returned__ticked_box_is_no_change(tmp_path: Path, mark: str) -> None:
    reading = read(fill(form(tmp_path), {}, tick=mark))
    assert (reading.no_change, codes(reading)) == (True, [])
    assert next(one for one in counted([reading]).returns if one.unit == "SKHCN").received is Received.NO_CHANGE


def test_returned__ticked_and_filled_keeps_the_rest_as_it_was(tmp_path: Path) -> None:
    first = read(fill(form(tmp_path), {"A": {"Trạng thái": "Đang thực hiện"}, "02": {"Trạng thái": "Tạm dừng"}}))
    made = counted([first])
    before = article_snapshot()
    earlier = replace(before, run=1, items=made.items, unit_results=made.unit_results, period="2025-6T")
    again = read(fill(form(tmp_path), {"A": {"Trạng thái": "Hoàn thành"}}, tick="x"))
    after = {one.item: one for one in counted([again], earlier=earlier).unit_results if one.unit == "SKHCN"}
    assert after["A"].cls is Class.DONE_UNDATED and after["A"].carried is None
    assert after["02"].cls is Class.STOPPED and after["02"].carried == 1


def test_returned__sorted_rows_and_rows_put_in_between(tmp_path: Path) -> None:
    path = fill(form(tmp_path), {"A": {"Trạng thái": "Hoàn thành"}, "02": {"Trạng thái": "Tạm dừng"}})
    book = openpyxl.load_workbook(path)
    page = book["Nhiệm vụ"]
    columns = columns_of(page)
    rows = [[cell.value for cell in page[row]] for row in range(HEADER + 2, HEADER + 7)]
    new: list[Any] = [None] * len(rows[0])
    new[columns["TT"] - 1], new[columns["Kế hoạch"] - 1] = "1.5", "138/KH-UBND"
    new[columns["Nội dung nhiệm vụ"] - 1], new[columns["Trạng thái"] - 1] = "Nhiệm vụ phát sinh", "Đang thực hiện"
    for at, values in enumerate([*reversed(rows), new, rows[0]]):  # the last one: a row pasted a second time
        for column, value in enumerate(values, 1):
            page.cell(HEADER + 2 + at, column).value = value
            if str(value).startswith("="):
                page.cell(HEADER + 2 + at, column).data_type = "s"
    book.save(path)
    reading = read(path)
    assert [(one.code, one.task) for one in reading.tasks] == [
        ("02", TASKS[2].task), ("A", TASKS[0].task), ("", "Nhiệm vụ phát sinh"), ("A", TASKS[0].task),
    ]  # fmt: skip
    assert "form-changed" in codes(reading)
    made = counted([reading])
    said = {found.code for found in made.findings}
    assert {"row-duplicate", "task-unmatched"} <= said
    assert next(one for one in made.items if one.id == "A").cls is Class.DONE_UNDATED


def test_returned__pasted_values_are_checked_again(tmp_path: Path) -> None:
    path = fill(
        form(tmp_path),
        {
            "A": {"Trạng thái": "xong gần hết", "Ngày hoàn thành": "sắp xong"},
            "A.1": {"Trạng thái": "Hoàn thành", "Tỷ lệ hoàn thành (%)": "rất nhiều"},
        },
    )
    assert {"status-unknown", "completed-unreadable", "percent-unreadable"} <= set(codes(read(path)))


def test_returned__ids_survive_a_format_without_properties(tmp_path: Path) -> None:
    path = fill(form(tmp_path), {"A": {"Trạng thái": "Hoàn thành"}})
    page = openpyxl.load_workbook(path)["Nhiệm vụ"]
    text = "\n".join("\t".join(str(cell.value or "") for cell in row) for row in page.iter_rows())
    plain = tmp_path / "luu lai.csv"
    plain.write_text(text, "utf-8-sig")
    reading = read(plain)
    assert (reading.unit, [one.code for one in reading.tasks]) == ("SKHCN", ["A"])


def test_returned__without_any_ids_is_read_like_any_other_file(tmp_path: Path) -> None:
    path = fill(form(tmp_path), {"A.1": {"Trạng thái": "Hoàn thành"}})
    old = openpyxl.load_workbook(path)["Nhiệm vụ"]
    book = openpyxl.Workbook()
    for row in old.iter_rows(min_col=3, values_only=True):
        book.active.append(row)
    book.save(tmp_path / "khac.xlsx")
    reading = read(tmp_path / "khac.xlsx")
    assert (reading.unit, reading.form) == ("SKHCN", {})
    assert "A.1" in {one.id for one in counted([reading]).items if one.cls is Class.DONE_UNDATED}
    assert not reading.no_change


def test_returned__form_of_another_unit_or_period_is_told(tmp_path: Path) -> None:
    path = fill(form(tmp_path), {"A": {"Trạng thái": "Hoàn thành"}})
    reading = read(path, name="Sở Y tế - báo cáo.xlsx", period="2025")
    assert reading.unit == "SKHCN"
    told = {found.code: found.message for found in reading.findings}
    assert "Sở Y tế" in told["form-unit-differs"] and "Sở Khoa học và Công nghệ" in told["form-unit-differs"]
    assert PERIOD in told["form-period-differs"]


def test_returned__unit_no_longer_in_the_register_is_read_like_any_other_file(tmp_path: Path) -> None:
    path = fill(form(tmp_path), {"A": {"Trạng thái": "Hoàn thành"}})
    known = replace(office(), units=tuple(unit for unit in office().units if unit.id != "SKHCN"))
    reading = read(path, name="a.xlsx", tables=known)
    assert reading.form == {} and reading.tasks


@pytest.mark.libreoffice
def test_returned__saved_by_libreoffice_still_carries_its_ids(tmp_path: Path) -> None:
    path = fill(form(tmp_path), {"A.1": {"Trạng thái": "Hoàn thành", "Ngày hoàn thành": datetime(2025, 9, 1)}})
    saved = convert(path, "xlsx", tmp_path)
    reading = read(saved, name="x.xlsx")
    assert (reading.unit, reading.form["qn_xl_version"], codes(reading)) == ("SKHCN", "1", [])
    assert [(one.code, one.completed_on) for one in reading.tasks] == [("A.1", date(2025, 9, 1))]
    page = openpyxl.load_workbook(saved)["Nhiệm vụ"]
    assert page.column_dimensions["A"].hidden and page.protection.sheet


def test_write__unknown_period_and_form_that_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError):
        write_forms(tmp_path, office(), "2031", None, AS_OF)
    form(tmp_path)
    monkeypatch.setattr(Path, "replace", lambda self, target: (_ for _ in ()).throw(PermissionError()))
    monkeypatch.setattr(module.safe, "RETRIES", ())
    with pytest.raises(OutputLockedError):
        form(tmp_path)


def test_names__ascii_unique_and_short_enough_for_excel(tmp_path: Path) -> None:
    assert unit_names_on_disk(["SYT", "syt", "CON", "Đơn vị"]) == {
        "SYT": "SYT", "syt": "syt-2", "CON": "dv-CON", "Đơn vị": "n-v",
    }  # fmt: skip
    assert slug("Sở KH&CN – báo cáo (lần 2)") == "so-kh-cn-bao-cao-lan-2"
    deep = tmp_path / ("x" * (LONGEST_PATH - len(str(tmp_path)) - 60))
    made = path_in(deep, "bieu-mau_" + "y" * 90, ".xlsx")
    assert len(str(made)) == LONGEST_PATH and made.suffix == ".xlsx"
