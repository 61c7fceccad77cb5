"""Reading the office's tables as staff leave them, and finding one's way in a workspace."""

from __future__ import annotations

import shutil
import unicodedata
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from qn_xl.errors import SettingsError, UsageError
from qn_xl.model import DeadlineKind, Kind, Period
from qn_xl.tables import Tables, province_heading, sealed
from qn_xl.workspace import Workspace, default_tables, inbox_files, read_tables
from tests.books import book_of, cell, edited, full_tables, header_row


def problems(path: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_tables(path)
    return caught.value.problems


def put(path: Path, sheet: str, header: str, row: int, value: object) -> Path:
    """Write `value` in the column of `header`, `row` rows below it."""

    def change(book: Any) -> None:
        cell(book[sheet], header, row).value = value

    return edited(path, change)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return book_of(tmp_path_factory.mktemp("made"), full_tables())


@pytest.fixture
def book(tmp_path: Path, made: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


# ---- what staff do to a table


def test_tables__columns_moved_added_and_rows_inserted_read_the_same(book: Path) -> None:
    before = read_tables(book)

    def change(book: Any) -> None:
        page = book["Nhiệm vụ giao"]
        rows = [[one.value for one in row] for row in page.iter_rows(min_row=header_row(page, "Nội dung"))]
        page.delete_rows(1, page.max_row)
        order = [5, 3, 0, *range(6, 17), 4, 2, 1]
        for number, row in enumerate(rows):
            moved = ["Cột của văn phòng" if number == 0 else "xem lại", *(row[index] for index in order)]
            for column, value in enumerate(moved, 3):
                target = page.cell(8 + 2 * number if number else 9, column, value)
                target.data_type = "s" if isinstance(value, str) else target.data_type
        page["A1"] = "Danh mục do phòng Tổng hợp lập"

    after = read_tables(edited(book, change))
    assert [replace(one, where=None) for one in after.assigned] == [
        replace(one, where=None) for one in before.assigned
    ]
    assert after.sha256 == before.sha256
    assert str(after.assigned[0].where) == "Progress.xlsx › Nhiệm vụ giao › D10"


def test_tables__sheet_renamed_is_found_by_its_header(book: Path) -> None:
    before = read_tables(book)

    def change(book: Any) -> None:
        book["Nhiệm vụ giao"].title = "NV 2025"
        book["Đơn vị"].title = " ĐƠN VỊ"

    after = read_tables(edited(book, change))
    assert (after.sha256, after.assigned[0].where.sheet) == (before.sha256, "NV 2025")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "read"),
    [("x", True), ("X ", True), ("có", True), ("CÓ", True), (1, True), (True, True), (None, False), ("không", False),
     (0, False), (False, False), ("  ", False)],
)  # fmt: skip
def test_flags__as_staff_write_them(book: Path, written: object, read: bool) -> None:
    tables = read_tables(put(book, "Đơn vị", "Phải báo cáo", 1, written))
    assert tables.units[0].expected is read


@pytest.mark.parametrize(
    ("written", "symbol", "read"),
    [(138.0, "138/KH-UBND", "138"), (2, "02-KH/BCĐ", "02"), (6, "Đề án 06", "06"), ("2", "02-KH/BCĐ", "2"),
     (7, "Chương trình mới", "7")],
)  # fmt: skip
def test_codes__that_excel_made_numbers_are_mended_by_the_symbol(
    tmp_path: Path, written: object, symbol: str, read: str
) -> None:
    symbols = [plan.symbol for plan in default_tables().plans]
    row = symbols.index(symbol) + 1 if symbol in symbols else 1
    path = put(book_of(tmp_path), "Kế hoạch", "Mã", row, written)
    put(path, "Kế hoạch", "Ký hiệu", row, symbol)
    assert read_tables(path).plans[row - 1].id == read


@pytest.mark.parametrize(
    "written",
    [datetime(2025, 9, 5), date(2025, 9, 5), "5/9/2025", "05/09/2025", "5.9.2025", " 5 - 9 - 2025", "2025-09-05"],
)
def test_dates__real_and_written(book: Path, written: object) -> None:
    assert read_tables(put(book, "Xử lý", "Ngày", 1, written)).decisions[0].when == date(2025, 9, 5)


