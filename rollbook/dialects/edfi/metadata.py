"""The documents that tell clients what is here: the front page, the order of resources, and the specifications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from ... import __version__
from ...edfi.descriptors import DESCRIPTORS
from ...edfi.resources import EVERY, RESOURCES
from ...edfi.schema import Collection, Object, Property, Reference, Resource
from . import openapi, xsd

VERSION, SUITE, MODEL = "7.3", "3", "5.2.0"
"""The interface that is spoken, and the data standard: clients choose how to page by the first."""

DATA, METADATA, CHANGES = "/data/v3", "/metadata", "/changeQueries/v1"


def front_page(base: str) -> dict[str, Any]:
    """Where everything is, below the dialect's own address."""
    return {
        "version": VERSION,
        "informationalVersion": VERSION,
        "suite": SUITE,
        "build": __version__,
        "dataModels": [{"name": "Ed-Fi", "version": MODEL, "informationalVersion": f"The Ed-Fi Data Model {MODEL}"}],
        "urls": {
            "dependencies": f"{base}{METADATA}{DATA}/dependencies",
            "openApiMetadata": f"{base}{METADATA}/",
            "oauth": f"{base}/oauth/token",
            "dataManagementApi": f"{base}{DATA}/",
            "xsdMetadata": f"{base}{METADATA}/xsd",
            "changeQueries": f"{base}{CHANGES}/",
        },
    }


def specifications(base: str) -> list[dict[str, str]]:
    """Where the specifications are."""
    own = [
        {"name": name, "endpointUri": f"{base}{METADATA}{DATA}/{name.lower()}/swagger.json", "prefix": ""}
        for name in ("Resources", "Descriptors")
    ]
    changes = f"{base}{METADATA}/changequeries/v1/swagger.json"
    return [*own, {"name": "Change-Queries", "endpointUri": changes, "prefix": "Other"}]


# ---- the order in which documents can be sent


def dependencies() -> list[dict[str, Any]]:
    """Each resource with its place in an order in which everything that it refers to comes before it."""
    order = {**dict.fromkeys(DESCRIPTORS, 1), **{name: 2 + place for name, place in places().items()}}
    return [
        {"resource": f"/ed-fi/{name}", "order": place, "operations": ["Create", "Update"]}
        for name, place in sorted(order.items(), key=lambda item: (item[1], item[0]))
    ]


PLACING = {
    "studentUniqueId": "studentSchoolAssociations",
    "staffUniqueId": "staffEducationOrganizationAssignmentAssociations",
    "contactUniqueId": "studentContactAssociations",
}
"""What brings a human to a school, by the member that names them: the rest may be said of them only then."""


def places() -> dict[str, int]:
    """How many resources stand one upon another below each."""
    found: dict[str, int] = {}

    def place(name: str) -> int:
        if name not in found:
            found[name] = max((place(other) + 1 for other in needs(RESOURCES[name]) - {name}), default=0)
        return found[name]

    for one in EVERY:
        place(one.name)
    return found


@cache
def needs(resource: Resource) -> frozenset[str]:
    """The resources that a document may refer to, and those that bring whom it names to a school."""
    every = list(_references(resource.properties))
    members = {member.name for one in every for member in one.target.members}
    brought = {name for member, name in PLACING.items() if member in members and resource.name not in _below(name)}
    return frozenset(_named(every) | brought)


@cache
def _below(name: str) -> frozenset[str]:
    """A resource with all that it stands upon."""
    found, waiting = {name}, [name]
    while waiting:
        further = _named(_references(RESOURCES[waiting.pop()].properties)) - found
        found |= further
        waiting += further
    return frozenset(found)


def _named(references: Iterable[Reference]) -> set[str]:
    return {name for one in references for name in one.target.served if name in RESOURCES}


def _references(properties: Iterable[Property]) -> Iterator[Reference]:
    for one in properties:
        if isinstance(one, Reference):
            yield one
        elif isinstance(one, Collection | Object):
            yield from _references(one.properties)


# ---- specifications


@cache
def _specification(kind: str) -> dict[str, Any]:
    return openapi.specification(DESCRIPTORS.values() if kind == "descriptors" else EVERY, kind)


def specification(kind: str, base: str) -> dict[str, Any]:
    """The OpenAPI document of the resources or of the descriptors."""
    return _served(_specification(kind), base, DATA)


def change_queries(base: str) -> dict[str, Any]:
    """The OpenAPI document of what tells how far the record has come."""
    return _served(openapi.change_queries(), base, CHANGES)


def _served(document: dict[str, Any], base: str, at: str) -> dict[str, Any]:
    """A document with where it is served, and how callers sign in."""
    made: dict[str, Any] = {**document, "servers": [{"url": f"{base}{at}"}]}
    flow: dict[str, Any] = {"tokenUrl": f"{base}/oauth/token", "scopes": {}}
    made["components"] = {
        **made["components"],
        "securitySchemes": {
            "oauth2_client_credentials": {
                "type": "oauth2",
                "description": "Client credentials, by form, HTTP Basic or JSON",
                "flows": {"clientCredentials": flow},
            }
        },
    }
    return made


# ---- XML schemas


def schemas(base: str) -> list[dict[str, str]]:
    """Where the list of XML schemas of each data model is."""
    return [
        {
            "description": "Core schema (Ed-Fi) files for the data model",
            "name": "ed-fi",
            "version": MODEL,
            "files": f"{base}{METADATA}/xsd/ed-fi/files",
        }
    ]


# ---- addresses


def find(base: str, steps: list[str]) -> Any:
    """What is at an address, by its steps in small letters: a value to encode, or the bytes of an XML schema.

    The successor of the ODS/API has the same documents at addresses of its own.
    """
    match steps:
        case []:
            return front_page(base)
        case ["metadata"] | ["metadata", "specifications"]:
            return specifications(base)
        case ["metadata", "dependencies"] | ["metadata", "data", "v3", "dependencies"]:
            return dependencies()
        case ["metadata", "data", "v3", ("resources" | "descriptors") as kind, "swagger.json"]:
            return specification(kind, base)
        case ["metadata", "specifications", ("resources-spec.json" | "descriptors-spec.json") as name]:
            return specification(name.removesuffix("-spec.json"), base)
        case ["metadata", "changequeries", "v1", "swagger.json"]:
            return change_queries(base)
        case ["metadata", "xsd"]:
            return schemas(base)
        case ["metadata", "xsd", "ed-fi", "files"]:
            return [f"{base}{METADATA}/xsd/ed-fi/{name}" for name in xsd.files()]
        case ["metadata", "xsd", "ed-fi", name]:
            return next((made for own, made in xsd.files().items() if own.lower() == name), None)
        case _:
            return None
