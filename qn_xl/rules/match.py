"""Which assigned task a reported row is about: by code, by number and words, by words; likeness only proposes.

Design section 4, Matching. Two texts that differ in digits, Roman numerals or names are never taken for one
another, however alike they are ("lần thứ 12" and "lần thứ 13" are 99 % alike).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qn_xl.model import AssignedTask, TaskReport, Unit
from qn_xl.rules.text import clean, fold, key

_BULLET = re.compile(r"^(?:[-+•*·]|\(?\d{1,3}(?:\.\d{1,3})*[.)]|\(?[a-zđ]\)|[ivxl]{1,6}[.)])\s+")
_DIGITS = re.compile(r"\d+")
_ROMAN = re.compile(r"\b[ivxlc]+\b")
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"(?<=[\w,;] )(?=[^\W\d_])\w+")
_PREFIX = re.compile(r"^(?:ubnd|uy ban nhan dan)?\s*(?:phuong|xa|dac khu|thi xa|thi tran|huyen|thanh pho)\s+")

LIKE_ENOUGH = 85.0  # ratio of rapidfuzz, 0 to 100
PROPOSALS = 400  # rows that get a proposal; the rest of a hopeless pile would only cost time
CLOSEST = 3  # candidates looked at for one row


def task_key(text: str) -> str:
    """Return the comparison key of a task's words, without a number or bullet typed before them."""
    return _BULLET.sub("", key(text), count=1)


def key_of(report: TaskReport) -> str:
    """Return the comparison key of a row's task; the reader, which runs on every core, has made it."""
    return report.key or task_key(report.task)


@lru_cache(maxsize=65536)
def number_key(text: str) -> str:
    """Return the comparison key of a running number: "1.2." and "1.2" are the same, "13.10" and "13.1" not."""
    return key(text).strip(" .)(")


@dataclass(frozen=True, slots=True)
class Match:
    """`how`: code, number, text; other (the code names another task than the words), several, none."""

    task: AssignedTask | None
    how: str


class Matcher:
    """Finds the assigned task of a row; built once a run over the whole list."""

    def __init__(self, assigned: Iterable[AssignedTask], units: Iterable[Unit] = ()) -> None:
        self._codes: dict[str, AssignedTask] = {}
        self._numbers: dict[tuple[str, str, str], list[AssignedTask]] = defaultdict(list)
        self._texts: dict[tuple[str | None, str], list[AssignedTask]] = defaultdict(list)
        self._choices: dict[str | None, list[str]] = defaultdict(list)
        for task in assigned:
            text = task_key(task.task)
            if task.code:
                self._codes.setdefault(key(task.code), task)
            self._numbers[task.plan, number_key(task.number), text].append(task)
            for plan in (task.plan, None):
                if not self._texts[plan, text]:
                    self._choices[plan].append(text)
                self._texts[plan, text].append(task)
        self._places = place_names(units)
        self._asked: dict[tuple[str | None, str], AssignedTask | None] = {}

    def by_code(self, code: str) -> AssignedTask | None:
        """Return the task with this code, as a form or a decision names it."""
        return self._codes.get(key(code))

    def match(self, report: TaskReport, plan: str | None, leads: Mapping[str, Sequence[str]]) -> Match:
        """Return the assigned task of a row.

        Args:
            plan: the row's plan where it is known; no task of another plan is then taken.
            leads: lead units of a task's code, to tell apart tasks with the same words.
        """
        text = key_of(report)
        same = self._texts.get((plan, text), [])
        if report.code:
            coded = self.by_code(report.code)
            if coded is not None and (plan is None or coded.plan == plan):
                if coded in same or not same:
                    return Match(coded, "code")
                return Match(same[0] if len(same) == 1 else None, "other")
        if not same:
            return Match(None, "none")
        if len(same) == 1:
            exact = number_key(report.number) == number_key(same[0].number)
            return Match(same[0], "number" if exact else "text")
        number = number_key(report.number)
        if number:
            numbered = [task for task in same if number_key(task.number) == number]
            if len(numbered) == 1:
                return Match(numbered[0], "number")
            same = numbered or same
        if report.kind is not None:
            same = [task for task in same if task.kind is report.kind] or same
        led = [task for task in same if set(report.units) & set(leads.get(task.code, ()))]
        if len(led) == 1:
            return Match(led[0], "text")
        return Match(same[0], "text") if len(same) == 1 else Match(None, "several")

    def propose(self, report: TaskReport, plan: str | None) -> AssignedTask | None:
        """Return the assigned task that a row with unknown words may mean, or None.

        At most PROPOSALS different rows are looked at in one run.
        """
        text = key_of(report)
        asked = (plan, text)
        if asked not in self._asked:
            if len(self._asked) >= PROPOSALS or plan not in self._choices:
                return None
            self._asked[asked] = self._closest(report.task, text, plan)
        return self._asked[asked]

    def _closest(self, shown: str, text: str, plan: str | None) -> AssignedTask | None:
        from rapidfuzz import fuzz, process  # only runs with unknown tasks pay for it

        found = process.extract(
            text, self._choices[plan], scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH, limit=CLOSEST
        )
        for choice, _, _ in found:
            task = self._texts[plan, choice][0]
            if not differs_in_substance(shown, task.task, self._places):
                return task
        return None


def place_names(units: Iterable[Unit]) -> frozenset[str]:
    """Return the folded names of communes, without "phường", "xã", "đặc khu"."""
    names = set()
    for unit in units:
        if unit.group == "xa-phuong":
            for name in (unit.name, *unit.aliases, *unit.predecessors):
                names.add(_PREFIX.sub("", fold(name)))
    return frozenset(name for name in names if len(name) > 2)


def differs_in_substance(one: str, other: str, places: Iterable[str] = ()) -> bool:
    """Tell whether two texts differ in digits, Roman numerals, proper names or known places."""
    first, second = key(one), key(other)
    for pattern in (_DIGITS, _ROMAN):
        if Counter(pattern.findall(first)) != Counter(pattern.findall(second)):
            return True
    words_one, words_other = set(_WORD.findall(first)), set(_WORD.findall(second))
    changed = words_one ^ words_other
    if changed & (_names(one) | _names(other)):
        return True
    folded = fold(one), fold(other)
    return any((f" {place} " in f" {folded[0]} ") != (f" {place} " in f" {folded[1]} ") for place in places)


def _names(text: str) -> set[str]:
    """Return the words written with a capital inside a sentence, case folded; none in a text all in capitals."""
    shown = clean(text)
    if shown.isupper():
        return set()
    return {key(word) for word in _NAME.findall(shown.replace("\n", " ")) if word[0].isupper()}
