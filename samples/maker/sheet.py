"""A workbook under construction: cells by address, then written as .xlsx, HTML or CSV.

Nothing here knows about tasks. Files come out byte for byte the same at every run: fixed properties, no clock.
"""

from __future__ import annotations

import csv
import html
import io
import math
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

UNCACHED = -987654321  # taken out of the sheet part again by bench.py
CREATED = datetime(2025, 10, 1, 8, 0, 0)


@dataclass(frozen=True)
class Formula:
    """A formula with its stored result: #REF! is stored as an error, None means that no result is stored."""

    text: str
    value: object = 0


@dataclass
class Sheet:
    name: str
    cells: dict[tuple[int, int], object] = field(default_factory=dict)
    styles: dict[tuple[int, int], dict[str, object]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden: bool = False
    font: str = "Times New Roman"
    ghost_to: int = 0  # formatted empty rows down to this row
    repeat: tuple[int, int] | None = None
    filtered: tuple[int, int, int, int] | None = None
    breaks: list[int] = field(default_factory=list)

    def put(self, row: int, column: int, value: object, **style: object) -> str:
        """Set one cell (1-based) and return its A1 address."""
        if value is not None and value != "":
            self.cells[row, column] = value
        self.styles[row, column] = {**self.styles.get((row, column), {}), **style}
        return address(row, column)

    def merge(self, r1: int, c1: int, r2: int, c2: int) -> None:
        if (r1, c1) != (r2, c2):
            self.merges.append((r1, c1, r2, c2))
            for row in range(r1, r2 + 1):
                for column in range(c1, c2 + 1):
                    self.styles.setdefault((row, column), dict(self.styles.get((r1, c1), {})))

    @property
    def last(self) -> tuple[int, int]:
        keys = list(self.cells) or [(1, 1)]
        return max(row for row, _ in keys), max(column for _, column in keys)


def address(row: int, column: int) -> str:
    return str(xl_rowcol_to_cell(row - 1, column - 1))


def save_xlsx(sheets: list[Sheet], path: Path, modified: datetime = CREATED) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False, "strings_to_formulas": False})
    book.set_properties({"created": modified})
    formats: dict[str, object] = {}

    def format_of(sheet: Sheet, style: dict[str, object], value: object) -> object:
        made = {"font_name": sheet.font, "font_size": 12, "valign": "vcenter", **style}
        if isinstance(value, date) and "num_format" not in made:
            made["num_format"] = "dd/mm/yyyy"
        key = repr(sorted(made.items()))
        if key not in formats:
            formats[key] = book.add_format(made)
        return formats[key]

    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.8, right=0.5, top=0.7, bottom=0.7)
        for column, width in sheet.widths.items():
            page.set_column(column - 1, column - 1, width)
        for row, height in {**fitting(sheet), **sheet.heights}.items():
            page.set_row(row - 1, height)
        for row in sheet.hidden_rows:
            page.set_row(row - 1, None, None, {"hidden": True})
        for r1, c1, r2, c2 in sheet.merges:
            style = format_of(sheet, sheet.styles.get((r1, c1), {}), sheet.cells.get((r1, c1)))
            page.merge_range(r1 - 1, c1 - 1, r2 - 1, c2 - 1, "", style)
        inside = {(r, c) for r1, c1, r2, c2 in sheet.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - {
            (r1, c1) for r1, c1, _, _ in sheet.merges
        }
        for row, column in sorted(set(sheet.cells) | set(sheet.styles)):
            if (row, column) in inside:
                continue
            value = sheet.cells.get((row, column))
            write(page, row, column, value, format_of(sheet, sheet.styles.get((row, column), {}), value))
        ghost = format_of(sheet, {"border": 1}, None)
        for row in range(sheet.last[0] + 1, sheet.ghost_to + 1):
            page.write_blank(row - 1, 0, None, ghost)
        if sheet.repeat:
            page.repeat_rows(sheet.repeat[0] - 1, sheet.repeat[1] - 1)
        if sheet.filtered:
            r1, c1, r2, c2 = sheet.filtered
            page.autofilter(r1 - 1, c1 - 1, r2 - 1, c2 - 1)
        if sheet.breaks:
            page.set_h_pagebreaks(sheet.breaks)
        if sheet.hidden:
            page.hide()
    book.close()


def fitting(sheet: Sheet) -> dict[int, float]:
    """Return heights (points) that show all wrapped text; programs do not do this for merged cells."""
    spans = {(r1, c1): (r2 - r1 + 1, range(c1, c2 + 1)) for r1, c1, r2, c2 in sheet.merges}
    heights: dict[int, float] = {}
    for (row, column), value in sheet.cells.items():
        if not sheet.styles.get((row, column), {}).get("text_wrap"):
            continue
        down, across = spans.get((row, column), (1, range(column, column + 1)))
        room = sum(sheet.widths.get(c, 9) for c in across) * (0.85 if sheet.styles[row, column].get("bold") else 0.95)
        lines = sum(max(1, math.ceil(len(line) / room)) for line in shown(value).split("\n"))
        for r in range(row, row + down):
            heights[r] = max(heights.get(r, 0), 16.5 * lines / down, 16.5)
    return {row: height for row, height in heights.items() if row not in sheet.hidden_rows}


def write(page: object, row: int, column: int, value: object, style: object) -> None:
    r, c = row - 1, column - 1
    if value is None:
        page.write_blank(r, c, None, style)
    elif isinstance(value, Formula):
        page.write_formula(r, c, value.text, style, UNCACHED if value.value is None else value.value)
    elif isinstance(value, date):
        page.write_datetime(r, c, datetime(value.year, value.month, value.day), style)
    elif isinstance(value, int | float):
        page.write_number(r, c, value, style)
    else:
        page.write_string(r, c, str(value), style)


def shown(value: object) -> str:
    """Return what a cell shows when the sheet is saved as text."""
    if value is None:
        return ""
    if isinstance(value, Formula):
        value = value.value
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return str(value)


def save_html(sheet: Sheet, path: Path) -> None:
    """Write what old web systems export: an HTML table under the name .xls."""
    spans = {(r1, c1): (r2 - r1 + 1, c2 - c1 + 1) for r1, c1, r2, c2 in sheet.merges}
    covered = {(r, c) for r1, c1, r2, c2 in sheet.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - set(
        spans
    )
    rows, columns = sheet.last
    out = [
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">',
        '<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>',
        '<body><table border="1" style="font-family:\'Times New Roman\'">',
    ]
    for row in range(1, rows + 1):
        out.append("<tr>")
        for column in range(1, columns + 1):
            if (row, column) in covered:
                continue
            down, across = spans.get((row, column), (1, 1))
            span = (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{across}"' if across > 1 else "")
            text = html.escape(shown(sheet.cells.get((row, column)))).replace("\n", "<br>")
            out.append(f"<td{span}>{text or '&nbsp;'}</td>")
        out.append("</tr>")
    out.append("</table></body></html>")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("\n".join(out).encode("utf-8"))


def save_csv(sheet: Sheet, path: Path, encoding: str = "utf-8-sig", delimiter: str = ";") -> None:
    rows, columns = sheet.last
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    for row in range(1, rows + 1):
        writer.writerow([shown(sheet.cells.get((row, column))) for column in range(1, columns + 1)])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stream.getvalue().encode(encoding))
