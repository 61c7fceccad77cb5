"""How many lines a text takes in a column.

Excel and LibreOffice fit row heights differently, and not at all beside merged cells, so rows get theirs here.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

LINE = 14.0  # points: one line of Times New Roman 11
_POINTS_A_CHARACTER = 5.25  # a column width of 1 is one digit of the workbook's font: 7 pixels

# Advance widths of Times New Roman, in thousandths of the type size; what is not named is 500.
_WIDTHS = {
    "'": 180,
    **dict.fromkeys(" .,", 250),
    **dict.fromkeys("ijlt:;/\\", 278),
    **dict.fromkeys("rfI()-[]›", 333),
    **dict.fromkeys("sJ", 389),
    '"': 408,
    **dict.fromkeys("acez“”", 444),
    "ơ": 529,
    "ư": 542,
    **dict.fromkeys("FPS", 556),
    **dict.fromkeys("+=<>", 564),
    **dict.fromkeys("ELTZ", 611),
    **dict.fromkeys("BCR", 667),
    **dict.fromkeys("wADGHKNOQUVXYĐƠ", 722),
    "Ư": 776,
    **dict.fromkeys("m&", 778),
    "%": 833,
    "M": 889,
    "W": 944,
    "…": 1000,
}


@lru_cache(maxsize=4096)
def _letter(letter: str) -> int:
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    base = unicodedata.normalize("NFD", letter)[0]
    if "\u031b" in unicodedata.normalize("NFD", letter):  # the horn of ơ and ư
        base = {"o": "ơ", "u": "ư", "O": "Ơ", "U": "Ư"}.get(base, base)
    return _WIDTHS.get(base, 500 if ord(base) < 0x2E80 else 1000)


@lru_cache(maxsize=65536)
def _word(word: str) -> int:
    return sum(map(_letter, word))


def points(text: str, size: float = 11, *, bold: bool = False) -> float:
    """Return how long one line of text is, in points."""
    return _word(text) * size * (1.07 if bold else 1.0) / 1000


@lru_cache(maxsize=65536)
def lines(text: str, width: float, size: float = 11, *, bold: bool = False) -> int:
    """Return how many lines `text` takes in a column of `width` characters, broken between words."""
    room = width * _POINTS_A_CHARACTER * 1000 / (size * (1.07 if bold else 1.0))
    count = 0
    for paragraph in text.split("\n"):
        count += 1
        used = 0
        words = list(map(_word, paragraph.split(" ")))
        if sum(words) + 250 * (len(words) - 1) <= room:
            continue
        for long in words:
            if used and used + 250 + long > room:
                count += 1
                used = 0
            elif used:
                long += 250
            if long > room:  # a word wider than the column is broken inside
                count += int(long // room)
                used = int(long % room)
            else:
                used += long
    return count


def height(count: int, size: float = 11) -> float:
    """Return the height in points of a row with `count` lines; no row of Excel is higher than 409."""
    return min(count * size * LINE / 11 + 2, 409)
