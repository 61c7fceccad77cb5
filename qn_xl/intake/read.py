"""One file, from its bytes to task reports and findings: what runs inside a worker process."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from pathlib import Path, PurePosixPath

from qn_xl.intake.columns import resolve
from qn_xl.intake.context import ReadContext
from qn_xl.intake.finding_keys import stable_keys
from qn_xl.intake.forms import FORM, MARK, asks_for_tick, form_findings, form_of, nil_ticked
from qn_xl.intake.grid import Grid, Unreadable, Workbook, open_workbook
from qn_xl.intake.header import Cells, find_header
from qn_xl.intake.place import Place
from qn_xl.intake.rows import read_rows
from qn_xl.intake.sniff import load
from qn_xl.intake.summaries import summary_findings
from qn_xl.intake.tasks import build, kind_of
from qn_xl.model import Address, Fate, FileReading, Finding, SheetReading, TaskReport, Verdict
from qn_xl.rules import legacy
from qn_xl.rules.catalogue import finding, key_of
from qn_xl.rules.text import clean, fold

OWN_MARK = MARK
TITLE_ROWS = 30
LONG = 500  # characters of a text that are looked at for an encoding or a unit
_UNICODE_ONLY = re.compile("[\u01a0-\u01b0\u1ea0-\u1ef9]")  # ơ, ư and the marked vowels that no old encoding has
_YEAR = re.compile(r"(?<!\d)(20[12]\d)(?!\d)")
_YEAR_WORD = re.compile(r"(?:nam|thang\s*\d{1,2}\s*/)\s*(20[12]\d)(?!\d)")
_VERSION = re.compile(r"(?:lan|ban|v|ver|version)\s*(?:thu\s*)?[._-]?(\d{1,2})(?!\d)")
_COPY = re.compile(r"\((\d{1,2})\)\s*$")
_CORRECTED = re.compile(r"\b(dinh chinh|sua doi|chinh sua|cap nhat|bo sung|thay the|ban cuoi|final|moi nhat)\b")
_NIL = re.compile(
    r"(khong (?:co )?thay doi so voi|khong co (?:su )?thay doi|khong co gi thay doi|"
    r"khong phat sinh (?:thay doi|moi|them)|"
    r"giu nguyen (?:nhu|so lieu|ket qua)|nhu (?:bao cao )?ky truoc)"
)


def read_file(name: str, path: Path, context: ReadContext) -> FileReading:
    """Return everything understood of the file `path`, called `name` (relative to the inbox, '/') in addresses.

    Never raises for bad data: what cannot be read is a finding. The file is only read.
    """
    return read_with_book(name, path, context)[0]


def read_with_book(name: str, path: Path, context: ReadContext) -> tuple[FileReading, Workbook | None]:
    """Return what `read_file` does and the workbook it was understood from, its text in Unicode; None if unreadable."""
    stem = PurePosixPath(name).name
    if stem.startswith("~$"):
        twin = finding("file-locked-twin", Address(name), stem)
        return FileReading(name, "", False, "lock", findings=(twin,)), None
    digest, size = "", 0
    try:
        data = load(path)
        digest, size = hashlib.sha256(data).hexdigest(), len(data)
        book = open_workbook(path, data)
    except Unreadable as error:
        sender = _sender_of_name(name, context)
        if error.code == "file-too-large" and not digest:
            digest, size = _digest_and_size(path)
        found = finding(error.code, Address(name), error.seen, unit=sender)
        return FileReading(name, digest, False, size=size, findings=(found,), unit=sender), None
    return _understand(name, digest, size, book, context), book


def _digest_and_size(path: Path) -> tuple[str, int]:
    """Return them for a file too large to be loaded; ("", 0) when it cannot be opened."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), path.stat().st_size
    except OSError:
        return "", 0


def _understand(name: str, digest: str, size: int, book: Workbook, context: ReadContext) -> FileReading:
    findings = [finding(code, Address(name, sheet, cell), seen) for code, sheet, cell, seen in book.findings]
    findings += [finding("sheet-part-missing", Address(name, sheet), sheet) for sheet in book.missing_sheets]
    if book.properties.get(OWN_MARK) == "report":
        return FileReading(
            name,
            digest,
            True,
            book.format,
            size,
            book.modified,
            own_report=True,
            findings=(finding("file-own-report", Address(name)),),
        )
    findings += _to_unicode(name, book)
    form = form_of(book)
    if form is not None and form.unit not in {unit.id for unit in context.units}:
        form = None
    owner = form.unit if form is not None and form.kind == FORM else None
    speaker = (form.unit if form is not None else None) or _sender_of_name(name, context)
    while True:
        sheets, about, titles = _sheets(name, book, context, owner, speaker)
        tasks = [task for sheet in sheets for task in sheet.tasks]
        sender, sender_text = (form.unit, name) if form is not None else _sender(name, titles, tasks, context)
        known = sender or context.decided_sender(name, key_of("file-unit-unknown", name))
        if speaker is not None or context.headings(known) == context.headings(None):
            break
        speaker = known  # known from the rows only: once more, with the headings that the office chose for this unit
    findings += about
    findings += summary_findings(name, book.grids, sheets, context.as_of)
    no_change = nil_ticked(book.grids) or (not tasks and any(_says_nothing_new(grid) for grid in book.grids))
    empty = not tasks and not no_change
    if form is not None:
        named = _sender_of_name(name, context)
        findings += form_findings(name, form, named, context.period, context.unit_index.name, empty=empty)
    if empty and owner is None and not any(found.code == "header-missing" for found in findings):
        findings.append(finding("file-no-table", Address(name)))
    if sender is None and tasks and not any(task.sender for task in tasks):
        findings.append(finding("file-unit-unknown", Address(name)))
    plan = context.plan_index.find_in(fold(_spaced(PurePosixPath(name).stem)))
    return FileReading(
        file=name,
        sha256=digest,
        readable=True,
        format=book.format,
        size=size,
        modified=book.modified,
        sheets=tuple(sheets),
        findings=tuple(stable_keys((_sent_back(one, sender, tasks) for one in findings), sheets, book.grids)),
        unit=sender,
        unit_text=sender_text,
        plan=plan.id if plan else None,
        version=_version(name),
        no_change=no_change,
        form=form.properties() if form is not None else {},
        form_codes=form.codes if form is not None and form.kind == FORM else (),
    )


