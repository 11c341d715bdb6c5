"""Schools of invented people that apps try themselves on, each a district of its own."""

from __future__ import annotations

from typing import NamedTuple

from .statements import Statements


class Sandbox(NamedTuple):
    """One such school: of which app (id), its establishment number, its district's number (0 while it was never made),
    when it was asked for (seconds since 1970), and how often it was made."""

    id: str
    app: str
    estab: str
    district: int
    made: float
    turn: int


_SANDBOXES = "SELECT id, app, estab, district, made, turn FROM sandbox"


class Sandboxes(Statements):
    """Schools of invented people that apps try themselves on."""

    def every(self) -> list[Sandbox]:
        """All of them, in the order in which they were asked for."""
        return self._those("")

    def of(self, app: str) -> list[Sandbox]:
        """Those of an app (id)."""
        return self._those("WHERE app = ?", app)

    def with_id(self, identity: str) -> Sandbox | None:
        """The one with this id."""
        return next(iter(self._those("WHERE id = ?", identity)), None)

    def _those(self, where: str, *values: object) -> list[Sandbox]:
        return [Sandbox(*row) for row in self._rows(f"{_SANDBOXES} {where} ORDER BY made, id", values)]

    def districts(self, app: str = "") -> frozenset[int]:
        """The numbers of their districts, of an app (id) or of all."""
        return frozenset(one.district for one in (self.of(app) if app else self.every()) if one.district)

    def add(self, one: Sandbox) -> None:
        """Keep one that is to be made."""
        self._do("INSERT INTO sandbox (id, app, estab, district, made, turn) VALUES (?, ?, ?, ?, ?, ?)", tuple(one))

    def made(self, identity: str, district: int, turn: int) -> None:
        """Note that one was made, in a district."""
        self._do("UPDATE sandbox SET district = ?, turn = ? WHERE id = ?", (district, turn, identity))

    def drop(self, identity: str) -> None:
        """Forget one."""
        self._do("DELETE FROM sandbox WHERE id = ?", (identity,))

    def move(self, app: str, old: int, new: tuple[int, str]) -> None:
        """Let what an app (id) holds of a district hold of another one (its number, and the hub id of its school)."""
        self._do('UPDATE "grant" SET district = ?, school = ? WHERE app = ? AND district = ?', (*new, app, old))
        self._do("UPDATE credential SET district = ? WHERE app = ? AND district = ?", (new[0], app, old))
