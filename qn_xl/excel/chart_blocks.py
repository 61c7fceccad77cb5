"""The numbers below the charts of Biểu đồ: live counts with room for plans and units added later.

Each block has more rows than are shown. A row whose flag (a hidden column) is 0 is hidden, and charts leave hidden
rows out; after copying new figures the macros hide and show rows by these flags.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from qn_xl.model import KIND_CODE, Class, Kind, Snapshot
from qn_xl.outputs import formulas
from qn_xl.outputs.labels import OFFICE_VIEW, STATUS
from qn_xl.outputs.styles import Styles
from qn_xl.rules.figures import MEASURE, MEMBERS, Figures
from qn_xl.tables import Tables

MOST_PLANS = 12
MOST_UNITS = 12
ALL_UNITS = 150  # units that the ranking has room for
TREND_DAYS = 8
HIDDEN = 14  # first of the hidden columns: flag, then what the formulas of the row need
HIDDEN_COLUMNS = 7
_FLAG, _PLAN, _KIND, _TOTAL, _RANK, _LATE, _UNIT = range(HIDDEN, HIDDEN + HIDDEN_COLUMNS)
_TASK = Kind.TASK.value
_NONE = "-"  # for a row without plan or unit: readers of the file stumble over an empty text as a stored result


@dataclass(frozen=True, slots=True)
class Block:
    """Header row `first`, body rows to `last`, columns 0 to `columns`; rows from 0."""

    sheet: str
    first: int
    last: int
    columns: int

    def body(self, column: int) -> str:
        """Return the body of a column as a chart names it."""
        return f"='{self.sheet}'!{xl_range_abs(self.first + 1, column, self.last, column)}"

    def line(self, row: int) -> str:
        """Return row `row` without its first cell."""
        return f"='{self.sheet}'!{xl_range_abs(row, 1, row, self.columns)}"

    def cell(self, row: int, column: int) -> str:
        return f"='{self.sheet}'!{xl_rowcol_to_cell(row, column, True, True)}"

    @property
    def flags(self) -> str:
        return str(xl_range(self.first + 1, _FLAG, self.last, _FLAG))

    @property
    def plans(self) -> str:
        """Where the plan of each row stands (the block of plans alone)."""
        return str(xl_range(self.first + 1, _PLAN, self.last, _PLAN))


class Sheet:
    """A worksheet on which blocks are written one below the other."""

    def __init__(self, sheet: Any, styles: Styles) -> None:
        self.sheet, self.styles = sheet, styles
        sheet.set_column(HIDDEN, HIDDEN + HIDDEN_COLUMNS - 1, 13, None, {"hidden": True})

    def header(self, row: int, title: str, heads: Sequence[str]) -> None:
        self.sheet.write_string(row - 1, 0, title, self.styles("bold"))
        for column, head in enumerate(heads):
            self.sheet.write_string(row, column, head, self.styles("bold centre wrap border head"))
        self.sheet.set_row(row, 32)

    def formula(self, row: int, column: int, formula: str, value: object, look: str = "") -> None:
        self.sheet.write_formula(row, column, f"={formula}", self.styles(look), value)

    def flag(self, row: int, formula: str, shown: bool) -> None:
        self.formula(row, _FLAG, formula, int(shown))
        if not shown:
            self.sheet.set_row(row, None, None, {"hidden": True})


def _listed(column: str, place: int) -> str:
    """Return the formula of entry `place` (from 0) of a table's column, _NONE where there is none."""
    found = f"INDEX({column},{place + 1})"
    return f'IFERROR(IF({found}="","{_NONE}",{found}),"{_NONE}")'


def plan_counts(page: Sheet, row: int, snapshot: Snapshot, tables: Tables) -> Block:
    """Items by state, a line for each plan of tblPlan and kind that it has."""
    heads = ["Kế hoạch", *(MEASURE[one].label for one in OFFICE_VIEW)]
    page.header(row, "Số nhiệm vụ theo tình trạng", heads)
    figures = Figures(snapshot.figures)
    kinds = tuple(KIND_CODE.items())
    plans = [tables.plans[place] if place < len(tables.plans) else None for place in range(MOST_PLANS)]
    for place, plan in enumerate(plans):
        symbol = plan.symbol if plan else _NONE
        totals = {kind: int(figures.get(symbol, "total", code) or 0) for kind, code in kinds}
        top = row + 1 + place * len(kinds)
        group = xl_range(top, _TOTAL, top + len(kinds) - 1, _TOTAL)
        for at, (kind, code) in enumerate(kinds, top):
            cell = {column: xl_rowcol_to_cell(at, column, False, True) for column in (_PLAN, _KIND, _TOTAL)}
            page.formula(at, _PLAN, _listed("tblPlan[Ký hiệu]", place), symbol)
            page.sheet.write_string(at, _KIND, kind.value, page.styles())
            keys = f"tblTask[Kế hoạch],{cell[_PLAN]},tblTask[Loại],{cell[_KIND]}"
            page.formula(at, _TOTAL, f'IF({cell[_PLAN]}="{_NONE}",0,COUNTIFS({keys}))', totals[kind])
            followed = f'IFERROR(INDEX(tblPlan[Đang theo dõi],{place + 1})<>"",FALSE)'
            empty = f'AND({cell[_PLAN]}<>"{_NONE}",{cell[_KIND]}={formulas.quoted(_TASK)},SUM({group})=0,{followed})'
            idle = plan is not None and plan.active and kind is Kind.TASK and not any(totals.values())
            page.flag(at, f"IF(OR({cell[_TOTAL]}>0,{empty}),1,0)", totals[kind] > 0 or idle)
            label = symbol if kind is Kind.TASK else f"{symbol} ({kind.value.lower()})"
            long = f'{cell[_PLAN]}&" ("&LOWER({cell[_KIND]})&")"'
            page.formula(
                at, 0, f"IF({cell[_KIND]}={formulas.quoted(_TASK)},{cell[_PLAN]},{long})", label, "border wrap inset"
            )
            for column, measure in enumerate(OFFICE_VIEW, 1):
                state = formulas.quoted(STATUS[MEMBERS[measure][0]])
                counting = f'IF({cell[_PLAN]}="{_NONE}",0,COUNTIFS({keys},tblTask[Tình trạng],{state}))'
                page.formula(at, column, counting, int(figures.get(symbol, measure, code) or 0), "border count centre")
    return Block(page.sheet.name, row, row + MOST_PLANS * len(kinds), len(OFFICE_VIEW))


