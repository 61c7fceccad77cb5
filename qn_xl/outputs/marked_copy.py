"""A copy of a unit's own file with the faulty cells coloured and commented; the file itself is never written.

Runs inside a worker process (intake/pool.py): openpyxl reads what a stranger made. The copy holds stored values in
place of formulas, so nothing in it computes, and its first sheet says what else it may have lost.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from qn_xl.errors import OutputLockedError
from qn_xl.intake import limits
from qn_xl.intake.forms import COPY, MARK, UNIT, form_of
from qn_xl.intake.grid import open_workbook
from qn_xl.model import FileReading, Finding, Severity
from qn_xl.outputs import safe
from qn_xl.outputs.labels import SEVERITY
from qn_xl.outputs.list_rows import plain
from qn_xl.outputs.measure import height
from qn_xl.outputs.measure import lines as measured
from qn_xl.outputs.styles import FONT

WORKER = "qn_xl.outputs.marked_copy:work"
PROBLEM = "problem"
FORMATS = ("xlsx", "xlsm")
NOTE_SHEET = "Bản đánh dấu"
MOST_MARKS = 2_000
_FILL = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFD966", Severity.NOTE: "DDEBF7"}
_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LOST_PARTS: Final = (
    ("xl/vbaProject", "macro"),
    ("xl/drawings/drawing", "hình vẽ, hộp chữ, ảnh"),
    ("xl/charts/", "biểu đồ"),
    ("xl/ctrlProps/", "nút và ô điều khiển"),
    ("xl/activeX/", "nút và ô điều khiển"),
    ("xl/pivotTables/", "bảng tổng hợp PivotTable"),
    ("xl/slicers/", "bộ lọc Slicer"),
    ("xl/externalLinks/", "liên kết tới tệp khác"),
    ("xl/threadedComments/", "trao đổi trong ô"),
)
_FORMULAS = "công thức (thay bằng giá trị đang lưu)"
_IN_SHEETS: Final = (
    (b"<f>", _FORMULAS),
    (b"<f ", _FORMULAS),
    (b"x14:dataValidation", "danh sách chọn lấy từ trang khác"),
    (b"x14:conditionalFormatting", "một số định dạng có điều kiện"),
)
_ALWAYS = "định dạng riêng của một phần chữ trong ô"
_AUTHOR = "qn-xl"
_NOTE_WIDTH = 110.0


@dataclass(frozen=True, slots=True)
class Order:
    """What to copy where. `sha256` is of the file that was consolidated: another version is not marked."""

    target: str
    unit: str
    sha256: str
    findings: tuple[Finding, ...]
    about: tuple[str, ...]  # lines at the head of the note sheet


def work(name: str, path: Path, orders: Mapping[str, Order]) -> FileReading:
    """Make one copy; never raises for bad data. What comes back is readable when there is a copy."""
    order = orders[name]
    try:
        data = path.read_bytes()
    except OSError as error:
        return _failed(name, f"không mở được tệp ({error.strerror})")
    if hashlib.sha256(data).hexdigest() != order.sha256:
        return _failed(name, "tệp đã thay đổi sau lần tổng hợp này")
    try:
        target = Path(order.target)
        safe.replace(target, lambda made: _write(data, made, order, _lost(data)), _verifier(order))
    except OutputLockedError:
        return _failed(name, "bản cũ đang mở trong Excel")
    except Exception as error:  # openpyxl raises whatever it likes on what it does not know
        return _failed(name, f"không sao chép được định dạng của tệp ({type(error).__name__})")
    return FileReading(name, order.sha256, True)


def _failed(name: str, problem: str) -> FileReading:
    return FileReading(name, "", False, form={PROBLEM: problem})


def problem_of(made: FileReading) -> str:
    """Return why there is no copy, "" when there is one."""
    return "" if made.readable else made.form.get(PROBLEM, "tệp quá lớn hoặc đọc quá lâu")


def _verifier(order: Order) -> Any:
    def verify(path: Path) -> None:
        if form_of(open_workbook(path)) is None:
            raise ValueError(f"{path.name}: the copy does not read back")

    return verify


def _lost(data: bytes) -> tuple[str, ...]:
    """Return what of the original the copy will not hold, in words."""
    found: dict[str, None] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            found.update({words: None for part, words in _LOST_PARTS if name.startswith(part)})
            if name.startswith("xl/worksheets/") and package.getinfo(name).file_size <= limits.PART_BYTES:
                content = package.read(name)
                found.update({words: None for part, words in _IN_SHEETS if part in content})
    return (*found, _ALWAYS)


def _write(data: bytes, path: Path, order: Order, lost: Sequence[str]) -> None:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_vba=False, keep_links=False)
        _drop_external_names(book)
        marked, left = _mark(book, order.findings)
        _note_sheet(book, order, marked, left, lost)
        _own_properties(book, order.unit)
        book.save(path)


def _drop_external_names(book: Any) -> None:
    """Remove the names and lists that point into other files: without its links Excel would call the copy damaged."""
    for holder in (book, *book.worksheets):
        for name in [name for name, defined in holder.defined_names.items() if "[" in str(defined.value)]:
            del holder.defined_names[name]
    for sheet in book.worksheets:
        rules = sheet.data_validations
        kept = [rule for rule in rules.dataValidation if "[" not in f"{rule.formula1}{rule.formula2}"]
        rules.dataValidation = kept


def _mark(book: Any, findings: Sequence[Finding]) -> tuple[int, int]:
    """Colour and comment the cells; return how many findings stand at a cell and how many could not."""
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    at: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for found in findings:
        if found.where.sheet and found.where.cell:
            at[found.where.sheet, found.where.cell].append(found)
    marked = left = 0
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    for (title, place), told in list(at.items())[:MOST_MARKS]:
        sheet = sheets.get(title)
        if sheet is None or not _CELL.fullmatch(place):
            left += len(told)
            continue
        cell = sheet[place]
        if isinstance(cell, MergedCell):
            box = next(box for box in sheet.merged_cells.ranges if place in box)
            cell = sheet.cell(box.min_row, box.min_col)
        worst = min(told, key=lambda found: list(Severity).index(found.severity)).severity
        cell.fill = PatternFill("solid", fgColor=_FILL[worst])
        texts = [f"{SEVERITY[found.severity]}: {found.message}\nCách sửa: {found.repair}" for found in told]
        if cell.comment is not None:
            texts.append(f"Ghi chú cũ: {cell.comment.text}")
        text = _CONTROL.sub(" ", plain("\n\n".join(texts)))
        comment = Comment(text, _AUTHOR, width=340, height=min(40 + 18 * (len(text) // 45 + text.count("\n")), 500))
        cell.comment = comment
        marked += len(told)
    return marked, left + sum(len(told) for told in list(at.values())[MOST_MARKS:])


def _note_sheet(book: Any, order: Order, marked: int, left: int, lost: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.properties import PageSetupProperties

    title, number = NOTE_SHEET, 2
    while title.casefold() in {name.casefold() for name in book.sheetnames}:
        title, number = f"{NOTE_SHEET} {number}", number + 1
    sheet = book.create_sheet(title, 0)
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = 0
    lines: list[tuple[str, dict[str, Any]]] = [("BẢN ĐÁNH DẤU CÁC Ô CẦN XEM LẠI", {"bold": True, "size": 14})]
    lines += [(line, {}) for line in order.about]
    lines.append((f"Đã đánh dấu {marked} vấn đề tại ô; đưa chuột vào ô để đọc nội dung và cách sửa.", {}))
    if left:
        lines.append((f"Còn {left} vấn đề không đánh dấu được tại ô: xem sổ phản hồi kèm theo.", {}))
    lines.append((f"Bản này có thể thiếu so với tệp gốc: {'; '.join(lost)}.", {"bold": True}))
    lines.append(("Đây là bản sao để xem. Sửa ở tệp gốc của đơn vị rồi gửi lại tệp gốc.", {"bold": True}))
    sheet.column_dimensions["A"].width = _NOTE_WIDTH
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for row, (text, look) in enumerate(lines, 1):
        cell = sheet.cell(row, 1)
        cell.value = _CONTROL.sub(" ", plain(text))
        cell.data_type = "s"
        cell.font = Font(name=FONT, **{"size": 12, **look})
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        size = look.get("size", 12)
        sheet.row_dimensions[row].height = height(measured(text, _NOTE_WIDTH, size, bold=True), size)
    for row, severity in enumerate(Severity, len(lines) + 2):
        cell = sheet.cell(row, 1, f"Màu nền của ô: {SEVERITY[severity]}")
        cell.fill = PatternFill("solid", fgColor=_FILL[severity])
        cell.font = Font(name=FONT, size=12)


def _own_properties(book: Any, unit: str) -> None:
    """Say that the copy is ours and whose it is; a form keeps its own ids."""
    from openpyxl.packaging.custom import StringProperty

    said = {one.name: one.value for one in book.custom_doc_props.props}
    if said.get(UNIT) and said.get(MARK):
        return
    for name, value in ((MARK, COPY), (UNIT, unit)):
        if name in said:
            del book.custom_doc_props[name]
        book.custom_doc_props.append(StringProperty(name=name, value=value))
