"""What the tests have BrainSTEM's client 2.0.0 do: a list of calls as JSON in, what came of each as JSON out."""

from __future__ import annotations

import json
import sys
from typing import Any

from brainstem_api_tools import AuthenticationError, BrainstemClient
from requests import HTTPError, Response


def do(url: str, token: str, calls: list[list[Any]]) -> list[Any]:
    """What the calls, each a method with its arguments, gave: `$id` in an argument is the id of what was made last."""
    made, ended = "", []
    with BrainstemClient(token=token, url=url) as client:
        for method, model, given in calls:
            named = {k: made if v == "$id" else v for k, v in given.items()}
            ended.append(outcome(client, method, model, named))
            made = made_by(model, method, ended[-1]) or made
    return ended


def outcome(client: BrainstemClient, method: str, model: str, given: dict[str, Any]) -> dict[str, Any]:
    """What one call gave: an answer's status and body, or what the client merged itself."""
    try:
        came = getattr(client, method)(*([model] if model else []), **given)
    except (AuthenticationError, HTTPError) as error:
        return {"error": type(error).__name__, "message": str(error)}
    if not isinstance(came, Response):
        return {"merged": came}
    hops = [hop.status_code for hop in came.history]
    return {"status": came.status_code, "hops": hops, "body": came.json() if came.content else None}


def made_by(model: str, method: str, ended: dict[str, Any]) -> str:
    """The id of what a save has made."""
    # The address of some models is spelt otherwise than what they are called in answers.
    return next(iter(ended["body"].values()))["id"] if method == "save" and ended.get("status") == 201 else ""


def login(url: str) -> str:
    """The token of a person who signs in with a browser, the code being printed."""
    return BrainstemClient(url=url, headless=True)._token


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
