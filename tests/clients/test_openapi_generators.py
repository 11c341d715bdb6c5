"""The Xporter document is taken whole by generators of clients as they are published, and a generated client works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import HERE, Client, Demo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def document(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document, as the demo serves it."""
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_text(json.dumps(demo.ask("/api/v1/openapi.json")))
    return path


@pytest.fixture(scope="module")
def made(openapi: Client, document: Path) -> Path:
    """The folder of a generated Python client; whatever the generator had to leave out fails here."""
    folder = document.parent / "made"
    words = ["generate", "--path", document, "--output-path", folder, "--meta", "none", "--fail-on-warning"]
    ran = openapi.run("openapi-python-client", *words)
    assert ran.code == 0, ran.out + ran.log
    return folder


def test_openapi_python_client_takes_every_operation(openapi: Client, made: Path, document: Path) -> None:
    paths = json.loads(document.read_text())["paths"].values()
    operations = sum(method in path for path in paths for method in ("get", "post", "put", "patch", "delete"))
    modules = [file for file in made.glob("api/*/*.py") if file.stem != "__init__"]
    assert len(modules) == operations > 80
    assert openapi.run("python", "-m", "compileall", "-q", made).code == 0


def test_a_generated_python_client_signs_in_and_reads(openapi: Client, made: Path, demo: Demo) -> None:
    x = demo.facts["xporter"]
    body = {"estab": x["estab"], "relyingParty": x["relyingParty"], "password": x["schoolSecret"]}

    def ask(**given: Any) -> Any:
        script = HERE / "openapi_ask.py"
        words = json.dumps({"url": demo.url, **given})
        ran = openapi.run("python", script, words, env={"PYTHONPATH": str(made.parent)})
        assert ran.code == 0, ran.log
        return json.loads(ran.out)

    signed_in = ask(ask="sign in", body=body)
    assert signed_in["status"] == 200
    read = ask(ask="read", token=signed_in["answer"]["token"], estab=x["estab"])
    assert (read["status"], read["answer"]["Students"]) == (200, [{"Id": "9919", "DisplayName": "Graham Mossgrove"}])


def test_openapi_typescript_makes_types_that_compile(openapi_ts: Client, document: Path) -> None:
    types = document.parent / "api.d.ts"
    inside = openapi_ts.environment / "node_modules" / ".bin"
    made = openapi_ts.run(inside / "openapi-typescript", document, "-o", types)
    assert made.code == 0, made.out + made.log
    using = document.parent / "using.ts"
    using.write_text(
        'import type { paths } from "./api";\n'
        'type Students = paths["/api/v1/School/{estab}/Students"]["get"]["responses"]["200"];\n'
        "export const status: keyof Students = 'content';\n"
    )
    checked = openapi_ts.run(inside / "tsc", "--noEmit", "--strict", "--target", "es2022", using)
    assert checked.code == 0, checked.out + checked.log
