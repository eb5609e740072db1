"""Draws the city's workbook over several runs from the folders they were written into."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from checks.declared.text_key import text_key
from checks.given.inputs import Inputs
from checks.given.whose import EARLIER, whose_files
from checks.scope import owners_of
from checks.settings import Settings
from etl.batch.model import Batch
from etl.batch.whole import add_up, stored_batch
from etl.safe.refusal import Refusal
from etl.safe.whole_file import whole
from etl.store.database import Store, open_own_store, past_store, writing
from etl.store.joined import drop_files, take_over
from etl.store.read import numbering_of, stored_roster, stored_stack
from etl.store.schema import NAME
from etl.store.write import add_to_batch, in_order_of_rounds, store_lists

if TYPE_CHECKING:
    import pandas as pd

    from checks.finding import Tally
    from etl.intake.submissions import Skipped

BEFORE = "previous"
"""What a run notes of the round before: where its folder lies as seen from its own."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Several runs as one batch: with their rosters as one, whom they left out, what each of them is in words.

    `rounds`: the round of each run by its name, where one is the round after another.
    """

    batch: Batch
    inputs: Inputs
    left_out: Sequence[str] = ()
    told: Sequence[str] = ()
    rounds: Mapping[str, int] = field(default_factory=dict)


def merge_runs(folders: Sequence[Path], target: Path, lang: str, exclude: Sequence[str] = ()) -> Batch:
    """Write the city's workbook over several runs and return what it was drawn from.

    Of several submissions of one agency the newest counts, whichever run it is in; the others are listed. Of runs that are
    rounds of one batch the last round counts, and what it replaces is gone. Raises `Refusal` for a folder that a run did
    not finish, and for a store that is damaged or of another version.
    """
    from etl.citywide import Options, write_citywide

    if len({os.path.realpath(folder) for folder in folders}) < len(folders):
        raise Refusal("同一文件夹给了两次 a folder is given twice")
    if target.is_dir():
        raise Refusal(f"输出位置是一个文件夹 the output is a folder: {target}")
    chain = in_rounds(folders)
    ordered = chain or list(folders)
    names = [round_name(n) for n in range(1, len(chain) + 1)] or run_names(folders)
    with ExitStack() as until_done:
        runs = [
            (name, until_done.enter_context(past_store(folder)))
            for name, folder in zip(names, ordered, strict=True)
        ]
        joined = join(runs, by_round=bool(chain))
    options = Options(
        exclude=tuple(dict.fromkeys([*exclude, *joined.left_out])), folders=places(target.parent, ordered, names),
        runs=tuple(joined.told), numbers=joined.rounds,
    )  # fmt: skip
    with whole(target) as file:
        write_citywide(file, joined.batch, joined.inputs, lang, options)
    return joined.batch


def join(runs: Sequence[tuple[str, Store]], *, by_round: bool) -> Joined:
    """Return runs, each with its name, as one batch; `by_round`: each is the round after the one before it."""
    store = open_own_store()
    tallies: list[Tally] = []
    skipped: list[Skipped] = []
    rosters: list[pd.DataFrame] = []
    left_out: list[str] = []
    counts: dict[str, int] = {}
    for number, (name, run) in enumerate(runs, 1):
        own = take_over(store, run, name)
        if by_round:
            in_order_of_rounds(store, name, number)
        tallies += own[0]
        skipped += own[1]
        roster = stored_roster(run)
        rosters += [] if roster is None else [roster]
        left_out += run.names("exclude")
        counts[name] = int(run.rows("SELECT count(*) FROM forms")[0][0])
    roster = _one_roster(rosters) if rosters else None
    gone = _replaced(store, [name for name, _ in runs], roster) if by_round else {}
    with writing(store):
        store_lists(store, skipped, add_up(tallies), roster)
    if any(tally.code == ROSTER_RULE for tally in tallies):
        _check_roster_again(store, Inputs(roster=roster))
    told = [_told(name, count, gone.get(name, 0)) for name, count in counts.items()]
    rounds = {name: number for number, (name, _) in enumerate(runs, 1)} if by_round else {}
    return Joined(stored_batch(store, skipped), Inputs(roster=roster), left_out, told, rounds)


ROSTER_RULE = "XW01"


def _told(name: str, forms: int, replaced: int) -> str:
    return f"{name}：{forms}张报表" + (f"，其中{replaced}张已由后一轮的代替" if replaced else "")


def _replaced(store: Store, names: Sequence[str], roster: pd.DataFrame | None) -> dict[str, int]:
    """Drop the files whose agencies handed in again in a later round; return how many forms of each run they held."""
    tables = stored_stack(store).tables
    last: dict[str, int] = {}
    held: dict[int, list[tuple[str, int]]] = {}
    forms = tables.forms
    owners = owners_of(tables, roster)
    for owner, file, path in zip(owners, forms["file"].tolist(), forms["path"].tolist(), strict=True):
        number = names.index(str(path).partition("/")[0])
        last[owner] = max(last.get(owner, 0), number)
        held.setdefault(file, []).append((owner, number))
    for file, whose in whose_files(tables, roster).items():
        number = names.index(str(tables.files["path"].loc[file]).partition("/")[0])
        if whose.row >= 0:
            held.setdefault(file, []).append((f"#{whose.row}", number))
    old = [file for file, own in held.items() if all(last.get(owner, -1) > number for owner, number in own)]
    keys = numbering_of(store).files
    drop_files(store, {keys[file] for file in old})
    gone: Counter[str] = Counter(names[held[file][0][1]] for file in old if tables.files["forms"].loc[file])
    return dict(gone)


def _check_roster_again(store: Store, inputs: Inputs) -> None:
    """Say anew who did not hand in: each run said it of itself alone."""
    from checks.run import said_by_rule
    from checks.telling.handbook import all_rules
    from etl.frames.located import locate

    only = Settings(switched={rule.code: rule.code == ROSTER_RULE for rule in all_rules()})
    stack = stored_stack(store)
    with writing(store):
        store.connection.execute("DELETE FROM findings WHERE code = ? AND form = ''", (ROSTER_RULE,))
        for said in said_by_rule(stack.tables, only, inputs, "batch"):
            missing = [finding for finding in said.findings if not finding.form]
            add_to_batch(store, numbering_of(store), locate(stack, missing))


def in_rounds(folders: Sequence[Path]) -> list[Path]:
    """Return the folders of runs in the order of their rounds, empty where one of them is no round of another."""
    real = {os.path.realpath(folder): folder for folder in folders}
    for folder in folders:
        chain = [os.path.realpath(way) for way in [*earlier_runs(folder), folder]]
        if len(chain) > 1 and set(real) <= set(chain):
            return [real[way] for way in chain if way in real]
    return []


def earlier_runs(folder: Path) -> list[Path]:
    """Return the folders of the rounds before a run, the first round first, as far as they are still there."""
    found: list[Path] = []
    seen = {os.path.realpath(folder)}
    while (before := _before(folder)) is not None and os.path.realpath(before) not in seen:
        seen.add(os.path.realpath(before))
        found.insert(0, before)
        folder = before
    return found


def _before(folder: Path) -> Path | None:
    """Return the folder of the round before a run, None where there was none or it is gone."""
    with past_store(folder) as store:
        way = store.value(BEFORE)
    path = Path(os.path.normpath(folder / way)) if way else None
    return path if path is not None and is_run(path) else None


def is_run(folder: Path) -> bool:
    """Return whether a run of ours left its store in a folder; of an earlier release only returns may be there."""
    return (folder / NAME).is_file()


def way_back(output: Path, previous: Path) -> str:
    """Return how a run's folder leads to the one of the round before: seen from it where that can be said."""
    try:
        return Path(os.path.relpath(os.path.realpath(previous), os.path.realpath(output))).as_posix()
    except ValueError:
        return os.path.realpath(previous)


def round_name(number: int) -> str:
    """Return what a round is called where the files of several stand beside each other."""
    return f"第{number}轮"


def places(folder: Path, runs: Sequence[Path], names: Sequence[str]) -> dict[str, str]:
    """Return where the returns of each run lie as seen from a folder, by the run's name."""
    return {name: _seen_from(folder, run / "returns") for name, run in zip(names, runs, strict=True)}


def _one_roster(rosters: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return several rosters as one: an agency's first line counts; what the last says of earlier rounds stays."""
    import pandas as pd

    whole = pd.concat(rosters, ignore_index=True)
    keys = whole["agency"].map(text_key)
    made = whole[~keys.duplicated()].reset_index(drop=True)
    if EARLIER in whole.columns:
        said = whole[EARLIER].fillna("").astype(str)
        last = dict(zip(keys[said != ""], said[said != ""], strict=True))
        made[EARLIER] = [last.get(text_key(str(agency)), "") for agency in made["agency"]]
    return made


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
