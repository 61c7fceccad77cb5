"""The rows of a long list as text of the sheet part, a column of a block at a time.

Half a million cells a sheet: a cell at a time they take three times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from qn_xl.outputs.measure import height, lines
from qn_xl.rules.wording import date_text

LONGEST_TEXT = 32_700  # a cell holds 32,767 UTF-16 units
BLOCK = 2_000  # rows rendered together: what they take is given back before the next
_EPOCH = date(1899, 12, 30).toordinal()
_FIRST_DAY = 61  # 1/3/1900: before it Excel counts a 29 February 1900
_BLANK = {None, ""}
_RISKY = ("=", "+", "-", "@")


class Link(NamedTuple):
    """Text that opens a cell of a file. `location` is "'Sheet'!C7", "" to open the file only."""

    text: str
    target: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the cells of one column are written. `width`: of a column whose rows grow with their text, else 0."""

    letters: str
    index: int  # of the cell format
    width: float


def plain(text: str) -> str:
    """Return `text` as Excel may store it: at most one cell long, nothing that breaks the part's XML."""
    if len(text) > LONGEST_TEXT // 2 and len(text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_TEXT:
        text = text[: LONGEST_TEXT // 2] + " […]"
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode().replace("\ufffe", "?").replace("\uffff", "?")
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "  # xlsxwriter would take it for the markup of rich text and write it as it is
    return text


class RowWriter:
    """Renders rows whose text goes to the workbook's shared strings.

    Args:
        shared: xlsxwriter's SharedStringTable.
        quoted: index of the format of text that Excel would take for a formula when somebody edits it.
        linked: index of the format of a link, None where links look like any text.
        add_link: told of each Link with its cell; False where it opens nothing.
    """

    def __init__(self, shared: Any, quoted: int, linked: int | None, add_link: Callable[[str, Link], bool]) -> None:
        self._shared, self._quoted, self._linked, self._add_link = shared, quoted, linked, add_link
        self._known: dict[str, tuple[int, bool]] = {}

    def render(
        self, start: int, shapes: Sequence[Shape], rows: Iterable[Sequence[Any]], most_lines: int
    ) -> Iterator[str]:
        """Yield the row elements from row `start` (from 1) on, at most `most_lines` lines high."""
        rows = iter(rows)
        while block := list(islice(rows, BLOCK)):
            numbers = list(map(str, range(start, start + len(block))))
            start += len(block)
            tall = [1] * len(block)
            columns = []
            for shape, values in zip(shapes, zip(*block, strict=True), strict=True):
                if set(values) <= _BLANK:
                    continue
                columns.append(self._column(shape, numbers, values))
                if shape.width:
                    tall = _taller(tall, values, shape.width)
            tall = [min(count, most_lines) for count in tall]
            opening = [f'" ht="{height(count):g}" customHeight="1">' for count in range(max(tall) + 1)]
            for number, count, cells in zip(numbers, tall, _across(columns, len(block)), strict=True):
                yield f'<row r="{number}{opening[count]}{"".join(cells)}</row>'

    def _column(self, shape: Shape, numbers: Sequence[str], values: Sequence[Any]) -> list[str]:
        """Return the cell elements of one column; "" for a blank cell."""
        start = f'<c r="{shape.letters}'
        if Link in set(map(type, values)):
            cells = (f"{shape.letters}{number}" for number in numbers)
            tails = [
                self._link(cell, value, shape) if isinstance(value, Link) else self._tail(value, shape)
                for cell, value in zip(cells, values, strict=True)
            ]
        else:
            tail = {value: self._tail(value, shape) for value in dict.fromkeys(values)}
            tails = list(map(tail.__getitem__, values))
        self._shared.count += sum(map(_is_text, tails))
        return [f"{start}{number}{tail}" if tail else "" for number, tail in zip(numbers, tails, strict=True)]

    def _link(self, cell: str, link: Link, shape: Shape) -> str:
        index = self._linked if self._add_link(cell, link) and self._linked else shape.index
        return self._text(link.text, index) if link.text else ""

    def _tail(self, value: Any, shape: Shape) -> str:
        """Return the cell element after its number; "" for a blank cell."""
        if value is None or value == "":
            return ""
        if isinstance(value, date):
            day = value.toordinal() - _EPOCH
            value = day if day >= _FIRST_DAY else date_text(value)
        if isinstance(value, str):
            return self._text(value, shape.index)
        return f'" s="{shape.index}"><v>{value!r}</v></c>'

    def _text(self, value: str, index: int) -> str:
        known = self._known.get(value)
        if known is None:
            text = plain(value)
            known = self._known[value] = self._shared._get_shared_string_index(text), text.startswith(_RISKY)
            self._shared.count -= 1  # counted where it is used
        string, risky = known
        return f'" s="{self._quoted if risky else index}" t="s"><v>{string}</v></c>'


def _is_text(tail: str) -> bool:
    return ' t="s"' in tail


def _across(columns: Sequence[list[str]], rows: int) -> Iterable[tuple[str, ...]]:
    return zip(*columns, strict=True) if columns else [()] * rows


def _taller(tall: list[int], values: Sequence[Any], width: float) -> list[int]:
    """Return the lines of each row, grown to those of its text in a column of this width."""
    most = {
        value: lines(value, width) if len(value) > width * 0.8 or "\n" in value else 1
        for value in dict.fromkeys(value.text if isinstance(value, Link) else value for value in values)
        if isinstance(value, str)
    }
    if max(most.values(), default=1) == 1:
        return tall
    own = (most.get(value.text if isinstance(value, Link) else value, 1) for value in values)
    return list(map(max, tall, own))
