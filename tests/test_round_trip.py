"""The whole round with the units, three periods long: forms out, filled in badly, returns, corrected, compared.

Four units of the samples; what is true of each task and period is taken from the samples' answer keys, so the
class that comes out of the forms must be the one that comes out of the units' own workbooks.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qn_xl import consolidate as module
from qn_xl.consolidate import Outcome, consolidate
from qn_xl.demo import sample_tables, samples_folder
from qn_xl.excel.setup import create
from qn_xl.history import History
from qn_xl.intake.read import read_file
from qn_xl.model import DONE, AssignedTask, Class, Finding, Snapshot
from qn_xl.outputs.forms import HEADER, write_forms
from qn_xl.outputs.return_book import FINDINGS
from qn_xl.outputs.returns_files import write_returns
from qn_xl.rules.compare import Move, compare
from qn_xl.rules.figures import MEMBERS, Figures
from qn_xl.tables import Tables, sealed
from qn_xl.workspace import Workspace, inbox_files
from tests.office import convert

UNITS = {
    "STC": "Sở Tài chính",
    "SYT": "Sở Y tế",
    "SGDDT": "Sở Giáo dục và Đào tạo",
    "P-BAI-CHAY": "UBND phường Bãi Cháy",
}
PERIODS = {"2025-6T": date(2025, 6, 30), "2025-9T": date(2025, 9, 30), "2025": date(2025, 12, 31)}
WORD = {
    "in_progress": "Đang thực hiện",
    "overdue": "Chậm tiến độ",
    "recurring": "Thường xuyên",
    "no_deadline": "Đang thực hiện",
    "stopped": "Tạm dừng",
}
Answers = dict[str, dict[str, object]]  # task code → heading → value


def truth(period: str) -> dict[str, str]:
    folder = samples_folder() / "dap-an"
    path = (folder if period == "2025-9T" else folder / period) / "items.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["class"] for row in csv.DictReader(stream)}


def answer(task: AssignedTask, cls: str, as_of: date) -> dict[str, object]:
    """Return what a careful clerk fills in for a task of this class."""
    if not cls.startswith("done"):
        return {"Trạng thái": WORD[cls], "Kết quả đạt được": "Đang triển khai theo kế hoạch"}
    due = task.deadline.due or as_of
    day = due + timedelta(days=1) if cls == "done_late" else min(due, as_of)
    said: dict[str, object] = {"Trạng thái": "Hoàn thành", "Sản phẩm, văn bản": "Quyết định số 12/QĐ-UBND"}
    return said | ({} if cls == "done_undated" else {"Ngày hoàn thành": day})


@dataclass
class Slip:
    """One thing filled in badly: the finding it must lead to, and whether the unit mends it afterwards."""

    unit: str
    code: str
    heading: str
    value: object
    finding: str
    mended: bool = True


class Round:
    """One period of one office: what is true, what was filled in badly, what came of it."""

    def __init__(self, workspace: Workspace, tables: Tables, period: str) -> None:
        self.workspace, self.tables, self.period, self.as_of = workspace, tables, period, PERIODS[period]
        known = truth(period)
        self.owed: dict[str, Answers] = {
            unit: {
                task.code: answer(task, known[task.code], self.as_of)
                for task in tables.assigned
                if task.lead_text == name
            }
            for unit, name in UNITS.items()
        }
        self.slips = self._slips()
        self.folder = workspace.outputs(period) / "bieu-mau"

    def _slips(self) -> list[Slip]:
        made = []
        for unit, answers in self.owed.items():
            done = [code for code, said in answers.items() if said["Trạng thái"] == "Hoàn thành"]
            still = [code for code, said in answers.items() if said["Trạng thái"] == "Đang thực hiện"]
            late = [code for code, said in answers.items() if said["Trạng thái"] == "Chậm tiến độ"]
            dated = [code for code in done if "Ngày hoàn thành" in answers[code]]
            if len(dated) > 1:
                made.append(Slip(unit, dated[0], "Ngày hoàn thành", "cuối tháng vừa rồi", "completed-unreadable"))
                made.append(Slip(unit, dated[1], "Sản phẩm, văn bản", None, "done-no-product", mended=False))
            if still:
                made.append(Slip(unit, still[-1], "Trạng thái", "xem công văn", "status-unknown"))
            if len(still) > 2:
                wrong = self.as_of + timedelta(days=20)
                made.append(Slip(unit, still[0], "Ngày hoàn thành", wrong, "completed-future"))
            if late:
                made.append(Slip(unit, late[0], "Tỷ lệ hoàn thành (%)", "gần xong", "percent-unreadable", mended=False))
        return made

    def write_forms(self, last: Snapshot | None) -> None:
        write_forms(self.folder, self.tables, self.period, last, self.as_of, UNITS)

    def send(self, slips: list[Slip], *, without: tuple[str, ...] = ()) -> None:
        """Fill every form in and put it into the inbox under a name of the unit's own making."""
        inbox = self.workspace.inbox(self.period)
        inbox.mkdir(parents=True, exist_ok=True)
        forms = {path.stem.split("_")[1]: path for path in self.folder.glob("*.xlsx")}
        assert len(forms) == len(UNITS)
        for unit, answers in self.owed.items():
            said = {code: dict(row) for code, row in answers.items()}
            for slip in slips:
                if slip.unit == unit:
                    said[slip.code][slip.heading] = slip.value
                    if slip.heading == "Trạng thái":  # the words of the result would stand in
                        said[slip.code]["Kết quả đạt được"] = None
            fill(forms[unit], said, inbox / f"gui lai {unit.lower()}.xlsx", without)

    def run(self, hour: int) -> Outcome:
        day = self.as_of + timedelta(days=3)
        now = datetime(day.year, day.month, day.day, hour)
        return consolidate(
            self.workspace, as_of=None, period=self.period, now=now, write_report=False, tables=self.tables
        )


