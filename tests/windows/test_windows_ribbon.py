"""The ribbon's Python commands over xlwings' server on Windows Python, on a stand-in for Excel.

The same steps are done here over the file engine; what was said, opened, written must be the same.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from on_linux import cells, figures
from python_calamine import CalamineWorkbook
from test_ribbon import wait_for
from wine import as_excel, windows_path
from xlsx_engine import open_book, opened_last

from qn_xl.excel import ribbon
from qn_xl.excel.ribbon import COMMANDS, reply
from qn_xl.outputs import sheet_figures, sheet_findings
from qn_xl.workspace import Workspace

pytestmark = [pytest.mark.windows, pytest.mark.xdist_group("windows"), pytest.mark.usefixtures("windows")]
PERIOD = "2025-9T"
SETTINGS = "Cài đặt"


class FileEngine:
    """The steps of as_excel.py over the file engine, on this machine."""

    def __init__(self, root: Path) -> None:
        self.book = open_book(root / "Progress.xlsm")
        self.last: Any = None

    def step(self, name: str, *arguments: Any) -> Any:
        self.last = getattr(self, name)(*arguments)
        return self.last

    def command(self, name: str, argument: str) -> Any:
        before = len(self.book.app.books)
        said = reply(COMMANDS[name], self.book, argument)
        seen: list[list[Any]] = []
        if len(self.book.app.books) > before:
            opened = opened_last()
            seen.append(["open", opened.name, bool(opened.read_only)])
            if opened.selected is not None:
                seen += [["sheet", opened.cells.active.title], ["select", opened.selected.address]]
        return [said, seen]

    def wait(self) -> list[str]:
        return wait_for(Path(self.last[0].removeprefix("ok|")))[:2]

    def select(self, sheet: str, row: int, column: int) -> None:
        self.book.sheets[sheet].activate()
        self.book.sheets[sheet].range((row, column)).select()

    def cell(self, sheet: str, row: int, column: int) -> Any:
        return self.book.sheets[sheet].range((row, column)).value

    def write(self, sheet: str, row: int, column: int, value: Any) -> None:
        self.book.sheets[sheet].range((row, column)).value = value


def steps(root: Path, other: str, own: str) -> list[Sequence[Any]]:
    """What an office does in a day: every command, in places that bear Vietnamese names."""
    book = CalamineWorkbook.from_path(root / "Progress.xlsm")
    listed, settings = (book.get_sheet_by_name(name).to_python() for name in (sheet_findings.TITLE, SETTINGS))
    file, cell = ([column.header for column in sheet_findings.COLUMNS].index(head) for head in ("Tệp", "Ô"))
    finding = next(n for n, row in enumerate(listed, 1) if len(row) > cell and ".xlsx" in str(row[file]) and row[cell])
    [inbox] = [(n, row.index(ribbon.INBOX) + 2) for n, row in enumerate(settings, 1) if ribbon.INBOX in row]
    return [
        ("command", "self_check", ""),
        ("command", "open_finding", ""),
        ("select", sheet_findings.TITLE, finding, 1),
        ("command", "open_finding", ""),
        ("command", "choose_inbox", other),
        ("cell", SETTINGS, *inbox),
        ("command", "choose_inbox", own),
        ("cell", SETTINGS, *inbox),
        ("command", "choose_inbox", "không có"),
        ("command", "export_report", ""),
        ("command", "start_check", ""),
        ("wait",),
        ("command", "show_check", ""),
        ("command", "start_consolidation", ""),
        ("wait",),
        ("command", "undo", ""),
        ("write", sheet_figures.TITLE, 1, 2, 3),
        ("command", "undo", ""),
    ]


def plainly(seen: Any, root: str) -> Any:
    """Without what differs between two machines: the folder, versions of Python, the job's own folder."""
    text = json.dumps(seen, ensure_ascii=False)
    text = text.replace(json.dumps(root, ensure_ascii=False)[1:-1], "ROOT").replace("\\\\", "/")
    text = re.sub(r"Python 3\.\d+\.\d+", "Python", text)
    return json.loads(re.sub(r'"ok\|[^"]*progress\.txt"', '"ok|JOB"', text))


def test_commands__in_excel_s_place__say_and_write_what_the_file_engine_does(two_runs: Path, tmp_path: Path) -> None:
    here, there = (Path(shutil.copytree(two_runs, tmp_path / name / "Tiến độ")) for name in ("linux", "windows"))
    for root in (here, there):
        (root / "Báo cáo nhận được").mkdir()
    own = f"don-vi/{PERIOD}"
    done = steps(here, str(here / "Báo cáo nhận được"), str(here / own))
    engine = FileEngine(here)
    wanted = [engine.step(*step) for step in done]
    asked = steps(there, windows_path(there / "Báo cáo nhận được"), windows_path(there / own))
    told = as_excel(there / "Progress.xlsm", asked, tmp_path, double=True)
    assert told["error"] is None
    seen, wanted = plainly(told["answers"], windows_path(there)), plainly(wanted, str(here))
    for step, got, want in zip(asked, seen, wanted, strict=True):
        assert got == want, step
    for name in ("bao-cao/moi-nhat.xlsx", "bao-cao/2025-9T/kiem-tra-tep.xlsx"):
        assert cells(there / name) == cells(here / name), name
    exported = [Workspace(root).report_beside(PERIOD, 1) for root in (here, there)]
    assert cells(exported[1]) == cells(exported[0])
    assert figures(there) == figures(here)
