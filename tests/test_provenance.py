"""Who says what of a record: each fact is of the first source that says anything, and the hub is above them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.connectors.oneroster_csv import ONEROSTER_CSV
from rollbook.connectors.records_csv import RECORDS_CSV
from rollbook.errors import NotFound
from rollbook.ingest import import_roster
from rollbook.ingest.feeds import arrange
from rollbook.ingest.merging import merge, split
from rollbook.ingest.provenance import as_json, provenance, release
from rollbook.ingest.removing import remove_feed
from rollbook.ingest.rows import Row
from rollbook.model.organisation import School
from rollbook.model.people import Person
from rollbook.model.students import Student
from rollbook.store.kept.feeds import BY_HAND, Feed
from rollbook.store.sqlite import Store
from tests import rosters
from tests.claimed import Rows, bring, one, pupil, pupil_of, stand
from tests.looking import look

from .demo_data import new_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        opened.new_district({"name": "Larkspur"})
        stand(opened, 1, ("sis", ()), ("hr", ()))
        yield opened


def both(store: Store, sis: dict[str, Any], hr: dict[str, Any]) -> str:
    """A pupil whom two sources know; gives the hub id of the human."""
    bring(store, 1, "sis", pupil("1", **sis), form="oneroster")
    known = pupil_of(store, 1, "sis", "1")
    bring(store, 1, "hr", pupil("1", **hr), known)
    return known["Person", "1"]


def test_a_fact_is_of_the_first_source_that_says_anything(store: Store) -> None:
    person = both(
        store, {"forename": "Graham", "home_email": None}, {"forename": "Gray", "home_email": "g@example.org"}
    )
    assert [one(store, 1, Person, person)[n] for n in ("forename", "home_email")] == ["Graham", "g@example.org"]


def test_a_record_that_one_source_brought_is_kept_once(store: Store) -> None:
    bring(store, 1, "sis", pupil("1", forename="Graham"))
    bring(store, 1, "sis", pupil("1", forename="Gray"))
    assert look(store, "SELECT count(*) FROM saying").get == 0


def test_a_source_that_falls_silent_leaves_what_others_say(store: Store) -> None:
    person = both(store, {"forename": "Graham", "surname": "Abbess"}, {"forename": "Gray", "surname": None})
    nobody = {School: [Row("a", {"name": "Alder"}, {})], Person: [], Student: []}
    bring(store, 1, "sis", nobody)
    assert [one(store, 1, Person, person)[n] for n in ("forename", "surname")] == ["Gray", None]
    bring(store, 1, "hr", nobody)
    assert one(store, 1, Person, person) == {}
    assert look(store, "SELECT DISTINCT kind FROM saying").fetchall() == [("School",)]


def test_parts_of_remainders_of_different_formats_stand_side_by_side(store: Store) -> None:
    said = {Person: [Row("1", {"forename": "Graham"}, {}, {"x": 1})]}
    bring(store, 1, "sis", said, form="oneroster")
    person = store.kept.sources.record_of(1, "sis", "Person", "1") or ""
    with store.write(1) as batch:
        batch.change(Person, person, {"remainder": json.dumps({"oneroster": {"x": 1}, "edfi": {"y": 2}})})
    assert look(store, "SELECT count(*) FROM saying").get == 0
    bring(store, 1, "hr", {Person: [Row("7", {}, {}, {"z": 3})]}, {("Person", "7"): person})
    kept = json.loads(one(store, 1, Person, person)["remainder"])
    assert kept == {"oneroster": {"x": 1}, "edfi": {"y": 2}, "told": {"z": 3}}
    bring(store, 1, "sis", {Person: []}, form="oneroster")
    assert json.loads(one(store, 1, Person, person)["remainder"]) == {"edfi": {"y": 2}, "told": {"z": 3}}


# ---- what the hub says


def test_a_write_back_stays_above_its_source_until_the_source_says_the_same(store: Store) -> None:
    bring(store, 1, "sis", pupil("1", forename="Graham", home_email="old@example.org"))
    person = pupil_of(store, 1, "sis", "1")["Person", "1"]
    with store.write(1) as batch:
        batch.change(Person, person, {"home_email": "new@example.org"})
    bring(store, 1, "sis", pupil("1", forename="Gray", home_email="old@example.org"))
    assert [one(store, 1, Person, person)[n] for n in ("forename", "home_email")] == ["Gray", "new@example.org"]
    bring(store, 1, "sis", pupil("1", forename="Gray", home_email="new@example.org"))
    assert look(store, "SELECT count(*) FROM saying").get == 0
    bring(store, 1, "sis", pupil("1", forename="Gray", home_email="newer@example.org"))
    assert one(store, 1, Person, person)["home_email"] == "newer@example.org"


def test_what_the_hub_says_can_be_released(store: Store) -> None:
    person = both(store, {"forename": "Graham"}, {"forename": "Gray", "surname": "Abbess"})
    with store.write(1) as batch:
        batch.change(Person, person, {"forename": "Gram", "surname": "Abbot"})
    with store.write(1) as batch:
        assert batch.claims.release(Person, person, ["forename"]) == ["forename"]
    assert [one(store, 1, Person, person)[n] for n in ("forename", "surname")] == ["Graham", "Abbot"]
    with store.write(1) as batch:
        batch.claims.release(Person, person)
    assert one(store, 1, Person, person)["surname"] == "Abbess"


def test_what_the_hub_deleted_stays_deleted_until_it_is_released(store: Store) -> None:
    bring(store, 1, "sis", pupil("1", forename="Graham"))
    known = pupil_of(store, 1, "sis", "1")
    with store.write(1) as batch:
        batch.remove(Student, known["Student", "1"])
    bring(store, 1, "sis", pupil("1", forename="Gray"))
    bring(store, 1, "sis", pupil("1", forename="Gray"))
    assert one(store, 1, Student, known["Student", "1"]) == {}
    assert look(store, "SELECT count(*) FROM student").get == 0
    with store.write(1) as batch:
        batch.claims.release(Student, known["Student", "1"])
    back = one(store, 1, Student, known["Student", "1"])
    assert (back["admission_no"], back["person"]) == ("1", known["Person", "1"])


def test_a_source_that_has_what_the_hub_deleted_no_more_says_it_anew(store: Store) -> None:
    bring(store, 1, "sis", pupil("1", forename="Graham"))
    student = pupil_of(store, 1, "sis", "1")["Student", "1"]
    with store.write(1) as batch:
        batch.remove(Student, student)
    bring(store, 1, "sis", {**pupil("1", forename="Graham"), Student: []})
    assert look(store, "SELECT count(*) FROM saying").get == 0
    bring(store, 1, "sis", pupil("1", forename="Graham"))
    assert look(store, "SELECT count(*) FROM student").get == 1


def test_what_the_hub_writes_of_its_own_records_is_kept_once(store: Store) -> None:
    bring(store, 1, "sis", pupil("1", forename="Graham"))
    with store.write(1) as batch:
        (own,) = batch.add(Person, [{"forename": "Olive"}])
        batch.change(Person, own, {"forename": "Oliva"})
        batch.remove(Person, own)
    assert look(store, "SELECT count(*) FROM saying").get == 0


def test_a_record_that_the_hub_had_before_any_source_is_below_them_and_stays(store: Store) -> None:
    with store.write(1) as batch:
        (own,) = batch.add(Person, [{"forename": "Olive", "surname": "Abbess"}])
    bring(store, 1, "sis", {Person: [Row("1", {"forename": "Oliva", "surname": None}, {})]}, {("Person", "1"): own})
    assert [one(store, 1, Person, own)[n] for n in ("forename", "surname")] == ["Oliva", "Abbess"]
    bring(store, 1, "sis", {Person: []})
    assert [one(store, 1, Person, own)[n] for n in ("forename", "surname")] == ["Olive", "Abbess"]


# ---- what a source may say, and numbers


def test_what_a_source_may_not_say_is_as_if_it_were_blank(store: Store) -> None:
    stand(store, 1, ("hr", ("Person.home_email",)), ("sis", ()))
    person = both(store, {"forename": "Graham", "home_email": "s@x.org"}, {"forename": "Gray", "home_email": "h@x.org"})
    assert [one(store, 1, Person, person)[n] for n in ("forename", "home_email")] == ["Graham", "h@x.org"]


def test_whoever_a_source_brought_goes_with_it_though_it_may_no_longer_say_so(store: Store) -> None:
    bring(store, 1, "sis", pupil("1", forename="Graham"))
    person = pupil_of(store, 1, "sis", "1")["Person", "1"]
    stand(store, 1, ("sis", ("School",)), ("hr", ()))
    bring(store, 1, "sis", {School: [Row("a", {"name": "Alder"}, {})], Person: [], Student: []})
    assert one(store, 1, Person, person) == {}


def test_whoever_a_source_may_only_name_stays_when_it_names_them_no_more(store: Store) -> None:
    person = both(store, {"forename": "Graham"}, {})
    stand(store, 1, ("sis", ()), ("hr", ("Mark",)))
    bring(store, 1, "hr", {Person: [], Student: []})
    assert one(store, 1, Person, person)["forename"] == "Graham"


def test_a_number_that_the_hub_gave_stays_when_a_row_changes_that_has_none(store: Store) -> None:
    def told(number: str) -> Rows:
        students = [Row("1", {"admission_no": number, "mis_id": None}, {"person": "1", "school": "a"})]
        return {**pupil("1", forename="Graham"), Student: students}

    bring(store, 1, "sis", told("7"))
    student = pupil_of(store, 1, "sis", "1")["Student", "1"]
    given = one(store, 1, Student, student)["mis_id"]
    bring(store, 1, "sis", told("8"))
    found = one(store, 1, Student, student)
    assert (found["admission_no"], found["mis_id"]) == ("8", given)
    assert given


def test_another_order_is_settled(store: Store) -> None:
    person = both(store, {"forename": "Graham"}, {"forename": "Gray"})
    stand(store, 1, ("hr", ()), ("sis", ()))
    with store.write(1) as batch:
        batch.claims.settle("hr")
    assert one(store, 1, Person, person)["forename"] == "Gray"


def test_a_number_is_of_the_first_source_that_has_one(store: Store) -> None:
    def told(key: str, number: str, name: str = "Graham") -> dict[type[Person], list[Row]]:
        return {Person: [Row(key, {"forename": name}, {}, numbers={"student_unique_id": number})]}

    bring(store, 1, "sis", told("1", "604822"))
    person = store.kept.sources.record_of(1, "sis", "Person", "1") or ""
    for _ in range(2):
        bring(store, 1, "hr", told("7", "99"), {("Person", "7"): person})
        bring(store, 1, "sis", told("1", "604822", "Gray"))
        assert one(store, 1, Person, person)["student_unique_id"] == "604822"
    bring(store, 1, "sis", {Person: []})
    assert one(store, 1, Person, person)["student_unique_id"] == "99"


def test_a_number_that_alone_is_different_is_a_change(store: Store) -> None:
    def told(number: str) -> dict[type[Person], list[Row]]:
        return {Person: [Row("1", {"forename": "Graham"}, {}, numbers={"student_unique_id": number})]}

    bring(store, 1, "sis", told("604822"))
    person = store.kept.sources.record_of(1, "sis", "Person", "1") or ""
    bring(store, 1, "hr", {Person: [Row("7", {"forename": "Gray"}, {})]}, {("Person", "7"): person})
    bring(store, 1, "sis", told("604823"))
    assert one(store, 1, Person, person)["student_unique_id"] == "604823"


# ---- shown


def test_who_says_what_of_a_record_is_shown_and_what_the_hub_says_is_released(store: Store) -> None:
    person = both(store, {"forename": "Graham"}, {"forename": "Gray", "surname": "Abbess"})
    with store.write(1) as batch:
        batch.change(Person, person, {"surname": "Abbot"})
    told = {fact["fact"]: fact for fact in map(as_json, provenance(store, Person, person).facts)}
    said = {name: (fact["value"], fact["source"]) for name, fact in told.items() if name in ("forename", "surname")}
    assert said == {"forename": ("Graham", "sis"), "surname": ("Abbot", "hub")}
    assert [(one["source"], one["value"]) for one in told["forename"]["others"]] == [("hr", "Gray")]
    assert all(fact["since"] for fact in told.values())
    assert release(store, Person, person, ()) == ["surname"]
    with pytest.raises(NotFound, match="holds nothing like that"):
        release(store, Person, person, ())


def test_a_record_that_one_source_brought_is_shown_too(store: Store) -> None:
    bring(store, 1, "sis", pupil("1", forename="Graham"))
    person = pupil_of(store, 1, "sis", "1")["Person", "1"]
    facts = {fact.name: (fact.value, fact.source) for fact in provenance(store, Person, person).facts}
    assert facts["forename"] == ("Graham", "sis")
    with pytest.raises(NotFound, match="there is no Person"):
        provenance(store, Person, "nobody")


# ---- as files say it


def test_marks_conduct_and_exams_are_added_to_pupils_whom_a_roster_brought(store: Store, tmp_path: Path) -> None:
    roster = rosters.roster()
    import_roster(store, ONEROSTER_CSV, rosters.folder(tmp_path / "roster", roster), name="sis")
    district = store.kept.sources.district("sis") or 0
    stand(store, district, ("sis", ()), ("files", ("Mark", "Achievement", "AchievementStudent", "ExamEntry")))
    before = look(store, "SELECT count(*) FROM person").get, look(store, "SELECT count(*) FROM student").get
    more = tmp_path / "more"
    more.mkdir()
    for name, text in FILES.items():
        (more / f"{name}.csv").write_text(text)
    diff = import_roster(store, RECORDS_CSV, more, district=district, name="files")
    assert (look(store, "SELECT count(*) FROM person").get, look(store, "SELECT count(*) FROM student").get) == before
    assert [one.what for one in diff.aside] == ["is no record that the hub has, and this source may not make one"]
    named = "SELECT p.forename FROM student s JOIN person p ON p.id = s.person WHERE s.id = "
    for table in ("mark", "achievement_student", "exam_entry"):
        assert look(store, f"{named}(SELECT student FROM {table})").get == "Tansy"
    assert look(store, "SELECT count(*) FROM saying").get == 0
    # Without its pupil nothing of it is left, and the files wait for somebody to bring the pupil again.
    less = rosters.folder(tmp_path / "less", rosters.without(roster, "s1"))
    import_roster(store, ONEROSTER_CSV, less, name="sis", allow_shrink=True)
    assert look(store, "SELECT count(*) FROM mark").get == 0
    diff = import_roster(store, RECORDS_CSV, more, district=district, name="files")
    assert look(store, "SELECT count(*) FROM mark").get == 0
    assert sum(len(one.waits) for one in diff.aside) >= 3


FILES = {
    "school": "key,identifier\nA,1001\n",
    "person": "key,student_unique_id\n1,910001\n2,777777\n",
    "student": "key,school,person\n1,A,1\n",
    "mark": "key,school,student,date,session,kind,mark\nm,A,1,2026-11-20,AM,Session,/\n",
    "achievement": "key,school,date,description\nc,A,2026-11-20,Helped\n",
    "achievement_student": "key,school,achievement,student\nc1,A,c,1\n",
    "exam_entry": "key,school,student,status\ne,A,1,Entered\n",
}


# ---- people made one, and sources that go


def test_a_source_that_is_taken_away_leaves_what_others_say(store: Store) -> None:
    person = both(store, {"forename": "Graham"}, {"forename": "Gray"})
    remove_feed(store, Feed(1, "sis", "told", {}, 1, (), 0.02, BY_HAND, "", ""))
    assert one(store, 1, Person, person)["forename"] == "Gray"
    assert look(store, "SELECT count(*) FROM saying WHERE source = 'sis'").get == 0


def test_a_source_that_may_say_less_says_less_at_once_of_what_it_shares(store: Store) -> None:
    person = both(store, {"forename": "Graham", "surname": "Abbess"}, {"forename": "Gray"})
    arrange(store, Feed(1, "sis", "told", {}, 1, ("Person.surname",), 0.02, BY_HAND, "", ""))
    assert [one(store, 1, Person, person)[n] for n in ("forename", "surname")] == ["Gray", "Abbess"]


def test_a_double_of_one_source_that_goes_leaves_the_record_to_the_other_row(store: Store) -> None:
    bring(store, 1, "sis", {Person: [Row("1", {"forename": "Graham"}, {})]})
    person = store.kept.sources.record_of(1, "sis", "Person", "1") or ""
    rows = [Row("1", {"forename": "Graham"}, {}), Row("2", {"forename": "Gray", "surname": "Abbess"}, {})]
    bring(store, 1, "sis", {Person: rows}, {("Person", "2"): person})
    assert [one(store, 1, Person, person)[n] for n in ("forename", "surname")] == ["Graham", "Abbess"]
    bring(store, 1, "sis", {Person: rows[1:]})
    assert [one(store, 1, Person, person)[n] for n in ("forename", "surname")] == ["Gray", "Abbess"]


def test_people_who_are_made_one_are_what_both_of_their_sources_say_and_may_be_parted_again(store: Store) -> None:
    bring(store, 1, "sis", pupil("1", forename="Graham"))
    mine = pupil_of(store, 1, "sis", "1")
    bring(store, 1, "hr", pupil("1", forename="Gray", surname="Abbess"), {("School", "a"): mine["School", "a"]})
    theirs = pupil_of(store, 1, "hr", "1")
    stays, gone = mine["Person", "1"], theirs["Person", "1"]
    with store.write(1) as batch:
        merge(batch, stays, gone, "office")
    bring(store, 1, "hr", pupil("1", forename="Gray", surname="Abbot"))
    assert [one(store, 1, Person, stays)[n] for n in ("forename", "surname")] == ["Graham", "Abbot"]
    assert one(store, 1, Person, gone) == {}
    with store.write(1) as batch:
        split(batch, stays, gone)
    bring(store, 1, "hr", pupil("1", forename="Gray", surname="Abbey"))
    assert one(store, 1, Person, gone)["surname"] == "Abbey"
    assert one(store, 1, Student, theirs["Student", "1"])["person"] == gone
    assert one(store, 1, Person, stays)["forename"] == "Graham"
