"""What the report says: sentences, list of late tasks, rows of the appendix, all from one snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from qn_xl.model import KIND_CODE, Class, Item, Kind, Received, Snapshot
from qn_xl.outputs.definitions import rounding
from qn_xl.outputs.formulas import NO_BASE
from qn_xl.outputs.labels import plan_symbols, unit_names
from qn_xl.outputs.notes import remarks
from qn_xl.outputs.sheet_summary import plan_lines
from qn_xl.rules.figures import ALL, Figures, groups_json, office_view
from qn_xl.rules.sentences import plan_name, sentence
from qn_xl.rules.wording import date_text, number_text, percent_text

NAMED_UNITS = 5  # a task of more units stands under the plan's own words for them


@dataclass(frozen=True, slots=True)
class Late:
    """The late tasks of one lead: a unit, a few units together, or a collective lead."""

    lead: str
    items: tuple[Item, ...]


def plan_sentences(snapshot: Snapshot) -> list[str]:
    """Return the report's sentence of every plan that is followed or has tasks."""
    figures = Figures(snapshot.figures)
    made = []
    for plan in snapshot.plans:
        groups = groups_json(figures, plan.symbol)
        if groups or plan.active:
            made.append(sentence(plan, groups, snapshot.as_of, assigned=snapshot.assigned))
    return made


def overall(snapshot: Snapshot) -> str:
    """Return one sentence over all plans, kind Nhiệm vụ only; the parts add up."""
    figures = Figures(snapshot.figures)
    counts = figures.counts(ALL, "task")
    total = counts["total"]
    if not total:
        return "Chưa có nhiệm vụ nào được tổng hợp."
    how = rounding(snapshot)
    parts = [
        (counts["done"], "đã hoàn thành"),
        (counts["under_way"], "đang thực hiện"),
        (counts["overdue"], "chậm tiến độ"),
        (counts["recurring"], "thường xuyên"),
        (counts["stopped"], "tạm dừng"),
    ]
    said = "; ".join(
        f"{words} {number_text(number)} ({percent_text(number, total, rounding=how)})"
        for number, words in parts
        if number
    )
    text = f"Tổng cộng có {number_text(total)} nhiệm vụ (không gồm chỉ tiêu và nhiệm vụ, dự án): {said}."
    if counts["fallen_due"]:
        share = percent_text(counts["done"], counts["fallen_due"], rounding=how)
        text += (
            f" Trong {number_text(counts['fallen_due'])} nhiệm vụ đến hạn, tỷ lệ hoàn thành đạt {share},"
            f" chậm tiến độ {percent_text(counts['done'], counts['fallen_due'], rounding=how, complement=True)}."
        )
    return text


def late_leads(snapshot: Snapshot) -> list[Late]:
    """Return the overdue items under their leads, each item once: units in the order of the register, then others."""
    names = unit_names(snapshot.units)
    order = {unit.id: place for place, unit in enumerate(snapshot.units)}
    found: dict[tuple[int, str], list[Item]] = defaultdict(list)
    for item in snapshot.items:
        if item.cls is not Class.OVERDUE:
            continue
        if item.units and len(item.units) <= NAMED_UNITS:
            lead = "; ".join(names.get(unit, unit) for unit in item.units)
            place = order.get(item.units[0], len(order))
        else:
            lead, place = item.lead_text or "Chưa rõ đơn vị chủ trì", len(order) + 1
        found[place, lead].append(item)
    return [Late(lead, tuple(items)) for (_, lead), items in sorted(found.items(), key=lambda pair: pair[0])]


def late_summary(snapshot: Snapshot) -> str:
    """Return how many items of each kind are late, and how late."""
    figures = Figures(snapshot.figures)
    late: dict[Kind, int] = dict.fromkeys(Kind, 0)
    for item in snapshot.items:
        late[item.kind] += item.cls is Class.OVERDUE
    if not any(late.values()):
        return f"Tính đến ngày {date_text(snapshot.as_of)}, không có nhiệm vụ nào chậm tiến độ."
    order = (Kind.TASK, Kind.TARGET, Kind.PROJECT)
    counted = " và ".join(f"{number_text(late[kind])} {kind.value.lower()}" for kind in order if late[kind])
    text = f"Tính đến ngày {date_text(snapshot.as_of)}, có {counted} chậm tiến độ"
    mean, most = figures.get(ALL, "days_late_mean"), figures.get(ALL, "days_late_max")
    if mean is not None and most is not None:
        text += f" (nhiệm vụ chậm trung bình {number_text(mean, 1)} ngày, nhiều nhất {number_text(most)} ngày)"
    return text + ", theo đơn vị chủ trì như sau:"


