"""A call as somebody has filled it in, and how it is written in the languages of those who call."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote as shell
from urllib.parse import quote, urlencode

from .operations import Operation


@dataclass(frozen=True)
class Call:
    """What would be sent: whoever fills in the form sees it, and nothing of who they are is in it."""

    operation: Operation
    base: str
    filled: Mapping[str, str]
    """What was filled in, by the key of the parameter."""

    def given(self, place: str) -> dict[str, str]:
        """What was filled in of the parameters of a place."""
        wanted = [one for one in self.operation.parameters if one.place == place]
        return {one.name: self.filled[one.key] for one in wanted if self.filled.get(one.key)}

    @property
    def target(self) -> str:
        """The path and the query; an id that is missing stands in braces."""
        known = self.given("path")
        path = re.sub(r"\{(\w+)\}", lambda m: quote(known.get(m[1], m[0]), safe="{}"), self.operation.path)
        asked = urlencode(self.given("query"), quote_via=quote)
        return f"{path}?{asked}" if asked else path

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.base}{self.target}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers, but for the token."""
        typed = {"Content-Type": "application/json"} if self.operation.body else {}
        return {**self.given("header"), **typed}

    @property
    def samples(self) -> list[tuple[str, str]]:
        """The call in each language, by its name."""
        found = [("curl", _curl(self)), ("Python", _python(self)), ("JavaScript", _javascript(self))]
        client = CLIENTS.get(self.operation.api.key)
        own = client(self) if client else None
        return [*found, own] if own else found


def _curl(call: Call) -> str:
    one = call.operation
    lines = [f"curl -sS {shell(call.url)}"]
    if one.writes:
        lines[0] = f"curl -sS -X {one.method} {shell(call.url)}"
    if not one.open:
        lines.append(f'-H "Authorization: {one.api.scheme} $TOKEN"')
    lines += [f"-H {shell(f'{name}: {value}')}" for name, value in call.headers.items()]
    lines += ["--data @body.json"] if one.body else []
    return " \\\n  ".join(lines)


def _python(call: Call) -> str:
    one = call.operation
    shown = [] if one.open else [f'"Authorization": f"{one.api.scheme} {{os.environ[\'TOKEN\']}}"']
    headers = ", ".join([*shown, *(f"{json.dumps(n)}: {json.dumps(v)}" for n, v in call.headers.items())])
    imports = [*([] if one.open else ["import os"]), *(["from pathlib import Path"] if one.body else [])]
    body = ['    content=Path("body.json").read_bytes(),'] if one.body else []
    return "\n".join(
        [
            *imports,
            *([""] if imports else []),
            "import httpx",
            "",
            "answer = httpx.request(",
            f"    {json.dumps(one.method)},",
            f"    {json.dumps(call.url)},",
            *([f"    headers={{{headers}}},"] if headers else []),
            *body,
            ")",
            "answer.raise_for_status()",
            "print(answer.text)" if one.method == "DELETE" else "print(answer.json())",
        ]
    )


def _javascript(call: Call) -> str:
    one = call.operation
    shown = [] if one.open else [f"    Authorization: `{one.api.scheme} ${{process.env.TOKEN}}`,"]
    headers = [*shown, *(f"    {json.dumps(n)}: {json.dumps(v)}," for n, v in call.headers.items())]
    return "\n".join(
        [
            *(['import { readFile } from "node:fs/promises";', ""] if one.body else []),
            f"const answer = await fetch({json.dumps(call.url)}, {{",
            f"  method: {json.dumps(one.method)},",
            *(["  headers: {", *headers, "  },"] if headers else []),
            *(['  body: await readFile("body.json"),'] if one.body else []),
            "});",
            "if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);",
            "console.log(await answer.text());" if one.method == "DELETE" else "console.log(await answer.json());",
        ]
    )


# ---- the dialects' own clients


