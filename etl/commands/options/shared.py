"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
LANG = click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    default="zh",
    envvar="JIXIAO_LANG",
    help="Language of messages.",
)
ROSTER = click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="JIXIAO_ROSTER",
    help="The list of agencies that must hand in (CSV or workbook).",
)
LAST_YEAR = click.option(
    "--last-year",
    type=click.Path(path_type=Path),
    help="Folder of last year's forms, to compare with.",
)
APPROVED = click.option(
    "--approved",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The approved budgets (CSV or workbook): 单位名称, 项目名称, 金额(万元).",
)
ACTUALS = click.option(
    "--actuals",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Last year's self-evaluation (CSV or workbook): 单位名称, 指标名称, 实际完成值.",
)
YEAR = click.option(
    "--year", type=click.IntRange(2000, 2099), help="Fiscal year of the batch; default: the forms' own."
)
CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="JIXIAO_CONFIG",
    help="Settings; default: jixiao.toml in the working folder, or beside the roster or the output.",
)
WORKERS = click.option(
    "--workers",
    type=click.IntRange(1, 256),
    envvar="JIXIAO_WORKERS",
    help="Processes that read and check; default: one a core.",
)
SCHEDULER = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Have the workers of a Dask scheduler, tcp://host:port, read and check; needs the extra `dask`.",
)

PROGRESS = click.option(
    "--progress",
    type=click.Choice(["auto", "json", "none"]),
    default="auto",
    help="How to show progress on standard error; json: an object a line, for programs (docs/machines.md).",
)
EXCLUDE = click.option(
    "--exclude",
    multiple=True,
    metavar="AGENCY",
    help="Leave an agency out of the city's sums; may be given several times.",
)
