"""Reading documents: the pages of a collection, and one document by its id."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise, product
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from ...consent import Desk, Holder, Writer
from ...consent.district import DistrictReader
from ...consent.session import Plan, Session
from ...consent.shared import SharedReader
from ...consent.waiting import WaitingReader
from ...edfi.schema import Resource, Target
from ...fields import ALWAYS, Arg, Condition, HubId, Kept, LastUpdated, Not, Question, Version
from ...model.people import Person
from ...model.vocabulary import Descriptor
from ...recent import Finished, once

AnyReader = DistrictReader | SharedReader | WaitingReader

ID, NUMBER, MOMENT, REST = "$id", "$number", "$moment", "$rest"
"""The columns that every document has beside those of its properties."""

RELATIONS = {"school": "School", "localEducationAgency": "LocalEducationAgency", "educationOrganization": "School"}


class Told(NamedTuple):
    """What a row tells, whoever reads it: the hub id, the number of the last change, and the document."""

    id: str
    number: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """A document as the caller may see it, where it was read, and the number of its last change."""

    reader: AnyReader
    id: str
    number: int
    body: Mapping[str, Any]
    part: Resource
    """What of its resource it is."""

    @property
    def etag(self) -> str:
        """What changes when anything does that the caller may see, without quotes."""
        return self.body["_etag"]


FINISHED: Finished[Told] = Finished(32 * 1024 * 1024, times=6)
"""Documents of the rows that were read last: most of a list is as it was when it is asked for again."""


def readers_of(desk: Desk, holder: Holder, resource: Resource) -> tuple[AnyReader, ...]:
    """Who reads a resource's documents, as things stand now: descriptors are every district's."""
    if resource.of is Descriptor:
        return (desk.readers.shared(),)
    return (
        (desk.readers.waiting(holder), *desk.readers.for_holder(holder))
        if resource.of is Person
        else desk.readers.for_holder(holder)
    )


def hexadecimal(identity: str) -> str:
    """A hub id as Ed-Fi writes ids: 32 digits, no dashes."""
    return identity.replace("-", "")


def hub_id(text: str) -> str | None:
    """The hub id that an id in an address stands for, with or without dashes; nothing when it cannot be one."""
    try:
        return str(UUID(text)) if len(text) in (32, 36) else None
    except ValueError:
        return None


def link(target: Target, identity: Any) -> dict[str, str] | None:
    """Where the resource that a reference points at stands."""
    served = next(iter(target.served), None)
    if not identity or served is None:
        return None
    relation = RELATIONS.get(target.name, target.name[0].upper() + target.name[1:])
    return {"rel": relation, "href": f"/ed-fi/{served}/{hexadecimal(identity)}"}


def kept(resource: Resource) -> Kept:
    """What a document's client wrote that the record has no field for."""
    return Kept(resource.of, f"edfi.{resource.name}", resource.remainder, role=resource.role)


def question(resource: Resource, where: Condition = ALWAYS, *, few: bool = False) -> Question:
    """The documents of a resource, in the order of their hub ids; `few` when only a few are expected."""
    identity = HubId(resource.of)
    columns = (
        *resource.columns,
        (ID, identity),
        (NUMBER, Version(resource.of)),
        (MOMENT, LastUpdated(resource.of)),
        (REST, kept(resource)),
    )
    through = (resource.role,) if resource.role else ()
    return Question(resource.of, columns, resource.only & where, order=(identity,), few=few, through=through)


def document(resource: Resource, reader: AnyReader, row: bytes) -> Document:
    """The document that a row is."""
    return Document(reader, *_finished(resource, row), resource)


def listed(resource: Resource, reader: AnyReader, row: bytes) -> Document:
    """The same for one of many, who may be listed again soon."""
    return Document(reader, *FINISHED.get(resource, row, partial(_finished, resource)), resource)


def _finished(resource: Resource, said: bytes) -> Told:
    row: dict[str, Any] = msgspec.json.decode(said)
    identity = row[ID]
    body: dict[str, Any] = {"id": hexadecimal(identity)}
    if resource.of is Descriptor:
        # Clients know a descriptor's kind by this member; its number only has to stay the same.
        body[f"{resource.singular}Id"] = int(body["id"][-8:], 16) >> 1
    body |= resource.shape(row, row[REST], link)
    digest = hashlib.blake2b(msgspec.json.encode(body), digest_size=12).hexdigest()
    body |= {"_etag": digest, "_lastModifiedDate": f"{row[MOMENT]}Z"}
    return Told(identity, row[NUMBER], body)


