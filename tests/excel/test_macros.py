"""LibreOffice runs the workbook's own VBA: figures, falling through to Python, errors, Làm mới, buttons."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from macro_run import Office, Step, write_double
from snapshots import article_snapshot, earlier_snapshot

from qn_xl.excel import sheet_examples
from qn_xl.excel.build import MACRO_NOTE, code_names
from qn_xl.functions import Functions
from qn_xl.functions_registry import REGISTRY, answer
from qn_xl.model import Figure
from qn_xl.outputs.report import Past, write_report
from qn_xl.rules.figures import MEASURES, Figures, cube
from qn_xl.rules.text import fold
from qn_xl.rules.words import words_table
from qn_xl.tables import default_tables

pytestmark = pytest.mark.libreoffice

SPARE = "Biểu đồ"  # a sheet with room for formulas of the tests
NA, VALUE, NUM = 2042, 2015, 2036
NEWER = 7


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a Vietnamese name, its workbook for LibreOffice, and a newer report of other figures."""
    root = tmp_path_factory.mktemp("lo") / "Tiến độ"
    write_double(root / "Progress.xlsm", article_snapshot(), default_tables(), [earlier_snapshot()])
    (root / "bao-cao").mkdir()
    write_report(root / "bao-cao" / "moi-nhat.xlsx", replace(newer(), run=NEWER))
    return root


def newer() -> Any:
    """Other figures at the same cut-off, and a text that Excel would turn into a number, date or formula."""
    earlier = earlier_snapshot()
    first, *others = earlier.items
    risky = replace(first, number="13.10", task="=1+1", result="02")
    return replace(earlier, items=(risky, *others))


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "Tiến độ"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    running = Office(tmp_path_factory.mktemp("office"))
    yield running
    running.close()


def ask(root: Path, office: Office, *steps: Step) -> list[Any]:
    return office.run(root / "Progress.xlsm", steps)


def formulas(texts: list[str]) -> list[Step]:
    steps: list[Step] = []
    for row, text in enumerate(texts, 1):
        steps += [["formula", SPARE, f"Z{row}", text], ["cell", SPARE, f"Z{row}"]]
    return steps


def test_project__loaded__has_every_module_with_its_kind(root: Path, office: Office) -> None:
    names, codes = ask(root, office, ["names"], ["sheets"])
    assert codes == code_names()
    assert {name for name, kind in names.items() if kind == 4} == {"ThisWorkbook", *code_names()}
    assert names["modQnFunctions"] == names["modQnRefresh"] == 1
    assert names["TestServer"] == 2


def test_figures__in_cells__equal_python_without_a_call(root: Path, office: Office) -> None:
    asked: list[tuple[str, list[Any]]] = [
        (function.name, list(example.args))
        for function in REGISTRY
        if function.look_up
        for example in function.examples
    ]
    asked += [
        ("QN_PROGRESS", ["  KẾ HOẠCH  138/kh-ubnd. "]),
        ("QN_PROGRESS", ["138", None, None, "Sở Y tế"]),
        ("QN_COUNT", ["02", "tạm dừng", None, "SYT"]),
        ("QN_COUNT", ["157", None, "Chỉ tiêu"]),
        ("QN_COUNT", ["138", None, None, None, "30/9/2025"]),
    ]
    python = Functions(article_snapshot())
    wanted = [answer(python, name, args) for name, args in asked]
    typed = [f"={sheet_examples._formula(name, args, ';')}" for name, args in asked]
    seen = ask(root, office, *formulas(typed), ["call", "modTest.TestCount", []])
    assert seen[-1] == 0
    assert seen[1:-1:2] == pytest.approx(wanted)


def test_figures__every_key_of_the_cube__is_found(root: Path, office: Office) -> None:
    figures: list[Figure] = [one for place, one in enumerate(article_snapshot().figures) if place % 23 == 0]
    keys = [f"{one.plan}|{one.group}|{one.unit}|{one.measure}" for one in figures]
    seen = ask(root, office, *(["call", "modTest.TestFigure", [key]] for key in keys))
    assert seen == pytest.approx([one.value for one in figures])


