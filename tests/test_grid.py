from __future__ import annotations

import hostile
import pytest

from qn_xl.intake import limits
from qn_xl.intake.grid import Grid, GridRow, Marks, Unreadable, a1, clip_merged, far_cells, open_workbook, rows_of


def grid_of(*lines: list[object]) -> Grid:
    return Grid("a", rows=rows_of(lines))


def test_rows_of__blanks_ghosts_and_numbers() -> None:
    rows = rows_of([["", ""], ["", "a", ""], ["", ""], [0, False, ""], ["", ""], ["", ""]])
    assert rows == [GridRow(1, []), GridRow(2, [None, "a"]), GridRow(3, []), GridRow(4, [0, False])]


def test_mark__error_at_the_edge_belongs_to_the_sheet() -> None:
    grid = grid_of(["a"])
    grid.mark(Marks(errors={(3, 2): "#N/A"}, uncached={(1, 3)}))
    assert [row.values for row in grid.rows] == [["a", None, None], [], [None, None]]


def test_mark__error_shown_as_text_is_no_value() -> None:
    grid = grid_of(["a", "#N/A"])
    grid.mark(Marks(errors={(1, 2): "#N/A"}))
    assert grid.rows[0].values == ["a", None]


def test_mark__far_error_builds_no_rows() -> None:
    grid = grid_of(["a"])
    grid.mark(Marks(errors={(limits.LAST_ROW, 1): "#N/A"}))
    assert len(grid.rows) == 1
    assert grid.errors == {(limits.LAST_ROW, 1): "#N/A"}


def test_clip_merged__overlapping_floods_end() -> None:
    grid = grid_of(*[["a", "b"]] * 10)
    flood = [(1, 1, 1_048_576, 16_384)] * 50_000
    kept = clip_merged(flood, grid)
    assert kept == [(1, 1, 10, limits.MERGED_WIDTH)]


def test_clip_merged__single_cells_and_ranges_below_the_table_dropped() -> None:
    grid = grid_of(["a"], ["b"], ["c"])
    assert clip_merged([(1, 1, 1, 1), (2, 1, 9, 1), (4, 1, 6, 1), (0, 0, 2, 2)], grid) == [(2, 1, 3, 1)]


def test_fill__wide_gap_parts_the_lesser_cells() -> None:
    grid = Grid("a")
    cells: dict[int, dict[int, object]] = {row: {1: "x", 2: "y"} for row in range(10, 20)}
    cells[limits.LAST_ROW] = {1: "xa"}
    cells[12][limits.LAST_COLUMN] = "xa"
    assert sorted(grid.fill(cells, Marks())) == [(12, limits.LAST_COLUMN), (limits.LAST_ROW, 1)]
    assert [row.number for row in grid.rows] == list(range(1, 20))
    assert grid.rows[11].values == ["x", "y"]


def test_fill__no_cells() -> None:
    grid = Grid("a")
    assert grid.fill({}, Marks()) == []
    assert grid.rows == []


def test_far_cells__dense_rectangle_is_whole() -> None:
    assert far_cells([(row, column, 0) for row in range(1, 600) for column in range(1, 500)]) == []


def test_far_cells__rectangle_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DENSE_CELLS", 1_000)
    with pytest.raises(Unreadable, match="file-too-large"):
        far_cells([(row, column, 0) for row in range(1, 50) for column in range(1, 50)])


@pytest.mark.parametrize(
    ("spot", "name"), [((1, 1), "A1"), ((3, 28), "AB3"), ((9, 702), "ZZ9"), ((1_048_576, 16_384), "XFD1048576")]
)
def test_a1__letters(spot: tuple[int, int], name: str) -> None:
    assert a1(*spot) == name


def test_open_workbook__bytes_given_and_extension_noted(tmp_path) -> None:  # type: ignore[no-untyped-def]
    book = open_workbook(tmp_path / "khong-co.xls", hostile.xlsx(hostile.TABLE))
    assert book.format == "xlsx"
    assert book.findings == [("file-other-extension", None, None, "Excel (.xlsx)")]


def test_open_workbook__overlong_text_is_cut_and_said(tmp_path) -> None:  # type: ignore[no-untyped-def]
    book = open_workbook(tmp_path / "a.xlsx", hostile.long_names())
    assert len(str(book.grids[0].rows[2].values[1])) == limits.CELL_TEXT
    assert book.findings == [("cell-too-long", ("Trang " * 14)[:80].strip(), "B3", "798003 ký tự")]
    assert book.grids[0].name == book.findings[0][1]


def test_open_workbook__control_characters_in_sheet_names(tmp_path) -> None:  # type: ignore[no-untyped-def]
    parts = hostile.parts(hostile.TABLE, hostile.TABLE, names=["\u202eđảo&#10;chiều", "thiếu\u200b"])
    del parts["xl/worksheets/sheet2.xml"]
    book = open_workbook(tmp_path / "a.xlsx", hostile.pack(parts))
    assert ([grid.name for grid in book.grids], book.missing_sheets) == (["đảo chiều"], ["thiếu"])
    assert len(book.grids[0].rows) == 2
