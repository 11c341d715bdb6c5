"""Ed-Fi's REST API as a source: an ODS/API of Data Standard 5, or another hub.

After the first reading only what changed is asked for (change queries), with what is gone. A document is known by its
id, so that one whose natural key changed is a change and no other record.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from ..errors import Malformed, Problem
from ..ingest.edfi import COUNTS, CURSOR, DIRECTORY, FILLS, RESOURCES, Changes, Directory, Documents
from ..ingest.forwarding import WRITING_DOCUMENTS
from ..ingest.rows import SETTLED, Reading
from ..ingest.sending import Sending, plain
from ..ingest.settings import Setting
from ..ingest.web import (
    ADDRESS,
    REACHED,
    Answer,
    ClientCredentials,
    Listing,
    NotAllowed,
    NotServed,
    Offset,
    Session,
    fetch,
    rows_at,
    service_of,
)

PAGE = 500
"""The most documents that an ODS/API gives at a time."""

NEEDED = ("schools", "students")
"""The resources without which there is no roster; of others a server may have none."""

FURTHER = ("calendars", "calendarDates")
"""The resources that a key for rosters may not be allowed to read."""


class EdFiRest:
    """Ed-Fi's REST API."""

    name = "edfi-rest"
    format = "edfi"
    fills = FILLS
    settings: tuple[Setting, ...] = (
        ADDRESS,
        Setting("key", "The key (client id) that the vendor made for Rollbook"),
        Setting("secret", "The secret that belongs to the key", secret=True),
        WRITING_DOCUMENTS,
        *REACHED,
    )

    def read(self, reading: Reading) -> Documents | Changes:
        """Read what changed since the last reading where that is certain, and everything otherwise."""
        with _opened(reading) as api:
            now = api.versions()
            since = _since(reading, now)
            changes = api.changes(since, now.newest) if now is not None and since is not None else None
            return changes or api.everything(now)

    def send(self, reading: Reading, documents: Iterable[Sending]) -> None:
        """Make the API have documents as they stand here, or have them no more."""
        with _opened(reading) as api:
            for one in documents:
                api.bring(one)


EDFI_REST = EdFiRest()


class Versions(msgspec.Struct):
    """From which change to which a server knows."""

    oldest: int = msgspec.field(name="oldestChangeVersion", default=0)
    newest: int = msgspec.field(name="newestChangeVersion", default=0)


def _since(reading: Reading, now: Versions | None) -> int | None:
    """The change after which to read; None where all has to be read, as after a server was set up anew."""
    cursor = reading.kept(CURSOR) if reading.changes is not False else None
    if not (cursor and reading.kept(SETTLED) and reading.kept(DIRECTORY)) or now is None:
        return None
    said = msgspec.json.decode(cursor, type=_Cursor)
    same = said.address == reading.settings["address"]
    return said.version if same and now.oldest <= said.version <= now.newest else None


class _Cursor(msgspec.Struct):
    address: str
    version: int


@contextmanager
def _opened(reading: Reading) -> Generator[_Api]:
    """The API as its root says where things are."""
    service = service_of(reading.settings)
    with Session(service, note=reading.note) as open_:
        urls = _urls(open_.get("", check=_is_discovery).body)
    auth = ClientCredentials(urls["oauth"], reading.settings["key"], reading.settings["secret"])
    with Session(service, auth, reading.note) as session:
        yield _Api(session, urls["dataManagementApi"].rstrip("/"), urls.get("changeQueries", "").rstrip("/"), reading)


def _is_discovery(answer: Answer) -> int:
    _urls(answer.body)
    return 0


def _urls(body: Any) -> Mapping[str, str]:
    urls = body.get("urls") if isinstance(body, dict) else None  # pyright: ignore
    if not isinstance(urls, dict) or not {"oauth", "dataManagementApi"} <= urls.keys():  # pyright: ignore
        said = "does not say where its data and its tokens are, as the root of an Ed-Fi API does"
        raise Malformed(Problem("", said, "give the address that the API's own start page has"))
    return {str(name): str(url) for name, url in urls.items()}  # pyright: ignore


