from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snapshots import PLANS, article_snapshot

from qn_xl.model import DONE, KIND_CODE, OPEN, Class, Figure, Item, Kind, UnitResult
from qn_xl.rules.figures import (
    COUNTS,
    MEASURE,
    Figures,
    View,
    belongs,
    cube,
    government_view,
    groups_json,
    office_view,
    rate,
    sort_key,
)

PLAN_IDS = [plan.id for plan in PLANS]
SYMBOL = {plan.id: plan.symbol for plan in PLANS}


def record(make: type, number: int, kind: Kind, plan: str, units: tuple[str, ...], **values: object) -> object:
    common = {"plan": plan, "kind": kind, "completed_on": None, "status_text": "", "due": None, **values}
    if make is Item:
        common |= {"id": f"i{number}", "number": "", "task": "", "group": "", "units": units, "lead_text": ""}
        return Item(deadline_text="", **common)
    return [UnitResult(item=f"i{number}", unit=unit, **common) for unit in units]


values = st.fixed_dictionaries(
    {
        "cls": st.sampled_from(Class),
        "days_late": st.none() | st.integers(1, 400),
        "central": st.booleans(),
        "due_soon": st.booleans(),
        "not_reported": st.booleans(),
        "carried": st.none() | st.integers(1, 9),
        "extension": st.booleans(),
    }
)
rows = st.lists(
    st.tuples(
        st.sampled_from(Kind),
        st.sampled_from(PLAN_IDS),
        st.lists(st.sampled_from(["SYT", "STC", "P-HA-LONG"]), min_size=1, max_size=3, unique=True).map(tuple),
        values,
    ),
    max_size=30,
)


def build(drawn: list[tuple[Kind, str, tuple[str, ...], dict[str, object]]]) -> tuple[list[Item], list[UnitResult]]:
    items = [record(Item, n, *row[:3], **row[3]) for n, row in enumerate(drawn)]
    results = [part for n, row in enumerate(drawn) for part in record(UnitResult, n, *row[:3], **row[3])]
    return items, results


def counted(records: Iterable[Item | UnitResult], test: Callable[[Item | UnitResult], bool]) -> int:
    return len([one for one in records if test(one)])


@settings(max_examples=60, deadline=None)
@given(rows)
def test_cube__any_items__equals_a_naive_count_and_parts_sum_to_the_total(drawn: list) -> None:
    items, results = build(drawn)
    look = Figures(cube(items, results, PLANS))
    for plan in PLAN_IDS:
        for kind in Kind:
            mine = [item for item in items if (item.plan, item.kind) == (plan, kind)]
            counts = look.counts(SYMBOL[plan], KIND_CODE[kind])
            assert counts["total"] == len(mine)
            assert counts["done"] == counted(mine, lambda one: one.cls in DONE)
            for cls in Class:
                assert counts[cls.value] == counted(mine, lambda one, cls=cls: one.cls is cls)
            assert counts["central"] == counted(mine, lambda one: one.central and one.cls in OPEN)
            assert counts["carried"] == counted(mine, lambda one: one.carried is not None)
            assert sum(counts[cls.value] for cls in Class) == counts["total"]
            days = [one.days_late for one in mine if one.cls is Class.OVERDUE and one.days_late is not None]
            mean = look.get(SYMBOL[plan], "days_late_mean", KIND_CODE[kind])
            assert mean == (sum(days) / len(days) if days else None)
            assert look.get(SYMBOL[plan], "days_late_max", KIND_CODE[kind]) == (max(days) if days else None)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_cube__any_items__rates_lie_between_0_and_1_and_are_left_out_without_a_base(drawn: list) -> None:
    items, results = build(drawn)
    figures = cube(items, results, PLANS)
    look = Figures(figures)
    for figure in figures:
        if figure.measure.startswith("rate_"):
            base = "total" if figure.measure == "rate_total" else "fallen_due"
            counts = look.counts(figure.plan, figure.group, figure.unit)
            assert 0 <= figure.value <= 1
            assert figure.value == counts["done"] / counts[base]
    for figure in figures:
        if figure.measure == "fallen_due" and figure.value == 0:
            assert look.get(figure.plan, "rate_due", figure.group, figure.unit) is None


@settings(max_examples=60, deadline=None)
@given(rows)
def test_cube__joint_items__units_add_up_to_at_least_the_plan_and_all_plans_to_kind_task(drawn: list) -> None:
    items, results = build(drawn)
    look = Figures(cube(items, results, PLANS))
    for plan in PLAN_IDS:
        for group in KIND_CODE.values():
            by_unit = sum(
                look.get(SYMBOL[plan], "total", group, unit) or 0 for unit in ("SYT", "STC", "P-HA-LONG")
            )
            assert by_unit >= (look.get(SYMBOL[plan], "total", group) or 0)
    for measure in COUNTS:
        assert look.get("*", measure) == sum(look.get(symbol, measure) or 0 for symbol in SYMBOL.values())
    assert not look.groups("*") or look.groups("*") == ("task",)


@settings(max_examples=40, deadline=None)
@given(rows)
def test_views__any_items__parts_add_up_in_both_definitions(drawn: list) -> None:
    items, results = build(drawn)
    figures = cube(items, results, PLANS)
    for symbol in SYMBOL.values():
        for group in groups_json(figures, symbol):
            assert office_view(group).total == group["total"]
            assert government_view(group, True).total == group["total"]
            assert government_view(group, False).total == group["total"] - group["recurring"]


