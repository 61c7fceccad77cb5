"""A new workspace: its workbook and its folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from qn_xl import __version__, layout
from qn_xl.errors import UsageError
from qn_xl.excel import hidden
from qn_xl.excel.build import DEFAULT_INTERPRETER, RESULT_TITLES, build
from qn_xl.model import Snapshot
from qn_xl.outputs import sheet_figures
from qn_xl.outputs.report import Past
from qn_xl.rules.text import key
from qn_xl.tables import Tables
from qn_xl.workspace import BOOKS

NO_DAY = date(2025, 12, 31)  # cut-off shown where no period is current
FOLDERS = ("don-vi", "bao-cao", "nhat-ky")


def create(folder: Path, tables: Tables) -> Path:
    """Make the workspace `folder` with `tables` in its workbook; return the workbook's path.

    Raises:
        UsageError: the folder already holds a workbook of ours, or cannot be made.
    """
    for name in BOOKS:
        if (folder / name).exists():
            raise UsageError(f"Thư mục “{folder}” đã có {name}. Chọn thư mục khác, hoặc đổi tên tệp cũ trước.")
    try:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"Không tạo được thư mục “{folder}”: {error.strerror}. Chọn nơi khác có quyền ghi.") from error
    book = folder / BOOKS[0]
    build(empty_snapshot(tables), tables, book, interpreter())
    return book


def fill(
    book: Path, snapshot: Snapshot, tables: Tables, earlier: Sequence[Snapshot] = (), past: Past | None = None
) -> None:
    """Write the workbook anew with a run's results; for a workspace that nobody has worked in yet.

    Args:
        earlier: one snapshot for each earlier cut-off date, for the trend.
        past: what the run is compared with.
    Raises:
        OutputLockedError: the workbook is open.
    """
    build(snapshot, tables, book, interpreter(), earlier, past)


def empty_snapshot(tables: Tables) -> Snapshot:
    """Return what a workbook shows before the first run: run 0 of the current period, nothing counted."""
    period = next((one for one in tables.periods if one.current), None)
    day = next((day for day in (period.cut_off, period.ends) if day), NO_DAY) if period else NO_DAY
    return Snapshot(
        run=0,
        as_of=day,
        period=period.id if period else "",
        made_at=datetime(day.year, day.month, day.day),
        version=__version__,
        plans=tables.plans,
        units=tables.units,
        items=(),
        unit_results=(),
        findings=(),
        returns=(),
        inputs=(),
        rows={},
        figures=(),
        settings=tables.settings,
        rules=tables.rules,
        decisions=(),
        period_name=period.name if period else "",
        assigned=bool(tables.assigned),
        source=tables.source,
    )


def interpreter() -> str:
    """Return the Python that Excel on this machine is to call; the usual place where there is no Excel.

    A path below %ProgramData% is written with that name, so that one workbook serves every machine.

    Raises:
        UsageError: the path holds characters outside ASCII: Excel could not call it.
    """
    if sys.platform != "win32":
        return DEFAULT_INTERPRETER
    program = Path(sys.executable).with_name("pythonw.exe")
    path = str(program if program.is_file() else Path(sys.executable))
    common = os.environ.get("PROGRAMDATA", "")
    if common and path.lower().startswith(common.lower() + "\\"):
        path = "%ProgramData%" + path[len(common) :]
    return path


def own_sheets(old: Path) -> list[str]:
    """Return the sheets of `old` that are not ours, hidden ones marked so: an upgrade does not take them."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    hidden_ones = (sheet_figures.TITLE, hidden.TEXT_TITLE, hidden.CONF_TITLE)
    ours = {key(title) for title in (*layout.code_names(), *RESULT_TITLES, *hidden_ones)}
    sheets = [one for one in CalamineWorkbook.from_path(old).sheets_metadata if key(one.name) not in ours]
    return [one.name if one.visible == SheetVisibleEnum.Visible else f"{one.name} (ẩn)" for one in sheets]
