"""What the command line shows, as rich renderables; cli.py prints them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from rich.table import Table
from rich.text import Text

from qn_xl.model import Class, FileReading, Finding, Item, Received, Severity, Snapshot
from qn_xl.outputs.definitions import rounding
from qn_xl.outputs.json_preview import class_of
from qn_xl.rules.figures import groups_json, office_view
from qn_xl.rules.wording import date_text, percent_text

CLASS_WORD = {
    Class.DONE_ON_TIME: "hoàn thành đúng hạn",
    Class.DONE_LATE: "hoàn thành quá hạn",
    Class.DONE_UNDATED: "hoàn thành, chưa rõ ngày",
    Class.IN_PROGRESS: "đang thực hiện",
    Class.OVERDUE: "chậm tiến độ",
    Class.RECURRING: "thường xuyên",
    Class.NO_DEADLINE: "không xác định thời hạn",
    Class.STOPPED: "tạm dừng",
}
SEVERITY_WORD = {Severity.ERROR: "LỖI", Severity.WARNING: "CẢNH BÁO", Severity.NOTE: "GHI CHÚ"}
SEVERITY_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
RECEIVED_WORD = {
    Received.ON_TIME: "đúng hạn",
    Received.LATE: "quá hạn",
    Received.RECEIVED: "đã nhận",
    Received.NO_CHANGE: "không thay đổi",
    Received.EMPTY: "không có nhiệm vụ",
    Received.MISSING: "chưa gửi",
    Received.UNREADABLE: "không đọc được",
}


def restored_line(restored: int, snapshot: Snapshot) -> str:
    """Return what to know when the outputs show a run that the office went back to; `snapshot`: what was printed."""
    said = f"Kết quả đang hiện là của lần {restored} mà cơ quan đã quay lại (qn-xl restore)"
    if snapshot.run == restored:
        return f"{said}; số liệu in ở trên cũng là của lần đó."
    return f"{said}; số liệu in ở trên là của lần {snapshot.run}, kỳ {snapshot.period_name or snapshot.period}."


def summary_table(snapshot: Snapshot) -> Table:
    """Return the summary the leadership reads: one row per plan and kind of item."""
    table = Table(title=f"Tình hình thực hiện đến ngày {date_text(snapshot.as_of)}", title_style="bold")
    table.add_column("Kế hoạch")
    table.add_column("Loại")
    for heading in (
        "Tổng số",
        "Hoàn thành",
        "Đang thực hiện",
        "Chậm tiến độ",
        "Thường xuyên",
        "Tạm dừng",
        "Phụ thuộc TW",
    ):
        table.add_column(heading, justify="right")
    table.add_column("Tỷ lệ hoàn thành", justify="right")
    for plan in snapshot.plans:
        name = plan.symbol
        for group in groups_json(snapshot.figures, plan.symbol):
            if not group["total"]:
                continue
            parts = {part.code: part.count for part in office_view(group).parts}
            table.add_row(
                name,
                group["kind"],
                str(group["total"]),
                *(str(parts[code]) for code in ("done", "under_way", "overdue", "recurring", "stopped")),
                str(group["central"]),
                percent_text(group["done"], group["total"], rounding=rounding(snapshot)),
            )
            name = ""
    return table


def findings_lines(findings: Iterable[Finding], most: int = 5) -> list[Text]:
    """Return the first errors and warnings, an address and a sentence each."""
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
    listed = sorted(findings, key=lambda found: order[found.severity])
    lines = []
    for found in listed[:most]:
        line = Text(f"{SEVERITY_WORD[found.severity]:<9}", style=SEVERITY_STYLE[found.severity])
        line.append(f"{found.where}  ", style="bold")
        line.append(f"{found.message} {found.action}", style="not bold")
        lines.append(line)
    if len(listed) > most:
        lines.append(Text(f"… và {len(listed) - most} vấn đề khác, xem trang Vấn đề của báo cáo.", style="dim"))
    return lines


def returns_line(snapshot: Snapshot) -> str:
    """Return one sentence: how many of the units that must report did, and which states occur."""
    expected = {unit.id for unit in snapshot.units if unit.expected}
    counts: dict[Received, int] = {}
    others = 0
    for one in snapshot.returns:
        if one.unit in expected:
            counts[one.received] = counts.get(one.received, 0) + 1
        else:
            others += one.received is not Received.MISSING
    sent = sum(count for state, count in counts.items() if state is not Received.MISSING)
    said = ", ".join(f"{RECEIVED_WORD[state]} {counts[state]}" for state in Received if state in counts)
    more = f"; {others} đơn vị khác cũng gửi" if others else ""
    return f"Đơn vị phải báo cáo: {sent}/{sum(counts.values())} đã gửi ({said}){more}."


def late_table(items: Sequence[Item], most: int = 10) -> Table:
    """Return the items longest overdue."""
    table = Table(title="Nhiệm vụ chậm lâu nhất", title_style="bold")
    for heading in ("Kế hoạch", "TT", "Nhiệm vụ", "Hạn", "Số ngày chậm"):
        table.add_column(heading)
    late = sorted((i for i in items if i.cls is Class.OVERDUE and i.days_late), key=lambda i: -(i.days_late or 0))
    for item in late[:most]:
        due = f"{item.due:%d/%m/%Y}" if item.due else ""
        table.add_row(item.plan, item.number, item.task[:70], due, str(item.days_late))
    return table


def preview_tables(reading: FileReading, as_of: date, most: int = 15) -> list[Table | Text]:
    """Return how the reader understood one file."""
    head = Text(reading.file, style="bold")
    head.append(f"  ({reading.format or 'không rõ loại'})", style="not bold dim")
    if reading.unit:
        head.append(f"  đơn vị: {reading.unit}", style="not bold")
    shown: list[Table | Text] = [head]
    for sheet in reading.sheets:
        rows = ", ".join(f"{name} {count}" for name, count in sheet.rows.items() if count)
        shown.append(
            Text(f"  trang “{sheet.name}”: {sheet.verdict.value}; dòng tiêu đề {list(sheet.header_rows)}; {rows}")
        )
        if not sheet.tasks:
            continue
        columns = ", ".join(f"{name}={letters}" for name, letters in sheet.columns.items())
        shown.append(Text(f"  cột: {columns}", style="dim"))
        table = Table()
        for heading in ("Dòng", "TT", "Nhiệm vụ", "Chủ trì", "Thời hạn", "Hạn", "Trạng thái", "Lớp", "Chậm"):
            table.add_column(heading)
        for task in sheet.tasks[:most]:
            classed = class_of(task, as_of)
            table.add_row(
                str(task.row),
                task.number,
                task.task[:50],
                "; ".join(task.lead_pieces)[:30],
                task.deadline.text[:20],
                task.deadline.due.isoformat() if task.deadline.due else task.deadline.kind.value,
                task.status.text[:24],
                CLASS_WORD[classed.cls],
                "" if classed.days_late is None else str(classed.days_late),
            )
        shown.append(table)
        if len(sheet.tasks) > most:
            shown.append(Text(f"  … còn {len(sheet.tasks) - most} nhiệm vụ, dùng --json để xem hết.", style="dim"))
    shown += findings_lines(reading.findings, most=20)
    return shown
