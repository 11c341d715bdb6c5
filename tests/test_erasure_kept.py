"""Erasing a person, place by place: what is kept beside the records goes, and what is others' stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.errors import NotFound
from rollbook.ingest.erasing import Erased, erase, foretell
from rollbook.ingest.judging import make_one, make_two
from rollbook.model.people import Person
from rollbook.model.students import Student
from rollbook.store.kept.choices import Draft
from rollbook.store.kept.matches import Review
from rollbook.store.kept.orders import Entry, Outcome
from rollbook.store.kept.receipts import Entry as Receipt
from rollbook.store.numbering import new_id

from .hub import Hub
from .looking import look
from .research.lab import Lab
from .research.test_linked import Study

HEAD, MOMENT = "head@thornfield.example", "2026-11-18T00:00:00.000"


class Scene:
    """Two students who are subjects of research, each with something in every place; the first one is erased."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.store = hub, hub.store
        self.study = Study(Lab(hub))
        self.lab, self.grant = self.study.lab, self.study.grant
        self.subject, self.other = self.study.drawn()["subjects"][:2]
        behind = self.study.behind()
        self.one, self.two = behind[self.subject], behind[self.other]
        rows = self.store.kept.records.with_ids(Student, self.grant.district, [self.one, self.two])
        persons = {row["id"]: row["person"] for row in rows}
        self.person, self.friend = persons[self.one], persons[self.two]
        self.mis_ids: dict[str, str] = {row["id"]: row["mis_id"] for row in rows}
        for subject, student in ((self.subject, self.one), (self.other, self.two)):
            self._study(subject)
            self._keep(student)
        self.merged = self._merge()
        self.done: Erased = erase(self.store, self.grant.district, self.person, by="test", tell_days=0, tidy=False)

    def _study(self, subject: str) -> None:
        """What researchers wrote about a subject."""
        self.lab.patch("subject", subject, tags=["calm"])
        self.lab.add("procedure", type="Interview", subject=subject, coordinates_system="External_XYZ_Absolute")
        log = self.lab.add("subjectlog", type="Weighing", subject=subject)["id"]
        line = {"date_time": "2026-09-14T08:00:00Z", "notes": "reads well"}
        assert self.lab.ask("PATCH", f"modules/subjectlog/{log}/add_entry", body=line).status == 200

    def _keep(self, student: str) -> None:
        """A write-back, a receipt and a match of somebody, and a choice that somebody is just making."""
        district, grant = self.grant.district, self.grant.id
        match = Review(
            new_id(), "sis", "Student", f"row {self.mis_ids[student]}", student, "upn", ("upn",), {}, "waiting", MOMENT
        )
        said = Review(new_id(), "sis", "Student", f"for {student}", "another", "upn", ("upn",), {}, "apart", MOMENT)
        with self.store.of_district(district) as kept:
            entry = Entry(f"order {student}", grant, district, self.grant.school, "Photo")
            kept.orders.end(entry, Outcome("done", (), ({"Name": "Photo", "ActualId": student},)), MOMENT)
            kept.receipts.add(Receipt(f"receipt {student}", grant, 0.0, "agreed", {"note": f"about {student}"}))
            kept.matches.wait(district, [match, said])
            before = kept.choices.draft(grant, HEAD, "Student")
            chosen = (before.people if before else frozenset[str]()) | {self.mis_ids[student]}
            kept.choices.keep_drafts(grant, HEAD, {"Student": Draft("only", chosen, without=chosen)})

    def _merge(self) -> str:
        """Somebody merged into the one who is erased; gives who."""
        with self.store.write(self.grant.district) as batch:
            twin = batch.add(Person, [{"forename": "Twin"}])[0]
        make_one(self.store, self.grant.district, self.person, twin, "test")
        return twin

    def count(self, table: str, where: str, *values: object) -> int:
        """How many rows there are."""
        return look(self.store, f"SELECT count(*) FROM {table} WHERE {where}", values).get


@pytest.fixture(scope="module")
def scene(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("erased") / "hub")
    yield Scene(hub)
    hub.close()


def test_an_outcome_of_a_write_back_stays_and_says_nothing(scene: Scene) -> None:
    outcome = "SELECT outcome FROM writeback WHERE id = ?"
    assert look(scene.store, outcome, (f"order {scene.one}",)).get == "[[], []]"
    assert scene.two in look(scene.store, outcome, (f"order {scene.two}",)).get
    assert scene.done.beside["write-backs"] == 1


def test_a_receipt_stays_and_tells_nothing_of_them(scene: Scene) -> None:
    told = "SELECT told FROM receipt WHERE id = ?"
    assert look(scene.store, told, (f"receipt {scene.one}",)).get == "{}"
    assert scene.two in look(scene.store, told, (f"receipt {scene.two}",)).get
    assert scene.done.beside["receipts"] == 1


def test_whoever_is_choosing_has_them_on_no_list(scene: Scene) -> None:
    draft = scene.store.kept.choices.draft(scene.grant.id, HEAD, "Student")
    assert draft is not None
    assert draft.people == draft.without == {scene.mis_ids[scene.two]}


def test_their_merges_are_forgotten_and_undone_no_more(scene: Scene) -> None:
    assert scene.count("merged", "gone = ? OR stays = ?", scene.merged, scene.person) == 0
    with pytest.raises(NotFound):
        make_two(scene.store, scene.grant.district, scene.person, scene.merged, "test")


@pytest.mark.parametrize("where", ["candidate = ?", '"key" = ?'])
def test_matches_of_them_go_decided_or_not(scene: Scene, where: str) -> None:
    before = "" if where.startswith("candidate") else "for "
    assert scene.count("review", where, f"{before}{scene.one}") == 0
    assert scene.count("review", where, f"{before}{scene.two}") == 1


def test_their_subject_goes_with_all_that_was_written_about_it(scene: Scene) -> None:
    assert scene.lab.ask("GET", f"stem/subject/{scene.subject}/").status == 404
    assert scene.lab.one("subject", scene.other)["tags"] == ["calm"]
    for table in ("procedure", "subject_log", "log_entry", "research_tag"):
        assert scene.count(table, "1 = 1") == 1, table
    for table in ("subject_project", "cohort_subject"):
        orphans = "NOT EXISTS (SELECT 1 FROM research_subject r WHERE r.id = subject)"
        assert scene.count(table, orphans) == 0, table
    (log,) = scene.lab.get("modules/subjectlog/")["subject_logs"]
    assert (log["subject"], log["entries"][0]["notes"]) == (scene.other, "reads well")


def test_the_proof_counts_what_went_and_names_nobody(scene: Scene) -> None:
    assert {kind: scene.done.gone[kind] for kind in ("ResearchSubject", "Procedure", "SubjectLog", "LogEntry")} == {
        "ResearchSubject": 1,
        "Procedure": 1,
        "SubjectLog": 1,
        "LogEntry": 1,
    }
    (kept,) = scene.store.kept.erasures.of_district(scene.grant.district)
    assert (kept.id, dict(kept.gone)) == (scene.done.id, dict(scene.done.gone))
    assert not {scene.person, scene.one, scene.subject} & {*json.dumps(kept._asdict()).split('"')}
    with pytest.raises(NotFound):
        foretell(scene.store, scene.grant.district, scene.person)
    assert foretell(scene.store, scene.grant.district, scene.friend).gone["LogEntry"] == 1
