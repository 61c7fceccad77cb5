"""LibreOffice as a helper where it is installed: PDF, pictures of pages, formulas computed anew. Never needed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 180.0
_PLACES = (
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{mode}</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{locale}</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="UseLocking" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
</oor:items>
"""  # noqa: E501
_ALWAYS, _NEVER = 0, 1  # OOXMLRecalcMode


class NotConverted(Exception):
    """LibreOffice did not make the file; the message is what it said."""


def program() -> str | None:
    """Return the program, None where LibreOffice is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _PLACES if Path(place).is_file()), None)


def convert(source: Path, to: str, target: Path, *, recalculate: bool = False, seconds: float = SECONDS) -> None:
    """Convert `source` and put the result at `target`, in a profile of its own, without macros.

    Pages are printed with a decimal comma. What is computed anew is computed as in a stored formula, with a point.

    Args:
        to: "pdf", "xlsx" or a filter with options, "pdf:calc_pdf_Export:{…}".
        recalculate: compute every formula anew instead of trusting stored values.
    Raises:
        NotConverted: not installed, took too long, or made nothing.
    """
    soffice = program()
    if soffice is None:
        raise NotConverted("máy này chưa cài LibreOffice")
    with tempfile.TemporaryDirectory(prefix="qn-xl-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        user = folder / "ho-so" / "user"
        user.mkdir(parents=True)
        mode, locale = (_ALWAYS, "en-US") if recalculate else (_NEVER, "vi")
        settings = _PROFILE.format(mode=mode, locale=locale)
        (user / "registrymodifications.xcu").write_text(settings, "utf-8")
        copy = folder / f"nguon{source.suffix}"
        shutil.copyfile(source, copy)
        command = [soffice, "--headless", "--norestore", "--nologo", f"-env:UserInstallation={user.parent.as_uri()}"]
        said = _run([*command, "--convert-to", to, "--outdir", str(folder / "ra"), str(copy)], seconds)
        made = folder / "ra" / f"{copy.stem}.{to.partition(':')[0]}"
        if not made.is_file():
            raise NotConverted(_reason(said, source.suffix))
        shutil.copyfile(made, target)


def _reason(said: str, suffix: str) -> str:
    if "could not be loaded" in said:
        part = "Writer" if suffix == ".docx" else "Calc"
        return f"LibreOffice không mở được tệp {suffix} (có thể chưa cài phần {part})"
    return said.strip() or "LibreOffice không tạo tệp"


def _run(command: list[str], seconds: float) -> str:
    """Run LibreOffice as a group of its own, so that all of it ends when the time is over."""
    group = sys.platform != "win32"
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=group
    )
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()
        raise NotConverted(f"LibreOffice chạy quá {seconds:g} giây") from None
