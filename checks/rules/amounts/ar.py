"""AR: arithmetic. Sums, balances, order and form of the amounts, all in exact fen.

Tolerances of every sum, in 万元 (the catalogue's): a difference up to 0.005 passes; up to
max(0.01, 0.005 x (addends + 1)) is a rounding remainder (尾差, info); a whole stated total over addends
with decimals may be up to 0.5 off (取整, warning); anything above is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from checks.declared.budget import FEN_PER_WAN, Budget
from checks.declared.money import wan_text
from checks.declared.project_name import project_key
from checks.declared.relation import AtMost, Relation
from checks.declared.tolerance import tolerance_classes
from checks.finding import Hit, Severity, Spot
from checks.frames.tables import Tables
from checks.promises import EACH, Breaches, promise
from checks.rule import COMPLETENESS, FITNESS, RELEVANCE, Verdict, hits, quoted, rule, told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from checks.frames.rows import Mask, Rows

_UNREAD = {"zh": "合计或明细中有无法读取的金额", "en": "an amount of the sum cannot be read"}
_SUSPENDED = {
    "zh": "资金部分有表样以外的金额行，该侧合计暂不核对",
    "en": "a line that the form does not declare stands among the amounts: the sums of its side are not judged",
}
_HUNDREDTH_FEN = FEN_PER_WAN // 100
_CLASS_SEVERITY = {"rounding": Severity.INFO, "integer": Severity.WARNING, "broken": Severity.ERROR}
_SUM_ZH = {
    "broken": "{total}填{stated}万元，各项之和为{computed}万元，差{difference}万元",
    "integer": "{total}填{stated}万元，各项之和为{computed}万元，差{difference}万元，疑似取整",
    "rounding": "{total}填{stated}万元，各项之和为{computed}万元，尾差{difference}万元",
}
_SUM_EN = {
    "broken": "{total_en} is {stated} 万元, its parts add up to {computed} 万元, off by {difference}",
    "integer": "{total_en} is {stated} 万元, its parts add up to {computed} 万元, off by {difference}: looks rounded",
    "rounding": "{total_en} is {stated} 万元, its parts add up to {computed} 万元, a rounding remainder of {difference}",
}


def _one_side_empty(sums: Rows) -> Mask:
    """Where the total is nothing and the parts are not, or the reverse: that is AR12's to say."""
    return (sums["stated"] == 0) != (sums["computed"] == 0)


def _spots(relation: Relation, projects: Rows, form: int) -> tuple[Spot, ...]:
    totals = tuple(Spot("funds", form, total) for total in relation.totals)
    if relation.rows:
        rows = projects.ids[projects.form == form].tolist()
        return (*totals, *(Spot("projects", row, relation.rows) for row in rows))
    return (*totals, *(Spot("funds", form, part) for part in relation.parts))


def _unequal(code: str, budget: Budget, funds: Rows, projects: Rows, sums: Mapping[str, Rows]) -> Verdict:
    """Return the breaches of one declared sum over the stack, by class of difference."""
    relation, mine = budget.sum_by_code[code], sums[code]
    classes = tolerance_classes(*(mine[name] for name in ("stated", "computed", "addends", "fractional")))
    breached = mine["judged"] & (classes != "equal") & ~_one_side_empty(mine)
    both = zip(_breaches(mine.where(breached)), classes[breached].tolist(), strict=True)
    made = [_hit(budget, relation, projects, breach, variant) for breach, variant in both]
    empty = _no_rows(relation, mine, funds)
    unknown = ~mine["judged"] & ~empty
    not_run = dict.fromkeys(mine.ids[unknown].tolist(), _UNREAD)
    not_run |= dict.fromkeys(mine.ids[unknown & mine["suspended"]].tolist(), _SUSPENDED)
    return Verdict(made, frozenset(mine.ids[empty].tolist()), not_run)


class _Breach(NamedTuple):
    """A form's sum that does not hold: stated and computed in fen."""

    form: int
    stated: int
    computed: int


def _breaches(sums: Rows) -> Iterator[_Breach]:
    columns = (sums.ids.tolist(), sums["stated"].tolist(), sums["computed"].tolist())
    return map(_Breach, *columns)


