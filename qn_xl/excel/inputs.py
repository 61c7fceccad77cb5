"""Write the input sheets of Progress.xlsm, which staff fill in, from the description in tables.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from qn_xl import layout
from qn_xl.excel.input_rows import ROWS, Row
from qn_xl.outputs import safe
from qn_xl.outputs.list_rows import plain
from qn_xl.outputs.measure import height, lines
from qn_xl.outputs.styles import BOOK_OPTIONS, FONT
from qn_xl.tables import Tables
from qn_xl.tables_read import read_tables

HEADER_ROW = 4  # 0-based; above it: title, what the sheet is for, one blank row
GAP = 1  # blank columns between two tables of a sheet
PAPERS = {"A3": 8, "A4": 9}
SPARE_ROWS = 2000  # drop-downs and checks reach so far below the header
INPUT_FILL = "#FFF9DB"
HEADER_FILL = "#1F4E5F"
TAB_COLOUR = "#E0A800"
DATE_FORMAT = "dd/mm/yyyy"
TEXT_FORMAT = 49  # the built-in "@"
TABLE_STYLE = "Table Style Light 1"


@dataclass(slots=True)
class InputFormats:
    """The cell formats of one workbook; made once and shared by its sheets."""

    book: Any
    made: dict[tuple[tuple[str, object], ...], Any] = field(default_factory=dict)

    def get(self, **look: object) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self.made:
            # without its scheme, or Excel shows the theme's font instead
            base = {"font_name": FONT, "font_scheme": "none", "font_size": 11, "valign": "top"}
            self.made[key] = self.book.add_format(base | look)
        return self.made[key]

    def title(self) -> Any:
        return self.get(bold=True, font_size=14)

    def about(self) -> Any:
        return self.get(italic=True, font_color="#404040")

    def header(self) -> Any:
        return self.get(
            bold=True, align="center", valign="vcenter", text_wrap=True, border=1, bg_color=HEADER_FILL,
            font_color="#FFFFFF",
        )  # fmt: skip

    def cell(self, column: layout.Column, editable: bool) -> Any:
        look: dict[str, object] = {"border": 1, "border_color": "#BFBFBF"}
        if editable:
            look |= {"bg_color": INPUT_FILL, "locked": False}
        if column.type == "date":
            look |= {"num_format": DATE_FORMAT, "align": "center"}
        elif column.type in ("year", "number"):
            look |= {"num_format": "General", "align": "center" if column.type == "year" else "right"}
        elif column.type == "flag":
            look |= {"num_format": TEXT_FORMAT, "align": "center"}
        else:
            look |= {"num_format": TEXT_FORMAT, "text_wrap": True}
        return self.get(**look)


def write_inputs(book: Any, formats: InputFormats, tables: Tables) -> None:
    """Add the input sheets and the hidden sheet of choices to an xlsxwriter workbook.

    Sheet titles and their VBA code names are `layout.code_names()`; setting the names is the caller's, who knows
    whether there is a VBA project.
    """
    places = _places()
    for sheet in layout.sheets():
        page = book.add_worksheet(sheet.title)
        page.set_tab_color(TAB_COLOUR)
        page.hide_gridlines(2)
        page.write_string(0, 0, sheet.title.upper(), formats.title())
        for row, line in enumerate(sheet.about, 1):
            page.write_string(row, 0, line, formats.about())
        heights: dict[int, float] = {HEADER_ROW: height(2)}
        for table in sheet.tables:
            _write_table(page, formats, table, places, ROWS[table.name](tables), heights)
        for row, points in heights.items():  # LibreOffice does not work heights out when it opens a file
            page.set_row(row, points)
        page.freeze_panes(HEADER_ROW + 1, 0)
        _set_up_print(page, sheet, places)
    _write_lists(book, formats)


def create_workbook(path: Path, tables: Tables) -> None:
    """Write a workbook that holds the input sheets alone: a workspace without macros.

    Raises:
        OutputLockedError: the file is open or the folder cannot be written.
    """

    def write(target: Path) -> None:
        book = xlsxwriter.Workbook(target, BOOK_OPTIONS)
        book.set_calc_mode("auto", 191029)
        write_inputs(book, InputFormats(book), tables)
        book.close()

    def verify(target: Path) -> None:
        read = read_tables(target)
        for name in ("plans", "units", "periods", "assigned", "decisions"):
            if len(getattr(read, name)) != len(getattr(tables, name)):
                raise ValueError(f"{path.name}: {name} do not read back as written")

    safe.replace(path, write, verify)


def _places() -> dict[str, int]:
    """Return the first column (0-based) of each table."""
    found = {}
    for sheet in layout.sheets():
        column = 0
        for table in sheet.tables:
            found[table.name] = column
            column += len(table.columns) + GAP
    return found


def _write_table(
    page: Any,
    formats: InputFormats,
    table: layout.Table,
    places: Mapping[str, int],
    rows: Sequence[Row],
    heights: dict[int, float],
) -> None:
    first = places[table.name]
    fixed = any(column.input for column in table.columns)  # only the marked columns are for editing
    last_row = HEADER_ROW + max(len(rows), 1)
    looks = [formats.cell(column, column.input or not fixed) for column in table.columns]
    page.add_table(
        HEADER_ROW,
        first,
        last_row,
        first + len(table.columns) - 1,
        {
            "name": table.name,
            "style": TABLE_STYLE,
            "banded_rows": False,
            "autofilter": not fixed and len(table.columns) > 7,
            "columns": [
                {"header": column.header, "header_format": formats.header(), "format": look}
                for column, look in zip(table.columns, looks, strict=True)
            ],
        },
    )
    for offset, (column, look) in enumerate(zip(table.columns, looks, strict=True)):
        at = first + offset
        # the column's own format keeps later typing as text: 02, 13.10 and 3/4 stay what they are
        page.set_column(at, at, column.width, formats.get(num_format=look.num_format, locked=False))
        page.write_string(HEADER_ROW, at, column.header, formats.header())
        for row in range(HEADER_ROW + 1, last_row + 1):
            index = row - HEADER_ROW - 1
            value = rows[index].get(column.field) if index < len(rows) else None
            _write_cell(page, row, at, value, look)
            count = lines(value, column.width) if isinstance(value, str) else 1
            heights[row] = max(heights.get(row, 0), height(count))
        _validate(page, at, column, places)
    page.ignore_errors(
        {"number_stored_as_text": f"{xl_rowcol_to_cell(0, first)}:{xl_rowcol_to_cell(SPARE_ROWS, first + len(looks))}"}
    )


def _write_cell(page: Any, row: int, column: int, value: object, look: Any) -> None:
    if value is None or value == "":
        page.write_blank(row, column, None, look)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, look)
    elif isinstance(value, int | float):
        page.write_number(row, column, value, look)
    else:
        page.write_string(row, column, plain(str(value)), look)


def _validate(page: Any, at: int, column: layout.Column, places: Mapping[str, int]) -> None:
    rule: dict[str, Any] = {"ignore_blank": True, "error_type": "warning"}
    if column.pick:
        rule |= {"validate": "list", "source": _list_range(column.pick)}
        rule |= {"error_title": column.header[:32], "error_message": "Giá trị này không có trong danh sách chọn."}
    elif column.source:
        rule |= {"validate": "list", "source": _column_range(column.source, places)}
        rule |= {"error_title": column.header[:32], "error_message": "Giá trị này chưa có ở trang tương ứng."}
    elif column.pick_by:
        rule |= {"validate": "list", "source": _choice_by(column, at, places), "show_error": False}
    elif column.type == "date":
        rule |= {"validate": "date", "criteria": ">=", "value": date(1945, 1, 1)}
        rule |= {"error_title": column.header[:32], "error_message": "Ghi ngày dạng ngày/tháng/năm, ví dụ 30/09/2025."}
    elif column.note:
        rule |= {"validate": "any"}
    else:
        return
    if column.note:
        rule |= {"input_title": column.header[:32], "input_message": column.note}
    page.data_validation(HEADER_ROW + 1, at, HEADER_ROW + SPARE_ROWS, at, rule)


def _choice_by(column: layout.Column, at: int, places: Mapping[str, int]) -> str:
    """Return the source of a drop-down that depends on another cell of the row; without a list it offers the cell."""
    _, table = next((sheet, one) for sheet in layout.sheets() for one in sheet.tables if column in one.columns)
    own = table.columns.index(column)
    other = table.columns.index(table.column(column.pick_by["on"])) - own + at
    asked, itself = (xl_rowcol_to_cell(HEADER_ROW + 1, place, col_abs=True) for place in (other, at))
    formula = itself
    for word, name in reversed(list(column.pick_by.items())):
        if word != "on":
            source = _column_range(name, places) if "." in name else _list_range(name)
            formula = f'IF({asked}="{word}",{source.lstrip("=")},{formula})'
    return f"={formula}"


def _list_range(name: str) -> str:
    at = list(layout.lists()).index(name)
    end = len(layout.lists()[name])
    first, last = (xl_rowcol_to_cell(row, at, row_abs=True, col_abs=True) for row in (1, end))
    return f"='{layout.LIST_SHEET}'!{first}:{last}"


def _column_range(source: str, places: Mapping[str, int]) -> str:
    name, wanted = source.split(".")
    sheet, table = layout.table(name)
    at = places[name] + table.columns.index(table.column(wanted))
    first, last = (
        xl_rowcol_to_cell(row, at, row_abs=True, col_abs=True) for row in (HEADER_ROW + 1, HEADER_ROW + SPARE_ROWS)
    )
    return f"='{sheet.title}'!{first}:{last}"


def _write_lists(book: Any, formats: InputFormats) -> None:
    page = book.add_worksheet(layout.LIST_SHEET)
    page.hide()
    page.set_column(0, len(layout.lists()) - 1, 24, formats.get(num_format=TEXT_FORMAT))
    for column, (name, choices) in enumerate(layout.lists().items()):
        page.write_string(0, column, name, formats.get(bold=True))
        for row, choice in enumerate(choices, 1):
            page.write_string(row, column, choice, formats.get(num_format=TEXT_FORMAT))


def _set_up_print(page: Any, sheet: layout.Sheet, places: Mapping[str, int]) -> None:
    page.set_paper(PAPERS[sheet.paper])
    page.set_landscape()
    page.set_margins(left=0.6, right=0.5, top=0.6, bottom=0.6)
    page.repeat_rows(HEADER_ROW)
    page.set_footer(f'&L&"{FONT}"&9&A&R&"{FONT}"&9Trang &P/&N')
    if len(sheet.tables) == 1:
        page.fit_to_pages(1, 0)
    else:
        page.set_print_scale(80)
        page.set_v_pagebreaks([places[table.name] for table in sheet.tables[1:]])
