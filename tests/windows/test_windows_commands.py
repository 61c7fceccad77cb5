"""The command line on Windows Python: same figures and files as on this machine, and what only Windows does."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import typer.main
from on_linux import CHECKOUT, cells, figures, here, names, plainly, several_here
from wine import Done, python, qn_xl, settings_of, several, start, windows_path

from qn_xl.cli import app
from qn_xl.history import History
from qn_xl.workspace import Workspace

pytestmark = [pytest.mark.windows, pytest.mark.xdist_group("windows"), pytest.mark.usefixtures("windows")]
PERIOD = "2025-9T"
OUTPUTS = f"bao-cao/{PERIOD}"
REPORT = f"{OUTPUTS}/tong-hop-{PERIOD}.xlsx"
OWN_TO_A_RUN = {"made_at", "settings"}
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"

HOLD = "import sys; held = [open(path, 'rb') for path in sys.argv[1:]]; print('held', flush=True); sys.stdin.read()"
LOCK = (
    "import sys; from datetime import datetime; from pathlib import Path; from qn_xl.lock import run_lock\n"
    "with run_lock(Path(sys.argv[1]), datetime(2025, 10, 1, 7, 5)): print('held', flush=True); sys.stdin.read()"
)
READ = (
    "import sys; sys.path.append(sys.argv[1]); from pathlib import Path; from qn_xl.intake.pool import read_all\n"
    "files = [(name, Path(sys.argv[2]) / name) for name in sys.argv[3:]]\n"
    "for one in read_all(files, None, reader='stand_in:read_file', workers=2, seconds=8):\n"
    "    print(ascii((one.file, one.readable, [(finding.code, finding.seen) for finding in one.findings])))"
)
# Commands of a day, in one process, in this order. ROOT is the workspace; True: also what they print is compared.
OTHERS: tuple[tuple[bool, tuple[str, ...]], ...] = (
    (True, ("history", "ROOT")),
    (True, ("compare", "ROOT", "2", "1")),
    (True, ("forms", "ROOT", "--unit", "Sở Y tế")),
    (True, ("returns", "ROOT")),
    (True, ("document", "ROOT")),
    (True, ("tables", "ROOT")),
    (True, ("charts", "ROOT")),
    (True, ("fill", "ba-lop", "-o", f"ROOT/{OUTPUTS}/biểu ba lớp.xlsx", "ROOT")),
    (False, ("plan", "import", "SAMPLES/giao/157.csv", "ROOT", "--plan", "157", "--apply")),
    (True, ("restore", "ROOT", "1")),
)
ALONE = {"demo", "init", "consolidate", "preview", "sentence", "schedule", "doctor"}
DEVELOPERS = {"workbook"}  # needs a checkout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """A workspace that `qn-xl demo` made on Windows, and what it said."""
    folder = tmp_path_factory.mktemp("windows")
    done = qn_xl("demo", "Tiến độ", cwd=folder)
    assert done.code == 0, done.err
    return folder / "Tiến độ", done


@pytest.fixture
def root(demo: tuple[Path, Done], tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo[0], tmp_path / "Tiến độ"))


@contextmanager
def held(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Let a Windows program hold something while the block runs."""
    process = start(*arguments)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == b"held"
        yield process
    finally:
        process.communicate()


def test_commands__all_that_exist__are_run_on_windows() -> None:
    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert known == ALONE | DEVELOPERS | {command[0] for _, command in OTHERS}


def test_demo__in_a_folder_with_a_vietnamese_name__as_on_linux(demo: tuple[Path, Done], linux_demo: Path) -> None:
    root, said = demo
    assert "Tình hình thực hiện đến ngày 30/9/2025" in said.out
    assert "Báo cáo: Tiến độ\\bao-cao\\2025-9T\\tong-hop-2025-9T.xlsx" in said.out
    ours, theirs = (History(Workspace(one).history).load(1) for one in (root, linux_demo))
    for field in fields(ours):
        if field.name not in OWN_TO_A_RUN:
            assert getattr(ours, field.name) == getattr(theirs, field.name), field.name
    assert figures(root) == figures(linux_demo)
    assert cells(root / REPORT) == cells(linux_demo / REPORT)
    assert (root / "bao-cao" / "moi-nhat.xlsx").read_bytes()[:2] == b"PK"
    assert names(root) == names(linux_demo)


def test_init__on_windows__the_workbook_calls_this_python_whoever_the_user_is(demo: tuple[Path, Done]) -> None:
    interpreter = settings_of(demo[0] / "Progress.xlsm")["INTERPRETER_WIN"]
    assert interpreter == r"%ProgramData%\qn-xl\venv\Scripts\pythonw.exe"


