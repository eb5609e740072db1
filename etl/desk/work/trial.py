"""Tries settings on a batch before they are saved: the rules again over what is stored, in a child process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from checks.settings import Settings
from etl.desk.home.batches import BatchOf
from etl.desk.home.database import Home
from etl.desk.home.settings import text_of
from etl.desk.work.child import environment
from etl.intake.config import settings_of
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


def may_change(old: Settings, new: Settings) -> tuple[str, ...]:
    """Return the rules that may fire otherwise under new settings, none for all; a severity changes nothing of that."""
    plain = {"severities": {}, "trial": frozenset(), "switched": {}, "source": ""}
    if replace(old, **plain) != replace(new, **plain):  # type: ignore[arg-type]
        return ()
    codes = {**old.switched, **new.switched}
    return tuple(code for code in sorted(codes) if old.switched.get(code) != new.switched.get(code)) or (
        "ST01",
    )


def tried(home: Home, batch: BatchOf, text: str) -> list[Tried]:
    """Return how each rule would do on a batch under the settings of a text; those that change first.

    Only the rules that may change are run.

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
            str(home.seen(batch.number)),
            "--config",
            str(config),
            "--format",
            "json",
        ]
        for code in may_change(settings_of(text_of(home, batch.settings)), settings_of(text)):
            asked += ["--only", code]
        asked += ["--year", str(batch.year)] if batch.year else []
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
