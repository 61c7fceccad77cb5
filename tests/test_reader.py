"""The reader on sheets drawn as text: header, columns, fates, addresses."""

from __future__ import annotations

import pytest
from sheets import codes, grid, read, sheet

from qn_xl.model import DeadlineKind, Fate, Kind, StatusWord, Verdict

PLAIN = """
| STT | Nhiệm vụ | Đơn vị chủ trì | Thời hạn | Trạng thái |
| 1 | Xây dựng kế hoạch dữ liệu | Sở Y tế | 30/6/2025 | Hoàn thành |
| 2 | Triển khai bệnh án điện tử | Sở Y tế | Quý IV/2025 | Đang thực hiện |
"""


def test_address__title_blank_hidden_leading_column_merged_header() -> None:
    text = """
    | | ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH |
    | | SỞ Y TẾ | | | |

    | | BÁO CÁO KẾT QUẢ THỰC HIỆN KẾ HOẠCH SỐ 138/KH-UBND NĂM 2025 |

    | | STT | Nội dung nhiệm vụ | Đơn vị | | Thời hạn | Tình trạng |
    | | | | Chủ trì | Phối hợp | | |
    | | 1 | Xây dựng nền tảng dữ liệu y tế | Sở Y tế | Công an tỉnh | 30/6/2025 | Hoàn thành |
    | | 2 | Kết nối hồ sơ sức khỏe | Sở Y tế | | không rõ bao giờ | Đang thực hiện |
    """
    merged = [(6, 2, 7, 2), (6, 3, 7, 3), (6, 4, 6, 5), (6, 6, 7, 6), (6, 7, 7, 7)]
    reading = read(grid(text, merged=merged, hidden_rows={8}))
    found = reading.sheets[0]
    assert found.header_rows == (6, 7)
    assert found.columns["lead_unit"] == "D" and found.columns["co_unit"] == "E"
    assert [task.row for task in found.tasks] == [8, 9]
    assert found.tasks[0].plan == "138" and reading.unit == "SYT"
    bad = next(f for f in reading.findings if f.code == "date-unreadable")
    assert (bad.where.sheet, bad.where.cell) == ("Sheet1", "F9")
    hidden = next(f for f in reading.findings if f.code == "row-hidden")
    assert hidden.where.cell == "C8"


def test_rows__conserved_with_every_fate() -> None:
    found = sheet("""
    | BÁO CÁO | | | |
    | TT | Nhiệm vụ | Cơ quan chủ trì | Thời hạn hoàn thành | Kết quả thực hiện |
    | (1) | (2) | (3) | (4) | (5) |
    | I | NHIỆM VỤ VỀ THỂ CHẾ | | | |
    | 1 | Ban hành quy chế quản lý dữ liệu | Sở Khoa học và Công nghệ | Tháng 6/2025 | Đã hoàn thành |
    | 2 | Các nhiệm vụ về hạ tầng | | | |
    | 2.1 | Nâng cấp trung tâm dữ liệu | Sở Khoa học và Công nghệ | Quý III/2025 | Đang thực hiện |
    | 2.2 | Mở rộng mạng truyền số liệu | Sở Khoa học và Công nghệ | Quý III/2025 | Đang thực hiện |
    | 3 |  | Sở Y tế | Quý I/2025 | |
    | 4 | | | | |

    | Tổng cộng: 3 nhiệm vụ | | | | |
    | Ghi chú: số liệu đến 30/9 | | | | |
    """)
    assert dict(found.rows) == {
        "task": 3,
        "parent": 1,
        "group": 1,
        "header": 2,
        "blank": 2,
        "note": 2,
        "total": 1,
        "excluded": 1,
    }
    assert sum(found.rows.values()) == 13
    assert found.fates[6] == Fate.PARENT and found.fates[9] == Fate.EXCLUDED
    assert found.tasks[1].group.startswith("NHIỆM VỤ VỀ THỂ CHẾ")


def test_header__repeated_on_every_page_and_row_cut_in_two() -> None:
    reading = read(
        grid("""
    | STT | Nhiệm vụ | Đơn vị chủ trì | Thời hạn |
    | 1 | Rà soát quy trình nội bộ giải quyết thủ tục | Sở Nội vụ | 30/6/2025 |
    | 2 | Tổ chức tập huấn cho cán bộ cấp xã về | Sở Nội | 31/8/2025 |
    | STT | Nhiệm vụ | Đơn vị chủ trì | Thời hạn |
    | | kỹ năng số và an toàn thông tin | vụ | |
    | 3 | Cập nhật cơ sở dữ liệu cán bộ | Sở Nội vụ | 30/11/2025 |
    """)
    )
    tasks = reading.sheets[0].tasks
    assert [task.row for task in tasks] == [2, 3, 6]
    assert tasks[1].task == "Tổ chức tập huấn cho cán bộ cấp xã về kỹ năng số và an toàn thông tin"
    assert tasks[1].units == ("SNV",)
    joined = next(f for f in reading.findings if f.code == "row-joined")
    assert joined.where.cell == "B5"
    assert reading.sheets[0].fates[4] == Fate.HEADER


