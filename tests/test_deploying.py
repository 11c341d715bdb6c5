"""What is given to those who run a hub is tried: units by systemd's own check, the proxy's example by nginx."""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
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


@pytest.mark.slow
@pytest.mark.files
@pytest.mark.skipif(NGINX is None and not CI, reason="nginx is not installed (Debian: nginx)")
def test_a_hub_behind_nginx_is_reached_over_tls(small_folder: Path, tmp_path: Path):
    Hub.copy(small_folder, tmp_path / "hub").close()
    own, shown = free_port(), free_port()
    serving = [Path(sys.executable).with_name("rollbook"), "serve", "--data", tmp_path / "hub", "--port", own]
    with Ending([str(word) for word in serving]), Ending(nginx(tmp_path, own, shown)):
        address = f"https://127.0.0.1:{shown}"
        assert json.loads(asked(f"{address}/healthz")[2]) == {"status": "ok"}
        assert asked(f"{address}/metrics")[0] == 404
        _, headers, body = asked(f"{address}/edfi", x_request_id="a-trace-of-the-client", x_forwarded_proto="http")
        assert headers["x-request-id"] == "a-trace-of-the-client"
        # Links lead where the client came from.
        assert f"{address}/edfi/" in body.decode()


class Ending:
    """A process that is ended with the block."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Ending:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)


def nginx(folder: Path, own: int, shown: int) -> list[str]:
    """The command that runs nginx with the example, at other ports and with a certificate of its own."""
    names = ["-keyout", str(folder / "key"), "-out", str(folder / "pem"), "-subj", "/CN=hub.example.org"]
    making = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names]
    subprocess.run(making, check=True, capture_output=True, timeout=60)
    text = (DEPLOY / "nginx.conf").read_text()
    for before, after in (
        ("    listen [::]:443 ssl;\n", ""),
        ("listen 443 ssl", f"listen 127.0.0.1:{shown} ssl"),
        ("127.0.0.1:8000", f"127.0.0.1:{own}"),
        ("/etc/ssl/certs/hub.example.org.pem", str(folder / "pem")),
        ("/etc/ssl/private/hub.example.org.key", str(folder / "key")),
    ):
        assert before in text
        text = text.replace(before, after)
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"daemon off;\npid {folder}/pid;\nerror_log {folder}/errors;\nevents {{}}\nhttp {{\n{places}{text}}}\n"
    (folder / "nginx.conf").write_text(whole)
    return [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def asked(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """An answer, as soon as there is somebody to give one."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    request = Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    for _ in range(300):
        try:
            with closing(urlopen(request, timeout=30, context=trusting)) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except HTTPError as error:
            if error.code != 502:
                return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"nobody answers at {url}")
