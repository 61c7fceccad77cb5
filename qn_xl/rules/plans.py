"""Find which plan a number, a symbol or a title means ("138", "KH 138", "Kế hoạch số 138/KH-UBND", "ĐA06")."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from qn_xl.model import Plan
from qn_xl.rules.text import fold

_KINDS = {"kh": "kh", "kehoach": "kh", "da": "da", "dean": "da"}
# A plan as people write it: word, number, symbol, date. At least one of word and symbol, or the number alone.
_WRITTEN = re.compile(
    r"""(?<![a-z0-9./\-])(?:(?P<word>ke\ ?hoach|kh|de\ ?an|da)[\s._\-]*(?:so[\s._\-]*)?)?
    (?P<number>0*\d{1,4})(?![\d%])(?!,\d)
    (?P<symbol>\s?[/\-]\s?(?:kh|qd|nq|ct|cv|bc|tb|kl|ctr|tt|nd|da|ttr|hd)(?:\s?[/\-]\s?[a-z]+)*|(?=_)|(?!\s?[/.\-]\s?\d)(?![a-z]))
    (?P<dated>[^0-9a-z]{0,3}(?:ngay\s*)?\d{1,2}(?:/\d{1,2}/|\s*thang\s*\d{1,2}\s*nam\s*)(?P<year>\d{4}))?
    """,
    re.VERBOSE,
)
_COUNTED = re.compile(
    r"\s*(?:nhiem vu|chi tieu|du an|noi dung|muc|don vi|xa|phuong|so|tinh|ngay|thang|nam|ty|trieu|dong|nguoi|ho so)\b"
)


@cache
def default_plans() -> tuple[Plan, ...]:
    """Return the plans shipped in plans.toml, in its order."""
    data = tomllib.loads(resources.files("qn_xl.rules").joinpath("plans.toml").read_text("utf-8"))
    return tuple(
        Plan(
            id=row["id"],
            symbol=row["symbol"],
            title=row["title"],
            issued_on=row.get("issued"),
            year=row.get("year"),
            issuer=row["issuer"],
            aliases=tuple(row.get("aliases", ())),
        )
        for row in data["plan"]
    )


class PlanIndex:
    """Looks plans up. A number alone means a plan only if exactly one active plan bears it."""

    def __init__(self, plans: Iterable[Plan]) -> None:
        self._plans = {plan.id: plan for plan in plans}
        self._named: dict[str, Plan] = {}
        self._numbered: dict[int, list[tuple[Plan, str, str]]] = {}
        for plan in self._plans.values():
            for name in (plan.symbol, *plan.aliases):
                self._named.setdefault(_squeeze(name), plan)
            numbers = set()
            for name in (plan.symbol, *plan.aliases, plan.id):
                written = _WRITTEN.fullmatch(_spaced(name))
                if written is not None and not (name == plan.id and int(written["number"]) in numbers):
                    numbers.add(int(written["number"]))
                    entry = (plan, _kind(written), _symbol(written))
                    self._numbered.setdefault(int(written["number"]), []).append(entry)
        self._long = sorted((name for name in self._named if len(name) >= 8 and " " in name), key=len, reverse=True)

    def by_id(self, plan_id: str) -> Plan:
        """Return the plan. Raises KeyError for an unknown id."""
        return self._plans[plan_id]

    def find(self, wanted: str | float | None) -> Plan | None:
        """Return the plan that a whole cell or argument names, None if none or more than one fits."""
        if wanted is None or isinstance(wanted, bool):
            return None
        if isinstance(wanted, int | float):
            return self._by_number(int(wanted), "", "", None) if wanted == wanted // 1 else None
        if wanted in self._plans:
            return self._plans[wanted]
        named = self._named.get(_squeeze(wanted))
        if named is not None:
            return named
        written = _WRITTEN.fullmatch(_spaced(wanted))
        if written is not None:
            return self._of(written)
        return self.find_in(wanted)

    def find_in(self, text: str) -> Plan | None:
        """Return the one plan named inside a title, file or sheet name; None if none or several are.

        A bare number counts from three digits on ("138_SoYTe.xlsx"), never as part of a date or a longer number
        and never when it counts something ("138 nhiệm vụ").
        """
        spaced = _spaced(text)
        found: dict[str, Plan] = {}
        for name in self._long:
            if re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", _squeeze(text)):
                found[self._named[name].id] = self._named[name]
        for written in _WRITTEN.finditer(spaced):
            if not written["word"] and not _symbol(written):
                bare = written["number"]
                if len(bare) < 3 and bare != spaced:
                    continue
                if _COUNTED.match(spaced, written.end()) or 1900 <= int(bare) <= 2100:
                    continue
            plan = self._of(written)
            if plan is not None:
                found[plan.id] = plan
        return next(iter(found.values())) if len(found) == 1 else None

    def _of(self, written: re.Match[str]) -> Plan | None:
        year = int(written["year"]) if written["year"] else None
        return self._by_number(int(written["number"]), _kind(written), _symbol(written), year)

    def _by_number(self, number: int, kind: str, symbol: str, year: int | None) -> Plan | None:
        fitting: dict[str, Plan] = {}
        for plan, own_kind, own_symbol in self._numbered.get(number, ()):
            if not plan.active or (kind and own_kind and kind != own_kind):
                continue
            if symbol and not (own_symbol == symbol or own_symbol.startswith(symbol + "-")):
                continue
            if year is not None and plan.issued_on is not None and plan.issued_on.year != year:
                continue
            fitting[plan.id] = plan
        return next(iter(fitting.values())) if len(fitting) == 1 else None


def _spaced(text: str) -> str:
    return fold(text).replace("_", " ")


def _squeeze(text: str) -> str:
    return re.sub(r"\s*([/\-])\s*", r"\1", _spaced(text))


def _kind(written: re.Match[str]) -> str:
    word = _KINDS.get((written["word"] or "").replace(" ", ""), "")
    if word:
        return word
    symbol = _symbol(written)
    return "kh" if symbol.split("-")[0] == "kh" else ("other" if symbol else "")


def _symbol(written: re.Match[str]) -> str:
    return re.sub(r"[\s/\-]+", "-", written["symbol"] or "").strip("-")
