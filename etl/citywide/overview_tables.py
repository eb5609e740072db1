"""The tables of 总览 below its page: what was received and left out, amounts in doubt, controls, what the charts show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from checks.finding import SEVERITY_NAMES
from checks.scope import WHY_NAMES
from checks.telling.handbook import FAMILIES
from etl.citywide.drawing.book import Value
from etl.citywide.drawing.charts import Series
from etl.citywide.drawing.table import Table
from etl.citywide.drawing.text import safe_text
from etl.citywide.figures.city import NO_DEPARTMENT, City
from etl.citywide.figures.doubts import Doubt
from etl.citywide.figures.handed import Received
from etl.citywide.figures.project_rows import Projects, project_rows
from etl.citywide.figures.readings import Readings, asks, project_doubts
from etl.citywide.figures.said import HALF, SPENT
from etl.citywide.indicators import MOST_LISTED, lists_all
from etl.citywide.money import by_department, doubtful, wan
from etl.frames.build import STATUS_NAMES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOP = 10
"""Bars of a chart; what is beyond the top is shown as the rest."""
WIDE = 6
"""The last column of 总览."""
MOST_DOUBTS = 20
"""Agencies whose amounts are in doubt that 总览 names; all of them are marked on 收支汇总."""


def section(table: Table, name: str, *headings: str) -> None:
    """Write the heading of a table: its name and those of its columns."""
    table.row += 1
    table.sheet.set_row(table.row, 20)
    for number in range(WIDE + 1):
        text = name if number == 0 else headings[number - 1] if number <= len(headings) else ""
        table.write(number, "text" if number == 0 else "code", text, "section")
    table.row += 1


def write_tables(
    table: Table, city: City, readings: Readings, lines: Sequence[Received], statuses: Counter[str]
) -> list[Series]:
    """Write the tables and return what the charts show: sources of funds, departments, problems, projects."""
    _received(table, city, lines, statuses)
    _doubts(table, city, readings)
    _left_out(table, city)
    section(table, "程序核对（只说明程序读取和相加无误，不说明各单位填报正确）")
    for name, even, text in _controls(city, statuses):
        _line(table, name, Value("一致" if even else "不一致", "good" if even else "bad"), text)
    series = [
        _sources(table, readings), _execution(table, city, readings), _by_family(table, city), _top_projects(table, city),
    ]  # fmt: skip
    _expenditure(table, readings)
    return series


def _line(table: Table, name: Any, value: Any, text: str = "", kind: str = "code") -> None:
    """Write a line: a name, a value, and words across the rest; higher where the words need several lines."""
    table.sheet.set_row(table.row, 16 * max(1, -(-len(text) // 55)))
    table.write(0, "text", name)
    table.write(1, kind, value)  # type: ignore[arg-type]
    form = table.book.format("wrap", "small")
    table.sheet.merge_range(table.row, 2, table.row, WIDE, safe_text(text), form)
    table.row += 1


def _received(table: Table, city: City, lines: Sequence[Received], statuses: Counter[str]) -> None:
    section(table, "收文")
    _line(table, "收到文件", sum(statuses.values()), "在给定路径下见到的全部文件", "count")
    for status, name in STATUS_NAMES["zh"].items():
        _line(table, f"其中：{name}", statuses[status], "", "count")
    _line(table, "报表张数", len(city.tables.forms), "一个文件可含多张表", "count")
    _line(table, "计入汇总的报表", len(city.order) - len(city.doubts.forms), _why(city), "count")
    if city.roster is not None:
        missing = sum(line.status == "未报" for line in lines)
        _line(table, "应报未报单位", missing, "没有收到任何文件的单位，名单见“报送情况”", "count")
    if not lists_all(city):
        text = f"指标共{len(city.tables.indicators)}行，超过{MOST_LISTED}行，不列“指标清单”；自设指标见“指标库”，共性指标见“共性指标矩阵”，全部原文见data/indicators.csv"
        _line(table, "未列出的清单", 1, text, "count")
    for run in city.options.runs:
        _line(table, "合并的批次", "", run)


def _why(city: City) -> str:
    counts = Counter(why.why for why in city.left_out.values())
    told = [f"{WHY_NAMES[why]}{count}张" for why, count in sorted(counts.items())]
    if city.doubts.forms:
        told.append(f"{WHY_NAMES['doubtful']}{len(city.doubts.forms)}张（金额只计入报送数）")
    count = len(city.left_out) + len(city.doubts.forms)
    return (
        f"另有{count}张不计入：{'、'.join(told)}"
        if told
        else "全部报表计入，没有重复、汇总、排除或单位存疑的"
    )


def _doubts(table: Table, city: City, readings: Readings) -> None:
    """Write the amount in doubt of each agency that has one, most money first, each led to its finding."""
    forms = readings.in_doubt(readings.budget.fields)
    if not forms:
        return
    section(table, "存疑的金额（万元）", "报送数", "疑似应为", "问题")
    shown = [_first_doubt(city, form) for form in forms]
    shown.sort(key=lambda each: (-(readings.submitted[each[0]][each[1].form] or 0), each[1].form))
    for field, doubt in shown[:MOST_DOUBTS]:
        form = doubt.form
        text = f"{readings.budget.field_name(field)}：{doubt.code} {doubt.said}"
        table.sheet.set_row(table.row, 16 * max(1, -(-len(text) // 58)))
        table.write(0, "text", Value(city.agencies[form], "", city.bases[form], city.paths[form]))
        table.write(1, "money", doubtful(table.book, doubt, wan(readings.submitted[field][form])))
        meant = readings.meant[field][form] if doubt.meant is not None or form in city.doubts.times else None
        table.write(2, "money", wan(meant) if meant is not None else "见问题清单")
        merged = table.book.format("wrap", "small")
        table.sheet.merge_range(table.row, 3, table.row, WIDE, safe_text(text), merged)
        table.row += 1
    if len(forms) > MOST_DOUBTS:
        _line(table, f"其余{len(forms) - MOST_DOUBTS}家", "", "在“收支汇总”中标明")


def _first_doubt(city: City, form: int) -> tuple[str, Doubt]:
    """Return the field of a form that shows best what is in doubt, and why it is."""
    if form in city.doubts.forms:
        return "total_full", city.doubts.forms[form]
    own = [(s.field, each) for s, each in city.doubts.cells.items() if s.table == "funds" and s.row == form]
    return next(((field, each) for field, each in own if each.leads), own[0])


def _left_out(table: Table, city: City) -> None:
    section(table, "不计入汇总的报表")
    for form in sorted(city.left_out, key=lambda f: (city.left_out[f].why, city.agencies[f])):
        why = city.left_out[form]
        agency = Value(city.agencies[form], "", city.bases[form], city.paths[form])
        _line(table, agency, WHY_NAMES[why.why], why.note)
    for form, doubt in sorted(city.doubts.forms.items(), key=lambda each: city.agencies[each[0]]):
        agency = Value(city.agencies[form], "", city.bases[form], city.paths[form])
        _line(table, agency, WHY_NAMES["doubtful"], doubt.said)
    for name in city.unknown:
        _line(table, name, Value("未找到", "bad"), "按--exclude要求排除，但名单和报表中都没有这个单位")
    if not city.left_out and not city.unknown and not city.doubts.forms:
        _line(table, "无", "", "没有重复、汇总、排除或单位存疑的报表")


def _controls(city: City, statuses: Counter[str]) -> list[tuple[str, bool, str]]:
    """Return the control totals, each with what it compares: each must come out even."""
    funds, doubtful_ = city.tables.funds, len(city.doubts.forms)
    files = len(city.batch.files) + len(city.batch.skipped)
    forms, out = len(city.order) + len(city.left_out), Counter(why.why for why in city.left_out.values())
    states: Counter[str] = Counter()
    fields = city.tables.budget.fields
    for field in fields:
        states.update(funds[f"{field}_state"].loc[[form for form in city.order if asks(city, form, field)]])
    cells = sum(states.values())
    refused = cells - states["number"] - states["blank"]
    other = f" + 非本年度{out['other_year']}" if out["other_year"] else ""
    return [
        ("文件数", files == sum(statuses.values()), f"{files} = " + " + ".join(str(statuses[s]) for s in STATUS_NAMES["zh"])),
        ("报表数", forms == len(funds), f"计入{len(city.order) - doubtful_} + 重复{out['superseded']}{other} + 汇总表{out['whole']} + 排除{out['excluded']} + 单位存疑{doubtful_} = {len(funds)}"),
        ("全市合计 = 各单位之和", _adds_up(city), f"{len(fields)}项资金的报送数由部门小计逐项核对，精确到分；只说明相加无误"),
        ("金额单元格", refused == 0,
         f"应读{cells} = 读出{states['number']} + 空白{states['blank']} + 未读出{refused}（未读出的不计入合计，见问题清单）"),
    ]  # fmt: skip


def _adds_up(city: City) -> bool:
    """Return whether the departments' sums over agencies make what the columns of the tables make."""
    readings = Readings(city)
    for field in readings.budget.fields:
        known = readings.submitted[field]
        parts = sum(sum(known[form] or 0 for form in forms) for _, forms in by_department(city))
        column = city.tables.funds[field].loc[list(city.order)].dropna()
        if not parts == readings.total(field).submitted == int(column.astype("int64").sum()):
            return False
    return True


