"""The ribbon's Python commands: one small function each, over the same core as the command line.

The workbook's VBA calls the doors at the end through xlwings' server, `NAME(argument)`, and shows the reply:
"ok|text" or "error|sentence with the way out". Each command takes the open workbook, so tests run it on a file.
"""

from __future__ import annotations

import logging
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import xlwings as xw

from qn_xl import __version__
from qn_xl.errors import OutputLockedError, QnXlError, UsageError
from qn_xl.excel import jobs
from qn_xl.excel.check_files import result_path
from qn_xl.history import History
from qn_xl.model import Snapshot
from qn_xl.outputs import sheet_figures, sheet_findings
from qn_xl.outputs.report import Past, write_report
from qn_xl.outputs.restore import restore
from qn_xl.tables import Tables
from qn_xl.workspace import INBOX, Workspace, read_tables

MACROS_DISABLED = 3  # msoAutomationSecurityForceDisable
Command = Callable[[Any, str], str]


def workspace_of(book: Any) -> Workspace:
    """Return the workspace in which the open workbook lies.

    Raises:
        UsageError: it is not saved in a folder of this machine or network.
    """
    path = Path(book.fullname)
    if "://" in book.fullname or not path.parent.is_dir() or not path.is_absolute():
        raise UsageError(
            "Sổ này chưa nằm trong thư mục trên máy hoặc ổ mạng (có thể đang mở từ OneDrive, SharePoint)."
            " Lưu vào thư mục theo dõi tiến độ rồi làm lại. (QN-50)"
        )
    return Workspace(path.parent)


def shown_run(book: Any) -> int:
    return int(book.sheets[sheet_figures.TITLE]["B1"].value or 0)


def copy_of(book: Any, folder: Path) -> Path:
    """Save a copy of the open workbook, unsaved edits included, and return its path."""
    target = folder / f"Progress{Path(book.fullname).suffix}"
    book.api.SaveCopyAs(str(target))
    return target


