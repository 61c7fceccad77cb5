"""Two kinds of worksheet that xlsxwriter lacks: an official printed page, and a long list.

A list of 21,000 tasks is half a million cells; written through `Worksheet.write_string` the two lists of the
report took 13 s, as finished row text they take 2. So `ListSheet` keeps its rows as text of the sheet
part and shares one relationship between all links to a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from qn_xl.outputs.list_rows import Link, RowWriter, Shape
from qn_xl.outputs.measure import height, lines

LINKS_IN_A_SHEET = 65_530  # Excel opens no more
LONGEST_LINK = 2_079
_ESCAPES = str.maketrans({c: f"%{ord(c):02X}" for c in '%#?"<>[]^`{}|\\ '})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list. `style` names the traits of its cells (styles.py)."""

    header: str
    width: float
    style: str = ""
    wrap: bool = False  # long text: the row grows with it


@dataclass(frozen=True, slots=True)
class TableRange:
    """Where an Excel table stands; rows and columns counted from 0, both ends included, header row first."""

    sheet: str
    name: str
    first_row: int
    last_row: int
    columns: tuple[str, ...]
    first_column: int = 0

    @property
    def reference(self) -> str:
        """The table with its header in absolute A1: 'Chi tiết'!$A$4:$Z$74."""
        quoted = self.sheet.replace("'", "''")
        last = self.first_column + len(self.columns) - 1
        return f"'{quoted}'!{xl_range_abs(self.first_row, self.first_column, self.last_row, last)}"


def link_target(folder: str, file: str) -> str:
    """Return the relationship target of `file` below `folder`, both with "/"; "" when Excel could not open it.

    A relative folder stays relative; an absolute one (C:/…, //server/…, /…) becomes a file URL.
    """
    target = f"{folder}/{file}".translate(_ESCAPES)
    if target.startswith("//"):
        target = f"file:{target}"
    elif target.startswith("/"):
        target = f"file://{target}"
    elif target[1:3] == ":/":
        target = f"file:///{target}"
    return target if len(target.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST_LINK else ""


class PrintSheet(Worksheet):  # type: ignore[misc]
    """A page whose header is left out on the first page (Nghị định 30/2020/NĐ-CP: page numbers)."""

    def _write_header_footer(self) -> None:
        self._xml_start_tag("headerFooter", [("differentFirst", 1)])
        self._xml_data_element("oddHeader", self.header)
        self._xml_data_element("oddFooter", self.footer)
        self._xml_data_element("firstFooter", self.footer)
        self._xml_end_tag("headerFooter")


class ListSheet(Worksheet):  # type: ignore[misc]
    """A sheet that ends in one Excel table of any length."""

    dim_rowmax: int | None

    def __init__(self) -> None:
        super().__init__()
        self._list: list[str] = []
        self._list_end: int | None = None
        self._links: list[tuple[str, str, str]] = []

    def write_list(
        self,
        name: str,
        top: int,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        *,
        formats: Sequence[Format],
        header: Format,
        quoted: Format,
        link: Format | None = None,
        most_lines: int = 12,
    ) -> TableRange:
        """Write the table `name`: header in row `top` (from 0), then `rows`; nothing may be written below it.

        Args:
            rows: one value a column: str, int, float, date, Link; None and "" leave the cell blank. A date before
                1/3/1900 becomes text.
            formats: of the cells, one a column; `quoted` is for text that Excel would take for a formula when
                somebody edits it, `link` for a Link that opens something.
            most_lines: rows grow with their longest text up to this many lines.
        """
        for place, (column, cells) in enumerate(zip(columns, formats, strict=True)):
            self.set_column(place, place, column.width, cells)
        self.add_table(
            top,
            0,
            top + 1,
            len(columns) - 1,
            {
                "name": name,
                "style": None,
                "columns": [{"header": column.header, "header_format": header} for column in columns],
            },
        )
        tallest = max(lines(column.header, column.width - 3, bold=True) for column in columns)
        self.set_row(top, height(tallest) + 2)
        shapes = [
            Shape(xl_col_to_name(place), cells._get_xf_index(), column.width if column.wrap else 0.0)
            for place, (column, cells) in enumerate(zip(columns, formats, strict=True))
        ]
        writer = RowWriter(
            self.str_table, quoted._get_xf_index(), link._get_xf_index() if link else None, self._add_link
        )
        self._list = list(writer.render(top + 2, shapes, rows, most_lines))
        last = top + max(len(self._list), 1)  # a table has at least one row, if only a blank one
        self._list_end = last
        table = self.tables[-1]
        table["range"] = table["a_range"] = table["autofilter"] = xl_range(top, 0, last, len(columns) - 1)
        return TableRange(self.name, name, top, last, tuple(column.header for column in columns))

    def _add_link(self, cell: str, link: Link) -> bool:
        if not link.target or len(self._links) == LINKS_IN_A_SHEET:
            return False
        self._links.append((cell, link.target, link.location))
        return True

    def _write_dimension(self) -> None:
        own = self.dim_rowmax
        if self._list_end is not None:
            self.dim_rowmax = self._list_end
        super()._write_dimension()
        self.dim_rowmax = own

    def _write_rows(self) -> None:
        super()._write_rows()
        self.fh.writelines(self._list)

    def _write_hyperlinks(self) -> None:
        if not self._links:
            return
        targets: dict[str, int] = {}
        for target in dict.fromkeys(target for _, target, _ in self._links):
            self.rel_count += 1
            targets[target] = self.rel_count
            self.external_hyper_links.append(["/hyperlink", target, "External"])
        self._xml_start_tag("hyperlinks")
        for cell, target, location in self._links:
            place = [("location", location)] if location else []
            self._xml_empty_tag("hyperlink", list(chain([("ref", cell), ("r:id", f"rId{targets[target]}")], place)))
        self._xml_end_tag("hyperlinks")
