"""YY: year on year. Texts and targets beside last year's."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz

from checks.declared.text_key import text_key
from checks.enrich import MILLION
from checks.finding import Hit, Severity, Spot
from checks.frames.columns import filled, one_of, slices, taken, where
from checks.frames.rows import Rows
from checks.frames.tables import Tables
from checks.given.handed_in import Reason, a_year_before, identities
from checks.rule import COMPLETENESS, FEASIBILITY, RELEVANCE, Verdict, hits, quoted, rule, told
from checks.settings import Settings
from checks.targets.applicable import says_not_applicable
from checks.targets.target import parse
from checks.wording.years import left_over

if TYPE_CHECKING:
    import pandas as pd

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,40}>")
_YEAR = re.compile(r"20[0-9]{2}")
_BRACKETS = re.compile(r"[（(][^（）()]{0,20}[）)]$")
_GOALS = ("annual_goal", "long_term_goal")
_LONGEST = 5000
_FLOOR, _CEILING = ("≥", ">"), ("≤", "<")
_RENAMED = 90
"""Two indicators whose names are alike by this many percent are one that was renamed."""
_TARGET = ("form", "name", "full_operator", "full_number", "full_unit", "full_raw")


def _without_years(text: object) -> str:
    """Return a text as it is compared with last year's: no markup, blanks or years."""
    return _YEAR.sub("0", "".join(_TAG.sub("", str(text or "")[:_LONGEST]).split()))


@rule(
    "YY01", Severity.WARNING, FEASIBILITY, scope="batch",
    zh="年度目标与上年基本相同（相似{percent}%）", en="the annual goal is last year's ({percent} % alike)",
)  # fmt: skip
def the_annual_goal_is_new(
    tables: Tables, last_year: Tables, settings: Settings, roster: pd.DataFrame | None = None
) -> Verdict:
    """The annual goal is written for the year; the long-term goal may stay as it was.

    公式: 隐去年份后与上年年度目标的编辑相似度<阈值(unchanged_goal_percent)
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 只把2022改成2023
    改法: 按本年度工作计划重写年度目标
    Fix: Write the goal from this year's plan of work
    """
    least = int(settings.threshold("unchanged_goal_percent"))
    shortest = int(settings.threshold("goal_short"))
    pairs, unknown = a_year_before(tables, last_year, roster)
    new, old = tables.forms["annual_goal"], last_year.forms["annual_goal"]
    made = []
    for form, before in pairs.items():
        mine = _without_years(new.loc[form])
        alike = int(fuzz.ratio(mine, _without_years(old.loc[before]), score_cutoff=least))
        if alike >= least and len(mine) >= shortest:
            spot = Spot("forms", form, "annual_goal")
            made.append(Hit(form, (spot,), {"percent": str(alike)}, found=quoted(new.loc[form])))
    return Verdict(made, not_run=unknown)


@rule(
    "YY02", Severity.WARNING, COMPLETENESS,
    zh={"": "目标中写有“{found}”，请确认是否为本年工作；是的请改为{expected}年度", "only": "目标只写上年“{found}”，请改为{expected}年度并核对内容"},
    en={"": "the goal says “{found}”: is it this year's work? then write {expected}",
        "only": "the goal speaks of last year only, “{found}”; this is the form of {expected}"},
)  # fmt: skip
def goals_are_this_years(forms: Rows) -> list[Hit]:
    """No goal plans for the year before; it may say what was done in it, compare with it, or settle what is left of it.

    An error where the year before stands as the time of the work and the goal never names this year; else it asks.
    Needs no form of last year. Other years in goals are XS02's.

    公式: 目标中不出现“上一年度”字样（后接已、结转等，或为兑付、清算、评审、年鉴等上年事项的除外）；通篇不写本年而以上年开头的为错误
    依据: 报送要求
    错例: 2023年度的表写“2022年度计划培训1600人”
    改法: 改正年度，并核对目标内容是否为本年度的
    Fix: Correct the year and make sure that the goal is this year's
    """
    made = []
    for form, year, *texts in zip(
        forms.ids.tolist(),
        forms.fen("fiscal_year").tolist(),
        *(forms.texts(goal) for goal in _GOALS),
        strict=True,
    ):
        for goal, text in zip(_GOALS, texts, strict=True):
            if year and (clause := left_over(text, year)):
                how: tuple[Severity | None, str] = (Severity.ERROR, "only") if clause.sure else (None, "")
                spot, said = Spot("forms", form, goal), quoted(clause.clause)
                made.append(Hit(form, (spot,), {}, *how, found=said, expected=str(year)))
    return made


