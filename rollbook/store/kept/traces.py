"""What passes of people who are erased: jobs and tasks that name them, lists that were asked for by their numbers."""

from __future__ import annotations

from collections.abc import Collection

from .having import having
from .statements import Statements

ERASED = "was about somebody who has been erased"
"""Why a job is not done."""

_GOING = (("pages", "pull", ("asked",)), ("subscriptions", "subscription", ("url",)))

_OLD = {"jobs": ("job", "state IN ('done', 'dead') AND ended < ?"), "sittings": ("session", "used < ?")}


class Traces(Statements):
    """What passes of people who are erased, by words that nobody else has."""

    def scrub(self, words: Collection[str], now: float) -> dict[str, int]:
        """Take them out; gives how much of what. A job that waited ends, since what it was to do must not be done."""
        found = {"jobs": self._jobs(words, now), "tasks": self._tasks(words, now), "data sets": self._requests(words)}
        for what, table, columns in _GOING:
            where, values = having(columns, words)
            found[what] = len(self._rows(f"DELETE FROM {table} WHERE {where} RETURNING 1", values))
            self.changed = True
        self._do("DELETE FROM pull_page WHERE pull NOT IN (SELECT id FROM pull)")
        return {what: count for what, count in found.items() if count}

    # ---- what is old

    def old(self, what: str, before: float) -> int:
        """How many jobs, data sets or sittings are over, or were last used, before a moment (seconds since 1970)."""
        table, where = _OLD[what]
        return self._value(f"SELECT count(*) FROM {table} WHERE {where}", (before,))

    def drop_old(self, what: str, before: float) -> int:
        """Delete them; gives how many there were."""
        table, where = _OLD[what]
        self.changed = True
        return len(self._rows(f"DELETE FROM {table} WHERE {where} RETURNING 1", (before,)))

    # ---- of somebody

    def _jobs(self, words: Collection[str], now: float) -> int:
        where, values = having(("payload", "key", "error"), words)
        ended = "CASE WHEN state IN ('waiting', 'running') THEN {} ELSE {} END"
        told = (
            f"UPDATE job SET payload = '{{}}', key = id, error = :why, ended = {ended.format(':now', 'ended')},"
            f" state = {ended.format(chr(39) + 'dead' + chr(39), 'state')} WHERE {where} RETURNING 1"
        )
        self.changed = True
        return len(self._rows(told, {**values, "now": now, "why": ERASED}))

    def _tasks(self, words: Collection[str], now: float) -> int:
        where, values = having(("payload", "note"), words)
        told = (
            "UPDATE task SET payload = '{}', note = :why, ended = coalesce(ended, :now),"
            f" state = CASE WHEN ended IS NULL THEN 'withdrawn' ELSE state END WHERE {where} RETURNING 1"
        )
        self.changed = True
        return len(self._rows(told, {**values, "now": now, "why": ERASED}))

    def _requests(self, words: Collection[str]) -> int:
        # Data sets hold digests of rows, and are needed to tell of what is gone; what was asked by is not.
        where, values = having(("request",), words)
        self.changed = True
        return len(self._rows(f"UPDATE snapshot SET request = '' WHERE {where} RETURNING 1", values))
