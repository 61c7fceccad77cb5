"""Returns: each unit gets its own mistakes back, by cell, and nothing that another unit wrote."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from qn_xl.intake import pool
from qn_xl.intake.context import ReadContext
from qn_xl.intake.read import read_file
from qn_xl.model import FileReading, InputFile, Snapshot
from qn_xl.outputs import marked_copy, returns_files
from qn_xl.outputs.marked_copy import NOTE_SHEET, work
from qn_xl.outputs.return_book import FINDINGS, TASKS
from qn_xl.outputs.return_words import for_unit
from qn_xl.outputs.returns_files import Written, write_returns
from qn_xl.rules.catalogue import entries, finding
from qn_xl.rules.figures import cube
from qn_xl.rules.items import build
from qn_xl.tables import Tables, default_tables, sealed
from qn_xl.workspace import inbox_files
from tests.books import task
from tests.office import convert

AS_OF = date(2025, 9, 30)
HEAD = (
    "TT", "Mã nhiệm vụ", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Thời hạn hoàn thành", "Trạng thái",
    "Kết quả đạt được",
)  # fmt: skip
TASKS_OF_ALL = (
    task("1", "Việc riêng của Sở Y tế", "31/8/2025", code="Y1", lead_text="Sở Y tế"),
    task("2", "Việc riêng của Sở Tài chính", "31/12/2025", code="T1", lead_text="Sở Tài chính"),
    task("3", "Việc chung", "31/12/2025", code="C1", lead_text="Sở Y tế; Sở Tài chính"),
    task("4", "Việc chung thứ hai", "31/12/2025", code="C2", lead_text="Sở Y tế; Sở Tài chính"),
)


def send(path: Path, rows: Sequence[Sequence[object]], head: Sequence[str] = HEAD, sheet: str = "Sheet1") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.load_workbook(path) if path.exists() else openpyxl.Workbook()
    page = book[sheet] if sheet in book.sheetnames else book.create_sheet(sheet)
    page.append(["Kế hoạch số 138/KH-UBND"])
    for row in (head, *rows):
        page.append(list(row))
    for cell in (cell for row in page.iter_rows() for cell in row if cell.data_type == "f"):
        cell.data_type = "s"  # a person typed it as text
    book.save(path)


def run(inbox: Path, tables: Tables) -> Snapshot:
    """Consolidate the inbox in this process."""
    files = inbox_files(inbox)
    context = ReadContext(tables.units, tables.plans, AS_OF)
    readings = [read_file(name, path, context) for name, path in files]
    built = build(readings, tables, period=tables.period("2025-9T"), as_of=AS_OF, today=date(2025, 10, 1))
    inputs = tuple(
        InputFile(one.file, one.sha256, one.size, one.format, one.unit, one.readable, {}, len(one.tasks))
        for one in readings
    )
    return Snapshot(
        run=7, as_of=AS_OF, period="2025-9T", made_at=datetime(2025, 10, 1, 8), version="0.1", plans=tables.plans,
        units=tables.units, items=built.items, unit_results=built.unit_results, findings=built.findings,
        returns=built.returns, inputs=inputs, rows={}, figures=cube(built.items, built.unit_results, tables.plans),
        settings=tables.settings, rules=tables.rules, period_name="9 tháng năm 2025",
    )  # fmt: skip


def office() -> Tables:
    known = default_tables()
    units = tuple(unit for unit in known.units if unit.id in ("SYT", "STC", "SNV", "SKHCN"))
    return sealed(replace(known, units=units, assigned=TASKS_OF_ALL))


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the marked copies without worker processes: starting them costs most of a small run."""

    def read_here(jobs: Sequence[tuple[str, Path]], orders: Any, reader: str = "") -> list[FileReading]:
        return [work(name, path, orders) for name, path in jobs]

    monkeypatch.setattr(returns_files, "read_all", read_here)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Two units with words of their own, of which some contradict each other, and a collection of a third."""
    folder = tmp_path / "don-vi"
    send(
        folder / "Sở Y tế.xlsx",
        [
            (1, "Y1", "Việc riêng của Sở Y tế", "Sở Y tế", "31/8/2025", "vịt trời bay", "bí mật của y tế"),
            (2, "C1", "Việc chung", "Sở Y tế", "31/12/2025", "Hoàn thành", "kết quả y tế"),
            (3, "C2", "Việc chung thứ hai", "Sở Y tế", "31/12/2025", "Hoàn thành", "chỉ y tế báo"),
            (4, "", "=cmd|' /C calc'!A0", "Sở Y tế", "mùa lúa chín y tế", "Đang thực hiện", ""),
        ],
    )
    send(
        folder / "Sở Tài chính.xlsx",
        [
            (1, "T1", "Việc riêng của Sở Tài chính", "Sở Tài chính", "31/12/2025", "cáo qua cầu", "bí mật tài chính"),
            (2, "C1", "Việc chung", "Sở Tài chính", "31/12/2025", "Đang thực hiện", "kết quả tài chính"),
            (3, "Y1", "Việc riêng của Sở Y tế", "Sở Y tế", "31/8/2025", "Hoàn thành", "tài chính nói về y tế"),
        ],
    )
    return folder


def written(folder: Path, inbox: Path, tables: Tables | None = None) -> Written:
    return write_returns(folder, run(inbox, tables or office()), inbox_files(inbox))


def words_in(folder: Path) -> str:
    """Return every text of every part of every file of a folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        found.append(path.name)
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as package:
                found += [package.read(name).decode("utf-8", "replace") for name in package.namelist()]
        elif path.is_file():
            found.append(path.read_text("utf-8-sig"))
    return re.sub(r"<[^>]+>", " ", "\n".join(found))


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    page = openpyxl.load_workbook(path)[sheet]
    lines = [[cell.value for cell in row] for row in page.iter_rows()]
    top = next(at for at, line in enumerate(lines) if line[0] in ("Mức", "TT", "Đề nghị") and line[1] is not None)
    return [dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :] if any(line)]


