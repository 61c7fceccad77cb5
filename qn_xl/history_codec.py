"""Records to rows of SQLite and back, worked out from the dataclasses of model.py.

One record is one row, one field one column: text, numbers and dates (ISO) as they are, enums by value, tuples,
addresses and mappings as JSON, so that any SQL tool can read the history. What is loaded equals what was saved.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from qn_xl.model import Address

Convert = Callable[[Any], Any]


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(maxsize=4096)
def _sheet(file: str, sheet: str | None) -> str:
    return f"[{_json(file)},{_json(sheet)},"


def _address(value: Address) -> str:
    """Return the address as JSON; thousands of cells share a sheet."""
    return _sheet(value.file, value.sheet) + ("null" if value.cell is None else _cell(value.cell)) + "]"


def _cell(cell: str) -> str:
    return f'"{cell}"' if cell.isalnum() else _json(cell)


_words = lru_cache(maxsize=4096)(_json)


def _whole_number(value: float) -> float | str:
    # SQLite turns NaN into NULL
    return "nan" if value != value else value


def _converters(hint: Any) -> tuple[Convert | None, Convert | None]:
    """Return (to SQLite, from SQLite) for a field's type; None where the value goes through as it is."""
    if hint is datetime:
        return datetime.isoformat, datetime.fromisoformat
    if hint is date:
        return date.isoformat, date.fromisoformat
    if hint is bool:
        return None, bool
    if hint is float:
        return _whole_number, float
    if hint is int or hint is str:
        return None, None
    if hint is Address:
        return _address, lambda text: Address(*json.loads(text))
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple and parts[0] is Address:
        return (
            lambda value: "[" + ",".join(map(_address, value)) + "]" if value else "[]",
            lambda text: tuple(Address(*part) for part in json.loads(text)) if text != "[]" else (),
        )
    if origin is tuple and parts[0] is str:
        return (
            lambda value: _words(value) if value else "[]",
            lambda text: tuple(json.loads(text)) if text != "[]" else (),
        )
    if origin is Mapping:
        return lambda value: _json(dict(value)), json.loads
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        encode = None if issubclass(hint, str) else attrgetter("value")
        return encode, {member.value: member for member in hint}.__getitem__
    raise TypeError(f"history_codec: no way to store {hint}")


@dataclass(frozen=True, slots=True)
class Codec:
    """How records of one dataclass are stored. `columns` are its fields in order."""

    record: type[Any]
    columns: tuple[str, ...]
    to_sql: tuple[Convert | None, ...]
    from_sql: tuple[Convert | None, ...]
    defaults: tuple[Any, ...]  # for columns added to an older history

    def rows(self, records: Sequence[object]) -> list[tuple[Any, ...]]:
        # a column at a time: half the time of a record at a time
        columns = list(zip(*map(attrgetter(*self.columns), records), strict=True))
        for index, convert in enumerate(self.to_sql):
            if convert is not None and columns:
                columns[index] = tuple([None if value is None else convert(value) for value in columns[index]])
        return list(zip(*columns, strict=True))

    def values(self, rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """Return the values of the fields, row by row; what an older history does not hold is the default."""
        columns = list(zip(*map(bytes_as_text, rows), strict=True))
        for index, convert in enumerate(self.from_sql):
            default = self.defaults[index]
            if columns and (convert is not None or default is not None):
                change = convert or _same
                columns[index] = tuple([default if value is None else change(value) for value in columns[index]])
        return list(zip(*columns, strict=True))

    def records(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        return [self.record(*values) for values in self.values(rows)]


def _same(value: Any) -> Any:
    return value


_made: dict[tuple[type, frozenset[str]], Codec] = {}


def codec(record: type, leave_out: frozenset[str] = frozenset()) -> Codec:
    """Return the codec of a dataclass without the fields `leave_out`."""
    if (record, leave_out) not in _made:
        _made[record, leave_out] = _make(record, leave_out)
    return _made[record, leave_out]


def _make(record: type[Any], leave_out: frozenset[str]) -> Codec:
    hints = typing.get_type_hints(record)
    names, to_sql, from_sql, defaults = [], [], [], []
    for field in dataclasses.fields(record):
        if field.name in leave_out:
            continue
        hint, optional = hints[field.name], False
        if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
            parts = [part for part in typing.get_args(hint) if part is not type(None)]
            optional = True
            (hint,) = parts
        encode, decode = _converters(hint)
        default: Any = None
        if not optional and field.default is not dataclasses.MISSING:
            default = field.default
        elif field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        names.append(field.name)
        to_sql.append(encode)
        from_sql.append(decode)
        defaults.append(default)
    return Codec(record, tuple(names), tuple(to_sql), tuple(from_sql), tuple(defaults))


def text_as_bytes(row: Iterable[object]) -> tuple[object, ...]:
    """Return a row whose text SQLite takes even with lone surrogates (undecodable file names on Linux)."""
    return tuple(value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value for value in row)


def bytes_as_text(row: Sequence[Any]) -> Sequence[Any]:
    if bytes not in set(map(type, row)):
        return row
    return [value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value for value in row]
