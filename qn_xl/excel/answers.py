"""The worksheet functions over the run that a workbook shows, kept between calls of the UDF server."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from qn_xl.errors import QnXlError
from qn_xl.functions import Functions
from qn_xl.functions_values import QnNotAvailable, Scalar, day_of
from qn_xl.history import History
from qn_xl.model import Snapshot
from qn_xl.rules.plans import default_plans
from qn_xl.rules.units import default_units

HISTORY = "lich-su.sqlite"  # beside the workbook
_WITHOUT_SNAPSHOT = ("QN_DUE", "QN_STATUS", "QN_AS_OF")


class Runs:
    """Snapshots of other cut-off dates, from the history of a workspace."""

    def __init__(self, history: History) -> None:
        self._history = history

    def at(self, as_of: date) -> Snapshot | None:
        return self._history.latest(as_of=as_of)

    def before(self, as_of: date) -> Snapshot | None:
        earlier = [one.as_of for one in self._history.runs() if one.as_of < as_of]
        return self._history.latest(as_of=max(earlier)) if earlier else None


def functions_for(name: str, run: Scalar, as_of: Scalar, book: Scalar) -> Functions:
    """Return the functions over run `run` of the workspace in which the workbook `book` lies.

    Args:
        name: of the function asked for; some need the cut-off date only.
        as_of: the cut-off date that the workbook shows.
        book: the workbook's full path.
    Raises:
        QnNotAvailable: the workbook has no history beside it, or the history has no such run.
    """
    path = _beside(str(book or ""))
    try:
        number = int(float(str(run)))
        return _over_run(path, number, path.stat().st_mtime_ns)
    except (ValueError, OSError, QnXlError):
        if name in _WITHOUT_SNAPSHOT:
            return Functions(_empty(day_of(as_of)))
        raise QnNotAvailable(f"Không có lần tổng hợp {run} trong {path}.") from None


@lru_cache(maxsize=64)
def _beside(book: str) -> Path:
    return Path(book).parent / HISTORY


@lru_cache(maxsize=8)
def _over_run(path: Path, run: int, _changed: int) -> Functions:
    history = History(path)
    return Functions(history.load(run), Runs(history))


def _empty(as_of: date) -> Snapshot:
    return Snapshot(
        run=0,
        as_of=as_of,
        period="",
        made_at=datetime(as_of.year, as_of.month, as_of.day),
        version="",
        plans=default_plans(),
        units=default_units(),
        items=(),
        unit_results=(),
        findings=(),
        returns=(),
        inputs=(),
        rows={},
        figures=(),
        settings={},
        rules={},
    )
