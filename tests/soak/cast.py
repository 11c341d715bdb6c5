"""The fifty clients of a run, each with an app of its own that one school granted everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rollbook.consent import App, Desk
from rollbook.consent.research import ResearchDesk

from ..hub import BRAMBLESIDE, SAGUARO, THORNFIELD
from ..oneroster.test_gradebook import RIGHTS
from . import edfi, research, rosters, xporter
from .client import Client, Field

STUDENTS, GROUPS = "Students?includeGroupIds=true", "Groups?includeStudentMembers=true"


@dataclass
class Casting:
    """Makes clients: an app, what a school grants it, and what it signs in with."""

    desk: Desk
    field: Field
    imported: str
    """The number of the school whose roster is imported meanwhile."""

    def granted(self, name: str, estab: str) -> tuple[App, str]:
        """A new app and the school's secret for it."""
        app, _ = self.desk.apps.add(name)
        return app, self.desk.grants.authorise(app, estab, ["all"])[1]

    def at_school(self, make: Callable[..., Client], name: str, estab: str, *more: str) -> Client:
        """A client of Xporter."""
        return make(self.field, name, estab, self.granted(name, estab)[1], *more)

    def with_key(self, make: Callable[..., Client], name: str, estab: str, dialect: str, *rights: str) -> Client:
        """A client of Ed-Fi or OneRoster, which has a key and a secret."""
        app, _ = self.granted(name, estab)
        district = 0 if dialect == "edfi" else self.desk.schools.find(estab)[0]
        credential, secret = self.desk.credentials.add(app, dialect, district=district, rights=rights)
        more = (int(estab),) if make is edfi.Writer else ()
        return make(self.field, name, credential.key, secret, *more)

    def with_token(self, make: Callable[..., Client], name: str, estab: str) -> Client:
        """A client of Edlink."""
        app, _ = self.granted(name, estab)
        return make(
            self.field, name, self.desk.credentials.add(app, "edlink", district=self.desk.schools.find(estab)[0])[1]
        )

    def person(self, name: str) -> Client:
        """Somebody who asks the research API."""
        accounts = ResearchDesk(self.desk).accounts
        account = accounts.add_user(f"{name}@research.example")
        client = research.Researcher(self.field, name, accounts.new_token(account))
        client.account = account.id
        return client


def cast(casting: Casting) -> list[Client]:
    """The clients of a run, each called after what it does."""
    named = ((f"{who.__name__.lower()}-{n}.{kind}.example", who, kind, n) for kind, who, n in _parts())
    return [_play(casting, name.replace(".research.example", ""), who, kind, n) for name, who, kind, n in named]


PARTS: tuple[tuple[str, type[Client], int], ...] = (
    ("xporter", xporter.Reader, 8),
    ("xporter", xporter.Follower, 6),
    ("xporter", xporter.WriteBack, 6),
    ("xporter", xporter.Subscriber, 2),
    ("edfi", edfi.Writer, 8),
    ("edfi", edfi.Follower, 3),
    ("edlink", rosters.GraphReader, 3),
    ("edlink", rosters.Listener, 3),
    ("oneroster", rosters.PlatformReader, 3),
    ("oneroster", rosters.Poller, 3),
    ("oneroster", rosters.Grader, 3),
    ("research", research.Researcher, 2),
)
"""Who there is, and how many of them: fifty."""


def _parts() -> Iterator[tuple[str, type[Client], int]]:
    return ((kind, who, n) for kind, who, many in PARTS for n in range(many))


def _play(casting: Casting, name: str, who: type[Client], kind: str, n: int) -> Client:
    here = (THORNFIELD, BRAMBLESIDE)[n % 2]
    moving = (SAGUARO, casting.imported)[n % 2]
    if who is xporter.Follower:
        # Achievements are written at the quiet schools, names and groups change at the others.
        estab = (SAGUARO, casting.imported, here)[n % 3]
        return casting.at_school(who, name, estab, (GROUPS, STUDENTS, xporter.ACHIEVEMENTS)[n % 3])
    if kind == "xporter":
        return casting.at_school(who, name, moving if who is xporter.Subscriber else here)
    if kind == "edfi":
        return casting.with_key(who, name, SAGUARO, "edfi", "EdFiSandbox")
    if who in (rosters.Listener, rosters.Poller):
        here = moving
    if kind == "edlink":
        return casting.with_token(who, name, here)
    if kind == "oneroster":
        return casting.with_key(who, name, here, "oneroster", *(RIGHTS if who is rosters.Grader else ()))
    return casting.person(name)
