"""Dates, months, quarters and years inside Vietnamese text: what is written, where, and what it covers."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12}
FIRST_YEAR, LAST_YEAR = 2000, 2100

_DAY = r"(?:3[01]|[12]\d|0?[1-9]|\d{2})"
_MONTH = r"(?:1[0-2]|0?[1-9]|x?(?:iv|ix|vi{1,3}|v|i{1,3})|x)(?![a-z0-9])"
_QUARTER = r"(?:iv|i{1,3}|0?[1-4])(?![a-z0-9])"
_YEAR4 = r"(?:19|20)\d\d(?!\d)"
_YEAR = rf"(?:{_YEAR4}|[1-4]\d(?![\d/%]))"
_AND = r"\s*(?:,|\+|&|-|va|den|toi)\s*"
# "tháng 5/2025", "tháng 5 năm 2025", "quý II/năm 2026", "Tháng 12//2026", "tháng 9, năm 2025"
_OF_YEAR = rf"(?:\s*[/.\-]{{1,2}}\s*(?:nam\s*)?{_YEAR}|\s*,?\s*(?:cua\s+)?nam\s*{_YEAR4}|\s*,?\s*{_YEAR4})"
_NO_DATE_AFTER = r"(?!\s*/\s*\d{1,2}\s*/)"

_MENTION = re.compile(
    rf"""
    (?<![a-z0-9/%])(?<!\d[.,])
    (?:
      (?P<iso>20\d\d(?P<is>[-/.])\d{{1,2}}(?P=is)\d{{1,2}}(?!\d))
    | (?P<dmy>(?:ngay\s+)?\d{{1,2}}\s*(?P<ds>[/.\-])[/.\-]?\s*\d{{1,2}}\s*(?P=ds)[/.\-]?\s*(?:\d{{4}}|\d\d)(?![\d/]))
    | (?P<words>(?:ngay\s+(?:mung\s+)?)?\d{{1,2}}\s*thang\s*{_MONTH}(?:\s*[/,\-]?\s*nam\s*{_YEAR4}|\s*[/\-]\s*{_YEAR4}))
    | (?P<wordsshort>ngay\s+(?:mung\s+)?\d{{1,2}}\s*thang\s*{_MONTH})
    | (?P<half>(?:(?:3|6|9|12|ba|sau|chin)\s+thang\s+(?:dau|cuoi)\s+nam|nua\s+(?:dau|cuoi)\s+nam)(?:\s*,?\s*{_YEAR4})?)
    | (?P<months>(?:6|9|12|sau|chin)\s+thang(?:\s*/\s*|\s+nam\s+){_YEAR4})
    | (?P<month>(?:(?:dau|giua|cuoi)\s+)?(?:thang|t\.?)\s*{_MONTH}{_NO_DATE_AFTER}
        (?:{_AND}{_MONTH}{_NO_DATE_AFTER}(?!\s*/\s*\d{{1,2}}(?!\d)))*{_OF_YEAR}?)
    | (?P<quarter>(?:(?:dau|cuoi)\s+)?(?:quy|q\.?)\s*{_QUARTER}(?:{_AND}(?:quy\s*)?{_QUARTER}(?!\s*/\s*\d{{1,2}}\s*/))*{_OF_YEAR}?)
    | (?P<dm>(?:ngay\s+)?{_DAY}\s*/{{1,2}}\s*\d{{1,2}}(?![ ]*[/\d])(?![ ]*[.\-][ ]*\d{{4}})(?:\s*,?\s*nam\s*{_YEAR4})?)
    | (?P<dmdash>ngay\s+{_DAY}[.\-]\d{{1,2}}(?![\d/.\-]\d))
    | (?P<my>\d{{1,2}}\s*(?:/{{1,2}}|[.\-])\s*{_YEAR4})
    | (?P<years>(?:(?:nam|giai\s+doan)\s+)?{_YEAR4}\s*-\s*(?:nam\s+)?{_YEAR4})
    | (?P<year>(?:(?:dau|giua|cuoi)\s+)?(?:nam\s+)?{_YEAR4})
    | (?P<thisyear>(?:dau|giua|cuoi|ca|trong|het)\s+nam(?:\s+nay)?(?!\s*\d))
    | (?P<day>(?:ngay\s+)?\d{{1,2}}(?=\s*(?:-|den|toi)\s*(?:het\s+)?(?:ngay\s*)?\d{{1,2}}\s*/\s*\d{{1,2}}(?!\d)))
    )
    (?![a-z0-9])
    """,
    re.VERBOSE,
)
_NUMBERS = re.compile(r"\d+|(?<![a-pr-su-z])[ivx]+(?![a-z])")
_START_OR_MIDDLE = re.compile(r"(dau|giua|cuoi)\s+(?:thang|t\b|quy|q\b|nam|\d)")


@dataclass(slots=True)
class Mention:
    """One period of time as written; `first` and `last` are None while the year is unknown or impossible."""

    begin: int
    end: int
    kind: str
    unit: str  # "day" | "month" | "quarter" | "half" | "year"
    first: date | None = None
    last: date | None = None
    yearless: bool = False
    impossible: bool = False
    numbers: tuple[int, ...] = ()
    part: str = ""  # "dau" | "giua" | "cuoi"

    @property
    def spans(self) -> bool:
        """True for a list or range written as one ("tháng 4, 5/2017", "2025-2030")."""
        return self.kind == "years" or (self.unit in ("month", "quarter") and len(self.numbers) > 1)

    def settle(self, year: int) -> None:
        """Give a mention without a year the year it belongs to."""
        self.first, self.last = _span(self, year)
        self.impossible = self.last is None


def find(flat: str) -> list[Mention]:
    """Return the mentions in `flat` (text.plain of a text), left to right, never overlapping."""
    return [_mention(match) for match in _MENTION.finditer(flat)]


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def real_date(year: int, month: int, day: int) -> date | None:
    """Return the date, None if it does not exist or lies outside 2000 to 2100."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


