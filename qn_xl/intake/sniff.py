"""What a file is, told by its content. A name or an extension proves nothing: units rename files."""

from __future__ import annotations

import io
import re
import struct
import time
from pathlib import Path, PurePath

from qn_xl.intake import limits
from qn_xl.intake.archive import Archive, megabytes
from qn_xl.intake.grid import Unreadable

LABEL = {
    "xlsx": "Excel (.xlsx)",
    "xlsm": "Excel có macro (.xlsm)",
    "xlsb": "Excel nhị phân (.xlsb)",
    "xls": "Excel 97-2003 (.xls)",
    "ods": "OpenDocument (.ods)",
    "csv": "văn bản phân cách (.csv)",
    "html": "trang web (HTML)",
    "mhtml": "trang web một tệp (MHTML)",
    "xml2003": "XML Spreadsheet 2003",
}
# Seconds between tries: somebody may be saving or copying the file this very moment.
PAUSES = (0.25, 0.5, 0.75)
_EXTENSIONS = {
    "xlsx": (".xlsx", ".xltx"),
    "xlsm": (".xlsm", ".xltm", ".xlam"),
    "xlsb": (".xlsb",),
    "xls": (".xls", ".xlt", ".et"),
    "ods": (".ods", ".ots"),
    "csv": (".csv", ".tsv", ".txt"),
    "html": (".html", ".htm"),
    "mhtml": (".mht", ".mhtml"),
    "xml2003": (".xml",),
}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Beginnings of what is not a spreadsheet.
_FOREIGN = (
    (b"Rar!\x1a\x07", "tệp nén RAR"),
    (b"7z\xbc\xaf\x27\x1c", "tệp nén 7z"),
    (b"\x1f\x8b\x08", "tệp nén gzip"),
    (b"\x89PNG\r\n", "ảnh PNG"),
    (b"\xff\xd8\xff", "ảnh JPEG"),
    (b"GIF8", "ảnh GIF"),
    (b"II*\x00", "ảnh TIFF"),
    (b"MM\x00*", "ảnh TIFF"),
    (b"{\\rtf", "văn bản RTF"),
    (b"\x00\x00\x01\x00", "biểu tượng"),
)
# Beginnings of spreadsheets that no reader here understands.
_UNSUPPORTED = (
    (b"\x00\x00\x02\x00", "Lotus 1-2-3 (.wk1) hoặc Quattro"),
    (b"\x00\x00\x1a\x00", "Lotus 1-2-3 (.wk3)"),
    (b"\xff\x00\x02\x00", "Microsoft Works (.wks)"),
    (b"\x09\x00\x04\x00", "Excel 2.0"),
    (b"\x09\x02\x06\x00", "Excel 3.0"),
    (b"\x09\x04\x06\x00", "Excel 4.0"),
    (b"ID;P", "SYLK (.slk)"),
    (b"TABLE\r\n0,1", "DIF (.dif)"),
    (b"TABLE\n0,1", "DIF (.dif)"),
    (b"TABLE\r0,1", "DIF (.dif)"),
)
_MAIN_PART = (
    (b"ms-excel.sheet.binary.macroenabled.main", "xlsb"),
    (b"ms-excel.sheet.macroenabled.main", "xlsm"),
    (b"ms-excel.template.macroenabled.main", "xlsm"),
    (b"ms-excel.addin.macroenabled.main", "xlsm"),
    (b"spreadsheetml.sheet.main", "xlsx"),
    (b"spreadsheetml.template.main", "xlsx"),
)


def kind_of(path: Path) -> str:
    """Return the format of the file at `path`: one of the keys of LABEL.

    Raises:
        Unreadable: not a spreadsheet, encrypted, empty, damaged, or not to be opened.
    """
    return recognise(load(path), path.name)


