"""The whole run: the shipped samples to the article's figures, and what may go wrong with files and outputs."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from qn_xl import consolidate as module
from qn_xl.consolidate import Outcome, consolidate, rows_of
from qn_xl.demo import PERIOD, fill_inbox, sample_tables
from qn_xl.errors import BusyError, OutputLockedError, UsageError
from qn_xl.excel.setup import create
from qn_xl.history import History
from qn_xl.intake.read import read_file
from qn_xl.lock import run_lock
from qn_xl.model import (
    AssignedTask,
    Class,
    Decision,
    FileReading,
    Kind,
    Received,
    Severity,
    SheetReading,
    Verdict,
)
from qn_xl.outputs import publish
from qn_xl.outputs.figures_json import run_of
from qn_xl.outputs.json_report import outcome_json
from qn_xl.outputs.publish import run_of_report
from qn_xl.rules import deadlines
from qn_xl.tables import Tables, default_tables, sealed
from qn_xl.workspace import Workspace

NOW = datetime(2025, 10, 2, 8, 30)
HEAD = ("TT", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Thời hạn hoàn thành", "Trạng thái", "Ngày hoàn thành")


def small_tables(*decisions: Decision) -> Tables:
    def task(number: str, text: str, lead: str, due: str) -> AssignedTask:
        deadline = deadlines.read(due, year=2025)
        return AssignedTask(f"138-{number}", "138", Kind.TASK, number, text, lead, due, deadline)

    assigned = (
        task("1", "Xây dựng kế hoạch dữ liệu mở", "Sở Y tế", "30/6/2025"),
        task("2", "Ban hành quy chế phối hợp liên thông", "Sở Y tế", "31/12/2025"),
        task("3", "Tổ chức tập huấn cán bộ cấp xã", "Sở Tài chính", "31/12/2025"),
    )
    return sealed(replace(default_tables(), assigned=assigned, decisions=decisions))


def send(folder: Path, name: str, rows: list[tuple[object, ...]], head: tuple[str, ...] = HEAD) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write(0, 0, "BÁO CÁO TIẾN ĐỘ")
        sheet.write(1, 0, "Kế hoạch số 138/KH-UBND")
        for place, row in enumerate([head, *rows]):
            sheet.write_row(3 + place, 0, row)


SYT = [
    (1, "Xây dựng kế hoạch dữ liệu mở", "Sở Y tế", "30/6/2025", "Hoàn thành", "20/6/2025"),
    (2, "Ban hành quy chế phối hợp liên thông", "Sở Y tế", "31/12/2025", "Đang thực hiện", ""),
]
STC = [(3, "Tổ chức tập huấn cán bộ cấp xã", "Sở Tài chính", "31/12/2025", "Đang thực hiện", "")]


def read_here(files, context, *, on_done=None, keep=None):
    """Read without worker processes: starting them costs most of a small run."""
    found = []
    for name, path in files:
        found.append(read_file(name, path, context))
        if on_done:
            on_done(found[-1], len(found), len(files))
    return found


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a workspace with two units' files in the inbox, read in this process."""
    monkeypatch.setattr(module, "read_all", read_here)
    create(tmp_path / "TienDo", small_tables())
    workspace = Workspace(tmp_path / "TienDo")
    send(workspace.inbox(PERIOD), "Sở Y tế.xlsx", SYT)
    send(workspace.inbox(PERIOD), "Sở Tài chính.xlsx", STC)
    return workspace


def run(workspace: Workspace, **more: object) -> Outcome:
    return consolidate(workspace, **({"as_of": None, "period": PERIOD, "now": NOW} | more))  # type: ignore[arg-type]


# ---- the samples


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Outcome]:
    folder = tmp_path_factory.mktemp("mau") / "TienDo"
    create(folder, sample_tables())
    fill_inbox(folder)
    workspace = Workspace(folder)
    return workspace, run(workspace)


