"""A subject that stands for a student: drawn, hidden and back again as the school lets it, and never more than that."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from rollbook import cli
from rollbook.app import application
from rollbook.consent import Grant
from rollbook.model.people import Person
from rollbook.model.students import Student, StudentMembership
from tests.looking import look

from ..hub import BRAMBLESIDE, THORNFIELD, Answer
from ..told import told
from .lab import Json, Lab

APP = "study.example.org"
NEEDED = ("StudentLite", "SchoolLite")
GROUP = "9X1/Fr"
PSEUDONYM = re.compile(r"S-[2-9B-DF-HJ-NP-TV-Z]{6}")
UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Study:
    """Ada's project, to which a school lets a class be known."""

    def __init__(self, lab: Lab, *scopes: str) -> None:
        self.lab = lab
        self.grant: Grant = lab.hub.grant(scopes or NEEDED, app=APP)
        self.project = lab.project("Reading")
        lab.desk.set_app(self.project, lab.hub.app(APP))

    def draw(self, name: str = "Class", group: str = GROUP, school: str = THORNFIELD, **more: Any) -> Answer:
        """Ask for a cohort of a group's students."""
        body = {"project": self.project, "school": school, "group": group, "name": name, **more}
        return self.lab.ask("POST", "stem/cohort/draw/", body=body)

    def drawn(self, name: str = "Class", group: str = GROUP) -> Json:
        """A new cohort of a group's students."""
        answer = self.draw(name, group)
        assert answer.status == 201, answer.body
        return answer.json["cohort"]

    def behind(self) -> dict[str, str]:
        """The hub ids of the students by those of their subjects, as only the hub knows."""
        rows = look(self.lab.hub.store, "SELECT id, of_student FROM research_subject WHERE of_student IS NOT NULL")
        return dict(rows.fetchall())

    def everything(self, portal: str = "private", who: str = "ada") -> dict[str, bytes]:
        """Every answer in which a subject might be."""
        subjects = [*self.behind(), "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f"]
        paths = [
            *(f"{m}/?limit=100" for m in ("stem/project", "stem/subject", "stem/cohort", "users/user", "users/group")),
            "stem/project/?include[]=subjects.strain.*&include[]=cohorts.subjects.*",
            "stem/cohort/?include[]=subjects.projects.*&include[]=project.*",
            "stem/subject/?filter{strain.name}=Student",
            "stem/subject/?filter{-name}=x&sort[]=sex&sort[]=-name",
            "stem/cohort/?filter{subjects.sex.in}=F&filter{subjects.isnull}=false",
            "stem/project/?filter{subjects.name.startswith}=S-",
            "taxonomies/strain/",
            "taxonomies/species/",
            *(f"stem/subject/{s}/" for s in subjects),
            *(f"stem/cohort/?filter{{subjects.id}}={s}" for s in subjects),
            *(f"modules/{m}/?include[]=subject.*" for m in ("procedure", "subjectlog")),
            "modules/subjectlog/?filter{subject.sex.in}=F&filter{subject.sex.in}=M",
            "stem/subject/?filter{subjectlogs.type}=TrainingSession&include[]=subjectlogs.*",
            "stem/project/?filter{subjects.procedures.isnull}=false&include[]=subjects.procedures.*",
            "stem/session/?include[]=projects.*",
        ]
        return {p: self.lab.ask("GET", p, who, portal=portal).body for p in paths}


@pytest.fixture
def study(school_lab: Lab) -> Study:
    return Study(school_lab)


def members(lab: Lab, group: str = GROUP) -> dict[str, Json]:
    """The students of a group by MIS id, as Xporter shows them to an app that may see everything."""
    token = lab.hub.token(app="everything.example.org")
    rows = lab.hub.school("Groups?includeMembersIds=true", token)["Group"]
    ids = next(r["StudentIds"] for r in rows if r["Code"] == group).split(",")
    return {s["Id"]: s for s in lab.hub.school("Students", token)["Students"] if s["Id"] in ids}


# ---- drawing


