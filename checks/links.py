"""Which project serves which duty: the overlap of their names in character pairs, words of no weight left out.

A project is linked to a duty line by the best overlap of its name with the line's second level, key
task and indicator names; a reviewer's link (settings) counts as certain. Worked out once per distinct
pair of texts. The baseline separates the published form: eight projects linked, twelve not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from checks.framework import name_key
from checks.settings import Settings
from checks.tables import Tables

if TYPE_CHECKING:
    import pandas as pd

GENERIC = re.compile(
    r"内涵项目|设备项目|维修项目|项目|经费|专项|工作|活动|系列|相关|其他|全市|苏州市|苏州|市级|开展|做好|有关|"
    r"20[0-9]{2}年?度?|[0-9]+|补助及|[-—－（）()、，。；：“”\s]"
)
"""Words that stand in every name and link nothing."""

CERTAIN = 1000


@lru_cache(maxsize=65536)
def pairs(text: str) -> frozenset[str]:
    """Return the character pairs of a text, none across a word of no weight."""
    parts = GENERIC.split(name_key(text)[:2000])
    return frozenset(part[i : i + 2] for part in parts for i in range(len(part) - 1))


@lru_cache(maxsize=262_144)
def overlap(project: str, duty: str) -> int:
    """Return which share of a project's pairs stands in a duty's texts, in thousandths."""
    own = pairs(project)
    return len(own & pairs(duty)) * 1000 // len(own) if own else 0


def link_projects(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Return the best duty row of each project: form, project (row), indicator (row), score, key_task.

    Scores are thousandths; forms without duty rows have no links. A reviewer's link scores 1000.
    """
    import pandas as pd

    rows = tables.indicators
    duty = rows[(rows["block"] == "duty") & (rows["name"] != "")]
    lines: dict[int, list[tuple[int, str, str]]] = {}
    for row, form, level2, task, name in zip(
        duty.index.tolist(),
        duty["form"].tolist(),
        duty["level2"],
        duty["key_task"],
        duty["name"],
        strict=True,
    ):
        lines.setdefault(form, []).append((row, f"{level2}\n{task}\n{name}", task))
    told = {(name_key(k.agency), name_key(k.project)): name_key(k.key_task) for k in settings.links}
    agencies = tables.forms["agency"].fillna("").map(name_key)
    made = []
    projects = tables.projects
    for row, form, name in zip(
        projects.index.tolist(), projects["form"].tolist(), projects["name"], strict=True
    ):
        wanted = told.get((agencies[form], name_key(name)))
        best = max(
            (
                (CERTAIN if wanted == name_key(task) else overlap(name, text), -at, task)
                for at, text, task in lines.get(form, ())
            ),
            default=None,
        )
        if best is not None:
            made.append((form, row, -best[1], best[0], best[2]))
    return pd.DataFrame(made, columns=["form", "project", "indicator", "score", "key_task"])
