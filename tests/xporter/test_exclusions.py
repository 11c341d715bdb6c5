"""StudentExclusions: suspensions and exclusions, as the school keeps them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rollbook.model.exclusion import Exclusion, ExclusionAgency, ExclusionGround
from rollbook.model.students import Student

from .tables import Caller, Row, Tables, listed, mis_ids


def whichever(_: Row) -> bool:
    """Every exclusion is meant."""
    return True


def exclusions(held: Tables, meant: Callable[[Row], bool] = whichever, *rolls: str) -> list[Row]:
    """The exclusions of students of these roll statuses, on roll when none are named, that meet a condition."""
    students = held.known("student")
    every = held.of("exclusion")
    return [e for e in every if meant(e) and held.roll(students[e["student"]]) in (rolls or ("OnRoll",))]


def codes(held: Tables, exclusion: Row) -> set[str]:
    """The codes of an exclusion's reasons."""
    reasons = held.known("exclusion_reason")
    grounds = held.of("exclusion_ground")
    return {reasons[g["reason"]]["code"] for g in grounds if g["exclusion"] == exclusion["id"]}


def test_exclusions_are_those_of_students_on_roll(app: Caller, held: Tables):
    assert app.ids("StudentExclusions") == mis_ids(exclusions(held))


def test_leavers_exclusions_are_added_when_asked_for(app: Caller, held: Tables):
    rows = app.rows("StudentExclusions?includeLeavers=true")
    assert {r["Id"] for r in rows} == mis_ids(exclusions(held, whichever, "OnRoll", "Leaver"))
    left = {r["Id"] for r in rows if r["StudentStatus"] == "Leaver"}
    assert left == mis_ids(exclusions(held, whichever, "Leaver"))
    assert left


def test_an_exclusion_says_who_when_and_for_how_long(app: Caller, held: Tables):
    (stored, *_) = exclusions(held, lambda e: e["kind"] == "FIXD")
    student = held.known("student")[stored["student"]]
    (person,) = held.sql("SELECT * FROM person WHERE id = ?", student["person"])
    row = next(r for r in app.rows("StudentExclusions") if r["Id"] == stored["mis_id"])
    assert (row["StudentId"], row["Forename"], row["Surname"]) == (
        student["mis_id"],
        person["forename"],
        person["surname"],
    )
    assert (row["ExclusionType"], row["ExclusionTypeCode"]) == ("Fixed Term", "FIXD")
    assert [row[c] for c in ("StartDate", "StartSession", "EndDate", "EndSession")] == [
        stored[n] for n in ("start", "start_session", "end", "end_session")
    ]
    assert (row["ExclusionSessions"], row["ExclusionDays"]) == (stored["sessions"], stored["sessions"] / 2)
    assert row["StudentStatus"] == "On Roll"


def test_a_reason_is_told_in_the_row_only_when_it_is_the_only_one(app: Caller, held: Tables):
    shown = {r["Id"]: (r["ExclusionReasonCode"], r["ExclusionReason"]) for r in app.rows("StudentExclusions")}
    descriptions = {r["code"]: r["description"] for r in held.of("exclusion_reason")}
    several = 0
    for exclusion in exclusions(held):
        found = codes(held, exclusion)
        several += len(found) > 1
        (code, *_) = found if len(found) == 1 else (None,)
        assert shown[exclusion["mis_id"]] == (code, descriptions.get(code or ""))
    assert several


def test_every_reason_of_the_exclusions_shown_is_linked(app: Caller, held: Tables):
    answer = app.answer("StudentExclusions")
    known = {r["Id"]: r["ReasonCode"] for r in answer["ExclusionReasons"]}
    told = sorted((r["StudentExclusionId"], known[r["ReasonId"]]) for r in answer["StudentExclusionReasons"])
    assert told == sorted((e["mis_id"], code) for e in exclusions(held) for code in codes(held, e))


def test_the_reasons_are_all_those_of_the_school(app: Caller, held: Tables):
    rows = app.rows("StudentExclusions", "ExclusionReasons")
    assert sorted((r["Id"], r["ReasonCode"], r["ReasonDescription"]) for r in rows) == sorted(
        (r["mis_id"], r["code"], r["description"]) for r in held.of("exclusion_reason")
    )


