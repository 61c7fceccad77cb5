"""The command that Excel gives to xlwings' library, put together from the VBA text of a workbook.

Only the statements of XLPyCommand are evaluated that run with our settings: no Conda, no licence key.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

_PART = re.compile(r'"(?:[^"]|"")*"|Chr\(34\)|GetConfig\("([^"]*)"(?:, ("[^"]*"|\w+))?\)|[A-Za-z_][\w.]*|&|\s+')
_LIBRARY = re.compile(r'#If Win64 Then\s+Const XLPyDLLName As String = "([^"]+)"')


def library(text: str) -> str:
    """Return the file name of the 64-bit library that the module xlwings of a workbook loads."""
    found = _LIBRARY.search(text)
    if found is None:
        raise ValueError("the module xlwings names no library")
    return found[1]


def command(text: str, settings: Mapping[str, str], book: str) -> str:
    """Return what XLPyCommand gives for the workbook `book` with these settings of its sheet xlwings.conf."""
    body = text.replace("\r\n", "\n").partition("Function XLPyCommand()")[2]
    names = {"ThisWorkbook.FullName": book, "ConsoleSwitch": "", "LicenseKeyEnvString": ""}

    def run(name: str, after: str = "") -> None:
        start = body.index(after) if after else 0
        found = re.compile(rf"^\s*{name} = (.+)$", re.M).search(body, start)
        assert found is not None, name
        names[name] = value(found[1].strip(), names, settings)

    run("AddExcelDir")
    run("PYTHONPATH")
    for old, new in re.findall(r'PYTHONPATH = Replace\(PYTHONPATH, "([^"]*)", "([^"]*)"\)', body)[:3]:
        names["PYTHONPATH"] = names["PYTHONPATH"].replace(old, new)
    run("PYTHON_WIN")
    run("PYTHON_WIN", after='"python"\n    Else')
    run("tail")
    run("XLPyCommand", after="tail =")
    return names["XLPyCommand"]


def setting(settings: Mapping[str, str], key: str, default: str = "") -> str:
    return os.path.expandvars(settings.get(key, default))


def value(expression: str, names: Mapping[str, str], settings: Mapping[str, str]) -> str:
    """Return the value of a VBA expression that joins texts, names and settings by &."""
    made, at = [], 0
    while at < len(expression):
        part = _PART.match(expression, at)
        if part is None:
            raise ValueError(f"cannot evaluate {expression[at:]!r}")
        at = part.end()
        text = part[0]
        if text.startswith('"'):
            made.append(text[1:-1].replace('""', '"'))
        elif text == "Chr(34)":
            made.append('"')
        elif part[1] is not None:
            made.append(setting(settings, part[1], (part[2] or "").strip('"')))
        elif text.strip() and text != "&":
            made.append(names[text])
    return "".join(made)
