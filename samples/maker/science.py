"""Sở Khoa học và Công nghệ: a large workbook with hidden sheets, then a file that corrects three of its rows."""

from __future__ import annotations

from datetime import date, datetime

from maker.bench import Bench
from maker.catalog import PLANS
from maker.pages import TARGETS, grouped, rows_of, signature, stray, target_sheet, tasks_of, title_block
from maker.sheet import Formula, Sheet
from maker.table import Columns, Line, R, Style, Table


def science(bench: Bench) -> None:
    """Two header rows, (1)(2)(3), Roman groups, total, notes, hidden sheets; then a correction of three rows."""
    file = "Sở KH&CN - Báo cáo tiến độ các kế hoạch 9 tháng.xlsx"
    style = Style("KH", file, dates="real", lead="Sở KH&CN", vary=("", "tone", "", "spaces", "dot", "", "newline"))
    columns: Columns = [
        ("number", "TT", 6),
        ("task", "Nội dung nhiệm vụ", 46),
        ("lead", "Đơn vị thực hiện|Chủ trì", 18),
        ("co", "Đơn vị thực hiện|Phối hợp", 22),
        ("deadline", "Thời hạn hoàn thành", 14),
        ("product", "Sản phẩm dự kiến", 20),
        ("status", "Tình hình thực hiện đến 30/9/2025|Trạng thái", 18),
        ("completed", "Tình hình thực hiện đến 30/9/2025|Ngày hoàn thành", 13),
        ("result", "Tình hình thực hiện đến 30/9/2025|Kết quả cụ thể", 32),
        ("note", "Ghi chú", 16),
    ]
    special = {
        "NV138-010": R(
            "NV138-010",
            {"status": "Đã trình UBND tỉnh xem xét"},
            hz=(("status", "bước trình, chưa xong", "status-step"),),
        ),
        "NV138-013": R(
            "NV138-013",
            {"status": "Đã tham mưu UBND tỉnh ban hành Quyết định"},
            hz=(("status", "bước tham mưu, chưa xong", "status-step"),),
        ),
        "NV138-018": R(
            "NV138-018",
            {"status": "Hoàn thành", "completed": date(2025, 10, 10)},
            hz=(("completed", "ngày hoàn thành sau ngày chốt", "completed-future"),),
        ),
        "NV138-015": R("NV138-015", {"deadline": "Thang 8/2025"}, hz=(("deadline", "gõ thiếu dấu", ""),)),
        "NV138-021": R(
            "NV138-021",
            {"status": "Đúng tiến độ"},
            hz=(("status", "đơn vị ghi đúng tiến độ, hạn đã qua", "status-conflict"),),
        ),
        "NV138-043": R("NV138-043", {"status": "Đang thực hiện, 60% (quá hạn)"}),
        "NV138-053": R("NV138-053", {"status": "Đang thực hiện", "completed": None}, outcome="Đ"),
        "NV138-059": R(
            "NV138-059",
            {"deadline": "31/7/2025; đề nghị điều chỉnh thời hạn sang Quý IV/2025 (cũ: Quý III/2025)"},
            hz=(("deadline", "đề nghị gia hạn, chưa được duyệt", "date-extension"),),
        ),
        "NV138-060": R("NV138-060", {"status": "Hoàn thành", "completed": date(2025, 9, 20)}, outcome="H"),
        "NV138-066": R("NV138-066", {"status": "Quá hạn", "completed": None}, outcome="C"),
        "NV157-26": R(
            "NV157-26",
            {"result": Formula("=VLOOKUP(A1,#REF!,2,0)", "#REF!")},
            hz=(("result", "ô lỗi #REF!", "cell-error"),),
        ),
        "NV02-07": R(
            "NV02-07", {"deadline": "Trong tháng 9"}, hz=(("deadline", "thời hạn thiếu năm", "date-year-assumed"),)
        ),
        "NV02-29": R("NV02-29", {"status": "Đã dự thảo, đang lấy ý kiến"}),
    }
    sheets = []
    hidden = ["NV157-20", "NV02-21"]
    for sheet_name, plan in (("KH 138", "138"), ("KH 157", "157"), ("KH 02", "02"), ("ĐA 06", "06")):
        sheet = Sheet(sheet_name)
        row = title_block(
            sheet,
            "KH",
            len(columns),
            number=312,
            under=(f"Thực hiện {PLANS[plan][1]}", "(Số liệu tính đến ngày 30/9/2025)"),
        )
        table = Table(bench.desk, sheet, style, columns, (row, 1)).header(number_row=True)
        tasks = [
            task for task in tasks_of(bench.desk, "KH", plan) if task.kind != "Chỉ tiêu" and task.code not in hidden
        ]
        for row_ in grouped(bench.desk, rows_of(tasks, special)):
            table.add(row_)
        if plan == "138":
            table.add(
                R(
                    "NV138-026",
                    {"status": "Hoàn thành", "completed": None, "lead": "UBND phường Hồng Gai", "co": "Sở KH&CN"},
                    counts=False,
                    hz=(("status", "trái với báo cáo của đơn vị chủ trì", "units-disagree"),),
                )
            )
            table.add(stray("Xây dựng bộ tiêu chí đánh giá mức độ sẵn sàng chuyển đổi số của hợp tác xã", "Sở KH&CN"))
            table.add(Line({"task": "Tổng số: 20 nhiệm vụ"}, bold=True))
        sheet.repeat = (row, row + 2)
        signature(
            sheet,
            "KH",
            len(columns),
            table.row,
            note="Ghi chú: các nhiệm vụ thường xuyên do các phòng chuyên môn theo dõi, không nêu trong biểu này."
            if plan == "138"
            else "",
        )
        sheets.append(sheet)
    targets = target_sheet(
        bench.desk,
        style,
        [
            ("number", "TT", 6),
            ("task", "Chỉ tiêu", 48),
            *TARGETS[2:5],
            ("actual", "Thực hiện đến 30/9/2025", 12),
            *TARGETS[6:],
        ],
    )
    draft = Sheet("Nhap", hidden=True)
    Table(bench.desk, draft, style, columns, (1, 1)).header().add(*(R(code) for code in hidden))
    bench.desk.hazard(file, "Nhap", "", "trang ẩn có hai nhiệm vụ", "sheet-hidden")
    lists = Sheet("DM", hidden=True)
    for i, word in enumerate(("Hoàn thành", "Đang thực hiện", "Chậm tiến độ", "Thường xuyên"), 1):
        lists.put(i, 1, word)
    bench.xlsx(file, [*sheets[:2], targets, *sheets[2:], draft, lists])

    file = "Sở KH&CN - Báo cáo tiến độ KH 138 (đính chính).xlsx"
    style = Style("KH", file, dates="real", lead="Sở Khoa học và Công nghệ")
    sheet = Sheet("KH 138")
    row = title_block(
        sheet, "KH", 8, title="ĐÍNH CHÍNH BÁO CÁO TIẾN ĐỘ THỰC HIỆN KẾ HOẠCH SỐ 138/KH-UBND", number=318, day="03"
    )
    columns = [
        ("number", "TT", 6),
        ("task", "Nội dung nhiệm vụ", 46),
        ("lead", "Đơn vị chủ trì", 22),
        ("deadline", "Thời hạn hoàn thành", 14),
        ("status", "Trạng thái", 16),
        ("completed", "Ngày hoàn thành", 13),
        ("result", "Kết quả cụ thể", 30),
        ("note", "Ghi chú", 16),
    ]
    table = Table(bench.desk, sheet, style, columns, (row, 1)).header()
    table.add(
        R("NV138-053", {"status": "Đã ban hành Quyết định"}),
        R("NV138-060", {"note": "Bản trước ghi nhầm"}),
        R("NV138-066"),
    )
    signature(sheet, "KH", 8, table.row)
    bench.desk.hazard(file, "", "", "tệp đính chính thay 3 dòng của tệp trước", "file-superseded")
    bench.xlsx(file, [sheet], datetime(2025, 10, 3, 9, 30))