@dataclass
class _Api:
    """An API: its data, and its change queries if it has any."""

    session: Session
    data: str
    feed: str
    reading: Reading

    def versions(self) -> Versions | None:
        """From which change to which it knows; None where it has no change queries."""
        if not self.feed:
            return None
        try:
            answer = self.session.get(f"{self.feed}/availableChangeVersions")
        except NotServed:
            return None
        return msgspec.convert(answer.body, Versions, strict=False)

    def everything(self, now: Versions | None) -> Documents:
        """All documents."""
        found = Documents(cursor=self._cursor(now.newest) if now else b"")
        for done, name in enumerate(RESOURCES):
            self.reading.progress("reading", done, len(RESOURCES))
            rows = self._list(name, optional=name not in NEEDED)
            if rows is None:
                found.notes.append(f"{name} is not served, and was not read")
            else:
                found.take(name, ((row, (name, at)) for at, row in enumerate(rows, 1)))
        found.settle()
        return found

    def changes(self, since: int, until: int) -> Changes | None:
        """What changed after one version up to another; None where it takes all documents to tell."""
        kept = self.reading.kept
        counts = msgspec.msgpack.decode(kept(COUNTS) or b"\x80", type=dict[str, int])
        directory = msgspec.msgpack.decode(kept(DIRECTORY) or b"", type=Directory)
        moved = since < until
        totals = {name: self._total(name) for name in counts} if moved else counts
        found = Changes(directory, self._cursor(until), totals)
        window = {"minChangeVersion": str(since + 1), "maxChangeVersion": str(until)}
        for done, name in enumerate(counts if moved else ()):
            self.reading.progress("reading", done, len(counts))
            found.take(name, self._changed(name, window))
            found.lose(name, self._list(f"{name}/deletes", window, optional=True) or ())
        return found if found.settle() else None

    def _changed(self, name: str, window: Mapping[str, str]) -> list[dict[str, Any]]:
        """The documents that changed, with those that only have another key: some servers do not list them so."""
        rows = self._list(name, window) or []
        there = {row["id"] for row in rows}
        renamed = self._list(f"{name}/keyChanges", window, optional=True) or []
        for identity in {str(one["id"]) for one in renamed} - there:
            try:
                rows.append(self.session.get(f"{self.data}/ed-fi/{name}/{identity}").body)
            except NotServed:
                continue
        return rows

    def _list(
        self, name: str, window: Mapping[str, str] | None = None, *, optional: bool = False
    ) -> list[dict[str, Any]] | None:
        pages = Offset(PAGE, header="total-count")
        params = {"totalCount": "true", **(window or {})}
        listing = Listing(f"{self.data}/ed-fi/{name}", pages=pages, params=params, optional=optional)
        try:
            return fetch(self.session, listing, self.reading.folder)
        except NotAllowed:
            if name in FURTHER:
                return None
            raise

    # ---- writing

    def bring(self, one: Sending) -> None:
        """Make the API have a document; what it has as it is to be is not sent."""
        there, where = self._there(one), f"{self.data}/ed-fi/{one.resource}"
        if one.body is None:
            self._remove(f"{where}/{there['id']}" if there else "")
        elif there is None:
            self.session.write("POST", where, msgspec.json.encode(one.body))
        elif (wanted := one.over(there)) != plain(there):
            said = {"id": there["id"], **wanted}
            self.session.write("PUT", f"{where}/{there['id']}", msgspec.json.encode(said))

    def _remove(self, address: str) -> None:
        try:
            if address:
                self.session.write("DELETE", address)
        except NotServed:
            return

    def _there(self, one: Sending) -> Mapping[str, Any] | None:
        """A document as the API has it: by its id there or, where that is not known or gone, by its natural key."""
        where = f"{self.data}/ed-fi/{one.resource}"
        try:
            if one.there:
                return self.session.get(f"{where}/{one.there}").body
        except NotServed:
            if one.body is None:
                return None
        asked = {name: _asked(value) for name, value in one.key.items()}
        return next(iter(rows_at(self.session.get(where, asked), "")), None)

    def _total(self, name: str) -> int:
        asked = {"totalCount": "true", "limit": "0", "offset": "0"}
        answer = self.session.get(f"{self.data}/ed-fi/{name}", asked, lambda found: len(rows_at(found, "")))
        return int(answer.headers.get("total-count", "-1"))

    def _cursor(self, version: int) -> bytes:
        return msgspec.json.encode(_Cursor(self.reading.settings["address"], version))


def _asked(value: Any) -> str:
    """A part of a natural key as a query says it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
