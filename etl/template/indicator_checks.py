"""The live checks of an indicator's row: what one row tells by itself, compiled from the framework the rules also read.

✗ is what the rules call an error, △ what they ask to verify. ✓ stands only where every rule that one row can judge was
tried: on the common indicators. Other rows say what of them was checked, because names and words are read at the review.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from checks.declared.framework import Common
from checks.settings import THRESHOLDS
from etl.form.layout import FilledForm, Layout
from etl.template.marks import FAILED, OPEN, PASSED, REMARK, TRIED

_OPERATORS = "≥≤=＝＞＜><"
_YEAR_RATES = ("非税收入预算完成率", "政府采购执行率")
"""Due by the year's end (HF03)."""
_VAGUE = ("约", "左右", "～", "~")
_LENGTHS = ",".join(str(n) for n in range(1, 13))
_PERIODS = {"half": "半年", "full": "全年"}


def indicator_checks(layout: Layout, filled: FilledForm) -> dict[int, str]:
    """Return row → formula of the check, for every indicator line of the form."""
    return {
        layout.at("indicators", number, "name")[0]: _row(layout, filled, number)
        for number in range(len(filled.indicators))
    }


def _row(layout: Layout, filled: FilledForm, number: int) -> str:
    values = _values(layout, number)
    joined = "&".join(cell for _, cell in values)
    said = f"TRIM({'&'.join(_parts(layout, filled, number, values))})"
    if _common(layout, filled, number) is not None:
        return f'=IF({joined}="","{OPEN}",IF({said}="","{PASSED}",{said}))'
    group = _group_parts(layout, filled, number)
    alone = f"TRIM({'&'.join(group)})" if group else '""'
    name = layout.cell("indicators", number, "name")
    return f'=IF({name}&{joined}="",{alone},IF({said}="","{TRIED} 数值已核对",{said}))'


def _values(layout: Layout, number: int) -> list[tuple[str, str]]:
    """Return what the values of a line are called, and their cells; a form may have the full year's alone."""
    periods = layout.form.value_columns
    return [
        (_PERIODS[period] if len(periods) > 1 else "", layout.cell("indicators", number, period))
        for period in periods
    ]


def _role(layout: Layout, filled: FilledForm, number: int) -> str:
    key = filled.indicators[number].block
    return next((block.role for block in layout.form.budget.blocks if block.key == key), key)


def _common(layout: Layout, filled: FilledForm, number: int) -> Common | None:
    """Return what the framework says of a line, None for an agency's own."""
    if _role(layout, filled, number) != "common":
        return None
    name = filled.indicators[number].name
    return next((common for common in layout.form.budget.framework if common.name == name), None)


def _parts(
    layout: Layout, filled: FilledForm, number: int, values: Sequence[tuple[str, str]]
) -> Iterator[str]:
    line, common = filled.indicators[number], _common(layout, filled, number)
    name, joined = layout.cell("indicators", number, "name"), "&".join(cell for _, cell in values)
    if common is None:
        yield _if(f'AND({name}="",{joined}<>"")', FAILED, "缺三级指标名称")
        yield from _group_parts(layout, filled, number)
    unused = f'ISNUMBER(FIND("不适用",{joined if common else f"{name}&{joined}"}))'
    for label, cell in values:
        yield _if(f'AND({cell}="",NOT({unused}))', FAILED, f"缺{label}指标值")
        if common is not None:
            yield from _of_common(common, label, cell, unused)
        else:
            yield from _of_own(label, cell, name, satisfaction=line.level1 == "满意度")
    if len(values) == 2 and (common is None or common.meaning != "qualitative"):
        yield from _of_both(values[0][1], values[1][1], own=common is None)


def _if(condition: str, mark: str, text: str) -> str:
    return f'IF({condition},"{mark} {text} ","")'


def _has_operator(cell: str) -> str:
    return f'ISNUMBER(FIND(LEFT(TRIM({cell})&" ",1),"{_OPERATORS}"))'


