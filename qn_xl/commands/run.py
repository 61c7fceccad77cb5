"""The main job: demo, init, consolidate, sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qn_xl.console import AsOf, Folder, Json, command_line, now, progress, read_day, say, show, show_json, show_text
from qn_xl.errors import UsageError

if TYPE_CHECKING:
    from qn_xl.consolidate import Outcome


def register(app: typer.Typer) -> None:
    for command in (demo, init, consolidate, sentence):
        app.command()(command)


def demo(
    folder: Annotated[Path, typer.Argument(help="Nơi tạo thư mục mẫu.")] = Path("demo"),
    every: Annotated[bool, typer.Option("--all", help="Lần lượt cả ba kỳ mẫu: 6 tháng, 9 tháng, năm 2025.")] = False,
) -> None:
    """Tạo thư mục làm việc với dữ liệu mẫu, tổng hợp, in biểu và điền Progress.xlsm."""
    from qn_xl import demo as sample
    from qn_xl.consolidate import consolidate as run
    from qn_xl.excel.setup import create, fill
    from qn_xl.history import History
    from qn_xl.outputs.report import Past
    from qn_xl.workspace import BOOKS, Workspace

    fresh = not any((folder / name).is_file() for name in BOOKS)
    if fresh:
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageError(f"Thư mục “{folder}” đã có tệp khác. Chọn thư mục trống hoặc chưa có.")
        create(folder, sample.sample_tables())
    sample.fill_inbox(folder)
    workspace = Workspace(folder)
    runs = []
    for period in sample.PERIODS if every else (sample.PERIOD,):
        with progress(quiet=False) as step:
            outcome = run(workspace, as_of=None, period=period, now=now(), progress=step)
        runs.append(outcome.snapshot)
        _show(outcome)
    if fresh:  # later the workbook is the office's own: nothing but Excel writes it
        past = Past.of(runs[-1], History(workspace.history))
        fill(workspace.book, runs[-1], workspace.tables(), runs[:-1], past)
        show(f"Mở để xem: {workspace.book}")
    if every:
        show(f"So sánh hai kỳ: qn-xl compare {folder} 2025-6T 2025-9T")
    raise typer.Exit(0)


def init(
    folder: Annotated[Path, typer.Argument(help="Thư mục làm việc mới.")],
    old: Annotated[Path | None, typer.Option("--from", help="Lấy các bảng nhập từ Progress.xlsm cũ.")] = None,
) -> None:
    """Tạo thư mục làm việc mới: Progress.xlsm và các thư mục."""
    from qn_xl.excel.setup import create, own_sheets
    from qn_xl.tables import default_tables
    from qn_xl.workspace import read_tables

    tables = read_tables(old) if old else default_tables()
    book = create(folder, tables)
    show(f"Đã tạo {book}")
    for period in tables.periods:
        (folder / "don-vi" / period.id).mkdir(parents=True, exist_ok=True)
    current = next((period.id for period in tables.periods if period.current), None)
    if old:
        show(
            f"Đã lấy từ {old.name}: {len(tables.plans)} kế hoạch, {len(tables.assigned)} nhiệm vụ giao,"
            f" {len(tables.units)} đơn vị, {len(tables.periods)} kỳ, {len(tables.decisions)} quyết định xử lý."
        )
        if left := own_sheets(old):
            show(f"Không lấy sang các trang riêng: {', '.join(left)}. Sao chép bằng Excel nếu cần.")
    if current:
        show(f"Đặt tệp của các đơn vị vào {folder / 'don-vi' / current}")
    show(f"Rồi chạy: qn-xl consolidate {folder}")


def consolidate(
    folder: Folder = Path(),
    inbox: Annotated[Path | None, typer.Option("--inbox", help="Thư mục tệp gửi, thay thư mục của kỳ.")] = None,
    as_of: AsOf = None,
    period: Annotated[str | None, typer.Option("--period", help="Mã kỳ; bỏ trống: kỳ hiện hành.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Đường dẫn báo cáo (.xlsx).")] = None,
    as_json: Json = False,
    report: Annotated[bool, typer.Option("--report", help="Với --json: vẫn ghi báo cáo.")] = False,
    returns: Annotated[
        bool | None,
        typer.Option("--returns/--no-returns", help="Lập phản hồi cho từng đơn vị; bỏ trống: theo trang Cài đặt."),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Đọc lại mọi tệp, kể cả tệp không đổi từ lần trước.")] = False,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", help="Chỉ các mã từ 20 này là thất bại, ví dụ 23,24,25; mã khác thành 0.")
    ] = None,
) -> None:
    """Tổng hợp: đọc tệp các đơn vị, tính số liệu tại ngày chốt, ghi báo cáo."""
    from qn_xl.consolidate import consolidate as run
    from qn_xl.runlog import read_codes, recorded
    from qn_xl.unit_papers import make_returns, returns_due
    from qn_xl.workspace import Workspace

    if out is not None and out.suffix.lower() != ".xlsx":
        raise UsageError(f"Báo cáo phải là tệp .xlsx, không phải “{out.name}”.")
    day, codes, workspace = read_day(as_of), read_codes(fail_on), Workspace(folder)
    write_report = not as_json or report or out is not None
    with recorded(workspace, now, codes, command_line()) as record, progress(quiet=as_json) as step:
        outcome = run(
            workspace,
            as_of=day,
            period=period,
            inbox=inbox,
            out=out,
            now=now(),
            write_report=write_report,
            progress=step,
            full=full,
        )
        record.done(outcome)
        if returns is None:
            returns = write_report and returns_due(workspace, outcome)
        if returns:
            made = make_returns(workspace, workspace.tables(), outcome.snapshot, now(), inbox)
            outcome.outputs["returns"] = str(made.folder)
            record.done(outcome, locked=bool(made.locked))
    if as_json:
        from qn_xl.outputs.json_report import outcome_json

        show_json(outcome_json(outcome))
    else:
        _show(outcome)
    raise typer.Exit(record.exit_code)


def _show(outcome: Outcome) -> None:
    from qn_xl import cli_view as view

    snapshot = outcome.snapshot
    show(view.summary_table(snapshot))
    show(f"Ngày chốt {snapshot.as_of:%d/%m/%Y} ({outcome.as_of_source}); lần chạy {snapshot.run}.")
    show(view.returns_line(snapshot))
    rows = snapshot.rows
    show(
        f"Dòng đã đọc: {rows.get('read', 0)}, trong đó nhiệm vụ {rows.get('task', 0)}, loại {rows.get('excluded', 0)}."
    )
    for name, path in outcome.outputs.items():
        show(f"{OUTPUT_WORD.get(name, name)}: {path}")
    for line in view.findings_lines(snapshot.findings):
        show(line)
    if outcome.exit_code == 22:
        say("Không có gì mới so với lần chạy trước; giữ nguyên kết quả.")
    if outcome.restored is not None:
        say(view.restored_line(outcome.restored, snapshot))


OUTPUT_WORD = {
    "report": "Báo cáo",
    "latest": "Bản mới nhất",
    "figures": "Số liệu",
    "history": "Lịch sử",
    "returns": "Phản hồi đơn vị",
}


def sentence(
    plan: Annotated[str, typer.Argument(help="Kế hoạch: 138, 157, 02, 06, “Đề án 06”…")],
    folder: Folder = Path(),
    as_of: AsOf = None,
) -> None:
    """In câu báo cáo của một kế hoạch theo số liệu lần tổng hợp mới nhất."""
    from qn_xl.functions import sentence_of
    from qn_xl.history import History
    from qn_xl.outputs.restore import shown
    from qn_xl.workspace import Workspace

    workspace, day = Workspace(folder), read_day(as_of)
    snapshot = History(workspace.history).latest(as_of=day) if day else shown(workspace)
    if snapshot is None:
        raise UsageError("Không có lần tổng hợp nào chốt số liệu ngày này. Xem các lần bằng: qn-xl history")
    show_text(sentence_of(snapshot, plan))
