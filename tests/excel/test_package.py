"""The built workbook is sound, and the checker that says so notices a dozen ways in which it might not be."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwings
from check_package import problems
from compound import Container, decompress, read_dir
from oletools.mraptor import MacroRaptor
from oletools.olevba import VBA_Parser
from snapshots import article_snapshot, earlier_snapshot

from qn_xl.excel import package, sources, vba
from qn_xl.excel.build import code_names, workbook_bytes
from qn_xl.excel.hidden import messages
from qn_xl.excel.ribbon import COMMANDS
from qn_xl.functions_registry import REGISTRY
from qn_xl.tables import default_tables

SOURCES = Path(__file__).parents[2] / "workbook" / "src"
RIBBON = "customUI/customUI14.xml"


@pytest.fixture(scope="module")
def modules() -> dict[str, str]:
    return sources.module_sources(SOURCES)


@pytest.fixture(scope="module")
def built() -> bytes:
    return workbook_bytes(article_snapshot(), default_tables(), earlier=[earlier_snapshot()])


def test_package__as_built__has_no_fault(built: bytes, modules: dict[str, str]) -> None:
    assert problems(built, modules) == []


def test_package__built_twice__same_bytes(built: bytes) -> None:
    assert workbook_bytes(article_snapshot(), default_tables(), earlier=[earlier_snapshot()]) == built


def test_carried_files__are_in_step_with_the_sources() -> None:
    assert sources.stale(SOURCES) == []


def test_vba__read_by_olevba__is_the_source(built: bytes, modules: dict[str, str]) -> None:
    parser = VBA_Parser("Progress.xlsm", data=built)
    texts = {name.rsplit(".", 1)[0]: text for _, _, name, text in parser.extract_all_macros()}
    parser.close()
    for name, text in modules.items():
        assert texts[name].replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n"), name


def test_vba__mraptor__is_not_suspicious(built: bytes) -> None:
    parser = VBA_Parser("Progress.xlsm", data=built)
    # Its pattern for event procedures, any word before _Change, takes the function QN_CHANGE for one.
    texts = (text.replace("QN_CHANGE", "QN_DIFFERENCE") for *_, text in parser.extract_all_macros())
    raptor = MacroRaptor("\n".join(texts))
    raptor.scan()
    parser.close()
    assert not raptor.suspicious
    assert not raptor.autoexec


def test_vba__xlwings_module__has_the_version_of_the_installed_package(modules: dict[str, str]) -> None:
    version = re.search(r'XLWINGS_VERSION As String = "([^"]+)"', modules["xlwings"])
    assert version
    assert version[1] == xlwings.__version__
    assert "Redistribution and use in source and binary forms" in modules["xlwings"]


def test_vba__every_text_asked_for__exists(modules: dict[str, str], built: bytes) -> None:
    asked = set()
    for name, text in modules.items():
        if name not in ("xlwings", "modQnFunctions"):
            asked |= set(re.findall(r'Qn(?:Text|SayKey)\(?\s*"([^"]+)"', text))
    asked = {key for key in asked if not key.endswith(".")}
    kept = package.parts(built)["xl/sharedStrings.xml"].decode()
    assert asked
    for key in sorted(asked):
        assert key in messages() or f">{key}<" in kept, key


def test_ribbon__every_button__has_an_action_and_every_python_command_exists(modules: dict[str, str]) -> None:
    text = (SOURCES / "customUI14.xml").read_text("utf-8")
    buttons = set(re.findall(r'<button id="(\w+)"', text))
    cases = set(re.findall(r'Case "(\w+)"', modules["modQnRibbon"]))
    assert buttons == cases
    text = modules["modQnRibbon"] + modules["modQnJobs"]
    called = set(re.findall(r'(?:RunCommand|QnRunJob|QnCommand)\(? ?"(\w+)"', text))
    assert called == set(COMMANDS)


def test_functions__every_one__has_a_wrapper_with_its_arguments(modules: dict[str, str]) -> None:
    for function in REGISTRY:
        found = re.search(rf"^Public Function {function.name}\((.*)\) As Variant$", modules["modQnFunctions"], re.M)
        assert found, function.name
        names = re.findall(r"ByVal (\w+) As Variant", found[1])
        assert names == [argument.name for argument in function.arguments]


def test_source__with_vietnamese__is_refused() -> None:
    with pytest.raises(vba.SourceError, match="modX:2"):
        vba.checked('Attribute VB_Name = "modX"\n\' Tiến độ\n', "modX")


@pytest.mark.parametrize("line", ["Sub Workbook_Open()", "' calls Auto_Open", "Sub auto_exec()"])
def test_source__that_runs_by_itself__is_refused(line: str) -> None:
    with pytest.raises(vba.SourceError, match="by itself"):
        vba.checked(f'Attribute VB_Name = "modX"\n{line}\n', "modX")


# ---- the checker notices


def changed(built: bytes, part: str, old: str, new: str) -> bytes:
    content = package.parts(built)
    text = content[part].decode("utf-8")
    assert old in text
    content[part] = text.replace(old, new, 1).encode("utf-8")
    return package.packed(content)


def without(built: bytes, part: str) -> bytes:
    content = package.parts(built)
    del content[part]
    return package.packed(content)


def with_vba(built: bytes, change: Callable[[bytearray], bytearray]) -> bytes:
    content = package.parts(built)
    content[package.VBA_PART] = bytes(change(bytearray(content[package.VBA_PART])))
    return package.packed(content)


def cut(data: bytearray) -> bytearray:
    return data[: len(data) // 2]


def directory_name(data: bytearray) -> bytearray:
    name = "modQnFigures".encode("utf-16-le").ljust(64, b"\0")
    at = next(at for at in range(0, len(data), 128) if data[at : at + 64] == name)
    data[at : at + 2] = "z".encode("utf-16-le")
    return data


def other_sheets(built: bytes) -> bytes:
    content = package.parts(built)
    names = code_names()
    content[package.VBA_PART] = vba.project(sources.module_sources(SOURCES), [*names[:-1], "shOther"])
    return package.packed(content)


def missing_sheet(built: bytes) -> bytes:
    content = package.parts(built)
    content[package.VBA_PART] = vba.project(sources.module_sources(SOURCES), code_names()[:-1])
    return package.packed(content)


MUTANTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "sheet without code name": (
        lambda b: changed(b, "xl/worksheets/sheet1.xml", ' codeName="shSummary"', ""),
        "code names",
    ),
    "book without code name": (lambda b: changed(b, "xl/workbook.xml", ' codeName="ThisWorkbook"', ""), "code names"),
    "another document module": (other_sheets, "code names"),
    "document module missing": (missing_sheet, "code names"),
    "xlsx content type": (
        lambda b: changed(
            b, "[Content_Types].xml", "vnd.ms-excel.sheet.macroEnabled.main", "vnd.openxmlformats-x.sheet.main"
        ),
        "content type",
    ),
    "no relationship to the project": (
        lambda b: changed(b, "xl/_rels/workbook.xml.rels", "2006/relationships/vbaProject", "2006/relationships/x"),
        "VBA project",
    ),
    "project cut off": (lambda b: with_vba(b, cut), "vbaProject.bin"),
    "directory out of order": (lambda b: with_vba(b, directory_name), "vbaProject.bin"),
    "garbage for a project": (lambda b: with_vba(b, lambda data: bytearray(b"x" * 1024)), "vbaProject.bin"),
    "ribbon part missing": (lambda b: without(b, RIBBON), "ribbon: relationship"),
    "ribbon relationship of 2006": (
        lambda b: changed(b, "_rels/.rels", "2007/relationships/ui/ext", "2006/relationships/ui/ext"),
        "ribbon: relationship",
    ),
    "ribbon namespace of 2006": (
        lambda b: changed(b, RIBBON, "2009/07/customui", "2006/01/customui"),
        "ribbon: element",
    ),
    "ribbon not well-formed": (lambda b: changed(b, RIBBON, "</tabs>", ""), "customUI14.xml"),
    "unknown attribute": (lambda b: changed(b, RIBBON, 'size="large"', 'sise="large"'), "attribute sise"),
    "unknown size": (lambda b: changed(b, RIBBON, 'size="large"', 'size="big"'), "size big"),
    "an id twice": (lambda b: changed(b, RIBBON, 'id="qnHelp"', 'id="qnUndo"'), "qnUndo twice"),
    "a key tip twice": (lambda b: changed(b, RIBBON, 'keytip="H"', 'keytip="T"'), "keytip T twice"),
    "a callback that is not there": (
        lambda b: changed(b, RIBBON, 'onAction="QnOnAction"', 'onAction="QnOnClick"'),
        "QnOnClick is no Public Sub",
    ),
    "a callback with another signature": (
        lambda b: changed(b, RIBBON, 'onLoad="QnOnLoad"', 'onLoad="QnAction"'),
        "QnAction is no Public Sub",
    ),
    "no screen tip": (lambda b: changed(b, RIBBON, "supertip=", "tag="), "button without supertip"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_checker__mutant__is_noticed(name: str, built: bytes) -> None:
    change, said = MUTANTS[name]
    assert any(said in one for one in problems(change(built))), problems(change(built))


def test_checker__another_source__is_noticed(built: bytes, modules: dict[str, str]) -> None:
    other = {**modules, "modQnWords": modules["modQnWords"] + "' x\n"}
    assert problems(built, other) == ["modQnWords: differs from its source"]


def test_project__read_strictly__modules_in_order_and_no_compiled_code(built: bytes, modules: dict[str, str]) -> None:
    streams = Container(package.parts(built)[package.VBA_PART]).streams
    references, found = read_dir(decompress(streams["VBA/dir"]))
    assert references == ["stdole", "Office"]
    assert [one.name for one in found] == ["ThisWorkbook", *code_names(), *modules]
    assert not any(streams["VBA/_VBA_PROJECT"][4:])
    assert struct.unpack_from("<H", streams["VBA/_VBA_PROJECT"])[0] == 0x61CC
