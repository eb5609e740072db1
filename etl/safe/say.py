"""Prints lines whatever the console can show and however long its reader stays."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def say(line: str, error: bool = False) -> None:
    """Print a line whatever the console's encoding; a character it lacks is shown escaped."""
    stream = sys.stderr if error else sys.stdout
    encoding = stream.encoding or "utf-8"
    put(stream, line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def put(stream: TextIO, text: str) -> None:
    """Write to a stream; one whose reader went away takes this and all that follows without a word."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
