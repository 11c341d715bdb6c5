"""Sessions, at which experiments are made, and publications about them."""

from __future__ import annotations

from ...fields import Record
from ...model.research import (
    Journal,
    Project,
    ProjectPublication,
    Publication,
    ResearchSession,
    ResearchTag,
)
from .belonging import SESSIONS
from .standing import Role, refusal
from .writing import Values, Work

FACTS = ("name", "description", "date_time", "extra_fields", "download_links", "name_used_in_storage")


class Sessions:
    """A session belongs to one project or more; whoever contributes to any of them may change it."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Make a session."""
        projects = work.refer("projects", Project, values.get("projects", []))
        work.unique(ResearchSession, "session", values)
        work.settle()
        for project in projects:
            work.require(project, Role.CONTRIBUTOR)
        session = work.batch.add(ResearchSession, [{n: values[n] for n in FACTS if n in values}])[0]
        SESSIONS.put(work, session, projects)
        work.tag(ResearchTag.session, session, values.get("tags", []))
        return ResearchSession, session

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change a session, and which projects it belongs to."""
        before = work.row(ResearchSession, identity)
        here = SESSIONS.here(work, identity)
        facts = {n: values[n] for n in FACTS if n in values and values[n] != before[n]}
        there = set(work.refer("projects", Project, values.get("projects", here)))
        work.unique(ResearchSession, "session", facts, but=identity)
        SESSIONS.leaving(work, identity, here - there)
        work.settle()
        SESSIONS.move(work, identity, here, there)
        work.batch.change(ResearchSession, identity, facts)
        if "tags" in values:
            work.tag(ResearchTag.session, identity, values["tags"])
        return ResearchSession, identity

    def remove(self, work: Work, identity: str) -> None:
        """Delete a session; where it also belongs to projects that the caller cannot see, it stays there."""
        SESSIONS.remove(work, identity)


PRINTED = {
    **{n: n for n in ("title", "authors", "journal", "doi", "publication_url", "pdf_url", "publication_date")},
    "abstract": "summary",
}
"""What is kept of a publication, by the names that callers know it by."""


class Publications:
    """Everybody sees every publication and may add one; whoever added it, or an administrator, changes it."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Add a publication."""
        self._refer(work, values)
        row = {**_printed(values), "adder": work.caller.id}
        return Publication, work.batch.add(Publication, [row])[0]

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change a publication."""
        self._own(work, identity)
        self._refer(work, values)
        work.batch.change(Publication, identity, _printed(values))
        return Publication, identity

    def remove(self, work: Work, identity: str) -> None:
        """Delete a publication; projects name it no longer."""
        self._own(work, identity)
        work.batch.remove(Publication, identity)

    def _own(self, work: Work, identity: str) -> None:
        if work.row(Publication, identity)["adder"] != work.caller.id and not work.above:
            raise refusal("only the person who added it may do this")

    def _refer(self, work: Work, values: Values) -> None:
        if "journal" in values:
            work.refer("journal", Journal, [values["journal"]])
        work.settle()


def _printed(values: Values) -> dict[str, object]:
    return {kept: values[name] for name, kept in PRINTED.items() if name in values}


def publish_in(work: Work, project: str, publications: list[str]) -> bool:
    """Let a project name these publications in this order; returns whether any are different."""
    held = work.kept.research.lined_up(ProjectPublication.project, ProjectPublication.publication, project)
    if list(held) == publications:
        return False
    for place in held.values():
        work.batch.remove(ProjectPublication, place)
    rows = [{"project": project, "publication": p, "position": n} for n, p in enumerate(publications)]
    work.batch.add(ProjectPublication, rows)
    return True
