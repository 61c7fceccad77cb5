"""Readers for tests of the pool; this module imports nothing that would slow a worker's start down."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from qn_xl.model import FileReading


def read_file(name: str, path: Path, context: Any) -> FileReading:
    """Do in the worker what the file's name asks for."""
    order = path.stem.partition("-")[0]
    if order == "abort":
        os.write(2, b"thread panicked at calamine\n")
        os.abort()
    elif order == "exit":
        os._exit(7)
    elif order == "hang":
        time.sleep(600)
    elif order == "raise":
        raise KeyError("lỗi trong bộ đọc")
    elif order == "quit":
        sys.exit(3)
    elif order == "memory":
        return FileReading(name, str(len(bytearray(1 << 31))), True)
    elif order == "recursion":
        read_file(name, path, context)
    elif order == "main":
        main = sys.modules["__main__"]
        return FileReading(name, "", True, format=str(getattr(main, "RUN_AGAIN", "không")))
    elif order == "modules":
        heavy = {"typer", "pandas", "rich", "openpyxl"} & set(sys.modules)
        return FileReading(name, "", True, format=",".join(sorted(heavy)))
    return FileReading(name, str(context), True, size=os.getpid())


def measured(name: str, path: Path, context: Any) -> FileReading:
    """Read in earnest; the reading's `version` is the most bytes this worker has held so far, 0 off Linux."""
    from qn_xl.intake.read import read_file as really

    reading = really(name, path, context)
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return replace(reading, version=next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM")), 0))
