"""Departments, first half: Nội vụ, Tài chính, Xây dựng."""

from __future__ import annotations

from datetime import date

from maker.bench import Bench
from maker.pages import grouped, rows_of, signature, target_sheet, tasks_of, title_block
from maker.sheet import Formula, Sheet
from maker.table import Columns, Group, Line, R, Repeat, Style, Table

MONTH = '"Tháng "m/yyyy'


def home(bench: Bench) -> None:
    """Turned from PDF: header on each page, page numbers, a row cut in two; "Tiến độ" is the status."""
    file = "SNV_bao cao 9 thang (chuyen tu pdf).xlsx"
    style = Style("NV", file, done=("Hoàn thành đúng hạn", "Đã hoàn thành", "Hoàn thành trước hạn", "Hoàn thành"))
    columns: Columns = [
        ("number", "TT", 6),
        ("task", "NHIỆM VỤ", 48),
        ("product", "KẾT QUẢ YÊU CẦU", 20),
        ("deadline", "THỜI GIAN HOÀN THÀNH", 16),
        ("lead", "CƠ QUAN THỰC HIỆN", 20),
        ("status", "TIẾN ĐỘ", 18),
        ("result", "KẾT QUẢ HIỆN NAY", 34),
    ]
    sheet = Sheet("Table 1")
    row = title_block(sheet, "NV", 7, number=1876)
    table = Table(bench.desk, sheet, style, columns, (row, 1)).header()
    bench.desk.hazard(file, sheet.name, f"D{row}", "“Thời gian hoàn thành” là thời hạn", "header-column-guessed")
    bench.desk.hazard(file, sheet.name, f"F{row}", "“Tiến độ” là trạng thái", "header-column-guessed")
    special = {
        "NV06-095": R(
            "NV06-095",
            {"deadline": (date(2025, 10, 1), MONTH)},
            hz=(("deadline", "tháng lưu dưới dạng ngày; danh mục giao không có thời hạn", ""),),
        ),
        "NV138-042": R(
            "NV138-042", {"status": "Đã trình UBND tỉnh"}, hz=(("status", "bước trình, chưa xong", "status-step"),)
        ),
        "NV157-42": R("NV157-42", {"deadline": None}, hz=(("deadline", "không có thời hạn", ""),)),
        "NV06-083": R("NV06-083", {"status": "Xong"}),
    }
    cut = bench.desk.tasks["NV138-037"].text
    head, tail = cut.split(" cho cán bộ")
    special["NV138-037"] = R(
        "NV138-037", {"task": head, "status": "Hoàn thành quá hạn", "result": "Đã tổ chức 04 lớp cho"}
    )
    rows = rows_of([task for task in tasks_of(bench.desk, "NV") if task.kind != "Chỉ tiêu"], special)
    for seen, row_ in enumerate(grouped(bench.desk, rows, by_plan=True), 1):
        table.add(row_)
        cut_here = isinstance(row_, R) and row_.code == "NV138-037"
        if cut_here or (seen % 10 == 0 and not (isinstance(row_, Group))):
            sheet.put(table.row, 4, len(sheet.breaks) + 1, align="center")  # the page number, printed into the table
            table.row += 1
            sheet.breaks.append(table.row - 1)
            bench.desk.hazard(file, sheet.name, f"A{table.row}", "tiêu đề lặp lại ở trang in", "")
            table.add(Repeat())
        if cut_here:
            table.add(
                Line(
                    {"task": f"cho cán bộ{tail}", "result": "620 lượt cán bộ, công chức cấp xã"},
                    hz=(("task", "dòng bị ngắt trang", "row-joined"),),
                )
            )
    signature(sheet, "NV", 7, table.row)
    bench.xlsx(file, [sheet, target_sheet(bench.desk, style)])


