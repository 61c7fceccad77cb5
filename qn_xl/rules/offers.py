"""Findings that need the office's word, as rows that are ready to be copied to sheet Xử lý.

The program proposes and decides nothing: grounds, who and when stay empty, and a row counts only once staff
have copied it (design section 4, Decisions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from qn_xl.model import Class, Decision, Finding, Severity, Snapshot, UnitResult
from qn_xl.rules.catalogue import key_of
from qn_xl.rules.classify import CLASS_LABEL
from qn_xl.rules.decide import CLASS_WORD, COLUMN_WORD, SWAP_WORDS, base_key, row_number
from qn_xl.rules.text import key
from qn_xl.rules.wording import date_text

# code → (kind of decision, what taking it would do)
_OFFERED: Final[Mapping[str, tuple[str, str]]] = {
    "date-swapped": ("swap", "{action} Ghi “không” nếu ngày đang ghi là đúng."),
    "unit-unknown": ("unit", "Các dòng ghi “{seen}” được tính cho đơn vị này."),
    "file-unit-unknown": ("unit", "Tệp được ghi nhận cho đơn vị này. Ghi tên hoặc mã đơn vị vào Giá trị."),
    "task-unmatched": ("task", "Dòng được tính cho nhiệm vụ có mã này; hiện chưa được tính."),
    "units-disagree": ("class", "{message} Chép nguyên dòng để giữ cách tính hiện nay, hoặc sửa Giá trị."),
    "status-stop-proposed": ("class", "Nhiệm vụ được tính là tạm dừng; hiện vẫn tính như đang thực hiện."),
    "date-extension": ("due", "Nhiệm vụ được tính theo thời hạn mới; hiện giữ thời hạn đang có hiệu lực."),
    "deadline-moved": (
        "due",
        "{message} Chép nguyên dòng để công nhận thời hạn nay ghi; chọn thời hạn trước nếu chưa được điều chỉnh.",
    ),
    "file-superseded": ("file", "Tệp ghi ở Giá trị được coi là bản sau cùng. Ghi tên tệp khác nếu thứ tự chưa đúng."),
    "files-disagree": (
        "file",
        "{message} Nhiệm vụ này được tính theo tệp ghi ở Giá trị; chép nguyên dòng để giữ cách tính hiện nay.",
    ),
    "header-column-unknown": (
        "header",
        "Cột có tiêu đề này được đọc theo ý nghĩa ghi ở Giá trị (“bỏ qua”: không đọc) trong mọi tệp của đơn vị,"
        " cả các kỳ sau. Xóa ô Đơn vị áp dụng để dùng cho mọi đơn vị.",
    ),
}
_NO_SENDER = (
    "Cột có tiêu đề này được đọc theo ý nghĩa ghi ở Giá trị (“bỏ qua”: không đọc) trong tệp của mọi đơn vị; tệp này"
    " chưa rõ đơn vị gửi. Ghi Đơn vị áp dụng nếu chỉ dùng cho một đơn vị."
)
_ABOUT_ITEM = frozenset({"status-stop-proposed", "date-extension"})  # known by the item: their cell may move
STOPPED = CLASS_WORD[Class.STOPPED]
_WORDED = {CLASS_LABEL[cls]: CLASS_WORD[cls] for cls in Class}


@dataclass(frozen=True, slots=True)
class Offer:
    """One decision that might be taken. `decision` has no grounds; its value may be empty where only staff know.

    `answers` are the values that make sense, [] where anything may be written.
    """

    decision: Decision
    effect: str
    finding: Finding
    answers: tuple[str, ...] = ()


def offers(snapshot: Snapshot) -> list[Offer]:
    """Return an offer for each finding that asks for a decision and has none, in the order of the findings."""
    taken = {(one.kind, base_key(one.key)) for one in snapshot.decisions}
    units = {unit.id: unit.name for unit in snapshot.units}
    ids = {key(name): unit for unit, name in units.items()} | {key(unit): unit for unit in units}
    headings = {
        (key(one.source), ids.get(key(one.unit), ""))
        for one in snapshot.decisions
        if one.kind == "header" and one.source
    }
    made = []
    for offer in _Offering(snapshot).all():
        decision = offer.decision
        about = decision.kind, base_key(decision.key)
        if about in taken or (decision.kind, base_key(offer.finding.key)) in taken:
            continue
        if decision.kind == "header":
            place = key(decision.source), offer.finding.unit or ""
            if place in headings or (place[0], "") in headings:
                continue
            headings.add(place)  # one heading of many files of a unit is decided once
        taken.add(about)
        made.append(offer)
    return made


class _Offering:
    """The offers that the findings of one run give, whether or not they have been taken."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._names = {unit.id: unit.name for unit in snapshot.units}
        self._files = {one.file for one in snapshot.inputs}
        self._sent = {one.unit: one.files for one in snapshot.returns}

    @cached_property
    def _rows(self) -> dict[tuple[str, str | None, int], UnitResult]:
        return {
            (one.source.file, one.source.sheet, row_number(one.source.cell)): one
            for one in self._snapshot.unit_results
            if one.source is not None and one.carried is None
        }

    @cached_property
    def _deadlines(self) -> dict[str, str]:
        return {item.id: item.deadline_text for item in self._snapshot.items}

    @cached_property
    def _moved(self) -> dict[str, str]:
        """Key of the finding that an official deadline moved → the item."""
        return {key_of("deadline-moved", f"|{item.id}"): item.id for item in self._snapshot.items}

    def all(self) -> Iterator[Offer]:
        for found in self._snapshot.findings:
            if found.code not in _OFFERED:
                continue
            official = found.code == "deadline-moved" and found.key in self._moved
            if found.where.file in self._files or official:
                offer = self._offer(found)
                if offer is not None:
                    yield offer

    def _offer(self, found: Finding) -> Offer | None:
        kind, effect = _OFFERED[found.code]
        if found.code in _ABOUT_ITEM:
            decision, answers = self._of_row(found, kind)
        elif found.code == "deadline-moved":
            decision, answers = self._of_moved(found)
        else:
            decision = Decision(base_key(found.key), kind, found.proposed, source=found.seen)
            answers = (found.proposed,)
        if decision is None:
            return None
        if kind == "header":
            decision = replace(decision, unit=self._names.get(found.unit or "", ""))
            effect = effect if decision.unit else _NO_SENDER
            answers = tuple(COLUMN_WORD.values())
        elif found.code == "files-disagree":
            if found.severity is Severity.NOTE:
                return None  # a marked correction is meant to say something else
            decision, answers = replace(decision, value=found.where.file), (found.where.file, found.proposed)
        elif found.code == "file-superseded":
            decision, answers = replace(decision, value=found.seen), self._sent.get(found.unit or "", ())
        elif kind == "swap":
            answers = SWAP_WORDS
        elif kind == "class":
            decision = replace(decision, value=_WORDED.get(decision.value, decision.value))
            answers = tuple(CLASS_WORD.values())
        said = effect.format(action=found.action, seen=found.seen, message=found.message)
        return Offer(decision, said, found, tuple(filter(None, answers)))

    def _of_row(self, found: Finding, kind: str) -> tuple[Decision | None, tuple[str, ...]]:
        """Return what may be decided about the item whose row asks for a stop or for more time."""
        result = self._open_result(found)
        if result is None:
            return None, ()
        about, source = self._about(result, kind)
        value = STOPPED if kind == "class" else found.proposed
        standing = date_text(result.due) if result.due else ""
        return Decision(about, kind, value, source=source), (found.proposed, standing)

    def _of_moved(self, found: Finding) -> tuple[Decision | None, tuple[str, ...]]:
        """Return what may be decided about a deadline that is not what it was: the new date, or the old one."""
        item, result = self._moved.get(found.key), self._open_result(found)
        if item is not None:
            about, source = item, self._deadlines[item]
        elif result is not None:
            about, source = self._about(result, "due")
        else:
            return None, ()
        return Decision(about, "due", found.seen, source=source), (found.seen, found.proposed)

    def _open_result(self, found: Finding) -> UnitResult | None:
        """Return the result that was read from the finding's row, None when a decision gives it already."""
        result = self._rows.get((found.where.file, found.where.sheet, row_number(found.where.cell)))
        return None if result is None or self._settled(result) else result

    def _about(self, result: UnitResult, kind: str) -> tuple[str, str]:
        """Return what a decision about a result is about, and what it says now."""
        source = result.status_text if kind == "class" else self._deadlines.get(result.item, "")
        return f"{result.item}|{result.unit}", source

    def _settled(self, result: UnitResult) -> bool:
        """Tell whether a decision already gives the result."""
        return bool(result.decided) and any(one.key in result.decided for one in self._snapshot.decisions)
