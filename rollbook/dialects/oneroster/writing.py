"""Writing gradebooks: what a request says is checked whole, and then written whole or not at all.

Whether it may be written is decided by the schools' grants and by what the caller sees: what is out of its sight is
answered like what is not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from ...api.bodies import read_json
from ...api.listing.services import Collection
from ...api.listing.services import Writer as Answers
from ...api.messages import NO_STORE, Response
from ...consent import Writer
from ...errors import Malformed, Problem
from ...fields import Record
from ...model.assessment import Aspect, AssessmentResult, MarkSet
from ...model.coursework import ClassFile, SubmissionFile
from ...model.gradebook import ScoreScale, ScoreScaleValue
from ...model.groups import Group
from ...model.origin import ONEROSTER
from ...model.students import Student
from .answering import missing
from .calls import Call
from .catalogue import COLLECTIONS
from .gradebook import GRADEBOOK
from .ids import find, is_shared, refuse_shared, shared_ids
from .members import ENTITIES, LEAST, MOST, OLD_ENTITIES, PAIRS, SOURCED_ID, Entity, Said, understand
from .wire import Fault

PARTS: dict[type[Record], tuple[type[Record], ...]] = {
    Aspect: (MarkSet, ClassFile),
    AssessmentResult: (SubmissionFile,),
    ScoreScale: (ScoreScaleValue,),
}
"""What a record has only for its own sake: it does not keep it from being deleted."""

NAMES = {"Aspect": "line items", "AssessmentResult": "results", "TemplateColumn": "mark sheets"}
"""What still refers to something, in words."""

_LISTED: Mapping[str, Collection] = {**COLLECTIONS, **GRADEBOOK}


# ---- requests


def put(call: Call) -> Response:
    """Create what has an id that the client chose, or replace it."""
    entity, problems = _entity(call), list[Problem]()
    document = _body(call).get(entity.name)
    said = understand(entity, document, entity.name, problems)
    if said.sourced_id not in ("", call.identity):
        problems.append(Problem(f"{entity.name}.sourcedId", "is not the id in the address", "send the same one"))
    if not SOURCED_ID.fullmatch(call.identity):
        problems.append(Problem("path", "cannot end with this id", "use up to 255 letters, digits and . _ ~ : @ = + -"))
    _stop(problems)
    with call.desk.writers.in_district(call.holder, call.reader.district) as writer:
        created = Pen(writer, call.collection, entity).put(call.identity, said)
    return Response(b"", 201 if created else 200, (NO_STORE,))


def post(call: Call) -> Response:
    """Create several, and tell which ids they have: their own, where those are free."""
    entity, problems = _entity(call), list[Problem]()
    sent, name = _body(call).get(call.collection.name), call.collection.name
    if not isinstance(sent, list) or not sent:
        _stop([Problem(name, "is missing", f"send a list of what is to be created as {name}")])
    from_address = _given(call)
    documents = [_with(one, from_address, f"{name}[{at}]", problems) for at, one in enumerate(cast(list[Any], sent))]
    every = [understand(entity, one, f"{name}[{at}]", problems) for at, one in enumerate(documents)]
    _stop(problems)
    with call.desk.writers.in_district(call.holder, call.reader.district) as writer:
        pen = Pen(writer, call.collection, entity)
        made = [pen.post(said) for said in every]
    pairs = [
        {"suppliedSourcedId": said.sourced_id or allocated, "allocatedSourcedId": allocated}
        for said, allocated in zip(every, made, strict=True)
    ]
    return Response(msgspec.json.encode({"sourcedIdPairs": pairs}), 201)


def delete(call: Call) -> Response:
    """Delete something to which nothing refers that the caller sees."""
    with call.desk.writers.in_district(call.holder, call.reader.district) as writer:
        if not Pen(writer, call.collection, _entity(call)).delete(call.identity):
            raise missing(call.collection, call.identity)
    return Response(b"", 204, (NO_STORE,))


def _entity(call: Call) -> Entity:
    return (OLD_ENTITIES if call.service.old else ENTITIES)[call.collection.name]


def _body(call: Call) -> Mapping[str, Any]:
    try:
        sent = read_json(call.request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        _stop([Problem("body", "is not JSON", "send an object in UTF-8")])
    return cast(Mapping[str, Any], sent)


def _given(call: Call) -> dict[str, str]:
    """What the address says of all that is created there."""
    steps = call.address.split("/")[::2]
    named = {"classes": "class", "schools": "school", "lineItems": "lineItem"}
    return {named[step]: one for step, one in zip(steps, call.ids, strict=False) if step in named}


def _with(document: Any, given: Mapping[str, str], at: str, problems: list[Problem]) -> Any:
    """A document with what its address says, which it need not repeat."""
    if not isinstance(document, dict):
        return document
    said = cast(dict[str, Any], document)
    for name, identity in given.items():
        own = said.get(name)
        if isinstance(own, dict) and cast(dict[str, Any], own).get("sourcedId") != identity:
            problems.append(Problem(f"{at}.{name}", "is not the one in the address", "send the same one"))
    return {**{name: {"sourcedId": identity} for name, identity in given.items()}, **said}


def _stop(problems: Sequence[Problem]) -> None:
    if problems:
        raise Malformed(*problems)


# ---- records


class Pen:
    """Writes entities of one collection within a transaction."""

    def __init__(self, writer: Writer, collection: Collection, entity: Entity) -> None:
        self.writer = writer
        self.collection = collection
        self.entity = entity
        self.record = entity.record

    def put(self, sourced_id: str, said: Said) -> bool:
        """Create or replace something; gives whether it is new."""
        refuse_shared(self.writer.reader, self.writer.session, self.collection.resource, sourced_id)
        known = self.find(self.collection, sourced_id)
        if known is None:
            self.add(sourced_id, said)
            return True
        self._kept(known)
        before = self.writer.get(self.record, known) or {}
        self._about(before)
        facts = self.facts(said, before)
        self.writer.change(self.record, known, {**facts, "remainder": _remainder(before, said)})
        self.with_parts(known, said, facts)
        self.writer.forwarding.gradebook(self.record, known)
        return False

    def post(self, said: Said) -> str:
        """Create something; gives the id by which it is known."""
        free = said.sourced_id and self.find(self.collection, said.sourced_id) is None
        free = free and not is_shared(
            self.writer.reader, self.writer.session, self.collection.resource, said.sourced_id
        )
        identity = self.add(said.sourced_id if free else "", said)
        return said.sourced_id if free else identity

    def add(self, sourced_id: str, said: Said) -> str:
        """A new record; gives its hub id."""
        facts = self.facts(said, {})
        own = {"external_id": sourced_id, "origin": ONEROSTER} if sourced_id else {}
        # What has the id out of the caller's sight stays, and nobody meets two.
        others = self.writer.find(self.record, **own) if own else []
        taken = any(not self.writer.sees(self.record, row["id"]) for row in others)
        values = {**self.entity.fresh, **facts, **own, "remainder": _remainder({}, said)}
        identity = self.writer.add(self.record, values, taken=taken)
        self.with_parts(identity, said, facts)
        self.writer.forwarding.gradebook(self.record, identity)
        return identity

    def delete(self, sourced_id: str) -> bool:
        """Delete something; gives whether it was there."""
        known = self.find(self.collection, sourced_id)
        if known is None:
            return False
        self._kept(known)
        self._about(self.writer.get(self.record, known) or {})
        self.writer.rights(self.record, known).require()
        own = PARTS.get(self.record, ())
        if holding := self.writer.dependents(self.record, known, own):
            words = ", ".join(NAMES.get(name, name) for name in holding)
            hint = "delete those first, or have them refer to something else"
            raise Malformed(Fault(self.entity.name, f"{words} refer to it", hint, "deletefailure"))
        self.writer.forwarding.gradebook(self.record, known, goes=True)
        self.writer.drop(self.record, known, own)
        return True

    def _kept(self, identity: str) -> None:
        """Raise `Malformed` for what the hub made up: no record is behind it."""
        if identity in self.writer.reader.reach:
            what, hint = "stands for what is in no category", "create a category with another id"
            raise Malformed(Problem(self.entity.name, what, hint))

    def _about(self, row: Mapping[str, Any]) -> None:
        """Whoever a result is of is on the line of the request, since its answer depends on them."""
        if self.record is AssessmentResult:
            self.writer.sees(Student, row["student"])

    # ---- what refers to what

    def find(self, collection: Collection, sourced_id: str) -> str | None:
        """The hub id of what the caller sees in a collection under an id, as things stand within the transaction."""
        reader, session = self.writer.reader, self.writer.session
        return find(reader, session, collection.resource, sourced_id, shared_ids(reader, session), collection)

    def facts(self, said: Said, before: Mapping[str, Any]) -> dict[str, Any]:
        """The facts of a record as a document says them; raises with every reference that leads nowhere."""
        problems: list[Problem] = []
        found = {name: self._led(name, one, said.at, problems) for name, one in said.leads.items()}
        facts = {n: v for n, v in said.values.items() if n in self.record.fields}
        for name, member in self.entity.members.items():
            if member.leads and member.fact in self.record.fields:
                facts[member.fact] = found.get(name) or facts.get(member.fact)
        if not problems:
            self._place(facts, found, said, problems)
        if before and not problems and facts.get("school", before.get("school")) != before.get("school"):
            problems.append(Problem(said.at, "belongs to another school", "delete it there and create it anew"))
        _stop(problems)
        return facts

    def _led(self, name: str, sourced_id: str, at: str, problems: list[Problem]) -> str | None:
        leads = self.entity.members[name].leads
        found = self.find(_LISTED[leads], sourced_id)
        if found is None:
            hint = f"list {leads} to see which exist"
            problems.append(Problem(f"{at}.{name}", f"{sourced_id[:60]} was not found", hint))
        # A school's synthetic term stands for no session, and its synthetic category for none.
        synthetic = leads in ("academicSessions", "categories") and found in self.writer.reader.reach
        return None if synthetic else found

    def _place(
        self, facts: dict[str, Any], found: Mapping[str, str | None], said: Said, problems: list[Problem]
    ) -> None:
        """The school to which a record belongs; what it refers to must belong to the same."""
        item = self.writer.get(Aspect, found.get(self.entity.item) or "") if self.entity.item else None
        group = self.writer.get(Group, found.get("class") or "") if found.get("class") else None
        if item is not None:
            facts["school"] = item["school"]
            if group is not None and group["id"] != item["group"]:
                problems.append(Problem(f"{said.at}.class", "is not that of the line item", "leave it out"))
            facts["student"] = self._student(facts["student"], item["school"], said, problems)
        elif group is not None:
            if facts.get("school") not in (None, group["school"]):
                problems.append(Problem(f"{said.at}.school", "is not the school of the class", "send that one"))
            facts["school"] = group["school"]
        elif self.entity.record is Aspect:
            facts["school"] = self._only_school(facts, said, problems)

    def _student(self, person: str, school: str, said: Said, problems: list[Problem]) -> str | None:
        for row in self.writer.find(Student, person=person, school=school):
            if self.writer.sees(Student, row["id"]):
                return row["id"]
        problems.append(Problem(f"{said.at}.student", "is no student of the school", "send one of its students"))
        return None

    def _only_school(self, facts: Mapping[str, Any], said: Said, problems: list[Problem]) -> str | None:
        """The school of what is of no class: that of what it belongs to, or the only one that lets it be written."""
        for record, name in ((Aspect, "parent"), (ScoreScale, "score_scale")):
            if row := self.writer.get(record, facts.get(name) or ""):
                return row["school"]
        views = {*self.writer.reader.sight.meeting(self.record.writing)}
        schools = [school for school, view in self.writer.reader.reach.items() if view in views]
        if len(schools) > 1:
            hint = "send a class, or what it is a part of"
            problems.append(Problem(f"{said.at}.class", "is needed to tell whose assessment it is", hint))
        # Without any, the writer says what has to be granted.
        return next(iter(schools or self.writer.reader.reach), None)

    # ---- what goes with it

    def with_parts(self, identity: str, said: Said, facts: Mapping[str, Any]) -> None:
        """Make the records that hold a part of what was said agree with it."""
        if LEAST in said.values:
            least, most = said.values[LEAST], said.values[MOST]
            there = {} if least is None and most is None else {"least": least, "most": most}
            # Only the range that holds now is said; those of the past stay.
            now = [row for row in self.writer.find(MarkSet, aspect=identity) if row["end"] is None]
            first = {"start": (facts.get("assigned") or "")[:10] or None}
            self._agree(MarkSet, {"aspect": identity, "school": facts["school"]}, [there] if there else [], now, first)
        if PAIRS in said.values:
            wanted = [
                {"score": pair["itemValueLHS"], "stands_for": pair["itemValueRHS"], "display_order": order}
                for order, pair in enumerate(said.values[PAIRS], 1)
            ]
            now = sorted(self.writer.find(ScoreScaleValue, scale=identity), key=lambda row: row["display_order"] or 0)
            self._agree(ScoreScaleValue, {"scale": identity, "school": facts["school"]}, wanted, now, {})

    def _agree(
        self,
        record: type[Record],
        of: Mapping[str, Any],
        wanted: Sequence[Mapping[str, Any]],
        there: Sequence[Mapping[str, Any]],
        first: Mapping[str, Any],
    ) -> None:
        """Change the rows that are there, add those that are missing, and remove those that are too many."""
        for row, values in zip(there, wanted, strict=False):
            self.writer.change(record, row["id"], values)
        for values in wanted[len(there) :]:
            self.writer.add(record, {**of, **first, **values})
        for row in there[len(wanted) :]:
            self.writer.remove(record, row["id"])


def _remainder(before: Mapping[str, Any], said: Said) -> str | None:
    """What is kept beside the facts: what others wrote stays, and so does what this version has no member for."""
    kept: dict[str, Any] = json.loads(before.get("remainder") or "{}")
    own = {n: v for n, v in kept.get(ONEROSTER, {}).items() if n not in said.rest}
    own |= {n: v for n, v in said.rest.items() if v is not None}
    others = {n: v for n, v in kept.items() if n != ONEROSTER}
    found = {**others, **({ONEROSTER: own} if own else {})}
    return json.dumps(found, ensure_ascii=False) if found else None


_ONE: Mapping[str, Answers] = {"PUT": put, "DELETE": delete}
_SEVERAL: Mapping[str, Answers] = {"POST": post}

WRITERS: Mapping[str, Mapping[str, Answers]] = {
    **{f"{name}/{{id}}": _ONE for name in ENTITIES},
    "classes/{id}/lineItems": _SEVERAL,
    "schools/{id}/lineItems": _SEVERAL,
    "lineItems/{id}/results": _SEVERAL,
    "classes/{id}/academicSessions/{id}/results": _SEVERAL,
}
OLD_WRITERS: Mapping[str, Mapping[str, Answers]] = {f"{name}/{{id}}": _ONE for name in OLD_ENTITIES}
"""What answers requests that write, by address and method."""