def _no_rows(relation: Relation, sums: Rows, funds: Rows) -> Mask:
    """Where a sum over project rows has no row to add up (CP07 speaks of that)."""
    readable = funds.readable(relation.total) & ~sums["suspended"]
    return (sums["addends"] == 0) & bool(relation.rows) & readable


def _hit(budget: Budget, relation: Relation, projects: Rows, breach: _Breach, variant: str) -> Hit:
    form, stated, computed = breach
    return Hit(
        form,
        _spots(relation, projects, form),
        {
            "total": "与".join(budget.field_name(total) for total in relation.totals),
            "total_en": " and ".join(budget.field_name(total, "en") for total in relation.totals),
            "stated": wan_text(stated),
            "computed": wan_text(computed),
            "difference": wan_text(abs(computed - stated)),
        },
        severity=_CLASS_SEVERITY[variant],
        variant=variant,
        found=wan_text(stated),
        expected=wan_text(computed),
        difference=wan_text(stated - computed),
    )


@rule("AR01", Severity.ERROR, FITNESS, zh=_SUM_ZH, en=_SUM_EN, asks=("sum:AR01",))
def appropriation_is_the_sum_of_its_sources(
    budget: Budget, funds: Rows, projects: Rows, sums: Mapping[str, Rows]
) -> Verdict:
    """The appropriation subtotal is the sum of its four sources.

    公式: 财政拨款小计 = 一般公共预算资金 + 政府性基金 + 财政专户管理资金 + 国有资本金
    依据: 表内勾稽关系
    错例: 四项之和为8055.47，小计填8005.47
    改法: 核对四项来源和小计，改正填错的一格
    Fix: Compare the four sources with the subtotal and correct the wrong cell
    """
    return _unequal("AR01", budget, funds, projects, sums)


@rule("AR02", Severity.ERROR, FITNESS, zh=_SUM_ZH, en=_SUM_EN, asks=("sum:AR02",))
def total_is_the_sum_of_all_income(
    budget: Budget, funds: Rows, projects: Rows, sums: Mapping[str, Rows]
) -> Verdict:
    """Total funds are the appropriation, social insurance funds, money carried in and other funds together.

    公式: 资金总额 = 财政拨款小计 + 社保基金 + 上年结转资金 + 其他资金
    依据: 表内勾稽关系
    错例: 上年结转资金50未计入资金总额
    改法: 核对各项收入和资金总额，改正填错的一格
    Fix: Compare the income lines with the total and correct the wrong cell
    """
    return _unequal("AR02", budget, funds, projects, sums)


@rule("AR03", Severity.ERROR, FITNESS, zh=_SUM_ZH, en=_SUM_EN, asks=("sum:AR03",))
def expenditure_balances_income(
    budget: Budget, funds: Rows, projects: Rows, sums: Mapping[str, Rows]
) -> Verdict:
    """Basic and project expenditure of the year together are the total funds.

    公式: 资金总额 = 基本支出(全年) + 项目支出(全年)
    依据: 收支平衡
    错例: 资金总额8055.47，基本支出721.26，项目支出7434.21
    改法: 核对基本支出、项目支出的全年预算数与资金总额
    Fix: Compare basic and project expenditure of the year with total funds
    """
    return _unequal("AR03", budget, funds, projects, sums)


@rule("AR04", Severity.ERROR, FITNESS, zh=_SUM_ZH, en=_SUM_EN, asks=("sum:AR04",))
def projects_of_the_year_add_up(
    budget: Budget, funds: Rows, projects: Rows, sums: Mapping[str, Rows]
) -> Verdict:
    """Project expenditure of the year is the sum of the projects.

    公式: 项目支出(全年) = Σ 各项目全年预算数
    依据: 表内勾稽关系
    错例: 漏列一个项目，合计大于明细之和
    改法: 核对项目明细与项目支出合计，改正填错或漏列的一行
    Fix: Compare the project rows with the total and correct the wrong or missing row
    """
    return _unequal("AR04", budget, funds, projects, sums)


