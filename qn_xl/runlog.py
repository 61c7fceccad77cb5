"""What became of each start of `consolidate`: one log a run in nhat-ky/, and lan-chay-cuoi.json about the last one.

Nobody watches the night run; whoever comes in the morning, the workbook and `qn-xl doctor` look here.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qn_xl import __version__
from qn_xl.errors import BusyError, OutputLockedError, QnXlError, UsageError
from qn_xl.model import Received
from qn_xl.outputs import safe
from qn_xl.rules.outcome import MEANING
from qn_xl.workspace import Workspace

if TYPE_CHECKING:
    from qn_xl.consolidate import Outcome

SCHEMA = 1
KEEP = 60  # logs; at one a night some two months
CHOOSABLE = (20, 21, 22, 23, 24, 25)


def read_codes(text: str | None) -> frozenset[int] | None:
    """Return the exit codes that `--fail-on` names ("23,24,25"; "" for none); None when it was left out.

    Raises:
        UsageError: not codes that can be chosen. 1 and 2 always count as failures.
    """
    if text is None:
        return None
    try:
        codes = frozenset(int(part) for part in text.replace(";", ",").split(",") if part.strip())
    except ValueError:
        codes = frozenset({-1})
    if not codes <= {*CHOOSABLE, 1, 2}:
        raise UsageError(f"--fail-on nhận các mã {', '.join(map(str, CHOOSABLE))}, cách nhau bằng dấu phẩy.")
    return codes


def returned(code: int, fail_on: frozenset[int] | None) -> int:
    """Return what the command ends with: codes that were not chosen as failures become 0."""
    return 0 if fail_on is not None and code in CHOOSABLE and code not in fail_on else code


@dataclass
class Record:
    """What is known of a run so far; `done` tells what it came to, `exit_code` what the command is to return."""

    fail_on: frozenset[int] | None
    code: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return returned(self.code, self.fail_on)

    def done(self, outcome: Outcome, *, locked: bool = False) -> None:
        """Take over what a run came to; `locked`: an output made after it could not be written."""
        self.code = OutputLockedError.exit_code if locked else outcome.exit_code
        self.facts = _facts(outcome)
        self.lines = _lines(outcome)


@contextmanager
def recorded(
    workspace: Workspace, clock: Callable[[], datetime], fail_on: frozenset[int] | None, command: str = ""
) -> Iterator[Record]:
    """Keep a record of the run in the block, whatever ends it.

    An error of ours leaves with the exit code that `fail_on` gives it. Nothing here can fail the run.

    Args:
        clock: asked at the start and at the end.
        command: the command line, for the log.
    """
    record, start = Record(fail_on), clock()
    said = ""
    try:
        yield record
        said = MEANING[record.code]
    except QnXlError as error:
        record.code, said = error.exit_code, str(error)
        error.exit_code = record.exit_code
        raise
    except (KeyboardInterrupt, SystemExit):
        record.code, said = 130, MEANING[130]
        raise
    except Exception as error:
        record.code, said = 1, f"{MEANING[1]} ({type(error).__name__})"
        record.lines = traceback.format_exception(error)
        raise
    finally:
        _write(workspace, record, command, start, clock(), said)


def _write(workspace: Workspace, record: Record, command: str, start: datetime, end: datetime, said: str) -> None:
    log = workspace.logs / f"tong-hop-{start:%Y%m%d-%H%M%S}-{os.getpid()}.log"
    seconds = round((end - start).total_seconds(), 1)
    head = [
        f"{start:%d/%m/%Y %H:%M:%S} qn-xl {__version__}, Python {platform.python_version()}, máy {platform.node()}",
        f"Lệnh: {command}",
        f"Kết thúc {end:%d/%m/%Y %H:%M:%S} sau {seconds:g} giây, mã {record.code}: {said}",
    ]
    with contextlib.suppress(OSError):
        workspace.logs.mkdir(exist_ok=True)
        text = "\n".join([*head, "", *record.lines]) + "\n"
        log.write_bytes(text.encode("utf-8", "replace"))
        _rotate(workspace.logs)
    if record.code == BusyError.exit_code:
        return  # the other run tells what became of it
    document = {
        "schema": SCHEMA,
        "exit_code": record.code,
        "returned": record.exit_code,
        "outcome": said,
        "start": start.isoformat(timespec="seconds"),
        "end": end.isoformat(timespec="seconds"),
        "seconds": seconds,
        "version": __version__,
        "log": log.name,
        **record.facts,
    }
    data = json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    with contextlib.suppress(OSError, OutputLockedError):
        safe.replace(workspace.last_run, lambda target: target.write_bytes(data))


def _rotate(folder: Path) -> None:
    for kind in ("tong-hop-*.log", "loi-*.log"):
        for old in sorted(folder.glob(kind), reverse=True)[KEEP:]:
            with contextlib.suppress(OSError):
                old.unlink()


def last_run(workspace: Workspace) -> dict[str, Any] | None:
    """Return what lan-chay-cuoi.json tells; None when it is missing, damaged or of another schema."""
    try:
        document = json.loads(workspace.last_run.read_text("utf-8"))
        if document["schema"] == SCHEMA and {"exit_code", "outcome", "start", "end"} <= set(document):
            return dict(document)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _facts(outcome: Outcome) -> dict[str, Any]:
    snapshot = outcome.snapshot
    findings = Counter(found.severity.value for found in snapshot.findings)
    return {
        "run": snapshot.run,
        "as_of": snapshot.as_of.isoformat(),
        "period": snapshot.period,
        "files": len(snapshot.inputs),
        "files_unreadable": sum(not one.readable for one in snapshot.inputs),
        "rows": snapshot.rows.get("read", 0),
        "tasks": snapshot.rows.get("task", 0),
        "units_missing": sum(one.received is Received.MISSING for one in snapshot.returns),
        "findings": {severity: findings[severity] for severity in ("error", "warning", "note")},
        "outputs": outcome.outputs,
    }


def _lines(outcome: Outcome) -> list[str]:
    snapshot = outcome.snapshot
    lines = [
        f"Lần chạy {snapshot.run}, kỳ {snapshot.period}, ngày chốt {snapshot.as_of:%d/%m/%Y} ({outcome.as_of_source})",
        f"Bảng cấu hình: {snapshot.source}",
        *(f"Đã ghi: {path}" for path in outcome.outputs.values()),
        "",
        f"Tệp ({len(snapshot.inputs)}):",
    ]
    for one in snapshot.inputs:
        what = f"{one.tasks} nhiệm vụ" if one.readable else "KHÔNG ĐỌC ĐƯỢC"
        lines.append(f"  {one.file} [{one.format or '?'}, {one.unit or 'chưa rõ đơn vị'}]: {what}")
    lines += ["", f"Vấn đề ({len(snapshot.findings)}):"]
    lines += [f"  {found.severity.value} {found.code} {found.where}: {found.message}" for found in snapshot.findings]
    return lines


def last_run_line(workspace: Workspace) -> str:
    """Return one sentence about the last run from the command line."""
    known = last_run(workspace)
    if known is None:
        return "Chưa có lần chạy nào được ghi trong nhat-ky."
    end = datetime.fromisoformat(known["end"])
    said = f"Lần chạy cuối: {end:%H:%M} ngày {end:%d/%m/%Y}, mã {known['exit_code']} ({known['outcome']})"
    if "run" in known:
        said += f"; lần tổng hợp {known['run']}, {known['files']} tệp, {known['findings']['error']} lỗi"
        said += f", {known['units_missing']} đơn vị chưa gửi"
    return f"{said}. Nhật ký: nhat-ky/{known.get('log', '')}"
