"""A unit's own sums held against its rows: "đã hoàn thành 5/7 nhiệm vụ" in words, roll-up tables that do not add up.

Nothing here is counted; each disagreement is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from qn_xl.intake.grid import Grid
from qn_xl.intake.header import Cells
from qn_xl.intake.rows import letters
from qn_xl.model import DONE, Address, Fate, Finding, Kind, SheetReading, TaskReport
from qn_xl.rules.catalogue import finding
from qn_xl.rules.classify import classify
from qn_xl.rules.text import clean, fold

_WHAT = r"(nhiem vu|chi tieu)"
_CLAIMS = (
    re.compile(
        rf"(?<!chua )(?<!khong )hoan thanh\D{{0,12}}?(?P<part>\d+)\s*/\s*(?P<all>\d+)\s*(?P<what>{_WHAT})(?! den han)"
    ),
    re.compile(rf"(?P<part>\d+)\s*/\s*(?P<all>\d+)\s*(?P<what>{_WHAT})\s*(?:da )?(?<!chua )hoan thanh"),
)
_ELSEWHERE = re.compile(r"\btoan (?:tinh|thanh pho|quoc)\b")
_SPOKEN = (Fate.NOTE, Fate.TOTAL, Fate.BLANK)
_TOTAL = re.compile(r"^(?:tong (?:so|nhiem vu|cong)|so nhiem vu|tong$)")
_PARTS = re.compile(
    r"^(?:so nhiem vu |nhiem vu |nv )?(?:(?:da |chua )?(?:hoan thanh|thuc hien|trien khai)|"
    r"dang (?:thuc hien|trien khai)|cham|qua han|tre han|trong han|dung han|dung tien do|thuong xuyen|"
    r"khong (?:xac dinh|co) thoi han|tam dung|bi huy|huy)"
)
_LEADING = re.compile(r"^\s*(\d+)(?:\s*\(.*\))?\s*$", re.DOTALL)
_DETAILS = ("dung han", "qua han", "tre han", "hoan thanh dung", "hoan thanh qua")  # what a column "Hoàn thành" adds up
ROLLUP_ROWS = 200


def summary_findings(
    name: str, grids: Sequence[Grid], sheets: Sequence[SheetReading], as_of: date
) -> Iterator[Finding]:
    """Give what a file's titles, notes and roll-up tables say otherwise than its task rows."""
    rows = [task for sheet in sheets for task in sheet.tasks]
    for grid, sheet in zip(grids, sheets, strict=True):
        if rows:
            yield from _claims(name, grid, sheet, rows, as_of)
        if not sheet.tasks:
            yield from _rollup(name, grid)


def _claims(
    name: str, grid: Grid, sheet: SheetReading, rows: Sequence[TaskReport], as_of: date
) -> Iterator[Finding]:
    for row in grid.rows:
        if sheet.fates.get(row.number, Fate.NOTE) not in _SPOKEN:
            continue
        for column, value in enumerate(row.values, 1):
            if not isinstance(value, str) or "/" not in value or len(value) > 2000:
                continue
            words = fold(value)
            if _ELSEWHERE.search(words):
                continue
            for said in (found for claim in _CLAIMS for found in claim.finditer(words)):
                counted = _contradicted(said, sheet.tasks or rows, rows, as_of)
                if counted:
                    where = Address(name, grid.name, f"{letters(column)}{row.number}")
                    claim = f"hoàn thành {said['part']}/{said['all']}"
                    yield finding("summary-disagrees", where, claim, counted=counted)


