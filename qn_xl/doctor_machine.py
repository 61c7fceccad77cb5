"""What `qn-xl doctor` examines on the machine: Python, packages, Excel's side, fonts, LibreOffice."""

from __future__ import annotations

import contextlib
import importlib.util
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from qn_xl import __version__
from qn_xl.doctor import Line, broken, look, ok

WINDOWS = sys.platform == "win32"
NEEDED = (
    "openpyxl", "olefile", "pandas", "pebble", "python-calamine", "rapidfuzz", "rich", "typer", "xlsxwriter", "xlwings",
)  # fmt: skip
AGAIN = "Cài lại qn-xl: pip install --force-reinstall qn-xl"
SAME_WIDTHS = ("times new roman", "liberation serif", "tinos", "nimbus roman", "texgyretermes", "tex gyre termes")
WINDOWS_FONTS = Path("C:/Windows/Fonts")
TRUSTED = tuple(
    rf"Software\{owner}\Office\16.0\Excel\Security\Trusted Locations" for owner in ("Microsoft", r"Policies\Microsoft")
)


def interpreter() -> list[Line]:
    title = "Python"
    seen = f"{platform.python_version()} {platform.architecture()[0]}, {sys.executable}"
    if not sys.executable.isascii():
        todo = r"Đường dẫn có dấu: Excel không gọi được Python. Cài qn-xl vào C:\ProgramData\qn-xl."
        return [look("interpreter", title, seen, todo)]
    return [ok("interpreter", title, seen)]


def packages() -> list[Line]:
    missing, found = [], []
    for name in NEEDED:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return [broken("packages", "Gói thư viện", f"thiếu {', '.join(missing)}", AGAIN)]
    return [ok("packages", "Gói thư viện", f"qn-xl {__version__}; {', '.join(found)}")]


def xlwings_library() -> list[Line]:
    """Compare the installed xlwings with the one that the macros were built for; on Windows, find its DLL."""
    title = "xlwings"
    installed = metadata.version("xlwings")
    wanted = pinned()
    if wanted and installed != wanted:
        seen = f"đã cài {installed}, macro của Progress.xlsm cần {wanted}"
        return [broken("xlwings", title, seen, f"Chạy: pip install xlwings=={wanted}")]
    if WINDOWS:
        name = f"xlwings{'64' if sys.maxsize > 2**32 else '32'}-{installed}.dll"
        spec = importlib.util.find_spec("xlwings")
        package = Path(spec.origin).parents[1] if spec and spec.origin else Path(sys.prefix)
        if not any((folder / name).is_file() for folder in (Path(sys.prefix), Path(sys.base_prefix), package)):
            return [look("xlwings", title, f"không thấy {name}", AGAIN)]
    return [ok("xlwings", title, f"{installed}, khớp macro của Progress.xlsm")]


def pinned() -> str | None:
    """Return the version of xlwings that this qn-xl asks for exactly."""
    try:
        wanted = metadata.requires("qn-xl") or []
    except metadata.PackageNotFoundError:
        return None
    found = (re.fullmatch(r"xlwings\s*\(?==\s*([\d.]+)\)?.*", one) for one in wanted)
    return next((one[1] for one in found if one), None)


def fonts() -> list[Line]:
    title = "Phông chữ"
    if WINDOWS:
        if (WINDOWS_FONTS / "times.ttf").is_file():
            return [ok("fonts", title, "có Times New Roman")]
        return [look("fonts", title, "không có Times New Roman", "Cài phông Times New Roman rồi in thử báo cáo.")]
    matcher = shutil.which("fc-match")
    if matcher is None:
        return [look("fonts", title, "không xem được danh sách phông", "Chỉ ảnh hưởng bản in: cài fontconfig để xem.")]
    command = [matcher, "-f", "%{family}", "Times New Roman"]
    family = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout
    if any(name in family.lower() for name in SAME_WIDTHS):
        return [ok("fonts", title, f"Times New Roman hiển thị bằng {family}")]
    todo = "Bản in và PDF sẽ khác khổ chữ. Cài phông Liberation (fonts-liberation)."
    return [look("fonts", title, f"Times New Roman bị thay bằng {family or '?'}", todo)]


def libreoffice() -> list[Line]:
    from qn_xl.outputs.libreoffice import program

    found = program()
    if found:
        return [ok("libreoffice", "LibreOffice", found)]
    return [look("libreoffice", "LibreOffice", "chưa cài", "Chỉ cần khi xuất PDF không có Excel. Có thể bỏ qua.")]


def trusted_locations() -> list[tuple[str, bool]]:
    """Return Excel's trusted folders of this user (path, subfolders too). Windows only."""
    found: list[tuple[str, bool]] = []
    if sys.platform == "win32":
        import winreg

        for root in TRUSTED:
            with contextlib.suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, root) as key:
                for number in range(winreg.QueryInfoKey(key)[0]):
                    with contextlib.suppress(OSError), winreg.OpenKey(key, winreg.EnumKey(key, number)) as place:
                        values = {name: value for name, value, _ in _values(place)}
                        if "Path" in values:
                            found.append((str(values["Path"]), bool(values.get("AllowSubFolders"))))
    return found


def _values(key: Any) -> list[tuple[str, Any, int]]:
    if sys.platform != "win32":
        return []
    import winreg

    return [winreg.EnumValue(key, number) for number in range(winreg.QueryInfoKey(key)[1])]


CHECKS: tuple[Callable[[], list[Line]], ...] = (interpreter, packages, xlwings_library, fonts, libreoffice)
