"""苏州市市级部门整体预算绩效目标表 of 2023, declared once.

Transcribed from the one published form. Columns A–F as printed: A the block, B the side, C–D the
line, E the half-year value, F the full-year value; text fields and indicator names span columns.
"""

from __future__ import annotations

from etl.form.declaration import Column, Form, FundRow, FundSide, IndicatorBlock, Label, TextField

_HALF_MONEY = Column(
    "half", Label("半年\n计划执行数", ("半年计划数", "半年执行数", "半年计划执行", "1-6月计划执行数"))
)
_FULL_MONEY = Column("full", Label("全年\n预算数", ("年度预算数", "全年预算", "全年预算金额", "预算数")))
_GRANT = Label("财政拨款")

_LEVELS = (
    Column("level1", Label("一级指标")),
    Column("level2", Label("二级指标")),
)
_KEY_TASK = Column("key_task", Label("重点工作", ("重点工作任务", "重点任务")))
_VALUES = (
    Column("name", Label("三级指标", ("三级指标名称", "指标名称"))),
    Column("half", Label("半年指标值", ("半年值", "半年目标值", "半年(程)指标值"))),
    Column("full", Label("全年指标值", ("全年值", "全年目标值", "年度指标值", "全年(程)指标值"))),
)

FORM_2023 = Form(
    year=2023,
    title=Label(
        "苏州市市级部门整体预算绩效目标表",
        ("苏州市市级部门整体绩效目标表", "苏州市级部门整体预算绩效目标表"),
    ),
    basics=(
        TextField(
            "agency", Label("单位名称", ("部门名称", "单位(部门)名称", "部门(单位)名称", "预算单位名称")), 22
        ),
        TextField("functions", Label("单位\n主要职能", ("主要职能", "部门主要职能", "单位职能")), 96),
        TextField(
            "staffing", Label("机构设置及\n人员配置", ("机构设置和人员配置", "机构设置与人员配置")), 40
        ),
    ),
    funds_label=Label(
        "部门整体\n资金（万元）",
        ("部门整体资金", "单位整体资金(万元)", "部门整体资金(元)", "部门整体支出(万元)"),
    ),
    sides=(
        FundSide(
            "income",
            Label("收入"),
            (_FULL_MONEY,),
            (
                FundRow("total", Label("资金总额", ("资金合计", "收入合计", "收入总额"))),
                FundRow("appropriation", Label("小计", ("财政拨款小计", "财政拨款合计")), _GRANT),
                FundRow("general", Label("一般公共预算资金", ("一般公共预算", "一般公共预算拨款")), _GRANT),
                FundRow(
                    "government_fund",
                    Label("政府性基金", ("政府性基金预算", "政府性基金预算资金", "政府性基金预算拨款")),
                    _GRANT,
                ),
                FundRow(
                    "special_account", Label("财政专户管理资金", ("财政专户资金", "财政专户管理")), _GRANT
                ),
                FundRow(
                    "state_capital",
                    Label("国有资本金", ("国有资本经营预算", "国有资本经营预算资金", "国有资本经营预算拨款")),
                    _GRANT,
                ),
                FundRow("social_insurance", Label("社保基金", ("社会保险基金", "社保基金预算资金"))),
                FundRow("carried_in", Label("上年结转资金", ("上年结转", "上年结转结余资金"))),
                FundRow("other", Label("其他资金", ("其他收入", "其它资金"))),
            ),
        ),
        FundSide(
            "expenditure",
            Label("支出"),
            (_HALF_MONEY, _FULL_MONEY),
            (
                FundRow("basic", Label("基本支出", ("基本支出合计", "基本支出小计"))),
                FundRow("project", Label("项目支出", ("项目支出合计", "项目支出小计"))),
            ),
            projects=True,
        ),
    ),
    goals=(
        TextField(
            "long_term_goal", Label("中长期目标", ("中长期绩效目标", "长期目标", "中长期总体目标")), 132
        ),
        TextField("annual_goal", Label("年度目标", ("年度绩效目标", "年度总体目标", "当年目标")), 132),
    ),
    indicators=(
        IndicatorBlock("common", ("决策", "过程"), _LEVELS + _VALUES),
        IndicatorBlock("duty", ("履职",), (*_LEVELS, _KEY_TASK, *_VALUES)),
        IndicatorBlock("effect", ("效益", "满意度"), _LEVELS + _VALUES),
    ),
    widths=(13, 17, 30, 21, 14, 14),
)
