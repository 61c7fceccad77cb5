from __future__ import annotations

import struct
from pathlib import Path

import hazards
import hostile
import pytest

from qn_xl.intake import limits, sniff
from qn_xl.intake.grid import Unreadable, open_workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refused(data: bytes, name: str = "a.xlsx") -> tuple[str, str]:
    with pytest.raises(Unreadable) as caught:
        sniff.recognise(data, name)
    return caught.value.code, caught.value.seen


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (hostile.xlsx(hostile.TABLE), "xlsx"),
        (hostile.ods("<table:table/>"), "ods"),
        (hostile.xml2003(""), "xml2003"),
        ("TT;Nhiệm vụ\n1;Xây dựng".encode(), "csv"),
        ("TT;Nhiệm vụ\n1;Xây dựng".encode("utf-16"), "csv"),
        ("TT;Nhiem vu\n1;Xay dung".encode("utf-16-le"), "csv"),
        (b"\r\n <!DOCTYPE html><html><table></table></html>", "html"),
        ("\ufeff<html><table></table></html>".encode("utf-16"), "html"),
        (b"<table border=1><tr><td>1</td></tr></table>", "html"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "mhtml"),
    ],
)
def test_recognise__by_content_whatever_the_name(data: bytes, kind: str) -> None:
    assert sniff.recognise(data, "bao-cao.pdf") == kind


def test_recognise__xlsx_without_content_types_or_usual_names() -> None:
    parts = hostile.parts(hostile.TABLE)
    moved = {name.replace("xl/", "du-lieu/"): text.replace("xl/", "du-lieu/") for name, text in parts.items()}
    del moved["[Content_Types].xml"]
    assert sniff.recognise(hostile.pack(moved), "a.xlsx") == "xlsx"


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"{\\rtf1", "RTF"),
        (b'<?xml version="1.0"?><a/>', "XML"),
        (bytes(range(1, 30)) * 40, "không rõ"),
    ],
)
def test_recognise__not_a_spreadsheet(start: bytes, what: str) -> None:
    code, seen = refused(start, "a.bin")
    assert (code, what in seen) == ("file-not-spreadsheet", True)


@pytest.mark.parametrize(("inside", "what"), [("word/document.xml", "Word"), ("ppt/presentation.xml", "pptx")])
def test_recognise__office_document_of_another_kind(inside: str, what: str) -> None:
    code, seen = refused(hostile.pack({"[Content_Types].xml": "<Types/>", inside: "<x/>"}), "a.xlsx")
    assert (code, what in seen) == ("file-not-spreadsheet", True)


def test_recognise__plain_zip_says_what_is_in_it() -> None:
    code, seen = refused(hostile.pack({"a.xlsx": "x", "b.xlsx": "y"}))
    assert (code, seen) == ("file-not-spreadsheet", "tệp nén ZIP, 2 tệp bên trong")


@pytest.mark.parametrize(
    "start", [b"\x00\x00\x1a\x00\x00\x10\x04\x00", b"ID;PWXL;N;E\r\n", b"TABLE\r\n0,1\r\n", b"\x09\x04\x06\x00\x00\x00"]
)
def test_recognise__spreadsheets_that_nobody_reads(start: bytes) -> None:
    assert refused(start + b"x" * 40, "a.xls")[0] == "file-format-unsupported"


def test_recognise__dbase() -> None:
    header = struct.pack("<4BIHH20x", 3, 125, 9, 30, 1, 65, 20) + b"TEN".ljust(32, b"\x00") + b"\r"
    assert refused(header + b" " * 20, "a.dbf") == ("file-format-unsupported", "dBASE (.dbf)")


@pytest.mark.parametrize("data", [b"", b"   \r\n\t", bytes(4096), b"\xef\xbb\xbf\r\n"])
def test_recognise__empty(data: bytes) -> None:
    assert refused(data)[0] == "file-empty"


