"""A plan's official appendix into Nhiệm vụ giao: codes kept, differences told, Progress never saved by openpyxl."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from typer.testing import CliRunner

from qn_xl.cli import app
from qn_xl.errors import UsageError
from qn_xl.excel.assigned_book import rebuild, write_paste_file
from qn_xl.excel.inputs import create_workbook
from qn_xl.intake.grid import open_workbook
from qn_xl.model import AssignedTask, Deadline, DeadlineKind, Kind, Plan, Status, TaskReport
from qn_xl.rules.appendix import Target, merge, placed
from qn_xl.tables import Tables, default_tables, sealed
from qn_xl.tables_read import read_tables

ROOT = Path(__file__).parents[1]
PLAN = Plan("138", "138/KH-UBND")
HEADS = ["TT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian hoàn thành", "Sản phẩm"]
TITLE = "(Kèm theo Kế hoạch số 138/KH-UBND ngày 21/5/2025 của UBND tỉnh)"
runner = CliRunner()


def report(task: str, number: str = "1", deadline: str = "30/9/2025", **more: Any) -> TaskReport:
    values: dict[str, Any] = {
        "file": "a.xlsx", "sheet": "S", "row": int(number) if number.isdigit() else 99, "columns": {}, "number": number,
        "task": task, "group": "", "plan": "138", "plan_text": "", "kind": None, "lead_text": "Sở Y tế",
        "lead_pieces": (), "units": (), "collective": None, "deadline": Deadline(DeadlineKind.DATE, deadline),
        "status": Status(),
    }  # fmt: skip
    return TaskReport(**{**values, **more})


def assigned(code: str, task: str, number: str = "1", deadline: str = "30/9/2025", **more: Any) -> AssignedTask:
    values: dict[str, Any] = {
        "code": code, "plan": "138", "kind": Kind.TASK, "number": number, "task": task, "lead_text": "Sở Y tế",
        "deadline_text": deadline, "deadline": Deadline(DeadlineKind.DATE, deadline),
    }  # fmt: skip
    return AssignedTask(**{**values, **more})


def samples() -> list[dict[str, str]]:
    with (ROOT / "samples" / "giao" / "138.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def appendix(path: Path, change: Callable[[int, dict[str, str]], dict[str, str] | None] = lambda _, row: row) -> Path:
    """Write the samples' list as the appendix of a signed plan; `change` alters a row or leaves it out."""
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("Phụ lục")
    page.write("A1", "DANH MỤC NHIỆM VỤ")
    page.write("A2", TITLE)
    page.write_row("A4", HEADS)
    line, group = 4, ""
    for place, given in enumerate(samples()):
        row = change(place, dict(given))
        if row is None:
            continue
        if row["Nhóm"] != group:
            group = row["Nhóm"]
            page.write_row(line, 0, group.split(". ", 1))
            line += 1
        names = ("TT", "Nội dung", "Đơn vị chủ trì", "Đơn vị phối hợp", "Thời hạn", "Sản phẩm")
        page.write_row(line, 0, [row[name] for name in names])
        line += 1
    book.close()
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    from qn_xl.demo import sample_tables

    folder = tmp_path / "TienDo"
    folder.mkdir()
    create_workbook(folder / "Progress.xlsx", sample_tables())
    return folder


def ran(*arguments: str) -> dict[str, Any]:
    result = runner.invoke(app, ["plan", "import", *arguments, "--json"])
    assert result.exit_code in (0, 20), result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_merge__keeps_codes_and_what_only_the_office_knows() -> None:
    present = assigned("X-7", "Lập kế hoạch.", decides="SYT", central=True, note="ghi chú", product="Kế hoạch")
    merged = merge(PLAN, [report("lập  kế hoạch", product="")], [present])
    assert merged.tasks == (present,)
    assert (merged.same, merged.added, merged.changes, merged.missing) == (1, (), (), ())


