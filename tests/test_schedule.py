"""The night run as schedulers are told it, the record of each run, and codes that count as failures."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import test_consolidate as office
from lxml import etree

from qn_xl import cli, runlog, schedule, schedule_os
from qn_xl.demo import PERIOD
from qn_xl.errors import BusyError, OutputLockedError, UsageError
from qn_xl.excel.setup import create
from qn_xl.lock import run_lock
from qn_xl.schedule import Job, cron_line, read_days, read_time, task_xml, units
from qn_xl.schedule_os import Ran
from qn_xl.workspace import Workspace

START = date(2025, 10, 1)
PYTHON = r"C:\ProgramData\qn-xl\Scripts\python.exe"
LOCAL = Job(PYTHON, r"D:\Tiến độ\Kỳ 9 tháng", user=r"QN\vanphong")
SHARE = Job(PYTHON, r"\\may-chu\Chung\Tiến độ", logon="password", user=r"QN\vanphong", days=tuple(range(7)), hour=22)
NS = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"

# what the task service accepts of the elements we write (MS-TSCH 2.5: sequences are ordered, "all" is not)
XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"
 targetNamespace="http://schemas.microsoft.com/windows/2004/02/mit/task" elementFormDefault="qualified">
<xs:element name="Task"><xs:complexType><xs:all>
 <xs:element name="RegistrationInfo"><xs:complexType><xs:all>
  <xs:element name="Author" type="xs:string"/><xs:element name="Description" type="xs:string"/>
  <xs:element name="URI" type="xs:anyURI" minOccurs="0"/></xs:all></xs:complexType></xs:element>
 <xs:element name="Triggers"><xs:complexType><xs:sequence>
  <xs:element name="CalendarTrigger"><xs:complexType><xs:sequence>
   <xs:element name="Enabled" type="xs:boolean" minOccurs="0"/><xs:element name="StartBoundary" type="xs:dateTime"/>
   <xs:choice>
    <xs:element name="ScheduleByDay"><xs:complexType><xs:sequence>
     <xs:element name="DaysInterval" type="xs:unsignedShort"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="ScheduleByWeek"><xs:complexType><xs:all>
     <xs:element name="WeeksInterval" type="xs:unsignedByte" minOccurs="0"/>
     <xs:element name="DaysOfWeek"><xs:complexType><xs:all>{days}</xs:all></xs:complexType></xs:element>
    </xs:all></xs:complexType></xs:element>
   </xs:choice></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
 <xs:element name="Principals"><xs:complexType><xs:sequence><xs:element name="Principal"><xs:complexType><xs:all>
  <xs:element name="UserId" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string"><xs:minLength value="1"/>
  </xs:restriction></xs:simpleType></xs:element>
  <xs:element name="LogonType"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="S4U"/>
   <xs:enumeration value="Password"/><xs:enumeration value="InteractiveToken"/>
  </xs:restriction></xs:simpleType></xs:element>
  <xs:element name="RunLevel"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="LeastPrivilege"/>
  </xs:restriction></xs:simpleType></xs:element></xs:all><xs:attribute name="id" type="xs:ID"/>
 </xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
 <xs:element name="Settings"><xs:complexType><xs:all>
  <xs:element name="MultipleInstancesPolicy"><xs:simpleType><xs:restriction base="xs:string">
   <xs:enumeration value="IgnoreNew"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="DisallowStartIfOnBatteries" type="xs:boolean"/>
  <xs:element name="StopIfGoingOnBatteries" type="xs:boolean"/>
  <xs:element name="AllowHardTerminate" type="xs:boolean"/><xs:element name="StartWhenAvailable" type="xs:boolean"/>
  <xs:element name="RunOnlyIfNetworkAvailable" type="xs:boolean"/><xs:element name="Enabled" type="xs:boolean"/>
  <xs:element name="ExecutionTimeLimit" type="xs:duration"/></xs:all></xs:complexType></xs:element>
 <xs:element name="Actions"><xs:complexType><xs:sequence><xs:element name="Exec"><xs:complexType><xs:all>
  <xs:element name="Command"><xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="261"/>
  </xs:restriction></xs:simpleType></xs:element><xs:element name="Arguments" type="xs:string"/>
  <xs:element name="WorkingDirectory" type="xs:string"/></xs:all></xs:complexType></xs:element></xs:sequence>
  <xs:attribute name="Context" type="xs:IDREF"/></xs:complexType></xs:element>
</xs:all><xs:attribute name="version" type="xs:string" use="required"/></xs:complexType></xs:element></xs:schema>"""
DAYS = "".join(
    f'<xs:element name="{day}" minOccurs="0"><xs:complexType/></xs:element>' for day in schedule._WINDOWS_DAYS
)