@rule("AR05", Severity.ERROR, FITNESS, zh=_SUM_ZH, en=_SUM_EN, asks=("sum:AR05",))
def projects_of_the_half_year_add_up(
    budget: Budget, funds: Rows, projects: Rows, sums: Mapping[str, Rows]
) -> Verdict:
    """Project expenditure planned by mid-year is the sum of the projects' half-year plans.

    公式: 项目支出(半年) = Σ 各项目半年计划执行数
    依据: 表内勾稽关系
    错例: 明细之和为2268.85，合计填2268
    改法: 按各项目半年计划执行数重新合计，合计不要省略小数
    Fix: Add the projects' half-year plans up again and keep the decimals of the total
    """
    return _unequal("AR05", budget, funds, projects, sums)


@rule(
    "AR06", Severity.ERROR, FITNESS, asks=("half_money",),
    zh="{item}半年计划执行数{half}万元大于全年预算数{full}万元",
    en="{item_en}: the half-year plan of {half} 万元 is above the year's budget of {full} 万元",
)  # fmt: skip
def half_year_is_within_the_year(budget: Budget, funds: Rows, projects: Rows) -> list[Hit]:
    """No row plans more by mid-year than for the whole year.

    公式: 半年计划执行数 ≤ 全年预算数，逐行
    依据: 表内勾稽关系
    错例: 半年120，全年12
    改法: 核对这一行的半年数和全年数，常见原因是两格填反或小数点错位
    Fix: Compare the two amounts of the row; often they are swapped or a decimal point moved
    """
    made = []
    for order in budget.orders:
        if order.of == "sum":
            continue
        above = _above(funds if order.table == "funds" else projects, order)
        if order.table == "funds":
            line = budget.line_of(order.larger)
            made += _above_hits(above, order, line.zh, line.en)
        else:
            made += _above_hits(above, order, told(above, "name"), told(above, "name"))
    return made


def _above(rows: Rows, order: AtMost) -> Rows:
    known = rows.readable(order.smaller) & rows.equal(f"{order.larger}_state", "number")
    return rows.where(known & (rows.fen(order.smaller) - rows.fen(order.larger) > 5_000))


def _above_hits(above: Rows, order: AtMost, item: str | list[str], item_en: str | list[str]) -> list[Hit]:
    half, full = above.fen(order.smaller), above.fen(order.larger)
    smaller, larger = _wan(half), _wan(full)
    return hits(
        above, [f"{order.table}.{order.smaller}", f"{order.table}.{order.larger}"],
        found=smaller, expected=[f"≤{text}" for text in larger], difference=_wan(half - full),
        item=item, item_en=item_en, half=smaller, full=larger,
    )  # fmt: skip


def _wan(fen: NDArray[np.int64]) -> list[str]:
    return [wan_text(amount) for amount in fen.tolist()]


promise(
    "AR07", {"funds": (EACH,), "projects": ("half", "full")}, lambda amounts: ~(amounts < 0).fillna(False)
)


@rule(
    "AR07",
    Severity.ERROR,
    FITNESS,
    zh="{item}金额为负数{amount}万元，请核对符号",
    en="{item_en} is negative: {amount} 万元",
)
def no_amount_is_negative(budget: Budget, funds: Rows, projects: Rows, breaches: Breaches) -> list[Hit]:
    """No amount is below zero.

    公式: 金额 ≥ 0
    依据: 预算数不为负
    错例: 其他资金填-5
    改法: 核对符号；上年结转的冲减请在正数中反映并说明
    Fix: Check the sign; state corrections of money carried in within the positive amount
    """
    made = []
    for field in budget.fields:
        below = breaches.of("AR07", funds, "funds", field)
        made += _negative(below, f"funds.{field}", budget.field_name(field), budget.field_name(field, "en"))
    for field in ("half", "full"):
        below = breaches.of("AR07", projects, "projects", field)
        made += _negative(below, f"projects.{field}", told(below, "name"), told(below, "name"))
    return made


