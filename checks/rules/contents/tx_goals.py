"""TX: the quality of goals as texts: length, numbers, copies of themselves, one name for one thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from checks.finding import Hit, Severity, Spot
from checks.rule import COMPLETENESS, FEASIBILITY, RELEVANCE, quoted, rule
from checks.rules.contents.tx import FIELD_NAMES, MARKUP
from checks.settings import Settings
from checks.wording.texts import Texts

if TYPE_CHECKING:
    from checks.frames.rows import Rows

LONGEST = 5000
_GOALS = ("long_term_goal", "annual_goal")
_NO_WORD = re.compile(r"[^0-9a-zA-Z\u3400-\u9fff]+")


def _bare(text: object) -> str:
    """Return the characters of a text that are compared: no markup, blanks or punctuation."""
    return _NO_WORD.sub("", MARKUP.sub("", str(text or "")[:LONGEST]))


_ORDINALS = re.compile(
    r"(?:^|[\s。；;（(，,])[0-9]{1,2}[.、．)）]|20[0-9]{2}(?:年|-)?|“?十[三四五]五”?|[0-9]{1,12}(?:号|文)|〔20[0-9]{2}〕[0-9]{1,12}"
)


@rule(
    "TX06", Severity.INFO, FEASIBILITY,
    zh={"number": "年度目标没有量化内容，请写明数量、质量、时限", "short": "{field}仅{count}字，请写明要达到的结果", "long": "{field}达{count}字，请突出重点"},
    en={"number": "the annual goal has no number in it", "short": "{field_en} has only {count} characters", "long": "{field_en} has {count} characters"},
)  # fmt: skip
def goals_are_concise_and_quantified(forms: Rows, settings: Settings) -> list[Hit]:
    """Goals have a sensible length, and the annual goal holds at least one number.

    公式: 阈值(goal_short)≤字数≤阈值(goal_long)；年度目标含数字（序号、年份除外）
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 年度目标通篇没有数量
    改法: 写明数量、质量、时限
    Fix: State numbers, quality and time
    """
    made = []
    for field in _GOALS:
        for form, text in zip(forms.ids.tolist(), forms.texts(field), strict=True):
            bare = "".join(MARKUP.sub("", text[:40_000]).split())
            if len(bare) >= int(settings.threshold("goal_shortest")):
                made += list(_goal(form, field, bare, settings))
    return made


def _goal(form: int, field: str, bare: str, settings: Settings) -> Iterator[Hit]:
    zh, en = FIELD_NAMES[field]
    values = {"field": zh, "field_en": en, "count": str(len(bare))}
    spot = (Spot("forms", form, field),)
    if len(bare) < settings.threshold("goal_short"):
        yield Hit(form, spot, values, variant="short")
    elif len(bare) > settings.threshold("goal_long"):
        yield Hit(form, spot, values, variant="long")
    if field == "annual_goal" and not re.search(r"[0-9]", _ORDINALS.sub(" ", bare)):
        yield Hit(form, spot, values, variant="number")


_ITEM = re.compile(r"(?:[0-9]{1,2}[.、．]|[（(][0-9一二三四五六七八九十]{1,2}[)）])([^0-9。；;]{2,60})")
_EXPENSE = re.compile(r".{2,40}(?:费|经费|费用|款)$")


@rule(
    "TX10",
    Severity.INFO,
    RELEVANCE,
    zh="年度目标中“{text}”是支出事项，请改写为要达到的结果",
    en="“{text}” in the annual goal is an expense, not a goal",
)
def goals_are_not_expenses(forms: Rows) -> list[Hit]:
    """The numbered items of the annual goal are goals, not expenses.

    公式: 分项不以费、经费、款结尾
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: “8.本单位网络系统维护维保费”
    改法: 写成要达到的结果
    Fix: State what is to be achieved
    """
    made = []
    for form, text in zip(forms.ids.tolist(), forms.texts("annual_goal"), strict=True):
        for item in _ITEM.findall(text[:5000]):
            if _EXPENSE.fullmatch(item.strip()):
                spot = Spot("forms", form, "annual_goal")
                made.append(Hit(form, (spot,), {"text": quoted(item)}, found=quoted(item)))
    return made


@rule(
    "TX07", Severity.WARNING, RELEVANCE, asks=("functions",),
    zh="{field}照抄单位主要职能（{how}），请改写为本年要达到的结果", en="{field_en} is copied from the functions ({how_en})",
)  # fmt: skip
def goals_are_not_the_functions(forms: Rows, settings: Settings) -> list[Hit]:
    """A goal says what is to be achieved and does not repeat what the agency is for.

    公式: 目标与职能的最长相同文字<阈值(copied_run_characters)字，且目标在职能中的重复率<阈值(copied_share_percent)
    依据: 财预〔2015〕88号 (unconfirmed)，指向明确
    错例: 年度目标逐条抄录单位职能
    改法: 写明本年要达到的结果
    Fix: State what is to be achieved this year
    """
    run, share = int(settings.threshold("copied_run_characters")), settings.threshold("copied_share_percent")
    shortest = settings.threshold("goal_short")
    made = []
    functions = forms.each("functions", _bare).tolist()
    for field in _GOALS:
        goals = forms.each(field, _bare).tolist()
        for form, text, source in zip(forms.ids.tolist(), goals, functions, strict=True):
            if len(text) < shortest or len(source) < shortest:
                continue
            copied = _share_of_runs(text, source, 5)
            long = len(text) >= run and _share_of_runs(text, source, run) > 0
            if long or copied >= share:
                names = FIELD_NAMES[field]
                how = (
                    (f"连续{run}字以上相同", f"{run} characters or more in a row")
                    if long
                    else (f"重复{copied}%", f"{copied} %")
                )
                values = {"field": names[0], "field_en": names[1], "how": how[0], "how_en": how[1]}
                spots = (Spot("forms", form, field), Spot("forms", form, "functions"))
                made.append(Hit(form, spots, values))
    return made


def _share_of_runs(text: str, source: str, length: int) -> int:
    """Return how many per cent of a text's runs of that length stand in another text."""
    known = {source[at : at + length] for at in range(len(source) - length + 1)}
    runs = [text[at : at + length] for at in range(len(text) - length + 1)]
    return sum(run in known for run in runs) * 100 // len(runs) if runs else 0


