"""Each ribbon command on a real workbook through the xlwings API, and that it changes what it says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from snapshots import article_snapshot, earlier_snapshot
from xlsx_engine import open_book, opened_last, typed

from qn_xl import demo, runlog
from qn_xl.excel import build, jobs, ribbon
from qn_xl.excel.ribbon import COMMANDS, reply
from qn_xl.history import History
from qn_xl.lock import run_lock
from qn_xl.outputs import sheet_findings
from qn_xl.outputs.report import write_report
from qn_xl.tables import default_tables
from qn_xl.workspace import Workspace
from tests.test_consolidate import SYT, send


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ribbon") / "Tiến độ"
    (root / "nhat-ky").mkdir(parents=True)
    (root / "don-vi" / "2025-9T").mkdir(parents=True)
    (root / "bao-cao").mkdir()
    build.build(article_snapshot(), default_tables(), root / "Progress.xlsm", "python.exe")
    history = History(root / "lich-su.sqlite")
    history.save(earlier_snapshot())
    history.save(article_snapshot())
    write_report(root / "bao-cao" / "moi-nhat.xlsx", article_snapshot())
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "Tiến độ"))


def run(root: Path, name: str, argument: str = "") -> tuple[str, Any]:
    book = open_book(root / "Progress.xlsm")
    return reply(COMMANDS[name], book, argument), book


@pytest.mark.parametrize("text", ["02", "13.10", "3/4", "=1+1", "1E5"])
def test_engine__text_written_without_at__becomes_something_else(text: str) -> None:
    assert typed(text, "General") != text or text.startswith("=")
    assert typed(text, "@") == text


def test_choose_inbox__another_folder__stands_in_the_settings_as_text(root: Path) -> None:
    other = root / "02"
    other.mkdir()
    said, book = run(root, "choose_inbox", str(other))
    assert said.startswith("ok|")
    cell = ribbon._setting_cell(book, "inbox")
    assert (cell.value, cell.number_format) == (str(other), "@")
    assert ribbon.open_tables(book).settings["inbox"] == str(other)


def test_choose_inbox__the_period_s_own_folder__leaves_the_setting_blank(root: Path) -> None:
    said, book = run(root, "choose_inbox", str(root / "don-vi" / "2025-9T"))
    assert said.startswith("ok|Sẽ đọc thư mục của kỳ")
    assert ribbon._setting_cell(book, "inbox").value is None


def test_choose_inbox__no_such_folder__says_so(root: Path) -> None:
    said, _ = run(root, "choose_inbox", str(root / "không có"))
    assert said.startswith("error|Không có thư mục")


def test_open_finding__a_row_with_a_file__opens_it_read_only_at_the_cell(root: Path) -> None:
    found = article_snapshot().findings[1]
    target = root / "don-vi" / "2025-9T" / found.where.file
    target.parent.mkdir(parents=True)
    unit_book = openpyxl.Workbook()
    unit_book.active.title = "Bìa"
    unit_book.create_sheet(found.where.sheet)
    unit_book.save(target)
    book = open_book(root / "Progress.xlsm")
    sheet = book.sheets[sheet_findings.TITLE]
    sheet.activate()
    row = next(row for row in range(1, 60) if sheet[row - 1, len(sheet_findings.COLUMNS) - 1].value == found.key)
    sheet.range((row, 3)).select()
    assert reply(COMMANDS["open_finding"], book, "") == "ok|"
    opened = opened_last()
    assert (opened.name, bool(opened.read_only), opened.macros_run) == (target.name, True, False)
    assert book.app.api.AutomationSecurity == 1
    assert opened.cells.active.title == found.where.sheet
    assert opened.selected.address.replace("$", "") == found.where.cell


def test_open_finding__another_sheet__says_where_to_go(root: Path) -> None:
    said, _ = run(root, "open_finding")
    assert said.startswith("error|Chuyển đến trang Vấn đề")


def test_undo__with_an_earlier_run__the_latest_report_shows_it(root: Path) -> None:
    said, _ = run(root, "undo")
    assert said == f"ok|Đã quay lại lần tổng hợp {earlier_snapshot().run}, chốt ngày 30/06/2025."
    latest = openpyxl.load_workbook(root / "bao-cao" / "moi-nhat.xlsx", read_only=True)
    assert latest["Số liệu"]["B1"].value == earlier_snapshot().run
    assert History(root / "lich-su.sqlite").latest_run() == article_snapshot().run


def test_undo__nothing_earlier__says_so(root: Path) -> None:
    (root / "lich-su.sqlite").unlink()
    said, _ = run(root, "undo")
    assert said == "error|Không có lần tổng hợp nào trước lần đang xem. (QN-57)"


def test_export_report__writes_and_opens_the_shown_run(root: Path) -> None:
    said, _ = run(root, "export_report")
    path = Workspace(root).report_beside("2025-9T", 2)
    assert said == f"ok|Báo cáo: {path}"
    assert opened_last().path == path
    assert opened_last().cells["Số liệu"]["B1"].value == 2
    assert "So với kỳ trước" in opened_last().cells.sheetnames


def test_self_check__names_folder_period_and_runs(root: Path) -> None:
    said, _ = run(root, "self_check")
    assert said.startswith("ok|qn-xl ")
    assert str(root) in said
    assert "Đang xem lần tổng hợp 2; lần mới nhất: 2." in said


def test_command__workbook_on_a_web_address__says_where_to_save_it(root: Path) -> None:
    book = open_book(root / "Progress.xlsm")
    book.impl.path = Path("https://example.org/Progress.xlsm")
    assert reply(COMMANDS["self_check"], book, "").startswith("error|Sổ này chưa nằm trong thư mục")


def test_command__a_bug__is_one_sentence_with_a_code(root: Path) -> None:
    def broken(book: Any, argument: str) -> str:
        raise ZeroDivisionError("x")

    assert reply(broken, None, "") == "error|Chương trình gặp lỗi (ZeroDivisionError: x). Bấm Tự kiểm tra. (QN-59)"


def wait_for(progress: Path, seconds: float = 120) -> list[str]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        lines = progress.read_text("utf-8").split("\n")
        if lines[0] != jobs.RUNNING:
            return lines
        time.sleep(0.1)
    raise AssertionError(progress.read_text("utf-8"))


def test_check__runs_as_its_own_process__lists_what_is_wrong(root: Path) -> None:
    (root / "don-vi" / "2025-9T" / "SYT.xlsx").write_bytes(b"not a workbook")
    said, book = run(root, "start_check")
    assert said.startswith("ok|")
    state, text, *_ = wait_for(Path(said[3:]))
    assert (state, text.split(":")[0]) == (jobs.DONE, "Đã đọc thử 1 tệp")
    assert reply(COMMANDS["show_check"], book, "") == "ok|"
    shown = opened_last().cells.active
    assert "SYT.xlsx" in [cell.value for row in shown.iter_rows() for cell in row]


def test_consolidation__runs_as_its_own_process__reads_unsaved_settings_and_leaves_the_workbook(root: Path) -> None:
    other = root / "nơi khác"
    send(other, "Sở Y tế.xlsx", SYT)
    before = (root / "Progress.xlsm").read_bytes()
    book = open_book(root / "Progress.xlsm")
    assert reply(COMMANDS["choose_inbox"], book, str(other)).startswith("ok|")
    said = reply(COMMANDS["start_consolidation"], book, "")
    assert said.startswith("ok|")
    progress = Path(said[3:])
    state, text, *_ = wait_for(progress)
    assert (state, text.split(".")[0]) == (jobs.DONE, "Đã tổng hợp lần 3, chốt ngày 30/09/2025")
    assert text.endswith("Đã lập phản hồi cho đơn vị.")
    assert (root / "bao-cao" / "2025-9T" / "phan-hoi" / "SYT" / "phan-hoi_SYT_2025-9T.xlsx").is_file()
    assert process_of(progress) != os.getpid()
    snapshot = History(root / "lich-su.sqlite").load(3)
    assert [one.file for one in snapshot.inputs] == ["Sở Y tế.xlsx"]
    assert snapshot.source.startswith("Progress.xlsm đang mở, SHA-256 ")
    assert json.loads((root / "so-lieu.json").read_text("utf-8"))["run"] == 3
    assert openpyxl.load_workbook(root / "bao-cao" / "moi-nhat.xlsx")["Số liệu"]["B1"].value == 3
    assert (root / "Progress.xlsm").read_bytes() == before
    told = runlog.last_run(Workspace(root))
    assert told is not None and (told["run"], told["exit_code"], told["files"]) == (3, 21, 1)
    log = (root / "nhat-ky" / told["log"]).read_text("utf-8")
    assert "Lệnh: nút Tổng hợp trong Progress.xlsm" in log and "Sở Y tế.xlsx" in log
    assert reply(COMMANDS["stop_job"], book, str(progress)) == "ok|"  # too late: nothing to end
    assert progress.read_text("utf-8").startswith(jobs.DONE)


def test_forms__run_as_their_own_process__one_for_each_unit_of_the_open_workbook(root: Path) -> None:
    before = (root / "Progress.xlsm").read_bytes()
    said, _ = run(root, "start_forms")
    assert said.startswith("ok|")
    folder = root / "bao-cao" / "2025-9T" / "bieu-mau"
    state, text, *_ = wait_for(Path(said[3:]))
    assert (state, text) == (jobs.DONE, f"Đã lập {len(list(folder.iterdir()))} biểu mẫu kỳ 9 tháng năm 2025: {folder}")
    assert (folder / "bieu-mau_SYT_2025-9T.xlsx").is_file()
    assert (root / "Progress.xlsm").read_bytes() == before


def test_returns__run_as_their_own_process__of_the_run_that_is_shown(root: Path) -> None:
    said, _ = run(root, "start_returns")
    assert said.startswith("ok|")
    state, text, *_ = wait_for(Path(said[3:]))
    assert (state, text.split(" cho ")[0]) == (jobs.DONE, "Đã lập phản hồi")
    made = root / "bao-cao" / "2025-9T" / "phan-hoi" / "SYT" / "phan-hoi_SYT_2025-9T.xlsx"
    assert "Lần tổng hợp số 2" in str(openpyxl.load_workbook(made).properties.subject)


def test_returns__before_any_run__say_what_to_do(root: Path) -> None:
    (root / "lich-su.sqlite").unlink()
    said, _ = run(root, "start_returns")
    state, text, *_ = wait_for(Path(said[3:]))
    assert state == jobs.FAILED and "lịch sử" in text


def test_consolidation__stopped__ends_that_process_only_and_keeps_the_figures(root: Path) -> None:
    demo.fill_inbox(root)
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"])
    try:
        said, book = run(root, "start_consolidation")
        progress = Path(said[3:])
        started = process_of(progress)
        until = time.monotonic() + 60
        while "/" not in progress.read_text("utf-8") and time.monotonic() < until:
            time.sleep(0.02)
        assert reply(COMMANDS["stop_job"], book, str(progress)) == "ok|"
        assert ended(started)
        assert progress.read_text("utf-8").startswith(jobs.RUNNING)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
    assert History(root / "lich-su.sqlite").latest_run() == 2
    assert openpyxl.load_workbook(root / "bao-cao" / "moi-nhat.xlsx")["Số liệu"]["B1"].value == 2
    with run_lock(Workspace(root).lock, datetime(2025, 10, 6, 7, 30)):
        pass  # the next run is not kept out


def process_of(progress: Path) -> int:
    return int((progress.parent / jobs.PROCESS).read_text("ascii"))


def ended(process: int, seconds: float = 20) -> bool:
    """Wait for a child that nobody else waits for."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if os.waitpid(process, os.WNOHANG)[0] == process:
                return True
        except ChildProcessError:
            return True
        time.sleep(0.05)
    return False