def _sheets(
    name: str, book: Workbook, context: ReadContext, owner: str | None, speaker: str | None
) -> tuple[list[SheetReading], list[Finding], list[str]]:
    """Return the sheets of a file, what is to be said about them, and their titles."""
    sheets: list[SheetReading] = []
    findings: list[Finding] = []
    titles = []
    for grid in book.grids:
        sheet, found, title = _sheet(name, grid, book, context, owner, speaker)
        sheets.append(sheet)
        findings += found
        titles.append(title)
    return sheets, findings, titles


def _sent_back(found: Finding, sender: str | None, tasks: list[TaskReport]) -> Finding:
    if found.unit is not None:
        return found
    unit = sender or next((task.sender for task in tasks if task.sheet == found.where.sheet and task.sender), None)
    if unit is None:
        return found
    values = {slot: getattr(found, slot) for slot in Finding.__slots__}
    return Finding(**{**values, "unit": unit})


def _to_unicode(name: str, book: Workbook) -> list[Finding]:
    """Convert text in an old Vietnamese encoding, sheet by sheet, in place."""
    found = []
    for grid in book.grids:
        texts = [value[:LONG] for row in grid.rows for value in row.values if isinstance(value, str)]
        if not any(map(legacy.font_encoding, grid.fonts)) and any(map(_UNICODE_ONLY.search, texts[:60])):
            continue
        encoding = legacy.detect(texts, grid.fonts) if texts else None
        if encoding is None:
            continue
        for row in grid.rows:
            row.values = [legacy.convert(v, encoding) if isinstance(v, str) else v for v in row.values]
        found.append(finding("file-legacy-text", Address(name, grid.name), encoding.upper()))
    return found


def _sheet(
    name: str, grid: Grid, book: Workbook, context: ReadContext, owner: str | None, speaker: str | None
) -> tuple[SheetReading, list[Finding], str]:
    cells = Cells(grid)
    counts: Counter[str] = Counter({fate.value: 0 for fate in Fate})
    decided = context.headings(speaker)
    header = find_header(cells, cells.first, decided) if grid.rows else None
    if header is None:
        for row in grid.rows:
            counts[Fate.NOTE if any(v not in (None, "") for v in row.values) else Fate.BLANK] += 1
        found = [finding("header-missing", Address(name, grid.name))] if _looks_like_tasks(grid, context) else []
        verdict = Verdict.NO_TABLE if grid.rows else Verdict.IGNORED
        title = "\n".join(_title_lines(cells, min(cells.last, TITLE_ROWS) + 1))
        return SheetReading(grid.name, verdict, rows=dict(counts), hidden=grid.hidden, title=title), found, title
    lines = _title_lines(cells, header.top)
    place = _place(name, grid, cells, book, lines, context)
    if owner is not None:
        place.unit, place.sender = None, owner
    if speaker is None and (own := context.headings(place.unit)) != decided:
        decided, header = own, find_header(cells, cells.first, own) or header
    fates: dict[int, str] = {}
    for number in range(cells.first, header.top):
        fates[number] = Fate.NOTE if any(v not in (None, "") for v in cells.values(number)) else Fate.BLANK
    first = header
    columns: dict[str, str] = {}
    header_rows: list[int] = []
    tasks: list[TaskReport] = []
    while header is not None:
        following = find_header(cells, header.bottom + 1, decided, depth=None, below=header)
        stop = following.top - 1 if following else cells.last
        mapping = resolve(cells, header, range(header.bottom + 1, stop + 1))
        header_rows += range(header.top, header.bottom + 1)
        fates.update((number, Fate.HEADER) for number in range(header.top, header.bottom + 1))
        rows = read_rows(cells, header, mapping, header.bottom + 1, stop)
        fates.update((row.number, row.fate or Fate.NOTE) for row in rows)
        reports = build(place, header, mapping, rows, context) if "task" in mapping.fields else []
        if reports or not columns:
            columns = {**{n: letters for r in reports[:1] for n, letters in r.columns.items()}, **columns}
        tasks += reports
        if header is not first and header.top - first.bottom > 1:
            place.plan_text = place.plan_text or ""
        header = following
    counts.update(fates.values())
    if grid.hidden and tasks:
        place.findings.append(finding("sheet-hidden", Address(name, grid.name), grid.name))
    sheet = SheetReading(
        name=grid.name,
        verdict=Verdict.TASKS if tasks else Verdict.NO_TABLE,
        header_rows=tuple(header_rows),
        columns=columns,
        rows=dict(counts),
        tasks=tuple(tasks),
        hidden=grid.hidden,
        fates={number: str(fate.value if isinstance(fate, Fate) else fate) for number, fate in fates.items()},
        title="\n".join(lines),
    )
    return sheet, place.findings if tasks else [f for f in place.findings if f.severity == "error"], sheet.title


