"""What a unit's own words say about a task: exact known phrases decide that it is done, free text never does.

The vocabulary is data (statuses.toml). A cell is cut into clauses ("Đang thực hiện, 60% (quá hạn)"); each must be a
known phrase, a share, a date or a document, else the text is UNKNOWN unless it plainly begins as not done.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from importlib import resources

from qn_xl.model import Status, StatusWord
from qn_xl.rules.central import waits_for_centre
from qn_xl.rules.deadlines import read_date
from qn_xl.rules.patterns import lazily
from qn_xl.rules.text import clean, fold, key

_PERCENT = lazily(r"(?<![\d.,])(\d{1,3}(?:[.,]\d+)?)\s*%")
_SHARE = lazily(
    r"(?:(?:tiến độ|tien do|đạt|dat|ước|uoc|khoảng|khoang|tỷ lệ|ty le|được|duoc|thực hiện|thuc hien|mức độ|muc do)\s*)*"
    r"\d{1,3}(?:[.,]\d+)?\s*%"
)
_DAY = (
    r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}"
    r"|\d{1,2}\s+(?:tháng|thang)\s+\d{1,2}\s+(?:năm|nam)\s+\d{4}|\d{4}-\d\d-\d\d"
)
_DAY_AT_END = lazily(rf"(?:{_DAY})$")
_BEFORE_DAY = lazily(r"(?:\s*\b(?:vào|từ|vao|tu))?(?:\s*\b(?:ngày|ngay))?\s*$")
_MONTH_TAIL = lazily(
    r"(?:vào |trong |vao )?(?:(?:tháng|thang)\s+\d{1,2}|(?:quý|quy)\s+(?:iv|i{1,3}|[1-4])|năm|nam)"
    r"(?:\s*(?:/|năm|nam)?\s*\d{4})?$"
)
_SYMBOL = lazily(
    r"(?<![\w/])\d[\w.]*(?:-[a-zđ]+)?/[a-zđ]\w*(?:[-/&][a-zđ]\w*)*"
    rf"(?:,?\s*(?:ký\s+)?(?:(?:ngày|ngay)\s+)?({_DAY}))?"
)
# Commas and dots inside numbers, dashes and slashes inside dates do not end a clause.
# The first class makes the engine skip letters; what follows says when the sign ends a clause.
_CUT = lazily(
    r"[;:()\[\]\n!•.,/+ \-](?:(?<=[;:()\[\]\n!•])|(?<= )(?:và|va) "
    r"|(?<=[.,])(?:(?<!\d.)|(?!\d))|(?<=-)(?:(?<!\d-)|(?!\d))"
    r"|(?<=[^\W\d_]/)(?=[^\W\d_])|(?<=\s\+)(?=\s))"
)
_BULLET = lazily(r"[-+*•·]+\s*")

# When clauses disagree the first of these wins: a claim of being done never outweighs a word that it is not.
_OPEN = (
    StatusWord.STOPPED, StatusWord.STOP_PROPOSED, StatusWord.OVERDUE, StatusWord.STEP, StatusWord.WAITING,
    StatusWord.NOT_STARTED, StatusWord.IN_PROGRESS,
)  # fmt: skip
_DONE = (StatusWord.DONE_LATE, StatusWord.DONE_ON_TIME, StatusWord.DONE)


class _Vocabulary:
    """The phrases in one form: by key, or by fold for text written without diacritics."""

    def __init__(self, data: Mapping[str, Mapping[str, list[str]]], form: Callable[[str], str]) -> None:
        def table(mode: str) -> dict[str, StatusWord]:
            return {
                written: word
                for word in reversed(StatusWord)
                for phrase in data.get(word.value, {}).get(mode, ())
                # One short folded word would mean too much: "Dừng" and "đúng" are both `dung`.
                if " " in (written := form(phrase)) or written == key(phrase)
            }

        def listed(section: str, name: str) -> frozenset[str]:
            return frozenset(form(phrase) for phrase in data[section][name])

        self.exact = table("exact")
        self.opening = table("starts")
        self.contained = table("contains")
        self._heads = tuple({phrase.split()[0] + " " for phrase in self.contained})
        self.maintained = listed("recurring", "maintained")
        self.on_time = listed("modifiers", "on_time")
        self.late = listed("modifiers", "late")
        self.nothing = listed("modifiers", "nothing")
        self.silent = listed("modifiers", "none")
        self._begins = lazily(_any_of(self.opening) + r"(?!\w)")
        self.open_hint = lazily(r"(?<!\w)" + _any_of(listed("open_hints", "words")) + r"(?!\w)")
        self.issued = tuple(listed("done", "issued"))
        self.papers = tuple(sorted(listed("done", "documents"), key=len, reverse=True))
        self.issued_paper = lazily(
            rf"{_any_of(self.issued)}\s+(?:các\s+|cac\s+)?{_any_of(self.papers)}(?!\w)(?=\s*(?:$|[;:.,()\n-]))"
        )

    def paper_lead(self, head: str) -> tuple[str, bool]:
        """Take "(đã ban hành) (các) Quyết định số" off the end of `head`; tell whether it says "issued"."""
        head = head.rstrip(" :").removesuffix(" số").removesuffix(" so").rstrip()
        named = head.endswith(self.papers)
        if named:
            head = head[: -len(next(paper for paper in self.papers if head.endswith(paper)))].rstrip()
        for link in (" các", " cac", " tại", " tai", " theo"):
            head = head.removesuffix(link)
        issued = named and head.endswith(self.issued)
        if issued:
            head = head[: -len(next(phrase for phrase in self.issued if head.endswith(phrase)))]
        return head, issued

    def begins(self, words: str) -> StatusWord | None:
        match = self._begins.match(words)
        return self.opening[match[0]] if match else None

    def contains(self, words: str) -> StatusWord | None:
        """The listed phrase anywhere in `words`; a proposal to stop before any other."""
        found = None
        if not any(head in words for head in self._heads):
            return None
        for phrase, word in self.contained.items():
            if phrase in words and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", words):
                if word is StatusWord.STOP_PROPOSED:
                    return word
                found = found or word
        return found


def _any_of(phrases: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, phrases), key=len, reverse=True)) + ")"


@cache
def _vocabulary(folded: bool) -> _Vocabulary:
    data = tomllib.loads(resources.files("qn_xl.rules").joinpath("statuses.toml").read_text("utf-8"))
    return _Vocabulary(data, fold if folded else key)


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
        share = float(value) if value <= 1 else float(value) / 100
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
    words = key(shown.replace("\n", " ; ") if "\n" in shown else text)
    if words[:1] in "-+*•·":
        words = _BULLET.sub("", words, count=1)
    known = _vocabulary(words.isascii())
    if words in known.silent:
        return Status(StatusWord.NONE, shown)
    central = waits_for_centre(shown)
    if words in known.exact:
        return Status(known.exact[words], shown, central=central)
    percent = None
    if "%" in words:
        shares = [float(share.replace(",", ".")) / 100 for share in _PERCENT.findall(words)]
        percent = shares[0] if len(shares) == 1 and shares[0] <= 1 else None
    clauses = _Clauses(words, known)
    word = clauses.word(percent)
    if word is not None:
        return Status(word, shown, percent, central, clauses.day if word in _DONE else None, clauses.maintained)
    # Free text: only a listed opening or phrase says "not done"; everything else is for a person to read.
    word = known.contains(words)
    if word is not StatusWord.STOP_PROPOSED:
        word = known.begins(words) or word
    return Status(word or StatusWord.UNKNOWN, shown, percent if word else None, central)


class _Clauses:
    """The clauses of one cell, each either known or not."""

    def __init__(self, words: str, known: _Vocabulary) -> None:
        self.day: date | None = None
        self.maintained = False
        self._words, self._known = words, known
        self._said: list[StatusWord] = []
        self._late = self._on_time = self._unknown = self._sentence = False
        rest = self._without_papers(words)
        at = 0
        for cut in [*_CUT.finditer(rest), None]:
            clause = rest[at : cut.start() if cut else len(rest)].strip(" .,-")
            at = cut.end() if cut else at
            if not clause:
                continue
            self._add(clause)
            if self._unknown and not self._sentence:
                return
            if cut is not None and cut[0] in ".;:" and self._said and self._said[0] in _DONE:
                self._sentence = True

    def _without_papers(self, words: str) -> str:
        """Take out documents with their numbers; "đã ban hành" before one says that it is done, on its date."""
        if "/" in words:
            at, pieces = 0, []
            for symbol in _SYMBOL.finditer(words):
                head, issued = self._known.paper_lead(words[at : symbol.start()])
                pieces.append(head)
                at = symbol.end()
                if issued:
                    self._said.append(StatusWord.DONE)
                    self.day = read_date(symbol[1]) if symbol[1] else None
            words = ", ".join([*pieces, words[at:]])
        if "hành" in words or "hanh" in words:
            words, count = self._known.issued_paper.subn(", ", words)
            self._said += [StatusWord.DONE] * count
        return words

    def _add(self, clause: str) -> None:
        known = self._known
        if clause in known.nothing:
            return
        if clause in known.maintained:
            self.maintained = True
            self._said.append(StatusWord.RECURRING)
        elif self._said and clause in known.on_time:
            self._on_time = True
        elif self._said and clause in known.late:
            self._late = True
        elif (word := self._phrase(clause)) is not None:
            self._said.append(word)
        elif not _SHARE.fullmatch(clause):
            self._unknown = True

    def _phrase(self, clause: str) -> StatusWord | None:
        """A known phrase, also with a share, a day or a month behind it, or a beginning that says "not done"."""
        exact = self._known.exact
        found = exact.get(clause)
        if found is not None:
            return found
        if clause[-1] == "%" or clause[-1].isdigit():
            bare = _PERCENT.sub("", clause).strip()
            if bare != clause and bare in exact:
                return exact[bare]
            dated = _DAY_AT_END.search(clause)
            if dated is not None:
                head = _BEFORE_DAY.sub("", clause[: dated.start()], count=1)
                found = exact.get(head) if head else StatusWord.NONE
                if found is not None:
                    self.day = read_date(dated[0])
                    return found
        if clause[-1] in "0123456789iv" and clause.startswith(("đã ", "da ")):
            month = _MONTH_TAIL.search(clause)
            found = exact.get(clause[: month.start()].strip()) if month else None
            if found in _DONE:
                return found
        if self._known.contains(clause) is StatusWord.STOP_PROPOSED:
            return StatusWord.STOP_PROPOSED
        return self._known.begins(clause)

    def word(self, percent: float | None) -> StatusWord | None:
        """Put the clauses together; None when an unknown clause leaves the meaning open."""
        said = self._said
        if self._unknown and (not self._sentence or self._known.open_hint.search(self._words)):
            return None
        done = next((word for word in _DONE if word in said), None)
        opened = next((word for word in _OPEN if word in said), None)
        if opened is not None:
            if opened in (StatusWord.IN_PROGRESS, StatusWord.NOT_STARTED) and self._late:
                return StatusWord.OVERDUE
            if opened is StatusWord.NOT_STARTED and (self._on_time or done is not None):
                return StatusWord.IN_PROGRESS
            return opened
        if done is not None:
            if percent is not None and percent < 1:
                return StatusWord.OVERDUE if self._late else StatusWord.IN_PROGRESS
            if done is StatusWord.DONE and self._late:
                return StatusWord.DONE_LATE
            return StatusWord.DONE_ON_TIME if done is StatusWord.DONE and self._on_time else done
        if StatusWord.RECURRING in said:
            return StatusWord.RECURRING
        if percent is None:
            return None
        if percent >= 1:
            return StatusWord.DONE
        return StatusWord.NOT_STARTED if percent == 0 else StatusWord.IN_PROGRESS
