"""The run lock: one run at a time, released by a crash."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from qn_xl import lock
from qn_xl.errors import BusyError, UsageError
from qn_xl.lock import run_lock

NOW = datetime(2025, 10, 1, 7, 5)
HOLD = (
    "import sys; from datetime import datetime; from pathlib import Path; from qn_xl.lock import run_lock\n"
    "with run_lock(Path(sys.argv[1]), datetime(2025, 10, 1, 7, 5)):\n"
    "    print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "nhat-ky" / "dang-chay.lock"


def hold(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_lock__held_by_another_process_names_it(path: Path) -> None:
    process = hold(path)
    try:
        with pytest.raises(BusyError) as caught, run_lock(path, NOW):
            pass
    finally:
        process.communicate()
    assert caught.value.exit_code == 23
    assert f"tiến trình {process.pid}, bắt đầu 07:05 ngày 01/10/2025" in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_lock__is_released_by_a_crash(path: Path) -> None:
    process = hold(path)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert path.read_text() != "", "the dead run's note is still there"
    with run_lock(path, NOW):
        assert str(os.getpid()) in path.read_text()


def test_lock__is_taken_twice_in_one_process_refused(path: Path) -> None:
    with run_lock(path, NOW), pytest.raises(BusyError), run_lock(path, NOW):
        pass


def test_lock__is_free_after_the_block_and_after_an_error(path: Path) -> None:
    with pytest.raises(RuntimeError), run_lock(path, NOW):
        raise RuntimeError
    with run_lock(path, NOW):
        pass
    assert path.read_text() == ""


def test_lock__with_an_unreadable_note_is_still_busy(path: Path) -> None:
    with run_lock(path, NOW):
        path.write_text("{")
        with pytest.raises(BusyError, match=r"^Đang có một lần chạy khác\. Chờ"), run_lock(path, NOW):
            pass


def test_lock__on_a_drive_without_locks_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(_: int) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(lock, "_take", unsupported)
    with pytest.raises(UsageError, match="không hỗ trợ khóa tệp"), run_lock(path, NOW):
        pass


def test_lock__in_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "nhat-ky").write_text("a file, not a folder")
    with pytest.raises(UsageError, match="Kiểm tra quyền ghi"), run_lock(tmp_path / "nhat-ky" / "x.lock", NOW):
        pass
