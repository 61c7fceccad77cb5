"""Nasty spreadsheets, made on the spot: bombs, floods, lies and junk. `generate` writes one file of each.

Run as a script to look at them: python tests/hostile.py FOLDER
"""

from __future__ import annotations

import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

NS = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
TABLE = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>TT</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Nhiệm vụ</t></is></c></row>'
    '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="inlineStr"><is><t>Xây dựng kế hoạch</t></is></c></row>'
)


def relationships(*targets: tuple[str, str]) -> str:
    """Return a .rels part: (kind, target) become rId1, rId2, …"""
    lines = "".join(
        f'<Relationship Id="rId{at}" Type="{_REL}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def parts(
    *sheets: str,
    styles: str = "",
    strings: str = "",
    workbook: str = "",
    names: Iterable[str] = (),
    tail: str = "",
) -> dict[str, str]:
    """Return the parts of an .xlsx whose sheets hold the given rows; `tail` follows the rows of each."""
    given = list(names) or [f"Sheet{at}" for at in range(1, len(sheets) + 1)]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(given[: len(sheets)], 1)
    )
    targets = [("worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(sheets) + 1)]
    found = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f"<workbook {NS}>{workbook}<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relationships(
            *targets, ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/styles.xml": f"<styleSheet {NS}>{styles}</styleSheet>",
        "xl/sharedStrings.xml": f"<sst {NS}>{strings}</sst>",
    }
    for at, rows in enumerate(sheets, 1):
        sheet = f"<worksheet {NS}><sheetData>{rows}</sheetData>{tail}</worksheet>"
        found[f"xl/worksheets/sheet{at}.xml"] = sheet
    return found


def pack(content: dict[str, str] | dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, text in content.items():
            package.writestr(name, text)
    return target.getvalue()


def xlsx(*sheets: str, **more: str) -> bytes:
    return pack(parts(*sheets, **more))  # type: ignore[arg-type]


def ods(body: str, styles: str = "", prolog: str = "") -> bytes:
    """Return an .ods whose spreadsheet element holds `body`."""
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("number", "datastyle"))
    )
    calcext = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    content = (
        f"{prolog}<office:document-content {spaces} {calcext}>"
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    return pack({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def declared(name: str, size: int, content: bytes = b"", real: bytes = b"") -> bytes:
    """Return a zip of one part that declares to unpack to `size` bytes, whatever `real` (deflated) really is."""
    method, crc = (8 if real else 0), zlib.crc32(content)
    body, path = real or content, name.encode()
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 45, 0, method, 0, 0, crc, len(body), size, len(path), 0)
    central = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 45, 45, 0, method, 0, 0, crc, len(body), size, len(path), 0, 0, 0, 0, 0, 0
    )
    start = len(local) + len(path) + len(body)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(central) + len(path), start, 0)
    return local + path + body + central + path + end


def with_part(package: bytes, other: bytes) -> bytes:
    """Return a package with the single part of `other` (made by `declared`) put in, lies included."""
    source, extra = zipfile.ZipFile(io.BytesIO(package)), zipfile.ZipFile(io.BytesIO(other))
    target = io.BytesIO()
    liar = extra.infolist()[0]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            if name != liar.filename:
                made.writestr(name, source.read(name))
        start = target.tell()
        head = 30 + len(liar.filename.encode())
        target.write(other[: head + liar.compress_size])
        liar.header_offset = start
        made.filelist.append(liar)
        made.NameToInfo[liar.filename] = liar
        made.start_dir = target.tell()
        made._didModify = True
    return target.getvalue()


