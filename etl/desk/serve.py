"""Starts the desk: on this machine for one person, or in the local network for people with passwords."""

from __future__ import annotations

import getpass
import os
import socket
import sys
import threading
import webbrowser
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from etl.desk.desk import Desk
from etl.desk.guard.entry import Entry
from etl.desk.home.batches import add_batch, batches, set_batch
from etl.desk.home.database import Home, home_in
from etl.desk.home.people import Person, has_lead
from etl.desk.home.settings import newest
from etl.desk.view.seen import Seen
from etl.desk.work.jobs import Jobs
from etl.desk.work.received import take_in
from etl.safe.refusal import Refusal
from etl.safe.say import say
from etl.safe.whole_file import write_whole

PORT = 8765
LOCAL = "127.0.0.1"
_AT_ONCE, _KEEP_ALIVE = 64, 20
"""Requests answered at once, and seconds an idle connection stays."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the desk listens. `names`: what browsers may call it by beside its own; `certificate` and `key`: of TLS."""

    port: int = PORT
    lan: bool = False
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None

    @property
    def scheme(self) -> str:
        """Return http or https."""
        return "https" if self.certificate else "http"

    def hosts(self) -> frozenset[str]:
        """Return all that a browser may call the desk by, with its port and, where that is the usual one, without."""
        names = {LOCAL, "localhost", *(name.lower() for name in self.names)}
        plain = {"http": 80, "https": 443}[self.scheme] == self.port
        return frozenset({f"{name}:{self.port}" for name in names} | (names if plain else set()))


def default_home() -> Path:
    """Return where a desk lives that was given no home: beside a person's other data."""
    local = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_DATA_HOME")
    return (Path(local) if local else Path.home() / ".local" / "share") / "jixiao"


def serve(folder: Path, address: Address, opens: bool, lang: str, first: Path | None = None) -> None:
    """Serve the desk until it is stopped; raises `Refusal` where it cannot be started.

    `first`: a folder to make the first batch of.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise Refusal('工作台需要附加组件 the desk needs its extra: pip install "jixiao[desk]"') from error
    from etl.desk.app import application

    desk = desk_in(home_in(folder), address, lang)
    listening = _listening(address)
    if first is not None:
        begin_with(desk, first)
    _say_where(desk, address, opens)
    config = uvicorn.Config(
        application(desk, address.hosts()), log_level="warning", access_log=False, server_header=False,
        proxy_headers=False, limit_concurrency=_AT_ONCE, timeout_keep_alive=_KEEP_ALIVE, timeout_graceful_shutdown=3,
        ssl_certfile=address.certificate, ssl_keyfile=address.key,
    )  # fmt: skip
    with suppress(KeyboardInterrupt):  # that is how a desk ends
        uvicorn.Server(config).run(sockets=[listening])


def desk_in(home: Home, address: Address, lang: str = "zh") -> Desk:
    """Return the desk of a home; raises `Refusal` for a shared one without a lead."""
    if address.lan and not has_lead(home):
        raise Refusal("请先设立负责人 first make a lead: jixiao desk --add-lead NAME")
    if address.lan and not address.names:
        raise Refusal(
            "请用--name写明本机在局域网中的名称或地址 name this machine as others call it: --name NAME"
        )
    own = None if address.lan else Person(0, _own_name(), "lead")
    entry = Entry(home, own, secure=address.certificate is not None)
    return Desk(home, Jobs(home), Seen(home), entry, address.lan, lang)


def begin_with(desk: Desk, folder: Path) -> None:
    """Make the first batch of a folder, where there is none yet; its `roster.csv` is the roster."""
    if batches(desk.home):
        return
    by = desk.entry.own.name if desk.entry.own else ""
    number = add_batch(desk.home, folder.name, by, None, None, newest(desk.home), letters=True)
    roster = folder / "roster.csv"
    if roster.is_file():
        write_whole(desk.home.of(number) / roster.name, roster.read_bytes())
        set_batch(desk.home, number, "roster", roster.name)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            take_in(desk.home, number, [(path.relative_to(folder).as_posix(), file)], by)
    desk.jobs.ask(number, by)


def _own_name() -> str:
    with suppress(Exception):  # no name at all on some systems
        return getpass.getuser()
    return "负责人"


def _listening(address: Address) -> socket.socket:
    """Return the socket the desk listens on; raises `Refusal` where another program has the port."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("0.0.0.0" if address.lan else LOCAL, address.port))
        listening.listen()  # before the address is said: whoever opens it at once waits, and is not refused
    except OSError as error:
        raise Refusal(f"端口{address.port}已被占用 the port is taken: {error.strerror}") from error
    return listening


def _say_where(desk: Desk, address: Address, opens: bool) -> None:
    name = address.names[0] if address.lan else LOCAL
    where = f"{address.scheme}://{name}:{address.port}/"
    if not address.lan:
        where = f"{where}enter?token={desk.entry.token}"
    say(f"工作台 the desk: {where}")
    if address.lan and not address.certificate:
        say(
            "提醒：局域网内未加密，他人可能看到内容 without --certfile others in the network can read along",
            error=True,
        )
    if opens:
        threading.Timer(0.8, webbrowser.open, [where]).start()


def add_lead(folder: Path, name: str, password: str) -> None:
    """Make a lead with a password, so that a shared desk can be started; raises `Refusal` for a name or password that will not do."""
    from etl.desk.home.people import SHORTEST_PASSWORD, add_person

    try:
        add_person(home_in(folder), name, "lead", password)
    except ValueError as error:
        raise Refusal(
            f"姓名已存在，或密码不足{SHORTEST_PASSWORD}位 the name is taken, or the password is shorter than {SHORTEST_PASSWORD}"
        ) from error
