"""CP: completeness. What must be filled in and is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.declared.budget import Budget
from checks.declared.money import wan_text
from checks.finding import Hit, Severity, Spot
from checks.promises import EACH, Breaches, promise
from checks.rule import COMPLETENESS, Verdict, hits, rule, told
from checks.settings import Settings
from checks.wording.staffing import states_posts, states_staff

if TYPE_CHECKING:
    from checks.frames.rows import Rows

_TEXTS = ("agency", "functions", "staffing")
_GOALS = ("long_term_goal", "annual_goal")
_PROMPT = re.compile(
    r"指标[0-9]+[:：]?|[.．。…]{2,}|请(?:在此|填写|输入)[^。]{0,30}|[^。]{0,20}[0-9]+字以(?:内|上)[^。]{0,20}|[×xX]{2,6}|待(?:定|填写?)|（?此处填写[^。]{0,20}"
)


promise(
    "CP01",
    {"forms": (*_TEXTS, "fiscal_year")},
    lambda cells: cells.notna() if cells.dtype == "Int64" else cells != "",
)


@rule("CP01", Severity.ERROR, COMPLETENESS, zh="“{field}”未填写，请补填", en="“{field_en}” is not filled in")
def the_head_is_filled_in(budget: Budget, forms: Rows, breaches: Breaches) -> list[Hit]:
    """Agency, functions, staff and year are stated.

    公式: 单位名称、单位主要职能、机构设置及人员配置、年度均不为空
    依据: 当年度报表样式
    错例: 主要职能一栏空白
    改法: 补填
    Fix: Fill it in
    """
    made = []
    for text in (text for text in budget.texts if text.key in _TEXTS):
        empty = breaches.of("CP01", forms, "forms", text.key)
        made += hits(empty, [f"forms.{text.key}"], field=text.zh, field_en=text.en)
    undated = breaches.of("CP01", forms, "forms", "fiscal_year")
    return made + hits(undated, ["forms.fiscal_year"], field="年度", field_en="fiscal year")


promise(
    "CP02", {"funds": (f"{EACH}_state",), "projects": ("half_state",)}, lambda states: states != "blank",
)  # fmt: skip


@rule(
    "CP02", Severity.WARNING, COMPLETENESS,
    zh={"": "{count}处金额为空，无发生额请填0，如{item}", "marks": "{count}处金额填“无”“/”“不涉及”等，已按0计，请填0，如{item}"},
    en={"": "{count} amounts are empty; write 0 where there is none, as in {item_en}",
        "marks": "{count} amounts say that there is none and count as 0; write 0, as in {item_en}"},
)  # fmt: skip
def amounts_are_not_left_blank(budget: Budget, funds: Rows, projects: Rows, breaches: Breaches) -> list[Hit]:
    """Every money cell holds a number, 0 where there is nothing; blanks count as 0 in sums. Said once a form.

    Where words say that there is nothing (无, /, 不涉及, N/A), it is a hint.

    公式: 金额单元格不为空（项目全年预算数为空见CP07）
    依据: 填报说明
    错例: 政府性基金一栏空白
    改法: 无发生额的填0
    Fix: Write 0 where there is nothing
    """
    blank: dict[int, list[tuple[Spot, str, str]]] = {}
    empty: set[int] = set()
    for field in (f for f in budget.fields if not budget.line_of(f).optional):
        left = breaches.of("CP02", funds, "funds", f"{field}_state")
        empty.update(left.ids[left.equal(f"{field}_raw", "")].tolist())
        for form in left.ids.tolist():
            entry = (Spot("funds", form, field), budget.field_name(field), budget.field_name(field, "en"))
            blank.setdefault(form, []).append(entry)
    left = breaches.of("CP02", projects, "projects", "half_state")
    rows = left.where(~left.equal("name", ""))
    empty.update(rows.form[rows.equal("half_raw", "")].tolist())
    for row, form, name in zip(rows.ids.tolist(), rows.form.tolist(), told(rows, "name"), strict=True):
        blank.setdefault(form, []).append((Spot("projects", row, "half"), f"“{name}”", f"“{name}”"))
    return [
        Hit(
            form,
            tuple(c[0] for c in cells),
            {"count": str(len(cells)), "item": cells[0][1], "item_en": cells[0][2]},
            None if form in empty else Severity.INFO,
            "" if form in empty else "marks",
        )
        for form, cells in sorted(blank.items())
    ]


promise(
    "CP03",
    {"forms": _GOALS},
    lambda goals: goals.isna() | goals.map(lambda goal: bool(str(goal).strip())).astype(bool),
)


@rule(
    "CP03", Severity.ERROR, COMPLETENESS,
    zh={"": "“{field}”未填写，请补填", "short": "“{field}”仅{count}字，请写明目标内容和预期效果"},
    en={"": "“{field_en}” is not filled in", "short": "“{field_en}” has only {count} characters"},
)  # fmt: skip
def goals_are_filled_in(budget: Budget, forms: Rows, breaches: Breaches, settings: Settings) -> list[Hit]:
    """Long-term and annual goal are stated in at least a sentence.

    公式: 中长期目标、年度目标去空白后不少于阈值(goal_shortest)字
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 年度目标填“无”
    改法: 写明目标内容和预期产出、效果
    Fix: State the goal with its expected outputs and effects
    """
    shortest = int(settings.threshold("goal_shortest"))
    made = []
    for text in (text for text in budget.texts if text.key in _GOALS):
        field, names = text.key, {"field": text.zh, "field_en": text.en}
        place = [f"forms.{field}"]
        made += hits(breaches.of("CP03", forms, "forms", field), place, **names)
        short = forms.where(forms.test(field, lambda text: text is not None and 0 < _length(text) < shortest))
        counts = [str(_length(text)) for text in short[field]]
        made += hits(short, place, variant="short", **names, count=counts, found=short[field].tolist())
    return made


def _length(text: str) -> int:
    return len("".join(text.split()))


@rule(
    "CP07", Severity.ERROR, COMPLETENESS, asks=("sum:AR04",),
    zh={
        "rows": "项目支出{amount}万元，未列项目明细，请补列", "name": "项目明细第{row}行未填项目名称，请补填", "full": "项目“{name}”未填全年预算数，请补填",
    },
    en={
        "rows": "project expenditure is {amount} 万元 but no project is listed", "name": "project row {row} has no name",
        "full": "project “{name}” states no budget for the year",
    },
)  # fmt: skip
def projects_are_listed(funds: Rows, projects: Rows, sums: Mapping[str, Rows]) -> Verdict:
    """Project expenditure is listed by project, each with its name and the year's amount.

    公式: 项目支出>0时至少一行项目；每行有名称和全年预算数
    依据: 预算管理要求，项目支出按项目列示
    错例: 项目支出7334.21，明细一行未填
    改法: 补列项目明细
    Fix: List the projects
    """

    total, none = funds.fen("project_full"), sums["AR04"]["addends"] == 0
    unlisted = funds.where(none & (total > 0))
    amounts = [wan_text(fen) for fen in unlisted.fen("project_full").tolist()]
    made = hits(unlisted, ["funds.project_full"], variant="rows", amount=amounts, found=amounts)
    blank, named = projects.equal("full_state", "blank"), ~projects.equal("name", "")
    nameless = projects.where(~named & ~(blank & projects.equal("half_state", "blank")))
    order = [str(order + 1) for order in nameless["order"]]
    made += hits(nameless, ["projects.name"], variant="name", row=order)
    unfunded = projects.where(blank & named)
    made += hits(unfunded, ["projects.full"], variant="full", name=told(unfunded, "name"))
    return Verdict(made, not_applicable=frozenset(funds.ids[none & (total == 0)].tolist()))


@rule(
    "CP09", Severity.INFO, COMPLETENESS, asks=("staffing",),
    zh={"quota": "未写编制数，无法核对在职人员控制率，请补写", "staff": "未写在编在职人数，无法核对在职人员控制率，请补写"},
    en={"quota": "the number of posts is not stated", "staff": "the number of staff is not stated"},
)  # fmt: skip
def posts_and_staff_are_stated(forms: Rows) -> list[Hit]:
    """Organisation and staff name the number of posts (编制) and of people in post.

    公式: 机构设置及人员配置含编制数和在编（在职）人数
    依据: 在职人员控制率的计算需要两个数
    错例: 只写“在编在岗人数：15人”
    改法: 补写编制数和在职人数
    Fix: State both numbers
    """
    no_posts = forms.test("staffing", lambda text: text and not states_posts(text))
    no_staff = forms.test("staffing", lambda text: text and not states_staff(text))
    made = hits(forms.where(no_posts), ["forms.staffing"], variant="quota")
    return made + hits(forms.where(~no_posts & no_staff), ["forms.staffing"], variant="staff")


@rule(
    "CP10",
    Severity.ERROR,
    COMPLETENESS,
    zh="保留了表样中的提示“{text}”，请改填实际内容或删去",
    en="the template's prompt “{text}” was left in",
)
def no_prompt_is_left(forms: Rows, projects: Rows, indicators: Rows) -> list[Hit]:
    """No prompt of the template and no placeholder row is left.

    公式: 单元格内容不是“指标1：”“……”“请在此填写”之类
    依据: 填报要求
    错例: 三级指标填“指标1：”
    改法: 删除提示，填写实际内容
    Fix: Replace the prompt by what is meant
    """
    made = []
    for table, rows, fields in (
        ("projects", projects, ("name",)),
        ("indicators", indicators, ("level2", "name")),
        ("forms", forms, ("agency", *_GOALS)),
    ):
        for field in fields:
            left = rows.where(rows.test(field, _is_prompt))
            texts = told(left, field)
            made += hits(left, [f"{table}.{field}"], text=texts, found=texts)
    return made


def _is_prompt(text: str | None) -> bool:
    return text is not None and _PROMPT.fullmatch(text[:200].strip()) is not None
