"""How lead-unit cells are written: normal forms of names, collective leads, several units in one cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from qn_xl.rules.patterns import lazily
from qn_xl.rules.text import clean, fold, key

DEPARTMENTS, COMMUNES, ALL = "so-nganh", "xa-phuong", "tat-ca"

COMMUNE = lazily(r"(?:ubnd )?(?P<kind>phường|xã|đặc khu|huyện) (?P<place>.+)")
_PLACE = lazily(r"(?:ubnd )?(?:phường|xã|đặc khu|phuong|xa|dac khu) (.+)")
_SPELLINGS = (
    (lazily(r"\bủy ban nhân dân\b|\buy ban nhan dan\b|\bub\.? ?nd\b|\bủy ban\b(?! mttq)"), "ubnd"),
    (lazily(r"\s*&\s*"), " và "),
    (lazily(r"\s*,\s*"), ", "),
    (lazily(r"\s*-\s*"), "-"),
    (lazily(r"\btp\.?\s*(?=\w{2})"), "thành phố "),
    (lazily(r"^(ubnd )?p(?:\.\s*|\s+)(?=\w)"), r"\1phường "),
    (lazily(r"^(ubnd )?x(?:\.\s*|\s+)(?=\w)"), r"\1xã "),
    (lazily(r"^(ubnd )?đk(?:\.\s*|\s+)(?=\w)"), r"\1đặc khu "),
    (lazily(r"\bvp[. ]+"), "văn phòng "),
)
_OWN_PROVINCE = lazily(
    r",? (?:(?:tỉnh|thành phố|tinh|thanh pho)(?: quảng ninh| quang ninh)?|(?:quảng|quang) ninh)$"
)
_LEADING = lazily(
    r"^(?:[-+•*–·.]+|\d{1,2}[.)](?!\d)|[a-zđ]\))?\s*"
    r"(?:(?:cơ quan|đơn vị)?\s*(?:chủ trì|thực hiện|đầu mối|tham mưu|thường trực)\s*[:\-]\s*)?"
    r"(?:(?:đồng chí )?(?:chủ tịch|giám đốc|thủ trưởng|lãnh đạo|trưởng)\s+(?!các))?",
    re.IGNORECASE,
)

_SO = r"(?:cac )?so,? (?:ban,? )?nganh|cac so(?:,? ban)?|cac ban,? nganh|cac co quan chuyen mon"
_XA = (
    r"(?:54 )?(?:cac )?(?:xa|phuong|dac khu)(?:(?:,| va|/)? ?(?:cac )?(?:xa|phuong|dac khu))+|"
    r"cac (?:xa|phuong|dac khu|dia phuong)|cap xa"
)
_WHO = r"(?:(?:giam doc|thu truong|chu tich|lanh dao|nguoi dung dau),? (?:va )?)*"
_SCOPE = (
    r"(?:,? (?:co )?lien quan|,? (?:truc )?thuoc (?:ubnd )?(?:tinh|thanh pho)|,? tren dia ban(?: toan)?(?: tinh)?|"
    r",? cap tinh|,? cua tinh|,? tinh|,? doan the(?: tinh)?|,? hoi)*"
)
_COLLECTIVE = (
    (
        ALL,
        lazily(
            rf"{_WHO}(?:(?:tat ca )?(?:cac )(?:co quan|don vi)"
            rf"(?:(?:,| va) ?(?:cac )?(?:co quan|don vi|dia phuong|to chuc|doan the))*"
            rf"|(?:{_SO})(?:(?:,| va)? (?:cac )?(?:don vi|co quan))*(?:,| va)? (?:cac )?dia phuong"
            rf"|toan tinh){_SCOPE}"
        ),
    ),
    (DEPARTMENTS, lazily(rf"{_WHO}(?:{_SO}){_SCOPE}")),
    (COMMUNES, lazily(rf"{_WHO}(?:ubnd )?(?:{_XA}){_SCOPE}")),
)

_UNIT_WORDS = (
    r"(?:các |giám đốc |thủ trưởng |chủ tịch )?(?:sở|ubnd|ủy ban|uỷ ban|(?:phường|xã)(?=\s+\w)|đặc khu|công an|"
    r"thanh tra|văn phòng|vp|ban|bộ|chi cục|cục|"
    r"trung tâm|trường|viện|hội|đoàn|đảng ủy|báo|đài|bảo hiểm|bhxh|kho bạc|ngân hàng|tòa án|"
    r"viện kiểm sát|mttq|liên minh|quỹ|"
    r"tập đoàn|công ty|vnpt|viettel|(?:huyện|thị xã|thành phố|tp)(?=\s+\w))\b"
)
_UNIT_LIKE = lazily(_UNIT_WORDS, re.IGNORECASE)
_NOISE = (
    lazily(r"\([^()]*\)"),
    lazily(r"[\w.+-]+@[\w.-]+"),
    lazily(
        r"(?:(?:sđt|đt|số đt|điện thoại|tel)\s*[:.]?\s*)?(?<!\d)(?:\+84|0)\d(?:[ .\-]?\d){7,9}(?!\d)", re.IGNORECASE
    ),
    # "…; các sở, ngành phối hợp" names helpers, as does everything after "phối hợp (với)"
    lazily(r"(?<=[;\n])(?:(?!chủ trì)[^;\n])*\bphối hợp(?: thực hiện)?[ .]*(?=[;\n]|$)", re.IGNORECASE),
    lazily(r"[,;]?\s*\b(?:phối hợp|phoi hop)\b[^\n]*", re.IGNORECASE),
    lazily(
        r"(?<=\w)\s*[,\-]?\s*"
        r"\b(?:là (?:cơ quan|đơn vị)|làm đầu mối|chủ trì|tham mưu|thường trực|theo dõi|phụ trách|cùng)\b[^;,\n]*"
        rf"(?:,(?!\s*{_UNIT_WORDS})[^;,\n]*)*",
        re.IGNORECASE,
    ),
    lazily(r"\s*[,:\-]?\s*\b(?:đ/c|đồng chí|ông|bà)\s+(?:[^\W\d_]+\s*){1,6}", re.IGNORECASE),
)
_PERSON = lazily(
    r"(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đào|Mai|Trịnh|Tô|Lương|Đoàn|Tạ|Cao|Hà|La|"
    r"Vương|Chu|Lưu|Phùng|Nông|Triệu|Đàm|Quách|Ninh|Tống|Khúc|Từ)(?: [A-ZÀ-ỸĐ][^\W\d_]*){1,4}"
)
_SEPARATOR = lazily(r"\s*[;\n]\s*|\s*,\s*|\.\s+|\s+-\s*|\s+và\s+|\s*/\s*|\s*\+\s*")
_NUMBERED = lazily(r"\s*\d{1,2}[.)]\s")
_NUMBERED_SEPARATOR = lazily(r"(?:^|\s+)\d{1,2}[.)]\s+|" + _SEPARATOR.pattern)
# "Sở Tài chính  Sở Nội vụ": two names with nothing but a gap between them
_GAPPED = lazily(r"\s+(?=sở\s)|" + _SEPARATOR.pattern, re.IGNORECASE)
_HARD = lazily(r"[;\n]")
_LAST_NUMBER = lazily(r"\d+$")
_LIST_HEAD = lazily(r"(?:ubnd )?(?:các )?(?P<kind>sở|phường|xã|đặc khu)\s*:?\s*(?P<rest>.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """One name in a lead-unit cell; both `unit` and `collective` None: not recognised."""

    text: str
    unit: str | None = None
    collective: str | None = None


@lru_cache(maxsize=32768)
def normal_form(text: str) -> str:
    """Return the form that names are compared by: key with abbreviations of "UBND", "phường", "&" written out."""
    form = _LEADING.sub("", key(text)).strip(" .,;:-")
    for pattern, written in _SPELLINGS:
        form = pattern.sub(written, form)
    return " ".join(form.split())


def short_form(form: str) -> str:
    """Return a normal form without "tỉnh", "thành phố", "(tỉnh) Quảng Ninh" at its end."""
    return _OWN_PROVINCE.sub("", form)


def place_of(name: str) -> str | None:
    """Return the place of a commune's name ("UBND phường Bãi Cháy": "Bãi Cháy"), None for other units."""
    match = _PLACE.fullmatch(name) or _PLACE.fullmatch(name.replace("UBND", "ubnd"))
    return match[1] if match else None


