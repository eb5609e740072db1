"""What the live checks of the blank form begin with."""

from __future__ import annotations

PASSED, FAILED, REMARK, OPEN, TRIED = "✓", "✗", "△", "待填写", "○"
"""In order; wrong; may stay after a second look; to be filled in; filled in, and checked as far as a formula can."""
