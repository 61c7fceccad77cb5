"""Go back to an older run: the outputs show it again, the history stays as it is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from qn_xl.errors import SettingsError, UsageError
from qn_xl.history import History
from qn_xl.lock import run_lock
from qn_xl.model import Snapshot
from qn_xl.outputs import figures_json
from qn_xl.outputs.publish import Publisher
from qn_xl.workspace import Workspace


def restore(workspace: Workspace, run: int, now: datetime) -> tuple[Snapshot, dict[str, str], bool]:
    """Write so-lieu.json, bao-cao/moi-nhat.xlsx and the period's report from a run of the history.

    No snapshot is made. so-lieu.json marks the run as shown; the mark goes with the next new run, or when the
    last run is restored. Return the snapshot, what was written, and whether an output was locked.

    Raises:
        UsageError: there is no such run. BusyError: a run is under way. OutputLockedError: nothing could be written.
    """
    history = History(workspace.history)
    with run_lock(workspace.lock, now):
        snapshot = history.load(run)
        publisher = Publisher(workspace, snapshot.period, _inbox(workspace, snapshot.period), None, 0)
        outputs, locked = publisher.publish(
            snapshot, history, report=True, restored=run != history.latest_run(), again=True
        )
    return snapshot, outputs, locked


def _inbox(workspace: Workspace, period: str) -> Path:
    """Return the folder that the report's links lead to; tables that cannot be read must not stop a restoration."""
    try:
        return workspace.chosen_inbox(period, workspace.tables())
    except SettingsError:
        return workspace.inbox(period)


def shown(workspace: Workspace) -> Snapshot:
    """Return the run that the outputs show: what the office went back to, else the last.

    Raises:
        UsageError: nothing has been consolidated yet.
    """
    history = History(workspace.history)
    run = figures_json.restored_run(workspace.figures_json)
    if run is not None and run in [info.run for info in history.runs()]:
        return history.load(run)
    snapshot = history.latest()
    if snapshot is None:
        raise UsageError("Chưa có lần tổng hợp nào. Chạy trước: qn-xl consolidate")
    return snapshot