def _negative(below: Rows, place: str, item: str | list[str], item_en: str | list[str]) -> list[Hit]:
    text = _wan(below.fen(place.partition(".")[2]))
    return hits(below, [place], found=text, expected="≥0", item=item, item_en=item_en, amount=text)


@rule(
    "AR08", Severity.INFO, COMPLETENESS,
    zh="{count}处金额超过两位小数，如{item}{amount}万元",
    en="{count} amounts have more than two decimals, such as {item_en}: {amount} 万元",
)  # fmt: skip
def amounts_have_two_decimals(budget: Budget, funds: Rows, projects: Rows) -> list[Hit]:
    """Amounts are stated with at most two decimals of 万元; said once a form.

    公式: 金额(万元)的小数位数 ≤ 2
    依据: 填报说明（个别地方允许六位小数）
    错例: 12.345
    改法: 保留两位小数，并相应核对合计
    Fix: Keep two decimals and check the totals again
    """
    named = [("funds", f, budget.field_name(f), budget.field_name(f, "en")) for f in budget.fields]
    found: dict[int, list[tuple[Spot, str, str, str]]] = {}
    for table, field, item, item_en in (*named, ("projects", "half", "", ""), ("projects", "full", "", "")):
        rows = funds if table == "funds" else projects
        fine = rows.where(rows.fen(field) % _HUNDREDTH_FEN != 0)
        names = [""] * len(fine) if item else told(fine, "name")
        columns = (fine.ids.tolist(), fine.form.tolist(), names, fine.fen(field).tolist())
        for row, form, name, fen in zip(*columns, strict=True):
            entry = (Spot(table, row, field), item or name, item_en or name, wan_text(fen))
            found.setdefault(form, []).append(entry)
    return [_too_fine(form, cells) for form, cells in sorted(found.items())]


def _too_fine(form: int, cells: list[tuple[Spot, str, str, str]]) -> Hit:
    _, item, item_en, amount = cells[0]
    values = {"count": str(len(cells)), "item": item, "item_en": item_en, "amount": amount}
    return Hit(form, tuple(cell[0] for cell in cells), values, found=amount)


@rule(
    "AR09", Severity.WARNING, COMPLETENESS, asks=("projects",),
    zh="项目“{item}”全年预算数为0", en="project “{item}” has a year's budget of 0",
)  # fmt: skip
def every_project_has_money(projects: Rows) -> list[Hit]:
    """A project that is listed has a budget for the year.

    公式: 项目全年预算数 > 0
    依据: 项目支出按预算列示
    错例: 结转项目仅作备忘，金额填0
    改法: 补填金额，或删去不再安排资金的项目
    Fix: State the amount, or take out a project without money
    """
    nothing = projects.equal("full_state", "number") & (projects.fen("full") == 0)
    rows = projects.where(nothing & ~projects.equal("name", ""))
    return hits(rows, ["projects.full", "projects.name"], found="0", item=told(rows, "name"))


@rule(
    "AR10", Severity.WARNING, COMPLETENESS, asks=("projects",),
    zh="项目“{item}”重复列示", en="project “{item}” is listed more than once",
)  # fmt: skip
def no_project_is_listed_twice(projects: Rows) -> list[Hit]:
    """No project name stands twice in one form.

    公式: 项目名称（去空格、统一全半角后）不重复
    依据: 一个项目一行
    错例: “体检费”出现两次
    改法: 合并为一行；资金来源不同的请在名称中区分
    Fix: Merge the rows, or tell two sources of money apart in the name
    """
    keys = zip(projects.form.tolist(), projects.each("name", project_key).tolist(), strict=True)
    first: dict[tuple[int, str], int] = {}
    made = []
    for row, (form, key), name in zip(projects.ids.tolist(), keys, projects["name"], strict=True):
        other = first.setdefault((form, key), row)
        if other != row and key:
            spots = (Spot("projects", row, "name"), Spot("projects", other, "name"))
            made.append(Hit(form, spots, {"item": quoted(name)}, found=name))
    return made


