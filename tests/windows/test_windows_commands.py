"""The command line on Windows Python: same figures and files as on this machine, and what only Windows does."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from conftest import here
from test_windows_ribbon import cells, figures
from wine import Done, python, qn_xl, settings_of, start, windows_path

from qn_xl.history import History
from qn_xl.workspace import Workspace

pytestmark = [pytest.mark.windows, pytest.mark.usefixtures("windows")]
PERIOD = "2025-9T"
REPORT = f"bao-cao/{PERIOD}/tong-hop-{PERIOD}.xlsx"
OWN_TO_A_RUN = {"made_at", "settings"}

SEVERAL = """
import json, sys
sys.stdout.reconfigure(encoding="utf-8")
from qn_xl import cli
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
told = []
for command in json.loads(sys.argv[1]):
    sys.argv = ["qn-xl", *command]
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
    told.append([code or 0, out.getvalue(), err.getvalue()])
print(json.dumps(told))
"""
HOLD = "import sys; held = [open(path, 'rb') for path in sys.argv[1:]]; print('held', flush=True); sys.stdin.read()"
LOCK = (
    "import sys; from datetime import datetime; from pathlib import Path; from qn_xl.lock import run_lock\n"
    "with run_lock(Path(sys.argv[1]), datetime(2025, 10, 1, 7, 5)): print('held', flush=True); sys.stdin.read()"
)


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
    names = [sorted(str(path.relative_to(one)) for path in one.rglob("*")) for one in (root, linux_demo)]
    assert names[0] == names[1]


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
    again = qn_xl("consolidate", windows_path(root), *asked)
    assert again.code == 22


def test_preview__files_of_every_kind__same_document_as_on_linux(demo: tuple[Path, Done]) -> None:
    inbox = demo[0] / "don-vi" / PERIOD
    names = ("So Y te.xls", "BCHQS tinh.ods", "cap xa/UBND phường Hà Lầm.csv", "cap xa/UBND xã Lục Hồn.pdf")
    files = [inbox / name for name in names]
    assert all(path.is_file() for path in files)
    ours = qn_xl("preview", *map(windows_path, files), "--as-of", "2025-09-30", "--json")
    wanted = here("preview", *map(str, files), "--as-of", "2025-09-30", "--json")
    assert ours.code == 0
    assert json.loads(ours.out) == json.loads(wanted.stdout)


@pytest.mark.parametrize("encoding", ["cp1258", "cp437"])
def test_output__of_a_console_with_another_code_page__is_utf_8(demo: tuple[Path, Done], encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding}
    said = qn_xl("sentence", "138", windows_path(demo[0]), env=env)
    assert (said.code, said.out) == (0, here("sentence", "138", str(demo[0])).stdout)
    refused = qn_xl("sentence", "Kế hoạch khác", windows_path(demo[0]), env=env)
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


def test_consolidate__while_another_run_holds_the_lock__is_refused(root: Path) -> None:
    lock = windows_path(Workspace(root).logs / "dang-chay.lock")
    with held("-c", LOCK, lock):
        second = qn_xl("consolidate", windows_path(root), "--json")
    assert (second.code, second.out) == (23, "")
    assert "bắt đầu 07:05 ngày 01/10/2025" in second.err
    assert qn_xl("consolidate", windows_path(root), "--json").code == 22


def test_init__path_of_300_characters__workspace_is_usable(tmp_path: Path) -> None:
    folder = tmp_path
    while len(windows_path(folder)) < 270:
        folder = folder / "Theo dõi tiến độ của tỉnh Quảng Ninh"
    folder.mkdir(parents=True)
    assert qn_xl("init", windows_path(folder / "Sổ")).code == 0
    done = qn_xl("consolidate", windows_path(folder / "Sổ"), "--json")
    assert done.code in (20, 21), done.err
    assert (folder / "Sổ" / "so-lieu.json").is_file()


def test_clock__machine_in_vietnam__moments_carry_its_zone() -> None:
    child = "from qn_xl.console import now; print(now().utcoffset())"
    # Windows' C library reads TZ in a way of its own; Wine's clock is meant to have it, the program is not.
    code = "import os, subprocess, sys; os.environ.pop('TZ'); " + (
        f"print(subprocess.run([sys.executable, '-c', {child!r}], capture_output=True, stdin=subprocess.DEVNULL).stdout)"
    )
    assert "7:00:00" in python("-c", code, env={"TZ": "Asia/Ho_Chi_Minh"}).out


def run_several(commands: Sequence[Sequence[str]]) -> list[Any]:
    done = python("-c", SEVERAL, json.dumps(commands))
    assert done.code == 0, done.err
    return list(json.loads(done.out))


def test_other_commands__after_a_second_run__say_and_write_what_they_do_on_linux(
    two_runs: Path, tmp_path: Path
) -> None:
    theirs, ours = (Path(shutil.copytree(two_runs, tmp_path / name / "Tiến độ")) for name in ("linux", "windows"))
    folder = f"bao-cao/{PERIOD}"
    asked: list[tuple[list[str], list[str]]] = [
        (["history", "ROOT"], []),
        (["compare", "ROOT", "2", "1"], []),
        (["forms", "ROOT", "--unit", "Sở Y tế"], []),
        (["returns", "ROOT"], []),
        (["document", "ROOT"], [f"{folder}/bao-cao-{PERIOD}.docx"]),
        (["tables", "ROOT"], [f"{folder}/bang/nhiem-vu.csv", f"{folder}/bang/theo-don-vi.csv"]),
        (["restore", "ROOT", "1"], ["so-lieu.json"]),
    ]
    got = run_several([[word.replace("ROOT", windows_path(ours)) for word in command] for command, _ in asked])
    for (command, files), (code, out, err) in zip(asked, got, strict=True):
        want = here(*(word.replace("ROOT", str(theirs)) for word in command))
        assert (code, err.replace(windows_path(ours), "ROOT")) == (0, want.stderr.replace(str(theirs), "ROOT")), command
        assert plainly(out, windows_path(ours)) == plainly(want.stdout, str(theirs)), command
        for name in files:
            if not name.endswith(".docx"):
                assert (ours / name).read_bytes() == (theirs / name).read_bytes(), name
            assert (ours / name).is_file(), name
    made = [sorted(str(path.relative_to(one)) for path in (one / folder).rglob("*")) for one in (ours, theirs)]
    assert made[0] == made[1]


def plainly(text: str, root: str) -> str:
    return "".join(text.replace(root, "ROOT").replace("\\", "/").split())


def test_doctor_and_schedule__on_windows__see_its_parts(root: Path) -> None:
    commands = [["doctor", windows_path(root), "--json"], ["schedule", "print", windows_path(root)]]
    (_, report, _), (code, task, _) = run_several(commands)
    checks = {one["id"]: one for one in json.loads(report)["checks"]}
    assert {checks[name]["state"] for name in ("interpreter", "packages", "xlwings")} == {"ok"}
    assert code == 0
    assert r"<Command>C:\ProgramData\qn-xl\venv\Scripts\python.exe</Command>" in task
    assert f"<WorkingDirectory>{windows_path(root)}</WorkingDirectory>" in task
