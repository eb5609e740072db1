"""Reads posts (编制) and staff in post (在职) from what an agency writes about its organisation.

Posts and staff of several kinds (行政, 事业, 工勤) are added. A number that is no head count (2022年底, 2个下属单位) is
passed over. Where the numbers do not agree with each other, none is taken: who guesses accuses somebody wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

LONGEST = 3000

_KIND = r"(?:公务员|行政执法|行政|政法专项|政法|专项|全额(?:拨款)?事业|差额(?:拨款)?事业|自收自支(?:事业)?|参公(?:管理)?(?:事业)?|事业|工勤|后勤服务|机关工勤|周转|备案制?)"
_NUMBER = r"(?P<number>[0-9]{1,6})(?![0-9])"
_COUNT = r"(?:名|人|个(?!下属|直属|所属|科|处|部|内设|职能|单位|机构|中心|支队|大队|所|站|室|工作|月))"
_NO_COUNT = r"(?=[，,。；;、:：（）()]|$)"
_POSTS = re.compile(
    rf"(?P<kind>{_KIND})?(?:人员)?(?:编制|定编|核编)(?:总?数|人数|总额|核定数)?(?:核定|现有|共有|共计|合计|一?共|总计|数)?[为是:：共有]?\s*"
    rf"{_NUMBER}(?:{_COUNT}|{_NO_COUNT})"
    rf"|(?P<before>[0-9]{{1,6}})\s*{_COUNT}(?P<kind2>{_KIND})?(?:人员)?编制"
)
_IN_POST = r"(?:在职在编|在编在职|在编在岗|在职在岗|在编|在职|在岗|实有|现有)"
_GAP = r"(?:20[0-9]{2}年[0-9]{0,2}月?[0-9]{0,2}日?底?末?(?:[为是共有计])?|(?!编制|核定|离休|退休|编外|辅警|聘用|外聘|劳务|派遣|合同制|临时)[^0-9。；;，,、（(]){0,14}"
_STAFF = re.compile(
    rf"(?P<kind>{_KIND})?(?P<how>{_IN_POST})(?P<gap>{_GAP})\s*{_NUMBER}(?:{_COUNT}|位|{_NO_COUNT})"
)
_OTHERS = re.compile(
    r"编外|离退休|离休|退休|辅警|聘用|外聘|劳务|派遣|合同制|临时|学生|下属|直属|车|房|面积|设备|科室|机构|单位|经费"
)
_MORE = re.compile(rf"[、，,和及](?P<kind>{_KIND})(?:编制)?(?:人员)?(?P<number>[0-9]{{1,6}}){_COUNT}")
"""What goes on after a kind: 行政人员9人，事业人员28人."""
_PART = re.compile(r"(?:含|包括)$")
_STRICT = ("在编", "在职", "在岗")


@lru_cache(maxsize=2048)
def posts(text: str) -> int | None:
    """Return the number of posts a text states, None if it states none or none that is clear."""
    bare = _bare(text)
    matches = [m for m in _POSTS.finditer(bare) if not _PART.search(bare[max(0, m.start() - 4) : m.start()])]
    return _whole((m["kind"] or m["kind2"] or "", int(m["number"] or m["before"])) for m in matches)


@lru_cache(maxsize=2048)
def staff(text: str) -> int | None:
    """Return the number of people in post a text states, None if it states none or none that is clear.

    People in post (在编, 在职) count before those there are (实有, 现有), who may be more.
    """
    bare = _bare(text)
    found = [m for m in _STAFF.finditer(bare) if not _OTHERS.search(m["gap"])]
    strict = [m for m in found if m["how"] not in ("实有", "现有") or any(w in m["gap"] for w in _STRICT)]
    return _whole(entry for m in strict or found for entry in _entries(m, bare))


def _entries(match: re.Match[str], bare: str) -> Iterator[tuple[str, int]]:
    """Yield kind and number of a match, and of the kinds that go on after it."""
    kind = match["kind"] or _kind_in(match["gap"])
    yield kind, int(match["number"])
    more = _MORE.match(bare, match.end()) if kind else None
    while more:
        yield more["kind"], int(more["number"])
        more = _MORE.match(bare, more.end())


def states_posts(text: str) -> bool:
    """Return whether a text gives a number of posts at all, clear or not."""
    return _POSTS.search(_bare(text)) is not None


def states_staff(text: str) -> bool:
    """Return whether a text gives a number of people in post at all, clear or not."""
    return _STAFF.search(_bare(text)) is not None


def _bare(text: str) -> str:
    return "".join(text[:LONGEST].split())


_ANY_KIND = re.compile(_KIND)


def _kind_in(gap: str) -> str:
    match = _ANY_KIND.search(gap)
    return match[0] if match else ""


def _whole(found: Iterable[tuple[str, int]]) -> int | None:
    """Return the total: the number given for all kinds, else the sum of the kinds; None if they contradict."""
    by_kind: dict[str, set[int]] = {}
    for kind, number in found:
        by_kind.setdefault(kind, set()).add(number)
    if any(len(numbers) > 1 for numbers in by_kind.values()):
        return None
    numbers = {kind: next(iter(same)) for kind, same in by_kind.items()}
    total, parts = numbers.pop("", None), sum(numbers.values())
    if total is None:
        return parts if numbers else None
    return total if parts <= total else None
