"""What an agent is not let do: without a credential, in another's place, and with what no school sends."""

from __future__ import annotations

import hashlib
import io
import shutil
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from rollbook.agent import Agent, Credential, Line, School
from rollbook.agent.line import Declined, read_credential
from rollbook.agent.program import GIVE_UP
from rollbook.connectors.records_csv import MIS_AGENT
from rollbook.errors import Malformed, Stop
from rollbook.store.sqlite import Store
from tests.looking import look

from .hub import THORNFIELD, Answer, Hub
from .school_agent import Beside
from .xporter.writer import Writer

TODAY = "2026-11-20"
SAGUARO = "Saguaro Unified School District"


@pytest.fixture(scope="module")
def folder(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Credential]:
    """A folder with a hub and a school that it has read, to be copied; and the agent's credential."""
    made = tmp_path_factory.mktemp("hostile")
    shutil.copytree(small_folder, made / "school")
    hub = Hub(made / "hub")
    hub.store.set("today", TODAY)
    beside = Beside(hub, made / "school")
    beside.read()
    beside.close()
    hub.close()
    return made, beside.credential


@pytest.fixture
def beside(folder: tuple[Path, Credential], tmp_path: Path) -> Iterator[Beside]:
    shutil.copytree(folder[0] / "school", tmp_path / "school")
    hub = Hub.copy(folder[0] / "hub", tmp_path / "hub")
    hub.now += 1
    one = Beside(hub, tmp_path / "school", folder[1])
    yield one
    one.close()
    hub.close()


def refused(answer: Answer) -> tuple[int, str]:
    """The status and the last part of the type of a problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= answer.json.keys()
    return answer.status, answer.json["type"].rpartition(":")[2]


def order(beside: Beside, mark: str = "L") -> str:
    """A write-back that waits for the school's agent."""
    said = {"StudentId": "9919", "MarkType": "S", "Date": TODAY, "Session": "AM", "Mark": mark}
    callback = {"Url": "https://app.example.org/done"}
    answer = Writer(beside.hub).write(f"AttendanceAsync/{THORNFIELD}", {"Marks": [said], "Callback": callback})
    beside.hub.work()
    return answer["TrackingId"]


# ---- who calls


def test_without_a_credential_nobody_is_let_in(beside: Beside) -> None:
    assert refused(beside.hub.ask("POST", "/agent/v1/next")) == (401, "not-signed-in")
    wrong = Credential(beside.credential.key, "ae9b3ddd-2b9b-4f2c-9e09-0a0e1e4d2f10")
    for shown in (wrong, Credential("nobody", wrong.secret), Credential("", "")):
        assert refused(beside.ask("hello", credential=shown)) == (401, "not-signed-in")


def test_a_revoked_credential_ends_the_agent_and_the_hub_answers_from_what_it_has(beside: Beside) -> None:
    tracking = order(beside)
    beside.hub.desk.agents.revoke(beside.hub.desk.agents.named("larkspur"))
    with pytest.raises(Stop, match="not-signed-in"):
        beside.run()
    assert Writer(beside.hub).read("Students?pagesize=1")["Students"]
    beside.hub.now += 3600
    beside.hub.work()
    assert Writer(beside.hub).outcome(tracking) == "unreached"


def test_a_new_secret_lets_the_agent_in_again(beside: Beside) -> None:
    tracking = order(beside)
    agent = beside.hub.desk.agents.named("larkspur")
    beside.credential = Credential(agent.key, beside.hub.desk.agents.new_secret(agent))
    beside.read()
    beside.run()
    assert Writer(beside.hub).outcome(tracking) == "done"


def test_a_secret_does_not_travel_in_the_clear(beside: Beside) -> None:
    basic = beside.line().headers["Authorization"]
    answer = beside.hub.ask("POST", "/agent/v1/hello", None, b"{}", authorization=basic, host="hub.example.org")
    assert refused(answer) == (403, "insecure")
    with pytest.raises(Malformed, match="is not https"):
        Line("http://hub.example.org", beside.credential)


def test_only_the_run_that_spoke_up_last_is_heard(beside: Beside) -> None:
    beside.hello("first")
    beside.hello("second")
    assert refused(beside.ask("next", run="first", wait=0)) == (409, "superseded")
    assert beside.ask("next", run="second", wait=0).status == 200


def test_another_data_directory_is_not_taken_for_the_schools(beside: Beside) -> None:
    assert refused(beside.hello(store="elsewhere/1")) == (409, "bound-elsewhere")
    assert "bound-elsewhere" in GIVE_UP


def test_an_agent_that_speaks_no_known_version_is_told_which_there_are(beside: Beside) -> None:
    answer = beside.hello(protocols=[7, 8])
    assert refused(answer) == (422, "no-common-version")
    assert "the hub speaks 1" in answer.json["detail"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"run": 1}', b'{"run": "r"}', b"\xff", b"[" * 100_000])
def test_what_is_no_body_is_a_problem(beside: Beside, body: bytes) -> None:
    basic = beside.line().headers["Authorization"]
    for path in ("hello", "done"):
        assert refused(beside.hub.ask("POST", f"/agent/v1/{path}", None, body, authorization=basic))[0] == 422


