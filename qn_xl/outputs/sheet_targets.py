"""Chỉ tiêu qua các kỳ: what each target was to reach, what it reached from period to period, and the trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from qn_xl.model import DONE, Item, Kind, Snapshot
from qn_xl.outputs.heading import A3, set_page, write_notes, write_title
from qn_xl.outputs.labels import unit_names
from qn_xl.outputs.list_rows import plain
from qn_xl.outputs.measure import height, lines
from qn_xl.outputs.styles import FONT, Styles
from qn_xl.outputs.worksheets import PrintSheet
from qn_xl.rules.progress import Progress, Trend, on_scale, progress
from qn_xl.rules.wording import date_text

TITLE = "Chỉ tiêu qua các kỳ"
CODE_NAME = "shTargets"
MOST_PERIODS = 6
_BEFORE = (
    ("TT", 5), ("Kế hoạch", 14), ("Chỉ tiêu", 44), ("Đơn vị chủ trì", 24), ("Đơn vị tính", 10), ("Chiều", 13),
    ("Ban đầu", 9),
)  # fmt: skip
_AFTER = (("Mục tiêu", 9), ("Mức đạt (%)", 10), ("Kết quả", 13), ("Xu hướng", 13), ("Chênh so với kỳ trước", 11))
_PERIOD_WIDTH = 12
_COLOURS = ("#B0BEC5", "#78909C", "#8D6E63", "#E0A800", "#1E88E5", "#1F4E5F")
_TREND = {Trend.BETTER: "▲ Tốt lên", Trend.WORSE: "▼ Xấu đi", Trend.SAME: "► Giữ nguyên", None: ""}


@dataclass(frozen=True, slots=True)
class Period:
    """The targets as one earlier run found them."""

    id: str
    name: str
    as_of: date
    items: tuple[Item, ...]


def wanted(snapshot: Snapshot) -> bool:
    """Tell whether there are targets to show."""
    return any(item.kind is Kind.TARGET for item in snapshot.items)


def write(book: Workbook, styles: Styles, snapshot: Snapshot, past: Sequence[Period]) -> Any:
    """Add the sheet: one row a target, a column a period, and how near each came to its aim as a chart."""
    own = Period(
        snapshot.period,
        snapshot.period_name,
        snapshot.as_of,
        tuple(item for item in snapshot.items if item.kind is Kind.TARGET),
    )
    periods = [*past, own][-MOST_PERIODS:]
    heads = [*_BEFORE, *((f"{one.name or one.id}", _PERIOD_WIDTH) for one in periods), *_AFTER]
    sheet: Any = book.add_worksheet(TITLE, PrintSheet)
    sheet.set_vba_name(CODE_NAME)
    sheet.hide_gridlines(2)
    for place, (_, width) in enumerate(heads):
        sheet.set_column(place, place, width)
    set_page(sheet, snapshot, paper=A3)
    top = write_title(
        sheet,
        styles,
        snapshot,
        number="Phụ lục IV",
        title="CHỈ TIÊU QUA CÁC KỲ",
        widths=[width for _, width in heads],
    )
    for place, (text, _) in enumerate(heads):
        sheet.write_string(top, place, text, styles("body bold centre wrap border head"))
    sheet.set_row(top, height(max(lines(text, width, 12, bold=True) for text, width in heads), 12) + 4)
    names = unit_names(snapshot.units)
    symbols = {plan.id: plan.symbol for plan in snapshot.plans}
    known = [{(item.id, item.plan): item.actual for item in one.items} for one in periods]
    for row, item in enumerate(own.items, top + 1):
        actuals = [on_scale(item, found.get((item.id, item.plan))) for found in known]
        leads = "; ".join(names.get(unit, unit) for unit in item.units) or item.lead_text
        _write_target(sheet, styles, row, item, row - top, symbols[item.plan], leads, actuals)
    last = top + max(len(own.items), 1)
    chart = _chart(book, sheet, styles, own.items, known, periods, top, last, len(heads))
    row = write_notes(sheet, styles, last + 1, _notes(periods), last=len(heads) - 1, width=sum(w for _, w in heads))
    sheet.insert_chart(row + 1, 0, chart, {"description": "Mức đạt của từng chỉ tiêu qua các kỳ", "object_position": 2})
    sheet.set_h_pagebreaks([row + 1])
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, 3)
    return sheet


def _write_target(
    sheet: Any,
    styles: Styles,
    row: int,
    item: Item,
    number: int,
    symbol: str,
    leads: str,
    actuals: Sequence[float | None],
) -> None:
    first, aim = len(_BEFORE), len(_BEFORE) + len(actuals)
    found = progress(item, actuals)
    direction = "càng thấp càng tốt" if item.lower_is_better else "càng cao càng tốt"
    texts = [item.number or str(number), symbol, item.task, leads, item.measure, direction]
    for place, text in enumerate(texts):
        look = "body border inset wrap" if place in (2, 3) else "body border centre wrap"
        sheet.write_string(row, place, plain(text), styles(look))
    for place, value in ((first - 1, item.baseline), (aim, item.target), *enumerate(actuals, first)):
        _write_number(sheet, styles, row, place, value)
    _write_share(sheet, styles, row, first, aim, item, found)
    reached = {True: "Đạt", False: "Chưa đạt", None: _by_words(item)}[found.reached]
    now, target = xl_rowcol_to_cell(row, aim - 1), xl_rowcol_to_cell(row, aim)
    sign = "<=" if item.lower_is_better else ">="
    if found.reached is None:
        sheet.write_string(row, aim + 2, reached, styles("body border centre italic wrap"))
    else:
        formula = f'=IF({now}{sign}{target},"Đạt","Chưa đạt")'
        sheet.write_formula(row, aim + 2, formula, styles("body border centre bold"), reached)
    sheet.write_string(row, aim + 3, _TREND[found.trend], styles("body border centre"))
    _write_number(sheet, styles, row, aim + 4, found.change)
    wide = ((item.task, 2), (leads, 3), (direction, 5))
    tall = max(lines(text, _BEFORE[place][1], 12) for text, place in wide)
    sheet.set_row(row, height(tall, 12) + 4)


def _by_words(item: Item) -> str:
    """Say how a target stands that has no value in this period."""
    if item.cls not in DONE:
        return "Chưa có số liệu"
    return "Đạt (theo kỳ trước)" if item.carried is not None else "Đạt (theo lời đơn vị)"


def _write_share(
    sheet: Any, styles: Styles, row: int, first: int, aim: int, item: Item, found: Progress
) -> None:
    """Write how much of the way from the baseline to the aim has been covered, live where it can be."""
    look = styles("body border centre rate")
    if found.share is None:
        sheet.write_blank(row, aim + 1, None, look)
        return
    base, now, target = (xl_rowcol_to_cell(row, place) for place in (first - 1, aim - 1, aim))
    start = base if item.baseline is not None and item.baseline != item.target else None
    if start is None:
        sheet.write_number(row, aim + 1, found.share, look)
        return
    sign = "<=" if item.lower_is_better else ">="
    way = f"MAX(0,MIN(1,({now}-{start})/({target}-{start})))"
    sheet.write_formula(row, aim + 1, f"=IF({now}{sign}{target},1,{way})", look, found.share)


def _write_number(sheet: Any, styles: Styles, row: int, place: int, value: float | None) -> None:
    look = styles("body border centre amount")
    if value is None:
        sheet.write_blank(row, place, None, look)
    else:
        sheet.write_number(row, place, value, look)


def _chart(
    book: Workbook,
    sheet: Any,
    styles: Styles,
    items: Sequence[Item],
    known: Sequence[dict[tuple[str, str], float | None]],
    periods: Sequence[Period],
    top: int,
    last: int,
    width: int,
) -> Any:
    """Write the shares of every period beside the table, in hidden columns, and return the chart over them."""
    chart: Any = book.add_chart({"type": "bar"})
    start = width + 1
    sheet.set_column(start, start + len(periods), 10, None, {"hidden": True})
    sheet.write_string(top, start, "Chỉ tiêu")
    for row, item in enumerate(items, top + 1):
        sheet.write_string(row, start, plain(f"{item.number} {item.task}".strip()[:70]))
    for place, (period, found) in enumerate(zip(periods, known, strict=True), start + 1):
        sheet.write_string(top, place, period.name or period.id)
        for row, item in enumerate(items, top + 1):
            share = progress(item, [found.get((item.id, item.plan))]).share
            if share is not None:
                sheet.write_number(row, place, share, styles("rate"))
        colour = _COLOURS[place - start - 1 + len(_COLOURS) - len(periods)]
        chart.add_series(
            {
                "name": f"='{TITLE}'!{xl_rowcol_to_cell(top, place, True, True)}",
                "categories": f"='{TITLE}'!{xl_range_abs(top + 1, start, last, start)}",
                "values": f"='{TITLE}'!{xl_range_abs(top + 1, place, last, place)}",
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    chart.show_hidden_data()
    chart.set_title({"name": "Mức đạt so với mục tiêu", "name_font": {"name": FONT, "size": 13, "bold": True}})
    chart.set_y_axis({"reverse": True, "num_font": {"name": FONT, "size": 9}})
    chart.set_x_axis({"min": 0, "max": 1, "num_format": "0%", "num_font": {"name": FONT, "size": 9},
                      "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}}})  # fmt: skip
    chart.set_legend({"position": "bottom", "font": {"name": FONT, "size": 10}})
    chart.set_size({"width": 1180, "height": 140 + len(items) * (8 + 8 * len(periods))})
    return chart


def _notes(periods: Sequence[Period]) -> list[str]:
    dates = "; ".join(f"{one.name or one.id}: {date_text(one.as_of)}" for one in periods)
    return [
        f"Ngày chốt số liệu của từng kỳ: {dates}. Ô trống: kỳ đó đơn vị không báo cáo giá trị.",
        "Đạt: giá trị kỳ này không thấp hơn mục tiêu (chỉ tiêu càng cao càng tốt) hoặc không cao hơn mục tiêu (xếp hạng"
        " và chỉ tiêu càng thấp càng tốt).",
        "Mức đạt: phần đường từ giá trị ban đầu đến mục tiêu đã đi được; đã đạt là 100%, không ghi quá 100%, thụt lùi"
        " là 0%. Không có giá trị ban đầu: tỷ lệ giữa giá trị đạt được và mục tiêu.",
        "Xu hướng, chênh lệch: so với kỳ gần nhất trước đó có giá trị; với xếp hạng, số giảm là tốt lên.",
    ]
