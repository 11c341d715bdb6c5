"""Questions to the dialects that read a district, in their widest form, and everything that is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

import msgspec

from rollbook.consent import App
from rollbook.dialects.edfi.parameters import filters
from rollbook.dialects.edlink.catalogue import RESOURCES as ROSTER
from rollbook.dialects.edlink.later import LATER
from rollbook.dialects.edlink.resource import expansions
from rollbook.dialects.edlink.submissions import submission_id
from rollbook.dialects.oneroster.services import GRADEBOOK, MATERIALS, OLD, ROSTERS
from rollbook.edfi.resources import HOMED, RESOURCES
from tests.hub import Hub
from tests.looking import look

EDFI = "/edfi/data/v3/ed-fi"

GRADING = ("gradebook.readonly", "gradebook.createput", "gradebook.delete")
ONEROSTER = "/ims/oneroster"
LISTS = {
    f"{service.root}/{name}": collection
    for service in (ROSTERS, GRADEBOOK, MATERIALS)
    for name, collection in service.collections.items()
}
"""The collections of OneRoster 1.2 by their addresses."""

OLD_LISTS = tuple(
    f"{OLD.root}/{name}"
    for name, collection in OLD.collections.items()
    if name == collection.resource.name and collection.resource not in {one.resource for one in LISTS.values()}
)
"""What OneRoster 1.1 tells in its own shapes: users, enrolments, demographics, and what gradebooks hold."""

KEPT_WHOLE = (
    *("academicWeeks", "interventions", "staffEducationOrganizationContactAssociations", "studentHealths"),
    "disciplineActions",
)
"""Those kept whole of which the demo has documents: of nobody, of staff, of students, one that names staff, and one
of which what there is are records of two kinds."""

DOCUMENTS = {one.name: one for one in (*HOMED, *map(RESOURCES.__getitem__, KEPT_WHOLE))}
"""The resources that are of schools and people: words are everybody's."""


COUNTED = ("total-count", "next-page-token", "x-total-count", "link", "content-disposition")
"""The headers that tell of what was asked: how much there is, and under which name a file is saved."""

FILE = "application/octet-stream"
"""What a file is sent as, whatever it is; all else is JSON."""


@dataclass(frozen=True)
class Caller:
    """An app with its keys: to Ed-Fi in every district, to Edlink and OneRoster in one; one writes gradebooks."""

    hub: Hub
    app: App
    edfi: str
    edlink: str
    oneroster: str
    grades: str = ""
    works: str = ""
    """A key to Edlink that writes coursework."""

    def get(self, path: str) -> bytes:
        """What is answered: the status, the headers that count, and the body less what is new in every answer."""
        token = self.edfi if path.startswith("/edfi") else self.oneroster if path.startswith(ONEROSTER) else self.edlink
        answer = self.hub.get(path, authorization=f"Bearer {token}")
        assert answer.status < 500, (path, answer.body)
        counted = [answer.headers.get(name, "") for name in COUNTED]
        if answer.headers.get("content-type") == FILE:
            # As it is, for whoever looks for a word in it.
            return msgspec.json.encode([answer.status, counted]) + answer.body
        said: Any = msgspec.json.decode(answer.body or b"null")
        if isinstance(said, dict):
            told = cast(dict[str, Any], said)
            for passing in ("correlationId", "$request", "$next", "integration_id"):
                told.pop(passing, None)
        return msgspec.json.encode([answer.status, counted, said])


def caller(hub: Hub, scopes: Mapping[str, list[str]], name: str = "district.example.org") -> Caller:
    """An app to which schools (by number) grant scopes; the others grant it nothing."""
    app = hub.app(name)
    for _, _, estab, _, _ in hub.desk.schools.all():
        if estab in scopes:
            hub.desk.grants.authorise(app, estab, scopes[estab])
        elif any(g.estab == estab and g.state == "active" for g in hub.desk.grants.of(app)):
            hub.desk.grants.revoke(hub.desk.grants.at(app, estab))
    for old in hub.desk.credentials.of(app):
        hub.desk.credentials.drop(old)
    key, secret = hub.desk.credentials.add(app, "edfi", rights=["EdFiSandbox"])
    token, _ = hub.desk.tickets.exchange("edfi", key.key, secret, 3600)
    first = next(iter(scopes))
    district = hub.desk.schools.find(first)[0]
    _, integration = hub.desk.credentials.add(app, "edlink", district=district)
    client, shown = hub.desk.credentials.add(app, "oneroster", district=district)
    roster, _ = hub.desk.tickets.exchange("oneroster", client.key, shown, 3600)
    marking, kept = hub.desk.credentials.add(app, "oneroster", district=district, rights=GRADING)
    grades, _ = hub.desk.tickets.exchange("oneroster", marking.key, kept, 3600)
    _, works = hub.desk.credentials.add(app, "edlink", district=district, rights=["roster.readonly", *GRADING])
    return Caller(hub, app, token, integration, roster, grades, works)


