"""The `rollbook` command, as it is typed."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import click
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from rollbook import cli
from rollbook.app import application
from rollbook.cli import main
from rollbook.consent import Desk
from rollbook.scopes import CATALOGUE
from rollbook.store.sqlite import Store

from . import rosters
from .demo_data import demo_schools
from .hub import BRAMBLESIDE, THORNFIELD, Hub
from .ports import free_port
from .test_server import COMMAND, PATIENCE, Served

PARTY = "app.example.org"


@dataclass(frozen=True)
class Done:
    """What a command said, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def run(*words: object, columns: int = 100) -> Done:
    """A command, in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), write_through=True) for _ in range(2))
    status = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["rollbook", *map(str, words)])
        patch.setenv("COLUMNS", str(columns))
        try:
            cli.run(application)
        except SystemExit as ended:
            status = int(ended.code or 0)
    return Done(status, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def spawn(*words: object, env: dict[str, str] | None = None, cwd: Path | None = None) -> Done:
    """A command, in a process of its own."""
    done = subprocess.run(
        [COMMAND, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "COLUMNS": "100", **(env or {})},
        cwd=cwd,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def said(*words: object) -> str:
    """What a command prints that ends well."""
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def refused(*words: object, status: int = 1) -> str:
    """What a command says that ends badly; its lines put together, since they are folded to the terminal."""
    done = run(*words)
    assert (done.returncode, done.stdout) == (status, "")
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


@pytest.fixture
def data(small_hub: Hub) -> Path:
    """A data directory with the demo schools and no apps."""
    return small_hub.store.folder


@pytest.fixture
def granted(data: Path) -> Path:
    """The same, with an app that Thornfield has authorised."""
    said("apps", "add", PARTY, "--name", "Reports", "--data", data)
    said("apps", "grant", PARTY, THORNFIELD, "--scopes", "School,Student,UPN", "--data", data)
    return data


# ---- demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    folder = tmp_path_factory.mktemp("demo") / "not" / "there yet"
    with Served(folder, anew=True) as served:
        yield served, folder


def test_demo_prints_one_json_line_with_all_that_a_client_needs(demo: tuple[Served, Path]) -> None:
    facts = demo[0].facts
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", facts["url"])
    assert facts["xporter"].keys() == {"estab", "relyingParty", "schoolSecret", "managementSecret"}
    assert facts["xporter"]["estab"] == THORNFIELD
    assert facts["calendar"] == {"from": "2026-09-01", "to": "2027-08-31", "week": ["2026-11-16", "2026-11-20"]}
    assert [(s["estab"], s["name"]) for s in facts["schools"]] == [
        ("9994001", "Thornfield Academy"),
        ("9992001", "Brambleside Primary School"),
        ("9995001", "Saguaro Canyon High School"),
    ]


def test_demo_serves_when_the_line_is_printed(demo: tuple[Served, Path]) -> None:
    served, _ = demo
    token = served.token()
    assert served.ask("/api/v1/TokenDetails", token)["RelyingParty"] == "demo.rollbook.example"
    info = served.ask(f"/api/v1/School/{THORNFIELD}/SchoolInfo", token)["SchoolInfo"][0]
    assert info["Name"] == "Thornfield Academy"


def test_the_demos_management_secret_is_good_and_so_is_every_schools(demo: tuple[Served, Path]) -> None:
    served, _ = demo
    x = served.facts["xporter"]
    asks = [{"password": x["managementSecret"]}]
    asks += [{"password": s["schoolSecret"], "estab": s["estab"]} for s in served.facts["schools"]]
    for ask in asks:
        body = json.dumps({"relyingParty": x["relyingParty"], **ask}).encode()
        assert served.ask("/api/oauth/GetToken", method="POST", body=body)["token"]


def test_demo_json_holds_the_same_and_is_the_owners_alone(demo: tuple[Served, Path]) -> None:
    served, folder = demo
    kept = folder / "demo.json"
    assert json.loads(kept.read_text()) == served.facts
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_start_takes_the_schools_and_the_secrets_of_the_first(tmp_path: Path) -> None:
    with Served(tmp_path) as first:
        token = first.token()
    with Served(tmp_path) as second:
        assert {**second.facts, "url": ""} == {**first.facts, "url": ""}
        assert second.ask("/api/v1/TokenDetails", token)["Estab"] == THORNFIELD


def test_a_lost_demo_json_is_made_again_with_other_secrets(tmp_path: Path) -> None:
    with Served(tmp_path) as first:
        pass
    (tmp_path / "demo.json").unlink()
    with Served(tmp_path) as second:
        assert second.facts["xporter"]["schoolSecret"] != first.facts["xporter"]["schoolSecret"]
        assert second.ask("/api/v1/TokenDetails", second.token())["Estab"] == THORNFIELD


def test_a_demo_made_before_there_was_a_scope_holds_it_when_it_is_served_again(tmp_path: Path) -> None:
    with Served(tmp_path / "data") as first:
        assert first.token()
    with Store(tmp_path / "data") as store:
        desk = Desk(store)
        grant = desk.grants.at(desk.apps.named("demo.rollbook.example"), THORNFIELD)
        desk.grants.narrow(grant, grant.scopes - {"WritebackTags"})
        then = store.setting("demo scopes") or ""
        store.set("demo scopes", then.replace("WritebackTags,", ""))
    with Served(tmp_path / "data") as again:
        assert "WritebackTags" in again.ask("/api/v1/TokenDetails", again.token())["Scopes"]


def test_scopes_narrow_what_the_demo_app_sees(tmp_path: Path) -> None:
    with Served(tmp_path, "--scopes", "StudentLite, school") as served:
        assert served.ask("/api/v1/TokenDetails", served.token())["Scopes"] == ["School", "StudentLite"]
    with Served(tmp_path, "--scopes", "Staff") as served:
        assert served.ask("/api/v1/TokenDetails", served.token())["Scopes"] == ["Staff"]


def test_size_is_how_large_the_schools_are(demo: tuple[Served, Path]) -> None:
    served, _ = demo
    few = served.ask(f"/api/v1/School/{THORNFIELD}/Students?select=Id", served.token())["Students"]
    assert 20 <= len(few) <= 100


def test_today_is_the_day_on_which_the_demo_stands_still(tmp_path: Path) -> None:
    with Served(tmp_path, "--today", "2026-10-07", anew=True) as served:
        asked = f"/api/v1/School/{THORNFIELD}/AttendanceForDate"
        answer = served.ask(asked, served.token())
    assert answer["DateRange"] == [{"Id": "1", "DateFrom": "2026-10-07", "DateTo": "2026-10-07"}]
    assert served.facts["calendar"]["week"] == ["2026-10-05", "2026-10-09"]


def test_a_day_on_which_the_demo_cannot_stand_still_is_refused(tmp_path: Path) -> None:
    told = refused("demo", "--json", "--port", 0, "--data", tmp_path / "data", "--today", "2026-07-01")
    assert "the invented schools cannot stand still on 2026-07-01 (choose a day from 2026-09" in told


def test_scopes_that_there_are_not_are_refused_all_at_once(tmp_path: Path) -> None:
    data = demo_schools(0.05, tmp_path / "data")
    told = refused("demo", "--json", "--port", 0, "--data", data, "--scopes", "Studnet,Staf")
    assert "scopes: Staf is not a scope (did you mean Staff?)" in told
    assert "scopes: Studnet is not a scope (did you mean Student?)" in told


def test_demo_does_not_touch_a_directory_with_other_schools(tmp_path: Path) -> None:
    roster = rosters.folder(tmp_path / "roster", rosters.roster())
    run("import", "oneroster-csv", roster, "--data", tmp_path / "data")
    told = refused("demo", "--json", "--port", 0, "--data", tmp_path / "data")
    assert told == "--data: holds other schools already (choose an empty directory for the demo)"


@pytest.mark.skipif(not shutil.which("bash") or not shutil.which("curl"), reason="needs bash and curl")
def test_the_lines_that_demo_prints_can_be_pasted(tmp_path: Path) -> None:
    words = ["demo", "--port", "0", "--data", str(demo_schools(0.05, tmp_path))]
    with subprocess.Popen([COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        printed: list[str] = []
        while "changedRows" not in "".join(printed):
            line = process.stdout.readline()
            assert line, printed
            printed.append(line)
        _, _, lines = "".join(printed).partition("Try me, in another terminal:\n")
        answers = bash(lines)
        process.terminate()
    students, groups, attendance, changes = answers
    assert [list(row) for row in students["Students"]] == [["Id", "DisplayName", "Form"]] * 2
    assert students["Students"][0]["DisplayName"] == "Graham Mossgrove"
    assert groups["Group"][0]["StudentIds"]
    assert {row["StudentId"] for row in attendance["AttendMarks"]} == {"9919"}
    assert len(attendance["AttendMarks"]) == 10
    assert changes["__changedRows__"][0]["RequestedChangedRows"] == "*"


def bash(lines: str) -> list[dict[str, Any]]:
    """The JSON values that lines print when they are pasted into a shell."""
    done = subprocess.run(
        ["bash", "-eu"], input=lines.replace("\ncurl", "\necho; curl"), capture_output=True, text=True, check=True,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines() if line]


# ---- a sample roster

README = Path(__file__).parent.parent / "README.md"

ALDER_AND_BIRCH = [
    {"estab": "1001", "school": "Alder School", "district": "Heronsgate District"},
    {"estab": "1002", "school": "Birch School", "district": "Heronsgate District"},
]


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_sample_roster_can_be_imported(tmp_path: Path, version: str) -> None:
    roster = tmp_path / "roster.zip"
    assert str(roster) in said("demo", "roster", "--out", roster, "--version", version)
    with ZipFile(roster) as archive:
        assert f"oneroster.version,{version}" in archive.read("manifest.csv").decode()
    told = json.loads(said("import", "oneroster-csv", roster, "--data", tmp_path / "data"))
    assert (told["schools"], told["notes"]) == (ALDER_AND_BIRCH, [])


def test_the_sample_roster_gives_what_the_readme_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _, _, section = README.read_text().partition("### Your own schools")
    shown = section.partition("```console\n")[2].partition("\n```")[0].splitlines()
    making, reading, _ = (line.split()[2:] for line in shown if line.startswith("$ rollbook "))
    came = [line.strip() for words in (making, reading) for line in terminal(*words).stdout.splitlines()]
    wanted = [line.strip() for line in shown if line[0] != "$" and "…" not in line]
    assert len(wanted) > 10
    assert [line for line in wanted if line not in came] == []


def test_a_sample_roster_overwrites_no_other_file(tmp_path: Path) -> None:
    roster = tmp_path / "roster.zip"
    for version in ("1.1", "1.1"):
        said("demo", "roster", "--out", roster, "--version", version)
    written = roster.read_bytes()
    told = refused("demo", "roster", "--out", roster, "--version", "1.2")
    assert told == f"--out: {roster} exists already (choose another name, or remove the file)"
    assert roster.read_bytes() == written
    (tmp_path / "notes.txt").write_text("mine")
    assert "exists already" in refused("demo", "roster", "--out", tmp_path / "notes.txt")
    assert "is not a folder" in refused("demo", "roster", "--out", tmp_path / "nowhere" / "roster.zip")


# ---- serve


def test_serve_serves_a_data_directory_until_it_is_told_to_stop(granted: Path) -> None:
    words = ["serve", "--port", "0", "--data", str(granted)]
    with subprocess.Popen([COMMAND, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"Rollbook serves (.*) at (http://127\.0\.0\.1:\d+)\n", line)
        assert found
        assert found[1] == str(granted)
        token = said("apps", "grant", PARTY, BRAMBLESIDE, "--scopes", "School", "--data", granted)
        assert token.startswith("schoolSecret: ")
        process.terminate()
        assert process.wait(PATIENCE) in (0, -15)


@pytest.mark.slow
def test_several_processes_can_serve_one_directory(granted: Path) -> None:
    words = ["--scopes", "School", "--new-secret", "--data", granted]
    secret = said("apps", "grant", PARTY, THORNFIELD, *words).split()[1]
    port = free_port()
    words = ["serve", "--port", str(port), "--workers", "2", "--data", str(granted)]
    with subprocess.Popen([COMMAND, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        served = object.__new__(Served)
        served.host, served.port = "127.0.0.1", port
        body = json.dumps({"estab": THORNFIELD, "relyingParty": PARTY, "password": secret}).encode()
        try:
            token = _patiently(lambda: served.ask("/api/oauth/GetToken", method="POST", body=body)["token"])
            for _ in range(20):
                assert served.ask("/api/v1/TokenDetails", token)["Scopes"] == ["School"]
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _patiently(ask: Callable[[], str]) -> str:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_serve_wants_a_directory_with_records(tmp_path: Path) -> None:
    assert refused("serve", "--data", tmp_path / "nothing") == (
        f"data: {tmp_path / 'nothing'} holds no records (name the directory with --data, or make one with `rollbook"
        " sources add` or `rollbook demo`)"
    )
    assert not (tmp_path / "nothing").exists()


def test_the_data_directory_may_be_named_in_the_environment_or_stand_in_the_usual_place(granted: Path) -> None:
    assert PARTY in spawn("apps", "list", env={"ROLLBOOK_DATA": str(granted)}).stdout
    shutil.copytree(granted, granted.parent / "elsewhere" / "data")
    assert PARTY in spawn("apps", "list", cwd=granted.parent / "elsewhere").stdout


# ---- apps


def test_an_app_is_made_granted_and_used(data: Path) -> None:
    added = said("apps", "add", PARTY, "--name", "Reports", "--data", data)
    management = re.fullmatch(r"managementSecret: ([0-9a-f-]{36})\n", added)
    granted = said("apps", "grant", PARTY, THORNFIELD, "--scopes", "School, studentlite", "--data", data)
    school = re.fullmatch(r"schoolSecret: ([0-9a-f-]{36})\n", granted)
    assert management
    assert school
    with Store(data) as store:
        desk = Desk(store)
        assert desk.tokens.sign_in(PARTY, management[1])[0]
        assert desk.tokens.sign_in(PARTY, school[1], THORNFIELD)[0]
        assert desk.grants.at(desk.apps.named(PARTY), THORNFIELD).scopes == {"School", "StudentLite"}


def test_apps_are_listed_with_what_they_see(granted: Path) -> None:
    said("apps", "add", "second.example.org", "--data", granted)
    said("apps", "people", PARTY, THORNFIELD, "students", "only", "9919", "--data", granted)
    said("apps", "grant", PARTY, BRAMBLESIDE, "--scopes", "all", "--data", granted)
    thornfield, brambleside, none = json.loads(said("apps", "list", "--data", granted))
    assert (brambleside["estab"], brambleside["people"]) == (BRAMBLESIDE, {})
    assert set(brambleside["scopes"]) == {*CATALOGUE}
    assert thornfield == {
        "app": PARTY,
        "estab": THORNFIELD,
        "school": "Thornfield Academy",
        "state": "active",
        "scopes": ["School", "Student", "UPN"],
        "reads": ["School", "Student", "UPN"],
        "changes": [],
        # Contacts are seen with their students.
        "people": {"Student": "only", "Contact": "only"},
    }
    assert (none["app"], none["estab"], none["scopes"]) == ("second.example.org", None, [])


LISTINGS = [
    ["agents", "list"],
    ["apps", "ask", PARTY],
    ["apps", "keys"],
    ["apps", "list"],
    ["apps", "register", PARTY],
    ["disclosures", "--school", THORNFIELD, "--student", "9919"],
    ["invites", "list"],
    ["jobs"],
    ["query", "school.students", "id=9919"],
    ["research", "projects", "list"],
    ["research", "projects", "proposals"],
    ["research", "users", "list"],
    ["schools", "list"],
]
"""Every command that shows a table."""


@pytest.fixture(scope="module")
def shown(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory in which there is a row for most tables to show; to be read only."""
    folder = Path(shutil.copytree(small_folder, tmp_path_factory.mktemp("shown") / "data"))
    for words in (
        ["apps", "add", PARTY, "--name", "Reports for schools of every kind"],
        ["apps", "grant", PARTY, THORNFIELD, "--scopes", "all"],
        ["apps", "key", PARTY, "edlink", "--estab", THORNFIELD],
        ["apps", "ask", PARTY, "Student", "--reason", "To show each student's name beside a report, and nothing else"],
        ["apps", "register", PARTY, "--contact", "help@app.example.org", "--live"],
        ["invites", "add", PARTY, THORNFIELD],
        ["agents", "add", "oakfield"],
        ["research", "users", "add", "ada@research.example", "--first-name", "Ada"],
    ):
        assert run(*words, "--data", folder).returncode == 0
    return folder


