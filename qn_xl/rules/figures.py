"""Counts, rates and views of the counted items (design, section 4: Views; section 5: tblFigure).

A figure has four key columns (plan symbol, group code, unit id, measure code) and a value. Counts are
exact; a rate is computed once, here, from two counts, and is left out where its base is 0.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from qn_xl.model import DONE, KIND_CODE, OPEN, Class, Figure, Item, Kind, Plan, UnitResult

ALL = "*"  # over all plans, or over all units
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured. `form` is "count", "days" or "rate"."""

    code: str
    label: str
    definition: str
    form: str = "count"


MEASURES: tuple[Measure, ...] = (
    Measure("total", "Tổng số", "Mọi nhiệm vụ trong danh mục giao, mỗi nhiệm vụ đếm một lần."),
    Measure("done", "Hoàn thành", "Hoàn thành đúng hạn, quá hạn và chưa rõ ngày, tính đến ngày chốt."),
    Measure("done_on_time", "Hoàn thành đúng hạn", "Ngày hoàn thành không sau ngày đến hạn."),
    Measure("done_late", "Hoàn thành quá hạn", "Đã hoàn thành, ngày hoàn thành sau ngày đến hạn."),
    Measure("done_undated", "Hoàn thành, chưa rõ ngày", "Ghi hoàn thành, không rõ đúng hạn hay quá hạn."),
    Measure("under_way", "Đang thực hiện", "Chưa hoàn thành, chưa quá hạn; gồm cả việc không rõ hạn."),
    Measure("in_progress", "Đang thực hiện trong hạn", "Chưa hoàn thành, ngày đến hạn từ ngày chốt trở đi."),
    Measure("no_deadline", "Không xác định thời hạn", "Chưa hoàn thành, không xác định được ngày đến hạn."),
    Measure("overdue", "Chậm tiến độ", "Chưa hoàn thành, ngày đến hạn trước ngày chốt."),
    Measure("recurring", "Thường xuyên", "Nhiệm vụ thường xuyên, định kỳ, không có ngày kết thúc."),
    Measure("stopped", "Tạm dừng", "Có quyết định tạm dừng, dừng hoặc hủy; vẫn nằm trong tổng số."),
    Measure("fallen_due", "Đến hạn", "Hoàn thành cộng chậm tiến độ: mẫu số của tỷ lệ trên số đến hạn."),
    Measure("central", "Phụ thuộc Bộ, ngành Trung ương", "Trong đó: chưa hoàn thành, chờ Trung ương."),
    Measure("due_soon", "Sắp đến hạn", "Trong đó: chưa hoàn thành, sắp đến hạn theo trang Quy tắc."),
    Measure("not_reported", "Chưa báo cáo kỳ này", "Trong đó: kỳ này chưa đơn vị nào báo cáo."),
    Measure("carried", "Giữ kết quả kỳ trước", "Trong đó: không báo cáo, giữ kết quả đã chốt kỳ trước."),
    Measure("extension", "Đề nghị gia hạn", "Trong đó: có đề nghị lùi thời hạn, chưa được chấp thuận."),
    Measure("gov_on_time", "Hoàn thành đúng hạn (mẫu Chính phủ)", "Hoàn thành đúng hạn và chưa rõ ngày."),
    Measure(
        "gov_in_term",
        "Chưa hoàn thành, trong hạn (mẫu Chính phủ)",
        "Đang thực hiện trong hạn, không xác định thời hạn và thường xuyên.",
    ),
    Measure("days_late_mean", "Số ngày chậm trung bình", "Trên các nhiệm vụ chậm tiến độ biết ngày.", "days"),
    Measure("days_late_max", "Số ngày chậm lớn nhất", "Trong các nhiệm vụ chậm tiến độ.", "days"),
    Measure("rate_total", "Tỷ lệ hoàn thành trên tổng số", "Hoàn thành chia cho tổng số.", "rate"),
    Measure(
        "rate_due",
        "Tỷ lệ hoàn thành trên số đến hạn",
        "Hoàn thành chia cho số đến hạn (hoàn thành cộng chậm tiến độ).",
        "rate",
    ),
)
MEASURE = {measure.code: measure for measure in MEASURES}
COUNTS = tuple(measure.code for measure in MEASURES if measure.form == "count")

# What an item of each class counts towards, flags apart.
MEMBERS: dict[str, tuple[Class, ...]] = {
    "total": tuple(Class),
    "done": DONE,
    **{cls.value: (cls,) for cls in Class},
    "under_way": (Class.IN_PROGRESS, Class.NO_DEADLINE),
    "fallen_due": (*DONE, Class.OVERDUE),
    "gov_on_time": (Class.DONE_ON_TIME, Class.DONE_UNDATED),
    "gov_in_term": (Class.IN_PROGRESS, Class.NO_DEADLINE, Class.RECURRING),
}
FLAGS = ("central", "due_soon", "not_reported", "carried", "extension")