def edfi_questions() -> list[str]:
    """Every collection whole, counted, and by each of its filters; what is gone, what is renamed, how far it goes."""
    asked = ["/edfi/changeQueries/v1/availableChangeVersions"]
    for name, resource in DOCUMENTS.items():
        asked += [f"{EDFI}/{name}?limit=500&totalCount=true", f"{EDFI}/{name}/deletes?totalCount=true"]
        asked += [f"{EDFI}/{name}/keyChanges", f"{EDFI}/{name}?totalCount=true&minChangeVersion=1"]
        asked += [f"{EDFI}/{name}?totalCount=true&{f}={SOME.get(f, '1')}" for f in filters(resource)]
    return asked


def edlink_questions() -> list[str]:
    """Every collection whole, with all that it can be expanded by, and by each operator of each property."""
    asked = ["/api/v2/graph/licenses", "/api/v2/graph/events?%24first=10000"]
    asked += [f"/api/v2/graph/{name}?%24first=200" for name in LATER]
    for name, resource in ROSTER.items():
        path = f"/api/v2/graph/{name}"
        asked += [f"{path}?%24first=10000", f"{path}?%24first=10000&%24expand={','.join(expansions(resource))}"]
        for one, said in resource.properties.items():
            for operator in said.filters:
                clause = {"operator": operator, **({} if operator.startswith("is ") else {"value": SHOWN[said.kind]})}
                asked.append(f"{path}?%24filter={quote(json.dumps({one: [clause]}))}")
    return asked


def coursework(hub: Hub) -> list[str]:
    """What is below the classes that keep a gradebook: their work, its submissions, what else they have, and files."""
    sql = 'SELECT "group", id FROM aspect WHERE classwork = 1 AND district = 1 AND "group" IS NOT NULL ORDER BY key'
    every = look(hub.store, sql).fetchall()
    below = [f"/api/v2/graph/classes/{group}/" for group in dict.fromkeys(group for group, _ in every)]
    asked = [f"{path}{kind}?%24first=10000" for path in below for kind in BELOW]
    works = [f"/api/v2/graph/classes/{group}/assignments/{work}/submissions" for group, work in every]
    return [*asked, *works, *_files(hub)]


BELOW = ("assignments", "categories", "rubrics", "files")
"""What is below a class."""


def _files(hub: Hub) -> list[str]:
    """The addresses of files: of classes, of their work, and of what was handed in."""
    sql = (
        'SELECT f.id, a."group", a.id, p.id FROM submission_file f JOIN assessment_result r ON r.id = f.result'
        " JOIN aspect a ON a.id = r.aspect JOIN student s ON s.id = r.student JOIN person p ON p.id = s.person"
    )
    at = "/api/v2/graph/classes"
    asked = [
        f"{at}/{group}/assignments/{work}/submissions/{submission_id(work, person)}/files/{file}/download"
        for file, group, work, person in look(hub.store, sql).fetchall()
    ]
    for file, group, work in look(hub.store, 'SELECT id, "group", aspect FROM class_file').fetchall():
        below = f"/assignments/{work}" if work else ""
        asked.append(f"{at}/{group}{below}/files/{file}/download")
    return asked


def oneroster_questions() -> list[str]:
    """Every collection whole; of each resource the first row in each order, and by each property."""
    asked = [f"{path}?limit=10000" for path in (*LISTS, *OLD_LISTS)]
    for path, collection in LISTS.items():
        if not path.endswith(f"/{collection.resource.name}"):
            # It is some of the rows of another one.
            continue
        # With what is gone.
        since = quote("dateLastModified>='2000-01-01'")
        asked.append(f"{path}?limit=10000&filter={since}")
        for one, said in collection.resource.properties.items():
            first = f"{path}?limit=1"
            asked += [f"{first}&sort={one}&orderBy=desc&fields=sourcedId"] if ">" in said.filters else []
            clauses = [
                f"{one}{operator}'{SHOWN.get(said.kind, '09')}'" for operator in said.filters if operator in "=~"
            ]
            asked += [f"{first}&filter={quote(clause)}" for clause in clauses]
    return asked


ENVELOPES = {collection.envelope for collection in LISTS.values()}

SHOWN = {
    "text": "a",
    "number": "10",
    "uuid": "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f",
    "moment": "2026-11-20T00:00:00.000Z",
}
"""A value for each kind of filter."""


def questions() -> list[str]:
    """All of them."""
    return [*edfi_questions(), *edlink_questions(), *oneroster_questions()]


SOME = {"beginDate": "2026-09-14", "entryDate": "2026-09-03", "birthDate": "2012-01-01", "endDate": "2027-07-21"}
"""Values for filters that take no number."""


def rows(answer: bytes) -> list[dict[str, Any]]:
    """The documents of an answer."""
    said: Any = msgspec.json.decode(answer)[2]
    if isinstance(said, list):
        return cast(list[dict[str, Any]], said)
    told = cast(dict[str, list[dict[str, Any]]], said)
    return [row for name in told if name == "$data" or name in ENVELOPES for row in told[name]]
