"""Makes projects of the rows of a project list: departments group them, split them over rows and leave rows empty.

What a row is, its own mark says (一、, 其中, 小计), the merge it lies under, and above all the sum: a row whose amount
is that of the rows below it is no project of its own. Where the stated total fits as the rows stand, they stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from checks.declared.money import wan_text
from checks.declared.project_name import CHINESE_MARK, without_mark
from checks.declared.text_key import text_key
from etl.money.amount import Amount
from etl.money.project_groups import _GROUP, groups_left_out, only_headings, parts_left_out
from etl.money.project_line import Line, Remark, Stated, _fits, differing, equals, score

_SUBTOTAL = re.compile(r".{0,16}(?:小计|合计|总计|共计)(?:[(（].{0,12}[)）])?|计|[∑Σσ]")
_LEVEL = "(?:中央|省|市|区|县|上级|本级|地方)"
_FUND = re.compile(
    rf"(?:其中:?)?(?:本年|当年|{_LEVEL}级?)?"
    r"(?:一般公共预算|政府性基金|国有资本经营预算|财政专户管理资金|财政专户|专户|财政|社会保险基金|社保基金|自有|自筹|单位自筹|单位自有|其他|其它|"
    rf"上年结转|上年结余|结转结余|结转|事业收入|经营收入|债券|专项债券?|{_LEVEL}级?财政|{_LEVEL}级?|非税收入|拨款|补助)"
    r"(?:预算|拨款|补助|资金|收入|专项|基金|配套|安排)*"
)
"""A source of money, as it stands beside each of several rows of one project."""
_COMPLETE = re.compile(
    r".*(?:[费款金额税]|经费|项目|资金|补[助贴偿]|工程|支出|系统|活动|改造|采购|购置|建设|维[护修保]|运[维营]|服务|工作|计划|业务|会议|大会|竞赛|大赛|类|升级|修[缮理]|租赁|"
    r"培训|宣传|保障|管理|评审|审计|[)）”》]|平台|设备|装备|车辆|用房|课题|研究|规划|[0-9]期|医疗|保险|监测|检测|评估|调查|普查|"
    r"创建|推广|扶持|奖励|救助|慰问|公用|运行|整治|绿化|养护|清运|处置|应急|安保|物业|水电|印刷|办公|差旅)"
)
"""How the name of a project ends; one that ends otherwise may go on in the next row."""
_CONNECTIVE = tuple("的及和与、，,－-—/（(“《")
_CLOSING = tuple("）)”》、，,及和与的")


_Read = tuple[list[Line], list[Remark]]


def structured(lines: Sequence[Line], stated: Stated) -> _Read:
    """Return the projects of a list and what was interpreted on the way."""
    remarks: list[Remark] = []
    if all(map(_is_plain, lines)) and score(lines, stated) == sum(v is not None for v in stated.values()) > 0:
        return list(lines), remarks
    kept = [line for line in _one_project_one_line(lines, remarks) if line.name or not line.nothing]
    kept = _subtotals_left_out(kept, remarks)
    kept = _one_project_one_line(_names_joined(kept, stated, remarks), remarks)
    kept = parts_left_out(kept, stated, remarks)
    return groups_left_out(kept, stated, remarks), remarks


def _is_plain(line: Line) -> bool:
    """Return whether a row by itself can only be a project: named, with an amount, without any mark."""
    name = line.name
    return (
        bool(name)
        and not line.fund
        and not line.merged[1]
        and not line.empty
        and name[-1] not in "计：:"
        and not name.startswith("其中")
        and not line.rank
    )


@lru_cache(maxsize=16384)
def is_fund(text: str) -> bool:
    """Return whether a text names a source of money and no project."""
    return len(text) <= 24 and _FUND.fullmatch(text_key(text)) is not None


def _one_project_one_line(lines: Sequence[Line], remarks: list[Remark]) -> list[Line]:
    """Add up the rows of one name: under one merged cell, or one name repeated with its sources of money."""
    made: list[Line] = []
    for line in lines:
        if made and _same_project(made[-1], line):
            made[-1] = _added(made[-1], line)
        else:
            made.append(line)
    remarks += [
        Remark("project_merged", line.place, line.name, str(line.sources))
        for line in made
        if line.sources > 1 and line not in lines
    ]
    return made


def _same_project(line: Line, below: Line) -> bool:
    if line.sheet != below.sheet or not line.name or below.empty:
        return False
    if below.merged == (line.name, line.number):
        return below.fund or not below.name
    same = bool(below.name) and text_key(below.name) == text_key(line.name)
    return line.fund and below.fund and (same or not below.name)


def _added(line: Line, below: Line) -> Line:
    """Return a line with the amounts of a further row; what cannot be read decides for the whole."""
    amounts, rows, at = dict(line.amounts), dict(line.rows), dict(line.at)
    for period, amount in below.amounts.items():
        mine = amounts[period]
        if mine.state not in ("number", "blank", "absent"):
            continue
        if amount.state in ("number", "blank", "absent"):
            amounts[period] = _sum(mine, amount)
        else:
            amounts[period], rows[period], at[period] = amount, below.number, below.at[period]
    return replace(line, amounts=amounts, rows=rows, at=at, sources=line.sources + 1)


def _sum(one: Amount, other: Amount) -> Amount:
    if one.fen is None or other.fen is None:
        return other if one.fen is None and other.fen is not None else one
    fen = one.fen + other.fen
    return Amount("number", wan_text(fen), fen, tuple(dict.fromkeys((*one.notes, *other.notes))))


def _subtotals_left_out(lines: Sequence[Line], remarks: list[Remark]) -> list[Line]:
    """Take out rows of sums below their items; one that is none of the sums above it is said to differ."""
    kept: list[Line] = []
    begin = 0
    for line in lines:
        if _SUBTOTAL.fullmatch(text_key(without_mark(line.name))) is None:
            kept.append(line)
            continue
        remarks.append(Remark("subtotal_row", line.place, line.name))
        if kept and not line.nothing and not (equals(line, kept[begin:]) or equals(line, kept)):
            remarks += differing(line, kept[begin:] or kept)
        begin = len(kept)
    return kept


def _names_joined(lines: Sequence[Line], stated: Stated, remarks: list[Remark]) -> list[Line]:
    """Join a name that was typed over two rows, one of them without amounts."""
    fit = _fits(lines, stated, "full")
    made: list[Line] = []
    waiting: Line | None = None
    for position, line in enumerate(lines):
        if waiting is not None:
            joined = replace(
                line, name=waiting.name + line.name, number=waiting.number, column=waiting.column
            )
            made.append(joined)
            remarks.append(Remark("project_joined", waiting.place, joined.name))
            waiting = None
        elif not line.empty or not line.name or line.rank in CHINESE_MARK or line.name.startswith("其中"):
            made.append(line)
        elif made and not made[-1].empty and _goes_on(made[-1], line, fit):
            made[-1] = replace(made[-1], name=made[-1].name + line.name)
            remarks.append(Remark("project_joined", made[-1].place, made[-1].name))
        elif position + 1 < len(lines) and _begins(
            line, lines[position + 1], fit and not _heads(lines, line)
        ):
            waiting = line
        else:
            made.append(line)
    return made if waiting is None else [*made, waiting]


def _heads(lines: Sequence[Line], line: Line) -> bool:
    """Return whether a row's mark numbers headings, of which none has an amount."""
    return bool(line.rank) and only_headings(lines, line.rank)


def _goes_on(line: Line, below: Line, fit: bool) -> bool:
    if below.under_amount:
        return True
    if below.rank or _GROUP.fullmatch(text_key(below.name)) or below.name.rstrip().endswith(("：", ":")):
        return False
    return _broken(line.name, below.name) or (fit and _COMPLETE.fullmatch(text_key(line.name)) is None)


def _begins(line: Line, following: Line, fit: bool) -> bool:
    if following.empty or not following.name or following.rank:
        return False
    if _GROUP.fullmatch(text_key(line.name)) or line.name.rstrip().endswith(("：", ":")):
        return False
    return _broken(line.name, following.name) or (fit and _COMPLETE.fullmatch(text_key(line.name)) is None)


def _broken(first: str, second: str) -> bool:
    """Return whether a text plainly goes on in another: an open bracket, a connective at the seam."""
    opened = sum(first.count(c) for c in "（(“《") - sum(first.count(c) for c in "）)”》")
    return opened > 0 or first.rstrip().endswith(_CONNECTIVE) or second.lstrip().startswith(_CLOSING)
