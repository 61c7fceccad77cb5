"""Pictures: the same counts as the snapshot, labels whole and apart, readable without colour."""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from snapshots import article_snapshot

from qn_xl.errors import UsageError
from qn_xl.model import Class, Figure, Item, Kind, Snapshot
from qn_xl.outputs import chart_data, charts
from qn_xl.rules.figures import Figures, cube

matplotlib = pytest.importorskip("matplotlib")


@dataclass(frozen=True)
class Run:
    run: int
    as_of: date


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return article_snapshot()


def of_items(snapshot: Snapshot, items: tuple[Item, ...]) -> Snapshot:
    known = {item.id for item in items}
    results = tuple(one for one in snapshot.unit_results if one.item in known)
    return replace(snapshot, items=items, unit_results=results, figures=cube(items, results, snapshot.plans))


def test_progress__parts_of_a_bar_are_its_plans_total(snapshot: Snapshot) -> None:
    bars = chart_data.progress(snapshot)
    totals = [sum(column) for column in zip(*bars.values, strict=True)]
    assert totals == [71, 22, 44, 16, 31, 133]
    assert bars.labels[0] == "Kế hoạch số 138/KH-UBND\n(71 nhiệm vụ)"
    assert [values[0] for values in bars.values[:3]] == [33, 17, 21]


def test_late_by_unit__is_the_overdue_of_each_unit(snapshot: Snapshot) -> None:
    bars = chart_data.late_by_unit(snapshot)
    figures = Figures(snapshot.figures)
    names = {unit.name: unit.id for unit in snapshot.units}
    assert bars.values[0] == tuple(int(figures.get("*", "overdue", "task", names[name]) or 0) for name in bars.labels)
    assert list(bars.values[0]) == sorted(bars.values[0], reverse=True)
    owing = sum(1 for unit in snapshot.units if figures.get("*", "overdue", "task", unit.id))
    assert len(bars.labels) == min(owing, chart_data.MOST_UNITS)


def test_ageing__every_late_task_with_days_is_in_one_column(snapshot: Snapshot) -> None:
    bars = chart_data.ageing(snapshot)
    late = [one for one in snapshot.items if one.cls is Class.OVERDUE and one.kind is Kind.TASK]
    assert sum(map(sum, bars.values)) == sum(one.days_late is not None for one in late)
    assert bars.labels == ("1–30 ngày", "31–90 ngày", "91–120 ngày", "> 120 ngày")
    first = sum(values[0] for values in bars.values)
    assert first == sum(one.days_late is not None and one.days_late <= 30 for one in late)


def test_trend__last_run_of_each_cut_off_up_to_this_one(snapshot: Snapshot) -> None:
    runs = [Run(1, date(2025, 6, 30)), Run(2, date(2025, 9, 30)), Run(3, date(2025, 12, 31))]
    half = [Figure("138/KH-UBND", "task", "*", "rate_total", 0.25)]
    lines = chart_data.trend(snapshot, runs, lambda run: {1: half}[run])
    assert lines.days == (date(2025, 6, 30), date(2025, 9, 30))
    assert lines.names[0] == "Kế hoạch số 138/KH-UBND"
    assert lines.values[0] == (25.0, pytest.approx(100 * 33 / 71))
    assert lines.values[1][0] is None


def test_charts__labels_are_whole_and_do_not_run_into_each_other(snapshot: Snapshot) -> None:
    lines = chart_data.trend(snapshot, [Run(2, snapshot.as_of)], lambda run: [])
    with matplotlib.rc_context(charts._SETTINGS):
        pictures = [
            charts.progress(snapshot), charts.late_by_unit(snapshot), charts.ageing(snapshot),
            charts.trend(snapshot, lines),
        ]  # fmt: skip
        for figure in pictures:
            figure.draw_without_rendering()
            saved = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
            (axes,) = figure.axes
            sides = ((axes.get_xticklabels(), axes.get_xlim(), 0), (axes.get_yticklabels(), axes.get_ylim(), 1))
            for ticks, view, side in sides:
                inside = [tick for tick in ticks if min(view) <= tick.get_position()[side] <= max(view)]
                boxes = [tick.get_window_extent() for tick in inside if tick.get_text()]
                assert boxes
                assert all(saved.x0 <= box.x0 and box.x1 <= saved.x1 for box in boxes)
                assert not any(one.overlaps(two) for one, two in itertools.combinations(boxes, 2))
            legend = axes.get_legend()
            if legend is not None:
                assert not legend.get_window_extent().overlaps(axes.title.get_window_extent())


def test_charts__parts_differ_without_colour() -> None:
    assert len({hatch for _, hatch, _ in charts._LOOKS}) == len(charts._LOOKS)
    shades = [sum(int(fill[at : at + 2], 16) for at in (1, 3, 5)) / 3 for fill, _, _ in charts._LOOKS]
    assert abs(shades[0] - shades[1]) > 80 and max(shades) - min(shades) > 150


def test_write_all__every_picture_as_png_and_svg(tmp_path: Path, snapshot: Snapshot) -> None:
    written = charts.write_all(tmp_path / "a", snapshot, [Run(2, snapshot.as_of)], lambda run: [])
    assert [path.suffix for path in written] == [".png", ".svg"] * 4
    assert written[0].read_bytes().startswith(b"\x89PNG") and b"<svg" in written[1].read_bytes()


def test_charts__the_same_figures_give_the_same_file(tmp_path: Path, snapshot: Snapshot) -> None:
    with matplotlib.rc_context(charts._SETTINGS):
        for name in ("a.svg", "b.svg"):
            charts._save(charts.ageing(snapshot), "svg", tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_charts__nothing_late(tmp_path: Path, snapshot: Snapshot) -> None:
    calm = of_items(snapshot, tuple(item for item in snapshot.items if item.cls is not Class.OVERDUE))
    assert chart_data.late_by_unit(calm).labels == () and chart_data.ageing(calm).parts == ()
    with matplotlib.rc_context(charts._SETTINGS):
        for draw in (charts.late_by_unit, charts.ageing):
            charts._save(draw(calm), "png", tmp_path / "a.png")


def test_write_all__without_matplotlib_says_what_to_install(
    tmp_path: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"pip install matplotlib"):
        charts.write_all(tmp_path, snapshot, [], lambda run: [])
