"""Findings that need the office's word, as rows that are ready to be copied to sheet Xử lý.

The program proposes and decides nothing: grounds, who and when stay empty, and a row counts only once staff
have copied it (design section 4, Decisions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from qn_xl.model import Decision, Finding, Snapshot, UnitResult
from qn_xl.rules.classify import CLASS_LABEL
from qn_xl.rules.decide import row_number
from qn_xl.rules.text import key

# code → (kind of decision, what taking it would do)
_OFFERED: Final[Mapping[str, tuple[str, str]]] = {
    "date-swapped": ("swap", "{action} Ghi “không” nếu ngày đang ghi là đúng."),
    "unit-unknown": ("unit", "Các dòng ghi “{seen}” được tính cho đơn vị này."),
    "file-unit-unknown": ("unit", "Tệp được ghi nhận cho đơn vị này. Ghi tên hoặc mã đơn vị vào Giá trị."),
    "task-unmatched": ("task", "Dòng được tính cho nhiệm vụ có mã này; hiện chưa được tính."),
    "units-disagree": ("class", "{message} Chép nguyên dòng để giữ cách tính hiện nay, hoặc sửa Giá trị."),
    "status-stop-proposed": ("class", "Nhiệm vụ được tính là tạm dừng; hiện vẫn tính như đang thực hiện."),
    "date-extension": ("due", "Nhiệm vụ được tính theo thời hạn mới; hiện giữ thời hạn đang có hiệu lực."),
    "file-superseded": ("file", "Tệp ghi ở Giá trị được coi là bản sau cùng. Ghi tên tệp khác nếu thứ tự chưa đúng."),
    "header-column-unknown": (
        "header",
        "Cột có tiêu đề này được đọc theo ý nghĩa ghi ở Giá trị: thời hạn, trạng thái, ngày hoàn thành,"
        " kết quả thực hiện, đơn vị chủ trì, sản phẩm, ghi chú… hoặc “bỏ qua”.",
    ),
}
_ABOUT_ITEM = frozenset({"status-stop-proposed", "date-extension"})  # known by the item: their cell may move


@dataclass(frozen=True, slots=True)
class Offer:
    """One decision that might be taken. `decision` has no grounds; its value may be empty where only staff know."""

    decision: Decision
    effect: str
    finding: Finding


def offers(snapshot: Snapshot) -> list[Offer]:
    """Return an offer for each finding that asks for a decision and has none, in the order of the findings."""
    taken = {(one.kind, one.key) for one in snapshot.decisions}
    headings = {key(one.source) for one in snapshot.decisions if one.kind == "header" and one.source}
    made = []
    for offer in _all(snapshot):
        decision = offer.decision
        if (decision.kind, decision.key) in taken or (decision.kind, offer.finding.key) in taken:
            continue
        if decision.kind == "header":
            if key(decision.source) in headings:
                continue
            headings.add(key(decision.source))  # one heading of many files is decided once
        taken.add((decision.kind, decision.key))
        made.append(offer)
    return made


def _all(snapshot: Snapshot) -> Iterator[Offer]:
    files = {one.file for one in snapshot.inputs}
    rows = {
        (one.source.file, one.source.sheet, row_number(one.source.cell)): one
        for one in snapshot.unit_results
        if one.source is not None and one.carried is None
    }
    deadlines = {item.id: item.deadline_text for item in snapshot.items}
    for found in snapshot.findings:
        if found.code not in _OFFERED or found.where.file not in files:
            continue
        kind, effect = _OFFERED[found.code]
        about, value, source = found.key, found.proposed, found.seen
        if found.code in _ABOUT_ITEM:
            result = rows.get((found.where.file, found.where.sheet, row_number(found.where.cell)))
            if result is None or _settled(result, snapshot):
                continue
            about = f"{result.item}|{result.unit}"
            source = result.status_text if kind == "class" else deadlines.get(result.item, "")
        if found.code == "status-stop-proposed":
            value = STOPPED
        elif found.code == "file-superseded":
            value = found.seen
        said = effect.format(action=found.action, seen=found.seen, message=found.message)
        yield Offer(Decision(about, kind, value, source=source), said, found)


STOPPED = next(label for cls, label in CLASS_LABEL.items() if cls.value == "stopped")


def _settled(result: UnitResult, snapshot: Snapshot) -> bool:
    """Tell whether a decision already gives the result."""
    return bool(result.decided) and any(one.key in result.decided for one in snapshot.decisions)
