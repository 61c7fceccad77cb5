"""What cells hold and functions answer while a template is filled, and how it is written into a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

from qn_xl.outputs.sheet_text import number

LONGEST_CONSTANT = 255  # characters of a text inside a formula
LONGEST_FORMULA = 8_192


@dataclass(frozen=True, slots=True)
class Failure:
    """An error value: "#N/A"."""

    code: str


Value = str | int | float | date | time | Failure | None
Grid = list[list[Value]]
Answer = Value | Grid


class Refused(Exception):
    """A call that gives an error value.

    `wrong` says whether somebody has to look: a rate over nothing is no mistake.
    """

    def __init__(self, code: str, reason: str, wrong: bool = True) -> None:
        super().__init__(reason)
        self.code, self.wrong = code, wrong


class NotConstant(Exception):
    """A value that a formula cannot hold as a constant; the message says why, in Vietnamese."""


class CannotCompute(Exception):
    """An argument that only a spreadsheet program can work out; the message says which, in Vietnamese."""


class Ask(Protocol):
    """Answers a QN_ call as a cell does."""

    def __call__(self, name: str, arguments: Sequence[Value | Grid]) -> Answer:
        """Return the value, or a grid in which a cell that failed holds its Failure.

        Raises:
            Refused: the call as a whole gives an error.
        """


def serial(day: date, epoch_1904: bool = False) -> float:
    """Return the number that Excel keeps for a day."""
    days = float(day.toordinal() - date(1899, 12, 30).toordinal())
    if isinstance(day, datetime):
        days += (day.hour * 3600 + day.minute * 60 + day.second) / 86_400
    return days - (1462 if epoch_1904 else 0)


def constant(value: Answer, epoch_1904: bool = False) -> str:
    """Return a value as a formula says it: 0.4648, "chữ", {1,2;3,4}.

    Raises:
        NotConstant: a table with long texts, or with nothing in it.
    """
    if isinstance(value, list):
        if not value or not value[0]:
            raise NotConstant("bảng không có dòng nào")
        rows = (",".join(_inside(one, epoch_1904) for one in row) for row in value)
        return "{" + ";".join(rows) + "}"
    if isinstance(value, str):
        pieces = [value[at : at + LONGEST_CONSTANT] for at in range(0, len(value), LONGEST_CONSTANT)] or [""]
        texts = [_quoted(piece) for piece in pieces]
        return texts[0] if len(texts) == 1 else f"({'&'.join(texts)})"
    made = _inside(value, epoch_1904)
    return f"({made})" if made.startswith("-") else made


def _inside(value: Value, epoch_1904: bool) -> str:
    if isinstance(value, str):
        if len(value) > LONGEST_CONSTANT:
            raise NotConstant(f"chữ dài hơn {LONGEST_CONSTANT} ký tự trong bảng")
        return _quoted(value)
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Failure):
        return value.code
    if isinstance(value, date):
        return number(serial(value, epoch_1904))
    if isinstance(value, time):
        return number((value.hour * 3600 + value.minute * 60 + value.second) / 86_400)
    return number(value)


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
