"""Ví dụ công thức: every function with its formula, its result and what it should be; one cell says all is well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from qn_xl.functions import Functions
from qn_xl.functions_registry import REGISTRY, Function, Returns, answer
from qn_xl.functions_snapshot import Kept
from qn_xl.functions_values import QnError, Scalar
from qn_xl.model import Snapshot
from qn_xl.outputs.heading import set_page
from qn_xl.outputs.measure import height, lines
from qn_xl.outputs.styles import Styles

TITLE = "Ví dụ công thức"
CODE_NAME = "shExamples"
HEADS = ("Hàm", "Công thức", "Kết quả", "Phải là", "Đúng?", "Ghi chú")
WIDTHS = (17, 40, 58, 58, 9, 50)
RIGHT, WRONG, OTHER_RUN = "Đúng", "SAI", "–"
_TOP = 6
_TABLE_CELL = (2, 4)  # row and column of a table's cell that the sheet shows
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the sheet. `value` is what Python answers on the snapshot."""

    function: Function
    formula: str  # as the file stores it, without "="
    written: str  # as staff type it, with ";"
    value: Scalar
    always: bool  # the same whatever run is shown


def calls(snapshot: Snapshot, earlier: Sequence[Snapshot]) -> list[Call]:
    """Return the examples of the registry that this snapshot can answer."""
    functions = Functions(snapshot, Kept((*earlier, snapshot)))
    found = []
    for function in REGISTRY:
        for example in function.examples:
            try:
                value: Any = answer(functions, function.name, example.args)
            except QnError:
                continue
            formula, written = (_formula(function.name, example.args, mark) for mark in (",", ";"))
            if function.returns is Returns.TABLE:
                sizes = (len(value), len(value[0]))
                row, column = (min(part, size) for part, size in zip(_TABLE_CELL, sizes, strict=True))
                formula, written = f"INDEX({formula},{row},{column})", f"INDEX({written};{row};{column})"
                value = value[row - 1][column - 1]
            always = function.name == "QN_DUE"
            found.append(Call(function, formula, written, value, always))
    return found


def _formula(name: str, args: Sequence[Scalar], mark: str) -> str:
    return f"{name}({mark.join(_argument(one, mark) for one in args)})"


def _argument(value: Scalar, mark: str) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"DATE({value.year}{mark}{value.month}{mark}{value.day})"
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return f"{value:g}"


def write(book: Workbook, styles: Styles, snapshot: Snapshot, earlier: Sequence[Snapshot]) -> None:
    """Add the sheet. What a function should give is a plain value, compared as long as that run is shown."""
    sheet: Any = book.add_worksheet(TITLE)
    sheet.set_vba_name(CODE_NAME)
    sheet.hide_gridlines(2)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    shown = calls(snapshot, earlier)
    first, last = _TOP + 1, _TOP + len(shown)
    about = (
        "Công thức dùng được ở mọi ô của sổ này. Các tham số cách nhau bằng dấu chấm phẩy (;),"
        " hoặc dấu phẩy (,) trên máy dùng dấu chấm thập phân.",
        "Số liệu được tra ngay trong sổ; câu chữ, bảng, thời hạn cần Python. Không gọi được Python thì ô hiện #NUM!.",
    )
    sheet.write_string(0, 0, "Ví dụ công thức", styles("title bold"))
    for row, line in enumerate(about, 1):
        sheet.write_string(row, 0, line, styles("italic"))
    checks = f"E{first + 1}:E{last + 1}"
    wrong = f'COUNTIF({checks},"{WRONG}")'
    said = f'IF({wrong}>0,"Có "&{wrong}&" công thức cho kết quả khác: xem cột Đúng?",'
    said += f'IF(qn_run<>{snapshot.run},"Đang xem lần tổng hợp "&qn_run&"; cột Phải là theo lần {snapshot.run}",'
    said += '"Mọi công thức đều đúng"))'
    sheet.write_string(4, 0, "Kiểm tra", styles("bold border head"))
    sheet.merge_range(4, 1, 4, 2, "", styles("bold border"))
    sheet.write_formula(4, 1, f"={said}", styles("bold border"), "Mọi công thức đều đúng")
    for column, head in enumerate(HEADS):
        sheet.write_string(_TOP, column, head, styles("bold centre wrap border head"))
    for row, call in enumerate(shown, first):
        _write_call(sheet, styles, snapshot.run, row, call)
    sheet.freeze_panes(first, 2)
    set_page(sheet, snapshot)
    sheet.repeat_rows(_TOP)


def _write_call(sheet: Any, styles: Styles, run: int, row: int, call: Call) -> None:
    written = "=" + call.written
    look = styles("border wrap top left", _trait(call))
    sheet.write_string(row, 0, call.function.name, styles("border top bold"))
    sheet.write_string(row, 1, written, styles("border wrap top text"))
    value = (call.value - _EPOCH).days if isinstance(call.value, date) else call.value
    sheet.write_formula(row, 2, f"={call.formula}", look, value)
    if isinstance(value, str):
        sheet.write_string(row, 3, value, look)
    else:
        sheet.write_number(row, 3, value or 0, look)
    got, wanted = (xl_rowcol_to_cell(row, column) for column in (2, 3))
    same = f"{got}={wanted}" if isinstance(value, str) else f"ABS({got}-{wanted})<0.00001"
    check = f'IFERROR(IF({same},"{RIGHT}","{WRONG}"),"{WRONG}")'
    if not call.always:
        check = f'IF(qn_run<>{run},"{OTHER_RUN}",{check})'
    sheet.write_formula(row, 4, f"={check}", styles("border centre top"), RIGHT)
    sheet.write_string(row, 5, call.function.description, styles("border wrap top italic"))
    texts = ((written, WIDTHS[1]), (str(value), WIDTHS[2]), (call.function.description, WIDTHS[5]))
    sheet.set_row(row, height(max(lines(text, width) for text, width in texts)))


def _trait(call: Call) -> str:
    if isinstance(call.value, date):
        return "date"
    if isinstance(call.value, float) and not call.value.is_integer():
        return "rate" if abs(call.value) < 1 else "days"
    return ""
