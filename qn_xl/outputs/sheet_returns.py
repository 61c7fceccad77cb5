"""Nộp báo cáo (tblReturn): what each unit sent, when, and how much of it could be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from qn_xl import layout
from qn_xl.model import Received, Return, Snapshot, Unit
from qn_xl.outputs import formulas
from qn_xl.outputs.heading import set_page
from qn_xl.outputs.labels import RECEIVED, YES, plan_symbols, provenance
from qn_xl.outputs.sheet_tasks import mark_rows
from qn_xl.outputs.styles import Styles
from qn_xl.outputs.worksheets import Column, ListSheet, TableRange
from qn_xl.rules import outcome
from qn_xl.rules.returns import coverage
from qn_xl.rules.wording import percent_text

TITLE = "Nộp báo cáo"
CODE_NAME = "shReturns"
NAME = "tblReturn"
COLUMNS = (
    Column("Đơn vị", 34, "wrap", wrap=True),
    Column("Nhóm đơn vị", 20, "wrap"),
    Column("Phải báo cáo", 9, "centre"),
    Column("Tình trạng nộp", 18, "centre"),
    Column("Ngày nhận", 11, "date centre"),
    Column("Số tệp", 8, "count centre"),
    Column("Số nhiệm vụ đọc được", 10, "count centre"),
    Column("Lỗi", 7, "count centre"),
    Column("Cảnh báo", 8, "count centre"),
    Column("Tệp", 52, "wrap", wrap=True),
    Column("Ghi chú", 30, "wrap", wrap=True),
)
_NOT_READ = (Received.UNREADABLE, Received.MISSING)
_TOP = 13
_BESIDE = 3  # column of what stands beside the counts


def expected_returns(snapshot: Snapshot) -> list[tuple[Unit, Return]]:
    """Return each unit that must report or did, in the order of the register, with what it sent."""
    made = {one.unit: one for one in snapshot.returns}
    known = {unit.id for unit in snapshot.units}
    others = [Unit(id=one, name=one, group="khac", expected=False) for one in sorted(made.keys() - known)]
    return [
        (unit, made.get(unit.id) or Return(unit.id, Received.MISSING))
        for unit in (*snapshot.units, *others)
        if unit.expected or unit.id in made
    ]


def write(book: Workbook, styles: Styles, snapshot: Snapshot) -> TableRange:
    """Add the sheet; the counts above the table are of units that must report, so they add up to all of them."""
    sheet: Any = book.add_worksheet(TITLE, ListSheet)
    sheet.set_vba_name(CODE_NAME)
    returns = expected_returns(snapshot)
    sheet.write_string(0, 0, "Tình hình nộp báo cáo của các đơn vị", styles("title bold"))
    about = "Đơn vị gửi nhiều tệp được tính một lần; chỉ đếm đơn vị phải báo cáo."
    sheet.write_string(1, 0, f"{provenance(snapshot)} {outcome.sentence(snapshot)} {about}", styles("italic"))
    expected = [one for unit, one in returns if unit.expected]
    for row, (state, word) in enumerate(RECEIVED.items(), 2):
        keys = [("Phải báo cáo", YES), ("Tình trạng nộp", word)]
        number = sum(one.received is state for one in expected)
        sheet.write_string(row, 0, word, styles("border"))
        sheet.write_formula(row, 1, "=" + formulas.count(NAME, "total", keys), styles("border count centre"), number)
    row = 2 + len(RECEIVED)
    sheet.write_string(row, 0, "Tổng số đơn vị phải báo cáo", styles("border bold"))
    sheet.write_formula(row, 1, f"=SUM(B3:B{row})", styles("border bold count centre"), len(expected))
    read = sum(one.received not in _NOT_READ for one in expected)
    without = "-".join(f"B{3 + list(RECEIVED).index(state)}" for state in _NOT_READ)
    sheet.write_string(row + 1, 0, "Tỷ lệ đơn vị có báo cáo đọc được", styles("border bold"))
    share = "=" + formulas.share(f"(B{row + 1}-{without})", f"B{row + 1}", cut=False)
    value = formulas.share_value(read, len(expected), cut=False)
    sheet.write_formula(row + 1, 1, share, styles("border bold rate centre"), value)
    _write_coverage(sheet, styles, snapshot)
    table: TableRange = sheet.write_list(
        NAME,
        _TOP,
        COLUMNS,
        _rows(returns),
        formats=[styles(column.style, "top") for column in COLUMNS],
        header=styles("bold centre wrap border head"),
        quoted=styles("wrap top quoted"),
    )
    place = [column.header for column in COLUMNS].index("Tình trạng nộp")
    for state in (*_NOT_READ, Received.LATE):
        look = styles.rule("thin", "warn bold" if state in _NOT_READ else "amber")
        rule = {"type": "cell", "criteria": "==", "value": f'"{RECEIVED[state]}"', "format": look}
        sheet.conditional_format(_TOP + 1, place, table.last_row, place, rule)
    mark_rows(sheet, styles, table)
    sheet.freeze_panes(_TOP + 1, 1)
    set_page(sheet, snapshot)
    sheet.repeat_rows(_TOP)
    return table


def _write_coverage(sheet: Any, styles: Styles, snapshot: Snapshot) -> None:
    """Write beside the counts how complete the reports on each plan are, as far as there is room above the table."""
    head = styles("bold centre border head")
    for column, text in enumerate(("Đơn vị theo kế hoạch", "Phải gửi", "Có gửi", "Tỷ lệ"), _BESIDE):
        sheet.write_string(2, column, text, head)
    sheet.merge_range(2, _BESIDE + 4, 2, _BESIDE + 6, "Nhiệm vụ được báo cáo", head)
    symbols = plan_symbols(snapshot.plans)
    *plans, total = coverage(snapshot)
    room = _TOP - 5
    for row, one in enumerate((*plans[:room], total), 3):
        look = "border" if one.plan else "border bold"
        name = symbols.get(one.plan or "", "Mọi kế hoạch")
        if one is total and len(plans) > room:
            name = f"Mọi kế hoạch ({len(plans) - room} kế hoạch không đủ chỗ ghi)"
        sheet.write_string(row, _BESIDE, name, styles(look, "inset"))
        sheet.write_number(row, _BESIDE + 1, one.units, styles(look, "count centre"))
        sheet.write_number(row, _BESIDE + 2, one.reported, styles(look, "count centre"))
        units = [xl_rowcol_to_cell(row, _BESIDE + place) for place in (2, 1)]
        value = formulas.share_value(one.reported, one.units, cut=False)
        formula = "=" + formulas.share(*units, cut=False)
        sheet.write_formula(row, _BESIDE + 3, formula, styles(look, "rate centre"), value)
        tasks = f"{one.tasks_reported}/{one.tasks}"
        share = f" ({percent_text(one.tasks_reported, one.tasks)})" if one.tasks else ""
        sheet.merge_range(row, _BESIDE + 4, row, _BESIDE + 6, tasks + share, styles(look, "centre"))


def _rows(returns: Sequence[tuple[Unit, Return]]) -> Iterator[Sequence[object]]:
    groups = layout.codes("unit_group")
    for unit, one in returns:
        yield (
            unit.name,
            groups.get(unit.group, unit.group),
            YES if unit.expected else None,
            RECEIVED[one.received],
            one.received_on,
            len(one.files),
            one.tasks,
            one.errors,
            one.warnings,
            "\n".join(one.files),
            one.note,
        )
