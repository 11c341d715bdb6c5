"""OneRoster 1.1 and 1.2 over REST: OAuth 1.0a, OAuth 2 client credentials, or a token that was handed over.

A reading lists everything, or with the setting `full-every` most of the time what has changed since the last one. A
service may leave an object's `dateLastModified` as it was when only a relation of it moves, and it may forget what was
deleted: who lost a role or is gone is known for certain from the next reading of everything.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from ...errors import Malformed, Problem
from ...fields import Record
from ...ingest.forwarding import WRITING, Written
from ...ingest.roster.fills import FILLS
from ...ingest.roster.gradebooks import COLLECTIONS, documents
from ...ingest.roster.roster import Extent, Roster
from ...ingest.rows import Problems, Reading
from ...ingest.settings import Setting
from ...ingest.web import (
    ADDRESS,
    REACHED,
    Auth,
    Bearer,
    ClientCredentials,
    Listing,
    NotAllowed,
    NotServed,
    OAuth1,
    Offset,
    Session,
    fetch,
    service_of,
)
from ...ingest.web.since import FULL_EVERY, SINCE, from_now, since_when
from ...ingest.web.tables import SERVED
from .objects import take

SETTINGS = (
    ADDRESS,
    Setting("version", "1.1 or 1.2, where the address does not say it (v1p1, v1p2)", needed=False),
    Setting("client", "The client's id, or the consumer key of OAuth 1.0a", needed=False),
    Setting("secret", "The client's secret, or the consumer secret of OAuth 1.0a", secret=True, needed=False),
    Setting("token-address", "Where OAuth 2 gives tokens; without it requests are signed by OAuth 1.0a", needed=False),
    Setting("scopes", "The scopes to ask tokens for, where not those of OneRoster 1.2", needed=False),
    Setting("signature", "HMAC-SHA256 or HMAC-SHA1, for OAuth 1.0a", needed=False),
    Setting("token", "A token that the vendor handed over, instead of a client and secret", secret=True, needed=False),
    Setting(
        "also",
        "What to read besides the roster: gradebook, resources, and user-resources (1.2: which resources each user has,"
        " a request for each user in a full reading)",
        needed=False,
    ),
    Setting("limit", "How many rows to ask for at a time; 1000 if not set", needed=False),
    FULL_EVERY,
    WRITING,
    *REACHED,
)
ROOTS = {"1.1": "ims/oneroster/v1p1", "1.2": "ims/oneroster/rostering/v1p2"}
SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
SCOPES = (f"{SCOPE}roster-core.readonly", f"{SCOPE}roster.readonly", f"{SCOPE}roster-demographics.readonly")
ALSO_SCOPES = {
    "gradebook": f"{SCOPE}gradebook.readonly",
    **dict.fromkeys(("resources", "user-resources"), f"{SCOPE}resource.readonly"),
}
LISTS = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments", "demographics")
"""The lists of a service, each by its envelope."""
ALSO = {
    "gradebook": ("categories", "scoreScales", "lineItems", "results"),
    "resources": ("resources",),
    "user-resources": ("resources",),
}
"""The lists of the other services: with 1.2 each has an address of its own, with 1.1 they are beside the roster's."""
LATER = ("scoreScales",)
"""The lists that 1.1 has not."""
WITHIN: Mapping[str, str] = {
    "lineItemScoreScales": "lineItems",
    "lineItemLearningObjectiveIds": "lineItems",
    "resultScoreScales": "results",
    "resultLearningObjectiveIds": "results",
}
"""The tables that come within things of a list."""
USED = {"classResources": "classes", "courseResources": "courses", "userResources": "users"}
"""The tables of what uses resources, which come within the roster's lists; what people use is asked for one by one."""


class OneRosterRest:
    """OneRoster rosters over REST."""

    name = "oneroster-rest"
    format = "oneroster"
    fills = FILLS
    settings = SETTINGS

    def read(self, reading: Reading) -> Roster:
        """List everything, or what has changed; raises `Malformed` and `Unavailable` for what cannot be believed."""
        also = (ALSO_SCOPES[word] for word in _also(reading.settings))
        service = Served.of(reading.settings, (*SCOPES, *also))
        began, since = datetime.now(UTC), since_when(reading, service.version)
        where = service_of(reading.settings, service.address)
        wanted = _wanted(reading.settings, service)
        with Session(where, service.auth, reading.note) as session:
            lists = _lists(session, reading, wanted, since.moment if since else "")
            if not since and service.version != "1.1" and "user-resources" in _also(reading.settings):
                _ask_users(session, reading, wanted["resources"].rpartition("/")[0], lists["users"])
        kinds = {name: "delta" if since else "bulk" for name, rows in lists.items() if rows or not since}
        within = {name: kinds[of] for name, of in _within(service.version, lists).items() if of in kinds}
        roster = Roster(Extent(service.version, kinds | within), Problems(), self.name, (*SERVED.values(),))
        for name in (*within, *kinds):
            take(roster, name, lists[_within(service.version, lists)[name] if name in within else name])
        unserved = (name for name in wanted if name not in lists)
        roster.notes += [f"{name} are not served, and what is held of them stays" for name in unserved]
        roster.also = {SINCE: since.next(began) if since else from_now(service.version, began)}
        roster.place()
        return roster

    def write(self, reading: Reading, written: Written) -> None:
        """Put a category, a line item or a result to the gradebook service beside the rosters."""
        with _gradebook(reading, "createput") as (session, version):
            for path, entity, document in documents(written, version):
                session.write("PUT", path, msgspec.json.encode({entity: document}))

    def remove(self, reading: Reading, record: type[Record], there: str) -> None:
        """Delete a category, a line item or a result there."""
        with _gradebook(reading, "delete") as (session, _), suppress(NotServed):
            session.write("DELETE", f"{COLLECTIONS[record]}/{there}")


