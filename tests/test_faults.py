"""Bad moments: whatever happens to a run, at any point, the last results stay whole and the next run makes it good.

Every run is a forked child of this process, which saves the imports: the children are killed, run out of disk, lose
their permissions or their inbox at one point after the other.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import test_consolidate as office

from qn_xl import consolidate as module
from qn_xl.demo import PERIOD
from qn_xl.errors import OutputLockedError, QnXlError, UsageError
from qn_xl.history import History
from qn_xl.intake import read as reader
from qn_xl.intake import sniff
from qn_xl.model import Snapshot
from qn_xl.outputs.figures_json import run_of
from qn_xl.outputs.publish import check_report, run_of_report
from qn_xl.rules.outcome import MISSING, NOTHING_NEW
from qn_xl.rules.units import default_units
from qn_xl.scratch import NAMES, scratch
from qn_xl.tables import sealed
from qn_xl.workspace import Workspace

if not hasattr(os, "fork"):
    pytest.skip("needs fork", allow_module_level=True)

NOW = office.NOW
UNITS = tuple(unit for unit in default_units() if unit.id in ("SYT", "STC", "SNV"))
TABLES = sealed(replace(office.small_tables(), units=UNITS))
BUG = 1
POINTS = int(os.environ.get("QN_XL_FAULT_POINTS", "16"))  # 1000: every operation
CHANGED = [(3, "Tổ chức tập huấn cán bộ cấp xã", "Sở Tài chính", "31/12/2025", "Hoàn thành", "15/9/2025")]
COMPARED = ("items", "unit_results", "findings", "returns", "inputs", "rows", "figures", "period", "as_of")


def run(workspace: Workspace, **more: Any) -> Any:
    with scratch():
        return office.run(workspace, tables=TABLES, now=NOW + timedelta(days=1), **more)


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of temporary files: what killed runs leave there is not left to the machine."""
    folder = tmp_path_factory.mktemp("tam")
    for name in NAMES:
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a workspace with one run behind it and a changed file in its inbox."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "read_all", office.read_here)
        root = tmp_path_factory.mktemp("truoc") / "TienDo"
        root.mkdir()
        (root / "Progress.xlsm").touch()
        workspace = Workspace(root)
        office.send(workspace.inbox(PERIOD), "Sở Y tế.xlsx", office.SYT)
        office.send(workspace.inbox(PERIOD), "Sở Tài chính.xlsx", office.STC)
        assert office.run(workspace, tables=TABLES).exit_code == MISSING
        office.send(workspace.inbox(PERIOD), "Sở Tài chính.xlsx", CHANGED)
        yield root


