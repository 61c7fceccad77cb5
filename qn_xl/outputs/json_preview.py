"""`qn-xl preview --json`: how the reader understood files (design, section 8). Keys are a contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from qn_xl.model import Fate, FileReading, Finding, Kind, SheetReading, TaskReport
from qn_xl.rules.classify import Classed, classify


def preview_json(readings: Iterable[FileReading], as_of: date) -> dict[str, Any]:
    """Return the document for `readings`; classes and days late at `as_of`."""
    return {"as_of": as_of.isoformat(), "files": [_file(reading, as_of) for reading in readings]}


def class_of(task: TaskReport, as_of: date) -> Classed:
    """Return the class of a row by its own words and dates alone, before any assigned list is looked at."""
    return classify(
        deadline=task.deadline,
        due=task.deadline.due,
        status=task.status,
        completed_on=task.completed_on,
        kind=task.kind or Kind.TASK,
        as_of=as_of,
        percent=task.percent,
        actual=task.actual,
    )


def _file(reading: FileReading, as_of: date) -> dict[str, Any]:
    return {
        "file": reading.file,
        "sha256": reading.sha256,
        "readable": reading.readable,
        "format": reading.format,
        "unit": reading.unit,
        "no_change": reading.no_change,
        "sheets": [_sheet(sheet, as_of) for sheet in reading.sheets],
        "findings": [finding_json(found) for found in reading.findings],
    }


def _sheet(sheet: SheetReading, as_of: date) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "verdict": sheet.verdict.value,
        "hidden": sheet.hidden,
        "header_rows": list(sheet.header_rows),
        "columns": dict(sheet.columns),
        "rows": {fate.value: sheet.rows.get(fate.value, 0) for fate in Fate},
        "tasks": [_task(task, as_of) for task in sheet.tasks],
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _task(task: TaskReport, as_of: date) -> dict[str, Any]:
    classed = class_of(task, as_of)
    deadline = task.deadline
    return {
        "row": task.row,
        "number": task.number,
        "code": task.code,
        "plan": task.plan,
        "kind": task.kind.value if task.kind else None,
        "group": task.group,
        "task": task.task,
        "lead_units": list(task.lead_pieces),
        "units": list(task.units),
        "collective": task.collective,
        "deadline_text": deadline.text,
        "deadline_kind": deadline.kind.value,
        "due": _day(deadline.due),
        "recurring_too": deadline.recurring_too,
        "swap": _day(deadline.swap),
        "status_text": task.status.text,
        "completed_on": _day(task.completed_on),
        "percent": task.percent,
        "result": task.result,
        "central": deadline.central or task.status.central,
        "class": classed.cls.value,
        "days_late": classed.days_late,
        "hidden": task.hidden,
        "cells": task.cells(),
    }


def finding_json(found: Finding) -> dict[str, Any]:
    """Return one finding in the form every JSON answer uses."""
    return {
        "code": found.code,
        "key": found.key,
        "severity": found.severity.value,
        "file": found.where.file,
        "sheet": found.where.sheet,
        "cell": found.where.cell,
        "unit": found.unit,
        "plan": found.plan,
        "label": found.label,
        "seen": found.seen,
        "action": found.action,
        "message": found.message,
        "repair": found.repair,
    }