@cache
def zeros(size: int) -> bytes:
    """Return `size` spaces deflated, without ever holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = b" " * (1 << 20)
    return b"".join(packer.compress(piece) for _ in range(size >> 20)) + packer.flush()


def lying(part: str) -> bytes:
    """Return a workbook one part of which declares 1,000 bytes and unpacks to 64 MiB."""
    return with_part(xlsx(TABLE), declared(part, 1_000, real=zeros(1 << 26)))


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'


def _laughing(part: str) -> bytes:
    content = parts('<row r="1"><c r="A1" t="str"><v>&i;</v></c></row>')
    return pack({**content, part: LAUGHS + content[part]})


def _outside() -> bytes:
    content = parts('<row r="1"><c r="A1" t="str"><v>&i;</v></c></row>')
    sheet = "xl/worksheets/sheet1.xml"
    return pack({**content, sheet: OUTSIDE + content[sheet]})


def million_rows() -> bytes:
    """Return a table followed by formatted blank rows down to the last row of the sheet."""
    blank = '<row r="{0}" s="1" customFormat="1"><c r="A{0}" s="1"/><c r="B{0}" s="1"/></row>'.format
    return xlsx(TABLE + "".join(map(blank, range(3, 1_048_577))))


def many_sheets(count: int = 10_000) -> bytes:
    return xlsx(*[TABLE] * count)


def far_corner() -> bytes:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return xlsx(TABLE + '<row r="3"><c r="A3"><v>2</v></c><c r="XFC3"><v>9</v></c></row>' + far)


def endless_merges() -> bytes:
    merges = "".join(f'<mergeCell ref="A{row}:XFD1048576"/>' for row in range(1, 120_000))
    return xlsx(TABLE, tail=f"<mergeCells>{merges}</mergeCells>")


def odd_characters() -> bytes:
    formulas = ["=HYPERLINK(&quot;http://x&quot;)", "+1", "@x"]
    texts = ["_x0000_NUL_x0001_", "\u202eđảo chiều\u202c", "\ufeff\u200bẩn", *formulas, "😀" * 300]
    cells = "".join(
        f'<c r="{"ABCDEFG"[at]}3" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in enumerate(texts)
    )
    return xlsx(f'{TABLE}<row r="3">{cells}</row>', names=["..&#47;..&#47;etc&#47;passwd"])  # type: ignore[arg-type]


def long_names() -> bytes:
    text = "rấtdài " * 114_000 + "hết"
    rows = f'{TABLE}<row r="3"><c r="B3" t="inlineStr"><is><t>{text}</t></is></c></row>'
    return xlsx(rows, names=["Trang " * 2_000])  # type: ignore[arg-type]


def repeated_string() -> bytes:
    """Return 2,000 cells that all show the same string of a million characters."""
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 2_001))
    return xlsx(rows, strings=f"<si><t>{'nhiệm vụ ' * 120_000}</t></si>")


def absurd_numbers() -> bytes:
    cells = (
        '<c r="A3" s="4294967295"><v>1</v></c><c r="B3" t="s"><v>99999999999</v></c><c r="C3"><v>1e999</v></c>'
        '<c r="D3" t="d"><v>2025-13-45</v></c><c r="E3" t="b"><v>maybe</v></c><c r="F3"><v>12abc</v></c>'
    )
    return xlsx(f'{TABLE}<row r="3">{cells}</row><row r="99999999"><c r="ZZZ99999999"><v>1</v></c></row>')


def deep_nesting() -> bytes:
    return xlsx(TABLE, tail="<x>" * 200_000 + "</x>" * 200_000)


def ods_flood() -> bytes:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    return ods(f'<table:table table:name="a">{row}</table:table>')


def ods_far_corner() -> bytes:
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    row = f"<table:table-row>{text.format('TT')}{text.format('Nhiệm vụ')}</table:table-row>"
    gap = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    blank = '<table:table-cell table:number-columns-repeated="16383"/>'
    far = f"<table:table-row>{blank}{text.format('xa')}</table:table-row>"
    return ods(f'<table:table table:name="a">{row}{row}{gap}{far}</table:table>')


def html_flood() -> bytes:
    row = "<tr>" + '<td colspan="99999999" rowspan="99999999">x</td>' * 20 + "</tr>"
    return f"<html><body>{'<table><tr><td>' * 3000}<table>{row * 200}</table></body></html>".encode()


def mixed_csv() -> bytes:
    lines = ["TT;Nhiệm vụ;Đơn vị".encode(), b"1;X\xe2y d\xfd\xf2ng;b", b"2;T\xe2\xecn;x\x00y", b"\xff\xfe;\x81"]
    return b"\r\n".join(lines) + b'\r\n3;"kh\xf4ng \xf0\xf3ng ngo\xe3c;' + b"x" * 300_000


def xml2003(rows: str, prolog: str = "") -> bytes:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?>{prolog}<Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="Trang 1">'
        f"<Table>{rows}</Table></Worksheet></Workbook>"
    ).encode()


def broken_ole() -> bytes:
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    return (header + bytes(10) + struct.pack("<III", 1, 0, 1)).ljust(2048, b"\x01")


FILES: dict[str, Callable[[], bytes]] = {
    "bom-zip.xlsx": lambda: declared("xl/workbook.xml", 4_000_000_000, b"x"),
    "bom-noi-doi-trang.xlsx": lambda: lying("xl/worksheets/sheet1.xml"),
    "bom-noi-doi-chuoi.xlsx": lambda: lying("xl/sharedStrings.xml"),
    "bom-xml-trang.xlsx": lambda: _laughing("xl/worksheets/sheet1.xml"),
    "bom-xml-so.xlsx": lambda: _laughing("xl/workbook.xml"),
    "bom-xml-chuoi.xlsx": lambda: _laughing("xl/sharedStrings.xml"),
    "bom-xml-kieu.xlsx": lambda: _laughing("xl/styles.xml"),
    "thuc-the-ngoai.xlsx": _outside,
    "bom-xml.ods": lambda: ods("<table:table/>", prolog=LAUGHS),
    "bom-xml-2003.xls": lambda: xml2003("<Row><Cell><Data ss:Type='String'>&i;</Data></Cell></Row>", LAUGHS),
    "goc-xa.xlsx": far_corner,
    "goc-xa.ods": ods_far_corner,
    "trieu-dong-trong.xlsx": million_rows,
    "muoi-nghin-trang.xlsx": many_sheets,
    "o-gop-vo-tan.xlsx": endless_merges,
    "ky-tu-la.xlsx": odd_characters,
    "ten-rat-dai.xlsx": long_names,
    "chuoi-lap.xlsx": repeated_string,
    "so-vo-ly.xlsx": absurd_numbers,
    "long-sau.xlsx": deep_nesting,
    "lap-vo-tan.ods": ods_flood,
    "trang-web-lu.xls": html_flood,
    "bang-ma-lan.csv": mixed_csv,
    "xml-2003-xa.xls": lambda: xml2003(
        "<Row ss:Index='1'><Cell><Data ss:Type='String'>TT</Data></Cell></Row>"
        "<Row ss:Index='16000000' ss:Span='99999999' ss:Hidden='1'><Cell ss:Index='9999999' ss:MergeAcross='9999999'>"
        "<Data ss:Type='Number'>1</Data></Cell></Row>"
    ),
    "ole-hong.xls": broken_ole,
    "rong.xlsx": lambda: b"",
    "cat-cut.xlsx": lambda: xlsx(TABLE)[:900],
    "khong.xlsx": lambda: bytes(5_000),
}


def generate(folder: Path) -> list[tuple[str, Path]]:
    """Write every file into `folder` and return (name, path) of each."""
    found = []
    for name, make in FILES.items():
        path = folder / name
        path.write_bytes(make())
        found.append((name, path))
    return found


if __name__ == "__main__":
    generate(Path(sys.argv[1]))
