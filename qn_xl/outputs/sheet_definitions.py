"""Định nghĩa: what every figure means, under which rules and decisions, from which files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from xlsxwriter import Workbook

from qn_xl import layout
from qn_xl.model import Fate, Snapshot
from qn_xl.outputs.heading import set_page
from qn_xl.outputs.labels import CLASS, FATE, OFFICE_VIEW, STATUS, unit_names
from qn_xl.outputs.list_rows import plain
from qn_xl.outputs.measure import height, lines
from qn_xl.outputs.styles import Styles
from qn_xl.outputs.worksheets import PrintSheet
from qn_xl.rules.figures import MEASURE
from qn_xl.rules.wording import date_line, date_text

TITLE = "Định nghĩa"
CODE_NAME = "shDefinitions"
_WIDTHS = (36, 30, 50, 12, 14, 18)
_MEASURES = (
    "done", "under_way", "fallen_due", "central", "due_soon", "not_reported", "carried", "extension",
    "gov_on_time", "gov_in_term", "days_late_mean", "days_late_max", "rate_total", "rate_due",
)  # fmt: skip
_SHORT = {
    Fate.TASK: "nhiệm vụ",
    Fate.PARENT: "cha",
    Fate.GROUP: "nhóm",
    Fate.HEADER: "tiêu đề",
    Fate.BLANK: "trống",
    Fate.NOTE: "ghi chú",
    Fate.TOTAL: "cộng",
    Fate.EXCLUDED: "không tính được",
}
_ORDER = (
    "Quyết định dừng, hủy bằng lời rõ ràng (không phải đề nghị dừng): Tạm dừng.",
    "Thời hạn hoặc trạng thái ghi thường xuyên, định kỳ, không có ngày kết thúc: Thường xuyên.",
    "Có ngày hoàn thành không sau ngày chốt: Hoàn thành đúng hạn nếu không sau ngày đến hạn (tính cả ngày đến hạn),"
    " nếu sau là Hoàn thành quá hạn. Ngày hoàn thành sau ngày chốt: chưa hoàn thành.",
    "Ghi đúng từ chỉ hoàn thành, không có ngày: theo lời đơn vị (đúng hạn, quá hạn), không có lời là Hoàn thành,"
    " chưa rõ ngày. “Đã trình”, “đã tham mưu” mới là một bước, chưa hoàn thành.",
    "Chưa hoàn thành, có ngày đến hạn: Chậm tiến độ nếu ngày đến hạn trước ngày chốt, nếu không là Đang thực hiện.",
    "Chưa hoàn thành, không xác định được ngày đến hạn: Chậm tiến độ nếu chính đơn vị ghi là chậm, nếu không là"
    " Không xác định thời hạn.",
)


class _Page:
    """Writes sections of rows down the sheet, each text wrapped in its column."""

    def __init__(self, sheet: Any, styles: Styles) -> None:
        self.sheet = sheet
        self.styles = styles
        self.row = 0

    def title(self, text: str) -> None:
        self.sheet.merge_range(self.row, 0, self.row, len(_WIDTHS) - 1, text, self.styles("title bold centre"))
        self.sheet.set_row(self.row, 24)
        self.row += 1

    def section(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> int:
        """Write a headed table; its last column fills what is left of the width. Return its first row."""
        self.row += 1
        self.sheet.write_string(self.row, 0, name, self.styles("large bold"))
        self.sheet.set_row(self.row, 20)
        self.row += 1
        if heads:
            self._cells(heads, "bold centre wrap border head")
        first = self.row
        for values in rows:
            self._cells(values, "wrap top border")
        if self.row == first:
            self._cells(("(không có)", *[""] * (max(len(heads), 2) - 1)), "italic top border")
        return first

    def _cells(self, values: Sequence[str | int], look: str) -> None:
        tall = 1
        for column, value in enumerate(values):
            last = len(_WIDTHS) - 1 if column == len(values) - 1 else column
            width = sum(_WIDTHS[column : last + 1])
            if isinstance(value, int):
                cell_look = self.styles(look.replace("wrap", ""), "count centre")
                self._put(column, last, value, cell_look)
            else:
                text = plain(value)
                risky = "quoted" if text.startswith(("=", "+", "-", "@")) else ""
                self._put(column, last, text, self.styles(look, risky))
                tall = max(tall, lines(text, width))
        self.sheet.set_row(self.row, height(tall))
        self.row += 1

    def _put(self, column: int, last: int, value: str | int, look: Any) -> None:
        if last > column:
            self.sheet.merge_range(self.row, column, self.row, last, None, look)
        if isinstance(value, int):
            self.sheet.write_number(self.row, column, value, look)
        else:
            self.sheet.write_string(self.row, column, value, look)


def write(book: Workbook, styles: Styles, snapshot: Snapshot) -> Any:
    """Add the sheet and return it. Who took a decision stays in Xử lý; its key and grounds are shown here."""
    sheet = book.add_worksheet(TITLE, PrintSheet)
    sheet.set_vba_name(CODE_NAME)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    set_page(sheet, snapshot)
    sheet.hide_gridlines(2)
    page = _Page(sheet, styles)
    page.title("Định nghĩa, quy tắc và nguồn số liệu")
    page.section("1. Lần tổng hợp", (), _run(snapshot))
    page.section("2. Các lớp", ("Lớp", "Tình trạng ở biểu", "Nghĩa"), _classes())
    page.section("3. Thứ tự xếp lớp tại ngày chốt", (), ((str(n), text) for n, text in enumerate(_ORDER, 1)))
    page.section("4. Tổng số, tỷ lệ và các số “trong đó”", ("Số", "Nghĩa"), _measures(snapshot))
    page.section("5. Quy tắc và cài đặt đã áp dụng", ("Tên", "Giá trị", "Giải thích"), _options(snapshot))
    page.section(
        "6. Quyết định xử lý đã áp dụng",
        ("Mã vấn đề", "Loại", "Giá trị và căn cứ", "Ngày", "Áp dụng cho"),
        _decisions(snapshot),
    )
    _write_conservation(page, snapshot)
    page.section(
        "8. Tệp đầu vào",
        ("Tệp", "Đơn vị", "Số dòng theo từng loại", "Định dạng", "Số nhiệm vụ", "SHA-256 (12 ký tự đầu)"),
        _inputs(snapshot),
    )
    return sheet


def _run(snapshot: Snapshot) -> list[tuple[str, str]]:
    made = snapshot.made_at
    return [
        ("Số lần tổng hợp", str(snapshot.run)),
        ("Ngày chốt số liệu", date_line(snapshot.as_of)),
        ("Kỳ báo cáo", f"{snapshot.period_name or snapshot.period} ({snapshot.period})"),
        ("Lập lúc", f"{made:%H:%M} {date_line(made.date())}"),
        ("Phiên bản chương trình", snapshot.version),
        ("Bảng cấu hình", snapshot.source or "mặc định của chương trình"),
        ("Mẫu số", "Danh mục nhiệm vụ giao" if snapshot.assigned else "Số nhiệm vụ khác nhau mà các đơn vị báo cáo"),
    ]


def _classes() -> list[tuple[str, str, str]]:
    return [(CLASS[cls], STATUS[cls], MEASURE[cls.value].definition) for cls in CLASS]


def _measures(snapshot: Snapshot) -> list[tuple[str, str]]:
    total = MEASURE["total"].definition
    if not snapshot.assigned:
        total = "Số nhiệm vụ khác nhau mà các đơn vị báo cáo, mỗi nhiệm vụ đếm một lần (chưa có danh mục giao)."
    made = [
        ("Tổng số", total),
        ("Tổng cộng", "Chỉ cộng loại Nhiệm vụ; mỗi loại có tổng số riêng, không cộng với nhau."),
        ("Tổng số bằng", " + ".join(MEASURE[measure].label for measure in OFFICE_VIEW)),
        ("Theo đơn vị", "Nhiệm vụ có nhiều đơn vị chủ trì đếm một lần cho mỗi đơn vị."),
    ]
    return made + [(MEASURE[code].label, MEASURE[code].definition) for code in _MEASURES]


def _options(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    known = {option.code: option for option in (*layout.rules(), *layout.settings())}
    found = []
    for code, value in (*snapshot.rules.items(), *snapshot.settings.items()):
        option = known.get(code)
        if option:
            found.append((option.name, value or "(để trống)", option.explanation))
        else:
            found.append((code, value or "(để trống)", ""))
    return found


def _decisions(snapshot: Snapshot) -> list[tuple[str, str, str, str, str]]:
    kinds = layout.codes("decision_kind")
    applied: dict[str, list[str]] = {}
    for item in snapshot.items:
        for key in item.decided:
            applied.setdefault(key, []).append(item.id)
    for result in snapshot.unit_results:
        for key in result.decided:
            if result.item not in applied.setdefault(key, []):
                applied[key].append(result.item)
    return [
        (
            one.key,
            kinds.get(one.kind, one.kind),
            "; căn cứ: ".join(part for part in (one.value, one.grounds) if part),
            date_text(one.when) if one.when else "",
            "; ".join(applied.get(one.key, ())) or "không nhiệm vụ nào",
        )
        for one in snapshot.decisions
    ]


def _write_conservation(page: _Page, snapshot: Snapshot) -> None:
    """Write how many rows were read and what became of them: the difference is live and must be 0."""
    read = snapshot.rows.get("read", 0)
    counts = [(FATE[fate], snapshot.rows.get(fate.value, 0)) for fate in Fate]
    rows = [("Tổng số dòng đã đọc", read), *counts, ("Chênh lệch (phải bằng 0)", 0)]
    first = page.section("7. Bảo toàn dòng", ("Số phận của dòng", "Số dòng"), rows) + 1
    formula = f"=B{first}-SUM(B{first + 1}:B{first + len(counts)})"
    difference = read - sum(count for _, count in counts)
    page.sheet.write_formula(page.row - 1, 1, formula, page.styles("top border count centre"), difference)


def _inputs(snapshot: Snapshot) -> Iterable[tuple[str, str, str, str, int, str]]:
    names = unit_names(snapshot.units)
    for one in snapshot.inputs:
        fates = "; ".join(f"{_SHORT[fate]}: {one.rows[fate.value]}" for fate in Fate if one.rows.get(fate.value))
        yield (
            one.file,
            names.get(one.unit, one.unit) if one.unit else "(chưa rõ)",
            fates if one.readable else "không đọc được",
            one.format or "?",
            one.tasks,
            one.sha256[:12],
        )
