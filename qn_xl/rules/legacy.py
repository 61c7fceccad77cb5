"""TCVN3 (ABC) and VNI text, the encodings of Vietnamese before Unicode, read as Windows shows them.

A cell typed with `.VnTime` holds `TiÕn ®é` and one typed with `VNI-Times` holds `Tieán ñoä`. Old templates often
keep such a font while the text in them is Unicode, so a font alone never decides: the words must read as
Vietnamese after conversion and not before.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Literal

from qn_xl.rules.patterns import lazily

Encoding = Literal["tcvn3", "vni"]

_TCVN3 = dict(
    zip(
        "\u00a1\u00a2\u00a3\u00a4\u00a5\u00a6\u00a7\u00a8\u00a9\u00aa\u00ab\u00ac\u00ad\u00ae"
        "\u00b5\u00b6\u00b7\u00b8\u00b9\u00bb\u00bc\u00bd\u00be\u00c6\u00c7\u00c8\u00c9\u00ca\u00cb"
        "\u00cc\u00ce\u00cf\u00d0\u00d1\u00d2\u00d3\u00d4\u00d5\u00d6\u00d7\u00d8\u00dc\u00dd\u00de"
        "\u00df\u00e1\u00e2\u00e3\u00e4\u00e5\u00e6\u00e7\u00e8\u00e9\u00ea\u00eb\u00ec\u00ed\u00ee"
        "\u00ef\u00f1\u00f2\u00f3\u00f4\u00f5\u00f6\u00f7\u00f8\u00f9\u00fa\u00fb\u00fc\u00fd\u00fe",
        "ĂÂÊÔƠƯĐăâêôơưđ" "àảãáạằẳẵắặầẩẫấậ" "èẻẽéẹềểễếệìỉĩíị" "òỏõóọồổỗốộờởỡớợ" "ùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)


def _vni() -> dict[str, str]:
    tones = dict(zip("øûõùï", "\u0300\u0309\u0303\u0301\u0323", strict=True))
    marked = {"\u0302": "âàåãáä", "\u0306": "êèúüéë"}  # mark alone, then grave, hook, tilde, acute, dot
    table = dict(zip("ôöñíìæóòîÔÖÑÍÌÆÓÒÎ", "ơưđíìỉĩịỵƠƯĐÍÌỈĨỊỴ", strict=True))
    for base in "aeiouyôö":
        for sign, tone in tones.items():
            table[base + sign] = table.get(base, base) + tone
    for base, mark in (("a", "\u0302"), ("e", "\u0302"), ("o", "\u0302"), ("a", "\u0306")):
        for sign, tone in zip(marked[mark], ["", *tones.values()], strict=True):
            table[base + sign] = base + mark + tone
    for pair, letter in list(table.items()):
        if len(pair) == 2:
            table[pair.upper()] = table[pair[0].upper() + pair[1]] = letter.upper()
    return {pair: unicodedata.normalize("NFC", letter) for pair, letter in table.items()}


_VNI = _vni()
_VNI_PAIR = lazily("|".join(sorted(_VNI, key=len, reverse=True)))

_ONSET = r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx])?"
_NUCLEUS = (
    "uyê|iêu|yêu|oai|oay|oao|oeo|uây|uôi|uya|uyu|ươi|ươu|"
    "ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|ôi|ơi|ua|uâ|ui|uê|uô|uơ|uy|ưa|ưi|ươ|ưu|yê|"
    "[aăâeêioôơuưy]"
)
_SYLLABLE = lazily(f"{_ONSET}(?:{_NUCLEUS})(?:ch|nh|ng|[cmnpt])?")
_TONE_MARKS = lazily("[\u0300\u0301\u0303\u0309\u0323]")
_WORD = lazily(r"[^\s0-9!-/:-@\[-`{-~\u2010-\u2026\u00a0]+")
_SAMPLE = 600
_ENCODINGS: tuple[Encoding, ...] = ("tcvn3", "vni")


def detect(texts: Iterable[str], fonts: Iterable[str] = ()) -> Encoding | None:
    """Return the legacy encoding of a sheet's texts, None when they are Unicode or nothing proves otherwise.

    Args:
        texts: the sheet's texts exactly as stored (not cleaned); a sample of 600 is enough.
        fonts: font names of its text cells; `.Vn…` and `VNI-…` lower the number of words asked for.
    """
    hinted: set[Encoding] = {name for name in map(font_encoding, fonts) if name}
    words: dict[str, None] = {}
    for text in islice(texts, _SAMPLE):
        if not text.isascii():
            words.update((word, None) for word in _WORD.findall(text) if not word.isascii())
    for name in _ENCODINGS:
        if hinted and name not in hinted:
            continue
        mended, ruined, hopeless = _votes(words, name)
        if mended >= (1 if hinted else 4) and ruined <= 0.05 * mended and hopeless <= (0.4 if hinted else 0.2) * mended:
            return name
    return None


def font_encoding(font: str) -> Encoding | None:
    """Return the encoding that a font name stands for (`.VnTime`, `VNI-Times`; stored quotes allowed)."""
    name = font.strip().strip("\"'").strip().casefold()
    if name.startswith(".vn"):
        return "tcvn3"
    return "vni" if name.startswith("vni-") else None


def convert(text: str, encoding: Encoding, *, font: str | None = None) -> str:
    """Return `text` in Unicode; text that is not in `encoding` (already Unicode) comes back unchanged.

    Args:
        font: the cell's font; a TCVN3 font whose name ends in H (`.VnTimeH`) shows everything in capitals.
    """
    if text.isascii() or not _fits(text, encoding):
        return _capitals(text, font)
    if encoding == "tcvn3":
        return _capitals(text.translate(_TCVN3_TABLE), font)
    return _VNI_PAIR.sub(lambda pair: _VNI[pair[0]], text)


_TCVN3_TABLE = str.maketrans(_TCVN3)


def _capitals(text: str, font: str | None) -> str:
    if font is not None and font_encoding(font) == "tcvn3" and font.strip().strip("\"'").strip().endswith("H"):
        return text.upper()
    return text


def _fits(text: str, encoding: Encoding) -> bool:
    """Tell whether every letter outside ASCII is one that `encoding` could have written there."""
    if encoding == "tcvn3":
        return all(char in _TCVN3 or not char.isalpha() for char in text if not char.isascii())
    rest = _VNI_PAIR.sub("", text)
    return rest.isascii() or not any(char.isalpha() for char in rest if not char.isascii())


def _votes(words: Iterable[str], encoding: Encoding) -> tuple[int, int, int]:
    """Count words that conversion mends, that it would ruin, and that are no Vietnamese either way.

    Words that are syllables before and after ("Quý", "coù") prove nothing.
    """
    mended = ruined = hopeless = 0
    for word in words:
        before = _is_syllable(word)
        after = _fits(word, encoding) and _is_syllable(convert(word, encoding))
        mended += after and not before
        ruined += before and not after
        hopeless += not before and not after
    return mended, ruined, hopeless


@lru_cache(maxsize=8192)
def _is_syllable(word: str) -> bool:
    """Tell whether `word` is written like one Vietnamese syllable with at most one tone."""
    bare, tones = _TONE_MARKS.subn("", unicodedata.normalize("NFD", word.lower()))
    return tones <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None
