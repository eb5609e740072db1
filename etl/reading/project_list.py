"""Makes projects of the rows of a project list: departments group them, split them over rows and leave rows empty.

What a row is, its own mark says (一、, 其中, 小计), the merge it lies under, and above all the sum: a row whose amount
is that of the rows below it is no project of its own. Where the stated total fits as the rows stand, they stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from checks.declared.money import wan_text
from checks.declared.project_name import CHINESE_MARK, mark_of, without_mark
from etl.form.declaration import label_key
from etl.form.places import Place
from etl.reading.amount import Amount

NOISE_FEN = 5_000
"""Half of 0.01 万元: sums that differ by less were only rounded."""
_PERIODS = ("half", "full")
_FARTHEST = 300
"""Rows that a sum above them is compared with at most."""
_SUBTOTAL = re.compile(r".{0,16}(?:小计|合计|总计)")
_GROUP = re.compile(r".{1,20}(?:类|类项目|类支出|项目类|:)")
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


class Remark(NamedTuple):
    """What had to be interpreted: a word for it, the cell, the text there, and how it was read."""

    kind: str
    place: Place
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list as it stands: its name, the texts beside it, its amounts, and where each of these is.

    `merged`: the text and first row of a merged cell left of the row's own that began further up.
    """

    sheet: int
    number: int
    column: int
    name: str
    amounts: Mapping[str, Amount]
    at: Mapping[str, int]
    rows: Mapping[str, int]
    fund: bool = False
    indented: bool = False
    merged: tuple[str, int] = ("", 0)
    under_amount: bool = False
    shifted: bool = False
    sources: int = field(default=1)

    @property
    def place(self) -> Place:
        """Return the cell of the name."""
        return Place(self.sheet, self.number, self.column)

    @property
    def empty(self) -> bool:
        """Return whether no amount stands in the row."""
        return all(amount.state in ("blank", "absent") and not amount.raw for amount in self.amounts.values())

    @property
    def nothing(self) -> bool:
        """Return whether the row says nothing of money: no amount, or zeros."""
        return all(amount.state in ("blank", "absent") or amount.fen == 0 for amount in self.amounts.values())

    @property
    def rank(self) -> int:
        """Return how deep the mark in front of the name is: 1 for 一、, 2 for （一）, 0 for none."""
        return mark_of(self.name)

    def fen(self, period: str) -> int | None:
        """Return an amount in fen, a blank as 0, None for one that cannot be read."""
        amount = self.amounts.get(period)
        if amount is None or amount.state in ("blank", "absent"):
            return 0
        return amount.fen


Stated = Mapping[str, int | None]
"""What the form states as project expenditure, in fen by period; None where it cannot be read."""
_Read = tuple[list[Line], list[Remark]]


def structured(lines: Sequence[Line], stated: Stated) -> _Read:
    """Return the projects of a list and what was interpreted on the way."""
    remarks: list[Remark] = []
    if (
        all(map(_is_plain, lines))
        and _score(lines, stated) == sum(v is not None for v in stated.values()) > 0
    ):
        return list(lines), remarks
    kept = [line for line in _one_project_one_line(lines, remarks) if line.name or not line.nothing]
    kept = _subtotals_left_out(kept, remarks)
    kept = _one_project_one_line(_names_joined(kept, stated, remarks), remarks)
    kept = _parts_left_out(kept, stated, remarks)
    return _groups_left_out(kept, stated, remarks), remarks


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
    return len(text) <= 24 and _FUND.fullmatch(label_key(text)) is not None


def _fits(lines: Sequence[Line], stated: Stated, period: str) -> bool:
    """Return whether lines add up to what is stated for a period; False where that is not known."""
    total = _total(lines, period)
    wanted = stated.get(period)
    return total is not None and wanted is not None and abs(total - wanted) < NOISE_FEN


def _score(lines: Sequence[Line], stated: Stated) -> int:
    """Return in how many periods lines add up to what is stated."""
    return sum(_fits(lines, stated, period) for period in _PERIODS)


def _total(lines: Sequence[Line], period: str) -> int | None:
    values = [line.fen(period) for line in lines]
    return None if None in values else sum(value for value in values if value is not None)


def _equal(line: Line, parts: Sequence[Line]) -> bool:
    """Return whether a line's amounts are those of its parts, and not nothing."""
    own = [line.fen(period) for period in _PERIODS]
    sums = [_total(parts, period) for period in _PERIODS]
    return any(own) and all(
        a is not None and b is not None and abs(a - b) < NOISE_FEN for a, b in zip(own, sums, strict=True)
    )