@rule(
    "TX08", Severity.WARNING, RELEVANCE, asks=("two_goals",),
    zh="中长期目标与年度目标相似{found}，请分别写三至五年的方向和本年的任务", en="the long-term and the annual goal are {found} alike",
)  # fmt: skip
def the_two_goals_differ(forms: Rows, settings: Settings) -> list[Hit]:
    """The long-term goal and the annual goal are two texts.

    公式: 两段文字的相似度<阈值(same_goals_percent)
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 两栏填写同一段文字
    改法: 分别填写三至五年的方向和本年的任务
    Fix: Write what is aimed at over years in one, this year's work in the other
    """
    from rapidfuzz import fuzz

    least = settings.threshold("same_goals_percent")
    made = []
    for form, long, annual in zip(
        forms.ids.tolist(), *(forms.each(field, _bare).tolist() for field in _GOALS), strict=True
    ):
        if min(len(long), len(annual)) >= settings.threshold("goal_shortest"):
            alike = int(fuzz.ratio(long, annual, score_cutoff=least))
            if alike >= least:
                spots = (Spot("forms", form, "long_term_goal"), Spot("forms", form, "annual_goal"))
                made.append(Hit(form, spots, found=f"{alike}%"))
    return made


_SEGMENT = re.compile(
    r"内涵项目|设备项目|维修项目|开展|做好|组织|对|全市|全国|苏州市|中小学(?:及|校)?|[^\u3400-\u9fff]+|(?<=[\u3400-\u9fff])[和及与]"
)


_PARTICLES = "的和与及等了在对为"


@rule(
    "TX11", Severity.INFO, COMPLETENESS, off=True,
    zh="同一事项名称写法不一：{found}，请统一", en="one thing under several names: {found}",
)  # fmt: skip
def one_thing_has_one_name(texts: Texts) -> list[Hit]:
    """One thing is called the same everywhere in a form; off unless switched on, for it is noisy.

    Compared are phrases that differ by their first character, and four characters with one put between.

    公式: 短语不相差一字（替换首字，或在四字中插入一字）
    依据: 文字规范
    错例: 驻苏高校与在苏高校；自制教具与自制玩教具
    改法: 统一名称
    Fix: Use one name
    """
    phrases: dict[int, list[tuple[int, Spot, str]]] = {}
    for text in texts.places:
        parts = [phrase[:40] for phrase in _SEGMENT.split(text) if len(phrase) >= 4]
        for form, order, spot in texts.standings(text):
            if spot.field not in ("staffing", "long_term_goal", "agency"):
                phrases.setdefault(form, []).extend((order, spot, phrase) for phrase in parts)
    made = []
    for form, entries in sorted(phrases.items()):
        known = {phrase: spot for _, spot, phrase in sorted(entries, reverse=True)}
        found = dict.fromkeys((*_replaced(known), *_put_in(known)))
        if found:
            shown = "；".join(list(dict.fromkeys(f"{one}、{other}" for one, other, _ in found))[:5])
            spots = tuple(dict.fromkeys(known[phrase] for *_, both in found for phrase in both))
            made.append(Hit(form, spots, found=shown))
    return made


_Variant = tuple[str, str, tuple[str, str]]


def _replaced(phrases: Iterable[str]) -> Iterator[_Variant]:
    """Yield starts of phrases that differ in their first character alone, with the phrases."""
    by_rest: dict[str, str] = {}
    for phrase in phrases:
        first = by_rest.setdefault(phrase[1:4], phrase)
        if first[0] != phrase[0]:
            yield first[:4], phrase[:4], (first, phrase)


def _put_in(phrases: Iterable[str]) -> Iterator[_Variant]:
    """Yield four characters and the same with one more between them, with the phrases."""
    known = {phrase[at : at + 4]: phrase for phrase in phrases for at in range(len(phrase) - 3)}
    for phrase in phrases:
        for at in range(len(phrase) - 4):
            five = phrase[at : at + 5]
            short = five[:2] + five[3:]
            if short in known and five[2] not in short and five[2] not in _PARTICLES:
                yield short, five, (known[short], phrase)
