"""The line under a paper of the office that says what its numbers mean."""

from __future__ import annotations

from qn_xl.model import Snapshot
from qn_xl.outputs.notes import base_note
from qn_xl.rules.wording import Rounding, date_line


def rounding(snapshot: Snapshot) -> Rounding:
    """Return how percentages are printed by the sheet Quy tắc."""
    return Rounding.CUT if snapshot.rules.get("rounding") == Rounding.CUT else Rounding.ROUND


def rates_line(snapshot: Snapshot, places: int = 1) -> str:
    """Return both denominators and the rounding to so many decimals."""
    decimals = {0: "không lấy", 1: "lấy một", 2: "lấy hai"}[places]
    how = "cắt phần sau, không làm tròn lên" if rounding(snapshot) is Rounding.CUT else "làm tròn"
    return (
        "Tỷ lệ hoàn thành = hoàn thành ÷ tổng số; tỷ lệ trên số đến hạn = hoàn thành ÷ (hoàn thành + chậm tiến độ);"
        f" {decimals} chữ số thập phân, {how}; phần còn lại bằng 100% trừ đi"
    )


def definition_line(snapshot: Snapshot, places: int = 1) -> str:
    """Return cut-off, run, base of the totals and of the rates (with so many decimals), in one paragraph."""
    return (
        f"Số liệu chốt đến {date_line(snapshot.as_of)}, lần tổng hợp số {snapshot.run}. {base_note(snapshot)}. "
        f"{rates_line(snapshot, places)}."
    )
