"""The VBA project of Progress.xlsm from its text sources. Runs where the workbook is built, not at the office.

The sources are ASCII: a VBA module is stored in a Windows code page, and none of them holds Vietnamese.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

import xlsxwriter

from qn_xl.excel import package

XLWINGS_MODULE = "xlwings"
WORKBOOK_CODE_NAME = "ThisWorkbook"
_NAME = re.compile(r'Attribute VB_Name = "([A-Za-z][A-Za-z0-9_]{0,30})"')
_LONGEST_LINE = 1023


class SourceError(Exception):
    """A VBA source that must not be built; the text names module and line."""


def read_sources(folder: Path) -> dict[str, str]:
    """Return the standard modules (*.bas) of a folder, module name to text with LF line ends.

    Raises:
        SourceError: see `checked`.
    """
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.bas")):
        name, text = checked(path.read_text("utf-8"), path.stem)
        found[name] = text
    return found


def xlwings_source() -> str:
    """Return xlwings' own VBA module from the installed package, licence notice included."""
    return checked(resources.files("xlwings").joinpath("xlwings.bas").read_text("ascii"), XLWINGS_MODULE)[1]


def checked(text: str, name: str) -> tuple[str, str]:
    """Return (module name, text with LF line ends).

    Raises:
        SourceError: no VB_Name in the first line, another name than the file's, a character outside ASCII,
            a line longer than VBA reads, or a procedure that runs by itself.
    """
    text = text.replace("\r\n", "\n")
    first = _NAME.fullmatch(text.split("\n", 1)[0].strip())
    if first is None or first.group(1) != name:
        raise SourceError(f'{name}: the first line must be Attribute VB_Name = "{name}"')
    for number, line in enumerate(text.split("\n"), 1):
        if not line.isascii():
            raise SourceError(f"{name}:{number}: a character outside ASCII: {line.strip()!r}")
        if len(line) > _LONGEST_LINE:
            raise SourceError(f"{name}:{number}: longer than {_LONGEST_LINE} characters")
        if re.search(r"(?i)\b(workbook_open|auto_?open|workbook_activate|auto_?exec)", line):
            raise SourceError(f"{name}:{number}: nothing may run by itself, not even by name in a comment")
    return name, text if text.endswith("\n") else text + "\n"


def project(sources: Mapping[str, str], code_names: Sequence[str]) -> bytes:
    """Return vbaProject.bin with the document modules of the workbook and its sheets and the standard modules.

    Args:
        sources: module name to text, in the order they stand in the project; a text that begins with
            VERSION is a class module.
        code_names: of the sheets, in the order of the sheets.
    """
    from pyopenvba import ExcelFile, VBAModuleKind

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.xlsm"
        book = xlsxwriter.Workbook(str(path))
        book.set_vba_name(WORKBOOK_CODE_NAME)
        for code_name in code_names:
            book.add_worksheet(code_name).set_vba_name(code_name)
        book.close()
        with ExcelFile(path) as made:
            vba = made.add_vba_project()
            document = vba.get_module(WORKBOOK_CODE_NAME)
            document.body = document.body  # written anew, without the compiled code of the blank template
            for name, text in sources.items():
                kind = VBAModuleKind.other if text.startswith("VERSION ") else VBAModuleKind.standard
                vba.add_module(name, text.replace("\n", "\r\n"), kind=kind)
            made.save()
        return package.parts(path.read_bytes())[package.VBA_PART]