def test_a_class_is_drawn_into_a_cohort_of_pseudonyms(study: Study):
    lab, pupils = study.lab, members(study.lab)
    cohort = study.drawn()
    shown: Json = {"description": "", "tags": [], "name": "Class", "project": study.project}
    assert cohort == {"id": cohort["id"], "subjects": cohort["subjects"], **shown}
    subjects = lab.get("stem/subject/")["subjects"]
    assert len(subjects) == len(pupils) == len(cohort["subjects"]) > 5
    assert {s["id"] for s in subjects} == set(cohort["subjects"])
    assert all(PSEUDONYM.fullmatch(s["name"]) for s in subjects)
    assert sorted(s["sex"] for s in subjects) == sorted(p["Gender"] for p in pupils.values())
    assert {tuple(s["projects"]) for s in subjects} == {(study.project,)}
    assert lab.names("taxonomies/strain/") == ["Student"]
    assert lab.names("taxonomies/species/") == ["Homo sapiens"]
    held = look(lab.hub.store, "SELECT id, mis_id FROM student WHERE school = ?", (study.grant.school,))
    mis_ids = dict(held.fetchall())
    assert {mis_ids[student] for student in study.behind().values()} == set(pupils)


def test_the_order_of_a_class_does_not_tell_who_is_who(study: Study):
    first, second = study.drawn("One"), study.drawn("Two")
    assert sorted(first["subjects"]) == sorted(second["subjects"])
    orders = {tuple(study.drawn(f"C{n}")["subjects"]) for n in range(5)}
    assert len(orders) > 1


def test_a_student_keeps_the_pseudonym_within_a_project_and_has_another_elsewhere(study: Study):
    lab = study.lab
    study.drawn("One")
    before = lab.names("stem/subject/")
    study.drawn("Two")
    assert study.draw("Year 8", "8").status == 201
    assert set(before) < set(lab.names("stem/subject/?limit=100"))
    other = lab.project("Other")
    lab.desk.set_app(other, lab.hub.app(APP))
    lab.ask("POST", "stem/cohort/draw/", body={"project": other, "school": THORNFIELD, "group": GROUP, "name": "C"})
    there = lab.names(f"stem/subject/?filter{{projects.id}}={other}")
    assert len(there) == len(before)
    assert not set(there) & set(before)


def test_the_operator_draws_by_command(study: Study):
    lab = study.lab
    words = ["research", "draw", "--project", "Reading", "--estab", THORNFIELD, "--group", GROUP]
    environment = lab.hub.environment
    ran = CliRunner().invoke(cli.main, words, obj=application, env=environment)
    number = len(members(lab))
    assert ran.output == f"{number} subjects\n"
    named = CliRunner().invoke(cli.main, [*words, "--cohort", "Class"], obj=application, env=environment)
    cohort = lab.get("stem/cohort/")["cohorts"][0]
    assert named.output == f"{number} subjects in the cohort Class ({cohort['id']})\n"
    assert len(cohort["subjects"]) == number


def test_only_those_present_are_drawn(study: Study):
    lab, pupils = study.lab, sorted(members(study.lab))
    with lab.hub.store.write(study.grant.district) as batch:
        rows = look(
            lab.hub.store,
            "SELECT m.id, s.id, s.mis_id FROM student_membership m JOIN student s ON s.id = m.student"
            ' JOIN "group" g ON g.id = m."group" WHERE g.code = ? AND g.school = ?',
            (GROUP, study.grant.school),
        ).fetchall()
        at = {mis_id: (membership, student) for membership, student, mis_id in rows}
        batch.change(StudentMembership, at[pupils[0]][0], {"end": "2026-11-01"})
        batch.change(Student, at[pupils[1]][1], {"leaving_date": "2026-11-01"})
    lab.desk.desk.people.choose(study.grant, "students", "except", [pupils[2]])
    assert len(study.drawn()["subjects"]) == len(pupils) - 3


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"group": "9X1/Xx"}, {"group": ["9X1/Xx is not known"]}),
        ({"school": BRAMBLESIDE}, {"school": [
            f"{BRAMBLESIDE} has not granted the project's app the scopes that drawing needs (the school must grant"
            " School&Student / School&StudentLite / SchoolLite&Student / SchoolLite&StudentLite to the app that the"
            " operator set for the project)"]}),
        ({"name": "Taken"}, {"name": ["cohort with this name already exists in the project."]}),
        ({"name": "", "group": None, "school": []}, {
            "name": ["This field may not be blank."],
            "school": ["Not a valid string."],
            "group": ["This field is required."]}),
        ({"project": "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f"}, {"project": [
            'Invalid pk "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f" - object does not exist.']}),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told_with_the_reason(study: Study, body: Json, said: Json):
    study.lab.cohort("Taken", study.project)
    assert study.lab.wrong(study.draw(**body)) == said
    assert study.behind() == {}


