"""The Word report: form of Nghị định 30, every number of it from the snapshot."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Length
from office import soffice
from snapshots import article_snapshot

from qn_xl.model import Class, Kind, Snapshot
from qn_xl.outputs import document, libreoffice
from qn_xl.outputs import document_text as said
from qn_xl.rules.figures import Figures, cube, groups_json, office_view
from qn_xl.rules.sentences import sentence
from qn_xl.rules.wording import percent_text


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return article_snapshot()


@pytest.fixture(scope="module")
def path(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("document") / "bao-cao.docx"
    document.write(made, snapshot)
    return made


def paragraphs(path: Path) -> list[str]:
    return [paragraph.text for paragraph in Document(str(path)).paragraphs]


def without_late(snapshot: Snapshot) -> Snapshot:
    items = tuple(item for item in snapshot.items if item.cls is not Class.OVERDUE)
    known = {item.id for item in items}
    results = tuple(one for one in snapshot.unit_results if one.item in known and one.cls is not Class.OVERDUE)
    return replace(snapshot, items=items, unit_results=results, figures=cube(items, results, snapshot.plans))


def test_document__page_is_that_of_the_decree(path: Path) -> None:
    main, appendix = Document(str(path)).sections

    def millimetres(*lengths: Length | None) -> list[int]:
        return [round(length.mm) for length in lengths if length is not None]

    assert millimetres(main.page_width, main.page_height) == [210, 297]
    assert millimetres(main.top_margin, main.bottom_margin, main.left_margin, main.right_margin) == [20, 20, 30, 15]
    assert millimetres(appendix.page_width, appendix.page_height) == [297, 210]
    for section in (main, appendix):
        assert section.different_first_page_header_footer
        assert section.first_page_header.paragraphs[0].text == ""
        assert "PAGE" in section.header.paragraphs[0]._p.xml
    normal = Document(str(path)).styles["Normal"]
    assert set(re.findall(r'w:(?:ascii|hAnsi|cs|eastAsia)="([^"]+)"', normal.element.xml)) == {"Times New Roman"}
    assert normal.font.size.pt == 14


def test_document__opening_block_and_open_places(path: Path) -> None:
    left, right = Document(str(path)).tables[0].rows[0].cells
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc" in right.text
    assert left.text.startswith("ỦY BAN NHÂN DÂN\nTỈNH QUẢNG NINH\n")
    assert "Số:        /BC-…" in left.text


def test_document__sentences_are_those_of_every_plan(path: Path, snapshot: Snapshot) -> None:
    text = "\n".join(paragraphs(path))
    for plan in snapshot.plans:
        assert sentence(plan, groups_json(snapshot.figures, plan.symbol), snapshot.as_of) in text
    assert "đã hoàn thành 33/71 nhiệm vụ; đang thực hiện 17/71 nhiệm vụ; chậm tiến độ 21/71 nhiệm vụ" in text


def test_document__appendix_has_the_counts_of_the_snapshot(path: Path, snapshot: Snapshot) -> None:
    table = Document(str(path)).tables[-1]
    head, *rows, total = [[cell.text for cell in row.cells] for row in table.rows]
    assert tuple(head) == said.APPENDIX_HEADS
    expected = []
    for plan in snapshot.plans:
        for group in groups_json(snapshot.figures, plan.symbol):
            parts = [part.count for part in office_view(group).parts]
            share = percent_text(group["done"], group["total"])
            expected.append([group["kind"], *map(str, (group["total"], *parts, group["central"])), share])
    assert [row[2:11] for row in rows] == expected
    counts = Figures(snapshot.figures).counts("*", "task")
    measures = ("total", "done", "under_way", "overdue", "recurring", "stopped", "central")
    assert total[1:10] == ["Tổng cộng", Kind.TASK.value, *(str(counts[measure]) for measure in measures)]
    assert "tblHeader" in table.rows[0]._tr.xml


def test_document__every_late_item_stands_once_under_its_lead(path: Path, snapshot: Snapshot) -> None:
    late = Counter(said.late_line(item, snapshot) for item in snapshot.items if item.cls is Class.OVERDUE)
    listed = Counter(text.removeprefix("- ") for text in paragraphs(path) if text.startswith("- "))
    assert listed == late
    leads = said.late_leads(snapshot)
    assert sum(len(one.items) for one in leads) == late.total()
    headed = [int(found[1]) for text in paragraphs(path) if (found := re.fullmatch(r"\d+\. .* \((\d+)\)", text))]
    assert headed == [len(one.items) for one in leads]


def test_overall__parts_and_shares_are_those_of_the_cube(snapshot: Snapshot) -> None:
    counts = Figures(snapshot.figures).counts("*", "task")
    text = said.overall(snapshot)
    numbers = [int(found) for found in re.findall(r"(\d+) \(", text)]
    assert sum(numbers) == counts["total"]
    due = percent_text(counts["done"], counts["fallen_due"])
    rest = percent_text(counts["done"], counts["fallen_due"], complement=True)
    assert text.endswith(f"tỷ lệ hoàn thành đạt {due}, chậm tiến độ {rest}.")


def test_overall__the_office_may_cut(snapshot: Snapshot) -> None:
    cut = replace(snapshot, rules={**snapshot.rules, "rounding": "cắt"})
    assert "45,8%" in said.overall(cut) and "45,9%" in said.overall(snapshot)


def test_document__nothing_late_and_no_tasks_at_all(tmp_path: Path, snapshot: Snapshot) -> None:
    document.write(tmp_path / "a.docx", without_late(snapshot))
    assert any("không có nhiệm vụ nào chậm tiến độ" in text for text in paragraphs(tmp_path / "a.docx"))
    empty = replace(snapshot, items=(), unit_results=(), figures=(), returns=())
    document.write(tmp_path / "b.docx", empty)
    text = "\n".join(paragraphs(tmp_path / "b.docx"))
    assert "Chưa có nhiệm vụ nào được tổng hợp." in text and "0/27 đơn vị" in text


def test_document__text_of_a_unit_cannot_break_it(tmp_path: Path, snapshot: Snapshot) -> None:
    item = next(one for one in snapshot.items if one.cls is Class.OVERDUE)
    hostile = replace(snapshot, items=(replace(item, task="a\x00\x0b <w:p> & \uffff b", lead_text="\x07", units=()),))
    document.write(tmp_path / "a.docx", hostile)
    assert any("a <w:p> &  b" in text for text in paragraphs(tmp_path / "a.docx"))


def test_returns_text__names_who_is_missing(snapshot: Snapshot) -> None:
    text = said.returns_text(snapshot)
    found = re.match(r"Đã nhận báo cáo đọc được của (\d+)/(\d+) đơn vị", text)
    assert found and int(found[2]) == sum(unit.expected for unit in snapshot.units)
    listed = [int(number) for number in re.findall(r"\((\d+)\):", text)]
    assert int(found[1]) + sum(listed) == int(found[2])


def test_pdf__without_libreoffice_says_so(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "program", lambda: None)
    with pytest.raises(libreoffice.NotConverted, match="chưa cài LibreOffice"):
        document.write_pdf(path, tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.libreoffice
def test_pdf__summary_is_one_page_with_the_counts(tmp_path: Path, snapshot: Snapshot) -> None:
    soffice()
    document.write_summary_pdf(tmp_path / "bieu.pdf", snapshot)
    text = pdf_text(tmp_path / "bieu.pdf")
    assert text.count("\f") == 1
    assert "46,5%" in text and "Kế hoạch số 138/KH-UBND" in re.sub(r"\s+", " ", text)


@pytest.mark.libreoffice
def test_pdf__report_has_the_sentences_and_no_number_on_page_one(path: Path, tmp_path: Path) -> None:
    soffice()
    document.write_pdf(path, tmp_path / "bao-cao.pdf")
    pages = pdf_text(tmp_path / "bao-cao.pdf").split("\f")
    assert "33/71 nhiệm vụ" in re.sub(r"\s+", " ", pages[0])
    assert not re.match(r"\s*1\s*\n", pages[0]) and re.match(r"\s*2\s*\n", pages[1])
    start = next(number for number, page in enumerate(pages) if re.match(r"\s*Phụ lục\s*\n", page))
    appendix = "".join(pages[start:])
    assert "Tổng cộng" in appendix and "45,9%" in appendix
    assert re.search(r"^\s*\d+\s*$", pages[start].split("\n")[0]) is None


def pdf_text(path: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
