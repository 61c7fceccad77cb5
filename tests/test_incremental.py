"""Readings kept between runs: figures never differ from those of a full run, and what has not changed is not read."""

from __future__ import annotations

import dataclasses
import sqlite3
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import test_consolidate as office
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qn_xl import consolidate as module
from qn_xl.consolidate import NOTHING_NEW, consolidate
from qn_xl.demo import PERIOD
from qn_xl.intake import kept as kept_module
from qn_xl.intake.context import ReadContext, default_context
from qn_xl.intake.kept import Kept, fingerprint, read_changed
from qn_xl.intake.read import read_file
from qn_xl.model import Decision, FileReading, Kind, SheetReading
from qn_xl.packed import pack, unpack
from qn_xl.workspace import Workspace

ROOT = Path(__file__).parents[1]
SAMPLES = sorted(path for path in (ROOT / "samples").rglob("*.*") if path.suffix[1:4] in ("xls", "ods"))
NOW = datetime(2025, 10, 2, 8, 30)
TABLES = office.small_tables()
OTHER = office.small_tables(Decision("138-3", "class", "Đang thực hiện"))  # the reader is told the same
CONTEXT = default_context(date(2025, 9, 30))


class Reader:
    """Stands for the pool: reads here, and knows what it was asked to read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, files: Any, context: ReadContext, *, on_done: Any = None, keep: Any = None) -> list[FileReading]:
        found = []
        for name, path in files:
            self.read.append(name)
            found.append(read_file(name, path, context))
            if keep:
                keep(found[-1], pack(FileReading, found[-1:]))
            if on_done:
                on_done(found[-1], len(found), len(files))
        return found


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    made = Reader()
    monkeypatch.setattr(module, "read_all", made)
    return made


@pytest.fixture
def workspace(tmp_path: Path, reader: Reader) -> Workspace:
    made = bare(tmp_path / "TienDo")
    office.send(made.inbox(PERIOD), "Sở Y tế.xlsx", office.SYT)
    office.send(made.inbox(PERIOD), "Sở Tài chính.xlsx", office.STC)
    return made


def bare(root: Path) -> Workspace:
    """Return a workspace whose tables come with each run, not out of its workbook."""
    root.mkdir()
    (root / "Progress.xlsm").touch()
    return Workspace(root)


def run(workspace: Workspace, **more: Any) -> Any:
    defaults = {"as_of": None, "period": PERIOD, "now": NOW, "write_report": False, "tables": TABLES}
    return consolidate(workspace, **(defaults | more))


# ---- packing


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem[:30])
def test_packed__a_reading_comes_back_equal(path: Path) -> None:
    reading = read_file(path.name, path, CONTEXT)
    packed = pack(FileReading, [reading])
    assert unpack(FileReading, packed) == [reading]
    assert pack(FileReading, unpack(FileReading, packed)) == packed


def test_packed__odd_values_keep_their_types() -> None:
    reading = read_file(SAMPLES[0].name, SAMPLES[0], CONTEXT)
    (sheet, task) = next((sheet, sheet.tasks[0]) for sheet in reading.sheets if sheet.tasks)
    odd = [
        dataclasses.replace(task, task="lone \ud800 surrogate", actual=1.0, moved={"task": "C3"}, kind=Kind.TARGET),
        dataclasses.replace(task, units=(), collective="tat-ca", actual=2, completed_on=date(1, 1, 1), percent=None),
        dataclasses.replace(task, task="", actual=None, hidden=True, moved={}),
    ]
    for tasks in (odd, odd[:1], []):
        given = dataclasses.replace(
            reading,
            modified=datetime(2025, 1, 2, 3, 4, 5, 6),
            sheets=(SheetReading("trống", sheet.verdict), dataclasses.replace(sheet, tasks=tuple(tasks))),
        )
        (back,) = unpack(FileReading, pack(FileReading, [given]))
        assert back == given
        assert [type(one.actual) for one in back.tasks] == [type(one.actual) for one in tasks]
        assert [list(one.fates) for one in back.sheets] == [list(one.fates) for one in given.sheets]


@pytest.mark.parametrize("change", [lambda b: b[:-5], lambda b: b[:40] + b"x" + b[41:], lambda b: b"", lambda b: b"[]"])
def test_packed__damaged_bytes_are_refused(change: Any) -> None:
    packed = pack(FileReading, [FileReading("a.xlsx", "0" * 64, True)])
    with pytest.raises(ValueError, match=r"."):
        unpack(FileReading, change(packed))


# ---- which files are read


def test_unchanged_files__are_not_read_again(workspace: Workspace, reader: Reader) -> None:
    run(workspace)
    reader.read.clear()
    office.send(workspace.inbox(PERIOD), "Sở Y tế.xlsx", office.SYT[:1])
    run(workspace)
    assert reader.read == ["Sở Y tế.xlsx"]


def test_full__reads_everything_even_when_nothing_is_new(workspace: Workspace, reader: Reader) -> None:
    first = run(workspace)
    reader.read.clear()
    assert run(workspace).exit_code == NOTHING_NEW and reader.read == []
    again = run(workspace, full=True)
    assert sorted(reader.read) == ["Sở Tài chính.xlsx", "Sở Y tế.xlsx"]
    assert (again.snapshot.run, again.snapshot.items) == (2, first.snapshot.items)


def test_renamed_file__is_read_again(workspace: Workspace, reader: Reader) -> None:
    run(workspace)
    reader.read.clear()
    old = workspace.inbox(PERIOD) / "Sở Y tế.xlsx"
    old.rename(old.with_name("Sở Y tế lần 2.xlsx"))
    assert {str(place.file) for item in run(workspace).snapshot.items for place in item.sources} == {
        "Sở Y tế lần 2.xlsx", "Sở Tài chính.xlsx",
    }  # fmt: skip
    assert reader.read == ["Sở Y tế lần 2.xlsx"]


def test_unreadable_file__is_tried_again_every_time(workspace: Workspace, reader: Reader) -> None:
    (workspace.inbox(PERIOD) / "Sở Nội vụ.xlsx").write_bytes(b"PK\x03\x04 cut off")
    run(workspace)
    reader.read.clear()
    run(workspace, tables=OTHER)
    assert reader.read == ["Sở Nội vụ.xlsx"]


def test_unreadable_file__written_to_meanwhile_is_read_once_more(workspace: Workspace, reader: Reader) -> None:
    late = workspace.inbox(PERIOD) / "Sở Nội vụ.xlsx"
    late.write_bytes(b"PK\x03\x04 not yet whole")
    whole = (workspace.inbox(PERIOD) / "Sở Y tế.xlsx").read_bytes()
    plain = reader.__class__.__call__

    def finishing(self: Reader, *given: Any, **more: Any) -> list[FileReading]:
        found = plain(self, *given, **more)
        late.write_bytes(whole)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reader, "__call__", finishing)
        snapshot = run(workspace).snapshot
    assert reader.read.count("Sở Nội vụ.xlsx") == 2
    assert all(one.readable for one in snapshot.inputs)


@pytest.mark.parametrize(
    "change",
    [
        {"as_of": date(2024, 9, 30)}, {"units": CONTEXT.units[1:]}, {"plans": CONTEXT.plans[1:]},
        {"headers": (("chốt lại", "status"),)}, {"words": (("xong", "done"),)}, {"period": "2025-6T"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_fingerprint__changes_with_everything_the_reader_is_told(change: dict[str, Any]) -> None:
    assert fingerprint(dataclasses.replace(CONTEXT, **change)) != fingerprint(CONTEXT)
    assert fingerprint(dataclasses.replace(CONTEXT)) == fingerprint(CONTEXT)
    shown = repr(CONTEXT)
    assert all(f"{field.name}=" in shown for field in dataclasses.fields(ReadContext))


def test_day__another_one_of_the_year__reads_only_files_with_a_completion_date_between(
    workspace: Workspace, reader: Reader
) -> None:
    """A period without a cut-off is counted as of each new day; one day's file says how much was done by then."""
    run(workspace, as_of=date(2025, 6, 25))
    reader.read.clear()
    run(workspace, as_of=date(2025, 9, 28))
    assert reader.read == []
    before = run(workspace, as_of=date(2025, 6, 19)).snapshot
    assert reader.read == ["Sở Y tế.xlsx"], "its first task was done on 20/6"
    reader.read.clear()
    full = run(workspace, as_of=date(2025, 6, 19), full=True).snapshot
    assert (before.items, before.findings) == (full.items, full.findings)


