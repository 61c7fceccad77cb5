"""What goes out to units: forms for a period, and what each gets back after a consolidation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qn_xl.console import Folder, now, say, show
from qn_xl.errors import UsageError

if TYPE_CHECKING:
    from qn_xl.tables import Tables


def register(app: typer.Typer) -> None:
    for command in (forms, returns):
        app.command()(command)


Units = Annotated[list[str] | None, typer.Option("--unit", help="Chỉ đơn vị này (mã hoặc tên); ghi được nhiều lần.")]


def forms(
    folder: Folder = Path(),
    period: Annotated[str | None, typer.Option("--period", help="Mã kỳ; bỏ trống: kỳ hiện hành.")] = None,
    unit: Units = None,
) -> None:
    """Lập biểu mẫu cho từng đơn vị: nhiệm vụ của đơn vị, danh sách chọn, ô để điền."""
    from qn_xl.unit_papers import make_forms
    from qn_xl.workspace import Workspace

    workspace = Workspace(folder)
    tables = workspace.tables()
    made = make_forms(workspace, tables, period, now(), _ids(unit, tables))
    show(made.sentence)
    if made.last is None:
        say("Chưa có lần tổng hợp nào nên cột “Kết quả đã ghi nhận” để trống.")


def returns(
    folder: Folder = Path(),
    period: Annotated[str | None, typer.Option("--period", help="Mã kỳ; bỏ trống: kỳ tổng hợp gần nhất.")] = None,
    inbox: Annotated[Path | None, typer.Option("--inbox", help="Thư mục tệp gửi, thay thư mục của kỳ.")] = None,
) -> None:
    """Lập lại phản hồi cho từng đơn vị từ lần tổng hợp gần nhất: vấn đề, nhiệm vụ, số liệu, bản đánh dấu."""
    from qn_xl.history import History
    from qn_xl.unit_papers import make_returns
    from qn_xl.workspace import Workspace

    workspace = Workspace(folder)
    snapshot = History(workspace.history).latest(period=period)
    if snapshot is None:
        raise UsageError("Chưa có lần tổng hợp nào. Chạy trước: qn-xl consolidate")
    made = make_returns(workspace, workspace.tables(), snapshot, now(), inbox)
    show(made.sentence)
    for path in made.locked:
        say(f"Không ghi được {path}: tệp đang mở. Đóng tệp rồi chạy lại.")
    raise typer.Exit(24 if made.locked else 0)


def _ids(names: list[str] | None, tables: Tables) -> set[str] | None:
    """Return the ids of the units named.

    Raises:
        UsageError: a name means no unit.
    """
    if not names:
        return None
    from qn_xl.rules.units import UnitIndex

    index = UnitIndex(tables.units)
    known = {unit.id for unit in tables.units}
    found = {name: name if name in known else index.find(name) for name in names}
    for name, unit in found.items():
        if unit is None:
            raise UsageError(f"Không có đơn vị “{name}” ở trang Đơn vị. Ghi mã hoặc tên đúng như ở trang đó.")
    return {unit for unit in found.values() if unit is not None}
