"""The covering message of a return, in administrative Vietnamese; the office sends it by its own means."""

from __future__ import annotations

from collections.abc import Sequence

from qn_xl.model import Received, Severity, Snapshot
from qn_xl.outputs.labels import RECEIVED
from qn_xl.outputs.return_asks import asks
from qn_xl.outputs.return_content import UnitReturn
from qn_xl.rules.figures import office_view
from qn_xl.rules.wording import date_text
from qn_xl.tables import province_heading


def letter(snapshot: Snapshot, one: UnitReturn, enclosed: Sequence[str]) -> str:
    """Return the text; `enclosed` are the names of the files that go with it."""
    province = province_heading(snapshot.settings, snapshot.made_at.date())
    office = snapshot.settings.get("office_name", "").strip()
    period = snapshot.period_name or snapshot.period
    cut_off = date_text(snapshot.as_of)
    lines = [province]
    if office:
        lines.append(office)
    lines += [
        "",
        f"Kính gửi: {one.unit.name}",
        "",
        f"V/v kết quả kiểm tra, tổng hợp báo cáo tiến độ thực hiện nhiệm vụ {period}",
        "",
        f"Qua tổng hợp báo cáo tiến độ thực hiện nhiệm vụ {period} (số liệu chốt đến ngày {cut_off}, lần tổng hợp số "
        f"{snapshot.run}), xin gửi {one.unit.name} kết quả như sau:",
        "",
        f"1. Tình hình gửi báo cáo: {_sent(one)}.",
        f"2. Kết quả tổng hợp: {_figures(one)}",
        f"3. Vấn đề trong báo cáo: {_findings(one)}",
    ]
    asked = asks(one)
    if asked:
        lines.append("4. Đề nghị:")
        for ask in asked:
            number = f" ({len(ask.tasks)} nhiệm vụ, danh sách ở trang Đề nghị)" if ask.tasks else ""
            lines.append(f"   - {ask.text.rstrip('.')}{number}.")
    else:
        lines.append("4. Đề nghị: không.")
    lines += ["", "Tệp kèm theo:", *(f"   - {name}" for name in enclosed)]
    lines += ["", "Nếu số liệu chưa đúng, đề nghị sửa ở tệp báo cáo gốc và gửi lại tệp đó.", "", "Trân trọng./."]
    return "\n".join(lines) + "\n"


def _sent(one: UnitReturn) -> str:
    said = RECEIVED[one.sent.received].lower()
    if one.sent.received is Received.MISSING:
        return f"{said} báo cáo"
    day = f" ngày {date_text(one.sent.received_on)}" if one.sent.received_on else ""
    return f"{said}{day}, {len(one.sent.files)} tệp, đọc được {one.sent.tasks} nhiệm vụ"


def _figures(one: UnitReturn) -> str:
    if not one.groups:
        return "đơn vị chưa có nhiệm vụ được tính."
    lines = []
    for plan, group in one.groups:
        parts = "; ".join(f"{part.label.lower()} {part.count}" for part in office_view(group).parts if part.count)
        lines.append(f"   - {plan.symbol} ({group['kind'].lower()}): tổng số {group['total']}; {parts}.")
    return "\n" + "\n".join(lines)


def _findings(one: UnitReturn) -> str:
    errors, warnings = one.count(Severity.ERROR), one.count(Severity.WARNING)
    if not errors and not warnings:
        return "không có."
    return (
        f"{errors} lỗi (nội dung chưa được tính), {warnings} cảnh báo (đã tính sau khi diễn giải); chi tiết từng ô ở"
        " trang Vấn đề cần sửa của sổ phản hồi."
    )
