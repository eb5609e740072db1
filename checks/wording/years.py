"""Finds the year before in texts that speak of this year: what is left over from last year's form."""

from __future__ import annotations

import re

LONGEST = 5000

_BEFORE = re.compile(
    r"(?:较|比|自|从|按|按照|对照|根据|依据|截至|截止|基于|在|《[^《》]{0,40}|〔|[-－—~～至到]|20[0-9]{2}年?度?[、和及与])$"
)
_PLANNED = re.compile(r"计划|将|拟|预计|力争|确保|争取|要")
_PAST = re.compile(
    r"完成|已|结转|结余|决算|同期|相比|基础上|以来|实际|考核|自评|评价|总结|审计|尾款|续建|跨年|剩余|遗留|为[0-9]|达[到0-9]|的[0-9]"
)
_RANGE = re.compile(r"[-－—~～至到、和及与]\s*20[0-9]{2}")
_CLAUSE_END = re.compile(r"[，。；！？,;!?\n]")


def left_over(text: str, year: int) -> str:
    """Return the clause in which a goal of `year` still plans for the year before, "" if none does.

    Only “Y-1年度” counts. What was done in that year, ranges of years, comparisons with it and titles in
    《》 pass.
    """
    bare = re.sub(r"[^\S\n]+", "", text[:LONGEST])
    for match in re.finditer(rf"(?<![0-9]){year - 1}年度", bare):
        rest = _CLAUSE_END.split(bare[match.end() : match.end() + 80], maxsplit=1)[0]
        past = _PAST.search(rest)
        planned = _PLANNED.search(rest[: past.start()] if past else rest)
        if _BEFORE.search(bare[max(0, match.start() - 45) : match.start()]) or _RANGE.match(rest):
            continue
        if not past or planned:
            return match[0] + rest
    return ""
