"""Xử lý (đề nghị) (tblProposal): findings that need the office's word, ready to be copied to sheet Xử lý."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter import Workbook

from qn_xl import layout
from qn_xl.model import Snapshot
from qn_xl.outputs.heading import A3, set_page
from qn_xl.outputs.labels import provenance, unit_names
from qn_xl.outputs.links import Sources
from qn_xl.outputs.sheet_tasks import mark_rows
from qn_xl.outputs.styles import Styles
from qn_xl.outputs.worksheets import Column, ListSheet, TableRange
from qn_xl.rules.offers import Offer, offers

TITLE = "Xử lý (đề nghị)"
CODE_NAME = "shProposals"
NAME = "tblProposal"
_BESIDE = (
    Column("Đơn vị", 22, "wrap", wrap=True),
    Column("Nhiệm vụ", 24, "wrap", wrap=True),
    Column("Vấn đề", 38, "wrap", wrap=True),
    Column("Nếu quyết định", 38, "wrap", wrap=True),
    Column("Có thể ghi", 26, "wrap", wrap=True),
    Column("Tệp", 32, "wrap", wrap=True),
    Column("Trang tính", 14, "wrap", wrap=True),
    Column("Ô", 7, "centre"),
)
_TOP = 4
LONGEST_CHOICES = 255  # characters of a drop-down that lists its words itself; a comma parts them


def columns() -> tuple[Column, ...]:
    """Return the columns of Xử lý in their order, then what helps to decide."""
    own = layout.table("tblDecision")[1].columns
    same = [
        Column(column.header, column.width, "date centre" if column.type == "date" else "wrap text", wrap=True)
        for column in own
    ]
    return (*same, *_BESIDE)


def write(book: Workbook, styles: Styles, snapshot: Snapshot, sources: Sources) -> TableRange:
    """Add the sheet; grounds, who and when stay empty, and nothing here counts before staff copy it."""
    sheet: Any = book.add_worksheet(TITLE, ListSheet)
    sheet.set_vba_name(CODE_NAME)
    sheet.write_string(0, 0, "Vấn đề chờ quyết định", styles("title bold"))
    about = (
        "Chưa dòng nào được áp dụng. Để quyết định: chép các ô từ Mã vấn đề đến Đơn vị áp dụng sang trang Xử lý của"
        " Progress.xlsm, sửa Giá trị nếu cần (chọn trong danh sách ở ô), ghi Căn cứ, rồi tổng hợp lại."
    )
    sheet.write_string(1, 0, provenance(snapshot), styles("italic"))
    sheet.write_string(2, 0, about, styles("italic"))
    shape, made = columns(), offers(snapshot)
    table: TableRange = sheet.write_list(
        NAME,
        _TOP,
        shape,
        _rows(snapshot, made, sources),
        formats=[styles(column.style, "top") for column in shape],
        header=styles("bold centre wrap border head"),
        quoted=styles("wrap top quoted"),
        link=styles("wrap top link"),
    )
    mark_rows(sheet, styles, table)
    _offer_answers(sheet, made)
    sheet.freeze_panes(_TOP + 1, 3)
    set_page(sheet, snapshot, paper=A3)
    sheet.repeat_rows(_TOP)
    return table


def _offer_answers(sheet: Any, made: Sequence[Offer]) -> None:
    """Let the values that make sense be picked at each row; anything else may still be written."""
    place = [column.field for column in layout.table("tblDecision")[1].columns].index("value")
    for row, offer in enumerate(made, _TOP + 1):
        length = sum(len(answer) + 1 for answer in offer.answers)
        if offer.answers and length <= LONGEST_CHOICES and not any("," in answer for answer in offer.answers):
            rule = {"validate": "list", "source": list(offer.answers), "show_error": False}
            sheet.data_validation(row, place, row, place, rule)


def _rows(snapshot: Snapshot, made: Sequence[Offer], sources: Sources) -> Iterator[Sequence[object]]:
    names, kinds = unit_names(snapshot.units), layout.codes("decision_kind")
    files = {one.file for one in snapshot.inputs}
    fields = [column.field for column in layout.table("tblDecision")[1].columns]
    for offer in made:
        found, decision = offer.finding, offer.decision
        own = [kinds[decision.kind] if name == "kind" else getattr(decision, name) for name in fields]
        yield (
            *own,
            names.get(found.unit, found.unit) if found.unit else "",
            found.label,
            found.message,
            offer.effect,
            "; ".join(offer.answers),
            sources.link(found.where) if found.where.file in files else found.where.file,
            found.where.sheet,
            found.where.cell,
        )
