"""Tells the title of the declared form from that of another one, and a page's furniture from what is filled in.

A form is known by its own title in full: a bureau collects several forms with the same blocks in a year
(目标, 监控, 自评), and one read as another takes its place in the sum.
"""

from __future__ import annotations

import re
from functools import lru_cache

from checks.declared.text_key import text_key
from etl.form.declaration import Form

LONGEST_TITLE = 60
_BEFORE = re.compile(r"《?(?:附[件表]?[0-9一二三四五六七八九十-]{0,6})?[.、,]?《?(?:20[0-9]{2}年?度?)?《?")
_AFTER = re.compile(r"》?(?:20[0-9]{2}年?度?|续表?|第[0-9]{1,3}页)?(?:[(\[][^()\[\]]{1,16}[)\]]){0,2}》?")
_OTHER_STAGE = re.compile("自评|监控|评价|调整|决算|完成情况|执行情况")
"""What in brackets behind the title makes it another form of the same department."""
_CONTINUED = re.compile(r"[((\[]续[^()]{0,6}[))\]]|续表?$|第[2-9][0-9]?页|接上[页表]|续上[页表]")
_FURNITURE = re.compile(
    r"[(\[]?(?:续表?[0-9一二三四五六]?|[续接](?:上|前)[页表]|下页续|转下页)[)\]]?"
    r"|[(\[]?第?[0-9]{1,3}(?:页|/[0-9]{1,3})(?:[,，]?共[0-9]{1,3}页)?[)\]]?|-[0-9]{1,3}-"
    r"|(?:预算)?[(\[]?(?:20[0-9]{2}|二[〇零oO0○][〇零oO0○一二三四五六七八九]{2})年度?[)\]]?"
    r"|[(\[]?(?:金额)?(?:计量)?单位?(?:万|百万|千)?元[)\]]?|附[件表]?[0-9]{1,2}(?:-[0-9]{1,2})?"
)
"""What a printed page repeats around a table: never a project, never a goal (as `text_key` has it)."""
_TABLE_WORDS = r"(?:表|书|清单|明细|一览|台账|报告|汇总|目录|情况)"
TITLE_ENDS = frozenset("表书单细览账告总录况)）]】》")
"""What a title ends with: the last character of a word for a table, or a bracket behind it."""
_ANY_TITLE = re.compile(rf"[^。;!?，,]{{2,50}}{_TABLE_WORDS}(?:[(\[].{{0,20}}[)\]])?》?")
_BUDGET_WORDS = re.compile("绩效|预算|决算|自评|监控|评价|申报|审批|收支|项目支出")
_INSTRUCTION = re.compile("请|本表|见附|如下|详见")
_SAMPLE_NAME = re.compile("样[表例张]|[示范]例|填报示范|范本|参考样")
_PLACEHOLDER = re.compile(r"[x×*○〇]{2,}|某某|^某(?:单位|部门|[委办]?局|委|中心)$|^单位名称$|^示例|^样[例表]")


@lru_cache(maxsize=64)
def _titles(form: Form) -> tuple[str, ...]:
    """Return the titles of a form as compared, also with its place before them."""
    place = text_key(form.place)
    placed = [f"{place}{key}" for key in form.title.keys if place and not key.startswith(place)]
    return (*placed, *form.title.keys)


def own_title(form: Form, text: str) -> bool:
    """Return whether a text is the form's title in full, with no more than a year, a number or a word in brackets."""
    if len(text) > LONGEST_TITLE or ("绩" not in text and "績" not in text):
        return False
    key = text_key(text)
    return any(_dressed(key, title) for title in _titles(form) if title in key)


def _dressed(key: str, title: str) -> bool:
    before, _, after = key.partition(title)
    return (
        _BEFORE.fullmatch(before) is not None
        and _AFTER.fullmatch(after) is not None
        and _OTHER_STAGE.search(after) is None
    )


def continued(form: Form, text: str) -> bool:
    """Return whether a text is the form's title as a further page repeats it: with 续, or a page number from 2 on."""
    if not own_title(form, text):
        return False
    key = text_key(text)
    title = next(title for title in _titles(form) if title in key)
    return _CONTINUED.search(key.partition(title)[2]) is not None


@lru_cache(maxsize=65536)
def furniture(text: str) -> bool:
    """Return whether a text is what printed pages repeat: 续表, a page number, the year, the unit of money."""
    return len(text) <= 30 and _FURNITURE.fullmatch(text_key(text)) is not None


def another_title(form: Form, text: str, within: bool = False) -> str:
    """Return a text as a title if it is one of another form, else "".

    `within`: the text stands below labels of the form, where only a title that names its kind is one.
    """
    bare = " ".join(text.split())
    if not 4 <= len(bare) <= LONGEST_TITLE or own_title(form, text):
        return ""
    key = text_key(text)
    if _ANY_TITLE.fullmatch(key) is None or _INSTRUCTION.search(_without_brackets(key)):
        return ""
    return bare if not within or (key[-1] in "表书)" and _BUDGET_WORDS.search(key)) else ""


def _without_brackets(key: str) -> str:
    return re.sub(r"[(\[][^()\[\]]{0,20}[)\]]", "", key)


def sample_name(text: str) -> bool:
    """Return whether the name of a sheet or a title says that what it holds is a sample."""
    return _SAMPLE_NAME.search(text[:LONGEST_TITLE]) is not None


def placeholder(agency: str) -> bool:
    """Return whether an agency's name stands for any agency: XX单位, 某某单位."""
    return _PLACEHOLDER.search(text_key(agency).lower()) is not None
