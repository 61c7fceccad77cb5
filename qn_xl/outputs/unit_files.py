"""Names of the files that go out to units: ASCII, unique without regard to case, short enough for Excel."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from qn_xl.rules.text import fold

LONGEST_PATH = 218  # Excel opens no longer one
_SHORTEST = 24  # characters of a name that are kept however deep the folder lies
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def slug(text: str, longest: int = 60) -> str:
    """Return `text` in letters, digits, "-" and "_" of ASCII: "Sở KH&CN (lần 2)" becomes "so-kh-cn-lan-2"."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", fold(text).encode("ascii", "ignore").decode()).strip("-")
    return plain[:longest].rstrip("-") or "tep"


def path_in(folder: Path, stem: str, suffix: str) -> Path:
    """Return `folder`/`stem``suffix`, the stem cut (and told apart by a digest) where the path would be too long."""
    room = LONGEST_PATH - len(str(folder.resolve())) - 1 - len(suffix)
    if len(stem) > room:
        digest = hashlib.sha256(stem.encode()).hexdigest()[:6]
        stem = f"{stem[: max(room, _SHORTEST) - 7]}-{digest}"
    return folder / f"{stem}{suffix}"


def unit_names_on_disk(units: Iterable[str]) -> dict[str, str]:
    """Return unit id → what its files and folder are called: the id, where Windows takes it, else something close."""
    taken: set[str] = set()
    made = {}
    for unit in units:
        name = re.sub(r"[^A-Za-z0-9_.\-]+", "-", unit.encode("ascii", "ignore").decode()).strip("-. ") or "dv"
        if _RESERVED.fullmatch(name):
            name = f"dv-{name}"
        first, number = name, 2
        while name.casefold() in taken:
            name = f"{first}-{number}"
            number += 1
        taken.add(name.casefold())
        made[unit] = name
    return made
