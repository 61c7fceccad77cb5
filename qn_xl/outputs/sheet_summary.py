"""Tổng hợp: the table that the leadership reads, one row per plan and kind, counted live over tblTask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from qn_xl.model import KIND_CODE, Kind, Plan, Snapshot
from qn_xl.outputs import formulas
from qn_xl.outputs.heading import set_page, write_notes, write_title
from qn_xl.outputs.measure import height, lines
from qn_xl.outputs.notes import remarks, summary_notes
from qn_xl.outputs.styles import Styles
from qn_xl.outputs.worksheets import PrintSheet
from qn_xl.rules.figures import ALL, Figures
from qn_xl.rules.sentences import citation
from qn_xl.rules.wording import Rounding, date_text

TITLE = "Tổng hợp"
CODE_NAME = "shSummary"
TASKS = "tblTask"
DAYS = ("days_late_mean", "days_late_max")
FULL = "đầy đủ"  # value of the setting summary_columns that asks for every column
ONE_PAGE = 9  # so many rows are printed on one page with their notes
_KIND = {code: kind for kind, code in KIND_CODE.items()}


@dataclass(frozen=True, slots=True)
class Column:
    measure: str  # of rules/figures.py, or "number", "plan", "kind", "remarks"
    header: str
    width: float
    part: bool = False  # "trong đó": inside another column, never added to it


@dataclass(frozen=True, slots=True)
class Line:
    plan: Plan
    kind: Kind
    number: int | None  # None: a further kind of the plan above


def columns(snapshot: Snapshot) -> list[Column]:
    """Return the article's columns; stopped items have a column as soon as there are any, the rest on request."""
    full = snapshot.settings.get("summary_columns") == FULL
    figures = Figures(snapshot.figures)
    stopped = any(figures.get(p.symbol, "stopped", g) for p in snapshot.plans for g in figures.groups(p.symbol))
    wanted = [
        (True, Column("number", "TT", 5)),
        (True, Column("plan", "Kế hoạch, văn bản", 48)),
        (True, Column("kind", "Loại", 17)),
        (True, Column("total", "Tổng số", 8)),
        (True, Column("done", "Hoàn thành", 9)),
        (full, Column("done_on_time", "Trong đó: đúng hạn", 9, True)),
        (full, Column("done_late", "Trong đó: quá hạn", 9, True)),
        (full, Column("done_undated", "Trong đó: chưa rõ ngày", 9, True)),
        (True, Column("under_way", "Đang thực hiện", 9)),
        (full, Column("no_deadline", "Trong đó: không rõ thời hạn", 10, True)),
        (True, Column("overdue", "Chậm tiến độ", 9)),
        (True, Column("recurring", "Thường xuyên", 9)),
        (full or stopped, Column("stopped", "Tạm dừng", 9)),
        (True, Column("central", "Trong đó phụ thuộc Bộ, ngành TW", 12, True)),
        (True, Column("rate_total", "Tỷ lệ hoàn thành (%)", 11)),
        (full, Column("rate_due", "Tỷ lệ trên số đến hạn (%)", 10)),
        (full, Column("days_late_mean", "Số ngày chậm trung bình", 10)),
        (full, Column("days_late_max", "Số ngày chậm lớn nhất", 10)),
        (True, Column("remarks", "Ghi chú", 24)),
    ]
    return [column for asked, column in wanted if asked]


def plan_lines(snapshot: Snapshot, figures: Figures) -> list[Line]:
    """Return the rows of the table: plans that are followed or have items, each kind they have."""
    found: list[Line] = []
    number = 0
    for plan in snapshot.plans:
        groups = figures.groups(plan.symbol)
        if not groups and not plan.active:
            continue
        number += 1
        for place, group in enumerate(groups or ("task",)):
            found.append(Line(plan, _KIND[group], None if place else number))
    return found


