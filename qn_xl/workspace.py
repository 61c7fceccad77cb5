"""A folder with Progress.xlsm in it: its tables, its inboxes, where outputs go (design, section 5)."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from qn_xl.errors import UsageError
from qn_xl.tables import Tables, default_tables, province_heading
from qn_xl.tables_read import read_tables

__all__ = ["Tables", "Workspace", "default_tables", "inbox_files", "province_heading", "read_tables"]

BOOKS = ("Progress.xlsm", "Progress.xlsx")
SYSTEM_FILES = {"desktop.ini", "thumbs.db", "__macosx"}


class Workspace:
    """Paths of a workspace. Nothing is created by asking for a path."""

    def __init__(self, root: Path) -> None:
        """Take the folder `root`.

        Raises:
            UsageError: no Progress.xlsm (or Progress.xlsx) in it.
        """
        self.root = root
        for name in BOOKS:
            if (root / name).is_file():
                self.book = root / name
                break
        else:
            raise UsageError(
                f"Thư mục “{root}” chưa phải thư mục theo dõi tiến độ: không có {BOOKS[0]}. "
                f'Tạo mới bằng lệnh: qn-xl init "{root}"'
            )

    def tables(self) -> Tables:
        """Return the tables of the workbook, read from a copy: it may be open in Excel.

        Raises:
            SettingsError: with every problem of the tables.
        """
        return read_tables(self.book)

    def inbox(self, period: str) -> Path:
        """Return the folder of what the units sent for a period."""
        return self.root / "don-vi" / period

    def outputs(self, period: str) -> Path:
        """Return the folder of what we produced for a period."""
        return self.root / "bao-cao" / period

    def report(self, period: str) -> Path:
        return self.outputs(period) / f"tong-hop-{period}.xlsx"

    def report_beside(self, period: str, run: int) -> Path:
        """Return where the report goes when `report` is open in Excel."""
        return self.outputs(period) / f"tong-hop-{period}-lan-{run}.xlsx"

    @property
    def latest_report(self) -> Path:
        return self.root / "bao-cao" / "moi-nhat.xlsx"

    @property
    def figures_json(self) -> Path:
        return self.root / "so-lieu.json"

    @property
    def history(self) -> Path:
        return self.root / "lich-su.sqlite"

    @property
    def logs(self) -> Path:
        return self.root / "nhat-ky"

    @property
    def lock(self) -> Path:
        return self.root / "nhat-ky" / "dang-chay.lock"


def inbox_files(folder: Path) -> list[tuple[str, Path]]:
    """Return every file below `folder` as (name relative to it, path), in the order of the names.

    Names are NFC with '/'. Hidden files and those that systems leave behind are left out; Excel's lock files
    (~$…) are in, the reader says what they are. Links to folders are not followed.

    Raises:
        UsageError: there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"Không có thư mục “{folder}”. Tạo thư mục này và đặt tệp các đơn vị gửi vào đó.")
    found: list[tuple[str, Path]] = []
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") or part.lower() in SYSTEM_FILES for part in parts) or not path.is_file():
            continue
        found.append((unicodedata.normalize("NFC", "/".join(parts)), path))
    return sorted(found, key=lambda pair: (pair[0], str(pair[1])))
