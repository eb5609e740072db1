"""The child process of a job: how it is started, what it says on its way, and how its end is read."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from etl.desk.home.batches import BatchOf
from etl.desk.home.database import Home
from etl.desk.home.settings import settings_path
from etl.safe.refusal import Refusal
from etl.store.database import past_store

MOST_SAID = 200_000
"""Bytes at the end of what a child said that are looked at."""
TAIL_LINES = 12
_COUNT = re.compile(r"(\d+)/(\d+)  ")


@dataclass(frozen=True, slots=True)
class Told:
    """How far a child says it came: the stage, files done of how many, the last one; `tail`: what it said in words."""

    stage: str = ""
    done: int = 0
    total: int = 0
    last: str = ""
    tail: str = ""


def command(home: Home, batch: BatchOf) -> list[str]:
    """Return the command that checks a batch: what a person would type."""
    asked = [
        sys.executable,
        "-m",
        "jixiao",
        "run",
        str(home.inbox(batch.number)),
        "-o",
        str(home.output(batch.number)),
    ]
    roster = home.roster(batch.number, batch.roster)
    options: Mapping[str, object] = {
        "--roster": roster,
        "--year": batch.year,
        "--config": settings_path(home, batch.settings),
        "--previous": home.output(batch.previous) if batch.previous else None,
    }
    for name, value in options.items():
        if value is not None:
            asked += [name, str(value)]
    return [*asked, *(["--letters"] if batch.letters else [])]


def environment() -> dict[str, str]:
    """Return the environment of a child: this process's, with UTF-8 everywhere."""
    return {**os.environ, "PYTHONUTF8": "1"}


def told(path: Path) -> Told:
    """Return what a child said last of its progress, and the end of what it said in words."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - MOST_SAID))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return Told()
    found, words = Told(), []
    for line in lines:
        if line.startswith("{"):
            found = _moved(found, line)
        elif count := _COUNT.match(line):
            found = Told("reading", int(count[1]), int(count[2]), found.last)
        elif line.strip():
            words.append(line)
    return Told(found.stage, found.done, found.total, found.last, "\n".join(words[-TAIL_LINES:]))


def _moved(before: Told, line: str) -> Told:
    """Return how far a child came after a line of JSON; what it does not name stays."""
    try:
        said = json.loads(line)
        return Told(
            str(said.get("stage", before.stage)),
            int(said.get("done", before.done)),
            int(said.get("total", before.total)),
            str(said.get("file", said.get("path", before.last))),
        )
    except (ValueError, TypeError, AttributeError):
        return before


def ending(code: int | None, output: Path, stopped: bool) -> str:
    """Return how a job ended: done, lost (done, but something was lost on the way), refused, stopped, failed.

    `code`: None where an earlier desk started the child; the store then says whether it came to its end.
    """
    if code is None:
        try:
            with past_store(output, whole=False):
                return "done"
        except Refusal:
            return "stopped" if stopped else "failed"
    if stopped and code not in (0, 1, 3):
        return "stopped"
    return {
        0: "done",
        1: "done",
        3: "lost" if _finished(output) else "failed",
        2: "refused",
        130: "stopped",
    }.get(code, "failed")


def _finished(output: Path) -> bool:
    try:
        with past_store(output, whole=False):
            return True
    except Refusal:
        return False
