"""Says where an indicator row states that it does not apply: 不适用, 不涉及, 无, /, — as its name or as its values.

The form asks departments to write so where a kind of benefit does not exist, and people write it in every way.
To every rule such a row is one thing: filled in, and with nothing to judge.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from checks.targets.target import Kind, parse

if TYPE_CHECKING:
    from checks.frames.rows import Mask, Rows

_LONGEST = 30
_MAY = re.compile(
    r"[\s（(\[【“\"]*(?:[-－—–─_/／\\*＊Nn]|无|暂|不适用|不涉及|不存在|未涉及|没有|本|该|此|均|目前|确)"
)
"""How a mark begins; most names begin otherwise and need no closer look."""
_SAID = re.compile(
    r"(?:本(?:单位|部门|机关|项|栏|年度?)?)?(?:[该此]项)?(?:目前|均|暂时?|确)?(?:不适用|不涉及|未涉及|不存在|没有|无)"
    r"(?:[此该本]|这|相关|相应|对应|经济|社会|生态|环境|可持续|发展|服务对象|满意度|效益|影响|项|类|栏|指标|目标|内容|情况|工作){0,6}"
)
"""不适用 as a sentence: 本单位不涉及, 无生态效益指标. 无事故 is a result and none of it."""
_PLAIN = re.compile(r"(?:本(?:单位|部门|机关|项))?(?:不适用|不涉及|未涉及)")
"""Said so, the reason may follow: 不适用（行政机关）."""
_APART = re.compile(r"[（()）\[\]【】“”\"，,。；;：:]+")
_DOTS = re.compile(r"[.．…。·]{1,12}")
"""Dots are what a template leaves open, not an answer."""


@lru_cache(maxsize=65536)
def says_not_applicable(text: str | None) -> bool:
    """Return whether a text says that something does not apply, and nothing else."""
    if not text or _MAY.match(text) is None:
        return False
    bare = "".join(text[: _LONGEST + 1].split())
    if len(bare) > _LONGEST:
        return False
    parts = [part for part in _APART.split(bare) if part]
    return bool(parts) and (_PLAIN.fullmatch(parts[0]) is not None or all(map(_is_mark, parts)))


def _is_mark(part: str) -> bool:
    if _DOTS.fullmatch(part):
        return False
    return parse(part).kind is Kind.NOT_APPLICABLE or _SAID.fullmatch(part) is not None


def without_mark(text: str) -> str:
    """Return a label without a remark in brackets that it does not apply: 生态效益（不适用） gives 生态效益."""
    head, bracket, rest = text.strip().replace("(", "（").replace(")", "）").partition("（")
    return head if bracket and rest.endswith("）") and says_not_applicable(rest[:-1]) else text


def not_applicable(rows: Rows) -> Mask:
    """Return where a row says that its indicator does not apply.

    It does so by its name, with nothing in its values but the same; or by its full-year value, where the name is a
    real one; or by either value where there is no name.
    """
    says = {name: rows.test(name, says_not_applicable) for name in ("name", "half_raw", "full_raw")}
    blank = {name: ~rows.test(name, bool) for name in ("name", "half_raw", "full_raw")}
    half, full = (says[f"{period}_raw"] | blank[f"{period}_raw"] for period in ("half", "full"))
    nothing = half & full
    some = says["half_raw"] | says["full_raw"]
    return nothing & (says["name"] | (blank["name"] & some) | says["full_raw"])