def test_columns__progress_is_a_deadline_and_completion_time_a_date() -> None:
    found = sheet("""
    | TT | Lĩnh vực | Nội dung | Tiến độ (nếu có) | Chủ trì | Thời gian hoàn thành | Kết quả thực hiện |
    | 1 | Y tế | Xây dựng đề án khám chữa bệnh từ xa | 30/6/2025 | Sở Y tế | 25/6/2025 | Đã ban hành Quyết định số 12 |
    | 2 | Y tế | Triển khai sổ sức khỏe điện tử | Quý III/2025 | Sở Y tế | x | |
    | 3 | Y tế | Kết nối dữ liệu tiêm chủng | Thường xuyên | Sở Y tế | | Đang thực hiện |
    """)
    assert found.columns["deadline"] == "D" and found.columns["completed_on"] == "F"
    assert str(found.tasks[0].completed_on) == "2025-06-25"
    assert found.tasks[1].completed_on is None and found.tasks[1].status.word is StatusWord.DONE
    assert found.tasks[2].deadline.kind is DeadlineKind.RECURRING


def test_columns__progress_is_a_status_where_another_column_holds_the_deadline() -> None:
    found = sheet("""
    | TT | NHIỆM VỤ | KẾT QUẢ YÊU CẦU | THỜI GIAN HOÀN THÀNH | CƠ QUAN THỰC HIỆN | TIẾN ĐỘ | KẾT QUẢ HIỆN NAY |
    | 1 | Trình ban hành nghị quyết phí | Nghị quyết | Tháng 5/2025 | Sở Tài chính | Hoàn thành | Đã ban hành |
    | 2 | Lập quy hoạch hạ tầng số | Quyết định | Tháng 8/2025 | Sở Tài chính | Quá hạn | Đang lấy ý kiến |
    """)
    assert found.columns["deadline"] == "D" and found.columns["status"] == "F" and found.columns["product"] == "C"
    assert found.tasks[1].status.word is StatusWord.OVERDUE


def test_columns__progress_is_a_percentage() -> None:
    found = sheet("""
    | TT | Nhiệm vụ | Chủ trì | Hạn | Tiến độ |
    | 1 | Số hóa hồ sơ lưu trữ lịch sử | Sở Nội vụ | 30/9/2025 | #=0.6 |
    | 2 | Chuẩn hóa danh mục dùng chung | Sở Nội vụ | 30/9/2025 | 100% |
    """)
    assert found.columns["percent"] == "E"
    assert [task.percent for task in found.tasks] == [0.6, 1.0]


def test_columns__ticks_under_status_headings() -> None:
    found = sheet("""
    | STT | Nhiệm vụ | Đơn vị chủ trì | Thời hạn | Đã hoàn thành | Đang thực hiện | Chậm tiến độ |
    | 1 | Rà soát văn bản quy phạm | Sở Tư pháp | 30/6/2025 | x | | |
    | 2 | Hoàn thiện cơ sở dữ liệu hộ tịch | Sở Tư pháp | 30/6/2025 | | | X |
    """)
    assert [task.status.word for task in found.tasks] == [StatusWord.DONE, StatusWord.OVERDUE]


def test_merged_cells__fill_down_with_the_address_of_their_first_cell() -> None:
    found = sheet(
        """
    | STT | Nhiệm vụ | Đơn vị chủ trì | Thời hạn |
    | 1 | Làm sạch dữ liệu đất đai | Sở Nông nghiệp và Môi trường | 30/8/2025 |
    | 2 | Làm sạch dữ liệu hộ tịch | | |
    """,
        merged=[(2, 3, 3, 3), (2, 4, 3, 4)],
    )
    assert found.tasks[1].units == ("SNNMT",)
    assert found.tasks[1].cell("deadline") == "D2" and found.tasks[1].cell("task") == "B3"


def test_parents__children_take_unit_and_deadline_named_once_above() -> None:
    found = sheet("""
    | TT | Chi tiết | Tên nhiệm vụ | Đơn vị chủ trì | Đơn vị phối hợp | Sản phẩm | Thời hạn |
    | | 1 | Làm sạch dữ liệu chuyên ngành | | Sở Khoa học và Công nghệ | Dữ liệu sạch | 30/8/2025 |
    | 1 | a) | Dữ liệu tài chính của các đơn vị | Sở Tài chính | | | |
    | 2 | b) | Dữ liệu y tế của các cơ sở | Sở Y tế | | | |
    | 3 | 2 | Công khai kết quả trên cổng dữ liệu | Sở Khoa học và Công nghệ | | Chuyên mục | 30/9/2025 |
    """)
    assert [task.number for task in found.tasks] == ["a)", "b)", "2"]
    assert [str(task.deadline.due) for task in found.tasks] == ["2025-08-30", "2025-08-30", "2025-09-30"]
    assert found.tasks[0].cell("deadline") == "G2"
    assert found.rows["parent"] == 1


