"""XS: what an agency is for, what it aims at and what it does are the same things."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from checks.finding import Hit, Severity, Spot
from checks.likeness.links import Lexicon, Line, by_form, lexicon_of, overlap, weights
from checks.rule import RELEVANCE, Verdict, derived, quoted, rule
from checks.settings import Settings

if TYPE_CHECKING:
    from checks.frames.rows import Rows

Duties = dict[int, list[Line]]

LONGEST = 5000
_NUMBERED = re.compile(
    r"(?:^|(?<=[。；;：:\s（(]))[（(]?(?:[0-9]{1,2}[、.．)）](?![0-9])|[一二三四五六七八九十]{1,3}[、.．)）])"
)
_CLAUSE = re.compile(r"[，。；,;：:\n]")
_SENTENCE = re.compile(r"[。；;\n]")
_PART = re.compile(r"[、，。；,;\n]")
FEWEST_ITEMS = 3
"""Fewer numbered items are no list that could be compared with the key tasks."""


def items(text: str) -> list[str]:
    """Return the numbered items of a text, each up to its full stop; none where nothing is numbered."""
    parts = _NUMBERED.split(text[:LONGEST])[1:]
    return [bare for part in parts if (bare := _SENTENCE.split(part.strip(), maxsplit=1)[0].strip())]


@derived
def duties(lines: Sequence[Line]) -> Duties:
    """Return the duty lines of each form that states any."""
    return by_form(lines)


def _texts(forms: Rows, field: str, duties: Duties) -> Iterator[tuple[int, str]]:
    """Yield form and text where the text is filled and the form states duties."""
    for form, text in zip(forms.ids.tolist(), forms.texts(field), strict=True):
        if text and form in duties:
            yield form, text[:LONGEST]


def _unlike(words: Lexicon, name: str, text: str, percent: float) -> bool:
    """Return whether less than `percent` of a name stands in a text; a name without weight is like any."""
    return overlap(name, text, words) < int(percent) * 10 and bool(weights(name, words))


@rule(
    "XS03", Severity.INFO, RELEVANCE, asks=("functions", "key_task"),
    zh="履职内容“{level2}”{more}未见于单位主要职能，请核对职能表述或说明工作依据",
    en="the duty “{level2}”{more_en} is not among the main functions",
)  # fmt: skip
def duties_are_among_the_functions(forms: Rows, duties: Duties, settings: Settings) -> Verdict:
    """Each duty (second level of 履职) is among the main functions; said once a form.

    Functions are written in the words of the law, duties in those of the work: a reviewer looks, nobody is sent back.

    公式: 二级指标名称与“单位主要职能”的重合度 ≥ 阈值(duty_support_percent)
    依据: 财预〔2015〕88号 (unconfirmed)，目标与职能相关
    错例: “阳光食堂”列入履职，职能中没有
    改法: 核对职能表述，或说明工作依据
    Fix: Complete the functions, or say what the work rests on
    """
    words, least = lexicon_of(settings), settings.threshold("duty_support_percent")
    made, judged = [], set()
    for form, functions in _texts(forms, "functions", duties):
        judged.add(form)
        named = list({line.level2: line for line in duties[form] if line.level2}.values())
        alone = [line for line in named if not _is_stated(words, line, functions, least)]
        made += _unsupported(form, alone)
    return Verdict(made, frozenset(forms.ids.tolist()) - judged)


_HOW_WELL = re.compile(
    r"(?:能力|条件|水平|体系|机制|基础|队伍|环境|现代化|高质量|绿色|智慧)*(?:建设|保障|提升|发展|改善|管理|服务|工作)$"
)
"""How a duty names that it gets better at something: 检验能力建设 is 检验, 诊疗条件保障 is 诊疗."""


def _is_stated(words: Lexicon, line: Line, functions: str, least: float) -> bool:
    """Return whether a duty is among the functions: by its name, or by a function that its key task or indicators take up."""
    names = (line.level2, _HOW_WELL.sub("", line.level2))
    if any(not _unlike(words, name, functions, least) for name in names if name):
        return True
    parts = (part for part in _PART.split(functions) if len(part) >= _TAKEN_UP)
    return any(
        len(weights(part, words)) > 1 and overlap(part, line.text, words) >= _CLEARLY for part in parts
    )


_TAKEN_UP, _CLEARLY = 4, 600
"""Characters of a function, and thousandths of it that a duty's texts hold, from which on the duty takes it up."""


