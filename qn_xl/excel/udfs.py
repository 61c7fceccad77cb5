"""The worksheet functions as xlwings' UDF server calls them from the workbook's own VBA.

Each takes its arguments and then the run, the cut-off date and the full path of the workbook that asks. Values
come as grids (ndim 2: the shape of a range is kept); errors go back as the text Excel shows, which the VBA
turns into error values. Nothing is raised: xlwings would write a traceback into the cell.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import xlwings as xw

from qn_xl.excel.answers import functions_for
from qn_xl.functions_registry import FUNCTION, REGISTRY, answer
from qn_xl.functions_values import QnError

ERRORS = ("#N/A", "#VALUE!", "#NUM!", "#REF!", "#DIV/0!", "#NAME?", "#NULL!")
EXTRAS = 3  # run, as_of, book
Grid = Sequence[Sequence[Any]] | None


def call(name: str, arguments: Sequence[Grid]) -> Any:
    """Answer one call from the workbook; see the module's text for what comes in and goes out."""
    try:
        *given, run, as_of, book = (_argument(one) for one in arguments)
        for one in given:
            if isinstance(one, str) and one in ERRORS:
                return one
        required = sum(not argument.optional for argument in FUNCTION[name].arguments)
        while len(given) > required and given[-1] is None:
            given.pop()
        functions = functions_for(name, run, as_of, book)
        return _outgoing(answer(functions, name, given))
    except QnError as error:
        return error.cell
    except Exception:
        logging.getLogger(__name__).exception("%s", name)
        return "#VALUE!"


def _argument(grid: Grid) -> Any:
    if not grid:
        return None
    rows = [list(row) for row in grid]
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def _outgoing(value: Any) -> Any:
    """Dates as datetime (what COM knows), blanks as empty text, errors as text."""
    if isinstance(value, list):
        return [[_outgoing(cell) for cell in row] for row in value]
    if isinstance(value, QnError):
        return value.cell
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return "" if value is None else value


def _door(name: str) -> Callable[..., Any]:
    def function(*arguments: Any) -> Any:
        return call(name, arguments)

    function.__name__ = function.__qualname__ = name
    door: Callable[..., Any] = xw.func(xw.arg("*arguments", ndim=2, err_to_str=True)(function))
    return door


for _function in REGISTRY:
    globals()[_function.name] = _door(_function.name)
