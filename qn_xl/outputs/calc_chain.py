"""The order in which Excel computes: a cell without a formula must not stand in it, or Excel repairs the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from qn_xl.outputs.fill_book import Book
from qn_xl.outputs.formula_tokens import cell_name

_ENTRY = re.compile(rb"<(?:[\w.-]+:)?c\b([^>]*?)\s*/>")
_ATTRIBUTE = re.compile(rb"(\w+)\s*=\s*\"([^\"]*)\"")
_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\b([^>]*?)/?>")


def without_cells(book: Book, gone: Iterable[tuple[str, int, int]]) -> None:
    """Take cells (sheet, row, column) out of the calculation chain; an empty chain goes with all that names it."""
    chain = next((part for kind, part in book.relations(book.main).values() if kind == "calcChain"), None)
    numbers = _sheet_numbers(book)
    lost = {(numbers.get(sheet), cell_name(row, column).encode()) for sheet, row, column in gone}
    if chain is None or not book.has(chain) or not lost:
        return
    xml = book.read(chain)
    kept, current, found = [], b"", False
    for match in _ENTRY.finditer(xml):
        given = dict(_ATTRIBUTE.findall(match[1]))
        current = given.get(b"i", current)  # an entry without a sheet is on the sheet of the one before
        if (current, given.get(b"r")) in lost:
            found = True
            continue
        text = match[0] if b"i" in given else re.sub(rb"\s*/>$", b' i="' + current + b'"/>', match[0])
        kept.append(text)
    if not found:
        return
    if kept:
        first, last = next(_ENTRY.finditer(xml)).start(), xml.rindex(b"</")
        book.changed[chain] = xml[:first] + b"".join(kept) + xml[last:]
        return
    book.drop(chain)


def _sheet_numbers(book: Book) -> dict[str, bytes]:
    """Return sheet title to the sheetId that the chain uses."""
    found = {}
    for match in _SHEET.finditer(book.read(book.main)):
        given = dict(_ATTRIBUTE.findall(match[1]))
        found[unescape(given.get(b"name", b"").decode())] = given.get(b"sheetId", b"")
    return found
