"""Which tests share a process: those of one file, so that its fixtures are made once; the longest begin first."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

# The tests start hundreds of processes; without compiled modules each of them would compile pandas and the rest anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

ONE_PROCESS = "tests/windows/"  # one Wine for all of its files
APART = {"tests/excel/test_audit.py"}  # each test of these is long and shares nothing
LONGEST = [
    ONE_PROCESS, "tests/excel/test_audit.py", "tests/excel/test_macros.py", "tests/test_hostile.py",
    "tests/test_report.py", "tests/excel/test_ribbon.py", "tests/excel/test_udfs.py", "tests/test_consolidate.py",
    "tests/excel/test_build.py", "tests/test_round_trip.py", "tests/test_incremental.py", "tests/test_periods.py",
]  # fmt: skip


def together(test: str) -> str:
    """Return what the tests of one process have in common: a file, or the folder of the Windows tests."""
    file = test.partition("::")[0]
    return ONE_PROCESS if file.startswith(ONE_PROCESS) else file


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(together(item.nodeid), len(LONGEST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            shared = together(nodeid)
            return nodeid if shared in APART else shared

    return ByFile(config, log)
