"""`qn-xl forms`, `qn-xl returns`, `qn-xl consolidate --returns`: what they write, print and refuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer

from qn_xl.commands import run, units
from qn_xl.errors import UsageError
from qn_xl.outputs import returns_files, safe
from qn_xl.tables import default_tables, sealed
from qn_xl.tables_read import read_tables
from tests.books import book_of, task

PERIOD = "2025-9T"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a workspace with two units and one report."""
    known = default_tables()
    few = tuple(unit for unit in known.units if unit.id in ("SYT", "STC"))
    assigned = (task("1", "Xây dựng kế hoạch dữ liệu mở", "30/6/2025", code="A", lead_text="Sở Y tế"),)
    folder = tmp_path / "TienDo"
    folder.mkdir()
    book_of(folder, sealed(replace(known, units=few, assigned=assigned)))
    inbox = folder / "don-vi" / PERIOD
    inbox.mkdir(parents=True)
    book = openpyxl.Workbook()
    for row in (["KH 138/KH-UBND"], ["TT", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Trạng thái"],
                [1, "Xây dựng kế hoạch dữ liệu mở", "Sở Y tế", "vịt trời"]):  # fmt: skip
        book.active.append(row)
    book.save(inbox / "Sở Y tế.xlsx")
    return folder


def code_of(command: Any, *given: Any, **named: Any) -> int:
    with pytest.raises(typer.Exit) as end:
        command(*given, **named)
    return end.value.exit_code


def test_forms__all_units_or_those_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = root / "bao-cao" / PERIOD / "bieu-mau"
    units.forms(root, period=PERIOD, unit=["Sở Y tế"])
    assert [path.name for path in folder.iterdir()] == [f"bieu-mau_SYT_{PERIOD}.xlsx"]
    units.forms(root, period=PERIOD, unit=None)
    assert len(list(folder.iterdir())) == 2
    said = capsys.readouterr()
    assert "Đã lập 2 biểu mẫu" in said.out and "Chưa có lần tổng hợp nào" in said.err


def test_forms__unit_that_is_not_in_the_register(root: Path) -> None:
    with pytest.raises(UsageError, match="Sở Ma thuật"):
        units.forms(root, period=PERIOD, unit=["Sở Ma thuật"])


def test_returns__before_any_run(root: Path) -> None:
    with pytest.raises(UsageError, match="qn-xl consolidate"):
        units.returns(root)


def test_consolidate_with_returns__then_remade_from_the_last_run(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = root / "bao-cao" / PERIOD / "phan-hoi"
    # 21: one unit has not sent
    assert code_of(run.consolidate, root, period=PERIOD, as_of="2025-09-30", returns=True) == 21
    assert str(folder) in capsys.readouterr().out
    assert sorted(path.name for path in (folder / "SYT").iterdir()) == [
        f"cong-van_SYT_{PERIOD}.txt", "danh-dau_01_so-y-te.xlsx", f"phan-hoi_SYT_{PERIOD}.xlsx",
    ]  # fmt: skip
    for path in (folder / "SYT").iterdir():
        path.unlink()
    assert code_of(units.returns, root, period=None, inbox=None) == 0
    assert len(list((folder / "SYT").iterdir())) == 3


def test_consolidate__writes_returns_with_its_report__unless_told_otherwise(root: Path) -> None:
    folder = root / "bao-cao" / PERIOD / "phan-hoi"
    asked = {"period": PERIOD, "as_of": "2025-09-30"}
    assert code_of(run.consolidate, root, returns=False, **asked) == 21
    assert code_of(run.consolidate, root, as_json=True, full=True, **asked) == 21
    assert not folder.exists()
    assert code_of(run.consolidate, root, full=True, **asked) == 21
    made = folder / "SYT" / f"phan-hoi_SYT_{PERIOD}.xlsx"
    before = made.read_bytes()
    made.unlink()
    assert code_of(run.consolidate, root, **asked) == 22
    assert not made.exists()  # nothing new: what the office did with the returns stays as it is
    assert code_of(run.consolidate, root, returns=True, **asked) == 22
    assert made.read_bytes() == before


def test_consolidate__returns_that_were_cut_off_or_open__are_made_good_when_nothing_is_new(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"period": PERIOD, "as_of": "2025-09-30"}
    folder = root / "bao-cao" / PERIOD / "phan-hoi"
    made = folder / "STC" / f"phan-hoi_STC_{PERIOD}.xlsx"
    put = safe._put

    def cut_off(temporary: Path, path: Path) -> None:
        if path.name.startswith("phan-hoi_STC"):
            raise KeyboardInterrupt
        put(temporary, path)

    def locked(temporary: Path, path: Path) -> None:
        if path.name.startswith("phan-hoi_STC"):
            raise PermissionError(path.name)
        put(temporary, path)

    monkeypatch.setattr(safe, "_put", cut_off)
    with pytest.raises(KeyboardInterrupt):
        run.consolidate(root, **asked)
    assert returns_files.run_of_returns(folder) is None and not made.exists()
    monkeypatch.setattr(safe, "_put", locked)
    assert code_of(run.consolidate, root, **asked) == 24
    monkeypatch.setattr(safe, "_put", put)
    assert code_of(run.consolidate, root, **asked) == 22
    assert made.is_file() and returns_files.run_of_returns(folder) == 1


def test_consolidate__office_that_wants_no_returns(root: Path) -> None:
    tables = read_tables(root / "Progress.xlsx")
    book_of(root, sealed(replace(tables, settings={**tables.settings, "unit_returns": "không"})))
    assert code_of(run.consolidate, root, period=PERIOD, as_of="2025-09-30") == 21
    assert (root / "bao-cao" / PERIOD / f"tong-hop-{PERIOD}.xlsx").is_file()
    assert not (root / "bao-cao" / PERIOD / "phan-hoi").exists()


def test_returns__open_in_excel__told_with_exit_code_24(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code_of(run.consolidate, root, period=PERIOD, as_of="2025-09-30", returns=False)
    put = safe._put

    def locked(temporary: Path, path: Path) -> None:
        if path.name.startswith("phan-hoi_SYT"):
            raise PermissionError(path.name)
        put(temporary, path)

    monkeypatch.setattr(safe, "_put", locked)
    monkeypatch.setattr(returns_files, "read_all", lambda *given, **named: [])
    assert code_of(units.returns, root, period=None, inbox=None) == 24
    said = capsys.readouterr()
    assert "phan-hoi_SYT" in said.err
    assert (root / "bao-cao" / PERIOD / "phan-hoi" / "STC" / f"phan-hoi_STC_{PERIOD}.xlsx").is_file()