def _row(table: Table, name: str, cells: Sequence[tuple[str, Any]]) -> None:
    table.write(0, "text", name)
    for number, (kind, value) in enumerate(cells, 1):
        table.write(number, kind, value)  # type: ignore[arg-type]
    table.row += 1


def _sources(table: Table, readings: Readings) -> Series:
    """Write what funds come from, of the forms whose income nobody doubts."""
    summed = {total for relation in readings.budget.sums if not relation.beside for total in relation.totals}
    leaves = [line for line in readings.budget.side("income") if f"{line.key}_full" not in summed]
    sound = readings.sound("total_full", *(f"{line.key}_full" for line in leaves))
    section(table, "资金来源（万元，无争议数）", "全年预算数", "比重")
    totals = [readings.total(f"{line.key}_full", forms=sound).undisputed for line in leaves]
    whole, first = sum(totals), table.row
    filled = [(line.zh, fen) for line, fen in zip(leaves, totals, strict=True) if fen]
    for name, fen in filled:
        _row(table, f"{name} {fen / whole:.1%}", [("money", wan(fen)), ("share", fen / whole)])
    last = table.row - 1
    cells = [("money", Value(wan(whole), "total")), ("share", Value(1.0 if whole else None, "total"))]
    _row(table, f"合计（{len(sound)}家）", cells)
    return Series("资金来源（万元，无争议数）", first, last, 1, max(totals, default=0) / 1_000_000)


