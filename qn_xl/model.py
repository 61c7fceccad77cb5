"""What the program talks about: plain frozen records and enums, no I/O, no third-party package.

Glossary (docs/decisions.md): plan = kế hoạch, unit = đơn vị, task = nhiệm vụ, due = hạn hoàn thành,
lead unit = đơn vị chủ trì, as_of = ngày chốt số liệu, finding = vấn đề, fate = số phận của một dòng.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from qn_xl.records import record


class Severity(StrEnum):
    ERROR = "error"  # something was not counted
    WARNING = "warning"  # counted after an interpretation
    NOTE = "note"  # harmless


class Kind(StrEnum):
    """Kind of item inside one plan; each kind has its own total and they are never added."""

    TARGET = "Chỉ tiêu"
    TASK = "Nhiệm vụ"
    PROJECT = "Nhiệm vụ, dự án"


KIND_CODE = {Kind.TARGET: "target", Kind.TASK: "task", Kind.PROJECT: "project"}


class Class(StrEnum):
    """Class of one item at the cut-off date; exactly one each (design, section 4)."""

    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    DONE_UNDATED = "done_undated"
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"
    RECURRING = "recurring"
    NO_DEADLINE = "no_deadline"
    STOPPED = "stopped"


DONE = (Class.DONE_ON_TIME, Class.DONE_LATE, Class.DONE_UNDATED)
OPEN = (Class.IN_PROGRESS, Class.OVERDUE, Class.NO_DEADLINE)


class Fate(StrEnum):
    """What became of one physical row; every row has exactly one."""

    TASK = "task"
    PARENT = "parent"
    GROUP = "group"
    HEADER = "header"
    BLANK = "blank"
    NOTE = "note"
    TOTAL = "total"
    EXCLUDED = "excluded"  # always accompanied by an error finding


class Verdict(StrEnum):
    TASKS = "tasks"
    NO_TABLE = "no-table"
    IGNORED = "ignored"


class Received(StrEnum):
    ON_TIME = "on-time"
    LATE = "late"
    RECEIVED = "received"
    NO_CHANGE = "no-change"
    EMPTY = "empty"
    MISSING = "missing"
    UNREADABLE = "unreadable"


class DeadlineKind(StrEnum):
    DATE = "date"
    SEVERAL = "several"  # several milestones: due is the last
    RECURRING = "recurring"
    EVENT = "event"  # bound to an event whose date is unknown
    NONE = "none"  # blank, or says that there is none
    UNREADABLE = "unreadable"


@record(frozen=True, slots=True)
class Address:
    """Where a value was read: file (relative to the inbox, '/'), sheet, A1 cell. Born with the cell."""

    file: str
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        text = self.file
        if self.sheet is not None:
            text += f" › {self.sheet}"
        if self.cell is not None:
            text += f" › {self.cell}"
        return text


@record(frozen=True, slots=True)
class Finding:
    """One thing the office or a unit has to know about a value, a row or a file.

    `key` is stable between runs: a decision about the finding refers to it.
    """

    code: str
    key: str
    severity: Severity
    where: Address
    seen: str
    action: str
    message: str
    repair: str
    unit: str | None = None  # unit id the finding goes back to
    label: str = ""  # running number or first words of the task: survives moved rows
    plan: str | None = None
    proposed: str = ""  # what a decision about it might be, as staff would write it


@record(frozen=True, slots=True)
class Deadline:
    """A deadline as understood. `due` is None unless kind is DATE or SEVERAL."""

    kind: DeadlineKind
    text: str = ""
    due: date | None = None
    start: date | None = None
    milestones: tuple[date, ...] = ()
    recurring_too: bool = False  # an end date "và thường xuyên"
    assumed_year: bool = False  # the wording had no year
    repaired: bool = False  # a typing slip was mended ("Tháng 12//2026")
    proposed: date | None = None  # a requested change; changes nothing
    proposal: str = ""  # the words of the request
    central: bool = False  # waits for a ministry or the Centre
    swap: date | None = None  # the date if day and month were swapped under a US locale
    month_only: bool = False  # month or quarter: due is its last day
    real: bool = False  # read from a real date cell, not from typed text


class StatusWord(StrEnum):
    """What a unit's own words say; the class is decided by rules/classify.py."""

    DONE = "done"
    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"
    NOT_STARTED = "not_started"
    RECURRING = "recurring"
    STOPPED = "stopped"
    STOP_PROPOSED = "stop_proposed"
    STEP = "step"  # "đã trình", "đã tham mưu": a step, not done
    WAITING = "waiting"
    UNKNOWN = "unknown"  # words, but none that we know
    NONE = "none"  # nothing said


