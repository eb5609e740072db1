"""The second sheet of the blank form: how to fill it in, with the sums that must hold spelled out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.declared.budget import Budget
from etl.form.layout import Layout
from etl.form.relation_text import sum_text
from etl.template.draw import text_lines, write

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

GUIDE_SHEET = "填表说明"
_WIDTHS = (6, 22, 78)
_LINE_POINTS = 16


def draw_guide(workbook: Workbook, layout: Layout, year: int) -> None:
    """Add the sheet of instructions."""
    sheet: Worksheet = workbook.create_sheet(GUIDE_SHEET)
    for column, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(65 + column)].width = width
    _heading(sheet, f"{GUIDE_SHEET}（{year}年度）")
    for number, (topic, advice) in enumerate(_advice(layout.form.budget), 1):
        _advice_row(sheet, number, topic, advice)
    _print(sheet)


def _advice(budget: Budget) -> Iterator[tuple[str, str]]:
    yield (
        "从哪里开始",
        (
            "在“绩效目标表”中填写带浅黄底色的单元格，填好后底色消失。其余单元格已锁定，不需要改动。"
            "请勿删除行、列和标题，也不要另建表格。"
        ),
    )
    yield (
        "右侧“填报检查”",
        (
            "边填边查：✗ 需修改，并给出应有的数和相差多少；△ 请再看一遍，属实可以保留；✓ 本行能核对的都已核对；"
            "○ 数字已核对，名称和文字由审核时阅读。"
            "最上面一格汇总全表还有几处。该栏不打印，也不属于填报内容。"
        ),
    )
    yield "金额", "单位为万元，最多六位小数；没有发生额填0，不要留空，不要写“万元”“元”等字样，也不要填文字。"
    yield (
        "应当相等的数",
        "\n".join(
            f"{number}. {sum_text(budget, relation)}" for number, relation in enumerate(budget.sums, 1)
        ),
    )
    if "half_money" in budget.has:
        yield "半年与全年", "半年计划执行数填到6月底累计计划支出，每一行都不得大于全年预算数。"
    yield (
        "项目",
        (
            "一行一个项目，名称与批复一致，不要填小计行。行数不够时在中间插入行，不要在最后一行之后添加；"
            "多余的空行可以隐藏，也可以留空。"
        ),
    )
    yield "单位基本情况", "单位名称用全称。主要职能逐条编号。机构设置写明编制数、在编在岗人数和内设机构。"
    yield from _of_goals(budget)


def _of_goals(budget: Budget) -> Iterator[tuple[str, str]]:
    """Yield the advice on goals and indicators, of what the form has."""
    topics = {"two_goals": 0, "framework": 1, "key_task": 2}
    rest = list(_on_goals_and_indicators())
    for number, advice in enumerate(rest):
        if all(part in budget.has for part, at in topics.items() if at == number):
            yield advice


def _on_goals_and_indicators() -> Iterator[tuple[str, str]]:
    yield (
        "中长期目标与年度目标",
        (
            "中长期目标写三年以上要达到的状态，年度目标写当年要完成的事项，两者不应相同，也不要照抄职能。"
            "年度目标要有具体数字，并在重点工作和指标中找得到对应。"
        ),
    )
    yield (
        "共性指标（决策、过程）",
        (
            "三级指标已列全，不增不减。定性指标已填好规范用词；定量指标由单位自定半年值和全年值。"
            "预算执行率的半年值应与半年计划执行数占资金总额的比例一致。"
        ),
    )
    yield (
        "履职指标",
        (
            "每项重点工作写明二级指标、重点工作内容，并设数量、质量、时效、成本指标，至少一项可以计量。"
            "金额大的项目应有对应的重点工作和指标；维修、购置、工程类项目须有质量、按期完成和成本指标。"
        ),
    )
    yield (
        "指标值的写法",
        (
            "符号、数字、单位依次写：≥2000人次、≤0.86万元、=100%。一个指标只写一个值，不写“约”“左右”，"
            "不用“显著提升”之类无法衡量的词。数量累计的指标，半年值不大于全年值。"
        ),
    )
    yield (
        "效益和满意度",
        (
            "效益写工作带来的结果，不写做了多少事；至少一项效益指标、一项满意度指标。"
            "某类效益不适用时，在三级指标栏填“不适用”。"
        ),
    )


def _heading(sheet: Worksheet, text: str) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.merge_cells("A1:C1")
    sheet["A1"] = text
    sheet["A1"].font = Font(name="宋体", size=16, bold=True, charset=134)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 36


def _advice_row(sheet: Worksheet, number: int, topic: str, advice: str) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side

    row = number + 1
    rule = Side(style="thin", color="BFBFBF")
    for column, text in enumerate((str(number), topic, advice), 1):
        cell = sheet.cell(row, column)
        write(cell, text)
        cell.font = Font(name="宋体", size=11, bold=column == 2, charset=134)
        centred = "center" if column == 1 else "left"
        cell.alignment = Alignment(horizontal=centred, vertical="center", wrap_text=True)
        cell.border = Border(bottom=rule)
    sheet.row_dimensions[row].height = text_lines(advice, _WIDTHS[2]) * _LINE_POINTS + 12


def _print(sheet: Worksheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.sheet_view.showGridLines = False
    sheet.protection.sheet = True
