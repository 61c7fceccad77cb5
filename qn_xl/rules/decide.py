"""The office's decisions (sheet Xử lý): what each means, which were used, stale, unused or invalid.

A decision names a finding's key, or what it is about: an item (its code), an item of one unit ("CODE|UNIT"), a
unit or a file. Values are as staff write them: a class in words, a date, a name or code, "đảo" or "không".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from qn_xl.model import Address, Class, Decision, Finding, Severity, UnitResult
from qn_xl.rules.catalogue import finding, key_of
from qn_xl.rules.classify import CLASS_LABEL
from qn_xl.rules.deadlines import read_date
from qn_xl.rules.text import fold, key

SHEET = "Xử lý"
KIND_LABEL: Final[Mapping[str, str]] = {
    "class": "trạng thái",
    "completed": "ngày hoàn thành",
    "due": "thời hạn",
    "unit": "đơn vị",
    "task": "nhiệm vụ",
    "swap": "đảo ngày",
    "file": "tệp",
    "received": "ngày nhận",
    "header": "tiêu đề",
}
# What staff choose from: the words of Giá trị by kind, in the order in which they are offered.
CLASS_WORD: Final[Mapping[Class, str]] = {
    **CLASS_LABEL,
    Class.DONE_UNDATED: "Hoàn thành",
    Class.STOPPED: "Tạm dừng",
}
SWAP_WORDS: Final = ("đảo", "không")
LEAVE_OUT: Final = "bỏ qua"  # a column that is not to be read
COLUMN_WORD: Final[Mapping[str, str]] = {
    "deadline": "thời hạn",
    "status": "trạng thái",
    "completed_on": "ngày hoàn thành",
    "percent": "tỷ lệ hoàn thành",
    "result": "kết quả thực hiện",
    "product": "sản phẩm",
    "task": "nội dung nhiệm vụ",
    "lead_unit": "đơn vị chủ trì",
    "co_unit": "đơn vị phối hợp",
    "note": "ghi chú",
    "ignored": LEAVE_OUT,
}
_CLASS_WORDS: Final[Mapping[str, Class]] = {
    **{cls.value: cls for cls in Class},
    **{fold(label): cls for cls, label in CLASS_LABEL.items()},
    "hoan thanh": Class.DONE_UNDATED,
    "da hoan thanh": Class.DONE_UNDATED,
    "hoan thanh tre han": Class.DONE_LATE,
    "dang thuc hien trong han": Class.IN_PROGRESS,
    "qua han": Class.OVERDUE,
    "tre han": Class.OVERDUE,
    "khong co thoi han": Class.NO_DEADLINE,
    "tam dung": Class.STOPPED,
    "dung": Class.STOPPED,
    "huy": Class.STOPPED,
    "bi huy": Class.STOPPED,
}
# What the reader asks about a row → the kind of decision about the row's item that answers it.
_ANSWERED_BY: Final[Mapping[str, str]] = {
    "status-stop-proposed": "class",
    "status-unknown": "class",
    "status-step": "class",
    "date-extension": "due",
    "date-unreadable": "due",
    "date-missing": "due",
    "date-event": "due",
    "completed-unreadable": "completed",
}
_YES = frozenset({"dao", "dao ngay", "co", "dung", "dong y", "x", "yes"})
_NO = frozenset({"khong", "khong dao", "giu", "giu nguyen", "no"})
_REPEATED = re.compile(r"(?<=:[0-9a-f]{10})-\d+$")


def base_key(about: str) -> str:
    """Return what a decision is about: a finding that stands in several files has one decision, under its first key."""
    return _REPEATED.sub("", about.strip())


def renewed(decisions: Sequence[Decision], found: Iterable[Finding]) -> tuple[Decision, ...]:
    """Return the decisions; those that name a finding of the reader by its cell get the key it has now.

    The first versions made keys of file, sheet, cell and value. Such a key still finds its finding as long as none of
    them has changed; a value of more than 120 characters is known no longer.
    """
    if not decisions:
        return ()
    now: dict[str, str] = {}
    for one in found:
        where = one.where
        now.setdefault(key_of(one.code, f"{where.file}|{where.sheet}|{where.cell}|{one.seen}"), one.key)
    return tuple(replace(one, key=now.get(base_key(one.key), one.key)) for one in decisions)


def row_number(cell: str | None) -> int:
    """Return the row of an A1 address, 0 without one."""
    digits = (cell or "").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) if digits.isdigit() else 0


def class_of(value: str) -> Class | None:
    """Return the class that a decision's value names, as a code or in Vietnamese."""
    return _CLASS_WORDS.get(value.strip()) or _CLASS_WORDS.get(fold(value))


def date_of(value: str) -> date | None:
    """Return the date that a decision's value names: 15/9/2025 or 2025-09-15."""
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return read_date(value)


def is_file(file: str, value: object) -> bool:
    """Tell whether a decision's value names a file: by its path in the inbox, or by its name alone."""
    return str(value) in (file, file.rsplit("/", 1)[-1])


