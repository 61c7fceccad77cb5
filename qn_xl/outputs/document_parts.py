"""Building blocks of an official text in Word: fonts, paragraphs, page numbers, tables (Nghị định 30/2020/NĐ-CP)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt

FONT = "Times New Roman"
BODY, SMALL, MOTTO, TABLE = 14.0, 13.0, 12.0, 12.0  # points
ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
TOP = BOTTOM = Mm(20)
LEFT, RIGHT, RIGHT_LANDSCAPE, LEFT_LANDSCAPE = Mm(30), Mm(15), Mm(15), Mm(20)
_LANGUAGE = "vi-VN"


class Paper:
    """A document whose every text is Times New Roman, black, on A4."""

    def __init__(self) -> None:
        self.document = Document()
        style = self.document.styles["Normal"]
        _set_font(style.font, style.element.get_or_add_rPr(), BODY)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), _LANGUAGE)
        style.element.rPr.append(language)
        style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.space_before = Pt(0)
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        _set_margins(section, LEFT, RIGHT)
        _number_pages(section)

    def landscape(self) -> None:
        """Begin a landscape section with page numbers of its own."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        self._shrink_last_paragraph()
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        _set_margins(section, LEFT_LANDSCAPE, RIGHT_LANDSCAPE)
        _number_pages(section)
        start = OxmlElement("w:pgNumType")
        start.set(qn("w:start"), "1")
        section._sectPr.append(start)

    def _shrink_last_paragraph(self) -> None:
        """Make the paragraph that carries the section break so low that it never takes a page of its own."""
        last = self.document.paragraphs[-1]
        last.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        last.paragraph_format.line_spacing = Pt(1)
        mark, size = OxmlElement("w:rPr"), OxmlElement("w:sz")
        size.set(qn("w:val"), "2")
        mark.append(size)
        properties = last._p.get_or_add_pPr()
        properties.insert_element_before(mark, "w:sectPr")

    def text(
        self,
        text: str,
        *,
        align: str = "justify",
        size: float = BODY,
        bold: bool = False,
        italic: bool = False,
        indent: bool = True,
        before: float = 6,
        keep: bool = False,
        where: Any = None,
    ) -> Any:
        """Add a paragraph to the document or to a cell.

        Args:
            indent: the first line by 1.27 cm. before: space above, points. keep: on the page of what follows.
        """
        paragraph = (where or self.document).add_paragraph()
        form = paragraph.paragraph_format
        paragraph.alignment = ALIGN[align]
        form.space_before = Pt(before)
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
        form.keep_with_next = keep
        if indent and align == "justify":
            form.first_line_indent = Cm(1.27)
        self._run(paragraph, text, size, bold, italic)
        return paragraph

    def _run(self, paragraph: Any, text: str, size: float, bold: bool, italic: bool) -> None:
        run = paragraph.add_run(printable(text))
        run.font.size, run.bold, run.italic = Pt(size), bold, italic

    def line(self, where: Any, share: float, width: float) -> None:
        """Draw the short rule under a heading: `share` of `width` centimetres, centred."""
        paragraph = where.add_paragraph()
        form = paragraph.paragraph_format
        side = Cm(width * (1 - share) / 2)
        form.left_indent, form.right_indent = side, side
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(4)
        form.space_before = Pt(4)
        borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
            top.set(qn(f"w:{name}"), value)
        borders.append(top)
        paragraph._p.get_or_add_pPr().append(borders)

    def columns(self, widths: Sequence[float]) -> list[Any]:
        """Add a row of cells without borders, widths in centimetres; each begins empty."""
        table = self.document.add_table(rows=1, cols=len(widths))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _set_widths(table, widths)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(table.rows[0].cells, widths, strict=True):
            cell.width = Cm(width)
            cell._tc.remove(cell.paragraphs[0]._p)
        return list(table.rows[0].cells)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """Add a bordered table whose heading is repeated on every page; widths in centimetres.

        The first column and short texts are centred, the second and the last column stand left.
        """
        table = self.document.add_table(rows=0, cols=len(heads))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _set_widths(table, widths)
        for number, values in enumerate((heads, *rows)):
            row = table.add_row()
            properties = row._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if number == 0:
                properties.append(OxmlElement("w:tblHeader"))
            last = number == len(rows)
            for place, (cell, value, width) in enumerate(zip(row.cells, values, widths, strict=True)):
                cell.width = Cm(width)
                paragraph = cell.paragraphs[0]
                centred = number == 0 or place not in (1, len(heads) - 1)
                paragraph.alignment = ALIGN["centre" if centred else "left"]
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
                self._run(paragraph, value, TABLE, number == 0 or last, False)


def _set_widths(table: Any, widths: Sequence[float]) -> None:
    """Fix the widths of the columns; Word goes by the cells, LibreOffice by the grid."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)


def printable(text: str) -> str:
    """Return text without the control characters that XML cannot hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t").replace("\ufffe", "").replace(
        "\uffff", ""
    )


def _set_font(font: Any, properties: Any, size: float) -> None:
    font.name, font.size = FONT, Pt(size)
    fonts = properties.rFonts
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), FONT)


def _set_margins(section: Any, left: Any, right: Any) -> None:
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.left_margin, section.right_margin = left, right
    section.header_distance = section.footer_distance = Mm(10)


def _number_pages(section: Any) -> None:
    """Number the pages at the top, centred, none on the first (Nghị định 30, Phụ lục I)."""
    section.different_first_page_header_footer = True
    section.header.is_linked_to_previous = section.first_page_header.is_linked_to_previous = False
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN["centre"]
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(SMALL)
        if kind:
            field = OxmlElement("w:fldChar")
            field.set(qn("w:fldCharType"), kind)
        else:
            field = OxmlElement("w:instrText")
            field.set(qn("xml:space"), "preserve")
            field.text = text
        run._r.append(field)
