"""The live checks of the blank form: formulas compiled from the relations that the rules also read.

A check says nothing until something is typed, then ✓, or ✗ with the sum that was expected and the
difference. △ marks what may stay as it is (rounding, whole numbers), as the rules' tolerance has it. ○ is filled in and
checked as far as a formula can: names and texts are read at the review.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from checks.declared.budget import FEN_PER_WAN, Budget
from checks.declared.relation import AtMost, Relation
from checks.declared.tolerance import EQUAL_FEN, INTEGER_FEN, ROUNDING_FEN_EACH, ROUNDING_FEN_LEAST
from checks.settings import THRESHOLDS
from etl.cell.grid import column_letters
from etl.form.layout import FilledForm, Layout
from etl.template.indicator_checks import indicator_checks
from etl.template.marks import FAILED, OPEN, PASSED, REMARK, TRIED

_GOALS = ("long_term_goal", "annual_goal")
_PERIODS = {"half": "半年", "full": "全年"}
_ROUNDING = 6
"""Digits of 万元 kept in a difference: below them a spreadsheet only has binary noise."""


def check_formulas(layout: Layout, filled: FilledForm) -> dict[int, str]:
    """Return row → formula of its check, for every row of the form that has something to check."""
    parts: dict[int, list[str]] = {}
    cells: dict[int, list[str]] = {}
    for row, cell in _amount_cells(layout, filled):
        cells.setdefault(row, []).append(cell)
        parts.setdefault(row, []).append(_not_a_number(cell))
    for relation in layout.form.budget.sums:
        row = layout.at("funds", 0, relation.total)[0]
        parts[row].append(_sum_check(layout, relation, filled))
    for row, text in _orders(layout, filled):
        parts[row].append(text)
    for number in range(len(filled.projects)):
        row = layout.at("projects", number, "name")[0]
        cells[row].append(layout.cell("projects", number, "name"))
        parts[row].append(_project_check(layout, number))
    projects = {layout.at("projects", number, "name")[0] for number in range(len(filled.projects))}
    formulas = {
        row: _row_formula(texts, cells[row], f"{TRIED} 金额已核对" if row in projects else PASSED)
        for row, texts in parts.items()
    }
    return formulas | _text_checks(layout) | indicator_checks(layout, filled)


def summary_formula(column: str, first: int, last: int) -> str:
    """Return the formula that counts what is still to be corrected and to be filled in."""
    cells = f"{column}{first}:{column}{last}"
    wrong, missing = f'COUNTIF({cells},"*{FAILED}*")', f'COUNTIF({cells},"{OPEN}*")'
    return (
        f'=IF({wrong}+{missing}=0,"{PASSED} 没有需修改之处",'
        f'IF({wrong}>0,"{FAILED} "&{wrong}&"处需修改 ","")&IF({missing}>0,{missing}&"处待填写",""))'
    )


def wan(fen: int) -> str:
    """Return fen as a number of 万元 for a formula."""
    return f"{Decimal(fen) / FEN_PER_WAN:f}"


def _row_formula(parts: list[str], cells: list[str], right: str) -> str:
    """Join the checks of a row: empty while its cells are, `right` when no check speaks, else what they say."""
    said = f"TRIM({'&'.join(parts)})"
    return f'=IF(COUNTA({",".join(cells)})=0,"",IF({said}="","{right}",{said}))'


def _amount_cells(layout: Layout, filled: FilledForm) -> Iterator[tuple[int, str]]:
    for field in layout.form.budget.fields:
        yield layout.at("funds", 0, field)[0], layout.cell("funds", 0, field)
    for number in range(len(filled.projects)):
        for period in (p for p in layout.form.budget.rows if p in _PERIODS):
            yield layout.at("projects", number, period)[0], layout.cell("projects", number, period)


def _not_a_number(cell: str) -> str:
    return f'IF(AND({cell}<>"",NOT(ISNUMBER({cell}))),"{FAILED} {cell}不是数字 ","")'


def _sum_check(layout: Layout, relation: Relation, filled: FilledForm) -> str:
    """Return the check of one relation: what the sum is and by how much the stated total is off."""
    total = ",".join(layout.cell("funds", 0, each) for each in relation.totals)
    addends = _addends(layout, relation, filled)
    off = f"ROUND(SUM({total})-SUM({addends}),{_ROUNDING})"
    slack = f"MAX({wan(ROUNDING_FEN_LEAST)},{wan(ROUNDING_FEN_EACH)}*({_count(layout, relation, filled)}+1))"
    whole = f"AND(ABS({off})<={wan(INTEGER_FEN)},SUM({total})=INT(SUM({total})),{_fractional(addends)})"
    message = (
        f'"{_wording(layout.form.budget, relation)}"&ROUND(SUM({addends}),{_ROUNDING})&"，本格"'
        f'&IF({off}>0,"多","少")&ABS({off})&" "'
    )
    remark, failed = f'"{REMARK} 取整："&{message}', f'"{FAILED} "&{message}'
    unfilled = ""
    if relation.rows:
        names, amounts = _project_range(layout, "name", filled), addends
        unfilled = f'IF(SUMPRODUCT(({names}<>"")*({amounts}=""))>0,"{REMARK} 有项目未填金额，合计未核对 ",'
    return (
        f'IF(OR(COUNT({total},{addends})=0,ABS({off})<={wan(EQUAL_FEN)}),"",{unfilled}'
        f'IF(COUNTA({total},{addends})>COUNT({total},{addends}),"{REMARK} 有金额不是数字，合计未核对 ",'
        f'IF(ABS({off})<={slack},"{REMARK} 尾差："&{message},IF({whole},{remark},{failed}))))'
        + ")"
        * bool(unfilled)
    )


def _addends(layout: Layout, relation: Relation, filled: FilledForm) -> str:
    if not relation.rows:
        return ",".join(layout.cell("funds", 0, part) for part in relation.parts)
    return _project_range(layout, relation.rows, filled)


def _project_range(layout: Layout, field: str, filled: FilledForm) -> str:
    first, last = (layout.cell("projects", number, field) for number in (0, len(filled.projects) - 1))
    return f"{first}:{last}"


def _count(layout: Layout, relation: Relation, filled: FilledForm) -> str:
    if relation.rows:
        return f"COUNTA({_project_range(layout, 'name', filled)})"
    return str(len(relation.parts))


def _fractional(addends: str) -> str:
    """Return the test that some addend is not a whole number; only numbers reach it."""
    return "+".join(f"SUMPRODUCT(--(INT({cells})<>{cells}))" for cells in addends.split(",")) + ">0"


def _wording(budget: Budget, relation: Relation) -> str:
    field = relation.total
    line = budget.line_of(field)
    period = f"{_PERIODS[field.rpartition('_')[2]]}" if len(line.periods) > 1 else ""
    if relation.rows:
        return f"{period}项目明细合计"
    spent = any(budget.line_of(part).side != line.side for part in relation.parts)
    return f"{period}{'支出合计' if spent else '各分项合计'}"


def _orders(layout: Layout, filled: FilledForm) -> Iterator[tuple[int, str]]:
    for order in (order for order in layout.form.budget.orders if order.of == "each"):
        for number in range(len(filled.projects)) if order.table == "projects" else (0,):
            yield layout.at(order.table, number, order.smaller)[0], _order_check(layout, order, number)


def _order_check(layout: Layout, order: AtMost, number: int) -> str:
    smaller, larger = (layout.cell(order.table, number, name) for name in (order.smaller, order.larger))
    off = f"ROUND(SUM({smaller})-SUM({larger}),{_ROUNDING})"
    over = f"AND(ISNUMBER({larger}),{off}>{wan(EQUAL_FEN)})"
    return f'IF({over},"{FAILED} 半年数大于全年数"&{off}&" ","")'


def _project_check(layout: Layout, number: int) -> str:
    amounts = [layout.cell("projects", number, p) for p in layout.form.budget.rows if p in _PERIODS]
    name, full = layout.cell("projects", number, "name"), amounts[-1]
    return (
        f'IF(AND({name}="",COUNT({",".join(amounts)})>0),"{FAILED} 缺项目名称 ","")'
        f'&IF(AND({name}<>"",{full}=""),"{FAILED} 缺全年预算数 ","")'
        f'&IF(AND({name}<>"",ISNUMBER({full}),{full}=0),"{REMARK} 全年预算数为0 ","")'
        + (
            f'&IF(AND({name}<>"",{amounts[0]}="",{full}<>""),"{REMARK} 半年无支出请填0 ","")'
            if len(amounts) > 1
            else ""
        )
    )


def _text_checks(layout: Layout) -> dict[int, str]:
    cells = {field.key: layout.at("forms", 0, field.key) for field in layout.form.text_fields}
    return {row: _text_check(f"{column_letters(column)}{row}", key) for key, (row, column) in cells.items()}


def _text_check(cell: str, key: str) -> str:
    """Return the check of a text: there, a goal long enough, no prompt of the template left (CP01, CP03, CP10)."""
    said = f'IF(ISNUMBER(SEARCH("XX",{cell})),"{FAILED} 留有待填的内容 ","")'
    if key in _GOALS:
        least = int(THRESHOLDS["goal_shortest"])
        said += f'&IF(LEN(SUBSTITUTE(TRIM({cell})," ",""))<{least},"{FAILED} 少于{least}字 ","")'
    return f'=IF(LEN(TRIM({cell}))=0,"{OPEN}",IF(TRIM({said})="","{TRIED} 已填写",TRIM({said})))'
