"""Tries settings on a batch before they are saved: the rules again over what is stored, in a child process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from etl.desk.home.database import Home
from etl.desk.work.child import environment
from etl.safe.refusal import Refusal

SECONDS = 300


@dataclass(frozen=True, slots=True)
class Tried:
    """What settings would do: on how many agencies a rule fires, did before, of how many; which come and go, by name."""

    code: str
    now: int
    before: int
    forms: int
    gained: tuple[str, ...]
    gone: tuple[str, ...]


def tried(home: Home, batch: int, text: str) -> list[Tried]:
    """Return how each rule would do on a batch under the settings of a text; those that change first.

    Raises `Refusal` with what the child said where it did not come to its end.
    """
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "jixiao.toml"
        config.write_text(text, encoding="utf-8")
        asked = [
            sys.executable,
            "-m",
            "jixiao",
            "recheck",
            str(home.seen(batch)),
            "--config",
            str(config),
            "--format",
            "json",
        ]
        try:
            done = subprocess.run(
                asked, capture_output=True, cwd=home.folder, env=environment(), timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired as slow:
            raise Refusal(f"试算超过{SECONDS}秒 the trial took more than {SECONDS} s") from slow
    if done.returncode != 0:
        raise Refusal(done.stderr.decode("utf-8", "replace")[-2000:])
    found = [
        Tried(one["code"], one["now"], one["before"], one["forms"], tuple(one["gained"]), tuple(one["gone"]))
        for one in json.loads(done.stdout.decode("utf-8"))
    ]
    return sorted(found, key=lambda one: (not (one.gained or one.gone), one.code))
