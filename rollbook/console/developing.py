"""The pages of an app's developer: which schools share what with it, its secrets, its requests, and its webhooks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from ..api.messages import Response
from ..api.webhooks import send_test
from ..consent import App
from ..consent.addresses import line_problems
from ..consent.disclosures import days
from ..consent.requests import EVERY, Requests, Sought
from ..consent.wording import words_of
from ..errors import Conflict, Malformed, NotFound, Problem, RollbookError
from ..jobs import Queue
from ..jobs.mail import post_office
from ..jobs.queue import Job
from .drawing import Picture, bars, steps
from .forms import Form
from .guests import Guest, Routes, app_path, nothing, school_path
from .researching import lines_of
from .visiting import go

MOST = 100
"""How many requests and how many deliveries a page shows, the latest first."""


ROOMS = {
    "Schools": "",
    "What it asks for": "/asks",
    "Sandboxes": "/sandboxes",
    "Keys": "/keys",
    "Requests": "/requests",
    "Webhooks": "/webhooks",
}
"""The pages of an app, and where each is below the first."""


DAYS = 30
"""How many days the pictures of an app's requests tell of."""


class Developing:
    """The pages of those who build an app."""

    def __init__(self) -> None:
        at = "apps/{party}"
        self.routes = Routes(
            {
                at: self.home,
                f"{at}/requests": self.requests,
                f"{at}/requests/{{number}}": self.request,
                f"{at}/webhooks": self.webhooks,
            },
            {
                f"{at}/invite": self.invite,
                f"{at}/remind": self.remind,
                f"{at}/webhooks/again": self.again,
                f"{at}/webhooks/test": self.test,
            },
        )

    def home(self, guest: Guest, part: dict[str, str]) -> Response:
        """Which schools share what with the app, and which have not answered."""
        return self._home(guest, app_of(guest, part["party"]))

    def _home(self, guest: Guest, app: App, error: RollbookError | None = None) -> Response:
        desk, mails = guest.desk, post_office() is not None
        rows = [(one, f"{guest.request.base}{school_path(one.estab, 'apps', app.relying_party)}")
                for one in desk.standing_with.of(app, desk.clock())]  # fmt: skip
        return app_page(guest, app, "app.html", "Schools", 400 if error else 200, rows=rows, mails=mails,
                        registration=desk.registrations.of(app), wrong=lines_of(error) if error else ())  # fmt: skip

    def invite(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Invite a school; the letter goes to an address that may answer for it, whatever the app would like."""
        app, desk, estab = app_of(guest, part["party"]), guest.desk, form.one("estab").strip()[:40]
        said, name = desk.registrations.of(app), form.one("name").strip()
        try:
            if wrong := line_problems("name", name, 100):
                raise Malformed(*wrong)
            if not said.asks:
                raise Conflict("the app asks for nothing yet", hint="say first what it asks schools for")
            desk.invitations.may_ask(app, estab, live=said.live)
            desk.invitations.make(app, estab, name=name, live=said.live, mail=post_office() is not None)
        except NotFound:
            # Which number is near to one that was mistyped is nothing that an app may know.
            return self._home(guest, app, NotFound(Problem("estab", f"no school has the number {estab}")))
        except (Malformed, Conflict) as error:
            return self._home(guest, app, error)
        desk.roles.note(guest.email, "invited a school", app.id, estab)
        return go(app_path(app.relying_party))

    def remind(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Remind a school that has not answered."""
        app, desk = app_of(guest, part["party"]), guest.desk
        if post_office() is None:
            raise nothing()
        try:
            desk.invitations.remind(desk.invitations.at(app, form.one("estab")))
        except (NotFound, Conflict) as error:
            return self._home(guest, app, error)
        desk.roles.note(guest.email, "reminded a school", app.id, form.one("estab")[:40])
        return go(app_path(app.relying_party))

    def requests(self, guest: Guest, part: dict[str, str]) -> Response:
        """The app's own requests, the latest first: all, or those of an API, an endpoint, a status and a day."""
        app, said, wrong = app_of(guest, part["party"]), Form(tuple(guest.request.query)), list[str]()
        mine, only = requests_of(guest, app), EVERY
        try:
            only = _sought(said)
        except Malformed as error:
            wrong = lines_of(error)
        rows = [(utc(one.at / 1000), one) for one in mine.log("", MOST, 0, only)]
        apis, endpoints = mine.asked()
        return app_page(guest, app, "requests.html", "Requests", 400 if wrong else 200, rows=rows, said=said, apis=apis,
                        endpoints=endpoints, pictures=usage(mine, guest.desk.clock()), wrong=wrong)  # fmt: skip

    def request(self, guest: Guest, part: dict[str, str]) -> Response:
        """One request: what was asked for, what came of it, and which facts it showed."""
        app, number = app_of(guest, part["party"]), part["number"]
        numeral = number.isascii() and number.isdigit() and len(number) < 16
        one = requests_of(guest, app).one(int(number)) if numeral else None
        if one is None:
            raise nothing()
        facts = list(dict.fromkeys(map(words_of, one.facts)))
        return app_page(guest, app, "request.html", "Requests", one=one, at=utc(one.at / 1000), facts=facts)

    def webhooks(self, guest: Guest, part: dict[str, str]) -> Response:
        """What the app was sent or is to be, and what came of it."""
        app = app_of(guest, part["party"])
        rows = [(job, job.payload.get("family") or "callback", utc(job.ended or job.due)) for job in _sent(guest, app)]
        return app_page(guest, app, "webhooks.html", "Webhooks", rows=rows[:MOST])

    def again(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Send a webhook of the app again."""
        app = app_of(guest, part["party"])
        if form.one("id") not in {job.id for job in _sent(guest, app)}:
            raise nothing()
        here = app_path(app.relying_party, "webhooks")
        try:
            Queue(guest.desk.store, guest.desk.clock).again(form.one("id"))
        except RollbookError as error:
            return guest.said("It is not sent again", *lines_of(error), status=409, back=here)
        guest.desk.roles.note(guest.email, "sent a webhook again", app.id, form.one("id"))
        return go(here)

    def test(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Send a test event now, and say what came back."""
        app = app_of(guest, part["party"])
        here, url = app_path(app.relying_party, "webhooks"), guest.desk.registrations.of(app).webhook
        if not url:
            return guest.said("The app has no webhook", "Name its address first.", status=409, back=here)
        try:
            return guest.said("What came of the test event", send_test(guest.desk, app, url), back=here)
        except RollbookError as error:
            return guest.said("The test event was not accepted", *lines_of(error), back=here)


def requests_of(guest: Guest, app: App) -> Requests:
    """All that an app asked for."""
    return Requests(guest.desk.store, app, guest.desk.grants.of(app), managing=True)


def _sought(said: Form) -> Sought:
    """Which requests somebody wants to see; raises `Malformed`."""
    status, day = said.one("status"), said.one("day")
    if status and not (status.isascii() and status.isdigit() and len(status) == 3):
        raise Malformed(Problem("status", "is no status", "such as 404"))
    return Sought(said.one("api"), said.one("endpoint"), int(status or 0), days(day, day) if day else None)


def usage(requests: Requests, now: float) -> list[Picture]:
    """Pictures of how an app asked lately: by day, by API, and what was refused."""
    found = requests.daily(now, DAYS)
    today = datetime.fromtimestamp(now, UTC).date()
    by_day = dict.fromkeys((today - timedelta(DAYS - 1 - at) for at in range(DAYS)), 0)
    by_api, refused = Counter[str](), Counter[str]()
    for day, dialect, outcome, times in found:
        by_day[day] = by_day.get(day, 0) + times
        by_api[dialect] += times
        if outcome:
            refused[outcome] += times
    days = [(f"{day.day} {day:%b}", times) for day, times in by_day.items()]
    return [
        steps("Requests by day", f"How often the app asked on each of the last {DAYS} days (UTC)", days, "Requests"),
        bars("Requests by API", "How often it asked in each API in that time", by_api.most_common(), "Requests"),
        bars("What was refused", "What came of requests that were not answered", refused.most_common(), "Requests"),
    ]


def app_of(guest: Guest, party: str) -> App:
    """An app that somebody builds; another one looks as if it were not there."""
    found = next((a for a in guest.desk.apps.all() if a.relying_party == party), None)
    if found is None or not (guest.standing.builds(found.id) or guest.standing.operates):
        raise nothing()
    return found


def _sent(guest: Guest, app: App) -> list[Job]:
    """The webhooks of an app that are still known, the latest first; those of before had no app, but a grant."""
    grants = {grant.id for grant in guest.desk.grants.of(app)}
    queue = Queue(guest.desk.store, guest.desk.clock)
    every = [*queue.jobs(kind="webhook"), *queue.jobs(kind="callback")]
    mine = [j for j in every if j.payload.get("app") == app.id or j.payload.get("grant") in grants]
    return sorted(mine, key=lambda job: job.made, reverse=True)


def utc(at: float) -> str:
    """A moment, in words that everybody reads alike."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def app_page(guest: Guest, app: App, template: str, room: str, status: int = 200, **facts: Any) -> Response:
    """A page of an app, in one of its rooms."""
    here = app_path(app.relying_party)
    rooms = tuple((f"{here}{path}", name) for name, path in ROOMS.items())
    crumbs = ((here, app.name), (f"{here}{ROOMS[room]}", room))
    known: dict[str, Any] = {"app": app, "here": here, "rooms": rooms, "room": room, "crumbs": crumbs, **facts}
    return guest.page(template, status, broad=True, **known)
