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
from qn_xl.intake.odfstyles import Styles
from qn_xl.intake.package import walk


def read(data: bytes) -> Workbook:
    """Return the workbook in `data`.

    Raises:
        Unreadable: damaged, unsafe, or more than the limits.
    """
    archive = Archive(data)
    book = Workbook("ods")
    styles = Styles()
    if "styles.xml" in archive:
        walk(archive.read("styles.xml"), styles.start, styles.text, styles.end, plain=False)
    body = _Body(styles)
    walk(archive.read("content.xml", limits.PART_BYTES), body.start, body.text, body.end, plain=False)
    if "meta.xml" in archive:
        _read_meta(archive, book)
    for sheet in body.sheets:
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


_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0|"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0|"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0|"
_DRAW = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0|"
_CALCEXT = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0|"
_CELL, _COVERED, _ROW, _P = f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell", f"{_TABLE}table-row", f"{_TEXT}p"
_ASIDE = {f"{_OFFICE}annotation", f"{_TABLE}shapes", f"{_DRAW}frame"}
_REPEATED, _STYLE_NAME, _FORMULA = f"{_TABLE}number-columns-repeated", f"{_TABLE}style-name", f"{_TABLE}formula"
_WIDE, _HIGH = f"{_TABLE}number-columns-spanned", f"{_TABLE}number-rows-spanned"
_TYPE = f"{_OFFICE}value-type"
_SPACE = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}


