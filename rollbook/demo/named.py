"""The source of an invented district by name, with the one reading that there was of it."""

from __future__ import annotations

from collections.abc import Iterable

from ..fields import Record
from ..ingest.kinds import KINDS
from ..ingest.limits import MOST_ASIDE
from ..store.kept.feeds import BY_HAND, INVENTED, Feed, Run
from ..store.numbering import now
from ..store.writing import Batch

SOURCE = "demo"


def put_source(batch: Batch, schools: Iterable[str], began: str) -> None:
    """Keep that schools (hub ids) were made from the demo, which began at a moment, and how many records came of it."""
    feeds, found = batch.kept.feeds, {kind.__name__: _counted(batch, kind) for kind in KINDS}
    feeds.put(Feed(batch.district, SOURCE, INVENTED, {}, feeds.next_precedence(batch.district), (), MOST_ASIDE,
                   BY_HAND, "", began))  # fmt: skip
    tallies = {kind: {"new": sum(told.values())} for kind, told in found.items() if told}
    feeds.ran(batch.district, SOURCE, Run(began, now(), "done", tallies, 0))
    of_schools = {one: {k: {"new": told[one]} for k, told in found.items() if one in told} for one in schools}
    batch.synced(SOURCE, {**of_schools, "": tallies})


def _counted(batch: Batch, kind: type[Record]) -> dict[str, int]:
    return batch.kept.records.by_school(kind, batch.district)
