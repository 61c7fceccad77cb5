"""docs/ham-qn.md, generated from the registry; a test compares the committed file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from qn_xl.functions_registry import REGISTRY, Example, Function, Returns
from qn_xl.functions_values import Scalar
from qn_xl.rules.figures import MEASURES
from qn_xl.rules.wording import date_text

_RETURNS = {
    Returns.NUMBER: "một số",
    Returns.TEXT: "một đoạn chữ",
    Returns.DATE: "một ngày (định dạng ô là ngày)",
    Returns.TABLE: "một bảng: chọn vùng đủ rộng rồi nhập công thức mảng, hoặc để Excel mới tự trải",
}
_START = """# Hàm trong ô tính

Trang này được tạo từ danh mục hàm của chương trình; sửa danh mục, không sửa trang này.
Các tham số cách nhau bằng dấu `;`. Tham số trong ngoặc vuông có thể bỏ trống.
Ví dụ tính trên số liệu 9 tháng năm 2025, chốt ngày 30/9/2025; số ngày chậm, danh sách nhiệm vụ và số liệu kỳ trước
trong ví dụ là số minh họa.

## Cách ghi tham số

* Kế hoạch: `"138"`, `138`, `"KH 138"`, `"138/KH-UBND"`, `"06"`, `"Đề án 06"`. Số ngắn chỉ dùng được khi có một kế hoạch
  đang hiệu lực mang số đó. `"tất cả"` cộng mọi kế hoạch, riêng loại nhiệm vụ.
* Từ ngữ: chữ hoa, chữ thường, có dấu hay không dấu đều được; cũng dùng được mã ở bảng dưới.
* Kế hoạch có nhiều loại (chỉ tiêu; nhiệm vụ; nhiệm vụ, dự án): không ghi loại thì lấy nhiệm vụ.
  Các loại không cộng với nhau.
* Đơn vị: nhiệm vụ giao nhiều đơn vị được đếm cho từng đơn vị, nên tổng theo đơn vị có thể lớn hơn tổng của kế hoạch.
* Ngày chốt: hàm chỉ đọc số liệu của lần chạy có đúng ngày chốt đó, không tính lại.
* Vùng ô: tham số ghi “nhận vùng ô” có thể là một vùng, ví dụ `=QN_PROGRESS(A2:A50)`; kết quả là vùng cùng kích thước.
  Ô trống cho ô trống.

## Lỗi

| Ô hiện | Nghĩa là |
|---|---|
| `#N/A` | không có kế hoạch, từ, đơn vị hoặc lần chạy như vậy; hoặc không có nhiệm vụ nào để tính |
| `#VALUE!` | dùng sai: thiếu, thừa tham số, không phải ngày, đưa vùng ô vào chỗ nhận một ô |
| `#NUM!` | hàm cần Python nhưng máy này không chạy được Python |

## Chỉ số và trạng thái

| Tên | Mã | Cách tính |
|---|---|---|
"""


def show(value: Any) -> str:
    """Return an answer as the document prints it: decimal comma, at most four places; a table by its second row."""
    if isinstance(value, date):
        return date_text(value)
    if isinstance(value, int | float):
        return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", ",")
    if isinstance(value, list):
        row = " | ".join(show(cell) for cell in value[1][:5])
        return f"bảng {len(value)} dòng, {len(value[0])} cột; dòng 2: {row}"
    return "" if value is None else str(value)


def formula(name: str, args: Sequence[Scalar]) -> str:
    """Return a call as it is typed into a cell of a Vietnamese Excel."""
    return f"={name}({';'.join(_literal(value) for value in args)})"


def _literal(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"DATE({value.year};{value.month};{value.day})"
    return f'"{value}"' if isinstance(value, str) else str(value)


def document_text() -> str:
    """Return docs/ham-qn.md."""
    measures = "".join(f"| {m.label} | `{m.code}` | {m.definition} |\n" for m in MEASURES)
    return _START + measures + "".join(_section(function) for function in REGISTRY)


def _section(function: Function) -> str:
    names = [f"[{one.name}]" if one.optional else one.name for one in function.arguments]
    lines = ["", f"## {function.name}", "", function.description, "", f"`={function.name}({'; '.join(names)})`", ""]
    for one in function.arguments:
        many = " Nhận vùng ô." if one.many else ""
        lines.append(f"* `{one.name}`: {one.help}{many}")
    if function.arguments:
        lines.append("")
    source = "đọc ngay trong sổ, không cần Python" if function.look_up or not function.arguments else "cần Python"
    lines += [f"Cho {_RETURNS[function.returns]}; {source}.", "", "| Công thức | Kết quả |", "|---|---|"]
    lines += [_example(function.name, example) for example in function.examples]
    return "\n".join(lines) + "\n"


def _example(name: str, example: Example) -> str:
    result = example.result.replace("|", "\\|")
    return f"| `{formula(name, example.args)}` | {result} |"