def _edfi(call: Call) -> tuple[str, str] | None:
    found = re.fullmatch(r"/edfi/data/v3/ed-fi/(\w+)(/deletes|/keyChanges)?", call.operation.path)
    if not found or call.operation.writes:
        return None
    asked = call.given("query")
    more = {"/deletes": ", get_deletes=True", "/keyChanges": ", get_key_changes=True"}.get(found[2] or "", "")
    params = f", params={json.dumps(asked)}" if asked else ""
    return "edfi-api-client", "\n".join(
        [
            "import os",
            "",
            "from edfi_api_client import EdFiClient",
            "",
            f'client = EdFiClient("{call.base}/edfi", os.environ["KEY"], os.environ["SECRET"])',
            f'for row in client.resource("{found[1]}"{params}{more}).get_rows():',
            "    print(row)",
        ]
    )


EDLINKS = {
    "graph": ("districts", "schools", "sessions", "courses", "classes", "sections", "people", "enrollments", "agents",
              "licenses"),
    "my": ("districts", "schools", "classes", "sections", "agents"),
}  # fmt: skip
"""What the client of Edlink reads by itself, of a district and of one person; it knows of nothing else."""


def _edlink(call: Call) -> tuple[str, str] | None:
    found = re.fullmatch(r"/api/v2/(graph|my)/(\w+)(/\{\w+\})?", call.operation.path)
    if not found or call.operation.writes or found[2] not in EDLINKS[found[1]] or call.given("query"):
        return None
    share = "graph" if found[1] == "graph" else "my"
    kind = "Integration" if share == "graph" else "Person"
    identity = next(iter(call.given("path").values()), "id")
    read = f"api.{found[2]}.fetch({json.dumps(identity)})" if found[3] else f"api.{found[2]}.list()"
    then = [f"console.log(await {read});"] if found[3] else [f"for await (const one of {read}) console.log(one);"]
    return "@edlink/typescript", "\n".join(
        [
            'import axios from "axios";',
            'import { Edlink, TokenSetType } from "@edlink/typescript";',
            "",
            "// The client knows one address only: its HTTP library is told of this hub.",
            "axios.interceptors.request.use((config) => ({",
            "  ...config,",
            f'  url: config.url.replace(/^https:\\/\\/ed\\.link/, "{call.base}"),',
            "}));",
            'const edlink = new Edlink({ version: 2, client_id: "…", client_secret: "…" });',
            f"const api = edlink.use({{ access_token: process.env.TOKEN, type: TokenSetType.{kind} }});",
            *then,
        ]
    )


def _classlink(call: Call) -> tuple[str, str] | None:
    name = call.operation.path.removeprefix("/ims/oneroster/v1p1/")
    # The client can ask for neither all users nor what else might be filled in.
    if name not in ("students", "teachers") or call.given("query"):
        return None
    return "oneroster", "\n".join(
        [
            "import os",
            "",
            "from oneroster import ClasslinkConnector",
            "",
            "connector = ClasslinkConnector(",
            f'    "{call.base}/ims/oneroster/v1p1/", os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]',
            ")",
            f'for user in connector.get_users(user_filter="{name}"):',
            '    print(user["sourcedId"])',
        ]
    )


def _brainstem(call: Call) -> tuple[str, str] | None:
    found = re.fullmatch(r"/api/(private|public)/(\w+)/(\w+)/(\{id\}/)?", call.operation.path)
    verbs = {"GET": "load", "POST": "save", "PATCH": "save", "DELETE": "delete"}
    if not found or call.operation.method not in verbs:
        return None
    asked = {**call.given("path"), **({"portal": "public"} if found[1] == "public" else {})}
    given = "".join(f", {name}={json.dumps(value)}" for name, value in asked.items())
    data = ', data=json.load(open("body.json"))' if call.operation.body else ""
    return "brainstem_python_api_tools", "\n".join(
        [
            *(["import json"] if data else []),
            "import os",
            "",
            "from brainstem_api_tools import BrainstemClient",
            "",
            f'with BrainstemClient(token=os.environ["TOKEN"], url="{call.base}/") as client:',
            f'    answer = client.{verbs[call.operation.method]}("{found[3]}"{given}{data})',
            "    print(answer.status_code, answer.text)",
        ]
    )


CLIENTS = {"edfi": _edfi, "edlink": _edlink, "oneroster-1.1": _classlink, "research": _brainstem}
"""What writes a call in the API's own client, by API: its name and the lines, where it has the call."""
