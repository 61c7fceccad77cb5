"""What goes out to the units of a workspace: forms for a period, and what each gets back after a consolidation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qn_xl.history import History
from qn_xl.inbox import inbox_files
from qn_xl.lock import run_lock
from qn_xl.model import Period, Snapshot
from qn_xl.rules.outcome import NOTHING_NEW
from qn_xl.tables import Tables
from qn_xl.workspace import Workspace

if TYPE_CHECKING:
    from qn_xl.consolidate import Outcome
    from qn_xl.outputs.returns_files import Written

FORMS, RETURNS = "bieu-mau", "phan-hoi"  # folders under bao-cao/<period>
RETURNS_SETTING = "unit_returns"


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms that were written, and the run whose results stand in them as accepted."""

    folder: Path
    period: Period
    count: int
    last: Snapshot | None

    @property
    def sentence(self) -> str:
        return f"Đã lập {self.count} biểu mẫu kỳ {self.period.name or self.period.id}: {self.folder}"


def make_forms(
    workspace: Workspace, tables: Tables, period: str | None, now: datetime, units: Collection[str] | None = None
) -> Forms:
    """Write the forms of a period, the current one by default, for every unit or for those of `units`.

    Raises:
        UsageError: no such period. OutputLockedError: a form is open in Excel.
    """
    from qn_xl.outputs.forms import write_forms

    chosen = tables.period(period)
    history = History(workspace.history)
    last = history.latest(period=chosen.id) or history.earlier(chosen.id, tables.period_order)
    day = chosen.cut_off or now.date()
    folder = workspace.outputs(chosen.id) / FORMS
    made = write_forms(folder, tables, chosen.id, last, day, units)
    return Forms(folder, chosen, len(made), last)


def wants_returns(snapshot: Snapshot) -> bool:
    """Tell whether the office has the returns written after each consolidation (setting unit_returns)."""
    return snapshot.settings.get(RETURNS_SETTING) != "không"


def returns_due(workspace: Workspace, outcome: Outcome) -> bool:
    """Tell whether the returns are to be written after a consolidation, where the office has them written.

    After one that found nothing new they are when they are not its own: the making was cut off, or a file was open.
    """
    if not wants_returns(outcome.snapshot):
        return False
    if outcome.exit_code != NOTHING_NEW:
        return True
    from qn_xl.outputs.returns_files import run_of_returns

    folder = workspace.outputs(outcome.snapshot.period) / RETURNS
    return outcome.restored is None and run_of_returns(folder) != outcome.snapshot.run


def make_returns(
    workspace: Workspace, tables: Tables, snapshot: Snapshot, now: datetime, inbox: Path | None = None
) -> Written:
    """Write the returns of a run, while no other run is under way.

    Args:
        inbox: where the run's files lie, in place of the folder chosen for its period.
    Raises:
        BusyError: another run is under way. UsageError: the folder of the files is gone.
    """
    from qn_xl.outputs.returns_files import write_returns

    with run_lock(workspace.lock, now):
        sent = inbox if inbox is not None else workspace.chosen_inbox(snapshot.period, tables)
        return write_returns(workspace.outputs(snapshot.period) / RETURNS, snapshot, inbox_files(sent))
