"""The pages of the desk: under which address, for whom. Tests walk this table: each page refuses each role it is not for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from etl.desk.desk import Desk
from etl.desk.home.people import Role
from etl.desk.office import entrance, guide, people, settings
from etl.desk.pages import batches, board, decide, downloads, form, listed, rules, tasks

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    Answer = Callable[[Request, Desk], Response]


@dataclass(frozen=True)
class Page:
    """A page: its method, its address, which role may ask for it (`nobody`: everyone who gets through), and what answers."""

    method: Literal["GET", "POST"]
    path: str
    role: Role | Literal["nobody"]
    answer: Answer


PAGES: tuple[Page, ...] = (
    Page("GET", "/enter", "nobody", entrance.enter),
    Page("GET", "/login", "nobody", entrance.login_page),
    Page("POST", "/login", "nobody", entrance.log_in),
    Page("GET", "/healthz", "nobody", entrance.health),
    Page("GET", "/static/{name}", "nobody", entrance.static),
    Page("POST", "/logout", "viewer", entrance.log_out),
    Page("POST", "/language", "viewer", entrance.language),
    Page("GET", "/", "viewer", batches.start),
    Page("POST", "/batches", "clerk", batches.create),
    Page("GET", "/b/{batch:int}", "viewer", board.board_page),
    Page("GET", "/b/{batch:int}/files", "viewer", batches.files_page),
    Page("POST", "/b/{batch:int}/files", "clerk", batches.more_files),
    Page("GET", "/b/{batch:int}/progress", "viewer", tasks.progress),
    Page("POST", "/b/{batch:int}/run", "clerk", tasks.run),
    Page("POST", "/b/{batch:int}/stop", "clerk", tasks.stop),
    Page("POST", "/b/{batch:int}/close", "lead", tasks.close),
    Page("GET", "/b/{batch:int}/f/{file:int}", "viewer", form.form_page),
    Page("GET", "/b/{batch:int}/findings", "viewer", listed.findings_page),
    Page("POST", "/b/{batch:int}/decide", "reviewer", decide.decide_page),
    Page("POST", "/b/{batch:int}/undo", "reviewer", decide.undo_page),
    Page("GET", "/b/{batch:int}/ledger", "viewer", listed.ledger_page),
    Page("GET", "/b/{batch:int}/rules", "viewer", rules.rules_page),
    Page("GET", "/b/{batch:int}/downloads", "viewer", downloads.downloads_page),
    Page("GET", "/b/{batch:int}/get/{what}", "viewer", downloads.download),
    Page("GET", "/b/{batch:int}/return/{file:int}", "viewer", downloads.one_return),
    Page("GET", "/settings", "lead", settings.settings_page),
    Page("POST", "/settings", "lead", settings.settings_changed),
    Page("GET", "/people", "lead", people.people_page),
    Page("POST", "/people", "lead", people.people_changed),
    Page("GET", "/help", "viewer", guide.help_page),
    Page("GET", "/help/{code}", "viewer", guide.rule_help),
)
