"""A finding in the words for the unit it goes back to (returns.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any, Final

from qn_xl.model import Finding

_OFFICE_SHEET = re.compile(r"trang (?:Xử lý|Đơn vị|Kế hoạch|Nhiệm vụ giao|Cài đặt|Quy tắc)")
OFFICE: Final = ("ở trang Xử lý", "của cơ quan tổng hợp")  # how a decision is cited inside and outside the office
_ELSE = "Trao đổi với cơ quan tổng hợp."


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("qn_xl.outputs").joinpath("returns.toml").read_text("utf-8"))


def for_unit(found: Finding) -> Finding | None:
    """Return the finding as its unit may read it, None for one that concerns the office alone."""
    words = _words()
    if found.code in words["skip"]:
        return None
    own: Mapping[str, str] = words.get(found.code, {})
    filled = {name: text.replace("{seen}", found.seen) for name, text in own.items()}
    said = replace(found, **filled)  # type: ignore[arg-type]
    action = said.action.replace(*OFFICE)
    return replace(
        said,
        message=without_office_sheets(said.message),
        action=without_office_sheets(action),
        repair=without_office_sheets(said.repair) or _ELSE,
    )


def without_office_sheets(text: str) -> str:
    """Return `text` without the clauses that send the reader to a sheet of the office's workbook."""
    if not _OFFICE_SHEET.search(text):
        return text
    parts = re.split(r"(?<=[.;])\s+|,\s+(?=hoặc )", text)
    kept = " ".join(part for part in parts if not _OFFICE_SHEET.search(part)).strip().rstrip(";,.")
    return f"{kept}." if kept else ""