def test_samples__tables__are_what_the_workbook_made_of_them_says(samples):
    tables = sample_tables()
    assert samples[0].tables().sha256 == tables.sha256
    assert {one.decides for one in tables.assigned} == {"", "SKHCN"}


def groups(outcome: Outcome) -> dict[tuple[str, str], dict[str, int]]:
    document = outcome_json(outcome)
    return {(plan["plan"], group["kind"]): group for plan in document["plans"] for group in plan["groups"]}


def test_samples__figures_are_those_of_the_article(samples):
    got = groups(samples[1])

    def shown(plan, kind="Nhiệm vụ", *names):
        return tuple(got[plan, kind][name] for name in names)

    assert shown("138", "Nhiệm vụ", "total", "done", "in_progress", "overdue") == (71, 33, 17, 21)
    assert shown("157", "Chỉ tiêu", "total", "done") == (22, 11)
    assert shown("157", "Nhiệm vụ", "total", "done") == (44, 14)
    assert shown("157", "Nhiệm vụ, dự án", "total", "in_progress") == (16, 16)
    assert shown("02", "Nhiệm vụ", "total", "done", "in_progress") == (31, 24, 7)
    assert shown("06", "Nhiệm vụ", "total", "done", "in_progress", "central", "recurring") == (133, 57, 43, 12, 33)


def test_samples__every_figure_follows_from_the_items_and_every_row_has_a_fate(samples):
    _, outcome = samples
    snapshot = outcome.snapshot
    assert outcome.exit_code == 20 and any(found.severity is Severity.ERROR for found in snapshot.findings)
    assert snapshot.rows["read"] == sum(count for fate, count in snapshot.rows.items() if fate != "read") > 900
    assert sum(one.rows["read"] for one in snapshot.inputs) == snapshot.rows["read"]
    keys = [found.key for found in snapshot.findings]
    assert len(keys) == len(set(keys))
    for item in snapshot.items:
        assert item.basis and (item.sources or item.not_reported)


def test_samples__another_order_of_files_and_a_second_copy_change_no_figure(samples, monkeypatch, tmp_path):
    workspace, outcome = samples
    listed = module.inbox_files
    monkeypatch.setattr(module, "inbox_files", lambda folder: listed(folder)[::-1])
    again = tmp_path / "TienDo"
    create(again, sample_tables())
    other = run(Workspace(again), inbox=workspace.inbox(PERIOD), write_report=False).snapshot
    assert (other.items, other.figures, other.findings) == (
        outcome.snapshot.items, outcome.snapshot.figures, outcome.snapshot.findings,
    )  # fmt: skip
    twice = tmp_path / "hai lan"
    shutil.copytree(workspace.inbox(PERIOD), twice)
    for path in [path for path in twice.rglob("*.*") if path.is_file()]:
        shutil.copy2(path, path.with_name(f"{path.stem} - Copy{path.suffix}"))
    doubled = run(Workspace(again), inbox=twice, write_report=False).snapshot
    assert doubled.figures == outcome.snapshot.figures


def test_samples__json_has_every_key_of_the_contract(samples):
    document = json.loads(json.dumps(outcome_json(samples[1])))
    assert {"run", "as_of", "period", "plans", "units", "rows", "findings", "outputs"} <= set(document)
    (group,) = next(plan for plan in document["plans"] if plan["plan"] == "138")["groups"]
    assert set(group) == {
        "kind", "total", "done", "done_on_time", "done_late", "done_undated", "in_progress", "overdue", "recurring",
        "no_deadline", "stopped", "central", "not_reported", "carried", "days_late_mean", "days_late_max",
    }  # fmt: skip
    unit = next(unit for unit in document["units"] if unit["unit"] == "SYT")
    assert {"unit", "received", "files", "tasks", "errors", "warnings", "plans"} <= set(unit)
    assert unit["plans"][0]["groups"][0]["total"] > 0
    assert document["rows"]["read"] == sum(count for name, count in document["rows"].items() if name != "read")
    assert set(document["findings"]) == {"error", "warning", "note"}


# ---- runs and outputs


