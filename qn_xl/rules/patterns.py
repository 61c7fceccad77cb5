"""Regular expressions that are compiled when they are first used.

The wordings of deadlines and units take a fifteenth of a second to compile, in every program and worker process that
starts; few of them meet text that needs them all.
"""

from __future__ import annotations

import re
from typing import Any, cast


def lazily(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what `re.compile` does, compiled at the first use of any of its methods."""
    return cast(re.Pattern[str], _Later(text, flags))


class _Later:
    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)  # the next time no detour is left
        return found
