"""The page of scopes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rollbook.api.resource import Counted, Facts
from rollbook.consent.words import WORDS
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.dialects.xporter.writeback import OPERATIONS
from rollbook.edfi.resources import EVERY, RESOURCES
from rollbook.model.document_scopes import GUARDS
from rollbook.scopes import CATALOGUE, readable

from .markdown import grid, page


def scopes() -> str:
    """Every scope, and what it opens."""
    blocks: list[str] = []
    for category, each in groupby(CATALOGUE.values(), key=lambda s: s.category):
        blocks.append(f"## {category}")
        for scope in each:
            changes = "It lets an app change data." if scope.changes else ""
            blocks += [
                f"### {scope.name}",
                f"{scope.words}. {changes}".strip(),
                "\n".join(opened(scope.name)) or NOTHING_YET,
            ]
    return page(
        "Scopes",
        "What a school can let an app read and change. A token cannot see a field that none of its scopes opens: the "
        "field is not shown, cannot be filtered by, and changes to it cannot be noticed. Nor can it change anything "
        "without a scope of the category Write-back. The names are those of the Xporter School Data API, except "
        "some write-back scopes that are Rollbook's own. Fields are named as Xporter shows them. A field in "
        "brackets needs other scopes too.",
        *blocks,
        "## Permission words of other standards",
        "A key for Ed-Fi or Edlink may have permission words of its standard. They narrow its app's grants, and never "
        "widen it. A key for which no word is named reads all that is granted, and writes nothing.",
        grid(
            ("API", "Word", "What it allows", "Writes", "Scopes"),
            ((w.dialect, f"`{w.name}`", w.about, "yes" if w.writes else "no", scope_list(w.scopes)) for w in WORDS),
        ),
    )


def scope_list(held: frozenset[str]) -> str:
    """Scopes by name, or that it is every one."""
    if held >= CATALOGUE.keys():
        return "all"
    return "all that only read" if held == frozenset(readable(CATALOGUE)) else ", ".join(sorted(held))


NOTHING_YET = "No field yet."


def opened(scope: str) -> Iterator[str]:
    """The write-backs that a scope opens, and the fields, table by table."""
    for operation in OPERATIONS.values():
        if any(scope in way for way in operation.need.ways):
            yield f"- Write-back [{operation.name}](xporter/writeback/{operation.name}.md)"
    for resource in EVERY:
        if any(scope in way for way in resource.writing.ways):
            yield f"- Writing [{resource.name}](edfi.md) (Ed-Fi)"
    held = {n: (g.whole, g.write, *(p.of.scope for p in RESOURCES[n].parts[1:])) for n, g in GUARDS.items()}
    documents = [f"`{n}`" for n, needs in held.items() if any(scope in way for one in needs for way in one.ways)]
    if documents:
        yield f"- [Ed-Fi's documents](edfi-consent.md): {', '.join(documents)}"
    for endpoint in ENDPOINTS.values():
        for table in endpoint.tables:
            needs = {n: e.need for p in endpoint.parts(table) for n, e in p.columns.items()}
            if isinstance(table, Facts | Counted):
                needs = dict.fromkeys(table.columns, table.need)
            names = [
                name if frozenset({scope}) in needed.ways else f"({name})"
                for name, needed in needs.items()
                if any(scope in way for way in needed.ways)
            ]
            if names:
                place = endpoint.segment if table is endpoint.main else f"{endpoint.segment}, {table.name}"
                yield f"- [{place}](xporter/{endpoint.segment}.md): {', '.join(names)}"
