"""Temporary files of a command: none stays, whatever ends it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from qn_xl import cli
from qn_xl.scratch import KEEP_SECONDS, NAMES, PREFIX, scratch


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make `tmp_path` the machine's folder of temporary files."""
    for name in NAMES:
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_scratch__what_is_left_in_it__goes_and_the_setting_comes_back(temp: Path) -> None:
    with pytest.raises(OSError, match="full"), scratch():
        Path(tempfile.mkstemp()[1]).write_text("left")
        (Path(tempfile.mkdtemp()) / "left").write_text("left")
        child = [sys.executable, "-c", "import tempfile; tempfile.mkstemp()"]
        subprocess.run(child, check=True)
        assert [len(list(folder.iterdir())) for folder in temp.iterdir()] == [3]
        raise OSError("full")
    assert list(temp.iterdir()) == []
    assert [os.environ[name] for name in NAMES] == [str(temp)] * 3
    assert tempfile.gettempdir() == str(temp)


def test_scratch__left_by_a_killed_process__goes_a_day_later(temp: Path) -> None:
    old, recent, other = (temp / name for name in (f"{PREFIX}old", f"{PREFIX}recent", "other"))
    for folder in (old, recent, other):
        folder.mkdir()
        (folder / "left").write_text("left")
    before = recent.stat().st_mtime - KEEP_SECONDS - 60
    for folder in (old, other):
        os.utime(folder, (before, before))
    with scratch():
        pass
    assert sorted(temp.iterdir()) == [other, recent]


def test_scratch__no_folder_can_be_made__nothing_changes(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: str) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with scratch():
        assert [os.environ[name] for name in NAMES] == [str(temp)] * 3


def test_command__has_a_folder_of_its_own_and_a_bug_s_log_stays(
    temp: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []

    def app(**_: bool) -> int:
        seen.append(tempfile.gettempdir())
        raise RuntimeError("bug")

    monkeypatch.setattr(cli, "app", app)
    monkeypatch.chdir(temp)
    assert cli._run() == 1
    assert Path(seen[0]).name.startswith(PREFIX)
    (log,) = temp.iterdir()
    assert log.suffix == ".log" and str(log) in capsys.readouterr().err