@pytest.mark.parametrize("words", LISTINGS, ids=" ".join)
def test_every_table_is_json_when_it_is_piped(shown: Path, words: list[str]) -> None:
    told = json.loads(said(*words, "--data", shown))
    assert isinstance(told, list | dict)


@pytest.mark.parametrize("words", LISTINGS, ids=" ".join)
def test_every_table_fits_a_terminal_of_eighty_columns(shown: Path, words: list[str]) -> None:
    done = terminal(*words, "--data", shown)
    assert done.returncode == 0
    assert done.stdout.strip()
    assert [line for line in done.stdout.splitlines() if cell_len(line) > 80] == []
    # What is too long is folded, never cut off.
    assert "…" not in done.stdout


def test_what_a_table_shows_is_whole_however_narrow_the_terminal_is(shown: Path) -> None:
    (key,) = json.loads(said("apps", "keys", "--data", shown))
    for columns in (60, 80, 200):
        text = terminal("apps", "keys", "--data", shown, columns=columns).stdout
        assert key["key"] in re.sub(r"[\u2500-\u257f\s]", "", text) or key["key"] in "".join(words_of(text).split())


def test_a_terminal_gets_json_when_it_asks(shown: Path) -> None:
    assert json.loads(terminal("apps", "list", "--json", "--data", shown).stdout)


