"""The light pass over a sheet part of an .xlsx package: what python-calamine hides.

It finds number formats of date cells, error cells, formulas without a stored value, hidden rows, merged ranges and
the fonts of text cells, in parts written the way all spreadsheet programs write them, with a few regular
expressions; anything unusual goes to `sheetxml`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from qn_xl.intake import limits
from qn_xl.intake.grid import Marks
from qn_xl.intake.package import Styles

_REF = rb'<c r="([A-Z]{1,3})(\d{1,7})"'
_PREFIXED = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*>\s*)?<([A-Za-z][\w.-]*:)worksheet[\s>]")
# A cell or row written otherwise than: r, then s, then t, double quotes.
_UNUSUAL_CELL = re.compile(
    rb'<c(?=[\s/>])(?! r="[A-Z]{1,3}\d{1,7}"(?: s="\d| t="(?![A-Za-z]+" s=)|/?>| (?:cm|vm|ph)="))'
)
_UNUSUAL_ROW = re.compile(rb'<row(?=[\s/>])(?![^>]* r="\d)')
_TEXT_STYLE = re.compile(rb'<c r="[A-Z]+\d+"(?: s="(\d{1,9})")? t="(?:s|str|inlineStr)"')
_ERROR = re.compile(_REF + rb'[^>]* t="e"[^>]*>(.*?)</c>', re.DOTALL)
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_UNCACHED = re.compile(_REF + rb"([^>]*)>\s*<f(?: [^>]*)?(?:/>|>[^<]*</f>)\s*(</c>|<v/>|<v></v>)")
_HIDDEN_ROW = re.compile(rb'<row(?=[^>]* hidden="(?:1|true)")[^>]* r="(\d{1,7})"')
_MERGE = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_WIDE = re.compile(rb'<c r="([A-Z]{2,3})\d+"[^>]*[^/]>(?!</c>)')


def without_prefix(xml: bytes) -> bytes:
    """Return a sheet part with plain tags where its writer prefixed them all (<x:worksheet>), as .NET libraries do."""
    found = _PREFIXED.match(xml, 0, 4096)
    if not found:
        return xml
    return xml.replace(b"<" + found[1], b"<").replace(b"</" + found[1], b"</")


def ordinary(xml: bytes) -> bool:
    """Tell whether a sheet part is written the way that the light pass reads."""
    root = xml.find(b"<worksheet")
    return (
        0 <= root < 4096
        and xml.find(b"<!") < 0
        and xml[:2] not in (b"\xff\xfe", b"\xfe\xff")
        and ordinary_cells(xml)
    )


def ordinary_cells(xml: bytes) -> bool:
    """Tell the same of a piece of a sheet part."""
    return _UNUSUAL_CELL.search(xml) is None and _UNUSUAL_ROW.search(xml) is None


def used_area(xml: bytes) -> tuple[int, int, int]:
    """Return last row and column with content and the number of such cells of an ordinary part."""
    cells = xml.count(b"</v>") + xml.count(b"</is>")
    last = xml.rfind(b'<c r="', 0, max(xml.rfind(b"</v>"), xml.rfind(b"</is>"), 0))
    if last < 0:
        return 0, 0, 0
    found = re.compile(_REF).match(xml, last)
    row = int(found[2]) if found else limits.LAST_ROW
    wide = set(_WIDE.findall(xml))
    return row, max(map(column_number, wide), default=26), cells


def scan(xml: bytes, styles: Styles, dates: dict[int, str]) -> Marks:
    """Return what one pass over an ordinary sheet part shows; `dates` are the styles with a date format."""
    marks = Marks()
    if dates:
        codes = {b"%d" % style: code for style, code in dates.items()}
        found = re.findall(_REF + rb' s="(' + b"|".join(codes) + rb')"[^>]*(?<!/)>', xml)
        columns = {letters: column_number(letters) for letters, _, _ in found}
        marks.dates = {(int(row), columns[letters]): codes[style] for letters, row, style in found}
    if b' t="e"' in xml:
        for letters, row, body in _ERROR.findall(xml):
            value = _VALUE.search(body)
            marks.errors[int(row), column_number(letters)] = value[1].decode("utf-8", "replace") if value else "#N/A"
    if b"<f" in xml:
        for letters, row, rest, after in _UNCACHED.findall(xml):
            if after == b"</c>" or b't="str"' not in rest:  # an empty text is a result
                marks.uncached.add((int(row), column_number(letters)))
    if b"hidden=" in xml:
        marks.hidden_rows = {int(row) for row in _HIDDEN_ROW.findall(xml)}
    for first, top, last, bottom in _MERGE.findall(xml):
        marks.merged.append((int(top), column_number(first), int(bottom), column_number(last)))
    for style in set(_TEXT_STYLE.findall(xml)):
        index = int(style or 0)
        if index < len(styles.fonts):
            marks.fonts.add(styles.fonts[index])
    return marks


@lru_cache(maxsize=20_000)
def column_number(letters: bytes | str) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters if isinstance(letters, bytes) else letters.encode():
        number = number * 26 + letter - 64
    return number
