"""What stands around a table: title block, page footers, signature block; and the usual sets of columns."""

from __future__ import annotations

from maker.catalog import PLANS, Task, name
from maker.key import Desk
from maker.sheet import Sheet
from maker.table import Columns, Group, Line, R, Style, Table

ABBREVIATIONS = {
    "VP": "VP.UBND",
    "TC": "STC",
    "NV": "SNV",
    "XD": "SXD",
    "KH": "SKHCN",
    "NN": "SNNMT",
    "VH": "SVHTTDL",
    "DT": "SDTTG",
    "YT": "SYT",
    "GD": "SGDĐT",
    "CT": "SCT",
    "TP": "STP",
    "NG": "SNgV",
    "CA": "CAT",
    "QS": "BCHQS",
    "KK": "BQLKKT",
    "TH": "TQN",
    "BH": "BHXH",
    "HC": "TTPVHCC",
    "ĐH": "ĐHHL",
}
HEADS = {
    "CA": "GIÁM ĐỐC",
    "QS": "CHỈ HUY TRƯỞNG",
    "VP": "CHÁNH VĂN PHÒNG",
    "KK": "TRƯỞNG BAN",
    "TH": "TRƯỞNG THUẾ TỈNH",
    "ĐH": "HIỆU TRƯỞNG",
}
TITLE = "BÁO CÁO TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ 9 THÁNG NĂM 2025"


def abbreviation(unit: str) -> str:
    return ABBREVIATIONS.get(unit, "UBND")


def title_block(
    sheet: Sheet,
    unit: str,
    width: int,
    *,
    title: str = TITLE,
    under: tuple[str, ...] = ("(Số liệu tính đến ngày 30/9/2025)",),
    number: int = 245,
    day: str = "02",
    month: str = "10 năm 2025",
    at: tuple[int, int] = (1, 1),
    state: bool = True,
) -> int:
    """Write Quốc hiệu, issuing office and title above the table; return the next free row."""
    row, left = at
    if state:
        half = max(2, width * 2 // 5)
        office = name(unit).upper()
        above = "UBND TỈNH QUẢNG NINH" if unit in ABBREVIATIONS and unit not in ("CA", "QS", "TH", "BH") else ""
        lines = [
            (above or office, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12),
            (office if above else "", "Độc lập - Tự do - Hạnh phúc", 13),
            (f"Số: {number}/BC-{abbreviation(unit)}", f"Quảng Ninh, ngày {day} tháng {month}", 12),
        ]
        for i, (first, second, size) in enumerate(lines):
            bold, italic = i < 2, i == 2
            sheet.put(row, left, first, bold=i == (1 if above else 0), align="center", font_size=size)
            sheet.merge(row, left, row, left + half - 1)
            sheet.put(row, left + half, second, bold=bold, italic=italic, align="center", font_size=size)
            sheet.merge(row, left + half, row, left + width - 1)
            row += 1
        row += 1
    for i, text in enumerate((title, *under)):
        sheet.put(
            row, left, text, bold=i == 0, italic=i > 0, align="center", font_size=14 if i == 0 else 13, text_wrap=True
        )
        sheet.merge(row, left, row, left + width - 1)
        if i == 0:
            sheet.heights[row] = 20 if len(title) < 90 else 38
        row += 1
    return row + 1


def signature(sheet: Sheet, unit: str, width: int, row: int, left: int = 1, note: str = "") -> int:
    """Write the note, Nơi nhận and the office that signs (never a person's name)."""
    if note:
        sheet.put(row, left, note, italic=True, align="left", text_wrap=True)
        sheet.merge(row, left, row, left + width - 1)
        sheet.heights[row] = 32
        row += 1
    half = max(2, width // 2)
    head = HEADS.get(unit, "CHỦ TỊCH" if ":" in unit else "GIÁM ĐỐC")
    right = (
        ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"] if ":" in unit else [f"KT. {head}", f"PHÓ {head}", ""]
    )
    to = "- UBND tỉnh (báo cáo);" if unit == "KH" else "- Sở Khoa học và Công nghệ (tổng hợp);"
    left_lines = ["Nơi nhận:", to, f"- Lưu: VT, {abbreviation(unit)}."]
    for i in range(3):
        sheet.put(row + 1 + i, left, left_lines[i], italic=i == 0, bold=i == 0, font_size=11, align="left")
        sheet.put(row + 1 + i, left + half, right[i], bold=True, align="center", font_size=13)
        sheet.merge(row + 1 + i, left + half, row + 1 + i, left + width - 1)
    return row + 4


def tasks_of(desk: Desk, unit: str, plan: str = "", kind: str = "") -> list[Task]:
    """Return the reported tasks the unit leads (or decides), in the plans' order."""
    return [
        task
        for task in desk.tasks.values()
        if task.reported
        and unit in ([task.decides] if task.decides else task.leads)
        and (not plan or task.plan == plan)
        and (not kind or task.kind == kind)
    ]


def rows_of(tasks: list[Task], special: dict[str, R] | None = None) -> list[R]:
    """One row a task; `special` replaces single ones."""
    return [(special or {}).get(task.code) or R(task.code) for task in tasks]


def grouped(desk: Desk, rows: list[R], by_plan: bool = False, merged: bool = False) -> list[R | Group]:
    """Put group rows with Roman numerals before the rows of each group (or plan)."""
    out: list[R | Group] = []
    seen = ""
    count = 0
    for row in rows:
        task = desk.tasks[row.code]
        title = PLANS[task.plan][1] if by_plan else task.group.split(". ", 1)[-1]
        if title != seen:
            seen, count = title, count + 1
            out.append(Group(ROMAN[count - 1], title, merged))
        out.append(row)
    return out


def stray(text: str, lead: str, status: str = "Đang thực hiện", **more: object) -> Line:
    """A row that no assigned list has; close to one, so that similarity may propose but must not decide."""
    return Line(
        {"task": text, "lead": lead, "deadline": "31/12/2025", "status": status, **more},
        hz=(("task", "không có trong danh mục giao", "task-unmatched"),),
    )


ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]

TARGETS: Columns = [
    ("number", "TT", 6),
    ("task", "Tên chỉ tiêu", 48),
    ("measure", "Đơn vị tính", 10),
    ("baseline", "Thực hiện năm 2024", 11),
    ("target", "Mục tiêu năm 2025", 11),
    ("actual", "Giá trị đạt được", 12),
    ("lead", "Đơn vị chủ trì", 24),
    ("deadline", "Thời hạn hoàn thành", 14),
    ("status", "Đánh giá", 18),
    ("note", "Ghi chú", 16),
]


def target_sheet(
    desk: Desk, style: Style, columns: Columns = TARGETS, sheet_name: str = "Chỉ tiêu KH157"
) -> Sheet:
    """A sheet with the unit's Chỉ tiêu of plan 157; reached ones without a date say so in words."""
    sheet = Sheet(sheet_name)
    row = title_block(
        sheet,
        style.unit,
        len(columns),
        state=False,
        title="KẾT QUẢ THỰC HIỆN CÁC CHỈ TIÊU CHUYỂN ĐỔI SỐ NĂM 2025",
        under=("(Theo Kế hoạch số 157/KH-UBND ngày 09/6/2025 của UBND tỉnh)",),
    )
    table = Table(desk, sheet, style, columns, (row, 1)).header()
    table.add(*rows_of(tasks_of(desk, style.unit, "157", "Chỉ tiêu")))
    return sheet
