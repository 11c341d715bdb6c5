"""The facts of a disclosure in the words of the record: what a parent reads instead of the names in the code."""

from __future__ import annotations

import re

from ..fields import RECORDS
from ..store.plan.facts import IS_EMPTY
from ..store.plan.facts import facts_of as facts_of


def words_of(fact: str) -> str:
    """A fact in words: `Student.reg_group.name` is "Student: Registration group, Group's full name or short code".

    A fact that was shown to be empty is followed by "(empty)". What an older version recorded and this one has no name
    for stays as it is.
    """
    if fact.endswith(IS_EMPTY):
        return f"{words_of(fact.removesuffix(IS_EMPTY))} (empty)"
    kind, *steps, end = fact.split(".")
    record, said = RECORDS.get(kind) or RECORDS.sharing.get(kind), list[str]()
    for step in steps:
        ref = None if record is None else record.refs().get(step)
        if ref is None:
            return fact
        said.append(ref.about)
        record = ref.target
    field = None if record is None else record.fields.get(end)
    if field is None:
        return fact
    return f"{_label(kind)}: {', '.join([*said, field.about])}"


def _label(kind: str) -> str:
    """The name of a kind of record as words: `StudentMembership` is "Student membership"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize()
