"""Keys of Vietnamese text: one form to show, two to compare.

Units write the same word in many ways: decomposed or half-composed letters, `hoà` beside `hòa`, `Ð` for
`Đ`, no-break and zero-width spaces, every kind of dash and quotation mark. `clean` mends what cannot be
seen, `key` and `fold` make equal what means the same. All are idempotent and cached.

Convert legacy encodings (rules/legacy.py) before calling these: TCVN3 uses the soft hyphen as a letter.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache

_SIZE = 65536

_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_BREAKS = "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_NOTHING = (
    "\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
    + "".join(chr(code) for code in (*range(0x09), *range(0x0E, 0x1C), 0x1F, 0x7F))
)
_WRONG_D = {"\u00d0": "Đ", "\u0189": "Đ", "\u00f0": "đ", "\u0256": "đ"}
_MEND = str.maketrans(
    {
        **dict.fromkeys(_SPACES, " "),
        **dict.fromkeys(_BREAKS, "\n"),
        **dict.fromkeys(_NOTHING, ""),
        **_WRONG_D,
    }
)
_MENDABLE = re.compile("[" + re.escape(_SPACES + _BREAKS + _NOTHING + "".join(_WRONG_D)) + "]")
_ESCAPED_BREAK = re.compile(r"_x000[dD]_\n?")
_RUNS = re.compile(r" *\n[ \n]*| {2,}")

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_DOUBLE = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02"
_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u00b4`\uff07"
_STRAIGHT = str.maketrans(
    {**dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_DOUBLE, '"'), **dict.fromkeys(_SINGLE, "'")}
)
_CURLY = re.compile("[" + _DASHES + _DOUBLE + _SINGLE + "]")
_ENDING = " .,;:\u2026"

_TONES = "\u0300\u0301\u0309\u0303\u0323"


def _toned(vowel: str) -> list[str]:
    return [unicodedata.normalize("NFC", vowel + tone) for tone in _TONES]


# Two placements are in use for an open oa, oe, uy (hòa, hoà): the first vowel is taken here. Before another
# letter only the second is right, and "hòan" is a slip of the keyboard.
_OPEN: dict[str, str] = {}
_CLOSED: dict[str, str] = {}
for _first, _second in ("oa", "oe", "uy"):
    for _one, _two in zip(_toned(_first), _toned(_second), strict=True):
        _OPEN[_first + _two] = _one + _second
        _CLOSED[_one + _second] = _first + _two
# Every alternative begins with a plain letter: the engine then skips to the letters that matter.
_OPEN_PAIR = re.compile(
    "(?:o[" + "".join(_toned("a") + _toned("e")) + "]|u[" + "".join(_toned("y")) + "])"
    r"(?<!qu.)(?![^\W\d_]|[\u0300-\u036f])"
)
_CLOSED_PAIR = re.compile(
    "(?:" + "|".join([f"{o}[ae]" for o in _toned("o")] + [f"{u}y" for u in _toned("u")]) + r")(?<!q..)(?=[^\W\d_])"
)
_MARKS = re.compile("[\u0300-\u036f]+")

# Vietnamese letters, ASCII and the usual signs fit into 256 codes: text goes through bytes.translate, ten times as
# fast as str.translate. Anything else takes the slow way.
_BARE = {
    letter: "d" if letter in "đĐ" else unicodedata.normalize("NFD", letter)[0].lower()
    for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for letter in (vowel, *_toned(vowel), "đ", "Đ")
}
_SIGNS = {"–": "-", "—": "-", "‑": "-", "→": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "•": "*", "·": "*", "…": "."}
_CODES = "".join(dict.fromkeys(["\n", *map(chr, range(0x20, 0x7F)), *_BARE, *_SIGNS])).ljust(256, "\ufffe")
_ENCODE = codecs.charmap_build(_CODES)
_PLAIN = "".join(_BARE.get(char) or _SIGNS.get(char) or (char.lower() if char.isascii() else " ") for char in _CODES)
_PLAIN_BYTES = _PLAIN.encode("ascii")
_PLAIN_SLOW = str.maketrans({char: plain for char, plain in zip(_CODES, _PLAIN, strict=True) if char != plain})


@lru_cache(maxsize=_SIZE)
def clean(text: str) -> str:
    """Return `text` as it should be shown: NFC, one space at a time, no invisible characters.

    Line breaks of any kind become a newline and stay; empty lines go.
    """
    if _MENDABLE.search(text) or "_x000" in text:
        text = _ESCAPED_BREAK.sub("\n", text.translate(_MEND))
    text = unicodedata.normalize("NFC", text)
    if "  " in text or "\n" in text:
        text = _RUNS.sub(lambda run: "\n" if "\n" in run[0] else " ", text)
    return text.strip(" \n")


@lru_cache(maxsize=_SIZE)
def key(text: str) -> str:
    """Return the comparison key: equal for texts that differ only in writing, with diacritics kept."""
    text = clean(text).casefold()
    if not text.isascii():
        if _CURLY.search(text):
            text = text.translate(_STRAIGHT)
        text = unicodedata.normalize("NFC", text)
        text = _OPEN_PAIR.sub(lambda pair: _OPEN[pair[0]], text)
        text = _CLOSED_PAIR.sub(lambda pair: _CLOSED[pair[0]], text)
    return text.replace("\n", " ").rstrip(_ENDING)


@lru_cache(maxsize=_SIZE)
def fold(text: str) -> str:
    """Return `key(text)` without diacritics, đ as d."""
    text = key(text)
    if text.isascii():
        return text
    bare = plain(text)
    if not bare.isascii():
        bare = key(unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", bare))))
    return bare.rstrip(_ENDING)


@lru_cache(maxsize=_SIZE)
def plain(text: str) -> str:
    """Return cleaned text in lower case without Vietnamese diacritics, character for character.

    The result is exactly as long as `text`, so a match in it can be cut from the original.
    """
    try:
        return codecs.charmap_encode(text, "strict", _ENCODE)[0].translate(_PLAIN_BYTES).decode("ascii")
    except UnicodeEncodeError:
        return text.translate(_PLAIN_SLOW)


def has_marks(text: str) -> bool:
    """Tell whether `text` was written with Vietnamese diacritics (or đ) anywhere."""
    return key(text) != fold(text)
