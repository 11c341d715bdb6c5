"""Invented research: a study of mice that anybody may read, and one of the invented schools' students by pseudonym."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ..consent import App, Desk
from ..consent.accounts import Account, open_account
from ..consent.research import KEEPERS, Caller, Place, Portal, ResearchDesk, Role, Work
from ..consent.research.drawing import draw
from ..errors import Malformed, NotFound
from ..model.research import (
    HUB,
    Project,
    ProjectInvitation,
    ResearchCohort,
    ResearchSubject,
    ResearchTeam,
    Species,
    Strain,
    SubjectProject,
)
from .draft import Draft
from .laboratory import asked_for, asks_for, maze_work, put, reading_work, shared_lists

OWNER = "ada.fenn@research.example"

PEOPLE = (
    (OWNER, "Ada", "Fenn", 0),
    ("bram.okoro@research.example", "Bram", "Okoro", 0),
    ("cleo.varga@research.example", "Cleo", "Varga", 0),
    ("dana.holt@research.example", "Dana", "Holt", 1),
)
"""E-mail address, first name, last name, and whether the user is an administrator."""

MICE = 8
DRAWN = (("RegGrp", "Form"), ("TeachingGrp", "Class"))
"""The kinds of group of which the students of one are drawn, and what their cohort is called."""


def demo_research(desk: Desk, app: App, estab: str) -> dict[str, Any]:
    """Put invented research into a hub, unless it is there already; the students are those of one school.

    Gives the owner's token. Students are drawn only as far as the school has granted the app what that needs.
    """
    research = ResearchDesk(desk)
    try:
        owner = research.accounts.user(OWNER)
    except NotFound:
        owner = _make(research, app, estab)
    research.accounts.drop_tokens(owner)
    return {"token": research.accounts.new_token(owner, "demo")}


def _make(research: ResearchDesk, app: App, estab: str) -> Account:
    draft = Draft("research")
    owner, keeper = _people(research, draft)
    with research.writing(Caller(Portal.SUPER, keeper)) as work:
        work.batch.ids = draft.new_id
        mouse = put(work, Species, name="Mus musculus", description="House mouse")
        # The Research Resource Identifier of the Jackson Laboratory's C57BL/6J.
        strain = put(work, Strain, name="C57BL/6J", species=mouse, rrid="RRID:IMSR_JAX:000664")
        supplier, journal = shared_lists(work)
    with research.writing(Caller(Portal.PRIVATE, owner)) as work:
        work.batch.ids = draft.new_id
        maze = put(work, Project, name="Barn maze 2026", description="<p>How mice learn a maze</p>", is_public=1)
        reading = put(work, Project, name="Reading aloud 2026", description="<p>How reading aloud helps</p>")
        lab = put(work, ResearchTeam, name="Larkspur learning lab")
    with research.writing(Caller(Portal.SUPER, keeper)) as work:
        work.batch.ids = draft.new_id
        member = {"cleo.varga@research.example": Place(Role.MEMBER)}
        KEEPERS[ResearchTeam].change(work, lab, {"users": member})
    with research.writing(Caller(Portal.PRIVATE, owner)) as work:
        work.batch.ids = draft.new_id
        colleagues = {"bram.okoro@research.example": Place(Role.CONTRIBUTOR)}
        for project in (maze, reading):
            groups = {"Larkspur learning lab": Place(Role.MEMBER)}
            KEEPERS[Project].change(work, project, {"users": colleagues, "groups": groups})
        mice = _breed(work, maze, strain, supplier)
        maze_work(work, maze, mice, journal)
        put(work, ProjectInvitation, project=maze, email="eli.moss@research.example", can_change=1)
    _join(research, draft, owner, lab, maze)
    research.set_app(reading, app)
    _draw(research, draft, owner, reading, estab)
    with research.writing(Caller(Portal.PRIVATE, owner)) as work:
        work.batch.ids = draft.new_id
        reading_work(work, reading, work.kept.research.of_project(SubjectProject.subject, reading))
    _publish(research, draft, owner, app, estab)
    return owner


def _people(research: ResearchDesk, draft: Draft) -> tuple[Account, Account]:
    with research.store.write(HUB) as batch:
        batch.ids = draft.new_id
        every = [
            open_account(batch, email, {"first_name": first, "last_name": last}, administrator=bool(admin))
            for email, first, last, admin in PEOPLE
        ]
    return next(u for u in every if u.email == OWNER), next(u for u in every if u.administrator)


def _join(research: ResearchDesk, draft: Draft, owner: Account, lab: str, project: str) -> None:
    """Who asks to be let in, and who is asked."""
    bram, dana = (research.accounts.user(f"{name}@research.example") for name in ("bram.okoro", "dana.holt"))
    with research.writing(Caller(Portal.PRIVATE, bram)) as work:
        work.batch.ids = draft.new_id
        number = asks_for(work, lab)
    with research.writing(Caller(Portal.PRIVATE, owner)) as work:
        work.batch.ids = draft.new_id
        asked_for(work, lab, project, dana.number, number)


def _breed(work: Work, project: str, strain: str, supplier: str) -> list[str]:
    mice = [
        put(
            work,
            ResearchSubject,
            name=f"Mouse {number:02}",
            sex="FM"[number % 2],
            strain=strain,
            supplier=supplier,
            projects=[project],
            birth_date=f"2026-06-{number:02}",
            subject_identifier=f"A{1200 + number}",
        )
        for number in range(1, MICE + 1)
    ]
    for name, some in (("Control", mice[::2]), ("Enriched cages", mice[1::2])):
        put(work, ResearchCohort, name=name, project=project, subjects=some, tags=["batch-1"])
    return mice


def _draw(research: ResearchDesk, draft: Draft, owner: Account, project: str, estab: str) -> None:
    """A form and a class of the school, as far as it has granted that."""
    for kind, called in DRAWN:
        group = _largest(research, estab, kind)
        # What the school has not granted is not drawn; the project is then without subjects.
        with suppress(Malformed), research.writing(Caller(Portal.PRIVATE, owner)) as work:
            work.batch.ids = draft.new_id
            draw(research.desk.readers, work, project, estab, group, f"{called}, autumn 2026", draft.rng)


def _publish(research: ResearchDesk, draft: Draft, owner: Account, app: App, estab: str) -> None:
    """A project of which anybody may read how many students it studies, as far as the school has granted that."""
    caller = Caller(Portal.PRIVATE, owner)
    with research.writing(caller) as work:
        work.batch.ids = draft.new_id
        about = "<p>Who reads what at home</p>"
        project = put(work, Project, name="Reading at home 2026", description=about, is_public=1)
    research.set_app(project, app)
    _draw(research, draft, owner, project, estab)
    with suppress(Malformed), research.writing(caller) as work:
        work.batch.ids = draft.new_id
        research.publish(work, project, ["gender"])


def _largest(research: ResearchDesk, estab: str, kind: str) -> str:
    """The MIS id of the group of a kind with the most students today."""
    district, school, _ = research.desk.schools.find(estab)
    today = research.desk.memory.today("UTC")
    return research.store.kept.schools.largest_group(district, school, kind, today) or ""