@record(frozen=True, slots=True)
class Status:
    word: StatusWord = StatusWord.NONE
    text: str = ""
    percent: float | None = None  # 0 to 1
    central: bool = False
    completed_on: date | None = None  # a date said in the words themselves ("hoàn thành ngày 12/8/2025")
    maintained: bool = False  # "duy trì thường xuyên": done for a target once reached


@record(frozen=True, slots=True)
class Plan:
    id: str  # "138", "02", "06": short number as text
    symbol: str  # "138/KH-UBND", "02-KH/BCĐ", "Đề án 06": never a number in Excel's eyes
    title: str = ""
    issued_on: date | None = None
    year: int | None = None  # year a wording without one belongs to
    issuer: str = ""
    aliases: tuple[str, ...] = ()
    active: bool = True
    note: str = ""


@record(frozen=True, slots=True)
class Unit:
    id: str  # ASCII: "SKHCN", "P-BAI-CHAY"
    name: str
    group: str  # "so-nganh" | "xa-phuong" | "khac": what a collective lead expands to
    abbreviation: str = ""
    aliases: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    expected: bool = True  # must send a report


@record(frozen=True, slots=True)
class Period:
    id: str  # "2025-09", "2025-Q3", "2025-6T", "2025-9T", "2025"
    name: str
    starts: date | None = None
    ends: date | None = None
    cut_off: date | None = None
    due: date | None = None  # due for sending
    current: bool = False


@record(frozen=True, slots=True)
class AssignedTask:
    """One row of Nhiệm vụ giao: the plan's official list, the denominator."""

    code: str
    plan: str  # Plan.id
    kind: Kind
    number: str
    task: str
    lead_text: str
    deadline_text: str
    deadline: Deadline
    group: str = ""
    co_text: str = ""
    product: str = ""
    decides: str = ""  # one unit that decides alone
    central: bool = False
    measure: str = ""  # unit of measure of a target
    baseline: float | None = None
    target: float | None = None
    lower_is_better: bool = False
    where: Address | None = None
    note: str = ""


@record(frozen=True, slots=True)
class Decision:
    """One row of Xử lý: what the office decided about a finding."""

    key: str
    kind: str  # class, completed, due, unit, task, swap, file, received, header
    value: str
    grounds: str = ""
    who: str = ""
    when: date | None = None
    source: str = ""  # what was seen when the decision was taken; a changed source is reported
    where: Address | None = None
    note: str = ""
    unit: str = ""  # a header choice: the unit whose files it holds for, as written; "" for every unit's


@record(frozen=True, slots=True)
class TaskReport:
    """One task row of a unit's workbook, as understood. Text as written (NFC), dates real.

    `columns` maps field to column letters and is shared by the rows of a sheet; `moved` holds the
    fields whose value came from another cell (merged or inherited), so `cell(field)` is always true.
    """

    file: str
    sheet: str
    row: int
    columns: Mapping[str, str]
    number: str
    task: str
    group: str
    plan: str | None  # Plan.id where the file says it
    plan_text: str
    kind: Kind | None
    lead_text: str
    lead_pieces: tuple[str, ...]  # the cell split into names as written
    units: tuple[str, ...]  # Unit.id of those recognised
    collective: str | None  # "so-nganh", "xa-phuong", "tat-ca" for collective leads
    deadline: Deadline
    status: Status
    completed_on: date | None = None
    percent: float | None = None
    code: str = ""
    co_text: str = ""
    result: str = ""
    product: str = ""
    note: str = ""
    actual: float | None = None  # reached value of a target
    actual_text: str = ""
    hidden: bool = False
    moved: Mapping[str, str] | None = None
    sender: str | None = None  # Unit.id named by the sheet (its name or title), where a workbook has a sheet a unit
    key: str = ""  # comparison key of `task` where the reader made it (rules.match.key_of)

    def cell(self, name: str) -> str | None:
        """Return the A1 address that `name` was read from, None when the sheet has no such column."""
        if self.moved and name in self.moved:
            return self.moved[name]
        letters = self.columns.get(name)
        return f"{letters}{self.row}" if letters else None

    def cells(self) -> dict[str, str]:
        found = {name: f"{letters}{self.row}" for name, letters in self.columns.items()}
        if self.moved:
            found.update(self.moved)
        return found

    def where(self, name: str = "task") -> Address:
        return Address(self.file, self.sheet, self.cell(name) or f"A{self.row}")


@record(frozen=True, slots=True)
class SheetReading:
    name: str
    verdict: Verdict
    header_rows: tuple[int, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)  # Fate -> count
    tasks: tuple[TaskReport, ...] = ()
    hidden: bool = False
    fates: Mapping[int, str] = field(default_factory=dict)  # row -> Fate, rows of the used area
    title: str = ""


