"""Webhooks: what the hub tells an app's own server, signed, again and again until it is accepted.

Each is a job of the kind `webhook`. Its payload names the app (its id), the grant that it is about (its id, or None),
the family, the `url` as the app gave it, `query` (parameters that are put behind the URL's own) and what is posted:
`json`, `form`, or neither. A family whose body must be of the moment has a filler that makes it at delivery.
"""

from __future__ import annotations

import base64
import hmac
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import msgspec

from .. import __version__
from ..addresses import Address, Resolve, UnreachableError, addresses, read_address
from ..consent import App, Desk
from ..consent.ledger import Ledger
from ..consent.slips import shows
from ..errors import Malformed
from ..jobs import Failed, Job, Later
from .callbacks import BODY_LIMIT, Reply, post

KIND = "webhook"
"""The kind of the jobs."""

PAUSED_SECONDS = 300.0
"""Seconds between two looks at whether a paused grant goes on."""

LONGEST_WAIT = 24 * 3600.0
"""The longest that a receiver may put the next call off for, in seconds."""


@dataclass(frozen=True)
class Body:
    """What is posted: a JSON value, the fields of a form, or nothing."""

    json: Any = None
    form: Mapping[str, str] | None = None

    def encoded(self) -> tuple[bytes, dict[str, str]]:
        """The bytes, and the header that says what they are."""
        if self.form is not None:
            return urlencode(self.form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        if self.json is not None:
            return msgspec.json.encode(self.json), {"Content-Type": "application/json"}
        return b"", {}


Fill = Callable[[Mapping[str, Any]], Body | None]
"""Makes the body of a webhook from its payload, at delivery; None when there is nothing to tell any more.

May raise `Later` when it cannot be made yet.
"""


class Undelivered(Failed):
    """A call was not accepted by its receiver."""


class Unwanted(Undelivered):
    """The receiver wants no more calls."""


class Webhooks:
    """Does the jobs of the kind `webhook`; `fillers` make the bodies of those families that need it."""

    def __init__(
        self,
        desk: Desk,
        fillers: Mapping[str, Fill],
        ledger: Ledger,
        resolve: Resolve = addresses,
        ended: Callable[[Mapping[str, Any]], None] = lambda told: None,
    ) -> None:
        self.desk = desk
        self.ledger = ledger
        self.fillers = fillers
        self.resolve = resolve
        self.ended = ended
        """Told of a webhook whose receiver wants no more like it."""

    def __call__(self, job: Job) -> None:
        """Call the receiver; returns without a call where nothing may be told any more."""
        told = job.payload
        app = self.desk.apps.by_id(told["app"])
        if app is None or not self.granted(told):
            return
        fill = self.fillers.get(told["family"])
        grants = (told["grant"],) if told.get("grant") else ()
        with self.ledger.reading("webhook", told["family"], app.id, grants) as slip:
            shows(*told.get("people", ()))
            body = fill(told) if fill else Body(told.get("json"), told.get("form"))
        if body is None:
            return
        content, kind = body.encoded()
        if len(content) > BODY_LIMIT:
            raise Undelivered(f"the body is larger than {BODY_LIMIT // 1024 // 1024} MB", final=True)
        signed = signature(job.id, int(self.desk.clock()), content, self.desk.signing.keys(app))
        to = destination(told)
        # Whether or not the receiver accepts it, it has left.
        self.ledger.note(slip)
        try:
            self.call(to, content, {**kind, **signed})
        except Unwanted:
            self.ended(told)
            raise

    def earlier(self, job: Job) -> None:
        """Do a `callback` job, as earlier versions wrote one for each `callbackUrl`."""
        grant = self.desk.grants.by_id(job.payload["grant"])
        if grant is not None:
            self(replace(job, payload={**job.payload, "family": "data", "app": grant.app.id}))

    def granted(self, told: Mapping[str, Any]) -> bool:
        """Whether what a webhook is about is still granted; raises `Later` while the grant is paused."""
        # What came of an app's own write-back is told to the end: an app that hears nothing would send it again.
        if told.get("grant") is None or told["family"] in ("authorisation", "writeback"):
            return True
        grant = self.desk.grants.by_id(told["grant"])
        if grant is not None and grant.state == "paused":
            raise Later(PAUSED_SECONDS)
        # What is no longer granted is not told, not even that it is there.
        return grant is not None and grant.state == "active" and grant.app.id == told["app"]

    def call(self, address: Address, content: bytes, headers: Mapping[str, str]) -> None:
        """Post to a receiver; raises `Undelivered` unless it accepts."""
        said = {"User-Agent": f"Rollbook/{__version__}", **headers}
        try:
            reply = post(address, content, said, resolve=self.resolve)
        except (OSError, UnreachableError) as error:
            raise Undelivered(f"{address.host} could not be reached: {error or type(error).__name__}") from error
        accept(address, reply)


def destination(told: Mapping[str, Any]) -> Address:
    """Where a webhook goes: the app's own URL, with the parameters that are added."""
    try:
        address = read_address(told["url"])
    except Malformed as error:
        raise Undelivered(str(error), final=True) from error
    added: Mapping[str, Any] = told.get("query") or {}
    return address.adding((name, str(value)) for name, value in added.items() if value is not None)


def accept(address: Address, reply: Reply) -> None:
    """See that a receiver accepted; raises `Undelivered` otherwise, and for good where it wants no more calls."""
    if 200 <= reply.status < 300:
        return
    why = f"{address.host} answered {reply.status}"
    if 300 <= reply.status < 400:
        why += ", a redirect, which is not followed: name the address that it leads to"
    # Standard Webhooks 1.0.0, Delivery: 410 says that nothing more is wanted; 429 and 503 may say when.
    again = min(reply.again or 0.0, LONGEST_WAIT) if reply.status in (429, 502, 503, 504) else 0.0
    if reply.status == 410:
        raise Unwanted(why, final=True)
    raise Undelivered(why, after=again)


def signature(identity: str, at: int, content: bytes, keys: list[bytes]) -> dict[str, str]:
    """The headers by which a receiver tells who calls, when, and whether it was told before.

    Standard Webhooks 1.0.0: HMAC-SHA256 over id, moment (seconds since 1970) and body; one signature for each key.
    """
    signed = b"%s.%d.%s" % (identity.encode(), at, content)
    made = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{one}" for one in made),
    }


def send_test(desk: Desk, app: App, url: str, resolve: Resolve = addresses) -> str:
    """Send a signed event now that says it is a test; gives what came back, raises `Undelivered` unless accepted."""
    address = read_address(url, "webhook")
    content, kind = Body(form={"event": "test", "partnerId": app.relying_party}).encoded()
    signed = signature(str(uuid.uuid4()), int(desk.clock()), content, desk.signing.keys(app))
    try:
        reply = post(address, content, {"User-Agent": f"Rollbook/{__version__}", **kind, **signed}, resolve=resolve)
    except (OSError, UnreachableError) as error:
        raise Undelivered(f"{address.host} could not be reached: {error or type(error).__name__}") from error
    accept(address, reply)
    return f"{address.host} answered {reply.status}"
