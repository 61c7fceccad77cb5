"""What the words of a deadline cell mean: which of the dates in them binds, or that none does.

Sources: Civil Code 2015, articles 146 to 148 (parts of a month or year; the first day of a term is not counted), and
wordings collected from real task lists. A wording counts only if nothing around its dates could change their meaning.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from qn_xl.model import Deadline, DeadlineKind
from qn_xl.rules import asides, mentions
from qn_xl.rules.central import waits_for_centre
from qn_xl.rules.mentions import Mention, month_end, real_date
from qn_xl.rules.patterns import lazily
from qn_xl.rules.text import plain

Draft = dict[str, Any]  # arguments of Deadline, without text and central

_NOTHING = lazily(
    r"[\W_]*|[x0v]|n/?a|khong|khong (?:co )?(?:thoi )?han|khong co|"
    r"khong (?:quy dinh|xac dinh)(?: (?:thoi )?han| thoi gian)?|"
    r"chua (?:xac dinh|de xuat|co|ro)(?: duoc)?(?: (?:thoi )?han.*| thoi gian.*)?|"
    r"(?:da )?(?:hoan thanh|xong|thuc hien)(?: 100 ?%)?",
    re.DOTALL,
)
_SAID_DONE = lazily(r"da (?:hoan thanh|xong|thuc hien|ban hanh|trien khai)\b")
_PERIODIC = lazily(
    r"hang(?<!khach hang)(?<!ngan hang)(?<!mat hang)(?<!\whang) (?:ngay|tuan|thang|quy|nam)\b"
    r"|moi(?<!doi moi)(?<!\wmoi) (?:ngay|tuan|thang|quy|nam)\b|dinh ky"
    r"|/ ?lan\b|\blan ?/ ?(?:nam|quy|thang|tuan)\b|\b(?:mot|\d) lan\b"
)
_LASTING = ("thuong xuyen", "lien tuc", "duy tri", "dinh ky")
_EVENT = lazily(
    r"\bsau khi\b|\bngay (?:sau|khi)\b|\b(?:ke )?tu khi\b|\bkhi (?:co|duoc|nhan|phat sinh)\b"
)
_ACCORDING = lazily(r"[\W_]*(?:hoan thanh |thuc hien )?theo\b|[\W_]*(?:phu thuoc|tuy theo)\b")
_OPEN_START = lazily(r"[\W_]*(?:ke )?tu (?:ngay |khi |luc )?(?:ky|ban hanh|ke hoach|van ban)\b")
_TERM = lazily(
    r"[\W_]*(?:hoan thanh )?(?P<within>trong (?:thoi (?:han|gian) )?(?:vong )?)?"
    r"(?P<n>\d{1,3}) ?(?P<unit>ngay|tuan|thang|nam)\b"
    r"(?P<working> lam viec)?(?:,? ?(?:(?:ke )?tu|tinh tu|sau)\b ?(?P<tail>.*))?[\W_]*",
    re.DOTALL,
)
_OWN_ISSUE = lazily(
    r"(?:ngay |khi )?(?:ke hoach (?:nay )?(?:duoc )?)?(?:ky |duoc )?(?:ban hanh|ky)"
    r"(?: (?:ke hoach|van ban|quyet dinh)(?: nay)?)?[\W_]*"
)
_PROPOSAL = lazily(
    r"(?:(?:da |co van ban )?(?:de xuat|de nghi|kien nghi|xin)\b[^.;\n\d]{0,60}?"
    r"\b(?:han|gia han|dieu chinh|lui|chuyen|keo dai|thay doi|thoi gian|sang)\b"
    r"|(?:thay doi|dieu chinh) (?:thoi (?:han|gian)|han|tien do|sang|thanh|den)\b"
    r"|(?:gia han|lui|keo dai|chuyen) (?:den|sang|toi|them|thoi|tu)\b)"
    r"[^\n]*"
)
_PROPOSAL_WORDS = (
    "de xuat", "de nghi", "kien nghi", "xin ", "thay doi", "dieu chinh", "gia han", "lui ", "keo dai", "chuyen ",
)  # fmt: skip
_OLD_DATE = lazily(r"(?:\bcu\s*:?|truoc day\s*:?|\btu)\s*$")

_FILLER = frozenset({
    "truoc", "cham", "nhat", "muon", "la", "vao", "trong", "vong", "den", "toi", "het", "ngay", "thoi",
    "han", "gian", "diem", "cuoi", "cung", "hoan", "thanh", "xong", "phai", "du", "kien", "tu", "va", "ke",
    "khoang", "deadline", "tro", "di", "bat", "dau", "thuc", "hien", "giai", "doan", "ky", "cap", "bao",
    "cao", "nhiem", "vu", "thang", "quy", "nam", "khi", "nay", "thuong", "xuyen", "dinh", "lien", "tuc",
    "duy", "tri", "hang", "moi", "ca",
})  # fmt: skip
_WORD = lazily(r"[^\W_]+")
_LOOSE_NUMBER = lazily(
    r"(?<!lan )(?<!dot )(?<!doan )(?<!buoc )(?<!\d)\d+(?!\d)(?!\s+(?!ngay|thang|tuan|nam|quy|gio)[a-z])"
)
_ANCHORS = frozenset({
    "truoc", "trong", "den", "toi", "het", "nhat", "la", "vao", "thanh", "xong", "han", "tu", "va", "kien",
    "cuoi", "dau", "qua", "hon", "cung",
})  # fmt: skip
_OPENING = lazily(r"\b(?:tu|bat dau)(?:\s+ngay)?\s*$")
_TO = lazily(r"[ ]*(?:-|~|→|->|den|toi)(?:\s*(?:het|cuoi|ngay|truoc))*\s*")
_REFINED = lazily(
    r"[ ]*[,(]?[ ]*(?:va |nhung )?(?:phai )?(?:truoc|cham nhat|muon nhat|xong truoc|hoan thanh truoc)\b[\sa-z]*"
)
_WITHIN = lazily(r"[ ]*[,(]?[ ]*(?:va )?trong\s*")
_SLIP = lazily(r"[/.\-]{2}|\s/|/\s|\n|\b(?:thang|quy|nam|ngay)\b")


def understand(shown: str, year: int | None, issued: date | None) -> Deadline:
    """Return the deadline that cleaned text states; see deadlines.read for `year` and `issued`."""
    flat = plain(shown)
    if _NOTHING.fullmatch(flat.strip(" .,;:\n")):
        return Deadline(DeadlineKind.NONE, shown)
    draft = _with_proposal(shown, asides.blanked(flat), year, issued)
    return Deadline(text=shown, central=waits_for_centre(shown), **draft)


def _with_proposal(shown: str, flat: str, year: int | None, issued: date | None) -> Draft:
    """Set a requested change apart: the standing date stays, the request is kept beside it."""
    wish = _PROPOSAL.search(flat) if any(word in flat for word in _PROPOSAL_WORDS) else None
    if wish is None:
        return _standing(shown, flat, year, issued)
    begin, end = wish.start(), _closing(flat, *wish.span())
    wanted: list[Mention] = []
    old: list[Mention] = []
    for mention in mentions.find(flat[begin:end]):
        if mention.yearless and year is not None:
            mention.settle(year)
        is_old = _OLD_DATE.search(flat[begin : begin + mention.begin]) is not None
        (old if is_old else wanted).append(mention)
    rest = flat[:begin] + " " * (end - begin) + flat[end:]
    if _WORD.search(rest):
        standing = _standing(shown, rest, year, issued)
    elif old and old[-1].last is not None:
        standing = {"kind": DeadlineKind.DATE, "due": old[-1].last, "month_only": old[-1].unit != "day"}
    else:
        standing = {"kind": DeadlineKind.UNREADABLE}
    proposed = wanted[-1].last if wanted else None
    return {**standing, "proposal": shown[begin:end].strip(" .;,"), "proposed": proposed}


def _closing(flat: str, begin: int, end: int) -> int:
    """End of a proposal: its line's end, or the bracket that closes the one it stands in."""
    if not flat[:begin].rstrip().endswith("("):
        return end
    depth = 1
    for position in range(begin, end):
        depth += {"(": 1, ")": -1}.get(flat[position], 0)
        if depth == 0:
            return position
    return end


