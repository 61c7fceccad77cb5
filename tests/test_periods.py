"""The three sample periods one after another: each comes to its own answer key, and none disturbs another."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest

from qn_xl.consolidate import Outcome, consolidate
from qn_xl.demo import fill_inbox, sample_tables, samples_folder
from qn_xl.excel.setup import create
from qn_xl.model import DONE, Class, Snapshot
from qn_xl.outputs.json_report import outcome_json
from qn_xl.rules.compare import Move, compare
from qn_xl.workspace import Workspace

PERIODS = ("2025-6T", "2025-9T", "2025")
NOW = {"2025-6T": datetime(2025, 7, 3, 8), "2025-9T": datetime(2025, 10, 2, 8), "2025": datetime(2026, 1, 6, 8)}
KEYS = samples_folder() / "dap-an"


def key(period: str, name: str) -> list[dict[str, str]]:
    folder = KEYS if period == "2025-9T" else KEYS / period
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, dict[str, Outcome]]:
    """Return the workspace of `qn-xl demo --all`: every period consolidated after the one before."""
    folder = tmp_path_factory.mktemp("cac-ky") / "TienDo"
    create(folder, sample_tables())
    fill_inbox(folder)
    workspace = Workspace(folder)
    made = {period: consolidate(workspace, as_of=None, period=period, now=NOW[period]) for period in PERIODS}
    return workspace, made


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Return the 9 months without any period before them."""
    folder = tmp_path_factory.mktemp("mot-ky") / "TienDo"
    create(folder, sample_tables())
    fill_inbox(folder)
    now = NOW["2025-9T"]
    return consolidate(Workspace(folder), as_of=None, period="2025-9T", now=now, write_report=False).snapshot


@pytest.mark.parametrize("period", PERIODS)
def test_period__every_item_is_what_the_answer_key_says(office, period):
    snapshot = office[1][period].snapshot
    expected = {
        row["code"]: (row["class"], row["days_late"] if row["class"] == "overdue" else "")
        for row in key(period, "items.csv")
    }
    seen = {
        item.id: (item.cls.value, str(item.days_late or "") if item.cls is Class.OVERDUE else "")
        for item in snapshot.items
    }
    assert {code: (seen[code], expected[code]) for code in expected if seen[code] != expected[code]} == {}
    assert seen.keys() == expected.keys()


@pytest.mark.parametrize("period", PERIODS)
def test_period__figures_are_those_of_the_answer_key(office, period):
    document = outcome_json(office[1][period])
    groups = {(plan["plan"], group["kind"]): group for plan in document["plans"] for group in plan["groups"]}
    for row in key(period, "figures.csv"):
        if row["measure"] != "not_reported":
            assert groups[row["plan"], row["kind"]][row["measure"]] == int(row["value"]), (period, row)


@pytest.mark.parametrize("period", ["2025-6T", "2025"])
def test_period__hazards_are_found_in_their_cells(office, period):
    found = {(one.code, one.where.file, one.where.cell) for one in office[1][period].snapshot.findings}
    for row in key(period, "hazards.csv"):
        if row["finding"]:
            assert (row["finding"], row["file"], row["cell"] or None) in found, row


def test_nine_months__same_figures_with_and_without_the_half_year_before(office, alone):
    with_past = office[1]["2025-9T"].snapshot
    assert {item.id: item.cls for item in with_past.items} == {item.id: item.cls for item in alone.items}
    assert not any(item.carried and item.cls in DONE for item in with_past.items)
    counts = {(f.plan, f.group, f.unit, f.measure): f.value for f in alone.figures}
    for figure in with_past.figures:
        if figure.measure not in ("not_reported", "carried"):
            assert counts[figure.plan, figure.group, figure.unit, figure.measure] == figure.value, figure


def test_year__done_tasks_that_nobody_reports_again_are_carried(office):
    items = {item.id: item for item in office[1]["2025"].snapshot.items}
    run = office[1]["2025-9T"].snapshot.run
    carried = [item for item in items.values() if item.carried]
    assert carried and all(item.carried == run for item in carried if item.cls in DONE)
    assert any(item.cls in DONE for item in carried)


def test_year__what_was_quietly_changed_is_told(office):
    findings = office[1]["2025"].snapshot.findings
    moved = [one for one in findings if one.code == "deadline-moved"]
    assert [(one.unit, one.seen) for one in moved] == [("SNV", "31/12/2025")]
    gone = [one for one in findings if one.code == "task-vanished"]
    assert "STC" in {one.unit for one in gone}
    assert any(one.where.cell for one in gone)


def test_year__compared_with_nine_months__names_what_was_reopened(office):
    before, after = (office[1][period].snapshot for period in ("2025-9T", "2025"))
    found = compare(before, after)
    assert [one.item for one in found.changes if one.move is Move.REOPENED] == ["NV138-012"]
    assert "NV138-012" in {one.item for one in found.changes if one.move is Move.WORD}
    assert "NV06-095" in {one.item for one in found.changes if one.move is Move.DEADLINE}


def test_targets__are_followed_over_the_periods(office):
    seen = {}
    for period in PERIODS:
        items = {item.id: item for item in office[1][period].snapshot.items}
        seen[period] = items["CT157-07"].actual  # a rank: lower is better
    assert seen == {"2025-6T": 8, "2025-9T": 7, "2025": 5}


def test_files__every_period_has_its_own_report(office):
    workspace = office[0]
    assert all(Path(workspace.report(period)).is_file() for period in PERIODS)
