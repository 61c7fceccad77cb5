"""The input tables as lines of cells: where a table stands in the book, and what one cell of it says.

Staff reorder columns, insert columns and rows, paste over formats: a table is found by its header, and every
value that cannot be understood becomes a problem with its sheet and cell, never a silent blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from qn_xl import layout
from qn_xl.intake.grid import Grid, Workbook
from qn_xl.model import Address
from qn_xl.rules.text import clean, fold, key

YES = {"x", "co", "1", "true", "dung", "yes", "v", "✓", "✔"}
NO = {"", "khong", "0", "false", "sai", "no"}
DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00:00)?")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
THOUSANDS = re.compile(r"-?\d{1,3}[.,]\d{3}")
FIRST_YEAR, LAST_YEAR = 1945, 2100


def letters(column: int) -> str:
    """Return the letters of a 1-based column."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def as_text(value: object) -> str:
    """Return a cell value as the text that staff see in it; 138.0 is "138", a date dd/mm/yyyy."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "x" if value else ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, date):
        return f"{value.day:02}/{value.month:02}/{value.year}"
    return clean(str(value))


def as_day(value: object) -> date | None:
    """Return a date written as a date cell, d/m/yyyy or yyyy-mm-dd; None for anything else."""
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        text = as_text(value)
        if found := DAY.fullmatch(text):
            day, month, year = (int(part) for part in found.groups())
        elif found := ISO_DAY.fullmatch(text):
            year, month, day = (int(part) for part in found.groups())
        else:
            return None
        try:
            value = date(year, month, day)
        except ValueError:
            return None
    return value if FIRST_YEAR <= value.year <= LAST_YEAR else None


@dataclass(slots=True)
class Line:
    """One row of a table. The readers below return a usable value and note a problem when there is none."""

    book: str
    sheet: str
    number: int  # 1-based row of the sheet
    columns: Mapping[str, int]  # field -> 1-based column
    values: Mapping[str, object]
    formats: Mapping[str, str]  # number format of date cells
    problems: list[str]

    def where(self, field: str) -> Address:
        column = letters(self.columns.get(field, 1))
        return Address(self.book, self.sheet, f"{column}{self.number}")

    def problem(self, field: str, message: str) -> None:
        place = self.where(field)
        self.problems.append(f"{place.sheet} › {place.cell}: {message}")

    def text(self, field: str) -> str:
        return as_text(self.values.get(field))

    def code(self, field: str) -> str:
        """Return a code; a number is read back as text, but what Excel made a date of cannot be."""
        value = self.values.get(field)
        if isinstance(value, date):
            self.problem(
                field,
                f"Excel đã đổi mã thành ngày ({as_text(value)}). Định dạng ô là Văn bản (Text) rồi gõ lại.",
            )
            return ""
        return as_text(value)

    def names(self, field: str) -> tuple[str, ...]:
        parts = re.split(r"[;\n]", self.text(field))
        return tuple(part for part in map(clean, parts) if part)

    def day(self, field: str) -> date | None:
        value = self.values.get(field)
        found = as_day(value)
        if found is None and as_text(value):
            self.problem(
                field, f"không hiểu ngày “{as_text(value)}”. Ghi dạng ngày/tháng/năm, ví dụ 30/09/2025."
            )
        return found

    def decimal(self, field: str) -> float | None:
        value = self.values.get(field)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        text = as_text(value)
        if not text:
            return None
        if NUMBER.fullmatch(text) and not THOUSANDS.fullmatch(text):
            return float(text.replace(",", "."))
        self.problem(field, f"“{text}” không phải là số. Ghi số, ví dụ 46,5.")
        return None

    def year(self, field: str) -> int | None:
        text = as_text(self.values.get(field))
        if not text:
            return None
        if text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR:
            return int(text)
        self.problem(field, f"năm “{text}” không đúng. Ghi bốn chữ số, ví dụ 2025.")
        return None

    def flag(self, field: str, default: bool = False) -> bool:
        if field not in self.columns:
            return default
        value = self.values.get(field)
        text = "1" if value is True else fold(as_text(value))
        if text not in YES | NO:
            self.problem(field, f"“{as_text(value)}” không hiểu được. Ghi x, hoặc để trống.")
        return text in YES

    def choice(self, field: str, words: Sequence[str], default: str = "") -> str:
        """Return the word of `words` that the cell holds, compared without case and diacritics."""
        text = self.text(field)
        if not text:
            return default
        for word in words:
            if fold(word) == fold(text):
                return word
        self.problem(field, f"“{text}” không có trong danh sách. Chọn một trong: {'; '.join(words)}.")
        return default

    def filled(self, table: layout.Table) -> bool:
        """Return whether every cell that a row must have is filled; note those that are not."""
        missing = [
            column for column in table.columns if column.fill and not as_text(self.values.get(column.field))
        ]
        for column in missing:
            self.problem(column.field, f"thiếu {column.header}. Ghi vào ô này hoặc xóa cả dòng.")
        return not missing


def _header(grid: Grid, table: layout.Table) -> tuple[int, dict[str, int], set[str]]:
    """Return the row of `grid` that matches the table's headers best, its columns and repeated headers."""
    wanted = {key(column.header): column.field for column in table.columns}
    best: tuple[int, dict[str, int], set[str]] = (0, {}, set())
    for row in grid.rows:
        found: dict[str, int] = {}
        twice: set[str] = set()
        for column, value in enumerate(row.values, 1):
            name = wanted.get(key(value)) if isinstance(value, str) else None
            if name in found:
                twice.add(name)
            elif name is not None:
                found[name] = column
        if len(found) > len(best[1]):
            best = (row.number, found, twice)
    return best


