"""The night run as Windows Task Scheduler, systemd and cron want it told. Pure; schedule_os.py registers it."""

from __future__ import annotations

import hashlib
import ntpath
import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree

from qn_xl.errors import UsageError
from qn_xl.rules.text import fold

KINDS = ("windows", "systemd", "cron")
LOGONS = {"s4u": "S4U", "password": "Password", "interactive": "InteractiveToken"}
TIME_LIMIT_HOURS = 1
FAIL_ON = "23,24,25"  # findings and missing units are the normal night, not a failure of it
WORK_DAYS = (0, 1, 2, 3, 4)
_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_WINDOWS_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SYSTEMD_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_WORDS = {word: number for number, words in enumerate(
    (("t2", "thu 2", "thu hai", "mon"), ("t3", "thu 3", "thu ba", "tue"), ("t4", "thu 4", "thu tu", "wed"),
     ("t5", "thu 5", "thu nam", "thu"), ("t6", "thu 6", "thu sau", "fri"), ("t7", "thu 7", "thu bay", "sat"),
     ("cn", "chu nhat", "sun"))
) for word in words}  # fmt: skip
_EVERY_DAY = {"hang ngay", "moi ngay", "all", "daily"}


@dataclass(frozen=True, slots=True)
class Job:
    """One scheduled run. `folder` and `interpreter` are absolute paths of the machine that runs it."""

    interpreter: str
    folder: str
    hour: int = 6
    minute: int = 0
    days: tuple[int, ...] = WORK_DAYS  # 0 is Monday
    fail_on: str = FAIL_ON
    logon: str = "s4u"
    user: str = ""  # DOMAIN\name, Windows

    @property
    def arguments(self) -> list[str]:
        # -P: no module is taken from the working folder, where units' files may lie
        return ["-P", "-m", "qn_xl", "consolidate", self.folder, "--fail-on", self.fail_on]

    @property
    def name(self) -> str:
        """Return a name for the scheduler: ASCII, one for each workspace."""
        folder = self.folder.rstrip("/\\")
        words = re.sub(r"[^a-z0-9]+", "-", fold(re.split(r"[/\\]", folder)[-1])).strip("-")[:30]
        mark = hashlib.sha256(ntpath.normcase(folder).encode("utf-8", "surrogatepass")).hexdigest()[:6]
        return f"qn-xl-{words}-{mark}" if words else f"qn-xl-{mark}"

    @property
    def on_network(self) -> bool:
        return self.folder.startswith(("\\\\", "//"))


def read_time(text: str) -> tuple[int, int]:
    """Return hour and minute of "06:00", "6h30", "22".

    Raises:
        UsageError: not a time of day.
    """
    found = re.fullmatch(r"\s*(\d{1,2})\s*(?:[:hg]\s*(\d{2})?)?\s*", text.lower())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise UsageError(f"Không hiểu giờ “{text}”. Viết dạng 06:00.")
    return int(found[1]), int(found[2] or 0)


def read_days(text: str) -> tuple[int, ...]:
    """Return weekdays, Monday 0, of "T2-T6", "T2,T4,CN", "mon-fri", "hằng ngày".

    Raises:
        UsageError: not weekdays.
    """
    if fold(text) in _EVERY_DAY:
        return tuple(range(7))
    found: set[int] = set()
    for part in re.split(r"[,;]", text):
        ends = [_DAY_WORDS.get(fold(end), -1) for end in part.split("-")]
        if len(ends) > 2 or -1 in ends:
            raise UsageError(f"Không hiểu các ngày “{text}”. Viết dạng T2-T6 hoặc T2,T4,CN hoặc “hằng ngày”.")
        first, last = ends[0], ends[-1]
        found.update(number % 7 for number in range(first, last + 1 if last >= first else last + 8))
    return tuple(sorted(found))


def logon_of(folder: str, asked: str | None) -> str:
    """Return the way to log on: without one asked for, S4U, and a password where the folder is on the network.

    Raises:
        UsageError: no such way.
    """
    if asked is None:
        return "password" if folder.startswith(("\\\\", "//")) else "s4u"
    if asked.lower() not in LOGONS:
        raise UsageError(f"--logon nhận: {', '.join(LOGONS)}.")
    return asked.lower()


def warnings(job: Job, kind: str) -> list[str]:
    """Return what the person in charge has to know about this job."""
    found = []
    if kind == "windows" and job.on_network and job.logon == "s4u":
        found.append("Tác vụ kiểu S4U không vào được thư mục mạng. Dùng --logon password.")
    if kind == "windows" and job.logon == "interactive":
        found.append("Tác vụ chỉ chạy khi người dùng đang đăng nhập.")
    if kind == "windows" and not job.on_network and re.match(r"[a-zA-Z]:", job.folder) is None:
        found.append(f"“{job.folder}” không phải đường dẫn Windows. Chạy lệnh này trên máy sẽ chạy tác vụ.")
    if kind == "systemd":
        found.append("Để chạy cả khi không ai đăng nhập: loginctl enable-linger (một lần).")
    if kind == "cron":
        found.append("Giờ của cron là giờ của máy; máy tắt lúc đó thì bỏ qua lần chạy ấy.")
    return found