def test_deadlines__written_and_real_dates(book: Path) -> None:
    def change(book: Any) -> None:
        page = book["Nhiệm vụ giao"]
        cell(page, "Thời hạn", 1).value = datetime(2025, 10, 15)
        cell(page, "Thời hạn", 1).number_format = "dd/mm/yyyy"
        cell(page, "Thời hạn", 2).value = datetime(2025, 9, 1)
        cell(page, "Thời hạn", 2).number_format = '"Tháng "m/yyyy'

    first, month, after_issue, often = read_tables(edited(book, change)).assigned[:4]
    assert (first.deadline_text, first.deadline.due) == ("15/10/2025", date(2025, 10, 15))
    assert (month.deadline_text, month.deadline.due) == ("Tháng 9/2025", date(2025, 9, 30))
    assert after_issue.deadline.due == date(2025, 8, 29), "100 days after the plan's issue on 21/5/2025"
    assert often.deadline.kind is DeadlineKind.RECURRING


def test_assigned__blanks_that_have_a_meaning(book: Path) -> None:
    def change(book: Any) -> None:
        page = book["Nhiệm vụ giao"]
        for header in ("Mã", "Loại", "Chiều"):
            cell(page, header, 2).value = None
        cell(page, "Kế hoạch", 2).value = 157.0

    second = read_tables(edited(book, change)).assigned[1]
    assert (second.code, second.kind, second.plan) == ("157-task-13.10", Kind.TASK, "157")


def test_rules__deleted_rows_and_blanks_are_the_defaults(book: Path) -> None:
    def change(book: Any) -> None:
        page = book["Quy tắc"]
        page.delete_rows(header_row(page, "Quy tắc") + 3)  # rounding
        cell(page, "Giá trị", 1).value = None

    tables = read_tables(edited(book, change))
    assert (tables.rules["rounding"], tables.rules["near_due_days"]) == ("làm tròn", "7")
    assert tables.words == full_tables().words


def test_choices__without_diacritics_are_read(book: Path) -> None:
    tables = read_tables(put(book, "Quy tắc", "Giá trị", 3, "LAM TRON"))
    assert tables.rules["rounding"] == "làm tròn"


def test_sha256__changes_with_content_alone(tmp_path: Path, book: Path) -> None:
    before = read_tables(book).sha256

    def repaint(book: Any) -> None:
        cell(book["Đơn vị"], "Mã", 1).number_format = "General"
        book["Đơn vị"].column_dimensions["A"].width = 3

    assert read_tables(edited(book, repaint)).sha256 == before
    assert read_tables(put(book, "Cài đặt", "Giá trị", 2, "VĂN PHÒNG UBND")).sha256 != before
    assert before == full_tables().sha256


def test_read__leaves_the_workbook_alone(book: Path) -> None:
    before = book.read_bytes(), book.stat().st_mtime_ns
    read_tables(book)
    assert (book.read_bytes(), book.stat().st_mtime_ns) == before


# ---- problems