def _number(cell: str) -> str:
    """Return the number behind the operator, `%` counted; "" where there is none."""
    body = f"IF({_has_operator(cell)},MID(TRIM({cell}),2,30),TRIM({cell}))"
    return f'IFERROR(LOOKUP(9E+307,--LEFT({body},{{{_LENGTHS}}})),"")'


def _is_number(cell: str) -> str:
    return f"ISNUMBER({_number(cell)})"


def _is_operator(cell: str, operators: str) -> str:
    return f'ISNUMBER(FIND(LEFT(TRIM({cell})&" ",1),"{operators}"))'


def _last(cell: str) -> str:
    return f"RIGHT(TRIM({cell}),1)"


def _of_common(common: Common, label: str, cell: str, unused: str) -> Iterator[str]:
    """Yield the checks of one value of a common indicator: its word, or its operator, unit and bounds."""
    if common.meaning == "qualitative":
        words = "".join(f"/{word}" for word in sorted(common.words)) + "/"
        known = f'ISNUMBER(FIND("/"&TRIM({cell})&"/","{words}"))'
        wrong = f'AND({cell}<>"",NOT({known}),NOT({unused}))'
        figure = f"OR({_has_operator(cell)},{_is_number(cell)})"
        yield _if(f"AND({wrong},{figure})", FAILED, f"{label}值应填“{common.full}”，不填数值")
        yield _if(f"AND({wrong},NOT({figure}))", REMARK, f"{label}值应填“{common.full}”")
        return
    number = _number(cell)
    yield _if(
        f"AND({_is_number(cell)},NOT({_has_operator(cell)}))", REMARK, f"{label}值前请写{common.operator}"
    )
    usual = "≥＞>" if common.operator == "≥" else "≤＜<"
    whole = f"IFERROR(ROUND({number}-1,6)=0,FALSE)" if common.operator == "≥" else "FALSE"
    fits = f"OR({_is_operator(cell, usual)},AND({_is_operator(cell, '=＝')},{whole}))"
    yield _if(
        f"AND({_is_number(cell)},{_has_operator(cell)},NOT({fits}))",
        REMARK,
        f"{label}值建议用{common.operator}",
    )
    yield _if(f'AND({_is_number(cell)},{_last(cell)}<>"%")', FAILED, f"{label}值应以%计")
    for bound, sign in ((common.lower, "<"), (common.upper, ">")):
        if bound is not None:
            limit = f"{Decimal(bound) / 100:f}"
            outside = f'AND({_last(cell)}="%",{_is_number(cell)},IFERROR({number}{sign}{limit},FALSE))'
            yield _if(outside, FAILED, f"{label}值超出{bound:g}%界限")
    if common.name == "结转结余率":
        most = f"{Decimal(THRESHOLDS['carry_over_rate_highest']) / 100:f}"
        yield _if(
            f"AND({_is_number(cell)},IFERROR(AND({number}>{most},{number}<=1),FALSE))",
            REMARK,
            f"{label}值偏高",
        )
    if common.name in _YEAR_RATES and label == "半年":
        due = f"AND({_is_number(cell)},NOT({_is_operator(cell, '≤＜<')}),IFERROR({number}>=1,FALSE))"
        yield _if(due, REMARK, "半年即要求100%，请按上半年计划填写")


def _of_own(label: str, cell: str, name: str, *, satisfaction: bool) -> Iterator[str]:
    """Yield the checks of one value of the agency's own indicators: operator, unit, and that it can be missed."""
    number = _number(cell)
    yield _if(f"AND({_is_number(cell)},NOT({_has_operator(cell)}))", REMARK, f"{label}值前请写≥、≤或=")
    bare = f'AND({_is_number(cell)},ISNUMBER(--{_last(cell)}),{_last(name)}<>"）",IFERROR({number}<>0,FALSE))'
    yield _if(bare, REMARK, f"{label}值缺计量单位")
    always = f"AND({_is_operator(cell, '≥')},IFERROR({number}<=0,FALSE))"
    yield _if(always, REMARK, f"{label}值怎么都能完成")
    vague = ",".join(f'ISNUMBER(FIND("{word}",{cell}))' for word in _VAGUE)
    yield _if(f"AND({_is_number(cell)},OR({vague}))", REMARK, f"{label}值应是确定的数")
    if satisfaction:
        least = f"{Decimal(THRESHOLDS['satisfaction_lowest']) / 100:f}"
        odd = f"IFERROR(OR({number}<{least},{number}>=1),FALSE)"
        yield _if(f'AND({_last(cell)}="%",{_is_number(cell)},{odd})', REMARK, f"{label}满意度请核对")


