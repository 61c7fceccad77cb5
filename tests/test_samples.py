"""The samples agree with themselves and with what the article published; nothing of qn_xl is asked for the figures."""

from __future__ import annotations

import csv
import re
import sys
import tomllib
import unicodedata
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
INBOX = SAMPLES / "don-vi" / "2025-9T"
AS_OF = date(2025, 9, 30)
DONE = ("done_on_time", "done_late", "done_undated")
TEXT = (".csv", ".md", ".txt", ".py", ".json")
# Encoded otherwise, matched by its code alone, or cut in two by a page break.
NOT_AS_WRITTEN = {"So GD-DT bao cao.xlsx", "cap xa/UBND phuong Cua Ong.xlsx"}
SHORTENED = {"NV138-061", "NV138-037"}


def rows(name: str) -> list[dict[str, str]]:
    with (SAMPLES / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


ITEMS = rows("dap-an/items.csv")
ASSIGNED = [row for plan in ("138", "157", "02", "06") for row in rows(f"giao/{plan}.csv")]
FIGURES = {(row["plan"], row["kind"], row["measure"]): int(row["value"]) for row in rows("dap-an/figures.csv")}
HAZARDS = rows("dap-an/hazards.csv")


def squeezed(text: str) -> str:
    """Letters and digits only, no diacritics: what no spelling of these samples changes."""
    spread = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in spread if letter.isalnum())


@pytest.mark.parametrize(
    ("symbol", "kind", "count"),
    [
        ("138/KH-UBND", "Nhiệm vụ", 71),
        ("157/KH-UBND", "Chỉ tiêu", 22),
        ("157/KH-UBND", "Nhiệm vụ", 44),
        ("157/KH-UBND", "Nhiệm vụ, dự án", 16),
        ("02-KH/BCĐ", "Nhiệm vụ", 31),
        ("Đề án 06", "Nhiệm vụ", 133),
    ],
)
def test_assigned_lists__have_the_published_totals(symbol: str, kind: str, count: int) -> None:
    assert sum(row["Kế hoạch"] == symbol and row["Loại"] == kind for row in ASSIGNED) == count


def test_assigned_lists__every_code_and_text_is_distinct() -> None:
    assert len({row["Mã"] for row in ASSIGNED}) == len(ASSIGNED) == 317
    assert len({squeezed(row["Nội dung"]) for row in ASSIGNED}) == 317


@pytest.mark.parametrize(
    ("plan", "kind", "measure", "value"),
    [
        ("138", "Nhiệm vụ", "done", 33),
        ("138", "Nhiệm vụ", "in_progress", 17),
        ("138", "Nhiệm vụ", "overdue", 21),
        ("157", "Chỉ tiêu", "done", 11),
        ("157", "Nhiệm vụ", "done", 14),
        ("157", "Nhiệm vụ, dự án", "in_progress", 16),
        ("02", "Nhiệm vụ", "done", 24),
        ("02", "Nhiệm vụ", "in_progress", 7),
        ("06", "Nhiệm vụ", "done", 57),
        ("06", "Nhiệm vụ", "in_progress", 43),
        ("06", "Nhiệm vụ", "central", 12),
        ("06", "Nhiệm vụ", "recurring", 33),
    ],
)
def test_figures__are_the_published_ones(plan: str, kind: str, measure: str, value: int) -> None:
    assert FIGURES[plan, kind, measure] == value


def test_figures__are_the_sums_of_the_items() -> None:
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in ITEMS:
        key = (row["plan"], row["kind"])
        counted[(*key, "total")] += 1
        counted[(*key, row["class"])] += 1
        counted[(*key, "done")] += row["class"] in DONE
        counted[(*key, "central")] += int(row["central"])
        counted[(*key, "not_reported")] += not row["file"]
    assert +Counter(FIGURES) == +counted


def test_items__class_due_and_days_late_agree() -> None:
    for row in ITEMS:
        due = date.fromisoformat(row["due"]) if row["due"] else None
        if row["class"] == "overdue":
            assert due is not None and int(row["days_late"]) == (AS_OF - due).days > 0, row
        elif row["class"] == "in_progress":
            assert due is not None and due >= AS_OF and not row["days_late"], row
        elif row["class"] in ("recurring", "no_deadline"):
            assert due is None, row
        elif row["class"] != "done_late":
            assert not row["days_late"], row


def test_items__follow_the_assigned_lists() -> None:
    assert [row["code"] for row in ITEMS] == [row["Mã"] for row in ASSIGNED]
    assert [row["kind"] for row in ITEMS] == [row["Loại"] for row in ASSIGNED]


def test_items__source_cell_holds_the_task() -> None:
    texts = {row["Mã"]: squeezed(row["Nội dung"]) for row in ASSIGNED}
    books: dict[str, openpyxl.Workbook] = {}
    checked = 0
    for row in ITEMS:
        file = row["file"]
        if not file.endswith((".xlsx", ".xlsm")) or file in NOT_AS_WRITTEN or row["code"] in SHORTENED:
            continue
        if file not in books:
            books[file] = openpyxl.load_workbook(INBOX / file)
        assert squeezed(str(books[file][row["sheet"]][row["cell"]].value)) == texts[row["code"]], row
        checked += 1
    assert checked > 200


def test_inbox__has_the_files_and_formats_that_the_key_names() -> None:
    files = [path for path in INBOX.rglob("*") if path.is_file()]
    named = {row["file"] for row in (*ITEMS, *HAZARDS) if row["file"]}
    assert not [name for name in named if not (INBOX / name).is_file()]
    assert len(files) >= 36
    assert {path.suffix for path in files} >= {".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".docx", ".pdf"}
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 3_000_000


def test_hazards__name_findings_of_the_catalogue() -> None:
    known = tomllib.loads((SAMPLES.parent / "qn_xl" / "rules" / "findings.toml").read_text("utf-8"))
    assert not {row["finding"] for row in HAZARDS if row["finding"]} - set(known)


def test_assigned_lists__are_what_the_master_lists_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SAMPLES))
    from maker.catalog import load, write_assigned  # type: ignore[import-not-found]

    write_assigned(load(), tmp_path)
    for name in [module for module in sys.modules if module.split(".")[0] == "maker"]:
        monkeypatch.delitem(sys.modules, name)
    for path in sorted((SAMPLES / "giao").glob("*.csv")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_samples__hold_nothing_that_looks_like_a_phone_number_or_address_of_a_person() -> None:
    looks_personal = re.compile(r"(?<![\d/.-])(?:\+84|0[1-9])[\d .]{7,11}\d(?![\d/])|[\w.]+@[\w.]+\.\w+")
    found: list[tuple[str, str]] = []
    for path in SAMPLES.rglob("*"):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        texts: list[str] = []
        if path.suffix in TEXT or path.name == "UBND phường Hạ Long.xls":
            data = path.read_bytes()
            texts.append(data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8"))
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for part in archive.namelist():
                    if part.endswith(("sharedStrings.xml", "content.xml", "document.xml")):
                        texts += [text for text in ElementTree.fromstring(archive.read(part)).itertext() if text]
        found += [(path.name, hit) for text in texts for hit in looks_personal.findall(text)]
    assert not found
