"""Independent checkers over the committed workbook: VBA as Excel would compile it, the package by its schemas."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from qn_xl.excel import package, sources

CHECKOUT = Path(__file__).parents[2]
WORKBOOK = CHECKOUT / "workbook" / "Progress.xlsm"
SOURCES = CHECKOUT / "workbook" / "src"
VBA_TYPES = {"String", "Long", "Boolean", "Variant", "Double", "Object"}
EXCEL_TYPES = {"Range", "Worksheet", "Workbook", "ListObject", "Hyperlink", "IRibbonUI", "IRibbonControl"}


def run(program: str, *arguments: object) -> tuple[int, str]:
    command = [str(Path(sys.executable).with_name(program)), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr


def errors_of(path: Path) -> list[str]:
    _, said = run("pyvbaanalysis", "--fail-level", "error", path)
    return re.findall(r"^ +\d+:\d+ error ([\w-]+)", said, re.M)


def test_vba__analysed_as_excel_compiles_it__has_no_error() -> None:
    code, said = run("pyvbaanalysis", "--fail-level", "error", WORKBOOK)
    assert code == 0, said
    assert "modQnRefresh" in said or "modQnPython" in said  # it did look inside


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("modQnFigures", "mStamp = stamp", "mStemp = stamp"),
        ("modQnRefresh", "QnHostCalculate\n", "QnHostCalculat\n"),
        ("modQnHost", "Private Declare PtrSafe Sub", "Private Declare Sub"),
        ("modQnJobs", "QnStatus QnText(\"job.starting\")", "QnStatus"),
    ],
)
def test_vba__with_a_mistake__the_analysis_notices(module: str, old: str, new: str, tmp_path: Path) -> None:
    for name, text in sources.module_sources(SOURCES).items():
        if name != "xlwings":
            assert name != module or old in text
            changed = text.replace(old, new, 1) if name == module else text
            (tmp_path / f"{name}.bas").write_text(changed, "ascii", newline="\r\n")
    assert errors_of(tmp_path)


def test_vba__object_types__are_those_that_excel_has() -> None:
    for name, text in sources.module_sources(SOURCES).items():
        if name != "xlwings":
            asked = set(re.findall(r"\bAs (?:New )?([\w.]+)", re.sub(r"(?m)'.*$", "", text)))
            assert asked <= VBA_TYPES | EXCEL_TYPES, name


def test_package__audited__has_no_error() -> None:
    code, said = run("openxml-audit", WORKBOOK)
    assert code == 0, said
    assert "Errors: 0" in said


def test_package__with_a_wrong_content_type__the_audit_notices(tmp_path: Path) -> None:
    content = package.parts(WORKBOOK.read_bytes())
    types = content["[Content_Types].xml"]
    content["[Content_Types].xml"] = types.replace(b"sheet.macroEnabled.main+xml", b"sheet.macroEnabled.x+xml")
    path = tmp_path / "Progress.xlsm"
    path.write_bytes(package.packed(content))
    code, said = run("openxml-audit", path)
    assert code != 0, said