def _place(name: str, grid: Grid, cells: Cells, book: Workbook, lines: list[str], context: ReadContext) -> Place:
    title = "\n".join(lines)
    stem = _spaced(PurePosixPath(name).stem)
    plan, plan_text = None, ""
    for text in (*lines, grid.name, stem, *_spaced(str(PurePosixPath(name).parent)).split("/")):
        if plan := context.plan_index.find_in(text):
            plan_text = text
            break
    years = _YEAR_WORD.findall(fold(title)) or _YEAR.findall(title) or _YEAR.findall(grid.name) or _YEAR.findall(stem)
    kind = kind_of(grid.name) or next((k for line in lines if len(line) < 120 and (k := kind_of(line))), None)
    return Place(
        file=name,
        grid=grid,
        cells=cells,
        year=int(years[-1]) if years else None,
        plan=plan.id if plan else None,
        plan_text=plan_text,
        kind=kind,
        unit=_unit_of_sheet(grid.name, lines, context),
        sender=_sender_of_name(name, context),
    )


def _title_lines(cells: Cells, stop: int) -> list[str]:
    lines = []
    for number in range(max(cells.first, stop - TITLE_ROWS), stop):
        texts = [clean(value) for value in cells.values(number) if isinstance(value, str) and value.strip()]
        lines += [line for text in texts for line in text.split("\n") if line.strip()]
    return lines


def _unit_of_sheet(sheet: str, lines: list[str], context: ReadContext) -> str | None:
    index = context.unit_index
    if unit := index.find(sheet) or index.find_in(sheet):
        return unit
    for line in lines:
        if len(line) <= 90 and (unit := index.find(line)):
            return unit
    named = {unit for line in lines if len(line) <= 200 and (unit := index.find_in(line))}
    return named.pop() if len(named) == 1 else None


def _spaced(text: str) -> str:
    return re.sub(r"[_\-.]+", " ", unicodedata.normalize("NFC", text))


def _sender_of_name(name: str, context: ReadContext) -> str | None:
    path = PurePosixPath(name)
    for part in (path.stem, *reversed(path.parent.parts)):
        if unit := context.unit_index.find_in(part):
            return unit
    return None


def _sender(name: str, titles: list[str], tasks: list[TaskReport], context: ReadContext) -> tuple[str | None, str]:
    """Return who sent the file: its name or folder, else the titles, else the one unit that leads nearly all rows."""
    if unit := _sender_of_name(name, context):
        return unit, name
    named = {task.sender for task in tasks if task.sender}
    if len(named) == 1:
        return named.pop(), titles[0] if titles else ""
    if len(named) > 1:
        return None, ""
    units = {
        unit for title in titles for line in title.split("\n") if (unit := context.unit_index.find_in(line[:LONG]))
    }
    if len(units) == 1:
        return units.pop(), ""
    leads = Counter(unit for task in tasks for unit in set(task.units))
    if leads and (top := leads.most_common(1)[0]) and top[1] >= 0.8 * len(tasks) and len(tasks) >= 2:
        return top[0], ""
    return None, ""


def _version(name: str) -> int:
    """Return the version mark in a file's name: "lần 2" is 2, "(1)" is 1, "đính chính" stands above all numbers."""
    stem = fold(_spaced(PurePosixPath(name).stem))
    if found := _VERSION.search(stem):
        return int(found[1])
    if _CORRECTED.search(stem):
        return 90
    if found := _COPY.search(stem):
        return int(found[1])
    return 0


def _says_nothing_new(grid: Grid) -> bool:
    texts = [value for row in grid.rows[:80] for value in row.values if isinstance(value, str) and len(value) < 600]
    return any(_NIL.search(fold(text)) and not asks_for_tick(text) for text in texts)


def _looks_like_tasks(grid: Grid, context: ReadContext) -> bool:
    """Rows of running number, long text and a unit or a date, with no heading above them."""
    found = 0
    for row in grid.rows[:200]:
        texts = [value for value in row.values if isinstance(value, str)]
        if any(len(text) >= 25 for text in texts) and any(
            context.unit_index.find(text) for text in texts if len(text) < 80
        ):
            found += 1
    return found >= 3
