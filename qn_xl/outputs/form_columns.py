"""The columns of a form: headings that the reader knows for sure, what they hold, how they are checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from qn_xl.intake.forms import CODE_HEADING, ID_HEADING
from qn_xl.model import Class
from qn_xl.outputs.form_content import FormRow
from qn_xl.outputs.labels import STATUS

STATUS_WORDS: Final = tuple(dict.fromkeys(STATUS[cls] for cls in Class))


@dataclass(frozen=True, slots=True)
class FormColumn:
    """`given` is the official text of a row; a column without it is filled in by the unit."""

    name: str
    header: str
    width: float
    given: Callable[[FormRow], str] | None = None
    hidden: bool = False
    centre: bool = False
    measured: bool = False  # only where the form has a target that is reached by a number
    hint: str = ""


COLUMNS: Final = (
    FormColumn("id", ID_HEADING, 4, lambda row: "", hidden=True),  # written by forms.py, which knows the form
    FormColumn("code", CODE_HEADING, 10, lambda row: row.code, hidden=True),
    FormColumn("number", "TT", 6, lambda row: row.number, centre=True),
    FormColumn("plan", "Kế hoạch", 13, lambda row: row.symbol),
    FormColumn("kind", "Loại", 10, lambda row: row.kind),
    FormColumn("task", "Nội dung nhiệm vụ", 42, lambda row: row.task),
    FormColumn("deadline", "Thời hạn hoàn thành", 13, lambda row: row.deadline),
    FormColumn("target", "Chỉ tiêu giao", 10, lambda row: row.target, measured=True),
    FormColumn("accepted", "Kết quả đã ghi nhận", 17, lambda row: row.accepted),
    FormColumn("status", "Trạng thái", 14, hint="Chọn trong danh sách."),
    FormColumn("completed_on", "Ngày hoàn thành", 12, centre=True, hint="Ngày/tháng/năm, ví dụ 15/9/2025."),
    FormColumn("percent", "Tỷ lệ hoàn thành (%)", 9, centre=True, hint="Từ 0% đến 100%."),
    FormColumn("actual", "Giá trị đạt được", 10, measured=True, hint="Số đã đạt, cùng đơn vị tính với chỉ tiêu giao."),
    FormColumn("result", "Kết quả đạt được", 30),
    FormColumn("product", "Sản phẩm, văn bản", 22, hint="Số, ký hiệu, ngày văn bản hoặc sản phẩm."),
    FormColumn("note", "Khó khăn, kiến nghị", 22, hint="Kể cả đề nghị gia hạn."),
)


def columns_for(rows: tuple[FormRow, ...]) -> tuple[FormColumn, ...]:
    """Return the columns that a form with these rows needs."""
    measured = any(row.measured for row in rows)
    return tuple(column for column in COLUMNS if measured or not column.measured)
