"""TX: the quality of texts, character by character. What a careful reader would mark in a goal or a name."""

from __future__ import annotations

import re
from collections.abc import Callable

from checks.finding import Hit, Severity
from checks.rule import COMPLETENESS, quoted, rule
from checks.targets.applicable import says_not_applicable
from checks.wording.texts import Standing, Texts

FIELD_NAMES = {
    "agency": ("单位名称", "agency"), "functions": ("单位主要职能", "functions"), "staffing": ("机构设置及人员配置", "staffing"),
    "long_term_goal": ("中长期目标", "long-term goal"), "annual_goal": ("年度目标", "annual goal"),
    "name": ("名称", "name"), "key_task": ("重点工作", "key task"), "level2": ("二级指标", "level 2"),
}  # fmt: skip
MARKUP = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9]{0,10}(?:\s[^<>]{0,200})?/?>|&(?:nbsp|lt|gt|amp|quot|#[0-9]{1,6});|[\x00-\x08\x0b\x0c\x0e-\x1f]"
)


def _marked(texts: Texts, find: Callable[[str], str]) -> list[Hit]:
    """Return one hit a form: every text in which `find` finds something, the first quoted."""
    found: dict[int, list[tuple[Standing, str]]] = {}
    for text in texts.places:
        mark = find(text)
        for standing in texts.standings(text) if mark else ():
            found.setdefault(standing.form, []).append((standing, mark))
    made = []
    for form, entries in sorted(found.items()):
        entries.sort()
        standing, text = entries[0]
        zh, en = FIELD_NAMES[standing.spot.field]
        more = f"等{len(entries)}处" if len(entries) > 1 else ""
        more_en = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
        values = {"field": zh, "field_en": en, "text": quoted(text), "more": more, "more_en": more_en}
        made.append(Hit(form, tuple(standing.spot for standing, _ in entries), values, found=quoted(text)))
    return made


