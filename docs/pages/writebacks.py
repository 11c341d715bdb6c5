"""A page for each of Xporter's write-backs."""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.dialects.xporter.writeback import Operation, describing
from rollbook.dialects.xporter.writeback.sections import Section

from .markdown import code, grid, need, page


def writeback_page(operation: Operation) -> str:
    """Everything about one write-back."""
    waits = "The answer is a `TrackingId`. The address in `Callback` is called once the data is written or has failed."
    comes = "The answer comes once the data is written. If there is a `Callback`, that address is called too."
    return page(
        operation.title,
        operation.about,
        "```http\n" + "\n".join(f"POST {path}" for path in describing.paths_of(operation)) + "\n```",
        f"Needs {need(operation.need)}. {waits if operation.asynchronous else comes} If it is sent again with the same "
        "header `Idempotency-Key`, it is written only once.",
        *(
            block
            for section, mandatory in describing.sections_of(operation)
            for block in section_blocks(section, mandatory)
        ),
    )


def section_blocks(section: Section, mandatory: bool) -> Iterator[str]:
    """A section's name, what it is, and its properties."""
    yield f"## {section.name}"
    yield f"{section.about} {'Mandatory.' if mandatory else 'Optional.'}"
    yield grid(
        describing.HEAD, ((name, code(example or None), *rest) for name, example, *rest in describing.rows(section))
    )
