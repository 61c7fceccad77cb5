"""`qn-xl preview` reads with the tables of a workspace: named, the one around the file, or the one it is run in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qn_xl.commands import look
from qn_xl.errors import SettingsError, UsageError
from qn_xl.intake import pool
from qn_xl.intake.read import read_file
from qn_xl.model import Decision, Period, Plan, Unit
from qn_xl.tables import default_tables, sealed
from qn_xl.workspace import Workspace
from tests.books import book_of, edited

Preview = Callable[..., dict[str, Any]]
PERIODS = (
    Period("2026-T1", "Tháng 1", cut_off=date(2026, 1, 31)),
    Period("2026-T2", "Tháng 2", cut_off=date(2026, 2, 28), current=True),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a workspace with a unit, a plan, a word and decisions that the shipped lists do not have."""
    known = default_tables()
    tables = replace(
        known,
        units=(*known.units, Unit("SMA", "Sở Ma thuật", "so-nganh")),
        plans=(*known.plans, Plan("999", "999/KH-UBND", year=2026)),
        periods=PERIODS,
        words={"úm ba la": "done"},
        decisions=(Decision("x", "header", "ghi chú", source="Bùa chú", unit="SMA"),),
    )
    folder = tmp_path / "TienDo"
    folder.mkdir()
    book_of(folder, sealed(tables))
    return folder


def send(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    for row in (["Kế hoạch 999/KH-UBND"], ["TT", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Trạng thái", "Bùa chú"],
                [1, "Luyện đan trường sinh", "Sở Ma thuật", "úm ba la", "đã niệm"]):  # fmt: skip
        book.active.append(row)
    book.save(folder / name)
    return folder / name


@pytest.fixture
def preview(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Preview:
    def read_here(files: Any, context: Any, **more: Any) -> list[Any]:
        return [read_file(name, path, context) for name, path in files]

    monkeypatch.setattr(pool, "read_all", read_here)
    (tmp_path / "cho khac").mkdir()
    monkeypatch.chdir(tmp_path / "cho khac")

    def run(*files: Path, **given: Any) -> dict[str, Any]:
        capsys.readouterr()
        look.preview(list(files), as_json=True, **given)
        made: dict[str, Any] = json.loads(capsys.readouterr().out)
        return made

    return run


def understood(made: dict[str, Any]) -> tuple[Any, ...]:
    (file,) = made["files"]
    (task,) = file["sheets"][0]["tasks"]
    return file["unit"], task["plan"], task["class"], file["sheets"][0]["columns"].get("note"), made["as_of"]


WITH_TABLES = ("SMA", "999", "done_undated", "E", "2026-02-28")


def test_file_in_an_inbox__is_read_as_its_period_would_be(root: Path, preview: Preview) -> None:
    made = preview(send(root / "don-vi" / "2026-T1" / "SMA", "bao cao.xlsx"))
    assert understood(made) == (*WITH_TABLES[:4], "2026-01-31")
    assert made["files"][0]["file"] == "SMA/bao cao.xlsx"  # as in findings of a run: the folder names the sender


def test_file_anywhere_in_the_workspace__with_the_current_period(root: Path, preview: Preview) -> None:
    made = preview(send(root / "xem thu", "SMA.xlsx"))
    assert understood(made) == WITH_TABLES and made["files"][0]["file"] == "SMA.xlsx"


def test_file_elsewhere__with_the_workspace_named_or_the_one_it_is_run_in(
    root: Path, preview: Preview, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = send(tmp_path / "tai ve", "SMA.xlsx")
    assert understood(preview(path, as_of="2025-09-30")) == (None, None, "no_deadline", None, "2025-09-30")
    assert understood(preview(path, folder=root)) == WITH_TABLES
    monkeypatch.chdir(root)
    assert understood(preview(path)) == WITH_TABLES
    assert understood(preview(path, as_of="31/12/2026"))[-1] == "2026-12-31"


def test_json__has_the_keys_it_always_had(root: Path, preview: Preview, tmp_path: Path) -> None:
    with_tables = preview(send(root / "don-vi" / "2026-T1", "SMA.xlsx"))
    alone = preview(send(tmp_path / "tai ve", "SMA.xlsx"), as_of="2025-09-30")
    assert with_tables.keys() == alone.keys() == {"as_of", "files"}
    assert with_tables["files"][0].keys() == alone["files"][0].keys()
    assert [one["code"] for one in with_tables["files"][0]["findings"]] == []


def test_text__says_whose_tables_were_used(
    root: Path, preview: Preview, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    look.preview([send(root / "don-vi" / "2026-T1", "SMA.xlsx")])
    said = " ".join(capsys.readouterr().out.split())
    assert f"Dùng các bảng của {root / 'Progress.xlsx'}, kỳ Tháng 1." in said and "ngày chốt của kỳ" in said
    look.preview([send(tmp_path / "tai ve", "SMA.xlsx")])
    assert "danh sách đơn vị, kế hoạch cài sẵn" in capsys.readouterr().out


def test_html__is_made_with_the_same_tables(root: Path, preview: Preview, tmp_path: Path) -> None:
    page = tmp_path / "xem.html"
    path = send(root / "don-vi" / "2026-T1", "SMA.xlsx")

    def read_here(files: Any, job: Any, **more: Any) -> list[Any]:
        from qn_xl.outputs.preview_html import work

        return [work(name, place, job) for name, place in files]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "read_all", read_here)
        look.preview([path], html=page)
    text = page.read_text("utf-8")
    assert "đơn vị SMA" in text and "kế hoạch 999" in text and "31/01/2026" in text


def test_files_of_two_workspaces__are_refused(root: Path, preview: Preview, tmp_path: Path) -> None:
    other = tmp_path / "Khac"
    other.mkdir()
    book_of(other)
    files = [send(one / "don-vi" / "2026-T1", "SMA.xlsx") for one in (root, other)]
    with pytest.raises(UsageError, match="--workspace"):
        preview(*files)
    assert len(preview(*files, folder=root)["files"]) == 2


def test_workspace__that_is_none_or_has_wrong_tables(root: Path, preview: Preview, tmp_path: Path) -> None:
    path = send(tmp_path / "tai ve", "SMA.xlsx")
    with pytest.raises(UsageError, match="Progress"):
        preview(path, folder=tmp_path)

    def spoil(book: Any) -> None:
        book["Kế hoạch"]["B6"] = 138

    edited(Workspace(root).book, spoil)
    with pytest.raises(SettingsError):
        preview(path, folder=root)
