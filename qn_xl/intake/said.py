"""What a row says of its deadline and of the outcome, each doubt a finding at its cell.

Most rows of a table say what a row above has said: those are understood once, if they left no doubt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as AbstractMapping
from dataclasses import replace
from datetime import date
from typing import Any

from qn_xl.intake.columns import Mapping
from qn_xl.intake.place import Outcome, Place, Say
from qn_xl.intake.rows import Row, shown
from qn_xl.model import Deadline, DeadlineKind, Status, StatusWord
from qn_xl.rules import deadlines, statuses
from qn_xl.rules.text import fold, plain

KNOWN_DONE = frozenset({StatusWord.DONE, StatusWord.DONE_ON_TIME, StatusWord.DONE_LATE})
SILENT = frozenset({StatusWord.NONE, StatusWord.UNKNOWN})
BLANK = (None, "")
NO_DEADLINE = Deadline(DeadlineKind.NONE)
Words = AbstractMapping[str, str] | None  # the office's own status words: folded text to a StatusWord value
# looked for in plain text before anything is understood: most notes hold none of these
_WORTH_READING = re.compile(r"de xuat|de nghi|kien ngh|(?:xin|tw|bo)(?!\w)|trung u|phu thu|chinh ph")
_MORE_TIME_HINT = re.compile(r"han(?!\w)|dieu chi|keo dai")
_ASKS_MORE_TIME = re.compile(
    r"(de nghi|de xuat|xin|kien nghi|dang ky)[^.;\n]{0,40}(gia han|lui (thoi )?han|lui thoi gian|"
    r"dieu chinh (thoi )?han|"
    r"dieu chinh thoi gian|keo dai thoi)|de xuat han|thay doi thoi han|xin gia han"
)


def deadline_of(place: Place, mapping: Mapping, row: Row, year: int, issued: date | None, say: Say) -> Deadline:
    """Return the deadline that a row states, with a later one that it asks for."""
    raw = row.values.get("deadline")
    column = mapping.fields.get("deadline")
    if column is None or place.is_bad(row, column):
        return NO_DEADLINE
    form = place.number_format(row, "deadline", column)
    facts = type(raw), raw, form, year, issued
    found = place.deadlines.get(facts)
    if found is None:
        told = len(place.findings)
        found = _deadline(row, raw, form, year, issued, say)
        if raw not in BLANK and len(place.findings) == told:
            place.deadlines[facts] = found
    return found if found.proposal else _extension(found, row, year, issued, say)


def _deadline(row: Row, raw: Any, form: str | None, year: int, issued: date | None, say: Say) -> Deadline:
    found = deadlines.read(raw, number_format=form, year=year, issued=issued)
    seen = found.text or shown(raw)
    due = shown(found.due)
    if found.kind is DeadlineKind.UNREADABLE:
        say("date-unreadable", "deadline", seen)
    elif found.kind is DeadlineKind.EVENT:
        say("date-event", "deadline", seen)
    elif found.kind is DeadlineKind.SEVERAL:
        say("date-several", "deadline", seen, due=due)
    elif found.kind is DeadlineKind.NONE and raw in BLANK and not row.has("completed_on"):
        say("date-missing", "deadline", "")
    if found.assumed_year and found.due:
        say("date-year-assumed", "deadline", seen, due=due)
    if found.repaired:
        say("date-repaired", "deadline", seen, due=due)
    if found.proposal:
        say("date-extension", "deadline", found.proposal, proposed=shown(found.proposed))
    if isinstance(raw, date) and raw.day == 1 and form is None:
        say("date-month-first", "deadline", shown(raw))
    return found


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


def outcome_of(place: Place, mapping: Mapping, row: Row, year: int, extra: Words, say: Say) -> Outcome:
    """Return what the row says of the result: the unit's words, the completion date, the percentage."""
    values = row.values
    beside = {
        name: text
        for name in ("result", "note")
        if (text := row.said(name)) and _WORTH_READING.search(plain(text))
    }
    raw, column = values.get("completed_on"), mapping.fields.get("completed_on")
    form = None
    if raw in BLANK or column is None or place.is_bad(row, column):
        raw = None
    else:
        form = place.number_format(row, "completed_on", column)
    percent = values.get("percent")
    facts = row.said("status"), type(raw), raw, form, type(percent), percent, row.marks, year
    known = place.outcomes.get(facts) if not beside else None
    if known is not None:
        return known
    told = len(place.findings)
    status, seen_in, completed, share = _own_words(row, raw, form, year, extra, say)
    own = status.word not in SILENT
    if not own:
        status, seen_in = _words_elsewhere(row, status, seen_in, completed, extra)
    share = share if share is not None else status.percent
    completed = completed or status.completed_on
    others = {name: statuses.read(text, extra) for name, text in beside.items()}
    status = _doubts(row, status, seen_in, share, others, say)
    if own and not beside and len(place.findings) == told:
        place.outcomes[facts] = status, completed, share
    return status, completed, share


def _own_words(
    row: Row, raw: Any, form: str | None, year: int, extra: Words, say: Say
) -> tuple[Status, str, date | None, float | None]:
    """Return what the columns of the outcome say: the words, the field they stand in, the day, the percentage."""
    status, seen_in = statuses.read(row.said("status"), extra), "status"
    completed: date | None = None
    if raw is not None:
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
    percent = statuses.read_percent(row.values.get("percent"))
    if percent is None and row.has("percent"):
        words = statuses.read(row.said("percent"), extra)
        if words.word in SILENT:
            say("percent-unreadable", "percent", row.said("percent"))
        elif status.word in SILENT:
            status, seen_in = words, "percent"
    return status, seen_in, completed, percent


def _words_elsewhere(
    row: Row, status: Status, seen_in: str, completed: date | None, extra: Words
) -> tuple[Status, str]:
    """Return what the result, the notes or the deadline say where the columns of the outcome are silent."""
    for name in ("result", "note"):
        words = statuses.read(row.said(name), extra)
        if words.word not in SILENT and (status.word is StatusWord.NONE or words.word is not StatusWord.STEP):
            if name == "note" and words.word in (StatusWord.STEP, StatusWord.IN_PROGRESS):
                continue
            status, seen_in = words, name
            break
    if status.word is StatusWord.NONE and isinstance(row.values.get("deadline"), str) and completed is None:
        words = statuses.read(row.said("deadline"), extra)
        if words.word in KNOWN_DONE:
            status, seen_in = words, "deadline"
    return status, seen_in


def _doubts(
    row: Row, status: Status, seen_in: str, percent: float | None, beside: AbstractMapping[str, Status], say: Say
) -> Status:
    """Tell what is doubtful about the words; return them, waiting for the Centre if the words beside them say so."""
    if status.word is StatusWord.UNKNOWN and row.has("status"):
        say("status-unknown", "status", status.text)
    elif status.word is StatusWord.STEP:
        say("status-step", seen_in, status.text)
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
    return status
