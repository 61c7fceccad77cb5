"""Registers the night run with this machine's scheduler. Everything goes through a `Runner`, so that tests see it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qn_xl import schedule
from qn_xl.errors import UsageError
from qn_xl.schedule import Job

SECONDS = 60
Runner = Callable[[Sequence[str], bool], "Ran"]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program came to: exit code (127: not there) and what it said."""

    code: int
    said: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Whether the scheduler knows the job; None: it cannot be asked. `said` is what it tells."""

    registered: bool | None
    said: str


def run_program(command: Sequence[str], asks: bool) -> Ran:
    """Run a program of the system; one that `asks` talks with the person at the terminal."""
    encoding = "oem" if sys.platform == "win32" else "utf-8"
    with tempfile.TemporaryFile() as heard:  # a pipe that a grandchild keeps open would outlast the time limit
        try:
            done = subprocess.run(
                list(command),
                stdout=None if asks else heard,
                stderr=None if asks else subprocess.STDOUT,
                stdin=None if asks else subprocess.DEVNULL,
                timeout=None if asks else SECONDS,
                check=False,
            )
        except FileNotFoundError:
            return Ran(127, f"không có chương trình {command[0]}")
        except (OSError, subprocess.TimeoutExpired) as error:
            return Ran(126, str(error))
        heard.seek(0)
        said = heard.read().decode(encoding, "replace")
    return Ran(done.returncode, "\n".join(said.splitlines()).strip())


def kind_here() -> str:
    """Return the scheduler of this machine."""
    if sys.platform == "win32":
        return "windows"
    return "systemd" if shutil.which("systemctl") else "cron"


def user_here() -> str:
    """Return the name that Windows registers the task under; "" where it is not known."""
    if sys.platform != "win32":
        return ""
    name, domain = os.environ.get("USERNAME", ""), os.environ.get("USERDOMAIN", "")
    return f"{domain}\\{name}" if domain and name else name


def absolute(folder: Path) -> str:
    """Return the folder as a task sees it: absolute, mapped drive letters resolved to the share behind them."""
    return str(folder.resolve())


def unit_folder() -> Path:
    config = os.environ.get("XDG_CONFIG_HOME")
    return (Path(config) if config else Path.home() / ".config") / "systemd" / "user"


def install(job: Job, kind: str, start: date, run: Runner) -> str:
    """Register the job, in place of an older one of this workspace; return what was done.

    Raises:
        UsageError: the scheduler refuses, with its words; or there is none that can be told.
    """
    if kind == "windows":
        with tempfile.TemporaryDirectory() as folder:
            xml = Path(folder) / f"{job.name}.xml"
            xml.write_bytes(schedule.task_xml(job, start))
            done = run(schedule.create_command(job, str(xml)), job.logon == "password")
        if done.code:
            raise UsageError(
                f"Task Scheduler không nhận tác vụ (mã {done.code}). {done.said} Mở cửa sổ lệnh bằng Run as "
                "administrator rồi chạy lại, hoặc thêm --logon interactive."
            )
        return f"Đã đăng ký tác vụ “{job.name}” trong Task Scheduler."
    if kind == "systemd":
        unit_folder().mkdir(parents=True, exist_ok=True)
        for name, text in schedule.units(job).items():
            (unit_folder() / name).write_text(text, "utf-8")
        for command in (["daemon-reload"], ["enable", "--now", f"{job.name}.timer"]):
            done = run(["systemctl", "--user", *command], False)
            if done.code:
                raise UsageError(f"systemd không nhận lịch (mã {done.code}): {done.said}")
        return f"Đã bật lịch {job.name}.timer."
    raise UsageError(f"Máy này không có systemd. Thêm dòng sau bằng crontab -e:\n{schedule.cron_line(job)}")


def remove(job: Job, kind: str, run: Runner) -> str:
    """Take the job out of the scheduler; return what was done.

    Raises:
        UsageError: it is not there, or cannot be taken out.
    """
    if kind == "windows":
        done = run(["schtasks", "/Delete", "/TN", job.name, "/F"], False)
        if done.code:
            raise UsageError(f"Không gỡ được tác vụ “{job.name}” (mã {done.code}). {done.said}")
        return f"Đã gỡ tác vụ “{job.name}”."
    if kind == "systemd":
        paths = [unit_folder() / name for name in schedule.units(job)]
        if not any(path.exists() for path in paths):
            raise UsageError(f"Chưa có lịch {job.name}.timer.")
        run(["systemctl", "--user", "disable", "--now", f"{job.name}.timer"], False)
        for path in paths:
            path.unlink(missing_ok=True)
        run(["systemctl", "--user", "daemon-reload"], False)
        return f"Đã gỡ lịch {job.name}.timer."
    raise UsageError(f"Xóa dòng có “{job.folder}” bằng crontab -e.")


def state(job: Job, kind: str, run: Runner) -> State:
    """Ask the scheduler about the job."""
    if kind == "windows":
        done = run(["schtasks", "/Query", "/TN", job.name, "/V", "/FO", "LIST"], False)
        if done.code in (126, 127):
            return State(None, done.said)
        return State(done.code == 0, done.said if done.code == 0 else "")
    if kind == "systemd":
        if not (unit_folder() / f"{job.name}.timer").is_file():
            return State(False, "")
        done = run(["systemctl", "--user", "list-timers", "--all", "--no-pager", f"{job.name}.timer"], False)
        return State(True if done.code == 0 else None, done.said)
    done = run(["crontab", "-l"], False)
    if done.code in (126, 127):
        return State(None, done.said)
    lines = [line for line in done.said.splitlines() if "qn_xl" in line and job.folder in line]
    return State(bool(lines), "\n".join(lines))
