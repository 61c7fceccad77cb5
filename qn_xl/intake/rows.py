"""What every row of a table is: task, parent, group, header, blank, note, total or excluded; each row exactly one.

A row with rows under it is a label and not a task when it names no unit, when the table has a product column and
the row leaves it empty, or when the rows under it take their unit or deadline from it (docs/decisions.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from qn_xl.intake.columns import Mapping
from qn_xl.intake.forms import ANSWERS
from qn_xl.intake.header import Cells, Header, is_numbering_row, same_header
from qn_xl.intake.numbering import (
    BULLET,
    INNER_UPPER,
    NO_NUMBER,
    UPPER,
    Number,
    below_roman,
    code_parents,
    is_child,
    parse,
)
from qn_xl.model import Fate
from qn_xl.rules.text import clean, fold

OPENING = 60  # characters that tell a total or a note
INHERITED = ("lead_unit", "co_unit", "deadline")
TELLING = ("lead_unit", "deadline", "status", "completed_on", "percent", "result", "product", "actual", "co_unit")
_TOTAL = re.compile(
    r"^(tong cong|tong so|tong:|tong$|cong:|cong$|cong (?:so )?\d|cong nhiem vu|tong \(|tong so nhiem vu|tong nhiem vu)"
)
_NOTE = re.compile(
    r"^(ghi chu\b|\*|\(\*|noi nhan|luu y|nguoi lap|thu truong|tm\.|t/m|kt\.|chu tich|giam doc|"
    r"pho giam doc|nguoi tong hop|"
    r"ky ten|\(ky|nguon:|chu thich|quang ninh, ngay|xac nhan|lanh dao don vi|don vi bao cao|du lieu duoc trich)"
)
# how those words may begin, looked for before the text is folded
_HINT = re.compile(r"\W*(?:t[oổôm/]|c[oộôh]|g|\*|n[oơgu]|l[uưaã]|th|kt|ph|k[yý]|q|x|d|đ)", re.IGNORECASE)
_LOWER_START = re.compile(r"^[a-zà-ỹđ,;:.)\]]")
_DITTO = frozenset({"nt", "-nt-", '"', "''", "”", "“", "như trên", "- nt -", "–nt–", "nt.", "//", '-"-', "”nt”"})
_LEADING = re.compile(r"^\s*([IVXL]+|[A-Z]|\d{1,3})\s*[.)/\-–:]\s+(.+)$", re.S)


@dataclass(slots=True)
class Row:
    """One row of a table while its fate is being decided. `values` by field, `moved` where a value comes from."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    order: Number = NO_NUMBER
    fate: Fate | None = None
    text: str = ""  # the task's words, or what a group row says
    group: str = ""
    code: str = ""
    marks: tuple[str, ...] = ()
    joined_to: int | None = None
    missing: str = ""  # what an excluded row holds instead of a task
    parent: Row | None = None
    children: list[Row] = field(default_factory=list)
    headings: tuple[Row, ...] = ()  # group rows above, outermost first

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    @property
    def answered(self) -> bool:
        return any(self.has(name) for name in ANSWERS)

    def said(self, name: str) -> str:
        """Return the field's value as text."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else shown(value)

    @property
    def telling(self) -> bool:
        return bool(self.marks) or any(self.has(name) for name in TELLING)


def shown(value: object) -> str:
    """Return a cell's value as a person would write it: 30/09/2025, 12, text as it is."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, date):
        return f"{value.day:02d}/{value.month:02d}/{value.year}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