def test_linked_reasons_follow_the_page(app: Caller):
    answer = app.answer("StudentExclusions?pagesize=3&page=2")
    assert {r["StudentExclusionId"] for r in answer["StudentExclusionReasons"]} == {
        r["Id"] for r in answer["StudentExclusions"]
    }
    assert len(answer["StudentExclusions"]) == 3


def test_an_id_leaves_the_exclusions_of_one_student(app: Caller, held: Tables):
    student = held.known("student")[exclusions(held)[0]["student"]]
    expected = mis_ids(exclusions(held, lambda e: e["student"] == student["id"]))
    assert app.ids(f"StudentExclusions/{student['mis_id']}") == expected
    assert app.ids(f"StudentExclusions?id={student['mis_id']}") == expected


def test_dates_are_those_on_which_an_exclusion_starts_and_ends(app: Caller, held: Tables):
    first, last = "2026-01-05", "2026-09-30"
    assert app.ids(f"StudentExclusions?DateFrom={first}") == mis_ids(exclusions(held, lambda e: e["start"] >= first))
    assert app.ids(f"StudentExclusions?DateTo={last}") == mis_ids(
        exclusions(held, lambda e: (e["end"] or e["start"]) <= last)
    )
    both = exclusions(held, lambda e: e["start"] >= first and (e["end"] or e["start"]) <= last)
    assert app.ids(f"StudentExclusions?DateFrom={first}&DateTo={last}") == mis_ids(both)
    assert 0 < len(both) < len(exclusions(held))


@pytest.mark.parametrize("name", ["ExclustionType", "ExclusionType"])
@pytest.mark.parametrize("written", ["LNCH", "fixd", "RPER,RFIX"])
def test_types_are_those_asked_for_however_the_filter_is_spelled(app: Caller, held: Tables, name: str, written: str):
    wanted = written.upper().split(",")
    expected = mis_ids(exclusions(held, lambda e: e["kind"] in wanted))
    assert app.ids(f"StudentExclusions?{name}={written}") == expected
    assert expected


def test_a_permanent_exclusion_has_no_last_day(app: Caller):
    rows = app.rows("StudentExclusions?ExclusionType=PERM&includeLeavers=true")
    assert rows
    assert {(r["EndDate"], r["ExclusionSessions"], r["ExclusionDays"]) for r in rows} == {(None, None, None)}


@pytest.mark.parametrize("code", ["PP", "va"])
def test_a_reason_is_looked_for_among_all_of_an_exclusion(app: Caller, held: Tables, code: str):
    expected = exclusions(held, lambda e: code.upper() in codes(held, e))
    assert app.ids(f"StudentExclusions?ExclusionReason={code}") == mis_ids(expected)
    assert any(len(codes(held, e)) > 1 for e in expected) or code == "va"


@pytest.mark.parametrize(("name", "value"), [("ExclustionType", "FIX"), ("ExclusionReason", "XX"), ("DateFrom", "May")])
def test_values_that_are_none_are_refused(app: Caller, name: str, value: str):
    assert f"{name}: {value}" in app.refusal(f"StudentExclusions?{name}={value}")


APPEAL = {
    "DisciplinaryResult": "result",
    "CommitteeHearingDate": "hearing",
    "ParentalRepresentation": "parents_represented",
    "CommitteeReinstatementDate": "reinstatement",
    "AppealIndicator": "appealed",
    "AppealDate": "appeal",
    "AppealResult": "appeal_result",
    "HearingNoticeOfAppealDate": "appeal_notice",
    "AppealReinstatementDate": "appeal_reinstatement",
}


def test_comments_are_shown_when_asked_for(app: Caller, held: Tables):
    rows = app.rows("StudentExclusions?includeComments=true")
    assert {r["Id"]: r["Comments"] for r in rows} == {e["mis_id"]: e["comments"] for e in exclusions(held)}
    assert "Comments" not in app.rows("StudentExclusions")[0]


