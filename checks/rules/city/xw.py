"""XW: across agencies. Who is missing, who handed in twice, and whether the city adds up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from checks.declared.budget import FUND_FIELDS, field_name
from checks.declared.money import wan_text
from checks.finding import Hit, Severity, Spot
from checks.frames.tables import Tables
from checks.given.handed_in import counted, of_another_year, of_one_agency, told_apart
from checks.given.roster import match_agencies
from checks.rule import COMPLETENESS, FITNESS, quoted, rule

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.rows import Rows


@rule(
    "XW01", Severity.ERROR, COMPLETENESS, scope="batch", summary=True,
    zh={"missing": "应报未报：{agency}", "unexpected": "“{agency}”不在应报单位名单中"},
    en={"missing": "not handed in: {agency}", "unexpected": "“{agency}” is not on the roster"},
)  # fmt: skip
def the_roster_is_complete(forms: Rows, roster: pd.DataFrame) -> list[Hit]:
    """Every agency of the roster handed in, and nobody else did (a warning).

    公式: 名单中的单位（含简称、曾用名）与收到的表一一对应
    依据: 应报单位名单
    错例: 名单有，没有收到
    改法: 催报；名单外的单位请核对名称或补入名单
    Fix: Ask for the form; correct the name or extend the roster
    """
    matched = match_agencies(forms["agency"], roster)
    missing = roster[~roster.index.isin(matched) & (roster["excluded"] == "")]
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
    agencies, paths = tables.forms["agency"], tables.forms["path"]
    made = []
    for *older, kept in of_one_agency(tables):
        for form in older:
            year, sheet = of_another_year(tables, form, kept), str(tables.forms["sheet"].loc[form])
            values = {
                "agency": quoted(agencies.loc[form], 60), "kept": told_apart(tables, form, kept),
                "sheet": quoted(sheet, 40), "year": str(year),
            }  # fmt: skip
            found = sheet if paths.loc[form] == paths.loc[kept] else str(paths.loc[form])
            variant = "" if year is None else "year"
            made.append(Hit(form, (Spot("forms", form, "agency"),), values, variant=variant, found=found))
    return made


@rule(
    "XW10", Severity.ERROR, FITNESS, scope="batch", summary=True,
    zh="全市“{field}”合计{total}万元与逐单位相加的{again}万元不符",
    en="the city's {field_en} of {total} 万元 is not what its agencies add up to, {again} 万元",
)  # fmt: skip
def the_citys_totals_add_up_again(tables: Tables) -> list[Hit]:
    """The city's totals, added up again agency by agency in exact decimals, come out the same; our own control.

    公式: 各资金栏目的全市合计（整数分，整列相加）= 逐单位十进制相加
    依据: 程序自身的控制
    错例: 个别单位金额大到合计超出整数范围
    改法: 核对金额异常大的单位
    Fix: Look at the agencies with implausible amounts
    """
    forms = counted(tables)
    made = []
    for field in FUND_FIELDS:
        known = tables.funds[field].loc[forms].dropna()
        total = int(known.astype("int64").sum())
        again = sum((Decimal(int(fen)) for fen in known), Decimal(0))
        if total != again:
            names = {"field": field_name(field), "field_en": field_name(field, "en")}
            made.append(Hit(-1, (), {**names, "total": wan_text(total), "again": wan_text(int(again))}))
    return made
