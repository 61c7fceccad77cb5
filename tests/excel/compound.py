"""A strict reader of vbaProject.bin for tests: [MS-CFB] container, [MS-OVBA] compression and dir stream.

It accepts what Excel writes and nothing looser, with one exemption: a red node below a red node in the
directory tree, which pyOpenVBA writes and Excel opens.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STREAM, _STORAGE, _ROOT = 2, 1, 5


class Broken(Exception):
    """The container or a stream breaks a rule of its format."""


@dataclass(frozen=True)
class Entry:
    name: str
    kind: int
    red: bool
    left: int
    right: int
    child: int
    start: int
    size: int


@dataclass(frozen=True)
class Module:
    name: str
    standard: bool
    offset: int


class Container:
    """Streams of a compound file by path; every sector must belong to exactly one thing."""

    def __init__(self, data: bytes) -> None:
        if data[:8] != b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or len(data) % 512:
            raise Broken("container: signature or size")
        if struct.unpack_from("<HHHHH", data, 24) != (0x3E, 3, 0xFFFE, 9, 6):
            raise Broken("container: versions in the header")
        directories, fats, first, _, cutoff, mini_first, minis, more, extra = struct.unpack_from("<9I", data, 40)
        if (directories, cutoff, more, extra) != (0, 4096, END, 0):
            raise Broken("container: fields of the header")
        self._data = data
        self._total = len(data) // 512 - 1
        self._owner: dict[int, str] = {}
        self._fat: list[int] = []
        for sector in struct.unpack_from("<109I", data, 76)[:fats]:
            self._owner[sector] = "FAT"
            self._fat += struct.unpack("<128I", self._sector(sector))
        if any(self._fat[sector] != FAT for sector in self._owner) or set(self._fat[self._total :]) > {FREE}:
            raise Broken("container: marks in the FAT")
        self._entries = self._read_directory(self._chain(first, "directory"))
        root = self._entries[0]
        if (root.name, root.kind) != ("Root Entry", _ROOT):
            raise Broken("container: root entry")
        mini_fat = self._chain(mini_first, "mini FAT") if minis else b""
        self._mini_fat = struct.unpack(f"<{len(mini_fat) // 4}I", mini_fat)
        self._mini = self._chain(root.start, "mini stream") if root.size else b""
        self._mini_used: set[int] = set()
        self._reached = {0}
        self.streams: dict[str, bytes] = {}
        self._walk(root.child, None, None, "")
        if any(one.kind for place, one in enumerate(self._entries) if place not in self._reached):
            raise Broken("container: an entry outside the tree")

    def _sector(self, number: int) -> bytes:
        return self._data[512 + number * 512 : 1024 + number * 512]

    def _chain(self, start: int, owner: str) -> bytes:
        out = []
        while start != END:
            if start >= self._total or start in self._owner:
                raise Broken(f"container: sector {start} of {owner} is out of range or shared")
            self._owner[start] = owner
            out.append(self._sector(start))
            start = self._fat[start]
        return b"".join(out)

    @staticmethod
    def _read_directory(data: bytes) -> list[Entry]:
        entries = []
        for at in range(0, len(data), 128):
            raw = data[at : at + 128]
            length, kind, colour, left, right, child = struct.unpack_from("<HBBIII", raw, 64)
            start, size = struct.unpack_from("<IQ", raw, 116)
            name = raw[: max(length - 2, 0)].decode("utf-16-le")
            entries.append(Entry(name, kind, colour == 0, left, right, child, start, size))
        return entries

    def _content(self, entry: Entry) -> bytes:
        if entry.size >= 4096:
            data = self._chain(entry.start, entry.name)
            if len(data) != -(-entry.size // 512) * 512:
                raise Broken(f"container: length of {entry.name}")
            return data[: entry.size]
        out, at = [], entry.start
        while entry.size and at != END:
            if at in self._mini_used or at >= len(self._mini_fat):
                raise Broken(f"container: mini sector {at} of {entry.name}")
            self._mini_used.add(at)
            out.append(self._mini[at * 64 : at * 64 + 64])
            at = self._mini_fat[at]
        if len(out) != -(-entry.size // 64):
            raise Broken(f"container: mini length of {entry.name}")
        return b"".join(out)[: entry.size]

    def _walk(self, place: int, low: tuple[int, str] | None, high: tuple[int, str] | None, path: str) -> None:
        if place == FREE:
            return
        if place in self._reached or place >= len(self._entries):
            raise Broken("container: a loop in the tree")
        self._reached.add(place)
        entry = self._entries[place]
        key = (len(entry.name), entry.name.upper())
        if (low is not None and key <= low) or (high is not None and key >= high):
            raise Broken(f"container: order of the tree at {entry.name}")
        self._walk(entry.left, low, key, path)
        self._walk(entry.right, key, high, path)
        if entry.kind == _STREAM:
            self.streams[path + entry.name] = self._content(entry)
        elif entry.kind == _STORAGE:
            self._walk(entry.child, None, None, f"{path}{entry.name}/")
        else:
            raise Broken(f"container: kind of {entry.name}")


def decompress(data: bytes) -> bytes:
    """[MS-OVBA] 2.4.1."""
    if data[:1] != b"\x01":
        raise Broken("compressed stream: signature")
    out, at = bytearray(), 1
    while at < len(data):
        if at + 2 > len(data):
            raise Broken("compressed stream: cut off")
        (header,) = struct.unpack_from("<H", data, at)
        end, start = at + (header & 0xFFF) + 3, len(out)
        if (header >> 12) & 7 != 3 or end > len(data):
            raise Broken("compressed stream: chunk header")
        at += 2
        if not header >> 15:
            out += data[at:end]
            at = end
            continue
        while at < end:
            flags = data[at]
            at += 1
            for bit in range(8):
                if at >= end:
                    break
                if not flags >> bit & 1:
                    out.append(data[at])
                    at += 1
                    continue
                (token,) = struct.unpack_from("<H", data, at)
                at += 2
                bits = max(4, (len(out) - start - 1).bit_length())
                back, length = (token >> (16 - bits)) + 1, (token & (0xFFFF >> bits)) + 3
                if back > len(out) - start:
                    raise Broken("compressed stream: a copy from before the chunk")
                for _ in range(length):
                    out.append(out[-back])
        if at != end or len(out) - start > 4096 or (at < len(data) and len(out) - start != 4096):
            raise Broken("compressed stream: chunk length")
    return bytes(out)


class _Records:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def peek(self) -> int:
        return int(struct.unpack_from("<H", self._data, self._at)[0]) if self._at + 2 <= len(self._data) else -1

    def take(self, number: int, size: int | None = None) -> bytes:
        if self._at + 6 > len(self._data):
            raise Broken(f"dir: ends before record {number:#x}")
        found, length = struct.unpack_from("<HI", self._data, self._at)
        if found != number or (size is not None and length != size) or self._at + 6 + length > len(self._data):
            raise Broken(f"dir: record {number:#x} wanted, {found:#x} of {length} bytes found")
        self._at += 6 + length
        return self._data[self._at - length : self._at]

    def skip(self, count: int) -> None:
        self._at += count

    def text(self, narrow: int, wide: int) -> str:
        first, second = self.take(narrow).decode("ascii"), self.take(wide).decode("utf-16-le")
        if first != second:
            raise Broken(f"dir: {first!r} is not {second!r}")
        return first

    def rest(self) -> bytes:
        return self._data[self._at :]


def read_dir(data: bytes) -> tuple[list[str], list[Module]]:
    """[MS-OVBA] 2.3.4.2: names of the references, and the modules."""
    records = _Records(data)
    records.take(0x01, 4)
    if records.peek() == 0x4A:
        records.take(0x4A, 4)
    for number, size in ((0x02, 4), (0x14, 4), (0x03, 2), (0x04, None)):
        records.take(number, size)
    records.text(0x05, 0x40)
    for number, size in ((0x06, None), (0x3D, None), (0x07, 4), (0x08, 4), (0x09, 4)):
        records.take(number, size)
    records.skip(2)
    records.text(0x0C, 0x3C)
    references = []
    while records.peek() == 0x16:
        references.append(records.text(0x16, 0x3E))
        raw = records.take(0x0D)
        if struct.unpack_from("<I", raw)[0] != len(raw) - 10:
            raise Broken("dir: size of a reference")
    (count,) = struct.unpack("<H", records.take(0x0F, 2))
    records.take(0x13, 2)
    modules = []
    for _ in range(count):
        name, stream = records.text(0x19, 0x47), records.text(0x1A, 0x32)
        if name != stream:
            raise Broken(f"dir: module {name} lies in stream {stream}")
        records.text(0x1C, 0x48)
        offset = struct.unpack("<I", records.take(0x31, 4))[0]
        records.take(0x1E, 4)
        records.take(0x2C, 2)
        standard = records.peek() == 0x21
        records.take(0x21 if standard else 0x22, 0)
        while records.peek() in (0x25, 0x28):
            records.take(records.peek(), 0)
        records.take(0x2B, 0)
        modules.append(Module(name, standard, offset))
    records.take(0x10, 0)
    if records.rest().strip(b"\0"):
        raise Broken("dir: something after its end")
    return references, modules
