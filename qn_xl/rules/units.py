"""Which units a cell, a file name or a title names.

A name means a unit when it is one of the unit's aliases or its exact key (with or without all diacritics);
similarity only proposes. "UBND phường X" and its kin are formed from the register's names, so a unit that the office
adds to the sheet Đơn vị is understood in the same ways.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from qn_xl.model import Unit
from qn_xl.rules import unit_cells
from qn_xl.rules.text import clean, fold, has_marks, key, plain
from qn_xl.rules.unit_cells import ALL, COMMUNES

_KIND_CODES = {"phuong": ("P", "UBND phường"), "xa": ("X", "UBND xã"), "dac_khu": ("DK", "UBND đặc khu")}


@dataclass(frozen=True, slots=True)
class UnitReading:
    """What a lead-unit cell says.

    `pieces` are the names as written; `units` the ids recognised, in order, each once; `collective` is "so-nganh",
    "xa-phuong" or "tat-ca"; `unknown` the pieces that are neither. Beside a named unit "các đơn vị liên quan" stands
    for nobody in particular and makes no collective.
    """

    pieces: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    collective: str | None = None
    unknown: tuple[str, ...] = ()


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("qn_xl.rules").joinpath("units.toml").read_text("utf-8"))


@cache
def default_units() -> tuple[Unit, ...]:
    """Return Quảng Ninh's register: 14 departments, other bodies, 54 communes."""
    data = _data()
    units = [
        Unit(
            id=row["id"],
            name=row["name"],
            group=row["group"],
            abbreviation=row.get("abbreviation", ""),
            aliases=tuple(row.get("aliases", ())),
            predecessors=tuple(row.get("predecessors", ())),
            expected=row.get("expected", True),
        )
        for row in data["unit"]
    ]
    for kind, (code, title) in _KIND_CODES.items():
        for name in data["communes"][kind]:
            unit_id = f"{code}-{fold(name).upper().replace(' ', '-')}"
            others = tuple(data["other_names"].get(unit_id, ()))
            since = data["communes"]["since"]
            units.append(Unit(unit_id, f"{title} {name}", COMMUNES, aliases=others, valid_from=since))
    return tuple(units)


def _ambiguous_places() -> frozenset[str]:
    data = _data()
    return frozenset(key(word) for word in [*data["former_districts"], *data["everyday_words"]])


