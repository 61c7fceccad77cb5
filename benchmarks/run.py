"""Measure qn-xl against plain pandas over the same made-up unit workbooks.

    python benchmarks/run.py [--files 70] [--rows 300] [--repeat 5] [--keep FOLDER]

Every variant runs as a whole process, start-up included, in turn with the others; see README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from qn_xl.rules.units import default_units

PERIOD = "2025-9T"
AS_OF = date(2025, 9, 30)
PLANS = ("138/KH-UBND", "157/KH-UBND", "02-KH/BCĐ", "Đề án 06")
HEADER = (
    "TT", "Nội dung nhiệm vụ", "Kế hoạch", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn hoàn thành", "Trạng thái",
    "Ngày hoàn thành", "Kết quả thực hiện", "Ghi chú",
)  # fmt: skip
HEADER_ROW = 4  # counted from 0: pandas is told, qn-xl finds it
STATES = ("Đã hoàn thành", "Đang thực hiện", "Chậm tiến độ", "Thường xuyên")
VERBS = ("Xây dựng", "Hoàn thiện", "Triển khai", "Rà soát", "Nâng cấp", "Số hóa")
OBJECTS = ("cơ sở dữ liệu", "quy trình nội bộ", "nền tảng số dùng chung", "hồ sơ lưu trữ", "hạ tầng mạng")
FINE = {"qn-xl": (0, 20, 21), "pandas": (0,)}  # done; done with findings; done, units missing

PANDAS = """
import sys
from pathlib import Path
import pandas as pd
folder, engine, out = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
frames = [pd.read_excel(path, engine=engine, header={header}) for path in sorted(folder.glob("*.xlsx"))]
tasks = pd.concat(frames, ignore_index=True)
summary = tasks.groupby(["Kế hoạch", "Cơ quan chủ trì", "Trạng thái"]).size().unstack(fill_value=0)
summary.to_excel(out)
print(len(tasks))
"""


# As programs are installed: compiled modules are kept. Where Python is told not to, pandas alone takes 1.6 s to start.
INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass
class Variant:
    name: str
    label: str
    command: list[str]
    prepare: Callable[[], None]
    seconds: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)  # processor seconds over all its processes
    peak: int = 0


def make_files(folder: Path, files: int, rows: int) -> None:
    """Write one workbook a unit: a title, a header, `rows` tasks that no other row repeats."""
    folder.mkdir(parents=True, exist_ok=True)
    units = [unit.name for unit in default_units()]
    for number in range(files):
        unit = units[number % len(units)]
        name = unit if number < len(units) else f"{unit} lần {number // len(units) + 1}"
        with xlsxwriter.Workbook(str(folder / f"{name}.xlsx")) as book:
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            sheet = book.add_worksheet("Tiến độ")
            sheet.write(0, 0, unit.upper())
            sheet.write(2, 0, "BÁO CÁO TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ 9 THÁNG NĂM 2025")
            sheet.write_row(HEADER_ROW, 0, HEADER)
            for index in range(rows):
                write_task(sheet, HEADER_ROW + 1 + index, number, index, unit, day)


def write_task(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, file: int, index: int, unit: str, day: xlsxwriter.format.Format
) -> None:
    state = STATES[(index + file) % len(STATES)]
    due = AS_OF + timedelta(days={"Đang thực hiện": 20, "Đã hoàn thành": -10, "Chậm tiến độ": -40}.get(state, 0))
    what = f"{VERBS[index % len(VERBS)]} {OBJECTS[index // len(VERBS) % len(OBJECTS)]}"
    sheet.write(row, 0, index + 1)
    sheet.write(row, 1, f"{what} phục vụ lĩnh vực số {file + 1}.{index + 1} của {unit} theo yêu cầu năm 2025")
    sheet.write(row, 2, PLANS[index % len(PLANS)])
    sheet.write(row, 3, unit)
    sheet.write(row, 4, "Các sở, ban, ngành liên quan")
    if state == "Thường xuyên":
        sheet.write(row, 5, "Thường xuyên")
    else:
        sheet.write_datetime(row, 5, due, day)
    sheet.write(row, 6, state)
    if state == "Đã hoàn thành":
        sheet.write_datetime(row, 7, due - timedelta(days=index % 15), day)
    sheet.write(row, 8, f"Báo cáo số {index + 1}/BC của đơn vị")


def measure(variant: Variant, expected: int) -> tuple[float, float]:
    """Run a variant once, return its seconds and processor seconds; stop when it did not do the whole work."""
    variant.prepare()
    begun, before = time.perf_counter(), os.times()
    done = subprocess.run(
        variant.command, capture_output=True, text=True, encoding="utf-8", check=False, env=INSTALLED
    )
    seconds, after = time.perf_counter() - begun, os.times()
    check(variant, done.returncode, done.stdout, done.stderr, expected)
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, used


def check(variant: Variant, code: int, out: str, err: str, expected: int) -> None:
    program = "qn-xl" if "qn_xl" in variant.command else "pandas"
    counted = None
    if code in FINE[program]:
        if program == "pandas":
            counted = int(out)
        elif "--json" in variant.command:
            plans = json.loads(out)["plans"]
            counted = sum(group["total"] for plan in plans for group in plan["groups"])
        else:
            counted = expected  # the table on the screen; the same run as with --json
    if counted != expected:
        sys.exit(f"{variant.label}: exit code {code}, {counted} tasks instead of {expected}\n{err[-2000:]}")


def peak_memory(variant: Variant) -> int:
    """Run a variant once more, unmeasured, and return the highest sum of resident memory of its processes, in MiB.

    Shared pages are counted once for each process that maps them, so this is an upper bound. Linux only.
    """
    variant.prepare()
    process = subprocess.Popen(
        variant.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env=INSTALLED
    )
    highest = 0
    while process.poll() is None:
        highest = max(highest, resident(process.pid))
        time.sleep(0.02)
    return highest // 2**20


def resident(session: int) -> int:
    page = os.sysconf("SC_PAGE_SIZE")
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                total += int((folder / "statm").read_text().split()[1]) * page
        except (OSError, IndexError, ValueError):
            continue  # ended meanwhile
    return total


def variants(folder: Path, workspace: Path) -> list[Variant]:
    inbox = workspace / "don-vi" / PERIOD
    script = folder / "plain_pandas.py"
    script.write_text(PANDAS.format(header=HEADER_ROW), "utf-8")
    consolidate = [
        sys.executable, "-m", "qn_xl", "consolidate", str(workspace), "--period", PERIOD, "--as-of", AS_OF.isoformat(),
    ]  # fmt: skip

    def fresh() -> None:
        """Forget earlier runs: an unchanged inbox is answered from the history, an unchanged file from the readings."""
        for name in ("bao-cao", "nhat-ky"):
            shutil.rmtree(workspace / name, ignore_errors=True)
        for name in ("lich-su.sqlite", "so-lieu.json"):
            (workspace / name).unlink(missing_ok=True)

    def plain(engine: str) -> list[str]:
        return [sys.executable, str(script), str(inbox), engine, str(folder / f"{engine}.xlsx")]

    return [
        Variant("a", "qn-xl consolidate --json", [*consolidate, "--json"], fresh),
        Variant("b", "pandas, calamine", plain("calamine"), lambda: None),
        Variant("c", "qn-xl consolidate, report", [*consolidate, "--no-returns"], fresh),
        Variant("d", "pandas, openpyxl", plain("openpyxl"), lambda: None),
    ]


def table(found: list[Variant], files: int, rows: int) -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    rounds = len(found[0].seconds)
    lines = [
        f"{files} files x {rows} tasks, {rounds} rounds, {cores} cores, Python {platform.python_version()}",
        "",
        "| | variant | median s | fastest s | slowest s | processor s | peak MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    medians = {one.name: statistics.median(one.seconds) for one in found}
    for one in found:
        peak = str(one.peak) if one.peak else "-"
        lines.append(
            f"| {one.name} | {one.label} | {medians[one.name]:.2f} | {min(one.seconds):.2f} |"
            f" {max(one.seconds):.2f} | {statistics.median(one.work):.2f} | {peak} |"
        )
    lines += ["", f"a/b = {medians['a'] / medians['b']:.2f}", f"c/d = {medians['c'] / medians['d']:.2f}"]
    return "\n".join(lines)


def run(folder: Path, files: int, rows: int, repeat: int) -> str:
    workspace = folder / "TienDo"
    subprocess.run([sys.executable, "-m", "qn_xl", "init", str(workspace)], check=True, capture_output=True)
    make_files(workspace / "don-vi" / PERIOD, files, rows)
    found = variants(folder, workspace)
    for one in found:  # warms the file cache and the compiled modules as well
        measure(one, files * rows)
        if Path("/proc/self/statm").is_file():
            one.peak = peak_memory(one)
    for turn in range(repeat):
        for place in range(len(found)):
            one = found[(turn + place) % len(found)]
            seconds, work = measure(one, files * rows)
            one.seconds.append(seconds)
            one.work.append(work)
            print(f"{turn + 1}/{repeat} {one.label}: {one.seconds[-1]:.2f} s", file=sys.stderr)
    return table(found, files, rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--files", type=int, default=70)
    options.add_argument("--rows", type=int, default=300)
    options.add_argument("--repeat", type=int, default=5)
    options.add_argument("--keep", type=Path, help="make the files here and leave them")
    given = options.parse_args()
    if given.keep:
        print(run(given.keep, given.files, given.rows, given.repeat))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(run(Path(folder), given.files, given.rows, given.repeat))


if __name__ == "__main__":
    main()
