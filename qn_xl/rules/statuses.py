"""What a unit's own words say about a task: exact known phrases decide that it is done, free text never does.

The vocabulary is data (statuses.toml). A cell is cut into clauses ("Đang thực hiện, 60% (quá hạn)"); each must be a known
phrase, a share, a date or a document, else the text is UNKNOWN unless it plainly begins as not done.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from importlib import resources

from qn_xl.model import Status, StatusWord
from qn_xl.rules.central import waits_for_centre
from qn_xl.rules.deadlines import read_date
from qn_xl.rules.text import clean, fold, has_marks, key

_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d+)?)\s*%")
_PERCENT_CLAUSE = re.compile(r"(?:tiến độ|đạt|ước đạt|khoảng|tỷ lệ|được|thực hiện|mức độ|hoàn thành|đã hoàn thành|\s)*\d{1,3}(?:[.,]\d+)?\s*%")
_DATE = re.compile(r"(?:(?:vào|từ)\s+)?(?:ngày\s+)?(\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}|\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}|\d{4}-\d\d-\d\d)")
_MONTH_TAIL = re.compile(r"(?:vào|trong)?\s*(?:tháng\s+\d{1,2}|quý\s+(?:iv|i{1,3}|[1-4])|năm)(?:\s*(?:/|năm)?\s*\d{4})?")
_SYMBOL = r"\d[\w.]*(?:-[a-zđ]+)?/[a-zđ][\w]*(?:[-/&][a-zđ&]+)*"
_CUT = re.compile(r"\s*(?:[;:()\[\]\n!•]|(?<!\d)[.,]|[.,](?!\d)|(?<!\d)\s*-|-\s*(?!\d)|(?<=[^\W\d_])/(?=[^\W\d_])|\s\+\s|\svà\s)\s*")
_STRONG_END = re.compile(r"[.;:\n]")
_BULLET = re.compile(r"^[-+*•–·]+\s*")

_SPEAKING = (
    StatusWord.STOPPED, StatusWord.STOP_PROPOSED, StatusWord.OVERDUE, StatusWord.STEP, StatusWord.WAITING,
    StatusWord.NOT_STARTED, StatusWord.IN_PROGRESS,
)  # fmt: skip
_DONE = (StatusWord.DONE_LATE, StatusWord.DONE_ON_TIME, StatusWord.DONE)


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files("qn_xl.rules").joinpath("statuses.toml").read_text("utf-8"))


@cache
def _phrases(mode: str, folded: bool) -> dict[str, StatusWord]:
    """Phrases of one mode ("exact", "starts", "contains") by key, or by fold for text without diacritics.

    A folded phrase of one short word would mean too much ("Dừng" and "đúng" are both `dung`) and is left out.
    """
    table: dict[str, StatusWord] = {}
    data = _data()
    for word in StatusWord:
        for phrase in data.get(word.value, {}).get(mode, ()):
            form = fold(phrase) if folded else key(phrase)
            if not folded or " " in form or form == key(phrase):
                table.setdefault(form, word)
    return table


@cache
def _listed(section: str, name: str, folded: bool = False) -> frozenset[str]:
    return frozenset((fold if folded else key)(phrase) for phrase in _data()[section][name])


@cache
def _starts(folded: bool) -> re.Pattern[str]:
    return _any_of(_phrases("starts", folded), r"", r"(?!\w)")


@cache
def _contains(folded: bool) -> re.Pattern[str]:
    return _any_of(_phrases("contains", folded), r"(?<!\w)", r"(?!\w)")


@cache
def _open_hints(folded: bool) -> re.Pattern[str]:
    return _any_of(_listed("open_hints", "words", folded), r"(?<!\w)", r"(?!\w)")


@cache
def _issued(folded: bool) -> re.Pattern[str]:
    """"Đã ban hành Quyết định số 12/QĐ-UBND ngày 3/5/2025" and a document's number alone."""
    form = fold if folded else key
    phrases = "|".join(sorted(map(re.escape, map(form, _data()["done"]["issued"])), key=len, reverse=True))
    papers = "|".join(sorted(map(re.escape, map(form, _data()["done"]["documents"])), key=len, reverse=True))
    return re.compile(
        rf"(?:(?P<issued>{phrases})\s+)?(?:(?:tại|theo|tai)\s+)?(?:các\s+)?(?:(?P<paper>{papers})(?!\w))?\s*(?:số\s*|so\s*)?:?\s*(?P<symbol>{_SYMBOL})?"
        rf"(?(symbol)(?:,?\s*(?:ký\s+)?(?P<day>{_DATE.pattern}))?)"
    )