def _place(
    book: Workbook, sheet: layout.Sheet, table: layout.Table, problems: list[str]
) -> tuple[Grid, int, dict[str, int]] | None:
    titled = [grid for grid in book.grids if key(grid.name) == key(sheet.title)]
    others = [grid for grid in book.grids if key(grid.name) != key(sheet.title)]
    needed = [column for column in table.columns if column.need]
    near: tuple[Grid, dict[str, int]] | None = None
    for grid in titled + others:
        number, columns, twice = _header(grid, table)
        if all(column.field in columns for column in needed):
            for name in sorted(twice):
                problems.append(
                    f"{grid.name} › dòng {number}: cột “{table.column(name).header}” có hai lần. "
                    "Xóa hoặc đổi tên một cột."
                )
            return grid, number, columns
        if near is None and grid in titled and len(columns) > len(needed) / 2:
            near = grid, columns
    if near is not None:
        grid, columns = near
        lost = ", ".join(f"“{column.header}”" for column in needed if column.field not in columns)
        problems.append(f"{grid.name}: thiếu cột {lost}. Thêm lại cột với đúng tên này.")
    else:
        headers = ", ".join(column.header for column in needed)
        problems.append(
            f"{sheet.title}: không thấy bảng {table.name} (dòng tiêu đề có các cột {headers}). "
            "Khôi phục trang này từ bản cũ hoặc từ tệp do qn-xl init tạo."
        )
    return None


def lines(
    book: Workbook, file: str, sheet: layout.Sheet, table: layout.Table, problems: list[str]
) -> Iterator[Line]:
    """Yield the rows of a table that hold anything, in the order of the sheet.

    Notes in `problems` a table that is not there, and every cell of it with an error value.
    """
    place = _place(book, sheet, table, problems)
    if place is None:
        return
    grid, header, columns = place
    for row in grid.rows[header:]:
        line = Line(file, grid.name, row.number, columns, {}, {}, problems)
        values: dict[str, object] = {}
        formats: dict[str, str] = {}
        broken = False
        for name, column in columns.items():
            at = (row.number, column)
            value = row.values[column - 1] if column <= len(row.values) else None
            if at in grid.errors or at in grid.uncached:
                broken = True
                seen = grid.errors.get(at, "công thức chưa có kết quả")
                line.problem(name, f"ô lỗi ({seen}). Sửa công thức hoặc ghi thẳng giá trị.")
            elif as_text(value):
                values[name] = value
                if at in grid.formats:
                    formats[name] = grid.formats[at]
        if values and not broken:
            line.values, line.formats = values, formats
            yield line
