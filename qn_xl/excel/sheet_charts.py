"""Biểu đồ: native charts over live counts, and the numbers they show below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from qn_xl.excel import chart_blocks
from qn_xl.excel.chart_blocks import Block
from qn_xl.model import Snapshot
from qn_xl.outputs.heading import set_page
from qn_xl.outputs.labels import OFFICE_VIEW, provenance
from qn_xl.outputs.styles import FONT, Styles
from qn_xl.tables import Tables

TITLE = "Biểu đồ"
CODE_NAME = "shCharts"
_DATA_ROW = 41  # first row of the numbers, below the charts
_PRINTED = 10  # last column on paper
_COLOURS = {
    "done": "#2E7D32",
    "under_way": "#1E88E5",
    "overdue": "#C62828",
    "recurring": "#8D6E63",
    "stopped": "#9E9E9E",
}
_LINES = (
    "#1F4E5F", "#C62828", "#2E7D32", "#E0A800", "#6A1B9A", "#00838F",
    "#EF6C00", "#5D4037", "#283593", "#AD1457", "#558B2F", "#616161",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Places:
    """What the macros must know: where the trend begins, which rows have flags, where the plans are listed."""

    trend: str
    flags: str
    plans: str


def write(book: Workbook, styles: Styles, snapshot: Snapshot, tables: Tables, earlier: Sequence[Snapshot]) -> Places:
    """Add the sheet.

    Args:
        tables: what the input sheets of the same workbook hold: plans and units are looked up there.
        earlier: one snapshot for each earlier cut-off date.
    """
    sheet: Any = book.add_worksheet(TITLE)
    sheet.set_vba_name(CODE_NAME)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, _PRINTED, 13)
    sheet.write_string(0, 0, "Biểu đồ tiến độ thực hiện nhiệm vụ", styles("title bold"))
    sheet.write_string(1, 0, provenance(snapshot) + " Biểu đồ vẽ từ các bảng ở cuối trang.", styles("italic"))
    page = chart_blocks.Sheet(sheet, styles)
    plans = chart_blocks.plan_counts(page, _DATA_ROW, snapshot, tables)
    units = chart_blocks.late_units(page, plans.last + 3, snapshot, tables)
    trend = chart_blocks.trend(page, units.last + 3, snapshot, earlier)
    sheet.insert_chart(2, 0, _stacked(book, plans), _placed("Số nhiệm vụ của từng kế hoạch theo tình trạng"))
    sheet.insert_chart(18, 0, _bars(book, units), _placed("Các đơn vị có nhiều nhiệm vụ chậm tiến độ nhất"))
    sheet.insert_chart(18, 5, _trend_lines(book, trend), _placed("Tỷ lệ hoàn thành qua các ngày chốt", 25))
    set_page(sheet, snapshot)
    sheet.fit_to_pages(1, 0)
    sheet.set_h_pagebreaks([_DATA_ROW - 1])
    sheet.print_area(0, 0, trend.last, _PRINTED)
    blocks = (plans, units, trend)
    return Places(str(xl_rowcol_to_cell(trend.first, 0)), ";".join(one.flags for one in blocks), plans.plans)


def _placed(description: str, shift: int = 0) -> dict[str, Any]:
    return {"description": description, "object_position": 2, "x_offset": shift}


def _font(size: int, *, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": bold}


def _finished(chart: Any, title: str, width: int, height: int) -> Any:
    chart.set_title({"name": title, "name_font": _font(13, bold=True), "overlay": False})
    chart.set_size({"width": width, "height": height})
    chart.set_chartarea({"border": {"color": "#BFBFBF"}})
    return chart


def _stacked(book: Workbook, block: Block) -> Any:
    chart: Any = book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, measure in enumerate(OFFICE_VIEW, 1):
        chart.add_series(
            {
                "name": block.cell(block.first, column),
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


def _bars(book: Workbook, block: Block) -> Any:
    chart: Any = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": block.cell(block.first, 1),
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


def _trend_lines(book: Workbook, block: Block) -> Any:
    chart: Any = book.add_chart({"type": "line"})
    for row, colour in enumerate(_LINES, block.first + 1):
        chart.add_series(
            {
                "name": block.cell(row, 0),
                "categories": block.line(block.first),
                "values": block.line(row),
                "line": {"color": colour, "width": 2.25},
                "marker": {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"color": colour}},
            }
        )
    chart.set_x_axis({"text_axis": True, "num_font": _font(9), "num_format": "dd/mm/yy"})
    chart.set_y_axis({"num_font": _font(9), "num_format": "0%", "min": 0, "max": 1,
                      "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}}})  # fmt: skip
    chart.set_legend({"position": "bottom", "font": _font(10)})
    chart.show_blanks_as("gap")
    return _finished(chart, "Tỷ lệ hoàn thành qua các ngày chốt", 528, 390)