def test_recognise__encrypted_package() -> None:
    # A compound file whose directory holds EncryptedPackage: header, one table sector, one directory sector.
    names = [("Root Entry", 5), ("EncryptedPackage", 2)]
    directory = b"".join(
        name.encode("utf-16-le").ljust(64, b"\x00")
        + struct.pack("<HBBIII", 2 * len(name) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF)
        + bytes(36)
        + struct.pack("<IQ", 0xFFFFFFFE, 0)
        for name, kind in names
    )
    sectors = (0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    header = OLE + bytes(16) + struct.pack("<5H6x10I", 0x3E, 3, 0xFFFE, 9, 6, *sectors)
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff")
    data = header.ljust(512, b"\xff") + table + directory.ljust(512, b"\x00")
    assert refused(data)[0] == "file-encrypted"


def test_recognise__xls_with_a_password_to_open(tmp_path: Path) -> None:
    data = bytearray((hazards.FOLDER / "hazards.xls").read_bytes())
    at = data.index(struct.pack("<HH", 0x0042, 2))  # the code page record becomes FILEPASS
    data[at : at + 2] = struct.pack("<H", 0x002F)
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match="file-encrypted"):
        open_workbook(path)


def test_recognise__encrypted_ods() -> None:
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": "secret",
        "META-INF/manifest.xml": "<manifest:encryption-data/>",
    }
    assert refused(hostile.pack(parts), "a.ods")[0] == "file-encrypted"


@pytest.mark.parametrize("name", ["~$bao-cao.xlsx", ".~lock.bao-cao.ods#"])
def test_recognise__lock_file_by_name(name: str) -> None:
    assert refused(b"x" * 165, name) == ("file-locked-twin", name)


def test_recognise__lock_file_under_another_name() -> None:
    name = "Văn thư".encode()
    owner = bytes([len(name)]) + name.ljust(54) + b"\x07\x00" + "Văn thư".ljust(54).encode("utf-16-le")
    assert refused(owner[:165].ljust(165, b" "), "a.xlsx")[0] == "file-locked-twin"


def test_recognise__junk_with_a_spreadsheet_name_is_damaged() -> None:
    assert refused(bytes(range(1, 256)) * 20, "a.xlsx")[0] == "file-damaged"


@pytest.mark.parametrize("cut", [60, 400, 900])
def test_recognise__cut_off_package_is_damaged(cut: int) -> None:
    assert refused(hostile.xlsx(hostile.TABLE)[:cut])[0] == "file-damaged"


def test_load__missing_file(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="file-unavailable"):
        sniff.kind_of(tmp_path / "khong-co.xlsx")


def test_load__locked_once_then_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("TT;Việc", "utf-8")
    whole, failures = Path.read_bytes, [PermissionError(13, "sharing violation")]

    def read(self: Path) -> bytes:
        if failures:
            raise failures.pop()
        return whole(self)

    monkeypatch.setattr(Path, "read_bytes", read)
    monkeypatch.setattr(sniff.time, "sleep", lambda seconds: None)
    assert sniff.kind_of(path) == "csv"
    failures += [PermissionError(13, "sharing violation")] * (1 + len(sniff.PAUSES))
    with pytest.raises(Unreadable, match="file-unavailable"):
        sniff.kind_of(path)


@pytest.mark.parametrize(("writes", "whole"), [(2, True), (9, False)])
def test_load__while_somebody_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int, whole: bool) -> None:
    path = tmp_path / "a.csv"
    path.write_text("TT;Việc\n", "utf-8")
    read, left = Path.read_bytes, [None] * writes

    def written_meanwhile(self: Path) -> bytes:
        data = read(self)
        if left:
            left.pop()
            with self.open("ab") as stream:
                stream.write(b"1;x\n")
        return data

    monkeypatch.setattr(Path, "read_bytes", written_meanwhile)
    monkeypatch.setattr(sniff.time, "sleep", lambda seconds: None)
    if whole:
        assert sniff.load(path).count(b"\n") == 1 + writes
    else:
        with pytest.raises(Unreadable, match="file-changing"):
            sniff.load(path)


def test_load__larger_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(hostile.xlsx(hostile.TABLE))
    monkeypatch.setattr(limits, "FILE_BYTES", 100)
    with pytest.raises(Unreadable, match="file-too-large"):
        sniff.kind_of(path)


@pytest.mark.parametrize(
    ("kind", "name", "other"),
    [("xlsx", "a.xlsx", False), ("xlsx", "a.XLSX", False), ("html", "a.xls", True), ("csv", "a", True)],
)
def test_other_extension__noted(kind: str, name: str, other: bool) -> None:
    assert sniff.other_extension(kind, name) is other
