"""How researchers sign in: tokens, passwords, and devices that the operator lets in."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rollbook import cli
from rollbook.app import application
from rollbook.errors import RollbookError

from ..hub import Answer, Hub
from .lab import Lab

YEAR, DAY = 365 * 24 * 3600, 24 * 3600


def run(lab: Lab, *words: str, given: str = "") -> Result:
    return CliRunner().invoke(
        cli.main,
        ["research", *words],
        obj=application,
        input=given,
        env=lab.hub.environment,
    )


def told(lab: Lab, *words: str, given: str = "") -> str:
    result = run(lab, *words, given=given)
    assert result.exit_code == 0, result.exception
    return result.output


def post(lab: Lab, path: str, **body: Any) -> Answer:
    return lab.hub.post(path, body)


# ---- tokens


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "Token"])
def test_a_token_of_the_operator_lets_a_researcher_in(lab: Lab, kind: str):
    assert told(lab, "users", "add", "Ada.Fenn@Research.example", "--first-name", "Ada") == (
        "user 1: ada.fenn@research.example\n"
    )
    token = told(lab, "token", "ada.fenn@research.example").removeprefix("token: ").strip()
    answer = lab.hub.ask("GET", "/api/private/users/user/1", None, b"", authorization=f"{kind} {token}")
    assert answer.json["user"]["first_name"] == "Ada"


def test_a_token_lasts_a_year_from_its_last_use(lab: Lab):
    lab.project()
    for _ in range(3):
        lab.hub.now += YEAR - DAY
        assert lab.ask("GET", "stem/project/").status == 200
    lab.hub.now += YEAR + 1
    answer = lab.ask("GET", "stem/project/")
    assert (answer.status, answer.json) == (401, {"detail": "Token has expired. (make a new one)"})


@pytest.mark.files
def test_only_a_hash_of_a_token_is_kept(lab: Lab):
    token = lab.token("ada").encode()
    lab.hub.close()
    assert not [f.name for f in lab.hub.store.folder.iterdir() if f.is_file() and token in f.read_bytes()]


def test_tokens_end_when_the_operator_says_so(lab: Lab):
    lab.token("ada")
    assert told(lab, "token", "ada@research.example", "--revoke") == "1 tokens of ada@research.example revoked\n"
    assert lab.ask("GET", "stem/project/").status == 401


def test_a_user_has_fifty_tokens_at_most(lab: Lab):
    lab.token("ada")
    lab.hub.now += 1
    later = [lab.desk.accounts.new_token(lab.people["ada"]) for _ in range(50)]
    assert lab.ask("GET", "stem/project/").status == 401
    lab.tokens["ada"] = later[0]
    assert lab.ask("GET", "stem/project/").status == 200


# ---- passwords


def test_a_name_and_a_password_give_a_token(lab: Lab):
    told(lab, "users", "add", "ada@research.example")
    assert told(lab, "users", "password", "ada@research.example", given="correct horse\ncorrect horse\n").endswith(
        "ada@research.example has a password\n"
    )
    for path in ("/api/token/", "/api/token"):
        answer = post(lab, path, username="Ada@research.example", password="correct horse")
        assert (answer.status, list(answer.json)) == (200, ["token"])
        lab.tokens["ada"] = answer.json["token"]
        assert lab.ask("GET", "users/user/1/").status == 200


@pytest.mark.parametrize("name", ["ada@research.example", "nobody@research.example", ""])
def test_a_wrong_name_or_password_is_told_alike(lab: Lab, name: str):
    lab.token("ada")
    lab.desk.accounts.set_password(lab.people["ada"], "correct horse")
    answer = post(lab, "/api/token/", username=name, password="wrong horse")
    assert (answer.status, answer.json) == (
        400,
        {"non_field_errors": ["Unable to log in with provided credentials."]},
    )


def test_a_user_without_a_password_cannot_use_one(lab: Lab):
    lab.token("ada")
    assert post(lab, "/api/token/", username="ada@research.example", password="").status == 400


def test_guessing_a_password_is_stopped_for_a_while(lab: Lab):
    lab.token("ada")
    lab.desk.accounts.set_password(lab.people["ada"], "correct horse")
    name = "ada@research.example"
    for _ in range(5):
        assert post(lab, "/api/token/", username=name, password="wrong horse").status == 400
    stopped = post(lab, "/api/token/", username=name, password="correct horse")
    assert (stopped.status, stopped.headers["retry-after"]) == (429, "60")
    lab.hub.now += 901
    assert post(lab, "/api/token/", username=name, password="correct horse").status == 200


def test_guessing_names_is_stopped_too(lab: Lab):
    statuses = [post(lab, "/api/token/", username=f"a{n}@research.example", password="x").status for n in range(31)]
    assert statuses == [400] * 30 + [429]


def test_what_is_missing_is_told(lab: Lab):
    answer = post(lab, "/api/token/", password=5)
    assert lab.wrong(answer) == {"username": ["This field is required."], "password": ["Not a valid string."]}
    for path, allowed in (("/api/token/", "POST"), ("/api/auth/device/token/", "POST")):
        refused = lab.hub.ask("GET", path)
        assert (refused.status, refused.headers["allow"]) == (405, allowed)


# ---- devices


def begin(lab: Lab) -> dict[str, Any]:
    # The command knows no other clock than the machine's.
    lab.hub.now = time.time()
    answer = lab.hub.ask("POST", "/api/auth/device/", None, b'{"client_name": "brainstem-python"}', host="hub.example")
    assert answer.status == 200
    return answer.json


def test_a_device_is_let_in_by_the_operator(lab: Lab):
    lab.token("ada")
    begun = begin(lab)
    assert begun == {
        "device_code": begun["device_code"],
        "user_code": begun["user_code"],
        "verification_uri": "http://hub.example/research/device/",
        "verification_uri_complete": f"http://hub.example/research/device/?user_code={begun['user_code']}",
        "expires_in": 900,
        "interval": 5,
    }
    polled = post(lab, "/api/auth/device/token/", device_code=begun["device_code"])
    assert (polled.status, polled.json) == (200, {"status": "authorization_pending"})
    assert told(lab, "approve", begun["user_code"].lower(), "--user", "ada@research.example") == (
        "brainstem-python now acts on behalf of ada@research.example\n"
    )
    given = post(lab, "/api/auth/device/token", device_code=begun["device_code"])
    assert (given.status, given.json["status"]) == (200, "success")
    lab.tokens["ada"] = given.json["token"]
    assert lab.ask("GET", "users/user/1/").status == 200
    again = post(lab, "/api/auth/device/token/", device_code=begun["device_code"])
    assert (again.status, again.json) == (200, {"error": "already_used"})


def test_a_device_may_be_refused_or_wait_too_long(lab: Lab):
    refused, late = begin(lab), begin(lab)
    assert told(lab, "deny", refused["user_code"]) == "brainstem-python was refused\n"
    assert post(lab, "/api/auth/device/token/", device_code=refused["device_code"]).json == {"error": "access_denied"}
    lab.hub.now = time.time() + 901
    assert post(lab, "/api/auth/device/token/", device_code=late["device_code"]).json == {"error": "expired_token"}
    assert post(lab, "/api/auth/device/token/", device_code="nonsense").json == {"error": "expired_token"}
    assert isinstance(run(lab, "deny", refused["user_code"]).exception, RollbookError)


def test_a_browser_that_is_sent_there_is_led_to_the_page(lab: Lab):
    answer = lab.hub.ask("GET", "/api/auth/device/?user_code=ABCD-EFGH")
    assert (answer.status, answer.headers["location"]) == (303, "/research/device/?user_code=ABCD-EFGH")


def test_only_so_many_devices_wait_at_a_time(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rollbook.consent.accounts.DEVICES", 2)
    begin(lab)
    begin(lab)
    assert lab.hub.post("/api/auth/device/", {}).status == 429
    lab.hub.now += 901
    assert lab.hub.post("/api/auth/device/", {}).status == 200


# ---- the command


def test_the_command_lists_what_there_is(lab: Lab):
    lab.token("dana")
    lab.project("Maze", "ada", is_public=True)
    lab.ask("POST", "taxonomies/species/", body={"name": "Rat"})
    lab.hub.app()
    (dana,) = [user for user in json.loads(told(lab, "users", "list")) if user["name"] == "Dana Fenn"]
    assert (dana["email"], dana["administrator"]) == ("dana@research.example", True)
    assert told(lab, "projects", "app", "Maze", "app.example.org") == "Maze: app.example.org\n"
    listed = told(lab, "projects", "list")
    assert "Maze" in listed
    assert "app.example.org" in listed
    assert told(lab, "projects", "app", "Maze") == "Maze: no app\n"
    assert "Rat" in told(lab, "projects", "proposals")
    assert told(lab, "users", "administrator", "ada@research.example") == "ada@research.example is an administrator\n"
    assert lab.ask("GET", "stem/project/", portal="super").status == 200
    told(lab, "users", "administrator", "ada@research.example", "--no")
    assert lab.ask("GET", "stem/project/", portal="super").status == 403


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("users", "add", "ada@research.example"), "ada@research.example already belongs to a user"),
        (("users", "add", "ada"), "Enter a valid email address."),
        (("token", "adda@research.example"), "did you mean ada@research.example?"),
        (("projects", "app", "Mase", "app.example.org"), "did you mean Maze?"),
        (("users", "password", "ada@research.example", "--password", "short"), "use 10 characters or more"),
    ],
)
def test_the_command_says_what_is_wrong(lab: Lab, words: tuple[str, ...], said: str):
    lab.project()
    result = run(lab, *words)
    assert said in str(result.exception)


def test_a_hub_opened_again_knows_its_researchers(tmp_path: Path):
    first = Hub(tmp_path)
    lab = Lab(first)
    lab.project()
    tokens = lab.tokens
    first.close()
    again = Hub(tmp_path)
    lab = Lab(again)
    lab.tokens = tokens
    assert lab.names("stem/project/") == ["Maze"]
    again.close()
