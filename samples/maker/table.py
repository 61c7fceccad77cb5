"""Task tables as units lay them out: columns, header, rows, and the answer key noted while writing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from maker.catalog import PLANS, Task, name
from maker.key import Desk
from maker.sheet import Sheet
from maker.wording import DONE, DONE_LATE, DONE_ON_TIME, PHRASES, text_date, vary

Columns = list[tuple[str, str, float]]  # field, heading ("Top|Sub" over two rows), width
LEFT = {"task", "lead", "co", "product", "result", "note", "field", "source"}
DOING = [
    "Đang hoàn thiện hồ sơ, lấy ý kiến các đơn vị liên quan",
    "Đã thống nhất nội dung phối hợp, đang triển khai theo kế hoạch",
    "Đang thực hiện các bước lựa chọn nhà thầu",
    "Đã khảo sát hiện trạng, đang tổng hợp số liệu",
]
BEHIND = [
    "Vướng mắc về nguồn kinh phí, đang tổng hợp đề xuất",
    "Phải rà soát lại phạm vi sau sắp xếp đơn vị hành chính",
    "Đang chờ ý kiến thẩm định của đơn vị phối hợp",
]


@dataclass
class Style:
    """How one unit fills in its table."""

    unit: str
    file: str
    dates: str = "text"  # text, real, mixed
    lead: str = ""  # how the unit writes its own name; empty: the official name
    joint: str = "; "  # between several units in one cell
    vary: tuple[str, ...] = ()  # spellings, row after row
    done: tuple[str, ...] = ()  # done words, row after row; empty: the usual ones
    sheet_in_key: bool = True  # False for CSV and HTML, which have no sheets


@dataclass
class R:
    """One row about one assigned task. `says` overrides single fields; `hz` lists (field, hazard, finding)."""

    code: str
    says: dict[str, Any] = field(default_factory=dict)
    outcome: str = ""
    vary: str = ""
    counts: bool = True
    hz: tuple[tuple[str, str, str], ...] = ()
    said_date: bool = False  # completion date told in words
    hidden: bool = False


@dataclass
class Group:
    number: str
    text: str
    merged: bool = False


@dataclass
class Parent:
    """A parent row and its children; `over` fields are merged from the parent's row down over them."""

    number: str
    text: str
    children: list[R]
    over: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    says: dict[str, Any] = field(default_factory=dict)


@dataclass
class Line:
    """Any other row: number only, total, a piece cut off by a page break, ghost text."""

    says: dict[str, Any]
    hz: tuple[tuple[str, str, str], ...] = ()
    bold: bool = False


@dataclass
class Repeat:
    """The header again, as a printed page shows it."""


