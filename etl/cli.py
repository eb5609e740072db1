"""The command line: `jixiao run`, `check`, `show`, `form`, `extract`, `template`, `rules`.

Only click is imported here; each command imports what it needs when it is called.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etl.commands.exits import BAD_USAGE, ERRORS_FOUND, INTERRUPTED, LOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.batch.model import Batch
    from etl.batch.request import Request
    from etl.commands.run import Run

_PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
_LANG = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of messages.")
_ROSTER = click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The list of agencies that must hand in (CSV or workbook).",
)
_LAST_YEAR = click.option(
    "--last-year",
    type=click.Path(path_type=Path),
    help="Folder of last year's forms, to compare with.",
)
_APPROVED = click.option(
    "--approved",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The approved budgets (CSV or workbook): 单位名称, 项目名称, 金额(万元).",
)
_ACTUALS = click.option(
    "--actuals",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Last year's self-evaluation (CSV or workbook): 单位名称, 指标名称, 实际完成值.",
)
_YEAR = click.option(
    "--year", type=click.IntRange(2000, 2099), help="Fiscal year of the batch; default: the forms' own."
)
_CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings; default: jixiao.toml beside the paths.",
)
_WORKERS = click.option(
    "--workers", type=click.IntRange(1, 256), help="Processes that read and check; default: one a core."
)
_SCHEDULER = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Have the workers of a Dask scheduler, tcp://host:port, read and check; needs the extra `dask`.",
)

_PROGRESS = click.option(
    "--progress",
    type=click.Choice(["auto", "json", "none"]),
    default="auto",
    help="How to show progress on standard error; json: an object a line, for programs (docs/machines.md).",
)
_EXCLUDE = click.option(
    "--exclude",
    multiple=True,
    metavar="AGENCY",
    help="Leave an agency out of the city's sums; may be given several times.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jixiao")
def cli() -> None:
    """Check departments' budget-performance forms, mark them, and sum up the city."""


@cli.command()
@_PATHS
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for everything written."
)
@_ROSTER
@_LAST_YEAR
@_APPROVED
@_ACTUALS
@_YEAR
@_CONFIG
@_WORKERS
@_SCHEDULER
@_LANG
@click.option(
    "--verify", is_flag=True, help="Read every return again and compare it with its original, cell by cell."
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder the last round was written into: says what was fixed since, keeps explanations.",
)
@click.option("--timings", is_flag=True, help="Print what each rule cost.")
@click.option(
    "--letters",
    is_flag=True,
    help="Write a letter (.docx) to every agency whose form has an error or a warning.",
)
@click.option(
    "--reply-by",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=lambda _context, _option, value: value.date() if value else None,
    metavar="YYYY-MM-DD",
    help="The day by which departments are to answer, for the letters.",
)
@click.option(
    "--letter-template",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Your own 退回说明 (.docx), edited from what `jixiao template --letter` writes.",
)
@click.option(
    "--zips",
    is_flag=True,
    help="Pack returns and letters into one zip a department, and list what to send to whom.",
)
@_EXCLUDE
@click.option(
    "--fresh", is_flag=True, help="Read every file again, also those that did not change since the last run."
)
@click.option("--sarif", is_flag=True, help="Write findings.sarif too, for viewers of static analysis.")
@_PROGRESS
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def run(timings: bool, **asked: Any) -> None:
    """Check PATHS and write marked returns, the citywide workbook and the findings into a folder."""
    from etl.batch.request import Request
    from etl.commands.progress import told_end
    from etl.commands.run import produce

    request = Request(**asked)
    with told_end(request.progress):
        done = produce(request)
        if not request.quiet:
            _print_summary(done, request.lang, request.output)
        if timings:
            _print_timings(done.batch)
        sys.exit(_exit_code(done.batch, done))


@cli.command()
@_PATHS
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "sarif"]),
    default="text",
    help="How to print.",
)
@_ROSTER
@_LAST_YEAR
@_APPROVED
@_ACTUALS
@_YEAR
@_CONFIG
@_WORKERS
@_SCHEDULER
@_LANG
@_PROGRESS
def check(form: str, **asked: Any) -> None:
    """Check PATHS and print what was found; no file is written."""
    from etl.batch.request import Request
    from etl.commands.progress import told_end

    request = Request(**asked)
    with told_end(request.progress):
        batch = _check(request, form)
        sys.exit(_exit_code(batch))


