"""The pages of an app's sandboxes: schools of invented people, their secrets, and a first request in each dialect."""

from __future__ import annotations

import json
from dataclasses import dataclass
from shlex import quote

from ..api.messages import Response
from ..consent import App
from ..consent.research import ResearchDesk, trial_token
from ..consent.sandboxes import KIND, KINDS, Keys, Sandbox
from ..errors import Conflict, Malformed, NotFound
from ..jobs import Queue
from .developing import app_of, app_page
from .forms import Form
from .guests import Guest, Routes, app_path, nothing
from .researching import lines_of
from .visiting import go

ROOM = "Sandboxes"


@dataclass(frozen=True)
class First:
    """The secrets of one dialect, by what they are called, and commands that get a first answer with them."""

    dialect: str
    secrets: tuple[tuple[str, str], ...]
    commands: str


class Trying:
    """The pages of an app's sandboxes."""

    def __init__(self) -> None:
        at = "apps/{party}/sandboxes"
        self.routes = Routes(
            {at: self.every},
            {at: self.ask, f"{at}/origin": self.origin, f"{at}/no-origin": self.no_origin,
             f"{at}/{{estab}}/keys": self.keys, f"{at}/{{estab}}/reset": self.reset,
             f"{at}/{{estab}}/delete": self.delete},
        )  # fmt: skip

    def every(self, guest: Guest, part: dict[str, str]) -> Response:
        """The sandboxes of an app, and how each does."""
        app = app_of(guest, part["party"])
        desk = guest.desk
        waits = {job.payload.get(KIND): job for job in Queue(desk.store, desk.clock).jobs(kind=KIND)}
        names = {school.estab: school.name or "" for school in desk.schools.all()}
        rows = list[tuple[Sandbox, str, str]]()
        for one in desk.sandboxes.of(app):
            job, grant = waits.get(one.id), desk.sandboxes.grant(app, one)
            busy = grant is None or (job is not None and job.state in ("waiting", "running"))
            failed = job is not None and job.state == "dead"
            state = "Failed: ask the people who run this hub" if failed else "Is being made" if busy else "Ready"
            rows.append((one, names.get(one.estab, "A school of invented people"), state))
        asks = desk.registrations.of(app).asks
        return app_page(guest, app, "sandboxes.html", ROOM, rows=rows, most=desk.sandboxes.most, asks=asks,
                        origins=desk.origins.of(app), kinds=KINDS)  # fmt: skip

    def origin(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Let browsers call from an origin."""
        app = app_of(guest, part["party"])
        try:
            guest.desk.origins.add(app, form.one("origin")[:300])
        except (Conflict, Malformed) as error:
            return guest.said("Nothing was added", *lines_of(error), status=400, back=_here(app))
        return go(_here(app))

    def no_origin(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Let browsers call from an origin no longer."""
        app = app_of(guest, part["party"])
        guest.desk.origins.drop(app, form.one("origin"))
        return go(_here(app))

    def ask(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Have another sandbox made."""
        app = app_of(guest, part["party"])
        try:
            kind = form.choice("kind", tuple(KINDS)) if form.one("kind") else "primary"
            guest.desk.sandboxes.ask(app, guest.email, kind)
        except Conflict as error:
            return guest.said("No sandbox is made", *lines_of(error), status=409, back=_here(app))
        return go(_here(app))

    def reset(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Have the people of a sandbox invented anew."""
        app, one = _sandbox(guest, part)
        guest.desk.sandboxes.reset(app, one, guest.email)
        return go(_here(app))

    def delete(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Take a sandbox away."""
        app, one = _sandbox(guest, part)
        guest.desk.sandboxes.delete(app, one, guest.email)
        return go(_here(app))

    def keys(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Make secrets for a sandbox, and show them with what can be done with them."""
        app, one = _sandbox(guest, part)
        try:
            made = guest.desk.sandboxes.keys(app, one, guest.email)
        except Conflict as error:
            return guest.said("There are no secrets yet", *lines_of(error), status=409, back=_here(app))
        token = trial_token(ResearchDesk(guest.desk), one)
        firsts = first_requests(guest.request.base, app, one, made, token)
        return app_page(guest, app, "sandbox_keys.html", ROOM, sandbox=one, firsts=firsts)


def _here(app: App) -> str:
    return app_path(app.relying_party, "sandboxes")


def _sandbox(guest: Guest, part: dict[str, str]) -> tuple[App, Sandbox]:
    app = app_of(guest, part["party"])
    try:
        return app, guest.desk.sandboxes.at(app, part["estab"])
    except NotFound:
        raise nothing() from None


def first_requests(base: str, app: App, one: Sandbox, made: Keys, researcher: str) -> list[First]:
    """For each dialect its secrets, and commands that get a first answer with them, to be copied."""
    said = {"estab": one.estab, "relyingParty": app.relying_party, "password": made.school_secret}
    asked = f"-H 'Content-Type: application/json' -d {quote(json.dumps(said))}"
    (key, secret), (_, token), (client, own) = (made.pairs[name] for name in ("edfi", "edlink", "oneroster"))
    return [
        First("Xporter", (("Establishment number", one.estab), ("Relying party", app.relying_party),
                          ("School secret", made.school_secret)),
              _two(f"{base}/api/oauth/GetToken {asked}", "token",
                   f"{base}/api/v1/School/{one.estab}/SchoolInfo", "Idaas")),
        First("Ed-Fi", (("Key", key), ("Secret", secret)),
              _two(f"{base}/edfi/oauth/token -d grant_type=client_credentials -u {key}:{secret}", "access_token",
                   f"{base}/edfi/data/v3/ed-fi/schools", "Bearer")),
        First("Edlink", (("Token", token),),
              f"curl -s {base}/api/v2/graph/schools -H 'Authorization: Bearer {token}'"),
        First("OneRoster", (("Client id", client), ("Client secret", own)),
              _two(f"{base}/oauth/token -d grant_type=client_credentials -u {client}:{own}", "access_token",
                   f"{base}/ims/oneroster/rostering/v1p2/schools", "Bearer")),
        First("Research", (("Token of a researcher", researcher),),
              f"curl -s {base}/api/private/stem/cohort/ -H 'Authorization: Bearer {researcher}'"),
    ]  # fmt: skip


def _two(token: str, name: str, request: str, scheme: str) -> str:
    """A command that gets a token, and one that asks with it."""
    read = f"python3 -c 'import json, sys; print(json.load(sys.stdin)[\"{name}\"])'"
    return f'TOKEN=$(curl -s {token} | {read})\ncurl -s {request} -H "Authorization: {scheme} $TOKEN"'
