"""The page of OneRoster."""

from __future__ import annotations

from rollbook.dialects.oneroster.services import GRADEBOOK, MATERIALS, ROSTERS

from .markdown import grid, page
from .telling import by_facts, records_link


def oneroster() -> str:
    """The entities of OneRoster, and which filters each member allows."""
    blocks: list[str] = []
    collections = (one for service in (ROSTERS, GRADEBOOK, MATERIALS) for one in service.collections.values())
    for resource in {collection.resource.name: collection.resource for collection in collections}.values():
        rows = [
            (
                f"`{name}{'.sourcedId' if one.leads else ''}`" if one.filters else f"`{name}`",
                " ".join(f"`{operator}`" for operator in one.filters),
                "yes" if ">" in one.filters else "",
                by_facts(part.properties[name].shown for part in resource.parts),
            )
            for name, one in resource.properties.items()
        ]
        kinds = ", ".join(records_link(part.of) for part in resource.parts)
        heads = ("Member", "`filter`", "`sort`", "Scopes")
        blocks += [f"## {resource.name}", f"Read from {kinds}.", grid(heads, rows)]
    return page(
        "OneRoster",
        f"What Rollbook serves at `{ROSTERS.root}/`, `{GRADEBOOK.root}/` and `{MATERIALS.root}/`. What a school did "
        "not grant is left out, or is not in the list. "
        "[Where the standard is silent, and what Rollbook does](../oneroster-differences.md).",
        *blocks,
    )
