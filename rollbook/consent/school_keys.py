"""A school's own key: with it the school, and no app, asks who saw what about its people."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import NotSignedIn
from ..store.sqlite import Store
from ..store.writing import now
from .callers import admitted
from .schools import Schools
from .secrets import digest, new_secret


@dataclass(frozen=True)
class OwnSchool:
    """The school whose key was shown: its district's number, its hub id, its establishment number."""

    district: int
    id: str
    estab: str


class SchoolKeys:
    """The keys of schools."""

    def __init__(self, store: Store, schools: Schools) -> None:
        self._store = store
        self._schools = schools

    def make(self, estab: str) -> str:
        """A new key for a school, which is shown once and kept only as a hash; the old one stops working."""
        district, school, _ = self._schools.find(estab)
        secret = new_secret()
        with self._store.transaction() as db:
            db.execute("DELETE FROM school_key WHERE district = ? AND school = ?", (district, school))
            db.execute("INSERT INTO school_key VALUES (?, ?, ?, ?)", (digest(secret), district, school, now()))
        return secret

    def admit(self, key: str) -> OwnSchool:
        """The school that shows a key; raises `NotSignedIn`."""
        found = self._store.records.execute(
            "SELECT k.district, k.school, s.estab FROM school_key k"
            " JOIN school s ON s.district = k.district AND s.id = k.school WHERE k.hash = ?",
            (digest(key),),
        ).fetchone()
        if found is None:
            raise NotSignedIn("the key is not known here", hint="make one with `rollbook schools key ESTAB`")
        admitted(found[1])
        return OwnSchool(*found)
