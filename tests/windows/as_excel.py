"""Runs on Windows Python in the role of Excel: `as_excel.py ORDER.json ANSWER.json`.

It loads xlwings' library from where the workbook's VBA looks for it, starts the Python server with the workbook's
own command and carries out the order's steps one by one. What a step may be: see `Excel.step`.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import automation
import pythoncom
import vba_command
import win32com.client

DISPATCH = 9
JOB_SECONDS = 120


class NotLoaded(Exception):
    """The library is in neither of the folders where the VBA looks."""


class Server:
    """xlwings' Python server, as XLPyLoadDLL and XLPy of the workbook's VBA reach it."""

    def __init__(self, vba: str, settings: dict[str, str], book: str) -> None:
        interpreter = Path(vba_command.setting(settings, "INTERPRETER_WIN"))
        name = vba_command.library(vba)
        places = [folder / name for folder in (interpreter.parent, interpreter.parent.parent)]
        found = next((place for place in places if _loadable(place)), None)
        if found is None:
            raise NotLoaded(f"Could not load {name} from {interpreter.parent} or {interpreter.parent.parent}")
        # VBA hands a String to a Declare in the ANSI code page.
        self._command = vba_command.command(vba, settings, book).encode("mbcs", "replace")
        self._activate = ctypes.WinDLL(str(found)).XLPyDLLActivateAuto
        result = automation.Variant()
        code = self._activate(ctypes.byref(result), self._command, 1)
        if code or result.type != DISPATCH:
            raise OSError(f"XLPyDLLActivateAuto: {code & 0xFFFFFFFF:#x}, type {result.type}")
        self.address = result.value.pointer
        self.python = win32com.client.dynamic.Dispatch(
            pythoncom.ObjectFromAddress(self.address, pythoncom.IID_IDispatch)
        )

    def stop(self) -> None:
        del self.python
        self._activate(ctypes.byref(automation.Variant()), self._command, -1)


def _loadable(path: Path) -> bool:
    return bool(ctypes.windll.kernel32.LoadLibraryA(str(path).encode("mbcs", "replace")))


class Excel:
    def __init__(self, order: dict[str, Any]) -> None:
        self.double = self._stand_in(Path(order["book"])) if order["double"] else None
        self.doors = order["doors"]
        self.server = Server(order["vba"], order["settings"], order["book"])
        self.last: Any = None

    def _stand_in(self, book: Path) -> Any:
        from excel_double import Application  # openpyxl is slow to load and functions need no workbook

        return Application(book)

    def step(self, name: str, *arguments: Any) -> Any:
        """Do one step: function NAME ARGUMENTS, command NAME ARGUMENT (a ribbon button's), wait (for the
        job that the last command started), stop_job, select or cell SHEET ROW COLUMN, write … VALUE.
        """
        self.last = getattr(self, f"_{name}")(*arguments)
        return self.last

    def _function(self, name: str, arguments: list[Any]) -> Any:
        return automation.call(self.server.address, "CallUDF", [self.doors["functions"], name, arguments])

    def _command(self, name: str, argument: str) -> Any:
        self.double.log.clear()
        book = self.double.this_workbook
        said = self.server.python.CallUDF(self.doors["commands"], self.doors["door"], (name, argument), book)
        return [said, list(self.double.log)]

    def _stop_job(self) -> Any:
        job = self.last[0].removeprefix("ok|")
        return [*self._command("stop_job", job), Path(job).read_text("utf-8").split("\n")[0]]

    def _wait(self) -> list[str]:
        progress = Path(self.last[0].removeprefix("ok|"))
        until = time.monotonic() + JOB_SECONDS
        while time.monotonic() < until:
            try:
                lines = progress.read_text("utf-8").split("\n")
            except OSError:
                lines = ["running"]
            if lines[0] != "running":
                return lines[:2]
            time.sleep(0.1)
        raise TimeoutError(str(progress))

    def _select(self, sheet: str, row: int, column: int) -> None:
        self.double.select(sheet, row, column)

    def _write(self, sheet: str, row: int, column: int, value: Any) -> None:
        self.double.write(sheet, row, column, value)

    def _cell(self, sheet: str, row: int, column: int) -> Any:
        return outgoing(self.double.value(sheet, row, column))


def outgoing(value: Any) -> Any:
    return {"date": value.date().isoformat()} if isinstance(value, dt.datetime) else value


def main(order: Path, answer: Path) -> None:
    asked = json.loads(order.read_text("utf-8"))
    answers: list[Any] = []
    told: dict[str, Any] = {"answers": answers, "error": None}
    try:
        excel = Excel(asked)
        try:
            for step in asked["steps"]:
                answers.append(excel.step(*step))
        finally:
            excel.server.stop()
    except Exception as error:
        told["error"] = f"{type(error).__name__}: {error}"
    answer.write_text(json.dumps(told, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.flush()
    os._exit(0)  # COM objects of the double are of no more use to anybody
