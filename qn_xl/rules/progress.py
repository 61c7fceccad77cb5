"""A Chỉ tiêu from period to period: reached or not, how much of the way, better or worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from qn_xl.model import Item
from qn_xl.rules.classify import reached, same_scale


class Trend(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a target stands. `share` is 0 to 1; `change` is the last value less the one before it."""

    reached: bool | None
    share: float | None
    trend: Trend | None
    change: float | None


def progress(item: Item, actuals: Sequence[float | None]) -> Progress:
    """Return where a target stands after its values, the oldest first; the last is of the period asked about.

    A share is what has been covered of the way from the baseline to the aim, never above 1: whoever reaches the
    aim has reached all of it. Without a baseline it is value ÷ aim (aim ÷ value where lower is better).
    """
    values = [on_scale(item, value) for value in actuals]
    now = values[-1] if values else None
    hit = reached(now, item.target, lower_is_better=item.lower_is_better, measure=item.measure)
    before = next((value for value in reversed(values[:-1]) if value is not None), None)
    change = trend = None
    if now is not None and before is not None:
        change = now - before
        better = change < 0 if item.lower_is_better else change > 0
        trend = Trend.SAME if change == 0 else Trend.BETTER if better else Trend.WORSE
    return Progress(hit, _share(item, now, hit), trend, change)


def on_scale(item: Item, value: float | None) -> float | None:
    """Return a value on the scale of the item's aim: 95 for a stored 0.95 where the aim is 90 %."""
    if value is None or item.target is None or item.target <= 1:
        return value
    return same_scale(value, item.target, lower_is_better=item.lower_is_better, measure=item.measure)[0]


def _share(item: Item, now: float | None, hit: bool | None) -> float | None:
    if hit is None or now is None or item.target is None:
        return None
    if hit:
        return 1.0
    if item.baseline is not None and item.baseline != item.target:
        part = (now - item.baseline) / (item.target - item.baseline)
    elif item.lower_is_better:
        part = item.target / now if now else 0.0
    else:
        part = now / item.target if item.target else 0.0
    return min(max(part, 0.0), 1.0)