def test_run__everything_is_written_and_belongs_to_one_run(office):
    outcome = run(office)
    assert outcome.exit_code == 21  # only two units of the register sent something
    assert set(outcome.outputs) == {"report", "history", "figures", "latest"}
    assert [run_of_report(office.report(PERIOD)), run_of_report(office.latest_report)] == [1, 1]
    assert run_of(office.figures_json) == 1
    assert History(office.history).load(1) == outcome.snapshot
    assert [one.cls for one in outcome.snapshot.items] == [Class.DONE_ON_TIME, Class.IN_PROGRESS, Class.IN_PROGRESS]
    assert outcome.as_of_source == "ngày chốt của kỳ 9 tháng năm 2025"


def test_run__without_report_only_the_workbooks_are_left_alone(office):
    outcome = run(office, write_report=False)
    assert set(outcome.outputs) == {"history", "figures"} and not office.latest_report.exists()


def test_run__own_path_for_the_report(office, tmp_path):
    outcome = run(office, out=tmp_path / "x" / "bao cao.xlsx")
    assert outcome.outputs["report"] == str(tmp_path / "x" / "bao cao.xlsx")
    assert run_of_report(tmp_path / "x" / "bao cao.xlsx") == 1 and not office.report(PERIOD).exists()


def test_cut_off__named_beats_the_period_s(office):
    outcome = run(office, as_of=date(2025, 6, 25), write_report=False)
    assert outcome.snapshot.as_of == date(2025, 6, 25) and "lựa chọn" in outcome.as_of_source
    tables = small_tables()
    periods = tuple(replace(one, cut_off=None) for one in tables.periods)
    outcome = run(office, tables=sealed(replace(tables, periods=periods)), write_report=False)
    assert outcome.snapshot.as_of == NOW.date() and "hôm nay" in outcome.as_of_source


def test_nothing_new__same_files_tables_and_cut_off_write_no_run(office):
    first = run(office, write_report=False)
    again = run(office, now=NOW + timedelta(days=1), write_report=False)
    assert (again.exit_code, again.snapshot) == (22, first.snapshot)
    assert History(office.history).latest_run() == 1
    (office.inbox(PERIOD) / "~$Sở Y tế.xlsx").write_bytes(b"lock")
    assert run(office, write_report=False).exit_code == 22


@pytest.mark.parametrize("change", ["file", "tables", "as_of"])
def test_nothing_new__any_change_is_a_new_run(office, change):
    run(office, write_report=False)
    more: dict[str, object] = {"write_report": False}
    if change == "file":
        send(office.inbox(PERIOD), "Sở Y tế.xlsx", SYT[:1])
    elif change == "tables":
        more["tables"] = small_tables(Decision("138-1", "class", "Tạm dừng"))
    else:
        more["as_of"] = date(2025, 9, 29)
    outcome = run(office, **more)
    assert outcome.snapshot.run == 2 and outcome.exit_code != 22


def test_nothing_new__outputs_that_are_gone_are_made_again(office):
    run(office)
    before = office.latest_report.read_bytes()
    for path in (office.report(PERIOD), office.latest_report, office.figures_json):
        path.unlink()
    assert run(office).exit_code == 22
    assert run_of_report(office.report(PERIOD)) == run_of(office.figures_json) == 1
    assert office.latest_report.read_bytes() == before


def test_locked__report_open_in_excel_lies_beside_with_the_run_number(office, monkeypatch):
    run(office)
    old = office.report(PERIOD).read_bytes()
    real = publish.safe.replace

    def locked(path, *rest, **more):
        if path in (office.report(PERIOD), office.latest_report):
            raise OutputLockedError("đang mở")
        real(path, *rest, **more)

    monkeypatch.setattr(publish.safe, "replace", locked)
    outcome = run(office, as_of=date(2025, 9, 29))
    assert outcome.exit_code == 24
    assert office.report(PERIOD).read_bytes() == old
    assert outcome.outputs["report"] == str(office.report_beside(PERIOD, 2))
    assert run_of_report(office.report_beside(PERIOD, 2)) == 2 and "latest" not in outcome.outputs
    assert (run_of(office.figures_json), History(office.history).latest_run()) == (2, 2)