def _prefix(line: Line, items: Sequence[Line], fewest: int = 1) -> int:
    """Return how many of the items, from the first on, add up to a line: the fewest that do, 0 where none do."""
    if line.nothing or None in (own := [line.fen(period) for period in _PERIODS]):
        return 0
    sums = [0, 0]
    for count, item in enumerate(items[:_FARTHEST], 1):
        for n, period in enumerate(_PERIODS):
            sums[n] += item.fen(period) or 0
        gaps = [(a or 0) - b for a, b in zip(own, sums, strict=True)]
        if count >= fewest and all(abs(gap) < NOISE_FEN for gap in gaps):
            return count if None not in [item.fen(p) for item in items[:count] for p in _PERIODS] else 0
        if min(gaps) < -NOISE_FEN:
            return 0
    return 0


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
    same = bool(below.name) and label_key(below.name) == label_key(line.name)
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
        if _SUBTOTAL.fullmatch(label_key(without_mark(line.name))) is None:
            kept.append(line)
            continue
        remarks.append(Remark("subtotal_row", line.place, line.name))
        if kept and not line.nothing and not (_equal(line, kept[begin:]) or _equal(line, kept)):
            remarks += _differing(line, kept[begin:] or kept)
        begin = len(kept)
    return kept


def _differing(line: Line, items: Sequence[Line]) -> list[Remark]:
    """Return the remark that a sum within the list is not that of its items, at the amount that differs."""
    for period in reversed(_PERIODS):
        own, total = line.fen(period), _total(items, period)
        if own is not None and total is not None and abs(own - total) >= NOISE_FEN and period in line.at:
            place = Place(line.sheet, line.rows[period], line.at[period])
            return [Remark("group_differs", place, line.name, f"{wan_text(own)}|{wan_text(total)}")]
    return []


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
        elif position + 1 < len(lines) and _begins(line, lines[position + 1], fit):
            waiting = line
        else:
            made.append(line)
    return made if waiting is None else [*made, waiting]


def _goes_on(line: Line, below: Line, fit: bool) -> bool:
    if below.under_amount:
        return True
    if below.rank or _GROUP.fullmatch(label_key(below.name)) or below.name.rstrip().endswith(("：", ":")):
        return False
    return _broken(line.name, below.name) or (fit and _COMPLETE.fullmatch(label_key(line.name)) is None)


def _begins(line: Line, following: Line, fit: bool) -> bool:
    if following.empty or not following.name or following.rank:
        return False
    if _GROUP.fullmatch(label_key(line.name)) or line.name.rstrip().endswith(("：", ":")):
        return False
    return _broken(line.name, following.name) or (fit and _COMPLETE.fullmatch(label_key(line.name)) is None)


def _broken(first: str, second: str) -> bool:
    """Return whether a text plainly goes on in another: an open bracket, a connective at the seam."""
    opened = sum(first.count(c) for c in "（(“《") - sum(first.count(c) for c in "）)”》")
    return opened > 0 or first.rstrip().endswith(_CONNECTIVE) or second.lstrip().startswith(_CLOSING)


def _parts_left_out(lines: Sequence[Line], stated: Stated, remarks: list[Remark]) -> list[Line]:
    """Take out rows that are parts of the row above: those said to be (其中), indented below one, or completing its sum."""
    kept: list[Line] = []
    found: list[Remark] = []
    at = 0
    while at < len(lines):
        count = _parts(lines, at, kept)
        if count == 0:
            kept.append(lines[at])
            at += 1
            continue
        parts, whole = lines[at : at + count], kept[-1]
        remarks += [
            Remark("project_part", part.place, part.name.strip(), whole.name.strip()) for part in parts
        ]
        if any((_total(parts, p) or 0) > (whole.fen(p) or 0) + NOISE_FEN for p in _PERIODS):
            found += _differing(whole, parts)
        at += count
    if _score(lines, stated) > _score(kept, stated):
        return list(lines)
    remarks += found
    return kept


def _parts(lines: Sequence[Line], at: int, above: Sequence[Line]) -> int:
    """Return how many rows from one on are parts of the row above."""
    if not above or above[-1].empty or not _is_part(lines[at]):
        return 0
    whole, end = above[-1], at + 1
    while end < len(lines) and (_is_part(lines[end]) or lines[end].indented) and lines[end].name:
        end += 1
    if _equal(whole, lines[at:end]):
        return end - at
    return _prefix(whole, lines[at:], end - at) or end - at


def _is_part(line: Line) -> bool:
    return without_mark(line.name).startswith("其中") or line.merged[0].strip().startswith("其中")