def test_merge__differences_are_told_and_taken() -> None:
    present = assigned("NV138-01", "Lập kế hoạch", deadline="30/6/2025")
    merged = merge(PLAN, [report("Lập kế hoạch", "5", lead_text="Sở Nội vụ")], [present])
    assert {(one.field, one.was, one.now) for one in merged.changes} == {
        ("number", "1", "5"),
        ("lead_text", "Sở Y tế", "Sở Nội vụ"),
        ("deadline_text", "30/6/2025", "30/9/2025"),
    }
    (task,) = merged.tasks
    assert (task.code, task.lead_text, task.deadline.text) == ("NV138-01", "Sở Nội vụ", "30/9/2025")


def test_merge__new_tasks_get_the_next_code_in_the_manner_of_the_list() -> None:
    present = [assigned("NV138-009", "Một"), assigned("NV138-010", "Của kế hoạch khác", plan="157")]
    rows = [report("Hai", "2"), report("Ba", "3", kind=Kind.TARGET), report("Một")]
    merged = merge(PLAN, rows, present)
    assert [task.code for task in merged.added] == ["NV138-011", "CT138-001"]
    assert [task.task for task in merged.tasks] == ["Hai", "Ba", "Một"]


def test_merge__what_the_appendix_lacks_is_kept_and_told() -> None:
    present = [assigned("A1", "Một"), assigned("A2", "Hai", "2")]
    merged = merge(PLAN, [report("Hai", "2")], present)
    assert [task.code for task in merged.missing] == ["A1"]
    assert [task.code for task in merged.tasks] == ["A2", "A1"]


def test_merge__a_row_that_reads_alike_is_new_and_proposed() -> None:
    present = assigned("A1", "Xây dựng bộ tiêu chí đánh giá mức độ sẵn sàng của doanh nghiệp")
    merged = merge(PLAN, [report("Xây dựng bộ tiêu chí đánh giá mức độ sẵn sàng của các doanh nghiệp")], [present])
    assert [(new.code, like.code) for new, like in merged.doubtful] == [("A2", "A1")]


def test_merge__the_same_words_twice_are_two_tasks() -> None:
    merged = merge(PLAN, [report("Một"), report("Một")], [assigned("A1", "Một")])
    assert [task.code for task in merged.tasks] == ["A1", "A2"]


def test_merge__targets_of_an_appendix() -> None:
    present = assigned("CT1", "Tỷ lệ hồ sơ trực tuyến", kind=Kind.TARGET, target=70.0, measure="%")
    rows = [report("Tỷ lệ hồ sơ trực tuyến", kind=Kind.TARGET)]
    merged = merge(PLAN, rows, [present], {("S", 1): Target("%", 62.0, 80.0)})
    assert [(one.field, one.was, one.now) for one in merged.changes] == [("baseline", "", "62"), ("target", "70", "80")]
    assert merged.tasks[0].target == 80.0


def test_placed__the_block_stays_where_it_stood() -> None:
    others = [assigned("B1", "B", plan="157"), assigned("A1", "A"), assigned("C1", "C", plan="06")]
    merged = merge(PLAN, [report("Mới", "2")], others)
    assert [task.code for task in placed(merged, others)] == ["B1", "A2", "A1", "C1"]


def test_import__the_list_it_was_made_from_changes_nothing(workspace: Path, tmp_path: Path) -> None:
    before = (workspace / "Progress.xlsx").read_bytes()
    said = ran(str(appendix(tmp_path / "Phụ lục.xlsx")), str(workspace))
    (plan,) = said["plans"]
    assert (plan["plan"], plan["same"], plan["added"], plan["changed"], plan["missing"]) == ("138", 71, [], [], [])
    assert (workspace / "Progress.xlsx").read_bytes() == before
    book = open_workbook(Path(said["output"]))
    table = book.grids[0]
    heads = table.rows[2].values
    assert heads[:3] == ["Mã", "Kế hoạch", "Loại"]
    assert len(table.rows) - 3 == len(read_tables(workspace / "Progress.xlsx").assigned)


def changed_rows(place: int, row: dict[str, str]) -> dict[str, str] | None:
    if place == 5:
        return None
    if place == 3:
        row["Thời hạn"] = "31/12/2025"
    if place == 7:
        row["Nội dung"] = "Nhiệm vụ hoàn toàn mới về dữ liệu mở"
    return row


