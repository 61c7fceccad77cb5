"""Outputs are replaced in one step: at every failure the old file is whole and nothing is left lying about."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qn_xl.errors import OutputLockedError
from qn_xl.outputs import safe


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "bao-cao" / "Tổng hợp.xlsx"
    path.parent.mkdir()
    path.write_text("cũ")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_replace__puts_the_new_file_in_place_of_the_old(target: Path) -> None:
    seen: list[Path] = []

    def write(temporary: Path) -> None:
        seen.append(temporary)
        assert target.read_text() == "cũ"
        temporary.write_text("mới")

    safe.replace(target, write, seen.append)
    assert target.read_text() == "mới"
    assert seen[0] == seen[1]
    assert seen[0].parent == target.parent and seen[0].suffix == ".xlsx"
    assert names(target.parent) == [target.name]


def test_replace__makes_the_folder(tmp_path: Path) -> None:
    safe.replace(tmp_path / "a" / "b" / "c.json", lambda path: path.write_text("{}"))
    assert names(tmp_path) == ["a/b/c.json"]


@pytest.mark.parametrize("step", ["write", "verify"])
def test_replace__failing_leaves_the_old_file(target: Path, step: str) -> None:
    def write(temporary: Path) -> None:
        temporary.write_text("nửa")
        if step == "write":
            raise RuntimeError("write")

    def verify(_: Path) -> None:
        raise RuntimeError("verify")

    with pytest.raises(RuntimeError, match=step):
        safe.replace(target, write, verify, backups=2)
    assert target.read_text() == "cũ"
    assert names(target.parent) == [target.name]


def test_replace__killed_in_the_middle_leaves_the_old_file(target: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from qn_xl.outputs import safe\n"
        "def write(path):\n    path.write_text('nửa'); os._exit(9)\n"
        "safe.replace(Path(sys.argv[1]), write)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(target)], check=False).returncode == 9
    assert target.read_text() == "cũ"
    left = [name for name in names(target.parent) if name.startswith(safe.TEMPORARY)]
    assert len(left) == 1

    safe.replace(target, lambda path: path.write_text("mới"))
    assert left[0] in names(target.parent), "another run may still be writing it"
    os.utime(target.parent / left[0], (0, 0))
    safe.replace(target, lambda path: path.write_text("mới"))
    assert names(target.parent) == [target.name]


def test_replace__open_in_excel_says_so(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def locked(self: Path, other: Path) -> Path:
        tries.append(other)
        raise PermissionError(errno.EACCES, "locked")

    monkeypatch.setattr(safe, "RETRIES", (0.0, 0.0))
    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(OutputLockedError, match=r"Tổng hợp\.xlsx.*đang mở trong Excel"):
        safe.replace(target, lambda path: path.write_text("mới"))
    assert len(tries) == 3
    assert target.read_text() == "cũ"
    assert names(target.parent) == [target.name]


def test_replace__held_for_a_moment_by_a_scanner_succeeds(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.replace
    tries = []

    def once(self: Path, other: Path) -> Path:
        tries.append(other)
        if len(tries) == 1:
            raise PermissionError(errno.EACCES, "scanned")
        return real(self, other)

    monkeypatch.setattr(safe, "RETRIES", (0.0,))
    monkeypatch.setattr(Path, "replace", once)
    safe.replace(target, lambda path: path.write_text("mới"))
    assert target.read_text() == "mới"


@pytest.mark.parametrize(
    ("error", "words"), [(PermissionError(errno.EACCES, ""), "quyền ghi"), (OSError(errno.ENOSPC, ""), "hết chỗ")]
)
def test_replace__folder_that_takes_nothing_says_why(
    target: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(OutputLockedError, match=words):
        safe.replace(target, lambda path: path.write_text("mới"))


def test_replace__other_errors_of_the_disk_are_not_hidden(target: Path) -> None:
    def write(_: Path) -> None:
        raise FileNotFoundError("a bug")

    with pytest.raises(FileNotFoundError):
        safe.replace(target, write)


def test_backups__keep_the_last_n_and_drop_the_rest(target: Path) -> None:
    for text in ("1", "2", "3", "4"):
        safe.replace(target, lambda path, text=text: path.write_text(text), backups=3)
    folder = target.parent / safe.BACKUP_FOLDER
    assert [(folder / f"Tổng hợp.xlsx.{number}.bak").read_text() for number in (1, 2, 3)] == ["3", "2", "1"]
    assert len(names(folder)) == 3

    safe.replace(target, lambda path: path.write_text("5"), backups=1)
    assert names(folder) == ["Tổng hợp.xlsx.1.bak"]
    assert (folder / "Tổng hợp.xlsx.1.bak").read_text() == "4"
