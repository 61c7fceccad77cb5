"""What the office asks of a unit after a consolidation: a report, repairs, answers about single tasks."""

from __future__ import annotations

from dataclasses import dataclass

from qn_xl.model import Received, Severity
from qn_xl.outputs.return_content import OwnTask, UnitReturn


@dataclass(frozen=True, slots=True)
class Ask:
    text: str
    tasks: tuple[OwnTask, ...] = ()


_REPORT = {
    Received.MISSING: "Gửi báo cáo của kỳ này.",
    Received.UNREADABLE: "Gửi lại báo cáo: tệp đã gửi không đọc được.",
    Received.EMPTY: "Gửi lại báo cáo: tệp đã gửi không có nội dung nhiệm vụ.",
}


def asks(one: UnitReturn) -> list[Ask]:
    """Return what is asked, the most urgent first; [] when nothing is."""
    made = []
    if one.unit.expected and one.sent.received in _REPORT:
        made.append(Ask(_REPORT[one.sent.received]))
    own = [found for found in one.findings if found.where.file in one.sent.files]
    errors = sum(found.severity is Severity.ERROR for found in own)
    warnings = sum(found.severity is Severity.WARNING for found in own)
    if errors:
        made.append(Ask(f"Sửa {errors} lỗi ở trang Vấn đề cần sửa rồi gửi lại: các nội dung này chưa được tính."))
    if warnings:
        made.append(Ask(f"Xem lại {warnings} cảnh báo ở trang Vấn đề cần sửa; sửa nếu cách hiểu chưa đúng."))
    silent = tuple(task for task in one.tasks if task.not_reported)
    if silent:
        made.append(Ask("Báo cáo kết quả của nhiệm vụ này: kỳ này chưa có báo cáo.", silent))
    late = tuple(task for task in one.tasks if task.overdue and not task.not_reported)
    if late:
        made.append(Ask("Nhiệm vụ chậm tiến độ: nêu nguyên nhân, thời gian hoàn thành.", late))
    soon = tuple(task for task in one.tasks if task.due_soon and not task.not_reported)
    if soon:
        made.append(Ask("Nhiệm vụ sắp đến hạn: tập trung hoàn thành.", soon))
    return made
