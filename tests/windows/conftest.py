"""The Windows Python of these tests, and a workspace made by the command line of this machine to compare with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

for folder in (Path(__file__).parent, Path(__file__).parents[1] / "excel", Path(__file__).parents[1]):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import wine
import wine_tree

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def windows() -> Iterator[None]:
    """Windows Python with the project installed; skips or fails where it cannot be had or was not asked for."""
    if not {"QN_XL_WINE", "QN_XL_REQUIRE_WINE"} & set(os.environ):
        pytest.skip("Windows Python under Wine is tested on request: QN_XL_WINE=1 (three minutes)")
    try:
        wine_tree.program("wine64")
        with wine_tree.alone():
            wine_tree.start()
            try:
                wine_tree.build()
                wine_tree.install_project()
                yield
            finally:
                wine_tree.stop()
    except wine_tree.Missing as what:
        wine.missing(what)


def here(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command line on this machine."""
    done = subprocess.run(
        [sys.executable, "-m", "qn_xl", *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == code, done.stderr
    return done


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
