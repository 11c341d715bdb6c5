"""What an app wrote is promised to the source that has the class it is of, where that source may be written to."""

from __future__ import annotations

from ..fields import Record
from ..model.groups import Group
from ..store.kept import Kept
from ..store.kept.feeds import Feed

KIND = "forward"
"""The kind of the jobs that send what was written to a source."""

WRITE_BACK = "write-back"
"""The setting of a source that says whether it is written to: `yes`."""


def writes(feed: Feed) -> bool:
    """Whether a source is written to."""
    return feed.settings.get(WRITE_BACK) == "yes"


def promise_forward(kept: Kept, district: int, record: type[Record], identity: str, group: str) -> None:
    """Promise, in the transaction of a write, that it is sent to the first source of those that have its class.

    The job names the record and says nothing of it: what is sent is how the record stands by then.
    """
    known = {source for source, _ in kept.matches.claims(district, Group.__name__, group)}
    feeds = sorted(kept.feeds.of_district(district), key=lambda feed: feed.precedence)
    for feed in [one for one in feeds if one.source in known and writes(one)][:1]:
        payload = {"district": district, "source": feed.source, "record": record.__name__, "id": identity}
        kept.outbox.promise(KIND, payload, key=f"{district}/{feed.source}/{identity}")
