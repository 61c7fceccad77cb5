"""so-lieu.json: the figures of the last run for readers that have no Python packages (design, section 5)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qn_xl.history import History
from qn_xl.model import Snapshot
from qn_xl.outputs import safe
from qn_xl.rules.words import labels, words_table

SCHEMA = 1


def document(snapshot: Snapshot, restored: bool = False) -> dict[str, Any]:
    """Return the document of a snapshot; `restored` marks an older run that the office went back to.

    `labels` is domain (plan, group, unit, measure) to code to Vietnamese; `words` is domain to accepted wording
    (folded: no capitals, no diacritics) to code, as in tblWord.
    """
    words: dict[str, dict[str, str]] = {}
    for domain, word, code in words_table(snapshot.plans, snapshot.units):
        words.setdefault(domain, {})[word] = code
    return {
        "schema": SCHEMA,
        "run": snapshot.run,
        "as_of": snapshot.as_of.isoformat(),
        "period": snapshot.period,
        "figures": [
            [figure.plan, figure.group, figure.unit, figure.measure, _number(figure.value)]
            for figure in snapshot.figures
        ],
        "labels": labels(snapshot.plans, snapshot.units),
        "words": words,
        **({"restored": True} if restored else {}),
    }


def write(path: Path, snapshot: Snapshot, *, restored: bool = False) -> None:
    """Write the document of `snapshot`.

    Raises:
        OutputLockedError: the file is locked or the folder cannot be written.
    """
    text = json.dumps(document(snapshot, restored), ensure_ascii=False, separators=(",", ":"))

    def put(target: Path) -> None:
        target.write_text(text, "utf-8", newline="\n")

    def verify(target: Path) -> None:
        if json.loads(target.read_text("utf-8"))["run"] != snapshot.run:
            raise ValueError(f"{target} does not hold run {snapshot.run}")

    safe.replace(path, put, verify)


def run_of(path: Path) -> int | None:
    """Return the run that the file holds; None when it is missing, damaged or of another schema."""
    try:
        data = json.loads(path.read_text("utf-8"))
        return int(data["run"]) if data["schema"] == SCHEMA else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def restored_run(path: Path) -> int | None:
    """Return the run that the office went back to, None when the last run is shown."""
    try:
        data = json.loads(path.read_text("utf-8"))
        return int(data["run"]) if data["schema"] == SCHEMA and data.get("restored") else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def catch_up(path: Path, history: History) -> bool:
    """Write the file again from the history when it does not hold the last run; return whether it was written."""
    last = history.latest_run()
    if last is None or run_of(path) == last:
        return False
    write(path, history.load(last))
    return True


def _number(value: float) -> float:
    return int(value) if float(value).is_integer() else value
