"""Remembers that the program was asked to end.

Python drops a KeyboardInterrupt that falls into a clean-up ("Exception ignored in …"), and the run would go on as if
nobody had pressed Ctrl-C. Whoever passes from one stage or file to the next asks here again.
"""

from __future__ import annotations

import signal

_asked: list[int] = []
"""The signals that came. A list, because a handler may interrupt itself: it takes no lock."""


def heed_signals() -> None:
    """Have Ctrl-C and a request to end raise KeyboardInterrupt, now and at the next stage; for the main thread."""
    _asked.clear()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ask)


def _ask(number: int, _: object) -> None:
    _asked.append(number)
    raise KeyboardInterrupt


def raise_if_asked() -> None:
    """Raise KeyboardInterrupt where the program was asked to end and is still running."""
    if _asked:
        raise KeyboardInterrupt
