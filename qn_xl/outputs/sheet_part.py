"""A sheet part of an .xlsx package, changed in place: every byte that is not part of a change stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from qn_xl.outputs.formula_tokens import cell_name, column_number
from qn_xl.outputs.sheet_scan import Cell, Piece, scan
from qn_xl.outputs.sheet_text import LONGEST_TEXT, number, stored_value, text_xml

DEFAULT_WIDTH = 8.43  # characters
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


class SheetPart:
    """Finds the cells of a part and puts changes into its bytes.

    Raises:
        UsageError: the part is damaged or not UTF-8.
    """

    def __init__(self, data: bytes, title: str) -> None:
        self.data = data
        self.title = title
        found = scan(data, title)
        self.rows, self.cells, self.pieces, self.widths = found.rows, found.cells, found.pieces, found.widths
        self._prefix, self._dimension, self._sheet_data = found.prefix, found.dimension, found.sheet_data
        self._written: dict[tuple[int, int], bytes] = {}  # cells that the part has
        self._new: dict[int, dict[int, bytes]] = {}  # row to column to cells that it lacks
        self._heights: dict[int, float] = {}
        self._pieces: list[tuple[int, int, bytes]] = []

    def put(
        self, row: int, column: int, content: bytes, kind: str, style: str | None = None, metadata: str = ""
    ) -> None:
        """Write a cell anew with the inner XML `content` and the type `kind`; `style` None keeps the cell's own."""
        old = self.cells.get((row, column))
        chosen = style if style is not None else old.style if old else ""
        tag = self._prefix + b"c"
        attributes = f' r="{cell_name(row, column)}"'
        attributes += f' s="{chosen}"' if chosen else ""
        attributes += f' t="{kind}"' if kind else ""
        attributes += f' cm="{metadata}"' if metadata else ""
        made = b"<" + tag + attributes.encode() + (b">" + content + b"</" + tag + b">" if content else b"/>")
        if old is not None:
            self._written[row, column] = made
        else:
            self._new.setdefault(row, {})[column] = made

    def put_number(self, row: int, column: int, value: float, style: str | None = None) -> None:
        self.put(row, column, self._v(number(value)), "", style)

    def put_text(self, row: int, column: int, value: str, style: str | None = None) -> None:
        self.put_rich(row, column, f'<t xml:space="preserve">{text_xml(value[:LONGEST_TEXT])}</t>', style)

    def put_rich(self, row: int, column: int, runs: str, style: str | None = None) -> None:
        """Write an inline text from the inner XML of <si> or <is>, written without a prefix."""
        inner = runs.encode()
        if self._prefix:
            inner = re.sub(rb"<(/?)(?=[A-Za-z])", rb"<\1" + self._prefix, inner)
        tag = self._prefix + b"is"
        self.put(row, column, b"<" + tag + b">" + inner + b"</" + tag + b">", "inlineStr", style)

    def put_error(self, row: int, column: int, code: str) -> None:
        self.put(row, column, self._v(code), "e")

    def put_formula(self, cell: Cell, formula: str, value: float | str | bool | None, ref: str = "") -> None:
        """Write a formula with its stored value; None stores none. `ref`: the range of an array formula."""
        tag = self._prefix + b"f"
        array = f' t="array" ref="{ref}"' if ref else ""
        made = b"<" + tag + array.encode() + b">" + escape(formula).encode() + b"</" + tag + b">"
        self._put_computed(cell, made, value)

    def put_value(self, cell: Cell, value: float | str | bool | None) -> None:
        """Change the stored value of a cell and leave its formula, if it has one, as it is."""
        kept = self.data[cell.formula.start : cell.formula.end] if cell.formula else b""
        self._put_computed(cell, kept, value)

    def _put_computed(self, cell: Cell, formula: bytes, value: float | str | bool | None) -> None:
        kind, stored = stored_value(value)
        content = formula + (self._v(stored) if value is not None else b"")
        self.put(cell.row, cell.column, content, kind, None, cell.metadata)

    def set_height(self, row: int, points: float) -> None:
        """Give a row a height in points, unless the template does: programs do not fit it to text by themselves."""
        if not (row in self.rows and self.rows[row].sized):
            self._heights[row] = points

    def width(self, column: int) -> float:
        """Return the width of a column in characters."""
        return next((width for first, last, width in self.widths if first <= column <= last), DEFAULT_WIDTH)

    def put_piece(self, piece: Piece, text: str) -> None:
        self._pieces.append((piece.start, piece.end, escape(text).encode()))

    @property
    def changed(self) -> bool:
        return bool(self._written or self._new or self._pieces)

    def patched(self) -> bytes:
        """Return the part with all changes."""
        edits = [*self._pieces, *self._insertions()]
        edits += [(self.cells[place].start, self.cells[place].end, made) for place, made in self._written.items()]
        made, at = [], 0
        for start, end, content in sorted(edits, key=lambda edit: edit[:2]):
            if start < at:
                raise AssertionError(f"{self.title}: two changes overlap at byte {start}")
            made += [self.data[at:start], content]
            at = end
        return b"".join([*made, self.data[at:]])

    def _insertions(self) -> Iterator[tuple[int, int, bytes]]:
        opened, closing, empty = self._sheet_data
        whole_rows: list[tuple[int, bytes]] = []
        tag = self._prefix + b"row"
        for number_ in sorted(self._new.keys() | self._heights.keys()):
            row, cells = self.rows.get(number_), self._new.get(number_, {})
            ordered = [cells[column] for column in sorted(cells)]
            height = self._height(number_)
            if row is None:
                if cells:
                    whole = b"<" + tag + f' r="{number_}"'.encode() + height + b">" + b"".join(ordered)
                    whole_rows.append((number_, whole + b"</" + tag + b">"))
            elif row.closed:
                if cells:
                    start_tag = re.sub(rb"\s*/>$", height + b">", _without_spans(self.data[row.start : row.end]))
                    yield row.start, row.end, start_tag + b"".join(ordered) + b"</" + tag + b">"
            else:
                start_tag = self.data[row.start : row.opened]
                start_tag = _without_spans(start_tag) if cells else start_tag
                yield row.start, row.opened, start_tag[:-1] + height + b">"
                closing_tag = self.data.rfind(b"</", row.opened, row.end)
                for column in sorted(cells):
                    after = next((cell.start for cell in row.cells if cell.column > column), closing_tag)
                    yield after, after, cells[column]
        later = sorted(self.rows)
        gathered: dict[int, bytes] = {}
        for number_, whole in whole_rows:
            place = next((self.rows[other].start for other in later if other > number_), closing)
            gathered[place] = gathered.get(place, b"") + whole
        tag = self._prefix + b"sheetData"
        for place, content in gathered.items():
            if empty:
                yield opened, closing, b"<" + tag + b">" + content + b"</" + tag + b">"
            else:
                yield place, place, content
        if self._new and self._dimension:
            yield from self._wider_dimension(*self._dimension)

    def _height(self, row: int) -> bytes:
        return f' ht="{self._heights[row]:g}" customHeight="1"'.encode() if row in self._heights else b""

    def _wider_dimension(self, start: int, end: int, ref: str) -> Iterator[tuple[int, int, bytes]]:
        found = [(int(row), column_number(letters)) for letters, row in _REFERENCE.findall(ref)]
        if not found:
            return
        places = found + [(row, column) for row, cells in self._new.items() for column in cells]
        rows, columns = [place[0] for place in places], [place[1] for place in places]
        wide = f"{cell_name(min(rows), min(columns))}:{cell_name(max(rows), max(columns))}"
        if wide != ref and set(places) - set(found):
            yield start, end, self.data[start:end].replace(ref.encode(), wide.encode(), 1)

    def _v(self, text: str) -> bytes:
        tag = self._prefix + b"v"
        return b"<" + tag + b">" + text_xml(text).encode() + b"</" + tag + b">"


def _without_spans(tag: bytes) -> bytes:
    return re.sub(rb"\s+spans\s*=\s*(?:\"[^\"]*\"|'[^']*')", b"", tag)
