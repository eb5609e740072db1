"""XW: across agencies. Who is missing, who handed in twice, what two agencies share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.finding import Hit, Severity, Spot
from checks.framework import name_key
from checks.roster import match_agencies
from checks.rule import COMPLETENESS, rule

if TYPE_CHECKING:
    import pandas as pd


@rule(
    "XW01", Severity.ERROR, COMPLETENESS, scope="batch", summary=True,
    zh={"missing": "应报未报：{agency}", "unexpected": "“{agency}”不在应报单位名单中"},
    en={"missing": "not handed in: {agency}", "unexpected": "“{agency}” is not on the roster"},
)  # fmt: skip
def the_roster_is_complete(forms: pd.DataFrame, roster: pd.DataFrame) -> list[Hit]:
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
    for form, row, agency in zip(forms.index.tolist(), matched, forms["agency"], strict=True):
        if row < 0 and agency:
            spots = (Spot("forms", form, "agency"),)
            made.append(
                Hit(form, spots, {"agency": str(agency)}, Severity.WARNING, "unexpected", found=str(agency))
            )
    return made


@rule(
    "XW02", Severity.WARNING, COMPLETENESS, scope="batch",
    zh="“{agency}”重复报送，以{kept}为准，本表不计入汇总", en="“{agency}” handed in more than once; {kept} counts, this one does not",
)  # fmt: skip
def each_agency_hands_in_once(files: pd.DataFrame, forms: pd.DataFrame) -> list[Hit]:
    """An agency's form is handed in once; of several the one saved last counts.

    公式: 同一单位一张表；按文件保存时间、文件名先后取最后一份
    依据: 报送要求
    错例: 初稿和修改稿都在文件夹里
    改法: 确认以哪一份为准，删去另一份
    Fix: Say which one counts and take the other away
    """
    groups: dict[str, list[int]] = {}
    for form, agency in forms["agency"].items():
        if agency:
            groups.setdefault(name_key(str(agency)), []).append(int(str(form)))
    made = []
    for group in groups.values():
        *older, kept = sorted(group, key=lambda form: (*_age(files, forms, form), form))
        for form in older:
            values = {"agency": str(forms["agency"].loc[form]), "kept": str(forms["path"].loc[kept])}
            made.append(
                Hit(form, (Spot("forms", form, "agency"),), values, found=str(forms["path"].loc[form]))
            )
    return made


def _age(files: pd.DataFrame, forms: pd.DataFrame, form: int) -> tuple[str, str]:
    file = forms["file"].loc[form]
    return str(files["modified"].loc[file]), str(files["path"].loc[file])
