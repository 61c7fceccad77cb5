"""Status words: what says done, what never does, and free text that must stay open."""

# ruff: noqa: E501, SIM905  (lists of wordings)

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl.model import StatusWord
from qn_xl.rules.statuses import read, read_percent
from qn_xl.rules.text import plain

WORDS = {
    "done": [
        "Hoàn thành", "Đã hoàn thành", "Đã hoàn thành.", "ĐÃ HOÀN THÀNH", "- Đã hoàn thành", "Xong", "đã thực hiện", "x", "X", "✓", "HT",
        "Đã ban hành QĐ", "Đã ban hành thông báo", "Đã ban hành Công văn", "Đã ban hành Kế hoạch số 138/KH-UBND", "Đã trả lời", "Đã bàn giao",
        "Đạt", "Đã xử lý", "100%", "Hoàn thành 100%", "Đã hoàn thành 100%", "Đã hoàn thành (100%)", "Đã hoàn thành tại Quyết định số 12/QĐ-UBND",
        "Đã hoàn thành trong tháng 8/2025", "Đã hoàn thành quý II/2025", "Kết quả: Hoàn thành", "Đã hoàn thành\nCông văn số 123/SKHCN-CNTT ngày 12/8/2025",
        "Đã hoàn thành. Hội nghị được tổ chức tại tỉnh",
    ],
    "done_on_time": [
        "Hoàn thành đúng hạn", "Đã hoàn thành (đúng hạn)", "Đã hoàn thành(Đúng hạn)", "Hoàn thành trong hạn", "Hoàn thành trước hạn", "Vượt tiến độ",
        "HT đúng hạn", "Hoàn thành: đúng hạn", "Đã hoàn thành - đúng hạn", "Đã hoàn thành ngày 12/8/2025 (đúng hạn)",
    ],
    "done_late": [
        "Hoàn thành quá hạn", "Hoàn thành trễ hạn", "Đã hoàn thành (quá hạn)", "Đã hoàn thành(Quá hạn)", "Hoàn thành chậm", "Đã hoàn thành, chậm tiến độ",
    ],
    "in_progress": [
        "Đang thực hiện", "Đang triển khai", "Đang thực hiện (trong hạn)", "Đang thực hiện đúng hạn", "Đúng tiến độ", "Đang thực hiện theo tiến độ",
        "Tiếp tục thực hiện", "Đang xây dựng", "Đang lấy ý kiến góp ý", "Đang thẩm định", "Đang thực hiện - đúng hạn", "Chưa hoàn thành",
        "Chưa hoàn thành (trong hạn)", "Sắp đến hạn", "Sắp hết hạn (7 ngày)", "Sắp quá hạn", "Chưa đến hạn", "Cơ bản hoàn thành", "Hoàn thành một phần",
        "Hoàn thành 80%", "Đã hoàn thành 80%", "60%", "Đang thực hiện 100%", "Chưa đạt", "Không đạt", "Không hoàn thành", "Dự kiến hoàn thành 30/9/2025",
        "Sẽ hoàn thành trong tháng 9", "Đã hoàn thành, đang lấy ý kiến", "Đã hoàn thành, chưa nghiệm thu",
        "Sở đã hoàn thành khảo sát, đang lấy ý kiến các đơn vị", "Hệ thống cơ bản xong và đang triển khai tại các xã",
    ],
    "overdue": [
        "Quá hạn", "Chậm tiến độ", "Trễ hạn", "Đang thực hiện quá hạn", "Chưa hoàn thành quá hạn", "Chưa hoàn thành(Quá hạn)", "Chưa hoàn thành, quá hạn",
        "Chưa thực hiện trễ hạn", "Chậm tiến độ hoặc có nguy cơ chậm", "Đang thực hiện, 60% (quá hạn)", "Đang triển khai (Chậm tiến độ)",
    ],
    "not_started": [
        "Chưa thực hiện", "Chưa triển khai", "Chưa bắt đầu", "Chưa phân công", "Chưa đến kỳ triển khai", "0%", "Chưa có hướng dẫn của Trung ương",
    ],
    "recurring": [
        "Thường xuyên", "duy trì thường xuyên", "duy trì triển khai", "Duy trì", "Tiếp tục duy trì", "Công việc thường xuyên", "Nhiệm vụ thường xuyên",
        "định kỳ", "hằng năm", "hàng năm", "Duy trì thực hiện thường xuyên",
    ],
    "stopped": [
        "Tạm hoãn", "Tạm dừng", "Để lại do chưa đủ điều kiện", "Chuyển nhiệm vụ thực hiện sang đơn vị khác", "Bị hủy", "Nhiệm vụ bị hủy", "Hủy", "Huỷ",
        "Tạm dừng theo Công văn số 12/UBND-KTTC",
    ],
    "stop_proposed": [
        "đề xuất bỏ nhiệm vụ này", "Đề xuất dừng", "Đề nghị bỏ", "Xin rút", "Đang thực hiện; đề xuất bỏ nhiệm vụ này", "Sở đề nghị tạm dừng nội dung này",
    ],
    "waiting": [
        "Chờ xác nhận", "Từ chối xác nhận", "Thực hiện lại", "Chờ duyệt", "Chờ hướng dẫn của Bộ Công an", "Phụ thuộc tiến độ của Bộ, ngành Trung ương",
        "Công việc theo Kế hoạch của TW",
    ],
    "step": [
        "đã có Tờ trình", "Đã tham mưu UBND tỉnh", "Đã trình UBND tỉnh", "Đã dự thảo báo cáo thẩm định", "Đã lấy ý kiến", "Đã trình, đã hoàn thành",
        "Đã tham mưu UBND tỉnh ban hành Quyết định số 12/QĐ-UBND ngày 3/5/2025", "Đã hoàn thành dự thảo",
    ],
    "none": ["", "-", "…", "Không", "Không hạn", "Không có thời hạn"],
    "unknown": [
        "Đã hoàn thành khảo sát", "Đã hoàn thành xây dựng phần mềm", "Đã hoàn thành. Còn 3 xã chưa nộp", "Hoàn thành trước 30/9/2025",
        "Hoàn thành trong tháng 9/2025", "Đúng hạn", "Đúng", "Đảng ủy Sở đã ban hành nghị quyết", "Đăng tải thường xuyên", "Đã triển khai",
        "Đề nghị bổ sung kinh phí", "Tỷ lệ hồ sơ trực tuyến đạt 95%", "Báo cáo số 12/BC-SKHCN", "abc",
        "Sở đã phối hợp với các đơn vị hoàn thành 02 hội nghị, kết quả tốt",
    ],
}  # fmt: skip
CASES = [(text, word) for word, texts in WORDS.items() for text in texts]