def text_of(xml: bytes, tag: str) -> str | None:
    return ElementTree.fromstring(xml).findtext(f".//{NS}{tag}")


# ---- Windows


@pytest.mark.parametrize("job", [LOCAL, SHARE, Job(PYTHON, "C:\\a", days=(6,))], ids=["local", "share", "plain"])
def test_task__is_what_the_task_service_accepts(job: Job) -> None:
    schema = etree.XMLSchema(etree.fromstring(XSD.format(days=DAYS)))
    xml = task_xml(job, START)
    schema.assertValid(etree.fromstring(xml))
    broken = xml.decode("utf-16").replace("IgnoreNew", "Parallel").replace("encoding='utf-16'", "")
    assert not schema.validate(etree.fromstring(broken))


def test_task__is_utf_16_and_keeps_vietnamese_paths() -> None:
    xml = task_xml(LOCAL, START)
    assert xml.startswith(b"\xff\xfe") and "encoding='utf-16'" in xml.decode("utf-16")[:60]
    assert text_of(xml, "WorkingDirectory") == r"D:\Tiến độ\Kỳ 9 tháng"
    assert text_of(xml, "Command") == PYTHON
    assert text_of(xml, "Arguments") == r'-P -m qn_xl consolidate "D:\Tiến độ\Kỳ 9 tháng" --fail-on 23,24,25'
    assert text_of(xml, "StartBoundary") == "2025-10-01T06:00:00"
    days = ElementTree.fromstring(xml).find(f".//{NS}DaysOfWeek")
    assert days is not None and [day.tag.removeprefix(NS) for day in days] == list(schedule._WINDOWS_DAYS[:5])


def test_task__on_a_share_logs_on_with_a_password_and_waits_for_the_network() -> None:
    xml = task_xml(SHARE, START)
    assert (text_of(xml, "LogonType"), text_of(xml, "RunOnlyIfNetworkAvailable")) == ("Password", "true")
    assert text_of(xml, "DaysInterval") == "1" and text_of(xml, "StartBoundary") == "2025-10-01T22:00:00"
    assert text_of(task_xml(LOCAL, START), "LogonType") == "S4U"


@pytest.mark.parametrize(
    ("folder", "asked", "logon"),
    [(r"\\may\chung", None, "password"), (r"D:\x", None, "s4u"), (r"\\may\chung", "S4U", "s4u")],
)
def test_logon__follows_the_place_unless_asked(folder: str, asked: str | None, logon: str) -> None:
    assert schedule.logon_of(folder, asked) == logon
    told = schedule.warnings(Job(PYTHON, folder, logon=logon), "windows")
    assert any("S4U" in line for line in told) is (folder.startswith("\\") and logon == "s4u")


def test_name__is_ascii_and_one_for_each_workspace() -> None:
    assert LOCAL.name.startswith("qn-xl-ky-9-thang-") and LOCAL.name.isascii()
    assert LOCAL.name == Job("python", "D:\\tiến độ\\kỳ 9 tháng\\", hour=3).name
    assert len({LOCAL.name, SHARE.name, Job(PYTHON, r"E:\Tiến độ\Kỳ 9 tháng").name}) == 3
    assert Job(PYTHON, "/").name.startswith("qn-xl-")


# ---- systemd and cron

NASTY = Job("/opt/qn xl/bin/python", "/srv/Tiến độ/100% \"xong\" $HOME 'a'", days=(0, 2, 6))


