"""xlsxwriter's workbook with the office's formats, quicker to write where it holds thousands of texts."""

from __future__ import annotations

import re
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings

from qn_xl.outputs.styles import BOOK_OPTIONS

# What xlsxwriter writes otherwise than it is: white space at an end, markup, control and non-characters, escapes.
_ODD = re.compile(r"\A\s|\s\Z|[\x00-\x08\x0b-\x1f\ufffe\uffff<>&]|_x[0-9a-fA-F]{4}_")


class Book(Workbook):  # type: ignore[misc]
    """A workbook at `out` (a path or a binary stream); `options` are xlsxwriter's."""

    def __init__(self, out: Any, **options: Any) -> None:
        super().__init__(out, {**BOOK_OPTIONS, **options})

    def _get_packager(self) -> Packager:
        return _Packager()


class _Packager(Packager):  # type: ignore[misc]
    def _write_shared_strings_file(self) -> None:
        if self.workbook.str_table.count:
            strings = _Strings()
            strings.string_table = self.workbook.str_table
            strings._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            strings._assemble_xml_file()


class _Strings(SharedStrings):  # type: ignore[misc]
    """The shared strings: those that need no escaping are written as they are, which nearly all are."""

    def _write_sst_strings(self) -> None:
        write, odd = self.fh.write, _ODD.search
        for text in self.string_table.string_array:
            if odd(text):
                self._write_si(text)
            else:
                write(f"<si><t>{text}</t></si>")
