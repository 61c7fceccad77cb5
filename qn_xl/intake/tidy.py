"""Bounds on what a file may put into a cell or a sheet's name, whatever its format."""

from __future__ import annotations

from qn_xl.intake import limits
from qn_xl.intake.grid import Workbook, a1


def cut_long_texts(book: Workbook) -> None:
    """Cut texts that no cell of Excel could hold, and say so."""
    cuts: dict[str, str] = {}  # one copy of a text that many cells show
    for grid in book.grids:
        found: list[tuple[str, int]] = []
        for row in grid.rows:
            for value in row.values:
                if value.__class__ is str and len(value) > limits.CELL_TEXT:
                    at = row.values.index(value)
                    row.values[at] = cuts.setdefault(value, value[: limits.CELL_TEXT])
                    found.append((a1(row.number, at + 1), len(value)))
        if found:
            others = f" (và {len(found) - 1} ô khác)" if len(found) > 1 else ""
            book.findings.append(("cell-too-long", grid.name, found[0][0], f"{found[0][1]} ký tự{others}"))


def tidy_names(book: Workbook) -> None:
    """Make sheet names fit to be shown in an address: Excel's have 31 characters, an attacker's any number."""
    names = {grid.name for grid in book.grids} | set(book.missing_sheets) | {found[1] or "" for found in book.findings}
    odd = {name: _shown_name(name) for name in names if not name.isprintable() or len(name) > limits.SHEET_NAME}
    if odd:
        for grid in book.grids:
            grid.name = odd.get(grid.name, grid.name)
        book.missing_sheets = [odd.get(name, name) for name in book.missing_sheets]
        book.findings = [
            (code, odd.get(sheet, sheet) if sheet else sheet, cell, odd.get(seen, seen))
            for code, sheet, cell, seen in book.findings
        ]


def _shown_name(name: str) -> str:
    tidy = "".join(letter if letter.isprintable() else " " for letter in name[: limits.SHEET_NAME])
    return tidy.strip() or "(không tên)"
