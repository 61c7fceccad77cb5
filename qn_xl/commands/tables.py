"""The figures and items as CSV tables for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qn_xl.console import AsOf, Folder, read_day, show
from qn_xl.errors import UsageError


def register(app: typer.Typer) -> None:
    app.command()(tables)


def tables(
    folder: Folder = Path(),
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Thư mục ghi các tệp CSV.")] = None,
    as_of: AsOf = None,
) -> None:
    """Xuất bảng nhiệm vụ và các bảng đếm ra CSV cho chương trình khác."""
    from qn_xl.history import History
    from qn_xl.outputs.tables_csv import write_tables
    from qn_xl.workspace import Workspace

    workspace = Workspace(folder)
    snapshot = History(workspace.history).latest(as_of=read_day(as_of))
    if snapshot is None:
        raise UsageError("Chưa có lần tổng hợp nào. Chạy trước: qn-xl consolidate")
    for path in write_tables(out or workspace.outputs(snapshot.period) / "bang", snapshot):
        show(str(path))
