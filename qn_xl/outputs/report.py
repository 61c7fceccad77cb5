"""The report workbook: the summary and everything that defends it, with live formulas and stored values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from xlsxwriter import Workbook

from qn_xl.history import History
from qn_xl.intake.read import OWN_MARK
from qn_xl.model import Kind, Snapshot
from qn_xl.outputs import (
    sheet_compare,
    sheet_decisions,
    sheet_definitions,
    sheet_figures,
    sheet_findings,
    sheet_government,
    sheet_returns,
    sheet_summary,
    sheet_targets,
    sheet_tasks,
    sheet_units,
)
from qn_xl.outputs.book import Book
from qn_xl.outputs.labels import provenance
from qn_xl.outputs.links import Sources
from qn_xl.outputs.styles import Styles
from qn_xl.tables import province_heading

CALCULATION = 191029  # of Excel 2019 and later: the stored values are current


@dataclass(frozen=True, slots=True)
class Past:
    """What the report says of the time before: the snapshot it is compared with, targets of earlier periods."""

    before: Snapshot | None = None
    targets: tuple[sheet_targets.Period, ...] = ()

    @classmethod
    def of(cls, snapshot: Snapshot, history: History) -> Past:
        """Return the past of a snapshot, which need not be in the history itself."""
        targets = tuple(
            sheet_targets.Period(info.period, info.period_name, info.as_of, history.items(info.run, Kind.TARGET))
            for info in history.past(snapshot)
        )
        return cls(history.before(snapshot), targets)


def write_report(path: Path, snapshot: Snapshot, *, inbox: str | None = None, past: Past | None = None) -> None:
    """Write the report of a snapshot to `path`, replacing what is there.

    Args:
        inbox: folder of the units' files as seen from the report's folder, with "/"; by default the place
            it has in a workspace, ../../don-vi/<period>.
        past: earlier periods; without them the report shows this one alone.

    The same snapshot gives the same bytes. Every formula is stored with its value.
    """
    folder = f"../../don-vi/{snapshot.period}" if inbox is None else inbox
    book = Book(str(path))
    book.set_calc_mode("auto", CALCULATION)
    book.calc_on_load = False
    province = province_heading(snapshot.settings, snapshot.made_at.date())
    book.set_properties(
        {
            "title": f"Tổng hợp tiến độ thực hiện nhiệm vụ, {snapshot.period_name or snapshot.period}",
            "subject": provenance(snapshot),
            "author": province,
            "company": province,
            "created": snapshot.made_at,
            "comments": f"qn-xl {snapshot.version}",
        }
    )
    book.set_custom_property(OWN_MARK, "report")
    write_sheets(book, Styles(book), snapshot, Sources(folder, snapshot.inputs), past or Past())
    book.close()


def write_sheets(book: Workbook, styles: Styles, snapshot: Snapshot, sources: Sources, past: Past) -> None:
    """Add every sheet of the report in its order; formulas and tables refer to each other by name."""
    sheet_summary.write(book, styles, snapshot)
    sheet_units.write(book, styles, snapshot)
    if sheet_government.wanted(snapshot):
        sheet_government.write(book, styles, snapshot)
    if past.before is not None:
        sheet_compare.write(book, styles, snapshot, past.before, sources)
    if sheet_targets.wanted(snapshot):
        sheet_targets.write(book, styles, snapshot, past.targets)
    lists: tuple[Callable[..., object], ...] = (
        sheet_tasks.write_tasks,
        sheet_tasks.write_unit_tasks,
        sheet_findings.write,
        sheet_decisions.write,
    )
    for write in lists:
        write(book, styles, snapshot, sources)
    sheet_returns.write(book, styles, snapshot)
    sheet_definitions.write(book, styles, snapshot)
    sheet_figures.write(book, styles, snapshot)
