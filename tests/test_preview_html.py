"""The page of `preview --html`: every row with its fate, every finding at its cell, nothing of the file unescaped."""

from __future__ import annotations

import re
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from qn_xl.intake.context import default_context
from qn_xl.intake.grid import Grid, GridRow, Workbook
from qn_xl.intake.pool import read_all
from qn_xl.model import Address, Fate, FileReading
from qn_xl.outputs import preview_html
from qn_xl.outputs.preview_html import WORKER, Job, file_part, page
from qn_xl.rules.catalogue import finding
from tests.sheets import grid, read

AS_OF = date(2025, 9, 30)
TABLE = """
BÁO CÁO 9 tháng năm 2025 thực hiện Kế hoạch số 138/KH-UBND

TT | Nội dung nhiệm vụ              | Đơn vị chủ trì | Thời hạn  | Trạng thái
I  | Nhóm nhiệm vụ thứ nhất         |                |           |
1  | <script>alert("1")</script> & xây dựng | Sở Y tế | 30/6/2025 | vịt trời
2  |                                | Sở Y tế        | 30/9/2025 | Hoàn thành
Tổng cộng: 5 nhiệm vụ
"""


class Rows(HTMLParser):
    """Collects the rows of the tables: class of the row, texts of its cells, classes of its cells."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, list[str], list[str]]] = []
        self.tags: set[str] = set()
        self.sources: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attributes)
        self.sources += [str(value) for name, value in attributes if name in ("src", "href", "action", "onload")]
        if tag == "tr":
            self.rows.append((given.get("class") or "", [], []))
        elif tag == "td":
            self.rows[-1][1].append("")
            self.rows[-1][2].append(given.get("class") or "")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][1][-1] += data


def parsed(text: str) -> Rows:
    seen = Rows()
    seen.feed(text)
    return seen


def part(*grids: Grid) -> tuple[str, FileReading]:
    reading = read(*grids)
    return file_part(reading, Workbook("xlsx", list(grids)), AS_OF), reading


def test_rows__each_has_the_fate_that_the_reader_gave_it() -> None:
    text, reading = part(grid(TABLE))
    (sheet,) = reading.sheets
    rows = [row for row in parsed(text).rows if row[1]]
    assert {int(re.sub(r"\D", "", cells[0])): look for look, cells, _ in rows} == dict(sheet.fates)
    assert {look for look, _, _ in rows} >= {"header", "group", "task", "excluded", "total", "note", "blank"}


def test_findings__stand_in_their_own_cell_with_their_sentence() -> None:
    text, reading = part(grid(TABLE))
    found = next(one for one in reading.findings if one.code == "status-unknown")
    row = next(row for row in parsed(text).rows if row[1] and row[1][0] == found.where.cell[1:])  # type: ignore[index]
    column = "ABCDE".index(found.where.cell[0]) + 2  # type: ignore[index]
    assert row[1][column].startswith("vịt trời") and found.message in row[1][column]
    assert row[2][column] == "warning"
    for one in reading.findings:
        assert one.repair in parsed_text(text), one.code


def parsed_text(text: str) -> str:
    from html import unescape

    return unescape(re.sub(r"<[^>]+>", "", text))


def test_page__stands_alone_and_everything_is_escaped() -> None:
    text, _ = part(grid(TABLE, name="<b>x</b>"))
    whole = page('tệp "a" <img src=x>', [text], AS_OF)
    seen = parsed(whole)
    assert not {"script", "img", "b", "link", "iframe", "object"} & seen.tags
    assert seen.sources == []
    assert "http" not in whole.replace("http-equiv", "")
    assert "default-src 'none'" in whole
    for fate in Fate:
        assert f'<span class="{fate.value}">' in whole
    assert "<script>alert" not in whole and "&lt;script&gt;" in whole


def test_cells__errors_dates_and_long_texts_as_staff_see_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_html, "MOST_ROWS", 4)
    values: list[list[Any]] = [
        ["TT", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Thời hạn", "Trạng thái"],
        [1.0, "Xây dựng nền tảng", "Sở Y tế", datetime(2025, 9, 5), None],
        [2.0, "y" * 3000, "Sở Y tế", None, None],
        [3.0, "Việc thứ ba", "Sở Y tế", None, None],
        [4.0, "Việc thứ tư", "Sở Y tế", "khi nào xong", None],
    ]
    sheet = Grid("Sheet1", rows=[GridRow(number, row) for number, row in enumerate(values, 1)])
    sheet.errors, sheet.uncached, sheet.hidden_rows = {(2, 5): "#REF!"}, {(3, 4)}, {3}
    text, reading = part(sheet)
    cells = [row[1] for row in parsed(text).rows if row[1]]
    assert cells[1][5] == "05/9/2025" and cells[1][6].startswith("#REF!") and cells[1][2] == "1"
    assert "chưa có kết quả" in cells[2][5] and cells[2][0] == "3 (ẩn)" and len(cells[2][3]) < 2300
    assert "Còn 1 dòng" in text
    late = next(one for one in reading.findings if one.code == "date-unreadable")
    assert f"{late.where.cell}: {late.message}" in parsed_text(text)


def test_unreadable_file__is_told_without_a_table() -> None:
    reading = FileReading("x.xlsx", "", False, findings=(finding("file-damaged", Address("x.xlsx"), "<zip>"),))
    text = file_part(reading, None, AS_OF)
    assert "&lt;zip&gt;" in text and "<table" not in text


def test_parts__made_by_the_workers(tmp_path: Path) -> None:
    good, bad = tmp_path / "Sở Y tế.csv", tmp_path / "hong.xlsx"
    good.write_text("TT,Nội dung nhiệm vụ,Đơn vị chủ trì,Trạng thái\n1,Xây dựng nền tảng,Sở Y tế,Hoàn thành\n", "utf-8")
    bad.write_bytes(b"PK\x03\x04 not a package")
    jobs = [(path.name, path) for path in (good, bad)]
    parts = {name: str(tmp_path / f"{number}.html") for number, (name, _) in enumerate(jobs)}
    readings = read_all(jobs, Job(default_context(AS_OF), AS_OF, parts), reader=WORKER)
    assert [one.readable for one in readings] == [True, False]
    assert "Xây dựng nền tảng" in Path(parts[good.name]).read_text("utf-8")
    assert "Lỗi" in Path(parts[bad.name]).read_text("utf-8")


def test_command__writes_one_page_for_files_of_one_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from qn_xl.commands.look import preview

    paths = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "x.csv"
        path.write_text(f"TT,Nội dung nhiệm vụ,Trạng thái\n1,Việc của {folder},Hoàn thành\n", "utf-8")
        paths.append(path)
    preview(paths, as_of="2025-09-30", as_json=False, html=tmp_path / "ra.html")
    text = (tmp_path / "ra.html").read_text("utf-8")
    assert "Việc của a" in text and "Việc của b" in text
    assert "ra.html" in capsys.readouterr().out
