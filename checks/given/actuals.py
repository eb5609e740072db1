"""Last year's self-evaluation (自评): what each agency says it reached, indicator by indicator.

A frame with one row a result, all texts: `agency`, `name` (the indicator's), `actual` (as typed: `98.2%`).
"""

from __future__ import annotations

COLUMNS = ("agency", "name", "actual")
HEADINGS: dict[str, str] = {
    "单位名称": "agency", "单位": "agency", "agency": "agency",
    "指标名称": "name", "三级指标": "name", "指标": "name", "indicator": "name", "name": "name",
    "实际完成值": "actual", "完成值": "actual", "实际值": "actual", "全年完成值": "actual", "actual": "actual",
}  # fmt: skip
"""Headings a list may have, in NFKC."""
