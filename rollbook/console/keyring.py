"""The page of an app's keys and secrets: when each was last used, and another one in place of each, with overlap."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from ..api.messages import Response
from ..consent import App
from ..errors import Conflict, Malformed, NotFound, Problem
from .developing import app_of, app_page, utc
from .forms import Form
from .guests import Guest, Routes, nothing
from .researching import lines_of

ROOM = "Keys"

LONGEST = 90
"""For how many days a secret of before may go on being good."""

NAMES = {"edfi": "Ed-Fi", "edlink": "Edlink", "oneroster": "OneRoster"}


class Keyring:
    """The page of an app's keys."""

    def __init__(self) -> None:
        at = "apps/{party}"
        self.routes = Routes(
            {f"{at}/keys": lambda guest, part: self.keys(guest, app_of(guest, part["party"]))},
            {f"{at}/keys": self.rotate, f"{at}/signing": self.signing},
        )

    def keys(self, guest: Guest, app: App, wrong: list[str] | None = None) -> Response:
        """The secrets of an app, and when each was last used."""
        invented = guest.desk.sandboxes.districts()
        rows = [
            {
                "what": f"{NAMES[use.credential.dialect]} key" if use.credential else "Management secret",
                "key": use.credential.key if use.credential else "",
                "sandbox": use.credential is not None and use.credential.district in invented,
                "last": utc(use.last) if use.last else "Never",
                "earlier": [(utc(until), utc(last) if last else "never") for until, last in use.earlier],
            }
            for use in guest.desk.credentials.uses(app)
        ]
        today = datetime.fromtimestamp(guest.desk.clock(), UTC).date()
        schools = [one for one in guest.desk.grants.of(app) if one.state != "revoked"]
        days = {"week": today + timedelta(7), "most": today + timedelta(LONGEST), "today": today}
        return app_page(guest, app, "keys.html", ROOM, 400 if wrong else 200, rows=rows, days=days,
                        schools=schools, wrong=wrong or ())  # fmt: skip

    def rotate(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Another secret; the one before is good until the end of a day (UTC), or no longer."""
        app, key, desk = app_of(guest, part["party"]), form.one("key"), guest.desk
        try:
            until = _until(guest, form)
            if estab := form.one("estab"):
                made, name = desk.grants.new_secret(desk.grants.at(app, estab), until), f"school secret at {estab[:40]}"
                key = f"school {estab[:40]}"
            elif not key:
                made, name = desk.apps.new_secret(app, until), "management secret"
            else:
                credential = desk.credentials.by_key(key)
                if credential.app.id != app.id:
                    raise nothing()
                made, name = desk.credentials.rotate(credential, until), f"secret of {NAMES[credential.dialect]}"
        except (Malformed, Conflict) as error:
            return self.keys(guest, app, lines_of(error))
        except NotFound:
            raise nothing() from None
        desk.roles.note(guest.email, "made another secret", app.id, key or "management")
        about = f"The one before works until {utc(until)}." if until else "The one before no longer works."
        return app_page(guest, app, "secret.html", ROOM, secret=made, name=name, about=about)

    def signing(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Another secret to verify webhooks with; until the end of a day (UTC) calls are signed with both."""
        app, desk = app_of(guest, part["party"]), guest.desk
        try:
            until = _end_of(guest, form) if form.one("day") else 0.0
        except Malformed as error:
            return self.keys(guest, app, lines_of(error))
        made = desk.signing.rotate(app, until)
        desk.roles.note(guest.email, "made another signing secret", app.id)
        overlap = f"Until {utc(until)}" if until else "For a day"
        about = f"{overlap} calls are signed with the one before, too."
        return app_page(guest, app, "secret.html", ROOM, secret=made, name="signing secret", about=about)


def _until(guest: Guest, form: Form) -> float:
    """The moment until which the secret of before is good; 0 for not at all."""
    if form.choice("old", ("now", "until")) == "now":
        return 0.0
    return _end_of(guest, form)


def _end_of(guest: Guest, form: Form) -> float:
    """The end of the day that a form names, if that is one within bounds."""
    day, now = form.day("day"), datetime.fromtimestamp(guest.desk.clock(), UTC)
    if not now.date() <= day <= now.date() + timedelta(LONGEST):
        raise Malformed(Problem("day", "is too far away or past", f"within {LONGEST} days"))
    return datetime.combine(day + timedelta(1), time(), UTC).timestamp()
