"""Công an tỉnh: the body that leads most of Đề án 06."""

from __future__ import annotations

from maker.bench import Bench
from maker.pages import rows_of, signature, stray, target_sheet, tasks_of, title_block
from maker.sheet import Sheet
from maker.table import Columns, Line, R, Style, Table


def police(bench: Bench) -> None:
    """Two tables with different headings on one sheet; sub-numbers 2.1 … 2.9 as numbers, 2.10 as text."""
    file = "CAT_Bao cao De an 06 va cac KH.xlsx"
    style = Style(
        "CA", file, done=("Đã hoàn thành", "Hoàn thành", "Hoàn thành đúng hạn", "Xong", "100%"), vary=("", "quotes")
    )
    dated: Columns = [
        ("number", "STT", 6),
        ("task", "NHIỆM VỤ", 52),
        ("source", "VĂN BẢN GIAO VIỆC", 18),
        ("deadline", "THỜI HẠN HOÀN THÀNH", 16),
        ("status", "TIẾN ĐỘ", 22),
        ("result", "KẾT QUẢ HIỆN NAY", 32),
        ("note", "ĐỀ XUẤT, KIẾN NGHỊ", 22),
    ]
    standing: Columns = [
        ("number", "TT", 6),
        ("task", "Nội dung", 52),
        ("lead", "Cơ quan chủ trì", 18),
        ("deadline", "Thời gian", 16),
        ("status", "Tình trạng", 22),
        ("result", "Kết quả thực hiện", 32),
    ]
    sheet = Sheet("Đề án 06")
    row = title_block(
        sheet, "CA", 7, number=3310, title="PHỤ LỤC KẾT QUẢ THỰC HIỆN ĐỀ ÁN 06 TRÊN ĐỊA BÀN TỈNH QUẢNG NINH"
    )
    sheet.put(row, 1, "I/ NHIỆM VỤ CÓ THỜI HẠN", bold=True, align="left")
    special = {
        "NV06-006": R("NV06-006", {"status": "Hoàn thành quá hạn"}),
        "NV06-016": R("NV06-016", {"status": "Hoàn thành ngày 24/6/2025"}, said_date=True),
        "NV06-026": R("NV06-026", {"status": "Sắp đến hạn"}),
        "NV06-066": R("NV06-066", {"status": "Đang thực hiện, 85%"}),
        "NV06-069": R(
            "NV06-069",
            {"status": "Đề xuất bỏ nhiệm vụ này"},
            hz=(("status", "đề xuất dừng, chưa có quyết định", "status-stop-proposed"),),
        ),
        "NV06-068": R("NV06-068", {"status": "Hoàn thành ngày 31/5/2025"}, said_date=True),
    }
    tasks = tasks_of(bench.desk, "CA", "06")
    services = [task for task in tasks if task.group.startswith("II.") and task.outcome != "T"]
    services += [task for task in tasks if task.code in ("NV06-052", "NV06-053")]
    before = [task for task in tasks if task.group.startswith("I.")]
    after = [task for task in tasks if task not in services and task not in before and task.outcome != "T"]
    table = Table(bench.desk, sheet, style, dated, (row + 1, 1)).header()
    bench.desk.hazard(file, sheet.name, f"E{row + 1}", "“Tiến độ” là trạng thái", "header-column-guessed")
    for i, one in enumerate(rows_of(before, special), 1):
        one.says = {"number": i, **one.says}
        table.add(one)
    parent = len(before) + 1
    table.add(
        Line({"number": parent, "task": "Triển khai các dịch vụ công trực tuyến, tiện ích thiết yếu:"}, bold=True)
    )
    for i, one in enumerate(rows_of(services, special), 1):
        number: object = f"{parent}.10" if i == 10 else float(f"{parent}.{i}")
        one.says = {"number": number, **one.says}
        if i == 10:
            one.hz = (*one.hz, ("number", "số thứ tự 10 là chữ, các số khác là số thập phân", ""))
        table.add(one)
    for i, one in enumerate(rows_of(after, special), parent + 1):
        one.says = {"number": i, **one.says}
        table.add(one)
    table.add(
        stray(
            "Triển khai mô hình “Công dân số gương mẫu” tại phường Yên Từ",
            "UBND phường Yên Tử",
            number=parent + len(after) + 1,
        )
    )
    row = table.row + 1
    sheet.put(row, 1, "II/ NHIỆM VỤ KHÔNG CÓ THỜI HẠN, THỰC HIỆN THƯỜNG XUYÊN, ĐỊNH KỲ", bold=True, align="left")
    table = Table(bench.desk, sheet, style, standing, (row + 1, 1)).header()
    bench.desk.hazard(file, sheet.name, f"A{row + 1}", "bảng thứ hai trên cùng trang", "")
    table.add(*rows_of([task for task in tasks if task.outcome == "T"]))
    table.add(
        R(
            "NV06-054",
            {"status": "Đã hoàn thành", "lead": "Sở Văn hóa, Thể thao và Du lịch"},
            counts=False,
            hz=(("status", "trái với báo cáo của đơn vị chủ trì", "units-disagree"),),
        )
    )
    for i, width in enumerate((6, 52, 18, 16, 22, 32, 22), 1):
        sheet.widths[i] = width
    signature(sheet, "CA", 7, table.row)

    plans = Sheet("KH 138, 157, 02")
    columns: Columns = [
        ("number", "TT", 6),
        ("plan", "Kế hoạch", 14),
        ("task", "Nhiệm vụ", 50),
        ("lead", "Chủ trì", 16),
        ("deadline", "Hạn", 16),
        ("status", "Kết quả", 26),
    ]
    other = [task for task in tasks_of(bench.desk, "CA") if task.plan != "06" and task.kind != "Chỉ tiêu"]
    row = title_block(plans, "CA", 6, state=False)
    Table(bench.desk, plans, style, columns, (row, 1)).header().add(*rows_of(other))
    bench.xlsx(file, [sheet, plans, target_sheet(bench.desk, style)])
