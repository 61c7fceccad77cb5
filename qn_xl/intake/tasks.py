"""From the rows of a table to task reports: each value understood, each doubt a finding at its cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from qn_xl.intake.columns import Mapping
from qn_xl.intake.context import ReadContext
from qn_xl.intake.grid import Grid
from qn_xl.intake.header import Cells, Header
from qn_xl.intake.rows import Row, letters, shown
from qn_xl.model import (
    Address,
    Deadline,
    DeadlineKind,
    Fate,
    Finding,
    Kind,
    Severity,
    Status,
    StatusWord,
    TaskReport,
)
from qn_xl.rules import deadlines, statuses
from qn_xl.rules.catalogue import finding
from qn_xl.rules.decide import COLUMN_WORD
from qn_xl.rules.match import task_key
from qn_xl.rules.text import fold, plain

DECIDING = frozenset({"task", "lead_unit", "deadline", "status", "completed_on", "percent"})
KNOWN_DONE = frozenset({StatusWord.DONE, StatusWord.DONE_ON_TIME, StatusWord.DONE_LATE})
SILENT = frozenset({StatusWord.NONE, StatusWord.UNKNOWN})
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_COUNT = re.compile(r"\d{1,5}")
Say = Callable[..., None]
# looked for in plain text before anything is understood: most notes hold none of these
_WORTH_READING = re.compile(r"de xuat|de nghi|kien ngh|(?:xin|tw|bo)(?!\w)|trung u|phu thu|chinh ph")
_MORE_TIME_HINT = re.compile(r"han(?!\w)|dieu chi|keo dai")
_ASKS_MORE_TIME = re.compile(
    r"(de nghi|de xuat|xin|kien nghi|dang ky)[^.;\n]{0,40}(gia han|lui (thoi )?han|lui thoi gian|"
    r"dieu chinh (thoi )?han|"
    r"dieu chinh thoi gian|keo dai thoi)|de xuat han|thay doi thoi han|xin gia han"
)
NO_DEADLINE = Deadline(DeadlineKind.NONE)


@dataclass(slots=True)
class Place:
    """Where a table stands and what the text around it says for all its rows."""

    file: str
    grid: Grid
    cells: Cells
    year: int | None
    plan: str | None
    plan_text: str
    kind: Kind | None
    unit: str | None  # named by the sheet
    sender: str | None  # named by the file
    findings: list[Finding] = field(default_factory=list)
    unknown_units: set[str] = field(default_factory=set)

    def at(self, cell: str | None) -> Address:
        return Address(self.file, self.grid.name, cell)


@lru_cache(maxsize=4096)
def kind_of(text: str) -> Kind | None:
    """Return the kind of item that a heading, a sheet name or a cell names."""
    words = re.sub(
        r"^[^a-z]*(?:[ivxl]+\s*[.)\-]\s*|\d+\s*[.)\-]\s*|(?:cac|nhom|danh muc|ve|phan|bieu|phu luc|ten|noi dung)\s+)*",
        "",
        fold(text),
    )
    if words.startswith("chi tieu") and not words.startswith("chi tieu, nhiem vu"):
        return Kind.TARGET
    if re.match(r"(nhiem vu, du an|nhiem vu/du an|nhiem vu va du an|du an|chuong trinh, du an)", words):
        return Kind.PROJECT
    if words.startswith("nhiem vu"):
        return Kind.TASK
    return None


def build(place: Place, header: Header, mapping: Mapping, rows: list[Row], context: ReadContext) -> list[TaskReport]:
    """Return the task reports of a table; its findings are added to `place.findings`."""
    names = {name: letters(column) for name, column in mapping.fields.items()}
    _about_columns(place, header, mapping)
    heading_kind = kind_of(next((c.texts[-1] for c in header.columns if c.index == mapping.fields.get("task")), ""))
    if heading_kind is Kind.TASK:
        heading_kind = None
    reports = []
    for row in rows:
        if row.fate is Fate.EXCLUDED:
            at = place.at(f"{names.get('task', 'A')}{row.number}")
            place.findings.append(finding("row-no-task", at, row.missing, label=row.order.text))
        elif row.joined_to is not None:
            at = place.at(f"{names.get('task', 'A')}{row.number}")
            place.findings.append(finding("row-joined", at, row.text or "…", joined=row.joined_to))
        elif row.fate is Fate.TASK:
            reports.append(_report(place, mapping, names, row, context, heading_kind))
    _bad_cells(place, mapping, rows)
    _totals(place, rows)
    return reports


def _about_columns(place: Place, header: Header, mapping: Mapping) -> None:
    def at(index: int) -> Address:
        return place.at(f"{letters(index)}{header.bottom}")

    for column, name in mapping.guessed:
        meaning = COLUMN_WORD.get(name, name)
        place.findings.append(
            finding("header-column-guessed", at(column.index), column.heading, meaning=f"“{meaning}”")
        )
    for column, used in mapping.twice:
        place.findings.append(finding("header-column-duplicate", at(column.index), column.heading, other=letters(used)))
    for column in mapping.unknown:
        if len(column.heading) <= 110:
            place.findings.append(finding("header-column-unknown", at(column.index), column.heading))


def _amount(value: object) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and (found := _NUMBER.fullmatch(value.strip().rstrip("%").strip())):
        return float(found[0].replace(",", "."))
    return None


def _report(
    place: Place, mapping: Mapping, names: dict[str, str], row: Row, context: ReadContext, heading_kind: Kind | None
) -> TaskReport:
    values = row.values
    label = f"{row.order.text} {row.text[:60]}".strip()

    def at(name: str) -> Address:
        return place.at(row.moved.get(name) or f"{names.get(name, 'A')}{row.number}")

    def say(code: str, name: str, seen: str, **words: Any) -> None:
        place.findings.append(finding(code, at(name), seen, label=label, **words))

    plan, plan_text = _plan_of(place, row, context)
    year, issued = place.year, None
    if plan is not None:
        known = context.plan_index.by_id(plan)
        year, issued = year or known.year, known.issued_on
    deadline = _deadline(place, mapping, row, year or context.as_of.year, issued, say)
    status, completed, percent = _outcome(place, mapping, row, year or context.as_of.year, context, say)
    lead_text, pieces, units, collective = _lead(place, row, names, context, say)
    if row.number in place.grid.hidden_rows:
        say("row-hidden", "task", row.text)
    kind = _kind_said(row) if row.headings or "kind" in values else None
    return TaskReport(
        file=place.file,
        sheet=place.grid.name,
        row=row.number,
        columns=names,
        number=row.order.text,
        task=row.text,
        group=row.group or row.said("group"),
        plan=plan,
        plan_text=plan_text,
        kind=kind or heading_kind or place.kind,
        lead_text=lead_text,
        lead_pieces=pieces,
        units=units,
        collective=collective,
        deadline=deadline,
        status=status,
        completed_on=completed,
        percent=percent,
        code=row.code,
        co_text=row.said("co_unit"),
        result=row.said("result"),
        product=row.said("product"),
        note=row.said("note"),
        actual=_amount(values.get("actual")),
        actual_text=row.said("actual"),
        hidden=row.number in place.grid.hidden_rows,
        moved=dict(row.moved) or None,
        sender=place.unit,
        key=task_key(row.text),
    )


def _kind_said(row: Row) -> Kind | None:
    texts = (row.said("kind"), *(above.text for above in reversed(row.headings)))
    return next((named for text in texts if text and (named := kind_of(text))), None)


def _plan_of(place: Place, row: Row, context: ReadContext) -> tuple[str | None, str]:
    named = row.said("plan")
    if named:
        return context.plan_named(named), named
    for text in (row.said("source"), *(above.text for above in reversed(row.headings))):
        if text and (plan := context.plan_in(text)):
            return plan, text
    return place.plan, place.plan_text


def _deadline(place: Place, mapping: Mapping, row: Row, year: int, issued: date | None, say: Say) -> Deadline:
    raw = row.values.get("deadline")
    column = mapping.fields.get("deadline")
    if column is None or _is_bad(place, row, column):
        return NO_DEADLINE
    form = _format(place, row, "deadline", column)
    found = deadlines.read(raw, number_format=form, year=year, issued=issued)
    seen = found.text or shown(raw)
    due = shown(found.due)
    if found.kind is DeadlineKind.UNREADABLE:
        say("date-unreadable", "deadline", seen)
    elif found.kind is DeadlineKind.EVENT:
        say("date-event", "deadline", seen)
    elif found.kind is DeadlineKind.SEVERAL:
        say("date-several", "deadline", seen, due=due)
    elif found.kind is DeadlineKind.NONE and raw in (None, "") and not row.has("completed_on"):
        say("date-missing", "deadline", "")
    if found.assumed_year and found.due:
        say("date-year-assumed", "deadline", seen, due=due)
    if found.repaired:
        say("date-repaired", "deadline", seen, due=due)
    if found.proposal:
        say("date-extension", "deadline", found.proposal, proposed=shown(found.proposed))
    if isinstance(raw, date) and raw.day == 1 and form is None:
        say("date-month-first", "deadline", shown(raw))
    return found if found.proposal else _extension(found, row, year, issued, say)


def _extension(found: Deadline, row: Row, year: int, issued: date | None, say: Say) -> Deadline:
    """Add a later deadline that the row asks for in its notes or result; the standing date stays."""
    for name in ("note", "result"):
        words = row.said(name)
        if words and _MORE_TIME_HINT.search(plain(words)) and _ASKS_MORE_TIME.search(fold(words)):
            asked = deadlines.read(words, year=year, issued=issued)
            until = asked.proposed or asked.due
            say("date-extension", name, words, proposed=shown(until))
            return replace(found, proposal=words, proposed=until)
    return found


def _outcome(
    place: Place, mapping: Mapping, row: Row, year: int, context: ReadContext, say: Say
) -> tuple[Status, date | None, float | None]:
    """Return what the row says of the result: the unit's words, the completion date, the percentage."""
    values, extra = row.values, context.extra_words
    status = statuses.read(row.said("status"), extra)
    seen_in = "status"
    completed: date | None = None
    raw = values.get("completed_on")
    column = mapping.fields.get("completed_on")
    if raw not in (None, "") and column is not None and not _is_bad(place, row, column):
        form = _format(place, row, "completed_on", column)
        completed = deadlines.read_date(raw, number_format=form, year=year)
        if completed is None:
            words = statuses.read(shown(raw), extra)
            when = deadlines.read(raw, number_format=form, year=year)
            if when.due is not None:
                completed = when.due
            elif words.word not in SILENT or shown(raw).strip().lower() in ("x", "v"):
                say("completed-unreadable", "completed_on", shown(raw))
                if status.word in SILENT:
                    status = words if words.word not in SILENT else Status(StatusWord.DONE, shown(raw))
                    seen_in = "completed_on"
            elif when.kind is DeadlineKind.UNREADABLE:
                say("completed-unreadable", "completed_on", shown(raw))
    for phrase in row.marks:
        if status.word in SILENT:
            status = statuses.read(phrase, extra)
    percent = statuses.read_percent(values.get("percent"))
    if percent is None and row.has("percent"):
        words = statuses.read(row.said("percent"), extra)
        if words.word in SILENT:
            say("percent-unreadable", "percent", row.said("percent"))
        elif status.word in SILENT:
            status, seen_in = words, "percent"
    if status.word in SILENT:
        for name in ("result", "note"):
            words = statuses.read(row.said(name), extra)
            if words.word not in SILENT and (status.word is StatusWord.NONE or words.word is not StatusWord.STEP):
                if name == "note" and words.word in (StatusWord.STEP, StatusWord.IN_PROGRESS):
                    continue
                status, seen_in = words, name
                break
    if status.word is StatusWord.NONE and isinstance(values.get("deadline"), str) and completed is None:
        words = statuses.read(row.said("deadline"), extra)
        if words.word in KNOWN_DONE:
            status, seen_in = words, "deadline"
    percent = percent if percent is not None else status.percent
    completed = completed or status.completed_on
    if status.word is StatusWord.UNKNOWN and row.has("status"):
        say("status-unknown", "status", status.text)
    elif status.word is StatusWord.STEP:
        say("status-step", seen_in, status.text)
    beside = {
        name: statuses.read(text, extra)
        for name in ("result", "note")
        if (text := row.said(name)) and _WORTH_READING.search(plain(text))
    }
    if status.word is StatusWord.STOP_PROPOSED:
        say("status-stop-proposed", seen_in, status.text)
    else:
        for name, words in beside.items():
            if words.word is StatusWord.STOP_PROPOSED:
                say("status-stop-proposed", name, words.text)
    if not status.central and any(words.central for words in beside.values()):
        status = replace(status, central=True)
    if percent is not None and percent < 1 and status.word in KNOWN_DONE:
        say("percent-conflict", "percent" if row.has("percent") else seen_in, f"{percent:.0%}", status=status.text)
    return status, completed, percent