def test_what_the_governors_and_the_panel_decided_is_shown_when_asked_for(app: Caller, held: Tables):
    rows = app.rows("StudentExclusions?includeAppealInfo=true&includeLeavers=true")
    for exclusion in exclusions(held, whichever, "OnRoll", "Leaver"):
        (row,) = (r for r in rows if r["Id"] == exclusion["mis_id"])
        assert {c: row[c] for c in APPEAL} == {c: exclusion[n] for c, n in APPEAL.items()}
    assert all(any(r[c] for r in rows) for c in APPEAL)
    assert not APPEAL.keys() & app.rows("StudentExclusions")[0].keys()


def test_agencies_involved_are_named(app: Caller, held: Tables):
    agencies = held.known("agency")
    named: dict[str, list[str]] = {}
    for link in held.of("exclusion_agency"):
        named.setdefault(link["exclusion"], []).append(agencies[link["agency"]]["name"])
    shown = {r["Id"]: listed(r["AgenciesInvolved"]) for r in app.rows("StudentExclusions")}
    assert shown == {e["mis_id"]: sorted(named.get(e["id"], [])) for e in exclusions(held)}
    assert any(shown.values())


def test_a_suspension_of_a_student_who_leaves_is_gone_without_the_option(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    reason = small.of("exclusion_reason")[0]
    made = small.add(Exclusion, student=student["id"], kind="FIXD", start="2026-11-02", end="2026-11-02")
    small.add(ExclusionGround, exclusion=made, student=student["id"], reason=reason["id"])
    assert [r["StartDate"] for r in asker.rows(f"StudentExclusions/{student['mis_id']}")] == ["2026-11-02"]
    small.change(Student, student["id"], leaving_date="2026-11-19")
    answer = asker.answer(f"StudentExclusions/{student['mis_id']}")
    assert (answer["StudentExclusions"], answer["StudentExclusionReasons"]) == ([], [])
    (row,) = asker.rows(f"StudentExclusions/{student['mis_id']}?includeLeavers=true")
    assert row["StudentStatus"] == "Leaver"


def test_a_student_whom_the_grant_leaves_out_was_never_excluded(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    made = small.add(Exclusion, student=student["id"], kind="FIXD", start="2026-11-02", end="2026-11-02")
    agency = small.of("agency")[0]
    small.add(ExclusionAgency, exclusion=made, student=student["id"], agency=agency["id"])
    (row,) = asker.rows(f"StudentExclusions/{student['mis_id']}")
    assert row["AgenciesInvolved"] == agency["name"]
    hub = asker.hub
    hub.desk.people.choose(
        hub.desk.grants.at(hub.app("all.example.org"), asker.estab), "students", "except", [student["mis_id"]]
    )
    assert asker.rows(f"StudentExclusions/{student['mis_id']}") == []


def test_exclusions_need_no_scope_but_their_own(small: Tables):
    own = Caller(small.hub, ["StudentExclusions"])
    every = Caller(small.hub)
    asked = "StudentExclusions?includeLeavers=true&includeComments=true&includeAppealInfo=true"
    assert own.rows(asked)[0].keys() == every.rows(asked)[0].keys()
    other = Caller(small.hub, ["Student", "Conduct"])
    assert small.hub.school("StudentExclusions", other.token)["ExceptionType"] == "ScopeNotHeld"


def test_a_change_set_names_a_reason_by_the_exclusion_and_the_reason(asker: Caller, small: Tables):
    asked = "StudentExclusions?includeLeavers=true&changedRows="
    first = asker.answer(f"{asked}*")["__changedRows__"][0]["NextChangedRows"]
    ground = next(iter(small.of("exclusion_ground")))
    exclusion = small.known("exclusion")[ground["exclusion"]]
    reason = small.known("exclusion_reason")[ground["reason"]]
    with small.hub.store.write(small.school["district"]) as batch:
        batch.remove(ExclusionGround, ground["id"])
    gone = asker.answer(f"{asked}{first}")["StudentExclusionReasons_deleted"]
    assert gone == [{"Id": f"{exclusion['mis_id']}.{reason['mis_id']}"}]
