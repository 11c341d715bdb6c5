"""School agents, and the schools whose records they bring."""

from __future__ import annotations

from dataclasses import dataclass

from .statements import Row, Statements


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


_AGENTS = (
    "SELECT id, name, key, secret IS NOT NULL, district, source, store, position, may_shrink, made FROM school_agent"
)


def _agent(row: Row) -> Agent:
    identity, name, key, active, district, source, store, position, may_shrink, made = row
    return Agent(identity, name, key, bool(active), district, source, store, position, bool(may_shrink), made)


class Agents(Statements):
    """School agents, and the schools whose records they bring."""

    def every(self) -> list[Agent]:
        """All agents by name."""
        return [_agent(row) for row in self._rows(f"{_AGENTS} ORDER BY lower(name)")]

    def at(self, district: int, school: str) -> Agent | None:
        """The agent that brought a school (hub id), if one did."""
        row = self._row(
            f"{_AGENTS} WHERE district = :district AND EXISTS (SELECT 1 FROM source_row s WHERE s.district = :district"
            " AND s.source = school_agent.source AND s.kind = 'School' AND s.id = :school)",
            {"district": district, "school": school},
        )
        return _agent(row) if row else None

    def of_source(self, source: str) -> Agent | None:
        """The agent that is a source."""
        row = self._row(f"{_AGENTS} WHERE source = ?", (source,))
        return _agent(row) if row else None

    def schools(self, agent: Agent) -> dict[str, str]:
        """The schools that an agent brought: by hub id the key that it knows each by."""
        rows = self._rows(
            "SELECT id, key FROM source_row WHERE district = ? AND source = ? AND kind = 'School'",
            (agent.district, agent.source),
        )
        return dict(rows)

    def credential(self, key: str) -> tuple[str, bytes | None] | None:
        """The name of the agent with this key, and the digest of its secret; None for the digest of one revoked."""
        row = self._row("SELECT name, secret FROM school_agent WHERE key = ?", (key,))
        return (row[0], row[1]) if row else None

    # ---- changing

    def add(self, agent: Agent, secret: bytes) -> None:
        """Keep a new agent, with the digest of its secret."""
        self._do(
            "INSERT INTO school_agent (id, name, key, secret, district, source, store, position, may_shrink, made)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                agent.id,
                agent.name,
                agent.key,
                secret,
                agent.district,
                agent.source,
                agent.store,
                agent.position,
                int(agent.may_shrink),
                agent.made,
            ),
        )

    def bind(self, identity: str, store: str) -> None:
        """Bind an agent (id) to a data directory."""
        self._do("UPDATE school_agent SET store = ? WHERE id = ?", (store, identity))

    def reread(self, identity: str) -> None:
        """Have an agent's (id) records read whole next time."""
        self._do("UPDATE school_agent SET position = NULL WHERE id = ?", (identity,))

    def let_shrink(self, identity: str) -> None:
        """Have an agent's (id) records read whole next time, whatever share of them is gone."""
        self._do("UPDATE school_agent SET may_shrink = 1, position = NULL WHERE id = ?", (identity,))

    def renew(self, identity: str, secret: bytes) -> None:
        """Give an agent (id) another secret (its digest), and let it use another data directory."""
        self._do("UPDATE school_agent SET store = '', position = NULL, secret = ? WHERE id = ?", (secret, identity))

    def revoke(self, identity: str) -> None:
        """Let an agent (id) in no more."""
        self._do("UPDATE school_agent SET secret = NULL WHERE id = ?", (identity,))

    def remove(self, agent: Agent) -> None:
        """Forget an agent; what it brought stays a source, which nothing reads any more."""
        self._do("DELETE FROM school_agent WHERE id = ?", (agent.id,))
        self._do(
            "UPDATE source SET state = 'by hand', settings = '{}' WHERE district = ? AND name = ?",
            (agent.district, agent.source),
        )

    # ---- what they brought

    def position(self, identity: str) -> int | None:
        """How far the history of an agent (id) has been followed; None when it must be read whole."""
        return self._value("SELECT position FROM school_agent WHERE id = ?", (identity,))

    def follow(self, identity: str, position: int | None) -> None:
        """The history of an agent (id) has been followed up to a number; None: it must be read whole."""
        self._do("UPDATE school_agent SET position = ? WHERE id = ?", (position, identity))

    def brought(self, identity: str, district: int, position: int) -> None:
        """An agent (id) has brought a district whole, as it was at a number of its history."""
        self._do(
            "UPDATE school_agent SET district = ?, position = ?, may_shrink = 0 WHERE id = ?",
            (district, position, identity),
        )
