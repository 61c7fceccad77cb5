"""The workbook that one unit gets back: what to repair, its tasks as understood, its figures, what is asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qn_xl.intake.read import OWN_MARK
from qn_xl.model import Severity, Snapshot
from qn_xl.outputs.book import Book
from qn_xl.outputs.heading import set_page
from qn_xl.outputs.labels import RECEIVED, SEVERITY, SEVERITY_MEANING, plan_symbols, provenance
from qn_xl.outputs.list_rows import Link
from qn_xl.outputs.return_asks import Ask, asks
from qn_xl.outputs.return_content import OwnTask, UnitReturn
from qn_xl.outputs.sheet_tasks import mark_rows
from qn_xl.outputs.styles import Styles
from qn_xl.outputs.worksheets import Column, ListSheet, TableRange, link_target
from qn_xl.rules.catalogue import entries
from qn_xl.rules.figures import MEASURE, office_view
from qn_xl.tables import province_heading

FINDINGS, TASKS, FIGURES, ASKS = "Vấn đề cần sửa", "Nhiệm vụ của đơn vị", "Số liệu của đơn vị", "Đề nghị"
FINDING_COLUMNS = (
    Column("Mức", 13, "wrap"),
    Column("Trang tính", 16, "wrap", wrap=True),
    Column("Ô", 7, "centre"),
    Column("Giá trị thấy", 24, "wrap", wrap=True),
    Column("Loại vấn đề", 22, "wrap", wrap=True),
    Column("Nội dung", 42, "wrap", wrap=True),
    Column("Đã xử lý thế nào", 32, "wrap", wrap=True),
    Column("Cách sửa", 38, "wrap", wrap=True),
    Column("Kế hoạch", 13, "wrap"),
    Column("Nhiệm vụ", 22, "wrap", wrap=True),
    Column("Tệp", 30, "wrap", wrap=True),
)
TASK_COLUMNS = (
    Column("TT", 7, "centre"),
    Column("Mã", 13, "wrap", wrap=True),
    Column("Kế hoạch", 13, "wrap"),
    Column("Loại", 11, "wrap", wrap=True),
    Column("Nội dung", 44, "wrap", wrap=True),
    Column("Hạn", 11, "date centre"),
    Column("Tình trạng", 14, "centre"),
    Column("Lớp", 20, "wrap", wrap=True),
    Column("Số ngày chậm", 8, "count centre"),
    Column("Ngày hoàn thành", 11, "date centre"),
    Column("Đơn vị ghi", 18, "wrap", wrap=True),
    Column("Căn cứ xếp lớp", 34, "wrap", wrap=True),
    Column("Lưu ý", 18, "wrap", wrap=True),
    Column("Trang tính", 14, "wrap", wrap=True),
    Column("Ô", 7, "centre"),
    Column("Tệp", 28, "wrap", wrap=True),
)
ASK_COLUMNS = (
    Column("Đề nghị", 46, "wrap", wrap=True),
    Column("Kế hoạch", 13, "wrap"),
    Column("TT", 7, "centre"),
    Column("Nhiệm vụ", 60, "wrap", wrap=True),
    Column("Hạn", 11, "date centre"),
    Column("Số ngày chậm", 9, "count centre"),
)
_COUNTED = ("total", "done", "under_way", "overdue", "recurring", "stopped")


def write_return(
    path: Path, snapshot: Snapshot, one: UnitReturn, copies: Mapping[str, str], notes: Sequence[str]
) -> None:
    """Write the workbook of one unit to `path`.

    Args:
        copies: the unit's file → the name of its marked copy, which lies beside `path`.
        notes: what is to be said about copies, a sentence each.
    """
    book = Book(str(path), in_memory=True)  # small: no temporary file for each part
    book.set_properties(
        {
            "title": f"Phản hồi báo cáo {snapshot.period_name or snapshot.period}",
            "subject": provenance(snapshot),
            "author": province_heading(snapshot.settings, snapshot.made_at.date()),
            "created": snapshot.made_at,
            "comments": f"qn-xl {snapshot.version}",
        }
    )
    book.set_custom_property(OWN_MARK, "report")  # should it come back to the inbox, it is skipped
    styles = Styles(book)
    _findings_sheet(book, styles, snapshot, one, copies, notes)
    _tasks_sheet(book, styles, snapshot, one, copies)
    _figures_sheet(book, styles, snapshot, one)
    _asks_sheet(book, styles, snapshot, one)
    book.close()


def _top(book: Any, styles: Styles, snapshot: Snapshot, one: UnitReturn, name: str, title: str) -> Any:
    sheet = book.add_worksheet(name, ListSheet)
    sheet.write_string(0, 0, f"{title} – {one.unit.name}", styles("title bold"))
    period = f"{snapshot.period_name or snapshot.period}. "
    sheet.write_string(1, 0, period[:1].upper() + period[1:] + provenance(snapshot), styles("italic"))
    set_page(sheet, snapshot)
    return sheet


def _list(
    sheet: Any,
    styles: Styles,
    name: str,
    top: int,
    columns: Sequence[Column],
    rows: Iterator[Sequence[object]],
    frozen: int,
    printed: str,
) -> TableRange:
    table: TableRange = sheet.write_list(
        name,
        top,
        columns,
        rows,
        formats=[styles(column.style, "top") for column in columns],
        header=styles("bold centre wrap border head"),
        quoted=styles("wrap top quoted"),
        link=styles("centre top link"),
    )
    mark_rows(sheet, styles, table)
    sheet.freeze_panes(top + 1, frozen)
    sheet.repeat_rows(top)
    sheet.print_area(0, 0, table.last_row, [column.header for column in columns].index(printed))
    return table


def _findings_sheet(
    book: Any,
    styles: Styles,
    snapshot: Snapshot,
    one: UnitReturn,
    copies: Mapping[str, str],
    notes: Sequence[str],
) -> None:
    sheet = _top(book, styles, snapshot, one, FINDINGS, "Vấn đề cần sửa trong báo cáo")
    row = 2
    for severity in Severity:
        sheet.write_string(row, 0, SEVERITY[severity], styles("bold"))
        sheet.write_number(row, 1, one.count(severity), styles("bold count left"))
        sheet.write_string(row, 2, SEVERITY_MEANING[severity], styles("italic"))
        row += 1
    if not one.findings:
        sheet.write_string(row, 0, "Báo cáo không có vấn đề cần sửa.", styles("bold"))
        row += 1
    for note in notes:
        sheet.write_string(row, 0, note, styles("italic"))
        row += 1
    symbols = plan_symbols(snapshot.plans)

    def rows() -> Iterator[Sequence[object]]:
        for found in one.findings:
            own = found.where.file in one.sent.files
            entry = entries().get(found.code)
            yield (
                SEVERITY[found.severity],
                found.where.sheet if own else "",
                _cell(found.where.file, found.where.sheet, found.where.cell, copies) if own else "",
                found.seen,
                entry.title if entry else found.code,
                found.message,
                found.action,
                found.repair,
                symbols.get(found.plan, found.plan) if found.plan else "",
                found.label,
                found.where.file if own else "",
            )

    table = _list(sheet, styles, "tblVanDe", row + 1, FINDING_COLUMNS, rows(), 3, "Cách sửa")
    for severity, trait in ((Severity.ERROR, "warn bold"), (Severity.WARNING, "amber")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{SEVERITY[severity]}"', "format": styles.rule(trait)}
        sheet.conditional_format(table.first_row + 1, 0, table.last_row, 0, rule)


def _cell(file: str, sheet: str | None, cell: str | None, copies: Mapping[str, str]) -> object:
    """Return the address, opening the cell in the marked copy where there is one."""
    if not cell or not sheet or file not in copies:
        return cell or ""
    quoted = sheet.replace("'", "''")
    return Link(cell, link_target(".", copies[file]), f"'{quoted}'!{cell}")


def _tasks_sheet(book: Any, styles: Styles, snapshot: Snapshot, one: UnitReturn, copies: Mapping[str, str]) -> None:
    sheet = _top(book, styles, snapshot, one, TASKS, "Nhiệm vụ của đơn vị như đã hiểu và xếp lớp")
    about = "Đối chiếu từng dòng; chỗ nào hiểu chưa đúng, sửa ở tệp báo cáo rồi gửi lại."
    sheet.write_string(2, 0, about, styles("italic"))

    def rows() -> Iterator[Sequence[object]]:
        for task in one.tasks:
            source = task.source
            yield (
                task.number,
                task.code,
                task.plan,
                task.kind,
                task.task,
                task.due,
                task.status,
                task.cls,
                task.days_late,
                task.completed_on,
                task.said,
                task.basis,
                task.flags,
                source.sheet if source else "",
                _cell(source.file, source.sheet, source.cell, copies) if source else "",
                source.file if source else "",
            )

    table = _list(sheet, styles, "tblNhiemVu", 4, TASK_COLUMNS, rows(), 5, "Lưu ý")
    place = [column.header for column in TASK_COLUMNS].index("Tình trạng")
    late = f'"{MEASURE["overdue"].label}"'
    rule = {"type": "cell", "criteria": "==", "value": late, "format": styles.rule("warn bold")}
    sheet.conditional_format(table.first_row + 1, place, table.last_row, place, rule)


def _figures_sheet(book: Any, styles: Styles, snapshot: Snapshot, one: UnitReturn) -> None:
    sheet = _top(book, styles, snapshot, one, FIGURES, "Số liệu của đơn vị")
    sent = one.sent
    said = [("Tình trạng gửi báo cáo", RECEIVED[sent.received])]
    if sent.received_on:
        said.append(("Ngày nhận", f"{sent.received_on:%d/%m/%Y}"))
    said += [("Tệp", name) for name in sent.files]
    for row, (name, value) in enumerate(said, 3):
        sheet.write_string(row, 0, name, styles("bold"))
        sheet.write_string(row, 1, value, styles("text"))
    top = 4 + len(said)
    headers = ["Kế hoạch", "Loại", *(MEASURE[measure].label for measure in _COUNTED)]
    for at, header in enumerate(headers):
        sheet.set_column(at, at, 24 if at == 0 else 18)
        sheet.write_string(top, at, header, styles("bold centre wrap border head"))
    row = top
    for row, (plan, group) in enumerate(one.groups, top + 1):
        counts = {part.code: part.count for part in office_view(group).parts} | {"total": group["total"]}
        sheet.write_string(row, 0, plan.symbol, styles("border"))
        sheet.write_string(row, 1, group["kind"], styles("border"))
        for at, measure in enumerate(_COUNTED, 2):
            sheet.write_number(row, at, counts[measure], styles("border count centre"))
    if not one.groups:
        sheet.write_string(top + 1, 0, "Đơn vị chưa có nhiệm vụ được tính.", styles("italic"))
        row = top + 1
    for offset, measure in enumerate(_COUNTED[1:], row + 2):
        text = f"{MEASURE[measure].label}: {MEASURE[measure].definition}"
        sheet.write_string(offset, 0, text, styles("small italic"))


def _asks_sheet(book: Any, styles: Styles, snapshot: Snapshot, one: UnitReturn) -> None:
    sheet = _top(book, styles, snapshot, one, ASKS, "Đề nghị đơn vị")
    made: list[Ask] = asks(one)
    if not made:
        sheet.write_string(2, 0, "Không có đề nghị.", styles("bold"))

    def rows() -> Iterator[Sequence[object]]:
        for ask in made:
            tasks: Sequence[OwnTask | None] = ask.tasks or (None,)
            for task in tasks:
                if task is None:
                    yield ask.text, "", "", "", None, None
                else:
                    yield ask.text, task.plan, task.number, task.task, task.due, task.days_late

    _list(sheet, styles, "tblDeNghi", 4, ASK_COLUMNS, rows(), 1, "Số ngày chậm")