_G_COUNTS = (
    "total", "done", "done_on_time", "done_late", "done_undated", "in_progress", "overdue", "recurring",
    "no_deadline", "stopped", "central", "not_reported", "carried",
)  # fmt: skip
_KIND_OF = {code: kind for kind, code in KIND_CODE.items()}


def belongs(record: Item | UnitResult, measure: str) -> bool:
    """Say whether an item counts towards a count measure (a class, a union of classes or a flag)."""
    if measure in MEMBERS:
        return record.cls in MEMBERS[measure]
    if measure in FLAGS:
        return measure in _flags(record.cls, *(getattr(record, flag) for flag in FLAGS))
    raise KeyError(measure)


def rate(done: int, base: int) -> float | None:
    """Return done ÷ base as a fraction; None when the base is 0. Raises ValueError when done exceeds the base."""
    if not 0 <= done <= base:
        raise ValueError(f"{done} of {base}")
    return done / base if base else None


class _Tally:
    """Counts of one plan, group and unit."""

    __slots__ = ("classes", "days", "flags")

    def __init__(self) -> None:
        self.classes = dict.fromkeys(Class, 0)
        self.flags = dict.fromkeys(FLAGS, 0)
        self.days: list[int] = []

    def values(self) -> dict[str, float]:
        found: dict[str, float] = {
            measure: float(sum(self.classes[cls] for cls in classes)) for measure, classes in MEMBERS.items()
        }
        found |= {flag: float(count) for flag, count in self.flags.items()}
        if self.days:
            found["days_late_mean"] = sum(self.days) / len(self.days)
            found["days_late_max"] = float(max(self.days))
        for name, base in (("rate_total", "total"), ("rate_due", "fallen_due")):
            share = rate(int(found["done"]), int(found[base]))
            if share is not None:
                found[name] = share
        return found


_COUNTED = attrgetter("plan", "kind", "cls", "days_late", "central", "due_soon", "not_reported", "carried", "extension")


def _flags(
    cls: Class, central: bool, due_soon: bool, not_reported: bool, carried: int | None, extension: bool
) -> list[str]:
    held = (central and cls in OPEN, due_soon, not_reported, carried is not None, extension)
    return [flag for flag, holds in zip(FLAGS, held, strict=True) if holds]


def sort_key(figure: Figure) -> str:
    """Return the key columns joined by "|": tblFigure is in the binary order of this text.

    All characters lie in the Basic Multilingual Plane, so Python's order by code point is the order by
    UTF-16 unit of VBA's StrComp(…, vbBinaryCompare), which the workbook's binary search uses.
    """
    return SEPARATOR.join((figure.plan, figure.group, figure.unit, figure.measure))


def cube(
    items: Iterable[Item], unit_results: Iterable[UnitResult], plans: Iterable[Plan]
) -> tuple[Figure, ...]:
    """Return every figure, sorted by `sort_key`.

    Unit "*" counts `items` (each once); a unit's own figures count `unit_results`, so their sum over units
    may exceed the plan's total where an item has several units. Plan "*" adds kind Nhiệm vụ over all plans,
    never another kind. A combination without any item is left out; its counts are 0.

    Raises:
        KeyError: an item names a plan that `plans` lacks.
    """
    symbol = {plan.id: plan.symbol for plan in plans}
    tallies: dict[tuple[str, str, str], _Tally] = defaultdict(_Tally)
    # Records that no figure tells apart are counted together: tens of thousands become hundreds.
    alike = Counter((ALL, _COUNTED(item)) for item in items)
    alike.update((result.unit, _COUNTED(result)) for result in unit_results)
    for (unit, (plan, kind, cls, days, *flags)), number in alike.items():
        for scope in (symbol[plan], ALL) if kind is Kind.TASK else (symbol[plan],):
            tally = tallies[scope, KIND_CODE[kind], unit]
            tally.classes[cls] += number
            for flag in _flags(cls, *flags):
                tally.flags[flag] += number
            if cls is Class.OVERDUE and days is not None:
                tally.days += [days] * number
    figures = [
        Figure(*key, measure, value)
        for key, tally in tallies.items()
        for measure, value in tally.values().items()
    ]
    return tuple(sorted(figures, key=sort_key))


