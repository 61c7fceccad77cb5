"""Chi tiết (tblTask) and Chi tiết theo đơn vị (tblTaskUnit): every counted item and where it was read.

Columns are fixed: the formulas of the other sheets and the workbook's Làm mới read them by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter import Workbook

from qn_xl import layout
from qn_xl.model import Address, Class, Item, Snapshot, UnitResult
from qn_xl.outputs.heading import A3, set_page
from qn_xl.outputs.labels import CLASS, STATUS, YES, plan_symbols, provenance, unit_names
from qn_xl.outputs.links import Sources
from qn_xl.outputs.styles import Styles
from qn_xl.outputs.worksheets import Column, ListSheet, TableRange
from qn_xl.rules.wording import number_text

TOP = 3  # row of the header, from 0
NAMED_UNITS = 4  # an item with more lead units shows the lead cell as the plan wrote it

_STATUS = (
    Column("Tình trạng", 14, "centre"),
    Column("Lớp", 22, "wrap"),
    Column("Số ngày chậm", 8, "count centre"),
    Column("Ngày hoàn thành", 11, "date centre"),
    Column("Trạng thái đơn vị ghi", 16, "wrap", wrap=True),
)
_FLAGS = (
    Column("Phụ thuộc TW", 9, "centre"),
    Column("Sắp đến hạn", 9, "centre"),
    Column("Chưa báo cáo", 9, "centre"),
    Column("Kết quả kỳ trước", 10, "centre"),
    Column("Đề nghị gia hạn", 9, "centre"),
)
_SOURCE = (
    Column("Căn cứ xếp lớp", 30, "wrap", wrap=True),
    Column("Quyết định xử lý", 22, "wrap", wrap=True),
    Column("Tệp", 38, "wrap", wrap=True),
    Column("Trang tính", 18, "wrap", wrap=True),
    Column("Ô", 8, "centre"),
)
TASK_COLUMNS = (
    Column("TT", 7, "centre"),
    Column("Mã", 13, "wrap", wrap=True),
    Column("Kế hoạch", 13, "wrap"),
    Column("Loại", 11, "wrap", wrap=True),
    Column("Nhóm", 22, "wrap", wrap=True),
    Column("Nội dung", 46, "wrap", wrap=True),
    Column("Đơn vị chủ trì", 24, "wrap", wrap=True),
    Column("Thời hạn", 13, "wrap", wrap=True),
    Column("Hạn", 11, "date centre"),
    *_STATUS,
    Column("Kết quả", 36, "wrap", wrap=True),
    *_FLAGS,
    Column("Đơn vị xong", 8, "centre"),
    *_SOURCE,
)
UNIT_COLUMNS = (
    Column("Đơn vị", 26, "wrap", wrap=True),
    Column("Nhóm đơn vị", 14, "wrap", wrap=True),
    Column("TT", 7, "centre"),
    Column("Mã", 13, "wrap", wrap=True),
    Column("Kế hoạch", 13, "wrap"),
    Column("Loại", 11, "wrap", wrap=True),
    Column("Nội dung", 46, "wrap", wrap=True),
    Column("Hạn", 11, "date centre"),
    *_STATUS,
    *_FLAGS,
    *_SOURCE,
)
_PRINTED = {"tblTask": "Kết quả", "tblTaskUnit": "Trạng thái đơn vị ghi"}  # last column on paper


def write_tasks(book: Workbook, styles: Styles, snapshot: Snapshot, sources: Sources) -> TableRange:
    """Add Chi tiết with tblTask, one row per counted item: its number of rows is the denominator."""
    title = "Chi tiết từng nhiệm vụ, chỉ tiêu"
    about = "Mỗi dòng một mục của kế hoạch; số dòng là tổng số ở trang Tổng hợp. Bấm vào tên tệp để mở đúng ô nguồn."
    rows = _task_rows(snapshot, sources)
    return _write(book, styles, snapshot, ("Chi tiết", "shTasks", "tblTask"), title, about, TASK_COLUMNS, rows)


def write_unit_tasks(book: Workbook, styles: Styles, snapshot: Snapshot, sources: Sources) -> TableRange:
    """Add Chi tiết theo đơn vị with tblTaskUnit, one row per item and unit that owes it."""
    title = "Chi tiết theo đơn vị"
    about = "Mỗi dòng một mục của một đơn vị; mục có nhiều đơn vị chủ trì có nhiều dòng."
    names = ("Chi tiết theo đơn vị", "shTaskUnits", "tblTaskUnit")
    return _write(book, styles, snapshot, names, title, about, UNIT_COLUMNS, _unit_rows(snapshot, sources))


def _write(
    book: Workbook,
    styles: Styles,
    snapshot: Snapshot,
    names: tuple[str, str, str],
    title: str,
    about: str,
    columns: Sequence[Column],
    rows: Iterator[Sequence[object]],
) -> TableRange:
    sheet_name, code_name, table_name = names
    sheet: Any = book.add_worksheet(sheet_name, ListSheet)
    sheet.set_vba_name(code_name)
    sheet.write_string(0, 0, title, styles("title bold"))
    sheet.write_string(1, 0, f"{provenance(snapshot)} {about}", styles("italic"))
    table: TableRange = sheet.write_list(
        table_name,
        TOP,
        columns,
        rows,
        formats=[styles(column.style, "top") for column in columns],
        header=styles("bold centre wrap border head"),
        quoted=styles("wrap top quoted"),
        link=styles("wrap top link"),
    )
    headers = [column.header for column in columns]
    status = headers.index("Tình trạng")
    look = styles.rule("warn bold thin")
    late = {"type": "cell", "criteria": "==", "value": f'"{STATUS[Class.OVERDUE]}"', "format": look}
    sheet.conditional_format(TOP + 1, status, table.last_row, status, late)
    mark_rows(sheet, styles, table)
    sheet.freeze_panes(TOP + 1, headers.index("Kế hoạch"))
    set_page(sheet, snapshot, paper=A3)
    sheet.repeat_rows(TOP)
    sheet.print_area(0, 0, table.last_row, headers.index(_PRINTED[table_name]))
    return table


def mark_rows(sheet: Any, styles: Styles, table: TableRange) -> None:
    """Draw thin lines around the cells of a list: one rule instead of a format in each blank cell.

    Call it after the sheet's other rules: where two match a cell, LibreOffice shows the first alone.
    """
    line = {"type": "formula", "criteria": "=TRUE", "format": styles.rule("thin")}
    sheet.conditional_format(table.first_row + 1, 0, table.last_row, len(table.columns) - 1, line)


def _task_rows(snapshot: Snapshot, sources: Sources) -> Iterator[Sequence[object]]:
    symbols, names = plan_symbols(snapshot.plans), unit_names(snapshot.units)
    for item in snapshot.items:
        if 0 < len(item.units) <= NAMED_UNITS:
            leads = "; ".join(names.get(unit, unit) for unit in item.units)
        else:
            leads = item.lead_text
        first, *others = item.sources or (None,)
        yield (
            item.number,
            item.id,
            symbols[item.plan],
            item.kind.value,
            item.group,
            item.task,
            leads,
            item.deadline_text,
            item.due,
            *_status(item),
            _result(item),
            *_flags(item),
            f"{item.units_done}/{item.units_all}" if item.units_all > 1 else None,
            *_origin(item.basis, item.decided, first, len(others), sources),
        )


def _unit_rows(snapshot: Snapshot, sources: Sources) -> Iterator[Sequence[object]]:
    symbols, names = plan_symbols(snapshot.plans), unit_names(snapshot.units)
    items = {item.id: item for item in snapshot.items}
    order = {unit.id: place for place, unit in enumerate(snapshot.units)}
    groups = {unit.id: layout.codes("unit_group").get(unit.group, unit.group) for unit in snapshot.units}
    for result in sorted(snapshot.unit_results, key=lambda one: order.get(one.unit, len(order))):
        item = items[result.item]
        yield (
            names.get(result.unit, result.unit),
            groups.get(result.unit, ""),
            item.number,
            item.id,
            symbols[result.plan],
            result.kind.value,
            item.task,
            result.due,
            *_status(result),
            *_flags(result),
            *_origin(result.basis, result.decided, result.source, 0, sources),
        )


def _status(record: Item | UnitResult) -> tuple[object, ...]:
    return STATUS[record.cls], CLASS[record.cls], record.days_late, record.completed_on, record.status_text


def _flags(record: Item | UnitResult) -> tuple[object, ...]:
    return (
        YES if record.central else None,
        YES if record.due_soon else None,
        YES if record.not_reported else None,
        f"Lần {record.carried}" if record.carried is not None else None,
        YES if record.extension else None,
    )


def _origin(
    basis: str, decided: Sequence[str], source: Address | None, others: int, sources: Sources
) -> tuple[object, ...]:
    decisions = "; ".join(decided)
    if source is None:
        return basis, decisions, None, None, None
    return basis, decisions, sources.link(source, others), source.sheet, source.cell


def _result(item: Item) -> str:
    parts = [item.result]
    if item.actual is not None or item.target is not None:
        reached = [
            f"{name} {_amount(value)}{' ' + item.measure if item.measure else ''}"
            for name, value in (("Thực hiện", item.actual), ("mục tiêu", item.target))
            if value is not None
        ]
        parts.insert(0, "; ".join(reached))
    if item.product:
        parts.append(f"Sản phẩm: {item.product}")
    if item.note:
        parts.append(f"Ghi chú: {item.note}")
    return "\n".join(part for part in parts if part)


def _amount(value: float) -> str:
    return number_text(value) if value == int(value) else number_text(value, 2).rstrip("0")