def _expenditure(table: Table, readings: Readings) -> None:
    both = readings.sound(*SPENT, *HALF)
    section(table, f"全市支出（万元，无争议数，{len(both)}家）", "半年计划执行数", "全年预算数", "半年占全年")
    for name, halves, fulls in (
        *(
            (line.zh, tuple(f for f in line.fields if f.endswith("_half")), (f"{line.key}_full",))
            for line in readings.budget.side("expenditure")
        ),
        ("支出合计", HALF, SPENT),
    ):
        half, full = (readings.total(*fields, forms=both).undisputed for fields in (halves, fulls))
        style = "total" if name == "支出合计" else ""
        rate = half / full if full else None
        cells = (("money", wan(half)), ("money", wan(full)), ("share", rate))
        _row(table, name, [(kind, Value(value, style)) for kind, value in cells])


def _execution(table: Table, city: City, readings: Readings) -> Series:
    """Write what departments (agencies where none is known) plan by mid-year, in the roster's order."""
    groups = list(by_department(city))
    if all(name == NO_DEPARTMENT for name, _ in groups):
        groups = [(city.agencies[form], [form]) for form in city.order]
    sound = set(readings.sound(*SPENT, *HALF))
    shares = []
    for name, forms in groups:
        own = [form for form in forms if form in sound]
        half, full = (readings.total(*fields, forms=own).undisputed for fields in (HALF, SPENT))
        shares.append((name, half, full))
    section(table, "各部门支出（万元，无争议数）", "半年计划执行数", "全年预算数", "半年占全年")
    first = table.row
    kept = sorted(range(len(shares)), key=lambda at: -shares[at][2])[: TOP + 2]
    shown = [shares[at] for at in sorted(kept) if shares[at][2]]
    rest = [share for at, share in enumerate(shares) if at not in kept]
    for name, half, full in shown:
        _row(table, name, [("money", wan(half)), ("money", wan(full)), ("share", half / full)])
    last = table.row - 1
    if rest:
        half, full = sum(h for _, h, _ in rest), sum(f for _, _, f in rest)
        _row(
            table,
            f"其余{len(rest)}个",
            [("money", wan(half)), ("money", wan(full)), ("share", half / full if full else None)],
        )
    rates = [half / full for _, half, full in shown]
    half, full = sum(h for _, h, _ in shares), sum(f for _, _, f in shares)
    whole = f"（全市{half / full:.1%}）" if full else ""
    return Series(
        f"各部门半年计划执行率{whole}", first, last, 3, max(rates, default=0), min(rates, default=0)
    )


