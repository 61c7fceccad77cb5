"""Links from a list to the cell that a value was read from."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from qn_xl.model import Address, InputFile
from qn_xl.outputs.list_rows import Link
from qn_xl.outputs.worksheets import link_target

# Excel opens these as a single sheet that is named after the file: no other place can be shown.
ONE_SHEET = {"csv", "html", "tsv", "txt"}


class Sources:
    """Makes links to source files.

    Args:
        folder: the inbox as seen from the folder of the workbook that holds the links, with "/":
            "../../don-vi/2025-9T". None: names without links.
    """

    def __init__(self, folder: str | None, inputs: Iterable[InputFile] = ()) -> None:
        self._folder = folder
        self._formats = {one.file: one.format for one in inputs}
        self._targets: dict[str, str] = {}

    def link(self, where: Address, others: int = 0) -> Link:
        """Return the name of the file at `where`, opening its cell; `others`: number of further sources."""
        text = f"{where.file} (và {others} nguồn khác)" if others else where.file
        if self._folder is None:
            return Link(text, "")
        target = self._targets.get(where.file)
        if target is None:
            target = self._targets[where.file] = link_target(self._folder, where.file)
        if where.sheet is None or self._formats.get(where.file) in ONE_SHEET:
            return Link(text, target)
        quoted = where.sheet.replace("'", "''")
        return Link(text, target, f"'{quoted}'!{where.cell or 'A1'}")


def copy_report(report: Path, copy: Path, *, inbox: str, from_copy: str) -> None:
    """Copy a report into another folder so that its links still lead to the units' files.

    Args:
        inbox: the folder that `report` was written with; `from_copy`: the same folder as seen from the copy.
    """
    old, new = (f'Target="{link_target(folder, "")}'.encode() for folder in (inbox, from_copy))
    with zipfile.ZipFile(report) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.startswith("xl/worksheets/_rels/"):
                content = content.replace(old, new)
            made.writestr(entry, content)
