"""Departments, second half; one workbook holds a sheet for each of three agencies."""

from __future__ import annotations

from datetime import date

from maker.bench import Bench
from maker.catalog import name
from maker.departments_a import MONTH
from maker.pages import TARGETS, grouped, rows_of, signature, stray, target_sheet, tasks_of, title_block
from maker.sheet import Formula, Sheet
from maker.table import Columns, Parent, R, Style, Table
from maker.wording import old_tone, tcvn3


def farming(bench: Bench) -> None:
    """Parents with lettered children; deadline and lead cells merged from the parent down over them."""
    file = "Sở NN&MT_Phụ lục kết quả thực hiện.xlsx"
    style = Style("NN", file, lead="Sở Nông nghiệp và Môi trường\n", vary=("", "tone", "lower"))
    columns: Columns = [
        ("number", "Stt|TT", 6),
        ("detail", "Stt|Chi tiết", 7),
        ("task", "Tên nhiệm vụ", 48),
        ("lead", "Đơn vị chủ trì", 20),
        ("co", "Đơn vị phối hợp", 20),
        ("product", "Sản phẩm", 18),
        ("deadline", "Thời hạn", 14),
        ("completed", "Ngày hoàn thành", 13),
        ("status", "Trạng thái", 18),
    ]
    sheet = Sheet("Phu luc")
    row = title_block(
        sheet,
        "NN",
        9,
        number=2290,
        under=("(Kèm theo Báo cáo số 2290/BC-SNNMT ngày 02/10/2025)", "(Số liệu tính đến ngày 30/9/2025)"),
    )
    table = Table(bench.desk, sheet, style, columns, (row, 1)).header()

    def children(*codes: str) -> list[R]:
        rows = [R(code) for code in codes]
        for i, one in enumerate(rows):
            one.says = {"number": None, "detail": f"{chr(97 + i)})", **one.says}
        return rows

    kids = children("NV138-030", "NV138-031")
    table.add(
        Parent(
            "1",
            "Xây dựng cơ sở dữ liệu quan trắc môi trường:",
            kids,
            over=("lead", "deadline"),
            says={"lead": "Sở Nông nghiệp và Môi trường", "deadline": "15/7/2025"},
        )
    )
    bench.desk.hazard(file, sheet.name, f"G{table.row - 2}", "thời hạn gộp ô xuống các dòng con", "")
    kids = children("DA157-03", "DA157-04")
    table.add(
        Parent(
            "2", "Các dự án cơ sở dữ liệu đất đai:", kids, over=("lead",), says={"lead": "Sở Nông nghiệp và Môi trường"}
        )
    )
    kids = children("NV02-12", "NV06-093", "NV06-027")
    kids[2].says["status"] = "Đang thực hiện; phụ thuộc tiến độ của Bộ, ngành Trung ương"
    table.add(
        Parent(
            "3",
            "Nhóm nhiệm vụ về dữ liệu đất đai:",
            kids,
            over=("lead",),
            says={"lead": "Sở Nông nghiệp và Môi trường"},
        )
    )
    nested = {"NV138-030", "NV138-031", "DA157-03", "DA157-04", "NV02-12", "NV06-093", "NV06-027"}
    rest = [task for task in tasks_of(bench.desk, "NN") if task.code not in nested]
    for i, one in enumerate(rows_of(rest), 4):
        one.says = {"number": i, **one.says}
        if one.code == "NV138-048":
            one.says["completed"] = "x"
            one.hz = (("completed", "dấu x trong cột ngày hoàn thành: đã xong, chưa rõ ngày", "completed-unreadable"),)
        if one.code == "NV06-084":
            one.says["status"] = "Chờ xác nhận"
        if one.code == "NV138-029":
            one.says["status"] = "Đã lấy ý kiến các đơn vị"
            one.hz = (("status", "bước lấy ý kiến, chưa xong", "status-step"),)
        table.add(one)
    signature(sheet, "NN", 9, table.row)
    bench.xlsx(file, [sheet])


