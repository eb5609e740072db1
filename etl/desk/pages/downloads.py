"""Downloads: what the last run wrote, always as a file to keep and never shown as a page."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from etl.desk.desk import Desk
from etl.desk.given import batch_asked
from etl.desk.home.batches import BatchOf
from etl.desk.rendering import page
from etl.safe.clean import csv_text
from etl.safe.file_names import return_path
from etl.store.ledger import COLUMNS
from etl.store.rows import text_of

FILES = ("citywide.xlsx", "findings.csv", "findings.json", "report.html", "jixiao.log")
FOLDERS = {"returns.zip": "returns", "letters.zip": "letters", "data.zip": "data"}
DECISIONS = "decisions.csv"
_ANY = "application/octet-stream"


def downloads_page(request: Request, desk: Desk) -> Response:
    """Show what there is to download, and whether decisions were made since it was written."""
    batch = batch_asked(request, desk)
    job = desk.home.rows(
        "SELECT * FROM jobs WHERE batch = ? AND state IN ('done', 'lost') ORDER BY number DESC LIMIT 1",
        (batch.number,),
    )
    output = desk.home.output(batch.number)
    there = [name for name in FILES if (output / name).is_file()]
    there += [name for name, folder in FOLDERS.items() if (output / folder).is_dir()]
    ledger = desk.seen.ledger(batch.number)
    since = ledger.last - (job[0]["decided"] if job else 0)
    return page(
        request, "downloads.html", batch=batch, there=there, since=since, job=desk.jobs.last(batch.number),
        made=job[0]["started_at"] if job else "", decisions=ledger.last,
    )  # fmt: skip


def download(request: Request, desk: Desk) -> Response:
    """Give one of the files that a run writes, a folder of them as a zip, or the decisions."""
    batch, what = batch_asked(request, desk), request.path_params["what"]
    output = desk.home.output(batch.number)
    if what in FILES:
        return _file(output / what, output, f"{batch.name}-{what}")
    if what in FOLDERS:
        return _zipped(output / FOLDERS[what], batch, what)
    if what == DECISIONS:
        text = _decisions(desk, batch)
        return Response(
            text, media_type=_ANY, headers={"content-disposition": f'attachment; filename="{DECISIONS}"'}
        )
    raise HTTPException(404)


def one_return(request: Request, desk: Desk) -> Response:
    """Give the return of one file."""
    batch = batch_asked(request, desk)
    with desk.seen.store(batch.number) as store:
        found = store.rows('SELECT path FROM files WHERE "row" = ?', (request.path_params["file"],))
    if not found:
        raise HTTPException(404)
    output = desk.home.output(batch.number)
    path = return_path(output / "returns", text_of(found[0][0]))
    return _file(path, output / "returns", path.name)


def _file(path: Path, folder: Path, name: str) -> Response:
    """Give a file that lies in a folder, under a name to keep it by."""
    resolved = path.resolve()
    if not resolved.is_relative_to(folder.resolve()) or not resolved.is_file() or path.is_symlink():
        raise HTTPException(404)
    return FileResponse(resolved, media_type=_ANY, filename=name)


def _zipped(folder: Path, batch: BatchOf, what: str) -> Response:
    """Give a folder as a zip, made in a file of its own that goes when it was sent."""
    with (
        tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as made,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped,
    ):
        for path in _within(folder):
            zipped.write(path, path.relative_to(folder).as_posix())
    path = Path(made.name)
    return FileResponse(
        path, media_type=_ANY, filename=f"{batch.name}-{what}", background=BackgroundTask(path.unlink, True)
    )


def _within(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise HTTPException(404)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.endswith(".tmp"):
            yield path


def _decisions(desk: Desk, batch: BatchOf) -> bytes:
    """Return the ledger as CSV; nothing in it is taken for a formula by a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for event in desk.seen.ledger(batch.number).events:
        writer.writerow(csv_text(getattr(event, name)) for name in COLUMNS)
    return out.getvalue().encode("utf-8-sig")
