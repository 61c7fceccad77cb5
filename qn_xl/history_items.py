"""A run's items and unit results as the history keeps them: packed, a result that repeats its item left out.

Tens of thousands of records a run: as rows they took ten times the room and most of the time of a save.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qn_xl.history_codec import codec
from qn_xl.model import Item, UnitResult
from qn_xl.packed import pack, unpack

ITEMS, RESULTS, PLACES = "items", "unit_results", "unit_results_of"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a result is found: the place of the item that it repeats, -1 for the next of those written out."""

    item: int


def own_result(item: Item, unit: str) -> UnitResult:
    """Return the result of an item's only unit that says nothing but what the item says."""
    return UnitResult(
        item.id, item.plan, item.kind, unit, item.cls, item.days_late, item.completed_on, item.status_text, item.due,
        item.central, item.due_soon, item.not_reported, item.carried, item.extension, item.basis,
        item.sources[0] if item.sources else None, item.decided, unit,
    )  # fmt: skip


def packed(items: Sequence[Item], results: Sequence[UnitResult]) -> dict[str, bytes]:
    """Return part → bytes of a run's items and results."""
    place = {item.id: at for at, item in enumerate(items)}
    places, others = [], []
    for result in results:
        at = place.get(result.item, -1)
        if at < 0 or result != own_result(items[at], result.unit) or items[at].units != (result.unit,):
            at = -1
            others.append(result)
        places.append(_Place(at))
    return {ITEMS: pack(Item, items), RESULTS: pack(UnitResult, others), PLACES: pack(_Place, places)}


def load(db: sqlite3.Connection, run: int, *, results: bool) -> tuple[tuple[Item, ...], tuple[UnitResult, ...]]:
    """Return a run's items and, if asked for, its unit results."""
    parts = dict(db.execute("SELECT part, data FROM packed WHERE run = ?", (run,)))
    try:
        items = unpack(Item, parts[ITEMS])
        if not results:
            return tuple(items), ()
        others = iter(unpack(UnitResult, parts[RESULTS]))
        found = [
            own_result(items[place.item], items[place.item].units[0]) if place.item >= 0 else next(others)
            for place in unpack(_Place, parts[PLACES])
        ]
    except (KeyError, ValueError, TypeError, IndexError, StopIteration) as error:
        raise sqlite3.DatabaseError(f"run {run}: {error}") from error
    return tuple(items), tuple(found)


def save(db: sqlite3.Connection, run: int, items: Sequence[Item], results: Sequence[UnitResult]) -> None:
    rows = [(run, part, data) for part, data in packed(items, results).items()]
    db.executemany("INSERT INTO packed (run, part, data) VALUES (?, ?, ?)", rows)


def take_over_rows(db: sqlite3.Connection) -> None:
    """Bring the items and results of a history of version 1, a row each, into the packed form."""
    for (run,) in db.execute("SELECT run FROM run").fetchall():
        save(db, run, _rows(db, "item", Item, run), _rows(db, "unit_result", UnitResult, run))
    for table in ("item", "unit_result"):
        db.execute(f"DROP TABLE IF EXISTS {table}")


def _rows(db: sqlite3.Connection, table: str, record: type[Any], run: int) -> list[Any]:
    present = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
    shape = codec(record)
    names = ", ".join(f'"{name}"' if name in present else "NULL" for name in shape.columns)
    return shape.records(db.execute(f"SELECT {names} FROM {table} WHERE run = ? ORDER BY place", (run,)))
