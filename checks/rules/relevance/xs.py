"""XS: one form agrees with itself: names, years, people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from checks.declared.budget import Budget
from checks.declared.money import wan_text
from checks.declared.text_key import text_key
from checks.declared.tolerance import EQUAL_FEN
from checks.finding import Hit, Severity, Spot
from checks.given.roster import core_name, match_agencies
from checks.rule import COMPLETENESS, FITNESS, RELEVANCE, Verdict, hits, quoted, rule
from checks.wording.staffing import posts, staff
from checks.wording.years import is_settled

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.rows import Rows

_TOLD_APART = re.compile(
    r"[0-9a-z一二三四五六七八九十东西南北中上下前后大小高新老甲乙丙丁第()本级汇总机关部]"
)
"""Characters that make two names two agencies: 第一中学 and 第二中学."""
_OWN_NAME = re.compile(
    r"(?P<name>[\u4e00-\u9fff（）()]{4,30}(?:局|委员会|委|办公室|中心|站|所|馆|院|处|队|校|中学|小学|大学|学院|医院|协会|联合会|社))(?:\([^()]{1,8}\)|（[^（）]{1,8}）)?(?:是|系|为(?!了|主)|主要(?:负责|承担|职[能责])|成立于)"
)
_ANYBODY = re.compile(r"^(?:本|我|该|其|各|市|区|全)|[，。；：、]|隶属|主管|直属")


@rule(
    "XS01", Severity.WARNING, COMPLETENESS,
    zh={"": "同一文件中单位名称不一致：“{name}”“{other}”，请统一", "text": "文字中自称“{other}”，单位名称为“{name}”，请统一"},
    en={"": "one file names the agency “{name}” and “{other}”", "text": "the text speaks of “{other}”, the agency is “{name}”"},
)  # fmt: skip
def the_agency_has_one_name(forms: Rows) -> list[Hit]:
    """The agency is called the same on every form of a file and where its texts introduce it.

    Names that numerals, directions or 本级/汇总 tell apart are two agencies.

    公式: 同一文件各表的单位名称相同；职能、机构设置开头的自称与单位名称一致
    依据: 填报要求
    错例: 一张表为“教育装备中心”，另一张为“教育装备中兴”
    改法: 统一单位名称
    Fix: Use one name
    """
    named = forms.where(forms.test("agency", bool))
    files: dict[int, list[tuple[int, str]]] = {}
    for form, file, agency in zip(named.ids.tolist(), named["file"].tolist(), named["agency"], strict=True):
        files.setdefault(file, []).append((form, str(agency)))
    made = []
    for _, group in sorted(files.items()):
        for (_, name), (other, second) in combinations(group, 2):
            if _is_slip(text_key(name), text_key(second)):
                values = {"name": quoted(name), "other": quoted(second)}
                made.append(Hit(other, (Spot("forms", other, "agency"),), values, found=second))
    for field in ("functions", "staffing"):
        for form, text, agency in zip(named.ids.tolist(), named.texts(field), named["agency"], strict=True):
            stated = _introduced(text, str(agency))
            if stated:
                values = {"name": quoted(agency), "other": quoted(stated)}
                spots = (Spot("forms", form, field), Spot("forms", form, "agency"))
                made.append(Hit(form, spots, values, variant="text", found=stated))
    return made


def _is_slip(one: str, other: str) -> bool:
    """Return whether two names differ by a slip of the hand and by nothing that tells agencies apart."""
    from rapidfuzz.distance import Levenshtein

    if one == other or min(len(one), len(other)) < 6 or Levenshtein.distance(one, other, score_cutoff=2) > 2:
        return False
    changed = "".join(
        one[step.src_start : step.src_end] + other[step.dest_start : step.dest_end]
        for step in Levenshtein.opcodes(one, other)
        if step.tag != "equal"
    )
    return not _TOLD_APART.search(changed)


def _introduced(text: str, agency: str) -> str:
    """Return the name by which a text introduces its agency at its start, where it is another's; else ""."""
    match = _OWN_NAME.match("".join(text[:80].split()))
    if not match or _ANYBODY.search(match["name"]):
        return ""
    stated, own = core_name(match["name"]), core_name(agency)
    return "" if stated in own or own in stated or own.endswith(stated[-6:]) else match["name"]


_YEAR = re.compile(r"(?<![0-9〔\[【（(.．/])(20[0-9]{2})(?![0-9〕\]】.．])")
_SPAN = re.compile(r"(20[0-9]{2})年?度?[-－—~～至到和及、与](20[0-9]{2})")
_EXPLAINED = re.compile(
    r"尾款|续建|结转|质保金|保证金|跨年|往年|上年|以前年度|欠款|余款|决算|审计|清算|验收|延续|收尾|剩余|遗留|补缴|追加|考核|奖励|兑现|规划|五年|标准|文件|号文|提前|[0-9]级|年级|届|学年|赛季|[一二两三]年期"
)
_CLAUSE = re.compile(r"[，。；！？,;!?]")
_SAID_OF_IT = re.compile(
    r"(?:较|比|同比|在|自|从|按照?|根据|依据|对照|截至|截止|基于|到|至|《[^《》]{0,40}|版|[0-9]年[、和及与至])$"
)
_DONE_THEN = re.compile(
    r"^(?:年|年度)?(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?(?:年?(?:底|末|初)|以来|起|以前|之前|版|届|完成|已|实际|决算|结转|考核|同期|相比|基础上|水平|标准|规划|文件|第?[0-9]+号)"
)


