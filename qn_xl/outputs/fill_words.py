"""Placeholders of a template: {{138.done}}, {{157.chậm tiến độ.chỉ tiêu}}, {{138.total@SKHCN}}, {{as_of}}."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

from qn_xl.model import Snapshot
from qn_xl.outputs.definitions import definition_line, rounding
from qn_xl.outputs.fill_values import Ask, Failure, Refused, Value
from qn_xl.outputs.formulas import NO_BASE
from qn_xl.outputs.sheet_text import plain_text, text_xml
from qn_xl.rules.figures import MEASURE
from qn_xl.rules.text import fold
from qn_xl.rules.wording import date_line, date_text, number_text, percent_text
from qn_xl.rules.words import words_table
from qn_xl.tables import province_heading

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
LONGEST_HEADER = 255
_TEXT = re.compile(r"(<t\b[^>]*>)([^<]*)(</t>)")


@dataclass(frozen=True, slots=True)
class Word:
    """What a placeholder stands for: its value and how a sentence says it; `form` as Measure.form, "" for text."""

    value: Value
    text: str
    form: str = ""


class Words:
    """Resolves placeholders over one snapshot."""

    def __init__(self, snapshot: Snapshot, ask: Ask) -> None:
        self._snapshot, self._ask = snapshot, ask
        self._measures = {row[1]: row[2] for row in words_table((), ()) if row[0] == "measure"}
        day = snapshot.as_of
        self._fixed: dict[str, Callable[[], Word]] = {
            "as_of": lambda: Word(day, date_text(day), "date"),
            "ngay chot": lambda: Word(day, date_text(day), "date"),
            "as_of.long": lambda: _text(date_line(day)),
            "ngay chot dai": lambda: _text(date_line(day)),
            "period": lambda: _text(snapshot.period_name or snapshot.period),
            "ky": lambda: _text(snapshot.period_name or snapshot.period),
            "run": lambda: Word(snapshot.run, str(snapshot.run), "count"),
            "lan": lambda: Word(snapshot.run, str(snapshot.run), "count"),
            "definition": lambda: _text(definition_line(snapshot)),
            "dinh nghia": lambda: _text(definition_line(snapshot)),
            "definition.2": lambda: _text(definition_line(snapshot, 2)),
            "dinh nghia.2": lambda: _text(definition_line(snapshot, 2)),
            "province": lambda: _text(province_heading(snapshot.settings, snapshot.made_at.date())),
            "co quan": lambda: _text(province_heading(snapshot.settings, snapshot.made_at.date())),
            "office": lambda: _text(snapshot.settings.get("office_name", "").strip()),
            "van phong": lambda: _text(snapshot.settings.get("office_name", "").strip()),
        }

    def word(self, key: str) -> Word:
        """Return what {{key}} stands for.

        Raises:
            Refused: nothing is called so.
        """
        fixed = self._fixed.get(fold(key))
        if fixed:
            return fixed()
        said, _, unit = key.partition("@")
        parts = [part.strip() for part in said.split(".")]
        if len(parts) == 2 and fold(parts[0]) in ("sentence", "cau"):
            return _text(self._ask("QN_SENTENCE", [parts[1]]))
        if 2 <= len(parts) <= 3 and fold(parts[0]) in ("why", "giai thich"):
            return _text(self._ask("QN_WHY", parts[1:]))
        if not 2 <= len(parts) <= 3 or not all(parts):
            raise Refused("#N/A", "không hiểu cách ghi; ghi dạng kế hoạch.chỉ số, ví dụ 138.hoàn thành")
        measure = self._measures.get(fold(parts[1]))
        if measure is None:
            raise Refused("#N/A", f"không có chỉ số “{parts[1]}”")
        group = parts[2] if len(parts) == 3 else None
        return self._figure(parts[0], measure, group, unit.strip() or None)

    def _figure(self, plan: str, measure: str, group: str | None, unit: str | None) -> Word:
        form = MEASURE[measure].form
        try:
            value = self._ask("QN_PROGRESS", [plan, measure, group, unit])
        except Refused as refused:
            if refused.wrong:
                raise
            return _text(NO_BASE)
        assert isinstance(value, int | float)
        if form == "rate":
            return Word(value, percent_text(value, rounding=rounding(self._snapshot)), form)
        return Word(value, number_text(value, 1 if measure == "days_late_mean" else 0), form)

    def in_text(self, text: str, wrong: Callable[[str, str], None]) -> str:
        """Return a plain text with its placeholders replaced; what cannot be stays, and `wrong` is told why."""

        def put(found: re.Match[str]) -> str:
            try:
                return self.word(found[1]).text
            except Refused as refused:
                wrong(found[0], str(refused))
                return found[0]

        return PLACEHOLDER.sub(put, text)

    def in_runs(self, runs: str, wrong: Callable[[str, str], None]) -> str:
        """Return rich text (XML runs) with its placeholders replaced, formats kept.

        A placeholder cut over several runs is joined in the first of them.
        """
        texts = [plain_text(unescape(found[2])) for found in _TEXT.finditer(runs)]
        joined = _whole_placeholders(texts)
        replaced = iter([self.in_text(text, wrong) for text in joined])
        return _TEXT.sub(lambda _: f'<t xml:space="preserve">{text_xml(next(replaced))}</t>', runs)

    def in_header(self, text: str, wrong: Callable[[str, str], None]) -> str:
        """Return a header or footer with its placeholders replaced; "&" and sizes such as &12 stay what they mean."""
        made, at = [], 0
        for found in PLACEHOLDER.finditer(text):
            before = text[at : found.start()]
            put = self.in_text(found[0], wrong).replace("&", "&&")
            made += [before, " " if put[:1].isdigit() and re.search(r"&\d+$", text[: found.start()]) else "", put]
            at = found.end()
        return "".join([*made, text[at:]])


def _text(said: object) -> Word:
    if isinstance(said, Failure):
        raise Refused(said.code, "không có giá trị")
    text = "" if said is None else str(said)
    return Word(text, text)


def _whole_placeholders(texts: list[str]) -> list[str]:
    """Return the texts with every {{…}} that runs over several of them moved into the one where it begins."""
    whole = list(texts)
    at = 0
    while at < len(whole):
        start = whole[at].rfind("{{")
        split = start >= 0 and "}}" not in whole[at][start:]
        half = whole[at].endswith("{") and not split and at + 1 < len(whole) and whole[at + 1].startswith("{")
        if not (split or half) or at + 1 >= len(whole):
            at += 1
            continue
        ahead = "".join(whole[at + 1 :])
        end = ahead.find("}}")
        if end < 0:
            at += 1
            continue
        take = end + 2
        whole[at] += ahead[:take]
        for later in range(at + 1, len(whole)):
            taken = min(take, len(whole[later]))
            whole[later], take = whole[later][taken:], take - taken
    return whole
