"""What lies in an inbox without being a usable workbook; none of it decides a figure."""

from __future__ import annotations

import io
import zipfile

from maker.bench import FIXED, Bench
from maker.pages import signature, title_block
from maker.sheet import Sheet

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
OPC = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SAID = "UBND xã Hải Sơn báo cáo: trong 9 tháng năm 2025 xã không được giao chủ trì nhiệm vụ nào."
DOCX = {
    "[Content_Types].xml": f'{XML}<Types xmlns="{OPC}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{OFFICE}"/></Types>',
    "_rels/.rels": f'{XML}<Relationships xmlns="{OPC}/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "word/document.xml": f'{XML}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    f"<w:body><w:p><w:r><w:t>{SAID}</w:t></w:r></w:p></w:body></w:document>",
}
NOTHING_NEW = (
    "Trong kỳ, Sở Dân tộc và Tôn giáo không phát sinh nội dung mới; "
    "tiến độ các nhiệm vụ không thay đổi so với kỳ trước."
)
PDF_TEXT = b"BT /F1 12 Tf 60 780 Td (UBND xa Luc Hon - bao cao tien do 9 thang nam 2025) Tj ET"


def write(bench: Bench) -> None:
    ethnic(bench)

    def odd(file: str, data: bytes, hazard: str, code: str) -> None:
        bench.path(file).write_bytes(data)
        bench.desk.hazard(file, "", "", hazard, code)

    odd("cap xa/UBND xã Hải Sơn.docx", docx(), "văn bản Word thay cho bảng tính", "file-not-spreadsheet")
    odd("cap xa/UBND xã Lục Hồn.pdf", pdf(), "tệp PDF thay cho bảng tính", "file-not-spreadsheet")
    odd("cap xa/UBND xã Kỳ Thượng.xlsx", b"", "tệp 0 byte", "file-empty")
    odd("cap xa/~$UBND phường Hà Tu.xlsx", b"\x05Van thu".ljust(165, b"\x00"), "tệp khóa của Excel", "file-locked-twin")

    sheet = Sheet("Sheet1")
    row = title_block(sheet, "X:Thống Nhất", 6, number=96)
    for i, text in enumerate(
        (
            "Thực hiện chỉ đạo của UBND tỉnh, UBND xã Thống Nhất báo cáo như sau:",
            "Xã đã quán triệt, tuyên truyền đến toàn thể cán bộ và nhân dân.",
            "Trong kỳ xã không được giao chủ trì nhiệm vụ cụ thể nào.",
        )
    ):
        sheet.put(row + i, 1, text, align="left")
        sheet.merge(row + i, 1, row + i, 6)
    for column in range(1, 7):
        sheet.widths[column] = 16
    bench.xlsx("cap xa/UBND xã Thống Nhất.xlsx", [sheet])
    bench.desk.hazard("cap xa/UBND xã Thống Nhất.xlsx", "", "", "chỉ có lời văn, không có bảng", "file-no-table")

    whole = bench.xlsx("cap xa/UBND xã Lương Minh.xlsx", [sheet]).read_bytes()
    odd("cap xa/UBND xã Lương Minh.xlsx", whole[: len(whole) // 2], "tệp bị cắt cụt khi gửi", "file-damaged")


def ethnic(bench: Bench) -> None:
    """A nil return from a unit that has no earlier period: its tasks count from their deadlines."""
    file = "SDTTG_khong thay doi.xlsx"
    sheet = Sheet("Sheet1")
    row = title_block(sheet, "DT", 8, number=611)
    sheet.put(
        row,
        1,
        NOTHING_NEW,
        align="left",
        text_wrap=True,
    )
    sheet.merge(row, 1, row, 8)
    sheet.heights[row] = 34
    for column in range(1, 9):
        sheet.widths[column] = 15
    signature(sheet, "DT", 8, row + 1)
    bench.desk.hazard(file, "", "", "báo cáo không thay đổi, chưa có kỳ trước", "")
    bench.xlsx(file, [sheet])


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in DOCX.items():
            archive.writestr(zipfile.ZipInfo(part, FIXED), text)
    return out.getvalue()


def pdf() -> bytes:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(PDF_TEXT), PDF_TEXT),
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
