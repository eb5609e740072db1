"""Groups of projects and parts of them: rows that repeat the amounts of other rows and are left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.declared.project_name import CHINESE_MARK, without_mark
from checks.declared.text_key import text_key
from etl.money.project_line import (
    _FARTHEST,
    NOISE_FEN,
    PERIODS,
    Line,
    Remark,
    Stated,
    differing,
    equals,
    prefix,
    said_amount,
    score,
    total_of,
)

_GROUP = re.compile(
    r".{1,20}(?:类|类项目|类支出|项目类|:)|[(\[【][^)\]】]{2,12}[)\]】]"
    r"|[★☆●◆]?(?:部门|专项|其他|其它|重点|一般|延续性?|新增|一次性|经常性|市级|本级|民生|基本?建设?|运转|信息化|政府购买服务)"
    r"(?:预算|专项)?(?:项目|资金|支出|经费)(?:支出)?"
)
"""What a category of projects is called, and no project by itself."""
_IS_PART = re.compile(r"[#(（\[【*·\-—]{0,2}其中|(?:包括|其中包括|内含|含)[:：]")


def parts_left_out(lines: Sequence[Line], stated: Stated, remarks: list[Remark]) -> list[Line]:
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
        if any((total_of(parts, p) or 0) > (whole.fen(p) or 0) + NOISE_FEN for p in PERIODS):
            found += differing(whole, parts)
        at += count
    if score(lines, stated) > score(kept, stated):
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
    if equals(whole, lines[at:end]):
        return end - at
    return prefix(whole, lines[at:], end - at) or end - at


def _is_part(line: Line) -> bool:
    texts = ("".join(text.split()) for text in (without_mark(line.name), line.name, line.merged[0]))
    return any(_IS_PART.match(text) for text in texts)


def groups_left_out(lines: Sequence[Line], stated: Stated, remarks: list[Remark]) -> list[Line]:
    """Take out the rows that stand above their items: headings, and sums of what follows."""
    ranks = [line.rank for line in lines]
    heads = frozenset(n for n in range(len(lines)) if _is_heading(lines, ranks, n, stated))
    sums, unequal = _marked_sums(lines, ranks, heads)
    plain = _plain_sums(lines, ranks, heads | sums)
    chosen = _best(lines, stated, (sums, frozenset(), sums | unequal, sums | plain))
    if chosen == sums and not score(_without(lines, chosen), stated) and len(sums | unequal) > 1:
        chosen = sums | unequal
    for n in sorted(heads | chosen):
        line = lines[n]
        remarks.append(
            Remark("project_group", line.place, line.name.strip(), "" if n in heads else said_amount(line))
        )
        if n in unequal and n in chosen:
            items = [lines[i] for i in _followers(ranks, n) if i not in heads | chosen]
            remarks += differing(line, items)
    return [line for n, line in enumerate(lines) if n not in heads | chosen]


def _without(lines: Sequence[Line], chosen: frozenset[int]) -> list[Line]:
    return [line for n, line in enumerate(lines) if n not in chosen]


def _best(lines: Sequence[Line], stated: Stated, choices: Sequence[frozenset[int]]) -> frozenset[int]:
    """Return the choice of rows without which the others fit best what is stated; of several the first."""
    return max(choices, key=lambda choice: score(_without(lines, choice), stated))


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
        alone = only_headings(lines, ranks[at]) and score(lines, stated) > 0
        return bool(below) and (ranks[at] in CHINESE_MARK or any(ranks[n] for n in below) or alone)
    key = text_key(line.name)
    return line.name.rstrip().endswith(("：", ":")) or (
        _GROUP.fullmatch(key) is not None and (score(lines, stated) > 0 or stated.get("full") is None)
    )


def only_headings(lines: Sequence[Line], rank: int) -> bool:
    """Return whether no row with a mark of a rank has an amount: the mark numbers headings and no projects."""
    return all(line.empty for line in lines if line.rank == rank)


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
        if prefix(lines[at], [lines[n] for n in items]):
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
    fewest = 1 if _GROUP.fullmatch(text_key(lines[at].name)) else 2
    end = next((n for n in range(at + 1, min(len(lines), at + _FARTHEST)) if n in known), len(lines))
    return prefix(lines[at], lines[at + 1 : end], fewest)
