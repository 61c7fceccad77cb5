"""`qn-xl preview`: how the reader understands files, with the tables of a workspace where there is one."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qn_xl.console import AsOf, Json, now, progress, read_day, show, show_json
from qn_xl.errors import UsageError

if TYPE_CHECKING:
    from qn_xl.intake.context import ReadContext
    from qn_xl.workspace import Workspace

Listed = list[tuple[str, Path]]


def register(app: typer.Typer) -> None:
    app.command()(preview)


def preview(
    files: Annotated[list[Path], typer.Argument(help="Các tệp hoặc thư mục cần xem.")],
    as_of: AsOf = None,
    as_json: Json = False,
    html: Annotated[Path | None, typer.Option("--html", help="Ghi một trang HTML: bảng, từng dòng, vấn đề.")] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            help="Dùng đơn vị, kế hoạch, từ ngữ, quyết định của thư mục làm việc này; bỏ trống: thư mục làm việc chứa"
            " tệp, hoặc đang đứng; không có thì dùng danh sách cài sẵn.",
        ),
    ] = None,
) -> None:
    """Xem chương trình hiểu tệp thế nào: tiêu đề, cột, từng dòng, vấn đề."""
    from qn_xl.intake.pool import read_all
    from qn_xl.outputs.json_preview import preview_json

    reading = _how(files, read_day(as_of), folder)
    day, listed = reading.context.as_of, reading.listed
    if html is not None:
        _write_html(html, listed, reading.context)
        show(reading.said)
        return
    with progress(quiet=as_json) as step:
        readings = read_all(listed, reading.context, on_done=lambda r, done, total: step(done, total, r.file))
    if as_json:
        show_json(preview_json(readings, day))
        return
    from qn_xl import cli_view as view

    for one in readings:
        for part in view.preview_tables(one, day):
            show(part)
    show(reading.said)
    if as_of is None:
        show(f"Lớp và số ngày chậm tính đến {reading.day_from}, {day:%d/%m/%Y}; chọn ngày khác bằng --as-of.")


@dataclass(frozen=True, slots=True)
class _How:
    """Which files are read under which names, with what in mind; the rest is told to whoever asked."""

    listed: Listed
    context: ReadContext
    said: str
    day_from: str


def _how(files: Sequence[Path], day: date | None, folder: Path | None) -> _How:
    """Return how to read `files`: as a consolidation of their workspace would, else with the shipped lists.

    Raises:
        UsageError: the files lie in several workspaces. SettingsError: the workspace's tables are invalid.
    """
    from qn_xl.intake.context import default_context

    workspace = _workspace(files, folder)
    if workspace is None:
        context = default_context(day or now().date())
        return _How(_listed(files, None), context, "Dùng danh sách đơn vị, kế hoạch cài sẵn.", "hôm nay")
    from qn_xl.history import History
    from qn_xl.reader_context import reader_context, with_headings

    tables = workspace.tables()
    inboxes = {period.id: workspace.chosen_inbox(period.id, tables) for period in tables.periods}
    own = next((name for path in files for name, inbox in inboxes.items() if _below(path, inbox) is not None), None)
    period = next((one for one in tables.periods if (one.id == own if own else one.current)), None)
    cut_off = period.cut_off if period else None
    context = reader_context(
        tables,
        with_headings(tables.decisions, History(workspace.history)),
        day or cut_off or now().date(),
        period.id if period else "",
    )
    return _How(
        _listed(files, inboxes[period.id] if period else None),
        context,
        f"Dùng các bảng của {workspace.book}{f', kỳ {period.name or period.id}' if period else ''}.",
        "ngày chốt của kỳ" if cut_off else "hôm nay",
    )


def _workspace(files: Sequence[Path], folder: Path | None) -> Workspace | None:
    from qn_xl.workspace import Workspace, workspace_around

    if folder is not None:
        return Workspace(folder)
    found = {root for path in files if (root := workspace_around(path)) is not None}
    if len(found) > 1:
        raise UsageError("Các tệp nằm ở nhiều thư mục làm việc. Xem riêng từng thư mục, hoặc chọn bằng --workspace.")
    root = next(iter(found), None) or workspace_around(Path.cwd())
    return Workspace(root) if root is not None else None


def _listed(files: Sequence[Path], inbox: Path | None) -> Listed:
    """Return the files with their names: as in the inbox where they lie in it, else their own."""
    from qn_xl.inbox import inbox_files

    listed: Listed = []
    for path in files:
        listed += inbox_files(path) if path.is_dir() else [(path.name, path)]
    return [((_below(path, inbox) if inbox else None) or name, path) for name, path in listed]


def _below(path: Path, folder: Path) -> str | None:
    """Return how a path is called below a folder, NFC with "/"; None when it lies elsewhere, "." for the folder."""
    try:
        name = path.resolve().relative_to(folder.resolve()).as_posix()
    except (OSError, ValueError):
        return None
    return unicodedata.normalize("NFC", name)


def _write_html(target: Path, listed: Listed, context: ReadContext) -> None:
    """Write the page of `preview --html`; each file's part is made by the worker that reads it."""
    import tempfile

    from qn_xl.intake.pool import read_all
    from qn_xl.outputs import safe
    from qn_xl.outputs.preview_html import WORKER, Job, file_part, page

    day = context.as_of
    twice = {name for name, count in Counter(name for name, _ in listed).items() if count > 1}
    listed = [(str(path) if name in twice else name, path) for name, path in listed]
    with tempfile.TemporaryDirectory(prefix="qn-xl-") as folder, progress(quiet=False) as step:
        parts = {name: str(Path(folder) / f"{number}.html") for number, (name, _) in enumerate(listed)}
        job = Job(context, day, parts)
        readings = read_all(listed, job, reader=WORKER, on_done=lambda r, done, total: step(done, total, r.file))
        made = []
        for reading in readings:
            part = Path(parts[reading.file])
            made.append(part.read_text("utf-8") if part.is_file() else file_part(reading, None, day))
    title = listed[0][0] if len(listed) == 1 else f"Xem trước {len(listed)} tệp"
    text = page(f"Cách hiểu tệp: {title}", made, day)
    safe.replace(target, lambda path: path.write_text(text, "utf-8", newline="\n"))
    show(f"Đã ghi {target}")
