"""A snapshot as pandas tables, for analysts and for cross-tables: one row a record, ASCII column names.

pandas is imported here only when a table is asked for: a run that needs none starts without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qn_xl.model import KIND_CODE, Class, Snapshot

if TYPE_CHECKING:
    import pandas as pd

AGES = ((30, "1–30"), (90, "31–90"), (120, "91–120"), (None, "> 120"))  # days late, upper bound and label


def items(snapshot: Snapshot) -> pd.DataFrame:
    """Return one row per counted item, in the snapshot's order; dates are datetime64, missing ones NaT.

    Columns: id, plan, group, number, task, units (joined by "; "), cls, due, completed_on, days_late, central,
    not_reported, carried, file, sheet, cell (of the first source).
    """
    import pandas as pd

    symbols = {plan.id: plan.symbol for plan in snapshot.plans}
    rows = [
        {
            "id": item.id,
            "plan": symbols.get(item.plan, item.plan),
            "group": KIND_CODE[item.kind],
            "number": item.number,
            "task": item.task,
            "units": "; ".join(item.units),
            "cls": item.cls.value,
            "due": item.due,
            "completed_on": item.completed_on,
            "days_late": item.days_late,
            "central": item.central,
            "not_reported": item.not_reported,
            "carried": item.carried,
            "file": item.sources[0].file if item.sources else "",
            "sheet": (item.sources[0].sheet or "") if item.sources else "",
            "cell": (item.sources[0].cell or "") if item.sources else "",
        }
        for item in snapshot.items
    ]
    frame = pd.DataFrame(rows, columns=ITEM_COLUMNS)
    for name in ("due", "completed_on"):
        frame[name] = pd.to_datetime(frame[name])
    for name in ("days_late", "carried"):
        frame[name] = frame[name].astype("Int64")
    return frame


ITEM_COLUMNS = [
    "id", "plan", "group", "number", "task", "units", "cls", "due", "completed_on", "days_late", "central",
    "not_reported", "carried", "file", "sheet", "cell",
]  # fmt: skip


def by_plan(snapshot: Snapshot) -> pd.DataFrame:
    """Return counts with a row per (plan, group) and a column per class, every class present; rows add up."""
    import pandas as pd

    frame = items(snapshot)
    counts = pd.crosstab([frame["plan"], frame["group"]], frame["cls"])
    return counts.reindex(columns=[cls.value for cls in Class], fill_value=0)


def by_unit(snapshot: Snapshot) -> pd.DataFrame:
    """Return counts by (unit, group) and class: an item counts once for each unit that owes it."""
    import pandas as pd

    rows = [(one.unit, KIND_CODE[one.kind], one.cls.value) for one in snapshot.unit_results]
    frame = pd.DataFrame(rows, columns=["unit", "group", "cls"])
    counts = pd.crosstab([frame["unit"], frame["group"]], frame["cls"])
    return counts.reindex(columns=[cls.value for cls in Class], fill_value=0)


def ageing(snapshot: Snapshot) -> pd.DataFrame:
    """Return the overdue items of kind Nhiệm vụ by plan and days late; items with unknown days are left out.

    Columns: 1–30, 31–90, 91–120, > 120 (days, calendar).
    """
    import pandas as pd

    frame = items(snapshot)
    late = frame[(frame["cls"] == Class.OVERDUE.value) & (frame["group"] == "task") & frame["days_late"].notna()]
    bounds = [0, *(bound for bound, _ in AGES[:-1] if bound is not None), float("inf")]
    labels = [label for _, label in AGES]
    age = pd.cut(late["days_late"].astype("float64"), bins=bounds, labels=labels)
    return pd.crosstab(late["plan"], age, dropna=False).reindex(columns=labels, fill_value=0)
