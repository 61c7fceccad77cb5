"""Builds a Windows CPython with the project's dependencies for Wine: `python tests/windows/wine_tree.py`.

All parts come by name from Debian (Wine, the compiler) and PyPI: python311.dll and the compiled standard library
from the panda3d wheel, which carries them for programs it packs; the rest of the standard library from the
Python 3.11 of this machine; the dependencies as Windows wheels in the versions that pyproject.toml says.
The tree lies in the Wine prefix where an office has it, %ProgramData%\\qn-xl\\venv, so that the settings of a
shipped Progress.xlsm serve as they are. Nothing of it belongs in the repository.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
PANDA3D = "panda3d==1.10.16"  # carries CPython 3.11.9
MINOR = (3, 11)
COMPILER = "x86_64-w64-mingw32-gcc"
WINE_FOLDERS = ("/usr/lib/wine", "/usr/bin", "/opt/wine-stable/bin")
WINE, SERVER = ("wine64", "wine"), ("wineserver64", "wineserver")
# Wine takes language and code page (1258) from the locale. Of glibc's locales a small machine has C alone; under
# this name it serves as well, and file names stay UTF-8.
LANGUAGE = "vi_VN.UTF-8"
LOCALE = Path("/usr/lib/locale/C.utf8")
IDLE_SECONDS = 300
LIBRARIES = ("libffi-8.dll", "libcrypto-3.dll", "libssl-3.dll", "sqlite3.dll")
# numpy imports functions for complex numbers that Wine 8 lacks: complex_math.c stands in for this library.
MATH_LIBRARY = b"api-ms-win-crt-math-l1-1-0.dll"
COMPLEX_LIBRARY = b"qn-complex-math.dll"
COMPLEX = re.compile(r"(ccosh?|cexp|csinh?|ctanh?|cabs|carg|cimag|creal|cpow)([fl]?)")
LEFT_OUT = ("site-packages", "dist-packages", "__pycache__", "test", "idlelib", "tkinter", "ensurepip", "lib2to3")
DEPENDENCIES = (  # imported once, so that what Wine cannot load is known before any test
    "numpy, pandas, python_calamine, rapidfuzz, pebble, typer, rich, xlsxwriter, openpyxl, olefile, docx, lxml.etree,"
    " xlwings, win32job, matplotlib"
)


class Missing(Exception):
    """Something that the machine lacks; the text names it."""


@cache
def folder() -> Path:
    """Return the folder for the prefix and the tree.

    QN_XL_WINE_CACHE says where; else the user's cache, or a temporary folder where that cannot be written.
    """
    if given := os.environ.get("QN_XL_WINE_CACHE"):
        Path(given).mkdir(parents=True, exist_ok=True)
        return Path(given).resolve()
    home = os.environ.get("XDG_CACHE_HOME") or f"{os.environ.get('HOME', '')}/.cache"
    for place in (Path(home, "qn-xl-wine"), Path(tempfile.gettempdir(), f"qn-xl-wine-{os.getuid()}")):
        with suppress(OSError):
            if place.is_absolute():
                place.mkdir(parents=True, exist_ok=True)
                tempfile.TemporaryFile(dir=place).close()
                return place
    raise Missing("a folder that can be written: set QN_XL_WINE_CACHE")


def prefix() -> Path:
    return folder() / "prefix"


def tree() -> Path:
    return prefix() / "drive_c" / "ProgramData" / "qn-xl" / "venv"


def site_packages() -> Path:
    return tree() / "Lib" / "site-packages"


@cache
def program(names: tuple[str, ...] = WINE) -> str:
    """Return the path of a program of Wine, of which `names` are the names in use.

    Raises:
        Missing: not installed.
    """
    for name in names:
        if found := shutil.which(name, path=os.pathsep.join(WINE_FOLDERS)):
            return found
    raise Missing(f"{names[0]} (Debian: wine64)")


def uv() -> str:
    found = os.environ.get("UV") or shutil.which("uv")
    if not found:
        raise Missing("uv")
    return found


def environment() -> dict[str, str]:
    """Return the environment of Wine's programs: this prefix, a Vietnamese Windows without dialogs."""
    dropped = ("PYTHON", "VIRTUAL_ENV", "DISPLAY", "WAYLAND_DISPLAY", "TZ", "COVERAGE", "LC_", "LANG", "QN_XL")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return kept | {
        "WINEPREFIX": str(prefix()),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",
        "LOCPATH": str(folder() / "locale"),
        "LC_ALL": LANGUAGE,
    }


