"""From workbook/src to the files that the package carries, and to workbook/Progress.xlsm of a checkout.

Runs where the workbook is developed; pyOpenVBA is needed here and nowhere else.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import resources
from pathlib import Path

from qn_xl import demo
from qn_xl.consolidate import consolidate
from qn_xl.excel import package, vba, wrappers
from qn_xl.excel.build import code_names, workbook_bytes
from qn_xl.excel.inputs import create_workbook
from qn_xl.functions_registry import REGISTRY
from qn_xl.history import History
from qn_xl.model import Snapshot
from qn_xl.outputs.report import Past
from qn_xl.tables import Tables
from qn_xl.workspace import BOOKS, Workspace

SAMPLE_RUNS = {  # period → when it was consolidated; the last one is shown
    "2025-6T": datetime(2025, 7, 3, 7, 30),
    demo.PERIOD: datetime(2025, 10, 6, 7, 30),
}
_OWN = Path(__file__).parent


def module_sources(folder: Path) -> dict[str, str]:
    """Return every standard module of the workbook: ours, the generated one and xlwings' own.

    Raises:
        vba.SourceError: a source that must not be built.
    """
    found = vba.read_sources(folder)
    name, text = vba.checked(wrappers.module(REGISTRY), wrappers.MODULE)
    found[name] = text
    found[vba.XLWINGS_MODULE] = vba.xlwings_source()
    return found


def carried_files(folder: Path) -> dict[str, bytes]:
    """Return the files that the package must carry, made from the sources in `folder`."""
    return {
        "vbaProject.bin": vba.project(module_sources(folder), code_names()),
        "customUI14.xml": (folder / "customUI14.xml").read_bytes(),
        "texts.toml": (folder / "texts.toml").read_bytes(),
    }


def write_carried(folder: Path) -> list[str]:
    """Write the package's files anew from `folder`; return the names of those that changed."""
    changed = []
    for name, data in carried_files(folder).items():
        target = _OWN / name
        if not target.is_file() or target.read_bytes() != data:
            target.write_bytes(data)
            changed.append(name)
    return changed


def stale(folder: Path) -> list[str]:
    """Return the names of the package's files that differ from what the sources give."""
    own = resources.files("qn_xl.excel")
    return [name for name, data in carried_files(folder).items() if own.joinpath(name).read_bytes() != data]


@dataclass(frozen=True, slots=True)
class Sample:
    """What the committed Progress.xlsm shows: the shipped samples, compared with the period before."""

    snapshot: Snapshot
    tables: Tables
    earlier: tuple[Snapshot, ...]
    past: Past

    def workbook(self) -> bytes:
        return workbook_bytes(self.snapshot, self.tables, earlier=self.earlier, past=self.past)


def sample() -> Sample:
    """Consolidate the shipped samples, period after period, as of fixed moments."""
    tables = demo.sample_tables()
    made = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        create_workbook(root / BOOKS[-1], tables)
        demo.fill_inbox(root)
        for period, moment in SAMPLE_RUNS.items():
            outcome = consolidate(
                Workspace(root), as_of=None, period=period, now=moment, write_report=False, tables=tables
            )
            made.append(replace(outcome.snapshot, source="dữ liệu mẫu"))
        past = Past.of(made[-1], History(Workspace(root).history))
    return Sample(made[-1], tables, tuple(made[:-1]), past)


def write_workbook(checkout: Path) -> list[str]:
    """Write workbook/Progress.xlsm and the package's files from the sources of a checkout; return what changed."""
    changed = write_carried(checkout / "workbook" / "src")
    data = sample().workbook()
    target = checkout / "workbook" / "Progress.xlsm"
    if not target.is_file() or target.read_bytes() != data:
        target.write_bytes(data)
        changed.append(target.name)
    return changed


def check_workbook(checkout: Path) -> list[str]:
    """Return how workbook/Progress.xlsm and the package's files differ from the sources; [] when in step."""
    found = [f"qn_xl/excel/{name}: khác nguồn" for name in stale(checkout / "workbook" / "src")]
    target = checkout / "workbook" / "Progress.xlsm"
    if not target.is_file():
        return [*found, f"{target.name}: chưa có"]
    committed = target.read_bytes()
    fresh = sample().workbook()
    if committed != fresh:
        old, new = package.parts(committed), package.parts(fresh)
        names = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
        found.append(f"{target.name}: khác ở {', '.join(names) or 'cách đóng gói'}")
    return found