@rule(
    "AR11", Severity.INFO, RELEVANCE, asks=("sum:AR05", "basic_half", "project_half"),
    zh="半年计划执行数为整数（{amounts}万元），而项目明细有小数，疑似取整估算，请按明细填写",
    en="half-year totals are whole numbers ({amounts} 万元) while what they sum has decimals: looks estimated",
)  # fmt: skip
def half_year_totals_are_not_rounded(funds: Rows, sums: Mapping[str, Rows]) -> list[Hit]:
    """The half-year total of the projects carries decimals where they add up to some.

    A round plan of basic expenditure alone is how plans are made; it is named where the total was rounded too.

    公式: 项目支出半年合计为整数万元，而项目明细之和有小数；基本支出半年数也为整数的一并提示
    依据: 支出计划应逐项测算
    错例: 基本支出半年288，全年721.26
    改法: 按实际测算结果填写半年计划执行数
    Fix: State the half-year plan as calculated
    """
    listed = sums["AR05"]
    estimated = listed["judged"] & listed["fractional"] & (listed["stated"] != listed["computed"])
    whole = {
        "basic_half": estimated
        & _is_whole(funds, "project_half")
        & (funds.fen("basic_full") % FEN_PER_WAN != 0),
        "project_half": estimated,
    }
    found: dict[int, list[tuple[str, int]]] = {}
    for field, fractional in whole.items():
        rounded = _is_whole(funds, field) & fractional
        for form, amount in zip(funds.ids[rounded].tolist(), funds.fen(field)[rounded].tolist(), strict=True):
            found.setdefault(form, []).append((field, amount))
    return [
        Hit(
            form, tuple(Spot("funds", form, field) for field, _ in entries),
            {"amounts": "、".join(wan_text(amount) for _, amount in entries)},
        )
        for form, entries in sorted(found.items())
    ]  # fmt: skip


def _is_whole(funds: Rows, field: str) -> Mask:
    """Return where an amount is a whole number of 万元 above 0."""
    fen = funds.fen(field)
    return (fen > 0) & (fen % FEN_PER_WAN == 0)


@rule(
    "AR12", Severity.ERROR, FITNESS,
    zh={
        "total": "{total}为0或空，而各项之和为{computed}万元",
        "parts": "{total}填{stated}万元，而各项均为0或空",
    },
    en={
        "total": "{total_en} is 0 or empty while its parts add up to {computed} 万元",
        "parts": "{total_en} is {stated} 万元 while all its parts are 0 or empty",
    },
)  # fmt: skip
def totals_and_parts_are_filled_together(
    budget: Budget, projects: Rows, sums: Mapping[str, Rows]
) -> Sequence[Hit]:
    """A total is not empty over parts that are filled, nor the reverse.

    公式: 合计 = 0 当且仅当各项之和 = 0
    依据: 表内勾稽关系
    错例: 四项来源已填，小计为0
    改法: 补填合计或各项明细
    Fix: Fill in the total or its parts
    """
    made = []
    for code, relation in budget.sum_by_code.items():
        mine = sums[code]
        apart = abs(mine["stated"] - mine["computed"]) > 5_000
        for breach in _breaches(mine.where(mine["judged"] & _one_side_empty(mine) & apart)):
            made.append(_as_one_sided(_hit(budget, relation, projects, breach, "broken"), breach.stated == 0))
    return made


def _as_one_sided(hit: Hit, total_empty: bool) -> Hit:
    return Hit(
        hit.form, hit.spots, hit.values, variant="total" if total_empty else "parts",
        found=hit.found, expected=hit.expected, difference=hit.difference,
    )  # fmt: skip


@rule(
    "AR13",
    Severity.ERROR,
    FITNESS,
    zh="占比{share}与金额测算{computed}不一致",
    en="share {share} is not {computed}",
)
def shares_match_amounts(tables: Tables) -> Verdict:
    """Stated shares are the amounts over their total, for forms that have such columns.

    公式: 占比 = 金额 / 合计，差异不超过0.05个百分点
    依据: 表内勾稽关系
    错例: 金额20、合计80，占比填24%
    改法: 按金额重新计算占比
    Fix: Work the share out again from the amounts
    """
    return Verdict((), not_applicable=frozenset(tables.forms.index.tolist()))