def test_numbers__decimal_subnumbers_and_text_ten() -> None:
    found = sheet("""
    | TT | Nội dung | Chủ trì | Thời hạn |
    | #=13 | Chương trình phát triển đô thị thông minh | | |
    | #=13.1 | Lập danh mục tiện ích đô thị | Sở Xây dựng | 30/6/2025 |
    | 13.10 | Vận hành trung tâm điều hành | Sở Xây dựng | 30/12/2025 |
    | #=13.11 | Đánh giá kết quả thí điểm | Sở Xây dựng | 30/12/2025 |
    """)
    assert [task.number for task in found.tasks] == ["13.1", "13.10", "13.11"]
    assert found.rows["parent"] == 1


def test_codes__dotted_codes_tell_parents_from_tasks() -> None:
    found = sheet("""
    | STT | Mã nhiệm vụ | Tên nhóm nhiệm vụ/nhiệm vụ | Đơn vị chủ trì | Thời hạn hoàn thành | Sản phẩm đầu ra |
    | I | | Nhóm nhiệm vụ hạ tầng | | | |
    | | KH20_TT_N05 | Phát triển hạ tầng số của thành phố | Sở Khoa học và Công nghệ | | |
    | 1 | KH20_TT_N05.1.1 | Mở rộng phủ sóng 5G | Sở Khoa học và Công nghệ | Quý III/2025 | Báo cáo |
    | 2 | KH20_TT_N05.2 | Nâng cấp nền tảng chia sẻ | Sở Khoa học và Công nghệ | Quý IV/2025 | Nền tảng |
    | 3 | TB200_N01 | Tổng kết công tác năm | Sở Nội vụ | Tháng 12/2025 | Báo cáo |
    """)
    assert [task.code for task in found.tasks] == ["KH20_TT_N05.1.1", "KH20_TT_N05.2", "TB200_N01"]
    assert found.rows["group"] == 1 and found.rows["parent"] == 1


def test_sheets__one_a_unit_and_groups_naming_plan_and_kind() -> None:
    header = "| STT | Nhiệm vụ | Thời hạn | Trạng thái |\n"
    body = "| 1 | Nâng cao chất lượng dịch vụ công | 30/6/2025 | Hoàn thành |\n"
    one = grid(header + body, name="Sở Y tế")
    two = grid(
        header
        + "| I | Kế hoạch số 157/KH-UBND | | |\n| A | Chỉ tiêu | | |\n"
        + "| 1 | Tỷ lệ hồ sơ trực tuyến đạt 80% | 31/12/2025 | Đạt |\n",
        name="Sở Tư pháp",
    )
    reading = read(one, two, name="tong-hop-cac-so.xlsx")
    assert [task.units for task in reading.tasks] == [("SYT",), ("STP",)]
    assert reading.tasks[1].plan == "157" and reading.tasks[1].kind is Kind.TARGET
    assert reading.unit is None and "file-unit-unknown" not in codes(reading)


def test_two_tables__in_one_sheet_with_other_columns() -> None:
    found = sheet("""
    | BIỂU 1 |
    | STT | Nhiệm vụ | Đơn vị chủ trì | Thời hạn |
    | 1 | Xây dựng chuyên trang chuyển đổi số | Sở Khoa học và Công nghệ | 30/6/2025 |

    | BIỂU 2 |
    | TT | Nội dung | Hạn | Kết quả | Chủ trì |
    | 1 | Đào tạo kỹ năng số cho người dân | 30/9/2025 | Đang thực hiện | Sở Nội vụ |
    """)
    assert found.header_rows == (2, 6)
    assert [task.units for task in found.tasks] == [("SKHCN",), ("SNV",)]
    assert found.tasks[1].cell("deadline") == "C7"


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("So Y te 9 thang.xlsx", 0),
        ("Sở Y tế (lần 2).xlsx", 2),
        ("So_Y_te_lan_3.xlsx", 3),
        ("Sở Y tế (1).xlsx", 1),
        ("Sở Y tế - đính chính.xlsx", 90),
        ("Sở Y tế 2025-09.xlsx", 0),
    ],
)
def test_version__mark_in_the_file_name(name: str, version: int) -> None:
    assert read(grid(PLAIN), name=name).version == version


