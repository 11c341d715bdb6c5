"""Taking a write-back: judged at once by what is known ("tier 1"), then entered, or queued and answered by its
tracking id (Xporter document, "Request Validation")."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec

from ....api.bodies import read_json
from ....api.messages import Request, Response
from ....consent import Desk, Grant
from ....consent.slips import asks, tracks
from ....consent.tokens import ManagementPass, SchoolPass
from ....errors import Malformed, NotHeld, Occupied, Problem
from ....jobs import Queue
from ....mis import Change, Find, Invalid, MisRefused, Order, Outcome, WriteBacks, profile_of
from ....mis.changes import to_wire
from ....mis.orders import DONE, INVALID, order_payload
from ..wire import QUIET, SchoolNotGranted, success
from .operation import Case, Operation
from .sections import read_body

PATIENCE = 30.0
"""Seconds for which the caller of a synchronous write-back waits for a school's agent, or for an import to end."""

ON_ITS_WAY = "The school's MIS could not be reached in time. The write-back will be retried for up to an hour."


class Taking:
    """Takes write-backs for the schools of a hub; `find` gives the system that a school's are handed to."""

    def __init__(self, desk: Desk, queue: Queue, writebacks: WriteBacks, find: Find) -> None:
        self.desk = desk
        self.queue = queue
        self.writebacks = writebacks
        self.find = find

    def take(
        self, request: Request, admitted: SchoolPass | ManagementPass, operation: Operation, estab: str | None
    ) -> Response:
        """Answer a write-back."""
        asks(f"writeback.{operation.name.lower()}")
        grant = self._grant(admitted, operation, estab)
        if operation.decides is not None:
            return operation.decides(self.desk, grant, read_body(_decoded(request), operation.sections))
        change, callback = self._judge(_decoded(request), grant, operation)
        order = Order(
            self._identity(request, grant, operation),
            grant.id,
            grant.app.id,
            grant.district,
            grant.school,
            operation.name,
            to_wire(change),
            callback,
        )
        tracks(order.id)
        if operation.asynchronous:
            if self.writebacks.outcome(order.id) is None:
                self.queue.add("writeback", order_payload(order), key=order.id)
            return queued(order)
        return self._enter(order)

    def _grant(self, admitted: SchoolPass | ManagementPass, operation: Operation, estab: str | None) -> Grant:
        if isinstance(admitted, ManagementPass):
            raise SchoolNotGranted("a management token cannot write", hint="request a school token from the STS")
        if estab is not None and admitted.grant.estab != estab:
            raise SchoolNotGranted(
                Problem("estab", "is not the school that the token is for", "use the school's own token")
            )
        if not operation.need.met_by(admitted.grant.scopes):
            raise NotHeld(Problem(operation.name, f"needs the scope {operation.need}", "ask the school to grant it"))
        return admitted.grant

    def _judge(self, said: Any, grant: Grant, operation: Operation) -> tuple[Change, str | None]:
        """The change that a body asks for, and whom to call; raises `Invalid` with every message at once."""
        profile = profile_of(grant.mis)
        if not operation.supported(profile):
            raise Invalid(f"{operation.subject or operation.name} writeback is not supported for {profile.name}")
        body = read_body(said, operation.sections)
        wrong = list(body.wrong)
        if operation.asynchronous and body.callback is None and not any("Url" in message for message in wrong):
            wrong.append("Missing mandatory section Callback")
        with self.desk.readers.checker(grant) as checker:
            change = operation.read(body, Case(checker, profile, checker.today), wrong)
        if wrong or change is None:
            raise Invalid(*wrong)
        return change, body.callback

    def _identity(self, request: Request, grant: Grant, operation: Operation) -> str:
        """The tracking id: a new one, or for a repeat under one Idempotency-Key the same again."""
        key = request.header("idempotency-key").strip()
        if len(key) > 255:
            raise Malformed(Problem("Idempotency-Key", "is longer than 255 characters"))
        if key:
            return f"00000000000000.{uuid.uuid5(uuid.UUID(grant.id), f'{operation.name} {key}')}"
        return f"{datetime.fromtimestamp(self.desk.clock(), UTC):%Y%m%d%H%M%S}.{uuid.uuid4()}"

    def _enter(self, order: Order) -> Response:
        outcome = self.writebacks.outcome(order.id) or self._handed_over(order)
        if outcome is not None:
            return answered(outcome)

        def wait() -> Response | None:
            found = self.writebacks.outcome(order.id)
            return None if found is None else answered(found)

        # The worker goes on with it, so that it is not lost with the connection.
        self.queue.add("writeback", order_payload(order), key=order.id)
        return Response(queued(order, ON_ITS_WAY).body, wait=wait, patience=PATIENCE)

    def _handed_over(self, order: Order) -> Outcome | None:
        """What came of an order at once; None while it is on its way, or an import holds the records."""
        try:
            return self.find(order.district, order.school).take(order)
        except Occupied:
            return None


def _decoded(request: Request) -> Any:
    try:
        return read_json(request.body)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Malformed(Problem("body", "is not JSON", "send an object of sections")) from error
    except RecursionError as error:
        raise Malformed(Problem("body", "is nested too deeply")) from error


def queued(order: Order, message: str = "success") -> Response:
    """The answer to a write-back that is queued (A6 of the wire's facts; the document's "Example response")."""
    tracked = {"trackingid": order.id, "errorquery": f"Writeback.{order.operation}_OnError"}
    return success({"TrackingId": order.id, "DataSet": {"trackingid": [tracked]}, **QUIET, "Message": message})


def answered(outcome: Outcome) -> Response:
    """The answer to a write-back that was entered; raises what came in between."""
    if outcome.state == DONE:
        found = {"result": list(outcome.results)} if outcome.results else {}
        return success({**found, **QUIET, "Message": "success"})
    raise Invalid(*outcome.messages) if outcome.state == INVALID else MisRefused(*outcome.messages)
