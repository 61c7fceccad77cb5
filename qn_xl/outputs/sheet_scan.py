"""One pass over a sheet part: where each row, cell, formula and header lies, in bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from qn_xl.errors import UsageError
from qn_xl.outputs.formula_tokens import cell_name, column_number

_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
HEADERS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
OUTSIDE_FORMULAS = ("formula", "formula1", "formula2")  # of conditional formats and data validations


@dataclass(slots=True)
class Stored:
    """A stored formula: its text, and what the element says about shared and array formulas."""

    text: str
    kind: str  # "", "shared", "array", "dataTable"
    ref: str
    index: str  # of a shared group
    start: int
    end: int


@dataclass(slots=True)
class Cell:
    """One <c> element; offsets are bytes of the part."""

    row: int
    column: int
    style: str
    kind: str  # attribute t: "", "n", "s", "str", "b", "e", "inlineStr"
    start: int
    end: int
    formula: Stored | None = None
    value: str | None = None
    inline: str = ""  # the raw <is> element of an inline text
    metadata: str = ""  # attribute cm: the formula is a dynamic array

    @property
    def place(self) -> tuple[int, int]:
        return self.row, self.column

    @property
    def name(self) -> str:
        return cell_name(self.row, self.column)


@dataclass(slots=True)
class Row:
    number: int
    start: int
    opened: int  # end of its start tag
    end: int
    closed: bool  # written as <row …/>
    sized: bool  # has a height of its own
    cells: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class Piece:
    """An element outside the cells whose text may be changed: a header or footer, a condition's formula."""

    tag: str
    start: int
    end: int
    text: str
    about: str = ""


@dataclass(slots=True)
class Scanned:
    """What a sheet part holds and where."""

    rows: dict[int, Row] = field(default_factory=dict)
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    widths: list[tuple[int, int, float]] = field(default_factory=list)  # first and last column, characters
    prefix: bytes = b""  # of the element names: b"x:"
    dimension: tuple[int, int, str] | None = None
    sheet_data: tuple[int, int, bool] = (0, 0, False)  # end of start tag, start of end tag, written as one tag


def scan(data: bytes, title: str) -> Scanned:
    """Return what the part `data` of the sheet `title` holds.

    Raises:
        UsageError: the part is damaged, not UTF-8 or unsafe.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UsageError(f"Trang “{title}” của mẫu lưu bằng mã UTF-16. Mở bằng Excel, lưu lại dạng .xlsx rồi điền.")
    return _Scan(data, title).run()


class _Scan:
    def __init__(self, data: bytes, title: str) -> None:
        self._data, self._title = data, title
        self._found = Scanned()
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._path: list[tuple[str, int, bool]] = []  # tag, end of its start tag, written as one tag
        self._row: Row | None = None
        self._cell: Cell | None = None
        self._said: list[str] = []
        self._about = ""
        self._formula: dict[str, str] = {}

    def run(self) -> Scanned:
        try:
            self._parser.Parse(self._data, True)
        except expat.ExpatError as error:
            raise UsageError(f"Trang “{self._title}” của mẫu bị hỏng ({error}). Mở bằng Excel, lưu lại.") from error
        return self._found

    def _refuse(self, *_: object) -> None:
        raise UsageError(f"Trang “{self._title}” của mẫu có khai báo thực thể XML, không an toàn.")

    def _start(self, raw: str, given: dict[str, str]) -> None:
        found, at = self._found, self._parser.CurrentByteIndex
        prefix, _, tag = raw.rpartition(":")
        matched = _TAG.match(self._data, at)
        end = matched.end() if matched else at
        closed = self._data[end - 2 : end] == b"/>"
        inside = self._path[-1][0] if self._path else ""
        self._path.append((tag, end, closed))
        self._said = []
        if tag == "worksheet":
            found.prefix = f"{prefix}:".encode() if prefix else b""
        elif tag == "dimension":
            found.dimension = (at, end, given.get("ref", ""))
        elif tag == "col" and inside == "cols" and given.get("width"):
            found.widths.append((int(given.get("min", "1")), int(given.get("max", "1")), float(given["width"])))
        elif tag == "sheetData":
            found.sheet_data = (at if closed else end, end, closed)
        elif tag == "row" and inside == "sheetData":
            last = max(found.rows, default=0)
            self._row = Row(int(given.get("r", last + 1)), at, end, end, closed, "ht" in given)
            found.rows[self._row.number] = self._row
        elif tag == "c" and inside == "row" and self._row is not None:
            self._start_cell(given, at, end)
        elif tag == "f" and inside == "c" and self._cell is not None:
            self._formula = given
            self._cell.formula = Stored(
                "", given.get("t", "").replace("normal", ""), given.get("ref", ""), given.get("si", ""), at, end
            )
        elif tag == "is" and self._cell is not None:
            self._cell.inline = str(at)
        elif tag in ("cfRule", "dataValidation"):
            self._about = given.get("type", "")

    def _start_cell(self, given: dict[str, str], at: int, end: int) -> None:
        row = self._row
        assert row is not None
        column = row.cells[-1].column + 1 if row.cells else 1
        if place := _REFERENCE.fullmatch(given.get("r", "")):
            column = column_number(place[1])
        self._cell = Cell(row.number, column, given.get("s", ""), given.get("t", ""), at, end)
        self._cell.metadata = given.get("cm", "")
        row.cells.append(self._cell)
        self._found.cells[self._cell.place] = self._cell

    def _text(self, text: str) -> None:
        self._said.append(text)

    def _end(self, raw: str) -> None:
        data = self._data
        tag, opened, closed = self._path.pop()
        at = self._parser.CurrentByteIndex
        end = opened if closed else data.index(b">", at) + 1
        inside = self._path[-1][0] if self._path else ""
        said, self._said = "".join(self._said), []
        cell = self._cell
        if cell is not None and inside == "c" and tag == "v":
            cell.value = said
        elif cell is not None and tag == "f" and inside == "c" and cell.formula:
            cell.formula.text, cell.formula.end = said, end
        elif cell is not None and tag == "is":
            cell.inline = data[int(cell.inline) : end].decode()
        elif cell is not None and tag == "c":
            cell.end, self._cell = end, None
        elif tag == "row" and self._row is not None and inside == "sheetData":
            self._row.end, self._row = end, None
        elif tag == "sheetData" and not closed:
            self._found.sheet_data = (opened, at, False)
        elif tag in HEADERS or tag in OUTSIDE_FORMULAS:
            self._found.pieces.append(Piece(tag, opened, opened if closed else at, said, self._about))
