"""The page of Edlink."""

from __future__ import annotations

from rollbook.dialects.edlink.catalogue import RESOURCES as ROSTER
from rollbook.dialects.edlink.classroom import METHODS
from rollbook.dialects.edlink.coursework import SUBMISSION, assignments, categories
from rollbook.dialects.edlink.files import files
from rollbook.dialects.edlink.later import LATER
from rollbook.dialects.edlink.rubrics import rubrics
from rollbook.model.assessment import AssessmentResult

from .markdown import grid, page
from .telling import by_facts, records_link


def edlink() -> str:
    """The resources of Edlink, and which filters each property allows."""
    blocks: list[str] = []
    for resource in (*ROSTER.values(), *LATER.values(), assignments, categories, rubrics, files):
        rows = [
            (
                f"`{name}`",
                ", ".join(one.filters),
                one.leads,
                by_facts(part.properties[name].shown for part in resource.parts),
            )
            for name, one in resource.properties.items()
        ]
        kinds = ", ".join(records_link(part.of) for part in resource.parts)
        blocks += [
            f"## {resource.name}",
            f"Read from {kinds}.",
            grid(("Property", "`$filter`", "`$expand`", "Scopes"), rows),
        ]
    return page(
        "Edlink",
        "What Rollbook serves at `/api/v2/graph/` and, of one person, at `/api/v2/my/`. What a school did not grant is "
        "null, or is not in the list. [By example](../../tests/examples/edlink/README.md); "
        "[where the sources disagree](../edlink-differences.md).",
        *blocks,
        "## submissions",
        f"What is between a student of a class and an assignment, read from {records_link(AssessmentResult)} where "
        f"there is a result: {', '.join(f'`{name}`' for name in SUBMISSION)}.",
        "## Coursework",
        "What is below a class, with an integration's token below `graph` and a person's below `my`.",
        grid(
            ("Address", "Methods"),
            (
                (f"`{address}`", ", ".join(one for one in methods if one != "HEAD"))
                for address, methods in METHODS.items()
            ),
        ),
    )
