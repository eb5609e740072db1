"""Rules and settings: placeholder until the trial is wired."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from etl.desk.desk import Desk
from etl.desk.home.settings import versions
from etl.desk.rendering import page


def settings_page(request: Request, desk: Desk) -> Response:
    """Show the versions."""
    return page(request, "settings.html", versions=versions(desk.home))


def settings_changed(request: Request, desk: Desk) -> Response:
    """Save."""
    return page(request, "settings.html", versions=versions(desk.home))
