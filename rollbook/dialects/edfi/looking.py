"""Looking at a document that an app wrote, as the app sees it now: what is sent to its source is no more than that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from ...consent import Desk, Holder
from ...edfi.resources import RESOURCES
from ...ingest.sending import Seen, Wanted
from .changes import deletes
from .reading import find_quietly, hexadecimal, hub_id


class Looking:
    """Looks at documents."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __call__(self, wanted: Wanted) -> Seen | None:
        """A document as the holder of a credential sees it, or that it is gone; none where they see neither."""
        credential = self._desk.credentials.with_id(wanted.dialect, wanted.credential)
        each = self._desk.readers.for_holder(Holder(credential)) if credential else ()
        readers, resource = [one for one in each if one.district == wanted.district], RESOURCES[wanted.resource]
        if found := find_quietly(resource, readers, wanted.id):
            return Seen(resource.key(found.body), found.body, tuple(dict.fromkeys(_named(found.body))))
        gone = deletes(resource, readers, wanted.since, None)
        keys = (one.body["keyValues"] for one in gone if one.body["id"] == hexadecimal(wanted.id))
        return next((Seen(key, None) for key in keys), None)


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """The documents to which links in a document lead: resource and hub id."""
    if isinstance(value, dict):
        said = cast(dict[str, Any], value)
        href = str(said.get("href", "")).split("/")
        if len(href) == 4 and (identity := hub_id(href[3])):
            yield href[2], identity
        for one in said.values():
            yield from _named(one)
    elif isinstance(value, list):
        for one in cast(list[Any], value):
            yield from _named(one)
