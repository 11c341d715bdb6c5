"""What is wrong with a hub, and what to do about each thing: files and database first, then what is kept in them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import RollbookError, Stop
from ..ingest.health import FAILING, STALE, health
from ..ingest.settings import opened as unsealed
from ..settings import EVERY, unknown
from ..store import examining
from ..store.examining import ERROR, WARNING, Finding
from ..store.opening import opened
from ..store.port import Store
from .archive import KNOWN_BY, known_by
from .readiness import BACK_SECONDS

OVERDUE_SECONDS = 900.0
"""A job that could have been done so long ago is done by nobody."""


def examine(folder: Path, database: str | None) -> list[Finding]:
    """All that is wrong. What is kept is looked at only where it can be opened without changing its layout."""
    found = [*_settings(), *examining.folder(folder, database=bool(database))]
    if database:
        found += _of_database(database)
    if any(one.level == ERROR and one.check != "key" for one in found) or _older(found):
        return found
    try:
        with opened(folder, database) as store:
            # To ask for a key that is missing would make one.
            key = () if any(one.check == "key" for one in found) else (_key,)
            for check in (*key, _clock, _jobs, _sources, _pointers):
                found += _tried(check, store)
    except RollbookError as error:
        found.append(Finding(ERROR, "store", str(error), "see what it says"))
    return found


def _older(found: list[Finding]) -> bool:
    return any(one.check == "migrations" for one in found)


def _tried(check: Callable[[Store], Iterator[Finding]], store: Store) -> Iterator[Finding]:
    try:
        yield from check(store)
    except RollbookError as error:
        name = check.__name__.removeprefix("_")
        yield Finding(ERROR, name, str(error), "see what it says, then run this again")


def _settings() -> Iterator[Finding]:
    for problem in unknown(os.environ):
        yield Finding(WARNING, "settings", f"{problem.where} {problem.what}", problem.hint)
    for setting in EVERY:
        try:
            setting.shown()
        except Stop as error:
            for problem in error.problems:
                yield Finding(ERROR, "settings", f"{problem.where} {problem.what}", problem.hint)


def _of_database(address: str) -> Iterator[Finding]:
    try:
        from ..store.postgres.examining import database
    except ImportError:
        yield Finding(ERROR, "database", "psycopg is not installed", "pip install 'rollbook[postgres]'")
        return
    yield from database(address)


# ---- what is kept


def _key(store: Store) -> Iterator[Finding]:
    do = "stop the hub, and put back the hub.key (or ROLLBOOK_KEY) that it was served with"
    if (known := store.setting(KNOWN_BY)) and known != known_by(store.secret):
        what = "the key is not the one that the hub was last served with: secrets and links no longer work"
        yield Finding(ERROR, "key", what, do)
    for feed in store.kept.feeds.every():
        try:
            unsealed(store, feed.settings)
        except RollbookError:
            what = f"a secret of the source {feed.source} cannot be opened with this key"
            yield Finding(ERROR, "key", what, f"{do}, or set the secret again (rollbook sources set)")


def _clock(store: Store) -> Iterator[Finding]:
    last = store.kept.condition.last_write()
    if last is not None and last - time.time() > BACK_SECONDS:
        what = f"records were last written {last - time.time():.0f} seconds from now: the clock was set back"
        yield Finding(ERROR, "clock", what, "set the clock (NTP); until then every write is of that moment")


def _jobs(store: Store) -> Iterator[Finding]:
    for one in store.passing.jobs.queued():
        if one.state == "dead":
            what = f"{one.jobs} {_jobs_of(one.kind, one.jobs)} failed permanently"
            yield Finding(WARNING, "jobs", what, "see why with `rollbook jobs`, then `rollbook jobs again ID`")
        late = time.time() - one.due
        if one.state == "waiting" and late > OVERDUE_SECONDS:
            what = f"{_jobs_of(one.kind, 1)} has been due for {late / 60:.0f} minutes"
            yield Finding(WARNING, "jobs", what, "serve the hub: its worker does what is due")


def _jobs_of(kind: str, number: int) -> str:
    return f"{kind} job" if number == 1 else f"{kind} jobs"


def _sources(store: Store) -> Iterator[Finding]:
    with store.lend() as kept:
        found = [(feed, health(kept, feed, time.time())) for feed in kept.feeds.every()]
    for feed, how in found:
        if how.word == FAILING:
            yield Finding(
                WARNING, "sources", f"the source {feed.source} has failed ({how.failed} in a row): {how.why}",
                f"rollbook sources show {feed.source}",
            )  # fmt: skip
        elif how.word == STALE:
            what = f"the source {feed.source} was last read {(how.age or 0) / 3600:.0f} hours ago, which is overdue"
            yield Finding(WARNING, "sources", what, "serve the hub, or read it now (rollbook sources sync)")


def _pointers(store: Store) -> Iterator[Finding]:
    with store.lend() as kept:
        found = kept.condition.dangling()
    for kind, field, rows in found:
        what = f"{rows} of {kind} name a {field} that is not there"
        yield Finding(ERROR, "pointers", what, "read their source again whole; if it stays, restore a backup")
