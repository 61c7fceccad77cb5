"""Web pages that were saved or exported as .xls: their tables laid out on one sheet, the way Excel opens them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from qn_xl.intake import limits
from qn_xl.intake.grid import Grid, GridRow, Unreadable, Workbook, clip_merged, text_errors
from qn_xl.intake.textual import decode

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,40})", re.IGNORECASE)
_FONT = re.compile(r"font-family\s*:\s*[\"']?([^;,\"'}<>]{1,60})|\bface\s*=\s*[\"']?([^\"'>,]{1,60})", re.IGNORECASE)
_SHEET_NAME = re.compile(r"<x:Name>([^<]{1,60})</x:Name>", re.IGNORECASE)
_SPAN_LIMIT = 1_000  # what browsers take for the width of one cell


def read(data: bytes, name: str, kind: str = "html") -> Workbook:
    """Return the page's tables as a workbook of one sheet.

    Raises:
        Unreadable: no table in it (file-not-spreadsheet), larger than the limits.
    """
    book = Workbook(kind)
    for page in _pages(data) if kind == "mhtml" else [data]:
        text = _decoded(page)
        found = _SHEET_NAME.search(text)
        layout = _Layout()
        layout.feed(text)
        layout.close()
        if not layout.tables:
            continue
        grid = Grid(found[1] if found else name)
        layout.fill(grid)
        grid.fonts = {(style or face).strip() for style, face in _FONT.findall(text)}
        book.grids.append(grid)
    if not book.grids:
        raise Unreadable("file-not-spreadsheet", "trang web không có bảng")
    return book


def _pages(data: bytes) -> list[bytes]:
    """Return the HTML parts of a web archive; Excel puts each sheet into one."""
    import email

    pages: list[bytes] = []
    for part in email.message_from_bytes(data).walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                pages.append(content)
    return pages


def _decoded(page: bytes) -> str:
    found = _CHARSET.search(page[:4096])
    if found and not page.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return page.decode(found[1].decode())
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(page)[0]


class _Layout(HTMLParser):
    """Lays tables out below each other; text between them takes a row, tables inside cells become text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables = 0
        self._rows: dict[int, dict[int, str]] = {}
        self._merged: list[tuple[int, int, int, int]] = []
        self._hidden: set[int] = set()
        self._row = 0
        self._column = 0
        self._depth = 0
        self._taken: list[tuple[int, int, int]] = []  # first column, last column, last row of cells reaching down
        self._cell: tuple[int, int] | None = None
        self._pieces: list[str] = []
        self._silent = ""
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script", "title", "xml"):
            self._silent = tag
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables += 1
                self._between()
        elif self._depth > 1:
            if tag in ("tr", "br", "p", "div", "td", "th"):
                self._pieces.append("\n" if tag != "td" else " ")
        elif tag == "tr":
            self._close_cell()
            self._row += 1
            self._column = 1
            self._taken = [taken for taken in self._taken if taken[2] >= self._row]
            if re.search(r"display\s*:\s*none", dict(attrs).get("style") or "", re.IGNORECASE):
                self._hidden.add(self._row)
        elif tag in ("td", "th") and self._depth:
            self._open_cell(dict(attrs))
        elif tag in ("br", "p", "div", "li"):
            if self._depth:
                self._pieces.append("\n")
            else:
                self._between()

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        elif tag == "table" and self._depth:
            self._depth -= 1
            if not self._depth:
                self._close_cell()
                self._row = max([self._row, *(taken[2] for taken in self._taken)])
                self._taken = []
        elif tag in ("td", "th", "tr") and self._depth == 1:
            self._close_cell()

    def handle_data(self, data: str) -> None:
        if not self._silent and (self._cell or not self._depth):
            self._pieces.append(data.replace("\n", " "))

    def close(self) -> None:
        super().close()
        self._close_cell()

    def _open_cell(self, attributes: dict[str, str | None]) -> None:
        self._close_cell()
        if not self._row:
            self._row, self._column = 1, 1
        moved = True
        while moved:
            moved = False
            for first, last, bottom in self._taken:
                if first <= self._column <= last and bottom >= self._row:
                    self._column, moved = last + 1, True
        width, height = _span(attributes.get("colspan")), _span(attributes.get("rowspan"))
        self._cells += 1
        if self._column > limits.LAST_COLUMN or self._cells > limits.LOOSE_CELLS:
            raise Unreadable("file-too-large", "bảng có quá nhiều ô")
        bottom, last = self._row + height - 1, self._column + width - 1
        if height > 1 and len(self._taken) < _SPAN_LIMIT:
            self._taken.append((self._column, last, bottom))
        if width > 1 or height > 1:
            self._merged.append((self._row, self._column, bottom, last))
        self._cell = (self._row, self._column)
        self._column = last + 1

    def _close_cell(self) -> None:
        if self._cell is None:
            if self._depth:
                self._pieces.clear()
            else:
                self._between()
            return
        if text := _tidy(self._pieces):
            self._rows.setdefault(self._cell[0], {})[self._cell[1]] = text
        self._cell = None
        self._pieces.clear()

    def _between(self) -> None:
        if (text := _tidy(self._pieces)) and self._cell is None:
            self._row += 1
            self._rows[self._row] = {1: text}
        self._pieces.clear()

    def fill(self, grid: Grid) -> None:
        last = max(self._rows, default=0)
        grid.rows = [GridRow(number, []) for number in range(1, last + 1)]
        for number, cells in self._rows.items():
            values: list[object] = [None] * max(cells)
            for column, text in cells.items():
                values[column - 1] = text
            grid.rows[number - 1].values = values
        grid.hidden_rows = {row for row in self._hidden if row <= last}
        grid.merged = clip_merged(self._merged, grid)
        text_errors(grid)


def _span(text: str | None) -> int:
    digits = re.match(r"\s*(\d{1,7})", text or "")
    return max(1, min(int(digits[1]), _SPAN_LIMIT)) if digits else 1


def _tidy(pieces: list[str]) -> str:
    lines = ("".join(pieces)).replace("\r", "").split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)
