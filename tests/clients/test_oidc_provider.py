"""oidc-provider 9.13.3, a certified provider of OpenID Connect, as it is published: people of a hub sign in with it."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from urllib.parse import urljoin

import httpx
import pytest

from rollbook.settings import ADDRESS

from ..hub import THORNFIELD, Hub
from ..person import Person, account
from ..school import Page
from .conftest import HERE, Client

HUB = "http://localhost:9877"
"""Where the provider believes the hub to be; nobody asks there."""

pytestmark = pytest.mark.slow


@pytest.fixture
def issuer(oidc: Client) -> Iterator[str]:
    """The address of the provider, which is up."""
    modules = {"NODE_PATH": str(oidc.environment / "node_modules")}
    process = oidc.start("node", HERE / "oidc" / "provider.mjs", f"{HUB}/console/with/1/back", env=modules)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()


class Browser(Person):
    """Somebody's browser, which also goes to the provider, where they sign in and agree."""

    def __init__(self, hub: Hub, name: str) -> None:
        super().__init__(hub)
        self.web, self.name, self.prompts = httpx.Client(), name, list[str]()

    def go(self, at: str) -> Page:
        """Look at an address; at the provider, do what its pages ask for."""
        if not at.startswith("http://127"):
            return super().go(at)
        answer = self.web.get(at)
        while True:
            if answer.status_code in (302, 303):
                to = urljoin(str(answer.url), answer.headers["location"])
                if to.startswith(HUB):
                    return super().go(to.removeprefix(HUB))
                answer = self.web.get(to)
            else:
                answer = self._agreed(answer)

    def _agreed(self, answer: httpx.Response) -> httpx.Response:
        where = re.search(r'action="([^"]+)"', answer.text)
        prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
        assert where, answer.text
        assert prompt, answer.text
        self.prompts.append(prompt[1])
        form = {"prompt": prompt[1], "login": self.name, "password": "anything"}
        return self.web.post(urljoin(str(answer.url), html.unescape(where[1])), data=form)


def test_people_sign_in_with_a_certified_provider_as_it_is_published(
    small_hub: Hub, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"ISSUER": issuer, "CLIENT_ID": "rollbook", "CLIENT_SECRET": "a-secret"}
    for name, value in said.items():
        monkeypatch.setenv(f"ROLLBOOK_OIDC_{name}", value)
    monkeypatch.setenv(ADDRESS.name, HUB)
    hub = Hub(small_hub.store.folder)
    hub.now = time.time()
    for name in ("head", "unsure"):
        account(hub, f"{name}@thornfield.example", "school")
    head = Browser(hub, "head")
    assert head.go("/console/with/1").at == f"/console/schools/{THORNFIELD}"
    assert head.prompts == ["login", "consent"]
    assert [(email, one.subject) for email, one in hub.desk.identities.every()] == [("head@thornfield.example", "head")]
    # The provider has a session of its own: nobody is asked twice.
    assert head.go("/console/with/1").at == f"/console/schools/{THORNFIELD}"
    assert head.prompts == ["login", "consent"]
    page = Browser(hub, "unsure").go("/console/with/1")
    assert (page.answer.status, "Your e-mail address is not verified" in page.html) == (403, True)
    hub.close()
