"""A PostgreSQL server and a streaming replica of it, which can fall behind and take over."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rollbook.store.postgres.session import Session

from .postgres import folder_of_a_server, run, started, stopped


@dataclass(frozen=True)
class Pair:
    """The folders of two servers; each listens at a socket in its own."""

    primary: Path
    replica: Path

    @property
    def both(self) -> str:
        """How to reach whichever can be written to."""
        return f"host={self.primary},{self.replica} user=rollbook dbname=postgres target_session_attrs=read-write"

    def at(self, folder: Path) -> str:
        """How to reach one of them."""
        return f"host={folder} user=rollbook dbname=postgres"

    def says(self, folder: Path, statement: str) -> object:
        """Execute a statement at one of them."""
        session = Session(self.at(folder), "records")
        try:
            return session.execute(statement).get
        finally:
            session.close()

    # ---- falling behind

    def pause(self) -> None:
        """Have the replica show nothing new, though it is sent what is written."""
        self.says(self.replica, "SELECT pg_wal_replay_pause()")
        until(lambda: self.says(self.replica, "SELECT pg_get_wal_replay_pause_state()") == "paused")

    def resume(self) -> None:
        """Have the replica catch up, and wait until it has."""
        self.says(self.replica, "SELECT pg_wal_replay_resume()")
        self.caught_up()

    def caught_up(self) -> None:
        """Wait until the replica shows what the primary has written by now."""
        written = self.says(self.primary, "SELECT CAST(pg_current_wal_lsn() AS text)")
        until(lambda: self.says(self.replica, f"SELECT pg_last_wal_replay_lsn() >= '{written}'") is True)

    # ---- taking over

    def wait_for_the_replica(self) -> None:
        """Have a transaction acknowledged only when the replica has it on its disk as well."""
        self.says(self.primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.says(self.primary, "SELECT pg_reload_conf()")
        state = "SELECT sync_state FROM pg_stat_replication"
        until(lambda: self.says(self.primary, state) == "sync")

    def kill(self) -> None:
        """End the primary at once, as when its machine fails."""
        stopped(self.primary)

    def promote(self) -> None:
        """Have the replica take over."""
        run("pg_ctl", "-D", str(self.replica / "data"), "-w", "promote")


@contextmanager
def pair() -> Generator[Pair]:
    """Two servers, of which the second one follows the first."""
    with folder_of_a_server() as primary, folder_of_a_server() as replica:
        run("initdb", "-D", str(primary / "data"), "-U", "rollbook", "-A", "trust", "-E", "UTF8", "--locale=C")
        started(primary)
        two = Pair(primary, replica)
        try:
            run("pg_basebackup", "-d", two.at(primary), "-D", str(replica / "data"), "-R", "-c", "fast")
            started(replica)
            try:
                yield two
            finally:
                stopped(replica)
        finally:
            stopped(primary)


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.02)
