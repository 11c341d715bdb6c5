"""A PostgreSQL server and a streaming replica of it, which can fall behind and take over."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rollbook.store.postgres.session import Session

from .postgres import MADE, data_of_a_server, folder_of_a_server, run, started, stopped


@dataclass(frozen=True)
class Pair:
    """The folders of two servers; each listens at a socket in its own. They have a database that is made for a hub."""

    primary: Path
    replica: Path
    settings: tuple[str, ...] = ()

    @property
    def both(self) -> str:
        """How to reach whichever can be written to."""
        return f"host={self.primary},{self.replica} user=rollbook dbname={MADE} target_session_attrs=read-write"

    def at(self, folder: Path) -> str:
        """How to reach one of them."""
        return f"host={folder} user=rollbook dbname={MADE}"

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

    def restart(self, how: str) -> None:
        """End the primary and all its sessions, `fast` or `immediate`, and start it again."""
        run("pg_ctl", "-D", str(self.primary / "data"), "-m", how, "-w", "stop")
        started(self.primary, *self.settings)

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
def pair(*settings: str) -> Generator[Pair]:
    """Two servers, of which the second one follows the first; settings are `name=value`."""
    with folder_of_a_server() as primary, folder_of_a_server() as replica:
        data_of_a_server(primary)
        started(primary, *settings)
        two = Pair(primary, replica, settings)
        try:
            run("pg_basebackup", "-d", two.at(primary), "-D", str(replica / "data"), "-R", "-c", "fast")
            started(replica, *settings)
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
