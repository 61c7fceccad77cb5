"""The look of every sheet that the program writes: Times New Roman, black, thin borders (Nghị định 30/2020/NĐ-CP)."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

FONT = "Times New Roman"

TRAITS: dict[str, dict[str, Any]] = {
    "bold": {"bold": True},
    "italic": {"italic": True},
    "small": {"font_size": 10},
    "body": {"font_size": 12},
    "large": {"font_size": 13},
    "title": {"font_size": 14},
    "centre": {"align": "center"},
    "right": {"align": "right"},
    "left": {"align": "left"},
    "inset": {"align": "left", "indent": 1},
    "top": {"valign": "top"},
    "middle": {"valign": "vcenter"},
    "wrap": {"text_wrap": True},
    "border": {"border": 1},
    "open-top": {"top": 0},
    "open-bottom": {"bottom": 0},
    "shade": {"bg_color": "#F2F2F2"},
    "head": {"bg_color": "#DDE6F2"},
    "count": {"num_format": "#,##0"},
    "days": {"num_format": "#,##0.0"},
    "amount": {"num_format": "General"},
    "rate": {"num_format": "0.0%"},
    "share": {"num_format": "0.00%"},
    "date": {"num_format": "dd/mm/yyyy"},
    "text": {"num_format": "@"},
    "quoted": {"quote_prefix": True},
    "link": {"font_color": "#0563C1", "underline": 1},
    "warn": {"font_color": "#C00000"},
    "amber": {"font_color": "#9C5700"},
    "thin": {"border": 1, "border_color": "#BFBFBF"},
}

# What makes a workbook one of ours. Text of units is never taken for a formula, a number or a link.
# xlsxwriter writes theme_font_name into the inner dictionary: were it not there already, the second workbook of a
# process would differ from the first. font_scheme "none" keeps Excel from showing the theme's font instead.
BOOK_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_format_properties": {
        "font_name": FONT,
        "font_size": 11,
        "font_scheme": "none",
        "theme_font_name": FONT,
    },
}


class Styles:
    """Formats of one workbook by the names of their traits: `styles("border centre", "bold")`."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[frozenset[str], Format] = {}

    def __call__(self, *traits: str) -> Format:
        """Return the format with all the traits, made once a workbook.

        Raises:
            KeyError: there is no such trait.
        """
        names = frozenset(" ".join(traits).split())
        if names not in self._made:
            base = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
            self._made[names] = self._book.add_format(base | _properties(names))
        return self._made[names]

    def rule(self, *traits: str) -> Format:
        """Return a format for a conditional format: the traits alone, laid over what the cell has."""
        return self._book.add_format(_properties(frozenset(" ".join(traits).split())))


def _properties(names: frozenset[str]) -> dict[str, Any]:
    unknown = names - TRAITS.keys()
    if unknown:
        raise KeyError(*unknown)
    merged: dict[str, Any] = {}
    for name, one in TRAITS.items():  # in the order above, so that "open-top" follows "border"
        if name in names:
            merged |= one
    return merged
