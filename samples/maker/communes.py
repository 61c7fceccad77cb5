"""Communes: small tables in many hands; formats .csv, HTML, .xls, .xlsm, VNI, two versions, look-alike names."""

from __future__ import annotations

from datetime import date, datetime

from maker.bench import Bench
from maker.catalog import name
from maker.pages import rows_of, signature, tasks_of, title_block
from maker.sheet import Formula, Sheet, save_csv, save_html
from maker.table import Columns, Line, R, Style, Table
from maker.wording import vni

FULL: Columns = [
    ("number", "STT", 6),
    ("task", "Nội dung nhiệm vụ", 46),
    ("source", "Văn bản giao nhiệm vụ", 20),
    ("deadline", "Thời hạn hoàn thành", 14),
    ("lead", "Cơ quan chủ trì", 20),
    ("co", "Cơ quan phối hợp", 20),
    ("status", "Tình trạng", 18),
    ("completed", "Ngày hoàn thành", 13),
]
SHORT: Columns = [
    ("number", "TT", 6),
    ("task", "Nhiệm vụ", 50),
    ("lead", "Chủ trì", 20),
    ("deadline", "Hạn", 16),
    ("status", "Kết quả", 24),
]
COMMON = "NV138-008"  # the collective task: some communes say done, some not, most say nothing


def page(
    bench: Bench,
    style: Style,
    columns: Columns,
    *,
    special: dict[str, R] | None = None,
    common: str = "",
    more: tuple[Line | R, ...] = (),
    at: int = 1,
    state: bool = True,
    sheet_name: str = "Sheet1",
    numbers: bool = False,
) -> Sheet:
    sheet = Sheet(sheet_name)
    row = title_block(
        sheet,
        style.unit,
        len(columns),
        number=180 + len(style.file),
        at=(1, at),
        state=state,
        under=("(Số liệu tính đến ngày 30/9/2025)", f"Đơn vị báo cáo: {name(style.unit)}")
        if not state
        else ("(Số liệu tính đến ngày 30/9/2025)",),
    )
    table = Table(bench.desk, sheet, style, columns, (row, at)).header(number_row=numbers)
    table.add(*rows_of(tasks_of(bench.desk, style.unit), special))
    if common:
        table.add(R(COMMON, {"lead": name(style.unit)}, outcome=common))
    table.add(*more)
    signature(sheet, style.unit, len(columns), table.row, at)
    return sheet


def plain(bench: Bench) -> None:
    """Communes whose workbook holds nothing unusual but its layout."""
    full = [
        ("P:Bãi Cháy", "cap xa/UBND phường Bãi Cháy.xlsx", SHORT, "H"),
        ("P:Uông Bí", "cap xa/UBND phuong Uong Bi - bao cao 9T.xlsm", FULL, "H"),
        ("P:Vàng Danh", "cap xa/PHƯỜNG VÀNG DANH.xlsx", FULL, ""),
        ("P:Yên Tử", "cap xa/BC tien do phuong Yen Tu.xlsx", SHORT, "C"),
        ("P:Móng Cái 1", "cap xa/UBND phường Móng Cái 1.xlsx", FULL, ""),
        ("P:Hà An", "cap xa/phuong Ha An.xlsx", SHORT, ""),
        ("P:Hiệp Hòa", "cap xa/UBND phuong Hiep Hoa.xlsx", FULL, "H"),
        ("P:Liên Hòa", "cap xa/UBND phường Liên Hoà.xlsx", FULL, ""),
        ("X:Quảng Hà", "cap xa/UBND xã Quảng Hà.xlsx", SHORT, "H"),
        ("X:Bình Liêu", "cap xa/Xã Bình Liêu.xlsx", FULL, "C"),
    ]
    for unit, file, columns, common in full:
        style = Style(
            unit,
            file,
            dates="real" if len(file) % 2 else "text",
            done=("Hoàn thành đúng hạn", "Đã hoàn thành") if columns is SHORT else (),
            vary=("", "tone"),
        )
        special = {"NV06-129": R("NV06-129", {"lead": "UBND xã Bình Liêu, UBND xã Tiên Yên"})}
        sheet = page(bench, style, columns, common=common, special=special, numbers=columns is FULL)
        if file.endswith(".xlsm"):
            bench.xlsm(file, [sheet])
        else:
            bench.xlsx(file, [sheet])


