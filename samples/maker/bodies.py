"""Bodies that are no departments: military, economic zone (encrypted), tax, insurance, one-stop centre, university."""

from __future__ import annotations

from datetime import date

from maker.bench import Bench
from maker.pages import TARGETS, grouped, rows_of, signature, target_sheet, tasks_of, title_block
from maker.sheet import Formula, Sheet, save_csv
from maker.table import Columns, R, Style, Table
from maker.wording import semi_composed


def military(bench: Bench) -> None:
    """OpenDocument; "Tiến độ thực hiện" holds the status."""
    file = "BCHQS tinh.ods"
    style = Style("QS", file, dates="real", done=("Vượt tiến độ", "Hoàn thành"))
    columns: Columns = [
        ("number", "STT", 6),
        ("task", "Nội dung nhiệm vụ", 46),
        ("source", "Văn bản giao nhiệm vụ", 18),
        ("deadline", "Thời hạn hoàn thành", 14),
        ("lead", "Cơ quan chủ trì", 22),
        ("co", "Cơ quan phối hợp", 20),
        ("completed", "Ngày hoàn thành", 13),
        ("status", "Tiến độ thực hiện", 16),
    ]
    sheet = Sheet("ĐA06")
    row = title_block(sheet, "QS", 8, number=487, under=("Kết quả triển khai Đề án 06",))
    table = Table(bench.desk, sheet, style, columns, (row, 1)).header()
    table.add(*rows_of(tasks_of(bench.desk, "QS")))
    signature(sheet, "QS", 8, table.row)
    bench.desk.hazard(file, "", "", "định dạng .ods")
    bench.through_office(file, [sheet])


def zone(bench: Bench) -> None:
    """Three header rows; sent with a password, then again without one and with a row corrected."""
    columns: Columns = [
        ("number", "TT", 6),
        ("task", "Nhiệm vụ được giao|Nội dung", 48),
        ("source", "Nhiệm vụ được giao|Thuộc kế hoạch", 20),
        ("lead", "Nhiệm vụ được giao|Đơn vị thực hiện", 22),
        ("deadline", "Nhiệm vụ được giao|Thời hạn", 20),
        ("percent", "Tình hình thực hiện|Tiến độ|Tỷ lệ hoàn thành", 10),
        ("status", "Tình hình thực hiện|Tiến độ|Tình trạng xử lý", 18),
        ("completed", "Tình hình thực hiện|Ngày hoàn thành", 13),
        ("note", "Khó khăn, vướng mắc", 24),
    ]
    names = ("BQL KKT - bao cao tien do.xlsx", "BQL KKT - bao cao tien do (bản không mật khẩu).xlsx")
    for file in names:
        style = Style("KK", file, dates="real", lead="BQL Khu kinh tế Quảng Ninh")
        sheet = Sheet("Biểu 1")
        row = title_block(sheet, "KK", 9, number=1520)
        table = Table(bench.desk, sheet, style, columns, (row, 1)).header()
        locked = file == names[0]
        rows = rows_of(tasks_of(bench.desk, "KK"))
        for one in rows:
            one.counts = not locked
            if locked and one.code == "NV138-063":
                one.says = {"status": "Đang thực hiện", "completed": None, "percent": 0.9}
        table.add(*rows)
        signature(sheet, "KK", 9, table.row)
        if locked:
            bench.desk.hazard(file, "", "", "tệp có mật khẩu", "file-encrypted")
            bench.encrypted(file, [sheet], "KKT2025")
        else:
            bench.xlsx(file, [sheet])


def tax(bench: Bench) -> None:
    """No running number; deadlines in the built-in short date format, which proves nothing about the locale."""
    file = "Thue tinh.xlsx"
    style = Style("TH", file, lead="Thuế tỉnh")
    columns: Columns = [
        ("task", "Tên nhiệm vụ", 52),
        ("given", "Ngày chỉ đạo", 12),
        ("lead", "Đv/cn đầu mối", 16),
        ("co", "Đv/Cn phối hợp", 22),
        ("deadline", "Hạn HT", 13),
        ("status", "Trạng thái", 22),
    ]
    sheet = Sheet("DanhSach")
    sheet.put(1, 1, "Thuế tỉnh Quảng Ninh - danh sách nhiệm vụ theo dõi", bold=True, align="left")
    table = Table(bench.desk, sheet, style, columns, (2, 1)).header()
    special = {}
    for task in tasks_of(bench.desk, "TH"):
        says: dict[str, object] = {"given": (date(2025, 6, 10), 14)}
        if task.plain_date:
            says["deadline"] = (task.due, 14)
        if task.code == "NV02-26":
            says["status"] = "Đã hoàn thành (quá hạn)"
        special[task.code] = R(task.code, says)
    table.add(*rows_of([task for task in tasks_of(bench.desk, "TH") if task.kind != "Chỉ tiêu"], special))
    bench.desk.hazard(file, "DanhSach", "E3", "định dạng ngày mặc định (14) không phải bằng chứng đảo ngày", "")
    bench.xlsx(
        file, [sheet, target_sheet(bench.desk, style, [*TARGETS[:5], ("actual", "Lũy kế thực hiện", 12), *TARGETS[7:]])]
    )


