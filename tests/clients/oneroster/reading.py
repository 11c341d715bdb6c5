"""What the tests have the two clients of OneRoster do: a step and its arguments as JSON in, what came of it out."""

from __future__ import annotations

import collections
import collections.abc
import json
import logging
import sys
from typing import Any

import oneroster_client as strongmind
import requests
from oneroster import ClasslinkConnector

# Python 3.10 took this name away, by which `oneroster` finds a group.
collections.MutableMapping = collections.abc.MutableMapping


def signed(server: dict[str, str], size: int, asked: list[dict[str, str]]) -> list[list[str]]:
    """The ids of whom ClassLink's way of signing brings, page after page."""
    logging.disable()
    host = f"{server['url']}/ims/oneroster/v1p1/"
    connector = ClasslinkConnector(host, server["client_id"], server["client_secret"], page_size=size)
    return [[user["sourcedId"] for user in connector.get_users(**one)] for one in asked]


def refused(server: dict[str, str]) -> str:
    """What the client says of a wrong secret."""
    try:
        signed({**server, "client_secret": "guess"}, 10, [{"user_filter": "students"}])
    except requests.RequestException as error:
        return str(error)
    return ""


READS = {
    "academicSessions": ("AcademicSessionsManagementApi", "academic_sessions"),
    "classes": ("ClassesManagementApi", "classes"),
    "courses": ("CoursesManagementApi", "courses"),
    "demographics": ("DemographicsManagementApi", "demographics"),
    "enrollments": ("EnrollmentsManagementApi", "enrollments"),
    "orgs": ("OrgsManagementApi", "orgs"),
    "schools": ("SchoolsManagementApi", "orgs"),
    "students": ("StudentsManagementApi", "users"),
    "teachers": ("TeachersManagementApi", "users"),
    "terms": ("TermsManagementApi", "academic_sessions"),
    "users": ("UsersManagementApi", "users"),
    "categories": ("CategoriesManagementApi", "categories"),
    "lineItems": ("LineItemsManagementApi", "line_items"),
    "results": ("ResultsManagementApi", "results"),
    "resources": ("ResourcesManagementApi", "resources"),
}


def connected(server: dict[str, str]) -> Any:
    """A client as its manual makes it, with a token."""
    form = {"grant_type": "client_credentials"}
    shown = (server["client_id"], server["client_secret"])
    configuration = strongmind.Configuration()
    configuration.host = f"{server['url']}/ims/oneroster/v1p1"
    configuration.access_token = requests.post(f"{server['url']}/oauth/token", form, auth=shown).json()["access_token"]
    return strongmind.ApiClient(configuration)


def read(server: dict[str, str], asked: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Every collection as the client understands it; its models refuse what the standard does not allow."""
    client, found = connected(server), {}
    for name, (api, envelope) in READS.items():
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
        answer = getattr(getattr(strongmind, api)(client), f"get_{snake}")(**asked)
        found[name] = client.sanitize_for_serialization(getattr(answer, envelope) or [])
    return found


def graded(server: dict[str, str], item: dict[str, Any], identity: str, title: str) -> list[Any]:
    """What comes of a line item that the client writes, reads and deletes again: its titles, and how a class has it."""
    client = connected(server)
    api = strongmind.LineItemsManagementApi(client)
    said = client._ApiClient__deserialize({**item, "sourcedId": identity, "title": title}, "LineItemType")
    api.put_line_item(strongmind.SingleLineItemType(line_item=said), identity)
    read = api.get_line_item(identity).line_item.title
    listed = api.get_line_items_for_class(item["class"]["sourcedId"], limit=1000).line_items
    api.delete_line_item(identity)
    left = api.get_line_items_for_class(item["class"]["sourcedId"], limit=1000).line_items
    return [read, [identity in [one.sourced_id for one in some] for some in (listed, left)]]


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
