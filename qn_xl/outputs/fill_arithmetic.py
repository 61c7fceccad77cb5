"""The little arithmetic that arguments of QN_ calls are made with, as Excel does it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

from qn_xl.outputs.fill_values import Answer, CannotCompute, Failure, Value, serial
from qn_xl.outputs.sheet_text import number

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


def single(value: Answer) -> Value:
    if isinstance(value, list):
        if len(value) == 1 and len(value[0]) == 1:
            return value[0][0]
        raise CannotCompute("phép tính trên một vùng ô")
    return value


def to_number(value: Value) -> float:
    if isinstance(value, date):
        return serial(value)
    if value is None:
        return 0.0
    if isinstance(value, str | Failure | time):
        try:
            return float(str(value))
        except ValueError:
            raise CannotCompute("phép tính trên chữ") from None
    return float(value)


def as_text(value: Value) -> str:
    """Return a value as "&" joins it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    return number(float(f"{to_number(value):.15g}"))


def combined(sign: str, left: Value, right: Value) -> Value:
    for one in (left, right):
        if isinstance(one, Failure):
            return one
    if sign == "&":
        return as_text(left) + as_text(right)
    if sign in _COMPARE:
        if isinstance(left, str) or isinstance(right, str):
            return _COMPARE[sign](as_text(left).casefold(), as_text(right).casefold())
        return _COMPARE[sign](to_number(left), to_number(right))
    one, two = to_number(left), to_number(right)
    if sign == "/":
        return one / two if two else Failure("#DIV/0!")
    made = {"+": one + two, "-": one - two, "*": one * two}.get(sign)
    return one**two if made is None else made


def _date(year: Value, month: Value, day: Value) -> Value:
    return date(int(to_number(year)), int(to_number(month)), int(to_number(day)))


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "CONCATENATE": lambda *texts: "".join(map(as_text, texts)),
    "DATE": _date,
    "LEFT": lambda text, count=1.0: as_text(text)[: int(count)],
    "LOWER": lambda text: as_text(text).lower(),
    "MID": lambda text, start, count: as_text(text)[int(start) - 1 : int(start) - 1 + int(count)],
    "RIGHT": lambda text, count=1.0: as_text(text)[-int(count) :] if int(count) else "",
    "TRIM": lambda text: re.sub(" +", " ", as_text(text)).strip(" "),
    "UPPER": lambda text: as_text(text).upper(),
}
