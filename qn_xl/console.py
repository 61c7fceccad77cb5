"""Where the command line meets the outside: output, the clock, options as people type them. Only here is printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from qn_xl.errors import UsageError

Folder = Annotated[Path, typer.Argument(help="Thư mục làm việc (có Progress.xlsm); bỏ trống: thư mục này.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Ngày chốt số liệu, ví dụ 2025-09-30 hoặc 30/9/2025.")]
Json = Annotated[bool, typer.Option("--json", help="In một tài liệu JSON ra stdout, không in gì khác.")]
WIDTH = 150  # columns when the output is not a terminal


def now() -> datetime:
    """Return the moment, with the machine's time zone."""
    return datetime.now().astimezone()


def command_line() -> str:
    """Return what was typed, for the log."""
    return subprocess.list2cmdline(["qn-xl", *sys.argv[1:]])


def say(text: str) -> None:
    """Print a message on stderr."""
    print(text, file=sys.stderr)


def show(*parts: Any) -> None:
    """Print results (text or rich renderables) on stdout."""
    from rich.console import Console
    from rich.text import Text

    width = None if sys.stdout.isatty() else WIDTH
    console = Console(width=width, soft_wrap=False, highlight=False, markup=False)
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, (str, Text)))


def show_text(text: str) -> None:
    """Print a result as it is, unwrapped, for other programs to read."""
    print(text)


def show_json(document: Any) -> None:
    """Print one JSON document and nothing else."""
    print(json.dumps(document, ensure_ascii=False, indent=1))


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[int, int, str], None]]:
    """Show "23/70 – Sở Y tế" on stderr while files are read; nothing where stderr is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total, name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("Đọc tệp"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        job = bar.add_task("", total=None)

        def step(done: int, total: int, name: str) -> None:
            bar.update(job, completed=done, total=total, description=name[:60])

        yield step


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


def log_bug(error: Exception) -> Path:
    """Write the traceback to a file in nhat-ky/ or the temporary folder; return its path."""
    name = f"loi-{now():%Y%m%d-%H%M%S}-{os.getpid()}.log"
    for folder in (Path.cwd() / "nhat-ky", Path(tempfile.gettempdir())):
        if folder.is_dir():
            try:
                path = folder / name
                path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
                return path
            except OSError:
                continue
    return Path(name)
