"""What a run says at its end: the worst forms by harm, who is missing, what most have in common, what to open next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from checks.finding import SEVERITY_NAMES
from checks.telling.handbook import rule_name
from etl.batch.common import common_rules
from etl.batch.model import Batch
from etl.batch.recipients import Recipient, told_to_departments
from etl.frames.told import Told, told
from etl.report.first import SCALE, at_stake
from etl.safe.clean import clean
from etl.safe.width import padded

WORST = 10
"""Forms that are named; the report page has all."""
MOST_MISSING = 60
_NAME = 40
_SAY = {
    "zh": {
        "agency": "单位", "note": "主要问题", "scale": "金额单位存疑", "off": "差额{amount}万元", "more": "……其余{count}份有意见的表见 report.html",
        "clean": "未发现须处理的问题", "states": "通过 {passed}，请核实 {verify}，退回 {returned}", "missing": "未报 {count}：{names}", "stop": "、",
        "broken": "已报但无法读取 {count}：{names}", "common": "{of}份表中{forms}份都有“{name}”（{code}），建议统一答复", "lines": "合并为审核意见：{counts}",
        "again": "重复报送", "next": "下一步：", "report": "先打开 {path}", "returns": "退回文件 {path}（{count}份）", "letters": "函件 {path}（{count}封）",
        "city": "全市汇总 {path}", "list": "发送清单 {path}", "zips": "压缩包 {path}（{count}个）",
    },
    "en": {
        "agency": "agency", "note": "worst", "scale": "doubtful unit", "off": "off by {amount}", "more": "… {count} more forms with remarks: see report.html",
        "clean": "nothing to do", "states": "passed {passed}, to verify {verify}, returned {returned}", "missing": "not handed in {count}: {names}",
        "stop": ", ", "broken": "handed in, cannot be read {count}: {names}",
        "common": "{forms} of {of} forms have “{name}” ({code}): answer it once", "lines": "in lines of remarks: {counts}", "again": "handed in again",
        "next": "next:", "report": "open {path}", "returns": "returns {path} ({count})", "letters": "letters {path} ({count})",
        "city": "the city {path}", "list": "whom to send what {path}", "zips": "zips {path} ({count})",
    },
}  # fmt: skip
_Harm = tuple[bool, Decimal, int, int, int]


def worst_table(batch: Batch, everyone: Sequence[Recipient], lang: str) -> Iterator[str]:
    """Yield the forms that do most harm: amounts of another unit first, then money at stake, then errors and warnings."""
    lines = {path: told(own) for path, own in told_to_departments(batch).items()}
    harmed = sorted(
        ((_harm(own), one, path) for one in everyone for path in one.paths if (own := lines.get(path))),
        key=lambda entry: (*(-value for value in entry[0]), entry[1].name, entry[2]),
    )
    names = SEVERITY_NAMES[lang]
    if harmed:
        heads = "".join(padded(name, 8) for name in names.values())
        yield padded(_SAY[lang]["agency"], _NAME) + heads + _SAY[lang]["note"]
    for harm, one, path in harmed[:WORST]:
        counts = Counter(str(line.severity) for line in lines[path])
        numbers = "".join(padded(str(counts[severity] or "·"), 8) for severity in names)
        yield (padded(_line(one.name), _NAME) + numbers + _why(harm, lines[path], one, lang)).rstrip()
    if len(harmed) > WORST:
        yield _SAY[lang]["more"].format(count=len(harmed) - WORST)
    counted = Counter(str(line.severity) for *_, path in harmed for line in lines[path])
    each = ", ".join(f"{name} {counted[severity]}" for severity, name in names.items())
    yield _SAY[lang]["lines"].format(counts=each) if harmed else _SAY[lang]["clean"]


def _harm(lines: Sequence[Told]) -> _Harm:
    counts = Counter(str(line.severity) for line in lines)
    scale = any(set(line.codes) & set(SCALE) for line in lines)
    return (
        scale, max(map(at_stake, lines), default=Decimal(0)), counts["error"], counts["warning"], counts["info"],
    )  # fmt: skip


def _why(harm: _Harm, lines: Sequence[Told], one: Recipient, lang: str) -> str:
    say, said = _SAY[lang], []
    if harm[0]:
        said.append(say["scale"])
    elif harm[1]:
        said.append(say["off"].format(amount=f"{harm[1]:,}"))
    elif lines:
        said.append(rule_name(lines[0].codes[0], lang))
    if len(one.paths) > 1:
        said.append(say["again"])
    return say["stop"].join(said)


def who_lines(batch: Batch, everyone: Sequence[Recipient], lang: str) -> Iterator[str]:
    """Yield how many passed, who is missing by name, who cannot be read, and what most forms have in common."""
    say = _SAY[lang]
    statuses = Counter(
        "returned" if one.errors else "verify" if one.warnings else "passed" for one in everyone if one.paths
    )
    if statuses:
        yield say["states"].format(**{name: statuses[name] for name in ("passed", "verify", "returned")})
    for key, names in (
        ("missing", [one.name for one in everyone if one.missing]),
        ("broken", [one.name for one in everyone if one.unusable and not one.paths]),
    ):
        if names:
            shown = say["stop"].join(_line(name) for name in names[:MOST_MISSING])
            yield say[key].format(count=len(names), names=shown + "…" * (len(names) > MOST_MISSING))
    for one in common_rules(batch):
        yield say["common"].format(of=one.of, forms=one.forms, name=rule_name(one.code, lang), code=one.code)


def next_lines(output: Path, returns: int, letters: Mapping[str, Path], lang: str) -> Iterator[str]:
    """Yield what to open next."""
    say = _SAY[lang]
    zips = len(list((output / "zips").glob("*.zip"))) if (output / "zips").is_dir() else 0
    yield say["next"]
    yield "  " + say["report"].format(path=output / "report.html")
    yield "  " + say["city"].format(path=output / "citywide.xlsx")
    yield "  " + say["returns"].format(path=output / "returns", count=returns)
    if letters:
        yield "  " + say["letters"].format(path=output / "letters", count=len(set(letters.values())))
        yield "  " + say["list"].format(path=output / "发送清单.csv")
    if zips:
        yield "  " + say["zips"].format(path=output / "zips", count=zips)


def _line(text: str) -> str:
    return clean(text).replace("\n", " ").replace("\t", " ")