def finance(bench: Bench) -> None:
    """Layout of a city appendix: task codes, months as real dates, ghost rows, a hidden row, a total that disagrees."""
    file = "So Tai chinh/Phu luc 01 - tien do nhiem vu.xlsx"
    style = Style("TC", file, dates="real", vary=("", "lower", "", "nbsp"))
    columns: Columns = [
        ("number", "STT", 6),
        ("code", "Mã nhiệm vụ", 12),
        ("task", "Tên nhóm nhiệm vụ/nhiệm vụ", 44),
        ("lead", "Đơn vị chủ trì", 20),
        ("officer", "Phòng, đơn vị chủ trì", 20),
        ("co", "Đơn vị phối hợp", 22),
        ("method", "Phương thức hỗ trợ thực hiện", 14),
        ("deadline", "Thời hạn hoàn thành", 14),
        ("aim", "Kết quả cần đạt (Định lượng)", 16),
        ("product", "Sản phẩm đầu ra", 20),
        ("status", "Trạng thái", 16),
        ("completed", "Ngày hoàn thành", 13),
        ("note", "Ghi chú", 24),
    ]
    sheet = Sheet("Phụ lục 01")
    row = title_block(
        sheet,
        "TC",
        13,
        state=False,
        title="DANH MỤC CÁC NHIỆM VỤ, GIẢI PHÁP TRỌNG TÂM",
        under=("(kèm theo Báo cáo số 4120/BC-STC ngày 02 tháng 10 năm 2025 của Sở Tài chính)",),
    )
    table = Table(bench.desk, sheet, style, columns, (row, 1)).header()
    office = {"officer": "Phòng Tài chính hành chính sự nghiệp", "method": "Không"}
    months = {"NV138-011": 8, "NV157-09": 9, "NV06-005": 7}
    special = {}
    for code, month in months.items():
        special[code] = R(
            code,
            {**office, "deadline": (date(2025, month, 1), MONTH)},
            hz=(("deadline", "tháng lưu dưới dạng ngày", ""),),
        )
    special["DA157-13"] = R(
        "DA157-13",
        {**office, "deadline": (date(2025, 10, 1), "m/yyyy")},
        hz=(("deadline", "tháng lưu dưới dạng ngày (m/yyyy)", ""),),
    )
    special["NV02-15"] = R("NV02-15", {**office, "status": "Đã bàn giao"})
    special["NV06-035"] = R(
        "NV06-035", {**office, "status": "Đang thực hiện", "note": "Phụ thuộc tiến độ của Bộ, ngành Trung ương"}
    )
    special["NV06-113"] = R("NV06-113", office, hidden=True, hz=(("task", "dòng ẩn", "row-hidden"),))
    special["NV138-061"] = R(
        "NV138-061", {**office, "task": "Hỗ trợ 50 doanh nghiệp ứng dụng nền tảng số"}
    )  # found by its code alone
    rows = rows_of(tasks_of(bench.desk, "TC"), special)
    for row_ in rows:
        row_.says = {**office, **row_.says}
    first = table.row
    for row_ in grouped(bench.desk, rows, by_plan=True):
        table.add(row_)
    sheet.filtered = (first - 1, 1, table.row - 1, len(columns))
    table.add(
        Line(
            {"task": "Tổng cộng: 15 nhiệm vụ"},
            bold=True,
            hz=(("task", "dòng tổng không khớp số dòng", "total-disagrees"),),
        )
    )
    sheet.ghost_to = 400
    bench.desk.hazard(file, sheet.name, "", "dòng định dạng sẵn đến dòng 400, không có dữ liệu")
    bench.xlsx(file, [sheet])


def construction(bench: Bench) -> None:
    """Dates typed under a US locale; "Tiến độ (nếu có)" is the deadline, "Thời gian hoàn thành" the completion."""
    file = "SXD - NHIEM VU THANG 9.2025.xlsx"
    style = Style("XD", file, lead="Sở Xây dựng", vary=("", "tone"))
    us = "m/d/yyyy"
    weeks = [(f"w{i}", f"Tuần {i}", 8) for i in range(1, 5)]
    columns: Columns = [
        ("number", "TT", 5),
        ("field", "Lĩnh vực", 18),
        ("task", "Nội dung", 46),
        ("deadline", "Tiến độ (nếu có)", 13),
        ("lead", "Chủ trì", 18),
        ("co", "Phối hợp", 18),
        ("received", "Thời gian nhận", 12),
        ("completed", "Thời gian hoàn thành", 13),
        ("status", "Kết quả thực hiện", 22),
        ("note", "Ghi chú", 20),
        ("more", "Kết quả bổ sung (nếu có)", 16),
        *weeks,
    ]
    sheet = Sheet("T9")
    sheet.put(1, 1, "NHIỆM VỤ THÁNG 9/2025 - SỞ XÂY DỰNG", bold=True, align="center", font_size=14)
    sheet.merge(1, 1, 1, len(columns))
    table = Table(bench.desk, sheet, style, columns, (3, 1)).header()
    bench.desk.hazard(file, "T9", "D3", "“Tiến độ (nếu có)” là thời hạn", "header-column-guessed")
    bench.desk.hazard(file, "T9", "H3", "“Thời gian hoàn thành” là ngày hoàn thành", "header-column-guessed")
    more = {"received": (date(2025, 6, 2), "d/m/yyyy"), "w2": "x"}
    special = {
        "NV138-032": R(
            "NV138-032",
            {"deadline": (date(2025, 5, 8), us)},
            hz=(("deadline", "ngày, tháng bị đảo (05/8/2025)", "date-swapped"),),
        ),
        "NV138-033": R(
            "NV138-033", {"deadline": "15/8/2025", "completed": (date(2025, 7, 8), us), "status": "Đã hoàn thành"}
        ),
        "NV138-049": R(
            "NV138-049",
            {"deadline": (date(2025, 10, 8), us)},
            hz=(("deadline", "ngày, tháng bị đảo (10/8/2025)", "date-swapped"),),
        ),
        "NV157-43": R(
            "NV157-43", {"deadline": (date(2025, 8, 1), MONTH)}, hz=(("deadline", "tháng lưu dưới dạng ngày", ""),)
        ),
        "NV06-107": R("NV06-107", {"status": "Đang thực hiện, phụ thuộc tiến độ của Bộ, ngành Trung ương"}),
        "DA157-05": R(
            "DA157-05",
            {"note": Formula('=IF(H5="","",H5)', None)},
            hz=(("note", "công thức không lưu kết quả", "cell-uncached"),),
        ),
    }
    rows = rows_of(tasks_of(bench.desk, "XD"), special)
    for row_ in rows:
        row_.says = {**more, **row_.says}
    table.add(*rows)
    again = special["NV138-033"].says | {"number": 3}
    table.add(R("NV138-033", again, counts=False, hz=(("task", "nhiệm vụ lặp lại trong tệp", "row-duplicate"),)))
    table.add(*(Line({"number": number}) for number in range(10, 16)))
    bench.xlsx(file, [sheet])
