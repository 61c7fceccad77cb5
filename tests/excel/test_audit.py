"""Independent checkers over the committed workbook: VBA as Excel would compile it, the package by its schemas."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import xlsxwriter

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


def errors_of(path: Path) -> dict[str, str]:
    """Return module → what the analysis says of it."""
    _, said = run("pyvbaanalysis", "--fail-level", "error", path)
    return {found[1]: found[2] for found in re.finditer(r"^  (\w+)\n((?:    .*\n)*)", said, re.M)}


def test_vba__analysed_as_excel_compiles_it__has_no_error() -> None:
    code, said = run("pyvbaanalysis", "--fail-level", "error", WORKBOOK)
    assert code == 0, said
    assert "modQnRefresh" in said or "modQnPython" in said  # it did look inside


MISTAKES = {  # module → what stands there, what is put in its place, what the analysis must say
    "modQnFigures": ("mStamp = stamp", "mStemp = stamp", "Variable not defined: 'mStemp'"),
    "modQnRefresh": ("QnHostCalculate\n", "QnHostCalculat\n", "not defined: 'QnHostCalculat'"),
    "modQnHost": ("Private Declare PtrSafe Sub", "Private Declare Sub", "must include PtrSafe"),
    "modQnJobs": ("QnStatus QnText(\"job.starting\")", "QnStatus", "Wrong number of arguments to 'QnStatus'"),
}


def test_vba__with_mistakes__the_analysis_notices_each(tmp_path: Path) -> None:
    for name, text in sources.module_sources(SOURCES).items():
        if name != "xlwings":
            old, new, _ = MISTAKES.get(name, ("", "", ""))
            assert old in text
            (tmp_path / f"{name}.bas").write_text(text.replace(old, new, 1), "ascii", newline="\r\n")
    found = errors_of(tmp_path)
    assert [name for name, (*_, said) in MISTAKES.items() if said not in found[name]] == []


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
    with xlsxwriter.Workbook(str(tmp_path / "right.xlsx")) as book:  # a small one: the audit takes its time
        book.add_worksheet()
    content = package.parts((tmp_path / "right.xlsx").read_bytes())
    types = content["[Content_Types].xml"]
    content["[Content_Types].xml"] = types.replace(b"spreadsheetml.sheet.main+xml", b"spreadsheetml.sheet.x+xml")
    (tmp_path / "wrong.xlsx").write_bytes(package.packed(content))
    codes = {name: run("openxml-audit", tmp_path / f"{name}.xlsx") for name in ("right", "wrong")}
    assert codes["right"][0] == 0, codes["right"][1]
    assert codes["wrong"][0] != 0 and "content type" in codes["wrong"][1]
