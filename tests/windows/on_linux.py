"""The same commands on this machine, to compare with, and what two machines' files and messages are compared by."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

CHECKOUT = Path(__file__).resolve().parents[2]
# Runs several commands in one process and prints [exit code, stdout, stderr] of each as one JSON list.
SEVERAL = """
import json, sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from qn_xl import cli
told = []
for command in json.loads(sys.argv[1]):
    sys.argv = ["qn-xl", *command]
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        try:
            cli.main()
        except SystemExit as end:
            told.append([end.code, out.getvalue(), err.getvalue()])
print(json.dumps(told))
"""
_MOMENT = re.compile(r"\d{1,2}:\d\d(:\d\d)?( ngày)? \d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*")
_LINES = re.compile("[\u2500-\u257f]")


def here(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command line on this machine."""
    done = _python("-m", "qn_xl", *arguments)
    assert done.returncode == code, done.stderr
    return done


def several_here(commands: Sequence[Sequence[str]]) -> list[Any]:
    """Run several commands on this machine, without LibreOffice, which the Windows Python has not either."""
    done = _python("-c", SEVERAL, json.dumps(commands), PATH=str(Path(sys.executable).parent))
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def _python(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def cells(path: Path) -> dict[str, list[list[Any]]]:
    """Return the cells of a workbook, without the moments at which two runs began."""
    book = CalamineWorkbook.from_path(path)

    def one(value: Any) -> Any:
        return _MOMENT.sub("MOMENT", value) if isinstance(value, str) else value

    return {name: [[one(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names}


def figures(root: Path) -> Any:
    return json.loads((root / "so-lieu.json").read_text("utf-8"))


def plainly(text: str, root: str) -> str:
    """Return what was printed without the folder, the kind of slash, spaces and the lines of tables."""
    return "".join(_LINES.sub("", text.replace(root, "ROOT").replace("\\", "/")).split())


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
