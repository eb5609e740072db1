"""The manual for bureau staff: docs/manual.md, parts of which are drawn, and the same as one HTML page for the bundle."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

HOME = Path(__file__).resolve().parent.parent
SOURCE = HOME / "docs" / "manual.md"
_THRESHOLDS = re.compile(r"(<!-- thresholds -->\n).*?(<!-- end -->)", re.S)
_HEADING = re.compile(r"<h2>(.+?)</h2>")
_PICTURE = re.compile(r'src="(img/[^"]+\.png)"')
_STYLE = """
body{max-width:54rem;margin:2rem auto;padding:0 1rem;font:16px/1.75 "Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1d2530}
h1{font-size:1.6rem}h2{margin-top:2.4rem;border-bottom:1px solid #d7dde5;padding-bottom:.3rem}
img{max-width:100%;border:1px solid #d7dde5}pre{background:#f4f6f9;padding:.8rem 1rem;overflow:auto;font-size:.88rem;line-height:1.5}
code{background:#f4f6f9}table{border-collapse:collapse}th,td{border:1px solid #d7dde5;padding:.3rem .7rem;text-align:left}
@media print{pre{white-space:pre-wrap}}
"""


def with_thresholds(text: str) -> str:
    """Return the manual's text with its table of thresholds drawn anew."""
    return _THRESHOLDS.sub(lambda found: found[1] + "".join(_thresholds()) + found[2], text)


def _thresholds() -> Iterator[str]:
    """Yield a table of the thresholds that rules name in their formula, with their defaults."""
    from checks.settings import THRESHOLDS
    from checks.telling.handbook import all_rules

    yield "| 阈值 | 默认 | 规则 | 含义 |\n|---|---|---|---|\n"
    for name, default in THRESHOLDS.items():
        rules = [rule for rule in all_rules() if name in rule.doc.get("公式", "")]
        if rules:
            codes = "、".join(rule.code for rule in rules)
            meaning = rules[0].doc["公式"].replace("|", "／").replace("\n", "")
            yield f"| `{name}` | {default:g} | {codes} | {meaning} |\n"


def page() -> str:
    """Return the page; nothing in it asks for anything outside itself."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    body = _HEADING.sub(r'<h2 id="\1">\1</h2>', parser.render(SOURCE.read_text(encoding="utf-8")))
    body = re.sub(r'href="#([^"]+)"', lambda link: f'href="#{unquote(link[1])}"', body)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>绩效使用手册</title><style>{_STYLE}</style></head>\n<body>\n{_PICTURE.sub(_inside, body)}</body></html>\n"
    )


def _inside(found: re.Match[str]) -> str:
    data = base64.b64encode((SOURCE.parent / found[1]).read_bytes()).decode("ascii")
    return f'src="data:image/png;base64,{data}"'
