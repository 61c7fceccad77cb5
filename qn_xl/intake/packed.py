"""A reading as compact bytes, for the way from a worker process and for keeping until the next run.

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
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from itertools import accumulate, repeat
from operator import attrgetter
from typing import Any

from qn_xl.model import FileReading

Column = Sequence[Any]
LARGEST = 512 << 20  # bytes of JSON; a million rows make 200 MiB
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def pack(reading: FileReading) -> bytes:
    """Return the reading as bytes that `unpack` understands."""
    return zlib.compress(_encode(_record(FileReading).pack([reading])).encode("utf-8", "surrogatepass"), 1)


def unpack(data: bytes) -> FileReading:
    """Return a reading equal to the one that was packed.

    Raises:
        ValueError: these are no bytes of `pack`, or of another version of it.
    """
    try:
        unpacking = zlib.decompressobj()
        written = unpacking.decompress(data, LARGEST)
        if not unpacking.eof:  # then the checksum at the end is right too
            raise ValueError("cut short or too large")
        readings = list(_record(FileReading).unpack(json.loads(written.decode("utf-8", "surrogatepass")), 1))
    except (zlib.error, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a packed reading: {error}") from error
    return typing.cast(FileReading, readings[0])


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


class _Text(_Plain):
    """Values that have a form as text: dates, enums."""

    def __init__(self, write: Callable[[Any], str], read: Callable[[str], Any]) -> None:
        self._write, self._read = write, read

    def pack(self, values: Column) -> Any:
        write = self._write
        return super().pack([None if value is None else write(value) for value in values])

    def unpack(self, written: Any, count: int) -> Iterable[Any]:
        read = self._read
        return super().unpack([None if text is None else read(text) for text in written], count)


class _List:
    """Tuples: how long each is, and all their values as one column."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def pack(self, values: Column) -> Any:
        return [list(map(len, values)), self._inner.pack([value for part in values for value in part])]

    def unpack(self, written: Any, count: int) -> Iterable[Any]:
        lengths, flat = written
        ends = list(accumulate(lengths))
        values = list(self._inner.unpack(flat, ends[-1] if ends else 0))
        return [tuple(values[end - length : end]) for end, length in zip(ends, lengths, strict=True)]


class _Mapping:
    """Mappings: their keys and their values as columns; the order stays."""

    def __init__(self, inner: Any) -> None:
        self._keys, self._values = _List(_PLAIN), _List(inner)

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
        self._names = [field.name for field in fields(record)]
        self._columns = [_column(hints[name]) for name in self._names]

    def pack(self, values: Column) -> Any:
        rows = map(attrgetter(*self._names), values)
        columns = list(zip(*rows, strict=True)) or [()] * len(self._names)
        written = [one.pack(column) for one, column in zip(self._columns, columns, strict=True)]
        return dict(zip(self._names, written, strict=True))

    def unpack(self, written: Any, count: int) -> Iterable[Any]:
        if list(written) != self._names:
            raise ValueError(f"fields of {self._record.__name__} differ")
        parts = zip(self._columns, written.values(), strict=True)
        return map(self._record, *(one.unpack(column, count) for one, column in parts))


class _Distinct:
    """Values that repeat: each once, and for each place which one; -1 where there is none."""

    def __init__(self, inner: Any, by_identity: bool) -> None:
        self._inner, self._by_identity = inner, by_identity

    def pack(self, values: Column) -> Any:
        place: dict[Any, int] = {}
        found: list[Any] = []
        at = []
        for value in values:
            if value is None:
                at.append(-1)
                continue
            name = id(value) if self._by_identity else value
            number = place.setdefault(name, len(found))
            if number == len(found):
                found.append(value)
            at.append(number)
        return [_PLAIN.pack(at), len(found), self._inner.pack(found)]

    def unpack(self, written: Any, count: int) -> Iterable[Any]:
        at, distinct, inner = written
        found = [*self._inner.unpack(inner, distinct), None]
        return map(found.__getitem__, _PLAIN.unpack(at, count))


_PLAIN = _Plain()


@cache
def _record(record: type[Any]) -> _Record:
    return _Record(record)


def _column(hint: Any) -> Any:
    """Return how a column of this type is written."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        (hint,) = (part for part in typing.get_args(hint) if part is not type(None))
    if hint in (str, int, float, bool):
        return _PLAIN
    if hint in (date, datetime):
        return _Distinct(_Text(hint.isoformat, hint.fromisoformat), False)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _Text(attrgetter("value"), {member.value: member for member in hint}.__getitem__)
    if isinstance(hint, type) and is_dataclass(hint):
        return _Distinct(_record(hint), False) if _hashable(hint) else _record(hint)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is Mapping:
        return _Distinct(_Mapping(_column(parts[1])), True)
    if origin is tuple:
        inner = _column(parts[0])
        return _Distinct(_List(inner), False) if _hashable(parts[0]) else _List(inner)
    raise TypeError(f"no way to write {hint}")


def _hashable(hint: Any) -> bool:
    """Tell whether values of this type, a record's fields included, can be looked up."""
    if isinstance(hint, type) and is_dataclass(hint):
        return all(_hashable(inner) for inner in typing.get_type_hints(hint).values())
    origin = typing.get_origin(hint)
    return origin is not Mapping and all(_hashable(part) for part in typing.get_args(hint) if part is not Ellipsis)
