"""One macro-free form per unit for the period to come: its own tasks, what was last accepted, cells to fill in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from qn_xl.intake import forms as ids
from qn_xl.intake.grid import open_workbook
from qn_xl.model import Kind, Snapshot
from qn_xl.outputs import form_guide, safe
from qn_xl.outputs.form_columns import STATUS_WORDS, FormColumn, columns_for
from qn_xl.outputs.form_content import FormRow, UnitForm, unit_forms
from qn_xl.outputs.heading import A4
from qn_xl.outputs.list_rows import plain
from qn_xl.outputs.measure import height, lines
from qn_xl.outputs.package_parts import lock_structure
from qn_xl.outputs.styles import BOOK_OPTIONS, FONT
from qn_xl.outputs.unit_files import path_in, unit_names_on_disk
from qn_xl.rules.wording import date_text
from qn_xl.tables import Tables

VERSION = "1"  # of the layout; raise when a column changes its meaning
TITLE = "Nhiệm vụ"
LISTS = "Danh mục"
EXTRA_ROWS = 15
HEADER = 5  # rows are counted from 0
FIRST_DAY = date(2000, 1, 1)
_GIVEN_FILL, _INPUT_FILL = "#F2F2F2", "#FFF9DB"
_MM = 1 / 25.4
_ALLOWED = (
    "select_locked_cells", "select_unlocked_cells", "format_cells", "format_columns", "format_rows", "insert_rows",
    "insert_hyperlinks", "sort", "autofilter",
)  # fmt: skip
_OURS = frozenset({"id", "code", "accepted", "target"})  # not for the unit to fill in, in a row of its own either
# A list a row, the kinds last: below "Chỉ tiêu" or "Nhiệm vụ" a status would look like a table's heading.
_LIST_ROWS = ("status", "tick", "plan", "kind")


def write_forms(
    folder: Path,
    tables: Tables,
    period_id: str | None,
    last: Snapshot | None,
    on: date,
    units: Collection[str] | None = None,
) -> list[Path]:
    """Write a form for each unit (or those of `units`) into `folder` and return their paths.

    Args:
        last: the run whose results are shown as accepted.
        on: the day at which the register is read.
    Raises:
        UsageError: no such period. OutputLockedError: a form is open in Excel.
    """
    period = tables.period(period_id)
    made = unit_forms(tables, period, last, on)
    names = unit_names_on_disk(form.unit.id for form in made)
    paths = []
    for form in made:
        if units is not None and form.unit.id not in units:
            continue
        path = path_in(folder, f"bieu-mau_{names[form.unit.id]}_{period.id}", ".xlsx")
        safe.replace(path, _writer(form), _verifier(form))
        paths.append(path)
    return paths


def _writer(form: UnitForm) -> Callable[[Path], None]:
    return lambda path: write_form(path, form)


def _verifier(form: UnitForm) -> Callable[[Path], None]:
    def verify(path: Path) -> None:
        read = ids.form_of(open_workbook(path))
        if read is None or (read.unit, len(read.codes)) != (form.unit.id, len(form.rows)):
            raise ValueError(f"{path.name}: the ids do not read back as written")

    return verify


def write_form(path: Path, form: UnitForm) -> None:
    """Write one form to `path`."""
    columns = columns_for(form.rows)
    options = {**BOOK_OPTIONS, "default_format_properties": {"font_name": FONT, "font_size": 11, "locked": False}}
    book = Workbook(str(path), options)
    codes = [row.code for row in form.rows]
    said = ids.Form(
        ids.FORM,
        form.unit.id,
        form.period.id,
        VERSION,
        ids.checksum(form.unit.id, form.period.id, VERSION, codes),
    )
    for name, value in said.properties().items():
        book.set_custom_property(name, value, "text")
    book.set_properties({"title": f"Biểu mẫu báo cáo {form.period.name or form.period.id}", "subject": form.unit.name})
    sheet = book.add_worksheet(TITLE)
    last = HEADER + len(form.rows) + EXTRA_ROWS
    _write_top(book, sheet, form, len(columns) - 1)
    _write_header(book, sheet, columns)
    _write_rows(book, sheet, form, columns)
    form_guide.write(book, form.period)
    _write_lists(book, form)
    _check_cells(book, sheet, form, columns, last)
    sheet.protect("", dict.fromkeys(_ALLOWED, True))
    _set_up_print(sheet, form, len(columns) - 1, last)
    book.close()
    lock_structure(path)


def _look(book: Any, **more: Any) -> Any:
    base = {"font_name": FONT, "font_size": 11, "valign": "top", "text_wrap": True, "locked": True}
    return book.add_format(base | more)


def _write_top(book: Any, sheet: Any, form: UnitForm, last: int) -> None:
    period = form.period
    title = {"valign": "vcenter", "align": "center", "bold": True}
    first = 2  # columns before it are hidden
    heading = "BIỂU BÁO CÁO TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ"
    sheet.merge_range(0, first, 0, last, heading, _look(book, font_size=14, **title))
    sheet.merge_range(1, first, 1, last, form.unit.name, _look(book, font_size=13, **title))
    said = [f"Kỳ báo cáo: {period.name or period.id}"]
    if period.cut_off:
        said.append(f"số liệu chốt đến ngày {date_text(period.cut_off)}")
    if period.due:
        said.append(f"hạn gửi ngày {date_text(period.due)}")
    sheet.merge_range(2, first, 2, last, "; ".join(said), _look(book, italic=True, align="center", valign="vcenter"))
    label = _look(book, bold=True, valign="vcenter", align="right")
    sheet.merge_range(3, first, 3, 5, ids.NIL_TEXT, label)
    tick = _look(book, bold=True, align="center", valign="vcenter", border=1, bg_color=_INPUT_FILL, locked=False)
    sheet.write_blank(3, 6, None, tick)
    about = "Chỉ điền các ô nền vàng; xem trang Hướng dẫn."
    if form.accepted_from:
        about += f" Kết quả đã ghi nhận: {form.accepted_from}."
    if not form.rows:
        about += " Đơn vị chưa có nhiệm vụ trong danh mục; nhiệm vụ phát sinh ghi ở các dòng trống."
    sheet.write_string(4, first, about, _look(book, italic=True, text_wrap=False, font_color="#404040"))
    for row, points in enumerate((22, 20, 18, 20, 18)):
        sheet.set_row(row, points)


def _write_header(book: Any, sheet: Any, columns: tuple[FormColumn, ...]) -> None:
    look = {"bold": True, "align": "center", "valign": "vcenter", "border": 1}
    given, asked = _look(book, bg_color="#DDE6F2", **look), _look(book, bg_color="#FFE699", **look)
    tallest = 1
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width, None, {"hidden": True} if column.hidden else {})
        sheet.write_string(HEADER, at, column.header, given if column.given else asked)
        if not column.hidden:
            tallest = max(tallest, lines(column.header, column.width - 3, bold=True))
    sheet.set_row(HEADER, height(tallest) + 4)
    sheet.freeze_panes(HEADER + 1, 0)


def _write_rows(book: Any, sheet: Any, form: UnitForm, columns: tuple[FormColumn, ...]) -> None:
    border = {"border": 1, "border_color": "#A6A6A6"}
    given = {
        centre: _look(book, bg_color=_GIVEN_FILL, num_format="@", align="center" if centre else "left", **border)
        for centre in (True, False)
    }
    asked = {column.name: _input_look(book, column, border) for column in columns}
    for offset in range(len(form.rows) + EXTRA_ROWS):
        at_row = HEADER + 1 + offset
        row = form.rows[offset] if offset < len(form.rows) else None
        tall = 1
        for at, column in enumerate(columns):
            text = _given(form, row, column) if row is not None else "" if column.name in _OURS else None
            if text is None:
                sheet.write_blank(at_row, at, None, asked[column.name])
            elif text:
                sheet.write_string(at_row, at, plain(text), given[column.centre])
            else:
                sheet.write_blank(at_row, at, None, given[column.centre])
            if text and not column.hidden:
                tall = max(tall, lines(text, column.width))
        sheet.set_row(at_row, height(max(tall, 2)))


def _given(form: UnitForm, row: FormRow, column: FormColumn) -> str | None:
    if column.name == "id":
        return ids.row_id(form.unit.id, row.plan, form.period.id, VERSION)
    if column.name == "actual" and not row.measured:
        return ""
    return column.given(row) if column.given else None


def _input_look(book: Any, column: FormColumn, border: dict[str, Any]) -> Any:
    form = {"completed_on": "dd/mm/yyyy", "percent": "0%", "actual": "General"}.get(column.name, "@")
    align = "center" if column.centre else "left"
    return _look(book, bg_color=_INPUT_FILL, num_format=form, align=align, locked=False, **border)


def _lists(form: UnitForm) -> dict[str, Iterable[str]]:
    return {
        "status": STATUS_WORDS,
        "tick": ("x",),
        "plan": form.symbols,
        "kind": tuple(kind.value for kind in Kind),
    }


def _write_lists(book: Any, form: UnitForm) -> None:
    sheet = book.add_worksheet(LISTS)
    sheet.very_hidden()
    made = _lists(form)
    for row, name in enumerate(_LIST_ROWS):
        for at, word in enumerate(made[name]):
            sheet.write_string(row, at, word)


def _list_source(form: UnitForm, name: str) -> str:
    row, count = _LIST_ROWS.index(name), len(tuple(_lists(form)[name]))
    first, last = (xl_rowcol_to_cell(row, at, row_abs=True, col_abs=True) for at in (0, max(count - 1, 0)))
    return f"='{LISTS}'!{first}:{last}"


def _check_cells(book: Any, sheet: Any, form: UnitForm, columns: tuple[FormColumn, ...], last: int) -> None:
    places = {column.name: at for at, column in enumerate(columns)}
    sheet.data_validation(3, 6, 3, 6, {"validate": "list", "source": _list_source(form, "tick")})
    ends = form.period.cut_off or date(2100, 12, 31)
    rules: dict[str, dict[str, Any]] = {
        "status": {
            "validate": "list",
            "source": _list_source(form, "status"),
            "error_message": f"Chọn một trong: {', '.join(STATUS_WORDS)}.",
        },
        "completed_on": {
            "validate": "date",
            "criteria": "between",
            "minimum": FIRST_DAY,
            "maximum": ends,
            "error_message": f"Ghi ngày dạng ngày/tháng/năm, không sau ngày {date_text(ends)}.",
        },
        "percent": {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": 1,
            "error_message": "Ghi tỷ lệ từ 0% đến 100%.",
        },
        "actual": {
            "validate": "decimal",
            "criteria": ">=",
            "value": -1e12,
            "error_message": "Ghi một số.",
        },
    }
    for at, column in enumerate(columns):
        rule = rules.get(column.name, {"validate": "any"} if column.hint else None)
        if rule is None:
            continue
        if column.hint:
            rule |= {"input_title": column.header[:32], "input_message": column.hint}
        rule |= {"ignore_blank": True, "error_title": column.header[:32]}
        sheet.data_validation(HEADER + 1, at, last, at, rule)
    for name in ("plan", "kind"):
        if tuple(_lists(form)[name]):
            rule = {"validate": "list", "source": _list_source(form, name), "error_type": "warning"}
            sheet.data_validation(HEADER + 1 + len(form.rows), places[name], last, places[name], rule)
    _warn_missing_date(book, sheet, places, last)
    sheet.autofilter(HEADER, 0, last, len(columns) - 1)


def _warn_missing_date(book: Any, sheet: Any, places: dict[str, int], last: int) -> None:
    """Colour the date cell of a row that says done without a date."""
    status, day = (xl_col_to_name(places[name], col_abs=True) for name in ("status", "completed_on"))
    row = HEADER + 2
    rule = {
        "type": "formula",
        "criteria": f'=AND(${status.lstrip("$")}{row}="{STATUS_WORDS[0]}",${day.lstrip("$")}{row}="")',
        "format": book.add_format({"bg_color": "#F8CBAD"}),
    }
    sheet.conditional_format(HEADER + 1, places["completed_on"], last, places["completed_on"], rule)


def _set_up_print(sheet: Any, form: UnitForm, last_column: int, last_row: int) -> None:
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_margins(15 * _MM, 10 * _MM, 15 * _MM, 15 * _MM)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_header(f'&C&"{FONT},Regular"&12&P', {"margin": 8 * _MM})
    name = form.unit.name.replace("&", "&&")
    sheet.set_footer(f'&L&"{FONT},Italic"&9 {name}&R&"{FONT},Italic"&9 {form.period.id}', {"margin": 8 * _MM})
    sheet.hide_gridlines(2)
