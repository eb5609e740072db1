"""What of a filled form is understood and what is not, as a table: `docs/reading.md` is drawn from it, a test runs every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from checks.finding import Finding
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.intake.file_reading import FileReading
from tests import bent_lists as lists
from tests import clean, mixtures
from tests.bent import Page, straight, workbook_bytes
from tests.cases import Case, Raw
from tests.paper import filled_in, paper, read_bytes

SAME, UNREAD, OUT, REFUSED = "照读", "不读", "整表不计入", "不是本表"
"""What becomes of the figures: the clean form's; the amount in question is in no sum; the form is in no sum; there is no form."""

Drawn = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Row:
    """One kind: its heading, what one sees in the sheet, how that is read, the outcome, and which findings are made of it."""

    kind: str
    seen: str
    read: str
    drawn: Drawn
    says: tuple[str, ...] = ()
    outcome: str = SAME
    changed: str = ""


def edited(**edits: Any) -> Drawn:
    """Return the clean form with values written otherwise; a name is spelled with `__` for a dot."""
    named = {name.replace("__", "."): value for name, value in edits.items()}
    return lambda: paper(Case("", named)).data


def at(name: str, value: Any) -> Drawn:
    return lambda: paper(Case("", {name: value})).data


def listed(change: Callable[[Page], Page]) -> Drawn:
    return lambda: workbook_bytes((change(straight(filled_in(Case(""))[0])),))


AMOUNTS: Mapping[str, Decimal] = {f"funds.{name}": Decimal(text) for name, text in clean.FUNDS.items()} | {
    f"projects[{n}].{period}": Decimal(text)
    for n, (_, half, full) in enumerate(clean.PROJECTS)
    for period, text in (("half", half), ("full", full))
}


def times(factor: int | Decimal, code: str = "General", **more: Any) -> Drawn:
    """Return the clean form with every amount so many times as large, in a number format."""
    amounts = {
        name: Raw(number=f"{number * factor:f}", number_format=code) for name, number in AMOUNTS.items()
    }
    return lambda: paper(Case("", {**amounts, **{n.replace("__", "."): v for n, v in more.items()}})).data


def _last_year() -> bytes:
    return workbook_bytes(mixtures.last_year_beside(straight(filled_in(Case(""))[0])))


def _sample() -> bytes:
    return workbook_bytes(mixtures.sample_beside(straight(filled_in(Case(""))[0])))


BASIC, CARRIED, TARGET = "funds.basic_full", "funds.carried_in_full", "indicators[18].full"
_BASIC = "basic_full"

