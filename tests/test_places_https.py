"""Files on a web server: whole or not at all, gone on with where they were cut, and not fetched again for nothing."""

from __future__ import annotations

import base64
import datetime
import io
import ipaddress
import ssl
import threading
import zipfile
from collections.abc import Iterator
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed, RollbookError, Unavailable
from rollbook.ingest import import_roster
from rollbook.ingest.places import Address, Fetched, fetch, https, whole_path
from rollbook.ingest.places.choosing import Entry, choose, members
from rollbook.ingest.rows import Reading, Request
from rollbook.store.sqlite import Store

from . import rosters
from .services import Asked, Reply, serving


def packed(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


ROSTER = packed({"person.csv": "key,surname\n1,Nettlebed\n" * 200})


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(https.time, "sleep", lambda _: None)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reading"
    made.mkdir()
    return made


def get(address: str, folder: Path, known: bytes = b"", **settings: str) -> Fetched:
    return fetch(address, Reading(Path(), settings, folder=folder), known)


def wrong(kind: type[RollbookError], reply: Reply, folder: Path) -> str:
    with serving(lambda _: reply) as served, pytest.raises(kind) as raised:
        get(f"{served.address}/roster.zip?key=secret", folder)
    assert "secret" not in str(raised.value)
    return str(raised.value)


def test_a_zip_is_fetched_with_the_credentials_that_are_given(folder: Path) -> None:
    with serving(lambda _: Reply(ROSTER, headers={"ETag": '"1"'})) as served:
        basic = get(f"{served.address}/roster.zip", folder, user="hub", password="p:w")
        token = get(f"{served.address}/roster.zip", folder, token="t")
    assert basic.path.read_bytes() == token.path.read_bytes() == ROSTER
    assert basic.mark == b'"1"'
    said = base64.b64encode(b"hub:p:w").decode()
    assert [one.headers["authorization"] for one in served.asked] == [f"Basic {said}", "Bearer t"]


def test_a_file_that_was_cut_is_gone_on_with(folder: Path) -> None:
    def answers(asked: Asked) -> Reply:
        headers = {"ETag": '"1"', "Content-Type": "application/zip"}
        if "range" not in asked.headers:
            return Reply(ROSTER, headers=headers, cut=100)
        at = int(asked.headers["range"].removeprefix("bytes=").rstrip("-"))
        assert asked.headers["if-range"] == '"1"'
        said = {"Content-Range": f"bytes {at}-{len(ROSTER) - 1}/{len(ROSTER)}"}
        return Reply(ROSTER[at:], 206, {**headers, **said})

    noted: list[Request] = []
    with serving(answers) as served:
        found = fetch(f"{served.address}/roster.zip?key=s", Reading(Path(), {}, folder=folder, note=noted.append))
    assert found.path.read_bytes() == ROSTER
    assert [(one.status, bool(one.error)) for one in noted] == [(200, True), (206, False)]
    assert all("key" not in one.address for one in noted)


def test_what_changed_meanwhile_is_fetched_from_its_beginning(folder: Path) -> None:
    other = packed({"person.csv": "key\n2\n"})
    replies = iter([Reply(ROSTER, headers={"ETag": '"1"'}, cut=100), Reply(other, headers={"ETag": '"2"'})])
    with serving(lambda _: next(replies)) as served:
        found = get(f"{served.address}/roster.zip", folder)
    assert (found.path.read_bytes(), found.mark) == (other, b'"2"')


def test_what_is_no_whole_zip_is_refused(folder: Path) -> None:
    assert "the end of the ZIP is missing" in wrong(Unavailable, Reply(ROSTER[:-40]), folder)
    assert "is a web page" in wrong(Malformed, Reply(b"\n<!DOCTYPE html><html>Sign in"), folder)
    assert "broke off" in wrong(Unavailable, Reply(ROSTER, cut=9), folder)
    assert "does not accept the credentials" in wrong(Malformed, Reply(b"", 401), folder)
    assert "answered with 503" in wrong(Unavailable, Reply(b"", 503), folder)
    assert "leads to another host" in wrong(Malformed, Reply(b"", 302, {"Location": "https://elsewhere/x"}), folder)


def test_what_is_too_large_is_not_fetched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(https.Incoming.__init__, "__defaults__", (100,))
    assert "the limit is 100" in wrong(Malformed, Reply(ROSTER), folder)


def test_what_is_no_address_of_files_is_refused() -> None:
    for address, what in {
        "http://host/file.zip": "is not https",
        "ftp://host/file.zip": "is not an address that files can be fetched from",
        "sftp://hub:word@host/out": "holds a password",
        "sftp://host/out": "does not say as which user",
        "https://hub@host/x.zip": "holds a user",
        "sftp://hub@host:99999/out": "is not an address",
    }.items():
        with pytest.raises(Malformed, match=what):
            whole_path(address)
    assert Address.of("sftp://a%40b@host/~/out").user == "a@b"
    assert Address.of("sftp://a@host/~/out").path == "out"
    assert whole_path("some/folder") == str(Path("some/folder").resolve())


def test_an_unchanged_file_is_not_fetched_again(tmp_path: Path) -> None:
    roster = rosters.folder(tmp_path / "roster", rosters.roster())
    content = packed({one.name: one.read_text() for one in roster.iterdir()})

    def answers(asked: Asked) -> Reply:
        same = asked.headers.get("if-none-match") == '"1"'
        return Reply(b"", 304, {"ETag": '"1"'}) if same else Reply(content, headers={"ETag": '"1"'})

    with Store(tmp_path / "hub") as store, serving(answers) as served:
        number = store.new_district({"name": "Heronsgate District"})
        connector, address = CONNECTORS["oneroster-csv"], f"{served.address}/roster.zip"
        first = import_roster(store, connector, address, district=number, name="sis")
        again = import_roster(store, connector, address, district=number, name="sis")
        assert (first.moved, again.moved, again.kinds) == (True, False, {})
        assert again.notes == ("127.0.0.1/roster.zip is as it was when it was last read",)
        assert len(store.kept.feeds.runs(number, "sis", 9)) == 2
        dry = import_roster(store, connector, address, district=number, name="sis", dry_run=True)
        assert dry.kinds
    assert [one.headers.get("if-none-match") for one in served.asked] == [None, '"1"', None]


# ---- certificates


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of an authority that nobody knows, for 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A school's own")])
    began = datetime.datetime.now(datetime.UTC).replace(tzinfo=None) - datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), began)
        .not_valid_after(began + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("chain") / "chain.pem"
    form = serialization.PrivateFormat.TraditionalOpenSSL
    written = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + written)
    return path