def start() -> None:
    """Start Wine's server and services, in a new prefix where there is none, and keep them up between programs.

    Services inherit the pipes of the program that starts them: whoever reads those would wait for their end.
    Should these tests be cut off, the server ends by itself after a while without programs.

    Raises:
        Missing: Wine or the locale is not installed.
    """
    program(), program(SERVER)
    if not LOCALE.is_dir():
        raise Missing(f"{LOCALE} (Debian: libc-bin)")
    prefix().mkdir(exist_ok=True)
    (folder() / "locale").mkdir(exist_ok=True)
    named = folder() / "locale" / LANGUAGE.replace("UTF-8", "utf8")
    if not named.is_dir():
        named.symlink_to(LOCALE)
    server = [program(SERVER), f"-p{IDLE_SECONDS}"]
    subprocess.run(server, env=environment(), check=True, timeout=60, stdin=subprocess.DEVNULL)
    new = not (prefix() / "system.reg").is_file()
    boot = [program(), "wineboot", *(["-i"] if new else [])]
    subprocess.run(
        boot, env=environment(), check=True, timeout=300,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    if new:
        _run(program(), "reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f")


def stop() -> None:
    """End what still runs in this prefix, and nothing else."""
    subprocess.run([program(SERVER), "-k"], env=environment(), check=False, timeout=60)


def build() -> Path:
    """Make the tree in the started prefix unless it is there already; return the Windows python.exe.

    Raises:
        Missing: Wine, the compiler, uv or a Python 3.11 is not installed.
    """
    compiler = shutil.which(COMPILER)
    uv()
    if compiler is None:
        raise Missing(f"{COMPILER} (Debian: gcc-mingw-w64-x86-64)")
    python, stamp = tree() / "Scripts" / "python.exe", tree() / "built.txt"
    wanted = _stamp()
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return python
    shutil.rmtree(tree(), ignore_errors=True)
    for name in ("Scripts", "DLLs", "Lib/site-packages"):
        (tree() / name).mkdir(parents=True)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda part: part(compiler), (_compiled_parts, _standard_library, _dependencies)))
    _run(program(), str(python), "-c", f"import {DEPENDENCIES}")
    stamp.write_text(wanted, "utf-8")
    return python


