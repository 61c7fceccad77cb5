"""What the command line shows of the runs made so far, as rich renderables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.table import Table
from rich.text import Text

from qn_xl.history import RunInfo
from qn_xl.model import Plan, Unit
from qn_xl.outputs.labels import OFFICE_VIEW
from qn_xl.rules.compare import LABEL, Comparison, Move, side_name
from qn_xl.rules.figures import MEASURE, MEMBERS
from qn_xl.rules.wording import date_text

MOST = 30  # changes listed


def runs_table(runs: Iterable[RunInfo], shown: int | None) -> Table:
    """Return the runs, the oldest first; the one that the outputs hold is marked."""
    table = Table(title="Các lần tổng hợp", title_style="bold")
    for heading in ("Lần", "Kỳ", "Ngày chốt", "Lúc chạy", "Số tệp", "Số mục", "Phiên bản", "Đang xem"):
        table.add_column(heading, justify="right" if heading in ("Lần", "Số tệp", "Số mục") else "left")
    for info in runs:
        table.add_row(
            str(info.run),
            f"{info.period_name or info.period} ({info.period})",
            date_text(info.as_of),
            f"{info.made_at:%H:%M %d/%m/%Y}",
            str(info.files),
            str(info.items),
            info.version,
            "◄" if info.run == shown else "",
        )
    return table


def comparison(found: Comparison, plans: Iterable[Plan], units: Iterable[Unit]) -> Iterator[Table | Text]:
    """Give the table of figures before and after, how many changes there are of each sort, and the first of them."""
    symbols = {plan.id: plan.symbol for plan in plans}
    names = {unit.id: unit.name for unit in units}
    yield Text(f"Trước: {side_name(found.earlier)}\nSau:   {side_name(found.later)}")
    table = Table(title="Số liệu trước + thay đổi = số liệu sau", title_style="bold")
    table.add_column("Kế hoạch")
    table.add_column("Loại")
    table.add_column("Tình trạng")
    for heading in ("Trước", "Chuyển đến", "Chuyển đi", "Thêm", "Bớt", "Sau"):
        table.add_column(heading, justify="right")
    for flow in found.flows:
        for measure in ("total", *OFFICE_VIEW):
            classes = MEMBERS[measure]
            counts = (
                flow.before(classes), flow.gained(classes), flow.lost(classes), flow.added(classes),
                flow.vanished(classes), flow.after(classes),
            )  # fmt: skip
            if measure != "total" and not any(counts):
                continue
            first = measure == "total"
            head = (symbols[flow.plan], flow.kind.value) if first else ("", "")
            signs = ("", "+", "−", "+", "−", "")
            cells = [
                f"{sign}{count}" if count or not sign else "" for sign, count in zip(signs, counts, strict=True)
            ]
            table.add_row(*head, MEASURE[measure].label, *cells, style="bold" if first else "")
    yield table
    sorts = [f"{LABEL[move].lower()} {count}" for move in Move if (count := found.count(move))]
    yield Text("Thay đổi: " + (", ".join(sorts) if sorts else "không có") + ".")
    for one in found.changes[:MOST]:
        line = Text(f"{LABEL[one.move]}: ", style="bold")
        whose = f" – {names.get(one.unit, one.unit)}" if one.unit else ""
        line.append(f"{symbols[one.plan]} {one.number} {one.task[:70]}{whose}", style="not bold")
        states = " → ".join(text for text in (one.before, one.after) if text)
        line.append(f" ({states})", style="not bold dim")
        yield line
    if len(found.changes) > MOST:
        rest = len(found.changes) - MOST
        yield Text(f"… và {rest} thay đổi khác, xem trang Chi tiết thay đổi của báo cáo hoặc --json.", style="dim")