def swap_of(value: str) -> bool | None:
    word = fold(value)
    return True if word in _YES else False if word in _NO else None


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision with its value understood: Class, date, bool, unit id, task code or file name."""

    decision: Decision
    value: object

    @property
    def sentence(self) -> str:
        grounds = f" ({self.decision.grounds})" if self.decision.grounds else ""
        return f"Theo quyết định ở trang {SHEET}: {self.decision.value}{grounds}."


class Decisions:
    """The decisions of one run.

    Args:
        find_unit, find_task, find_field: return a unit's id, a task's code, the field a column means; None when
            unknown. Header decisions are used by the reader, before anything is counted.
    """

    def __init__(
        self,
        rows: Iterable[Decision],
        find_unit: Callable[[str], str | None],
        find_task: Callable[[str], str | None],
        find_field: Callable[[str], str | None] = str.strip,
    ) -> None:
        self._taken: dict[tuple[str, str], Taken] = {}
        self._invalid: list[tuple[Decision, str]] = []
        self._used: set[tuple[str, str]] = set()
        self._seen: dict[str, str] = {}  # key of a finding with a decision -> what the file says now
        self.handled: dict[str, Taken] = {}  # key of a finding that a decision answers
        readers: Mapping[str, tuple[Callable[[str], object], str]] = {
            "class": (class_of, "không phải một trạng thái"),
            "completed": (date_of, "không phải một ngày"),
            "due": (date_of, "không phải một ngày"),
            "received": (date_of, "không phải một ngày"),
            "swap": (swap_of, "ghi “đảo” hoặc “không”"),
            "unit": (find_unit, "không có đơn vị này ở trang Đơn vị"),
            "task": (find_task, "không có nhiệm vụ này ở trang Nhiệm vụ giao"),
            "file": (str.strip, "thiếu tên tệp"),
            "header": (find_field, "không phải ý nghĩa của một cột"),
        }
        for row in rows:
            if row.kind not in readers:
                self._invalid.append((row, f"không có loại “{row.kind}”"))
                continue
            read, why = readers[row.kind]
            value = read(row.value)
            if value is None or value == "":
                self._invalid.append((row, f"“{row.value}”: {why}"))
                continue
            if row.unit and find_unit(row.unit) is None:
                self._invalid.append((row, f"“{row.unit}”: không có đơn vị này ở trang Đơn vị"))
                continue
            self._taken[row.kind, base_key(row.key)] = Taken(row, value)
        self.keys: Collection[str] = frozenset(about for _, about in self._taken)

    def saw(self, found: Iterable[Finding]) -> None:
        """Remember what the file says now in the findings that decisions are about."""
        for one in found:
            if one.key in self.keys:
                self._seen[one.key] = one.seen

    def of(self, kind: str, keys: Iterable[str], seen: str = "") -> Taken | None:
        """Return the decision of this kind about the first of `keys` that has one, and count it as used.

        Args:
            seen: what the file says now, for a key that is no finding's; a decision taken when it said
                something else is reported.
        """
        for about in keys:
            taken = self._taken.get((kind, about))
            if taken is not None:
                self._used.add((kind, about))
                self._seen.setdefault(about, seen)
                self.handled.setdefault(about, taken)
                return taken
        return None

    def chose_file(self, keys: Iterable[str], files: Collection[str], seen: str = "") -> Taken | None:
        """Return the decision about the first of `keys` that names one of `files`, and count it as used."""
        for about in keys:
            taken = self._taken.get(("file", about))
            if taken is not None and any(is_file(file, taken.value) for file in files):
                return self.of("file", (about,), seen)
        return None

    def answer_beside(self, results: Iterable[UnitResult], found: Iterable[Finding]) -> None:
        """Let decisions about items also answer what the reader asked at the rows the items were read from."""
        at: dict[tuple[str, str | None, int], tuple[str, ...]] = {}
        for one in results:
            if one.decided and one.source is not None and one.carried is None:
                at[one.source.file, one.source.sheet, row_number(one.source.cell)] = one.decided
        if not at:
            return
        for asked in found:
            kind = _ANSWERED_BY.get(asked.code)
            for about in at.get((asked.where.file, asked.where.sheet, row_number(asked.where.cell)), ()):
                if kind and (taken := self._taken.get((kind, about))):
                    self.handled.setdefault(asked.key, taken)

    def answered(self, found: Iterable[Finding]) -> list[Finding]:
        """Return the findings; those that a decision answers become notes that say so."""
        return [
            replace(one, severity=Severity.NOTE, action=self.handled[one.key].sentence)
            if one.key in self.handled
            else one
            for one in found
        ]

    def findings(self) -> list[Finding]:
        """Return what is to be said about the decisions themselves."""
        said = [
            finding("decision-invalid", _at(row), _name(row), subject=_subject(row), why=why)
            for row, why in self._invalid
        ]
        for about, taken in self._taken.items():
            row = taken.decision
            if about in self._used:
                now = self._seen[about[1]]
                if row.source and key(row.source) not in (key(now), key(_cut(now))):
                    said.append(
                        finding(
                            "decision-stale", _at(row), _name(row), subject=_subject(row), before=row.source,
                            now=now,
                        )
                    )
            elif about[0] != "header":
                said.append(finding("decision-unused", _at(row), _name(row), subject=_subject(row)))
        return said


def _at(row: Decision) -> Address:
    return row.where or Address(SHEET)


def _name(row: Decision) -> str:
    return f"{row.key}, {KIND_LABEL.get(row.kind, row.kind)}: {row.value}"


def _subject(row: Decision) -> str:
    return f"{row.key}|{row.kind}|{row.value}"


def _cut(text: str) -> str:
    return text if len(text) <= 120 else text[:117] + "…"