def _check(request: Request, form: str) -> Batch:
    """Check what is asked for and print it."""
    from etl.batch.read import checked, settings_of
    from etl.commands import terminal
    from etl.commands.progress import shown_progress
    from etl.data import findings as report
    from etl.intake.config import ruling
    from etl.safe.clean import clean
    from etl.safe.say import say

    settings = settings_of(request)
    if form == "text":
        say(clean(ruling(settings, request.lang)))
    with shown_progress(request.progress, quiet=request.progress == "auto") as watch:
        batch, lang = checked(request, settings, watch), request.lang
    if form == "json":
        _write(report.as_json(batch, lang))
    elif form == "csv":
        _write(report.as_csv(batch, lang))
    elif form == "sarif":
        from etl.data.sarif import sarif_text

        _write(sarif_text(batch, lang))
    else:
        for line in (*terminal.finding_lines(batch.located, lang), "", *terminal.file_lines(batch, lang)):
            say(line)
        for line in terminal.summary_lines(batch, lang):
            say(line)
    return batch


@cli.command()
@_PATHS
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for the tables.")
@_WORKERS
def extract(paths: tuple[Path, ...], output: Path, workers: int | None) -> None:
    """Write the normalised tables of PATHS (forms, funds, projects, indicators, places) as CSV."""
    from etl.commands.extract import write_tables
    from etl.safe.say import say

    for name, rows in write_tables(paths, output, workers):
        say(f"{name}: {rows}")


@cli.command()
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The workbook, or a folder."
)
@_ROSTER
@click.option("--year", type=click.IntRange(2000, 2099), default=2023, help="Fiscal year.")
@click.option("--agency", default="", help="Name of the agency to fill in.")
@click.option(
    "--letter", is_flag=True, help="Write the template of 退回说明 (.docx) instead, to be edited in Word."
)
@click.option(
    "--form",
    "form_id",
    default="",
    help="Id of the form profile (jixiao form list); else Suzhou's of the year.",
)
@_CONFIG
def template(
    output: Path,
    roster: Path | None,
    year: int,
    agency: str,
    letter: bool,
    form_id: str,
    config: Path | None,
) -> None:
    """Write the blank form that checks itself; with a roster, one an agency into a folder."""
    from etl.commands.form import form_named
    from etl.safe.say import say

    if letter:
        from etl.returns.letters import write_template

        say(str(write_template(output)))
        return
    from etl.template.write import write_blank_forms

    for path in write_blank_forms(form_named(form_id, year, config), output, roster, year, agency):
        say(str(path))


@cli.group()
def form() -> None:
    """List, show and check the forms that are known, and learn a new one from the bureau's blank."""


@form.command("list")
@_CONFIG
def form_list(config: Path | None) -> None:
    """List the forms: those shipped, and the bureau's own beside the settings."""
    from etl.commands.form import known_forms, listed
    from etl.safe.say import say

    for line in listed(known_forms(config)):
        say(line)


@form.command("show")
@click.argument("id_", metavar="ID")
@_CONFIG
@_LANG
def form_show(id_: str, config: Path | None, lang: str) -> None:
    """Draw the form of an ID, with what must hold in it and the rules that do not apply."""
    from etl.commands.form import drawn, form_named, shown
    from etl.safe.say import say

    chosen = form_named(id_, None, config)
    for line in (*drawn(chosen, lang), "", *shown(chosen)):
        say(line)


@form.command("check")
@click.argument("file", metavar="FILE.toml", type=click.Path(path_type=Path, dir_okay=False))
def form_check(file: Path) -> None:
    """Check a form profile; what is wrong in it is said with its line."""
    from etl.commands.form import checked_file, shown
    from etl.safe.say import say

    for line in shown(checked_file(file)):
        say(line)


@form.command("learn")
@click.argument("blank", metavar="BLANK.xlsx", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--from", "base", default="", metavar="ID", help="The form it differs from; default: the nearest."
)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The profile to write (.toml)."
)
@_CONFIG
def form_learn(blank: Path, base: str, output: Path, config: Path | None) -> None:
    """Write the profile of the bureau's own form: how it differs from the nearest one that is known."""
    from etl.commands.form import learn_file
    from etl.safe.say import say

    id_, questions = learn_file(blank, base, output, config)
    say(f"{output}: {id_}")
    for question in questions:
        say(f"问：{question}")


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@_YEAR
@_CONFIG
@_LANG
def show(file: Path, year: int | None, config: Path | None, lang: str) -> None:
    """Print the form in FILE as it looks, with marked cells and what was found."""
    from etl.commands.show import show_file

    sys.exit(_exit_code(show_file(file, year, config, lang)))


@cli.command()
@click.argument("outputs", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The workbook to be written."
)
@_EXCLUDE
@_LANG
def citywide(outputs: tuple[Path, ...], output: Path, exclude: tuple[str, ...], lang: str) -> None:
    """Draw the city's workbook over several runs, from the folders OUTPUTS they were written into."""
    from etl.commands.merge import merge_runs
    from etl.safe.say import say

    batch = merge_runs(outputs, output, lang, exclude)
    say(f"{len(batch.stack.tables.forms)} → {output}")


