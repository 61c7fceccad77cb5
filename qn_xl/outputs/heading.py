"""Page set-up and title block of the printed tables, in the form of an official appendix (Nghị định 30/2020/NĐ-CP)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from qn_xl.model import Snapshot
from qn_xl.outputs.labels import provenance
from qn_xl.outputs.measure import height, lines, points
from qn_xl.outputs.styles import FONT, Styles
from qn_xl.rules.wording import date_line
from qn_xl.tables import province_heading

A4, A3 = 9, 8
_MM = 1 / 25.4
_OWN_NAMES = {
    "ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH": " của Ủy ban nhân dân tỉnh Quảng Ninh",
    "ỦY BAN NHÂN DÂN THÀNH PHỐ QUẢNG NINH": " của Ủy ban nhân dân thành phố Quảng Ninh",
}


def set_page(sheet: Any, snapshot: Snapshot, *, paper: int = A4) -> None:
    """Set landscape, one page wide, official margins, page number top centre, run and cut-off in the footer."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_start_page(1)
    sheet.set_margins(20 * _MM, 15 * _MM, 20 * _MM, 20 * _MM)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f'&C&"{FONT},Regular"&13&P', {"margin": 10 * _MM})
    footer = provenance(snapshot).replace("&", "&&")
    sheet.set_footer(f'&R&"{FONT},Italic"&9{footer}', {"margin": 10 * _MM})


def write_title(
    sheet: Any, styles: Styles, snapshot: Snapshot, *, number: str, title: str, widths: Sequence[float]
) -> int:
    """Write the block above a table and return the row below it.

    Args:
        number: of the appendix, "Phụ lục I".
        widths: of the table's columns, in characters.
    """
    province = province_heading(snapshot.settings, snapshot.made_at.date())
    office = snapshot.settings.get("office_name", "").strip()
    last = len(widths) - 1
    own = _OWN_NAMES.get(province, "")
    period = f"{snapshot.period_name}; s" if snapshot.period_name else "S"
    rows = [
        (number, styles("title bold centre wrap")),
        (title, styles("title bold centre wrap")),
        (f"(Kèm theo Báo cáo số …/BC-UBND ngày … tháng … năm …{own})", styles("large italic centre wrap")),
        (f"{period}ố liệu chốt đến {date_line(snapshot.as_of)}", styles("large italic centre wrap")),
    ]
    room = accumulate(width * 5.25 for width in widths)
    need = points(province, 13, bold=True) + 10
    left = next((place for place, points_so_far in enumerate(room) if points_so_far > need and place), last)
    sheet.merge_range(0, 0, 0, left, province, styles("large centre" if office else "large centre bold"))
    sheet.set_row(0, 17)
    if office:
        sheet.merge_range(1, 0, 1, left, office, styles("large centre bold"))
    sheet.set_row(1, 17 if office else 4)
    for row, (text, look) in enumerate(rows, 2):
        sheet.merge_range(row, 0, row, last, text, look)
        sheet.set_row(row, 18)
    sheet.set_row(2 + len(rows), 6)
    return 3 + len(rows)


def write_notes(sheet: Any, styles: Styles, row: int, notes: list[str], *, last: int, width: float) -> int:
    """Write numbered footnotes across the table, `width` characters wide, and return the row below them."""
    sheet.set_row(row, 6)
    sheet.merge_range(row + 1, 0, row + 1, last, "Ghi chú:", styles("small bold italic"))
    sheet.set_row(row + 1, height(1, 10))
    row += 2
    for number, note in enumerate(notes, 1):
        text = f"{number}. {note}"
        sheet.merge_range(row, 0, row, last, text, styles("small wrap top"))
        sheet.set_row(row, height(lines(text, width, 10), 10))
        row += 1
    return row
