"""Biểu đồ: native charts over live counts, and the numbers they show below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from qn_xl.model import KIND_CODE, Class, Kind, Snapshot
from qn_xl.outputs import formulas
from qn_xl.outputs.heading import set_page
from qn_xl.outputs.labels import OFFICE_VIEW, STATUS, provenance
from qn_xl.outputs.sheet_summary import plan_lines
from qn_xl.outputs.styles import FONT, Styles
from qn_xl.rules.figures import MEASURE, Figures

TITLE = "Biểu đồ"
CODE_NAME = "shCharts"
MOST_UNITS = 12
TREND_ROWS = 8
_DATA_ROW = 41  # first row of the numbers, below the charts
_RANKS = 14  # first of three hidden columns in which all units are ranked
_PRINTED = 10  # last column on paper
_COLOURS = {
    "done": "#2E7D32",
    "under_way": "#1E88E5",
    "overdue": "#C62828",
    "recurring": "#8D6E63",
    "stopped": "#9E9E9E",
}
_LINES = ("#1F4E5F", "#C62828", "#2E7D32", "#E0A800", "#6A1B9A", "#00838F")
_TASK = Kind.TASK.value


@dataclass(frozen=True, slots=True)
class Point:
    """One cut-off date of the trend: rate of each plan symbol, kind Nhiệm vụ."""

    as_of: date
    rates: dict[str, float]


def point(snapshot: Snapshot) -> Point:
    figures = Figures(snapshot.figures)
    rates = {plan.symbol: figures.get(plan.symbol, "rate_total") for plan in snapshot.plans}
    return Point(snapshot.as_of, {symbol: rate for symbol, rate in rates.items() if rate is not None})


def write(book: Workbook, styles: Styles, snapshot: Snapshot, earlier: Sequence[Snapshot]) -> str:
    """Add the sheet and return the cell where the table of the trend begins, "A70".

    Args:
        earlier: one snapshot for each earlier cut-off date.
    """
    sheet: Any = book.add_worksheet(TITLE)
    sheet.set_vba_name(CODE_NAME)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, _PRINTED, 13)
    sheet.set_column(_RANKS, _RANKS + 2, 13, None, {"hidden": True})
    sheet.write_string(0, 0, "Biểu đồ tiến độ thực hiện nhiệm vụ", styles("title bold"))
    sheet.write_string(1, 0, provenance(snapshot) + " Biểu đồ vẽ từ các bảng ở cuối trang.", styles("italic"))
    plans = _plan_counts(sheet, styles, snapshot, _DATA_ROW)
    units = _late_units(sheet, styles, snapshot, plans.last + 3)
    trend = _trend(sheet, styles, snapshot, earlier, units.last + 3)
    sheet.insert_chart(2, 0, _stacked(book, plans), _placed("Số nhiệm vụ của từng kế hoạch theo tình trạng"))
    sheet.insert_chart(18, 0, _bars(book, units), _placed("Các đơn vị có nhiều nhiệm vụ chậm tiến độ nhất"))
    sheet.insert_chart(18, 5, _trend_lines(book, trend), _placed("Tỷ lệ hoàn thành qua các ngày chốt", 15))
    set_page(sheet, snapshot)
    sheet.fit_to_pages(1, 0)
    sheet.set_h_pagebreaks([_DATA_ROW - 1])
    sheet.print_area(0, 0, trend.last, _PRINTED)
    return str(xl_rowcol_to_cell(trend.first, 0))


@dataclass(frozen=True, slots=True)
class _Block:
    """Header row `first`, body rows to `last`, columns 0 to `columns`."""

    first: int
    last: int
    columns: int

    def body(self, column: int) -> str:
        return f"='{TITLE}'!{xl_range_abs(self.first + 1, column, self.last, column)}"

    def name(self, column: int) -> str:
        return f"='{TITLE}'!{xl_rowcol_to_cell(self.first, column, True, True)}"


def _header(sheet: Any, styles: Styles, row: int, title: str, heads: Sequence[str]) -> None:
    sheet.write_string(row - 1, 0, title, styles("bold"))
    for column, head in enumerate(heads):
        sheet.write_string(row, column, head, styles("bold centre wrap border head"))
    sheet.set_row(row, 32)


def _plan_counts(sheet: Any, styles: Styles, snapshot: Snapshot, row: int) -> _Block:
    _header(
        sheet, styles, row, "Số nhiệm vụ theo tình trạng", ["Kế hoạch", *(MEASURE[one].label for one in OFFICE_VIEW)]
    )
    figures = Figures(snapshot.figures)
    at = row
    for at, line in enumerate(plan_lines(snapshot, figures), row + 1):
        label = line.plan.symbol if line.kind is Kind.TASK else f"{line.plan.symbol} ({line.kind.value.lower()})"
        sheet.write_string(at, 0, label, styles("border wrap"))
        keys = [("Kế hoạch", line.plan.symbol), ("Loại", line.kind.value)]
        for column, measure in enumerate(OFFICE_VIEW, 1):
            value = figures.get(line.plan.symbol, measure, KIND_CODE[line.kind]) or 0
            sheet.write_formula(
                at, column, "=" + formulas.count("tblTask", measure, keys), styles("border count centre"), int(value)
            )
    return _Block(row, max(at, row + 1), len(OFFICE_VIEW))


def _late_units(sheet: Any, styles: Styles, snapshot: Snapshot, row: int) -> _Block:
    """The units with the most overdue tasks; all units are counted in hidden columns to the right."""
    heads = ["Đơn vị", "Chậm tiến độ"]
    _header(sheet, styles, row, f"{MOST_UNITS} đơn vị có nhiều nhiệm vụ chậm tiến độ nhất", heads)
    for column, head in enumerate(("Xếp hạng", "Số chậm", "Mọi đơn vị"), _RANKS):
        sheet.write_string(row, column, head, styles("bold centre border head"))
    late = STATUS[Class.OVERDUE]
    counted = []
    for place, unit in enumerate(snapshot.units, 1):
        count = sum(
            one.unit == unit.id and one.cls is Class.OVERDUE and one.kind is Kind.TASK
            for one in snapshot.unit_results
        )
        keys = [("Đơn vị", unit.name), ("Loại", _TASK), ("Tình trạng", late)]
        cell = xl_rowcol_to_cell(row + place, _RANKS + 1)
        counting = "=" + formulas.count("tblTaskUnit", "total", keys)
        sheet.write_formula(row + place, _RANKS + 1, counting, styles(), count)
        sheet.write_formula(row + place, _RANKS, f"={cell}-{place}/1000000", styles(), count - place / 1_000_000)
        sheet.write_string(row + place, _RANKS + 2, unit.name, styles())
        counted.append((count - place / 1_000_000, count, unit.name))
    counted.sort(reverse=True)
    shown = min(MOST_UNITS, len(counted))
    ranks, counts, names = (
        xl_range_abs(row + 1, column, row + max(len(snapshot.units), 1), column) for column in range(_RANKS, _RANKS + 3)
    )
    for place in range(shown):
        found = f"MATCH(LARGE({ranks},{place + 1}),{ranks},0)"
        at = row + 1 + place
        sheet.write_formula(at, 0, f"=INDEX({names},{found})", styles("border wrap"), counted[place][2])
        sheet.write_formula(at, 1, f"=INDEX({counts},{found})", styles("border count centre"), counted[place][1])
    return _Block(row, row + max(shown, 1), 1)


def _trend(sheet: Any, styles: Styles, snapshot: Snapshot, earlier: Sequence[Snapshot], row: int) -> _Block:
    symbols = [plan.symbol for plan in snapshot.plans if plan.active][: len(_LINES)]
    _header(sheet, styles, row, "Tỷ lệ hoàn thành tại các ngày chốt (loại Nhiệm vụ)", ["Ngày chốt", *symbols])
    points = sorted((point(one) for one in (*earlier, snapshot)), key=lambda one: one.as_of)[-TREND_ROWS:]
    for place in range(TREND_ROWS):
        at = row + 1 + place
        if place < len(points):
            sheet.write_datetime(at, 0, points[place].as_of, styles("border date centre"))
        else:
            sheet.write_blank(at, 0, None, styles("border date centre"))
        for column, symbol in enumerate(symbols, 1):
            rate = points[place].rates.get(symbol) if place < len(points) else None
            if rate is None:
                sheet.write_blank(at, column, None, styles("border rate centre"))
            else:
                sheet.write_number(at, column, rate, styles("border rate centre"))
    return _Block(row, row + TREND_ROWS, len(symbols))


def _placed(description: str, shift: int = 0) -> dict[str, Any]:
    return {"description": description, "object_position": 2, "x_offset": shift}


def _font(size: int, *, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": bold}


def _finished(chart: Any, title: str, width: int, height: int) -> Any:
    chart.set_title({"name": title, "name_font": _font(13, bold=True), "overlay": False})
    chart.set_size({"width": width, "height": height})
    chart.set_chartarea({"border": {"color": "#BFBFBF"}})
    return chart


def _stacked(book: Workbook, block: _Block) -> Any:
    chart: Any = book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, measure in enumerate(OFFICE_VIEW, 1):
        chart.add_series(
            {
                "name": block.name(column),
                "categories": block.body(0),
                "values": block.body(column),
                "fill": {"color": _COLOURS[measure]},
                "gap": 60,
                "data_labels": {"value": True, "num_format": "#,##0;;", "font": {**_font(9), "color": "#FFFFFF"}},
            }
        )
    chart.set_y_axis({"reverse": True, "crossing": "max", "num_font": _font(10), "line": {"none": True}})
    chart.set_x_axis({"num_font": _font(9), "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}}})
    chart.set_legend({"position": "bottom", "font": _font(10)})
    return _finished(chart, "Số nhiệm vụ theo tình trạng", 1180, 300)


def _bars(book: Workbook, block: _Block) -> Any:
    chart: Any = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": block.name(1),
            "categories": block.body(0),
            "values": block.body(1),
            "fill": {"color": _COLOURS["overdue"]},
            "gap": 40,
            "data_labels": {"value": True, "font": _font(9)},
        }
    )
    chart.set_y_axis({"reverse": True, "num_font": _font(9), "line": {"none": True}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_legend({"none": True})
    return _finished(chart, "Nhiệm vụ chậm tiến độ theo đơn vị chủ trì", 640, 390)


def _trend_lines(book: Workbook, block: _Block) -> Any:
    chart: Any = book.add_chart({"type": "line"})
    for column in range(1, block.columns + 1):
        colour = _LINES[column - 1]
        chart.add_series(
            {
                "name": block.name(column),
                "categories": block.body(0),
                "values": block.body(column),
                "line": {"color": colour, "width": 2.25},
                "marker": {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"color": colour}},
            }
        )
    chart.set_x_axis({"text_axis": True, "num_font": _font(9), "num_format": "dd/mm/yy"})
    chart.set_y_axis({"num_font": _font(9), "num_format": "0%", "min": 0, "max": 1,
                      "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}}})  # fmt: skip
    chart.set_legend({"position": "bottom", "font": _font(10)})
    chart.show_blanks_as("gap")
    return _finished(chart, "Tỷ lệ hoàn thành qua các ngày chốt", 525, 390)
