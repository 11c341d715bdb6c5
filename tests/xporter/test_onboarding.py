"""The Management APIs: schools invited, listed and parted from (the document, Management APIs)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from rollbook.dialects.xporter.onboarding import Onboarding
from rollbook.jobs import Job, Mail, Queue, post_office

from ..hub import BRAMBLESIDE, THORNFIELD, Answer, Hub
from ..postbox import Postbox, receiving
from ..school import OFFICE, PARTY, School, asking_app, link_of

QUIET = {"Message": None, "ExceptionType": None, "ExceptionMessage": None, "InnerException": None}
REGISTER = "/api/Manage/SchoolRegister"
REVOKE = "/api/Manage/RevokeAccess"
SCHOOLS = "/api/XporterOnDemand/GetXodSchools"


def send(hub: Hub, path: str, token: str, body: Any) -> Answer:
    """POST JSON with a token."""
    return hub.ask("POST", path, token, json.dumps(body).encode(), content_type="application/json")


def school(estab: str = THORNFIELD, **more: Any) -> dict[str, Any]:
    """A school as the vendor's guide has apps name one."""
    return {"LeaCode": estab[:3], "DfesCode": estab[3:], "SchoolContactEmail": OFFICE, **more}


# ---- inviting


def test_a_school_is_invited_by_its_two_numbers(small_hub: Hub) -> None:
    _, token = asking_app(small_hub)
    said = {**school(SchoolName="Thornfield", SchoolContactFirstName="Ada", SchoolContactLastName="Hale")}
    answer = send(small_hub, REGISTER, token, {"RegistrationType": "Live", "Schools": [said]})
    assert answer.json == {
        "Schools": [
            {
                "LeaCode": "999",
                "DfesCode": "4001",
                "SchoolName": "Thornfield",
                "SchoolContactFirstName": "Ada",
                "SchoolContactLastName": "Hale",
                "SchoolContactEmail": OFFICE,
                "Estab": THORNFIELD,
                "Status": "OK",
                "Message": "No e-mail was sent: the hub has no mail server. Its operator can pass on the link.",
            }
        ]
    }
    assert small_hub.get(f"{SCHOOLS}?includePendingAuthorisation=true", token).json == {
        "Authorised": [],
        "Revoked": [],
        "PendingAuthorisation": [
            {
                "estab": THORNFIELD,
                "schoolName": "Thornfield Academy",
                "dateInvited": "2026-11-18T11:06:40",
                "installedStatus": True,
                "installMessage": None,
            }
        ],
    }


@pytest.mark.parametrize("path", ["/api/XporterOnDemand/SchoolRegister", "/API/manage/schoolregister/"])
def test_the_older_path_and_any_case_do_as_well(small_hub: Hub, path: str) -> None:
    _, token = asking_app(small_hub)
    answer = send(small_hub, path, token, {"registrationType": "Test", "schools": [school()]})
    assert answer.json["Schools"][0]["Status"] == "OK"


def test_each_school_has_its_own_answer_and_is_not_written_to_twice_a_day(small_hub: Hub) -> None:
    _, token = asking_app(small_hub)
    body = {"RegistrationType": "Live", "Schools": [school(), school("1234567")]}
    assert [s["Status"] for s in send(small_hub, REGISTER, token, body).json["Schools"]] == ["OK", "NotFound"]
    assert send(small_hub, REGISTER, token, body).json["Schools"][0]["Status"] == "AlreadyInvited"
    small_hub.now += 24 * 3600
    assert send(small_hub, REGISTER, token, body).json["Schools"][0]["Status"] == "OK"


def test_an_app_on_trial_sends_no_live_invitations(small_hub: Hub) -> None:
    app, token = asking_app(small_hub, live=False)
    refused = send(small_hub, REGISTER, token, {"RegistrationType": "Live", "Schools": [school()]})
    assert refused.json["ExceptionMessage"] == (
        "the app is registered as Test (send RegistrationType Test until it is live)"
    )
    send(small_hub, REGISTER, token, {"RegistrationType": "Test", "Schools": [school()]})
    page = School(small_hub, link_of(small_hub, small_hub.desk.invitations.at(app, THORNFIELD))).look()
    assert "This is a trial" in page.words


