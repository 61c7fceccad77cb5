"""A strict check of a macro workbook: package, code names, VBA project, ribbon. Returns what is wrong, by name.

Excel itself is lenient or silent about most of these faults (a ribbon that does not load shows nothing at all),
so each rule here stands for a fault that would reach the office.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from compound import Broken, Container, decompress, read_dir

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
RID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
UI_TYPE = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
VBA_TYPE = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
CONTENT_TYPES = {
    "xl/workbook.xml": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xl/vbaProject.bin": "application/vnd.ms-office.vbaProject",
}

# The part of [MS-CUSTOMUI2] that the project uses: element -> (attributes, children).
RIBBON: dict[str, tuple[set[str], set[str]]] = {
    "customUI": ({"onLoad"}, {"ribbon"}),
    "ribbon": (set(), {"tabs"}),
    "tabs": (set(), {"tab"}),
    "tab": ({"id", "label", "insertAfterMso", "insertBeforeMso", "keytip"}, {"group"}),
    "group": ({"id", "label"}, {"button", "separator"}),
    "separator": ({"id"}, set()),
    "button": ({"id", "label", "size", "imageMso", "onAction", "screentip", "supertip", "keytip"}, set()),
}
REQUIRED = {"tab": {"id", "label", "keytip"}, "group": {"id", "label"}}
REQUIRED["button"] = {"id", "label", "imageMso", "onAction", "screentip", "supertip", "keytip"}
CALLBACKS = {"onLoad": ("IRibbonUI",), "onAction": ("IRibbonControl",)}
LONGEST = {"label": 1024, "screentip": 1024, "supertip": 1024, "keytip": 3}


def problems(package: bytes, sources: Mapping[str, str] | None = None) -> list[str]:
    """Return every fault of the workbook; with `sources` the modules must be exactly these, LF line ends."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        if archive.testzip():
            return ["zip: checksum"]
        names = archive.namelist()
        if len(set(names)) != len(names):
            return ["zip: a part twice"]
        parts = {name: archive.read(name) for name in names}
    found = _package(parts)
    codes = _code_names(parts)
    procedures: dict[str, tuple[str, ...]] = {}
    try:
        found += _project(parts["xl/vbaProject.bin"], codes, sources, procedures)
    except (Broken, KeyError, IndexError, struct.error, UnicodeDecodeError) as error:
        found.append(f"vbaProject.bin: {error}")
    return found + _ribbon(parts, procedures)


def _relations(parts: Mapping[str, bytes], name: str) -> dict[str, tuple[str, str]]:
    root = ET.fromstring(parts[name])
    return {one.attrib["Id"]: (one.attrib["Type"], one.attrib["Target"]) for one in root.iter(f"{REL}Relationship")}


def _package(parts: Mapping[str, bytes]) -> list[str]:
    found = []
    types = ET.fromstring(parts["[Content_Types].xml"])
    overrides = {one.get("PartName"): one.get("ContentType") for one in types if one.tag.endswith("Override")}
    defaults = {one.get("Extension"): one.get("ContentType") for one in types if one.tag.endswith("Default")}
    for name, wanted in CONTENT_TYPES.items():
        if overrides.get(f"/{name}", defaults.get(name.rsplit(".", 1)[-1])) != wanted:
            found.append(f"content type of {name}")
    vba = [target for kind, target in _relations(parts, "xl/_rels/workbook.xml.rels").values() if kind == VBA_TYPE]
    if vba != ["vbaProject.bin"]:
        found.append(f"relationship of the workbook to its VBA project: {vba}")
    for name in parts:
        if name.endswith((".xml", ".rels")):
            try:
                ET.fromstring(parts[name])
            except ET.ParseError as error:
                found.append(f"{name}: {error}")
    return found


def _code_names(parts: Mapping[str, bytes]) -> list[str | None]:
    relations = _relations(parts, "xl/_rels/workbook.xml.rels")
    book = ET.fromstring(parts["xl/workbook.xml"])
    properties = book.find(f"{MAIN}workbookPr")
    codes = [properties.get("codeName") if properties is not None else None]
    for sheet in book.iter(f"{MAIN}sheet"):
        part = ET.fromstring(parts["xl/" + relations[sheet.attrib[RID]][1]])
        own = part.find(f"{MAIN}sheetPr")
        codes.append(own.get("codeName") if own is not None else None)
    return codes


