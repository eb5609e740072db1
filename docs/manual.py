"""The manual for bureau staff as one HTML page: README.zh-CN.md with its pictures inside, readable offline."""

from __future__ import annotations

import base64
import re
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
_PICTURE = re.compile(r'src="((?:docs/img/)[^"]+\.png)"')
_STYLE = """
body{max-width:54rem;margin:2rem auto;padding:0 1rem;font:16px/1.75 "Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1d2530}
img{max-width:100%;border:1px solid #d7dde5}pre{background:#f4f6f9;padding:.8rem 1rem;overflow:auto;font-size:.88rem;line-height:1.5}
code{background:#f4f6f9}table{border-collapse:collapse}th,td{border:1px solid #d7dde5;padding:.3rem .7rem;text-align:left}
@media print{pre{white-space:pre-wrap}}
"""


def page() -> str:
    """Return the page; nothing in it asks for anything outside itself."""
    from markdown_it import MarkdownIt

    body = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render((HOME / "README.zh-CN.md").read_text(encoding="utf-8"))
    )
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>绩效使用手册</title><style>{_STYLE}</style></head>\n<body>\n{_PICTURE.sub(_inside, body)}</body></html>\n"
    )


def _inside(found: re.Match[str]) -> str:
    data = base64.b64encode((HOME / found[1]).read_bytes()).decode("ascii")
    return f'src="data:image/png;base64,{data}"'