def terminal(*words: object, columns: int = 80) -> Done:
    """A command in a terminal of so many columns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rollbook.cli.common.piped", lambda: False)
        return run(*words, columns=columns)


def words_of(table: str) -> str:
    """The words of a table, without its lines."""
    return " ".join(re.sub(r"[\u2500-\u257f]", " ", table).split())


def test_a_grant_is_narrowed_paused_resumed_and_revoked(granted: Path) -> None:
    at = (PARTY, THORNFIELD, "--data", granted)
    assert said("apps", "narrow", *at, "--scopes", "Student,school") == f"{PARTY} at {THORNFIELD}: School, Student\n"
    assert said("apps", "pause", *at) == f"{PARTY} at {THORNFIELD}: paused\n"
    assert said("apps", "resume", *at) == f"{PARTY} at {THORNFIELD}: active\n"
    assert said("apps", "revoke", *at) == f"{PARTY} at {THORNFIELD}: revoked\n"
    assert refused("apps", "resume", *at) == "the grant is revoked (authorise the app again)"


def test_people_are_chosen_and_the_choice_is_taken_back(granted: Path) -> None:
    at = ("apps", "people", PARTY, THORNFIELD)
    assert said(*at, "students", "only", "9919", "--data", granted) == f"{PARTY} at {THORNFIELD}: only 1 students\n"
    assert students(granted) == ["9919"]
    assert said(*at, "students", "except", "9919", "--data", granted) == f"{PARTY} at {THORNFIELD}: except 1 students\n"
    assert "9919" not in students(granted)
    assert said(*at, "students", "all", "--data", granted) == f"{PARTY} at {THORNFIELD}: all students\n"
    assert "9919" in students(granted)


def students(data: Path) -> list[str]:
    """The students whom the app's grant shows."""
    answer = json.loads(said("query", "school.students", "--select", "Id", "--data", data))
    return [row["Id"] for row in answer["Students"]]