def _of_both(half: str, full: str, *, own: bool) -> Iterator[str]:
    """Yield the checks of the half-year value against the full-year value."""
    numbers = f"AND({_is_number(half)},{_is_number(full)})"
    alike = f"{_last(half)}={_last(full)}"
    over = f"AND({numbers},{alike},IFERROR({_number(half)}>{_number(full)},FALSE))"
    if own:
        count = f'AND({over},{_last(full)}<>"%",NOT({_is_operator(full, "≤＜<")}))'
        yield _if(count, FAILED, "半年值大于全年值")
        yield _if(
            f'AND({over},{_last(full)}="%",NOT({_is_operator(full, "≤＜<")}))', REMARK, "半年目标高于全年目标"
        )
        units = f'AND({numbers},NOT({alike}),{_last(half)}<>"）",{_last(full)}<>"）"'
        letters = f"NOT(ISNUMBER(--{_last(half)})),NOT(ISNUMBER(--{_last(full)})))"
        yield _if(f"{units},{letters}", FAILED, "两栏计量单位不同")
    rising = f"AND({_is_operator(half, '≥')},{_is_operator(full, '=＝')},IFERROR(ROUND({_number(full)}-1,6)=0,FALSE))"
    zero = f"AND({_is_operator(half, '=＝')},IFERROR({_number(half)}=0,FALSE))"
    signs = f"SUBSTITUTE(LEFT(TRIM({{0}}),1),{chr(34)}＝{chr(34)},{chr(34)}={chr(34)})"
    differ = f"{signs.format(half)}<>{signs.format(full)}"
    both = f"AND({numbers},{_has_operator(half)},{_has_operator(full)},{differ},NOT({rising}),NOT({zero}))"
    yield _if(both, REMARK, "两栏比较符号不同")


def _group_parts(layout: Layout, filled: FilledForm, number: int) -> list[str]:
    """Return what the first line of a group says for all of it: a task without indicator, an effect left out."""
    line, role = filled.indicators[number], _role(layout, filled, number)
    block = [n for n, other in enumerate(filled.indicators) if other.block == line.block]
    if role == "duty" and line.bundle and _leads(filled, number, "bundle"):
        members = [n for n in block if filled.indicators[n].bundle == line.bundle]
        level2, task = (layout.cell("indicators", number, field) for field in ("level2", "key_task"))
        names = _joined(layout, members, "name")
        return [
            _if(f'AND({task}="",{level2}&{names}<>"")', FAILED, "未填写重点工作"),
            _if(f'AND({task}<>"",{names}="")', FAILED, "重点工作没有指标"),
        ]
    if role == "effect" and _leads(filled, number, "level2"):
        members = [n for n in block if filled.indicators[n].level2 == line.level2]
        others = [n for n in block if filled.indicators[n].level1 == line.level1]
        own, every = _joined(layout, members, "name"), _joined(layout, others, "name")
        return [_if(f'AND({own}="",{every}<>"")', REMARK, "本类未设指标，不适用的请填“不适用”")]
    return []


def _leads(filled: FilledForm, number: int, field: str) -> bool:
    before = filled.indicators[number - 1]
    line = filled.indicators[number]
    return before.block != line.block or getattr(before, field) != getattr(line, field)


def _joined(layout: Layout, members: list[int], field: str) -> str:
    return "&".join(layout.cell("indicators", n, field) for n in members)
