"""What the tests have edfi-api-client do: a step and its arguments as JSON in, what came of it as JSON out."""

from __future__ import annotations

import json
import sys
from typing import Any

from edfi_api_client import EdFiClient
from requests import HTTPError


def connected(server: dict[str, str]) -> EdFiClient:
    """A client as its manual makes it."""
    return EdFiClient(server["url"], server["key"], server["secret"])


def look(server: dict[str, str]) -> dict[str, Any]:
    """What the client learns before it signs in."""
    client = EdFiClient(server["url"])
    return {
        "mode": client.api_mode,
        "ods": client.get_ods_version(),
        "model": client.get_data_model_version(),
        "resources": ["/".join(r) for r in client.resources],
        "descriptors": ["/".join(d) for d in client.descriptors],
        "described": {n: client.resource(n).description for _, n in client.resources},
        "deletes": {n: client.resource(n).has_deletes for _, n in client.resources},
    }


def sign(server: dict[str, str]) -> dict[str, Any]:
    """What the token is for."""
    client = connected(server)
    client.connect()
    return {"info": client.get_token_info(), "header": list(client.session.auth_headers)}


def ping(server: dict[str, str], names: list[str]) -> dict[str, Any]:
    """Whether resources are there."""
    client = connected(server)
    return {n: [(r := client.resource(n).ping()).status_code, r.json()["message"]] for n in names}


def read(server: dict[str, str], name: str, sizes: list[int], **params: Any) -> dict[str, Any]:
    """All rows of a resource, by each way of paging that the client knows."""
    resource = connected(server).resource(name, params=params)
    return {
        "count": resource.get_total_count(),
        "first": resource.get(),
        "cursor": {size: list(resource.get_rows(page_size=size)) for size in sizes},
        "offset": {size: [row for page in resource.get_pages(page_size=size) for row in page] for size in sizes},
    }


def rows(server: dict[str, str], name: str, **asked: Any) -> list[dict[str, Any]]:
    """The rows that parameters select; `get_deletes` and `get_key_changes` turn to the history."""
    return list(connected(server).resource(name, **asked).get_rows())


def count(server: dict[str, str], name: str, **asked: Any) -> int:
    """How many rows there are."""
    return connected(server).resource(name, **asked).get_total_count()


def one(server: dict[str, str], name: str, identifier: str) -> dict[str, Any]:
    """The row with an id."""
    return connected(server).resource(name).get_by_id(identifier)


def described(server: dict[str, str], name: str, **params: Any) -> list[dict[str, Any]]:
    """Descriptors, by the client's own method for them."""
    return list(connected(server).descriptor(name, params=params).get_rows(page_size=100))


def newest(server: dict[str, str]) -> int:
    """The newest change version."""
    return connected(server).get_newest_change_version()


def step(server: dict[str, str], name: str, stride: int, least: int, most: int) -> dict[str, Any]:
    """Rows changed between two versions, in strides of change versions, forwards and backwards."""
    resource = connected(server).resource(name, min_change_version=least, max_change_version=most)
    strides = {"page_size": 2, "step_change_version": True, "change_version_step_size": stride}
    return {
        way: [row["id"] for page in resource.get_pages(reverse_paging=way == "backwards", **strides) for row in page]
        for way in ("forwards", "backwards")
    }


def write(server: dict[str, str], deeds: list[list[Any]]) -> list[dict[str, Any]]:
    """POST, PUT and DELETE, one after the other, through the client's session; `$id` stands for the id last made."""
    session, made, ended = connected(server).session.connect(), "", []
    for method, name, body in deeds:
        url = f"{server['url']}/data/v3/ed-fi/{name}"
        try:
            if method == "POST":
                answer = session.post_response(url, data=body)
                made = answer.headers["Location"].rsplit("/", 1)[-1]
            elif method == "PUT":
                answer = session.put_response(url, made, data=body)
            else:
                answer = session.delete_response(url, body or made)
        except HTTPError as error:
            answer = error.response
        ended.append(
            {
                "status": answer.status_code,
                "headers": {k.lower(): v for k, v in answer.headers.items()},
                "id": made,
                "body": answer.text,
            }
        )
    return ended


def refused(server: dict[str, str], snapshot: bool = False) -> list[Any]:
    """How asking ends for who may not."""
    client = connected(server)
    try:
        client.connect(use_snapshot=snapshot)
        return [200, client.resource("cohorts").get()]
    except HTTPError as error:
        return [error.response.status_code, error.response.json()]


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
