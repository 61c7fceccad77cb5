"""Every function through xlwings' real argument conversion gives what Python gives."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from snapshots import article_snapshot, earlier_snapshot

from qn_xl.functions import Functions
from qn_xl.functions_registry import REGISTRY, answer
from qn_xl.functions_snapshot import Kept
from qn_xl.functions_values import QnError
from qn_xl.history import History

MODULE = "qn_xl.excel.udfs"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ws") / "Tiến độ"
    root.mkdir()
    history = History(root / "lich-su.sqlite")
    history.save(earlier_snapshot())
    history.save(article_snapshot())
    return root


def ask(root: Path, calls: list[tuple[str, list[Any]]], run: int = 2) -> list[Any]:
    """Call through the server with what the wrapper adds: run, cut-off date, workbook."""
    extra = [str(run), {"date": "2025-09-30"}, str(root / "Progress.xlsm")]
    lines = [[MODULE, name, [*arguments, *extra]] for name, arguments in calls]
    program = Path(__file__).with_name("udf_process.py")
    done = subprocess.run(
        [sys.executable, str(program)], input=json.dumps(lines), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout))


def as_sent(value: Any) -> Any:
    return {"date": value.isoformat()} if isinstance(value, date) else value


def as_seen(value: Any) -> Any:
    """What the cell gets for an answer of Python."""
    if isinstance(value, list):
        rows = [[as_seen(cell) for cell in row] for row in value]
        if len(rows) == 1:
            return rows[0] if len(rows[0]) > 1 else rows[0][0]
        return rows
    if isinstance(value, QnError):
        return value.cell
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return "" if value is None else value


def test_udfs__every_example_of_the_registry__equals_python(workspace: Path) -> None:
    functions = Functions(article_snapshot(), Kept((earlier_snapshot(), article_snapshot())))
    examples = [(function.name, list(example.args)) for function in REGISTRY for example in function.examples]
    got = ask(workspace, [(name, [as_sent(one) for one in args]) for name, args in examples])
    wanted = [as_seen(answer(functions, name, args)) for name, args in examples]
    assert got == wanted
    assert {name for name, _ in examples} == {function.name for function in REGISTRY}


KINDS: list[tuple[str, list[Any], Any]] = [
    ("QN_PROGRESS", ["138"], 33 / 71),
    ("QN_PROGRESS", [138], 33 / 71),
    ("QN_PROGRESS", [{"rows": [["138"]]}], 33 / 71),
    ("QN_PROGRESS", [{"rows": [["138"], ["999"], [None], ["06"]]}], [[33 / 71], ["#N/A"], [""], [57 / 133]]),
    ("QN_PROGRESS", [{"rows": [["138", "06"]]}], [33 / 71, 57 / 133]),
    ("QN_PROGRESS", ["138", {"missing": 1}, {"missing": 1}, None], 33 / 71),
    ("QN_PROGRESS", [None], ""),
    ("QN_PROGRESS", [{"error": "#REF!"}], "#REF!"),
    ("QN_PROGRESS", ["Kế hoạch không có"], "#N/A"),
    ("QN_COUNT", ["138", "chậm tiến độ", None, None, {"date": "2025-09-30"}], 21),
    ("QN_COUNT", ["138", None, None, None, "1/1/2020"], "#N/A"),
    ("QN_COUNT", ["138", None, None, None, "hôm qua"], "#VALUE!"),
    ("QN_DUE", [{"date": "2025-12-31"}], {"date": "2025-12-31"}),
    ("QN_STATUS", [{"rows": [["15/8/2025"], ["31/12/2025"]]}], [["Chậm tiến độ"], ["Đang thực hiện trong hạn"]]),
]


def test_udfs__arguments_of_every_kind(workspace: Path) -> None:
    got = ask(workspace, [(name, arguments) for name, arguments, _ in KINDS])
    assert [(name, args, seen) for (name, args, _), seen in zip(KINDS, got, strict=True)] == KINDS


def test_udfs__a_run_that_the_history_lacks__is_not_available(workspace: Path) -> None:
    assert ask(workspace, [("QN_SENTENCE", ["138"])], run=99) == ["#N/A"]


def test_udfs__no_history_beside_the_workbook__dates_still_answered(tmp_path: Path) -> None:
    calls = [("QN_DUE", ["Quý III"]), ("QN_SENTENCE", ["138"])]
    assert ask(tmp_path, calls) == [{"date": "2025-09-30"}, "#N/A"]


def test_udfs__answers_come_from_the_run_the_workbook_shows(workspace: Path) -> None:
    [now], [before] = ask(workspace, [("QN_COUNT", ["138", "hoàn thành"])]), ask(
        workspace, [("QN_COUNT", ["138", "hoàn thành"])], run=earlier_snapshot().run
    )
    assert (now, before) == (33, 6)