@lru_cache(maxsize=32768)
def collective_of(text: str) -> str | None:
    """Return what a collective lead stands for, None if `text` is not one."""
    words = fold(normal_form(text))
    for code, pattern in _COLLECTIVE:
        if pattern.fullmatch(words):
            return code
    return None


def names_in(text: str, find: Callable[[str], str | None]) -> list[Name]:
    """Split a cleaned lead-unit cell into names.

    A comma, "và", a dash or a full stop separates only where the words on its sides are names by themselves:
    "Sở Văn hóa, Thể thao và Du lịch" is one name, "Sở Y tế, Sở Nội vụ" are two.
    """
    whole = _recognise(text.replace("\n", " "), find)
    if whole is not None:
        return [whole]
    for pattern in _NOISE:
        text = pattern.sub("", text)
    spans = _atoms(text)
    names: list[Name] = []
    unknown: tuple[int, int] | None = None
    kind = ""
    at = 0
    while at < len(spans):
        begin, end = spans[at]
        name, used = None, 1
        for used in range(min(len(spans) - at, 8), 0, -1):
            name = _recognise(text[begin : spans[at + used - 1][1]].replace("\n", " "), find)
            if name is not None:
                break
        if name is None:
            name, kind = _listed(text[begin:end], kind, names[-1] if names and unknown is None else None, find)
        if name is None:
            hard = unknown is not None and _HARD.search(text[unknown[1] : begin])
            if unknown is None or hard or _UNIT_LIKE.match(text[begin:end]):
                _keep(names, text, unknown)
                unknown = (begin, end)
            else:
                unknown = (unknown[0], end)
        else:
            _keep(names, text, unknown)
            unknown = None
            names.append(name)
            head = _LIST_HEAD.match(normal_form(name.text))
            kind = head["kind"] if head and not name.collective else kind
        at += used if name is not None else 1
    _keep(names, text, unknown)
    return names


