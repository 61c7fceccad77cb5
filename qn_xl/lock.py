"""One run at a time in a workspace: an operating-system lock, which a crash releases by itself."""

from __future__ import annotations

import errno
import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from qn_xl.errors import BusyError, UsageError

# Windows locks are mandatory: the locked byte lies behind the text, so that others can read who holds it.
LOCKED_BYTE = 4096
TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK, getattr(errno, "EDEADLOCK", errno.EDEADLK)}
if sys.platform == "win32":
    TAKEN.add(0)  # Wine's C library refuses without naming a reason

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _release(handle: int) -> None:
        os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


@contextmanager
def run_lock(path: Path, now: datetime) -> Iterator[None]:
    """Hold the lock file `path` while the block runs; its folder is made when missing.

    The file stays behind, empty: removing it would let two runs lock two different files of one name.

    Args:
        now: start of the run, told to whoever finds the lock taken.
    Raises:
        BusyError: another run holds it, on this machine or another.
        UsageError: the folder cannot be written, or the drive knows no locks.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError(f"Không ghi được vào thư mục “{path.parent}” ({why}). Kiểm tra quyền ghi.") from error
    try:
        try:
            _take(handle)
        except OSError as error:
            if error.errno in TAKEN:
                raise BusyError(_who(path)) from error
            raise UsageError(
                f"Ổ đĩa chứa “{path.parent}” không hỗ trợ khóa tệp. "
                "Chuyển thư mục theo dõi sang ổ đĩa khác rồi chạy lại."
            ) from error
        try:
            _write(handle, {"pid": os.getpid(), "host": platform.node(), "start": now.isoformat(timespec="seconds")})
            yield
        finally:
            with suppress(OSError):
                os.ftruncate(handle, 0)
            _release(handle)
    finally:
        os.close(handle)


def _write(handle: int, note: dict[str, object]) -> None:
    with suppress(OSError):  # the lock holds without the note, on a full disk too
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, json.dumps(note, ensure_ascii=False).encode("utf-8"))


def _who(path: Path) -> str:
    try:
        note = json.loads(path.read_text("utf-8"))
        start = datetime.fromisoformat(note["start"])
        whose = f" (máy {note['host']}, tiến trình {note['pid']}, bắt đầu {start:%H:%M} ngày {start:%d/%m/%Y})"
    except (OSError, ValueError, KeyError, TypeError):
        whose = ""
    return f"Đang có một lần chạy khác{whose}. Chờ lần đó xong rồi chạy lại."
