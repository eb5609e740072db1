"""Writes all that goes out with the returns: letters, notices, the list for mail merge, a zip a department."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from checks.given.handed_in import batch_year
from etl.batch.model import Batch
from etl.batch.request import Request
from etl.returns.letters import Letter, letters_of, values, write_letters
from etl.returns.notices import notices, write_notices
from etl.returns.parcels import Parcel, write_list, write_parcels
from etl.returns.recipients import recipients
from etl.returns.word import day, own_template
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


def write_post(
    request: Request,
    batch: Batch,
    roster: pd.DataFrame | None,
    rounds: Mapping[str, FileRound] | None,
    executor: Executor,
    outputs: Outputs,
    template: bytes,
) -> Mapping[Path, Failed]:
    """Write what was asked for; return the letters that could not be written."""
    if not request.letters and not request.zips:
        return {}
    folder = request.output / "letters"
    lost: Mapping[Path, Failed] = {}
    written: dict[str, Path] = {}
    everyone = recipients(batch, roster)
    notes: dict[str, Path] = {}
    if request.letters:
        lost = write_letters(batch, folder, rounds, executor, outputs, request.reply_by, template)
        for letter in letters_of(batch, folder, rounds or {}):
            written |= dict.fromkeys(letter.paths, letter.target)
        year = request.year or batch_year(batch.stack.tables.forms)
        asked = notices(everyone, year, request.reply_by)
        write_notices(folder, asked)
        notes = {notice.agency: folder / name for name, notice in asked.items()}
    parcels = []
    for one in everyone:
        returns = tuple(return_path(request.output / "returns", path) for path in one.paths)
        own = [written[path] for path in one.paths if path in written]
        own += [notes[one.name]] if not one.paths and one.name in notes else []
        parcels.append(Parcel(one, returns, tuple(dict.fromkeys(own))))
    zips = write_parcels(request.output, parcels) if request.zips else {}
    write_list(request.output, parcels, zips, day(request.reply_by))
    return lost
