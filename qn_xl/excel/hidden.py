"""The two very hidden sheets: _qn_text (texts and places that the macros look up) and xlwings.conf (settings)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from xlsxwriter import Workbook

from qn_xl.errors import UsageError
from qn_xl.excel.wrappers import help_texts
from qn_xl.functions_registry import REGISTRY
from qn_xl.rules.text import fold

TEXT_TITLE, TEXT_CODE_NAME = "_qn_text", "shText"
CONF_TITLE, CONF_CODE_NAME = "xlwings.conf", "shConf"
UDF_MODULE = "qn_xl.excel.udfs"
_LONGEST_CELL = 32_767
# Latin with diacritics, combining marks, punctuation, minus: what a Vietnamese keyboard or web page can give.
_FOLDED = (range(0x250), range(0x300, 0x370), range(0x1E00, 0x1F00), range(0x2000, 0x2070), range(0x2212, 0x2213))


@cache
def messages() -> Mapping[str, str]:
    """Return the messages that the macros show, by key."""
    return tomllib.loads(resources.files("qn_xl.excel").joinpath("texts.toml").read_text("utf-8"))


@cache
def fold_table() -> str:
    """Return what `fold` makes of single characters, "224=a;225=a;…" by code point, unchanged ones left out."""
    pairs = []
    for code in (code for part in _FOLDED for code in part):
        folded = fold(f"x{chr(code)}y")
        if folded[:1] != "x" or folded[-1:] != "y":
            continue
        inner = folded[1:-1]
        if inner != chr(code) and ";" not in inner and "=" not in inner:
            pairs.append(f"{code}={inner}")
    return ";".join(pairs)


def write_texts(book: Workbook, places: Mapping[str, str]) -> None:
    """Add _qn_text: two columns in the binary order of the first, which the macros search.

    Args:
        places: further keys: cells where tables begin, sheet titles.
    """
    sheet: Any = book.add_worksheet(TEXT_TITLE)
    sheet.set_vba_name(TEXT_CODE_NAME)
    texts = {**messages(), **help_texts(REGISTRY), **places, "fold": fold_table()}
    as_text = book.add_format({"num_format": "@"})
    for row, key in enumerate(sorted(texts)):
        if len(texts[key]) > _LONGEST_CELL:
            raise ValueError(f"{key}: too long for a cell")
        sheet.write_string(row, 0, key, as_text)
        sheet.write_string(row, 1, texts[key], as_text)
    sheet.set_column(0, 0, 24, as_text)
    sheet.set_column(1, 1, 120, as_text)
    sheet.very_hidden()


def settings(interpreter: str) -> dict[str, str]:
    """Return the settings of xlwings for a workbook that calls `interpreter`.

    Raises:
        UsageError: a path outside ASCII: Excel hands it to Windows in an ANSI code page.
    """
    if not interpreter.isascii():
        raise UsageError(
            f"Đường dẫn Python “{interpreter}” có dấu tiếng Việt nên Excel không gọi được. Cài qn-xl vào thư mục"
            r" không dấu, ví dụ C:\ProgramData\qn-xl, rồi chạy lại."
        )
    return {
        "INTERPRETER_WIN": interpreter,
        "PYTHONPATH": "",
        "UDF MODULES": UDF_MODULE,
        "DEBUG UDFS": "False",
        "USE UDF SERVER": "True",
        "SHOW CONSOLE": "False",
        "ADD_WORKBOOK_TO_PYTHONPATH": "false",
    }


def write_settings(book: Workbook, interpreter: str) -> None:
    """Add xlwings.conf: from A1 down without gaps, as xlwings' module reads it."""
    sheet: Any = book.add_worksheet(CONF_TITLE)
    sheet.set_vba_name(CONF_CODE_NAME)
    as_text = book.add_format({"num_format": "@"})
    for row, (key, value) in enumerate(settings(interpreter).items()):
        sheet.write_string(row, 0, key, as_text)
        sheet.write_string(row, 1, value, as_text)
    sheet.set_column(0, 1, 40)
    sheet.very_hidden()
