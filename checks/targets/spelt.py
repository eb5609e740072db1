"""Reads a value whose number is in Chinese numerals: 半小时内, 两栋, 不少于三场, 每年一次, 三至五天.

One is everywhere in Chinese (一般, 一站式, 一户一档): a numeral is a number only before a known unit, with
nothing beside it but an operator, a bound, a verb, or how often.
"""

from __future__ import annotations

import re
from dataclasses import replace

from checks.targets.number import Measure, measure
from checks.targets.numerals import NUMERALS, in_digits
from checks.targets.units import TIME_UNITS, known_unit
from checks.targets.words import CJK, WEAK, either

_RUN = re.compile(rf"[{NUMERALS}]+")
_TIME = re.compile(either(TIME_UNITS | {"月", "钟头", "个钟头"}))
_EACH = re.compile(
    rf"(?:每[{NUMERALS}]{{0,3}}|[{NUMERALS}]{{1,3}})(?:年|个?月|周|天|日|个?季度|个?学期)[内中]?(?=.*[{NUMERALS}])"
)
_TO = ("至", "到", "-", "~", "—")
_NO_COUNTS = frozenset(
    ["级", "类", "星级", "度", "点", "等", "%", "分", "面", "线", "国", "市", "县", "校", "村", "层", "代"]
)
"""Units before which a numeral says a rank, a place or a manner: 三级, 一面, 一点."""
_THINGS, _THING = (
    frozenset(["份", "篇", "名", "座", "栋", "台", "套", "场", "部", "辆", "幅", "册"]),
    re.compile(rf"{CJK}{{2,4}}"),
)
"""Units that count things and are in no slogan, and what may follow them: 三篇论文."""
_LEADS = re.compile(
    rf"(?:(?:每[{NUMERALS}]{{0,3}}|[{NUMERALS}]{{1,3}})(?:年|个?月|周|天|日|个?季度|个?学期)[内中]?|每[人户场批期]|全年|年内|[上下]?半年)?"
    r"(?:举办|开展|组织|召开|完成|建成|新建|新增|改造|购置|采购|更新|培训|出版|发布|印发|修建|维修|建设|检查|巡查|演练|覆盖)?"
)


def measure_spelt_out(bare: str) -> Measure | None:
    """Return what a text in normal form says, None if it is not a number in numerals altogether."""
    period = _EACH.match(bare)
    runs = list(_RUN.finditer(bare, period.end() if period else 0))
    if not 1 <= len(runs) <= 2:
        return None
    numbers = [_digits_of(run, bare) for run in runs]
    if not all(numbers) or (len(runs) == 2 and bare[runs[0].end() : runs[1].start()] not in _TO):
        return None
    before, behind = bare[: runs[0].start()], bare[runs[-1].end() :]
    between = bare[runs[0].end() : runs[-1].start()] if len(runs) == 2 else ""
    said = measure(before + between.join(numbers) + behind)
    if said is None or said.unit in _NO_COUNTS or not said.unit or not known_unit(said.unit):
        return None
    bound = said.operator and not before.endswith(tuple(WEAK))
    thing = said.unit in _THINGS and not before and _THING.fullmatch(said.word)
    if not bound and not thing and not _LEADS.fullmatch(said.word):
        return None
    return replace(said, notes=(*said.notes, "chinese_numeral"))


def _digits_of(run: re.Match[str], text: str) -> str:
    """Return a run of numerals in digits, with a last 万 or 亿 as typed; "" if it is no number."""
    if run[0] == "半":
        return "0.5" if _TIME.match(text, run.end()) else ""
    core = run[0].rstrip("万亿")
    number = in_digits(core) if core else ""
    return number + run[0][len(core) :] if number else ""
