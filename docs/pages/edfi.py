"""The page of Ed-Fi."""

from __future__ import annotations

from rollbook.edfi.resources import EVERY
from rollbook.edfi.schema import Collection, Descriptor, Property, Reference
from rollbook.edfi.schema import Text as EdFiText

from .markdown import grid, need, page
from .telling import by_facts, records_link


def edfi() -> str:
    """The resources of Ed-Fi, and what each property is in the record."""
    blocks: list[str] = []
    for resource, part in ((one, part) for one in EVERY for part in one.parts):
        beside = f"{need(part.remainder or part.of.scope)}, kept beside"
        roles = (part.role,) if part.role else ()
        rows = [
            (
                f"`{p.name}`",
                edfi_type(p),
                "key" if p.identity else "required" if p.needed else "",
                p.about,
                by_facts(p.columns().values(), roles) or beside,
            )
            for p in part.properties
            if part is resource or p.columns()
        ]
        about = f"{resource.about} Each is a {records_link(resource.of)}. Writing one needs `{resource.writing}`."
        if part is resource:
            blocks += [
                f"## {resource.name}",
                about.replace(" Each is", " Some are" if resource.parts[1:] else " Each is"),
            ]
        else:
            blocks.append(f"Where it is a {records_link(part.of)}, that tells of these:")
        blocks.append(grid(("Property", "Type", "", "Description", "Scopes"), rows))
    return page(
        "Ed-Fi",
        "The resources of Data Standard 5.2 that Rollbook serves at `/edfi/data/v3/ed-fi/`, besides their descriptors. "
        "What a school did not grant is absent. A property that is kept beside the record has no canonical field: it "
        "returns to Ed-Fi's clients as it was written. [By example](../../tests/examples/edfi/README.md); "
        "[where the sources disagree](../edfi-differences.md).",
        *blocks,
    )


def edfi_type(one: Property) -> str:
    """The type of a property, as the standard has it."""
    if isinstance(one, EdFiText):
        return f"text, at most {one.most}"
    if isinstance(one, Descriptor):
        return f"descriptor of {one.kind}"
    if isinstance(one, Reference):
        return f"reference to {one.target.name}"
    if isinstance(one, Collection):
        return f"collection of {one.item or 'objects'}"
    return {"Integer": "whole number", "Number": "number"}.get(type(one).__name__, type(one).__name__.lower())
