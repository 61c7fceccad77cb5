"""What the QN_ worksheet functions answer, over one snapshot (design, section 6).

The registry in functions_registry.py names them for the workbook; every door (VBA through xlwings, LibreOffice,
the command line) calls them through its `answer`. They never recompute: a figure is looked up in a snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qn_xl.errors import UsageError
from qn_xl.functions_snapshot import (
    SUMMARY_MEASURES,
    TASK_COLUMNS,
    Kept,
    Shown,
    Snapshots,
    records,
    summary_row,
    task_row,
)
from qn_xl.functions_values import (
    QnError,
    QnNoBase,
    QnNotAvailable,
    QnValueError,
    Scalar,
    Table,
    day_of,
    is_blank,
    text_of,
    year_of,
)
from qn_xl.model import DeadlineKind, Kind, Plan, Snapshot
from qn_xl.rules.classify import classify
from qn_xl.rules.deadlines import read as read_deadline
from qn_xl.rules.deadlines import read_date
from qn_xl.rules.figures import ALL, MEASURE, belongs, groups_json
from qn_xl.rules.sentences import sentence
from qn_xl.rules.statuses import read as read_status
from qn_xl.rules.wording import Rounding, date_text, number_text, percent_text


@dataclass(frozen=True, slots=True)
class _Asked:
    """The key of a figure that a formula asks for."""

    plan: str
    measure: str
    group: str
    unit: str


class Functions:
    """The worksheet functions over the snapshot that the workbook shows.

    Arguments are what a cell can hold (text, number, date, None for empty); each method raises QnNotAvailable
    or QnValueError, never returns an error as text. A blank plan gives None: a blank cell.
    """

    def __init__(self, shown: Snapshot, others: Snapshots | None = None) -> None:
        self._shown = Shown(shown)
        self._others: Snapshots = others or Kept()
        self._kept: dict[date, Shown] = {shown.as_of: self._shown}

    def progress(
        self,
        plan: Scalar,
        measure: Scalar = None,
        group: Scalar = None,
        unit: Scalar = None,
        as_of: Scalar = None,
    ) -> float | None:
        return self._figure("measure", "rate_total", plan, measure, group, unit, as_of)

    def count(
        self,
        plan: Scalar,
        state: Scalar = None,
        group: Scalar = None,
        unit: Scalar = None,
        as_of: Scalar = None,
    ) -> float | None:
        return self._figure("class", "total", plan, state, group, unit, as_of)

    def rate(
        self,
        plan: Scalar,
        denominator: Scalar = None,
        group: Scalar = None,
        unit: Scalar = None,
        as_of: Scalar = None,
    ) -> float | None:
        return self._figure("base", "rate_total", plan, denominator, group, unit, as_of)

    def late(
        self,
        plan: Scalar,
        what: Scalar = None,
        group: Scalar = None,
        unit: Scalar = None,
        as_of: Scalar = None,
    ) -> float | None:
        return self._figure("late", "overdue", plan, what, group, unit, as_of)

    def tasks(self, plan: Scalar, state: Scalar = None, unit: Scalar = None, as_of: Scalar = None) -> Table:
        if is_blank(plan):
            raise QnValueError("Chưa ghi kế hoạch.")
        shown = self._at(as_of)
        symbol = shown.code("plan", plan)
        measure = "total" if is_blank(state) else shown.code("class", state)
        unit_id = ALL if is_blank(unit) else shown.code("unit", unit)
        symbols = {one.id: one.symbol for one in shown.snapshot.plans}
        table: Table = [list(TASK_COLUMNS)]
        for item, record in records(shown.snapshot, unit_id):
            if symbol in (ALL, symbols[item.plan]) and belongs(record, measure):
                table.append(task_row(item, record, symbols[item.plan], shown))
        return table

    def table(self, as_of: Scalar = None) -> Table:
        shown = self._at(as_of)
        heads = [MEASURE[code].label for code in SUMMARY_MEASURES]
        made: Table = [["TT", "Kế hoạch", "Loại", *heads, "Tỷ lệ hoàn thành"]]
        for number, plan in enumerate(shown.snapshot.plans, 1):
            for group in shown.figures.groups(plan.symbol) or ("task",):
                made.append([number, plan.symbol, *summary_row(shown, plan.symbol, group)])
        made.append(["", "Tổng cộng", *summary_row(shown, ALL, "task")])
        return made

    def sentence(self, plan: Scalar, as_of: Scalar = None) -> str | None:
        if is_blank(plan):
            return None
        shown = self._at(as_of)
        record = self._one_plan(shown, plan)
        groups = groups_json(shown.figures, record.symbol)
        return sentence(record, groups, shown.snapshot.as_of, assigned=shown.snapshot.assigned)

    def why(self, plan: Scalar, state: Scalar = None, unit: Scalar = None) -> str | None:
        if is_blank(plan):
            return None
        asked = self._asked(self._shown, "measure", "rate_total", plan, state, None, unit)
        snapshot, figures = self._shown.snapshot, self._shown.figures
        measure, kind = MEASURE[asked.measure], self._shown.labels["group"][asked.group]
        counts = figures.counts(asked.plan, asked.group, asked.unit)
        value = figures.get(asked.plan, asked.measure, asked.group, asked.unit)
        base = {"rate_due": "fallen_due", "days_late_mean": "overdue", "days_late_max": "overdue"}.get(
            asked.measure, "total"
        )
        if value is None:
            said = "không tính được vì mẫu số bằng 0"
        elif measure.form == "rate":
            rounding = Rounding(snapshot.rules.get("rounding") or Rounding.ROUND)
            share = percent_text(counts["done"], counts[base], rounding=rounding)
            said = f"{counts['done']}/{counts[base]} = {share}"
        else:
            said = number_text(value, 1 if asked.measure == "days_late_mean" else 0)
        listed = "danh mục nhiệm vụ giao" if snapshot.assigned else "các nhiệm vụ đơn vị báo cáo"
        sheet = "Chi tiết" if asked.unit == ALL else "Chi tiết theo đơn vị"
        whose = "" if asked.unit == ALL else f", {self._shown.labels['unit'][asked.unit]}"
        return (
            f"{measure.label}, {self._shown.labels['plan'][asked.plan]}{whose}, loại {kind}: {said}. "
            f"Cách tính: {measure.definition} "
            f"Mẫu số: {counts[base]} ({MEASURE[base].label.lower()}, theo {listed}). "
            f"Ngày chốt số liệu {date_text(snapshot.as_of)}, lần chạy {snapshot.run}. "
            f"Danh sách từng nhiệm vụ và ô nguồn: trang {sheet}."
        )

    def change(
        self, plan: Scalar, state: Scalar = None, from_day: Scalar = None, to_day: Scalar = None
    ) -> float | None:
        if is_blank(plan):
            return None
        later = self._at(to_day)
        if is_blank(from_day):
            found = self._others.before(later.snapshot.as_of)
            if found is None:
                raise QnNotAvailable(f"Chưa có số liệu trước ngày {date_text(later.snapshot.as_of)} để so sánh.")
            earlier = self._keep(found)
        else:
            earlier = self._at(from_day)
        return self._value(later, "class", "done", plan, state) - self._value(earlier, "class", "done", plan, state)

    def due(self, wording: Scalar, base_year: Scalar = None) -> date | None:
        if is_blank(wording):
            return None
        year = self._shown.snapshot.as_of.year if is_blank(base_year) else year_of(base_year)
        deadline = read_deadline(wording, year=year)
        if deadline.due is None:
            reason = {
                DeadlineKind.RECURRING: "là thời hạn thường xuyên, không có ngày",
                DeadlineKind.EVENT: "phụ thuộc sự kiện chưa có ngày",
                DeadlineKind.NONE: "không nêu thời hạn",
            }.get(deadline.kind, "chưa hiểu được")
            raise QnNotAvailable(f"Thời hạn “{text_of(wording)}” {reason}.")
        return deadline.due

    def status(
        self, deadline: Scalar, words: Scalar = None, completed_on: Scalar = None, as_of: Scalar = None
    ) -> str | None:
        if is_blank(deadline) and is_blank(words) and is_blank(completed_on):
            return None
        day = self._shown.snapshot.as_of if is_blank(as_of) else day_of(as_of)
        completed = None if is_blank(completed_on) else read_date(completed_on, year=day.year)
        if completed is None and not is_blank(completed_on):
            raise QnValueError(f"Không hiểu ngày hoàn thành “{text_of(completed_on)}”.")
        read = read_deadline(None if is_blank(deadline) else deadline, year=day.year)
        classed = classify(
            deadline=read,
            due=read.due,
            status=read_status(text_of(words)),
            completed_on=completed,
            kind=Kind.TASK,
            as_of=day,
        )
        return MEASURE[classed.cls.value].label

    def as_of(self) -> date:
        return self._shown.snapshot.as_of

    def _at(self, as_of: Scalar) -> Shown:
        """Return the snapshot of a cut-off date; the one shown when none is named."""
        if is_blank(as_of):
            return self._shown
        day = day_of(as_of)
        if day not in self._kept:
            found = self._others.at(day)
            if found is None:
                raise QnNotAvailable(f"Không có lần chạy nào chốt số liệu ngày {date_text(day)}.")
            self._keep(found)
        return self._kept[day]

    def _keep(self, snapshot: Snapshot) -> Shown:
        return self._kept.setdefault(snapshot.as_of, Shown(snapshot))

    def _asked(
        self, shown: Shown, domain: str, usual: str, plan: Scalar, word: Scalar, group: Scalar, unit: Scalar
    ) -> _Asked:
        symbol = shown.code("plan", plan)
        measure = usual if is_blank(word) else shown.code(domain, word)
        code = shown.figures.default_group(symbol) if is_blank(group) else shown.code("group", group)
        return _Asked(symbol, measure, code, ALL if is_blank(unit) else shown.code("unit", unit))

    def _value(
        self,
        shown: Shown,
        domain: str,
        usual: str,
        plan: Scalar,
        word: Scalar,
        group: Scalar = None,
        unit: Scalar = None,
    ) -> float:
        asked = self._asked(shown, domain, usual, plan, word, group, unit)
        value = shown.figures.get(asked.plan, asked.measure, asked.group, asked.unit)
        if value is None:
            raise QnNoBase(f"{MEASURE[asked.measure].label}: không có nhiệm vụ nào để tính.")
        return value

    def _figure(
        self, domain: str, usual: str, plan: Scalar, word: Scalar, group: Scalar, unit: Scalar, as_of: Scalar
    ) -> float | None:
        if is_blank(plan):
            return None
        return self._value(self._at(as_of), domain, usual, plan, word, group, unit)

    def _one_plan(self, shown: Shown, plan: Scalar) -> Plan:
        symbol = shown.code("plan", plan)
        if symbol == ALL:
            raise QnValueError("Chỉ viết câu cho một kế hoạch.")
        return shown.plans[symbol]


def sentence_of(snapshot: Snapshot, plan: str) -> str:
    """Return the report's sentence of a plan, for the command line.

    Raises:
        UsageError: there is no such plan.
    """
    try:
        text = Functions(snapshot).sentence(plan)
    except QnError as error:
        known = ", ".join(one.symbol for one in snapshot.plans)
        raise UsageError(f"{error} Các kế hoạch đang có: {known}.") from error
    if text is None:
        raise UsageError("Chưa ghi kế hoạch.")
    return text
