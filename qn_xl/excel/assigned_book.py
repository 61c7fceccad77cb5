"""A merged Nhiệm vụ giao: as a workbook to paste from, or in Progress.xlsm / .xlsx built anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from qn_xl import layout
from qn_xl.errors import UsageError
from qn_xl.excel.input_rows import ROWS
from qn_xl.excel.inputs import InputFormats, create_workbook
from qn_xl.excel.setup import empty_snapshot, fill, own_sheets
from qn_xl.model import Snapshot
from qn_xl.outputs import safe
from qn_xl.outputs.list_rows import plain
from qn_xl.outputs.measure import height, lines
from qn_xl.outputs.styles import BOOK_OPTIONS
from qn_xl.rules.appendix import FIELDS, Merged
from qn_xl.tables import Tables
from qn_xl.tables_read import read_tables

_ABOUT = (
    "Danh mục nhiệm vụ giao sau khi đọc phụ lục. Chép các dòng của bảng (không chép dòng tiêu đề) rồi dán giá trị vào"
    " trang Nhiệm vụ giao của Progress.xlsm."
)
_DIFFERENCES = (("Mã", 14), ("Khác biệt", 22), ("Đang có", 60), ("Theo phụ lục", 60))


def write_paste_file(path: Path, tables: Tables, merged: Sequence[Merged]) -> None:
    """Write the whole merged table and, on a second sheet, what differs from the present one.

    Raises:
        OutputLockedError: the file is open or the folder cannot be written.
    """

    def write(target: Path) -> None:
        book = xlsxwriter.Workbook(target, BOOK_OPTIONS)
        formats = InputFormats(book)
        _write_table(book, formats, tables)
        _write_differences(book, formats, merged)
        book.close()

    safe.replace(path, write)


def _write_table(book: xlsxwriter.Workbook, formats: InputFormats, tables: Tables) -> None:
    sheet, table = layout.table("tblAssigned")
    page = book.add_worksheet(sheet.title)
    page.write_string(0, 0, _ABOUT, formats.about())
    rows = ROWS[table.name](tables)
    looks = [formats.cell(column, True) for column in table.columns]
    for row, values in enumerate(rows, 3):
        tall = 1
        for place, (column, look) in enumerate(zip(table.columns, looks, strict=True)):
            value = values.get(column.field)
            if value is None or value == "":
                page.write_blank(row, place, None, look)
            elif isinstance(value, int | float):
                page.write_number(row, place, value, look)
            else:
                text = plain(str(value))
                page.write_string(row, place, text, look)
                tall = max(tall, lines(text, column.width))
        page.set_row(row, height(tall))
    page.add_table(
        2, 0, 2 + max(len(rows), 1), len(table.columns) - 1,
        {
            "name": table.name, "style": "Table Style Light 1", "banded_rows": False,
            "columns": [{"header": one.header, "header_format": formats.header()} for one in table.columns],
        },
    )  # fmt: skip
    for place, column in enumerate(table.columns):
        page.set_column(place, place, column.width)
    page.set_row(2, height(2))
    page.freeze_panes(3, 0)


def _write_differences(book: xlsxwriter.Workbook, formats: InputFormats, merged: Sequence[Merged]) -> None:
    page = book.add_worksheet("Khác biệt")
    for place, (text, width) in enumerate(_DIFFERENCES):
        page.set_column(place, place, width)
        page.write_string(0, place, text, formats.header())
    look = formats.get(text_wrap=True, border=1, border_color="#BFBFBF", num_format=49)
    for row, values in enumerate(differences(merged), 1):
        for place, text in enumerate(values):
            page.write_string(row, place, plain(text), look)
        page.set_row(row, height(max(lines(text, _DIFFERENCES[place][1]) for place, text in enumerate(values))))
    page.freeze_panes(1, 0)


def differences(merged: Sequence[Merged]) -> list[tuple[str, str, str, str]]:
    """Return code, what differs, what the list has, what the appendix has."""
    rows = []
    for one in merged:
        rows += [(task.code, "Thêm mới", "", f"{task.number} {task.task}".strip()) for task in one.added]
        rows += [(change.code, FIELDS[change.field], change.was, change.now) for change in one.changes]
        rows += [
            (task.code, "Phụ lục không có, vẫn giữ", f"{task.number} {task.task}".strip(), "") for task in one.missing
        ]
        rows += [
            (like.code, f"Có thể là một với {new.code}", like.task, new.task) for new, like in one.doubtful
        ]  # fmt: skip
    return rows


def rebuild(book: Path, tables: Tables, snapshot: Snapshot | None, earlier: Sequence[Snapshot] = ()) -> None:
    """Build the workspace's workbook anew with `tables`; the old one is kept in sao-luu.

    Args:
        snapshot: what the result sheets of a Progress.xlsm show; None before the first run. earlier: for its trend.
    Raises:
        UsageError: the workbook has sheets of the office's own, which a new one would lose.
        OutputLockedError: the workbook is open.
    """
    if own := own_sheets(book):
        raise UsageError(
            f"{book.name} có trang riêng ({', '.join(own)}) mà bản dựng lại không giữ được. "
            "Dán từ tệp nhiệm vụ giao đã ghi thay cho --apply."
        )

    def write(target: Path) -> None:
        if book.suffix.lower() == ".xlsm":
            fill(target, snapshot or empty_snapshot(tables), tables, earlier)
        else:
            create_workbook(target, tables)

    def verify(target: Path) -> None:
        if read_tables(target).sha256 != tables.sha256:
            raise ValueError(f"{book.name}: the tables do not read back as written")

    safe.replace(book, write, verify, backups=max(1, int(tables.settings.get("backups") or 1)))
