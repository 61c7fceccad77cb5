"""The tables that come with the program (templates/): beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

NAMES = {
    "ba-lop": "bieu-ba-lop.xlsx",
    "chinh-phu": "bieu-chinh-phu.xlsx",
    "day-du": "bieu-day-du.xlsx",
}


def template(name: str) -> Path | None:
    """Return the shipped table called so ("ba-lop"), None for any other name."""
    if name not in NAMES:
        return None
    package = Path(__file__).parents[1]
    places = (package / "_templates" / NAMES[name], package.parent / "templates" / NAMES[name])
    return next((place for place in places if place.is_file()), None)
