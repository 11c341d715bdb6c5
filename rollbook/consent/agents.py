"""School agents: programs that run at schools beside their data, each with a credential and a source of its own."""

from __future__ import annotations

import hmac
import uuid

from ..errors import Conflict, Malformed, NotFound, NotSignedIn, Problem, nearest
from ..store.kept.agents import Agent as Agent
from ..store.numbering import now
from ..store.port import Store
from .callers import admitted
from .secrets import digest, new_secret

CONNECTOR = "mis-agent"
"""The connector by which a school's agent is read."""


class BoundElsewhere(Conflict):
    """The agent is bound to another data directory."""


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
        source = source or f"{CONNECTOR}:{identity}"
        made = Agent(identity, name, str(uuid.uuid4()), True, district, source, "", None, False, now())
        with self._store.transaction() as kept:
            kept.agents.add(made, digest(secret))
        return made, secret

    def _district_of(self, source: str) -> int:
        if any(a.source == source for a in self.all()):
            raise Conflict(Problem("source", f"{source} already has an agent"))
        found = self._store.kept.sources.district(source)
        if found is None:
            known = self._store.kept.sources.imported()
            raise NotFound(Problem("source", f"nothing was imported from {source}", nearest(source, known)))
        return found

    def all(self) -> list[Agent]:
        """All agents by name."""
        return self._store.kept.agents.every()

    def named(self, name: str) -> Agent:
        """The agent of this name."""
        every = self.all()
        found = next((a for a in every if a.name.lower() == name.lower()), None)
        if found is None:
            raise NotFound(Problem("agent", f"{name} is not known", nearest(name, [a.name for a in every])))
        return found

    def of_school(self, district: int, school: str) -> Agent | None:
        """The agent that brought a school, if one did."""
        return self._store.kept.agents.at(district, school)

    def of_source(self, source: str) -> Agent | None:
        """The agent that is this source."""
        return self._store.kept.agents.of_source(source)

    def schools(self, agent: Agent) -> dict[str, str]:
        """The schools that an agent brought: by hub id the key that it knows each by."""
        return self._store.kept.agents.schools(agent)

    def admit(self, key: str, secret: str) -> Agent:
        """The agent that shows this key and secret."""
        name, hashed = self._store.kept.agents.credential(key) or ("", None)
        if hashed is None or not hmac.compare_digest(hashed, digest(secret)):
            raise NotSignedIn(
                Problem("Authorization", "is not the credential of an agent", "make one with `rollbook agents add`")
            )
        agent = self.named(name)
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
        if agent.store:
            return agent
        with self._store.of_district(agent.district) as kept:
            kept.agents.bind(agent.id, store)
        return self.named(agent.name)

    def unread(self, agent: Agent) -> Agent:
        """Have an agent's records read whole before anything else, since what the hub holds cannot be gone on from."""
        with self._store.of_district(agent.district) as kept:
            kept.agents.reread(agent.id)
        return self.named(agent.name)

    def new_secret(self, agent: Agent) -> str:
        """A new secret for an agent; the old one stops working, and the agent may use another data directory."""
        secret = new_secret()
        with self._store.of_district(agent.district) as kept:
            kept.agents.renew(agent.id, digest(secret))
        return secret

    def revoke(self, agent: Agent) -> Agent:
        """Let an agent in no more; its schools stay its own, and the hub answers for them from what it has."""
        with self._store.of_district(agent.district) as kept:
            kept.agents.revoke(agent.id)
        return self.named(agent.name)

    def let_shrink(self, agent: Agent) -> Agent:
        """Let the next reading of an agent lose any share of what was there, once."""
        with self._store.of_district(agent.district) as kept:
            kept.agents.let_shrink(agent.id)
        return self.named(agent.name)

    def remove(self, agent: Agent) -> None:
        """Forget an agent: from now on the hub itself is where the records of its schools are kept."""
        with self._store.of_district(agent.district) as kept:
            kept.agents.remove(agent)
