"""How the input sheets look: sheets, tables and columns, described once in tables.toml.

The writer (excel/inputs.py) and the reader (tables_read.py) both work from this description.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LIST_SHEET = "Danh mục"  # hidden; holds the choices of the drop-downs
LIST_CODE_NAME = "shLists"


@dataclass(frozen=True, slots=True)
class Column:
    field: str
    header: str
    type: str  # text, code, names, date, year, number, flag, choice
    width: float  # in characters, as Excel counts them
    need: bool = False  # the table is not recognised without it
    fill: bool = False  # a row must have it
    pick: str = ""  # list of the drop-down
    source: str = ""  # "table.field": the drop-down offers what stands there
    note: str = ""  # shown beside the cell when it is selected
    input: bool = False  # in a table whose other columns are not meant to be edited
    pick_by: Mapping[str, str] = dataclasses.field(default_factory=dict)  # "on": a field; its word → list or column


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[Column, ...]

    def column(self, field: str) -> Column:
        return next(column for column in self.columns if column.field == field)


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    code_name: str
    about: tuple[str, ...]
    tables: tuple[Table, ...]
    paper: str = "A4"


@dataclass(frozen=True, slots=True)
class Option:
    """A rule or setting that exists: its default value and what it may be."""

    code: str
    name: str
    value: str
    explanation: str
    accepts: str  # whole, choice, text
    low: int = 0
    high: int = 0
    choices: tuple[str, ...] = ()


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("qn_xl").joinpath("tables.toml").read_text("utf-8"))


def _column(row: dict[str, Any]) -> Column:
    return Column(source=row.pop("from", ""), **row)


@cache
def sheets() -> tuple[Sheet, ...]:
    """Return the input sheets in the order of the workbook."""
    return tuple(
        Sheet(
            sheet["title"],
            sheet["code_name"],
            tuple(sheet["about"]),
            tuple(
                Table(table["name"], tuple(_column(dict(column)) for column in table["column"]))
                for table in sheet["table"]
            ),
            sheet.get("paper", "A4"),
        )
        for sheet in _data()["sheet"]
    )


def code_names() -> dict[str, str]:
    """Return sheet title to VBA code name, hidden list sheet included."""
    return {sheet.title: sheet.code_name for sheet in sheets()} | {LIST_SHEET: LIST_CODE_NAME}


def table(name: str) -> tuple[Sheet, Table]:
    """Return the table called `name` and the sheet it stands on."""
    return next((sheet, found) for sheet in sheets() for found in sheet.tables if found.name == name)


def lists() -> Mapping[str, list[str]]:
    """Return the choices of each drop-down."""
    found: dict[str, list[str]] = _data()["lists"]
    return found


def codes(name: str) -> Mapping[str, str]:
    """Return code to Vietnamese word of a list whose words stand for codes."""
    found: dict[str, str] = _data()["codes"][name]
    return found


def _options(rows: list[dict[str, Any]]) -> tuple[Option, ...]:
    return tuple(
        Option(
            row["code"],
            row["name"],
            row["value"],
            row["explanation"],
            row["is"],
            row.get("from", 0),
            row.get("to", 0),
            tuple(row.get("choices", ())),
        )
        for row in rows
    )


@cache
def rules() -> tuple[Option, ...]:
    return _options(_data()["rule"])


@cache
def settings() -> tuple[Option, ...]:
    return _options(_data()["setting"])


def periods() -> list[dict[str, Any]]:
    """Return the periods a new workbook starts with, as the fields of `model.Period`."""
    return [dict(row) for row in _data()["period"]]


def words() -> Mapping[str, str]:
    """Return StatusWord value to the description of its row in Quy tắc."""
    found: dict[str, str] = _data()["words"]
    return found
