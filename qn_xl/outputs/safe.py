"""Write an output so that the old file stays whole until the new one is known to be good."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from qn_xl.errors import OutputLockedError

TEMPORARY = ".~qn-"
BACKUP_FOLDER = "sao-luu"
STALE_SECONDS = 3600.0
NO_ROOM = {errno.ENOSPC, errno.EROFS, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
RETRIES = (0.05, 0.1, 0.2, 0.4)  # a virus scanner may hold a new file for a moment


def replace(
    path: Path,
    write: Callable[[Path], object],
    verify: Callable[[Path], object] | None = None,
    *,
    backups: int = 0,
) -> None:
    """Write `path` anew: to a temporary name beside it, checked, then put in its place in one step.

    Args:
        write: writes the whole file at the path it is given (same suffix as `path`).
        verify: reopens the file; whatever it raises leaves the old file in place.
        backups: so many old files are kept as sao-luu/NAME.1.bak (the newest) to NAME.N.bak.
    Raises:
        OutputLockedError: the file is open in Excel, the folder cannot be written, the drive is full or gone.
    """
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex[:8]}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch()  # the writers' own errors hide that a folder cannot be written
        write(temporary)
        _flush(temporary)
        _clear_stale(temporary)
        if verify is not None:
            verify(temporary)
        if backups > 0 and path.is_file():
            _back_up(path, backups)
        _put(temporary, path)
    except Exception as error:
        cause = next((one for one in (error, error.__cause__, error.__context__) if isinstance(one, OSError)), None)
        if cause is None or (cause.errno is None and not isinstance(cause, PermissionError)):  # a bug
            raise
        raise OutputLockedError(f"Không ghi được “{path.name}”: {_why(cause)}") from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _why(error: OSError) -> str:
    """Return why a file cannot be written, with the way out."""
    if isinstance(error, PermissionError):
        return (
            "tệp đang mở trong Excel hoặc thư mục không cho ghi. Đóng tệp (hoặc kiểm tra quyền ghi) rồi chạy lại."
        )
    if error.errno in NO_ROOM:
        return "ổ đĩa hết chỗ hoặc chỉ cho đọc. Giải phóng chỗ trống rồi chạy lại."
    return f"ổ đĩa báo lỗi ({error.strerror or type(error).__name__}). Kiểm tra ổ đĩa, ổ mạng rồi chạy lại."


def _put(temporary: Path, path: Path) -> None:
    for pause in (*RETRIES, None):
        try:
            temporary.replace(path)
            break
        except PermissionError:
            if pause is None:
                raise
            time.sleep(pause)
    if sys.platform != "win32":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        except OSError:
            pass  # some network file systems cannot sync a folder
        finally:
            os.close(folder)


def _flush(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _clear_stale(temporary: Path) -> None:
    """Remove what crashed runs left; the file just written is the clock, so that a share's time counts."""
    now = temporary.stat().st_mtime
    for left in temporary.parent.glob(f"{TEMPORARY}*"):
        with suppress(OSError):
            if now - left.stat().st_mtime > STALE_SECONDS:
                left.unlink()


def _back_up(path: Path, keep: int) -> None:
    folder = path.parent / BACKUP_FOLDER
    folder.mkdir(exist_ok=True)

    def name(number: int) -> Path:
        return folder / f"{path.name}.{number}.bak"

    fresh = folder / f"{TEMPORARY}{path.name}.bak"
    shutil.copy2(path, fresh)
    _flush(fresh)
    for number in range(keep - 1, 0, -1):
        if name(number).exists():
            name(number).replace(name(number + 1))
    fresh.replace(name(1))
    number = keep + 1
    while name(number).exists():
        name(number).unlink()
        number += 1
