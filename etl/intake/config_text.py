"""Writes settings as the text of a jixiao.toml, which `etl.intake.config` reads as the same settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from checks.settings import Settings


def text_of(settings: Settings, heading: str = "") -> str:
    """Return settings as TOML; `heading`: lines of a comment before them."""
    lines = [f"# {line}" for line in heading.splitlines()]
    if settings.fiscal_year is not None:
        lines.append(f"year = {settings.fiscal_year}")
    if settings.trial:
        lines.append(f"trial = {_value(sorted(settings.trial))}")
    for name, entries in (
        ("rules", settings.switched), ("severities", settings.severities), ("thresholds", settings.thresholds), ("words", settings.words),
    ):  # fmt: skip
        if entries:
            lines += [
                "",
                f"[{name}]",
                *(f"{key} = {_value(value)}" for key, value in sorted(entries.items())),
            ]
    for waiver in settings.waivers:
        lines += _entry("waivers", {"agency": waiver.agency, "code": waiver.code, "reason": waiver.reason})
        lines += [f"until = {waiver.until.isoformat()}"] if waiver.until else []
    for link in settings.links:
        lines += _entry("links", {"agency": link.agency, "project": link.project, "key_task": link.key_task})
    return "\n".join(lines).lstrip("\n") + "\n"


def _entry(table: str, values: dict[str, str]) -> Iterator[str]:
    yield from ("", f"[[{table}]]")
    yield from (f"{key} = {_value(value)}" for key, value in values.items())


def _value(value: Any) -> str:
    """Return a value in TOML: strings as JSON has them, which TOML reads alike, but for one control character."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Iterable):
        return f"[{', '.join(_value(one) for one in value)}]"
    return repr(value)
