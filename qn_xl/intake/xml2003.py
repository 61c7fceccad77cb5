"""XML Spreadsheet 2003: one XML file with everything in it, written by old Excel and by many web systems as .xls."""

from __future__ import annotations

from datetime import datetime

from qn_xl.intake import limits
from qn_xl.intake.grid import Grid, Marks, Unreadable, Workbook
from qn_xl.intake.numberformats import is_date
from qn_xl.intake.package import walk

# Named formats of the schema (Microsoft, "XML Spreadsheet Reference"); the others are codes.
_NAMED = {
    "General Date": "m/d/yyyy h:mm",
    "Short Date": "mm-dd-yy",
    "Medium Date": "d-mmm-yy",
    "Long Date": "dddd, mmmm d, yyyy",
    "Short Time": "h:mm",
    "Medium Time": "h:mm AM/PM",
    "Long Time": "h:mm:ss",
}


def read(data: bytes) -> Workbook:
    """Return the workbook in `data`.

    Raises:
        Unreadable: not well formed, with a document type, more cells than the limits.
    """
    reader = _Reader()
    walk(data, reader.start, reader.text, reader.end)
    return reader.book


class _Reader:
    def __init__(self) -> None:
        self.book = Workbook("xml2003")
        self._formats: dict[str, str] = {}
        self._fonts: dict[str, str] = {}
        self._style = "Default"
        self._cells: dict[int, dict[int, object]] = {}
        self._marks = Marks()
        self._grid: Grid | None = None
        self._row = self._column = self._next = 0
        self._span = 0
        self._cell_style = ""
        self._formula = False
        self._type = ""
        self._pieces: list[str] | None = None
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        given = {name.rpartition("|")[2]: value for name, value in attributes.items()}
        if tag == "Cell":
            self._start_cell(given)
        elif tag == "Data":
            self._type, self._pieces, self._formula = given.get("Type", "String"), [], False
        elif tag == "Row":
            self._row = _number(given.get("Index"), self._row + 1 + self._span)
            self._span = _number(given.get("Span"), 0)
            self._next = 1
            if given.get("Hidden") == "1":
                self._marks.hidden_rows.update(range(self._row, self._row + min(self._span, limits.ROW_GAP) + 1))
        elif tag == "Worksheet":
            self._grid = Grid(given.get("Name", ""))
            self._cells, self._marks = {}, Marks()
            self._row = self._span = 0
        elif tag == "Style":
            self._style = given.get("ID", "")
        elif tag == "NumberFormat":
            code = given.get("Format", "General")
            self._formats[self._style] = _NAMED.get(code, code)
        elif tag == "Font" and self._grid is None:
            self._fonts[self._style] = given.get("FontName", "")
        elif tag == "Font" and "Face" in given:
            self._marks.fonts.add(given["Face"])
        elif tag == "Visible" and self._grid is not None:
            self._type, self._pieces = "Visible", []

    def _start_cell(self, given: dict[str, str]) -> None:
        self._column = _number(given.get("Index"), self._next)
        across, down = _number(given.get("MergeAcross"), 0), _number(given.get("MergeDown"), 0)
        if across or down:
            self._marks.merged.append((self._row, self._column, self._row + down, self._column + across))
        self._next = self._column + across + 1
        self._cell_style = given.get("StyleID", "Default")
        self._formula = "Formula" in given

    def text(self, piece: str) -> None:
        if self._pieces is not None:
            self._pieces.append(piece)

    def end(self, tag: str) -> None:
        if tag == "Data" and self._pieces is not None:
            self._keep("".join(self._pieces))
            self._pieces = None
        elif tag == "Cell" and self._formula:
            self._marks.uncached.add((self._row, self._column))
        elif tag == "Visible" and self._pieces is not None and self._grid is not None:
            self._grid.hidden = "".join(self._pieces).strip() != "SheetVisible"
            self._pieces = None
        elif tag == "Worksheet" and self._grid is not None:
            self.book.report_far_cells(self._grid, self._grid.fill(self._cells, self._marks))
            self.book.grids.append(self._grid)
            if len(self.book.grids) > limits.SHEETS:
                raise Unreadable("file-too-large", f"hơn {limits.SHEETS} trang tính")

    def _keep(self, raw: str) -> None:
        spot = (self._row, self._column)
        value: object = raw
        if self._type == "Error":
            self._marks.errors[spot] = raw
            return
        if self._type == "Number":
            try:
                value = float(raw)
            except ValueError:
                value = raw
        elif self._type == "Boolean":
            value = raw.strip() == "1"
        elif self._type == "DateTime":
            value = self._moment(raw, spot)
        elif self._cell_style in self._fonts:
            self._marks.fonts.add(self._fonts[self._cell_style])
        if value == "":
            return
        self._count += 1
        if self._count > limits.LOOSE_CELLS:
            raise Unreadable("file-too-large", f"hơn {limits.LOOSE_CELLS} ô")
        self._cells.setdefault(self._row, {})[self._column] = value

    def _moment(self, raw: str, spot: tuple[int, int]) -> object:
        try:
            moment = datetime.fromisoformat(raw.strip()).replace(tzinfo=None)
        except ValueError:
            return raw
        code = self._formats.get(self._cell_style, "")
        if is_date(code):
            self._marks.dates[spot] = code
        if moment.year == 1899:
            return moment.time()
        return moment if moment.time() != moment.min.time() else moment.date()


def _number(text: str | None, default: int) -> int:
    return min(int(text), 1 << 24) if text and text.isdecimal() else default
