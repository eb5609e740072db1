"""Help: how to work here, the keys, how to read a return, and the handbook of the rules."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from etl.desk.desk import Desk
from etl.desk.rendering import lang_of, page


def help_page(request: Request, desk: Desk) -> Response:
    """Show how to work here, and all rules by family."""
    from checks.telling.handbook import FAMILIES, all_rules

    families: dict[str, list[object]] = {}
    for rule in all_rules():
        families.setdefault(rule.family, []).append(rule)
    names = {family: both[0 if lang_of(request) == "zh" else 1] for family, both in FAMILIES.items()}
    return page(request, "help.html", families=families, names=names)


def rule_help(request: Request, desk: Desk) -> Response:
    """Show the page of one rule."""
    from checks.telling.handbook import rule_page

    code = request.path_params["code"]
    try:
        lines = list(rule_page(code, lang_of(request)))
    except KeyError:
        raise HTTPException(404) from None
    return page(request, "rule.html", code=code, lines=lines)
