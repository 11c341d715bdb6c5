"""Writes docs/reference from the declarations. `make docs` runs it; a test fails when the committed pages differ from
what it writes.
"""

from __future__ import annotations

from pathlib import Path as File

from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.dialects.xporter.writeback import OPERATIONS

from .pages.edfi import edfi
from .pages.edfi_consent import guards
from .pages.edlink import edlink
from .pages.endpoints import endpoint_page
from .pages.errors import errors
from .pages.metrics import measured
from .pages.oneroster import oneroster
from .pages.records import records
from .pages.scopes import scopes
from .pages.settings import settings
from .pages.writebacks import writeback_page
from .pages.xporter import xporter

DOCS = File(__file__).parent

Pages = dict[str, str]
"""The text of each page, by its path below docs."""


def main() -> None:
    """Write the reference, and remove what is no longer part of it."""
    written = pages()
    for path, text in written.items():
        (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / path).write_text(text)
    for old in (DOCS / "reference").rglob("*.md"):
        if str(old.relative_to(DOCS)) not in written:
            old.unlink()


def pages() -> Pages:
    """The whole reference."""
    return {
        "reference/xporter.md": xporter(),
        **{f"reference/xporter/{e.segment}.md": endpoint_page(e) for e in ENDPOINTS.values()},
        **{f"reference/xporter/writeback/{o.name}.md": writeback_page(o) for o in OPERATIONS.values()},
        "reference/edfi.md": edfi(),
        "reference/edfi-consent.md": guards(),
        "reference/edlink.md": edlink(),
        "reference/oneroster.md": oneroster(),
        "reference/scopes.md": scopes(),
        "reference/errors.md": errors(),
        "reference/records.md": records(),
        "reference/settings.md": settings(),
        "reference/metrics.md": measured(),
    }


if __name__ == "__main__":
    main()