@rule(
    "YY03", Severity.WARNING, FEASIBILITY, scope="batch",
    zh="“{name}”全年目标由上年的{expected}放宽为{found}", en="“{name}”: last year {expected}, now only {found}",
)  # fmt: skip
def targets_are_not_weakened(
    tables: Tables, last_year: Tables, settings: Settings, roster: pd.DataFrame | None = None
) -> Verdict:
    """A target is not easier than last year's for the same indicator, operator and unit.

    公式: ≥类：本年≥上年×(100-阈值)%；≤类：本年≤上年×(100+阈值)%（阈值weakened_percent）
    依据: 财预〔2015〕88号 (unconfirmed)
    错例: 扶持企业数由≥650家降为≥350家
    改法: 恢复目标值，或说明下调理由
    Fix: Restore the target or say why it is lower
    """
    pairs, unknown = a_year_before(tables, last_year, roster)
    both = _same_indicators(tables, last_year, pairs)
    same = both["full_unit"].eq(both["full_unit_old"])
    floor, ceiling = (
        both["full_operator"].isin(signs) & both["full_operator_old"].isin(signs)
        for signs in (_FLOOR, _CEILING)
    )
    new, old = both["full_number"].astype("Int64"), both["full_number_old"].astype("Int64")
    eased = same & ((floor & (new < old)) | (ceiling & (new > old))).fillna(False)
    slack = int(settings.threshold("weakened_percent"))
    far = [
        _beyond(int(a), int(b), slack, bool(up)) if chosen else False
        for a, b, up, chosen in zip(new.fillna(0), old.fillna(0), floor, eased, strict=True)
    ]
    rows = Rows(both).take([at for at, is_far in enumerate(far) if is_far])
    made = hits(
        rows, ["indicators.full"], name=told(rows, "name"), found=told(rows, "full_raw"),
        expected=told(rows, "full_raw_old"),
    )  # fmt: skip
    return Verdict(made, not_run=unknown)


def _beyond(new: int, old: int, slack: int, floor: bool) -> bool:
    """Return whether a target is eased by more than `slack` percent of the old one; numbers in millionths."""
    return (old - new if floor else new - old) * 100 > slack * abs(old)


def _same_indicators(new: Tables, old: Tables, pairs: Mapping[int, int]) -> pd.DataFrame:
    """Return this year's rows that state a bound, by their row ids, with last year's of the same name (`…_old`).

    A name that stands twice in a form, this year or last, is left out: which is which is not known.
    """
    mine, theirs = _bounds(new, pairs.keys()), _bounds(old, pairs.values())
    mine["before"] = mine["form"].map(dict(pairs)).astype("int64")
    joined = mine.reset_index(names="row").merge(
        theirs, left_on=["before", "name_key"], right_on=["form", "name_key"], suffixes=("", "_old")
    )
    return joined.set_index("row")


def _bounds(tables: Tables, forms: Collection[int]) -> pd.DataFrame:
    """Return the indicators of some forms whose name stands once and whose target is a number not to be passed."""
    rows = tables.indicators
    named = where(rows, {"form": lambda form: form.isin(forms), "name": filled})
    named = named[~taken(rows, ("form", "name_key"), named).duplicated(keep=False).to_numpy()]
    stated = taken(rows, ("full_operator", "full_kind"), named)
    bound = stated["full_operator"].isin([*_FLOOR, *_CEILING]) & (stated["full_kind"] == "number")
    columns = ("form", "name_key", "name", "full_operator", "full_number", "full_unit", "full_raw")
    return taken(rows, columns, named[bound.to_numpy()])


@rule(
    "YY05", Severity.WARNING, FEASIBILITY, scope="batch",
    zh="“{name}”上年实际已完成{expected}，本年目标{found}偏低", en="“{name}”: {expected} was reached last year, the target is {found}",
)  # fmt: skip
def targets_ask_for_what_was_reached(
    tables: Tables, actuals: pd.DataFrame, roster: pd.DataFrame | None = None
) -> Verdict:
    """A target is not easier than what the agency reached last year; per cents may be one point below.

    公式: ≥类：上年实际完成值≤本年目标值；≤类：上年实际完成值≥本年目标值（百分比允许差1个百分点）
    依据: 财预〔2020〕10号 (unconfirmed)
    错例: 上年实际培训1900人，本年目标≥1600人
    改法: 按上年完成情况调高目标，或说明理由
    Fix: Raise the target to what was reached, or say why not
    """
    reached = {
        (agency, text_key(str(name))): str(actual)
        for agency, name, actual in zip(
            identities(actuals["agency"], roster), actuals["name"], actuals["actual"], strict=True
        )
    }
    known = {agency for agency, _ in reached}
    mine = dict(zip(tables.forms.index.tolist(), identities(tables.forms["agency"], roster), strict=True))
    of_known = [form for form, agency in mine.items() if agency in known]
    tests = {"form": lambda form: form.isin(of_known), "full_kind": one_of("number"), "name": filled}
    at = where(tables.indicators, tests)
    named = taken(tables.indicators, ("form", "name_key"), at)
    actual = [
        reached.get((mine[form], key), "")
        for form, key in zip(named["form"].tolist(), named["name_key"].tolist(), strict=True)
    ]
    rows = taken(tables.indicators, _TARGET, at[[text != "" for text in actual]])
    rows = rows.assign(actual=[text for text in actual if text])
    easy = [
        _easier(*cells)
        for cells in zip(
            rows["full_operator"], rows["full_number"], rows["full_unit"], rows["actual"], strict=True
        )
    ]
    chosen = Rows(rows).take([at for at, is_easy in enumerate(easy) if is_easy])
    made = hits(
        chosen, ["indicators.full"], name=told(chosen, "name"), found=told(chosen, "full_raw"),
        expected=told(chosen, "actual"),
    )  # fmt: skip
    reason: Reason = {
        "zh": "上年自评结果中没有该单位",
        "en": "the agency is not in last year's self-evaluation",
    }
    return Verdict(made, not_run={form: reason for form, agency in mine.items() if agency not in known})