def _search(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def find(text: str) -> str:
        match = pattern.search(text)
        return match[0] if match else ""

    return find


@rule(
    "TX01",
    Severity.WARNING,
    COMPLETENESS,
    zh="{field}含网页标签或控制字符“{text}”{more}，请删去",
    en="{field_en} holds markup “{text}”{more_en}",
)
def texts_hold_no_markup(texts: Texts) -> list[Hit]:
    """Texts hold no HTML tags, entities or control characters; they are ignored in all other checks.

    公式: 不含<p>、&nbsp;等标签和控制字符
    依据: 填报要求
    错例: 中长期目标以<p>开头
    改法: 删除标签
    Fix: Take the tags out
    """
    return _marked(
        texts, lambda text: (_search(MARKUP)(text)).strip("\x00") or ("\\x00" if "\x00" in text else "")
    )


_PAIRS = {")": "(", "]": "[", "】": "【", "》": "《", "”": "“", "〕": "〔", "’": "‘"}
_ENUMERATION = re.compile(r"(?:(?<=^)|(?<=[\s。；;，,、:：]))[0-9一二三四五六七八九十]{1,3}[)）]")


@rule(
    "TX02",
    Severity.INFO,
    COMPLETENESS,
    zh="{field}括号或引号不配对“{text}”{more}，请补全",
    en="{field_en}: brackets do not match at “{text}”{more_en}",
)
def brackets_match(texts: Texts) -> list[Hit]:
    """Brackets and quotes come in pairs of one width.

    公式: 括号、引号成对且全半角一致；“1)”等序号除外
    依据: 文字规范
    错例: “（1.组织……维保费。)”
    改法: 补全或统一括号
    Fix: Complete the pair
    """
    return _marked(texts, _unmatched)


def _unmatched(text: str) -> str:
    opened: list[tuple[str, int, bool]] = []
    bare = _ENUMERATION.sub(lambda match: " " * len(match[0]), text)
    for position, raw in enumerate(bare):
        mark = {"（": "(", "）": ")"}.get(raw, raw)
        if mark in _PAIRS.values():
            opened.append((mark, position, raw in "（"))
        elif mark in _PAIRS:
            if (
                not opened
                or opened[-1][0] != _PAIRS[mark]
                or (mark == ")" and opened[-1][2] != (raw == "）"))
            ):
                return text[max(0, position - 6) : position + 2]
            opened.pop()
    return text[opened[-1][1] : opened[-1][1] + 8] if opened else ""


_PUNCTUATION = re.compile(r"。。|，，|、、|；；|：：|[，、；][。；]|。[)）]。|[。；]，")


@rule(
    "TX03",
    Severity.INFO,
    COMPLETENESS,
    zh="{field}标点重复或错用“{text}”{more}，请改正",
    en="{field_en}: odd punctuation “{text}”{more_en}",
)
def punctuation_is_single(texts: Texts) -> list[Hit]:
    """Punctuation is not doubled or piled up.

    公式: 无“。。”“，，”“。)。”等
    依据: 文字规范
    错例: “维保费。)。”
    改法: 改正标点
    Fix: Correct it
    """
    return _marked(texts, _search(_PUNCTUATION))


_SPACES = re.compile(r"[\u4e00-\u9fff][ \u3000\xa0]{1,4}[\u4e00-\u9fff]{1,4}|-{2,}")


@rule(
    "TX04",
    Severity.INFO,
    COMPLETENESS,
    zh="{field}“{text}”含多余空格或连字符，请删去",
    en="{field_en}: a stray blank or hyphen at “{text}”",
)
def names_hold_no_stray_blank(texts: Texts) -> list[Hit]:
    """Names of projects and indicators hold no blank between Chinese characters and no double hyphen.

    公式: 汉字之间无空格，无连续连字符
    依据: 文字规范
    错例: “资助奖 及时性”“内涵项目--”
    改法: 删除多余字符
    Fix: Take it out
    """
    made = []
    for text in texts.places:
        if _SPACES.search(text[:300]) and not says_not_applicable(text):
            named = [standing for standing in texts.standings(text) if standing.spot.field == "name"]
            zh, en = FIELD_NAMES["name"]
            values = {"field": zh, "field_en": en, "text": quoted(text)}
            made += [
                (form, order, Hit(form, (spot,), values, found=quoted(text))) for form, order, spot in named
            ]
    return [hit for _, _, hit in sorted(made, key=lambda entry: entry[:2])]


_PLACEHOLDER = re.compile(
    r"(?<![A-Za-z0-9])(?:XX+|xx+|××+|＊＊+|\*\*+)(?![A-Za-z0-9]|光|射线)|待定|某某|\{[^{}]{0,30}\}|【[^】]{0,10}填[^】]{0,10}】|_{3,}"
)


@rule(
    "TX05",
    Severity.ERROR,
    COMPLETENESS,
    zh="{field}留有待填的“{text}”{more}，请填写实际内容",
    en="{field_en} still holds the placeholder “{text}”{more_en}",
)
def no_placeholder_is_left(texts: Texts) -> list[Hit]:
    """No placeholder is left in a text.

    公式: 不含XX、××、待定、某某、{…}
    依据: 填报要求
    错例: “完成XX人次培训”
    改法: 填写实际内容
    Fix: Write what is meant
    """
    return _marked(texts, _search(_PLACEHOLDER))


_TYPOS = {
    "建立建全": "建立健全", "完场": "完成", "高效毕业生": "高校毕业生", "按装": "安装", "布署": "部署", "以经": "已经", "渡过难关": "度过难关",
    "侯车": "候车", "帐户": "账户", "其它资金": "其他资金", "在接再厉": "再接再厉", "必需要": "必须要", "反应问题": "反映问题", "截止目前": "截至目前",
}  # fmt: skip
_TYPO = re.compile("|".join(_TYPOS))


@rule(
    "TX09",
    Severity.INFO,
    COMPLETENESS,
    zh="{field}疑有错别字“{text}”{more}，请核对",
    en="{field_en}: a misspelling “{text}”{more_en}",
)
def words_are_spelt_right(texts: Texts) -> list[Hit]:
    """Texts hold none of the known misspellings.

    公式: 不含常见错别字
    依据: 文字规范
    错例: “建立建全”
    改法: 改为“建立健全”
    Fix: Correct the spelling
    """
    return _marked(texts, _search(_TYPO))


_LIST = re.compile(
    r"[\u4e00-\u9fff]{2,6}(?:、[\u4e00-\u9fff]{2,6}){1,20}[，,][\u4e00-\u9fff]{2,8}(?:[、。；;]|等|$)"
    r"|[\u4e00-\u9fff]{2,6}(?:[，,][\u4e00-\u9fff]{2,6}){2,20}、[\u4e00-\u9fff]{2,6}"
)


@rule(
    "TX12",
    Severity.INFO,
    COMPLETENESS,
    off=True,
    zh="{field}并列词语混用顿号和逗号“{text}”{more}，请统一用顿号",
    en="{field_en}: a list mixes 、 and ， at “{text}”{more_en}",
)
def lists_have_one_separator(texts: Texts) -> list[Hit]:
    """A list of words is separated by 、 throughout; off unless switched on, for it takes clauses for lists.

    公式: 并列词语只用顿号
    依据: 文字规范
    错例: “办公室、总务科、装备科，阳光食堂工作小组”
    改法: 统一用顿号
    Fix: Use 、 throughout
    """
    return _marked(texts, _search(_LIST))