def test_day__that_changes_a_unit_s_own_sum__gives_that_finding_as_a_full_run_does(
    workspace: Workspace, reader: Reader
) -> None:
    claim = "Đơn vị đã hoàn thành 1/2 nhiệm vụ"
    rows: list[tuple[object, ...]] = [*office.SYT, ("", claim, "", "", "", "")]
    office.send(workspace.inbox(PERIOD), "Sở Y tế.xlsx", rows)
    told = {}
    for day in (date(2025, 6, 20), date(2025, 9, 30), date(2025, 6, 19), date(2025, 6, 1)):
        snapshot = run(workspace, as_of=day).snapshot
        told[day] = [found.code for found in snapshot.findings].count("summary-disagrees")
    assert list(told.values()) == [0, 0, 1, 1]
    assert reader.read.count("Sở Y tế.xlsx") == 2


def test_fingerprint__another_program_reads_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(CONTEXT)
    assert "read.py" in kept_module.program() and "headers.toml" in kept_module.program()
    monkeypatch.setattr(kept_module, "program", lambda: "khác")
    assert fingerprint(CONTEXT) != before


# ---- the file they are kept in


@pytest.mark.parametrize("damage", ["junk", "cut", "other table", "blobs", "folder", "empty"])
def test_kept_file__damaged_is_ignored_and_made_anew(workspace: Workspace, reader: Reader, damage: str) -> None:
    first = run(workspace)
    path = workspace.kept_readings
    if damage == "junk":
        path.write_bytes(b"khong phai co so du lieu" * 500)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:6000])
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        with sqlite3.connect(path) as db:
            if damage == "blobs":
                db.execute("UPDATE kept SET packed = substr(packed, 1, 50)")
            else:
                db.execute("ALTER TABLE kept RENAME COLUMN packed TO other")
        db.close()
    reader.read.clear()
    again = run(workspace, tables=OTHER)
    assert sorted(reader.read) == ["Sở Tài chính.xlsx", "Sở Y tế.xlsx"]
    assert [one.cls for one in again.snapshot.items] == [one.cls for one in first.snapshot.items]
    reader.read.clear()
    run(workspace)
    assert reader.read == ([] if damage != "folder" else ["Sở Tài chính.xlsx", "Sở Y tế.xlsx"])