@pytest.fixture(scope="module")
def clean(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Return what the second run finds when nothing happens to it."""
    root = Path(shutil.copytree(before, tmp_path_factory.mktemp("sach") / "TienDo"))
    snapshot: Snapshot = run(Workspace(root)).snapshot
    assert snapshot.run == 2
    return snapshot


@pytest.fixture
def copies(before: Path, tmp_path: Path) -> Iterator[Callable[[], Workspace]]:
    count = iter(range(10_000))
    made: list[Path] = []

    def copy() -> Workspace:
        while made:
            shutil.rmtree(made.pop())
        made.append(Path(shutil.copytree(before, tmp_path / str(next(count)))))
        return Workspace(made[-1])

    yield copy


def in_child(work: Callable[[], Any]) -> int:
    """Do `work` in a forked child; return its exit code: 0, that of an error of ours, 1 a bug, -9 killed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside an idle thread
        pid = os.fork()
    if pid == 0:
        code = BUG
        try:
            code = int(work() or 0)
        except QnXlError as error:
            code = error.exit_code
            os.write(2, f"{error!r} {error.__cause__!r}\n".encode())
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


STATEMENTS = {"BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "UPDATE", "DELETE"}
WRITES = {"os.rename", "os.remove", "os.mkdir", "os.truncate", "os.rmdir", "os.chmod", "os.utime"}


def each_write(act: Callable[[str], None]) -> None:
    """Call `act` before every operation of this process that changes the disk; SQLite tells its statements."""

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writing = (flags or 0) & (os.O_WRONLY | os.O_RDWR) if mode is None else set(mode) & set("wax+")
            if writing and "/dev/null" not in str(path):
                act(event)
        elif event in WRITES:
            act(event)

    connect = sqlite3.connect

    def connected(*arguments: Any, **more: Any) -> sqlite3.Connection:
        db = connect(*arguments, **more)
        db.set_trace_callback(lambda statement: act("sqlite") if statement.split()[0] in STATEMENTS else None)
        return db

    sqlite3.connect = connected  # type: ignore[assignment]
    sys.addaudithook(heard)


def counted_run(workspace: Workspace, out: Path) -> int:
    """Run to the end and write down how many operations there were."""
    events: list[str] = []
    each_write(events.append)
    code: int = run(workspace).exit_code
    number = len(events)
    out.write_text(str(number))
    return code


@pytest.fixture(scope="module")
def operations(before: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    folder = tmp_path_factory.mktemp("dem")
    workspace = Workspace(Path(shutil.copytree(before, folder / "TienDo")))
    assert in_child(lambda: counted_run(workspace, folder / "so")) == MISSING
    number = int((folder / "so").read_text())
    assert number > 40
    return number


def check_whole(workspace: Workspace, first: Snapshot, inbox: dict[str, bytes]) -> None:
    """Assert that everything the first run left, or the second in its place, can be read."""
    with contextlib.closing(sqlite3.connect(workspace.history)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    history = History(workspace.history)
    last = history.latest_run()
    assert last in (1, 2)
    assert history.load(1) == first
    for path in (workspace.report(PERIOD), workspace.latest_report):
        check_report(path, run_of_report(path))
    assert run_of_report(workspace.report(PERIOD)) in (1, 2)
    for shown in (run_of(workspace.figures_json), run_of_report(workspace.latest_report)):
        assert shown is not None and shown <= last, "figures ahead of the history"
    assert contents(workspace) == inbox


def check_next_run(workspace: Workspace, clean: Snapshot) -> None:
    outcome = run(workspace)
    assert outcome.exit_code in (MISSING, NOTHING_NEW)
    for name in COMPARED:
        assert getattr(outcome.snapshot, name) == getattr(clean, name), name
    assert (outcome.snapshot.run, History(workspace.history).latest_run()) == (2, 2)
    assert run_of(workspace.figures_json) == 2
    assert run_of_report(workspace.report(PERIOD)) == run_of_report(workspace.latest_report) == 2


def contents(workspace: Workspace) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in workspace.inbox(PERIOD).iterdir()}


@pytest.fixture(scope="module")
def first(before: Path) -> Snapshot:
    return History(Workspace(before).history).load(1)


def points(operations: int, number: int, offset: int = 0) -> list[int]:
    """Return places spread over the whole run."""
    number = min(number, operations)
    return [1 + (offset + at * operations // number) % operations for at in range(number)]


# ---- killed


def test_killed__at_every_operation_of_a_run(operations, copies, first, clean):
    killed = 0
    for number in points(operations, POINTS):
        workspace = copies()
        inbox = contents(workspace)
        left = [number]

        def act(_: str, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def work(workspace: Workspace = workspace, act: Callable[[str], None] = act) -> int:
            each_write(act)
            return int(run(workspace).exit_code)

        code = in_child(work)
        killed += code == -signal.SIGKILL
        assert code in (-signal.SIGKILL, MISSING), number
        check_whole(workspace, first, inbox)
        check_next_run(workspace, clean)
    assert killed >= 0.9 * min(POINTS, operations)


def test_killed__at_any_moment(copies, first, clean):
    chance = random.Random(7)
    workspace = copies()
    begun = time.perf_counter()
    assert in_child(lambda: run(workspace).exit_code) == MISSING
    whole = time.perf_counter() - begun
    for _ in range(POINTS // 4):
        workspace = copies()
        inbox = contents(workspace)
        moment = chance.uniform(0.1, 0.95) * whole

        def work(workspace: Workspace = workspace, moment: float = moment) -> int:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process where it stands
            signal.setitimer(signal.ITIMER_REAL, moment)
            return int(run(workspace).exit_code)

        assert in_child(work) in (-signal.SIGALRM, MISSING)
        check_whole(workspace, first, inbox)
        check_next_run(workspace, clean)


# ---- no room, no permission, a drive that fails


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO], ids=errno.errorcode.get)
def test_refused__one_operation_of_a_run(number, operations, copies, first, clean):
    for place in points(operations, POINTS // 3, offset=number):
        workspace = copies()
        inbox = contents(workspace)
        left = [place]

        def act(event: str, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0 and event != "sqlite":
                raise OSError(number, os.strerror(number))

        def work(workspace: Workspace = workspace, act: Callable[[str], None] = act) -> int:
            each_write(act)
            return int(run(workspace).exit_code)

        assert in_child(work) in (2, MISSING, OutputLockedError.exit_code), place
        check_whole(workspace, first, inbox)
        check_next_run(workspace, clean)


@pytest.mark.parametrize("size", [0, 5_000, 30_000, 100_000])
def test_full_disk__no_file_may_grow_beyond(size, copies, first, clean, temporary):
    workspace = copies()
    inbox = contents(workspace)

    def work() -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return int(run(workspace).exit_code)

    assert in_child(work) in (MISSING, OutputLockedError.exit_code)
    assert list(temporary.iterdir()) == []
    check_whole(workspace, first, inbox)
    check_next_run(workspace, clean)


def test_report_folder__a_file_in_its_place(copies, clean):
    workspace = copies()
    shutil.rmtree(workspace.latest_report.parent)
    workspace.latest_report.parent.write_text("không phải thư mục")
    assert in_child(lambda: run(workspace).exit_code) == OutputLockedError.exit_code
    assert run_of(workspace.figures_json) == History(workspace.history).latest_run() == 1
    workspace.latest_report.parent.unlink()
    check_next_run(workspace, clean)


# ---- the inbox


@pytest.mark.parametrize("when", ["before reading", "after some files", "after reading"])
def test_inbox__pulled_away_keeps_the_last_results(when, copies, first, clean, monkeypatch):
    workspace = copies()
    inbox, away = workspace.inbox(PERIOD), workspace.root / "cho khac"
    saved = contents(workspace)

    def read(files: Any, context: Any, *, on_done: Any = None, keep: Any = None) -> Any:
        if when == "after reading":
            found = office.read_here(files, context, on_done=on_done)
            inbox.rename(away)
            return found
        found = office.read_here(files[:1], context) if when == "after some files" else []
        inbox.rename(away)
        return found + office.read_here(files[len(found) :], context)

    monkeypatch.setattr(module, "read_all", read)
    with pytest.raises(UsageError, match="không còn đó trong khi chạy; giữ nguyên kết quả lần trước"):
        run(workspace)
    away.rename(inbox)
    monkeypatch.setattr(module, "read_all", office.read_here)
    check_whole(workspace, first, saved)
    assert History(workspace.history).latest_run() == 1
    check_next_run(workspace, clean)


def test_inbox__one_file_gone_is_a_finding(copies, monkeypatch):
    workspace = copies()

    def read(files: Any, context: Any, **_: Any) -> Any:
        (workspace.inbox(PERIOD) / "Sở Tài chính.xlsx").unlink()
        return office.read_here(files, context)

    monkeypatch.setattr(module, "read_all", read)
    snapshot = run(workspace).snapshot
    (lost,) = [found for found in snapshot.findings if found.code == "file-unavailable"]
    assert lost.where.file == "Sở Tài chính.xlsx" and "không còn ở đó" in lost.message
    assert [one.readable for one in snapshot.inputs] == [False, True]


def test_inbox__a_file_somebody_holds_or_writes_is_a_finding(copies, monkeypatch):
    workspace = copies()
    plain = reader.load

    def load(path: Path) -> bytes:
        if path.name == "Sở Tài chính.xlsx":
            raise sniff.Unreadable("file-changing", "1 byte, ngay sau đó 2 byte")
        return plain(path)

    monkeypatch.setattr(reader, "load", load)
    snapshot = run(workspace).snapshot
    assert "file-changing" in {found.code for found in snapshot.findings}
    monkeypatch.undo()
    monkeypatch.setattr(module, "read_all", office.read_here)
    assert all(one.readable for one in run(workspace).snapshot.inputs), "the next run reads it"


def test_inbox__subfolder_that_cannot_be_listed_is_a_finding(copies, monkeypatch):
    workspace = copies()
    closed = workspace.inbox(PERIOD) / "cap xa"
    closed.mkdir()
    listed = os.scandir

    def scandir(path: Any) -> Any:
        if str(path) == str(closed):
            raise PermissionError(13, "closed", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    snapshot = run(workspace).snapshot
    (found,) = [one for one in snapshot.findings if one.code == "file-unavailable"]
    assert found.where.file == "cap xa"


# ---- real processes



def start(workspace: Workspace, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "qn_xl", "consolidate", str(workspace.root), "--json", *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def members(session: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            state, _, _, its = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(its) == session and state != "Z":
                found.append(int(folder.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
def test_real_process__killed_while_workers_read_and_a_second_run_is_refused(tmp_path):
    from qn_xl.excel.setup import create

    create(tmp_path / "TienDo", office.small_tables())
    workspace = Workspace(tmp_path / "TienDo")
    for number in range(30):
        office.send(workspace.inbox(PERIOD), f"Sở Y tế lần {number}.xlsx", office.SYT * 40)
    running = start(workspace, "--period", PERIOD)
    until = time.monotonic() + 60
    while len(members(running.pid)) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert running.poll() is None
    second = start(workspace)
    assert second.wait(60) == 23
    running.send_signal(signal.SIGKILL)
    running.wait()
    while members(running.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert members(running.pid) == [], "workers outlive the run"
    assert workspace.lock.read_text() != "", "the killed run's note is still there"
    assert not workspace.figures_json.exists()
    assert start(workspace, "--period", PERIOD, "--fail-on", "23,24").wait(60) == 0
    assert run_of(workspace.figures_json) == 1 and workspace.lock.read_text() == ""