def _any_of(phrases: Mapping[str, object] | frozenset[str], before: str, after: str) -> re.Pattern[str]:
    return re.compile(before + "(?:" + "|".join(sorted(map(re.escape, phrases), key=len, reverse=True)) + ")" + after)


def read(text: str, extra: Mapping[str, str] | None = None) -> Status:
    """Return what the words of a status cell say.

    Args:
        extra: the office's own words: folded text (rules.text.fold) to a StatusWord value; they win.
    """
    found = _read(text)
    if extra:
        own = extra.get(fold(text))
        if own is not None:
            return replace(found, word=StatusWord(own))
    return found


def read_percent(value: object) -> float | None:
    """Return a share from 0 to 1, None for anything else: 0.6, 60, "60%", "60,5 %". The number 1 is 100 %."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        share = float(value) if 0 <= value <= 1 else float(value) / 100
        return share if 0 <= share <= 1 else None
    if not isinstance(value, str):
        return None
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d+)?)\s*(%?)", key(value))
    if match is None:
        return None
    number = float(match[1].replace(",", "."))
    share = number / 100 if match[2] or number > 1 else number
    return share if share <= 1 else None


@lru_cache(maxsize=65536)
def _read(text: str) -> Status:
    shown = clean(text)
    words = _BULLET.sub("", key(_with_breaks(shown)))
    if words in _listed("modifiers", "none"):
        return Status(StatusWord.NONE, shown)
    folded = not has_marks(shown)
    percents = [float(n.replace(",", ".")) / 100 for n in _PERCENT.findall(words)]
    percent = percents[0] if len(percents) == 1 and percents[0] <= 1 else None
    central = waits_for_centre(shown)
    clauses = _Clauses(words, folded)
    word = clauses.word(percent)
    if word is None:
        word = _free(words, folded)
        known = word is not StatusWord.UNKNOWN
        return Status(word, shown, percent if known else None, central)
    completed = clauses.day if word in _DONE else None
    return Status(word, shown, percent, central, completed, clauses.maintained)


def _with_breaks(shown: str) -> str:
    return shown.replace("\n", " ; ")


def _free(words: str, folded: bool) -> StatusWord:
    """Free text: only a listed opening or phrase says "not done"; everything else is for a person to read."""
    contained = _contains(folded).findall(words)
    table = _phrases("contains", folded)
    if any(table[phrase] is StatusWord.STOP_PROPOSED for phrase in contained):
        return StatusWord.STOP_PROPOSED
    opening = _starts(folded).match(words)
    if opening is not None:
        return _phrases("starts", folded)[opening[0]]
    return table[contained[0]] if contained else StatusWord.UNKNOWN


class _Clauses:
    """The clauses of one cell, each either known or not."""

    def __init__(self, words: str, folded: bool) -> None:
        self.day: date | None = None
        self.maintained = False
        self._words = words
        self._folded = folded
        self._said: list[StatusWord] = []
        self._late = self._on_time = self._unknown = False
        self._first_ends_strongly = False
        exact = _phrases("exact", folded)
        whole = exact.get(words)
        rest = words
        if whole is not None:
            self._said.append(whole)
            return
        rest = self._take_papers(rest)
        at = 0
        for index, clause in enumerate(_CUT.split(rest)):
            end = rest.find(clause, at) + len(clause)
            at = end
            self._add(clause.strip(" .,;:-"))
            if index == 0:
                self._first_ends_strongly = _STRONG_END.match(rest[end:].lstrip()) is not None

    def _take_papers(self, words: str) -> str:
        """Blank out documents with their numbers; "đã ban hành" before one says that it is done."""

        def paper(match: re.Match[str]) -> str:
            if match["issued"] and match["paper"] and (match["symbol"] or self._ends_clause(match)):
                self._said.append(StatusWord.DONE)
                self.day = read_date(match["day"]) if match["day"] else self.day
                return ", "
            return ", " if match["symbol"] else match[0]

        return _issued(self._folded).sub(paper, words)

    @staticmethod
    def _ends_clause(match: re.Match[str]) -> bool:
        rest = match.string[match.end() :].lstrip()
        return not rest or _CUT.match(rest) is not None

    def _add(self, clause: str) -> None:
        if not clause or clause in _listed("modifiers", "nothing", self._folded):
            return
        if clause in _listed("recurring", "maintained", self._folded):
            self.maintained = True
            self._said.append(StatusWord.RECURRING)
            return
        if self._said:
            if clause in _listed("modifiers", "on_time", self._folded):
                self._on_time = True
                return
            if clause in _listed("modifiers", "late", self._folded):
                self._late = True
                return
        word = self._phrase(clause) or self._opening(clause)
        if word is not None:
            self._said.append(word)
        elif _PERCENT_CLAUSE.fullmatch(clause):
            pass
        elif (match := _DATE.fullmatch(clause)) is not None:
            self.day = read_date(match[1])
        else:
            self._unknown = True

    def _phrase(self, clause: str) -> StatusWord | None:
        """A known phrase, also with a share or a day behind it ("Đã hoàn thành ngày 12/8/2025")."""
        exact = _phrases("exact", self._folded)
        found = exact.get(clause)
        if found is not None:
            return found
        bare = _PERCENT.sub("", clause).strip()
        if bare != clause:
            return exact.get(bare)
        dated = _DATE.search(clause)
        if dated is not None and dated.end() == len(clause):
            found = exact.get(clause[: dated.start()].strip())
            if found in _DONE:
                self.day = read_date(dated[1])
            return found
        month = _MONTH_TAIL.search(clause)
        if month is not None and month.end() == len(clause) and clause.startswith(("đã ", "da ")):
            found = exact.get(clause[: month.start()].strip())
            return found if found in _DONE else None
        return None

    def _opening(self, clause: str) -> StatusWord | None:
        """A clause that plainly begins as not done, whatever follows."""
        wish = _contains(self._folded).search(clause)
        if wish is not None and _phrases("contains", self._folded)[wish[0]] is StatusWord.STOP_PROPOSED:
            return StatusWord.STOP_PROPOSED
        opening = _starts(self._folded).match(clause)
        return _phrases("starts", self._folded)[opening[0]] if opening is not None else None

    def word(self, percent: float | None) -> StatusWord | None:
        """Put the clauses together; None when an unknown clause leaves the meaning open."""
        said = self._said
        if self._unknown and not self._done_sentence():
            return None
        speaking = next((word for word in _SPEAKING if word in said), None)
        if speaking is not None:
            if speaking in (StatusWord.IN_PROGRESS, StatusWord.NOT_STARTED) and self._late:
                return StatusWord.OVERDUE
            if speaking is StatusWord.NOT_STARTED and (self._on_time or any(word in _DONE for word in said)):
                return StatusWord.IN_PROGRESS
            return speaking
        done = next((word for word in _DONE if word in said), None)
        if done is not None:
            if percent is not None and percent < 1:
                return StatusWord.OVERDUE if self._late else StatusWord.IN_PROGRESS
            if done is StatusWord.DONE and self._late:
                return StatusWord.DONE_LATE
            return StatusWord.DONE_ON_TIME if done is StatusWord.DONE and self._on_time else done
        if StatusWord.RECURRING in said:
            return StatusWord.RECURRING
        if percent is not None:
            if percent >= 1:
                return StatusWord.DONE
            return StatusWord.NOT_STARTED if percent == 0 else StatusWord.IN_PROGRESS
        return None

    def _done_sentence(self) -> bool:
        """True for a done phrase closed by a full stop before text in which nothing is open."""
        return (
            bool(self._said)
            and self._said[0] in _DONE
            and self._first_ends_strongly
            and _open_hints(self._folded).search(self._words) is None
        )