def culture(bench: Bench) -> None:
    """Exported from a monitoring system: twelve month columns, "Hoàn thành" is a date, two lead columns."""
    file = "SVHTTDL_theo doi nhiem vu.xlsx"
    style = Style("VH", file, dates="mixed", lead="Sở Văn hóa, Thể thao và Du lịch", vary=("", "tone", "dot"))
    columns: Columns = [
        ("number", "STT", 5),
        ("period", "Kỳ báo cáo", 14),
        ("source", "Văn bản", 18),
        ("task", "Nhiệm vụ", 44),
        *((f"m{i}", f"Tháng {i}", 6) for i in range(1, 13)),
        ("start", "Ngày bắt đầu", 12),
        ("deadline", "Thời hạn", 13),
        ("completed", "Hoàn thành", 12),
        ("status", "Trạng thái", 18),
        ("lead", "Chủ trì", 22),
        ("doer", "Thực hiện", 18),
        ("state", "Tình Trạng báo cáo", 14),
    ]
    sheet = Sheet("Report")
    table = Table(bench.desk, sheet, style, columns, (1, 1)).header(size=11)
    bench.desk.hazard(file, "Report", "S1", "“Hoàn thành” là ngày hoàn thành", "header-column-guessed")
    special = {
        "NV157-21": R(
            "NV157-21",
            {"deadline": (date(2025, 9, 1), MONTH)},
            hz=(("deadline", "tháng lưu dưới dạng ngày; danh mục giao không có thời hạn", ""),),
        ),
        "NV138-065": R(
            "NV138-065",
            {"status": "Đang thực hiện đúng hạn"},
            hz=(("status", "đơn vị ghi đúng hạn, hạn đã qua", "status-conflict"),),
        ),
        "NV02-24": R("NV02-24", {"status": "Hoàn thành", "completed": None}),
    }
    rows = rows_of(tasks_of(bench.desk, "VH"), special)
    for i, one in enumerate(rows):
        one.says = {
            "start": (date(2025, 6, 9), "dd/mm/yyyy"),
            "doer": "Phòng Quản lý Văn hóa",
            "state": "Đã gửi",
            "m9": "x" if i % 3 == 0 else None,
            **one.says,
        }
    table.add(*rows)
    table.add(
        stray(
            "Lắp đặt bảng thông tin điện tử công công tại xã Tiên Yên",
            "UBND xã Tiên Yên",
            number=len(rows) + 1,
            source="Kế hoạch số 157/KH-UBND",
        )
    )
    bench.xlsx(file, [sheet])


def health(bench: Bench) -> None:
    """Old .xls; "Thời gian" is the deadline, "Đánh giá" the status."""
    file = "So Y te.xls"
    style = Style("YT", file, dates="real", done=("Hoàn thành", "Hoàn thành đúng hạn", "Đạt"))
    columns: Columns = [
        ("number", "STT", 6),
        ("task", "Tên nhiệm vụ", 46),
        ("lead", "Cơ quan chủ trì", 18),
        ("co", "Cơ quan phối hợp", 20),
        ("product", "Kết quả/Sản phẩm", 20),
        ("deadline", "Thời gian", 13),
        ("status", "Đánh giá", 20),
        ("note", "Ghi chú", 16),
    ]
    sheet = Sheet("Nhiệm vụ")
    row = title_block(sheet, "YT", 8, number=3015)
    table = Table(bench.desk, sheet, style, columns, (row, 1)).header()
    rows = rows_of([task for task in tasks_of(bench.desk, "YT") if task.kind != "Chỉ tiêu"])
    for row_ in grouped(bench.desk, rows, by_plan=True, merged=True):
        table.add(row_)
    signature(sheet, "YT", 8, table.row)
    bench.desk.hazard(file, "", "", "định dạng .xls cũ")
    bench.through_office(file, [sheet, target_sheet(bench.desk, style)])


def education(bench: Bench) -> None:
    """TCVN3 text in .VnTime, headings and all."""
    file = "So GD-DT bao cao.xlsx"
    style = Style("GD", file)
    columns: Columns = [
        ("number", "STT", 6),
        ("task", "Nội dung công việc", 46),
        ("lead", "Đơn vị chủ trì", 22),
        ("co", "Đơn vị phối hợp", 20),
        ("deadline", "Thời hạn hoàn thành", 16),
        ("completed", "Ngày hoàn thành", 13),
        ("status", "Tình trạng", 18),
        ("result", "Kết quả hiện nay", 32),
    ]
    sheet = Sheet("Sheet1", font=".VnTime")
    row = title_block(sheet, "GD", 8, number=2755)
    table = Table(bench.desk, sheet, style, columns, (row, 1)).header()
    rows = rows_of([task for task in tasks_of(bench.desk, "GD") if task.kind != "Chỉ tiêu"])
    for row_ in grouped(bench.desk, rows, by_plan=True):
        table.add(row_)
    signature(sheet, "GD", 8, table.row)
    targets = target_sheet(bench.desk, style, sheet_name="Chi tieu")
    targets.font = ".VnTime"
    for page in (sheet, targets):
        page.cells = {
            place: tcvn3(old_tone(value)) if isinstance(value, str) else value for place, value in page.cells.items()
        }
    bench.desk.hazard(file, "", "", "chữ TCVN3, phông .VnTime", "file-legacy-text")
    bench.xlsx(file, [sheet, targets])


