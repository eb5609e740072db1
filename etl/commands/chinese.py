"""The help and the usage errors of the command line in Chinese, for systems whose language is Chinese.

`docs/commands.md` is drawn from the English, which stands at each option; a test holds that every sentence has its Chinese.
"""

from __future__ import annotations

import locale
import os
import re
import sys
from collections.abc import Mapping, Sequence

import click

HELP: Mapping[str, str] = {
    "Check departments' budget-performance forms, mark them, and sum up the city.": "审核部门预算绩效目标表：标出问题，写出退回文件和全市汇总。",
    "Check PATHS and write marked returns, the citywide workbook and the findings into a folder.": "审核 PATHS（文件、文件夹、压缩包），把退回文件、全市汇总和问题清单写入一个文件夹。",
    "Folder for everything written.": "写入结果的文件夹。",
    "The list of agencies that must hand in (CSV or workbook).": "应报单位名单（CSV或工作簿）。",
    "Folder of last year's forms, to compare with.": "上年报表的文件夹，用于比较。",
    "The approved budgets (CSV or workbook): 单位名称, 项目名称, 金额(万元).": "批复预算清单（CSV或工作簿）：单位名称、项目名称、金额(万元)。",
    "Last year's self-evaluation (CSV or workbook): 单位名称, 指标名称, 实际完成值.": "上年自评结果（CSV或工作簿）：单位名称、指标名称、实际完成值。",
    "Fiscal year of the batch; default: the forms' own.": "本批的预算年度；默认按报表。",
    "Settings; default: jixiao.toml in the working folder, or beside the roster or the output.": "配置文件；默认用工作文件夹里，或名单、结果旁边的 jixiao.toml。",
    "Processes that read and check; default: one a core.": "同时工作的进程数；默认每个处理器核一个。",
    "Have the workers of a Dask scheduler, tcp://host:port, read and check; needs the extra `dask`.": "由 Dask 调度器（tcp://主机:端口）的进程审核；需另装 dask。",
    "Language of messages.": "结果所用的语言。",
    "Read every return again and compare it with its original, cell by cell.": "写出后重新读取每个退回文件，与原文件逐格比对。",
    "The folder the last round was written into: says what was fixed since, keeps explanations.": "上一轮结果的文件夹：说明哪些已改，保留单位说明。",
    "Print what each rule cost.": "列出每条规则用的时间。",
    "Write a letter (.docx) to every agency whose form has an error or a warning.": "给有错误或警告的单位写退回说明（.docx），给未报的写催报函。",
    "The day by which departments are to answer, for the letters.": "函件中写明的报回期限。",
    "Your own 退回说明 (.docx), edited from what `jixiao template --letter` writes.": "自定的退回说明模板（.docx），由 jixiao template --letter 写出后修改。",
    "Pack returns and letters into one zip a department, and list what to send to whom.": "按主管部门打包退回文件和函件，并列出发送清单。",
    "Leave an agency out of the city's sums; may be given several times.": "不计入全市汇总的单位；可多次使用。",
    "Read every file again, also those that did not change since the last run.": "全部重新读取，未变的文件也不沿用上次结果。",
    "How to show progress on standard error; json: an object a line, for programs (docs/machines.md).": "进度的显示方式；json 供其他程序读取。",
    "Print nothing but errors.": "除错误外不显示。",
    "Check PATHS and print what was found; no file is written.": "审核 PATHS 并显示问题，不写文件。",
    "How to print.": "显示的格式。",
    "Write the normalised tables of PATHS (forms, funds, projects, indicators, places) as CSV.": "把 PATHS 读出的数据写成表格（CSV）。",
    "Folder for the tables.": "写入表格的文件夹。",
    "Write the blank form that checks itself; with a roster, one an agency into a folder.": "写出能自行核对的空白表；有名单时每单位一份。",
    "The workbook, or a folder.": "工作簿，或文件夹。",
    "Fiscal year; default: next year's.": "预算年度；默认为明年。",
    "Name of the agency to fill in.": "填入的单位名称。",
    "Write the template of 退回说明 (.docx) instead, to be edited in Word.": "改为写出退回说明的模板（.docx），供在Word中修改。",
    "Print the form in FILE as it looks, with marked cells and what was found.": "按原样显示 FILE 中的表，标出问题。",
    "Draw the city's workbook over several runs, from the folders OUTPUTS they were written into.": "由几次审核结果的文件夹 OUTPUTS 合并写出全市汇总。",
    "The workbook to be written.": "要写出的工作簿。",
    "Run the rules again over the batch stored in OUTPUT, with other settings; no file is read.\n\nSays on how many agencies each rule fires now and did before; writes nothing unless --write.": "用别的配置对 OUTPUT 中存下的一批重新审核，不读文件；列出各规则前后的单位数。不加 --write 不写文件。",
    "Write the findings, the citywide workbook and the tables anew; returns follow with run.": "重新写出问题清单、全市汇总和数据表；退回文件由 run 写出。",
    "List the rules, or print the page of one rule CODE.": "列出规则，或显示规则 CODE 的说明。",
    "Show every setting with its meaning, or write them into a file to be edited.\n\nWithout --init the settings are printed.": "显示全部配置项及含义；加 --init 写成文件供修改。",
    "Write jixiao.toml with every setting, its meaning, unit and default.": "写出 jixiao.toml，含全部配置项、含义、单位和默认值。",
    "The file; default: jixiao.toml here.": "文件；默认为当前文件夹的 jixiao.toml。",
    "Write over a file that is there.": "覆盖已有的文件。",
}  # fmt: skip
WORDS = {
    "Usage:": "用法：", "Options:": "选项：", "Commands:": "命令：", "Show this message and exit.": "显示本帮助。", "Show the version and exit.": "显示版本。",
    "[required]": "[必填]", "[default: ": "[默认：", "[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]...",
}  # fmt: skip


