from __future__ import annotations

import unicodedata

import pytest

from qn_xl.intake import textual
from qn_xl.intake.grid import Workbook

TEXT = "TT;Nhiệm vụ;Hạn\r\n1;Xây dựng đề án;30/9/2025\r\n"


def read(data: bytes | str) -> Workbook:
    return textual.read(data.encode() if isinstance(data, str) else data, "bang")


def rows(data: bytes | str) -> list[list[object]]:
    return [row.values for row in read(data).grids[0].rows]


def cp1258(text: str) -> bytes:
    """Return text as an old program wrote it: base letters with marks after them."""
    out = b""
    for letter in text:
        pieces = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in pieces if mark in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(mark for mark in pieces if mark not in tone))
        out += base.encode("cp1258") + tone.encode("cp1258")
    return out


def composed(found: list[list[object]]) -> list[list[object]]:
    return [[unicodedata.normalize("NFC", str(value)) for value in row] for row in found]


EXPECTED = [["TT", "Nhiệm vụ", "Hạn"], ["1", "Xây dựng đề án", "30/9/2025"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encoding__unicode_with_and_without_mark(encoding: str) -> None:
    data = TEXT.encode(encoding)
    if encoding in ("utf-16-le", "utf-16-be"):  # told by its zero bytes: needs enough plain letters
        assert rows("TT;Viec\r\n1;Xong\r\n".encode(encoding)) == [["TT", "Viec"], ["1", "Xong"]]
        return
    book = read(data)
    assert [row.values for row in book.grids[0].rows] == EXPECTED
    assert book.findings == []


def test_encoding__windows_1258_said() -> None:
    data = b"\r\n".join(cp1258(line) for line in TEXT.split("\r\n"))
    book = read(data)
    assert composed([row.values for row in book.grids[0].rows]) == EXPECTED
    assert book.findings == [("file-legacy-text", None, None, "Windows-1258")]


def test_encoding__mixed_lines() -> None:
    head, line = TEXT.split("\r\n")[:2]
    book = read(head.encode() + b"\r\n" + cp1258(line))
    assert composed([row.values for row in book.grids[0].rows]) == EXPECTED
    assert book.findings == [("file-legacy-text", None, None, "UTF-8 lẫn Windows-1258")]


def test_encoding__tcvn3_bytes_kept_for_its_detector() -> None:
    book = read(b"TT;X\xaey d\xb9ng\r\n1;k\xd5 ho\xb9ch\r\n")
    assert [row.values for row in book.grids[0].rows] == [["TT", "X®y d¹ng"], ["1", "kÕ ho¹ch"]]
    assert book.findings == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter__found(delimiter: str) -> None:
    other = {",": "việc", ";": "việc, một"}.get(delimiter, "việc, một; hai")
    lines = [delimiter.join((str(at), other if at % 9 == 0 else "việc", "x")) for at in range(20)]
    assert textual.delimiter_of("\n".join(lines)) == delimiter


def test_delimiter__said_by_the_first_line_which_is_no_row() -> None:
    assert rows("sep=|\r\na;b|c\r\n") == [["a;b", "c"]]


def test_rows__blank_lines_and_breaks_inside_quotes() -> None:
    found = rows('TT,Việc\n\n1,"dòng một\ndòng hai"\n2,\n\n\n')
    assert found == [["TT", "Việc"], [], ["1", "dòng một\ndòng hai"], ["2"]]


def test_quote_never_closed__swallows_nothing() -> None:
    text = "TT,Việc\n1,\"mở mà không đóng\n" + "".join(f"{at},việc\n" for at in range(2, 120))
    found = rows(text)
    assert len(found) == 120
    assert found[1] == ["1", '"mở mà không đóng']


def test_error_texts__marked() -> None:
    grid = read("a,#REF!\nb,# REF\n").grids[0]
    assert grid.errors == {(1, 2): "#REF!"}
    assert [row.values for row in grid.rows] == [["a", None], ["b", "# REF"]]


def test_zero_characters__dropped() -> None:
    assert rows("a,b\x00c\n1,2\n" * 30)[0] == ["a", "bc"]


def test_formulas__stay_text() -> None:
    assert rows('a,=HYPERLINK("x")\n1,-2\n')[0] == ["a", '=HYPERLINK("x")']
