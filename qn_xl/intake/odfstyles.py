"""Styles of an OpenDocument spreadsheet: what its cells look like, as far as it betrays what they mean."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Style:
    parent: str = ""
    data: str = ""
    font: str = ""
    shown: bool = True


class Styles:
    """Styles of styles.xml and content.xml: font, date format as an Excel code, whether a sheet is shown."""

    def __init__(self) -> None:
        self._styles: dict[str, _Style] = {}
        self._codes: dict[str, str] = {}
        self._style = _Style()
        self._code = ""  # the date format being read
        self._literal: str | None = None
        self._fonts: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition("|")[2]
        given = {name.rpartition("|")[2]: value for name, value in attributes.items()}
        if tag == "style":
            self._style = _Style(given.get("parent-style-name", ""), given.get("data-style-name", ""))
            self._styles[given.get("name", "")] = self._style
        elif tag == "text-properties":
            self._style.font = given.get("font-name", given.get("font-family", "")).strip("'\"")
        elif tag == "table-properties":
            self._style.shown = given.get("display", "true") != "false"
        elif tag in ("date-style", "time-style", "text-style"):
            self._code = given.get("name", "")
            self._codes[self._code] = ""
        elif self._code and tag == "map":  # a code with several sections: the first stands in a style of its own
            self._codes[self._code] = self._codes[self._code] or self._codes.get(given.get("apply-style-name", ""), "")
        elif self._code and tag == "text":
            self._literal = ""
        elif self._code:
            long = given.get("style") == "long"
            month = ("mmmm" if long else "mmm") if given.get("textual") == "true" else ("mm" if long else "m")
            self._codes[self._code] += {
                "day": "dd" if long else "d",
                "month": month,
                "year": "yyyy" if long else "yy",
                "day-of-week": "dddd" if long else "ddd",
                "hours": "hh" if long else "h",
                "minutes": "mm" if long else "m",
                "seconds": "ss" if long else "s",
                "am-pm": "AM/PM",
            }.get(tag, "")

    def text(self, piece: str) -> None:
        if self._literal is not None:
            self._literal += piece

    def end(self, tag: str) -> None:
        if self._literal is not None and tag.endswith("|text"):
            quoted = self._literal.strip("/-., :")
            self._codes[self._code] += f'"{self._literal}"' if quoted else self._literal
            self._literal = None
        elif self._code and tag.endswith(("|date-style", "|time-style", "|text-style")):
            self._code = ""

    def code(self, style: str) -> str:
        return next((self._codes.get(link.data, "") for link in self._chain(style) if link.data), "")

    def font(self, style: str) -> str:
        known = self._fonts.get(style)
        if known is None:
            known = self._fonts[style] = next((link.font for link in self._chain(style) if link.font), "")
        return known

    def shown(self, style: str) -> bool:
        return all(link.shown for link in self._chain(style))

    def _chain(self, name: str) -> list[_Style]:
        chain: list[_Style] = []
        while name in self._styles and len(chain) < 20:
            chain.append(self._styles[name])
            name = chain[-1].parent
        return chain