@pytest.mark.parametrize("job", [NASTY, Job("", "/srv/qn", days=tuple(range(7)))], ids=["nasty", "plain"])
def test_systemd__accepts_the_units(job: Job, tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    python = tmp_path / "qn xl" / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    job = Job(str(python), job.folder, days=job.days)
    for name, text in units(job).items():
        (tmp_path / name).write_text(text, "utf-8")
    command = [verify, "verify", "--user", "--recursive-errors=yes", str(tmp_path / f"{job.name}.timer")]
    runtime = {"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=runtime, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / f"{job.name}.timer").write_text("[Timer]\nOnCalendar=lúc sáu giờ\n", "utf-8")
    assert subprocess.run(command, capture_output=True, env=runtime, timeout=60, check=False).returncode != 0


def test_systemd__quotes_what_it_would_expand() -> None:
    service, timer = units(NASTY).values()
    assert '"/srv/Tiến độ/100%% \\"xong\\" $$HOME \'a\'"' in service
    assert "WorkingDirectory=/srv/Tiến độ/100%% \"xong\" $HOME 'a'" in service
    assert "OnCalendar=Mon,Wed,Sun *-*-* 06:00:00" in timer and "Persistent=true" in timer


def test_cron__line_runs_the_command_as_it_is(tmp_path: Path) -> None:
    line = cron_line(NASTY)
    minute, hour, _, _, days, command = line.split(" ", 5)
    assert (minute, hour, days) == ("0", "6", "1,3,0")
    plain = command.replace("\\%", "%").partition(" && ")[2].removesuffix(" >/dev/null 2>&1")
    assert shlex.split(plain) == [NASTY.interpreter, *NASTY.arguments]
    assert cron_line(SHARE).startswith("0 22 * * * ")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("T2-T6", (0, 1, 2, 3, 4)), ("t7, CN", (5, 6)), ("thứ hai;thứ tư", (0, 2)), ("Mon-Fri", (0, 1, 2, 3, 4)),
        ("CN-T3", (0, 1, 6)), ("hằng ngày", (0, 1, 2, 3, 4, 5, 6)), ("sun", (6,)),
    ],
)  # fmt: skip
def test_days__as_people_write_them(text: str, days: tuple[int, ...]) -> None:
    assert read_days(text) == days


@pytest.mark.parametrize("text", ["", "T8", "T2-T4-T6", "ngày mai", "T2,,T3"])
def test_days__refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_days(text)


@pytest.mark.parametrize(
    ("text", "time"),
    [("06:00", (6, 0)), ("6h30", (6, 30)), ("22", (22, 0)), ("6h", (6, 0)), ("24:00", None), ("6:60", None)],
)
def test_time__as_people_write_it(text: str, time: tuple[int, int] | None) -> None:
    if time is None:
        with pytest.raises(UsageError):
            read_time(text)
    else:
        assert read_time(text) == time


# ---- registering


class Told:
    """Stands for the system: keeps what it was told and answers from a list."""

    def __init__(self, *answers: Ran) -> None:
        self.commands: list[list[str]] = []
        self.asked: list[bool] = []
        self.answers = list(answers)
        self.xml = b""

    def __call__(self, command: Sequence[str], asks: bool) -> Ran:
        self.commands.append(list(command))
        self.asked.append(asks)
        if "/XML" in command:
            self.xml = Path(command[list(command).index("/XML") + 1]).read_bytes()
        return self.answers.pop(0) if self.answers else Ran(0)


def test_install__windows_registers_the_file_it_prints() -> None:
    told = Told()
    schedule_os.install(LOCAL, "windows", START, told)
    (command,) = told.commands
    assert command[:4] == ["schtasks", "/Create", "/TN", LOCAL.name] and command[-1] == "/F"
    assert told.xml == task_xml(LOCAL, START) and told.asked == [False]
    assert not Path(command[5]).exists()


def test_install__windows_asks_for_the_password_at_the_terminal() -> None:
    told = Told()
    schedule_os.install(SHARE, "windows", START, told)
    assert told.commands[0][-4:] == ["/RU", r"QN\vanphong", "/RP", "*"] and told.asked == [True]


def test_install__refused_is_one_sentence_with_the_way_out() -> None:
    with pytest.raises(UsageError, match="administrator"):
        schedule_os.install(LOCAL, "windows", START, Told(Ran(1, "Access is denied.")))
    with pytest.raises(UsageError, match="crontab -e"):
        schedule_os.install(LOCAL, "cron", START, Told())