def fill(form: Path, answers: Mapping[str, Mapping[str, object]], target: Path, without: tuple[str, ...]) -> None:
    book = openpyxl.load_workbook(form)
    page = book["Nhiệm vụ"]
    columns = {cell.value: cell.column for cell in page[HEADER + 1] if cell.value}
    code_of = columns["Mã nhiệm vụ"]
    for row in range(page.max_row, HEADER + 1, -1):
        code = page.cell(row, code_of).value
        if code in without:
            page.delete_rows(row)
            continue
        for heading, value in answers.get(code, {}).items():
            page.cell(row, columns[heading]).value = value
    book.save(target)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Tables]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "read_all", read_here)
        tables = sample_tables()
        own = tuple(task for task in tables.assigned if task.lead_text in UNITS.values())
        tables = sealed(replace(tables, assigned=own))
        folder = tmp_path_factory.mktemp("vong") / "TienDo"
        create(folder, tables)
        yield Workspace(folder), tables


def read_here(files: Any, context: Any, *, on_done: Any = None, **more: Any) -> list[Any]:
    return [read_file(name, path, context) for name, path in files]


@pytest.fixture(scope="module")
def rounds(office: tuple[Workspace, Tables]) -> dict[str, tuple[Round, list[Outcome]]]:
    """Run every period through: filled in badly, mended but for what was left, then all as it should be."""
    made = {}
    last = None
    for period in PERIODS:
        one = Round(*office, period)
        one.write_forms(last)
        gone = (one.slips[0].code,)
        one.send(one.slips, without=gone if period == "2025-9T" else ())
        outcomes = [one.run(8)]
        returns = one.workspace.outputs(period) / "phan-hoi"
        write_returns(returns, outcomes[0].snapshot, inbox_files(one.workspace.inbox(period)))
        one.send([slip for slip in one.slips if not slip.mended])
        outcomes.append(one.run(10))
        one.send([])
        outcomes.append(one.run(12))
        made[period] = one, outcomes
        last = outcomes[-1].snapshot
    return made


def own(snapshot: Snapshot) -> dict[str, Finding]:
    return {one.key: one for one in snapshot.findings if one.unit in UNITS}


def told(path: Path) -> set[tuple[str, str]]:
    """Return (value found, kind of finding) of the findings in a return."""
    page = openpyxl.load_workbook(path)[FINDINGS]
    lines = [[cell.value for cell in row] for row in page.iter_rows()]
    top = next(at for at, line in enumerate(lines) if line[0] == "Mức" and line[1])
    rows = [dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :] if any(line)]
    return {(str(row["Nhiệm vụ"]), str(row["Loại vấn đề"])) for row in rows}


@pytest.mark.parametrize("period", PERIODS)
def test_first_round__every_slip_is_found_and_sent_back(rounds, period):
    from qn_xl.rules.catalogue import entries

    one, (first, *_) = rounds[period]
    tasks = {task.code: task for task in one.tables.assigned}
    assert len(one.slips) >= 5
    for slip in one.slips[1 if period == "2025-9T" else 0 :]:
        found = [f for f in first.snapshot.findings if f.code == slip.finding and f.unit == slip.unit]
        number = tasks[slip.code].number
        assert any(f.label.split(" ")[0] == number and f.where.cell for f in found), slip
        returned = one.workspace.outputs(period) / "phan-hoi" / slip.unit / f"phan-hoi_{slip.unit}_{period}.xlsx"
        title = entries()[slip.finding].title
        assert any(kind == title and task.startswith(number) for task, kind in told(returned)), slip


def test_first_round__row_taken_out_of_a_form_is_noticed(rounds):
    one, (first, *_) = rounds["2025-9T"]
    unit = one.slips[0].unit
    seen = {found.code for found in first.snapshot.findings if found.unit == unit}
    assert "form-changed" in seen and {"task-vanished", "task-not-reported"} & seen


