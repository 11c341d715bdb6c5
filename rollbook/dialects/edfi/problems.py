"""What can go wrong, as Ed-Fi's clients are told it: problem details (RFC 9457), all that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...consent.credentials import READS_ONLY
from ...errors import Malformed, Problem, TooManyRequests, Unavailable

URN = "urn:ed-fi:api:"
CONTENT_TYPE = "application/problem+json"


class InvalidQuery(Malformed):
    """The parameters are not valid. Fix the problems below and try again."""


@dataclass(frozen=True)
class Answer:
    """A refusal: its status and what is said about it."""

    status: int
    type: str
    title: str
    detail: str
    validation: Mapping[str, list[str]] = field(default_factory=dict[str, list[str]])
    errors: tuple[str, ...] = ()

    def body(self, correlation: str) -> dict[str, Any]:
        """The JSON; `correlation` is what the hub's log knows the request by."""
        said: dict[str, Any] = {
            "detail": self.detail,
            "type": URN + self.type,
            "title": self.title,
            "status": self.status,
            "correlationId": correlation,
        }
        # Clients print the first of these members that is there, and nothing else: an empty one would hide the detail.
        if self.validation:
            said["validationErrors"] = dict(self.validation)
        if self.errors:
            said["errors"] = list(self.errors)
        return said


def by_path(problems: Iterable[Problem]) -> dict[str, list[str]]:
    """What is wrong, by where it is."""
    found: dict[str, list[str]] = {}
    for one in problems:
        found.setdefault(one.where or "$", []).append(
            _ended(one.what) + (f" {_sentence(one.hint)}" if one.hint else "")
        )
    return found


def _sentence(hint: str) -> str:
    return _ended(hint[0].upper() + hint[1:])


def _ended(text: str) -> str:
    return text if text[-1:] in ".?!" else f"{text}."


def _listed(problems: Iterable[Problem]) -> tuple[str, ...]:
    return tuple(said for paths in by_path(problems).values() for said in paths)


# ---- what is wrong with a request


def invalid(*problems: Problem) -> Answer:
    """The document breaks a rule."""
    return Answer(
        400,
        "bad-request:data-validation-failed",
        "Data Validation Failed",
        "Data validation failed. See 'validationErrors' for details.",
        by_path(problems),
    )


def malformed(*problems: Problem) -> Answer:
    """The request itself is malformed: the body is not JSON, or an id is not an id."""
    return Answer(
        400,
        "bad-request:data",
        "Data Validation Failed",
        "The request is not valid. See 'validationErrors' for details.",
        by_path(problems),
    )


def invalid_query(*problems: Problem) -> Answer:
    """A query parameter breaks a rule."""
    return Answer(
        400,
        "bad-request:parameter-validation-failed",
        "Parameter Validation Failed",
        "Parameter validation failed. See 'errors' for details.",
        errors=_listed(problems),
    )


def key_change(entity: str, *members: str) -> Answer:
    """A document has another natural key than the one that it replaces."""
    return Answer(
        400,
        "bad-request:data-validation-failed:key-change-not-supported",
        "Key Change Not Supported",
        f"The natural key of {entity} cannot be changed. Delete the item and create it again.",
        errors=tuple(f"{name} is a part of the natural key and cannot be changed." for name in members),
    )


def unsupported_media_type(given: str) -> Answer:
    """The body's media type is not supported."""
    return Answer(
        415,
        "unsupported-media-type",
        "Unsupported Media Type",
        f"The content type {given!r} is not supported. Send application/json."
        if given
        else "The request has no content type. Send application/json.",
    )


def too_large(most: int) -> Answer:
    """The body is too long."""
    return Answer(413, "payload-too-large", "Payload Too Large", f"The body is longer than {most} bytes.")


def too_many(error: TooManyRequests) -> Answer:
    """The caller has to wait."""
    return Answer(429, "too-many-requests", "Too Many Requests", f"{_sentence(str(error))}")


# ---- who may do what


def not_signed_in(*problems: Problem) -> Answer:
    """There is no token, or none that is valid."""
    return Answer(
        401,
        "security:authentication",
        "Authentication Failed",
        "The caller could not be authenticated.",
        errors=_listed(problems),
    )


def not_allowed(*problems: Problem) -> Answer:
    """The caller may not do that."""
    return Answer(
        403,
        "security:authorization",
        "Authorization Denied",
        "Access to the resource could not be authorized.",
        errors=_listed(problems),
    )


def no_claim(claim_set: str, action: str, claims: Iterable[str], *, writes: bool) -> Answer:
    """The caller's claim set says nothing of the resource."""
    said = f"The API client's assigned claim set (currently '{claim_set}') must include one of the following"
    return _denied("resource", f"{said} resource claims: {_quoted(claims)}.", action, writes)


def no_action(claim_set: str, action: str, claims: Iterable[str], *, writes: bool) -> Answer:
    """The caller's claim set does not allow that action with the resource."""
    uri = f"http://ed-fi.org/odsapi/actions/{action[0].lower()}{action[1:]}"
    said = f"The API client's assigned claim set (currently '{claim_set}') must grant permission of the '{uri}' action"
    return _denied("action", f"{said} on one of the following resource claims: {_quoted(claims)}.", action, writes)


