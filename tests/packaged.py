"""Try an installed package, `python -m tests.packaged FOLDER/bin/rollbook`: its demo answers, nothing is missing."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen


def tried(program: str) -> None:
    """Start the demo of a program somewhere else, and ask it for a pupil, a page and the documentation."""
    with tempfile.TemporaryDirectory(prefix="rollbook-") as folder:
        command = [program, "demo", "--data", f"{folder}/demo", "--size", "0.01", "--port", "0", "--json"]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as serving:
            assert serving.stdout is not None
            try:
                answers(json.loads(serving.stdout.readline()))
            finally:
                serving.terminate()


def answers(demo: dict[str, Any]) -> None:
    """See that a demo answers."""
    url, given = demo["url"], demo["xporter"]
    secret = {"estab": given["estab"], "relyingParty": given["relyingParty"], "password": given["schoolSecret"]}
    token = json.loads(asked(f"{url}/api/oauth/GetToken", json.dumps(secret).encode()))["token"]
    read = asked(f"{url}/api/v1/School/9994001/Students/9919?select=DisplayName", Authorization=f"Idaas {token}")
    assert json.loads(read)["Students"] == [{"DisplayName": "Graham Mossgrove"}], read
    assert "<h1>Rollbook</h1>" in asked(f"{url}/")
    assert "For app developers" in asked(f"{url}/docs/"), "the package has no documentation"


def asked(url: str, body: bytes | None = None, **headers: str) -> str:
    """The text of an answer."""
    with urlopen(Request(url, body, {"Content-Type": "application/json", **headers}), timeout=60) as answer:
        return answer.read().decode()


if __name__ == "__main__":
    tried(str(Path(sys.argv[1]).absolute()))
