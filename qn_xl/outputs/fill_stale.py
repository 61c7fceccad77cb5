"""Stored values that no longer hold: which formulas depend on what was filled in, and their values anew."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qn_xl.errors import UsageError
from qn_xl.outputs import libreoffice
from qn_xl.outputs.fill_book import Book
from qn_xl.outputs.fill_eval import Evaluator
from qn_xl.outputs.fill_values import Failure
from qn_xl.outputs.formula_tokens import Area, Sort, Token, area, sheet_and_place, tokens

Place = tuple[str, int, int]  # sheet, row, column
_ANYWHERE = {"INDIRECT", "OFFSET"}  # what they refer to is known only when they are computed
_UNKNOWN = "#NAME?"  # LibreOffice lacks a function that Excel may have


@dataclass(slots=True)
class _Refers:
    """What one formula looks at."""

    areas: list[Area] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    anywhere: bool = False


def dependents(book: Book, evaluator: Evaluator, changed: set[Place], names: Iterable[str]) -> set[Place]:
    """Return the formula cells that show something else once `changed` cells and `names` do, directly or not."""
    formulas: dict[Place, _Refers] = {}
    spread: dict[Place, list[Place]] = {}  # first cell of an array formula to the others
    for title, sheet in book.sheets.items():
        for cell in sheet.cells.values():
            formula = evaluator.formula(title, cell)
            if formula is None:
                continue
            place = (title, cell.row, cell.column)
            formulas[place] = _refers(book, tokens(formula), title, cell.row)
            if cell.formula and cell.formula.kind == "array" and (whole := area(tokens(cell.formula.ref))):
                spread[place] = [
                    (title, row, column)
                    for row in range(whole.top, whole.bottom + 1)
                    for column in range(whole.left, whole.right + 1)
                    if (row, column) in sheet.cells and (row, column) != cell.place
                ]
    dirty_names = _dirty_names(book, changed, {name.casefold() for name in names})
    seen, found = set(changed), set[Place]()
    again = True
    while again:
        again = False
        by_sheet: dict[str, set[tuple[int, int]]] = defaultdict(set)
        for title, row, column in seen:
            by_sheet[title.casefold()].add((row, column))
        for place, refers in formulas.items():
            if place in seen or not _touched(refers, by_sheet, dirty_names):
                continue
            again = True
            for one in (place, *spread.get(place, ())):
                seen.add(one)
                found.add(one)
    return found


def _refers(book: Book, parts: list[Token], sheet: str, row: int) -> _Refers:
    found = _Refers()
    words = [part for part in parts if part.sort is not Sort.SPACE]
    at = 0
    while at < len(words):
        word, following = words[at], words[at + 1].text if at + 1 < len(words) else ""
        if word.sort in (Sort.WORD, Sort.NUMBER) and following == ":" and (whole := area(words[at : at + 3])):
            found.areas.append(_on(whole, sheet))
            at += 3
            continue
        if word.sort is Sort.WORD and following == "(":
            found.anywhere |= word.text.upper() in _ANYWHERE
        elif word.sort is Sort.WORD:
            whole = area([word]) or (book.structured(word.text, row) if "[" in word.text else None)
            if whole:
                found.areas.append(_on(whole, sheet))
            elif "[" in word.text:
                found.anywhere = True
            else:
                found.names.append(sheet_and_place(word.text)[1].casefold())
        at += 1
    return found


def _on(whole: Area, sheet: str) -> Area:
    return Area(whole.sheet or sheet, whole.top, whole.left, whole.bottom, whole.right)


def _touched(refers: _Refers, by_sheet: Mapping[str, set[tuple[int, int]]], names: set[str]) -> bool:
    if refers.anywhere or names.intersection(refers.names):
        return True
    return any(_holds(one, by_sheet.get((one.sheet or "").casefold(), set())) for one in refers.areas)


def _holds(one: Area, places: set[tuple[int, int]]) -> bool:
    if (one.top, one.left) == (one.bottom, one.right):
        return (one.top, one.left) in places
    return any(one.top <= row <= one.bottom and one.left <= column <= one.right for row, column in places)


def _dirty_names(book: Book, changed: set[Place], names: set[str]) -> set[str]:
    by_sheet: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for title, row, column in changed:
        by_sheet[title.casefold()].add((row, column))
    dirty = set(names)
    again = True
    while again:
        again = False
        for name in book.names:
            word = name.name.casefold()
            refers = _refers(book, tokens(name.text), name.sheet or "", 1)
            if word not in dirty and _touched(refers, by_sheet, dirty):
                dirty.add(word)
                again = True
    return dirty


def computed(packed: bytes, suffix: str, places: Iterable[Place]) -> dict[Place, float | str | bool] | None:
    """Return the values of formula cells as LibreOffice computes them; None where it cannot.

    A cell with a function that LibreOffice lacks is left out.
    """
    if libreoffice.program() is None:
        return None
    with tempfile.TemporaryDirectory(prefix="qn-xl-", ignore_cleanup_errors=True) as name:
        source, target = Path(name) / f"mau{suffix}", Path(name) / "tinh.xlsx"
        source.write_bytes(packed)
        try:
            libreoffice.convert(source, "xlsx", target, recalculate=True)
            book = Book(target)
        except (libreoffice.NotConverted, UsageError):
            return None
        found: dict[Place, float | str | bool] = {}
        for place in places:
            value = book.stored(*place, raw=True) if place[0] in book.sheets else None
            if isinstance(value, Failure):
                value = value.code
            if isinstance(value, float | int | str | bool) and value != _UNKNOWN:
                found[place] = value
        return found
