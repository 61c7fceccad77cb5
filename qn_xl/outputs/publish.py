"""Brings a run to the disk: report, history, so-lieu.json, bao-cao/moi-nhat.xlsx, in that order.

The history commits last among data; what follows it is remade from it when it is behind (design section 3, rule 4).
"""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

from qn_xl.errors import OutputLockedError
from qn_xl.history import History
from qn_xl.model import Snapshot
from qn_xl.outputs import figures_json, safe
from qn_xl.workspace import Workspace

_RUN = re.compile(r"<dc:subject>[^<]*Lần tổng hợp số (\d+)")


class Publisher:
    """Writes the outputs of one period of a workspace.

    Args:
        inbox: where the units' files lie, for the links of the report.
        out: the report's path in place of the workspace's own.
        backups: so many old reports are kept.
    """

    def __init__(self, workspace: Workspace, period: str, inbox: Path, out: Path | None, backups: int) -> None:
        self._workspace, self._period, self._inbox = workspace, period, inbox
        self._own = out is None
        self._report = workspace.report(period) if out is None else out
        self._backups = backups

    def publish(
        self, snapshot: Snapshot, history: History, report: bool, *, again: bool = False, restored: bool = False
    ) -> tuple[dict[str, str], bool]:
        """Write everything; return what was written and whether an output was locked.

        A report that is open in Excel is written beside it, under the run's number. With `again` the snapshot is in
        the history already and its outputs alone are written, marked when it is one the office went back to.

        Raises:
            OutputLockedError: neither place for the report can be written, or the history cannot.
        """
        outputs: dict[str, str] = {}
        locked = False
        if report:
            path = self._report
            try:
                self._write(path, snapshot)
            except OutputLockedError:
                path, locked = self._beside(snapshot.run), True
                self._write(path, snapshot)
            outputs["report"] = str(path)
        if not again:
            history.save(snapshot)
        outputs["history"] = str(self._workspace.history)
        try:
            figures_json.write(self._workspace.figures_json, snapshot, restored=restored)
            outputs["figures"] = str(self._workspace.figures_json)
        except OutputLockedError:
            locked = True
        if report:
            try:
                self._copy(Path(outputs["report"]))
                outputs["latest"] = str(self._workspace.latest_report)
            except OutputLockedError:
                locked = True
        return outputs, locked

    def catch_up(self, snapshot: Snapshot, report: bool, *, shared: bool = True) -> dict[str, str]:
        """Remake what a crash or a locked file left behind the run that is shown; return what is there now.

        Args:
            shared: False leaves so-lieu.json and moi-nhat.xlsx: they show a run of another period or cut-off that
                the office went back to.
        Raises:
            OutputLockedError: an output that is behind cannot be written.
        """
        outputs = {"history": str(self._workspace.history), "figures": str(self._workspace.figures_json)}
        if shared and figures_json.run_of(self._workspace.figures_json) != snapshot.run:
            figures_json.write(self._workspace.figures_json, snapshot)
        if report:
            path = self._report
            if run_of_report(path) != snapshot.run:
                try:
                    self._write(path, snapshot)
                except OutputLockedError:
                    path = self._beside(snapshot.run)
                    if run_of_report(path) != snapshot.run:
                        raise
            outputs["report"] = str(path)
            if shared and run_of_report(self._workspace.latest_report) != snapshot.run:
                self._copy(path)
            outputs["latest"] = str(self._workspace.latest_report)
        return outputs

    def _beside(self, run: int) -> Path:
        if self._own:
            return self._workspace.report_beside(self._period, run)
        return self._report.with_name(f"{self._report.stem}-lan-{run}{self._report.suffix}")

    def _write(self, path: Path, snapshot: Snapshot) -> None:
        from qn_xl.outputs.report import Past, write_report

        inbox = seen_from(path.parent, self._inbox)
        past = Past.of(snapshot, History(self._workspace.history))
        safe.replace(
            path,
            lambda target: write_report(target, snapshot, inbox=inbox, past=past),
            lambda target: check_report(target, snapshot.run),
            backups=self._backups,
        )

    def _copy(self, report: Path) -> None:
        from qn_xl.outputs.links import copy_report

        latest = self._workspace.latest_report
        inbox, from_copy = seen_from(report.parent, self._inbox), seen_from(latest.parent, self._inbox)
        run = run_of_report(report)
        safe.replace(
            latest,
            lambda target: copy_report(report, target, inbox=inbox, from_copy=from_copy),
            lambda target: check_report(target, run),
        )


def run_of_report(path: Path) -> int | None:
    """Return the run whose figures a report holds; None when it is missing, damaged or not ours."""
    try:
        with zipfile.ZipFile(path) as book:
            said = _RUN.search(book.read("docProps/core.xml").decode("utf-8"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None
    return int(said[1]) if said else None


def check_report(path: Path, run: int | None) -> None:
    """Reopen a report just written.

    Raises:
        ValueError: a part is damaged, or it is not the report of this run.
    """
    with zipfile.ZipFile(path) as book:
        damaged = book.testzip()
    if damaged is not None or run_of_report(path) != run:
        raise ValueError(f"{path.name}: {damaged or 'another run'}")


def seen_from(folder: Path, inbox: Path) -> str:
    """Return the inbox as links in a workbook in `folder` name it, with "/"; absolute where they share no drive."""
    try:
        return Path(os.path.relpath(inbox.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return inbox.resolve().as_posix()
