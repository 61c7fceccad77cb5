"""Reads .xlsx and .xlsm: values by python-calamine, what it hides by the light pass, the odd rest by `sheetxml`."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from qn_xl.intake import limits, ooxml, sheetxml
from qn_xl.intake.archive import Archive, refuse_entities
from qn_xl.intake.grid import Grid, Unreadable, Workbook, rows_of
from qn_xl.intake.package import open_package

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


def read(data: bytes, kind: str) -> Workbook:
    """Return the workbook in `data`, a zip package.

    Raises:
        Unreadable: when no sheet of it can be read.
    """
    return _Reader(data).read(kind)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._archive = Archive(data)
        self._package = open_package(self._archive)
        self._dates = self._package.styles.dates()
        self._calamine: CalamineWorkbook | None = None
        self._refused = False
        self._strings: sheetxml.Strings | None = None

    def read(self, kind: str) -> Workbook:
        book = Workbook(kind, modified=self._package.modified, properties=self._package.properties)
        names = [sheet.name for sheet in self._package.sheets]
        failure = Unreadable("file-damaged", "thiếu dữ liệu của mọi trang tính")
        for sheet in self._package.sheets:
            if sheet.part is None:
                book.missing_sheets.append(sheet.name)
                continue
            grid = Grid(sheet.name, sheet.hidden)
            try:
                self._fill(grid, sheet.part, names.count(sheet.name) == 1, book)
            except Unreadable as error:
                if error.code == "file-unsafe":
                    raise
                failure = error
                code, seen = ("sheet-damaged", sheet.name) if error.code == "file-damaged" else (error.code, error.seen)
                book.findings.append((code, sheet.name, None, seen))
                continue
            book.grids.append(grid)
        if names and not book.grids:
            raise failure
        return book

    def _fill(self, grid: Grid, part: str, named_once: bool, book: Workbook) -> None:
        if self._archive.size(part) > limits.SHEET_PIECEWISE_BYTES:
            return self._read_slowly(grid, _without_blanks(self._archive, part), book)
        xml = ooxml.without_prefix(self._archive.read(part, limits.SHEET_PIECEWISE_BYTES))
        refuse_entities(xml)
        if not named_once or not ooxml.ordinary(xml):
            return self._read_slowly(grid, xml, book)
        rows, columns, cells = ooxml.used_area(xml)
        if rows * columns > limits.SPARSE_FROM and rows * columns > cells * limits.SPARSE_RATIO:
            return self._read_slowly(grid, xml, book)
        if rows * columns > limits.DENSE_CELLS:
            raise Unreadable("file-too-large", f"trang tính có {rows} dòng × {columns} cột")
        repeated = self._package.longest_string * cells > limits.REPEATED_BYTES
        values = None if repeated else self._values(grid.name)
        if values is None:
            return self._read_slowly(grid, xml, book)
        grid.rows = rows_of(values)
        grid.mark(ooxml.scan(xml, self._package.styles, self._dates))
        if grid.fonts:
            grid.fonts |= self._package.run_fonts
        return None

    def _values(self, name: str) -> list[list[object]] | None:
        """Return a sheet's values by calamine, None when it refuses the package or the sheet."""
        if self._refused:
            return None
        from python_calamine import CalamineWorkbook

        try:
            if self._calamine is None:
                self._calamine = CalamineWorkbook.from_filelike(io.BytesIO(self._data))
            values: list[list[object]] = self._calamine.get_sheet_by_name(name).to_python(skip_empty_area=False)  # type: ignore[assignment]
            return values
        except MemoryError:
            raise
        except BaseException as error:  # a Rust panic is no Exception
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            self._refused = self._calamine is None
            return None

    def _read_slowly(self, grid: Grid, xml: bytes | Iterable[bytes], book: Workbook) -> None:
        if self._strings is None:
            part = self._package.strings_part
            xml_strings = self._archive.read(part, limits.PART_BYTES) if part else b""
            self._strings = sheetxml.shared_strings(xml_strings) if xml_strings else sheetxml.Strings()
        package = self._package
        reader = sheetxml.SheetReader(xml, package.styles, self._dates, self._strings, package.epoch_1904)
        left = grid.fill(reader.cells, reader.marks)
        book.report_far_cells(grid, left + reader.outside)


_BLANK = re.compile(rb"<c [^>]*(?:/>|></c>)")
_BLANK_ROW = re.compile(rb"<row [^>]*(?:/>|>\s*</row>)")
_CONTENT = (b"</v>", b"<v/>", b"</is>", b"</f>", b"<f ", b"sheetData", b"mergeCell")
_NUMBERED = re.compile(rb'<row [^>]*\br="(\d{1,7})"')
_UNNUMBERED = re.compile(rb'<row(?=[ />])(?![^>]* r="\d)')


def _without_blanks(archive: Archive, part: str) -> Iterator[bytes]:
    """Yield a large sheet part without its blank cells and rows: formats down to row 1,048,576 cost little."""
    waiting = b""
    for piece in archive.pieces(part):
        waiting += piece
        cut = waiting.rfind(b"</row>") + 6
        if cut < 6:
            cut = waiting.rfind(b"/>") + 2
        if cut < 2:
            continue
        whole, waiting = waiting[:cut], waiting[cut:]
        content = any(mark in whole for mark in _CONTENT)
        if _UNNUMBERED.search(whole) or (content and not ooxml.ordinary_cells(whole)):
            yield whole
            continue
        if content:
            yield _BLANK_ROW.sub(b"", _BLANK.sub(b"", whole))
        # Rows without a number, if any come later, count on from here.
        if last := _NUMBERED.match(whole, max(whole.rfind(b"<row "), 0)):
            yield b'<row r="%b"/>' % last[1]
    yield waiting