def book(folder: Path, unit: str) -> Path:
    return folder / unit / f"phan-hoi_{unit}_2025-9T.xlsx"


SECRETS = {
    "SYT": ("vịt trời bay", "bí mật của y tế", "kết quả y tế", "chỉ y tế báo", "mùa lúa chín y tế", "Sở Y tế.xlsx"),
    "STC": ("cáo qua cầu", "bí mật tài chính", "kết quả tài chính", "tài chính nói về y tế", "Sở Tài chính.xlsx"),
}


def test_privacy__nothing_of_one_unit_is_in_the_files_of_another(tmp_path: Path, inbox: Path) -> None:
    written(tmp_path / "ra", inbox)
    for unit, secrets in SECRETS.items():
        own = words_in(tmp_path / "ra" / unit)
        assert secrets[0] in own, f"{unit} does not get its own words"
        for other in (tmp_path / "ra").iterdir():
            if other.name != unit:
                said = words_in(other)
                assert [secret for secret in secrets if secret in said] == [], other.name


def test_privacy__result_read_from_another_units_row_keeps_its_class_alone(tmp_path: Path, inbox: Path) -> None:
    send(
        inbox / "Sở Nội vụ.xlsx",
        [
            (1, "C2", "Việc chung thứ hai", "Sở Tài chính", "31/12/2025", "Hoàn thành", "nội vụ thấy vậy"),
            (2, "", "Việc thứ hai của nội vụ", "Sở Nội vụ", "31/12/2025", "Hoàn thành", ""),
        ],
    )
    snapshot = run(inbox, office())
    (result,) = [one for one in snapshot.unit_results if (one.item, one.unit) == ("C2", "STC")]
    assert (result.speaker, result.status_text) == ("SNV", "Hoàn thành")
    write_returns(tmp_path / "ra", snapshot, inbox_files(inbox))
    row = next(row for row in rows(book(tmp_path / "ra", "STC"), TASKS) if row["Mã"] == "C2")
    assert (row["Lớp"], row["Đơn vị ghi"], row["Tệp"]) == ("Hoàn thành, chưa rõ ngày", None, None)
    assert "đơn vị khác" in row["Căn cứ xếp lớp"]
    assert "nội vụ thấy vậy" not in words_in(tmp_path / "ra" / "STC")


def test_privacy__file_with_sheets_of_several_units_is_not_copied(tmp_path: Path) -> None:
    folder = tmp_path / "don-vi"
    for sheet, code, words in (("Sở Y tế", "Y1", "lời của y"), ("Sở Tài chính", "T1", "lời của tài")):
        text = next(one.task for one in TASKS_OF_ALL if one.code == code)
        send(folder / "gop.xlsx", [(1, code, text, sheet, "31/12/2025", words, "")], sheet=sheet)
    done = written(tmp_path / "ra", folder)
    assert done.copies == 0
    assert "nhiều đơn vị" in words_in(tmp_path / "ra" / "SYT")
    assert "lời của tài" not in words_in(tmp_path / "ra" / "SYT")
    assert "lời của y" not in words_in(tmp_path / "ra" / "STC")


