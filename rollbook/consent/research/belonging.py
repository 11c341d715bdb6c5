"""What belongs to projects and stands in ordered sets of these: subjects in cohorts, sessions in collections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...fields import Record, Ref
from ...model.research import (
    CohortSubject,
    CollectionSession,
    Project,
    ResearchCohort,
    ResearchCollection,
    ResearchSession,
    ResearchSubject,
    ResearchTag,
    SessionProject,
    SubjectProject,
)
from .standing import Role, refusal
from .writing import Values, Work


@dataclass(frozen=True)
class Belonging:
    """How records of one kind belong to projects. Whoever contributes to any of them may change one."""

    record: type[Record]
    noun: str
    place: Ref
    """What leads to a record from its place in a project."""
    holder: Ref
    member: Ref
    """What leads from a place in a set to the set, and to the record."""
    held_in: str
    """What a set is called."""

    def here(self, work: Work, identity: str) -> set[str]:
        """The projects of a record that the caller may see; raises unless they contribute to one of them."""
        here = work.kept.research.projects(self.place, identity).keys() & work.standing.roles.keys()
        if not any(work.standing.may(p, Role.CONTRIBUTOR) for p in here):
            raise refusal("only a contributor of its project may do this")
        return here

    def leaving(self, work: Work, identity: str, projects: Iterable[str]) -> None:
        """Note that a record cannot leave a project while it stands in a set of it."""
        for project in projects:
            if work.kept.research.places(self.holder, self.member, identity, project):
                told = f"the {self.noun} is in a {self.held_in} of {project}"
                work.wrong("projects", told, f"take it out of the {self.held_in} first")

    def put(self, work: Work, identity: str, projects: Iterable[str]) -> None:
        """Let a record belong to projects."""
        rows = [{self.place.name: identity, "project": p} for p in projects]
        work.batch.add(self.place.owner, rows)

    def move(self, work: Work, identity: str, here: set[str], there: set[str]) -> None:
        """Let a record belong to other projects; the caller contributes to each that it leaves or comes to."""
        for project in here ^ there:
            work.require(project, Role.CONTRIBUTOR)
        self.put(work, identity, sorted(there - here))
        self._leave(work, identity, here - there)

    def remove(self, work: Work, identity: str) -> None:
        """Delete a record; where it also belongs to projects that the caller cannot see, it stays there."""
        work.row(self.record, identity)
        every = work.kept.research.projects(self.place, identity).keys()
        here = every & work.standing.roles.keys()
        if not all(work.standing.may(p, Role.CONTRIBUTOR) for p in here):
            raise refusal("only a contributor of each of its projects may do this")
        if every == here:
            work.batch.remove(self.record, identity)
            return
        for project in here:
            for place in work.kept.research.places(self.holder, self.member, identity, project):
                work.batch.remove(self.member.owner, place)
        self._leave(work, identity, here)

    def orphaned(self, work: Work, identities: Iterable[str]) -> None:
        """Delete those that belong to no project any more."""
        for identity in identities:
            if not work.kept.research.projects(self.place, identity):
                work.batch.remove(self.record, identity)

    def _leave(self, work: Work, identity: str, projects: Iterable[str]) -> None:
        held = work.kept.research.projects(self.place, identity)
        for project in projects:
            work.batch.remove(self.place.owner, held[project])


SUBJECTS = Belonging(
    ResearchSubject, "subject", SubjectProject.subject, CohortSubject.cohort, CohortSubject.subject, "cohort"
)
SESSIONS = Belonging(
    ResearchSession,
    "session",
    SessionProject.session,
    CollectionSession.collection,
    CollectionSession.session,
    "collection",
)


@dataclass(frozen=True)
class Sets:
    """A set belongs to one project, and so do all its members; they keep their order."""

    record: type[Record]
    members: Belonging
    called: str
    """What the members are called together."""
    tags: Ref

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Make a set."""
        projects = work.refer("project", Project, [values["project"]] if "project" in values else [])
        members = work.refer(self.called, self.members.record, values.get(self.called, []))
        for project in projects:
            self._fits(work, project, members, values.get("name"))
        work.settle()
        work.require(projects[0], Role.CONTRIBUTOR)
        facts = {n: values[n] for n in ("name", "description") if n in values}
        made = work.batch.add(self.record, [{**facts, "project": projects[0]}])[0]
        self._line_up(work, made, members)
        work.tag(self.tags, made, values.get("tags", []))
        return self.record, made

    def _fits(self, work: Work, project: str, members: Iterable[str], name: Any, but: str = "") -> None:
        there, noun = set(work.kept.research.of_project(self.members.place, project)), self.members.noun
        for member in members:
            if member not in there:
                work.wrong(self.called, f'{noun.capitalize()} "{member}" does not belong to the project.')
        if isinstance(name, str) and work.taken(self.record, name, but, project):
            work.wrong("name", f"{self.members.held_in} with this name already exists in the project.")

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change a set; members that the caller cannot see now keep their places."""
        before = work.row(self.record, identity)
        work.require(before["project"], Role.CONTRIBUTOR)
        projects = work.refer("project", Project, [values.get("project", before["project"])])
        held = list(self._held(work, identity))
        seen = work.among(self.members.record, held)
        shown = [s for s in held if s in seen]
        members = work.refer(self.called, self.members.record, values.get(self.called, shown))
        for project in projects:
            self._fits(work, project, members, values.get("name", before["name"]), but=identity)
        work.settle()
        work.require(projects[0], Role.CONTRIBUTOR)
        facts = {n: values[n] for n in ("name", "description") if n in values}
        work.batch.change(self.record, identity, {**facts, "project": projects[0]})
        if projects[0] == before["project"]:
            members = among(members, held, shown)
        if members != held:
            self._line_up(work, identity, members)
        if "tags" in values:
            work.tag(self.tags, identity, values["tags"])
        return self.record, identity

    def remove(self, work: Work, identity: str) -> None:
        """Delete a set; its members stay."""
        before = work.row(self.record, identity)
        work.require(before["project"], Role.CONTRIBUTOR)
        work.batch.remove(self.record, identity)

    def _held(self, work: Work, identity: str) -> dict[str, str]:
        return work.kept.research.lined_up(self.members.holder, self.members.member, identity)

    def _line_up(self, work: Work, identity: str, members: list[str]) -> None:
        """Let a set hold these members in this order; who was there before keeps their record."""
        held, holder, member = self._held(work, identity), self.members.holder, self.members.member
        for one in held.keys() - set(members):
            work.batch.remove(member.owner, held[one])
        new: list[dict[str, object]] = []
        for position, one in enumerate(members):
            if one in held:
                work.batch.change(member.owner, held[one], {"position": position})
            else:
                new.append({holder.name: identity, member.name: one, "position": position})
        work.batch.add(member.owner, new)


COHORTS = Sets(ResearchCohort, SUBJECTS, "subjects", ResearchTag.cohort)
COLLECTIONS = Sets(ResearchCollection, SESSIONS, "sessions", ResearchTag.collection)


def among(wanted: list[str], held: list[str], shown: list[str]) -> list[str]:
    """The members wanted, and those that are held but not shown, each in its old place."""
    line = list(wanted)
    for place, member in enumerate(held):
        if member not in shown:
            line.insert(min(place, len(line)), member)
    return line
