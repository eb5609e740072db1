"""报送情况 and 部门报送: the roster against what came in, every file with what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from checks.finding import SEVERITY_NAMES
from checks.frames.columns import one_of, taken, where
from checks.given.roster import match_agencies
from checks.scope import WHY_NAMES
from etl.citywide.drawing.book import GREEN, Book, Column, Value
from etl.citywide.drawing.table import add_sheet
from etl.citywide.figures.city import NO_DEPARTMENT, City
from etl.frames.build import STATUS_NAMES
from etl.marked.lines import State

Light = Literal["green", "amber", "red", "gray"]
_STYLES = {
    "已报": "good",
    "重复报送": "warning",
    "非本年度": "warning",
    "汇总表": "info",
    "已排除": "quiet",
    "单位存疑": "bad",
    "已跳过": "quiet",
}


@dataclass(frozen=True, slots=True)
class Received:
    """A line of 报送情况. `numbers`: errors, warnings, infos; `states`: fixed, standing, new, explained."""

    department: str
    agency: str
    status: str
    light: Light
    path: str
    link: str
    numbers: tuple[int, int, int] = (0, 0, 0)
    states: tuple[int, int, int, int] = (0, 0, 0, 0)
    round: int = 0
    note: str = ""


def received(city: City) -> list[Received]:
    """Return every form, missing agency and file without a form, by department and agency."""
    lines = [*_forms(city), *_missing(city), *_others(city)]
    return sorted(
        lines, key=lambda x: (x.department == NO_DEPARTMENT, x.department, x.agency == "", x.agency, x.path)
    )


def _forms(city: City) -> Iterator[Received]:
    counts = city.seen.by(lambda kind: (kind.form, kind.severity))
    states, blocking = city.seen.by(lambda kind: (kind.form, kind.state)), city.seen.blocking()
    ids = city.tables.forms["id"].tolist()
    passed = _passed_over(city)
    for form in range(len(ids)):
        why = city.left_out.get(form)
        numbers = (counts[form, "error"], counts[form, "warning"], counts[form, "info"])
        light: Light = "red" if form in blocking else "amber" if numbers[1] else "green"
        done = city.options.rounds.files.get(city.paths[form]) if city.options.rounds else None
        known = [states[form, str(state)] for state in (State.STANDING, State.NEW)]
        become = (
            len(done.fixed) if done else 0,
            known[0],
            known[1],
            city.options.explained.get(ids[form], 0),
        )
        notes = [why.note if why else "", *passed.get(form, ())]
        yield Received(
            city.departments[form], city.agencies[form], WHY_NAMES[why.why] if why else "已报", light,
            city.paths[form], city.bases[form], numbers, become,
            done.number if done else 0, "；".join(filter(None, notes)),
        )  # fmt: skip


_PASSED = {
    "other_sheet": "不是本表，未读取", "sample_sheet": "是填报样例，未计入", "unread_sheet": "表样无法识别，未计入",
}  # fmt: skip


def _passed_over(city: City) -> dict[int, list[str]]:
    """Return what 报送情况 says of sheets beside a form of which nothing was read, by form."""
    oddities = city.tables.oddities
    at = where(oddities, {"kind": one_of(*_PASSED)})
    rows = taken(oddities, ("form", "kind", "text", "detail"), at)
    found: dict[int, list[str]] = {}
    for form, kind, sheet, title in zip(
        rows["form"].tolist(), rows["kind"], rows["text"], rows["detail"], strict=True
    ):
        named = f"（《{title}》）" if title else ""
        found.setdefault(form, []).append(f"工作表“{sheet}”{named}{_PASSED[kind]}")
    return found


def missing_agencies(city: City) -> list[tuple[str, str]]:
    """Return department and name of every agency of the roster that handed nothing in."""
    if city.roster is None:
        return []
    seen = {row for row in match_agencies(city.tables.forms["agency"].fillna(""), city.roster) if row >= 0}
    rows = city.roster[~city.roster.index.isin(seen)]
    names = zip(rows["department"].astype(str), rows["agency"].astype(str), strict=True)
    return [(department or NO_DEPARTMENT, agency) for department, agency in names]


def _missing(city: City) -> Iterator[Received]:
    for department, agency in missing_agencies(city):
        yield Received(department, agency, "未报", "gray", "", "", note="应报未报")


def _others(city: City) -> Iterator[Received]:
    """Yield files without a form; whose they are is told by their names, where the roster knows them."""
    failed = [
        (f.path, STATUS_NAMES["zh"][f.status], f.reason) for f in city.batch.files if f.status != "checked"
    ]
    stems = [PurePosixPath(path).stem for path, _, _ in failed]
    rows = match_agencies(stems, city.roster) if city.roster is not None else [-1] * len(failed)
    for (path, status, reason), row in zip(failed, rows, strict=True):
        named = city.roster is not None and row >= 0
        department = str(city.roster["department"].loc[row]) if named and city.roster is not None else ""
        note = f"{reason}（文件名为{PurePosixPath(path).stem}）" if named else reason
        yield Received(department or NO_DEPARTMENT, "", status, "red", path, "", note=note)
    for skipped in city.batch.skipped:
        yield Received(NO_DEPARTMENT, "", "已跳过", "gray", skipped.relative, "", note=skipped.reason)


_COLUMNS = (
    Column("主管部门", 20, "text", "单位在名单中的主管部门", "", "名单"),
    Column("单位", 34, "text", "单位名称"),
    Column("灯", 5, "code", "红：有错误，退回修改；黄：只有警告；绿：没有错误和警告；灰：未报或已跳过"),
    Column(
        "状态",
        11,
        "code",
        "已报：计入汇总；重复报送、非本年度、汇总表、已排除、单位存疑：不计入；未报；无法读取；不是本表；已跳过",
    ),
    Column("文件", 44, "text", "报送文件，链接到退回文件"),
    *(Column(name, 7, "count", f"该报表的{name}数", "个") for name in SEVERITY_NAMES["zh"].values()),
)
_ROUNDS = (
    Column("轮次", 6, "count", "第几次报送", "次"), Column("已改", 6, "count", "上轮问题中本轮已没有的", "个"),
    Column("未改", 6, "count", "上轮已有、本轮仍有的", "个"), Column("新增", 6, "count", "上轮没有的", "个"),
    Column("已说明", 6, "count", "说明已被采纳的", "个"),
)  # fmt: skip
_NOTE = Column("说明", 56, "wrap", "不计入汇总或无法读取的原因")


def write_received(book: Book, city: City, lines: Sequence[Received]) -> None:
    """Write 报送情况: one row a form, missing agency or other file; round columns where rounds are compared."""
    compared = city.options.rounds is not None
    columns = (*_COLUMNS, *(_ROUNDS if compared else ()), _NOTE)
    table = add_sheet(book, "报送情况", "报送情况表", _said(city), columns, GREEN)
    table.sheet.freeze_panes(table.first, 2)
    for line in lines:
        light = Value("●" if line.light != "gray" else "○", line.light)
        status = Value(line.status, _STYLES.get(line.status, "bad"))
        path = Value(line.path, "link" if line.link else "", line.link, line.path)
        rounds: list[Any] = [line.round, *line.states] if compared else []
        table.add([line.department, line.agency, light, status, path, *line.numbers, *rounds, line.note])
    table.filter()


def _said(city: City) -> str:
    missing = len(missing_agencies(city))
    if city.roster is None:
        return "未提供应报单位名单，无法核对未报单位。"
    return f"应报{len(city.roster)}个单位，已报{len(city.roster) - missing}个，未报{missing}个。"


_BY_DEPARTMENT = (
    Column("主管部门", 26, "text", "单位在名单中的主管部门", "", "名单"),
    Column("应报", 8, "count", "名单中的单位数", "个", "名单"), Column("已报", 8, "count", "至少有一张报表的单位数", "个"),
    Column("未报", 8, "count", "应报-已报", "个"), Column("报送率", 18, "share", "已报/应报", "%"),
    Column("重复", 8, "count", "被更新的报送替代的报表", "张"), Column("无法读取", 8, "count", "文件名在名单中而打不开或不是本表的", "个"),
    Column("通过", 8, "count", "没有错误的报表", "张"), Column("退回", 8, "count", "有错误的报表", "张"),
    Column("错误", 8, "count", "错误数", "个"), Column("警告", 8, "count", "警告数", "个"), Column("提示", 8, "count", "提示数", "个"),
)  # fmt: skip


def write_departments(book: Book, lines: Sequence[Received]) -> None:
    """Write 部门报送: what each department had to hand in, what came, what was sent back."""
    table = add_sheet(
        book, "部门报送", "部门报送统计表", "按主管部门汇总的报送和退回情况。", _BY_DEPARTMENT, GREEN
    )
    totals = [0] * (len(_BY_DEPARTMENT) - 1)
    by_department: dict[str, list[Received]] = {}
    for line in lines:
        by_department.setdefault(line.department, []).append(line)
    for department, own in by_department.items():
        numbers = _numbers(own)
        if not any(numbers):
            continue
        table.add([department, *_with_share(numbers)])
        totals = [a + b for a, b in zip(totals, [*numbers[:3], 0, *numbers[3:]], strict=True)]
    if table.row > table.first:
        bars = {"type": "data_bar", "bar_color": "#A9D8B8", "bar_solid": True, "min_type": "num", "min_value": 0,
                "max_type": "num", "max_value": 1}  # fmt: skip
        table.sheet.conditional_format(table.first, 4, table.row - 1, 4, bars)
    table.sums("合计", [None, *totals[:3], None, *totals[4:]], 1)


def _numbers(lines: Sequence[Received]) -> list[int]:
    forms = [line for line in lines if line.status in ("已报", *WHY_NAMES.values())]
    counted = [line for line in forms if line.status not in ("重复报送", "非本年度")]
    handed = {line.agency for line in counted}
    missing = sum(line.status == "未报" for line in lines)
    failed = sum(
        line.status in STATUS_NAMES["zh"].values() and line.status not in ("已检查", "已跳过")
        for line in lines
    )
    returned = sum(line.light == "red" for line in counted)
    severities = [sum(line.numbers[n] for line in forms) for n in range(3)]
    return [
        len(handed) + missing, len(handed), missing, len(forms) - len(counted), failed,
        len(counted) - returned, returned, *severities,
    ]  # fmt: skip


def _with_share(numbers: Sequence[int]) -> list[Any]:
    share = numbers[1] / numbers[0] if numbers[0] else None
    return [*numbers[:3], share, *numbers[3:]]
