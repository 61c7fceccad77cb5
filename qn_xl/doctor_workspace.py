"""What `qn-xl doctor` examines in a workspace: its workbook, folders, history, outputs, last run, schedule."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path, PureWindowsPath

from qn_xl import __version__, runlog, schedule_os
from qn_xl.doctor import Line, broken, look, ok
from qn_xl.doctor_machine import trusted_locations
from qn_xl.errors import BusyError, QnXlError, SettingsError, UsageError
from qn_xl.history import History
from qn_xl.lock import run_lock
from qn_xl.outputs.figures_json import restored_run, run_of
from qn_xl.outputs.publish import run_of_report
from qn_xl.schedule import Job
from qn_xl.workspace import Workspace, inbox_files

MIB = 1 << 20
LOW, TOO_LOW = 1024 * MIB, 100 * MIB
LONGEST_PATH = 218  # what Excel opens
STALE_DAYS = 3
RESTORE = "Xem docs/van-hanh.md, mục Khôi phục."
_BUILT = re.compile(r"qn-xl (\d[\w.]*)")


def book(workspace: Workspace, now: datetime) -> list[Line]:
    title = "Progress.xlsm"
    try:
        tables = workspace.tables()
    except SettingsError as error:
        todo = "Sửa các ô đã nêu rồi lưu, hoặc lấy bản sao gần nhất."
        return [broken("book", title, "; ".join(error.problems[:5]), todo)]
    seen = f"{workspace.book.name}: {len(tables.plans)} kế hoạch, {len(tables.assigned)} nhiệm vụ giao"
    found = [ok("book", title, f"{seen}, {len(tables.units)} đơn vị")]
    built = built_with(workspace.book)
    if workspace.book.suffix.lower() == ".xlsm" and built != __version__:
        todo = "Chạy qn-xl init THƯ-MỤC-MỚI --from Progress.xlsm để có sổ theo bản mới."
        found.append(look("book-version", "Bản của sổ", f"lập bằng qn-xl {built or '?'}, máy có {__version__}", todo))
    return found


def built_with(path: Path) -> str | None:
    """Return the version of qn-xl that made a workbook, as its properties tell."""
    try:
        with zipfile.ZipFile(path) as package:
            said = _BUILT.search(package.read("docProps/core.xml").decode("utf-8", "replace"))
    except (OSError, KeyError, zipfile.BadZipFile):
        return None
    return said[1] if said else None


def inbox(workspace: Workspace, now: datetime) -> list[Line]:
    title = "Thư mục tệp gửi"
    try:
        tables = workspace.tables()
        period = tables.period(None)
        folder = workspace.chosen_inbox(period.id, tables)
        count = len(inbox_files(folder))
    except SettingsError:
        return []
    except UsageError as error:
        return [look("inbox", title, str(error).partition(". ")[0], str(error).partition(". ")[2])]
    chosen = "" if folder == workspace.inbox(period.id) else f" trong {folder} (chọn ở Cài đặt)"
    return [ok("inbox", title, f"kỳ {period.id}: {count} tệp{chosen}")]


def folders(workspace: Workspace, now: datetime) -> list[Line]:
    title = "Quyền ghi"
    wanted = (workspace.root, workspace.latest_report.parent, workspace.logs)
    closed = [str(path) for path in wanted if not writes(path)]
    if closed:
        return [broken("folders", title, f"không ghi được: {', '.join(closed)}", "Xin quyền ghi các thư mục này.")]
    found = [ok("folders", title, "ghi được thư mục làm việc, bao-cao, nhat-ky")]
    longest = len(str(workspace.root.resolve())) + len(f"/bao-cao/2025-9T/tong-hop-2025-9T-lan-{10**4}.xlsx")
    if longest > LONGEST_PATH:
        seen = f"báo cáo có đường dẫn {longest} ký tự, Excel mở tối đa {LONGEST_PATH}"
        found.append(look("path", "Đường dẫn", seen, "Chuyển thư mục làm việc lên cao hơn trong cây thư mục."))
    return found


def writes(folder: Path) -> bool:
    """Tell whether files can be made in a folder; a missing one is made by the run, in the one above."""
    while not folder.is_dir():
        folder = folder.parent
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".~qn-"):
            return True
    except OSError:
        return False


def lock(workspace: Workspace, now: datetime) -> list[Line]:
    title = "Khóa chạy"
    left = interrupted(workspace.lock)
    if not workspace.lock.exists():
        return [ok("lock", title, "không có lần chạy nào đang diễn ra")]
    try:
        # taking it wipes the note of a run that was cut off, so the note was read before
        with run_lock(workspace.lock, now):
            pass
    except BusyError as error:
        return [look("lock", title, str(error).partition(". ")[0], "Chờ lần đó xong.")]
    if left:
        seen = f"lần chạy bắt đầu {left} bị ngắt giữa chừng"
        return [look("lock", title, seen, "Không phải dọn gì; chạy lại qn-xl consolidate.")]
    return [ok("lock", title, "không có lần chạy nào đang diễn ra")]


def interrupted(path: Path) -> str | None:
    """Return the start of the run whose note still stands in the lock file."""
    try:
        return f"{datetime.fromisoformat(json.loads(path.read_text('utf-8'))['start']):%H:%M ngày %d/%m/%Y}"
    except (OSError, ValueError, KeyError, TypeError):
        return None


def history(workspace: Workspace, now: datetime) -> list[Line]:
    title, path = "Lịch sử", workspace.history
    if not path.is_file() or path.stat().st_size == 0:
        return [ok("history", title, "chưa có lần tổng hợp nào")]
    try:
        with closing(sqlite3.connect(path, timeout=5)) as db:
            said = [str(row[0]) for row in db.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        said = [str(error)]
    if said != ["ok"]:
        return [broken("history", title, f"{path.name} hỏng: {'; '.join(said)[:200]}", RESTORE)]
    try:
        runs = History(path).runs()
    except QnXlError as error:
        return [broken("history", title, str(error), RESTORE)]
    found = [ok("history", title, f"{len(runs)} lần, {path.stat().st_size / MIB:.1f} MB, toàn vẹn")]
    last = runs[-1].run if runs else None
    if (shown := restored_run(workspace.figures_json)) not in (None, last):
        return [*found, ok("outputs", "Kết quả", f"đang hiện lần {shown} (qn-xl restore); lần cuối là {last}")]
    behind = [one.name for one, run in (
        (workspace.figures_json, run_of(workspace.figures_json)),
        (workspace.latest_report, run_of_report(workspace.latest_report)),
    ) if run != last]  # fmt: skip
    if last is not None and behind:
        todo = "Đóng báo cáo nếu đang mở trong Excel rồi chạy lại qn-xl consolidate."
        found.append(look("outputs", "Kết quả", f"{', '.join(behind)} chưa theo lần {last}", todo))
    return found


def disk(workspace: Workspace, now: datetime) -> list[Line]:
    free = shutil.disk_usage(workspace.root).free
    seen, todo = f"còn {free / MIB / 1024:.1f} GB", "Giải phóng chỗ trống trên ổ đĩa của thư mục làm việc."
    if free < TOO_LOW:
        return [broken("disk", "Ổ đĩa", seen, todo)]
    return [look("disk", "Ổ đĩa", seen, todo) if free < LOW else ok("disk", "Ổ đĩa", seen)]


def trust(workspace: Workspace, now: datetime) -> list[Line]:
    if sys.platform != "win32":
        return []
    folder = str(workspace.root.resolve())
    if trusted(folder, trusted_locations()):
        return [ok("trust", "Vị trí tin cậy", "Excel tin cậy thư mục này")]
    todo = "Excel › Tùy chọn › Trung tâm Tin cậy › Vị trí Tin cậy: thêm thư mục này để macro chạy."
    return [look("trust", "Vị trí tin cậy", "thư mục chưa được Excel tin cậy", todo)]


def trusted(folder: str, places: Sequence[tuple[str, bool]]) -> bool:
    """Tell whether a folder is one of Excel's trusted places (path, subfolders too)."""
    path = PureWindowsPath(folder)
    for place, deep in places:
        known = PureWindowsPath(os.path.expandvars(place))
        if path == known or (deep and known in path.parents):
            return True
    return False