_UNITS = {
    "iso": "day", "dmy": "day", "words": "day", "wordsshort": "day", "dm": "day", "dmdash": "day", "day": "day",
    "half": "half", "months": "half", "month": "month", "my": "month", "quarter": "quarter",
    "years": "year", "year": "year", "thisyear": "year",
}  # fmt: skip
_WORD_NUMBERS = {"ba": 3, "sau": 6, "chin": 9}


def _mention(match: re.Match[str]) -> Mention:
    kind = match.lastgroup or ""
    for name in _UNITS:
        if match.group(name) is not None:
            kind = name
    words = match[0]
    numbers = tuple(int(n) if n.isdigit() else _ROMAN.get(n, 99) for n in _NUMBERS.findall(words))
    if kind == "half" and not words[0].isdigit():
        head = words.split()[0]
        numbers = (_WORD_NUMBERS.get(head, 6), *numbers)
    part_match = _START_OR_MIDDLE.match(words) if kind != "half" else re.search(r"(dau|cuoi)\s+nam", words)
    found = Mention(match.start(), match.end(), kind, _UNITS[kind], part=part_match[1] if part_match else "")
    year, found.numbers = _year_of(kind, numbers, words)
    if year is None:
        found.yearless = True
    elif FIRST_YEAR <= year <= LAST_YEAR:
        found.first, found.last = _span(found, year)
        found.impossible = found.last is None
    else:
        found.impossible = True
    return found


def _year_of(kind: str, numbers: tuple[int, ...], words: str) -> tuple[int | None, tuple[int, ...]]:
    """Split the numbers of a mention into its year and the rest (day before month)."""
    if kind == "iso":
        return numbers[0], (numbers[2], numbers[1])
    if kind in ("years", "year"):
        return numbers[-1], numbers
    if kind == "dmy":
        year = numbers[2]
        return (year + 2000 if year < 100 else year), numbers[:2]
    if kind in ("wordsshort", "dmdash", "thisyear", "day"):
        return None, numbers
    if numbers and numbers[-1] >= 1000:
        return numbers[-1], numbers[:-1]
    if kind in ("month", "quarter") and len(numbers) > 1 and re.search(r"[/.\-]\s*\d\d$", words) and numbers[-1] > 12:
        return numbers[-1] + 2000, numbers[:-1]
    return None, numbers


def _span(found: Mention, year: int) -> tuple[date | None, date | None]:
    """First and last day of a mention in `year`; (None, None) when such a day does not exist."""
    numbers, unit = found.numbers, found.unit
    if unit == "day":
        if found.kind == "day" or len(numbers) < 2:
            return None, None
        day = real_date(year, numbers[1], numbers[0])
        return day, day
    if unit == "month":
        if not all(1 <= n <= 12 for n in numbers):
            return None, None
        first, last = date(year, numbers[0], 1), month_end(year, numbers[-1])
    elif unit == "quarter":
        if not all(1 <= n <= 4 for n in numbers):
            return None, None
        first, last = date(year, 3 * numbers[0] - 2, 1), month_end(year, 3 * numbers[-1])
    elif unit == "half":
        length = numbers[0] if numbers else 6
        if found.part == "cuoi":
            return date(year, 13 - length, 1), date(year, 12, 31)
        return date(year, 1, 1), month_end(year, length)
    else:
        begin = numbers[0] if found.kind == "years" else year
        if not FIRST_YEAR <= begin <= year:
            return None, None
        first, last = date(begin, 1, 1), date(year, 12, 31)
    if last < first:
        return None, None
    return first, _part_of(found, first, last)


def _part_of(found: Mention, first: date, last: date) -> date | None:
    """Civil Code 2015, article 146: start, middle (15th; 30 June) and end of a month or year."""
    if found.part == "dau":
        return first
    if found.part == "giua":
        return first.replace(day=15) if found.unit == "month" else first.replace(month=6, day=30)
    return last
