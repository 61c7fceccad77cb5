"""A folder with Progress.xlsm in it: its tables, its inboxes, where outputs go (design, section 5)."""

from __future__ import annotations

from pathlib import Path

from qn_xl.errors import UsageError
from qn_xl.inbox import inbox_files
from qn_xl.tables import Tables, default_tables, province_heading
from qn_xl.tables_read import read_tables

__all__ = [
    "Tables", "Workspace", "default_tables", "inbox_files", "province_heading", "read_tables", "workspace_around",
]  # fmt: skip

BOOKS = ("Progress.xlsm", "Progress.xlsx")
INBOX = "inbox"  # code in tblSetting


def workspace_around(path: Path) -> Path | None:
    """Return the nearest folder at or above `path` that is a workspace, None when there is none."""
    here = path.resolve()
    return next((folder for folder in (here, *here.parents) if any((folder / name).is_file() for name in BOOKS)), None)


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

    def chosen_inbox(self, period: str, tables: Tables) -> Path:
        """Return the folder that the office chose for the current period (setting inbox), else the period's own."""
        chosen = tables.settings.get(INBOX, "").strip()
        current = any(one.current and one.id == period for one in tables.periods)
        return self.root / chosen if chosen and current else self.inbox(period)

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
    def kept_readings(self) -> Path:
        return self.logs / "bo-nho-doc.sqlite"

    @property
    def last_run(self) -> Path:
        """Return where the outcome of the last start of `consolidate` is told, whatever became of it."""
        return self.logs / "lan-chay-cuoi.json"

    @property
    def lock(self) -> Path:
        return self.root / "nhat-ky" / "dang-chay.lock"
