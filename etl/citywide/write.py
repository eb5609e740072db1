"""Draws the city's workbook, sheet by sheet."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from typing import Any

from etl.batch import Batch
from etl.citywide.book import Book
from etl.citywide.city import the_city
from etl.citywide.lists import write_findings, write_indicators, write_projects
from etl.citywide.money import write_money, write_sources
from etl.citywide.summary import write_counts, write_overview, write_received
from etl.intake import OWN_MARK


def write_citywide(batch: Batch, inputs: Mapping[str, Any], lang: str) -> bytes:
    """Return the city's workbook for a batch; the same batch gives the same bytes."""
    import xlsxwriter

    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    workbook = xlsxwriter.Workbook(stream, options)
    workbook.set_properties({"keywords": OWN_MARK, "created": datetime.datetime(2023, 1, 1)})  # noqa: DTZ001 - the format knows no zone
    book, city = Book(workbook), the_city(batch, inputs)
    write_overview(book, city)
    write_received(book, city)
    write_money(book, city)
    write_projects(book, city)
    write_indicators(book, city)
    write_findings(book, city, lang)
    write_counts(book, city)
    write_sources(book, city)
    workbook.close()
    return stream.getvalue()
