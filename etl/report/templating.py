"""The templates of the report page: every value is escaped, and no control character of a workbook gets through."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from etl.safe.clean import clean

if TYPE_CHECKING:
    from jinja2 import Template


def resource(name: str) -> str:
    """Return a file that lies beside the templates: `page.css` or `page.js`."""
    return (files("etl.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def template(name: str) -> Template:
    """Return a template by its file's name, compiled once a process."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("etl.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)


def _harmless(value: object) -> object:
    """Return a text without control characters; what is markup already was made harmless by who made it."""
    return clean(value) if type(value) is str else value
