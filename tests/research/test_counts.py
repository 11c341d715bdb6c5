"""Numbers of students that anybody may read: never of a few, whatever is subtracted from what."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.consent.research.lots import Lots
from rollbook.demo.research import demo_research
from rollbook.model.students import Student
from tests.looking import look
from tests.told import told

from ..hub import THORNFIELD, Answer
from .lab import Json, Lab
from .test_linked import APP, GROUP, NEEDED, Study

COUNTED = (*NEEDED, "Student", "PublishedCounts")
SMALLEST = 5


@pytest.fixture
def study(school_lab: Lab) -> Study:
    """A public project with a class and a year, of which numbers may be published."""
    study = Study(school_lab, *COUNTED)
    school_lab.patch("project", study.project, is_public=True)
    school_lab.desk.smallest(SMALLEST)
    study.drawn("Class")
    study.drawn("Year", "9")
    return study


def publish(study: Study, *by: str, who: str = "ada") -> Answer:
    return study.lab.ask("POST", f"stem/project/{study.project}/counts/", who, {"by": list(by)})


def public(study: Study) -> Answer:
    return study.lab.ask("GET", f"stem/project/{study.project}/counts/", "", portal="public")


def own(study: Study) -> dict[str, str]:
    """The student behind each subject of a project, as only the hub knows."""
    sql = (
        "SELECT s.id, s.of_student FROM research_subject s JOIN subject_project p ON p.subject = s.id"
        " WHERE s.of_student IS NOT NULL AND p.project = ?"
    )
    return dict(look(study.lab.hub.store, sql, (study.project,)).fetchall())


def sets(study: Study, counts: Json) -> Iterable[tuple[frozenset[str], int]]:
    """Whom each number that was published counts, as only the hub knows, and the number."""
    sql = "SELECT t.id, p.gender, t.nc_year FROM student t JOIN person p ON p.id = t.person"
    facts = {i: {"gender": g, "nc_year": y} for i, g, y in look(study.lab.hub.store, sql).fetchall()}
    behind = own(study)
    for group in (counts, *counts["cohorts"]):
        shown = study.lab.one("cohort", group["cohort"])["subjects"] if "cohort" in group else behind
        there = frozenset(behind[one] for one in shown)
        yield there, group["students"]
        for part in group["parts"]:
            yield frozenset(s for s in there if facts[s][part["fact"]] == part["value"]), part["students"]


def reckoned(told: Iterable[frozenset[Any]], most: int = 4) -> set[int]:
    """How many students every set holds that comes of a few sets by adding and subtracting their numbers."""
    found = set[int]()
    distinct = list(dict.fromkeys(told))
    for few in itertools.chain.from_iterable(itertools.combinations(distinct, n) for n in range(1, most + 1)):
        for signs in itertools.product((1, -1), repeat=len(few)):
            each = dict[Any, int]()
            for sign, some in zip(signs, few, strict=True):
                for who in some:
                    each[who] = each.get(who, 0) + sign
            if set(each.values()) <= {0, 1}:
                found.add(sum(each.values()))
    return found - {0}


# ---- what is told


def test_anybody_reads_how_many_students_a_public_project_studies(study: Study):
    assert public(study).status == 404
    made = publish(study, "gender")
    assert made.status == 201, made.body
    counts = public(study).json["counts"]
    assert counts == made.json["counts"] == study.lab.get(f"stem/project/{study.project}/counts/")["counts"]
    assert (counts["project"], counts["smallest"]) == (study.project, SMALLEST)
    assert counts["students"] == len(study.behind())
    assert [group["name"] for group in counts["cohorts"]]
    for there, number in sets(study, counts):
        assert len(there) == number >= SMALLEST
    assert not [one for pair in study.behind().items() for one in pair if one in public(study).body.decode()]


def test_a_class_that_is_all_but_a_few_of_a_cohort_is_not_told(study: Study):
    lab = study.lab
    (row,) = [c for c in lab.get("stem/cohort/")["cohorts"] if c["name"] == "Class"]
    lab.cohort("All but one", study.project, *row["subjects"][1:])
    lab.cohort("Pair", study.project, *row["subjects"][:2])
    names = [group["name"] for group in publish(study).json["counts"]["cohorts"]]
    assert ("Class" in names) + ("All but one" in names) == 1
    assert "Pair" not in names


def test_what_all_are_is_not_told(study: Study):
    counts = publish(study, "nc_year").json["counts"]
    (year,) = [group for group in counts["cohorts"] if group["name"] == "Year"]
    assert year["parts"] == []


def test_a_cohort_that_one_pupil_left_is_not_told_again(study: Study):
    lab = study.lab
    before = publish(study).json["counts"]
    (year,) = [c for c in lab.get("stem/cohort/")["cohorts"] if c["name"] == "Year"]
    lab.patch("cohort", year["id"], subjects=year["subjects"][1:])
    after = publish(study).json["counts"]
    assert "Year" in [group["name"] for group in before["cohorts"]]
    assert "Year" not in [group["name"] for group in after["cohorts"]]


# ---- nothing is to be had by subtracting


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32), smallest=st.integers(2, 4))
def test_no_sums_or_differences_of_what_is_published_are_of_a_few(seed: int, smallest: int):
    rng = random.Random(seed)
    numbers = itertools.count(1)
    students = [(1, str(n)) for n in range(24)]
    lots = Lots({}, smallest, lambda: next(numbers))
    found = list[frozenset[Any]]()
    for _ in range(3):
        # What is published later rests on what was before, as the hub remembers it.
        lots = Lots(lots.of, smallest, lambda: next(numbers))
        there = rng.sample(students, rng.randint(0, 24))
        for _ in range(8):
            some = frozenset(rng.sample(there, rng.randint(0, len(there))))
            near = found and rng.random() < 0.5
            wanted = rng.choice(found) ^ frozenset(rng.sample(students, rng.randint(0, 5))) if near else some
            if lots.publishes(wanted):
                found.append(wanted)
    assert min(reckoned(found[:7], 3), default=smallest) >= smallest


def test_no_answers_of_two_projects_over_days_tell_of_a_few(study: Study):
    lab, rng, found = study.lab, random.Random(7), list[frozenset[str]]()
    lab.desk.smallest(3)
    for year in ("7", "8", "10", "11"):
        study.drawn(f"Year {year}", year)
    every = list(study.behind())
    other = Study.__new__(Study)
    other.lab, other.grant, other.project = lab, study.grant, lab.project("Other", is_public=True)
    lab.desk.set_app(other.project, lab.hub.app(APP))
    for name, group in (("Class", GROUP), ("Eight", "8"), ("Ten", "10")):
        other.drawn(name, group)
    for day in range(3):
        for place in range(2):
            lab.cohort(f"Day {day}, {place}", study.project, *rng.sample(every, rng.randint(1, len(every))))
        for one in (study, other):
            answer = publish(one, *rng.sample(["gender", "nc_year"], 2))
            if answer.status == 201:
                found += [there for there, _ in sets(one, answer.json["counts"])]
    assert len(set(found)) > 10
    assert min(reckoned(found, 3)) >= 3


# ---- whether it may be told


def test_a_school_that_does_not_grant_it_is_not_counted(school_lab: Lab):
    study = Study(school_lab, *NEEDED, "Student")
    school_lab.patch("project", study.project, is_public=True)
    study.drawn("Year", "9")
    assert list(school_lab.wrong(publish(study))) == ["project"]
    assert public(study).status == 404


def test_what_the_school_takes_back_is_no_longer_shown(study: Study):
    lab, desk = study.lab, study.lab.hub.desk
    publish(study)
    grant = desk.grants.at(lab.hub.app(APP), THORNFIELD)
    desk.grants.pause(grant)
    assert public(study).status == 404
    desk.grants.pause(desk.grants.at(lab.hub.app(APP), THORNFIELD), False)
    assert public(study).status == 200
    desk.grants.narrow(desk.grants.at(lab.hub.app(APP), THORNFIELD), NEEDED)
    assert public(study).status == 404


def test_a_pupil_whom_the_school_leaves_out_is_in_no_number(study: Study):
    lab = study.lab
    publish(study)
    student = next(iter(study.behind().values()))
    mis = look(lab.hub.store, "SELECT mis_id FROM student WHERE id = ?", (student,)).get
    lab.hub.desk.people.choose(study.grant, "students", "except", [mis])
    assert public(study).status == 404
    lab.hub.desk.people.choose(lab.hub.desk.grants.at(lab.hub.app(APP), THORNFIELD), "students", "all", [])
    assert public(study).status == 200


def test_what_was_published_stays_when_a_record_goes(study: Study):
    publish(study)
    before = public(study).body
    with study.lab.hub.store.write(study.grant.district) as batch:
        batch.remove(Student, next(iter(study.behind().values())))
    assert public(study).body == before


def test_a_project_that_is_no_longer_public_or_takes_its_numbers_back_shows_none(study: Study):
    lab = study.lab
    publish(study)
    lab.patch("project", study.project, is_public=False)
    assert public(study).status == 404
    assert lab.wrong(publish(study)) == {"is_public": ["the project is not public (set is_public first)"]}
    lab.patch("project", study.project, is_public=True)
    assert public(study).status == 200
    assert lab.ask("DELETE", f"stem/project/{study.project}/counts/").status == 204
    assert public(study).status == 404


def test_a_larger_smallest_number_hides_what_was_published_with_a_smaller_one(study: Study):
    publish(study)
    study.lab.desk.smallest(SMALLEST + 1)
    assert public(study).status == 404
    with pytest.raises(Exception, match="use 3 or more"):
        study.lab.desk.smallest(2)


def test_what_cannot_be_meant_is_told(study: Study):
    lab, at = study.lab, f"stem/project/{study.project}/counts/"
    assert list(lab.wrong(publish(study, "surname"))) == ["by"]
    assert list(lab.wrong(publish(study, "gender", "nc_year", "eal", "sen_provision"))) == ["by"]
    assert lab.wrong(lab.ask("POST", at, body={"by": "gender"})) == {
        "by": ['Expected a list of items but got type "str".']
    }
    assert lab.wrong(lab.ask("GET", f"{at}?by=gender")) == {"by": ["is not a parameter"]}
    assert lab.ask("POST", at, "", {}, "public").status == 405


def test_publishing_is_on_the_ledger_with_all_who_are_counted(study: Study):
    publish(study, "gender")
    assert told(study.lab.hub) >= set(study.behind().values())


def test_the_demo_has_a_project_of_which_anybody_may_read_numbers(school_lab: Lab):
    hub = school_lab.hub
    hub.grant(("School", "Student", "PublishedCounts"), app=APP)
    school_lab.desk.smallest(3)
    told = demo_research(hub.desk, hub.app(APP), THORNFIELD)
    (home,) = [p for p in school_lab.get("stem/project/", "", "public")["projects"] if p["name"].startswith("Reading")]
    assert home["subjects"] == []
    counts = school_lab.get(f"stem/project/{home['id']}/counts/", "", "public")["counts"]
    assert counts["students"] >= 3
    school_lab.tokens["ada"] = told["token"]
    (asked,) = school_lab.get("stem/project_membership_invitation/")["project_membership_invitations"]
    assert (asked["email"], asked["can_change"]) == ("eli.moss@research.example", True)
    assert {group["name"] for group in counts["cohorts"]} <= {"Form, autumn 2026", "Class, autumn 2026"}
