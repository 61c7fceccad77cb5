"""The one list of QN_ functions: names, arguments, Vietnamese help, how they are answered.

The VBA wrappers, the function wizard's help, the xlwings doors and docs/ham-qn.md come from REGISTRY.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from qn_xl.functions import Functions
from qn_xl.functions_values import QnError, QnValueError, Scalar, Table
from qn_xl.rules.words import drop_list


class Returns(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. `name` is a valid identifier in VBA and in LibreOffice Basic; `many` takes a range too.

    `words` are the accepted words, where there is a list of them.
    """

    name: str
    help: str
    optional: bool = True
    many: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A call and what it shows on the published figures of 30/9/2025."""

    args: tuple[Scalar, ...]
    result: str


@dataclass(frozen=True, slots=True)
class Function:
    """A worksheet function.

    `look_up` is (domain of the second argument's words in tblWord, measure meant without it) where the answer
    can stand in tblFigure: the key is plan|group|unit|measure. A key that is missing there although all words are
    known is a count of 0 or a rate without a base, which Python tells apart.
    """

    name: str
    call: Callable[..., Any]
    description: str
    arguments: tuple[Argument, ...]
    returns: Returns
    examples: tuple[Example, ...]
    look_up: tuple[str, str] | None = None


_PLAN = Argument(
    "plan", "Kế hoạch: số hoặc ký hiệu, ví dụ 138, KH 138, 138/KH-UBND, Đề án 06.", optional=False, many=True
)
_ONE_PLAN = Argument(_PLAN.name, _PLAN.help, optional=False)
_GROUP = Argument(
    "group",
    "Loại: chỉ tiêu, nhiệm vụ hoặc dự án (nhiệm vụ, dự án). Bỏ trống: nhiệm vụ, hoặc loại duy nhất của kế hoạch.",
    words=drop_list("group"),
)
_UNIT = Argument("unit", "Đơn vị: tên hoặc viết tắt, ví dụ Sở Y tế, SKHCN. Bỏ trống: toàn tỉnh.")
_AS_OF = Argument("as_of", "Ngày chốt số liệu của một lần chạy đã lưu. Bỏ trống: số liệu đang hiển thị.")
_STATE_HELP = "Trạng thái, ví dụ hoàn thành, đang thực hiện, chậm tiến độ, thường xuyên, sắp đến hạn."


def _state(usual: str, many: bool = False) -> Argument:
    return Argument("state", f"{_STATE_HELP} Bỏ trống: {usual}.", many=many, words=drop_list("class"))


REGISTRY: tuple[Function, ...] = (
    Function(
        "QN_PROGRESS",
        Functions.progress,
        "Chỉ số tiến độ của một kế hoạch; mặc định là tỷ lệ hoàn thành trên tổng số (33/71 = 0,4648; định dạng ô %).",
        (
            _PLAN,
            Argument(
                "measure",
                "Chỉ số: tỷ lệ hoàn thành, tỷ lệ đến hạn, tổng số, hoàn thành, chậm tiến độ, số ngày chậm trung bình…"
                " Bỏ trống: tỷ lệ hoàn thành trên tổng số.",
                words=drop_list("measure"),
            ),
            _GROUP,
            _UNIT,
            _AS_OF,
        ),
        Returns.NUMBER,
        (
            Example(("138",), "0,4648"),
            Example((138, "chậm tiến độ"), "21"),
            Example(("157", None, "chỉ tiêu"), "0,5"),
            Example(("Đề án 06", "trung ương"), "12"),
        ),
        look_up=("measure", "rate_total"),
    ),
    Function(
        "QN_COUNT",
        Functions.count,
        "Số nhiệm vụ của một kế hoạch theo trạng thái; không ghi trạng thái thì là tổng số.",
        (_PLAN, _state("tổng số"), _GROUP, _UNIT, _AS_OF),
        Returns.NUMBER,
        (
            Example(("138",), "71"),
            Example(("06", "thường xuyên"), "33"),
            Example(("157", "dang thuc hien", "dự án"), "16"),
            Example(("tất cả", "hoàn thành"), "128"),
        ),
        look_up=("class", "total"),
    ),
    Function(
        "QN_RATE",
        Functions.rate,
        "Tỷ lệ hoàn thành, mẫu số là tổng số hoặc số đến hạn (hoàn thành cộng chậm tiến độ).",
        (
            _PLAN,
            Argument(
                "denominator",
                "Mẫu số: tổng hoặc đến hạn. Bỏ trống: tổng.",
                words=drop_list("base"),
            ),
            _GROUP,
            _UNIT,
            _AS_OF,
        ),
        Returns.NUMBER,
        (Example(("138",), "0,4648"), Example(("138", "đến hạn"), "0,6111")),
        look_up=("base", "rate_total"),
    ),
    Function(
        "QN_LATE",
        Functions.late,
        "Số nhiệm vụ chậm tiến độ, hoặc số ngày chậm trung bình, lớn nhất của các nhiệm vụ đó.",
        (
            _PLAN,
            Argument(
                "what",
                "Cần gì: số nhiệm vụ, trung bình (ngày) hoặc lớn nhất (ngày). Bỏ trống: số nhiệm vụ.",
                words=drop_list("late"),
            ),
            _GROUP,
            _UNIT,
            _AS_OF,
        ),
        Returns.NUMBER,
        (
            Example(("138",), "21"),
            Example(("138", "trung bình"), "30,1429"),
            Example(("138", "lớn nhất"), "61"),
        ),
        look_up=("late", "overdue"),
    ),
    Function(
        "QN_TASKS",
        Functions.tasks,
        "Bảng các nhiệm vụ của một kế hoạch kèm tệp, trang, ô nguồn; dòng đầu là tên cột.",
        (_ONE_PLAN, _state("mọi nhiệm vụ"), _UNIT, _AS_OF),
        Returns.TABLE,
        (
            Example(
                ("157", "tạm dừng"),
                "bảng 2 dòng, 11 cột; dòng 2: 157/KH-UBND | Nhiệm vụ | 5.4 |"
                " Nâng cấp cơ sở dữ liệu hộ tịch điện tử | Sở Giáo dục và Đào tạo",
            ),
        ),
    ),
    Function(
        "QN_TABLE",
        Functions.table,
        "Bảng tổng hợp: mỗi dòng một kế hoạch và loại, dòng cuối cộng riêng loại nhiệm vụ.",
        (_AS_OF,),
        Returns.TABLE,
        (
            Example(
                (),
                "bảng 8 dòng, 11 cột; dòng 2: 1 | 138/KH-UBND | Nhiệm vụ | 71 | 33",
            ),
        ),
    ),
    Function(
        "QN_SENTENCE",
        Functions.sentence,
        "Câu báo cáo về một kế hoạch, nêu đủ các trạng thái có nhiệm vụ.",
        (_PLAN, _AS_OF),
        Returns.TEXT,
        (
            Example(
                ("06",),
                "Triển khai Đề án 06, tính đến ngày 30/9/2025, toàn tỉnh đã hoàn thành 57/133 nhiệm vụ; đang thực hiện"
                " 43/133 nhiệm vụ có thời hạn (12 nhiệm vụ phụ thuộc tiến độ của Bộ, ngành Trung ương); duy trì triển"
                " khai 33/133 nhiệm vụ thường xuyên.",
            ),
        ),
    ),
    Function(
        "QN_WHY",
        Functions.why,
        "Giải thích một con số: cách tính, mẫu số, ngày chốt, lần chạy, nơi liệt kê từng nhiệm vụ.",
        (
            _PLAN,
            Argument(
                "state",
                "Trạng thái hoặc chỉ số cần giải thích. Bỏ trống: tỷ lệ hoàn thành trên tổng số.",
                words=drop_list("measure"),
            ),
            _UNIT,
        ),
        Returns.TEXT,
        (
            Example(
                ("138", "chậm tiến độ"),
                "Chậm tiến độ, Kế hoạch số 138/KH-UBND, loại Nhiệm vụ: 21. Cách tính: Chưa hoàn thành, ngày đến hạn"
                " trước ngày chốt. Mẫu số: 71 (tổng số, theo danh mục nhiệm vụ giao). Ngày chốt số liệu 30/9/2025,"
                " lần chạy 2. Danh sách từng nhiệm vụ và ô nguồn: trang Chi tiết.",
            ),
        ),
    ),
    Function(
        "QN_CHANGE",
        Functions.change,
        "Số nhiệm vụ tăng, giảm giữa hai lần chốt số liệu (lần sau trừ lần trước).",
        (
            _PLAN,
            _state("hoàn thành"),
            Argument("from_day", "Ngày chốt lần trước. Bỏ trống: lần chốt gần nhất trước đó."),
            Argument("to_day", "Ngày chốt lần sau. Bỏ trống: số liệu đang hiển thị."),
        ),
        Returns.NUMBER,
        (Example(("138",), "27"), Example(("138", "chậm tiến độ", date(2025, 6, 30)), "21")),
    ),
    Function(
        "QN_DUE",
        Functions.due,
        "Ngày đến hạn hiểu từ cách ghi thời hạn, ví dụ Quý III/2025, Tháng 9, trước 15/10/2025.",
        (
            Argument("wording", "Cách ghi thời hạn: chữ hoặc ngày.", optional=False, many=True),
            Argument("base_year", "Năm của thời hạn không ghi năm. Bỏ trống: năm của ngày chốt."),
        ),
        Returns.DATE,
        (Example(("Quý III/2025",), "30/9/2025"), Example(("Tháng 12", 2026), "31/12/2026")),
    ),
    Function(
        "QN_STATUS",
        Functions.status,
        "Trạng thái của một nhiệm vụ tại ngày chốt, theo thời hạn, lời báo cáo và ngày hoàn thành.",
        (
            Argument("deadline", "Thời hạn: ngày hoặc cách ghi.", optional=False, many=True),
            Argument("words", "Trạng thái đơn vị ghi, ví dụ Đã hoàn thành.", many=True),
            Argument("completed_on", "Ngày hoàn thành.", many=True),
            Argument("as_of", "Ngày chốt để xét. Bỏ trống: ngày chốt của số liệu đang hiển thị."),
        ),
        Returns.TEXT,
        (
            Example(("15/8/2025", "Đang thực hiện"), "Chậm tiến độ"),
            Example(("15/8/2025", "Hoàn thành", "20/8/2025"), "Hoàn thành quá hạn"),
            Example(("Thường xuyên",), "Thường xuyên"),
        ),
    ),
    Function(
        "QN_AS_OF",
        Functions.as_of,
        "Ngày chốt của số liệu đang hiển thị.",
        (),
        Returns.DATE,
        (Example((), "30/9/2025"),),
    ),
)
FUNCTION = {function.name: function for function in REGISTRY}

Range = Sequence[Sequence[Scalar]]
Answer = Scalar | Table | list[list[Any]]


def answer(functions: Functions, name: str, args: Sequence[Scalar | Range]) -> Answer:
    """Call a function as a cell does.

    A range is a sequence of rows. Where an argument takes many, the function is called cell by cell and a grid of
    the same shape comes back, in which a cell that failed holds its QnError; a range of one cell is its value.

    Raises:
        KeyError: there is no such function.
        QnNotAvailable, QnValueError: the call as a whole is wrong.
    """
    function = FUNCTION[name]
    if len(args) > len(function.arguments):
        raise QnValueError(f"{name} nhận nhiều nhất {len(function.arguments)} tham số.")
    if len(args) < sum(not argument.optional for argument in function.arguments):
        raise QnValueError(f"{name} thiếu tham số.")
    given = [_single(value) for value in args]
    ranges = [value for value in given if isinstance(value, list)]
    for argument, value in zip(function.arguments, given, strict=False):
        if isinstance(value, list) and not argument.many:
            raise QnValueError(f"{name}: tham số {argument.name} chỉ nhận một ô.")
    if not ranges:
        result: Answer = function.call(functions, *given)
        return result
    rows, columns = len(ranges[0]), len(ranges[0][0])
    if any(len(grid) != rows or any(len(row) != columns for row in grid) for grid in ranges):
        raise QnValueError(f"{name}: các vùng phải cùng kích thước.")

    def one(row: int, column: int) -> Any:
        cell = [value[row][column] if isinstance(value, list) else value for value in given]
        try:
            return function.call(functions, *cell)
        except QnError as error:
            return error

    return [[one(row, column) for column in range(columns)] for row in range(rows)]


def _single(value: Scalar | Range) -> Any:
    """Return a range as a list of lists, a range of one cell as its value; a flat sequence is one row."""
    if not isinstance(value, list | tuple):
        return value
    grid: list[list[Scalar]] = (
        [list(row) for row in value] if value and isinstance(value[0], list | tuple) else [list(value)]
    )
    if not grid or not grid[0]:
        return None
    return grid[0][0] if len(grid) == len(grid[0]) == 1 else grid
