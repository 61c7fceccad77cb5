"""Every deadline wording the program promises to understand, and that it refuses the rest."""

# ruff: noqa: E501, SIM905  (one wording, one line)

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_xl.model import Deadline, DeadlineKind
from qn_xl.rules.deadlines import read, read_date, swapped
from qn_xl.rules.text import plain

# (wording, kind, due, other fields that are not at their default); the plan's year is 2025.
WORDINGS: list[tuple[str, str, str | None, dict[str, Any]]] = [
    # days
    ("30/6/2026", "date", "2026-06-30", {}),
    ("05/8/2026", "date", "2026-08-05", {}),
    ("31/01/2026", "date", "2026-01-31", {}),
    ("02/03/2026", "date", "2026-03-02", {}),
    ("30.9.2025", "date", "2025-09-30", {}),
    ("30-9-2025", "date", "2025-09-30", {}),
    ("5/9/25", "date", "2025-09-05", {}),
    ("2025-09-30", "date", "2025-09-30", {}),
    ("2025-09-30 00:00:00", "date", "2025-09-30", {}),
    ("2025-09-30T17:00:00", "date", "2025-09-30", {}),
    ("45930", "date", "2025-09-30", {}),
    ("45930.0", "date", "2025-09-30", {}),
    ("ngày 30 tháng 6 năm 2025", "date", "2025-06-30", {}),
    ("Ngày 05 tháng 7 năm 2025", "date", "2025-07-05", {}),
    ("NGÀY 30 THÁNG 6 NĂM 2025", "date", "2025-06-30", {}),
    ("30/9", "date", "2025-09-30", {"assumed_year": True}),
    ("ngày 30/9", "date", "2025-09-30", {"assumed_year": True}),
    ("ngày 30 tháng 9", "date", "2025-09-30", {"assumed_year": True}),
    ("Thứ Sáu, ngày 12/9/2025", "date", "2025-09-12", {}),
    # months
    ("Tháng 5/2025", "date", "2025-05-31", {"month_only": True}),
    ("Tháng 02/2026", "date", "2026-02-28", {"month_only": True}),
    ("Tháng \n 01/ 2026", "date", "2026-01-31", {"month_only": True, "repaired": True}),
    ("Tháng 5 /2018", "date", "2018-05-31", {"month_only": True, "repaired": True}),
    ("tháng 10/2018", "date", "2018-10-31", {"month_only": True}),
    ("tháng 9 năm 2025", "date", "2025-09-30", {"month_only": True}),
    ("tháng 9/25", "date", "2025-09-30", {"month_only": True}),
    ("T9/2025", "date", "2025-09-30", {"month_only": True}),
    ("tháng IX/2025", "date", "2025-09-30", {"month_only": True}),
    ("9/2025", "date", "2025-09-30", {"month_only": True}),
    ("12/2026 báo cáo kết quả triển khai", "date", "2026-12-31", {"month_only": True}),
    ("Trong tháng 01/2026", "date", "2026-01-31", {"month_only": True}),
    ("Trong tháng 6/2026", "date", "2026-06-30", {"month_only": True}),
    ("Trong tháng 7", "date", "2025-07-31", {"month_only": True, "assumed_year": True}),
    ("Tháng 4", "date", "2025-04-30", {"month_only": True, "assumed_year": True}),
    ("đầu tháng 9/2025", "date", "2025-09-01", {"month_only": True}),
    ("giữa tháng 9/2025", "date", "2025-09-15", {"month_only": True}),
    ("cuối tháng 9/2025", "date", "2025-09-30", {"month_only": True}),
    ("hết tháng 9/2025", "date", "2025-09-30", {"month_only": True}),
    ("Tháng 12//2026", "date", "2026-12-31", {"month_only": True, "repaired": True}),
    ("Thang 8/2026", "date", "2026-08-31", {"month_only": True, "repaired": True}),
    # quarters
    ("Quý I", "date", "2025-03-31", {"month_only": True, "assumed_year": True}),
    ("Quý II", "date", "2025-06-30", {"month_only": True, "assumed_year": True}),
    ("Quý III/2026", "date", "2026-09-30", {"month_only": True}),
    ("Quý IV/ 2026", "date", "2026-12-31", {"month_only": True, "repaired": True}),
    ("Quý II/năm 2026", "date", "2026-06-30", {"month_only": True}),
    ("Quý 3/2025", "date", "2025-09-30", {"month_only": True}),
    ("Quý III năm 2025", "date", "2025-09-30", {"month_only": True}),
    ("QIII/2025", "date", "2025-09-30", {"month_only": True}),
    ("Quý 3-4/2025", "date", "2025-12-31", {"month_only": True, "start": "2025-07-01"}),
    ("Quý III, IV/2025", "date", "2025-12-31", {"month_only": True, "start": "2025-07-01"}),
    ("Quý III/2026 - Quý IV/2026", "date", "2026-12-31", {"month_only": True, "start": "2026-07-01"}),
    # parts of a year, years
    ("6 tháng đầu năm 2025", "date", "2025-06-30", {"month_only": True}),
    ("giữa năm", "date", "2025-06-30", {"month_only": True, "assumed_year": True}),
    ("giữa năm 2026", "date", "2026-06-30", {"month_only": True}),
    ("6 tháng cuối năm", "date", "2025-12-31", {"month_only": True, "assumed_year": True}),
    ("9 tháng", "date", "2025-09-30", {"month_only": True, "assumed_year": True}),
    ("9 tháng năm 2025", "date", "2025-09-30", {"month_only": True}),
    ("Năm 2025", "date", "2025-12-31", {"month_only": True}),
    ("2025", "date", "2025-12-31", {"month_only": True}),
    ("năm 2017", "date", "2017-12-31", {"month_only": True}),
    ("Cả năm 2017", "date", "2017-12-31", {"month_only": True}),
    ("Trong năm 2026", "date", "2026-12-31", {"month_only": True}),
    ("Cuối năm", "date", "2025-12-31", {"month_only": True, "assumed_year": True}),
    ("cuối năm 2026", "date", "2026-12-31", {"month_only": True}),
    ("2025-2030", "date", "2030-12-31", {"month_only": True, "start": "2025-01-01"}),
    ("Năm 2017 - 2018", "date", "2018-12-31", {"month_only": True, "start": "2017-01-01"}),
    ("Từ năm 2017 đến năm 2020", "date", "2020-12-31", {"month_only": True, "start": "2017-01-01"}),
    ("giai đoạn 2025-2030", "date", "2030-12-31", {"month_only": True, "start": "2025-01-01"}),
    # before: the day itself is included; of a month, quarter or year the day before it begins
    ("Trước 10/02/2026", "date", "2026-02-10", {}),
    ("trước ngày 30/9/2025", "date", "2025-09-30", {}),
    ("truoc ngay 30/9/2025", "date", "2025-09-30", {"repaired": True}),
    ("Trước 17h00 ngày 30/9/2025", "date", "2025-09-30", {}),
    ("Trước tháng 3/2027", "date", "2027-02-28", {"month_only": True}),
    ("trước quý IV/2025", "date", "2025-09-30", {"month_only": True}),
    ("trước năm 2030", "date", "2029-12-31", {"month_only": True}),
    ("Chậm nhất ngày 31/10/2026", "date", "2026-10-31", {}),
    ("Chậm nhất đến hết ngày 31/10/2026", "date", "2026-10-31", {}),
    ("Hoàn thành trước 30/9/2025", "date", "2025-09-30", {}),
    ("Trước 30 tháng 9", "date", "2025-09-30", {"assumed_year": True}),
    ("Hoàn thành 100% trước 31/12/2025", "date", "2025-12-31", {}),
    ("Đến hết 31/12/2025", "date", "2025-12-31", {}),
    ("Đến năm 2030", "date", "2030-12-31", {"month_only": True}),
    ("Thời hạn hoàn thành: Quý III/2025", "date", "2025-09-30", {"month_only": True}),
    ("Hoàn thành trong quý III/2025", "date", "2025-09-30", {"month_only": True}),
    ("Quí III/2025", "date", "2025-09-30", {"month_only": True}),
    ("31/10/2025 (Văn bản số 123/UBND-KTTC ngày 5/9/2025)", "date", "2025-10-31", {}),
    # ranges
    ("Từ 30/12/2016 đến 31/3/2017", "date", "2017-03-31", {"start": "2016-12-30"}),
    ("15/12/2016-15/02/2017", "date", "2017-02-15", {"start": "2016-12-15"}),
    ("Từ tháng 4 đến tháng 9 năm 2017", "date", "2017-09-30", {"month_only": True, "start": "2017-04-01"}),
    ("Từ tháng 1-4/2026", "date", "2026-04-30", {"month_only": True, "start": "2026-01-01"}),
    ("Từ tháng 5/2017-12/2017", "date", "2017-12-31", {"month_only": True, "start": "2017-05-01"}),
    ("tháng 1 đến tháng 12 năm 2017", "date", "2017-12-31", {"month_only": True, "start": "2017-01-01"}),
    ("Từ tháng 10 đến tháng 3/2026", "date", "2026-03-31", {"month_only": True, "start": "2025-10-01"}),
    ("28/6-5/7/2026", "date", "2026-07-05", {"start": "2026-06-28"}),
    ("từ ngày 01 đến ngày 15/9/2025", "date", "2025-09-15", {"start": "2025-09-01"}),
    ("Quý I đến tháng 9/2017", "date", "2017-09-30", {"month_only": True, "start": "2017-01-01"}),
    ("Tháng 4/2017 đến Tháng 11/2017", "date", "2017-11-30", {"month_only": True, "start": "2017-04-01"}),
    ("từ nay đến hết tháng 9/2025", "date", "2025-09-30", {"month_only": True}),
    ("Từ 01/7/2025, hoàn thành trước 31/12/2025", "date", "2025-12-31", {"start": "2025-07-01"}),
    ("Trong Quý I và trước ngày 30/4/2017", "date", "2017-04-30", {}),
    ("Trong Quý IV và trước ngày 15/12", "date", "2025-12-15", {"assumed_year": True}),
    ("Trong Quý IV/2025, trước ngày 15/12", "date", "2025-12-15", {}),
    ("Quý IV/2025 (trước ngày 15/12/2025)", "date", "2025-12-15", {}),
    ("Trước ngày 15/12 và trong Quý IV/2025", "date", "2025-12-15", {}),
    ("Năm 2026, trước Quý IV", "date", "2026-09-30", {"month_only": True}),
    ("Quý III, chậm nhất tháng 8/2025", "date", "2025-08-31", {"month_only": True}),
    ("Từ 01/9 đến 30/11/2025, hoàn thành trước ngày 15/11/2025", "date", "2025-11-15", {"start": "2025-09-01"}),
    ("31/12/2025, chậm nhất 15/01/2026", "date", "2026-01-15", {}),
    ("Quý IV/2025 và trước ngày 15/3/2025", "unreadable", None, {}),
    # an end date and recurring
    ("Tháng 4, 5/2017 và thường xuyên", "date", "2017-05-31", {"recurring_too": True, "month_only": True, "start": "2017-04-01"}),
    ("Từ tháng 3 đến tháng 11/2017 và thường xuyên", "date", "2017-11-30", {"recurring_too": True, "month_only": True, "start": "2017-03-01"}),
    ("Quý III/2026 · cập nhật định kỳ", "date", "2026-09-30", {"recurring_too": True, "month_only": True}),
    ("Thường xuyên trong năm 2025", "date", "2025-12-31", {"recurring_too": True, "month_only": True}),
    # recurring
    ("Từ Quý I/2026", "recurring", None, {"start": "2026-01-01"}),
    ("Từ Quý III/2026 (liên tục)", "recurring", None, {"start": "2026-07-01"}),
    ("Từ tháng 3 năm 2017 và thường xuyên", "recurring", None, {"start": "2017-03-01"}),
    ("Từ ngày 01/7/2025 trở đi", "recurring", None, {"start": "2025-07-01"}),
    ("Từ ngày ban hành Kế hoạch trở đi", "recurring", None, {}),
    ("Thường xuyên", "recurring", None, {}),
    ("THƯỜNG XUYÊN", "recurring", None, {}),
    ("thuong xuyen", "recurring", None, {}),
    ("Duy trì", "recurring", None, {}),
    ("Nhiệm vụ thường xuyên", "recurring", None, {}),
    ("Hằng năm", "recurring", None, {}),
    ("Hàng năm", "recurring", None, {}),
    ("Hàng tháng", "recurring", None, {}),
    ("Hằng tháng", "recurring", None, {}),
    ("Hằng quý", "recurring", None, {}),
    ("Thứ 5 hàng tuần", "recurring", None, {}),
    ("Thường xuyên, định kỳ báo cáo theo Quý", "recurring", None, {}),
    ("trước ngày 15/12 hằng năm", "recurring", None, {}),
    ("Ngày 25 hàng tháng", "recurring", None, {}),
    ("Tháng 6 và tháng 12 hàng năm", "recurring", None, {}),
    ("30/6 và 31/12 hàng năm", "recurring", None, {}),
    ("Định kỳ 6 tháng, năm", "recurring", None, {}),
    ("6 tháng/lần", "recurring", None, {}),
    ("2 lần/năm", "recurring", None, {}),
    ("Báo cáo trước ngày 20 hằng tháng", "recurring", None, {}),
    # several milestones
    ("Quý I/2026 lựa chọn nhiệm vụ. Quý IV/2026 báo cáo kết quả thực hiện", "several", "2026-12-31", {"month_only": True, "milestones": ("2026-03-31", "2026-12-31")}),
    ("30/4/2026 (mô hình thử nghiệm). Vận hành ổn định trong năm 2026", "several", "2026-12-31", {"month_only": True, "milestones": ("2026-04-30", "2026-12-31")}),
    ("Quý I/2026 (Kế hoạch CĐS); Năm 2026 (theo từng hệ thống)", "several", "2026-12-31", {"month_only": True, "milestones": ("2026-03-31", "2026-12-31")}),
    ("30/9/2025 (đợt 1); 31/12/2025 (đợt 2)", "several", "2025-12-31", {"milestones": ("2025-09-30", "2025-12-31")}),
    ("- 30/6/2025: dự thảo\n- 30/9/2025: ban hành", "several", "2025-09-30", {"milestones": ("2025-06-30", "2025-09-30")}),
    ("30/6/2025\n31/12/2025", "several", "2025-12-31", {"milestones": ("2025-06-30", "2025-12-31")}),
    ("30/6/2025; 30/9/2025", "several", "2025-09-30", {"milestones": ("2025-06-30", "2025-09-30")}),
    ("Quý I/2026 (Kế hoạch CĐS)", "date", "2026-03-31", {"month_only": True}),
    ("Năm 2026 (theo từng hệ thống)", "date", "2026-12-31", {"month_only": True}),
    ("30/9/2025 (Quý III/2025)", "date", "2025-09-30", {}),
    # a first line that is a deadline, notes under it
    ("31/03/2026\nCác sở, ban, ngành có văn bản đề xuất trước ngày 15/3/2026; các đơn vị gửi báo cáo", "date", "2026-03-31", {}),
    ("30/9/2025 theo Kế hoạch số 138/KH-UBND ngày 21/5/2025", "date", "2025-09-30", {}),
    # wishes: the standing date stays
    ("13/02/2026\nĐề xuất hạn là thường xuyên", "date", "2026-02-13", {"proposal": "Đề xuất hạn là thường xuyên"}),
    ("30/6/2025 (đề nghị gia hạn đến 30/9/2025)", "date", "2025-06-30", {"proposal": "đề nghị gia hạn đến 30/9/2025", "proposed": "2025-09-30"}),
    ("đề xuất điều chỉnh thời hạn thực hiện sang Quý III/2026 (cũ: Quý I/2026)", "date", "2026-03-31",
     {"proposal": "đề xuất điều chỉnh thời hạn thực hiện sang Quý III/2026 (cũ: Quý I/2026)", "proposed": "2026-09-30", "month_only": True}),
    ("31/12/2025 (lùi từ 30/6/2025)", "date", "2025-12-31", {"proposal": "lùi từ 30/6/2025"}),
    ("Gia hạn đến 31/12/2025", "unreadable", None, {"proposal": "Gia hạn đến 31/12/2025", "proposed": "2025-12-31"}),
    ("Thay đổi thời hạn xử lý thành tháng 12/2026", "unreadable", None, {"proposal": "Thay đổi thời hạn xử lý thành tháng 12/2026", "proposed": "2026-12-31"}),
    # bound to an event
    ("10 ngày làm việc sau khi Nghị quyết được ban hành", "event", None, {}),
    ("15 ngày sau khi PVN ban hành bộ tiêu chí", "event", None, {}),
    ("Quý I/2027, sau khi HĐND thông qua Nghị quyết", "event", None, {"milestones": ("2027-03-31",)}),
    ("Sau khi Bộ ban hành hướng dẫn", "event", None, {"central": True}),
    ("Sau khi có hướng dẫn của Trung ương", "event", None, {"central": True}),
    ("Sau khi Chính phủ ban hành Nghị định", "event", None, {"central": True}),
    ("Theo hướng dẫn của TW", "event", None, {"central": True}),
    ("100 ngày kể từ ngày ban hành Kế hoạch", "event", None, {}),
    ("100 ngày", "event", None, {}),
    ("Theo tiến độ của từng nhiệm vụ", "event", None, {}),
    ("Theo tiến độ xây dựng KPI", "event", None, {}),
    ("Theo tiến độ của Bộ …", "event", None, {"central": True}),
    ("Theo từng nhiệm vụ đầu tư của năm 2026", "event", None, {}),
    ("Theo thời điểm có nhu cầu", "event", None, {}),
    ("Triển khai ngay sau khi Kế hoạch được ban hành. Báo cáo định kỳ hàng tháng", "event", None, {}),
    ("Theo từng mốc thời hạn dưới đây", "event", None, {}),
    ("Theo thời hạn cụ thể sau đây:", "event", None, {}),
    # none
    ("", "none", None, {}),
    ("\u00a0", "none", None, {}),
    ("-", "none", None, {}),
    ("Không hạn", "none", None, {}),
    ("Không có thời hạn", "none", None, {}),
    ("Chưa xác định", "none", None, {}),
    ("Chưa đề xuất", "none", None, {}),
    ("Chưa xác định thời gian xử lý", "none", None, {}),
    ("x", "none", None, {}),
    ("Đã hoàn thành", "none", None, {}),
    ("Đã hoàn thành ngày 12/8/2025", "none", None, {}),
    # never guessed
    ("31/6/2025", "unreadable", None, {}),
    ("30/02/2025", "unreadable", None, {}),
    ("15/13/2025", "unreadable", None, {}),
    ("9/30/2025", "unreadable", None, {}),
    ("30/9/1925", "unreadable", None, {}),
    ("9/25", "unreadable", None, {}),
    ("tháng 13/2025", "unreadable", None, {}),
    ("Quý V/2025", "unreadable", None, {}),
    ("Sau ngày 30/9/2025", "unreadable", None, {}),
    ("Tuần 2 tháng 9/2025", "unreadable", None, {}),
    ("Đang thực hiện", "unreadable", None, {}),
    ("Kế hoạch số 138/KH-UBND ngày 21/5/2025", "unreadable", None, {}),
    ("Nghị quyết 57 ngày 22/12/2024", "unreadable", None, {}),
    ("từ 31/12/2025 đến 30/6/2025", "unreadable", None, {}),
    ("năm học 2025-2026", "unreadable", None, {}),
    ("kế hoạch năm 2025", "unreadable", None, {}),
    ("Ngày làm việc cuối cùng của tháng", "unreadable", None, {}),
    ("12345678", "unreadable", None, {}),
    ("1/2/3/2025", "unreadable", None, {}),
]  # fmt: skip