def load(path: Path) -> bytes:
    """Return the bytes of the file as they were at one moment; tried again while somebody else holds or writes it.

    Raises:
        Unreadable: file-unavailable, file-changing, file-too-large.
    """
    problem = Unreadable("file-unavailable")
    for pause in (0.0, *PAUSES):
        time.sleep(pause)
        try:
            before = path.stat()
            if before.st_size > limits.FILE_BYTES:
                raise Unreadable("file-too-large", f"tệp {megabytes(before.st_size)}")
            data = path.read_bytes()
            after = path.stat()
        except FileNotFoundError as error:
            raise Unreadable("file-unavailable", "tệp không còn ở đó") from error
        except IsADirectoryError as error:
            raise Unreadable("file-unavailable", "không mở được thư mục này") from error
        except PermissionError:
            problem = Unreadable("file-unavailable", "không có quyền đọc hoặc tệp đang bị khóa")
        except OSError as error:
            raise Unreadable("file-unavailable", f"lỗi đọc đĩa ({error.strerror or type(error).__name__})") from error
        else:
            if before.st_mtime_ns == after.st_mtime_ns and before.st_size == after.st_size == len(data):
                return data
            problem = Unreadable("file-changing", f"{len(data)} byte, ngay sau đó {after.st_size} byte")
    raise problem


def other_extension(kind: str, name: str) -> bool:
    """Tell whether the extension of `name` belongs to another format than `kind`."""
    return PurePath(name).suffix.lower() not in _EXTENSIONS[kind]


def recognise(data: bytes, name: str) -> str:
    """Return the format that `data` really is; `name` only tells lock files.

    Raises:
        Unreadable: with file-locked-twin, file-empty, file-encrypted, file-damaged, file-not-spreadsheet,
            file-format-unsupported or file-too-large.
    """
    if name.startswith(("~$", ".~lock.")) or _is_owner_file(data):
        raise Unreadable("file-locked-twin", name)
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("file-empty", f"{len(data)} byte" + (", toàn ký tự trống" if data else ""))
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _package(Archive(data))
    if data.startswith(_OLE):
        return _compound(data)
    for start, what in _FOREIGN:
        if data.startswith(start):
            raise Unreadable("file-not-spreadsheet", what)
    for start, what in _UNSUPPORTED:
        if data.startswith(start):
            raise Unreadable("file-format-unsupported", what)
    if b"%PDF-" in data[:1024]:
        raise Unreadable("file-not-spreadsheet", "PDF")
    if data[:4] == b"RIFF" or data[4:8] == b"ftyp":
        raise Unreadable("file-not-spreadsheet", "ảnh, âm thanh hoặc video")
    if data[:2] == b"BM" and struct.unpack_from("<I", data.ljust(6, b"\x00"), 2)[0] == len(data):
        raise Unreadable("file-not-spreadsheet", "ảnh BMP")
    if _is_dbase(data):
        raise Unreadable("file-format-unsupported", "dBASE (.dbf)")
    return _text(data, PurePath(name).suffix.lower())


def _is_owner_file(data: bytes) -> bool:
    """Excel's lock file: a length byte and the user's name padded with spaces, then the same in UTF-16."""
    return len(data) in (55, 165) and 0 < data[0] <= 54 and not data[1 + data[0] : 55].strip(b" \x00")


