"""ST: what a cell holds and what is hidden: formulas, numbers as text, units, hidden rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from checks.declared.budget import Budget
from checks.declared.money import wan_text
from checks.finding import Hit, Severity, Spot
from checks.frames.tables import ERROR_STATES, Tables
from checks.relations import UNKNOWN_LINE
from checks.rule import COMPLETENESS, hits, quoted, rule, told
from checks.rules.contents.st import of_kind, spot_of

if TYPE_CHECKING:
    from checks.frames.rows import Mask, Rows

_STRANGE_STATES = ("text", "date", "picture")


@rule(
    "ST07", Severity.ERROR, COMPLETENESS,
    zh={
        "error": "“{item}”单元格是错误值{found}，金额或指标值未能读取",
        "no_result": "“{item}”单元格公式没有计算结果，未能读取",
        "recomputed": "“{item}”单元格公式没有计算结果，已按公式求得{value}",
        "recalculated": "“{item}”是公式，文件中存的结果{found}未经计算，已按公式求得{value}，请重新计算后保存",
        "zero": "“{item}”单元格存的是0，已按公式求得{value}，请重新计算后保存",
        "stale": "“{item}”单元格显示{found}，按公式应为{value}，请重新计算后保存",
        "links": "引用其他工作簿或未能计算的公式共{count}处，结果全为0（如“{item}”），链接可能已断，未能读取，请改填数值",
    },
    en={
        "error": "“{item_en}” holds the error {found} and could not be read",
        "no_result": "“{item_en}” is a formula without a result and could not be read",
        "recomputed": "“{item_en}” is a formula without a result; worked out as {value}",
        "recalculated": "“{item_en}” is a formula whose stored result {found} was not calculated; worked out as {value}; recalculate and save",
        "zero": "“{item_en}” is stored as 0; worked out by its formula as {value}; recalculate and save",
        "stale": "“{item_en}” shows {found} but its formula gives {value}; recalculate and save",
        "links": "“{item_en}” is one of {count} cells that take 0 from other workbooks or formulas that could not be followed; links may be broken, nothing was read; write the numbers",
    },
)  # fmt: skip
def formulas_have_results(
    tables: Tables, budget: Budget, funds: Rows, projects: Rows, indicators: Rows, oddities: Rows
) -> list[Hit]:
    """Every formula has a result, a true one, and it is not an error.

    What is worked out: numbers, + - * / %, SUM, ROUND, IF, references to cells of this workbook. A stored 0 is not
    trusted where the formula gives something else.

    公式: 无#REF!等错误值；公式有缓存结果；结果与按公式重新计算一致；合计不全为断开的链接
    依据: 报送要求
    错例: 由程序导出、从未计算过的工作簿
    改法: 在Excel或WPS中打开、重新计算并保存后报送
    Fix: Open the workbook in Excel or WPS, recalculate, save, and hand it in again
    """
    said = _broken_links(tables, oddities)
    links = {spot for hit in said for spot in hit.spots}
    made = []
    for field in budget.fields:
        broken = funds.where(
            funds.among(f"{field}_state", ERROR_STATES) & ~_among(funds, "funds", field, links)
        )
        made += _broken(broken, f"funds.{field}", budget.field_name(field), budget.field_name(field, "en"))
    for field in ("half", "full"):
        for table, rows in (("projects", projects), ("indicators", indicators)):
            of_links = _among(rows, table, field, links)
            broken = rows.where(rows.among(f"{field}_state", ERROR_STATES) & ~of_links)
            made += _broken(broken, f"{table}.{field}", told(broken, "name"), told(broken, "name"))
    return made + said + _worked_out(tables, oddities)


def _among(rows: Rows, table: str, field: str, cells: set[Spot]) -> Mask:
    """Return where the cell of a row in a column is one of some cells."""
    import numpy as np

    return np.isin(rows.ids, [spot.row for spot in cells if (spot.table, spot.field) == (table, field)])


def _broken_links(tables: Tables, oddities: Rows) -> list[Hit]:
    """Return for each form whose totals by formula are all 0 one hit with all of its cells, in place of one a cell."""
    made = []
    for form, entries in of_kind(oddities, "broken_links").items():
        item, item_en = _item(entries[0], tables)
        values = {"item": item, "item_en": item_en, "count": str(len(entries))}
        made.append(Hit(form, tuple(map(spot_of, entries)), values, variant="links", found="0"))
    return made


def _broken(broken: Rows, place: str, item: str | list[str], item_en: str | list[str]) -> list[Hit]:
    field = place.partition(".")[2]
    state, shown = broken[f"{field}_state"].tolist(), told(broken, f"{field}_raw")
    return hits(broken, [place], variant=state, item=item, item_en=item_en, found=shown)


def _worked_out(tables: Tables, oddities: Rows) -> list[Hit]:
    made = []
    for form, entries in of_kind(oddities, *_WORKED_OUT).items():
        for entry in entries:
            item, item_en = _item(entry, tables)
            variant, severity = _WORKED_OUT[entry["kind"]]
            value, found = entry["text"], entry["detail"] or ("0" if variant == "zero" else entry["text"])
            if variant == "stale":
                value, found = entry["detail"], entry["text"]
            if variant == "recalculated" and found.strip("0.%"):
                severity = Severity.WARNING
            values = {"item": item, "item_en": item_en, "found": found, "value": value}
            made.append(Hit(form, (spot_of(entry),), values, severity, variant, found=found, expected=value))
    return made


_WORKED_OUT = {
    "recomputed": ("recomputed", Severity.WARNING), "recalculated": ("recalculated", Severity.INFO),
    "zero_result": ("zero", Severity.WARNING), "stale_formula": ("stale", Severity.WARNING),
}  # fmt: skip


def _item(entry: dict[str, Any], tables: Tables) -> tuple[str, str]:
    if entry["table"] == "funds":
        return tables.budget.field_name(entry["field"]), tables.budget.field_name(entry["field"], "en")
    frame = tables.projects if entry["table"] == "projects" else tables.indicators
    name = quoted(frame["name"].loc[int(entry["row"])])
    return name, name


@rule(
    "ST08", Severity.INFO, COMPLETENESS,
    zh={
        "": "{count}处数字以文本存储，已按数值识别，如“{raw}”按{value}万元",
        "text": "“{item}”金额“{raw}”不是数字，未能读取",
        "date": "“{item}”金额单元格是日期（显示为“{raw}”），未能读取，请改为数值格式",
        "shown": "“{item}”单元格显示为“{raw}”，所存数值为{value}万元，已按数值读取，请改为数值格式",
        "picture": "“{item}”金额单元格是图片，未能读取",
    },
    en={
        "": "{count} numbers are stored as text and were read, such as “{raw}” as {value} 万元",
        "text": "“{item_en}”: “{raw}” is not a number and could not be read",
        "date": "“{item_en}” is formatted as a date (it shows “{raw}”) and could not be read; use a number format",
        "shown": "“{item_en}” shows “{raw}” while the number stored is {value} 万元, which was read; use a number format",
        "picture": "“{item_en}” is a picture and could not be read",
    },
)  # fmt: skip
def amounts_are_stored_as_numbers(
    tables: Tables, budget: Budget, funds: Rows, projects: Rows, oddities: Rows
) -> list[Hit]:
    """Amounts are numbers; text that is nothing but a number is read and said once a form.

    A number whose format shows something else (a percentage, a fraction, a word, nothing) is named.

    公式: 金额单元格为数值，显示的就是所存的数；文本只有在毫无歧义时才按数值识别
    依据: 报送要求
    错例: “1,862.00”“１８６２”以文本存储；“约1200”不是数字
    改法: 将单元格改为数值格式重新录入
    Fix: Enter the amount again as a number
    """
    made = []
    for field in budget.fields:
        strange = funds.where(funds.among(f"{field}_state", _STRANGE_STATES))
        made += _strange(strange, f"funds.{field}", budget.field_name(field), budget.field_name(field, "en"))
    for field in ("half", "full"):
        strange = projects.where(projects.among(f"{field}_state", _STRANGE_STATES))
        made += _strange(strange, f"projects.{field}", told(strange, "name"), told(strange, "name"))
    for form, entries in of_kind(oddities, "shown_otherwise").items():
        made += [_shown_otherwise(form, entry, tables) for entry in entries]
    for form, entries in of_kind(oddities, "number_as_text").items():
        spots = tuple(map(spot_of, entries))
        values = {
            "count": str(len(entries)),
            "raw": quoted(entries[0]["text"]),
            "value": _read_as(spots[0], tables),
        }
        made.append(Hit(form, spots, values, found=entries[0]["text"]))
    return made


def _shown_otherwise(form: int, entry: dict[str, Any], tables: Tables) -> Hit:
    item, item_en = _item(entry, tables)
    spot = spot_of(entry)
    values = {
        "item": item,
        "item_en": item_en,
        "raw": quoted(entry["detail"]),
        "value": _read_as(spot, tables),
    }
    return Hit(
        form, (spot,), values, Severity.WARNING, "shown", found=entry["detail"], expected=values["value"]
    )


def _read_as(spot: Spot, tables: Tables) -> str:
    frame = tables.funds if spot.table == "funds" else tables.projects
    return wan_text(int(frame[spot.field].loc[spot.row]))


def _strange(strange: Rows, place: str, item: str | list[str], item_en: str | list[str]) -> list[Hit]:
    field = place.partition(".")[2]
    state, raw = strange[f"{field}_state"].tolist(), told(strange, f"{field}_raw")
    return hits(
        strange,
        [place],
        severity=Severity.ERROR,
        variant=state,
        item=item,
        item_en=item_en,
        raw=raw,
        found=raw,
    )


_HIDDEN = {
    "hidden_row": ("隐藏行", "hidden rows"),
    "hidden_column": ("隐藏列", "hidden columns"),
    "hidden_sheet": ("含数字的隐藏工作表", "a hidden sheet with numbers"),
    "form_on_hidden_sheet": ("隐藏工作表上的表", "a form on a hidden sheet"),
    "outside_table": ("表外内容", "content outside the table"),
    "struck": ("带删除线的金额", "struck-out amounts"),
    "white": ("白色字体、看不见的金额", "amounts in white, which nobody sees"),
    "illegal_address": ("位置无效、未能读取的单元格", "cells at an impossible place, which were not read"),
    "odd_merge": ("无效的合并单元格区域", "merged areas that are none"),
    "lost_sheet": ("内容缺失、未能读取的工作表", "a sheet whose contents are missing, which was not read"),
}
_FOOTER = re.compile(
    r"(?:填[报表写]说明|编制说明|填报要求|填报人?|填表人?|制表人?|编制人|审核人?|复核人?|经办人?|单位负责人|财务负责人|负责人|联系人|联系电话|电话|手机|传真|日期|填报日期|填表日期|报送日期|"
    r"单位公章|公章|盖章|签字|签章|注|备注|附注|说明|填报说明|附件?|第?[0-9]{1,3}(?:/[0-9]{1,3})?页?(?:[,，]?共[0-9]{1,3}页)?|共[0-9]{1,3}页|"
    r"[-—][0-9]{1,3}[-—]|(?:金额)?单位[:：]?(?:万元|元)|20[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日)(?:[:：(（、,，/].*|[0-9一二三]?)"
)


@rule(
    "ST10", Severity.WARNING, COMPLETENESS,
    zh={
        "": "存在{what}，请确认是否为填报内容",
        "line": "“{line}”{amount}万元不是本表样的资金栏目，未计入任何合计；{side}各项合计因此未核对",
    },
    en={
        "": "there is {what_en}; is it meant to be there?",
        "line": "“{line}” of {amount} 万元 is no line of this form and counts in no sum; the sums of {side_en} were not judged",
    },
)  # fmt: skip
def nothing_is_hidden(oddities: Rows) -> list[Hit]:
    """No row, column, sheet or amount is hidden or struck out, nothing but footers stands outside the table, no line of money is unknown.

    While a line that the form does not have states an amount, the sums of its side say nothing: it may belong in any of them.
    Cells at an impossible place and merged areas that are none, which some programs write, are named too, and so are tabs without contents. Hidden sheets without a number (lists for drop-downs) pass, and so do signatures, dates, notes and page numbers.

    公式: 表内行列、含数字的工作表均未隐藏；金额不带删除线、不是白色字体；表外无内容
    依据: 报送要求
    错例: 隐藏了三行项目
    改法: 取消隐藏，删除与填报无关的内容
    Fix: Unhide the rows and take out what does not belong to the form
    """
    made = []
    for form, entries in of_kind(oddities, *_HIDDEN).items():
        told = [entry for entry in entries if entry["kind"] != "outside_table" or _is_content(entry["text"])]
        if told:
            spots = tuple(dict.fromkeys(map(spot_of, told)))
            made.append(Hit(form, spots, {"what": _counted(told, 0), "what_en": _counted(told, 1)}))
    return made + [
        _unknown_line(form, entry)
        for form, entries in of_kind(oddities, UNKNOWN_LINE).items()
        for entry in entries
    ]


_SIDES = {"income": ("收入", "income"), "expenditure": ("支出", "expenditure")}


def _unknown_line(form: int, entry: dict[str, Any]) -> Hit:
    side, side_en = _SIDES.get(entry["field"], ("收入、支出", "income and expenditure"))
    values = {
        "line": quoted(entry["text"]),
        "amount": quoted(entry["detail"]),
        "side": side,
        "side_en": side_en,
    }
    return Hit(form, (spot_of(entry),), values, variant="line", found=entry["detail"])


def _is_content(text: str) -> bool:
    """Return whether a text outside the table is neither a footer nor a bare number (a line without its label is ST04's)."""
    return bool(text) and not _FOOTER.fullmatch("".join(text[:200].split()))


def _counted(entries: list[dict[str, Any]], lang: int) -> str:
    """Return what is hidden or outside, each kind with its number; a text or sheet is quoted."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        kinds.setdefault(entry["kind"], []).append(entry)
    said = []
    for kind, group in kinds.items():
        quote = (
            f"“{quoted(group[0]['text'], 20)}”"
            if kind in ("outside_table", "hidden_sheet", "lost_sheet")
            else ""
        )
        count = (f"（{len(group)}处）", f" ({len(group)})")[lang] if len(group) > 1 else ""
        said.append(f"{_HIDDEN[kind][lang]}{quote if lang == 0 or not quote else ' ' + quote}{count}")
    return ("、", ", ")[lang].join(said)


@rule(
    "ST15", Severity.INFO, COMPLETENESS,
    zh="{count}处指标值存成了公式，已按所填的“{value}”识别，请将单元格设为文本格式后重填",
    en="{count} targets are stored as formulas and were read as typed, such as “{value}”; format the cells as text",
)  # fmt: skip
def targets_are_stored_as_text(oddities: Rows) -> list[Hit]:
    """A target that starts with = is stored as text and not as the formula Excel makes of it. Said once a form.

    公式: “=100%”等以文本存储
    依据: 报送要求
    错例: 在常规格式的单元格中输入=100%，Excel存成结果为1的公式
    改法: 先将单元格设为文本格式再录入，或在前面加英文单引号
    Fix: Format the cell as text before typing, or put an apostrophe before it
    """
    return [
        Hit(
            form,
            tuple(map(spot_of, entries)),
            {"count": str(len(entries)), "value": quoted(entries[0]["text"])},
            found=entries[0]["text"],
        )
        for form, entries in of_kind(oddities, "formula_target").items()
    ]


_SEVERITY = {"binary_workbook": Severity.INFO, "values_only": Severity.WARNING}


@rule(
    "ST14", Severity.INFO, COMPLETENESS,
    zh={
        "binary_workbook": "文件是二进制工作簿（.xlsb），内容已读出；请另存为.xlsx报送",
        "values_only": "旧版.xls文件结构有误，只读出了值，没有数字格式：百分数读作小数，日期读作数；请另存为.xlsx后核对",
    },
    en={
        "binary_workbook": "the file is a binary workbook (.xlsb) and was read; please save it as .xlsx",
        "values_only": "the old .xls file is not quite sound: its values were read without number formats, so that a share is a fraction and a date a number; please save it as .xlsx and check",
    },
)  # fmt: skip
def the_file_is_a_plain_workbook(oddities: Rows) -> list[Hit]:
    """A file is saved as .xlsx; what had to be read in another way is said, once a file.

    公式: 文件按.xlsx格式保存
    依据: 报送要求
    错例: 另存为“Excel二进制工作簿（*.xlsb）”
    改法: 用Excel或WPS打开，另存为.xlsx后报送
    Fix: Open the file in Excel or WPS and save it as .xlsx
    """
    found = of_kind(oddities, "binary_workbook", "values_only")
    return [
        Hit(form, (spot_of(entries[0]),), severity=_SEVERITY[entries[0]["kind"]], variant=entries[0]["kind"])
        for form, entries in found.items()
    ]
