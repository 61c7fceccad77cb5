"""Running unattended and looking after the workspace: schedule, doctor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qn_xl.console import Folder, Json, now, say, show, show_json, show_text
from qn_xl.errors import UsageError

if TYPE_CHECKING:
    from qn_xl.schedule import Job

scheduler = typer.Typer(help="Chạy tự động hằng ngày: in, đăng ký, gỡ, xem lịch.", no_args_is_help=True)
At = Annotated[str, typer.Option("--at", help="Giờ chạy.")]
Days = Annotated[str, typer.Option("--days", help="Các ngày chạy: T2-T6; T2,T4,CN; hằng ngày.")]
Kind = Annotated[
    str | None, typer.Option("--for", help="windows, systemd hoặc cron; bỏ trống: bộ lập lịch của máy này.")
]
Logon = Annotated[
    str | None,
    typer.Option("--logon", help="Windows: s4u (không cần đăng nhập), password (thư mục mạng), interactive."),
]
FailOn = Annotated[str, typer.Option("--fail-on", help="Các mã kết thúc coi là thất bại.")]
BROKEN = 25


def register(app: typer.Typer) -> None:
    for name, command in (("print", print_), ("install", install), ("remove", remove), ("status", status)):
        scheduler.command(name)(command)
    app.add_typer(scheduler, name="schedule")
    app.command()(doctor)


def _job(folder: Path, at: str = "06:00", days: str = "T2-T6", logon: str | None = None, fail_on: str = "") -> Job:
    from qn_xl import runlog, schedule, schedule_os
    from qn_xl.workspace import Workspace

    root = schedule_os.absolute(Workspace(folder).root)
    hour, minute = schedule.read_time(at)
    runlog.read_codes(fail_on)
    return schedule.Job(
        interpreter=sys.executable,
        folder=root,
        hour=hour,
        minute=minute,
        days=schedule.read_days(days),
        fail_on=fail_on,
        logon=schedule.logon_of(root, logon),
        user=schedule_os.user_here(),
    )


def _kind(asked: str | None) -> str:
    from qn_xl import schedule, schedule_os

    kind = asked or schedule_os.kind_here()
    if kind not in schedule.KINDS:
        raise UsageError(f"--for nhận: {', '.join(schedule.KINDS)}.")
    return kind


def print_(
    folder: Folder = Path(),
    at: At = "06:00",
    days: Days = "T2-T6",
    kind: Kind = None,
    logon: Logon = None,
    fail_on: FailOn = "23,24,25",
    out: Annotated[Path | None, typer.Option("--out", help="Ghi thành tệp vào thư mục này.")] = None,
) -> None:
    """In tác vụ (Windows), đơn vị systemd hoặc dòng cron; không đăng ký gì."""
    from qn_xl import schedule

    job, chosen = _job(folder, at, days, logon, fail_on), _kind(kind)
    if out is None:
        show_text(schedule.shown(job, chosen, now().date()))
    else:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in schedule.files(job, chosen, now().date()).items():
            (out / name).write_bytes(content)
            show(f"Đã ghi {out / name}")
    for line in schedule.warnings(job, chosen):
        say(line)


def install(
    folder: Folder = Path(),
    at: At = "06:00",
    days: Days = "T2-T6",
    logon: Logon = None,
    fail_on: FailOn = "23,24,25",
) -> None:
    """Đăng ký chạy tự động với bộ lập lịch của máy này (thay lịch cũ của thư mục)."""
    from qn_xl import schedule, schedule_os

    job, kind = _job(folder, at, days, logon, fail_on), _kind(None)
    show(schedule_os.install(job, kind, now().date(), schedule_os.run_program))
    for line in schedule.warnings(job, kind):
        say(line)


def remove(folder: Folder = Path()) -> None:
    """Gỡ lịch chạy tự động của thư mục."""
    from qn_xl import schedule_os

    show(schedule_os.remove(_job(folder), _kind(None), schedule_os.run_program))


def status(folder: Folder = Path()) -> None:
    """Xem lịch chạy tự động và kết quả lần chạy cuối. Mã 0: đã có lịch; 2: chưa có."""
    from qn_xl import runlog, schedule_os
    from qn_xl.workspace import Workspace

    job = _job(folder)
    state = schedule_os.state(job, _kind(None), schedule_os.run_program)
    known = {True: f"Đã có lịch “{job.name}”.", False: "Chưa có lịch.", None: "Không hỏi được bộ lập lịch."}
    show(known[state.registered])
    if state.said:
        show_text(state.said)
    show(runlog.last_run_line(Workspace(folder)))
    raise typer.Exit(0 if state.registered else 2)


def doctor(folder: Folder = Path(), as_json: Json = False) -> None:
    """Tự kiểm tra máy và thư mục làm việc; mỗi dòng nói phải làm gì. Mã 0: dùng được; 25: có chỗ hỏng."""
    from qn_xl import doctor as check

    report = check.examine(folder, now())
    if as_json:
        show_json(check.document(report))
    else:
        for line in check.lines(report):
            show_text(line)
    raise typer.Exit(BROKEN if any(one.state is check.State.BROKEN for one in report) else 0)
