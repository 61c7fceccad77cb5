"""Kiểm tra tệp: read the inbox as a consolidation would and list what is wrong, without counting anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from qn_xl.history import History
from qn_xl.intake.pool import read_all
from qn_xl.model import FileReading, Finding, Severity
from qn_xl.outputs import safe
from qn_xl.outputs.labels import SEVERITY, unit_names
from qn_xl.outputs.links import Sources
from qn_xl.outputs.publish import seen_from
from qn_xl.outputs.styles import BOOK_OPTIONS, Styles
from qn_xl.outputs.worksheets import Column, ListSheet
from qn_xl.reader_context import reader_context, with_headings
from qn_xl.rules.catalogue import entries
from qn_xl.tables import Tables
from qn_xl.workspace import Workspace, inbox_files

TITLE = "Kiểm tra tệp"
_COLUMNS = (
    Column("Mức", 13, "wrap"),
    Column("Đơn vị", 26, "wrap", wrap=True),
    Column("Loại vấn đề", 24, "wrap", wrap=True),
    Column("Nội dung", 46, "wrap", wrap=True),
    Column("Giá trị thấy", 24, "wrap", wrap=True),
    Column("Cách sửa", 42, "wrap", wrap=True),
    Column("Tệp", 34, "wrap", wrap=True),
    Column("Trang tính", 18, "wrap", wrap=True),
    Column("Ô", 8, "centre"),
)
_ORDER = {severity: place for place, severity in enumerate(Severity)}


def result_path(workspace: Workspace, period: str) -> Path:
    return workspace.outputs(period) / "kiem-tra-tep.xlsx"


def check_files(
    workspace: Workspace,
    tables: Tables,
    now: datetime,
    progress: Callable[[int, int, str], None],
) -> str:
    """Write kiem-tra-tep.xlsx into the period's outputs and return one sentence about what was found.

    Raises:
        UsageError: no current period or no inbox. OutputLockedError: the file is open.
    """
    period = tables.period()
    day = period.cut_off or now.date()
    decisions = with_headings(tables.decisions, History(workspace.history))
    context = reader_context(tables, decisions, day, period.id)
    folder = workspace.chosen_inbox(period.id, tables)
    files = inbox_files(folder)
    readings = read_all(files, context, on_done=lambda one, done, total: progress(done, total, one.file))
    path = result_path(workspace, period.id)
    target = seen_from(path.parent, folder)
    path.parent.mkdir(parents=True, exist_ok=True)

    def write(new: Path) -> None:
        _write(new, readings, tables, target, now)

    safe.replace(path, write, lambda new: None)
    found = [one for reading in readings for one in reading.findings]
    errors = sum(one.severity is Severity.ERROR for one in found)
    return f"Đã đọc thử {len(readings)} tệp: {errors} lỗi, {len(found) - errors} cảnh báo và ghi chú."


def _write(path: Path, readings: list[FileReading], tables: Tables, folder: str, now: datetime) -> None:
    book = Workbook(str(path), BOOK_OPTIONS)
    book.set_properties({"title": TITLE, "created": now.replace(tzinfo=None)})
    styles = Styles(book)
    sheet: Any = book.add_worksheet(TITLE, ListSheet)
    sheet.write_string(0, 0, "Vấn đề trong các tệp đơn vị gửi", styles("title bold"))
    about = f"Đọc thử lúc {now:%H:%M ngày %d/%m/%Y}; chưa tổng hợp, không đổi số liệu nào."
    sheet.write_string(1, 0, about, styles("italic"))
    names = unit_names(tables.units)
    sources = Sources(folder)
    found = [(reading, one) for reading in readings for one in reading.findings]
    found.sort(key=lambda pair: (_ORDER[pair[1].severity], pair[0].file))
    sheet.write_list(
        "tblCheck",
        3,
        _COLUMNS,
        (_row(reading, one, names, sources) for reading, one in found),
        formats=[styles(column.style, "top border") for column in _COLUMNS],
        header=styles("bold centre wrap border head"),
        quoted=styles("wrap top border quoted"),
    )
    sheet.freeze_panes(4, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()


def _row(reading: FileReading, found: Finding, names: dict[str, str], sources: Sources) -> tuple[object, ...]:
    unit = found.unit or reading.unit
    entry = entries().get(found.code)
    return (
        SEVERITY[found.severity],
        names.get(unit, unit) if unit else reading.unit_text,
        entry.title if entry else found.code,
        found.message,
        found.seen,
        found.repair,
        sources.link(found.where),
        found.where.sheet,
        found.where.cell,
    )
