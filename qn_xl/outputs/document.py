"""The report in Word, a draft to sign: opening block, sentences, late tasks, returns; the summary as appendix.

Form: Nghị định 30/2020/NĐ-CP, Phụ lục I. Number, date and signatory are left open: they are not ours to make up.
"""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from qn_xl.model import Snapshot
from qn_xl.outputs import document_text as said
from qn_xl.outputs import libreoffice, safe
from qn_xl.outputs.definitions import definition_line
from qn_xl.outputs.document_parts import BODY, MOTTO, SMALL, Paper
from qn_xl.outputs.one_sheet import hide_others
from qn_xl.outputs.report import write_report
from qn_xl.rules.wording import date_line
from qn_xl.tables import province_heading

OPENING_WIDTHS = (6.5, 10.0)  # centimetres
_TITLE = "Tiến độ thực hiện nhiệm vụ được giao tại các kế hoạch, đề án"


def write(path: Path, snapshot: Snapshot, *, backups: int = 0) -> None:
    """Write the report of a snapshot as .docx.

    Raises:
        OutputLockedError: the file is open or the folder cannot be written.
    """
    paper = _compose(snapshot)
    safe.replace(path, lambda target: paper.document.save(str(target)), _check, backups=backups)


def write_pdf(document: Path, target: Path) -> None:
    """Print a .docx.

    Raises:
        NotConverted: LibreOffice is not there or failed. OutputLockedError: as `write`.
    """
    safe.replace(target, lambda made: libreoffice.convert(document, "pdf", made), _check_pdf)


def write_summary_pdf(target: Path, snapshot: Snapshot) -> None:
    """Print the sheet Tổng hợp of the report alone.

    Raises:
        NotConverted: LibreOffice is not there or failed. OutputLockedError: as `write`.
    """
    with tempfile.TemporaryDirectory(prefix="qn-xl-", ignore_cleanup_errors=True) as folder:
        report = Path(folder) / "bao-cao.xlsx"
        write_report(report, snapshot)
        hide_others(report)
        write_pdf(report, target)


