"""Decisions: offered in the report, copied by staff to Xử lý, applied by the next run, told when the source changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qn_xl import consolidate as module
from qn_xl import layout
from qn_xl.consolidate import Outcome, consolidate
from qn_xl.intake.read import read_file
from qn_xl.model import Class, Severity, Snapshot
from qn_xl.outputs.sheet_decisions import TITLE, columns
from qn_xl.tables import default_tables, sealed
from qn_xl.workspace import Workspace
from tests.books import book_of, header_row, task

NOW = datetime(2025, 10, 2, 8, 30)
HEAD = (
    "TT", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Thời hạn hoàn thành", "Trạng thái", "Mốc theo dõi riêng", "Ghi chú",
    "Ngày hoàn thành",
)  # fmt: skip
OWN = [column.header for column in layout.table("tblDecision")[1].columns]
ASSIGNED = (
    task("1", "Xây dựng kế hoạch dữ liệu mở của tỉnh", "30/6/2025", code="A", lead_text="Sở Y tế"),
    task("2", "Ban hành quy chế phối hợp liên thông", "31/8/2025", code="B", lead_text="Sở Y tế"),
    task("3", "Tổ chức tập huấn cán bộ cấp xã", "31/8/2025", code="C", lead_text="Sở Y tế; Sở Tài chính"),
    task("4", "Số hóa hồ sơ lưu trữ", "30/6/2025", code="D", lead_text="Sở Y tế"),
    task("5", "Công khai ngân sách của tỉnh", "31/8/2025", code="E", lead_text="Sở Tài chính"),
)
LATER = "Đề nghị gia hạn đến 31/12/2025"
ROWS: list[tuple[object, ...]] = [
    (1, "Xây dựng kế hoạch dữ liệu mở của Tỉnh ta", "Sở Y tế", "30/6/2025", "Hoàn thành", "", ""),
    (2, "Ban hành quy chế phối hợp liên thông", "Sở Y tế", "31/8/2025", "Đang thực hiện", "x", LATER),
    (3, "Tổ chức tập huấn cán bộ cấp xã", "Sở Y tée", "31/8/2025", "Hoàn thành", "", ""),
    (4, "Số hóa hồ sơ lưu trữ", "Sở Y tế", "30/6/2025", "Đề nghị dừng thực hiện", "", ""),
]  # fmt: skip


def write(folder: Path, rows: list[tuple[object, ...]], name: str = "Sở Y tế.xlsx") -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["Kế hoạch số 138/KH-UBND"])
    for row in (HEAD, *rows):
        page.append(list(row))
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / name)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    def read_here(files: Any, context: Any, **more: Any) -> list[Any]:
        found = []
        for name, path in files:
            found.append(read_file(name, path, context))
            if more.get("on_done"):
                more["on_done"](found[-1], len(found), len(files))
        return found

    monkeypatch.setattr(module, "read_all", read_here)
    (tmp_path / "TienDo").mkdir()
    book_of(tmp_path / "TienDo", sealed(replace(default_tables(), assigned=ASSIGNED)))
    workspace = Workspace(tmp_path / "TienDo")
    write(workspace.inbox("2025-9T"), ROWS)
    return workspace


def run(workspace: Workspace) -> Outcome:
    return consolidate(workspace, as_of=date(2025, 9, 30), period="2025-9T", now=NOW)


def offered(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the rows of the sheet of proposals in the report."""
    page = openpyxl.load_workbook(workspace.latest_report)[TITLE]
    lines = list(page.iter_rows(values_only=True))
    top = next(at for at, line in enumerate(lines) if line[0] == "Mã vấn đề")
    return [dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :] if any(line)]


def copy_to_decisions(workspace: Workspace, *rows: dict[str, Any], grounds: str = "Công văn 12/UBND") -> None:
    """Copy rows to Xử lý as staff do: the cells from Mã vấn đề to Ghi chú, grounds filled in."""
    book = openpyxl.load_workbook(workspace.book)
    page = book["Xử lý"]
    top = header_row(page, "Mã vấn đề")
    free = next(row for row in range(top + 1, top + 50) if page.cell(row, 1).value in (None, ""))
    for offset, row in enumerate(rows):
        for at, header in enumerate(OWN, 1):
            page.cell(free + offset, at).value = grounds if header == "Căn cứ" else row[header]
    book.save(workspace.book)


