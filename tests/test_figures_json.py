"""so-lieu.json: the contract of design section 5, and catching up with the history."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qn_xl.history import History
from qn_xl.outputs import figures_json
from tests.snapshots import article_snapshot


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "so-lieu.json"


def test_write__the_contract_and_the_article_s_figure(path: Path) -> None:
    snapshot = article_snapshot()
    figures_json.write(path, snapshot)
    raw = path.read_bytes()
    data = json.loads(raw)
    assert set(data) >= {"schema", "run", "as_of", "period", "figures", "labels", "words"}
    assert (data["schema"], data["run"], data["as_of"], data["period"]) == (1, snapshot.run, "2025-09-30", "2025-9T")
    assert [tuple(row) for row in data["figures"]] == [
        (one.plan, one.group, one.unit, one.measure, one.value) for one in snapshot.figures
    ]
    assert ["138/KH-UBND", "task", "*", "done", 33] in data["figures"]
    assert b'"done",33]' in raw, "counts are whole numbers"
    assert data["words"]["plan"]["138"] == "138/KH-UBND"
    assert data["words"]["measure"]["hoan thanh"] == "done"
    assert data["labels"]["group"]["project"] == "Nhiệm vụ, dự án"
    assert "Đề án 06".encode() in raw


def test_catch_up__writes_only_what_is_behind(path: Path, tmp_path: Path) -> None:
    history = History(tmp_path / "lich-su.sqlite")
    assert figures_json.catch_up(path, history) is False
    history.save(replace(article_snapshot(), run=1))
    assert figures_json.catch_up(path, history) is True
    assert figures_json.catch_up(path, history) is False
    history.save(replace(article_snapshot(), run=2))
    assert figures_json.catch_up(path, history) is True
    assert figures_json.run_of(path) == 2


@pytest.mark.parametrize("content", [None, "", "{", '{"schema": 99, "run": 1}', "[]", '{"schema": 1, "run": null}'])
def test_catch_up__damaged_or_foreign_file_is_written_anew(path: Path, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        path.write_text(content)
    assert figures_json.run_of(path) is None
    history = History(tmp_path / "lich-su.sqlite")
    history.save(replace(article_snapshot(), run=1))
    assert figures_json.catch_up(path, history) is True
    assert json.loads(path.read_text("utf-8"))["run"] == 1
