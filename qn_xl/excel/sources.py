"""From workbook/src to the files that the package carries: vbaProject.bin, customUI14.xml, texts.toml.

Runs where the workbook is developed; pyOpenVBA is needed here and nowhere else.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from qn_xl.excel import vba, wrappers
from qn_xl.excel.build import code_names
from qn_xl.functions_registry import REGISTRY

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