# ---- Windows


def task_xml(job: Job, start: date) -> bytes:
    """Return the task for `schtasks /Create /XML`: schema 1.2, UTF-16 with byte order mark.

    Args:
        start: first day on which the task may run.
    """
    ElementTree.register_namespace("", _NAMESPACE)
    task = ElementTree.Element(f"{{{_NAMESPACE}}}Task", {"version": "1.2"})

    def add(parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
        made = ElementTree.SubElement(parent, f"{{{_NAMESPACE}}}{tag}", attributes)
        made.text = text
        return made

    about = add(task, "RegistrationInfo")
    add(about, "Author", "qn-xl")
    add(about, "Description", f"Tổng hợp tiến độ nhiệm vụ: {job.folder}")
    add(about, "URI", f"\\{job.name}")
    trigger = add(add(task, "Triggers"), "CalendarTrigger")
    add(trigger, "Enabled", "true")
    add(trigger, "StartBoundary", f"{start.isoformat()}T{job.hour:02d}:{job.minute:02d}:00")
    if len(job.days) == 7:
        add(add(trigger, "ScheduleByDay"), "DaysInterval", "1")
    else:
        week = add(trigger, "ScheduleByWeek")
        add(week, "WeeksInterval", "1")
        days = add(week, "DaysOfWeek")
        for day in job.days:
            add(days, _WINDOWS_DAYS[day])
    principal = add(add(task, "Principals"), "Principal", id="Author")
    if job.user:
        add(principal, "UserId", job.user)
    add(principal, "LogonType", LOGONS[job.logon])
    add(principal, "RunLevel", "LeastPrivilege")
    settings = add(task, "Settings")
    for tag, text in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("AllowHardTerminate", "true"),
        ("StartWhenAvailable", "true"),
        ("RunOnlyIfNetworkAvailable", "true" if job.on_network else "false"),
        ("Enabled", "true"),
        ("ExecutionTimeLimit", f"PT{TIME_LIMIT_HOURS}H"),
    ):
        add(settings, tag, text)
    action = add(add(task, "Actions", Context="Author"), "Exec")
    add(action, "Command", job.interpreter)
    add(action, "Arguments", subprocess.list2cmdline(job.arguments))
    add(action, "WorkingDirectory", job.folder)
    ElementTree.indent(task)
    return bytes(ElementTree.tostring(task, encoding="utf-16", xml_declaration=True))


# ---- systemd


def units(job: Job) -> dict[str, str]:
    """Return the two files of a systemd user timer, name to text."""
    days = "" if len(job.days) == 7 else ",".join(_SYSTEMD_DAYS[day] for day in job.days) + " "
    command = " ".join(_systemd_word(word) for word in [job.interpreter, *job.arguments])
    service = f"""[Unit]
Description=Tổng hợp tiến độ nhiệm vụ (qn-xl)

[Service]
Type=oneshot
WorkingDirectory={_systemd_path(job.folder)}
ExecStart={command}
TimeoutStartSec={TIME_LIMIT_HOURS}h
"""
    timer = f"""[Unit]
Description=Lịch tổng hợp tiến độ nhiệm vụ (qn-xl)

[Timer]
OnCalendar={days}*-*-* {job.hour:02d}:{job.minute:02d}:00
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {f"{job.name}.service": service, f"{job.name}.timer": timer}


def _systemd_word(word: str) -> str:
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"'


def _systemd_path(path: str) -> str:
    return path.replace("%", "%%")


# ---- cron


def cron_line(job: Job) -> str:
    """Return the line for `crontab -e`."""
    days = "*" if len(job.days) == 7 else ",".join(str((day + 1) % 7) for day in job.days)
    command = shlex.join([job.interpreter, *job.arguments])
    line = f"cd {shlex.quote(job.folder)} && {command} >/dev/null 2>&1"
    return f"{job.minute} {job.hour} * * {days} {line}".replace("%", "\\%")


def shown(job: Job, kind: str, start: date) -> str:
    """Return the text that `schedule print` shows."""
    if kind == "windows":
        return task_xml(job, start).decode("utf-16")
    if kind == "systemd":
        return "\n".join(f"# ~/.config/systemd/user/{name}\n{text}" for name, text in units(job).items())
    return cron_line(job)


def files(job: Job, kind: str, start: date) -> dict[str, bytes]:
    """Return what `schedule print --out` writes, name to content."""
    if kind == "windows":
        return {f"{job.name}.xml": task_xml(job, start)}
    if kind == "systemd":
        return {name: text.encode() for name, text in units(job).items()}
    return {f"{job.name}.cron": (cron_line(job) + "\n").encode()}


def create_command(job: Job, xml: str) -> Sequence[str]:
    """Return the command that registers the task; with a password it asks for one."""
    command = ["schtasks", "/Create", "/TN", job.name, "/XML", xml, "/F"]
    return [*command, "/RU", job.user, "/RP", "*"] if job.logon == "password" else command
