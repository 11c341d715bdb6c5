"""A school's own key: with it the school, and no app, asks who saw what about its people."""

from __future__ import annotations

from ..errors import NotSignedIn
from ..store.kept.credentials import OwnSchool
from ..store.numbering import now
from ..store.port import Store
from .callers import admitted
from .schools import Schools
from .secrets import digest, new_secret


class SchoolKeys:
    """The keys of schools."""

    def __init__(self, store: Store, schools: Schools) -> None:
        self._store = store
        self._schools = schools

    def make(self, estab: str) -> str:
        """A new key for a school, which is shown once and kept only as a hash; the old one stops working."""
        district, school, _ = self._schools.find(estab)
        secret = new_secret()
        with self._store.of_district(district) as kept:
            kept.credentials.renew_school_key(district, school, digest(secret), now())
        return secret

    def admit(self, key: str) -> OwnSchool:
        """The school that shows a key; raises `NotSignedIn`."""
        school = self._store.kept.credentials.school_with_key(digest(key))
        if school is None:
            raise NotSignedIn("the key is not known here", hint="make one with `rollbook schools key ESTAB`")
        admitted(school.id)
        return school
