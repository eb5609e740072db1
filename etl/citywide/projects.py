"""项目清单: every project of the city, what it is for, what share it has, and who else reports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from checks.columns import numbered
from checks.framework import name_key
from checks.links import is_linked, links_of
from checks.project_kinds import KIND_NAMES, kinds
from etl.citywide.book import MOST_LINKS, Book, Column, Value
from etl.citywide.city import City
from etl.citywide.money import wan

if TYPE_CHECKING:
    import pandas as pd

    from etl.citywide.table import Table

_COLUMNS = (
    Column("主管部门", 18, "text", "单位在名单中的主管部门", "", "名单"),
    Column("单位", 28, "text", "单位名称"),
    Column("项目", 40, "wrap", "项目名称", "", "报表“项目支出”各行"),
    Column(
        "类型", 11, "code", "按项目名称中的词分：运转类、建设购置类、其他（词表见设置running_cost、capital）"
    ),
    Column("半年计划执行数", 14, "money", "读不出的写“未读出”，不计入合计", "万元", "报表"),
    Column("全年预算数", 15, "money", "读不出的写“未读出”，不计入合计", "万元", "报表"),
    Column("占本单位", 9, "share", "全年预算数占本单位全部项目之和的比重", "%"),
    Column("半年占全年", 9, "share", "半年计划执行数/全年预算数", "%"),
    Column(
        "对应重点工作", 30, "wrap", "名称重合度最高且达到阈值(link_least_percent)的履职行；空白为未见对应"
    ),
    Column("指标", 7, "code", "有：对应的履职行设有三级指标"),
    Column("重复申报", 24, "wrap", "另一单位有名称、全年预算数都相同的项目（运转类不标）"),
    Column("文件", 30, "text", "报送文件"),
    Column("工作表", 13, "text", "报送文件中的工作表"),
    Column("单元格", 9, "code", "全年预算数所在单元格，链接到退回文件"),
)


@dataclass(frozen=True, slots=True)
class Read:
    """An amount as read: fen, or None with what to say of a cell that is not blank."""

    fen: int | None
    unread: str = ""


class ProjectRow(NamedTuple):
    """A project that counts: its row, form, name, and amounts."""

    row: int
    form: int
    name: str
    half: Read
    full: Read


def project_rows(city: City) -> list[ProjectRow]:
    """Return the projects of the forms that count, in the order of agencies and of each form."""
    projects = city.tables.projects
    projects = projects[projects["form"].isin(city.order)]
    columns = [projects[name].tolist() for name in ("form", "name")]
    periods = [_period(projects, period) for period in ("half", "full")]
    by_form: dict[int, list[ProjectRow]] = {form: [] for form in city.order}
    for row in map(ProjectRow, projects.index.tolist(), *columns, *periods):
        by_form[row.form].append(row)
    return [row for form in city.order for row in by_form[form]]


def _period(projects: pd.DataFrame, period: str) -> list[Read]:
    states, raw = projects[f"{period}_state"].tolist(), projects[f"{period}_raw"].tolist()
    fen = projects[period].fillna(0).astype("int64").tolist()
    return [
        Read(amount) if state == "number" else Read(None, "" if state == "blank" else f"未读出：{text}")
        for amount, state, text in zip(fen, states, raw, strict=True)
    ]


def write_projects(book: Book, city: City, rows: list[ProjectRow]) -> None:
    """Write 项目清单: one row a project of the forms that count (万元), sums below."""
    linked = len(rows) <= MOST_LINKS
    note = "单位：万元。橙色为与其他单位同名同额的项目。" + (
        "" if linked else "行数超过超链接上限，单元格以文字注明，只在各单位首行链接。"
    )
    table = book.sheet("项目清单", "项目清单", note, _COLUMNS).long()
    table.sheet.freeze_panes(table.first, 3)
    tasks, twins, kind = _tasks(city), _twins(city, rows), kinds(city.options.settings)
    totals: dict[int, int] = {}
    for row in rows:
        totals[row.form] = totals.get(row.form, 0) + (row.full.fen or 0)
    before = -1
    for row in rows:
        place = _place(city, row, linked or row.form != before)
        before = row.form
        task, measured = tasks.get(row.row, ("", ""))
        table.add([
            city.departments[row.form], city.agencies[row.form], row.name, KIND_NAMES[kind(row.name)],
            _amount(row.half), _amount(row.full), _share(row.full.fen, totals[row.form]),
            _share(row.half.fen, row.full.fen), task, Value(measured, "good") if measured else "",
            Value(twins[row.row], "warning") if row.row in twins else "", *place,
        ])  # fmt: skip
    _finish(table, rows)


def _finish(table: Table, rows: list[ProjectRow]) -> None:
    for part in table.parts:
        sheet = table.book.workbook.get_worksheet_by_name(part.name)
        bars = {
            "type": "data_bar",
            "bar_color": "#9DB9E8",
            "bar_solid": True,
            "min_type": "num",
            "min_value": 0,
        }
        sheet.conditional_format(part.first, 5, part.last, 5, bars)
        over = {"type": "cell", "criteria": ">", "value": 1, "format": table.book.format("share", "error")}
        sheet.conditional_format(part.first, 7, part.last, 7, over)
    table.filter()
    sums = [wan(sum(row.half.fen or 0 for row in rows)), wan(sum(row.full.fen or 0 for row in rows))]
    table.sums("合计", [None, None, None, None, *sums, *[None] * 8], 4)


def _amount(read: Read) -> Any:
    return Value(read.unread, "bad") if read.unread else wan(read.fen)


def _share(part: int | None, whole: int | None) -> float | None:
    return part / whole if part is not None and whole else None


def _place(city: City, row: ProjectRow, linked: bool) -> list[Any]:
    sheet, cell = city.cell(row.form, "projects", row.row, "full")
    link = city.link(row.form, sheet, cell) if linked else ""
    return [city.paths[row.form], sheet, Value(cell, "link", link) if link else cell]


def _tasks(city: City) -> dict[int, tuple[str, str]]:
    """Return the key task each linked project serves and whether an indicator stands behind it, by project row."""
    links = links_of(city.tables, city.options.settings)
    links = links[is_linked(links, city.options.settings)]
    rows = numbered(city.tables.indicators, ("key_task", "level2", "name"), links["indicator"])
    columns = (links["project"], rows["key_task"], rows["level2"], rows["name"])
    return {
        project: (task or str(level2), "有" if name else "")
        for project, task, level2, name in zip(*(column.tolist() for column in columns), strict=True)
    }


def _twins(city: City, rows: list[ProjectRow]) -> dict[int, str]:
    """Return what to say of projects that another agency reports under the same name and amount, by row."""
    kind = kinds(city.options.settings)
    groups: dict[tuple[str, int], list[ProjectRow]] = {}
    for row in rows:
        if row.name and row.full.fen and kind(row.name) != "running":
            groups.setdefault((name_key(row.name), row.full.fen), []).append(row)
    found = {}
    for same in groups.values():
        agencies = dict.fromkeys(row.form for row in same)
        for row in same if len(agencies) > 1 else ():
            others = [city.agencies[form] for form in agencies if form != row.form]
            found[row.row] = others[0] + (f"等{len(others)}个单位" if len(others) > 1 else "")
    return found
