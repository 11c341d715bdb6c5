"""Services as values: where each is, what it lists and takes, where its paths lead, and which scopes that needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...errors import NotFound, Problem, nearest
from ...fields import Arg
from ..messages import Response
from .resource import Resource
from .rows import Conditions

PARENT, WITHIN = Arg("parent"), Arg("within")
"""The id of what a path leads from, and of what that must be within."""


@dataclass(frozen=True)
class Collection:
    """What an address lists: the rows of a resource for which something holds."""

    name: str
    resource: Resource
    rows: Conditions
    envelope: str

    @property
    def one(self) -> str:
        """What an answer calls one of them."""
        return self.resource.one


Collections = Mapping[str, Collection]
"""Collections by their names in addresses."""


@dataclass(frozen=True)
class Path:
    """Where an address leads from one thing: the name of a collection, and which of its rows.

    `rows` compares with `PARENT` the id that stands last in the address, and with `WITHIN` the one before it. `within`
    is what holds of the thing that the address leads from where it stands within another. One that does not read takes
    things only.
    """

    leads: str
    rows: Conditions
    within: Conditions | None = None
    reads: bool = True


Scopes = Mapping[str, frozenset[str]]
"""The scopes of which a client needs one, by the name of a collection; by "", those for all others."""

Writer = Callable[[Any], Response]
"""What answers a request that writes, as its dialect understood it."""


@dataclass(frozen=True, eq=False)
class Service:
    """A service: what is below one root.

    Addresses are written as in `classes/{id}/students`: in `paths`, which lead from one thing, and in `writers`, by
    method. `begins` are collections that paths lead from although the service does not list them. Raises `TypeError`
    where an address is none.
    """

    name: str
    root: str
    collections: Collections
    paths: Mapping[str, Path]
    scopes: Mapping[str, Scopes]
    """By method; HEAD needs what GET does."""
    writers: Mapping[str, Mapping[str, Writer]] = field(default_factory=dict[str, Mapping[str, Writer]])
    begins: Collections = field(default_factory=dict[str, Collection])
    old: bool = False
    """Whether it speaks as an earlier version of its standard does."""

    def __post_init__(self) -> None:
        for address, path in self.paths.items():
            leads = (*address.split("/")[:-1:2], path.leads)
            if unknown := [name for name in leads if self.collection(name) is None]:
                raise TypeError(f"{self.root}/{address} has no collection {unknown[0]}")
            if len(leads) != 2 + (path.within is not None):
                raise TypeError(f"{self.root}/{address} must say within what it begins, or begin at the root")
        for address, writers in self.writers.items():
            if address not in self.addresses:
                raise TypeError(f"{self.root}/{address} is no address of the service")
            if unknown := [method for method in writers if method not in self.scopes]:
                raise TypeError(f"{self.root}/{address} does not say which scopes {unknown[0]} needs")

    def collection(self, name: str) -> Collection | None:
        """A collection that the service lists, or from which its paths lead."""
        return self.collections.get(name) or self.begins.get(name)

    @property
    def addresses(self) -> Iterator[str]:
        """Every address below the root."""
        for name in self.collections:
            yield name
            yield f"{name}/{{id}}"
        yield from self.paths

    def methods(self, address: str) -> tuple[str, ...]:
        """What an address can be asked with."""
        path = self.paths.get(address)
        reading = () if path is not None and not path.reads else ("GET", "HEAD")
        return (*reading, *self.writers.get(address, ()))

    def nowhere(self, steps: Sequence[str]) -> NotFound:
        """That some steps below the root lead to nothing, with the nearest that there is."""
        first = steps[0] if steps else ""
        known = [address.split("/")[-1] for address in self.paths if address.startswith(f"{first}/")]
        hint = nearest(steps[-1][:80], known) if known and len(steps) > 2 else nearest(first[:80], self.collections)
        return NotFound(Problem("path", f"{'/'.join(steps)[:80]} was not found", hint))

    def needs(self, method: str, collection: str) -> frozenset[str]:
        """The scopes of which a client needs one."""
        scopes = self.scopes["GET" if method == "HEAD" else method]
        return scopes.get(collection, scopes[""])


def address_of(steps: Sequence[str]) -> str:
    """The address that steps below a root lead to, as services write it."""
    return "/".join("{id}" if at % 2 else step for at, step in enumerate(steps))