@pytest.mark.parametrize(("text", "word"), CASES)
def test_read__wording(text: str, word: str) -> None:
    assert read(text).word == word


@pytest.mark.parametrize(("text", "word"), [case for case in CASES if case[1] != "unknown"])
def test_read__capitals_and_spacing_change_nothing(text: str, word: str) -> None:
    assert read(f"  {text.upper()} \u00a0").word == word


@pytest.mark.parametrize("text", [text for text, word in CASES if word.startswith("done") and " " in text])
def test_read__typed_without_diacritics(text: str) -> None:
    assert read(plain(text)).word == read(text).word


@pytest.mark.parametrize(("text", "word"), [case for case in CASES if not case[1].startswith("done")])
def test_read__open_words_never_become_done_without_diacritics(text: str, word: str) -> None:
    assert not read(plain(text)).word.startswith("done")


@pytest.mark.parametrize("text", ["dung", "huy", "dat do", "dang uy xa", "de nghi bo sung kinh phi", "de nghi bo cong an huong dan"])
def test_read__bare_words_that_could_mean_several_things(text: str) -> None:
    assert read(text).word not in (StatusWord.STOPPED, StatusWord.STOP_PROPOSED, StatusWord.DONE)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Đã hoàn thành ngày 12/8/2025", {"completed_on": date(2025, 8, 12)}),
        ("Đã hoàn thành (12/8/2025)", {"completed_on": date(2025, 8, 12)}),
        ("Hoàn thành ngày 05 tháng 7 năm 2025", {"completed_on": date(2025, 7, 5)}),
        ("Đã ban hành Quyết định số 12/QĐ-UBND ngày 3/5/2025", {"completed_on": date(2025, 5, 3)}),
        # the date of a report about it is not the day it was done
        ("Đã hoàn thành (Báo cáo số 12/BC-SKHCN ngày 12/8/2025)", {"completed_on": None}),
        ("Đã hoàn thành ngày 31/6/2025", {"completed_on": None}),
        ("Dự kiến hoàn thành 30/9/2025", {"completed_on": None}),
        ("Đang thực hiện, 60% (quá hạn)", {"percent": 0.6}),
        ("Hoàn thành 46,5%", {"percent": 0.465}),
        ("Đang thực hiện, 40% giai đoạn 1, 20% giai đoạn 2", {"percent": None}),
        ("Tỷ lệ hồ sơ trực tuyến đạt 95%", {"percent": None}),
        ("Đã hoàn thành, duy trì thường xuyên", {"word": StatusWord.DONE, "maintained": True}),
        ("Đã hoàn thành và duy trì thường xuyên", {"word": StatusWord.DONE, "maintained": True}),
        ("Duy trì thường xuyên", {"maintained": True}),
        ("Thường xuyên", {"maintained": False}),
        ("Đang thực hiện (phụ thuộc tiến độ của Bộ, ngành Trung ương)", {"word": StatusWord.IN_PROGRESS, "central": True}),
        ("Chờ hướng dẫn của Bộ", {"central": True}),
        ("Đang hoàn thiện bộ tiêu chí", {"central": False}),
        ("Đang rà soát cán bộ, nội bộ", {"central": False}),
        ("Đang phối hợp với Bộ Chỉ huy Quân sự tỉnh", {"central": False}),
    ],
)
def test_read__what_else_the_words_say(text: str, fields: dict[str, Any]) -> None:
    found = read(text)
    for name, value in fields.items():
        assert getattr(found, name) == value, name


