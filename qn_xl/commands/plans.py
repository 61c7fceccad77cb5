"""The plans' own lists: an official appendix into Nhiệm vụ giao."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qn_xl.console import Folder, Json, now, show, show_json
from qn_xl.errors import UsageError

if TYPE_CHECKING:
    from qn_xl.model import FileReading, Finding, Plan
    from qn_xl.rules.appendix import Merged
    from qn_xl.tables import Tables
    from qn_xl.workspace import Workspace


COLUMN_WORD = {
    "number": "TT", "task": "nội dung", "lead_unit": "chủ trì", "co_unit": "phối hợp", "deadline": "thời hạn",
    "product": "sản phẩm", "kind": "loại", "plan": "kế hoạch", "note": "ghi chú", "status": "trạng thái", "code": "mã",
}  # fmt: skip
SHOWN = 5  # tasks of a sheet printed as an example of how it was understood
SENDER = "file-unit-unknown"  # an appendix has no sender


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Danh mục nhiệm vụ giao của các kế hoạch.", no_args_is_help=True)
    group.command("import")(import_appendix)
    app.add_typer(group, name="plan")


def import_appendix(
    file: Annotated[Path, typer.Argument(help="Phụ lục chính thức của kế hoạch (.xlsx, .xls, .ods, .csv…).")],
    folder: Folder = Path(),
    plan: Annotated[str | None, typer.Option("--plan", help="Kế hoạch, khi phụ lục không ghi: 138, Đề án 06…")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ xem, không ghi gì.")] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Dựng lại Progress với danh mục mới; giữ bản cũ ở sao-luu.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Đọc phụ lục của kế hoạch vào Nhiệm vụ giao: giữ mã đang có, báo khác biệt, ghi tệp để dán."""
    from qn_xl.intake.appendix import read_targets
    from qn_xl.rules.appendix import merge, placed
    from qn_xl.tables import sealed
    from qn_xl.workspace import Workspace

    if not file.is_file():
        raise UsageError(f"Không có tệp “{file}”. Kiểm tra lại đường dẫn.")
    workspace = Workspace(folder)
    tables = workspace.tables()
    reading = _read(file, tables)
    targets = read_targets(file, reading)
    merged: list[Merged] = []
    skipped = 0
    after = tables.assigned
    chosen = _plans(plan, reading, tables)
    for one in chosen:
        rows = [task for task in reading.tasks if task.plan == one.id or (task.plan is None and len(chosen) == 1)]
        if not rows:
            named = ", ".join(sorted({task.plan_text for task in reading.tasks if task.plan}))
            raise UsageError(f"Phụ lục không có dòng nào của {one.symbol}; phụ lục ghi: {named}. Xem lại --plan.")
        merged.append(merge(one, rows, after, targets))
        after = placed(merged[-1], after)
        skipped = len(reading.tasks) - sum(len(done.tasks) - len(done.missing) for done in merged)
    new_tables = sealed(replace(tables, assigned=after))
    written = None if dry_run else _write(workspace, new_tables, merged, apply=apply)
    errors = sum(found.severity == "error" for found in _said(reading))
    if as_json:
        show_json(_document(reading, merged, skipped, written))
    else:
        _show(reading, merged, skipped, tables, written, applied=apply and not dry_run, book=workspace.book)
    raise typer.Exit(20 if errors or skipped else 0)


def _read(file: Path, tables: Tables) -> FileReading:
    from qn_xl.intake.context import default_context
    from qn_xl.intake.pool import read_all

    current = next((period.cut_off for period in tables.periods if period.current and period.cut_off), None)
    context = default_context(current or now().date(), tables.units, tables.plans)
    (reading,) = read_all([(file.name, file)], context)
    if not reading.tasks:
        why = "; ".join(found.message for found in reading.findings) or "không thấy bảng nhiệm vụ"
        raise UsageError(f"Không đọc được nhiệm vụ nào từ “{file.name}”: {why} Xem thêm: qn-xl preview")
    return reading


def _plans(asked: str | None, reading: FileReading, tables: Tables) -> list[Plan]:
    """Return the plans whose rows are taken: the one asked for, else those that the appendix names."""
    from qn_xl.rules.appendix import plans_of
    from qn_xl.rules.plans import PlanIndex

    index = PlanIndex(tables.plans)
    known = ", ".join(one.symbol for one in tables.plans)
    if asked is not None:
        found = index.find(asked)
        if found is None:
            raise UsageError(f"Không có kế hoạch “{asked}” ở trang Kế hoạch. Đang có: {known}.")
        return [found]
    named = plans_of(reading.tasks) or ([reading.plan] if reading.plan else [])
    if not named:
        raise UsageError(f"Phụ lục không ghi kế hoạch nào. Chọn bằng --plan; đang có: {known}.")
    return [index.by_id(one) for one in named]


