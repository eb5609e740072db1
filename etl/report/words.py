"""What the report page says, in both languages."""

from __future__ import annotations

SAY = {
    "zh": {
        "title": "部门整体预算绩效目标审核报告", "forms": "份表", "agencies": "各单位", "first": "先看", "filter": "搜索单位、文件、问题、代码（按 / 键）",
        "none": "没有符合的单位。", "agency": "单位", "file": "文件", "department": "主管部门", "state": "情况", "not_checked": "未能审核的文件",
        "whole": "整批的问题", "status": "情况", "reason": "原因", "round": "第{number}轮", "year": "{year}年度", "nobody": "未列主管部门",
        "some": "共{all}个文件，只画出有错误或警告的{count}个。", "foot": "本页不含外部资源，可单独保存、打印；打印的是筛选后各单位的意见。键盘：/ 搜索，j、k 下一份、上一份，Esc 回到列表。",
        "any_severity": "全部等级", "any_rule": "全部规则", "any_department": "全部主管部门", "any_state": "全部情况", "has": "有{name}",
        "return": "退回文件", "letter": "函件", "city": "全市汇总表", "back": "返回列表", "before": "上一份", "next": "下一份", "clear": "清除筛选",
        "shown": "显示", "skip": "跳到列表", "open": "打开",
    },
    "en": {
        "title": "Review of the departments' overall performance goals", "forms": "forms", "agencies": "Agencies", "first": "Look first",
        "filter": "Search agency, file, message, code (press /)", "none": "No agency fits.", "agency": "Agency", "file": "File",
        "department": "Department", "state": "State", "not_checked": "Files that could not be checked",
        "whole": "On the batch as a whole", "status": "Status", "reason": "Reason", "round": "Round {number}", "year": "fiscal year {year}",
        "nobody": "no department", "some": "Of {all} files the {count} with errors or warnings are drawn.",
        "foot": "This page asks for nothing outside itself; it can be kept and printed alone: the findings of the agencies that are shown. Keys: / search, j and k next and previous form, Esc back to the list.",
        "any_severity": "any severity", "any_rule": "any rule", "any_department": "any department", "any_state": "any state", "has": "with {name}",
        "return": "return", "letter": "letter", "city": "citywide workbook", "back": "back to the list", "before": "previous", "next": "next",
        "clear": "clear", "shown": "shown", "skip": "skip to the list", "open": "open",
    },
}  # fmt: skip
STATES = {
    "zh": {"passed": "通过", "verify": "请核实", "returned": "退回", "missing": "未报", "unreadable": "无法读取"},
    "en": {
        "passed": "passed", "verify": "to verify", "returned": "returned", "missing": "missing", "unreadable": "unreadable",
    },
}  # fmt: skip