@record(frozen=True, slots=True)
class FileReading:
    file: str
    sha256: str
    readable: bool
    format: str = ""  # xlsx, xls, xlsb, ods, csv, html, ...
    size: int = 0
    modified: datetime | None = None  # the workbook's own last-modified property
    sheets: tuple[SheetReading, ...] = ()
    findings: tuple[Finding, ...] = ()
    unit: str | None = None  # Unit.id of the sender, when file name, folder or title tells
    unit_text: str = ""
    plan: str | None = None
    version: int = 0  # version mark in the name: "lần 2" -> 2, "đính chính" -> 90
    no_change: bool = False  # a nil return: "không thay đổi so với kỳ trước"
    own_report: bool = False  # one of our own reports, skipped with a note
    form: Mapping[str, str] = field(default_factory=dict)  # hidden ids of a returned form
    form_codes: tuple[str, ...] = ()  # task codes of the form's own rows, filled in or not

    @property
    def tasks(self) -> tuple[TaskReport, ...]:
        return tuple(task for sheet in self.sheets for task in sheet.tasks)

    @property
    def left_blank(self) -> frozenset[str]:
        """Task codes of the form's rows that say nothing: the unit has them before it and has not reported them."""
        return frozenset(self.form_codes) - {task.code for task in self.tasks}


@record(frozen=True, slots=True)
class UnitResult:
    """One item for one unit that owes it: a row of tblTaskUnit."""

    item: str  # Item.id
    plan: str
    kind: Kind
    unit: str
    cls: Class
    days_late: int | None
    completed_on: date | None
    status_text: str
    due: date | None
    central: bool = False
    due_soon: bool = False
    not_reported: bool = False
    carried: int | None = None  # run the result was carried from
    extension: bool = False
    basis: str = ""
    source: Address | None = None
    decided: tuple[str, ...] = ()  # keys of the decisions applied
    speaker: str | None = None  # Unit.id of whoever sent the row that the result was read from


@record(frozen=True, slots=True)
class Item:
    """One counted item: a row of tblTask, one unit of the plan's denominator."""

    id: str
    plan: str
    kind: Kind
    number: str
    task: str
    group: str
    units: tuple[str, ...]
    lead_text: str
    deadline_text: str
    due: date | None
    cls: Class
    days_late: int | None
    completed_on: date | None
    status_text: str
    result: str = ""
    product: str = ""
    note: str = ""
    central: bool = False
    due_soon: bool = False
    not_reported: bool = False
    carried: int | None = None
    extension: bool = False
    units_done: int = 0
    units_all: int = 0
    basis: str = ""  # the rule that decided, in Vietnamese
    sources: tuple[Address, ...] = ()
    decided: tuple[str, ...] = ()
    measure: str = ""
    baseline: float | None = None
    target: float | None = None
    actual: float | None = None
    lower_is_better: bool = False


@record(frozen=True, slots=True)
class Return:
    """What one unit sent for one period: a row of tblReturn."""

    unit: str
    received: Received
    files: tuple[str, ...] = ()
    tasks: int = 0
    errors: int = 0
    warnings: int = 0
    received_on: date | None = None
    note: str = ""


@record(frozen=True, slots=True)
class InputFile:
    file: str
    sha256: str
    size: int
    format: str
    unit: str | None
    readable: bool
    rows: Mapping[str, int]
    tasks: int


@record(frozen=True, slots=True)
class Figure:
    """One number of the cube (tblFigure): all keys ASCII or symbols, never digits alone."""

    plan: str  # Plan.symbol, or "*" over all plans
    group: str  # KIND_CODE value
    unit: str  # Unit.id, or "*"
    measure: str
    value: float


@record(frozen=True, slots=True)
class Snapshot:
    """Everything one consolidation found; immutable once in the history."""

    run: int
    as_of: date
    period: str
    made_at: datetime
    version: str
    plans: tuple[Plan, ...]
    units: tuple[Unit, ...]
    items: tuple[Item, ...]
    unit_results: tuple[UnitResult, ...]
    findings: tuple[Finding, ...]
    returns: tuple[Return, ...]
    inputs: tuple[InputFile, ...]
    rows: Mapping[str, int]  # "read" and every Fate -> count, over all files
    figures: tuple[Figure, ...]
    settings: Mapping[str, str]
    rules: Mapping[str, str]
    decisions: tuple[Decision, ...] = ()
    period_name: str = ""
    assigned: bool = True  # False: denominator is the distinct tasks reported
    source: str = ""  # which workbook the tables came from, with their hash
