"""Formulas as a workbook stores them: cut into tokens, QN_ calls found, references moved.

A stored formula is the same in every country: English names, commas between arguments, points in numbers
(ECMA-376 part 1, 18.17). The tokens of a formula joined again are the formula, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


class Sort(Enum):
    TEXT = auto()  # "…"
    NUMBER = auto()
    WORD = auto()  # name, reference, function; with sheet and book before "!", with [structured parts]
    ERROR = auto()  # #N/A
    OPERATOR = auto()
    OPEN = auto()  # ( {
    CLOSE = auto()  # ) }
    COMMA = auto()
    SEMICOLON = auto()
    SPACE = auto()


@dataclass(frozen=True, slots=True)
class Token:
    sort: Sort
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one of our functions: tokens `start` to `end` (its closing bracket); one span per argument."""

    name: str
    start: int
    end: int
    arguments: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A reference as written: sheet or None; rows and columns from 1, both ends included."""

    sheet: str | None
    top: int
    left: int
    bottom: int
    right: int


_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.!])")
_ERROR = re.compile(r"#(?:N/A|DIV/0!|NULL!|NAME\?|NUM!|REF!|VALUE!|[A-Z_]+[!?]?)", re.IGNORECASE)
_TEXT = re.compile(r'"(?:[^"]|"")*(?:"|$)')
_QUOTED = re.compile(r"'(?:[^']|'')*(?:'|$)")
_SPACE = re.compile(r"\s+")
_DOUBLE = ("<=", ">=", "<>")
_SINGLE = {
    "(": Sort.OPEN, "{": Sort.OPEN, ")": Sort.CLOSE, "}": Sort.CLOSE, ",": Sort.COMMA, ";": Sort.SEMICOLON,
}  # fmt: skip
_PREFIX = re.compile(r"^(?:_xludf\.|_xll\.|_xlfn\.|_xlws\.)+", re.IGNORECASE)
_OURS = re.compile(r"QN_[A-Z_]+")
_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})")
_COLUMN = re.compile(r"(\$?)([A-Za-z]{1,3})")
_ROW = re.compile(r"(\$?)(\d{1,7})")


def tokens(formula: str) -> list[Token]:
    """Return the tokens of a formula without its "="; never fails, an odd character is an operator."""
    found: list[Token] = []
    at = 0
    while at < len(formula):
        sort, end = _next(formula, at)
        found.append(Token(sort, formula[at:end]))
        at = end
    return found


def _next(formula: str, at: int) -> tuple[Sort, int]:
    letter = formula[at]
    if letter == '"' and (match := _TEXT.match(formula, at)):
        return Sort.TEXT, match.end()
    if letter == "#" and (match := _ERROR.match(formula, at)):
        return Sort.ERROR, match.end()
    if match := _SPACE.match(formula, at):
        return Sort.SPACE, match.end()
    if match := _NUMBER.match(formula, at):
        return Sort.NUMBER, match.end()
    if _in_word(letter) or letter in "['":
        return Sort.WORD, _word_end(formula, at)
    if formula[at : at + 2] in _DOUBLE:
        return Sort.OPERATOR, at + 2
    return _SINGLE.get(letter, Sort.OPERATOR), at + 1


def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter in "_.\\?$!" or ord(letter) > 0x2FF


def _word_end(formula: str, at: int) -> int:
    while at < len(formula):
        letter = formula[at]
        if letter == "'" and (match := _QUOTED.match(formula, at)):
            at = match.end()
        elif letter == "[":
            at = _bracket_end(formula, at)
        elif _in_word(letter):
            at += 1
        else:
            break
    return at


def _bracket_end(formula: str, at: int) -> int:
    depth = 0
    while at < len(formula):
        letter = formula[at]
        if letter == "'":  # escapes the next character inside a structured reference
            at += 2
            continue
        depth += (letter == "[") - (letter == "]")
        at += 1
        if depth == 0:
            return at
    return len(formula)


def join(parts: Sequence[Token]) -> str:
    return "".join(part.text for part in parts)


def own_name(word: str) -> str | None:
    """Return the QN_ name that a word calls, with or without the book it lives in; None for any other word."""
    bare = _PREFIX.sub("", word.rpartition("!")[2]).upper()
    return bare if _OURS.fullmatch(bare) else None


def calls(parts: Sequence[Token], start: int = 0, stop: int | None = None) -> list[Call]:
    """Return the outermost QN_ calls among the tokens `start` to `stop`, in the order they stand."""
    found = []
    at, stop = start, len(parts) if stop is None else stop
    while at < stop:
        name = own_name(parts[at].text) if parts[at].sort is Sort.WORD else None
        opening = _skip_space(parts, at + 1, stop)
        if name and opening < stop and parts[opening].text == "(":
            call = _call(parts, name, at, opening, stop)
            found.append(call)
            at = call.end
        at += 1
    return found


def _skip_space(parts: Sequence[Token], at: int, stop: int) -> int:
    while at < stop and parts[at].sort is Sort.SPACE:
        at += 1
    return at


def _call(parts: Sequence[Token], name: str, start: int, opening: int, stop: int) -> Call:
    spans = []
    depth, first = 1, opening + 1
    at = first
    while at < stop:
        part = parts[at]
        depth += (part.sort is Sort.OPEN) - (part.sort is Sort.CLOSE)
        if depth == 0:
            break
        if depth == 1 and part.sort is Sort.COMMA:
            spans.append((first, at))
            first = at + 1
        at += 1
    spans.append((first, at))
    if len(spans) == 1 and all(part.sort is Sort.SPACE for part in parts[first:at]):
        spans = []
    return Call(name, start, min(at, stop - 1), tuple(spans))


def lone_call(parts: Sequence[Token]) -> Call | None:
    """Return the call that a formula consists of, nothing else around it but space or brackets."""
    if sum(part.sort is Sort.OPEN for part in parts) != sum(part.sort is Sort.CLOSE for part in parts):
        return None
    first, last = 0, len(parts) - 1
    while True:
        first = _skip_space(parts, first, len(parts))
        while last > first and parts[last].sort is Sort.SPACE:
            last -= 1
        if first < last and parts[first].text == "(" and parts[last].text == ")":
            first, last = first + 1, last - 1
            continue
        break
    if first < len(parts) and parts[first].text in ("+", "@"):
        first = _skip_space(parts, first + 1, len(parts))
    found = calls(parts, first, last + 1)
    return found[0] if len(found) == 1 and (found[0].start, found[0].end) == (first, last) else None


def column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    return f"{column_letters(column)}{row}"


def sheet_and_place(word: str) -> tuple[str | None, str]:
    """Return the sheet that a word names and what stands after "!": ("Tổng hợp", "$B$4")."""
    before, mark, place = word.rpartition("!")
    if not mark:
        return None, place
    if before.startswith("'") and before.endswith("'") and len(before) > 1:
        before = before[1:-1].replace("''", "'")
    return before, place


def area(parts: Sequence[Token]) -> Area | None:
    """Return the reference that the tokens make: a cell, A1:B5, A:A or 1:1; None for anything else."""
    words = [part for part in parts if part.sort is not Sort.SPACE]
    if len(words) == 1:
        sheet, place = sheet_and_place(words[0].text)
        if words[0].sort is Sort.WORD and (cell := _CELL.fullmatch(place)):
            row, column = int(cell[4]), column_number(cell[2])
            return _within(Area(sheet, row, column, row, column))
        return None
    if len(words) != 3 or words[1].text != ":":
        return None
    (sheet, first), (other, last) = (sheet_and_place(word.text) for word in (words[0], words[2]))
    if other is not None and other != sheet:
        return None
    if (one := _CELL.fullmatch(first)) and (two := _CELL.fullmatch(last)):
        rows, columns = sorted((int(one[4]), int(two[4]))), sorted((column_number(one[2]), column_number(two[2])))
        return _within(Area(sheet, rows[0], columns[0], rows[1], columns[1]))
    if (one := _COLUMN.fullmatch(first)) and (two := _COLUMN.fullmatch(last)):
        columns = sorted((column_number(one[2]), column_number(two[2])))
        return _within(Area(sheet, 1, columns[0], LAST_ROW, columns[1]))
    if (one := _ROW.fullmatch(first)) and (two := _ROW.fullmatch(last)):
        rows = sorted((int(one[2]), int(two[2])))
        return _within(Area(sheet, rows[0], 1, rows[1], LAST_COLUMN))
    return None


def _within(found: Area) -> Area | None:
    if not (found.top >= 1 and found.bottom <= LAST_ROW and found.right <= LAST_COLUMN):
        return None
    return found


def moved(formula: str, rows: int, columns: int) -> str:
    """Return the formula as it reads `rows` down and `columns` to the right: relative references move along.

    A reference pushed off the sheet becomes #REF!, as in Excel.
    """
    parts = tokens(formula)
    made = []
    for at, part in enumerate(parts):
        beside = {parts[near].text for near in (at - 1, at + 1) if 0 <= near < len(parts)}
        if part.sort in (Sort.WORD, Sort.NUMBER) and not (at + 1 < len(parts) and parts[at + 1].text == "("):
            made.append(_moved_word(part.text, rows, columns, of_range=":" in beside))
        else:
            made.append(part.text)
    return "".join(made)


def _moved_word(word: str, rows: int, columns: int, *, of_range: bool) -> str:
    before, mark, place = word.rpartition("!")
    if cell := _CELL.fullmatch(place):
        column = _moved_column(cell[1], cell[2], columns)
        row = _moved_row(cell[3], cell[4], rows)
        place = column + row if column and row else "#REF!"
    elif of_range and (one := _COLUMN.fullmatch(place)):
        place = _moved_column(one[1], one[2], columns) or "#REF!"
    elif of_range and (one := _ROW.fullmatch(place)):
        place = _moved_row(one[1], one[2], rows) or "#REF!"
    return before + mark + place


def _moved_column(fixed: str, letters: str, by: int) -> str:
    number = column_number(letters)
    if number > LAST_COLUMN:  # a name such as ABC1 that only looks like a cell
        return letters
    number += 0 if fixed else by
    return fixed + column_letters(number) if 1 <= number <= LAST_COLUMN else ""


def _moved_row(fixed: str, digits: str, by: int) -> str:
    number = int(digits) + (0 if fixed else by)
    return f"{fixed}{number}" if 1 <= number <= LAST_ROW else ""
