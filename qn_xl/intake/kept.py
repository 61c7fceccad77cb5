"""Readings kept from run to run, so that a file that has not changed is not read again.

A reading depends on the file's content and name, on the context and on the program; a hash of all of them is its
key. Of the cut-off date only the year is in the key: a period without one is counted each day anew, and a day matters
to a reading only where a completion date in it lies between the two. The file may be deleted at any time: what is
missing or damaged in it is read anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Protocol

from qn_xl import __version__
from qn_xl.intake.context import ReadContext
from qn_xl.model import FileReading
from qn_xl.packed import unpack

RUNS = 4  # readings that so many runs did not ask for are dropped
LARGEST = 128 << 20  # bytes of readings in all; 3,500 files make some 30 MiB
BUSY_SECONDS = 2.0
# The file is in use, read-only, out of room or out of reach; anything else: it is damaged, or not ours.
NOT_DAMAGED = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM,
}  # fmt: skip
OnDone = Callable[[FileReading, int, int], None]


class ReadAll(Protocol):
    """`pool.read_all`."""

    def __call__(
        self,
        files: Sequence[tuple[str, Path]],
        context: ReadContext,
        *,
        on_done: OnDone | None = None,
        keep: Callable[[FileReading, bytes], None] | None = None,
    ) -> list[FileReading]: ...


@cache
def program() -> str:
    """Return what stands for the program in a key: its version and its sources as they lie on the disk.

    The sources are in so that a reader that understands a file in another way never meets readings of the old one.
    """
    said = [__version__]
    for room in ("qn_xl.intake", "qn_xl.rules"):
        folder = Path(str(resources.files(room)))
        for path in sorted(folder.glob("*.[pt][yo]*")):
            with contextlib.suppress(OSError):
                stat = path.stat()
                said.append(f"{path.name} {stat.st_size} {stat.st_mtime_ns}")
    return "\n".join(said)


def fingerprint(context: ReadContext) -> bytes:
    """Return a hash of everything a reading depends on besides the file and the day of its year (`same_at`)."""
    context = replace(context, as_of=date(context.as_of.year, 1, 1))
    return hashlib.sha256(f"{program()}\n{context!r}".encode("utf-8", "surrogatepass")).digest()


def same_at(reading: FileReading, then: date, now: date) -> bool:
    """Tell whether a reading made for the cut-off `then` is what a reader would give for `now`, of the same year.

    A unit's own sums (intake.summaries) are held against the rows done at the cut-off; nothing else asks for the day.
    """
    first, last = sorted((then, now))
    days = (task.completed_on for sheet in reading.sheets for task in sheet.tasks)
    return first == last or not any(first < day <= last for day in days if day is not None)


class Kept:
    """The readings kept in one file, for one context. A file that cannot be used keeps nothing and fails no run."""

    def __init__(self, path: Path, context: ReadContext) -> None:
        self._path, self._context, self._as_of = path, fingerprint(context), context.as_of.isoformat()
        self._new: dict[bytes, bytes] = {}
        self._used: list[bytes] = []

    def key(self, name: str, digest: str) -> bytes:
        """Return the key of a file called `name` whose content has this SHA-256."""
        return hashlib.sha256(self._context + f"{digest} {name}".encode("utf-8", "surrogatepass")).digest()

    def look_up(self, keys: Sequence[bytes]) -> dict[bytes, tuple[date, bytes]]:
        """Return the cut-off and packed reading there are of these keys; they count as used in this run."""
        found: dict[bytes, tuple[date, bytes]] = {}

        def read(db: sqlite3.Connection) -> None:
            for key in keys:
                row = db.execute("SELECT as_of, packed FROM kept WHERE key = ?", (key,)).fetchone()
                if row is not None and isinstance(row[1], bytes):
                    with contextlib.suppress(TypeError, ValueError):
                        found[key] = date.fromisoformat(row[0]), row[1]

        if self._path.is_file():
            self._do(read)
        self._used += found
        return found

    def add(self, key: bytes, packed: bytes) -> None:
        self._new[key] = packed

    def save(self) -> None:
        """Write what is new and drop what has not been used for long."""

        def write(db: sqlite3.Connection) -> None:
            run = 1 + (db.execute("SELECT max(CAST(run AS INTEGER)) FROM kept").fetchone()[0] or 0)
            rows = [(key, run, self._as_of, packed) for key, packed in self._new.items()]
            db.executemany("UPDATE kept SET run = ? WHERE key = ?", [(run, key) for key in self._used])
            db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)
            db.execute("DELETE FROM kept WHERE run <= ?", (run - RUNS,))
            db.execute(
                "DELETE FROM kept WHERE key IN (SELECT key FROM (SELECT key, sum(length(packed)) OVER"
                " (ORDER BY run DESC, key) AS size FROM kept) WHERE size > ?)",
                (LARGEST,),
            )

        self._do(write)

    def _do(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do `work` in one transaction; a damaged file is made anew once."""
        for last in (False, True):
            try:
                with contextlib.closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as db:
                    db.execute("PRAGMA synchronous = OFF")  # what a power cut damages here is made anew
                    db.execute(
                        "CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, run INTEGER, as_of TEXT, packed BLOB)"
                    )
                    work(db)
                    db.commit()
                return
            except sqlite3.Error as error:
                if last or getattr(error, "sqlite_errorcode", 0) & 0xFF in NOT_DAMAGED:
                    return
                for path in (self._path, self._path.with_name(f"{self._path.name}-journal")):
                    with contextlib.suppress(OSError):
                        path.unlink(missing_ok=True)


