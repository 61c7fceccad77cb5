"""A zip package opened with care: nothing is unpacked beyond the limits, whatever it declares."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from qn_xl.intake import limits
from qn_xl.intake.grid import Unreadable

BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
_PIECE = 1 << 20


class Archive:
    """The parts of a package by name; names are compared without case, leading slash and back slashes.

    Raises:
        Unreadable: damaged, encrypted or larger than the limits.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise Unreadable("file-damaged", "gói nén bị cắt cụt hoặc hỏng") from error
        parts = self._zip.infolist()
        if len(parts) > limits.PACKAGE_PARTS:
            raise Unreadable("file-too-large", f"{len(parts)} phần trong gói nén")
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable("file-encrypted")
        unpacked = sum(part.file_size for part in parts)
        if unpacked > limits.UNPACKED_BYTES:
            raise Unreadable("file-too-large", f"bung nén ra {megabytes(unpacked)}")
        self._parts = {_plain(part.filename): part for part in parts}

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._parts

    def names(self) -> list[str]:
        return list(self._parts)

    def size(self, name: str) -> int:
        """Return the declared unpacked size of a part, 0 when there is none."""
        part = self._parts.get(_plain(name))
        return part.file_size if part else 0

    def read(self, name: str, limit: int = limits.SMALL_PART_BYTES) -> bytes:
        """Return a whole part.

        Raises:
            KeyError: no such part.
            Unreadable: larger than `limit` or damaged.
        """
        part = self._parts[_plain(name)]
        if part.file_size > limit:
            raise Unreadable("file-too-large", f"phần {part.filename[:60]} bung nén ra {megabytes(part.file_size)}")
        try:
            with self._zip.open(part) as stream:  # ZipFile.read would unpack more than the part declares
                return stream.read(part.file_size)
        except BROKEN as error:
            raise Unreadable("file-damaged", f"phần {part.filename[:60]} hỏng") from error

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a part piece by piece, for parts too large to hold.

        Raises:
            KeyError, Unreadable: as `read`; never more bytes than the part declares.
        """
        part = self._parts[_plain(name)]
        if part.file_size > limits.SHEET_BYTES:
            raise Unreadable("file-too-large", f"phần {part.filename[:60]} bung nén ra {megabytes(part.file_size)}")
        try:
            with self._zip.open(part) as stream:
                while piece := stream.read(_PIECE):
                    yield piece
        except BROKEN as error:
            raise Unreadable("file-damaged", f"phần {part.filename[:60]} hỏng") from error


    def copy(self, changed: Mapping[str, bytes]) -> bytes:
        """Return the package, in memory, with some parts replaced."""
        replaced = {_plain(name): content for name, content in changed.items()}
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as package:
            for name, part in self._parts.items():
                content = replaced.get(name)
                package.writestr(part.filename, self.read(name, limits.PART_BYTES) if content is None else content)
        return target.getvalue()


def megabytes(size: int) -> str:
    """Return a size in Vietnamese manner: 1.024 MB."""
    return f"{max(1, round(size / limits.MIB)):,} MB".replace(",", ".")


def refuse_entities(xml: bytes) -> None:
    """Raise Unreadable when a part declares a document type: no spreadsheet program writes one, bombs do."""
    plain = xml.replace(b"\x00", b"") if b"\x00" in xml[:8] else xml  # UTF-16
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise Unreadable("file-unsafe", "có khai báo thực thể XML (DOCTYPE)")


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
