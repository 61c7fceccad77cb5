"""Deadlines as offices write them: real dates, dates typed as text, months, quarters, ranges, events, wishes.

Every wording understood is listed in tests/test_deadlines.py; whatever is not is UNREADABLE, never a guess.
The words are read in deadline_text.py; this module reads cell values and their number formats.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from qn_xl.model import Deadline, DeadlineKind
from qn_xl.rules import asides, deadline_text, mentions
from qn_xl.rules.mentions import month_end, real_date
from qn_xl.rules.text import clean, plain

Value = str | date | datetime | time | timedelta | int | float | None

_FIRST_SERIAL, _LAST_SERIAL = 36526, 73415  # 1/1/2000 and 31/12/2100 in Excel's count of days
_EPOCH = date(1899, 12, 30)
_SERIAL = re.compile(r"\s*(\d{5})(?:[.,]\d+)?\s*")
_COMMON = re.compile(r"(?:trước )?(?:ngày )?(\d\d?)/(\d\d?)/(20\d\d)", re.IGNORECASE)
_AROUND_DAY = re.compile(r"\b(?:da|hoan thanh|xong|thuc hien|ban hanh|ban giao|tra loi|vao|ngay)\b")
_LETTER = re.compile(r"[^\W_]")

_VIEWERS_FORMATS = ("mm-dd-yy", "m/d/yy h:mm")  # built-in 14 and 22 follow the viewer's settings
_NOT_CODE = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.|_.')
_CLOCK_CODE = re.compile(r"h+:?m*:?s*(?:\.0+)?|am/pm|a/p|:?m+:?s+")


def read(
    value: Value, *, number_format: str | None = None, year: int | None = None, issued: date | None = None
) -> Deadline:
    """Return the deadline that a cell states.

    Args:
        value: the cell's value; real dates and Excel's day numbers included.
        number_format: the cell's number format code; `"Tháng "m/yyyy` makes a real date mean its month, an explicit
            American order raises the suspicion of a swapped day and month.
        year: the plan's year, for wordings without one.
        issued: date of the plan, for "100 ngày kể từ ngày ban hành".
    """
    if value is None:
        return Deadline(DeadlineKind.NONE)
    if isinstance(value, str):
        return _read_text(value, year, issued)
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _read_real(value, number_format)
    if isinstance(value, time | timedelta):
        return Deadline(DeadlineKind.UNREADABLE, str(value))
    return _read_number(value)


def read_date(value: Value, *, number_format: str | None = None, year: int | None = None) -> date | None:
    """Return the day that a completion-date cell states; None for anything else, months included."""
    if isinstance(value, str):
        return _read_day(value, year)
    found = read(value, number_format=number_format, year=year)
    return None if found.month_only else found.due


def swapped(day: date) -> date | None:
    """Return `day` with day and month exchanged, None where that is impossible or changes nothing."""
    return date(day.year, day.day, day.month) if day.day <= 12 and day.day != day.month else None


@lru_cache(maxsize=65536)
def _read_real(day: date, number_format: str | None) -> Deadline:
    text = f"{day.day:02}/{day.month:02}/{day.year}"
    if not mentions.FIRST_YEAR <= day.year <= mentions.LAST_YEAR:
        return Deadline(DeadlineKind.UNREADABLE, text)
    shows = _shown_by(number_format or "")
    if shows == "month":
        end = month_end(day.year, day.month)
        return Deadline(DeadlineKind.DATE, f"Tháng {day.month}/{day.year}", end, month_only=True, real=True)
    if shows == "year":
        return Deadline(DeadlineKind.DATE, f"Năm {day.year}", date(day.year, 12, 31), month_only=True, real=True)
    return Deadline(DeadlineKind.DATE, text, day, swap=swapped(day) if shows == "american" else None, real=True)


@lru_cache(maxsize=1024)
def _shown_by(number_format: str) -> str:
    """Tell what a date format shows: "day", "month" (no day), "year", or "american" (month before day).

    Formats that follow the viewer's settings (built-in 14 and 22, `[$-F800]`) prove nothing about the order.
    """
    code = number_format.split(";")[0].lower()
    if code in _VIEWERS_FORMATS or "[$-f800]" in code or "[$-f400]" in code:
        return "day"
    letters = re.findall(r"d+|m+|y+", _CLOCK_CODE.sub("", _NOT_CODE.sub("", code)))
    order = "".join(run[0] for run in letters)
    if order.startswith("m") and "d" in order and len(letters[0]) <= 2:
        return "american"
    if "d" in order or not order:
        return "day"
    return "month" if "m" in order else "year"


def _read_number(value: float) -> Deadline:
    if isinstance(value, bool):
        return Deadline(DeadlineKind.UNREADABLE, str(value))
    whole = value == value // 1
    text = str(int(value)) if whole else str(value)
    if whole and mentions.FIRST_YEAR <= value <= mentions.LAST_YEAR:
        return Deadline(DeadlineKind.DATE, text, date(int(value), 12, 31), month_only=True)
    if _FIRST_SERIAL <= value < _LAST_SERIAL + 1:
        return Deadline(DeadlineKind.DATE, text, _EPOCH + timedelta(days=int(value)), real=True)
    return Deadline(DeadlineKind.UNREADABLE, text)


def _serial(text: str) -> date | None:
    match = _SERIAL.fullmatch(text)
    if match and _FIRST_SERIAL <= int(match[1]) <= _LAST_SERIAL:
        return _EPOCH + timedelta(days=int(match[1]))
    return None


@lru_cache(maxsize=65536)
def _read_text(text: str, year: int | None, issued: date | None) -> Deadline:
    shown = clean(text)
    common = _COMMON.fullmatch(shown)
    day = real_date(int(common[3]), int(common[2]), int(common[1])) if common else _serial(shown)
    if day is not None:
        return Deadline(DeadlineKind.DATE, shown, day)
    return deadline_text.understand(shown, year, issued)


@lru_cache(maxsize=65536)
def _read_day(text: str, year: int | None) -> date | None:
    shown = clean(text)
    serial = _serial(shown)
    if serial is not None:
        return serial
    flat = asides.blanked(plain(shown))
    found = mentions.find(flat)
    if len(found) != 1 or found[0].unit != "day":
        return None
    if _LETTER.search(_AROUND_DAY.sub(" ", flat[: found[0].begin] + flat[found[0].end :])):
        return None
    if found[0].yearless and year is not None:
        found[0].settle(year)
    return found[0].last
