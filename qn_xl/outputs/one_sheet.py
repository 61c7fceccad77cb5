"""A copy of a report that prints its first sheet only: LibreOffice prints what is visible."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

_SHEET = re.compile(rb"<sheet [^>]*/>")
_PRINTED = re.compile(rb'<definedName name="_xlnm\.Print_[^"]*" localSheetId="[1-9]\d*"[^>]*>[^<]*</definedName>')
_STATE = re.compile(rb' state="[^"]*"')


def hide_others(path: Path) -> None:
    """Hide every sheet of a workbook of xlsxwriter but the first, in place; print areas are printed even hidden."""
    with zipfile.ZipFile(path) as book:
        parts = [(entry, book.read(entry)) for entry in book.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for entry, content in parts:
            if entry.filename == "xl/workbook.xml":
                start = content.index(b"/>", content.index(b"<sheet "))
                content = content[:start] + _SHEET.sub(_hidden, _PRINTED.sub(b"", content[start:]))
            book.writestr(entry, content)


def _hidden(found: re.Match[bytes]) -> bytes:
    return _STATE.sub(b"", found[0]).replace(b"<sheet ", b'<sheet state="hidden" ')