def test_words__every_word__gives_the_code_of_python(root: Path, office: Office) -> None:
    snapshot = article_snapshot()
    rows = words_table(snapshot.plans, snapshot.units)[::17]
    seen = ask(root, office, *(["call", "modTest.TestCode", [domain, word.upper()]] for domain, word, _ in rows))
    assert seen == [code for *_, code in rows]


def test_fold__in_vba__equals_python(root: Path, office: Office) -> None:
    words = ["Chậm tiến độ", "ĐẶC KHU CÔ TÔ", "Thủy – “lợi”…", "Quy\u0301 III", "a\u00a0 b\u200b;.", "  ", "x=1;"]
    seen = ask(root, office, *(["call", "modQnWords.QnFold", [word]] for word in words))
    assert seen == [fold(word) for word in words]


def test_range__of_plans__gives_an_array_with_blanks_and_errors(root: Path, office: Office) -> None:
    steps: list[Step] = [["set", SPARE, f"Y{row}", text] for row, text in enumerate(["138", "06"], 1)]
    steps += [["array", SPARE, "Z1:Z3", "=QN_PROGRESS(Y1:Y3)"], *(["cell", SPARE, f"Z{row}"] for row in (1, 2, 3))]
    seen = ask(root, office, *steps)[-3:]
    assert seen[:2] == pytest.approx([33 / 71, 57 / 133])
    assert seen[2] in ("", 0)


def test_fall_through__carries_run_cut_off_and_workbook(root: Path, office: Office) -> None:
    typed = ['=QN_SENTENCE("138")', '=QN_COUNT("138";;;;DATE(2024;9;30))', "=QN_AS_OF()"]
    seen = ask(root, office, *formulas(typed))
    sentence, count, as_of = seen[1::2]
    name, plan, day, run_number, shown, book = sentence.split("|")
    assert (name, plan, day, run_number) == ("qn_xl.excel.udfs.QN_SENTENCE", "138", "", "2")
    assert shown.startswith("30/09/2025") or shown in ("45930", "09/30/2025", "2025-09-30")
    assert book.endswith("Progress.xlsm")
    assert count.split("|")[:2] == ["qn_xl.excel.udfs.QN_COUNT", "138"]
    assert as_of == 45930


def test_errors__are_error_values(root: Path, office: Office) -> None:
    figures = {(one.plan, one.unit, one.measure) for one in article_snapshot().figures}
    idle = next(one.id for one in article_snapshot().units if ("02-KH/BCĐ", one.id, "rate_due") not in figures)
    seen = ask(
        root,
        office,
        ["call", "modTest.TestErrorOf", [1.0]],
        ["call", "modTest.TestProgressError", ["02", "tỷ lệ đến hạn", idle]],
        ["call", "modTest.TestSetReply", ["#N/A"]],
        ["call", "modTest.TestSentenceError", ["999"]],
        ["call", "modTest.TestSetReply", ["#VALUE!"]],
        ["call", "modTest.TestSentenceError", ["999"]],
    )
    assert (seen[0], seen[1], seen[3], seen[5]) == (0, NA, NA, VALUE)


def test_python__that_cannot_start__is_tried_once_until_a_button(root: Path, office: Office) -> None:
    seen = ask(
        root,
        office,
        ["call", "modTest.TestBreakPython", [True]],
        ["call", "modTest.TestSentenceError", ["138"]],
        ["call", "modTest.TestBreakPython", [False]],
        ["call", "modTest.TestSentenceError", ["138"]],
        ["call", "modTest.TestProgress", ["138"]],
        ["call", "modQnPython.QnPythonReset", []],
        ["call", "modTest.TestSentenceError", ["138"]],
        ["call", "modTest.TestCount", []],
    )
    assert (seen[1], seen[3], seen[6], seen[7]) == (NUM, NUM, 0, 1)
    assert seen[4] == pytest.approx(33 / 71)