def test_no_table__is_a_finding_and_a_nil_return_is_not() -> None:
    assert codes(read(grid("| Kính gửi: Văn phòng |\n| Danh sách họp |"))) == ["file-no-table"]
    nil = read(grid("| SỞ NGOẠI VỤ |\n| Kết quả không thay đổi so với kỳ trước. |"), name="So Ngoai vu.xlsx")
    assert nil.no_change and nil.unit == "SNGV" and "file-no-table" not in codes(nil)


def test_bad_cells__error_and_uncached_formula_are_findings_not_blanks() -> None:
    reading = read(grid(PLAIN, errors={(2, 4): "#REF!"}, uncached={(3, 5)}))
    found = {(f.code, f.where.cell) for f in reading.findings if f.code.startswith("cell-")}
    assert found == {("cell-error", "D2"), ("cell-uncached", "E3")}
    assert reading.tasks[0].deadline.kind is DeadlineKind.NONE


def test_summary_sheets__are_not_task_tables() -> None:
    found = sheet("""
    | STT | Đơn vị | Tổng số nhiệm vụ | Chưa hoàn thành | | Đã hoàn thành | |
    | | | | Trong hạn | Quá hạn | Đúng hạn | Quá hạn |
    | 1 | Sở Y tế | 56 (100%) | 46 (82%) | 5 (9%) | 3 (5%) | 2 (4%) |
    """)
    assert found.verdict is Verdict.NO_TABLE and not found.tasks


def test_numbers__groups_and_children_numbered_in_two_columns() -> None:
    found = sheet("""
    | Stt | | Tên nhiệm vụ | Đơn vị chủ trì | Thời hạn |
    | TT | Chi tiết | | | |
    | 1 | | Xây dựng dữ liệu quan trắc môi trường | | 30/8/2025 |
    | | a) | Lắp đặt trạm đo tự động | Sở Nông nghiệp và Môi trường | |
    | | b) | Kết nối dữ liệu về trung tâm | Sở Nông nghiệp và Môi trường | |
    | 2 | | Công khai kết quả quan trắc | Sở Nông nghiệp và Môi trường | 30/9/2025 |
    """)
    assert [(task.number, task.row) for task in found.tasks] == [("a)", 4), ("b)", 5), ("2", 6)]
    assert found.rows["parent"] == 1 and str(found.tasks[0].deadline.due) == "2025-08-30"


def test_targets__actual_up_to_a_date_is_a_number_not_a_unit() -> None:
    found = sheet("""
    | STT | Tên chỉ tiêu | Đơn vị tính | Mục tiêu năm 2025 | Thực hiện đến 30/9/2025 | Đánh giá |
    | 1 | Tỷ lệ hồ sơ nộp trực tuyến | % | 80 | #=82.5 | Đạt |
    """)
    assert found.columns["actual"] == "E" and "lead_unit" not in found.columns
    assert found.tasks[0].actual == 82.5 and found.tasks[0].kind is Kind.TARGET


def test_header__kind_and_status_of_a_row_are_no_second_header():
    read = sheet(
        """
        TT | Loại     | Nội dung nhiệm vụ              | Thời hạn  | Trạng thái
        1  | Nhiệm vụ | Xây dựng nền tảng dữ liệu      | 30/6/2025 | Hoàn thành
        2  | Nhiệm vụ | Tổ chức tập huấn cán bộ cấp xã | 30/6/2025 | Hoàn thành
        """
    )
    assert [task.number for task in read.tasks] == ["1", "2"]


def test_numbers__in_a_column_without_a_heading() -> None:
    found = sheet("""
    | Danh mục nhiệm vụ (Ngày 05/04/2017) | | | | |
    | | Tên nhiệm vụ | Đơn vị đầu mối | Thời hạn HT | Tiến độ |
    | 1 | Xây dựng đề án tự chủ đại học | Vụ Giáo dục Đại học | 30/6/2017 | Đang lấy ý kiến |
    | 2 | Rà soát quy hoạch mạng lưới trường | Vụ Kế hoạch - Tài chính | 31/3/2017 | Đã hoàn thành(Quá hạn) |
    | 3 | Tổng kết năm học | Văn phòng | | |
    """)
    assert [task.number for task in found.tasks] == ["1", "2", "3"] and found.header_rows == (2,)
    assert found.tasks[0].lead_pieces == ("Vụ Giáo dục Đại học",) and found.columns["status"] == "E"


def test_header__letters_of_a_narrow_column_spelt_apart() -> None:
    found = sheet("""
    | S\\nT\\nT | Nội dung | Đơn vị\\nchủ trì | Thời hạn |
    | 1 | Kiểm tra công tác văn thư | Sở Nội vụ | 30/6/2025 |
    """)
    assert found.columns["number"] == "A" and found.tasks[0].units == ("SNV",)