def _lead(
    place: Place, row: Row, names: dict[str, str], context: ReadContext, say: Say
) -> tuple[str, tuple[str, ...], tuple[str, ...], str | None]:
    index = context.unit_index
    text = row.said("lead_unit")
    if not text:
        named = next((unit for above in reversed(row.headings) if (unit := index.find(above.text))), None) or place.unit
        if named:
            return "", (index.name(named),), (named,), None
        if "lead_unit" in names or place.sender is None:
            say("unit-missing", "lead_unit", "")
        return "", (), (), None
    read = index.read(text)
    for name in read.unknown:
        if name not in place.unknown_units:
            place.unknown_units.add(name)
            near = index.propose(name)
            meant = index.name(near[0][0]) if near else ""
            say("unit-unknown", "lead_unit", name, proposal=f"Có phải “{meant}”?" if near else "", proposed=meant)
    return text, read.pieces, read.units, read.collective


def _format(place: Place, row: Row, name: str, column: int) -> str | None:
    moved = row.moved.get(name) if row.moved else None
    at = int(re.sub(r"\D", "", moved)) if moved else row.number
    return place.grid.formats.get((at, column))


def _is_bad(place: Place, row: Row, column: int) -> bool:
    return (row.number, column) in place.grid.errors or (row.number, column) in place.grid.uncached


