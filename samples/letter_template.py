"""Draws the template of 退回说明, the letter that goes with a return; bureaus edit their copy of it in Word.

Laid out as official letters are (GB/T 9704: margins, letter sizes, 28 points a line). What stands in braces is filled
in by `etl.returns.letters`, whose `values` says what there is.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from etl.returns.word import without_clock

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_BODY, _HEAD, _TITLE = "仿宋", "黑体", "宋体"
_SIZE, _LINE = 16, 28
"""Points: 三号, and the fixed line an official letter has."""
_TEXT = (
    "你单位报送的{{ 年度 }}《苏州市市级部门整体预算绩效目标表》收悉。经审核，发现{{ 问题 }}。现予退回，请按下列意见修改。",
    "{%p if 轮次 %}",
    "本次为第{{ 轮次 }}轮审核。与上一轮相比，已改{{ 已改 }}条，未改{{ 未改 }}条，新增{{ 新增 }}条。",
    "{%p endif %}",
    "{%p for 部分 in 各部分 %}",
    "黑体：{{ 部分.序号 }}、{{ 部分.标题 }}",
    "{%p for 意见 in 部分.意见 %}",
    "{{ loop.index }}．{{ 意见 }}",
    "{%p endfor %}",
    "{%p endfor %}",
    "黑体：{{ 末项序号 }}、修改和报送要求",
    "{%p if 错误数 %}",
    "错误须全部改正。",
    "{%p endif %}",
    "{%p if 警告数 %}",
    "警告请逐条核实：确有不妥的，予以改正；情况属实的，在退回文件“审核意见”表“单位说明”栏写明原因。",
    "{%p endif %}",
    "{%p if 提示数 %}",
    "提示列于退回文件“审核意见”表，供修改时参考。",
    "{%p endif %}",
    "请在退回的原文件上修改，不要删除“审核意见”表，修改后{% if 报回期限 %}于{{ 报回期限 }}前{% else %}按规定时间{% endif %}重新报送。",
    "",
    "附件：{{ 附件 }}",
    "",
)


_NOTICE = (
    "{%p if 文件 %}",
    "你单位报送的{{ 年度 }}《苏州市市级部门整体预算绩效目标表》未能使用：",
    "{%p for 一份 in 文件 %}",
    "{{ loop.index }}．{{ 一份.名称 }}：{{ 一份.原因 }}。",
    "{%p endfor %}",
    "请核对后{% if 报回期限 %}于{{ 报回期限 }}前{% endif %}重新报送。",
    "{%p else %}",
    "截至目前，尚未收到你单位{{ 年度 }}《苏州市市级部门整体预算绩效目标表》。请{% if 报回期限 %}于{{ 报回期限 }}前{% else %}尽快{% endif %}报送；已经报送的，请与我们核对单位名称和报送方式。",
    "{%p endif %}",
    "",
)


def letter_template() -> bytes:
    """Return the template of 退回说明 as .docx, the same bytes at every time."""
    return _drawn("退回说明", "部门整体预算绩效目标表退回说明", _TEXT)


def notice_template() -> bytes:
    """Return the template of 催报 and 重新报送 letters."""
    return _drawn("催报函", "关于报送部门整体预算绩效目标表的函", _NOTICE)


def _drawn(subject: str, title: str, texts: tuple[str, ...]) -> bytes:
    document = _blank(subject)
    _title(document, title)
    _line(document, "{{ 单位 }}：", indent=False)
    for text in texts:
        if text.startswith("黑体："):
            _line(document, text.removeprefix("黑体："), font=_HEAD)
        else:
            _line(document, text)
    for text in ("（盖章）　　", "　　　　年　　月　　日"):
        _signature(document, text)
    saved = io.BytesIO()
    document.save(saved)
    return without_clock(saved.getvalue())


def _blank(subject: str) -> Document:
    """Return an empty A4 document with an official letter's margins and page numbers."""
    import docx
    from docx.shared import Mm

    document = docx.Document()
    document.core_properties.author = ""
    document.core_properties.title = subject
    document.core_properties.comments = ""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _page_number(section.footer.paragraphs[0])
    return document


def _page_number(paragraph: Paragraph) -> None:
    """Write `— 1 —` into a footer, with the number as a field."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "— ", _TITLE, 14)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = _run(paragraph, "1", _TITLE, 14)
    run._r.getparent().replace(run._r, field)
    field.append(run._r)
    _run(paragraph, " —", _TITLE, 14)


def _title(document: Document, text: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(_LINE)
    _run(paragraph, text, _TITLE, 22).bold = True


def _signature(document: Document, text: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = _line(document, text, indent=False)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.keep_together = True


def _line(document: Document, text: str, *, font: str = _BODY, indent: bool = True) -> Paragraph:
    """Add a paragraph: fixed line height, indented by two letters."""
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = Pt(_LINE)
    if indent:
        shape.first_line_indent = Pt(2 * _SIZE)
    if font == _HEAD:
        shape.keep_with_next = True
    _run(paragraph, text, font, _SIZE)
    return paragraph


def _run(paragraph: Paragraph, text: str, font: str, size: int) -> Any:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.font.name = "Times New Roman"
    run.font.size = Pt(size)
    properties: Any = run._r.rPr
    properties.rFonts.set(qn("w:eastAsia"), font)
    return run
