"""What staff read for the codes of the model, the same on every sheet."""

from __future__ import annotations

from collections.abc import Iterable

from qn_xl.model import Class, Fate, Finding, Plan, Received, Severity, Snapshot, Unit
from qn_xl.rules.figures import MEASURE, MEMBERS
from qn_xl.rules.wording import date_text

OFFICE_VIEW = ("done", "under_way", "overdue", "recurring", "stopped")  # measures that add up to the total
CLASS = {cls: MEASURE[cls.value].label for cls in Class}
STATUS = {cls: MEASURE[measure].label for measure in OFFICE_VIEW for cls in MEMBERS[measure]}
YES = "Có"

RECEIVED = {
    Received.ON_TIME: "Đúng hạn",
    Received.LATE: "Muộn",
    Received.RECEIVED: "Đã nhận",
    Received.NO_CHANGE: "Không thay đổi",
    Received.EMPTY: "Không có nhiệm vụ",
    Received.UNREADABLE: "Không đọc được",
    Received.MISSING: "Chưa gửi",
}
SEVERITY = {Severity.ERROR: "■ Lỗi", Severity.WARNING: "▲ Cảnh báo", Severity.NOTE: "○ Ghi chú"}
SEVERITY_MEANING = {
    Severity.ERROR: "nội dung chưa được tính; cần sửa và gửi lại",
    Severity.WARNING: "đã tính sau khi diễn giải; cần xem lại",
    Severity.NOTE: "không ảnh hưởng đến số liệu",
}
FATE = {
    Fate.TASK: "Dòng nhiệm vụ",
    Fate.PARENT: "Dòng nhiệm vụ cha (tính ở các dòng con)",
    Fate.GROUP: "Dòng tên nhóm, mục",
    Fate.HEADER: "Dòng tiêu đề bảng",
    Fate.BLANK: "Dòng trống",
    Fate.NOTE: "Dòng ghi chú, chữ ngoài bảng",
    Fate.TOTAL: "Dòng cộng",
    Fate.EXCLUDED: "Dòng không tính được (có vấn đề kèm theo)",
}


def plan_symbols(plans: Iterable[Plan]) -> dict[str, str]:
    return {plan.id: plan.symbol for plan in plans}


def unit_names(units: Iterable[Unit]) -> dict[str, str]:
    return {unit.id: unit.name for unit in units}


def by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Return how many findings there are of each severity."""
    counts = dict.fromkeys(Severity, 0)
    for found in findings:
        counts[found.severity] += 1
    return counts


def provenance(snapshot: Snapshot) -> str:
    """Return the line that says which run and which cut-off date every number of a sheet belongs to."""
    return f"Số liệu chốt đến ngày {date_text(snapshot.as_of)}. Lần tổng hợp số {snapshot.run}."
