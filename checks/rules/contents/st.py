"""ST: structure and template. What the reader could not open, did not find, or had to interpret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checks.declared.framework import name_key
from checks.finding import Hit, Severity, Spot
from checks.frames.tables import ODDITY_COLUMNS
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


@rule(
    "ST06", Severity.INFO, COMPLETENESS,
    zh="表格结构被改动（{count}处），已按标签识别", en="the layout was changed in {count} places; read by its labels",
)  # fmt: skip
def the_layout_is_kept(oddities: Rows) -> list[Hit]:
    """Rows stand in their columns, once each.

    公式: 没有错列的行、重复的栏目、夹在明细中的小计
    依据: 当年度报表样式
    错例: 分页后的一行整体左移一列
    改法: 恢复表样的行列位置
    Fix: Put rows back into their columns
    """
    kinds = ("row_shifted", "subtotal_row", "duplicate_line")
    return [
        Hit(form, tuple(dict.fromkeys(map(spot_of, entries))), {"count": str(len(entries))})
        for form, entries in of_kind(oddities, *kinds).items()
    ]


@rule(
    "ST11", Severity.ERROR, COMPLETENESS, scope="batch",
    zh="年度不符：表上为{found}年度，本批为{expected}年度", en="the form is for {found}, this batch for {expected}",
)  # fmt: skip
def the_year_is_the_batchs(forms: Rows, settings: Settings) -> list[Hit]:
    """The form's fiscal year is the year of the batch: the one given, else that of most forms.

    公式: 表上年度 = 批次年度
    依据: 报送要求
    错例: 沿用上年表格，标题年度未改
    改法: 改正年度，并核对内容是否为本年度
    Fix: Correct the year and make sure that the contents are this year's
    """
    years = forms.frame["fiscal_year"].dropna()
    if settings.fiscal_year is None and (years.empty or (years == years.mode().iloc[0]).mean() <= 0.5):
        return []
    year = settings.fiscal_year or int(years.mode().iloc[0])
    wrong = forms.where(forms.given("fiscal_year") & (forms.fen("fiscal_year") != year))
    shown = [str(found) for found in wrong.fen("fiscal_year").tolist()]
    return hits(wrong, ["forms.fiscal_year"], found=shown, expected=str(year))


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
    names = {str(name): name_key(str(name)) for name in roster["agency"]}
    made = []
    for form, path, agency in zip(forms.ids.tolist(), forms["path"], forms["agency"], strict=True):
        own, stem = name_key(str(agency or "")), name_key(str(path).rpartition("/")[2])
        other = next((name for name, key in names.items() if key and key in stem and key != own), "")
        if other and own and own not in stem:
            made.append(
                Hit(form, (Spot("forms", form, "agency"),), {"other": other, "agency": quoted(agency)})
            )
    return made


@rule("ST13", Severity.INFO, COMPLETENESS, zh="一个文件含{count}张表", en="one file holds {count} forms")
def one_file_holds_one_form(files: Rows) -> list[Hit]:
    """A file holds one form.

    公式: 每个文件一张表
    依据: 报送要求
    错例: 一个工作簿中有两个单位的表
    改法: 确认各表均为报送内容
    Fix: Make sure that all forms are meant to be handed in
    """
    counts = zip(files.ids.tolist(), files["forms"].tolist(), strict=True)
    return [Hit(-1, (), {"count": str(count)}, file=number) for number, count in counts if count > 1]