def test_consolidate__json__same_document_as_on_linux(root: Path, linux_demo: Path, tmp_path: Path) -> None:
    theirs = Path(shutil.copytree(linux_demo, tmp_path / "linux"))
    asked = ("--as-of", "30/6/2025", "--json")
    ours, wanted = qn_xl("consolidate", windows_path(root), *asked), here("consolidate", str(theirs), *asked, code=20)
    assert (ours.code, ours.err) == (20, "")
    got, want = json.loads(ours.out), json.loads(wanted.stdout)
    assert {"history", "figures"} <= got.pop("outputs").keys()
    want.pop("outputs")
    assert got == want


def test_preview__files_of_every_kind__same_document_as_on_linux(demo: tuple[Path, Done]) -> None:
    inbox = demo[0] / "don-vi" / PERIOD
    sent = ("So Y te.xls", "BCHQS tinh.ods", "cap xa/UBND phường Hà Lầm.csv", "cap xa/UBND xã Lục Hồn.pdf")
    files = [inbox / name for name in sent]
    assert all(path.is_file() for path in files)
    ours = qn_xl("preview", *map(windows_path, files), "--as-of", "2025-09-30", "--json")
    wanted = here("preview", *map(str, files), "--as-of", "2025-09-30", "--json")
    assert ours.code == 0
    assert json.loads(ours.out) == json.loads(wanted.stdout)


def test_workers__whatever_a_file_does_to_them__the_others_are_read(tmp_path: Path) -> None:
    order = ["a.x", "abort.x", "hang.x", "exit.x", "main.x"]
    for name in order:
        (tmp_path / name).write_bytes(b"x")
    done = python("-c", READ, windows_path(CHECKOUT / "tests"), windows_path(tmp_path), *order)
    assert done.out.splitlines() == [
        "('a.x', True, [])",
        ascii(("abort.x", False, [("file-crashed", "mã kết thúc 3")])),
        ascii(("hang.x", False, [("file-timeout", "8")])),
        ascii(("exit.x", False, [("file-crashed", "mã kết thúc 7")])),
        "('main.x', True, [])",
    ]
    assert done.err == ""


VIETNAM, AMERICA = "cp1258", "cp1252"


@pytest.mark.parametrize(("code_page", "env"), [(VIETNAM, {}), (AMERICA, {"LC_ALL": "C.UTF-8"})])
def test_output__whatever_the_code_page__is_utf_8(demo: tuple[Path, Done], code_page: str, env: dict[str, str]) -> None:
    root = windows_path(demo[0])
    assert python("-c", "import sys; print(sys.stdout.encoding)", env=env).out.strip() == code_page
    said = qn_xl("sentence", "138", root, env=env)
    assert (said.code, said.out) == (0, here("sentence", "138", str(demo[0])).stdout)
    refused = qn_xl("sentence", "Kế hoạch khác", root, env=env)
    assert refused.code == 2
    assert "Các kế hoạch đang có: 138/KH-UBND, 157/KH-UBND, 02-KH/BCĐ, Đề án 06." in refused.err


def test_consolidate__report_open_in_another_program__new_one_beside_it(root: Path) -> None:
    report, latest = root / REPORT, root / "bao-cao" / "moi-nhat.xlsx"
    before = report.read_bytes(), latest.read_bytes()
    with held("-c", HOLD, windows_path(report), windows_path(latest)):
        done = qn_xl("consolidate", windows_path(root), "--as-of", "30/6/2025")
    assert done.code == 24, done.err
    assert (report.read_bytes(), latest.read_bytes()) == before
    beside = Workspace(root).report_beside(PERIOD, 2)
    assert cells(beside)["Số liệu"][0][1] == 2
    assert [path.name for path in root.rglob("*.~qn-*")] == []
    after = qn_xl("consolidate", windows_path(root), "--as-of", "30/6/2025")
    assert after.code == 22
    assert cells(latest)["Số liệu"][0][1] == 2


def test_lock__held_then_left_by_a_killed_run__refuses_then_tells_and_runs(root: Path) -> None:
    place, lock = windows_path(root), Workspace(root).logs / "dang-chay.lock"
    with held("-c", LOCK, windows_path(lock)) as first:
        code, out, said = several([["consolidate", place, "--json"]])[0]
        assert (code, out) == (23, "")
        assert "bắt đầu 07:05 ngày 01/10/2025" in said
        first.kill()
    assert lock.stat().st_size > 0
    doctor, again, after = several([["doctor", place], ["consolidate", place, "--json"], ["doctor", place]])
    assert "lần chạy bắt đầu 07:05 ngày 01/10/2025 bị ngắt giữa chừng" in doctor[1]
    assert again[0] == 22
    assert "bị ngắt giữa chừng" not in after[1]


