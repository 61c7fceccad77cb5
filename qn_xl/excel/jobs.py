"""Long ribbon commands run as processes of their own, so that Excel stays usable and Esc can end them.

A job is a folder: job.json (what to do), progress.txt (three lines: running|done|failed, what to show, a number
that changes every second) and the process id. The workbook's VBA reads progress.txt.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from qn_xl.errors import QnXlError
from qn_xl.scratch import scratch

PROGRESS, ORDER, PROCESS = "progress.txt", "job.json", "process.txt"
RUNNING, DONE, FAILED = "running", "done", "failed"
FOLDER = "qn-xl-job-"  # begins the name of each job's folder
_BEAT_SECONDS = 1.0
_KEEP_SECONDS = 86_400.0
_NO_WINDOW = 0x08000000  # CREATE_NO_WINDOW
_NEW_GROUP = 0x00000200  # CREATE_NEW_PROCESS_GROUP
Show = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What a job is to do, for the workspace `root` with the tables of `book`, a copy of the open workbook."""

    command: str  # "consolidate", "check", "forms" or "returns"
    root: str
    book: str
    source: str = ""  # name of the workbook the copy was made of
    run: int = 0  # that the workbook shows, 0 for none


class ProgressFile:
    """Writes progress.txt, each time in one step; a reader that holds it open delays the next update only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._state, self._text, self._beat = RUNNING, "", 0
        self._ended = threading.Event()

    def show(self, text: str, state: str = RUNNING) -> None:
        with self._lock:
            self._state, self._text = state, text
            self._write()

    def end(self, text: str, state: str) -> None:
        self._ended.set()
        for _ in range(50):
            self.show(text, state)
            with contextlib.suppress(OSError):
                if self._path.read_text("utf-8").startswith(state):
                    return
            time.sleep(0.1)

    def beat(self) -> None:
        while not self._ended.wait(_BEAT_SECONDS):
            with self._lock:
                self._beat += 1
                self._write()

    def _write(self) -> None:
        line = " ".join(self._text.split())
        temporary = self._path.with_suffix(".new")
        with contextlib.suppress(OSError):
            temporary.write_text(f"{self._state}\n{line}\n{self._beat}\n", "utf-8", newline="\n")
            temporary.replace(self._path)


def new_folder() -> Path:
    """Return a new folder for a job. Those of earlier days go: a job and whoever watches it are long done."""
    made = Path(tempfile.mkdtemp(prefix=FOLDER))
    for old in made.parent.glob(f"{FOLDER}*"):
        with contextlib.suppress(OSError):
            if made.stat().st_mtime - old.stat().st_mtime > _KEEP_SECONDS:
                shutil.rmtree(old)
    return made


def start(folder: Path, order: Order) -> Path:
    """Start the job in a process of its own and return the path of its progress file.

    Raises:
        OSError: the process cannot be started.
    """
    (folder / ORDER).write_text(json.dumps(asdict(order), ensure_ascii=False), "utf-8")
    progress = folder / PROGRESS
    ProgressFile(progress).show("đang khởi động")
    command = [sys.executable, "-X", "utf8", "-m", "qn_xl.excel.jobs", str(folder)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        creationflags=_NO_WINDOW | _NEW_GROUP if sys.platform == "win32" else 0,
        start_new_session=True,  # Windows ignores it
    )
    (folder / PROCESS).write_text(str(process.pid), "ascii")
    return progress


def stop(progress: Path) -> bool:
    """End the job's process and its workers; return whether it was still running."""
    try:
        pid = int((progress.parent / PROCESS).read_text("ascii"))
    except (OSError, ValueError):
        return False
    if not progress.read_text("utf-8").startswith(RUNNING):
        return False
    if sys.platform == "win32":
        subprocess.run(
            ["taskkill", "/PID", str(pid), "/T", "/F"], capture_output=True, creationflags=_NO_WINDOW, check=False
        )
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
    return True


def run(folder: Path, now: datetime) -> int:
    """Do what job.json says; the outcome stands in progress.txt. Return 0 when it ended well."""
    order = Order(**json.loads((folder / ORDER).read_text("utf-8")))
    progress = ProgressFile(folder / PROGRESS)
    threading.Thread(target=progress.beat, daemon=True).start()
    try:
        with scratch():
            said = _WORK[order.command](order, now, progress.show)
        progress.end(said, DONE)
        return 0
    except QnXlError as error:
        progress.end(str(error), FAILED)
    except Exception as error:
        log = _log(Path(order.root), now)
        said = f"Chương trình gặp lỗi ({type(error).__name__}). Gửi tệp này cho người phụ trách: {log} (QN-40)"
        progress.end(said, FAILED)
    return 1


