"""A service that serves the rosters of the tests as some vendor's documents say that its own does."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from tests.clever_service import schools_of
from tests.oneroster_service import Rows, read
from tests.services import Asked, Reply

Row = Mapping[str, Any]
Said = str | int | bool | None | Callable[[Row], Any]
Page = Callable[[Asked, str, list[dict[str, Any]]], Reply]
"""Answers with a page of the rows that are at an address."""
Knows = Callable[[Asked], bool]
MOST = 4
"""How many rows a page has at most, whatever is asked for."""


@dataclass(frozen=True)
class Shown:
    """Rows of a view of a roster as an address has them.

    A text names a column of the view, and anything else is what it is or makes of the row. A dot in a name is a level.
    Only rows whose column `under` has what stands for `{of}` in the address are there.
    """

    view: str
    row: Mapping[str, Said]
    under: str = ""


@dataclass(frozen=True)
class Vendor:
    """What a service is, by its documents: its lists by address, its pages, and how it knows who calls."""

    lists: Mapping[str, Shown | Callable[[Mapping[str, Rows], str], list[dict[str, Any]]]]
    page: Page
    knows: Knows = lambda asked: True
    token: str = ""
    """The address where tokens are given, where there are any."""
    grants: Knows = lambda asked: True
    given: Callable[[str], Any] = lambda token: {"access_token": token, "token_type": "Bearer", "expires_in": "3600"}
    rotates: bool = False
    """Whether a token is given for a refresh token, which is good for one time, with another one."""


PEOPLE = {"Person": 16, "Student": 12, "Staff": 2, "StaffComm": 1}
GROUPS = {"Course": 2, "GroupType": 2, "Group": 3, "StudentMembership": 18, "StaffMembership": 2}
COUNTS = {"District": 1, "School": 2, **PEOPLE, **GROUPS}
GRADED = {"GroupType": 4, "Group": 5, "StudentMembership": 30}
"""What there is of groups where students have grades."""
PARENTS = {"Contact": 1, "Relationship": 1, "ContactComm": 1}
CHILD = ("Tansy", "Fennel", "2019-05-04", "F", "910001")


@dataclass(frozen=True)
class Case:
    """A vendor, what a source is told of it, and what comes of the roster of the tests.

    In `settings`, `{where}` stands for the address of a sample and `{refresh}` for a refresh token that was never used;
    the one at `secret` is checked by the service.
    """

    vendor: Vendor
    settings: Mapping[str, str]
    secret: str
    counts: Mapping[str, int]
    """How many records of each kind there are."""
    child: tuple[str | None, ...] = CHILD
    """Names, birthday, sex and number of the first student."""
    district: str | None = None
    """The name of the district, which most services do not say."""


def number(key: str) -> int:
    """A number for an id of a roster, which are words."""
    return int.from_bytes(key.encode(), "big")


def counted(asked: Asked, name: str, usual: int = 0) -> int:
    """A number that a request gives."""
    return int(asked.params.get(name, usual))


def signed(asked: Asked, key: str, secret: str, token: str = "", token_secret: str = "") -> bool:
    """Whether a request is signed by OAuth 1.0a with HMAC-SHA1 (RFC 5849), as reckoned anew from what arrived."""
    said = dict(re.findall(r'(\w+)="([^"]*)"', asked.headers.get("authorization", "")))
    said = {name: unquote(value) for name, value in said.items()}
    given = said.pop("oauth_signature", "")
    pairs = sorted((quote(n, safe="-._~"), quote(v, safe="-._~")) for n, v in {**asked.params, **said}.items())
    address, params = asked.url.partition("?")[0], "&".join(f"{n}={v}" for n, v in pairs)
    base = "&".join(quote(one, safe="-._~") for one in (asked.method, address, params))
    digest = hmac.digest(f"{secret}&{token_secret}".encode(), base.encode(), "sha1")
    known = (said.get("oauth_consumer_key"), said.get("oauth_token", "")) == (key, token)
    return known and given == base64.b64encode(digest).decode()


def client(key: str, secret: str) -> Knows:
    """Whether a request names a client by HTTP Basic."""
    said = base64.b64encode(f"{key}:{secret}".encode()).decode()
    return lambda asked: asked.headers.get("authorization") == f"Basic {said}"


def always(value: Any) -> Callable[[Row], Any]:
    """The same of every row."""
    return lambda row: value


def num(column: str) -> Callable[[Row], int | None]:
    """A number for the id in a column."""
    return lambda row: number(row[column]) if row.get(column) else None


def midnight(column: str) -> Callable[[Row], str | None]:
    """A day as the moment at which it begins."""
    return lambda row: f"{row[column]}T00:00:00" if row.get(column) else None


def initial(row: Row) -> str:
    """A sex by its first letter."""
    return str(row["sex"])[:1].upper()


def grade(row: Row) -> int:
    """A grade by its number."""
    return int(row["grades"])


def views(tables: Mapping[str, Rows]) -> dict[str, list[dict[str, Any]]]:
    """A roster as services see it: everybody with the school that they are at and what is known of them."""
    home, born = schools_of(dict(tables)), {row["sourcedId"]: row for row in tables["demographics"]}
    classes = {
        row["sourcedId"]: {
            **row,
            "school": home[row["schoolSourcedId"]],
            "offered": f"{row['courseSourcedId']}{home[row['schoolSourcedId']]}",
        }
        for row in tables["classes"]
    }
    numbers = {row["sourcedId"]: row.get("identifier", "") for row in tables["orgs"]}
    users = [
        {
            "birthDate": "",
            "sex": "",
            **born.get(row["sourcedId"], {}),
            **row,
            "school": home[row["orgSourcedIds"]] or "d",
            "number": numbers.get(home[row["orgSourcedIds"]] or "", ""),
        }
        for row in tables["users"]
    ]
    seats = [
        {**row, "section": classes[row["classSourcedId"]], "school": classes[row["classSourcedId"]]["school"]}
        for row in tables["enrollments"]
    ]
    return {
        "districts": [row for row in tables["orgs"] if row["type"] == "district"],
        "schools": [row for row in tables["orgs"] if row["type"] == "school"],
        "years": [row for row in tables["academicSessions"] if row["type"] == "schoolYear"],
        "terms": [row for row in tables["academicSessions"] if row["type"] == "term"],
        "school terms": [
            {**row, "school": school["sourcedId"], "offered": f"{row['sourcedId']}{school['sourcedId']}"}
            for row in tables["academicSessions"]
            for school in tables["orgs"]
            if school["type"] == "school" and row["type"] == "term"
        ],
        "numbered terms": [
            {**row, "number": at, "year": year, "school": school["sourcedId"], "identifier": school["identifier"]}
            for school in tables["orgs"]
            for year in (26, 27)
            for at, row in enumerate((one for one in tables["academicSessions"] if one["type"] == "term"), 1)
            if school["type"] == "school"
        ],
        "courses": tables["courses"],
        "offered": [
            {
                **row,
                "school": school["sourcedId"],
                "offered": f"{row['sourcedId']}{school['sourcedId']}",
                "identifier": school["identifier"],
            }
            for row in tables["courses"]
            for school in tables["orgs"]
            if school["type"] == "school"
        ],
        "sections": [
            {**row, "seats": [seat for seat in seats if seat["classSourcedId"] == row["sourcedId"]]}
            for row in classes.values()
        ],
        "students": [row for row in users if row["role"] == "student"],
        "staff": [row for row in users if row["role"] in ("teacher", "administrator")],
        "parents": [
            {**row, "child": child["sourcedId"]}
            for row in users
            for child in users
            if row["role"] == "parent" and child.get("agentSourcedIds") == row["sourcedId"]
        ],
        "people": users,
        "seats": seats,
        "places": [seat for seat in seats if seat["role"] == "student"],
        "posts": [seat for seat in seats if seat["role"] == "teacher"],
    }


def shaped(row: Row, shape: Mapping[str, Said]) -> dict[str, Any]:
    """A row in a shape."""
    made: dict[str, Any] = {}
    for name, said in shape.items():
        *above, last = name.split(".")
        level = made
        for one in above:
            level = level.setdefault(one, {})
        level[last] = row.get(said) or None if isinstance(said, str) else said(row) if callable(said) else said
    return made


@dataclass
class Service:
    """A vendor's service over folders of rosters, each under its name.

    `troubles` are answered once each, before anything else; a token is good for `lasts` requests.
    """

    vendor: Vendor
    folder: Path
    lasts: int = 1_000_000
    troubles: list[Reply] = field(default_factory=list[Reply])
    issued: dict[str, int] = field(default_factory=dict[str, int])
    unused: set[str] = field(default_factory=set[str])
    minted: int = 0

    def __call__(self, asked: Asked) -> Reply:
        _, sample, path = asked.path.split("/", 2)
        if self.vendor.token and path == self.vendor.token:
            return self._token(asked)
        if self.troubles:
            return self.troubles.pop()
        if not self._known(asked):
            return Reply({"message": "Unauthorized"}, 401)
        rows = self._rows(read(self.folder / sample), path)
        return Reply({"message": "Not found"}, 404) if rows is None else self.vendor.page(asked, path, rows)

    def _token(self, asked: Asked) -> Reply:
        if not self.vendor.grants(asked):
            return Reply({"error": "invalid_client"}, 401)
        spent = dict(parse_qsl(asked.body.decode())).get("refresh_token", "")
        if self.vendor.rotates and spent not in self.unused:
            return Reply({"error": "invalid_grant"}, 400)
        token = f"token-{len(self.issued)}"
        self.issued[token] = 0
        if self.vendor.rotates:
            self.unused.remove(spent)
            return Reply({**self.vendor.given(token), "refresh_token": self.mint()})
        return Reply(self.vendor.given(token))

    def mint(self) -> str:
        """A refresh token that was never used."""
        self.minted += 1
        self.unused.add(f"refresh-{self.minted}")
        return f"refresh-{self.minted}"

    def _known(self, asked: Asked) -> bool:
        if self.vendor.token:
            token = asked.headers.get("authorization", "").removeprefix("Bearer ")
            token = next((one for one in self.issued if self.vendor.given(one) == token.encode()), token)
            self.issued[token] = self.issued.get(token, self.lasts) + 1
            if self.issued[token] > self.lasts:
                return False
        return self.vendor.knows(asked)

    def _rows(self, tables: Mapping[str, Rows], path: str) -> list[dict[str, Any]] | None:
        for address, shown in self.vendor.lists.items():
            pattern = re.escape(address).replace(r"\{of\}", "(?P<of>[^/]+)")
            if match := re.fullmatch(pattern, path):
                of = match.groupdict().get("of", "")
                return _served(shown, tables, of) if isinstance(shown, Shown) else shown(tables, of)
        return None


def _spelled(key: str) -> tuple[str, ...]:
    """How an id of a roster may be spelled in an address."""
    return key, str(number(key)), f"_{number(key)}_1"


def _served(shown: Shown, tables: Mapping[str, Rows], of: str) -> list[dict[str, Any]]:
    rows = [row for row in views(tables)[shown.view] if not of or of in _spelled(row[shown.under])]
    return [shaped(row, shown.row) for row in rows]
