"""What the exit code of a command says."""

from __future__ import annotations

ERRORS_FOUND = 1
BAD_USAGE = 2
LOST = 3
"""Something was lost on the way, or the program itself failed."""
INTERRUPTED = 130
