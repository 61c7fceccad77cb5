"""What the office tells the reader of files: its units, plans, own words, its decisions about columns and senders.

Used by whatever reads units' files for a workspace: the consolidation, the check of files, the preview.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from qn_xl.history import History
from qn_xl.intake.context import Heading, ReadContext
from qn_xl.intake.headings import meaning
from qn_xl.model import Decision
from qn_xl.rules.decide import COLUMN_WORD
from qn_xl.rules.text import fold, key
from qn_xl.rules.units import UnitIndex
from qn_xl.tables import Tables

_FIELDS = {fold(word): field for field, word in COLUMN_WORD.items()} | {"khong doc": "ignored"}


def reader_context(office: Tables, decisions: Iterable[Decision], as_of: date, period: str) -> ReadContext:
    """Return the context in which the files of a period are read.

    Args:
        decisions: the office's, those about columns with their headings (`with_headings`).
    """
    taken = tuple(decisions)
    headers = _headings(taken)
    return ReadContext(
        office.units,
        office.plans,
        as_of,
        headers,
        tuple((fold(wording), word) for wording, word in office.words.items()),
        period,
        _senders(taken, office) if any(one.unit for one in headers) else (),
    )


def with_headings(decisions: tuple[Decision, ...], history: History) -> tuple[Decision, ...]:
    """Return the decisions, those about a column with the heading they are about.

    A column that was placed is no finding any more: where staff left the heading out, the last run remembers it.
    """
    if all(one.source for one in decisions if one.kind == "header"):
        return decisions
    seen: dict[str, str] = {}
    last = history.latest(parts=("findings", "decisions"))
    if last is not None:
        seen = {found.key: found.seen for found in last.findings if found.code.startswith("header-column-")}
        seen |= {one.key: one.source for one in last.decisions if one.kind == "header" and one.source}
    return tuple(
        replace(one, source=seen.get(one.key, "")) if one.kind == "header" and not one.source else one
        for one in decisions
    )


def field_of(value: str) -> str | None:
    """Return the field that a header decision names: in the words that are offered, else as a heading says it.

    "ignored" leaves the column out.
    """
    known = meaning(value)
    return _FIELDS.get(fold(value)) or (known.fields[0] if known else None)


def _headings(decisions: Iterable[Decision]) -> tuple[Heading, ...]:
    """Return what the office decided about columns that the reader could not place, or placed wrongly."""
    chosen = []
    for decision in decisions:
        field = field_of(decision.value) if decision.kind == "header" else None
        if field is not None:
            chosen.append(Heading(key(decision.source or decision.key), field, decision.unit))
    return tuple(chosen)


def _senders(decisions: Iterable[Decision], office: Tables) -> tuple[tuple[str, str], ...]:
    """Return what decisions about units are about → the unit's id; a file among them reads with its unit's headings."""
    index = UnitIndex(office.units)
    known = {unit.id for unit in office.units}
    said = ((one.key, one.value.strip()) for one in decisions if one.kind == "unit")
    found = ((about, value if value in known else index.find(value)) for about, value in said)
    return tuple((about, unit) for about, unit in found if unit is not None)
