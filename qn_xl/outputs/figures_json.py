"""so-lieu.json: the figures of the last run for readers that have no Python packages (design, section 5)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from qn_xl.history import History
from qn_xl.model import KIND_CODE, Snapshot
from qn_xl.outputs import safe
from qn_xl.rules.figures import MEASURES
from qn_xl.rules.text import fold

SCHEMA = 1
Words = Mapping[str, Mapping[str, str]]


def document(snapshot: Snapshot, words: Words | None = None) -> dict[str, Any]:
    """Return the document of a snapshot.

    `labels` is {"plans": {symbol: title}, "groups": …, "units": …, "measures": …}: code to Vietnamese.
    `words` has the same four parts, accepted wording (`fold`ed) to code; a wording that two things share is left out.

    Args:
        words: further wordings for the parts, before folding.
    """
    accepted = {
        "plans": _words((plan.symbol, (plan.id, plan.symbol, plan.title, *plan.aliases)) for plan in snapshot.plans),
        "groups": _words((code, (code, kind.value)) for kind, code in KIND_CODE.items()),
        "units": _words(
            (unit.id, (unit.id, unit.name, unit.abbreviation, *unit.aliases, *unit.predecessors))
            for unit in snapshot.units
        ),
        "measures": _words((measure.code, (measure.code, measure.label)) for measure in MEASURES),
    }
    for part, more in (words or {}).items():
        accepted[part] |= {fold(word): code for word, code in more.items()}
    return {
        "schema": SCHEMA,
        "run": snapshot.run,
        "as_of": snapshot.as_of.isoformat(),
        "period": snapshot.period,
        "figures": [
            [figure.plan, figure.group, figure.unit, figure.measure, _number(figure.value)]
            for figure in snapshot.figures
        ],
        "labels": {
            "plans": {plan.symbol: plan.title for plan in snapshot.plans},
            "groups": {code: kind.value for kind, code in KIND_CODE.items()},
            "units": {unit.id: unit.name for unit in snapshot.units},
            "measures": {measure.code: measure.label for measure in MEASURES},
        },
        "words": accepted,
    }


def write(path: Path, snapshot: Snapshot, words: Words | None = None) -> None:
    """Write the document of `snapshot`.

    Raises:
        OutputLockedError: the file is locked or the folder cannot be written.
    """
    text = json.dumps(document(snapshot, words), ensure_ascii=False, separators=(",", ":"))

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


def catch_up(path: Path, history: History, words: Words | None = None) -> bool:
    """Write the file again from the history when it does not hold the last run; return whether it was written."""
    last = history.latest_run()
    if last is None or run_of(path) == last:
        return False
    write(path, history.load(last), words)
    return True


def _words(things: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for code, names in things:
        for name in names:
            if word := fold(name):
                owners.setdefault(word, set()).add(code)
    return {word: next(iter(codes)) for word, codes in owners.items() if len(codes) == 1}


def _number(value: float) -> float:
    return int(value) if float(value).is_integer() else value