def of_kind(rows: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (row,) = [row for row in rows if row["Loại"] == kind]
    return row


def result(snapshot: Snapshot, item: str, unit: str = "SYT") -> Any:
    (one,) = [one for one in snapshot.unit_results if (one.item, one.unit) == (item, unit)]
    return one


def codes(snapshot: Snapshot) -> set[str]:
    return {found.code for found in snapshot.findings}


def test_sheet__has_the_columns_of_xu_ly_first_and_leaves_grounds_to_staff(office: Workspace) -> None:
    run(office)
    assert [column.header for column in columns()][: len(OWN)] == OWN
    rows = offered(office)
    assert {row["Loại"] for row in rows} == {"nhiệm vụ", "đơn vị", "thời hạn", "trạng thái", "tiêu đề"}
    assert all(row[name] is None for row in rows for name in ("Căn cứ", "Người quyết định", "Ngày"))
    assert all(row["Nếu quyết định"] for row in rows)
    assert of_kind(rows, "nhiệm vụ")["Giá trị"] == "A"
    assert of_kind(rows, "đơn vị")["Giá trị"] == "Sở Y tế"
    assert of_kind(rows, "thời hạn")["Giá trị"] == "31/12/2025"
    assert of_kind(rows, "tiêu đề")["Giá trị"] is None


def test_round_trip__taken_decisions_are_applied_printed_and_not_offered_again(office: Workspace) -> None:
    first = run(office).snapshot
    assert result(first, "A").not_reported and result(first, "B").cls is Class.OVERDUE
    assert result(first, "D").cls is Class.OVERDUE
    book = office.book.read_bytes()
    rows = offered(office)
    assert office.book.read_bytes() == book, "a run never writes the office's workbook"
    header = {**of_kind(rows, "tiêu đề"), "Giá trị": "ghi chú"}
    taken = [of_kind(rows, kind) for kind in ("nhiệm vụ", "đơn vị", "thời hạn", "trạng thái")]
    copy_to_decisions(office, *taken, header)
    second = run(office).snapshot
    assert second.run == 2
    assert result(second, "A").cls is Class.DONE_UNDATED
    assert result(second, "B").cls is Class.IN_PROGRESS and result(second, "B").due == date(2025, 12, 31)
    assert result(second, "D").cls is Class.STOPPED
    assert "Công văn 12/UBND" in result(second, "B").basis and "Công văn 12/UBND" in result(second, "D").basis
    assert "header-column-unknown" not in codes(second)
    assert not {"decision-unused", "decision-stale", "decision-invalid"} & codes(second)
    for code in ("task-unmatched", "unit-unknown", "date-extension", "status-stop-proposed"):
        told = [found for found in second.findings if found.code == code]
        assert told and all(found.severity is Severity.NOTE and "quyết định" in found.action for found in told), code
    assert offered(office) == []
    page = openpyxl.load_workbook(office.latest_report)["Chi tiết"]
    printed = [cell.value for row in page.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any("Công văn 12/UBND" in text for text in printed)


def test_round_trip__source_changed__applied_and_told(office: Workspace) -> None:
    run(office)
    copy_to_decisions(office, of_kind(offered(office), "trạng thái"))
    run(office)
    write(office.inbox("2025-9T"), [*ROWS[:3], (*ROWS[3][:4], "Đang thực hiện", "", "")])
    third = run(office).snapshot
    assert result(third, "D").cls is Class.STOPPED
    (stale,) = [found for found in third.findings if found.code == "decision-stale"]
    assert "Đề nghị dừng thực hiện" in stale.message and "Đang thực hiện" in stale.message


def test_header__choice_is_remembered_without_its_heading_in_the_row(office: Workspace) -> None:
    run(office)
    row = {**of_kind(offered(office), "tiêu đề"), "Giá trị": "ghi chú", "Nguồn khi quyết định": None}
    copy_to_decisions(office, row)
    for change in ("một", "hai", "ba"):
        write(office.inbox("2025-9T"), [*ROWS[:3], (*ROWS[3][:5], change, "")])
        snapshot = run(office).snapshot
        assert "header-column-unknown" not in codes(snapshot), change
    assert next(item for item in snapshot.items if item.id == "D").note == "ba"


def headed(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the offers about headings by the unit they hold for."""
    return {row["Đơn vị áp dụng"] or "": row for row in rows if row["Loại"] == "tiêu đề"}


def noted(snapshot: Snapshot) -> dict[str, str]:
    return {item.id: item.note for item in snapshot.items}


OTHERS = [(5, ASSIGNED[4].task, "Sở Tài chính", "31/8/2025", "Hoàn thành", "mốc của STC", "")]


def test_header__choice_of_one_unit_holds_for_its_files_of_this_and_later_periods_alone(office: Workspace) -> None:
    inbox = office.inbox("2025-9T")
    write(inbox, OTHERS, "Sở Tài chính.xlsx")
    run(office)
    rows = headed(offered(office))
    assert set(rows) == {"Sở Y tế", "Sở Tài chính"}
    assert "mọi đơn vị" in rows["Sở Y tế"]["Nếu quyết định"]
    copy_to_decisions(office, {**rows["Sở Tài chính"], "Giá trị": "ghi chú"})
    second = run(office).snapshot
    assert noted(second)["E"] == "mốc của STC"
    assert [one.unit for one in second.findings if one.code == "header-column-unknown"] == ["SYT"]
    assert set(headed(offered(office))) == {"Sở Y tế"}
    # another file name, another period; the sender is known from the rows alone
    later = office.inbox("2025")
    (row,) = OTHERS
    write(later, [row, (6, "Việc ngoài danh mục", *row[2:])], "bao cao.xlsx")
    write(later, ROWS, "Sở Y tế lần 2.xlsx")
    made = consolidate(office, as_of=date(2025, 12, 31), period="2025", now=NOW).snapshot
    assert noted(made)["E"] == "mốc của STC" and noted(made)["B"] != "x"
    assert [one.unit for one in made.findings if one.code == "header-column-unknown"] == ["SYT"]


def test_header__choice_without_a_unit_holds_for_every_unit(office: Workspace) -> None:
    write(office.inbox("2025-9T"), OTHERS, "Sở Tài chính.xlsx")
    run(office)
    row = headed(offered(office))["Sở Tài chính"]
    copy_to_decisions(office, {**row, "Giá trị": "ghi chú", "Đơn vị áp dụng": None})
    second = run(office).snapshot
    assert noted(second)["E"] == "mốc của STC" and "x" in noted(second)["B"]
    assert "header-column-unknown" not in codes(second) and headed(offered(office)) == {}


def test_header__own_choice_of_a_unit_comes_before_that_for_all(office: Workspace) -> None:
    write(office.inbox("2025-9T"), OTHERS, "Sở Tài chính.xlsx")
    run(office)
    rows = headed(offered(office))
    every = {**rows["Sở Y tế"], "Giá trị": "bỏ qua", "Đơn vị áp dụng": None}
    copy_to_decisions(office, {**rows["Sở Tài chính"], "Giá trị": "kết quả thực hiện"}, every)
    second = run(office).snapshot
    results = {item.id: item.result for item in second.items}
    assert results["E"] == "mốc của STC" and "x" not in results["B"] + noted(second)["B"]
    assert "header-column-unknown" not in codes(second)


def test_header__decided_sender_of_a_file_reads_with_its_units_choice(office: Workspace) -> None:
    inbox = office.inbox("2025-9T")
    (inbox / "Sở Y tế.xlsx").unlink()
    write(inbox, [(1, ASSIGNED[0].task, "", "30/6/2025", "Hoàn thành", "riêng", "")], "bao cao.xlsx")
    run(office)
    rows = offered(office)
    assert set(headed(rows)) == {""} and "chưa rõ đơn vị gửi" in headed(rows)[""]["Nếu quyết định"]
    header = {**headed(rows)[""], "Giá trị": "ghi chú", "Đơn vị áp dụng": "SYT"}
    copy_to_decisions(office, header)
    assert noted(run(office).snapshot)["A"] == ""
    copy_to_decisions(office, {**of_kind(rows, "đơn vị"), "Giá trị": "Sở Y tế"})
    made = run(office).snapshot
    assert noted(made)["A"] == "riêng" and "decision-unused" not in codes(made)


def test_header__of_two_rows_is_decided_as_it_is_shown(office: Workspace) -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["Kế hoạch số 138/KH-UBND"])
    page.append(["TT", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Thời hạn hoàn thành", "Trạng thái", "Theo dõi", None])
    page.append([None, None, None, None, None, "Mốc A", "Mốc B"])
    page.append([1, ASSIGNED[0].task, "Sở Y tế", "30/6/2025", "Hoàn thành", "một", "hai"])
    for box in ("A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3", "F2:G2"):
        page.merge_cells(box)
    book.save(office.inbox("2025-9T") / "Sở Y tế.xlsx")
    run(office)
    rows = {row["Nguồn khi quyết định"]: row for row in offered(office) if row["Loại"] == "tiêu đề"}
    assert set(rows) == {"Theo dõi / Mốc A", "Theo dõi / Mốc B"}
    copy_to_decisions(office, {**rows["Theo dõi / Mốc B"], "Giá trị": "ghi chú"})
    assert noted(run(office).snapshot)["A"] == "hai"


def test_header__unit_that_nobody_knows_is_told_and_the_choice_not_taken(office: Workspace) -> None:
    run(office)
    copy_to_decisions(office, {**headed(offered(office))["Sở Y tế"], "Giá trị": "ghi chú", "Đơn vị áp dụng": "Sở Ma"})
    made = run(office).snapshot
    (told,) = [one for one in made.findings if one.code == "decision-invalid"]
    assert "Sở Ma" in told.message and "header-column-unknown" in codes(made)


def test_header__workbook_of_before_has_no_unit_column_and_its_choices_hold_for_all(office: Workspace) -> None:
    write(office.inbox("2025-9T"), OTHERS, "Sở Tài chính.xlsx")
    run(office)
    copy_to_decisions(office, {**headed(offered(office))["Sở Y tế"], "Giá trị": "ghi chú"})
    book = openpyxl.load_workbook(office.book)
    page = book["Xử lý"]
    place = header_row(page, "Mã vấn đề")
    del page.tables["tblDecision"]
    for row in range(place, place + 3):
        page.cell(row, OWN.index("Đơn vị áp dụng") + 1).value = None
    book.save(office.book)
    assert office.tables().decisions[0].unit == ""
    second = run(office).snapshot
    assert noted(second)["E"] == "mốc của STC" and "header-column-unknown" not in codes(second)


def test_two_files_that_disagree__decided_for_one_task_with_the_file_that_is_right(office: Workspace) -> None:
    inbox = office.inbox("2025-9T")
    first = [(1, ASSIGNED[0].task, "Sở Y tế", "30/6/2025", "Hoàn thành", "", ""), ROWS[1]]
    write(inbox, first, "Sở Y tế (b).xlsx")
    write(inbox, [(1, ASSIGNED[0].task, "Sở Y tế", "30/6/2025", "Đang thực hiện", "", ""), ROWS[1]], "Sở Y tế.xlsx")
    assert result(run(office).snapshot, "A").cls is Class.OVERDUE
    row = next(one for one in offered(office) if one["Mã vấn đề"].startswith("files-disagree"))
    assert (row["Loại"], row["Giá trị"]) == ("tệp", "Sở Y tế.xlsx")
    assert row["Có thể ghi"].split("; ") == ["Sở Y tế.xlsx", "Sở Y tế (b).xlsx"]
    copy_to_decisions(office, {**row, "Giá trị": "Sở Y tế (b).xlsx"})
    second = run(office).snapshot
    chosen = result(second, "A")
    assert chosen.cls is Class.DONE_UNDATED and chosen.source.file == "Sở Y tế (b).xlsx"
    assert "Công văn 12/UBND" in chosen.basis and chosen.decided == (row["Mã vấn đề"],)
    assert result(second, "B").source.file == "Sở Y tế.xlsx"  # decided for one task, not for the file
    (told,) = [one for one in second.findings if one.code == "files-disagree"]
    assert told.severity is Severity.NOTE and "quyết định" in told.action
    assert not {"decision-unused", "decision-stale", "decision-invalid"} & codes(second)
    assert not [one for one in offered(office) if one["Mã vấn đề"].startswith("files-disagree")]
    changed = (1, ASSIGNED[0].task, "Sở Y tế", "30/6/2025", "Tạm dừng", "", "")
    write(inbox, [changed, ROWS[1]], "Sở Y tế.xlsx")
    third = run(office).snapshot
    assert result(third, "A").cls is Class.DONE_UNDATED and "decision-stale" in codes(third)
    (inbox / "Sở Y tế (b).xlsx").unlink()
    fourth = run(office).snapshot
    assert result(fourth, "A").cls is Class.STOPPED and result(fourth, "A").decided == ()
    assert "decision-unused" in codes(fourth)


@pytest.mark.parametrize(("chosen", "due"), [("30/9/2025", date(2025, 9, 30)), ("30/6/2025", date(2025, 6, 30))])
def test_deadline_that_moved__in_the_official_list__decided_for_the_item(
    office: Workspace, chosen: str, due: date
) -> None:
    write(office.inbox("2025-9T"), [(1, ASSIGNED[0].task, "Sở Y tế", "", "Đang thực hiện", "", "")])
    run(office)
    later = task("1", ASSIGNED[0].task, "30/9/2025", code="A", lead_text="Sở Y tế")
    book_of(office.root, sealed(replace(default_tables(), assigned=(later, *ASSIGNED[1:]))))
    second = run(office).snapshot
    assert "deadline-moved" in codes(second) and result(second, "A").cls is Class.IN_PROGRESS
    row = next(one for one in offered(office) if one["Mã vấn đề"] == "A")
    assert (row["Loại"], row["Giá trị"], row["Có thể ghi"]) == ("thời hạn", "30/9/2025", "30/9/2025; 30/6/2025")
    copy_to_decisions(office, {**row, "Giá trị": chosen})
    made = run(office).snapshot
    assert result(made, "A").due == due and "Công văn 12/UBND" in result(made, "A").basis
    assert result(made, "A").cls is (Class.OVERDUE if due.month == 6 else Class.IN_PROGRESS)
    assert not {"deadline-moved", "decision-unused", "decision-stale"} & codes(made)
    assert not [one for one in offered(office) if one["Mã vấn đề"] == "A"]
    assert "deadline-moved" not in codes(consolidate(office, as_of=NOW.date(), period="2025-9T", now=NOW).snapshot)
    decided = office.tables().decisions
    other = task("1", ASSIGNED[0].task, "15/10/2025", code="A", lead_text="Sở Y tế")
    book_of(office.root, sealed(replace(default_tables(), assigned=(other, *ASSIGNED[1:]), decisions=decided)))
    assert "decision-stale" in codes(run(office).snapshot)


def test_deadline_that_moved__in_the_units_own_rows__decided_for_its_part(office: Workspace) -> None:
    book_of(office.root)  # no official list: the unit's own deadline counts
    inbox = office.inbox("2025-9T")
    write(inbox, [(1, ASSIGNED[0].task, "Sở Y tế", "30/6/2025", "Đang thực hiện", "", "")])
    run(office)
    write(inbox, [(1, ASSIGNED[0].task, "Sở Y tế", "31/12/2025", "Đang thực hiện", "", "")])
    second = run(office).snapshot
    (item,) = second.items
    assert "deadline-moved" in codes(second) and item.cls is Class.IN_PROGRESS
    row = of_kind(offered(office), "thời hạn")
    assert row["Mã vấn đề"] == f"{item.id}|SYT" and row["Giá trị"] == "31/12/2025"
    copy_to_decisions(office, {**row, "Giá trị": "30/06/2025"})
    third = run(office).snapshot
    assert (third.items[0].cls, third.items[0].due) == (Class.OVERDUE, date(2025, 6, 30))
    assert "Công văn 12/UBND" in third.items[0].basis
    assert not {"deadline-moved", "decision-unused", "decision-stale"} & codes(third)


def test_answers__can_be_picked_at_the_row(office: Workspace) -> None:
    run(office)
    page = openpyxl.load_workbook(office.latest_report)[TITLE]
    top = header_row(page, "Mã vấn đề")
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    picked = {}
    for row in range(top + 1, page.max_row + 1):
        rule = rules.get(f"C{row}")
        if rule is not None:
            picked[page.cell(row, 2).value] = rule.formula1.strip('"').split(",")
            assert not rule.showErrorMessage
    assert "bỏ qua" in picked["tiêu đề"] and "Tạm dừng" in picked["trạng thái"]
    assert picked["thời hạn"] == ["31/12/2025", "31/8/2025"]
    shown = {row["Loại"]: row["Có thể ghi"] for row in offered(office)}
    assert all("; ".join(words) == shown[kind] for kind, words in picked.items())


def test_file_order__copied_row_confirms_and_another_name_changes_it(office: Workspace) -> None:
    inbox = office.inbox("2025-9T")
    write(inbox, [(1, ASSIGNED[0].task, "Sở Y tế", "30/6/2025", "Đang thực hiện", "", "")], "Sở Y tế lần 2.xlsx")
    write(inbox, [(1, ASSIGNED[0].task, "Sở Y tế", "30/6/2025", "Hoàn thành", "", "")], "Sở Y tế.xlsx")
    assert result(run(office).snapshot, "A").cls is Class.OVERDUE
    row = of_kind(offered(office), "tệp")
    assert row["Giá trị"] == "Sở Y tế lần 2.xlsx"
    copy_to_decisions(office, row)
    second = run(office).snapshot
    assert result(second, "A").cls is Class.OVERDUE
    assert not {"decision-unused", "decision-stale"} & codes(second)
    book = openpyxl.load_workbook(office.book)
    page = book["Xử lý"]
    page.cell(header_row(page, "Mã vấn đề") + 1, OWN.index("Giá trị") + 1).value = "Sở Y tế.xlsx"
    book.save(office.book)
    third = run(office).snapshot
    assert result(third, "A").cls is Class.DONE_UNDATED
    assert not {"decision-unused", "decision-stale"} & codes(third)


def test_units_that_disagree__decided_for_the_lead_unit(office: Workspace) -> None:
    inbox = office.inbox("2025-9T")
    write(inbox, [(2, ASSIGNED[1].task, "Sở Y tế", "31/8/2025", "Đang thực hiện", "", "")])
    write(inbox, [(2, ASSIGNED[1].task, "Sở Y tế", "31/8/2025", "Hoàn thành", "", "")], "Sở Nội vụ.xlsx")
    assert result(run(office).snapshot, "B").cls is Class.OVERDUE
    row = of_kind(offered(office), "trạng thái")
    assert row["Giá trị"] == "Chậm tiến độ"
    copy_to_decisions(office, {**row, "Giá trị": "Hoàn thành"})
    second = run(office).snapshot
    assert result(second, "B").cls is Class.DONE_UNDATED
    told = [found for found in second.findings if found.code == "units-disagree"]
    assert [found.severity for found in told] == [Severity.NOTE]
    assert not {"decision-unused", "decision-stale"} & codes(second)


def test_row_copied_without_a_value__is_told_with_its_cell(office: Workspace) -> None:
    from qn_xl.errors import SettingsError

    run(office)
    copy_to_decisions(office, of_kind(offered(office), "tiêu đề"))
    with pytest.raises(SettingsError) as told:
        run(office)
    assert any("Xử lý › C6" in problem for problem in told.value.problems)


def test_swapped_date__proposed_with_its_effect_and_applied(office: Workspace) -> None:
    done = (1, ASSIGNED[0].task, "Sở Y tế", "30/6/2025", "Hoàn thành", "", "", datetime(2025, 12, 6))
    write(office.inbox("2025-9T"), [done])
    assert result(run(office).snapshot, "A").cls is Class.OVERDUE
    row = of_kind(offered(office), "đảo ngày")
    assert row["Giá trị"] == "đảo" and "1 nhiệm vụ" in row["Nếu quyết định"]
    copy_to_decisions(office, row)
    second = run(office).snapshot
    assert (result(second, "A").cls, result(second, "A").completed_on) == (Class.DONE_ON_TIME, date(2025, 6, 12))
    assert not {"decision-unused", "decision-stale"} & codes(second)
