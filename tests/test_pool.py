"""Whatever a file does to the worker process that reads it, the others are read and it has a finding."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from qn_xl.intake import pool
from qn_xl.model import FileReading

HERE = "stand_in:read_file"


def read(folder: Path, *names: str, **more: Any) -> list[FileReading]:
    for name in names:
        (folder / name).write_bytes(b"x")
    return pool.read_all([(name, folder / name) for name in names], "bối cảnh", reader=HERE, **more)


def code(reading: FileReading) -> str:
    assert not reading.readable
    return reading.findings[0].code


def test_order_and_context__as_given(tmp_path: Path) -> None:
    names = [f"tep-{at}.xlsx" for at in range(12)]
    seen: list[tuple[str, int, int]] = []
    readings = read(tmp_path, *names, workers=2, on_done=lambda reading, *counts: seen.append((reading.file, *counts)))
    assert [reading.file for reading in readings] == names
    assert {reading.sha256 for reading in readings} == {"bối cảnh"}
    assert {reading.size for reading in readings}.isdisjoint({os.getpid()})
    assert sorted(name for name, _, _ in seen) == sorted(names)
    assert [(done, of) for _, done, of in seen] == [(at, 12) for at in range(1, 13)]


def test_no_files__no_worker() -> None:
    assert pool.read_all([], None, reader="no.such.module:function") == []


def test_one_file__still_isolated(tmp_path: Path) -> None:
    assert read(tmp_path, "tep.xlsx")[0].size != os.getpid()


def test_bad_files__each_its_finding_and_the_rest_is_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    names = ["a.x", "abort-1.x", "b.x", "exit.x", "raise.x", "quit.x", "recursion.x", "c.x", "abort-2.x"]
    readings = read(tmp_path, *names, workers=2)
    assert [reading.file for reading in readings] == names
    assert [reading.readable for reading in readings] == [name[0] in "abc" and name[1] == "." for name in names]
    assert {code(reading) for reading in readings if not reading.readable} == {"file-crashed"}
    seen = {reading.file: reading.findings[0].seen for reading in readings if not reading.readable}
    assert seen["exit.x"] == "mã kết thúc 7"
    assert seen["raise.x"].startswith("KeyError, pool.py:")
    assert readings[1].sha256 and readings[1].size == 1
    assert capfd.readouterr().err == ""


def test_hanging_file__timeout_and_the_rest_is_read(tmp_path: Path) -> None:
    readings = read(tmp_path, "a.xlsx", "hang.xlsx", "b.xlsx", workers=2, seconds=1.5)
    assert [reading.readable for reading in readings] == [True, False, True]
    assert code(readings[1]) == "file-timeout"
    assert "1.5 giây" in readings[1].findings[0].message


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux")
def test_greedy_file__ends_as_too_large(tmp_path: Path) -> None:
    readings = read(tmp_path, "memory.xlsx", "a.xlsx", workers=1)
    assert code(readings[0]) == "file-too-large"
    assert readings[1].readable


def test_batches__a_crash_costs_only_its_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_batches", lambda files: iter([list(range(len(files)))]))
    readings = read(tmp_path, "a.xlsx", "abort.xls", "b.xlsx", "raise.xlsx", workers=2)
    assert [reading.readable for reading in readings] == [True, False, True, False]


def test_batches__hold_every_file_once() -> None:
    for count in (1, 499, 500, 3_501):
        files = [(str(at), Path(str(at))) for at in range(count)]
        assert [at for batch in pool._batches(files) for at in batch] == list(range(count))


def test_workers__light_and_without_the_callers_script(tmp_path: Path) -> None:
    script = tmp_path / "chay.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import sys
            from pathlib import Path
            sys.path.insert(0, {str(Path(__file__).parent)!r})
            RUN_AGAIN = "chạy lại"
            print("chạy")
            from qn_xl.intake.pool import read_all
            files = [(name, Path({str(tmp_path)!r}) / name) for name in ("main.x", "modules.x")]
            print(*[reading.format for reading in read_all(files, None, reader="stand_in:read_file")])
            """
        ),
        "utf-8",
    )
    command, settings = [sys.executable, str(script)], {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=True, env=settings)
    assert done.stdout.split() == ["chạy", "không"]
    assert done.stderr == ""


def test_interrupted__workers_are_stopped(tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(tmp_path, "a.xlsx", "hang.xlsx", workers=2, on_done=stop)
    assert multiprocessing.active_children() == []
