"""The command line: `jixiao run`, `check`, `show`, `form`, `extract`, `template`, `rules`, `desk`.

Only click is imported here; each command imports what it needs when it is called.
"""

from __future__ import annotations

import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etl.commands.exits import BAD_USAGE, ERRORS_FOUND, INTERRUPTED, LOST
from etl.commands.options import shared
from etl.help.language import speaks_chinese
from etl.help.spoken import Group
from etl.profiles.commands import form, template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.batch.model import Batch
    from etl.batch.request import Request
    from etl.commands.run import Run


@click.group(
    cls=Group, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "JIXIAO"}
)
@click.version_option(package_name="jixiao")
def cli() -> None:
    """Check departments' budget-performance forms, mark them, and sum up the city."""


cli.add_command(form)
cli.add_command(template)


@cli.command()
@shared.PATHS
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for everything written."
)
@shared.ROSTER
@shared.LAST_YEAR
@shared.APPROVED
@shared.ACTUALS
@shared.YEAR
@shared.CONFIG
@shared.WORKERS
@shared.SCHEDULER
@shared.LANG
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
@shared.EXCLUDE
@click.option(
    "--fresh", is_flag=True, help="Read every file again, also those that did not change since the last run."
)
@click.option("--sarif", is_flag=True, help="Write findings.sarif too, for viewers of static analysis.")
@shared.PROGRESS
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def run(timings: bool, **asked: Any) -> None:
    """Check PATHS and write marked returns, the citywide workbook and the findings into a folder."""
    from etl.batch.request import Request
    from etl.commands.progress import told_end
    from etl.commands.run import produce

    request, started = Request(**asked), time.monotonic()
    with told_end(request.progress):
        done = produce(request)
        if not request.quiet:
            _print_summary(done, request.lang, request.output, started)
        if timings:
            _print_timings(done.batch)
        sys.exit(_exit_code(done.batch, done))


@cli.command()
@shared.PATHS
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "sarif"]),
    default="text",
    envvar="JIXIAO_CHECK_FORMAT",
    help="How to print.",
)
@shared.ROSTER
@shared.LAST_YEAR
@shared.APPROVED
@shared.ACTUALS
@shared.YEAR
@shared.CONFIG
@shared.WORKERS
@shared.SCHEDULER
@shared.LANG
@shared.PROGRESS
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
        from etl.data.findings_csv import as_csv

        _write(as_csv(batch, lang))
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
@shared.PATHS
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for the tables.")
@shared.WORKERS
def extract(paths: tuple[Path, ...], output: Path, workers: int | None) -> None:
    """Write the normalised tables of PATHS (forms, funds, projects, indicators, places) as CSV."""
    from etl.commands.extract import write_tables
    from etl.safe.say import say

    for name, rows in write_tables(paths, output, workers):
        say(f"{name}: {rows}")


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@shared.YEAR
@shared.CONFIG
@shared.LANG
def show(file: Path, year: int | None, config: Path | None, lang: str) -> None:
    """Print the form in FILE as it looks, with marked cells and what was found."""
    from etl.commands.show import show_file

    sys.exit(_exit_code(show_file(file, year, config, lang)))


@cli.command()
@click.argument("outputs", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The workbook to be written."
)
@shared.EXCLUDE
@shared.LANG
def citywide(outputs: tuple[Path, ...], output: Path, exclude: tuple[str, ...], lang: str) -> None:
    """Draw the city's workbook over several runs, from the folders OUTPUTS they were written into."""
    from etl.commands.merge import merge_runs
    from etl.safe.say import say

    batch = merge_runs(outputs, output, lang, exclude)
    say(f"{len(batch.stack.tables.forms)} → {output}")


@cli.command()
@click.argument("output", type=click.Path(path_type=Path, file_okay=False))
@shared.ROSTER
@shared.LAST_YEAR
@shared.APPROVED
@shared.ACTUALS
@shared.YEAR
@shared.CONFIG
@shared.LANG
@click.option(
    "--write",
    is_flag=True,
    help="Write the findings, the citywide workbook and the tables anew; returns follow with run.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    envvar="JIXIAO_RECHECK_FORMAT",
    help="How to print; json has the agencies by name.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="CODE",
    help="Run and tell of these rules alone; may be given several times.",
)
def recheck(write: bool, form: str, only: tuple[str, ...], **asked: Any) -> None:
    """Run the rules again over the batch stored in OUTPUT, with other settings; no file is read.

    Says on how many agencies each rule fires now and did before; writes nothing unless --write.
    """
    from etl.batch.request import Request
    from etl.commands.recheck import recheck as checked_again
    from etl.commands.recheck import recheck_json, recheck_lines
    from etl.safe.say import say

    request = Request((), **asked)
    fired = checked_again(request, write, only)
    if form == "json":
        _write(recheck_json(fired))
        return
    for line in recheck_lines(fired, request.lang):
        say(line)


@cli.command()
@click.argument("code", required=False)
@shared.LANG
def rules(code: str | None, lang: str) -> None:
    """List the rules, or print the page of one rule CODE."""
    from checks.telling.handbook import rule_list, rule_page
    from etl.safe.say import say

    try:
        lines = list(rule_page(code.upper(), lang) if code else rule_list(lang))
    except KeyError as error:
        from checks.telling.handbook import all_rules
        from etl.safe.alike import alike

        known = [rule.code for rule in all_rules()]
        said = f"没有规则{code} there is no rule {code}{alike(code or '', known)}"
        raise click.BadParameter(said, param_hint="CODE") from error
    for line in lines:
        say(line)


