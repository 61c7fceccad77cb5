"""`qn-xl history`, `compare`, `restore`: what staff and scripts get, and what stays untouched."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from qn_xl import cli
from qn_xl.consolidate import consolidate
from qn_xl.excel.setup import create
from qn_xl.history import History
from qn_xl.model import Snapshot
from qn_xl.outputs import figures_json
from qn_xl.outputs.publish import run_of_report
from qn_xl.outputs.restore import restore, shown
from qn_xl.rules.figures import Figures
from qn_xl.tables import default_tables, sealed
from qn_xl.workspace import Workspace
from tests.snapshots import article_snapshot, earlier_snapshot

NOW = datetime(2025, 10, 20, 8, 30)


@pytest.fixture
def office(tmp_path: Path) -> Workspace:
    """Return a workspace whose history holds 6 months (run 1), 9 months (run 2) and 9 months again (run 3)."""
    create(tmp_path / "TienDo", default_tables())
    workspace = Workspace(tmp_path / "TienDo")
    history = History(workspace.history)
    for one in (earlier_snapshot(), article_snapshot(), replace(article_snapshot(), run=3)):
        history.save(one)
    figures_json.write(workspace.figures_json, history.load(3))
    return workspace


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli.app, list(words))
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def document(*words: str) -> Any:
    return json.loads(run(*words, "--json"))


def test_history__lists_the_runs_and_marks_the_one_shown(office: Workspace) -> None:
    runs = document("history", str(office.root))["runs"]
    assert [(one["run"], one["period"], one["as_of"], one["shown"]) for one in runs] == [
        (1, "2025-6T", "2025-06-30", False),
        (2, "2025-9T", "2025-09-30", False),
        (3, "2025-9T", "2025-09-30", True),
    ]
    assert all(len(one["inputs_sha256"]) == 64 and one["version"] and one["source"] for one in runs)
    said = run("history", str(office.root))
    assert "6 tháng đầu năm 2025" in said and "◄" in said


def test_history__nothing_yet__says_how_to_begin(tmp_path: Path) -> None:
    create(tmp_path / "TienDo", default_tables())
    assert "qn-xl consolidate" in run("history", str(tmp_path / "TienDo"))
    assert document("history", str(tmp_path / "TienDo")) == {"runs": []}


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        ((), (1, 3)),
        (("1",), (1, 3)),
        (("1", "2"), (1, 2)),
        (("2025-6T", "2025-9T"), (1, 3)),
        (("30/6/2025", "2025-09-30"), (1, 3)),
        (("2", "3"), (2, 3)),
    ],
)
def test_compare__sides_are_named_by_run_period_or_cut_off(
    office: Workspace, words: tuple[str, ...], runs: tuple[int, int]
) -> None:
    found = document("compare", str(office.root), *words)
    assert (found["from"]["run"], found["to"]["run"]) == runs


def test_compare__counts_lead_from_one_run_to_the_other(office: Workspace) -> None:
    found = document("compare", str(office.root), "1", "2")
    group = next(one for one in found["groups"] if one["plan"] == "138")
    before, after = Figures(earlier_snapshot().figures), Figures(article_snapshot().figures)
    for measure, counts in group["measures"].items():
        assert counts["before"] == before.get("138/KH-UBND", measure)
        assert counts["after"] == after.get("138/KH-UBND", measure)
    assert group["measures"]["done"]["after"] == 33 and sum(group["changes"].values()) == 48
    said = run("compare", str(office.root), "1", "2")
    assert "Mới hoàn thành" in said and "thay đổi khác" in said


@pytest.mark.parametrize("word", ["7", "2024", "1/1/2020", "kỳ lạ"])
def test_compare__unknown_side__says_so(office: Workspace, word: str) -> None:
    result = CliRunner().invoke(cli.app, ["compare", str(office.root), word])
    assert "qn-xl history" in str(result.exception)


def test_compare__only_one_run__says_so(tmp_path: Path) -> None:
    create(tmp_path / "TienDo", default_tables())
    History(Workspace(tmp_path / "TienDo").history).save(earlier_snapshot())
    result = CliRunner().invoke(cli.app, ["compare", str(tmp_path / "TienDo")])
    assert "để so sánh" in str(result.exception)


def test_restore__outputs_show_the_run_and_the_history_stays(office: Workspace) -> None:
    kept = office.history.read_bytes()
    said = run("restore", str(office.root), "2")
    assert "lần tổng hợp 2" in said and "qn-xl restore" in said
    paths = (office.report("2025-9T"), office.latest_report)
    assert [run_of_report(path) for path in paths] == [2, 2]
    assert figures_json.run_of(office.figures_json) == figures_json.restored_run(office.figures_json) == 2
    assert office.history.read_bytes() == kept
    assert shown(office).run == 2
    assert [one["run"] for one in document("history", str(office.root))["runs"] if one["shown"]] == [2]


def test_restore__the_last_run_again__takes_the_mark_off(office: Workspace) -> None:
    restore(office, 1, NOW)
    assert run_of_report(office.report("2025-6T")) == 1
    restore(office, 3, NOW)
    assert figures_json.restored_run(office.figures_json) is None
    assert shown(office).run == 3


def test_restore__report_is_the_one_the_run_had(office: Workspace, tmp_path: Path) -> None:
    restore(office, 2, NOW)
    first = office.report("2025-9T").read_bytes()
    restore(office, 3, NOW)
    restore(office, 2, NOW)
    assert office.report("2025-9T").read_bytes() == first


def test_restore__unknown_run__says_so_and_writes_nothing(office: Workspace) -> None:
    result = CliRunner().invoke(cli.app, ["restore", str(office.root), "9"])
    assert "Không có lần chạy 9" in str(result.exception)
    assert not office.latest_report.exists() and figures_json.run_of(office.figures_json) == 3


def test_restore__an_unchanged_consolidation_leaves_it(office: Workspace) -> None:
    """The nightly run finds nothing new: what the office went back to must still be shown in the morning."""
    inbox = office.inbox("2025-9T")
    inbox.mkdir(parents=True, exist_ok=True)
    first = consolidate(office, as_of=None, period="2025-9T", now=NOW)
    restore(office, 2, NOW)
    again = consolidate(office, as_of=None, period="2025-9T", now=NOW)
    assert (first.snapshot.run, again.exit_code) == (4, 22)
    assert [figures_json.run_of(office.figures_json), run_of_report(office.latest_report)] == [2, 2]
    assert History(office.history).latest_run() == 4
    assert (again.snapshot.run, again.restored) == (2, 2)
    (inbox / "Sở Y tế.csv").write_text("TT;Nhiệm vụ;Đơn vị\n1;Việc;Sở Y tế\n", "utf-8")
    new = consolidate(office, as_of=None, period="2025-9T", now=NOW)
    assert figures_json.run_of(office.figures_json) == new.snapshot.run == 5
    assert figures_json.restored_run(office.figures_json) is None


def test_restore__an_unchanged_consolidation__gives_and_prints_the_run_that_is_shown(office: Workspace) -> None:
    inbox = office.inbox("2025-9T")
    inbox.mkdir(parents=True)
    words = ("consolidate", str(office.root), "--period", "2025-9T")
    first = consolidate(office, as_of=None, period="2025-9T", now=NOW)
    (inbox / "Sở Y tế.csv").write_text("TT;Nhiệm vụ;Đơn vị\n1;Việc;Sở Y tế\n", "utf-8")
    last = consolidate(office, as_of=None, period="2025-9T", now=NOW)
    assert (first.snapshot.run, last.snapshot.run) == (4, 5)
    restore(office, 4, NOW)
    office.latest_report.unlink()
    found = json.loads(run(*words, "--json", "--report", code=22))
    assert (found["run"], found["restored"], found["exit_code"]) == (4, 4, 22)
    assert run_of_report(office.latest_report) == 4, "what is missing is remade from the run that is shown"
    assert figures_json.restored_run(office.figures_json) == 4
    said = " ".join(run(*words, code=22).split())
    assert "lần chạy 4" in said and "lần 4 mà cơ quan đã quay lại" in said
    restore(office, 1, NOW)
    found = json.loads(run(*words, "--json", "--report", code=22))
    assert (found["run"], found["restored"]) == (5, 1), "another period's run is not this period's result"
    assert [run_of_report(office.latest_report), figures_json.run_of(office.figures_json)] == [1, 1]
    assert "của lần 5, kỳ 9 tháng năm 2025" in " ".join(run(*words, code=22).split())


def test_restore__links_lead_to_the_inbox_chosen_in_the_settings(tmp_path: Path) -> None:
    chosen = sealed(replace(default_tables(), settings={**default_tables().settings, "inbox": "nơi khác"}))
    create(tmp_path / "TienDo", chosen)
    workspace = Workspace(tmp_path / "TienDo")
    (workspace.root / "nơi khác").mkdir()
    (workspace.root / "nơi khác" / "Sở Y tế.csv").write_text("TT;Nhiệm vụ;Đơn vị\n1;Việc;Sở Y tế\n", "utf-8")
    consolidate(workspace, as_of=None, period=None, now=NOW)
    before = links(workspace.latest_report)
    restore(workspace, 1, NOW)
    assert links(workspace.latest_report) == before != set()
    workspace.book.write_bytes(b"")
    restore(workspace, 1, NOW)
    assert run_of_report(workspace.latest_report) == 1, "a bad day of the workbook does not stop it"


def links(report: Path) -> set[str]:
    book: Any = openpyxl.load_workbook(report)
    return {cell.hyperlink.target for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink}


def past(runs: list[tuple[int, str, str]], tmp_path: Path) -> tuple[History, Snapshot]:
    history = History(tmp_path / "h.sqlite")
    for number, period, day in runs:
        as_of = datetime.fromisoformat(day).date()
        history.save(replace(earlier_snapshot(), run=number, period=period, as_of=as_of, items=(), unit_results=()))
    return history, history.load(runs[-1][0])


@pytest.mark.parametrize(
    ("runs", "compared", "trend"),
    [
        ([(1, "2025-9T", "2025-09-30")], None, []),
        ([(1, "2025-9T", "2025-09-30"), (2, "2025-9T", "2025-09-30")], 1, []),
        ([(1, "2025-6T", "2025-06-30"), (2, "2025-9T", "2025-09-30"), (3, "2025-9T", "2025-09-30")], 1, [1]),
        ([(1, "2025-6T", "2025-06-30"), (2, "2025-6T", "2025-06-30"), (3, "2025-9T", "2025-09-30")], 2, [2]),
        ([(1, "2025", "2025-12-31"), (2, "2025-9T", "2025-09-30")], None, []),
        ([(1, "2025-6T", "2025-06-30"), (2, "2025-08", "2025-08-31"), (3, "2025-9T", "2025-09-30")], 2, [1, 2]),
    ],
)
def test_before__nearest_earlier_period_else_the_run_before(
    runs: list[tuple[int, str, str]], compared: int | None, trend: list[int], tmp_path: Path
) -> None:
    history, snapshot = past(runs, tmp_path)
    before = history.before(snapshot)
    assert (before.run if before else None) == compared
    assert [info.run for info in history.past(snapshot)] == trend