def _easier(operator: str, number: int, unit: str, actual: str) -> bool:
    """Return whether a target (millionths) asks for less than was reached; unlike units are not compared."""
    done = parse(actual)
    if done.number is None or done.kind != "number" or done.unit not in (unit, ""):
        return False
    gap = done.number * MILLION - int(number)
    slack = MILLION if unit == "%" else 0
    return (operator in ("≥", ">") and gap > slack) or (operator in ("≤", "<") and -gap > slack)


@rule(
    "YY06", Severity.INFO, RELEVANCE, scope="batch",
    zh="与上年相比{changes}", en="against last year: {changes_en}",
)  # fmt: skip
def indicators_are_those_of_last_year(
    tables: Tables, last_year: Tables, roster: pd.DataFrame | None = None
) -> Verdict:
    """Own indicators (duties, effects, satisfaction) that were dropped or added are named, once a form.

    An indicator that was only renamed, nine characters of ten the same, does not count.

    公式: 本年与上年履职、效益、满意度指标名称的差集为空
    依据: 评审经验；指标应保持连续可比
    错例: 上年“行道树修剪数量”今年不再考核
    改法: 确认取消的指标是否确已不需要
    Fix: Make sure that what was dropped is no longer needed
    """
    pairs, unknown = a_year_before(tables, last_year, roster)
    names, old_names = _own_names(tables), _own_names(last_year)
    made = []
    for form, before in pairs.items():
        new = names(form)
        dropped, added = _changes(new, old_names(before))
        if dropped or added:
            rows = [new[name] for name in added] or list(new.values())[:1]
            spots = tuple(Spot("indicators", row, "name") for row in rows) or (Spot("forms", form, "title"),)
            zh = [
                f"{word}{len(names)}个指标：{_listed(names)}"
                for word, names in (("取消", dropped), ("新增", added))
                if names
            ]
            en = [
                f"{len(names)} {word}: {_listed(names)}"
                for word, names in (("dropped", dropped), ("added", added))
                if names
            ]
            made.append(Hit(form, spots, {"changes": "；".join(zh), "changes_en": "; ".join(en)}))
    return Verdict(made, not_run=unknown)


def _own_names(tables: Tables) -> Callable[[int], dict[str, int]]:
    """Return what gives the own indicators of a form, by name, with their rows."""
    at = where(tables.indicators, {"block": one_of("duty", "effect"), "name": _names_something})
    rows = Rows(taken(tables.indicators, ("form", "name"), at))
    part = slices(rows.form)

    def of(form: int) -> dict[str, int]:
        own = part.get(form, slice(0))
        found: dict[str, int] = {}
        for row, name in zip(rows.ids[own].tolist(), rows["name"][own].tolist(), strict=True):
            found.setdefault(str(name), row)
        return found

    return of


def _names_something(names: pd.Series[Any]) -> pd.Series[bool]:
    """Return which names are filled in and are no 不适用."""
    return names.map({name: bool(name) and not says_not_applicable(str(name)) for name in names.unique()})


def _changes(new: Mapping[str, int], old: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Return the names dropped and added; equal as compared, or nearly equal, is neither."""
    new_keys, old_keys = ({text_key(name): name for name in names} for names in (new, old))
    dropped = [name for key, name in old_keys.items() if key not in new_keys]
    added = [name for key, name in new_keys.items() if key not in old_keys]
    for name in tuple(dropped):
        again = next((other for other in added if _alike(name, other)), None)
        if again is not None:
            dropped.remove(name)
            added.remove(again)
    return dropped, added


def _alike(one: str, other: str) -> bool:
    """Return whether two names are one that was renamed; what stands in brackets at the end does not count."""
    return fuzz.ratio(_BRACKETS.sub("", one), _BRACKETS.sub("", other)) >= _RENAMED


def _listed(names: Sequence[str]) -> str:
    shown = "、".join(quoted(name, 20) for name in names[:3])
    return shown + ("等" if len(names) > 3 else "")
