"""The shipped tables: as made by their script, filled with the snapshot's own figures, parts adding up."""

from __future__ import annotations

import runpy
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from office import Seen, sheets
from snapshots import article_snapshot

from qn_xl.commands.papers import asker
from qn_xl.functions import Functions
from qn_xl.model import Snapshot
from qn_xl.outputs import libreoffice
from qn_xl.outputs.fill import fill, write
from qn_xl.outputs.shipped import NAMES, template
from qn_xl.rules.figures import Figures
from qn_xl.rules.units import default_units

ROOT = Path(__file__).parents[1]
ROWS = (
    (10, "138/KH-UBND", "task"),
    (11, "157/KH-UBND", "target"),
    (12, "157/KH-UBND", "task"),
    (13, "157/KH-UBND", "project"),
    (14, "02-KH/BCĐ", "task"),
    (15, "Đề án 06", "task"),
)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return replace(article_snapshot(), units=default_units())


def filled(name: str, snapshot: Snapshot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Seen]]:
    monkeypatch.setattr(libreoffice, "program", lambda: None)
    source = template(name)
    assert source is not None
    result = fill(source, snapshot, asker(Functions(snapshot)))
    assert result.problems == []
    write(result, folder / source.name)
    return sheets(folder / source.name)


def test_template__an_unknown_name_is_none() -> None:
    assert template("khac") is None


def test_templates__committed_as_their_script_makes_them(tmp_path: Path) -> None:
    made = runpy.run_path(str(ROOT / "templates" / "make_templates.py"))
    for name in ("three_classes", "four_classes", "superset"):
        made[name].__globals__["FOLDER"] = tmp_path
        made[name]()
    for name in NAMES.values():
        with zipfile.ZipFile(tmp_path / name) as fresh, zipfile.ZipFile(ROOT / "templates" / name) as kept:
            assert fresh.namelist() == kept.namelist()
            differ = [part for part in fresh.namelist() if fresh.read(part) != kept.read(part)]
        assert differ == [], f"{name}: run templates/make_templates.py"


def test_three_classes__counts_are_the_snapshots(
    tmp_path: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = filled("ba-lop", snapshot, tmp_path, monkeypatch)["Tổng hợp"]
    figures = Figures(snapshot.figures)
    measures = dict(
        zip("DEFGHIJ", ("total", "done", "under_way", "overdue", "recurring", "stopped", "central"), strict=True)
    )
    for row, plan, group in ROWS:
        for column, measure in measures.items():
            assert cells[f"{column}{row}"] == Seen("n", figures.get(plan, measure, group), None), (plan, measure)
        parts = sum(cells[f"{column}{row}"].value for column in "EFGHI")  # type: ignore[misc]
        assert parts == cells[f"D{row}"].value
    assert cells["A1"].value == "ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH"
    assert "ngày 30 tháng 9 năm 2025" in str(cells["A6"].value)


def test_four_classes__parts_add_up_for_plans_and_units(
    tmp_path: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = filled("chinh-phu", snapshot, tmp_path, monkeypatch)
    figures = Figures(snapshot.figures)
    measures = dict(zip("EFGHI", ("gov_on_time", "done_late", "gov_in_term", "overdue", "stopped"), strict=True))
    plans = book["Theo kế hoạch"]
    for row, plan, group in ROWS:
        for column, measure in measures.items():
            assert plans[f"{column}{row}"].value == figures.get(plan, measure, group)
        parts = sum(plans[f"{column}{row}"].value for column in "EFGHI")  # type: ignore[misc]
        assert parts == figures.get(plan, "total", group)
    units = book["Theo đơn vị"]
    names = {unit.name: unit.id for unit in default_units()}
    rows = {int(at[1:]): names[str(one.value)] for at, one in units.items() if at[0] == "B" and one.value in names}
    assert set(rows.values()) == {unit.id for unit in default_units() if unit.expected}
    for row, unit in rows.items():
        parts = sum(units[f"{column}{row}"].value for column in "DEFGH")  # type: ignore[misc]
        assert parts == figures.get("*", "total", "task", unit)


def test_superset__late_tasks_are_listed_one_by_one(
    tmp_path: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = filled("day-du", snapshot, tmp_path, monkeypatch)
    late = [item for item in snapshot.items if item.cls == "overdue"]
    listed = [cell.value for name, cell in book["Nhiệm vụ chậm"].items() if name[0] == "D" and int(name[1:]) >= 10]
    assert sorted(map(str, listed)) == sorted(item.task for item in late)
    figures = Figures(snapshot.figures)
    for row, plan, group in ROWS:
        parts = sum(book["Tổng hợp"][f"{column}{row}"].value for column in "EIJKLM")  # type: ignore[misc]
        assert parts == figures.get(plan, "total", group)