def trade(bench: Bench) -> None:
    """A ministry system's export: a column of officers left empty, "Đánh giá" is the status, "Mức" is not."""
    file = "SCT/121212.xlsx"
    style = Style("CT", file, dates="text", lead="Sở Công thương")
    columns: Columns = [
        ("number", "TT", 5),
        ("task", "Tên nhiệm vụ", 46),
        ("boss", "Lãnh đạo Sở", 12),
        ("source", "Nguồn chỉ đạo", 22),
        ("given", "Ngày chỉ đạo", 12),
        ("lead", "Đơn vị/Cá nhân chủ trì", 18),
        ("co", "Đơn vị/Cá nhân phối hợp", 20),
        ("deadline", "Thời hạn hoàn thành", 16),
        ("product", "Yêu cầu sản phẩm", 20),
        ("clerk", "Thư ký lãnh đạo Sở", 12),
        ("level", "Mức", 6),
        ("status", "Đánh giá", 18),
    ]
    sheet = Sheet("Sheet1")
    row = title_block(sheet, "CT", 12, state=False, under=("Đơn vị báo cáo: Sở Công Thương",))
    table = Table(bench.desk, sheet, style, columns, (row, 1)).header()
    rows = rows_of([task for task in tasks_of(bench.desk, "CT") if task.kind != "Chỉ tiêu"])
    for i, one in enumerate(rows):
        one.says = {"given": "21/5/2025", "level": 1 + i % 3, **one.says}
    rows[1].hz = (("deadline", "thời hạn thiếu năm", "date-year-assumed"),)
    table.add(*rows)
    bench.xlsx(file, [sheet, target_sheet(bench.desk, style)])


def office(bench: Bench) -> None:
    """One workbook, a sheet an agency: no lead column, the sheet's name and title say whose it is."""
    file = "Văn phòng UBND tỉnh - Biểu tổng hợp các cơ quan.xlsx"
    columns: Columns = [
        ("number", "STT", 6),
        ("task", "Nội dung nhiệm vụ", 50),
        ("source", "Văn bản giao nhiệm vụ", 22),
        ("deadline", "Thời hạn hoàn thành", 16),
        ("co", "Cơ quan phối hợp", 22),
        ("completed", "Ngày hoàn thành", 13),
        ("status", "Tình trạng", 18),
        ("note", "Ghi chú", 18),
    ]
    sheets = []
    for unit, sheet_name in (("VP", "VP UBND"), ("TP", "Sở Tư pháp"), ("NG", "Sở Ngoại vụ")):
        style = Style(unit, file, dates="mixed", vary=("", "tone", "", "spaces"))
        sheet = Sheet(sheet_name)
        row = title_block(
            sheet, unit, 8, state=unit == "VP", number=905, under=(f"Đơn vị báo cáo: {old_tone(name(unit))}",)
        )
        table = Table(bench.desk, sheet, style, columns, (row, 1)).header()
        special = {
            "NV157-29": R("NV157-29", {"status": "Tạm dừng", "note": "Theo Thông báo kết luận của UBND tỉnh"}),
            "NV06-040": R(
                "NV06-040", {"note": Formula('=#REF!&""', "#REF!")}, hz=(("note", "ô lỗi #REF!", "cell-error"),)
            ),
            "NV138-071": R(
                "NV138-071",
                {"status": "Chậm tiến độ"},
                hz=(("status", "đơn vị ghi chậm, hạn chưa đến", "status-conflict"),),
            ),
            "NV06-020": R("NV06-020", {"completed": None, "status": "Đã hoàn thành ngày 25/7/2025"}, said_date=True),
            "NV06-021": R(
                "NV06-021",
                {"completed": "Đã hoàn thành", "status": None},
                hz=(("completed", "chữ trong cột ngày hoàn thành: đã xong, chưa rõ ngày", "completed-unreadable"),),
            ),
        }
        rows = rows_of([task for task in tasks_of(bench.desk, unit) if task.kind != "Chỉ tiêu"], special)
        for row_ in grouped(bench.desk, rows, by_plan=True):
            table.add(row_)
        if unit == "VP":
            row = table.row + 1
            sheet.put(row, 1, "Chỉ tiêu theo Kế hoạch số 157/KH-UBND", bold=True, align="left")
            table = Table(bench.desk, sheet, style, [*TARGETS[:6], *TARGETS[7:9]], (row + 1, 1)).header()
            bench.desk.hazard(file, sheet.name, f"A{row + 1}", "bảng thứ hai trên cùng trang", "")
            table.add(*rows_of(tasks_of(bench.desk, "VP", "157", "Chỉ tiêu")))
            for i, width in enumerate((6, 50, 22, 16, 22, 13, 18, 18), 1):
                sheet.widths[i] = width
        sheets.append(sheet)
    bench.desk.hazard(file, "", "", "mỗi cơ quan một trang", "")
    bench.xlsx(file, sheets)