ONEROSTER_REST = OneRosterRest()


# ---- who is asked, and for what


@contextmanager
def _gradebook(reading: Reading, right: str) -> Generator[tuple[Session, str]]:
    """The gradebook service beside the rosters, for who has a right of 1.2 there, and its version."""
    service = Served.of(reading.settings, (f"{SCOPE}gradebook.{right}",))
    where = service_of(reading.settings, service.address.replace("/rostering/", "/gradebook/"))
    with Session(where, service.auth, reading.note, renew=reading.renew) as session:
        yield session, service.version


@dataclass(frozen=True)
class Served:
    """A service: the address of its lists, the version, and how requests are known."""

    address: str
    version: str
    auth: Auth

    @classmethod
    def of(cls, settings: Mapping[str, str], scopes: tuple[str, ...] = SCOPES) -> Served:
        """The service that settings describe, for what some scopes of 1.2 let it do. Raises `Malformed` where they do
        not suffice."""
        address = settings["address"].rstrip("/")
        # What a vendor sells as 1.2 may be served under v1p1, and then is 1.1.
        said = {"v1p1": "1.1", "v1p2": "1.2"}.get(address.rsplit("/", 1)[-1], "")
        version = said or settings.get("version", "")
        if version not in ROOTS:
            raise Malformed(Problem("version", "is not known from the address", "set it to 1.1 or 1.2"))
        return cls(address if said else f"{address}/{ROOTS[version]}", version, _auth(settings, version, scopes))


def _also(settings: Mapping[str, str]) -> list[str]:
    """The other services that are to be read. Raises `Malformed` for one that there is not."""
    also = settings.get("also", "").replace(",", " ").split()
    if strange := [word for word in also if word not in ALSO]:
        raise Malformed(Problem("also", f"{strange[0]} is not known", f"give {' or '.join(ALSO)}"))
    return also


def _auth(settings: Mapping[str, str], version: str, usual: tuple[str, ...]) -> Auth:
    client, secret = settings.get("client", ""), settings.get("secret", "")
    if token := settings.get("token"):
        return Bearer(token)
    if not (client and secret):
        raise Malformed(Problem("client", "and secret are missing, and there is no token"))
    if address := settings.get("token-address"):
        scopes = settings.get("scopes", "").replace(",", " ").split() or (usual if version == "1.2" else ())
        return ClientCredentials(address, client, secret, tuple(scopes))
    method = settings.get("signature") or "HMAC-SHA256"
    if method not in ("HMAC-SHA1", "HMAC-SHA256"):
        raise Malformed(Problem("signature", f"{method} is not known", "HMAC-SHA256 or HMAC-SHA1"))
    return OAuth1(client, secret, method)


def _wanted(settings: Mapping[str, str], service: Served) -> dict[str, str]:
    """The lists to be read, and where each is."""
    found = {name: name for name in LISTS}
    for what in _also(settings):
        root = service.address.replace("/rostering/", f"/{what.removeprefix('user-')}/")
        names = (name for name in ALSO[what] if service.version != "1.1" or name not in LATER)
        found |= {name: f"{root}/{name}" if service.version != "1.1" else name for name in names}
    return found


def _within(version: str, lists: Mapping[str, list[dict[str, Any]]]) -> dict[str, str]:
    """The tables that come within things of the lists that were read, and of which."""
    of_users = {"roles": "users", "userProfiles": "users"} if version != "1.1" else {}
    asked = any("resources" in one for one in lists.get("users", ()))
    used = {name: of for name, of in USED.items() if "resources" in lists and (of != "users" or asked)}
    return {**of_users, **(WITHIN if "lineItems" in lists else {}), **used}


def _lists(
    session: Session, reading: Reading, wanted: Mapping[str, str], since: str
) -> dict[str, list[dict[str, Any]]]:
    """The rows of every list that is served; only demographics need not be."""
    pages = Offset(int(reading.settings.get("limit") or 1000))
    moment = f"{since[:19]}.000Z" if since else ""
    params = {"filter": f"dateLastModified>'{moment}'"} if since else {}
    found: dict[str, list[dict[str, Any]]] = {}
    for done, (name, address) in enumerate(wanted.items()):
        reading.progress("reading", done, len(wanted))
        listing = Listing(address, (name,), pages, params, "sourcedId", optional=name == "demographics")
        rows = _optional(session, listing, reading) if listing.optional else fetch(session, listing, reading.folder)
        if rows is not None:
            found[name] = rows
    reading.progress("reading", len(wanted), len(wanted))
    return found


def _ask_users(session: Session, reading: Reading, root: str, users: list[dict[str, Any]]) -> None:
    """Put with each user the resources that they use."""
    for done, user in enumerate(users):
        reading.progress("asking what people use", done, len(users))
        listing = Listing(f"{root}/users/{user['sourcedId']}/resources", ("resources",), Offset(1000), {}, "sourcedId")
        with suppress(NotServed):
            user["resources"] = fetch(session, listing, reading.folder)


def _optional(session: Session, listing: Listing, reading: Reading) -> list[dict[str, Any]] | None:
    # Demographics have a scope of their own, which many districts do not grant.
    try:
        return fetch(session, listing, reading.folder)
    except NotAllowed:
        return None
