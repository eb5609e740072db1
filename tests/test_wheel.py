"""The wheel: built from a copy of the sources, installed outside the checkout, run where the checkout is closed to it.

Offline: the environment holds the wheel and, beside it, links to nothing but what the wheel's own metadata asks for,
so that an undeclared dependency fails here as it would on a user's machine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
NOT_SOURCES = shutil.ignore_patterns(
    ".*", "out", "build", "dist", "*.egg-info", "__pycache__", "tests", "samples"
)
# Loaded by a .pth file before anything else in the environment; whatever opens a file of the checkout fails.
CLOSED = """
import os, sys
def refuse(event, arguments, closed={closed!r}, open_to_all={libraries!r}):
    if event != "open" or not isinstance(arguments[0], str):
        return
    path = os.path.realpath(arguments[0])
    if path.startswith(closed + os.sep) and not path.startswith(open_to_all + os.sep):
        raise PermissionError("the checkout is closed: " + path)
sys.addaudithook(refuse)
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """A wheel, and an environment that it is installed in."""

    wheel: Path
    python: Path
    command: Path
    outside: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run `jixiao` outside the checkout, with no path to it in the environment."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
        }
        return subprocess.run(
            [self.command, *arguments], cwd=self.outside, env=kept, capture_output=True, check=False
        )


def build_wheel(folder: Path) -> Path:
    """Build the wheel from a copy, so that nothing left in the checkout's build folder gets into it."""
    sources = folder / "sources"
    shutil.copytree(ROOT, sources, ignore=NOT_SOURCES)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    subprocess.run(
        [*pip, "--no-index", "--no-deps", "--no-build-isolation", "-w", folder, sources], check=True
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def asked_for(requirements: list[str], seen: dict[str, Distribution]) -> dict[str, Distribution]:
    """Return the distributions that requirements lead to, extras left out."""
    for wanted in map(Requirement, requirements):
        applies = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        if applies and wanted.name not in seen:
            seen[wanted.name] = distribution(wanted.name)
            asked_for(seen[wanted.name].requires or [], seen)
    return seen


def link_libraries(found: dict[str, Distribution], folder: Path) -> None:
    """Put the top-level files and folders of distributions into a folder, as links where the system allows it."""
    folder.mkdir()
    for known in found.values():
        for top in {
            Path(file).parts[0] for file in known.files or [] if Path(file).parts[0] not in ("..", "bin")
        }:
            link(Path(str(known.locate_file(top))), folder / top)


def link(source: Path, target: Path) -> None:
    """Link to a file or a folder; copy it where links need a privilege (Windows)."""
    if target.exists() or source.name == "__pycache__":
        return
    try:
        target.symlink_to(source, target_is_directory=source.is_dir())
    except OSError:
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)


def requirements_in(wheel: Path) -> list[str]:
    """Return the Requires-Dist lines of a wheel."""
    with zipfile.ZipFile(wheel) as package:
        (name,) = (name for name in package.namelist() if name.endswith(".dist-info/METADATA"))
        lines = package.read(name).decode("utf-8").splitlines()
    return [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel and install it in an environment outside the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = build_wheel(folder)
    environment = folder / "environment"
    venv.create(environment, with_pip=False)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / Path(sys.executable).name
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--python",
        python,
        "install",
        "--quiet",
    ]
    subprocess.run([*pip, "--no-index", "--no-deps", wheel], check=True)
    link_libraries(asked_for(requirements_in(wheel), {}), folder / "libraries")
    site = next(environment.rglob("site-packages"))
    (site / "libraries.pth").write_text(f"{folder / 'libraries'}\nimport checkout_closed\n", encoding="utf-8")
    libraries = os.path.realpath(Path(distribution("pytest").locate_file("")))
    closed = CLOSED.format(closed=os.path.realpath(ROOT), libraries=libraries)
    (site / "checkout_closed.py").write_text(closed, encoding="utf-8")
    outside = folder / "elsewhere"
    outside.mkdir()
    return Installed(wheel, python, scripts / ("jixiao.exe" if os.name == "nt" else "jixiao"), outside)