DEFAULTS = Deadline(DeadlineKind.NONE)


@pytest.mark.parametrize(("wording", "kind", "due", "others"), WORDINGS, ids=[row[0] for row in WORDINGS])
def test_read__wording(wording: str, kind: str, due: str | None, others: dict[str, Any]) -> None:
    found = read(wording, year=2025)
    assert found.kind == kind
    assert found.due == (date.fromisoformat(due) if due else None)
    shown = {name: getattr(found, name) for name in Deadline.__slots__ if name not in ("kind", "text", "due")}
    expected = {name: getattr(DEFAULTS, name) for name in shown} | {
        name: tuple(map(date.fromisoformat, value)) if name == "milestones"
        else date.fromisoformat(value) if name in ("start", "proposed") else value
        for name, value in others.items()
    }  # fmt: skip
    assert shown == expected


@pytest.mark.parametrize("wording", [row[0] for row in WORDINGS if row[1] != "none"])
def test_read__without_diacritics_or_in_capitals_means_the_same(wording: str) -> None:
    usual = read(wording, year=2025)
    assert (read(wording.upper(), year=2025).kind, read(wording.upper(), year=2025).due) == (usual.kind, usual.due)
    bare = read(plain(wording), year=2025)
    assert (bare.kind, bare.due) == (usual.kind, usual.due)


