"""Makes the three shipped tables: python templates/make_templates.py

They are ordinary workbooks with QN_ functions and {{…}}; an office may change them in Excel or LibreOffice as it likes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from qn_xl.model import Unit
from qn_xl.outputs.measure import height, lines
from qn_xl.outputs.styles import BOOK_OPTIONS, FONT, Styles
from qn_xl.rules.units import default_units

FOLDER = Path(__file__).parent
MM = 1 / 25.4
HEADER = 7  # row of the table's first heading row, from 0
PLANS = (
    ("Kế hoạch số 138/KH-UBND", ("Nhiệm vụ",)),
    ("Kế hoạch số 157/KH-UBND", ("Chỉ tiêu", "Nhiệm vụ", "Nhiệm vụ, dự án")),
    ("Kế hoạch số 02-KH/BCĐ", ("Nhiệm vụ",)),
    ("Đề án 06", ("Nhiệm vụ",)),
)
GROUPS = (("so-nganh", "Các sở, ban, ngành"), ("khac", "Cơ quan, đơn vị khác"), ("xa-phuong", "Xã, phường, đặc khu"))
ROMAN = ("I", "II", "III")
DEFINITION = "x" * 400  # about as long as what {{definition}} becomes
CREATED = datetime(2025, 1, 1)  # the same bytes whenever they are made


@dataclass(frozen=True)
class Column:
    """`head` over `under` where a heading has two rows; `formula` with {plan}, {kind}, {unit} and {row}."""

    head: str
    under: str
    width: float
    formula: str = ""
    look: str = "count centre"
    total: str = "sum"  # in the row of sums: "sum", "blank" or a formula with {row}


def count(measure: str) -> str:
    return f'=QN_COUNT({{plan}},"{measure}",{{kind}})'


def rate(base: str) -> str:
    return f'=IFERROR(QN_RATE({{plan}},"{base}",{{kind}}),"-")'


def divided(part: str, whole: str) -> str:
    return f'=IF({whole}=0,"-",{part}/({whole}))'


class Sheet:
    """One printed table."""

    def __init__(
        self, book: Any, styles: Styles, title: str, columns: Sequence[Column], first: Sequence[tuple[str, float]]
    ) -> None:
        self.styles, self.columns, self.first = styles, columns, first
        self.page = book.add_worksheet(title)
        self.last = len(first) + len(columns) - 1
        for place, (_, width) in enumerate(first):
            self.page.set_column(place, place, width)
        for place, column in enumerate(columns, len(first)):
            self.page.set_column(place, place, column.width)
        self._set_up()

    def _set_up(self) -> None:
        page = self.page
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(left=20 * MM, right=15 * MM, top=20 * MM, bottom=20 * MM)
        page.set_header(f'&C&"{FONT},Regular"&13&P', {"margin": 10 * MM})
        footer = "Số liệu chốt đến ngày {{as_of}}. Lần tổng hợp số {{run}}."
        page.set_footer(f'&R&"{FONT},Italic"&9{footer}', {"margin": 10 * MM})
        page.fit_to_pages(1, 0)
        page.hide_gridlines(2)
        page.repeat_rows(HEADER, HEADER + 1)
        page.freeze_panes(HEADER + 2, min(len(self.first), 3))

    def title(self, number: str, title: str) -> None:
        page, look = self.page, self.styles
        page.merge_range(0, 0, 0, min(4, self.last), "{{province}}", look("large centre"))
        page.merge_range(1, 0, 1, min(4, self.last), "{{office}}", look("large centre bold"))
        rows = (
            (number, "title bold centre"),
            (title, "title bold centre wrap"),
            ("(Kèm theo Báo cáo số …/BC-UBND ngày … tháng … năm …)", "large italic centre"),
            ("{{period}}; số liệu chốt đến {{as_of.long}}", "large italic centre"),
        )
        for row, (text, traits) in enumerate(rows, 2):
            page.merge_range(row, 0, row, self.last, text, look(traits))
            page.set_row(row, 18)
        page.set_row(6, 6)

    def header(self) -> None:
        look = self.styles("body bold centre wrap border head")
        heads = [(text, "") for text, _ in self.first] + [(column.head, column.under) for column in self.columns]
        at = 0
        while at < len(heads):
            head, under = heads[at]
            end = at
            while under and end + 1 < len(heads) and heads[end + 1][0] == head:
                end += 1
            if not under:
                self.page.merge_range(HEADER, at, HEADER + 1, at, head, look)
            elif end > at:
                self.page.merge_range(HEADER, at, HEADER, end, head, look)
            else:
                self.page.write_string(HEADER, at, head, look)
            for place in range(at, end + 1):
                if heads[place][1]:
                    self.page.write_string(HEADER + 1, place, heads[place][1], look)
            at = end + 1
        self.page.set_row(HEADER, 34)
        self.page.set_row(HEADER + 1, 50)

    def line(self, row: int, texts: Sequence[object], *, plan: int | None = None, look: str = "") -> None:
        """Write a row of the body; `plan` is the row whose second cell names the plan."""
        for place, text in enumerate(texts):
            traits = self.styles("body border wrap", "centre" if place == 0 else "inset", look)
            self.page.write(row, place, text, traits)
        words = {
            "plan": f"$B${(plan if plan is not None else row) + 1}",
            "kind": f"$C{row + 1}",
            "unit": f"$B{row + 1}",
            "row": row + 1,
        }
        for place, column in enumerate(self.columns, len(self.first)):
            traits = self.styles("body border", column.look, look)
            if column.formula:
                self.page.write_formula(row, place, column.formula.format(**words), traits, "")
            else:
                self.page.write_blank(row, place, None, traits)

    def sums(self, row: int, texts: Sequence[str], formula: str) -> None:
        """Write a row of sums; `formula` with {column} for its letters."""
        for place, text in enumerate(texts):
            self.page.write_string(row, place, text, self.styles("body bold border shade wrap centre"))
        for place, column in enumerate(self.columns, len(self.first)):
            traits = self.styles("body bold border shade", column.look)
            if column.total == "sum":
                self.page.write_formula(row, place, formula.format(column=xl_col_to_name(place)), traits, "")
            elif column.total == "blank":
                self.page.write_blank(row, place, None, traits)
            else:
                self.page.write_formula(row, place, column.total.format(row=row + 1), traits, "")
        self.page.set_row(row, 22)

    def notes(self, row: int, notes: Sequence[str]) -> None:
        for number, note in enumerate(notes, 1):
            look = self.styles("small italic wrap top")
            self.page.merge_range(row + number, 0, row + number, self.last, f"{number}. {note}", look)
            width = sum(width for _, width in self.first) + sum(column.width for column in self.columns)
            self.page.set_row(row + number, height(lines(DEFINITION if "{{" in note else note, width, 10), 10))


def by_plan(sheet: Sheet, notes: Sequence[str]) -> None:
    sheet.header()
    start = row = HEADER + 2
    for number, (plan, kinds) in enumerate(PLANS, 1):
        first = row
        for kind in kinds:
            opened = ("" if kind == kinds[0] else "open-top ") + ("" if kind == kinds[-1] else "open-bottom")
            texts = (number, plan) if row == first else ("", "")
            sheet.line(row, (*texts, kind), plan=first)
            for place, text in enumerate(texts):
                look = sheet.styles("body border wrap", "centre" if place == 0 else "inset", opened)
                sheet.page.write(row, place, text, look)
            sheet.page.set_row(row, 22)
            row += 1
    span = f"$C${start + 1}:$C${row}"
    formula = f'=SUMIF({span},"Nhiệm vụ",{{column}}${start + 1}:{{column}}${row})'
    sheet.sums(row, ("", "Tổng cộng", "Nhiệm vụ"), formula)
    sheet.notes(row, notes)


def by_unit(sheet: Sheet, units: Sequence[Unit], notes: Sequence[str]) -> None:
    sheet.header()
    row = HEADER + 2
    sections = []
    for roman, (group, name) in zip(ROMAN, GROUPS, strict=True):
        members = [unit for unit in units if unit.group == group]
        head = row
        sections.append(head)
        row += 1
        for number, unit in enumerate(members, 1):
            sheet.line(row, (number, unit.name))
            sheet.page.set_row(row, 18)
            row += 1
        sheet.sums(head, (roman, name), f"=SUM({{column}}{head + 2}:{{column}}{row})")
    whole = "=" + "+".join(f"{{column}}{head + 1}" for head in sections)
    sheet.sums(row, ("", "Tổng cộng"), whole)
    sheet.notes(row, notes)


def book_at(name: str) -> tuple[Any, Styles]:
    book = xlsxwriter.Workbook(FOLDER / name, BOOK_OPTIONS)
    book.set_properties({"title": "Biểu mẫu tiến độ nhiệm vụ", "created": CREATED})
    book.set_calc_mode("auto", 191029)
    book.calc_on_load = False
    return book, Styles(book)


def three_classes() -> None:
    """The table of the office: done, under way, late; recurring and stopped stand beside them."""
    columns = (
        Column("Tổng số", "", 9, count("tổng số")),
        Column("Kết quả thực hiện", "Hoàn thành", 11, count("hoàn thành")),
        Column("Kết quả thực hiện", "Đang thực hiện", 11, count("đang thực hiện")),
        Column("Kết quả thực hiện", "Chậm tiến độ", 11, count("chậm tiến độ")),
        Column("Kết quả thực hiện", "Thường xuyên", 11, count("thường xuyên")),
        Column("Kết quả thực hiện", "Tạm dừng", 9, count("tạm dừng")),
        Column("Trong đó phụ thuộc Bộ, ngành TW", "", 13, count("phụ thuộc trung ương"), "count centre italic"),
        Column("Tỷ lệ hoàn thành (%)", "", 11, rate("tổng"), "rate centre", divided("E{row}", "D{row}")),
        Column("Ghi chú", "", 20, "", "wrap", "blank"),
    )
    book, styles = book_at("bieu-ba-lop.xlsx")
    sheet = Sheet(book, styles, "Tổng hợp", columns, (("TT", 5), ("Kế hoạch, văn bản", 30), ("Loại", 18)))
    sheet.title("Phụ lục I", "TỔNG HỢP TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ")
    by_plan(
        sheet,
        (
            "Tổng số = Hoàn thành + Đang thực hiện + Chậm tiến độ + Thường xuyên + Tạm dừng. Mỗi loại có tổng số riêng;"
            " dòng Tổng cộng chỉ cộng loại Nhiệm vụ.",
            "{{definition}}",
        ),
    )
    book.close()


GOVERNMENT_NOTES = (
    "Hoàn thành đúng hạn gồm cả nhiệm vụ hoàn thành chưa rõ ngày; chưa hoàn thành trong hạn gồm cả nhiệm vụ thường"
    " xuyên và nhiệm vụ không xác định thời hạn. Số đến hạn = đã hoàn thành + chưa hoàn thành quá hạn; tỷ lệ quá hạn"
    " là phần còn lại của 100%.",
    "{{definition.2}}",
)


def government_columns(counted: str, due: str, first: int) -> tuple[Column, ...]:
    """Return the columns of Báo cáo số 1270/BC-TCTTTg after `first` others.

    Args:
        counted: the call that counts, with {measure} in it. due: the formula of the rate over the tasks fallen due.
    """

    def cell(measure: str) -> str:
        return counted.replace("{measure}", measure)

    parts = (
        Column("Đã hoàn thành", "Đúng hạn", 11, cell("gov_on_time")),
        Column("Đã hoàn thành", "Quá hạn", 11, cell("done_late")),
        Column("Chưa hoàn thành", "Trong hạn", 11, cell("gov_in_term")),
        Column("Chưa hoàn thành", "Quá hạn", 11, cell("overdue")),
        Column("Nhiệm vụ bị hủy", "", 10, cell("stopped")),
    )
    names = [xl_col_to_name(first + place) for place in range(len(parts) + 2)]
    left, right, share = names[1], names[5], names[6]
    done = f"({names[1]}{{row}}+{names[2]}{{row}})"
    fallen_due = f"({done}+{names[4]}{{row}})"
    rest = f'=IFERROR(1-{share}{{row}},"-")'
    total = Column("Tổng số nhiệm vụ", "", 10, f"=SUM({left}{{row}}:{right}{{row}})")
    return (
        total,
        *parts,
        Column("Tỷ lệ trên số đến hạn (%)", "Hoàn thành", 11, due, "share centre", divided(done, fallen_due)),
        Column("Tỷ lệ trên số đến hạn (%)", "Quá hạn", 11, rest, "share centre", rest),
    )


def four_classes() -> None:
    book, styles = book_at("bieu-chinh-phu.xlsx")
    first = (("TT", 5), ("Kế hoạch, văn bản", 32), ("Loại", 17))
    columns = government_columns(
        '=QN_COUNT({plan},"{measure}",{kind})', '=IFERROR(QN_RATE({plan},"đến hạn",{kind}),"-")', len(first)
    )
    sheet = Sheet(book, styles, "Theo kế hoạch", columns, first)
    sheet.title("Phụ lục II", "TÌNH HÌNH THỰC HIỆN NHIỆM VỤ THEO KẾ HOẠCH")
    by_plan(sheet, GOVERNMENT_NOTES)
    first_unit = (("TT", 5), ("Cơ quan, đơn vị", 44))
    columns = government_columns(
        '=QN_COUNT("tất cả","{measure}","nhiệm vụ",{unit})',
        '=IFERROR(QN_RATE("tất cả","đến hạn","nhiệm vụ",{unit}),"-")',
        len(first_unit),
    )
    sheet = Sheet(book, styles, "Theo đơn vị", columns, first_unit)
    sheet.title("Phụ lục III", "TÌNH HÌNH THỰC HIỆN NHIỆM VỤ THEO CƠ QUAN, ĐƠN VỊ")
    several = "Nhiệm vụ giao nhiều đơn vị đếm một lần cho mỗi đơn vị; chỉ tính loại Nhiệm vụ của mọi kế hoạch."
    by_unit(sheet, list(expected_units()), (several, *GOVERNMENT_NOTES))
    book.close()


def expected_units() -> Iterator[Unit]:
    return (unit for unit in default_units() if unit.expected)


def superset() -> None:
    on_all, on_due = divided("E{row}", "D{row}"), divided("E{row}", "E{row}+K{row}")
    mean, most = (f'=IFERROR(QN_LATE({{plan}},"{what}",{{kind}}),"-")' for what in ("trung bình", "lớn nhất"))
    all_tasks = {"plan": '"tất cả"', "kind": '"nhiệm vụ"'}
    columns = (
        Column("Tổng số", "", 7, count("tổng số")),
        Column("Đã hoàn thành", "Tổng", 7, count("hoàn thành")),
        Column("Đã hoàn thành", "Đúng hạn", 7, count("hoàn thành đúng hạn"), "count centre italic"),
        Column("Đã hoàn thành", "Quá hạn", 7, count("hoàn thành quá hạn"), "count centre italic"),
        Column("Đã hoàn thành", "Chưa rõ ngày", 7, count("hoàn thành chưa rõ ngày"), "count centre italic"),
        Column("Chưa hoàn thành", "Trong hạn", 7, count("đang thực hiện trong hạn")),
        Column("Chưa hoàn thành", "Không rõ thời hạn", 8, count("không xác định thời hạn")),
        Column("Chưa hoàn thành", "Chậm tiến độ", 7, count("chậm tiến độ")),
        Column("Thường xuyên", "", 8, count("thường xuyên")),
        Column("Tạm dừng", "", 7, count("tạm dừng")),
        Column("Phụ thuộc Bộ, ngành TW", "", 9, count("phụ thuộc trung ương"), "count centre italic"),
        Column("Tỷ lệ hoàn thành (%)", "Trên tổng số", 8, rate("tổng"), "rate centre", on_all),
        Column("Tỷ lệ hoàn thành (%)", "Trên số đến hạn", 8, rate("đến hạn"), "rate centre", on_due),
        Column("Số ngày chậm", "Trung bình", 8, mean, "days centre", mean.format(**all_tasks)),
        Column("Số ngày chậm", "Lớn nhất", 8, most, "count centre", most.format(**all_tasks)),
        Column("Chưa báo cáo kỳ này", "", 8, count("chưa báo cáo"), "count centre italic"),
    )  # fmt: skip
    book, styles = book_at("bieu-day-du.xlsx")
    sheet = Sheet(book, styles, "Tổng hợp", columns, (("TT", 5), ("Kế hoạch, văn bản", 28), ("Loại", 18)))
    sheet.title("Phụ lục I", "TỔNG HỢP TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ")
    by_plan(
        sheet,
        (
            "Tổng số = Đã hoàn thành (tổng) + Trong hạn + Không rõ thời hạn + Chậm tiến độ + Thường xuyên + Tạm dừng."
            " Cột chữ nghiêng là “trong đó”, không cộng thêm. Dòng Tổng cộng chỉ cộng loại Nhiệm vụ.",
            "{{definition}}",
        ),
    )
    late_tasks(book, styles)
    book.close()


LATE_ROWS = 300
LATE = (8, 14, 7, 46, 30, 17, 12, 14, 9, 12, 40)  # widths of the columns that QN_TASKS gives
LATE_HEADS = (
    "Kế hoạch", "Loại", "Số", "Nhiệm vụ", "Đơn vị chủ trì", "Thời hạn", "Ngày đến hạn", "Trạng thái", "Số ngày chậm",
    "Ngày hoàn thành", "Nguồn (tệp › trang › ô)",
)  # fmt: skip


def late_tasks(book: Any, styles: Styles) -> None:
    """The list of late tasks: one formula, a region marked by the name qn_than_cham."""
    sheet = Sheet(book, styles, "Nhiệm vụ chậm", (), tuple(zip(LATE_HEADS, LATE, strict=True)))
    sheet.page.set_column(0, 0, 16)
    sheet.title("Phụ lục II", "DANH MỤC NHIỆM VỤ CHẬM TIẾN ĐỘ")
    sheet.header()
    row = HEADER + 2
    for place in range(len(LATE)):
        traits = "date centre" if place in (6, 9) else "centre" if place in (1, 2, 7, 8) else "inset"
        look = styles("border wrap top", traits)
        if place:
            sheet.page.write_blank(row, place, None, look)
        else:
            sheet.page.write_formula(row, place, '=QN_TASKS("tất cả","chậm tiến độ")', look, "")
    end = xl_rowcol_to_cell(row + LATE_ROWS - 1, len(LATE) - 1, True, True)
    book.define_name("qn_than_cham", f"='Nhiệm vụ chậm'!{xl_rowcol_to_cell(row, 0, True, True)}:{end}")


if __name__ == "__main__":
    three_classes()
    four_classes()
    superset()
