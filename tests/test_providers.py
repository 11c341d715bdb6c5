"""The table of providers is complete and true: each has a row, a page that is there, and connectors that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS

DOCS = Path(__file__).parent.parent / "docs"

EDLINK = [
    "aspen",
    "classgather",
    "classlink",
    "oneroster",
    "rapididentity",
    "genesis",
    "sapphire",
    "rediker",
    "renweb",
    "synergy",
    "frontline",
    "banner",
    "tyler",
    "ascender",
    "aeries",
    "blackbaud",
    "blackboard",
    "brightspace",
    "canvas",
    "clever",
    "csv",
    "edfi",
    "facts",
    "illuminate",
    "microsoft",
    "powerschool",
    "schoology",
    "bromcom",
    "skyward",
    "qmlativ",
    "toddle",
    "managebac",
    "infinitecampus",
]
"""The providers that Edlink lists, in its order."""

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (DOCS / "providers.md").read_text().splitlines()
    if re.match(r"\| [a-z]+ \| `", line)
]


def test_every_provider_has_a_row() -> None:
    assert len(EDLINK) == 33
    assert [row[0] for row in ROWS] == [*EDLINK, "wonde", "ctf"]


def test_every_connector_that_is_named_exists() -> None:
    named = {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[1])}
    assert named <= CONNECTORS.keys()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_says_everything_and_its_page_is_there(row: list[str]) -> None:
    _, connectors, protocol, filled, verified, link = row
    assert all((protocol, filled, verified))
    assert re.fullmatch(r"(`[a-z-]+`(, )?)+", connectors)
    target = re.fullmatch(r"\[.+\]\((.+)\)", link)
    assert target
    file, _, anchor = target[1].partition("#")
    page = (DOCS / file).read_text()
    headings = {
        re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in re.findall(r"^#+ (.+)$", page, re.M)
    }
    assert not anchor or anchor in headings


def test_every_page_of_a_provider_is_reached() -> None:
    linked = {Path(re.findall(r"\((.+?)[)#]", row[5])[0]).name for row in ROWS}
    pages = {page.name: page.read_text() for page in (DOCS / "providers").glob("*.md")}
    by_pages = {name for name in pages for text in (pages[one] for one in linked if one in pages) if f"({name}" in text}
    assert pages.keys() <= linked | by_pages
