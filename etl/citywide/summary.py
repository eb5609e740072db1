"""总览, 报送情况 and 问题统计: what came in, what it adds up to, and control totals that prove it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from checks.budget import FUND_FIELDS, field_name
from checks.finding import SEVERITY_NAMES
from checks.handbook import FAMILIES
from etl.citywide.book import Book, Column, Value
from etl.citywide.city import City, Source, return_name
from etl.citywide.money import city_totals, wan
from etl.terminal import STATUS_NAMES

_MISSING = "未报"


def write_overview(book: Book, city: City) -> None:
    """Write 总览: files by status, control totals, city totals by fund line, findings by severity."""
    columns = (Column("项目", 40), Column("数值", 20, "money"), Column("说明", 70, "wrap"))
    year = city.batch.stack.tables.forms["fiscal_year"].dropna().mode()
    title = f"{int(year.iloc[0])}年度部门整体预算绩效目标汇总" if len(year) else "部门整体预算绩效目标汇总"
    table = book.sheet(
        "总览",
        title,
        "由jixiao根据各单位报送文件生成；每个数字可在各清单中追溯到文件、工作表和单元格。",
        columns,
    )
    statuses = Counter(file.status for file in city.batch.files) + Counter(
        {"skipped": len(city.batch.skipped)}
    )
    _section(table, "收文")
    table.add(["收到文件", _count(sum(statuses.values())), "在给定路径下见到的全部文件"])
    for status, name in STATUS_NAMES["zh"].items():
        table.add([f"其中：{name}", _count(statuses[status]), ""])
    table.add(["报表张数", _count(len(city.batch.stack.tables.forms)), "一个文件可含多张表"])
    table.add(
        [
            "计入汇总的报表",
            _count(len(city.order)),
            f"另有{len(city.superseded)}张被同一单位更新的报送替代，不重复计入",
        ]
    )
    _section(table, "勾稽核对")
    for row in _controls(city, statuses):
        table.add(row)
    _section(table, "全市合计（万元）")
    for field, total in city_totals(city).items():
        table.add([field_name(field), wan(total), ""])
    _section(table, "问题")
    counts = Counter(str(entry.finding.severity) for entry in city.batch.located)
    for severity, name in SEVERITY_NAMES["zh"].items():
        table.add([Value(name, severity), _count(counts[severity]), ""])


def _section(table: Any, name: str) -> None:
    table.add([Value(name, "total"), Value(None, "total"), Value(None, "total")])


def _count(number: int) -> Value:
    return Value(number, "count")


def _controls(city: City, statuses: Counter[str]) -> list[list[Any]]:
    """Return the control totals: each must come out even, and says so in green or red."""
    funds = city.batch.stack.tables.funds
    files = len(city.batch.files) + len(city.batch.skipped)
    by_agency = {field: sum(_fen(funds, form, field) for form in city.order) for field in FUND_FIELDS}
    cells = len(city.order) * len(FUND_FIELDS)
    states = Counter(str(funds[f"{f}_state"].loc[form]) for form in city.order for f in FUND_FIELDS)
    refused = cells - states["number"] - states["blank"]
    forms = len(city.order) + len(city.superseded)
    return [
        _control("文件数", files == sum(statuses.values()), f"{files} = " + " + ".join(str(statuses[s]) for s in STATUS_NAMES["zh"])),
        _control("报表数", forms == len(funds), f"计入{len(city.order)} + 被替代{len(city.superseded)} = {len(funds)}"),
        _control("全市合计 = 各单位之和", by_agency == city_totals(city), f"{len(FUND_FIELDS)}项资金逐项核对，精确到分"),
        _control(
            "金额单元格", refused == 0,
            f"应读{cells} = 读出{states['number']} + 空白{states['blank']} + 未读出{refused}（未读出的不计入合计，见问题清单）",
        ),
    ]  # fmt: skip


def _fen(funds: Any, form: int, field: str) -> int:
    return int(funds[field].loc[form]) if funds[f"{field}_state"].loc[form] == "number" else 0


def _control(name: str, even: bool, text: str) -> list[Any]:
    return [name, Value("一致" if even else "不一致", "good" if even else "bad"), text]


def write_received(book: Book, city: City) -> None:
    """Write 报送情况: the roster against what came in, and every file with what became of it."""
    columns = (
        Column("主管部门", 18), Column("单位", 34), Column("状态", 12, "code"), Column("文件", 46), Column("错误", 8, "count"),
        Column("警告", 8, "count"), Column("提示", 8, "count"), Column("说明", 56, "wrap"),
    )  # fmt: skip
    table = book.sheet("报送情况", "报送情况表", _received_note(city), columns)
    counts = Counter((entry.finding.form, str(entry.finding.severity)) for entry in city.batch.located)
    forms = city.batch.stack.tables.forms
    for form in city.order:
        table.add(_received(city, form, counts, Value("已报", "good"), ""))
    for form, kept in city.superseded.items():
        note = f"同一单位重复报送，以{forms['path'].loc[kept]}为准，本表不计入汇总"
        table.add(_received(city, form, counts, Value("重复", "warning"), note))
    for department, agency in missing_agencies(city):
        table.add([department, agency, Value(_MISSING, "bad"), "", 0, 0, 0, "应报未报"])
    for file in city.batch.files:
        if file.status != "checked":
            name = STATUS_NAMES["zh"][file.status]
            table.add(["", "", Value(name, "bad"), file.path, 0, 0, 0, file.reason])
    for skipped in city.batch.skipped:
        table.add(["", "", Value("已跳过", "quiet"), skipped.relative, 0, 0, 0, skipped.reason])
    table.filter()


def _received(city: City, form: int, counts: Counter[tuple[str, str]], status: Value, note: str) -> list[Any]:
    entry = city.batch.stack.tables.forms.loc[form]
    numbers = [counts[str(entry["id"]), severity] for severity in SEVERITY_NAMES["zh"]]
    path = str(entry["path"])
    link = Source(path, f"external:returns/{return_name(path)}")
    return [city.departments[form], city.agency(form), status, Value(path, "link", link), *numbers, note]


def _received_note(city: City) -> str:
    missing = len(missing_agencies(city))
    if city.roster is None:
        return "未提供应报单位名单，无法核对未报单位。"
    return f"应报{len(city.roster)}个单位，已报{len(city.roster) - missing}个，未报{missing}个。"


def missing_agencies(city: City) -> list[tuple[str, str]]:
    """Return department and name of every agency of the roster that handed nothing in."""
    if city.roster is None:
        return []
    from checks.roster import match_agencies

    seen = set(match_agencies(city.batch.stack.tables.forms["agency"], city.roster))
    rows = city.roster[~city.roster.index.isin([row for row in seen if row >= 0])]
    return list(zip(rows["department"].astype(str), rows["agency"].astype(str), strict=True))


def write_counts(book: Book, city: City) -> None:
    """Write 问题统计: agency by rule family, shaded by number."""
    families = list(FAMILIES)
    columns = (
        Column("单位", 34),
        *(Column(f"{code} {FAMILIES[code][0]}", 11, "count") for code in families),
        Column("合计", 9, "count"),
    )
    table = book.sheet("问题统计", "问题统计表", "单位 × 规则类别的问题数。", columns, "#A61C1C")
    counts = Counter((entry.finding.form, entry.finding.code[:2]) for entry in city.batch.located)
    forms = city.batch.stack.tables.forms
    for form in (*city.order, *city.superseded):
        numbers = [counts[str(forms["id"].loc[form]), family] for family in families]
        table.add([city.agency(form), *numbers, sum(numbers)])
    exact = [sum(counts[str(i), family] for i in forms["id"]) for family in families]
    if table.row > table.first:
        shades = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#F4B6B6"}
        table.sheet.conditional_format(table.first, 1, table.row - 1, len(families), shades)
    table.sums("合计", [None, *exact, sum(exact)], 1)
