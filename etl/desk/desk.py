"""The desk as its pages know it: its home, its jobs, what was read of its batches, and who is let in."""

from __future__ import annotations

from dataclasses import dataclass

from etl.desk.guard.entry import Entry
from etl.desk.home.database import Home
from etl.desk.view.seen import Seen
from etl.desk.work.jobs import Jobs


@dataclass(frozen=True)
class Desk:
    """What every page is given; `shared`: people log in, instead of one person on a machine of their own."""

    home: Home
    jobs: Jobs
    seen: Seen
    entry: Entry
    shared: bool
    lang: str = "zh"
