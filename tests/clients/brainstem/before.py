"""What the tests have BrainSTEM's client 0.2.0 do: a list of calls as JSON in, what came of each as JSON out."""

from __future__ import annotations

import json
import sys
from typing import Any

from brainstem_api_tools import BrainstemClient


def do(url: str, token: str, calls: list[list[Any]]) -> list[Any]:
    """What the calls, each a method with its arguments, gave: `$id` in an argument is the id of what was made last."""
    client = BrainstemClient(token)
    client._address = f"{url}/api/"  # It knows one host only, which it sets when it is made.
    made, ended = "", []
    for method, model, given in calls:
        named = {k: made if v == "$id" else v for k, v in given.items()}
        came = getattr(client, method)(model, **named)
        hops = [hop.status_code for hop in came.history]
        ended.append({"status": came.status_code, "hops": hops, "body": came.json() if came.content else None})
        if method == "save_model" and came.status_code == 201:
            made = ended[-1]["body"][model]["id"]
    return ended


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
