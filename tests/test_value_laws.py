"""A law: however amounts and targets are stored, they are the clean form's, or an error names the cell and nothing is summed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.scope import is_doubt
from checks.settings import Settings
from etl.batch.chunk import Checked, check_readings
from etl.cell.grid import address_text
from tests import clean
from tests.cases import Case, Raw
from tests.paper import Paper, paper, read_bytes

WAN = 1_000_000
AMOUNTS = {f"funds.{name}": Decimal(text) for name, text in clean.FUNDS.items()} | {
    f"projects[{n}].{period}": Decimal(text)
    for n, (_, half, full) in enumerate(clean.PROJECTS)
    for period, text in (("half", half), ("full", full))
}
"""Every amount of the clean form in 万元."""

Spelling = Callable[[Decimal], Any]


def _number(factor: int, code: str) -> Spelling:
    return lambda n: Raw(number=f"{n * factor:f}", number_format=code)


AS_ONE_READS: dict[str, Spelling] = {
    "plain": lambda n: f"{n:f}",
    "text": lambda n: Raw(text=f"{n:f}"),
    "thousands": lambda n: Raw(text=f"{n:,f}"),
    "full width": lambda n: Raw(text=f"{n:f}".translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})),
    "a unit behind": lambda n: Raw(text=f"{n:f}万元"),
    "yuan": lambda n: Raw(text=f"{n * 10_000:f} 元"),
    "千元": lambda n: Raw(text=f"{n * 10:f}千元"),
    "invisible": lambda n: Raw(text=f"\u202d{n:f}\u202c\u200b"),
    "formula": lambda n: Raw(formula=f"={n}-7+7"),
    "product": lambda n: Raw(formula=f"=ROUND({n * 4}*25%,4)"),
    "as another cell": lambda n: Raw(formula=f"=IF(1>2,A1,{n})"),
    "0.00元": _number(10_000, '0.00"元"'),
    "point": _number(10_000, '0!.0000"万元"'),
    "quoted point": _number(10_000, '0"."0,"万元"'),
    "conditions": _number(10_000, '[>=100000000]0!.00,,"亿元";[>=10000]0!.0,"万元";0.00"元"'),
    "thousand times": _number(1_000, "0.00,"),
    "千 by format": _number(10_000, '#,##0.0,"千元"'),
    "accounting": _number(1, '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ '),
    "unit by format": _number(1, '#,##0.0000"万元"'),
}
"""Ways to store an amount that leave no doubt which it is."""

NOT_READ: dict[str, Spelling] = {
    "about": lambda n: Raw(text=f"约{n:f}"),
    "a date": lambda n: Raw(number=f"{n:f}", number_format='m"月"d"日"'),
    "an error": lambda n: Raw(error="#REF!"),
    "another book": lambda n: Raw(formula="[1]表!B7"),
    "two figures": lambda n: Raw(text=f"{n:f}/{n + 1:f}"),
    "capitals": lambda n: Raw(text="壹佰万元整"),
}
"""Ways that leave no figure to be known."""

SHEET_UNITS: dict[str, tuple[dict[str, str], int]] = {
    "万元": ({}, 1),
    "元 by the label": ({"labels.funds": "部门整体资金（元）"}, 10_000),
    "元 above": ({"forms.fiscal_year": "2023年度　单位：元"}, 10_000),
    "千元 by the label": ({"labels.funds": "部门整体资金（千元）"}, 10),
    "元, said nowhere": ({}, 10_000),
}


def _checked(edits: dict[str, Any]) -> tuple[Paper, Checked]:
    sheet = paper(Case("", edits))
    return sheet, check_readings([read_bytes(sheet.data)], Settings(), {})


def _fen(checked: Checked, name: str) -> int | None:
    table, _, field = name.partition(".")
    frame = checked.stack.tables.funds if table == "funds" else checked.stack.tables.projects
    row = 0 if table == "funds" else int(table[len("projects[") : -1])
    state, fen = frame[f"{field}_state"].iloc[row], frame[field].iloc[row]
    return int(fen) if state == "number" else 0 if state == "blank" else None


def _holds(edits: dict[str, Any]) -> None:
    sheet, checked = _checked(edits)
    errors = [entry for entry in checked.located if entry.finding.severity == "error"]
    if any(is_doubt(entry.finding) for entry in errors):
        return  # named, and the whole form is left out of the city
    named = {address_text((cell.row, cell.column)) for entry in errors for cell in entry.cells}
    for name, number in AMOUNTS.items():
        fen = _fen(checked, name)
        assert fen == int(number * WAN) or (fen is None and sheet.cell(name) in named), (
            name,
            edits[name],
            fen,
        )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_amounts_are_the_clean_ones_or_named(data: st.DataObject) -> None:
    ways = AS_ONE_READS | NOT_READ
    edits = {}
    for name, number in AMOUNTS.items():
        way = data.draw(st.sampled_from([*AS_ONE_READS] * 3 + [*NOT_READ]), label=name)
        edits[name] = ways[way](number)
    _holds(edits)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(SHEET_UNITS)), st.data())
def test_so_they_are_whatever_the_unit_of_the_sheet(unit: str, data: st.DataObject) -> None:
    more, factor = SHEET_UNITS[unit]
    plain: list[Spelling] = [
        lambda n: f"{n * factor:f}",
        lambda n: Raw(text=f"{n * factor:,f}"),
        lambda n: Raw(text=f"{n:f}万元"),
        _number(10_000, '0!.0000"万元"'),
        _number(10_000, '0.00"元"'),
        _number(factor, "#,##0.00"),
    ]
    edits = {name: data.draw(st.sampled_from(plain))(number) for name, number in AMOUNTS.items()}
    _holds({**edits, **more})


TARGETS: dict[str, tuple[Any, ...]] = {
    "≥50%": (Raw(number="0.5", number_format='"≥"0%'), Raw(formula='="≥"&50&"%"'), "≥\u00a050\u200b%", "≧50％", Raw(formula='="≥"&TEXT(0.5,"0%")')),
    "=100%": (Raw(formula="=100%"), Raw(formula="= 100%"), "＝100％", Raw(text="=\u202d100%\u202c")),
    "=31.74%": (Raw(formula="=31.74%"), "=31.74%"),
    "≥420公顷": ("≥420公頃", Raw(number="420", number_format='"≥"0"公顷"'), Raw(formula='="≥"&40*10+20&"公顷"'), Raw(number="4200000", number_format='"≥"0!.0000"公顷"')),
    "≥12000人次": ("≥12000⼈次", Raw(number="12000", number_format='"≥"#,##0"人次"'), "≥12000\u00ad人次"),
    "健全": ("健\u00a0全", "健\u200b全", Raw(formula='="健"&"全"'), "健\u00ad全"),
    "规范": ("規範", "规\u3000范"),
}  # fmt: skip
_PARSED = ("kind", "operator", "number", "upper", "unit", "word")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(TARGETS)), st.data())
def test_targets_mean_the_same_however_they_are_stored(text: str, data: st.DataObject) -> None:
    bent = data.draw(st.sampled_from(TARGETS[text]))
    rows = [data.draw(st.integers(0, 45)), data.draw(st.integers(0, 45))]
    meant = []
    for value in (text, bent):
        edits = {
            f"indicators[{row}].{period}": value for row, period in zip(rows, ("half", "full"), strict=True)
        }
        indicators = _checked(edits)[1].stack.tables.indicators
        meant.append([
            [str(indicators[f"{period}_{name}"].iloc[row]) for name in _PARSED]
            for row, period in zip(rows, ("half", "full"), strict=True)
        ])  # fmt: skip
    assert meant[0] == meant[1], (text, bent)