def test_findings__have_cell_value_and_repair_in_words_for_the_unit(tmp_path: Path, inbox: Path) -> None:
    written(tmp_path / "ra", inbox)
    told = rows(book(tmp_path / "ra", "SYT"), FINDINGS)
    unknown = next(row for row in told if row["Loại vấn đề"] == "Không hiểu trạng thái")
    assert (unknown["Trang tính"], unknown["Ô"], unknown["Giá trị thấy"]) == ("Sheet1", "F3", "vịt trời bay")
    assert unknown["Cách sửa"] and unknown["Đã xử lý thế nào"]
    ranks = ["■ Lỗi", "▲ Cảnh báo", "○ Ghi chú"]
    assert [ranks.index(row["Mức"]) for row in told] == sorted(ranks.index(row["Mức"]) for row in told)
    disagree = next(row for row in rows(book(tmp_path / "ra", "STC"), FINDINGS) if "khác nhau" in row["Loại vấn đề"])
    assert "vịt trời" not in str(disagree) and disagree["Ô"] == "F5"


def test_findings__of_every_kind_name_no_sheet_of_the_offices_workbook() -> None:
    class AnyWord(dict[str, str]):
        def __missing__(self, name: str) -> str:
            return "…"

    for code, entry in entries().items():
        found = replace(
            finding("file-locked-twin", returns_files_address()),
            code=code,
            message=entry.message.format_map(AnyWord()),
            action=entry.action.format_map(AnyWord()),
            repair=entry.repair.format_map(AnyWord()),
        )
        told = for_unit(found)
        if told is not None:
            said = f"{told.message} {told.action} {told.repair}"
            assert not re.search(r"trang (Xử lý|Đơn vị|Kế hoạch|Nhiệm vụ giao|Cài đặt|Quy tắc)", said), code
            assert told.message and told.repair, code


def returns_files_address() -> Any:
    from qn_xl.model import Address

    return Address("x.xlsx")


def test_text_of_a_unit__is_never_a_formula(tmp_path: Path, inbox: Path) -> None:
    written(tmp_path / "ra", inbox)
    for path in (tmp_path / "ra" / "SYT").glob("*.xlsx"):
        with zipfile.ZipFile(path) as package:
            parts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/s")]
        assert not any("<f>" in part or "<f " in part for part in parts), path.name
    assert "=cmd|" in words_in(tmp_path / "ra" / "SYT")


def test_copy__marks_the_cells_and_leaves_the_original(tmp_path: Path, inbox: Path) -> None:
    source = inbox / "Sở Y tế.xlsx"
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    written(tmp_path / "ra", inbox)
    assert hashlib.sha256(source.read_bytes()).hexdigest() == before
    (path,) = (tmp_path / "ra" / "SYT").glob("danh-dau_*.xlsx")
    assert path.name == "danh-dau_01_so-y-te.xlsx"
    copy = openpyxl.load_workbook(path)
    assert copy.sheetnames[0] == NOTE_SHEET
    assert "công thức" not in str(list(copy[NOTE_SHEET].values))
    cell = copy["Sheet1"]["F3"]
    assert cell.value == "vịt trời bay" and "Cách sửa" in cell.comment.text
    assert cell.fill.fgColor.rgb.endswith("FFD966")
    assert copy["Sheet1"]["A1"].comment is None
    told = rows(book(tmp_path / "ra", "SYT"), FINDINGS)
    assert any(row["Ô"] == "F3" for row in told)
    page = openpyxl.load_workbook(book(tmp_path / "ra", "SYT"))[FINDINGS]
    (link,) = [one.hyperlink for row in page.iter_rows() for one in row if one.value == "F3" and one.hyperlink]
    assert (link.target, link.location) == ("./danh-dau_01_so-y-te.xlsx", "'Sheet1'!F3")


def test_copy__says_what_it_lost_and_computes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "don-vi"
    path = folder / "Sở Y tế.xlsx"
    send(path, [(1, "Y1", "Việc riêng của Sở Y tế", "Sở Y tế", "31/8/2025", "vịt trời bay", "")])
    edited = openpyxl.load_workbook(path)
    page = edited["Sheet1"]
    page["A9"] = "=WEBSERVICE(\"http://x\")"
    page["F3"].comment = Comment("ghi chú của đơn vị", "người viết")
    page.merge_cells("C12:D13")
    rule = DataValidation(type="list", formula1='"a,b"')
    rule.add("F3:F9")
    page.add_data_validation(rule)
    edited.save(path)
    written(tmp_path / "ra", folder)
    (made,) = (tmp_path / "ra" / "SYT").glob("danh-dau_*.xlsx")
    copy = openpyxl.load_workbook(made)
    note = " ".join(str(row[0]) for row in copy[NOTE_SHEET].values if row[0])
    assert "công thức" in note and "tệp gốc" in note
    assert copy["Sheet1"]["A9"].value is None
    assert "ghi chú của đơn vị" in copy["Sheet1"]["F3"].comment.text
    assert copy["Sheet1"].data_validations.dataValidation


