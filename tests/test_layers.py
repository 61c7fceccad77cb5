"""Data flows one way (design, section 2): a room imports only from rooms above it, and only its own packages."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "qn_xl"
# top to bottom; modules of one line may import each other
ROOMS = [
    {"__init__", "model", "records", "packed", "errors"},
    {"rules"},
    {"intake"},
    {"layout", "tables", "tables_cells", "tables_read", "tables_records", "inbox", "workspace", "lock", "scratch"},
    {"history", "history_codec", "history_items"},
    {"reader_context"},
    {"outputs"},
    {"consolidate", "unit_papers"},
    {"runlog"},
    {"functions", "functions_document", "functions_registry", "functions_snapshot", "functions_values"},
    {"demo"},
    {"excel"},
    {"schedule", "schedule_os", "doctor", "doctor_machine", "doctor_workspace"},
    {"console", "cli_view", "cli_past"},
    {"commands"},
    {"cli"},
    {"__main__"},
]
PACKAGES = {  # third-party packages and the rooms that may import them
    "pandas": {"rules"},
    "rapidfuzz": {"rules", "consolidate"},
    "python_calamine": {"intake", "workspace", "tables_read", "tables_cells", "tables_records", "excel", "outputs"},
    "olefile": {"intake"},
    "pebble": {"intake"},
    "openpyxl": {"outputs"},
    "xlsxwriter": {"outputs", "excel"},
    "docx": {"outputs"},
    "matplotlib": {"outputs"},
    "xlwings": {"excel"},
    "pyopenvba": {"excel"},
    "typer": {"console", "commands", "cli"},
    "rich": {"console", "cli_view", "cli_past"},
    "win32api": {"intake"},
    "win32job": {"intake"},
}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def level(room: str) -> int:
    for number, rooms in enumerate(ROOMS):
        if room in rooms:
            return number
    raise AssertionError(f"qn_xl/{room}: not in the table of rooms; add it where it belongs")


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            if node.module == "qn_xl":
                found |= {f"qn_xl.{alias.name}" for alias in node.names if not alias.name.startswith("__")}
    return found


MODULES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports__go_upwards_only(path: Path) -> None:
    own = level(room_of(path))
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "qn_xl" and len(parts) > 1:
            assert level(parts[1]) <= own, f"{path.name} imports {name} from a room below"
        elif parts[0] in PACKAGES:
            assert room_of(path) in PACKAGES[parts[0]], f"{path.name} must not import {parts[0]}"


def test_reading__never_touches_pandas_or_openpyxl() -> None:
    for path in (ROOT / "intake").rglob("*.py"):
        assert not {"pandas", "openpyxl"} & {name.split(".")[0] for name in imports(path)}


def test_clock__only_the_doors_ask_it() -> None:
    for path in MODULES:
        if room_of(path) in ("console", "excel"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow"):
                owner = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
                assert owner not in ("date", "datetime"), f"{path.name} asks the clock"
