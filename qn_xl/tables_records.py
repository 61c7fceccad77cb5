"""One line of an input table as a record; what it says wrongly becomes a problem of the line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from qn_xl import layout
from qn_xl.model import KIND_CODE, AssignedTask, Decision, Kind, Period, Plan, Unit
from qn_xl.rules import deadlines
from qn_xl.rules.plans import PlanIndex
from qn_xl.rules.text import fold
from qn_xl.rules.units import UnitIndex
from qn_xl.tables_cells import Line

Record = TypeVar("Record")
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,39}(?<!\.)")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
KINDS = {word: Kind(word) for word in layout.lists()["kind"]}
LOWER = layout.lists()["direction"][1]


def unique(
    rows: Sequence[tuple[Line, Record]], field: str, name_of: Callable[[Record], str], what: str
) -> list[tuple[Line, Record]]:
    """Return the rows whose name is new; the others are problems."""
    first: dict[str, Line] = {}
    kept = []
    for line, record in rows:
        name = name_of(record)
        if name in first:
            line.problem(field, f"{what} “{line.text(field)}” trùng với dòng {first[name].number}. Giữ một dòng.")
        else:
            first[name] = line
            kept.append((line, record))
    return kept


def plan(line: Line) -> Plan:
    plan_id, symbol = line.code("id"), line.code("symbol")
    if isinstance(line.values.get("id"), int | float):
        # Excel drops the leading zero of "02"; the symbol still has it
        numbers = [number for number in re.findall(r"\d+", symbol) if int(number) == int(float(plan_id))]
        plan_id = numbers[0] if numbers else plan_id
    if symbol and re.fullmatch(r"[\d.,\s]+", symbol):
        line.problem("symbol", f"ký hiệu “{symbol}” chỉ có số. Ghi đủ số, ký hiệu, ví dụ 138/KH-UBND.")
    return Plan(
        id=plan_id,
        symbol=symbol,
        title=line.text("title"),
        issued_on=line.day("issued_on"),
        year=line.year("year"),
        issuer=line.text("issuer"),
        aliases=line.names("aliases"),
        active=line.flag("active", default=True),
        note=line.text("note"),
    )


def unit(line: Line) -> Unit:
    unit_id = line.code("id")
    if not SAFE_NAME.fullmatch(unit_id):
        line.problem("id", f"mã “{unit_id}” không dùng được. Chỉ dùng chữ không dấu, số, gạch nối, tối đa 40 ký tự.")
    groups = layout.codes("unit_group")
    if line.text("group") in groups:
        group = line.text("group")
    else:
        word = line.choice("group", list(groups.values()), default=groups["khac"])
        group = next(code for code, name in groups.items() if name == word)
    starts, ends = line.day("valid_from"), line.day("valid_to")
    if starts and ends and ends < starts:
        line.problem("valid_to", "Đến ngày trước Từ ngày. Sửa một trong hai ngày.")
    return Unit(
        id=unit_id,
        name=line.text("name"),
        group=group,
        abbreviation=line.text("abbreviation"),
        aliases=line.names("aliases"),
        predecessors=line.names("predecessors"),
        valid_from=starts,
        valid_to=ends,
        expected=line.flag("expected", default=True),
    )


def assigned(line: Line, plans: PlanIndex, units: UnitIndex) -> AssignedTask | None:
    kind = KINDS[line.choice("kind", list(KINDS), default=Kind.TASK.value)]
    number, code = line.code("number"), line.code("code")
    baseline, target = line.decimal("baseline"), line.decimal("target")
    lower = line.choice("lower_is_better", layout.lists()["direction"]) == LOWER
    central = line.flag("central")
    decides = line.text("decides")
    if decides:
        unit = units.find(decides)
        if unit is None:
            line.problem("decides", f"không có đơn vị “{decides}” ở trang Đơn vị. Ghi đúng tên hoặc thêm đơn vị.")
        decides = unit or ""
    plan = plans.find(line.code("plan"))
    if plan is None:
        line.problem(
            "plan", f"không có kế hoạch “{line.text('plan')}” ở trang Kế hoạch. Sửa ký hiệu hoặc thêm kế hoạch."
        )
        return None
    if not code and not number:
        line.problem("code", "thiếu Mã và TT. Ghi ít nhất một trong hai để phân biệt nhiệm vụ.")
        return None
    value = line.values.get("deadline_text")
    deadline = deadlines.read(
        value if isinstance(value, date) else line.text("deadline_text"),
        number_format=line.formats.get("deadline_text"),
        year=plan.year,
        issued=plan.issued_on,
    )
    shown = line.text("deadline_text")
    if isinstance(value, date) and deadline.month_only and deadline.due:
        shown = f"Tháng {deadline.due.month}/{deadline.due.year}"
    return AssignedTask(
        code=code or f"{plan.id}-{KIND_CODE[kind]}-{number}",
        plan=plan.id,
        kind=kind,
        number=number,
        task=line.text("task"),
        lead_text=line.text("lead_text"),
        deadline_text=shown,
        deadline=deadline,
        group=line.text("group"),
        co_text=line.text("co_text"),
        product=line.text("product"),
        decides=decides,
        central=central,
        measure=line.text("measure"),
        baseline=baseline,
        target=target,
        lower_is_better=lower,
        where=line.where("task"),
        note=line.text("note"),
    )


def decision(line: Line) -> Decision:
    names = layout.codes("decision_kind")
    text = line.text("kind")
    if text in names:
        kind = text
    else:
        word = line.choice("kind", list(names.values()))
        kind = next((code for code, name in names.items() if name == word), "")
    if not line.text("value"):
        line.problem("value", "thiếu Giá trị. Ghi quyết định vào ô này hoặc xóa cả dòng.")
    return Decision(
        key=line.code("key"),
        kind=kind,
        value=line.text("value"),
        grounds=line.text("grounds"),
        who=line.text("who"),
        when=line.day("when"),
        source=line.text("source"),
        where=line.where("value"),
        note=line.text("note"),
        unit=line.text("unit"),
    )


def period(line: Line) -> Period:
    period_id = line.code("id")
    if period_id and (not SAFE_NAME.fullmatch(period_id) or RESERVED.fullmatch(period_id)):
        line.problem(
            "id",
            f"mã kỳ “{period_id}” không làm tên thư mục được. Chỉ dùng chữ không dấu, số, gạch nối, ví dụ 2025-9T.",
        )
    starts, ends = line.day("starts"), line.day("ends")
    cut_off, due = line.day("cut_off"), line.day("due")
    if starts and ends and ends < starts:
        line.problem("ends", "Đến ngày trước Từ ngày. Sửa một trong hai ngày.")
    elif cut_off and ((starts and cut_off < starts) or (ends and cut_off > ends)):
        line.problem("cut_off", "Ngày chốt nằm ngoài kỳ. Sửa ngày chốt hoặc Từ ngày, Đến ngày.")
    if due and starts and due < starts:
        line.problem("due", "Hạn gửi trước khi kỳ bắt đầu. Sửa lại hạn gửi.")
    return Period(period_id, line.text("name"), starts, ends, cut_off, due, line.flag("current"))


def pair(line: Line) -> tuple[str, str]:
    return line.code("code"), line.text("value")


def values(
    rows: Sequence[tuple[Line, tuple[str, str]]], options: Sequence[layout.Option]
) -> dict[str, str]:
    """Return every option's value; blank or missing is the default."""
    known = {option.code: option for option in options}
    found = {option.code: option.value for option in options}
    unique(rows, "code", lambda pair: pair[0], "mã")
    for line, (code, value) in rows:
        option = known.get(code)
        if option is None:
            near = difflib.get_close_matches(code, known, 1)
            hint = f"Có phải “{near[0]}”?" if near else f"Các mã dùng được: {', '.join(known)}."
            line.problem("code", f"không có mã “{code}”. {hint}")
        elif value:
            found[code] = _accepted(line, option, value)
    return found