@settings(max_examples=40, deadline=None)
@given(rows, st.randoms())
def test_cube__items_in_another_order__is_the_same(drawn: list, random) -> None:
    items, results = build(drawn)
    first = cube(items, results, PLANS)
    random.shuffle(items)
    random.shuffle(results)
    assert cube(items, results, PLANS) == first


def test_cube__article__is_in_the_binary_order_of_utf_16_with_unique_keys() -> None:
    keys = [sort_key(figure) for figure in article_snapshot().figures]
    assert keys == sorted(keys, key=lambda key: key.encode("utf-16-be"))
    assert len(set(keys)) == len(keys)
    assert not any(part.isdigit() for key in keys for part in key.split("|"))


def test_groups_json__article__has_the_published_figures() -> None:
    figures = article_snapshot().figures
    (g138,) = groups_json(figures, "138/KH-UBND")
    assert (g138["done"], g138["in_progress"], g138["overdue"], g138["total"]) == (33, 17, 21, 71)
    targets, tasks, projects = groups_json(figures, "157/KH-UBND")
    assert (targets["kind"], targets["done"], targets["total"]) == ("Chỉ tiêu", 11, 22)
    assert (tasks["kind"], tasks["done"], tasks["total"]) == ("Nhiệm vụ", 14, 44)
    assert (projects["kind"], projects["in_progress"], projects["total"]) == ("Nhiệm vụ, dự án", 16, 16)
    (g02,) = groups_json(figures, "02-KH/BCĐ")
    assert (g02["done"], g02["in_progress"], g02["total"]) == (24, 7, 31)
    (g06,) = groups_json(figures, "Đề án 06")
    assert (g06["done"], g06["in_progress"], g06["central"], g06["recurring"], g06["total"]) == (57, 43, 12, 33, 133)
    assert g06["days_late_mean"] is None


def test_groups_json__one_unit__counts_its_own_results() -> None:
    snapshot = article_snapshot()
    mine = [r for r in snapshot.unit_results if (r.unit, r.plan) == ("SYT", "138")]
    (group,) = groups_json(snapshot.figures, "138/KH-UBND", "SYT")
    assert group["total"] == len(mine) > 0
    assert group["overdue"] == sum(r.cls is Class.OVERDUE for r in mine)


def test_government_view__article_06__counts_recurring_as_in_term_unless_left_out() -> None:
    (group,) = groups_json(article_snapshot().figures, "Đề án 06")
    with_recurring = {part.label: part.count for part in government_view(group).parts}
    assert with_recurring["Chưa hoàn thành, trong hạn"] == 76
    assert with_recurring["Hoàn thành đúng hạn"] == 48
    without = government_view(group, recurring_included=False)
    assert without.total == 100
    assert "33 nhiệm vụ thường xuyên" in without.notes[-1]


def test_view__parts_that_do_not_add_up__is_refused() -> None:
    with pytest.raises(AssertionError, match="add up"):
        View("Sai", 3, ())


def test_cube__item_of_an_unknown_plan__is_a_bug_and_raises() -> None:
    items, results = build([(Kind.TASK, "138", ("SYT",), {"cls": Class.OVERDUE, "days_late": 1})])
    with pytest.raises(KeyError):
        cube(items, results, PLANS[1:])


@pytest.mark.parametrize(("done", "base", "share"), [(33, 71, 33 / 71), (0, 3, 0.0), (0, 0, None)])
def test_rate__counts__is_a_fraction_or_nothing(done: int, base: int, share: float | None) -> None:
    assert rate(done, base) == share


@pytest.mark.parametrize(("done", "base"), [(4, 3), (-1, 3)])
def test_rate__impossible_counts__are_refused(done: int, base: int) -> None:
    with pytest.raises(ValueError, match="of 3"):
        rate(done, base)


def test_figures__nothing_counted__is_0_for_a_count_and_nothing_for_a_rate() -> None:
    look = Figures([])
    assert look.get("138/KH-UBND", "overdue") == 0
    assert look.get("138/KH-UBND", "rate_total") is None
    with pytest.raises(KeyError):
        look.get("138/KH-UBND", "unheard_of")


def test_default_group__plan_with_targets_only__is_its_only_kind() -> None:
    look = Figures([Figure("PII/2025", "target", "*", "total", 7.0)])
    assert look.default_group("PII/2025") == "target"
    assert Figures(article_snapshot().figures).default_group("157/KH-UBND") == "task"


def test_belongs__measure_that_counts_nothing__raises() -> None:
    with pytest.raises(KeyError):
        belongs(article_snapshot().items[0], "rate_total")


def test_measures__every_figure_of_the_cube__is_defined() -> None:
    assert {figure.measure for figure in article_snapshot().figures} == set(MEASURE)


def test_snapshot__built_for_tests__agrees_with_its_own_dates() -> None:
    for item in article_snapshot().items:
        if item.cls is Class.OVERDUE:
            assert item.due is not None and item.due < date(2025, 9, 30)
        if item.cls is Class.IN_PROGRESS:
            assert item.due is not None and item.due >= date(2025, 9, 30)
        if item.completed_on:
            assert item.completed_on <= date(2025, 9, 30)