# ---- whose it is


@pytest.fixture
def other(beside: Beside, folder: tuple[Path, Credential], tmp_path: Path) -> Iterator[Beside]:
    """The agent of another district at the same hub."""
    shutil.copytree(folder[0] / "school", tmp_path / "other")
    one = Beside(beside.hub, tmp_path / "other", name="saguaro", district=_other_district(tmp_path / "other"))
    one.read()
    yield one
    one.close()


def _other_district(folder: Path) -> str:
    with Store(folder) as store:
        return look(store, "SELECT name FROM district ORDER BY district DESC LIMIT 1").get


def test_two_agents_see_nothing_of_each_other(beside: Beside, other: Beside) -> None:
    tracking = order(beside)
    other.hello()
    assert other.next() is None
    assert refused(other.ask("done", run="r", task=tracking, outcome={"state": "done"})) == (404, "not-found")
    basic = other.line().headers["Authorization"]
    part = other.hub.ask("PUT", f"/agent/v1/records/{tracking}?run=r&offset=0", None, b"x", authorization=basic)
    assert refused(part) == (404, "not-found")
    desk = beside.hub.desk
    mine, theirs = desk.agents.schools(desk.agents.named("larkspur")), desk.agents.schools(desk.agents.named("saguaro"))
    assert mine.keys().isdisjoint(theirs)
    assert mine
    assert theirs


def test_an_agent_cannot_change_what_another_brought(beside: Beside, other: Beside) -> None:
    hub = beside.hub
    before = look(hub.store, "SELECT count(*), max(seq) FROM student WHERE district = 1").get
    hub.desk.agents.named("saguaro")
    theirs = look(beside.store, "SELECT id FROM student WHERE mis_id = '9919'").get
    position = hub.desk.agents.named("saguaro").position
    assert position is not None
    other.hello()
    hub.now += 25 * 3600
    Writer(hub, _estab(hub, "saguaro")).read("Students?pagesize=1")
    hub.work()
    task = other.next()
    assert task is not None
    gone = {"since": position, "to": position + 1, "files": {}, "gone": {"student": [theirs]}}
    assert other.ask("done", run="r", task=task["id"], changes=gone).status == 200
    assert look(hub.store, "SELECT count(*), max(seq) FROM student WHERE district = 1").get == before


def _estab(hub: Hub, name: str) -> str:
    schools = hub.desk.agents.schools(hub.desk.agents.named(name))
    return next(estab for _, school, estab, _, _ in hub.desk.schools.all() if school in schools)


def test_no_school_takes_the_number_of_another(beside: Beside, other: Beside) -> None:
    with other.store.write(other.school.district) as batch:
        school = look(other.store, "SELECT id FROM school WHERE district = ?", (batch.district,)).get
        batch.connection.execute(
            "UPDATE school SET estab = ?, seq = 900000000 WHERE district = ? AND id = ?",
            (THORNFIELD, batch.district, school if isinstance(school, str) else school[0][0]),
        )
    beside.hub.desk.agents.unread(beside.hub.desk.agents.named("saguaro"))
    other.read()
    found = [name for _, _, estab, name, _ in beside.hub.desk.schools.all() if estab == THORNFIELD]
    assert found == ["Thornfield Academy"]


# ---- what is sent


