"""Runs programs on the Windows Python of wine_tree.py."""

from __future__ import annotations

import json
import os
import re
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import wine_tree
from oletools.olevba import VBA_Parser
from on_linux import SEVERAL
from python_calamine import CalamineWorkbook

HERE = Path(__file__).resolve().parent
SECONDS = 180


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


def windows_path(path: Path) -> str:
    """Return the path as Windows programs know it: Wine's drive Z: is the root."""
    return "Z:" + str(path).replace("/", "\\")


def missing(what: Exception) -> None:
    """Skip the calling test, or fail where Wine is required."""
    if os.environ.get("QN_XL_REQUIRE_WINE") == "1":
        pytest.fail(f"Windows tests are required here (QN_XL_REQUIRE_WINE=1); missing: {what}")
    pytest.skip(f"nothing was run on Windows Python; missing: {what}")


def start(*arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start Windows Python with these arguments; its output goes to pipes, which it needs.

    Without `cwd` it starts away from the checkout, so that only the installed package is found.
    """
    return subprocess.Popen(
        [wine_tree.program(), str(wine_tree.tree() / "Scripts" / "python.exe"), *arguments],
        cwd=cwd or wine_tree.folder(),
        env=wine_tree.environment() | dict(env or {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def python(*arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Done:
    """Run Windows Python to its end. What it prints must be UTF-8; Windows' line ends become \\n."""
    process = start(*arguments, cwd=cwd, env=env)
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Done(process.returncode, *(text.decode("utf-8").replace("\r\n", "\n") for text in (out, err)))


def qn_xl(*arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Done:
    return python("-m", "qn_xl", *arguments, cwd=cwd, env=env)


def several(commands: Sequence[Sequence[str]]) -> list[Any]:
    """Run several commands in one process; return [exit code, stdout, stderr] of each."""
    done = python("-c", SEVERAL, json.dumps(commands))
    assert done.code == 0, done.err
    return list(json.loads(done.out))


def settings_of(book: Path) -> dict[str, str]:
    """Return the sheet xlwings.conf of a workbook."""
    return {str(row[0]): str(row[1]) for row in CalamineWorkbook.from_path(book).get_sheet_by_name("xlwings.conf").to_python()}


def vba_of(book: Path, module: str = "xlwings") -> str:
    """Return the text of a module of macros in a workbook."""
    with ZipFile(book) as package:
        return _modules(package.read("xl/vbaProject.bin"))[module]


@cache
def _modules(project: bytes) -> dict[str, str]:
    parser = VBA_Parser("vbaProject.bin", data=project)
    try:
        return {name.removesuffix(".bas"): code for _, _, name, code in parser.extract_macros()}
    finally:
        parser.close()


def doors_of(book: Path) -> dict[str, str]:
    """Return what the workbook's macros call in Python: modules of the functions and commands, the commands' door."""
    text = vba_of(book, "modQnPython")
    found = re.findall(r'CallUDF\("([^"]+)", (?:name|"([^"]+)"), ', text)
    [functions] = [module for module, door in found if not door]
    [(commands, door)] = [one for one in found if one[1]]
    return {"functions": functions, "commands": commands, "door": door}


def as_excel(
    book: Path,
    steps: Sequence[Sequence[Any]],
    folder: Path,
    *,
    double: bool = False,
    vba: str | None = None,
    settings: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Let as_excel.py carry out `steps` for the workbook; return {"answers": […], "error": None or text}.

    Args:
        folder: where the order and the answer are written.
        double: with a stand-in for Excel over the workbook.
        vba, settings: instead of the workbook's own.
    """
    name = uuid.uuid4().hex
    order, answer = folder / f"{name}-order.json", folder / f"{name}-answer.json"
    asked = {
        "book": windows_path(book),
        "vba": vba_of(book) if vba is None else vba,
        "settings": settings_of(book) if settings is None else dict(settings),
        "doors": doors_of(book),
        "double": double,
        "steps": [list(step) for step in steps],
    }
    order.write_text(json.dumps(asked, ensure_ascii=False), "utf-8")
    helpers = windows_path(HERE.parent / "excel")
    code = f"import runpy, sys; sys.path[:0] = [{windows_path(HERE)!r}, {helpers!r}]; sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name='__main__')"
    done = python("-B", "-c", code, *(windows_path(path) for path in (HERE / "as_excel.py", order, answer)), env=env)
    if not answer.is_file():
        raise AssertionError(f"as_excel.py: exit {done.code}\n{done.out}\n{done.err}")
    return dict(json.loads(answer.read_text("utf-8")))
