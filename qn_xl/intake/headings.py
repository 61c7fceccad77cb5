"""What a column heading means: the vocabulary of headers.toml, compared without regard to spelling habits."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from qn_xl.rules.text import fold, key

LONGEST = 110  # characters; a longer text is a sentence, not a heading
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_TAIL = re.compile(
    r"\s*(?:đến|den|tính đến|tinh den|tại|tai)\s+(?:hết\s+|het\s+)?(?:ngày|ngay|tháng|thang|nay)?[\s\d/.\-]*$"
)

# A sub-heading that says nothing without the heading above it.
GENERIC = frozenset(
    [
        "noi dung",
        "ngay",
        "so",
        "ten",
        "thoi gian",
        "van ban",
        "ghi chu",
        "don vi",
        "co quan",
        "ket qua",
        "thoi diem",
        "ngay, thang, nam",
    ]
)


# Headings that nearly every table spells out in full, for a cheap first look.
NAMING = frozenset(
    [
        "stt",
        "tt",
        "số tt",
        "nhiệm vụ",
        "tên nhiệm vụ",
        "nội dung",
        "nội dung nhiệm vụ",
        "nội dung công việc",
        "chỉ tiêu",
    ]
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """Fields a heading may stand for; `sure` when the words alone decide."""

    fields: tuple[str, ...]
    sure: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    exact: Mapping[str, Meaning]
    folded: Mapping[str, Meaning]
    contains: tuple[tuple[str, str], ...]  # (phrase, field), longest first, both keyed and folded
    ignored: tuple[str, ...]


@cache
def _vocabulary() -> _Vocabulary:
    data = tomllib.loads(resources.files("qn_xl.intake").joinpath("headers.toml").read_text("utf-8"))
    ignored = tuple(data.pop("ignored"))
    sure: dict[str, str] = {}
    unsure: dict[str, list[str]] = {}
    contains: dict[str, str] = {}
    for name, row in data.items():
        for word in row.get("exact", ()):
            sure.setdefault(key(word), name)
        for word in row.get("unsure", {}).get("exact", ()):
            unsure.setdefault(key(word), []).append(name)
        for phrase in row.get("contains", ()):
            contains.setdefault(key(phrase), name)
            contains.setdefault(fold(phrase), name)
    exact = {word: Meaning((name,), True, True) for word, name in sure.items()}
    for word, names in unsure.items():
        certain = sure.get(word)
        fields = tuple(dict.fromkeys([*names, *([certain] if certain else [])]))
        exact[word] = Meaning(fields, False, True)
    folded: dict[str, Meaning] = {}
    for word, meaning in exact.items():
        folded.setdefault(fold(word), meaning)
    phrases = tuple(sorted(contains.items(), key=lambda pair: -len(pair[0])))
    return _Vocabulary(exact, folded, phrases, ignored)


@lru_cache(maxsize=8192)
def meaning(text: str, extra: tuple[tuple[str, str], ...] = ()) -> Meaning | None:
    """Return what the heading `text` may mean, None when it is no heading that we know.

    `extra`: (heading key, field) pairs the office decided; they come first. The field "ignored" leaves a column out.
    """
    if not text or len(text) > LONGEST:
        return None
    whole = key(text.replace("_", " "))
    if not whole:
        return None
    for word, name in extra:
        if whole == word:
            return Meaning((name,), True, True)
    words = _vocabulary()
    bare = key(_BRACKETS.sub(" ", whole)) or whole
    for form in dict.fromkeys((whole, bare, key(_TAIL.sub("", bare)))):
        if not form:
            continue
        plain = fold(form)
        if any(plain.startswith(stop) for stop in words.ignored):
            return None
        found = words.exact.get(form) or (words.folded.get(plain) if plain == form or len(plain) > 3 else None)
        if found:
            return found
    plain = fold(bare)
    for phrase, name in words.contains:
        if phrase in bare or phrase in plain:
            hay = bare if phrase in bare else plain
            at = hay.find(phrase)
            before, after = hay[at - 1 : at], hay[at + len(phrase) : at + len(phrase) + 1]
            if not before.isalnum() and not after.isalnum():
                return Meaning((name,), True, False)
    return None


def stacked(texts: list[str], extra: tuple[tuple[str, str], ...] = ()) -> Meaning | None:
    """Return the meaning of a column whose heading is written over several rows, top first."""
    if not texts:
        return None
    if extra and len(texts) > 1 and key(" / ".join(texts)) in dict(extra):  # as the finding shows the heading
        return meaning(" / ".join(texts), extra)
    leaf = texts[-1]
    own = meaning(leaf, extra)
    if len(texts) == 1:
        return own
    above = next((found for text in reversed(texts[:-1]) if (found := meaning(text, extra))), None)
    joined = meaning(" ".join(texts), extra)
    if fold(leaf) in GENERIC:
        return joined if joined and joined.exact else above or own
    if own:
        return own
    return joined or above
