"""The child process of a job: how it is started, what it says on its way, and how its end is read."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from etl.desk.home.batches import BatchOf
from etl.desk.home.database import Home
from etl.desk.home.settings import settings_path
from etl.safe.refusal import Refusal
from etl.store.database import past_store

MOST_SAID = 200_000
"""Bytes at the end of what a child said that are looked at."""
TAIL_LINES = 12


@dataclass(frozen=True, slots=True)
class Told:
    """How far a child says it came: the stage, files done of how many, the last one; `tail`: what it said in words; `exit`:
    the exit code it said, None before its end."""

    stage: str = ""
    done: int = 0
    total: int = 0
    last: str = ""
    tail: str = ""
    exit: int | None = None


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
    return [*asked, "--progress", "json", *(["--letters"] if batch.letters else [])]


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
    found = Told()
    words = []
    for line in lines:
        if line.startswith("{"):
            found = _moved(found, line)
        elif line.strip():
            words.append(line)
    return replace(found, tail="\n".join([*words[-TAIL_LINES:], found.tail]).strip())


def _moved(before: Told, line: str) -> Told:
    """Return how far a child came after an object of `--progress json` (docs/machines.md)."""
    try:
        said = json.loads(line)
        if said["stage"] == "end":
            return replace(before, tail=str(said.get("message", "")), exit=int(said["exit"]))
        return Told(
            str(said["stage"]), int(said.get("done", 0)), int(said.get("of", 0)), str(said.get("file", ""))
        )
    except (ValueError, TypeError, KeyError):
        return before


def ending(code: int | None, told_code: int | None, output: Path, stopped: bool) -> str:
    """Return how a job ended: done, lost (done, but something was lost on the way), refused, stopped, failed.

    `code`: its exit code, None where an earlier desk started it; `told_code`: the one it said itself.
    """
    ended = told_code if code is None else code
    if stopped and ended not in (0, 1, 3):
        return "stopped"
    if ended == 3:
        return "lost" if _finished(output) else "failed"
    return {0: "done", 1: "done", 2: "refused", 130: "stopped"}.get(-1 if ended is None else ended, "failed")


def _finished(output: Path) -> bool:
    try:
        with past_store(output, whole=False):
            return True
    except Refusal:
        return False
