"""Parts of a text that hold numbers but no deadline: clock times, weekdays, shares, cited documents."""

from __future__ import annotations

import re

from qn_xl.rules.patterns import lazily

# "Kế hoạch số 138/KH-UBND ngày 21/5/2025": the date of a document is not a deadline.
_DATED = (
    r"(?:,?\s*(?:ky\s+)?ngay\s+\d{1,2}(?:\s*/\s*\d{1,2}\s*/\s*\d{4}|\s+thang\s+\d{1,2}\s+nam\s+\d{4}))?"
)
_SYMBOL = lazily(
    rf"(?:\bso\s+)?(?<![\d/])\d[\w.]*(?:-[a-z]+)?/(?!nam\b|thang\b)[a-z]\w*(?:[/-][a-z]\w*)*{_DATED}"
)
_PAPERS = (
    "nghi quyet", "quyet dinh", "ke hoach", "cong van", "thong bao", "chi thi", "nghi dinh", "thong tu", "ket luan",
    "de an", "to trinh",
)  # fmt: skip
_NUMBERED_PAPER = lazily(rf"\b(?:{'|'.join(_PAPERS)})\s+(?:so\s+)?\d{{1,4}}(?![\d/.]){_DATED}")
_DIGIT = lazily(r"\d")
_SHARE = lazily(r"\d+(?:[.,]\d+)?\s*%")
_HOUR = lazily(r"\d\s*(?:h|gio)")
_CLOCK = lazily(
    r"(?<!\d)\d{1,2}(?:\s*(?:h|gio)(?![a-z])\s*(?:\d{2}\b)?|:\d{2}(?::\d{2}(?:\.\d+)?)?)"
    r"(?:\s*phut)?(?:\s*(?:am|pm)\b)?"
)
_ISO_CLOCK = lazily(r"(?<=\d)t(?=\d\d:)")
_WEEKDAY = lazily(r"\b(?:thu\s+(?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat)\b")
_SLASH_LETTER = lazily(r"/[a-z]")


def blanked(flat: str) -> str:
    """Return `flat` (text.plain of a text) with these parts as spaces, every position kept."""
    if not _DIGIT.search(flat):
        return flat
    if ":" in flat or _HOUR.search(flat):
        flat = _CLOCK.sub(_spaces, _ISO_CLOCK.sub(" ", flat))
    if "%" in flat:
        flat = _SHARE.sub(_spaces, flat)
    if "thu " in flat or "chu nhat" in flat:
        flat = _WEEKDAY.sub(_spaces, flat)
    if _SLASH_LETTER.search(flat):
        flat = _SYMBOL.sub(_spaces, flat)
    if any(paper in flat for paper in _PAPERS):
        flat = _NUMBERED_PAPER.sub(_spaces, flat)
    return flat


def _spaces(match: re.Match[str]) -> str:
    return " " * len(match[0])
