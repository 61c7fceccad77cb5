"""A stand-in for Excel over openpyxl: the objects of its COM interface that the ribbon commands touch.

Lists, not tuples, leave it: pywin32 takes a tuple for several results.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import win32gui
from openpyxl.utils import get_column_letter, range_boundaries
from win32com.server import util
from win32com.server.exception import COMException
from xlsx_engine import typed

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
NOT_FOUND = -2147352565  # DISP_E_BADINDEX


class Exposed:
    """What COM sees of an object: its public methods and attributes."""

    _public_methods_: tuple[str, ...] = ()
    _public_attrs_: tuple[str, ...] = ()
    _readonly_attrs_: tuple[str, ...] = ()

    @property
    def com(self) -> Any:
        return util.wrap(self)


class Application(Exposed):
    """Excel with one workbook open. `log` records what a user would see happen."""

    _readonly_attrs_ = ("Hwnd", "Version", "Name", "Workbooks", "ActiveWorkbook", "Selection")
    _public_attrs_ = (*_readonly_attrs_, "AutomationSecurity")
    Version, Name = "16.0", "Microsoft Excel"
    AutomationSecurity = 1

    def __init__(self, path: Path) -> None:
        self.log: list[list[Any]] = []
        self.Hwnd = win32gui.GetDesktopWindow()
        self.books = [Book(self, path)]
        self.selected = self.books[0].sheet(1).cells(1, 1, 1, 1)

    Workbooks = property(lambda self: Workbooks(self).com)
    ActiveWorkbook = property(lambda self: self.books[-1].com)
    Selection = property(lambda self: self.selected.com)
    this_workbook = property(lambda self: self.books[0].com)

    def select(self, sheet: str, row: int, column: int) -> None:
        own = self.books[0].sheet(sheet)
        self.books[0].cells.active = own.cells_.parent.worksheets.index(own.cells_)
        self.selected = own.cells(row, column, row, column)

    def write(self, sheet: str, row: int, column: int, value: Any) -> None:
        self.books[0].sheet(sheet).cells_.cell(row, column).value = value

    def value(self, sheet: str, row: int, column: int) -> Any:
        return self.books[0].sheet(sheet).cells_.cell(row, column).value


class Workbooks(Exposed):
    _public_methods_ = ("_value_", "Item", "Open")
    _public_attrs_ = _readonly_attrs_ = ("Count",)

    def __init__(self, application: Application) -> None:
        self._application = application

    Count = property(lambda self: len(self._application.books))

    def Item(self, place: Any) -> Any:
        for number, book in enumerate(self._application.books, 1):
            if place in (number, book.Name):
                return book.com
        raise COMException(scode=NOT_FOUND)

    _value_ = Item

    def Open(self, path: str, links: Any = None, read_only: Any = None, *rest: Any) -> Any:
        book = Book(self._application, Path(path))
        self._application.books.append(book)
        self._application.log.append(["open", book.Name, bool(read_only)])
        return book.com


class Book(Exposed):
    _public_methods_ = ("SaveCopyAs", "Activate")
    _public_attrs_ = _readonly_attrs_ = (
        "Name", "FullName", "Path", "Application", "Worksheets", "Sheets", "ActiveSheet",
    )  # fmt: skip

    def __init__(self, application: Application, path: Path) -> None:
        self._application, self._path = application, path
        self.Name, self.FullName, self.Path = path.name, str(path), str(path.parent)
        self.cells = openpyxl.load_workbook(path, data_only=True)
        self.edited = False

    Application = property(lambda self: self._application.com)
    Worksheets = property(lambda self: Worksheets(self).com)
    Sheets = Worksheets
    ActiveSheet = property(lambda self: Sheet(self, self.cells.active).com)

    def sheet(self, place: Any) -> Sheet:
        if not isinstance(place, str):
            return Sheet(self, self.cells.worksheets[int(place) - 1])
        if place not in self.cells.sheetnames:
            raise COMException(scode=NOT_FOUND)
        return Sheet(self, self.cells[place])

    def SaveCopyAs(self, path: str) -> None:
        shutil.copyfile(self._path, path)
        if self.edited:
            self.cells.save(path)

    def Activate(self) -> None:
        self.log(["book", self.Name])

    def log(self, entry: list[Any]) -> None:
        self._application.log.append(entry)

    def select(self, area: Range) -> None:
        self._application.selected = area


class Worksheets(Exposed):
    _public_methods_ = ("_value_", "Item", "_NewEnum")
    _public_attrs_ = _readonly_attrs_ = ("Count", "Parent")

    def __init__(self, book: Book) -> None:
        self._book = book

    Count = property(lambda self: len(self._book.cells.worksheets))
    Parent = property(lambda self: self._book.com)

    def Item(self, place: Any) -> Any:
        return self._book.sheet(place).com

    _value_ = Item

    def _NewEnum(self) -> Any:
        import pythoncom

        sheets = [self.Item(number + 1) for number in range(self.Count)]
        return util.NewEnum(sheets, iid=pythoncom.IID_IEnumVARIANT)


class Sheet(Exposed):
    _public_methods_ = ("Range", "Activate")
    _public_attrs_ = _readonly_attrs_ = ("Name", "Parent", "Index", "UsedRange", "Cells")

    def __init__(self, book: Book, cells: Any) -> None:
        self.book, self.cells_ = book, cells

    Name = property(lambda self: self.cells_.title)
    Parent = property(lambda self: self.book.com)
    Index = property(lambda self: self.book.cells.worksheets.index(self.cells_) + 1)
    UsedRange = property(lambda self: self.cells(1, 1, self.cells_.max_row, self.cells_.max_column).com)

    Cells = property(lambda self: self.cells(1, 1, LAST_ROW, LAST_COLUMN).com)

    def cells(self, top: int, left: int, bottom: int, right: int) -> Range:
        return Range(self, top, left, bottom, right)

    def Range(self, first: Any, last: Any = None) -> Any:
        if isinstance(first, str):
            left, top, right, bottom = range_boundaries(first.replace("$", ""))
            return self.cells(top, left, bottom, right).com
        start, end = (util.unwrap(one) for one in (first, last or first))
        return self.cells(start.Row, start.Column, end.bottom, end.right).com

    def Activate(self) -> None:
        self.book.cells.active = self.Index - 1
        self.book.log(["sheet", self.Name])


class Size(Exposed):
    _public_attrs_ = _readonly_attrs_ = ("Count",)

    def __init__(self, count: int) -> None:
        self.Count = count


class Range(Exposed):
    _public_methods_ = ("_value_", "Item", "GetAddress", "Select")
    _public_attrs_ = ("Value", "NumberFormat", "Row", "Column", "Rows", "Columns", "Count", "Worksheet", "Address")
    _readonly_attrs_ = ("Row", "Column", "Rows", "Columns", "Count", "Worksheet", "Address")

    def __init__(self, sheet: Sheet, top: int, left: int, bottom: int, right: int) -> None:
        self._sheet, self.Row, self.Column, self.bottom, self.right = sheet, top, left, bottom, right

    Rows = property(lambda self: Size(self.bottom - self.Row + 1).com)
    Columns = property(lambda self: Size(self.right - self.Column + 1).com)
    Count = property(lambda self: (self.bottom - self.Row + 1) * (self.right - self.Column + 1))
    Worksheet = property(lambda self: self._sheet.com)
    Address = property(lambda self: f"${get_column_letter(self.Column)}${self.Row}")

    def Item(self, row: int, column: int) -> Any:
        at = self.Row + int(row) - 1, self.Column + int(column) - 1
        return self._sheet.cells(*at, *at).com

    _value_ = Item

    def GetAddress(self, *options: Any) -> str:
        return str(self.Address)

    def Select(self) -> None:
        self._sheet.book.select(self)
        self._sheet.book.log(["select", self.Address])

    def _rows(self) -> list[list[Any]]:
        area = self._sheet.cells_.iter_rows(self.Row, self.bottom, self.Column, self.right)
        return [list(row) for row in area]

    @property
    def Value(self) -> Any:
        rows = [[_given(cell.value) for cell in row] for row in self._rows()]
        return rows[0][0] if self.Count == 1 else rows

    @Value.setter
    def Value(self, data: Any) -> None:
        self._sheet.book.edited = True
        for row, cells in enumerate(self._rows()):
            for column, cell in enumerate(cells):
                value = data[row][column] if isinstance(data, list | tuple) else data
                cell.value = None if value == "" else typed(value, cell.number_format)

    @property
    def NumberFormat(self) -> str:
        return str(self._rows()[0][0].number_format)

    @NumberFormat.setter
    def NumberFormat(self, code: str) -> None:
        for row in self._rows():
            for cell in row:
                cell.number_format = code


def _given(value: Any) -> Any:
    """What Excel gives for a cell: every number a double, every date with a time."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)
    return value
