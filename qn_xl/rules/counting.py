"""Each item's rows brought to the units that owe it, with what the rows say against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from qn_xl.model import Address, Finding, Item, Severity, TaskReport, UnitResult
from qn_xl.rules.checks import About
from qn_xl.rules.classify import CLASS_LABEL
from qn_xl.rules.decide import is_file
from qn_xl.rules.joined import joined
from qn_xl.rules.results import Judge, Judged
from qn_xl.rules.senders import Sent, left_blank
from qn_xl.rules.targets import LIST, Row, Target
from qn_xl.rules.units import UnitIndex
from qn_xl.rules.wording import date_text

BLANK = "Dòng trong biểu mẫu để trống; tính theo thời hạn."


class Counting:
    """Counts the items of one run; remembers which files and units had a say."""

    def __init__(self, judge: Judge, index: UnitIndex, sent: Sequence[Sent]) -> None:
        self.judge, self.index = judge, index
        self.findings: list[Finding] = []
        self.used: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.replaced: dict[str, int] = defaultdict(int)
        self.outdated: dict[tuple[str, str, int], str] = {}  # file, sheet, row → the file that counts instead
        self.reported: dict[str, set[str]] = defaultdict(set)
        self.heard = frozenset(unit for one in sent if one.tasks for unit in one.speakers)
        self.blank = left_blank(sent)
        self.forms = {one.unit: one.reading.file for one in sent if one.unit and one.reading.form_codes}
        self.versions = {one.reading.file: one.reading.version for one in sent}

    def count(self, target: Target) -> tuple[Item, list[UnitResult]]:
        """Return the item and its part for each unit that owes it."""
        owners = target.owners
        if len(target.rows) == len(owners) == 1 and target.rows[0].sender == owners[0]:
            return self._plain(target, owners[0], target.rows[0])
        rows = self._one_word_a_file(target)
        owners = owners or self._owners(rows) or ("",)
        own, blank, others = self._speakers(target, rows, owners)
        if self.judge.decisions.keys:
            self._decided_between_units(target, rows, owners, own)
        judged: list[Judged] = []
        told: set[int] = set()
        silent = []
        for unit in owners:
            row = own.get(unit) or blank.get(unit) or others.get(unit)
            if row is None:
                found = self.judge.of_silence(target, unit)
                if found.result.not_reported:
                    silent.append(unit)
            else:
                found = self.judge.of_row(target, unit, row, tell=id(row) not in told)
                told.add(id(row))
            judged.append(found)
        self._about_others(target, rows, owners, judged)
        self._about_silence(target, owners, silent)
        item = joined(target, judged)
        return item, [found.result for found in judged if found.result.unit]

    def _plain(self, target: Target, unit: str, row: Row) -> tuple[Item, list[UnitResult]]:
        """Return an item of one unit that reported it once: nothing to weigh."""
        self.reported[unit].add(target.id)
        self.used[unit][row.report.file] += 1
        found = self.judge.of_row(target, unit, row, tell=True)
        return joined(target, (found,)), [found.result]

    def _owners(self, rows: Sequence[Row]) -> tuple[str, ...]:
        """Return the units of an item whose lead the register does not know: those who reported it."""
        units = {unit for row in rows for unit in (row.units or ((row.sender,) if row.sender else ()))}
        return tuple(sorted(units))

    def _one_word_a_file(self, target: Target) -> list[Row]:
        """Return the rows with one row for each file and speaker; what was left out is told."""
        rows = target.rows
        for row in rows:
            if row.sender:
                self.reported[row.sender].add(target.id)
        if len(rows) < 2:
            return rows
        parted: dict[tuple[str, str | None], list[Row]] = defaultdict(list)
        for row in rows:
            parted[row.report.file, row.sender].append(row)
        return [self._one_word(target, same) for same in parted.values()]

    def _one_word(self, target: Target, same: Sequence[Row]) -> Row:
        """Return the first of rows that say the same, or the last of rows that contradict each other."""
        kept = same[0]
        for row in same[1:]:
            one, other = kept.report, row.report
            owner = target.owners[0] if len(target.owners) == 1 else None
            subject = f"{row.sender or other.file}|{target.id}|{other.sheet}"
            about = About(subject, row.sender or owner, target.label, target.plan)
            place = f"{one.sheet} › {one.where().cell}"
            if _facts(one) == _facts(other):
                done = "Giữ dòng đầu, bỏ dòng này."
                said = about.say("row-duplicate", other.where(), other.task, other=place, done=done)
            else:
                said = about.say(
                    "row-contradiction",
                    other.where("status"),
                    _says(other),
                    other=place,
                    other_says=_says(one),
                    done="Lấy dòng này (dòng sau), bỏ dòng trước.",
                )
                row.about += kept.about
                kept = row
            if self.judge.decisions.keys:
                self.judge.decisions.saw([said])
                kept.about.append(said.key)
            self.findings.append(said)
        return kept

    def _speakers(
        self, target: Target, rows: Sequence[Row], owners: Sequence[str]
    ) -> tuple[dict[str, Row], dict[str, Row], dict[str, Row]]:
        """Return unit → its own row, a row of a file without sender, a row that another unit sent.

        Files come in the order of their weight, so the last word wins.
        """
        own: dict[str, Row] = {}
        blank: dict[str, Row] = {}
        others: dict[str, Row] = {}
        owing = set(owners)
        for row in rows:
            named = [unit for unit in row.units if unit in owing]
            if row.sender in owing:
                assert row.sender is not None
                before = own.get(row.sender)
                kept = row if before is None else self._last_word(target, before, row, row.sender)
                own[row.sender] = kept
                if kept is row:
                    self.used[row.sender][row.report.file] += 1
                if target.assigned is None and not target.collective:
                    blank.update(dict.fromkeys(named, row))
            else:
                place = blank if row.sender is None else others
                place.update(dict.fromkeys(named or owners, row))
        return own, blank, others

    def _last_word(self, target: Target, before: Row, row: Row, unit: str) -> Row:
        """Return the row that counts of two that a unit sent in two files: the later, unless the office chose."""
        one, other = before.report, row.report
        kept, left = row, before
        if _outcome(one) != _outcome(other):
            said = self._about_files(target, before, row)
            self.findings.append(said)
            if self.judge.decisions.keys:
                self.judge.decisions.saw([said])
                chosen = self.judge.decisions.chose_file((said.key,), (one.file, other.file), said.seen)
                if chosen is not None and is_file(one.file, chosen.value):
                    kept, left = before, row
                kept.about.append(said.key)
        if kept is row:
            self.replaced[unit] += 1
            self.used[unit][one.file] -= 1
        place = left.report.file, left.report.sheet, left.report.row
        self.outdated[place] = kept.report.file
        return kept

    def _about_files(self, target: Target, before: Row, row: Row) -> Finding:
        """Return the finding that two files of one unit say different things; a marked correction is meant to."""
        one, other = before.report, row.report
        about = About(f"{row.sender}|{target.id}", row.sender, target.label, target.plan)
        said = about.say(
            "files-disagree", other.where("status"), _says(other), other=one.file, other_says=_says(one),
            proposed=one.file,
        )  # fmt: skip
        if self.versions.get(other.file, 0) > self.versions.get(one.file, 0):
            return replace(said, severity=Severity.NOTE)
        return said

    def _about_others(
        self, target: Target, rows: Sequence[Row], owners: Sequence[str], judged: Sequence[Judged]
    ) -> None:
        """Tell of rows that a unit sent about another unit's item, and where the two say different things."""
        used = {unit: found for unit, found in zip(owners, judged, strict=True) if found.row is not None}
        for row in rows:
            if row.sender is None or row.sender in owners:
                continue
            report = row.report
            about = About(f"{row.sender}|{target.id}", row.sender, target.label, target.plan)
            lead = target.assigned.lead_text if target.assigned else "; ".join(map(self.index.name, target.owners))
            self.findings.append(about.say("row-other-unit", report.where(), report.task, lead=lead))
            for unit in [unit for unit in row.units if unit in used] or list(used):
                found = used[unit]
                assert found.row is not None
                if found.row is row or found.row.sender != unit:
                    continue
                if _outcome(found.row.report) == _outcome(report):
                    continue
                said = self._disagreement(target, row, unit, found.row)
                self.findings.append(replace(said, proposed=CLASS_LABEL[found.result.cls]))
                break

    def _disagreement(self, target: Target, row: Row, unit: str, own: Row) -> Finding:
        """Return the finding that `row`, of another unit, contradicts what the lead `unit` says of its item."""
        assert row.sender is not None
        about = About(f"{row.sender}|{unit}|{target.id}", row.sender, target.label, target.plan)
        lead_says = _says(own.report)
        return about.say(
            "units-disagree",
            row.report.where("status"),
            _says(row.report),
            other=self.index.name(unit),
            other_says=lead_says,
            here=self.index.name(row.sender),
            done=f"“{lead_says}”",
        )

    def _decided_between_units(
        self, target: Target, rows: Sequence[Row], owners: Sequence[str], own: Mapping[str, Row]
    ) -> None:
        """Let decisions about units that contradict each other be found with the lead unit's row."""
        for row in rows:
            if row.sender is None or row.sender in owners:
                continue
            for unit, word in own.items():
                if _outcome(word.report) != _outcome(row.report):
                    said = self._disagreement(target, row, unit, word)
                    if said.key in self.judge.decisions.keys:
                        self.judge.decisions.saw([said])
                        word.about.append(said.key)

    def _about_silence(self, target: Target, owners: Sequence[str], silent: Sequence[str]) -> None:
        """Tell which item nobody reported, and which of several lead units sent a report without it."""
        asked = [unit for unit in silent if (unit, target.id) in self.blank]
        if not silent or not (target.assigned or asked):
            return
        form = self.forms[asked[0]] if asked else LIST
        where = (target.assigned.where if target.assigned else None) or Address(form if asked else LIST)
        about = About(target.id, None, target.label, target.plan)
        if len(silent) == len(owners):
            unit = owners[0] if len(owners) == 1 and owners[0] else None
            about = replace(about, unit=unit)
            before = self._reported_before(target, unit) if unit in self.heard else None
            if asked:
                said = about.say("task-not-reported", where, target.task, done=BLANK)
            elif before is not None:
                words = before.status_text or CLASS_LABEL[before.cls]
                done = "Tính theo thời hạn."
                said = about.say("task-vanished", where, target.task, before=words, done=done)
            else:
                said = about.say("task-not-reported", where, target.task, done="Tính theo thời hạn.")
            self.findings.append(said)
            return
        for unit in silent:
            if unit in self.heard and target.decides in ("", unit):
                told = replace(about, subject=f"{unit}|{target.id}", unit=unit)
                name = self.index.name(unit)
                self.findings.append(told.say("task-not-reported-by-unit", where, target.task, name=name))

    def _reported_before(self, target: Target, unit: str | None) -> UnitResult | None:
        """Return what the unit itself reported of the item in the earlier period, None when it did not."""
        before = self.judge.earlier.by_unit.get((target.id, unit or ""))
        return before if before and before.carried is None and not before.not_reported else None


def _facts(report: TaskReport) -> tuple[object, ...]:
    return report.status.word, report.completed_on, report.percent, report.deadline.due, report.actual


def _outcome(report: TaskReport) -> tuple[object, ...]:
    """Return what two units' reports of one item have to agree in: done or not, and when."""
    word = report.status.word.value
    group = "done" if word.startswith("done") else word if word in ("stopped", "recurring") else "open"
    completed = report.completed_on or report.status.completed_on
    return ("done" if completed else group), completed


def _says(report: TaskReport) -> str:
    words = report.status.text or report.result or "không ghi"
    if report.completed_on:
        words += f", {date_text(report.completed_on)}"
    return words
