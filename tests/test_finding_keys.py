"""Keys of the reader's findings: a fault keeps its key when rows, columns and file names move, and has it alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from qn_xl.model import Address, Class, Decision, Finding, Severity
from qn_xl.rules.catalogue import key_of
from qn_xl.rules.decide import base_key, renewed
from tests.handmade import BEFORE, assigned, built, line, sent
from tests.sheets import grid, read

HEAD = "TT | Nội dung nhiệm vụ | Đơn vị chủ trì | Thời hạn | Trạng thái | Mốc riêng"
ROWS = [
    "1 | Xây dựng kế hoạch dữ liệu mở | Sở Y tế | sớm nhất có thể | xem công văn | x",
    "2 | Ban hành quy chế phối hợp | Sở Y tế | 30/9/2025 | xem công văn | x",
    "3 | Tổ chức tập huấn cán bộ | Sở Y tée | 30/9/2025 | Hoàn thành | x",
]
OTHER = "Thêm một nhiệm vụ khác | Sở Y tế | 30/9/2025 | Hoàn thành | x"


def keys(
    lines: list[str], name: str = "Sở Y tế.xlsx", head: str = HEAD, title: str = "KH 138/KH-UBND"
) -> dict[str, str]:
    """Return key → code of the findings of a file with these rows."""
    found = read(grid("\n".join([title, head, *lines])), name=name).findings
    assert len({one.key for one in found}) == len(found)
    return {one.key: one.code for one in found}


def test_keys__rows_inserted_and_numbered_anew_keep_them() -> None:
    before = keys(ROWS)
    assert sorted(before.values()) == [
        "date-unreadable", "header-column-unknown", "status-unknown", "status-unknown", "unit-unknown",
    ]  # fmt: skip
    moved = [f"1 | {OTHER}", *(row.replace(row[0], str(int(row[0]) + 1), 1) for row in ROWS)]
    assert keys(moved) == before
    assert keys(ROWS, title="KH 138/KH-UBND\n\nThêm dòng\n") == before


def test_keys__another_file_of_the_same_unit_and_an_inserted_column_keep_them() -> None:
    before = keys(ROWS)
    assert keys(ROWS, name="lần 2/SYT gửi lại.xlsx") == before
    wide = [row.replace(" | ", " | a | ", 1) for row in ROWS]
    assert keys(wide, head=HEAD.replace(" | ", " | Nhóm | ", 1)) == before


def test_keys__of_another_unit_are_others_but_for_a_name_nobody_knows() -> None:
    same = keys(ROWS).keys() & keys(ROWS, name="Sở Tài chính.xlsx").keys()
    assert {code for key, code in keys(ROWS).items() if key in same} == {"unit-unknown"}


def test_keys__corrected_value_takes_its_finding_away_and_another_bad_value_keeps_it() -> None:
    before = keys(ROWS)
    mended = keys([ROWS[0].replace("sớm nhất có thể", "30/9/2025"), *ROWS[1:]])
    assert set(before) - set(mended) == {key for key, code in before.items() if code == "date-unreadable"}
    assert not set(mended) - set(before)
    assert keys([ROWS[0].replace("sớm nhất có thể", "càng nhanh càng tốt"), *ROWS[1:]]) == before


def test_keys__two_rows_with_the_same_words_have_two() -> None:
    twice = keys([ROWS[1], ROWS[1]])
    assert sorted(twice.values()).count("status-unknown") == 2
    assert set(keys([ROWS[1]])) < set(twice)


def test_keys__same_file_twice_with_every_order_of_reading_unique_and_the_same() -> None:
    text = "\n".join(["KH 138/KH-UBND", HEAD, *ROWS])
    files = [read(grid(text), name=name) for name in ("SYT 1.xlsx", "SYT.xlsx", "a.xlsx")]
    made = {tuple(one.key for one in built(order).findings) for order in permutations(files)}
    assert len(made) == 1
    (found,) = made
    assert len(set(found)) == len(found) and any(key != base_key(key) for key in found)


# ---- rows that a later file of the unit replaced


TASK = assigned("1", "Xây dựng kế hoạch năm 2025", due=BEFORE)


def said_at(file: str, key: str = "status-unknown:0123456789") -> Finding:
    where = Address(file, "Sheet1", "E6")
    return Finding("status-unknown", key, Severity.WARNING, where, "xem công văn", "a", "m", "r", unit="SYT")


def test_replaced_row__its_findings_are_notes_and_the_row_that_counts_has_the_plain_key() -> None:
    # by name the earlier file comes first
    old = sent("SYT", line("1", TASK.task, due=BEFORE), file="a.xlsx", findings=[said_at("a.xlsx")])
    new = sent("SYT", line("1", TASK.task, due=BEFORE), file="b.xlsx", version=2, findings=[said_at("b.xlsx")])
    found = {one.where.file: one for one in built([old, new], [TASK]).findings if one.code == "status-unknown"}
    assert (found["a.xlsx"].severity, found["b.xlsx"].severity) == (Severity.NOTE, Severity.WARNING)
    assert "b.xlsx" in found["a.xlsx"].action
    assert found["b.xlsx"].key == "status-unknown:0123456789"
    assert base_key(found["a.xlsx"].key) == found["b.xlsx"].key != found["a.xlsx"].key


def test_replaced_row__corrected_in_the_later_file_nothing_is_left_to_repair() -> None:
    old = sent("SYT", line("1", TASK.task, due=BEFORE), file="a.xlsx", findings=[said_at("a.xlsx")])
    new = sent("SYT", line("1", TASK.task, "Hoàn thành", due=BEFORE), file="b.xlsx", version=2)
    made = built([old, new], [TASK])
    assert not [one for one in made.findings if one.unit == "SYT" and one.severity is not Severity.NOTE]
    (sent_back,) = [one for one in made.returns if one.unit == "SYT"]
    assert (sent_back.errors, sent_back.warnings) == (0, 0)


# ---- decisions under the keys of before


def test_old_key__of_a_cell_still_finds_its_finding() -> None:
    reading = read(grid("\n".join(["KH 138/KH-UBND", HEAD, *ROWS])), name="Sở Y tế.xlsx")
    said = next(one for one in reading.findings if one.code == "status-unknown")
    old = key_of("status-unknown", f"Sở Y tế.xlsx|Sheet1|{said.where.cell}|xem công văn")
    assert old != said.key
    decision = Decision(old, "class", "Hoàn thành", "Công văn 12/UBND")
    task = assigned("1", "Xây dựng kế hoạch dữ liệu mở", due=BEFORE)
    (kept,) = renewed([decision], reading.findings)
    assert kept == replace(decision, key=said.key)
    made = built([reading], [task], kept)
    assert made.items[0].cls is Class.DONE_UNDATED and made.items[0].decided == (said.key,)
    assert "decision-unused" not in {one.code for one in made.findings}


def test_old_key__of_something_else_stays_as_it_is() -> None:
    decision = Decision("138-1|SYT", "class", "Hoàn thành")
    reading = read(grid("\n".join(["KH 138/KH-UBND", HEAD, *ROWS])))
    assert renewed([decision], reading.findings) == (decision,)
    assert renewed([], reading.findings) == ()


def test_decision__by_the_key_of_the_second_of_two_files_is_about_both() -> None:
    said = said_at("a.xlsx")
    row = sent("SYT", line("1", TASK.task, due=BEFORE), file="a.xlsx", findings=[said])
    made = built([row], [TASK], Decision(f"{said.key}-2", "class", "Hoàn thành"))
    assert made.items[0].cls is Class.DONE_UNDATED
