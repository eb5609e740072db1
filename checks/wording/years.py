"""Finds the year before in texts that speak of this year: what is left over from last year's form."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 5000

_BEFORE = re.compile(
    r"(?:较|比|自|从|按|按照|对照|根据|依据|截至|截止|基于|在|《[^《》]{0,40}|〔|[-－—~～至到]|20[0-9]{2}年?度?[、和及与])$"
)
_PLANNED = re.compile(r"计划|将|拟|预计|力争|确保|争取|要")
_PAST = re.compile(
    r"完成(?:[的后率数度]|情况)|已|结转|结余|决算|同期|相比|基础上|以来|实际|考核|自评|评价|总结|审计|尾款|续建|跨年|剩余|遗留|为[0-9]|达[到0-9]|的[0-9]"
)
_DONE = "完成"
"""2022年度完成培训1600人 tells what was done, or was never changed: only another year in the text tells which."""
_PAID = re.compile(
    r"(?:兑付|兑现|发放|拨付|补发|补拨|补缴|补交|支付|缴纳|清算|清缴|结算|核算|核发|下达|收缴|收取|征缴|追缴|退还|返还|偿还|归还|付清|结清|表彰|奖励|慰问|评选|评定|认定|评审|评议|考核|考评|测评|验收|核查|核定|审计|审核|公布|发布|公示|编印|编纂|出版|汇编|归档|建档|整理|移交|清理|整改|复查|回访)"
    r"[^，。；]{0,12}$"
)
"""Words before 2022年度 that say that something of that year is paid, judged, honoured or put in order now."""
_OF_THAT_YEAR = re.compile(
    r"[^，。；]{0,16}(?:奖补|奖励|奖金|奖学金|助学金|补助|补贴|补偿|资金|经费|款项|专项款|货款|工程款|税|会费|保费|社保|医保|公积金|工资|绩效工资"
    r"|职称|评审|评定|评选|评比|表彰|表扬|先进|年鉴|年报|年检|公报|统计|普查|鉴定|报告|汇算|清算|结算|决算|验收|核查|核定|核验|督查|巡察|整改|档案|归档|补考|毕业|招生|入藏|征集|接收|移交|竣工|完工|立项|获批|入选|获奖|新增|新建|在建|未完|遗留|到期|入库|招录|入职|退役|转业)"
)
"""What is done now about that year by its nature: titles, yearbooks, prizes, accounts."""
_DOING = re.compile(r"(?:完成|做好|开展|组织|推进)$")
_SETTLES = re.compile(
    r"兑付|兑现|发放|拨付|支付|清算|结算|到位|结清|付清|清缴|缴清|表彰|评审完|发布|公布|办结|建档|归档|整理|验收|结项|结题|审计|编印|出版|移交|核销|销号|入库|登记|评定|评选|整改|回访|公示"
)
_RANGE = re.compile(r"[-－—~～至到、和及与]\s*20[0-9]{2}")
_CLAUSE_END = re.compile(r"[，。；！？,;!?\n]")
_MARKS = re.compile(
    r"^(?:</?[A-Za-z]{1,8}>)?[（(]?(?:[0-9一二三四五六七八九十]{0,3}[.、．)）]|[一二三四五六七八九]是)?[:：]?"
)


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A clause that still names the year before; `sure`: as its own time, in a text that never names the year."""

    clause: str
    sure: bool


def left_over(text: str, year: int) -> LeftOver | None:
    """Return the first clause in which a goal of `year` still speaks of the year before, a sure one before others.

    Only “Y-1年度” counts. What was done in that year, what is paid or settled for it now (兑付, 汇算清缴, 职称评审),
    ranges of years, comparisons with it and titles in 《》 pass.
    """
    bare = re.sub(r"[^\S\n]+", "", text[:LONGEST])
    if f"{year - 1}年度" not in bare:
        return None
    named = re.search(rf"(?<![0-9]){year}年", bare) is not None
    found = [clause for match in _mentions(bare, year - 1) if (clause := _clause(bare, match, named))]
    return next((clause for clause in found if clause.sure), found[0] if found else None)


def _mentions(bare: str, year: int) -> list[re.Match[str]]:
    return list(re.finditer(rf"(?<![0-9]){year}年度", bare))


def _clause(bare: str, match: re.Match[str], named: bool) -> LeftOver | None:
    before = _CLAUSE_END.split(bare[max(0, match.start() - 45) : match.start()])[-1]
    rest = _CLAUSE_END.split(bare[match.end() : match.end() + 80], maxsplit=1)[0]
    if _BEFORE.search(bare[max(0, match.start() - 45) : match.start()]) or _RANGE.match(rest):
        return None
    own, said = _MARKS.sub("", before) == "", match[0] + rest
    past, about = _PAST.search(rest), _OF_THAT_YEAR.match(rest) is not None
    if _PLANNED.search(rest[: past.start()] if past else rest):
        return LeftOver(said, own and not named)
    if past or (((own and about) or _DOING.search(before)) and _SETTLES.search(rest)):
        return None
    if about or _DONE in rest or _PAID.search(before):
        return LeftOver(said, sure=False) if own and not named else None
    return LeftOver(said, own and not named)


def is_settled(before: str, rest: str) -> bool:
    """Return whether the words around a year say that something of that year is paid or settled now."""
    return _PAID.search(before) is not None or _OF_THAT_YEAR.match(rest) is not None
