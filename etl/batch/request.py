"""What is asked of the program, and what it is given beside the forms: named once, from the command line inward."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Request:
    """What a run or a check is asked to do; the options are those of the command line.

    `paths`: files and folders with the forms. `output`: the folder everything is written into. `roster`, `last_year`,
    `approved`, `actuals`: what is given beside the forms. `year`: the batch's fiscal year. `config`: the settings.
    `workers`: processes; `scheduler`: the address of a Dask scheduler whose workers work instead. `lang`: of messages.
    `verify`: returns are read again and compared. `previous`: the folder of the last round. `letters`: a 退回说明 an
    agency, and a notice to who handed in nothing; `reply_by`: the day by which they answer; `letter_template`: a bureau's own.
    `zips`: all that goes out, a zip a department. `exclude`: agencies left out of the city's sums. `fresh`: nothing that is
    stored is believed. `sarif`: findings.sarif is written too. `progress`: how it is shown, `auto`, `json` or `none`.
    """

    paths: tuple[Path, ...]
    output: Path = Path()
    roster: Path | None = None
    last_year: Path | None = None
    approved: Path | None = None
    actuals: Path | None = None
    year: int | None = None
    config: Path | None = None
    workers: int | None = None
    scheduler: str | None = None
    lang: str = "zh"
    verify: bool = False
    quiet: bool = False
    previous: Path | None = None
    letters: bool = False
    reply_by: datetime.date | None = None
    letter_template: Path | None = None
    zips: bool = False
    exclude: tuple[str, ...] = ()
    fresh: bool = False
    sarif: bool = False
    progress: str = "auto"