def test_copy__sent_in_by_the_unit_is_read_as_its_report(tmp_path: Path, inbox: Path) -> None:
    written(tmp_path / "ra", inbox)
    (made,) = (tmp_path / "ra" / "SYT").glob("danh-dau_*.xlsx")
    tables = office()
    reading = read_file("x.xlsx", made, ReadContext(tables.units, tables.plans, AS_OF))
    assert (reading.unit, [one.code for one in reading.tasks]) == ("SYT", ["Y1", "C1", "C2", ""])
    back = read_file("y.xlsx", book(tmp_path / "ra", "SYT"), ReadContext(tables.units, tables.plans, AS_OF))
    assert back.own_report and not back.tasks


@pytest.mark.parametrize(
    ("break_it", "why"),
    [
        (lambda path: path.write_bytes(path.read_bytes() + b" "), "đã thay đổi"),
        (lambda path: path.unlink(), "không còn tệp"),
    ],
)
def test_copy__file_changed_or_gone_since_the_run_is_told(
    tmp_path: Path, inbox: Path, break_it: Any, why: str
) -> None:
    snapshot = run(inbox, office())
    break_it(inbox / "Sở Y tế.xlsx")
    done = write_returns(tmp_path / "ra", snapshot, inbox_files(inbox))
    assert done.copies == 1
    assert why in words_in(tmp_path / "ra" / "SYT")


def test_copy__openpyxl_fails__the_return_says_so(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise KeyError("no such part")

    monkeypatch.setattr(marked_copy, "_write", fail)
    done = written(tmp_path / "ra", inbox)
    assert (done.copies, done.units) == (0, len([unit for unit in office().units if unit.expected]))
    assert "Không lập được bản đánh dấu" in words_in(tmp_path / "ra" / "SYT")


def test_copy__made_in_a_worker_process(tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns_files, "read_all", pool.read_all)
    assert written(tmp_path / "ra", inbox).copies == 2


def test_second_run__corrected_file_leaves_no_mark_and_no_old_copy(tmp_path: Path, inbox: Path) -> None:
    written(tmp_path / "ra", inbox)
    good = [
        (1, "Y1", "Việc riêng của Sở Y tế", "Sở Y tế", "31/8/2025", "Hoàn thành đúng hạn", "QĐ số 12/QĐ-SYT"),
        (2, "C1", "Việc chung", "Sở Y tế", "31/12/2025", "Đang thực hiện", ""),
        (3, "C2", "Việc chung thứ hai", "Sở Y tế", "31/12/2025", "Đang thực hiện", ""),
    ]
    (inbox / "Sở Y tế.xlsx").unlink()
    send(inbox / "Sở Y tế.xlsx", good)
    written(tmp_path / "ra", inbox)
    assert list((tmp_path / "ra" / "SYT").glob("danh-dau_*")) == []
    assert "Báo cáo không có vấn đề cần sửa." in words_in(tmp_path / "ra" / "SYT")


def test_letter__tells_state_figures_and_requests(tmp_path: Path, inbox: Path) -> None:
    written(tmp_path / "ra", inbox)
    raw = (tmp_path / "ra" / "SYT" / "cong-van_SYT_2025-9T.txt").read_bytes()
    text = raw.decode("utf-8-sig")
    assert raw.startswith(b"\xef\xbb\xbf") and "\r\n" in text
    assert "Kính gửi: Sở Y tế" in text and "138/KH-UBND (nhiệm vụ): tổng số 3" in text
    assert "phan-hoi_SYT_2025-9T.xlsx" in text and "danh-dau_01_so-y-te.xlsx" in text
    missing = (tmp_path / "ra" / "SNV" / "cong-van_SNV_2025-9T.txt").read_text("utf-8-sig")
    assert "chưa gửi báo cáo" in missing and "Gửi báo cáo của kỳ này" in missing


@pytest.mark.libreoffice
def test_return_and_copy__open_in_libreoffice(tmp_path: Path, inbox: Path) -> None:
    written(tmp_path / "ra", inbox)
    for number, path in enumerate(sorted((tmp_path / "ra" / "SYT").glob("*.xlsx"))):
        out = tmp_path / str(number)
        out.mkdir()
        saved = openpyxl.load_workbook(convert(path, "xlsx", out))
        assert saved.sheetnames == openpyxl.load_workbook(path).sheetnames