def test_kept_file__another_file_under_the_key_is_not_taken(tmp_path: Path, reader: Reader) -> None:
    office.send(tmp_path, "a.xlsx", office.SYT)
    kept = Kept(tmp_path / "kept.sqlite", CONTEXT)
    reading = read_file("a.xlsx", tmp_path / "a.xlsx", CONTEXT)
    kept.add(kept.key("a.xlsx", reading.sha256), pack(FileReading, [dataclasses.replace(reading, file="b.xlsx")]))
    kept.save()
    (got,) = read_changed([("a.xlsx", tmp_path / "a.xlsx")], [reading.sha256], CONTEXT, reader, kept)
    assert got == reading and reader.read == ["a.xlsx"]


def test_kept_file__what_nobody_asks_for_goes_and_the_size_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.sqlite"

    def save(*keys: bytes, used: tuple[bytes, ...] = ()) -> set[bytes]:
        kept = Kept(path, CONTEXT)
        kept.look_up(used)
        for key in keys:
            kept.add(key, b"x" * 100)
        kept.save()
        return set(Kept(path, CONTEXT).look_up([b"1", b"2", b"3", b"4"]))

    assert save(b"1", b"2") == {b"1", b"2"}
    for _ in range(kept_module.RUNS - 1):
        assert save(used=(b"1",)) == {b"1", b"2"}
    assert save(used=(b"1",)) == {b"1"}
    monkeypatch.setattr(kept_module, "LARGEST", 250)
    assert save(b"3", b"4") == {b"3", b"4"}, "the oldest goes first"


# ---- the same figures as a full run

FILES = ("Sở Y tế.xlsx", "Sở Tài chính.xlsx", "cap xa/Phường Bãi Cháy.xlsx", "Sở Y tế lần 2.xlsx")
ROWS = (office.SYT, office.STC, office.SYT[:1], [(*office.SYT[1][:4], "Hoàn thành", "15/7/2025")], [])
edits = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(FILES), st.sampled_from(range(len(ROWS)))),
    st.tuples(st.just("rename"), st.sampled_from(FILES), st.sampled_from(FILES)),
    st.tuples(st.just("delete"), st.sampled_from(FILES), st.none()),
    st.tuples(st.just("as_of"), st.sampled_from([date(2025, 6, 30), date(2025, 9, 30), date(2026, 1, 1)]), st.none()),
    st.tuples(st.just("decide"), st.sampled_from(["", "Tạm dừng", "Thường xuyên"]), st.none()),
)


@given(steps=st.lists(edits, min_size=2, max_size=5))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_edits__the_same_figures_as_a_full_run(steps: list[tuple[str, Any, Any]]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "read_all", Reader())
        twins = [bare(Path(folder, name)) for name in ("tung-phan", "day-du")]
        inbox = Path(folder, "gui")
        office.send(inbox, FILES[0], office.SYT)
        as_of, decision = date(2025, 9, 30), ""
        for what, one, other in [("", None, None), *steps]:
            if what == "write":
                office.send(inbox, one, ROWS[other])
            elif what == "rename" and (inbox / one).is_file():
                (inbox / other).parent.mkdir(exist_ok=True)
                (inbox / one).replace(inbox / other)
            elif what == "delete":
                (inbox / one).unlink(missing_ok=True)
            elif what == "as_of":
                as_of = one
            elif what == "decide":
                decision = one
            tables = office.small_tables(*([Decision("138-2", "class", decision)] if decision else []))
            some, all_of_it = (
                run(twin, inbox=inbox, as_of=as_of, tables=tables, full=twin is twins[1]).snapshot for twin in twins
            )
            for name in ("items", "unit_results", "findings", "returns", "inputs", "rows", "figures"):
                assert getattr(some, name) == getattr(all_of_it, name), (what, name)
