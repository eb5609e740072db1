"""Says whether two units count the same things: 台 and 台（套） do, 人 and 人次 do not."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from checks.targets.words import word_set

if TYPE_CHECKING:
    from checks.frames.rows import Mask, Rows

_COUNTING = word_set(
    "台 套 件 个 项 辆 部 张 只 批 次 场 期 份 篇 册 本 座 处 条 块 盏 间 栋 幢 株 棵 宗 起 例 门 支 把 副 组 段 枚 艘 架 根 面 顶 樘 扇 口 眼"
)
"""Words that count things one by one; which of them people take for a thing varies."""
_SPLIT = re.compile(r"[()（）/／、或]+")
_BRACKETS = re.compile(r"[（(][^（）()]{0,8}[）)]$")


@lru_cache(maxsize=4096)
def _measures(unit: str) -> frozenset[str]:
    """Return the counting words a unit names: 台(套), 台/套 and 台套 name two."""
    parts = [part for part in _SPLIT.split(unit) if part]
    if len(parts) == 1 and len(unit) == 2 and set(unit) <= _COUNTING:
        parts = list(unit)
    if parts and _COUNTING.issuperset(parts):
        return frozenset(parts)
    return frozenset((unit, _BRACKETS.sub("", unit)))


def same_measure(one: str, other: str) -> bool:
    """Return whether two units are the same for people; what stands in brackets is a remark."""
    return one == other or not _measures(one).isdisjoint(_measures(other))


def same_units(rows: Rows) -> Mask:
    """Return where the half-year and the full-year value of an indicator are in the same unit."""
    same = rows["half_unit"] == rows["full_unit"]
    apart = rows.where(~same)
    columns = (apart["half_unit"].tolist(), apart["full_unit"].tolist())
    same[~same] = [same_measure(*units) for units in zip(*columns, strict=True)]
    return same
