"""What invented researchers wrote down: sessions, procedures, logs, a publication, and who is asked to join what."""

from __future__ import annotations

from typing import Any

from ..consent.research import KEEPERS, Work, ask_to_join, write_line
from ..fields import Record
from ..model.research import (
    Journal,
    Procedure,
    Project,
    Publication,
    ResearchCollection,
    ResearchSession,
    ResearchTeam,
    SubjectLog,
    Supplier,
    TeamInvitation,
    TeamProjectInvitation,
)

DAYS = ("2026-09-14", "2026-09-15", "2026-09-16")
"""When mice ran the maze."""

WEIGHTS = (24.5, 24.9, 25.3)


def put(work: Work, record: type[Record], **values: Any) -> str:
    """Add a record as a caller would."""
    return KEEPERS[record].add(work, values)[1]


def shared_lists(work: Work) -> tuple[str, str]:
    """A supplier and a journal, as an administrator keeps them."""
    about = {"description": "Mice and rats for laboratories", "website": "https://fenland-animals.example"}
    supplier = put(work, Supplier, name="Fenland Animal Supplies", **about)
    site = "https://barn-studies.example"
    return supplier, put(work, Journal, name="Journal of Barn Studies", description="", website=site)


def maze_work(work: Work, project: str, mice: list[str], journal: str) -> None:
    """Three days in the maze, what was done with the mice, and the article about them."""
    sessions = [
        put(
            work,
            ResearchSession,
            name=f"Barn maze, day {number}",
            description="<p>Each mouse ran once</p>",
            projects=[project],
            date_time=f"{day}T09:30:00.000000Z",
            extra_fields='{"room": "B115"}',
            download_links='[{"repository": "Zenodo", "url": "https://zenodo.example/barn"}]',
            name_used_in_storage=f"barn_{number:02}",
            tags=["first-week"],
        )
        for number, day in enumerate(DAYS, 1)
    ]
    put(work, ResearchCollection, name="First week", project=project, sessions=sessions, tags=["first-week"])
    for mouse in mice[:2]:
        _operated(work, mouse)
        _weighed(work, mouse)
    paper = put(
        work,
        Publication,
        title="How mice learn a maze in a barn",
        authors="Fenn A, Okoro B",
        journal=journal,
        abstract="Mice that are used to straw find the way sooner.",
        doi="10.5555/barn.2026.1",
        publication_url="https://barn-studies.example/2026/1",
        pdf_url="https://barn-studies.example/2026/1.pdf",
        publication_date="2026-11-02",
    )
    KEEPERS[Project].change(work, project, {"publications": [paper]})


def _operated(work: Work, mouse: str) -> None:
    put(
        work,
        Procedure,
        subject=mouse,
        type="OpticFiberImplant",
        notes="bilateral implant",
        date_time="2026-08-31T08:00:00.000000Z",
        details='{"fiberTipShape":"flat"}',
        coordinates_system="Stereotaxic_BregmaAbsolute",
        coordinates_details='{"apCoordinate":-2.8,"mlCoordinate":1.2,"dvCoordinate":-2.5}',
    )


def _weighed(work: Work, mouse: str) -> None:
    log = put(work, SubjectLog, subject=mouse, type="Weighing", description="Weight before each run")
    for day, weight in zip(DAYS, WEIGHTS, strict=True):
        line = {"began": f"{day}T08:05:00.000000Z", "notes": None, "details": f'{{"weight":{weight}}}'}
        write_line(work, log, "add", line, ())


def reading_work(work: Work, project: str, pupils: list[str]) -> None:
    """A week of reading aloud, and how long the first of those who were drawn did; pseudonyms are all it knows."""
    when = "2026-10-05T10:00:00.000000Z"
    put(work, ResearchSession, name="Reading aloud, week 1", projects=[project], date_time=when)
    for pupil in pupils[:1]:
        log = put(work, SubjectLog, subject=pupil, type="TrainingSession", description="Reading aloud in pairs")
        line = {"began": when, "ended": "2026-10-05T10:20:00.000000Z", "details": '{"task":"Reading aloud"}'}
        write_line(work, log, "add", line, ())


def asked_for(work: Work, lab: str, project: str, guest: int, number: int) -> None:
    """Somebody is invited to a group, and another group to a project; both by number."""
    put(work, TeamInvitation, authgroup=work.row(ResearchTeam, lab)["number"], user_account_invitation=guest)
    put(work, TeamProjectInvitation, project=project, invitee=number, can_change=1)


def asks_for(work: Work, lab: str) -> int:
    """Somebody proposes a supplier, asks to join a group, and makes another one; gives its number."""
    put(work, Supplier, name="Marsh Mouse Farm", description="", website="", comments="They breed harvest mice")
    ask_to_join(work, lab)
    keepers = put(work, ResearchTeam, name="Barn keepers")
    return work.row(ResearchTeam, keepers)["number"]
