"""The snapshot as pandas tables and CSV files."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from snapshots import article_snapshot

from qn_xl.model import Class
from qn_xl.outputs.tables_csv import write_tables
from qn_xl.rules import frames


def test_by_plan__adds_up_to_the_published_totals() -> None:
    counts = frames.by_plan(article_snapshot())
    assert counts.loc[("138/KH-UBND", "task"), "overdue"] == 21
    assert counts.sum(axis=1).to_dict() == {
        ("02-KH/BCĐ", "task"): 31,
        ("138/KH-UBND", "task"): 71,
        ("157/KH-UBND", "project"): 16,
        ("157/KH-UBND", "target"): 22,
        ("157/KH-UBND", "task"): 44,
        ("Đề án 06", "task"): 133,
    }
    assert list(counts.columns) == [cls.value for cls in Class]


def test_by_unit__counts_an_item_once_for_each_unit() -> None:
    snapshot = article_snapshot()
    assert frames.by_unit(snapshot).to_numpy().sum() == len(snapshot.unit_results)


def test_ageing__every_late_task_with_known_days_has_one_place() -> None:
    snapshot = article_snapshot()
    late = [i for i in snapshot.items if i.cls is Class.OVERDUE and i.kind.value == "Nhiệm vụ" and i.days_late]
    table = frames.ageing(snapshot)
    assert table.to_numpy().sum() == len(late)
    assert table.loc["138/KH-UBND", "1–30"] == sum(1 for i in late if i.plan == "138" and (i.days_late or 0) <= 30)


def test_items__of_an_empty_snapshot_keep_their_columns() -> None:
    empty = replace(article_snapshot(), items=(), unit_results=())
    assert list(frames.items(empty).columns) == frames.ITEM_COLUMNS
    assert frames.by_plan(empty).empty and frames.by_unit(empty).empty and frames.ageing(empty).empty


def test_csv__formulas_from_units_are_harmless_and_letters_whole(tmp_path: Path) -> None:
    snapshot = article_snapshot()
    first = replace(snapshot.items[0], task="=HYPERLINK(1)", number="-", units=())
    paths = write_tables(tmp_path / "bảng", replace(snapshot, items=(first, *snapshot.items[1:])))
    assert [path.name for path in paths] == ["nhiem-vu.csv", "theo-ke-hoach.csv", "theo-don-vi.csv", "tuoi-cham.csv"]
    with paths[0].open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[0]["task"] == "'=HYPERLINK(1)" and rows[0]["number"] == "-"
    assert len(rows) == len(snapshot.items)
    with paths[1].open(encoding="utf-8-sig", newline="") as stream:
        assert any(row["plan"] == "Đề án 06" and row["recurring"] == "33" for row in csv.DictReader(stream))
