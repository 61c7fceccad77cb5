"""A workspace filled with the shipped samples: how a newcomer sees the whole thing work."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

from qn_xl.errors import UsageError
from qn_xl.model import AssignedTask, Kind
from qn_xl.rules import deadlines
from qn_xl.rules.plans import PlanIndex
from qn_xl.rules.units import UnitIndex
from qn_xl.tables import Tables, default_tables, sealed

PERIOD = "2025-9T"
PERIODS = ("2025-6T", PERIOD, "2025")  # those with a sample inbox, the oldest first


def samples_folder() -> Path:
    """Return the shipped samples: beside the package in a checkout, inside it when installed."""
    inside = Path(__file__).parent / "_samples"
    beside = Path(__file__).parents[1] / "samples"
    folder = inside if inside.is_dir() else beside
    if not (folder / "giao").is_dir():
        raise UsageError("Bản cài đặt không kèm dữ liệu mẫu. Cài lại gói qn-xl đầy đủ.")
    return folder


def sample_tables() -> Tables:
    """Return the default tables with the samples' assigned lists."""
    tables = default_tables()
    plans, units = PlanIndex(tables.plans), UnitIndex(tables.units)
    assigned: list[AssignedTask] = []
    for path in sorted((samples_folder() / "giao").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            assigned += [_assigned(row, plans, units) for row in csv.DictReader(stream)]
    return sealed(replace(tables, assigned=tuple(assigned)))


def _assigned(row: dict[str, str], plans: PlanIndex, units: UnitIndex) -> AssignedTask:
    plan = plans.find(row["Kế hoạch"])
    if plan is None:
        raise UsageError(f"Dữ liệu mẫu có kế hoạch lạ “{row['Kế hoạch']}”. Cài lại gói qn-xl.")
    decides = units.find(row["Đơn vị quyết định"]) if row["Đơn vị quyết định"] else ""
    if decides is None:
        raise UsageError(f"Dữ liệu mẫu có đơn vị lạ “{row['Đơn vị quyết định']}”. Cài lại gói qn-xl.")

    def number(name: str) -> float | None:
        return float(row[name].replace(",", ".")) if row[name] else None

    return AssignedTask(
        code=row["Mã"],
        plan=plan.id,
        kind=Kind(row["Loại"]),
        number=row["TT"],
        task=row["Nội dung"],
        lead_text=row["Đơn vị chủ trì"],
        deadline_text=row["Thời hạn"],
        deadline=deadlines.read(row["Thời hạn"], year=plan.year, issued=plan.issued_on),
        group=row["Nhóm"],
        co_text=row["Đơn vị phối hợp"],
        product=row["Sản phẩm"],
        decides=decides,
        central=bool(row["Phụ thuộc TW"]),
        measure=row["Đơn vị tính"],
        baseline=number("Ban đầu"),
        target=number("Mục tiêu"),
        lower_is_better="thấp" in row["Chiều"].lower() or "giảm" in row["Chiều"].lower(),
    )


def fill_inbox(root: Path) -> None:
    """Copy the sample inbox into the workspace `root`; files already there stay as they are."""
    source = samples_folder() / "don-vi"
    for path in sorted(source.rglob("*")):
        target = root / "don-vi" / path.relative_to(source)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
