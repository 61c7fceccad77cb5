"""Number format codes: which turn a number into a date, and what date that is.

Sources: ECMA-376 part 1, 18.8.30 (built-in codes); Excel's day 60, 29/2/1900, never existed.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

# Code 14 follows the regional setting of whoever looks: it says nothing about how the date was typed.
BUILTIN = {
    0: "General", 9: "0%", 10: "0.00%", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    27: "yyyy/m/d", 28: "m/d", 29: "m/d", 30: "m-d-yy", 31: "yyyy/m/d", 32: "h:mm", 33: "h:mm:ss",
    34: "h:mm", 35: "h:mm:ss", 36: "yyyy/m/d", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    50: "yyyy/m/d", 51: "m/d", 52: "yyyy/m", 53: "m/d", 54: "m/d", 55: "h:mm", 56: "h:mm:ss",
    57: "yyyy/m/d", 58: "m/d",
}  # fmt: skip

_QUOTED = re.compile(r'"[^"]*"?|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKET = re.compile(r"\[[^\]]*\]")


@lru_cache(maxsize=4096)
def is_date(code: str) -> bool:
    """Tell whether a cell with this format code shows its number as a date or a time of day."""
    section = _section(code)
    if _ELAPSED.search(section):
        return False
    bare = _BRACKET.sub("", section)
    return "general" not in bare.lower() and any(letter in "dmyhsDMYHS" for letter in bare)


@lru_cache(maxsize=4096)
def is_elapsed(code: str) -> bool:
    """Tell whether the code shows an elapsed time such as [h]:mm."""
    return _ELAPSED.search(_section(code)) is not None


def to_date(serial: float, epoch_1904: bool = False) -> date | datetime | time | float:
    """Return what Excel shows for `serial`: a date, with a time of day if there is one, or a time of day.

    A number that is no date (negative, beyond the year 9999) stays a number.
    """
    if serial < 0 or serial >= 2_958_466:
        return serial
    days, fraction = divmod(serial, 1)
    milliseconds = round(fraction * 86_400_000)
    if milliseconds == 86_400_000:
        days, milliseconds = days + 1, 0
    clock = timedelta(milliseconds=milliseconds)
    if epoch_1904:
        start = datetime(1904, 1, 1)
    elif days == 0:
        return (datetime(1900, 1, 1) + clock).time()
    else:
        # Before day 60 the calendar of Excel runs one day ahead, because it believes in 29/2/1900.
        start = datetime(1899, 12, 31) if days < 60 else datetime(1899, 12, 30)
    try:
        moment = start + timedelta(days=days) + clock
    except OverflowError:
        return serial
    return moment if milliseconds else moment.date()


def to_elapsed(serial: float) -> timedelta | float:
    try:
        return timedelta(days=serial)
    except (OverflowError, ValueError):
        return serial


def _section(code: str) -> str:
    return _QUOTED.sub("", code).split(";", 1)[0]
