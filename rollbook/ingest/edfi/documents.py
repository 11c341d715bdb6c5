"""Documents of the resources that are taken in, each checked against its declaration and known by its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ...edfi.resources import ROSTER
from ...edfi.schema import Resource
from ...edfi.validation import Invalid, understand
from ...model.organisation import District, School
from ..rows import Aside, Problems

RESOURCES: dict[str, Resource] = {one.name: one for one in ROSTER}
"""The resources that are taken in, each after those that it refers to."""


ADDED = ("id", "_etag", "_lastModifiedDate", "link")
"""What servers add to documents."""


class Told(NamedTuple):
    """A document: its key as a row, its natural key as one text, what it says and where that was read."""

    resource: Resource
    key: str
    natural: str
    body: dict[str, Any]
    place: tuple[str, int]
    more: Mapping[str, Any] = {}
    """What it says besides, such as what a state has added to the standard."""


def natural(resource: Resource, key: Mapping[str, Any]) -> str:
    """A natural key, by member, as one text; descriptors compare in any case."""
    return "|".join(_escaped(key[name]) for name, _, _ in resource.members())


def _escaped(value: Any) -> str:
    text = str(value)
    text = text.lower() if "#" in text and "://" in text else text
    return text.replace("%", "%25").replace("|", "%7C")


def key_of(resource: Resource, identity: str, named: str) -> str:
    """The key of a row: the document's id, which stays when its natural key changes; of organisations their number.

    Files have no ids: there it is the natural key. Several resources are of one kind of record, so that it says which.
    """
    of_place = resource.of in (District, School)
    return f"{resource.name}/{identity if identity and not of_place else named}"


def told(resource: Resource, said: Mapping[str, Any], place: tuple[str, int], problems: Problems) -> Told | None:
    """A document that was read; one that breaks a rule of the standard is set aside, and nothing is given."""
    try:
        body = understand(resource, dict(said))
    except Invalid as wrong:
        one = wrong.problems[0]
        key = f"{resource.name}/{said['id']}" if said.get("id") else ""
        problems.aside.append(Aside(resource.of.__name__, key, place, one.where.removeprefix("$."), one.what, one.hint))
        return None
    named = natural(resource, resource.key(body))
    return Told(resource, key_of(resource, str(said.get("id") or ""), named), named, body, place)
