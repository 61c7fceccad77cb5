"""What goes back to the units after a consolidation: a folder each, with its return, marked copies and a message."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qn_xl.errors import OutputLockedError
from qn_xl.intake.pool import read_all
from qn_xl.model import Finding, InputFile, Severity, Snapshot
from qn_xl.outputs import safe
from qn_xl.outputs.marked_copy import FORMATS, WORKER, Order, problem_of
from qn_xl.outputs.publish import check_report
from qn_xl.outputs.return_book import write_return
from qn_xl.outputs.return_content import UnitReturn, unit_returns
from qn_xl.outputs.return_letter import letter
from qn_xl.outputs.unit_files import path_in, slug, unit_names_on_disk
from qn_xl.rules.wording import date_text

COPY_PREFIX = "danh-dau_"
RUN_FILE = "lan-tong-hop.txt"  # tells whose returns lie here, once all of them are written
_RUN = re.compile(r"lần tổng hợp số (\d+)")


@dataclass(slots=True)
class Written:
    """What was written, and which files were open so that their old version stands."""

    folder: Path
    units: int = 0
    copies: int = 0
    locked: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        return f"Đã lập phản hồi cho {self.units} đơn vị, {self.copies} bản đánh dấu: {self.folder}"


@dataclass(frozen=True, slots=True)
class _Copies:
    names: Mapping[str, str]  # the unit's file → name of its copy
    notes: tuple[str, ...]


def write_returns(folder: Path, snapshot: Snapshot, files: Sequence[tuple[str, Path]]) -> Written:
    """Write the returns of every unit below `folder`, one folder each, and last of all the run they are of.

    Args:
        files: the inbox that the snapshot was made from, as `workspace.inbox_files` gives it.
    """
    returns = unit_returns(snapshot)
    names = unit_names_on_disk(one.unit.id for one in returns)
    places = {one.unit.id: folder / names[one.unit.id] for one in returns}
    copies = _make_copies(snapshot, returns, places, dict(files))
    done = Written(folder)
    with contextlib.suppress(OSError):
        (folder / RUN_FILE).unlink(missing_ok=True)
    for one in returns:
        place, made = places[one.unit.id], copies[one.unit.id]
        book = path_in(place, f"phan-hoi_{names[one.unit.id]}_{snapshot.period}", ".xlsx")
        text = path_in(place, f"cong-van_{names[one.unit.id]}_{snapshot.period}", ".txt")
        enclosed = [book.name, *made.names.values()]
        try:
            _write_book(book, snapshot, one, made)
            _write_text(text, letter(snapshot, one, enclosed))
        except OutputLockedError:
            done.locked += (str(book),)
            continue
        _clear_old_copies(place, set(made.names.values()))
        done.units += 1
        done.copies += len(made.names)
    if not done.locked:
        about = f"Phản hồi lập theo lần tổng hợp số {snapshot.run}, chốt ngày {date_text(snapshot.as_of)}.\n"
        with contextlib.suppress(OutputLockedError):
            _write_text(folder / RUN_FILE, about)
    return done


def run_of_returns(folder: Path) -> int | None:
    """Return the run whose returns lie below `folder`; None when not all of them are there."""
    try:
        said = _RUN.search((folder / RUN_FILE).read_text("utf-8-sig"))
    except (OSError, ValueError):
        return None
    return int(said[1]) if said else None


def _write_book(path: Path, snapshot: Snapshot, one: UnitReturn, made: _Copies) -> None:
    safe.replace(
        path,
        lambda target: write_return(target, snapshot, one, made.names, made.notes),
        lambda target: check_report(target, snapshot.run),
    )


def _write_text(path: Path, text: str) -> None:
    windows = text.replace("\n", "\r\n").encode("utf-8-sig", "replace")
    safe.replace(path, lambda target: target.write_bytes(windows))


def _make_copies(
    snapshot: Snapshot, returns: Sequence[UnitReturn], places: Mapping[str, Path], files: Mapping[str, Path]
) -> dict[str, _Copies]:
    """Make the marked copies in worker processes; return those of each unit, and what to say of the rest."""
    inputs = {one.file: one for one in snapshot.inputs}
    orders: dict[str, Order] = {}
    notes: dict[str, list[str]] = {one.unit.id: [] for one in returns}
    for one in returns:
        for file in one.sent.files:
            at_cells = tuple(found for found in one.findings if found.where.file == file and found.where.cell)
            known = inputs.get(file)
            faulty = any(found.severity is not Severity.NOTE for found in at_cells)
            if known is None or not known.readable or not faulty:
                continue
            why = _not_copied(one, known, files)
            if why:
                notes[one.unit.id].append(f"Không lập bản đánh dấu của “{file}”: {why}.")
                continue
            number = 1 + sum(order.unit == one.unit.id for order in orders.values())
            orders[file] = _order(snapshot, one, known, places[one.unit.id], at_cells, number)
    named: dict[str, dict[str, str]] = {one.unit.id: {} for one in returns}
    for made in read_all([(file, files[file]) for file in orders], orders, reader=WORKER):
        order = orders[made.file]
        if why := problem_of(made):
            notes[order.unit].append(f"Không lập được bản đánh dấu của “{made.file}”: {why}.")
        else:
            named[order.unit][made.file] = Path(order.target).name
    for unit, names in named.items():
        if names:
            notes[unit].insert(0, "Bấm vào địa chỉ ô để mở bản đánh dấu kèm theo (bản sao, chỉ để xem).")
    return {unit: _Copies(named[unit], tuple(notes[unit])) for unit in named}


def _not_copied(one: UnitReturn, known: InputFile, files: Mapping[str, Path]) -> str:
    if known.file in one.shared_files:
        return "tệp có nội dung của nhiều đơn vị"
    if known.format not in FORMATS:
        return f"định dạng .{known.format} không đánh dấu được"
    return "" if known.file in files else "không còn tệp trong thư mục nhận"


def _order(
    snapshot: Snapshot, one: UnitReturn, known: InputFile, place: Path, findings: tuple[Finding, ...], number: int
) -> Order:
    stem = slug(Path(known.file).stem)
    target = path_in(place, f"{COPY_PREFIX}{number:02d}_{stem}", ".xlsx")
    about = (
        f"Đơn vị: {one.unit.name}. Tệp gốc: {known.file}",
        f"{snapshot.period_name or snapshot.period}, số liệu chốt đến ngày {date_text(snapshot.as_of)}, "
        f"lần tổng hợp số {snapshot.run}.",
    )
    return Order(str(target), one.unit.id, known.sha256, findings, about)


def _clear_old_copies(place: Path, kept: set[str]) -> None:
    """Remove the marked copies of earlier runs: beside a new return they would mislead."""
    for path in place.glob(f"{COPY_PREFIX}*.xlsx"):
        if path.name not in kept:
            with contextlib.suppress(OSError):
                path.unlink()