def is_wanted(arguments: Sequence[str]) -> bool:
    """Say whether to speak Chinese: as `--lang` says, else as the system does."""
    for at, argument in enumerate(arguments):
        if argument.startswith("--lang"):
            said = argument.partition("=")[2] or (arguments[at + 1] if at + 1 < len(arguments) else "")
            return said == "zh"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].lower().startswith("zh")
    if sys.platform == "win32":
        return (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese"))
    return False


def speak_chinese(group: click.Group) -> None:
    """Have a group of commands say its help in Chinese."""
    for command in (group, *group.commands.values()):
        command.help = _said(command.help)
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                parameter.help = _said(parameter.help)
        _translate_pages(command)


def _said(text: str | None) -> str | None:
    return None if text is None else HELP.get(plain(text), text)


def plain(text: str) -> str:
    """Return a help text as `HELP` has it: without the indent of its docstring."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _translate_pages(command: click.Command) -> None:
    own = command.get_help

    def get_help(context: click.Context) -> str:
        return in_chinese(own(context))

    setattr(command, "get_help", get_help)  # noqa: B010  (a method of one object)


def in_chinese(page: str) -> str:
    """Return a page of help with the words of its frame in Chinese."""
    for english, chinese in WORDS.items():
        page = page.replace(english, chinese)
    return page


def usage_error(wrong: click.ClickException) -> str:
    """Return what a wrong command line is told, in Chinese: what is wrong, how it is used, where the help is."""
    lines = [f"错误：{_what(wrong)}"]
    context = getattr(wrong, "ctx", None)
    if context is not None:
        lines = [in_chinese(context.get_usage()), *lines, f"帮助：{context.command_path} --help"]
    return "\n".join(lines)


def _what(wrong: click.ClickException) -> str:
    exceptions = click.exceptions
    if isinstance(wrong, exceptions.NoSuchOption):
        return f"没有选项 {wrong.option_name}{_meant(wrong.possibilities)}"
    if isinstance(wrong, exceptions.MissingParameter):
        return f"缺少{_name(wrong)}"
    if isinstance(wrong, exceptions.BadParameter):
        return f"{_name(wrong)}的值不对：{_value(wrong.message)}"
    if isinstance(wrong, exceptions.BadOptionUsage):
        return f"选项 {wrong.option_name} 用法不对：{_value(wrong.message)}"
    found = re.search(
        r"No such command '([^']*)'(?:.*Did you mean (.*)\?)?", wrong.format_message(), re.DOTALL
    )
    if found:
        return f"没有命令 {found[1]}" + (f"，是否应为 {found[2]}？" if found[2] else "")
    return _value(wrong.format_message())


def _meant(names: Sequence[str] | None) -> str:
    return f"，是否应为 {'、'.join(names)}？" if names else ""


def _name(wrong: click.BadParameter) -> str:
    parameter = wrong.param
    if parameter is None:
        return str(wrong.param_hint or "参数")
    option = isinstance(parameter, click.Option)
    return f"选项 {'/'.join(parameter.opts)}" if option else f"参数 {parameter.human_readable_name}"


_VALUES = (
    (r"'?(.*?)'? is not one of (.*?)\.?$", r"“\1”不在 \2 之中"),
    (r"(.*?) is not in the range (.*?)\.?$", r"\1 不在范围 \2 之内"),
    (r"'?(.*?)'? is not a valid integer\.?$", r"“\1”不是整数"),
    (r"'?(.*?)'? does not match the formats? (.*?)\.?$", r"“\1”不是日期，应写作 2027-03-15"),
    (r"File '(.*?)' is a directory\.$", r"“\1”是文件夹，应为文件"),
    (r"Directory '(.*?)' is a file\.$", r"“\1”是文件，应为文件夹"),
    (r"(?:Option '.*' )?requires an argument\.?$", "后面应有值"),
    (r"Got unexpected extra arguments? \((.*)\)$", r"多出的参数 \1"),
)


def _value(message: str) -> str:
    for pattern, chinese in _VALUES:
        if re.search(pattern, message):
            return re.sub(pattern, chinese, message)
    return message
