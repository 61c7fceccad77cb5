"""Fills the office's own workbook: QN_ calls and placeholders become values, every other byte stays.

The parts of the package are patched in place (design, section 3, rule 7): no program loads and saves the template.
"""

from __future__ import annotations

from pathlib import Path

from qn_xl.model import Snapshot
from qn_xl.outputs import fill_blocks, fill_stale, safe
from qn_xl.outputs.calc_chain import without_cells
from qn_xl.outputs.definitions import rounding
from qn_xl.outputs.fill_arithmetic import as_text
from qn_xl.outputs.fill_book import Book, Name
from qn_xl.outputs.fill_eval import Evaluator
from qn_xl.outputs.fill_put import PLACES, CellWriter
from qn_xl.outputs.fill_result import Filled, shown
from qn_xl.outputs.fill_stale import Place
from qn_xl.outputs.fill_values import (
    LONGEST_FORMULA,
    Ask,
    CannotCompute,
    Failure,
    Grid,
    NotConstant,
    Refused,
    Value,
    constant,
)
from qn_xl.outputs.fill_words import LONGEST_HEADER, PLACEHOLDER, Word, Words
from qn_xl.outputs.formula_tokens import (
    Area,
    Token,
    area,
    calls,
    cell_name,
    join,
    lone_call,
    moved,
    own_name,
    tokens,
)
from qn_xl.outputs.sheet_scan import HEADERS, Cell, Piece
from qn_xl.rules.wording import Rounding

_RATES = ("QN_RATE", "QN_PROGRESS")


def fill(template: Path, snapshot: Snapshot, ask: Ask, *, keep_formulas: bool = False) -> Filled:
    """Return the template filled with the figures of a snapshot.

    Args:
        ask: answers QN_ calls over the same snapshot.
        keep_formulas: QN_ formulas stay, with values stored: for a book that holds the macros.
    Raises:
        UsageError: the template cannot be read.
    """
    return _Filler(Book(template), snapshot, ask, keep_formulas).run(template.suffix)


def write(filled: Filled, path: Path, *, backups: int = 0) -> None:
    """Write a filled template and reopen it.

    Raises:
        OutputLockedError: the file is open or the folder cannot be written.
    """
    safe.replace(path, lambda target: target.write_bytes(filled.packed), Book, backups=backups)