@rule(
    "XS02", Severity.WARNING, RELEVANCE,
    zh="{field}“{text}”中的年份{found}不是预算年度{year}，请改正，或写明续建、尾款等原因", en="{found} in {field_en} is not the fiscal year {year}: “{text}”",
)  # fmt: skip
def years_are_the_fiscal_year(forms: Rows, projects: Rows, indicators: Rows) -> Verdict:
    """Years in names and goals are the fiscal year, or the words beside them say why not.

    Ranges that include it, 尾款, 续建, 结转, plans, standards, document numbers and comparisons pass; a long-term
    goal may look ahead. “Y-1年度” left in a goal is YY02's.

    公式: 名称、目标中的年份=预算年度；跨年度区间、尾款、续建、文号、比较、规划除外
    依据: 填报要求
    错例: 2023年度的表列“2022年校舍维修项目”
    改法: 改正年份，或写明续建、尾款等原因
    Fix: Correct the year, or say that it is carried on
    """
    dated = forms.given("fiscal_year")
    known = dict(zip(forms.ids[dated].tolist(), forms.fen("fiscal_year")[dated].tolist(), strict=True))
    made = []
    for spot, form, text, names in _dated(forms, projects, indicators):
        if form in known:
            goal = spot.field.endswith("goal")
            other, context = _other_year(text, known[form], goal, ahead=spot.field == "long_term_goal")
            if other:
                values = {
                    "field": names[0], "field_en": names[1], "year": str(known[form]), "text": quoted(context),
                }  # fmt: skip
                made.append(Hit(form, (spot,), values, found=other, expected=str(known[form])))
    reason = {"zh": "未读到预算年度", "en": "the fiscal year was not found"}
    return Verdict(made, not_run=dict.fromkeys(forms.ids[~dated].tolist(), reason))


def _dated(forms: Rows, projects: Rows, indicators: Rows) -> Iterator[tuple[Spot, int, str, tuple[str, str]]]:
    """Yield the texts that may name a year: spot, form, text and what the field is called."""
    for field, names in (
        ("annual_goal", ("年度目标", "the annual goal")),
        ("long_term_goal", ("中长期目标", "the long-term goal")),
    ):
        for form, text in zip(forms.ids.tolist(), forms.texts(field), strict=True):
            if "20" in text[:5000]:
                yield Spot("forms", form, field), form, text[:5000], names
    duty = indicators.where(~indicators.equal("block", "common"))
    for rows, table, field, names in (
        (projects, "projects", "name", ("项目名称", "a project's name")),
        (duty, "indicators", "key_task", ("重点工作", "a key task")),
        (duty, "indicators", "name", ("指标名称", "an indicator's name")),
    ):
        dated = rows.where(rows.test(field, lambda text: "20" in text))
        first = dated.where(dated.groups("form", field).leads)
        for row, form, text in zip(first.ids.tolist(), first.form.tolist(), first[field], strict=True):
            if "20" in text[:600]:
                yield Spot(table, row, field), form, text[:600], names


def _other_year(text: str, year: int, goal: bool, ahead: bool) -> tuple[str, str]:
    """Return a year that is not the fiscal year and the words around it; empty where there is none."""
    bare = "".join(text.split())
    if not goal and _EXPLAINED.search(bare):
        return "", ""
    spans = [match.span() for match in _SPAN.finditer(bare) if int(match[1]) <= year <= int(match[2])]
    for match in _YEAR.finditer(bare):
        found, (start, end) = int(match[1]), match.span()
        if found == year or (ahead and found > year) or any(a <= start < b for a, b in spans):
            continue
        clause = bare[start : end + 30].partition("。")[0]
        if goal and bare.startswith(f"{year - 1}年度", start):
            continue
        if found == year - 1 and is_settled(_CLAUSE.split(bare[:start])[-1], clause.removeprefix(match[1])):
            continue
        if _SAID_OF_IT.search(bare[max(0, start - 45) : start]) or _DONE_THEN.match(bare[end : end + 20]):
            continue
        if not _EXPLAINED.search(clause):
            return match[1], bare[max(0, start - 6) : end + 14]
    return "", ""