def find(resource: Resource, readers: Iterable[AnyReader], identity: str) -> Document | None:
    """The document with a hub id, where one of the readers sees it: a district's rather than that of one who waits.

    All look at one moment: whoever gets a role meanwhile, or loses their last one, is with one reader or another.
    """
    each = sorted(readers, key=lambda one: isinstance(one, WaitingReader))
    districts = [reader.district for reader in each]
    with ExitStack() as stack:
        session: Session | None = None
        for reader in each:
            session = stack.enter_context(reader.session(session, districts))
            if found := find_with(resource, reader, session, identity, shown=True):
                return found
    return None


def find_in(
    resource: Resource,
    reader: AnyReader,
    session: Session,
    where: Condition,
    args: Mapping[str, Any],
    key: object,
) -> Document | None:
    """The first document for which a condition holds, which is only looked at."""
    plan = reader.prepare(question(resource, where, few=True), ("edfi", resource.asked_as, key))
    return _first(resource, reader, session, plan, args)


def find_by_key(resource: Resource, reader: AnyReader, session: Session, key: Mapping[str, Any]) -> Document | None:
    """The document with a natural key, which is only looked at."""
    found = (find_in(one, reader, session, one.keyed, one.key_args(key), "key") for one in resource.parts)
    return next((one for one in found if one), None)


def find_with(
    resource: Resource, reader: AnyReader, session: Session, identity: str, *, shown: bool = False
) -> Document | None:
    """The document with a hub id; `shown` to the caller, not only looked at."""
    wanted = {"wanted": identity}
    found = (_first(one, reader, session, _by_id(one, reader), wanted, shown=shown) for one in resource.parts)
    return next((one for one in found if one), None)


def _by_id(resource: Resource, reader: AnyReader) -> Plan:
    # What is asked is the same for every document.
    asked = once(_ASKED, resource.asked_as, lambda: question(resource, HubId(resource.of).is_(Arg("wanted")), few=True))
    return reader.prepare(asked, ("edfi", resource.asked_as, "id"))


_ASKED: dict[object, Question] = {}


def _first(
    resource: Resource,
    reader: AnyReader,
    session: Session,
    plan: Plan,
    args: Mapping[str, Any],
    *,
    shown: bool = False,
) -> Document | None:
    for rows, people in session.chosen(plan, args, 1, 0):
        if shown:
            session.shows(plan, 1, people)
        return document(resource, reader, rows[0])
    return None


def etag_within(resource: Resource, writer: Writer, identity: str) -> str:
    """The etag of a document as it is shown when a transaction is kept; empty where the caller does not see it."""
    with writer.reader.session(writer.session) as session:
        found = find_with(resource, writer.reader, session, identity, shown=True)
    return found.etag if found else ""


def sees(resource: Resource, reader: AnyReader, session: Session, identity: str) -> bool:
    """Whether a reader sees a document with a hub id; nothing of it is read."""
    return any(session.has(_by_id(one, reader), {"wanted": identity}) for one in resource.parts)


def find_quietly(resource: Resource, readers: Iterable[AnyReader], identity: str) -> Document | None:
    """The document with a hub id, which is only looked at."""
    for reader in readers:
        with reader.session() as session:
            if found := find_with(resource, reader, session, identity):
                return found
    return None


# ---- collections


@dataclass(frozen=True)
class Cursor:
    """A place in a collection: after a hub id of a part of it in a district, up to another one."""

    district: int
    after: str
    last_district: int = 2**31
    last: str = ""
    part: int = 0
    last_part: int = 0

    def token(self) -> str:
        """What the caller gives back to go on."""
        said = f"{self.district}:{self.after}:{self.last_district}:{self.last}"
        said += f":{self.part}:{self.last_part}" if self.part or self.last_part else ""
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")

    @property
    def begin(self) -> tuple[int, int]:
        """The district and the part in which it begins."""
        return self.district, self.part

    @property
    def end(self) -> tuple[int, int]:
        """Those in which it ends."""
        return self.last_district, self.last_part

    @staticmethod
    def read(token: str) -> Cursor | None:
        """A place from what the caller gives back; nothing when it is not one."""
        try:
            said = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii").split(":")
            district, after, last_district, last, *parts = said
            part, last_part = map(int, parts or (0, 0))
            return Cursor(int(district), after, int(last_district), last, part, last_part)
        except (ValueError, UnicodeError):
            return None