def test_a_school_that_is_not_there_is_told_like_one_that_grants_nothing(study: Study):
    answers = [study.draw(school=estab) for estab in (BRAMBLESIDE, "1234567")]
    assert answers[0].body.replace(BRAMBLESIDE.encode(), b"?") == answers[1].body.replace(b"1234567", b"?")


@pytest.mark.parametrize("scopes", [("Student",), ("SchoolLite", "StudentExtended"), ("School", "Staff")])
def test_drawing_needs_the_school_and_its_students(school_lab: Lab, scopes: tuple[str, ...]):
    assert list(school_lab.wrong(Study(school_lab, *scopes).draw())) == ["school"]


def test_nobody_is_drawn_after_the_last_day_of_a_project(study: Study):
    study.lab.desk.set_last_day(study.project, "2026-07-31")
    assert study.lab.wrong(study.draw()) == {
        "project": ["students could be seen until 2026-07-31 (ask the operator for a later last day)"]
    }


def test_the_operator_ends_a_project_by_command(study: Study):
    def said(*words: str) -> str:
        return CliRunner().invoke(cli.main, ["research", "projects", *words], env=study.lab.hub.environment).output

    assert said("end", "Reading", "2027-07-31") == "Reading: students may be seen until 2027-07-31\n"
    assert json.loads(said("list", "--json"))[0]["last_day"] == "2027-07-31"
    assert said("end", "Reading") == "Reading: no end\n"
    assert json.loads(said("list", "--json"))[0]["last_day"] is None
    assert "does not match the format '%Y-%m-%d'" in said("end", "Reading", "tomorrow")


def test_drawing_takes_a_contributor_and_a_project_with_an_app(study: Study):
    lab = study.lab
    lab.join(study.project, "bram")
    body = {"project": study.project, "school": THORNFIELD, "group": GROUP, "name": "C"}
    assert lab.ask("POST", "stem/cohort/draw/", "bram", body).status == 403
    assert lab.wrong(lab.ask("POST", "stem/cohort/draw/", "cleo", body)) == {
        "project": [f'Invalid pk "{study.project}" - object does not exist.']
    }
    lab.join(study.project, "bram", "can_change")
    assert lab.ask("POST", "stem/cohort/draw/", "bram", body).status == 201
    lab.desk.set_app(study.project, None)
    assert list(lab.wrong(study.draw("Again"))) == ["school"]
    assert lab.ask("POST", "stem/cohort/draw/", "", body, "public").status == 405


# ---- consent


def hide_by_state(study: Study) -> None:
    study.lab.hub.desk.grants.pause(study.grant)


def hide_by_end(study: Study) -> None:
    study.lab.hub.desk.grants.revoke(study.grant)


def hide_by_date(study: Study) -> None:
    hub = study.lab.hub
    hub.desk.grants.revoke_at(study.grant, hub.now + 60)
    study.everything()
    hub.now += 60


def hide_by_scope(study: Study) -> None:
    study.lab.hub.desk.grants.narrow(study.grant, ["SchoolLite"])


def hide_by_choice(study: Study) -> None:
    study.lab.hub.desk.people.choose(study.grant, "students", "only", [])


def hide_by_app(study: Study) -> None:
    study.lab.desk.set_app(study.project, study.lab.hub.app("other.example.org"))


def hide_by_last_day(study: Study) -> None:
    store = study.lab.hub.store
    day = store.kept.settings.day("UTC")
    study.lab.desk.set_last_day(study.project, day)
    assert study.lab.get("stem/subject/")["count"] > 1
    store.set("today", (date.fromisoformat(day) + timedelta(days=1)).isoformat())


def back_by_state(study: Study) -> None:
    study.lab.hub.desk.grants.pause(study.grant, False)


def back_by_grant(study: Study) -> None:
    study.grant = study.lab.hub.grant(NEEDED, app=APP)


def back_by_choice(study: Study) -> None:
    study.lab.hub.desk.people.choose(study.grant, "students", "all", [])


def back_by_last_day(study: Study) -> None:
    study.lab.desk.set_last_day(study.project, None)


def back_by_app(study: Study) -> None:
    study.lab.desk.set_app(study.project, study.lab.hub.app(APP))


WAYS = [
    (hide_by_state, back_by_state),
    (hide_by_end, back_by_grant),
    (hide_by_date, back_by_grant),
    (hide_by_scope, back_by_grant),
    (hide_by_choice, back_by_choice),
    (hide_by_app, back_by_app),
    (hide_by_last_day, back_by_last_day),
]


