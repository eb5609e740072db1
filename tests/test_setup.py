"""The set-up itself: locks, make targets, what git carries, what --help costs, how the code is laid out."""

from __future__ import annotations

import ast
import re
import shutil
import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements/dev.txt", "requirements/run.txt", "requirements/extras.txt")
# Names of XML namespaces and JSON schemas, which nothing fetches, and a host that cannot exist; tests may invent hosts of their own.
NAMESPACE_HOSTS = {
    "a.example",
    "json-schema.org",
    "purl.oclc.org",
    "purl.org",
    "schemas.microsoft.com",
    "schemas.openxmlformats.org",
    "www.w3.org",
    "www.wps.cn",
}
HOST = re.compile(r"https?://([A-Za-z0-9.-]+)")
REGISTRY = re.compile(
    r"[\w.-]*(?:pypi|pythonhosted|npm|conda|debian|ubuntu|mirrors?)[\w-]*\.(?:org|com|net|io|cn)\b"
)
INSTALL_SOURCE = re.compile(r"(?m)^\s*--(?:extra-)?(?:index-url|find-links|trusted-host)\b")
MACHINE_PATH = re.compile(r"(?<![\w.<>/-])/(?:work|root|home|Users|opt)/\w|[A-Z]:[\\/]+Users[\\/]")


def text(name: str) -> str:
    """Return a file of the checkout as text."""
    return (ROOT / name).read_text(encoding="utf-8")


def text_files_in_git() -> list[str]:
    """Return the names of the text files that git carries."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run([git, "ls-files", "-z", "--eol"], cwd=ROOT, capture_output=True, check=True)
    entries = [entry.split("\t", 1) for entry in listed.stdout.decode("utf-8").split("\0") if entry]
    return [name for eol, name in entries if "-text" not in eol.split()[0] and (ROOT / name).is_file()]


# -- what git carries


def test_no_file_names_a_registry_or_an_address_to_fetch_from() -> None:
    files = text_files_in_git()
    addresses = {(name, host) for name in files if name[:6] != "tests/" for host in HOST.findall(text(name))}
    assert not [found for found in addresses if found[1] not in NAMESPACE_HOSTS]
    assert not [(name, found.group()) for name in files for found in REGISTRY.finditer(text(name))]
    assert not [name for name in LOCKS if INSTALL_SOURCE.search(text(name))]


def test_no_file_names_a_path_of_one_machine() -> None:
    named = {
        (name, found.group()) for name in text_files_in_git() for found in MACHINE_PATH.finditer(text(name))
    }
    assert not named


# -- locks


def pins(lock: str) -> dict[str, tuple[Requirement, int]]:
    """Return what a lock pins by canonical name: the requirement, and how many hashes it carries."""
    joined = re.sub(r"\\\n\s*", " ", text(lock))
    entries = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    parsed = [(Requirement(line.split(" --hash=", 1)[0]), line.count(" --hash=sha256:")) for line in entries]
    assert len(parsed) == len({requirement.name for requirement, _ in parsed}), "a package is pinned twice"
    return {canonicalize_name(requirement.name): (requirement, hashes) for requirement, hashes in parsed}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_is_exact_and_has_its_hashes(lock: str) -> None:
    for name, (requirement, hashes) in pins(lock).items():
        assert [specifier.operator for specifier in requirement.specifier] == ["=="], name
        assert requirement.url is None, name
        assert hashes >= 1, name


def test_locks_agree_where_both_pin() -> None:
    dev, *others = (pins(lock) for lock in LOCKS)
    different = [
        name
        for other in others
        for name in dev.keys() & other.keys()
        if dev[name][0].specifier != other[name][0].specifier
    ]
    assert not different


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    extras = [asked for group in project["optional-dependencies"].values() for asked in group]
    dev = [line for line in text("requirements/dev.in").splitlines() if not line.startswith("#")]
    run = project["dependencies"]
    carried = [*run, *project["optional-dependencies"]["desk"]]  # what the bundle and the wheelhouses hold
    for lock, asked in zip(LOCKS, ([*run, *dev], carried, extras), strict=True):
        for wanted in map(Requirement, asked):
            pinned = pins(lock)[canonicalize_name(wanted.name)][0]
            version = str(pinned.specifier).removeprefix("==")
            assert wanted.specifier.contains(version, prereleases=True), wanted


def test_locks_serve_windows_too() -> None:
    assert "colorama" in pins(LOCKS[0])
    assert "tzdata" in pins(LOCKS[0])


# -- make


def test_make_help_lists_every_target_and_make_alone_is_help() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    phony = re.search(r"(?m)^\.PHONY: (.+)$", text("Makefile"))
    assert phony is not None
    command = [make, "--no-print-directory", f"PYTHON={sys.executable}"]
    listed = [
        subprocess.run([*command, *more], cwd=ROOT, capture_output=True, check=True)
        for more in ([], ["help"])
    ]
    lines = listed[0].stdout.decode().splitlines()
    assert [line.split()[1] for line in lines] == phony[1].split()
    assert all(len(line.split()) > 3 for line in lines), "a target without a description"
    assert listed[0].stdout == listed[1].stdout


def test_make_runs_only_modules_and_files_that_are_there() -> None:
    run = re.findall(r"\$\(PY\) -m ([a-z]+\.[a-z.]+)", text("Makefile"))
    gone = [module for module in run if not (ROOT / (module.replace(".", "/") + ".py")).is_file()]
    assert not gone


def test_windows_runs_what_make_runs() -> None:
    makefile, windows = text("Makefile"), text("make.cmd")
    demo = re.search(r"(?m)^DEMO := (.+)$", makefile)
    assert demo is not None
    assert f"%PY% -m jixiao {demo[1]}\n" in windows
    (checks,) = re.findall(r"(?m)^lint:.*\n((?:\t.+\n)+)", makefile)
    for tool in re.findall(r"-m (.+)", checks):
        assert f"%PY% -m {tool} || exit /b 1\n" in windows
    (tests,) = re.findall(r"\$\(PY\) -m (pytest .+)", makefile)
    assert f"%PY% -m {tests.replace('$(JOBS)', '2')}\n" in windows


# -- the command line


def python(code: str) -> float:
    """Run a line of Python in a process of its own; return the seconds it took."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def test_help_costs_little_more_than_click() -> None:
    show_help = "import sys; sys.argv = ['jixiao', '--help']; from etl.cli import main; main()"
    rounds = [(python("import click"), python(show_help)) for _ in range(5)]
    click, shown = (min(times) for times in zip(*rounds, strict=True))
    assert shown < 1.6 * click