class Figures:
    """Look-ups in a cube by plan symbol, group code, unit id and measure code."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._values = {(f.plan, f.group, f.unit, f.measure): f.value for f in figures}

    def get(self, plan: str, measure: str, group: str = "task", unit: str = ALL) -> float | None:
        """Return a value; 0 for a count of nothing; None for days or a rate that has no base."""
        value = self._values.get((plan, group, unit, measure))
        if value is None and MEASURE[measure].form == "count":
            return 0.0
        return value

    def groups(self, plan: str, unit: str = ALL) -> tuple[str, ...]:
        """Return the group codes that have items, in the order Chỉ tiêu, Nhiệm vụ, Nhiệm vụ, dự án."""
        return tuple(code for code in KIND_CODE.values() if (plan, code, unit, "total") in self._values)

    def default_group(self, plan: str) -> str:
        """Return the group a function means when none is named: Nhiệm vụ, or the plan's only kind."""
        groups = self.groups(plan)
        return groups[0] if groups and "task" not in groups else "task"

    def counts(self, plan: str, group: str, unit: str = ALL) -> dict[str, int]:
        return {measure: int(self.get(plan, measure, group, unit) or 0) for measure in COUNTS}


def groups_json(figures: Figures | Sequence[Figure], plan: str, unit: str = ALL) -> list[dict[str, Any]]:
    """Return the `G` records of design section 8 of a plan (its symbol), one for each kind it has.

    days_late_mean and days_late_max are over the overdue items whose days are known; None without any.
    """
    look = figures if isinstance(figures, Figures) else Figures(figures)
    made = []
    for group in look.groups(plan, unit):
        counts = look.counts(plan, group, unit)
        greatest = look.get(plan, "days_late_max", group, unit)
        made.append(
            {
                "kind": _KIND_OF[group].value,
                **{name: counts[name] for name in _G_COUNTS},
                "days_late_mean": look.get(plan, "days_late_mean", group, unit),
                "days_late_max": None if greatest is None else int(greatest),
            }
        )
    return made


@dataclass(frozen=True, slots=True)
class Part:
    code: str  # of the measure
    label: str
    count: int
    definition: str


@dataclass(frozen=True, slots=True)
class View:
    """The counts of one group arranged for a reader: the parts add up to `total`."""

    title: str
    total: int
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        counted = sum(part.count for part in self.parts)
        if counted != self.total:
            raise AssertionError(f"{self.title}: parts add up to {counted}, not to {self.total}")


def office_view(group: Mapping[str, Any]) -> View:
    """Return the article's view of a `G` record."""
    notes = []
    if group["no_deadline"]:
        notes.append(f"Đang thực hiện gồm {group['no_deadline']} nhiệm vụ không xác định thời hạn.")
    if group["done_undated"]:
        notes.append(f"Hoàn thành gồm {group['done_undated']} nhiệm vụ chưa rõ ngày hoàn thành.")
    return View(
        "Theo cách tổng hợp của Văn phòng",
        group["total"],
        (
            _part("done", group["done"]),
            _part("under_way", group["in_progress"] + group["no_deadline"]),
            _part("overdue", group["overdue"]),
            _part("recurring", group["recurring"]),
            _part("stopped", group["stopped"]),
        ),
        tuple(notes),
    )


def government_view(group: Mapping[str, Any], recurring_included: bool = True) -> View:
    """Return the Government's view (1270/BC-TCTTTg) of a `G` record.

    Recurring items count as not done and in term, or are left out of the total by the office's setting.
    """
    notes = []
    if group["done_undated"]:
        notes.append(f"Hoàn thành đúng hạn gồm {group['done_undated']} nhiệm vụ chưa rõ ngày hoàn thành.")
    if group["no_deadline"]:
        notes.append(f"Chưa hoàn thành, trong hạn gồm {group['no_deadline']} nhiệm vụ không rõ hạn.")
    on_time = group["done_on_time"] + group["done_undated"]
    in_term = group["in_progress"] + group["no_deadline"]
    total = group["total"]
    if recurring_included:
        in_term += group["recurring"]
        if group["recurring"]:
            notes.append(f"Chưa hoàn thành trong hạn gồm {group['recurring']} nhiệm vụ thường xuyên.")
    else:
        total -= group["recurring"]
        if group["recurring"]:
            notes.append(f"Không tính {group['recurring']} nhiệm vụ thường xuyên vào tổng số.")
    in_term_code = "gov_in_term" if recurring_included else "under_way"
    return View(
        "Theo mẫu của Chính phủ",
        total,
        (
            Part("gov_on_time", "Hoàn thành đúng hạn", on_time, MEASURE["gov_on_time"].definition),
            Part("done_late", "Hoàn thành quá hạn", group["done_late"], MEASURE["done_late"].definition),
            Part(in_term_code, "Chưa hoàn thành, trong hạn", in_term, MEASURE[in_term_code].definition),
            Part("overdue", "Chưa hoàn thành, quá hạn", group["overdue"], MEASURE["overdue"].definition),
            Part("stopped", "Bị hủy", group["stopped"], MEASURE["stopped"].definition),
        ),
        tuple(notes),
    )


def _part(measure: str, count: int) -> Part:
    return Part(measure, MEASURE[measure].label, count, MEASURE[measure].definition)
