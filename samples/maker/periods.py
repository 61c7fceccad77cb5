"""The inboxes of the periods before and after: fewer files, plainer tables, some things badly done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from maker.bench import Bench
from maker.catalog import Task
from maker.departments_a import MONTH
from maker.key import Desk, Report, write_key
from maker.pages import TARGETS, grouped, rows_of, signature, tasks_of, title_block
from maker.sheet import Sheet, save_csv
from maker.story import HALF, YEAR, Period, at_half, at_year, outcomes
from maker.table import Columns, R, Style, Table

LONG: Columns = [
    ("number", "TT", 6),
    ("task", "Nội dung nhiệm vụ", 46),
    ("lead", "Đơn vị chủ trì", 22),
    ("co", "Đơn vị phối hợp", 22),
    ("deadline", "Thời hạn hoàn thành", 14),
    ("product", "Sản phẩm", 20),
    ("status", "Trạng thái", 18),
    ("completed", "Ngày hoàn thành", 13),
    ("result", "Kết quả thực hiện", 34),
]
WIDE: Columns = [
    ("number", "STT", 6),
    ("source", "Văn bản giao nhiệm vụ", 20),
    ("task", "Nhiệm vụ", 46),
    ("lead", "Cơ quan chủ trì", 22),
    ("deadline", "Thời hạn", 14),
    ("status", "Tình trạng", 18),
    ("completed", "Ngày hoàn thành", 13),
    ("note", "Ghi chú", 18),
]
CODED: Columns = [LONG[0], ("code", "Mã nhiệm vụ", 12), *LONG[1:]]


@dataclass
class Sender:
    """One unit's file. `without` are tasks it leaves out, `said` a line above its table."""

    unit: str
    file: str
    columns: Columns = field(default_factory=lambda: LONG)
    dates: str = "text"
    lead: str = ""
    vary: tuple[str, ...] = ()
    special: dict[str, R] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    said: str = ""


HALF_YEAR = [
    Sender(
        "KH",
        "Sở KH&CN - Báo cáo 6 tháng đầu năm 2025.xlsx",
        dates="real",
        lead="Sở KH&CN",
        vary=("", "tone", "", "dot"),
        special={
            "NV138-010": R(
                "NV138-010", {"status": "Đã trình UBND tỉnh"}, hz=(("status", "bước trình, chưa xong", "status-step"),)
            )
        },
    ),
    Sender(
        "NV",
        "SNV_bao cao 6 thang.xlsx",
        WIDE,
        said="Sở Nội vụ đã hoàn thành 9/26 nhiệm vụ, chỉ tiêu được giao.",
    ),
    Sender("TC", "So Tai chinh/BC 6 thang dau nam 2025.xlsx", CODED, "real", vary=("", "lower")),
    Sender("XD", "SXD - nhiem vu thang 6.2025.xlsx", WIDE, "mixed", lead="Sở Giao thông vận tải"),
    Sender("NN", "Sở NN&MT - 6 tháng.xlsx", dates="mixed", vary=("", "tone")),
    Sender(
        "YT",
        "So Y te - BC 6T.xlsx",
        WIDE,
        "real",
        special={
            "NV06-044": R(
                "NV06-044",
                {"deadline": (date(2025, 6, 1), MONTH)},
                hz=(("deadline", "tháng lưu dưới dạng ngày", ""),),
            )
        },
    ),
    Sender("GD", "So GD-DT bao cao 6 thang.xlsx", vary=("upper",)),
    Sender("DT", "SDTTG_6 thang dau nam.xlsx", WIDE),
    Sender("VP", "VP UBND tinh - 6 thang.xlsx", dates="real"),
    Sender("CA", "CAT_De an 06 va cac KH 6 thang 2025.xlsx", dates="mixed", vary=("", "quotes")),
    Sender("HC", "TTPVHCC - 6 thang.xlsx", WIDE, "real"),
    Sender("TH", "Thue tinh 6T2025.csv", WIDE),
]
WHOLE_YEAR = [
    Sender("KH", "Sở KH&CN - Báo cáo năm 2025.xlsx", dates="real", lead="Sở KH&CN", vary=("", "tone", "spaces")),
    Sender("NV", "SNV_bao cao nam 2025.xlsx", WIDE, "real"),
    Sender("TC", "So Tai chinh/BC nam 2025.xlsx", CODED, "real", without=("NV138-011",)),
    Sender("NN", "Sở NN&MT - năm 2025.xlsx", dates="mixed"),
    Sender("YT", "So Y te - BC nam 2025.xlsx", WIDE, "mixed"),
    Sender("GD", "So GD-DT bao cao nam 2025.xlsx", vary=("", "tone")),
    Sender("CT", "SCT bao cao nam 2025.xlsx", dates="real"),
    Sender("CA", "CAT_De an 06 va cac KH nam 2025.xlsx", dates="mixed"),
    Sender("HC", "TTPVHCC - nam 2025.xlsx", WIDE, "real"),
    Sender("TH", "Thue tinh 2025.csv", WIDE),
    Sender("P:Bãi Cháy", "cap xa/UBND phường Bãi Cháy.xlsx", WIDE),
    Sender("P:Hồng Gai", "cap xa/UBND phường Hồng Gai.xlsx", WIDE, "real"),
    Sender("X:Tiên Yên", "cap xa/UBND xã Tiên Yên.xlsx", WIDE),
    Sender("Đ:Vân Đồn", "cap xa/DK Van Don.xlsx", WIDE, "real"),
]


