"""The public ways to the tables: `read_tables` reads forms, `opened` takes what a run has stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.commands.extract import read_tables

if TYPE_CHECKING:
    import pandas as pd

    from checks.given.inputs import Inputs
    from etl.batch.model import Batch

__all__ = ["opened", "read_tables"]

OF_FORMS = ("funds", "projects", "indicators", "oddities")
"""Tables whose rows belong to a form by its number; `opened` gives them its id instead."""
BESIDE = ("agency", "department", "counted")
"""Columns of a form that stand beside every row that belongs to one."""
NAMED = ("findings", "not_run")
"""Tables whose rows name their form by its id already."""


def opened(*folders: str | Path) -> Mapping[str, pd.DataFrame]:
    """Return the tables of one or several runs, from the folders they were written into, ready to be put together.

    `form` is one key in all of them: the form's id, the path of its file and its number (`a/b.xlsx#1`). Beside it stand
    `agency`, `department` and `counted` (the city's undisputed sums hold the form). Amounts are whole fen (`Int64`), and
    in 万元 in the columns ending in `_wan` (`Float64`). Texts are `string`, counts `Int64`, flags `boolean`; severities,
    codes, blocks and states are categories. Of runs that are rounds of one batch the newest form of each agency is there.
    Nothing is written. Raises `Refusal` for a folder that holds no finished run.
    """
    batch, inputs, exclude = _run([Path(folder) for folder in folders])
    return dict(_frames(batch, inputs, exclude))


def _run(folders: list[Path]) -> tuple[Batch, Inputs, list[str]]:
    from contextlib import ExitStack

    from etl.commands.merge import in_rounds, join, round_name, run_names
    from etl.store.database import past_store

    chain = in_rounds(folders) if len(folders) > 1 else []
    ordered = chain or folders
    names = [round_name(n) for n in range(1, len(chain) + 1)] or run_names(ordered)
    names = [""] if len(ordered) == 1 else names
    with ExitStack() as until_done:
        runs = [
            (name, until_done.enter_context(past_store(f))) for name, f in zip(names, ordered, strict=True)
        ]
        joined = join(runs, by_round=bool(chain))
    return joined.batch, joined.inputs, list(dict.fromkeys(joined.left_out))


def _frames(batch: Batch, inputs: Inputs, exclude: list[str]) -> list[tuple[str, pd.DataFrame]]:
    import pandas as pd

    from etl.data.write import data_tables

    tables = {name: pd.concat(list(parts())) for name, parts in data_tables(batch, inputs, exclude).items()}
    forms = tables["forms"].rename(columns={"id": "form"})
    forms.insert(2, "department", _departments(batch, inputs))
    beside = forms.set_index("form")[list(BESIDE)]
    ids = forms["form"].to_dict()
    found = []
    for name, frame in tables.items():
        made = forms if name == "forms" else frame
        if name == "funds":
            made = frame.assign(form=[ids[row] for row in frame.index])
        elif name in OF_FORMS:
            made = frame.assign(form=frame["form"].map(ids))
        if name in (*OF_FORMS, *NAMED):
            rest = [column for column in made.columns if column not in ("form", *BESIDE)]
            made = made.join(beside, on="form")[["form", *BESIDE, *rest]]
        found.append((name, _typed(made).reset_index(drop=True)))
    return found


def _departments(batch: Batch, inputs: Inputs) -> list[str]:
    from checks.given.whose import whose_forms

    known = {} if inputs.roster is None else inputs.roster["department"].to_dict()
    return [str(known.get(whose.row, "")) for whose in whose_forms(batch.stack.tables, inputs.roster)]


_CATEGORIES = (
    "severity",
    "code",
    "block",
    "klass",
    "left_out",
    "status",
    "department",
    "state",
    "kind",
    "table",
)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of columns with a type of their own, no `object` among them."""
    import pandas as pd

    made: dict[str, pd.Series[Any]] = {}
    for name, column in frame.items():
        label = str(name)
        if label.endswith("_wan"):
            made[label] = pd.to_numeric(column).astype("Float64")
        elif label in _CATEGORIES or label.endswith("_state"):
            made[label] = column.astype("category")
        elif pd.api.types.is_bool_dtype(column) or label == "counted":
            made[label] = column.astype("boolean")
        elif pd.api.types.is_integer_dtype(column):
            made[label] = column.astype("Int64")
        else:
            made[label] = column.astype("string")
    return pd.DataFrame(made, index=frame.index)