def test_an_app_that_has_not_said_what_it_asks_for_invites_nobody(small_hub: Hub) -> None:
    _, secret = small_hub.desk.apps.add("silent.example.org")
    token = small_hub.desk.tokens.sign_in("silent.example.org", secret)[0]
    refused = send(small_hub, REGISTER, token, {"RegistrationType": "Test", "Schools": [school()]}).json
    assert refused["ExceptionType"] == "Conflict"


def test_one_school_may_be_asked_for_less_and_never_for_more(small_hub: Hub) -> None:
    app, token = asking_app(small_hub)
    some = school(ScopesToAuthorise="School,attendance")
    send(small_hub, REGISTER, token, {"RegistrationType": "Live", "Schools": [some]})
    page = School(small_hub, link_of(small_hub, small_hub.desk.invitations.at(app, THORNFIELD))).look()
    assert "Messages to parents." not in page.words
    more = school(ScopesToAuthorise=["School", "Staff", "Nonsense"])
    refused = send(
        small_hub, f"{REGISTER}?httpstatuscodes=true", token, {"RegistrationType": "Live", "Schools": [more]}
    )
    assert refused.status == 400
    assert refused.json["ExceptionMessage"] == (
        "Schools[0].ScopesToAuthorise: Staff is not a scope that the app requests"
        " (known: Attendance, Contact, School, StudentLite);"
        " Schools[0].ScopesToAuthorise: Nonsense is not a scope (known: Attendance, Contact, School, StudentLite)"
    )


MISUNDERSTOOD: list[tuple[Any, str]] = [
    ({}, "RegistrationType: must be Live or Test; Schools: must be a list of schools"),
    ([], "body: is not a JSON object"),
    (
        {"RegistrationType": "Live", "Schools": ["x", {}]},
        "Schools[0]: is not an object; Schools[1]: has no number (send LeaCode and DfesCode, such as 328 and 1102)",
    ),
    (
        {"RegistrationType": "Live", "Schools": [school(PartnerApplicationId="other.example", SchoolPhone="1")]},
        "Schools[0].schoolphone: is not known (did you mean SchoolName?);"
        " Schools[0].PartnerApplicationId: is not the app that the token is for",
    ),
    ({"RegistrationType": "Live", "Schools": [school(), school()]}, "Schools: 9994001 is listed twice"),
    (
        {"RegistrationType": "Live", "Schools": [school()] * 501},
        "Schools: has more than 500 schools (send several requests)",
    ),
    (
        {"RegistrationType": "Live", "Schools": [school(SchoolContactEmail="a@b.example\r\nBcc: all@b.example")]},
        "Schools[0].SchoolContactEmail: must be one line without control characters;"
        " Schools[0].SchoolContactEmail: is not an e-mail address",
    ),
    (
        {"RegistrationType": "Live", "Schools": [school(SchoolContactFirstName="Ada\nBcc: all@b.example")]},
        "Schools[0].SchoolContactFirstName: must be one line without control characters",
    ),
]


@pytest.mark.parametrize(("body", "message"), MISUNDERSTOOD)
def test_a_request_that_cannot_be_understood_invites_nobody(small_hub: Hub, body: Any, message: str) -> None:
    _, token = asking_app(small_hub)
    said = send(small_hub, REGISTER, token, body).json["ExceptionMessage"]
    assert said == message
    assert small_hub.desk.invitations.all() == []


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"[" * 60_000, b"{}" * 600_000, b'{"Schools": {"a": [[[]]]}}', b'"\\ud800"']
)
def test_hostile_bodies_are_refused_plainly(small_hub: Hub, body: bytes) -> None:
    _, token = asking_app(small_hub)
    for path in (REGISTER, REVOKE):
        answer = small_hub.ask("POST", f"{path}?httpstatuscodes=true", token, body, content_type="application/json")
        assert answer.status in (400, 413)


