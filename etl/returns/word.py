"""Fills in Word templates: ours, or a bureau's edited copy, in which nothing but the given values can be reached."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.safe.clockless import clockless_zip
from etl.safe.refusal import Refusal

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def packaged(name: str) -> bytes:
    """Return a template that comes with the program."""
    return (files("etl.returns") / name).read_bytes()


def own_template(path: Path, known: Mapping[str, Any]) -> bytes:
    """Return a bureau's template; raises `Refusal` for one that is no .docx or names what there is not.

    `known`: values as the template will be given them, to try it with.
    """
    try:
        template = path.read_bytes()
        filled(template, known)
    except OSError as error:
        raise Refusal(f"函件模板无法读取 the letter's template cannot be read: {path}: {error}") from error
    except Exception as error:  # a template may be wrong in any way at all
        raise Refusal(
            f"函件模板不能使用 the letter's template cannot be filled in: {path}: {error}"
        ) from error
    return template


def filled(template: bytes, values: Mapping[str, Any]) -> bytes:
    """Return a template with values filled in, the same bytes at every time."""
    from docxtpl import DocxTemplate

    document = DocxTemplate(io.BytesIO(template))
    document.render(dict(values), jinja_env=_environment(), autoescape=True)
    written = io.BytesIO()
    document.save(written)
    return without_clock(written.getvalue())


@cache
def _environment() -> Environment:
    """Return where templates are filled in: an edited one can reach nothing but the values it is given."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def without_clock(document: bytes) -> bytes:
    """Return a saved document without the times that saving writes into its package."""
    with zipfile.ZipFile(io.BytesIO(document)) as source:
        return clockless_zip((name, source.read(name)) for name in source.namelist())


def day(date: datetime.date | None) -> str:
    """Return a day as letters write it, "" for none."""
    return f"{date.year}年{date.month}月{date.day}日" if date else ""
