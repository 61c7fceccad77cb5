"""What stands beside and under the printed tables: remarks on a row, footnotes with every base and rule."""

from __future__ import annotations

from qn_xl.model import DONE, Kind, Received, Snapshot
from qn_xl.outputs.labels import CLASS
from qn_xl.rules.figures import ALL, MEASURE, Figures
from qn_xl.rules.wording import Rounding, date_line, date_text, number_text, percent_text


def remarks(figures: Figures, plan: str, group: str, unit: str = ALL) -> str:
    """Return what a reader must know about the counts of one row: "2 chưa báo cáo kỳ này; …"."""
    if not figures.get(plan, "total", group, unit):
        return "Chưa có nhiệm vụ"
    said = (
        ("no_deadline", "không xác định thời hạn"),
        ("not_reported", "chưa báo cáo kỳ này"),
        ("carried", "giữ kết quả kỳ trước"),
        ("extension", "đề nghị gia hạn"),
    )
    counts = ((int(figures.get(plan, measure, group, unit) or 0), words) for measure, words in said)
    return "; ".join(f"{number_text(count)} {words}" for count, words in counts if count)


def base_note(snapshot: Snapshot) -> str:
    """Return what the totals count."""
    if snapshot.assigned:
        return "Tổng số là số mục trong danh mục giao của từng kế hoạch, mỗi mục đếm một lần"
    return "Chưa có danh mục giao: tổng số là số nhiệm vụ khác nhau mà các đơn vị báo cáo"


def received_note(snapshot: Snapshot) -> str:
    """Return how many of the units that must report did."""
    expected = {unit.id for unit in snapshot.units if unit.expected}
    missing = (Received.MISSING, Received.UNREADABLE)
    sent = {made.unit for made in snapshot.returns if made.received not in missing and made.unit in expected}
    return f"Đã nhận báo cáo đọc được của {len(sent)}/{len(expected)} đơn vị phải báo cáo (xem trang Nộp báo cáo)."


def summary_notes(snapshot: Snapshot, figures: Figures, kinds: set[Kind], *, stopped: bool) -> list[str]:
    """Return the footnotes of Tổng hợp: `kinds` that have items; `stopped`: the table has that column."""
    task = figures.counts(ALL, "task")
    day = date_text(snapshot.as_of)
    split = ", ".join(f"{CLASS[cls].lower().removeprefix('hoàn thành').strip(' ,')} {task[cls.value]}" for cls in DONE)
    mean, greatest = figures.get(ALL, "days_late_mean"), figures.get(ALL, "days_late_max")
    days = ""
    if mean is not None and greatest is not None:
        days = f"; chậm trung bình {number_text(mean, 1)} ngày, nhiều nhất {number_text(greatest)} ngày"
    rounding = Rounding.CUT if snapshot.rules.get("rounding") == Rounding.CUT else Rounding.ROUND
    due = percent_text(task["done"], task["fallen_due"], rounding=rounding)
    how = "cắt, không làm tròn lên" if rounding is Rounding.CUT else "làm tròn"
    notes = [
        f"Số liệu chốt đến {date_line(snapshot.as_of)}; lần tổng hợp số {snapshot.run}. {received_note(snapshot)}",
        base_note(snapshot)
        + ". Tổng số = Hoàn thành + Đang thực hiện + Chậm tiến độ + Thường xuyên"
        + (" + Tạm dừng." if stopped else "."),
    ]
    if kinds - {Kind.TASK}:
        notes.append(
            "Mỗi loại (Chỉ tiêu; Nhiệm vụ; Nhiệm vụ, dự án) có tổng số riêng, không cộng với nhau; dòng Tổng cộng và"
            " các số ở ghi chú dưới đây chỉ tính loại Nhiệm vụ."
        )
    notes += [
        f"Hoàn thành: gồm {split}."
        " Đang thực hiện: chưa hoàn thành và chưa quá hạn,"
        f" trong đó {task['no_deadline']} không xác định được thời hạn.",
        f"Chậm tiến độ: chưa hoàn thành và ngày đến hạn trước ngày {day} (đến hạn đúng ngày {day} chưa tính là chậm),"
        f" tính theo ngày lịch{days}.",
        f"“{MEASURE['central'].label}” nằm trong cột Đang thực hiện và Chậm tiến độ, không cộng thêm vào tổng số.",
        f"Tỷ lệ hoàn thành = Hoàn thành ÷ Tổng số, một chữ số thập phân, {how}."
        + (f" Trên số đến hạn (Hoàn thành + Chậm tiến độ): {due}." if due else "")
        + " Cách tính từng cột: trang Định nghĩa; từng nhiệm vụ: trang Chi tiết.",
    ]
    return notes
