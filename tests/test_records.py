"""Records made by the ten thousand are still frozen, equal by value and whole after a pickle."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest
from snapshots import article_snapshot

from qn_xl.model import Item, TaskReport, UnitResult
from qn_xl.records import many

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


def test_many__refuses_what_it_cannot_make() -> None:
    with pytest.raises(TypeError, match="default_factory"):

        @many
        @dataclass(frozen=True, slots=True)
        class Bad:
            names: list[str] = field(default_factory=list)
