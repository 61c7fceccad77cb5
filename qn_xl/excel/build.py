"""Progress.xlsm: sheets by xlsxwriter around the ready VBA project, ribbon added to the package.

Equal arguments give equal bytes. The VBA project, the ribbon and the macros' texts are files of this package;
excel/sources.py makes them from workbook/src.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from qn_xl import layout
from qn_xl.excel import chart_blocks, hidden, package, sheet_charts, sheet_examples
from qn_xl.excel.inputs import InputFormats, write_inputs
from qn_xl.model import Snapshot
from qn_xl.outputs import (
    safe,
    sheet_compare,
    sheet_decisions,
    sheet_definitions,
    sheet_figures,
    sheet_findings,
    sheet_government,
    sheet_returns,
    sheet_summary,
    sheet_targets,
    sheet_tasks,
    sheet_units,
)
from qn_xl.outputs.labels import provenance
from qn_xl.outputs.links import Sources
from qn_xl.outputs.report import Past
from qn_xl.outputs.styles import BOOK_OPTIONS, Styles
from qn_xl.outputs.worksheets import TableRange
from qn_xl.rules.figures import Figures
from qn_xl.rules.wording import Rounding
from qn_xl.tables import Tables, province_heading
from qn_xl.tables_read import read_tables

CALCULATION = 191029  # of Excel 2019 and later: the stored values are current
DEFAULT_INTERPRETER = r"%ProgramData%\qn-xl\venv\Scripts\pythonw.exe"
MACRO_NOTE = (
    "Xem được ngay, không cần bật macro. Muốn dùng thẻ Tiến độ và các hàm QN_: bấm Bật nội dung (Enable Content) trên"
    " dải màu vàng. Nếu không có dải này: đóng sổ, bấm chuột phải vào tệp, chọn Properties, đánh dấu Unblock, mở lại."
)

# Sheets that Làm mới copies: lists (with the heading row of their table) and pages.
_PAGES = (sheet_summary, sheet_units, sheet_government, sheet_compare, sheet_targets, sheet_definitions)
# A report may lack these: the macros then hide the sheet.
_OPTIONAL = (
    sheet_government.CODE_NAME, sheet_compare.CODE_NAME, sheet_compare.LIST_CODE_NAME, sheet_targets.CODE_NAME,
)  # fmt: skip
_LISTS = (sheet_compare.LIST_CODE_NAME, "shTasks", "shTaskUnits", "shFindings", sheet_decisions.CODE_NAME, "shReturns")
RESULT_TITLES = (
    *(page.TITLE for page in _PAGES),
    sheet_compare.LIST_TITLE,
    "Chi tiết",
    "Chi tiết theo đơn vị",
    sheet_findings.TITLE,
    sheet_decisions.TITLE,
    sheet_returns.TITLE,
    sheet_charts.TITLE,
    sheet_examples.TITLE,
)
STAMPS = ("B2", "B3", "B4", "B5")


def build(
    snapshot: Snapshot,
    tables: Tables,
    path: Path,
    interpreter: str = DEFAULT_INTERPRETER,
    earlier: Sequence[Snapshot] = (),
    past: Past | None = None,
) -> None:
    """Write Progress.xlsm to `path`, which a running Excel must not have open.

    Args:
        snapshot: what the result sheets show.
        tables: what the input sheets hold.
        interpreter: of the Python that Excel calls, ASCII; environment variables in % are expanded by Excel.
        earlier: one snapshot for each earlier cut-off date, for the trend.
        past: what the snapshot is compared with, and the targets of earlier periods.
    Raises:
        UsageError: an interpreter path outside ASCII.
        OutputLockedError: the file is open or the folder cannot be written.
    """
    data = workbook_bytes(snapshot, tables, interpreter, earlier, past, compressed=True)

    def write(target: Path) -> None:
        target.write_bytes(data)

    def verify(target: Path) -> None:
        if len(read_tables(target).assigned) != len(tables.assigned):
            raise ValueError(f"{path.name}: the assigned tasks do not read back as written")

    safe.replace(path, write, verify)


def workbook_bytes(
    snapshot: Snapshot,
    tables: Tables,
    interpreter: str = DEFAULT_INTERPRETER,
    earlier: Sequence[Snapshot] = (),
    past: Past | None = None,
    *,
    vba: bytes | None = None,
    compressed: bool = False,
) -> bytes:
    """Return the workbook; `vba` stands in for the VBA project of the package."""
    own = resources.files("qn_xl.excel")
    project = own.joinpath("vbaProject.bin").read_bytes() if vba is None else vba
    out = io.BytesIO()
    book = Workbook(out, {**BOOK_OPTIONS, "in_memory": True})
    book.set_calc_mode("auto", CALCULATION)
    book.calc_on_load = False
    province = province_heading(snapshot.settings, snapshot.made_at.date())
    book.set_properties(
        {
            "title": "Theo dõi tiến độ thực hiện nhiệm vụ",
            "subject": provenance(snapshot),
            "author": province,
            "company": province,
            "created": snapshot.made_at,
            "comments": f"qn-xl {snapshot.version}",
        }
    )
    book.set_custom_property("qn-xl", "workbook")
    book.add_vba_project(io.BytesIO(project), is_stream=True)
    book.set_vba_name("ThisWorkbook")
    _write_sheets(book, snapshot, tables, interpreter, earlier, past or Past())
    book.get_worksheet_by_name(sheet_summary.TITLE).activate()
    book.close()
    return package.with_ribbon(out.getvalue(), own.joinpath("customUI14.xml").read_bytes(), compressed=compressed)


def code_names() -> list[str]:
    """Return the code names of all sheets in their order: the document modules of the VBA project."""
    pages = [sheet_summary.CODE_NAME, sheet_units.CODE_NAME, sheet_government.CODE_NAME, sheet_compare.CODE_NAME]
    changes, *lists = _LISTS
    results = [*pages, changes, sheet_targets.CODE_NAME, *lists, sheet_charts.CODE_NAME, sheet_examples.CODE_NAME]
    inputs = list(layout.code_names().values())
    return [*results, *inputs, sheet_definitions.CODE_NAME, "shFigures", hidden.TEXT_CODE_NAME, hidden.CONF_CODE_NAME]


def _write_sheets(
    book: Workbook, snapshot: Snapshot, tables: Tables, interpreter: str, earlier: Sequence[Snapshot], past: Past
) -> None:
    styles = Styles(book)
    sources = Sources(f"don-vi/{snapshot.period}", snapshot.inputs)
    _add_to_summary(sheet_summary.write(book, styles, snapshot), styles, snapshot)
    sheet_units.write(book, styles, snapshot)
    government = sheet_government.write(book, styles, snapshot)
    if not sheet_government.wanted(snapshot):
        government.hide()
    changes = _write_past(book, styles, snapshot, sources, past)
    lists = (
        changes,
        sheet_tasks.write_tasks(book, styles, snapshot, sources),
        sheet_tasks.write_unit_tasks(book, styles, snapshot, sources),
        sheet_findings.write(book, styles, snapshot, sources),
        sheet_decisions.write(book, styles, snapshot, sources),
        sheet_returns.write(book, styles, snapshot),
    )
    charts = sheet_charts.write(book, styles, snapshot, tables, earlier)
    sheet_examples.write(book, styles, snapshot, earlier)
    write_inputs(book, InputFormats(book), tables)
    for title, code_name in layout.code_names().items():
        book.get_worksheet_by_name(title).set_vba_name(code_name)
    sheet_definitions.write(book, styles, snapshot)
    figures, words = sheet_figures.write(book, styles, snapshot)
    hidden.write_texts(book, _places(tuple(zip(_LISTS, lists, strict=True)), figures, words, charts))
    hidden.write_settings(book, interpreter)


def _write_past(book: Workbook, styles: Styles, snapshot: Snapshot, sources: Sources, past: Past) -> TableRange:
    """Add the comparison and the targets; sheets with nothing to show are hidden until Làm mới brings something."""
    if past.before is not None:
        changes = sheet_compare.write(book, styles, snapshot, past.before, sources)
    else:
        changes = sheet_compare.write_blank(book, styles, snapshot)
        for title in (sheet_compare.TITLE, sheet_compare.LIST_TITLE):
            book.get_worksheet_by_name(title).hide()
    targets = sheet_targets.write(book, styles, snapshot, past.targets)
    if not sheet_targets.wanted(snapshot):
        targets.hide()
    return changes


def _places(
    lists: Sequence[tuple[str, TableRange]], figures: TableRange, words: TableRange, charts: sheet_charts.Places
) -> dict[str, str]:
    """Return what the macros must know about the sheets: titles by code name, cells where tables begin."""
    found = {f"sheet.{code}": table.sheet for code, table in lists}
    found |= {f"at.{code}": _corner(table) for code, table in lists}
    found |= {f"sheet.{page.CODE_NAME}": page.TITLE for page in _PAGES}
    found["sheet.shFigures"] = sheet_figures.TITLE
    found |= {"at.figures": _corner(figures), "at.words": _corner(words), "at.run": "B1", "at.as_of": "B2"}
    found["refresh.lists"] = ";".join(code for code, _ in lists)
    found["refresh.pages"] = ";".join(page.CODE_NAME for page in _PAGES)
    found["refresh.optional"] = ";".join(_OPTIONAL)
    found["refresh.choices"] = sheet_decisions.CODE_NAME
    found["refresh.stamps"] = ";".join(STAMPS)
    found |= {"at.trend": charts.trend, "at.chart_plans": charts.plans, "at.chart_flags": charts.flags}
    found["trend.size"] = f"{chart_blocks.MOST_PLANS};{chart_blocks.TREND_DAYS}"
    found["macro.note"] = MACRO_NOTE
    return found


def _corner(table: TableRange) -> str:
    return str(xl_rowcol_to_cell(table.first_row, table.first_column))


def _add_to_summary(sheet: Any, styles: Styles, snapshot: Snapshot) -> None:
    """Say beside the authority's name how to enable macros, and let the rates come from the QN_ functions."""
    shown = sheet_summary.columns(snapshot)
    beside = 1 + max(right for top, _, _, right in sheet.merge if top < 2)
    sheet.merge_range(0, beside, 1, max(beside, len(shown) - 1), MACRO_NOTE, styles("small italic wrap left"))
    for row in (0, 1):
        sheet.set_row(row, 20)
    if snapshot.rules.get("rounding") == Rounding.CUT:
        return
    measures = {place: column.measure for place, column in enumerate(shown) if column.measure.startswith("rate_")}
    first = next(iter(measures))
    rows = [row for row in sorted(sheet.table) if hasattr(sheet.table[row].get(first), "formula")]
    asked = [
        f'"{line.plan.symbol}",{{}},"{line.kind.value}"'
        for line in sheet_summary.plan_lines(snapshot, Figures(snapshot.figures))
    ]
    for row, arguments in zip(rows, [*asked, '"tất cả",{},'], strict=True):
        for place, measure in measures.items():
            cell = sheet.table[row][place]
            word = "" if measure == "rate_total" else f'"{measure}"'
            formula = f"=IFERROR(QN_PROGRESS({arguments.format(word).rstrip(',')}),{cell.formula.lstrip('=')})"
            sheet.write_formula(row, place, formula, cell.format, cell.value)
