"""Self-check of machine and workspace: what is in order, what to look at, what is broken, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any


class State(StrEnum):
    OK = "ok"
    LOOK = "cần xem"
    BROKEN = "hỏng"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing examined. `todo` is empty where nothing has to be done."""

    id: str
    state: State
    title: str
    seen: str
    todo: str = ""


def ok(name: str, title: str, seen: str) -> Line:
    return Line(name, State.OK, title, seen)


def look(name: str, title: str, seen: str, todo: str) -> Line:
    return Line(name, State.LOOK, title, seen, todo)


def broken(name: str, title: str, seen: str, todo: str) -> Line:
    return Line(name, State.BROKEN, title, seen, todo)


def examine(folder: Path, now: datetime) -> list[Line]:
    """Return the lines about this machine and, where `folder` is one, about the workspace. Nothing is repaired."""
    from qn_xl import doctor_machine, doctor_workspace
    from qn_xl.errors import UsageError
    from qn_xl.workspace import Workspace

    found: list[Line] = []
    for check in doctor_machine.CHECKS:
        found += guarded(check)
    try:
        workspace = Workspace(folder)
    except UsageError as error:
        message, _, way_out = str(error).partition(". ")
        return [*found, broken("workspace", "Thư mục làm việc", f"{message}.", way_out)]
    for examine_one in doctor_workspace.CHECKS:
        found += guarded(lambda one=examine_one: one(workspace, now))  # type: ignore[misc]
    return found


def guarded(check: Callable[[], Sequence[Line]]) -> Sequence[Line]:
    """Run a check; one that fails itself is something to look at, and the others go on."""
    try:
        return check()
    except Exception as error:
        name = getattr(check, "__name__", "check").strip("<>_")
        return [look(name, "Mục kiểm tra không chạy được", f"{type(error).__name__}: {error}", "Báo người phụ trách.")]


def document(report: Sequence[Line]) -> dict[str, Any]:
    """Return the report for `--json`; `state` is "ok", "look" or "broken"."""
    states = {State.OK: "ok", State.LOOK: "look", State.BROKEN: "broken"}
    return {
        "broken": sum(line.state is State.BROKEN for line in report),
        "look": sum(line.state is State.LOOK for line in report),
        "checks": [
            {"id": line.id, "state": states[line.state], "title": line.title, "seen": line.seen, "todo": line.todo}
            for line in report
        ],
    }


def lines(report: Sequence[Line]) -> list[str]:
    """Return the report as text, with what to do under each line that needs it."""
    found = []
    for line in report:
        found.append(f"{line.state.value:<8} {line.title}: {line.seen}")
        if line.todo:
            found.append(f"{'':<8} → {line.todo}")
    bad = sum(line.state is State.BROKEN for line in report)
    unsure = sum(line.state is State.LOOK for line in report)
    found.append(f"Kết luận: {bad} mục hỏng, {unsure} mục cần xem, {len(report) - bad - unsure} mục ổn.")
    return found
