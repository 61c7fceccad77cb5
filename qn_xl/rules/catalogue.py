"""Every finding the program can make: its code, severity and words are data in findings.toml.

`message`, `action` and `repair` are templates filled with the keyword arguments of `finding()`.
docs/van-de.md is generated from the same data; a test compares.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from qn_xl.model import Address, Finding, Severity


@dataclass(frozen=True, slots=True)
class Entry:
    code: str
    severity: Severity
    title: str
    message: str
    action: str
    repair: str


@cache
def entries() -> dict[str, Entry]:
    """Return the catalogue, code to entry, in the order of the file."""
    data = tomllib.loads(resources.files("qn_xl.rules").joinpath("findings.toml").read_text("utf-8"))
    return {
        code: Entry(code, Severity(row["severity"]), row["title"], row["message"], row["action"], row["repair"])
        for code, row in data.items()
    }


def finding(
    code: str,
    where: Address,
    seen: str = "",
    *,
    subject: str = "",
    unit: str | None = None,
    label: str = "",
    plan: str | None = None,
    severity: Severity | None = None,
    proposed: str = "",
    **words: object,
) -> Finding:
    """Return the finding `code` at `where`.

    Args:
        seen: the value as found; shown cut at 120 characters.
        subject: what the finding is about, stable between runs (unit, plan and task key); the stable key is
            made from code and subject. Without one the address and the value found stand in for it.
        proposed: what a decision about it might be, as staff would write it (sheet Xử lý).
        words: values for the `{…}` of the catalogue's sentences.
    Raises:
        KeyError: an unknown code or a missing word is a bug.
    """
    entry = entries()[code]
    shown = seen if len(seen) <= 120 else seen[:117] + "…"
    key = key_of(code, subject or f"{where.file}|{where.sheet}|{where.cell}|{seen}")
    filled = {"seen": shown, "where": str(where), **words}
    return Finding(
        code=code,
        key=key,
        severity=severity or entry.severity,
        where=where,
        seen=shown,
        action=entry.action.format_map(filled),
        message=entry.message.format_map(filled),
        repair=entry.repair.format_map(filled),
        unit=unit,
        label=label,
        plan=plan,
        proposed=proposed,
    )


def key_of(code: str, subject: str) -> str:
    """Return the key of a finding about `subject`: a decision refers to it."""
    digest = hashlib.sha1(f"{code}|{subject}".encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    return f"{code}:{digest[:10]}"


def document() -> str:
    """Return docs/van-de.md: every finding with what the program says and does and how to repair it."""
    words = {Severity.ERROR: "LỖI", Severity.WARNING: "CẢNH BÁO", Severity.NOTE: "GHI CHÚ"}
    lines = [
        "# Danh mục vấn đề",
        "",
        "Mỗi vấn đề chỉ rõ tệp › trang › ô, giá trị tìm thấy, chương trình đã làm gì và sửa thế nào.",
        "Mức **LỖI**: có nội dung",
        "chưa được tính; **CẢNH BÁO**: đã tính theo một cách hiểu; **GHI CHÚ**: để biết.",
        "Trong câu, `{seen}` là giá trị tìm thấy.",
        "",
        "Trang này lập từ `qn_xl/rules/findings.toml`.",
        "",
        "| Mã | Mức | Vấn đề | Chương trình nói | Đã làm | Cách sửa |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for entry in entries().values():
        cells = (entry.message, entry.action, entry.repair)
        shown = " | ".join(cell.replace("|", "\\|") for cell in cells)
        lines.append(f"| `{entry.code}` | {words[entry.severity]} | {entry.title} | {shown} |")
    return "\n".join(lines) + "\n"