def test_read__no_year_and_none_known() -> None:
    assert read("Quý III").kind is DeadlineKind.UNREADABLE
    assert read("30/9").kind is DeadlineKind.UNREADABLE
    assert read("Quý III", year=2026).due == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("wording", "issued", "due"),
    [
        ("100 ngày kể từ ngày ban hành Kế hoạch", date(2026, 7, 14), date(2026, 10, 22)),
        ("100 ngày", date(2026, 7, 14), date(2026, 10, 22)),
        ("trong vòng 30 ngày kể từ ngày ký", date(2025, 5, 21), date(2025, 6, 20)),
        ("1 tháng kể từ ngày ban hành", date(2025, 1, 31), date(2025, 2, 28)),
        ("2 tuần kể từ ngày ban hành", date(2025, 5, 21), date(2025, 6, 4)),
        ("60 ngày kể từ ngày 14/7/2026", None, date(2026, 9, 12)),
    ],
)
def test_read__a_term_ends_counting_from_the_day_after(wording: str, issued: date | None, due: date) -> None:
    found = read(wording, issued=issued)
    assert (found.kind, found.due) == (DeadlineKind.DATE, due)


@pytest.mark.parametrize(
    "wording",
    ["10 ngày làm việc kể từ ngày ban hành", "15 ngày sau khi Nghị quyết được ban hành", "30 ngày kể từ ngày nhận được văn bản"],
)
def test_read__a_term_from_something_else_stays_open(wording: str) -> None:
    assert read(wording, issued=date(2025, 5, 21)).kind is DeadlineKind.EVENT


