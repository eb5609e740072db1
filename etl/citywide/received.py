"""报送情况 and 部门报送: the roster against what came in, every file with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from checks.finding import SEVERITY_NAMES
from checks.scope import WHY_NAMES
from etl.citywide.drawing.book import GREEN, Book, Column, Value
from etl.citywide.drawing.table import add_sheet
from etl.citywide.figures.city import City
from etl.citywide.figures.handed import BLANK, DOUBTFUL, Handed, Received, handed_in

if TYPE_CHECKING:
    import pandas as pd

_STYLES = {
    "已报": "good",
    "重复报送": "warning",
    "非本年度": "warning",
    "汇总表": "info",
    "已排除": "quiet",
    DOUBTFUL: "bad",
    BLANK: "warning",
    "已跳过": "quiet",
}

_COLUMNS = (
    Column("主管部门", 20, "text", "单位在名单中的主管部门", "", "名单"),
    Column("单位", 34, "text", "单位名称"),
    Column("灯", 5, "code", "红：有错误，退回修改；黄：只有警告；绿：没有错误和警告；灰：未报或已跳过"),
    Column(
        "结论",
        7,
        "code",
        "退回：有错误或无法读取，应改正后重报；通过：没有错误；空白：未报，或不是单位的报表",
    ),
    Column(
        "状态",
        19,
        "code",
        "已报：计入汇总；单位存疑：金额单位存疑，金额不计入无争议数；重复报送、非本年度、汇总表、已排除：不计入；已报（无法读取）；已报（单位名称空白）；未报：没有收到任何文件；无法读取、不是本表、已跳过：不知是哪个单位的文件",
    ),
    Column("文件", 44, "text", "报送文件，链接到退回文件"),
    *(Column(name, 7, "count", f"该报表的{name}数", "个") for name in SEVERITY_NAMES["zh"].values()),
)
_ROUNDS = (
    Column("轮次", 6, "count", "第几次报送", "次"), Column("已改", 6, "count", "上轮问题中本轮已没有的", "个"),
    Column("未改", 6, "count", "上轮已有、本轮仍有的", "个"), Column("新增", 6, "count", "上轮没有的", "个"),
    Column("已说明", 6, "count", "说明已被采纳的", "个"),
)  # fmt: skip
_PROFILE = Column("表样", 24, "text", "读取本表所用的表样（jixiao form list）")
_NOTE = Column("说明", 56, "wrap", "不计入汇总或无法读取的原因")


def write_received(book: Book, city: City, lines: Sequence[Received]) -> None:
    """Write 报送情况: one row a form, missing agency or other file; round columns where rounds are compared."""
    compared = city.options.rounds is not None or bool(city.options.numbers)
    columns = (*_COLUMNS, *(_ROUNDS if compared else ()), _PROFILE, _NOTE)
    table = add_sheet(book, "报送情况", "报送情况", _said(handed_in(lines, city.roster)), columns, GREEN)
    table.sheet.freeze_panes(table.first, 2)
    for line in lines:
        verdict = Value(line.verdict, "bad" if line.verdict == "退回" else "good" if line.verdict else "")
        light = Value("●" if line.light != "gray" else "○", line.light)
        status = Value(line.status, _STYLES.get(line.status, "bad"))
        path = Value(line.path, "link" if line.link else "", line.link, line.path)
        rounds: list[Any] = [line.round, *line.states] if compared else []
        table.add(
            [
                line.department,
                line.agency,
                light,
                verdict,
                status,
                path,
                *line.numbers,
                *rounds,
                line.profile,
                line.note,
            ]
        )
    table.filter()


def _said(handed: Handed) -> str:
    if handed.due is None:
        return f"已报{handed.handed}个单位：通过{handed.passed}个，退回{handed.returned}个。未提供应报单位名单，无法核对未报单位。"
    parts = [f"{name}{count}个" for name, count in handed.unusual]
    within = f"（其中{'、'.join(parts)}）" if parts else ""
    outside = f"另有名单外{handed.outside}个单位报送。" if handed.outside else ""
    return (
        f"应报{handed.due}个单位，已报{handed.handed}个{within}，未报{handed.missing}个；"
        f"通过{handed.passed}个，退回{handed.returned}个。{outside}"
    )


_BY_DEPARTMENT = (
    Column("主管部门", 26, "text", "单位在名单中的主管部门", "", "名单"),
    Column("应报", 8, "count", "名单中的单位数", "个", "名单"), Column("已报", 8, "count", "报送了文件的单位数，含无法读取的", "个"),
    Column("未报", 8, "count", "没有收到任何文件的单位数", "个"), Column("报送率", 18, "share", "已报/应报", "%"),
    Column("名单外", 8, "count", "报送了而不在名单中的单位", "个"),
    Column("重复", 8, "count", "被更新的报送替代的报表", "张"), Column("无法读取", 8, "count", "只报送了打不开或不是本表的文件的单位", "个"),
    Column("通过", 8, "count", "报表没有错误的单位", "个"), Column("退回", 8, "count", "报表有错误或无法读取的单位", "个"),
    Column("错误", 8, "count", "错误数", "个"), Column("警告", 8, "count", "警告数", "个"), Column("提示", 8, "count", "提示数", "个"),
)  # fmt: skip


def write_departments(book: Book, lines: Sequence[Received], roster: pd.DataFrame | None) -> None:
    """Write 部门报送: what each department had to hand in, what came, what was sent back."""
    table = add_sheet(book, "部门报送", "部门报送", "按主管部门汇总的报送和退回情况。", _BY_DEPARTMENT, GREEN)
    totals = [0] * (len(_BY_DEPARTMENT) - 1)
    by_department: dict[str, list[Received]] = {}
    for line in lines:
        by_department.setdefault(line.department, []).append(line)
    for department, own in by_department.items():
        numbers = _numbers(own, roster)
        if not any(numbers):
            continue
        table.add([department, *_with_share(numbers)])
        totals = [a + b for a, b in zip(totals, [*numbers[:3], 0, *numbers[3:]], strict=True)]
    if table.row > table.first:
        bars = {"type": "data_bar", "bar_color": "#A9D8B8", "bar_solid": True, "min_type": "num", "min_value": 0,
                "max_type": "num", "max_value": 1}  # fmt: skip
        table.sheet.conditional_format(table.first, 4, table.row - 1, 4, bars)
    table.sums("合计", [None, *totals[:3], None, *totals[4:]], 1)


def _numbers(lines: Sequence[Received], roster: pd.DataFrame | None) -> list[int]:
    forms = [line for line in lines if line.path and (line.handed or line.status in WHY_NAMES.values())]
    handed = handed_in(lines, roster)
    again = sum(line.status in ("重复报送", "非本年度") for line in forms)
    severities = [sum(line.numbers[n] for line in forms) for n in range(3)]
    return [
        handed.handed + handed.missing, handed.handed, handed.missing, handed.outside, again, handed.unreadable, handed.passed,
        handed.returned, *severities,
    ]  # fmt: skip


def _with_share(numbers: Sequence[int]) -> list[Any]:
    share = min(1, numbers[1] / numbers[0]) if numbers[0] else None
    return [*numbers[:3], share, *numbers[3:]]
