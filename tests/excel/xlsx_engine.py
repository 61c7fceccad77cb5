"""An xlwings engine over a file, for the ribbon commands on any system: only what they use, on openpyxl.

It imitates what Excel does to a value written through COM: text that looks like a number, a date or a formula
becomes one, unless the cell's format is @. So a command that forgets the @ fails here as it would there.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import xlwings as xw
from openpyxl.utils import get_column_letter, range_boundaries
from xlwings import base_classes as base

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(E[+-]?\d+)?%?", re.I)
_DATE = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}))?")


def typed(value: Any, number_format: str) -> Any:
    """Return what Excel would keep of a value written into a cell of this format."""
    if not isinstance(value, str) or number_format == "@":
        return value
    text = value.strip()
    if text.startswith("="):
        return text
    if _NUMBER.fullmatch(text):
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    if date := _DATE.fullmatch(text):
        day, month, year = int(date[1]), int(date[2]), int(date[3] or 2025)
        try:
            return dt.datetime(year, month, day)
        except ValueError:
            return value
    return value


class Engine:
    name, type = "xlsx", "desktop"

    def __init__(self) -> None:
        self.apps = Apps()

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        return "" if value is None else value

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> list[list[Any]]:
        def one(value: Any) -> Any:
            if value is None or value == "":
                return empty_as
            if isinstance(value, int | float) and not isinstance(value, bool):
                return number_builder(float(value)) if number_builder else float(value)
            return value

        return [[one(value) for value in row] for row in data]


class Apps(base.Apps):
    def __init__(self) -> None:
        self._app = App(self)

    def keys(self) -> list[int]:
        return [1]

    def __iter__(self) -> Any:
        yield self._app

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: Any) -> Any:
        return self._app


class App(base.App):
    visible = True
    screen_updating = True
    AutomationSecurity = 1  # as a fresh Excel: macros of what a program opens run

    def __init__(self, apps: Apps) -> None:
        self._apps, self._books = apps, Books(self)

    api = property(lambda self: self)
    engine = property(lambda self: engine)
    books = property(lambda self: self._books)
    pid = property(lambda self: 1)
    selection = property(lambda self: self._books.active.selected)

    def activate(self, steal_focus: bool = False) -> None:
        pass


class Books(base.Books):
    def __init__(self, app: App) -> None:
        self._app = app
        self.opened: list[Book] = []

    app = property(lambda self: self._app)
    active = property(lambda self: self.opened[-1])

    def open(self, fullname: str, *positional: Any, **options: Any) -> Book:
        book = Book(Path(fullname), self)
        book.read_only = options.get("read_only") or (len(positional) > 1 and positional[1])
        book.macros_run = self._app.AutomationSecurity != 3
        self.opened.append(book)
        return book

    def __len__(self) -> int:
        return len(self.opened)

    def __iter__(self) -> Any:
        return iter(self.opened)

    def __call__(self, place: Any) -> Book:
        if isinstance(place, int):
            return self.opened[place - 1]
        for one in self.opened:
            if place in (one.name, one.fullname):
                return one
        raise KeyError(place)


class Api:
    """The workbook's COM object, as far as the commands use it."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def SaveCopyAs(self, path: str) -> None:
        shutil.copyfile(self._book.path, path)
        self._book.patch(Path(path))


class Book(base.Book):
    read_only: Any = None
    macros_run = True

    def __init__(self, path: Path, books: Books) -> None:
        self.path, self._books = path, books
        self.cells = openpyxl.load_workbook(path, data_only=True)
        self.selected: Range | None = None
        self.edited = False

    app = property(lambda self: self._books.app)
    api = property(Api)
    name = property(lambda self: self.path.name)
    fullname = property(lambda self: str(self.path))
    sheets = property(lambda self: Sheets(self))

    def patch(self, target: Path) -> None:
        """Write the edits into a copy (openpyxl loses the ribbon, which the reader of the tables does not need)."""
        if self.edited:
            self.cells.save(target)

    def activate(self) -> None:
        pass

    def close(self) -> None:
        self._books.opened.remove(self)


