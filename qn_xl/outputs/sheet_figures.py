"""Số liệu, hidden: the cube that QN_ formulas look in (tblFigure), the words they accept (tblWord), the stamp.

The stamp is the run number in the cell named qn_run: every formula reads it, so whoever fills tblFigure anew
writes it last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from qn_xl.model import Snapshot
from qn_xl.outputs.list_rows import plain
from qn_xl.outputs.styles import Styles
from qn_xl.outputs.worksheets import TableRange
from qn_xl.rules.words import words_table

TITLE = "Số liệu"
CODE_NAME = "shFigures"
FIGURES = ("Kế hoạch", "Nhóm", "Đơn vị", "Chỉ số", "Giá trị")
WORDS = ("Loại từ", "Từ", "Mã")
_TOP = 7
_WORDS_AT = len(FIGURES) + 1  # column of tblWord


def write(book: Workbook, styles: Styles, snapshot: Snapshot) -> tuple[TableRange, TableRange]:
    """Add the hidden sheet and the names qn_run, qn_cut_off, qn_period; return where tblFigure and tblWord stand.

    No name may be a function's: Excel would read QN_AS_OF() as the name qn_as_of.
    Both tables are in the binary
    order of their key columns joined by "|".
    """
    sheet: Any = book.add_worksheet(TITLE)
    sheet.set_vba_name(CODE_NAME)
    stamp = (
        ("Lần tổng hợp", snapshot.run, "count left", "qn_run"),
        ("Ngày chốt số liệu", snapshot.as_of, "date left", "qn_cut_off"),
        ("Kỳ", snapshot.period, "text left", "qn_period"),
        ("Tên kỳ", snapshot.period_name, "text left", "qn_period_name"),
        ("Phiên bản", snapshot.version, "text left", "qn_version"),
    )
    for row, (label, value, look, name) in enumerate(stamp):
        sheet.write_string(row, 0, label, styles("bold"))
        if isinstance(value, int):
            sheet.write_number(row, 1, value, styles(look))
        elif isinstance(value, str):
            sheet.write_string(row, 1, plain(value), styles(look))
        else:
            sheet.write_datetime(row, 1, value, styles(look))
        book.define_name(name, f"='{TITLE}'!{xl_rowcol_to_cell(row, 1, True, True)}")
    figures = [(one.plan, one.group, one.unit, one.measure, one.value) for one in snapshot.figures]
    made = (
        _table(sheet, styles, "tblFigure", FIGURES, figures, 0),
        _table(sheet, styles, "tblWord", WORDS, words_table(snapshot.plans, snapshot.units), _WORDS_AT),
    )
    for column, width in enumerate((20, 12, 20, 18, 16, 4, 12, 48, 20)):
        sheet.set_column(column, column, width)
    sheet.hide()
    return made


def _table(
    sheet: Any,
    styles: Styles,
    name: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str | float]],
    left: int,
) -> TableRange:
    last = _TOP + max(len(rows), 1)
    columns = [{"header": header, "header_format": styles("bold border head")} for header in headers]
    sheet.add_table(_TOP, left, last, left + len(headers) - 1, {"name": name, "style": None, "columns": columns})
    text, number = styles("text"), styles()
    for row, values in enumerate(rows, _TOP + 1):
        for column, value in enumerate(values, left):
            if isinstance(value, str):
                sheet.write_string(row, column, plain(value), text)
            else:
                sheet.write_number(row, column, value, number)
    return TableRange(TITLE, name, _TOP, last, tuple(headers), left)
