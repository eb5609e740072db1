"""Which project serves which duty line: how much of the project's name stands in the line's texts.

Names are compared by character pairs. Pairs across words of no weight (项目, 经费, 开展) do not count at
all, and pairs inside words that stand in many agencies' names (设备, 购置, 培训) count less than the
thing they are said of: against the duties of other departments this makes a quarter of the false
links that plain pairs make, and leaves the links of the samples as they are (`tests/test_links.py`). A
reviewer's link (settings) counts as certain. Everything is worked out once per distinct text, and the links
of a form once a run: they are noted beside its projects (`linked`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from checks.declared.project_name import project_key
from checks.declared.text_key import folded, text_key
from checks.frames.columns import taken, where
from checks.frames.rows import Rows
from checks.frames.tables import LINK_COLUMNS, Tables
from checks.settings import Settings
from checks.targets.applicable import says_not_applicable

if TYPE_CHECKING:
    import pandas as pd

CERTAIN = 1000
"""The score of a reviewer's link and of a name that stands in the line word by word; scores are thousandths."""

_LINKS = ("form", "project", "indicator", "score")
COLUMNS = (*_LINKS, "key_task")
FORMS_TOGETHER = 500
"""Forms of a city that are linked at a time."""
LONGEST = 2000
"""Characters of a text that are compared; key tasks are a few sentences."""

_YEAR = re.compile(r"20[0-9]{2}(?:年度?)?")
_OBJECT, _MIXED, _LIGHT = 3, 2, 1


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The words that decide what a pair weighs; compared by identity so that results can be kept."""

    generic: re.Pattern[str]
    light: re.Pattern[str]
    synonyms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One duty line of a form: second level, key task and indicators (`rows`, `names`); `text` is all it says."""

    form: int
    level2: str
    key_task: str
    rows: tuple[int, ...]
    names: tuple[str, ...]
    text: str


def lexicon_of(settings: Settings) -> Lexicon:
    """Return the word lists of the settings, compiled."""
    return _lexicon(*(settings.word_list(name) for name in ("generic_words", "light_words", "synonyms")))


@lru_cache(maxsize=8)
def _lexicon(generic: tuple[str, ...], light: tuple[str, ...], synonyms: tuple[str, ...]) -> Lexicon:
    same = (entry.partition("=") for entry in synonyms)
    return Lexicon(
        re.compile("|".join((f"(?!{_THINGS})(?:{_any(generic)})", "[及与和的对等]|[^a-z\u3400-\u9fff]+"))),
        re.compile(_any(light)),
        MappingProxyType({word: meant for word, _, meant in same}),
    )


_THINGS = "工作[站室坊者]"
"""What a generic word begins and is not generic: 院士工作站, 科技工作者."""


def _any(words: tuple[str, ...]) -> str:
    """Return a pattern of any of the words, longer ones first; one that never matches for none."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


@lru_cache(maxsize=4096)
def weights(text: str, lexicon: Lexicon) -> Mapping[str, int]:
    """Return the character pairs of a text with what each weighs (1 to 3)."""
    plain = _YEAR.sub(" ", folded(text[:LONGEST]).casefold())
    for word, meant in lexicon.synonyms.items():
        plain = plain.replace(word, meant)
    found: dict[str, int] = {}
    for part in lexicon.generic.split(plain):
        light = [False] * len(part)
        for match in lexicon.light.finditer(part):
            light[match.start() : match.end()] = [True] * (match.end() - match.start())
        for at in range(len(part) - 1):
            weight = (_OBJECT, _MIXED, _LIGHT)[light[at] + light[at + 1]]
            found[part[at : at + 2]] = max(found.get(part[at : at + 2], 0), weight)
    return found


def overlap(name: str, text: str, lexicon: Lexicon) -> int:
    """Return which share of a name's pairs stands in a text, by weight, in thousandths."""
    return overlaps(name, [weights(text, lexicon)], lexicon)[0]