@pytest.mark.parametrize(("hide", "back"), WAYS, ids=lambda way: way.__name__)
def test_what_a_school_no_longer_lets_be_seen_is_nowhere_until_it_does_again(study: Study, hide: Any, back: Any):
    lab = study.lab
    lab.cohort("Mice", study.project, lab.subject("Mouse 1", study.project))
    empty = study.everything()
    cohort = study.drawn()
    lab.ask("PATCH", f"stem/cohort/{cohort['id']}/", body={"description": "after half term"})
    full = study.everything()
    hide(study)
    hidden = study.everything()
    subjects = b" ".join(s.encode() for s in cohort["subjects"])
    assert not [p for p, body in hidden.items() if any(s in body for s in subjects.split()) and "filter" not in p]
    assert lab.names("stem/subject/") == ["Mouse 1"]
    assert lab.get("stem/subject/")["count"] == 1
    assert lab.one("project", study.project)["subjects"] == [s["id"] for s in lab.get("stem/subject/")["subjects"]]
    assert lab.one("cohort", cohort["id"])["subjects"] == []
    assert lab.get("stem/cohort/?include[]=subjects.*&filter{name}=Class")["subjects"] == []
    for subject in cohort["subjects"]:
        assert lab.ask("GET", f"stem/subject/{subject}/").status == 404
        assert lab.patch("subject", subject, sex="M").status == 404
        assert lab.ask("DELETE", f"stem/subject/{subject}/").status == 404
        assert lab.get(f"stem/cohort/?filter{{subjects.id}}={subject}")["count"] == 0
        added = lab.ask("POST", "stem/cohort/", body={"name": "X", "project": study.project, "subjects": [subject]})
        assert lab.wrong(added) == {"subjects": [f'Invalid pk "{subject}" - object does not exist.']}
    # As if it had never been drawn, but for what is no person: the cohort, and the strain.
    same = [p for p, body in hidden.items() if empty.get(p) == body]
    assert {"stem/subject/?limit=100", "stem/subject/?filter{strain.name}=Student"} <= set(same)
    assert {p for p in empty if empty[p] != hidden[p]} <= {
        p for p in empty if "cohort" in p or "project" in p or "taxonomies" in p
    }
    back(study)
    assert study.everything() == full


def test_a_school_may_leave_out_one_student(study: Study):
    lab = study.lab
    cohort = study.drawn()
    one, *others = cohort["subjects"]
    student = study.behind()[one]
    mis_id = look(lab.hub.store, "SELECT mis_id FROM student WHERE id = ?", (student,)).get
    lab.hub.desk.people.choose(study.grant, "students", "except", [mis_id])
    assert lab.one("cohort", cohort["id"])["subjects"] == others
    assert lab.get("stem/subject/")["count"] == len(others)
    lab.hub.desk.people.choose(study.grant, "students", "only", [mis_id])
    assert lab.one("cohort", cohort["id"])["subjects"] == [one]


def test_a_student_who_is_gone_from_the_school_is_gone_from_the_project(study: Study):
    lab = study.lab
    cohort = study.drawn()
    one, *others = cohort["subjects"]
    with lab.hub.store.write(study.grant.district) as batch:
        batch.remove(Student, study.behind()[one])
    assert lab.one("cohort", cohort["id"])["subjects"] == others
    assert lab.ask("GET", f"stem/subject/{one}/").status == 404


def test_an_answer_in_memory_ends_with_the_consent(study: Study):
    lab = study.lab
    study.drawn()
    full = lab.get("stem/subject/")
    assert lab.get("stem/subject/") == full
    lab.hub.desk.grants.pause(study.grant)
    assert lab.get("stem/subject/")["count"] == 0


def test_what_a_caller_cannot_see_keeps_its_place_in_a_cohort(study: Study):
    lab = study.lab
    cohort = study.drawn()
    order: list[str] = cohort["subjects"]
    mouse = lab.subject("Mouse 1", study.project)
    mixed = [*order[:2], mouse, *order[2:]]
    assert lab.patch("cohort", cohort["id"], subjects=mixed).json["cohort"]["subjects"] == mixed
    lab.hub.desk.grants.pause(study.grant)
    assert lab.patch("cohort", cohort["id"], subjects=[mouse]).json["cohort"]["subjects"] == [mouse]
    rat = lab.subject("Rat 1", study.project)
    assert lab.patch("cohort", cohort["id"], subjects=[rat, mouse]).json["cohort"]["subjects"] == [rat, mouse]
    lab.hub.desk.grants.pause(study.grant, False)
    now = lab.one("cohort", cohort["id"])["subjects"]
    assert [s for s in now if s in order] == order
    assert now[:2] == order[:2]
    assert [s for s in now if s not in order] == [rat, mouse]


