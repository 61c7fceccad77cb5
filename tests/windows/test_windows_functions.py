"""The worksheet functions the whole way that Excel goes, on Windows Python: library, command, server, conversion."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import wine_tree
from test_udfs import as_seen, as_sent
from wine import as_excel, settings_of, vba_of, windows_path

from qn_xl.excel.answers import Runs
from qn_xl.functions import Functions
from qn_xl.functions_registry import REGISTRY, answer
from qn_xl.functions_values import QnError
from qn_xl.history import History

pytestmark = [pytest.mark.windows, pytest.mark.xdist_group("windows"), pytest.mark.usefixtures("windows")]
MODULE = "qn_xl.excel.udfs"
RUN, AS_OF = 1, date(2025, 9, 30)

# what a formula gives; ... where it is enough that Linux gives the same
KINDS: list[tuple[str, list[Any], Any]] = [
    ("QN_PROGRESS", ["138"], 33 / 71),
    ("QN_PROGRESS", [138], 33 / 71),
    ("QN_PROGRESS", [{"rows": [["138"]]}], 33 / 71),
    (
        "QN_PROGRESS",
        [{"rows": [["138"], ["999"], [None], ["Đề án 06"], [157]]}],
        [[33 / 71], ["#N/A"], [""], [57 / 133], [14 / 44]],
    ),
    ("QN_PROGRESS", [{"rows": [["138", "06"]]}], [33 / 71, 57 / 133]),
    ("QN_PROGRESS", ["138", {"missing": 1}, {"missing": 1}, None], 33 / 71),
    ("QN_PROGRESS", [None], ""),
    ("QN_PROGRESS", [{"error": "#REF!"}], "#REF!"),
    ("QN_PROGRESS", [{"rows": [["138"], [{"error": "#N/A"}]]}], [[33 / 71], ["#N/A"]]),
    ("QN_PROGRESS", ["Kế hoạch không có"], "#N/A"),
    ("QN_COUNT", ["138", "chậm tiến độ", None, "Sở Y tế"], 0.0),
    ("QN_COUNT", ["138", None, None, None, {"date": "2025-06-30"}], 71.0),
    ("QN_COUNT", ["138", None, None, None, "1/1/2020"], "#N/A"),
    ("QN_COUNT", ["138", None, None, None, "hôm qua"], "#VALUE!"),
    ("QN_TASKS", ["138", "chậm tiến độ"], ...),
    ("QN_TABLE", [], ...),
    ("QN_CHANGE", ["138", "hoàn thành", {"date": "2025-06-30"}], ...),
    ("QN_DUE", [{"date": "2025-12-31"}], {"date": "2025-12-31"}),
    ("QN_DUE", ["trong quý III năm 2025"], {"date": "2025-09-30"}),
    ("QN_STATUS", [{"rows": [["15/8/2025"], ["31/12/2025"]]}], [["Chậm tiến độ"], ["Đang thực hiện trong hạn"]]),
    ("QN_SENTENCE", ["Đề án 06"], ...),
    ("QN_WHY", ["138", "chậm tiến độ"], ...),
]


def sent(book: Path, arguments: list[Any], run: int = RUN) -> list[Any]:
    """What QnFallThrough adds to the arguments of a formula."""
    return [*arguments, str(run), {"date": AS_OF.isoformat()}, str(book)]


def on_windows(
    book: Path, calls: list[tuple[str, list[Any]]], folder: Path, env: dict[str, str] | None = None
) -> list[Any]:
    steps = [("function", name, [*sent(book, arguments)[:-1], windows_path(book)]) for name, arguments in calls]
    told = as_excel(book, steps, folder, env=env)
    assert told["error"] is None
    return list(told["answers"])


def on_linux(book: Path, calls: list[tuple[str, list[Any]]]) -> list[Any]:
    program = Path(__file__).parents[1] / "excel" / "udf_process.py"
    lines = json.dumps([[MODULE, name, sent(book, arguments)] for name, arguments in calls])
    done = subprocess.run([sys.executable, str(program)], input=lines, capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


def test_functions__examples_and_arguments_of_every_kind__answer_as_on_linux(two_runs: Path, tmp_path: Path) -> None:
    book = two_runs / "Progress.xlsm"
    history = History(two_runs / "lich-su.sqlite")
    functions = Functions(history.load(RUN), Runs(history))
    examples = [(function.name, list(example.args)) for function in REGISTRY for example in function.examples]
    assert {name for name, _ in examples} == {function.name for function in REGISTRY}

    def python(name: str, arguments: list[Any]) -> Any:
        try:
            return as_seen(answer(functions, name, arguments))
        except QnError as error:
            return error.cell

    kinds = [(name, arguments) for name, arguments, _ in KINDS]
    calls = [(name, [as_sent(one) for one in arguments]) for name, arguments in examples] + kinds
    got = on_windows(book, calls, tmp_path)
    assert got == on_linux(book, calls)
    assert got[: len(examples)] == [python(name, arguments) for name, arguments in examples]
    seen = [wanted if wanted is ... else answer for (_, _, wanted), answer in zip(KINDS, got[len(examples) :], strict=True)]
    assert seen == [wanted for _, _, wanted in KINDS]


def broken_package(folder: Path) -> dict[str, str]:
    """Put a copy of the package whose doors lost a converter's option before the installed one."""
    copied = Path(shutil.copytree(wine_tree.site_packages() / "qn_xl", folder / "broken" / "qn_xl"))
    doors = copied / "excel" / "udfs.py"
    whole = doors.read_text("utf-8")
    assert whole.count(", err_to_str=True") == 1
    doors.write_text(whole.replace(", err_to_str=True", ""), "utf-8")
    return {"PYTHONPATH": windows_path(folder / "broken")}


