"""Commands whose help is in Chinese where the system speaks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import cleandoc
from typing import Any

import click

from etl.help.language import speaks_chinese

WIDTH = 58
"""Characters a line of Chinese help: each is two columns wide."""


class Command(click.Command):
    """A command that tells what it does in the language of the system."""

    def get_help(self, ctx: click.Context) -> str:
        """Return the help text."""
        return _spoken(ctx, super().get_help)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the line that the list of commands has of it."""
        return (
            chinese(self.help).partition("\n")[0] if speaks_chinese() else super().get_short_help_str(limit)
        )


class Group(click.Group):
    """A group of such commands."""

    command_class = Command

    def get_help(self, ctx: click.Context) -> str:
        """Return the help text."""
        return _spoken(ctx, super().get_help)


def _spoken(ctx: click.Context, get_help: Any) -> str:
    if not speaks_chinese():
        return str(get_help(ctx))
    from etl.help.chinese import WORDS

    ctx.max_content_width = WIDTH
    with _in_chinese(ctx):
        text = str(get_help(ctx))
    for english, said in WORDS.items():
        text = text.replace(english, said)
    return text


@contextmanager
def _in_chinese(ctx: click.Context) -> Iterator[None]:
    """Have a command and its options speak Chinese while the body runs; what has no Chinese stays as it is."""
    told: list[Any] = [ctx.command, *ctx.command.get_params(ctx)]
    before = [getattr(one, "help", None) for one in told]
    for one, text in zip(told, before, strict=True):
        if text:
            one.help = chinese(text)
    try:
        yield
    finally:
        for one, text in zip(told, before, strict=True):
            if text:
                one.help = text


def chinese(text: str | None) -> str:
    """Return a help text in Chinese, or as it is where there is none."""
    from etl.help.chinese import TEXTS

    english = cleandoc(text or "")
    return TEXTS.get(english, english)
