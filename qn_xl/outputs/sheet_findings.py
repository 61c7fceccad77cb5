"""Vấn đề (tblFinding): what could not be counted as written, at which cell, and how to repair it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter import Workbook

from qn_xl.model import Finding, Severity, Snapshot
from qn_xl.outputs import formulas
from qn_xl.outputs.heading import A3, set_page
from qn_xl.outputs.labels import (
    SEVERITY,
    SEVERITY_MEANING,
    by_severity,
    plan_symbols,
    provenance,
    unit_names,
)
from qn_xl.outputs.links import Sources
from qn_xl.outputs.sheet_tasks import mark_rows
from qn_xl.outputs.styles import Styles
from qn_xl.outputs.worksheets import Column, ListSheet, TableRange
from qn_xl.rules.catalogue import entries

TITLE = "Vấn đề"
CODE_NAME = "shFindings"
NAME = "tblFinding"
COLUMNS = (
    Column("Mức", 13, "wrap"),
    Column("Đơn vị", 22, "wrap", wrap=True),
    Column("Loại vấn đề", 20, "wrap", wrap=True),
    Column("Nội dung", 40, "wrap", wrap=True),
    Column("Giá trị thấy", 20, "wrap", wrap=True),
    Column("Chương trình đã làm", 30, "wrap", wrap=True),
    Column("Cách sửa", 36, "wrap", wrap=True),
    Column("Kế hoạch", 13, "wrap"),
    Column("Nhiệm vụ", 22, "wrap", wrap=True),
    Column("Tệp", 36, "wrap", wrap=True),
    Column("Trang tính", 14, "wrap", wrap=True),
    Column("Ô", 7, "centre"),
    Column("Mã vấn đề", 30, "wrap", wrap=True),
)
_TOP = 7
_ORDER = {severity: place for place, severity in enumerate(Severity)}


def write(book: Workbook, styles: Styles, snapshot: Snapshot, sources: Sources) -> TableRange:
    """Add the sheet, worst first, then by unit and place; return where tblFinding stands."""
    sheet: Any = book.add_worksheet(TITLE, ListSheet)
    sheet.set_vba_name(CODE_NAME)
    sheet.write_string(0, 0, "Vấn đề cần xem xét, xử lý", styles("title bold"))
    about = "Khi quyết định một vấn đề, chép Mã vấn đề vào trang Xử lý. Bấm vào tên tệp để mở đúng ô."
    sheet.write_string(1, 0, f"{provenance(snapshot)} {about}", styles("italic"))
    counts = by_severity(snapshot.findings)
    for row, severity in enumerate(Severity, 2):
        formula = "=" + formulas.count(NAME, "total", [("Mức", SEVERITY[severity])])
        sheet.write_string(row, 0, SEVERITY[severity], styles("bold"))
        sheet.write_formula(row, 1, formula, styles("bold count left"), counts[severity])
        sheet.write_string(row, 2, SEVERITY_MEANING[severity], styles("italic"))
    sheet.write_string(5, 0, "Tổng số", styles("bold"))
    sheet.write_formula(5, 1, "=SUM(B3:B5)", styles("bold count left"), sum(counts.values()))
    table: TableRange = sheet.write_list(
        NAME,
        _TOP,
        COLUMNS,
        _rows(snapshot, sources),
        formats=[styles(column.style, "top") for column in COLUMNS],
        header=styles("bold centre wrap border head"),
        quoted=styles("wrap top quoted"),
        link=styles("wrap top link"),
    )
    for severity, trait in ((Severity.ERROR, "warn bold"), (Severity.WARNING, "amber")):
        look = styles.rule(trait, "thin")
        rule = {"type": "cell", "criteria": "==", "value": f'"{SEVERITY[severity]}"', "format": look}
        sheet.conditional_format(_TOP + 1, 0, table.last_row, 0, rule)
    mark_rows(sheet, styles, table)
    sheet.freeze_panes(_TOP + 1, 2)
    set_page(sheet, snapshot, paper=A3)
    sheet.repeat_rows(_TOP)
    return table


def _rows(snapshot: Snapshot, sources: Sources) -> Iterator[Sequence[object]]:
    symbols, names = plan_symbols(snapshot.plans), unit_names(snapshot.units)
    order = {unit.id: place for place, unit in enumerate(snapshot.units)}
    files = {one.file for one in snapshot.inputs}

    def place(found: Finding) -> tuple[int, int]:
        return _ORDER[found.severity], order.get(found.unit or "", len(order))

    for found in sorted(snapshot.findings, key=place):
        entry = entries().get(found.code)
        unit = names.get(found.unit, found.unit) if found.unit else ""
        is_file = found.where.file in files
        yield (
            SEVERITY[found.severity],
            unit,
            entry.title if entry else found.code,
            found.message,
            found.seen,
            found.action,
            found.repair,
            symbols.get(found.plan, found.plan) if found.plan else "",
            found.label,
            sources.link(found.where) if is_file else found.where.file,
            found.where.sheet,
            found.where.cell,
            found.key,
        )
