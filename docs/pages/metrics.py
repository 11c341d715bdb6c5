"""The page of what is measured."""

from __future__ import annotations

from rollbook.operation.metrics import EVERY as METRICS

from .markdown import grid, page


def measured() -> str:
    """Everything that is measured."""
    rows = [
        (f"`{m.name}`", ", ".join(f"`{label}`" for label in m.labels), "counter" if m.counts else "", m.about)
        for m in METRICS
    ]
    return page(
        "What is measured",
        "At `/metrics`, as Prometheus reads it ([how to get there](../operation.md#health)). No label "
        "holds an id of a record, a name, or what a request asked about.",
        grid(("Name", "Labels", "Kind", "What it is"), rows),
    )