def _log(root: Path, now: datetime) -> Path:
    folder = root / "nhat-ky"
    path = (folder if folder.is_dir() else Path(tempfile.gettempdir())) / f"loi-excel-{now:%Y%m%d-%H%M%S}.log"
    with contextlib.suppress(OSError):
        path.write_text(traceback.format_exc(), "utf-8")
    return path


def _counted(show: Show) -> Callable[[int, int, str], None]:
    return lambda done, total, name: show(f"{done}/{total} – {name}")


def _consolidate(order: Order, now: datetime, show: Show) -> str:
    from dataclasses import replace

    from qn_xl.consolidate import consolidate
    from qn_xl.rules.outcome import LOCKED, NOTHING_NEW
    from qn_xl.runlog import recorded
    from qn_xl.unit_papers import make_returns, returns_due
    from qn_xl.workspace import Workspace, read_tables

    workspace = Workspace(Path(order.root))
    with recorded(workspace, _clock(now), None, f"nút Tổng hợp trong {order.source}") as record:
        tables = replace(read_tables(Path(order.book)), source=f"{order.source} đang mở")
        outcome = consolidate(
            workspace,
            as_of=None,
            period=None,
            now=now,
            progress=_counted(show),
            tables=tables,
        )
        record.done(outcome)
        made = None
        if returns_due(workspace, outcome):
            show("lập phản hồi cho từng đơn vị")
            made = make_returns(workspace, tables, outcome.snapshot, now)
            record.done(outcome, locked=bool(made.locked))
    snapshot = outcome.snapshot
    if outcome.restored is not None:
        return f"Không có gì mới; kết quả đang hiện là của lần {outcome.restored} mà cơ quan đã quay lại."
    if outcome.exit_code == NOTHING_NEW:
        return f"Không có gì mới so với lần tổng hợp {snapshot.run}."
    said = f"Đã tổng hợp lần {snapshot.run}, chốt ngày {snapshot.as_of:%d/%m/%Y}"
    if outcome.exit_code == LOCKED:
        said += "; báo cáo cũ đang mở nên bản mới nằm bên cạnh"
    said += f". Vấn đề: {len(snapshot.findings)} (xem trang Vấn đề)."
    if made is not None:
        said += " Đã lập phản hồi cho đơn vị." if not made.locked else " Có sổ phản hồi đang mở nên chưa lập lại."
    return said


def _clock(start: datetime) -> Callable[[], datetime]:
    begun = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - begun)


def _check(order: Order, now: datetime, show: Show) -> str:
    from qn_xl.excel.check_files import check_files
    from qn_xl.workspace import Workspace, read_tables

    tables = read_tables(Path(order.book))
    return check_files(Workspace(Path(order.root)), tables, now, _counted(show))


def _forms(order: Order, now: datetime, show: Show) -> str:
    from qn_xl.unit_papers import make_forms
    from qn_xl.workspace import Workspace, read_tables

    show("lập biểu mẫu cho từng đơn vị")
    return make_forms(Workspace(Path(order.root)), read_tables(Path(order.book)), None, now).sentence


def _returns(order: Order, now: datetime, show: Show) -> str:
    from qn_xl.errors import UsageError
    from qn_xl.history import History
    from qn_xl.unit_papers import make_returns
    from qn_xl.workspace import Workspace, read_tables

    show("lập phản hồi cho từng đơn vị")
    workspace = Workspace(Path(order.root))
    snapshot = History(workspace.history).load(order.run) if order.run else None
    if snapshot is None:
        raise UsageError("Chưa có lần tổng hợp nào nên chưa có gì để phản hồi. Bấm Tổng hợp trước. (QN-61)")
    made = make_returns(workspace, read_tables(Path(order.book)), snapshot, now)
    left = f" Chưa lập lại được {len(made.locked)} sổ đang mở." if made.locked else ""
    return f"{made.sentence}.{left}"


_WORK: dict[str, Callable[[Order, datetime, Show], str]] = {
    "consolidate": _consolidate,
    "check": _check,
    "forms": _forms,
    "returns": _returns,
}


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), datetime.now().astimezone()))
