"""Text files as grids: encoding and delimiter found from the text itself. Every value stays text."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from qn_xl.intake import limits
from qn_xl.intake.grid import Grid, GridRow, Workbook, text_errors

_CP1258_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_MARK_ON_VOWEL = re.compile(f"[aeiouyâăêôơưAEIOUYÂĂÊÔƠƯ][{_CP1258_MARKS}]")
_DELIMITERS = ",;\t|"


def read(data: bytes, name: str) -> Workbook:
    """Return a .csv, .tsv or other delimited text as a workbook of one sheet called `name`.

    Rows are records, as Excel counts them: a line break inside quotes starts no row, a "sep=" line is no row.
    """
    text, encoding = decode(data)
    book = Workbook("csv", [Grid(name)])
    if "1258" in encoding:
        book.findings.append(("file-legacy-text", None, None, encoding))
    delimiter = ""
    if found := re.match(r"sep=(.)\r?\n", text, re.IGNORECASE):
        delimiter, text = found[1], text[found.end() :]
    grid = book.grids[0]
    for number, record in enumerate(_records(text, delimiter or delimiter_of(text)), 1):
        values: list[object] = [value if value.strip() else None for value in record[: limits.LAST_COLUMN]]
        while values and values[-1] is None:
            values.pop()
        grid.rows.append(GridRow(number, values))
    while grid.rows and not grid.rows[-1].values:
        grid.rows.pop()
    text_errors(grid)
    return book


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and what its encoding is called: by its mark, as UTF-8, else line by line.

    Files put together from several sources mix UTF-8 lines with lines in the old Vietnamese code page 1258.
    Bytes that are neither are kept as code page 1252, in which rules/legacy.py recognises TCVN3 and VNI.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return _clean(data[len(mark) :].decode(encoding, "replace")), encoding
    if data[:4096].count(b"\x00") > len(data[:4096]) * 0.2:
        encoding = "utf-16-be" if data[:2].startswith(b"\x00") else "utf-16-le"
        return _clean(data.decode(encoding, "replace")), encoding
    try:
        return _clean(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        pass
    lines = [_decode_line(line) for line in data.split(b"\n")]
    kinds = {kind for _, kind in lines}
    text = _clean("\n".join(line for line, _ in lines))
    if "1258" not in kinds:
        return text, "cp1252"
    return text, "Windows-1258" if "utf-8" not in kinds else "UTF-8 lẫn Windows-1258"


def _decode_line(line: bytes) -> tuple[str, str]:
    if line.isascii():
        return line.decode("ascii"), "ascii"
    try:
        return line.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    vietnamese = line.decode("cp1258", "replace")
    marks = sum(vietnamese.count(mark) for mark in _CP1258_MARKS)
    on_vowels = len(_MARK_ON_VOWEL.findall(vietnamese))
    if on_vowels and on_vowels >= marks * 0.9 and "\ufffd" not in vietnamese:
        return vietnamese, "1258"
    try:
        return line.decode("cp1252"), "1252"
    except UnicodeDecodeError:
        return line.decode("latin-1"), "1252"


def _clean(text: str) -> str:
    return text.replace("\x00", "")


def delimiter_of(text: str) -> str:
    """Return the delimiter that cuts most of the first lines into the same number of fields, comma if none does."""
    lines = [line for line in text[:65536].splitlines() if line.strip()][:60]
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = Counter(len(record) for record in csv.reader(lines, delimiter=delimiter) if len(record) > 1)
        score = sum(count * count * (width - 1) ** 0.5 for width, count in widths.items())
        if score > most:
            best, most = delimiter, score
    return best


def _records(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(limits.TEXT_BYTES)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        records = []
    broken = not records or any(field.count("\n") > 60 for record in records for field in record)
    if broken and text.strip():
        # A quotation mark that is never closed would swallow the rest of the file.
        return [line.split(delimiter) for line in text.splitlines()]
    return records