def insurance(bench: Bench) -> None:
    """CSV from a system: headings without diacritics, two deadline columns (wording and ISO date)."""
    file = "BHXH_export.csv"
    style = Style(
        "BH", file, lead="Bảo hiểm xã hội tỉnh Quảng Ninh", sheet_in_key=False, joint=", ", done=("Hoàn thành",)
    )
    columns: Columns = [
        ("code", "Ma_NV", 1),
        ("field", "Nhom_Ke_Hoach", 1),
        ("task", "Tieu_de_Nhiem_vu", 1),
        ("lead", "Don_vi_Chu_tri", 1),
        ("co", "Don_vi_Phoi_hop", 1),
        ("product", "San_pham_Dau_ra", 1),
        ("deadline", "Thoi_han_Van_Ban", 1),
        ("due", "Thoi_han_Chuan", 1),
        ("status", "Trang_thai", 1),
        ("urgency", "Muc_do_Uu_tien", 1),
        ("progress", "Tien_do_%", 1),
        ("note", "Ghi_chu_Noi_bo", 1),
        ("updated", "Ngay_Cap_nhat", 1),
    ]
    sheet = Sheet("csv")
    table = Table(bench.desk, sheet, style, columns, (1, 1)).header()
    for task in tasks_of(bench.desk, "BH"):
        done = {"H": "100", "T": ""}.get(task.outcome, "40")
        table.add(
            R(
                task.code,
                {
                    "due": task.due.isoformat() if task.due else "",
                    "progress": done,
                    "urgency": "Cao",
                    "updated": "2025-10-01",
                },
            )
        )
    bench.desk.hazard(file, "", "", "tệp CSV phân cách bằng dấu phẩy; hai cột thời hạn")
    save_csv(sheet, bench.path(file), delimiter=",")


def one_stop(bench: Bench) -> None:
    """A dashboard without a status column: only the real completion date tells; days left by formula."""
    file = "TTPVHCC - bang theo doi.xlsx"
    style = Style("HC", file, dates="mixed", lead="Trung tâm PVHCC tỉnh", vary=("", "spaces", ""))
    columns: Columns = [
        ("task", "Nội dung công việc", 52),
        ("lead", "Đơn vị chủ trì", 24),
        ("boss", "Lãnh đạo phụ trách", 18),
        ("clerk", "Chuyên viên tham mưu trực tiếp", 18),
        ("deadline", "Thời hạn hoàn thành", 14),
        ("completed", "Ngày hoàn thành thực tế", 14),
        ("left", "Thời hạn còn lại", 10),
        ("today", "Ngày hiện tại", 12),
        ("note", "Ghi chú", 20),
    ]
    sheet = Sheet("TONG HOP")
    sheet.put(
        1, 1, "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG TỈNH - BẢNG THEO DÕI CÔNG VIỆC", bold=True, align="left", font_size=14
    )
    table = Table(bench.desk, sheet, style, columns, (3, 1)).header()
    special = {
        "NV06-036": R(
            "NV06-036",
            {"note": Formula('=IF(A4="","","Báo cáo quý")', None)},
            hz=(("note", "công thức không lưu kết quả", "cell-uncached"),),
        ),
        "NV02-09": R(
            "NV02-09",
            {"completed": "x"},
            hz=(("completed", "dấu x trong cột ngày hoàn thành: đã xong, chưa rõ ngày", "completed-unreadable"),),
        ),
    }
    rows = rows_of([task for task in tasks_of(bench.desk, "HC") if task.kind != "Chỉ tiêu"], special)
    for one in rows:
        task = bench.desk.tasks[one.code]
        left = (task.due - date(2025, 10, 1)).days if task.due else 0
        one.says = {
            "boss": "Phó Giám đốc",
            "clerk": "Phòng Hành chính - Tổng hợp",
            "today": (date(2025, 10, 1), "dd/mm/yyyy"),
            "left": Formula(f"=IFERROR(E{table.row + rows.index(one)}-H{table.row + rows.index(one)},0)", left),
            **one.says,
        }
    table.add(*rows)
    bench.xlsx(file, [sheet, target_sheet(bench.desk, style)])


def university(bench: Bench) -> None:
    """Semi-composed Unicode: the hat composed, the tone as a combining mark."""
    file = "DHHL/Truong Dai hoc Ha Long - bao cao.xlsx"
    style = Style("ĐH", file, vary=("semi",))
    columns: Columns = [
        ("number", "STT", 6),
        ("task", "Nhiệm vụ, giải pháp", 46),
        ("lead", "Cơ quan chủ trì", 22),
        ("co", "Cơ quan phối hợp", 20),
        ("deadline", "Thời gian thực hiện", 16),
        ("completed", "Ngày hoàn thành", 13),
        ("status", "Trạng thái", 18),
        ("result", "Kết quả thực hiện", 32),
    ]
    sheet = Sheet("Bao cao")
    row = title_block(sheet, "ĐH", 8, number=733)
    table = Table(bench.desk, sheet, style, columns, (row, 1)).header()
    for row_ in grouped(bench.desk, rows_of(tasks_of(bench.desk, "ĐH")), by_plan=True):
        table.add(row_)
    signature(sheet, "ĐH", 8, table.row)
    sheet.cells = {
        place: semi_composed(value) if isinstance(value, str) else value for place, value in sheet.cells.items()
    }
    bench.desk.hazard(file, "", "", "Unicode tổ hợp nửa dựng sẵn", "")
    bench.xlsx(file, [sheet])
