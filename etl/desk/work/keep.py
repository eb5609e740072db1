"""Keeps the store of a run that came to its end for the pages to read, while the next run holds its own."""

from __future__ import annotations

import shutil

from etl.desk.home.database import Home
from etl.store.database import past_store
from etl.store.schema import NAME


def keep_seen(home: Home, batch: int) -> None:
    """Copy the store of a batch to where the pages read it; raises `Refusal` for one that is not whole."""
    folder = home.seen(batch)
    folder.mkdir(exist_ok=True)
    copied = folder / "new"
    copied.mkdir(exist_ok=True)
    shutil.copyfile(home.output(batch) / NAME, copied / NAME)
    with past_store(copied):
        pass
    (copied / NAME).replace(folder / NAME)
