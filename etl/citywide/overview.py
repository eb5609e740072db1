"""总览: one page for the division head: figures, charts, control totals, what is not counted and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.declared.budget import Budget
from checks.finding import SEVERITY_NAMES
from checks.scope import WHY_NAMES
from checks.telling.handbook import FAMILIES
from etl.citywide.drawing.book import Book, Column, Value
from etl.citywide.drawing.charts import Series, draw_charts
from etl.citywide.drawing.table import Table, add_sheet
from etl.citywide.drawing.text import safe_text
from etl.citywide.figures.city import NO_DEPARTMENT, City
from etl.citywide.figures.project_rows import Projects, project_rows
from etl.citywide.indicators import MOST_LISTED, lists_all
from etl.citywide.money import amounts, asks, by_department, city_totals, wan
from etl.citywide.received import Received, missing_agencies
from etl.frames.build import STATUS_NAMES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOP = 10
"""Bars of a chart; what is beyond the top is shown as the rest."""
CHART_ROWS = 31
_COLUMNS = (Column("项目", 26), *(Column(name, 18) for name in ("数值", "", "", "", "", "")))
_WIDE = len(_COLUMNS) - 1


@dataclass(frozen=True, slots=True)
class Share:
    """A department (or agency) with its planned half-year and full-year expenditure in fen."""

    name: str
    half: int
    full: int


def write_overview(book: Book, city: City, lines: Sequence[Received]) -> None:
    """Write 总览: cards and charts on the first page, then the tables that stand behind them."""
    note = "由jixiao根据各单位报送文件生成；金额单位为万元，每个数字可在各清单中追溯到文件、工作表和单元格。"
    table = add_sheet(book, "总览", _title(city), note, _COLUMNS, headings=False)
    totals = city_totals(city)
    _cards(table, city, lines, totals)
    charts_at = table.row
    table.row += CHART_ROWS
    table.sheet.set_h_pagebreaks([table.row])
    statuses = Counter(file.status for file in city.batch.files) + Counter(
        {"skipped": len(city.batch.skipped)}
    )
    _received(table, city, statuses)
    _section(table, "勾稽核对")
    for name, even, text in _controls(city, statuses):
        _line(table, name, Value("一致" if even else "不一致", "good" if even else "bad"), text)
    _left_out(table, city)
    series = [
        _composition(table, city.tables.budget, totals), _execution(table, city), _by_family(table, city), _top_projects(table, city),
    ]  # fmt: skip
    _expenditure(table, city.tables.budget, totals)
    draw_charts(table, charts_at, series)


def _title(city: City) -> str:
    year = city.tables.forms["fiscal_year"].dropna().mode()
    return f"{int(year.iloc[0])}年度部门整体预算绩效目标汇总" if len(year) else "部门整体预算绩效目标汇总"


def _cards(table: Table, city: City, lines: Sequence[Received], totals: dict[str, int]) -> None:
    """Write the figures people ask for first, each under its name."""
    forms = [line for line in lines if line.path and line.status in ("已报", "汇总表", "已排除", "单位存疑")]
    returned = sum(line.light == "red" for line in forms)
    full, half = _spending(totals, "full"), _spending(totals, "half")
    due = f" / 应报{len(city.roster)}" if city.roster is not None else ""
    handed = len({line.agency for line in forms})
    cards: list[tuple[str, Any]] = [
        (f"已报单位{due}", handed), ("通过（张）", len(forms) - returned), ("退回（张）", returned),
        ("资金总额（万元）", wan(totals.get("total_full"))), ("项目支出（万元）", wan(totals.get("project_full"))),
        ("半年计划执行率", f"{half / full:.1%}" if full else "—"), ("错误 / 警告", _found(city)),
    ]  # fmt: skip
    table.sheet.set_row(table.row, 18)
    table.sheet.set_row(table.row + 1, 26)
    for number, (name, _) in enumerate(cards):
        table.write(number, "text", name, "card")
    table.row += 1
    for number, (_, figure) in enumerate(cards):
        table.write(number, "text", figure, "figure")
    table.row += 2


def _found(city: City) -> str:
    counts = city.seen.by(lambda kind: kind.severity)
    return f"{counts['error']} / {counts['warning']}"


def _spending(totals: dict[str, int], period: str) -> int:
    return totals.get(f"basic_{period}", 0) + totals.get(f"project_{period}", 0)


def _section(table: Table, name: str, *headings: str) -> None:
    table.row += 1
    table.sheet.set_row(table.row, 20)
    for number in range(len(_COLUMNS)):
        text = name if number == 0 else headings[number - 1] if number <= len(headings) else ""
        table.write(number, "text" if number == 0 else "code", text, "section")
    table.row += 1


def _line(table: Table, name: Any, value: Any, text: str = "", kind: str = "code") -> None:
    """Write a line: a name, a value, and words across the rest; higher where the words need several lines."""
    table.sheet.set_row(table.row, 16 * max(1, -(-len(text) // 55)))
    table.write(0, "text", name)
    table.write(1, kind, value)  # type: ignore[arg-type]
    form = table.book.format("wrap", "small")
    table.sheet.merge_range(table.row, 2, table.row, _WIDE, safe_text(text), form)
    table.row += 1


def _received(table: Table, city: City, statuses: Counter[str]) -> None:
    _section(table, "收文")
    _line(table, "收到文件", sum(statuses.values()), "在给定路径下见到的全部文件", "count")
    for status, name in STATUS_NAMES["zh"].items():
        _line(table, f"其中：{name}", statuses[status], "", "count")
    _line(table, "报表张数", len(city.tables.forms), "一个文件可含多张表", "count")
    _line(table, "计入汇总的报表", len(city.order), _why(city), "count")
    if city.roster is not None:
        _line(table, "应报未报单位", len(missing_agencies(city)), "名单见“报送情况”", "count")
    if not lists_all(city):
        text = f"指标共{len(city.tables.indicators)}行，超过{MOST_LISTED}行，不列“指标清单”；自设指标见“指标库”，共性指标见“共性指标矩阵”，全部原文见data/indicators.csv"
        _line(table, "未列出的清单", 1, text, "count")
    for run in city.options.runs:
        _line(table, "合并的批次", "", run)


def _why(city: City) -> str:
    counts = Counter(why.why for why in city.left_out.values())
    told = "、".join(f"{WHY_NAMES[why]}{count}张" for why, count in sorted(counts.items()))
    return (
        f"另有{len(city.left_out)}张不计入：{told}"
        if told
        else "全部报表计入，没有重复、汇总、排除或单位存疑的"
    )


def _left_out(table: Table, city: City) -> None:
    _section(table, "不计入汇总的报表")
    for form in sorted(city.left_out, key=lambda f: (city.left_out[f].why, city.agencies[f])):
        why = city.left_out[form]
        _line(
            table,
            Value(city.agencies[form], "", city.bases[form], city.paths[form]),
            WHY_NAMES[why.why],
            why.note,
        )
    for name in city.unknown:
        _line(table, name, Value("未找到", "bad"), "按--exclude要求排除，但名单和报表中都没有这个单位")
    if not city.left_out and not city.unknown:
        _line(table, "无", "", "没有重复、汇总、排除或单位存疑的报表")


def _controls(city: City, statuses: Counter[str]) -> list[tuple[str, bool, str]]:
    """Return the control totals: each must come out even."""
    funds = city.tables.funds
    files = len(city.batch.files) + len(city.batch.skipped)
    forms, out = len(city.order) + len(city.left_out), Counter(why.why for why in city.left_out.values())
    states: Counter[str] = Counter()
    fields = city.tables.budget.fields
    for field in fields:
        own = [form for form in city.order if asks(city, form, field)]
        states.update(funds[f"{field}_state"].loc[own])
    cells = sum(states.values())
    refused = cells - states["number"] - states["blank"]
    return [
        ("文件数", files == sum(statuses.values()), f"{files} = " + " + ".join(str(statuses[s]) for s in STATUS_NAMES["zh"])),
        ("报表数", forms == len(funds), f"计入{len(city.order)} + 重复{out['superseded']} + 汇总表{out['whole']} + 排除{out['excluded']} + 单位存疑{out['doubtful']} = {len(funds)}"),
        ("全市合计 = 各单位之和", _adds_up(city), f"{len(fields)}项资金由部门小计逐项核对，精确到分"),
        ("金额单元格", refused == 0,
         f"应读{cells} = 读出{states['number']} + 空白{states['blank']} + 未读出{refused}（未读出的不计入合计，见问题清单）"),
    ]  # fmt: skip


def _adds_up(city: City) -> bool:
    """Return whether the departments' sums over agencies make what the columns of the tables make."""
    totals = city_totals(city)
    for field in city.tables.budget.fields:
        known = amounts(city, field)
        parts = sum(sum(known[form] or 0 for form in forms) for _, forms in by_department(city))
        column = city.tables.funds[field].loc[list(city.order)].dropna()
        if not parts == totals[field] == int(column.astype("int64").sum()):
            return False
    return True


