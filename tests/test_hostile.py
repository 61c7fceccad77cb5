"""Nasty files, ours and other projects': an entry each, no crash, no hang, bounded memory."""

from __future__ import annotations

import os
import random
import warnings
from datetime import date
from pathlib import Path

import hazards
import hostile
import pytest

from qn_xl.intake.context import default_context
from qn_xl.intake.pool import read_all
from qn_xl.model import FileReading

SHARED = Path(os.environ.get("QN_XL_HOSTILE", Path(__file__).parents[2] / "shared" / "hostile"))
MEMORY = 400 << 20  # bytes, of the largest worker
UNREADABLE = {
    "bom-zip.xlsx": "file-too-large",
    "bom-noi-doi-trang.xlsx": "file-damaged",
    "bom-noi-doi-chuoi.xlsx": "file-damaged",
    "bom-xml-trang.xlsx": "file-unsafe",
    "bom-xml-so.xlsx": "file-unsafe",
    "bom-xml-chuoi.xlsx": "file-unsafe",
    "bom-xml-kieu.xlsx": "file-unsafe",
    "thuc-the-ngoai.xlsx": "file-unsafe",
    "bom-xml.ods": "file-unsafe",
    "bom-xml-2003.xls": "file-unsafe",
    "muoi-nghin-trang.xlsx": "file-too-large",
    "lap-vo-tan.ods": "file-too-large",
    "ole-hong.xls": "file-damaged",
    "rong.xlsx": "file-empty",
    "khong.xlsx": "file-empty",
    "cat-cut.xlsx": "file-damaged",
}


def read(files: list[tuple[str, Path]]) -> list[FileReading]:
    readings = read_all(files, default_context(date(2025, 9, 30)), workers=2, reader="stand_in:measured")
    assert [reading.file for reading in readings] == [name for name, _ in files]
    for reading in readings:
        assert reading.readable or reading.findings, reading.file
    assert max(reading.version for reading in readings) < MEMORY
    return readings


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileReading]:
    files = hostile.generate(tmp_path_factory.mktemp("nasty"))
    return {reading.file: reading for reading in read(files)}


def test_generated__each_ends_in_its_finding(generated: dict[str, FileReading]) -> None:
    assert {name: reading.findings[0].code for name, reading in generated.items() if not reading.readable} == UNREADABLE
    assert set(generated) == set(hostile.FILES)


@pytest.mark.parametrize("name", ["goc-xa.xlsx", "goc-xa.ods", "xml-2003-xa.xls", "so-vo-ly.xlsx"])
def test_far_cells__said_not_dropped_silently(generated: dict[str, FileReading], name: str) -> None:
    assert "sheet-far-cells" in [found.code for found in generated[name].findings]


def test_nothing_of_this_machine__in_any_finding(generated: dict[str, FileReading]) -> None:
    said = "".join(found.message + found.seen for reading in generated.values() for found in reading.findings)
    assert "root:" not in said
    assert "Traceback" not in said


def test_damaged_at_random__never_a_crash_of_the_whole(tmp_path: Path) -> None:
    chance = random.Random(20250930)
    source = hazards.make(tmp_path / "hazards.xlsx").read_bytes()
    seeds = [(".xlsx", source), *((path.suffix, path.read_bytes()) for path in hazards.FOLDER.glob("hazards.*"))]
    files = []
    for at in range(60):
        extension, data = seeds[at % len(seeds)]
        broken = bytearray(data)
        if at % 4 == 3:
            del broken[chance.randrange(len(broken)) :]
        else:
            for _ in range(chance.choice([1, 4, 40])):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
        path = tmp_path / f"hong-{at:02}{extension}"
        path.write_bytes(broken)
        files.append((path.name, path))
    read(files)


def test_shared_folder__an_entry_each_and_no_crash() -> None:
    if not SHARED.is_dir():
        warnings.warn(f"{SHARED} is not there: other projects' hostile files were NOT tested", stacklevel=1)
        pytest.skip(f"no folder {SHARED}")
    files = [(path.name, path) for path in sorted(SHARED.iterdir())]
    readings = {reading.file: reading for reading in read(files)}
    codes = {name: [found.code for found in reading.findings] for name, reading in readings.items()}
    assert [name for name, found in codes.items() if "file-crashed" in found or "file-timeout" in found] == []