def test_read__keeps_the_words_as_written() -> None:
    assert read(" Đã hoàn thành \u00a0(Đúng hạn)").text == "Đã hoàn thành (Đúng hạn)"


def test_read__the_offices_own_words_win() -> None:
    assert read("Đã nghiệm thu").word is StatusWord.UNKNOWN
    assert read("Đã nghiệm thu", {"da nghiem thu": "done"}).word is StatusWord.DONE
    assert read("Quá hạn", {"da nghiem thu": "done"}).word is StatusWord.OVERDUE
    with pytest.raises(ValueError, match="bogus"):
        read("Đã nghiệm thu", {"da nghiem thu": "bogus"})


@pytest.mark.parametrize(
    ("value", "share"),
    [
        (0.6, 0.6), (60, 0.6), (1, 1.0), (100, 1.0), (0, 0.0), ("60%", 0.6), ("60,5 %", 0.605), ("60", 0.6), ("0,6", 0.6), ("1%", 0.01), ("1", 1.0),
        (120, None), ("120%", None), (-1, None), ("abc", None), ("", None), (None, None), (True, None), ("60% hồ sơ", None), (float("nan"), None),
    ],
)  # fmt: skip
def test_read_percent(value: object, share: float | None) -> None:
    assert read_percent(value) == (None if share is None else pytest.approx(share))


_PIECES = st.sampled_from(
    "đã đang chưa hoàn thành quá hạn đúng hạn ( ) , . ; : - 60% 100% 12/8/2025 12/QĐ-UBND Quyết định số ngày và duy trì thường xuyên trình "
    "tham mưu đề xuất bỏ nhiệm vụ / % x \n".split(" ")
)


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=50), st.lists(_PIECES, max_size=9).map(" ".join)))
def test_read__any_text_never_fails(text: str) -> None:
    found = read(text)
    assert found.percent is None or 0 <= found.percent <= 1
    assert found.completed_on is None or found.word.startswith("done")


@settings(max_examples=100)
@given(st.lists(_PIECES, max_size=6).map(" ".join))
def test_read__nothing_that_says_open_is_done(text: str) -> None:
    for still_open in ("đang thực hiện", "chưa hoàn thành", "đã trình UBND tỉnh"):
        assert not read(f"{text}; {still_open}").word.startswith("done")
