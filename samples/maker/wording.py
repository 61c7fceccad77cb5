"""How units word things: status phrases, dates, small differences of spelling, old encodings."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

DONE = ["Hoàn thành", "Đã hoàn thành", "Hoàn thành", "Xong", "Đã hoàn thành", "Đã thực hiện", "HOÀN THÀNH"]
DONE_ON_TIME = ["Hoàn thành đúng hạn", "Đã hoàn thành (đúng hạn)", "Hoàn thành trước hạn", "Hoàn thành trong hạn"]
DONE_LATE = ["Hoàn thành quá hạn", "Đã hoàn thành (quá hạn)", "Hoàn thành trễ hạn"]
IN_PROGRESS = [
    "Đang thực hiện",
    "Đang triển khai",
    "Đang thực hiện (trong hạn)",
    "Đúng tiến độ",
    "Đang thực hiện theo tiến độ",
    "Tiếp tục thực hiện",
    "Đang xây dựng",
    "Đang lấy ý kiến góp ý",
    "Đang thẩm định",
    "Chưa đến kỳ triển khai",
    "Đang thực hiện đúng hạn",
    "Chưa triển khai",
]
OVERDUE = [
    "Chậm tiến độ",
    "Quá hạn",
    "Đang thực hiện",
    "Trễ hạn",
    "Đang thực hiện quá hạn",
    "Chưa hoàn thành quá hạn",
    "Chưa thực hiện trễ hạn",
    "Đang triển khai",
]
RECURRING = [
    "Thường xuyên",
    "Duy trì thường xuyên",
    "Tiếp tục duy trì",
    "Đang thực hiện",
    "Duy trì triển khai",
    "Nhiệm vụ thường xuyên",
]
NO_DEADLINE = ["Đang thực hiện", "Chưa triển khai", "Chưa có hướng dẫn của Trung ương"]
PHRASES = {"Đ": IN_PROGRESS, "C": OVERDUE, "T": RECURRING, "K": NO_DEADLINE, "S": ["Tạm dừng"]}


def text_date(day: date) -> str:
    return f"{day.day:02d}/{day.month if day.month > 2 else f'{day.month:02d}'}/{day.year}"


TONES = "\u0300\u0309\u0303\u0301\u0323"
NUCLEI = ("oa", "oe", "uy")


def old_tone(text: str) -> str:
    """Move the tone mark the old way: hóa → hoá, thủy → thuỷ; quý stays."""

    def swap(match: re.Match[str]) -> str:
        before, first, mark, second = match.groups()
        return before + first + second + mark

    spread = unicodedata.normalize("NFD", text)
    found = re.sub(
        rf"((?<![qQ])(?:^|[^qQ]))([oOuU])([{TONES}])([aAeEyY])(?![\w\u0300-\u0323])",
        lambda m: swap(m) if (m[2] + m[4]).lower() in NUCLEI else m[0],
        spread,
    )
    return unicodedata.normalize("NFC", found)


def vary(text: str, how: str) -> str:
    """Return the same text as another clerk would have typed it; the meaning-bearing letters stay."""
    if how == "tone":
        return old_tone(text)
    if how == "upper":
        return text.upper()
    if how == "lower":
        return text[0].lower() + text[1:]
    if how == "dot":
        return text + "."
    if how == "spaces":
        words = text.split(" ")
        return " ".join(words[:2]) + "  " + " ".join(words[2:]) + " "
    if how == "nbsp":
        return text.replace(" ", "\u00a0", 2)
    if how == "newline":
        words = text.split(" ")
        middle = len(words) // 2
        return " ".join(words[:middle]) + "\n" + " ".join(words[middle:])
    if how == "dash":
        return text.replace(" - ", " – ")
    if how == "quotes":
        return text.replace("“", '"').replace("”", '"')
    if how == "semi":
        return semi_composed(text)
    raise ValueError(how)


def semi_composed(text: str) -> str:
    """Letter with its hat composed, the tone after it: â + U+0301, as some old keyboards type."""
    out = []
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tones = [mark for mark in parts if mark in TONES]
        base = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in TONES))
        out.append(base + "".join(tones))
    return "".join(out)


TCVN3 = dict(
    zip(
        "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂÊÔƠƯĐ",
        "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ¡¢£¤¥¦§",
        strict=True,
    )
)


def tcvn3(text: str) -> str:
    """Encode as TCVN3 (ABC) bytes shown as Latin-1. Capitals with a tone exist only in .VnTimeH: lower here."""
    text = unicodedata.normalize("NFC", text).replace("“", '"').replace("”", '"')
    return "".join(TCVN3.get(letter, TCVN3.get(letter.lower(), letter)) for letter in text)


VNI_TONES = {"\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
VNI_HAT = {"\u0300": "à", "\u0301": "á", "\u0309": "å", "\u0303": "ã", "\u0323": "ä", "": "â"}
VNI_BREVE = {"\u0300": "è", "\u0301": "é", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë", "": "ê"}
VNI_I = {"\u0300": "ì", "\u0301": "í", "\u0309": "æ", "\u0303": "ó", "\u0323": "ò"}


def vni(text: str) -> str:
    """Encode as VNI-Windows: one letter and one mark, marks of capitals in capitals."""
    out = []
    for letter in unicodedata.normalize("NFC", text).replace("“", '"').replace("”", '"'):
        small = letter.lower()
        parts = unicodedata.normalize("NFD", small)
        tone = next((mark for mark in parts if mark in TONES), "")
        if small == "đ":
            made = "ñ"
        elif parts[0] == "i" and tone:
            made = VNI_I[tone]
        elif small == "ỵ":
            made = "î"
        elif "\u031b" in parts:  # horn
            made = {"o": "ô", "u": "ö"}[parts[0]] + VNI_TONES.get(tone, "")
        elif "\u0302" in parts:
            made = parts[0] + VNI_HAT[tone]
        elif "\u0306" in parts:
            made = parts[0] + VNI_BREVE[tone]
        else:
            made = parts[0] + VNI_TONES.get(tone, "")
        out.append(made.upper() if letter != small else made)
    return "".join(out)
