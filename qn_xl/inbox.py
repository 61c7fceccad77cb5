"""The folder of what the units sent: which files are in it, their content's hash, whether it is still there."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from qn_xl.errors import UsageError

SYSTEM_FILES = {"desktop.ini", "thumbs.db", "__macosx"}
LOCK_FILE = "~$"  # Excel's own, there while somebody has the workbook open


def inbox_files(folder: Path) -> list[tuple[str, Path]]:
    """Return every file below `folder` as (name relative to it, path), in the order of the names.

    Names are NFC with '/'. Hidden files and those that systems leave behind are left out; Excel's lock files
    (~$…) are in, the reader says what they are. Links to folders are not followed. A subfolder that cannot be
    listed stands for its files, so that the reader says it.

    Raises:
        UsageError: there is no such folder, or it cannot be listed.
    """
    if not folder.is_dir():
        raise UsageError(f"Không có thư mục “{folder}”. Tạo thư mục này và đặt tệp các đơn vị gửi vào đó.")
    paths: list[Path] = []

    def closed(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise UsageError(f"Không mở được thư mục “{folder}”. Kiểm tra quyền đọc và ổ đĩa mạng.") from error
        paths.append(Path(error.filename))

    for base, folders, names in os.walk(folder, onerror=closed):
        folders[:] = [name for name in folders if _wanted(name)]
        paths += [Path(base, name) for name in names if _wanted(name) and Path(base, name).is_file()]
    found = [(unicodedata.normalize("NFC", path.relative_to(folder).as_posix()), path) for path in paths]
    return sorted(found, key=lambda pair: (pair[0], str(pair[1])))


def _wanted(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in SYSTEM_FILES


def is_lock_file(name: str) -> bool:
    return name.rsplit("/", 1)[-1].startswith(LOCK_FILE)


def digest(path: Path) -> str:
    """Return the SHA-256 of the content; "" when the file cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def still_there(folder: Path, files: Sequence[tuple[str, Path]]) -> None:
    """Stop a run whose inbox went away while it was read: figures without reports would replace good ones.

    Raises:
        UsageError: the folder is gone, or all of its files.
    """
    if _gone(folder) or (files and all(_gone(path) for _, path in files)):
        raise UsageError(
            f"Thư mục “{folder}” không còn đó trong khi chạy; giữ nguyên kết quả lần trước. "
            "Kiểm tra ổ đĩa mạng và tên thư mục rồi chạy lại."
        )


def _gone(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return True
    return False