def _groups_left_out(lines: Sequence[Line], stated: Stated, remarks: list[Remark]) -> list[Line]:
    """Take out the rows that stand above their items: headings, and sums of what follows."""
    ranks = [line.rank for line in lines]
    heads = frozenset(n for n in range(len(lines)) if _is_heading(lines, ranks, n, stated))
    sums, unequal = _marked_sums(lines, ranks, heads)
    plain = _plain_sums(lines, ranks, heads | sums)
    chosen = _best(lines, stated, (sums, frozenset(), sums | unequal, sums | plain))
    if chosen == sums and not _score(_without(lines, chosen), stated) and len(sums | unequal) > 1:
        chosen = sums | unequal
    for n in sorted(heads | chosen):
        line = lines[n]
        remarks.append(
            Remark("project_group", line.place, line.name.strip(), "" if n in heads else _amount(line))
        )
        if n in unequal and n in chosen:
            items = [lines[i] for i in _followers(ranks, n) if i not in heads | chosen]
            remarks += _differing(line, items)
    return [line for n, line in enumerate(lines) if n not in heads | chosen]


def _without(lines: Sequence[Line], chosen: frozenset[int]) -> list[Line]:
    return [line for n, line in enumerate(lines) if n not in chosen]


def _best(lines: Sequence[Line], stated: Stated, choices: Sequence[frozenset[int]]) -> frozenset[int]:
    """Return the choice of rows without which the others fit best what is stated; of several the first."""
    return max(choices, key=lambda choice: _score(_without(lines, choice), stated))


def _amount(line: Line) -> str:
    fen = line.fen("full")
    return wan_text(fen) if fen is not None else ""


def _followers(ranks: Sequence[int], at: int) -> range:
    """Return the positions of the rows under a marked row: up to the next mark that is as high."""
    end = at + 1
    while end < len(ranks) and not 0 < ranks[end] <= ranks[at]:
        end += 1
    return range(at + 1, end)


def _is_heading(lines: Sequence[Line], ranks: Sequence[int], at: int, stated: Stated) -> bool:
    """Return whether a row without amounts is the heading of those below it."""
    line = lines[at]
    if not line.empty or not line.name or at + 1 == len(lines):
        return False
    if ranks[at]:
        below = _followers(ranks, at)
        return bool(below) and (ranks[at] in CHINESE_MARK or any(ranks[n] for n in below))
    key = label_key(line.name)
    return line.name.rstrip().endswith(("：", ":")) or (
        _GROUP.fullmatch(key) is not None and (_score(lines, stated) > 0 or stated.get("full") is None)
    )


def _marked_sums(
    lines: Sequence[Line], ranks: Sequence[int], heads: frozenset[int]
) -> tuple[frozenset[int], frozenset[int]]:
    """Return the marked rows that are the sum of what follows, and those that ought to be and are not."""
    sums: set[int] = set()
    unequal: set[int] = set()
    for at in sorted(range(len(lines)), key=lambda n: (-ranks[n], n)):
        if not ranks[at] or at in heads or lines[at].nothing:
            continue
        items = [n for n in _followers(ranks, at) if n not in sums and n not in heads]
        if _prefix(lines[at], [lines[n] for n in items]):
            sums.add(at)
        elif ranks[at] in CHINESE_MARK and items and _covers(lines[at], [lines[n] for n in items]):
            unequal.add(at)
    return frozenset(sums), frozenset(unequal)


def _covers(line: Line, items: Sequence[Line]) -> bool:
    """Return whether a row is large enough to be the sum of others, and they are lower in rank."""
    own = line.fen("full")
    return own is not None and own >= max((item.fen("full") or 0 for item in items), default=0) > 0


def _plain_sums(lines: Sequence[Line], ranks: Sequence[int], known: frozenset[int]) -> frozenset[int]:
    """Return the rows without a mark that are exactly the sum of at least two that follow, from the top on."""
    found: set[int] = set()
    at = 0
    while at < len(lines):
        reach = 0 if at in known or ranks[at] in CHINESE_MARK else _reach(lines, at, known)
        if reach:
            found.add(at)
        at += reach + 1
    return frozenset(found)


def _reach(lines: Sequence[Line], at: int, known: frozenset[int]) -> int:
    """Return how many rows below a row add up to it, 0 where none do."""
    fewest = 1 if _GROUP.fullmatch(label_key(lines[at].name)) else 2
    end = next((n for n in range(at + 1, min(len(lines), at + _FARTHEST)) if n in known), len(lines))
    return _prefix(lines[at], lines[at + 1 : end], fewest)