def _atoms(text: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    pattern = _NUMBERED_SEPARATOR if _NUMBERED.match(text) else _SEPARATOR
    if text[:2].lower() == "sở":
        pattern = _GAPPED
    for separator in [*pattern.finditer(text), None]:
        end = separator.start() if separator else len(text)
        if text[at:end].strip(" .,:-"):
            spans.append((at, end))
        at = separator.end() if separator else end
    return spans


def _recognise(text: str, find: Callable[[str], str | None]) -> Name | None:
    shown = _shown(text)
    unit = find(shown)
    if unit is not None:
        return Name(shown, unit)
    collective = collective_of(shown)
    return Name(shown, None, collective) if collective else None


def _listed(
    text: str, kind: str, last: Name | None, find: Callable[[str], str | None]
) -> tuple[Name | None, str]:
    """Recognise a member of a list ("Các Sở: Tài chính, Nội vụ", "phường Móng Cái 1, 2"); return it and its kind."""
    shown = _shown(text)
    head = _LIST_HEAD.fullmatch(shown)
    if head is not None and head["rest"]:
        unit = find(f"{head['kind']} {head['rest']}")
        return (Name(head["rest"], unit), head["kind"].lower()) if unit else (None, "")
    if last is None or not kind or not shown:
        return None, ""
    if shown.isdigit():
        unit = find(_LAST_NUMBER.sub(shown, last.text)) if _LAST_NUMBER.search(last.text) else None
        return (Name(_LAST_NUMBER.sub(shown, last.text), unit) if unit else None), kind
    unit = find(f"{kind} {shown}")
    return (Name(shown, unit) if unit else None), kind if unit else ""


def _keep(names: list[Name], text: str, span: tuple[int, int] | None) -> None:
    if span is None:
        return
    shown = _shown(text[slice(*span)].replace("\n", " "))
    if shown and not _PERSON.fullmatch(shown):
        names.append(Name(shown))


def _shown(text: str) -> str:
    return _LEADING.sub("", clean(text)).strip(" .,;:-\n")
