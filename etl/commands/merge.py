"""Draws the city's workbook over several runs from the folders they were written into."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.declared.framework import name_key
from etl.batch.model import Batch
from etl.batch.whole import add_up
from etl.data.read import PastRun, read_run
from etl.frames.joined import join_stacks
from etl.safe.refusal import Refusal

if TYPE_CHECKING:
    import pandas as pd


def merged(runs: Sequence[PastRun]) -> tuple[Batch, dict[str, Any]]:
    """Return several runs as one batch, with their rosters as one: an agency's first line counts."""
    batches = [run.batch for run in runs]
    batch = Batch(
        join_stacks([b.stack for b in batches]),
        tuple(entry for b in batches for entry in b.located),
        tuple(entry for b in batches for entry in b.not_run),
        add_up([tally for b in batches for tally in b.tallies]),
        tuple(entry for b in batches for entry in b.skipped),
    )
    rosters = [run.roster for run in runs if run.roster is not None]
    return batch, ({"roster": _one_roster(rosters)} if rosters else {})


def _one_roster(rosters: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    whole = pd.concat(rosters, ignore_index=True)
    return whole[~whole["agency"].map(name_key).duplicated()].reset_index(drop=True)


def run_names(folders: Sequence[Path]) -> list[str]:
    """Return a name for each run: its folder's, numbered where two are the same."""
    names: list[str] = []
    for folder in folders:
        plain = Path(os.path.realpath(folder)).name or "run"
        numbered = (f"{plain}({number})" for number in count(2))
        name = plain if plain not in names else next(other for other in numbered if other not in names)
        names.append(name)
    return names


def merge_runs(folders: Sequence[Path], target: Path, lang: str, exclude: Sequence[str] = ()) -> Batch:
    """Write the city's workbook over several runs and return what it was drawn from.

    Of several submissions of one agency the newest counts, whichever run it is in; the others are listed.
    """
    from etl.citywide import Options, write_citywide
    from etl.safe.whole_file import whole

    if len({os.path.realpath(folder) for folder in folders}) < len(folders):
        raise Refusal("同一文件夹给了两次 a folder is given twice")
    if target.is_dir():
        raise Refusal(f"输出位置是一个文件夹 the output is a folder: {target}")
    runs = [read_run(folder, name) for folder, name in zip(folders, run_names(folders), strict=True)]
    batch, inputs = merged(runs)
    left_out = dict.fromkeys([*exclude, *(name for run in runs for name in run.exclude)])
    places = {run.name: _seen_from(target.parent, run.folder / "returns") for run in runs}
    told = tuple(f"{run.name}：{len(run.batch.stack.tables.forms)}张报表" for run in runs)
    options = Options(exclude=tuple(left_out), folders=places, runs=told)
    with whole(target) as file:
        write_citywide(file, batch, inputs, lang, options)
    return batch


def _seen_from(folder: Path, returns: Path) -> str:
    """Return the way from the workbook to a run's returns; "" where there is none (another drive)."""
    try:
        return Path(os.path.relpath(os.path.realpath(returns), os.path.realpath(folder))).as_posix()
    except ValueError:
        return ""
