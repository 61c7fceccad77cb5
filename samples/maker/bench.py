"""Where files go: plain .xlsx written directly, the rest through LibreOffice or encryption.

LibreOffice and encryption give other bytes at every run, so such a file is made anew only when the workbook it is
made from has changed; `converted.json` remembers the hashes of both.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import msoffcrypto.format.ooxml

from maker.key import Desk
from maker.sheet import CREATED, UNCACHED, Formula, Sheet, save_xlsx

MEMORY = Path(__file__).with_name("converted.json")
FIXED = (2025, 10, 1, 8, 0, 0)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Bench:
    def __init__(self, desk: Desk, inbox: Path) -> None:
        self.desk, self.inbox = desk, inbox
        self.memory: dict[str, list[str]] = json.loads(MEMORY.read_text("utf-8")) if MEMORY.exists() else {}
        self.kept: dict[str, list[str]] = {}
        self.written: set[str] = set()

    def path(self, file: str) -> Path:
        self.written.add(file)
        path = self.inbox / file
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def xlsx(self, file: str, sheets: list[Sheet], modified: datetime = CREATED) -> Path:
        path = self.path(file)
        save_xlsx(sheets, path, modified)
        if any(
            isinstance(value, Formula) and value.value is None for sheet in sheets for value in sheet.cells.values()
        ):
            parts = {f"xl/worksheets/sheet{i}.xml": without_result for i in range(1, len(sheets) + 1)}
            path.write_bytes(rewritten(path, parts))
        return path

    def xlsm(self, file: str, sheets: list[Sheet]) -> None:
        """An .xlsm that holds no macro: only the content type differs."""
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / "a.xlsx"
            save_xlsx(sheets, plain)
            self.path(file).write_bytes(rewritten(plain, {"[Content_Types].xml": as_macro_workbook}))

    def through_office(self, file: str, sheets: list[Sheet]) -> None:
        """Write .xls or .ods (by the file's extension) through LibreOffice."""
        kind = Path(file).suffix[1:]
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / "a.xlsx"
            save_xlsx(sheets, plain)
            if self.remembered(file, plain):
                return
            subprocess.run(
                [
                    "soffice",
                    f"-env:UserInstallation=file://{folder}/profile",
                    "--headless",
                    "--convert-to",
                    kind,
                    "--outdir",
                    f"{folder}/out",
                    str(plain),
                ],
                check=True,
                timeout=180,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self.path(file).write_bytes((Path(folder) / "out" / f"a.{kind}").read_bytes())
            self.remember(file, plain)

    def encrypted(self, file: str, sheets: list[Sheet], password: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / "a.xlsx"
            save_xlsx(sheets, plain)
            if self.remembered(file, plain):
                return
            with plain.open("rb") as source, self.path(file).open("wb") as target:
                msoffcrypto.format.ooxml.OOXMLFile(source).encrypt(password, target)
            self.remember(file, plain)

    def remembered(self, file: str, plain: Path) -> bool:
        path = self.path(file)
        known = self.memory.get(file)
        if known and path.exists() and known == [digest(plain.read_bytes()), digest(path.read_bytes())]:
            self.kept[file] = known
            return True
        return False

    def remember(self, file: str, plain: Path) -> None:
        self.kept[file] = [digest(plain.read_bytes()), digest((self.inbox / file).read_bytes())]

    def finish(self) -> None:
        """Remove files of earlier versions from the inbox and store the hashes."""
        for path in sorted(self.inbox.rglob("*"), reverse=True):
            if path.is_file() and path.relative_to(self.inbox).as_posix() not in self.written:
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        if self.kept:
            MEMORY.write_text(json.dumps(self.kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def without_result(text: str) -> str:
    return text.replace(f"<v>{UNCACHED}</v>", "")


def as_macro_workbook(text: str) -> str:
    return text.replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )


def rewritten(source: Path, changes: Mapping[str, Callable[[str], str]]) -> bytes:
    """Return a copy of a zip with fixed dates, some text parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename in changes:
                data = changes[item.filename](data.decode("utf-8")).encode("utf-8")
            info = zipfile.ZipInfo(item.filename, FIXED)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
    return out.getvalue()
