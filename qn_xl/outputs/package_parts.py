"""Changes to the parts of a new .xlsx that xlsxwriter has no call for."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

_NORMAL = re.compile(rb"(<cellStyleXfs [^>]*><xf [^>]*?)/>")  # as older versions of xlsxwriter write it
_UNLOCKED = re.compile(rb'<cellStyleXfs [^>]*><xf [^>]*><protection locked="0"/>')
_WORKBOOK_PROPERTIES = re.compile(rb"<workbookPr[^>]*/>")


def lock_structure(path: Path) -> None:
    """Rewrite `path` with its sheets locked in place and an unlocked Normal style, without passwords.

    Text pasted from elsewhere takes the Normal style: were it locked, the cell could not be corrected any more.

    Raises:
        ValueError: the package is not what xlsxwriter writes.
    """
    parts = []
    with zipfile.ZipFile(path) as book:
        for entry in book.infolist():
            content = book.read(entry)
            if entry.filename == "xl/styles.xml":
                content = _NORMAL.sub(rb'\1 applyProtection="1"><protection locked="0"/></xf>', content, count=1)
                if not _UNLOCKED.search(content):
                    raise ValueError("no Normal style to unlock")
            elif entry.filename == "xl/workbook.xml":
                locked = rb'\g<0><workbookProtection lockStructure="1"/>'
                content, count = _WORKBOOK_PROPERTIES.subn(locked, content, count=1)
                if not count:
                    raise ValueError("no workbook properties to lock the structure after")
            parts.append((entry, content))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for entry, content in parts:
            book.writestr(entry, content)