@cli.command()
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="The desk's folder; default: in the user's data.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8765, help="Port; default: 8765.")
@click.option(
    "--lan", is_flag=True, help="Serve the local network; people log in, a lead must have been made before."
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST",
    envvar="JIXIAO_DESK_NAME",
    help="A name or address of this machine, with --lan.",
)
@click.option(
    "--certfile", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Certificate for HTTPS."
)
@click.option("--keyfile", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Its key.")
@click.option("--add-lead", metavar="NAME", help="Make a lead, asking for a password, and end.")
@click.option("--open", "opens", is_flag=True, envvar="JIXIAO_DESK_OPEN", help="Open it in the browser.")
@click.option(
    "--hand-in",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of forms to begin with, where the desk has no batch yet; a roster.csv in it is the roster.",
)
@shared.LANG
def desk(
    home: Path | None,
    port: int,
    lan: bool,
    names: tuple[str, ...],
    certfile: Path | None,
    keyfile: Path | None,
    add_lead: str | None,
    opens: bool,
    hand_in: Path | None,
    lang: str,
) -> None:
    """Serve pages in the browser where a bureau works through a batch; needs the extra `desk`."""
    from etl.desk import serve

    folder = home or serve.default_home()
    if add_lead:
        serve.add_lead(folder, add_lead, click.prompt("Password", hide_input=True, confirmation_prompt=True))
        return
    serve.serve(folder, serve.Address(port, lan, names, certfile, keyfile), opens, lang, hand_in)


@cli.command()
def schema() -> None:
    """Print the JSON Schema of findings.json."""
    import json

    from etl.data.document import schema as schema_of_findings

    _write(json.dumps(schema_of_findings(), ensure_ascii=False, indent=1) + "\n")


@cli.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False))
@shared.LANG
def doctor(folder: Path, lang: str) -> None:
    """Look at this machine: Python, libraries, platform, code page, whether FOLDER can be written."""
    from etl.help.doctor import doctor_line, examined
    from etl.safe.say import say

    fine = True
    for seen in examined(folder):
        say(doctor_line(seen, lang))
        fine = fine and seen.fine
    sys.exit(0 if fine else LOST)


@cli.command("config")
@click.option(
    "--init", is_flag=True, help="Write jixiao.toml with every setting, its meaning, unit and default."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("jixiao.toml"),
    help="The file; default: jixiao.toml here.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def config_command(init: bool, output: Path, force: bool) -> None:
    """Show every setting with its meaning, or write them into a file to be edited.

    Without --init the settings are printed.
    """
    from etl.intake.config_sample import config_sample
    from etl.safe.refusal import Refusal
    from etl.safe.say import say
    from etl.safe.whole_file import write_whole

    text = config_sample()
    if not init:
        _write(text)
        return
    path = output / "jixiao.toml" if output.is_dir() else output
    if path.exists() and not force:
        raise Refusal(f"文件已存在，未改动 the file is there and was left alone (--force): {path}")
    write_whole(path, text.encode("utf-8"))
    say(f"→ {path}")


def _print_summary(done: Run, lang: str, output: Path, started: float) -> None:
    """Print what a run found, how long it took, and what to open next."""
    from etl.commands import terminal
    from etl.commands.ending import closing
    from etl.commands.ending.unmatched import unmatched_lines
    from etl.rounds.compare import standing
    from etl.safe.say import say

    standing_batch = standing(done.batch)
    lines: Sequence[str] = (
        *closing.worst_table(standing_batch, done.everyone, lang),
        "",
        *closing.who_lines(standing_batch, done.everyone, lang),
        *terminal.file_lines(done.batch, lang),
        *terminal.summary_lines(standing_batch, lang, done.unchanged),
        *(terminal.round_lines(done.batch, done.rounds, lang) if done.rounds else ()),
        *terminal.stray_lines(done.batch, lang),
        *terminal.claim_lines(done.batch, lang),
        *unmatched_lines(done.batch, done.settings, done.exclude, lang),
        *terminal.lost_lines(done.returns, done.lost, lang),
        *terminal.verified_lines(done.returns.values(), lang),
    )
    for line in lines:
        say(line)
    written = sum(not one.lost for one in done.returns.values())
    for line in closing.next_lines(output, written, done.letters, lang):
        say(line)
    if sys.stdout.isatty():  # to a file or a program nothing goes that is never the same
        say(f"{'用时' if lang == 'zh' else 'took'} {time.monotonic() - started:.1f} s")
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
        _tell_wrong(wrong)
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


def _tell_wrong(wrong: click.ClickException) -> None:
    """Say what is wrong with a command line, in the language of the system."""
    if speaks_chinese() and not isinstance(wrong, click.exceptions.NoArgsIsHelpError):
        from etl.help.usage import usage_error

        click.echo(usage_error(wrong), err=True)
    else:
        wrong.show()


def _prepare() -> None:
    """Have a request to end treated as Ctrl-C, and output that is closed from the start go nowhere."""
    import os

    from etl.workers.interruption import heed_signals

    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (for the life of the process)
    heed_signals()
