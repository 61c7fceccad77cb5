"""Read the input tables of Progress.xlsm: records out of lines, all problems listed at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from qn_xl import layout
from qn_xl import tables_records as records
from qn_xl.errors import SettingsError
from qn_xl.intake.grid import Unreadable, Workbook, open_workbook
from qn_xl.model import Period, Severity, Unit
from qn_xl.rules import catalogue
from qn_xl.rules.plans import PlanIndex
from qn_xl.rules.text import key
from qn_xl.rules.units import UnitIndex
from qn_xl.tables import Tables, sealed
from qn_xl.tables_cells import Line, lines
from qn_xl.tables_records import unique

Record = TypeVar("Record")


def read_tables(book: Path) -> Tables:
    """Return the tables of the workbook `book`: of a copy of its bytes, for it may be open in Excel.

    Raises:
        SettingsError: with every problem, each with sheet and cell.
    """
    try:
        workbook = open_workbook(book, book.read_bytes())
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SettingsError([f"Không mở được “{book}” ({why}). Kiểm tra quyền đọc tệp này."]) from error
    except Unreadable as error:
        why = catalogue.entries()[error.code].title.lower()
        raise SettingsError(
            [f"Không đọc được “{book.name}” ({why}; {error.seen}). Khôi phục tệp từ bản sao gần nhất."]
        ) from error
    return tables_of(workbook, book.name)


def tables_of(workbook: Workbook, name: str) -> Tables:
    """Return the tables of an opened workbook called `name`.

    Raises:
        SettingsError: with every problem.
    """
    noted: dict[str, list[str]] = {table.name: [] for sheet in layout.sheets() for table in sheet.tables}

    def rows(table_name: str, read: Callable[[Line], Record | None]) -> list[tuple[Line, Record]]:
        sheet, table = layout.table(table_name)
        found = []
        for line in lines(workbook, name, sheet, table, noted[table_name]):
            if line.filled(table) and (record := read(line)) is not None:
                found.append((line, record))
        return found

    plans = unique(rows("tblPlan", records.plan), "id", lambda plan: key(plan.id), "mã kế hoạch")
    plans = unique(plans, "symbol", lambda plan: key(plan.symbol), "ký hiệu")
    plan_index = PlanIndex([plan for _, plan in plans])

    units = unique(rows("tblUnit", records.unit), "id", lambda unit: key(unit.id), "mã đơn vị")
    _unique_names(units)
    unit_index = UnitIndex([unit for _, unit in units])

    assigned = rows("tblAssigned", lambda line: records.assigned(line, plan_index, unit_index))
    unique(assigned, "code", lambda task: key(task.code), "mã nhiệm vụ")

    decisions = rows("tblDecision", records.decision)
    unique(decisions, "key", lambda decision: f"{decision.key} {decision.kind}", "quyết định cho vấn đề")

    rules, words = records.rules(rows("tblRule", records.pair))
    periods = rows("tblPeriod", records.period)
    unique(periods, "id", lambda period: period.id.casefold(), "mã kỳ")
    _one_current(periods)
    settings = records.values(rows("tblSetting", records.pair), layout.settings())

    if problems := _unread(workbook) + [problem for found in noted.values() for problem in found]:
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


def _unread(workbook: Workbook) -> list[str]:
    """Return what the file holds on input sheets and the reader could not take in."""
    titles = {key(sheet.title) for sheet in layout.sheets()}
    found = []
    for code, sheet, _, seen in workbook.findings:
        entry = catalogue.entries()[code]
        if sheet is not None and key(sheet) in titles and entry.severity is Severity.ERROR:
            found.append(f"{sheet}: {entry.message.format_map({'seen': seen})} {entry.repair}")
    return found


def _records(rows: Iterable[tuple[Line, Record]]) -> tuple[Record, ...]:
    return tuple(record for _, record in rows)


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


def _one_current(rows: Sequence[tuple[Line, Period]]) -> None:
    current = [line for line, period in rows if period.current]
    for line in current[1:]:
        line.problem("current", f"dòng {current[0].number} đã là kỳ hiện hành. Chỉ đánh dấu x ở một kỳ.")
