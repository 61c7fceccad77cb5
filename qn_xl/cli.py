"""The command line `qn-xl`: the only place that prints and, with the ribbon, that asks the clock.

Results on stdout, progress and messages on stderr, exit codes as in design section 7. Heavy modules are imported inside
the commands, so that `qn-xl --help` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qn_xl import __version__
from qn_xl.errors import QnXlError, SettingsError, UsageError

if TYPE_CHECKING:
    from qn_xl.consolidate import Outcome

app = typer.Typer(
    name="qn-xl",
    help="Tổng hợp tiến độ nhiệm vụ từ bảng tính các đơn vị gửi: đọc, kiểm tra, tính, lập biểu.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Folder = Annotated[Path, typer.Argument(help="Thư mục làm việc (có Progress.xlsm); bỏ trống: thư mục này.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Ngày chốt số liệu, ví dụ 2025-09-30 hoặc 30/9/2025.")]
Json = Annotated[bool, typer.Option("--json", help="In một tài liệu JSON ra stdout, không in gì khác.")]
# typer carries click inside or beside it, depending on its version
WrongUse: type[Exception] = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")
WIDTH = 150  # columns when the output is not a terminal


def main() -> None:
    """Run the command line; every failure is one Vietnamese sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    code = 1
    try:
        code = app(standalone_mode=False) or 0
    except typer.Exit as done:
        code = done.exit_code
    except typer.Abort:
        _say("Đã dừng theo yêu cầu.")
        code = 130
    except WrongUse as error:
        _say(f"Lệnh chưa đúng: {error.format_message()} Xem: qn-xl --help")  # type: ignore[attr-defined]
        code = 2
    except SettingsError as error:
        _say("Bảng cấu hình chưa hợp lệ:")
        for problem in error.problems:
            _say(f"  - {problem}")
        code = error.exit_code
    except QnXlError as error:
        _say(str(error))
        code = error.exit_code
    except KeyboardInterrupt:
        _say("Đã dừng theo yêu cầu.")
        code = 130
    except Exception as error:
        _say(f"Chương trình gặp lỗi ({type(error).__name__}). Gửi tệp nhật ký này cho người phụ trách: {_log(error)}")
    sys.stdout.flush()
    sys.exit(code)


def _now() -> datetime:
    return datetime.now().astimezone()


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _log(error: Exception) -> Path:
    name = f"loi-{_now():%Y%m%d-%H%M%S}-{os.getpid()}.log"
    for folder in (Path.cwd() / "nhat-ky", Path(tempfile.gettempdir())):
        if folder.is_dir():
            try:
                path = folder / name
                path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
                return path
            except OSError:
                continue
    return Path(name)


def read_day(text: str | None) -> date | None:
    """Return the date of an option, None when it was left out.

    Raises:
        UsageError: not a date.
    """
    if text is None:
        return None
    from qn_xl.rules.deadlines import read_date

    day = read_date(text)
    if day is None:
        raise UsageError(f"Không hiểu ngày “{text}”. Viết dạng 2025-09-30 hoặc 30/9/2025.")
    return day


def _print_json(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=1))