def late_line(item: Item, snapshot: Snapshot) -> str:
    """Return one task of the list: what, where in which plan, due when, how late."""
    symbol = plan_symbols(snapshot.plans)[item.plan]
    place = f"{symbol}, số {item.number}" if item.number else symbol
    kind = "" if item.kind is Kind.TASK else f"{item.kind.value.lower()}, "
    due = f"hạn {date_text(item.due)}" if item.due else "không rõ ngày đến hạn"
    days = f", chậm {number_text(item.days_late)} ngày" if item.days_late is not None else ""
    share = f"; {item.units_done}/{item.units_all} đơn vị đã hoàn thành" if item.units_all > 1 else ""
    return f"{item.task.rstrip(' .;')} ({kind}{place}): {due}{days}{share}."


def returns_text(snapshot: Snapshot) -> str:
    """Return how many of the units that must report did, and which did not."""
    names = unit_names(snapshot.units)
    expected = {unit.id for unit in snapshot.units if unit.expected}
    by_unit = {made.unit: made.received for made in snapshot.returns if made.unit in expected}
    missing = [names.get(unit, unit) for unit, got in by_unit.items() if got is Received.MISSING]
    unreadable = [names.get(unit, unit) for unit, got in by_unit.items() if got is Received.UNREADABLE]
    got = len(expected) - len(expected - by_unit.keys()) - len(missing) - len(unreadable)
    text = f"Đã nhận báo cáo đọc được của {got}/{len(expected)} đơn vị phải báo cáo."
    if missing:
        text += f" Chưa gửi ({len(missing)}): {'; '.join(missing)}."
    if unreadable:
        text += f" Gửi nhưng không đọc được ({len(unreadable)}): {'; '.join(unreadable)}."
    return text


APPENDIX_HEADS = (
    "TT", "Kế hoạch, văn bản", "Loại", "Tổng số", "Hoàn thành", "Đang thực hiện", "Chậm tiến độ", "Thường xuyên",
    "Tạm dừng", "Phụ thuộc Bộ, ngành TW", "Tỷ lệ hoàn thành", "Ghi chú",
)  # fmt: skip
APPENDIX_WIDTHS = (1.0, 5.6, 2.4, 1.6, 1.8, 1.8, 1.8, 1.9, 1.6, 2.1, 1.9, 2.7)  # centimetres


def appendix_rows(snapshot: Snapshot) -> list[Sequence[str]]:
    """Return the rows of the summary table, the sum of kind Nhiệm vụ last."""
    figures = Figures(snapshot.figures)
    made: list[Sequence[str]] = []
    for line in plan_lines(snapshot, figures):
        group = KIND_CODE[line.kind]
        name = plan_name(line.plan) if line.number else ""
        said = remarks(figures, line.plan.symbol, group)
        counts = _counts(snapshot, figures, line.plan.symbol, group)
        made.append((str(line.number or ""), name, line.kind.value, *counts, said))
    made.append(("", "Tổng cộng", Kind.TASK.value, *_counts(snapshot, figures, ALL, "task"), ""))
    return made


def _counts(snapshot: Snapshot, figures: Figures, plan: str, group: str) -> list[str]:
    record = next((one for one in groups_json(figures, plan) if KIND_CODE[Kind(one["kind"])] == group), None)
    if record is None:
        return ["0"] * 7 + [NO_BASE]
    parts = {part.code: part.count for part in office_view(record).parts}
    numbers = [record["total"], *(parts[code] for code in ("done", "under_way", "overdue", "recurring", "stopped"))]
    share = percent_text(record["done"], record["total"], rounding=rounding(snapshot)) or NO_BASE
    return [*(number_text(number) for number in (*numbers, record["central"])), share]