def _check(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        if package.testzip() is not None or "word/document.xml" not in package.namelist():
            raise ValueError(f"{path.name} is damaged")


def _check_pdf(path: Path) -> None:
    if not path.read_bytes().startswith(b"%PDF-"):
        raise ValueError(f"{path.name} is no PDF")


def _compose(snapshot: Snapshot) -> Paper:
    paper = Paper()
    properties = paper.document.core_properties
    properties.author, properties.comments, properties.language = "", "", "vi-VN"
    properties.title = f"Báo cáo {_TITLE.lower()}"
    properties.created = properties.modified = snapshot.made_at.replace(tzinfo=None)
    _opening(paper, snapshot)
    _body(paper, snapshot)
    _ending(paper)
    _appendix(paper, snapshot)
    return paper


def _opening(paper: Paper, snapshot: Snapshot) -> None:
    province = province_heading(snapshot.settings, snapshot.made_at.date())
    office = snapshot.settings.get("office_name", "").strip()
    left, right = paper.columns(OPENING_WIDTHS)
    for text, bold in _authority(province, office):
        paper.text(text, align="centre", size=SMALL, bold=bold, before=0, where=left)
    paper.line(left, 0.3, OPENING_WIDTHS[0])
    paper.text("Số:        /BC-…", align="centre", size=SMALL, where=left)
    motto = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    paper.text(motto, align="centre", size=MOTTO, bold=True, before=0, where=right)
    paper.text("Độc lập - Tự do - Hạnh phúc", align="centre", bold=True, before=0, where=right)
    paper.line(right, 0.62, OPENING_WIDTHS[1])
    day = "Quảng Ninh, ngày       tháng       năm "
    paper.text(f"{day}{snapshot.made_at.year}", align="centre", italic=True, where=right)
    paper.text("BÁO CÁO", align="centre", bold=True, before=18)
    paper.text(_TITLE, align="centre", bold=True, before=0)
    period = f"{snapshot.period_name} (s" if snapshot.period_name else "(s"
    paper.text(f"{period}ố liệu chốt đến {date_line(snapshot.as_of)})", align="centre", bold=True, before=0)
    paper.line(paper.document, 0.3, 16.5)


def _authority(province: str, office: str) -> list[tuple[str, bool]]:
    """Return the lines of the issuing body: the body above it in plain letters, itself in bold."""
    for kind in (" TỈNH ", " THÀNH PHỐ "):
        before, found, after = province.partition(kind)
        if found:
            lines = [before, f"{kind.strip()} {after}"]
            break
    else:
        lines = [province]
    return [(line, not office) for line in lines] + ([(office, True)] if office else [])


def _body(paper: Paper, snapshot: Snapshot) -> None:
    paper.text(
        f"Qua tổng hợp báo cáo của các cơ quan, đơn vị, địa phương, tiến độ thực hiện nhiệm vụ đến "
        f"{date_line(snapshot.as_of)} như sau:",
        before=12,
    )
    _heading(paper, "I. KẾT QUẢ THỰC HIỆN")
    for number, text in enumerate(said.plan_sentences(snapshot), 1):
        paper.text(f"{number}. {text}")
    paper.text(said.overall(snapshot))
    _heading(paper, "II. NHIỆM VỤ CHẬM TIẾN ĐỘ")
    paper.text(said.late_summary(snapshot))
    for number, late in enumerate(said.late_leads(snapshot), 1):
        paper.text(f"{number}. {late.lead} ({len(late.items)})", bold=True, keep=True)
        for item in late.items:
            paper.text(f"- {said.late_line(item, snapshot)}", before=3)
    _heading(paper, "III. TÌNH HÌNH GỬI BÁO CÁO")
    paper.text(said.returns_text(snapshot))
    paper.text(f"(Chi tiết tại Phụ lục kèm theo). {definition_line(snapshot)}")


def _heading(paper: Paper, text: str) -> None:
    paper.text(text, bold=True, before=12, keep=True, indent=True)


def _ending(paper: Paper) -> None:
    left, right = paper.columns((8.0, 8.8))
    paper.text("Nơi nhận:", align="left", size=12, bold=True, italic=True, before=12, where=left)
    for line in ("- …;", "- Lưu: VT, …"):
        paper.text(line, align="left", size=11, before=0, where=left)
    paper.text("QUYỀN HẠN, CHỨC VỤ NGƯỜI KÝ", align="centre", bold=True, before=12, where=right)
    for _ in range(4):
        paper.text("", align="centre", before=0, where=right)
    paper.text("Họ và tên", align="centre", bold=True, before=0, where=right)


def _appendix(paper: Paper, snapshot: Snapshot) -> None:
    paper.landscape()
    paper.text("Phụ lục", align="centre", bold=True, before=0)
    title = snapshot.settings.get("report_title", "").strip() or "TỔNG HỢP TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ"
    paper.text(title, align="centre", bold=True, before=0)
    attached = "(Kèm theo Báo cáo số      /BC-… ngày      tháng      năm      )"
    paper.text(attached, align="centre", italic=True, size=SMALL)
    paper.text("", align="centre", before=0, size=BODY / 2)
    paper.table(said.APPENDIX_HEADS, said.appendix_rows(snapshot), said.APPENDIX_WIDTHS)
    paper.text(
        "Ghi chú: Tổng số = Hoàn thành + Đang thực hiện + Chậm tiến độ + Thường xuyên + Tạm dừng; phụ thuộc Bộ, ngành"
        " TW nằm trong các cột trước, không cộng thêm. Mỗi loại có tổng số riêng; dòng Tổng cộng chỉ cộng loại Nhiệm"
        " vụ. "
        + definition_line(snapshot),
        size=11,
        italic=True,
        indent=False,
    )
