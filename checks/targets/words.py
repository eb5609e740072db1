"""The words of indicator values that go with numbers: operators in every glyph and word, slips, marks, powers of ten.

Collected from published forms. Qualitative words are in `qualities`, units in `units`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

CJK = "[\u3400-\u4dbf\u4e00-\u9fff]"


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that blanks divide."""
    return frozenset(text.split())


def either(words: str | Iterable[str]) -> str:
    """Return a pattern for any of some words, longer ones first; a text holds words that blanks divide."""
    listed = words.split() if isinstance(words, str) else words
    return "|".join(map(re.escape, sorted(listed, key=len, reverse=True)))


def _by_word(words: dict[str, str]) -> dict[str, str]:
    """Return what each word of a declaration stands for."""
    return {word: meaning for meaning, listed in words.items() for word in listed.split()}


GLYPHS: dict[str, str] = _by_word(
    {
        "≥": "≥ ≧ ⩾ ≮ ⪖ >= => ≥= =≥ ≥≥ ≥> >≥ 》 》= =》 》》 〉= ﹥= &ge; &gt;= >或= \uf0b3",
        "≤": "≤ ≦ ⩽ ≯ ⪕ <= =< ≤= =≤ ≤≤ ≤< <≤ 《 《= =《 《《 〈= ﹤= &le; &lt;= <或= \uf0a3",
        "=": "= == ﹦",
        ">": "> ﹥ 〉 &gt;",
        "<": "< ﹤ 〈 &lt;",
    }
)
"""Operator signs. 》 and 《 are typed where the input method offers them before ≥ and ≤; the two private
characters are ≥ and ≤ of the Symbol font as they come out of Word."""

NEGATIONS = "不 不得 不能 不会 不可 不应 不宜 不准 不许 不允许 不要 不再 未 没有 没 绝不"
"""What turns 超过 into “at most” and 低于 into “at least”."""
_NEGATED = {
    "≥": "低于 少于 小于 低於 少於 小於 亚于",
    "≤": "超过 高于 多于 大于 超出 突破 超過 高於 超",
}

WORDS: dict[str, str] = _by_word(
    {
        "≥": "达到或超过 超过或达到 达到或大于 超过或等于 大于等于 大于或等于 大于或者等于 大于= 大于或= 高于等于 高于或等于 高于或者等于 多于等于 多于或等于 至少 起码 最低 最少 下限 下限为",
        "≤": "小于等于 小于或等于 小于或者等于 小于= 小于或= 低于等于 低于或等于 低于或者等于 少于等于 少于或等于 至多 最多 最高 上限 上限为",
        "=": "等于",
        ">": "大于 超过 高于 多于 超出 超 逾",
        "<": "小于 低于 少于 不足 不到 不满",
    }
) | {
    negation + word: operator
    for operator, words in _NEGATED.items()
    for word in words.split()
    for negation in NEGATIONS.split()
}  # fmt: skip
"""Operators in words, before the number."""

WEAK: dict[str, str] = {
    "达到": "≥", "达": "≥", "控制在": "≤", "控制到": "≤", "保持在": "", "维持在": "", "稳定在": "", "确保": "", "保证": "", "力争": "",
}  # fmt: skip
"""Words before the number that give way to one after it: 控制在90%以上 is ≥90%."""

_MISSPELT = {
    "不少于": "不少 不少与 不少余 不少以 不于少", "不低于": "不低 不低与 不低余 不底于 不抵于 不低以", "不高于": "不高 不高与 不高余",
    "不超过": "不超国 不操过 不朝过 不超", "不多于": "不多与 不多余", "不大于": "不大与", "不小于": "不小与",
    "大于等于": "大于等与 大与等于 大等于", "小于等于": "小于等与 小与等于 小等于",
}  # fmt: skip


def _stuttered(word: str) -> Iterable[str]:
    """Yield the ways a word comes out where its beginning or end was typed twice: 不超过过, 不超不超过."""
    yield word + word[-1]
    for length in range(1, len(word) + 1):
        yield word[:length] + word


