"""Draws the city's workbook over several runs from the folders they were written into."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from checks.declared.text_key import text_key
from checks.given.inputs import Inputs
from etl.batch.model import Batch
from etl.batch.whole import add_up, stored_batch
from etl.safe.refusal import Refusal
from etl.safe.whole_file import whole
from etl.store.database import open_own_store, past_store, writing
from etl.store.joined import take_over
from etl.store.read import stored_roster
from etl.store.write import store_lists

if TYPE_CHECKING:
    import pandas as pd

    from checks.finding import Tally
    from etl.intake.submissions import Skipped


def merge_runs(folders: Sequence[Path], target: Path, lang: str, exclude: Sequence[str] = ()) -> Batch:
    """Write the city's workbook over several runs and return what it was drawn from.

    Of several submissions of one agency the newest counts, whichever run it is in; the others are listed. Raises `Refusal`
    for a folder that a run did not finish, and for a store that is damaged or of another version.
    """
    from etl.citywide import Options, write_citywide

    if len({os.path.realpath(folder) for folder in folders}) < len(folders):
        raise Refusal("同一文件夹给了两次 a folder is given twice")
    if target.is_dir():
        raise Refusal(f"输出位置是一个文件夹 the output is a folder: {target}")
    names = run_names(folders)
    batch, inputs, left_out, told = merged(folders, names)
    places = {
        name: _seen_from(target.parent, folder / "returns")
        for name, folder in zip(names, folders, strict=True)
    }
    options = Options(exclude=tuple(dict.fromkeys([*exclude, *left_out])), folders=places, runs=told)
    with whole(target) as file:
        write_citywide(file, batch, inputs, lang, options)
    return batch


def merged(folders: Sequence[Path], names: Sequence[str]) -> tuple[Batch, Inputs, list[str], tuple[str, ...]]:
    """Return several runs as one batch, with their rosters as one, whom they left out, and what each of them is."""
    store = open_own_store()
    tallies: list[Tally] = []
    skipped: list[Skipped] = []
    rosters: list[pd.DataFrame] = []
    left_out: list[str] = []
    told = []
    for folder, name in zip(folders, names, strict=True):
        with past_store(folder) as run:
            own = take_over(store, run, name)
            tallies += own[0]
            skipped += own[1]
            roster = stored_roster(run)
            rosters += [] if roster is None else [roster]
            left_out += run.names("exclude")
            ((forms,),) = run.rows("SELECT count(*) FROM forms")
            told.append(f"{name}：{forms}张报表")
    with writing(store):
        store_lists(store, skipped, add_up(tallies), None)
    inputs = Inputs(roster=_one_roster(rosters) if rosters else None)
    return stored_batch(store, skipped), inputs, left_out, tuple(told)


def _one_roster(rosters: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return several rosters as one: an agency's first line counts."""
    import pandas as pd

    whole = pd.concat(rosters, ignore_index=True)
    return whole[~whole["agency"].map(text_key).duplicated()].reset_index(drop=True)


def run_names(folders: Sequence[Path]) -> list[str]:
    """Return a name for each run: its folder's, numbered where two are the same."""
    names: list[str] = []
    for folder in folders:
        plain = Path(os.path.realpath(folder)).name or "run"
        numbered = (f"{plain}({number})" for number in count(2))
        name = plain if plain not in names else next(other for other in numbered if other not in names)
        names.append(name)
    return names


def _seen_from(folder: Path, returns: Path) -> str:
    """Return the way from the workbook to a run's returns; "" where there is none (another drive)."""
    try:
        return Path(os.path.relpath(os.path.realpath(returns), os.path.realpath(folder))).as_posix()
    except ValueError:
        return ""
