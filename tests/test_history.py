"""History: what is loaded equals what was saved; a run is there wholly or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl import history as module
from qn_xl.errors import OutputLockedError, UsageError
from qn_xl.history import ALL, PARTS, History, inputs_sha256
from qn_xl.history_codec import codec
from qn_xl.model import Item, Snapshot, UnitResult
from tests.snapshots import article_snapshot

st.register_type_strategy(str, st.text(st.characters(), max_size=8))  # NUL and lone surrogates included
st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))
st.register_type_strategy(float, st.floats(allow_nan=False))
st.register_type_strategy(datetime, st.datetimes())


def records(record: Any, **fixed: Any) -> st.SearchStrategy[Any]:
    """Draw every field, those with defaults too."""
    hints = get_type_hints(record)
    drawn = {}
    for field in fields(record):
        hint = hints[field.name]
        if getattr(hint, "__origin__", None) is Mapping:
            drawn[field.name] = st.dictionaries(st.from_type(str), st.from_type(hint.__args__[1]), max_size=2)
        elif getattr(hint, "__origin__", None) is tuple:
            drawn[field.name] = st.lists(st.from_type(hint.__args__[0]), max_size=2).map(tuple)
        else:
            drawn[field.name] = st.from_type(hint)
    return st.builds(record, **(drawn | fixed))


RECORDS = {name: record for name, (_, record) in PARTS.items()} | {"items": Item, "unit_results": UnitResult}
SNAPSHOTS = records(
    Snapshot, **{name: st.lists(records(record), max_size=2).map(tuple) for name, record in RECORDS.items()}
)


@settings(max_examples=80, deadline=None)
@given(snapshot=SNAPSHOTS)
def test_load__equals_what_was_saved(tmp_path_factory: pytest.TempPathFactory, snapshot: Snapshot) -> None:
    history = History(tmp_path_factory.mktemp("history") / "lich-su.sqlite")
    history.save(snapshot)
    assert history.load(snapshot.run) == snapshot
    assert history.figures(snapshot.run) == snapshot.figures


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "lich-su.sqlite")


def run(number: int, period: str = "2025-9T", as_of: date = date(2025, 9, 30)) -> Snapshot:
    return replace(article_snapshot(), run=number, period=period, as_of=as_of)


def test_history__new_creates_nothing_by_reading(history: History) -> None:
    assert history.next_run() == 1
    assert history.latest() is None
    assert history.latest_run() is None
    assert history.runs() == []
    assert history.earlier("2025", ("2025-9T", "2025")) is None
    assert not history.path.exists()


def test_runs__lists_what_was_saved(history: History) -> None:
    history.save(run(1))
    history.save(run(2))
    first, second = history.runs()
    assert (first.run, second.run) == (1, 2)
    assert first.items == len(article_snapshot().items)
    assert first.files == len(article_snapshot().inputs)
    assert first.made_at == article_snapshot().made_at
    assert first.inputs_sha256 == inputs_sha256(reversed(article_snapshot().inputs))
    assert history.next_run() == 3


def test_inputs_sha256__changes_with_a_byte_and_with_a_name() -> None:
    inputs = article_snapshot().inputs
    assert inputs_sha256((replace(inputs[0], sha256="0" * 64), *inputs[1:])) != inputs_sha256(inputs)
    assert inputs_sha256((replace(inputs[0], file="khác.xlsx"), *inputs[1:])) != inputs_sha256(inputs)


def test_latest__of_a_period_and_of_a_cut_off(history: History) -> None:
    history.save(run(1, "2025-6T", date(2025, 6, 30)))
    history.save(run(2))
    history.save(run(3, "2025-6T", date(2025, 6, 15)))
    assert [getattr(history.latest(**wanted), "run", None) for wanted in (
        {}, {"period": "2025-9T"}, {"as_of": date(2025, 6, 30)}, {"as_of": date(2024, 1, 1)},
    )] == [3, 2, 1, None]  # fmt: skip


def test_earlier__takes_the_nearest_earlier_period_never_the_same(history: History) -> None:
    order = ("2025-Q1", "2025-6T", "2025-9T", "2025")
    history.save(run(1, "2025-6T"))
    history.save(run(2, "2025-Q1"))
    history.save(run(3, "2025-6T"))
    history.save(run(4, "2025-9T"))
    history.save(run(5, "2025"))
    found = history.earlier("2025-9T", order)
    assert found is not None and found.run == 3
    assert history.earlier("2025-Q1", order) is None
    assert history.earlier("không có", order) is None


def test_save__of_a_run_that_is_there_changes_nothing(history: History) -> None:
    history.save(run(1))
    with pytest.raises(ValueError, match="run 1"):
        history.save(run(1, "2025"))
    assert history.load(1).period == "2025-9T"


def test_save__broken_off_leaves_no_part_of_the_run(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    history.save(run(1))
    insert = module._insert

    def breaks_at_figures(db: sqlite3.Connection, table: str, *rest: Any) -> None:
        if table == "figure":
            raise KeyboardInterrupt
        insert(db, table, *rest)

    monkeypatch.setattr(module, "_insert", breaks_at_figures)
    with pytest.raises(KeyboardInterrupt):
        history.save(run(2))
    assert [info.run for info in history.runs()] == [1]
    with sqlite3.connect(history.path) as db:
        assert db.execute("SELECT count(*) FROM finding WHERE run = 2").fetchone() == (0,)


def test_load__of_a_missing_run_says_how_to_list_them(history: History) -> None:
    with pytest.raises(UsageError, match="qn-xl history"):
        history.load(7)


def test_history__keeps_a_rollback_journal_even_if_somebody_set_wal(history: History) -> None:
    history.save(run(1))
    with sqlite3.connect(history.path) as db:
        db.execute("PRAGMA journal_mode = WAL")
    db.close()
    history.save(run(2))
    with sqlite3.connect(history.path) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    db.close()


def test_history__damaged_file_is_told_with_the_way_out(history: History) -> None:
    history.save(run(1))
    data = bytearray(history.path.read_bytes())
    data[:100] = b"\0" * 100
    history.path.write_bytes(bytes(data))
    with pytest.raises(OutputLockedError, match="bị hỏng"):
        history.latest()


def test_history__locked_by_another_program_is_told(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    history.save(run(1))
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(history.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(OutputLockedError, match="Đóng chương trình"):
            history.save(run(2))
    finally:
        other.close()


def as_version_1(history: History) -> None:
    """Give the history the tables of version 1: a row for each item and unit result, without the newest field."""
    held = {info.run: history.load(info.run) for info in history.runs()}
    with sqlite3.connect(history.path) as db:
        db.execute("DROP TABLE packed")
        for table, name, record in (("item", "items", Item), ("unit_result", "unit_results", UnitResult)):
            columns = codec(record).columns[:-1]
            names = ", ".join(f'"{name}"' for name in columns)
            db.execute(f"CREATE TABLE {table} (run, place, {names})")
            for run, snapshot in held.items():
                for place, row in enumerate(codec(record).rows(getattr(snapshot, name))):
                    marks = ", ".join("?" * (2 + len(columns)))
                    db.execute(f"INSERT INTO {table} VALUES ({marks})", (run, place, *row[:-1]))
        db.execute("PRAGMA user_version = 1")
    db.close()


def test_history__of_version_1_is_taken_over_after_a_copy(history: History) -> None:
    for one in (run(1), run(2)):
        history.save(one)
    as_version_1(history)
    before = history.path.read_bytes()
    old = history.load(1)
    assert old.items == tuple(replace(item, lower_is_better=False) for item in run(1).items)
    assert old.unit_results == tuple(replace(result, speaker=None) for result in run(1).unit_results)
    assert replace(old, items=(), unit_results=()) == replace(run(1), items=(), unit_results=())
    assert history.path.with_name("lich-su.sqlite.truoc-nang-cap").read_bytes() == before
    history.save(run(3))
    assert history.load(3) == run(3)
    assert [info.items for info in history.runs()] == [len(run(1).items)] * 3


def test_history__broken_off_while_taken_over_is_as_it_was(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    history.save(run(1))
    as_version_1(history)

    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module.history_items, "save", breaks)
        history.load(1)
    assert history.load(1).as_of == run(1).as_of


def test_history__of_an_older_version_gets_new_columns_after_a_copy(history: History) -> None:
    history.save(run(1))
    with sqlite3.connect(history.path) as db:
        db.execute("ALTER TABLE run DROP COLUMN period_name")
        db.execute("DROP TABLE decision")
    db.close()
    before = history.path.read_bytes()
    old = history.load(1)
    assert (old.period_name, old.decisions) == ("", ())
    assert replace(old, period_name="", decisions=()) == replace(run(1), period_name="", decisions=())
    assert history.path.with_name("lich-su.sqlite.truoc-nang-cap").read_bytes() == before
    history.save(run(2))
    assert history.load(2) == run(2)


@pytest.mark.parametrize("change", ["SET data = substr(data, 1, 50)", "SET part = part || 'x'"])
def test_history__damaged_items_are_told_with_the_way_out(history: History, change: str) -> None:
    history.save(run(1))
    with sqlite3.connect(history.path) as db:
        db.execute(f"UPDATE packed {change}")
    db.close()
    with pytest.raises(OutputLockedError, match="bị hỏng"):
        history.load(1)
    assert history.latest(parts=("findings",)) is not None


def test_history__leaves_out_what_was_not_asked_for(history: History) -> None:
    history.save(run(1))
    for parts in ((), ("items",), ("unit_results",), ALL):
        found = history.latest(parts=parts)
        assert found is not None
        assert {name for name in ("items", "unit_results", "findings") if getattr(found, name)} == (
            {"items", "unit_results", "findings"} & {*parts, *(("items",) if "unit_results" in parts else ())}
        )


def test_history__of_a_newer_version_is_left_alone(history: History) -> None:
    history.save(run(1))
    with sqlite3.connect(history.path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = history.path.read_bytes()
    with pytest.raises(UsageError, match="Cập nhật"):
        history.save(run(2))
    assert history.path.read_bytes() == before


def test_history__figures_are_readable_with_plain_sql(history: History) -> None:
    history.save(run(1))
    with sqlite3.connect(history.path) as db:
        done = db.execute(
            "SELECT value FROM figure WHERE run = 1 AND plan = '138/KH-UBND' AND \"group\" = 'task'"
            " AND unit = '*' AND measure = 'done'"
        ).fetchone()
    db.close()
    assert done == (33,)