def _denied(of: str, said: str, action: str, writes: bool) -> Answer:
    # A key that names no claim set only reads: whoever made it did not say that it should write.
    more = () if writes or action in ("Read", "ReadChanges") else _listed((READS_ONLY,))
    return Answer(
        403,
        f"security:authorization:access-denied:{of}",
        "Authorization Denied",
        "Access to the requested data could not be authorized. "
        "You do not have permissions to perform the requested operation on the data.",
        errors=(said, *more),
    )


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def other_namespace(prefixes: Iterable[str]) -> Answer:
    """The caller may not write in that namespace."""
    return Answer(
        403,
        "security:authorization:namespace:access-denied:namespace-mismatch",
        "Authorization Denied",
        "Access to the resource could not be authorized. The 'Namespace' value of the resource does not start with any "
        f"of the caller's associated namespace prefixes ({_quoted(prefixes)}).",
    )


def wrong_profile(status: int, said: str) -> Answer:
    """The request names a profile that is not to be used so."""
    return Answer(
        status,
        "profile:invalid-profile-usage",
        "Invalid Profile Usage",
        "The request construction was invalid with respect to usage of a data policy.",
        errors=(said,),
    )


def profile_method(profile: str, usage: str) -> Answer:
    """The profile has no shape in which the resource is read, or none in which it is written."""
    only = "PUT, POST, DELETE" if usage == "readable" else "GET"
    return Answer(
        405,
        "profile:method-usage",
        "Method Not Allowed with Profile",
        "The request method is not allowed for the resource with the data policy that is used.",
        errors=(f"The allowed methods for this resource with the '{profile}' profile are {only}.",),
    )


def other_profile(media_types: Iterable[str]) -> Answer:
    """The caller must use a profile that is assigned to its key."""
    return Answer(
        403,
        "security:data-policy:incorrect-usage",
        "Data Policy Failure Due to Incorrect Usage",
        "A data policy failure was encountered. The request was not constructed correctly for the data policy that has "
        "been applied to this data for the caller.",
        errors=(
            "Based on profile assignments, one of the following profile-specific content types is required when "
            f"requesting this resource: {_quoted(media_types)}",
        ),
    )


def no_relationship(*people: str) -> Answer:
    """The student, member of staff or contact has nothing to do with the caller's organisations."""
    return not_allowed(
        *(
            Problem("", f"No relationships have been established between the caller's organisations and '{name}'.")
            for name in people
        )
    )


# ---- what is and is not there


def not_found() -> Answer:
    """The item does not exist, or the caller may not see it."""
    return Answer(404, "not-found", "Not Found", "The specified resource item could not be found.")


def no_such_address(*hints: str) -> Answer:
    """Nothing is at this address; hints say what the caller may have meant."""
    said = tuple(_ended(hint) for hint in hints)
    return Answer(404, "not-found", "Not Found", "The specified data could not be found.", errors=said)


def no_snapshot() -> Answer:
    """A snapshot was asked for, and there are none."""
    return Answer(404, "not-found:snapshot", "Snapshot Not Found", "Snapshots are not configured here.")


def wrong_method(method: str, *allowed: str) -> Answer:
    """The address does not support that method."""
    return Answer(
        405,
        "method-not-allowed",
        "Method Not Allowed",
        f"The method {method} is not supported here. Use {' or '.join(allowed)}.",
    )


def writing_a_snapshot() -> Answer:
    """A snapshot was to be changed."""
    return Answer(
        405,
        "snapshots:method-not-allowed",
        "Method Not Allowed with Snapshots",
        "A snapshot can only be read. Leave out the Use-Snapshot header to write.",
    )


def unresolved(*paths: Problem) -> Answer:
    """References name what is not there; each problem's place is a reference's path."""
    names = sorted({_name(one.where) for one in paths})
    return Answer(
        409,
        "data-conflict:unresolved-reference",
        "Unresolved Reference",
        f"The referenced {', '.join(names)} {'does' if len(names) == 1 else 'do'} not exist.",
        by_path(paths),
    )


def _name(path: str) -> str:
    return path.rpartition(".")[2].removesuffix("Reference")


def depended_on(entity: str) -> Answer:
    """Something refers to what was to be deleted."""
    return Answer(
        409,
        "data-conflict:dependent-item-exists",
        "Dependent Item Exists",
        f"The item cannot be deleted because an item of {entity} refers to it.",
    )


def not_unique(entity: str, key: Mapping[str, Any]) -> Answer:
    """There is another item with that natural key."""
    said = ", ".join(f"{name} = {value}" for name, value in key.items())
    return Answer(
        409,
        "data-conflict:non-unique-identity",
        "Identifying Values Are Not Unique",
        "Another item has the same identifying values.",
        errors=(f"An item of {entity} exists with {said}.",),
    )


def changed_since() -> Answer:
    """Somebody has changed the item since the caller read it."""
    return Answer(
        412,
        "optimistic-lock-failed",
        "Optimistic Lock Failed",
        "The item has been changed by another caller. Read it again before changing it.",
    )


def unavailable(error: Unavailable) -> Answer:
    """The hub cannot answer at the moment."""
    return Answer(503, "service-unavailable", "Service Unavailable", _sentence(str(error)))


def internal() -> Answer:
    """The hub failed; what happened is in its log."""
    return Answer(
        500, "internal-server-error", "Internal Server Error", "An unexpected problem has occurred. It has been logged."
    )
