"""Theo đơn vị: what each unit owes and has done, counted live over tblTaskUnit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from qn_xl import layout
from qn_xl.model import KIND_CODE, Class, Kind, Snapshot, Unit
from qn_xl.outputs import formulas
from qn_xl.outputs.heading import set_page, write_notes, write_title
from qn_xl.outputs.labels import RECEIVED
from qn_xl.outputs.measure import height, lines
from qn_xl.outputs.notes import received_note
from qn_xl.outputs.sheet_summary import DAYS, Column
from qn_xl.outputs.styles import Styles
from qn_xl.outputs.worksheets import PrintSheet
from qn_xl.rules.figures import COUNTS, Figures
from qn_xl.rules.wording import Rounding, date_line, number_text

TITLE = "Theo đơn vị"
CODE_NAME = "shUnits"
TASKS = "tblTaskUnit"
ROMAN = ("I", "II", "III", "IV", "V", "VI")
_TEXTS = ("number", "unit", "kind", "received")


@dataclass(frozen=True, slots=True)
class Line:
    unit: Unit
    kind: Kind
    number: int | None  # None: a further kind of the unit above
    counts: dict[str, int]
    days: Sequence[int]


def columns(snapshot: Snapshot) -> list[Column]:
    stopped = any(result.cls is Class.STOPPED for result in snapshot.unit_results)
    wanted = [
        (True, Column("number", "TT", 5)),
        (True, Column("unit", "Cơ quan, đơn vị", 40)),
        (True, Column("kind", "Loại", 17)),
        (True, Column("total", "Tổng số", 9)),
        (True, Column("done", "Hoàn thành", 9)),
        (True, Column("under_way", "Đang thực hiện", 9)),
        (True, Column("overdue", "Chậm tiến độ", 9)),
        (True, Column("recurring", "Thường xuyên", 9)),
        (stopped, Column("stopped", "Tạm dừng", 9)),
        (True, Column("no_deadline", "Không rõ thời hạn", 10, True)),
        (True, Column("central", "Phụ thuộc Bộ, ngành TW", 11, True)),
        (True, Column("rate_total", "Tỷ lệ hoàn thành (%)", 10)),
        (True, Column("days_late_mean", "Trung bình", 9)),
        (True, Column("days_late_max", "Nhiều nhất", 9)),
        (True, Column("received", "Nộp báo cáo", 16)),
    ]
    return [column for shown, column in wanted if shown]


def unit_lines(snapshot: Snapshot) -> dict[str, list[Line]]:
    """Return group of units to rows: every unit that must report or owes something, Nhiệm vụ first."""
    figures = Figures(snapshot.figures)
    days: dict[tuple[str, Kind], list[int]] = defaultdict(list)
    owed: set[tuple[str, Kind]] = set()
    for result in snapshot.unit_results:
        owed.add((result.unit, result.kind))
        if result.cls is Class.OVERDUE and result.days_late is not None:
            days[result.unit, result.kind].append(result.days_late)
    sent = {made.unit for made in snapshot.returns}
    known = {unit.id for unit in snapshot.units}
    strangers = sorted({unit for unit, _ in owed} - known)
    found: dict[str, list[Line]] = {group: [] for group in layout.codes("unit_group")}
    for unit in (*snapshot.units, *(Unit(id=name, name=name, group="khac", expected=False) for name in strangers)):
        kinds = [kind for kind in (Kind.TASK, Kind.TARGET, Kind.PROJECT) if (unit.id, kind) in owed]
        if not (kinds or unit.expected or unit.id in sent):
            continue
        rows = found.setdefault(unit.group, [])
        number = sum(line.number is not None for line in rows) + 1
        for place, kind in enumerate(kinds or [Kind.TASK]):
            counts = dict.fromkeys(COUNTS, 0)
            for plan in snapshot.plans:
                for measure, count in figures.counts(plan.symbol, KIND_CODE[kind], unit.id).items():
                    counts[measure] += count
            rows.append(Line(unit, kind, None if place else number, counts, days[unit.id, kind]))
    return {group: rows for group, rows in found.items() if rows}


def write(book: Workbook, styles: Styles, snapshot: Snapshot) -> Any:
    """Add the sheet; its formulas count over tblTaskUnit, which sheet_tasks writes. Return the worksheet."""
    sheet = book.add_worksheet(TITLE, PrintSheet)
    sheet.set_vba_name(CODE_NAME)
    shown = columns(snapshot)
    for place, column in enumerate(shown):
        sheet.set_column(place, place, column.width)
    set_page(sheet, snapshot)
    sheet.hide_gridlines(2)
    last = len(shown) - 1
    title = snapshot.settings.get("report_title", "").strip() or "TỔNG HỢP TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ"
    top = write_title(
        sheet,
        styles,
        snapshot,
        number="Phụ lục II",
        title=f"{title} THEO ĐƠN VỊ CHỦ TRÌ",
        widths=[column.width for column in shown],
    )
    _write_header(sheet, styles, shown, top)
    row = top + 2
    received = {made.unit: RECEIVED[made.received] for made in snapshot.returns}
    sections: list[int] = []
    for place, (group, rows) in enumerate(unit_lines(snapshot).items()):
        name = ROMAN[place % len(ROMAN)], layout.codes("unit_group").get(group, group)
        sections.append(row)
        _write_sum(sheet, styles, snapshot, shown, row, name, rows, (row + 1, row + len(rows)))
        for line, following in zip(rows, (*rows[1:], None), strict=True):
            row += 1
            further = following is not None and following.number is None
            _write_line(sheet, styles, snapshot, shown, row, line, received.get(line.unit.id, ""), further)
        row += 1
    every = [line for rows in unit_lines(snapshot).values() for line in rows]
    _write_sum(sheet, styles, snapshot, shown, row, ("", "Tổng cộng (lượt đơn vị)"), every, None, sections)
    width = sum(column.width for column in shown)
    write_notes(sheet, styles, row + 1, _notes(snapshot), last=last, width=width)
    sheet.repeat_rows(top, top + 1)
    sheet.freeze_panes(top + 2, 2)
    return sheet


def _write_header(sheet: Any, styles: Styles, shown: list[Column], top: int) -> None:
    look = styles("body bold centre wrap border head")
    part = styles("body bold italic centre wrap border head")
    place = {column.measure: number for number, column in enumerate(shown)}
    groups = {
        "Kết quả thực hiện": (place["done"], place["no_deadline"] - 1),
        "Trong đó": (place["no_deadline"], place["central"]),
        "Số ngày chậm": (place["days_late_mean"], place["days_late_max"]),
    }
    for name, (start, end) in groups.items():
        sheet.merge_range(top, start, top, end, name, part if name == "Trong đó" else look)
    grouped = {number for start, end in groups.values() for number in range(start, end + 1)}
    for number, column in enumerate(shown):
        if number in grouped:
            sheet.write_string(top + 1, number, column.header, part if column.part else look)
        else:
            sheet.merge_range(top, number, top + 1, number, column.header, look)
    sheet.set_row(top, 20)
    tallest = max(lines(column.header, column.width, 12, bold=True) for column in shown)
    sheet.set_row(top + 1, height(tallest, 12) + 2)


def _write_line(
    sheet: Any,
    styles: Styles,
    snapshot: Snapshot,
    shown: list[Column],
    row: int,
    line: Line,
    received: str,
    further: bool,
) -> None:
    keys = [("Đơn vị", line.unit.name), ("Loại", line.kind.value)]
    opened = ("" if line.number else "open-top ") + ("open-bottom" if further else "")
    mean, greatest = formulas.days_late(TASKS, keys)
    name = line.unit.name if line.number else ""
    texts = {"unit": name, "kind": line.kind.value, "received": received if line.number else ""}
    for place, column in enumerate(shown):
        if column.measure == "number":
            sheet.write(row, place, line.number, styles("body centre border", opened))
        elif column.measure in texts:
            own = {"unit": f"body inset {opened}", "kind": "inset", "received": f"centre {opened}"}
            look = styles("wrap border", own[column.measure])
            sheet.write_string(row, place, texts[column.measure], look)
        elif column.measure == "rate_total":
            _write_rate(sheet, styles, snapshot, shown, row, line.counts)
        elif column.measure == "days_late_mean":
            value = sum(line.days) / len(line.days) if line.days else formulas.NO_BASE
            sheet.write_formula(row, place, f"={mean}", styles("body centre days border"), value)
        elif column.measure == "days_late_max":
            most: int | str = max(line.days) if line.days else formulas.NO_BASE
            sheet.write_formula(row, place, f"={greatest}", styles("body centre count border"), most)
        else:
            look = styles("body centre count border", "italic" if column.part else "")
            formula = "=" + formulas.count(TASKS, column.measure, keys)
            sheet.write_formula(row, place, formula, look, line.counts[column.measure])
    widths = {column.measure: column.width for column in shown}
    sizes = {"unit": 12}
    tall = max(lines(text, widths[measure] - 1.5, sizes.get(measure, 11)) for measure, text in texts.items())
    sheet.set_row(row, max(height(tall, 12), 18))


def _write_rate(
    sheet: Any,
    styles: Styles,
    snapshot: Snapshot,
    shown: list[Column],
    row: int,
    counts: dict[str, int],
    look: str = "",
) -> None:
    place = {column.measure: number for number, column in enumerate(shown)}
    cut = snapshot.rules.get("rounding") == Rounding.CUT
    done, total = (xl_rowcol_to_cell(row, place[measure]) for measure in ("done", "total"))
    value = formulas.share_value(counts["done"], counts["total"], cut=cut)
    formula = "=" + formulas.share(done, total, cut=cut)
    sheet.write_formula(row, place["rate_total"], formula, styles("body centre rate border", look), value)


def _write_sum(
    sheet: Any,
    styles: Styles,
    snapshot: Snapshot,
    shown: list[Column],
    row: int,
    name: tuple[str, str],
    rows: Iterable[Line],
    spans: tuple[int, int] | None,
    sections: Sequence[int] = (),
) -> None:
    """Write the sum of a section (`spans`: its first and last row) or of all `sections`; kind Nhiệm vụ only."""
    counted = [line.counts for line in rows if line.kind is Kind.TASK]
    counts = {measure: sum(one[measure] for one in counted) for measure in COUNTS}
    texts = dict(zip(_TEXTS, (*name, Kind.TASK.value, ""), strict=True))
    for place, column in enumerate(shown):
        if column.measure in texts:
            look = styles("body bold border shade wrap", "inset" if column.measure in ("unit", "kind") else "centre")
            sheet.write_string(row, place, texts[column.measure], look)
        elif column.measure == "rate_total":
            _write_rate(sheet, styles, snapshot, shown, row, counts, "bold shade")
        elif column.measure in DAYS:
            sheet.write_blank(row, place, None, styles("body border shade"))
        else:
            if spans:
                cells, kinds = (
                    f"{xl_rowcol_to_cell(spans[0], one, True)}:{xl_rowcol_to_cell(spans[1], one, True)}"
                    for one in (place, _TEXTS.index("kind"))
                )
                formula = f"=SUMIFS({cells},{kinds},{formulas.criterion(Kind.TASK.value)})"
            else:
                formula = "=" + ("+".join(xl_rowcol_to_cell(one, place) for one in sections) or "0")
            look = styles("body bold centre count border shade", "italic" if column.part else "")
            sheet.write_formula(row, place, formula, look, counts[column.measure])
    sheet.set_row(row, 22)


def _notes(snapshot: Snapshot) -> list[str]:
    joint = sum(1 for item in snapshot.items if item.kind is Kind.TASK and len(item.units) > 1)
    several = f" (kỳ này có {number_text(joint)} nhiệm vụ như vậy)" if joint else ""
    return [
        f"Số liệu chốt đến {date_line(snapshot.as_of)}; lần tổng hợp số {snapshot.run}. {received_note(snapshot)}",
        "Nhiệm vụ có nhiều đơn vị chủ trì được đếm một lần cho mỗi đơn vị, nên tổng ở biểu này có thể lớn hơn tổng số"
        f" của kế hoạch ở trang Tổng hợp{several}.",
        "Đơn vị có nhiều loại thì mỗi loại một dòng; các dòng cộng chỉ tính loại Nhiệm vụ.",
        "“Không rõ thời hạn”, “Phụ thuộc Bộ, ngành TW” nằm trong các cột trước, không cộng thêm. Số ngày chậm tính theo"
        " ngày lịch, trên số chậm tiến độ biết rõ ngày đến hạn.",
        "Tỷ lệ hoàn thành = Hoàn thành ÷ Tổng số của đơn vị. Từng nhiệm vụ: trang Chi tiết theo đơn vị.",
    ]