def test_python__missing__a_button_says_so_and_what_to_do(root: Path, office: Office) -> None:
    *_, said, calls = ask(
        root,
        office,
        ["call", "modTest.TestSetProblem", ["python.missing"]],
        ["call", "modQnRibbon.QnAction", ["qnSelfCheck"]],
        ["call", "modTest.TestSaid", []],
        ["call", "modTest.TestCount", []],
    )
    assert said.startswith("Tiến độ|Không thấy Python tại python.exe.")
    assert "(QN-32)" in said
    assert calls == 0


def test_button__self_check__shows_what_python_replies(root: Path, office: Office) -> None:
    *_, said, last = ask(
        root,
        office,
        ["call", "modTest.TestSetReply", ["ok|Chạy được"]],
        ["call", "modQnRibbon.QnAction", ["qnSelfCheck"]],
        ["call", "modTest.TestSaid", []],
        ["call", "modQnMessages.QnLastMessage", []],
    )
    assert (said, last) == ("Tiến độ|Chạy được", "Chạy được")


def test_button__consolidation__runs_the_job_and_then_copies_its_figures(root: Path, office: Office) -> None:
    *_, said, stamp, progress = ask(
        root,
        office,
        ["call", "modTest.TestSetReply", ["ok|progress.txt"]],
        ["call", "modTest.TestSetFile", ["done\nĐã tổng hợp lần 7\n3\n"]],
        ["call", "modQnRibbon.QnAction", ["qnConsolidate"]],
        ["call", "modQnMessages.QnLastMessage", []],
        ["cell", "Số liệu", "B1"],
        ["call", "modTest.TestProgress", ["138"]],
    )
    assert said == f"Đã lấy số liệu lần tổng hợp {NEWER}, chốt ngày 30/06/2025."
    assert stamp == NEWER
    assert progress == pytest.approx(6 / 71)


def test_button__consolidation_that_fails__keeps_the_figures(root: Path, office: Office) -> None:
    *_, said, stamp = ask(
        root,
        office,
        ["call", "modTest.TestSetReply", ["ok|progress.txt"]],
        ["call", "modTest.TestSetFile", ["failed\nKhông có thư mục\n3\n"]],
        ["call", "modQnRibbon.QnAction", ["qnConsolidate"]],
        ["call", "modTest.TestSaid", []],
        ["cell", "Số liệu", "B1"],
    )
    assert (said, stamp) == ("Tiến độ|Không có thư mục", 2)


def test_job__that_falls_silent__is_given_up(root: Path, office: Office) -> None:
    *_, said = ask(
        root,
        office,
        ["call", "modTest.TestSetReply", ["ok|progress.txt"]],
        ["call", "modTest.TestSetFile", ["running\n23/70 – Sở Y tế\n3\n"]],
        ["call", "modQnRibbon.QnAction", ["qnCheckFiles"]],
        ["call", "modTest.TestSaid", []],
    )
    assert said.endswith("(QN-12)")


