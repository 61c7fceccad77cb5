"""The words that formulas accept, and the labels of the codes (tblWord; `words` and `labels` of so-lieu.json)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources

from qn_xl.model import KIND_CODE, Plan, Unit
from qn_xl.rules.figures import ALL, COUNTS, MEASURES
from qn_xl.rules.sentences import plan_name
from qn_xl.rules.text import fold

Row = tuple[str, str, str]


@cache
def _vocabulary() -> dict[str, dict[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = tomllib.loads(
        resources.files("qn_xl.rules").joinpath("words.toml").read_text("utf-8")
    )
    for measure in MEASURES:
        data["measure"].setdefault(measure.code, [])
        data["measure"][measure.code] += [measure.label, measure.code]
    data["class"] = {code: data["measure"][code] for code in COUNTS}
    for domain in ("base", "late", "group", "plan", "unit"):
        for code, words in data[domain].items():
            words.append(code)
    return data


def drop_list(domain: str) -> tuple[str, ...]:
    """Return the first word of each code of a domain, to be shown as what a formula may say."""
    if domain in ("measure", "class"):
        counts_only = domain == "class"
        return tuple(m.label.lower() for m in MEASURES if not counts_only or m.form == "count")
    return tuple(words[0] for words in _vocabulary()[domain].values())


def _plan_words(plan: Plan) -> list[str]:
    name = plan_name(plan)
    words = [plan.symbol, name, *plan.aliases]
    lead: tuple[str, ...] = ()
    if name.startswith("Kế hoạch"):
        lead = ("KH", "KH số", "Kế hoạch", "Kế hoạch số")
        words += [f"{one} {plan.symbol}" for one in lead]
    elif name.startswith("Đề án"):
        lead = ("Đề án", "Đề án số", "ĐA")
    number = re.search(r"\d+", plan.symbol)
    if plan.active and number:
        short = {number[0], number[0].lstrip("0") or number[0]}
        words += [*short, *(f"{one} {digits}" for one in lead for digits in short)]
        words += [f"{one}{digits}" for one in lead for digits in short if one in ("KH", "ĐA")]
    return words if plan.id.isdigit() else [*words, plan.id]


def _unit_words(unit: Unit) -> list[str]:
    words = [unit.id, unit.name, unit.abbreviation, *unit.aliases]
    if unit.group == "xa-phuong":
        words.append(f"UBND {unit.name}")
    return [word for word in words if word]


def words_table(plans: Iterable[Plan], units: Iterable[Unit]) -> list[Row]:
    """Return rows (domain, word, code), in the binary order of "domain|word".

    Words are folded (rules/text.fold) and each stands once in its domain. A word that could mean two plans or two
    units is left out, so a short number resolves only if one active plan has it. A plan's code is its symbol.
    """
    found: dict[tuple[str, str], set[str]] = {}

    def add(domain: str, words: Sequence[str], code: str) -> None:
        for word in words:
            found.setdefault((domain, fold(word)), set()).add(code)

    for domain, codes in _vocabulary().items():
        for code, words in codes.items():
            add(domain, words, code)
    for plan in plans:
        add("plan", _plan_words(plan), plan.symbol)
    for unit in units:
        add("unit", _unit_words(unit), unit.id)
    rows = [(domain, word, min(codes)) for (domain, word), codes in found.items() if len(codes) == 1]
    return sorted(rows, key=lambda row: f"{row[0]}|{row[1]}")


def labels(plans: Iterable[Plan], units: Iterable[Unit]) -> dict[str, dict[str, str]]:
    """Return what each code of the key columns is called: domain -> code -> Vietnamese."""
    return {
        "plan": {ALL: "Tổng cộng", **{plan.symbol: plan_name(plan) for plan in plans}},
        "group": {code: kind.value for kind, code in KIND_CODE.items()},
        "unit": {ALL: "Toàn tỉnh", **{unit.id: unit.name for unit in units}},
        "measure": {measure.code: measure.label for measure in MEASURES},
    }
