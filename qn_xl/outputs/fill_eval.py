"""Works out the arguments of QN_ calls in a template: constants, references, names, text joins, plain arithmetic.

It is no spreadsheet program: what it does not know is said (CannotCompute), never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence

from qn_xl.outputs.fill_arithmetic import FUNCTIONS, combined, single, to_number
from qn_xl.outputs.fill_book import Book
from qn_xl.outputs.fill_values import Answer, Ask, CannotCompute, Failure, Grid, Refused, Value
from qn_xl.outputs.formula_tokens import (
    LAST_COLUMN,
    LAST_ROW,
    Area,
    Call,
    Sort,
    Token,
    area,
    calls,
    moved,
    own_name,
    sheet_and_place,
    tokens,
)
from qn_xl.outputs.sheet_scan import Cell

LARGEST_AREA = 200_000  # cells
_DEPTH = 40
_LEVELS: tuple[tuple[str, ...], ...] = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",))


class Evaluator:
    """Values of cells and arguments, with QN_ calls answered by `ask`."""

    def __init__(self, book: Book, ask: Ask) -> None:
        self._book, self._ask = book, ask
        self._known: dict[tuple[str, int, int], Answer] = {}
        self._open: set[tuple[str, int, int]] = set()
        self._masters: dict[str, dict[str, Cell]] = {}

    def formula(self, sheet: str, cell: Cell) -> str | None:
        """Return a cell's formula, written out where it shares another's; None where it has none."""
        stored = cell.formula
        if stored is None or stored.kind == "dataTable":
            return None
        if stored.text or stored.kind != "shared":
            return stored.text or None
        if sheet not in self._masters:
            cells = self._book.sheets[sheet].cells.values()
            self._masters[sheet] = {
                one.formula.index: one for one in cells if one.formula and one.formula.kind and one.formula.text
            }
        master = self._masters[sheet].get(stored.index)
        if master is None or master.formula is None:
            return None
        return moved(master.formula.text, cell.row - master.row, cell.column - master.column)

    def call(self, parts: Sequence[Token], call: Call, sheet: str, row: int) -> Answer:
        """Return what a QN_ call on a sheet and row answers.

        Raises:
            Refused: the function says that the call is wrong. CannotCompute: an argument is beyond this module.
        """
        given: list[Value | Grid] = []
        for start, end in call.arguments:
            value = self.evaluate(parts[start:end], sheet, row)
            if isinstance(value, Failure):
                raise Refused(value.code, f"tham số có lỗi {value.code}")
            given.append(value)
        return self._ask(call.name, given)

    def evaluate(self, parts: Sequence[Token], sheet: str, row: int) -> Answer:
        """Return the value of an expression, None for an omitted argument."""
        words = [part for part in parts if part.sort is not Sort.SPACE]
        if not words:
            return None
        reader = _Reader(self, words, sheet, row)
        value = reader.level(0)
        if reader.at < len(words):
            raise CannotCompute(f"không hiểu “{words[reader.at].text}”")
        return value

    def cell(self, sheet: str, row: int, column: int) -> Value:
        """Return the value of one cell; formulas that this module understands are worked out anew."""
        place = (sheet, row, column)
        if place not in self._known:
            if place in self._open or len(self._open) > _DEPTH:
                raise CannotCompute("tham chiếu vòng")
            self._open.add(place)
            try:
                self._known[place] = self._compute(sheet, row, column)
            finally:
                self._open.discard(place)
        value = self._known[place]
        return value[0][0] if isinstance(value, list) else value

    def _compute(self, sheet: str, row: int, column: int) -> Answer:
        cell = self._book.sheets[sheet].cells.get((row, column))
        formula = self.formula(sheet, cell) if cell else None
        if formula is None:
            return self._book.stored(sheet, row, column)
        parts = tokens(formula)
        try:
            return self.evaluate(parts, sheet, row)
        except Refused as refused:
            return Failure(refused.code)
        except CannotCompute:
            if calls(parts):
                raise
            return self._book.stored(sheet, row, column)

    def area(self, found: Area, sheet: str) -> Value | Grid:
        """Return the value of a cell or the values of a range; rows and columns beyond the data are left out."""
        title = next((name for name in self._book.sheets if name.casefold() == (found.sheet or sheet).casefold()), None)
        if title is None:
            raise CannotCompute(f"không có trang “{found.sheet}” trong mẫu")
        if (found.top, found.left) == (found.bottom, found.right):
            return self.cell(title, found.top, found.left)
        cells = self._book.sheets[title].cells
        bottom, right = found.bottom, found.right
        if bottom == LAST_ROW:
            bottom = max(found.top, max((row for row, _ in cells), default=1))
        if right == LAST_COLUMN:
            right = max(found.left, max((column for _, column in cells), default=1))
        rows, columns = range(found.top, bottom + 1), range(found.left, right + 1)
        if not 0 < len(rows) * len(columns) <= LARGEST_AREA:
            raise CannotCompute("vùng tham chiếu quá lớn")
        return [[self.cell(title, row, column) for column in columns] for row in rows]

    def name(self, word: str, sheet: str, row: int) -> Answer:
        sheet_named, bare = sheet_and_place(word)
        found = self._book.named(bare, sheet_named or sheet)
        if found is None:
            raise CannotCompute(f"không có tên “{word}” trong mẫu")
        place = (f"{sheet}!{found.name}", 0, 0)
        if place in self._open or len(self._open) > _DEPTH:
            raise CannotCompute("tham chiếu vòng")
        self._open.add(place)
        try:
            return self.evaluate(tokens(found.text), found.sheet or sheet, row)
        finally:
            self._open.discard(place)

    def structured(self, word: str, sheet: str, row: int) -> Answer:
        found = self._book.structured(word, row)
        if found is None:
            raise CannotCompute(f"không hiểu tham chiếu “{word}”")
        return self.area(found, sheet)


class _Reader:
    """Recursive descent over one expression, loosest operators first."""

    def __init__(self, evaluator: Evaluator, words: Sequence[Token], sheet: str, row: int) -> None:
        self._evaluator, self._words = evaluator, words
        self._sheet, self._row = sheet, row
        self.at = 0

    def _text(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self._words[at].text if at < len(self._words) else ""

    def level(self, depth: int) -> Answer:
        if depth == len(_LEVELS):
            return self._signed()
        value = self.level(depth + 1)
        while self._text() in _LEVELS[depth] and self._words[self.at].sort is Sort.OPERATOR:
            sign = self._text()
            self.at += 1
            value = combined(sign, single(value), single(self.level(depth + 1)))
        return value

    def _signed(self) -> Answer:
        if self._text() in ("-", "+"):
            sign = self._text()
            self.at += 1
            value = self._signed()
            if sign == "+" or isinstance(value, Failure):
                return value
            return -to_number(single(value))
        value = self._primary()
        while self._text() == "%":
            self.at += 1
            value = to_number(single(value)) / 100
        return value

    def _primary(self) -> Answer:
        if self.at >= len(self._words):
            raise CannotCompute("công thức thiếu phần cuối")
        word = self._words[self.at]
        if word.sort is Sort.TEXT:
            self.at += 1
            return word.text[1:-1].replace('""', '"')
        if word.sort is Sort.ERROR:
            self.at += 1
            return Failure(word.text.upper())
        if word.text == "(":
            self.at += 1
            value = self.level(0)
            self._expect(")")
            return value
        if word.text == "{":
            return self._array()
        if word.sort in (Sort.WORD, Sort.NUMBER):
            return self._word(word)
        raise CannotCompute(f"không hiểu “{word.text}”")

    def _word(self, word: Token) -> Answer:
        if self._text(1) == "(":
            return self._call()
        if self._text(1) == ":" and (found := area(self._words[self.at : self.at + 3])):
            self.at += 3
            return self._evaluator.area(found, self._sheet)
        self.at += 1
        if word.sort is Sort.NUMBER:
            return float(word.text)
        if word.text.upper() in ("TRUE", "FALSE"):
            return word.text.upper() == "TRUE"
        if found := area([word]):
            return self._evaluator.area(found, self._sheet)
        if "[" in word.text:
            return self._evaluator.structured(word.text, self._sheet, self._row)
        return self._evaluator.name(word.text, self._sheet, self._row)

    def _call(self) -> Answer:
        name = own_name(self._text())
        if name:
            rest = calls(self._words, self.at)
            value = self._evaluator.call(self._words, rest[0], self._sheet, self._row)
            self.at = rest[0].end + 1
            return value
        function = FUNCTIONS.get(self._text().upper())
        if function is None:
            raise CannotCompute(f"tham số dùng hàm {self._text()}")
        self.at += 2
        given: list[Answer] = []
        while self._text() != ")":
            given.append(None if self._text() == "," else self.level(0))
            if self._text() == ",":
                self.at += 1
        self._expect(")")
        values = [single(one) for one in given]
        if failed := next((one for one in values if isinstance(one, Failure)), None):
            return failed
        try:
            return function(*values)
        except (TypeError, ValueError, OverflowError) as error:
            raise CannotCompute("tham số của hàm không đúng") from error

    def _array(self) -> Grid:
        self.at += 1
        rows: Grid = [[]]
        while self._text() != "}":
            if self._text() == ";":
                rows.append([])
                self.at += 1
            elif self._text() == ",":
                self.at += 1
            else:
                rows[-1].append(single(self._signed()))
        self.at += 1
        return rows

    def _expect(self, text: str) -> None:
        if self._text() != text:
            raise CannotCompute(f"thiếu “{text}”")
        self.at += 1
