"""The commands `jixiao form list`, `show`, `check` and `learn`, and `jixiao template`."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from etl.commands.options import shared
from etl.help.spoken import Command, Group


@click.group(cls=Group)
def form() -> None:
    """List, show and check the forms that are known, and learn a new one from the bureau's blank."""


@form.command("list")
@shared.CONFIG
def form_list(config: Path | None) -> None:
    """List the forms: those shipped, and the bureau's own beside the settings."""
    from etl.profiles.known import known_forms, listed
    from etl.safe.say import say

    for line in listed(known_forms(config)):
        say(line)


@form.command("show")
@click.argument("id_", metavar="ID")
@shared.CONFIG
@shared.LANG
def form_show(id_: str, config: Path | None, lang: str) -> None:
    """Draw the form of an ID, with what must hold in it and the rules that do not apply."""
    from etl.profiles.known import drawn, form_named, shown
    from etl.safe.say import say

    chosen = form_named(id_, None, config)
    for line in (*drawn(chosen, lang), "", *shown(chosen)):
        say(line)


@form.command("check")
@click.argument("file", metavar="FILE.toml", type=click.Path(path_type=Path, dir_okay=False))
def form_check(file: Path) -> None:
    """Check a form profile; what is wrong in it is said with its line."""
    from etl.profiles.known import checked_file, shown
    from etl.safe.say import say

    for line in shown(checked_file(file)):
        say(line)


@form.command("learn")
@click.argument("blank", metavar="BLANK.xlsx", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--from",
    "base",
    default="",
    metavar="ID",
    envvar="JIXIAO_FORM_LEARN_FROM",
    help="The form it differs from; default: the nearest.",
)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The profile to write (.toml)."
)
@shared.CONFIG
def form_learn(blank: Path, base: str, output: Path, config: Path | None) -> None:
    """Write the profile of the bureau's own form: how it differs from the nearest one that is known."""
    from etl.profiles.known import learn_file
    from etl.safe.say import say

    id_, questions = learn_file(blank, base, output, config)
    say(f"{output}: {id_}")
    for question in questions:
        say(f"问：{question}")


@click.command(cls=Command)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The workbook, or a folder."
)
@shared.ROSTER
@click.option("--year", type=click.IntRange(2000, 2099), help="Fiscal year; default: next year's.")
@click.option("--agency", default="", help="Name of the agency to fill in.")
@click.option(
    "--letter", is_flag=True, help="Write the template of 退回说明 (.docx) instead, to be edited in Word."
)
@click.option("--totals", is_flag=True, help="Have the totals add up by themselves; they are locked.")
@click.option(
    "--form",
    "form_id",
    default="",
    envvar="JIXIAO_TEMPLATE_FORM",
    help="Id of the form profile (jixiao form list); else Suzhou's of the year.",
)
@shared.CONFIG
def template(
    output: Path,
    roster: Path | None,
    year: int | None,
    agency: str,
    letter: bool,
    totals: bool,
    form_id: str,
    config: Path | None,
) -> None:
    """Write the blank form that checks itself; with a roster, one an agency into a folder."""
    from etl.profiles.known import form_named
    from etl.safe.say import say

    if letter:
        from etl.returns.letters import write_template

        say(str(write_template(output)))
        return
    from etl.template.write import write_blank_forms

    year = year or datetime.datetime.now().astimezone().year + 1
    chosen = form_named(form_id, year, config)
    for path in write_blank_forms(chosen, output, roster, year, agency, totals=totals):
        say(str(path))