def _unsupported(form: int, alone: list[Line]) -> list[Hit]:
    if not alone:
        return []
    spots = (
        *(Spot("indicators", line.rows[0], "level2") for line in alone),
        Spot("forms", form, "functions"),
    )
    names = [quoted(line.level2) for line in alone]
    more, more_en = (f"等{len(names)}项", f" and {len(names) - 1} more") if len(names) > 1 else ("", "")
    return [Hit(form, spots, {"level2": names[0], "more": more, "more_en": more_en}, found="；".join(names))]


@rule(
    "XS04", Severity.INFO, RELEVANCE, asks=("functions", "key_task"),
    zh="职能“{duty}”{more}没有对应的重点工作和指标，请补充或说明本年不安排", en="the function “{duty}”{more_en} has no key task or indicator",
)  # fmt: skip
def functions_are_worked_on(forms: Rows, indicators: Rows, duties: Duties, settings: Settings) -> Verdict:
    """Each numbered function has a key task or an indicator; judged by its first clause.

    What names the whole trade (综合管理) or what others decide (贯彻执行, 其他交办事项) is passed over; where no function
    at all is found again, the words differ and not the work.

    公式: 每条职能首句与履职各行的重合度 ≥ 阈值(function_covered_percent)
    依据: 财预〔2015〕88号 (unconfirmed)，目标与职能相关
    错例: 职能有“勤工俭学”，重点工作和指标都没有
    改法: 补充重点工作；本年不安排的请说明
    Fix: Add a key task, or say that nothing is planned this year
    """
    words, least = lexicon_of(settings), settings.threshold("function_covered_percent")
    effects = _effect_names(indicators)
    made, judged = [], set()
    for form, functions in _texts(forms, "functions", duties):
        listed = items(functions)
        if not listed:
            continue
        judged.add(form)
        work = "\n".join((*(line.text for line in duties[form]), *effects.get(form, ())))
        heads = [_CLAUSE.split(duty, maxsplit=1)[0] for duty in listed]
        trade = _trade(words, heads)
        idle = [head for head in heads if _is_idle(words, head, work, least, trade)]
        made += _told(form, idle if len(idle) < len(heads) or len(heads) == 1 else [])
    return Verdict(made, frozenset(forms.ids.tolist()) - judged)


_OTHERS = re.compile(
    r"^(?:承办|完成|办理)?(?:市委|市政府|上级|主管部门|局|领导)?[^，。]{0,12}(?:交办|其他(?:事项|工作|任务))|^贯彻(?:执行|落实)|综合(?:监督)?(?:管理|协调)|统筹(?:协调|推进)|(?:管理|使用)[^，。]{0,8}(?:资金|基金|资产)$"
    r"|^为[^，。]{1,16}提供[^，。]{0,8}(?:支撑|支持|服务|保障|依据|参考)$|^(?:承担|提供)?[^，。]{0,8}(?:技术支撑|后勤保障)$"
)
"""Functions no single work line answers: others' orders, the law itself, the whole of the trade, support to others."""


def _trade(words: Lexicon, heads: Sequence[str]) -> frozenset[str]:
    """Return the pairs that several functions share: the trade's own words (信访, 公路) tell none of them apart."""
    counts = Counter(pair for head in heads for pair in weights(head, words))
    return frozenset(pair for pair, count in counts.items() if count > 1)


def _is_idle(words: Lexicon, head: str, work: str, least: float, trade: frozenset[str]) -> bool:
    """Return whether nothing a function names is worked on; of several things (医疗、教学、科研) one is enough."""
    if _OTHERS.search(head):
        return False
    parts = [part for part in head.split("、") if len(part) >= 2] if head.count("、") >= 2 else [head]
    idle = all(_unlike(words, part, work, least) for part in parts)
    return idle or (len(parts) == 1 and _is_of_the_trade(words, head, work, least, trade))


_OWN_WORDS = 4
"""Pairs of a function besides the trade's from which on it says what is to be done."""
_OF_THE_TRADE = 1.5
"""Times the threshold below which it is asked whether only the trade's words are found again."""


def _is_of_the_trade(words: Lexicon, part: str, work: str, least: float, trade: frozenset[str]) -> bool:
    """Return whether nothing of a function is found again but words that other functions have as well, or hardly more."""
    own = {pair: 1 if pair in trade else weight for pair, weight in weights(part, words).items()}
    found = own.keys() & weights(work, words).keys()
    if found <= trade:
        return len(own.keys() - trade) >= _OWN_WORDS
    little = sum(own[pair] for pair in found) * 100 < int(least) * sum(own.values())
    return little and _unlike(words, part, work, least * _OF_THE_TRADE)