@pytest.mark.parametrize(
    ("sheet", "header", "row", "value", "place", "words"),
    [
        ("Kế hoạch", "Mã", 2, "138", "Kế hoạch › A7", "trùng với dòng 6"),
        ("Kế hoạch", "Ký hiệu", 2, "138/KH–UBND", "Kế hoạch › B7", "trùng với dòng 6"),
        ("Kế hoạch", "Ký hiệu", 1, "138", "Kế hoạch › B6", "chỉ có số"),
        ("Kế hoạch", "Ký hiệu", 1, None, "Kế hoạch › B6", "thiếu Ký hiệu"),
        ("Kế hoạch", "Ngày ban hành", 1, "31/2/2025", "Kế hoạch › D6", "không hiểu ngày “31/2/2025”"),
        ("Kế hoạch", "Ngày ban hành", 1, "45798", "Kế hoạch › D6", "không hiểu ngày “45798”"),
        ("Kế hoạch", "Năm", 1, "20225", "Kế hoạch › E6", "bốn chữ số"),
        ("Kế hoạch", "Đang theo dõi", 1, "chưa", "Kế hoạch › H6", "Ghi x"),
        ("Nhiệm vụ giao", "Mã", 2, "NV-1", "Nhiệm vụ giao › A7", "trùng với dòng 6"),
        ("Nhiệm vụ giao", "Kế hoạch", 1, "139/KH-UBND", "Nhiệm vụ giao › B6", "không có kế hoạch “139/KH-UBND”"),
        ("Nhiệm vụ giao", "Loại", 1, "Công việc", "Nhiệm vụ giao › C6", "Chọn một trong: Chỉ tiêu"),
        ("Nhiệm vụ giao", "TT", 1, datetime(2025, 4, 3), "Nhiệm vụ giao › E6", "thành ngày (03/04/2025)"),
        ("Nhiệm vụ giao", "Nội dung", 1, None, "Nhiệm vụ giao › F6", "thiếu Nội dung"),
        ("Nhiệm vụ giao", "Đơn vị quyết định", 1, "Sở Lạ", "Nhiệm vụ giao › K6", "không có đơn vị “Sở Lạ”"),
        ("Nhiệm vụ giao", "Mục tiêu", 1, "1.234", "Nhiệm vụ giao › O6", "không phải là số"),
        ("Đơn vị", "Mã", 1, "Sở Y tế", "Đơn vị › A6", "không dấu"),
        ("Đơn vị", "Mã", 2, "vpub", "Đơn vị › A7", "trùng với dòng 6"),
        ("Đơn vị", "Tên gọi khác", 2, "Sở TC; Sở Nội vụ", "Đơn vị › B8", "“Sở Nội vụ” cũng là tên của Sở Tài chính"),
        ("Đơn vị", "Nhóm", 1, "Tỉnh", "Đơn vị › C6", "Chọn một trong"),
        ("Đơn vị", "Đến ngày", 1, "1/1/2019", "Đơn vị › H6", "trước Từ ngày"),
        ("Xử lý", "Loại", 1, "khác", "Xử lý › B6", "Chọn một trong: trạng thái"),
        ("Xử lý", "Giá trị", 1, None, "Xử lý › C6", "thiếu Giá trị"),
        ("Quy tắc", "Mã", 1, "near_due_day", "Quy tắc › B6", "Có phải “near_due_days”?"),
        ("Quy tắc", "Mã", 4, "word:xong", "Quy tắc › B9", "word:done"),
        ("Quy tắc", "Giá trị", 1, "-1", "Quy tắc › C6", "từ 0 đến 366"),
        ("Quy tắc", "Giá trị", 2, "tùy", "Quy tắc › C7", "Chọn một trong: có; không"),
        ("Quy tắc", "Giá trị", 5, "ĐÃ XONG", "Quy tắc › C10", "đã ghi ở dòng word:done"),
        ("Cài đặt", "Mã kỳ", 1, "6 tháng/2025", "Cài đặt › A6", "không làm tên thư mục được"),
        ("Cài đặt", "Mã kỳ", 1, "..", "Cài đặt › A6", "không làm tên thư mục được"),
        ("Cài đặt", "Mã kỳ", 1, "NUL", "Cài đặt › A6", "không làm tên thư mục được"),
        ("Cài đặt", "Mã kỳ", 1, datetime(2025, 9, 1), "Cài đặt › A6", "Excel đã đổi mã thành ngày"),
        ("Cài đặt", "Mã kỳ", 1, "2025-9t", "Cài đặt › A7", "trùng với dòng 6"),
        ("Cài đặt", "Ngày chốt", 1, "1/7/2025", "Cài đặt › E6", "nằm ngoài kỳ"),
        ("Cài đặt", "Đến ngày", 1, "31/12/2024", "Cài đặt › D6", "trước Từ ngày"),
        ("Cài đặt", "Hạn gửi", 1, "31/12/2024", "Cài đặt › F6", "trước khi kỳ bắt đầu"),
        ("Cài đặt", "Hiện hành", 3, "x", "Cài đặt › G8", "dòng 7 đã là kỳ hiện hành"),
    ],
)  # fmt: skip
def test_problems__each_with_its_cell_and_the_way_out(
    book: Path, sheet: str, header: str, row: int, value: object, place: str, words: str
) -> None:
    (found,) = (one for one in problems(put(book, sheet, header, row, value)) if one.startswith(f"{place}: "))
    assert words in found
    assert found.endswith((".", "?"))


def test_problems__are_listed_all_at_once_in_the_order_of_the_sheets(book: Path) -> None:
    put(book, "Cài đặt", "Ngày chốt", 1, "hôm nay")
    put(book, "Kế hoạch", "Năm", 1, "năm nay")
    put(book, "Nhiệm vụ giao", "Kế hoạch", 1, "?")
    put(book, "Nhiệm vụ giao", "Kế hoạch", 3, "?")
    found = problems(book)
    assert [one.split(":")[0] for one in found] == [
        "Kế hoạch › E6", "Nhiệm vụ giao › B6", "Nhiệm vụ giao › B8", "Cài đặt › E6",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "seen"), [("#REF!", "#REF!"), ("=1/0", "chưa có kết quả")], ids=["error", "uncached"]
)
def test_problems__error_cells_are_never_read_as_blank(book: Path, value: str, seen: str) -> None:
    (found,) = problems(put(book, "Nhiệm vụ giao", "Thời hạn", 1, value))
    assert found.startswith("Nhiệm vụ giao › I6: ô lỗi") and seen in found