def last(workspace: Workspace, now: datetime) -> list[Line]:
    title, known = "Lần chạy cuối", runlog.last_run(workspace)
    if known is None:
        return [ok("last-run", title, "chưa có lần chạy nào từ dòng lệnh")]
    seen = runlog.last_run_line(workspace).removeprefix("Lần chạy cuối: ")
    if known["exit_code"] in (1, 2, 24, 25):
        return [look("last-run", title, seen, "Xem nhật ký và docs/van-hanh.md, mục Mã kết thúc.")]
    return [ok("last-run", title, seen)]


def scheduled(workspace: Workspace, now: datetime) -> list[Line]:
    title = "Lịch chạy tự động"
    job = Job(sys.executable, schedule_os.absolute(workspace.root))
    state = schedule_os.state(job, schedule_os.kind_here(), schedule_os.run_program)
    if state.registered is None:
        return [ok("schedule", title, f"không hỏi được bộ lập lịch ({state.said.partition(os.linesep)[0][:100]})")]
    if not state.registered:
        return [look("schedule", title, "chưa đăng ký", "Nếu muốn chạy hằng đêm: qn-xl schedule install.")]
    known = runlog.last_run(workspace)
    if known is not None and (now - datetime.fromisoformat(known["end"])).days > STALE_DAYS:
        seen = f"đã đăng ký “{job.name}” nhưng {STALE_DAYS} ngày qua không chạy"
        return [look("schedule", title, seen, "Xem qn-xl schedule status; máy có thể tắt hoặc mật khẩu đã đổi.")]
    return [ok("schedule", title, f"đã đăng ký “{job.name}”")]


CHECKS: tuple[Callable[[Workspace, datetime], list[Line]], ...] = (
    book, inbox, folders, lock, history, disk, trust, last, scheduled,
)  # fmt: skip
