"""Skips what needs a program that is not installed; makes property tests repeatable."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")

_NEEDED = {"needs_libreoffice": ("soffice", "LibreOffice"), "needs_chromium": ("chromium", "Chromium")}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests as skipped where the program their marker names is missing."""
    for item in items:
        for marker, (command, name) in _NEEDED.items():
            if item.get_closest_marker(marker) and shutil.which(command) is None:
                item.add_marker(pytest.mark.skip(reason=f"{name} is not installed"))