def test_refresh__copies_every_table_and_every_formula_shows_it(root: Path, office: Office) -> None:
    snapshot = newer()
    lists = {"Chi tiết": len(snapshot.items), "Chi tiết theo đơn vị": len(snapshot.unit_results)}
    steps: list[Step] = [["call", "modQnRefresh.QnRefresh", []], ["recalculate"]]
    steps += [["cell", "Số liệu", "B1"], ["cell", "Số liệu", "B2"], ["call", "modTest.TestCount", []]]
    for name, rows in lists.items():
        steps += [["cell", name, f"C{4 + rows}"], ["cell", name, f"C{5 + rows}"]]
    steps += [["cell", "Chi tiết", place] for place in ("A5", "F5", "O5")]
    steps += [["cell", "Tổng hợp", "D10"], ["cell", "Tổng hợp", "E10"], ["cell", "Tổng hợp", "K10"]]
    typed = []
    for plan in snapshot.plans:
        for measure in MEASURES:
            if measure.form == "count":
                typed.append(f'=QN_COUNT("{plan.symbol}";"{measure.code}")')
    seen = ask(root, office, *steps, *formulas(typed))
    assert seen[0] is True
    assert seen[2:4] == [NEWER, 45838]
    assert seen[5] and not seen[6] and seen[7] and not seen[8]
    assert seen[9:11] == ["13.10", "=1+1"]
    assert "02" in seen[11]
    assert seen[12] == 71
    assert seen[14] == pytest.approx(seen[13] / 71)
    python = Functions(snapshot)
    counts = [measure.code for measure in MEASURES if measure.form == "count"]
    wanted = [python.count(plan.symbol, code) for plan in snapshot.plans for code in counts]
    assert seen[len(steps) + 1 :: 2] == wanted


def trend_cells(root: Path, office: Office) -> tuple[int, list[Step]]:
    corner = ask(root, office, ["call", "modQnMessages.QnText", ["at.trend"]])[0]
    row = int(corner[1:])
    return row, [["cell", SPARE, f"{column}{row + place}"] for place in range(5) for column in "ABCD"]


def test_refresh__a_cut_off_that_the_trend_has__its_column_is_replaced(root: Path, office: Office) -> None:
    _, cells = trend_cells(root, office)
    before = ask(root, office, *cells)
    after = ask(root, office, ["call", "modQnRefresh.QnRefresh", []], *cells)[1:]
    assert before[1:4] == after[1:4] == [45838, 45930, ""]
    assert after == before


@pytest.mark.parametrize(
    ("day", "dates"), [(date(2025, 12, 31), [45838, 45930, 46022]), (date(2025, 8, 31), [45838, 45900, 45930])]
)
def test_refresh__another_cut_off__gets_its_column_in_order(
    root: Path, office: Office, day: date, dates: list[int]
) -> None:
    write_report(root / "bao-cao" / "moi-nhat.xlsx", replace(newer(), run=NEWER, as_of=day))
    _, cells = trend_cells(root, office)
    before = ask(root, office, *cells)
    after = ask(root, office, ["call", "modQnRefresh.QnRefresh", []], *cells)[1:]
    assert after[1:4] == dates
    place = dates.index((day - date(1899, 12, 30)).days)
    assert after[5 + place] == pytest.approx(18 / 71) or after[5 + place] == pytest.approx(6 / 71)
    assert (after[5], after[6 if place == 2 else 7]) == (before[5], before[6])


def test_refresh__a_full_trend__loses_its_oldest_column(root: Path, office: Office) -> None:
    row, _ = trend_cells(root, office)
    days = [45000.0 + 31 * place for place in range(8)]
    fill: list[Step] = [["set", SPARE, f"{column}{row}", day] for column, day in zip("BCDEFGHI", days, strict=True)]
    fill += [["set", SPARE, f"C{row + 1}", 0.25]]
    cells: list[Step] = [["cell", SPARE, f"{column}{row}"] for column in "BCDEFGHI"]
    seen = ask(
        root, office, *fill, ["call", "modQnRefresh.QnRefresh", []], *cells, ["cell", SPARE, f"B{row + 1}"]
    )[len(fill) + 1 :]
    assert seen == [*days[1:], 45838, 0.25]