def _row(table: Table, name: str, cells: Sequence[tuple[str, Any]]) -> None:
    table.write(0, "text", name)
    for number, (kind, value) in enumerate(cells, 1):
        table.write(number, kind, value)  # type: ignore[arg-type]
    table.row += 1


def _composition(table: Table, budget: Budget, totals: dict[str, int]) -> Series:
    _section(table, "全市收入（万元）", "全年预算数", "占资金总额")
    summed = {relation.total for relation in budget.sums if not relation.beside}
    lines = [line for line in budget.side("income") if f"{line.key}_full" in totals]
    leaves = [line for line in lines if f"{line.key}_full" not in summed]
    whole = totals.get("total_full") or sum(totals[f"{line.key}_full"] for line in leaves)
    first = table.row
    for line in leaves:
        fen = totals[f"{line.key}_full"]
        _row(table, line.zh, [("money", wan(fen)), ("share", fen / whole if whole else None)])
    last = table.row - 1
    for field in sorted(summed & {f"{line.key}_full" for line in lines}):
        fen = totals[field]
        cells = [
            ("money", Value(wan(fen), "total")),
            ("share", Value(fen / whole if whole else None, "total")),
        ]
        _row(table, budget.field_name(field), cells)
    return Series(
        "资金来源构成（万元）", first, last, 1, totals=[totals[f"{line.key}_full"] for line in leaves]
    )


