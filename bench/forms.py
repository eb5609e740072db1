"""Random consistent forms: every sum exact, every indicator in order, so that no rule has a reason to speak."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

from etl.form.layout import FilledForm, IndicatorLine, ProjectLine
from samples.city import clean_form, data_of
from samples.submissions import roster
from tests import clean

CENT = Decimal("0.01")
_OBJECTS = (
    "公园绿地", "行道树", "古树名木", "河道堤防", "排水管网", "泵站设备", "路灯照明", "桥梁隧道", "公共厕所", "垃圾中转", "文物建筑",
    "图书馆藏", "社区养老", "儿童福利", "残疾康复", "职业技能", "高校毕业", "疾病监测", "血液采集", "急救站点", "实验教学", "特殊教育",
    "青少年科普", "校园安全", "停车泊位", "犬类管理", "户外广告", "湿地生态", "蓝藻打捞", "节水器具",
)  # fmt: skip
_DEEDS = (
    "养护",
    "维护保养",
    "巡查监测",
    "服务保障",
    "评估认定",
    "信息采集",
    "宣传推广",
    "培训辅导",
    "应急处置",
    "数据更新",
)


def random_form(rng: Random) -> FilledForm:
    """Return a consistent form with 5 to 40 projects of random amounts (万元, two decimals)."""
    projects = _projects(rng, rng.randint(5, 40))
    basic_full, basic_half = _split(rng, 200, 4000)
    project_full = sum((p.full for p in projects if p.full), Decimal(0))
    project_half = sum((p.half for p in projects if p.half), Decimal(0))
    total = basic_full + project_full
    amounts = _income(rng, total) | {
        "basic_half": basic_half, "basic_full": basic_full, "project_half": project_half, "project_full": project_full,
    }  # fmt: skip
    share = (basic_half + project_half) * 100 / total
    indicators = tuple(_indicator(row, share) for row in clean.INDICATORS)
    texts = {name: text for name, text in clean.FORMS.items() if name != "fiscal_year"}
    return FilledForm(2023, texts, amounts, projects, indicators)


def _projects(rng: Random, count: int) -> tuple[ProjectLine, ...]:
    names = [f"{thing}{deed}" for thing in _OBJECTS for deed in _DEEDS]
    lines = [
        ProjectLine("公园绿地养护和公园设施维修", *reversed(_split(rng, 600, 1500))),
        ProjectLine("行道树修剪和古树名木保护", *reversed(_split(rng, 300, 900))),
        ProjectLine("市民投诉办理平台运行", *reversed(_split(rng, 100, 500))),
    ]
    rest = [ProjectLine(name, *reversed(_split(rng, 1, 9))) for name in rng.sample(names, count - 3)]
    rng.shuffle(rest)
    return (*lines, *rest)


def _split(rng: Random, low: int, high: int) -> tuple[Decimal, Decimal]:
    """Return an amount and what of it is planned by mid-year, 42 to 60 %, both with decimals."""
    full = Decimal(rng.randint(low * 100 + 1, high * 100 + 99)) * CENT
    full += CENT * 37 if full == full.to_integral_value() else 0
    half = (full * rng.randint(42, 60) / 100).quantize(CENT)
    half += CENT * 13 if half == half.to_integral_value() else 0
    return full, half


def _income(rng: Random, total: Decimal) -> dict[str, Decimal | None]:
    social, carried, other = (Decimal(rng.choice((0, 0, rng.randint(1, 9999)))) * CENT for _ in range(3))
    appropriation = total - social - carried - other
    fund, special = (Decimal(rng.randint(1, 9999)) * CENT for _ in range(2))
    return {
        "total_full": total, "appropriation_full": appropriation, "general_full": appropriation - fund - special,
        "government_fund_full": fund, "special_account_full": special, "state_capital_full": Decimal(0),
        "social_insurance_full": social, "carried_in_full": carried, "other_full": other,
    }  # fmt: skip


def _indicator(row: dict[str, str], share: Decimal) -> IndicatorLine:
    if row["name"] == "预算执行率":
        return IndicatorLine(**{**row, "half": f"≥{int(share)}%"})
    return IndicatorLine(**row)


Source = Callable[[Random], FilledForm]


def sample_form(rng: Random) -> FilledForm:
    """Return the clean form of one of the sample city's agencies."""
    slugs = [agency.slug for agency in roster() if agency.slug]
    return clean_form(rng.choice([slug for slug in slugs if not data_of(slug).get("children")]))


SOURCES: tuple[Source, ...] = (random_form, sample_form)
"""Where forms that are right come from; `random_form` has the indicators that the slips in texts are written for.

Another source is a function from a random source to a form; its own true findings are not held against it.
"""
