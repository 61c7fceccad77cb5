"""A new workspace: its workbook and its folders."""

from __future__ import annotations

from pathlib import Path

from qn_xl import layout
from qn_xl.errors import UsageError
from qn_xl.excel.inputs import create_workbook
from qn_xl.rules.text import key
from qn_xl.tables import Tables
from qn_xl.workspace import BOOKS

FOLDERS = ("don-vi", "bao-cao", "nhat-ky")


def create(folder: Path, tables: Tables) -> Path:
    """Make the workspace `folder` with `tables` in its workbook; return the workbook's path.

    Raises:
        UsageError: the folder already holds a workbook of ours, or cannot be made.
    """
    for name in BOOKS:
        if (folder / name).exists():
            raise UsageError(f"Thư mục “{folder}” đã có {name}. Chọn thư mục khác, hoặc đổi tên tệp cũ trước.")
    try:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"Không tạo được thư mục “{folder}”: {error.strerror}. Chọn nơi khác có quyền ghi.") from error
    book = folder / BOOKS[-1]
    create_workbook(book, tables)
    return book


def own_sheets(old: Path) -> list[str]:
    """Return the visible sheets of `old` that are not ours: an upgrade does not take them."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    ours = {key(title) for title in layout.code_names()}
    sheets = CalamineWorkbook.from_path(old).sheets_metadata
    return [s.name for s in sheets if key(s.name) not in ours and s.visible == SheetVisibleEnum.Visible]
