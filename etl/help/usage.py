"""What a wrong command line is told in Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence

import click

from etl.help.chinese import WORDS


def usage_error(wrong: click.ClickException) -> str:
    """Return what a wrong command line is told, in Chinese: what is wrong, how it is used, where the help is."""
    lines = [f"错误：{_what(wrong)}"]
    context = getattr(wrong, "ctx", None)
    if context is not None:
        lines = [_spoken(context.get_usage()), *lines, f"帮助：{context.command_path} --help"]
    return "\n".join(lines)


def _spoken(usage: str) -> str:
    for english, chinese in WORDS.items():
        usage = usage.replace(english, chinese)
    return usage


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