def test_crash__before_the_history_commits_leaves_the_last_run(office, monkeypatch):
    run(office)

    def fails(self, snapshot):
        raise KeyboardInterrupt

    monkeypatch.setattr(History, "save", fails)
    with pytest.raises(KeyboardInterrupt):
        run(office, as_of=date(2025, 9, 29))
    monkeypatch.undo()
    assert History(office.history).latest_run() == run_of(office.figures_json) == 1
    assert run_of_report(office.latest_report) == 1
    assert run(office, as_of=date(2025, 9, 29)).snapshot.run == 2


def test_busy__another_run_is_under_way(office):
    with run_lock(office.lock, NOW), pytest.raises(BusyError):
        run(office)


def test_inbox__missing_folder_is_one_sentence(office, tmp_path):
    with pytest.raises(UsageError, match="Không có thư mục"):
        run(office, inbox=tmp_path / "khong co")


def test_inbox__our_own_report_in_it_is_not_read_as_a_unit_s(office):
    report = Path(run(office).outputs["report"])
    shutil.copy2(report, office.inbox(PERIOD) / "tong hop.xlsx")
    outcome = run(office)
    assert "file-own-report" in {found.code for found in outcome.snapshot.findings}
    assert outcome.snapshot.rows["task"] == 3


# ---- from period to period


def test_periods__result_of_the_earlier_one_is_carried_and_the_date_received_kept(office):
    sent = office.inbox("2025-6T")
    send(sent, "Sở Y tế.xlsx", SYT)
    earlier = run(office, period="2025-6T", as_of=date(2025, 6, 30), write_report=False)
    (office.inbox(PERIOD) / "Sở Y tế.xlsx").unlink()
    outcome = run(office, write_report=False)
    first, second, _ = outcome.snapshot.items
    assert (first.cls, first.carried) == (Class.DONE_ON_TIME, earlier.snapshot.run)
    assert second.not_reported and second.carried is None
    later = run(office, as_of=date(2025, 9, 29), now=NOW + timedelta(days=9), write_report=False)
    (stc,) = [one for one in later.snapshot.returns if one.unit == "STC"]
    assert (stc.received, stc.received_on) == (Received.RECEIVED, NOW.date())


def test_decision__header_names_a_column_the_reader_does_not_know(office):
    send(office.inbox(PERIOD), "Sở Y tế.xlsx", [(*SYT[0][:4], "Hoàn thành quá hạn")], (*HEAD[:4], "Chốt lại"))
    first = run(office, write_report=False)
    (unknown,) = [found for found in first.snapshot.findings if found.code == "header-column-unknown"]
    assert first.snapshot.items[0].cls is Class.OVERDUE
    decision = Decision(unknown.key, "header", "trạng thái")
    decided = run(office, tables=small_tables(decision), write_report=False)
    assert decided.snapshot.items[0].cls is Class.DONE_LATE
    wrong = run(office, tables=small_tables(replace(decision, value="chuyện khác")), write_report=False)
    (said,) = [found for found in wrong.snapshot.findings if found.code == "decision-invalid"]
    assert "chuyện khác" in said.message and wrong.snapshot.items[0].cls is Class.OVERDUE


def test_rows__a_row_without_fate_is_a_bug():
    good = SheetReading("S", Verdict.NO_TABLE, rows={"blank": 2}, fates={1: "blank", 2: "blank"})
    assert rows_of([FileReading("a.xlsx", "", True, sheets=(good,))])["read"] == 2
    for bad in (replace(good, fates={1: "blank", 3: "blank"}), replace(good, rows={"blank": 3})):
        with pytest.raises(AssertionError, match=r"a\.xlsx"):
            rows_of([FileReading("a.xlsx", "", True, sheets=(bad,))])