def test_the_wheel_holds_both_packages_and_nothing_else(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as package:
        held = {name for name in package.namelist() if ".dist-info/" not in name}
    modules = {
        path.relative_to(ROOT).as_posix() for top in ("etl", "checks") for path in (ROOT / top).rglob("*.py")
    }
    carried = {"etl/py.typed", "checks/py.typed", "etl/returns/letter.docx", "etl/report/templates/page.html"}
    assert held >= modules | carried
    assert {name.split("/")[0] for name in held} == {"etl", "checks", "jixiao.py"}


def test_the_wheel_says_under_which_licence_it_is(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as package:
        (licence,) = (name for name in package.namelist() if name.endswith(".dist-info/licenses/LICENSE"))
        (metadata,) = (name for name in package.namelist() if name.endswith(".dist-info/METADATA"))
        assert package.read(licence) == (ROOT / "LICENSE").read_bytes()
        assert "License-Expression: MIT" in package.read(metadata).decode("utf-8").splitlines()


def test_the_environment_is_the_wheels_own(installed: Installed) -> None:
    ask = "import checks, etl; print(etl.__file__); print(checks.__file__)"
    told = subprocess.run(
        [installed.python, "-c", ask], cwd=installed.outside, capture_output=True, check=True
    )
    places = [Path(line) for line in told.stdout.decode("utf-8").split()]
    assert all(
        installed.outside.parent in place.parents and "site-packages" in place.parts for place in places
    )
    for absent in ("pytest", "ruff", "pip"):
        with pytest.raises(subprocess.CalledProcessError):
            subprocess.run([installed.python, "-c", f"import {absent}"], capture_output=True, check=True)


def test_the_checkout_is_closed_to_it(installed: Installed) -> None:
    peek = f"open({str(ROOT / 'pyproject.toml')!r})"
    told = subprocess.run(
        [installed.python, "-c", peek], cwd=installed.outside, capture_output=True, check=False
    )
    assert b"the checkout is closed" in told.stderr


def test_help_works_outside_the_checkout(installed: Installed) -> None:
    shown = installed.run("--help")
    assert shown.returncode == 0, shown.stderr.decode("utf-8", "replace")
    for command in (b"run", b"check", b"extract", b"template", b"rules"):
        assert command in shown.stdout


def test_the_module_is_the_command_and_gives_the_tables(installed: Installed) -> None:
    name = published(installed)
    code = f"import jixiao; print(len(jixiao.read_tables([{name!r}])['projects']))"
    for call, told in ((["-m", "jixiao", "--version"], b"jixiao, version"), (["-c", code], b"20")):
        done = subprocess.run(
            [installed.python, *call], cwd=installed.outside, capture_output=True, check=False
        )
        assert told in done.stdout, done.stderr.decode("utf-8", "replace")


def published(installed: Installed) -> str:
    """Copy the published form out of the checkout and return its name there."""
    (source,) = (ROOT / "samples" / "published").glob("*.xlsx")
    shutil.copy(source, installed.outside)
    return source.name


def test_check_works_outside_the_checkout(installed: Installed) -> None:
    checked = installed.run("check", published(installed), "--format", "json")
    assert checked.returncode == 1, checked.stderr.decode("utf-8", "replace")
    told = json.loads(checked.stdout)
    assert [file["status"] for file in told["files"]] == ["checked"]
    errors = [
        (found["code"], found["cells"][0]["cell"])
        for found in told["findings"]
        if found["severity"] == "error"
    ]
    assert errors == [("AR05", "E18")]


def test_run_and_template_work_outside_the_checkout(installed: Installed) -> None:
    ran = installed.run("run", published(installed), "-o", "done")
    assert ran.returncode == 1, ran.stderr.decode("utf-8", "replace")
    written = {
        path.relative_to(installed.outside).as_posix()
        for path in installed.outside.rglob("*")
        if path.is_file()
    }
    assert {"done/citywide.xlsx", "done/findings.csv", "done/findings.json"} <= written
    drawn = installed.run("template", "-o", "blank.xlsx")
    assert drawn.returncode == 0, drawn.stderr.decode("utf-8", "replace")
    assert (installed.outside / "blank.xlsx").is_file()
