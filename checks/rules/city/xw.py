"""XW: across agencies. Who is missing, who handed in twice, and whether the city adds up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from checks.declared.budget import Budget
from checks.declared.money import wan_text
from checks.finding import Hit, Severity, Spot
from checks.frames.tables import Tables
from checks.given.handed_in import (
    a_year_before,
    counted,
    handed_in,
    of_another_year,
    of_one_agency,
    told_apart,
)
from checks.given.roster import match_agencies
from checks.given.whose import missing_rows
from checks.likeness.scale import doubts, doubts_beside
from checks.rule import COMPLETENESS, FITNESS, quoted, rule
from checks.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.rows import Rows


@rule(
    "XW01", Severity.ERROR, COMPLETENESS, scope="batch", summary=True,
    zh={"missing": "应报未报：{agency}", "unexpected": "“{agency}”不在应报单位名单中"},
    en={"missing": "not handed in: {agency}", "unexpected": "“{agency}” is not on the roster"},
)  # fmt: skip
def the_roster_is_complete(tables: Tables, forms: Rows, roster: pd.DataFrame) -> list[Hit]:
    """Every agency of the roster handed in, and nobody else did (a warning).

    Who handed in a file that cannot be read, or one without a name in it, handed in: the file's name or folder tells.

    公式: 名单中的单位（按名称、简称、曾用名、代码、文件名、文件夹）与收到的表一一对应
    依据: 应报单位名单
    错例: 名单有，没有收到
    改法: 催报；名单外的单位请核对名称或补入名单
    Fix: Ask for the form; correct the name or extend the roster
    """
    matched = match_agencies(forms["agency"], roster)
    missing = roster.loc[missing_rows(tables, roster)]
    missing = missing[missing["excluded"] == ""]
    made = [Hit(-1, (), {"agency": str(agency)}, variant="missing") for agency in missing["agency"]]
    for form, row, agency in zip(forms.ids.tolist(), matched, forms["agency"], strict=True):
        if row < 0 and agency:
            spots = (Spot("forms", form, "agency"),)
            made.append(
                Hit(
                    form,
                    spots,
                    {"agency": quoted(agency, 60)},
                    Severity.WARNING,
                    "unexpected",
                    found=str(agency),
                )
            )
    return made


@rule(
    "XW02", Severity.WARNING, COMPLETENESS, scope="batch",
    zh={
        "": "“{agency}”重复报送，以{kept}为准，本表不计入汇总",
        "year": "“{agency}”的这张表（工作表“{sheet}”）为{year}年度，以本年度的{kept}为准，本表不计入汇总",
    },
    en={
        "": "“{agency}” handed in more than once; {kept} counts, this one does not",
        "year": "this form of “{agency}” (sheet “{sheet}”) is of {year}; {kept} of this year counts, this one does not",
    },
)  # fmt: skip
def each_agency_hands_in_once(tables: Tables) -> list[Hit]:
    """An agency's form is handed in once; of several of the batch's year the one saved last counts.

    公式: 同一单位一张表；先取批次年度的，再按文件保存时间、文件名先后取最后一份
    依据: 报送要求
    错例: 初稿和修改稿都在文件夹里；上年的工作表留在本年的旁边
    改法: 确认以哪一份为准，删去另一份
    Fix: Say which one counts and take the other away
    """
    agencies, given = tables.forms["agency"].to_dict(), handed_in(tables)
    made = []
    for *older, kept in of_one_agency(tables):
        for form in older:
            own, counts = given[form], given[kept]
            year = of_another_year(own, counts)
            values = {
                "agency": quoted(agencies[form], 60), "kept": told_apart(own, counts),
                "sheet": quoted(own.sheet, 40), "year": str(year),
            }  # fmt: skip
            found = own.sheet if own.path == counts.path else own.path
            variant = "" if year is None else "year"
            made.append(Hit(form, (Spot("forms", form, "agency"),), values, variant=variant, found=found))
    return made


@rule(
    "XW11", Severity.ERROR, FITNESS, scope="batch",
    zh="{why}，金额单位存疑，疑未按“万元”填报，本表金额暂不计入全市汇总，请按万元核改",
    en="{why_en}: the unit is in doubt, probably not 万元; the form is not in the city's sums; check and state 万元",
)  # fmt: skip
def money_is_on_the_scale_of_others(
    tables: Tables, settings: Settings, last_year: Tables | None = None, roster: pd.DataFrame | None = None
) -> list[Hit]:
    """A form's money is not a thousand times last year's, nor 500 times its peers' where nothing explains it.

    What ST09 says of the form alone is not repeated.

    公式: 资金总额与上年相差不到千倍；未写人数的单位，基本支出不到本批中位数的500倍，或有1000万元以下的金额
    依据: 表样注明单位为万元
    错例: 上年8055.47，本年80554700
    改法: 按万元重新填写
    Fix: State the amounts in 万元
    """
    pairs = a_year_before(tables, last_year, roster)[0] if last_year is not None else {}
    known = doubts(tables)
    found = doubts_beside(tables, last_year, pairs, int(settings.threshold("peers_least")))
    return [
        Hit(
            form, (doubt.spot,), {"why": doubt.zh, "why_en": doubt.en},
            found=wan_text(int(tables.funds[doubt.spot.field].loc[form])))
        for form, doubt in sorted(found.items()) if form not in known
    ]  # fmt: skip


@rule(
    "XW10", Severity.ERROR, FITNESS, scope="batch", summary=True,
    zh="全市“{field}”合计{total}万元与逐单位相加的{again}万元不符",
    en="the city's {field_en} of {total} 万元 is not what its agencies add up to, {again} 万元",
)  # fmt: skip
def the_citys_totals_add_up_again(tables: Tables, budget: Budget) -> list[Hit]:
    """The city's totals, added up again agency by agency in exact decimals, come out the same; our own control.

    公式: 各资金栏目的全市合计（整数分，整列相加）= 逐单位十进制相加
    依据: 程序自身的控制
    错例: 个别单位金额大到合计超出整数范围
    改法: 核对金额异常大的单位
    Fix: Look at the agencies with implausible amounts
    """
    forms = counted(tables)
    made = []
    for field in budget.fields:
        known = tables.funds[field].loc[forms].dropna()
        total = int(known.astype("int64").sum())
        again = sum((Decimal(int(fen)) for fen in known), Decimal(0))
        if total != again:
            names = {"field": budget.field_name(field), "field_en": budget.field_name(field, "en")}
            made.append(Hit(-1, (), {**names, "total": wan_text(total), "again": wan_text(int(again))}))
    return made
