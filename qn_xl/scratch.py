"""Temporary files of a command in a folder of its own, so that none stays behind.

The writers of workbooks leave theirs where the disk is full or the process is killed, some forty a report; on a
server that nobody cleans they would lie there for ever.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "qn-xl-tam-"
KEEP_SECONDS = 86_400.0  # no command runs so long
NAMES = ("TMPDIR", "TEMP", "TMP")


@contextmanager
def scratch() -> Iterator[None]:
    """Have temporary files made in a new folder, by worker processes too, and remove it with all that is in it.

    What killed processes left on earlier days goes as well. Where no folder can be made nothing changes.
    """
    try:
        made = Path(tempfile.mkdtemp(prefix=PREFIX))
    except OSError:
        yield
        return
    _clear(made)
    folder, environment = tempfile.tempdir, {name: os.environ.get(name) for name in NAMES}
    tempfile.tempdir = str(made)
    os.environ.update(dict.fromkeys(NAMES, str(made)))
    try:
        yield
    finally:
        tempfile.tempdir = folder
        for name, value in environment.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        shutil.rmtree(made, ignore_errors=True)


def _clear(made: Path) -> None:
    """Remove older folders; the one just made is the clock."""
    for old in made.parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if made.stat().st_mtime - old.stat().st_mtime > KEEP_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