def _bad_cells(place: Place, mapping: Mapping, rows: list[Row]) -> None:
    """Error cells and formulas without a stored value, at their address; an error where the cell decides a figure."""
    by_column = {column: name for name, column in mapping.fields.items()}
    inside = {row.number: row for row in rows}
    bad = [(spot, "cell-error", seen) for spot, seen in place.grid.errors.items()]
    bad += [(spot, "cell-uncached", "") for spot in place.grid.uncached]
    for (number, column), code, seen in sorted(bad):
        row = inside.get(number)
        if row is None or (row.fate in (Fate.BLANK, Fate.NOTE) and column not in by_column):
            continue
        severity = Severity.ERROR if by_column.get(column) in DECIDING else Severity.WARNING
        where = place.at(f"{letters(column)}{number}")
        place.findings.append(finding(code, where, seen, label=row.text[:60], severity=severity))


def _totals(place: Place, rows: list[Row]) -> None:
    """Compare a total row's number with the task rows above it, over the table and over the last group."""
    tasks = since_group = 0
    for row in rows:
        if row.fate is Fate.TASK:
            tasks += 1
            since_group += 1
        elif row.fate is Fate.GROUP:
            since_group = 0
        elif row.fate is Fate.TOTAL:
            words = " ".join(str(v) for v in place.cells.values(row.number) if isinstance(v, str))
            numbers = [
                int(v) for v in place.cells.values(row.number) if isinstance(v, (int, float)) and float(v).is_integer()
            ]
            said = [int(n) for n in _COUNT.findall(words.split(";")[0])] if "nhiem vu" in fold(words) else numbers[:1]
            if said and said[0] not in (tasks, since_group) and said[0] != sum(numbers[1:]):
                values = place.cells.values(row.number)
                first = next((i for i, value in enumerate(values, 1) if value not in (None, "")), 1)
                where = place.at(f"{letters(first)}{row.number}")
                place.findings.append(finding("total-disagrees", where, str(said[0]), counted=tasks))