def said(name: str, texts: Sequence[Mapping[str, int]], lexicon: Lexicon) -> list[int]:
    """Return how far a project is spoken of in each of several texts, of which the `weights` are given: `overlaps`.

    A remark in brackets at the end of its name may be left out (大型检验设备购置（质谱仪）), as may a name in quotes and how
    the money is spent (“雪亮工程”视频监控租赁服务费), and of a project for several things (数据库采购及数字资源服务) one may be
    meant, if it is clearly said.
    """
    bare = _REMARK.sub("", name)
    scores = overlaps(name, texts, lexicon)
    thing = _SPENT.sub("", _QUOTED.sub("", bare))
    for part, shortest in {**dict.fromkeys((bare, *_AND.split(bare)), _PART), thing: _THING}.items():
        if len(part) >= shortest and part != name:
            least = 0 if part == bare else _CLEARLY
            others = overlaps(part, texts, lexicon)
            scores = [
                max(one, other if other >= least else 0) for one, other in zip(scores, others, strict=True)
            ]
    return scores


_REMARK = re.compile(r"[（(][^（）()]{1,12}[）)]$")
_AND = re.compile("[及和与、]")
_PART = 6
"""Characters from which on a part of a name says what a project is for."""
_CLEARLY = 700
_QUOTED = re.compile("[“‘《「][^“”‘’《》「」]{0,20}[”’》」]")
_SPENT = re.compile(
    "(?:租赁|租用|劳务|运行|运维|维护|维保|服务|委托|外包|购买|采购|业务|专项|保障|工作|管理)*(?:费用?|经费|资金|补助|补贴|服务)$"
)
_THING = 4
"""Characters from which on what is left of a name without how the money is spent says what it is for."""


