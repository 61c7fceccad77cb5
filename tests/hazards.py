"""One workbook with every hazard of a sheet, made with xlsxwriter; tests/files/hazards.* are LibreOffice's
conversions of it, made with `python tests/hazards.py`, for machines without LibreOffice.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import xlsxwriter

FOLDER = Path(__file__).parent / "files"
CODES = {5: "dd/mm/yyyy", 6: '"Tháng "m/yyyy', 7: "m/d/yyyy", 8: "mm/yyyy"}  # by row, in column A
DATES = {5: date(2025, 9, 30), 6: date(2025, 9, 1), 7: date(2025, 5, 6), 8: date(2025, 9, 1)}
ERRORS = {(10, 1): "#DIV/0!", (10, 2): "#N/A", (10, 3): "#REF!"}


def make(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Nhiệm vụ")
    times = book.add_format({"font_name": "Times New Roman"})
    sheet.merge_range("B2:D3", "Tiêu đề", times)  # row 1 and column A stay blank
    for row, code in CODES.items():
        sheet.write_datetime(row - 1, 0, datetime(*DATES[row].timetuple()[:3]), book.add_format({"num_format": code}))
    sheet.write_datetime("B5", datetime(2025, 9, 30, 14, 30), book.add_format({"num_format": "dd/mm/yyyy hh:mm"}))
    sheet.write_number("B6", 0.5, book.add_format({"num_format": "0%"}))
    sheet.write_string("B7", "13.10")
    sheet.write_string("B8", " hai\ndòng ")
    sheet.write_string("A9", "dòng ẩn")
    sheet.set_row(8, None, None, {"hidden": True})
    sheet.write_formula("A10", "=1/0", None, "#DIV/0!")
    sheet.write_formula("B10", "=NA()", None, "#N/A")
    sheet.write_formula("C10", "=#REF!+1", None, "#REF!")
    sheet.write_formula("A11", '="a"&"b"', None, "ab")
    sheet.write_string("A12", "Së KÕ ho¹ch", book.add_format({"font_name": ".VnTime"}))
    sheet.write_string("D14", "cuối")
    hidden = book.add_worksheet("Ẩn")
    for row in range(100):  # a stream under 4 KB would lie elsewhere in an .xls than Excel's do
        hidden.write(row, 0, f"dòng {row}")
    hidden.hide()
    book.set_custom_property("qn_xl_form", "ABC")
    book.set_properties({"created": datetime(2025, 10, 1, 8, 0, 0)})
    book.close()
    return path


if __name__ == "__main__":
    from office import convert

    source = make(FOLDER / "hazards.xlsx")
    for extension in ("xls", "ods"):
        convert(source, extension, FOLDER).replace(FOLDER / f"hazards.{extension}")
    source.unlink()