class Table:
    def __init__(self, desk: Desk, sheet: Sheet, style: Style, columns: Columns, at: tuple[int, int]) -> None:
        self.desk, self.sheet, self.style, self.columns = desk, sheet, style, columns
        self.row, self.left = at
        self.place = {column[0]: self.left + i for i, column in enumerate(columns)}
        self.count = 0
        for i, column in enumerate(columns):
            sheet.widths[self.left + i] = column[2]

    def header(self, number_row: bool = False, size: int = 12) -> Table:
        look = {"bold": True, "align": "center", "text_wrap": True, "border": 1, "font_size": size}
        parts = [column[1].split("|") for column in self.columns]
        deep = max(len(part) for part in parts)
        top = self.row
        for i, part in enumerate(parts):
            c = self.left + i
            for level in range(deep):
                self.sheet.put(top + level, c, part[level] if level < len(part) else None, **look)
            if len(part) < deep:
                self.sheet.merge(top + len(part) - 1, c, top + deep - 1, c)
        for level in range(deep - 1):
            i = 0
            while i < len(parts):
                j = i
                while (
                    j + 1 < len(parts)
                    and len(parts[j + 1]) > level + 1
                    and parts[j + 1][: level + 1] == parts[i][: level + 1]
                ):
                    j += 1
                if j > i and len(parts[i]) > level + 1:
                    for k in range(i + 1, j + 1):
                        self.sheet.cells.pop((top + level, self.left + k), None)
                    self.sheet.merge(top + level, self.left + i, top + level, self.left + j)
                i = j + 1
        self.row += deep
        if number_row:
            for i in range(len(self.columns)):
                self.sheet.put(self.row, self.left + i, f"({i + 1})", align="center", italic=True, border=1)
            self.row += 1
        return self

    def add(self, *rows: R | Group | Parent | Line | Repeat) -> Table:
        for row in rows:
            if isinstance(row, R):
                self.task(row)
            elif isinstance(row, Group):
                self.group(row)
            elif isinstance(row, Parent):
                self.parent(row)
            elif isinstance(row, Line):
                self.line(row)
            else:
                self.header()
        return self

    def put(self, name_: str, value: Any, **more: Any) -> str:
        if name_ not in self.place:
            return ""
        look = {"border": 1, "text_wrap": True, "align": "left" if name_ in LEFT else "center", **more}
        if name_ == "percent" and isinstance(value, float):
            look["num_format"] = "0%"
        if isinstance(value, tuple):  # a value with its number format
            value, look["num_format"] = value
        return self.sheet.put(self.row, self.place[name_], value, **look)

    def group(self, row: Group) -> None:
        for name_ in self.place:
            self.put(name_, None, bold=True)
        if "number" in self.place and not row.merged:
            self.put("number", row.number, bold=True)
            self.put("task", row.text, bold=True)
        else:
            first = self.left
            self.sheet.put(self.row, first, f"{row.number}. {row.text}", bold=True, align="left", border=1)
            self.sheet.merge(self.row, first, self.row, first + len(self.columns) - 1)
        self.row += 1

    def line(self, row: Line) -> None:
        for name_ in self.place:
            self.put(name_, row.says.get(name_), bold=row.bold)
        self.hazards(row.hz)
        self.row += 1

    def parent(self, row: Parent) -> None:
        top = self.row
        for name_ in self.place:
            self.put(name_, {"number": row.number, "task": row.text, **row.says}.get(name_))
        self.row += 1
        for i, child in enumerate(row.children):
            blank = dict.fromkeys(row.over)
            child.says = {"number": row.numbers[i] if row.numbers else f"{chr(97 + i)})", **blank, **child.says}
            self.task(child)
        for name_ in row.over:
            if name_ in self.place:
                self.sheet.merge(top, self.place[name_], self.row - 1, self.place[name_])

    def task(self, row: R) -> None:
        task = self.desk.tasks[row.code]
        self.count += 1
        values = {**self.values(task, row), **row.says}
        cells = {name_: self.put(name_, values.get(name_)) for name_ in self.place}
        if row.hidden:
            self.sheet.hidden_rows.add(self.row)
        self.hazards(row.hz)
        if row.counts:
            completed = values.get("completed") if "completed" in self.place else None
            dated = row.said_date or (
                bool(completed) and task.completed is not None and completed not in ("x", "Đã hoàn thành")
            )
            self.desk.report(
                self.style.unit,
                task,
                row.outcome or task.outcome,
                task.completed if dated else None,
                str(values.get("status") or "") if "status" in self.place else "",
                (self.style.file, self.sheet.name if self.style.sheet_in_key else "", cells["task"]),
            )
        self.row += 1

    def hazards(self, listed: tuple[tuple[str, str, str], ...]) -> None:
        for name_, hazard, code in listed:
            cell = "" if name_ == "" else f"{chr(64 + self.place[name_])}{self.row}"
            self.desk.hazard(self.style.file, self.sheet.name if self.style.sheet_in_key else "", cell, hazard, code)

    def values(self, task: Task, row: R) -> dict[str, Any]:
        style, i = self.style, int(task.code.rsplit("-", 1)[1])
        outcome = row.outcome or task.outcome
        spelled = row.vary or (style.vary[self.count % len(style.vary)] if style.vary else "")
        own = style.lead or name(style.unit)
        leads = [own if key == style.unit else name(key) for key in task.leads]
        status = PHRASES[outcome][i % len(PHRASES[outcome])] if outcome in PHRASES else self.done_words(task, i)
        if task.central and outcome in "ĐK":
            status = "Đang thực hiện (phụ thuộc tiến độ của Bộ, ngành Trung ương)"
        if outcome == "H":
            result = (
                f"{task.product or 'Đã đạt chỉ tiêu'} (Văn bản số {100 + i * 7}/BC ngày {text_date(task.completed)})"
                if task.completed
                else "Duy trì kết quả đã đạt"
            )
        elif outcome == "T":
            result = "Thực hiện thường xuyên, báo cáo định kỳ theo quy định"
        else:
            result = (BEHIND if outcome == "C" else DOING)[i % (3 if outcome == "C" else 4)]
        measure = task.measure or ["", "", "", "", ""]
        return {
            "number": self.count,
            "code": task.code,
            "task": vary(task.text, spelled) if spelled else task.text,
            "lead": style.joint.join(leads),
            "co": style.joint.join(name(key) for key in task.co),
            "deadline": self.day(task.due, i) if task.plain_date else task.deadline,
            "completed": self.day(task.completed, i + 1) if outcome == "H" and task.completed else None,
            "status": status,
            "result": result,
            "product": task.product,
            "percent": {"H": 1.0, "T": None}.get(outcome, 0.2 + 0.1 * (i % 6)),
            "source": PLANS[task.plan][1].split(" của")[0],
            "plan": PLANS[task.plan][0],
            "kind": task.kind,
            "field": task.group.split(". ", 1)[-1],
            "period": self.desk.period,
            "measure": measure[0],
            "baseline": decimal(measure[1]),
            "target": decimal(measure[2]),
            "actual": decimal(measure[4]) if len(measure) > 4 else None,
        }

    def done_words(self, task: Task, i: int) -> str:
        if task.kept_up:
            return "Duy trì thường xuyên"
        if self.style.done:
            words = self.style.done[i % len(self.style.done)]
            late = bool(task.completed and task.due and task.completed > task.due)
            if words in DONE_ON_TIME or words in DONE_LATE:  # words must fit the invented truth
                return (DONE_LATE if late else DONE_ON_TIME)[i % 3]
            return words
        return DONE[i % len(DONE)]

    def day(self, day: date | None, i: int) -> date | str | None:
        if day is None:
            return None
        if self.style.dates == "real" or (self.style.dates == "mixed" and i % 2):
            return day
        return text_date(day)


def decimal(text: str) -> float | int | None:
    if not text:
        return None
    number = float(text.replace(",", "."))
    return int(number) if number == int(number) else number