def write(book: Workbook, styles: Styles, snapshot: Snapshot) -> Any:
    """Add the sheet; its formulas count over tblTask, which sheet_tasks writes. Return the worksheet."""
    sheet = book.add_worksheet(TITLE, PrintSheet)
    sheet.set_vba_name(CODE_NAME)
    shown = columns(snapshot)
    figures = Figures(snapshot.figures)
    rows = plan_lines(snapshot, figures)
    for place, column in enumerate(shown):
        sheet.set_column(place, place, column.width)
    set_page(sheet, snapshot)
    sheet.hide_gridlines(2)
    top = write_title(
        sheet,
        styles,
        snapshot,
        number="Phụ lục I",
        title=snapshot.settings.get("report_title", "").strip() or "TỔNG HỢP TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ",
        widths=[column.width for column in shown],
    )
    _write_header(sheet, styles, snapshot, shown, top)
    first = top + 2
    for row, line in enumerate(rows, first):
        further = row - first + 1 < len(rows) and rows[row - first + 1].number is None
        _write_line(sheet, styles, snapshot, shown, figures, row, line, last_of_plan=not further)
    end = first + len(rows)
    _write_total(sheet, styles, snapshot, shown, figures, first, end)
    width = sum(column.width for column in shown)
    kinds = {line.kind for line in rows if figures.get(line.plan.symbol, "total", KIND_CODE[line.kind])}
    stopped = any(column.measure == "stopped" for column in shown)
    notes = summary_notes(snapshot, figures, kinds, stopped=stopped)
    write_notes(sheet, styles, end + 1, notes, last=len(shown) - 1, width=width)
    if len(rows) <= ONE_PAGE:
        sheet.fit_to_pages(1, 1)
    sheet.repeat_rows(top, top + 1)
    sheet.freeze_panes(first, 3)
    return sheet


def _write_header(sheet: Any, styles: Styles, snapshot: Snapshot, shown: list[Column], top: int) -> None:
    look = styles("body bold centre wrap border head")
    part = styles("body bold italic centre wrap border head")
    inside = [place for place, column in enumerate(shown) if column.measure == "done"]
    inside += [place for place, column in enumerate(shown) if column.measure == "central"]
    start, end = inside[0], inside[1] - 1
    for place, column in enumerate(shown):
        if start <= place <= end:
            sheet.write_string(top + 1, place, column.header, part if column.part else look)
        else:
            sheet.merge_range(top, place, top + 1, place, column.header, part if column.part else look)
    sheet.merge_range(top, start, top, end, f"Kết quả thực hiện đến ngày {date_text(snapshot.as_of)}", look)
    sheet.set_row(top, 20)
    tallest = max(lines(column.header, column.width, 12, bold=True) for column in shown[start : end + 1])
    alone = max(lines(column.header, column.width, 12, bold=True) for column in shown)
    sheet.set_row(top + 1, max(height(tallest, 12), height(alone, 12) - 20) + 2)


def _write_line(
    sheet: Any,
    styles: Styles,
    snapshot: Snapshot,
    shown: list[Column],
    figures: Figures,
    row: int,
    line: Line,
    *,
    last_of_plan: bool,
) -> None:
    group = KIND_CODE[line.kind]
    keys = [("Kế hoạch", line.plan.symbol), ("Loại", line.kind.value)]
    opened = ("" if line.number else "open-top ") + ("" if last_of_plan else "open-bottom")
    texts = {
        "plan": citation(line.plan) if line.number else "",
        "kind": line.kind.value,
        "remarks": remarks(figures, line.plan.symbol, group),
    }
    for place, column in enumerate(shown):
        if column.measure == "number":
            look = styles("body centre border", opened)
            if line.number:
                sheet.write_number(row, place, line.number, look)
            else:
                sheet.write_blank(row, place, None, look)
        elif column.measure in texts:
            own = {"plan": f"body {opened}", "kind": "body", "remarks": "small"}[column.measure]
            look = styles("wrap inset border", own)
            sheet.write_string(row, place, texts[column.measure], look)
        elif column.measure in ("rate_total", "rate_due"):
            _write_rate(sheet, styles, snapshot, shown, row, place, figures.counts(line.plan.symbol, group))
        elif column.measure in DAYS:
            value = figures.get(line.plan.symbol, column.measure, group)
            _write_days(sheet, styles, row, place, column.measure, keys, value)
        else:
            count = int(figures.get(line.plan.symbol, column.measure, group) or 0)
            look = styles("body centre count border", "italic" if column.part else "")
            sheet.write_formula(row, place, "=" + formulas.count(TASKS, column.measure, keys), look, count)
    sizes = {"plan": 12, "kind": 12, "remarks": 10}
    high = [
        height(lines(texts[column.measure], column.width - 1.5, sizes[column.measure]), sizes[column.measure])
        for column in shown
        if column.measure in texts
    ]
    sheet.set_row(row, max(*high, 20) + 2)