def hazards_in_rows(bench: Bench) -> None:
    """Hidden row, leading empty columns, typing slips, numbers without a task, a row without a task, duplicates."""
    file = "cap xa/UBND phường Hồng Gai.xlsx"
    style = Style("P:Hồng Gai", file, lead="UBND phường Hòn Gai", dates="mixed")
    special = {
        "NV157-36": R("NV157-36", {"deadline": "31/7//2025"}, hz=(("deadline", "gõ thừa dấu gạch", "date-repaired"),))
    }
    bench.xlsx(file, [page(bench, style, FULL, special=special, common="C")])

    file = "cap xa/UBND phường Hà Tu.xlsx"
    style = Style("P:Hà Tu", file, dates="real")
    special = {"NV06-088": R("NV06-088", hidden=True, hz=(("task", "dòng ẩn", "row-hidden"),))}
    bench.xlsx(file, [page(bench, style, FULL, special=special)])

    file = "cap xa/UBND phường Quang Hanh.xlsx"
    style = Style("P:Quang Hanh", file, vary=("dash",))
    special = {
        "NV06-130": R(
            "NV06-130", {"deadline": "Tháng 10//2025"}, hz=(("deadline", "gõ thừa dấu gạch", "date-repaired"),)
        )
    }
    bench.desk.hazard(file, "Sheet1", "", "hai cột trống bên trái bảng")
    bench.xlsx(file, [page(bench, style, FULL, special=special, at=3)])

    file = "cap xa/UBND phường Mông Dương.xlsx"
    style = Style("P:Mông Dương", file)
    more: tuple[Line | R, ...] = (
        Line(
            {"number": 2, "lead": "UBND phường Mông Dương", "deadline": "31/12/2025", "status": "Đang thực hiện"},
            hz=(("task", "dòng không có nội dung nhiệm vụ", "row-no-task"),),
        ),
        *(Line({"number": number}) for number in range(3, 11)),
    )
    bench.xlsx(file, [page(bench, style, FULL, more=more)])

    file = "cap xa/UBND phường Mạo Khê.xlsx"
    style = Style("P:Mạo Khê", file, dates="real")
    special = {
        "NV138-056": R("NV138-056", {"lead": "UBND phường Đông Triều; UBND phường Mạo Khê"}),
        "NV06-122": R(
            "NV06-122",
            {"status": "Hoàn thành đúng hạn"},
            hz=(("status", "đơn vị ghi đúng hạn, ngày hoàn thành sau hạn", "status-conflict"),),
        ),
    }
    more = (
        R(
            "NV06-122",
            {"number": 3, "status": "Hoàn thành đúng hạn"},
            counts=False,
            hz=(("task", "nhiệm vụ lặp lại trong tệp", "row-duplicate"),),
        ),
    )
    bench.xlsx(file, [page(bench, style, FULL, special=special, more=more)])

    file = "cap xa/UBND xã Hải Hòa/BC 9T.xlsx"
    style = Style("X:Hải Hòa", file, vary=("upper",))
    special = {
        "NV06-091": R(
            "NV06-091", {"co": Formula("=INDEX(#REF!,1)", "#REF!")}, hz=(("co", "ô lỗi #REF!", "cell-error"),)
        )
    }
    bench.xlsx(file, [page(bench, style, FULL, special=special, state=False)])

    file = "cap xa/UBND xã Đầm Hà.xlsx"
    style = Style("X:Đầm Hà", file)
    special = {
        "NV06-128": R(
            "NV06-128", hz=(("deadline", "thời hạn thiếu năm; danh mục giao không có thời hạn", "date-year-assumed"),)
        )
    }
    bench.xlsx(file, [page(bench, style, FULL, special=special)])


def two_deadlines(bench: Bench) -> None:
    """A proposed date beside the deadline that stands; a wide layout; a status by the month."""
    file = "cap xa/UBND phường Cẩm Phả.xlsx"
    columns: Columns = [
        ("field", "Lĩnh vực", 18),
        ("lead", "Cơ quan", 20),
        ("source", "Văn bản", 20),
        ("task", "Nội dung", 46),
        ("form", "Hình thức xử lý", 14),
        ("asked", "Thời gian đề xuất", 14),
        ("deadline", "Thời hạn UBND", 14),
        ("completed", "Ngày hoàn thành", 13),
        ("status", "Tình trạng", 18),
        ("note", "Ghi chú", 16),
    ]
    style = Style("P:Cẩm Phả", file, dates="real")
    asked = {"form": "Văn bản", "asked": (date(2025, 12, 15), "dd/mm/yyyy")}
    special = {code: R(code, dict(asked)) for code in ("NV157-37", "NV02-16")}
    bench.desk.hazard(file, "Sheet1", "", "hai cột thời hạn: đề xuất và được giao", "")
    bench.xlsx(file, [page(bench, style, columns, special=special)])

    file = "cap xa/DK Van Don.xlsx"
    columns = [
        ("number", "STT", 6),
        ("period", "Kỳ báo cáo", 14),
        ("source", "Văn bản", 18),
        ("task", "Nhiệm vụ", 46),
        ("start", "Ngày bắt đầu", 12),
        ("deadline", "Thời hạn", 13),
        ("completed", "Hoàn thành", 13),
        ("status", "Trạng thái", 16),
        ("lead", "Chủ trì", 22),
        ("state", "Tình Trạng báo cáo", 14),
    ]
    style = Style("Đ:Vân Đồn", file, dates="real")
    says = {"start": (date(2025, 6, 24), "dd/mm/yyyy"), "state": "Đã gửi"}
    sheet = page(bench, style, columns, special={code: R(code, dict(says)) for code in ("NV02-18", "NV06-125")})
    bench.xlsx(file, [sheet])

    file = "cap xa/Đặc khu Cô Tô.xlsx"
    columns = [
        ("number", "TT", 6),
        ("task", "NHIỆM VỤ", 46),
        ("product", "KẾT QUẢ YÊU CẦU", 20),
        ("deadline", "THỜI GIAN HOÀN THÀNH", 16),
        ("lead", "CƠ QUAN THỰC HIỆN", 20),
        ("status", "TIẾN ĐỘ", 18),
        ("result", "KẾT QUẢ HIỆN NAY", 34),
    ]
    style = Style("Đ:Cô Tô", file, done=("Hoàn thành", "Hoàn thành đúng hạn"))
    bench.xlsx(file, [page(bench, style, columns)])