@pytest.mark.parametrize(
    ("number_format", "due", "month_only", "swap"),
    [
        ("dd/mm/yyyy", date(2026, 12, 1), False, None),
        ("d/m/yy", date(2026, 12, 1), False, None),
        ("yyyy-mm-dd", date(2026, 12, 1), False, None),
        ("[$-42A]dd/mm/yyyy;@", date(2026, 12, 1), False, None),
        (None, date(2026, 12, 1), False, None),
        ("General", date(2026, 12, 1), False, None),
        ('"Tháng "m/yyyy', date(2026, 12, 31), True, None),
        ('"Tháng "mm/yyyy', date(2026, 12, 31), True, None),
        ("m/yyyy", date(2026, 12, 31), True, None),
        ("mm\\/yyyy", date(2026, 12, 31), True, None),
        ("mmm-yy", date(2026, 12, 31), True, None),
        ('"Năm "yyyy', date(2026, 12, 31), True, None),
        ("mm/dd/yyyy", date(2026, 12, 1), False, date(2026, 1, 12)),
        ("m/d/yyyy", date(2026, 12, 1), False, date(2026, 1, 12)),
        ("[$-409]m/d/yy h:mm AM/PM;@", date(2026, 12, 1), False, date(2026, 1, 12)),
        ("mm-dd-yy", date(2026, 12, 1), False, None),  # built-in 14: follows the viewer's settings
        ("m/d/yy h:mm", date(2026, 12, 1), False, None),  # built-in 22
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", date(2026, 12, 1), False, None),
    ],
)
def test_read__real_date_means_what_its_format_shows(
    number_format: str | None, due: date, month_only: bool, swap: date | None
) -> None:
    for value in (date(2026, 12, 1), datetime(2026, 12, 1, 8, 30)):
        found = read(value, number_format=number_format)
        assert (found.kind, found.due, found.month_only, found.swap) == (DeadlineKind.DATE, due, month_only, swap)
        assert found.real