@cache
def letters(column: int) -> str:
    """Return the column's letters: 1 is A, 27 is AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def read_rows(cells: Cells, header: Header, mapping: Mapping, start: int, stop: int) -> list[Row]:
    """Return the rows `start` to `stop` (sheet numbers, inclusive) with their fates."""
    rows = _rows(cells, mapping, range(start, stop + 1))
    _fill_merged(cells, mapping, rows)
    if below_roman([row.order for row in rows]):
        for row in rows:
            if row.order.rank == UPPER:
                row.order = replace(row.order, rank=INNER_UPPER)
    after_header = True
    for row in rows:
        values = cells.values(row.number)
        if not any(value not in (None, "") for value in values):
            row.fate = Fate.BLANK
        elif row.has("form"):
            row.fate = None if row.answered else Fate.BLANK  # left as we had sent it out: nothing is reported
        elif same_header(cells, row.number, header, after_header) or is_numbering_row(values):
            row.fate = Fate.HEADER
            after_header = True
            continue
        elif not row.text and not row.telling and not row.code and row.order.rank is not None:
            row.fate = Fate.BLANK  # prepared row: a running number and nothing else
        elif not row.text and _is_page_number(values):
            row.fate = Fate.NOTE
        elif _HINT.match(opening := (row.text or _first_text(values))[:OPENING]):
            if _TOTAL.match(words := fold(opening)) and not row.has("lead_unit"):
                row.fate = Fate.TOTAL
            elif _NOTE.match(words) and not row.telling:
                row.fate = Fate.NOTE
        after_header = after_header and row.fate is Fate.BLANK
    _wording_rows(cells, mapping, rows)
    _family(rows, mapping)
    _groups(rows)
    return rows


def _rows(cells: Cells, mapping: Mapping, numbers: range) -> list[Row]:
    """Return the rows with the values of their fields, text cleaned; a column at a time, for there are thousands."""
    sheet = [cells.values(number) for number in numbers]
    names = list(mapping.fields)
    columns = [_column(sheet, column) for column in mapping.fields.values()]
    rows = []
    for number, found in zip(numbers, zip(*columns, strict=True) if columns else [()] * len(sheet), strict=True):
        values = {name: value for name, value in zip(names, found, strict=True) if value is not None and value != ""}
        rows.append(Row(number, values))
    for name, more in mapping.more.items():
        for column in more:
            _add_column(rows, name, _column(sheet, column))
    if mapping.marks:
        marked = [(phrase, _column(sheet, column)) for column, phrase in mapping.marks.items()]
        for at, row in enumerate(rows):
            row.marks = tuple(phrase for phrase, held in marked if held[at] not in (None, "", 0))
    for row in rows:
        _settle(row)
    return rows


def _column(sheet: list[list[Any]], column: int) -> list[Any]:
    """Return a column's values, text cleaned; None where a row is shorter."""
    held = [values[column - 1] if len(values) >= column else None for values in sheet]
    return [clean(value) if isinstance(value, str) else value for value in held]


def _add_column(rows: list[Row], name: str, held: list[Any]) -> None:
    """Add a further column of a field: of two number columns one numbers the groups, the other what is in them."""
    for row, value in zip(rows, held, strict=True):
        if name == "number":
            if value is not None and not row.has("number"):
                row.values["number"] = value
        elif isinstance(value, str) and value:
            before = row.values.get(name)
            row.values[name] = f"{before}\n{value}" if before else value


def _settle(row: Row) -> None:
    task = row.values.get("task")
    row.text = (
        task if isinstance(task, str) else str(task) if task not in (None, "") and not isinstance(task, date) else ""
    )
    row.order = parse(row.values.get("number"))
    code = row.values.get("code")
    row.code = str(code).strip() if code not in (None, "") else ""
    if row.order.rank is None and row.code:
        row.order = parse(row.code)


def _fill_merged(cells: Cells, mapping: Mapping, rows: list[Row]) -> None:
    """Give the rows under a vertically merged cell its value, remembering the cell it was read from."""
    if not rows:
        return
    first, last = rows[0].number, rows[-1].number
    by_column: dict[int, list[str]] = {}
    for name, column in mapping.fields.items():
        if name not in ("number", "code"):
            by_column.setdefault(column, []).append(name)
    for r1, c1, r2, _ in cells.ranges:
        if r2 <= r1 or r1 > last or r2 < first or c1 not in by_column:
            continue
        value = cells.value(r1, c1)
        if value in (None, ""):
            continue
        filled = clean(value) if isinstance(value, str) else value
        for number in range(max(r1 + 1, first), min(r2, last) + 1):
            row = rows[number - first]
            for name in by_column[c1]:
                if not row.has(name):
                    row.values[name] = filled
                    row.moved[name] = f"{letters(c1)}{r1}"
            if "task" in by_column[c1]:
                row.text = str(filled)
    for name in (*INHERITED, "status"):
        if name in mapping.fields:
            _fill_dittos(rows, name, letters(mapping.fields[name]))


