"""The catalogue of findings: complete, documented, and every code is really made by some code."""

from __future__ import annotations

import re
import string
import unicodedata
from pathlib import Path

import pytest

from qn_xl.model import Address, Severity
from qn_xl.rules import catalogue

ROOT = Path(__file__).parents[1]


def test_document__in_step_with_the_catalogue() -> None:
    committed = (ROOT / "docs" / "van-de.md").read_text("utf-8")
    assert committed == catalogue.document(), (
        "docs/van-de.md: uv run python -c \"from pathlib import Path; from qn_xl.rules import catalogue; "
        "Path('docs/van-de.md').write_text(catalogue.document(), 'utf-8')\""
    )


@pytest.mark.parametrize("code", list(catalogue.entries()))
def test_entry__sentences_are_whole_and_unicode_composed(code: str) -> None:
    entry = catalogue.entries()[code]
    for text in (entry.title, entry.message, entry.action, entry.repair):
        assert text and text == unicodedata.normalize("NFC", text)
    for text in (entry.message, entry.repair):
        assert text[-1] in ".}", f"{code}: câu chưa có dấu kết: {text}"


def test_codes__each_is_made_somewhere() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "qn_xl").rglob("*.py"))
    unused = [code for code in catalogue.entries() if not re.search(rf'["\']{re.escape(code)}["\']', sources)]
    assert unused == []


def test_codes__none_is_made_that_the_catalogue_lacks() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "qn_xl").rglob("*.py"))
    made = set(re.findall(r'\b(?:finding|say|Unreadable)\(\s*"([a-z]+(?:-[a-z]+)+)"', sources))
    assert made and made <= set(catalogue.entries())


def test_finding__key_is_stable_under_moved_rows_when_its_subject_is() -> None:
    one = catalogue.finding("date-unreadable", Address("a.xlsx", "S", "F7"), "x", subject="SYT|138|1")
    two = catalogue.finding("date-unreadable", Address("a (2).xlsx", "S", "F9"), "y", subject="SYT|138|1")
    assert one.key == two.key and one.severity is Severity.ERROR


def test_finding__a_missing_word_is_a_bug_not_a_half_sentence() -> None:
    with pytest.raises(KeyError):
        catalogue.finding("date-several", Address("a.xlsx"), "x")
    for entry in catalogue.entries().values():
        for text in (entry.message, entry.action, entry.repair):
            assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(text))
