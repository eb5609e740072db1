"""The command line in Chinese: what is said of every command and option, by the English of `etl.cli`."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "Usage: ": "用法：",
    "\nOptions:": "\n选项：",
    "\nCommands:": "\n命令：",
    "[OPTIONS]": "[选项]",
    "[required]": "[必填]",
    "[env var: ": "[环境变量：",
}
"""What click itself writes into a help text."""
TEXTS: Mapping[str, str] = {
    "List, show and check the forms that are known, and learn a new one from the bureau's blank.":
        "列出、显示、检查已知的表样，或从本单位的空白表学得新的表样。",
    "List the forms: those shipped, and the bureau's own beside the settings.":
        "列出表样：随程序的，和配置文件旁边本单位自己的。",
    "Draw the form of an ID, with what must hold in it and the rules that do not apply.":
        "画出 ID 的表样，列出勾稽关系和不适用的规则。",
    "Check a form profile; what is wrong in it is said with its line.":
        "检查一个表样文件，有错时指出行号。",
    "Write the profile of the bureau's own form: how it differs from the nearest one that is known.":
        "由本单位的表写出表样文件：与最相近的已知表样有何不同。",
    "The form it differs from; default: the nearest.":
        "与哪个表样比较；默认为最相近的。",
    "The profile to write (.toml).":
        "写出的表样文件（.toml）。",
    "Id of the form profile (jixiao form list); else Suzhou's of the year.":
        "表样的编号（见 jixiao form list）；默认为当年的苏州表样。",
    "Check departments' budget-performance forms, mark them, and sum up the city.": "检查部门整体预算绩效目标表，逐格标注，汇总全市。",
    # commands
    "Check PATHS and write marked returns, the citywide workbook and the findings into a folder.":
        "检查 PATHS，把退回文件、全市汇总表和全部意见写入一个文件夹。",
    "Check PATHS and print what was found; no file is written.": "检查 PATHS，只显示意见，不写任何文件。",
    "Write the normalised tables of PATHS (forms, funds, projects, indicators, places) as CSV.":
        "把 PATHS 中的数据整理成表（表、资金、项目、指标、出处），写成 CSV。",
    "Write the blank form that checks itself; with a roster, one an agency into a folder.":
        "生成能自查的空白表；给出单位名单时，每个单位一份，写入文件夹。",
    "Print the form in FILE as it looks, with marked cells and what was found.": "在终端显示 FILE 中的表、标注的单元格和意见。",
    "Draw the city's workbook over several runs, from the folders OUTPUTS they were written into.":
        "把几次检查的结果文件夹 OUTPUTS 合成一份全市汇总表。",
    "Run the rules again over the batch stored in OUTPUT, with other settings; no file is read.\n\nSays on how many agencies each rule fires now and did before; writes nothing unless --write.":
        "换一份配置，对 OUTPUT 中保存的批次重新审核，不再读取文件。\n\n逐条规则说明现在和原来各有多少单位触发；不加 --write 不写任何文件。",
    "List the rules, or print the page of one rule CODE.": "列出全部规则，或显示规则 CODE 的说明。",
    "Print the JSON Schema of findings.json.": "显示 findings.json 的 JSON Schema。",
    "Look at this machine: Python, libraries, platform, code page, whether FOLDER can be written.":
        "检查本机：Python、程序库、系统、代码页，FOLDER 能否写入。",
    # options
    "Show this message and exit.": "显示本说明。",
    "Show the version and exit.": "显示版本。",
    "Language of messages.": "意见的语言。",
    "The list of agencies that must hand in (CSV or workbook).": "应报单位名单（CSV 或工作簿）。",
    "Folder of last year's forms, to compare with.": "上年报表所在文件夹，用于比较。",
    "The approved budgets (CSV or workbook): 单位名称, 项目名称, 金额(万元).": "批复的预算（CSV 或工作簿）：单位名称、项目名称、金额(万元)。",
    "Last year's self-evaluation (CSV or workbook): 单位名称, 指标名称, 实际完成值.":
        "上年自评结果（CSV 或工作簿）：单位名称、指标名称、实际完成值。",
    "Fiscal year of the batch; default: the forms' own.": "批次的预算年度；默认取各表自己的年度。",
    "Processes that read and check; default: one a core.": "读取和检查的进程数；默认每个处理器核一个。",
    "Have the workers of a Dask scheduler, tcp://host:port, read and check; needs the extra `dask`.":
        "由 Dask 调度器 tcp://host:port 的计算节点读取和检查；需要安装 `dask`。",
    "Leave an agency out of the city's sums; may be given several times.": "某单位不计入全市合计；可以多次给出。",
    "Folder for everything written.": "所有结果写入的文件夹。",
    "Read every return again and compare it with its original, cell by cell.": "把每份退回文件重新读一遍，与原文件逐格比对。",
    "The folder the last round was written into: says what was fixed since, keeps explanations.":
        "上一轮的结果文件夹：说明哪些已改，保留单位说明。",
    "Print what each rule cost.": "显示每条规则用时。",
    "Write a letter (.docx) to every agency whose form has an error or a warning.": "给每个有错误或警告的单位写一份退回说明（.docx）。",
    "Read every file again, also those that did not change since the last run.": "全部文件重新读取，包括上次以来没有变化的。",
    "Print nothing but errors.": "除错误外不显示任何内容。",
    "How to show progress on standard error; json: an object a line, for programs (docs/machines.md).":
        "如何在标准错误输出上显示进度；json：每行一个对象，供程序读取（docs/machines.md）。",
    "Write findings.sarif too, for viewers of static analysis.": "另写 findings.sarif，供代码审查类查看器使用。",
    "How to print.": "显示的格式。",
    "Folder for the tables.": "数据表写入的文件夹。",
    "The workbook, or a folder.": "工作簿，或文件夹。",
    "Name of the agency to fill in.": "预先填入的单位名称。",
    "The workbook to be written.": "要写的工作簿。",
    "Write the findings, the citywide workbook and the tables anew; returns follow with run.":
        "重写意见、全市汇总表和数据表；退回文件由 run 重写。",
    "Settings; default: jixiao.toml in the working folder, or beside the roster or the output.":
        "配置文件；默认用工作文件夹里，或名单、结果旁边的 jixiao.toml。",
    "The day by which departments are to answer, for the letters.":
        "函件中写明的报回期限。",
    "Your own 退回说明 (.docx), edited from what `jixiao template --letter` writes.":
        "自定的退回说明模板（.docx），由 jixiao template --letter 写出后修改。",
    "Pack returns and letters into one zip a department, and list what to send to whom.":
        "按主管部门打包退回文件和函件，并列出发送清单。",
    "Fiscal year; default: next year's.":
        "预算年度；默认为明年。",
    "Have the totals add up by themselves; they are locked.":
        "合计由公式自动计算，并锁定。",
    "Write the template of 退回说明 (.docx) instead, to be edited in Word.":
        "改为写出退回说明的模板（.docx），供在Word中修改。",
    "Show every setting with its meaning, or write them into a file to be edited.\n\nWithout --init the settings are printed.":
        "显示全部配置项及含义；加 --init 写成文件供修改。",
    "Write jixiao.toml with every setting, its meaning, unit and default.":
        "写出 jixiao.toml，含全部配置项、含义、单位和默认值。",
    "The file; default: jixiao.toml here.":
        "文件；默认为当前文件夹的 jixiao.toml。",
    "Write over a file that is there.":
        "覆盖已有的文件。",
    "Serve pages in the browser where a bureau works through a batch; needs the extra `desk`.":
        "在浏览器中打开审核工作台；需另装 desk。",
    "The desk's folder; default: in the user's data.": "工作台的文件夹；默认在用户数据中。",
    "Port; default: 8765.": "端口；默认 8765。",
    "Serve the local network; people log in, a lead must have been made before.": "供局域网使用；须登录，先要有负责人账号。",
    "A name or address of this machine, with --lan.": "本机的名称或地址，与 --lan 同用。",
    "Certificate for HTTPS.": "HTTPS 证书。",
    "Its key.": "证书的密钥。",
    "Make a lead, asking for a password, and end.": "建立负责人账号，输入密码后结束。",
    "Open it in the browser.": "在浏览器中打开。",
    "Run and tell of these rules alone; may be given several times.": "只重新运行并说明这些规则，可重复。",
    "A folder of forms to begin with, where the desk has no batch yet; a roster.csv in it is the roster.": "还没有批次时，以该文件夹里的表建立第一个批次；其中的roster.csv作为名单。",
    "How to print; json has the agencies by name.": "显示的格式；json 按单位名称列出。",
}  # fmt: skip