def _fill_dittos(rows: list[Row], name: str, column: str) -> None:
    """Give a cell that says "như trên" the value of the cell above."""
    above: Row | None = None
    for row in rows:
        held = row.values.get(name)
        if held in (None, ""):
            continue
        if above is not None and isinstance(held, str) and len(held) <= 8 and held.lower() in _DITTO:
            row.values[name] = above.values[name]
            row.moved[name] = above.moved.get(name) or f"{column}{above.number}"
        else:
            above = row


def _is_page_number(values: list[Any]) -> bool:
    """True for a row that holds one small whole number and nothing else: pages pasted one below another."""
    filled = [value for value in values if value not in (None, "")]
    text = str(filled[0]).removesuffix(".0") if len(filled) == 1 and not isinstance(filled[0], date) else ""
    return text.isdigit() and len(text) <= 3


def _first_text(values: list[object]) -> str:
    return next((clean(value) for value in values if isinstance(value, str) and value.strip()), "")


def _wording_rows(cells: Cells, mapping: Mapping, rows: list[Row]) -> None:
    """Settle the rows that hold words but no task of their own: cut rows, headings, notes below the table."""
    numbered = sum(row.fate is None and row.order.rank is not None and bool(row.text) for row in rows)
    plain = sum(row.fate is None and row.order.rank is None and bool(row.text) and row.telling for row in rows)
    counts = "number" in mapping.fields and numbered > plain
    end = max((i for i, row in enumerate(rows) if row.fate is None and _bears(row)), default=-1)
    previous: Row | None = None
    broken = False  # a page break (repeated header) stands between
    for i, row in enumerate(rows):
        if row.fate is Fate.HEADER:
            broken = True
        if row.fate is not None:
            continue
        if counts and previous is not None and row.order.rank is None and not row.code:
            own = _own(row)
            if own and _is_cut(row, previous, own, broken):
                _join(row, previous, own)
                continue
        broken = False
        if not row.text and not row.telling:
            words = _first_text(cells.values(row.number))
            if not words:
                row.fate = Fate.NOTE
                continue
            if i > end:
                row.fate = Fate.NOTE
                continue
            row.text = words
            if found := _LEADING.match(words):
                row.order, row.text = parse(found[1]), found[2]
            row.fate = Fate.GROUP
            continue
        if not row.text:
            if i > end:
                row.fate = Fate.NOTE
            elif (
                row.order.rank is not None
                or len(own := _own(row)) >= 2
                or not own <= {"note", "officer", "group", "plan", "source", "kind"}
            ):
                row.fate = Fate.EXCLUDED
                row.missing = str(next((row.values[name] for name in row.values if name in TELLING), "dữ liệu"))
            else:
                row.fate = Fate.NOTE
            continue
        if row.order.rank is None and not row.telling and not row.code:
            row.fate = Fate.GROUP if i < end else Fate.NOTE
            continue
        previous = row


def _own(row: Row) -> set[str]:
    """Fields that the row itself fills."""
    return {name for name in row.values if name not in row.moved and name not in ("number", "code")}


def _bears(row: Row) -> bool:
    """True for a row that is part of the table, not of the words below it."""
    numbered = row.order.rank is not None or bool(row.code)
    return (bool(row.text) and (numbered or row.telling)) or (numbered and row.telling)


def _is_cut(row: Row, previous: Row, own: set[str], broken: bool) -> bool:
    """True when `row` is the rest of `previous`, cut in two by a page break or by splitting the cell."""
    if row.text and "task" in own:
        starts_low = bool(_LOWER_START.match(row.text))
        open_end = previous.text[-1:] not in ".;!?"
        complete = {"deadline", "status", "completed_on"} & own
        return starts_low and open_end and (broken or not complete) and (broken or len(own) <= 3)
    words = [row.values[name] for name in own]
    return (
        broken and all(isinstance(value, str) for value in words) and not {"deadline", "status", "completed_on"} & own
    )


