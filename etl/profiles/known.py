"""`jixiao form`: the forms a run knows, listed, shown and checked, and a new one learnt from the bureau's blank."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from etl.form.declaration import Form
from etl.form.profile_file import Profile, is_profile, read_profile
from etl.form.profiles import Catalogue, catalogue, of_year
from etl.form.relation_text import order_text, sum_text
from etl.intake.config import find_config, read_config
from etl.safe.clean import clean
from etl.safe.refusal import Refusal
from etl.safe.unreadable import Unreadable
from etl.safe.width import padded, width

LEVELS = {"whole": "部门整体", "project": "项目", "transfer": "转移支付"}
STAGES = {"goal": "目标", "monitoring": "监控", "self-evaluation": "自评", "list": "清单"}


def known_forms(config: Path | None) -> Catalogue:
    """Return the forms that are shipped and those beside the settings; raises `Refusal` for a wrong one."""
    chosen = config or find_config((), ())
    return catalogue(read_config(chosen).forms if chosen else ())


def form_named(id_: str, year: int | None, config: Path | None) -> Form:
    """Return the form of an id, or, where none is named, the usual one of a year; raises `Refusal` for an unknown id."""
    known = known_forms(config)
    if id_:
        if id_ not in known.profiles:
            raise Refusal(f"没有这个表样 there is no such form: {id_}; known: {', '.join(known.profiles)}")
        return known.form(id_)
    usual = known.usual
    group = next(group for group in known.groups if usual in group)
    return of_year(group, year)


def listed(known: Catalogue) -> Iterator[str]:
    """Yield a line for each form: id, level and stage, years, title, and where its profile comes from."""
    rows = [("id", "级别", "环节", "年度", "名称", "文件")]
    for profile in known.profiles.values():
        budget = profile.form.budget
        years = "、".join(map(str, budget.years)) or "不限"
        whose = "随程序" if profile.shipped else f"本单位 {profile.source}"
        rows.append((profile.id, LEVELS[budget.level], STAGES[budget.stage], years, budget.title, whose))
    widths = [max(width(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(padded(clean(text), widths[n]) for n, text in enumerate(row)).rstrip()


def shown(form: Form) -> Iterator[str]:
    """Yield what a form asks for and what must hold in it, in words; the form itself is drawn by `drawn`."""
    from checks.telling.handbook import all_rules

    budget = form.budget
    yield f"《{budget.title}》 {budget.id}"
    yield f"年度：{'、'.join(map(str, budget.years)) or '不限'}；级别：{LEVELS[budget.level]}；环节：{STAGES[budget.stage]}"
    yield ""
    yield "应当相等或不超过的数："
    for relation in budget.sums:
        yield f"  {relation.code}  {sum_text(budget, relation)}"
    for order in budget.orders:
        yield f"  {order.code}  {order_text(budget, order)}"
    if len(budget.framework):
        yield f"共性指标：{len(budget.framework)}个"
    off: dict[str, list[str]] = {}
    for rule in all_rules():
        if (reason := budget.lacks(rule.code, rule.asks)) is not None:
            off.setdefault(reason["zh"], []).append(rule.code)
    if off:
        yield "不适用的规则："
    for why, codes in off.items():
        yield f"  {why}：{'、'.join(codes)}"


_FEW = 2
"""Empty rows of projects that are drawn of a form."""


def drawn(form: Form, lang: str) -> Iterator[str]:
    """Yield the lines of the blank form as it looks."""
    from etl.commands.show import _console, show
    from etl.form.layout import lay_out
    from etl.intake.read import open_workbook
    from etl.template.blank_form import blank_content
    from etl.template.draw import SHEET_NAME, draw, new_workbook, workbook_bytes

    console = _console()
    workbook = new_workbook(form.title.text)
    draw(lay_out(form, blank_content(form, form.year, _FEW)), workbook)
    show(open_workbook(workbook_bytes(workbook)), [SHEET_NAME], (), lang, console)
    for line in console.file.getvalue().splitlines()[:-1]:  # type: ignore[attr-defined]
        yield line.rstrip()


def checked_file(path: Path) -> Form:
    """Return the form that a profile declares; raises `Refusal` with the line of what is wrong in it."""
    from checks.telling.handbook import all_rules

    text = _text_of(path)
    beside = [(other.name, _text_of(other)) for other in sorted(path.parent.glob("*.toml")) if other != path]
    own = tuple((name, other) for name, other in beside if is_profile(other))
    form = catalogue((*_that_read(own, text), (path.name, text))).profiles
    made = next(profile for profile in form.values() if profile.source == path.name)
    codes = {rule.code for rule in all_rules()}
    named = {
        *made.form.budget.off,
        *(r.code for r in made.form.budget.sums),
        *(o.code for o in made.form.budget.orders),
    }
    for code in sorted(named - codes):
        line = next((n for n, said in enumerate(text.splitlines(), 1) if code in said), 1)
        raise Refusal(f"{path.name} 第{line}行 line {line}: 没有规则“{code}” there is no such rule")
    return made.form


def same_form(one: Profile, other: Profile) -> bool:
    """Return whether two profiles say the same but for their ids, and the one's years are the other's."""
    if not set(one.form.years) <= set(other.form.years):
        return False
    plain = [
        {**p.plain, "form": {n: v for n, v in p.plain["form"].items() if n not in _ITS_OWN}}
        for p in (one, other)
    ]
    return plain[0] == plain[1]


_ITS_OWN = ("id", "years", "example")


def _that_read(own: tuple[tuple[str, str], ...], text: str) -> tuple[tuple[str, str], ...]:
    """Return the profiles beside one that it extends, so far as they can be read: the others are not asked about."""
    return tuple((name, other) for name, other in own if Path(name).stem in text)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"表样文件无法读取 the form profile cannot be read: {path}: {error}") from error


def learn_file(blank: Path, base: str, output: Path, config: Path | None) -> tuple[str, list[str]]:
    """Write the profile of a form that differs from a known one; return its id and what it was asked about."""
    from etl.intake.read import file_bytes, open_workbook
    from etl.profiles.learn import new_id, profile_text
    from etl.profiles.walk import learnt, nearest
    from etl.safe.whole_file import write_whole

    known = known_forms(config)
    try:
        workbook = open_workbook(file_bytes(blank))
    except Unreadable as refusal:
        raise Refusal(f"{blank}: {refusal.reason} {refusal.english}") from refusal
    if base and base not in known.profiles:
        raise Refusal(f"没有这个表样 there is no such form: {base}; known: {', '.join(known.profiles)}")
    profile = known.profiles[base] if base else nearest(workbook, known)
    found = learnt(profile.form, workbook)
    if not found.labels:
        raise Refusal(f"没有读出“{profile.id}”的任何栏目 no label of the form was found: {blank}")
    text = profile_text(found, profile, new_id(found, profile), blank.name)
    made = read_profile(
        text, output.name, lambda name: known.profiles[name].plain if name in known.profiles else None
    )
    if same_form(made, profile):
        raise Refusal(
            f"与“{profile.id}”相同，不需要新的表样 the form is as known; no profile is needed: {blank}"
        )
    write_whole(output, text.encode("utf-8"))
    return made.id, list(dict.fromkeys(found.questions))