def bundle(files: dict[str, bytes]) -> bytes:
    """A ZIP."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


DISTRICT = b"key,name\nd,Larkspur\n"
HOSTILE = {
    "not a zip": b"these are no records",
    "nothing": bundle({}),
    "a bomb": bundle({"district.csv": DISTRICT, "mark.csv": b"\n" * (2 << 20)}),
    "ways out": bundle({"../../district.csv": DISTRICT, "/etc/rollbook.csv": b"key\n", "..\\..\\school.csv": b"key\n"}),
    "no district": bundle({"school.csv": b"key,estab,name\ns,9994001,Thornfield\n"}),
    "other keys": bundle({"district.csv": DISTRICT, "student.csv": b"key,school,person\n1,elsewhere,elsewhere\n"}),
    "columns": bundle({"district.csv": b"key,name,secret\nd,Larkspur,x\n"}),
    "no text": bundle({"district.csv": b"key,name\nd,\xff\xfe\n"}),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_no_school_sends_is_refused_and_nothing_has_changed(
    beside: Beside, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A bomb of the true size would take the tests' own memory.
    monkeypatch.setattr(MIS_AGENT, "most", 1 << 20)
    hub, data = beside.hub, HOSTILE[what]
    before = look(hub.store, "SELECT max(seq) FROM clock").get
    hub.desk.agents.unread(hub.desk.agents.named("larkspur"))
    beside.hello()
    task = beside.next()
    assert task is not None
    basic = beside.line().headers["Authorization"]
    part = hub.ask("PUT", f"/agent/v1/records/{task['id']}?run=r&offset=0", None, data, authorization=basic)
    assert part.json == {"size": len(data)}
    upload: dict[str, Any] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "to": 1}
    assert beside.ask("done", run="r", task=task["id"], upload=upload).status == 200
    hub.work()
    assert look(hub.store, "SELECT max(seq) FROM clock").get == before
    assert hub.desk.agents.named("larkspur").position is None
    assert [p.name for p in (hub.store.folder / "uploads").iterdir()] == []
    # It is not asked for again at once, and what was wrong is there for the school to see.
    assert beside.next() is None
    assert look(hub.store, "SELECT count(*) FROM refusal").get > 0


def test_a_file_is_added_to_at_its_end_only_and_must_be_what_was_sent(beside: Beside) -> None:
    hub = beside.hub
    hub.desk.agents.unread(hub.desk.agents.named("larkspur"))
    beside.hello()
    task = beside.next()
    assert task is not None
    basic = beside.line().headers["Authorization"]

    def put(query: str, part: bytes = b"half") -> Answer:
        return hub.ask("PUT", f"/agent/v1/records/{task['id']}?run=r&{query}", None, part, authorization=basic)

    assert put("offset=0").json == {"size": 4}
    assert (refused(put("offset=2")), put("offset=2").json["size"]) == ((409, "wrong-offset"), 4)
    assert put("offset=4").json == {"size": 8}
    assert refused(put("offset=1000000000000")) == (422, "malformed")
    assert refused(put("offset=-1")) == (422, "malformed")
    assert refused(put("offset=999999999999"))[0] in (409, 413)
    wrong = {"size": 8, "sha256": "0" * 64, "to": 1}
    assert refused(beside.ask("done", run="r", task=task["id"], upload=wrong)) == (422, "malformed")
    for path in ("../../records.sqlite", "%2e%2e%2fhub.key", "x"):
        answer = hub.ask("PUT", f"/agent/v1/records/{path}?run=r&offset=0", None, b"x", authorization=basic)
        assert refused(answer)[0] == 404


def test_changes_that_make_no_sense_keep_nothing_of_the_answer(beside: Beside) -> None:
    tracking = order(beside)
    beside.hello()
    task = beside.next()
    assert task is not None
    for files, gone in (
        ({"pets.csv": "key\n"}, {}),
        ({"mark.csv": 'key\n"'}, {}),
        ({}, {"sqlite_master": ["x"]}),
        ({}, {"source_row; DROP TABLE mark": ["x"]}),
    ):
        changes = {"since": task["since"], "to": task["since"] + 1, "files": files, "gone": gone}
        answer = beside.ask("done", run="r", task=task["id"], outcome={"state": "done"}, changes=changes)
        assert refused(answer) == (422, "malformed"), files
        assert Writer(beside.hub).outcome(tracking) is None
    behind = {"since": task["since"] + 5, "to": task["since"] + 6}
    answer = beside.ask("done", run="r", task=task["id"], outcome={"state": "done"}, changes=behind)
    assert (refused(answer), answer.json["position"]) == ((409, "behind"), task["since"])
    beside.run()
    assert Writer(beside.hub).outcome(tracking) == "done"


def test_a_row_that_refers_to_nothing_is_set_aside_and_the_answer_is_kept(beside: Beside) -> None:
    tracking = order(beside)
    beside.hello()
    task = beside.next()
    assert task is not None
    files = {"mark.csv": "key,school\nx,elsewhere\n"}
    changes = {"since": task["since"], "to": task["since"] + 1, "files": files, "gone": {}}
    answer = beside.ask("done", run="r", task=task["id"], outcome={"state": "done"}, changes=changes)
    assert (answer.status, Writer(beside.hub).outcome(tracking)) == (200, "done")
    assert look(beside.hub.store, "SELECT count(*) FROM source_row WHERE kind = 'Mark' AND key = 'x'").get == 0
    district, source = look(beside.hub.store, "SELECT district, source FROM school_agent").fetchall()[0]
    with beside.hub.store.lend() as kept:
        assert [(one.kind, one.key) for one in kept.asides.of_source(district, source)] == [("Mark", "x")]


# ---- the hub's certificate


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for the loopback address that no authority vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "hub.pem"
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*made.split(), "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


def test_a_hub_whose_certificate_nobody_vouches_for_gets_no_secret(certificate: Path, beside: Beside) -> None:
    heard: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.headers["Authorization"])
            self.send_response(403)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        hub = f"https://127.0.0.1:{server.server_port}"
        with pytest.raises(Stop, match="this machine does not trust the certificate"):
            Agent(beside.school, Line(hub, beside.credential)).run()
        assert heard == []
        with pytest.raises(Declined):
            Line(hub, beside.credential, Path(f"{certificate}.crt")).post("hello", {})
        assert heard == [beside.line().headers["Authorization"]]
    finally:
        server.shutdown()
        server.server_close()


def test_a_credential_file_says_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "credential"
    file.write_text("key: 123\n")
    with pytest.raises(Malformed, match="has no line that starts with secret:"):
        read_credential(file)


def test_a_district_must_be_named_where_there_are_several(small_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(small_folder, tmp_path / "several")
    with Store(tmp_path / "several") as store, pytest.raises(Exception, match="does not identify one district"):
        School(store)
