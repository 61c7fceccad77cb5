"""The parts of an .xlsx package: which sheets there are, styles, properties, fonts of rich text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from qn_xl.intake import limits
from qn_xl.intake.archive import Archive, refuse_entities
from qn_xl.intake.grid import Unreadable
from qn_xl.intake.numberformats import BUILTIN, is_date


@dataclass(slots=True)
class Sheet:
    name: str
    hidden: bool
    part: str | None  # None: named in the workbook, absent from the package


@dataclass(slots=True)
class Styles:
    """Per cell style index: number format code and font name."""

    formats: list[str] = field(default_factory=list)
    fonts: list[str] = field(default_factory=list)

    def dates(self) -> dict[int, str]:
        return {style: code for style, code in enumerate(self.formats) if is_date(code)}


@dataclass(slots=True)
class Package:
    sheets: list[Sheet]
    styles: Styles
    epoch_1904: bool
    strings_part: str | None
    run_fonts: set[str]  # fonts of rich text runs in the shared strings
    longest_string: int  # bytes
    modified: datetime | None
    properties: dict[str, str]


def walk(
    xml: bytes | Iterable[bytes],
    start: Callable[[str, dict[str, str]], None],
    text: Callable[[str], None] | None = None,
    end: Callable[[str], None] | None = None,
    *,
    plain: bool = True,
) -> None:
    """Parse a part, whole or in pieces, handing tags to the callbacks.

    Args:
        plain: tags without their namespace; attributes always come as "namespace|name" or "name".
    Raises:
        Unreadable: not well formed (file-damaged) or with a document type (file-unsafe).
    """
    parser = expat.ParserCreate(namespace_separator="|")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    local = _LocalNames()
    started, ended = start, end
    parser.StartElementHandler = (lambda tag, given: started(local[tag], given)) if plain else start
    if end:
        parser.EndElementHandler = (lambda tag: ended(local[tag])) if plain and ended else end
    if text:
        parser.CharacterDataHandler = text
    try:
        for piece in (xml,) if isinstance(xml, bytes) else xml:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable("file-damaged", f"XML hỏng ({error})") from error


class _LocalNames(dict[str, str]):
    """Tag with namespace to tag without."""

    def __missing__(self, tag: str) -> str:
        self[tag] = plain = tag.rpartition("|")[2]
        return plain


def _refuse_doctype(*_: object) -> None:
    raise Unreadable("file-unsafe", "có khai báo thực thể XML (DOCTYPE)")


def open_package(archive: Archive) -> Package:
    """Return the structure of the package.

    Raises:
        Unreadable: no workbook part, damaged, unsafe, or too many sheets.
    """
    main = _main_part(archive)
    related = relations(archive, main)
    sheets: list[Sheet] = []
    epoch_1904 = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal epoch_1904
        if tag == "sheet":
            identity = next((value for key, value in attributes.items() if key.endswith("|id")), "")
            usual = f"{posixpath.dirname(main)}/worksheets/sheet{len(sheets) + 1}.xml"
            kind, part = related.get(identity, ("worksheet", usual))
            if kind in ("worksheet", ""):
                hidden = attributes.get("state", "visible").lower() != "visible"
                sheets.append(Sheet(attributes.get("name", ""), hidden, part if part in archive else None))
        elif tag == "workbookPr":
            epoch_1904 = attributes.get("date1904", "").lower() in ("1", "true")

    walk(archive.read(main), start)
    if len(sheets) > limits.SHEETS:
        raise Unreadable("file-too-large", f"{len(sheets)} trang tính")
    parts = {kind: part for kind, part in related.values() if part in archive}
    strings = parts.get("sharedStrings")
    return Package(
        sheets,
        _styles(archive.read(parts["styles"])) if "styles" in parts else Styles(),
        epoch_1904,
        strings,
        *(_strings(archive, strings) if strings else (set(), 0)),
        modified_of(archive),
        properties_of(archive),
    )


def _main_part(archive: Archive) -> str:
    for kind, part in relations(archive, "").values():
        if kind == "officeDocument" and part in archive:
            return part
    for name in archive.names():
        if name.rsplit("/", 1)[-1] == "workbook.xml":
            return name
    raise Unreadable("file-damaged", "thiếu phần sổ làm việc")


def relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Return relationship id to (kind, part) of `part`; the empty name is the package itself."""
    folder, leaf = posixpath.split(part)
    name = posixpath.join(folder, "_rels", f"{leaf}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rsplit("/", 1)[-1], path)

    if name in archive:
        try:
            walk(archive.read(name), start)
        except Unreadable as error:
            if error.code != "file-damaged":
                raise
    return found


def _styles(xml: bytes) -> Styles:
    codes = dict(BUILTIN)
    fonts: list[str] = []
    cells: list[tuple[int, int]] = []
    inside = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag in ("numFmts", "fonts", "cellXfs", "cellStyleXfs", "dxfs", "fills", "borders", "extLst"):
            inside = tag
        elif tag == "numFmt" and inside == "numFmts":
            codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif tag == "font" and inside == "fonts":
            fonts.append("")
        elif tag == "name" and inside == "fonts" and fonts:
            fonts[-1] = attributes.get("val", "")
        elif tag == "xf" and inside == "cellXfs":
            cells.append((_number(attributes.get("numFmtId")), _number(attributes.get("fontId"))))

    walk(xml, start)
    return Styles(
        [codes.get(code, "General") for code, _ in cells],
        [fonts[font] if font < len(fonts) else "" for _, font in cells],
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _strings(archive: Archive, part: str) -> tuple[set[str], int]:
    """Return the fonts of rich text runs and the size of the longest shared string with its mark-up."""
    xml = archive.read(part, limits.PART_BYTES)
    refuse_entities(xml)
    if xml.count(b"<si") > limits.SHARED_STRINGS:
        raise Unreadable("file-too-large", "quá nhiều chuỗi dùng chung")
    fonts = set(re.findall(rb'rFont val="([^"]{1,80})"', xml)) if b"rFont" in xml else set()
    return {name.decode("utf-8", "replace") for name in fonts}, max(map(len, xml.split(b"si>")))


def modified_of(archive: Archive) -> datetime | None:
    if "docProps/core.xml" not in archive:
        return None
    found = re.search(rb":modified[^>]*>\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)", archive.read("docProps/core.xml"))
    try:
        return datetime.fromisoformat(found[1].decode()) if found else None
    except ValueError:
        return None


def properties_of(archive: Archive) -> dict[str, str]:
    if "docProps/custom.xml" not in archive:
        return {}
    found: dict[str, str] = {}
    name = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal name
        if tag == "property":
            name = attributes.get("name", "")

    def text(piece: str) -> None:
        if name:
            found[name] = found.get(name, "") + piece

    try:
        walk(archive.read("docProps/custom.xml"), start, text)
    except Unreadable as error:
        if error.code != "file-damaged":
            raise
    return {key: value.strip() for key, value in found.items()}
