"""The self-check: each thing that can be wrong is seen, named in Vietnamese and comes with what to do."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import sqlite3
import subprocess
import sys
from collections import namedtuple
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import test_consolidate as office

from qn_xl import cli, consolidate, doctor, doctor_machine, doctor_workspace, runlog, schedule_os
from qn_xl.demo import PERIOD
from qn_xl.doctor import Line, State
from qn_xl.excel.setup import create
from qn_xl.lock import run_lock
from qn_xl.schedule_os import Ran
from qn_xl.workspace import Workspace

NOW = datetime(2025, 10, 2, 8, 30)


@pytest.fixture(autouse=True)
def scheduler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Ran]:
    """Keep the machine's own scheduler out; tests put its answers into the list."""
    answers: list[Ran] = []
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(schedule_os, "kind_here", lambda: "windows")
    monkeypatch.setattr(schedule_os, "run_program", lambda *_: answers.pop(0) if answers else Ran(1))
    return answers


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace after its first run."""
    root = tmp_path_factory.mktemp("mau") / "TienDo"
    create(root, office.small_tables())
    made = Workspace(root)
    office.send(made.inbox(PERIOD), "Sở Y tế.xlsx", office.SYT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(consolidate, "read_all", office.read_here)
        office.run(made)
    return root


@pytest.fixture
def workspace(template: Path, tmp_path: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(template, tmp_path / "TienDo")))


WHERE = {"book-version": "book", "path": "folders", "outputs": "history", "last-run": "last", "schedule": "scheduled"}


def told(workspace: Workspace, name: str) -> list[Line]:
    check = getattr(doctor_workspace, WHERE.get(name, name))
    assert check in doctor_workspace.CHECKS
    return [line for line in doctor.guarded(lambda: check(workspace, NOW)) if line.id == name]


def seen(workspace: Workspace, name: str) -> Line:
    (line,) = told(workspace, name)
    return line


def test_sound_workspace__nothing_is_broken_and_nothing_is_changed(workspace: Workspace) -> None:
    before = {path: path.stat().st_mtime_ns for path in workspace.root.rglob("*") if path.is_file()}
    report = doctor.examine(workspace.root, NOW)
    assert [line for line in report if line.state is State.BROKEN] == []
    assert {line.id for line in report} >= {
        "interpreter", "packages", "xlwings", "fonts", "libreoffice", "book", "inbox", "folders", "lock", "history",
        "disk", "last-run", "schedule",
    }  # fmt: skip
    after = {path: path.stat().st_mtime_ns for path in workspace.root.rglob("*") if path.is_file()}
    before.pop(workspace.lock), after.pop(workspace.lock)
    assert after == before


def test_every_line_that_is_not_ok__says_what_to_do(workspace: Workspace) -> None:
    workspace.history.write_bytes(b"khong phai sqlite" * 100)
    for line in doctor.examine(workspace.root, NOW):
        assert bool(line.todo) is (line.state is not State.OK), line
        assert line.todo == line.todo.strip()


def test_no_workspace__is_broken_and_the_machine_is_still_examined(tmp_path: Path) -> None:
    report = doctor.examine(tmp_path, NOW)
    assert report[-1].id == "workspace" and report[-1].state is State.BROKEN and "qn-xl init" in report[-1].todo
    assert {"interpreter", "packages"} <= {line.id for line in report}


def test_book__invalid_tables_are_listed(workspace: Workspace) -> None:
    workspace.book.write_bytes(b"PK\x03\x04")
    assert seen(workspace, "book").state is State.BROKEN


@pytest.mark.parametrize(("built", "state"), [("0.0.1", State.LOOK), (None, State.LOOK)])
def test_book__of_another_version(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, built: str | None, state: State
) -> None:
    monkeypatch.setattr(doctor_workspace, "built_with", lambda path: built)
    if workspace.book.suffix == ".xlsm":
        assert seen(workspace, "book-version").state is state


def test_book__made_by_this_version_is_in_step(workspace: Workspace) -> None:
    assert told(workspace, "book-version") == []


def test_history__damaged_is_broken(workspace: Workspace) -> None:
    assert seen(workspace, "history").state is State.OK
    data = bytearray(workspace.history.read_bytes())
    data[4096:12288] = b"\xff" * 8192
    workspace.history.write_bytes(data)
    assert seen(workspace, "history").state is State.BROKEN


def test_history__of_a_newer_program_is_broken(workspace: Workspace) -> None:
    with sqlite3.connect(workspace.history) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    assert "bản qn-xl mới hơn" in seen(workspace, "history").seen


def test_outputs__behind_the_history(workspace: Workspace) -> None:
    assert told(workspace, "outputs") == []
    workspace.figures_json.unlink()
    line = seen(workspace, "outputs")
    assert line.state is State.LOOK and "so-lieu.json" in line.seen and "moi-nhat" not in line.seen


def test_outputs__of_a_run_the_office_went_back_to_are_in_order(workspace: Workspace) -> None:
    document = json.loads(workspace.figures_json.read_text("utf-8"))
    workspace.figures_json.write_text(json.dumps({**document, "run": 7, "restored": True}), "utf-8")
    line = seen(workspace, "outputs")
    assert line.state is State.OK and "đang hiện lần 7" in line.seen


def test_lock__held_and_left_behind(workspace: Workspace) -> None:
    with run_lock(workspace.lock, NOW):
        assert "Đang có một lần chạy khác" in seen(workspace, "lock").seen
    assert seen(workspace, "lock").state is State.OK
    workspace.lock.write_text('{"pid": 1, "host": "x", "start": "2025-10-01T06:00:00"}')
    line = seen(workspace, "lock")
    assert line.state is State.LOOK and "06:00 ngày 01/10/2025 bị ngắt giữa chừng" in line.seen


@pytest.mark.parametrize(("free", "state"), [(10 << 30, State.OK), (500 << 20, State.LOOK), (5 << 20, State.BROKEN)])
def test_disk__space(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, free: int, state: State) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor_workspace.shutil, "disk_usage", lambda _: usage(1 << 40, 0, free))
    assert seen(workspace, "disk").state is state


def test_folders__without_write_access(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: Any, dir: Path, **__: Any) -> Any:
        if "nhat-ky" in str(dir):
            raise PermissionError(13, "closed")
        return contextlib.nullcontext()

    monkeypatch.setattr(doctor_workspace.tempfile, "NamedTemporaryFile", closed)
    line = seen(workspace, "folders")
    assert line.state is State.BROKEN and "nhat-ky" in line.seen and "bao-cao" not in line.seen


def test_inbox__missing(workspace: Workspace) -> None:
    assert seen(workspace, "inbox").seen == f"kỳ {PERIOD}: 1 tệp"
    (workspace.inbox(PERIOD) / "Sở Y tế.xlsx").unlink()
    workspace.inbox(PERIOD).rmdir()
    assert seen(workspace, "inbox").state is State.LOOK


def test_inbox__chosen_in_the_settings(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = office.small_tables()
    tables = dataclasses.replace(tables, settings={**tables.settings, "inbox": "nơi khác"})
    monkeypatch.setattr(Workspace, "tables", lambda _: tables)
    assert seen(workspace, "inbox").state is State.LOOK and "nơi khác" in seen(workspace, "inbox").seen
    for name in ("a.xlsx", "b.xlsx"):
        office.send(workspace.root / "nơi khác", name, office.SYT)
    line = seen(workspace, "inbox")
    assert line.state is State.OK and f"kỳ {PERIOD}: 2 tệp" in line.seen and "nơi khác" in line.seen


@pytest.mark.parametrize(("code", "state"), [(0, State.OK), (20, State.OK), (24, State.LOOK), (1, State.LOOK)])
def test_last_run__outcome(workspace: Workspace, code: int, state: State) -> None:
    with runlog.recorded(workspace, lambda: NOW, None) as record:
        record.code = code
    assert seen(workspace, "last-run").state is state


def test_schedule__registered_but_silent_for_days(workspace: Workspace, scheduler: list[Ran]) -> None:
    assert seen(workspace, "schedule").state is State.LOOK
    with runlog.recorded(workspace, lambda: NOW, None):
        pass
    scheduler.append(Ran(0, "Ready"))
    assert seen(workspace, "schedule").state is State.OK
    with runlog.recorded(workspace, lambda: NOW - timedelta(days=9), None):
        pass
    scheduler.append(Ran(0, "Ready"))
    assert "không chạy" in seen(workspace, "schedule").seen


@pytest.mark.parametrize(
    ("folder", "places", "known"),
    [
        (r"D:\TienDo", [(r"d:\tiendo", False)], True),
        (r"D:\TienDo\2025", [(r"D:\TienDo" + "\\", True)], True),
        (r"D:\TienDo\2025", [(r"D:\TienDo", False)], False),
        (r"D:\TienDo2", [(r"D:\TienDo", True)], False),
        (r"D:\TienDo", [], False),
    ],
)
def test_trusted__as_excel_compares(folder: str, places: list[tuple[str, bool]], known: bool) -> None:
    assert doctor_workspace.trusted(folder, places) is known


# ---- the machine


def test_interpreter__in_a_folder_with_diacritics(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor_machine.interpreter()[0].state is State.OK
    monkeypatch.setattr(sys, "executable", r"C:\Người dùng\python.exe")
    assert doctor_machine.interpreter()[0].state is State.LOOK


def test_packages__missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor_machine.packages()[0].state is State.OK
    monkeypatch.setattr(doctor_machine, "NEEDED", ("pandas", "khong-co-goi-nay"))
    (line,) = doctor_machine.packages()
    assert line.state is State.BROKEN and "khong-co-goi-nay" in line.seen


def test_xlwings__of_another_version_than_the_macros(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor_machine.pinned() == "0.37.8"
    monkeypatch.setattr(doctor_machine, "pinned", lambda: "0.1.2")
    assert doctor_machine.xlwings_library()[0].state is State.BROKEN


def test_xlwings__without_its_dll_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor_machine, "WINDOWS", True)
    assert ".dll" in doctor_machine.xlwings_library()[0].seen
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    (tmp_path / f"xlwings64-{doctor_machine.pinned()}.dll").touch()
    assert doctor_machine.xlwings_library()[0].state is State.OK


@pytest.mark.parametrize(("family", "state"), [("Liberation Serif", State.OK), ("DejaVu Sans", State.LOOK)])
def test_fonts__of_the_same_widths(monkeypatch: pytest.MonkeyPatch, family: str, state: State) -> None:
    done = subprocess.CompletedProcess([], 0, family, "")
    monkeypatch.setattr(doctor_machine, "WINDOWS", False)
    monkeypatch.setattr(doctor_machine.shutil, "which", lambda name: name)
    monkeypatch.setattr(doctor_machine.subprocess, "run", lambda *_, **__: done)
    assert doctor_machine.fonts()[0].state is state
    monkeypatch.setattr(doctor_machine.shutil, "which", lambda name: None)
    assert doctor_machine.fonts()[0].state is State.LOOK


def test_check_that_fails_itself__is_something_to_look_at() -> None:
    def failing() -> list[Line]:
        raise RuntimeError("x")

    (line,) = doctor.guarded(failing)
    assert line.state is State.LOOK and "RuntimeError" in line.seen


# ---- the command


def doctor_command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["qn-xl", "doctor", *arguments])
    return cli._run()


def test_command__exit_code_and_json(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor_command(monkeypatch, str(workspace.root)) == 0
    assert "Kết luận: 0 mục hỏng" in capsys.readouterr().out
    workspace.history.write_bytes(b"x" * 5000)
    assert doctor_command(monkeypatch, str(workspace.root)) == 25
    out = capsys.readouterr().out
    assert "hỏng" in out and "→" in out
    assert doctor_command(monkeypatch, str(workspace.root), "--json") == 25
    document = json.loads(capsys.readouterr().out)
    assert document["broken"] == 1
    assert {"id", "state", "title", "seen", "todo"} == set(document["checks"][0])
    assert {check["state"] for check in document["checks"]} <= {"ok", "look", "broken"}
