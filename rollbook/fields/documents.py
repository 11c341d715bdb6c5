"""Values that belong to the record itself, and values that are JSON within a row's JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..scopes import Need
from .expressions import Expr, need_of
from .record import Many, Record
from .values import Csv, LastUpdated


class HubId(Expr):
    """The id by which the hub knows the record, a UUID that is stable for ever."""

    about = "The id of the record in the hub"
    example = "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f"

    def __init__(self, of: type[Record]) -> None:
        self.of = of

    @property
    def need(self) -> Need:
        return self.of.scope


class Made(HubId):
    """The moment when the record was made, UTC, `yyyy-MM-ddTHH:MM:SS.mmm`."""

    about = "The moment when the record was made"
    example = "2026-11-20T08:45:00.123"
    kind = "moment"


class Appeared(Made):
    """The moment when the record was made, or when whoever it is of was let in again by a choice of people."""


class AppearedNumber(HubId):
    """The number of the write, or of the choice, that made a record appear."""

    kind = "number"


class Version(LastUpdated):
    """The number of the last change of a fact that the caller may see: it grows with every write to the hub."""

    about = "The number of the last change"
    example = 421_337
    kind = "number"


class MadeNumber(HubId):
    """The number of the write that made the record: to order by, never to show."""

    kind = "number"


class WrittenNumber(HubId):
    """The number of the last write since, whoever may see what was written; null while it is as it was made.

    It is there to order by, never to show.
    """

    kind = "number"


class Kept(Expr):
    """What a dialect's client wrote that has no canonical field, as JSON; null when there is nothing.

    `dialect` is the key under which it stands, with dots between. What was written of a human is seen through a `role`.
    """

    about = "What was written beside the canonical facts"

    def __init__(
        self, of: type[Record], dialect: str, need: Need | None = None, *, role: type[Record] | None = None
    ) -> None:
        self.of = of
        self.dialect = dialect
        self.role = role
        self._need = need

    @property
    def need(self) -> Need:
        return self._need if self._need is not None else self.of.scope


class KeptValue(Expr):
    """One value of what a dialect's client wrote that has no canonical field, by its path in there.

    `kind` is "text", "number" or "flag": what the client may write there.
    """

    def __init__(self, kept: Kept, *path: str, kind: str = "text") -> None:
        self.kept = kept
        self.path = path
        self.kind = kind
        self.about = kept.about

    @property
    def need(self) -> Need:
        return self.kept.need

    def parts(self) -> Iterator[Expr]:
        yield self.kept


class Nested(Expr):
    """A JSON object; with `prune`, without what is null."""

    def __init__(self, members: Mapping[str, Expr], *, prune: bool = False, about: str = "") -> None:
        self.members = dict(members)
        self.prune = prune
        self.about = about

    @property
    def need(self) -> Need:
        return need_of(*self.members.values())

    def parts(self) -> Iterator[Expr]:
        return iter(self.members.values())


class Split(Expr):
    """A text with commas as a JSON array of texts; an unknown one is empty."""

    def __init__(self, value: Expr) -> None:
        self.value = value
        self.about, self.example = value.about, value.example

    @property
    def need(self) -> Need:
        return self.value.need

    def parts(self) -> Iterator[Expr]:
        yield self.value


class Truth(Split):
    """A flag as JSON's true, false or null."""

    kind = "flag"


class Listed(Csv):
    """A fact of each of many records as a JSON array, without repeats, in order; empty when there is none."""


class Rows(Listed):
    """A JSON object for each of many records, in order, as a JSON array."""

    def __init__(
        self,
        many: Many,
        members: Mapping[str, Expr],
        *,
        order: tuple[Expr, ...] = (),
        prune: bool = False,
        scope: Need | None = None,
        about: str = "",
    ) -> None:
        super().__init__(many, Nested(members, prune=prune), scope=scope, about=about)
        self.order = order


class Down(Expr):
    """An order from the greatest value to the least."""

    def __init__(self, value: Expr) -> None:
        self.value = value

    @property
    def need(self) -> Need:
        return self.value.need

    def parts(self) -> Iterator[Expr]:
        yield self.value