def test_another_management_secret_voids_the_earlier_one(granted: Path) -> None:
    first = said("apps", "secret", PARTY, "--data", granted).split()[1]
    second = said("apps", "secret", PARTY, "--data", granted).split()[1]
    with Store(granted) as store:
        desk = Desk(store)
        assert desk.tokens.sign_in(PARTY, second)[0]
        with pytest.raises(Exception, match="secret not correct"):
            desk.tokens.sign_in(PARTY, first)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["add", PARTY], "relying party: app.example.org is already taken"),
        (["add", "two words"], "relying party: must be a name without spaces (such as app.example.org)"),
        (["secret", "ap.example.org"], "app: ap.example.org is not known (did you mean app.example.org?)"),
        (
            ["grant", PARTY, THORNFIELD, "--scopes", "Pupil,Staf"],
            "scopes: Staf is not a scope (did you mean Staff?)",
        ),
        (["grant", PARTY, "123", "--scopes", "all"], "estab: no school has the number 123 (known: 9992001, 9994001"),
        (["narrow", PARTY, BRAMBLESIDE, "--scopes", "all"], "grant: app.example.org has none at 9992001"),
        (
            ["narrow", PARTY, THORNFIELD, "--scopes", "Student,Photos"],
            "scopes: Photos is not held, so it cannot be kept (add scopes with `rollbook apps widen`)",
        ),
        (["people", PARTY, THORNFIELD, "students", "only", "0"], "people: no Student has the Id 0 at 9994001"),
        (["revoke", PARTY, BRAMBLESIDE], "grant: app.example.org has none at 9992001 (make one with"),
    ],
)
def test_what_apps_cannot_do_it_says(granted: Path, words: list[str], message: str) -> None:
    assert message in refused("apps", *words, "--data", granted)