WRITTEN: Json = {
    "procedure": {"type": "Interview", "coordinates_system": "External_XYZ_Absolute"},
    "subjectlog": {"type": "Weighing"},
}


def written(study: Study, subject: str) -> dict[str, str]:
    """A procedure and a log of a subject, by the addresses where they are."""
    return {
        f"modules/{model}/{study.lab.add(model, subject=subject, **body)['id']}/": model
        for model, body in WRITTEN.items()
    }


def test_what_was_done_with_a_student_is_hidden_uncounted_and_fixed_while_the_student_is(study: Study):
    lab, moment = study.lab, {"date_time": "2026-09-14T08:00:00Z"}
    subject = study.drawn()["subjects"][0]
    kept = written(study, subject)
    lab.token("dana")
    lab.patch("project", study.project, is_public=True)
    full = study.everything()
    for hide, portal, who in ((False, "public", ""), (True, "private", "ada"), (True, "super", "dana")):
        lab.hub.desk.grants.pause(study.grant, hide)
        for path, model in kept.items():
            assert lab.get(f"modules/{model}/", who, portal)["count"] == 0
            assert lab.ask("GET", path, who, portal=portal).status == 404
            assert lab.get(f"modules/{model}/?filter{{subject.id}}={subject}", who, portal)["count"] == 0
            if portal == "public":
                continue
            assert lab.ask("PATCH", path, who, {"notes": "x"}, portal).status == 404
            assert lab.ask("DELETE", path, who, portal=portal).status == 404
            assert lab.ask("PATCH", f"{path}add_entry", who, moment, portal).status == 404
            refused = lab.ask("POST", f"modules/{model}/", who, {"subject": subject, **WRITTEN[model]}, portal)
            assert lab.wrong(refused) == {"subject": [f'Invalid pk "{subject}" - object does not exist.']}
    lab.hub.desk.grants.pause(study.grant, False)
    assert study.everything() == full


def test_who_reads_what_was_done_with_a_student_is_on_the_ledger(study: Study):
    lab = study.lab
    subject = study.drawn()["subjects"][0]
    paths = written(study, subject)
    for path in paths:
        lab.get(path)
        assert told(lab.hub) == {study.behind()[subject]}, path


def test_the_public_portal_never_shows_a_student(study: Study):
    lab = study.lab
    cohort = study.drawn()
    mouse = lab.subject("Mouse 1", study.project)
    lab.patch("cohort", cohort["id"], subjects=[mouse, *cohort["subjects"]])
    lab.patch("project", study.project, is_public=True)
    assert lab.names("stem/subject/", "", "public") == ["Mouse 1"]
    assert lab.one("project", study.project, "", "public")["subjects"] == [mouse]
    assert lab.one("cohort", cohort["id"], "", "public")["subjects"] == [mouse]


def test_administrators_see_no_more_of_students_than_the_project_does(study: Study):
    lab = study.lab
    cohort = study.drawn()
    assert len(lab.one("cohort", cohort["id"], "dana", "super")["subjects"]) > 5
    lab.hub.desk.grants.pause(study.grant)
    assert lab.one("cohort", cohort["id"], "dana", "super")["subjects"] == []
    assert lab.get("stem/subject/", "dana", "super")["count"] == 0


def test_members_of_another_project_of_the_app_see_nothing_of_this_one(study: Study):
    lab = study.lab
    study.drawn()
    other = lab.project("Other", "bram")
    lab.desk.set_app(other, lab.hub.app(APP))
    assert lab.get("stem/subject/", "bram")["count"] == 0


# ---- what a linked subject may become


def test_a_linked_subject_keeps_its_pseudonym_and_its_project(study: Study):
    lab = study.lab
    subject = study.drawn()["subjects"][0]
    other = lab.project("Other")
    for projects in ([study.project, other], [other]):
        assert lab.wrong(lab.patch("subject", subject, name="Bea", projects=projects)) == {
            "name": ["the hub sets the name of a subject that represents a student"],
            "projects": ["a subject that represents a student belongs to one project"],
        }
    before = lab.one("subject", subject)
    body = {**before, "description": "reads well", "sex": "U", "tags": ["calm"]}
    changed = lab.ask("PUT", f"stem/subject/{subject}/", body=body)
    assert (changed.status, changed.json["subject"]) == (200, body)


