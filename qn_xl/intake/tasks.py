"""From the rows of a table to task reports: each value understood, each doubt a finding at its cell."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from qn_xl.intake.columns import Mapping
from qn_xl.intake.context import ReadContext
from qn_xl.intake.header import Header
from qn_xl.intake.place import Place, Say
from qn_xl.intake.rows import Row, letters
from qn_xl.intake.said import deadline_of, outcome_of
from qn_xl.model import (
    Address,
    Fate,
    Kind,
    Severity,
    TaskReport,
)
from qn_xl.rules.catalogue import finding
from qn_xl.rules.decide import COLUMN_WORD
from qn_xl.rules.match import task_key
from qn_xl.rules.text import fold

DECIDING = frozenset({"task", "lead_unit", "deadline", "status", "completed_on", "percent"})
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_COUNT = re.compile(r"\d{1,5}")


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
    deadline = deadline_of(place, mapping, row, year or context.as_of.year, issued, say)
    status, completed, percent = outcome_of(place, mapping, row, year or context.as_of.year, context.extra_words, say)
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