# ---- query


def test_query_prints_json_when_it_is_piped(granted: Path) -> None:
    words = ["query", "school.students", "id=9919", "--select", "Id,Surname,RegGroup as Form", "--data", granted]
    answer = json.loads(said(*words))
    assert answer["Students"] == [{"Id": "9919", "Surname": "Mossgrove", "Form": "8A"}]


def test_query_answers_as_the_api_does_on_the_same_day(granted: Path, small_hub: Hub) -> None:
    said("apps", "widen", PARTY, THORNFIELD, "--scopes", "all", "--data", granted)
    token = small_hub.desk.tokens.sign_in(
        PARTY, small_hub.desk.grants.authorise(small_hub.app(), THORNFIELD, ["all"])[1], THORNFIELD
    )
    for question in ("Students", "AttendanceForDate", "Groups", "Staff"):
        asked = said("query", question, "--data", granted)
        assert json.loads(asked) == small_hub.school(question, token[0]), question


def test_query_asks_the_school_and_the_app_that_are_named(granted: Path) -> None:
    said("apps", "grant", PARTY, BRAMBLESIDE, "--scopes", "School", "--data", granted)
    for estab, name in ((THORNFIELD, "Thornfield Academy"), (BRAMBLESIDE, "Brambleside Primary School")):
        words = ["query", "SchoolInfo", "--estab", estab, "--app", PARTY, "--data", granted]
        assert json.loads(said(*words))["SchoolInfo"][0]["Name"] == name


