"""Stands before every page: refuses hosts, origins and bodies that have no business here, and sets the headers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 4 << 20
"""Bytes of a form; what is handed in has a limit of its own."""
LARGEST_UPLOAD = 2 << 30
SAFE = ("GET", "HEAD")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class TooLarge(Exception):
    """A body goes on beyond what its page takes."""


@dataclass(frozen=True)
class Gate:
    """The pages behind a gate. `hosts`: the names, with ports, that a browser may call us by; `uploads`: endings of paths that
    take large bodies."""

    app: ASGIApp
    hosts: Collection[str]
    uploads: Collection[str] = ("/files", "/batches")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        limit = LARGEST_UPLOAD if scope["path"].endswith(tuple(self.uploads)) else LARGEST_BODY
        refused = self._refused(scope, headers, limit)
        if refused:
            await _plain(refused, send)
            return
        await self._answer(scope, receive, send, limit)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        taken, begun = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise TooLarge
            return message

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                own = {name for name, _ in HEADERS}
                message["headers"] = [h for h in message["headers"] if h[0].lower() not in own] + list(
                    HEADERS
                )
            await send(message)

        try:
            await self.app(scope, counted, dressed)
        except TooLarge:
            if not begun:
                await _plain(413, send)

    def _refused(self, scope: Scope, headers: dict[bytes, bytes], limit: int) -> int:
        """Return the status of a refusal, 0 where there is none."""
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if host not in self.hosts:
            return 400
        if scope["method"] not in SAFE and not _same_site(headers, host):
            return 403
        length = headers.get(b"content-length", b"0")
        if not length.isdigit():
            return 400
        return 413 if int(length) > limit else 0


def _same_site(headers: dict[bytes, bytes], host: str) -> bool:
    """Say whether a request that changes something comes from a page of ours; old browsers send only an origin."""
    site = headers.get(b"sec-fetch-site", b"").decode("latin-1")
    if site:
        return site in ("same-origin", "none")
    origin = headers.get(b"origin", b"").decode("latin-1").lower()
    return origin in (f"http://{host}", f"https://{host}")


_SAID = {
    400: "请求无效 bad request",
    403: "不是从本页面发出的请求 not sent from a page of the desk",
    413: "内容过大 too large",
}


async def _plain(status: int, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": _SAID[status].encode()})
