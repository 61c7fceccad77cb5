"""`qn-xl consolidate --json` (design, section 8). Keys are a contract: scripts of others read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol

from qn_xl.model import Fate, Plan, Return, Severity, Snapshot
from qn_xl.rules.figures import Figures, groups_json
from qn_xl.rules.returns import coverage


class Outcome(Protocol):
    """What a run came to (qn_xl.consolidate.Outcome)."""

    @property
    def snapshot(self) -> Snapshot: ...
    @property
    def outputs(self) -> Mapping[str, str]: ...
    @property
    def exit_code(self) -> int: ...
    @property
    def as_of_source(self) -> str: ...
    @property
    def restored(self) -> int | None: ...


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Return the document of a run. Plans are those followed or counted; a unit's plans those it owes."""
    snapshot = outcome.snapshot
    figures = Figures(snapshot.figures)
    severities = Counter(found.severity for found in snapshot.findings)
    return {
        "run": snapshot.run,
        "as_of": snapshot.as_of.isoformat(),
        "as_of_source": outcome.as_of_source,
        "period": snapshot.period,
        "exit_code": outcome.exit_code,
        "restored": outcome.restored,
        "assigned": snapshot.assigned,
        "plans": [
            _plan(plan, groups)
            for plan in snapshot.plans
            if (groups := groups_json(figures, plan.symbol)) or plan.active
        ],
        "units": [_unit(sent, snapshot, figures) for sent in snapshot.returns],
        "coverage": [
            {
                "plan": one.plan,
                "units": one.units,
                "reported": one.reported,
                "tasks": one.tasks,
                "tasks_reported": one.tasks_reported,
            }
            for one in coverage(snapshot)
        ],
        "rows": {"read": snapshot.rows.get("read", 0), **{fate.value: snapshot.rows.get(fate, 0) for fate in Fate}},
        "findings": {severity.value: severities[severity] for severity in Severity},
        "outputs": dict(outcome.outputs),
    }


def _plan(plan: Plan, groups: list[dict[str, Any]]) -> dict[str, Any]:
    return {"plan": plan.id, "symbol": plan.symbol, "title": plan.title, "groups": groups}


def _unit(sent: Return, snapshot: Snapshot, figures: Figures) -> dict[str, Any]:
    owed = ((plan, groups_json(figures, plan.symbol, sent.unit)) for plan in snapshot.plans)
    return {
        "unit": sent.unit,
        "received": sent.received.value,
        "received_on": sent.received_on.isoformat() if sent.received_on else None,
        "files": list(sent.files),
        "tasks": sent.tasks,
        "errors": sent.errors,
        "warnings": sent.warnings,
        "plans": [{"plan": plan.id, "symbol": plan.symbol, "groups": groups} for plan, groups in owed if groups],
    }
