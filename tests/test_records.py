"""Records made by the ten thousand are still frozen, equal by value and whole after a pickle."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, fields, replace

import pytest
from snapshots import article_snapshot

from qn_xl.model import Item, SheetReading, TaskReport, UnitResult, Verdict
from qn_xl.records import record

SNAPSHOT = article_snapshot()


@pytest.mark.parametrize("record", [SNAPSHOT.items[0], SNAPSHOT.unit_results[0]], ids=lambda r: type(r).__name__)
def test_record__cannot_change_and_travels_whole(record: object) -> None:
    name = fields(record)[0].name  # type: ignore[arg-type]
    with pytest.raises(FrozenInstanceError):
        setattr(record, name, "x")
    with pytest.raises(FrozenInstanceError):
        delattr(record, name)
    assert pickle.loads(pickle.dumps(record)) == record == copy.copy(record)
    assert hash(record) == hash(copy.deepcopy(record))
    assert replace(record, **{name: "khác"}) != record  # type: ignore[type-var]
    assert repr(record).startswith(type(record).__name__ + "(")


def test_record__arguments_as_of_a_dataclass() -> None:
    with pytest.raises(TypeError, match="missing"):
        Item()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected"):
        replace(SNAPSHOT.items[0], no_such=1)
    assert isinstance(SNAPSHOT.items[0], Item) and type(SNAPSHOT.unit_results[0]) is UnitResult
    assert [one.name for one in fields(TaskReport)][:3] == ["file", "sheet", "row"]


def test_record__defaults_are_made_for_each() -> None:
    one, other = SheetReading("1", Verdict.TASKS), SheetReading("1", Verdict.TASKS)
    assert one.columns == {} and one.columns is not other.columns
    assert one == other and one != SheetReading("2", Verdict.TASKS) and one != "1"


def test_record__is_frozen_or_refused() -> None:
    with pytest.raises(TypeError, match="frozen"):
        record(frozen=False, slots=True)


def test_record__of_one_field() -> None:
    @record(frozen=True, slots=True)
    class One:
        name: str

    assert One("a") == One(name="a") != One("b")
    assert copy.copy(One("a")) == One("a") and repr(One("a")).endswith("One(name='a')")
