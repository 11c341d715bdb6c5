"""ExamCandidates: who sits public examinations, where and with what help."""

from __future__ import annotations

import pytest

from rollbook.model.exams import ExamSitting, ExternalCandidate

from ..hub import Hub
from .examined import NOVEMBER, SUMMER, named, of_season, of_student
from .tables import Caller, Tables, mis_ids

CANDIDATES = {
    "examcandidates": "exam_candidate",
    "ExternalCandidates": "external_candidate",
    "ExamSittings": "exam_sitting",
    "ExamArrangements": "exam_arrangement",
}


@pytest.mark.parametrize("table", CANDIDATES)
def test_all_candidates_with_their_seats_and_arrangements_are_shown(app: Caller, held: Tables, table: str):
    assert app.ids("ExamCandidates", table) == mis_ids(held.of(CANDIDATES[table]))


@pytest.mark.parametrize("table", CANDIDATES)
@pytest.mark.parametrize("season", [SUMMER, NOVEMBER])
def test_candidates_are_filtered_by_season(app: Caller, held: Tables, table: str, season: str):
    expected = of_season(held, CANDIDATES[table], season)
    assert app.ids(f"ExamCandidates?SeasonID={season}", table) == expected
    assert expected


@pytest.mark.parametrize("known_by", ["mis_id", "external_id"])
def test_a_student_has_candidacies_seats_and_arrangements_and_no_guests(app: Caller, held: Tables, known_by: str):
    student = held.known("student")[next(a["student"] for a in held.of("exam_arrangement") if a["student"])]
    answer = app.answer(f"ExamCandidates?StudentId={student[known_by]}")
    assert answer.pop("ExternalCandidates") == []
    for table in CANDIDATES.keys() & answer.keys():
        expected = of_student(held, CANDIDATES[table], student["mis_id"])
        assert {row["Id"] for row in answer[table]} == expected, table
    assert answer["examcandidates"]
    assert answer["ExamArrangements"]


def test_a_student_in_a_season_has_the_seats_of_that_season(app: Caller, held: Tables):
    sitting = next(s for s in held.of("exam_sitting") if s["student"] and s["date"] > "2026-11")
    student = named(held, "student", sitting, "student") or ""
    answer = app.answer(f"ExamCandidates?StudentId={student}&SeasonID={NOVEMBER}")
    seats = of_student(held, "exam_sitting", student) & of_season(held, "exam_sitting", NOVEMBER)
    assert {row["Id"] for row in answer["ExamSittings"]} == seats
    assert [row["ExamSeasonId"] for row in answer["examcandidates"]] == [NOVEMBER]
    assert len(seats) < len(of_student(held, "exam_sitting", student))


def test_a_candidate_has_a_number_a_uci_and_a_centre(app: Caller, held: Tables):
    candidate = held.of("exam_candidate")[0]
    student = named(held, "student", candidate, "student")
    row = next(r for r in app.rows(f"ExamCandidates?StudentId={student}") if r["Id"] == candidate["mis_id"])
    columns = ("Mis_Id", "StudentId", "ExamSeasonId", "CandidateNumber", "UCI", "CentreNumber")
    season = named(held, "exam_season", candidate, "season")
    number, uci, centre = (candidate[f] for f in ("number", "uci", "centre_no"))
    assert [row[c] for c in columns] == [candidate["mis_id"], student, season, number, uci, centre]


def test_an_external_candidate_is_named(app: Caller, held: Tables):
    guest = held.of("external_candidate")[1]
    columns = {
        "CandidateNumber": "number",
        "UCI": "uci",
        "Title": "title",
        "Forename": "forename",
        "MiddleName": "middle_name",
        "Surname": "surname",
        "Gender": "gender",
        "DateOfBirth": "birth_date",
        "Email": "email",
        "Telephone": "telephone",
    }
    (row,) = (r for r in app.rows("ExamCandidates", "ExternalCandidates") if r["Id"] == guest["mis_id"])
    assert {c: row[c] for c in columns} == {c: guest[f] for c, f in columns.items()}
    assert row["ExamSeasonId"] == named(held, "exam_season", guest, "season")


def test_a_sitting_says_when_and_where_and_for_how_long(app: Caller, held: Tables):
    sitting = next(s for s in held.of("exam_sitting") if s["extra_minutes"] and s["external"])
    (row,) = (r for r in app.rows(f"ExamCandidates?SeasonID={SUMMER}", "ExamSittings") if r["Id"] == sitting["mis_id"])
    columns = {
        "Component": "component",
        "Title": "title",
        "Date": "date",
        "Session": "session",
        "StartTime": "start_time",
        "Minutes": "minutes",
        "ExtraMinutes": "extra_minutes",
        "Row": "row",
        "Seat": "seat",
        "IsPresent": "present",
    }
    assert {c: row[c] for c in columns} == {c: sitting[f] for c, f in columns.items()}
    room = held.known("room")[sitting["room"]]
    assert (row["RoomId"], row["Room"]) == (room["mis_id"], room["name"])
    assert row["StudentId"] is None
    assert row["ExternalCandidateId"] == named(held, "external_candidate", sitting, "external")
    assert row["OptionCodeId"] == named(held, "option_code", sitting, "option")


def test_who_will_be_there_is_not_known_before_the_paper(asker: Caller, small: Tables):
    sitting = small.of("exam_sitting")[0]
    small.change(ExamSitting, sitting["id"], date="2027-05-10", present=None)
    row = next(r for r in asker.rows("ExamCandidates", "ExamSittings") if r["Id"] == sitting["mis_id"])
    assert (row["Date"], row["IsPresent"]) == ("2027-05-10", None)


def test_an_arrangement_says_what_it_is_and_for_how_long_it_is_approved(app: Caller, held: Tables):
    arrangement = next(a for a in held.of("exam_arrangement") if a["code"] == "ET25")
    (row,) = (r for r in app.rows("ExamCandidates", "ExamArrangements") if r["Id"] == arrangement["mis_id"])
    columns = ("Code", "Description", "ExtraTimePercent", "StartDate", "EndDate")
    assert [row[c] for c in columns] == ["ET25", "25% extra time", 25, arrangement["start"], arrangement["end"]]
    assert row["StudentId"] == named(held, "student", arrangement, "student")


def test_seats_go_with_a_guest_who_is_gone(asker: Caller, small: Tables):
    guest = small.of("external_candidate")[0]
    with small.hub.store.write(small.school["district"]) as batch:
        assert batch.remove(ExternalCandidate, guest["id"])
    answer = asker.answer("ExamCandidates")
    assert guest["mis_id"] not in {r["Id"] for r in answer["ExternalCandidates"]}
    assert guest["mis_id"] not in {r["ExternalCandidateId"] for r in answer["ExamSittings"]}


@pytest.mark.parametrize("asked", ["ExamCandidates?Season=13", "ExamCandidates?Students=9919"])
def test_candidates_have_no_other_filters(app: Caller, asked: str):
    assert "is not a filter or option of ExamCandidates" in app.refusal(asked)


def test_candidates_need_the_scope_of_examinations(hub: Hub):
    rows = Caller(hub, ["ExamsResults"]).rows(f"ExamCandidates?SeasonID={NOVEMBER}", "ExternalCandidates")
    assert {"Forename", "DateOfBirth", "UCI"} <= rows[0].keys()
    token = hub.token(["School", "Student", "SEN"], app="no-exams.example.org")
    assert hub.school("ExamCandidates", token)["ExceptionType"] == "ScopeNotHeld"
