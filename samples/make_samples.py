"""Write the assigned lists, the sample inbox and the answer key into samples/.

Run from the repository: python samples/make_samples.py (LibreOffice on the path; see samples/README.md).
"""

from __future__ import annotations

import sys
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent
sys.path.insert(0, str(SAMPLES))

from maker import bodies, communes, departments_a, departments_b, oddities, periods, police, science  # noqa: E402
from maker.bench import Bench  # noqa: E402
from maker.catalog import load, write_assigned  # noqa: E402
from maker.key import Desk  # noqa: E402

MAKERS = (
    science.science,
    departments_a.home,
    departments_a.finance,
    departments_a.construction,
    departments_b.farming,
    departments_b.culture,
    departments_b.health,
    departments_b.education,
    departments_b.trade,
    departments_b.office,
    police.police,
    bodies.military,
    bodies.zone,
    bodies.tax,
    bodies.insurance,
    bodies.one_stop,
    bodies.university,
    communes.plain,
    communes.hazards_in_rows,
    communes.two_deadlines,
    communes.other_formats,
    communes.two_versions,
    oddities.write,
)


def main() -> None:
    desk = Desk(load())
    bench = Bench(desk, SAMPLES / "don-vi" / "2025-9T")
    write_assigned(desk.tasks, SAMPLES / "giao")
    for make in MAKERS:
        make(bench)
    bench.finish()
    desk.write(SAMPLES / "dap-an")
    periods.write(SAMPLES, desk)
    print(f"{len(bench.written)} tệp, {len(desk.tasks)} mục, {len(desk.hazards)} tình huống")


if __name__ == "__main__":
    main()
