"""Projects and who may do what in them."""

from __future__ import annotations

from ...fields import Record, Ref
from ...model.research import Project, ProjectMember, Publication, ResearchTag
from .belonging import SESSIONS, SUBJECTS
from .places import Place, held_by, keep_owners
from .sessions import publish_in
from .standing import Role
from .writing import Values, Work

FACTS = ("name", "description", "extra_fields", "is_public")
HOLDERS: dict[str, Ref] = {"users": ProjectMember.user, "groups": ProjectMember.team}
"""What leads to those who have a place in a project."""


class Projects:
    """Whoever makes a project owns it; managers add and remove people, owners do everything."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Make a project; users and groups are added by changing it."""
        work.unique(Project, "project", values)
        publications = work.refer("publications", Publication, values.get("publications", []))
        work.settle()
        facts = {"is_public": 0, **{n: values[n] for n in FACTS if n in values}}
        project = work.batch.add(Project, [facts])[0]
        work.batch.add(ProjectMember, [{"project": project, "user": work.caller.id, **Place(Role.OWNER).flags}])
        work.tag(ResearchTag.project, project, values.get("tags", []))
        publish_in(work, project, publications)
        return Project, project

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change a project, and who is in it."""
        before = work.row(Project, identity)
        facts = {n: values[n] for n in FACTS if n in values and values[n] != before[n]}
        if facts:
            work.require(identity, Role.OWNER)
        work.unique(Project, "project", facts, but=identity)
        publications = work.refer("publications", Publication, values.get("publications", []))
        changes = [c for name in HOLDERS for c in self._wanted(work, identity, name, values.get(name, {}))]
        work.settle()
        work.batch.change(Project, identity, facts)
        if "tags" in values and work.tag(ResearchTag.project, identity, values["tags"]):
            work.require(identity, Role.OWNER)
        if "publications" in values and publish_in(work, identity, publications):
            work.require(identity, Role.OWNER)
        for holder, who, place, held in changes:
            _put(work, identity, holder, who, place, held)
        keep_owners(work)
        return Project, identity

    def _wanted(
        self, work: Work, project: str, name: str, places: dict[str, Place]
    ) -> list[tuple[Ref, str, Place, str]]:
        """The places that are to change: what leads to their holder, who that is, the new place, and its record."""
        holder = HOLDERS[name]
        held = held_by(work, project, holder)
        found: list[tuple[Ref, str, Place, str]] = []
        for called, place in places.items():
            who = work.called(holder.target, called)
            member, role = held.get(who, ("", None))
            if not who or (place.role is None and not member):
                work.wrong(name, f"{called} is not known" if not who else f"{called} is not in the project")
            elif place.role != role:
                if not (place.role is None and who == work.caller.id):
                    greatest = max(place.role or Role.MEMBER, role or Role.MEMBER)
                    work.require(project, Role.OWNER if greatest >= Role.MANAGER else Role.MANAGER)
                found.append((holder, who, place, member))
        return found

    def remove(self, work: Work, identity: str) -> None:
        """Delete a project with all that belongs to it alone."""
        work.require(identity, Role.OWNER)
        held = [(kind, work.kept.research.of_project(kind.place, identity)) for kind in (SUBJECTS, SESSIONS)]
        work.batch.remove(Project, identity)
        for kind, identities in held:
            kind.orphaned(work, identities)


def _put(work: Work, project: str, holder: Ref, who: str, place: Place, held: str) -> None:
    if place.role is None:
        work.batch.remove(ProjectMember, held)
    elif held:
        work.batch.change(ProjectMember, held, place.flags)
    else:
        work.batch.add(ProjectMember, [{"project": project, holder.name: who, **place.flags}])
