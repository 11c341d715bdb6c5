"""A request of OneRoster, as far as it is understood: whose it is, of what district, and for what."""

from __future__ import annotations

from dataclasses import dataclass

from ...api.listing.asking import Asked
from ...api.listing.rows import EVERY, Rows, may_filter
from ...api.listing.services import Collection, Service
from ...api.messages import Request
from ...consent import Desk, DistrictReader, Holder
from .asking import understand
from .dated import AS_OF, DATED, NEEDED
from .wire import OLD_ROOTS, ROOTS


@dataclass(frozen=True)
class Call:
    """A request of somebody who was admitted: whose, of what district, and for which collection of a service.

    `identity` is the id of the one thing that is meant; `ids` are all that stand in its address.
    """

    request: Request
    desk: Desk
    holder: Holder
    reader: DistrictReader
    service: Service
    address: str
    collection: Collection
    ids: tuple[str, ...] = ()
    identity: str = ""
    rows: Rows = EVERY
    rests: frozenset[str] = frozenset()
    """The kinds of record that decide what the address leads from."""

    @property
    def roots(self) -> tuple[str, ...]:
        """The addresses of the services, as the caller reached this one."""
        return tuple(f"{self.request.base}{root}" for root in (OLD_ROOTS if self.service.old else ROOTS))

    @property
    def asked(self) -> Asked:
        """What the request asks; raises `Malformed` with everything that is wrong with it."""
        listing, query = self.collection.resource, self.request.query
        seen = all(map(self.reader.sees, NEEDED.get(self.address, ())))
        today = self.reader.today if self.address in DATED and seen else ""
        return understand(
            listing, query, lambda what: may_filter(self.reader, what), one=bool(self.identity), today=today
        )

    @property
    def as_of(self) -> str:
        """The day as of which a list is read, of a request that was understood; empty for today."""
        return next((value.strip() for name, value in self.request.query if name == AS_OF), "")