@contextmanager
def alone() -> Iterator[None]:
    """Hold the cache for one session of tests: they share a prefix and end its programs."""
    with (folder() / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def install_project() -> None:
    """Put the project's own wheel into the tree, as pip would, in place of what is there."""
    with tempfile.TemporaryDirectory() as made:
        _run(uv(), "build", "--quiet", "--wheel", "--out-dir", made, str(CHECKOUT))
        [wheel] = Path(made).glob("*.whl")
        for old in site_packages().glob("qn_xl*"):
            shutil.rmtree(old)
        with zipfile.ZipFile(wheel) as package:
            package.extractall(site_packages())
    _compile(site_packages() / "qn_xl")


def _stamp() -> str:
    asked = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    versions = [asked["project"]["dependencies"], asked["project"]["optional-dependencies"]["charts"]]
    versions.append(asked["tool"]["uv"]["constraint-dependencies"])
    parts = [part.read_bytes() for part in (*sorted(HERE.glob("*.c")), Path(__file__))]
    return hashlib.sha256(b"".join([*parts, repr(versions).encode()])).hexdigest()


def _run(*command: str) -> str:
    env = environment() if command[0] == program() else None
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def _wheels(target: Path, *what: str) -> None:
    _run(
        uv(), "pip", "install", "--quiet", "--target", str(target), "--python-platform", "x86_64-pc-windows-msvc",
        "--python-version", "3.11", "--only-binary", ":all:", "--link-mode", "copy", *what,
    )  # fmt: skip


def _compiled_parts(compiler: str) -> None:
    with tempfile.TemporaryDirectory(dir=folder()) as unpacked:
        _wheels(Path(unpacked), "--no-deps", PANDA3D)
        carried = Path(unpacked) / "deploy_libs"
        for name in ("python311.dll", "VCRUNTIME140.dll"):
            shutil.copy(carried / name, tree() / "Scripts")
        for path in (*carried.glob("*.pyd"), *(carried / name for name in LIBRARIES)):
            shutil.copy(path, tree() / "DLLs")
    for name in ("python.exe", "pythonw.exe"):
        source, target = str(HERE / "python_exe.c"), str(tree() / "Scripts" / name)
        _run(compiler, "-municode", "-O2", "-s", "-o", target, source)
    _library(compiler, "bcryptprimitives.dll", str(HERE / "bcryptprimitives.c"))


@cache
def _same_minor() -> str:
    """Return a Python of this machine that has the standard library, and makes the bytecode, of the tree's."""
    name = "python{}.{}".format(*MINOR)
    here = [sys.executable] if sys.version_info[:2] == MINOR else []
    for python in (*here, shutil.which(name), f"/usr/bin/{name}"):
        with suppress(OSError, RuntimeError):
            if python:
                _run(python, "-c", "import compileall")
                return python
    raise Missing(f"{name} with its standard library (Debian 12: {name})")


def _standard_library(_: str) -> None:
    asked = _run(_same_minor(), "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))")
    ignored = shutil.ignore_patterns(*LEFT_OUT, "*.so", "config-3*")
    shutil.copytree(asked.strip(), tree() / "Lib", ignore=ignored, dirs_exist_ok=True)
    _compile(tree() / "Lib", "-x", "site-packages|lib2to3")


def _dependencies(compiler: str) -> None:
    _wheels(site_packages(), "--extra", "charts", "--requirement", str(CHECKOUT / "pyproject.toml"))
    for path in site_packages().glob("xlwings*.dll"):  # pip puts them where the interpreter's folder is
        path.replace(tree() / path.name)
    for path in (site_packages() / "pywin32_system32").glob("*.dll"):
        shutil.copy(path, tree() / "Scripts")
    _complex_math(compiler)
    _compile(site_packages(), "-x", "[/.]tests?[/_.]")


def _compile(place: Path, *more: str) -> None:
    """Make the bytecode here: Wine would take several times as long, in the middle of a test."""
    command = [_same_minor(), "-m", "compileall", "-q", "-j", "0", *more, str(place)]
    subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL)


def _complex_math(compiler: str) -> None:
    """Let numpy's modules import from a library of ours, which hands all else on to Wine's."""
    patched, names = [], set()
    for path in (site_packages() / "numpy").rglob("*.pyd"):
        asked = _imports(compiler, path)
        if any(COMPLEX.fullmatch(name) for name in asked):
            patched.append(path)
            names |= asked
    with tempfile.TemporaryDirectory() as folder:
        exports = Path(folder) / "complex.def"
        exports.write_text("\n".join(["EXPORTS", *map(_export, sorted(names))]) + "\n", "ascii")
        _library(compiler, COMPLEX_LIBRARY.decode(), str(HERE / "complex_math.c"), str(exports))
    padded = COMPLEX_LIBRARY.ljust(len(MATH_LIBRARY), b"\0")
    for path in patched:
        path.write_bytes(path.read_bytes().replace(MATH_LIBRARY, padded))


def _library(compiler: str, name: str, *sources: str) -> None:
    target = tree() / "Scripts" / name
    _run(compiler, "-shared", "-static-libgcc", "-O2", "-s", "-o", str(target), *sources, "-ladvapi32")


def _imports(compiler: str, path: Path) -> set[str]:
    """Return the names that a library imports from MATH_LIBRARY."""
    listed = _run(compiler.replace("gcc", "objdump"), "-p", str(path))
    _, _, after = listed.partition(f"DLL Name: {MATH_LIBRARY.decode()}")
    rows = (line.split() for line in after.partition("DLL Name:")[0].splitlines())
    return {row[2] for row in rows if len(row) == 3 and row[1].isdigit()}


def _export(name: str) -> str:
    if found := COMPLEX.fullmatch(name):
        single = "f" if found[2] == "f" else ""  # Microsoft's long double is a double
        return f"    {name} = qn_{found[1]}{single}"
    return f"    {name} = ucrtbase.{name}"


if __name__ == "__main__":
    with alone():
        start()
        try:
            print(build())
        finally:
            stop()