@pytest.mark.skipif(not shutil.which("script"), reason="needs a terminal")
def test_query_shows_a_table_in_a_terminal(granted: Path) -> None:
    words = f"{COMMAND} query school.students id=9919 --select Id,Surname --data '{granted}'"
    done = subprocess.run(["script", "-qec", words, "/dev/null"], capture_output=True, text=True, check=True)
    assert "Mossgrove" in done.stdout
    assert "{" not in done.stdout
    done = subprocess.run(
        ["script", "-qec", f"{words} --json", "/dev/null"], capture_output=True, text=True, check=True
    )
    assert '"Surname":"Mossgrove"' in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["school.studnets"], "path: studnets is not an endpoint (did you mean Students?)"),
        (
            ["Students", "yearGroup=3", "colour=red"],
            "yearGroup: is not a filter or option of Students (did you mean yearGroupId?)",
        ),
        (["Students", "--select", "Surnam"], "select: Surnam is not a column of Students (did you mean Surname?)"),
        (["Staff"], "Staff: needs the scope Staff / StaffLite (ask the school to grant it)"),
        (["Students", "--estab", "1"], "grant: none matches (`rollbook apps list` shows them)"),
        (["AttendanceForDateRange"], "AttendanceForDateRange: needs the scope Attendance"),
        (["TestError"], "This is a test. The endpoint always returns an error."),
    ],
)
def test_what_query_cannot_answer_it_says(granted: Path, words: list[str], message: str) -> None:
    assert message in refused("query", *words, "--data", granted)


# ---- import


def test_import_says_what_changed_and_where_to_ask(tmp_path: Path) -> None:
    roster = rosters.folder(tmp_path / "roster", rosters.roster())
    done = run("import", "oneroster-csv", roster, "--data", tmp_path / "data")
    told = json.loads(done.stdout)
    assert (done.returncode, told["applied"]) == (0, True)
    assert {"kind": "Student", "new": 12, "changed": 0, "gone": 0, "unchanged": 0} in told["kinds"]
    assert ("Alder School", "Heronsgate District") in [(s["school"], s["district"]) for s in told["schools"]]


def test_in_a_terminal_an_import_shows_a_table(tmp_path: Path) -> None:
    roster = rosters.folder(tmp_path / "roster", rosters.roster())
    text = words_of(terminal("import", "oneroster-csv", roster, "--data", tmp_path / "data").stdout)
    assert "What changed" in text
    assert "Student 12 0 0 0" in text
    assert re.search(r"Alder School \(Heronsgate District\)", text)


def test_a_dry_run_makes_nothing(tmp_path: Path) -> None:
    roster = rosters.folder(tmp_path / "roster", rosters.roster())
    done = run("import", "oneroster-csv", roster, "--dry-run", "--data", tmp_path / "data")
    assert (done.returncode, json.loads(done.stdout)["applied"]) == (0, False)
    assert not (tmp_path / "data").exists()


def test_a_first_import_that_fails_leaves_no_hub(tmp_path: Path) -> None:
    roster = rosters.folder(tmp_path / "roster", rosters.roster())
    (roster / "users.csv").write_text("sourcedId\n")
    assert run("import", "oneroster-csv", roster, "--data", tmp_path / "data").returncode == 1
    assert not (tmp_path / "data").exists()
    (tmp_path / "there").mkdir()
    assert run("import", "oneroster-csv", roster, "--data", tmp_path / "there").returncode == 1
    assert [*(tmp_path / "there").iterdir()] == []


