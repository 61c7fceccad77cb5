"""Read the input tables of Progress.xlsm: records out of lines, all problems listed at once."""

from __future__ import annotations

import difflib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from qn_xl import layout
from qn_xl.errors import SettingsError
from qn_xl.intake.grid import Unreadable, Workbook, open_workbook
from qn_xl.model import KIND_CODE, AssignedTask, Decision, Kind, Period, Plan, Unit
from qn_xl.rules import catalogue, deadlines
from qn_xl.rules.plans import PlanIndex
from qn_xl.rules.text import fold, key
from qn_xl.rules.units import UnitIndex
from qn_xl.tables import Tables, sealed
from qn_xl.tables_cells import Line, lines

Record = TypeVar("Record")
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,39}(?<!\.)")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
KINDS = {word: Kind(word) for word in layout.lists()["kind"]}
LOWER = layout.lists()["direction"][1]


def read_tables(book: Path) -> Tables:
    """Return the tables of the workbook `book`, read from a copy of it.

    Raises:
        SettingsError: with every problem, each with sheet and cell.
    """
    with tempfile.TemporaryDirectory(prefix="qn-xl-") as folder:
        copy = Path(folder) / book.name
        try:
            shutil.copyfile(book, copy)
            workbook = open_workbook(copy)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise SettingsError([f"Không mở được “{book}” ({why}). Kiểm tra quyền đọc tệp này."]) from error
        except Unreadable as error:
            why = catalogue.entries()[error.code].title.lower()
            raise SettingsError(
                [f"Không đọc được “{book.name}” ({why} {error.seen}). Khôi phục tệp từ bản sao gần nhất."]
            ) from error
    return tables_of(workbook, book.name)


def tables_of(workbook: Workbook, name: str) -> Tables:
    """Return the tables of an opened workbook called `name`.

    Raises:
        SettingsError: with every problem.
    """
    problems: list[str] = []

    def rows(table_name: str, read: Callable[[Line], Record | None]) -> list[tuple[Line, Record]]:
        sheet, table = layout.table(table_name)
        found = []
        for line in lines(workbook, name, sheet, table, problems):
            if line.filled(table) and (record := read(line)) is not None:
                found.append((line, record))
        return found

    plans = rows("tblPlan", _plan)
    _unique(plans, "id", lambda plan: key(plan.id), "mã kế hoạch")
    _unique(plans, "symbol", lambda plan: key(plan.symbol), "ký hiệu")
    plan_index = PlanIndex([plan for _, plan in plans])

    units = rows("tblUnit", _unit)
    _unique(units, "id", lambda unit: key(unit.id), "mã đơn vị")
    _unique_names(units)
    unit_index = UnitIndex([unit for _, unit in units])

    assigned = rows("tblAssigned", lambda line: _assigned(line, plan_index, unit_index))
    _unique(assigned, "code", lambda task: key(task.code), "mã nhiệm vụ")

    decisions = rows("tblDecision", _decision)
    _unique(decisions, "key", lambda decision: f"{decision.key} {decision.kind}", "quyết định cho vấn đề")

    rules, words = _rules(rows("tblRule", _pair))
    periods = rows("tblPeriod", _period)
    _unique(periods, "id", lambda period: period.id.casefold(), "mã kỳ")
    _one_current(periods)
    settings = _values(rows("tblSetting", _pair), layout.settings())

    if problems:
        raise SettingsError(problems)
    return sealed(
        Tables(
            plans=_records(plans),
            units=_records(units),
            periods=_records(periods),
            assigned=_records(assigned),
            decisions=_records(decisions),
            rules=rules,
            settings=settings,
            words=words,
            source=name,
        )
    )


def _records(rows: Iterable[tuple[Line, Record]]) -> tuple[Record, ...]:
    return tuple(record for _, record in rows)


def _unique(
    rows: Sequence[tuple[Line, Record]], field: str, name_of: Callable[[Record], str], what: str
) -> None:
    first: dict[str, Line] = {}
    for line, record in rows:
        name = name_of(record)
        if name in first:
            line.problem(field, f"{what} “{line.text(field)}” trùng với dòng {first[name].number}. Giữ một dòng.")
        first.setdefault(name, line)


def _unique_names(rows: Sequence[tuple[Line, Unit]]) -> None:
    """Two units that answer to the same present name could not be told apart."""
    owner: dict[str, Unit] = {}
    for line, unit in rows:
        for field, names in (
            ("name", (unit.name,)),
            ("abbreviation", (unit.abbreviation,)),
            ("aliases", unit.aliases),
        ):
            for name in filter(None, names):
                other = owner.setdefault(key(name), unit)
                if other.id != unit.id and _overlap(other, unit):
                    line.problem(
                        field, f"“{name}” cũng là tên của {other.name} ({other.id}). Mỗi tên chỉ thuộc một đơn vị."
                    )


def _overlap(one: Unit, other: Unit) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    return first <= min(one.valid_to or date.max, other.valid_to or date.max)


def _plan(line: Line) -> Plan:
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


def _unit(line: Line) -> Unit:
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


def _assigned(line: Line, plans: PlanIndex, units: UnitIndex) -> AssignedTask | None:
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


def _decision(line: Line) -> Decision:
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
    )


def _period(line: Line) -> Period:
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


def _one_current(rows: Sequence[tuple[Line, Period]]) -> None:
    current = [line for line, period in rows if period.current]
    for line in current[1:]:
        line.problem("current", f"dòng {current[0].number} đã là kỳ hiện hành. Chỉ đánh dấu x ở một kỳ.")


def _pair(line: Line) -> tuple[str, str]:
    return line.code("code"), line.text("value")


def _values(
    rows: Sequence[tuple[Line, tuple[str, str]]], options: Sequence[layout.Option]
) -> dict[str, str]:
    """Return every option's value; blank or missing is the default."""
    known = {option.code: option for option in options}
    found = {option.code: option.value for option in options}
    _unique(rows, "code", lambda pair: pair[0], "mã")
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


def _rules(rows: Sequence[tuple[Line, tuple[str, str]]]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the rules and the office's own wordings (wording -> StatusWord value)."""
    words: dict[str, str] = {}
    owner: dict[str, str] = {}
    plain: list[tuple[Line, tuple[str, str]]] = []
    wordings: list[tuple[Line, tuple[str, str]]] = []
    for line, (code, value) in rows:
        (wordings if code.startswith("word:") else plain).append((line, (code, value)))
    _unique(wordings, "code", lambda pair: pair[0], "mã")
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
    return _values(plain, layout.rules()), words