@pytest.fixture
def secured(chain: Path) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(ROSTER)))
            self.end_headers()
            self.wfile.write(ROSTER)

        def log_message(self, format: str, *args: object) -> None:
            """A test's own log is enough."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}/roster.zip"
    server.shutdown()
    server.server_close()


def test_a_certificate_is_checked_and_an_authority_can_be_added(secured: str, chain: Path, folder: Path) -> None:
    with pytest.raises(Unavailable, match="certificate"):
        get(secured, folder)
    assert get(secured, folder, certificates=str(chain)).path.read_bytes() == ROSTER


# ---- which files of a folder


def test_the_set_that_is_taken_of_a_folder_is_the_one_that_is_plain() -> None:
    def zips(*names: str) -> list[Entry]:
        return [Entry(name, 1, 1) for name in names]

    def taken(*entries: Entry) -> str | None:
        found = choose("out", entries)
        return found.name if found else None

    assert taken(*zips("a.zip", "readme.pdf")) == "a.zip"
    assert taken(*zips("r_20261129.zip", "r_20261130.zip", "r_20251231.zip")) == "r_20261130.zip"
    assert taken(*zips("r-2026-11-30T0100.zip", "r-2026-11-30T2300.zip")) == "r-2026-11-30T2300.zip"
    assert taken(*zips("users.csv"), Entry("old", 0, 1, True)) is None
    for names, said in {
        ("a.zip", "b.zip"): "do not tell which is the newest",
        ("r_20261130.zip", "staff_20261130.zip"): "do not tell which is the newest",
        ("r_20261130.zip", "r.zip"): "do not tell which is the newest",
        ("a.zip", "users.csv"): "holds ZIPs and files beside them",
        ("notes.pdf",): "holds no files with records",
    }.items():
        with pytest.raises(Malformed, match=said):
            choose("out", zips(*names))
    with pytest.raises(Unavailable, match="still being written"):
        members("out", zips("users.csv", "orgs.csv.filepart"))
