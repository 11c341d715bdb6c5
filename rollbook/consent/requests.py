"""How often an app asked, and what became of each request: the ledger read for the app itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from ..store.folding import DAY
from ..store.ledger import Once, Span, What
from ..store.port import Store
from .grants import App, Grant

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass
class Use:
    """How often something was asked for: in all, today, this month, and in each month (`2026-11`), UTC."""

    total: int = 0
    today: int = 0
    this_month: int = 0
    history: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class PastRequest:
    """A request: its number, the moment (milliseconds since 1970), what came of it, and under which of the grants."""

    number: int
    at: int
    dialect: str
    endpoint: str
    estab: str
    status: int
    outcome: str
    rows: int
    tracking: str
    reader: str = ""
    """The hub id of the person on whose behalf it asked, where it did."""
    facts: tuple[str, ...] = ()
    """The facts that it showed."""


@dataclass(frozen=True)
class Sought:
    """Which requests are wanted: of a dialect, an endpoint, a status, some days (UTC); what is left out is any."""

    dialect: str = ""
    endpoint: str = ""
    status: int = 0
    span: Span | None = None

    def fits(self, what: What) -> bool:
        """Whether something that was asked for is one of those."""
        return self.dialect in ("", what.dialect) and self.endpoint in ("", what.endpoint)


EVERY = Sought()


class Requests:
    """The requests of one app: under one grant, or under all of them and with its management token."""

    def __init__(self, store: Store, app: App, grants: Iterable[Grant], *, managing: bool) -> None:
        self._ledger = store.ledger
        self._app = app
        self._grants = {grant.id: grant for grant in grants}
        self._managing = managing
        self._ledger.fold()

    def usage(self, now: float, named: Callable[[str, str], str]) -> dict[str, dict[str, Use]]:
        """For each school (by number) how often each thing was asked for, by the name of its API and endpoint."""
        found: dict[str, dict[str, Use]] = {grant.estab: {} for grant in self._grants.values()}
        whats = {what.number: what for what in self._mine()}
        today = int(now * 1000) // DAY
        for number, day, times in self._ledger.usage(whats):
            what = whats[number]
            for estab in self._estabs(what):
                use = found[estab].setdefault(named(what.dialect, what.endpoint), Use())
                _add(use, day, times, today)
        return found

    def daily(self, now: float, days: int) -> list[tuple[date, str, str, int]]:
        """How often something was asked for on each of the last days (UTC): the day, the dialect, what came of it
        (empty for an answer), and how often."""
        whats = {what.number: what for what in self._mine()}
        first = int(now * 1000) // DAY - days + 1
        told = ((whats[number], day, times) for number, day, times in self._ledger.usage(whats) if day >= first)
        return [(date.fromordinal(_EPOCH + day), what.dialect, what.outcome, times) for what, day, times in told]

    def log(self, tracking: str, take: int, skip: int, only: Sought = EVERY) -> list[PastRequest]:
        """The requests, the latest first; with `tracking` those of one write-back."""
        mine = [what.number for what in self._mine() if only.fits(what)]
        found = self._ledger.log(mine, tracking, take, skip, status=only.status, span=only.span)
        return [self._asked(one) for one in found]

    def one(self, number: int) -> PastRequest | None:
        """The request with this number in the ledger, if it is one of these."""
        mine = [what.number for what in self._mine()]
        return next(map(self._asked, self._ledger.log(mine, take=1, number=number)), None)

    def asked(self) -> tuple[list[str], list[str]]:
        """The dialects in which anything was asked for, and the endpoints."""
        mine = list(self._mine())
        return sorted({what.dialect for what in mine}), sorted({what.endpoint for what in mine})

    def of_dialect(self, dialect: str, most: int) -> list[PastRequest]:
        """The latest requests in one dialect, the first of them first."""
        mine = [what.number for what in self._mine() if what.dialect == dialect]
        return [self._asked(one) for one in self._ledger.log(mine, "", most, 0)][::-1]

    def _mine(self) -> Iterator[What]:
        for what in self._ledger.whats():
            under = any(grant in self._grants for grant in what.grants)
            if what.app == self._app.id and (under or (self._managing and not what.grants)):
                yield what

    def _estabs(self, what: What) -> list[str]:
        return [self._grants[grant].estab for grant in what.grants if grant in self._grants]

    def _asked(self, one: Once) -> PastRequest:
        estabs = ",".join(self._estabs(one.what))
        said = (one.number, one.at, one.what.dialect, one.what.endpoint, estabs, one.status, one.what.outcome)
        return PastRequest(*said, one.rows, one.tracking, one.what.reader, one.what.facts)


def _add(use: Use, day: int, times: int, today: int) -> None:
    month, now = _month(day), _month(today)
    use.total += times
    use.today += times if day == today else 0
    use.this_month += times if month == now else 0
    use.history[month] = use.history.get(month, 0) + times


def _month(day: int) -> str:
    return date.fromordinal(_EPOCH + day).isoformat()[:7]
