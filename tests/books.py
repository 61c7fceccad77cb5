"""Workbooks of a workspace for tests: made by the program, then changed as staff would change them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from qn_xl.excel.inputs import create_workbook
from qn_xl.model import AssignedTask, Decision, Kind
from qn_xl.rules import deadlines
from qn_xl.tables import Tables, default_tables, sealed


def task(number: str, text: str, deadline: str, **more: Any) -> AssignedTask:
    return AssignedTask(
        code=more.pop("code", f"NV-{number}"),
        plan=more.pop("plan", "138"),
        kind=more.pop("kind", Kind.TASK),
        number=number,
        task=text,
        lead_text=more.pop("lead_text", "Sở Khoa học và Công nghệ"),
        deadline_text=deadline,
        deadline=deadlines.read(deadline, year=2025, issued=date(2025, 5, 21)),
        **more,
    )


def full_tables() -> Tables:
    """Return tables with something in every column, and units enough to tell apart: small, to be read often."""
    tables = default_tables()
    assigned = (
        task("1", "Xây dựng nền tảng dữ liệu dùng chung", "30/9/2025", product="Nền tảng", note="Ưu tiên"),
        task("13.10", "Đào tạo kỹ năng số", "Quý III/2025", group="II. Nhân lực", central=True, co_text="Sở Nội vụ"),
        task("3/4", "=1+1 là nội dung, không phải công thức", "100 ngày kể từ ngày ban hành Kế hoạch"),
        task("02", "Họp giao ban\nvà báo cáo", "Thường xuyên", lead_text="Các sở, ban, ngành", decides="SKHCN"),
        task(
            "1",
            "Thứ hạng chỉ số đổi mới sáng tạo cấp địa phương",
            "31/12/2025",
            code="CT-1",
            kind=Kind.TARGET,
            measure="Thứ hạng",
            baseline=12.0,
            target=9.5,
            lower_is_better=True,
        ),
        task("1", "Dự án trung tâm dữ liệu", "Tháng 12/2025", code="DA-1", kind=Kind.PROJECT, plan="157"),
    )
    decisions = (
        Decision(
            "date-swapped:0123456789", "due", "15/9/2025", "Công văn số 12/UBND", "Lãnh đạo Văn phòng",
            date(2025, 9, 5), "05/12/2025", note="Đã báo đơn vị",
        ),
        Decision("status-conflict:ab", "class", "Hoàn thành"),
        Decision("header-column-unknown:cd", "header", "ghi chú", source="Mốc", unit="Sở Nội vụ"),
    )  # fmt: skip
    units = (replace(tables.units[0], valid_from=date(2020, 1, 1), valid_to=date(2099, 12, 31)), *tables.units[1:24])
    plans = (replace(tables.plans[0], note="Theo dõi hằng tháng", active=False), *tables.plans[1:])
    return sealed(
        replace(
            tables,
            plans=plans,
            units=units,
            assigned=assigned,
            decisions=decisions,
            periods=(*tables.periods[:-1], replace(tables.periods[-1], due=date(2025, 12, 20))),
            rules={**tables.rules, "near_due_days": "10", "rounding": "cắt"},
            settings={**tables.settings, "backups": "2"},
            words={"đã xong": "done", "làm được rồi": "done", "tạm gác lại": "stopped"},
        )
    )


def book_of(folder: Path, tables: Tables | None = None) -> Path:
    path = folder / "Progress.xlsx"
    create_workbook(path, tables or default_tables())
    return path


def edited(path: Path, change: Callable[[Any], None]) -> Path:
    """Change the workbook with openpyxl: `change` gets it."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def header_row(page: Any, header: str) -> int:
    """Return the row (1-based) that has `header`."""
    return next(cell.row for row in page.iter_rows() for cell in row if cell.value == header)


def cell(page: Any, header: str, row: int) -> Any:
    """Return the cell in the column of `header`, `row` rows below the header."""
    top = header_row(page, header)
    column = next(one.column for one in page[top] if one.value == header)
    return page.cell(top + row, column)