def test_init__path_of_300_characters__workspace_is_usable(tmp_path: Path) -> None:
    folder = tmp_path
    while len(windows_path(folder)) < 270:
        folder = folder / "Theo dõi tiến độ của tỉnh Quảng Ninh"
    folder.mkdir(parents=True)
    place = windows_path(folder / "Sổ")
    made, done = several([["init", place], ["consolidate", place, "--json"]])
    assert made[0] == 0, made
    assert done[0] in (20, 21), done
    assert (folder / "Sổ" / "so-lieu.json").is_file()


def test_clock__machine_in_vietnam__moments_carry_its_zone() -> None:
    child = "from qn_xl.console import now; print(now().utcoffset())"
    # Windows' C library reads TZ in a way of its own; Wine's clock is meant to have it, the program is not.
    code = "import os, subprocess, sys; os.environ.pop('TZ'); " + (
        f"print(subprocess.run([sys.executable, '-c', {child!r}], capture_output=True, stdin=subprocess.DEVNULL).stdout)"
    )
    assert "7:00:00" in python("-c", code, env={"TZ": "Asia/Ho_Chi_Minh"}).out


def test_other_commands__after_a_second_run__say_and_write_what_they_do_on_linux(two_runs: Path, tmp_path: Path) -> None:
    theirs, ours = (Path(shutil.copytree(two_runs, tmp_path / name / "Tiến độ")) for name in ("linux", "windows"))

    def commands(root: str, samples: str) -> list[list[str]]:
        return [[word.replace("ROOT", root).replace("SAMPLES", samples) for word in one] for _, one in OTHERS]

    got = several(commands(windows_path(ours), windows_path(CHECKOUT / "samples")))
    wanted = several_here(commands(str(theirs), str(CHECKOUT / "samples")))
    for (compared, command), (code, out, err), (want_code, want_out, want_err) in zip(OTHERS, got, wanted, strict=True):
        assert (code, want_code) == (0, 0), (command, err, want_err)
        assert plainly(err, windows_path(ours)) == plainly(want_err, str(theirs)), command
        if compared:
            assert plainly(out, windows_path(ours)) == plainly(want_out, str(theirs)), command
    made = names(ours / OUTPUTS)
    assert made == names(theirs / OUTPUTS)
    for name in made:
        if name.endswith(".csv"):
            assert (ours / OUTPUTS / name).read_bytes() == (theirs / OUTPUTS / name).read_bytes(), name
        elif name.endswith(".xlsx"):
            assert cells(ours / OUTPUTS / name) == cells(theirs / OUTPUTS / name), name
        elif name.endswith(".png"):
            assert (ours / OUTPUTS / name).read_bytes()[:4] == b"\x89PNG", name
    assert figures(ours) == figures(theirs)
    assert cells(ours / "Progress.xlsm")["Nhiệm vụ giao"] == cells(theirs / "Progress.xlsm")["Nhiệm vụ giao"]
    assert openpyxl.load_workbook(ours / "Progress.xlsm", keep_vba=True).vba_archive is not None


def test_doctor_and_schedule__on_windows__see_its_parts(root: Path, tmp_path: Path) -> None:
    place, out = windows_path(root), tmp_path / "Lịch"
    asked: list[list[Any]] = [
        ["doctor", place, "--json"],
        ["schedule", "print", place, "--at", "6h30", "--out", windows_path(out)],
        ["schedule", "install", place],
        ["schedule", "status", place],
        ["schedule", "remove", place],
        ["schedule", "remove", place],
    ]
    (_, report, _), printed, installed, asked_about, removed, again = several(asked)
    checks = {one["id"]: one for one in json.loads(report)["checks"]}
    assert {checks[name]["state"] for name in ("interpreter", "packages", "xlwings")} == {"ok"}
    assert {checks[name]["state"] for name in ("book", "inbox", "folders", "lock", "history")} == {"ok"}
    [path] = out.iterdir()
    xml = path.read_bytes()
    assert (printed[0], path.suffix, xml[:2]) == (0, ".xml", b"\xff\xfe")
    action = ElementTree.fromstring(xml).find(f"{TASK}Actions/{TASK}Exec")
    assert action is not None
    assert action.findtext(f"{TASK}Command") == r"C:\ProgramData\qn-xl\venv\Scripts\python.exe"
    assert action.findtext(f"{TASK}WorkingDirectory") == place
    assert [one[0] for one in (installed, removed)] == [0, 0], (installed, removed)
    assert asked_about[0] in (0, 2) and "Chưa có lần chạy nào" in asked_about[1], asked_about
    assert again[0] == 2 and "Không gỡ được tác vụ" in again[2], again
