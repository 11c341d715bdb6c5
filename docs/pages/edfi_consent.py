"""The page of what Ed-Fi's documents need, and whose data they are."""

from __future__ import annotations

from rollbook.edfi.documents import Whole
from rollbook.edfi.resources import RESOURCES
from rollbook.model.document_scopes import GUARDS, Guard
from rollbook.model.whole import BECAUSE

from .markdown import grid, need, page


def guards() -> str:
    """What each kind of document of Ed-Fi's standard needs, and whose data it is."""
    rows = sorted(GUARDS.items())
    return page(
        "What Ed-Fi's documents need",
        f"The {len(rows)} resources of Data Standard 5.2: what a school must have granted before an app reads one, or "
        "writes one (which needs what reading it needs, too), and whose data it is. What has no row is not served. "
        "Where the record has fields for a document, [each has its own scopes](edfi.md) besides. Scopes are in "
        "[plain words here](scopes.md). What lives in a [record](records.md) is the one that other dialects show; "
        "the rest is kept whole, as its client wrote it.",
        grid(
            ("Resource", "To read", "Besides, to write", "About", "What it holds", "Lives in"),
            ((f"`{n}`", need(g.read), need(g.write), abouts(g), g.reason, home(n)) for n, g in rows),
        ),
        "## Members that need more",
        "Without these scopes a document is shown as if it did not have the member.",
        grid(
            ("Resource", "Member", "Needs"),
            ((f"`{n}`", f"`{path}`", need(more)) for n, g in rows for path, more in g.parts.items()),
        ),
    )


def home(name: str) -> str:
    """The record that a document is, unless it is kept whole; why, where the record seems to have a place for it."""
    resource = RESOURCES[name]
    if isinstance(resource, Whole):
        whole = f"kept whole: {BECAUSE[name]}" if name in BECAUSE else "kept whole"
        return ", ".join((*(f"`{form.of.__name__}`" for form in resource.forms), whole)).replace(
            ", kept", "; else kept"
        )
    return f"`{(resource.role or resource.of).__name__}`"


def abouts(guard: Guard) -> str:
    """Whom a document is about, and by which reference."""
    named = [f"{w.kind} (`{w.reference}`)" if w.reference else f"the {w.kind}" for w in guard.whose]
    return ", ".join(named) or "nobody"
