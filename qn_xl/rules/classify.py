"""The class of one item at the cut-off date: one decision, in the order of the office's rule.

The order is design section 4 (domain.md 2.3): stopped, recurring, completion date, done-phrase, open with a
due date, open without one. For a `Chỉ tiêu` the numbers, where there are any, decide whether it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from qn_xl.model import DONE, Class, Deadline, DeadlineKind, Kind, Status, StatusWord
from qn_xl.rules.wording import date_text

CLASS_LABEL: Mapping[Class, str] = MappingProxyType(
    {
        Class.DONE_ON_TIME: "Hoàn thành đúng hạn",
        Class.DONE_LATE: "Hoàn thành quá hạn",
        Class.DONE_UNDATED: "Hoàn thành, chưa rõ ngày",
        Class.IN_PROGRESS: "Đang thực hiện",
        Class.OVERDUE: "Chậm tiến độ",
        Class.RECURRING: "Thường xuyên",
        Class.NO_DEADLINE: "Không xác định thời hạn",
        Class.STOPPED: "Tạm dừng, dừng",
    }
)

_NO_FLAGS: frozenset[str] = frozenset()

# Facts about the item that the class alone does not tell; each is a finding for whoever sent the row.
COMPLETED_FUTURE = "completed-future"
PERCENT_CONFLICT = "percent-conflict"

_DONE_WORDS = frozenset({StatusWord.DONE, StatusWord.DONE_ON_TIME, StatusWord.DONE_LATE})
_OPEN_WORDS = frozenset(
    {
        StatusWord.IN_PROGRESS,
        StatusWord.OVERDUE,
        StatusWord.NOT_STARTED,
        StatusWord.STOP_PROPOSED,
        StatusWord.STEP,
        StatusWord.WAITING,
    }
)
_SILENT_WORDS = frozenset({StatusWord.NONE, StatusWord.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Classed:
    """The class of one item and why. `days_late` is None when it is not late or the days are unknown."""

    cls: Class
    days_late: int | None
    basis: str
    conflict: str | None = None  # the unit's words, when they say otherwise
    flags: frozenset[str] = _NO_FLAGS
    completed_on: date | None = None  # the completion date that counts at the cut-off


def reached(
    actual: float | None, target: float | None, *, lower_is_better: bool = False, measure: str = ""
) -> bool | None:
    """Tell whether a target is reached; None without both numbers."""
    if actual is None or target is None:
        return None
    actual, target = same_scale(actual, target, lower_is_better=lower_is_better, measure=measure)
    slack = 1e-9 * max(abs(actual), abs(target), 1.0)
    return actual <= target + slack if lower_is_better else actual >= target - slack


def same_scale(
    actual: float, target: float, *, lower_is_better: bool = False, measure: str = ""
) -> tuple[float, float]:
    """Return both numbers on one scale: a percentage may be typed as 95 and stored as 0.95.

    They are brought together where the measure is a percentage, higher is better and one number is at most 1
    while the other is above 10.
    """
    if "%" in measure and not lower_is_better:
        if target > 10 and 0 <= actual <= 1:
            return actual * 100, target
        if actual > 10 and 0 <= target <= 1:
            return actual, target * 100
    return actual, target


def classify(
    *,
    deadline: Deadline | None,
    due: date | None,
    status: Status,
    completed_on: date | None,
    kind: Kind,
    as_of: date,
    percent: float | None = None,
    target: float | None = None,
    actual: float | None = None,
    lower_is_better: bool = False,
    measure: str = "",
) -> Classed:
    """Return the class of one item at `as_of`.

    Args:
        deadline: the standing deadline as understood; its kind says whether the item is recurring.
        due: the due date that rules (the day itself is in time); None when there is none.
        completed_on: the completion date of its own cell; a date said in the status words stands in for it.
        percent: 0 to 1, of its own cell; that of the words stands in for it.
        target, actual, lower_is_better, measure: the numbers of a `Chỉ tiêu`.
    """
    word = status.word
    completed = completed_on or status.completed_on
    percent = status.percent if percent is None else percent
    hit = None
    if kind is Kind.TARGET:
        hit = reached(actual, target, lower_is_better=lower_is_better, measure=measure)
    flags = _NO_FLAGS
    future = completed is not None and completed > as_of
    if future:
        flags |= {COMPLETED_FUTURE}
    counted = None if future else completed
    full = percent is not None and percent >= 0.9995
    if percent is not None and (
        (word in _DONE_WORDS and not full) or (full and word in _OPEN_WORDS and counted is None)
    ):
        flags |= {PERCENT_CONFLICT}

    said_done = word in _DONE_WORDS or (full and word in _SILENT_WORDS)
    if kind is Kind.TARGET and (status.maintained or hit):
        said_done = True
    if hit is False:
        said_done, counted = False, None
    open_at_cut_off = future or hit is False

    cls, days, basis = _decide(
        deadline=deadline,
        due=due,
        word=word,
        completed=counted,
        said_done=said_done and not open_at_cut_off,
        target_done=kind is Kind.TARGET and said_done and not open_at_cut_off,
        as_of=as_of,
    )
    if hit is not None:
        verb = "đạt" if hit else "chưa đạt"
        basis = f"Kết quả {_number(actual)} {verb} chỉ tiêu {_number(target)}; {basis}"
    elif future and completed is not None:
        basis = f"Ngày hoàn thành {date_text(completed)} sau ngày chốt {date_text(as_of)}; {basis}"
    conflict = None
    if _contradicts(word, cls, said_done=said_done, future=future):
        conflict = status.text or word.value
    return Classed(
        cls=cls,
        days_late=days,
        basis=basis[0].upper() + basis[1:],
        conflict=conflict,
        flags=flags,
        completed_on=counted if cls in DONE else None,
    )


def _decide(
    *,
    deadline: Deadline | None,
    due: date | None,
    word: StatusWord,
    completed: date | None,
    said_done: bool,
    target_done: bool,
    as_of: date,
) -> tuple[Class, int | None, str]:
    if word is StatusWord.STOPPED:
        return Class.STOPPED, None, "đơn vị ghi rõ tạm dừng hoặc dừng"
    if not target_done:
        if deadline is not None and deadline.kind is DeadlineKind.RECURRING and due is None:
            return Class.RECURRING, None, "thời hạn thường xuyên, không có ngày kết thúc"
        if due is None and deadline is not None and deadline.recurring_too:
            return Class.RECURRING, None, "thời hạn thường xuyên, không có ngày kết thúc"
        if word is StatusWord.RECURRING and due is None:
            return Class.RECURRING, None, "đơn vị ghi thường xuyên và không có ngày kết thúc"
    if completed is not None:
        return _done_on(completed, due, word)
    if said_done:
        if word is StatusWord.DONE_ON_TIME:
            return Class.DONE_ON_TIME, None, "đơn vị ghi hoàn thành đúng hạn, không có ngày hoàn thành"
        if word is StatusWord.DONE_LATE:
            return Class.DONE_LATE, None, "đơn vị ghi hoàn thành quá hạn, không có ngày hoàn thành"
        return Class.DONE_UNDATED, None, "đã hoàn thành, không có ngày hoàn thành"
    if due is not None:
        until, cut_off = date_text(due), date_text(as_of)
        if due < as_of:
            return Class.OVERDUE, (as_of - due).days, f"chưa hoàn thành, hạn {until} trước ngày chốt {cut_off}"
        return Class.IN_PROGRESS, None, f"chưa hoàn thành, hạn {until} chưa qua tại ngày chốt {cut_off}"
    if word is StatusWord.OVERDUE:
        return Class.OVERDUE, None, "không có ngày hạn, đơn vị tự ghi chậm tiến độ"
    return Class.NO_DEADLINE, None, "chưa hoàn thành, không xác định được ngày hạn"


def _done_on(completed: date, due: date | None, word: StatusWord) -> tuple[Class, int | None, str]:
    if due is None:
        without = f"hoàn thành {date_text(completed)}, không có ngày hạn"
        if word is StatusWord.DONE_LATE:
            return Class.DONE_LATE, None, f"{without}, đơn vị ghi quá hạn"
        return Class.DONE_ON_TIME, None, f"{without} để quá"
    if completed <= due:
        return Class.DONE_ON_TIME, None, f"hoàn thành {date_text(completed)}, hạn {date_text(due)}"
    return Class.DONE_LATE, (completed - due).days, f"hoàn thành {date_text(completed)}, sau hạn {date_text(due)}"


def _contradicts(word: StatusWord, cls: Class, *, said_done: bool, future: bool) -> bool:
    """Tell whether the unit's own word says something else than the computed class."""
    if word in _SILENT_WORDS or cls is Class.STOPPED:
        return False
    if word in _DONE_WORDS:
        if cls not in DONE:
            return not future  # a completion date after the cut-off has its own finding
        return (word is StatusWord.DONE_ON_TIME and cls is Class.DONE_LATE) or (
            word is StatusWord.DONE_LATE and cls is Class.DONE_ON_TIME
        )
    if cls in DONE:
        if word is StatusWord.OVERDUE:
            return cls is not Class.DONE_LATE
        return word in _OPEN_WORDS and not (said_done and cls is Class.DONE_UNDATED)
    if word is StatusWord.IN_PROGRESS:
        return cls is Class.OVERDUE
    if word is StatusWord.OVERDUE:
        return cls in (Class.IN_PROGRESS, Class.RECURRING)
    if word is StatusWord.RECURRING:
        return cls in (Class.IN_PROGRESS, Class.OVERDUE)
    return False


def _number(value: float | None) -> str:
    """Return a number as Vietnamese text writes it: comma for decimals, no trailing zeros."""
    return "" if value is None else f"{value:.6g}".replace(".", ",")
