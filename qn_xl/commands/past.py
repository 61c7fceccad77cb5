"""The runs made so far: list them, compare two, go back to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qn_xl.console import Folder, Json, now, say, show, show_json
from qn_xl.errors import UsageError

if TYPE_CHECKING:
    from qn_xl.history import History
    from qn_xl.model import Snapshot
    from qn_xl.workspace import Workspace

_SIDE = "lần chạy (số), ngày chốt (30/9/2025) hoặc mã kỳ (2025-9T)"


def register(app: typer.Typer) -> None:
    for command in (history, compare, restore):
        app.command()(command)


def history(folder: Folder, as_json: Json = False) -> None:
    """Liệt kê các lần tổng hợp đã lưu."""
    from qn_xl import cli_past as view
    from qn_xl.outputs.json_compare import runs_json

    workspace, kept = _open(folder)
    runs = kept.runs()
    if as_json:
        show_json(runs_json(runs, _shown_run(workspace)))
        return
    if not runs:
        show("Chưa có lần tổng hợp nào. Chạy trước: qn-xl consolidate")
        return
    show(view.runs_table(runs, _shown_run(workspace)))


def compare(
    folder: Folder,
    earlier: Annotated[str | None, typer.Argument(metavar="[FROM]", help=f"Bên trước: {_SIDE}.")] = None,
    later: Annotated[
        str | None, typer.Argument(metavar="[TO]", help=f"Bên sau: {_SIDE}; bỏ trống: lần mới nhất.")
    ] = None,
    as_json: Json = False,
) -> None:
    """So sánh hai lần tổng hợp: số trước + thay đổi = số sau, và từng nhiệm vụ thay đổi.

    Bỏ trống cả hai: lần mới nhất với kỳ trước của nó.
    """
    from qn_xl import cli_past as view
    from qn_xl.outputs.json_compare import comparison_json
    from qn_xl.rules.compare import compare as compared

    _, kept = _open(folder)
    after = _snapshot(kept, later) if later else kept.latest()
    if after is None:
        raise UsageError("Chưa có lần tổng hợp nào. Chạy trước: qn-xl consolidate")
    before = _snapshot(kept, earlier) if earlier else kept.before(after)
    if before is None:
        raise UsageError(f"Chưa có lần tổng hợp nào trước lần {after.run} để so sánh.")
    found = compared(before, after)
    plans = (*before.plans, *after.plans)
    if as_json:
        show_json(comparison_json(found, plans))
        return
    for part in view.comparison(found, plans, (*before.units, *after.units)):
        show(part)


def restore(
    folder: Folder,
    run: Annotated[int, typer.Argument(metavar="RUN", help="Số lần chạy, xem bằng: qn-xl history.")],
) -> None:
    """Quay lại một lần tổng hợp: ghi lại báo cáo và số liệu của lần đó; lịch sử giữ nguyên."""
    from qn_xl.outputs.restore import restore as go_back

    workspace, kept = _open(folder)
    snapshot, outputs, locked = go_back(workspace, run, now())
    name = snapshot.period_name or snapshot.period
    show(f"Đang xem lần tổng hợp {snapshot.run}: {name}, chốt ngày {snapshot.as_of:%d/%m/%Y}.")
    for key, word in (("report", "Báo cáo"), ("latest", "Bản mới nhất"), ("figures", "Số liệu")):
        if key in outputs:
            show(f"{word}: {outputs[key]}")
    newest = kept.latest_run()
    if newest != snapshot.run:
        show(f"Lần mới nhất vẫn là {newest}, còn nguyên trong lịch sử. Xem lại bằng: qn-xl restore {folder} {newest}")
    if locked:
        say("Có tệp đang mở nên chưa ghi được. Đóng tệp rồi chạy lại lệnh này.")
        raise typer.Exit(24)


def _open(folder: Folder) -> tuple[Workspace, History]:
    from qn_xl.history import History
    from qn_xl.workspace import Workspace

    workspace = Workspace(folder)
    return workspace, History(workspace.history)


def _shown_run(workspace: Workspace) -> int | None:
    from qn_xl.outputs.figures_json import run_of

    return run_of(workspace.figures_json)


def _snapshot(kept: History, named: str) -> Snapshot:
    """Return the snapshot that a run's number, a period's id or a cut-off date names; the last of several.

    Raises:
        UsageError: none is named so.
    """
    runs = kept.runs()
    text = named.strip()
    if text.isdigit() and int(text) in [info.run for info in runs]:
        return kept.load(int(text))
    periods = [info.run for info in runs if info.period == text]
    if periods:
        return kept.load(periods[-1])
    from qn_xl.rules.deadlines import read_date

    day = None if text.isdigit() else read_date(text)
    if day is not None:
        on_that_day = [info.run for info in runs if info.as_of == day]
        if on_that_day:
            return kept.load(on_that_day[-1])
        raise UsageError(f"Không có lần chạy nào chốt số liệu ngày {day:%d/%m/%Y}. Xem các lần bằng: qn-xl history")
    raise UsageError(f"Không có lần chạy, kỳ hay ngày chốt “{named}”. Xem các lần bằng: qn-xl history")
