"""Two runs compared: every change has its name, and figure before + changes = figure after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl.model import DONE, Address, Class, Item, Kind, Snapshot, UnitResult
from qn_xl.outputs.json_compare import comparison_json
from qn_xl.outputs.report import Past, write_report
from qn_xl.rules.compare import LABEL, Move, compare
from qn_xl.rules.figures import COUNTS, FLAGS, MEMBERS, Figures, cube
from tests.office import recalculated, sheets
from tests.snapshots import PLANS, article_snapshot, earlier_snapshot

DUE = date(2025, 9, 1)


def item(name: str, cls: Class = Class.IN_PROGRESS, plan: str = "138", kind: Kind = Kind.TASK, **more: object) -> Item:
    base = Item(
        id=name, plan=plan, kind=kind, number=name, task=f"Việc {name}", group="", units=("SYT",), lead_text="",
        deadline_text="1/9/2025", due=DUE, cls=cls, days_late=None, completed_on=None, status_text="",
        sources=(Address("a.xlsx", "S", "B7"),),
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def said(one: Item, text: str, completed: date | None = None, **more: object) -> UnitResult:
    base = UnitResult(
        item=one.id, plan=one.plan, kind=one.kind, unit="SYT", cls=one.cls, days_late=None, completed_on=completed,
        status_text=text, due=one.due, source=Address("a.xlsx", "S", "B7"),
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def snapshot(*items: Item, results: tuple[UnitResult, ...] = (), run: int = 1) -> Snapshot:
    figures = cube(items, results, PLANS)
    return replace(article_snapshot(), run=run, items=items, unit_results=results, figures=figures, returns=())


def moves(before: Snapshot, after: Snapshot) -> list[Move]:
    return [one.move for one in compare(before, after).changes]


@pytest.mark.parametrize(
    ("old", "new", "move"),
    [
        (Class.IN_PROGRESS, Class.DONE_ON_TIME, Move.DONE),
        (Class.OVERDUE, Class.DONE_LATE, Move.DONE),
        (Class.DONE_ON_TIME, Class.IN_PROGRESS, Move.REOPENED),
        (Class.DONE_UNDATED, Class.OVERDUE, Move.REOPENED),
        (Class.IN_PROGRESS, Class.OVERDUE, Move.LATE),
        (Class.OVERDUE, Class.IN_PROGRESS, Move.OPEN),
        (Class.STOPPED, Class.IN_PROGRESS, Move.OPEN),
        (Class.IN_PROGRESS, Class.RECURRING, Move.RECURRING),
        (Class.OVERDUE, Class.STOPPED, Move.STOPPED),
        (Class.DONE_ON_TIME, Class.DONE_LATE, Move.DONE_OTHERWISE),
    ],
)
def test_change__of_class_has_one_name(old: Class, new: Class, move: Move) -> None:
    assert moves(snapshot(item("1", old)), snapshot(item("1", new))) == [move]


def test_change__task_added_and_task_gone_change_the_denominator() -> None:
    found = compare(snapshot(item("1"), item("2")), snapshot(item("2"), item("3"), item("4")))
    assert [one.move for one in found.changes] == [Move.ADDED, Move.ADDED, Move.VANISHED]
    (flow,) = found.flows
    assert (flow.before(), flow.added(), flow.vanished(), flow.after()) == (2, 2, 1, 3)


def test_change__same_words_under_another_code_are_the_same_task() -> None:
    old = item("138-abcdef", number="4", task="Ban hành quy chế  phối hợp")
    new = item("NV138-004", Class.DONE_ON_TIME, number="4", task="Ban hành Quy chế phối hợp.")
    assert moves(snapshot(old), snapshot(new)) == [Move.DONE]


def test_change__moved_to_another_kind_leaves_one_group_and_joins_another() -> None:
    found = compare(snapshot(item("1")), snapshot(item("1", kind=Kind.PROJECT)))
    assert sorted((one.kind.value, one.move.value) for one in found.changes) == [
        ("Nhiệm vụ", "vanished"),
        ("Nhiệm vụ, dự án", "added"),
    ]


def test_change__deadline_moved_is_told_beside_the_class() -> None:
    later = item("1", Class.IN_PROGRESS, due=DUE + timedelta(days=60))
    found = compare(snapshot(item("1", Class.OVERDUE)), snapshot(later)).changes
    assert [(one.move, one.before, one.after) for one in found] == [
        (Move.OPEN, "Chậm tiến độ", "Đang thực hiện"),
        (Move.DEADLINE, "01/9/2025", "31/10/2025"),
    ]


DONE_ITEM = item("1", Class.DONE_ON_TIME)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ((DONE_ITEM, "Xong", date(2025, 8, 1)), (DONE_ITEM, "Xong", date(2025, 8, 20)), True),
        ((DONE_ITEM, "Xong", date(2025, 8, 1)), (DONE_ITEM, "Đã hoàn thành", date(2025, 8, 1)), False),
        ((DONE_ITEM, "Xong", date(2025, 8, 1)), (item("1"), "Đang thực hiện", None), True),
        ((item("1"), "Đang thực hiện", None), (item("1"), "Đang triển khai", None), False),
        ((item("1"), "Đang thực hiện", None), (item("1"), "Chậm tiến độ", None), True),
        ((item("1"), "Đang thực hiện", None), (DONE_ITEM, "Xong", date(2025, 8, 1)), False),
    ],
)
def test_word__a_unit_that_takes_something_back_is_told(before, after, told) -> None:  # type: ignore[no-untyped-def]
    old, new = snapshot(before[0], results=(said(*before),)), snapshot(after[0], results=(said(*after),))
    assert (Move.WORD in moves(old, new)) is told


def test_word__what_was_carried_is_nobody_s_word() -> None:
    old = snapshot(DONE_ITEM, results=(said(DONE_ITEM, "Xong", date(2025, 8, 1)),))
    new = snapshot(DONE_ITEM, results=(said(DONE_ITEM, "Xong", date(2025, 8, 9), carried=1),))
    assert moves(old, new) == []


def test_compare__a_figure_that_no_item_explains_is_a_bug() -> None:
    true = snapshot(item("1"))
    false = replace(true, figures=tuple(replace(one, value=one.value + 1) for one in true.figures))
    with pytest.raises(AssertionError, match="138/KH-UBND"):
        compare(true, false)


classes = st.sampled_from(list(Class))
keys = st.tuples(st.sampled_from(["138", "157", "06"]), st.sampled_from(list(Kind)), st.integers(1, 6))
inventories = st.dictionaries(keys, classes, max_size=14)


@settings(max_examples=80, deadline=None)
@given(inventories, inventories)
def test_compare__counts_lead_from_one_cube_to_the_other(
    before: dict[tuple[str, Kind, int], Class], after: dict[tuple[str, Kind, int], Class]
) -> None:
    old, new = (
        snapshot(*(item(f"{kind.name}{number}", cls, plan, kind) for (plan, kind, number), cls in one.items()))
        for one in (before, after)
    )
    found = compare(old, new)
    document = {(one["plan"], one["kind"]): one["measures"] for one in comparison_json(found, PLANS)["groups"]}
    left, right = Figures(old.figures), Figures(new.figures)
    symbols = {plan.id: plan.symbol for plan in PLANS}
    groups = {"Chỉ tiêu": "target", "Nhiệm vụ": "task", "Nhiệm vụ, dự án": "project"}
    for (plan, kind), measures in document.items():
        for measure, counts in measures.items():
            assert counts["before"] == left.get(symbols[plan], measure, groups[kind])
            assert counts["after"] == right.get(symbols[plan], measure, groups[kind])
            way = counts["before"] + counts["gained"] - counts["lost"] + counts["added"] - counts["vanished"]
            assert way == counts["after"]
    assert len(document) == len({key[:2] for key in (*before, *after)})
    changed = sum(before[key] is not after[key] for key in before.keys() & after.keys())
    assert len(found.changes) == changed + len(before.keys() ^ after.keys())


def test_moves__every_measure_that_counts_classes_is_covered() -> None:
    assert set(MEMBERS) == set(COUNTS) - set(FLAGS)
    assert set(LABEL) == set(Move)


# ---- the sheets


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("so-sanh") / "r.xlsx"
    write_report(path, article_snapshot(), past=Past(earlier_snapshot()))
    return path


def test_sheet__without_an_earlier_run__is_left_out(tmp_path: Path) -> None:
    write_report(tmp_path / "r.xlsx", article_snapshot())
    assert not {"So với kỳ trước", "Chi tiết thay đổi"} & set(sheets(tmp_path / "r.xlsx"))


def rows(path: Path) -> dict[str, dict[str, object]]:
    cells = sheets(path, "So với kỳ trước")["So với kỳ trước"]
    found: dict[str, dict[str, object]] = {}
    for place, seen in cells.items():
        found.setdefault(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), {})[place.rstrip("0123456789")] = seen.value
    return found


def test_sheet__figures_add_up_in_every_row(report: Path) -> None:
    counted = [row for row in rows(report).values() if row.get("K") == "khớp"]
    assert len(counted) > 20
    for row in counted:
        assert row["E"] + row["F"] - row["G"] + row["H"] - row["I"] == row["J"], row  # type: ignore[operator]


def test_sheet__list_holds_every_change_once(report: Path) -> None:
    cells = sheets(report, "Chi tiết thay đổi")["Chi tiết thay đổi"]
    listed = [seen.value for place, seen in cells.items() if place.startswith("F") and int(place[1:]) > 4]
    found = compare(earlier_snapshot(), article_snapshot())
    assert listed == [LABEL[one.move] for one in found.changes]
    assert sum(one in [LABEL[Move.DONE]] for one in listed) == sum(
        new.cls in DONE and old.cls not in DONE
        for old, new in zip(earlier_snapshot().items, article_snapshot().items, strict=True)
    )


@pytest.mark.libreoffice
def test_sheet__recalculated_by_libreoffice__says_the_same(report: Path, tmp_path: Path) -> None:
    again = rows(recalculated(report, tmp_path))
    for number, row in rows(report).items():
        assert {k: again[number].get(k) for k in "JK"} == {k: row.get(k) for k in "JK"}, number
