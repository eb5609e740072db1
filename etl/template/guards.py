"""What guides a department while it fills in the blank form: entry rules, tints and the check column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from checks.declared.framework import Common
from etl.cell.grid import address_text, column_letters
from etl.form.layout import Box, FilledForm, Layout
from etl.reading.labelled_rows import SELF_CHECK
from etl.template.checks import check_formulas, summary_formula
from etl.template.marks import FAILED, OPEN, PASSED, REMARK, TRIED

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

_Kind = Literal["decimal", "list", "custom"] | None

LARGEST_WAN = 10_000_000
"""A thousand 亿元: an amount above it is a slip of the keyboard or stated in 元."""

_CHECK_WIDTH, _GAP_WIDTH = 50, 2
_COLOURS = {
    FAILED: ("C00000", "FDE9E7"),
    REMARK: ("7F6000", "FFF4D6"),
    PASSED: ("1E6B34", ""),
    OPEN: ("7F7F7F", ""),
    TRIED: ("44546A", ""),
}
"""Font and fill of a check by what it says, the first that applies."""

_BLANK_LINE_POINTS = 34
"""Room for two lines of text in a row that is still empty."""

_OPEN_TINT = "FFFBE6"
_ADVICE = {
    "functions": "按“三定”规定逐条填写，编号列出（1、2、3、）。",
    "staffing": "写明编制数、在编在岗人数和内设机构，例如：编制数：20人，在编在岗人数：18人。",
    "long_term_goal": "写三年以上要达到的状态，与主要职能和规划衔接，不要照抄职能，也不要与年度目标相同。",
    "annual_goal": "写本年要完成的事项和数量、质量要求，要有具体数字，与重点工作和指标一一对应。",
}


def guard_inputs(sheet: Worksheet, layout: Layout, inputs: Iterable[Box]) -> None:
    """Add drop-downs for words, number entry for amounts, advice for texts, and tints for what is open."""
    for validation in (_amounts(layout), *_words(layout), *_numbers(layout), *_advice(layout)):
        sheet.add_data_validation(validation)
    _tint_open(sheet, inputs)
    for box in layout.boxes:
        if box.role == "indicator" and not box.value:
            sheet.row_dimensions[box.area[0]].height = _BLANK_LINE_POINTS


def add_checks(sheet: Worksheet, layout: Layout, filled: FilledForm) -> None:
    """Add the column of live checks right of the form, outside the printed area, and its colours."""
    column = len(layout.form.widths) + 2
    letters = column_letters(column)
    sheet.column_dimensions[column_letters(column - 1)].width = _GAP_WIDTH
    sheet.column_dimensions[letters].width = _CHECK_WIDTH
    sheet.cell(1, column, SELF_CHECK)
    sheet.cell(2, column, summary_formula(letters, 3, layout.rows))
    for row, formula in check_formulas(layout, filled).items():
        sheet.cell(row, column, formula)
    _style_checks(sheet, layout, column)
    sheet.freeze_panes = "A3"


def _style_checks(sheet: Worksheet, layout: Layout, column: int) -> None:
    from openpyxl.styles import Alignment, Font

    for row in range(1, layout.rows + 1):
        cell = sheet.cell(row, column)
        cell.font = Font(name="宋体", size=12 if row < 3 else 10, bold=row < 3, charset=134)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    first = f"{column_letters(column)}2"
    area = f"{first}:{column_letters(column)}{layout.rows}"
    for mark, (ink, fill) in _COLOURS.items():
        _colour(sheet, area, f'ISNUMBER(SEARCH("{mark}",{first}))', ink, fill)


def _colour(sheet: Worksheet, area: str, condition: str, ink: str, fill: str) -> None:
    """Colour an area where a condition holds; of several on one area the first that holds counts."""
    from openpyxl.formatting.rule import Rule
    from openpyxl.styles import Font, PatternFill
    from openpyxl.styles.differential import DifferentialStyle

    look = DifferentialStyle(
        font=Font(color=ink) if ink else None, fill=PatternFill("solid", bgColor=fill) if fill else None
    )
    sheet.conditional_formatting.add(
        area, Rule(type="expression", dxf=look, formula=[condition], stopIfTrue=True)
    )


def _amounts(layout: Layout) -> DataValidation:
    validation = _validation(
        "decimal", "金额（万元）", f"请填0至{LARGEST_WAN}之间的数字，单位为万元，最多六位小数，无发生额填0。"
    )
    validation.operator, validation.formula1, validation.formula2 = "between", "0", str(LARGEST_WAN)
    validation.showInputMessage = False
    for box in layout.boxes:
        if box.role == "amount":
            validation.add(address_text(box.address))
    return validation


def _words(layout: Layout) -> Iterator[DataValidation]:
    """Yield one drop-down for each word a qualitative common indicator may take, with its lesser grade."""
    places = [(common, box) for common, box in _common_targets(layout) if _is_word(common.full)]
    for word, group in groupby(sorted(places, key=_word_of), key=_word_of):
        validation = _validation("list", "定性指标", f"该指标的规范填法是“{word}”。", style="warning")
        members = list(group)
        grades = [word, *({f"较{word}"} & members[0][0].words)]
        validation.formula1 = f'"{",".join(grades)}"'
        for _, box in members:
            validation.add(address_text(box.address))
        yield validation


def _word_of(place: tuple[Common, Box]) -> str:
    return place[0].full


def _numbers(layout: Layout) -> Iterator[DataValidation]:
    """Yield the entry rule of each quantitative common indicator: an operator first, then the number."""
    for common, box in _common_targets(layout):
        if not _is_word(common.full):
            cell = address_text(box.address)
            prompt = f"先写≥、≤或=，再写数字和%，例如 {common.full}。"
            validation = _validation("custom", "定量指标", prompt, style="warning")
            validation.formula1 = f'ISNUMBER(FIND(LEFT({cell},1),"≥≤=＝><"))'
            validation.add(cell)
            yield validation


def _common_targets(layout: Layout) -> Iterator[tuple[Common, Box]]:
    for box in layout.boxes:
        framework = layout.form.budget.framework.entries
        if box.role == "target" and box.where is not None and box.where[1] < len(framework):
            yield framework[box.where[1]], box


def _advice(layout: Layout) -> Iterator[DataValidation]:
    asked = {field.key for field in layout.form.text_fields}
    for key, advice in ((key, advice) for key, advice in _ADVICE.items() if key in asked):
        validation = _validation(None, "填写提示", advice)
        validation.add(layout.cell("forms", 0, key))
        yield validation


def _validation(
    kind: _Kind, title: str, message: str, style: Literal["stop", "warning"] = "stop"
) -> DataValidation:
    from openpyxl.worksheet.datavalidation import DataValidation

    return DataValidation(
        type=kind, allow_blank=True, errorStyle=style, showErrorMessage=kind is not None, showInputMessage=True,
        errorTitle=title, error=message, promptTitle=title, prompt=message,
    )  # fmt: skip


def _is_word(target: str) -> bool:
    return not any(char.isdigit() for char in target)


def _tint_open(sheet: Worksheet, inputs: Iterable[Box]) -> None:
    """Tint whatever can be filled in; the tint goes as soon as something stands there."""
    for box in inputs:
        cell = address_text(box.address)
        _colour(sheet, cell, f"LEN(TRIM({cell}))=0", "", _OPEN_TINT)
