"""ST: the unit money is stated in, where the sheet names another one or where it cannot be 万元."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checks.declared.money import wan_text
from checks.finding import Hit, Severity, Spot
from checks.frames.tables import Tables
from checks.likeness.scale import doubts
from checks.rule import FITNESS, hits, quoted, rule
from checks.rules.contents.st import of_kind, spot_of
from checks.settings import Settings

if TYPE_CHECKING:
    from checks.frames.rows import Rows


@rule(
    "ST09", Severity.WARNING, FITNESS, asks=("total_full",),
    zh={
        "doubt": "{why}，金额单位存疑，疑未按“万元”填报，本表金额暂不计入全市汇总，请按万元核改",
        "unclear": "表中“{raw}”与其他说明或数字格式不一致（{units}），金额单位无法确定，本表金额暂不计入全市汇总，请统一按万元填报",
        "scaled": "表中注明的单位不是万元，而单元格“{raw}”的数字格式又作了缩放，金额单位无法确定，本表金额暂不计入全市汇总，请统一按万元填报",
        "percent": "金额单元格都是百分比格式（如显示“{units}”，所存数值为{raw}），实际金额无法确定，本表金额暂不计入全市汇总，请改为数值格式后核对",
        "total": "资金总额{total}万元异常大，疑似以“元”填报",
        "stated": "表中注明“{raw}”，金额已按{units}折算为万元",
        "conflict": "表中“{raw}”与表头的“万元”不一致，金额已按所注单位折算为万元，请核对",
        "mixed": "{count}处金额按所示单位折算为万元，如“{raw}”按{value}万元",
    },
    en={
        "doubt": "{why_en}: the unit is in doubt, probably not 万元; the form is not in the city's sums; check and state 万元",
        "unclear": "“{raw}” does not fit what else the sheet says of its unit or its number formats ({units}); the unit cannot be known and the form is not in the city's sums; state all in 万元",
        "scaled": "the sheet names another unit than 万元 and the number format of “{raw}” scales once more; the unit cannot be known and the form is not in the city's sums; state all in 万元",
        "percent": "all amounts are formatted as per cent (“{units}” shown, {raw} stored); which is meant cannot be known and the form is not in the city's sums; format them as numbers and check",
        "total": "total funds of {total} 万元 are implausible: probably given in yuan",
        "stated": "the sheet says “{raw}”; amounts were converted from {units}",
        "conflict": "“{raw}” contradicts the 万元 of the heading; amounts were converted from the unit it names; check it",
        "mixed": "{count} amounts were converted from the unit they show, such as “{raw}” as {value} 万元",
    },
)  # fmt: skip
def money_is_in_ten_thousands(tables: Tables, funds: Rows, oddities: Rows, settings: Settings) -> list[Hit]:
    """Amounts are given in 万元 as the form asks, all in one unit.

    Where the sheet names another unit (above the table, in a heading, in a number format), amounts are converted and
    it is said. Where it does not and the scale is impossible, or where it names two, the form is an error and its
    amounts are not added to the city's.

    公式: 表中未注其他单位；基本支出÷最多人数小于1000万元；资金总额小于阈值(total_highest_wan)
    依据: 表样注明单位为万元
    错例: 资金总额填80554700；8人的单位基本支出填848700
    改法: 按万元重新填写
    Fix: State the amounts in 万元
    """
    unclear = _unclear(oddities)
    doubted = {form: doubt for form, doubt in doubts(tables).items() if form not in unclear}
    made = [
        Hit(form, (doubt.spot,), {"why": doubt.zh, "why_en": doubt.en}, Severity.ERROR, "doubt", found=_wan(tables, doubt.spot))
        for form, doubt in doubted.items()
    ]  # fmt: skip
    made += unclear.values()
    highest = int(settings.threshold("total_highest_wan")) * 1_000_000
    huge = funds.where(funds.fen("total_full") > highest)
    huge = huge.take(
        [at for at, form in enumerate(huge.form.tolist()) if form not in doubted and form not in unclear]
    )
    text = [wan_text(fen) for fen in huge.fen("total_full").tolist()]
    made += hits(huge, ["funds.total_full"], variant="total", total=text, found=text)
    return made + _stated(oddities, unclear) + _converted(tables, oddities, unclear)


def _wan(tables: Tables, spot: Spot) -> str:
    frame = tables.funds if spot.table == "funds" else tables.projects
    return wan_text(int(frame[spot.field].loc[spot.row]))


def _unclear(oddities: Rows) -> dict[int, Hit]:
    """Return the forms on which two statements of the unit, or all numbers and what they show, do not fit, each with its hit."""
    percents = {
        form: Hit(
            form, (spot_of(entry),), {"raw": quoted(entry["text"]), "units": quoted(entry["detail"])},
            Severity.ERROR, "percent", found=entry["detail"],
        )
        for form, (entry, *_) in of_kind(oddities, "percent_amounts").items()
    }  # fmt: skip
    return percents | {
        form: Hit(
            form, (spot_of(entry),), {"raw": quoted(said), "units": entry["detail"]}, Severity.ERROR,
            "unclear" if of_sheet else "scaled", found=said,
        )
        for form, (entry, *_) in of_kind(oddities, "unit_unclear").items()
        for of_sheet in (entry["table"] == "outside",)
        for said in (entry["text"] if of_sheet else entry["detail"],)
    }  # fmt: skip


def _stated(oddities: Rows, unclear: dict[int, Hit]) -> list[Hit]:
    made = []
    for kind, variant, severity in (
        ("unit_stated", "stated", Severity.INFO),
        ("unit_conflict", "conflict", Severity.WARNING),
    ):
        for form, entries in of_kind(oddities, kind).items():
            if form not in unclear:
                entry = entries[0]
                values = {"raw": quoted(entry["text"]), "units": entry["detail"]}
                made.append(
                    Hit(form, tuple(map(spot_of, entries)), values, severity, variant, found=entry["text"])
                )
    return made


def _converted(tables: Tables, oddities: Rows, unclear: dict[int, Hit]) -> list[Hit]:
    """Return one hit a form for amounts that show a unit of their own; a hint where all of them do."""
    made = []
    for form, entries in of_kind(oddities, "unit_converted").items():
        if form in unclear:
            continue
        first = entries[0]
        values = {
            "count": str(len(entries)),
            "raw": quoted(first["detail"] or first["text"]),
            "value": _read_as(tables, first),
        }
        severity = Severity.INFO if len(entries) >= _MOST_LINES else Severity.WARNING
        made.append(
            Hit(
                form,
                tuple(map(spot_of, entries)),
                values,
                severity,
                "mixed",
                found=first["detail"] or first["text"],
            )
        )
    return made


_MOST_LINES = 8
"""From this many amounts on a form is in one unit throughout, and not one cell by mistake."""


def _read_as(tables: Tables, entry: dict[str, Any]) -> str:
    frame = tables.funds if entry["table"] == "funds" else tables.projects
    return wan_text(int(frame[entry["field"]].loc[entry["row"]]))
