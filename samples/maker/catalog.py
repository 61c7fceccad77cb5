"""The four plans' assigned lists, invented: tasks/*.txt is the master, one line an item.

A line is  text | lead units | co-operating units | deadline | product | outcome
* deadline: a date d/m/yyyy, or a wording `=> date it means`; a leading "~" keeps it out of the assigned list
  (only the unit's own workbook says it);
* product: for a Chỉ tiêu it is `unit of measure; baseline; target; direction; reached value`;
* outcome: H done (with the day if known; DT = kept up), Đ in progress, C overdue, T recurring, K no deadline,
  S stopped; then TW depends on the Centre, KBC nobody reports it, @X the unit X decides alone.
The outcome is what the files made from it must lead to: the answer key is written from here.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

AS_OF = date(2025, 9, 30)
HERE = Path(__file__).parent

UNITS = {
    "VP": "Văn phòng UBND tỉnh",
    "TC": "Sở Tài chính",
    "NV": "Sở Nội vụ",
    "XD": "Sở Xây dựng",
    "KH": "Sở Khoa học và Công nghệ",
    "NN": "Sở Nông nghiệp và Môi trường",
    "VH": "Sở Văn hóa, Thể thao và Du lịch",
    "DT": "Sở Dân tộc và Tôn giáo",
    "YT": "Sở Y tế",
    "GD": "Sở Giáo dục và Đào tạo",
    "CT": "Sở Công Thương",
    "TP": "Sở Tư pháp",
    "NG": "Sở Ngoại vụ",
    "TT": "Thanh tra tỉnh",
    "CA": "Công an tỉnh",
    "QS": "Bộ Chỉ huy Quân sự tỉnh",
    "KK": "Ban Quản lý Khu kinh tế Quảng Ninh",
    "TH": "Thuế tỉnh Quảng Ninh",
    "BH": "Bảo hiểm xã hội tỉnh",
    "HC": "Trung tâm Phục vụ hành chính công tỉnh",
    "ĐH": "Trường Đại học Hạ Long",
}
RANKS = {"P": "phường", "X": "xã", "Đ": "đặc khu"}
PLANS = {
    "138": ("138/KH-UBND", "Kế hoạch số 138/KH-UBND ngày 21/5/2025 của UBND tỉnh"),
    "157": ("157/KH-UBND", "Kế hoạch số 157/KH-UBND ngày 09/6/2025 của UBND tỉnh"),
    "02": ("02-KH/BCĐ", "Kế hoạch số 02-KH/BCĐ ngày 24/6/2025 của Ban Chỉ đạo tỉnh"),
    "06": ("Đề án 06", "Đề án 06 trên địa bàn tỉnh Quảng Ninh"),
}
PREFIX = {"Chỉ tiêu": "CT", "Nhiệm vụ": "NV", "Nhiệm vụ, dự án": "DA"}
# The Centre's part is said only by the unit, not by the assigned list.
CENTRAL_BY_UNIT_ONLY = {"NV06-027", "NV06-035", "NV06-107"}
HEADINGS = [
    *("Mã", "Kế hoạch", "Loại", "Nhóm", "TT", "Nội dung", "Đơn vị chủ trì", "Đơn vị phối hợp", "Thời hạn"),
    *("Sản phẩm", "Đơn vị quyết định", "Phụ thuộc TW", "Đơn vị tính", "Ban đầu", "Mục tiêu", "Chiều", "Ghi chú"),
]


@dataclass(slots=True)
class Task:
    code: str
    plan: str
    kind: str
    group: str
    number: str
    text: str
    leads: list[str]  # unit keys; a collective lead stays as written
    co: list[str]
    deadline: str  # wording
    due: date | None
    assigned_deadline: bool
    product: str
    outcome: str  # first letter of the outcome field
    completed: date | None = None
    kept_up: bool = False
    central: bool = False
    reported: bool = True
    decides: str = ""
    measure: list[str] = field(default_factory=list)  # unit of measure, baseline, target, direction, reached

    @property
    def plain_date(self) -> bool:
        return re.fullmatch(r"\d+/\d+/\d{4}", self.deadline) is not None


def name(key: str) -> str:
    """Return the official name of a unit key; other text is a collective lead and stays as it is."""
    if key[1:2] == ":":
        return f"UBND {RANKS[key[0]]} {key[2:]}"
    return UNITS.get(key, key)


def short_date(text: str) -> date:
    day, month, *year = text.split("/")
    return date(int(year[0]) if year else 2025, int(month), int(day))


def names(text: str) -> list[str]:
    return [piece.strip() for piece in text.split(";") if piece.strip()]


def load() -> dict[str, Task]:
    """Return every item of the four plans, code to task, in the plans' order."""
    found: dict[str, Task] = {}
    for plan in PLANS:
        kind, group, counts, group_no, in_group = "Nhiệm vụ", "", {}, 0, 0
        for line in (HERE / "tasks" / f"{plan}.txt").read_text("utf-8").splitlines():
            if line.startswith("## "):
                kind = line[3:]
                continue
            if line.startswith("# "):
                group, group_no, in_group = line[2:], group_no + 1, 0
                continue
            text, leads, co, deadline, product, outcome = (part.strip() for part in line.split("|"))
            counts[kind] = counts.get(kind, 0) + 1
            in_group += 1
            width = 3 if plan in ("138", "06") else 2
            code = f"{PREFIX[kind]}{plan}-{counts[kind]:0{width}d}"
            number = f"{group_no}.{in_group}" if plan == "02" else str(counts[kind])
            task = Task(code, plan, kind, group, number, text, names(leads), names(co), "", None, True, product, "")
            read_deadline(task, deadline)
            read_outcome(task, outcome.split())
            if kind == "Chỉ tiêu":
                task.measure, task.product = names(product), ""
            found[code] = task
    return found


def read_deadline(task: Task, text: str) -> None:
    if text.startswith("~"):
        task.assigned_deadline, text = False, text[1:]
    wording, arrow, due = text.partition("=>")
    task.deadline = wording.strip().replace("\\n", "\n")
    if arrow:
        task.due = short_date(due.strip())
    elif task.plain_date:
        task.due = short_date(task.deadline)


def read_outcome(task: Task, words: list[str]) -> None:
    task.outcome = words[0]
    for word in words[1:]:
        if word == "TW":
            task.central = True
        elif word == "KBC":
            task.reported = False
        elif word == "DT":
            task.kept_up = True
        elif word.startswith("@"):
            task.decides = word[1:]
        else:
            task.completed = short_date(word)


def write_assigned(tasks: dict[str, Task], folder: Path) -> None:
    """Write samples/giao/<plan>.csv, one row an item."""
    for plan, (symbol, _) in PLANS.items():
        rows = [
            [
                task.code,
                symbol,
                task.kind,
                task.group,
                task.number,
                task.text,
                "; ".join(name(key) for key in task.leads),
                "; ".join(name(key) for key in task.co),
                task.deadline if task.assigned_deadline else "",
                task.product,
                name(task.decides) if task.decides else "",
                "x" if task.central and task.code not in CENTRAL_BY_UNIT_ONLY else "",
                *(task.measure[:4] or ["", "", "", ""]),
                "",
            ]
            for task in tasks.values()
            if task.plan == plan
        ]
        write_csv(folder / f"{plan}.csv", HEADINGS, rows)


def write_csv(path: Path, headings: list[str], rows: list[list[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)