def _accepted(line: Line, option: layout.Option, value: str) -> str:
    if option.accepts == "whole":
        if not value.isdecimal() or not option.low <= int(value) <= option.high:
            line.problem("value", f"“{value}” không đúng. Ghi số nguyên từ {option.low} đến {option.high}.")
            return option.value
        return str(int(value))
    if option.accepts == "choice":
        return line.choice("value", option.choices, default=option.value)
    return value


def rules(rows: Sequence[tuple[Line, tuple[str, str]]]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the rules and the office's own wordings (wording -> StatusWord value)."""
    words: dict[str, str] = {}
    owner: dict[str, str] = {}
    plain: list[tuple[Line, tuple[str, str]]] = []
    wordings: list[tuple[Line, tuple[str, str]]] = []
    for line, (code, value) in rows:
        (wordings if code.startswith("word:") else plain).append((line, (code, value)))
    unique(wordings, "code", lambda pair: pair[0], "mã")
    for line, (code, _) in wordings:
        status = code.removeprefix("word:")
        if status not in layout.words():
            line.problem("code", f"không có mã “{code}”. Các mã dùng được: word:{', word:'.join(layout.words())}.")
            continue
        for phrase in line.names("value"):
            other = owner.setdefault(fold(phrase), status)
            if other != status:
                line.problem("value", f"“{phrase}” đã ghi ở dòng word:{other}. Mỗi cách ghi chỉ thuộc một dòng.")
            else:
                words[phrase] = status
    return values(plain, layout.rules()), words
