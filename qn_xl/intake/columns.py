"""Which column holds which field. Sure headings decide; for the ambiguous ones the column's content does.

"Tiến độ" is a deadline, a status or a percentage and "Thời gian hoàn thành" a deadline or a completion date in real
files (domain.md 1.1): neither name nor order tells, the cells do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from qn_xl.intake.header import Cells, Column, Header
from qn_xl.intake.numbering import DOTTED, parse
from qn_xl.model import DeadlineKind, StatusWord
from qn_xl.rules import deadlines, statuses
from qn_xl.rules.text import fold, key

SAMPLE = 120  # cells looked at per ambiguous column
Look = Callable[[Column], "Content"]
MARKS = frozenset({"x", "v", "✓", "✔", "√", "☑", "1", "có"})
REPEATABLE = frozenset({"result", "note", "officer", "source", "product", "group"})  # several columns are joined


@dataclass(slots=True)
class Content:
    """Shares (0 to 1) of what the filled cells of a column look like."""

    filled: int = 0
    dates: float = 0.0
    recurring: float = 0.0
    status: float = 0.0
    percent: float = 0.0
    marks: float = 0.0
    length: float = 0.0  # mean characters
    levels: float = 0.0  # share of sub-numbers such as a), 1.1, I


@dataclass(slots=True)
class Mapping:
    """The columns of one table: field to column index, further columns of the repeatable fields, tick columns."""

    fields: dict[str, int] = field(default_factory=dict)
    more: dict[str, list[int]] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)  # column -> the status words its tick stands for
    guessed: list[tuple[Column, str]] = field(default_factory=list)
    twice: list[tuple[Column, int]] = field(default_factory=list)
    unknown: list[Column] = field(default_factory=list)


def content(cells: Cells, column: int, rows: Iterable[int]) -> Content:
    found = Content()
    dates = recurring = status = percent = marks = length = levels = 0
    for row in rows:
        value = cells.value(row, column)
        if value is None or value == "":
            continue
        found.filled += 1
        if isinstance(value, date):
            dates += 1
        elif isinstance(value, bool):
            marks += 1
        elif isinstance(value, (int, float)):
            percent += 0 <= value <= 100
            marks += value == 1
        else:
            text = str(value)
            length += len(text)
            levels += (number := parse(text)).rank is not None and (number.rank >= DOTTED or number.is_heading)
            if key(text) in MARKS:
                marks += 1
                continue
            if len(text) <= 160:
                kind = deadlines.read(text, year=2025).kind
                dates += kind in (DeadlineKind.DATE, DeadlineKind.SEVERAL)
                recurring += kind is DeadlineKind.RECURRING
                read = statuses.read(text)
                if read.percent is not None and len(text) <= 8:
                    percent += 1
                else:
                    status += read.word not in (StatusWord.UNKNOWN, StatusWord.NONE)
        if found.filled >= SAMPLE:
            break
    total = found.filled or 1
    found.dates, found.recurring, found.status = dates / total, recurring / total, status / total
    found.percent, found.marks, found.length, found.levels = (
        percent / total,
        marks / total,
        length / total,
        levels / total,
    )
    return found


def resolve(cells: Cells, header: Header, rows: range) -> Mapping:
    """Return the columns of the table under `header`; `rows` are the sheet rows its content may be looked at."""
    mapping = Mapping()
    seen: dict[int, Content] = {}

    def look(column: Column) -> Content:
        if column.index not in seen:
            seen[column.index] = content(cells, column.index, rows)
        return seen[column.index]

    ambiguous: list[Column] = []
    for column in header.columns:
        read = column.meaning
        if read is None:
            _tick_or_unknown(mapping, column, look)
        elif read.fields == ("ignored",):
            continue  # the office does not want it read
        elif read.sure:
            _take(mapping, column, read.fields[0], look)
        else:
            ambiguous.append(column)
    _decide(mapping, ambiguous, look)
    if "number" not in mapping.fields:
        _unnamed_numbers(mapping, cells, header, rows)
    if "task" not in mapping.fields:
        free = [c for c in mapping.unknown if look(c).filled]
        if free and (longest := max(free, key=lambda c: look(c).length)) and look(longest).length >= 15:
            mapping.unknown.remove(longest)
            mapping.fields["task"] = longest.index
            mapping.guessed.append((longest, "task"))
    return mapping


def _unnamed_numbers(mapping: Mapping, cells: Cells, header: Header, rows: range) -> None:
    """Take a column of running numbers that has no heading, as exports of web pages leave it."""
    named = {column.index for column in header.columns}
    for index in range(1, mapping.fields.get("task", 1)):
        values = [value for row in rows[:SAMPLE] if (value := cells.value(row, index)) not in (None, "")]
        if index not in named and len(values) >= 3:
            numbered = sum(parse(value).rank is not None for value in values)
            if numbered >= 0.7 * len(values):
                mapping.fields["number"] = index
                return


def _tick_or_unknown(mapping: Mapping, column: Column, look: Look) -> None:
    words = " ".join(column.texts)
    for phrase in (words, column.texts[-1]):
        if statuses.read(phrase).word not in (StatusWord.UNKNOWN, StatusWord.NONE):
            if (inside := look(column)).filled == 0 or inside.marks >= 0.5:
                mapping.marks[column.index] = phrase
                return
            break
    mapping.unknown.append(column)


def _take(mapping: Mapping, column: Column, name: str, look: Look) -> None:
    if name == "status" and (inside := look(column)).marks >= 0.5 and inside.filled:
        mapping.marks[column.index] = " ".join(column.texts)
        return
    held = mapping.fields.get(name)
    if held is None:
        mapping.fields[name] = column.index
        return
    if name in REPEATABLE:
        mapping.more.setdefault(name, []).append(column.index)
        return
    if _better(name, column, held, look):
        mapping.fields[name] = column.index
    if name == "task":
        other = held if mapping.fields["task"] == column.index else column.index
        mapping.fields.setdefault("group", other)
    elif name == "number":
        mapping.more["number"] = [held if mapping.fields["number"] == column.index else column.index]
    else:
        mapping.twice.append((column, mapping.fields[name]))


def _better(name: str, column: Column, held: int, look: Look) -> bool:
    """Of two columns for one field: sub-numbers over a plain counter, the longer text, the office's own date."""
    old, inside = look(Column(held, [""], None)), look(column)
    words = fold(column.heading)
    if name == "number":
        return inside.levels > old.levels
    if name == "task":
        return inside.length > old.length * 1.2
    if name == "deadline":
        return ("chuan" in words or "ubnd" in words) and inside.filled > 0
    if name in ("lead_unit", "code"):
        return "chu tri" in words or old.filled == 0 < inside.filled
    return old.filled == 0 < inside.filled