def read_changed(
    files: Sequence[tuple[str, Path]],
    digests: Sequence[str],
    context: ReadContext,
    read: ReadAll,
    kept: Kept,
    *,
    full: bool = False,
    on_done: OnDone | None = None,
) -> list[FileReading]:
    """Return one reading for each of `files`, in their order: kept ones as they are, the others through `read`.

    A file that could not be read and was written to meanwhile is read once more at the end.

    Args:
        digests: SHA-256 of each file, "" where it is not known.
        full: read every file, whatever was kept; the readings are kept for the next run all the same.
    """
    keys = [kept.key(name, digest) if digest else b"" for (name, _), digest in zip(files, digests, strict=True)]
    packed = {} if full else kept.look_up([key for key in keys if key])
    found: dict[int, FileReading] = {}

    def unpack_kept() -> None:
        for at, key in enumerate(keys):
            if key in packed:
                with contextlib.suppress(ValueError):
                    then, data = packed[key]
                    (reading,) = unpack(FileReading, data)
                    ours = (reading.file, reading.sha256) == (files[at][0], digests[at])
                    if ours and same_at(reading, then, context.as_of):
                        found[at] = reading

    def read_these(places: Sequence[int]) -> None:
        def done(reading: FileReading, count: int, _: int) -> None:
            if on_done:
                on_done(reading, len(files) - len(places) + count, len(files))

        def keep(reading: FileReading, data: bytes) -> None:
            if reading.readable:  # what failed may succeed next time
                kept.add(kept.key(reading.file, reading.sha256), data)

        readings = read([files[at] for at in places], context, on_done=done, keep=keep)
        found.update(zip(places, readings, strict=True))

    missing = [at for at, key in enumerate(keys) if key not in packed]
    stamps = {at: _stamp(files[at][1]) for at in missing}
    thread = threading.Thread(target=unpack_kept)  # while the workers read
    thread.start()
    if missing:
        read_these(missing)
    thread.join()
    if others := [at for at in range(len(files)) if at not in found]:  # damaged, or another day makes a difference
        read_these(others)
    if late := [at for at in missing if not found[at].readable and _stamp(files[at][1]) not in (None, stamps[at])]:
        read_these(late)
    kept.save()
    return [found[at] for at in range(len(files))]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns
