"""Named sources: what the hub keeps of each, so that it can be read again, and what came of its readings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import Malformed, Problem, nearest
from ..store.kept import Kept
from ..store.kept.feeds import AGENT, BY_HAND, ON, PAUSED, Feed, Run
from ..store.kept.sources import allowed
from ..store.numbering import now
from ..store.port import Store
from .asked import recorded
from .diff import Diff
from .kinds import KINDS
from .limits import MOST_ASIDE
from .rows import Request

DONE, REFUSED = "done", "refused"

MOST_WORDS = 500
"""How many characters are kept of what was wrong with a reading."""


def register(kept: Kept, district: int, source: str, connector: str) -> Feed:
    """The source of this name, within a transaction; one that is new is read by hand and comes after all others."""
    found = kept.feeds.find(district, source)
    if found is not None:
        return found
    precedence = kept.feeds.next_precedence(district)
    made = Feed(district, source, connector, {}, precedence, (), MOST_ASIDE, BY_HAND, "", now())
    kept.feeds.put(made)
    return made


def most_aside(kept: Kept, district: int, source: str, asked: float | None) -> float:
    """The share of a kind of row of a source that may have faults: what is asked for, or else the source's own."""
    if asked is not None:
        return asked
    found = kept.feeds.find(district, source)
    return found.most_aside if found else MOST_ASIDE


def follow(store: Store, district: int, source: str, path: Path) -> None:
    """Have a source read again from a path, from now on, whenever what it said has become old."""
    _put_path(store, district, source, path, ON)


def note_path(store: Store, district: int, source: str, path: Path) -> None:
    """Keep from where a source was read by hand; one that is read by itself stays where it is."""
    found = store.kept.feeds.find(district, source)
    if found is not None and found.state == BY_HAND:
        _put_path(store, district, source, path, BY_HAND)


def _put_path(store: Store, district: int, source: str, path: Path, state: str) -> None:
    with store.of_district(district) as kept:
        found = kept.feeds.find(district, source)
        if found is not None:
            settings = {**found.settings, "path": str(path.resolve())}
            kept.feeds.put(found._replace(settings=settings, state=state))


def note_run(kept: Kept, diff: Diff, began: str, requests: Sequence[Request] = ()) -> None:
    """Write down, in a transaction, what came of a reading that began at a moment (UTC), and what was asked for it."""
    tallies = {kind: {what: n for what, n in tally.counts.items() if n} for kind, tally in diff.kinds.items()}
    faults = [one for one in diff.aside if one.fault]
    for one in faults:
        counts = tallies.setdefault(one.kind, {})
        counts["aside"] = counts.get("aside", 0) + 1 + len(one.waits)
    run = Run(began, now(), DONE, {kind: counts for kind, counts in tallies.items() if counts}, len(faults))
    kept.feeds.ran(diff.number, diff.source, run._replace(asked=len(requests), requests=recorded(requests)))


def note_refused_run(
    kept: Kept, district: int, source: str, problems: Sequence[Problem], began: str, requests: Sequence[Request] = ()
) -> None:
    """Write down, in a transaction, that a reading that began at a moment (UTC) was refused, and for what."""
    why = str(problems[0])[:MOST_WORDS] if problems else ""
    run = Run(began, now(), REFUSED, {}, len(problems), why, len(requests), recorded(requests))
    kept.feeds.ran(district, source, run)


def read_by_agent(kept: Kept, district: int, source: str, agent: str) -> None:
    """Write down, in a transaction, that a source is read through an agent; one that is paused stays so."""
    feed = register(kept, district, source, AGENT)
    state = PAUSED if feed.state == PAUSED else ON
    kept.feeds.put(feed._replace(connector=AGENT, settings={"agent": agent}, state=state))


def may_say(words: str) -> tuple[str, ...]:
    """What a source may say, of words such as `Student, Person.email`; nothing at all stands for everything.

    Raises `Malformed` with every word that is no kind of record, or no field of one.
    """
    wanted = tuple(word.strip() for word in words.split(",") if word.strip())
    if found := [problem for word in wanted if (problem := _unknown(word))]:
        raise Malformed(*found)
    return wanted


def _unknown(word: str) -> Problem | None:
    kind, _, name = word.partition(".")
    kinds = {one.__name__: one for one in KINDS}
    if kind not in kinds:
        return Problem("may", f"{kind} is not a kind of record", nearest(kind, kinds))
    fields = kinds[kind].stored()
    if name and name not in fields:
        return Problem("may", f"{name} is not a field of {kind}", nearest(name, fields))
    return None


def arrange(store: Store, feed: Feed) -> None:
    """Keep a source as it is to be.

    Where it has another precedence, or may say something else, what it says is weighed anew: of records that others
    tell of too at once, of its own when it is next read.
    """
    with store.write(feed.district) as batch:
        before = batch.kept.feeds.find(feed.district, feed.source) or feed
        batch.kept.feeds.put(feed)
        if (before.precedence, before.may) != (feed.precedence, feed.may):
            batch.claims.settle(feed.source)
        for kind in KINDS:
            if allowed(before.may, kind.__name__) != allowed(feed.may, kind.__name__):
                batch.kept.sources.reread(feed.district, feed.source, kind.__name__)
