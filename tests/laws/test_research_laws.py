"""Laws 2 and 3 in research: a project sees pseudonyms of those alone whom the grants of its app let it see."""

from __future__ import annotations

import json
import random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rollbook.consent.research import FACTS, ResearchDesk
from rollbook.fields import RECORDS, Told
from rollbook.model.people import Person
from rollbook.model.students import Student
from tests.district import Researcher, researcher
from tests.hub import THORNFIELD, Hub
from tests.looking import look

from .asking import SCOPES
from .test_consent_laws import change_one

some = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NEEDED = ["SchoolLite", "StudentLite"]

ASKED = (
    "subject/?limit=100",
    "cohort/?limit=100&include%5B%5D=subjects.*&include%5B%5D=project.*",
    "cohort/?filter%7Bsubjects.name.icontains%7D=s&sort%5B%5D=-name",
    "subject/?filter%7Bsex%7D=F",
    "subject/?filter%7Bname.startswith%7D=S-&sort%5B%5D=-name&limit=5",
    "project/?include%5B%5D=cohorts.*&include%5B%5D=subjects.*",
    "subject/?include%5B%5D=subjectlogs.*&include%5B%5D=procedures.*",
    "session/?include%5B%5D=projects.subjects.*",
)


def drawn(hub: Hub, scopes: list[str]) -> Researcher:
    """A researcher whose project has drawn a group of the first school that (still) has a code."""
    hub.grant(scopes)
    number = len(ResearchDesk(hub.desk).accounts.users())
    who = researcher(hub, f"reader{number}@research.example")
    project = who.post("project", {"name": f"Study {number}"})["project"]["id"]
    ResearchDesk(hub.desk).set_app(project, hub.app())
    # The laws may have changed any code, and any student's id, before.
    group = look(
        hub.store,
        """SELECT code FROM "group" WHERE code <> '' AND id IN (SELECT year_group FROM student WHERE school = ?)
        ORDER BY id LIMIT 1""",
        (hub.desk.schools.find(THORNFIELD)[1],),
    ).get
    body = {"project": project, "school": THORNFIELD, "group": group, "name": "The year"}
    made = who.post("cohort/draw", body)["cohort"]
    who.post("session", {"name": f"Session {number}", "projects": [project]})
    for subject in made["subjects"][:3]:
        assert who.ask("POST", "subjectlog/", {"type": "Weighing", "subject": subject}, "modules").status == 201
    return who


def answers(who: Researcher) -> dict[str, str]:
    """What a researcher reads, every way of asking."""
    return {path: json.dumps(who.get(path)) for path in ASKED}


@some
@given(more=st.lists(st.sampled_from(SCOPES), max_size=6, unique=True), seed=st.integers(0, 2**32))
def test_no_fact_of_a_person_moves_a_byte_of_what_a_project_reads(small_hub: Hub, more: list[str], seed: int) -> None:
    rng, who = random.Random(seed), drawn(small_hub, sorted({*NEEDED, *more}))
    before = answers(who)
    facts = [
        (record, name)
        for record in RECORDS.values()
        if record.__name__ in ("Student", "Person", "StudentMembership", "Mark", "Group", "Contact")
        for name in record.stored()
        if name not in record.refs()
    ]
    changed = [f for f in rng.sample(facts, 40) if change_one(small_hub, *f, rng)]
    assert changed
    assert answers(who) == before


@some
@given(scopes=st.lists(st.sampled_from(SCOPES), max_size=6, unique=True), seed=st.integers(0, 2**32))
def test_no_fact_that_a_school_did_not_grant_moves_a_byte_of_a_cohorts_files(
    small_hub: Hub, scopes: list[str], seed: int
) -> None:
    rng, granted = random.Random(seed), sorted({*NEEDED, *scopes})
    who = drawn(small_hub, granted)
    (cohort,) = who.get("cohort/?limit=100")["cohorts"]
    before = who.ask("GET", f"cohort/{cohort['id']}/export/").body
    shown = {repr(f.fact if isinstance(f, Told) else f) for f in FACTS.values() if f.need.met_by(frozenset(granted))}
    hidden = [
        (record, name)
        for record in (Student, Person)
        for name, field in record.stored().items()
        if name not in record.refs() and repr(field) not in shown
    ]
    assert [f for f in rng.sample(hidden, 30) if change_one(small_hub, *f, rng)]
    assert who.ask("GET", f"cohort/{cohort['id']}/export/").body == before


@some
@given(data=st.data(), mode=st.sampled_from(["only", "except"]))
def test_a_project_reads_of_nobody_whom_the_school_left_out(small_hub: Hub, data: st.DataObject, mode: str) -> None:
    who = drawn(small_hub, [*NEEDED, "Student"])
    every = look(
        small_hub.store,
        "SELECT r.name, s.mis_id FROM research_subject r JOIN student s ON s.id = r.of_student AND s.district ="
        " r.of_district JOIN subject_project p ON p.subject = r.id JOIN project j ON j.id = p.project"
        " WHERE j.id = (SELECT id FROM project ORDER BY key DESC LIMIT 1) ORDER BY s.mis_id",
    ).fetchall()
    assert every
    chosen = data.draw(st.lists(st.sampled_from([m for _, m in every]), min_size=1, unique=True))
    before = answers(who)
    small_hub.desk.people.choose(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), "students", mode, chosen)
    seen = {name for name, mis in every if (mis in chosen) == (mode == "only")}
    listed = who.get("subject/?limit=100")
    assert {s["name"] for s in listed["subjects"]} == seen
    assert listed["count"] == len(seen)
    (cohort,) = who.get("cohort/?limit=100")["cohorts"]
    assert len(cohort["subjects"]) == len(seen)
    whole = "".join(answers(who).values())
    assert not [name for name, _ in every if name not in seen and name in whole]
    small_hub.desk.people.choose(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), "students", "all", [])
    assert answers(who) == before


def test_a_project_reads_nobody_when_the_grant_is_paused_narrowed_or_revoked(small_hub: Hub) -> None:
    who = drawn(small_hub, [*NEEDED, "Student"])
    assert who.get("subject/")["count"]
    desk, app = small_hub.desk, small_hub.app()
    desk.grants.pause(desk.grants.at(app, THORNFIELD))
    assert who.get("subject/")["count"] == 0
    desk.grants.pause(desk.grants.at(app, THORNFIELD), False)
    assert who.get("subject/")["count"]
    desk.grants.narrow(desk.grants.at(app, THORNFIELD), ["SchoolLite"])
    assert who.get("subject/")["count"] == 0
    desk.grants.authorise(app, THORNFIELD, NEEDED)
    assert who.get("subject/")["count"]
    desk.grants.revoke(desk.grants.at(app, THORNFIELD))
    assert who.get("subject/")["count"] == 0
