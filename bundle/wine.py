"""Runs the portable bundle under Wine over the sample city and compares with this system: `python -m bundle.wine`.

Wine is not Windows. Four things it lacks are put into a copy of the bundle for this test alone (`_prepare`); none of
them is in what a bureau gets. What must be equal byte for byte: findings.csv, findings.json, every return and letter.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
# Wine 8's C runtime lacks a function (crealf) that numpy has called since 2.2; these fit numpy 2.1.
_OLDER = (
    "numpy==2.1.3",
    "pandas==2.3.3",
    "pytz==2025.2",
    "python-dateutil==2.9.0.post0",
    "six==1.17.0",
)
_RANDOM = """
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count) { return SystemFunction036(bytes, (ULONG)count); }
BOOL WINAPI DllMain(HINSTANCE one, DWORD two, LPVOID three) { return TRUE; }
"""
_WAKE = """
import concurrent.futures.process as process

def wakeup(self):
    if not self._closed:
        self._writer.send_bytes(b"1")

process._ThreadWakeup.wakeup = wakeup
"""
RUN = (
    "run",
    "samples/city",
    "samples/published",
    "--roster",
    "samples/city/roster.csv",
    "--workers",
    "2",
    "--verify",
    "--letters",
)
EQUAL = ("findings.csv", "findings.json", "returns", "letters")
SECONDS = 600


def main() -> None:
    """Run both and print what differs; exits with 1 where something does."""
    (bundle,) = (HOME / "dist").glob("jixiao-*-windows-portable.zip")
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        root = _prepare(bundle, work)
        shutil.copytree(HOME / "samples", work / "samples")
        _run([sys.executable, "-m", "jixiao"], work, "here")
        _run(["wine", str(root / "python" / "python.exe"), "-m", "jixiao"], work, "wine")
        differing = list(different(work / "here", work / "wine"))
    print("\n".join(differing) or "equal")
    sys.exit(bool(differing))


def _prepare(bundle: Path, work: Path) -> Path:
    """Unpack the bundle and add what Wine lacks; return its folder."""
    with zipfile.ZipFile(bundle) as package:
        package.extractall(work)
    root = work / "绩效"
    python, app = root / "python", root / "app"
    # Python asks Windows through this module which version it is, and Wine ends the process.
    (python / "_wmi.pyd").unlink()
    # Wine has no such library; pydantic asks it for random bytes.
    source = work / "random.c"
    source.write_text(_RANDOM, encoding="ascii")
    compiler = [
        "x86_64-w64-mingw32-gcc",
        "-shared",
        "-o",
        python / "bcryptprimitives.dll",
        source,
        "-ladvapi32",
    ]
    subprocess.run(compiler, check=True)
    _put_older(work, app)
    # Wine takes the message of no bytes, with which Python wakes its pool, while asking whether one is there; the
    # reader then waits for ever. One byte is not lost.
    (app / "sitecustomize.py").write_text(_WAKE, encoding="ascii")
    (path_file,) = python.glob("python*._pth")
    path_file.write_text(path_file.read_text(encoding="ascii") + "import site\n", encoding="ascii")
    return root


def _put_older(work: Path, app: Path) -> None:
    for name in ("numpy", "pandas"):
        for old in [app / name, *app.glob(f"{name}-*.dist-info"), *app.glob(f"{name}.libs")]:
            shutil.rmtree(old, ignore_errors=True)
    folder = work / "older"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    target = ["--only-binary=:all:", "--platform=win_amd64", "--python-version=3.13", "-d", str(folder)]
    subprocess.run([*pip, *target, *_OLDER], check=True)
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as package:
            package.extractall(app)


def _run(command: Sequence[str], work: Path, output: str) -> None:
    """Run the program in the work folder; errors found in the samples are what it should end with."""
    environment = os.environ | {
        "PYTHONUTF8": "1", "WINEPREFIX": str(work / "prefix"), "WINEDEBUG": "-all", "DISPLAY": "",
        "PYTHONPATH": str(HOME) if output == "here" else "",
    }  # fmt: skip
    call = [*command, *RUN, "-o", output]
    # Wine knows no standard stream that is a file of this system: pipes it is.
    done = subprocess.run(
        call, cwd=work, env=environment, input=b"", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS, check=False
    )  # fmt: skip
    if not (work / output / "findings.csv").exists():
        raise SystemExit(f"{output}: exit {done.returncode}\n{done.stdout.decode('utf-8', 'replace')}")


def different(one: Path, other: Path) -> Iterator[str]:
    """Yield the files that must be equal and are not."""
    for name in EQUAL:
        here = {path.relative_to(one) for path in files_of(one / name)}
        there = {path.relative_to(other) for path in files_of(other / name)}
        yield from (f"only in one: {path}" for path in sorted(here ^ there))
        for path in sorted(here & there):
            if not filecmp.cmp(one / path, other / path, shallow=False):
                yield f"differs: {path}"


def files_of(path: Path) -> list[Path]:
    """Return a file, or all files of a folder."""
    return [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]


if __name__ == "__main__":
    main()