def test_stop__a_job_that_never_started__changes_nothing(tmp_path: Path) -> None:
    assert not jobs.stop(tmp_path / jobs.PROGRESS)


def test_job__folders_of_earlier_days__go_and_today_s_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, recent = jobs.new_folder(), jobs.new_folder()
    (old / "Progress.xlsm").write_bytes(b"copy")
    (tmp_path / "qn-xl-other").mkdir()
    for path in (old, tmp_path / "qn-xl-other"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    new = jobs.new_folder()
    assert set(tmp_path.iterdir()) == {recent, new, tmp_path / "qn-xl-other"}


def test_consolidation__no_inbox__fails_with_the_sentence_and_is_the_last_run_told(root: Path) -> None:
    shutil.rmtree(root / "don-vi" / "2025-9T")
    folder = jobs.new_folder()
    order = jobs.Order("consolidate", str(root), str(root / "Progress.xlsm"), "Progress.xlsm")
    (folder / jobs.ORDER).write_text(json.dumps(asdict(order)), "utf-8")
    assert jobs.run(folder, datetime(2025, 10, 6, 7, 30)) == 1
    told = runlog.last_run(Workspace(root))
    assert told is not None and told["exit_code"] == 2 and told["outcome"].startswith("Không có thư mục")


def test_job__no_inbox__fails_with_the_sentence(root: Path) -> None:
    shutil.rmtree(root / "don-vi" / "2025-9T")
    folder = jobs.new_folder()
    order = jobs.Order("check", str(root), str(root / "Progress.xlsm"))
    progress = jobs.start(folder, order)
    state, text, *_ = wait_for(progress)
    assert state == jobs.FAILED
    assert text.startswith("Không có thư mục")
