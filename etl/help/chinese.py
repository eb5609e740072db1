"""The help of the command line in Chinese, by the English that stands at each command and option of `etl.cli`.

`docs/commands.md` is drawn from the English; a test holds that every sentence has its Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

import click

WIDTH = 54
"""Characters a line of Chinese help: each is two columns wide."""
LINE = 38
"""Characters a line of what a command does, which is indented by two columns."""
HELP: Mapping[str, str] = {
    "Check departments' budget-performance forms, mark them, and sum up the city.": "审核部门预算绩效目标表：标出问题，写出退回文件和全市汇总。",
    "Check PATHS and write marked returns, the citywide workbook and the findings into a folder.": "审核 PATHS，把退回文件、全市汇总和问题清单写入文件夹。",
    "Check PATHS and print what was found; no file is written.": "审核 PATHS 并显示问题，不写文件。",
    "Write the normalised tables of PATHS (forms, funds, projects, indicators, places) as CSV.": "把 PATHS 读出的数据写成表格（CSV）。",
    "Write the blank form that checks itself; with a roster, one an agency into a folder.": "写出能自行核对的空白表；有名单时每单位一份。",
    "Print the form in FILE as it looks, with marked cells and what was found.": "按原样显示 FILE 中的表，标出问题。",
    "Draw the city's workbook over several runs, from the folders OUTPUTS they were written into.": "由几次审核结果的文件夹 OUTPUTS 合并写出全市汇总。",
    "Run the rules again over the batch stored in OUTPUT, with other settings; no file is read.\n\nSays on how many agencies each rule fires now and did before; writes nothing unless --write.": "换一份配置，对 OUTPUT 中存下的一批重新审核，不读文件。\n列出各规则前后的单位数；不加 --write 不写文件。",
    "List the rules, or print the page of one rule CODE.": "列出规则，或显示规则 CODE 的说明。",
    "Print the JSON Schema of findings.json.": "显示 findings.json 的 JSON Schema。",
    "Look at this machine: Python, libraries, platform, code page, whether FOLDER can be written.": "检查本机：Python、程序库、系统、代码页，FOLDER 能否写入。",
    "Show this message and exit.": "显示本说明。",
    "Show the version and exit.": "显示版本。",
    "Language of messages.": "结果所用的语言。",
    "The list of agencies that must hand in (CSV or workbook).": "应报单位名单（CSV或工作簿）。",
    "Folder of last year's forms, to compare with.": "上年报表的文件夹，用于比较。",
    "The approved budgets (CSV or workbook): 单位名称, 项目名称, 金额(万元).": "批复预算清单（CSV或工作簿）：单位名称、项目名称、金额(万元)。",
    "Last year's self-evaluation (CSV or workbook): 单位名称, 指标名称, 实际完成值.": "上年自评结果（CSV或工作簿）：单位名称、指标名称、实际完成值。",
    "Fiscal year of the batch; default: the forms' own.": "本批的预算年度；默认按报表。",
    "Processes that read and check; default: one a core.": "同时工作的进程数；默认每个处理器核一个。",
    "Have the workers of a Dask scheduler, tcp://host:port, read and check; needs the extra `dask`.": "由 Dask 调度器（tcp://主机:端口）的进程审核；需另装 dask。",
    "Leave an agency out of the city's sums; may be given several times.": "不计入全市汇总的单位；可多次使用。",
    "Folder for everything written.": "写入结果的文件夹。",
    "Read every return again and compare it with its original, cell by cell.": "写出后重新读取每个退回文件，与原文件逐格比对。",
    "The folder the last round was written into: says what was fixed since, keeps explanations.": "上一轮结果的文件夹：说明哪些已改，保留单位说明。",
    "Print what each rule cost.": "列出每条规则用的时间。",
    "Write a letter (.docx) to every agency whose form has an error or a warning.": "给有错误或警告的单位写退回说明（.docx），给未报的写催报函。",
    "Read every file again, also those that did not change since the last run.": "全部重新读取，未变的文件也不沿用上次结果。",
    "Print nothing but errors.": "除错误外不显示。",
    "How to show progress on standard error; json: an object a line, for programs (docs/machines.md).": "进度的显示方式；json 供其他程序读取。",
    "Write findings.sarif too, for viewers of static analysis.": "另写 findings.sarif，供代码审查类查看器使用。",
    "How to print.": "显示的格式。",
    "Folder for the tables.": "写入表格的文件夹。",
    "The workbook, or a folder.": "工作簿，或文件夹。",
    "Name of the agency to fill in.": "填入的单位名称。",
    "The workbook to be written.": "要写出的工作簿。",
    "Write the findings, the citywide workbook and the tables anew; returns follow with run.": "重新写出问题清单、全市汇总和数据表；退回文件由 run 写出。",
    "Settings; default: jixiao.toml in the working folder, or beside the roster or the output.": "配置文件；默认用工作文件夹里，或名单、结果旁边的 jixiao.toml。",
    "The day by which departments are to answer, for the letters.": "函件中写明的报回期限。",
    "Your own 退回说明 (.docx), edited from what `jixiao template --letter` writes.": "自定的退回说明模板（.docx），由 jixiao template --letter 写出后修改。",
    "Pack returns and letters into one zip a department, and list what to send to whom.": "按主管部门打包退回文件和函件，并列出发送清单。",
    "Fiscal year; default: next year's.": "预算年度；默认为明年。",
    "Write the template of 退回说明 (.docx) instead, to be edited in Word.": "改为写出退回说明的模板（.docx），供在Word中修改。",
    "Show every setting with its meaning, or write them into a file to be edited.\n\nWithout --init the settings are printed.": "显示全部配置项及含义；加 --init 写成文件供修改。",
    "Write jixiao.toml with every setting, its meaning, unit and default.": "写出 jixiao.toml，含全部配置项、含义、单位和默认值。",
    "The file; default: jixiao.toml here.": "文件；默认为当前文件夹的 jixiao.toml。",
    "Write over a file that is there.": "覆盖已有的文件。",
    "Serve pages in the browser where a bureau works through a batch; needs the extra `desk`.": "在浏览器里处理一个批次；需另装 desk。",
    "The desk's folder; default: in the user's data.": "桌面的文件夹；默认在用户数据里。",
    "Port; default: 8765.": "端口；默认 8765。",
    "Serve the local network; people log in, a lead must have been made before.": "供局域网使用；须登录，先要有负责人账号。",
    "A name or address of this machine, with --lan.": "本机的名称或地址，与 --lan 同用。",
    "Certificate for HTTPS.": "HTTPS 证书。",
    "Its key.": "证书的密钥。",
    "Make a lead, asking for a password, and end.": "建立负责人账号（会询问密码），然后结束。",
    "Open it in the browser.": "在浏览器中打开。",
    "How to print; json has the agencies by name.": "显示的格式；json 列出单位名称。",
    "Id of the form profile (jixiao form list); else Suzhou's of the year.": "表样的编号（见 jixiao form list）；默认用苏州当年的表样。",
}  # fmt: skip
WORDS = {
    "Usage:": "用法：", "Options:": "选项：", "Commands:": "命令：", "[required]": "[必填]", "[default: ": "[默认：", "[env var: ": "[环境变量：",
    "[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]...",
}  # fmt: skip
"""What click itself writes into a page of help."""


def speak_chinese(command: click.Command) -> None:
    """Have a command, its options and the commands below it say their help in Chinese, for the life of the process."""
    said = _said(command.help)
    if said:
        command.short_help, command.help = said.partition("\n")[0], _in_lines(said)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            parameter.help = _said(parameter.help)
    _translate_pages(command)
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        speak_chinese(below)


def _said(text: str | None) -> str | None:
    return None if text is None else HELP.get(plain(text), text)


def _in_lines(text: str) -> str:
    """Return a text in lines of half a terminal's columns, marked so that click does not join them again."""
    return "\n\n".join("\b\n" + "\n".join(wrap(part, LINE)) for part in text.split("\n") if part)


def plain(text: str) -> str:
    """Return a help text as `HELP` has it: without the indent of its docstring."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _translate_pages(command: click.Command) -> None:
    own = command.get_help

    def get_help(context: click.Context) -> str:
        context.max_content_width = WIDTH
        for parameter in command.get_params(context):
            if isinstance(parameter, click.Option):  # click's own, --help, among them
                parameter.help = _said(parameter.help)
        return in_chinese(own(context))

    setattr(command, "get_help", get_help)  # noqa: B010  (a method of one object)


def in_chinese(page: str) -> str:
    """Return a page of help with the words of its frame in Chinese."""
    for english, chinese in WORDS.items():
        page = page.replace(english, chinese)
    return page