def test_install_and_remove__systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    told = Told()
    schedule_os.install(NASTY, "systemd", START, told)
    assert [command[2] for command in told.commands] == ["daemon-reload", "enable"]
    folder = tmp_path / "systemd" / "user"
    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == units(NASTY)
    assert schedule_os.state(NASTY, "systemd", Told(Ran(0, "NEXT"))) == schedule_os.State(True, "NEXT")
    schedule_os.remove(NASTY, "systemd", told)
    assert list(folder.iterdir()) == []
    assert schedule_os.state(NASTY, "systemd", Told()).registered is False
    with pytest.raises(UsageError, match="Chưa có lịch"):
        schedule_os.remove(NASTY, "systemd", told)


def test_state__windows_and_cron() -> None:
    assert schedule_os.state(LOCAL, "windows", Told(Ran(1, "ERROR"))).registered is False
    assert schedule_os.state(LOCAL, "windows", Told(Ran(0, "Ready"))) == schedule_os.State(True, "Ready")
    assert schedule_os.state(LOCAL, "windows", Told(Ran(127, "x"))).registered is None
    line = cron_line(Job("/usr/bin/python3", "/srv/qn"))
    assert schedule_os.state(Job("x", "/srv/qn"), "cron", Told(Ran(0, f"# a\n{line}"))).registered is True
    assert schedule_os.state(Job("x", "/srv/khac"), "cron", Told(Ran(0, line))).registered is False


def test_program__missing_is_told_not_raised() -> None:
    assert schedule_os.run_program(["khong-co-chuong-trinh-nay"], False).code == 127
    assert schedule_os.run_program([sys.executable, "-c", "print('chào'); exit(3)"], False) == Ran(3, "chào")


# ---- the commands


def qn_xl(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["qn-xl", *arguments])
    return cli._run()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("mau") / "Tiến độ"
    create(root, office.small_tables())
    office.send(Workspace(root).inbox(PERIOD), "Sở Y tế.xlsx", office.SYT)
    return root


