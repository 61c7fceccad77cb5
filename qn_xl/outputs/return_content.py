"""What one unit gets back after a consolidation, taken from the snapshot: its own findings, tasks and figures.

Nothing that another unit wrote is in it: a result that was read from another unit's row keeps its class alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from qn_xl.model import Address, Class, Finding, Item, Plan, Received, Return, Severity, Snapshot, Unit, UnitResult
from qn_xl.outputs.labels import CLASS, STATUS, plan_symbols
from qn_xl.outputs.return_words import OFFICE, for_unit
from qn_xl.outputs.sheet_returns import expected_returns
from qn_xl.rules.figures import Figures, groups_json

_SEVERITY = {severity: place for place, severity in enumerate(Severity)}
BY_OTHERS = "Tính theo báo cáo của đơn vị khác; đơn vị chưa báo cáo nhiệm vụ này."
CARRIED = "Giữ kết quả đã chốt ở kỳ trước."
UNNAMED = "(Nhiệm vụ do đơn vị khác báo cáo là của đơn vị; kế hoạch chưa có danh mục giao.)"


@dataclass(frozen=True, slots=True)
class OwnTask:
    """One task of the unit as counted. `source` is a cell of its own files, None when it was read elsewhere."""

    plan: str  # Plan.symbol
    kind: str
    number: str
    code: str
    task: str
    due: date | None
    status: str
    cls: str
    overdue: bool
    days_late: int | None
    completed_on: date | None
    said: str
    basis: str
    flags: str
    not_reported: bool
    due_soon: bool
    source: Address | None


@dataclass(frozen=True, slots=True)
class UnitReturn:
    unit: Unit
    sent: Return
    findings: tuple[Finding, ...]  # worst first, then by file, sheet and cell, in words for the unit
    tasks: tuple[OwnTask, ...]
    groups: tuple[tuple[Plan, Mapping[str, Any]], ...]  # the G records of the unit, by plan
    shared_files: tuple[str, ...]  # files in which other units have sheets too

    def count(self, severity: Severity) -> int:
        return sum(found.severity is severity for found in self.findings)


def unit_returns(snapshot: Snapshot) -> list[UnitReturn]:
    """Return what each unit gets back that owes a report, sent one or owes a task."""
    sent = {unit.id: (unit, one) for unit, one in expected_returns(snapshot)}
    results: dict[str, list[UnitResult]] = defaultdict(list)
    for result in snapshot.unit_results:
        results[result.unit].append(result)
    for unit in snapshot.units:
        if unit.id in results and unit.id not in sent:
            sent[unit.id] = unit, Return(unit.id, Received.MISSING)
    inputs = {one.file for one in snapshot.inputs}
    speakers = Counter(file for one in snapshot.returns for file in one.files)
    findings: dict[str, list[Finding]] = defaultdict(list)
    for found in snapshot.findings:
        if found.unit and (told := for_unit(found)) is not None:
            findings[found.unit].append(told)
    items = {item.id: item for item in snapshot.items}
    symbols = plan_symbols(snapshot.plans)
    figures = Figures(snapshot.figures)
    unlisted = {found.plan for found in snapshot.findings if found.code == "plan-no-list"}
    made = []
    for unit, one in sent.values():
        own = frozenset(one.files)
        shared = frozenset(file for file in own if speakers[file] > 1)
        told_here = [found for found in findings[unit.id] if found.where.file in own or found.where.file not in inputs]
        groups = [(plan, group) for plan in snapshot.plans for group in groups_json(figures, plan.symbol, unit.id)]
        made.append(
            UnitReturn(
                unit,
                one,
                tuple(sorted(told_here, key=_order)),
                tuple(
                    _task(result, items[result.item], own - shared, symbols, result.plan not in unlisted)
                    for result in results[unit.id]
                ),
                tuple(groups),
                tuple(sorted(shared)),
            )
        )
    return made


def _order(found: Finding) -> tuple[int, str, str, int, str]:
    cell = found.where.cell or ""
    letters = cell.rstrip("0123456789")
    return _SEVERITY[found.severity], found.where.file, found.where.sheet or "", int(cell[len(letters) :] or 0), letters


def _task(
    result: UnitResult, item: Item, alone: frozenset[str], symbols: Mapping[str, str], listed: bool
) -> OwnTask:
    """Return one task; `alone` are the files in which no other unit speaks."""
    in_own = result.source is not None and result.source.file in alone
    mine = result.speaker == result.unit or result.not_reported or (result.speaker is None and in_own)
    known = mine or listed  # without an official list the words, too, are those of whoever reported it
    source = None if not mine or result.not_reported or result.carried is not None else result.source
    flags = [
        word
        for word, is_set in (
            ("Chưa báo cáo", result.not_reported),
            ("Kết quả kỳ trước", result.carried is not None),
            ("Sắp đến hạn", result.due_soon),
            ("Đề nghị gia hạn", result.extension and mine),
            ("Phụ thuộc Trung ương", result.central),
        )
        if is_set
    ]
    basis = result.basis.replace(*OFFICE) if mine else CARRIED if result.carried is not None else BY_OTHERS
    return OwnTask(
        plan=symbols.get(result.plan, result.plan),
        kind=result.kind.value,
        number=item.number if known else "",
        code=item.id,
        task=item.task if known else UNNAMED,
        due=result.due if known else None,
        status=STATUS[result.cls],
        cls=CLASS[result.cls],
        overdue=result.cls is Class.OVERDUE,
        days_late=result.days_late,
        completed_on=result.completed_on if mine else None,
        said=result.status_text if mine else "",
        basis=basis,
        flags="; ".join(flags),
        not_reported=result.not_reported,
        due_soon=result.due_soon,
        source=source,
    )
