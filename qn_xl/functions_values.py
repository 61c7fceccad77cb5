"""What a worksheet function takes and gives: cell values, and errors with a reason."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from math import isnan

Scalar = str | int | float | date | None
Table = list[list[Scalar]]

_EPOCH = date(1899, 12, 30)  # day 0 of Excel's serial dates


class QnError(Exception):
    """A worksheet error with its reason in Vietnamese. `cell` is what the cell shows."""

    cell = "#VALUE!"


class QnNotAvailable(QnError):
    """An unknown plan, word or snapshot, or a figure that does not exist."""

    cell = "#N/A"


class QnNoBase(QnNotAvailable):
    """A rate or mean over nothing: nobody has made a mistake."""


class QnValueError(QnError):
    """A function used wrongly."""


def is_blank(value: Scalar) -> bool:
    """Say whether a cell is empty, holds only spaces or a number that is none (NaN)."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and isnan(value))


def text_of(value: Scalar) -> str:
    """Return a word as text: Excel gives =QN_PROGRESS(138) as 138.0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def day_of(value: Scalar) -> date:
    """Return a date given as date, serial number of Excel, "30/9/2025" or "2025-09-30".

    Raises:
        QnValueError: anything else.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _EPOCH + timedelta(days=int(value))
        text = text_of(value)
        if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise QnValueError(f"“{text_of(value)}” không phải ngày (ngày/tháng/năm).") from None


def year_of(value: Scalar) -> int:
    text = text_of(value)
    if not re.fullmatch(r"(19|20|21)\d\d", text):
        raise QnValueError(f"“{text}” không phải năm.")
    return int(text)
