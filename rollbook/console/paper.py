"""A child's page as PDF: who saw what, fit to be handed over to whoever may ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import as_file, files
from typing import cast

from fpdf import FPDF
from fpdf.fonts import FontFace, TTFFont

from .seen import Seen

FONT = "DejaVu"

_ABOUT = (
    "Each line is what an app, or a person through an app, was told about the child under what this school shares: a"
    " record of disclosures such as article 15 of the UK GDPR and 34 CFR 99.32 (FERPA) ask for. What another school of"
    " the child shared is not in it."
)

_LACKS = (
    "Letters that the font of this file lacks stand as their numbers in Unicode, such as [U+4E2D]. The table as CSV has"
    " the letters themselves, and so has the title that this file is known by."
)

_HEADS = ("Seen by", "Through", "What", "Times", "First", "Last")
_WIDTHS = (24, 12, 40, 9, 18, 18)


@dataclass(frozen=True)
class Paper:
    """What stands on it: whose it is, which school gives it when, and of which days."""

    child: str
    mis_id: str
    school: str
    days: str
    made: datetime
    by: str

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Who saw what about {self.child or self.mis_id}"


class _Sheets(FPDF):
    """Pages with their number at the foot."""

    def footer(self) -> None:
        """What stands at the foot of each page."""
        self.set_y(-12)
        self.set_font(FONT, size=8)
        self.cell(0, 6, f"{_written(self, str(self.title))}, page {self.page_no()} of {{nb}}", align="C")


def printed(paper: Paper, rows: Iterable[Seen]) -> bytes:
    """The file: text that can be copied and searched, in any letters that the font has."""
    told = [_cells(row) for row in rows]
    pdf = _Sheets(format="A4")
    with as_file(files("rollbook.console") / "fonts" / "DejaVuSans.ttf") as font:
        pdf.add_font(FONT, fname=font)
    pdf.set_title(paper.title)
    pdf.set_author(paper.school)
    pdf.set_lang("en-GB")
    pdf.set_creation_date(paper.made)
    pdf.add_page()
    # Readers of a screen, and whoever leafs, find the heading in the outline.
    pdf.start_section("Who saw what")
    _head(pdf, paper, [paper.title, paper.school, *(cell for row in told for cell in row)])
    if told:
        _table(pdf, [[_written(pdf, cell) for cell in row] for row in told])
    else:
        pdf.multi_cell(0, 5, "Nothing about this child has been disclosed in these days.")
    return bytes(pdf.output())


def _head(pdf: FPDF, paper: Paper, texts: Iterable[str]) -> None:
    _line(pdf, paper.title, 16)
    _line(pdf, f"{paper.school}. The school knows the child by the Id {paper.mis_id}. {paper.days}.", 10)
    _line(pdf, f"Made on {paper.made:%d %B %Y, %H:%M} by {paper.by}.", 10)
    _line(pdf, _ABOUT, 9)
    if _lacks(pdf, texts):
        _line(pdf, _LACKS, 9)
    pdf.ln(2)


def _line(pdf: FPDF, text: str, size: float) -> None:
    pdf.set_font(FONT, size=size)
    pdf.multi_cell(0, size * 0.5, _written(pdf, text), align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(1)


def _table(pdf: FPDF, rows: Sequence[Sequence[str]]) -> None:
    pdf.set_font(FONT, size=8)
    plain = FontFace(emphasis="", fill_color=(232, 240, 245))
    with pdf.table(col_widths=_WIDTHS, headings_style=plain, line_height=4, text_align="LEFT", padding=0.7) as table:
        for row in (_HEADS, *rows):
            table.row(row)


def _cells(row: Seen) -> tuple[str, ...]:
    what = "; ".join(row.what) or "That there is such a person"
    return ", ".join(row.who) or "Unknown", row.api, what, f"{row.times:,}", row.first, row.last


def _lacks(pdf: FPDF, texts: Iterable[str]) -> bool:
    """Whether the font lacks a letter of some texts."""
    return any(_written(pdf, text) != text for text in texts)


def _written(pdf: FPDF, text: str) -> str:
    """A text in letters that the font has: of each other one its number, which can be looked up."""
    # It is a font of the file system, which alone has such a table.
    known = cast(TTFFont, pdf.fonts[FONT.lower()]).cmap
    return "".join(c if ord(c) in known or c == "\n" else f"[U+{ord(c):04X}]" for c in text)