@pytest.mark.parametrize("period", PERIODS)
def test_second_round__only_what_was_left_uncorrected_remains(rounds, period):
    one, (first, second, clean) = rounds[period]
    before, after, none = (own(outcome.snapshot) for outcome in (first, second, clean))
    left = [(slip.unit, slip.finding) for slip in one.slips if not slip.mended]
    remaining = sorted((found.unit, found.code) for key, found in after.items() if key not in none)
    assert remaining == sorted(left) and left
    seen = {(found.unit, found.code) for found in before.values()}
    assert all((found.unit, found.code) in seen for key, found in after.items() if key not in none)
    mended = [slip for slip in one.slips if slip.mended]
    assert len(before.keys() - after.keys()) >= len(mended)


@pytest.mark.parametrize("period", PERIODS)
def test_clean__every_task_has_the_class_of_the_answer_key(rounds, period):
    _, outcomes = rounds[period]
    known = truth(period)
    seen = {item.id: item.cls.value for item in outcomes[-1].snapshot.items}
    assert {code: (cls, known[code]) for code, cls in seen.items() if cls != known[code]} == {}
    assert len(seen) > 40


def test_compare__from_period_to_period_reconciles_to_the_last_task(rounds):
    periods = list(PERIODS)
    moved = 0
    for earlier, later in pairwise(periods):
        before, after = (rounds[period][1][-1].snapshot for period in (earlier, later))
        old, new = truth(earlier), truth(later)
        found = compare(before, after)
        expected = {code: (Class(old[code]), Class(new[code])) for code in (item.id for item in after.items)}
        done = {code for code, (a, b) in expected.items() if b in DONE and a not in DONE}
        reopened = {code for code, (a, b) in expected.items() if a in DONE and b not in DONE}
        late = {code for code, (a, b) in expected.items() if b is Class.OVERDUE and a is not b and a not in DONE}
        for move, codes in ((Move.DONE, done), (Move.REOPENED, reopened), (Move.LATE, late)):
            assert {one.item for one in found.changes if one.move is move} == codes, (earlier, later, move)
        assert done
        moved += len(done) + len(late)
        left, right = Figures(before.figures), Figures(after.figures)
        symbols = {plan.id: plan.symbol for plan in after.plans}
        groups = {"Chỉ tiêu": "target", "Nhiệm vụ": "task", "Nhiệm vụ, dự án": "project"}
        for flow in found.flows:
            for measure, classes in MEMBERS.items():
                place = symbols[flow.plan], measure, groups[flow.kind.value]
                change = flow.gained(classes) - flow.lost(classes) + flow.added(classes) - flow.vanished(classes)
                assert (left.get(*place) or 0) + change == (right.get(*place) or 0), (place, earlier)
    assert moved > 20


def test_compare__bad_round_with_mended_round_changes_only_what_was_mended(rounds):
    one, (first, second, _) = rounds["2025-9T"]
    touched = {slip.code for slip in one.slips}
    assert {change.item for change in compare(first.snapshot, second.snapshot).changes} <= touched


def test_history__keeps_every_round_of_every_period(rounds, office):
    runs = History(office[0].history).runs()
    assert [info.period for info in runs] == [period for period in PERIODS for _ in range(3)]


def test_forms__of_the_next_period_show_what_was_accepted(rounds):
    one, _ = rounds["2025"]
    book = openpyxl.load_workbook(next(one.folder.glob("*SYT*.xlsx")))["Nhiệm vụ"]
    columns = {cell.value: cell.column for cell in book[HEADER + 1] if cell.value}
    accepted = {
        book.cell(row, columns["Mã nhiệm vụ"]).value: book.cell(row, columns["Kết quả đã ghi nhận"]).value
        for row in range(HEADER + 2, book.max_row + 1)
    }
    items = {item.id: item for item in rounds["2025-9T"][1][-1].snapshot.items}
    done = [code for code in accepted if code and items[code].cls in DONE]
    assert done and all("oàn thành" in str(accepted[code]) for code in done)


@pytest.mark.libreoffice
def test_forms__saved_by_libreoffice_come_to_the_same_figures(rounds, tmp_path):
    one, outcomes = rounds["2025-9T"]
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number, path in enumerate(sorted(one.workspace.inbox(one.period).glob("*.xlsx"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        convert(path, "xlsx", folder, recalculate=False).rename(inbox / path.name)
    now = datetime(2025, 10, 20, 8)
    other = tmp_path / "khac"
    create(other, one.tables)
    again = consolidate(
        Workspace(other), as_of=None, period=one.period, inbox=inbox, now=now, write_report=False, tables=one.tables
    )
    seen = {item.id: item.cls for item in again.snapshot.items}
    assert seen == {item.id: item.cls for item in outcomes[-1].snapshot.items}
