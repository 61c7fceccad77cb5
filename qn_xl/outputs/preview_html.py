"""`qn-xl preview --html`: each sheet as a table, rows coloured by their fate, findings at their cells.

One page without scripts and outside resources; whatever a unit wrote is escaped. Each file's part is made inside
the worker process that reads it, so that a hostile file stays isolated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from html import escape
from pathlib import Path

from qn_xl.intake.context import ReadContext
from qn_xl.intake.grid import Grid, Workbook, a1
from qn_xl.intake.read import read_with_book
from qn_xl.intake.rows import letters
from qn_xl.model import Fate, FileReading, Finding, SheetReading, TaskReport, Verdict
from qn_xl.outputs.json_preview import class_of
from qn_xl.outputs.labels import CLASS, FATE, SEVERITY
from qn_xl.rules.wording import date_text

WORKER = "qn_xl.outputs.preview_html:work"
MOST_ROWS, MOST_COLUMNS = 3_000, 60
LONGEST = 2_000  # characters shown of one cell
FIELD = {
    "number": "TT", "code": "mã", "task": "nội dung", "lead_unit": "đơn vị chủ trì", "co_unit": "đơn vị phối hợp",
    "deadline": "thời hạn", "status": "trạng thái", "completed_on": "ngày hoàn thành", "percent": "tỷ lệ",
    "result": "kết quả", "product": "sản phẩm", "note": "ghi chú", "plan": "kế hoạch", "kind": "loại", "group": "nhóm",
    "source": "văn bản giao", "officer": "người phụ trách", "measure": "đơn vị tính", "baseline": "ban đầu",
    "target": "mục tiêu", "actual": "đạt được", "form": "mã biểu mẫu", "accepted": "đã ghi nhận",
}  # fmt: skip
SHORT = {
    Fate.TASK: "nhiệm vụ", Fate.PARENT: "cha", Fate.GROUP: "nhóm", Fate.HEADER: "tiêu đề", Fate.BLANK: "trống",
    Fate.NOTE: "ghi chú", Fate.TOTAL: "cộng", Fate.EXCLUDED: "loại",
}  # fmt: skip
VERDICT = {
    Verdict.TASKS: "có bảng nhiệm vụ",
    Verdict.NO_TABLE: "không có bảng nhiệm vụ",
    Verdict.IGNORED: "bỏ qua",
}
_STYLE = """
body{font:14px/1.4 "Times New Roman",serif;margin:1.5em;color:#111;background:#fff}
h1{font-size:1.5em}h2{font-size:1.25em;border-top:2px solid #1f4e5f;padding-top:.6em}h3{font-size:1.1em}
.scroll{overflow-x:auto}table{border-collapse:collapse}
td,th{border:1px solid #bbb;padding:2px 5px;vertical-align:top;max-width:28em}
td,th{white-space:pre-wrap;overflow-wrap:break-word;min-width:3em}
th{background:#eef2f6;font-weight:bold;text-align:center}td.n,td.f{white-space:nowrap;color:#333;background:#fafafa}
.task td{background:#fff}.header td{background:#dde6f2;font-weight:bold}.group td{background:#e6f0dc}
.parent td{background:#f1f6ea;font-style:italic}.total td{background:#efe6f5}.note td{background:#f2f2f2;color:#444}
.blank td{background:#fbfbfb;color:#888}.excluded td{background:#fbe3e3}
.error{border-left:4px solid #c00000;background:#fff0f0}.warning{border-left:4px solid #9c5700;background:#fff7e0}
.say{margin:3px 0;padding:2px 5px;font-size:.92em;white-space:normal}
.said{border-left:4px solid #5a7ea8;background:#eef4fb}
.key span{display:inline-block;border:1px solid #bbb;padding:1px 7px;margin:0 6px 4px 0}
.task span,span.task{background:#fff}span.header{background:#dde6f2}span.group{background:#e6f0dc}
span.parent{background:#f1f6ea}span.total{background:#efe6f5}span.note{background:#f2f2f2}
span.blank{background:#fbfbfb}span.excluded{background:#fbe3e3}
"""


@dataclass(frozen=True, slots=True)
class Job:
    """What the workers need: how to read, at which date to class, and where each file's part goes."""

    context: ReadContext
    as_of: date
    parts: Mapping[str, str]


def work(name: str, path: Path, job: Job) -> FileReading:
    """Read one file and write its part of the page."""
    reading, book = read_with_book(name, path, job.context)
    Path(job.parts[name]).write_text(file_part(reading, book, job.as_of), "utf-8", "replace")
    return reading


def page(title: str, parts: Sequence[str], as_of: date) -> str:
    """Return the whole page around the parts of its files."""
    legend = "".join(f'<span class="{fate.value}">{SHORT[fate]}: {FATE[fate]}</span>' for fate in Fate)
    signs = "; ".join(SEVERITY.values())
    return (
        '<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head>"
        f'<body><h1>{escape(title)}</h1><p>Lớp tính đến ngày {date_text(as_of)}. Cột thứ hai của mỗi bảng nói chương'
        f' trình hiểu dòng đó là gì.</p><p class="key">{legend}</p><p>Vấn đề nằm ngay dưới ô: {signs}.</p>\n'
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def file_part(reading: FileReading, book: Workbook | None, as_of: date) -> str:
    """Return one file as HTML; without a workbook its findings alone."""
    at_cells: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    above: dict[str | None, list[Finding]] = defaultdict(list)
    shown = {sheet.name for sheet in reading.sheets} if book is not None else set()
    for found in reading.findings:
        where = found.where
        if where.sheet in shown and where.cell:
            at_cells[str(where.sheet), where.cell].append(found)
        else:
            above[where.sheet if where.sheet in shown else None].append(found)
    facts = [f"định dạng {reading.format}" if reading.format else "", f"đơn vị {reading.unit}" if reading.unit else ""]
    facts += ["báo không thay đổi" if reading.no_change else "", "" if reading.readable else "không đọc được"]
    made = [f"<section><h2>{escape(reading.file)}</h2>", f"<p>{escape('; '.join(filter(None, facts)))}</p>"]
    made += [_say(found) for found in above[None]]
    grids = {grid.name: grid for grid in book.grids} if book is not None else {}
    for sheet in reading.sheets:
        if sheet.name in grids:
            made += _sheet(sheet, grids[sheet.name], above[sheet.name], at_cells, as_of)
    return "\n".join([*made, "</section>"])


def _sheet(
    sheet: SheetReading,
    grid: Grid,
    above: Sequence[Finding],
    at_cells: Mapping[tuple[str, str], list[Finding]],
    as_of: date,
) -> Iterator[str]:
    hidden = ", trang ẩn" if sheet.hidden else ""
    counts = ", ".join(f"{SHORT[Fate(fate)]} {count}" for fate, count in sheet.rows.items() if count)
    yield f"<h3>Trang “{escape(sheet.name)}”</h3><p>{VERDICT[sheet.verdict]}{hidden}. {counts}</p>"
    yield from map(_say, above)
    width = min(max((len(row.values) for row in grid.rows), default=0), MOST_COLUMNS)
    fields: dict[str, list[str]] = defaultdict(list)
    for name, column in sheet.columns.items():
        fields[column].append(FIELD.get(name, name))
    heads = "".join(
        f"<th>{letters(at)}{'<br>' + escape(', '.join(fields[letters(at)])) if letters(at) in fields else ''}</th>"
        for at in range(1, width + 1)
    )
    yield f'<div class="scroll"><table><tr><th>Dòng</th><th>Là</th>{heads}<th>Hiểu là</th></tr>'
    tasks = {task.row: task for task in sheet.tasks}
    left = {place: found for (name, place), found in at_cells.items() if name == sheet.name}
    for row in grid.rows[:MOST_ROWS]:
        fate = sheet.fates.get(row.number)
        known = Fate(fate) if fate else Fate.NOTE if any(v not in (None, "") for v in row.values) else Fate.BLANK
        cells = []
        for at in range(1, width + 1):
            told = left.pop(a1(row.number, at), [])
            cells.append(_cell(_shown(grid, row.number, at, row.values), told))
        mark = " (ẩn)" if row.number in grid.hidden_rows else ""
        understood = _understood(tasks[row.number], as_of) if row.number in tasks else ""
        yield (
            f'<tr class="{known.value}"><td class="n">{row.number}{mark}</td><td class="f">{SHORT[known]}</td>'
            f"{''.join(cells)}<td>{escape(understood)}</td></tr>"
        )
    yield "</table></div>"
    more = len(grid.rows) - MOST_ROWS
    if more > 0:
        yield f"<p>Còn {more} dòng không hiện ở đây.</p>"
    for place, rest in left.items():
        yield from (_say(found, place) for found in rest)


def _cell(text: str, told: Sequence[Finding]) -> str:
    worst = next((name for name in ("error", "warning") if any(found.severity == name for found in told)), "")
    look = f' class="{worst}"' if worst else ""
    return f"<td{look}>{escape(text)}{''.join(map(_say, told))}</td>"


def _say(found: Finding, place: str = "") -> str:
    where = f"{place}: " if place else ""
    look = found.severity.value if found.severity.value in ("error", "warning") else "said"
    text = f"{SEVERITY[found.severity]} – {where}{found.message} {found.action} Cách sửa: {found.repair}"
    return f'<div class="say {look}">{escape(text)}</div>'


def _shown(grid: Grid, row: int, column: int, values: Sequence[object]) -> str:
    if (row, column) in grid.errors:
        return grid.errors[row, column]
    if (row, column) in grid.uncached:
        return "(công thức chưa có kết quả)"
    value = values[column - 1] if column <= len(values) else None
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() != time():
        return f"{value:%H:%M} {date_text(value)}"
    if isinstance(value, date):
        return date_text(value)
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _understood(task: TaskReport, as_of: date) -> str:
    classed = class_of(task, as_of)
    said = [CLASS[classed.cls]]
    if classed.days_late:
        said.append(f"chậm {classed.days_late} ngày")
    if task.deadline.due:
        said.append(f"hạn {date_text(task.deadline.due)}")
    if task.completed_on:
        said.append(f"xong {date_text(task.completed_on)}")
    if task.plan:
        said.append(f"kế hoạch {task.plan}")
    if task.units:
        said.append(f"đơn vị {', '.join(task.units)}")
    return "; ".join(said)