def _decide(mapping: Mapping, columns: list[Column], look: Look) -> None:
    """Place the ambiguous columns: first those that cannot be a completion date, the most telling content first."""

    def order(column: Column) -> tuple[bool, float, int]:
        options = column.meaning.fields if column.meaning else ()
        inside = look(column)
        return "completed_on" in options, -(inside.dates + inside.recurring), column.index

    for column in sorted(columns, key=order):
        inside: Content = look(column)
        options = column.meaning.fields if column.meaning else ()
        name = _best(options, inside, mapping.fields, fold(column.heading))
        if name == "marks":
            mapping.marks[column.index] = " ".join(column.texts)
        elif name in mapping.fields and name not in REPEATABLE:
            mapping.twice.append((column, mapping.fields[name]))
        elif name in mapping.fields:
            mapping.more.setdefault(name, []).append(column.index)
        else:
            mapping.fields[name] = column.index
            if inside.filled:
                mapping.guessed.append((column, name))


def _best(options: tuple[str, ...], inside: Content, taken: dict[str, int], heading: str) -> str:
    when = inside.dates + inside.recurring
    if "completed_on" in options and inside.marks >= 0.5 and "hoan thanh" in heading and "thoi gian" not in heading:
        return "marks"
    if "completed_on" in options:
        if "deadline" not in options:
            return "completed_on"
        if "deadline" in taken:
            return "completed_on"
        if inside.recurring == 0 and inside.status > 0.3:
            return "completed_on"
        return "deadline"
    if when >= 0.4 and when >= inside.status and "deadline" in options and "deadline" not in taken:
        return "deadline"
    if inside.percent >= 0.6 and "percent" not in taken and inside.status < 0.5 and when < 0.3:
        return "percent"
    if (
        when >= 0.6
        and "deadline" in options
        and "deadline" in taken
        and "completed_on" not in taken
        and inside.recurring == 0
    ):
        return "completed_on"
    if (
        "status" in options
        and "status" not in taken
        and (inside.status >= 0.3 or (inside.filled == 0 and "tien do" in heading))
    ):
        return "status"
    if "deadline" in options and "deadline" not in taken and "tien do" not in heading:
        return "deadline"
    return "result"