def _write_rate(
    sheet: Any,
    styles: Styles,
    snapshot: Snapshot,
    shown: list[Column],
    row: int,
    place: int,
    counts: dict[str, int],
    look: str = "",
) -> None:
    cell = {column.measure: xl_rowcol_to_cell(row, other) for other, column in enumerate(shown)}
    cut = snapshot.rules.get("rounding") == Rounding.CUT
    if shown[place].measure == "rate_total":
        base, number = cell["total"], counts["total"]
    else:
        base, number = f"({cell['done']}+{cell['overdue']})", counts["done"] + counts["overdue"]
    sheet.write_formula(
        row,
        place,
        "=" + formulas.share(cell["done"], base, cut=cut),
        styles("body centre rate border", look),
        formulas.share_value(counts["done"], number, cut=cut),
    )


def _write_days(
    sheet: Any,
    styles: Styles,
    row: int,
    place: int,
    measure: str,
    keys: Sequence[formulas.Key],
    value: float | None,
    look: str = "",
) -> None:
    formula = "=" + formulas.days_late(TASKS, keys)[DAYS.index(measure)]
    form = "days" if measure == "days_late_mean" else "count"
    cached = formulas.NO_BASE if value is None else value
    sheet.write_formula(row, place, formula, styles("body centre border", form, look), cached)


def _write_total(
    sheet: Any, styles: Styles, snapshot: Snapshot, shown: list[Column], figures: Figures, first: int, row: int
) -> None:
    counts = figures.counts(ALL, "task")
    kind = next(place for place, column in enumerate(shown) if column.measure == "kind")
    kinds = f"{xl_rowcol_to_cell(first, kind, True, True)}:{xl_rowcol_to_cell(row - 1, kind, True, True)}"
    for place, column in enumerate(shown):
        if column.measure in ("number", "plan", "kind", "remarks"):
            text = {"plan": "Tổng cộng", "kind": Kind.TASK.value}.get(column.measure, "")
            look = styles("body bold border shade wrap", "inset" if column.measure == "kind" else "centre")
            sheet.write_string(row, place, text, look)
        elif column.measure in ("rate_total", "rate_due"):
            _write_rate(sheet, styles, snapshot, shown, row, place, counts, "bold shade")
        elif column.measure in DAYS:
            keys = [("Loại", Kind.TASK.value)]
            value = figures.get(ALL, column.measure)
            _write_days(sheet, styles, row, place, column.measure, keys, value, "bold shade")
        else:
            summed = f"{xl_rowcol_to_cell(first, place, True)}:{xl_rowcol_to_cell(row - 1, place, True)}"
            formula = f"=SUMIFS({summed},{kinds},{formulas.criterion(Kind.TASK.value)})" if row > first else "=0"
            look = styles("body bold centre count border shade", "italic" if column.part else "")
            sheet.write_formula(row, place, formula, look, counts[column.measure])
    sheet.set_row(row, 22)
