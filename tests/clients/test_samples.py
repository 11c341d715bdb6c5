"""What the reference writes for published clients, run as it is written, against the running demo."""

from __future__ import annotations

import json
import re

import pytest

from rollbook.console.reference.calls import EDLINKS, Call
from rollbook.console.reference.operations import operations

from .conftest import Client, Demo, Ran

pytestmark = pytest.mark.slow


def sample(api: str, path: str, base: str, **filled: str) -> str:
    """A read as the reference writes it for the API's own client."""
    one = next(one for one in operations(api).values() if (one.path, one.method) == (path, "GET"))
    keys = {one.name: one.key for one in one.parameters}
    found = Call(one, base, {keys[name]: value for name, value in filled.items()}).samples
    assert [name for name, _ in found][:3] == ["curl", "Python", "JavaScript"]
    return found[3][1]


def printed(ran: Ran) -> str:
    """What a sample that ended well printed."""
    assert ran.code == 0, ran.log
    return ran.out


def test_the_samples_of_ed_fi_read(edfi: Client, demo: Demo) -> None:
    env = {"KEY": demo.facts["edfi"]["key"], "SECRET": demo.facts["edfi"]["secret"]}
    path = "/edfi/data/v3/ed-fi/schools"
    text = sample("edfi", path, demo.url, nameOfInstitution="Thornfield Academy")
    rows = printed(edfi.run("python", "-c", text, env=env))
    assert rows.count("nameOfInstitution") == rows.count("Thornfield Academy") == 1
    assert printed(edfi.run("python", "-c", sample("edfi", f"{path}/deletes", demo.url), env=env)) == ""


def test_the_samples_of_edlink_read(edlink: Client, demo: Demo) -> None:
    env = {"TOKEN": demo.facts["edlink"]["token"]}
    # The client is looked for where the sample is.
    at = edlink.home / "sample.mjs"
    (edlink.home / "node_modules").symlink_to(edlink.environment / "node_modules")

    def read(path: str, **filled: str) -> str:
        at.write_text(sample("edlink", path, demo.url, **filled))
        return printed(edlink.run("node", at, env=env))

    listed = read("/api/v2/graph/schools")
    assert "Thornfield Academy" in listed
    identity = listed.partition("id: '")[2].partition("'")[0]
    assert f"id: '{identity}'" in read("/api/v2/graph/schools/{school_id}", school_id=identity)


def test_the_client_of_edlink_knows_all_that_there_are_samples_for(edlink: Client) -> None:
    text = """
        const { Edlink, TokenSetType } = require("@edlink/typescript");
        const edlink = new Edlink({ version: 2, client_id: "a", client_secret: "b" });
        const known = (type) => Object.keys(edlink.use({ access_token: "c", type }));
        console.log(JSON.stringify({ graph: known(TokenSetType.Integration), my: known(TokenSetType.Person) }));
    """
    env = {"NODE_PATH": str(edlink.environment / "node_modules")}
    known = json.loads(printed(edlink.run("node", "-e", text, env=env)))
    assert {share: set(names) - set(known[share]) for share, names in EDLINKS.items()} == {"graph": set(), "my": set()}
    reads = [one for one in operations("edlink").values() if re.fullmatch(r"/api/v2/(graph|my)/\w+", one.path)]
    shown = {(one.path.split("/")[3], one.tag) for one in reads if len(Call(one, "", {}).samples) == 4}
    assert {share: sum(at == share for at, _ in shown) for share in EDLINKS} == {"graph": 10, "my": 5}


@pytest.mark.parametrize("name", ["students", "teachers"])
def test_the_samples_of_oneroster_read(oneroster: Client, demo: Demo, name: str) -> None:
    known = demo.facts["oneroster"]
    env = {"CLIENT_ID": known["client_id"], "CLIENT_SECRET": known["client_secret"]}
    text = sample("oneroster-1.1", f"/ims/oneroster/v1p1/{name}", demo.url)
    assert len(printed(oneroster.run("python", "-c", text, env=env)).split()) > 5


def test_the_samples_of_research_read(brainstem: Client, demo: Demo) -> None:
    env = {"TOKEN": demo.facts["research"]["token"]}
    told = printed(brainstem.run("python", "-c", sample("research", "/api/private/stem/project/", demo.url), env=env))
    assert told.startswith("200 ")
    assert "Reading aloud 2026" in told
    told = printed(brainstem.run("python", "-c", sample("research", "/api/public/stem/project/", demo.url), env=env))
    assert ("Barn maze 2026" in told, "Reading aloud 2026" in told) == (True, False)
