"""The one sentence of the program: what the units sent → figures at the cut-off → history and outputs.

What is needed only after reading is imported while the worker processes read.
"""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qn_xl import __version__
from qn_xl.history import History, inputs_sha256
from qn_xl.inbox import digest, inbox_files, is_lock_file, still_there
from qn_xl.intake.kept import Kept, read_changed
from qn_xl.intake.pool import read_all
from qn_xl.lock import run_lock
from qn_xl.model import Fate, FileReading, InputFile, Period, Snapshot
from qn_xl.reader_context import field_of, reader_context, with_headings
from qn_xl.rules.outcome import LOCKED, NOTHING_NEW, code_of
from qn_xl.tables import Tables
from qn_xl.workspace import Workspace

if TYPE_CHECKING:
    from qn_xl.outputs.publish import Publisher
    from qn_xl.rules.items import Built

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. `outputs` is what was written (report, latest, figures, history) → its path.

    `restored`: nothing was new, and the outputs go on showing this older run, which the office went back to. It is
    `snapshot` when it has the same period and cut-off, else the last run is.
    """

    snapshot: Snapshot
    outputs: dict[str, str]
    exit_code: int
    as_of_source: str  # where the cut-off date came from, in Vietnamese
    restored: int | None = None


def consolidate(
    workspace: Workspace,
    *,
    as_of: date | None,
    period: str | None,
    inbox: Path | None = None,
    out: Path | None = None,
    now: datetime,
    write_report: bool = True,
    progress: Progress | None = None,
    tables: Tables | None = None,
    full: bool = False,
) -> Outcome:
    """Read the inbox of a period, count, and bring history and outputs up to date.

    Args:
        as_of: the cut-off date; by default the period's, else the day of `now`.
        period: id of the period; by default the current one.
        inbox: a folder in place of the one chosen in Cài đặt or, where none is, of the period's own.
        out: the report's path in place of the workspace's.
        now: the moment of the run, and the day on which files not seen before count as received.
        write_report: False leaves the report workbooks alone.
        progress: called with files done, files in all and a name while files are read.
        tables: the office's tables where the caller has them (the ribbon: unsaved edits included).
        full: read every file anew, even when nothing has changed since the last run.
    Raises:
        BusyError: another run is under way. SettingsError: the tables are invalid.
        UsageError: no such period or inbox. OutputLockedError: the history cannot be written.
    """
    with run_lock(workspace.lock, now), _no_collection():
        office = tables if tables is not None else workspace.tables()
        chosen = office.period(period)
        day, day_from = _cut_off(as_of, chosen, now)
        folder = inbox if inbox is not None else workspace.chosen_inbox(chosen.id, office)
        files = inbox_files(folder)
        history = History(workspace.history)
        source = f"{office.source or workspace.book.name}, SHA-256 {office.sha256}"
        digests = [digest(path) for _, path in files]
        sent = [(name, digest) for (name, _), digest in zip(files, digests, strict=True) if not is_lock_file(name)]
        last = None if full else _unchanged(history, sent, chosen.id, day, source)
        if last is not None:
            publisher = _publisher(workspace, office, chosen, folder, out)
            snapshot, restored = _shown(workspace, history, last)
            outputs = publisher.catch_up(snapshot, write_report, shared=restored in (None, snapshot.run))
            return Outcome(snapshot, outputs, NOTHING_NEW, day_from, restored)

        with _importing(write_report):
            previous = history.latest(period=chosen.id, parts=("findings", "returns", "unit_results"))
            decisions = with_headings(office.decisions, history)
            context = reader_context(office, decisions, day, chosen.id)
            kept, done = Kept(workspace.kept_readings, context), _reported(progress)
            readings = read_changed(files, digests, context, read_all, kept, full=full, on_done=done)
            still_there(folder, files)
        from qn_xl.rules.decide import renewed
        from qn_xl.rules.items import build

        office = replace(office, decisions=renewed(decisions, (one for read in readings for one in read.findings)))
        built = build(
            readings,
            office,
            period=chosen,
            as_of=day,
            today=now.date(),
            earlier=history.earlier(chosen.id, office.period_order),
            previous=previous,
            units=context.unit_index,
            find_field=field_of,
        )
        snapshot = _snapshot(history.next_run(), office, chosen, day, now, source, readings, built)
        publisher = _publisher(workspace, office, chosen, folder, out)
        outputs, locked = publisher.publish(snapshot, history, write_report)
        return Outcome(snapshot, outputs, LOCKED if locked else code_of(snapshot), day_from)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the cyclic collector out: a run makes many records and no cycles, and it costs a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _importing(report: bool) -> Iterator[None]:
    """Import what is needed after the block in a thread, while the block waits for the worker processes."""

    def rest() -> None:
        import qn_xl.outputs.publish
        import qn_xl.rules.figures
        import qn_xl.rules.items

        if report:
            import qn_xl.outputs.report  # noqa: F401

    thread = threading.Thread(target=rest, daemon=True)
    thread.start()
    yield
    thread.join()


def _publisher(workspace: Workspace, office: Tables, period: Period, inbox: Path, out: Path | None) -> Publisher:
    from qn_xl.outputs.publish import Publisher

    return Publisher(workspace, period.id, inbox, out, int(office.settings.get("backups") or 0))


def _cut_off(as_of: date | None, period: Period, now: datetime) -> tuple[date, str]:
    if as_of is not None:
        return as_of, "theo lựa chọn khi chạy"
    if period.cut_off is not None:
        return period.cut_off, f"ngày chốt của kỳ {period.name or period.id}"
    return now.date(), f"hôm nay, vì kỳ {period.name or period.id} chưa có ngày chốt"


def _unchanged(
    history: History, sent: Sequence[tuple[str, str]], period: str, as_of: date, source: str
) -> int | None:
    """Return the last run when it read these files (name, SHA-256) with these tables at this cut-off, else None."""
    run = history.latest_run()
    info = next((one for one in history.runs() if one.run == run), None)
    if info is None or (info.period, info.as_of) != (period, as_of):
        return None
    if (info.version, info.source) != (__version__, source):
        return None
    inputs = [InputFile(name, digest, 0, "", None, True, {}, 0) for name, digest in sent]
    return run if inputs_sha256(inputs) == info.inputs_sha256 else None


def _shown(workspace: Workspace, history: History, last: int) -> tuple[Snapshot, int | None]:
    """Return the run that stands when nothing is new, and the number of one that the office went back to."""
    from qn_xl.outputs.figures_json import restored_run

    runs = {info.run: info for info in history.runs()}
    shown = runs.get(restored_run(workspace.figures_json) or last)
    if shown is None or shown.run == last:
        return history.load(last), None
    alike = (shown.period, shown.as_of) == (runs[last].period, runs[last].as_of)
    return history.load(shown.run if alike else last), shown.run


def _reported(progress: Progress | None) -> Callable[[FileReading, int, int], None] | None:
    if progress is None:
        return None
    return lambda reading, done, total: progress(done, total, reading.file)


def _snapshot(
    run: int,
    office: Tables,
    period: Period,
    as_of: date,
    now: datetime,
    source: str,
    readings: Sequence[FileReading],
    built: Built,
) -> Snapshot:
    from qn_xl.rules.figures import cube

    return Snapshot(
        run=run,
        as_of=as_of,
        period=period.id,
        made_at=now,
        version=__version__,
        plans=office.plans,
        units=office.units,
        items=built.items,
        unit_results=built.unit_results,
        findings=built.findings,
        returns=built.returns,
        inputs=tuple(_input(reading) for reading in readings if not is_lock_file(reading.file)),
        rows=rows_of(readings),
        figures=cube(built.items, built.unit_results, office.plans),
        settings=office.settings,
        rules=office.rules,
        decisions=office.decisions,
        period_name=period.name,
        assigned=built.assigned,
        source=source,
    )


def _input(reading: FileReading) -> InputFile:
    return InputFile(
        file=reading.file,
        sha256=reading.sha256,
        size=reading.size,
        format=reading.format,
        unit=reading.unit,
        readable=reading.readable,
        rows=rows_of([reading]),
        tasks=sum(len(sheet.tasks) for sheet in reading.sheets),
    )


def rows_of(readings: Iterable[FileReading]) -> dict[str, int]:
    """Return how many rows were read and what became of them, by Fate.

    Raises:
        AssertionError: a row has no fate, or a task row no report: rows would have been lost silently.
    """
    count: Counter[str] = Counter({fate.value: 0 for fate in Fate})
    read = 0
    for reading in readings:
        for sheet in reading.sheets:
            rows = sum(sheet.rows.values())
            where = f"{reading.file} › {sheet.name}"
            if sheet.fates:
                span = max(sheet.fates) - min(sheet.fates) + 1
                if not rows == len(sheet.fates) == span:
                    raise AssertionError(f"{where}: {span} rows, {len(sheet.fates)} with a fate, {rows} counted")
                if len(sheet.tasks) != sheet.rows.get(Fate.TASK, 0):
                    raise AssertionError(f"{where}: {len(sheet.tasks)} reports of {sheet.rows} rows")
            read += rows
            count.update(sheet.rows)
    if sum(count.values()) != read:
        raise AssertionError(f"{read} rows read, {sum(count.values())} with a fate")
    return {"read": read, **count}