def overlaps(name: str, texts: Sequence[Mapping[str, int]], lexicon: Lexicon) -> list[int]:
    """Return `overlap` of a name with each of several texts, of which the `weights` are given."""
    own = weights(name, lexicon)
    pairs, whole = own.keys(), sum(own.values())
    shared = [pairs & there.keys() for there in texts]
    return [sum([own[pair] for pair in both]) * CERTAIN // whole if both else 0 for both in shared]


def duty_lines(tables: Tables) -> list[Line]:
    """Return the duty lines of a stack in form order; rows under one second level and key task are one."""
    return lines_of(Rows(tables.indicators))


def lines_of(indicators: Rows) -> list[Line]:
    """Return the duty lines that some indicators make."""
    stated = indicators.test("level2", _says) | indicators.test("key_task", _says)
    duty = indicators.where(indicators.equal("block", "duty") & stated)
    lines: dict[tuple[int, str, str], list[tuple[int, str]]] = {}
    columns = (duty.ids, duty.form, duty["level2"], duty["key_task"], duty["name"])
    for row, form, level2, task, name in zip(*(column.tolist() for column in columns), strict=True):
        lines.setdefault((form, level2, task), []).append((row, name))
    return [_line(*key, *zip(*entries, strict=True)) for key, entries in lines.items()]


def _says(text: str) -> bool:
    """Return whether a text says anything: a duty that is / or 不适用 is none."""
    return bool(text) and not says_not_applicable(text)


def by_form(lines: Iterable[Line]) -> dict[int, list[Line]]:
    """Return the duty lines of each form that states any."""
    found: dict[int, list[Line]] = {}
    for line in lines:
        found.setdefault(line.form, []).append(line)
    return found


def _line(form: int, level2: str, task: str, rows: tuple[int, ...], names: tuple[str, ...]) -> Line:
    return Line(form, level2, task, rows, names, "\n".join((level2, task, *names)))


def link_projects(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Return the duty line each project fits best: form, project, indicator, score, key_task.

    `project` is its row; `indicator` the row of that line whose own name is nearest, else the line's
    first; `score` thousandths (int). Projects without a name and those of forms without duty lines are
    not in it, every other one is, however low its score: `is_linked` says which count.
    """
    import pandas as pd

    lexicon = lexicon_of(settings)
    lines = by_form(duty_lines(tables))
    weighed = {form: [weights(line.text, lexicon) for line in mine] for form, mine in lines.items()}
    told = _told(tables, settings)
    made = []
    projects = (tables.projects[name].tolist() for name in ("form", "name"))
    for row, form, name in zip(tables.projects.index.tolist(), *projects, strict=True):
        if name and form in lines:
            reviewed = told.get((form, _plain_name(name)), "") if told else ""
            score, line = _best(name, lines[form], weighed[form], reviewed, lexicon)
            made.append((form, row, _nearest(name, line, lexicon), score, line.key_task))
    return pd.DataFrame(made, columns=list(COLUMNS))


def linked(tables: Tables, settings: Settings) -> Tables:
    """Return the tables with every project's link: `linked_indicator` (-1 if none) and `link_score`.

    What is noted so need not be worked out again, of the whole city least of all (`links_of`).
    """
    links, rows = link_projects(tables, settings), tables.projects.index
    noted = {"linked_indicator": ("indicator", -1), "link_score": ("score", 0)}
    by_project = links.set_index("project")[["indicator", "score"]].reindex(rows)
    columns = {
        name: by_project[column].fillna(none).astype("int64") for name, (column, none) in noted.items()
    }
    return replace(tables, projects=tables.projects.assign(**columns))


def links_of(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Return the links of a stack as `link_projects` does, without the key tasks: as noted, where they are."""
    import pandas as pd

    if not frozenset(LINK_COLUMNS) <= frozenset(tables.projects.columns):
        parts = [link_projects(part, settings)[list(_LINKS)] for part in _some_forms(tables)]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(_LINKS))
    at = where(tables.projects, {"linked_indicator": lambda indicator: indicator >= 0})
    noted = taken(tables.projects, ("form", *LINK_COLUMNS), at).reset_index(names="project")
    named = noted.rename(columns={"linked_indicator": "indicator", "link_score": "score"})
    return named[list(_LINKS)]


def _some_forms(tables: Tables) -> Iterator[Tables]:
    """Yield what projects are linked by, of some forms at a time: each form is linked alone."""
    projects = tables.projects[["form", "name"]]
    indicators = tables.indicators[["form", "block", "level2", "key_task", "name"]]
    forms = tables.forms.index.tolist()
    for start in range(0, len(forms), FORMS_TOGETHER):
        chosen = forms[start : start + FORMS_TOGETHER]
        yield replace(
            tables,
            projects=projects[projects["form"].isin(chosen)],
            indicators=indicators[indicators["form"].isin(chosen)],
        )


def is_linked(links: pd.DataFrame, settings: Settings) -> pd.Series[bool]:
    """Return which links count: their score reaches the threshold `link_least_percent`."""
    counting: pd.Series[bool] = reaches(links["score"], settings)
    return counting


def reaches(scores: Any, settings: Settings) -> Any:
    """Return where scores (a column or an array) reach the threshold."""
    return scores * 100 >= int(settings.threshold("link_least_percent") * CERTAIN)


def _best(
    name: str, lines: list[Line], weighed: list[Mapping[str, int]], told: str, lexicon: Lexicon
) -> tuple[int, Line]:
    """Return the score and the line a name fits best, the first of equals; a reviewer's line before all."""
    wanted = _reviewed(lines, told, lexicon) if told else None
    if wanted is not None:
        return CERTAIN, wanted
    scores = said(name, weighed, lexicon)
    score = max(scores)
    return score, lines[scores.index(score)]


def _reviewed(lines: list[Line], told: str, lexicon: Lexicon) -> Line | None:
    """Return the line a reviewer named: by second level or key task, or (next year) by most of its words."""
    for line in lines:
        if text_key(told) in (text_key(line.level2), text_key(line.key_task)):
            return line
    score, at = max((overlap(told, line.text, lexicon), -at) for at, line in enumerate(lines))
    return lines[-at] if score * 2 >= CERTAIN else None


def _nearest(name: str, line: Line, lexicon: Lexicon) -> int:
    scores = overlaps(name, [weights(own, lexicon) for own in line.names], lexicon)
    return line.rows[scores.index(max(scores))]


def _told(tables: Tables, settings: Settings) -> dict[tuple[int, str], str]:
    """Return the reviewers' links of a stack by form and project; the year in a project's name is no part of it."""
    return dict(_told_of(tables, settings)) if settings.links else {}


def _told_of(tables: Tables, settings: Settings) -> Iterator[tuple[tuple[int, str], str]]:
    agencies = tables.forms["agency"].fillna("").map(text_key)
    for link in settings.links:
        for form in agencies.index[agencies == text_key(link.agency)].tolist():
            yield (form, _plain_name(link.project)), link.key_task


def _plain_name(name: str) -> str:
    return _YEAR.sub("", project_key(name))
