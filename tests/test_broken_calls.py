"""Any one call that fails: nothing finished is lost, nothing half is left, the exit code is true, the next run mends all.

`JIXIAO_FAULTS=all` breaks every call of the run in its turn instead of a few.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import etl.cli
from tests.broken_calls import ERRORS, Calls, breaking
from tests.test_again import (
    AGENCIES,
    differing,
    few_rules,
    filled,
    form,
    settings_of,
    small_chunks_here,
    written,
)

ALL = os.environ.get("JIXIAO_FAULTS") == "all"
FEW = 4
"""Positions a kind in the suite; they lie in all parts of the run."""


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {f"{number}.xlsx": form(agency) for number, agency in enumerate(AGENCIES, 1)}
    return filled(tmp_path_factory.mktemp("calls") / "in", {**files, "jixiao.toml": few_rules()})


@pytest.fixture(scope="module")
def fresh(inbox: Path) -> dict[str, bytes]:
    """Return what a run writes in which nothing fails."""
    assert run(inbox, inbox.parent / "fresh") in (0, 1)
    return written(inbox.parent / "fresh")


@pytest.fixture(scope="module")
def calls_made(inbox: Path, fresh: Mapping[str, bytes]) -> int:
    """Return how many calls a run makes."""
    with breaking(Calls(inbox.parent, 0, "")) as calls:
        run(inbox, inbox.parent / "counted")
    shutil.rmtree(inbox.parent / "counted")
    return calls.count


def run(inbox: Path, output: Path) -> int:
    """Do a run by the command line, in this process; return its exit code."""
    command = ["run", str(inbox), "-o", str(output), "--config", str(settings_of(inbox)), "--letters"]
    with small_chunks_here(), pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(etl.cli, "_prepare", lambda: None)
        etl.cli.main([*command, "--workers", "1", "--quiet"])
    return int(ended.value.code or 0)


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("kind", ERRORS)
def test_any_call_may_fail(
    kind: str,
    lasting: bool,
    inbox: Path,
    fresh: Mapping[str, bytes],
    calls_made: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    step = 1 if ALL else calls_made // FEW
    first = 1 + (len(kind) * 7 + lasting * 3) % step
    wrong = {}
    for position in range(first, calls_made + 1, step):
        output = inbox.parent / "out"
        capsys.readouterr()
        with breaking(Calls(inbox.parent, position, kind, lasting)) as calls:
            code = run(inbox, output)
        said = capsys.readouterr().err
        if found := faults_of(code, said, fresh, output) + faults_after(inbox, fresh, output):
            wrong[calls.failed or str(position)] = found
        shutil.rmtree(output, ignore_errors=True)
    assert wrong == {}


def faults_of(code: int, said: str, fresh: Mapping[str, bytes], output: Path) -> list[str]:
    """Return what is not true of a run in which a call failed."""
    left = {name: data for name, data in written(output).items() if not name.endswith(".tmp")}
    wrong = [f"half: {name}" for name, data in left.items() if not whole(name, data)]
    wrong += [
        f"another: {name}" for name in differing(left, fresh) if name in left and name.startswith("returns")
    ]
    if code in (0, 1) and differing(left, fresh):
        wrong.append(f"says {code}, but differs: {differing(left, fresh)[:4]}")
    if code not in (0, 1, 2, 3) or ("Traceback" in said and code != 3):
        wrong.append(f"ends with {code}: {said[-300:]}")
    if code == 2 and len(said.splitlines()) != 1:
        wrong.append(f"says more than a line: {said[-300:]}")
    return wrong


def faults_after(inbox: Path, fresh: Mapping[str, bytes], output: Path) -> list[str]:
    """Return what is not right after the next run, in which nothing fails."""
    code = run(inbox, output)
    now = written(output)
    wrong = [f"after: {name}" for name in differing(now, fresh)]
    return wrong + ([f"after: ends with {code}"] if code not in (0, 1) else [])


def whole(name: str, data: bytes) -> bool:
    """Say whether a file is readable to its end."""
    if name.endswith((".xlsx", ".docx")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.testzip() is None
    if name.endswith(".parquet"):
        return data[:4] == data[-4:] == b"PAR1"
    if name.endswith(".json"):
        return bool(json.loads(data))
    if name.endswith(".html"):
        return data.rstrip().endswith(b"</html>")
    return data.endswith(b"\n") or not data