def test_refresh__a_new_plan__appears_in_the_charts(root: Path, office: Office) -> None:
    snapshot = newer()
    own = replace(snapshot.plans[0], id="205", symbol="205/KH-UBND", aliases=())
    items = tuple(replace(one, plan="205") if one.plan == "138" else one for one in snapshot.items)
    plans = (*snapshot.plans, own)
    figures = cube(items, snapshot.unit_results, plans)
    report = replace(snapshot, run=NEWER, plans=plans, items=items, figures=figures)
    write_report(root / "bao-cao" / "moi-nhat.xlsx", report)
    row, _ = trend_cells(root, office)
    first = 43 + 3 * len(snapshot.plans)
    typed = [["set", "Kế hoạch", f"B{6 + len(snapshot.plans)}", own.symbol]]
    seen = ask(
        root,
        office,
        *(["hidden", SPARE, str(line)] for line in (43, 44, first, first + 1, row + 5)),
        *typed,
        ["resize", "tblPlan", len(plans)],
        ["recalculate"],
        ["call", "modQnRefresh.QnRefresh", []],
        ["recalculate"],
        ["call", "modTest.TestShowRows", []],
        ["cell", SPARE, f"A{first + 1}"],
        ["cell", SPARE, f"A{row + 5}"],
        *(["hidden", SPARE, str(line)] for line in (43, 44, first, first + 1, row + 5)),
    )
    assert seen[:5] == [True, False, True, True, True]
    assert seen[-7:-5] == [own.symbol, own.symbol]
    assert seen[-5:] == [True, False, True, False, False]


def test_refresh__lists__filters_are_taken_before_and_put_back_after(root: Path, office: Office) -> None:
    *_, said = ask(root, office, ["call", "modQnRefresh.QnRefresh", []], ["call", "modTest.TestFiltered", []])
    lists = ("shTasks", "shTaskUnits", "shFindings", "shProposals", "shReturns")
    assert said == "".join(f"{code}>{code};" for code in lists)


def test_refresh__government_page__follows_the_report(root: Path, office: Office) -> None:
    snapshot = newer()
    without = replace(snapshot, run=8, settings={**snapshot.settings, "government_view": "không"})
    place: Step = ["cell", "Theo Chính phủ", "E10"]
    before, *_, shown, after = ask(
        root,
        office,
        place,
        ["call", "modQnRefresh.QnRefresh", []],
        ["recalculate"],
        ["visible", "Theo Chính phủ"],
        place,
    )
    assert (shown, after) == (True, figure(snapshot, "gov_on_time"))
    assert before == figure(article_snapshot(), "gov_on_time") != after
    write_report(root / "bao-cao" / "moi-nhat.xlsx", without)
    done, shown = ask(root, office, ["call", "modQnRefresh.QnRefresh", []], ["visible", "Theo Chính phủ"])
    assert (done, shown) == (True, False)


COMPARED = ("So với kỳ trước", "Chi tiết thay đổi")


def test_refresh__comparison__comes_with_a_report_that_has_one_and_goes_with_it(root: Path, office: Office) -> None:
    snapshot = replace(newer(), run=NEWER)
    past = Past(replace(article_snapshot(), run=1))
    steps: list[Step] = [["call", "modQnRefresh.QnRefresh", []], ["recalculate"]]
    steps += [["visible", title] for title in COMPARED]
    assert ask(root, office, *(["visible", title] for title in COMPARED)) == [False, False]
    assert ask(root, office, *steps)[2:] == [False, False]
    write_report(root / "bao-cao" / "moi-nhat.xlsx", snapshot, past=past)
    book = openpyxl.load_workbook(root / "bao-cao" / "moi-nhat.xlsx", data_only=True)
    page, changes = book[COMPARED[0]], book[COMPARED[1]]
    checked = [cell for row in page.iter_rows() for cell in row if cell.value == "khớp"]
    listed = [changes.cell(row, column) for row in (5, changes.max_row) for column in (1, 4, 6, 8)]
    cells: list[Step] = [["cell", COMPARED[0], cell.coordinate] for cell in checked]
    cells += [["cell", COMPARED[1], cell.coordinate] for cell in listed]
    seen = ask(root, office, *steps, *cells, ["call", "modTest.TestCopied", []])
    assert (seen[0], seen[2:4]) == (True, [True, True])
    assert len(checked) > 5 and seen[4 : 4 + len(checked)] == ["khớp"] * len(checked)
    assert seen[4 + len(checked) : -1] == [cell.value or "" for cell in listed]
    choices, _, charts = str(seen[-1]).partition("|")
    assert choices.startswith("shProposals:6-")
    assert charts.split(";")[:-1] == [
        "shSummary", "shUnits", "shGovernment", "shCompare", "shTargets", "shDefinitions",
    ]  # fmt: skip