def _join(row: Row, previous: Row, own: set[str]) -> None:
    for name in own:
        rest = row.values[name]
        held = previous.values.get(name)
        if name == "deadline" and held not in (None, ""):
            continue
        previous.values[name] = f"{held} {rest}" if held not in (None, "") else rest
    previous.text = str(previous.values.get("task") or previous.text)
    row.fate = Fate.NOTE
    row.joined_to = previous.number


def _family(rows: list[Row], mapping: Mapping) -> None:
    """Tell parents from tasks and let children take the unit and deadline their parent names once for all."""
    open_rows = [row for row in rows if row.fate is None]
    parents = code_parents([row.code for row in open_rows])
    by_code: dict[str, Row] = {}
    stack: list[Row] = []
    for row in open_rows:
        if row.has("form"):
            continue  # a row of a form of ours is one assigned task, whatever its number looks like
        if row.code and "." in row.code:
            above = row.code.rsplit(".", 1)[0]
            while above and above not in by_code and "." in above:
                above = above.rsplit(".", 1)[0]
            row.parent = by_code.get(above)
        if row.parent is None:
            while stack and not is_child(row.order, stack[-1].order):
                stack.pop()
            if stack and not (row.code and stack[-1].code and "." in stack[-1].code):
                row.parent = stack[-1]
        if row.order.rank is not None:
            stack.append(row)
        if row.code:
            by_code.setdefault(row.code, row)
        if row.parent is not None:
            row.parent.children.append(row)
    for row in open_rows:
        if row.order.rank == BULLET and not row.telling and row.parent is not None:
            row.fate = Fate.NOTE  # a dash that only details the task above
            row.parent.children.remove(row)
    for row in open_rows:
        if row.fate is not None:
            continue
        if row.has("form"):
            row.fate = Fate.TASK
        elif row.children or row.code in parents:
            row.fate = _label_or_task(row, mapping)
        elif row.order.is_heading and not row.telling:
            row.fate = Fate.GROUP
        else:
            row.fate = Fate.TASK
    for row in open_rows:
        _inherit(row, mapping)


def _label_or_task(row: Row, mapping: Mapping) -> Fate:
    label = Fate.GROUP if row.order.is_heading and not row.telling else Fate.PARENT
    if not row.has("lead_unit") or ("product" in mapping.fields and not row.has("product")):
        return label
    if "number" in mapping.fields and not row.has("number") and any(child.has("number") for child in row.children):
        return label
    for name in ("lead_unit", "deadline"):
        if (
            row.has(name)
            and row.children
            and not any(child.has(name) and name not in child.moved for child in row.children)
        ):
            return label
    return Fate.TASK


def _inherit(row: Row, mapping: Mapping) -> None:
    if row.fate is not Fate.TASK or row.parent is None:
        return
    for name in INHERITED:
        above: Row | None = row.parent
        while not row.has(name) and above is not None:
            if above.fate is not Fate.TASK and above.has(name):
                row.values[name] = above.values[name]
                row.moved[name] = above.moved.get(name) or f"{letters(mapping.fields[name])}{above.number}"
            above = above.parent


def _groups(rows: list[Row]) -> None:
    """Attach to every task the group rows above it, outermost first."""
    stack: list[Row] = []
    for row in rows:
        if row.fate in (Fate.GROUP, Fate.PARENT):
            rank = row.order.rank
            if rank is None:
                stack = [above for above in stack if above.order.is_heading and above.order.rank is not None]
            else:
                stack = [
                    above
                    for above in stack
                    if (above.order.rank is not None and above.order.rank < rank)
                    or (above.order.rank is None and not row.order.is_heading)
                ]
            stack.append(row)
        elif row.fate is Fate.TASK:
            line = row.parent
            own = [above for above in stack if above.fate is Fate.GROUP or _is_ancestor(above, line)]
            row.headings = tuple(own)
            row.group = " › ".join(above.text.split("\n")[0][:120] for above in own)


def _is_ancestor(candidate: Row, line: Row | None) -> bool:
    while line is not None:
        if line is candidate:
            return True
        line = line.parent
    return False
