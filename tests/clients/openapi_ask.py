"""Run by the generator's environment, beside the client that it made: signs in, and reads one student."""

import json
import sys

from made import AuthenticatedClient, Client
from made.api.default import get_token
from made.api.students import students

given = json.loads(sys.argv[1])
if given["ask"] == "sign in":
    answer = get_token.sync_detailed(client=Client(given["url"]), body=get_token.GetTokenBody.from_dict(given["body"]))
else:
    caller = AuthenticatedClient(given["url"], token=given["token"], prefix="Idaas")
    answer = students.sync_detailed(given["estab"], client=caller, id="9919", select="Id,DisplayName")
print(json.dumps({"status": int(answer.status_code), "answer": json.loads(answer.content)}))
