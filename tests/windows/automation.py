"""Calls methods of COM objects as VBA does, with the kinds of values it sends; pywin32 cannot send error values."""

from __future__ import annotations

import ctypes
import datetime as dt
from collections.abc import Sequence
from ctypes import POINTER, byref, c_double, c_int, c_longlong, c_short, c_uint, c_ushort, c_void_p, c_wchar_p
from typing import Any

EMPTY, NULL, I4, R8, DATE, BSTR, ERROR, BOOL, VARIANT_, I8, ARRAY = 0, 1, 3, 5, 7, 8, 10, 11, 12, 20, 0x2000
ERRORS = {"#N/A": -2146826246, "#NUM!": -2146826252, "#REF!": -2146826265, "#VALUE!": -2146826273}
MISSING = -2147352572
METHOD = 1
EPOCH = dt.date(1899, 12, 30)


class _Value(ctypes.Union):
    _fields_ = (
        ("number", c_double), ("pointer", c_void_p), ("whole", c_int), ("long", c_longlong), ("flag", c_short),
        ("pair", c_void_p * 2),
    )  # fmt: skip


class Variant(ctypes.Structure):
    _fields_ = (("type", c_ushort), ("reserved", c_ushort * 3), ("value", _Value))


class _Bound(ctypes.Structure):
    _fields_ = (("count", c_uint), ("lowest", c_int))


class _Parameters(ctypes.Structure):
    _fields_ = (("values", POINTER(Variant)), ("named", c_void_p), ("count", c_uint), ("named_count", c_uint))


class _Trouble(ctypes.Structure):
    _fields_ = (
        ("code", c_ushort), ("reserved", c_ushort), ("source", c_wchar_p), ("description", c_wchar_p),
        ("help", c_wchar_p), ("context", c_uint), ("more", c_void_p), ("deferred", c_void_p), ("scode", c_int),
    )  # fmt: skip


_ole = ctypes.WinDLL("oleaut32")
for _name in ("SysAllocString", "SafeArrayCreate"):
    getattr(_ole, _name).restype = c_void_p
_NO_GUID = (ctypes.c_byte * 16)()


class CallFailed(Exception):
    """What VBA shows as Err.Description."""


def call(dispatch: int, method: str, arguments: Sequence[Any]) -> Any:
    """Call a method of the object whose IDispatch lies at this address; see `variant` for the arguments.

    Raises:
        CallFailed: the method raised.
    """
    table = ctypes.cast(dispatch, POINTER(POINTER(c_void_p)))[0]
    find = ctypes.WINFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(c_wchar_p), c_uint, c_uint, POINTER(c_int))(table[5])
    invoke = ctypes.WINFUNCTYPE(
        c_int, c_void_p, c_int, c_void_p, c_uint, c_ushort, POINTER(_Parameters), POINTER(Variant), POINTER(_Trouble),
        POINTER(c_uint),
    )(table[6])  # fmt: skip
    name, number = c_wchar_p(method), c_int()
    if code := find(dispatch, byref(_NO_GUID), byref(name), 1, 0, byref(number)):
        raise CallFailed(f"{method}: {code & 0xFFFFFFFF:#x}")
    values = (Variant * len(arguments))(*(variant(one) for one in reversed(arguments)))
    result, trouble, place = Variant(), _Trouble(), c_uint()
    given = _Parameters(values, None, len(arguments), 0)
    code = invoke(
        dispatch, number, byref(_NO_GUID), 0, METHOD, byref(given), byref(result), byref(trouble), byref(place)
    )
    if code:
        raise CallFailed(trouble.description or f"{method}: {code & 0xFFFFFFFF:#x}")
    return plain(result)


def variant(value: Any) -> Variant:
    """Make a Variant: None is Empty, a number a Double, a list a one-dimensional array from 0, {"rows": […]} a
    range's values from (1, 1), {"date": …}, {"error": "#N/A"}, {"missing": 1} a skipped argument.
    """
    made = Variant()
    if isinstance(value, bool):
        made.type, made.value.flag = BOOL, -int(value)
    elif isinstance(value, int | float):
        made.type, made.value.number = R8, value
    elif isinstance(value, str):
        made.type, made.value.pointer = BSTR, _ole.SysAllocString(c_wchar_p(value))
    elif isinstance(value, list):
        made.type, made.value.pointer = ARRAY | VARIANT_, _array([(len(value), 0)], {(i,): v for i, v in enumerate(value)})
    elif isinstance(value, dict) and "rows" in value:
        rows = value["rows"]
        cells = {(i, j): cell for i, row in enumerate(rows, 1) for j, cell in enumerate(row, 1)}
        made.type, made.value.pointer = ARRAY | VARIANT_, _array([(len(rows), 1), (len(rows[0]), 1)], cells)
    elif isinstance(value, dict) and "date" in value:
        made.type, made.value.number = DATE, (dt.date.fromisoformat(value["date"]) - EPOCH).days
    elif isinstance(value, dict):
        made.type, made.value.whole = ERROR, ERRORS[value["error"]] if "error" in value else MISSING
    return made


def _array(sizes: list[tuple[int, int]], cells: dict[tuple[int, ...], Any]) -> int:
    bounds = (_Bound * len(sizes))(*(_Bound(*size) for size in sizes))
    array = _ole.SafeArrayCreate(VARIANT_, len(sizes), bounds)
    for place, value in cells.items():
        _ole.SafeArrayPutElement(c_void_p(array), (c_int * len(place))(*place), byref(variant(value)))
    return int(array)


def plain(value: Variant) -> Any:
    """Return what a Variant holds, as JSON can carry it."""
    if value.type & ARRAY:
        return _elements(c_void_p(value.value.pointer))
    if value.type in (EMPTY, NULL):
        return None
    if value.type == BSTR:
        return ctypes.wstring_at(value.value.pointer) if value.value.pointer else ""
    if value.type == DATE:
        return {"date": (EPOCH + dt.timedelta(value.value.number)).isoformat()}
    fields = {R8: "number", I4: "whole", I8: "long", BOOL: "flag"}
    if value.type not in fields:
        raise TypeError(f"a Variant of type {value.type}")
    found = getattr(value.value, fields[value.type])
    return bool(found) if value.type == BOOL else found


def _elements(array: c_void_p) -> list[Any]:
    sizes = []
    for number in range(1, _ole.SafeArrayGetDim(array) + 1):
        low, high = c_int(), c_int()
        _ole.SafeArrayGetLBound(array, number, byref(low))
        _ole.SafeArrayGetUBound(array, number, byref(high))
        sizes.append(range(low.value, high.value + 1))

    def at(*place: int) -> Any:
        one = Variant()
        _ole.SafeArrayGetElement(array, (c_int * len(place))(*place), byref(one))
        return plain(one)

    if len(sizes) == 1:
        return [at(i) for i in sizes[0]]
    return [[at(i, j) for j in sizes[1]] for i in sizes[0]]