def test_functions__doors_broken_on_purpose__answers_are_not_those_of_linux(two_runs: Path, tmp_path: Path) -> None:
    book = two_runs / "Progress.xlsm"
    calls: list[tuple[str, list[Any]]] = [("QN_PROGRESS", ["138"]), ("QN_PROGRESS", [{"error": "#REF!"}])]
    got, wanted = on_windows(book, calls, tmp_path, broken_package(tmp_path)), on_linux(book, calls)
    assert got[0] == wanted[0] == 33 / 71
    assert got[1] != wanted[1] == "#REF!"


def test_functions__settings_sheet_broken_on_purpose__python_is_not_found(two_runs: Path, tmp_path: Path) -> None:
    whole, broken = two_runs / "Progress.xlsm", tmp_path / "Progress.xlsm"
    with ZipFile(whole) as old, ZipFile(broken, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"%ProgramData%\\qn-xl\\venv", b"%ProgramData%\\qn-xl\\other"))
    assert settings_of(whole) != settings_of(broken)
    told = as_excel(broken, [], tmp_path)
    assert told["error"].startswith("NotLoaded: Could not load xlwings64-0.37.8.dll from C:\\ProgramData\\qn-xl\\other")


def test_functions__macros_of_another_xlwings__the_library_is_not_found(two_runs: Path, tmp_path: Path) -> None:
    book = two_runs / "Progress.xlsm"
    told = as_excel(book, [], tmp_path, vba=vba_of(book).replace("0.37.8", "0.37.7"))
    assert told["error"].startswith("NotLoaded: Could not load xlwings64-0.37.7.dll")


def test_functions__another_xlwings_installed__the_library_is_not_found(two_runs: Path, tmp_path: Path) -> None:
    installed = wine_tree.tree() / "xlwings64-0.37.8.dll"
    other = installed.rename(installed.with_name("xlwings64-0.37.9.dll"))
    try:
        told = as_excel(two_runs / "Progress.xlsm", [], tmp_path)
    finally:
        other.rename(installed)
    assert told["error"].startswith("NotLoaded: Could not load xlwings64-0.37.8.dll")
