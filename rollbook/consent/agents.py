"""School agents: programs that run at schools beside their data, each with a credential and a source of its own."""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from typing import Any

from ..errors import Conflict, Malformed, NotFound, NotSignedIn, Problem, nearest
from ..store.sqlite import Store
from ..store.writing import now
from .callers import admitted
from .secrets import digest, new_secret

CONNECTOR = "mis-agent"
"""The connector by which a school's agent is read."""

_COLUMNS = "id, name, key, secret IS NOT NULL, district, source, store, position, may_shrink, made FROM school_agent"


class BoundElsewhere(Conflict):
    """The agent is bound to another data directory."""


@dataclass(frozen=True)
class Agent:
    """A school's agent: the name that its owner gave it, and what it speaks for."""

    id: str
    name: str
    key: str
    active: bool
    """Whether its credential is good."""
    district: int
    """The district that it brings the records of; 0 until it has brought them."""
    source: str
    """What the hub calls the source that it is."""
    store: str
    """The data directory that it is bound to since it first connected; "" until then."""
    position: int | None
    """How far the hub has followed its history; None when it must be read whole."""
    may_shrink: bool
    """Whether its next reading may lose any share of what was there."""
    made: str


def _agent(row: tuple[Any, ...]) -> Agent:
    identity, name, key, active, district, source, store, position, may_shrink, made = row
    return Agent(identity, name, key, bool(active), district, source, store, position, bool(may_shrink), made)


class Agents:
    """The school agents that a hub knows, and admits."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, name: str, source: str = "") -> tuple[Agent, str]:
        """A new agent and its secret, which is shown once and kept only as a hash.

        Its district comes to be with its first reading, unless it is to go on with a `source` that the hub has.
        """
        if not name or any(c.isspace() for c in name):
            raise Malformed(Problem("agent", "must be a name without spaces", "such as oakfield"))
        if any(a.name.lower() == name.lower() for a in self.all()):
            raise Conflict(Problem("agent", f"{name} is already taken"))
        identity, secret = str(uuid.uuid4()), new_secret()
        district = self._district_of(source) if source else 0
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO school_agent VALUES (?, ?, ?, ?, ?, ?, '', NULL, 0, ?)",
                (
                    identity,
                    name,
                    str(uuid.uuid4()),
                    digest(secret),
                    district,
                    source or f"{CONNECTOR}:{identity}",
                    now(),
                ),
            )
        return self.named(name), secret

    def _district_of(self, source: str) -> int:
        if any(a.source == source for a in self.all()):
            raise Conflict(Problem("source", f"{source} already has an agent"))
        ask = self._store.records.execute
        found = ask("SELECT district FROM source_row WHERE source = ? LIMIT 1", (source,)).get
        if found is None:
            known = [one for (one,) in ask("SELECT DISTINCT source FROM source_row").fetchall()]
            raise NotFound(Problem("source", f"nothing was imported from {source}", nearest(source, known)))
        return found

    def all(self) -> list[Agent]:
        """All agents by name."""
        return [_agent(row) for row in self._store.records.execute(f"SELECT {_COLUMNS} ORDER BY name")]

    def named(self, name: str) -> Agent:
        """The agent of this name."""
        every = self.all()
        found = next((a for a in every if a.name.lower() == name.lower()), None)
        if found is None:
            raise NotFound(Problem("agent", f"{name} is not known", nearest(name, [a.name for a in every])))
        return found

    def of_school(self, district: int, school: str) -> Agent | None:
        """The agent that brought a school, if one did."""
        row = self._store.records.execute(
            f"SELECT {_COLUMNS} WHERE district = ?1 AND EXISTS (SELECT 1 FROM source_row s WHERE s.district = ?1"
            " AND s.source = school_agent.source AND s.kind = 'School' AND s.id = ?2)",
            (district, school),
        ).fetchone()
        return _agent(row) if row else None

    def of_source(self, source: str) -> Agent | None:
        """The agent that is this source."""
        row = self._store.records.execute(f"SELECT {_COLUMNS} WHERE source = ?", (source,)).fetchone()
        return _agent(row) if row else None

    def schools(self, agent: Agent) -> dict[str, str]:
        """The schools that an agent brought: by hub id the key that it knows each by."""
        rows = self._store.records.execute(
            "SELECT id, key FROM source_row WHERE district = ? AND source = ? AND kind = 'School'",
            (agent.district, agent.source),
        )
        return dict(rows.fetchall())

    def admit(self, key: str, secret: str) -> Agent:
        """The agent that shows this key and secret."""
        row = self._store.records.execute("SELECT name, secret FROM school_agent WHERE key = ?", (key,)).fetchone()
        if row is None or row[1] is None or not hmac.compare_digest(row[1], digest(secret)):
            raise NotSignedIn(
                Problem("Authorization", "is not the credential of an agent", "make one with `rollbook agents add`")
            )
        agent = self.named(row[0])
        admitted(agent.id)
        return agent

    def bind(self, agent: Agent, store: str) -> Agent:
        """Bind an agent to the data directory that it speaks for; another one than before is refused.

        Two directories behind one credential could both enter the same write-back.
        """
        if agent.store and agent.store != store:
            raise BoundElsewhere(
                Problem(
                    "store",
                    f"{agent.name} is bound to another data directory",
                    "if it has moved, give it a new credential with `rollbook agents rotate`",
                )
            )
        return agent if agent.store else self._change(agent, "store = ?", store)

    def unread(self, agent: Agent) -> Agent:
        """Have an agent's records read whole before anything else, since what the hub holds cannot be gone on from."""
        return self._change(agent, "position = NULL")

    def new_secret(self, agent: Agent) -> str:
        """A new secret for an agent; the old one stops working, and the agent may use another data directory."""
        secret = new_secret()
        self._change(agent, "store = '', position = NULL, secret = ?", digest(secret))
        return secret

    def revoke(self, agent: Agent) -> Agent:
        """Let an agent in no more; its schools stay its own, and the hub answers for them from what it has."""
        return self._change(agent, "secret = NULL")

    def let_shrink(self, agent: Agent) -> Agent:
        """Let the next reading of an agent lose any share of what was there, once."""
        return self._change(agent, "may_shrink = 1, position = NULL")

    def remove(self, agent: Agent) -> None:
        """Forget an agent: from now on the hub itself is where the records of its schools are kept."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM school_agent WHERE id = ?", (agent.id,))
            db.execute("DELETE FROM feed WHERE district = ? AND source = ?", (agent.district, agent.source))

    def _change(self, agent: Agent, sets: str, *values: Any) -> Agent:
        with self._store.transaction() as db:
            db.execute(f"UPDATE school_agent SET {sets} WHERE id = ?", (*values, agent.id))
        return self.named(agent.name)
