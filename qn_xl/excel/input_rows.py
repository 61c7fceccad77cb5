"""The records of `Tables` as rows of the input tables: field of tables.toml to cell value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qn_xl import layout
from qn_xl.model import AssignedTask, Decision, Period, Plan, Unit
from qn_xl.tables import Tables

Row = Mapping[str, object]
SAME_IN_TASK = (
    "code", "number", "task", "lead_text", "deadline_text", "group", "co_text", "product", "measure", "baseline",
    "target", "note",
)  # fmt: skip


def _joined(names: Sequence[str]) -> str:
    return "; ".join(names)


def _flag(value: bool) -> str:
    return "x" if value else ""


def _plan_row(plan: Plan) -> Row:
    return {
        **{name: getattr(plan, name) for name in ("id", "symbol", "title", "issued_on", "year", "issuer", "note")},
        "aliases": _joined(plan.aliases),
        "active": _flag(plan.active),
    }


def _unit_row(unit: Unit) -> Row:
    return {
        **{name: getattr(unit, name) for name in ("id", "name", "abbreviation", "valid_from", "valid_to")},
        "group": layout.codes("unit_group").get(unit.group, unit.group),
        "aliases": _joined(unit.aliases),
        "predecessors": _joined(unit.predecessors),
        "expected": _flag(unit.expected),
    }


def _assigned_rows(tables: Tables) -> list[Row]:
    symbols = {plan.id: plan.symbol for plan in tables.plans}
    names = {unit.id: unit.name for unit in tables.units}
    higher, lower = layout.lists()["direction"]

    def row(task: AssignedTask) -> Row:
        return {
            **{name: getattr(task, name) for name in SAME_IN_TASK},
            "plan": symbols.get(task.plan, task.plan),
            "kind": task.kind.value,
            "decides": names.get(task.decides, task.decides),
            "central": _flag(task.central),
            "lower_is_better": lower if task.lower_is_better else higher if task.target is not None else "",
        }

    return [row(task) for task in tables.assigned]


def _decision_row(decision: Decision) -> Row:
    same = ("key", "value", "grounds", "who", "when", "source", "note", "unit")
    return {
        **{name: getattr(decision, name) for name in same},
        "kind": layout.codes("decision_kind").get(decision.kind, decision.kind),
    }


def _period_row(period: Period) -> Row:
    same = ("id", "name", "starts", "ends", "cut_off", "due")
    return {**{name: getattr(period, name) for name in same}, "current": _flag(period.current)}


def _option_rows(options: Sequence[layout.Option], values: Mapping[str, str]) -> list[Row]:
    return [
        {
            "code": option.code,
            "name": option.name,
            "value": values.get(option.code, option.value),
            "explanation": option.explanation,
        }
        for option in options
    ]


def _rule_rows(tables: Tables) -> list[Row]:
    rows = _option_rows(layout.rules(), tables.rules)
    for status, name in layout.words().items():
        phrases = [phrase for phrase, meaning in tables.words.items() if meaning == status]
        rows.append({"code": f"word:{status}", "name": name, "value": _joined(phrases), "explanation": ""})
    return rows


ROWS: dict[str, Callable[[Tables], Sequence[Row]]] = {
    "tblPlan": lambda tables: [_plan_row(plan) for plan in tables.plans],
    "tblAssigned": _assigned_rows,
    "tblUnit": lambda tables: [_unit_row(unit) for unit in tables.units],
    "tblDecision": lambda tables: [_decision_row(decision) for decision in tables.decisions],
    "tblRule": _rule_rows,
    "tblPeriod": lambda tables: [_period_row(period) for period in tables.periods],
    "tblSetting": lambda tables: _option_rows(layout.settings(), tables.settings),
}
