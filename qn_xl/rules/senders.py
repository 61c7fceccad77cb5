"""Who speaks in which file, and which of several files of one unit has the last word.

Order of the files of one unit (design section 4): decision, version mark in the name, the workbook's own
last-modified property, name. File-system time decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC

from qn_xl.model import Address, FileReading, Finding, TaskReport
from qn_xl.rules.catalogue import finding
from qn_xl.rules.decide import Decisions, is_file
from qn_xl.rules.units import UnitIndex

SKIPPED = frozenset({"file-locked-twin", "file-own-report"})  # not something that a unit sent


@dataclass(slots=True)
class Sent:
    """One file that counts as sent: `rank` grows with the weight of its word, `unit` is the sender."""

    reading: FileReading
    unit: str | None
    rank: int = 0
    speakers: frozenset[str] = field(default_factory=frozenset)  # the sender and units with a sheet of their own
    tasks: tuple[TaskReport, ...] = ()

    def __post_init__(self) -> None:
        self.tasks = self.reading.tasks


def sender_of(report: TaskReport, sent: Sent) -> str | None:
    """Return the unit that speaks in a row's sheet: the one its sheet names, else the file's."""
    return report.sender or sent.unit


def left_blank(sent: Iterable[Sent]) -> frozenset[tuple[str, str]]:
    """Return unit and task code of the rows of returned forms that say nothing."""
    return frozenset((one.unit, code) for one in sent if one.unit for code in one.reading.left_blank)


def sent_files(readings: Iterable[FileReading], decisions: Decisions, index: UnitIndex) -> list[Sent]:
    """Return the files that units sent, those with the last word last; the same in any order of reading."""
    found = [
        Sent(reading, _unit(reading, decisions, index))
        for reading in readings
        if not (reading.own_report or any(one.code in SKIPPED for one in reading.findings))
    ]
    last = _decided_last(found, decisions)
    found.sort(key=lambda sent: (sent.reading.file in last, *_weight(sent.reading)))
    for rank, sent in enumerate(found):
        sent.rank = rank
        named = {report.sender for report in sent.tasks if report.sender}
        sent.speakers = frozenset(named | ({sent.unit} if sent.unit and not _only_for_others(sent, named) else set()))
    return found


def _only_for_others(sent: Sent, named: set[str]) -> bool:
    """Tell whether every task row of the file stands on a sheet of another unit."""
    return bool(sent.tasks) and all(report.sender and report.sender != sent.unit for report in sent.tasks)


def _weight(reading: FileReading) -> tuple[int, float, str, str]:
    modified = reading.modified
    seconds = 0.0
    if modified is not None:
        seconds = (modified if modified.tzinfo else modified.replace(tzinfo=UTC)).timestamp()
    return reading.version, seconds, reading.file, reading.sha256


def _unit(reading: FileReading, decisions: Decisions, index: UnitIndex) -> str | None:
    keys = [reading.file, *(one.key for one in reading.findings if one.code == "file-unit-unknown")]
    taken = decisions.of("unit", keys, reading.unit_text) if decisions.keys else None
    if taken:
        return str(taken.value)
    if reading.unit is None and not reading.readable:  # its reader may have died before it could tell
        return index.find_in(reading.file.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    return reading.unit


def _decided_last(found: Sequence[Sent], decisions: Decisions) -> set[str]:
    last: set[str] = set()
    if not decisions.keys:
        return last
    names: dict[str, list[str]] = defaultdict(list)
    for sent in found:
        if sent.unit and sent.reading.readable:
            names[sent.unit].append(sent.reading.file)
    weight = {sent.reading.file: _weight(sent.reading) for sent in found}
    for unit, files in names.items():
        newest = max(files, key=weight.__getitem__)
        taken = decisions.of("file", (superseded(unit, newest, 0, 0).key, unit), newest)
        if taken:
            last.update(name for name in files if is_file(name, taken.value))
    return last


def superseded(unit: str, file: str, replaced: int, kept: int) -> Finding:
    """Return the note that a unit sent several files; one a unit, under one key whatever their names."""
    return finding(
        "file-superseded", Address(file), file, subject=unit, unit=unit, replaced=replaced, kept=kept
    )


def several_files(
    used: Mapping[str, Mapping[str, int]], replaced: Mapping[str, int], sent: Sequence[Sent]
) -> list[Finding]:
    """Return one note for each unit some of whose rows a later file of its own replaced.

    Args:
        used: unit → file → rows of that file that count.
        replaced: unit → rows of earlier files that do not count any more.
    """
    ranks = {one.reading.file: one.rank for one in sent}
    said = []
    for unit, count in sorted(replaced.items()):
        files = used.get(unit, {})
        last = max(files, key=lambda name: ranks[name])
        kept = sum(rows for name, rows in files.items() if name != last)
        said.append(superseded(unit, last, count, kept))
    return said