def write(samples: Path, nine: Desk) -> None:
    """Write both inboxes and their keys; `nine` is the desk of the 9 months, all its files written."""
    tasks = nine.tasks
    half = Desk({code: at_half(task) for code, task in tasks.items()}, as_of=HALF.as_of, period=HALF.name)
    bench = Bench(half, samples / "don-vi" / HALF.id)
    send(bench, HALF, HALF_YEAR)
    second_thoughts(bench)
    rollup(bench)
    finish(bench, samples, HALF, {}, {})

    year = Desk({code: at_year(task) for code, task in tasks.items()}, as_of=YEAR.as_of, period=YEAR.name)
    for code, units in nine.reports.items():
        for unit, one in units.items():
            if one.outcome == "H" and year.tasks[code].outcome != "H" and len(tasks[code].leads) == 1:
                year.hazard("", "", "", f"{code}: {unit} báo đã xong ở kỳ 9 tháng, nay chưa xong")
    bench = Bench(year, samples / "don-vi" / YEAR.id)
    send(bench, YEAR, WHOLE_YEAR)
    dues = {code: task.due for code, task in tasks.items() if not task.assigned_deadline}
    finish(bench, samples, YEAR, nine.reports, dues)


def finish(
    bench: Bench,
    samples: Path,
    period: Period,
    earlier: dict[str, dict[str, Report]],
    dues: dict[str, date | None],
) -> None:
    bench.finish()
    items = outcomes(bench.desk, earlier, dues)
    write_key(samples / "dap-an" / period.id, items, bench.desk.hazards)


def send(bench: Bench, period: Period, senders: list[Sender]) -> None:
    for number, sender in enumerate(senders, 40):
        style = Style(sender.unit, sender.file, sender.dates, sender.lead, vary=sender.vary)
        if sender.file.endswith(".csv"):
            style.sheet_in_key = False
            save_csv(page(bench, period, sender, style, tasks(bench, sender), number), bench.path(sender.file))
            continue
        listed = tasks(bench, sender)
        targets = [task for task in listed if task.kind == "Chỉ tiêu"]
        sheets = [page(bench, period, sender, style, [task for task in listed if task not in targets], number)]
        if targets:
            sheets.append(page(bench, period, sender, style, targets, number, TARGETS, "Chỉ tiêu"))
        when = datetime(period.as_of.year, period.as_of.month, period.as_of.day, 9, number % 60)
        bench.xlsx(sender.file, sheets, when)


def tasks(bench: Bench, sender: Sender) -> list[Task]:
    return [task for task in tasks_of(bench.desk, sender.unit) if task.code not in sender.without]


def page(
    bench: Bench,
    period: Period,
    sender: Sender,
    style: Style,
    listed: list[Task],
    number: int,
    columns: Columns | None = None,
    name: str = "Báo cáo",
) -> Sheet:
    sheet = Sheet(name)
    shown = columns or sender.columns
    row = title_block(
        sheet,
        sender.unit,
        len(shown),
        title=period.title,
        under=(period.under,),
        number=number,
        month=period.month,
    )
    if sender.said and columns is None:
        cell = sheet.put(row, 1, sender.said, align="left")
        sheet.merge(row, 1, row, len(shown))
        bench.desk.hazard(sender.file, name, cell, "lời văn không khớp bảng", "summary-disagrees")
        row += 1
    table = Table(bench.desk, sheet, style, shown, (row, 1)).header()
    table.add(*grouped(bench.desk, rows_of(listed, sender.special), by_plan=True))
    signature(sheet, sender.unit, len(shown), table.row)
    return sheet


def second_thoughts(bench: Bench) -> None:
    """A second file of one unit, unmarked, that says otherwise of one task."""
    file = "So Tai chinh/BC 6 thang dau nam 2025 - phong HCSN.xlsx"
    style = Style("TC", file, "real")
    sheet = Sheet("Báo cáo")
    row = title_block(sheet, "TC", len(WIDE), title=HALF.title, under=(HALF.under,), number=61, month=HALF.month)
    table = Table(bench.desk, sheet, style, WIDE, (row, 1)).header()
    late = R(
        "NV06-005",
        {"status": "Đã hoàn thành", "completed": date(2025, 6, 27)},
        hz=(("status", "hai tệp của một đơn vị ghi khác nhau", "files-disagree"),),
    )
    bench.desk.tasks["NV06-005"].outcome, bench.desk.tasks["NV06-005"].completed = "H", date(2025, 6, 27)
    table.add(*grouped(bench.desk, [late], by_plan=True))
    bench.xlsx(file, [sheet], datetime(2025, 7, 2, 16, 30))


def rollup(bench: Bench) -> None:
    """A roll-up table without task rows, in which one row does not add up: 47 is not 15 + 18 + 8 + 5."""
    file = "Sở KH&CN - Biểu tổng hợp 6 tháng.xlsx"
    sheet = Sheet("Tổng hợp")
    row = title_block(
        sheet, "KH", 7, title="TỔNG HỢP TIẾN ĐỘ CÁC KẾ HOẠCH", under=(HALF.under,), number=62, month=HALF.month
    )
    heads = ("TT", "Kế hoạch", "Tổng số", "Hoàn thành", "Đúng tiến độ", "Chậm tiến độ", "Chưa triển khai")
    rows = (
        (1, "Nghị quyết số 57-NQ/TW", 47, 15, 18, 8, 5),
        (2, "Chương trình hành động của Tỉnh ủy", 36, 11, 20, 3, 2),
    )
    for place, values in enumerate((heads, *rows)):
        for column, value in enumerate(values, 1):
            sheet.put(row + place, column, value, border=1, align="center", bold=place == 0, text_wrap=True)
            sheet.widths[column] = 34 if column == 2 else 13
    bench.desk.hazard(file, "Tổng hợp", f"C{row + 1}", "tổng số không bằng các cột cộng lại", "sums-disagree")
    bench.xlsx(file, [sheet], datetime(2025, 7, 2, 17, 0))
