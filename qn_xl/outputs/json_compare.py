"""`qn-xl compare --json` and `qn-xl history --json`. Keys are a contract: scripts of others read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qn_xl.history import RunInfo
from qn_xl.model import Plan
from qn_xl.rules.compare import Comparison, Flow, Move, Side
from qn_xl.rules.figures import MEMBERS

_MEASURES = (
    "total", "done", "done_on_time", "done_late", "done_undated", "under_way", "in_progress", "no_deadline",
    "overdue", "recurring", "stopped",
)  # fmt: skip


def comparison_json(found: Comparison, plans: Iterable[Plan]) -> dict[str, Any]:
    """Return the document of a comparison.

    In each measure before + gained - lost + added - vanished = after, which `compare` has held against the figures
    of both runs. `plans` are those of both snapshots.
    """
    symbols = {plan.id: plan.symbol for plan in plans}
    return {
        "from": _side(found.earlier),
        "to": _side(found.later),
        "groups": [_group(flow, symbols[flow.plan], found) for flow in found.flows],
        "changes": [
            {
                "change": one.move.value,
                "plan": one.plan,
                "symbol": symbols[one.plan],
                "kind": one.kind.value,
                "item": one.item,
                "number": one.number,
                "task": one.task,
                "units": list(one.units),
                "unit": one.unit,
                "before": one.before,
                "after": one.after,
                "source": str(one.source) if one.source else None,
            }
            for one in found.changes
        ],
        "returns": [
            {"before": old.value if old else None, "after": new.value if new else None, "units": list(units)}
            for (old, new), units in found.returns.items()
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "run": side.run,
        "as_of": side.as_of.isoformat(),
        "period": side.period,
        "period_name": side.period_name,
        "made_at": side.made_at.isoformat(),
    }


def _group(flow: Flow, symbol: str, found: Comparison) -> dict[str, Any]:
    return {
        "plan": flow.plan,
        "symbol": symbol,
        "kind": flow.kind.value,
        "measures": {
            measure: {
                "before": flow.before(classes),
                "gained": flow.gained(classes),
                "lost": flow.lost(classes),
                "added": flow.added(classes),
                "vanished": flow.vanished(classes),
                "after": flow.after(classes),
            }
            for measure, classes in ((measure, MEMBERS[measure]) for measure in _MEASURES)
        },
        "changes": {move.value: count for move in Move if (count := found.count(move, flow.plan, flow.kind))},
    }


def runs_json(runs: Iterable[RunInfo], shown: int | None) -> dict[str, Any]:
    """Return the document of the list of runs; `shown` is the run that the outputs hold."""
    return {
        "runs": [
            {
                "run": info.run,
                "as_of": info.as_of.isoformat(),
                "period": info.period,
                "period_name": info.period_name,
                "made_at": info.made_at.isoformat(),
                "files": info.files,
                "items": info.items,
                "version": info.version,
                "source": info.source,
                "inputs_sha256": info.inputs_sha256,
                "shown": info.run == shown,
            }
            for info in runs
        ]
    }
