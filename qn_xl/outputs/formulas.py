"""Live counts over the tables of tasks, in Excel's syntax.

Structured references with plain column names (letters and spaces) are read alike by Excel 2016 and LibreOffice 7.4.
"""

from __future__ import annotations

from collections.abc import Sequence

from qn_xl.model import Class
from qn_xl.outputs.labels import CLASS, OFFICE_VIEW, STATUS, YES
from qn_xl.rules.figures import MEASURE, MEMBERS

Key = tuple[str, str]  # column of the table, text it must have

NO_BASE = "-"  # shown for a rate over nothing

_OFFICE = {MEMBERS[measure]: MEASURE[measure].label for measure in OFFICE_VIEW}
_OPEN = ("under_way", "overdue")
_WILD = str.maketrans({"~": "~~", "*": "~*", "?": "~?"})


def quoted(text: str) -> str:
    """Return `text` as a text constant of a formula.

    Raises:
        ValueError: longer than the 255 characters that Excel takes.
    """
    if len(text) > 255:
        raise ValueError(f"too long for a formula: {text[:40]}…")
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def criterion(text: str) -> str:
    """Return the criterion that is met by exactly `text`, without wildcards or operators."""
    escaped = text.translate(_WILD)
    return quoted(f"={escaped}" if text.startswith(("=", "<", ">")) else escaped)


def _counted(table: str, keys: Sequence[Key]) -> str:
    return f"COUNTIFS({','.join(f'{table}[{column}],{criterion(text)}' for column, text in keys)})"


def count(table: str, measure: str, keys: Sequence[Key]) -> str:
    """Return the formula, without "=", that counts a measure (rules/figures.py) among the rows with `keys`."""
    if measure == "total":
        return _counted(table, keys)
    if measure == "central":
        flagged = [*keys, ("Phụ thuộc TW", YES)]
        return "+".join(_counted(table, [*flagged, ("Tình trạng", MEASURE[one].label)]) for one in _OPEN)
    classes: tuple[Class, ...] = MEMBERS[measure]
    if classes in _OFFICE:
        return _counted(table, [*keys, ("Tình trạng", STATUS[classes[0]])])
    return "+".join(_counted(table, [*keys, ("Lớp", CLASS[cls])]) for cls in classes)


def days_late(table: str, keys: Sequence[Key]) -> tuple[str, str]:
    """Return the formulas of the mean and the greatest number of days late over the overdue rows with `keys`.

    Both give NO_BASE when no row tells its days. MAXIFS does not exist in Excel 2016.
    """
    late: list[Key] = [*keys, ("Tình trạng", STATUS[Class.OVERDUE])]
    days = f"{table}[Số ngày chậm]"
    mean = f"AVERAGEIFS({days},{','.join(f'{table}[{column}],{criterion(text)}' for column, text in late)})"
    greatest = "*".join(f"({table}[{column}]={quoted(text)})" for column, text in late)
    known = f"SUMPRODUCT({greatest}*({days}>0))"
    none = quoted(NO_BASE)
    return f"IFERROR({mean},{none})", f"IF({known}=0,{none},SUMPRODUCT(MAX({greatest}*{days})))"


def share(done: str, base: str, *, cut: bool) -> str:
    """Return done ÷ base as a fraction, NO_BASE over 0; cut to one decimal of a percentage if the office says so."""
    divided = f"INT(1000*{done}/({base}))/1000" if cut else f"{done}/({base})"
    return f"IF({base}=0,{quoted(NO_BASE)},{divided})"


def share_value(done: int, base: int, *, cut: bool) -> float | str:
    """Return what Excel computes for `share`."""
    if not base:
        return NO_BASE
    return 1000 * done // base / 1000 if cut else done / base