def _project(
    data: bytes, codes: list[str | None], sources: Mapping[str, str] | None, procedures: dict[str, tuple[str, ...]]
) -> list[str]:
    found = []
    streams = Container(data).streams
    cache = streams["VBA/_VBA_PROJECT"]
    if cache[:2] != b"\xcc\x61" or cache[4:].strip(b"\0"):
        found.append("_VBA_PROJECT holds a cache of compiled code")
    references, modules = read_dir(decompress(streams["VBA/dir"]))
    if references != ["stdole", "Office"]:
        found.append(f"references {references}")
    wanted = {"PROJECT", "PROJECTwm", "VBA/dir", "VBA/_VBA_PROJECT"} | {f"VBA/{one.name}" for one in modules}
    if set(streams) != wanted:
        found.append(f"streams differ from the dir stream: {sorted(set(streams) ^ wanted)}")
    listed = re.findall(r"^(Document|Module|Class)=(\w+)(/&H00000000)?\r$", streams["PROJECT"].decode("ascii"), re.M)
    if [name for _, name, _ in listed] != [one.name for one in modules]:
        found.append("PROJECT does not list the modules of the dir stream")
    for (kind, name, mark), module in zip(listed, modules, strict=False):
        if (kind == "Module") != module.standard or (kind == "Document") != bool(mark):
            found.append(f"{name}: another kind in PROJECT than in dir")
    pairs = (one.name.encode("ascii") + b"\0" + one.name.encode("utf-16-le") + b"\0\0" for one in modules)
    if streams["PROJECTwm"] != b"".join(pairs) + b"\0\0":
        found.append("PROJECTwm does not list the modules")
    documents = [name for kind, name, _ in listed if kind == "Document"]
    if documents != codes:
        found.append(f"document modules {documents} are not the code names {codes}")
    texts = {}
    for module in modules:
        if module.offset:
            found.append(f"{module.name}: module text at offset {module.offset}")
            continue
        texts[module.name] = decompress(streams[f"VBA/{module.name}"])
        found += _module(module.name, texts[module.name], module.name in documents)
        if module.standard:
            procedures.update(_procedures(texts[module.name].decode("ascii", "replace")))
    if sources is not None:
        own = {name: text.replace(b"\r\n", b"\n").decode("ascii") for name, text in texts.items()}
        own = {name: text for name, text in own.items() if name not in documents}
        for name in sorted(set(own) | set(sources)):
            if own.get(name) != sources.get(name):
                found.append(f"{name}: differs from its source")
    return found


def _module(name: str, text: bytes, document: bool) -> list[str]:
    found = []
    if not text.startswith(f'Attribute VB_Name = "{name}"\r\n'.encode()):
        found.append(f"{name}: does not begin with its VB_Name")
    bare = text.replace(b"\r\n", b"")
    if not text.isascii() or b"\r" in bare or b"\n" in bare:
        found.append(f"{name}: not ASCII with CRLF")
    if document and b"Attribute VB_Base = " not in text:
        found.append(f"{name}: a document module without VB_Base")
    return found


def _procedures(text: str) -> dict[str, tuple[str, ...]]:
    """Public Sub name -> types of its arguments."""
    found = {}
    for name, arguments in re.findall(r"^Public Sub (\w+)\(([^)]*)\)", text, re.M):
        types = [part.strip().rpartition(" As ")[2] for part in arguments.split(",") if part.strip()]
        found[name] = tuple(types)
    return found


def _ribbon(parts: Mapping[str, bytes], procedures: Mapping[str, tuple[str, ...]]) -> list[str]:
    targets = [target for kind, target in _relations(parts, "_rels/.rels").values() if kind == UI_TYPE]
    if targets != ["customUI/customUI14.xml"] or targets[0] not in parts:
        return [f"ribbon: relationship {targets}"]
    try:
        root = ET.fromstring(parts[targets[0]])
    except ET.ParseError as error:
        return [f"ribbon: {error}"]
    found: list[str] = []
    ids: set[str] = set()
    tips: set[str] = set()

    def visit(element: ET.Element) -> None:
        tag = element.tag.removeprefix(UI)
        if tag not in RIBBON:
            found.append(f"ribbon: element {element.tag}")
            return
        attributes, children = RIBBON[tag]
        for name in REQUIRED.get(tag, set()) - set(element.attrib):
            found.append(f"ribbon: {tag} without {name}")
        for name, value in element.attrib.items():
            if name not in attributes:
                found.append(f"ribbon: attribute {name} of {tag}")
            if name == "size" and value not in ("large", "normal"):
                found.append(f"ribbon: size {value}")
            if name in CALLBACKS and procedures.get(value) != CALLBACKS[name]:
                found.append(f"ribbon: {value} is no Public Sub of {CALLBACKS[name][0]}")
            if len(value) > LONGEST.get(name, 1024):
                found.append(f"ribbon: {name} of {element.get('id')} is too long")
            for kind, seen in (("id", ids), ("keytip", tips)):
                if name == kind:
                    if value in seen:
                        found.append(f"ribbon: {kind} {value} twice")
                    seen.add(value)
        for child in element:
            if child.tag.removeprefix(UI) not in children:
                found.append(f"ribbon: {child.tag} inside {tag}")
            else:
                visit(child)

    visit(root)
    return found
