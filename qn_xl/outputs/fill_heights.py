"""How high a row must be for the texts put into it, by the column widths and fonts of the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from qn_xl.intake.package import walk
from qn_xl.outputs.fill_book import Book
from qn_xl.outputs.measure import height, lines

_PADDING = 0.71  # characters that Excel adds to the width of a column
_USUAL_SIZE = 11.0


@dataclass(frozen=True, slots=True)
class _Look:
    size: float
    bold: bool
    wrapped: bool


class Heights:
    """Works out row heights over the styles of a book."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @cached_property
    def _looks(self) -> list[_Look]:
        sizes: list[float] = []
        bold: list[bool] = []
        cells: list[list[object]] = []
        path: list[str] = []

        def start(tag: str, given: dict[str, str]) -> None:
            path.append(tag)
            inside = path[-2] if len(path) > 1 else ""
            if tag == "font" and inside == "fonts":
                sizes.append(_USUAL_SIZE)
                bold.append(False)
            elif tag == "sz" and inside == "font" and path[-3] == "fonts":
                sizes[-1] = float(given.get("val", _USUAL_SIZE))
            elif tag == "b" and inside == "font" and path[-3] == "fonts":
                bold[-1] = given.get("val", "1") not in ("0", "false")
            elif tag == "xf" and inside == "cellXfs":
                cells.append([int(given.get("fontId", "0")), False])
            elif tag == "alignment" and inside == "xf" and path[-3] == "cellXfs":
                cells[-1][1] = given.get("wrapText") in ("1", "true")

        def end(tag: str) -> None:
            path.pop()

        part = next((one for kind, one in self._book.relations(self._book.main).values() if kind == "styles"), None)
        if part is not None and self._book.has(part):
            walk(self._book.read(part), start, end=end)
        return [
            _Look(sizes[font], bold[font], bool(wrapped)) if isinstance(font, int) and font < len(sizes) else _PLAIN
            for font, wrapped in cells
        ]

    def fit(self, sheet: str, row: int, texts: Mapping[int, tuple[str, str]]) -> None:
        """Give a row the height that its wrapped texts need; `texts` is column to (text, style)."""
        part = self._book.sheets[sheet]
        most = 0.0
        for column, (text, style) in texts.items():
            look = self._look(style)
            if look.wrapped and text:
                width = max(part.width(column) - _PADDING, 1)
                most = max(most, height(lines(text, width, look.size, bold=look.bold), look.size))
        if most:
            part.set_height(row, most)

    def _look(self, style: str) -> _Look:
        index = int(style) if style.isdecimal() else 0
        return self._looks[index] if index < len(self._looks) else _PLAIN


_PLAIN = _Look(_USUAL_SIZE, False, False)
