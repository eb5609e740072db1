"""项目清单: every project of the city, what it is for, what share it has, and who else reports it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from checks.declared.budget import FEN_PER_WAN
from checks.finding import Spot
from checks.frames.columns import numbered
from checks.likeness.links import is_linked, links_of
from checks.likeness.project_kinds import KIND_NAMES, kinds
from etl.citywide.drawing.book import MOST_LINKS, Book, Column, Value
from etl.citywide.drawing.table import LONG_LIST, Part, add_sheet, area
from etl.citywide.figures.city import City
from etl.citywide.figures.doubts import PERIODS, Doubt
from etl.citywide.figures.project_rows import ProjectRow, Projects, Twins, project_rows, twins
from etl.citywide.figures.readings import READINGS, Sum, project_sum
from etl.citywide.money import doubtful, wan
from etl.form.places import Place

if TYPE_CHECKING:
    from etl.citywide.drawing.table import Table

_DOUBT, _WORDS = "存疑", {"half": "半年", "full": "全年"}
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
        "对应重点工作", 30, "text", "名称重合度最高且达到阈值(link_least_percent)的履职行；空白为未见对应"
    ),
    Column("指标", 7, "code", "有：对应的履职行设有三级指标"),
    Column("重复申报", 24, "text", "另一单位有名称、全年预算数都相同的项目（运转类不标）"),
    Column("文件", 30, "text", "报送文件"),
    Column("工作表", 13, "text", "报送文件中的工作表"),
    Column("单元格", 9, "code", "全年预算数所在单元格，链接到退回文件"),
    Column(
        _DOUBT,
        10,
        "code",
        "哪个金额存疑（有未改正的错误，或金额单位存疑），链接到问题清单；存疑的不计入无争议数和比重",
    ),
)


def write_projects(book: Book, city: City) -> None:
    """Write 项目清单: one row a project of the forms that count (万元), sums in three readings below."""
    projects = project_rows(city)
    linked = len(projects.rows) <= MOST_LINKS
    note = f"单位：万元。※为存疑金额，链接到问题清单。{LONG_LIST}" + (
        "" if linked else "行数超过超链接上限，单元格以文字注明，只在各单位首行链接。"
    )
    table = add_sheet(book, "项目清单", "项目清单", note, _COLUMNS).long()
    table.sheet.freeze_panes(table.first, 3)
    kind = kinds(city.options.settings)
    same, tasks = twins(projects, kind), _tasks(city)
    for rows in projects.by_form():
        places = city.column(rows[0].form, "projects", "full")
        whole = sum(row.full or 0 for row in rows if not _of(city, row, "full"))
        for number, row in enumerate(rows):
            place = _place(city, row, places.get(row.row), linked or number == 0)
            task, measured = tasks.get(row.row, ("", ""))
            doubts = {period: _of(city, row, period) for period in PERIODS}
            sound = not doubts["full"]
            table.add([
                city.departments[row.form], city.agencies[row.form], row.name, KIND_NAMES[kind(row.name)],
                _amount(book, row.half, row.half_unread, doubts["half"]),
                _amount(book, row.full, row.full_unread, doubts["full"]), _share(row.full, whole) if sound else None,
                _share(row.half, row.full) if sound and not doubts["half"] else None, task,
                Value(measured, "good") if measured else "", _twin(city, same, row), *place, _told(book, doubts),
            ])  # fmt: skip
    _finish(table, city, projects)


def _of(city: City, row: ProjectRow, period: str) -> Doubt | None:
    fen = row.half if period == "half" else row.full
    return city.doubts.of(row.form, Spot("projects", row.row, period), fen)


def _told(book: Book, doubts: Mapping[str, Doubt | None]) -> Any:
    """Return which amounts of a project are in doubt, led to the finding."""
    words = [_WORDS[period] for period, doubt in doubts.items() if doubt]
    first = next((doubt for doubt in doubts.values() if doubt), None)
    return doubtful(book, first, "、".join(words)) if first else ""


def _finish(table: Table, city: City, projects: Projects) -> None:
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
    parts = table.parts
    sums = {period: project_sum(city, projects, period) for period in PERIODS}
    for reading in ("submitted", "meant", "undisputed"):
        _sum_row(table, parts, reading, sums)


def _sum_row(table: Table, parts: Sequence[Part], reading: str, sums: Mapping[str, Sum]) -> None:
    """Write the sums of a reading; the column 存疑 says live which amounts the undisputed one leaves out."""
    labels = ("合计", READINGS[reading], "", "")
    for number, column in enumerate(_COLUMNS):
        form = table.book.format(column.kind, "total")
        if number not in (4, 5):
            text = labels[number] if number < len(labels) else ""
            table.sheet.write_string(table.row, number, text, form)
            continue
        period = PERIODS[number - 4]
        exact, less = sums[period], ""
        if reading == "undisputed" and exact.out:
            less = "".join(
                f'-SUMIF({area(table, part, len(_COLUMNS) - 1)},"*{_WORDS[period]}*",{area(table, part, number)})'
                for part in parts
            )
        elif reading == "meant" and exact.meant != exact.submitted:
            less = f"{(exact.meant - exact.submitted) / FEN_PER_WAN:+.6f}"
        whole = "+".join(f"SUM({area(table, part, number)})" for part in parts)
        table.sheet.write_formula(table.row, number, f"={whole}{less}", form, wan(getattr(exact, reading)))
    table.row += 1


def _amount(book: Book, fen: int | None, unread: str, doubt: Doubt | None) -> Any:
    if unread:
        return Value(unread, "bad")
    return doubtful(book, doubt, wan(fen)) if doubt else wan(fen)


def _share(part: int | None, whole: int | None) -> float | None:
    return part / whole if part is not None and whole else None


def _place(city: City, row: ProjectRow, at: Place | None, linked: bool) -> list[Any]:
    sheet, cell = city.named(row.form, at)
    link = city.link(row.form, sheet, cell) if linked else ""
    return [city.paths[row.form], sheet, Value(cell, "link", link) if link else cell]


def _twin(city: City, same: Twins, row: ProjectRow) -> Any:
    """Return what to say of a project that another agency reports under the same name and amount."""
    other, others = same.of(row)
    if not others:
        return ""
    return Value(city.agencies[other] + (f"等{others}个单位" if others > 1 else ""), "warning")


def _tasks(city: City) -> dict[int, tuple[str, str]]:
    """Return the key task each linked project serves and whether an indicator stands behind it, by project row."""
    links = links_of(city.tables, city.options.settings)
    links = links[is_linked(links, city.options.settings) & links["form"].isin(city.order)]
    rows = numbered(city.tables.indicators, ("key_task", "level2", "name"), links["indicator"])
    columns = (links["project"], rows["key_task"], rows["level2"], rows["name"])
    return {
        project: (task or str(level2), "有" if name else "")
        for project, task, level2, name in zip(*(column.tolist() for column in columns), strict=True)
    }
