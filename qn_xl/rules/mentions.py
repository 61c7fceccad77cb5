"""Dates, months, quarters and years inside Vietnamese text: what is written, where, and what it covers."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from qn_xl.rules.patterns import lazily

FIRST_YEAR, LAST_YEAR = 2000, 2100

_ROMAN = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12,
}  # fmt: skip
_MONTH = r"(?:1[0-2]|0?[1-9]|x?(?:iv|ix|vi{1,3}|v|i{1,3})|x)(?![a-z0-9])"
_QUARTER = r"(?:iv|i{1,3}|0?[1-4])(?![a-z0-9])"
_YEAR4 = r"(?:19|20)\d\d(?!\d)"
_YEAR = rf"(?:{_YEAR4}|[1-4]\d(?![\d/%]))"
_AND = r"\s*(?:,|\+|&|-|va|den|toi)\s*"
_NOT_A_DAY = r"(?!\s*/\s*\d{1,2}\s*/)"
# "tháng 5/2025", "tháng 5 năm 2025", "quý II/năm 2026", "Tháng 12//2026", "tháng 9, năm 2025"
_OF_YEAR = rf"(?:\s*[/.\-]{{1,2}}\s*(?:nam\s*)?{_YEAR}|\s*,?\s*(?:(?:cua\s+)?nam\s*)?{_YEAR4})"

_MENTION = lazily(
    rf"""
    (?=[\dbcdghnqst])(?<![a-z0-9/%])(?<!\d[.,])
    (?:
      (?P<ngay>ngay\s+(?:mung\s+)?)?(?=\d)(?:
        (?P<iso>20\d\d(?P<is>[-/.])\d{{1,2}}(?P=is)\d{{1,2}}(?!\d))
      | (?P<dmy>\d{{1,2}}\s*(?P<ds>[/.\-])[/.\-]?\s*\d{{1,2}}\s*(?P=ds)[/.\-]?\s*(?:\d{{4}}|\d\d)(?![\d/]))
      | (?P<words>\d{{1,2}}\s*thang(?=\s|\d)\s*{_MONTH}
          (?:\s*[/,\-]?\s*nam\s*{_YEAR4}|\s*[/\-]\s*{_YEAR4}|(?(ngay)|(?!))))
      | (?P<late>(?:1[3-9]|2\d|3[01])\s+thang\s+{_MONTH})
      | (?P<half>(?:3|6|9|12)\s+thang\s+(?:dau|cuoi)\s+nam(?:\s*,?\s*{_YEAR4})?)
      | (?P<months>(?:6|9|12)\s+thang(?:\s*/\s*|\s+nam\s+){_YEAR4})
      | (?P<dm>\d{{1,2}}\s*/{{1,2}}\s*\d{{1,2}}(?![ ]*[/\d])(?![ ]*[.\-][ ]*\d{{4}})(?:\s*,?\s*nam\s*{_YEAR4})?)
      | (?P<dmdash>\d{{1,2}}[.\-]\d{{1,2}}(?![\d/.\-]\d)(?(ngay)|(?!)))
      | (?P<my>\d{{1,2}}\s*(?:/{{1,2}}|[.\-])\s*{_YEAR4})
      | (?P<years>{_YEAR4}\s*-\s*(?:nam\s+)?{_YEAR4})
      | (?P<year>{_YEAR4})
      | (?P<day>\d{{1,2}}(?=\s*(?:-|den|toi)\s*(?:het\s+)?(?:ngay\s*)?\d{{1,2}}\s*/\s*\d{{1,2}}(?!\d)))
      )
    | (?=[bcdghnqst])(?:
        (?P<month>(?:(?:dau|giua|cuoi)\s+)?(?:thang(?=\s|\d)|t\.?)\s*{_MONTH}{_NOT_A_DAY}
          (?:{_AND}{_MONTH}{_NOT_A_DAY})*{_OF_YEAR}?)
      | (?P<quarter>(?:(?:dau|cuoi)\s+)?(?:qu[yi](?=\s|\d)|q\.?)\s*{_QUARTER}
          (?:{_AND}(?:qu[yi]\s+)?{_QUARTER}{_NOT_A_DAY})*{_OF_YEAR}?)
      | (?P<halfwords>(?:(?:ba|sau|chin)\s+thang|nua)\s+(?:dau|cuoi)\s+nam(?:\s*,?\s*{_YEAR4})?)
      | (?P<yearswords>(?:nam|giai\s+doan)\s+{_YEAR4}\s*-\s*(?:nam\s+)?{_YEAR4})
      | (?P<yearwords>(?:(?:dau|giua|cuoi)\s+)?nam\s+{_YEAR4}|(?:giua|cuoi)\s+{_YEAR4})
      | (?P<thisyear>(?:dau|giua|cuoi|ca|trong|het)\s+nam(?:\s+nay)?(?!\s*\d)|nam\s+nay)
      )
    )
    (?![a-z0-9])
    """,
    re.VERBOSE,
)
_POSSIBLE = lazily(r"\d|qu[yi]\s|\bq\.?\s?i|thang|\bt\.?\s?[ivx]|nam")
_NUMBERS = lazily(r"\d+|(?<![a-pr-su-z])[ivx]+(?![a-z])")
_PART = lazily(r"(dau|giua|cuoi)\s")
_WORD_NUMBERS = {"ba": 3, "sau": 6, "chin": 9}
_UNITS = {
    "iso": "day", "dmy": "day", "words": "day", "late": "day", "dm": "day", "dmdash": "day", "day": "day",
    "half": "half", "months": "half", "halfwords": "half", "month": "month", "my": "month", "quarter": "quarter",
    "years": "year", "yearswords": "year", "year": "year", "yearwords": "year", "thisyear": "year",
}  # fmt: skip


@dataclass(slots=True)
class Mention:
    """One period of time as written; `first` and `last` are None while the year is unknown or impossible.

    `unit` is "day", "month", "quarter", "half" or "year"; `part` is "dau", "giua" or "cuoi" where only the beginning,
    middle or end of it is meant; `numbers` are those before the year, day before month.
    """

    begin: int
    end: int
    kind: str
    unit: str
    numbers: tuple[int, ...] = ()
    part: str = ""
    first: date | None = None
    last: date | None = None
    yearless: bool = False

    @property
    def impossible(self) -> bool:
        """True for a date that does not exist ("31/6/2025"), year known or not."""
        if not self.yearless:
            return self.last is None
        return self.kind != "day" and _span(self, 2024)[1] is None

    @property
    def spans(self) -> bool:
        """True for a list or range written as one ("tháng 4, 5/2017", "2025-2030")."""
        return len(self.numbers) > 1 and self.unit in ("month", "quarter", "year")

    def settle(self, year: int) -> None:
        """Give a mention the year it belongs to."""
        self.first, self.last = _span(self, year) if FIRST_YEAR <= year <= LAST_YEAR else (None, None)


def find(flat: str) -> list[Mention]:
    """Return the mentions in `flat` (text.plain of a text), left to right, never overlapping."""
    if not _POSSIBLE.search(flat):
        return []
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


def _mention(match: re.Match[str]) -> Mention:
    kind, words = match.lastgroup or "", match[0]
    numbers = [int(n) if n[0].isdigit() else _ROMAN.get(n, 99) for n in _NUMBERS.findall(words)]
    unit = _UNITS[kind]
    found = Mention(match.start(), match.end(), kind, unit)
    if kind == "halfwords":
        numbers.insert(0, _WORD_NUMBERS.get(words.split()[0], 6))
    if unit == "half" or words[0] in "dgc":
        part = _PART.search(words)
        found.part = part[1] if part else ""
    year: int | None = None
    if kind == "iso":
        year, numbers = numbers[0], [numbers[2], numbers[1]]
    elif kind == "dmy":
        year = numbers.pop()
        year += 2000 if year < 100 else 0
    elif unit == "year" and numbers:
        year = numbers[-1]
    elif numbers and numbers[-1] >= 1000:
        year = numbers.pop()
    elif kind in ("month", "quarter") and len(numbers) > 1 and numbers[-1] > 12:
        year = numbers.pop() + 2000
    found.numbers = tuple(numbers)
    if year is None:
        found.yearless = True
    else:
        found.settle(year)
    return found


def _span(found: Mention, year: int) -> tuple[date | None, date | None]:
    """First and last day of a mention in `year`; (None, None) when such a day does not exist."""
    numbers, unit = found.numbers, found.unit
    if unit == "day":
        day = real_date(year, numbers[1], numbers[0]) if len(numbers) == 2 else None
        return day, day
    if unit == "half":
        length = numbers[0]
        if found.part == "cuoi":
            return date(year, 13 - length, 1), date(year, 12, 31)
        return date(year, 1, 1), month_end(year, length)
    if unit == "month":
        if not all(1 <= n <= 12 for n in numbers):
            return None, None
        first, last = date(year, numbers[0], 1), month_end(year, numbers[-1])
    elif unit == "quarter":
        if not all(1 <= n <= 4 for n in numbers):
            return None, None
        first, last = date(year, 3 * numbers[0] - 2, 1), month_end(year, 3 * numbers[-1])
    else:
        begin = numbers[0] if len(numbers) > 1 else year
        if not FIRST_YEAR <= begin <= year:
            return None, None
        first, last = date(begin, 1, 1), date(year, 12, 31)
    if last < first:
        return None, None
    return first, _end_of(found, first, last)


def _end_of(found: Mention, first: date, last: date) -> date:
    """Civil Code 2015, article 146: beginning, middle (the 15th; 30 June) and end of a month or year."""
    if found.part == "dau":
        return first
    if found.part == "giua":
        return first.replace(day=15) if found.unit == "month" else first.replace(month=6, day=30)
    return last
