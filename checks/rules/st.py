"""ST: structure and template. What the reader could not open, did not find, or had to interpret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.budget import FUND_FIELDS, field_name
from checks.finding import Hit, Severity, Spot
from checks.framework import name_key
from checks.money import wan_text
from checks.relations import amounts
from checks.rule import COMPLETENESS, FITNESS, hits, quoted, rule
from checks.settings import Settings
from checks.tables import Tables

if TYPE_CHECKING:
    import pandas as pd

_BROKEN_STATES = ("error", "no_result")
_STRANGE_STATES = ("text", "date", "picture")


def _of_kind(oddities: pd.DataFrame, *kinds: str) -> dict[int, list[dict[str, str]]]:
    """Return the oddities of some kinds by form, in reading order."""
    found: dict[int, list[dict[str, str]]] = {}
    for entry in oddities[oddities["kind"].isin(kinds)].to_dict("records"):
        found.setdefault(int(entry["form"]), []).append({str(key): value for key, value in entry.items()})
    return found


def _spot(entry: dict[str, str]) -> Spot:
    return Spot(entry["table"], int(entry["row"]), entry["field"])


@rule(
    "ST01",
    Severity.ERROR,
    COMPLETENESS,
    zh="文件无法读取：{reason}",
    en="the file cannot be read: {reason_en}",
)
def every_file_opens(files: pd.DataFrame) -> list[Hit]:
    """Every submission opens as a workbook.

    公式: 文件可以打开，未加密、未损坏
    依据: 报送要求
    错例: 带打开密码的工作簿；下载中断的半个文件
    改法: 取消密码或重新导出后再次报送
    Fix: Remove the password or export the workbook again, and hand it in once more
    """
    return _files(files, "unreadable", "crashed")


@rule("ST02", Severity.ERROR, COMPLETENESS, zh="{reason}", en="{reason_en}")
def every_file_holds_the_form(files: pd.DataFrame) -> list[Hit]:
    """Every submission holds the form that was asked for.

    公式: 有部门整体预算绩效目标表的标题，或至少八个栏目
    依据: 报送要求
    错例: 报来的是项目支出绩效目标表
    改法: 报送部门整体预算绩效目标表
    Fix: Hand in the form of the department's overall performance goals
    """
    return _files(files, "not_a_form")


def _files(files: pd.DataFrame, *statuses: str) -> list[Hit]:
    chosen = files[files["status"].isin(statuses)]
    return [
        Hit(-1, (), {"reason": reason, "reason_en": english}, file=number)
        for number, reason, english in zip(
            chosen.index.tolist(), chosen["reason"], chosen["reason_en"], strict=True
        )
    ]


@rule(
    "ST03", Severity.WARNING, COMPLETENESS,
    zh="表样与2023年度表样不一致，缺少{count}个栏目：{labels}",
    en="not the template of 2023: {count} labels are missing: {labels}",
)  # fmt: skip
def the_template_is_the_years(oddities: pd.DataFrame, settings: Settings) -> list[Hit]:
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
            (_spot(entries[0]),),
            {"count": str(len(entries)), "labels": quoted("、".join(e["text"] for e in entries), 60)},
        )
        for form, entries in _of_kind(oddities, "missing_label").items()
        if len(entries) >= most
    ]


@rule("ST04", Severity.ERROR, COMPLETENESS, zh="缺少“{label}”行", en="the line “{label}” is missing")
def every_label_is_there(oddities: pd.DataFrame, settings: Settings) -> list[Hit]:
    """Every label of the form is there; where many are missing ST03 speaks for all.

    公式: 每个栏目名称（去空格、统一全半角后）出现
    依据: 当年度报表样式；表行可增不可删
    错例: “上年结转资金”一行被删
    改法: 恢复被删的栏目，无发生额填0
    Fix: Put the line back; write 0 where there is nothing
    """
    most = settings.threshold("template_labels_missing")
    return [
        Hit(form, (_spot(entry),), {"label": entry["text"]}, found="", expected=entry["text"])
        for form, entries in _of_kind(oddities, "missing_label").items()
        if len(entries) < most
        for entry in entries
    ]


@rule("ST05", Severity.WARNING, COMPLETENESS, zh="指标表头缺少“{labels}”", en="the heading lacks {labels}")
def indicator_headings_are_complete(oddities: pd.DataFrame) -> list[Hit]:
    """The heading of each indicator block has all its columns.

    公式: 决策、过程和效益、满意度部分五栏，履职部分六栏
    依据: 当年度报表样式
    错例: 履职部分表头没有“全年指标值”
    改法: 补全表头
    Fix: Complete the heading
    """
    return [
        Hit(form, (_spot(entry),), {"labels": entry["text"]})
        for form, entries in _of_kind(oddities, "header_incomplete").items()
        for entry in entries[:1]
    ]


@rule(
    "ST06", Severity.INFO, COMPLETENESS,
    zh="表格结构被改动（{count}处），已按标签识别", en="the layout was changed in {count} places; read by its labels",
)  # fmt: skip
def the_layout_is_kept(oddities: pd.DataFrame) -> list[Hit]:
    """Rows stand in their columns, once each.

    公式: 没有错列的行、重复的栏目、夹在明细中的小计
    依据: 当年度报表样式
    错例: 分页后的一行整体左移一列
    改法: 恢复表样的行列位置
    Fix: Put rows back into their columns
    """
    kinds = ("row_shifted", "subtotal_row", "duplicate_line")
    return [
        Hit(form, tuple(dict.fromkeys(map(_spot, entries))), {"count": str(len(entries))})
        for form, entries in _of_kind(oddities, *kinds).items()
    ]


@rule(
    "ST07", Severity.ERROR, COMPLETENESS,
    zh={
        "error": "“{item}”单元格是错误值{found}，金额或指标值未能读取",
        "no_result": "“{item}”单元格公式没有计算结果，未能读取",
        "recomputed": "“{item}”单元格公式没有计算结果，已按公式求得{value}",
        "stale": "“{item}”单元格显示{found}，按公式应为{value}，请重新计算后保存",
    },
    en={
        "error": "“{item_en}” holds the error {found} and could not be read",
        "no_result": "“{item_en}” is a formula without a result and could not be read",
        "recomputed": "“{item_en}” is a formula without a result; worked out as {value}",
        "stale": "“{item_en}” shows {found} but its formula gives {value}; recalculate and save",
    },
)  # fmt: skip
def formulas_have_results(tables: Tables) -> list[Hit]:
    """Every formula has a result, a true one, and it is not an error.

    公式: 无#REF!等错误值；公式有缓存结果；纯求和公式的结果与重新求和一致
    依据: 报送要求
    错例: 由程序导出、从未计算过的工作簿
    改法: 在Excel或WPS中打开、重新计算并保存后报送
    Fix: Open the workbook in Excel or WPS, recalculate, save, and hand it in again
    """
    made = [
        hit
        for field in FUND_FIELDS
        for hit in _broken(tables.funds, "funds", field, field_name(field), field_name(field, "en"))
    ]
    for field in ("half", "full"):
        names = tables.projects["name"].map(quoted)
        made += _broken(tables.projects, "projects", field, names, names)
        indicator_names = tables.indicators["name"].map(quoted)
        made += _broken(tables.indicators, "indicators", field, indicator_names, indicator_names)
    return made + _worked_out(tables)


def _broken(
    frame: pd.DataFrame, table: str, field: str, item: pd.Series[str] | str, item_en: pd.Series[str] | str
) -> list[Hit]:
    state = frame[f"{field}_state"]
    shown = frame[f"{field}_raw"].map(quoted)
    place = [f"{table}.{field}"]
    wrong = state.isin(_BROKEN_STATES)
    return hits(frame, wrong, place, variant=state, item=item, item_en=item_en, found=shown)


def _worked_out(tables: Tables) -> list[Hit]:
    made = []
    for form, entries in _of_kind(tables.oddities, "recomputed", "stale_formula").items():
        for entry in entries:
            item, item_en = _item(entry, tables)
            stale = entry["kind"] == "stale_formula"
            value = entry["detail"] or entry["text"]
            made.append(
                Hit(
                    form, (_spot(entry),), {"item": item, "item_en": item_en, "found": entry["text"], "value": value},
                    Severity.WARNING, "stale" if stale else "recomputed", found=entry["text"], expected=value,
                )
            )  # fmt: skip
    return made


def _item(entry: dict[str, str], tables: Tables) -> tuple[str, str]:
    if entry["table"] == "funds":
        return field_name(entry["field"]), field_name(entry["field"], "en")
    frame = tables.projects if entry["table"] == "projects" else tables.indicators
    name = quoted(frame["name"].loc[int(entry["row"])])
    return name, name


@rule(
    "ST08", Severity.INFO, COMPLETENESS,
    zh={
        "": "{count}处数字以文本存储，已按数值识别，如“{raw}”按{value}万元",
        "text": "“{item}”金额“{raw}”不是数字，未能读取",
        "date": "“{item}”金额单元格是日期格式，未能读取",
        "picture": "“{item}”金额单元格是图片，未能读取",
    },
    en={
        "": "{count} numbers are stored as text and were read, such as “{raw}” as {value} 万元",
        "text": "“{item_en}”: “{raw}” is not a number and could not be read",
        "date": "“{item_en}” is formatted as a date and could not be read",
        "picture": "“{item_en}” is a picture and could not be read",
    },
)  # fmt: skip
def amounts_are_stored_as_numbers(tables: Tables) -> list[Hit]:
    """Amounts are numbers; text that is nothing but a number is read and said once a form.

    公式: 金额单元格为数值；文本只有在毫无歧义时才按数值识别
    依据: 报送要求
    错例: “1,862.00”“１８６２”以文本存储；“约1200”不是数字
    改法: 将单元格改为数值格式重新录入
    Fix: Enter the amount again as a number
    """
    made = [
        hit
        for field in FUND_FIELDS
        for hit in _strange(tables.funds, "funds", field, field_name(field), field_name(field, "en"))
    ]
    for field in ("half", "full"):
        names = tables.projects["name"].map(quoted)
        made += _strange(tables.projects, "projects", field, names, names)
    for form, entries in _of_kind(tables.oddities, "number_as_text").items():
        spots = tuple(map(_spot, entries))
        values = {
            "count": str(len(entries)),
            "raw": quoted(entries[0]["text"]),
            "value": _read_as(spots[0], tables),
        }
        made.append(Hit(form, spots, values, found=entries[0]["text"]))
    return made


def _read_as(spot: Spot, tables: Tables) -> str:
    frame = tables.funds if spot.table == "funds" else tables.projects
    return wan_text(int(frame[spot.field].loc[spot.row]))


def _strange(
    frame: pd.DataFrame, table: str, field: str, item: pd.Series[str] | str, item_en: pd.Series[str] | str
) -> list[Hit]:
    state = frame[f"{field}_state"]
    raw = frame[f"{field}_raw"].map(quoted)
    return hits(
        frame, state.isin(_STRANGE_STATES), [f"{table}.{field}"],
        severity=Severity.ERROR, variant=state, item=item, item_en=item_en, raw=raw, found=raw,
    )  # fmt: skip


@rule(
    "ST09", Severity.WARNING, FITNESS,
    zh={
        "total": "资金总额{total}万元异常大，疑似以“元”填报",
        "mixed": "{count}处金额以“元”填写，已折算为万元，如“{raw}”",
    },
    en={
        "total": "total funds of {total} 万元 are implausible: probably given in yuan",
        "mixed": "{count} amounts are given in yuan and were converted, such as “{raw}”",
    },
)  # fmt: skip
def money_is_in_ten_thousands(tables: Tables, settings: Settings) -> list[Hit]:
    """Amounts are given in 万元 as the form asks, all in one unit.

    公式: 资金总额小于阈值(total_highest_wan)；无单独以元填写的单元格
    依据: 表样注明单位为万元
    错例: 资金总额填80554700
    改法: 按万元重新填写
    Fix: State the amounts in 万元
    """
    total = amounts(tables.funds, "total_full")
    huge = total > int(settings.threshold("total_highest_wan")) * 1_000_000
    text = total.map(wan_text)
    made = hits(tables.funds, huge, ["funds.total_full"], variant="total", total=text, found=text)
    for form, entries in _of_kind(tables.oddities, "unit_converted").items():
        values = {"count": str(len(entries)), "raw": quoted(entries[0]["text"])}
        made.append(Hit(form, tuple(map(_spot, entries)), values, variant="mixed", found=entries[0]["text"]))
    return made


@rule(
    "ST10", Severity.WARNING, COMPLETENESS,
    zh="存在{what}，请确认是否为填报内容", en="there is hidden content or content outside the table: {what}",
)  # fmt: skip
def nothing_is_hidden(oddities: pd.DataFrame) -> list[Hit]:
    """No row or column of the form is hidden, and nothing but footers stands outside the table.

    公式: 表内行列均未隐藏；表外无内容
    依据: 报送要求
    错例: 隐藏了三行项目
    改法: 取消隐藏，删除与填报无关的内容
    Fix: Unhide the rows and take out what does not belong to the form
    """
    names = {"hidden_row": "隐藏行", "hidden_column": "隐藏列", "form_on_hidden_sheet": "隐藏工作表上的表"}
    made = []
    for form, entries in _of_kind(oddities, *names).items():
        kinds = dict.fromkeys(names[entry["kind"]] for entry in entries)
        made.append(Hit(form, (_spot(entries[0]),), {"what": "、".join(kinds) + f"（{len(entries)}处）"}))
    return made


@rule(
    "ST11", Severity.ERROR, COMPLETENESS, scope="batch",
    zh="年度不符：表上为{found}年度，本批为{expected}年度", en="the form is for {found}, this batch for {expected}",
)  # fmt: skip
def the_year_is_the_batchs(forms: pd.DataFrame, settings: Settings) -> list[Hit]:
    """The form's fiscal year is the year of the batch: the one given, else that of most forms.

    公式: 表上年度 = 批次年度
    依据: 报送要求
    错例: 沿用上年表格，标题年度未改
    改法: 改正年度，并核对内容是否为本年度
    Fix: Correct the year and make sure that the contents are this year's
    """
    years = forms["fiscal_year"].dropna()
    if settings.fiscal_year is None and (years.empty or (years == years.mode().iloc[0]).mean() <= 0.5):
        return []
    year = settings.fiscal_year or int(years.mode().iloc[0])
    shown = forms["fiscal_year"].astype(str)
    wrong = forms["fiscal_year"].notna() & (forms["fiscal_year"].fillna(year) != year)
    return hits(forms, wrong, ["forms.fiscal_year"], found=shown, expected=str(year))


@rule(
    "ST12", Severity.WARNING, COMPLETENESS,
    zh="文件名是“{other}”的，表内单位名称为“{agency}”", en="the file is named after “{other}”, the form is of “{agency}”",
)  # fmt: skip
def the_file_is_named_after_its_agency(forms: pd.DataFrame, roster: pd.DataFrame) -> list[Hit]:
    """The file's name does not name another agency of the roster.

    公式: 文件名含名单中另一单位的名称或简称，而不含本单位的
    依据: 报送要求
    错例: 文件名为市水务局，表内是市交通局
    改法: 核对是否报错文件
    Fix: Check whether the wrong file was handed in
    """
    names = {str(name): name_key(str(name)) for name in roster["agency"]}
    made = []
    for form, path, agency in zip(forms.index.tolist(), forms["path"], forms["agency"], strict=True):
        own, stem = name_key(str(agency or "")), name_key(str(path).rpartition("/")[2])
        other = next((name for name, key in names.items() if key and key in stem and key != own), "")
        if other and own and own not in stem:
            made.append(
                Hit(form, (Spot("forms", form, "agency"),), {"other": other, "agency": quoted(agency)})
            )
    return made


@rule("ST13", Severity.INFO, COMPLETENESS, zh="一个文件含{count}张表", en="one file holds {count} forms")
def one_file_holds_one_form(files: pd.DataFrame) -> list[Hit]:
    """A file holds one form.

    公式: 每个文件一张表
    依据: 报送要求
    错例: 一个工作簿中有两个单位的表
    改法: 确认各表均为报送内容
    Fix: Make sure that all forms are meant to be handed in
    """
    chosen = files[files["forms"].astype("int64") > 1]
    return [
        Hit(-1, (), {"count": str(count)}, file=number)
        for number, count in zip(chosen.index.tolist(), chosen["forms"], strict=True)
    ]