START = Cursor(-1, "")


@dataclass(frozen=True)
class Extent:
    """Which documents of a collection a request means, and which of these are on its page."""

    where: tuple[Condition, ...] = ()
    shape: tuple[str, ...] = ()
    """What tells the conditions from others: compiled statements are kept by it."""
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    limit: int = 25
    offset: int = 0
    cursor: Cursor | None = None
    others: tuple[Extent, ...] = ()
    """The same of the further parts of the resource, if it has any."""

    def of(self, part: int) -> Extent:
        """What is asked of a part of the resource."""
        return self if part == 0 else self.others[part - 1] if self.others else Extent()


class Collection:
    """A resource as readers see it, under the conditions of a request; one moment for each district."""

    def __init__(self, resource: Resource, readers: Sequence[AnyReader], asked: Extent) -> None:
        self.resource = resource
        self.readers = readers
        self.asked = asked

    def plans(self) -> Iterator[tuple[AnyReader, Resource, Plan, dict[str, Any]]]:
        """The question for each part in each district that the request reaches, with its arguments."""
        cursor = self.asked.cursor
        for reader, (number, part) in product(self.readers, enumerate(self.resource.parts)):
            identity, asked, here = HubId(part.of), self.asked.of(number), (reader.district, number)
            where, shape, args = ALWAYS, list(asked.shape), dict(asked.args)
            for condition in asked.where:
                where = where & condition
            if cursor is not None and not cursor.begin <= here <= cursor.end:
                continue
            if cursor is not None and here == cursor.begin:
                where, args["after"] = where & identity.after(Arg("after")), cursor.after
                shape.append("after")
            if cursor is not None and here == cursor.end:
                where, args["last"] = where & identity.until(Arg("last")), cursor.last
                shape.append("last")
            if twins := self.shown_before(reader):
                where, args["twins"] = where & Not(identity.one_of(Arg("twins"))), msgspec.json.encode(twins).decode()
                shape.append("twins")
            yield reader, part, reader.prepare(question(part, where), ("edfi", part.asked_as, "list", *shape)), args

    def shown_before(self, reader: AnyReader) -> list[str]:
        """The humans of a reader whom an earlier one shows already: they have a record in two districts, or wait."""
        if self.resource.of is not Person or not isinstance(reader, DistrictReader | WaitingReader):
            return []
        waits = isinstance(reader, WaitingReader)
        districts = (r for r in self.readers if isinstance(r, DistrictReader))
        earlier = [r for r in districts if waits or r.district < reader.district]
        twins = reader.twins() if earlier else frozenset[str]()
        return sorted(i for i in twins if find_quietly(self.resource, earlier, i))

    def kinds(self) -> frozenset[str]:
        """The kinds of record that the documents are made of."""
        return frozenset(kind for _, _, plan, _ in self.plans() for kind in plan.reads)

    def count(self) -> int:
        """How many documents there are."""
        found = 0
        for reader, _, plan, args in self.plans():
            with reader.session() as session:
                found += session.count(plan, args)
        return found

    def page(self) -> list[Document]:
        """The documents of the page that was asked for."""
        left, passed = self.asked.limit, self.asked.offset
        page: list[Document] = []
        for reader, part, plan, args in self.plans():
            if left <= 0:
                break
            with reader.session() as session:
                if passed and len(self.readers) * len(self.resource.parts) > 1:
                    here = session.count(plan, args, shown=False)
                    if here <= passed:
                        if plan.of_people:
                            session.sized(plan, args, here)
                        passed -= here
                        continue
                for rows in session.rows(plan, args, left, passed):
                    page += [listed(part, reader, row) for row in rows]
            left, passed = self.asked.limit - len(page), 0
        return page

    def partitions(self, number: int) -> list[str]:
        """Tokens that cut the collection into about as many parts of one size."""
        total = self.count()
        if not total:
            return []
        ends: list[Cursor] = [START]
        for part in range(1, min(number, total)):
            at = total * part // min(number, total) - 1
            cut = Collection(self.resource, self.readers, replace(self.asked, limit=1, offset=at, cursor=None))
            last = cut.page()[0]
            ends.append(Cursor(last.reader.district, last.id, part=self.resource.parts.index(last.part)))
        tokens = [Cursor(a.district, a.after, b.district, b.after, a.part, b.part) for a, b in pairwise(ends)]
        return [c.token() for c in (*tokens, ends[-1])]