def test_read__american_order_with_a_day_over_twelve_cannot_be_swapped() -> None:
    assert read(date(2026, 6, 30), number_format="mm/dd/yyyy").swap is None
    assert read(date(2026, 6, 6), number_format="mm/dd/yyyy").swap is None


@pytest.mark.parametrize(
    ("value", "kind", "due"),
    [
        (None, DeadlineKind.NONE, None),
        (2025, DeadlineKind.DATE, date(2025, 12, 31)),
        (2025.0, DeadlineKind.DATE, date(2025, 12, 31)),
        (45930, DeadlineKind.DATE, date(2025, 9, 30)),
        (45930.5, DeadlineKind.DATE, date(2025, 9, 30)),
        (9.2025, DeadlineKind.UNREADABLE, None),
        (12, DeadlineKind.UNREADABLE, None),
        (-45930, DeadlineKind.UNREADABLE, None),
        (float("inf"), DeadlineKind.UNREADABLE, None),
        (float("nan"), DeadlineKind.UNREADABLE, None),
        (True, DeadlineKind.UNREADABLE, None),
        (date(1900, 1, 9), DeadlineKind.UNREADABLE, None),
        (time(17, 0), DeadlineKind.UNREADABLE, None),
        (timedelta(days=3), DeadlineKind.UNREADABLE, None),
    ],
)
def test_read__numbers_and_impossible_real_dates(value: Any, kind: DeadlineKind, due: date | None) -> None:
    found = read(value)
    assert (found.kind, found.due) == (kind, due)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("12/8/2025", date(2025, 8, 12)),
        ("ngày 12 tháng 8 năm 2025", date(2025, 8, 12)),
        ("Đã hoàn thành ngày 12/8/2025", date(2025, 8, 12)),
        ("12/8", date(2025, 8, 12)),
        ("45930", date(2025, 9, 30)),
        (45930, date(2025, 9, 30)),
        (datetime(2025, 8, 12, 9, 0), date(2025, 8, 12)),
        ("x", None),
        ("Đã hoàn thành", None),
        ("Tháng 8/2025", None),
        ("trước 12/8/2025", None),
        ("12/8/2025 và 15/9/2025", None),
        ("31/6/2025", None),
        (2025, None),
        (None, None),
        ("", None),
    ],
)
def test_read_date__a_completion_cell_is_a_day_or_nothing(value: Any, day: date | None) -> None:
    assert read_date(value, year=2025) == day