def _by_family(table: Table, city: City) -> Series:
    section(table, "问题类别（计入的报表）", *SEVERITY_NAMES["zh"].values(), "合计")
    counting = city.counting
    counts = city.seen.by(lambda kind: (kind.code[:2], kind.severity) if kind.form in counting else ("", ""))
    first, most = table.row, 0
    for family, (name, _) in FAMILIES.items():
        numbers = [counts[family, severity] for severity in SEVERITY_NAMES["zh"]]
        if any(numbers[:2]):
            _row(table, name, [("count", n) for n in (*numbers, sum(numbers))])
            most = max(most, sum(numbers[:2]))
    last = table.row - 1
    hints = {
        family: counts[family, "info"]
        for family in FAMILIES
        if not counts[family, "error"] + counts[family, "warning"]
    }
    if sum(hints.values()):
        _row(
            table,
            "其余类别（只有提示）",
            [("count", n) for n in (0, 0, sum(hints.values()), sum(hints.values()))],
        )
    sums = [sum(counts[family, severity] for family in FAMILIES) for severity in SEVERITY_NAMES["zh"]]
    _row(table, "合计", [("count", Value(n, "total")) for n in (*sums, sum(sums))])
    return Series("问题类别（错误和警告的条数）", first, last, 1, most)


def _top_projects(table: Table, city: City) -> Series:
    section(table, f"全年预算数最大的{TOP}个项目（万元，无争议数）", "全年预算数", "半年计划执行数", "单位")
    projects = project_rows(city)
    ranked = _ranked(projects, ~project_doubts(city, projects, "full"))
    first, most = table.row, 0
    for at in ranked[:TOP].tolist():
        (project,) = projects.some(at, at + 1)
        sheet, cell = city.cell(project.form, "projects", project.row, "full")
        full = Value(wan(project.full), "", city.link(project.form, sheet, cell), f"{sheet}!{cell}")
        name, agency = project.name, city.agencies[project.form]
        _row(table, name, [("money", full), ("money", wan(project.half)), ("text", agency)])
        most = max(most, project.full or 0)
    last = table.row - 1
    rest = ranked[TOP:]
    if len(rest):
        sums = [wan(column.only(rest).total()) for column in (projects.full, projects.half)]
        _row(table, f"其余{len(rest)}个项目", [("money", Value(value, "total")) for value in sums])
    return Series(f"全年预算数最大的{TOP}个项目（万元，无争议数）", first, last, 1, most / 1_000_000)


def _ranked(projects: Projects, sound: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the positions of the projects with a sound amount, the largest first."""
    import numpy as np

    at = np.flatnonzero(projects.full.known & (projects.full.fen != 0) & sound)
    return at[np.lexsort((projects.rows[at], -projects.full.fen[at]))]