def other_formats(bench: Bench) -> None:
    """Semicolon CSV, UTF-16 text under .csv, HTML under .xls, old .xls with merged cells, VNI text."""
    file = "cap xa/UBND phường Hà Lầm.csv"
    style = Style("P:Hà Lầm", file, sheet_in_key=False)
    bench.desk.hazard(file, "", "", "tệp CSV phân cách bằng dấu chấm phẩy")
    save_csv(page(bench, style, FULL, state=False), bench.path(file))

    file = "cap xa/UBND xã Tiên Yên.csv"
    style = Style("X:Tiên Yên", file, sheet_in_key=False)
    special = {"NV06-129": R("NV06-129", {"lead": "UBND xã Bình Liêu, UBND xã Tiên Yên"}, outcome="H", hz=())}
    bench.desk.hazard(file, "", "", "văn bản Unicode (UTF-16) phân cách bằng tab, đuôi .csv")
    save_csv(page(bench, style, FULL[:7], state=False, special=special), bench.path(file), "utf-16", "\t")

    file = "cap xa/UBND phường Hạ Long.xls"
    style = Style("P:Hạ Long", file, sheet_in_key=False)
    bench.desk.hazard(file, "", "", "HTML lưu đuôi .xls", "file-other-extension")
    save_html(page(bench, style, FULL, common="H"), bench.path(file))

    file = "cap xa/UBND phường Quảng Yên.xls"
    style = Style("P:Quảng Yên", file, dates="real")
    sheet = page(bench, style, FULL)
    bench.desk.hazard(file, "", "", "định dạng .xls cũ")
    bench.through_office(file, [sheet])

    file = "cap xa/UBND phuong Cua Ong.xlsx"
    style = Style("P:Cửa Ông", file)
    sheet = page(
        bench, style, FULL, more=(Line({"task": "Ghi chú: kết quả đã thống nhất với Toà án nhân dân khu vực"}),)
    )
    sheet.font = "VNI-Times"
    sheet.cells = {place: vni(value) if isinstance(value, str) else value for place, value in sheet.cells.items()}
    bench.desk.hazard(file, "", "", "chữ VNI, phông VNI-Times", "file-legacy-text")
    bench.xlsx(file, [sheet])


def two_versions(bench: Bench) -> None:
    """The second file of one unit corrects a row of the first and leaves the other as it was."""
    file = "cap xa/UBND phường Đông Triều.xlsx"
    style = Style("P:Đông Triều", file)
    special = {"NV06-121": R("NV06-121", {"status": "Quá hạn", "completed": None}, outcome="C")}
    special["NV138-056"] = R("NV138-056", {"lead": "UBND phường Đông Triều; UBND phường Mạo Khê"}, outcome="H")
    bench.xlsx(file, [page(bench, style, FULL, special=special)])

    file = "cap xa/UBND phường Đông Triều (lần 2).xlsx"
    style = Style("P:Đông Triều", file)
    sheet = Sheet("Sheet1")
    row = title_block(sheet, style.unit, len(FULL), number=229, day="03")
    table = Table(bench.desk, sheet, style, FULL, (row, 1)).header().add(R("NV06-121"))
    signature(sheet, style.unit, len(FULL), table.row)
    bench.desk.hazard(file, "", "", "bản lần 2 thay một dòng của bản trước", "file-superseded")
    bench.xlsx(file, [sheet], datetime(2025, 10, 3, 15, 0))
