"""The Management APIs in OpenAPI: schools invited, listed and parted from."""

from __future__ import annotations

from typing import Any

from .inviting import FIELDS, MOST, TYPES
from .revoking import SAYS_DATE, SAYS_MOMENT
from .wire import QUIET

Json = dict[str, Any]

_TEXT: Json = {"type": ["string", "null"]}
_FLAG: Json = {"type": "boolean"}
_QUIET: Json = dict.fromkeys(QUIET, _TEXT)


def _object(properties: Json, *required: str) -> Json:
    return {"type": "object", "properties": properties, **({"required": [*required]} if required else {})}


def _list(properties: Json) -> Json:
    return {"type": "array", "items": _object(properties)}


def _json(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def _answer(told: str, properties: Json) -> Json:
    return {"responses": {"200": {"description": told, **_json(_object(properties))}}}


def _asked(name: str, about: str, schema: Json, *, required: bool = False) -> Json:
    return {"name": name, "in": "query", "required": required, "description": about, "schema": schema}


_INSTALLED: Json = {"installedStatus": _FLAG, "installMessage": _TEXT}
_SCHOOL: Json = {"estab": _TEXT, "schoolName": _TEXT}
_NULLABLE = ("ScopesToAuthorise", "AuthParams", "WeAcceptGroupcallUsagePolicy")
_INVITED: Json = {name: {} if name in _NULLABLE else {"type": ["string", "integer", "null"]} for name in FIELDS}

PATHS: Json = {
    "/api/Manage/SchoolRegister": {
        "post": {
            "operationId": "SchoolRegister",
            "summary": "Invite schools to share data with the app",
            "requestBody": {
                "required": True,
                **_json(
                    _object(
                        {
                            "RegistrationType": {"type": "string", "enum": [*TYPES]},
                            "Schools": {**_list(_INVITED), "minItems": 1, "maxItems": MOST},
                        },
                        "RegistrationType",
                        "Schools",
                    )
                ),
            },
            **_answer(
                "What came of each school",
                {"Schools": _list({**_INVITED, "Status": _TEXT, "Message": _TEXT}), **_QUIET},
            ),
        }
    },
    "/api/Manage/RevokeAccess": {
        "post": {
            "operationId": "RevokeAccess",
            "summary": "End the app's access to a school, at once or from a date on",
            "requestBody": {
                "required": True,
                **_json(
                    _object(
                        {
                            "Estab": {"type": "string"},
                            "RevokeDate": {"type": "string", "description": SAYS_DATE},
                            "RevokeDateTime": {"type": "string", "description": SAYS_MOMENT},
                        },
                        "Estab",
                    )
                ),
            },
            **_answer("Whether it has ended, or when it will", _QUIET),
        }
    },
    "/api/XporterOnDemand/GetXodSchools": {
        "get": {
            "operationId": "GetXodSchools",
            "summary": "The app's schools: authorised, revoked, and invited",
            "parameters": [
                _asked("estab", "Only this school", {"type": "string"}),
                _asked("includePendingAuthorisation", "Also schools that have not answered yet", _FLAG),
            ],
            **_answer(
                "The schools",
                {
                    "Authorised": _list({**_SCHOOL, "dateAuthorised": _TEXT, "scopesAuthorised": _TEXT, **_INSTALLED}),
                    "Revoked": _list({**_SCHOOL, "dateRevoked": _TEXT}),
                    "PendingAuthorisation": _list({**_SCHOOL, "dateInvited": _TEXT, **_INSTALLED}),
                },
            ),
        }
    },
    "/api/Manage/GetXodSchoolTokens": {
        "get": {
            "operationId": "GetXodSchoolTokens",
            "summary": "A token for each school that lets the app read",
            "parameters": [_asked("applicationid", "The app's own name", {"type": "string"}, required=True)],
            **_answer("The tokens", {"Tokens": _list({"estab": _TEXT, "token": _TEXT, "expires": _TEXT})}),
        }
    },
    "/api/Manage/CheckEstab": {
        "get": {
            "operationId": "CheckEstab",
            "summary": "Whether a school is here, and what it has granted the app",
            "parameters": [_asked("Estab", "The number of the school", {"type": "string"}, required=True)],
            **_answer(
                "The scopes granted",
                {"Scopes": _list({"Name": _TEXT, "Category": _TEXT, "Description": _TEXT}), **_QUIET},
            ),
        }
    },
    "/api/v1/GDPRIDs": {
        "get": {
            "operationId": "GDPRIDs",
            "summary": "The people whom the school has chosen for the app",
            **_answer(
                "A row for those let in, one for those left out",
                {
                    "GDPR": _list(
                        {
                            "IsOptIn": _FLAG,
                            **dict.fromkeys(
                                (
                                    "Estab",
                                    "RelyingParty",
                                    "MIS",
                                    "StudentIds",
                                    "StaffIds",
                                    "ContactIds",
                                    "OtherIds",
                                ),
                                _TEXT,
                            ),
                        }
                    ),
                    **_QUIET,
                },
            ),
        }
    },
}