class UnitIndex:
    """Looks units up; built from the register, cheap to ask."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = {unit.id: unit for unit in units}
        exact: dict[str, set[str]] = defaultdict(set)
        titled: dict[str, set[str]] = defaultdict(set)
        vague = _ambiguous_places()
        for unit in self._units.values():
            for written in (unit.name, unit.abbreviation, *unit.aliases, *unit.predecessors, unit.id):
                for form in _forms(written, vague) if written else ():
                    exact[form].add(unit.id)
                    exact[unit_cells.short_form(form)].add(unit.id)
                    titled[form].add(unit.id)
        exact.pop("", None)
        self._exact = {form: next(iter(ids)) for form, ids in exact.items() if len(ids) == 1}
        self._folded = _folded(exact)
        self._titles, self._plain_titles = _compacted(titled)
        self._places = {
            unit.id: fold(place) for unit in self._units.values() if (place := unit_cells.place_of(unit.name))
        }
        self._cached_read = lru_cache(maxsize=16384)(self._read)

    def name(self, unit_id: str) -> str:
        """Return the unit's name. Raises KeyError for an unknown id."""
        return self._units[unit_id].name

    def expand(self, collective: str, *, as_of: date | None = None) -> tuple[str, ...]:
        """Return the ids that a collective lead stands for, in the register's order.

        "tat-ca" means departments, communes and those other bodies that must report.
        """
        return tuple(
            unit.id
            for unit in self._units.values()
            if (unit.group == collective or (collective == ALL and (unit.group != "khac" or unit.expected)))
            and (as_of is None or (unit.valid_from or as_of) <= as_of <= (unit.valid_to or as_of))
        )

    def find(self, text: str) -> str | None:
        """Return the id of the one unit that `text` as a whole names, None otherwise."""
        form = unit_cells.normal_form(text)
        found = self._exact.get(form) or self._exact.get(unit_cells.short_form(form))
        if found is None and " " in form:
            found = self._folded.get(plain(form)) or self._folded.get(plain(unit_cells.short_form(form)))
        return found

    def read(self, text: str) -> UnitReading:
        """Split a lead-unit cell into the names in it and recognise each."""
        return self._cached_read(text)

    def _read(self, text: str) -> UnitReading:
        names = unit_cells.names_in(clean(text), self.find)
        named = any(name.unit for name in names)
        collectives = {
            name.collective for name in names if name.collective and not (named and "liên quan" in key(name.text))
        }
        collective = None
        if collectives:
            collective = next(iter(collectives)) if len(collectives) == 1 else ALL
        return UnitReading(
            pieces=tuple(name.text for name in names),
            units=tuple(dict.fromkeys(name.unit for name in names if name.unit)),
            collective=collective,
            unknown=tuple(name.text for name in names if not name.unit and not name.collective),
        )

    def find_in(self, text: str) -> str | None:
        """Return the one unit named inside a file name or title, None when none or several are.

        Longest name first, whole words only ("soyte.xlsx", "BC_SoKHCN_9thang"); a short abbreviation that is also
        a Vietnamese syllable ("CAT") counts in capitals only.
        """
        shown = clean(text)
        words = [(match[0], match.start(), match.end()) for match in re.finditer(r"[^\W_]+", shown)]
        marked = has_marks(shown)
        found: list[str] = []
        at = 0
        while at < len(words):
            for end in range(min(len(words), at + 12), at, -1):
                unit = self._title(shown[words[at][1] : words[end - 1][2]], marked, end - at)
                if unit is not None:
                    found.append(unit)
                    at = end
                    break
            else:
                at += 1
        return found[0] if len(set(found)) == 1 else None

    def _title(self, words: str, marked: bool, count: int) -> str | None:
        if count == 1 and len(words) <= 4 and not words.isupper() and re.search("[aeiouy]", fold(words)):
            return None
        compact = _compact(key(words))
        if marked and not compact.isascii():
            return self._titles.get(compact)
        return self._titles.get(compact) or self._plain_titles.get(plain(compact))

    def propose(self, text: str) -> list[tuple[str, float]]:
        """Return up to three (id, score 0 to 100) that `text` may have been meant for, best first.

        Nothing is proposed across differing numbers, for a former district, or from one place name to another that
        is not the same but for a letter.
        """
        from rapidfuzz import fuzz  # only a file with unknown names pays for it
        from rapidfuzz.distance import Levenshtein

        form = fold(unit_cells.short_form(unit_cells.normal_form(text)))
        if re.match(r"(?:ubnd )?(?:thanh pho|thi xa|huyen|tinh)\b", form):
            return []
        place = unit_cells.place_of(form)
        best: dict[str, float] = {}
        if place:
            for unit, own in self._places.items():
                if Levenshtein.distance(fold(place), own) <= 1 and _numbers(place) == _numbers(own):
                    best[unit] = round(fuzz.ratio(fold(place), own), 1)
        else:
            for known, unit in self._folded.items():
                if unit in self._places or len(known) < 6 or _numbers(known) != _numbers(form):
                    continue
                score = fuzz.ratio(form, known)
                if score >= 85:
                    best[unit] = max(best.get(unit, 0.0), round(score, 1))
        return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:3]


def _forms(written: str, vague: frozenset[str]) -> set[str]:
    """Normal forms under which a registered name may appear, communes in all their styles."""
    form = unit_cells.normal_form(written)
    match = unit_cells.COMMUNE.fullmatch(form)
    if match is None:
        bare = unit_cells.short_form(form)
        if bare == form:
            return {form}
        # "Thuế tỉnh Quảng Ninh" is also "Thuế tỉnh", and "thành phố Quảng Ninh" from 1/9/2026
        return {form, f"{bare} tỉnh", f"{bare} tỉnh quảng ninh", f"{bare} thành phố quảng ninh"}
    kind, place = match["kind"], match["place"]
    forms = {f"{kind} {place}", f"ubnd {kind} {place}"}
    if kind in ("phường", "xã", "đặc khu") and place not in vague:
        forms |= {place, f"ubnd {place}"}
    return forms


def _folded(exact: dict[str, set[str]]) -> dict[str, str]:
    merged: dict[str, set[str]] = defaultdict(set)
    for form, ids in exact.items():
        merged[plain(form)] |= ids
    return {form: next(iter(ids)) for form, ids in merged.items() if len(ids) == 1}


def _compacted(titled: dict[str, set[str]]) -> tuple[dict[str, str], dict[str, str]]:
    exact: dict[str, set[str]] = defaultdict(set)
    for form, ids in titled.items():
        exact[_compact(form)] |= ids
        exact[_compact(form.replace("ubnd", "ủy ban nhân dân"))] |= ids
        exact[_compact(form.replace(" và ", " "))] |= ids
        for long, short in (("phường ", "p "), ("xã ", "x "), ("đặc khu ", "đk ")):
            if long in form:
                exact[_compact(form.replace(long, short))] |= ids
    exact.pop("", None)
    return {form: next(iter(ids)) for form, ids in exact.items() if len(ids) == 1}, _folded(exact)


def _compact(form: str) -> str:
    return re.sub(r"[\W_]+", "", form)


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+|\b[ivx]+\b", fold(text))
