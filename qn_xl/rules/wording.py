"""Numbers, percentages and dates as official Vietnamese text."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import floor

CITY_SINCE = date(2026, 9, 1)  # Nghị quyết 36/2026/QH16: the province becomes a centrally-run city


class Rounding(StrEnum):
    """How the last printed digit of a percentage is made (sheet Cài đặt)."""

    ROUND = "làm tròn"
    CUT = "cắt"


def percent_text(
    done: float, base: int = 1, places: int = 1, rounding: Rounding = Rounding.ROUND, *, complement: bool = False
) -> str:
    """Return done ÷ base as text, "46,5%"; halves are rounded up; "" when the base is 0.

    A share between 0 and 1 alone will do: it is taken for the ratio of whole numbers that it came from.
    `complement` gives what the printed share leaves of 100 %, so that two printed shares add up: the
    Government's report 1270/BC-TCTTTg cuts 16.051 of 16.274 to 98,62% and gives 1,38% for the rest.

    Raises:
        ValueError: a negative count, or more done than the base.
    """
    if not 0 <= done <= base:
        raise ValueError(f"{done} of {base}")
    if base == 0:
        return ""
    whole = 100 * 10**places
    exact = Fraction(done).limit_denominator(1_000_000) * whole / base
    steps = floor(exact if rounding is Rounding.CUT else exact + Fraction(1, 2))
    return _fixed(whole - steps if complement else steps, places) + "%"


def _fixed(steps: int, places: int) -> str:
    if not places:
        return str(steps)
    return f"{steps // 10**places},{steps % 10**places:0{places}d}"


def number_text(value: float, places: int = 0) -> str:
    """Return a number with a decimal comma and a point between thousands: 16.051; 30,1."""
    return f"{value:,.{places}f}".translate(str.maketrans(",.", ".,"))


def date_text(day: date) -> str:
    """Return 09/6/2025: days below 10 and months 1 and 2 have a leading zero (Nghị định 30/2020/NĐ-CP)."""
    return f"{day.day:02d}/{_month(day)}/{day.year}"


def date_line(day: date) -> str:
    """Return "ngày 09 tháng 6 năm 2025", the form of a document's date line."""
    return f"ngày {day.day:02d} tháng {_month(day)} năm {day.year}"


def _month(day: date) -> str:
    return f"{day.month:02d}" if day.month < 3 else str(day.month)


def whole_area(as_of: date) -> str:
    """Return "toàn tỉnh", from 1/9/2026 "toàn thành phố"."""
    return "toàn thành phố" if as_of >= CITY_SINCE else "toàn tỉnh"