def test_no_other_subject_may_be_called_like_one_that_stands_for_a_student(study: Study):
    lab = study.lab
    study.drawn()
    taken = lab.names("stem/subject/")[0]
    lab.hub.desk.grants.pause(study.grant)
    for name in (taken, "S-7K2Q9M"):
        body = {"name": name, "sex": "U", "strain": lab.strain, "projects": [study.project]}
        assert lab.wrong(lab.ask("POST", "stem/subject/", body=body)) == {
            "name": ["names of this form are reserved for subjects that represent students (choose another one)"]
        }
    for name in ("S-001", "S-234567", "S-BCDFGH", "S-7K2Q9M-B"):
        lab.subject(name, study.project)


def test_a_linked_subject_may_be_deleted_and_drawn_anew(study: Study):
    lab = study.lab
    cohort = study.drawn()
    subject = cohort["subjects"][0]
    name = lab.one("subject", subject)["name"]
    assert lab.ask("DELETE", f"stem/subject/{subject}/").status == 204
    again = study.drawn("Again")
    assert len(again["subjects"]) == len(cohort["subjects"])
    assert name not in lab.names("stem/subject/")


# ---- nothing of the person


def test_no_answer_holds_anything_of_the_person(study: Study):
    lab = study.lab
    pupils = members(lab)
    answers = [study.draw().body, study.draw().body, study.draw(group="nowhere").body]
    study.lab.hub.desk.memory.fresh()
    for portal, who in (("private", "ada"), ("super", "dana"), ("public", "")):
        answers += study.everything(portal, who).values()
    subject = next(iter(study.behind()))
    answers.append(lab.patch("subject", subject, sex="U", name="x").body)
    answers.append(lab.ask("DELETE", f"stem/subject/{subject}/").body)
    said = b"\n".join(answers)
    plain = UUID.sub(b"", said)
    rows = look(
        lab.hub.store,
        "SELECT s.id, s.person, s.xid, s.external_id, s.upn, s.uln, s.admission_no, p.student_unique_id FROM student s"
        " JOIN person p ON p.district = s.district AND p.id = s.person WHERE s.school = ?",
        (study.grant.school,),
    ).fetchall()
    assert len(rows) > len(pupils) > 5
    for facts in rows:
        # Six digits of an admission number may stand in somebody's id by chance.
        known = [f.encode() for f in facts if f]
        assert not [f for f in known if f in (said if UUID.fullmatch(f) else plain)]
    for mis_id, pupil in pupils.items():
        known = [mis_id, pupil["Surname"], pupil["Forename"], pupil["UPN"], pupil["DateofBirth"], pupil["XID"]]
        assert not [f for f in known if f and f.encode() in plain], pupil
    assert not [s for s in (study.grant.school, study.grant.id, THORNFIELD, GROUP) if s.encode() in plain]


def test_what_is_drawn_of_a_student_needs_no_more_than_the_drawing(study: Study):
    """The sex is copied when a student is drawn: were it to need more, each reading would have to ask for that."""
    assert Student.scope.ways == Student.gender.need.ways
    assert study.drawn()


def test_a_change_of_the_person_changes_no_byte(study: Study):
    study.drawn()
    before = study.everything()
    facts = [n for n, f in Person.stored().items() if f.sql == "TEXT"]
    store = study.lab.hub.store
    people = look(store, "SELECT person FROM student WHERE school = ?", (study.grant.school,)).fetchall()
    with store.write(study.grant.district) as batch:
        for (person,) in people[:40]:
            batch.change(Person, person, dict.fromkeys(facts, "x"))
    assert study.everything() == before


def test_tombstones_do_not_tell_whom_a_subject_stood_for(study: Study):
    lab = study.lab
    subjects = study.drawn()["subjects"]
    students = list(study.behind().values())
    lab.ask("DELETE", f"stem/project/{study.project}/")
    kept = look(lab.hub.store, "SELECT keys FROM history WHERE district = 0").fetchall()
    assert len(kept) > len(subjects)
    assert not [k for (k,) in kept if any(s in k for s in students)]
    assert json.loads(kept[0][0])
