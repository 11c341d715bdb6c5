"""The desk of research: it admits callers, makes their readers, and lets them write as their roles allow."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any

from ...errors import NotFound, NotSignedIn, Problem, nearest
from ...fields import Record
from ...model.research import (
    HUB,
    Procedure,
    Project,
    ProjectInvitation,
    Publication,
    ResearchCohort,
    ResearchCollection,
    ResearchSession,
    ResearchSubject,
    ResearchTeam,
    ResearchUser,
    SubjectLog,
    TeamInvitation,
    TeamProjectInvitation,
    TeamRequest,
)
from ...recent import Recent
from ...store.kept.accounts import Account
from ...store.kept.projects import ProjectLine
from ...store.kept.taxa import Proposed
from ..accounts import DAY
from ..callers import admitted
from ..desk import Desk
from ..grants import App
from ..slips import asked_by
from ..tries import REMEMBERED, Tries
from . import counting
from .behind import known_of
from .belonging import COHORTS, COLLECTIONS
from .drawing import LOT, draw
from .inviting import Invitations, TeamInvitations, TeamProjectInvitations, TeamRequests
from .joining import Joining
from .lists import JOURNALS, SPECIES, STRAINS, SUPPLIERS, Proposals, Taxa
from .people import Teams, Users
from .projects import Projects
from .reading import STANDINGS, ResearchReader
from .sessions import Publications, Sessions
from .standing import PUBLIC, Caller, Portal, Role, Standing, refusal, standing_of
from .subjects import LOGS, PROCEDURES, Subjects
from .writing import Answers, Keeper, Work

ANSWERED: dict[type[Record], Answers] = {
    ProjectInvitation: Invitations(),
    TeamProjectInvitation: TeamProjectInvitations(),
    TeamInvitation: TeamInvitations(),
    TeamRequest: TeamRequests(),
}
"""What waits for somebody's answer."""

DECIDED: dict[type[Record], Taxa] = {t.proposal: t for t in (SPECIES, STRAINS, SUPPLIERS, JOURNALS)}
"""What waits for an administrator's decision, with the list that it is about."""

INVITED = 100
"""How many invitations a user may send within a day."""

KEEPERS: dict[type[Record], Keeper] = {
    **ANSWERED,
    **{taxa.record: taxa for taxa in DECIDED.values()},
    **{proposal: Proposals(taxa) for proposal, taxa in DECIDED.items()},
    Project: Projects(),
    ResearchSubject: Subjects(),
    ResearchCohort: COHORTS,
    ResearchSession: Sessions(),
    ResearchCollection: COLLECTIONS,
    Publication: Publications(),
    Procedure: PROCEDURES,
    SubjectLog: LOGS,
    ResearchUser: Users(),
    ResearchTeam: Teams(),
}


class ResearchDesk:
    """What the users of a hub may see and do of research."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.store = desk.store
        self.accounts = desk.accounts
        self.joining = Joining(desk.store, desk.accounts, ANSWERED)
        self._inviting: Recent[Tries] = Recent(REMEMBERED)
        self._standings: Recent[Standing] = Recent(STANDINGS)

    def admit(self, portal: Portal, token: str) -> tuple[Caller, float]:
        """Who comes through a portal, and until when; the public one asks nobody."""
        if portal is Portal.PUBLIC:
            return PUBLIC, float("inf")
        if not token:
            raise NotSignedIn("Authentication credentials were not provided.", hint="send Authorization: Bearer TOKEN")
        user, expires = self.accounts.admit(token)
        asked_by("", (), user.id)
        admitted(user.id)
        if portal is Portal.SUPER and not user.administrator:
            raise refusal("only an administrator may do this")
        return Caller(portal, user), expires

    def reader(self, caller: Caller) -> ResearchReader:
        """The reader for what a caller may see."""
        return ResearchReader(self.store, caller, self._standings, self.desk.readers.recent)

    @contextmanager
    def writing(self, caller: Caller) -> Generator[Work]:
        """Change research for a caller: whole or not at all."""
        with self.store.write(HUB) as batch:
            yield Work(batch, standing_of(batch.kept, caller), partial(self.may_invite, caller))

    def draw(self, work: Work, project: str, estab: str, group: str, cohort: str, as_of: str = "") -> str:
        """Draw a school's students into a project as one who contributes to it; gives the new cohort's hub id.

        With `as_of` they are those of the group on that day.
        """
        work.refer("project", Project, [project])
        work.settle()
        work.require(project, Role.CONTRIBUTOR)
        return draw(self.desk.readers, work, project, estab, group, cohort, as_of=as_of)[0]

    def kept_since(self, estab: str) -> str:
        """The day (UTC) since which the hub has kept records of a school's district."""
        district, _, _ = self.desk.schools.find(estab)
        return self.store.kept.history.began(district)[:10]

    def known_of(self, project: str, subjects: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What schools let a project know of the students behind some of its subjects, by subject (`behind.FACTS`)."""
        with self.store.lend(HUB) as kept:
            return known_of(self.desk.readers, kept, project, subjects)

    def may_invite(self, caller: Caller) -> None:
        """Count that a caller invites somebody, which sends a letter; raises `TooOften`."""
        caller.require_person()
        self._inviting.get(caller.id, lambda: Tries(INVITED, DAY)).begin(self.desk.clock())

    # ---- numbers that anybody may read

    def publish(self, work: Work, project: str, by: Iterable[str]) -> None:
        """Publish how many students a project studies, in all, by cohort and by some facts."""
        counting.publish(self.desk.readers, work, project, by)

    def published(self, caller: Caller, project: str) -> dict[str, Any]:
        """The numbers that a project has published; raises `NotFound`."""
        with self.store.lend() as kept:
            return counting.published(kept, caller, project)

    # ---- for the operator

    def smallest(self, number: int | None = None) -> int:
        """The fewest students that published numbers tell of, after it was changed where a number is given."""
        with self.store.of_district(HUB) as kept:
            if number is not None:
                counting.set_smallest(kept, number)
            return counting.smallest(kept)

    def projects(self) -> list[ProjectLine]:
        """Every project, by name."""
        return self.store.kept.projects.every()

    def project(self, name: str) -> str:
        """The hub id of the project with this name or id."""
        every = self.projects()
        for project in every:
            if name in (project.id, project.name):
                return project.id
        raise NotFound(Problem("project", f"{name} is not known", nearest(name, [p.name for p in every])))

    def set_app(self, project: str, app: App | None) -> None:
        """Let the grants of an app say which students may stand behind the subjects of a project; None for no app."""
        with self.store.write(HUB) as batch:
            batch.change(Project, project, {"app": app.id if app else None})

    def set_last_day(self, project: str, day: str | None) -> None:
        """Let students stand behind the subjects of a project up to a day (yyyy-MM-dd, UTC); None for no end."""
        with self.store.write(HUB) as batch:
            batch.change(Project, project, {"last_day": day})

    def operator_draws(
        self, project: str, estab: str, group: str, cohort: str = "", lot: Random = LOT, *, as_of: str = ""
    ) -> tuple[str, int]:
        """Draw a school's students into a project as the operator of the hub; gives cohort and number of subjects."""
        with self.writing(Caller(Portal.SUPER, _OPERATOR)) as work:
            return draw(self.desk.readers, work, project, estab, group, cohort, lot, as_of=as_of)

    def proposals(self) -> list[Proposed]:
        """What waits for a decision."""
        return self.store.kept.taxa.pending()


_OPERATOR = Account("", 0, "", administrator=True)