@cli.command()
@click.argument("output", type=click.Path(path_type=Path, file_okay=False))
@_ROSTER
@_LAST_YEAR
@_APPROVED
@_ACTUALS
@_YEAR
@_CONFIG
@_LANG
@click.option(
    "--write",
    is_flag=True,
    help="Write the findings, the citywide workbook and the tables anew; returns follow with run.",
)
def recheck(write: bool, **asked: Any) -> None:
    """Run the rules again over the batch stored in OUTPUT, with other settings; no file is read.

    Says on how many agencies each rule fires now and did before; writes nothing unless --write.
    """
    from etl.batch.request import Request
    from etl.commands.recheck import recheck as checked_again
    from etl.commands.recheck import recheck_lines
    from etl.safe.say import say

    request = Request((), **asked)
    for line in recheck_lines(checked_again(request, write), request.lang):
        say(line)


@cli.command()
@click.argument("code", required=False)
@_LANG
def rules(code: str | None, lang: str) -> None:
    """List the rules, or print the page of one rule CODE."""
    from checks.telling.handbook import rule_list, rule_page
    from etl.safe.say import say

    try:
        lines = list(rule_page(code.upper(), lang) if code else rule_list(lang))
    except KeyError as error:
        raise click.BadParameter(f"there is no rule {code}", param_hint="CODE") from error
    for line in lines:
        say(line)


@cli.command()
def schema() -> None:
    """Print the JSON Schema of findings.json."""
    import json

    from etl.data.document import schema as schema_of_findings

    _write(json.dumps(schema_of_findings(), ensure_ascii=False, indent=1) + "\n")


def _print_summary(done: Run, lang: str, output: Path) -> None:
    from etl.commands import terminal
    from etl.rounds.compare import standing
    from etl.safe.say import say

    standing_batch = standing(done.batch)
    lines: Sequence[str] = (
        *terminal.agency_table(standing_batch, lang),
        "",
        *terminal.file_lines(done.batch, lang),
        *terminal.summary_lines(standing_batch, lang, done.unchanged),
        *(terminal.round_lines(done.batch, done.rounds, lang) if done.rounds else ()),
        *terminal.stray_lines(done.batch, lang),
        *terminal.claim_lines(done.batch, lang),
        *terminal.lost_lines(done.returns, done.lost, lang),
        *terminal.verified_lines(done.returns.values(), lang),
    )
    for line in lines:
        say(line)
    say(f"→ {output}")


def _print_timings(batch: Batch) -> None:
    """Print what each rule cost over the batch, the dearest first."""
    from etl.safe.say import say

    forms = max(len(batch.stack.tables.forms), 1)
    for code, seconds in sorted(batch.timings.items(), key=lambda item: -item[1]):
        say(f"{code}  {seconds * 1000:9.1f} ms  {seconds * 1_000_000 / forms:9.0f} µs/form")


def _exit_code(batch: Batch, done: Run | None = None) -> int:
    """Return 3 if something was lost, 1 if there is an error finding that counts (not one of a rule on trial), else 0."""
    lost = any(file.lost for file in batch.files)
    if lost or (done is not None and (done.lost or any(one.lost for one in done.returns.values()))):
        return LOST
    blocking = any(entry.finding.severity == "error" and not entry.finding.trial for entry in batch.located)
    return ERRORS_FOUND if blocking else 0


def _write(text: str) -> None:
    """Write a document to standard output as UTF-8 whatever the console's encoding."""
    from io import TextIOWrapper

    from etl.safe.say import put

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    put(sys.stdout, text)


def main(arguments: Sequence[str] | None = None) -> Any:
    """Run the command line; our own refusals are one line on standard error and exit code 2."""
    from etl.safe.refusal import Refusal

    _prepare()
    try:
        cli.main(
            args=list(arguments) if arguments is not None else None, prog_name="jixiao", standalone_mode=False
        )
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except Refusal as refusal:
        click.echo(f"jixiao: {refusal}", err=True)
        sys.exit(BAD_USAGE)
    except (KeyboardInterrupt, click.exceptions.Abort) as stop:
        click.echo(f"jixiao: 已中断 interrupted {stop.__cause__ or ''}".rstrip(), err=True)
        sys.exit(INTERRUPTED)
    except OSError as error:
        named = f" {error.filename}" if error.filename else ""
        click.echo(f"jixiao: 系统错误 system error{named}: {error.strerror or error}", err=True)
        sys.exit(BAD_USAGE)
    except Exception:
        traceback.print_exc()
        click.echo(
            "jixiao: 程序出错,请将以上内容告知维护者 the program failed; please report the lines above",
            err=True,
        )
        sys.exit(LOST)


def _prepare() -> None:
    """Have a request to end treated as Ctrl-C, and output that is closed from the start go nowhere."""
    import os
    import signal

    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (for the life of the process)
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