# ---- letters


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A mail server, which the hub is set to use."""
    with receiving() as box:
        monkeypatch.setenv("ROLLBOOK_SMTP_URL", f"smtp://127.0.0.1:{box.port}")
        monkeypatch.setenv("ROLLBOOK_MAIL_FROM", "rollbook@hub.example.org")
        monkeypatch.setenv("ROLLBOOK_URL", "https://hub.example.org/")
        yield box


@pytest.fixture
def posting_hub(postbox: Postbox, small_hub: Hub) -> Iterator[Hub]:
    """A hub that has a mail server."""
    again = Hub(small_hub.store.folder)
    again.now = small_hub.now
    yield again
    again.close()


def invite(hub: Hub, token: str, **more: Any) -> dict[str, Any]:
    """What came of inviting Thornfield."""
    body = {"RegistrationType": "Live", "Schools": [school(**more)]}
    return send(hub, REGISTER, token, body).json["Schools"][0]


def test_the_school_is_sent_a_letter_with_its_link(posting_hub: Hub, postbox: Postbox) -> None:
    app, token = asking_app(posting_hub)
    assert invite(posting_hub, token, SchoolContactFirstName="Ada", SchoolContactLastName="Hale")["Message"] is None
    assert postbox.letters == [], "it leaves by a job, when the invitation is kept"
    assert posting_hub.work() == 1
    (letter,) = postbox.letters
    assert postbox.envelopes == [("rollbook@hub.example.org", ["office@thornfield.example"])]
    assert letter["subject"] == "Pupil Pages asks for access to records of Thornfield Academy"
    assert (letter["to"], letter["reply-to"]) == ("office@thornfield.example", "help@app.example.org")
    link = f"https://hub.example.org{link_of(posting_hub, posting_hub.desk.invitations.at(app, THORNFIELD))}"
    assert link in postbox.text()
    assert postbox.text().startswith("Dear Ada Hale,")
    token_in_link = link.rpartition("/")[2]
    kept = b"".join(f.read_bytes() for f in posting_hub.store.folder.iterdir() if f.is_file())
    assert token_in_link.encode() not in kept


def test_a_letter_that_is_sent_again_has_the_same_message_id(posting_hub: Hub, postbox: Postbox) -> None:
    _, token = asking_app(posting_hub)
    invite(posting_hub, token)
    postbox.refuses = "451 4.7.1 greylisted, come back later"
    posting_hub.work()
    (job,) = jobs(posting_hub, "mail")
    assert (job.state, job.error) == ("waiting", "127.0.0.1 answered 451")
    postbox.refuses = ""
    posting_hub.now += 60
    posting_hub.work()
    # As if the worker had been killed before it could note that the server has the letter.
    Mail(posting_hub.desk, post_office())(job)
    first, second = postbox.letters
    assert first["message-id"] == second["message-id"] == f"<{job.id}@hub.example.org>"
    assert first["date"] == second["date"]


def test_a_password_is_not_sent_to_a_server_that_does_not_encrypt(
    postbox: Postbox, small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_SMTP_URL", f"smtp://name:password@127.0.0.1:{postbox.port}")
    hub = Hub(small_hub.store.folder)
    hub.now = small_hub.now
    invite(hub, asking_app(hub)[1])
    hub.work()
    (job,) = jobs(hub, "mail")
    assert (job.state, job.error) == ("waiting", "127.0.0.1: SMTPNotSupportedError")
    assert postbox.letters == []
    hub.close()


def jobs(hub: Hub, kind: str) -> list[Job]:
    """The jobs of a kind."""
    queue = Queue(hub.store, lambda: hub.now)
    queue.collect()
    return [job for job in queue.jobs() if job.kind == kind]


def test_an_app_has_no_say_in_who_answers_for_a_school(posting_hub: Hub, postbox: Postbox) -> None:
    app, token = asking_app(posting_hub)
    invite(posting_hub, token, SchoolContactEmail="accomplice@app.example.org")
    posting_hub.work()
    assert postbox.envelopes[0][1] == ["office@thornfield.example"]
    posting_hub.desk.invitations.add_signatory(THORNFIELD, "dpo@trust.example")
    posting_hub.now += 24 * 3600
    invite(posting_hub, token, SchoolContactEmail="DPO@trust.example")
    posting_hub.work()
    assert postbox.envelopes[1][1] == ["dpo@trust.example"]
    posting_hub.desk.invitations.drop_signatory(THORNFIELD, "dpo@trust.example")
    assert (
        School(posting_hub, link_of(posting_hub, posting_hub.desk.invitations.at(app, THORNFIELD))).look().answer.status
        == 404
    )


def test_a_letter_that_a_newer_one_has_replaced_is_not_sent(posting_hub: Hub, postbox: Postbox) -> None:
    _, token = asking_app(posting_hub)
    invite(posting_hub, token)
    posting_hub.now += 24 * 3600
    invite(posting_hub, token)
    assert posting_hub.work() == 2
    assert len(postbox.letters) == 1


def test_whatever_an_app_is_called_a_letter_has_one_subject_and_one_reader(posting_hub: Hub, postbox: Postbox) -> None:
    _, token = asking_app(posting_hub, name="Pages\r\nBcc: all@thornfield.example\r\n\r\n<script>alert(1)</script>")
    invite(posting_hub, token)
    posting_hub.work()
    (letter,) = postbox.letters
    assert letter["subject"].startswith("Pages Bcc: all@thornfield.example <script>alert(1)</script> asks for access")
    assert (letter["bcc"], postbox.envelopes[0][1]) == (None, ["office@thornfield.example"])
    assert letter.get_content_type() == "text/plain"


# ---- listing


def test_schools_are_told_by_what_they_answered(small_hub: Hub) -> None:
    app, token = asking_app(small_hub)
    small_hub.desk.grants.authorise(app, THORNFIELD, ["School", "Attendance"])
    gone = small_hub.desk.grants.authorise(app, BRAMBLESIDE, ["School"])[0]
    small_hub.now += 3600
    small_hub.desk.grants.revoke(gone)
    assert small_hub.get(SCHOOLS, token).json == {
        "Authorised": [
            {
                "estab": THORNFIELD,
                "schoolName": "Thornfield Academy",
                "dateAuthorised": "2026-11-18T11:06:40",
                "scopesAuthorised": "Attendance,School",
                "installedStatus": True,
                "installMessage": None,
            }
        ],
        "Revoked": [
            {"estab": BRAMBLESIDE, "schoolName": "Brambleside Primary School", "dateRevoked": "2026-11-18T12:06:40"}
        ],
        "PendingAuthorisation": [],
    }


def test_one_school_may_be_asked_after(small_hub: Hub) -> None:
    app, token = asking_app(small_hub)
    small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    small_hub.desk.invitations.make(app, BRAMBLESIDE)
    asked = small_hub.get(f"{SCHOOLS}?estab={BRAMBLESIDE}&includePendingAuthorisation", token).json
    assert [(name, [s["estab"] for s in rows]) for name, rows in asked.items()] == [
        ("Authorised", []),
        ("Revoked", []),
        ("PendingAuthorisation", [BRAMBLESIDE]),
    ]


def test_other_apps_schools_are_not_told(small_hub: Hub) -> None:
    _, token = asking_app(small_hub)
    small_hub.grant(["School"], app="other.example.org")
    small_hub.desk.invitations.make(small_hub.app("other.example.org"), BRAMBLESIDE)
    asked = small_hub.get(f"{SCHOOLS}?includePendingAuthorisation=true", token).json
    assert asked == {"Authorised": [], "Revoked": [], "PendingAuthorisation": []}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("estb=1", "estb: is not a parameter here (did you mean estab?)"),
        ("includePendingAuthorisation=perhaps", "includePendingAuthorisation: perhaps is not true or false"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(small_hub: Hub, query: str, message: str) -> None:
    _, token = asking_app(small_hub)
    assert small_hub.get(f"{SCHOOLS}?{query}", token).json["ExceptionMessage"] == message


def test_a_token_for_each_school_comes_at_once(small_hub: Hub) -> None:
    app, token = asking_app(small_hub)
    small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    small_hub.desk.grants.pause(small_hub.desk.grants.authorise(app, BRAMBLESIDE, ["School"])[0])
    answer = small_hub.get(f"/api/manage/GetXodSchoolTokens?applicationid={PARTY}", token).json
    (one,) = answer["Tokens"]
    assert (one["estab"], one["expires"]) == (THORNFIELD, "2026-11-23T11:06:40.000000Z")
    assert small_hub.school("SchoolInfo", one["token"])["SchoolInfo"][0]["Name"] == "Thornfield Academy"
    other = small_hub.get("/api/manage/GetXodSchoolTokens?applicationid=other.example.org&httpstatuscodes=true", token)
    assert other.status == 403


def test_check_estab_tells_whether_a_school_is_here_and_what_it_grants(small_hub: Hub) -> None:
    app, token = asking_app(small_hub)
    path = "/api/Manage/CheckEstab?Estab="
    assert small_hub.get(f"{path}{THORNFIELD}", token).json == {
        "Scopes": [],
        **QUIET,
        "Message": f"{THORNFIELD} has Xporter on Demand",
    }
    small_hub.desk.grants.authorise(app, THORNFIELD, ["SchoolLite"])
    assert small_hub.get(f"{path}{THORNFIELD}", token).json["Scopes"] == [
        {"Name": "SchoolLite", "Category": "School", "Description": "The school's name, address and groups only"}
    ]
    assert small_hub.get(f"{path}1234567&httpstatuscodes=true", token).status == 404
    assert small_hub.get("/api/Manage/CheckEstab", token).json["ExceptionType"] == "InvalidRequest"


@pytest.mark.parametrize(
    "path", [SCHOOLS, f"/api/manage/GetXodSchoolTokens?applicationid={PARTY}", "/api/Manage/CheckEstab"]
)
def test_a_schools_token_manages_nothing(small_hub: Hub, path: str) -> None:
    joint = "&" if "?" in path else "?"
    refused = small_hub.get(f"{path}{joint}httpstatuscodes=true", small_hub.token(app=PARTY))
    assert (refused.status, refused.json["ExceptionType"]) == (403, "ScopeNotHeld")
    assert small_hub.get(f"{path}{joint}httpstatuscodes=true").status == 401


def test_paths_and_methods_that_are_none_are_named(small_hub: Hub) -> None:
    _, token = asking_app(small_hub)
    assert small_hub.get(f"{REGISTER}?httpstatuscodes=true", token).status == 405
    missed = small_hub.get("/api/Manage/CheckEstb?httpstatuscodes=true", token)
    assert missed.status == 404
    assert "did you mean Manage/CheckEstab?" in missed.json["ExceptionMessage"]


def test_every_operation_is_in_the_openapi_document(small_hub: Hub) -> None:
    described = small_hub.get("/api/v1/openapi.json").json["paths"]
    for operation in Onboarding(small_hub.desk, None).operations:
        assert operation.method.lower() in described[f"/api/{operation.paths[0]}"]


# ---- GDPRIDs


def test_gdprids_tell_whom_the_app_may_see(small_hub: Hub) -> None:
    token = small_hub.token(["School", "StudentLite"], app=PARTY)
    assert small_hub.get("/api/v1/GDPRIDs", token).json == {"GDPR": [], **QUIET}
    ids = sorted(row["Id"] for row in small_hub.school("Students?select=Id", token)["Students"])[:2]
    grant = small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD)
    small_hub.desk.people.choose(grant, "Student", "only", ids)
    assert small_hub.get("/api/v1/gdprids", token).json == {
        "GDPR": [
            {
                "IsOptIn": True,
                "Estab": THORNFIELD,
                "RelyingParty": PARTY,
                "MIS": small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).mis,
                "StudentIds": ",".join(sorted(ids, key=lambda i: (len(i), i))),
                "StaffIds": None,
                "ContactIds": None,
                "OtherIds": None,
            }
        ],
        **QUIET,
    }


def test_gdprids_do_not_name_whom_the_school_leaves_out(small_hub: Hub) -> None:
    token = small_hub.token(["School", "StudentLite"], app=PARTY)
    gone = small_hub.school("Students?select=Id", token)["Students"][0]["Id"]
    small_hub.desk.people.choose(
        small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD), "Student", "except", [gone]
    )
    (row,) = small_hub.get("/api/v1/GDPRIDs", token).json["GDPR"]
    assert (row["IsOptIn"], row["StudentIds"]) == (False, "")


# ---- revoking


def test_an_app_gives_up_its_access_at_once(small_hub: Hub) -> None:
    app, token = asking_app(small_hub)
    _, secret = small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    school_token = small_hub.desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]
    body = urlencode({"Estab": THORNFIELD, "RevokeDate": "18:11:2026"}).encode()
    answer = small_hub.ask("POST", REVOKE, token, body, content_type="application/x-www-form-urlencoded")
    assert answer.json == {**QUIET, "Message": f"Access to {THORNFIELD} is revoked"}
    assert small_hub.school("SchoolInfo", school_token)["ExceptionType"] == "InvalidToken"


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ({"RevokeDate": "01:12:2026"}, datetime(2026, 12, 1, tzinfo=UTC)),
        ({"RevokeDateTime": "01:12:2026"}, datetime(2026, 12, 1, tzinfo=UTC)),
        ({"RevokeDateTime": "01:12:2026 17:30"}, datetime(2026, 12, 1, 17, 30, tzinfo=UTC)),
        ({"revokedatetime": "01:12:2026T17:30:05"}, datetime(2026, 12, 1, 17, 30, 5, tzinfo=UTC)),
        # In summer the school's clock is an hour ahead.
        ({"RevokeDate": "01:07:2027"}, datetime(2027, 6, 30, 23, tzinfo=UTC)),
    ],
)
def test_access_ends_at_a_moment_on_the_schools_clock_though_no_worker_runs(
    small_hub: Hub, said: dict[str, str], at: datetime
) -> None:
    app, token = asking_app(small_hub)
    _, secret = small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    assert send(small_hub, REVOKE, token, {"Estab": THORNFIELD, **said}).json["ExceptionType"] is None
    small_hub.now = at.timestamp() - 60
    school_token = small_hub.desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]
    path = f"/api/v1/School/{THORNFIELD}/SchoolInfo"
    small_hub.now = at.timestamp() - 0.001
    assert small_hub.get(path, school_token).json["SchoolInfo"]
    small_hub.now = at.timestamp()
    assert small_hub.get(path, school_token).json["ExceptionType"] == "InvalidToken"
    assert small_hub.post("/api/oauth/GetToken", {"estab": THORNFIELD, "relyingParty": PARTY, "password": secret}).json[
        "ExceptionMessage"
    ] == ("Relying Party not found for estab or secret not correct")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            {},
            "Estab: is missing (send the school's number); RevokeDate: is missing"
            " (send either RevokeDate or RevokeDateTime: dd:MM:yyyy, such as 25:12:2026)",
        ),
        (
            {"Estab": THORNFIELD, "RevokeDate": "25:12:2026", "RevokeDateTime": "25:12:2026"},
            "RevokeDate: is given beside RevokeDateTime"
            " (send either RevokeDate or RevokeDateTime: dd:MM:yyyy, such as 25:12:2026)",
        ),
        (
            {"Estab": THORNFIELD, "RevokeDate": "2026-12-25"},
            "RevokeDate: is not a valid date (dd:MM:yyyy, such as 25:12:2026)",
        ),
        (
            {"Estab": THORNFIELD, "RevokeDate": "30:02:2027"},
            "RevokeDate: is not a valid date (dd:MM:yyyy, such as 25:12:2026)",
        ),
        (
            {"Estab": THORNFIELD, "RevokeDateTime": "01:12:2026 25:00"},
            "RevokeDateTime: is not a valid date"
            " (dd:MM:yyyy, with HH:mm or HH:mm:ss after it if needed, such as 25:12:2026 17:30)",
        ),
        (
            {"Estab": THORNFIELD, "RevokeDate": "17:11:2026"},
            "RevokeDate: is in the past (send today's date to revoke at once)",
        ),
        (
            {"Estab": BRAMBLESIDE, "RevokeDate": "25:12:2026"},
            "Estab: no school with this number shares data with the app (see GetXodSchools)",
        ),
        (
            {"Estab": "1234567", "RevokeDate": "25:12:2026"},
            "Estab: no school with this number shares data with the app (see GetXodSchools)",
        ),
        (
            {"Estab": THORNFIELD, "RevokeDate": "٢٥:١٢:٢٠٢٦"},
            "RevokeDate: is not a valid date (dd:MM:yyyy, such as 25:12:2026)",
        ),
        (
            {"Estab": THORNFIELD, "RevokeDate": 25122026},
            "RevokeDate: is not a valid date (dd:MM:yyyy, such as 25:12:2026)",
        ),
    ],
)
def test_what_cannot_be_revoked_is_explained_and_nothing_ends(
    small_hub: Hub, said: dict[str, Any], message: str
) -> None:
    app, token = asking_app(small_hub)
    grant = small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])[0]
    assert send(small_hub, REVOKE, token, said).json["ExceptionMessage"] == message
    assert small_hub.desk.grants.at(app, THORNFIELD) == grant


def test_another_apps_access_is_not_touched(small_hub: Hub) -> None:
    _, token = asking_app(small_hub)
    small_hub.grant(["School"], app="other.example.org")
    refused = send(small_hub, REVOKE, token, {"Estab": THORNFIELD, "RevokeDate": "18:11:2026"}).json
    assert refused["ExceptionType"] == "NotFound"


def test_authorising_anew_takes_back_a_planned_end(small_hub: Hub) -> None:
    app, token = asking_app(small_hub)
    small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    send(small_hub, REVOKE, token, {"Estab": THORNFIELD, "RevokeDate": "01:12:2026"})
    small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    small_hub.now = datetime(2026, 12, 2, tzinfo=UTC).timestamp()
    small_hub.work()
    assert small_hub.desk.grants.at(app, THORNFIELD).state == "active"
