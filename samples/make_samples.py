"""Write the sample inbox, the assigned lists and the answer key into samples/.

Run:  python samples/make_samples.py
"""

from __future__ import annotations

import sys
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent
sys.path.insert(0, str(SAMPLES))

from maker.catalog import load, name, write_assigned  # noqa: E402
from maker.key import Desk  # noqa: E402
from maker.sheet import Sheet, save_xlsx  # noqa: E402
from maker.table import R, Style, Table  # noqa: E402

PLAIN = [
    ("number", "STT", 6), ("task", "Nội dung nhiệm vụ", 50), ("lead", "Đơn vị chủ trì", 24),
    ("co", "Đơn vị phối hợp", 24), ("deadline", "Thời hạn hoàn thành", 14), ("product", "Sản phẩm", 20),
    ("status", "Trạng thái", 18), ("completed", "Ngày hoàn thành", 14), ("actual", "Số đạt được", 10), ("note", "Ghi chú", 16),
]


def main() -> None:
    desk = Desk(load())
    inbox = SAMPLES / "don-vi" / "2025-9T"
    write_assigned(desk.tasks, SAMPLES / "giao")
    units = dict.fromkeys(u for t in desk.tasks.values() for u in ([t.decides] if t.decides else t.leads))
    for unit in units:
        if unit in ("TT", "DT", "P:Móng Cái 2", "X:Hải Ninh", "X:Ba Chẽ") or unit[:3] in ("Các", "UBN"):
            continue
        file = f"{name(unit)}.xlsx"
        sheets = []
        for plan, kind in dict.fromkeys((t.plan, t.kind) for t in desk.tasks.values()):
            mine = [t for t in desk.tasks.values() if t.plan == plan and t.kind == kind and t.reported and unit in ([t.decides] if t.decides else t.leads)]
            if not mine:
                continue
            sheet = Sheet(f"KH {plan}" if kind == "Nhiệm vụ" else f"KH {plan} - {kind}")
            table = Table(desk, sheet, Style(unit, file), PLAIN, (3, 1)).header()
            for t in mine:
                table.add(R(t.code))
            sheets.append(sheet)
        save_xlsx(sheets, inbox / file)
    desk.write(SAMPLES / "dap-an")


if __name__ == "__main__":
    main()
