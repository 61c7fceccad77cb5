"""Numbers and texts as a sheet part stores them (ECMA-376 part 1, 18.3.1.4 and 22.9.2.19)."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

LONGEST_TEXT = 32_767
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
_UNSAFE = re.compile(r"[\ud800-\udfff]")


def number(value: float) -> str:
    """Return a number as a sheet part stores it."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value)).upper()


def stored_value(value: float | str | bool | None) -> tuple[str, str]:
    """Return the type attribute and the text of a formula's stored value; error codes begin with "#"."""
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, str):
        return ("e" if value in ERRORS else "str"), value
    return "", number(value)


ERRORS = frozenset({"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!"})


def text_xml(text: str) -> str:
    """Return text for a <t> or <v> element; characters that XML cannot hold as Excel writes them (_x0001_)."""
    text = _ESCAPED.sub(lambda found: "_x005F" + found[0], text)
    text = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _UNSAFE.sub("\ufffd", text))
    return escape(text.replace("\r\n", "\n")).replace("\r", "_x000D_")


def plain_text(stored: str) -> str:
    """Return a stored text as the reader sees it."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), stored)


def rich_runs(raw: str) -> str:
    """Return the inner XML of a raw <si> or <is> element without namespace prefixes and phonetic marks."""
    inner = re.sub(r"^<[^>]*>|</[^>]*>$", "", raw.strip())
    inner = re.sub(r"<(/?)[A-Za-z_][\w.-]*:(?=[A-Za-z])", r"<\1", inner)
    inner = re.sub(r"<rPh\b.*?</rPh>|<phoneticPr\b[^>]*/>|<phoneticPr\b.*?</phoneticPr>", "", inner, flags=re.DOTALL)
    return inner
