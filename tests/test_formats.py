"""Every format shows the same sheet at the same addresses, and as many of its hazards as docs/dinh-dang.md says."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import hazards
import hostile
import pytest

from qn_xl.intake import biff
from qn_xl.intake.grid import Grid, Workbook, open_workbook


@pytest.fixture(scope="module", params=["xlsx", "xls", "ods"])
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    if request.param == "xlsx":
        return open_workbook(hazards.make(tmp_path_factory.mktemp("hazards") / "hazards.xlsx"))
    return open_workbook(hazards.FOLDER / f"hazards.{request.param}")


def value(grid: Grid, row: int, column: int) -> object:
    values = grid.rows[row - 1].values
    return values[column - 1] if column <= len(values) else None


def test_address__leading_blank_row_and_column(book: Workbook) -> None:
    grid = book.grids[0]
    assert [row.number for row in grid.rows] == list(range(1, 15))
    assert value(grid, 2, 2) == "Tiêu đề"
    assert value(grid, 14, 4) == "cuối"
    assert grid.rows[0].values == []


def test_values__dates_texts_and_numbers(book: Workbook) -> None:
    grid = book.grids[0]
    assert {row: value(grid, row, 1) for row in hazards.DATES} == hazards.DATES
    assert value(grid, 5, 2) == datetime(2025, 9, 30, 14, 30)
    assert value(grid, 6, 2) == 0.5
    assert value(grid, 7, 2) == "13.10"
    assert value(grid, 8, 2) == " hai\ndòng "
    assert value(grid, 11, 1) == "ab"


def test_number_formats__of_date_cells_only(book: Workbook) -> None:
    codes = {spot: code.replace("\\", "") for spot, code in book.grids[0].formats.items()}
    assert codes == {(row, 1): code for row, code in hazards.CODES.items()} | {(5, 2): "dd/mm/yyyy hh:mm"}


def test_errors__are_no_blanks(book: Workbook) -> None:
    grid = book.grids[0]
    assert grid.errors == hazards.ERRORS
    assert [value(grid, 10, column) for column in (1, 2, 3)] == [None, None, None]


def test_merged_hidden_and_fonts__seen(book: Workbook) -> None:
    grid = book.grids[0]
    assert grid.merged == [(2, 2, 3, 4)]
    assert grid.hidden_rows == {9}
    assert {".VnTime", "Times New Roman"} <= grid.fonts
    assert [(sheet.name, sheet.hidden) for sheet in book.grids] == [("Nhiệm vụ", False), ("Ẩn", True)]


def test_modified__from_the_file_itself(book: Workbook) -> None:
    assert book.modified == datetime(2025, 10, 1, 8, 0)


# ---- .xlsb: no free program writes it, so a small one is put together here


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(body)
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _xlsb(*cells: bytes, epoch_1904: bool = False) -> bytes:
    fonts = _record(611, struct.pack("<I", 1)) + _record(43, bytes(21) + _wide(".VnTime")) + _record(612)
    formats = _record(615, struct.pack("<I", 1)) + _record(44, struct.pack("<H", 200) + _wide("mm/yyyy")) + _record(616)
    style = "<HHHHHBBBBBB"
    styles = b"".join(_record(47, struct.pack(style, 0, code, 0, 0, 0, 0, 0, 0, 0, 0, 0)) for code in (0, 200))
    styles = _record(617, struct.pack("<I", 2)) + styles + _record(618)
    sheet = _record(129) + _record(148, bytes(16)) + _record(145) + b"".join(cells) + _record(146)
    sheet += _record(177, struct.pack("<I", 1)) + _record(176, struct.pack("<IIII", 0, 1, 1, 2))
    sheet += _record(178) + _record(130)
    book = _record(131) + _record(153, struct.pack("<III", 1 if epoch_1904 else 0, 0, 0)) + _record(143)
    book += _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Trang 1")) + _record(144) + _record(132)
    types = hostile.TYPES.replace("/xl/workbook.xml", "/xl/workbook.bin").replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
    )
    return hostile.pack(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": hostile.relationships(("officeDocument", "xl/workbook.bin")).encode(),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": hostile.relationships(
                ("worksheet", "worksheets/sheet1.bin"), ("styles", "styles.bin")
            ).encode(),
            "xl/worksheets/sheet1.bin": sheet,
            "xl/styles.bin": _record(278) + formats + fonts + styles + _record(279),
        }
    )


def _row(number: int, hidden: bool = False) -> bytes:
    return _record(0, struct.pack("<IIHBBB", number - 1, 0, 300, 0, 0x10 if hidden else 0, 0) + struct.pack("<I", 0))


def _cell(kind: int, column: int, body: bytes, style: int = 0) -> bytes:
    return _record(kind, struct.pack("<II", column - 1, style) + body)


def test_xlsb__errors_dates_hidden_rows_and_fonts(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    number = struct.pack("<d", 45901.0)
    path.write_bytes(
        _xlsb(_row(2), _cell(6, 2, _wide("Nhiệm vụ")), _row(3, True), _cell(5, 1, number, 1), _cell(3, 3, b"\x17"))
    )
    grid = open_workbook(path).grids[0]
    assert value(grid, 2, 2) == "Nhiệm vụ"
    assert value(grid, 3, 1) == date(2025, 9, 1)
    assert grid.formats == {(3, 1): "mm/yyyy"}
    assert grid.errors == {(3, 3): "#REF!"}
    assert grid.hidden_rows == {3}
    assert grid.merged == [(1, 2, 2, 3)]
    assert grid.fonts == {".VnTime"}


def test_xlsb__epoch_1904(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    path.write_bytes(_xlsb(_row(1), _cell(5, 1, struct.pack("<d", 44439.0), 1), epoch_1904=True))
    assert value(open_workbook(path).grids[0], 1, 1) == date(2025, 9, 1)


def test_xlsb__properties(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    core = '<c:x xmlns:c="c" xmlns:dcterms="d"><dcterms:modified>2025-09-30T16:05:00Z</dcterms:modified></c:x>'
    parts = zipfile.ZipFile(io.BytesIO(_xlsb(_row(1), _cell(6, 1, _wide("a")))))
    content = {name: parts.read(name) for name in parts.namelist()} | {"docProps/core.xml": core.encode()}
    path.write_bytes(hostile.pack(content))
    assert open_workbook(path).modified == datetime(2025, 9, 30, 16, 5)


def test_xlsb__far_corner_is_left_out_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    table = b"".join(_row(at) + _cell(6, 1, _wide(f"việc {at}")) for at in range(1, 6))
    path.write_bytes(_xlsb(table, _row(1_048_576), _cell(6, 16_384, _wide("xa"))))
    book = open_workbook(path)
    assert [row.values for row in book.grids[0].rows] == [[f"việc {at}"] for at in range(1, 6)]
    assert book.findings == [("sheet-far-cells", "Trang 1", "XFD1048576", "XFD1048576")]


def test_xls__far_corner_is_left_out_and_reported(tmp_path: Path) -> None:
    data = bytearray((hazards.FOLDER / "hazards.xls").read_bytes())
    # The cell of D14 is moved to IV65536: record LABELSST (0x00FD), length 10, row 13, column 3.
    at = data.index(struct.pack("<HHHH", 0x00FD, 10, 13, 3))
    data[at : at + 8] = struct.pack("<HHHH", 0x00FD, 10, 65_535, 255)
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    book = open_workbook(path)
    assert len(book.grids[0].rows) == 12
    assert value(book.grids[0], 12, 1) == "Së KÕ ho¹ch"
    assert book.findings == [("sheet-far-cells", "Nhiệm vụ", "IV65536", "IV65536")]


def test_xls__result_of_an_erased_formula_goes_with_it() -> None:
    kinds = [0x0006, 0x04BC, 0x0207, 0x00FD, 0x0006, 0x00FD, 0x0207]  # formula, shared formula, string, text, …
    stream = bytearray(b"".join(struct.pack("<HH6x", kind, 6) for kind in kinds))
    changed = biff.erase(stream, [0, 40])
    after = [struct.unpack_from("<H", stream, at * 10)[0] for at in range(7)]
    assert after == [0x0201, 0x04BC, 0x0201, 0x00FD, 0x0201, 0x00FD, 0x0207]
    assert changed == [0, 1, 20, 21, 40, 41]


# ---- text formats


def test_html__spans_hidden_rows_and_text_between_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(
        "<html><head><meta charset='utf-8'><style>td{font-family:'.VnTime'}</style></head><body><p>ỦY BAN</p>"
        "<table><tr><th rowspan=2>TT</th><th colspan=2>Nhiệm<br>vụ &amp; hạn</th></tr><tr><td>a</td><td>#REF!</td></tr>"
        "<tr style='display:none'><td>1<td>&nbsp;<td>hai\n  ba</table></body></html>",
        "utf-8",
    )
    book = open_workbook(path)
    grid = book.grids[0]
    assert [row.values for row in grid.rows] == [
        ["ỦY BAN"], ["TT", "Nhiệm\nvụ & hạn"], [None, "a", None], ["1", None, "hai ba"]
    ]  # fmt: skip
    assert grid.merged == [(2, 1, 3, 1), (2, 2, 2, 3)]
    assert grid.errors == {(3, 3): "#REF!"}
    assert grid.hidden_rows == {4}
    assert ".VnTime" in grid.fonts
    assert [code for code, *_ in book.findings] == ["file-other-extension"]


def test_mhtml__each_page_with_a_table_is_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.mht"
    page = "--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n"
    body = page.format("<frameset></frameset>") + page.format("<table><tr><td>Nhiệm vụ</td></tr></table>")
    path.write_bytes(f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n{body}--x--'.encode())
    assert [[row.values for row in grid.rows] for grid in open_workbook(path).grids] == [[["Nhiệm vụ"]]]


def test_xml2003__values_styles_and_spans(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    path.write_text(
        f"<?xml version='1.0'?><ss:Workbook xmlns:ss='{space}'><ss:Styles><ss:Style ss:ID='d'><ss:NumberFormat "
        "ss:Format='mm/yyyy'/></ss:Style><ss:Style ss:ID='Default'><ss:Font ss:FontName='.VnTime'/></ss:Style>"
        "</ss:Styles><ss:Worksheet ss:Name='Kết quả'><ss:Table><ss:Row ss:Index='3'><ss:Cell ss:MergeAcross='2'>"
        "<ss:Data ss:Type='String'>Việc</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type='Number'>1.5</ss:Data></ss:Cell>"
        "</ss:Row><ss:Row ss:Hidden='1'><ss:Cell ss:Index='2' ss:StyleID='d'><ss:Data ss:Type='DateTime'>"
        "2025-09-01T00:00:00.000</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type='Error'>#N/A</ss:Data></ss:Cell>"
        "<ss:Cell ss:Formula='=1'/></ss:Row></ss:Table></ss:Worksheet></ss:Workbook>",
        "utf-8",
    )
    grid = open_workbook(path).grids[0]
    assert grid.name == "Kết quả"
    assert [row.values for row in grid.rows][2:] == [["Việc", None, None, 1.5], [None, date(2025, 9, 1), None, None]]
    assert grid.merged == [(3, 1, 3, 3)]
    assert grid.formats == {(4, 2): "mm/yyyy"}
    assert grid.errors == {(4, 3): "#N/A"}
    assert grid.uncached == {(4, 4)}
    assert grid.hidden_rows == {4}
    assert grid.fonts == {".VnTime"}


def test_ods__repeated_cells_rows_comments_and_spaces(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    body = (
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="2">'
        '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7">'
        "<text:p>7</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell/>"
        '<table:table-cell office:value-type="string"><office:annotation><text:p>lời bàn</text:p></office:annotation>'
        "<text:p>một<text:s text:c='2'/>hai</text:p><text:p>ba</text:p></table:table-cell>"
        '<table:table-cell table:formula="of:=1"/></table:table-row></table:table>'
    )
    path.write_bytes(hostile.ods(body))
    grid = open_workbook(path).grids[0]
    assert [row.values for row in grid.rows] == [[7.0, 7.0], [7.0, 7.0], [None, "một  hai\nba", None]]
    assert grid.uncached == {(3, 3)}


def test_package_without_directory__is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    path.write_bytes(hostile.ods("<table:table/>")[:-30])
    assert not zipfile.is_zipfile(path)
    with pytest.raises(Exception, match="file-damaged"):
        open_workbook(path)