ROWS: tuple[Row, ...] = (
    Row("金额单位", "表头写“部门整体资金（元）”", "按元折算为万元", times(10_000, labels__funds="部门整体资金（元）"), ("ST09",)),
    Row("金额单位", "年度旁写“2023年度　单位：元”", "按元折算为万元", times(10_000, forms__fiscal_year="2023年度　单位：元"), ("ST09",)),
    Row("金额单位", "表头写“部门整体资金（百万元）”", "按百万元折算为万元", times(Decimal("0.01"), labels__funds="部门整体资金（百万元）"), ("ST09",)),
    Row("金额单位", "全表按元填，哪里都没有注明", "单位存疑，改正前不计入全市合计", times(10_000), ("ST09",), OUT),
    Row("金额单位", "全表按亿元填，哪里都没有注明", "单位存疑，改正前不计入全市合计", times(Decimal("0.0001")), ("ST09", "AR08"), OUT),
    Row("金额单位", "万元表中有一个金额按元填", "单位存疑，改正前不计入全市合计", at(BASIC, Raw(number="13005000")), ("ST09", "AR03"), OUT),
    Row("金额单位", "单元格写“13005000元”", "按元折算为万元", at(BASIC, Raw(text="13005000元")), ("ST09", "ST08")),
    Row("金额单位", "两处注明的单位不同（元、千元）", "单位无法确定，不计入全市合计", times(10_000, labels__funds="部门整体资金（元）", forms__fiscal_year="2023年度　单位：千元"), ("ST09",), OUT),
    Row("数字格式", "格式 0!.0,\"万元\"（所存为元，显示为万元）", "按显示的单位读", times(10_000, '0!.0,"万元"'), ("ST09",)),
    Row("数字格式", "格式 [>=10000]0!.0,\"万\";0\"元\"", "按显示的单位读", times(10_000, '[>=10000]0!.0,"万";0"元"'), ("ST09",)),
    Row("数字格式", "格式 0.0,\"k\"（缩放成不认识的单位）", "不读", at(BASIC, Raw(number="1300500", number_format='0.0,"k"')), ("ST08",), UNREAD, _BASIC),
    Row("数字格式", "金额显示为日期", "不读", at(BASIC, Raw(number="1300.5", number_format='m"月"d"日"')), ("ST08",), UNREAD, _BASIC),
    Row("数字格式", "金额显示为分数“1300 1/2”", "按所存的数读", at(BASIC, Raw(number="1300.5", number_format="# ?/?"))),
    Row("数字格式", "所有金额都是百分比格式", "哪个数无法确定，不计入全市合计", times(Decimal("0.01"), "0.0%"), ("ST09", "ST08", "AR08"), OUT),
    Row("数字写法", "文本数字、千分位、全角、空格", "按数字读", edited(funds__basic_full=Raw(text="１，３００.５０"), funds__total_full=Raw(text=" 3,200 ")), ("ST08",)),
    Row("数字写法", "“1300.5万元（大写：壹仟叁佰万伍仟元整）”", "大小写一致时按数字读", at(BASIC, Raw(text="1300.5万元（大写：壹仟叁佰万伍仟元整）")), ("ST08",)),
    Row("数字写法", "“约1300.5”“1300.5/1400”“1300。5”", "不读", at(BASIC, Raw(text="约1300.5")), ("ST08",), UNREAD, _BASIC),
    Row("数字写法", "只有大写“壹仟叁佰万伍仟元整”", "不读", at(BASIC, Raw(text="壹仟叁佰万伍仟元整")), ("ST08",), UNREAD, _BASIC),
    Row("数字写法", "无、—、/、不涉及、本年无此项支出、N/A", "按没有发生读", at(CARRIED, Raw(text="本年无此项支出")), ("CP02",)),
    Row("公式", "=SUM(…)没有算过的结果", "按公式求得", at("funds.project_full", Raw(formula="=SUM(F19:F24)")), ("ST07",)),
    Row("公式", "=600+700.5、=13005000/10000", "按公式求得", at(BASIC, Raw(formula="=600+700.5")), ("ST07",)),
    Row("公式", "引用其他工作簿，没有结果", "不读", at(BASIC, Raw(formula="[1]表!B7")), ("ST07",), UNREAD, _BASIC),
    Row("公式", "#REF!、#N/A等错误值", "不读", at(BASIC, Raw(error="#REF!")), ("ST07",), UNREAD, _BASIC),
    Row("公式", "=IF(1>2,1,\"\")，结果是空白", "按空白读", at(CARRIED, Raw(formula='=IF(1>2,1,"")')), ("CP02",)),
    Row("指标值", "指标值“=100%”成了公式", "读作“=100%”", at(TARGET, Raw(formula="=100%")), ("ST15",)),
    Row("指标值", "格式 \"=\"0%，所存为1", "读作“=100%”", at(TARGET, Raw(number="1", number_format='"="0%'))),
    Row("指标值", "98填进了百分比格式的单元格，成了9800%", "不改，指出超出范围", at(TARGET, Raw(number="98", number_format="0%")), ("CF05", "CF04"), UNREAD),
    Row("指标值", "“3/4”成了日期", "不是指标值", at(TARGET, Raw(number="45355", number_format='m"月"d"日"')), ("IG23",), UNREAD),
    Row("项目明细", "一、…（有金额）作分组行，下面是项目", "分组行不是项目，不重复计入", listed(lambda p: lists.groups(p, (3,), 0, True)), ("ST06",)),
    Row("项目明细", "（一）…（没有金额）作分组行", "分组行不是项目", listed(lambda p: lists.groups(p, (3,), 1, False)), ("ST06",)),
    Row("项目明细", "“其中：…”列在项目下面", "是上一行的一部分，不重复计入", listed(lambda p: lists.parts(p, 1, 0)), ("ST06",)),
    Row("项目明细", "一个项目按资金来源分两行，名称合并", "金额相加", listed(lambda p: lists.sources(p, 1, 0)), ("ST06",)),
    Row("项目明细", "名称前有1、①—等序号", "序号不是名称的一部分", listed(lambda p: lists.numbered(p, 4))),
    Row("项目明细", "插入“上年预算数”一列", "按表头认列，多出的列不读", listed(lambda p: lists.column_between(p, 6, "上年预算数", 3)), ("ST06",)),
    Row("项目明细", "预留的空行，金额为0", "不读", listed(lambda p: lists.prepared(p, 6, 4, 0))),
    Row("项目明细", "中间有“续表”标题和重复的表头", "不读", listed(lambda p: lists.page_break(p, 3, 0))),
    Row("项目明细", "合计、小计、共计行", "不是项目", listed(lambda p: lists.inserted(p, lists.project_rows(p)[-1] + 1, [lists.line("共计", *lists._sums(p, lists.project_rows(p)))])), ("ST06",)),
    Row("项目明细", "分组行的金额不是其下各项之和", "分组行不计入，指出差额", listed(lambda p: _off(lists.groups(p, (3,), 0, True))), ("ST06",)),
    Row("文字", "繁体字、部首字、零宽字符、不间断空格", "与通行的字同样看待", at("labels.carried_in", "上年結轉資金"), ("ST06",)),
    Row("文字", "“单位名称：…（盖章）”“105001-…”", "只取单位名称", at("forms.agency", f"105001-{clean.AGENCY}（盖章）")),
    Row("文字", "单位名称是0或错误值（链接已断）", "未填写", at("forms.agency", Raw(number="0")), ("CP01",), UNREAD),
    Row("文字", "二〇二三年度、２０２３年度、日期格式的年度", "读作2023", at("forms.fiscal_year", "二〇二三年度")),
    Row("工作表", "上年的工作表留在本年的旁边", "以本年度的为准", _last_year, ("XW02", "ST13")),
    Row("工作表", "填报样例（XX单位）与正式表同在", "样例不计入", _sample, ("ST13",)),
    Row("工作表", "横竖颠倒的表", "表样无法识别", lambda: workbook_bytes((_transposed(straight(filled_in(Case(""))[0])),)), ("ST02",), REFUSED),
    Row("工作表", "目标粘贴到了几个单元格", "接成一段", listed(lambda p: lists.goal_over_cells(p, "annual_goal", 3)), ("ST06",)),
)  # fmt: skip