class _Filler:
    def __init__(self, book: Book, snapshot: Snapshot, ask: Ask, keep_formulas: bool) -> None:
        self._book, self._keep = book, keep_formulas
        self._cells = CellWriter(book, rounding(snapshot) is Rounding.CUT)
        self._evaluator = Evaluator(book, ask)
        self._words = Words(snapshot, ask)
        self._found = Filled()
        self._changed: set[Place] = set()
        self._gone: set[Place] = set()  # cells whose formula became a constant
        self._formulas: dict[Place, tuple[Cell, str, str]] = {}  # formulas rewritten: cell, text, array range
        self._children: set[Place] = set()  # the other cells of their arrays
        self._kept: dict[Place, tuple[Cell, Value | None]] = {}  # with keep_formulas: stored values of own formulas

    def run(self, suffix: str) -> Filled:
        for title, sheet in self._book.sheets.items():
            for cell in list(sheet.cells.values()):
                formula = self._evaluator.formula(title, cell)
                if formula is None:
                    self._text(title, cell)
                elif "qn_" in formula.casefold() and calls(parts := tokens(formula)):
                    self._formula(title, cell, formula, parts)
            for piece in sheet.pieces:
                self._piece(title, piece)
        names = self._names()
        touched = self._changed | set(self._formulas) | self._children
        stale = fill_stale.dependents(self._book, self._evaluator, touched, [name.name for name in names])
        stale = (stale | self._children) - self._changed - set(self._formulas)
        self._book.put_names(names, recalculate=bool(stale or self._formulas))
        if not self._keep:
            without_cells(self._book, self._gone)
        self._store_values(stale, suffix)
        self._book.take_sheets()
        self._found.packed = self._book.packed()
        return self._found

    def _formula(self, sheet: str, cell: Cell, formula: str, parts: list[Token]) -> None:
        alone = lone_call(parts)
        if alone is None:
            made = self._rewritten(sheet, cell.name, cell.row, parts, self._cells.places(cell))
            if made is not None:
                self._rewrite(sheet, cell, formula, made)
            return
        try:
            answer = self._evaluator.call(parts, alone, sheet, cell.row)
        except (Refused, CannotCompute) as error:
            answer = self._refused(sheet, cell.name, join(parts[alone.start : alone.end + 1]), error)
        whole = _array(cell)
        if whole and not isinstance(answer, list):  # one value in every cell of the array
            columns = whole.right - whole.left + 1
            answer = [[answer] * columns for _ in range(whole.top, whole.bottom + 1)]
        if isinstance(answer, list):
            self._block(sheet, cell, formula, alone.name, answer)
            return
        value = self._cells.shortened(answer, self._cells.places(cell)) if alone.name in _RATES else answer
        place = (sheet, *cell.place)
        self._changed.add(place)
        self._gone.add(place)
        self._found.change(sheet, cell.name, f"={formula}", shown(value), "giá trị")
        if self._keep:
            self._kept[place] = (cell, value)
        self._cells.put(sheet, *cell.place, value, None)

    def _rewritten(self, sheet: str, where: str, row: int, parts: list[Token], places: int) -> str | None:
        """Return a formula with its QN_ calls replaced by their values; None when it would be too long."""
        made, at = [], 0
        for call in calls(parts):
            said = join(parts[call.start : call.end + 1])
            try:
                answer = self._evaluator.call(parts, call, sheet, row)
                if call.name in _RATES and not isinstance(answer, list):
                    answer = self._cells.shortened(answer, places)
                text = constant(answer, self._book.epoch_1904)
            except NotConstant as error:
                self._found.problem(sheet, where, said, f"không đặt được bảng vào giữa công thức: {error}")
                text = "#VALUE!"
            except (Refused, CannotCompute) as error:
                text = self._refused(sheet, where, said, error).code
            made += [join(parts[at : call.start]), text]
            at = call.end + 1
        formula = "".join([*made, join(parts[at:])])
        if len(formula) > LONGEST_FORMULA:
            self._found.problem(sheet, where, formula[:60] + "…", f"sau khi điền dài hơn {LONGEST_FORMULA} ký tự")
            return None
        return formula

    def _rewrite(self, sheet: str, cell: Cell, was: str, made: str) -> None:
        ref = cell.formula.ref if cell.formula and cell.formula.kind == "array" else ""
        self._formulas[sheet, cell.row, cell.column] = (cell, made, ref)
        if whole := _array(cell):
            self._children |= {(sheet, *place) for place in self._inside(sheet, whole) if place != cell.place}
        self._book.sheets[sheet].put_formula(cell, made, None, ref)
        self._found.change(sheet, cell.name, f"={was}", f"={made}", "công thức")

    def _block(self, sheet: str, cell: Cell, formula: str, function: str, table: Grid) -> None:
        region = fill_blocks.region_of(self._book, sheet, cell)
        unmarked = region is None
        if region is None:
            region = fill_blocks.Region(Area(None, cell.row, cell.column, cell.row, cell.column))
            size = f"bảng {len(table)} dòng, {len(table[0]) if table else 0} cột nhưng mẫu chưa đánh dấu vùng"
            how = "đặt tên vùng qn_… bắt đầu từ ô này, hoặc nhập công thức mảng"
            self._found.problem(sheet, cell.name, f"={formula}", f"{size}: {how}")
        elif self._keep and _array(cell) is None:
            region = fill_blocks.Region(Area(None, cell.row, cell.column, cell.row, cell.column))
            unmarked = True
            self._found.problem(sheet, cell.name, f"={formula}", "khi giữ công thức chỉ điền được công thức mảng")
        missing = fill_blocks.fill(self._book, self._cells.put, sheet, region, function, table)
        if missing and not unmarked:
            self._found.problem(sheet, cell.name, f"={formula}", f"vùng đánh dấu thiếu chỗ cho {missing} của bảng")
        place = region.place
        inside = self._inside(sheet, place)
        self._changed |= {
            (sheet, row, column)
            for row in range(place.top, place.bottom + 1)
            for column in range(place.left, place.right + 1)
        }
        self._gone |= {(sheet, *one) for one in inside if self._book.sheets[sheet].cells[one].formula}
        span = f"{cell_name(place.top, place.left)}:{cell_name(place.bottom, place.right)}"
        self._found.change(sheet, cell.name, f"={formula}", f"bảng {len(table)} dòng tại {span}", "bảng")
        if self._keep:
            self._kept[sheet, cell.row, cell.column] = (cell, table[0][0] if table and table[0] else None)

    def _inside(self, sheet: str, whole: Area) -> list[tuple[int, int]]:
        cells = self._book.sheets[sheet].cells
        return [
            (row, column)
            for row, column in cells
            if whole.top <= row <= whole.bottom and whole.left <= column <= whole.right
        ]

    def _text(self, sheet: str, cell: Cell) -> None:
        runs = self._book.runs(cell) if cell.kind in ("s", "inlineStr") else ""
        if "{" not in runs:
            return
        text = as_text(self._book.stored(sheet, cell.row, cell.column))
        if not PLACEHOLDER.search(text):
            return
        if self._book.heads_table(sheet, *cell.place):
            self._found.problem(sheet, cell.name, text, "là tên cột của một bảng Excel nên không thay được")
            return
        alone = PLACEHOLDER.fullmatch(text.strip())
        if alone:
            try:
                word = self._words.word(alone[1])
            except Refused as refused:
                self._found.problem(sheet, cell.name, text, str(refused))
                return
            value = word.value if self._fits(word, self._book.format_of(cell.style)) else word.text
            if word.form == "rate":
                value = self._cells.shortened(value, self._cells.places(cell))
            if value == word.text and "<r>" in runs:
                self._book.sheets[sheet].put_rich(*cell.place, self._words.in_runs(runs, lambda *_: None))
            else:
                self._cells.put(sheet, *cell.place, value, None)
            now = shown(value)
        else:
            changed = self._words.in_runs(runs, lambda seen, why: self._found.problem(sheet, cell.name, seen, why))
            if changed == runs:
                return
            self._book.sheets[sheet].put_rich(*cell.place, changed)
            now = self._words.in_text(text, lambda *_: None)
        if now != text:
            self._changed.add((sheet, *cell.place))
            self._found.change(sheet, cell.name, text, now, "chữ")

    def _fits(self, word: Word, code: str) -> bool:
        """Say whether a placeholder alone in a cell becomes its value: by the number format, never a bare 0.4648."""
        if code == "@":
            return False
        whole = isinstance(word.value, int | float) and float(word.value).is_integer()
        fits = {"rate": "%" in code, "date": self._book.is_date(code), "count": True, "days": whole or "." in code}
        return fits.get(word.form, False)

    def _piece(self, sheet: str, piece: Piece) -> None:
        where = _PIECES.get(piece.tag, piece.tag)
        if piece.tag in HEADERS:
            text = piece.text
            made = self._words.in_header(text, lambda seen, why: self._found.problem(sheet, where, seen, why))
            if len(made) > LONGEST_HEADER:
                self._found.problem(sheet, where, text, f"sau khi điền dài hơn {LONGEST_HEADER} ký tự")
                return
        elif "qn_" in piece.text.casefold() and (found := calls(parts := tokens(piece.text))):
            text = piece.text
            for call in found:
                said = join(parts[call.start : call.end + 1])
                if moved(said, 1, 1) != said:
                    self._found.problem(sheet, where, text, "hàm QN_ ở đây chỉ nhận tham chiếu tuyệt đối ($A$1)")
                    return
            made = self._rewritten(sheet, where, 1, parts, PLACES) or text
        else:
            return
        if made != text and not (self._keep and piece.tag not in HEADERS):
            self._book.sheets[sheet].put_piece(piece, made)
            self._found.change(sheet, where, text, made, "chữ" if piece.tag in HEADERS else "công thức")

    def _names(self) -> dict[Name, str]:
        """Return the defined names that call our functions with their new texts."""
        made: dict[Name, str] = {}
        first = next(iter(self._book.sheets), "")
        for name in self._book.names:
            parts = tokens(name.text)
            if not any(own_name(part.text) for part in parts) or not calls(parts):
                continue
            text = self._rewritten(name.sheet or first, name.name, 1, parts, PLACES)
            if text is not None and not self._keep:
                made[name] = text
                self._found.change(name.sheet or "", name.name, f"={name.text}", f"={text}", "tên")
        return made

    def _store_values(self, stale: set[Place], suffix: str) -> None:
        """Give rewritten formulas and those that depend on them fresh stored values, or none."""
        wanted = {*stale, *self._formulas}
        fresh: dict[Place, float | str | bool] = {}
        if wanted:
            for title, row, column in stale:
                self._book.sheets[title].put_value(self._book.sheets[title].cells[row, column], None)
            self._book.take_sheets()
            fresh = fill_stale.computed(self._book.packed(), suffix, wanted) or {}
        for place in wanted:
            sheet = self._book.sheets[place[0]]
            value = fresh.get(place)
            if place in self._formulas and not self._keep:
                cell, formula, ref = self._formulas[place]
                sheet.put_formula(cell, formula, value, ref)
            else:
                sheet.put_value(sheet.cells[place[1:]], value)
        for place, (cell, answer) in self._kept.items():
            self._book.sheets[place[0]].put_value(cell, self._cells.plain(answer))
        self._found.recomputed, self._found.waiting = len(fresh), len(wanted) - len(fresh)

    def _refused(self, sheet: str, where: str, seen: str, error: Refused | CannotCompute) -> Failure:
        if isinstance(error, CannotCompute):
            self._found.problem(sheet, where, seen, f"không tính được tham số: {error}. Đặt tham số vào một ô riêng")
            return Failure("#VALUE!")
        if error.wrong:
            self._found.problem(sheet, where, seen, str(error))
        return Failure(error.code)


def _array(cell: Cell) -> Area | None:
    """Return the range of an array formula over several cells."""
    if cell.formula is None or cell.formula.kind != "array":
        return None
    whole = area(tokens(cell.formula.ref))
    return whole if whole and (whole.top, whole.left) != (whole.bottom, whole.right) else None


_PIECES = {
    "oddHeader": "đầu trang", "oddFooter": "chân trang", "evenHeader": "đầu trang chẵn",
    "evenFooter": "chân trang chẵn", "firstHeader": "đầu trang đầu", "firstFooter": "chân trang đầu",
    "formula": "định dạng có điều kiện", "formula1": "kiểm tra dữ liệu", "formula2": "kiểm tra dữ liệu",
}  # fmt: skip


def _one(cell: Cell) -> Area:
    return Area(None, cell.row, cell.column, cell.row, cell.column)
