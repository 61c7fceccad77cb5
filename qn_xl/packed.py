"""Records by the thousand as compact bytes: for the way from a worker process, for keeping, for the history.

Compressed JSON, a column at a time, worked out from the dataclasses of model.py; a value that repeats is written
once. Quicker to read back than pickle, and bytes from a file that anybody may have changed are data only.
"""

from __future__ import annotations

import enum
import json
import types
import typing
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from itertools import accumulate, repeat
from operator import attrgetter
from typing import Any, TypeVar

Column = Sequence[Any]
T = TypeVar("T")
LARGEST = 512 << 20  # bytes of JSON; a million rows make 200 MiB
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def pack(record: type[T], records: Sequence[T]) -> bytes:
    """Return records of one dataclass as bytes that `unpack` understands."""
    written = _encode([len(records), _record(record).pack(records)])
    return zlib.compress(written.encode("utf-8", "surrogatepass"), 1)


def unpack(record: type[T], data: bytes) -> list[T]:
    """Return records equal to those that were packed; a field that the bytes do not know has its default.

    Raises:
        ValueError: these are no bytes of `pack`, or they have fields that the record lacks.
    """
    try:
        unpacking = zlib.decompressobj()
        written = unpacking.decompress(data, LARGEST)
        if not unpacking.eof:  # then the checksum at the end is right too
            raise ValueError("cut short or too large")
        count, columns = json.loads(written.decode("utf-8", "surrogatepass"))
        return list(_record(record).unpack(columns, count))
    except (zlib.error, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no packed {record.__name__}: {error}") from error


class _Plain:
    """Text, numbers and flags: as they are; a column of one value is written once."""

    def pack(self, values: Column) -> Any:
        first = values[0] if values else None
        if len(values) > 1 and values.count(first) == len(values) and len(set(map(type, values))) == 1:
            return [first]
        return list(values)

    def unpack(self, written: Any, count: int) -> Iterable[Any]:
        if len(written) == count:
            return typing.cast(Iterable[Any], written)
        (value,) = written
        return repeat(value, count)


class _Written:
    """Values that have a form as text: dates, enums."""

    def __init__(self, write: Callable[[Any], str], read: Callable[[str], Any]) -> None:
        self._write, self._read = write, read

    def pack(self, values: Column) -> Any:
        return list(map(self._write, values))

    def unpack(self, written: Any, count: int) -> Iterable[Any]:
        return map(self._read, written)


class _List:
    """Tuples: how long each is, and all their values as one column."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def pack(self, values: Column) -> Any:
        return [_PLAIN.pack(list(map(len, values))), self._inner.pack([value for part in values for value in part])]

    def unpack(self, written: Any, count: int) -> Iterable[Any]:
        lengths = list(_PLAIN.unpack(written[0], count))
        ends = list(accumulate(lengths))
        values = list(self._inner.unpack(written[1], ends[-1] if ends else 0))
        return [tuple(values[end - length : end]) for end, length in zip(ends, lengths, strict=True)]


class _Mapping:
    """Mappings: their keys and their values as columns; the order stays."""

    def __init__(self, inner: Any) -> None:
        self._keys, self._values = _List(_Distinct(_PLAIN)), _List(inner)

    def pack(self, values: Column) -> Any:
        keys = self._keys.pack(values)
        return [keys, self._values.pack([value.values() for value in values])]

    def unpack(self, written: Any, count: int) -> Iterable[Any]:
        keys, values = (part.unpack(one, count) for part, one in zip((self._keys, self._values), written, strict=True))
        return [dict(zip(*pair, strict=True)) for pair in zip(keys, values, strict=True)]


class _Record:
    """Records: a column for each field."""

    def __init__(self, record: type[Any]) -> None:
        hints = typing.get_type_hints(record)
        self._record = record
        self._columns = {field.name: (_column(hints[field.name]), field) for field in fields(record)}

    def pack(self, values: Column) -> Any:
        return {name: one.pack(list(map(attrgetter(name), values))) for name, (one, _) in self._columns.items()}

    def unpack(self, written: Any, count: int) -> Iterable[Any]:
        if unknown := written.keys() - self._columns.keys():
            raise ValueError(f"{self._record.__name__} has no {', '.join(sorted(unknown))}")
        columns = [
            one.unpack(written[name], count) if name in written else repeat(_default(field), count)
            for name, (one, field) in self._columns.items()
        ]
        return map(self._record, *columns)


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    if field.default is MISSING:
        raise ValueError(f"{field.name} is missing")
    return field.default


class _Distinct:
    """Values that repeat: each once, and for each place which one; -1 where there is none."""

    def __init__(self, inner: Any, by_identity: bool = False) -> None:
        self._inner, self._by_identity = inner, by_identity

    def pack(self, values: Column) -> Any:
        names = list(map(id, values)) if self._by_identity else values
        held = dict(zip(names, values, strict=True))
        held.pop(id(None) if self._by_identity else None, None)
        if len(held) == len(values):
            return [None, self._inner.pack(values)]
        place = dict(zip(held, range(len(held)), strict=True))
        at = [place.get(name, -1) for name in names]
        return [_PLAIN.pack(at), len(held), self._inner.pack(list(held.values()))]

    def unpack(self, written: Any, count: int) -> Iterable[Any]:
        if written[0] is None:
            return typing.cast(Iterable[Any], self._inner.unpack(written[1], count))
        at, distinct, inner = written
        found = [*self._inner.unpack(inner, distinct), None]
        return map(found.__getitem__, _PLAIN.unpack(at, count))


_PLAIN = _Plain()


_records: dict[type[Any], _Record] = {}


def _record(record: type[Any]) -> _Record:
    if record not in _records:
        _records[record] = _Record(record)
    return _records[record]


def _column(hint: Any) -> Any:
    """Return how a column of this type is written."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        (hint,) = (part for part in typing.get_args(hint) if part is not type(None))
    if hint is str:
        return _Distinct(_PLAIN)
    if hint in (int, float, bool):  # 1, 1.0 and True would pass for the same
        return _PLAIN
    if hint in (date, datetime):
        return _Distinct(_Written(hint.isoformat, hint.fromisoformat))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _Distinct(_Written(attrgetter("value"), {member.value: member for member in hint}.__getitem__))
    if isinstance(hint, type) and is_dataclass(hint):
        return _Distinct(_record(hint), by_identity=True)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is Mapping:
        return _Distinct(_Mapping(_column(parts[1])), by_identity=True)
    if origin is tuple:
        inner = _List(_column(parts[0]))
        return _Distinct(inner) if parts[0] is str else inner
    raise TypeError(f"no way to write {hint}")