def _standing(shown: str, flat: str, year: int | None, issued: date | None) -> Draft:
    term = _TERM.fullmatch(flat)
    if term is not None:
        return _term(term, year, issued)
    found = mentions.find(flat)
    recurring = any(word in flat for word in _LASTING) or _PERIODIC.search(flat) is not None
    if found and _SAID_DONE.match(flat):
        return {"kind": DeadlineKind.NONE}
    if not found or _ACCORDING.match(flat):
        if _ACCORDING.match(flat) or _EVENT.search(flat) or "theo tien do" in flat:
            return {"kind": DeadlineKind.EVENT}
        if _OPEN_START.match(flat):
            return {"kind": DeadlineKind.RECURRING, "start": issued}
        return {"kind": DeadlineKind.RECURRING if recurring else DeadlineKind.UNREADABLE}
    if recurring and all(mention.yearless for mention in found) and _PERIODIC.search(flat):
        return {"kind": DeadlineKind.RECURRING}
    flat, found = _without_notes(flat, found)
    if not _explained(flat, found):
        return {"kind": DeadlineKind.UNREADABLE}
    return _binding(shown, flat, found, year, recurring)


def _term(term: re.Match[str], year: int | None, issued: date | None) -> Draft:
    """A length of time: from the plan's own date, from a date said, else bound to an event."""
    count, unit, tail = int(term["n"]), term["unit"], (term["tail"] or "").strip()
    if unit == "thang" and not tail and not term["within"]:
        if count in (6, 9, 12) and year is not None:
            due: date | None = month_end(year, count)
            return {"kind": DeadlineKind.DATE, "due": due, "assumed_year": True, "month_only": True}
        return {"kind": DeadlineKind.UNREADABLE}
    based = mentions.find(tail)
    start = issued
    if len(based) == 1 and based[0].unit == "day" and not _WORD.search(tail[: based[0].begin] + tail[based[0].end :]):
        start = based[0].last
    elif tail and not _OWN_ISSUE.fullmatch(tail):
        start = None
    if start is None or term["working"]:
        return {"kind": DeadlineKind.EVENT}
    if unit in ("ngay", "tuan"):
        due = start + timedelta(days=count * (7 if unit == "tuan" else 1))
    else:
        months = start.month - 1 + count * (12 if unit == "nam" else 1)
        end = month_end(start.year + months // 12, months % 12 + 1)
        due = real_date(end.year, end.month, start.day) or end
    if due.year > mentions.LAST_YEAR:
        return {"kind": DeadlineKind.UNREADABLE}
    return {"kind": DeadlineKind.DATE, "due": due, "start": start}


def _without_notes(flat: str, found: list[Mention]) -> tuple[str, list[Mention]]:
    """When the first line is a deadline by itself, dates in lines that begin with words are notes about it."""
    first_end = flat.find("\n", found[0].end)
    head = [mention for mention in found if mention.end <= first_end]
    if first_end < 0 or _unexplained(_outside(flat[:first_end], head)):
        return flat, found
    kept = head
    for mention in found[len(head) :]:
        line = flat.rfind("\n", 0, mention.begin) + 1
        if _unexplained(flat[line : mention.begin]):
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


def _unexplained(words: str) -> list[str]:
    return [word for word in _WORD.findall(words) if word not in _FILLER]


def _explained(flat: str, found: list[Mention]) -> bool:
    """Tell whether nothing around the mentions could change their meaning."""
    if any(mention.impossible for mention in found):
        return False
    rest = _outside(flat, found)
    unexplained = _unexplained(rest)
    if not unexplained:
        return not any(_lead(flat[: mention.begin]) == "sau" for mention in found)
    if "tuan" in unexplained or re.search(r"\d\s*\|", rest) or _LOOSE_NUMBER.search(rest):
        return False
    at = 0
    for mention in found:
        lead = _lead(flat[at : mention.begin])
        if lead and lead not in _ANCHORS:
            return False
        at = mention.end
    return True


def _lead(gap: str) -> str:
    """The word right before a mention ("trước ngày 30/9": truoc), empty where a clause begins with it."""
    words = gap[-30:].split()
    if words and words[-1] == "ngay":
        words.pop()
    return words[-1] if words and words[-1][-1].isalnum() and "\n" not in gap[gap.rfind(words[-1]) :] else ""


def _settle_years(found: list[Mention], year: int | None) -> bool:
    """Give mentions without a year that of the next one, else of the one before, else the plan's.

    Returns True when the plan's year was needed.
    """
    known: int | None = None
    for mention in reversed(found):
        if mention.first is not None:
            known = mention.first.year
        elif mention.kind != "day" and known is not None:
            mention.settle(known)
    assumed = False
    for mention in found:
        if mention.last is not None:
            known = mention.last.year
        elif mention.kind != "day":
            if known is None:
                known, assumed = year, year is not None
            if known is not None:
                mention.settle(known)
    return assumed


def _binding(shown: str, flat: str, found: list[Mention], year: int | None, recurring: bool) -> Draft:
    """Put mentions together: ranges, lists, "từ … trở đi", several milestones; the last date binds."""
    assumed = _settle_years(found, year)
    dues: list[date] = []
    begun: date | None = None  # first day of what the last of `dues` ends
    start: date | None = None
    opening: Mention | None = None
    exact: set[date] = set()  # due dates written as days
    at = 0
    for index, mention in enumerate(found):
        gap, at = flat[at : mention.begin], mention.end
        if index + 1 < len(found) and _TO.fullmatch(flat[mention.end : found[index + 1].begin]):
            opening = opening or mention
            continue
        if mention.last is None or mention.first is None:
            return {"kind": DeadlineKind.UNREADABLE}
        due = mention.last
        lead = _lead(gap)
        if lead == "truoc" and mention.unit != "day" and not mention.part:
            due = mention.first - timedelta(days=1)
        if opening is not None:
            start, opening = _range_start(opening, due), None
            if start is None or start > due:
                return {"kind": DeadlineKind.UNREADABLE}
            begun = start
        elif lead in ("tu", "dau") and not mention.spans and _OPENING.search(gap):
            start = mention.first
            continue
        elif dues and _REFINED.fullmatch(gap):
            if begun is not None and due < begun < dues[-1]:  # before the very quarter that it narrows down
                return {"kind": DeadlineKind.UNREADABLE}
            dues.pop()
        elif dues and dues[-1] in exact and _WITHIN.fullmatch(gap) and mention.first <= dues[-1] <= due:
            continue
        else:
            start, begun = mention.first if mention.spans else start, mention.first
        dues.append(due)
        if mention.unit == "day":
            exact.add(due)
    repaired = any(_SLIP.search(shown[mention.begin : mention.end].lower()) for mention in found)
    if not dues:
        return {"kind": DeadlineKind.RECURRING, "start": start, "assumed_year": assumed, "repaired": repaired}
    several = tuple(sorted(set(dues)))
    if ("khi" in flat or "sau" in flat) and _EVENT.search(flat):
        return {"kind": DeadlineKind.EVENT, "milestones": several}
    return {
        "kind": DeadlineKind.SEVERAL if len(several) > 1 else DeadlineKind.DATE,
        "due": several[-1],
        "start": start,
        "milestones": several if len(several) > 1 else (),
        "recurring_too": recurring,
        "assumed_year": assumed,
        "repaired": repaired,
        "month_only": several[-1] not in exact,
    }


def _range_start(first: Mention, end: date) -> date | None:
    """First day of a range whose beginning may lack its month or year."""
    if first.kind == "day":
        return real_date(end.year, end.month, first.numbers[0])
    if first.yearless and first.first is not None and first.first > end:
        first.settle(end.year - 1)
    return first.first
