"""Deadlines as offices write them: real dates, dates typed as text, months, quarters, ranges, events, wishes.

Every wording understood is listed in tests/test_deadlines.py; whatever is not is UNREADABLE, never a guess.
Sources: Civil Code 2015, articles 146 to 148 (parts of a month or year; the first day of a term is not
counted), and the wordings collected in the domain notes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from qn_xl.model import Deadline, DeadlineKind
from qn_xl.rules import mentions
from qn_xl.rules.central import waits_for_centre
from qn_xl.rules.mentions import Mention, month_end, real_date
from qn_xl.rules.text import clean, plain

Value = str | date | datetime | int | float | None

_FIRST_SERIAL, _LAST_SERIAL = 36526, 73415  # 1/1/2000 and 31/12/2100 in Excel's count of days
_EPOCH = date(1899, 12, 30)

_NOTHING = re.compile(
    r"[\W_]*|[x0]|n/?a|khong|khong (?:co )?(?:thoi )?han|khong co|khong (?:quy dinh|xac dinh)(?: (?:thoi )?han| thoi gian)?|"
    r"chua (?:xac dinh|de xuat|co|ro)(?: duoc)?(?: (?:thoi )?han.*| thoi gian.*)?|"
    r"(?:da )?(?:hoan thanh|xong|thuc hien)(?: 100 ?%)?"
)
_SAID_DONE = re.compile(r"da (?:hoan thanh|xong|thuc hien|ban hanh|trien khai)\b")
_RECURRING = re.compile(
    r"thuong xuyen|dinh ky|lien tuc|duy tri|"
    r"(?<!khach )(?<!ngan )(?<!mat )\bhang (?:ngay|tuan|thang|quy|nam)\b|(?<!doi )\bmoi (?:ngay|tuan|thang|quy|nam)\b"
)
_PERIODIC = re.compile(r"\b(?:hang|moi) (?:ngay|tuan|thang|quy|nam)\b|dinh ky")
_EVENT = re.compile(r"\b(?:ngay )?sau khi\b|\bngay sau\b|\bngay khi\b|\b(?:ke )?tu khi\b|\bkhi (?:co|duoc|nhan|phat sinh)\b")
_ACCORDING = re.compile(r"[\W_]*(?:hoan thanh |thuc hien )?theo\b|[\W_]*(?:phu thuoc|tuy theo)\b")
_OPEN_START = re.compile(r"[\W_]*(?:ke )?tu (?:ngay |khi |luc )?(?:ky|ban hanh|ke hoach|van ban)\b")
_TERM = re.compile(
    r"[\W_]*(?:hoan thanh )?(?P<within>trong (?:thoi (?:han|gian) )?(?:vong )?)?(?P<n>\d{1,3}) ?(?P<unit>ngay|tuan|thang|nam)\b"
    r"(?P<working> lam viec)?(?:,? ?(?:(?:ke )?tu|tinh tu|sau)\b ?(?P<tail>.*))?[\W_]*"
)
_OWN_ISSUE = re.compile(
    r"(?:ngay |khi )?(?:ke hoach (?:nay )?(?:duoc )?)?(?:ky |duoc )?(?:ban hanh|ky)(?: (?:ke hoach|van ban|quyet dinh)(?: nay)?)?[\W_]*"
)
_PROPOSAL = re.compile(
    r"(?:(?:da |co van ban )?(?:de xuat|de nghi|kien nghi|xin)\b[^.;\n\d]{0,60}?"
    r"\b(?:han|gia han|dieu chinh|lui|chuyen|keo dai|thay doi|thoi gian|sang)\b"
    r"|(?:thay doi|dieu chinh) (?:thoi (?:han|gian)|han|tien do|sang|thanh|den)\b|(?:gia han|lui|keo dai|chuyen) (?:den|sang|toi|them|thoi)\b)"
    r"[^\n]*"
)
_OLD_DATE = re.compile(r"(?:\bcu\s*:?|truoc day\s*:?|\btu)\s*$")

# "Kế hoạch số 138/KH-UBND ngày 21/5/2025": the date of a document is not a deadline.
_DATED = r"(?:,?\s*(?:ky\s+)?ngay\s+\d{1,2}(?:\s*/\s*\d{1,2}\s*/\s*\d{4}|\s+thang\s+\d{1,2}\s+nam\s+\d{4}))?"
_CITATION = re.compile(
    rf"(?:so\s+)?(?<![\d/])\d[\w.]*(?:-[a-z]+)?/(?!nam\b|thang\b)[a-z][\w]*(?:[/-][a-z]\w*)*{_DATED}"
    r"|(?:nghi quyet|quyet dinh|ke hoach|cong van|thong bao|chi thi|nghi dinh|thong tu|ket luan|de an|to trinh)"
    rf"\s+(?:so\s+)?\d{{1,4}}(?![\d/.]){_DATED}"
)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}(?:\s*(?:h|gio)(?![a-z])\s*(?:\d{2}\b)?|:\d{2}(?::\d{2}(?:\.\d+)?)?)(?:\s*phut)?(?:\s*(?:am|pm)\b)?")
_ISO_CLOCK = re.compile(r"(?<=\d)t(?=\d\d:)")
_WEEKDAY = re.compile(r"\b(?:thu\s+(?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat)\b")

_FILLER = re.compile(
    r"\b(?:truoc|cham nhat|muon nhat|cham|la|vao|trong|vong|den|toi|het|ngay|thoi han|thoi gian|thoi diem|han|cuoi cung|hoan thanh|"
    r"xong|phai|du kien|tu|va|ke|khoang|khong (?:muon|cham) (?:hon|qua)|khong qua|deadline|tro di|bat dau|thuc hien|giai doan|ky|"
    r"cap nhat|bao cao|nhiem vu|thang|quy|nam|khi|nay|thuong xuyen|dinh ky|lien tuc|duy tri|(?:hang|moi) (?:ngay|tuan|thang|quy|nam))\b"
)
_LEFT = re.compile(r"[^\W_]")
_LOOSE_NUMBER = re.compile(r"\d+(?!\d)(?!\s+(?!ngay|thang|tuan|nam|quy|gio)[a-z])")
_BEFORE = re.compile(r"\btruoc(?:\s+ngay)?\s*$")
_FROM = re.compile(r"\b(?:tu|bat dau)(?:\s+ngay)?\s*$")
_AFTER = re.compile(r"\bsau(?:\s+ngay)?\s*$")
_ANCHOR = re.compile(
    r"(?:^|[^\w\s]|\n|\b(?:truoc|trong|den|toi|het|nhat|la|vao|thanh|xong|han|tu|va|kien|cuoi|dau|qua|hon|cung))\s*(?:ngay)?\s*$"
)
_TO = re.compile(r"[ ]*(?:-|~|→|->|den|toi)(?:\s*(?:het|cuoi|ngay|truoc))*\s*")
_REFINED = re.compile(r"[ ]*,?[ ]*(?:va )?(?:truoc|cham nhat|muon nhat|xong truoc|hoan thanh truoc)\b[\sa-z]*")
_SLIP = re.compile(r"[/.\-]{2}|\s[/]|[/]\s|\n|\b(?:thang|quy|nam|ngay)\b")


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


def _read_real(day: date, number_format: str | None) -> Deadline:
    text = f"{day.day:02}/{day.month:02}/{day.year}"
    if not mentions.FIRST_YEAR <= day.year <= mentions.LAST_YEAR:
        return Deadline(DeadlineKind.UNREADABLE, text)
    order = _order(number_format or "")
    if order == "month":
        end = month_end(day.year, day.month)
        return Deadline(DeadlineKind.DATE, f"Tháng {day.month}/{day.year}", end, month_only=True)
    if order == "year":
        return Deadline(DeadlineKind.DATE, f"Năm {day.year}", date(day.year, 12, 31), month_only=True)
    return Deadline(DeadlineKind.DATE, text, day, swap=swapped(day) if order == "american" else None)


@lru_cache(maxsize=1024)
def _order(number_format: str) -> str:
    """Tell what a date format shows: "day", "month" (no day), "year", or "american" (month before day).

    The system's short date (built-in 14, `mm-dd-yy` in the file) follows the viewer's settings and proves nothing;
    so does built-in 22 and the `[$-F800]` long date.
    """
    code = number_format.split(";")[0].lower()
    if code in ("mm-dd-yy", "m/d/yy h:mm") or "[$-f800]" in code or "[$-f400]" in code:
        return "day"
    code = re.sub(r'\[[^\]]*\]|"[^"]*"|\\.|_.', "", code)
    code = re.sub(r"h+:?m*:?s*(?:\.0+)?|am/pm|a/p|:?m+:?s+", "", code)
    letters = re.findall(r"d+|m+|y+", code)
    order = "".join(run[0] for run in letters)
    if order.startswith("m") and "d" in order and len(letters[0]) <= 2:
        return "american"
    if "d" in order or not order:
        return "day"
    return "month" if "m" in order else "year"


def _read_number(value: float) -> Deadline:
    text = str(int(value)) if value == int(value) else str(value)
    if isinstance(value, bool):
        return Deadline(DeadlineKind.UNREADABLE, str(value))
    if value == int(value) and mentions.FIRST_YEAR <= value <= mentions.LAST_YEAR:
        return Deadline(DeadlineKind.DATE, text, date(int(value), 12, 31), month_only=True)
    if _FIRST_SERIAL <= value <= _LAST_SERIAL + 1:
        return Deadline(DeadlineKind.DATE, text, _EPOCH + timedelta(days=int(value)))
    return Deadline(DeadlineKind.UNREADABLE, text)


@lru_cache(maxsize=65536)
def _read_day(text: str, year: int | None) -> date | None:
    flat = _prepared(plain(clean(text)))
    serial = _serial(flat)
    if serial is not None:
        return serial
    found = mentions.find(flat)
    if len(found) != 1 or found[0].unit != "day" or found[0].impossible:
        return None
    rest = flat[: found[0].begin] + flat[found[0].end :]
    rest = re.sub(r"\b(?:da|hoan thanh|xong|thuc hien|ban hanh|ban giao|tra loi|vao|ngay)\b", " ", rest)
    if _LEFT.search(rest):
        return None
    if found[0].yearless and year is not None:
        found[0].settle(year)
    return found[0].last


def _serial(flat: str) -> date | None:
    match = re.fullmatch(r"(\d{5})(?:[.,]\d+)?", flat.strip())
    if match and _FIRST_SERIAL <= int(match[1]) <= _LAST_SERIAL:
        return _EPOCH + timedelta(days=int(match[1]))
    return None


def _prepared(flat: str) -> str:
    """Blank out clock times, weekdays and cited documents, keeping every position."""
    if ":" in flat or "h" in flat or "gio" in flat:
        flat = _CLOCK.sub(_blank, _ISO_CLOCK.sub(" ", flat))
    if "thu " in flat or "chu nhat" in flat:
        flat = _WEEKDAY.sub(_blank, flat)
    return _CITATION.sub(_blank, flat)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


@lru_cache(maxsize=65536)
def _read_text(text: str, year: int | None, issued: date | None) -> Deadline:
    shown = clean(text)
    flat = plain(shown)
    if _NOTHING.fullmatch(flat.strip(" .,;:\n")):
        return Deadline(DeadlineKind.NONE, shown)
    serial = _serial(flat)
    if serial is not None:
        return Deadline(DeadlineKind.DATE, shown, serial)
    found = _with_proposal(shown, _prepared(flat), year, issued)
    return replace(found, text=shown, central=waits_for_centre(shown))


def _with_proposal(shown: str, flat: str, year: int | None, issued: date | None) -> Deadline:
    """Set a requested change apart: the standing date stays, the request is kept beside it."""
    wish = _PROPOSAL.search(flat)
    if wish is None:
        return _understand(shown, flat, year, issued)
    begin, end = wish.span()
    if flat[:begin].rstrip().endswith("(") and flat.find(")", begin) >= 0:
        depth = 1
        for position in range(begin, end):
            depth += {"(": 1, ")": -1}.get(flat[position], 0)
            if depth == 0:
                end = position
                break
    words = shown[begin:end].strip(" .;,")
    wanted: list[Mention] = []
    old: list[Mention] = []
    for mention in mentions.find(flat[begin:end]):
        if mention.yearless and year is not None:
            mention.settle(year)
        is_old = _OLD_DATE.search(flat[begin : begin + mention.begin]) is not None
        (old if is_old else wanted).append(mention)
    rest = flat[:begin] + " " * (end - begin) + flat[end:]
    if _LEFT.search(rest):
        standing = _understand(shown, rest, year, issued)
    elif old and old[-1].last is not None:
        standing = Deadline(DeadlineKind.DATE, due=old[-1].last, month_only=old[-1].unit != "day")
    else:
        standing = Deadline(DeadlineKind.UNREADABLE)
    return replace(standing, proposal=words, proposed=wanted[-1].last if wanted else None)


def _understand(shown: str, flat: str, year: int | None, issued: date | None) -> Deadline:
    term = _TERM.fullmatch(flat)
    if term is not None:
        return _read_term(term, year, issued)
    found = mentions.find(flat)
    recurring = _RECURRING.search(flat) is not None
    if found and _SAID_DONE.match(flat):
        return Deadline(DeadlineKind.NONE)
    if not found or _ACCORDING.match(flat):
        if _ACCORDING.match(flat) or _EVENT.search(flat) or re.search(r"\btheo tien do\b", flat):
            return Deadline(DeadlineKind.EVENT)
        if _OPEN_START.match(flat):
            return Deadline(DeadlineKind.RECURRING, start=issued)
        return Deadline(DeadlineKind.RECURRING if recurring else DeadlineKind.UNREADABLE)
    if recurring and _PERIODIC.search(flat) and all(mention.yearless for mention in found):
        return Deadline(DeadlineKind.RECURRING)
    flat, found = _without_notes(flat, found)
    if not _explained(flat, found):
        return Deadline(DeadlineKind.UNREADABLE)
    return _from_mentions(shown, flat, found, year, recurring)


def _read_term(term: re.Match[str], year: int | None, issued: date | None) -> Deadline:
    count, unit, tail = int(term["n"]), term["unit"], (term["tail"] or "").strip()
    if unit == "thang" and not tail and not term["within"]:
        if count in (6, 9, 12) and year is not None:
            return Deadline(DeadlineKind.DATE, due=month_end(year, count), assumed_year=True, month_only=True)
        return Deadline(DeadlineKind.UNREADABLE)
    based = mentions.find(tail)
    start = issued
    if len(based) == 1 and based[0].unit == "day" and not _LEFT.search(tail[: based[0].begin] + tail[based[0].end :]):
        start = based[0].last
    elif tail and not _OWN_ISSUE.fullmatch(tail):
        start = None
    if start is None or term["working"]:
        return Deadline(DeadlineKind.EVENT)
    if unit in ("ngay", "tuan"):
        due: date | None = start + timedelta(days=count * (7 if unit == "tuan" else 1))
    else:
        months = start.month - 1 + count * (12 if unit == "nam" else 1)
        end = month_end(start.year + months // 12, months % 12 + 1)
        due = real_date(end.year, end.month, start.day) or end
    return Deadline(DeadlineKind.DATE, due=due, start=start)


def _without_notes(flat: str, found: list[Mention]) -> tuple[str, list[Mention]]:
    """When the first line is a deadline by itself, dates in lines that begin with words are notes about it."""
    first_end = flat.find("\n", found[0].end)
    head = [mention for mention in found if mention.end <= first_end]
    if first_end < 0 or _LEFT.search(_FILLER.sub(" ", _outside(flat[:first_end], head))):
        return flat, found
    kept = head
    for mention in found[len(head) :]:
        line = flat.rfind("\n", 0, mention.begin) + 1
        if _LEFT.search(_FILLER.sub(" ", flat[line : mention.begin])):
            flat = flat[: mention.begin] + " " * (mention.end - mention.begin) + flat[mention.end :]
        else:
            kept.append(mention)
    return flat, kept


def _outside(flat: str, found: list[Mention]) -> str:
    pieces, at = [], 0
    for mention in found:
        pieces.append(flat[at : mention.begin])
        at = mention.end
    return " | ".join([*pieces, flat[at:]])


def _explained(flat: str, found: list[Mention]) -> bool:
    """Tell whether nothing around the mentions could change their meaning."""
    if any(mention.impossible for mention in found):
        return False
    rest = _FILLER.sub(" ", _outside(flat, found))
    if not _LEFT.search(rest):
        return not any(_AFTER.search(flat[: mention.begin]) for mention in found)
    if re.search(r"\btuan\b", rest) or re.search(r"\d\s*\|", rest):
        return False
    if _LOOSE_NUMBER.search(rest):
        return False
    at = 0
    for mention in found:
        gap = flat[at : mention.begin]
        if _AFTER.search(gap) or not _ANCHOR.search(gap):
            return False
        at = mention.end
    return True


def _settle_years(found: list[Mention], year: int | None) -> bool:
    """Give mentions without a year that of the next one, else of the one before, else the plan's.

    Returns True when the plan's year was needed.
    """
    assumed = False
    known: int | None = None
    for mention in reversed(found):
        if mention.yearless and mention.kind != "day" and known is not None:
            mention.settle(known)
        elif mention.last is not None:
            known = (mention.first or mention.last).year
    for mention in found:
        if mention.last is None and mention.kind != "day":
            if known is None:
                known, assumed = year, True
            if known is not None:
                mention.settle(known)
        elif mention.last is not None:
            known = mention.last.year
    return assumed


def _from_mentions(shown: str, flat: str, found: list[Mention], year: int | None, recurring: bool) -> Deadline:
    assumed = _settle_years(found, year)
    dues: list[date] = []
    start: date | None = None
    endless: date | None = None
    at = 0
    last_unit = "day"
    pending: Mention | None = None
    for index, mention in enumerate(found):
        gap = flat[at : mention.begin]
        at = mention.end
        following = found[index + 1] if index + 1 < len(found) else None
        if following is not None and _TO.fullmatch(flat[mention.end : following.begin]):
            pending = pending or mention
            continue
        if mention.last is None or mention.first is None:
            return Deadline(DeadlineKind.UNREADABLE)
        due = mention.last
        if _BEFORE.search(gap) and mention.unit != "day" and not mention.part:
            due = mention.first - timedelta(days=1)
        if pending is not None:
            start = _range_start(pending, mention)
            if start is None or start > due:
                return Deadline(DeadlineKind.UNREADABLE)
            pending = None
        elif _FROM.search(gap) and not mention.spans:
            endless = mention.first
            continue
        elif dues and _REFINED.fullmatch(gap):
            dues[-1] = max(dues[-1], due)
            last_unit = mention.unit
            continue
        elif mention.spans:
            start = mention.first
        dues.append(due)
        last_unit = mention.unit
    repaired = any(_SLIP.search(shown[mention.begin : mention.end].lower()) for mention in found)
    if not dues:
        return Deadline(DeadlineKind.RECURRING, start=endless, assumed_year=assumed, repaired=repaired)
    if _EVENT.search(flat):
        return Deadline(DeadlineKind.EVENT, milestones=tuple(sorted(set(dues))))
    several = tuple(sorted(set(dues)))
    return Deadline(
        DeadlineKind.SEVERAL if len(several) > 1 else DeadlineKind.DATE,
        due=several[-1],
        start=start or endless,
        milestones=several if len(several) > 1 else (),
        recurring_too=recurring,
        assumed_year=assumed,
        repaired=repaired,
        month_only=last_unit != "day",
    )


def _range_start(first: Mention, second: Mention) -> date | None:
    """First day of a range whose beginning may lack its month or year."""
    end = second.last
    if end is None:
        return None
    if first.kind == "day":
        return real_date(end.year, end.month, first.numbers[0])
    if first.yearless and first.first is not None and first.first > end:
        first.settle(end.year - 1)
    return first.first