def test_a_first_import_is_the_owners_alone_and_whole(tmp_path: Path) -> None:
    roster = rosters.folder(tmp_path / "roster", rosters.roster())
    said("import", "oneroster-csv", roster, "--data", tmp_path / "data")
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    again = json.loads(said("import", "oneroster-csv", roster, "--data", tmp_path / "data"))
    assert [k["new"] for k in again["kinds"] if k["kind"] == "Student"] == [0]
    assert not (tmp_path / "data" / "making").exists()


def test_a_missing_district_is_said_once(tmp_path: Path) -> None:
    records = tmp_path / "records"
    records.mkdir()
    (records / "school.csv").write_text("key,estab,name\n1,1001,Alder School\n")
    words = ["import", "records-csv", records, "--data", tmp_path / "data"]
    assert refused(*words) == "district: the records do not say which district they belong to (name it with --district)"
    assert refused(*words, "--dry-run").count("--district") == 1
    assert json.loads(said(*words, "--district", "Heronsgate"))["district"] == "Heronsgate"


def test_an_import_that_cannot_be_done_says_why(tmp_path: Path) -> None:
    roster = rosters.folder(tmp_path / "roster", rosters.roster())
    unknown = run("import", "oneroster-cvs", roster, "--data", tmp_path / "data")
    assert unknown.returncode == 1
    assert "connector: oneroster-cvs is not known (did you mean oneroster-csv?)" in " ".join(unknown.stderr.split())
    (roster / "users.csv").write_text("sourcedId\n")
    broken = run("import", "oneroster-csv", roster, "--data", tmp_path / "data")
    assert broken.returncode == 1
    assert "Traceback" not in broken.stderr
    assert broken.stderr.strip()


# ---- help and mistakes


def commands(group: Any = main, *path: str) -> Iterator[tuple[str, ...]]:
    """Every command, the groups among them."""
    yield path
    if isinstance(group, click.Group):
        within = click.Context(group)
        for name in group.list_commands(within):
            yield from commands(group.get_command(within, name), *path, name)


@pytest.mark.parametrize("path", list(commands()), ids=lambda path: " ".join(path) or "rollbook")
def test_every_command_has_its_help(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main, [*path, "--help"], obj=application, prog_name="rollbook")
    assert shown.exit_code == 0
    usage, _, rest = shown.output.partition("\n")
    assert usage.startswith(f"Usage: {' '.join(['rollbook', *path])}")
    assert len(rest.split("Options:")[0].strip()) > 15
    # Every option says what it is for.
    for line in rest.partition("Options:")[2].splitlines():
        assert not re.fullmatch(r"\s+--?[\w-]+( [A-Z]+)?\s*", line) or line.rstrip().endswith("]"), line


def test_the_whole_of_help_names_every_command() -> None:
    text = said("--help")
    for name in ("apps", "demo", "import", "query", "serve"):
        assert re.search(rf"^  {name} ", text, re.MULTILINE)
    assert said("--version").startswith("rollbook, version 0.")


@pytest.mark.parametrize(
    "words",
    [["dmeo"], ["apps", "grant", PARTY], ["apps", "people", PARTY, "1", "pets", "only"], ["demo", "--port", "many"]],
)
def test_a_mistyped_command_is_told_how_it_is_used(words: list[str]) -> None:
    assert "Usage: rollbook" in refused(*words, status=2)


def test_a_mistake_in_a_process_of_its_own_ends_it_with_one(tmp_path: Path) -> None:
    done = spawn("apps", "list", "--data", tmp_path / "nothing")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("data: ")


def test_a_file_that_is_not_a_store_is_named(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"this is not a database, but it is as long as one might be" * 100)
    told = f"{tmp_path / 'records.sqlite'}: is not a database (name another directory with --data)"
    assert refused("apps", "list", "--data", tmp_path) == told


