"""Draws every generated document again: `python -m docs.draw`.

`checks/RULES.md` comes from the rules, `docs/commands.md` from the command line, and in the READMEs each
block after `<!-- run: COMMAND -->` is what that command prints. A test draws all of them and compares.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HOME = Path(__file__).parent.parent
_BLOCK = re.compile(r"(<!-- run: (?P<command>[^\n]+?) -->\n```[a-z]*\n)(?P<output>(?:(?!```)[^\n]*\n)*)(```)")
READMES = ("README.md", "README.zh-CN.md")


def drawn() -> Iterator[tuple[Path, str]]:
    """Yield every generated document with its text."""
    from checks.telling.handbook import handbook
    from docs.data import data_page
    from docs.forms import forms_page
    from docs.manual import SOURCE, with_thresholds
    from docs.messages import messages_page
    from docs.reading import reading_page

    yield HOME / "checks" / "RULES.md", handbook()
    yield HOME / "docs" / "commands.md", commands()
    yield HOME / "docs" / "data.md", data_page()
    yield SOURCE, with_transcripts(with_thresholds(SOURCE.read_text(encoding="utf-8")))
    yield HOME / "docs" / "forms.md", forms_page()
    yield HOME / "docs" / "messages.md", messages_page()
    yield HOME / "docs" / "reading.md", reading_page()
    for name in READMES:
        yield HOME / name, with_transcripts((HOME / name).read_text(encoding="utf-8"))


def commands() -> str:
    """Return the command reference: the help of every command."""
    import click

    from etl.cli import cli

    lines = ["# Commands", "", "Drawn from the program by `make docs`; do not edit.", ""]
    root = cli.make_context("jixiao", [], resilient_parsing=True)  # with -h, as the command line makes it
    for name in cli.list_commands(root):
        command = cli.get_command(root, name)
        assert command is not None
        context = click.Context(
            command, info_name=name, parent=root, terminal_width=100, max_content_width=100
        )
        lines += [f"## jixiao {name}", "", "```text", command.get_help(context), "```", ""]
        for inner, below in sorted(command.commands.items()) if isinstance(command, click.Group) else ():
            within = click.Context(
                below, info_name=inner, parent=context, terminal_width=100, max_content_width=100
            )
            lines += [f"### jixiao {name} {inner}", "", "```text", below.get_help(within), "```", ""]
    return "\n".join(lines)


def with_transcripts(text: str) -> str:
    """Return a text with the output of each `run` block made anew."""
    return _BLOCK.sub(
        lambda match: f"{match[1]}$ {match['command']}\n{_run(match['command'])}\n{match[4]}", text
    )


def _run(command: str) -> str:
    """Return what a jixiao command prints, run beside a copy of the samples; `| head -N` shortens it."""
    bare, _, lines = command.partition(" | head -")
    words = bare.split()
    assert words[0] == "jixiao", command
    environment = os.environ | {"PYTHONUTF8": "1", "COLUMNS": "100", "PYTHONPATH": str(HOME)}
    call = [sys.executable, "-m", "jixiao", *words[1:]]
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(HOME / "samples", Path(place) / "samples")
        done = subprocess.run(call, capture_output=True, cwd=place, env=environment, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{command}: exit {done.returncode}: {done.stderr.decode('utf-8', 'replace')}")
    printed = done.stdout.decode("utf-8").strip("\n").splitlines()
    return "\n".join(line.rstrip() for line in (printed[: int(lines)] if lines else printed))


def main() -> None:
    """Write every generated document."""
    for path, text in drawn():
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
