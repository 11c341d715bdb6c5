"""The words that standards define and their clients add to: descriptors."""

from __future__ import annotations

from ..fields import Date, Record, Text
from ..scopes import ANYONE


class Descriptor(
    Record,
    writing=ANYONE,
    indexes=(("kind", "code"),),
    natural=("kind", "namespace", "code"),
):
    """A value of a standard's list, such as a kind of cohort; all districts of a hub share the lists."""

    kind = Text("The list that it belongs to", "CohortTypeDescriptor")
    namespace = Text("The namespace that defines it", "uri://ed-fi.org/CohortTypeDescriptor")
    code = Text("The value itself", "Study Hall")
    short = Text("The value as shown to people", "Study Hall")
    description = Text("What it means", "Study Hall")
    effective_from = Date("The first day on which it may be used", "2026-07-01")
    effective_to = Date("The last day on which it may be used", "2030-06-30")