@pytest.mark.parametrize("button", ["qnForms", "qnSendBack"])
def test_button__papers_for_units__run_as_a_job_and_say_where_they_are(
    root: Path, office: Office, button: str
) -> None:
    *_, said, calls, stamp = ask(
        root,
        office,
        ["call", "modTest.TestSetReply", ["ok|progress.txt"]],
        ["call", "modTest.TestSetFile", ["done\nĐã lập 69 biểu mẫu\n3\n"]],
        ["call", "modQnRibbon.QnAction", [button]],
        ["call", "modTest.TestSaid", []],
        ["call", "modTest.TestCount", []],
        ["cell", "Số liệu", "B1"],
    )
    assert (said, calls, stamp) == ("Tiến độ|Đã lập 69 biểu mẫu", 1, 2)


def figure(snapshot: Any, measure: str) -> float | None:
    return Figures(snapshot.figures).get("138/KH-UBND", measure)


def test_refresh__first_sheet__still_says_how_to_enable_macros(root: Path, office: Office) -> None:
    *_, note = ask(root, office, ["call", "modQnRefresh.QnRefresh", []], ["cell", "Tổng hợp", "C1"])
    assert note == MACRO_NOTE


def test_refresh__nothing_to_copy__says_what_to_do(root: Path, office: Office) -> None:
    (root / "bao-cao" / "moi-nhat.xlsx").unlink()
    done, said, stamp = ask(
        root,
        office,
        ["call", "modQnRefresh.QnRefresh", []],
        ["call", "modTest.TestSaid", []],
        ["cell", "Số liệu", "B1"],
    )
    assert (done, stamp) == (False, 2)
    assert said.endswith("(QN-20)")


def test_refresh__a_report_without_a_sheet__copies_nothing(root: Path, office: Office) -> None:
    book = openpyxl.load_workbook(root / "bao-cao" / "moi-nhat.xlsx")
    del book["Vấn đề"]
    book.save(root / "bao-cao" / "moi-nhat.xlsx")
    done, said, stamp, progress = ask(
        root,
        office,
        ["call", "modQnRefresh.QnRefresh", []],
        ["call", "modTest.TestSaid", []],
        ["cell", "Số liệu", "B1"],
        ["call", "modTest.TestProgress", ["138"]],
    )
    assert (done, stamp) == (False, 2)
    assert "thiếu trang Vấn đề" in said
    assert progress == pytest.approx(33 / 71)


def test_newer_figures__said_on_loading__without_changing_anything(root: Path, office: Office) -> None:
    *_, said, stamp = ask(
        root,
        office,
        ["call", "modTest.TestSetFile", ['{"schema":1,"run":9,"as_of":"2025-12-31"']],
        ["call", "modQnRibbon.QnTellNewer", []],
        ["call", "modQnMessages.QnLastMessage", []],
        ["cell", "Số liệu", "B1"],
    )
    assert said.startswith("Đã có số liệu mới: lần tổng hợp 9 (sổ này đang xem lần 2).")
    assert stamp == 2


def test_figures__thousands_of_look_ups__no_python_call(root: Path, office: Office) -> None:
    mean, calls = ask(root, office, ["call", "modTest.TestMany", [2000.0]], ["call", "modTest.TestCount", []])
    assert mean == pytest.approx(33 / 71)
    assert calls == 0
