"""What a run comes to: its exit code (design, section 7) and what the code means, in the words that staff read."""

from __future__ import annotations

from qn_xl.model import Received, Severity, Snapshot

DONE, ERRORS, MISSING, NOTHING_NEW, LOCKED = 0, 20, 21, 22, 24
MEANING = {
    DONE: "xong, không có gì phải lưu ý",
    1: "lỗi của chương trình",
    2: "gõ lệnh chưa đúng hoặc thư mục không dùng được",
    ERRORS: "xong, có vấn đề mức LỖI",
    MISSING: "xong, còn đơn vị chưa gửi",
    NOTHING_NEW: "không có gì mới so với lần trước",
    23: "một lần chạy khác đang diễn ra",
    LOCKED: "tệp kết quả đang mở hoặc không ghi được",
    25: "bảng cấu hình chưa hợp lệ",
    130: "bị dừng theo yêu cầu",
}


def code_of(snapshot: Snapshot) -> int:
    """Return the exit code of a run that found this and could write all of it."""
    if any(found.severity is Severity.ERROR for found in snapshot.findings):
        return ERRORS
    if any(one.received is Received.MISSING for one in snapshot.returns):
        return MISSING
    return DONE


def sentence(snapshot: Snapshot) -> str:
    """Return what the run came to, for the sheet about what the units sent: it is read in the morning after."""
    code = code_of(snapshot)
    errors = sum(found.severity is Severity.ERROR for found in snapshot.findings)
    missing = sum(one.received is Received.MISSING for one in snapshot.returns)
    made = f"{snapshot.made_at:%H:%M} ngày {snapshot.made_at:%d/%m/%Y}"
    said = f"Lần chạy lúc {made}: {MEANING[code]} (mã {code}); {len(snapshot.inputs)} tệp"
    return f"{said}, {errors} lỗi, {missing} đơn vị chưa gửi."
