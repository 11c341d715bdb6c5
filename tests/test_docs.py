"""The documents are fresh, and what they point at is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.build import pages

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted(DOCS.rglob("*.md")),
    *sorted(ROOT.glob("tests/**/*.md")),
]

_FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def test_the_reference_is_what_the_declarations_say():
    written = pages()
    there = {str(p.relative_to(DOCS)): p.read_text() for p in (DOCS / "reference").rglob("*.md")}
    stale = sorted({*written, *there} - {name for name in written if written[name] == there.get(name)})
    assert not stale, "run `make docs`"


@pytest.mark.slow
def test_the_reference_written_twice_is_the_same_file_by_file(tmp_path: Path):
    docs = tmp_path / "docs"
    shutil.copytree(DOCS, docs, ignore=shutil.ignore_patterns("*.md", "__pycache__"))
    # An order that came from a set would differ with the seed.
    for seed in ("1", "2"):
        (docs / "reference/old.md").write_text("The page of an endpoint that was removed.")
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-m", "docs.build"], cwd=tmp_path, env=environment, check=True, timeout=120)
        assert files(docs / "reference") == files(DOCS / "reference"), "run `make docs`"


def files(folder: Path) -> dict[str, bytes]:
    """What is in a folder, by path."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    links = [link for link in _LINK.findall(_FENCE.sub("", page.read_text())) if "://" not in link]
    assert [link for link in links if not leads(page, link)] == []


def leads(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target.read_text()))


def anchors(text: str) -> set[str]:
    """The names by which GitHub lets one point at headings."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
