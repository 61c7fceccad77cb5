"""Reads .ods in one pass over content.xml.

The pass is needed for what python-calamine hides (errors, merged ranges, date formats, hidden rows, fonts); taking
the values on the way costs nothing, and a stray cell or a repeated row builds no rectangle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from qn_xl.intake import limits
from qn_xl.intake.archive import Archive
from qn_xl.intake.grid import ERROR_TEXTS, Cells, Grid, Marks, Unreadable, Workbook
from qn_xl.intake.ooxml import walk


def read(data: bytes) -> Workbook:
    """Return the workbook in `data`.

    Raises:
        Unreadable: damaged, unsafe, or more than the limits.
    """
    archive = Archive(data)
    book = Workbook("ods")
    scan = _Scan()
    for part in ("styles.xml", "content.xml"):
        if part in archive:
            walk(archive.read(part, limits.PART_BYTES), scan.start, scan.text, scan.end)
    if "meta.xml" in archive:
        _read_meta(archive, book)
    for sheet in scan.sheets:
        grid = Grid(sheet.name, sheet.hidden)
        book.report_far_cells(grid, grid.fill(sheet.cells, sheet.marks))
        book.grids.append(grid)
    return book


def _read_meta(archive: Archive, book: Workbook) -> None:
    text = archive.read("meta.xml").decode("utf-8", "replace")
    if found := re.search(r"<dc:date>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)", text):
        try:
            book.modified = datetime.fromisoformat(found[1])
        except ValueError:
            pass
    for name, value in re.findall(r'<meta:user-defined meta:name="([^"]*)"[^>]*>([^<]*)<', text):
        book.properties[name] = value


@dataclass(slots=True)
class _Sheet:
    name: str
    hidden: bool
    cells: Cells = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)


@dataclass(slots=True)
class _Style:
    parent: str = ""
    data: str = ""
    font: str = ""
    shown: bool = True


class _Scan:
    """Walks styles.xml and content.xml."""

    def __init__(self) -> None:
        self.sheets: list[_Sheet] = []
        self._styles: dict[str, _Style] = {}
        self._codes: dict[str, str] = {}
        self._style = _Style()
        self._code = ""
        self._total = 0
        self._row = self._rows = 0
        self._column = self._columns = 0
        self._row_style = ""
        self._row_cells: list[int] = []
        self._column_styles: list[str] = []
        self._cell: dict[str, str] = {}
        self._in_cell = False
        self._paragraphs: list[str] = []
        self._aside = 0  # inside a comment or a drawing
        self._depth = 0  # tables inside a cell's drawing

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._aside:
            self._aside += tag in ("annotation", "shapes", "frame")
            return
        if tag in ("annotation", "shapes", "frame"):
            self._aside = 1
        elif tag in ("table-cell", "covered-table-cell"):
            self._start_cell(tag, _local(attributes))
        elif tag == "p" and self._in_cell:
            self._paragraphs.append("")
        elif self._paragraphs and tag in ("s", "tab", "line-break"):
            count = min(_number(_local(attributes).get("c")), 1_000)
            self._paragraphs[-1] += {"s": " " * count, "tab": "\t", "line-break": "\n"}[tag]
        elif tag == "table-row":
            self._start_row(_local(attributes))
        elif tag == "table-column" and self.sheets:
            given = _local(attributes)
            room = 1_024 - len(self._column_styles)
            repeated = min(_number(given.get("number-columns-repeated")), max(room, 0))
            self._column_styles += [given.get("default-cell-style-name", "")] * repeated
        elif tag == "table":
            given = _local(attributes)
            self.sheets.append(_Sheet(given.get("name", ""), not self._shown(given.get("style-name", ""))))
            if len(self.sheets) > limits.SHEETS:
                raise Unreadable("file-too-large", f"hơn {limits.SHEETS} trang tính")
            self._row, self._rows, self._column_styles = 0, 1, []
        else:
            self._start_style(tag, attributes)

    def _start_style(self, tag: str, attributes: dict[str, str]) -> None:
        given = _local(attributes)
        if tag == "style":
            self._style = self._styles[given.get("name", "")] = _Style(
                given.get("parent-style-name", ""), given.get("data-style-name", "")
            )
        elif tag == "text-properties":
            self._style.font = given.get("font-name", given.get("font-family", "")).strip("'\"")
        elif tag == "table-properties":
            self._style.shown = given.get("display", "true") != "false"
        elif tag in ("date-style", "time-style"):
            self._code = given.get("name", "")
            self._codes[self._code] = ""
        elif self._code:
            long = given.get("style") == "long"
            month = ("mmmm" if long else "mmm") if given.get("textual") == "true" else ("mm" if long else "m")
            self._codes[self._code] += {
                "day": "dd" if long else "d",
                "month": month,
                "year": "yyyy" if long else "yy",
                "day-of-week": "dddd" if long else "ddd",
                "hours": "hh" if long else "h",
                "minutes": "mm" if long else "m",
                "seconds": "ss" if long else "s",
                "am-pm": "AM/PM",
            }.get(tag, "")
            if tag == "text":
                self._paragraphs = [""]

    def _start_row(self, given: dict[str, str]) -> None:
        self._row += self._rows
        self._rows = _number(given.get("number-rows-repeated"))
        self._row_style = given.get("default-cell-style-name", "")
        self._column, self._columns, self._row_cells = 0, 1, []
        if given.get("visibility", "visible") != "visible" and self.sheets:
            self.sheets[-1].marks.hidden_rows.update(range(self._row, self._row + min(self._rows, limits.ROW_GAP)))

    def _start_cell(self, tag: str, given: dict[str, str]) -> None:
        self._column += self._columns
        self._columns = _number(given.get("number-columns-repeated"))
        self._cell, self._in_cell, self._paragraphs = given, tag == "table-cell", []
        wide, high = _number(given.get("number-columns-spanned")), _number(given.get("number-rows-spanned"))
        if (wide > 1 or high > 1) and self.sheets:
            merged = (self._row, self._column, self._row + high - 1, self._column + wide - 1)
            self.sheets[-1].marks.merged.append(merged)

    def text(self, piece: str) -> None:
        if self._paragraphs and not self._aside:
            self._paragraphs[-1] += piece

    def end(self, tag: str) -> None:
        if self._aside:
            self._aside -= tag in ("annotation", "shapes", "frame")
        elif tag in ("table-cell", "covered-table-cell"):
            if self._in_cell and self.sheets:
                self._end_cell(self.sheets[-1])
            self._in_cell, self._paragraphs = False, []
        elif tag == "table-row" and self._row_cells and self._rows > 1:
            self._repeat_row(self.sheets[-1])
        elif tag in ("date-style", "time-style"):
            self._code = ""
        elif tag == "text" and self._code and self._paragraphs:
            text = self._paragraphs.pop()
            plain = not text.strip("/-., :")
            self._codes[self._code] += text if plain else f'"{text}"'

    def _end_cell(self, sheet: _Sheet) -> None:
        spot = (self._row, self._column)
        text = "\n".join(self._paragraphs)
        kind = self._cell.get("value-type", "")
        if kind == "error" or ("formula" in self._cell and text in ERROR_TEXTS):
            sheet.marks.errors[spot] = text or "#N/A"
            return
        value = _value(kind, self._cell, text)
        if value is None or value == "":
            if "formula" in self._cell and not kind:
                sheet.marks.uncached.add(spot)
            return
        if self._columns > limits.LAST_COLUMN or self._rows > limits.LAST_ROW:
            raise Unreadable("file-too-large", "ô lặp lại quá giới hạn trang tính")
        self._total += self._columns
        if self._total > limits.LOOSE_CELLS:
            raise Unreadable("file-too-large", f"hơn {limits.LOOSE_CELLS} ô")
        style = self._cell.get("style-name") or self._row_style or self._column_style()
        code = self._code_of(style) if isinstance(value, date) else ""
        line = sheet.cells.setdefault(self._row, {})
        for column in range(self._column, self._column + self._columns):
            line[column] = value
            self._row_cells.append(column)
            if code:
                sheet.marks.dates[self._row, column] = code
        if isinstance(value, str):
            sheet.marks.fonts.add(self._font_of(style))

    def _repeat_row(self, sheet: _Sheet) -> None:
        self._total += (self._rows - 1) * len(self._row_cells)
        if self._total > limits.LOOSE_CELLS:
            raise Unreadable("file-too-large", f"hơn {limits.LOOSE_CELLS} ô")
        line = sheet.cells[self._row]
        for row in range(self._row + 1, self._row + self._rows):
            sheet.cells[row] = dict(line)
            for column in self._row_cells:
                if code := sheet.marks.dates.get((self._row, column)):
                    sheet.marks.dates[row, column] = code

    def _column_style(self) -> str:
        return self._column_styles[self._column - 1] if self._column <= len(self._column_styles) else ""

    def _chain(self, name: str) -> list[_Style]:
        chain: list[_Style] = []
        while name in self._styles and len(chain) < 20:
            chain.append(self._styles[name])
            name = chain[-1].parent
        return chain

    def _code_of(self, style: str) -> str:
        return next((self._codes.get(link.data, "") for link in self._chain(style) if link.data), "")

    def _font_of(self, style: str) -> str:
        return next((link.font for link in self._chain(style) if link.font), "")

    def _shown(self, style: str) -> bool:
        return all(link.shown for link in self._chain(style))


def _local(attributes: dict[str, str]) -> dict[str, str]:
    """Return attributes by local name; calcext:value-type, which alone tells errors, wins over office:value-type."""
    given: dict[str, str] = {}
    for name, value in attributes.items():
        plain = name.rpartition("|")[2]
        if plain != "value-type" or value == "error" or plain not in given:
            given[plain] = value
    return given


def _number(text: str | None) -> int:
    return max(1, min(int(text), 1 << 24)) if text and text.isdecimal() else 1


def _value(kind: str, cell: dict[str, str], text: str) -> object:
    try:
        if kind in ("float", "percentage", "currency"):
            return float(cell["value"])
        if kind == "date":
            raw = cell["date-value"]
            return date.fromisoformat(raw) if len(raw) == 10 else datetime.fromisoformat(raw[:26]).replace(tzinfo=None)
        if kind == "boolean":
            return cell["boolean-value"] == "true"
        if kind == "time" and (found := re.fullmatch(r"PT(\d+)H(\d+)M([\d.,]+)S", cell["time-value"])):
            span = timedelta(hours=int(found[1]), minutes=int(found[2]), seconds=float(found[3].replace(",", ".")))
            return span if span >= timedelta(days=1) else (datetime(1900, 1, 1) + span).time()
    except (KeyError, ValueError, OverflowError):
        pass
    return text or cell.get("string-value") or None
