"""What readings, findings and outputs depend on, as digests: what did not change need not be made again."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from checks.given.inputs import Inputs
from checks.settings import Settings
from checks.telling.shortened import holding
from etl.batch.chunk import Depends
from etl.workers.program import fingerprint

READERS = (
    "etl/safe", "etl/package", "etl/sheets", "etl/form", "etl/forms", "etl/reading", "etl/money", "etl/cell", "etl/marks", "etl/marked", "etl/intake", "etl/frames", "etl/store", "checks/declared",
    "checks/frames", "checks/targets", "checks/enrich.py",
)  # fmt: skip
"""The parts of the program that decide what a file is read as."""
RULES = ("checks", "etl/form", "etl/forms", "etl/frames", "etl/store")
"""The parts that decide what is found in what was read."""


def depends_on(settings: Settings, inputs: Inputs) -> Depends:
    """Return what rows depend on; of waivers those count that hold today."""
    today = datetime.datetime.now().astimezone().date()
    stated = replace(settings, source="")  # a file that says the same under another name changes nothing
    judged = digest_of(fingerprint(RULES), stated, inputs, holding(settings.waivers, today))
    reader = fingerprint(READERS)
    if settings.forms:
        reader = digest_of(reader, settings.forms)
    return Depends(reader, judged, settings.forms)


def digest_of(*values: Any) -> str:
    """Return a digest of values that is the same in every run."""
    return hashlib.sha256(spelled(values).encode("utf-8", "surrogatepass")).hexdigest()


def spelled(value: Any) -> str:
    """Return a value in a spelling that is the same in every run: sets sorted, frames cell by cell."""
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({spelled([getattr(value, field.name) for field in fields(value)])})"
    if hasattr(value, "dtypes"):
        return f"frame({spelled([list(map(str, value.dtypes)), value.to_dict('split')])})"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{spelled(key)}:{spelled(entry)}' for key, entry in value.items())}}}"
    if isinstance(value, set | frozenset):
        return f"set({','.join(sorted(map(spelled, value)))})"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(spelled, value))}]"
    return repr(value)
