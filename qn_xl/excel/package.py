"""The zip of Progress.xlsm: the ribbon part is added here, and equal content gives equal bytes."""

from __future__ import annotations

import io
import zipfile

RIBBON_PART = "customUI/customUI14.xml"
RIBBON_TYPE = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
VBA_PART = "xl/vbaProject.bin"
_FIRST = ("[Content_Types].xml", "_rels/.rels")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def parts(package: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_ribbon(package: bytes, ribbon: bytes, *, compressed: bool = False) -> bytes:
    """Return the workbook with the ribbon part and its root relationship.

    No content type is needed: the default for `xml` covers the part. Entries are stored unless asked for
    otherwise, because what deflate makes of the same content differs between builds of zlib.
    """
    content = parts(package)
    relations = content["_rels/.rels"].decode("utf-8")
    added = f'<Relationship Id="rIdRibbon" Type="{RIBBON_TYPE}" Target="{RIBBON_PART}"/></Relationships>'
    content["_rels/.rels"] = relations.replace("</Relationships>", added).encode("utf-8")
    content[RIBBON_PART] = ribbon
    return packed(content, compressed=compressed)


def packed(content: dict[str, bytes], *, compressed: bool = False) -> bytes:
    """Return a zip of the parts in a fixed order, with fixed dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in (*_FIRST, *sorted(set(content) - set(_FIRST))):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 0
            archive.writestr(entry, content[name], zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED)
    return out.getvalue()
