"""Another form of the same family, handed in by mistake: 项目支出绩效目标表."""

from __future__ import annotations

from collections.abc import Iterator

from etl.form.layout import Box
from etl.template.draw import draw_box, new_workbook, set_up_print, workbook_bytes

TITLE = "项目支出绩效目标表"
_WIDTHS = (17, 21, 34, 16, 20)
_HEIGHTS = {1: 40, 9: 60}
_HEAD = (
    ("项目名称", "公益文艺演出项目", "项目类别", "延续项目"),
    ("主管部门", "市文化广电和旅游局", "实施单位", "苏州市群众文化艺术馆"),
    ("项目开始时间", "2023年1月", "项目结束时间", "2023年12月"),
)
_MONEY = (("年度资金总额", "524.36"), ("其中：财政拨款", "524.36"), ("其他资金", "0"))
_GOAL = "组织公益文艺演出进社区、进企业、进校园，全年不少于180场，节目质量和现场秩序得到群众认可。"
_HEADINGS = ("一级指标", "二级指标", "三级指标", "指标值")
_INDICATORS = (
    ("产出指标", "数量指标", "演出场次", "≥180场"),
    ("", "质量指标", "节目审核合格率", "≥99%"),
    ("", "时效指标", "演出计划按期完成率", "≥95%"),
    ("", "成本指标", "单场演出成本", "≤2.95万元"),
    ("效益指标", "社会效益指标", "观演群众人次", "≥90000人次"),
    ("满意度指标", "服务对象满意度指标", "观众满意度", "≥94%"),
)


def other_form() -> bytes:
    """Return the project form as a workbook, drawn like the official one."""
    workbook = new_workbook(TITLE)
    sheet = workbook.create_sheet("项目绩效目标")
    for column, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(65 + column)].width = width
    last = 0
    for box in (*_head(), *_indicators(10)):
        draw_box(sheet, box)
        last = max(last, box.area[2])
    for row in range(1, last + 1):
        sheet.row_dimensions[row].height = _HEIGHTS.get(row, 24)
    set_up_print(sheet, len(_WIDTHS), last)
    return workbook_bytes(workbook)


def _head() -> Iterator[Box]:
    yield Box((1, 1, 1, 5), "title", TITLE)
    yield Box((2, 1, 2, 5), "year", "（2023年度）")
    for row, (left, value, right, other) in enumerate(_HEAD, 3):
        yield Box((row, 1, row, 1), "label", left)
        yield Box((row, 2, row, 3), "text", value)
        yield Box((row, 4, row, 4), "label", right)
        yield Box((row, 5, row, 5), "text", other)
    yield Box((6, 1, 8, 1), "label", "项目资金\n（万元）")
    for row, (label, money) in enumerate(_MONEY, 6):
        yield Box((row, 2, row, 3), "label", label)
        yield Box((row, 4, row, 5), "text", money)
    yield Box((9, 1, 9, 1), "label", "总体目标")
    yield Box((9, 2, 9, 5), "text", _GOAL)


def _indicators(row: int) -> Iterator[Box]:
    for column, text in enumerate(_HEADINGS, 1):
        yield Box((row, column, row, max(column, 5) if column == 4 else column), "heading", text)
    starts = [number for number, line in enumerate(_INDICATORS) if line[0]]
    for start, end in zip(starts, [*starts[1:], len(_INDICATORS)], strict=True):
        yield Box((row + 1 + start, 1, row + end, 1), "level", _INDICATORS[start][0])
    for at, (_, level2, name, target) in enumerate(_INDICATORS, row + 1):
        yield Box((at, 2, at, 2), "level", level2)
        yield Box((at, 3, at, 3), "indicator", name)
        yield Box((at, 4, at, 5), "target", target)