def _expenditure(table: Table, budget: Budget, totals: dict[str, int]) -> None:
    _section(table, "全市支出（万元）", "半年计划执行数", "全年预算数", "半年占全年")
    for line in budget.side("expenditure"):
        half, full = totals.get(f"{line.key}_half", 0), totals[f"{line.key}_full"]
        _row(
            table,
            line.zh,
            [("money", wan(half)), ("money", wan(full)), ("share", half / full if full else None)],
        )
    half, full = _spending(totals, "half"), _spending(totals, "full")
    cells: list[tuple[str, Any]] = [
        ("money", wan(half)),
        ("money", wan(full)),
        ("share", half / full if full else None),
    ]
    _row(table, "支出合计", [(kind, Value(value, "total")) for kind, value in cells])


def _shares(city: City) -> list[Share]:
    """Return the departments by full-year expenditure, or the agencies where no department is known."""
    lines = [line.key for line in city.tables.budget.side("expenditure")]
    fields = [f"{key}_{period}" for period in ("half", "full") for key in lines]
    known = set(city.tables.budget.fields)
    fen = {
        field: amounts(city, field) if field in known else [None] * len(city.tables.forms) for field in fields
    }
    groups = list(by_department(city))
    if all(name == NO_DEPARTMENT for name, _ in groups):
        groups = [(city.agencies[form], [form]) for form in city.order]
    found = []
    for name, forms in groups:
        half, full = (
            sum(fen[f"{key}_{period}"][form] or 0 for key in lines for form in forms)
            for period in ("half", "full")
        )
        found.append(Share(name, half, full))
    return sorted(found, key=lambda share: (-share.full, share.name))


def _top(shares: list[Share]) -> list[Share]:
    rest = shares[TOP:]
    if not rest:
        return shares
    return [*shares[:TOP], Share(f"其余{len(rest)}个", sum(s.half for s in rest), sum(s.full for s in rest))]


def _execution(table: Table, city: City) -> Series:
    _section(table, "各部门支出（万元）", "半年计划执行数", "全年预算数", "半年占全年")
    first = table.row
    for share in _top(_shares(city)):
        rate = share.half / share.full if share.full else None
        _row(table, share.name, [("money", wan(share.half)), ("money", wan(share.full)), ("share", rate)])
    return Series("各部门半年计划执行率", first, table.row - 1, 3)


def _by_family(table: Table, city: City) -> Series:
    _section(table, "问题（按类别）", *SEVERITY_NAMES["zh"].values(), "合计")
    counts = city.seen.by(lambda kind: (kind.code[:2], kind.severity))
    first = table.row
    for family, (name, _) in FAMILIES.items():
        numbers = [counts[family, severity] for severity in SEVERITY_NAMES["zh"]]
        if any(numbers):
            _row(table, f"{family} {name}", [("count", n) for n in (*numbers, sum(numbers))])
    last = table.row - 1
    sums = [sum(counts[family, severity] for family in FAMILIES) for severity in SEVERITY_NAMES["zh"]]
    _row(table, "合计", [("count", Value(n, "total")) for n in (*sums, sum(sums))])
    return Series("问题类别", first, last, 1)


def _top_projects(table: Table, city: City) -> Series:
    _section(table, f"全年预算数最大的{TOP}个项目（万元）", "全年预算数", "半年计划执行数", "单位")
    projects = project_rows(city)
    ranked = _ranked(projects)
    first = table.row
    for at in ranked[:TOP].tolist():
        (project,) = projects.some(at, at + 1)
        sheet, cell = city.cell(project.form, "projects", project.row, "full")
        full = Value(wan(project.full), "", city.link(project.form, sheet, cell), f"{sheet}!{cell}")
        name, agency = project.name, city.agencies[project.form]
        _row(table, name, [("money", full), ("money", wan(project.half)), ("text", agency)])
    last = table.row - 1
    rest = ranked[TOP:]
    if len(rest):
        sums = [wan(column.only(rest).total()) for column in (projects.full, projects.half)]
        _row(table, f"其余{len(rest)}个项目", [("money", Value(value, "total")) for value in sums])
    return Series(f"全年预算数最大的{TOP}个项目（万元）", first, last, 1)


def _ranked(projects: Projects) -> NDArray[np.int64]:
    """Return the positions of the projects with an amount, the largest first."""
    import numpy as np

    at = np.flatnonzero(projects.full.known & (projects.full.fen != 0))
    return at[np.lexsort((projects.rows[at], -projects.full.fen[at]))]
