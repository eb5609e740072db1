"""ST: structure and template. What the reader could not open, did not find, or had to interpret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from checks.declared.text_key import text_key
from checks.finding import Hit, Severity, Spot
from checks.frames.columns import one_of, taken, where
from checks.frames.tables import ODDITY_COLUMNS, Tables
from checks.given.handed_in import handed_in, of_another_year, of_one_agency
from checks.rule import COMPLETENESS, hits, quoted, rule
from checks.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from checks.frames.rows import Rows


def of_kind(oddities: Rows, *kinds: str) -> dict[int, list[dict[str, Any]]]:
    """Return the oddities of some kinds by form, in reading order."""
    found: dict[int, list[dict[str, Any]]] = {}
    rows = oddities.where(oddities.among("kind", kinds))
    columns = (rows[name].tolist() for name in ODDITY_COLUMNS)
    for values in zip(*columns, strict=True):
        entry = dict(zip(ODDITY_COLUMNS, values, strict=True))
        found.setdefault(entry["form"], []).append(entry)
    return found


def spot_of(entry: dict[str, Any]) -> Spot:
    """Return the spot an oddity stands at."""
    return Spot(entry["table"], entry["row"], entry["field"])


@rule(
    "ST01",
    Severity.ERROR,
    COMPLETENESS,
    zh="文件无法读取：{reason}",
    en="the file cannot be read: {reason_en}",
)
def every_file_opens(files: Rows) -> list[Hit]:
    """Every submission opens as a workbook.

    公式: 文件可以打开，未加密、未损坏
    依据: 报送要求
    错例: 带打开密码的工作簿；下载中断的半个文件
    改法: 取消密码或重新导出后再次报送
    Fix: Remove the password or export the workbook again, and hand it in once more
    """
    return _files(files, "unreadable", "crashed")


@rule("ST02", Severity.ERROR, COMPLETENESS, zh="{reason}", en="{reason_en}")
def every_file_holds_the_form(files: Rows) -> list[Hit]:
    """Every submission holds the form that was asked for.

    公式: 有部门整体预算绩效目标表的标题，或至少八个栏目
    依据: 报送要求
    错例: 报来的是项目支出绩效目标表
    改法: 报送部门整体预算绩效目标表
    Fix: Hand in the form of the department's overall performance goals
    """
    return _files(files, "not_a_form")


def _files(files: Rows, *statuses: str) -> list[Hit]:
    chosen = files.where(files.among("status", statuses))
    return [
        Hit(-1, (), {"reason": reason, "reason_en": english}, file=number)
        for number, reason, english in zip(
            chosen.ids.tolist(), chosen["reason"], chosen["reason_en"], strict=True
        )
    ]


@rule(
    "ST03", Severity.WARNING, COMPLETENESS,
    zh="表样与2023年度表样不一致，缺少{count}个栏目：{labels}",
    en="not the template of 2023: {count} labels are missing: {labels}",
)  # fmt: skip
def the_template_is_the_years(oddities: Rows, settings: Settings) -> list[Hit]:
    """The form has the labels of its year's template.

    公式: 缺少的栏目少于阈值(template_labels_missing)
    依据: 当年度报表样式
    错例: 沿用上年表样，没有“可持续影响”以下各栏
    改法: 使用当年下发的表样重新填报
    Fix: Fill in the template of the year
    """
    most = settings.threshold("template_labels_missing")
    return [
        Hit(
            form,
            (spot_of(entries[0]),),
            {"count": str(len(entries)), "labels": quoted("、".join(e["text"] for e in entries), 60)},
        )
        for form, entries in of_kind(oddities, "missing_label").items()
        if len(entries) >= most
    ]


@rule("ST04", Severity.ERROR, COMPLETENESS, zh="缺少“{label}”行", en="the line “{label}” is missing")
def every_label_is_there(oddities: Rows, settings: Settings) -> list[Hit]:
    """Every label of the form is there; where many are missing ST03 speaks for all.

    公式: 每个栏目名称（去空格、统一全半角后）出现
    依据: 当年度报表样式；表行可增不可删
    错例: “上年结转资金”一行被删
    改法: 恢复被删的栏目，无发生额填0
    Fix: Put the line back; write 0 where there is nothing
    """
    most = settings.threshold("template_labels_missing")
    return [
        Hit(form, (spot_of(entry),), {"label": entry["text"]}, found="", expected=entry["text"])
        for form, entries in of_kind(oddities, "missing_label").items()
        if len(entries) < most
        for entry in entries
    ]


@rule("ST05", Severity.WARNING, COMPLETENESS, zh="指标表头缺少“{labels}”", en="the heading lacks {labels}")
def indicator_headings_are_complete(oddities: Rows) -> list[Hit]:
    """The heading of each indicator block has all its columns.

    公式: 决策、过程和效益、满意度部分五栏，履职部分六栏
    依据: 当年度报表样式
    错例: 履职部分表头没有“全年指标值”
    改法: 补全表头
    Fix: Complete the heading
    """
    return [
        Hit(form, (spot_of(entry),), {"labels": entry["text"]})
        for form, entries in of_kind(oddities, "header_incomplete").items()
        for entry in entries[:1]
    ]


_LAYOUT = ("row_shifted", "subtotal_row", "duplicate_line")
_LISTED = {
    "project_group": ("分组行", "rows that head groups"),
    "project_part": ("“其中”行", "rows that are part of the one above"),
    "project_merged": ("分资金来源填列的项目", "projects over several rows of funds, added up"),
    "project_joined": ("分两行填写的项目名称", "names typed over two rows"),
    "line_part": ("收支栏目下的“其中”行", "rows that are part of a fixed line"),
}
_EXTRA = {
    "extra_column": ("多出的列", "extra columns"),
    "text_beside": ("栏目旁的文字", "texts beside the columns"),
    "number_beside": ("没有表头的一列数", "numbers in a column without a heading"),
    "text_joined": ("分写在几格中的文字，已合并", "texts over several cells, joined"),
    "unknown_zero": ("表样没有的资金行（金额为0）", "lines of money the form does not have, with 0"),
}


@rule(
    "ST06", Severity.INFO, COMPLETENESS,
    zh={
        "": "表格结构被改动（{count}处），已按标签识别",
        "list": "项目明细分层填列，已按明细项目计算，不重复计入：{what}",
        "extra": "表样以外的内容未读入或已合并：{what}",
        "script": "表头用了繁体字，如“{text}”，已按简体字识别，请改用当年下发的表样",
        "differs": "“{item}”填{found}万元，其所含各行之和为{expected}万元",
    },
    en={
        "": "the layout was changed in {count} places; read by its labels",
        "list": "the list of projects has levels; only its items count: {what_en}",
        "extra": "what the form does not have was not read, or joined: {what_en}",
        "script": "labels are in traditional characters, such as “{text}”; they were read as simplified ones",
        "differs": "“{item}” is {found} 万元, the rows it holds add up to {expected} 万元",
    },
)  # fmt: skip
def the_layout_is_kept(oddities: Rows) -> list[Hit]:
    """Rows stand in their columns, once each; projects are listed one a row, and nothing stands beside the columns.

    Rows that head groups, parts of a project (其中), and subtotals are told by their marks and because they are
    the sum of other rows; they are no projects and count in no sum. One that is not that sum is an error.

    公式: 没有错列的行、重复的栏目、夹在明细中的小计、分组行和“其中”行，没有表样以外的列
    依据: 当年度报表样式
    错例: 分页后的一行整体左移一列；明细前另列“一、专项资金项目”合计
    改法: 恢复表样的行列位置，一行一个项目；分组行与明细不一致的，核对后改正
    Fix: Put rows back into their columns, one project a row; correct a group that is not the sum of its rows
    """
    made = [
        Hit(form, tuple(dict.fromkeys(map(spot_of, entries))), {"count": str(len(entries))})
        for form, entries in of_kind(oddities, *_LAYOUT).items()
    ]
    for variant, kinds in (("list", _LISTED), ("extra", _EXTRA)):
        for form, entries in of_kind(oddities, *kinds).items():
            spots = tuple(dict.fromkeys(map(spot_of, entries)))
            values = {"what": _kinds(entries, kinds, 0), "what_en": _kinds(entries, kinds, 1)}
            made.append(Hit(form, spots, values, variant=variant))
    made += [
        Hit(
            form,
            (spot_of(entry),),
            {"text": quoted(entry["text"], 30)},
            variant="script",
            found=entry["text"],
        )
        for form, (entry, *_) in of_kind(oddities, "traditional_label").items()
    ]
    return made + [
        _differs(form, entry)
        for form, entries in of_kind(oddities, "group_differs").items()
        for entry in entries
    ]


def _differs(form: int, entry: dict[str, Any]) -> Hit:
    found, _, expected = entry["detail"].partition("|")
    values = {"item": quoted(entry["text"]), "found": found, "expected": expected}
    return Hit(form, (spot_of(entry),), values, Severity.ERROR, "differs", found=found, expected=expected)


def _kinds(entries: list[dict[str, Any]], names: Mapping[str, tuple[str, str]], lang: int) -> str:
    """Return what was found, each kind with its first text and how many there are."""
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        by_kind.setdefault(entry["kind"], []).append(entry)
    said = []
    for kind, group in by_kind.items():
        count = (f"（{len(group)}处）", f" ({len(group)})")[lang] if len(group) > 1 else ""
        said.append(f"{names[kind][lang]}{'' if lang == 0 else ' '}“{quoted(group[0]['text'], 30)}”{count}")
    return ("、", ", ")[lang].join(said)


@rule(
    "ST11", Severity.ERROR, COMPLETENESS, scope="batch",
    zh={
        "": "年度不符：表上为{found}年度，本批为{expected}年度",
        "template": "本表为{found}年度，没有该年度的表样，已按{expected}年度表样读取",
    },
    en={
        "": "the form is for {found}, this batch for {expected}",
        "template": "the form is for {found}, whose template is not known; it was read by that of {expected}",
    },
)  # fmt: skip
def the_year_is_the_batchs(tables: Tables, forms: Rows, settings: Settings) -> list[Hit]:
    """The form's fiscal year is the year of the batch: the one given, else that of most forms.

    A form that gave way to one of the batch's year (XW02) is only named there.

    公式: 表上年度 = 批次年度
    依据: 报送要求
    错例: 沿用上年表格，标题年度未改
    改法: 改正年度，并核对内容是否为本年度
    Fix: Correct the year and make sure that the contents are this year's
    """
    import numpy as np

    foreign = _without_template(tables)
    years = forms.frame["fiscal_year"].dropna()
    if settings.fiscal_year is None and (years.empty or (years == years.mode().iloc[0]).mean() <= 0.5):
        return list(foreign.values())
    year = settings.fiscal_year or int(years.mode().iloc[0])
    given = handed_in(tables)
    gone = [
        form
        for *older, kept in of_one_agency(tables)
        for form in older
        if of_another_year(given[form], given[kept])
    ]
    off = forms.given("fiscal_year") & (forms.fen("fiscal_year") != year)
    wrong = forms.where(off & ~np.isin(forms.ids, gone))
    shown = [str(found) for found in wrong.fen("fiscal_year").tolist()]
    told = {*wrong.ids.tolist(), *gone}
    made = hits(wrong, ["forms.fiscal_year"], found=shown, expected=str(year))
    return made + [hit for form, hit in foreign.items() if form not in told]


def _without_template(tables: Tables) -> dict[int, Hit]:
    """Return by form that it is of a year whose template the reader does not have."""
    at = where(tables.oddities, {"kind": one_of("other_year")})
    rows = taken(tables.oddities, ("form", "text", "detail"), at)
    return {
        form: Hit(
            form, (Spot("forms", form, "fiscal_year"),), {"found": own, "expected": declared},
            Severity.INFO, "template", found=own,
        )
        for form, own, declared in zip(rows["form"].tolist(), rows["text"], rows["detail"], strict=True)
    }  # fmt: skip


@rule(
    "ST12", Severity.WARNING, COMPLETENESS,
    zh="文件名是“{other}”的，表内单位名称为“{agency}”", en="the file is named after “{other}”, the form is of “{agency}”",
)  # fmt: skip
def the_file_is_named_after_its_agency(forms: Rows, roster: pd.DataFrame) -> list[Hit]:
    """The file's name does not name another agency of the roster.

    公式: 文件名含名单中另一单位的名称或简称，而不含本单位的
    依据: 报送要求
    错例: 文件名为市水务局，表内是市交通局
    改法: 核对是否报错文件
    Fix: Check whether the wrong file was handed in
    """
    names = {str(name): text_key(str(name)) for name in roster["agency"]}
    made = []
    for form, path, agency in zip(forms.ids.tolist(), forms["path"], forms["agency"], strict=True):
        own, stem = text_key(str(agency or "")), text_key(str(path).rpartition("/")[2])
        other = next((name for name, key in names.items() if key and key in stem and key != own), "")
        if other and own and own not in stem:
            made.append(
                Hit(form, (Spot("forms", form, "agency"),), {"other": other, "agency": quoted(agency)})
            )
    return made


@rule(
    "ST13", Severity.INFO, COMPLETENESS,
    zh={
        "": "一个文件含{count}张表",
        "other_sheet": "工作表{sheets}不是本表，未读取",
        "sample_sheet": "工作表{sheets}是填报样例，未计入",
        "unread_sheet": "工作表{sheets}表样无法识别：没有读出任何金额和指标",
    },
    en={
        "": "one file holds {count} forms",
        "other_sheet": "sheet {sheets} is not this form and was not read",
        "sample_sheet": "sheet {sheets} is a sample and does not count",
        "unread_sheet": "the layout of sheet {sheets} cannot be recognised: neither an amount nor an indicator was read",
    },
)  # fmt: skip
def one_file_holds_one_form(files: Rows, oddities: Rows) -> list[Hit]:
    """A file holds one form; sheets with other tables, samples and what cannot be recognised are named.

    公式: 每个文件一张表；其余工作表逐一列明
    依据: 报送要求
    错例: 一个工作簿中有两个单位的表；另有项目支出绩效目标表
    改法: 确认各表均为报送内容；项目表等其他表另行报送
    Fix: Make sure that all forms are meant to be handed in; hand in other forms by themselves
    """
    counts = zip(files.ids.tolist(), files["forms"].tolist(), strict=True)
    made = [Hit(-1, (), {"count": str(count)}, file=number) for number, count in counts if count > 1]
    for kind in ("other_sheet", "sample_sheet", "unread_sheet"):
        severity = Severity.ERROR if kind == "unread_sheet" else None
        for form, entries in of_kind(oddities, kind).items():
            sheets = "、".join(_sheet_name(entry) for entry in entries[:_MOST_SHEETS])
            more = f"等{len(entries)}张" if len(entries) > _MOST_SHEETS else ""
            made.append(Hit(form, (), {"sheets": sheets + more}, severity, kind))
    return made


_MOST_SHEETS = 5
"""Sheets that are named one by one."""


def _sheet_name(entry: dict[str, Any]) -> str:
    title = f"（《{quoted(entry['detail'], 40)}》）" if entry["detail"] else ""
    return f"“{quoted(entry['text'], 30)}”{title}"
