"""What is given to those who run a hub is tried: units by systemd's own check, proxies' examples by theirs."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from rollbook.settings import EVERY

from .hub import Hub
from .ports import free_port

DEPLOY = Path(__file__).parent.parent / "deploy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CADDY = shutil.which("caddy")
ANALYZE = shutil.which("systemd-analyze")
CI = os.environ.get("CI")
"""Where nothing is skipped: what is missing is a failure there."""


def test_what_is_deployed_says_only_settings_that_there_are():
    known = {name for one in EVERY for name in ((one.name, one.file) if one.secret else (one.name,))}
    for path in DEPLOY.iterdir():
        assert set(re.findall(r"ROLLBOOK_[A-Z_]+[A-Z]", path.read_text())) <= known, path.name


@pytest.mark.skipif(ANALYZE is None and not CI, reason="systemd-analyze is not installed (Debian: systemd)")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path):
    for path in DEPLOY.glob("rollbook*"):
        # The check wants the programs to be there, and knows users only of this machine.
        text = path.read_text().replace("/opt/rollbook/bin/rollbook", sys.executable)
        (tmp_path / path.name).write_text(re.sub(r"(?m)^(User|Group)=.*$", "", text))
    done = subprocess.run(
        [str(ANALYZE), "verify", "--man=no", *map(str, sorted(tmp_path.glob("rollbook*")))],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if "rollbook" in line]
    assert (done.returncode, said) == (0, [])


@pytest.mark.files
@pytest.mark.skipif(NGINX is None and not CI, reason="nginx is not installed (Debian: nginx)")
@pytest.mark.slow
def test_a_hub_behind_nginx_is_reached_over_tls(served: int, tmp_path: Path):
    shown = free_port()
    with Ending(nginx(tmp_path, served, shown)):
        reached(f"https://127.0.0.1:{shown}")


@pytest.mark.files
@pytest.mark.skipif(CADDY is None and not CI, reason="Caddy is not installed (Debian: caddy)")
@pytest.mark.slow
def test_a_hub_behind_caddy_is_reached_over_tls(served: int, tmp_path: Path):
    shown = free_port()
    with Ending(caddy(tmp_path, served, shown), XDG_DATA_HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path)):
        reached(f"https://127.0.0.1:{shown}")


@pytest.fixture(scope="module")
def served(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a hub whose socket was handed over, as systemd does."""
    folder = tmp_path_factory.mktemp("deploying")
    Hub.copy(small_folder, folder / "hub").close()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-c", HANDING, str(listening.fileno()), "serve", "--data", str(folder / "hub")]
        with Ending(command, passed=listening.fileno()):
            yield listening.getsockname()[1]


HANDING = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, "-m", "rollbook", *sys.argv[2:]])
"""
"""What systemd does before it runs a program: the socket is file 3, and the program is told that it is its own."""


def reached(address: str) -> None:
    """See that a hub is behind an address, what only it is to tell is not, and that links lead back there."""
    assert json.loads(asked(f"{address}/healthz")[2]) == {"status": "ok"}
    assert asked(f"{address}/metrics")[0] == 404
    _, headers, body = asked(f"{address}/edfi", x_request_id="a-trace-of-the-client", x_forwarded_proto="http")
    assert headers["x-request-id"] == "a-trace-of-the-client"
    assert f"{address}/edfi/" in body.decode()


class Ending:
    """A process that is ended with the block."""

    def __init__(self, command: list[str], passed: int | None = None, **more: str) -> None:
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **more},
            pass_fds=() if passed is None else (passed,),
        )  # fmt: skip

    def __enter__(self) -> Ending:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)


def nginx(folder: Path, own: int, shown: int) -> list[str]:
    """The command that runs nginx with the example, at other ports and with a certificate of its own."""
    certified(folder)
    text = changed(
        (DEPLOY / "nginx.conf").read_text(),
        ("    listen [::]:443 ssl;\n", ""),
        ("listen 443 ssl", f"listen 127.0.0.1:{shown} ssl"),
        ("127.0.0.1:8000", f"127.0.0.1:{own}"),
        ("/etc/ssl/certs/hub.example.org.pem", str(folder / "pem")),
        ("/etc/ssl/private/hub.example.org.key", str(folder / "key")),
    )
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"daemon off;\npid {folder}/pid;\nerror_log {folder}/errors;\nevents {{}}\nhttp {{\n{places}{text}}}\n"
    (folder / "nginx.conf").write_text(whole)
    return [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, own: int, shown: int) -> list[str]:
    """The command that runs Caddy with the example, likewise."""
    certified(folder)
    text = changed(
        (DEPLOY / "Caddyfile").read_text(),
        ("hub.example.org {", f"https://127.0.0.1:{shown} {{\n\ttls {folder}/pem {folder}/key"),
        ("127.0.0.1:8000", f"127.0.0.1:{own}"),
    )
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{text}")
    return [str(CADDY), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def certified(folder: Path) -> None:
    """Make a key and its own certificate."""
    names = ["-keyout", str(folder / "key"), "-out", str(folder / "pem"), "-subj", "/CN=hub.example.org"]
    making = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names]
    subprocess.run(making, check=True, capture_output=True, timeout=60)


def changed(text: str, *changes: tuple[str, str]) -> str:
    """An example with parts of it in the place of others, which are there."""
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text


def asked(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """An answer, as soon as there is somebody to give one."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    request = Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with closing(urlopen(request, timeout=60, context=trusting)) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except HTTPError as error:
            if error.code != 502:
                return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"nobody answers at {url}")
