"""Draws the city's workbook, sheet by sheet."""

from __future__ import annotations

import datetime
import gc
import io
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import IO, Any

from checks.given.inputs import Inputs
from etl.batch.model import Batch
from etl.citywide.compared import write_copied, write_years
from etl.citywide.drawing.book import MOST_ROWS, Book
from etl.citywide.figures.city import City, Options, the_city
from etl.citywide.figures.handed import Received, received
from etl.citywide.figures.readings import Readings
from etl.citywide.findings import write_counts, write_findings, write_not_run
from etl.citywide.indicators import lists_all, write_indicators, write_library
from etl.citywide.matrix import write_matrix
from etl.citywide.meaning import write_dictionary, write_terms
from etl.citywide.money import write_money, write_sources
from etl.citywide.overview import write_overview
from etl.citywide.projects import write_projects
from etl.citywide.received import write_departments, write_received
from etl.intake.submissions import OWN_MARK

MANY_FORMS = 150
"""From so many forms on, rows go to disk as they are written and memory stays bounded."""


def write_citywide(
    file: IO[bytes],
    batch: Batch,
    inputs: Inputs,
    lang: str,
    options: Options | None = None,
    *,
    most_rows: int = MOST_ROWS,
    many_forms: int = MANY_FORMS,
    quick: bool = True,
) -> None:
    """Write the city's workbook for a batch into a file; the same batch gives the same bytes.

    `most_rows` a sheet holds; from `many_forms` on rows go to disk, `quick`ly.
    """
    import xlsxwriter

    many = len(batch.stack.tables.forms) >= many_forms
    given = {
        "constant_memory": many,
        "in_memory": not many,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    taking = _Taking(file)
    workbook = xlsxwriter.Workbook(taking, given)
    workbook.set_properties({"keywords": OWN_MARK, "created": datetime.datetime(2023, 1, 1)})  # noqa: DTZ001 - the format knows no zone
    with _no_collector(), closing(taking):
        _sheets(Book(workbook, most_rows, quick), the_city(batch, inputs, options), lang)
        _close(workbook)
        del workbook


class _Taking:
    """A file that takes what is written into it until it is closed, and lets anything after that go by.

    A zip archive that was left in the middle, on a full disk or by Ctrl-C, wants to end itself when it is thrown away.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file: IO[bytes] = file

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def seek(self, at: int, whence: int = 0) -> int:
        return self._file.seek(at, whence)

    def tell(self) -> int:
        return self._file.tell()

    def flush(self) -> None:
        self._file.flush()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """Take nothing more; the file itself stays open."""
        self._file = io.BytesIO()


def _close(workbook: Any) -> None:
    """Write the workbook out; what the system refuses is raised as the system says it, not as xlsxwriter does."""
    from xlsxwriter.exceptions import FileCreateError

    try:
        workbook.close()
    except FileCreateError as error:
        if error.args and isinstance(error.args[0], OSError):
            raise error.args[0] from None
        raise


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep Python from looking for cycles meanwhile: it would go through the whole batch again and again.

    Afterwards it looks once: a workbook is one large cycle.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
            gc.collect()


def _sheets(book: Book, city: City, lang: str) -> None:
    readings = Readings(city)
    lines = received(city)
    _first_sheets(book, city, readings, lines)
    write_money(book, city, readings)
    write_projects(book, city)
    write_library(book, city)
    write_matrix(book, city)
    write_findings(book, city, lang, lines)
    write_counts(book, city)
    write_not_run(book, city)
    write_copied(book, city)
    write_years(book, city)
    if lists_all(city):
        write_indicators(book, city)
    write_sources(book, city)
    write_dictionary(book)
    write_terms(book, city)


def _first_sheets(book: Book, city: City, readings: Readings, lines: Sequence[Received]) -> None:
    """Write what is drawn from the lines of 报送情况."""
    write_overview(book, city, lines, readings)
    write_received(book, city, lines)
    write_departments(book, lines, city.roster)