def late_units(page: Sheet, row: int, snapshot: Snapshot, tables: Tables) -> Block:
    """The units with the most overdue tasks; all units of tblUnit are counted in the hidden columns."""
    page.header(row, f"{MOST_UNITS} đơn vị có nhiều nhiệm vụ chậm tiến độ nhất", ["Đơn vị", "Chậm tiến độ"])
    late = formulas.quoted(STATUS[Class.OVERDUE])
    names = {unit.id: unit.name for unit in snapshot.units}
    counts: dict[str, int] = {}
    for one in snapshot.unit_results:
        if one.cls is Class.OVERDUE and one.kind is Kind.TASK:
            counts[names.get(one.unit, one.unit)] = counts.get(names.get(one.unit, one.unit), 0) + 1
    ranked = []
    for place in range(ALL_UNITS):
        at = row + 1 + place
        name = tables.units[place].name if place < len(tables.units) else _NONE
        count = counts.get(name, 0) if name != _NONE else -1
        rank = count - (place + 1) / 1_000_000
        unit, number = xl_rowcol_to_cell(at, _UNIT), xl_rowcol_to_cell(at, _LATE)
        page.formula(at, _UNIT, _listed("tblUnit[Tên đơn vị]", place), name)
        keys = f"tblTaskUnit[Đơn vị],{unit},tblTaskUnit[Loại],{formulas.quoted(_TASK)},tblTaskUnit[Tình trạng],{late}"
        page.formula(at, _LATE, f'IF({unit}="{_NONE}",-1,COUNTIFS({keys}))', count)
        page.formula(at, _RANK, f"{number}-{place + 1}/1000000", rank)
        ranked.append((rank, count, name))
    ranked.sort(reverse=True)
    ranks, numbers, titles = (
        xl_range_abs(row + 1, column, row + ALL_UNITS, column) for column in (_RANK, _LATE, _UNIT)
    )
    for place in range(MOST_UNITS):
        at = row + 1 + place
        found = f"MATCH(LARGE({ranks},{place + 1}),{ranks},0)"
        page.formula(at, 0, f"INDEX({titles},{found})", ranked[place][2], "border wrap inset")
        page.formula(at, 1, f"INDEX({numbers},{found})", ranked[place][1], "border count centre")
        first = place == 0  # a chart without any row would be an empty frame
        page.flag(at, "1" if first else f"IF({xl_rowcol_to_cell(at, 1)}>0,1,0)", first or ranked[place][1] > 0)
    return Block(page.sheet.name, row, row + MOST_UNITS, 1)


@dataclass(frozen=True, slots=True)
class Point:
    """One cut-off date of the trend: rate of each plan symbol, kind Nhiệm vụ."""

    as_of: date
    rates: dict[str, float]


def point(snapshot: Snapshot) -> Point:
    figures = Figures(snapshot.figures)
    rates = {plan.symbol: figures.get(plan.symbol, "rate_total") for plan in snapshot.plans}
    return Point(snapshot.as_of, {symbol: rate for symbol, rate in rates.items() if rate is not None})


def trend(page: Sheet, row: int, snapshot: Snapshot, earlier: Sequence[Snapshot]) -> Block:
    """Rate of completion, a line for each plan and a column for each cut-off date; the macros write it on."""
    page.header(row, "Tỷ lệ hoàn thành tại các ngày chốt (loại Nhiệm vụ)", ["Kế hoạch"])
    points = sorted((point(one) for one in (*earlier, snapshot)), key=lambda one: one.as_of)[-TREND_DAYS:]
    known = {symbol for one in points for symbol in one.rates}
    symbols = [plan.symbol for plan in snapshot.plans if plan.active or plan.symbol in known][:MOST_PLANS]
    for column in range(1, TREND_DAYS + 1):
        look = page.styles("bold centre border head date")
        if column <= len(points):
            page.sheet.write_datetime(row, column, points[column - 1].as_of, look)
        else:
            page.sheet.write_blank(row, column, None, look)
    for place in range(MOST_PLANS):
        at = row + 1 + place
        symbol = symbols[place] if place < len(symbols) else None
        page.sheet.write(at, 0, symbol, page.styles("border inset text"))
        for column in range(1, TREND_DAYS + 1):
            rate = points[column - 1].rates.get(symbol) if symbol and column <= len(points) else None
            page.sheet.write(at, column, rate, page.styles("border rate centre"))
        page.flag(at, f'IF({xl_rowcol_to_cell(at, 0)}="",0,1)', symbol is not None)
    return Block(page.sheet.name, row, row + MOST_PLANS, TREND_DAYS)
