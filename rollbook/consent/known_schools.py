"""The schools of a hub as apps may know them: the facts that public registers of schools have.

Whoever signs up may have a sandbox. Which schools a hub serves is nothing that may be learnt by that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..store.kept.schools import KnownSchool as KnownSchool
from ..store.port import Store
from .grants import App, Grant
from .registering import Registrations
from .roles import DEVELOPER


@dataclass(frozen=True)
class Sought:
    """What a school is sought by; an empty text seeks by nothing."""

    words: str = ""
    """Each must be in the name, the address or the number."""
    post_code: str = ""
    telephone: str = ""
    authority: str = ""
    """The first three digits of the establishment number."""
    number: str = ""
    """The last four digits of the establishment number."""

    def by_anything(self) -> bool:
        """Whether anything was said."""
        return any((self.words, self.post_code, self.telephone, self.authority, self.number))

    def fits(self, school: KnownSchool) -> bool:
        """Whether a school is one of those sought."""
        said = " ".join((school.name, school.address or "", school.estab)).lower()
        where = _bare(f"{school.address or ''}{school.post_code or ''}")
        return (
            all(word in said for word in self.words.lower().split())
            and _bare(self.post_code) in where
            and _bare(self.telephone) in _bare(school.telephone or "")
            and school.estab.startswith(self.authority)
            and school.estab.endswith(self.number)
        )


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).lower()


class KnownSchools:
    """What schools an app may know of that have not asked for it."""

    def __init__(self, store: Store, registrations: Registrations) -> None:
        self._store = store
        self._registrations = registrations

    def seek(self, sought: Sought, app: App, asking: Grant | None = None) -> Iterator[KnownSchool]:
        """The schools that are sought, by name: real ones, or sandboxes; `asking` is that of a school's token."""
        mine, others = self._sandboxes(app)
        real = self._real(app, asking, mine | others)
        for one in self._store.kept.schools.known():
            may = one.estab in mine if not real else one.estab not in mine | others
            if may and sought.fits(one):
                yield one

    def knows(self, app: App, estab: str) -> bool:
        """Whether an app may be told that a school is here: one that it has asked or reads, a sandbox of its
        developer's, and any real one for an app that knows those."""
        mine, others = self._sandboxes(app)
        kept = self._store.kept
        asked = {one.estab for one in (*kept.grants.of(app.id), *kept.invitations.every()) if one.app == app}
        if estab in mine | others:
            return estab in mine
        return estab in asked or (kept.schools.has_estab(estab) and self._real(app, None, mine | others))

    def _real(self, app: App, asking: Grant | None, invented: frozenset[str]) -> bool:
        """Whether who asks knows real schools: a real one's token, or an app that is live or that one lets in."""
        if asking is not None:
            return asking.estab not in invented
        lets = (g.estab not in invented and g.state != "revoked" for g in self._store.kept.grants.of(app.id))
        return self._registrations.of(app).live or any(lets)

    def _sandboxes(self, app: App) -> tuple[frozenset[str], frozenset[str]]:
        """The numbers of the sandboxes of those who build an app, and those of everybody else."""
        roles, every = self._store.kept.roles, self._store.kept.sandboxes.every()
        builders = {role.account for role in roles.at(app.id) if role.role == DEVELOPER}
        apps = {app.id, *(role.place for one in builders for role in roles.of(one) if role.role == DEVELOPER)}
        mine = frozenset(one.estab for one in every if one.app in apps)
        return mine, frozenset(one.estab for one in every) - mine
