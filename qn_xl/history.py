"""lich-su.sqlite: one immutable snapshot a run, in one transaction, readable with any SQL tool.

Table `run` has one row a run; plan, unit, finding, "return", input, figure and decision hold the snapshot's records
with their run and position; items and unit results are packed (history_items.py), the report lists them. Rollback
journal, never WAL: the file may lie on a share.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qn_xl import history_items
from qn_xl.errors import OutputLockedError, UsageError
from qn_xl.history_codec import Codec, codec, text_as_bytes
from qn_xl.model import (
    Decision,
    Figure,
    Finding,
    InputFile,
    Item,
    Kind,
    Plan,
    Return,
    Snapshot,
    Unit,
    UnitResult,
)

SCHEMA = 2
BUSY_SECONDS = 30.0
# field of Snapshot -> (table, record), one row a record
PARTS: dict[str, tuple[str, type[Any]]] = {
    "plans": ("plan", Plan),
    "units": ("unit", Unit),
    "findings": ("finding", Finding),
    "returns": ("return", Return),
    "inputs": ("input", InputFile),
    "figures": ("figure", Figure),
    "decisions": ("decision", Decision),
}
PACKED = frozenset({"items", "unit_results"})
ALL = (*PARTS, *sorted(PACKED))
COMPARED = ("plans", "units", "items", "unit_results", "returns", "figures")


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One line of the list of runs."""

    run: int
    as_of: date
    period: str
    period_name: str
    made_at: datetime
    version: str
    source: str
    inputs_sha256: str
    files: int
    items: int


def inputs_sha256(inputs: Iterable[InputFile]) -> str:
    """Return one hash over names and contents of the inputs, whatever their order."""
    names = sorted(f"{item.sha256} {item.file}" for item in inputs)
    return hashlib.sha256("\n".join(names).encode("utf-8", "surrogatepass")).hexdigest()


def _quoted(name: str) -> str:
    return f'"{name}"'


def _run_codec() -> Codec:
    return codec(Snapshot, frozenset(ALL))