def _transposed(page: Page) -> Page:
    return page.map(
        lambda c: replace(c, row=c.column, column=c.row, last_row=c.last_column, last_column=c.last_row)
    )


def _off(page: Page) -> Page:
    """Return a list whose first group states 9万元 too much."""
    row = min(lists.project_rows(page)) - 1
    return page.map(
        lambda c: replace(c, value=c.value + 9)
        if (c.row, c.column) == (row, lists.FULL) and isinstance(c.value, Decimal)
        else c
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: its file as read, and what was found."""

    reading: FileReading
    findings: tuple[Finding, ...]


@cache
def outcomes() -> tuple[Outcome, ...]:
    """Return what becomes of every row; the rules of one form are run over all of them at once."""
    readings = [read_bytes(row.drawn(), f"{number:02d}.xlsx") for number, row in enumerate(ROWS)]
    checked = check_readings(readings, Settings(fiscal_year=2023), Inputs())
    found: dict[str, list[Finding]] = {}
    for entry in checked.located:
        found.setdefault(entry.finding.path, []).append(entry.finding)
    return tuple(
        Outcome(reading, tuple(_across(reading) if "XW02" in row.says else found.get(reading.path, [])))
        for row, reading in zip(ROWS, readings, strict=True)
    )


def _across(reading: FileReading) -> Iterator[Finding]:
    """Yield what is found where the rules look across forms, too."""
    from etl.batch.whole import put_together

    settings = Settings(fiscal_year=2023)
    batch = put_together([check_readings([reading], settings, Inputs())], (), settings, Inputs())
    yield from (entry.finding for entry in batch.located)