def test_problems__missing_table_missing_column_and_column_twice(book: Path) -> None:
    def change(book: Any) -> None:
        del book["Xử lý"]
        cell(book["Nhiệm vụ giao"], "Thời hạn", 0).value = "Hạn"
        cell(book["Đơn vị"], "Từ ngày", 0).value = "Viết tắt"

    missing_column, twice, missing_table = problems(edited(book, change))
    assert missing_column == "Nhiệm vụ giao: thiếu cột “Thời hạn”. Thêm lại cột với đúng tên này."
    assert twice.startswith("Đơn vị › dòng 5: cột “Viết tắt” có hai lần")
    assert missing_table.startswith("Xử lý: không thấy bảng tblDecision") and "Mã vấn đề" in missing_table


def test_problems__quy_tac_missing_is_not_taken_from_cai_dat(book: Path) -> None:
    def change(book: Any) -> None:
        del book["Quy tắc"]

    (found,) = problems(edited(book, change))
    assert found.startswith("Quy tắc: không thấy bảng tblRule")


@pytest.mark.parametrize(("content", "words"), [(b"", "rỗng"), (b"PK\x03\x04 no zip", "hỏng")])
def test_problems__workbook_that_cannot_be_read(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "Progress.xlsx"
    path.write_bytes(content)
    (found,) = problems(path)
    assert words in found and "Khôi phục" in found


def test_problems__workbook_that_cannot_be_opened(tmp_path: Path) -> None:
    (found,) = problems(tmp_path / "Progress.xlsx")
    assert "Không mở được" in found


# ---- periods and headings


def test_period__current_named_and_unknown() -> None:
    tables = default_tables()
    assert tables.period().id == "2025-9T"
    assert tables.period().cut_off == date(2025, 9, 30)
    assert tables.period("2025-6T").name == "6 tháng đầu năm 2025"
    with pytest.raises(UsageError, match="2025-6T, 2025-9T, 2025"):
        tables.period("2024")
    with pytest.raises(UsageError, match="--period"):
        replace(tables, periods=()).period()


def test_period_order__by_cut_off_else_end() -> None:
    periods = (Period("c", "", cut_off=date(2025, 9, 30)), Period("a", "", ends=date(2025, 3, 31)), Period("z", ""))
    tables = sealed(Tables((), (), periods))
    assert tables.period_order == ("a", "c", "z")


@pytest.mark.parametrize(
    ("settings", "on", "expected"),
    [
        ({}, date(2026, 8, 31), "ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH"),
        ({}, date(2026, 9, 1), "ỦY BAN NHÂN DÂN THÀNH PHỐ QUẢNG NINH"),
        ({"heading_province": " UBND TỈNH X "}, date(2026, 9, 1), "UBND TỈNH X"),
    ],
)
def test_province_heading__by_date_unless_set(settings: dict[str, str], on: date, expected: str) -> None:
    assert province_heading(settings, on) == expected


# ---- the folder


def test_workspace__prefers_the_macro_workbook(tmp_path: Path) -> None:
    (tmp_path / "Progress.xlsx").touch()
    assert Workspace(tmp_path).book.name == "Progress.xlsx"
    (tmp_path / "Progress.xlsm").touch()
    assert Workspace(tmp_path).book.name == "Progress.xlsm"


def test_workspace__elsewhere_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="qn-xl init"):
        Workspace(tmp_path)


def test_workspace__paths(book: Path) -> None:
    root = book.parent
    place = Workspace(root)
    assert place.tables() == read_tables(book)
    paths = [
        place.inbox("2025-9T"), place.report("2025-9T"), place.report_beside("2025-9T", 12), place.latest_report,
        place.figures_json, place.history, place.logs,
    ]  # fmt: skip
    assert [path.relative_to(root).as_posix() for path in paths] == [
        "don-vi/2025-9T",
        "bao-cao/2025-9T/tong-hop-2025-9T.xlsx",
        "bao-cao/2025-9T/tong-hop-2025-9T-lan-12.xlsx",
        "bao-cao/moi-nhat.xlsx",
        "so-lieu.json",
        "lich-su.sqlite",
        "nhat-ky",
    ]
    assert sorted(one.name for one in root.iterdir()) == ["Progress.xlsx"], "asking creates nothing"


def test_inbox__any_depth_in_the_order_of_nfc_names(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Sở Y tế.xlsx")
    for name in (
        "b/báo cáo.xlsx", "a.xls", decomposed, "~$a.xls", ".hidden.xlsx", ".cache/x.xlsx", "desktop.ini", "Thumbs.db",
        "__MACOSX/a.xls", "b/c/d.pdf",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = inbox_files(tmp_path)
    assert [name for name, _ in found] == ["Sở Y tế.xlsx", "a.xls", "b/báo cáo.xlsx", "b/c/d.pdf", "~$a.xls"]
    assert all(unicodedata.is_normalized("NFC", name) for name, _ in found)
    assert all(path.is_file() for _, path in found)


def test_inbox__missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Tạo thư mục"):
        inbox_files(tmp_path / "2025-9T")
