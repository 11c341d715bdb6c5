"""Taking a source away: what goes with it, what stays since others say it too, and doing so."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import Conflict, Problem
from ..model.organisation import District, School
from ..store.kept import Kept
from ..store.kept.feeds import AGENT, Feed
from ..store.port import Store
from ..store.writing import Batch
from .applying import write_plan
from .diff import Tally
from .kinds import KINDS
from .naming import Namer
from .plan import Held, Part, Plan, read_held
from .rows import silent


@dataclass(frozen=True)
class Removal:
    """What becomes of a source's records: by kind those that go, with examples, and how many stay with others."""

    source: str
    gone: dict[str, Tally]
    stays: dict[str, int]
    readers: tuple[str, ...] = ()
    """The apps that read a school which would go: their grants would go with it."""
    applied: bool = False


def remove_feed(store: Store, feed: Feed, *, dry_run: bool = False) -> Removal:
    """Take a source away, with every record that no other source tells of; the district itself stays.

    Raises `Conflict` while an agent is the source.
    """
    _check(store.kept, feed)
    if dry_run:
        return _removal(Batch(store.kept, feed.district), feed)
    with store.write(feed.district) as batch:
        removal = _removal(batch, feed)
        # What it may no longer say it may have said before, and that goes too.
        batch.kept.feeds.put(feed._replace(may=()))
        # Nothing new is said, so nothing is left in a remainder under the name of a format.
        write_plan(batch, _plan(batch, feed), "", silent)
        batch.claims.forget(feed.source)
        batch.kept.feeds.forget(feed.district, feed.source)
    return replace(removal, applied=True)


def _check(kept: Kept, feed: Feed) -> None:
    agent = kept.agents.of_source(feed.source) if feed.connector == AGENT else None
    if agent is not None and agent.district == feed.district:
        hint = f"remove that first, with `rollbook agents remove {agent.name}`"
        raise Conflict(Problem(feed.source, f"is read through the agent {agent.name}", hint))


def _removal(batch: Batch, feed: Feed) -> Removal:
    plan = _plan(batch, feed)
    namer, gone, stays = Namer(batch, plan), dict[str, Tally](), dict[str, int]()
    schools = set[str]()
    for part in plan.parts:
        others = batch.kept.matches.others(feed.district, feed.source, part.kind.__name__, [*part.gone.values()])
        going = {key: identity for key, identity in part.gone.items() if identity not in others}
        if going:
            gone[part.kind.__name__] = namer.tally(Part(part.kind, [], gone=going))
        if part.kind is School:
            schools = set(going.values())
        if shared := len(part.gone) - len(going):
            stays[part.kind.__name__] = shared
    return Removal(feed.source, gone, stays, _readers(batch.kept, schools))


def _readers(kept: Kept, schools: set[str]) -> tuple[str, ...]:
    grants = (one for one in kept.grants.every() if one.school in schools and one.state != "revoked")
    return tuple(f"{one.app.relying_party} at {one.school_name}" for one in grants)


def _plan(batch: Batch, feed: Feed) -> Plan:
    """All that the source says, as gone; the district's own record only where another source has it too."""
    held = read_held(batch, feed.source)
    _keep_district(batch, feed, held)
    kinds = [kind for kind in KINDS if held.of(kind)]
    parts = [Part(kind, [], gone={key: one for key, (_, one) in held.of(kind).items()}) for kind in kinds]
    return Plan(feed.source, held, parts)


def _keep_district(batch: Batch, feed: Feed, held: Held) -> None:
    own = {identity for _, identity in held.of(District).values()}
    if not own <= batch.kept.matches.others(feed.district, feed.source, District.__name__, own):
        held.kinds.pop(District.__name__, None)
