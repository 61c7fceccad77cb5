"""The office's own tables as records: plans, units, periods, assigned tasks, decisions, rules, settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date

from qn_xl import layout
from qn_xl.errors import UsageError
from qn_xl.model import AssignedTask, Decision, Period, Plan, Unit
from qn_xl.rules.plans import default_plans
from qn_xl.rules.units import default_units

CITY_SINCE = date(2026, 9, 1)  # Nghị quyết 36/2026/QH16
NOT_CONTENT = {"where", "deadline"}  # an address and what is worked out from deadline_text


@dataclass(frozen=True, slots=True)
class Tables:
    """What the workbook (or the shipped defaults) says.

    `rules` and `settings` hold every code of tables.toml, with defaults where the workbook has none. `words`
    is a wording of the office to StatusWord value, beyond the shipped vocabulary. `sha256` depends on content
    alone: not on row numbers, column order or formatting.
    """

    plans: tuple[Plan, ...]
    units: tuple[Unit, ...]
    periods: tuple[Period, ...]
    assigned: tuple[AssignedTask, ...] = ()
    decisions: tuple[Decision, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""
    source: str = field(default="", compare=False)  # name of the workbook; "" for the defaults

    def period(self, period_id: str | None = None) -> Period:
        """Return the period called so, or the current one.

        Raises:
            UsageError: there is no such period.
        """
        for period in self.periods:
            if period.current if period_id is None else period.id == period_id:
                return period
        if period_id is None:
            raise UsageError(
                "Chưa có kỳ hiện hành. Đánh dấu x ở cột Hiện hành, trang Cài đặt, hoặc chạy với --period."
            )
        known = ", ".join(period.id for period in self.periods) or "chưa có kỳ nào"
        raise UsageError(f"Không có kỳ “{period_id}” ở trang Cài đặt. Các kỳ đang có: {known}.")

    @property
    def period_order(self) -> tuple[str, ...]:
        """Ids from the oldest period to the newest, by cut-off, else by end or start."""

        def day(period: Period) -> date:
            return period.cut_off or period.ends or period.starts or date.max

        return tuple(period.id for period in sorted(self.periods, key=day))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            item.name: _plain(getattr(value, item.name))
            for item in fields(value)
            if item.name not in NOT_CONTENT
        }
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def sealed(tables: Tables) -> Tables:
    """Return the tables with `sha256` worked out from their content."""
    content = [
        _plain(getattr(tables, item.name)) for item in fields(tables) if item.name not in ("sha256", "source")
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return replace(tables, sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def default_tables() -> Tables:
    """Return the tables shipped with the package: what a new workbook starts with."""
    return sealed(
        Tables(
            plans=default_plans(),
            units=default_units(),
            periods=tuple(Period(**row) for row in layout.periods()),
            rules={option.code: option.value for option in layout.rules()},
            settings={option.code: option.value for option in layout.settings()},
        )
    )


def province_heading(settings: Mapping[str, str], on: date) -> str:
    """Return the authority's name in a heading dated `on`: Quảng Ninh is a city from 01/9/2026."""
    own = settings.get("heading_province", "").strip()
    if own:
        return own
    kind = "THÀNH PHỐ" if on >= CITY_SINCE else "TỈNH"
    return f"ỦY BAN NHÂN DÂN {kind} QUẢNG NINH"
