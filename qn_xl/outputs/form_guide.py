"""Hướng dẫn: the sheet of a form that tells how it is filled in and sent back."""

from __future__ import annotations

from typing import Any

from qn_xl.intake.forms import NIL_TEXT
from qn_xl.model import Period
from qn_xl.outputs.form_columns import STATUS_WORDS
from qn_xl.outputs.measure import height, lines
from qn_xl.rules.wording import date_text

TITLE = "Hướng dẫn"
_WIDTH = 110.0
_SIZE = 12


def guide_lines(period: Period) -> list[str]:
    """Return the instructions, one paragraph a line."""
    cut_off = f" ngày {date_text(period.cut_off)}" if period.cut_off else ""
    due = f" trước hết ngày {date_text(period.due)}" if period.due else ""
    return [
        "1. Chỉ điền các ô nền vàng ở trang Nhiệm vụ. Các ô khác là nội dung được giao, đã khóa (không có mật khẩu).",
        f"2. Trạng thái: chọn một trong {', '.join(STATUS_WORDS)}. “Đã trình”, “đã tham mưu” là đang thực hiện.",
        f"3. Ngày hoàn thành: ngày/tháng/năm, ví dụ 15/9/2025; không sau ngày chốt số liệu{cut_off}. Bắt buộc khi ghi"
        " Hoàn thành.",
        "4. Tỷ lệ hoàn thành: số từ 0% đến 100%. Chỉ tiêu có số giao thì ghi số đã đạt vào cột Giá trị đạt được.",
        "5. Kết quả đạt được, Sản phẩm, văn bản: ghi ngắn gọn, có số, ký hiệu, ngày của văn bản.",
        "6. Đề nghị gia hạn, vướng mắc: ghi ở cột Khó khăn, kiến nghị. Thời hạn chỉ thay đổi khi có văn bản đồng ý.",
        "7. Dòng để trắng: coi như chưa báo cáo; nhiệm vụ đã được ghi nhận hoàn thành ở kỳ trước thì giữ nguyên.",
        f"8. Nếu cả biểu giữ như kỳ trước: đánh dấu x vào ô bên phải dòng “{NIL_TEXT}”, không cần điền gì thêm.",
        "9. Nhiệm vụ chưa có trong biểu: ghi ở các dòng trống cuối biểu, chọn kế hoạch, ghi rõ nội dung và thời hạn.",
        "10. Có thể sắp xếp, chèn dòng, dán giá trị; không xóa dòng cấp sẵn. Khi dán, dùng Dán giá trị để giữ kiểu ô.",
        f"11. Lưu dạng .xlsx rồi gửi lại{due}. Tên tệp đặt tùy ý: biểu mẫu tự mang mã đơn vị và mã nhiệm vụ.",
    ]


def write(book: Any, period: Period) -> None:
    """Add the sheet to an xlsxwriter workbook."""
    sheet = book.add_worksheet(TITLE)
    base = {"font_size": _SIZE, "text_wrap": True, "valign": "top", "locked": True}
    sheet.set_column(0, 0, _WIDTH)
    sheet.write_string(0, 0, "HƯỚNG DẪN ĐIỀN BIỂU MẪU", book.add_format(base | {"bold": True, "font_size": 14}))
    look = book.add_format(base)
    for row, line in enumerate(guide_lines(period), 2):
        sheet.write_string(row, 0, line, look)
        sheet.set_row(row, height(lines(line, _WIDTH, _SIZE), _SIZE) + 4)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.protect("", {"format_rows": True, "format_columns": True})
