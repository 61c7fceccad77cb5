"""The answer key: what the office must find, noted by the maker while it writes the files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from maker.catalog import AS_OF, Task, write_csv
from maker.wording import DONE_LATE, DONE_ON_TIME

OPEN_CLASS = {"Đ": "in_progress", "C": "overdue", "T": "recurring", "K": "no_deadline", "S": "stopped"}
DONE = ("done_on_time", "done_late", "done_undated")
MEASURES = (*DONE, "in_progress", "overdue", "recurring", "no_deadline", "stopped")
ITEM_HEADINGS = ["code", "plan", "kind", "class", "due", "days_late", "central", "file", "sheet", "cell"]


@dataclass
class Report:
    unit: str
    outcome: str
    cls: str
    days_late: int | None
    where: tuple[str, str, str]


@dataclass
class Desk:
    tasks: dict[str, Task]
    reports: dict[str, dict[str, Report]] = field(default_factory=dict)
    hazards: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    as_of: date = AS_OF
    period: str = "9 tháng năm 2025"

    def hazard(self, file: str, sheet: str, cell: str, hazard: str, code: str = "") -> None:
        self.hazards.append((file, sheet, cell, hazard, code))

    def report(
        self,
        unit: str,
        task: Task,
        outcome: str,
        completed: date | None,
        status: str,
        where: tuple[str, str, str],
    ) -> None:
        """Note the row that counts for this unit; a later call replaces an earlier one (a corrected file)."""
        days = None
        if outcome != "H":
            cls = OPEN_CLASS[outcome]
            if outcome == "C" and task.due:
                days = (self.as_of - task.due).days
        elif completed and task.due:
            cls = "done_on_time" if completed <= task.due else "done_late"
            days = (completed - task.due).days if completed > task.due else None
        elif status in DONE_ON_TIME:
            cls = "done_on_time"
        elif status in DONE_LATE:
            cls = "done_late"
        else:
            cls = "done_undated"
        self.reports.setdefault(task.code, {})[unit] = Report(unit, outcome, cls, days, where)

    def item(self, task: Task) -> Report:
        """Return what the item comes to: the deciding unit's row, else all lead units together."""
        owed = [task.decides] if task.decides else task.leads
        own = self.reports.get(task.code, {})
        found = [own[unit] for unit in owed if unit in own]
        days = (AS_OF - task.due).days if task.outcome == "C" and task.due else None
        if task.outcome == "H":
            if len(found) != len(owed) or any(one.outcome != "H" for one in found):
                raise AssertionError(f"{task.code}: not every lead unit says done")
            return max(found, key=lambda one: DONE.index(one.cls))
        where = found[0].where if found else next((one.where for one in own.values()), ("", "", ""))
        if len(owed) == 1 and found and found[0].outcome != task.outcome:
            raise AssertionError(f"{task.code}: the counted row says {found[0].outcome}, not {task.outcome}")
        if len(owed) > 1 and found and all(one.outcome == "H" for one in found) and len(found) == len(owed):
            raise AssertionError(f"{task.code}: every lead unit says done")
        return Report("", task.outcome, OPEN_CLASS[task.outcome], days, where)

    def write(self, folder: Path) -> None:
        """Write items.csv, figures.csv and hazards.csv."""
        write_key(folder, {code: (task, self.item(task)) for code, task in self.tasks.items()}, self.hazards)


def write_key(
    folder: Path, items: dict[str, tuple[Task, Report]], hazards: list[tuple[str, str, str, str, str]]
) -> None:
    """Write the key of one period: what every item comes to, the counts, the hazards."""
    counts: Counter[tuple[str, str, str]] = Counter()
    rows: list[list[object]] = []
    for task, one in items.values():
        central = task.central and one.cls in ("in_progress", "overdue", "no_deadline")
        due = task.due.isoformat() if task.due else ""
        days = "" if one.days_late is None else one.days_late
        rows.append([task.code, task.plan, task.kind, one.cls, due, days, int(central), *one.where])
        counts[task.plan, task.kind, one.cls] += 1
        counts[task.plan, task.kind, "total"] += 1
        counts[task.plan, task.kind, "done"] += one.cls in DONE
        counts[task.plan, task.kind, "central"] += central
        counts[task.plan, task.kind, "not_reported"] += not one.where[0]
    write_csv(folder / "items.csv", ITEM_HEADINGS, rows)
    kinds = dict.fromkeys((task.plan, task.kind) for task, _ in items.values())
    measures = ("total", "done", *MEASURES, "central", "not_reported")
    figures = [[*kind, measure, counts[*kind, measure]] for kind in kinds for measure in measures]
    write_csv(folder / "figures.csv", ["plan", "kind", "measure", "value"], figures)
    write_csv(folder / "hazards.csv", ["file", "sheet", "cell", "hazard", "finding"], sorted(hazards))
