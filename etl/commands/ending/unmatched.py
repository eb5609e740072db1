"""What was given for a run and matches nothing in it: waivers, exclusions, links of agencies that are not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from checks.declared.agency import agency_key
from checks.settings import Settings
from etl.batch.model import Batch
from etl.safe.alike import meant
from etl.safe.clean import clean

_SAY = {
    "zh": {
        "waiver": "豁免没有用到：{agency}", "exclude": "排除没有用到：{agency}", "link": "对应关系没有用到：{agency}", "meant": "；是否应为“{names}”？",
        "absent": "，没有这个单位的报表", "unused": "，该单位没有 {code} 的意见",
    },
    "en": {
        "waiver": "a waiver matches nothing: {agency}", "exclude": "an exclusion matches nothing: {agency}",
        "link": "a link matches nothing: {agency}", "meant": "; did you mean “{names}”?", "absent": ", no form of this agency",
        "unused": ", it has no finding of {code}",
    },
}  # fmt: skip
_WAIVED = "评审已豁免"
"""How the reason of what was let pass begins (`checks.telling.shortened`)."""


def unmatched_lines(batch: Batch, settings: Settings, exclude: Sequence[str], lang: str) -> Iterator[str]:
    """Yield a line for each waiver, exclusion and link that matches nothing, with what was probably meant."""
    forms = batch.stack.tables.forms
    agencies = {
        str(form): str(agency) for form, agency in zip(forms["id"], forms["agency"], strict=True) if agency
    }
    known = {agency_key(name): name for name in agencies.values()}
    used = {
        (agency_key(agencies.get(entry.form, "")), entry.code)
        for entry in batch.not_run
        if entry.reason["zh"].startswith(_WAIVED)
    }
    for waiver in settings.waivers:
        if agency_key(waiver.agency) not in known:
            yield _absent("waiver", waiver.agency, known.values(), lang)
        elif (agency_key(waiver.agency), waiver.code) not in used:
            say = _SAY[lang]
            yield say["waiver"].format(agency=clean(waiver.agency)) + say["unused"].format(code=waiver.code)
    for kind, names in (("exclude", exclude), ("link", [link.agency for link in settings.links])):
        for name in dict.fromkeys(names):
            if agency_key(name) not in known:
                yield _absent(kind, name, known.values(), lang)


def _absent(kind: str, agency: str, known: Iterable[str], lang: str) -> str:
    say = _SAY[lang]
    found = meant(agency, known)
    hint = say["meant"].format(names="”“".join(map(clean, found))) if found else ""
    return say[kind].format(agency=clean(agency)) + say["absent"] + hint
