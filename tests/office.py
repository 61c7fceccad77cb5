"""LibreOffice for tests: each conversion in a profile of its own, with a time limit.

Without LibreOffice the calling test is skipped, or fails when QN_XL_REQUIRE_LIBREOFFICE=1.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{mode}</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="UseLocking" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""  # noqa: E501


@dataclass(frozen=True)
class Seen:
    """One cell of a sheet part: `type` as in the file ("n", "s", "str", "b", "e", "inlineStr")."""

    type: str
    value: float | str | bool | None
    formula: str | None


def soffice() -> str:
    """Return the program, or skip the test; fail where LibreOffice is required."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return found
    if os.environ.get("QN_XL_REQUIRE_LIBREOFFICE") == "1":
        pytest.fail("LibreOffice is required here (QN_XL_REQUIRE_LIBREOFFICE=1) and is not installed")
    pytest.skip("LibreOffice is not installed: nothing was recalculated")


def convert(path: Path, to: str, folder: Path, *, recalculate: bool = True, timeout: float = 120) -> Path:
    """Convert `path` ("pdf", "xlsx", "ods", …) into `folder` and return the new file.

    `recalculate` makes Calc compute every formula of an Excel file anew on loading (a hard recalculation)
    instead of trusting the stored values.
    """
    program = soffice()
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    settings = _PROFILE.format(mode=0 if recalculate else 1)
    (profile / "user" / "registrymodifications.xcu").write_text(settings, "utf-8")
    out = folder / "out"
    command = [program, "--headless", "--norestore", "--nologo", f"-env:UserInstallation={profile.resolve().as_uri()}"]
    command += ["--convert-to", to, "--outdir", str(out), str(path)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        said, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        pytest.fail(f"LibreOffice did not convert {path.name} to {to} in {timeout:g} s")
    made = out / f"{path.stem}.{to.partition(':')[0]}"
    if not made.is_file():
        pytest.fail(f"LibreOffice did not convert {path.name} to {to}: {said}")
    return made


def recalculated(path: Path, folder: Path) -> Path:
    """Return a copy of an .xlsx or .xlsm whose every formula Calc has computed anew."""
    return convert(path, "xlsx", folder)


def sheets(path: Path, *only: str) -> dict[str, dict[str, Seen]]:
    """Return sheet title to A1 cell to what stands in the sheet part: errors are seen as they are stored.

    `only`: the sheets to read; all when none is named.
    """
    with zipfile.ZipFile(path) as package:
        strings = _strings(package)
        relations = {
            one.attrib["Id"]: one.attrib["Target"]
            for one in ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
        }
        found = {}
        for sheet in ElementTree.fromstring(package.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
            if only and sheet.attrib["name"] not in only:
                continue
            target = relations[sheet.attrib[f"{_REL}id"]]
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            root = ElementTree.fromstring(package.read(part))
            cells = {cell.attrib["r"]: _seen(cell, strings) for cell in root.iter(f"{_MAIN}c")}
            found[sheet.attrib["name"]] = {place: one for place, one in cells.items() if one is not None}
    return found


def _strings(package: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in package.namelist():
        return []
    root = ElementTree.fromstring(package.read("xl/sharedStrings.xml"))
    return [_text(item) for item in root.iter(f"{_MAIN}si")]


def _text(item: ElementTree.Element) -> str:
    raw = "".join(part.text or "" for part in item.iter(f"{_MAIN}t"))
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), raw)


def _seen(cell: ElementTree.Element, strings: list[str]) -> Seen | None:
    kind = cell.attrib.get("t", "n")
    formula = cell.findtext(f"{_MAIN}f")
    raw = cell.findtext(f"{_MAIN}v")
    if kind == "inlineStr":
        return Seen(kind, _text(cell), formula)
    if raw is None:
        return Seen(kind, None, formula) if formula is not None else None
    if kind == "s":
        return Seen(kind, strings[int(raw)], formula)
    if kind == "n":
        return Seen(kind, float(raw), formula)
    return Seen(kind, raw == "1" if kind == "b" else raw, formula)
