"""An agency's name as departments write it into the form, and what of it is compared."""

from __future__ import annotations

import re
from functools import lru_cache

from checks.declared.text_key import ordinary, simplified, text_key

LONGEST = 300

_LABEL = re.compile(
    r"(?:预算|填报|编报|编制|报送)?(?:(?:单位|部门)(?:[（(](?:部门|单位|公章|盖章)[）)])?(?:名称|全称)?|名称|全称)(?:[（(](?:公章|盖章)[）)])?\s*[:：]\s*"
)
_SEAL = re.compile(
    r"\s*(?:[（(\[【]\s*(?:加?盖?(?:单位)?(?:公\s*章|印\s*章)|(?:加盖|单位)?盖\s*章|签\s*章|章)\s*[）)\]】]|[（(]\s*[）)]"
    r"|[\s:：]+(?:(?:加盖|单位)?(?:盖\s*章|公\s*章))(?:处)?\s*[:：]?|\s+(?:[0-9]{4})?\s*年[\s0-9]*月[\s0-9]*日"
    r"|\s{1,20}(?:填报|填表|联系|负责|经办)人?\s*[:：].{0,40}|[（(\[【]\s*[0-9]{3,12}\s*[）)\]】])\s*$"
)
_CODE = re.compile(
    r"(?:[\[【（(]\s*[0-9]{3,12}\s*[\]】）)]\s*[-—–_.、:：]?|[0-9]{3,6}(?:[-.][0-9]{2,6}){1,3}\s*[-—–_.、:：]?|[0-9]{3,12}\s*[-—–_]|[0-9]{6,12}\s*[.、:：]?)\s*(?=[^\W\d])"
)
_NO_NAME = re.compile(r"[\W\d_]*|无|没有|不适用|n/?a|true|false|#.*", re.IGNORECASE)


def agency_name(text: str) -> str:
    """Return the name of an agency without what is written round it, "" for a text that names none.

    `单位名称：苏州市某中心（盖章）` and `105001-苏州市某中心` are 苏州市某中心; `0`, which a broken link leaves, and
    other numbers are no name. A name that starts with a short number (`120急救中心`) keeps it.
    """
    name = ordinary(text[:LONGEST]).strip()
    label = _LABEL.match(simplified(name))
    name = name[label.end() :] if label else name
    while (bare := _SEAL.sub("", name)) != name:
        name = bare
    match = _CODE.match(name)
    name = (name[match.end() :] if match else name).strip()
    return "" if _NO_NAME.fullmatch(name) else name


@lru_cache(maxsize=65536)
def agency_key(text: str) -> str:
    """Return an agency's name as it is compared."""
    return text_key(agency_name(text))
