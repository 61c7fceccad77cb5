"""Theo Chính phủ: the same counts in the four classes of the Government's own reports (1270/BC-TCTTTg)."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from qn_xl.model import KIND_CODE, Kind, Snapshot
from qn_xl.outputs import formulas
from qn_xl.outputs.heading import set_page, write_notes, write_title
from qn_xl.outputs.measure import height, lines
from qn_xl.outputs.notes import base_note
from qn_xl.outputs.sheet_summary import ONE_PAGE, TASKS, plan_lines
from qn_xl.outputs.styles import Styles
from qn_xl.outputs.worksheets import PrintSheet
from qn_xl.rules.figures import ALL, Figures
from qn_xl.rules.sentences import plan_name
from qn_xl.rules.wording import Rounding, date_line

TITLE = "Theo Chính phủ"
CODE_NAME = "shGovernment"
_HEADERS = (
    ("TT", 5),
    ("Kế hoạch, văn bản", 34),
    ("Loại", 17),
    ("Tổng số", 11),
    ("Đúng hạn", 12),
    ("Quá hạn", 12),
    ("Trong hạn", 12),
    ("Quá hạn", 12),
    ("Bị hủy, tạm dừng", 12),
    ("Tỷ lệ hoàn thành trên số đến hạn (%)", 18),
)
_WIDTH = sum(width for _, width in _HEADERS)


def wanted(snapshot: Snapshot) -> bool:
    """Say whether the office asks for this view (setting government_view)."""
    return snapshot.settings.get("government_view", "có") != "không"


def recurring_counted(snapshot: Snapshot) -> bool:
    """Say whether recurring items belong to this view (rule government_recurring)."""
    return snapshot.rules.get("government_recurring", "có") != "không"


def _measures(snapshot: Snapshot) -> tuple[str, ...]:
    in_term = "gov_in_term" if recurring_counted(snapshot) else "under_way"
    return ("gov_on_time", "done_late", in_term, "overdue", "stopped")


def write(book: Workbook, styles: Styles, snapshot: Snapshot) -> Any:
    """Add the sheet, counted live over tblTask, and return it."""
    sheet = book.add_worksheet(TITLE, PrintSheet)
    sheet.set_vba_name(CODE_NAME)
    last = len(_HEADERS) - 1
    for place, (_, width) in enumerate(_HEADERS):
        sheet.set_column(place, place, width)
    set_page(sheet, snapshot)
    sheet.hide_gridlines(2)
    top = write_title(
        sheet,
        styles,
        snapshot,
        number="Phụ lục III",
        title="KẾT QUẢ THỰC HIỆN NHIỆM VỤ THEO MẪU TỔNG HỢP CỦA CHÍNH PHỦ",
        widths=[width for _, width in _HEADERS],
    )
    head = styles("body bold centre wrap border head")
    for place, (text, _) in enumerate(_HEADERS):
        if 4 <= place <= 7:
            sheet.write_string(top + 1, place, text, head)
        else:
            sheet.merge_range(top, place, top + 1, place, text, head)
    sheet.merge_range(top, 4, top, 5, "Đã hoàn thành", head)
    sheet.merge_range(top, 6, top, 7, "Chưa hoàn thành", head)
    sheet.set_row(top, 26)
    sheet.set_row(top + 1, 26)
    figures = Figures(snapshot.figures)
    rows = plan_lines(snapshot, figures)
    first = top + 2
    for row, line in enumerate(rows, first):
        further = row - first + 1 < len(rows) and rows[row - first + 1].number is None
        opened = ("" if line.number else "open-top ") + ("open-bottom" if further else "")
        sheet.write(row, 0, line.number if line.number else None, styles("body centre border", opened))
        name = plan_name(line.plan) if line.number else ""
        sheet.write_string(row, 1, name, styles("body wrap inset border", opened))
        sheet.write_string(row, 2, line.kind.value, styles("body wrap inset border"))
        keys = [("Kế hoạch", line.plan.symbol), ("Loại", line.kind.value)]
        counts = figures.counts(line.plan.symbol, KIND_CODE[line.kind])
        for place, measure in enumerate(_measures(snapshot), 4):
            formula = "=" + formulas.count(TASKS, measure, keys)
            sheet.write_formula(row, place, formula, styles("body centre count border"), counts[measure])
        _write_sums(sheet, styles, snapshot, row, counts)
        sheet.set_row(row, height(lines(name, 32, 12), 12) + 4)
    _write_total(sheet, styles, snapshot, figures, first, first + len(rows))
    write_notes(sheet, styles, first + len(rows) + 1, _notes(snapshot, figures), last=last, width=_WIDTH)
    if len(rows) <= ONE_PAGE:
        sheet.fit_to_pages(1, 1)
    sheet.repeat_rows(top, top + 1)
    sheet.freeze_panes(first, 3)
    return sheet


def _write_sums(
    sheet: Any, styles: Styles, snapshot: Snapshot, row: int, counts: dict[str, int], look: str = ""
) -> None:
    """Write the total, which the parts make up here, and the rate over the tasks fallen due."""
    parts = f"{xl_rowcol_to_cell(row, 4)}:{xl_rowcol_to_cell(row, 8)}"
    total = sum(counts[measure] for measure in _measures(snapshot))
    sheet.write_formula(row, 3, f"=SUM({parts})", styles("body centre count border", look), total)
    done = f"({xl_rowcol_to_cell(row, 4)}+{xl_rowcol_to_cell(row, 5)})"
    due = f"({done}+{xl_rowcol_to_cell(row, 7)})"
    cut = snapshot.rules.get("rounding") == Rounding.CUT
    value = formulas.share_value(counts["done"], counts["fallen_due"], cut=cut)
    formula = "=" + formulas.share(done, due, cut=cut)
    sheet.write_formula(row, 9, formula, styles("body centre rate border", look), value)


def _write_total(
    sheet: Any, styles: Styles, snapshot: Snapshot, figures: Figures, first: int, row: int
) -> None:
    counts = figures.counts(ALL, "task")
    look = styles("body bold centre border shade wrap")
    for place, text in enumerate(("", "Tổng cộng", Kind.TASK.value)):
        sheet.write_string(row, place, text, look)
    kinds = f"$C${first + 1}:$C${row}"
    for place, measure in enumerate(_measures(snapshot), 4):
        summed = f"{xl_rowcol_to_cell(first, place, True)}:{xl_rowcol_to_cell(row - 1, place, True)}"
        formula = f"=SUMIFS({summed},{kinds},{formulas.criterion(Kind.TASK.value)})" if row > first else "=0"
        sheet.write_formula(row, place, formula, styles("body bold centre count border shade"), counts[measure])
    _write_sums(sheet, styles, snapshot, row, counts, "bold shade")
    sheet.set_row(row, 24)


def _notes(snapshot: Snapshot, figures: Figures) -> list[str]:
    task = figures.counts(ALL, "task")
    recurring = f" và {task['recurring']} nhiệm vụ thường xuyên" if recurring_counted(snapshot) else ""
    return [
        f"Số liệu chốt đến {date_line(snapshot.as_of)}; lần tổng hợp số {snapshot.run}. {base_note(snapshot)}.",
        f"Đã hoàn thành đúng hạn gồm {task['done_undated']} nhiệm vụ hoàn thành nhưng chưa rõ ngày (chỉ tính loại"
        " Nhiệm vụ).",
        f"Chưa hoàn thành trong hạn gồm {task['no_deadline']} nhiệm vụ không xác định được thời hạn{recurring}"
        " (chỉ tính loại Nhiệm vụ)."
        + ("" if recurring else f" Không tính {task['recurring']} nhiệm vụ thường xuyên vào tổng số của biểu này."),
        "Số đến hạn = đã hoàn thành (đúng hạn, quá hạn) + chưa hoàn thành quá hạn, như Báo cáo số 1270/BC-TCTTTg"
        " ngày 27/12/2017.",
        "Cùng số liệu với trang Tổng hợp: đã hoàn thành là cột Hoàn thành; chưa hoàn thành quá hạn là cột"
        " Chậm tiến độ.",
    ]