def test_the_command_line_loads_nothing_heavy() -> None:
    heavy = "{'pandas', 'numpy', 'pandera', 'openpyxl', 'lxml', 'rich', 'xlsxwriter', 'rapidfuzz'}"
    python(f"import etl.cli, sys; loaded = {heavy} & set(sys.modules); assert not loaded, loaded")


# -- how the code is laid out


def test_import_contracts_hold() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout.decode("utf-8", "replace")


def sources() -> dict[str, ast.Module]:
    """Return the parsed modules of both packages by name."""
    found = [path for package in ("etl", "checks") for path in sorted((ROOT / package).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in found}


def spans(node: ast.AST) -> set[int]:
    """Return the line numbers of a node."""
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))  # type: ignore[attr-defined]


def docstring_lines(node: ast.AST) -> set[int]:
    """Return the line numbers of a node's own docstring."""
    documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    return spans(node.body[0]) if documented and ast.get_docstring(node) is not None else set()


def function_sizes() -> list[tuple[int, str]]:
    """Return the lines of each function's body without its docstring, smallest first."""
    functions = [
        (name, node)
        for name, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    sized = [
        (
            len(set().union(*map(spans, node.body)) - docstring_lines(node)),
            f"{name}:{node.lineno} {node.name}",
        )
        for name, node in functions
    ]
    return sorted(sized)


def test_functions_stay_small() -> None:
    sizes = function_sizes()
    lines = [size for size, _ in sizes]
    ninetieth = statistics.quantiles(lines, n=10)[-1]
    largest = sizes[-10:]
    assert statistics.median(lines) <= 8, largest
    assert ninetieth <= 25, largest


def test_modules_stay_small() -> None:
    """Lines of code, without the docstrings: those of the rules are their pages in the handbook."""
    large = {
        name: len(code)
        for name, tree in sources().items()
        if len(
            code := set().union(*map(spans, tree.body)) - set().union(*map(docstring_lines, ast.walk(tree)))
        )
        > 300
    }
    assert not large


MOST_MODULES = 12
"""Modules of a folder, the one that names it not counted: more cannot be taken in at a glance."""


def test_folders_stay_small() -> None:
    folders: dict[str, int] = {}
    for name in sources():
        folder, _, module = name.rpartition("/")
        folders[folder] = folders.get(folder, 0) + (module != "__init__.py")
    assert not {folder: count for folder, count in folders.items() if count > MOST_MODULES}


# -- versions


def test_the_changelog_tells_of_this_version_and_its_rules_apart() -> None:
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    newest = re.split(r"(?m)^## ", text("CHANGELOG.md"))[1]
    assert newest.splitlines()[0] == version
    assert re.findall(r"(?m)^### (.+)$", newest)[0] == "Rules that changed"
