"""Writes a commented jixiao.toml from the declarations: every setting with its meaning, unit and default, all of them off."""

from __future__ import annotations

from collections.abc import Iterator

from checks.settings import THRESHOLDS, WORDS
from checks.telling.handbook import all_rules, rule_name
from checks.telling.meanings import THRESHOLD_MEANINGS, WORD_MEANINGS

_HEAD = """\
# jixiao.toml  绩效目标审核的配置
#
# 放在工作文件夹里，或放在应报单位名单旁边，或用 --config 指定；放在报送文件夹里的不会读取。
# 每行前面的 # 去掉才生效；不改的不必写。金额单位为万元。改完可用
#   jixiao recheck 输出文件夹 --config jixiao.toml
# 看看会有什么不同，不必重新读取文件。

# 本批的预算年度；不写的按多数报表的年度
# year = 2027
"""
_TAIL = """
# 豁免：某单位的某一条意见不再提出。until 为最后一天，可以不写。每个豁免写一段：
# [[waivers]]
# agency = "单位名称"
# code = "RV01"
# reason = "省级统一安排，已核实"
# until = 2027-12-31

# 对应关系：某单位的项目对应哪项重点工作，以后年度也有效
# [[links]]
# agency = "单位名称"
# project = "项目名称"
# key_task = "重点工作"
"""
_WIDTH = 34
"""Characters before a comment on the same line."""


def config_sample() -> str:
    """Return the text of the file."""
    return "\n".join((_HEAD, *_thresholds(), "", *_rules(), "", *_words(), _TAIL))


def _thresholds() -> Iterator[str]:
    yield "# 界限：名称 = 数值  # 含义（有关的规则），单位"
    yield "[thresholds]"
    for name, value in THRESHOLDS.items():
        meaning, unit = THRESHOLD_MEANINGS.get(name, ("", ""))
        written = f"# {name} = {int(value) if value == int(value) else value}"
        yield f"{written:<{_WIDTH}} # {meaning}，{unit}"


def _rules() -> Iterator[str]:
    rules = all_rules()
    yield "# 规则：false 停用，true 启用（标“默认停用”的）"
    yield "[rules]"
    for rule in rules:
        note = "（默认停用）" if rule.off else ""
        yield f"# {rule.code} = {'true ' if rule.off else 'false'}  # {rule_name(rule.code, 'zh')}{note}"
    yield ""
    yield "# 等级：error 错误（退回）、warning 警告（请核实）、info 提示（供参考）"
    yield "[severities]"
    yield from (f'# {rule.code} = "{rule.severity}"' for rule in rules[:3])
    yield "# ……"
    yield ""
    yield "# 试行的规则只提示，不影响通过与否；这一行要写在所有 [ ] 之前"
    yield '# trial = ["RV01", "RV02"]'


def _words() -> Iterator[str]:
    yield "# 词表：写出的整个替换原有的"
    yield "[words]"
    for name, words in WORDS.items():
        yield f"# {WORD_MEANINGS.get(name, '')}"
        shown = ", ".join(f'"{word}"' for word in words[:6])
        yield f"# {name} = [{shown}{', ……' if len(words) > 6 else ''}]"