class History:
    """The runs kept in one file. Asking creates nothing; the first `save` creates the file.

    Every method raises OutputLockedError when the file is damaged or stays locked, UsageError when a newer
    version of the program wrote it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def next_run(self) -> int:
        """Return the number of the run to come: 1 in a new history."""
        with self._reading() as db:
            return 1 if db is None else 1 + (db.execute("SELECT max(run) FROM run").fetchone()[0] or 0)

    def save(self, snapshot: Snapshot) -> None:
        """Add a snapshot, all of it or nothing.

        Raises:
            ValueError: the run is already there (snapshots are never rewritten).
        """
        with self._connected() as db:
            self._prepare(db)
            try:
                db.execute("BEGIN IMMEDIATE")
                run = snapshot.run
                if db.execute("SELECT 1 FROM run WHERE run = ?", (run,)).fetchone():
                    raise ValueError(f"run {run} is already in {self.path.name}")
                extra = (inputs_sha256(snapshot.inputs), len(snapshot.inputs), len(snapshot.items))
                row = _run_codec().rows([snapshot])[0]
                _insert(db, "run", (*_run_codec().columns, *RUN_EXTRA), [row + extra])
                for name, (table, record) in PARTS.items():
                    shape = codec(record)
                    rows = [
                        (run, place, *row) for place, row in enumerate(shape.rows(getattr(snapshot, name)))
                    ]
                    _insert(db, table, ("run", "place", *shape.columns), rows)
                history_items.save(db, run, snapshot.items, snapshot.unit_results)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def load(self, run: int) -> Snapshot:
        """Return the snapshot of a run, equal to what was saved.

        Raises:
            UsageError: there is no such run.
        """
        with self._reading() as db:
            found = None if db is None else self._load(db, run)
        if found is None:
            raise UsageError(f"Không có lần chạy {run} trong lịch sử. Xem các lần chạy bằng: qn-xl history")
        return found

    def latest(
        self, period: str | None = None, as_of: date | None = None, *, parts: Collection[str] = ALL
    ) -> Snapshot | None:
        """Return the last run's snapshot, of a period or with exactly that cut-off when given.

        Args:
            parts: the records to load ("items", "findings", …); the others are left empty, which saves time.
        """
        with self._reading() as db:
            if db is None:
                return None
            row = db.execute(
                "SELECT max(run) FROM run WHERE (?1 IS NULL OR period = ?1) AND (?2 IS NULL OR as_of = ?2)",
                (period, as_of.isoformat() if as_of else None),
            ).fetchone()
            return None if row[0] is None else self._load(db, row[0], parts)

    def latest_run(self, period: str | None = None) -> int | None:
        """Return the number of the last run without loading it."""
        with self._reading() as db:
            if db is None:
                return None
            row = db.execute("SELECT max(run) FROM run WHERE ?1 IS NULL OR period = ?1", (period,)).fetchone()
            return None if row[0] is None else int(row[0])

    def earlier(self, period: str, order: Sequence[str]) -> Snapshot | None:
        """Return the last snapshot of the nearest period before `period` that has one.

        Args:
            order: period ids from the oldest to the newest (`Tables.period_order`).
        """
        before = order[: order.index(period)] if period in order else ()
        for name in reversed(before):
            if (found := self.latest(period=name)) is not None:
                return found
        return None

    def past(self, snapshot: Snapshot) -> list[RunInfo]:
        """Return the last run of each period with an earlier cut-off than the snapshot's, by cut-off.

        Only runs made before it count, so that a run always has the same past.
        """
        found = {
            info.period: info
            for info in self.runs()
            if info.run < snapshot.run and info.period != snapshot.period and info.as_of < snapshot.as_of
        }
        return sorted(found.values(), key=lambda info: (info.as_of, info.run))

    def before(self, snapshot: Snapshot) -> Snapshot | None:
        """Return what a snapshot is compared with: the nearest earlier period, else the run before of its own.

        Findings, inputs and decisions are left empty, which saves time.
        """
        past = self.past(snapshot)
        own = [info.run for info in self.runs() if info.run < snapshot.run and info.period == snapshot.period]
        run = past[-1].run if past else own[-1] if own else None
        with self._reading() as db:
            return None if db is None or run is None else self._load(db, run, COMPARED)

    def items(self, run: int, kind: Kind) -> tuple[Item, ...]:
        """Return the items of one kind of a run without the rest of its snapshot."""
        with self._reading() as db:
            found = None if db is None else self._load(db, run, ("items",))
        return () if found is None else tuple(item for item in found.items if item.kind is kind)

    def runs(self) -> list[RunInfo]:
        """Return all runs, the oldest first."""
        with self._reading() as db:
            if db is None:
                return []
            names = [field.name for field in fields(RunInfo)]
            rows = db.execute(f"SELECT {', '.join(map(_quoted, names))} FROM run ORDER BY run")
            return codec(RunInfo).records(rows)

    def figures(self, run: int) -> tuple[Figure, ...]:
        """Return the figures of a run without the rest of its snapshot; () when there is no such run."""
        with self._reading() as db:
            return () if db is None else tuple(_select(db, "figure", Figure, run))

    def _load(self, db: sqlite3.Connection, run: int, parts: Collection[str] = ALL) -> Snapshot | None:
        shape = _run_codec()
        names = ", ".join(map(_quoted, shape.columns))
        row = db.execute(f"SELECT {names} FROM run WHERE run = ?", (run,)).fetchone()
        if row is None:
            return None
        values: dict[str, Any] = {
            name: tuple(_select(db, table, record, run)) if name in parts else ()
            for name, (table, record) in PARTS.items()
        }
        items: tuple[Item, ...] = ()
        results: tuple[UnitResult, ...] = ()
        if PACKED.intersection(parts):
            items, results = history_items.load(db, run, results="unit_results" in parts)
        values.update(items=items, unit_results=results)
        values.update(zip(shape.columns, shape.values([row])[0], strict=True))
        return Snapshot(**values)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """Give a prepared connection, None when there is no history yet."""
        if not self.path.is_file() or self.path.stat().st_size == 0:
            yield None
            return
        with self._connected() as db:
            self._prepare(db)
            yield db

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        db = None
        try:
            db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            db.execute("PRAGMA journal_mode = DELETE")
            db.execute("PRAGMA synchronous = FULL")
            yield db
        except sqlite3.OperationalError as error:
            raise OutputLockedError(
                f"Không dùng được lịch sử “{self.path.name}” ({error}). Đóng chương trình đang mở tệp này, "
                "kiểm tra quyền ghi và chỗ trống trên ổ đĩa rồi chạy lại."
            ) from error
        except sqlite3.DatabaseError as error:
            raise OutputLockedError(
                f"Lịch sử “{self.path.name}” bị hỏng ({error}). Đổi tên tệp này để giữ lại, chép bản sao gần nhất "
                "vào chỗ của nó (nếu có) rồi chạy lại."
            ) from error
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise OutputLockedError(
                f"Không dùng được lịch sử “{self.path.name}” ({why}). Kiểm tra ổ đĩa và chỗ trống rồi chạy lại."
            ) from error
        finally:
            if db is not None:
                db.close()

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Create the tables, or bring those of an older version up to date after copying the file."""
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA:
            raise UsageError(
                f"Lịch sử “{self.path.name}” do bản qn-xl mới hơn ghi. Cập nhật qn-xl trên máy này rồi chạy lại."
            )
        missing = {
            table: [name for name in wanted if name not in present]
            for table, wanted in _schema().items()
            if (present := _columns(db, table)) is not None
        }
        new = [table for table in _schema() if table not in missing]
        if not new and not any(missing.values()):
            return
        older = any(missing.values()) or (new and missing)
        if older:
            copy = self.path.with_name(f"{self.path.name}.truoc-nang-cap")
            shutil.copyfile(self.path, copy)
        db.execute("BEGIN IMMEDIATE")
        for table in new:
            present = _columns(db, table)
            if present is None:
                names = ", ".join(map(_quoted, _schema()[table]))
                key = ", ".join(name for name in KEY if name in _schema()[table])
                db.execute(f"CREATE TABLE {_quoted(table)} ({names}, PRIMARY KEY ({key})) WITHOUT ROWID")
        for table, names_missing in missing.items():
            for name in names_missing:
                db.execute(f"ALTER TABLE {_quoted(table)} ADD COLUMN {_quoted(name)}")
        if _columns(db, "item"):
            history_items.take_over_rows(db)
        db.execute(f"PRAGMA user_version = {SCHEMA}")
        db.execute("COMMIT")
        if older:
            db.execute("VACUUM")