def test_a_port_that_is_taken_is_named(granted: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for words in (["serve", "--data", granted], ["demo", "--data", tmp_path / "data"]):
            told = refused(*words, "--port", port, status=2)
            assert told.endswith(f"Error: Invalid value for --port: {port} is already in use. Choose another port.")
    # Nobody waits for schools to be invented that could not be served.
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["serve", "--port", "99999"], "--port"),
        (["serve", "--port", "-1"], "--port"),
        (["serve", "--workers", "0"], "--workers"),
        (["serve", "--rate-limit", "-5"], "--rate-limit"),
        (["serve", "--port", "0", "--host", "not a host"], "--host"),
        (["serve", "--port", "0", "--host", "203.0.113.7"], "--host"),
        (["demo", "--port", "65536"], "--port"),
        (["demo", "--size", "0"], "--size"),
        (["demo", "--size", "nan"], "--size"),
        (["demo", "--size", "inf"], "--size"),
        (["demo", "--schools", "2"], "--schools"),
        (["demo", "--schools", "301"], "--schools"),
        (["demo", "--today", "yesterday"], "--today"),
        (["import", "oneroster-csv", ".", "--max-shrink", "2"], "--max-shrink"),
        (["import", "oneroster-csv", ".", "--max-shrink", "-0.1"], "--max-shrink"),
        (["import", "oneroster-csv", "not there"], "PATH"),
        (["disclosures", "--take", "0"], "--take"),
        (["jobs", "--state", "lost"], "--state"),
        (["jobs", "again", "1", "--kind", "webhook"], "--kind"),
        (["apps", "key", PARTY, "soap"], "DIALECT"),
    ],
)
def test_a_wrong_value_names_its_option_on_one_line(granted: Path, words: list[str], option: str) -> None:
    done = run(*words, "--data", granted)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error:")]
    assert option in line


HEAVY = ("apsw", "asyncio", "httpx", "jinja2", "msgspec", "rich", "ssl", "uvicorn")
"""What a hub is made of. Each takes longer to import than help may take."""

LIGHT = {"rollbook", "rollbook.errors", "rollbook.scopes", "rollbook.settings", "rollbook.api", "rollbook.api.limits"}
"""What the commands may import of the hub before one is run."""


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["--help"], ""),
        (["apps", "--help"], ""),
        (["serve", "--help"], ""),
        (["demo", "--help"], ""),
        (["import", "--help"], ""),
        (["serve", "--port", "99999"], ""),
        ([], "rollbook "),
        ([], "rollbook apps gr"),
        ([], "rollbook demo --s"),
        ([], "rollbook research users "),
        ([], "rollbook query --"),
    ],
)
def test_help_and_completion_import_no_hub(words: list[str], completed: str) -> None:
    """Instead of taking the time, which depends on the machine: nothing is imported that takes long."""
    asked = {"COMP_WORDS": completed, "COMP_CWORD": str(len(completed.split(" ")) - 1)}
    code = "import runpy, sys\ntry: runpy.run_module('rollbook', run_name='__main__')\nfinally: print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env={**os.environ, **({"_ROLLBOOK_COMPLETE": "bash_complete", **asked} if completed else {})},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    *said, modules = done.stdout.splitlines()
    loaded = modules.split()
    assert said or "Error:" in done.stderr
    assert [name for name in HEAVY if name in loaded] == []
    ours = {name for name in loaded if name.split(".")[0] == "rollbook" and not name.startswith("rollbook.cli")}
    assert ours <= LIGHT


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("rollbook a", ["accounts", "apps", "agents", "agent"]),
        ("rollbook apps gr", ["grant"]),
        ("rollbook serve --po", ["--port"]),
        ("rollbook jobs --state de", ["dead"]),
        ("rollbook apps key app.example.org ed", ["edfi", "edlink"]),
    ],
)
def test_a_shell_completes_commands_options_and_values(typed: str, offered: list[str]) -> None:
    asked = {"_ROLLBOOK_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    assert spawn(env=asked).stdout.split() == [f"plain,{word}" for word in offered]


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    within = click.Context(main)
    for name, (_, summary) in cli.COMMANDS.items():
        command = main.get_command(within, name)
        assert command is not None
        assert (command.help or "").partition("\n\n")[0].replace("\n", " ").startswith(summary), name


# ---- the links that are printed


def test_a_link_leads_to_where_the_hub_is_served(granted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROLLBOOK_URL", raising=False)
    said("apps", "ask", PARTY, "Student", "--reason", "To greet students by name", "--data", granted)
    assert said("invites", "add", PARTY, THORNFIELD, "--data", granted).startswith("http://127.0.0.1:8000/authorise/")
    words = ["serve", "--port", "0", "--data", str(granted)]
    with subprocess.Popen([COMMAND, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        link = said("invites", "link", PARTY, THORNFIELD, "--data", granted)
        assert link.startswith(f"{address}/authorise/")
        with urllib.request.urlopen(link.strip()) as answer:
            assert answer.status == 200
        process.terminate()
    monkeypatch.setenv("ROLLBOOK_URL", "https://hub.example.org/")
    told = said("invites", "link", PARTY, THORNFIELD, "--data", granted)
    assert told.startswith("https://hub.example.org/authorise/")
