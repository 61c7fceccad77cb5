"""From workbook/src to the files that the package carries, and to workbook/Progress.xlsm of a checkout.

Runs where the workbook is developed; pyOpenVBA is needed here and nowhere else.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib import resources
from pathlib import Path

from qn_xl import demo
from qn_xl.consolidate import consolidate
from qn_xl.excel import package, vba, wrappers
from qn_xl.excel.build import code_names, workbook_bytes
from qn_xl.excel.inputs import create_workbook
from qn_xl.functions_registry import REGISTRY
from qn_xl.model import Snapshot
from qn_xl.tables import Tables
from qn_xl.workspace import BOOKS, Workspace

SAMPLE_MOMENT = datetime(2025, 10, 6, 7, 30)
SAMPLE_BEFORE = date(2025, 6, 30)  # for the trend
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
    """What the committed Progress.xlsm shows: the shipped samples, and their state at an earlier date."""

    snapshot: Snapshot
    tables: Tables
    earlier: tuple[Snapshot, ...]

    def workbook(self) -> bytes:
        return workbook_bytes(self.snapshot, self.tables, earlier=self.earlier)


def sample() -> Sample:
    """Consolidate the shipped samples as of a fixed moment."""
    tables = demo.sample_tables()
    return Sample(_consolidated(tables, None), tables, (_consolidated(tables, SAMPLE_BEFORE),))


def _consolidated(tables: Tables, as_of: date | None) -> Snapshot:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        create_workbook(root / BOOKS[-1], tables)
        demo.fill_inbox(root)
        outcome = consolidate(
            Workspace(root), as_of=as_of, period=demo.PERIOD, now=SAMPLE_MOMENT, write_report=False, tables=tables
        )
        return replace(outcome.snapshot, source="dữ liệu mẫu")


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