class Sheets(base.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book

    api = property(lambda self: self.book.cells.worksheets)
    active = property(lambda self: Sheet(self.book, self.book.cells.active))

    def __call__(self, key: Any) -> Sheet:
        if isinstance(key, int):
            return Sheet(self.book, self.api[key - 1])
        for sheet in self.api:
            if sheet.title.casefold() == key.casefold():
                return Sheet(self.book, sheet)
        raise ValueError(f"no sheet {key!r}")

    def __len__(self) -> int:
        return len(self.api)

    def __iter__(self) -> Any:
        return (Sheet(self.book, sheet) for sheet in self.api)


class Sheet(base.Sheet):
    def __init__(self, book: Book, sheet: Any) -> None:
        self._book, self.sheet = book, sheet

    book = property(lambda self: self._book)
    api = property(lambda self: self.sheet)
    name = property(lambda self: self.sheet.title)
    index = property(lambda self: self._book.cells.worksheets.index(self.sheet) + 1)
    used_range = property(lambda self: Range(self, 1, 1, self.sheet.max_row, self.sheet.max_column))
    cells = property(lambda self: Range(self, 1, 1, 1_048_576, 16_384))

    def activate(self) -> None:
        self._book.cells.active = self.index - 1

    def range(self, first: Any, second: Any = None) -> Range:
        if isinstance(first, str):
            left, top, right, bottom = range_boundaries(first.replace("$", ""))
            return Range(self, top, left, bottom, right)
        start = (first.row, first.column) if isinstance(first, Range) else first
        if isinstance(second, Range):
            second = (second.row + second.shape[0] - 1, second.column + second.shape[1] - 1)
        end = second or start
        rows, columns = sorted((start[0], end[0])), sorted((start[1], end[1]))
        return Range(self, rows[0], columns[0], rows[1], columns[1])


class Range(base.Range):
    has_array = False
    max_cells_per_read = max_cells_per_write = None

    def __init__(self, sheet: Sheet, top: int, left: int, bottom: int, right: int) -> None:
        self._sheet, self._top, self._left, self._bottom, self._right = sheet, top, left, bottom, right

    sheet = property(lambda self: self._sheet)
    api = property(lambda self: self._sheet.sheet)
    row = property(lambda self: self._top)
    column = property(lambda self: self._left)
    shape = property(lambda self: (self._bottom - self._top + 1, self._right - self._left + 1))
    coords = property(lambda self: (self._sheet.name, self._top, self._left, *self.shape))

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = (row - 1) // self.shape[1] + 1, (row - 1) % self.shape[1] + 1
        at = (self._top + row - 1, self._left + column - 1)
        return Range(self._sheet, *at, *at)

    def _cell(self, row: int, column: int) -> Any:
        return self.api.cell(row, column)

    @property
    def raw_value(self) -> Any:
        rows = range(self._top, self._bottom + 1)
        values = tuple(tuple(self._cell(r, c).value for c in range(self._left, self._right + 1)) for r in rows)
        return values[0][0] if self.shape == (1, 1) else values

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        self._sheet.book.edited = True
        for i in range(self.shape[0]):
            for j in range(self.shape[1]):
                value = data[i][j] if isinstance(data, list | tuple) else data
                cell = self._cell(self._top + i, self._left + j)
                cell.value = None if value == "" else typed(value, cell.number_format)

    @property
    def number_format(self) -> str:
        return str(self._cell(self._top, self._left).number_format)

    @number_format.setter
    def number_format(self, code: str) -> None:
        for row in range(self._top, self._bottom + 1):
            for column in range(self._left, self._right + 1):
                self._cell(row, column).number_format = code

    @property
    def address(self) -> str:
        return f"${get_column_letter(self._left)}${self._top}"

    def select(self) -> None:
        self._sheet.book.selected = self


engine = Engine()
if "xlsx" not in xw.engines.engines_by_name:
    xw.engines.add(xw.Engine(impl=engine))


def open_book(path: Path) -> Any:
    """Return the file as an xlwings Book; other books opened before are forgotten."""
    books = engine.apps._app.books
    books.opened.clear()
    xw.engines.active = xw.engines.engines_by_name["xlsx"]
    return xw.Book(impl=books.open(str(path)))


def opened_last() -> Book:
    return engine.apps._app.books.opened[-1]
