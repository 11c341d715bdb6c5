"""What a school decides for later: to share less or more, to pause, to go on, to begin.

A decision counts from its moment by itself: whoever reads a grant takes it in (`store/kept/planned.py`). A job writes
down afterwards that it has come, and gives the receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from ..errors import Conflict, Malformed, NotFound, Problem
from ..store.kept import Kept
from ..store.kept.planned import BEGIN as BEGIN
from ..store.kept.planned import NARROW as NARROW
from ..store.kept.planned import PAUSE as PAUSE
from ..store.kept.planned import RESUME as RESUME
from ..store.kept.planned import WIDEN as WIDEN
from ..store.kept.planned import Planned as Planned
from ..store.port import Store
from .announcing import tell
from .grants import Grant, known_scopes, zone_of
from .receipts import give_receipt, words

_EVENTS = {NARROW: "narrowed", WIDEN: "widened", PAUSE: "paused", RESUME: "resumed", BEGIN: "began"}
"""What a receipt says once a decision counts."""

_WORDS = {
    NARROW: "no longer shared: {scopes}",
    WIDEN: "shared as well: {scopes}",
    PAUSE: "sharing is paused",
    RESUME: "sharing goes on",
    BEGIN: "sharing begins",
}


class Planning:
    """Where a school decides for later."""

    def __init__(self, store: Store, clock: Callable[[], float], by: str) -> None:
        """`by` is who decides, as receipts say it."""
        self._store = store
        self._clock = clock
        self._by = by

    def of(self, grant: Grant) -> list[Planned]:
        """What was decided of a grant for later, in the order in which it counts."""
        now = self._clock()
        return [one for one in self._store.kept.planned.of(grant.id) if one.at > now]

    def plan(self, grant: Grant, what: str, at: float, scopes: Iterable[str] = ()) -> None:
        """Decide for a moment (seconds since 1970).

        `scopes` are those that are no longer shared from then on, or shared as well. Raises `Malformed` where the
        moment has passed, and `Conflict` for what cannot be.
        """
        if grant.state == "revoked":
            raise Conflict("the grant is revoked", hint="authorise the app again")
        if at <= self._clock():
            raise Malformed(Problem("date", "is not in the future", "choose a later day, or decide now"))
        if grant.ends is not None and at >= grant.ends:
            raise Conflict("sharing ends before that", hint="choose an earlier day")
        named = known_scopes(frozenset(scopes)) if scopes else frozenset[str]()
        if what in (NARROW, WIDEN) and not named:
            raise Malformed("no scope is named", hint="name what is to change")
        with self._store.of_district(grant.district) as kept:
            now = kept.grants.with_id(grant.id)
            if now is None or now.version != grant.version:
                raise Conflict(
                    "somebody else has changed what is shared in the meantime", hint="look again, then decide"
                )
            lay(kept, grant.id, at, what, named, self._by)
            give_receipt(kept, grant.id, "planned", self._by, note=told(what, at, named, grant.time_zone))

    def cancel(self, grant: Grant, identity: str) -> None:
        """Take back what was decided for later; raises `NotFound` where it counts already, or was taken back before."""
        found = next((one for one in self.of(grant) if one.id == identity), None)
        if found is None:
            raise NotFound(Problem("change", "has come already, or was taken back before"))
        with self._store.of_district(grant.district) as kept:
            if kept.planned.drop(identity):
                note = told(found.what, found.at, found.scopes, grant.time_zone)
                give_receipt(kept, grant.id, "unplanned", self._by, note=note)

    def note(self, identity: str) -> None:
        """Write down of a grant (hub id) what has come of decisions whose moments have passed."""
        grant = self._store.kept.grants.with_id(identity)
        if grant is not None:
            with self._store.of_district(grant.district) as kept:
                carry_out(kept, grant.id)


def lay(kept: Kept, grant: str, at: float, what: str, scopes: Iterable[str], by: str) -> None:
    """Keep a decision within a transaction, and promise that it is written down once it counts."""
    kept.planned.add(grant, at, what, scopes, by)
    kept.outbox.promise("decide", {"grant": grant}, key=f"{grant}/{at}/{what}", due=at)


def carry_out(kept: Kept, grant: str) -> None:
    """Write down within a transaction what has come of decisions; whoever changes a grant does this first."""
    for one in kept.planned.due().get(grant, ()):
        before = kept.grants.raw(grant)
        if before is None or not kept.planned.drop(one.id):
            continue
        state, scopes = one.after(*before)
        kept.grants.turn(grant, scopes, state)
        if scopes != before[1]:
            tell(kept, grant, _EVENTS[one.what])
        if (state, scopes) != before:
            give_receipt(kept, grant, _EVENTS[one.what], one.by, before[1] - scopes, at=one.at)


def told(what: str, at: float, scopes: Iterable[str], zone: str) -> str:
    """A decision for later in words: `From 24 December 2026: sharing is paused`."""
    when = datetime.fromtimestamp(at, zone_of(zone))
    day = f"{when:%d %B %Y}".lstrip("0") + ("" if when.time() == datetime.min.time() else f", {when:%H:%M}")
    return f"From {day}: {_WORDS[what].format(scopes=', '.join(words(name) for name in sorted(scopes)))}"
