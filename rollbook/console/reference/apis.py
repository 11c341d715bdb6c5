"""The APIs that the reference is of: their documents, and how a caller of each shows who they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from ...api.listing.describing import needs, ways
from ...dialects.edfi import metadata
from ...dialects.edfi.openapi import name as schema_name
from ...dialects.edlink import openapi as edlink
from ...dialects.oneroster.discovery import document, document_of
from ...dialects.oneroster.services import SERVICES
from ...dialects.research import openapi as research
from ...dialects.xporter import openapi as xporter
from ...edfi.resources import EVERY
from ...edfi.schema import Property, Resource

Json = dict[str, Any]

SCHOOL, CLIENT, ITSELF = "school", "client", "itself"
"""What a caller has: a school's secret or a client's, for which there are tokens, or a token itself."""


@dataclass(frozen=True)
class Api:
    """One API of the hub."""

    key: str
    title: str
    about: str
    documents: Callable[[], tuple[Json, ...]]
    addresses: tuple[str, ...]
    """Where its OpenAPI documents are."""
    holds: str
    """What a caller has to show who they are."""
    scheme: str = "Bearer"
    tokens: str = ""
    """Where tokens are given."""
    variable: str = "TOKEN"
    """What a token is called in examples."""

    @property
    def path(self) -> str:
        """Where its pages begin."""
        return f"/reference/{self.key}"


def _oneroster(*, old: bool) -> Callable[[], tuple[Json, ...]]:
    return lambda: tuple(document(one, "") for one in SERVICES if one.old == old)


def _discovery(*, old: bool) -> tuple[str, ...]:
    return tuple(f"{one.root}/discovery/{document_of(one)}" for one in SERVICES if one.old == old)


# ---- Ed-Fi: what shows each property is said by the hub, not by the standard


@cache
def _edfi() -> tuple[Json, ...]:
    resources = metadata.specification("resources", "/edfi")
    shown = {schema_name(one.singular): _shown(one) for one in EVERY}
    schemas = {n: _with(s, shown[n]) if n in shown else s for n, s in resources["components"]["schemas"].items()}
    written = {one.name: ways([one.writing]) for one in EVERY}
    paths = {path: _guarded(item, written) for path, item in resources["paths"].items()}
    whole = {**resources, "paths": paths, "components": {**resources["components"], "schemas": schemas}}
    return whole, metadata.specification("descriptors", "/edfi"), metadata.change_queries("/edfi")


def _shown(resource: Resource) -> dict[str, list[list[str]]]:
    """The scopes that show each property, whichever of several kinds of record a document is."""
    first, *forms = ([(one, _needed(one, part)) for one in part.properties] for part in resource.parts)
    shown = {one.name: needed or ways([resource.remainder or resource.of.scope]) for one, needed in first}
    for one, needed in (each for form in forms for each in form):
        shown[one.name] = shown[one.name] + [way for way in needed if way not in shown[one.name]]
    return shown


def _needed(one: Property, of: Resource) -> list[list[str]]:
    return ways(needs(one.columns().values(), (of.role,) if of.role else ()))


def _with(schema: Json, shown: dict[str, list[list[str]]]) -> Json:
    told = {n: {**one, "x-scopes": shown[n]} if n in shown else one for n, one in schema["properties"].items()}
    return {**schema, "properties": told}


def _guarded(item: Json, written: dict[str, list[list[str]]]) -> Json:
    return {
        method: one if method == "get" else {**one, "x-scopes": written[one["tags"][0]]} for method, one in item.items()
    }


APIS: dict[str, Api] = {
    one.key: one
    for one in (
        Api(
            "xporter",
            "Xporter School Data API",
            "Groupcall's School Data API 1.0.0: the records of one school, table by table, and write-back.",
            lambda: (xporter.document(),),
            ("/api/v1/openapi.json",),
            SCHOOL,
            "Idaas",
            "/api/oauth/GetToken",
        ),
        Api(
            "edfi",
            "Ed-Fi",
            "The Ed-Fi Data Standard 5.2: the resources of a district as states and vendors read and write them.",
            _edfi,
            tuple(
                f"/edfi/metadata/{at}/swagger.json"
                for at in ("data/v3/resources", "data/v3/descriptors", "changequeries/v1")
            ),
            CLIENT,
            tokens="/edfi/oauth/token",
        ),
        Api(
            "edlink",
            "Edlink",
            "Edlink's API v2: the rosters of a district and the coursework of its classes, or one person's share.",
            lambda: (edlink.document(),),
            ("/api/v2/openapi.json",),
            ITSELF,
        ),
        Api(
            "oneroster",
            "OneRoster 1.2",
            "1EdTech's OneRoster 1.2: rosters, gradebooks and learning resources.",
            _oneroster(old=False),
            _discovery(old=False),
            CLIENT,
            tokens="/oauth/token",
        ),
        Api(
            "oneroster-1.1",
            "OneRoster 1.1",
            "1EdTech's OneRoster 1.1: the same at one root, in the shapes of that version.",
            _oneroster(old=True),
            _discovery(old=True),
            CLIENT,
            tokens="/oauth/token",
        ),
        Api(
            "research",
            "Research",
            "BrainSTEM's API: projects, subjects and cohorts, with students under pseudonyms among the subjects.",
            lambda: (research.document(),),
            ("/api/public/openapi.json",),
            ITSELF,
        ),
    )
}
"""Every API by its key in addresses."""