def open_tables(book: Any) -> Tables:
    """Return the input tables as they stand in the open workbook.

    Raises:
        SettingsError: with every problem of the tables.
    """
    folder = jobs.new_folder()
    try:
        return read_tables(copy_of(book, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start_consolidation(book: Any, argument: str) -> str:
    """Start a consolidation and return the path of its progress file."""
    return _start(book, "consolidate")


def start_check(book: Any, argument: str) -> str:
    """Start reading the inbox without counting and return the path of its progress file."""
    return _start(book, "check")


def start_forms(book: Any, argument: str) -> str:
    """Start writing the forms of the current period and return the path of the progress file."""
    return _start(book, "forms")


def start_returns(book: Any, argument: str) -> str:
    """Start writing what the units get back of the run shown and return the path of the progress file."""
    return _start(book, "returns")


def _start(book: Any, command: str) -> str:
    workspace = workspace_of(book)
    folder = jobs.new_folder()
    copy = copy_of(book, folder)
    read_tables(copy)  # so that what is wrong with them is said at once
    order = jobs.Order(command, str(workspace.root), str(copy), Path(book.fullname).name, shown_run(book))
    return str(jobs.start(folder, order))


def stop_job(book: Any, argument: str) -> str:
    """End the job whose progress file is `argument`."""
    jobs.stop(Path(argument))
    return ""


def show_check(book: Any, argument: str) -> str:
    """Open the list that the last check wrote."""
    path = result_path(workspace_of(book), open_tables(book).period().id)
    if not path.is_file():
        raise UsageError("Chưa có kết quả kiểm tra. Bấm Kiểm tra tệp lần nữa. (QN-51)")
    book.app.books.open(str(path))
    return ""


def choose_inbox(book: Any, argument: str) -> str:
    """Write the folder `argument` into Cài đặt; the period's own folder is written as blank."""
    workspace = workspace_of(book)
    chosen = Path(argument)
    if not chosen.is_dir():
        raise UsageError(f"Không có thư mục “{argument}”. Chọn lại. (QN-52)")
    own = workspace.inbox(open_tables(book).period().id)
    value = "" if chosen.resolve() == own.resolve() else str(chosen)
    cell = _setting_cell(book, INBOX)
    cell.number_format = "@"
    cell.value = value
    return f"Lần tổng hợp sau sẽ đọc thư mục {chosen}." if value else f"Sẽ đọc thư mục của kỳ: {own}."


def _setting_cell(book: Any, code: str) -> Any:
    sheet = book.sheets["Cài đặt"]
    grid = sheet.used_range.options(ndim=2).value
    for row, values in enumerate(grid):
        if code in values:
            return sheet[row, values.index(code) + 1]
    raise UsageError(f"Trang Cài đặt thiếu dòng có mã {code}. Thêm dòng này vào bảng cài đặt. (QN-53)")


def open_finding(book: Any, argument: str) -> str:
    """Open the unit's file read-only at the cell of the finding in the selected row of Vấn đề."""
    sheet = book.sheets.active
    if sheet.name != sheet_findings.TITLE:
        raise UsageError("Chuyển đến trang Vấn đề, đặt con trỏ vào một dòng rồi bấm lại. (QN-54)")
    row = book.selection.row
    headings = [column.header for column in sheet_findings.COLUMNS]
    values = sheet.range((row, 1), (row, len(headings))).value
    found = dict(zip(headings, values, strict=True))
    if not found["Tệp"] or found["Tệp"] == "Tệp":
        raise UsageError("Dòng này không có tệp để mở. Chọn dòng khác. (QN-55)")
    tables = open_tables(book)
    path = workspace_of(book).chosen_inbox(tables.period().id, tables) / str(found["Tệp"])
    if not path.is_file():
        raise UsageError(f"Không còn tệp {path}. Có thể tệp đã được đổi tên hoặc chuyển đi. (QN-56)")
    with _macros_off(book):
        opened = book.app.books.open(str(path), read_only=True, update_links=False)
    if found["Trang tính"] and found["Trang tính"] in [one.name for one in opened.sheets]:
        target = opened.sheets[found["Trang tính"]]
        target.impl.activate()  # the sheet only: xlwings' own activate() fails when Windows has another window in front
        if found["Ô"]:
            target.range(found["Ô"]).select()
    return ""


@contextmanager
def _macros_off(book: Any) -> Iterator[None]:
    """Keep macros from running in what is opened here: Excel runs those of files that a program opens unasked."""
    excel = book.app.api
    before = excel.AutomationSecurity
    excel.AutomationSecurity = MACROS_DISABLED
    try:
        yield
    finally:
        excel.AutomationSecurity = before


def undo(book: Any, argument: str) -> str:
    """Go back to the run before the one shown, as `qn-xl restore` does; the history keeps all runs."""
    workspace = workspace_of(book)
    history = History(workspace.history)
    earlier = [one.run for one in history.runs() if one.run < shown_run(book)]
    if not earlier:
        raise UsageError("Không có lần tổng hợp nào trước lần đang xem. (QN-57)")
    snapshot, _, locked = restore(workspace, max(earlier), datetime.now().astimezone())
    if locked:
        raise OutputLockedError("Có tệp báo cáo đang mở nên chưa ghi được. Đóng tệp rồi bấm lại. (QN-60)")
    return f"Đã quay lại lần tổng hợp {snapshot.run}, chốt ngày {snapshot.as_of:%d/%m/%Y}."


def export_report(book: Any, argument: str) -> str:
    """Write the report of the run shown into the period's folder and open it."""
    workspace = workspace_of(book)
    snapshot = _shown(book, workspace)
    path = workspace.report_beside(snapshot.period, snapshot.run)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_report(path, snapshot, past=Past.of(snapshot, History(workspace.history)))
    book.app.books.open(str(path))
    return f"Báo cáo: {path}"


def _shown(book: Any, workspace: Workspace) -> Snapshot:
    run = shown_run(book)
    history = History(workspace.history)
    if run not in [one.run for one in history.runs()]:
        raise UsageError(f"Lịch sử chưa có lần tổng hợp {run}. Bấm Tổng hợp trước. (QN-58)")
    return history.load(run)


def self_check(book: Any, argument: str) -> str:
    """Say what works and which run is shown."""
    workspace = workspace_of(book)
    lines = [
        f"qn-xl {__version__}, Python {platform.python_version()}, xlwings {xw.__version__}: chạy được từ Excel.",
        f"Thư mục làm việc: {workspace.root}",
    ]
    tables = open_tables(book)
    period = tables.period()
    inbox = workspace.chosen_inbox(period.id, tables)
    lines.append(f"Kỳ hiện hành: {period.name} ({period.id}); thư mục tệp gửi: {inbox}")
    if not inbox.is_dir():
        lines.append("  Chưa có thư mục này: tạo thư mục rồi đặt tệp các đơn vị vào đó.")
    newest = History(workspace.history).latest_run()
    lines.append(f"Đang xem lần tổng hợp {shown_run(book)}; lần mới nhất: {newest if newest else 'chưa có'}.")
    if not workspace.latest_report.is_file():
        lines.append("  Chưa có bao-cao/moi-nhat.xlsx: bấm Tổng hợp.")
    return "\n".join(lines)


COMMANDS: dict[str, Command] = {
    function.__name__: function
    for function in (
        start_consolidation,
        start_check,
        start_forms,
        start_returns,
        stop_job,
        show_check,
        choose_inbox,
        open_finding,
        undo,
        export_report,
        self_check,
    )
}


def reply(command: Command, book: Any, argument: str) -> str:
    """Run a command and return what the workbook's VBA expects."""
    try:
        return f"ok|{command(book, argument)}"
    except QnXlError as error:
        return f"error|{error}"
    except Exception as error:
        logging.getLogger(__name__).exception("%s", command.__name__)
        return f"error|Chương trình gặp lỗi ({type(error).__name__}: {error}). Bấm Tự kiểm tra. (QN-59)"


@xw.func
def door(name: str, argument: str = "") -> str:
    """Run the command `name` on the workbook that calls."""
    return reply(COMMANDS[name], xw.Book.caller(), argument or "")
