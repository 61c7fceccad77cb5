"""The snapshot's tables as CSV files: UTF-8 with BOM, text that looks like a formula made harmless."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qn_xl.model import Snapshot
from qn_xl.outputs import safe
from qn_xl.rules import frames

if TYPE_CHECKING:
    import pandas as pd

TABLES: dict[str, Callable[[Snapshot], Any]] = {
    "nhiem-vu.csv": frames.items,
    "theo-ke-hoach.csv": frames.by_plan,
    "theo-don-vi.csv": frames.by_unit,
    "tuoi-cham.csv": frames.ageing,
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_CELL_WITHIN = re.compile(r"([;\t])(?=[=+\-@])")  # Excel in Vietnamese opens a CSV file at semicolons


def write_tables(folder: Path, snapshot: Snapshot) -> list[Path]:
    """Write every table into `folder`; return the paths.

    Raises:
        OutputLockedError: a file is open or the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, make in TABLES.items():
        frame: pd.DataFrame = make(snapshot)
        if frame.index.names != [None]:
            frame = frame.reset_index()
        plain = frame.map(_harmless)
        path = folder / name
        safe.replace(path, partial(plain.to_csv, index=False, encoding="utf-8-sig", lineterminator="\n"))
        written.append(path)
    return written


def _harmless(value: object) -> object:
    """A lone dash stays; anything else that a spreadsheet would take for a formula gets a leading apostrophe."""
    if not isinstance(value, str) or value == "-":
        return value
    value = _CELL_WITHIN.sub(r"\1 ", value)
    return f"'{value}" if value.startswith(_FORMULA) else value