def _package(archive: Archive) -> str:
    if "mimetype" in archive:
        mime = archive.read("mimetype")[:120]
        if b"opendocument.spreadsheet" in mime:
            if "content.xml" not in archive:
                raise Unreadable("file-damaged", "thiếu content.xml")
            manifest = "META-INF/manifest.xml"
            if manifest in archive and b"encryption-data" in archive.read(manifest):
                raise Unreadable("file-encrypted")
            return "ods"
        if b"opendocument" in mime:
            raise Unreadable("file-not-spreadsheet", "văn bản OpenDocument")
    names = archive.names()
    types = archive.read("[Content_Types].xml").lower() if "[Content_Types].xml" in archive else b""
    for mark, kind in _MAIN_PART:
        if mark in types:
            return kind
    if b"wordprocessingml" in types or any(part.startswith("word/") for part in names):
        raise Unreadable("file-not-spreadsheet", "văn bản Word (.docx)")
    if b"presentationml" in types or any(part.startswith("ppt/") for part in names):
        raise Unreadable("file-not-spreadsheet", "trình chiếu (.pptx)")
    for part in names:
        leaf = part.rsplit("/", 1)[-1]
        if leaf == "workbook.xml":
            return "xlsx"
        if leaf == "workbook.bin":
            return "xlsb"
    if types:
        raise Unreadable("file-damaged", "gói Office thiếu phần sổ làm việc")
    if any(part.startswith("index/") or part.endswith(".iwa") for part in names):
        raise Unreadable("file-format-unsupported", "Apple Numbers")
    raise Unreadable("file-not-spreadsheet", f"tệp nén ZIP, {len(names)} tệp bên trong")


def _compound(data: bytes) -> str:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            streams = {entry[-1].lower() for entry in ole.listdir() if len(entry) == 1}
            deeper = {entry[0].lower() for entry in ole.listdir()}
    except Exception as error:  # olefile raises many kinds on damaged input; calamine forgives some of it
        if "Workbook".encode("utf-16-le") in data:
            return "xls"
        raise Unreadable("file-damaged", "cấu trúc tệp .xls hỏng") from error
    if "encryptedpackage" in deeper | streams:
        raise Unreadable("file-encrypted")
    if streams & {"workbook", "book"}:
        return "xls"
    if "worddocument" in streams:
        raise Unreadable("file-not-spreadsheet", "văn bản Word (.doc)")
    if "powerpoint document" in streams:
        raise Unreadable("file-not-spreadsheet", "trình chiếu (.ppt)")
    if any(name.startswith(("__substg", "__properties")) for name in deeper):
        raise Unreadable("file-not-spreadsheet", "thư điện tử Outlook (.msg)")
    if "matost" in streams or "mn0" in streams:
        raise Unreadable("file-format-unsupported", "Microsoft Works")
    raise Unreadable("file-damaged", "không có phần Workbook trong tệp")


def _is_dbase(data: bytes) -> bool:
    if len(data) < 32 or data[0] not in (0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8B, 0xF5):
        return False
    header = struct.unpack_from("<H", data, 8)[0]
    return 1 <= data[2] <= 12 and 1 <= data[3] <= 31 and 32 < header <= len(data) + 1 and header % 32 in (0, 1, 8)


_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def _text(data: bytes, extension: str) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    head = data[:65536]
    if not wide:
        zeros = head.count(b"\x00")
        # UTF-16 without its mark: every other byte of Latin text is zero.
        wide = zeros > len(head) * 0.2 and (not head[::2].strip(b"\x00") or head[1::2].count(b"\x00") == zeros)
        marks = len(_BINARY.findall(head))
        if not wide and marks > 8 and marks > len(head) * 0.02:
            if extension.startswith((".xl", ".od")):
                raise Unreadable("file-damaged", "nội dung không theo định dạng bảng tính nào")
            raise Unreadable("file-not-spreadsheet", "dữ liệu nhị phân không rõ loại")
    if len(data) > limits.TEXT_BYTES:
        raise Unreadable("file-too-large", f"văn bản {megabytes(len(data))}")
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith(b"mime-version:") or b"\nmime-version:" in start[:2048]:
        return "mhtml"
    if start.startswith(b"<"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in start and b"<html" not in start[:4096]:
            return "xml2003"
        if b"opendocument" in start[:4096] and b"<office:document" in start[:4096]:
            raise Unreadable("file-format-unsupported", "OpenDocument phẳng (.fods)")
        if re.search(rb"<(?:html|table|head|body|meta|style|tr|div|!doctype html)[\s>]", start):
            return "html"
        raise Unreadable("file-not-spreadsheet", "tệp XML")
    return "csv"