@pytest.fixture
def workspace(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr("qn_xl.consolidate.read_all", office.read_here)
    return Workspace(Path(shutil.copytree(template, tmp_path / "Tiến độ")))


def test_print__registers_nothing_and_writes_files_on_request(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = Told()
    monkeypatch.setattr(schedule_os, "run_program", told)
    assert qn_xl(monkeypatch, "schedule", "print", str(workspace.root), "--for", "windows", "--at", "5h15") == 0
    assert "T05:15:00</StartBoundary>" in capsys.readouterr().out
    out = tmp_path / "ra"
    assert qn_xl(monkeypatch, "schedule", "print", str(workspace.root), "--for", "windows", "--out", str(out)) == 0
    (xml,) = out.iterdir()
    assert text_of(xml.read_bytes(), "WorkingDirectory") == str(workspace.root)
    assert sys.executable == text_of(xml.read_bytes(), "Command") and told.commands == []


def test_install_and_status__through_the_command_line(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(schedule_os, "kind_here", lambda: "systemd")
    monkeypatch.setattr(schedule_os, "run_program", Told())
    assert qn_xl(monkeypatch, "schedule", "status", str(workspace.root)) == 2
    assert qn_xl(monkeypatch, "schedule", "install", str(workspace.root), "--days", "hằng ngày") == 0
    assert qn_xl(monkeypatch, "schedule", "status", str(workspace.root)) == 0
    assert "Chưa có lần chạy nào" in capsys.readouterr().out
    assert qn_xl(monkeypatch, "schedule", "remove", str(workspace.root)) == 0
    assert qn_xl(monkeypatch, "schedule", "install", str(workspace.root), "--at", "đêm") == 2
    assert qn_xl(monkeypatch, "schedule", "print", str(workspace.root), "--fail-on", "99") == 2
    assert qn_xl(monkeypatch, "schedule", "print", str(workspace.root), "--for", "launchd") == 2


# ---- the record of runs


def test_record__of_a_run_and_of_one_with_nothing_new(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert qn_xl(monkeypatch, "consolidate", str(workspace.root), "--json") == 21
    told = json.loads(workspace.last_run.read_text("utf-8"))
    assert (told["exit_code"], told["returned"], told["run"], told["period"]) == (21, 21, 1, PERIOD)
    assert told["files"] == 1 and told["tasks"] == 2 and told["units_missing"] > 10
    log = (workspace.logs / told["log"]).read_text("utf-8")
    assert "Sở Y tế.xlsx" in log and "mã 21" in log and "--json" in log
    assert qn_xl(monkeypatch, "consolidate", str(workspace.root), "--json", "--fail-on", "24") == 0
    told = json.loads(workspace.last_run.read_text("utf-8"))
    assert (told["exit_code"], told["returned"]) == (22, 0)
    assert "mã 22" in runlog.last_run_line(workspace)


@pytest.mark.parametrize(
    ("fail_on", "code", "returned"),
    [(None, 20, 20), ("", 20, 0), ("20,21", 20, 20), ("23;24", 21, 0), ("23", 1, 1), ("23", 2, 2), ("", 0, 0),
     ("23", 130, 130)],
)  # fmt: skip
def test_fail_on__chooses_which_codes_count(fail_on: str | None, code: int, returned: int) -> None:
    assert runlog.returned(code, runlog.read_codes(fail_on)) == returned


@pytest.mark.parametrize("text", ["abc", "3", "20-22", "19"])
def test_fail_on__refused(text: str) -> None:
    with pytest.raises(UsageError, match="--fail-on"):
        runlog.read_codes(text)


def test_record__of_failures(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(workspace.inbox(PERIOD))
    assert qn_xl(monkeypatch, "consolidate", str(workspace.root)) == 2
    told = runlog.last_run(workspace)
    assert told is not None and told["exit_code"] == 2 and "Không có thư mục" in told["outcome"]
    monkeypatch.setattr("qn_xl.consolidate.inbox_files", lambda folder: 1 / 0)
    assert qn_xl(monkeypatch, "consolidate", str(workspace.root), "--fail-on", "24") == 1
    told = runlog.last_run(workspace)
    assert told is not None and told["exit_code"] == 1 and "ZeroDivisionError" in told["outcome"]
    assert "Traceback" in (workspace.logs / told["log"]).read_text("utf-8")


def test_record__of_a_busy_run_leaves_the_other_s_outcome_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    qn_xl(monkeypatch, "consolidate", str(workspace.root), "--json")
    before = workspace.last_run.read_bytes()
    with run_lock(workspace.lock, datetime(2025, 10, 1)):
        assert qn_xl(monkeypatch, "consolidate", str(workspace.root)) == 23
        assert qn_xl(monkeypatch, "consolidate", str(workspace.root), "--fail-on", "24,25") == 0
    assert workspace.last_run.read_bytes() == before
    assert BusyError.exit_code == 23, "the class keeps its code"


def test_record__that_cannot_be_written_fails_no_run(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OutputLockedError("hết chỗ")

    monkeypatch.setattr(runlog.safe, "replace", full)
    monkeypatch.setattr(Path, "write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "no space")))
    clock = iter([datetime(2025, 10, 1), datetime(2025, 10, 1) + timedelta(seconds=2)])
    with runlog.recorded(workspace, lambda: next(clock), None) as record:
        record.code = 20
    assert record.exit_code == 20 and runlog.last_run(workspace) is None


def test_logs__are_rotated(workspace: Workspace) -> None:
    for number in range(runlog.KEEP + 20):
        (workspace.logs / f"tong-hop-20250101-{number:06d}-1.log").touch()
        (workspace.logs / f"loi-20250101-{number:06d}-1.log").touch()
    with runlog.recorded(workspace, lambda: datetime(2025, 10, 1), None):
        pass
    for kind in ("tong-hop", "loi"):
        names = sorted(path.name for path in workspace.logs.glob(f"{kind}-*.log"))
        assert len(names) == runlog.KEEP and f"{kind}-20250101-000000-1.log" not in names
    assert any("20251001" in path.name for path in workspace.logs.glob("tong-hop-*.log"))


def test_last_run__damaged_counts_as_none(workspace: Workspace) -> None:
    for text in ("", "[]", "{}", '{"schema": 2}', "\x00"):
        workspace.last_run.write_text(text, "utf-8")
        assert runlog.last_run(workspace) is None


def test_documents__tell_every_exit_code() -> None:
    text = (Path(__file__).parents[1] / "docs" / "van-hanh.md").read_text("utf-8")
    assert all(f"\n| {code} | {meaning.split(' hoặc ')[0][:12]}" in text for code, meaning in runlog.MEANING.items())
