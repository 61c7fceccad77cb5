"""The light pass over .xlsx sheet parts, and the slower reader that must see the same."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time, timedelta
from pathlib import Path

import hostile
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl.intake import limits, xlsx
from qn_xl.intake.grid import Grid, Unreadable, Workbook, open_workbook
from qn_xl.intake.numberformats import is_date, is_elapsed, to_date
from qn_xl.intake.package import Styles
from qn_xl.intake.sheetxml import SheetReader, Strings

STYLES = (
    '<numFmts count="2"><numFmt numFmtId="200" formatCode="mm/yyyy"/>'
    '<numFmt numFmtId="201" formatCode="[h]:mm"/></numFmts>'
    '<fonts><font><name val="Arial"/></font><font><name val=".VnTime"/></font></fonts>'
    '<cellStyleXfs><xf numFmtId="14" fontId="1"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0" fontId="0"/><xf numFmtId="200" fontId="1"/><xf numFmtId="14"/><xf numFmtId="201"/>'
    "</cellXfs>"
    '<dxfs><dxf><font><name val="VNI-Times"/></font><numFmt numFmtId="0" formatCode="yyyy"/></dxf></dxfs>'
)


def read(*sheets: str, **more: str) -> Workbook:
    return xlsx.read(hostile.xlsx(*sheets, **{"styles": STYLES, **more}), "xlsx")


def read_slowly(*sheets: str, **more: str) -> Workbook:
    """Read the same through the cell by cell reader: a comment makes a part unusual."""
    parts = hostile.parts(*sheets, **{"styles": STYLES, **more})  # type: ignore[arg-type]
    changed = {
        name: text.replace("<sheetData>", "<!-- x --><sheetData>") if "worksheets/" in name else text
        for name, text in parts.items()
    }
    return xlsx.read(hostile.pack(changed), "xlsx")


def values(grid: Grid) -> list[list[object]]:
    return [row.values for row in grid.rows]


@pytest.fixture(params=[read, read_slowly], ids=["light pass", "cell by cell"])
def reading(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    return request.param


def test_errors__found_and_not_blank(reading) -> None:  # type: ignore[no-untyped-def]
    grid = reading(
        '<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="2"><c r="C2" t="e"><v>#N/A</v></c></row>'
    ).grids[0]
    assert grid.errors == {(1, 1): "#REF!", (1, 2): "#DIV/0!", (2, 3): "#N/A"}
    assert values(grid) == [[None, None], [None, None, None]]


def test_uncached__no_value_but_not_an_empty_text(reading) -> None:  # type: ignore[no-untyped-def]
    grid = reading(
        '<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v/></c><c r="C1"><f>1+1</f><v></v></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c><c r="E1"><f t="shared" ref="E1:E9" si="0">A1</f><v/></c>'
        '<c r="F1"><f t="shared" si="0"/><v/></c><c r="G1" s="1"><f>A1</f><v>45901</v></c>'
        '<c r="H1"><f t="array" ref="H1">A1</f></c><c r="I1" t="str"><f>A1</f></c></row>'
    ).grids[0]
    assert grid.uncached == {(1, at) for at in (1, 2, 3, 5, 6, 8, 9)}
    assert values(grid) == [[None] * 6 + [date(2025, 9, 1), None, None]]


def test_hidden_rows__within_the_used_area(reading) -> None:  # type: ignore[no-untyped-def]
    row = '<row r="{0}"{1}><c r="A{0}"><v>1</v></c></row>'.format
    rows = row(1, "") + row(2, ' spans="1:1" hidden="1"') + row(3, ' hidden="0"') + '<row r="9" hidden="1"/>'
    assert reading(rows).grids[0].hidden_rows == {2}


def test_formats__of_cells_that_hold_dates(reading) -> None:  # type: ignore[no-untyped-def]
    grid = reading(
        '<row r="3"><c r="B3" s="1"><v>45901</v></c><c r="C3" s="2"><v>45901.5</v></c><c r="D3" s="1"/>'
        '<c r="E3" s="1" t="inlineStr"><is><t>9/2025</t></is></c><c r="F3" s="3"><v>1.5</v></c></row>'
    ).grids[0]
    assert grid.formats == {(3, 2): "mm/yyyy", (3, 3): "mm-dd-yy"}
    assert values(grid)[2] == [None, date(2025, 9, 1), datetime(2025, 9, 1, 12), None, "9/2025", timedelta(days=1.5)]


def test_fonts__of_text_cells_only(reading) -> None:  # type: ignore[no-untyped-def]
    text, number = '<c r="A1" t="inlineStr"><is><t>a</t></is></c>', '<c r="B1" s="1"><v>45901</v></c>'
    assert reading(f'<row r="1">{text}{number}</row>').grids[0].fonts == {"Arial"}
    styled = text.replace('r="A1"', 'r="A1" s="1"')
    assert reading(f'<row r="1">{styled}{number}</row>').grids[0].fonts == {".VnTime"}


def test_fonts__of_rich_text_runs(reading) -> None:  # type: ignore[no-untyped-def]
    strings = '<si><r><rPr><rFont val="VNI-Times"/></rPr><t>a</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si>'
    grid = reading('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=strings).grids[0]
    assert grid.fonts == {"Arial", "VNI-Times"}
    assert values(grid) == [["a"]]


def test_merged__clipped_to_the_used_area(reading) -> None:  # type: ignore[no-untyped-def]
    tail = '<mergeCells><mergeCell ref="A1:C2"/><mergeCell ref="B2:B99"/><mergeCell ref="A9:B9"/></mergeCells>'
    assert reading(hostile.TABLE, tail=tail).grids[0].merged == [(1, 1, 2, 3)]


def test_epoch_1904__from_the_workbook(reading) -> None:  # type: ignore[no-untyped-def]
    book = reading('<row r="1"><c r="A1" s="1"><v>44439</v></c></row>', workbook='<workbookPr date1904="1"/>')
    assert values(book.grids[0]) == [[date(2025, 9, 1)]]


def test_escapes__resolved_alike(reading) -> None:  # type: ignore[no-untyped-def]
    cells = '<c r="A1" t="inlineStr"><is><t>a_x000A_b &amp; c_xD800_</t></is></c>'
    assert values(reading(f'<row r="1">{cells}</row>').grids[0]) == [["a\nb & c_xD800_"]]


def test_cells_without_addresses__counted() -> None:
    grid = read("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row r='5'><c><v>5</v></c></row>").grids[0]
    assert values(grid) == [[1.0, None, 3.0], [], [], [], [5.0]]


def test_namespace_prefix_and_single_quotes__read() -> None:
    parts = hostile.parts("", styles=STYLES)
    space = "http://purl.oclc.org/ooxml/spreadsheetml/main"  # strict OOXML
    parts["xl/worksheets/sheet1.xml"] = (
        f"<x:worksheet xmlns:x='{space}'><x:sheetData><x:row r='2' hidden='true'>"
        "<x:c t='e' r='B2'><x:v>#N/A</x:v></x:c>"
        "<x:c s='1' r='C2'><x:f>1</x:f><x:v>45901</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    grid = xlsx.read(hostile.pack(parts), "xlsx").grids[0]
    assert values(grid) == [[], [None, None, date(2025, 9, 1)]]
    assert (grid.errors, grid.formats, grid.hidden_rows) == ({(2, 2): "#N/A"}, {(2, 3): "mm/yyyy"}, {2})


def test_namespace_prefix__light_pass_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = '<row r="2" hidden="1"><c r="B2" t="e"><v>#N/A</v></c><c r="C2" s="1"><v>45901</v></c></row>'
    parts = hostile.parts(rows, styles=STYLES)
    sheet = parts["xl/worksheets/sheet1.xml"]
    for tag in ("worksheet", "sheetData", "row", "c", "v"):
        sheet = re.sub(rf"<(/?){tag}(?=[ >/])", rf"<\1x:{tag}", sheet)
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("xmlns=", "xmlns:x=")
    monkeypatch.setattr(xlsx._Reader, "_read_slowly", None)
    grid = xlsx.read(hostile.pack(parts), "xlsx").grids[0]
    assert values(grid) == [[], [None, None, date(2025, 9, 1)]]
    assert (grid.errors, grid.formats, grid.hidden_rows) == ({(2, 2): "#N/A"}, {(2, 3): "mm/yyyy"}, {2})


def test_missing_part__other_sheets_are_read() -> None:
    parts = hostile.parts(hostile.TABLE, hostile.TABLE)
    del parts["xl/worksheets/sheet1.xml"]
    book = xlsx.read(hostile.pack(parts), "xlsx")
    assert book.missing_sheets == ["Sheet1"]
    assert [grid.name for grid in book.grids] == ["Sheet2"]


def test_missing_part__of_the_only_sheet() -> None:
    parts = hostile.parts(hostile.TABLE)
    del parts["xl/worksheets/sheet1.xml"]
    with pytest.raises(Unreadable, match="file-damaged"):
        xlsx.read(hostile.pack(parts), "xlsx")


def test_damaged_part__other_sheets_are_read() -> None:
    parts = hostile.parts(hostile.TABLE, hostile.TABLE)
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"][:-40]
    book = xlsx.read(hostile.pack(parts), "xlsx")
    assert [grid.name for grid in book.grids] == ["Sheet1"]
    assert book.findings == [("sheet-damaged", "Sheet2", None, "Sheet2")]


def test_missing_shared_string__is_an_error_cell() -> None:
    grid = read('<row r="1"><c r="A1" t="s"><v>7</v></c><c r="B1"><v>1</v></c></row>').grids[0]
    assert values(grid) == [[None, 1.0]]
    assert list(grid.errors) == [(1, 1)]


def test_relationships_lost__usual_places_are_tried() -> None:
    parts = hostile.parts(hostile.TABLE)
    del parts["xl/_rels/workbook.xml.rels"], parts["_rels/.rels"]
    assert values(xlsx.read(hostile.pack(parts), "xlsx").grids[0])[1][1] == "Xây dựng kế hoạch"


def test_sheets_of_the_same_name__each_its_own() -> None:
    other = '<row r="1"><c r="A1"><v>5</v></c></row>'
    book = read(hostile.TABLE, other, names=["Trang", "Trang"])  # type: ignore[arg-type]
    assert [len(grid.rows) for grid in book.grids] == [2, 1]


def test_properties__own_and_modified() -> None:
    parts = hostile.parts(hostile.TABLE)
    parts["docProps/core.xml"] = (
        '<c:x xmlns:c="c" xmlns:dcterms="d"><dcterms:modified>2025-09-30T16:05:00Z</dcterms:modified></c:x>'
    )
    parts["docProps/custom.xml"] = (
        '<Properties xmlns:vt="v"><property name="qn_xl"><vt:lpwstr>report</vt:lpwstr></property></Properties>'
    )
    book = xlsx.read(hostile.pack(parts), "xlsx")
    assert (book.modified, book.properties) == (datetime(2025, 9, 30, 16, 5), {"qn_xl": "report"})


def test_far_corner__table_is_read_and_far_cells_reported() -> None:
    book = xlsx.read(hostile.far_corner(), "xlsx")
    assert values(book.grids[0])[:2] == [["TT", "Nhiệm vụ"], [1.0, "Xây dựng kế hoạch"]]
    assert [len(grid.rows) for grid in book.grids] == [3]
    assert book.findings == [("sheet-far-cells", "Sheet1", "XFC3", "XFC3, XFD1048576")]


def test_sparse_but_close__nothing_is_left_out() -> None:
    rows = "".join(f'<row r="{at}"><c r="CV{at}"><v>{at}</v></c></row>' for at in range(1, 40_000, 1_000))
    book = read(rows)
    assert not book.findings
    assert [row.number for row in book.grids[0].rows if row.values] == list(range(1, 40_000, 1_000))


def test_large_part__blank_cells_cost_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(
        f'<row r="{at}" hidden="1"><c r="A{at}" s="1"/><c r="B{at}" s="1"></c>'
        + (f'<c r="C{at}"><v>{at}</v></c>' if at % 900 == 0 else "")
        + "</row>"
        for at in range(1, 2_800)
    )
    whole = read(rows).grids[0]
    monkeypatch.setattr(limits, "SHEET_PIECEWISE_BYTES", 1_000)
    monkeypatch.setattr("qn_xl.intake.archive._PIECE", 700)
    pieces = read(rows).grids[0]
    assert values(pieces) == values(whole)
    assert [row.values for row in pieces.rows if row.values] == [[None, None, 900.0 * at] for at in (1, 2, 3)]


def test_large_part__rows_without_numbers_are_counted_on() -> None:
    class Pieces:
        def pieces(self, part: str) -> list[bytes]:
            blank = b'<row r="7"><c r="A7" s="1"/></row><row r="8"><c r="A8" s="1"/></row>'
            return [b"<worksheet><sheetData>", blank, b"<row><c><v>1</v></c></row>", b"</sheetData></worksheet>"]

    pieces = xlsx._without_blanks(Pieces(), "x")  # type: ignore[arg-type]
    reader = SheetReader(pieces, Styles(), {}, Strings(), False)
    assert reader.cells == {9: {1: 1.0}}


def test_dense_rectangle_beyond_the_limit__refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DENSE_CELLS", 50)
    with pytest.raises(Unreadable, match="file-too-large"):
        read(hostile.TABLE)


CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=12),
    st.dates(date(1900, 3, 1), date(2199, 12, 31)),
    st.datetimes(datetime(1900, 3, 1), datetime(2199, 12, 31)).map(lambda found: found.replace(microsecond=0)),
    st.sampled_from(["#REF!", "#N/A"]).map(lambda error: {"error": error}),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(CELL, max_size=6), max_size=8), hidden=st.sets(st.integers(0, 7), max_size=3))
def test_light_pass_and_cell_by_cell__see_the_same(rows: list[list[object]], hidden: set[int]) -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    day, moment = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for at, line in enumerate(rows):
        for column, value in enumerate(line):
            if isinstance(value, dict):
                sheet.write_formula(at, column, "=NA()", None, value["error"])
            elif isinstance(value, str):
                sheet.write_string(at, column, value)
            elif isinstance(value, date):
                sheet.write_datetime(at, column, value, moment if isinstance(value, datetime) else day)
            elif value is not None:
                sheet.write(at, column, value)
    for at in hidden:
        sheet.set_row(at, None, None, {"hidden": True})
    book.close()
    fast = xlsx.read(target.getvalue(), "xlsx").grids[0]
    reader = xlsx._Reader(target.getvalue())
    reader._refused = True  # as if calamine would not take the package
    slow = reader.read("xlsx").grids[0]
    assert fast.rows == slow.rows
    assert (fast.errors, fast.formats) == (slow.errors, slow.formats)
    assert (fast.hidden_rows, fast.fonts) == (slow.hidden_rows, slow.fonts)
    written = [[None if isinstance(value, dict) else value for value in line] for line in rows]
    for got, line in zip(fast.rows, written, strict=False):
        for value, expected in zip(got.values, line, strict=False):
            if isinstance(expected, str):
                assert value == expected
            elif isinstance(expected, datetime):
                assert value in (expected, expected.date())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("dd/mm/yyyy", "date"), ('"Tháng "m/yyyy', "date"), ("[$-1010000]d/m/yyyy;@", "date"), ("h:mm", "date"),
        ("[h]:mm", "elapsed"), ("[mm]:ss", "elapsed"), ("General", ""), ('General" ngày"', ""), ('0" đồng"', ""),
        ("[Red]0.00", ""), ('#,##0 "d"', ""), ("\\d0", ""), ("_-* #,##0", ""), ("@", ""), ("", ""),
        ("[Blue][<=9]0;d", ""),
    ],
)  # fmt: skip
def test_format_code__date_or_not(code: str, kind: str) -> None:
    assert (is_date(code), is_elapsed(code)) == (kind == "date", kind == "elapsed")


@pytest.mark.parametrize(
    ("serial", "shown"),
    [
        (45901.0, date(2025, 9, 1)), (45901.5, datetime(2025, 9, 1, 12)), (0.75, time(18)), (1.0, date(1900, 1, 1)),
        (59.0, date(1900, 2, 28)), (61.0, date(1900, 3, 1)), (-1.0, -1.0), (2_958_465.0, date(9999, 12, 31)),
        (2_958_466.0, 2_958_466.0), (1e300, 1e300), (45900.9999999999, date(2025, 9, 1)),
    ],
)  # fmt: skip
def test_to_date__edges_of_the_calendar(serial: float, shown: object) -> None:
    assert to_date(serial) == shown


def test_calamine_agrees__on_dates_before_1900_03(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    serials = [1, 59, 61, 0.25, 2_958_466]
    cells = "".join(f'<c r="{"ABCDE"[at]}1" s="1"><v>{serial}</v></c>' for at, serial in enumerate(serials))
    path.write_bytes(hostile.xlsx(f'<row r="1">{cells}</row>', styles=STYLES))
    assert open_workbook(path).grids[0].rows[0].values == [to_date(serial) for serial in serials]