def _write(workspace: Workspace, tables: Tables, merged: Sequence[Merged], *, apply: bool) -> Path:
    from qn_xl.excel.assigned_book import rebuild, write_paste_file
    from qn_xl.history import History

    period = next((one.id for one in tables.periods if one.current), "")
    names = "-".join(one.plan for one in merged)
    path = workspace.outputs(period) / f"nhiem-vu-giao-{names}.xlsx"
    write_paste_file(path, tables, merged)
    if apply:
        history = History(workspace.history)
        runs = {info.as_of: info.run for info in history.runs()}
        snapshot = history.latest()
        earlier = [history.load(run) for day, run in sorted(runs.items()) if snapshot and day < snapshot.as_of]
        rebuild(workspace.book, tables, snapshot, earlier)
    return path


def _show(
    reading: FileReading,
    merged: Sequence[Merged],
    skipped: int,
    tables: Tables,
    written: Path | None,
    *,
    applied: bool,
    book: Path,
) -> None:
    from qn_xl.cli_view import SEVERITY_WORD
    from qn_xl.excel.assigned_book import differences

    for sheet in reading.sheets:
        if not sheet.tasks:
            show(f"Trang “{sheet.name}”: không có bảng nhiệm vụ.")
            continue
        columns = ", ".join(f"{COLUMN_WORD.get(name, name)} {letters}" for name, letters in sheet.columns.items())
        show(f"Trang “{sheet.name}”: tiêu đề ở dòng {', '.join(map(str, sheet.header_rows))}; cột {columns}.")
        for task in sheet.tasks[:SHOWN]:
            due = f"{task.deadline.due:%d/%m/%Y}" if task.deadline.due else "không có ngày"
            said = (task.number, task.task, task.lead_text, task.deadline.text)
            show(f"  {task.cell('task')}  {' | '.join(said)} → {due}")
        if len(sheet.tasks) > SHOWN:
            show(f"  … và {len(sheet.tasks) - SHOWN} nhiệm vụ nữa.")
    for found in _said(reading):
        show(f"{SEVERITY_WORD[found.severity]} {found.where}: {found.message} {found.action}")
    symbols = {one.id: one.symbol for one in tables.plans}
    for one in merged:
        changed = len({change.code for change in one.changes})
        show(
            f"{symbols[one.plan]}: phụ lục có {len(one.tasks) - len(one.missing)} nhiệm vụ; giữ nguyên {one.same},"
            f" khác {changed}, thêm mới {len(one.added)}; danh mục có {len(one.missing)} mà phụ lục không có."
        )
    for code, what, was, new in differences(merged):
        show(f"  {code}  {what}: {was or '(trống)'} → {new or '(không có)'}")
    if skipped:
        show(f"LỖI      {skipped} dòng không thuộc kế hoạch đã chọn hoặc không rõ kế hoạch; chưa lấy.")
    if written is None:
        show("Chỉ xem, chưa ghi gì.")
        return
    show(f"Danh mục để dán: {written}")
    if applied:
        show(f"Đã dựng lại {book}; bản cũ ở {book.parent / 'sao-luu'}.")
    else:
        show("Dán vào trang Nhiệm vụ giao, hoặc chạy lại với --apply để dựng lại Progress với danh mục này.")


def _said(reading: FileReading) -> list[Finding]:
    return [found for found in reading.findings if found.code != SENDER]


def _document(reading: FileReading, merged: Sequence[Merged], skipped: int, written: Path | None) -> dict[str, Any]:
    return {
        "file": reading.file,
        "tasks": len(reading.tasks),
        "skipped": skipped,
        "output": str(written) if written else None,
        "plans": [
            {
                "plan": one.plan,
                "same": one.same,
                "added": [{"code": task.code, "number": task.number, "task": task.task} for task in one.added],
                "changed": [
                    {"code": change.code, "field": change.field, "was": change.was, "now": change.now}
                    for change in one.changes
                ],
                "missing": [task.code for task in one.missing],
                "doubtful": [{"new": new.code, "like": like.code} for new, like in one.doubtful],
            }
            for one in merged
        ],
        "findings": [
            {
                "code": found.code,
                "severity": found.severity.value,
                "sheet": found.where.sheet,
                "cell": found.where.cell,
                "seen": found.seen,
                "message": found.message,
                "repair": found.repair,
            }
            for found in _said(reading)
        ],
    }