def _told(form: int, duties: list[str]) -> list[Hit]:
    """Return one hit that quotes the first of several functions and counts them."""
    if not duties:
        return []
    more, more_en = _and_more(len(duties))
    values = {"duty": quoted(duties[0]), "more": more, "more_en": more_en}
    spots = (Spot("forms", form, "functions"),)
    return [Hit(form, spots, values, found="；".join(map(quoted, duties)))]


def _and_more(count: int) -> tuple[str, str]:
    return (f"等{count}条", f" and {count - 1} more") if count > 1 else ("", "")


@rule(
    "XS05", Severity.INFO, RELEVANCE, asks=("key_task",),
    zh={
        "goal": "年度目标中“{item}”{more}没有对应的重点工作，请统一", "task": "重点工作中“{part}”{parts}未列入年度目标，请统一",
        "both": "年度目标中“{item}”{more}没有对应的重点工作，重点工作中“{part}”{parts}未列入年度目标，请统一",
    },
    en={
        "goal": "“{item}”{more_en} of the annual goal has no key task", "task": "“{part}”{parts_en} of the key tasks is not in the annual goal",
        "both": "“{item}”{more_en} of the annual goal has no key task, “{part}”{parts_en} of the key tasks is not in the annual goal",
    },
)  # fmt: skip
def goals_and_key_tasks_agree(forms: Rows, indicators: Rows, duties: Duties, settings: Settings) -> Verdict:
    """The numbered items of the annual goal are among key tasks and indicators, and the parts of those key tasks in the goal.

    Only key tasks the list is about are asked for their parts: those that share at least two with it.
    One finding a form, whatever is missing on either side.

    公式: 分项与重点工作的重合度≥阈值(goal_item_percent)；重点工作各部分与年度目标的重合度≥阈值(task_part_percent)
    依据: 财预〔2015〕88号 (unconfirmed)，指标细化目标
    错例: 目标列“加强省市学习交流”，重点工作没有
    改法: 使年度目标与重点工作一致
    Fix: Bring the goal and the key tasks together
    """
    words, effects = lexicon_of(settings), _effect_names(indicators)
    made, judged = [], set()
    for form, goal in _texts(forms, "annual_goal", duties):
        listed = items(goal)
        if len(listed) < FEWEST_ITEMS:
            continue
        judged.add(form)
        work = "\n".join((*(line.text for line in duties[form]), *effects.get(form, ())))
        least = settings.threshold("goal_item_percent")
        idle = [item for item in listed if _unlike(words, item, work, least)]
        left = [
            (line, part) for line in duties[form] for part in _left_out(line, goal, listed, words, settings)
        ]
        made += _apart(form, idle, left)
    return Verdict(made, frozenset(forms.ids.tolist()) - judged)


def _apart(form: int, idle: list[str], left: list[tuple[Line, str]]) -> list[Hit]:
    """Return one hit on goal items without a key task and on key tasks' parts without a goal item, if any."""
    if not idle and not left:
        return []
    parts = [part for _, part in left]
    values: dict[str, str] = {}
    for what, (name, more, more_en) in (
        (idle, ("item", "more", "more_en")),
        (parts, ("part", "parts", "parts_en")),
    ):
        values[name] = quoted(what[0]) if what else ""
        values[more], values[more_en] = _and_more(len(what))
    goal = Spot("forms", form, "annual_goal")
    tasks = dict.fromkeys(Spot("indicators", line.rows[0], "key_task") for line, _ in left)
    spots = (goal, *tasks) if idle else (*tasks, goal)
    variant = "both" if idle and left else "goal" if idle else "task"
    return [Hit(form, spots, values, variant=variant, found="；".join(map(quoted, (*idle, *parts))))]


def _effect_names(indicators: Rows) -> dict[int, list[str]]:
    """Return the names of each form's benefit and satisfaction indicators."""
    rows = indicators.where(indicators.equal("block", "effect"))
    names: dict[int, list[str]] = {}
    for form, name in zip(rows.form.tolist(), rows["name"].tolist(), strict=True):
        names.setdefault(form, []).append(name)
    return names


def _left_out(line: Line, goal: str, listed: list[str], words: Lexicon, settings: Settings) -> list[str]:
    """Return what a key task names that the goal does not, where the goal's list is about that key task."""
    least = settings.threshold("task_part_percent")
    parts = [part.strip() for part in _PART.split(line.key_task) if len(part.strip()) >= 4]
    shared = [part for part in parts if any(not _unlike(words, part, item, least) for item in listed)]
    return [part for part in parts if _unlike(words, part, goal, least)] if len(shared) >= 2 else []
