"""The PDF of who saw what about a child: no letter is a box."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from pypdf import PdfReader

from rollbook.console.paper import Paper, printed
from rollbook.console.seen import Seen


def text_of(child: str, app: str) -> tuple[str, PdfReader]:
    """What the file of a child says, and the file."""
    paper = Paper(child, "12", "Thornfield Academy", "Days: all", datetime(2026, 11, 20, tzinfo=UTC), "head@x.example")
    row = Seen((app,), ("Surname",), "xporter", 3, "1 Nov", "2 Nov")
    file = PdfReader(BytesIO(printed(paper, [row])))
    return "".join(page.extract_text() for page in file.pages), file


def test_letters_that_the_font_lacks_are_written_by_number_and_the_page_says_so() -> None:
    text, file = text_of("\u738b\u5c0f\u660e", "\u4e2d App")
    assert "Who saw what about [U+738B][U+5C0F][U+660E]\n" in text
    assert "[U+4E2D] App" in text
    assert "Letters that the font of this file lacks stand as their numbers in Unicode" in text
    # The file is known by the name itself, and its language and heading to whoever has it read out.
    assert file.metadata is not None
    assert file.metadata.title == "Who saw what about \u738b\u5c0f\u660e"
    assert (file.trailer["/Root"]["/Lang"], [one["/Title"] for one in file.outline]) == ("en-GB", ["Who saw what"])  # pyright: ignore


def test_letters_of_europe_and_arabic_ones_stand_as_they_are() -> None:
    text, _ = text_of("Łucja Żółć", "Παιδί")
    assert "Who saw what about Łucja Żółć\n" in text
    assert "Παιδί" in text
    assert "[U+" not in text
    assert "[U+" not in text_of("\u0645\u062d\u0645\u062f", "App")[0]
