"""Running numbers as people write them: 1, 2., 1.1, "13.10", a), I, A, -, KH20_TT_N05.1; whose child a row is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_ROMAN = re.compile(r"^(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})$")
_DOTTED = re.compile(r"^(?:[IVXL]+|[A-Z]|\d{1,4})(?:[.\-]\d{1,3})+(?:[.\-]?[a-zđ])?$")
_LOWER = re.compile(r"^(\d{1,3}[.\-]?)?([a-zđ])$")
_CODE = re.compile(r"^(?=.*\d)(?=.*[A-Za-zĐđ])[\wĐđ/&\-]{3,}(?:\.\d+)*$")
BULLETS = frozenset("-+•*–—·→►")

UPPER, ROMAN, INNER_UPPER, ARABIC, DOTTED, LOWER, BULLET = 0, 1, 2, 3, 4, 20, 30


@dataclass(frozen=True, slots=True)
class Number:
    """A running number: `text` as to be shown, `rank` grows downwards, `path` its parts."""

    text: str = ""
    rank: int | None = None  # None: blank or not a running number
    path: tuple[str, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Roman numerals and capital letters number groups."""
        return self.rank in (UPPER, ROMAN, INNER_UPPER)


NO_NUMBER = Number()


def parse(value: object) -> Number:
    """Return the running number in a cell; rank None when the cell holds none.

    A number cell 13.1 is "13.1", a text cell "13.10" stays "13.10"; a date is a number that a spreadsheet mistook.
    """
    if value is None or isinstance(value, bool):
        return NO_NUMBER
    if isinstance(value, (int, float)):
        text = str(int(value)) if float(value).is_integer() else f"{value:.6f}".rstrip("0")
        return _parse(text)
    if isinstance(value, date):
        return _parse(f"{value.day}.{value.month}")
    return _parse(str(value))


@lru_cache(maxsize=8192)
def _parse(raw: str) -> Number:
    text = " ".join(raw.split())
    if not text:
        return NO_NUMBER
    if text in BULLETS:
        return Number(text, BULLET, (text,))
    bare = text.strip("()[]").rstrip(".):,/ ").strip()
    if bare[:1] in BULLETS and len(bare) > 1 and bare[1:].strip(" .)").isalnum() and len(bare) < 5:
        bare = bare[1:].strip()
    if not bare or len(bare) > 30:
        return NO_NUMBER
    if bare.isdigit() and len(bare) <= 5:
        return Number(text, ARABIC, (str(int(bare)),))
    if _ROMAN.match(bare):
        return Number(text, ROMAN, (bare,))
    if len(bare) == 1 and bare.isalpha() and bare.isupper():
        return Number(text, UPPER, (bare,))
    if _DOTTED.match(bare):
        parts = tuple(re.split(r"[.\-]", bare))
        return Number(text, DOTTED + len(parts) - 2, parts)
    if found := _LOWER.match(bare):
        prefix = (found[1].rstrip(".-"),) if found[1] else ()
        return Number(text, LOWER, (*prefix, found[2]))
    if _CODE.match(bare):
        parts = tuple(bare.split("."))
        return Number(text, DOTTED + len(parts) - 1, parts)
    return NO_NUMBER


def below_roman(numbers: Sequence[Number]) -> bool:
    """True when the table's capital letters stand under its Roman numerals (I, A, B, II), not above them."""
    first = next((number for number in numbers if number.is_heading), None)
    return first is not None and first.rank == ROMAN and any(number.rank == UPPER for number in numbers)


def is_child(number: Number, parent: Number) -> bool:
    """True when a row numbered `number`, standing right below `parent`, belongs under it."""
    if number.rank is None or parent.rank is None:
        return False
    if len(number.path) > 1 and number.rank < LOWER:
        return (len(parent.path) < len(number.path) and number.path[: len(parent.path)] == parent.path) or (
            parent.is_heading and number.path[0] != parent.path[0] and number.path[0].isdigit()
        )
    if number.rank == LOWER and len(number.path) > 1:
        return parent.path[-1:] == number.path[:1] or parent.is_heading
    if number.rank == LOWER and parent.rank == LOWER:
        return False
    return number.rank > parent.rank


def code_parents(codes: Sequence[str]) -> set[str]:
    """Return the codes under which another code of the list stands (KH20_N05 for KH20_N05.1.1)."""
    known = {code for code in codes if code}
    parents = set()
    for code in known:
        parts = code.split(".")
        for length in range(1, len(parts)):
            above = ".".join(parts[:length])
            if above in known:
                parents.add(above)
    return parents