SLIPS: dict[str, str] = {
    slip: word
    for word in ("不超过", "不低于", "不少于", "不高于", "不大于", "不小于", "不多于", "大于等于", "小于等于", "大于或等于", "小于或等于")
    for slip in [*_stuttered(word), *_MISSPELT.get(word, "").split()]
    if slip not in WORDS
}  # fmt: skip
"""Slips of the pen by the operator word that was meant; a value with one is read, and the slip is said."""

SUFFIXES: dict[str, str] = {
    "及其以上": "≥", "(含)以上": "≥", "(含)及以上": "≥", "含以上": "≥", "及以上": "≥", "或以上": "≥", "(及以上)": "≥", "(以上)": "≥", "(含以上)": "≥",
    "以上(含)": "≥", "以上": "≥", "+": "≥",
    "及其以下": "≤", "(含)以下": "≤", "(含)以内": "≤", "及以下": "≤", "及以内": "≤", "或以下": "≤", "(及以下)": "≤", "(以下)": "≤", "(以内)": "≤",
    "(含以下)": "≤", "以下(含)": "≤", "以内(含)": "≤", "以下": "≤", "以内": "≤", "之内": "≤", "(含)": "",
}  # fmt: skip
"""Operators in words, after the unit; 内 alone counts only after a unit of time (天内)."""

ABOUT_BEFORE = "大约 大概 约 近 将近 接近 约为"
ABOUT_AFTER = "左右 上下"
CURRENCY = "￥ ¥ 人民币 RMB"
"""Signs of money before a number, which make its unit 元."""

FOLDED: dict[int, str] = (
    {0xFEE0 + code: chr(code) for code in range(0x21, 0x7F) if chr(code) not in ",;:!?"}
    | {ord(dash): "-" for dash in "−‐‑‒⁃﹣"}
    | {ord(wave): "~" for wave in "〜∼˜"}
    | {ord("﹪"): "%", ord("﹢"): "+", ord("∶"): "：", ord("㎎"): "mg", ord("㎏"): "kg", ord("㎞"): "km", ord("㎝"): "cm", ord("㎜"): "mm"}
)  # fmt: skip
"""Full-width and small forms by their plain ones; Chinese punctuation stays."""

INVISIBLE: dict[int, str] = dict.fromkeys(
    [*range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, *range(0x200B, 0x2010),
     *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFE00, 0xFE10)], ""
)  # fmt: skip
"""Controls, zero-width and direction marks, by what they are in a value: nothing."""

NOT_APPLICABLE = re.compile(
    r"[-—–─_]{1,8}|[.…。·]{1,12}|[/\\]{1,4}|\*{1,4}|(?:暂|均)?无|(?:此|该|本)?[项类]?(?:不适用|不涉及)|本?(?:单位|部门|年度|项目)?(?:暂?无|不涉及|未涉及|没有)(?:此|该|本)[项类](?:内容|指标|工作|业务)?"
    r"|本(?:单位|部门|年度?|项目)(?:暂?无|不涉及|不适用)|未涉及|(?:不适用|不涉及)(?:此|该|本)[项类](?:内容|指标|工作|业务)?|n/?a|none",
    re.IGNORECASE,
)
MEANT_NOT_APPLICABLE: dict[str, str] = {
    slip: word
    for word, slips in {
        "不适用": "不适应 不试用 不使用 不适合 不适用用 不不适用",
        "不涉及": "不涉级 不涉急 不涉汲 不设及 不涉及及 不不涉及",
    }.items()
    for slip in slips.split()
}
"""Slips of the pen for “does not apply”."""
CHECK_BOX = re.compile(r"[□■▢▣☐☑☒√✓✔×✗✘]")
"""A box of a printed form; × between numbers is a sign of its own (7×24小时)."""

TIMES = {"百": 2, "千": 3, "万": 4, "亿": 8}
NOT_TIMES = r"百分|千[瓦克米伏帕卡兆字赫]|[百千万亿]美?元|万像素"
"""Where 百, 千, 万 and 亿 belong to the unit: 万元, 千瓦."""