def test_import__differences_and_a_dry_run_writes_nothing(workspace: Path, tmp_path: Path) -> None:
    said = ran(str(appendix(tmp_path / "Phụ lục.xlsx", changed_rows)), str(workspace), "--dry-run")
    (plan,) = said["plans"]
    assert said["output"] is None and not (workspace / "bao-cao").exists()
    assert [(one["code"], one["field"], one["now"]) for one in plan["changed"]] == [
        ("NV138-004", "deadline_text", "31/12/2025")
    ]
    assert [one["code"] for one in plan["added"]] == ["NV138-072"]
    assert plan["missing"] == ["NV138-006", "NV138-008"]


def test_import__apply_builds_anew_and_keeps_the_old_book(workspace: Path, tmp_path: Path) -> None:
    before = (workspace / "Progress.xlsx").read_bytes()
    ran(str(appendix(tmp_path / "Phụ lục.xlsx", changed_rows)), str(workspace), "--apply")
    tables = read_tables(workspace / "Progress.xlsx")
    codes = [task.code for task in tables.assigned if task.plan == "138"]
    assert len(codes) == len(set(codes)) == 72
    assert next(task for task in tables.assigned if task.code == "NV138-004").deadline_text == "31/12/2025"
    assert (workspace / "sao-luu" / "Progress.xlsx.1.bak").read_bytes() == before


def test_rebuild__a_macro_workbook_is_built_with_its_macros(tmp_path: Path) -> None:
    from qn_xl.excel.setup import create

    tables = replace(default_tables(), assigned=(assigned("NV138-001", "Một"),))
    book = create(tmp_path / "TienDo", sealed(default_tables()))
    rebuild(book, sealed(tables), None)
    assert book.suffix == ".xlsm"
    assert [task.code for task in read_tables(book).assigned] == ["NV138-001"]
    with zipfile.ZipFile(book) as package:
        assert {"xl/vbaProject.bin", "customUI/customUI14.xml"} <= set(package.namelist())


def test_rebuild__own_sheets_are_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "Progress.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Bảng riêng của phòng")
    book.close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="Bảng riêng của phòng"):
        rebuild(path, default_tables(), None)
    assert path.read_bytes() == before


def test_paste_file__text_stays_text(tmp_path: Path) -> None:
    tables: Tables = replace(default_tables(), assigned=(assigned("02", "=1+1", "13.10"),))
    write_paste_file(tmp_path / "a.xlsx", tables, [])
    (row,) = open_workbook(tmp_path / "a.xlsx").grids[0].rows[3:]
    assert row.values[0] == "02" and "13.10" in row.values and "=1+1" in row.values
    with zipfile.ZipFile(tmp_path / "a.xlsx") as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--plan", "999"], "Không có kế hoạch “999”"),
        (["--plan", "157"], "không có dòng nào của 157/KH-UBND"),
    ],
)
def test_import__wrong_plan_is_one_sentence(
    workspace: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = runner.invoke(app, ["plan", "import", str(appendix(tmp_path / "a.xlsx")), str(workspace), *arguments])
    assert isinstance(result.exception, UsageError) and said in str(result.exception)


def test_import__an_appendix_with_no_plan_needs_one(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "danh muc.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("Sheet1")
    page.write_row("A1", HEADS)
    page.write_row("A2", ["1", "Rà soát quy định về dữ liệu dùng chung", "Sở Y tế", "", "31/12/2025", "Báo cáo"])
    page.write_row("A3", ["2", "Xây dựng kho dữ liệu số của ngành y tế", "Sở Y tế", "", "31/12/2025", "Kho dữ liệu"])
    book.close()
    result = runner.invoke(app, ["plan", "import", str(path), str(workspace)])
    assert isinstance(result.exception, UsageError) and "--plan" in str(result.exception)
    said = ran(str(path), str(workspace), "--plan", "138", "--dry-run")
    assert [one["task"] for one in said["plans"][0]["added"]] == [
        "Rà soát quy định về dữ liệu dùng chung",
        "Xây dựng kho dữ liệu số của ngành y tế",
    ]
