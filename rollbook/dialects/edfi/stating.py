"""What documents say of humans: it is said once, and who leaves a fact out takes nothing from whoever says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...consent import Writer
from ...edfi.homes import Stated
from ...edfi.schema import Resource
from ...model.people import Person
from ...model.students import Student

Facts = dict[str, Any]


class Stating:
    """Writes what one resource's documents say of humans."""

    def __init__(self, resource: Resource, writer: Writer) -> None:
        self.resource = resource
        self.writer = writer

    def parted(self, values: Mapping[str, Any]) -> tuple[Facts, Facts]:
        """The values of a record itself, and those that are the human's."""
        humans = self.resource.humans
        if not humans:
            return dict(values), {}
        own = {name: value for name, value in values.items() if name not in humans}
        return own, {name: value for name, value in values.items() if name in humans}

    def state(self, now: Mapping[str, Any], said: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Let a human's facts be as a document says, less what it said before and nobody says any more."""
        if not self.resource.stated:
            return
        facts: Facts = {}
        for one in self.resource.stated:
            flag = one.flag.name
            if before.get(flag) == 1 and now.get(flag) == 0 and not self.said_by_others(one, before):
                facts |= one.home.write(None, {}, lambda name: True)
        facts |= said
        if facts:
            self.writer.change(Person, now.get("person") or before["person"], facts, Student)

    def withdraw(self, before: Mapping[str, Any]) -> None:
        """Take away what only a document said that goes."""
        self.state({one.flag.name: 0 for one in self.resource.stated}, {}, before)

    def said_by_others(self, one: Stated, before: Mapping[str, Any]) -> bool:
        """Whether another record says what one said of the same human."""
        rows = self.writer.find(self.resource.of, person=before["person"])
        return any(row["id"] != before["id"] and row[one.flag.name] != 0 for row in rows)
