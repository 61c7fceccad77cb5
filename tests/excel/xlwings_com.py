"""xlwings' own Windows code (udfs, com_server, conversion) on Linux, unmodified: stand-ins for pywin32 only.

`install()` must run before xlwings is first imported, so the tests that need it run in a process of their own.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import sys
import types
import uuid
from typing import Any
from unittest import mock

RANGE_IID = "{00020846-0000-0000-C000-000000000046}"
MISSING = -2147352572  # DISP_E_PARAMNOTFOUND as pywin32 hands it over
ERROR_CODES = {
    "#DIV/0!": -2146826281,
    "#N/A": -2146826246,
    "#NAME?": -2146826259,
    "#NULL!": -2146826288,
    "#NUM!": -2146826252,
    "#REF!": -2146826265,
    "#VALUE!": -2146826273,
}


def cell_value(value: Any) -> Any:
    """What COM gives for a cell: numbers are doubles, dates aware datetimes, errors their code."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, str):
        return ERROR_CODES.get(value, value)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
    return value


def array(rows: list[list[Any]]) -> tuple[tuple[Any, ...], ...]:
    """A range's Value as it crosses COM."""
    return tuple(tuple(cell_value(value) for value in row) for row in rows)


def install() -> Any:
    """Import xlwings as on Windows and return it."""
    if "xlwings" in sys.modules:
        raise RuntimeError("install() must run before the first import of xlwings")

    def module(name: str, **content: Any) -> types.ModuleType:
        made = sys.modules[name] = types.ModuleType(name)
        made.__dict__.update(content)
        return made

    failure = type("com_error", (Exception,), {"hresult": 0})
    module("pywintypes", com_error=failure, error=failure, TimeType=dt.datetime, IID=uuid.UUID)
    module(
        "pythoncom",
        __file__=None,
        com_error=failure,
        ole_error=failure,
        CoInitialize=lambda: None,
        IID_IDispatch=0,
        IID_IEnumVARIANT=1,
        TypeIIDs={0: type("PyIDispatch", (), {})},
    )
    module("win32timezone", TimeZoneInfo=types.SimpleNamespace(utc=lambda: dt.UTC))
    for name in ("win32api", "win32con", "win32gui", "win32process", "win32event"):
        module(name)
    classes = {name: type(name, (), {}) for name in ("CDispatch", "CoClassBaseClass", "DispatchBaseClass")}
    classes |= dict.fromkeys(("Dispatch", "DispatchEx"), lambda one, **_: one)
    client = module("win32com.client", gencache=mock.MagicMock(), **classes)
    util = module("win32com.server.util", wrap=lambda one, iid=None: one, unwrap=lambda one: one.obj_)
    dispatcher, policy = module("win32com.server.dispatcher"), module("win32com.server.policy")
    server = module(
        "win32com.server", util=util, dispatcher=dispatcher, policy=policy, exception=mock.MagicMock()
    )
    module("win32com", client=client, server=server)
    module("win32com.client.dynamic")
    with (
        mock.patch.object(ctypes, "windll", mock.MagicMock(), create=True),
        mock.patch.object(ctypes, "oledll", mock.MagicMock(), create=True),
        mock.patch.object(ctypes, "PyDLL", mock.MagicMock()),
        mock.patch.object(sys, "platform", "win32"),
    ):
        import xlwings
    if not xlwings.has_pywin32:
        raise RuntimeError("xlwings' Windows code asks for something of pywin32 that has no stand-in here")
    return xlwings


def call(module: str, name: str, *arguments: Any, book: Any = None) -> Any:
    """XLPython.CallUDF as the VBA calls it, with its squeezing of one-row results."""
    from xlwings.com_server import XLPython

    return XLPython().CallUDF(module, name, arguments, book, None)
