"""The Windows Python of these tests, and a workspace made by the command line of this machine to compare with."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

for folder in (Path(__file__).parent, Path(__file__).parents[1] / "excel", Path(__file__).parents[1]):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import wine
import wine_tree
from on_linux import CHECKOUT, here


def pytest_configure(config: pytest.Config) -> None:
    # One prefix, one Wine server: pytest-xdist, where it is used, gives all these tests to one worker.
    config.addinivalue_line("markers", "xdist_group(name): tests of a group run in one process")


@pytest.fixture(scope="session")
def windows() -> Iterator[None]:
    """Windows Python with the project installed; skips or fails where it cannot be had or was not asked for."""
    if not {"QN_XL_WINE", "QN_XL_REQUIRE_WINE"} & set(os.environ):
        pytest.skip("Windows Python under Wine is tested on request: QN_XL_WINE=1 (two minutes)")
    try:
        with wine_tree.alone():
            try:
                wine_tree.start()
                wine_tree.build()
                wine_tree.install_project()
                yield
            finally:
                wine_tree.stop()
    except wine_tree.Missing as what:
        wine.missing(what)


@pytest.fixture(scope="session")
def linux_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that `qn-xl demo` made here."""
    root = tmp_path_factory.mktemp("linux") / "Tiến độ"
    here("demo", str(root))
    return root


@pytest.fixture(scope="session")
def two_runs(linux_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it with a second run, as of 30/6/2025, and the shipped workbook, which shows run 1."""
    root = tmp_path_factory.mktemp("office") / "Tiến độ"
    shutil.copytree(linux_demo, root)
    here("consolidate", str(root), "--as-of", "2025-06-30", "--json", code=20)
    shutil.copyfile(CHECKOUT / "workbook" / "Progress.xlsm", root / "Progress.xlsm")
    return root