@rule(
    "XS08", Severity.ERROR, FITNESS, asks=("sum:XS08",), zh="重点工作金额合计{found}大于项目支出{expected}", en="key tasks of {found} exceed project expenditure of {expected}",
)  # fmt: skip
def key_tasks_cost_no_more_than_projects(budget: Budget, funds: Rows, projects: Rows) -> list[Hit]:
    """The money of all key tasks is at most the project expenditure, for forms that have such a column.

    公式: Σ重点工作金额 ≤ 项目支出
    依据: 表内勾稽关系
    错例: 重点工作合计600万元，项目支出500万元
    改法: 核对重点工作金额
    Fix: Check the money of the key tasks
    """
    import numpy as np

    made = []
    for order in (order for order in budget.orders if order.of == "sum"):
        form, count = funds.ids.searchsorted(projects.form), len(funds)
        listed = np.zeros(count, dtype=np.int64)
        np.add.at(listed, form, projects.fen(order.smaller))
        unread = np.bincount(form[~projects.readable(order.smaller)], minlength=count) > 0
        known = funds.equal(f"{order.larger}_state", "number") & ~unread
        above = known & (listed - funds.fen(order.larger) > EQUAL_FEN)
        rows = funds.where(above)
        tasks = [wan_text(fen) for fen in listed[above].tolist()]
        most = [wan_text(fen) for fen in rows.fen(order.larger).tolist()]
        made += hits(rows, [f"funds.{order.larger}"], found=tasks, expected=most)
    return made


_PARTS = re.compile(
    r"(?P<what>编制|在编|在职|在岗|实有|现有)[^0-9。；]{0,12}(?P<total>[0-9]{1,6})[人名个]?[，,：:（(]?其中[：:]?(?P<parts>[^。；;]{2,120})"
)
_ENTRY = re.compile(r"(?P<what>[\u4e00-\u9fff]{2,10})[：:为]?(?P<count>[0-9]{1,6})[人名个]")
_NO_SHARE = re.compile(r"女|男|党员|博士|硕士|本科|大专|研究生|学历|高级|中级|初级|职称|正高|副高|少数民族|岁|退休|退役|处级|科级|在编|在岗")  # fmt: skip


@rule(
    "XS09", Severity.WARNING, FITNESS,
    zh={"parts": "人员分项之和{found}大于合计{expected}，请核对人数", "posts": "编制数不一致：“机构设置及人员配置”为{found}，“单位主要职能”为{expected}，请核对",
        "staff": "在职人数不一致：“机构设置及人员配置”为{found}，“单位主要职能”为{expected}，请核对", "roster": "编制数填{found}，财政部门掌握的为{expected}，请核对"},
    en={"parts": "the parts make {found} people, the whole is {expected}", "posts": "{found} posts here, {expected} in the functions",
        "staff": "{found} in post here, {expected} in the functions", "roster": "{found} posts, the roster says {expected}"},
)  # fmt: skip
def numbers_of_people_agree(forms: Rows, roster: pd.DataFrame | None = None) -> list[Hit]:
    """Posts and staff are the same number wherever they are stated: in the texts and, if given, on the roster.

    公式: 分项之和≤合计（性别、学历、职称等交叉分类除外）；各处编制数、在职人数相同；与名单的编制数相同
    依据: 表内一致
    错例: 编制20人，名单为26人
    改法: 核对人数
    Fix: Check the numbers
    """
    quotas = _quotas(forms, roster)
    made = []
    for form, here, there in zip(
        forms.ids.tolist(), forms.texts("staffing"), forms.texts("functions"), strict=True
    ):
        spot = Spot("forms", form, "staffing")
        for variant, read in (("posts", posts), ("staff", staff)):
            one, other = read(here), read(there)
            if one is not None and other is not None and one != other:
                spots = (spot, Spot("forms", form, "functions"))
                made.append(Hit(form, spots, variant=variant, found=str(one), expected=str(other)))
        quota, stated = quotas.get(form), posts(here)
        if quota is not None and stated is not None and quota != stated:
            made.append(Hit(form, (spot,), variant="roster", found=str(stated), expected=str(quota)))
        made += [
            Hit(form, (spot,), variant="parts", found=str(parts), expected=str(total))
            for total, parts in _over(here)
        ]
    return made


def _quotas(forms: Rows, roster: pd.DataFrame | None) -> dict[int, int]:
    if roster is None:
        return {}
    rows = match_agencies(forms["agency"], roster)
    stated = {
        form: str(roster.at[row, "quota"]).strip()
        for form, row in zip(forms.ids.tolist(), rows, strict=True)
        if row >= 0
    }
    return {form: int(text) for form, text in stated.items() if text.isascii() and text.isdigit()}


def _over(text: str) -> Iterator[tuple[int, int]]:
    """Yield total and sum of parts where the parts of a number of people come to more than it."""
    for match in _PARTS.finditer("".join(text[:3000].split())):
        parts = [(e["what"], int(e["count"])) for e in _ENTRY.finditer(match["parts"])]
        total = sum(count for _, count in parts)
        if len(parts) >= 2 and total > int(match["total"]) and not _NO_SHARE.search(match["parts"]):
            yield int(match["total"]), total
