"""Writes all that goes out with the returns: letters, notices, the list for mail merge, a zip a department."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from checks.given.handed_in import batch_year
from etl.batch.model import Batch
from etl.batch.recipients import Recipient, recipients
from etl.batch.request import Request
from etl.returns.letters import Letter, letters_of, values, write_letters
from etl.returns.notices import notices, write_notices
from etl.returns.parcels import Parcel, write_list, write_parcels
from etl.returns.word import day, own_template
from etl.rounds.compare import standing
from etl.rounds.records import FileRound
from etl.safe.file_names import return_path
from etl.workers.attempt import Failed

if TYPE_CHECKING:
    import pandas as pd

    from etl.store.outputs import Outputs


def letter_template_of(request: Request) -> bytes:
    """Return the bureau's own template of letters, empty where none was named; raises `Refusal` for one that does not do."""
    if request.letter_template is None:
        return b""
    return own_template(request.letter_template, values(Letter(Path(), "单位", "2024", (), ())))


@dataclass(frozen=True, slots=True)
class Post:
    """What went out: the letters by the path of the file they are about or, where there is none, by the agency's name.

    `everyone`: all recipients. `lost`: letters that could not be written.
    """

    everyone: Sequence[Recipient]
    letters: Mapping[str, Path] = field(default_factory=dict)
    lost: Mapping[Path, Failed] = field(default_factory=dict)


def write_post(
    request: Request,
    batch: Batch,
    roster: pd.DataFrame | None,
    rounds: Mapping[str, FileRound] | None,
    executor: Executor,
    outputs: Outputs,
    template: bytes,
) -> Post:
    """Write what was asked for and return what went out."""
    everyone = recipients(standing(batch), roster)
    post = Post(everyone)
    if request.letters:
        post = _letters(request, batch, everyone, rounds, executor, outputs, template)
    if request.letters or request.zips:
        parcels = [_parcel(request, one, post.letters) for one in everyone]
        zips = write_parcels(request.output, parcels) if request.zips else {}
        write_list(request.output, parcels, zips, day(request.reply_by))
    return post


def _letters(
    request: Request,
    batch: Batch,
    everyone: Sequence[Recipient],
    rounds: Mapping[str, FileRound] | None,
    executor: Executor,
    outputs: Outputs,
    template: bytes,
) -> Post:
    folder = request.output / "letters"
    lost = write_letters(batch, folder, rounds, executor, outputs, request.reply_by, template)
    written: dict[str, Path] = {}
    for letter in letters_of(batch, folder, rounds or {}):
        if letter.target not in lost:
            written |= dict.fromkeys(letter.paths, letter.target)
    year = request.year or batch_year(batch.stack.tables.forms)
    asked = notices(everyone, year, request.reply_by)
    write_notices(folder, asked)
    written |= {notice.agency: folder / name for name, notice in asked.items()}
    return Post(everyone, written, lost)


def _parcel(request: Request, one: Recipient, letters: Mapping[str, Path]) -> Parcel:
    """Return what goes to one agency."""
    returns = tuple(return_path(request.output / "returns", path) for path in one.paths)
    own = [letters[whose] for whose in (one.paths or (one.name,)) if whose in letters]
    return Parcel(one, returns, tuple(dict.fromkeys(own)))
