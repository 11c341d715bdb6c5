"""Answers about one resource: its pages, its documents, what became of a write, and what has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec

from ...api.bodies import read_json
from ...api.messages import JSON, NO_STORE, Request, Response
from ...consent import Desk, Holder
from ...consent.gaps import is_lost
from ...consent.slips import shows
from ...edfi.coercion import Wrong, coerce
from ...edfi.schema import Resource
from ...edfi.validation import Invalid
from ...edfi.validation import understand as checked
from ...errors import Problem
from . import problems
from .bounding import extent
from .changes import Change, deletes, key_changes
from .claiming import SETTING as CLAIM_SETS
from .claiming import in_namespace
from .conditions import Conditions, tags
from .former import current_document, current_query
from .parameters import Query, understand
from .preferring import STRICT, handling
from .problems import InvalidQuery
from .profiling import SETTING as PROFILES
from .profiling import Lens
from .reading import (
    START,
    AnyReader,
    Collection,
    Document,
    Extent,
    find,
    find_by_key,
    find_quietly,
    hexadecimal,
    hub_id,
    readers_of,
)
from .refusal import Refusal
from .writing import Scribe

PARTITIONS = 5
"""Into how many parts a collection is cut when the request does not say."""


@dataclass(frozen=True)
class Caller:
    """Whose request it is, and how the same caller is admitted again, a moment later."""

    desk: Desk
    holder: Holder
    again: Callable[[], Holder]

    def readers(self, resource: Resource) -> Sequence[AnyReader]:
        """Who reads a resource."""
        return readers_of(self.desk, self.holder, resource)


def encoded(body: Any, *further: tuple[bytes, bytes], status: int = 200) -> Response:
    """A JSON answer."""
    return Response(msgspec.json.encode(body), status, (JSON, NO_STORE, *further))


class Shelf:
    """One resource, for one caller."""

    def __init__(self, caller: Caller, resource: Resource, lens: Lens | None = None) -> None:
        """`lens` is the profile that the request uses, if any."""
        self.caller = caller
        self.resource = resource
        self.lens = lens
        self.readers = caller.readers(resource)

    # ---- reading

    def page(self, request: Request) -> Response:
        """A page of the documents that the query is about."""
        query = understand(self.resource, self.pairs(request), strict=handling(request) == STRICT)
        found = Collection(self.resource, self.readers, self._asked(query))
        resting = self.resting(found.kinds())
        further: list[tuple[bytes, bytes]] = []
        if query.total:
            further.append((b"total-count", b"%d" % found.count()))
        documents = found.page() if query.limit else []
        if documents and len(documents) == query.limit and not query.paged:
            last = documents[-1]
            at = self.resource.parts.index(last.part)
            here = replace(found.asked.cursor or START, district=last.reader.district, after=last.id, part=at)
            further.append((b"next-page-token", here.token().encode()))
        return resting(self.told([self.shown(d.body) for d in documents], *further))

    def item(self, request: Request, text: str) -> Response:
        """The document with an id."""
        identity = _identity(text)
        if handling(request) == STRICT and request.query:
            said = "is a parameter of collections. An item by its id takes none."
            raise InvalidQuery(*(Problem(name, f"{name} {said}") for name, _ in request.query))
        resting = self.resting(Collection(self.resource, self.readers, Extent()).kinds())
        found = find(self.resource, self.readers, identity)
        if found is None:
            raise Refusal(problems.not_found())
        tag = f'"{found.etag}"'.encode()
        given = tags(request.header("if-none-match"))
        if found.etag in given or given == ["*"]:
            return Response(b"", 304, ((b"etag", tag), NO_STORE))
        return resting(self.told(self.shown(found.body), (b"etag", tag)))

    def shown(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """A document in the shape that the caller uses."""
        return self.lens.shown(body) if self.lens else body

    def told(self, body: Any, *further: tuple[bytes, bytes]) -> Response:
        """An answer of documents, under the name of their shape."""
        if self.lens is None:
            return encoded(body, *further)
        kind = (b"content-type", f"{self.lens.media_type}; charset=utf-8".encode())
        return Response(msgspec.json.encode(body), 200, (kind, NO_STORE, (b"vary", b"Accept"), *further))

    def partitions(self, request: Request) -> Response:
        """Tokens with which several readers share a collection."""
        query = understand(self.resource, self.pairs(request), strict=handling(request) == STRICT)
        found = Collection(self.resource, self.readers, self._asked(query))
        return encoded({"pageTokens": found.partitions(query.number or PARTITIONS)})

    def pairs(self, request: Request) -> list[tuple[str, str]]:
        """The parameters of a request; one of a member that its profile leaves out is one that there is not."""
        pairs = current_query(self.caller.desk.readers.for_holder(self.caller.holder), request.query)
        hidden = [name for name, _ in pairs if self.lens and self.lens.hides(name)]
        if hidden and handling(request) == STRICT:
            said = f"is not a parameter of {self.resource.name} in this profile."
            raise InvalidQuery(*(Problem(name, f"{name} {said}") for name in hidden))
        return [(name, value) for name, value in pairs if name not in hidden]

    def document(self, request: Request, *, posted: bool = False, identity: str = "") -> dict[str, Any]:
        """The document that a request carries, checked; with what its profile may not write as it is."""
        body = _body(request)
        if self.lens:
            body = self.lens.merged(body, self.kept(body, identity))
        document = checked(self.resource, body, posted=posted)
        in_namespace(self.caller.holder, self.resource, document)
        return current_document(self.caller.desk.readers.for_holder(self.caller.holder), document)

    def kept(self, body: Any, identity: str) -> Mapping[str, Any]:
        """The document that a write is going to change, as the caller sees it: that with an id, or with a key."""
        found = find_quietly(self.resource, self.readers, identity) if identity else self.with_key(body)
        return {n: v for n, v in found.body.items() if n in self.resource.by_name} if found else {}

    def with_key(self, body: Any) -> Document | None:
        """The document with the natural key of one that may still be wrong."""
        try:
            key = self.resource.key(body)
            wanted = {name: coerce(one, key[name]) for name, one, _ in self.resource.members()}
        except (KeyError, TypeError, Wrong):
            return None
        for reader in self.readers:
            with reader.session() as session:
                if found := find_by_key(self.resource, reader, session, wanted):
                    return found
        return None

    def resting(self, kinds: frozenset[str]) -> Callable[[Response], Response]:
        """What makes an answer one that stays true until something is written, from now on, that it is made of."""
        caller, resource = self.caller, self.resource
        defined = caller.desk.definitions
        # What an operator defined may change without a write that any reader sees.
        own = any(word.own for word in caller.holder.credential.words) or bool(caller.holder.credential.profiles)
        on = [what for what, used in ((CLAIM_SETS, own), (PROFILES, own or self.lens is not None)) if used]

        def rests_on(readers: Sequence[AnyReader]) -> object:
            read = [(r.district, r.granted(), r.versions(kinds)) for r in readers]
            return read, [defined.of(what) for what in on]

        # What another process writes while this one reads may be missing from the answer, so it must count as new.
        before = rests_on(self.readers)
        return lambda response: replace(
            response,
            keep=True,
            until=caller.holder.expires,
            rests_on=before,
            now_rests_on=lambda: rests_on(Caller(caller.desk, caller.again(), caller.again).readers(resource)),
        )

    # ---- changes

    def gone(self, request: Request) -> Response:
        """What was deleted."""
        return self.changed(request, deletes)

    def renamed(self, request: Request) -> Response:
        """What has another natural key."""
        return self.changed(request, key_changes)

    def changed(
        self, request: Request, feed: Callable[[Resource, Sequence[AnyReader], int, int | None], list[Change]]
    ) -> Response:
        """A page of a feed of changes."""
        query = understand(self.resource, request.query, filtered=False, strict=handling(request) == STRICT)
        told = feed(self.resource, self.readers, self._since(query) or 0, query.changed_until)
        further = ((b"total-count", b"%d" % len(told)),) if query.total else ()
        page = told[query.offset : query.offset + query.limit]
        shows(*(identity for change in page for identity in change.people))
        return encoded([c.body for c in page], *further)

    def _asked(self, query: Query) -> Extent:
        return extent(self.resource, replace(query, changed_since=self._since(query)))

    def _since(self, query: Query) -> int | None:
        """From which number on changes are told: all of them to who has read what a restored hub no longer has."""
        since = query.changed_since
        # Whoever has read up to a number asks from the next one on.
        return 0 if since and is_lost(self.caller.desk.readers.gaps, since - 1) else since

    # ---- writing

    def post(self, request: Request) -> Response:
        """Create a document, or update the one with its natural key."""
        only_new = Conditions.of(request).none_match == "*"
        scribe = Scribe(self.caller.desk, self.caller.holder, only_new=only_new)
        outcome = scribe.post(self.resource, self.document(request, posted=True))
        return self.written(request, outcome.id, 201 if outcome.created else 200, outcome.etag)

    def put(self, request: Request, text: str) -> Response:
        """Update the document with an id."""
        identity, body = _identity(text), _body(request)
        if isinstance(body, dict) and hub_id(str(cast(dict[str, Any], body).get("id", text))) != identity:
            raise Invalid(Problem("$.id", "The id of the document must be that of the address."))
        scribe = Scribe(self.caller.desk, self.caller.holder)
        scribe.put(self.resource, identity, self.document(request, identity=identity), Conditions.of(request))
        return self.written(request, identity, 204)

    def delete(self, request: Request, text: str) -> Response:
        """Delete the document with an id."""
        identity = _identity(text)
        if self.caller.holder.credential.namespaces and (found := find(self.resource, self.readers, identity)):
            in_namespace(self.caller.holder, self.resource, found.body)
        scribe = Scribe(self.caller.desk, self.caller.holder)
        scribe.delete(self.resource, identity, Conditions.of(request))
        return Response(b"", 204, (NO_STORE,))

    def written(self, request: Request, identity: str, status: int, etag: str | None = None) -> Response:
        """The address of a document that was written, and its etag, which is looked up where it is not known."""
        address = f"{request.base}/edfi/data/v3/ed-fi/{self.resource.name}/{hexadecimal(identity)}"
        if etag is None:
            found = find(self.resource, self.caller.readers(self.resource), identity)
            etag = found.etag if found else ""
        tag = ((b"etag", f'"{etag}"'.encode()),) if etag else ()
        return Response(b"", status, ((b"location", address.encode("latin-1", "replace")), *tag, NO_STORE))


def _identity(text: str) -> str:
    identity = hub_id(text)
    if identity is None:
        raise Refusal(problems.malformed(Problem("$.id", f"{text[:60]} is not an id: 32 hexadecimal digits.")))
    return identity


def _body(request: Request) -> Any:
    kind = request.header("content-type").lower().partition(";")[0].strip()
    if kind not in ("application/json", "text/json") and not (
        kind.startswith("application/") and kind.endswith("+json")
    ):
        raise Refusal(problems.unsupported_media_type(kind))
    try:
        return read_json(request.body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        said = f"The body is not JSON: {str(error)[:100]}."
        raise Refusal(problems.malformed(Problem("$", said))) from error
