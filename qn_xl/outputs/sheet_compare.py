"""So với kỳ trước, Chi tiết thay đổi (tblChange): figure before + changes = figure after, and every change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from qn_xl.model import Plan, Received, Snapshot
from qn_xl.outputs import formulas
from qn_xl.outputs.heading import A3, set_page, write_notes, write_title
from qn_xl.outputs.labels import OFFICE_VIEW, RECEIVED, plan_symbols, provenance, unit_names
from qn_xl.outputs.links import Sources
from qn_xl.outputs.measure import height, lines
from qn_xl.outputs.sheet_tasks import mark_rows
from qn_xl.outputs.styles import Styles
from qn_xl.outputs.worksheets import Column, ListSheet, PrintSheet, TableRange
from qn_xl.rules.compare import LABEL, Comparison, Flow, Move, compare, side_name
from qn_xl.rules.figures import MEASURE, MEMBERS
from qn_xl.rules.sentences import plan_name
from qn_xl.rules.wording import date_text

TITLE = "So với kỳ trước"
CODE_NAME = "shCompare"
LIST_TITLE = "Chi tiết thay đổi"
LIST_CODE_NAME = "shChanges"
NAME = "tblChange"
TASKS = "tblTask"
MEASURES = ("total", *OFFICE_VIEW)
_FITS, _FAILS = "khớp", "KHÔNG KHỚP"
_HEADERS = (
    ("TT", 5), ("Kế hoạch, văn bản", 30), ("Loại", 16), ("Tình trạng", 18), ("", 12), ("Chuyển đến (+)", 12),
    ("Chuyển đi (−)", 12), ("Thêm nhiệm vụ (+)", 12), ("Bớt nhiệm vụ (−)", 12), ("", 12), ("Đối chiếu", 13),
)  # fmt: skip
_WIDTH = sum(width for _, width in _HEADERS)
COLUMNS = (
    Column("Kế hoạch", 13, "wrap"),
    Column("Loại", 12, "wrap", wrap=True),
    Column("TT", 7, "centre"),
    Column("Nội dung", 50, "wrap", wrap=True),
    Column("Đơn vị", 28, "wrap", wrap=True),
    Column("Thay đổi", 18, "wrap", wrap=True),
    Column("Trước", 28, "wrap", wrap=True),
    Column("Sau", 28, "wrap", wrap=True),
    Column("Tệp", 38, "wrap", wrap=True),
    Column("Trang tính", 16, "wrap", wrap=True),
    Column("Ô", 8, "centre"),
    Column("Mã", 13, "wrap", wrap=True),
)
NAMED_UNITS = 4
_TOP = 3
_LOOK = {Move.REOPENED: "warn bold", Move.VANISHED: "warn bold", Move.WORD: "warn", Move.DEADLINE: "amber"}
_MEANING = {
    Move.ADDED: "không có ở kỳ trước, làm tăng tổng số",
    Move.VANISHED: "có ở kỳ trước, nay không còn, làm giảm tổng số",
    Move.DONE: "kỳ trước chưa hoàn thành",
    Move.REOPENED: "kỳ trước đã tính là hoàn thành",
    Move.LATE: "kỳ trước chưa quá hạn",
    Move.RECURRING: "kỳ trước có thời hạn",
    Move.STOPPED: "kỳ trước chưa dừng",
    Move.OPEN: "kỳ trước chậm, tạm dừng hoặc thường xuyên",
    Move.DONE_OTHERWISE: "đúng hạn, quá hạn hoặc chưa rõ ngày đổi cho nhau",
    Move.DEADLINE: "ngày đến hạn khác kỳ trước",
    Move.WORD: "đơn vị rút lại việc hoàn thành, ngày hoàn thành hoặc trạng thái đã ghi",
    Move.UNITS: "đơn vị chủ trì khác kỳ trước",
}


def write(book: Workbook, styles: Styles, snapshot: Snapshot, before: Snapshot, sources: Sources) -> TableRange:
    """Add both sheets and return where tblChange stands."""
    found = compare(before, snapshot)
    _write_counts(book, styles, snapshot, before, found)
    return _write_changes(book, styles, snapshot, before, found, sources)


def write_blank(book: Workbook, styles: Styles, snapshot: Snapshot) -> TableRange:
    """Add both sheets to a workbook that has nothing to compare with yet; return where the empty tblChange stands."""
    sheet: Any = book.add_worksheet(TITLE, PrintSheet)
    sheet.set_vba_name(CODE_NAME)
    set_page(sheet, snapshot)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, "Chưa có lần tổng hợp nào trước lần này để so sánh.", styles("italic"))
    return _change_list(book, styles, snapshot, "", ())


def _write_counts(
    book: Workbook, styles: Styles, snapshot: Snapshot, before: Snapshot, found: Comparison
) -> None:
    sheet: Any = book.add_worksheet(TITLE, PrintSheet)
    sheet.set_vba_name(CODE_NAME)
    for place, (_, width) in enumerate(_HEADERS):
        sheet.set_column(place, place, width)
    set_page(sheet, snapshot)
    sheet.hide_gridlines(2)
    top = write_title(
        sheet,
        styles,
        snapshot,
        number="Biểu so sánh",
        title="TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ SO VỚI LẦN TỔNG HỢP TRƯỚC",
        widths=[width for _, width in _HEADERS],
    )
    said = {4: f"Kỳ trước ({date_text(found.earlier.as_of)})", 9: f"Kỳ này ({date_text(found.later.as_of)})"}
    for place, (text, _) in enumerate(_HEADERS):
        sheet.write_string(top, place, said.get(place, text), styles("body bold centre wrap border head"))
    sheet.set_row(top, 48)
    row = top + 1
    plans = {plan.id: plan for plan in (*before.plans, *snapshot.plans)}
    number = 0
    for place, flow in enumerate(found.flows):
        first = place == 0 or found.flows[place - 1].plan != flow.plan
        number += first
        row = _write_flow(sheet, styles, row, flow, plans, number if first else None)
    row = _write_sorts(sheet, styles, row + 1, found)
    row = _write_returns(sheet, styles, row + 1, found)
    notes = [
        f"Kỳ trước: {side_name(found.earlier)}. Kỳ này: {side_name(found.later)}.",
        "Kỳ trước + chuyển đến − chuyển đi + thêm − bớt = kỳ này, ở từng dòng. Cột Kỳ này đếm trực tiếp trên trang"
        " Chi tiết.",
        f"Từng nhiệm vụ thay đổi ở trang {LIST_TITLE}.",
    ]
    write_notes(sheet, styles, row, notes, last=len(_HEADERS) - 1, width=_WIDTH)
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, 4)


def _write_flow(
    sheet: Any, styles: Styles, row: int, flow: Flow, plans: Mapping[str, Plan], number: int | None
) -> int:
    """Write the rows of one kind of one plan, the total first; return the row below."""
    plan = plans[flow.plan]
    for measure in MEASURES:
        classes = MEMBERS[measure]
        parts = (
            flow.before(classes), flow.gained(classes), flow.lost(classes), flow.added(classes),
            flow.vanished(classes),
        )  # fmt: skip
        total = measure == "total"
        if not total and not any((*parts, flow.after(classes))):
            continue
        look = "body border bold shade" if total else "body border"
        name = plan_name(plan) if total and number else ""
        sheet.write(row, 0, number if total and number else None, styles(look, "centre"))
        sheet.write_string(row, 1, name or (plan.symbol if total else ""), styles(look, "inset wrap"))
        sheet.write_string(row, 2, flow.kind.value if total else "", styles(look, "inset wrap"))
        sheet.write_string(row, 3, MEASURE[measure].label, styles(look, "inset"))
        for place, value in enumerate(parts, 4):
            sheet.write_number(row, place, value, styles(look, "centre count"))
        keys = [("Kế hoạch", plan.symbol), ("Loại", flow.kind.value)]
        count = "=" + formulas.count(TASKS, measure, keys)
        sheet.write_formula(row, 9, count, styles(look, "centre count"), flow.after(classes))
        cell = [xl_rowcol_to_cell(row, place) for place in range(4, 10)]
        check = f'=IF({cell[0]}+{cell[1]}-{cell[2]}+{cell[3]}-{cell[4]}={cell[5]},"{_FITS}","{_FAILS}")'
        sheet.write_formula(row, 10, check, styles(look, "centre"), _FITS)
        sheet.set_row(row, height(lines(name, 28, 12), 12) + 4)
        row += 1
    return row


def _write_sorts(sheet: Any, styles: Styles, row: int, found: Comparison) -> int:
    """Write how many changes of each sort there are, counted live over tblChange; return the row below."""
    sheet.merge_range(row, 1, row, 8, "Các thay đổi", styles("body bold border head centre"))
    sheet.write_string(row, 9, "Số lượng", styles("body bold border head centre"))
    top = row + 1
    for row, move in enumerate(Move, top):
        sheet.merge_range(row, 1, row, 8, f"{LABEL[move]}: {_MEANING[move]}", styles("body border inset"))
        formula = "=" + formulas.count(NAME, "total", [("Thay đổi", LABEL[move])])
        sheet.write_formula(row, 9, formula, styles("body border centre count"), found.count(move))
    return row + 1


def _write_returns(sheet: Any, styles: Styles, row: int, found: Comparison) -> int:
    """Write how many units were in each state of sending, before and now; return the row below."""
    head = styles("body bold border head centre wrap")
    sheet.merge_range(row, 1, row, 3, "Tình trạng nộp báo cáo (số đơn vị)", head)
    for place, text in ((4, "Kỳ trước"), (5, "Kỳ này")):
        sheet.write_string(row, place, text, head)
    for state, label in RECEIVED.items():
        before = sum(len(units) for (old, _), units in found.returns.items() if old is state)
        after = sum(len(units) for (_, new), units in found.returns.items() if new is state)
        if not before and not after:
            continue
        row += 1
        sheet.merge_range(row, 1, row, 3, label, styles("body border inset"))
        sheet.write_number(row, 4, before, styles("body border centre count"))
        sheet.write_number(row, 5, after, styles("body border centre count"))
    still = len(found.returns.get((Received.MISSING, Received.MISSING), ()))
    if still:
        row += 1
        sheet.merge_range(row, 1, row, 3, "Trong đó: cả hai kỳ đều chưa gửi", styles("body border inset italic"))
        sheet.write_blank(row, 4, None, styles("body border"))
        sheet.write_number(row, 5, still, styles("body border centre count italic"))
    return row + 1


def _write_changes(
    book: Workbook, styles: Styles, snapshot: Snapshot, before: Snapshot, found: Comparison, sources: Sources
) -> TableRange:
    about = f"So với {side_name(found.earlier)}. Một nhiệm vụ có thể có nhiều thay đổi."
    return _change_list(book, styles, snapshot, about, _rows(snapshot, before, found, sources))


def _change_list(
    book: Workbook, styles: Styles, snapshot: Snapshot, about: str, rows: Iterable[Sequence[object]]
) -> TableRange:
    sheet: Any = book.add_worksheet(LIST_TITLE, ListSheet)
    sheet.set_vba_name(LIST_CODE_NAME)
    sheet.write_string(0, 0, "Chi tiết thay đổi so với lần tổng hợp trước", styles("title bold"))
    sheet.write_string(1, 0, f"{provenance(snapshot)} {about}", styles("italic"))
    table: TableRange = sheet.write_list(
        NAME,
        _TOP,
        COLUMNS,
        rows,
        formats=[styles(column.style, "top") for column in COLUMNS],
        header=styles("bold centre wrap border head"),
        quoted=styles("wrap top quoted"),
        link=styles("wrap top link"),
    )
    place = [column.header for column in COLUMNS].index("Thay đổi")
    for move, trait in _LOOK.items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{LABEL[move]}"', "format": styles.rule(trait, "thin")}
        sheet.conditional_format(_TOP + 1, place, table.last_row, place, rule)
    mark_rows(sheet, styles, table)
    sheet.freeze_panes(_TOP + 1, 4)
    set_page(sheet, snapshot, paper=A3)
    sheet.repeat_rows(_TOP)
    return table


def _rows(
    snapshot: Snapshot, before: Snapshot, found: Comparison, sources: Sources
) -> Iterator[Sequence[object]]:
    symbols = plan_symbols((*before.plans, *snapshot.plans))
    names = unit_names((*before.units, *snapshot.units))
    for one in found.changes:
        whose = (one.unit,) if one.unit else one.units
        units = "; ".join(names.get(unit, unit) for unit in whose[:NAMED_UNITS])
        if len(whose) > NAMED_UNITS:
            units += f" và {len(whose) - NAMED_UNITS} đơn vị khác"
        before_text, after_text = one.before, one.after
        if one.move is Move.UNITS:
            before_text, after_text = (_named(text, names) for text in (one.before, one.after))
        here = one.source if one.move is not Move.VANISHED else None
        yield (
            symbols[one.plan],
            one.kind.value,
            one.number,
            one.task,
            units,
            LABEL[one.move],
            before_text,
            after_text,
            sources.link(here) if here else None,
            here.sheet if here else None,
            here.cell if here else None,
            one.item,
        )


def _named(ids: str, names: Mapping[str, str]) -> str:
    return "; ".join(names.get(unit, unit) for unit in ids.split("; ") if unit)