KEY = ("run", "place", "part")
RUN_EXTRA = ("inputs_sha256", "files", "items")  # columns of `run` beside the snapshot's own


def _schema() -> dict[str, tuple[str, ...]]:
    """Return table to columns. Columns have no type, so SQLite keeps every value as it is given."""
    tables = {"run": (*_run_codec().columns, *RUN_EXTRA), "packed": ("run", "part", "data")}
    for table, record in PARTS.values():
        tables[table] = ("run", "place", *codec(record).columns)
    return tables


def _columns(db: sqlite3.Connection, table: str) -> set[str] | None:
    found = {row[1] for row in db.execute(f"PRAGMA table_info({_quoted(table)})")}
    return found or None


def _insert(db: sqlite3.Connection, table: str, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(map(_quoted, columns))
    marks = ", ".join("?" * len(columns))
    command = f"INSERT INTO {_quoted(table)} ({names}) VALUES ({marks})"
    db.execute("SAVEPOINT part")
    try:
        db.executemany(command, rows)
    except UnicodeEncodeError:
        db.execute("ROLLBACK TO part")
        db.executemany(command, map(text_as_bytes, rows))
    db.execute("RELEASE part")


def _select(db: sqlite3.Connection, table: str, record: type[Any], run: int) -> list[Any]:
    shape = codec(record)
    names = ", ".join(map(_quoted, shape.columns))
    return shape.records(db.execute(f"SELECT {names} FROM {_quoted(table)} WHERE run = ? ORDER BY place", (run,)))
