"""Forms that we sent out and got back: whose they are, whether anything was filled in, what was changed in them.

Ids stand twice: in the document properties, which a change of format loses, and in a hidden column of every row,
which sorting, inserting and pasting move along with the row. Values are read like those of any other file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from qn_xl.intake.grid import Grid, Workbook
from qn_xl.model import Address, Finding
from qn_xl.rules.catalogue import finding
from qn_xl.rules.text import fold, key

MARK: Final = "qn_xl"  # document property: what kind of file of ours this is
FORM, COPY = "form", "copy"
UNIT, PERIOD, VERSION, CHECKSUM = "qn_xl_unit", "qn_xl_period", "qn_xl_version", "qn_xl_checksum"
ID_HEADING, CODE_HEADING = "qn_xl", "Mã nhiệm vụ"
ANSWERS = ("status", "completed_on", "percent", "actual", "result", "product", "note")  # what a unit fills in
NIL_TEXT = "Không thay đổi so với kỳ trước (đánh dấu x)"
_ROW_ID = re.compile(r"([A-Za-z0-9][\w.\-]{0,39})\|([^|]{0,60})\|([^|]{1,40})\|(\d{1,4})")
_TICK_HINT = "danh dau x"
_TICKS = frozenset({"x", "v", "co", "✓", "✔", "√", "☑"})
_HEADER_ROWS = 40


@dataclass(frozen=True, slots=True)
class Form:
    """The ids of a form or of a marked copy. `codes` are the task codes of its own rows, as they are now."""

    kind: str
    unit: str
    period: str
    version: str
    checksum: str
    codes: tuple[str, ...] = ()

    def properties(self) -> dict[str, str]:
        """Return the ids by the names of the document properties."""
        named = {MARK: self.kind, UNIT: self.unit, PERIOD: self.period, VERSION: self.version}
        return {name: value for name, value in {**named, CHECKSUM: self.checksum}.items() if value}


def row_id(unit: str, plan: str, period: str, version: str) -> str:
    """Return what the hidden column of a form holds beside a task's code."""
    return f"{unit}|{plan}|{period}|{version}"


def checksum(unit: str, period: str, version: str, codes: Iterable[str]) -> str:
    """Return a digest of whose form it is and which tasks it asks about, whatever their order."""
    text = "\n".join((unit, period, version, *sorted(codes)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def form_of(book: Workbook) -> Form | None:
    """Return the ids of a form or marked copy, None for any other file."""
    said = book.properties
    kind, unit = said.get(MARK, ""), said.get(UNIT, "")
    found: tuple[str, str, str] | None = None
    codes: list[str] = []
    for grid in book.grids:
        place = _id_columns(grid)
        if place is None:
            continue
        row_number, id_column, code_column = place
        for row in grid.rows[row_number:]:
            matched = _ROW_ID.fullmatch(_text(row.values, id_column))
            if matched:
                found = found or (matched[1], matched[3], matched[4])
                codes.append(_text(row.values, code_column))
    if kind in (FORM, COPY) and unit:
        return Form(kind, unit, said.get(PERIOD, ""), said.get(VERSION, ""), said.get(CHECKSUM, ""), tuple(codes))
    if found:
        return Form(FORM, *found, "", tuple(codes))
    return None


def _id_columns(grid: Grid) -> tuple[int, int, int] | None:
    """Return the header row of a form (1-based) and the columns (0-based) of row ids and task codes."""
    for row in grid.rows[:_HEADER_ROWS]:
        texts = {key(value): at for at, value in enumerate(row.values) if isinstance(value, str)}
        at = texts.get(ID_HEADING)
        if at is not None:
            return row.number, at, texts.get(key(CODE_HEADING), -1)
    return None


def _text(values: list[object], column: int) -> str:
    if not 0 <= column < len(values) or values[column] is None:
        return ""
    value = values[column]
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def asks_for_tick(text: str) -> bool:
    """Tell whether a text only invites to tick a box: it says nothing by itself."""
    return _TICK_HINT in fold(text)


def nil_ticked(grids: Iterable[Grid]) -> bool:
    """Tell whether the box "no change since the last period" of a form is ticked."""
    wanted = key(NIL_TEXT)
    for grid in grids:
        for row in grid.rows[:_HEADER_ROWS]:
            for at, value in enumerate(row.values):
                if isinstance(value, str) and key(value).startswith(wanted):
                    beside = (str(one) for one in row.values[at + 1 :] if one not in (None, ""))
                    return fold(next(beside, "")) in _TICKS
    return False


def form_findings(
    file: str, form: Form, named: str | None, period: str, name_of: Callable[[str], str], *, empty: bool
) -> list[Finding]:
    """Return what is to be said about a returned form as a whole.

    Args:
        named: the unit that the file's name or folder names.
        period: id of the period that is being consolidated, "" when there is none.
        name_of: the name of a unit id.
        empty: nothing was filled in.
    """
    where, found = Address(file), []
    if form.kind != FORM:
        return []
    if named is not None and named != form.unit:
        found.append(finding("form-unit-differs", where, name_of(form.unit), unit=form.unit, named=name_of(named)))
    if period and form.period and form.period != period:
        found.append(finding("form-period-differs", where, form.period, unit=form.unit, period=period))
    if form.checksum and form.checksum != checksum(form.unit, form.period, form.version, form.codes):
        found.append(finding("form-changed", where, str(len(form.codes)), unit=form.unit))
    if empty:
        found.append(finding("form-empty", where, unit=form.unit))
    return found
