"""Real clients, each in the environment that `make clients` made for it, and the demo that they are pointed at."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ..test_server import COMMAND, Served

HERE = Path(__file__).parent
PLACE = HERE.parent.parent / ".clients"
PATIENCE = 120.0
"""Seconds after which a client is given up; lightbeam waits for minutes when a server fails."""


@dataclass(frozen=True)
class Ran:
    """How a client's run ended, and what it wrote."""

    code: int
    out: str
    log: str


@dataclass(frozen=True)
class Client:
    """A published client in an environment of its own, with an empty home, so that nothing kept by a person is used."""

    environment: Path
    home: Path

    def run(self, *words: str | Path, folder: Path | None = None, env: Mapping[str, str] | None = None) -> Ran:
        """Run a command of the environment, or of the machine, with nothing of ours around it."""
        process = self.start(*words, folder=folder, env=env)
        try:
            out, log = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        return Ran(process.returncode, out, log)

    def start(
        self, *words: str | Path, folder: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Begin to run a command, and do not wait for its end."""
        inside = self.environment / "bin"
        command = [inside / words[0] if (inside / words[0]).exists() else words[0], *words[1:]]
        around = {
            "PATH": f"{inside}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "PYTHONWARNINGS": "ignore",
            "PYTHONUNBUFFERED": "1",
            **(env or {}),
        }
        out = subprocess.PIPE
        return subprocess.Popen(
            list(map(str, command)), env=around, cwd=folder or self.home, stdout=out, stderr=out, text=True
        )

    def ask(self, program: str, script: Path, step: str, env: Mapping[str, str] | None = None, **given: Any) -> Any:
        """What a step of a script answers: JSON in, JSON out."""
        around = {"NODE_PATH": str(self.environment / "node_modules"), **(env or {})}
        ran = self.run(program, script, step, json.dumps(given), env=around)
        assert ran.code == 0, f"{script.name} {step} failed:\n{ran.log}"
        return json.loads(ran.out)


class Demo(Served):
    """A running demo, and its operator's command."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.data = data

    def operate(self, *words: str) -> dict[str, str]:
        """What `rollbook` prints, as names and values."""
        command = [*map(str, (COMMAND, *words, "--data", self.data))]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return dict(line.split(": ", 1) for line in printed.splitlines() if ": " in line)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A running demo; tests that write use records of their own."""
    served = Demo(tmp_path_factory.mktemp("served") / "data")
    with served:
        yield served


def client(name: str, pins: str, home: Path) -> Client:
    """The client made from a file of pinned versions; without it the test is skipped, which CI does not accept."""
    environment, wanted = PLACE / name, (HERE / pins).read_text()
    ready = environment / "ready"
    if not ready.exists() or ready.read_text() != wanted:
        refuse(f"the client {name!r} {'is not there' if not ready.exists() else 'is an old one'}: {remedy(pins)}")
    return Client(environment, home)


def remedy(pins: str) -> str:
    """What a person can do to have the client."""
    if pins.endswith(".json") and not shutil.which("npm"):
        return "npm is missing; install Node.js and npm ('apt-get install nodejs npm'), then run 'make clients'"
    return "run 'make clients', which tells what stands in its way"


def refuse(reason: str) -> None:
    """Skip, loudly; in CI fail."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def edfi(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """edfi-api-client and lightbeam."""
    return client("edfi", "edfi.txt", tmp_path_factory.mktemp("edfi"))


@pytest.fixture(scope="session")
def brainstem(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """brainstem_python_api_tools of today."""
    return client("brainstem", "brainstem.txt", tmp_path_factory.mktemp("brainstem"))


@pytest.fixture(scope="session")
def old_brainstem(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """brainstem_python_api_tools of before."""
    return client("brainstem-old", "brainstem-old.txt", tmp_path_factory.mktemp("brainstem-old"))


@pytest.fixture(scope="session")
def oneroster(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """The two clients of OneRoster 1.1."""
    return client("oneroster", "oneroster.txt", tmp_path_factory.mktemp("oneroster"))


@pytest.fixture(scope="session")
def edlink(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """@edlink/typescript."""
    return client("edlink", "edlink/package.json", tmp_path_factory.mktemp("edlink"))


@pytest.fixture(scope="session")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """openapi-python-client."""
    return client("openapi", "openapi.txt", tmp_path_factory.mktemp("openapi"))


@pytest.fixture(scope="session")
def openapi_ts(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """openapi-typescript, and TypeScript's compiler."""
    return client("openapi-ts", "openapi-ts/package.json", tmp_path_factory.mktemp("openapi-ts"))


@pytest.fixture(scope="session")
def oidc(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """oidc-provider."""
    return client("oidc", "oidc/package.json", tmp_path_factory.mktemp("oidc"))
