"""Draws the pages of the desk: every value is escaped, and no control character of a workbook gets through."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from checks.finding import SEVERITY_NAMES
from etl.desk.english import ENGLISH
from etl.desk.home.people import ROLE_NAMES, Person
from etl.desk.view.board import LIGHT_NAMES, SHAPES
from etl.marked.verdict import VERDICT_NAMES, Verdict
from etl.safe.clean import clean

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.requests import Request
    from starlette.responses import Response

LANGUAGE = "jixiao-lang"


def lang_of(request: Request) -> str:
    """Return the language of who asks: as they chose, else as the desk was started."""
    chosen = request.cookies.get(LANGUAGE, "")
    return chosen if chosen in ("zh", "en") else str(request.app.state.desk.lang)


def page(request: Request, name: str, status: int = 200, **context: Any) -> Response:
    """Return a page drawn from its template."""
    from starlette.responses import HTMLResponse

    return HTMLResponse(drawn(request, name, context), status)


def drawn(request: Request, name: str, context: Mapping[str, Any]) -> str:
    """Return the text of a page."""
    lang = lang_of(request)
    person: Person | None = getattr(request.state, "person", None)

    def t(text: str, **values: object) -> str:
        said = text if lang == "zh" else ENGLISH[text]
        return said.format(**values) if values else said

    return _environment().get_template(name).render(
        t=t, lang=lang, language="zh-CN" if lang == "zh" else "en", person=person, desk=request.app.state.desk,
        path=request.url.path, severities=SEVERITY_NAMES[lang], lights=LIGHT_NAMES[lang], shapes=SHAPES,
        verdicts=VERDICT_NAMES[lang], V=Verdict, roles=ROLE_NAMES[lang], **context,
    )  # fmt: skip


def resource(name: str) -> bytes:
    """Return a file that lies beside the templates, or one of the report's."""
    package = "etl.report" if name == "page.css" else "etl.desk"
    return (files(package) / "templates" / name).read_bytes()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("etl.desk"), autoescape=True, undefined=StrictUndefined, finalize=_harmless,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["when"] = lambda text: str(text)[:16].replace("T", " ")
    return environment


def _harmless(value: object) -> object:
    """Return a text without control characters; what is markup already was made harmless by who made it."""
    return clean(value) if type(value) is str else value
