"""Pictures for slides, PNG and SVG: told apart without colour, every label whole. Drawn by matplotlib, no window."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qn_xl.errors import UsageError
from qn_xl.model import Figure as Number
from qn_xl.model import Snapshot
from qn_xl.outputs import chart_data, safe
from qn_xl.outputs.chart_data import Lines, Run
from qn_xl.rules.wording import date_text, number_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 11.0  # inches
DPI = 130
FONT = "DejaVu Sans"  # comes with matplotlib and has every Vietnamese letter
# fill, hatch, colour of the number on it: dark, light and white fills with different hatches in any print
_LOOKS = (
    ("#1F4E79", "", "white"),
    ("#BDD7EE", "//", "black"),
    ("#F4B183", "xx", "black"),
    ("#E2F0D9", "..", "black"),
    ("#FFFFFF", "||", "black"),
    ("#7F7F7F", "\\\\", "black"),
)
_STROKES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
_MARKERS = "osD^vP"
_SETTINGS: Any = {
    "font.family": FONT,
    "font.size": 11,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "qn-xl",  # the same picture, the same file
    "svg.fonttype": "path",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def write_all(
    folder: Path, snapshot: Snapshot, runs: Sequence[Run], figures_of: Callable[[int], Sequence[Number]]
) -> list[Path]:
    """Draw every picture as PNG and SVG into a folder and return the files.

    Raises:
        UsageError: matplotlib is not installed. OutputLockedError: the folder cannot be written.
    """
    try:
        from matplotlib import rc_context
    except ImportError as error:
        raise UsageError(
            "Chưa cài phần vẽ biểu đồ. Cài thêm bằng lệnh: pip install matplotlib, rồi chạy lại."
        ) from error
    written = []
    with rc_context(_SETTINGS):
        pictures = {
            "tien-do-ke-hoach": progress(snapshot),
            "cham-theo-don-vi": late_by_unit(snapshot),
            "cham-theo-so-ngay": ageing(snapshot),
            "xu-huong": trend(snapshot, chart_data.trend(snapshot, runs, figures_of)),
        }
        for name, figure in pictures.items():
            for kind in ("png", "svg"):
                path = folder / f"{name}.{kind}"
                safe.replace(path, partial(_save, figure, kind))
                written.append(path)
    return written


def _save(figure: Figure, kind: str, target: Path) -> None:
    metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    figure.savefig(target, format=kind, dpi=DPI, bbox_inches="tight", pad_inches=0.2, metadata=metadata)


def progress(snapshot: Snapshot) -> Figure:
    """Draw the parts of each plan as shares of its own total, with their counts."""
    bars = chart_data.progress(snapshot)
    figure, axes = _figure(1.6 + 0.72 * max(len(bars.labels), 1))
    totals = [sum(values[place] for values in bars.values) for place in range(len(bars.labels))]
    left = [0.0] * len(bars.labels)
    for part, values in enumerate(bars.values):
        fill, hatch, ink = _LOOKS[part % len(_LOOKS)]
        shares = [100 * value / total for value, total in zip(values, totals, strict=True)]
        axes.barh(
            range(len(bars.labels)), shares, left=left, color=fill, hatch=hatch, edgecolor="black", linewidth=0.8,
            height=0.62, label=bars.parts[part],
        )  # fmt: skip
        for place, (value, share) in enumerate(zip(values, shares, strict=True)):
            if value:
                _put_number(axes, left[place] + share / 2, place, str(value), ink, hatch)
        left = [start + share for start, share in zip(left, shares, strict=True)]
    axes.set_yticks(range(len(bars.labels)), bars.labels)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 20), [f"{share}%" for share in range(0, 101, 20)])
    axes.set_xlabel("Tỷ lệ trên tổng số của từng kế hoạch; số trong cột là số nhiệm vụ")
    _finish(figure, axes, "Tiến độ thực hiện theo kế hoạch", snapshot, legend=bool(bars.parts))
    return figure


def late_by_unit(snapshot: Snapshot) -> Figure:
    """Draw how many tasks of each unit are late."""
    bars = chart_data.late_by_unit(snapshot)
    figure, axes = _figure(1.8 + 0.36 * max(len(bars.labels), 3))
    if bars.labels:
        fill, hatch, _ = _LOOKS[2]
        places = range(len(bars.labels))
        drawn = axes.barh(places, bars.values[0], color=fill, hatch=hatch, edgecolor="black", height=0.66)
        axes.bar_label(drawn, padding=4, fontweight="bold")
        axes.set_yticks(places, bars.labels)
        axes.invert_yaxis()
        axes.set_xlim(0, max(bars.values[0]) * 1.08 + 0.3)
        axes.xaxis.set_major_locator(_whole_numbers())
        axes.set_xlabel("Số nhiệm vụ chậm tiến độ")
    else:
        _say_none(axes, "Không có nhiệm vụ chậm tiến độ")
    _finish(figure, axes, "Nhiệm vụ chậm tiến độ theo đơn vị", snapshot, bars.note)
    return figure


def ageing(snapshot: Snapshot) -> Figure:
    """Draw the late tasks by how many days they are late, stacked by plan."""
    bars = chart_data.ageing(snapshot)
    figure, axes = _figure(5.4)
    if bars.parts:
        bottom = [0] * len(bars.labels)
        for part, values in enumerate(bars.values):
            fill, hatch, ink = _LOOKS[part % len(_LOOKS)]
            axes.bar(
                range(len(bars.labels)), values, bottom=bottom, color=fill, hatch=hatch, edgecolor="black", width=0.6,
                label=bars.parts[part],
            )  # fmt: skip
            for place, value in enumerate(values):
                if value:
                    _put_number(axes, place, bottom[place] + value / 2, str(value), ink, hatch)
            bottom = [start + value for start, value in zip(bottom, values, strict=True)]
        for place, total in enumerate(bottom):
            axes.annotate(
                str(total), (place, total), (0, 4), textcoords="offset points", ha="center", fontweight="bold"
            )
        axes.set_xticks(range(len(bars.labels)), bars.labels)
        axes.set_ylim(0, max(bottom) * 1.12 + 0.5)
        axes.yaxis.set_major_locator(_whole_numbers())
        axes.set_ylabel("Số nhiệm vụ")
        axes.set_xlabel("Số ngày chậm, tính theo ngày lịch đến ngày chốt")
    else:
        _say_none(axes, "Không có nhiệm vụ chậm tiến độ biết rõ số ngày")
    _finish(figure, axes, "Nhiệm vụ chậm tiến độ theo số ngày chậm", snapshot, bars.note, legend=bool(bars.parts))
    return figure


def trend(snapshot: Snapshot, lines: Lines) -> Figure:
    """Draw the completion rate of each plan over the cut-off dates."""
    figure, axes = _figure(5.6)
    for number, (name, values) in enumerate(zip(lines.names, lines.values, strict=True)):
        points = [(place, value) for place, value in enumerate(values) if value is not None]
        label = f"{name}: {number_text(points[-1][1], 1)}%"
        axes.plot(
            [place for place, _ in points], [value for _, value in points], color="black" if number % 2 else "#1F4E79",
            linestyle=_STROKES[number % len(_STROKES)], marker=_MARKERS[number % len(_MARKERS)], markersize=8,
            markerfacecolor="white" if number % 2 else "#1F4E79", label=label,
        )  # fmt: skip
    axes.set_xticks(range(len(lines.days)), [date_text(day) for day in lines.days])
    if len(lines.days) > 8:
        axes.tick_params(axis="x", rotation=45)
    axes.set_xlim(-0.5, max(len(lines.days) - 0.5, 0.5))
    axes.set_ylim(0, 105)
    axes.set_yticks(range(0, 101, 20), [f"{share}%" for share in range(0, 101, 20)])
    axes.grid(axis="y", color="#BFBFBF", linewidth=0.6)
    axes.set_xlabel("Ngày chốt số liệu")
    note = "Mới có một lần chốt số liệu nên chưa thành xu hướng." if len(lines.days) == 1 else ""
    title = "Tỷ lệ hoàn thành trên tổng số qua các lần chốt số liệu"
    _finish(figure, axes, title, snapshot, note, legend=bool(lines.names))
    return figure


def _figure(height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), facecolor="white")
    return figure, figure.add_subplot()


def _whole_numbers() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(integer=True)


def _put_number(axes: Axes, x: float, y: float, text: str, ink: str, hatch: str) -> None:
    behind = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"} if hatch else None
    axes.text(x, y, text, ha="center", va="center", color=ink, fontweight="bold", fontsize=10, bbox=behind)


def _say_none(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes)
    axes.set_axis_off()


def _finish(
    figure: Figure, axes: Axes, title: str, snapshot: Snapshot, note: str = "", *, legend: bool = False
) -> None:
    rows = 0
    if legend:
        handles, names = axes.get_legend_handles_labels()
        columns = 5 if max(map(len, names)) < 20 else 2 if len(names) % 3 == 1 else 3
        rows = -(-len(names) // columns)
        axes.legend(
            handles, names, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=min(columns, len(names)),
            frameon=False, fontsize=10, handlelength=2.6, handleheight=1.2,
        )  # fmt: skip
    axes.set_title(title, fontsize=14, fontweight="bold", pad=16 + 20 * rows)
    source = f"Số liệu chốt đến ngày {date_text(snapshot.as_of)}; lần tổng hợp số {snapshot.run}. {note}".strip()
    axes.annotate(
        textwrap.fill(source, 110), (0, 0), (0, -52), xycoords="axes fraction", textcoords="offset points", fontsize=9,
        style="italic", va="top",
    )  # fmt: skip
