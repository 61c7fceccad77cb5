"""New workspaces: init from an old workbook, the demo's filled workbook, and who may write Progress.xlsm."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest

from qn_xl import cli, demo
from qn_xl.consolidate import consolidate
from qn_xl.excel import setup
from qn_xl.excel.inputs import create_workbook
from qn_xl.functions import Functions
from qn_xl.history import History
from qn_xl.model import Period
from qn_xl.tables import Tables, default_tables, sealed
from qn_xl.workspace import Workspace, read_tables
from tests.books import full_tables
from tests.test_consolidate import SYT, send

NOW = datetime(2025, 10, 6, 7, 30)


def command(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["qn-xl", *map(str, words)])
    return cli._run()


def changed(tables: Tables) -> Tables:
    """What an office changes in a year: a plan, a unit, a period and a setting of its own."""
    plan = replace(tables.plans[0], id="205", symbol="205/KH-UBND", title="Kế hoạch mới", aliases=())
    unit = replace(tables.units[0], id="TTX", name="Trung tâm Xúc tiến", abbreviation="TTXT", aliases=())
    unit = replace(unit, predecessors=())
    own = Period("2026-Q1", "Quý I năm 2026", None, None, None, None, True)
    return sealed(
        replace(
            tables,
            plans=(*tables.plans, plan),
            units=(*tables.units, unit),
            periods=(*(replace(one, current=False) for one in tables.periods), own),
            settings={**tables.settings, "office_name": "VĂN PHÒNG UBND TỈNH"},
        )
    )


def with_sheets(path: Path, *titles: str) -> Path:
    """Save the workbook with further sheets, as staff do; openpyxl loses the ribbon, which does not matter here."""
    book: Any = openpyxl.load_workbook(path, keep_vba=path.suffix == ".xlsm")
    for title in titles:
        book.create_sheet(title)["A1"] = "riêng"
    book[titles[-1]].sheet_state = "hidden"
    book.save(path)
    return path


@pytest.mark.parametrize("name", ["Progress.xlsm", "Theo dõi cũ.xlsx"])
def test_init_from__old_workbook__takes_its_tables_and_names_what_stays_behind(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = changed(full_tables())
    old = tmp_path / "cũ" / name
    if name.endswith(".xlsm"):
        setup.create(old.parent, tables)
    else:
        old.parent.mkdir()
        create_workbook(old, tables)
    with_sheets(old, "Theo dõi riêng", "Nháp")
    before = old.read_bytes()
    assert command(monkeypatch, "init", tmp_path / "Tiến độ mới", "--from", old) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Không lấy sang các trang riêng: Theo dõi riêng, Nháp (ẩn)." in said
    assert "5 kế hoạch, 6 nhiệm vụ giao, 25 đơn vị, 4 kỳ, 3 quyết định xử lý" in said
    assert Workspace(tmp_path / "Tiến độ mới").book.name == "Progress.xlsm"
    assert read_tables(tmp_path / "Tiến độ mới" / "Progress.xlsm").sha256 == tables.sha256
    assert (tmp_path / "Tiến độ mới" / "don-vi" / "2026-Q1").is_dir()
    assert old.read_bytes() == before


def test_init_from__where_a_workbook_is__refuses_and_leaves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "cũ.xlsx"
    create_workbook(old, default_tables())
    (tmp_path / "TienDo").mkdir()
    (tmp_path / "TienDo" / "Progress.xlsm").write_bytes(b"ours")
    assert command(monkeypatch, "init", tmp_path / "TienDo", "--from", old) == 2
    assert "đã có Progress.xlsm" in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in (tmp_path / "TienDo").iterdir()] == ["Progress.xlsm"]
    assert (tmp_path / "TienDo" / "Progress.xlsm").read_bytes() == b"ours"


def test_init_from__no_tables_of_ours__makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "khác.xlsx"
    openpyxl.Workbook().save(other)
    assert command(monkeypatch, "init", tmp_path / "TienDo", "--from", other) == 25
    assert "Kế hoạch" in capsys.readouterr().err
    assert not (tmp_path / "TienDo").exists()


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("demo") / "thử"
    with pytest.MonkeyPatch.context() as patch:
        assert command(patch, "demo", root) == 0
    return root


def test_demo__workbook__opens_filled_with_the_run(shown: Path) -> None:
    snapshot = History(shown / "lich-su.sqlite").latest()
    assert snapshot is not None
    book = openpyxl.load_workbook(shown / "Progress.xlsm", data_only=True)
    assert book["Số liệu"]["B1"].value == snapshot.run == 1
    assert book["Tổng hợp"]["D10"].value == 71
    assert book["Tổng hợp"]["K10"].value == pytest.approx(Functions(snapshot).progress("138"))
    assert snapshot.source.endswith(read_tables(shown / "Progress.xlsm").sha256)


def test_demo__again_and_a_consolidation__leave_the_workbook_alone(
    shown: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(shutil.copytree(shown, tmp_path / "thử"))
    before = (root / "Progress.xlsm").read_bytes(), (root / "Progress.xlsm").stat().st_mtime_ns
    assert command(monkeypatch, "demo", root) == 0
    send(root / "don-vi" / demo.PERIOD, "Sở Y tế (lần 2).xlsx", SYT)
    assert command(monkeypatch, "consolidate", root) in (0, 20, 21)
    assert json.loads((root / "so-lieu.json").read_text("utf-8"))["run"] == 2
    assert ((root / "Progress.xlsm").read_bytes(), (root / "Progress.xlsm").stat().st_mtime_ns) == before


@pytest.mark.parametrize("relative", [True, False])
def test_consolidate__inbox_chosen_in_the_settings__is_read_for_the_current_period_only(
    relative: bool, tmp_path: Path
) -> None:
    other = tmp_path / "TienDo" / "nơi khác"
    chosen = "nơi khác" if relative else str(other)
    tables = sealed(replace(default_tables(), settings={**default_tables().settings, "inbox": chosen}))
    setup.create(tmp_path / "TienDo", tables)
    workspace = Workspace(tmp_path / "TienDo")
    send(other, "Sở Y tế.xlsx", SYT)
    send(workspace.inbox("2025-6T"), "Sở Tài chính.xlsx", SYT)
    now = consolidate(workspace, as_of=None, period=None, now=NOW)
    assert [one.file for one in now.snapshot.inputs] == ["Sở Y tế.xlsx"]
    assert {unquote(one) for one in links(Path(now.outputs["latest"]))} == {"../nơi khác/Sở Y tế.xlsx"}
    earlier = consolidate(workspace, as_of=None, period="2025-6T", now=NOW)
    assert [one.file for one in earlier.snapshot.inputs] == ["Sở Tài chính.xlsx"]
    given = consolidate(workspace, as_of=None, period=None, now=NOW, inbox=workspace.inbox("2025-6T"))
    assert [one.file for one in given.snapshot.inputs] == ["Sở Tài chính.xlsx"]


def links(report: Path) -> list[str]:
    book: Any = openpyxl.load_workbook(report)
    cells = (cell for row in book["Chi tiết"].iter_rows(min_row=5) for cell in row)
    return [cell.hyperlink.target for cell in cells if cell.hyperlink is not None]