def _contradicted(
    said: re.Match[str], own: Sequence[TaskReport], rows: Sequence[TaskReport], as_of: date
) -> str | None:
    """Return what the nearest rows have, None when the claim is true of the sheet, the file or one plan in them."""
    targets = said["what"] == "chi tieu"
    scopes = []
    for tasks in (own, rows):
        counted = [task for task in tasks if (task.kind is Kind.TARGET) is targets]
        scopes.append(counted)
        scopes += [[task for task in counted if task.plan == plan] for plan in {task.plan for task in counted}]
    claimed = int(said["part"]), int(said["all"])
    found = [(sum(_done(task, as_of) for task in scope), len(scope)) for scope in scopes]
    if claimed in found or not found[0][1]:
        return None
    part, total = next((one for one in found if one[1] == claimed[1]), found[0])
    return f"hoàn thành {part}/{total}"


def _done(task: TaskReport, as_of: date) -> bool:
    classed = classify(
        deadline=task.deadline,
        due=task.deadline.due,
        status=task.status,
        completed_on=task.completed_on,
        kind=task.kind or Kind.TASK,
        as_of=as_of,
        percent=task.percent,
        actual=task.actual,
    )
    return classed.cls in DONE


def _rollup(name: str, grid: Grid) -> Iterator[Finding]:
    """Give the rows of a roll-up table whose parts do not add up to the total beside them."""
    cells = Cells(grid)
    header = _header(cells)
    if header is None:
        return
    bottom, total, tops, leaves = header
    for number in range(bottom + 1, min(cells.last, bottom + ROLLUP_ROWS) + 1):
        said = _number(cells.value(number, total))
        parts = {column: _number(cells.value(number, column)) for column in leaves}
        known = {column: value for column, value in parts.items() if value is not None}
        if said is None or len(known) < 2:
            continue
        sums = {sum(known.get(column, 0) for column in chosen) for chosen in _ways(tops, leaves)}
        if said in sums:
            continue
        chosen = next(iter(_ways(tops, leaves)))
        added = [known[column] for column in chosen if column in known]
        where = Address(name, grid.name, f"{letters(total)}{number}")
        words = f"{' + '.join(map(str, added))} = {sum(added)}"
        yield finding("sums-disagree", where, str(said), parts=words)


def _header(cells: Cells) -> tuple[int, int, dict[int, str], dict[int, str]] | None:
    """Return last header row, column of the total, heading of each part and the heading above it."""
    for top in range(cells.first, min(cells.last, cells.first + 30) + 1):
        heads = {column: fold(clean(cells.text(top, column))) for column in range(1, cells.width + 1)}
        total = next((column for column, text in heads.items() if _TOTAL.match(text)), None)
        if total is None:
            continue
        under = {column: fold(clean(cells.text(top + 1, column))) for column in heads}
        for column in range(2, cells.width + 1):  # formats that show no merged ranges: a heading reaches over its parts
            if not heads[column] and under[column] and not under[column][:1].isdigit():
                heads[column] = heads[column - 1]
        tops = {c: text for c, text in heads.items() if c != total and _PARTS.match(text) and "ty le" not in text}
        below = {c: under[c] for c in tops}
        deep = any(text and text != tops[c] and not text[:1].isdigit() for c, text in below.items())
        leaves = {c: (below[c] or tops[c]) if deep else tops[c] for c in tops}
        leaves = {c: text for c, text in leaves.items() if "trong do" not in text and "ty le" not in text}
        if len(leaves) >= 2:
            return top + int(deep), total, tops, leaves
    return None


def _ways(tops: dict[int, str], leaves: dict[int, str]) -> list[list[int]]:
    """Return the sets of columns that may make up the total: all, or without what details another column."""
    every = list(leaves)
    subtotals = [c for c in every if leaves[c].startswith("tong")]
    groups = {tops[c] for c in subtotals}
    whole = [c for c in every if c in subtotals or tops[c] not in groups]
    done = [c for c in every if leaves[c] in ("hoan thanh", "da hoan thanh")]
    ways = [whole, every, [c for c in every if c not in done], [c for c in every if not leaves[c].startswith(_DETAILS)]]
    return [way for way in ways if len(way) >= 2]


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if float(value).is_integer() else None
    found = _LEADING.match(value) if isinstance(value, str) else None
    return int(found[1]) if found else None
