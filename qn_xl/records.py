"""Frozen records that are made by the ten thousand: as immutable as any, made six times as fast."""

from __future__ import annotations

from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def many(cls: type[T]) -> type[T]:
    """Give a frozen dataclass with slots a fast constructor and a short pickle.

    A frozen dataclass sets each field through object.__setattr__. Here the fields are set on a twin with the same
    slots, which then becomes a record: equality, replace(), fields() and the refusal to change stay as they were.

    Raises:
        TypeError: a field has a default_factory (none of these records needs one).
    """
    names = [field.name for field in fields(cls)]  # type: ignore[arg-type]
    twin = type(f"{cls.__name__}Draft", (), {"__slots__": tuple(names)})
    scope: dict[str, Any] = {"_twin": twin, "_new": object.__new__}
    parameters = []
    for field in fields(cls):  # type: ignore[arg-type]
        if field.default_factory is not MISSING:
            raise TypeError(f"{cls.__name__}.{field.name}: default_factory")
        if field.default is MISSING:
            parameters.append(field.name)
        else:
            scope[f"_default_{field.name}"] = field.default
            parameters.append(f"{field.name}=_default_{field.name}")
    lines = [f"def __new__(_type, {', '.join(parameters)}):", "    record = _new(_twin)"]
    lines += [f"    record.{name} = {name}" for name in names]
    lines += ["    record.__class__ = _type", "    return record"]
    exec("\n".join(lines), scope)
    values = attrgetter(*names)

    def reduce(record: T) -> tuple[type[T], tuple[Any, ...]]:
        return cls, values(record)

    del cls.__init__
    setattr(cls, "__new__", scope["__new__"])  # noqa: B010
    setattr(cls, "__reduce__", reduce)  # noqa: B010
    return cls
