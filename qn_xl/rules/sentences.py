"""The sentence of the office's report about one plan, from the same counts as the table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from qn_xl.model import Kind, Plan
from qn_xl.rules.wording import date_text, whole_area

_DOCUMENTS = {
    "KH": "Kế hoạch",
    "QĐ": "Quyết định",
    "NQ": "Nghị quyết",
    "CT": "Chỉ thị",
    "CTR": "Chương trình",
    "CTHĐ": "Chương trình hành động",
    "ĐA": "Đề án",
    "TB": "Thông báo",
}
_CENTRAL = "phụ thuộc tiến độ của Bộ, ngành Trung ương"


def plan_name(plan: Plan) -> str:
    """Return the plan as a report cites it: "Kế hoạch số 138/KH-UBND", "Đề án 06"."""
    if not plan.symbol[:1].isdigit():
        return plan.symbol
    for letters in re.findall(r"[^\W\d_]+", plan.symbol):
        if letters.upper() in _DOCUMENTS:
            return f"{_DOCUMENTS[letters.upper()]} số {plan.symbol}"
    return f"Văn bản số {plan.symbol}"


def citation(plan: Plan) -> str:
    """Return name, date, issuer and subject: "Kế hoạch số … ngày … của … về …"; the issuer as it issued it.

    A title that only repeats the issuer ("Kế hoạch của Ban Chỉ đạo …") is no subject.
    """
    text = plan_name(plan)
    if plan.issued_on:
        text += f" ngày {date_text(plan.issued_on)}"
    if plan.issuer:
        text += f" của {plan.issuer}"
    subject = re.sub(r"^(?:về\s+|v/v\s+)", "", plan.title.strip(), flags=re.IGNORECASE).rstrip(".")
    if subject and not (plan.issuer and plan.issuer.casefold() in subject.casefold()):
        text += f" về {_inside(subject)}"
    return text


def _inside(title: str) -> str:
    """Return a title as it stands inside a sentence: its first letter small, unless it begins with a name."""
    first, *rest = title.split(" ", 2)
    named = bool(rest) and rest[0][:1].isupper()
    return title if named or not first[1:].islower() else title[0].lower() + title[1:]


def sentence(plan: Plan, groups: Sequence[Mapping[str, Any]], as_of: date, *, assigned: bool = True) -> str:
    """Return the report's sentence about a plan.

    Args:
        groups: the plan's `G` records (figures.groups_json).
        assigned: False when the denominator is the distinct tasks reported, which the sentence then says.

    Every non-empty class of a group is named, so its numerators add up to its denominator.
    """
    opening = "Triển khai" if plan_name(plan).startswith("Đề án") else "Thực hiện"
    start = f"{opening} {citation(plan)}, tính đến ngày {date_text(as_of)}, {whole_area(as_of)}"
    full = [group for group in groups if group["total"]]
    if not full:
        return f"{start} chưa có nhiệm vụ nào được tổng hợp."
    if len(full) == 1 and full[0]["kind"] != Kind.TARGET:
        text = f"{start} {'; '.join(_verbs(full[0]))}"
    else:
        text = f"{start} có {'; '.join(_listed(group) for group in full)}"
    if not assigned:
        text += " (mẫu số là số nhiệm vụ các đơn vị báo cáo, chưa có danh mục nhiệm vụ giao)"
    return text + "."


def _verbs(group: Mapping[str, Any]) -> list[str]:
    """Return the parts of a plan with one kind: "đã hoàn thành 33/71 nhiệm vụ"."""
    count = _counter(group)
    under_way = group["in_progress"] + group["no_deadline"]
    dated = " có thời hạn" if group["recurring"] and not group["no_deadline"] else ""
    parts = [
        (group["done"], f"đã hoàn thành {count(group['done'])}"),
        (under_way, f"đang thực hiện {count(under_way)}{dated}{_remark(group)}"),
        (group["overdue"], f"chậm tiến độ {count(group['overdue'])}"),
        (group["recurring"], f"duy trì triển khai {count(group['recurring'])} thường xuyên"),
        (group["stopped"], f"tạm dừng {count(group['stopped'])}"),
    ]
    return [text for number, text in parts if number] + _central_apart(group)


def _listed(group: Mapping[str, Any]) -> str:
    """Return the parts of one kind among several: "14/44 nhiệm vụ đã hoàn thành, …".

    Parts that hold a comma themselves are kept apart by semicolons.
    """
    count = _counter(group)
    done = "đã hoàn thành"
    if group["kind"] == Kind.TARGET and not group["recurring"]:
        done += ", duy trì thực hiện thường xuyên"
    under_way = group["in_progress"] + group["no_deadline"]
    parts = [
        (group["done"], f"{count(group['done'])} {done}"),
        (under_way, f"{count(under_way)} đang thực hiện{_remark(group)}"),
        (group["overdue"], f"{count(group['overdue'])} chậm tiến độ"),
        (group["recurring"], f"{count(group['recurring'])} thường xuyên"),
        (group["stopped"], f"{count(group['stopped'])} tạm dừng"),
    ]
    named = ("; " if group["kind"] != Kind.TASK else ", ").join(text for number, text in parts if number)
    return "; ".join([named, *_central_apart(group)])


def _counter(group: Mapping[str, Any]) -> Any:
    noun = Kind(group["kind"]).value.lower()
    return lambda number: f"{number}/{group['total']} {noun}"


def _remark(group: Mapping[str, Any]) -> str:
    """Return what is said in brackets about the items under way."""
    noun = Kind(group["kind"]).value.lower()
    said = []
    if group["no_deadline"]:
        said.append(f"trong đó {group['no_deadline']} {noun} không xác định thời hạn")
    if group["central"] and not group["overdue"]:
        said.append(f"{group['central']} {noun} {_CENTRAL}")
    return f" ({'; '.join(said)})" if said else ""


def _central_apart(group: Mapping[str, Any]) -> list[str]:
    """Return the remark about the Centre where some of its items may be overdue: it is no part of the sum."""
    if not (group["central"] and group["overdue"]):
        return []
    noun = Kind(group["kind"]).value.lower()
    return [f"trong số {noun} chưa hoàn thành có {group['central']} {noun} {_CENTRAL}"]