class _Body:
    """Walks the sheets of content.xml; tags and attributes come with their namespace, which is faster."""

    def __init__(self, styles: Styles) -> None:
        self.sheets: list[_Sheet] = []
        self._sheet = _Sheet("", False)
        self._styles = styles
        self._inside = False
        self._total = 0
        self._row = self._rows = 0
        self._column = self._columns = 0
        self._row_style = ""
        self._row_cells: list[int] = []
        self._column_styles: list[str] = []
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[str] = []
        self._aside = 0  # inside a comment or a drawing

    def start(self, tag: str, given: dict[str, str]) -> None:
        if self._aside:
            self._aside += tag in _ASIDE
        elif tag in (_CELL, _COVERED):
            self._column += self._columns
            self._columns = _number(given[_REPEATED]) if _REPEATED in given else 1
            if tag == _CELL and (_TYPE in given or _FORMULA in given):
                self._cell = given
            if _WIDE in given or _HIGH in given:
                wide, high = _number(given.get(_WIDE)), _number(given.get(_HIGH))
                merged = (self._row, self._column, self._row + high - 1, self._column + wide - 1)
                self._sheet.marks.merged.append(merged)
        elif tag == _P:
            if self._cell is not None:
                self._paragraphs.append("")
        elif tag == _ROW:
            self._start_row(given)
        elif tag in _ASIDE:
            self._aside = 1
        elif tag in _SPACE:
            if self._paragraphs:
                self._paragraphs[-1] += _SPACE[tag] * min(_number(given.get(f"{_TEXT}c")), 1_000)
        elif tag == f"{_TABLE}table-column":
            repeated = min(_number(given.get(_REPEATED)), 1_024 - len(self._column_styles))
            self._column_styles += [given.get(f"{_TABLE}default-cell-style-name", "")] * repeated
        elif tag == f"{_TABLE}table" and self._inside:
            self._start_sheet(given)
        elif tag == f"{_OFFICE}spreadsheet":
            self._inside = True
        elif not self._inside:
            self._styles.start(tag, given)

    def _start_sheet(self, given: dict[str, str]) -> None:
        self._sheet = _Sheet(given.get(f"{_TABLE}name", ""), not self._styles.shown(given.get(_STYLE_NAME, "")))
        self.sheets.append(self._sheet)
        if len(self.sheets) > limits.SHEETS:
            raise Unreadable("file-too-large", f"hơn {limits.SHEETS} trang tính")
        self._row, self._rows, self._column_styles = 0, 1, []

    def _start_row(self, given: dict[str, str]) -> None:
        self._row += self._rows
        self._rows = _number(given.get(f"{_TABLE}number-rows-repeated"))
        self._row_style = given.get(f"{_TABLE}default-cell-style-name", "")
        self._column, self._columns, self._row_cells = 0, 1, []
        if given.get(f"{_TABLE}visibility", "visible") != "visible":
            hidden = range(self._row, self._row + min(self._rows, limits.ROW_GAP))
            self._sheet.marks.hidden_rows.update(hidden)

    def text(self, piece: str) -> None:
        if self._paragraphs and not self._aside:
            self._paragraphs[-1] += piece
        elif not self._inside:
            self._styles.text(piece)

    def end(self, tag: str) -> None:
        if self._aside:
            self._aside -= tag in _ASIDE
        elif tag == _CELL:
            if self._cell is not None:
                self._end_cell(self._cell)
                self._cell = None
                self._paragraphs.clear()
        elif tag == _ROW:
            if self._row_cells and self._rows > 1:
                self._repeat_row()
        elif not self._inside:
            self._styles.end(tag)

    def _end_cell(self, cell: dict[str, str]) -> None:
        text = "\n".join(self._paragraphs)
        kind, marks = cell.get(_TYPE, ""), self._sheet.marks
        if cell.get(f"{_CALCEXT}value-type") == "error" or (_FORMULA in cell and text in ERROR_TEXTS):
            marks.errors[self._row, self._column] = text or "#N/A"
            return
        value = text if kind == "string" and text else _value(kind, cell, text)
        if value is None or value == "":
            if _FORMULA in cell and not kind:
                marks.uncached.add((self._row, self._column))
            return
        if self._columns > limits.LAST_COLUMN or self._rows > limits.LAST_ROW:
            raise Unreadable("file-too-large", "ô lặp lại quá giới hạn trang tính")
        self._count(self._columns)
        style = cell.get(_STYLE_NAME) or self._row_style or self._column_style()
        if isinstance(value, str):
            marks.fonts.add(self._styles.font(style))
        code = self._styles.code(style) if isinstance(value, date) else ""
        line = self._sheet.cells.setdefault(self._row, {})
        for column in range(self._column, self._column + self._columns):
            line[column] = value
            self._row_cells.append(column)
            if code:
                marks.dates[self._row, column] = code

    def _repeat_row(self) -> None:
        self._count((self._rows - 1) * len(self._row_cells))
        cells, dates = self._sheet.cells, self._sheet.marks.dates
        for row in range(self._row + 1, self._row + self._rows):
            cells[row] = dict(cells[self._row])
            for column in self._row_cells:
                if code := dates.get((self._row, column)):
                    dates[row, column] = code

    def _count(self, cells: int) -> None:
        self._total += cells
        if self._total > limits.LOOSE_CELLS:
            raise Unreadable("file-too-large", f"hơn {limits.LOOSE_CELLS} ô")

    def _column_style(self) -> str:
        return self._column_styles[self._column - 1] if self._column <= len(self._column_styles) else ""


def _number(text: str | None) -> int:
    return max(1, min(int(text), 1 << 24)) if text and text.isdecimal() else 1


def _value(kind: str, cell: dict[str, str], text: str) -> object:
    try:
        if kind in ("float", "percentage", "currency"):
            return float(cell[f"{_OFFICE}value"])
        if kind == "date":
            raw = cell[f"{_OFFICE}date-value"]
            return date.fromisoformat(raw) if len(raw) == 10 else datetime.fromisoformat(raw[:26]).replace(tzinfo=None)
        if kind == "boolean":
            return cell[f"{_OFFICE}boolean-value"] == "true"
        if kind == "time" and (found := _DURATION.fullmatch(cell[f"{_OFFICE}time-value"])):
            span = timedelta(hours=int(found[1]), minutes=int(found[2]), seconds=float(found[3].replace(",", ".")))
            return span if span >= timedelta(days=1) else (datetime(1900, 1, 1) + span).time()
    except (KeyError, ValueError, OverflowError):
        pass
    return text or cell.get(f"{_OFFICE}string-value") or None


_DURATION = re.compile(r"PT(\d+)H(\d+)M([\d.,]+)S")