def _console(stderr: bool = False) -> Any:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else WIDTH, soft_wrap=False, highlight=False)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int, str], None]]:
    """Show "23/70 – Sở Y tế" on stderr while files are read."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total, name: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("Đọc tệp"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=_console(stderr=True), transient=True) as bar:
        job = bar.add_task("", total=None)

        def show(done: int, total: int, name: str) -> None:
            bar.update(job, completed=done, total=total, description=name[:60])

        yield show


@app.callback(invoke_without_command=True)
def _options(version: Annotated[bool, typer.Option("--version", help="In phiên bản.")] = False) -> None:
    if version:
        print(f"qn-xl {__version__}")
        raise typer.Exit(0)


@app.command()
def demo(folder: Annotated[Path, typer.Argument(help="Nơi tạo thư mục mẫu.")] = Path("demo")) -> None:
    """Tạo thư mục làm việc với dữ liệu mẫu, tổng hợp và in biểu."""
    from qn_xl import demo as sample
    from qn_xl.consolidate import consolidate as run
    from qn_xl.excel.setup import create
    from qn_xl.workspace import BOOKS, Workspace

    if not any((folder / name).is_file() for name in BOOKS):
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageError(f"Thư mục “{folder}” đã có tệp khác. Chọn thư mục trống hoặc chưa có.")
        create(folder, sample.sample_tables())
    sample.fill_inbox(folder)
    with _progress(quiet=False) as show:
        outcome = run(
            Workspace(folder), as_of=None, period=sample.PERIOD, now=_now(), progress=show
        )
    _show(outcome)
    raise typer.Exit(0)


@app.command()
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
    console = _console()
    console.print(f"Đã tạo {book}")
    for period in tables.periods:
        (folder / "don-vi" / period.id).mkdir(parents=True, exist_ok=True)
    current = next((period.id for period in tables.periods if period.current), None)
    if old and (left := own_sheets(old)):
        console.print(f"Không lấy sang các trang riêng: {', '.join(left)}. Sao chép bằng Excel nếu cần.")
    if current:
        console.print(f"Đặt tệp của các đơn vị vào {folder / 'don-vi' / current}")
    console.print(f"Rồi chạy: qn-xl consolidate {folder}")


@app.command()
def consolidate(
    folder: Folder = Path(),
    inbox: Annotated[Path | None, typer.Option("--inbox", help="Thư mục tệp gửi, thay thư mục của kỳ.")] = None,
    as_of: AsOf = None,
    period: Annotated[str | None, typer.Option("--period", help="Mã kỳ; bỏ trống: kỳ hiện hành.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Đường dẫn báo cáo (.xlsx).")] = None,
    as_json: Json = False,
    report: Annotated[bool, typer.Option("--report", help="Với --json: vẫn ghi báo cáo.")] = False,
) -> None:
    """Tổng hợp: đọc tệp các đơn vị, tính số liệu tại ngày chốt, ghi báo cáo."""
    from qn_xl.consolidate import consolidate as run
    from qn_xl.workspace import Workspace

    if out is not None and out.suffix.lower() != ".xlsx":
        raise UsageError(f"Báo cáo phải là tệp .xlsx, không phải “{out.name}”.")
    with _progress(quiet=as_json) as show:
        outcome = run(
            Workspace(folder),
            as_of=read_day(as_of),
            period=period,
            inbox=inbox,
            out=out,
            now=_now(),
            write_report=not as_json or report or out is not None,
            progress=show,
        )
    if as_json:
        from qn_xl.outputs.json_report import outcome_json

        _print_json(outcome_json(outcome))
    else:
        _show(outcome)
    raise typer.Exit(outcome.exit_code)


def _show(outcome: Outcome) -> None:
    from qn_xl import cli_view as view

    snapshot = outcome.snapshot
    console = _console()
    console.print(view.summary_table(snapshot))
    console.print(f"Ngày chốt {snapshot.as_of:%d/%m/%Y} ({outcome.as_of_source}); lần chạy {snapshot.run}.")
    console.print(view.returns_line(snapshot.returns))
    rows = snapshot.rows
    console.print(
        f"Dòng đã đọc: {rows.get('read', 0)}, trong đó nhiệm vụ {rows.get('task', 0)}, loại {rows.get('excluded', 0)}."
    )
    for name, path in outcome.outputs.items():
        console.print(f"{OUTPUT_WORD.get(name, name)}: {path}")
    for line in view.findings_lines(snapshot.findings):
        console.print(line)
    if outcome.exit_code == 22:
        _say("Không có gì mới so với lần chạy trước; giữ nguyên kết quả.")


OUTPUT_WORD = {
    "report": "Báo cáo",
    "latest": "Bản mới nhất",
    "figures": "Số liệu",
    "history": "Lịch sử",
    "returns": "Phản hồi đơn vị",
}


@app.command()
def preview(
    files: Annotated[list[Path], typer.Argument(help="Các tệp hoặc thư mục cần xem.")],
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Xem chương trình hiểu tệp thế nào: tiêu đề, cột, từng dòng, vấn đề."""
    from qn_xl.intake.context import default_context
    from qn_xl.intake.pool import read_all
    from qn_xl.outputs.json_preview import preview_json
    from qn_xl.workspace import inbox_files

    day = read_day(as_of) or _now().date()
    listed: list[tuple[str, Path]] = []
    for path in files:
        if path.is_dir():
            listed += inbox_files(path)
        else:
            listed.append((path.name, path))
    with _progress(quiet=as_json) as show:
        readings = read_all(listed, default_context(day), on_done=lambda r, done, total: show(done, total, r.file))
    if as_json:
        _print_json(preview_json(readings, day))
        return
    from qn_xl import cli_view as view

    console = _console()
    for reading in readings:
        for part in view.preview_tables(reading, day):
            console.print(part)
    if as_of is None:
        console.print(f"Lớp và số ngày chậm tính đến hôm nay, {day:%d/%m/%Y}; chọn ngày khác bằng --as-of.")


@app.command()
def sentence(
    plan: Annotated[str, typer.Argument(help="Kế hoạch: 138, 157, 02, 06, “Đề án 06”…")],
    folder: Folder = Path(),
    as_of: AsOf = None,
) -> None:
    """In câu báo cáo của một kế hoạch theo số liệu lần tổng hợp mới nhất."""
    from qn_xl.functions import sentence_of
    from qn_xl.history import History
    from qn_xl.workspace import Workspace

    snapshot = History(Workspace(folder).history).latest(as_of=read_day(as_of))
    if snapshot is None:
        raise UsageError("Chưa có lần tổng hợp nào. Chạy trước: qn-xl consolidate")
    print(sentence_of(snapshot, plan))
