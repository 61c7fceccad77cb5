"""LibreOffice runs the workbook's VBA: the same sources, with doubles for what needs Windows (vba_double/)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from office import soffice

from qn_xl.excel import sources, vba
from qn_xl.excel.build import code_names, workbook_bytes
from qn_xl.model import Snapshot
from qn_xl.tables import Tables

SOURCES = Path(__file__).parents[2] / "workbook" / "src"
DOUBLES = Path(__file__).parent / "vba_double"
Step = list[Any]


def with_doubles() -> dict[str, str]:
    """Return the workbook's modules with xlwings' and the Windows module replaced, and the test modules added."""
    found = sources.module_sources(SOURCES)
    for path in sorted(DOUBLES.glob("*.*")):
        found[path.stem] = path.read_text("ascii")
    return found


def write_double(path: Path, snapshot: Snapshot, tables: Tables, earlier: Sequence[Snapshot] = ()) -> Path:
    """Write the workbook for LibreOffice."""
    project = vba.project(with_doubles(), code_names())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(workbook_bytes(snapshot, tables, "python.exe", earlier, vba=project))
    return path


def _python() -> str:
    for candidate in ("/usr/bin/python3", sys.executable):
        if subprocess.run([candidate, "-c", "import uno"], capture_output=True, check=False).returncode == 0:
            return candidate
    if os.environ.get("QN_XL_REQUIRE_LIBREOFFICE") == "1":
        pytest.fail("python3-uno is required here (QN_XL_REQUIRE_LIBREOFFICE=1) and is not installed")
    pytest.skip("python3-uno is not installed: no macro was run")


class Office:
    """One LibreOffice for many tests; every call of `run` opens the workbook afresh."""

    def __init__(self, folder: Path) -> None:
        driver = Path(__file__).with_name("lo_driver.py")
        self._process = subprocess.Popen(
            [_python(), str(driver), str(folder / "profile"), soffice()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, workbook: Path, steps: Sequence[Step]) -> list[Any]:
        """Do the steps (see lo_driver.py) on the workbook and return one result for each."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"workbook": str(workbook), "steps": list(steps)}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "LibreOffice ended"
        answer = json.loads(line)
        assert "seen" in answer, answer.get("failed")
        return list(answer["seen"])

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(60)