def test_read_date__a_month_shown_by_its_format_is_no_day() -> None:
    assert read_date(date(2025, 8, 1), number_format="m/yyyy") is None
    assert read_date(date(2025, 8, 1), number_format="dd/mm/yyyy") == date(2025, 8, 1)


def test_swapped__only_where_it_changes_something() -> None:
    assert swapped(date(2025, 3, 7)) == date(2025, 7, 3)
    assert swapped(date(2025, 3, 13)) is None
    assert swapped(date(2025, 7, 7)) is None


_WORDS = st.sampled_from(
    "trước ngày tháng quý năm I III IV 6 9 30/9/2025 31/6 2025 2030 - , . ; ( ) và đến từ thường xuyên hàng sau khi theo đề xuất gia hạn "
    "100 làm việc cuối đầu giữa T9 Q3 đã hoàn thành \n /KH-UBND 138 / // x 45930 12 0 99 tuần kỳ cũ: sang".split(" ")
)


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=40), st.lists(_WORDS, max_size=9).map(" ".join), st.lists(_WORDS, max_size=7).map("".join)))
def test_read__any_text_never_fails_and_due_goes_with_its_kind(text: str) -> None:
    for issued in (None, date(2025, 5, 21)):
        found = read(text, year=2025, issued=issued)
        assert (found.due is not None) == (found.kind in (DeadlineKind.DATE, DeadlineKind.SEVERAL))
        assert found.due is None or date(2000, 1, 1) <= found.due <= date(2100, 12, 31)
        assert found.start is None or found.due is None or found.start <= found.due
    read_date(text, year=2025)
